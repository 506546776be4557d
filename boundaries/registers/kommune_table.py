"""A table with one value a kommune, as Danmarks Statistik or a ministry hands it out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from boundaries.registers.aliases import fold_heading
from boundaries.registers.findings import combine_findings
from boundaries.registers.kommune_findings import find_in_file
from boundaries.registers.kommune_table_form import Columns, TableForm, choose_rows, find_columns
from data.kommune_names import CHRISTIANSOE, find_kommune_code, is_whole, name_kommune, name_nearest
from data.kommuner import load_kommuner
from geo.danish import Decimal, parse_booleans, parse_numbers
from geo.loose_tables import LooseTable, read_loose_table

TABLE_DTYPES = {
    "kommune_code": "str",
    "name": "str",
    "value": "float64",
    "numerator": "float64",
    "denominator": "float64",
    "is_suppressed": "bool",
    "line": "Int64",
}
"""Columns of `KommuneTable.frame`, with dtypes."""

NAMES_SHOWN_N = 12
"""So many names stand in one finding."""

_DASHES = frozenset({"-", "–", "—", "−"})
_NOT_POSSIBLE = "."  # a number cannot occur by the nature of the thing
_PROVISIONAL = re.compile(r"\s*\*+$")
_COMMA = re.compile(r"\d,(?:\d{1,2}|\d{4,})\s*%?$|^-?0,\d+|\.\d{3},\d|^-?\d{1,3}(?:\.\d{3}){2,}")
_POINT = re.compile(r"\d\.(?:\d{1,2}|\d{4,})\s*%?$|^-?0\.\d+|,\d{3}\.\d|^-?\d{1,3}(?:,\d{3}){2,}")
_PERCENT = re.compile(r"%|\bpct\b|\bprocent", re.IGNORECASE)
_KRONER = re.compile(r"\bkr\b|\bkroner\b|\bdkk\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class KommuneTable:
    """One value a kommune.

    Attributes
    ----------
    frame
        Columns `TABLE_DTYPES`, one row for each of the 98 kommuner and for Christiansø if the table has
        it, by code. ``value`` is NaN where the table has none; ``numerator`` and ``denominator`` are NaN
        unless a denominator was asked for, and then ``value`` is 100 times their quotient.
        ``is_suppressed`` is where the table writes ``..``; ``line`` is where the row stood.
    findings
        Columns `FINDING_COLUMNS`; with an error the frame should not be used.
    value_column, denominator_column, kommune_column
        Headings as they stand in the file; empty where there is none.
    year
        Year or period of the rows, as the file writes it; empty where it does not say.
    unit
        ``"pct."``, ``"kr."`` or empty, as far as headings and cells tell.
    is_synthetic
        Some row read says in a column ``is_synthetic`` that it is made up.
    file, layer
        Where it was read.
    """

    frame: pd.DataFrame
    findings: pd.DataFrame
    value_column: str
    denominator_column: str
    kommune_column: str
    year: str
    unit: str
    is_synthetic: bool
    file: str
    layer: str


class _Numbers(NamedTuple):
    """The numbers of a column, one a row chosen; masks on the same positions."""

    values: np.ndarray
    is_suppressed: np.ndarray
    is_dash: np.ndarray
    is_bad: np.ndarray
    is_ambiguous: np.ndarray
    text: list[str]


class _Reading(NamedTuple):
    """The table, and which of its rows and columns are read."""

    table: LooseTable
    columns: Columns
    rows: list[int]

    def cells(self, at: int) -> list[str]:
        return [self.table.rows[row][at] for row in self.rows]

    def find(self, rule: str, values: Mapping[str, object], *, row: int | None = None) -> pd.DataFrame:
        where = {"file": self.table.file, "layer": self.table.layer}
        line = {} if row is None else {"line": self.table.line[row]}
        return find_in_file(rule, "", {**where, **line, **values})


def read_kommune_table(
    path: Path | str,
    *,
    value: str,
    kommune: str | None = None,
    denominator: str | None = None,
    year: str | None = None,
    form: TableForm | None = None,
) -> KommuneTable:
    """Read a table with one value a kommune.

    The kommune may be a code, a name, or both, in any spelling of `data.kommune_names`. Rows of the country,
    of regions and of people without kommune are left out. ``..`` is suppressed or not available, ``.``
    cannot occur (both have no value), ``-`` is nil, and an asterisk after a number says provisional: the
    signs of Danmarks Statistik. A kommune that the table lacks has no value; it is never 0.

    Parameters
    ----------
    path
        CSV of any dialect, a workbook or Parquet; titles above the heading and notes below do no harm.
    value
        Heading of the column to read; in a table with years as columns, a year.
    kommune
        Heading of the column of kommuner; else found by what is in it.
    denominator
        Heading of the column to divide by; the value is then a share in pct.
    year
        Which year or period to take of a table with a row for each.
    form
        How the table is written, where the program is not to find out.

    Returns
    -------
    KommuneTable
        All 98 kommuner, and what was found.

    Raises
    ------
    ReadError
        As `geo.loose_tables.read_loose_table`.
    UsageError
        ``kommune_table.*``: there is no such column, no column of kommuner, or several years of which
        none was chosen.
    """
    form = form or TableForm()
    table = read_loose_table(path, sheet=form.sheet, encoding=form.encoding, delimiter=form.delimiter)
    columns = find_columns(
        table, value=value, kommune=kommune, denominator=denominator, where=tuple(form.where)
    )
    reading = _Reading(table, columns, choose_rows(table, columns, year=year, where=form.where))
    codes, named = _find_kommuner(reading)
    reading = reading._replace(rows=[row for row, code in zip(reading.rows, codes, strict=True) if code])
    found = [code for code in codes if code]
    frame, numbers = _read_values(reading, found, form)
    return KommuneTable(
        frame=frame,
        findings=combine_findings([*named, *numbers, *_find_gaps(reading, frame)]),
        value_column=columns.name(columns.value),
        denominator_column=columns.name(columns.denominator),
        kommune_column=columns.name(columns.kommune),
        year=_tell_year(reading),
        unit=_tell_unit(reading),
        is_synthetic=_tell_synthetic(reading),
        file=table.file,
        layer=table.layer,
    )


def _find_kommuner(reading: _Reading) -> tuple[list[str | None], list[pd.DataFrame]]:
    """Return the code of each row, None where it is no kommune, and what was left out."""
    column = reading.columns.name(reading.columns.kommune)
    values = reading.cells(reading.columns.value)
    codes: list[str | None] = []
    findings: list[pd.DataFrame] = []
    wholes: list[str] = []
    for row, cell, value in zip(reading.rows, reading.cells(reading.columns.kommune), values, strict=True):
        code = find_kommune_code(cell)
        codes.append(code)
        # A row without a value that names no kommune is a note below the table.
        if code is not None or not value:
            continue
        whole = cell if cell and is_whole(cell) else _find_whole(reading.table.rows[row], cell)
        if whole:
            wholes.append(whole)
        elif cell:
            details = {"column": column, "value": cell, "other": name_nearest(cell)}
            findings.append(reading.find("kommune_table_unknown", details, row=row))
        else:
            details = {"column": column, "value": value}
            findings.append(reading.find("kommune_table_unnamed_row", details, row=row))
    if wholes:
        counted = {"column": column, "value": _name_some(wholes), "measure": float(len(wholes))}
        findings.append(reading.find("kommune_table_left_out", counted))
    return codes, findings


def _find_whole(row: Sequence[str], cell: str) -> str:
    """Return what a row without a code is called in another column: "I alt" beside an empty cell."""
    words = [] if cell else [other for other in row if not other.isdigit() and is_whole(other)]
    return words[0] if words else ""


def _read_values(
    reading: _Reading, codes: list[str], form: TableForm
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the frame of values, and what cannot be read."""
    columns = reading.columns
    own = _parse_column(reading, columns.value, form)
    findings = _report_numbers(reading, columns.value, own, codes)
    parts: dict[str, object] = {"value": own.values, "numerator": np.nan, "denominator": np.nan}
    is_suppressed = own.is_suppressed
    if columns.denominator is not None:
        below = _parse_column(reading, columns.denominator, form)
        findings += _report_numbers(reading, columns.denominator, below, codes)
        is_none = ~(below.values > 0)
        share = 100 * own.values / np.where(is_none, np.nan, below.values)
        parts = {"value": share, "numerator": own.values, "denominator": below.values}
        is_suppressed = own.is_suppressed | below.is_suppressed
        # That a sum is hidden or unreadable has been said.
        is_nothing = is_none & ~(below.is_suppressed | below.is_bad | below.is_ambiguous)
        findings += _report_nothing(reading, codes, is_nothing)
    lines = [reading.table.line[row] for row in reading.rows]
    read = pd.DataFrame({"kommune_code": codes, **parts, "is_suppressed": is_suppressed, "line": lines})
    findings += _find_twice(reading, codes)
    return _complete(read.drop_duplicates("kommune_code")), findings


