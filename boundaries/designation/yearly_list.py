"""The list of a date, from microdata: every area with its values, criteria, margins and category."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from boundaries.designation.categories import AreaTests, Category, Designation, designate
from boundaries.designation.criteria import Pooling, collect_statuses, evaluate_criteria
from boundaries.designation.indicators import count_indicators, count_residents
from boundaries.designation.law import Rules, find_list_date, rules_on
from boundaries.designation.lists import (
    ListHistory,
    check_earlier_lists,
    compare_lists,
    count_areas,
    explain_leaving,
    read_history,
    tabulate_history,
)
from boundaries.designation.margins import measure_residents
from boundaries.designation.verdict import Status, judge, judge_interval, require_all
from boundaries.model import Assessment, Registers

AREA_COLUMNS = (
    "area_id", "name", "kommune_code", "residents_n", "residents_max_n", "residents_2010",
    "residents_status", "residents_margin_n", "residents_margin_direction", "criteria_met_n",
    "criteria_required_n", "earlier_lists", "is_listed", "category", "term", "possible",
)  # fmt: skip
"""Columns of the list's areas; `possible` joins terms that what is unknown could give, with commas."""


@dataclass(frozen=True)
class YearlyList:
    """The list that the law gives on a date.

    Attributes
    ----------
    list_date
        The date whose law is applied.
    status_date
        The day whose residents are counted.
    areas
        One row an area, `AREA_COLUMNS`, by area id.
    criteria
        `boundaries.designation.criteria.CRITERIA_COLUMNS`.
    indicators
        `boundaries.designation.indicators.INDICATOR_COLUMNS`.
    changes
        This list against the last known, `boundaries.designation.lists.compare_lists`, with ``reasons``
        of leaving joined by commas.
    counts
        Areas by list and kommune, `boundaries.designation.lists.count_areas`.
    history
        `boundaries.designation.lists.tabulate_history`, this list not included.
    """

    list_date: date
    status_date: date
    areas: pd.DataFrame
    criteria: pd.DataFrame
    indicators: pd.DataFrame
    changes: pd.DataFrame
    counts: pd.DataFrame
    history: pd.DataFrame

    def to_json(self) -> dict[str, object]:
        """Return plain values; exact fractions as text, missing as null."""
        tables = {
            name: getattr(self, name)
            for name in ("areas", "criteria", "indicators", "changes", "counts", "history")
        }
        return {
            "list_date": self.list_date.isoformat(),
            "status_date": self.status_date.isoformat(),
            **{name: _plain_records(table) for name, table in tables.items()},
        }


def make_yearly_list(
    registers: Registers,
    assessment: Assessment,
    *,
    list_date: date | None = None,
    pooling: Pooling = "mean_of_shares",
    references: pd.DataFrame | None = None,
    regions: Mapping[str, str] | None = None,
) -> YearlyList:
    """Make the list that the ministry would make.

    Parameters
    ----------
    registers
        Residents of every data year that the rules use, references and earlier lists.
    assessment
        Which dwellings count, on the status date.
    list_date
        Date whose law is applied; the day of the status year's list where None.
    pooling
        How years are averaged.
    references
        The yearly figures, as `boundaries.designation.references.compute_references` makes them of
        residents who cover the country; those of the registers where None.
    regions
        Kommune code to region code; the country's own where None.

    Raises
    ------
    DataError
        A date before the law, a data year without residents, a missing reference, a kommune without
        region: each says what to supply.
    """
    year = assessment.status_date.year
    on = find_list_date(year) if list_date is None else list_date
    rules = rules_on(on)
    areas = pd.DataFrame(assessment.areas[["area_id", "name", "kommune_code", "residents_2010"]])
    area_ids = areas["area_id"].tolist()
    figures = registers.references if references is None else references
    indicators = count_indicators(registers.residents, assessment.dwellings, area_ids, rules, year)
    criteria = evaluate_criteria(indicators, figures, areas, rules, pooling=pooling, regions=regions)
    residents = count_residents(registers.residents, assessment.dwellings, area_ids, year)
    history = read_history(registers.lists)
    listed = _list_areas(areas.merge(residents, on="area_id", validate="1:1"), criteria, history, rules)
    now = {
        row["area_id"]: Category(row["category"])
        for row in listed[listed["category"].notna()].to_dict("records")
    }
    kommune_codes = dict(zip(areas["area_id"], areas["kommune_code"].fillna(""), strict=True))
    return YearlyList(
        list_date=on,
        status_date=assessment.status_date,
        areas=listed,
        criteria=criteria,
        indicators=indicators,
        changes=_compare_with_last(now, listed, criteria, history, on),
        counts=count_areas(now, kommune_codes),
        history=tabulate_history(history),
    )


