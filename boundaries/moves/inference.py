"""Could chance alone have made the difference? Two answers that hold where few kommuner are treated.

The usual cluster-robust standard error rests on many treated and many untreated kommuner; with few treated
it is far too small (MacKinnon and Webb, 2017). The restricted wild cluster bootstrap (Cameron, Gelbach and
Miller, 2008) and randomisation inference (Fisher; MacKinnon and Webb, 2020) do better, and with one treated
kommune only the latter says anything. Intervals are the effects that the test does not reject.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import comb

import numpy as np

from boundaries.moves.panel import Floats, Ints
from boundaries.moves.within import Fit, list_paths

LEVEL = 0.05
"""An interval of 95 per cent leaves this out."""

WEBB_MOST = 12
"""Up to so many kommuner, treated or in all, signs alone (Rademacher) give too few different draws."""

_TIE = 1e-9
"""Statistics nearer than this, relatively, are equal."""
_REACH_SE = 1000.0
_STEPS_N = 50


class Method(StrEnum):
    """How a test is made."""

    CLUSTERED = "clustered"  # cluster-robust (CR1) standard error, t with G - 1 degrees of freedom
    WILD = "wild"  # restricted wild cluster bootstrap of t
    RANDOMISATION = "randomisation"  # treatment dealt out anew among the kommuner


class WildWeights(StrEnum):
    """What residuals of a kommune are multiplied by."""

    RADEMACHER = "rademacher"  # -1 or 1
    WEBB = "webb"  # six points


@dataclass(frozen=True, kw_only=True)
class EffectTest:
    """A test that there is no effect, and the effects that it does not reject.

    Attributes
    ----------
    method
        How.
    p_value
        Probability of a difference at least so large, either way, if there were no effect.
    low_pp, high_pp
        Interval of 95 per cent, percentage points; an end is None where the test rejects no effect that way.
    draws_n
        Draws or assignments tried; 0 for a formula.
    is_exact
        All possible assignments were tried.
    """

    method: Method
    p_value: float
    low_pp: float | None
    high_pp: float | None
    draws_n: int
    is_exact: bool


def bootstrap_wild(
    fit: Fit, *, draws_n: int = 9999, seed: int = 0, weights: WildWeights | None = None
) -> EffectTest:
    """Test by the restricted wild cluster bootstrap: residuals under no effect, signs drawn by kommune.

    Each draw's t statistic is found from sums by kommune, without a new regression (Roodman and others,
    2019). The p-value is (1 + draws at least as far from 0) / (1 + draws).

    Parameters
    ----------
    fit
        The difference-in-difference.
    draws_n
        Number of draws.
    seed
        The same one gives the same draws.
    weights
        None chooses: Webb up to `WEBB_MOST` kommuner, treated, untreated or in all; else Rademacher.
    """
    panel = fit.within.panel
    chosen = weights or choose_weights(panel.treated_n, panel.untreated_n)
    draws = draw_wild(len(panel.offsets), draws_n, seed, chosen)
    sums = _sum_wild(fit, draws)

    def find_p(effect: float) -> float:
        top = sums[0] - effect * sums[1]
        below = sums[2] - 2 * effect * sums[3] + effect**2 * sums[4]
        # A variance of nought up to rounding: such a draw is as extreme as can be.
        spread = np.sqrt(fit.correction * np.maximum(below, 1e-300))
        observed = abs(fit.estimate - effect) / fit.se
        return float(1 + np.count_nonzero(np.abs(top) / spread >= observed * (1 - _TIE))) / (draws_n + 1)

    low, high = invert_test(find_p, fit.estimate, fit.se)
    return EffectTest(
        method=Method.WILD, p_value=find_p(0.0), low_pp=low, high_pp=high, draws_n=draws_n, is_exact=False
    )


def choose_weights(treated_n: int, untreated_n: int) -> WildWeights:
    """Return the weights for so many treated and untreated kommuner."""
    is_few = min(treated_n, untreated_n) <= WEBB_MOST
    return WildWeights.WEBB if is_few else WildWeights.RADEMACHER


def draw_wild(kommuner_n: int, draws_n: int, seed: int, weights: WildWeights) -> Floats:
    """Draw the multipliers, kommuner by draws: mean 0 and variance 1."""
    points = np.array([-1.0, 1.0])
    if weights == WildWeights.WEBB:
        half = np.sqrt([0.5, 1.0, 1.5])
        points = np.concatenate([-half, half])
    drawn: Floats = points[np.random.default_rng(seed).integers(0, len(points), (kommuner_n, draws_n))]
    return drawn


def _sum_wild(fit: Fit, draws: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return what the t of every draw is made of, for any effect b under test.

    The numerator is the first less b times the second; the sum of squared scores is the third less 2 b
    times the fourth plus b squared times the fifth.
    """
    within, treatment = fit.within, fit.treatment
    own = within.sum_clusters(treatment**2)
    top, scores = [], []
    pulled = within.sum_clusters(within.basis * treatment[:, np.newaxis])
    for residual in (fit.outcome, treatment):
        part = within.sum_clusters(treatment * residual)
        # The years of a draw are fitted anew; kommune effects drop out, as residuals sum to 0 in each.
        refit = pulled @ within.sum_clusters(within.basis * residual[:, np.newaxis]).T
        top.append(part @ draws)
        scores.append((np.diag(part) - refit - np.outer(own, part) / fit.power) @ draws)
    plain, moved = scores
    squares = [(one * other).sum(axis=0) for one, other in ((plain, plain), (plain, moved), (moved, moved))]
    return top[0], top[1], squares[0], squares[1], squares[2]


