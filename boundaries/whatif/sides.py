"""One side of a comparison: assessed, listed, and as it may be shown by itself."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

import pandas as pd

from boundaries.assessment import assess
from boundaries.designation.law import Rules
from boundaries.designation.made_list import MadeList, NoList, make_list
from boundaries.designation.yearly_list import YearlyList
from boundaries.disclosure.lists import publish_list
from boundaries.model import Registers, Settings
from boundaries.whatif.comparison import Side
from geo.errors import DataError

_Frame = TypeVar("_Frame", bound=pd.DataFrame)


def make_side(
    registers: Registers,
    settings: Settings,
    status_date: date,
    rules: Rules,
    *,
    beside: Side | None = None,
) -> Side:
    """Make the list of one side and hide what may not be shown of it.

    Parameters
    ----------
    registers
        As they are, or as they would be.
    settings
        The open points and the threshold.
    status_date
        The opgørelsesdato.
    rules
        The law.
    beside
        The side that this one is set beside. An area with the same residents is then shown as it is
        there, and every other one by itself: what is hidden of one area because of another would tell
        that the other has few.

    Raises
    ------
    DataError
        Where the inputs allow no list.
    """
    assessment = assess(registers, settings, status_date)
    made = make_list(registers, assessment, list_date=rules.on)
    if isinstance(made, NoList):
        raise DataError(made.key, made.values)
    if beside is None:
        published = publish_list(made)
        areas, criteria = published.areas, published.criteria
    else:
        areas, criteria = _publish_beside(made, beside)
    return Side(assessment=assessment, exact=made.yearly_list, areas=areas, criteria=criteria)


def _publish_beside(made: MadeList, beside: Side) -> tuple[pd.DataFrame, pd.DataFrame]:
    same = find_same_areas(made.yearly_list, beside.exact)
    areas, criteria = [], []
    for area_id in made.yearly_list.areas["area_id"]:
        if area_id in same:
            shown_areas, shown_criteria = beside.areas, beside.criteria
        else:
            published = publish_list(restrict_list(made, area_id))
            shown_areas, shown_criteria = published.areas, published.criteria
        areas.append(shown_areas[shown_areas["area_id"].eq(area_id)])
        criteria.append(shown_criteria[shown_criteria["area_id"].eq(area_id)])
    return pd.concat(areas, ignore_index=True), pd.concat(criteria, ignore_index=True)


def find_same_areas(one: YearlyList, other: YearlyList) -> frozenset[str]:
    """Return the areas of which two lists measure and say exactly the same."""
    pairs = ((one.areas, other.areas), (one.indicators, other.indicators), (one.criteria, other.criteria))
    same = set(one.areas["area_id"]) & set(other.areas["area_id"])
    for left, right in pairs:
        rows, others = (_group_rows(table) for table in (left, right))
        same = {area_id for area_id in same if rows.get(area_id) == others.get(area_id)}
    return frozenset(same)


def _group_rows(table: pd.DataFrame) -> dict[str, list[tuple[object, ...]]]:
    cells: Iterable[list[object]] = (
        [None if pd.isna(value) else value for value in table[column]] for column in table.columns
    )
    grouped: dict[str, list[tuple[object, ...]]] = {}
    for area_id, row in zip(table["area_id"], zip(*cells, strict=True), strict=True):
        grouped.setdefault(str(area_id), []).append(row)
    return grouped


def restrict_list(made: MadeList, area_id: str) -> MadeList:
    """Return a list as if its one area were all there is."""
    listed, assessment = made.yearly_list, made.assessment
    return replace(
        made,
        assessment=replace(
            assessment,
            areas=_take(assessment.areas, area_id),
            residents=_take(assessment.residents, area_id),
        ),
        yearly_list=replace(
            listed,
            areas=_take(listed.areas, area_id),
            criteria=_take(listed.criteria, area_id),
            indicators=_take(listed.indicators, area_id),
            changes=_take(listed.changes, area_id, key="area_key"),
        ),
        earlier=_take(made.earlier, area_id),
    )


def _take(table: _Frame, area_id: str, *, key: str = "area_id") -> _Frame:
    return table[table[key].eq(area_id)].reset_index(drop=True)
