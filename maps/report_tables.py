"""The tables of the report, in words: the list, areas, extensions, reasons, law, files and findings."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from boundaries.disclosure.lists import PublishedList
from boundaries.model import Assessment, Decision
from boundaries.registers.severity import SEVERITY_ORDER
from data.texts import Texts
from maps import labels, layers, withheld
from maps.area_tables import show_interval
from maps.document import Cell, Column, DocumentTable
from maps.findings_text import findings_table
from maps.list_sources import list_sources
from maps.list_words import format_decimal

_LIST = (
    *("area", "kommune", "category", "change", "residents_n", "criteria_met_n"),
    *("labour_outside", "non_western", "convicted", "primary_education_only", "income"),
)
_CRITERIA = ("area", "criteria_set", "criterion", "status", "value", "compare", "limit", "margin_text")
_CHANGES = ("area", "list", "change", "category_before", "category_now", "reasons")
_MIX = (
    "area",
    "family_n",
    "standing_n",
    "demolished_n",
    "business_n",
    "total_n",
    "share",
    "target",
    "mix_margin_n",
)
_PLAN = (
    *("area", "plan_year", "stage", "sold_n", "relabelled_n", "demolished_n", "built_family_n"),
    *("built_other_n", "family_n", "total_n", "share"),
)
_QUALITY = ("area", "criterion", "missing_n", "undecided_n", "low", "value", "high", "is_open")

SHEET_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "list": _LIST,
    "criteria": _CRITERIA,
    "changes": _CHANGES,
    "mix": _MIX,
    "plan": _PLAN,
    "quality": _QUALITY,
}
"""Columns of each sheet of the list that the report shows; the workbook has them all."""

_NUMBERS = frozenset(
    {"value", "limit", "share", "target", "low", "high", "labour_outside", "non_western", "convicted"}
    | {"primary_education_only", "income", "plan_year"}
)


def tabulate_sheet(
    key: str, sheets: Mapping[str, pd.DataFrame], texts: Texts, *, note: str = ""
) -> tuple[DocumentTable, ...]:
    """Return a sheet of the list as a table to read; none where the sheet has no rows.

    Parameters
    ----------
    key
        One of `SHEET_COLUMNS`.
    sheets
        As `maps.yearly_lists.list_sheets` returns them.
    texts
        Catalog.
    note
        Sentence below the table.
    """
    sheet, names = sheets[texts.get(f"sheet.name.{key}")], SHEET_COLUMNS[key]
    if sheet.empty:
        return ()
    if key == "list" and len(set(sheet[texts.get("sheet.column.kommune")])) == 1:
        names = tuple(name for name in names if name != "kommune")
    if key == "criteria":
        sheet = _select_criteria(sheet, sheets, texts)
    titles = [texts.get(f"sheet.column.{name}") for name in names]
    rows = tuple(
        tuple(Cell(_show(name, cell, texts)) for name, cell in zip(names, row, strict=True))
        for row in sheet[titles].itertuples(index=False, name=None)
    )
    columns = tuple(
        Column(title, name.endswith("_n") or name in _NUMBERS)
        for name, title in zip(names, titles, strict=True)
    )
    caption = texts.get(f"report.table.{key}")
    return (DocumentTable(caption=caption, columns=columns, rows=rows, note=note),)


def _select_criteria(sheet: pd.DataFrame, sheets: Mapping[str, pd.DataFrame], texts: Texts) -> pd.DataFrame:
    """Return the first set of limits of every area, and the second of the areas that are listed by it."""
    areas = sheets[texts.get("sheet.name.list")]
    set_of, key, category = (
        texts.get(f"sheet.column.{name}") for name in ("criteria_set", "area_id", "category")
    )
    categories = sheet[key].map(dict(zip(areas[key], areas[category], strict=True)))
    is_main = sheet[set_of].eq(sheet[set_of].iloc[0])
    return sheet[is_main | sheet[set_of].eq(categories)]


def _show(name: str, cell: Any, texts: Texts) -> str:
    if labels.is_missing(cell):
        return labels.MISSING
    if isinstance(cell, Decimal):
        return format_decimal(cell, texts.language)
    if isinstance(cell, date):
        return labels.format_date(cell, texts.language)
    if isinstance(cell, str):
        return labels.format_text(cell)
    return labels.format_year(cell) if name == "plan_year" else labels.format_count(cell, texts.language)


def tabulate_areas(assessment: Assessment, texts: Texts) -> DocumentTable:
    """Return the areas with their dwellings and, where residents are known, their residents."""
    shown = withheld.withhold_residents(assessment.areas, assessment.settings.suppression_threshold_n)
    visible = labels.list_rows(shown)
    counts = ("dwellings_n", "counted_n", "not_counted_n", "undecided_n")
    rows = []
    for at, area in enumerate(labels.list_rows(pd.DataFrame(assessment.areas.drop(columns="geometry")))):
        residents = show_interval(visible[at], texts) if assessment.has_residents else labels.MISSING
        rows.append(
            (
                labels.format_text(area["name"]),
                str(area["area_id"]),
                labels.format_area_m2(area["area_m2"], texts.language),
                *(labels.format_count(area[name], texts.language) for name in counts),
                residents,
            )
        )
    names = ("name", "area_id", "area_m2", *counts, "residents")
    return _make_table("areas", names, rows, texts, numbers={"area_m2", *counts, "residents"})


def tabulate_extensions(assessment: Assessment, texts: Texts) -> tuple[DocumentTable, ...]:
    """Return the extensions with their state on the status date; none where there are none."""
    extensions = assessment.extensions
    if extensions.empty:
        return ()
    names_of = dict(zip(assessment.areas["area_id"], assessment.areas["name"], strict=True))
    states = layers.find_states(extensions)
    counts = ("dwellings_n", "counted_n", "not_counted_n", "undecided_n")
    rows = [
        (
            str(row["extension_id"]),
            labels.format_text(names_of.get(row["area_id"], row["area_id"])),
            texts.get(f"label.state.{state}"),
            labels.format_date(row["approved_on"], texts.language),
            *(labels.format_count(row[name], texts.language) for name in counts),
        )
        for row, state in zip(
            labels.list_rows(pd.DataFrame(extensions.drop(columns="geometry"))), states, strict=True
        )
    ]
    names = ("extension", "area", "state", "approved_on", *counts)
    return (_make_table("extensions", names, rows, texts, numbers=set(counts)),)


def tabulate_reasons(assessment: Assessment, texts: Texts) -> DocumentTable:
    """Return why dwellings of the areas count or not: each reason with its clause and how many it is of."""
    inside = assessment.dwellings[assessment.dwellings["decision"].ne(Decision.OUTSIDE.value)]
    counts = Counter(zip(inside["decision"].astype(str), inside["reason"].astype(str), strict=True))
    order = [decision.value for decision in Decision]
    found = sorted(counts.items(), key=lambda item: (order.index(item[0][0]), -item[1], item[0][1]))
    rows = [
        (
            texts.get(f"decision.{decision}"),
            texts.get(f"reason.{reason}.sentence"),
            texts.get(f"reason.{reason}.clause"),
            labels.format_count(number, texts.language),
        )
        for (decision, reason), number in found
    ]
    return _make_table(
        "reasons", ("decision", "reason", "clause", "dwellings"), rows, texts, numbers={"dwellings"}
    )


def tabulate_law(listed: PublishedList, texts: Texts) -> DocumentTable:
    """Return the values of the law that the list was made by, each with a link to its source."""
    _, sources = list_sources(listed, texts)
    subject = texts.get("sheet.subject.law")
    rows = tuple(
        (
            Cell(str(row["item"])),
            Cell(f"{row['law_value']} {row['unit']}".strip()),
            Cell(labels.format_date(row["starts_on"], texts.language)),
            Cell(str(row["source"]), href=_make_link(row["href"])),
        )
        for row in sources
        if row["subject"] == subject
    )
    columns = tuple(
        Column(texts.get(f"report.column.{name}")) for name in ("rule", "value", "since", "source")
    )
    return DocumentTable(caption=texts.get("report.table.law"), columns=columns, rows=rows)


def _make_link(address: object) -> str:
    """Return an address where it is one of the web, else nothing."""
    return str(address) if str(address).startswith("https://") else ""


def tabulate_files(assessment: Assessment, texts: Texts) -> tuple[DocumentTable, ...]:
    """Return the files that were read with rows and SHA-256; none where none is listed."""
    rows = [
        (
            str(row["file"]),
            labels.format_text(row["layer"]),
            str(row["register"]),
            labels.format_count(row["rows_n"], texts.language),
            str(row["sha256"]),
        )
        for row in labels.list_rows(assessment.files)
    ]
    if not rows:
        return ()
    names = ("file", "layer", "register", "rows", "sha256")
    return (_make_table("files", names, rows, texts, numbers={"rows"}),)


def tabulate_findings(assessment: Assessment, texts: Texts) -> tuple[DocumentTable, ...]:
    """Return the findings a rule a row, with the first of them and what to do; none where there are none.

    Of findings about residents the first is not told, and a small number of them is hidden.
    """
    findings = assessment.findings
    if findings.empty:
        return ()
    table = findings_table(findings.reset_index(drop=True), texts)
    rows = []
    table["severity"] = pd.Categorical(table["severity"], SEVERITY_ORDER, ordered=True)
    for (severity, rule), group in table.groupby(["severity", "rule"], sort=True, observed=True):
        first = labels.list_rows(group.head(1))[0]
        is_personal = group["register"].eq("residents").any()
        is_small = is_personal and len(group) < assessment.settings.suppression_threshold_n
        number = (
            texts.get("label.suppressed") if is_small else labels.format_count(len(group), texts.language)
        )
        example = texts.get("report.quality.personal") if is_personal else str(first["text"])
        rows.append((texts.get(f"terminal.{severity}"), str(rule), number, example, str(first["remedy"])))
    names = ("severity", "rule_name", "findings", "example", "remedy")
    return (_make_table("findings", names, rows, texts, numbers={"findings"}),)


def _make_table(
    key: str, names: Sequence[str], rows: Sequence[Sequence[str]], texts: Texts, *, numbers: set[str]
) -> DocumentTable:
    return DocumentTable(
        caption=texts.get(f"report.table.{key}"),
        columns=tuple(Column(texts.get(f"report.column.{name}"), name in numbers) for name in names),
        rows=tuple(tuple(Cell(text) for text in row) for row in rows),
    )