def randomise_treatment(fit: Fit, *, draws_n: int = 9999, seed: int = 0) -> EffectTest:
    """Test by dealing the treatments out anew among the kommuner, and counting differences as large.

    Holds exactly if the treated kommuner were drawn by lot; they were not, so it asks how unusual the treated
    are among groups of as many kommuner. Where treatments take several courses, those are dealt out.
    All assignments are tried where there are no more than `draws_n`.

    Parameters
    ----------
    fit
        The difference-in-difference.
    draws_n
        Most assignments to try.
    seed
        The same one gives the same assignments.
    """
    within = fit.within
    panel = within.panel
    paths, position = list_paths(panel)
    columns = [(panel.cluster == kommune) & is_on for is_on in paths for kommune in range(len(panel.offsets))]
    candidates = within.take_out(np.column_stack(columns).astype(np.float64))
    assigned, is_exact = _assign(position, len(paths), draws_n, seed)
    power = ((assigned @ (candidates.T @ candidates)) * assigned).sum(axis=1)
    # An assignment that the effects of kommune and year leave nothing of has no estimate.
    is_usable = power > _TIE * fit.power
    tops = (assigned @ (candidates.T @ np.column_stack([fit.outcome, fit.treatment])))[is_usable]
    plain, moved = (tops / power[is_usable, np.newaxis]).T
    extra = 0 if is_exact else 1
    scale = max(abs(fit.estimate), fit.se)

    def find_p(effect: float) -> float:
        observed = abs(fit.estimate - effect) - _TIE * max(scale, abs(effect))
        return float(extra + np.count_nonzero(np.abs(plain - effect * moved) >= observed)) / (
            extra + len(plain)
        )

    step = float(np.std(plain)) or fit.se or 1.0
    low, high = invert_test(find_p, fit.estimate, step)
    return EffectTest(
        method=Method.RANDOMISATION,
        p_value=find_p(0.0),
        low_pp=low,
        high_pp=high,
        draws_n=len(plain),
        is_exact=is_exact,
    )


def _assign(position: Ints, paths_n: int, draws_n: int, seed: int) -> tuple[Floats, bool]:
    """Deal the courses out: assignments by (course, kommune), 1 where that kommune has that course."""
    kommuner_n, treated_n = len(position), int(np.count_nonzero(position >= 0))
    if paths_n == 1 and comb(kommuner_n, treated_n) <= draws_n:
        chosen = np.array(list(combinations(range(kommuner_n), treated_n)))
        every = np.zeros((len(chosen), kommuner_n))
        np.put_along_axis(every, chosen, 1.0, axis=1)
        return every, True
    dealt = np.random.default_rng(seed).permuted(np.tile(position, (draws_n, 1)), axis=1)
    return np.hstack([(dealt == path).astype(np.float64) for path in range(paths_n)]), False


def invert_test(
    find_p: Callable[[float], float], estimate: float, step: float
) -> tuple[float | None, float | None]:
    """Return the least and the greatest effect that a test does not reject at `LEVEL`.

    Parameters
    ----------
    find_p
        The p-value of an effect; 1 at `estimate` and falling away from it.
    estimate
        Where to start.
    step
        How far to go at first; an end that `_REACH_SE` steps do not reach is None.
    """
    return _search(find_p, estimate, -step), _search(find_p, estimate, step)


def _search(find_p: Callable[[float], float], estimate: float, step: float) -> float | None:
    inside, reach = estimate, 1.0
    while find_p(estimate + reach * step) > LEVEL:
        inside = estimate + reach * step
        reach *= 2
        if reach > _REACH_SE:
            return None
    outside = estimate + reach * step
    for _ in range(_STEPS_N):
        middle = (inside + outside) / 2
        if find_p(middle) > LEVEL:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2
