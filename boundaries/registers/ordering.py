"""Rows in the order of their keys, at national size."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geo.cells import take_cells, take_text
from geo.memory import count_up
from geo.text_numbers import number_text
from geo.text_order import TextOrder, order_text, rank_text
from geo.threads import map_columns

_ROOM = 2**62
"""Keys of several columns are numbered below this."""

_BITS_N = 63
"""Bits of a number that is not negative."""


def order_rows(frame: pd.DataFrame, by: Sequence[str]) -> TextOrder:
    """Put rows in the order of columns, and tell which have the same values as the row before.

    Parameters
    ----------
    frame
        Columns of any dtype of `boundaries.model.Registers` but geometry.
    by
        Columns, the most important first.

    Returns
    -------
    TextOrder
        Positions in order; equal rows as they stood, missing values last.
    """
    if len(by) == 1 and isinstance(frame[by[0]].dtype, pd.StringDtype):
        return order_text(take_cells(frame[by[0]]))
    numbered = map_columns(number_values, (frame[name] for name in by), cells_n=len(frame))
    ranks = [rank for numbers in numbered for rank in numbers]
    order = order_ranks(ranks)
    return TextOrder(order, find_repeats(ranks, order))


def order_ranks(
    ranks: Sequence[NDArray[np.int64]], *, order: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return the positions of rows in the order of numbers.

    A number and its place in one are sorted in a quarter of the time that it takes to find the order of the
    numbers. So the rows are sorted by as many bits at a time as there is room for beside the place, the least
    important ones first.

    Parameters
    ----------
    ranks
        For each column numbers that are not negative, the most important column first; one at least.
    order
        Positions, each once, in the order of columns that are less important than all of `ranks`. As the
        rows stand if it is left out.

    Returns
    -------
    numpy.ndarray
        The positions of `order`; rows alike in all of `ranks` as they stand there.

    Examples
    --------
    >>> import numpy as np
    >>> order_ranks([np.array([1, 0, 1]), np.array([1, 0, 0])]).tolist()
    [1, 2, 0]
    """
    found = np.arange(len(ranks[0])) if order is None else order
    if _is_in_order([rank[found] for rank in ranks] if order is not None else ranks):
        return found
    room = _BITS_N - max(1, len(found) - 1).bit_length()
    key, key_bits_n = np.zeros(len(found), dtype=np.int64), 0
    for rank in reversed(ranks):
        left_n, begin = int(rank.max()).bit_length(), 0
        while left_n:
            taken_n = min(left_n, room - key_bits_n)
            key |= ((rank >> begin) & ((1 << taken_n) - 1)) << key_bits_n
            key_bits_n, begin, left_n = key_bits_n + taken_n, begin + taken_n, left_n - taken_n
            if key_bits_n == room:
                found = _sort_stably(found, key)
                key, key_bits_n = np.zeros(len(found), dtype=np.int64), 0
    return _sort_stably(found, key)


def _is_in_order(ranks: Sequence[NDArray[np.int64]]) -> bool:
    """Tell whether rows are in the order of numbers as they stand."""
    is_level = np.ones(max(0, len(ranks[0]) - 1), dtype=bool)
    for rank in ranks:
        if (is_level & (rank[1:] < rank[:-1])).any():
            return False
        is_level &= rank[1:] == rank[:-1]
    return True


def _sort_stably(order: NDArray[np.int64], key: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort positions by the numbers `key` of their rows, which leave room for a place beside them."""
    packed = key[order]
    place_bits_n = max(1, len(order) - 1).bit_length()
    packed <<= place_bits_n
    packed |= count_up(len(order))
    packed.sort()
    packed &= (1 << place_bits_n) - 1
    return order[packed]


def find_repeats(ranks: Sequence[NDArray[np.int64]], order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which places of an order have the same numbers as the place before.

    Parameters
    ----------
    ranks
        For each column numbers of the rows; one at least.
    order
        Positions.
    """
    is_repeat = np.ones(len(order), dtype=bool)
    is_repeat[:1] = False
    for rank in ranks:
        ordered = rank[order]
        is_repeat[1:] &= ordered[1:] == ordered[:-1]
    return is_repeat


def number_values(values: pd.Series) -> list[NDArray[np.int64]]:
    """Return numbers, the most important first, that are ordered and equal as `values` are, missing last."""
    if isinstance(values.dtype, pd.StringDtype):
        return number_text(take_cells(values))
    return [rank_values(values)]


def number_keys(frame: pd.DataFrame, by: Sequence[str]) -> NDArray[np.int64]:
    """Return a number for each row that is ordered as the columns `by` are, missing values last.

    Parameters
    ----------
    frame
        As of `order_rows`.
    by
        Columns, the most important first.

    Returns
    -------
    numpy.ndarray
        Not negative; equal for rows that agree in all of `by`.
    """
    ranks = map_columns(rank_values, (frame[name] for name in by), cells_n=len(frame))
    key = np.zeros(len(frame), dtype=np.int64)
    for rank in ranks:
        size = int(rank.max(initial=0)) + 1
        if (int(key.max(initial=0)) + 1) * size >= _ROOM:
            key = np.unique(key, return_inverse=True)[1]
        key = key * size + rank
    return key


def rank_values(values: pd.Series) -> NDArray[np.int64]:
    """Return numbers from 0 that are ordered as `values` are; equal for equal values, missing last."""
    if isinstance(values.dtype, pd.StringDtype):
        return rank_text(take_cells(values))
    is_missing = values.isna().to_numpy()
    given = values[~is_missing].to_numpy()
    ranks = np.empty(len(values), dtype=np.int64)
    if given.dtype.kind == "i" and len(given) and int(given.max()) - int(given.min()) < len(values):
        # Years and ages lie close together: no need to sort them.
        ranks[~is_missing] = given - given.min()
    else:
        ranks[~is_missing] = np.unique(given, return_inverse=True)[1]
    ranks[is_missing] = ranks[~is_missing].max(initial=-1) + 1
    return ranks


def find_isin(values: pd.Series, among: pd.Series) -> NDArray[np.bool_]:
    """Tell which texts of a column stand in another; a missing one stands nowhere."""
    both = rank_text(pa.concat_arrays([take_text(among.dropna()), take_text(values)]))
    known = np.zeros(len(both) + 1, dtype=bool)
    given_n = len(both) - len(values)
    known[both[:given_n]] = True
    return np.asarray(known[both[given_n:]] & values.notna().to_numpy())
