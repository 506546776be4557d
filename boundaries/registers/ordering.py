"""Rows in the order of their keys, at national size."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geo.cells import take_cells, take_text
from geo.text_order import TextOrder, order_text, rank_text
from geo.threads import map_columns

_ROOM = 2**62
"""Keys of several columns are numbered below this."""


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
    key = number_keys(frame, by)
    if (key[1:] >= key[:-1]).all():
        order = np.arange(len(key))
    else:
        order = np.argsort(key, kind="stable")
        key = key[order]
    return TextOrder(order, np.concatenate([np.zeros(min(len(key), 1), dtype=bool), key[1:] == key[:-1]]))


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
