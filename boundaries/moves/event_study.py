"""Year by year before and after: leads and lags of the treatment, and whether the leads are nought.

If kommuner with and without areas ran in parallel before, the leads are nought up to chance. That they are
cannot prove that they would have gone on so.
"""

from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from scipy import stats

from boundaries.moves.panel import Bools, Floats, Ints, Panel
from boundaries.moves.within import Within, absorb_effects

LEVEL = 0.05


@dataclass(frozen=True, kw_only=True)
class EventCoefficient:
    """How much more the treated had changed in one year, since the year of reference.

    Attributes
    ----------
    relative_year
        0 is the first year of treatment; below 0 is before.
    estimate_pp
        Percentage points; 0 in the year of reference.
    se_pp, low_pp, high_pp
        Cluster-robust standard error and 95 per cent interval (t, G - 1); None for the year of reference and
        where only one kommune is treated or untreated.
    """

    relative_year: int
    estimate_pp: float
    se_pp: float | None
    low_pp: float | None
    high_pp: float | None


@dataclass(frozen=True, kw_only=True)
class PretrendTest:
    """A joint test that all leads are nought.

    Attributes
    ----------
    leads_n
        Number of leads tested.
    f_statistic, f_p_value
        Wald's F by the cluster-robust covariance, with `leads_n` and `kommuner_n` - 1 degrees of freedom;
        None where the treated are no more than `leads_n` + 1, whereby the covariance cannot be trusted.
    kommuner_n
        Number of kommuner.
    randomised_p_value
        Share of assignments of the treatments among the kommuner with leads as large together.
    """

    leads_n: int
    f_statistic: float | None
    f_p_value: float | None
    kommuner_n: int
    randomised_p_value: float

    @property
    def p_value(self) -> float:
        """The p-value by F where there is one, else by randomisation."""
        return self.randomised_p_value if self.f_p_value is None else self.f_p_value


@dataclass(frozen=True, kw_only=True)
class EventStudy:
    """All leads and lags.

    Attributes
    ----------
    coefficients
        By relative year.
    reference
        The relative year that all are measured from: the last before treatment.
    pretrend
        None where there is only one year before treatment.
    """

    coefficients: tuple[EventCoefficient, ...]
    reference: int
    pretrend: PretrendTest | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Regression:
    """Coefficients of a regression with dummies for kommuner and years, by statsmodels."""

    estimates: Floats
    covariance: Floats
    degrees_n: int


def study_events(panel: Panel, *, draws_n: int = 999, seed: int = 0) -> EventStudy | None:
    """Estimate every lead and lag, and test the leads together.

    Parameters
    ----------
    panel
        Prepared.
    draws_n, seed
        Assignments of the randomised test of the leads.

    Returns
    -------
    EventStudy
        None where leads and lags cannot be told from the years, as where nobody untreated is left in one.
    """
    relative, is_event = _place_in_time(panel, panel.start)
    years = np.unique(relative[is_event])
    before = years[years < 0]
    reference = int(before[-1])
    events = years[years != reference]
    columns = _make_columns(relative, is_event, events)
    within = absorb_effects(panel)
    if np.linalg.matrix_rank(within.take_out(columns)) < len(events):
        return None
    fitted = regress_with_dummies(panel, columns)
    is_single = min(panel.treated_n, panel.untreated_n) < 2
    coefficients = [
        _describe(int(year), fitted, position, is_single=is_single) for position, year in enumerate(events)
    ]
    anchor = EventCoefficient(relative_year=reference, estimate_pp=0.0, se_pp=None, low_pp=None, high_pp=None)
    leads_n = len(before) - 1
    pretrend = None
    if leads_n:
        randomised = _randomise_leads(within, events, leads_n, draws_n, seed)
        pretrend = _test_leads(panel, fitted, leads_n, randomised)
    ordered = sorted([*coefficients, anchor], key=lambda one: one.relative_year)
    return EventStudy(coefficients=tuple(ordered), reference=reference, pretrend=pretrend)


