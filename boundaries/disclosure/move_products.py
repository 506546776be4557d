"""Hide what the sums of moves between kommuner would tell of few persons.

A sum all of whose flows are shown is known in any case. A small sum is therefore hidden together with others
that readers cannot add up themselves, in the rectangle of exposures and kommuner (see
`boundaries.disclosure.flows.hide_boxes`): no sum over exposures or kommuner gives it back.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.disclosure.flows import hide_boxes, suppress_shares
from boundaries.disclosure.suppression import hide_small_counts
from boundaries.moves.products import (
    WITH,
    WITHOUT,
    share_destinations,
    share_exposed,
    sum_leavers,
    sum_outflow,
)
from boundaries.registers.flows import ABROAD, UNKNOWN_PLACE

Bools = NDArray[np.bool_]

_CELL = ["year", "group", "exposure"]


def publish_outflow(
    flows: pd.DataFrame, shown: pd.DataFrame, kommuner_with: Collection[str], threshold_n: int
) -> pd.DataFrame:
    """Return `boundaries.moves.products.sum_outflow` as it may be shown.

    Parameters
    ----------
    flows
        As `boundaries.model.Registers.flows`.
    shown
        The same as `boundaries.disclosure.flows.suppress_flows` returns them.
    kommuner_with, threshold_n
        As given there.

    Returns
    -------
    DataFrame
        The same rows and columns, ``movers_n`` ``Int64`` and NA where hidden.
    """
    table = sum_outflow(flows, kommuner_with)
    blind = sum_outflow(shown, kommuner_with)["hidden_n"].gt(0).to_numpy()
    parts = table["destination"].isin([WITH, WITHOUT, UNKNOWN_PLACE, ABROAD]).to_numpy()
    hidden = np.zeros(len(table), dtype=np.bool_)
    hidden[parts] = _hide_sums(table[parts], "destination", "movers_n", (blind[parts], ()), threshold_n)
    lost = table.assign(is_hidden=hidden)
    inner = lost[lost["destination"].isin([WITH, WITHOUT])].groupby(_CELL)["is_hidden"].all()
    is_lost = pd.MultiIndex.from_frame(table[_CELL]).isin(inner.index[inner])
    hidden |= table["destination"].eq("all").to_numpy() & is_lost & _is_small(table["movers_n"], threshold_n)
    return _mask(table, {"movers_n": hidden})


def publish_destinations(
    flows: pd.DataFrame, shown: pd.DataFrame, kommuner_with: Collection[str], threshold_n: int
) -> pd.DataFrame:
    """Return `boundaries.moves.products.share_destinations` as it may be shown; see `publish_outflow`."""
    table = share_destinations(flows, kommuner_with)
    blind = share_destinations(shown, kommuner_with)["hidden_n"].gt(0).to_numpy()
    hidden = _hide_sums(table, "to_kommune", "movers_n", (blind, kommuner_with), threshold_n)
    is_few = _is_small(table["leavers_n"], threshold_n)
    return _mask(table, {"movers_n": hidden | is_few, "leavers_n": is_few})


def publish_leavers(
    flows: pd.DataFrame, shown: pd.DataFrame, kommuner_with: Collection[str], threshold_n: int
) -> pd.DataFrame:
    """Return `boundaries.moves.products.sum_leavers` as it may be shown; see `publish_outflow`."""
    table, known = sum_leavers(flows), sum_leavers(shown)
    masks = {}
    for side in ("leavers", "arrivals"):
        blind = known[f"{side}_hidden_n"].gt(0).to_numpy()
        column = f"{side}_n"
        masks[column] = _hide_sums(table, "kommune_code", column, (blind, kommuner_with), threshold_n)
    return _mask(table, masks)


def publish_exposed(flows: pd.DataFrame, kommuner_with: Collection[str], threshold_n: int) -> pd.DataFrame:
    """Return `boundaries.moves.products.share_exposed` as it may be shown; see `publish_outflow`."""
    table = suppress_shares(share_exposed(flows, kommuner_with), "exposed_n", "known_n", threshold_n)
    return _mask(table, {"others_n": _is_small(table["others_n"], threshold_n)})


def _is_small(counts: pd.Series, threshold_n: int) -> Bools:
    small: Bools = counts.between(1, threshold_n - 1).to_numpy(dtype=np.bool_)
    return small


def _mask(table: pd.DataFrame, hidden: dict[str, Bools]) -> pd.DataFrame:
    return table.assign(**{name: table[name].astype("Int64").mask(mask) for name, mask in hidden.items()})


def _hide_sums(
    table: pd.DataFrame,
    line: str,
    column: str,
    sums: tuple[Bools, Collection[str]],
    threshold_n: int,
) -> Bools:
    """Choose the sums to hide, a year and group at a time.

    Parameters
    ----------
    table
        Every value of `line` in every year, group and exposure.
    line, column
        What the sums are of, and their column.
    sums
        Which of them readers cannot add up themselves, and the values of `line` that are summed apart.
    """
    blind, apart = sums
    hidden = np.zeros(len(table), dtype=np.bool_)
    order = table.reset_index(drop=True)
    for _, own in order.groupby(["year", "group"], sort=False):
        # Exposures are sorted, and each has every value of the line in one order.
        rows = own.index.to_numpy().reshape(own["exposure"].nunique(), -1)
        counts = own[column].to_numpy(dtype=np.int64).reshape(rows.shape)
        names = own[line].to_numpy(dtype=object).reshape(rows.shape)[0]
        blocks = np.isin(names, list(apart)).astype(np.int64)
        if len(rows) == 1:
            for block in np.unique(blocks):
                inside = rows[0, blocks == block]
                hidden[inside] = hide_small_counts(counts[0, blocks == block], threshold_n)
            continue
        lines = np.zeros(len(rows), np.int64), blocks
        mask = hide_boxes(counts[np.newaxis], threshold_n, blind[rows][np.newaxis], lines)
        hidden[rows] = mask[0]
    return hidden
