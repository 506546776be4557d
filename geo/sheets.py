"""Tables in workbooks (Excel, OpenDocument) as people lay them out: titles above, sums below."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from geo.cells import format_number
from geo.errors import ReadError, UsageError
from geo.tables import Note, RawTable, TextTable, name_source, tidy_table

HEADING_WITHIN_ROWS = 50
"""A heading further down than this is not looked for."""

_CELLS_NAMED_N = 5
_WHOLE_BELOW = 1e15  # fifteen digits
_ERROR_CELL = re.compile(r"""<(?:\w+:)?c\s[^>]*\bt=["']e["'][^>]*>""")

_Cell = str | int | float | bool | date | datetime | time | timedelta


def read_sheet(path: Path, *, sheet: str | None = None) -> TextTable:
    """Read one sheet of a workbook with every cell as text.

    The heading is the first row (of the first 50) that fills more than half of the table's columns, and
    with nothing but text; the table's columns are as many as its fullest row fills. What stands above is
    left out, and so are empty rows and columns and rows that begin with "I alt". Numbers are written as
    `geo.cells.format_cells` has it: 101, not 101.0. Dates are ISO. A cell with an Excel error (#N/A) is
    read as empty, with a note (``.xlsx`` and ``.xlsm``).

    Parameters
    ----------
    path
        An existing ``.xlsx``, ``.xlsm``, ``.xlsb``, ``.xls`` or ``.ods``.
    sheet
        Name of the sheet; may be left out where only one visible sheet has anything on it.

    Returns
    -------
    TextTable
        ``line`` is the row of the sheet, as the spreadsheet program counts.

    Raises
    ------
    ReadError
        Where the workbook is broken or locked by a password, has no such sheet, or no heading is found.
    UsageError
        Where several sheets have something on them and none is named.
    """
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as workbook:
            if sheet is not None and sheet not in workbook.sheet_names:
                values = {"file": path.name, "layer": sheet, "found": ", ".join(workbook.sheet_names)}
                raise ReadError("files.no_such_sheet", values)
            found = (
                _find_only_sheet(workbook, path.name) if sheet is None else workbook.get_sheet_by_name(sheet)
            )
            rows, name = found.to_python(skip_empty_area=False), found.name
    except calamine.PasswordError as locked:
        raise ReadError("files.password", {"file": path.name}) from locked
    except calamine.CalamineError as broken:
        raise ReadError("files.broken", {"file": path.name, "reason": str(broken)}) from broken
    table = _to_table(rows, path.name, name)
    return replace(table, notes=(*table.notes, *_find_error_cells(path, name)))


def list_sheets(path: Path) -> list[str]:
    """Return the names of the sheets of a workbook that are visible and have something on them.

    Raises
    ------
    ReadError
        Where the workbook is broken or locked by a password.
    """
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as workbook:
            return [sheet.name for sheet in _load_filled_sheets(workbook)]
    except calamine.PasswordError as locked:
        raise ReadError("files.password", {"file": path.name}) from locked
    except calamine.CalamineError as broken:
        raise ReadError("files.broken", {"file": path.name, "reason": str(broken)}) from broken


def _load_filled_sheets(workbook: calamine.CalamineWorkbook) -> list[calamine.CalamineSheet]:
    visible = (
        workbook.get_sheet_by_name(sheet.name)
        for sheet in workbook.sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible
        and sheet.typ == calamine.SheetTypeEnum.WorkSheet
    )
    return [sheet for sheet in visible if sheet.end is not None]


def _find_only_sheet(workbook: calamine.CalamineWorkbook, file: str) -> calamine.CalamineSheet:
    filled = _load_filled_sheets(workbook)
    if not filled:
        raise ReadError("files.no_heading", {"source": file})
    if len(filled) > 1:
        found = ", ".join(sheet.name for sheet in filled)
        raise UsageError("files.several_sheets", {"file": file, "found": found})
    return filled[0]


def _to_table(rows: Sequence[Sequence[_Cell]], file: str, sheet: str) -> TextTable:
    at = _find_heading(rows)
    if at is None:
        raise ReadError("files.no_heading_in_sheet", {"source": name_source(file, sheet)})
    body = rows[at + 1 :]
    columns = [
        pa.array([format_cell(row[column]) for row in body], pa.large_string())
        for column in range(len(rows[at]))
    ]
    line = np.arange(at + 2, len(rows) + 1, dtype=np.int64)
    names = [format_cell(cell) for cell in rows[at]]
    frame, line_of_row, notes = tidy_table(RawTable(names, columns, line, file, sheet), has_totals=True)
    if _has_text_above(rows[:at]):
        notes = (
            Note("files.heading_below_top", {"source": name_source(file, sheet), "line": at + 1}),
            *notes,
        )
    return TextTable(frame=frame, line=line_of_row, file=file, layer=sheet, notes=notes)


def _find_error_cells(path: Path, sheet: str) -> list[Note]:
    """Say which cells of a sheet hold an error, which the workbook reader gives as empty."""
    if path.suffix.lower() not in {".xlsx", ".xlsm"}:
        return []
    try:
        content = _read_sheet_part(path, sheet)
    except (LookupError, OSError, UnicodeError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return []  # a workbook laid out otherwise, or damaged where its cells are not: nothing can be said
    found = [_find_attribute(tag, "r") for tag in _ERROR_CELL.findall(content)]
    if not found:
        return []
    values = {"source": name_source(path.name, sheet), "count": len(found)}
    return [Note("files.error_cells", values | {"cells": ", ".join(found[:_CELLS_NAMED_N])})]


def _read_sheet_part(path: Path, sheet: str) -> str:
    with zipfile.ZipFile(path) as archive, calamine.CalamineWorkbook.from_path(str(path)) as workbook:
        book = archive.read("xl/workbook.xml").decode()
        relations = archive.read("xl/_rels/workbook.xml.rels").decode()
        # Sheets stand in the order of their tabs; each names a relation, and that the part of the file.
        ids = [_find_attribute(tag, r"\w+:id") for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", book)]
        wanted = ids[workbook.sheet_names.index(sheet)]
        tags = re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", relations)
        parts = {_find_attribute(tag, "Id"): _find_attribute(tag, "Target") for tag in tags}
        return archive.read(posixpath.join("/xl", parts[wanted]).lstrip("/")).decode()


def _find_attribute(tag: str, name: str) -> str:
    found = re.search(rf"\s{name}=[\"']([^\"']*)", tag)
    return found.group(1) if found else ""


def _find_heading(rows: Sequence[Sequence[_Cell]]) -> int | None:
    top = rows[:HEADING_WITHIN_ROWS]
    filled = [[cell for cell in row if _is_filled(cell)] for row in top]
    width = max((len(cells) for cells in filled), default=0)
    for at, cells in enumerate(filled):
        if len(cells) * 2 > width and all(isinstance(cell, str) for cell in cells):
            return at
    return None


def _is_filled(cell: _Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _has_text_above(rows: Sequence[Sequence[_Cell]]) -> bool:
    return any(_is_filled(cell) for row in rows for cell in row)


def format_cell(cell: _Cell) -> str:
    """Return a cell of a sheet as text, by the rules of `geo.cells.format_cells`.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> format_cell(101.0), format_cell(True), format_cell(datetime(2024, 1, 31)), format_cell("0101")
    ('101', 'true', '2024-01-31', '0101')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if abs(cell) < _WHOLE_BELOW and cell == int(cell):
            return str(int(cell))  # most cells of a register; the way below takes several times as long
        # A spreadsheet keeps 15 digits of a number and shows no more: 0.3, not 0.30000000000000004.
        return format_number(float(f"{cell:.15g}"))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