def regress_with_dummies(panel: Panel, columns: Floats | Bools) -> Regression:
    """Regress the share on columns and a dummy for every kommune and year, by statsmodels.

    Parameters
    ----------
    panel
        Prepared; its weights are used.
    columns
        What is of interest: rows, columns.

    Returns
    -------
    Regression
        Of `columns`, covariance clustered by kommune (CR1), t with G - 1 degrees of freedom.
    """
    kommuner = panel.cluster[:, np.newaxis] == np.arange(len(panel.offsets))
    years = panel.year[:, np.newaxis] == np.unique(panel.year)[1:]
    exog = np.hstack([columns, kommuner, years]).astype(np.float64)
    model = sm.WLS(panel.share_pct, exog, weights=panel.weights)
    result = model.fit(cov_type="cluster", cov_kwds={"groups": panel.cluster}, use_t=True)
    wanted = columns.shape[1]
    return Regression(
        estimates=np.asarray(result.params)[:wanted],
        covariance=np.asarray(result.cov_params())[:wanted, :wanted],
        degrees_n=len(panel.offsets) - 1,
    )


def _place_in_time(panel: Panel, start: Ints) -> tuple[Ints, Bools]:
    """Return each row's year from the start of treatment, and whether it has one."""
    began = start[panel.cluster]
    return panel.year - began, began > 0


def _make_columns(relative: Ints, is_event: Bools, years: Ints) -> Floats:
    columns: Floats = (is_event[:, np.newaxis] & (relative[:, np.newaxis] == years)).astype(np.float64)
    return columns


def _describe(year: int, fitted: Regression, position: int, *, is_single: bool) -> EventCoefficient:
    estimate = float(fitted.estimates[position])
    if is_single:
        return EventCoefficient(
            relative_year=year, estimate_pp=estimate, se_pp=None, low_pp=None, high_pp=None
        )
    se = float(np.sqrt(fitted.covariance[position, position]))
    reach = float(stats.t.ppf(1 - LEVEL / 2, fitted.degrees_n)) * se
    return EventCoefficient(
        relative_year=year, estimate_pp=estimate, se_pp=se, low_pp=estimate - reach, high_pp=estimate + reach
    )


def _test_leads(panel: Panel, fitted: Regression, leads_n: int, randomised: float) -> PretrendTest:
    f_statistic = f_p_value = None
    # The scores of n treated kommuner span n - 1 dimensions at most: no more leads can be tested with them.
    if min(panel.treated_n, panel.untreated_n) > leads_n + 1:
        leads, block = fitted.estimates[:leads_n], fitted.covariance[:leads_n, :leads_n]
        f_statistic = float(leads @ np.linalg.solve(block, leads)) / leads_n
        f_p_value = float(stats.f.sf(f_statistic, leads_n, fitted.degrees_n))
    return PretrendTest(
        leads_n=leads_n,
        f_statistic=f_statistic,
        f_p_value=f_p_value,
        kommuner_n=len(panel.offsets),
        randomised_p_value=randomised,
    )


def _randomise_leads(within: Within, events: Ints, leads_n: int, draws_n: int, seed: int) -> float:
    """Deal the starts out among the kommuner, and return how often leads are as large together."""
    panel = within.panel
    outcome = within.take_out(panel.share_pct[:, np.newaxis])[:, 0]

    def measure(start: Ints) -> float:
        columns = within.take_out(_make_columns(*_place_in_time(panel, start), events))
        return _measure_leads(columns, outcome, leads_n)

    observed = measure(panel.start)
    rng = np.random.default_rng(seed)
    drawn = np.array([measure(rng.permutation(panel.start)) for _ in range(draws_n)])
    usable = drawn[~np.isnan(drawn)]
    return float(1 + np.count_nonzero(usable >= observed * (1 - 1e-9))) / (1 + len(usable))


def _measure_leads(columns: Floats, outcome: Floats, leads_n: int) -> float:
    """Return the fall in squared residuals by the leads, against what is left: F up to a factor."""
    full = _sum_residuals(columns, outcome)
    if full is None:
        return np.nan
    short = _sum_residuals(columns[:, leads_n:], outcome)
    return np.nan if short is None else (short - full) / full


def _sum_residuals(columns: Floats, outcome: Floats) -> float | None:
    """Return the sum of squared residuals; None where the columns are not independent."""
    moments = columns.T @ columns
    if np.linalg.cond(moments) > 1e12:
        return None
    top = columns.T @ outcome
    return float(outcome @ outcome - top @ np.linalg.solve(moments, top))
