"""What may be shown of zones that are not the screening's own, counted on the same cells.

The cells of the screening's zones, and of the rest, are published so that their sums give none back. The sum
of any other zone cuts through these lines. It is shown only where every piece that it cuts off, and what it
leaves, still holds: together a piece has as many people as a cell that shows its counts, and of its hidden
cells there are two at least, one without an average, and together they are no small count.

Zones that are counted dwelling by dwelling may cut through a cell. What lies on each side of the cut is not
told, so that each part of such a cell is a hidden one of its own, without an average, whatever it shows.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.disclosure.cell_differences import find_revealing_differences
from boundaries.disclosure.cells import (
    BASE_COLUMNS,
    REST,
    CellLimits,
    PublishedScreening,
    Quantity,
    list_quantities,
)
from boundaries.registers.cell_columns import COUNT_COLUMNS
from boundaries.screening.screening import Screening
from geo.grid import NO_CELL, Cells, find_cells
from geo.grid_groups import number_cells

Ints = NDArray[np.int64]

NOWHERE = -1
"""In place of a zone: the cell is in none."""


def sum_other_zones(screening: Screening, published: PublishedScreening, others: pd.Series) -> pd.DataFrame:
    """Sum the counts of other zones as far as they may be shown beside a published screening.

    Parameters
    ----------
    screening
        The whole.
    published
        As `boundaries.disclosure.cells.publish_screening` makes it of `screening`.
    others
        Other zone of each of the screening's cells (Int64, NA in none), in their order; no cell is in two.

    Returns
    -------
    DataFrame
        Index the other zones, rising; ``cells_n``, then residents, households, and numerator and denominator
        of each criterion (Int64, NA where hidden or unknown).
    """
    cells = screening.cells.reset_index(drop=True)
    zone = others.reset_index(drop=True).astype("Int64")
    pieces = cells[[*COUNT_COLUMNS, "zone"]].assign(other=zone, cell=cells.index, is_cut=False)
    shown = _sum_pieces(pieces, published)
    shown.insert(0, "cells_n", cells.groupby(zone, sort=True).size().astype("Int64"))
    return shown


def sum_cut_zones(
    screening: Screening,
    published: PublishedScreening,
    counts: pd.DataFrame,
    others: pd.Series,
    *,
    beside: pd.Series | None = None,
) -> pd.DataFrame:
    """Sum the counts of zones that cut through cells, as far as they may be shown.

    Parameters
    ----------
    screening, published
        As in `sum_other_zones`.
    counts
        Dwellings that the cells were summed of, as `boundaries.screening.dwelling_counts.count_dwellings`
        returns them.
    others
        Other zone of each row of `counts` (Int64, NA in none), in their order.
    beside
        Zone of each of the screening's cells whose sums are shown besides (`sum_other_zones`); the pieces
        have to hold in these, too. None where there are none.

    Returns
    -------
    DataFrame
        As `sum_other_zones`, without ``cells_n``.
    """
    cells = screening.cells.reset_index(drop=True)
    found = find_cells(counts["x"], counts["y"], screening.grid)
    own = number_cells(Cells(cells["column"].to_numpy(), cells["row"].to_numpy()))
    place = pd.Series(cells.index, index=own).reindex(number_cells(found)).to_numpy()
    frame = counts[list(COUNT_COLUMNS)].reset_index(drop=True)
    frame = frame.assign(cell=place, other=others.reset_index(drop=True).astype("Int64"))
    is_counted = (found.column != NO_CELL) & frame[list(COUNT_COLUMNS)].any(axis="columns").to_numpy(
        dtype=bool
    )
    pieces = frame[is_counted].groupby(["cell", "other"], dropna=False, sort=True).sum().reset_index()
    pieces["cell"] = pieces["cell"].astype("int64")
    pieces["is_cut"] = pieces["cell"].duplicated(keep=False)
    lines = _cross_lines(cells["zone"], beside)
    pieces["zone"] = lines.loc[pieces["cell"]].array
    return _sum_pieces(pieces, published)


def _cross_lines(zone: pd.Series, beside: pd.Series | None) -> pd.Series:
    """Return the line of each cell: its zone, parted by another set of zones; NA outside both."""
    if beside is None:
        return zone.astype("Int64")
    own, other = zone.fillna(REST), beside.reset_index(drop=True).astype("Int64").fillna(NOWHERE)
    # Zones count from 1, positions of others from 0.
    code = own * (int(other.max()) + 2) + other + 1
    return code.mask(code.eq(REST)).astype("Int64")


def _sum_pieces(pieces: pd.DataFrame, published: PublishedScreening) -> pd.DataFrame:
    """Sum pieces by other zone, and hide what has to be.

    `pieces` are whole cells or parts of them: `COUNT_COLUMNS`, ``cell`` (position in the published cells),
    ``zone`` (its line, NA for the rest), ``other`` and ``is_cut``.
    """
    zone = pieces["other"]
    place: Ints = np.asarray(zone.fillna(NOWHERE), dtype=np.int64)
    shown = pd.DataFrame(index=pd.Index(np.unique(place[place != NOWHERE]), dtype="Int64", name=zone.name))
    never = _find_small(pieces, zone, published.limits)
    hidden_base: set[int] = set()
    for name, pair in list_quantities().items():
        lost = _hide(pieces, published, place, (name, pair), never | hidden_base)
        if name == "base":
            hidden_base = lost
        for column in (pair.numerator, pair.denominator):
            sums = pieces[column].astype("Int64").groupby(zone, sort=True).sum(min_count=1)
            is_unknown = pieces[column].isna().groupby(zone, sort=True).any()
            shown[column] = sums.mask(is_unknown | sums.index.isin(lost))
    return shown


def _find_small(cells: pd.DataFrame, zone: pd.Series, limits: CellLimits) -> set[int]:
    """Return the zones that differ from the screening's by too few people, however little is shown."""
    found = find_revealing_differences(cells, cells["zone"], zone, limits)
    lost = {int(other) for other in found["other"].dropna()}
    # What is left of an own zone is small: all that cuts into it has to go.
    for own in found.loc[found["other"].isna(), "zone"].dropna():
        lost |= {int(other) for other in zone[cells["zone"].eq(own).fillna(value=False)].dropna()}
    return lost


