"""A cell as text: what a typed value of an Arrow column looks like when it is read as words.

Registers are read as text and checked afterwards, so that a message can show what stood in the file.
A number that a file stores as a number is written so that it can be read back in one way only.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.memory import count_up, make_room

Place = tuple[tuple[int, ...], ...]
"""Where a column of text lies in the memory: for each piece its first cell, its length, its buffers."""

_BLANKS = " \t\r\n\v\f\u00a0\ufeff\u200b"
_IS_BLANK_START = np.zeros(256, dtype=bool)
_IS_BLANK_START[[blank.encode()[0] for blank in _BLANKS]] = True
_IS_BLANK_END = np.zeros(256, dtype=bool)
_IS_BLANK_END[[blank.encode()[-1] for blank in _BLANKS]] = True
_PIECE_N = 1 << 16
"""Looked at together, so that what is asked of each stays in the processor's cache."""
_NO_BYTES = np.empty(0, dtype=np.uint8)
_NO_BREAK_SPACE = "\u00a0".encode()
_ABOVE_SPACE = ord(" ") + 1
_FIRST_COMBINING_BYTE = "\u0300".encode()[0]
"""Text below U+0300 is in NFC as it stands."""
_WHOLE_THOUSANDS = r"^(-?[1-9]\d{0,2}\.\d{3})$"
_MIDNIGHT = r"[T ]00:00(?::00(?:\.0+)?)?$"


def clean_cells(cells: pa.Array) -> pa.Array:
    """Return text cells in NFC, trimmed, no-break spaces as spaces; an empty cell is null.

    Parameters
    ----------
    cells
        Array or chunked array of strings.

    Returns
    -------
    pyarrow.Array
        ``large_string``, of the same length.
    """
    text = _combine(pc.cast(cells, pa.large_string()))
    data, offsets = find_bytes(text)
    # Nine columns in ten need none of this, and looking is a tenth of the work of doing.
    highest = int(data.max(initial=0))
    if highest >= _FIRST_COMBINING_BYTE:
        text = pc.utf8_normalize(text, form="NFC")
        data, offsets = find_bytes(text)
    # Ids, codes and numbers are plain letters without a blank anywhere.
    may_have_blanks = highest >= _NO_BREAK_SPACE[0] or int(data.min(initial=_ABOVE_SPACE)) < _ABOVE_SPACE
    if may_have_blanks and _has_blank_ends(data, offsets):
        text = pc.utf8_trim(text, characters=_BLANKS)
        data, offsets = find_bytes(text)
    if highest >= _NO_BREAK_SPACE[0] and _has_pair(data, _NO_BREAK_SPACE):
        text = pc.replace_substring(text, "\u00a0", " ")
    if (offsets[1:] == offsets[:-1]).any():
        text = _blank_to_null(text)
    return text


def clean_pieces(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return text cells as `clean_cells` does, in the pieces in which they lie in the memory."""
    return pa.chunked_array([clean_cells(piece) for piece in cells.chunks], pa.large_string())


def has_byte_pair(text: pa.Array, pair: bytes) -> bool:
    """Tell whether two bytes follow each other anywhere in the UTF-8 of a ``large_string`` array.

    A quick look before a slow search: a pair that spans two cells counts, too.
    """
    data, _ = find_bytes(text)
    return bool(len(data)) and int(data.max()) >= pair[0] and _has_pair(data, pair)


def find_bytes(text: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the UTF-8 of a ``large_string`` array, and where each cell begins and the last ends."""
    _, places, content = text.buffers()
    if not places.size:  # an array of no cells may do without the one offset that it needs
        return np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
    offsets = np.frombuffer(places, dtype=np.int64, count=text.offset + len(text) + 1)[text.offset :]
    data = np.frombuffer(content, dtype=np.uint8)[offsets[0] : offsets[-1]] if content else _NO_BYTES
    return data, offsets - offsets[0] if offsets[0] else offsets


def _combine(cells: pa.Array) -> pa.Array:
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def _has_pair(data: np.ndarray, pair: bytes) -> bool:
    for begin in range(0, len(data), _PIECE_N):
        piece = data[begin : begin + _PIECE_N + 1]
        first = np.flatnonzero(piece[:-1] == pair[0])
        if len(first) and (piece[first + 1] == pair[1]).any():
            return True
    return False


def _has_blank_ends(data: np.ndarray, offsets: np.ndarray) -> bool:
    """Tell whether a cell begins or ends with what could be a blank.

    Of an empty cell the neighbours' bytes are seen, which are seen anyhow.
    """
    if not len(data):
        return False
    for begin in range(0, len(offsets) - 1, _PIECE_N):
        piece = offsets[begin : begin + _PIECE_N + 1]
        first = data[np.minimum(piece[:-1], len(data) - 1)]
        if _IS_BLANK_START[first].any() or _IS_BLANK_END[data[piece[1:] - 1]].any():
            return True
    return False


def _blank_to_null(text: pa.Array) -> pa.Array:
    if text.null_count and pc.all(pc.not_equal(text, "")).as_py():
        return text
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.large_string()), text)


