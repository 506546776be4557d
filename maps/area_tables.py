"""The tables beside the area map: areas with their dwellings and residents, and extensions."""

from collections.abc import Mapping, Sequence

import pandas as pd

from boundaries.model import Assessment
from data.texts import Texts
from maps import labels
from maps.palette import ExtensionState

_COUNTS = ("counted_n", "not_counted_n", "undecided_n")


def show_residents(count: object, texts: Texts) -> str:
    """Return a resident count that may be shown, "diskretioneret" where it is hidden."""
    return (
        texts.get("label.suppressed")
        if labels.is_missing(count)
        else labels.format_count(count, texts.language)
    )


def show_interval(shown: Mapping[str, object], texts: Texts) -> str:
    """Return the residents of an area as one number or as the interval with the undecided."""
    low, high = shown["residents_min_n"], shown["residents_max_n"]
    if labels.is_missing(high):
        return show_residents(low, texts)
    return labels.format_interval(low, high, texts.language)


def _is_interval(shown: Mapping[str, object]) -> bool:
    """Tell whether the residents of an area are shown as two numbers."""
    low, high = shown["residents_min_n"], shown["residents_max_n"]
    return not (labels.is_missing(low) or labels.is_missing(high) or low == high)


def make_area_table(assessment: Assessment, shown: pd.DataFrame, texts: Texts) -> dict[str, object]:
    """Return the table of areas as the page's script reads it.

    Parameters
    ----------
    assessment
        The answer for one status date.
    shown
        `maps.withheld.RESIDENT_COLUMNS` as they may be shown, on the rows of its areas.
    texts
        Catalog of the page's language.
    """
    rows = []
    visible = labels.list_rows(shown)
    for at, row in enumerate(labels.list_rows(assessment.areas)):
        seen = visible[at]
        counts = [row[column] for column in _COUNTS]
        low = seen["residents_min_n"]
        is_known = assessment.has_residents
        rows.append(
            {
                "key": f"a{at}",
                "cells": [
                    labels.format_text(row["name"]),
                    *(labels.format_count(count, texts.language) for count in counts),
                    *([show_interval(seen, texts)] if is_known else []),
                ],
                "values": [
                    labels.format_text(row["name"]),
                    *(int(count) for count in counts),
                    *([None if labels.is_missing(low) else int(low)] if is_known else []),
                ],
                # A number alone would drop the interval's upper end.
                **({"csv": [None] * 4 + [show_interval(seen, texts)]} if _is_interval(seen) else {}),
                "search": f"{row['name']} {row['area_id']} {row['kommune_code']}",
            }
        )
    titles = ["name", "counted_n", "not_counted_n", "undecided_n"]
    titles += ["residents"] if assessment.has_residents else []
    return {"key": "areas", "columns": _columns(titles, texts), "rows": rows}


def make_extension_tables(
    assessment: Assessment, states: Sequence[ExtensionState], texts: Texts
) -> list[dict[str, object]]:
    """Return the table of extensions, none where there are none; `states` by row of the extensions."""
    if not states:
        return []
    names = dict(zip(assessment.areas["area_id"], assessment.areas["name"], strict=True))
    rows = []
    for at, row in enumerate(labels.list_rows(assessment.extensions)):
        approved = None if labels.is_missing(row["approved_on"]) else row["approved_on"]
        area = labels.format_text(names.get(row["area_id"], row["area_id"]))
        state = texts.get(f"label.state.{states[at]}")
        counted = int(row["counted_n"])
        rows.append(
            {
                "key": f"e{at}",
                "cells": [
                    str(row["extension_id"]),
                    area,
                    state,
                    labels.format_date(approved, texts.language),
                    labels.format_count(counted, texts.language),
                ],
                "values": [
                    str(row["extension_id"]),
                    area,
                    state,
                    None if approved is None else approved.toordinal(),
                    counted,
                ],
                "search": f"{row['extension_id']} {area}",
            }
        )
    titles = ["extension_id", "area_name", "state", "approved_on", "counted_n"]
    return [{"key": "extensions", "columns": _columns(titles, texts), "rows": rows}]


_KINDS = {
    "counted_n": "number",
    "not_counted_n": "number",
    "undecided_n": "number",
    "residents": "number",
    "approved_on": "date",
}


def _columns(names: Sequence[str], texts: Texts) -> list[dict[str, str]]:
    return [{"title": texts.get(f"label.head.{name}"), "kind": _KINDS.get(name, "text")} for name in names]
