"""The text of columns read as what it says, with a finding for every cell that cannot be read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, partial
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.model import ORIGINS
from boundaries.registers.findings import add_details
from boundaries.registers.rows import Checked, Rows, take_column
from boundaries.registers.schemas import Column, Kind, Schema
from data.codes import load_codes
from geo.cells import arrow_to_text, make_nulls
from geo.danish import (
    Decimal,
    ParsedDates,
    ParsedNumbers,
    parse_booleans,
    parse_dates,
    parse_integers,
    parse_numbers,
)
from geo.danish_numbers import SUPPRESSED_MARKS
from geo.distinct import find_distinct, map_distinct
from geo.memory import make_room
from geo.threads import map_columns, run_beside

__all__ = [
    "EMPTY_DTYPES",
    "NEAREST_N",
    "Converted",
    "convert_columns",
    "find_missing_values",
    "fold_word",
    "make_missing",
    "map_distinct",
    "name_allowed",
    "read_word",
]

EMPTY_DTYPES: Mapping[Kind, str] = {
    Kind.DATE: "datetime64[s]",
    Kind.NUMBER: "float64",
    Kind.INTEGER: "Int64",
    Kind.BOOLEAN: "boolean",
}
"""Dtype of each kind; text (``str``) for the others."""

NEAREST_N = 5
"""So many of the allowed values are named where there are too many to name all."""

_COUNTRY_CODE = re.compile(r"[A-Za-z]{2,3}|\d{3,4}")
_REGION_CODE = re.compile(r"(?:10|0)?(8[1-5])")

Converted = tuple[pd.Series, list[pd.DataFrame]]
FindOrder = Callable[[], NDArray[np.int64] | None]
_Answer = TypeVar("_Answer")
_SLOW_KINDS = (Kind.NUMBER, Kind.INTEGER, Kind.DATE)


def convert_columns(rows: Rows, schema: Schema, *, find_order: FindOrder = lambda: None) -> Checked:
    """Read every column of `schema` and report what cannot be read.

    Parameters
    ----------
    rows
        Text as it stood.
    schema
        The register's columns. One that the files lack becomes a column of missing values.
    find_order
        Returns the positions of the rows to return, each once, in this order, or None for all as they
        stand; asked once the columns are read, and often. Each column goes as soon as it is in order, so
        that no register is in the memory twice.

    Returns
    -------
    Checked
        Rows whose frame has exactly the schema's columns, typed, in its order; a cell with a finding
        has no value. Findings are of every row of `rows`.
    """
    naming = rows.find_naming_column()
    text = {name: rows.with_frame(rows.frame[[name]]) for name in rows.frame}
    bare = rows.with_frame(pd.DataFrame(index=rows.frame.index))
    del rows  # the text of a column goes when it was read, unless somebody else has it

    def read(column: Column) -> Converted:
        return _read_column(text.pop(column.name), column, schema)

    def put(column: Column) -> pd.Series:
        order = find_order()
        if column.name not in values:
            return make_missing(column, bare.frame.index if order is None else pd.RangeIndex(len(order)))
        return _put_column(values.pop(column.name), column, order)

    placing = run_beside(partial(_put_around, bare, find_order, naming=naming))
    # What takes long comes first, so that no thread has much to do when the others are done. Columns are
    # read before the first is put in order: the order may be found meanwhile.
    by_effort = sorted(schema.columns, key=lambda column: column.kind not in _SLOW_KINDS)
    given, cells_n = [column for column in by_effort if column.name in text], len(bare.frame)
    converted = _map_by_name(read, given, cells_n=cells_n)
    findings = [found for column in schema.columns for found in converted.get(column.name, (None, []))[1]]
    values = {name: converted.pop(name)[0] for name in list(converted)}
    columns = _map_by_name(put, by_effort, cells_n=cells_n)
    frame = pd.DataFrame({column.name: columns[column.name] for column in schema.columns}, copy=False)
    placed = placing.result().with_frame(frame)
    return Checked(
        rows=replace(placed, record_id=frame[naming]) if naming and find_order() is not None else placed,
        findings=tuple(findings),
    )


def _map_by_name(
    convert: Callable[[Column], _Answer], columns: Sequence[Column], *, cells_n: int
) -> dict[str, _Answer]:
    names = [column.name for column in columns]
    return dict(zip(names, map_columns(convert, columns, cells_n=cells_n), strict=True))


def _read_column(rows: Rows, column: Column, schema: Schema) -> Converted:
    values, findings = _CONVERTERS[column.kind](rows, column)
    if column.is_filled:
        findings = [*findings, find_missing_values(rows, column, schema.key)]
    return values, findings


def _put_column(values: pd.Series, column: Column, order: NDArray[np.int64] | None) -> pd.Series:
    """Return the values in order, with the column's word for unknown where it has one."""
    if order is not None:
        return take_column(values, order, pd.RangeIndex(len(order)), missing=column.unknown)
    if column.unknown and values.hasnans:
        distinct = find_distinct(values)
        return distinct.spread_text(distinct.texts, values.index, missing=column.unknown)
    return values


