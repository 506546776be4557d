"""Do leavers gather in a few kommuner? Top shares and Herfindahl's index, beside what gravity expects.

Large and near kommuner receive most in any case, so a high share is no sign of anything in itself. Each
figure therefore stands beside the one that the same number of leavers would show if only inhabitants and
distance mattered (`boundaries.moves.gravity`), and with an interval.

Intervals and tests take each mover to choose alone. Families move together: the intervals are rather too
narrow, and the tests find rather too much.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from boundaries.moves.panel import Floats, Ints
from boundaries.moves.products import EXPOSED, NOT_EXPOSED
from geo.errors import DataError

_TAIL = 0.025
_TIE = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class _Spread:
    """Draws of the two measures: rows are the draws."""

    top: Floats
    herfindahl: Floats


def measure_concentration(
    destinations: pd.DataFrame, *, top_n: int = 5, draws_n: int = 1999, seed: int = 0
) -> pd.DataFrame:
    """Measure how concentrated the destinations are, by year and exposure.

    Herfindahl's index is the sum of squared shares: from 1 over the number of kommuner to 1. Its inverse is
    the number of equally large destinations that would give the same (``effective_n``). Intervals of 95 per
    cent are by multinomial draws from the shares found, turned about the estimate: a draw overstates the
    concentration of what it is drawn from, as the data does.

    Parameters
    ----------
    destinations
        As `boundaries.moves.gravity.expect_destinations`: ``year``, ``exposure``, ``to_kommune``,
        ``movers_n``, ``expected_n``. Every count of persons in the result has to pass the disclosure rules.
    top_n
        How many of the largest destinations to take together.
    draws_n, seed
        Draws of each interval and test; the same seed gives the same.

    Returns
    -------
    DataFrame
        ``year``, ``exposure``, ``leavers_n``, ``destinations_n`` (kommuner with leavers), ``top_n``,
        ``top_movers_n`` (over ``leavers_n``: the top share), ``top_low``, ``top_high``, ``top_expected`` and
        ``top_p`` (mean of draws from gravity, and share of them at least as high), ``herfindahl_numerator``
        over ``herfindahl_denominator`` (exact), ``herfindahl_low``, ``herfindahl_high``,
        ``herfindahl_expected``, ``herfindahl_p``, ``effective_n`` and ``effective_expected_n``. Shares are of
        1. One row a year and exposure, in that order; without leavers what they would tell is missing.
    """
    ordered = _order_counts(destinations)
    rows = []
    for (year, exposure), own in ordered.groupby(["year", "exposure"], sort=True):
        rng = np.random.default_rng([seed, int(str(year)), *str(exposure).encode()])
        movers = own["movers_n"].to_numpy(dtype=np.int64)
        expected = own["expected_n"].to_numpy(dtype=np.float64)
        heads: dict[str, object] = {"year": int(str(year)), "exposure": str(exposure)}
        rows.append(heads | _measure_one(movers, expected, top_n, draws_n, rng))
    return pd.DataFrame(rows)


def compare_exposures(
    destinations: pd.DataFrame, *, top_n: int = 5, draws_n: int = 1999, seed: int = 0
) -> pd.DataFrame:
    """Measure how much more concentrated the destinations of the exposed are than those of others.

    Parameters
    ----------
    destinations, top_n, draws_n, seed
        As in `measure_concentration`.

    Returns
    -------
    DataFrame
        ``year``, ``top_difference`` and ``herfindahl_difference`` (exposed less not exposed; shares of 1),
        each with ``_low`` and ``_high`` of 95 per cent; years with leavers of both.
    """
    ordered = _order_counts(destinations)
    rows = []
    for year, own in ordered.groupby("year", sort=True):
        sides = [
            own.loc[own["exposure"].eq(exposure), "movers_n"].to_numpy(dtype=np.int64)
            for exposure in (EXPOSED, NOT_EXPOSED)
        ]
        if min(int(side.sum()) for side in sides) == 0:
            continue
        rng = np.random.default_rng([seed, int(str(year))])
        found = [_measure(side[np.newaxis], top_n) for side in sides]
        drawn = [_draw(rng, side.sum(), side / side.sum(), top_n, draws_n) for side in sides]
        row: dict[str, float] = {"year": int(str(year))}
        for name in ("top", "herfindahl"):
            estimate = float(getattr(found[0], name)[0] - getattr(found[1], name)[0])
            low, high = _turn(estimate, getattr(drawn[0], name) - getattr(drawn[1], name), bounds=(-1, 1))
            row |= {f"{name}_difference": estimate, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    names = [f"{name}_{part}" for name in ("top", "herfindahl") for part in ("difference", "low", "high")]
    return pd.DataFrame(rows, columns=["year", *names])


def _order_counts(destinations: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in one order, so that draws do not hang on the caller's, after refusing bad counts."""
    bad = destinations["movers_n"].isna() | destinations["movers_n"].lt(0)
    if bad.any():
        first = destinations[bad]
        values = {"kommune": first["to_kommune"].iloc[0], "year": first["year"].iloc[0]}
        raise DataError("social_export.bad_movers", values)
    return destinations.sort_values(["year", "exposure", "to_kommune"], kind="stable", ignore_index=True)


