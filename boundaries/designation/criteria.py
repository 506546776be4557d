"""Criteria of every area: met, not met or undecided, and what would flip them."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
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
    yardsticks = _Yardsticks(references, regions)
    years_of = _group_years(indicators)
    rows: list[dict[str, object]] = []
    for area_id, kommune_code in areas[["area_id", "kommune_code"]].itertuples(index=False):
        place = (str(area_id), kommune_code)
        for name, criteria_set in sets:
            for criterion, threshold in _in_order(criteria_set):
                years = years_of[str(area_id), str(criterion)]
                yardstick = yardsticks.find(threshold, place, tuple(int(year["year"]) for year in years))
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


_Year = dict[Hashable, Any]


def _group_years(indicators: pd.DataFrame) -> dict[tuple[str, str], list[_Year]]:
    """Return the rows of each area and criterion, by rising year, as plain values."""
    grouped: dict[tuple[str, str], list[_Year]] = defaultdict(list)
    for row in indicators.sort_values("year", kind="stable").to_dict("records"):
        grouped[str(row["area_id"]), str(row["criterion"])].append(row)
    return grouped


class _Yardsticks:
    """What thresholds come to, each reference looked up once."""

    def __init__(self, references: pd.DataFrame, regions: Mapping[str, str]) -> None:
        self._references = references
        self._regions = regions
        self._known: dict[tuple[str, tuple[int, ...], str], tuple[Fraction, ...]] = {}

    def find(self, threshold: Threshold, place: tuple[str, Any], years: tuple[int, ...]) -> _Yardstick:
        if threshold.basis is Basis.NATIONAL_MULTIPLE:
            shares = self._read(NATIONAL_CONVICTED_SHARE, years, "")
            return _Yardstick(threshold.value * sum(shares, Fraction(0)) / len(shares))
        if threshold.basis is Basis.REGIONAL_SHARE:
            (mean,) = self._read(REGIONAL_GROSS_INCOME, years, self._find_region(place))
            return _Yardstick(threshold.value, mean)
        return _Yardstick(threshold.value)

    def _find_region(self, place: tuple[str, Any]) -> str:
        area_id, kommune_code = place
        code = "–" if pd.isna(kommune_code) else str(kommune_code)
        region_code = self._regions.get(code)
        if not region_code:
            raise DataError("law.kommune_without_region", {"area_id": area_id, "kommune_code": code})
        return region_code

    def _read(self, key: str, years: tuple[int, ...], region_code: str) -> tuple[Fraction, ...]:
        name = (key, years, region_code)
        if name not in self._known:
            self._known[name] = read_reference(self._references, key, years, region_code=region_code)
        return self._known[name]


def _evaluate(
    years: Sequence[_Year], threshold: Threshold, yardstick: _Yardstick, *, is_pooled: bool
) -> dict[str, object]:
    known, low, high = (_read_shares(years, prefix) for prefix in ("", "low_", "high_"))
    scale = yardstick.regional_mean or Fraction(1)
    value, least, most = (
        _divide(average_shares(shares, is_pooled=is_pooled), scale) for shares in (known, low, high)
    )
    last = years[-1]
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
        "missing_n": sum(int(year["missing_n"]) for year in years),
        "undecided_n": sum(int(year["undecided_n"]) for year in years),
    }
    return found | _measure_margin(known, threshold, yardstick, is_pooled=is_pooled)


def _divide(value: Fraction | None, scale: Fraction) -> Fraction | None:
    return None if value is None else value / scale


def _read_shares(years: Sequence[_Year], prefix: str) -> list[Share]:
    return [
        Share(int(year[f"{prefix}numerator"]), int(year[f"{prefix}denominator"]), int(year["unit"]))
        for year in years
    ]


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


def collect_statuses(criteria: pd.DataFrame) -> dict[tuple[str, str], dict[Criterion, Status]]:
    """Return the statuses of each area's criteria, by area id and criteria set.

    Parameters
    ----------
    criteria
        As `evaluate_criteria` gives them. A set that the date's law lacks gives an empty dict.
    """
    statuses: dict[tuple[str, str], dict[Criterion, Status]] = defaultdict(dict)
    columns = criteria[["area_id", "criteria_set", "criterion", "status"]]
    for area_id, criteria_set, criterion, status in columns.itertuples(index=False):
        statuses[str(area_id), str(criteria_set)][Criterion(criterion)] = Status(status)
    return statuses