def format_cells(cells: pa.Array) -> pa.Array | None:
    """Return the cells of an Arrow column as text, or None for a type that has none.

    Whole numbers have no decimals, floats the fewest digits that give them back, never an exponent;
    dates and times are ISO 8601, a time at midnight is a date; booleans are ``true`` and ``false``.
    A number that would read as grouped thousands (``1.234``) gets one more zero (``1.2340``).

    Parameters
    ----------
    cells
        Array or chunked array of any type.

    Returns
    -------
    pyarrow.Array or None
        ``large_string``; NaN is null. None for binary and nested columns.
    """
    kind = cells.type
    if pa.types.is_dictionary(kind):
        return format_cells(pc.cast(cells, kind.value_type))
    for is_kind, formatter in _FORMATTERS:
        if is_kind(kind):
            return formatter(cells)
    return None


def format_number(value: float) -> str:
    """Return one float as text, by the rules of `format_cells`.

    Examples
    --------
    >>> format_number(101.0), format_number(0.5), format_number(1.234), format_number(1e-7)
    ('101', '0.5', '1.2340', '0.0000001')
    """
    if not math.isfinite(value):
        return "" if math.isnan(value) else str(value)
    text = str(int(value)) if value == int(value) else np.format_float_positional(value, trim="-")
    return re.sub(_WHOLE_THOUSANDS, r"\g<1>0", text)


def take_cells(text: pd.Series) -> pa.ChunkedArray:
    """Return a column of text as it lies in the memory, in ``large_string`` pieces."""
    column: Any = text.astype("str").array
    cells = column.__arrow_array__()
    if isinstance(cells, pa.ChunkedArray) and cells.type == pa.large_string():
        return cells  # the very object that the column holds
    return pa.chunked_array([pa.array(column, type=pa.large_string(), from_pandas=True)])


def take_text(text: pd.Series) -> pa.Array:
    """Return a column of text as one ``large_string`` array, without a copy where it is one already."""
    return _combine(take_cells(text))


def name_place(cells: pa.ChunkedArray) -> Place:
    """Return where in the memory a column of text lies.

    Two columns that live at the same time and lie in the same place are the same text: pandas makes
    another object of a column at every turn, and leaves the text where it is.
    """
    return tuple(
        (piece.offset, len(piece), *(buffer.address if buffer else 0 for buffer in piece.buffers()))
        for piece in cells.chunks
    )


def gather_text(cells: pa.Array | pa.ChunkedArray, positions: np.ndarray) -> pa.Array:
    """Return the texts at `positions`.

    Texts of one length, as keys and codes are, lie in the memory as the rows of a table, and are
    gathered in a third of the time.
    """
    pieces = [
        find_bytes(piece) for piece in (cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells])
    ]
    width = 0 if cells.null_count else _find_width([offsets for _, offsets in pieces])
    if not width:
        return _combine(cells).take(pa.array(positions))
    rows = make_room(len(cells), f"V{width}")
    begin = 0
    for data, _ in pieces:
        rows[begin : begin + len(data) // width] = np.ascontiguousarray(data).view(rows.dtype)
        begin += len(data) // width
    gathered = make_room(len(positions), rows.dtype)
    for begin in range(0, len(positions), _PIECE_N):  # numpy makes eight bytes of every position
        piece = positions[begin : begin + _PIECE_N]
        np.take(rows, piece, out=gathered[begin : begin + len(piece)], mode="clip")
    ends = count_up(len(positions) + 1, step=width)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(gathered.view(np.uint8))]
    return pa.Array.from_buffers(pa.large_string(), len(positions), buffers)


