"""The list as a workbook, as CSV and as JSON: every value with its threshold, margin and source."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from boundaries.disclosure.lists import PublishedList
from data.texts import Texts
from geo.writers import require_absent, write_json
from maps import labels
from maps.list_json import describe_list
from maps.list_sources import list_sources
from maps.list_words import (
    format_margin,
    format_reasons,
    is_hidden,
    list_kinds,
    name_category,
    name_kommune,
    rank_category,
    show_comparison,
    to_limit,
    to_percent,
)
from maps.sheet_csv import write_sheet
from maps.workbook import write_workbook

SHEETS = ("list", "criteria", "changes", "mix", "plan", "quality", "sources")
"""Sheets in their order, by key below ``sheet.name`` in the texts."""

WORKBOOK = "lister.xlsx"
CSV_FOLDER = "lister"
RESULT = "lister.json"

_LIST = (
    "area", "area_id", "kommune", "kommune_code", "category", "change", "possible", "residents_n",
    "residents_max_n", "residents_2010", "residents_status", "residents_margin", "criteria_met_n",
    "criteria_required_n", "labour_outside", "non_western", "convicted", "primary_education_only",
    "income", "family_share",
)  # fmt: skip
_CRITERIA = (
    "area", "area_id", "criteria_set", "criterion", "status", "value", "compare", "limit", "margin_text",
    "margin_n", "margin_unit", "numerator", "denominator", "mean_income_dkk", "limit_dkk",
    "margin_per_person_dkk", "is_open", "source", "href",
)  # fmt: skip
_CHANGES = (
    "list", "change", "area", "area_id", "category_before", "category_now", "reasons",
)  # fmt: skip
_MIX = (
    "area", "area_id", "year", "family_n", "standing_n", "demolished_n", "replaced_n", "business_n",
    "total_n", "share", "target", "target_on", "is_target_met", "mix_margin_n",
)  # fmt: skip
_PLAN = (
    "area", "area_id", "plan_year", "stage", "sold_n", "relabelled_n", "demolished_n", "built_family_n",
    "built_other_n", "family_n", "total_n", "share", "target", "target_on", "is_target_met",
)  # fmt: skip
_QUALITY = (
    "area", "area_id", "criterion", "missing_n", "undecided_n", "low", "value", "high", "status",
    "is_open",
)  # fmt: skip

_WHOLE = frozenset({"year", "plan_year", "residents_2010", "denominator"})

Row = dict[str, Any]


def list_sheets(published: PublishedList, texts: Texts) -> dict[str, pd.DataFrame]:
    """Set a list out as sheets.

    Parameters
    ----------
    published
        As `boundaries.disclosure.lists.publish_list` makes it.
    texts
        Language of names, headings and words; a hidden number is the catalog's word for it.

    Returns
    -------
    dict
        Name of the sheet to frame, headings in words, in the order of `SHEETS`. Numbers are integers or
        decimals with the digits that are shown.
    """
    makers = {
        "list": (_list_areas, _LIST),
        "criteria": (_list_criteria, _CRITERIA),
        "changes": (_list_changes, _CHANGES),
        "mix": (_list_mix, _MIX),
        "plan": (_list_plan, _PLAN),
        "quality": (_list_quality, _QUALITY),
    }
    sheets = {
        texts.get(f"sheet.name.{key}"): _make_frame(make(published, texts), columns, texts)
        for key, (make, columns) in makers.items()
    }
    columns, rows = list_sources(published, texts)
    return sheets | {texts.get("sheet.name.sources"): _make_frame(rows, columns, texts)}


def list_files(texts: Texts) -> tuple[str, ...]:
    """Return what `write_lists` writes, relative to its folder."""
    return (WORKBOOK, *(f"{CSV_FOLDER}/{texts.get(f'sheet.file.{key}')}.csv" for key in SHEETS), RESULT)


def write_lists(
    folder: Path, published: PublishedList, texts: Texts, *, overwrite: bool = False
) -> list[Path]:
    """Write the workbook, the same sheets as CSV files, and the list as JSON.

    Parameters
    ----------
    folder
        Made where it is missing.
    published
        As `boundaries.disclosure.lists.publish_list` makes it.
    texts
        Language of the sheets.
    overwrite
        Replace what lies there; each file in one step.

    Returns
    -------
    list of Path
        What was written, the workbook first.

    Raises
    ------
    WriteError
        Where one of the files exists and may not be replaced, before any is written.
    """
    files = [folder / name for name in list_files(texts)]
    require_absent(files, overwrite=overwrite)
    (folder / CSV_FOLDER).mkdir(parents=True, exist_ok=True)
    sheets = list_sheets(published, texts)
    write_workbook(files[0], sheets, texts=texts, overwrite=overwrite)
    for file, sheet in zip(files[1:-1], sheets.values(), strict=True):
        write_sheet(file, sheet, overwrite=overwrite)
    write_json(files[-1], describe_list(published), overwrite=overwrite)
    return files


def _make_frame(rows: list[Row], columns: tuple[str, ...], texts: Texts) -> pd.DataFrame:
    titles = [texts.get(f"sheet.column.{name}") for name in columns]
    frame = pd.DataFrame([[row.get(name) for name in columns] for row in rows], columns=titles, dtype=object)
    # A column of dates or numbers alone is one; with a word among them it stays as it is.
    for title, name in zip(titles, columns, strict=True):
        if name.endswith("_on"):
            frame[title] = pd.to_datetime(frame[title]).astype("datetime64[s]")
        elif name.endswith("_n") or name in _WHOLE:
            frame[title] = _to_integers(frame[title])
    return frame


def _to_integers(column: pd.Series) -> pd.Series:
    cells = [None if labels.is_missing(cell) else cell for cell in column]
    if any(isinstance(cell, str) for cell in cells):
        return pd.Series(cells, index=column.index, dtype=object)
    return pd.Series(cells, index=column.index, dtype="Int64")


def _show(row: Row, column: str, texts: Texts, value: object | None = None) -> object:
    """Return a figure, the catalog's word where it is hidden, None where it is missing."""
    if is_hidden(row, column):
        return texts.get("label.suppressed")
    figure = row[column] if value is None else value
    return None if labels.is_missing(figure) else figure


