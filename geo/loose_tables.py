"""Tables as statistical offices hand them out: titles above the heading, headings left empty, notes below.

A register is read strictly (`geo.readers.read_table`). A table that somebody exported by hand from a
statistics bank is not a register: this reader gives its cells as they lie, and leaves to the caller which
row is the heading. Such tables have some hundreds of rows; nothing here is made for millions.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine as calamine

from geo.delimited import DELIMITERS
from geo.errors import ReadError, UsageError
from geo.parquet import read_parquet_table
from geo.readers import (
    DELIMITED_SUFFIXES,
    PARQUET_SUFFIXES,
    SHEET_SUFFIXES,
    TABLE_SUFFIXES,
    find_suffix,
    require_file,
)
from geo.sheets import format_cell, list_sheets
from geo.tables import name_source

LOOSE_SUFFIXES = tuple(suffix for suffix in TABLE_SUFFIXES if not suffix.endswith(".gz"))
"""What `read_loose_table` reads."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)

_Cell = str | int | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True, kw_only=True)
class LooseTable:
    """Cells as they lie in the file, rows without anything left out.

    Attributes
    ----------
    rows
        Text of every cell, NFC, single spaces, ``""`` where empty; all rows have the same length.
    is_number
        Of the same shape: the cell is a number of a spreadsheet, so that its point is a decimal one.
    line
        The line of the file or row of the sheet of every row, from 1.
    file, layer
        Name of the file, and of the sheet or ``""``.
    """

    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[tuple[bool, ...], ...]
    line: tuple[int, ...]
    file: str
    layer: str = ""

    @property
    def source(self) -> str:
        """File and sheet, as a message calls them."""
        return name_source(self.file, self.layer)


def read_loose_table(
    path: Path | str, *, sheet: str | None = None, encoding: str | None = None, delimiter: str | None = None
) -> LooseTable:
    """Read the cells of a table without asking which row is its heading.

    Parameters
    ----------
    path
        A text table, a workbook or a Parquet file (whose heading becomes the first row).
    sheet
        Sheet of a workbook; may be left out where one only has anything on it.
    encoding
        Of a text table; else by its byte order mark, else UTF-8, else Windows-1252.
    delimiter
        Of a text table; else the one that splits most rows into equally many cells.

    Returns
    -------
    LooseTable
        Rows in the order of the file.

    Raises
    ------
    ReadError
        Where the file is missing, empty, broken or of another format.
    UsageError
        Where a workbook has several sheets and none is named.
    """
    file = require_file(path)
    suffix = find_suffix(file)
    if suffix in SHEET_SUFFIXES:
        return _read_sheet(file, sheet)
    if suffix in PARQUET_SUFFIXES:
        frame = read_parquet_table(file).frame
        cells = [list(frame.columns), *frame.astype(object).where(frame.notna(), "").to_numpy().tolist()]
        return _lay_out([(line, row) for line, row in enumerate(cells)], file.name, "")
    if suffix in DELIMITED_SUFFIXES and suffix in LOOSE_SUFFIXES:
        text = _decode(file.read_bytes(), file.name, encoding)
        return _lay_out(_split(text, file.name, delimiter), file.name, "")
    raise ReadError("files.no_table_format", {"file": file.name, "required": ", ".join(LOOSE_SUFFIXES)})


def clean_text(text: str) -> str:
    """Return `text` in NFC with single spaces and none around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _decode(raw: bytes, file: str, encoding: str | None) -> str:
    mark, named = next(((mark, name) for mark, name in _BOMS if raw.startswith(mark)), (b"", None))
    body = raw[len(mark) :]
    wanted = named or encoding
    try:
        return body.decode(wanted or "utf-8")
    except LookupError as broken:
        raise ReadError("files.unknown_encoding", {"file": file, "encoding": wanted}) from broken
    except UnicodeDecodeError as broken:
        if wanted:
            line = body.count(b"\n", 0, broken.start) + 1
            values = {"file": file, "line": line, "encoding": wanted, "value": f"0x{body[broken.start]:02X}"}
            raise ReadError("files.wrong_encoding", values) from broken
    # Five bytes mean nothing in Windows-1252; a mark of a lost letter tells more than a refusal.
    return body.decode("cp1252", errors="replace")


def _split(text: str, file: str, delimiter: str | None) -> list[tuple[int, list[str]]]:
    if "\0" in text or text.lstrip()[:1] == "<":
        raise ReadError("files.not_a_table", {"file": file})
    stated = _SEPARATOR.match(text)
    if stated:
        found = _parse(text[stated.end() :], file, delimiter or stated.group(1))
        return [(line + 1, row) for line, row in found]
    if delimiter:
        return _parse(text, file, delimiter)
    tried = [_parse(text, file, mark) for mark in DELIMITERS]
    return max(tried, key=_count_alike)  # the first of the best


def _count_alike(rows: list[tuple[int, list[str]]]) -> int:
    """Count the rows with the commonest number of cells, of those with more than one."""
    widths = Counter(len(row) for _, row in rows if len(row) > 1)
    return max(widths.values(), default=0)


def _parse(text: str, file: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, first = [], 1
    try:
        for row in reader:
            rows.append((first, row))
            first = reader.line_num + 1
    except csv.Error as broken:
        raise ReadError(
            "files.broken_quotes", {"file": file, "line": first, "reason": str(broken)}
        ) from broken
    return rows


def _read_sheet(file: Path, sheet: str | None) -> LooseTable:
    name = sheet if sheet is not None else _find_only_sheet(file)
    try:
        with calamine.CalamineWorkbook.from_path(str(file)) as workbook:
            if name not in workbook.sheet_names:
                values = {"file": file.name, "layer": name, "found": ", ".join(workbook.sheet_names)}
                raise ReadError("files.no_such_sheet", values)
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except calamine.CalamineError as broken:
        raise ReadError("files.broken", {"file": file.name, "reason": str(broken)}) from broken
    return _lay_out(list(enumerate(rows, 1)), file.name, name)


def _find_only_sheet(file: Path) -> str:
    filled = list_sheets(file)
    if not filled:
        raise ReadError("files.no_heading", {"source": file.name})
    if len(filled) > 1:
        raise UsageError("files.several_sheets", {"file": file.name, "found": ", ".join(filled)})
    return filled[0]


def _lay_out(rows: Sequence[tuple[int, Sequence[_Cell]]], file: str, layer: str) -> LooseTable:
    """Make a grid of the rows that have anything in them."""
    width = max((len(row) for _, row in rows), default=0)
    texts, numbers, lines = [], [], []
    for line, row in rows:
        text = tuple(clean_text(format_cell(cell)) for cell in row)
        if any(text):
            texts.append(text + ("",) * (width - len(text)))
            kinds = tuple(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in row)
            numbers.append(kinds + (False,) * (width - len(kinds)))
            lines.append(line)
    if not texts:
        raise ReadError("files.no_heading", {"source": name_source(file, layer)})
    return LooseTable(rows=tuple(texts), is_number=tuple(numbers), line=tuple(lines), file=file, layer=layer)
