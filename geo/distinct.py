"""A column of text as its distinct texts and, for each cell, which of them it holds.

Registers repeat themselves: a dozen codes in three million rows. What a code means is found once for
each, and then copied.
"""

import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.cells import Place, arrow_to_text, find_bytes, gather_text, name_place, take_cells
from geo.memory import make_room, take_values

SAMPLE_N = 1_000
"""So many cells, in spans that lie evenly, tell whether a column repeats itself."""

_SPAN_N = 50

_Value = TypeVar("_Value", bound=np.generic)


class Distinct(NamedTuple):
    """A column of text taken apart.

    Attributes
    ----------
    texts
        The distinct texts, ``large_string`` without nulls, in the order of their first cells; where the
        file has a dictionary, that.
    codes
        For each cell the position of its text, or ``len(texts)`` where it is missing; unsigned, as few
        bytes as will do.
    """

    texts: pa.Array
    codes: NDArray[np.unsignedinteger[Any]]

    def take(self, order: NDArray[np.int64]) -> "Distinct":
        """Return the cells at the positions `order`."""
        return Distinct(self.texts, self.codes[order])

    def spread(self, values: NDArray[_Value], *, missing: object) -> NDArray[_Value]:
        """Return for each cell the one of `values`, which are as many as `texts`, or `missing`."""
        extended = np.append(values, np.array([missing], dtype=values.dtype))
        return np.asarray(extended[self.codes], dtype=values.dtype)

    def spread_text(self, texts: pa.Array, index: pd.Index, *, missing: str | None = None) -> pd.Series:
        """Return `texts`, as many as there are distinct ones and some of them null, for each cell.

        A cell without text has `missing`, which may be nothing, too.
        """
        text = arrow_to_text(self.gather(texts, missing=missing), index)
        if texts is self.texts and (missing is None or not self.has_missing):
            _remember(take_cells(text), self)
        return text

    @property
    def has_missing(self) -> bool:
        """Some cell has no text."""
        return bool(len(self.codes)) and int(self.codes.max()) == len(self.texts)

    def gather(self, texts: pa.Array, *, missing: str | None = None) -> pa.Array:
        """Return `texts` for each cell as `spread_text` does, as Arrow has them."""
        extended = self.extend(texts, missing) if self.has_missing else texts
        return gather_text(extended, self.codes)

    @staticmethod
    def extend(texts: pa.Array, missing: str | None = None) -> pa.Array:
        """Return `texts` and after the last what is missing has, which may be null."""
        return pa.concat_arrays([texts, pa.array([missing], pa.large_string())])


def find_distinct(text: pd.Series) -> Distinct:
    """Take a column of text apart.

    Parameters
    ----------
    text
        ``str`` dtype.

    Returns
    -------
    Distinct
        Its codes in the order of the cells.
    """
    cells = take_cells(text)
    place = name_place(cells)
    known = _KNOWN.get(place)
    if known is not None and known[0]() is not None:
        return known[1]
    return _remember(cells, _take_apart(cells))


def knows_distinct(text: pd.Series) -> bool:
    """Tell whether a column of text has been taken apart, so that `find_distinct` costs nothing."""
    known = _KNOWN.get(name_place(take_cells(text)))
    return known is not None and known[0]() is not None


def remember_distinct(text: pd.Series, distinct: Distinct) -> None:
    """Keep for as long as a column lives what its distinct texts are, where whoever read it knows."""
    _remember(take_cells(text), distinct)


def _remember(cells: pa.ChunkedArray, distinct: Distinct) -> Distinct:
    place = name_place(cells)
    _KNOWN[place] = (weakref.ref(cells, partial(_forget, place)), distinct)
    return distinct


_KNOWN: dict[Place, tuple[weakref.ref[pa.ChunkedArray], Distinct]] = {}
"""Columns that were taken apart, for as long as they live. Arrow's arrays never change."""


def _forget(place: Place, reference: object) -> None:
    known = _KNOWN.get(place)
    if known is not None and known[0] is reference:
        del _KNOWN[place]


def _take_apart(cells: pa.ChunkedArray) -> Distinct:
    return _take_letters_apart(cells) or _encode(cells)


def _take_letters_apart(cells: pa.ChunkedArray) -> Distinct | None:
    """Take a column apart whose every cell is one byte, as many codes are; None where one is not."""
    if cells.null_count or not len(cells):
        return None
    letters = make_room(len(cells), np.uint8)
    counts = np.zeros(256, dtype=np.int64)
    begin = 0
    for piece in cells.chunks:
        data, offsets = find_bytes(piece)
        if len(data) != len(piece) or (offsets[1:] == offsets[:-1]).any():
            return None
        letters[begin : begin + len(data)] = data
        counts += np.bincount(data, minlength=256)
        begin += len(data)
    first = np.array([(letters == letter).argmax() for letter in np.flatnonzero(counts)])
    kept = letters[np.sort(first)]
    codes = np.zeros(256, dtype=np.uint8)
    codes[kept] = np.arange(len(kept))
    texts = pa.array([chr(letter) for letter in kept], pa.large_string())
    return Distinct(texts, take_values(codes, letters))


def _encode(cells: pa.ChunkedArray) -> Distinct:
    return take_dictionary_apart(cells.dictionary_encode().unify_dictionaries())


def take_dictionary_apart(encoded: pa.ChunkedArray) -> Distinct:
    """Return a column of dictionary arrays taken apart.

    Parameters
    ----------
    encoded
        Of ``large_string``; all pieces have one dictionary, without nulls and with each text once.

    Returns
    -------
    Distinct
        Its texts as the dictionary has them: in that order, and such as no cell holds, too.
    """
    if not encoded.num_chunks:
        return Distinct(pa.array([], pa.large_string()), np.zeros(0, dtype=np.uint8))
    texts = encoded.chunk(0).dictionary
    codes = np.empty(len(encoded), dtype=np.min_scalar_type(len(texts)))
    begin = 0
    for piece in encoded.chunks:
        found = pc.fill_null(piece.indices, len(texts)) if piece.null_count else piece.indices
        codes[begin : begin + len(piece)] = found.to_numpy(zero_copy_only=False)
        begin += len(piece)
    return Distinct(texts, codes)


def is_repetitive(text: pd.Series) -> bool:
    """Tell by a sample whether at most half of the cells are distinct; a short column is never."""
    if len(text) < SAMPLE_N:
        return False
    cells = take_cells(text)
    begins = np.linspace(0, len(text) - _SPAN_N, SAMPLE_N // _SPAN_N).astype(int).tolist()
    spans = [span for begin in begins for span in cells.slice(begin, _SPAN_N).chunks]
    sample = pa.chunked_array(spans).drop_null()
    return len(sample.unique()) * 2 <= len(sample)


def map_distinct(text: pd.Series, convert: Callable[[str], str | None]) -> pd.Series:
    """Convert each distinct text once; missing where `convert` returns None.

    Parameters
    ----------
    text
        ``str`` dtype.
    convert
        Returns the same for the same text.

    Returns
    -------
    pandas.Series
        ``str`` dtype on the index of `text`; `text` itself where nothing is changed.
    """
    distinct = find_distinct(text)
    before = distinct.texts.to_pylist()
    after = [convert(word) for word in before]
    return text if after == before else distinct.spread_text(pa.array(after, pa.large_string()), text.index)
