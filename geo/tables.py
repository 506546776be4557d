"""What a reader hands on: a table or a layer as text, with the line of the file for every row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.cells import clean_cells, clean_pieces, find_bytes, has_byte_pair
from geo.distinct import Distinct, remember_distinct, take_dictionary_apart
from geo.errors import ReadError
from geo.threads import map_columns

TOTAL_WORDS = ("i alt", "ialt", "total", "totalt", "sum")
"""First word of a row that sums up the rows above it."""

_MOJIBAKE = "Ã[¦¸¥†˜…\u0086\u0098\u0085]|\ufffd"
"""UTF-8 read as Windows-1252 or Latin-1 (``Ã¦`` for æ), or a letter lost on the way."""
_LINES_NAMED_N = 5
_BEGINS_TOTAL = np.zeros(256, dtype=bool)
_BEGINS_TOTAL[[ord(case) for word in TOTAL_WORDS for case in (word[0], word[0].upper())]] = True
_BEGINS_TOTAL["İ".encode()[0]] = True  # its small letter is i
_MOJIBAKE_PAIRS = ("Ã".encode(), "\ufffd".encode()[:2])


class Note(NamedTuple):
    """Something a user should know of a file that was read all the same.

    Attributes
    ----------
    key
        Key of the sentence below ``note.`` in the text catalogs.
    values
        What the sentence names.
    """

    key: str
    values: Mapping[str, Any]


def note_left_out(headings: Sequence[str], source: str) -> Note:
    """Note which columns of a file have no text: binary ones, lists and values made up of others.

    Their headings are told one by one, too (``left_out``), for a column that a register needs may be among
    them.
    """
    values = {"source": source, "column": ", ".join(headings), "left_out": tuple(headings)}
    return Note("files.columns_left_out", values)


def name_source(file: str, layer: str) -> str:
    """Return how a message calls a file, or a sheet or layer in it."""
    return f"{file} [{layer}]" if layer else file


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table as it stood in the file.

    Attributes
    ----------
    frame
        Every column ``str``, missing NA, under its own heading (NFC); index 0..n-1.
    line
        The line of the file (the first line of the row, where a cell has line breaks), or the row of
        the sheet, for every row of `frame`; ``int64``. Lines count from 1, heading included.
    file
        Name of the file.
    layer
        Name of the sheet, or ``""``.
    encoding
        How the bytes were read, or ``""`` where the format says so itself.
    delimiter
        What stands between the fields, or ``""``.
    notes
        What was left out or looks wrong.
    """

    frame: pd.DataFrame
    line: pd.Series
    file: str
    layer: str = ""
    encoding: str = ""
    delimiter: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TextLayer:
    """A layer of a map: attributes as text, geometry in the working CRS.

    Attributes
    ----------
    frame
        Attributes ``str`` as in `TextTable`, and ``geometry`` in EPSG:25832, two-dimensional; index
        0..n-1, rows in the order of the file.
    line
        The feature id of every row; ``int64``.
    file
        Name of the file.
    layer
        Name of the layer.
    notes
        What looks wrong.
    """

    frame: gpd.GeoDataFrame
    line: pd.Series
    file: str
    layer: str
    notes: tuple[Note, ...] = ()


class RawTable(NamedTuple):
    """Columns of Arrow text as a format's reader found them, before they are tidied.

    Attributes
    ----------
    names
        The headings, as they stood.
    columns
        As many ``large_string`` columns, each in one piece or in several; or dictionaries of text.
    line
        The line of every row.
    file
        Name of the file.
    layer
        Name of the sheet or layer, or ``""``.
    is_plain
        Where the reader knows that no cell needs to be cleaned or looks garbled.
    """

    names: Sequence[str]
    columns: Sequence[pa.Array | pa.ChunkedArray]
    line: np.ndarray
    file: str
    layer: str
    is_plain: bool = False