def _hide(
    cells: pd.DataFrame,
    published: PublishedScreening,
    place: Ints,
    quantity: tuple[str, Quantity],
    never: Iterable[int],
) -> set[int]:
    """Return the other zones whose sums of a quantity have to be hidden."""
    lost = set(never)
    line = cells["zone"].fillna(REST).to_numpy(dtype=np.int64)
    pieces = _describe_pieces(cells, published, quantity)
    while True:
        kept = np.where(np.isin(place, sorted(lost)), NOWHERE, place).astype(np.int64)
        more = _find_bad(pieces, line, kept, quantity[1], published.limits)
        if not more:
            return lost
        lost |= more


def _describe_pieces(
    cells: pd.DataFrame, published: PublishedScreening, quantity: tuple[str, Quantity]
) -> pd.DataFrame:
    """Return the counts of each inhabited cell or part of one, and what of them is hidden."""
    name, pair = quantity
    numerator, denominator = (cells[column].fillna(0) for column in (pair.numerator, pair.denominator))
    shown = published.cells.iloc[cells["cell"].to_numpy()].set_axis(cells.index)
    is_cut = cells["is_cut"]
    rounded = shown[f"{name}_rounded"] if name != "base" else shown[pair.numerator]
    frame = pd.DataFrame(
        {
            "numerator": numerator.astype("int64"),
            "denominator": denominator.astype("int64"),
            "is_hidden": shown[pair.numerator].isna() | is_cut,
            "is_bare": rounded.isna() | is_cut,
        }
    )
    # A criterion of another year counts people where nobody lives now.
    return frame[cells["residents_n"].gt(0) | frame["denominator"].gt(0)]


def _find_bad(pieces: pd.DataFrame, line: Ints, kept: Ints, pair: Quantity, limits: CellLimits) -> set[int]:
    """Return the zones to hide because of a piece that does not hold; none where all do."""
    rows = pieces.index.to_numpy()
    frame = pieces.assign(line=line[rows], other=kept[rows])
    cut = set(frame.loc[frame["other"] != NOWHERE, "line"])
    bad: set[int] = set()
    for (own, other), piece in frame.groupby(["line", "other"], sort=True):
        if own not in cut or _holds(piece, pair, limits):
            continue
        touching = frame.loc[(frame["line"] == own) & (frame["other"] != NOWHERE), "other"]
        bad |= {int(str(other))} if other != NOWHERE else {int(word) for word in touching.unique()}
    return bad


def _holds(piece: pd.DataFrame, pair: Quantity, limits: CellLimits) -> bool:
    hidden = piece[piece["is_hidden"]]
    if not _is_large(piece, pair, limits):
        return False
    if hidden.empty:
        return True
    return len(hidden) > 1 and bool(hidden["is_bare"].any()) and _is_large(hidden, pair, limits)


def _is_large(part: pd.DataFrame, pair: Quantity, limits: CellLimits) -> bool:
    """Tell whether a sum speaks of many: of those who have it, and of those who have it not."""
    numerator, denominator = int(part["numerator"].sum()), int(part["denominator"].sum())
    if pair.numerator == BASE_COLUMNS[0]:
        is_many = denominator >= limits.full_households_n or not denominator
        return is_many and numerator >= limits.full_residents_n
    if not pair.is_share:
        return denominator >= limits.threshold_n or not denominator
    least = limits.threshold_n * pair.unit
    return not denominator or (numerator >= least and denominator * pair.unit - numerator >= least)