def _complete(read: pd.DataFrame) -> pd.DataFrame:
    """Return a row for every kommune, those that are not in the table without a value."""
    known = load_kommuner()
    codes = [code for code in known if code != CHRISTIANSOE or code in set(read["kommune_code"])]
    frame = read.set_index("kommune_code").reindex(codes).rename_axis("kommune_code").reset_index()
    frame["name"] = [known[code].name for code in codes]
    frame["is_suppressed"] = frame["is_suppressed"].eq(other=True)
    return frame[list(TABLE_DTYPES)].astype(TABLE_DTYPES)


def _parse_column(reading: _Reading, at: int, form: TableForm) -> _Numbers:
    text = [_PROVISIONAL.sub("", cell) for cell in reading.cells(at)]
    is_number = np.array([reading.table.is_number[row][at] for row in reading.rows], dtype=bool)
    is_dash = np.array([cell in _DASHES for cell in text], dtype=bool)
    is_empty = np.array([not cell or cell == _NOT_POSSIBLE for cell in text], dtype=bool)
    plain = pd.Series(text, dtype="str").mask(is_dash | is_empty)
    decimal = form.decimal or infer_decimal(
        [cell for cell, sure in zip(text, is_number, strict=True) if not sure]
    )
    written = parse_numbers(plain.mask(is_number), decimal=decimal)
    # The point of a number of a spreadsheet is a decimal point, whatever the texts beside it use.
    stored = parse_numbers(plain.where(is_number), decimal=".")
    values = np.where(is_number, stored.values.to_numpy(), written.values.to_numpy())
    return _Numbers(
        values=np.where(is_dash, 0.0 if form.is_dash_nil else np.nan, values),
        is_suppressed=written.is_suppressed.to_numpy(),
        is_dash=is_dash,
        is_bad=written.is_bad.to_numpy() | stored.is_bad.to_numpy(),
        is_ambiguous=written.is_ambiguous.to_numpy(),
        text=text,
    )


