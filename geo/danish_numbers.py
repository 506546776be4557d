"""Danish and English numbers in text, each read in the one way it can be, or not at all."""

from collections.abc import Callable
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.cells import arrow_to_text, clean_cells, find_bytes, take_cells, text_to_arrow
from geo.distinct import Distinct, find_distinct, is_repetitive, knows_distinct
from geo.memory import make_room

Decimal = Literal[",", "."] | None
"""The decimal mark that the project file declares, or None where it says nothing."""

SUPPRESSED_MARKS = ("..", "...", "…")
"""Written where a statistical office hides a number; a hidden number is not a missing one, nor 0."""

_NO_TEXT = pa.scalar(None, pa.large_string())
_SIGN = r"^[+-]?"
_POINTS, _COMMAS, _SPACES = (rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})" for mark in (r"\.", ",", " "))
# What nearly every cell is: one reading, at most one separator.
_SIMPLE = r"^-?(?:\d+|\d{4,}[.,]\d+|0[.,]\d+|\d+[.,](?:\d{1,2}|\d{4,}))$"
_PLAIN = _SIGN + r"(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?$"
_DANISH = _SIGN + f"(?:{_POINTS}+,\\d+|{_POINTS}{{2,}})$"
_ENGLISH = _SIGN + f"(?:{_COMMAS}+\\.\\d+|{_COMMAS}{{2,}})$"
_SPACED = _SIGN + f"{_SPACES}+(?:[.,]\\d+)?$"
_AMBIGUOUS = _SIGN + r"[1-9]\d{0,2}[.,]\d{3}$"
_LEAST_AMBIGUOUS_N, _MOST_AMBIGUOUS_N = len("1.234"), len("-123.456")
_IS_DIGIT_OR_MARK = np.zeros(256, dtype=bool)
_IS_DIGIT_OR_MARK[list(b"0123456789.,-")] = True
_IS_SEPARATOR = np.zeros(256, dtype=bool)
_IS_SEPARATOR[list(b".,")] = True
_PIECE_N = 1 << 16
_PIECE_BYTES = 1 << 18
_MOST_DIGITS_N = 18
_ZERO, _NINE = np.uint8(ord("0")), np.uint8(9)
# From the comma to the nine there is one byte that no number has, the slash.
_LEAST_MARK, _MOST_MARK = np.uint8(ord(",")), np.uint8(ord("9") - ord(","))
_COMMA_TO_POINT = np.uint8(ord(".") - ord(","))


class ParsedNumbers(NamedTuple):
    """The numbers of a column; every part has the index of the text.

    Attributes
    ----------
    values
        The numbers (``float64``, or ``Int64`` of `parse_integers`); missing where a mask is set.
    is_bad
        Not a number in any reading.
    is_ambiguous
        ``1.234`` or ``1,234`` where nobody declared the decimal mark: one and a bit, or over a
        thousand.
    is_suppressed
        Hidden by whoever made the table (``..``).
    """

    values: pd.Series
    is_bad: pd.Series
    is_ambiguous: pd.Series
    is_suppressed: pd.Series


