"""The order of texts by their bytes, found without comparing text with text.

Arrow and pandas compare two texts at a time. Here eight bytes of each text are one number, numbers are
sorted by the processor's own means, and only texts that agree in all eight go on to the next eight. Of
three million keys of a register few do.

The order is that of the UTF-8 bytes, which is the order of the letters' Unicode numbers.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.cells import find_bytes
from geo.memory import count_up, make_room

_STEP = 8
_PIECE_N = 1 << 14
"""Numbers that are worked on together, so that they stay in the processor's cache."""
_MASKS = np.array([0, *(~np.uint64(0) << np.uint64(64 - 8 * kept) for kept in range(1, 9))], dtype=np.uint64)
"""The first 0 to 8 bytes of a number."""


class TextOrder(NamedTuple):
    """How a column of text is put in order.

    Attributes
    ----------
    order
        Positions of the cells in sorted order; equal ones as they stood, missing ones last.
    is_repeat
        For each place of the order: the cell there is equal to the one before it.
    """

    order: NDArray[np.int64]
    is_repeat: NDArray[np.bool_]

    @property
    def is_sorted(self) -> bool:
        """The cells are in order as they stand."""
        return bool((self.order[1:] > self.order[:-1]).all())


class _Ties(NamedTuple):
    """Places of the order whose texts agree so far with a neighbour's; `group` numbers equal ones alike."""

    places: NDArray[np.int64]
    group: NDArray[np.int64]


def order_text(cells: pa.Array | pa.ChunkedArray) -> TextOrder:
    """Put a column of text in order, and tell which texts are repeated.

    Parameters
    ----------
    cells
        ``large_string``, in one piece or in several; may have nulls.

    Returns
    -------
    TextOrder
        Each part as long as `cells`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> found = order_text(pa.array(["b", "a", None, "b"], pa.large_string()))
    >>> found.order.tolist(), found.is_repeat.tolist()
    ([1, 0, 3, 2], [False, False, True, False])
    """
    pieces = cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]
    missing = _find_missing(pieces)
    given = count_up(len(cells)) if not len(missing) else np.delete(np.arange(len(cells)), missing)
    number = _read_numbers(pieces, given, 0)
    order, ties = _sort_numbers(given, number)
    depth = 0
    while len(ties.places):
        depth += _STEP
        number = _read_numbers(pieces, order[ties.places], depth)
        length = _read_lengths(pieces, order[ties.places])
        if (length <= depth).all():
            order, ties = _settle_ties(order, ties, length)
            break
        order, ties = _sort_ties(order, ties, number)
    is_repeat = np.zeros(len(cells), dtype=bool)
    is_repeat[ties.places[1:][ties.group[1:] == ties.group[:-1]]] = True
    is_repeat[len(given) + 1 :] = True
    if len(missing):
        order = np.concatenate([order, missing])
    return TextOrder(order, is_repeat)