def infer_decimal(cells: Sequence[str]) -> Decimal:
    """Return the decimal sign that a column shows to use, or None where it shows none or both.

    One cell that can be read in one way only tells how the others are meant: ``12,5`` that ``1.234`` is
    over a thousand. A whole column of ``1.234`` tells nothing.

    Examples
    --------
    >>> infer_decimal(["1.234", "12,5"]), infer_decimal(["1.234", "2.345"])
    (',', None)
    """
    has_comma = any(_COMMA.search(cell) for cell in cells)
    has_point = any(_POINT.search(cell) for cell in cells)
    if has_comma == has_point:
        return None
    return "," if has_comma else "."


def _report_numbers(
    reading: _Reading, at: int, numbers: _Numbers, codes: Sequence[str]
) -> list[pd.DataFrame]:
    column = {"column": reading.columns.name(at)}
    findings = [
        reading.find(
            "kommune_table_bad_number",
            column
            | {"record_id": codes[place], "value": numbers.text[place], "other": name_kommune(codes[place])},
            row=reading.rows[place],
        )
        for place in _list_places(numbers.is_bad)
    ]
    for rule, mask in (
        ("kommune_table_ambiguous_number", numbers.is_ambiguous),
        ("kommune_table_suppressed", numbers.is_suppressed),
        ("kommune_table_dash", numbers.is_dash),
    ):
        if mask.any():
            first = _list_places(mask)[0]
            names = _name_some([name_kommune(codes[place]) for place in _list_places(mask)])
            details = {"value": numbers.text[first], "other": names, "measure": float(mask.sum())}
            findings.append(reading.find(rule, column | details, row=reading.rows[first]))
    return findings