def parse_numbers(text: pd.Series, *, decimal: Decimal = None) -> ParsedNumbers:
    """Read the numbers of a column, Danish or English, without guessing between the two.

    ``1.234,5``, ``1,234.5``, ``1 234,5``, ``45,3 %`` (45.3), ``-3``, ``1E+05`` and ``12,5`` each have
    one reading and get it. One separator followed by exactly three digits has two: `decimal` settles
    it, and without it the cell is ambiguous and has no value. ``0,125`` is not ambiguous, for no group
    of thousands starts with 0.

    Parameters
    ----------
    text
        A column of text.
    decimal
        The decimal mark, where known; it settles what is ambiguous and changes nothing else.

    Returns
    -------
    ParsedNumbers
        ``values`` as ``float64``.

    Examples
    --------
    >>> import pandas as pd
    >>> parsed = parse_numbers(pd.Series(["1.234,5", "45,3 %", "1.234", ".."]))
    >>> parsed.values.tolist()
    [1234.5, 45.3, nan, nan]
    >>> parsed.is_ambiguous.tolist(), parsed.is_suppressed.tolist()
    ([False, False, True, False], [False, False, False, True])
    """
    if is_repetitive(text):
        return _spread(text, partial(parse_numbers, decimal=decimal))
    values = make_room(len(text), np.float64)
    masks = [np.zeros(len(text), dtype=bool) for _ in range(3)]
    begin = 0
    for piece in take_cells(text).chunks:
        place = slice(begin, begin + len(piece))
        values[place] = _parse_piece(piece, decimal, [mask[place] for mask in masks])
        begin += len(piece)
    return ParsedNumbers(*(pd.Series(part, index=text.index, copy=False) for part in (values, *masks)))


def _parse_piece(cells: pa.Array, decimal: Decimal, masks: list[np.ndarray]) -> np.ndarray:
    """Return the numbers of `cells`, and fill in the masks of what is bad, ambiguous and suppressed."""
    values, is_odd = _read_digits(cells)
    if not is_odd.any():
        return values
    values = values.copy()
    rows = np.flatnonzero(is_odd)
    # A blank is odd, too, so that nothing else needs to be trimmed.
    plain, odd_masks = _to_plain_numbers(clean_cells(cells.take(pa.array(rows))), decimal)
    values[rows] = pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False)
    for mask, odd in zip(masks, odd_masks.values(), strict=True):
        mask[rows] = odd.to_numpy(zero_copy_only=False)
    too_large = np.isinf(values)
    values[too_large] = np.nan
    masks[0] |= too_large
    return values


def parse_integers(text: pd.Series, *, decimal: Decimal = None) -> ParsedNumbers:
    """Read the whole numbers of a column, exactly (no detour by floating point).

    As `parse_numbers`; ``12,0`` is 12, and a number with a fraction, an exponent or more than 18
    digits is bad.

    Parameters
    ----------
    text
        A column of text.
    decimal
        The decimal mark, where known.

    Returns
    -------
    ParsedNumbers
        ``values`` as ``Int64``.
    """
    is_known = knows_distinct(text) and is_repetitive(text)
    known = None if is_known else _read_whole_numbers(take_cells(text))
    if known is not None:
        return ParsedNumbers(pd.Series(known, index=text.index, copy=False), *_make_clear_masks(text.index))
    if is_known or is_repetitive(text):
        return _spread(text, partial(parse_integers, decimal=decimal))
    plain, masks = _to_plain_numbers(text_to_arrow(text), decimal)
    whole = pc.replace_substring_regex(plain, r"\.0*$", "")
    is_whole = pc.match_substring_regex(whole, r"^-?\d{1,18}$")
    fits = pc.fill_null(is_whole, fill_value=False)
    numbers = pc.cast(pc.if_else(fits, whole, pa.scalar(None, pa.large_string())), pa.int64())
    masks["bad"] = pc.or_(masks["bad"], pc.and_(pc.is_valid(plain), pc.invert(fits)))
    values = pd.Series(
        pd.arrays.IntegerArray(
            pc.fill_null(numbers, 0).to_numpy(zero_copy_only=False),
            pc.is_null(numbers).to_numpy(zero_copy_only=False),
        ),
        index=text.index,
    )
    return ParsedNumbers(values, *_mask_series(masks, text))


def _spread(text: pd.Series, parse: Callable[[pd.Series], ParsedNumbers]) -> ParsedNumbers:
    """Parse each distinct cell once."""
    distinct = find_distinct(text)
    # One more entry, for a missing cell: that is no number and has no fault.
    parsed = parse(arrow_to_text(distinct.extend(distinct.texts), pd.RangeIndex(len(distinct.texts) + 1)))
    return ParsedNumbers(
        _copy_cells(parsed.values, distinct, text.index),
        *(_copy_cells(mask, distinct, text.index) for mask in parsed[1:]),
    )