def rank_text(cells: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Return for each cell how many different texts come before its own; missing ones come last.

    Parameters
    ----------
    cells
        ``large_string``, in one piece or in several; may have nulls.

    Returns
    -------
    numpy.ndarray
        As long as `cells`; equal texts have equal ranks.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rank_text(pa.array(["b", "a", None, "b"], pa.large_string())).tolist()
    [1, 0, 2, 1]
    """
    found = order_text(cells)
    ranks = np.empty(len(cells), dtype=np.int64)
    ranks[found.order] = np.cumsum(~found.is_repeat) - 1
    return ranks


def _find_missing(pieces: list[pa.Array]) -> NDArray[np.int64]:
    """Return the positions of cells without text."""
    if not any(piece.null_count for piece in pieces):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate([np.asarray(piece.is_null()) for piece in pieces]))


def _read_numbers(pieces: list[pa.Array], rows: NDArray[np.int64], depth: int) -> NDArray[np.uint64]:
    """Return for each of `rows` the number of the bytes from `depth`."""
    cells_n = sum(map(len, pieces))
    if len(rows) * 4 < cells_n:
        return _take_numbers(*find_bytes(_take_texts(pieces, rows)), depth)
    # For so many it is quicker to go through all texts as they lie, and to gather their numbers.
    numbers = make_room(cells_n, np.uint64)
    begin = 0
    for piece in pieces:
        numbers[begin : begin + len(piece)] = _take_numbers(*find_bytes(piece), depth)
        begin += len(piece)
    return numbers if len(rows) == cells_n and not depth else numbers[rows]


def _read_lengths(pieces: list[pa.Array], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of `rows` how many bytes its text has."""
    return np.diff(find_bytes(_take_texts(pieces, rows))[1])


def _take_texts(pieces: list[pa.Array], rows: NDArray[np.int64]) -> pa.Array:
    return pa.chunked_array(pieces, pa.large_string()).take(pa.array(rows)).combine_chunks()


def _take_numbers(data: NDArray[np.uint8], offsets: NDArray[np.int64], depth: int) -> NDArray[np.uint64]:
    """Return eight bytes of each cell from `depth` as one number; zeros where the text has ended."""
    begins = offsets[:-1] + depth
    if depth:
        begins = np.minimum(begins, len(data))
    # The last of them would reach beyond the text; they are read from a copy of its end.
    inner_n = int(np.searchsorted(begins, len(data) - _STEP, side="right"))
    found = make_room(len(begins), np.uint64)
    found[:inner_n] = _view_numbers(data)[begins[:inner_n]] if inner_n else 0
    end = max(0, len(data) - _STEP)
    tail = np.concatenate([data[end:], np.zeros(_STEP, dtype=np.uint8)])
    found[inner_n:] = _view_numbers(tail)[begins[inner_n:] - end]
    left = offsets[1:] - begins
    if left.min(initial=_STEP) < _STEP:
        found &= _MASKS[np.clip(left, 0, _STEP)]
    return found


def _view_numbers(data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the number that begins at each byte but the last seven."""
    return np.ndarray((len(data) - _STEP + 1,), dtype=">u8", buffer=data, strides=(1,))


def _sort_numbers(rows: NDArray[np.int64], numbers: NDArray[np.uint64]) -> tuple[NDArray[np.int64], _Ties]:
    """Put rows in the order of their numbers, and return what is tied."""
    if not len(rows):
        return rows, _Ties(rows, rows)
    if (numbers[1:] >= numbers[:-1]).all():
        return rows, _find_ties(numbers[1:] != numbers[:-1])
    sorting, is_new = _sort_prefixes(numbers)
    ties = _find_ties(is_new)
    # All rows are the positions themselves.
    order = sorting if rows[-1] == len(rows) - 1 else rows[sorting]
    return _sort_ties(order, ties, numbers[sorting[ties.places]])


def _sort_prefixes(numbers: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Put numbers in the order of as many of their bits as there is room for beside their positions.

    A number and its position in one are sorted in a quarter of the time that it takes to find the order
    of the numbers. Bits that are the same in all bytes of all numbers are left out: of the digits of a
    key few differ.

    Returns
    -------
    tuple
        The positions in order, and whether each number but the first differs in those bits from the one
        before it.
    """
    kept = _find_varying_bits(numbers)
    position_bits_n = max(1, int(len(numbers) - 1).bit_length())
    surplus_n = max(0, 8 * len(kept) + position_bits_n - 64)
    packed = make_room(len(numbers), np.uint64)
    for begin in range(0, len(numbers), _PIECE_N):
        piece = _pack_bits(numbers[begin : begin + _PIECE_N], kept) >> np.uint64(surplus_n)
        places = np.arange(begin, begin + len(piece), dtype=np.uint64)
        packed[begin : begin + _PIECE_N] = (piece << np.uint64(position_bits_n)) | places
    packed.sort()
    order = make_room(len(numbers), np.int64)
    np.bitwise_and(packed, np.uint64((1 << position_bits_n) - 1), out=order.view(np.uint64))
    packed >>= np.uint64(position_bits_n)
    return order, packed[1:] != packed[:-1]


def _find_varying_bits(numbers: NDArray[np.uint64]) -> list[int]:
    """Return the bits, the lowest first, in which a byte of any number differs from that of the first."""
    varying = int(np.bitwise_or.reduce(numbers ^ numbers[0]))
    together = 0
    for byte in range(8):
        together |= (varying >> (8 * byte)) & 0xFF
    return [bit for bit in range(8) if together >> bit & 1]


def _pack_bits(numbers: NDArray[np.uint64], kept: list[int]) -> NDArray[np.uint64]:
    """Return of every byte the bits `kept`, one byte's after the other's; the order stays as it is."""
    packed = np.zeros_like(numbers)
    for place, first, bits_n in _find_runs(kept):
        bits = np.uint64(((1 << bits_n) - 1) * 0x0101_0101_0101_0101 << first)
        packed |= (numbers & bits) >> np.uint64(first - place)
    width = len(kept)
    # Bytes are moved together: two at a time, then pairs, then fours.
    for lane_n, mask in (
        (8, 0x00FF_00FF_00FF_00FF),
        (16, 0x0000_FFFF_0000_FFFF),
        (32, 0x0000_0000_FFFF_FFFF),
    ):
        low, high = packed & np.uint64(mask), packed & np.uint64(mask << lane_n)
        packed = low | (high >> np.uint64(lane_n - width))
        width *= 2
    return packed


def _find_runs(kept: list[int]) -> list[tuple[int, int, int]]:
    """Return runs of bits that follow each other: where they come to lie, the first, and how many."""
    runs: list[tuple[int, int, int]] = []
    for place, bit in enumerate(kept):
        if runs and runs[-1][1] + runs[-1][2] == bit:
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((place, bit, 1))
    return runs


def _sort_ties(
    order: NDArray[np.int64], ties: _Ties, numbers: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], _Ties]:
    """Sort the places of each group by their numbers, and return what is tied still."""
    places, group = ties
    is_new = group[1:] != group[:-1]
    if ((numbers[1:] < numbers[:-1]) & ~is_new).any():
        sorting = np.lexsort((numbers, group)) if is_new.any() else np.argsort(numbers)
        order = _own(order)
        order[places] = order[places[sorting]]
        numbers = numbers[sorting]
    return order, _keep_tied(places, is_new | (numbers[1:] != numbers[:-1]))


def _settle_ties(
    order: NDArray[np.int64], ties: _Ties, length: NDArray[np.int64]
) -> tuple[NDArray[np.int64], _Ties]:
    """Put equal texts in the order in which they stood; one that ends in NUL follows one that does not."""
    places, group = ties
    rows = order[places]
    sorting = np.lexsort((rows, length, group))
    order = _own(order)
    order[places] = rows[sorting]
    sizes = length[sorting]
    return order, _keep_tied(places, (group[1:] != group[:-1]) | (sizes[1:] != sizes[:-1]))


def _own(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return an order that may be written to: the positions as they stand are others', too."""
    return order if order.flags.writeable else order.copy()


def _keep_tied(places: NDArray[np.int64], is_new: NDArray[np.bool_]) -> _Ties:
    """Return what is tied still of `places`; `is_new` as of `_find_ties`."""
    ties = _find_ties(is_new)
    return ties._replace(places=places[ties.places])


def _find_ties(is_new: NDArray[np.bool_]) -> _Ties:
    """Return what is tied, where `is_new` says of all but the first whether a group begins there."""
    begins = np.concatenate([[True], is_new])
    places = np.flatnonzero(~(begins & np.append(is_new, True)))
    return _Ties(places, np.cumsum(begins[places]))
