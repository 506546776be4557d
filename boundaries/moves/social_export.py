"""Is it social eksport? Difference-in-difference of the exposed among leavers, read with due caution.

Kommuner with areas of the category, such as forebyggelsesområder, are held against those without, before and
after the rules: has the exposed share of their leavers changed more? The regression has an effect of every
kommune and every year; errors hang together within a kommune (Bertrand, Duflo and Mullainathan, 2004).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy import stats

from boundaries.moves.event_study import EventStudy, Regression, regress_with_dummies, study_events
from boundaries.moves.inference import LEVEL, EffectTest, Method, bootstrap_wild, randomise_treatment
from boundaries.moves.panel import Note, Panel, Weighting, prepare_panel
from boundaries.moves.within import absorb_effects, fit_difference
from geo.errors import DataError

FEW_KOMMUNER = 10
"""With fewer treated, or untreated, kommuner the cluster-robust interval is not relied on."""

Reading = tuple[tuple[str, Mapping[str, object]], ...]
"""Keys below ``social_export.`` in the texts, with the values of each sentence."""


@dataclass(frozen=True, kw_only=True)
class SocialExport:
    """The answer, with everything that is needed to doubt it.

    Attributes
    ----------
    estimate_pp
        How much more the exposed share of leavers rose in treated kommuner than in others: percentage points.
    se_pp
        Cluster-robust (CR1) standard error; None where one kommune only is treated.
    clustered, wild, randomisation
        The three tests; the first two are None where one kommune only is treated: they would be void.
    basis
        The test that the reading relies on: clustered where there are at least `FEW_KOMMUNER` of both kinds,
        else the more cautious of the others.
    events
        Leads and lags; None where they cannot be estimated.
    treated_n, untreated_n, observations_n
        Kommuner of both kinds, and rows.
    years, from_year, weighting
        What was compared. `from_year` is the first treated year that the panel shows.
    notes
        What was left out, and what weakens the comparison.
    """

    estimate_pp: float
    se_pp: float | None
    clustered: EffectTest | None
    wild: EffectTest | None
    randomisation: EffectTest
    basis: Method
    events: EventStudy | None
    treated_n: int
    untreated_n: int
    observations_n: int
    years: tuple[int, ...]
    from_year: int
    weighting: Weighting
    notes: tuple[Note, ...]

    @property
    def relied_on(self) -> EffectTest:
        """The test of `basis`."""
        tests = {Method.CLUSTERED: self.clustered, Method.WILD: self.wild}
        return tests.get(self.basis) or self.randomisation


def measure_social_export(
    panel: pd.DataFrame,
    *,
    from_year: int = 2021,
    weighting: Weighting = Weighting.EQUAL,
    draws_n: int = 9999,
    seed: int = 0,
) -> SocialExport:
    """Estimate how much more the exposed share of leavers changed in treated kommuner, and test it.

    Parameters
    ----------
    panel
        As `boundaries.moves.panel.prepare_panel` has it: ``kommune_code``, ``year``, ``numerator`` (exposed
        leavers), ``denominator`` (leavers), ``is_treated``.
    from_year
        First year with treatment, in the years of the panel. Figure year 2022 is the moves during 2021.
    weighting
        Whether each kommune counts alike, or by its leavers.
    draws_n
        Draws of the bootstrap and most assignments of the randomisation; a tenth of it for the leads.
    seed
        The same one gives the same answer.

    Raises
    ------
    DataError
        Where the panel is wrong or has nothing to compare.
    """
    prepared = prepare_panel(panel, from_year=from_year, weighting=weighting)
    fit = fit_difference(absorb_effects(prepared))
    if fit is None:
        raise DataError(
            "social_export.not_identified",
            {"treated_n": prepared.treated_n, "untreated_n": prepared.untreated_n},
        )
    if fit.se <= 1e-12 * max(1.0, float(np.abs(prepared.share_pct).max())):
        raise DataError("social_export.no_variation", {"rows_n": len(prepared.share_pct)})
    randomisation = randomise_treatment(fit, draws_n=draws_n, seed=seed)
    fitted = regress_with_dummies(prepared, prepared.is_on[:, np.newaxis])
    clustered = wild = None
    if min(prepared.treated_n, prepared.untreated_n) > 1:
        clustered = assess_clustered(fitted)
        wild = bootstrap_wild(fit, draws_n=draws_n, seed=seed)
    return SocialExport(
        estimate_pp=float(fitted.estimates[0]),
        se_pp=None if clustered is None else float(np.sqrt(fitted.covariance[0, 0])),
        clustered=clustered,
        wild=wild,
        randomisation=randomisation,
        basis=_choose_basis(prepared, wild, randomisation),
        events=study_events(prepared, draws_n=max(99, draws_n // 10), seed=seed),
        treated_n=prepared.treated_n,
        untreated_n=prepared.untreated_n,
        observations_n=len(prepared.share_pct),
        years=prepared.years,
        from_year=int(prepared.start[prepared.start > 0].min()),
        weighting=weighting,
        notes=prepared.notes,
    )


def assess_clustered(fitted: Regression) -> EffectTest:
    """Test the first coefficient by its cluster-robust standard error, t with G - 1 degrees of freedom."""
    estimate, se = float(fitted.estimates[0]), float(np.sqrt(fitted.covariance[0, 0]))
    reach = float(stats.t.ppf(1 - LEVEL / 2, fitted.degrees_n)) * se
    return EffectTest(
        method=Method.CLUSTERED,
        p_value=float(2 * stats.t.sf(abs(estimate) / se, fitted.degrees_n)),
        low_pp=estimate - reach,
        high_pp=estimate + reach,
        draws_n=0,
        is_exact=False,
    )


def _choose_basis(panel: Panel, wild: EffectTest | None, randomisation: EffectTest) -> Method:
    if wild is None:
        return Method.RANDOMISATION
    if min(panel.treated_n, panel.untreated_n) >= FEW_KOMMUNER:
        return Method.CLUSTERED
    return Method.WILD if wild.p_value >= randomisation.p_value else Method.RANDOMISATION


def read_social_export(result: SocialExport) -> Reading:
    """Say in sentences what the answer shows, whether chance may explain it, and what it cannot show.

    Parameters
    ----------
    result
        The answer.

    Returns
    -------
    tuple
        Keys below ``social_export.`` with values, in the order of reading. Values that end in ``_pp`` are
        percentage points, in ``_p`` probabilities and in ``_n`` counts; the rest are words and years.
    """
    sentences = [_read_effect(result), _read_interval(result), _read_chance(result), _read_basis(result)]
    sentences.append(_read_parallel(result))
    sentences += [(f"note.{note.rule}", note.values) for note in result.notes]
    sentences += [(key, MappingProxyType({})) for key in ("cannot.cause", "cannot.reasons", "cannot.persons")]
    return tuple(sentences)


def _read_effect(result: SocialExport) -> tuple[str, Mapping[str, object]]:
    word = "higher" if result.estimate_pp > 0 else "lower" if result.estimate_pp < 0 else "equal"
    values = {
        "estimate_pp": abs(result.estimate_pp),
        "from_year": result.from_year,
        "treated_n": result.treated_n,
        "untreated_n": result.untreated_n,
    }
    return f"effect.{word}", MappingProxyType(values)


def _read_interval(result: SocialExport) -> tuple[str, Mapping[str, object]]:
    test = result.relied_on
    is_open = test.low_pp is None or test.high_pp is None
    values = {} if is_open else {"low_pp": test.low_pp, "high_pp": test.high_pp}
    return "interval.open" if is_open else "interval.closed", MappingProxyType(values)


def _read_chance(result: SocialExport) -> tuple[str, Mapping[str, object]]:
    test = result.relied_on
    word = "unlikely" if test.p_value <= LEVEL else "possible"
    return f"chance.{word}", MappingProxyType({"value_p": test.p_value})


def _read_basis(result: SocialExport) -> tuple[str, Mapping[str, object]]:
    values = {"treated_n": result.treated_n, "untreated_n": result.untreated_n}
    is_single = result.wild is None
    return f"basis.{'single' if is_single else result.basis.value}", MappingProxyType(values)


def _read_parallel(result: SocialExport) -> tuple[str, Mapping[str, object]]:
    if result.events is None or result.events.pretrend is None:
        return "parallel.untested", MappingProxyType({})
    p_value = result.events.pretrend.p_value
    word = "broken" if p_value <= LEVEL else "kept"
    return f"parallel.{word}", MappingProxyType({"value_p": p_value})