def tidy_table(raw: RawTable, *, has_totals: bool) -> tuple[pd.DataFrame, pd.Series, tuple[Note, ...]]:
    """Clean the cells, check the headings and leave out what is no record.

    Rows and columns with nothing in them are left out without a word: a spreadsheet makes them. Rows
    that begin with "I alt" are left out with a note, where `has_totals`.

    Parameters
    ----------
    raw
        What was read.
    has_totals
        Whether the format is one that people put sums into.

    Returns
    -------
    tuple
        The frame, the line of every row, and notes.

    Raises
    ------
    ReadError
        Where two columns have one heading, or a column with values has none.
    """
    names, columns = _check_headings(
        raw, _cut_columns(raw.columns) if raw.is_plain else tidy_columns(raw.columns)
    )
    is_kept, is_total = _find_records(columns, len(raw.line), has_totals=has_totals)
    notes = [_note_totals(raw, is_total)] if is_total.any() else []
    if not is_kept.all():
        columns = [column.filter(pa.array(is_kept)) for column in columns]
    line = raw.line if is_kept.all() else raw.line[is_kept]
    return (
        pd.DataFrame(to_frame(names, columns, len(line))),
        pd.Series(line, dtype="int64", copy=False),
        (*notes, *find_mojibake(raw._replace(names=names, columns=columns, line=line))),
    )


def tidy_columns(columns: Iterable[pa.Array | pa.ChunkedArray]) -> list[pa.ChunkedArray]:
    """Return columns of Arrow text cleaned as `geo.cells.clean_cells` has it, in the pieces they are in.

    Of a dictionary of text the dictionary is cleaned; where that changes a text the column becomes text.
    """
    pieces = _cut_columns(columns)
    return map_columns(_tidy_column, pieces, cells_n=max(map(len, pieces), default=0))


