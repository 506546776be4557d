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

_STEP = 8
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
    is_valid = np.concatenate([np.zeros(0, dtype=bool), *(np.asarray(piece.is_valid()) for piece in pieces)])
    given = np.flatnonzero(is_valid)
    order = given
    ties = _Ties(np.arange(len(order)), np.zeros(len(order), dtype=np.int64))
    depth = 0
    number, _ = _read_numbers(pieces, order, depth)
    while len(ties.places):
        order, ties = _sort_ties(order, ties, number)
        if not len(ties.places):
            break
        depth += _STEP
        number, length = _read_numbers(pieces, order[ties.places], depth)
        if (length <= depth).all():
            order, ties = _settle_ties(order, ties, length)
            break
    is_repeat = np.zeros(len(cells), dtype=bool)
    is_repeat[ties.places[1:][ties.group[1:] == ties.group[:-1]]] = True
    missing = np.flatnonzero(~is_valid)
    is_repeat[len(given) + 1 :] = True
    return TextOrder(np.concatenate([order, missing]), is_repeat)


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


def _read_numbers(
    pieces: list[pa.Array], rows: NDArray[np.int64], depth: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return for each of `rows` the number of the bytes from `depth`, and the length of the text."""
    cells_n = sum(map(len, pieces))
    if len(rows) * 4 < cells_n:
        text = pa.chunked_array(pieces, pa.large_string()).take(pa.array(rows)).combine_chunks()
        data, offsets = find_bytes(text)
        return _take_numbers(data, offsets, depth), np.diff(offsets)
    # For so many it is quicker to go through all texts as they lie, and to gather their numbers.
    found = [find_bytes(piece) for piece in pieces]
    numbers = np.concatenate([np.zeros(0, np.uint64), *(_take_numbers(*piece, depth) for piece in found)])
    lengths = np.concatenate([np.zeros(0, np.int64), *(np.diff(offsets) for _, offsets in found)])
    return (numbers, lengths) if len(rows) == cells_n and not depth else (numbers[rows], lengths[rows])


def _take_numbers(data: NDArray[np.uint8], offsets: NDArray[np.int64], depth: int) -> NDArray[np.uint64]:
    """Return eight bytes of each cell from `depth` as one number; zeros where the text has ended."""
    padded = np.concatenate([data, np.zeros(_STEP, dtype=np.uint8)])
    # A number may begin at any byte.
    numbers = np.ndarray((len(data) + 1,), dtype=">u8", buffer=padded, strides=(1,))
    begins = offsets[:-1] + depth
    if depth:
        begins = np.minimum(begins, len(data))
    found = numbers[begins].astype(np.uint64)
    left = offsets[1:] - begins
    if left.min(initial=_STEP) < _STEP:
        found &= _MASKS[np.clip(left, 0, _STEP)]
    return found


def _sort_ties(
    order: NDArray[np.int64], ties: _Ties, numbers: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], _Ties]:
    """Sort the places of each group by their numbers, and return what is tied still."""
    places, group = ties
    is_new = group[1:] != group[:-1]
    if ((numbers[1:] < numbers[:-1]) & ~is_new).any():
        sorting = np.lexsort((numbers, group)) if is_new.any() else np.argsort(numbers)
        order = order.copy()
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
    order = order.copy()
    order[places] = rows[sorting]
    sizes = length[sorting]
    return order, _keep_tied(places, (group[1:] != group[:-1]) | (sizes[1:] != sizes[:-1]))


def _keep_tied(places: NDArray[np.int64], is_new: NDArray[np.bool_]) -> _Ties:
    """Return what is tied still, where `is_new` says of all but the first whether a group begins there."""
    begins = np.concatenate([[True], is_new])
    is_tied = ~(begins & np.append(is_new, True))
    return _Ties(places[is_tied], np.cumsum(begins)[is_tied])