def _copy_cells(values: pd.Series, distinct: Distinct, index: pd.Index) -> pd.Series:
    """Return for each cell what was found of its text."""
    if values.dtype == bool and not values.any():
        return pd.Series(np.zeros(len(distinct.codes), dtype=bool), index=index, copy=False)
    return pd.Series(values.array.take(distinct.codes.astype(np.intp)), index=index, copy=False)


def _read_whole_numbers(cells: pa.ChunkedArray) -> pd.arrays.IntegerArray | None:
    """Read a column with nothing but digits in it, as years and ages are; None where there is more."""
    values = make_room(len(cells), np.int64)
    begin = 0
    for piece in cells.chunks:
        data, offsets = find_bytes(piece)
        if _has_more_than_digits(data) or np.diff(offsets).max(initial=0) > _MOST_DIGITS_N:
            return None
        try:
            numbers = pc.cast(piece, pa.int64())
        except pa.ArrowInvalid:  # an empty text
            return None
        filled = pc.fill_null(numbers, 0) if numbers.null_count else numbers
        values[begin : begin + len(piece)] = filled.to_numpy()
        begin += len(piece)
    is_missing = np.zeros(len(cells), dtype=bool)
    if cells.null_count:
        is_missing = cells.is_null().to_numpy()
    return pd.arrays.IntegerArray(values, is_missing)


def _make_clear_masks(index: pd.Index) -> list[pd.Series]:
    return [pd.Series(np.zeros(len(index), dtype=bool), index=index, copy=False) for _ in range(3)]


def _has_more_than_digits(data: np.ndarray) -> bool:
    # Below "0" the difference wraps round to more than nine.
    pieces = (data[begin : begin + _PIECE_BYTES] for begin in range(0, len(data), _PIECE_BYTES))
    return any(bool(((piece - _ZERO) > _NINE).any()) for piece in pieces)