def _tidy_column(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if is_text_dictionary(cells.type):
        return _tidy_dictionary(cells) or clean_pieces(pc.cast(cells, pa.large_string()))
    return clean_pieces(cells)


def _tidy_dictionary(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return a column with one dictionary of clean texts, each once; None where its texts are not so."""
    if not cells.num_chunks or any(piece.dictionary.null_count for piece in cells.chunks):
        return None
    unified = cells.unify_dictionaries()
    texts = pc.cast(unified.chunk(0).dictionary, pa.large_string())
    cleaned = clean_cells(texts)
    if not cleaned.equals(texts) or len(texts.unique()) < len(texts):
        return None
    return pa.chunked_array(
        [pa.DictionaryArray.from_arrays(piece.indices, texts) for piece in unified.chunks]
    )


def is_text_dictionary(kind: pa.DataType) -> bool:
    """Tell whether a type is a dictionary of text."""
    is_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return pa.types.is_dictionary(kind) and any(is_kind(kind.value_type) for is_kind in is_text)


def _cut_columns(columns: Iterable[pa.Array | pa.ChunkedArray]) -> list[pa.ChunkedArray]:
    return [pa.chunked_array(_list_pieces(column), column.type) for column in columns]


def _list_pieces(column: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    return list(column.chunks) if isinstance(column, pa.ChunkedArray) else [column]


def to_frame(names: Sequence[str], columns: Sequence[pa.ChunkedArray], rows_n: int) -> pd.DataFrame:
    """Return Arrow text, or tidied dictionaries of it, as ``str`` columns with index 0..`rows_n` - 1."""
    known = {
        at: take_dictionary_apart(column)
        for at, column in enumerate(columns)
        if pa.types.is_dictionary(column.type)
    }
    spelt = dict(zip(known, map_columns(_spell_out, known.values(), cells_n=rows_n), strict=True))
    texts = [spelt.get(at, column) for at, column in enumerate(columns)]
    table = pa.table(texts, names=[str(position) for position in range(len(names))])
    frame = table.to_pandas() if names else pd.DataFrame(index=pd.RangeIndex(rows_n))
    frame = frame.astype("str")
    frame.columns = pd.Index(list(names), dtype="str")
    for at, distinct in known.items():
        remember_distinct(frame.iloc[:, at], distinct)
    return frame


def _spell_out(distinct: Distinct) -> pa.Array:
    return distinct.gather(distinct.texts)


def clean_name(name: str) -> str:
    """Return a heading in NFC on one line, with single spaces."""
    cleaned = clean_cells(pa.array([name], pa.large_string()))[0].as_py()
    return " ".join(cleaned.split()) if cleaned else ""


def find_mojibake(table: RawTable) -> list[Note]:
    """Say where letters look as if the file was read, or once written, in the wrong encoding.

    Parameters
    ----------
    table
        Names and columns, tidied.

    Returns
    -------
    list of Note
        At most one: how many cells, and the first of them.
    """
    if table.is_plain:
        return []
    cells_n = 0
    first: tuple[int, str, str] | None = None
    for name, column in zip(table.names, table.columns, strict=True):
        if not any(_may_be_garbled(piece) for piece in _list_texts(column)):
            continue
        if pa.types.is_dictionary(column.type):
            column = pc.cast(column, pa.large_string())  # noqa: PLW2901 -- rarely
        is_garbled = pc.fill_null(pc.match_substring_regex(column, _MOJIBAKE), fill_value=False)
        rows = np.flatnonzero(is_garbled.to_numpy(zero_copy_only=False))
        cells_n += len(rows)
        if len(rows) and (first is None or table.line[rows[0]] < first[0]):
            first = (int(table.line[rows[0]]), name, column[int(rows[0])].as_py())
    if first is None:
        return []
    values = dict(zip(("line", "column", "value"), first, strict=True))
    return [
        Note("files.mojibake", {"source": name_source(table.file, table.layer), "count": cells_n} | values)
    ]


def _list_texts(column: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    """Return the pieces of a column; of one with a dictionary, that."""
    pieces = _list_pieces(column)
    return [piece.dictionary for piece in pieces[:1]] if pa.types.is_dictionary(column.type) else pieces


def _may_be_garbled(cells: pa.Array) -> bool:
    data, _ = find_bytes(cells)
    return int(data.max(initial=0)) >= _MOJIBAKE_PAIRS[0][0] and any(
        has_byte_pair(cells, pair) for pair in _MOJIBAKE_PAIRS
    )


def _check_headings(raw: RawTable, columns: list[pa.ChunkedArray]) -> tuple[list[str], list[pa.ChunkedArray]]:
    names = [clean_name(name) for name in raw.names]
    kept = [at for at, name in enumerate(names) if name or columns[at].null_count < len(columns[at])]
    where = {"source": name_source(raw.file, raw.layer)}
    unnamed = [at + 1 for at in kept if not names[at]]
    if unnamed:
        raise ReadError("files.empty_heading", where | {"column": ", ".join(map(str, unnamed))})
    found = [names[at] for at in kept]
    repeated = sorted({name for name in found if found.count(name) > 1})
    if repeated:
        raise ReadError("files.duplicate_headings", where | {"column": ", ".join(repeated)})
    return found, [columns[at] for at in kept]


def _find_records(
    columns: Sequence[pa.ChunkedArray], rows_n: int, *, has_totals: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Tell the rows that are records from empty rows and sums; return masks of records and of sums."""
    is_empty = np.ones(rows_n, dtype=bool)
    is_total = np.zeros(rows_n, dtype=bool)
    for column in columns:
        if not is_empty.any():
            break
        # The first cell with something in it says whether the row is a sum.
        if is_empty.all():
            is_empty = pc.is_null(column).to_numpy()
            is_total = _is_total_word(column) if has_totals else is_total
            continue
        rows = np.flatnonzero(is_empty)
        cells = column.take(pa.array(rows))
        if has_totals:
            is_total[rows] = _is_total_word(cells)
        is_empty[rows[pc.is_valid(cells).to_numpy()]] = False
    return ~(is_empty | is_total), is_total


def _note_totals(raw: RawTable, is_total: np.ndarray) -> Note:
    lines = ", ".join(str(number) for number in raw.line[is_total][:_LINES_NAMED_N])
    values = {"source": name_source(raw.file, raw.layer), "count": int(is_total.sum()), "lines": lines}
    return Note("files.totals_left_out", values)


def _is_total_word(cells: pa.ChunkedArray) -> np.ndarray:
    found = map_columns(_is_total_word_in, cells.chunks, cells_n=len(cells))
    return np.concatenate([np.zeros(0, dtype=bool), *found])


def _is_total_word_in(cells: pa.Array) -> np.ndarray:
    data, offsets = find_bytes(cells)
    is_total = np.zeros(len(cells), dtype=bool)
    if not len(data):
        return is_total
    # Few cells begin as one of the words does; where the first cells are empty the next byte is seen.
    may_be = np.flatnonzero(_BEGINS_TOTAL[data[np.minimum(offsets[:-1], len(data) - 1)]])
    words = pc.utf8_rtrim(pc.utf8_lower(cells.take(pa.array(may_be))), characters=" :")
    found = pc.is_in(words, value_set=pa.array(TOTAL_WORDS, pa.large_string()))
    is_total[may_be] = found.to_numpy(zero_copy_only=False)
    return is_total