def _show_percent(row: Row, column: str, texts: Texts) -> object:
    return _show(row, column, texts, to_percent(row[column], str(row["criterion"])))


def _show_word(row: Row, column: str, section: str, texts: Texts) -> object:
    if is_hidden(row, column):
        return texts.get("label.suppressed")
    return None if labels.is_missing(row[column]) else texts.get(f"{section}.{row[column]}")


def _show_flag(row: Row, column: str, texts: Texts) -> object:
    if is_hidden(row, column):
        return texts.get("label.suppressed")
    return None if labels.is_missing(row[column]) else texts.get(f"label.{'yes' if row[column] else 'no'}")


def _name_areas(published: PublishedList) -> dict[str, str]:
    return dict(zip(published.areas["area_id"], published.areas["name"], strict=True))


def _list_areas(published: PublishedList, texts: Texts) -> list[Row]:
    values: dict[str, Row] = defaultdict(dict)
    for row in labels.list_rows(published.criteria):
        if row["criteria_set"] == "main":
            values[row["area_id"]][row["criterion"]] = _show_percent(row, "value", texts)
    mix = {row["area_id"]: row["share"] for row in labels.list_rows(published.made.mix)}
    changed = {row["area_id"]: row["change"] for row in list_area_changes(published)}
    rows = []
    for row in sorted(labels.list_rows(published.areas), key=_place):
        area_id = row["area_id"]
        margin = {
            "criterion": "residents",
            "margin_n": row["residents_margin_n"],
            "margin_direction": row["residents_margin_direction"],
            "hidden": "margin_n" if is_hidden(row, "residents_margin_n") else "",
        }
        rows.append(
            {
                "area": row["name"],
                "area_id": area_id,
                "kommune": name_kommune(row["kommune_code"]),
                "kommune_code": row["kommune_code"],
                "category": name_category(row["category"], published, texts),
                "change": texts.get(f"list.change.{changed[area_id]}") if area_id in changed else None,
                "possible": row["possible"] or None,
                "residents_status": texts.get(f"criterion.status.{row['residents_status']}"),
                "residents_margin": format_margin(margin, texts),
                "family_share": to_percent(mix.get(area_id)),
                **{name: _show(row, name, texts) for name in ("residents_n", "residents_max_n")},
                **{name: _show(row, name, texts) for name in ("residents_2010", "criteria_met_n")},
                "criteria_required_n": row["criteria_required_n"],
                **values[area_id],
            }
        )
    return rows


def _place(row: Row) -> tuple[int, str, str]:
    return rank_category(row["category"]), str(row["kommune_code"]), str(row["area_id"])


def list_area_changes(published: PublishedList) -> list[Row]:
    """Return one row an area that is or was on a list: new on any list, still on one, or left all."""
    rows: dict[str, Row] = {}
    for row in labels.list_rows(published.changes):
        was_on = not labels.is_missing(row["category_before"])
        is_on = not labels.is_missing(row["category_now"])
        change = "still" if was_on and is_on else "new" if is_on else "left"
        rows[str(row["area_key"])] = {"area_id": str(row["area_key"]), "change": change}
    return list(rows.values())


