"""Criteria of every area: met, not met or undecided, and what would flip them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import pandas as pd

from boundaries.designation.law import Basis, CriteriaSet, Criterion, Rules, Threshold
from boundaries.designation.margins import Share, average_shares, measure_income, measure_persons
from boundaries.designation.references import (
    NATIONAL_CONVICTED_SHARE,
    REGIONAL_GROSS_INCOME,
    read_reference,
)
from boundaries.designation.verdict import Status, judge, judge_interval
from data.kommuner import load_regions
from geo.errors import DataError

Pooling = Literal["mean_of_shares", "pooled"]
"""Mean over years: the mean of the years' shares, or persons of all years over persons of all years."""

CRITERIA_COLUMNS = (
    "area_id", "criteria_set", "criterion", "status", "known_status", "value", "low", "high", "compare",
    "limit", "numerator", "denominator", "missing_n", "undecided_n", "margin_n", "margin_direction",
    "margin_per_person_dkk", "limit_dkk",
)  # fmt: skip
"""Columns of the criteria. `value`, `low`, `high` and `limit` are exact fractions: shares of 1, and for
income the area's mean over the region's. `status` holds for the whole interval, `known_status` for what
is known; where they differ, what is undecided or missing can change the answer. `numerator` and
`denominator` are the status year's. `margin_n` is whole persons, for income whole kroner in all."""


@dataclass(frozen=True)
class _Yardstick:
    """What an area is held against: the limit of the share, and the region's mean where there is one."""

    limit: Fraction
    regional_mean: Fraction | None = None