def _put_around(rows: Rows, find_order: FindOrder, *, naming: str) -> Rows:
    """Put in order what rows without columns have; not their names where a column is to give them."""
    order = find_order()
    if order is None:
        return rows
    index = pd.RangeIndex(len(order))
    names = rows.record_id if naming else take_column(rows.record_id, order, index)
    return replace(rows, origin=rows.take_places(order, index), record_id=names)


def make_missing(column: Column, index: pd.Index) -> pd.Series:
    """Return a column without values, of the dtype of its kind."""
    dtype = EMPTY_DTYPES.get(column.kind, "str")
    if dtype == "str":
        return arrow_to_text(make_nulls(len(index)), index)
    is_missing = np.ones(len(index), dtype=bool)
    if dtype == "Int64":
        zeros = np.zeros(len(index), dtype=np.int64)
        return pd.Series(pd.arrays.IntegerArray(zeros, is_missing), index=index, copy=False)
    if dtype == "boolean":
        return pd.Series(pd.arrays.BooleanArray(~is_missing, is_missing), index=index, copy=False)
    nothing = make_room(len(index), dtype)
    nothing[:] = np.nan if dtype == "float64" else np.datetime64("NaT", "s")
    return pd.Series(nothing, index=index, copy=False)


def find_missing_values(rows: Rows, column: Column, key: Sequence[str]) -> pd.DataFrame:
    """Find rows without a value that every row must have; one that names the row is an id."""
    rule = "missing_id" if column.name in key else "missing_value"
    return rows.found(rule, rows.frame[column.name].isna(), column=column.name)


def fold_word(word: str) -> str:
    """Return `word` as words are compared: no capitals, æøå spelt out, underscores between.

    Examples
    --------
    >>> fold_word("Almen ældrebolig")
    'almen_aeldrebolig'
    """
    folded = word.strip().casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return re.sub(r"[\s_-]+", "_", folded)


def _convert_text(rows: Rows, column: Column) -> Converted:
    return rows.frame[column.name], []


def read_word(text: str, column: Column) -> str | None:
    """Return which of a column's words a text is, however it is spelt; None where it is none."""
    known = _fold_words(column.words) | {fold_word(other): word for other, word in column.synonyms}
    return known.get(fold_word(text))


def _convert_word(rows: Rows, column: Column) -> Converted:
    return _convert_distinct(rows, column, convert=lambda text: read_word(text, column), allowed=column.words)


def _convert_code(rows: Rows, column: Column) -> Converted:
    codes = load_codes(column.codes)

    def convert(text: str) -> str | None:
        return text.upper() if text.upper() in codes else None

    return _convert_distinct(rows, column, convert=convert, allowed=tuple(codes))


def _convert_origin(rows: Rows, column: Column) -> Converted:
    words = _fold_words(ORIGINS)

    def convert(text: str) -> str | None:
        word = words.get(fold_word(text))
        return word or (text.upper() if _COUNTRY_CODE.fullmatch(text) else None)

    return _convert_distinct(rows, column, convert=convert, allowed=ORIGINS)


def _convert_kommune(rows: Rows, column: Column) -> Converted:
    def convert(text: str) -> str | None:
        return text.zfill(4) if re.fullmatch(r"\d{3,4}", text) else None

    values = map_distinct(rows.frame[column.name], convert)
    is_bad = values.isna() & rows.frame[column.name].notna()
    return values, [rows.found("bad_kommune_code", is_bad, column=column.name)]


def _convert_region(rows: Rows, column: Column) -> Converted:
    def convert(text: str) -> str | None:
        found = _REGION_CODE.fullmatch(text)
        return f"10{found.group(1)}" if found else None

    regions = ("1081", "1082", "1083", "1084", "1085")
    return _convert_distinct(rows, column, convert=convert, allowed=regions)


def _convert_distinct(
    rows: Rows, column: Column, *, convert: Callable[[str], str | None], allowed: Sequence[str]
) -> Converted:
    """Convert words or codes, and report those that `convert` does not know."""
    text = rows.frame[column.name]
    values = map_distinct(text, convert)
    found = rows.found(column.rule or "unknown_code", values.isna() & text.notna(), column=column.name)
    if found.empty:
        return values, [found]
    # No value is near to the mark of a source that hides one.
    is_hidden = found["value"].isin(SUPPRESSED_MARKS)
    hidden = found[is_hidden].assign(rule="suppressed_value" if column.rule else "suppressed_code")
    other = map_distinct(found.loc[~is_hidden, "value"], lambda value: name_allowed(value, allowed))
    return values, [add_details(found[~is_hidden], {"other": other}), hidden]


