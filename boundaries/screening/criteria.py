"""Whether each cell meets each criterion, exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.registers.cell_columns import UNITS, GridCriterion, name_denominator, name_numerator
from boundaries.screening.settings import ScreeningSettings

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_CLOSE = 1e-9
"""Relative distance below which a value is compared as a fraction: floats are right to 1e-15."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What a neighbourhood's value is held against.

    Attributes
    ----------
    value
        Share of 1, or m2 a resident; None where the city has nobody in the group.
    city
        The city's own value, in the same unit.
    is_low_worse
        The value has to be low, not high, to meet the criterion.
    is_strict
        A value equal to the limit does not meet it.
    """

    value: Fraction | None
    city: Fraction | None
    is_low_worse: bool
    is_strict: bool


def find_limits(
    cells: pd.DataFrame, nearby: pd.DataFrame, settings: ScreeningSettings
) -> dict[GridCriterion, Limit]:
    """Find what each criterion is held against in this city.

    Parameters
    ----------
    cells
        `boundaries.registers.cell_columns.CELL_DTYPES`.
    nearby
        As `boundaries.screening.neighbourhood.sum_neighbourhoods` gives it; same index.
    settings
        Rules of the criteria.

    Returns
    -------
    dict
        In the order of the rules.
    """
    limits = {}
    for criterion, rule in settings.rules.items():
        is_low_worse = criterion is GridCriterion.DWELLING_AREA
        scale = 1 if is_low_worse else 100
        city = measure_city(cells, criterion)
        value: Fraction | None = rule.limit / scale
        if rule.basis == "mean":
            distance = -rule.limit if is_low_worse else rule.limit
            value = None if city is None else city + distance / scale
        elif rule.basis == "percentile":
            value = _find_percentile(cells, nearby, criterion, rule.limit, settings.observations_n)
        is_strict = rule.basis == "percentile"
        limits[criterion] = Limit(value=value, city=city, is_low_worse=is_low_worse, is_strict=is_strict)
    return limits


def measure_city(cells: pd.DataFrame, criterion: GridCriterion) -> Fraction | None:
    """Return the value of all cells together: a share of 1, or m2 a resident; None where nobody counts."""
    numerator = int(cells[name_numerator(criterion)].sum())
    denominator = int(cells[name_denominator(criterion)].sum())
    return Fraction(numerator, denominator * UNITS[criterion]) if denominator else None


def _find_percentile(
    cells: pd.DataFrame,
    nearby: pd.DataFrame,
    criterion: GridCriterion,
    percentile: Fraction,
    observations_n: int,
) -> Fraction | None:
    """Return the value around the resident at a percentile, counted from the better end."""
    numerator = nearby[f"nearby_{name_numerator(criterion)}"].to_numpy()
    denominator = nearby[f"nearby_{name_denominator(criterion)}"].to_numpy()
    is_known = denominator >= observations_n
    weight = np.where(is_known, cells["residents_n"].to_numpy(dtype=np.int64), 0)
    if not weight.sum():
        return None
    # A quotient is rounded correctly, so that equal fractions are equal floats.
    value = numerator / np.maximum(denominator, 1)
    order = np.argsort(-value if criterion is GridCriterion.DWELLING_AREA else value, kind="stable")
    reached = np.cumsum(weight[order])
    wanted = int(reached[-1]) * percentile / 100
    place = order[min(int(np.searchsorted(reached, float(wanted), side="left")), len(order) - 1)]
    return Fraction(int(numerator[place]), int(denominator[place]) * UNITS[criterion])


def judge_cells(
    nearby: pd.DataFrame, limits: Mapping[GridCriterion, Limit], settings: ScreeningSettings
) -> pd.DataFrame:
    """Tell which criteria the neighbourhood of each cell meets.

    Parameters
    ----------
    nearby
        As `boundaries.screening.neighbourhood.sum_neighbourhoods` gives it.
    limits
        As `find_limits` gives them.
    settings
        The fewest observations.

    Returns
    -------
    DataFrame
        ``is_met_<criterion>`` (boolean, NA where too few are known), ``criteria_met_n``,
        ``criteria_unknown_n`` (int64), and ``is_candidate``, ``is_undecided`` (bool: the unknown criteria
        decide whether it is one); index of `nearby`.
    """
    found: dict[str, pd.Series] = {}
    for criterion, limit in limits.items():
        numerator = nearby[f"nearby_{name_numerator(criterion)}"].to_numpy()
        denominator = nearby[f"nearby_{name_denominator(criterion)}"].to_numpy()
        is_known = (denominator >= settings.observations_n) & (limit.value is not None)
        is_met = np.zeros(len(nearby), dtype=bool)
        if limit.value is not None:
            units = denominator[is_known] * UNITS[criterion]
            is_met[is_known] = compare_shares(numerator[is_known], units, limit)
        answer = pd.Series(is_met, index=nearby.index).astype("boolean").mask(~is_known)
        found[f"is_met_{criterion}"] = answer
    table = pd.DataFrame(found, index=nearby.index)
    met_n = table.fillna(value=False).astype("int64").sum(axis="columns")
    unknown_n = table.isna().sum(axis="columns").astype("int64")
    is_candidate = met_n >= settings.criteria_required_n
    is_undecided = ~is_candidate & (met_n + unknown_n >= settings.criteria_required_n)
    return table.assign(
        criteria_met_n=met_n,
        criteria_unknown_n=unknown_n,
        is_candidate=is_candidate,
        is_undecided=is_undecided,
    )


def compare_shares(numerator: Ints, denominator: Ints, limit: Limit) -> Bools:
    """Tell which shares are as bad as the limit or worse, as exactly as fractions do.

    Floats settle what is clearly apart; the rest is cross-multiplied as whole numbers without bound.

    Parameters
    ----------
    numerator, denominator
        Denominators over 0.
    limit
        With a value.
    """
    if limit.value is None:
        return np.zeros(len(numerator), dtype=bool)
    sign = -1 if limit.is_low_worse else 1
    bound = float(limit.value)
    distance = sign * (numerator / denominator - bound)
    is_met: Bools = distance > 0
    for place in np.flatnonzero(np.abs(distance) <= _CLOSE * max(1.0, abs(bound))):
        left = int(numerator[place]) * limit.value.denominator
        right = limit.value.numerator * int(denominator[place])
        is_met[place] = sign * left > sign * right or (left == right and not limit.is_strict)
    return is_met