def evaluate_criteria(
    indicators: pd.DataFrame,
    references: pd.DataFrame,
    areas: pd.DataFrame,
    rules: Rules,
    *,
    pooling: Pooling = "mean_of_shares",
    regions: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Hold every area's indicators against the thresholds of the date.

    Parameters
    ----------
    indicators
        As `boundaries.designation.indicators.count_indicators` gives them.
    references
        ``year``, ``region_code``, ``key``, ``value``: see `boundaries.designation.references`.
    areas
        ``area_id``, ``kommune_code``.
    rules
        Of the list date.
    pooling
        How years are averaged.
    regions
        Kommune code to region code; the country's own where None.

    Returns
    -------
    DataFrame
        `CRITERIA_COLUMNS`; for every area the ``main`` criteria, then those of ``prevention`` areas, in
        the order of `Criterion`. An area of which nobody is in a group is undecided there.

    Raises
    ------
    DataError
        Where a reference is missing (see `read_reference`), or ``law.kommune_without_region``.
    """
    if pooling not in {"mean_of_shares", "pooled"}:
        raise DataError("law.unknown_pooling", {"value": pooling})
    regions = load_regions() if regions is None else regions
    sets = [("main", rules.main), *([("prevention", rules.prevention)] if rules.prevention else [])]
    by_area = dict(iter(indicators.groupby("area_id", sort=False)))
    rows: list[dict[str, object]] = []
    for area_id, kommune_code in areas[["area_id", "kommune_code"]].itertuples(index=False):
        own = by_area[area_id]
        place = (str(area_id), kommune_code)
        for name, criteria_set in sets:
            for criterion, threshold in _in_order(criteria_set):
                years = own[own["criterion"].eq(str(criterion))]
                yardstick = _find_yardstick(threshold, references, place, years["year"].tolist(), regions)
                row = _evaluate(years, threshold, yardstick, is_pooled=pooling == "pooled")
                rows.append({"area_id": area_id, "criteria_set": name, "criterion": str(criterion), **row})
    table = pd.DataFrame(rows, columns=list(CRITERIA_COLUMNS))
    counts = ["numerator", "denominator", "missing_n", "undecided_n", "margin_n"]
    words = ["area_id", "criteria_set", "criterion", "status", "known_status", "compare", "margin_direction"]
    return table.astype({**dict.fromkeys(counts, "Int64"), **dict.fromkeys(words, "str")})


def _in_order(criteria_set: CriteriaSet) -> list[tuple[Criterion, Threshold]]:
    return [
        (criterion, criteria_set.thresholds[criterion])
        for criterion in Criterion
        if criterion in criteria_set.thresholds
    ]


def _find_yardstick(
    threshold: Threshold,
    references: pd.DataFrame,
    place: tuple[str, Any],
    years: Sequence[int],
    regions: Mapping[str, str],
) -> _Yardstick:
    if threshold.basis is Basis.NATIONAL_MULTIPLE:
        shares = read_reference(references, NATIONAL_CONVICTED_SHARE, years)
        return _Yardstick(threshold.value * sum(shares, Fraction(0)) / len(shares))
    if threshold.basis is Basis.REGIONAL_SHARE:
        area_id, kommune_code = place
        region_code = None if pd.isna(kommune_code) else regions.get(str(kommune_code))
        if not region_code:
            code = "–" if pd.isna(kommune_code) else kommune_code
            raise DataError("law.kommune_without_region", {"area_id": area_id, "kommune_code": code})
        (mean,) = read_reference(references, REGIONAL_GROSS_INCOME, years, region_code=region_code)
        return _Yardstick(threshold.value, mean)
    return _Yardstick(threshold.value)


def _evaluate(
    years: pd.DataFrame, threshold: Threshold, yardstick: _Yardstick, *, is_pooled: bool
) -> dict[str, object]:
    known, low, high = (_read_shares(years, prefix) for prefix in ("", "low_", "high_"))
    scale = yardstick.regional_mean or Fraction(1)
    value, least, most = (
        _divide(average_shares(shares, is_pooled=is_pooled), scale) for shares in (known, low, high)
    )
    last = years.iloc[-1]
    found: dict[str, object] = {
        "status": judge_interval(least, most, threshold.compare, yardstick.limit),
        "known_status": judge(value, threshold.compare, yardstick.limit),
        "value": value,
        "low": least,
        "high": most,
        "compare": threshold.compare,
        "limit": yardstick.limit,
        "numerator": int(last["numerator"]),
        "denominator": int(last["denominator"]),
        "missing_n": int(years["missing_n"].sum()),
        "undecided_n": int(years["undecided_n"].sum()),
    }
    return found | _measure_margin(known, threshold, yardstick, is_pooled=is_pooled)


def _divide(value: Fraction | None, scale: Fraction) -> Fraction | None:
    return None if value is None else value / scale


def _read_shares(years: pd.DataFrame, prefix: str) -> list[Share]:
    columns = years[[f"{prefix}numerator", f"{prefix}denominator", "unit"]]
    return [Share(int(top), int(bottom), int(unit)) for top, bottom, unit in columns.itertuples(index=False)]


def _measure_margin(
    shares: Sequence[Share], threshold: Threshold, yardstick: _Yardstick, *, is_pooled: bool
) -> dict[str, object]:
    if yardstick.regional_mean is None:
        persons = measure_persons(shares, threshold.compare, yardstick.limit, is_pooled=is_pooled)
        if persons is None:
            return {}
        return {"margin_n": persons.persons_n, "margin_direction": persons.direction}
    last = shares[-1]
    limit_dkk = yardstick.limit * yardstick.regional_mean
    total = Fraction(last.numerator, last.unit)
    kroner = measure_income(total, last.denominator, limit_dkk, threshold.compare)
    if kroner is None:
        return {"limit_dkk": limit_dkk}
    return {
        "margin_n": kroner.total_dkk,
        "margin_direction": kroner.direction,
        "margin_per_person_dkk": kroner.per_person_dkk,
        "limit_dkk": limit_dkk,
    }


def collect_statuses(criteria: pd.DataFrame, area_id: str, criteria_set: str) -> dict[Criterion, Status]:
    """Return the statuses of one area's criteria.

    Parameters
    ----------
    criteria
        As `evaluate_criteria` gives them.
    area_id
        The area.
    criteria_set
        ``main`` or ``prevention``.
    """
    rows = criteria[criteria["area_id"].eq(area_id) & criteria["criteria_set"].eq(criteria_set)]
    return {
        Criterion(name): Status(status)
        for name, status in zip(rows["criterion"], rows["status"], strict=True)
    }