def _list_areas(
    areas: pd.DataFrame, criteria: pd.DataFrame, history: ListHistory, rules: Rules
) -> pd.DataFrame:
    rows: list[dict[Any, Any]] = []
    statuses = collect_statuses(criteria)
    for area in areas.to_dict("records"):
        area_id = str(area["area_id"])
        tests = AreaTests(
            judge_residents(area, rules),
            statuses[area_id, "main"],
            statuses[area_id, "prevention"],
            check_earlier_lists(history, area_id, rules.on),
        )
        rows.append({**area, **_describe(tests, designate(tests, rules), int(area["residents_n"]), rules)})
    table = pd.DataFrame(rows, columns=list(AREA_COLUMNS))
    words = [
        "residents_status",
        "residents_margin_direction",
        "earlier_lists",
        "is_listed",
        "category",
        "term",
        "possible",
    ]
    return table.astype(dict.fromkeys(words, "str")).assign(
        category=lambda frame: frame["category"].where(frame["category"].ne("None")),
        term=lambda frame: frame["term"].where(frame["term"].ne("None")),
    )


def judge_residents(area: Mapping[Any, Any], rules: Rules) -> Status:
    """Tell whether an area has the residents that the law requires.

    The interval of those on the status date must be decided, and from December 2018 the residents of
    2010 too, where they are known (§ 61 a, stk. 3).

    Parameters
    ----------
    area
        ``residents_n``, ``residents_max_n``, ``residents_2010``.
    rules
        Of the list date.
    """
    required = Fraction(rules.residents_min_n)
    low, high = Fraction(int(area["residents_n"])), Fraction(int(area["residents_max_n"]))
    now = judge_interval(low, high, ">=", required)
    in_2010 = area["residents_2010"]
    if pd.isna(in_2010) or rules.transformation_lists_n is None:
        return now
    return require_all(now, judge(Fraction(int(in_2010)), ">=", required))


def _describe(
    tests: AreaTests, designation: Designation, residents_n: int, rules: Rules
) -> dict[str, object]:
    margin = measure_residents(residents_n, rules.residents_min_n)
    return {
        "residents_status": str(tests.residents),
        "residents_margin_n": margin.persons_n,
        "residents_margin_direction": margin.direction,
        "criteria_met_n": sum(tests.main[criterion] is Status.MET for criterion in rules.main.counted),
        "criteria_required_n": rules.main.required_n,
        "earlier_lists": str(tests.earlier_lists),
        "is_listed": str(designation.is_listed),
        "category": designation.category,
        "term": designation.term,
        "possible": ", ".join(rules.terms[category] for category in designation.possible),
    }


def _compare_with_last(
    now: Mapping[str, Category], listed: pd.DataFrame, criteria: pd.DataFrame, history: ListHistory, on: date
) -> pd.DataFrame:
    """Compare with the last published list before `on`; without one every area is new."""
    earlier = [day for day in history.entries if day < on]
    changes = compare_lists(now, history.entries[max(earlier)] if earlier else {})
    statuses = collect_statuses(criteria)
    residents = dict(zip(listed["area_id"], listed["residents_status"], strict=True))
    reasons = []
    for row in changes.to_dict("records"):
        area_id = str(row["area_key"])
        found: tuple[str, ...] = ()
        if row["change"] == "left" and area_id in residents:
            conditions = {"residents": Status(residents[area_id])}
            conditions |= {str(name): status for name, status in statuses[area_id, "main"].items()}
            found = explain_leaving(conditions)
        reasons.append(", ".join(found))
    return changes.assign(reasons=pd.Series(reasons, index=changes.index, dtype="str"))


def _plain_records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> object:
    if isinstance(value, Fraction):
        return str(value)
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
