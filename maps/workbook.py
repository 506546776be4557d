"""Workbooks that Danish Excel reads: real numbers and dates, frozen headings, filters, no formulas."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_integer_dtype, is_numeric_dtype

from data.texts import Texts
from geo.errors import WriteError
from geo.writers import replace_file
from maps import labels

MAX_ROWS_N = 1_048_575
"""Rows below the heading of an Excel sheet."""

_MAX_TEXT = 32_767
_MAX_SHEET_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CREATED = datetime(2020, 1, 1)  # noqa: DTZ001 - a fixed stamp, so that the same input gives the same bytes
_PLAIN_NUMBERS = frozenset({"year", "built_year", "line"})
_WIDEST = 60
_HEADING = 18


def write_workbook(
    path: Path,
    sheets: Mapping[str, pd.DataFrame],
    *,
    texts: Texts,
    properties: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> None:
    """Write frames as sheets of an Excel workbook; the same input gives the same bytes.

    Text stays text: what looks like a formula or an address is neither run nor linked.

    Parameters
    ----------
    path
        Ends in ``.xlsx``.
    sheets
        Frame by sheet name. Names that Excel refuses are made fit and unique. Columns are titled from
        the catalog; an index is not written.
    texts
        Catalog of headings.
    properties
        Lines of a last sheet that says what the workbook is, e.g. the status date.
    overwrite
        Replace an existing file; it survives any failure.

    Raises
    ------
    WriteError
        ``maps.sheet_too_long`` where a frame has more rows than a sheet holds; and as
        `geo.writers.replace_file`.
    """
    for name, frame in sheets.items():
        if len(frame) > MAX_ROWS_N:
            values = {"file": path.name, "layer": name, "found": len(frame), "required": MAX_ROWS_N}
            raise WriteError("maps.sheet_too_long", values)
    with replace_file(path, overwrite=overwrite) as temporary:
        _write(temporary, sheets, texts, properties or {})


def _write(
    path: Path, sheets: Mapping[str, pd.DataFrame], texts: Texts, properties: Mapping[str, str]
) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": _CREATED, "author": "Boligkort"})
        formats = _Formats(book)
        names = make_sheet_names([*sheets, *([texts.get("terminal.about")] if properties else [])])
        for name, frame in zip(names, sheets.values(), strict=False):
            _write_sheet(book.add_worksheet(name), frame, texts, formats)
        if properties:
            about = book.add_worksheet(names[-1])
            about.set_column(0, 0, 34)
            about.set_column(1, 1, _WIDEST, formats.text)
            for row, (key, value) in enumerate(properties.items()):
                about.write_string(row, 0, _fit(key), formats.heading)
                about.write_string(row, 1, _fit(value), formats.text)


class _Formats:
    """The few cell formats; Excel shows the separators of the reader's own country."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        rule = {"bottom": 1, "bottom_color": "#1B1F23"}
        self.heading = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", **rule})
        self.text = book.add_format({"valign": "top", "num_format": "@", "indent": 1})
        self.word = book.add_format({"valign": "top", "num_format": "@", "align": "right"})
        self.count = book.add_format({"num_format": "#,##0", "valign": "top"})
        self.plain = book.add_format({"num_format": "0", "valign": "top"})
        self.decimal = book.add_format({"num_format": "#,##0.0", "valign": "top"})
        self.date = book.add_format({"num_format": "dd-mm-yyyy", "valign": "top"})
        self._book = book
        self._by_decimals = {0: self.count, 1: self.decimal}

    def decimals(self, value: int | Decimal) -> xlsxwriter.format.Format:
        """Return the format that shows a number with the decimals that it has."""
        exponent = Decimal(value).as_tuple().exponent
        decimals_n = max(0, -exponent) if isinstance(exponent, int) else 0
        if decimals_n not in self._by_decimals:
            pattern = "#,##0." + "0" * decimals_n
            self._by_decimals[decimals_n] = self._book.add_format({"num_format": pattern, "valign": "top"})
        return self._by_decimals[decimals_n]


def _write_sheet(
    sheet: xlsxwriter.worksheet.Worksheet, frame: pd.DataFrame, texts: Texts, formats: _Formats
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for at, name in enumerate(frame.columns):
        title = labels.title_of(str(name), texts)
        sheet.write_string(0, at, _fit(title), formats.heading)
        width = _write_column(sheet, at, frame[name], texts, formats)
        sheet.set_column(at, at, min(_WIDEST, max(_heading_width(title), width + 2, 8)))
    if len(frame.columns):
        sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)


def _heading_width(title: str) -> int:
    """Return the width of a heading: a long one takes two lines."""
    longest = max((len(word) for word in title.split()), default=0)
    return min(len(title), max(longest, _HEADING, len(title) // 2 + 2)) + 3


def _write_column(
    sheet: xlsxwriter.worksheet.Worksheet, at: int, column: pd.Series, texts: Texts, formats: _Formats
) -> int:
    """Write the cells below a heading; return the length of the longest as shown."""
    style = _format_of(column, formats)
    words = formats.word if any(_is_number(value) for value in column) else formats.text
    longest = 0
    for row, value in enumerate(column, start=1):
        if labels.is_missing(value) or (isinstance(value, float) and math.isinf(value)):
            continue
        if style is formats.date:
            sheet.write_datetime(row, at, pd.Timestamp(value).to_pydatetime(), style)
            longest = max(longest, 10)
        elif style is formats.text and _is_number(value):
            # A number in a column that also has words, such as one for what is hidden.
            sheet.write_number(row, at, value, formats.decimals(value))
            longest = max(longest, len(f"{value:,}"))
        elif style is formats.text:
            shown = (
                texts.get("label.yes" if value else "label.no")
                if isinstance(value, bool | np.bool_)
                else str(value)
            )
            sheet.write_string(row, at, _fit(shown), words)
            longest = max(longest, len(shown))
        else:
            sheet.write_number(row, at, value, style)
            longest = max(longest, len(f"{value:,.1f}"))
    return longest


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _format_of(column: pd.Series, formats: _Formats) -> xlsxwriter.format.Format:
    if is_datetime64_any_dtype(column):
        return formats.date
    if is_bool_dtype(column) or not is_numeric_dtype(column):
        return formats.text
    if str(column.name) in _PLAIN_NUMBERS:
        return formats.plain
    return formats.count if is_integer_dtype(column) else formats.decimal


def _fit(text: str) -> str:
    """Return a text that a cell can hold: no lone surrogates, at most 32,767 characters."""
    whole = _SURROGATE.sub("\ufffd", text)
    return whole if len(whole) <= _MAX_TEXT else whole[: _MAX_TEXT - 1] + "…"


def make_sheet_names(names: list[str]) -> list[str]:
    r"""Return names that Excel takes: 31 characters, no ``[]:*?/\``, different whatever the case.

    >>> make_sheet_names(["Liste", "liste", "a/b"])
    ['Liste', 'liste (2)', 'a b']
    """
    taken: set[str] = set()
    fitted = []
    for name in names:
        plain = _SURROGATE.sub("\ufffd", _FORBIDDEN.sub(" ", name)).strip(" '") or "-"
        candidate, number = plain[:_MAX_SHEET_NAME], 1
        while candidate.casefold() in taken or candidate.casefold() == "history":
            number += 1
            ending = f" ({number})"
            candidate = plain[: _MAX_SHEET_NAME - len(ending)] + ending
        taken.add(candidate.casefold())
        fitted.append(candidate)
    return fitted