def _read_digits(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Read cells of digits with at most one separator; tell which cells need a closer look.

    What is read here has one reading by the rules of `parse_numbers`. It is most of any column of
    coordinates or amounts, and takes a third of the time of looking closer.
    """
    is_odd = _find_odd_cells(cells)
    digits = _write_points(_blank_out(cells, is_odd) if is_odd.any() else cells)
    try:
        return pc.cast(digits, pa.float64()).to_numpy(zero_copy_only=False), is_odd
    except pa.ArrowInvalid:  # a sign in the middle, two separators
        return np.full(len(cells), np.nan), np.asarray(cells.is_valid())


def _write_points(cells: pa.Array) -> pa.Array:
    """Return cells with a point for every comma."""
    data, offsets = find_bytes(cells)
    if cells.offset or not len(data):
        return pc.replace_substring(cells, ",", ".")
    is_comma = (data == ord(",")).view(np.uint8)
    buffers = [cells.buffers()[0], pa.py_buffer(offsets), pa.py_buffer(data + is_comma * _COMMA_TO_POINT)]
    return pa.Array.from_buffers(pa.large_string(), len(cells), buffers)


def _blank_out(cells: pa.Array, is_odd: np.ndarray) -> pa.Array:
    return pc.if_else(pa.array(is_odd), _NO_TEXT, cells)


def _find_odd_cells(cells: pa.Array) -> np.ndarray:
    """Tell cells with other letters than digits, separators and a sign, or that could be thousands."""
    data, offsets = find_bytes(cells)
    is_odd = np.zeros(len(cells), dtype=bool)
    for begin in range(0, len(cells), _PIECE_N):
        ends = offsets[begin : begin + _PIECE_N + 1]
        piece = data[ends[0] : ends[-1]]
        if not len(piece):
            continue
        found = is_odd[begin : begin + _PIECE_N]
        if ((piece - _LEAST_MARK) > _MOST_MARK).any() or (piece == ord("/")).any():
            strange = np.flatnonzero(~_IS_DIGIT_OR_MARK[piece])
            found[np.searchsorted(ends, strange + ends[0], side="right") - 1] = True
        length = np.diff(ends)
        # Ambiguous: three digits after a separator and one to three before it, perhaps after a sign.
        short = np.flatnonzero((length >= _LEAST_AMBIGUOUS_N) & (length <= _MOST_AMBIGUOUS_N))
        found[short[_IS_SEPARATOR[data[ends[1:][short] - 4]]]] = True
    return is_odd


def _mask_series(masks: dict[str, pa.Array], text: pd.Series) -> list[pd.Series]:
    return [
        pd.Series(mask.to_numpy(zero_copy_only=False), index=text.index, copy=False)
        for mask in masks.values()
    ]


def _matches(cells: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(cells, pattern), fill_value=False)


def _to_plain_numbers(cells: pa.Array, decimal: Decimal) -> tuple[pa.Array, dict[str, pa.Array]]:
    """Rewrite each number as digits with a decimal point; say what could not be.

    Cells are trimmed and have no other space than the ordinary one (`clean_cells`).
    """
    is_simple = _matches(cells, _SIMPLE)
    plain = pc.replace_substring(pc.if_else(is_simple, cells, _NO_TEXT), ",", ".")
    rest = pc.and_(pc.is_valid(cells), pc.invert(is_simple))
    masks = {"bad": rest, "ambiguous": rest, "suppressed": rest}
    if not pc.any(rest).as_py():
        return plain, masks
    odd, odd_masks = _rewrite_odd_numbers(cells.filter(rest), decimal)
    masks = {name: pc.replace_with_mask(rest, rest, mask) for name, mask in odd_masks.items()}
    return pc.replace_with_mask(plain, rest, odd), masks


def _rewrite_odd_numbers(cells: pa.Array, decimal: Decimal) -> tuple[pa.Array, dict[str, pa.Array]]:
    is_suppressed = pc.is_in(cells, value_set=pa.array(SUPPRESSED_MARKS, pa.large_string()))
    # U+2212 is the minus sign proper; the narrow spaces are those of typeset tables.
    bare = pc.replace_substring_regex(pc.replace_substring_regex(cells, r" *%$", ""), "−", "-")
    bare = pc.replace_substring_regex(bare, "[\u2009\u202f]", " ")
    is_either = _matches(bare, _AMBIGUOUS)
    is_point = pc.and_(is_either, pc.match_substring(bare, "."))
    has_danish_groups = pc.and_(is_either, is_point if decimal == "," else False)
    has_english_groups = pc.and_not(is_either, is_point if decimal == "." else True)
    is_ambiguous = pc.and_(is_either, decimal is None)
    is_grouped = pc.or_(is_ambiguous, pc.or_(has_danish_groups, has_english_groups))
    plain = pc.case_when(
        pc.make_struct(
            pc.and_not(_matches(bare, _PLAIN), is_grouped),
            pc.or_(_matches(bare, _DANISH), has_danish_groups),
            pc.or_(_matches(bare, _ENGLISH), has_english_groups),
            _matches(bare, _SPACED),
        ),
        pc.replace_substring(bare, ",", "."),
        pc.replace_substring(pc.replace_substring(bare, ".", ""), ",", "."),
        pc.replace_substring(bare, ",", ""),
        pc.replace_substring(pc.replace_substring(bare, ",", "."), " ", ""),
    )
    plain = pc.replace_substring_regex(pc.replace_substring_regex(plain, r"^\+", ""), r"^(-?)\.", r"\10.")
    is_found = pc.or_(pc.is_valid(plain), pc.or_(is_ambiguous, is_suppressed))
    return plain, {"bad": pc.invert(is_found), "ambiguous": is_ambiguous, "suppressed": is_suppressed}