def _list_criteria(published: PublishedList, texts: Texts) -> list[Row]:
    names = _name_areas(published)
    sources = {row.parameter.name: row.in_force for row in published.made.law.rows}
    return [
        {
            **_describe_criterion(row, texts),
            "area": names[row["area_id"]],
            "area_id": row["area_id"],
            "criteria_set": name_set(row["criteria_set"], published, texts),
            "source": entry.reference.title if (entry := sources[row["parameter"]]) else None,
            "href": entry.reference.href if entry else None,
        }
        for row in labels.list_rows(published.criteria)
    ]


def name_set(criteria_set: object, published: PublishedList, texts: Texts) -> str:
    """Return the kind of area that a set of criteria is of, in the law's word on the date."""
    kind = "forebyggelsesomraade" if criteria_set == "prevention" else str(list_kinds(published)[0])
    return name_category(kind, published, texts)


def _describe_criterion(row: Row, texts: Texts) -> Row:
    criterion = str(row["criterion"])
    numerator = row["numerator"]
    is_fractional = criterion == "labour_outside" and not labels.is_missing(numerator)
    unit = "dkk" if criterion == "income" else "persons"
    return {
        "criterion": texts.get(f"criterion.{criterion}.title"),
        "status": _show_word(row, "status", "criterion.status", texts),
        "value": _show_percent(row, "value", texts),
        "compare": show_comparison(row["compare"]),
        "limit": to_limit(row["limit"]),
        "margin_text": format_margin(row, texts),
        "margin_n": _show(row, "margin_n", texts),
        "margin_unit": texts.get(f"sheet.margin_unit.{unit}"),
        "numerator": _show(row, "numerator", texts, _to_persons(numerator, is_fractional=is_fractional)),
        "denominator": _show(row, "denominator", texts),
        **{name: _show(row, name, texts) for name in ("mean_income_dkk", "limit_dkk")},
        "margin_per_person_dkk": _show(row, "margin_per_person_dkk", texts),
        "is_open": _show_flag(row, "is_open", texts),
    }


def _to_persons(number: Any, *, is_fractional: bool) -> Decimal | int | None:
    if labels.is_missing(number):
        return None
    return Decimal(f"{number:.1f}") if is_fractional else int(number)


def _list_changes(published: PublishedList, texts: Texts) -> list[Row]:
    names = _name_areas(published)
    return [
        {
            "list": name_category(row["list"], published, texts),
            "change": texts.get(f"list.change.{row['change']}"),
            "area": names.get(row["area_key"], row["area_key"]),
            "area_id": row["area_key"],
            "category_before": name_category(row["category_before"], published, texts),
            "category_now": name_category(row["category_now"], published, texts),
            "reasons": format_reasons(row["reasons"], texts) or None,
        }
        for row in labels.list_rows(published.changes)
        if row["list"] in list_kinds(published) or row["change"] == "left"
    ]


def _list_mix(published: PublishedList, texts: Texts) -> list[Row]:
    names, rules = _name_areas(published), published.made.mix_rules
    if rules is None:
        return []
    counts = ("family_n", "standing_n", "demolished_n", "replaced_n", "business_n", "total_n", "year")
    return [
        {
            **{name: row[name] for name in counts},
            "area": names.get(row["area_id"]),
            "area_id": row["area_id"],
            "share": to_percent(row["share"]),
            "target": to_limit(rules.share_max),
            "target_on": pd.Timestamp(rules.target_on),
            "is_target_met": _show_flag(row, "is_target_met", texts),
            "mix_margin_n": row["margin_n"],
        }
        for row in labels.list_rows(published.made.mix)
    ]


def _list_plan(published: PublishedList, texts: Texts) -> list[Row]:
    names, rules = _name_areas(published), published.made.mix_rules
    if rules is None:
        return []
    return [
        {
            **row,
            "area": names.get(row["area_id"], texts.get("sheet.stage.all_areas")),
            "area_id": row["area_id"] or None,
            "plan_year": row["year"],
            "stage": texts.get(f"sheet.stage.{row['stage']}"),
            "share": to_percent(row["share"]),
            "target": to_limit(rules.share_max),
            "target_on": pd.Timestamp(rules.target_on),
            # The target is each area's own.
            "is_target_met": _show_flag(row, "is_target_met", texts) if row["area_id"] else None,
        }
        for row in labels.list_rows(published.made.plan)
    ]


def _list_quality(published: PublishedList, texts: Texts) -> list[Row]:
    names = _name_areas(published)
    return [
        {
            "area": names[row["area_id"]],
            "area_id": row["area_id"],
            "criterion": texts.get(f"criterion.{row['criterion']}.title"),
            **{name: _show(row, name, texts) for name in ("missing_n", "undecided_n")},
            **{name: _show_percent(row, name, texts) for name in ("low", "value", "high")},
            "status": _show_word(row, "status", "criterion.status", texts),
            "is_open": _show_flag(row, "is_open", texts),
        }
        for row in labels.list_rows(published.criteria)
        if row["criteria_set"] == "main"
    ]
