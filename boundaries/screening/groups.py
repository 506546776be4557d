"""From single cells to groups: gaps closed, slivers dropped, the small left out, by stated rules.

1. A run of at most ``gap_cells_n`` cells in a row or a column between two candidates is closed over, where
   each of its cells is uninhabited or lacks one criterion only.
2. A hole of at most ``hole_cells_n`` cells, shut in on all sides, is filled.
3. Cells that are in no square of ``width_cells_n`` by ``width_cells_n`` cells of the group are dropped.
4. Connected groups with fewer than ``group_residents_n`` residents are dropped.
5. Groups are numbered by falling number of residents; ties by the southernmost, westernmost cell.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage

from boundaries.screening.settings import ScreeningSettings
from geo.grid import Cells
from geo.grid_groups import label_groups
from geo.grid_sums import frame_cells

Bools = NDArray[np.bool_]


def group_cells(judged: pd.DataFrame, settings: ScreeningSettings) -> pd.DataFrame:
    """Group the candidates.

    Parameters
    ----------
    judged
        ``column``, ``row``, ``residents_n``, ``criteria_met_n``, ``is_candidate``; each cell once.
    settings
        The rules above.

    Returns
    -------
    DataFrame
        ``column``, ``row``, ``zone`` (1..n), by zone, row and column: the cells of the groups, those that
        were closed over too, which may be uninhabited and so not in `judged`.
    """
    if judged.empty:
        return pd.DataFrame({name: pd.Series(dtype="int64") for name in ("column", "row", "zone")})
    places = Cells(judged["column"].to_numpy(), judged["row"].to_numpy())
    window = frame_cells(places, margin_n=1)
    residents = window.spread(places, judged["residents_n"].to_numpy(dtype=np.int64))
    mask = window.spread(places, judged["is_candidate"].to_numpy(dtype=np.int64)).astype(bool)
    met_n = window.spread(places, judged["criteria_met_n"].to_numpy(dtype=np.int64))
    may_fill = (residents == 0) | (met_n >= settings.criteria_required_n - 1)
    mask = close_gaps(mask, may_fill, settings.gap_cells_n)
    mask = fill_holes(mask, settings)
    mask = drop_slivers(mask, settings.width_cells_n)
    row, column = np.nonzero(mask)
    kept = Cells(column.astype(np.int64) + window.column, row.astype(np.int64) + window.row)
    label = label_groups(kept, connectivity=settings.connectivity)
    people = residents[row, column]
    total = np.bincount(label, weights=people).astype(np.int64)
    # Labels rise by the first cell: a stable sort settles ties by it.
    order = np.argsort(-total, kind="stable")
    order = order[total[order] >= settings.group_residents_n]
    zone = np.zeros(len(total), dtype=np.int64)
    zone[order] = np.arange(1, len(order) + 1)
    table = pd.DataFrame({"column": kept.column, "row": kept.row, "zone": zone[label]})
    return table[table["zone"] > 0].sort_values(["zone", "row", "column"], ignore_index=True)


def close_gaps(mask: Bools, may_fill: Bools, gap_n: int) -> Bools:
    """Close runs of at most `gap_n` cells between two cells of the mask in a row or a column.

    Parameters
    ----------
    mask
        The candidates.
    may_fill
        Cells that may be closed over; a run is, where all of its cells may.
    gap_n
        Longest run.
    """
    if not gap_n:
        return mask
    along_rows = _close_runs(mask, may_fill, gap_n)
    along_columns = _close_runs(mask.T, may_fill.T, gap_n).T
    return along_rows | along_columns


def _close_runs(mask: Bools, may_fill: Bools, gap_n: int) -> Bools:
    """Close runs along rows: the distance to the last candidate before, and to the next one after."""
    columns = np.arange(mask.shape[1])
    before = np.maximum.accumulate(np.where(mask, columns, -1), axis=1)
    after = np.minimum.accumulate(np.where(mask, columns, mask.shape[1])[:, ::-1], axis=1)[:, ::-1]
    is_between = ~mask & (before >= 0) & (after < mask.shape[1]) & (after - before - 1 <= gap_n)
    barred = np.cumsum(~(may_fill | mask), axis=1)
    rows = np.arange(mask.shape[0])[:, np.newaxis]
    first, last = np.maximum(before, 0), np.minimum(after, mask.shape[1] - 1)
    is_free = barred[rows, last] == barred[rows, first]
    closed: Bools = mask | (is_between & is_free)
    return closed


def fill_holes(mask: Bools, settings: ScreeningSettings) -> Bools:
    """Fill holes of at most `hole_cells_n` cells.

    A hole hangs together by sides where groups do by corners, and by corners where they do by sides.
    """
    if not settings.hole_cells_n:
        return mask
    structure = np.ones((3, 3)) if settings.connectivity == 4 else None
    label, count = ndimage.label(~mask, structure=structure)
    size = np.bincount(label.ravel(), minlength=count + 1)
    edge = np.concatenate([label[0], label[-1], label[:, 0], label[:, -1]])
    is_hole = size <= settings.hole_cells_n
    is_hole[0] = False
    is_hole[edge] = False
    filled: Bools = mask | is_hole[label]
    return filled


def drop_slivers(mask: Bools, width_n: int) -> Bools:
    """Drop the cells that are in no square of `width_n` by `width_n` cells of the mask."""
    if width_n <= 1:
        return mask
    # Room around the mask: what lies at the window's edge is treated as anywhere else.
    padded = np.pad(mask, width_n)
    opened = ndimage.binary_opening(padded, structure=np.ones((width_n, width_n)))
    kept: Bools = opened[width_n:-width_n, width_n:-width_n]
    return kept
