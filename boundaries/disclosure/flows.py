"""Hide small flows: a table of moves as it may be shown, from which no sum gives a hidden count back.

The table has places of departure and of arrival, and a layer for each exposure. Its sums by departure, by
arrival, over exposures, and of these within blocks of kommuner with and without areas of a category may be
shown. Every small count is hidden, and with it the other corners of a rectangle within its block, of a box
where there are several layers: one mover more in every second corner and one less in the others changes no
sum that is shown, so that no sum tells the count (the hypercube method). Where there is no such box, the
whole block is hidden, and its sums may not be shown either (`find_hidden_blocks`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.disclosure.suppression import hide_small_counts

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_CANDIDATES_N = 24
"""So many lines are tried first on either side of a small count."""

_KEYS = ["year", "group"]
_BLOCK = [*_KEYS, "from_with", "to_with"]
_ROUTE = ["year", "from_kommune", "to_kommune", "exposure", "group"]


@dataclass(frozen=True)
class _Table:
    """The counts of one year and group: layers (exposures) by departures by arrivals."""

    counts: Ints
    is_possible: Bools
    is_hidden: Bools
    row_blocks: NDArray[np.int64]
    column_blocks: NDArray[np.int64]


def suppress_flows(
    flows: pd.DataFrame, threshold_n: int, *, kommuner_with: Collection[str] = ()
) -> pd.DataFrame:
    """Hide every count of movers that is small, and those that would give one back.

    Parameters
    ----------
    flows
        As `boundaries.model.Registers.flows`. Routes without a row are counts of 0.
    threshold_n
        Counts from 1 up to, not including, this are hidden.
    kommuner_with
        Sums over these kommuner and over the others are shown, too.

    Returns
    -------
    DataFrame
        The same columns and order: ``movers_n`` NA and ``is_hidden`` where hidden. A count that no
        box protects takes its whole block with it; then routes of 0 are hidden too and get a row.
    """
    named = set(kommuner_with)
    hidden: list[pd.DataFrame] = []
    for key, own in flows.groupby(_KEYS, sort=True):
        places = sorted({*own["from_kommune"], *own["to_kommune"]})
        layers = sorted(own["exposure"].unique())
        blocks = np.array([int(place in named) for place in places], dtype=np.int64)
        table = _make_table(own, places, layers, blocks)
        mask = hide_boxes(table.counts, threshold_n, table.is_possible, (blocks, blocks))
        hidden.append(_list_hidden(mask, places, layers, key))
    return _apply(flows, hidden, threshold_n)


def hide_boxes(
    counts: Ints,
    threshold_n: int,
    is_possible: Bools,
    blocks: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Bools:
    """Choose which counts of layered tables to hide.

    Parameters
    ----------
    counts
        Layers by rows by columns, not negative.
    threshold_n
        As in `suppress_flows`.
    is_possible
        Where a count could be other than 0 and is known: not on a diagonal, not where the source hid it.
    blocks
        Number of the block of each row and of each column, within which sums are shown.

    Returns
    -------
    NDArray[np.bool_]
        True where hidden. The sums of every layer's rows and columns within a block, and over layers, are
        the same for another table that differs in every hidden small count.
    """
    is_small = (counts > 0) & (counts < threshold_n) & is_possible
    hidden = is_small.copy()
    table = _Table(counts, is_possible, hidden, *blocks)
    for layer, row, column in sorted(zip(*(axis.tolist() for axis in np.nonzero(is_small)), strict=True)):
        _protect(table, int(layer), int(row), int(column))
    return hidden


def _protect(table: _Table, layer: int, row: int, column: int) -> None:
    """Hide the cheapest box with a small count at its corner; the mask is changed in place."""
    rows, columns = _find_mates(table.row_blocks, row), _find_mates(table.column_blocks, column)
    best: tuple[int, int, int, int] | None = None
    for other in [one for one in range(len(table.counts)) if one != layer] or [layer]:
        found = _find_rectangle(table, (layer, other), (row, column), (rows, columns))
        if found is not None and (best is None or found[0] < best[0]):
            best = (*found, other)
        if best is not None and best[0] == 0:
            break
    if best is None:
        _hide_block(table, np.append(rows, row), np.append(columns, column))
        return
    _, other_row, other_column, other_layer = best
    for one in {layer, other_layer}:
        for place in ((row, column), (row, other_column), (other_row, column), (other_row, other_column)):
            table.is_hidden[(one, *place)] = True


def _find_mates(blocks: Ints, own: int) -> Ints:
    """Return the other lines of the block of a line."""
    is_mate = blocks == blocks[own]
    is_mate[own] = False
    return np.flatnonzero(is_mate)


def _hide_block(table: _Table, rows: Ints, columns: Ints) -> None:
    """Show nothing of a block in any layer, where no rectangle protects one of its counts."""
    for layer in range(len(table.counts)):
        block = np.ix_(np.array([layer]), rows, columns)
        table.is_hidden[block] = table.is_possible[block]


def _find_rectangle(
    table: _Table, layers: tuple[int, int], corner: tuple[int, int], others: tuple[Ints, Ints]
) -> tuple[int, int, int] | None:
    """Return cost, row and column of the cheapest opposite corner; None where there is none.

    Nearby candidates first: lines that are hidden there already, or have the smallest counts.
    """
    (row, column), (rows, columns) = corner, others
    counts, hidden = table.counts[layers[0]], table.is_hidden[layers[0]]
    near_rows = rows[np.lexsort((counts[rows, column], ~hidden[rows, column]))[:_CANDIDATES_N]]
    near_columns = columns[np.lexsort((counts[row, columns], ~hidden[row, columns]))[:_CANDIDATES_N]]
    found = _search(table, layers, corner, (near_rows, near_columns))
    return found if found is not None else _search(table, layers, corner, others)


def _search(
    table: _Table, layers: tuple[int, int], corner: tuple[int, int], others: tuple[Ints, Ints]
) -> tuple[int, int, int] | None:
    """Search all pairs of lines: every second corner must have a person to give away.

    Who reads the table knows of a hidden count that it is not negative, and no more.
    """
    (row, column), (rows, columns) = corner, others
    if not len(rows) or not len(columns):
        return None
    shape = (len(rows), len(columns))
    cost, even, odd = np.zeros(shape, np.int64), np.ones(shape, np.bool_), np.ones(shape, np.bool_)
    box = np.ix_(rows, columns)
    for number, layer in enumerate(dict.fromkeys(layers)):
        values, possible = table.counts[layer], table.is_possible[layer]
        price = np.where(table.is_hidden[layer], 0, np.maximum(values, 1))
        is_usable = possible[row, column] & possible[box] & possible[row, columns]
        is_usable &= possible[rows, column][:, np.newaxis]
        first = (values[row, column] > 0) & (values[box] > 0)
        second = (values[row, columns] > 0) & (values[rows, column] > 0)[:, np.newaxis]
        even &= is_usable & (second if number else first)
        odd &= is_usable & (first if number else second)
        cost += price[box] + price[row, columns] + price[rows, column][:, np.newaxis] + price[row, column]
    is_allowed = even | odd
    if not is_allowed.any():
        return None
    place = int(np.argmin(np.where(is_allowed, cost, np.iinfo(np.int64).max)))
    at_row, at_column = divmod(place, shape[1])
    return int(cost[at_row, at_column]), int(rows[at_row]), int(columns[at_column])


def _make_table(own: pd.DataFrame, places: list[str], layers: list[str], blocks: Ints) -> _Table:
    shape = (len(layers), len(places), len(places))
    counts, is_possible = np.zeros(shape, np.int64), np.ones(shape, np.bool_)
    index = {place: number for number, place in enumerate(places)}
    at = (
        own["exposure"].map({layer: number for number, layer in enumerate(layers)}).to_numpy(),
        own["from_kommune"].map(index).to_numpy(),
        own["to_kommune"].map(index).to_numpy(),
    )
    counts[at] = own["movers_n"].fillna(0).to_numpy(dtype=np.int64)
    # Who stays in a kommune is in none of the sums of moves, and what the source hid has no known value.
    is_possible[:, np.arange(len(places)), np.arange(len(places))] = False
    is_possible[at] &= ~own["is_hidden"].to_numpy(dtype=bool)
    return _Table(counts, is_possible, np.zeros(shape, np.bool_), blocks, blocks)


def _list_hidden(mask: Bools, places: list[str], layers: list[str], key: tuple[object, ...]) -> pd.DataFrame:
    layer, row, column = np.nonzero(mask)
    names = np.asarray(places, dtype=object)
    return pd.DataFrame(
        {
            "year": key[0],
            "from_kommune": names[row],
            "to_kommune": names[column],
            "exposure": np.asarray(layers, dtype=object)[layer],
            "group": key[1],
        }
    )


def _apply(flows: pd.DataFrame, hidden: Sequence[pd.DataFrame], threshold_n: int) -> pd.DataFrame:
    """Hide the routes listed, and small counts of those who stay, which are in no sum of moves."""
    marks = pd.concat([flows[_ROUTE].iloc[:0], *hidden], ignore_index=True).astype(
        flows[_ROUTE].dtypes.to_dict()
    )
    joined = flows.merge(marks.assign(is_marked=True), on=_ROUTE, how="outer")
    joined = joined.sort_values(_ROUTE, kind="stable", ignore_index=True)
    stays = joined["from_kommune"].eq(joined["to_kommune"])
    is_small = joined["movers_n"].between(1, threshold_n - 1).fillna(value=False).astype(bool)
    is_marked = joined.pop("is_marked").notna() | (stays & is_small)
    was_hidden = joined["is_hidden"].eq(other=True).fillna(value=False).astype(bool)
    joined["movers_n"] = joined["movers_n"].mask(is_marked)
    joined["is_hidden"] = was_hidden | is_marked
    return joined[list(flows.columns)].astype(flows.dtypes.to_dict())


def suppress_line(table: pd.DataFrame, column: str, by: Sequence[str], threshold_n: int) -> pd.DataFrame:
    """Hide small counts of a table whose lines have a known sum, as that of destinations by year.

    Parameters
    ----------
    table
        Any product.
    column
        Its counts; becomes ``Int64``, NA where hidden.
    by
        What a line is, e.g. ``["year", "exposure", "group"]``.
    threshold_n
        As in `suppress_flows`.
    """
    hidden = np.zeros(len(table), dtype=np.bool_)
    values = table[column].to_numpy(dtype=np.int64)
    for rows in table.groupby(list(by), sort=False).indices.values():
        hidden[rows] = hide_small_counts(values[rows], threshold_n)
    return table.assign(**{column: table[column].astype("Int64").mask(hidden)})


def suppress_shares(table: pd.DataFrame, numerator: str, denominator: str, threshold_n: int) -> pd.DataFrame:
    """Hide a numerator where it, or what it leaves of the denominator, is a small count; both where all is.

    Parameters
    ----------
    table
        Any product of shares; both columns become ``Int64``, NA where hidden.
    numerator, denominator
        Its columns.
    threshold_n
        As in `suppress_flows`.
    """
    part, whole = (table[name].to_numpy(dtype=np.int64) for name in (numerator, denominator))
    is_whole_small = (whole > 0) & (whole < threshold_n)
    rest = whole - part
    is_small = ((part > 0) & (part < threshold_n)) | ((rest > 0) & (rest < threshold_n)) | is_whole_small
    return table.assign(
        **{
            numerator: table[numerator].astype("Int64").mask(is_small),
            denominator: table[denominator].astype("Int64").mask(is_whole_small),
        }
    )


def find_hidden_blocks(shown: pd.DataFrame, kommuner_with: Collection[str]) -> pd.DataFrame:
    """Return the blocks of which every count is hidden: their sums may not be shown.

    Parameters
    ----------
    shown
        As `suppress_flows` returns it.
    kommuner_with
        As given there.

    Returns
    -------
    DataFrame
        ``year``, ``group``, ``from_with``, ``to_with`` (whether departure and arrival are of the kommuner
        with such areas).
    """
    moves = _mark_blocks(shown, kommuner_with)
    is_all = moves.groupby(_BLOCK, sort=True)["is_hidden"].all()
    return is_all[is_all].reset_index()[_BLOCK]


def list_shown_sums(shown: pd.DataFrame, kommuner_with: Collection[str]) -> list[NDArray[np.int64]]:
    """List the sums that may be shown beside the table, for an audit.

    Parameters
    ----------
    shown, kommuner_with
        As in `find_hidden_blocks`.

    Returns
    -------
    list
        For each sum the positions of the rows that it adds up: by departure and block of arrival, by arrival
        and block of departure, and over exposures; without the blocks that are hidden.
    """
    moves = _mark_blocks(shown, kommuner_with)
    moves = moves[~moves.groupby(_BLOCK)["is_hidden"].transform("all")]
    kinds = [["exposure", "from_kommune", "to_with"], ["exposure", "to_kommune", "from_with"]]
    # Of one layer the sum over layers is the count itself.
    if len(moves["exposure"].unique()) > 1:
        kinds.append(["from_kommune", "to_kommune"])
    return [own.index.to_numpy() for keys in kinds for _, own in moves.groupby([*_KEYS, *keys], sort=True)]


def _mark_blocks(shown: pd.DataFrame, kommuner_with: Collection[str]) -> pd.DataFrame:
    """Return the rows of moves by position, and the block of each."""
    named = list(kommuner_with)
    rows = shown.reset_index(drop=True)
    marked = rows.assign(from_with=rows["from_kommune"].isin(named), to_with=rows["to_kommune"].isin(named))
    return marked[marked["from_kommune"].ne(marked["to_kommune"])]