def _report_nothing(reading: _Reading, codes: Sequence[str], is_none: np.ndarray) -> list[pd.DataFrame]:
    """Say where there is nothing to divide by."""
    if not is_none.any():
        return []
    names = _name_some([name_kommune(codes[place]) for place in _list_places(is_none)])
    column = reading.columns.name(reading.columns.denominator)
    details = {"column": column, "value": names, "measure": float(is_none.sum())}
    return [reading.find("kommune_table_no_denominator", details)]


def _find_twice(reading: _Reading, codes: Sequence[str]) -> list[pd.DataFrame]:
    """Find kommuner with several rows; one finding, which names the columns that tell the rows apart."""
    again = pd.Series(codes, dtype="str").duplicated().to_numpy()
    if not again.any():
        return []
    place = _list_places(again)[0]
    code = codes[place]
    rows = [row for row, other in zip(reading.rows, codes, strict=True) if other == code]
    details = {
        "column": reading.columns.name(reading.columns.kommune),
        "value": name_kommune(code),
        "other": _tell_differences(reading, rows),
        "measure": float(len({codes[at] for at in _list_places(again)})),
    }
    return [reading.find("kommune_table_twice", details, row=reading.rows[place])]


def _tell_differences(reading: _Reading, rows: Sequence[int]) -> str | None:
    """Return the columns in which rows of one kommune differ, with what they say: ``KØN: Mænd, Kvinder``."""
    columns = reading.columns
    told = []
    for at, name in enumerate(columns.names):
        cells = list(dict.fromkeys(reading.table.rows[row][at] for row in rows))
        if len(cells) > 1 and name and at not in (columns.value, columns.denominator):
            told.append(f"{name}: {_name_some(cells)}")
    return "; ".join(told) or None


def _find_gaps(reading: _Reading, frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Find the kommuner that the table does not have."""
    missing = frame.loc[frame["line"].isna(), "kommune_code"]
    if missing.empty:
        return []
    names = ", ".join(name_kommune(code) for code in missing)
    return [reading.find("kommune_table_missing", {"value": names, "measure": float(len(missing))})]


def _list_places(mask: np.ndarray) -> list[int]:
    return [int(place) for place in np.flatnonzero(mask)]


def _name_some(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:NAMES_SHOWN_N]) + (", …" if len(distinct) > NAMES_SHOWN_N else "")


def _tell_year(reading: _Reading) -> str:
    columns = reading.columns
    if columns.year is not None and reading.rows:
        return reading.table.rows[reading.rows[0]][columns.year]
    heading = columns.name(columns.value)
    found = re.search(r"\b(?:19|20)\d{2}(?:[KkQqMm]\d{1,2})?\b", heading)
    return found.group(0) if found else ""


def _tell_synthetic(reading: _Reading) -> bool:
    """Tell whether a row is marked as made up: a table of ours must not pass for a real one."""
    return any(
        bool(parse_booleans(pd.Series(reading.cells(at), dtype="str")).values.eq(other=True).any())
        for at, name in enumerate(reading.columns.names)
        if fold_heading(name) == fold_heading("is_synthetic")
    )


def _tell_unit(reading: _Reading) -> str:
    columns = reading.columns
    heading = columns.name(columns.value)
    cells = [cell for cell in reading.cells(columns.value) if re.search(r"\d", cell)]
    is_percent = bool(cells) and all(cell.endswith("%") for cell in cells)
    if columns.denominator is not None or is_percent or _PERCENT.search(heading):
        return "pct."
    return "kr." if _KRONER.search(heading) else ""