def _find_width(pieces: list[np.ndarray]) -> int:
    """Return how many bytes every cell has, by where they begin; 0 where that differs."""
    width = next((int(offsets[1] - offsets[0]) for offsets in pieces if len(offsets) > 1), 0)
    for offsets in pieces:
        for begin in range(0, len(offsets) - 1, _PIECE_N):
            ends = offsets[begin : begin + _PIECE_N + 1]
            if (ends[1:] - ends[:-1] != width).any():
                return 0
    return width


def make_nulls(count: int) -> pa.Array:
    """Return so many missing texts; those who ask for them at one time share them."""
    is_text = pa.py_buffer(bytes(-(-count // 8)))
    ends = pa.py_buffer(count_up(count + 1, step=0))
    return pa.Array.from_buffers(pa.large_string(), count, [is_text, ends, pa.py_buffer(b"")], count)


def text_to_arrow(text: pd.Series) -> pa.Array:
    """Return a column of text as one Arrow array of clean cells (`clean_cells`)."""
    return clean_cells(take_text(text))


def arrow_to_text(cells: pa.Array, index: pd.Index) -> pd.Series:
    """Return Arrow text as a column of ``str`` dtype on `index`; null is missing."""
    return pd.Series(cells.to_pandas().array, index=index, dtype="str", copy=False)


def _format_text(cells: pa.Array) -> pa.Array:
    return pc.cast(cells, pa.large_string())


def _format_dates(cells: pa.Array) -> pa.Array:
    return _format_text(pc.cast(cells, pa.date32()))


def _format_decimals(cells: pa.Array) -> pa.Array:
    return _settle_thousands(_format_text(cells))


def _format_floats(cells: pa.Array) -> pa.Array:
    numbers = pc.cast(cells, pa.float32()) if pa.types.is_float16(cells.type) else cells
    numbers = pc.if_else(pc.is_nan(numbers), pa.scalar(None, numbers.type), numbers)
    text = pc.cast(numbers, pa.large_string())
    has_exponent = pc.match_substring(text, "e")
    if pc.any(has_exponent).as_py():
        spelt = [
            format_number(number) if is_long else None
            for number, is_long in zip(numbers.to_pylist(), has_exponent.to_pylist(), strict=True)
        ]
        text = pc.coalesce(pa.array(spelt, pa.large_string()), text)
    return _settle_thousands(text)


def _settle_thousands(text: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(text, _WHOLE_THOUSANDS, r"\10")


def _format_moments(cells: pa.Array) -> pa.Array:
    zone = cells.type.tz
    text = pc.cast(pc.cast(cells, pa.timestamp(cells.type.unit)), pa.large_string())
    text = pc.replace_substring(pc.replace_substring_regex(text, r"\.0+$", ""), " ", "T")
    if zone:
        # Arrow keeps moments in UTC whatever zone it names: say so, and the reader has the moment.
        return pc.replace_substring_regex(text, "$", "Z")
    return pc.replace_substring_regex(text, _MIDNIGHT, "")


_FORMATTERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array]], ...] = (
    (pa.types.is_large_string, _format_text),
    (pa.types.is_string, _format_text),
    (pa.types.is_string_view, _format_text),
    (pa.types.is_integer, _format_text),
    (pa.types.is_boolean, _format_text),
    (pa.types.is_floating, _format_floats),
    (pa.types.is_decimal, _format_decimals),
    (pa.types.is_date, _format_dates),
    (pa.types.is_timestamp, _format_moments),
    (pa.types.is_time, _format_text),
    (pa.types.is_null, _format_text),
)