def name_allowed(value: str, allowed: Sequence[str]) -> str:
    """Name all allowed values, or of a long list those most like `value`."""
    if len(allowed) <= 3 * NEAREST_N:
        return ", ".join(allowed)
    return ", ".join(get_close_matches(value, allowed, n=NEAREST_N, cutoff=0.0)) + ", …"


def _convert_date(rows: Rows, column: Column) -> Converted:
    text = rows.frame[column.name]
    if rows.date_format:
        values, is_bad = _parse_dates_as(text, rows.date_format)
    else:
        values, is_bad = parse_dates(text)
    return values, [rows.found("bad_date", is_bad, column=column.name)]


def _parse_dates_as(text: pd.Series, date_format: str) -> ParsedDates:
    """Read each distinct date by the format that the project file names."""
    distinct = find_distinct(text)
    read = pd.to_datetime(distinct.texts.to_pandas(), format=date_format, errors="coerce")
    values = distinct.spread(read.to_numpy().astype("datetime64[s]"), missing=np.datetime64("NaT", "s"))
    parsed = pd.Series(values, index=text.index)
    return ParsedDates(parsed, parsed.isna() & text.notna())


def _convert_number(rows: Rows, column: Column) -> Converted:
    parsed = parse_numbers(rows.frame[column.name], decimal=_decimal(rows))
    return _check_numbers(rows, column, _settle_by_bounds(rows.frame[column.name], column, parsed))


def _settle_by_bounds(text: pd.Series, column: Column, parsed: ParsedNumbers) -> ParsedNumbers:
    """Read what could be thousands as a fraction, where the bounds leave no room for thousands.

    A share written ``1.000`` is one whole, whichever sign is the decimal one.
    """
    if column.high is None or column.high >= 1000 or not parsed.is_ambiguous.any():
        return parsed
    fraction = pd.to_numeric(text[parsed.is_ambiguous].str.replace(",", "."))
    values = parsed.values.where(~parsed.is_ambiguous, fraction.reindex(text.index))
    return parsed._replace(values=values, is_ambiguous=pd.Series(data=False, index=text.index))


def _convert_integer(rows: Rows, column: Column) -> Converted:
    parsed = parse_integers(rows.frame[column.name], decimal=_decimal(rows))
    return _check_numbers(rows, column, parsed)


def _check_numbers(rows: Rows, column: Column, parsed: ParsedNumbers) -> Converted:
    values, is_outside = parsed.values, _is_outside(parsed.values, column)
    # A hidden number is unknown; where every row must have one, that is an error.
    suppressed = "missing_value" if column.is_filled else "suppressed_value"
    findings = [
        rows.found("bad_number", parsed.is_bad, column=column.name),
        rows.found("ambiguous_number", parsed.is_ambiguous, column=column.name),
        rows.found(suppressed, parsed.is_suppressed, column=column.name),
    ]
    if is_outside.any():
        bounds = "–".join("" if bound is None else f"{bound:g}" for bound in (column.low, column.high))
        findings.append(
            add_details(rows.found(column.rule, is_outside, column=column.name), {"other": bounds})
        )
        values = values.mask(is_outside)
    return values, findings


def _is_outside(values: pd.Series, column: Column) -> pd.Series:
    is_outside = np.zeros(len(values), dtype=bool)
    for bound, compare in ((column.low, np.less), (column.high, np.greater)):
        if bound is not None:
            # What is missing is taken to be the bound itself, which is allowed.
            kind, missing = (
                ("int64", int(bound)) if isinstance(values.dtype, pd.Int64Dtype) else ("float64", bound)
            )
            is_outside |= compare(values.to_numpy(dtype=kind, na_value=missing), bound)
    return pd.Series(is_outside, index=values.index, copy=False)


def _convert_boolean(rows: Rows, column: Column) -> Converted:
    parsed = parse_booleans(rows.frame[column.name])
    return parsed.values, [rows.found("bad_boolean", parsed.is_bad, column=column.name)]


def _decimal(rows: Rows) -> Decimal:
    return "," if rows.decimal == "," else "." if rows.decimal == "." else None


@cache
def _fold_words(words: Sequence[str]) -> dict[str, str]:
    return {fold_word(word): word for word in words}


_CONVERTERS: Mapping[Kind, Callable[[Rows, Column], Converted]] = {
    Kind.TEXT: _convert_text,
    Kind.WORD: _convert_word,
    Kind.CODE: _convert_code,
    Kind.ORIGIN: _convert_origin,
    Kind.KOMMUNE: _convert_kommune,
    Kind.REGION: _convert_region,
    Kind.DATE: _convert_date,
    Kind.NUMBER: _convert_number,
    Kind.INTEGER: _convert_integer,
    Kind.BOOLEAN: _convert_boolean,
}