def _measure_one(
    movers: Ints, expected: Floats, top_n: int, draws_n: int, rng: np.random.Generator
) -> dict[str, object]:
    leavers_n = int(movers.sum())
    counts: dict[str, object] = {
        "leavers_n": leavers_n,
        "destinations_n": int(np.count_nonzero(movers)),
        "top_n": top_n,
        "top_movers_n": int(np.sort(movers)[::-1][:top_n].sum()),
        "herfindahl_numerator": sum(int(count) ** 2 for count in movers),
        "herfindahl_denominator": leavers_n**2,
    }
    measured: dict[str, object] = dict.fromkeys(
        [f"{name}_{part}" for name in ("top", "herfindahl") for part in ("low", "high", "expected", "p")]
        + ["effective_n", "effective_expected_n"],
        np.nan,
    )
    if leavers_n:
        found = _measure(movers[np.newaxis], top_n)
        drawn = _draw(rng, leavers_n, movers / leavers_n, top_n, draws_n)
        gravity = _draw(rng, leavers_n, expected / expected.sum(), top_n, draws_n)
        for name in ("top", "herfindahl"):
            estimate, expectation = float(getattr(found, name)[0]), getattr(gravity, name)
            low, high = _turn(estimate, getattr(drawn, name), bounds=(0, 1))
            mean = float(expectation.mean())
            at_least = np.count_nonzero(expectation >= estimate - _TIE)
            measured |= {f"{name}_low": low, f"{name}_high": high}
            measured |= {f"{name}_expected": mean, f"{name}_p": float(1 + at_least) / (1 + draws_n)}
        measured["effective_n"] = 1 / float(found.herfindahl[0])
        measured["effective_expected_n"] = 1 / float(gravity.herfindahl.mean())
    return counts | measured


def _measure(counts: Ints, top_n: int) -> _Spread:
    """Measure every row of counts."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    ordered = np.sort(shares, axis=1)[:, ::-1]
    return _Spread(top=ordered[:, :top_n].sum(axis=1), herfindahl=(shares**2).sum(axis=1))


def _draw(rng: np.random.Generator, leavers_n: int, shares: Floats, top_n: int, draws_n: int) -> _Spread:
    """Let leavers choose by lot, and measure each draw."""
    return _measure(rng.multinomial(int(leavers_n), shares, size=draws_n), top_n)


def _turn(estimate: float, drawn: Floats, *, bounds: tuple[float, float]) -> tuple[float, float]:
    """Return the interval that draws about `estimate` give, turned about it and kept within `bounds`."""
    low, high = np.quantile(drawn, [_TAIL, 1 - _TAIL])
    return max(bounds[0], 2 * estimate - float(high)), min(bounds[1], 2 * estimate - float(low))
