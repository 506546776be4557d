"""Texts of one width as a few numbers that are in the order of the texts.

Keys are written in few letters: an id of 18 places has the digits 0 to f in 16 of them and a dash in the
others, and so 64 bits. Numbers of that kind are sorted and compared by the processor's own means, where
texts would have to be looked up all over the memory.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.cells import find_bytes
from geo.memory import make_room
from geo.text_order import rank_text

_BITS_N = 62
"""Bits of one number at most."""

_PIECE_N = 1 << 14
"""Texts that are worked on together, so that they stay in the processor's cache."""

_WIDEST = 64
"""Wider texts are no keys, and would be many numbers."""


def number_text(cells: pa.Array | pa.ChunkedArray) -> list[NDArray[np.int64]]:
    """Return numbers of each text that are ordered and equal as the texts are.

    Parameters
    ----------
    cells
        ``large_string``, in one piece or in several; may have nulls.

    Returns
    -------
    list of numpy.ndarray
        One at least, the most important first, not negative, each as long as `cells`; the order is that of
        `geo.text_order.rank_text`, missing ones last. Texts of different widths have one number, their rank.

    Examples
    --------
    >>> import pyarrow as pa
    >>> [numbers.tolist() for numbers in number_text(pa.array(["b1", "a1", "b3"], pa.large_string()))]
    [[2, 0, 3]]
    """
    pieces = cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]
    tables = _take_tables(pieces) if not cells.null_count else None
    if tables is None:
        return [rank_text(cells)]
    codes, bits = _find_codes(tables)
    words = _share_out(bits)
    numbers = [make_room(len(cells), np.int64) for _ in words]
    begin = 0
    for table in tables:
        for piece in _cut(table):
            for word, columns in zip(numbers, words, strict=True):
                _write_numbers(piece, columns, codes, word[begin : begin + len(piece)])
            begin += len(piece)
    return numbers


def _take_tables(pieces: list[pa.Array]) -> list[NDArray[np.uint8]] | None:
    """Return the bytes of texts of one width, a row each; None where there are several widths, or none."""
    tables: list[NDArray[np.uint8]] = []
    for data, offsets in map(find_bytes, pieces):
        if len(offsets) == 1:
            continue
        width = tables[0].shape[1] if tables else int(offsets[1])
        if not 0 < width <= _WIDEST or (np.diff(offsets) != width).any():
            return None
        tables.append(data.reshape(-1, width))
    return tables or None


def _cut(table: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    return [table[begin : begin + _PIECE_N] for begin in range(0, len(table), _PIECE_N)]


def _find_codes(tables: list[NDArray[np.uint8]]) -> tuple[NDArray[np.int64], list[int]]:
    """Return numbers from 0 for the letters of each place, in their order, and how many bits they need."""
    width = tables[0].shape[1]
    is_used = np.zeros((width, 256), dtype=bool)
    for table in tables:
        for piece in _cut(table):
            for place in range(width):
                is_used[place][piece[:, place]] = True
    codes = np.cumsum(is_used, axis=1) - 1
    return codes, [int(used - 1).bit_length() for used in is_used.sum(axis=1)]


def _share_out(bits: list[int]) -> list[list[tuple[int, int]]]:
    """Share places out to numbers, as many to each as there is room for: each place with its bits."""
    words: list[list[tuple[int, int]]] = [[]]
    for place, bits_n in enumerate(bits):
        if sum(taken for _, taken in words[-1]) + bits_n > _BITS_N:
            words.append([])
        if bits_n:
            words[-1].append((place, bits_n))
    return words


def _write_numbers(
    piece: NDArray[np.uint8],
    columns: list[tuple[int, int]],
    codes: NDArray[np.int64],
    numbers: NDArray[np.int64],
) -> None:
    """Write the codes of the places of each text one after the other."""
    numbers[:] = 0
    for place, bits_n in columns:
        numbers <<= bits_n
        numbers |= codes[place].take(piece[:, place])
