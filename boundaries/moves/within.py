"""Ordinary least squares after kommune and year effects are taken out, by matrix sums alone.

By the theorem of Frisch, Waugh and Lovell the coefficient of a treatment in a regression with a dummy for
every kommune and year is that of the treatment's residuals on the outcome's. Here the residuals are found by
taking weighted means out of kommuner and projecting on the years, so that thousands of regressions cost
little. It equals statsmodels' regression with dummies to rounding, which is tested.

All arrays here are scaled by the square root of the weights, whereby weighted sums become plain ones.
"""

from dataclasses import dataclass

import numpy as np

from boundaries.moves.panel import Bools, Floats, Ints, Panel

_RANK_TOLERANCE = 1e-10


@dataclass(frozen=True, kw_only=True, eq=False)
class Within:
    """What takes the effects of kommune and year out of a column.

    Attributes
    ----------
    panel
        Of which.
    root
        Square root of each row's weight.
    basis
        Orthonormal columns: the years, after kommuner are taken out.
    """

    panel: Panel
    root: Floats
    basis: Floats

    @property
    def absorbed_n(self) -> int:
        """Number of effects taken out."""
        return len(self.panel.offsets) + int(self.basis.shape[1])

    def take_out(self, columns: Floats) -> Floats:
        """Return columns (rows, columns) without the effects of kommune and year, scaled by `root`."""
        scaled = _take_out_kommuner(self.panel, self.root, columns)
        return scaled - self.basis @ (self.basis.T @ scaled)

    def sum_clusters(self, columns: Floats) -> Floats:
        """Return the sums by kommune."""
        sums: Floats = np.add.reduceat(columns, self.panel.offsets, axis=0)
        return sums


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """The difference-in-difference by residuals.

    Attributes
    ----------
    within
        What took the effects out.
    treatment, outcome
        Residuals of both, scaled.
    power
        Sum of squares of `treatment`.
    estimate, se
        Coefficient and its cluster-robust (CR1) standard error, in the outcome's unit.
    correction
        Small-sample factor of the variance: G / (G - 1) times (N - 1) / (N - K).
    """

    within: Within
    treatment: Floats
    outcome: Floats
    power: float
    estimate: float
    se: float
    correction: float


def absorb_effects(panel: Panel) -> Within:
    """Prepare to take the effects of kommune and year out of columns of `panel`."""
    root = np.sqrt(panel.weights)
    years: Floats = (panel.year[:, np.newaxis] == np.unique(panel.year)).astype(np.float64)
    left, size, _ = np.linalg.svd(_take_out_kommuner(panel, root, years), full_matrices=False)
    return Within(panel=panel, root=root, basis=left[:, size > _RANK_TOLERANCE * max(1.0, size[0])])


def fit_difference(within: Within) -> Fit | None:
    """Estimate the effect of treatment; None where kommune and year effects leave nothing of it.

    Parameters
    ----------
    within
        Of the panel.

    Returns
    -------
    Fit
        With the CR1 variance of statsmodels' ``cov_type="cluster"``, in which K counts the effects.
    """
    panel = within.panel
    columns = np.column_stack([panel.is_on.astype(np.float64), panel.share_pct])
    treatment, outcome = within.take_out(columns).T
    power = float(treatment @ treatment)
    rows_n, kommuner_n = len(treatment), len(panel.offsets)
    spare = rows_n - within.absorbed_n - 1
    if power <= _RANK_TOLERANCE * max(1.0, float(panel.weights @ panel.is_on)) or spare < 1:
        return None
    estimate = float(treatment @ outcome) / power
    scores = within.sum_clusters(treatment * (outcome - estimate * treatment))
    correction = kommuner_n / (kommuner_n - 1) * (rows_n - 1) / spare
    se = float(np.sqrt(correction * (scores @ scores))) / power
    return Fit(
        within=within,
        treatment=treatment,
        outcome=outcome,
        power=power,
        estimate=estimate,
        se=se,
        correction=correction,
    )


def _take_out_kommuner(panel: Panel, root: Floats, columns: Floats) -> Floats:
    """Take the weighted mean of each kommune out of columns; returns them scaled."""
    total = np.add.reduceat(panel.weights[:, np.newaxis] * columns, panel.offsets, axis=0)
    weight = np.add.reduceat(panel.weights, panel.offsets)
    means = total / weight[:, np.newaxis]
    scaled: Floats = root[:, np.newaxis] * (columns - means[panel.cluster])
    return scaled


def list_paths(panel: Panel) -> tuple[tuple[Bools, ...], Ints]:
    """Return the distinct courses of treatment, and each kommune's position among them (-1 for none).

    A course is its start and the later years without treatment; it comes as what it would switch on in every
    row of the panel.
    """
    courses: list[tuple[int, tuple[int, ...]]] = []
    position = np.full(len(panel.start), -1, dtype=np.int64)
    for kommune in np.flatnonzero(panel.start):
        start = int(panel.start[kommune])
        is_off = (panel.cluster == kommune) & (panel.year > start) & ~panel.is_on
        course = (start, tuple(int(year) for year in panel.year[is_off]))
        if course not in courses:
            courses.append(course)
        position[kommune] = courses.index(course)
    switched = tuple((panel.year >= start) & ~np.isin(panel.year, off) for start, off in courses)
    return switched, position
