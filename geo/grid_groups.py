"""Cells of a grid that hang together: neighbours, connected groups, and their outlines."""

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import WORKING_CRS
from geo.errors import DataError
from geo.grid import Cells, Grid, Ints

Connectivity = Literal[4, 8]
"""4: cells that share a side are neighbours; 8: those that share a corner too."""

_STRIDE = 1 << 32
_STEPS: dict[int, tuple[tuple[int, int], ...]] = {
    4: ((1, 0), (0, 1)),
    8: ((1, 0), (-1, 1), (0, 1), (1, 1)),
}


def number_cells(cells: Cells) -> Ints:
    """Return one number a cell, rising by row and then by column."""
    return cells.row * _STRIDE + cells.column


def list_neighbours(cells: Cells, *, connectivity: Connectivity) -> tuple[Ints, Ints]:
    """List the pairs of cells that are neighbours.

    Parameters
    ----------
    cells
        Each cell once, in any order.
    connectivity
        `Connectivity`.

    Returns
    -------
    tuple
        Positions of one and of the other, each pair once.

    Raises
    ------
    DataError
        ``grid.repeated_cell``.
    """
    key = number_cells(cells)
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    _require_once(ranked, order)
    left, right = [], []
    for step_x, step_y in _STEPS[connectivity]:
        wanted = key + step_y * _STRIDE + step_x
        place = np.minimum(np.searchsorted(ranked, wanted), max(len(ranked) - 1, 0))
        found = np.flatnonzero(ranked[place] == wanted) if len(ranked) else np.empty(0, dtype=np.int64)
        left.append(found)
        right.append(order[place[found]])
    return np.concatenate(left).astype(np.int64), np.concatenate(right).astype(np.int64)


def label_groups(cells: Cells, *, connectivity: Connectivity) -> Ints:
    """Label the connected groups of cells.

    Parameters
    ----------
    cells, connectivity
        As for `list_neighbours`.

    Returns
    -------
    NDArray
        Label of each cell, 0..n-1 by the groups' southernmost, then westernmost cell: the same
        whatever the order of the cells.

    Raises
    ------
    DataError
        ``grid.repeated_cell``.
    """
    count = len(cells.column)
    left, right = list_neighbours(cells, connectivity=connectivity)
    links = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    _, found = connected_components(links, directed=False)
    order = np.argsort(number_cells(cells), kind="stable")
    _, first, group = np.unique(found[order], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    labels = np.empty(count, dtype=np.int64)
    labels[order] = rank[group]
    return labels


def dissolve_cells(cells: Cells, groups: NDArray[np.int64], grid: Grid) -> gpd.GeoSeries:
    """Dissolve the cells of each group into one MultiPolygon.

    Cells of a row that touch are joined to one box first: there are far fewer boxes than cells.

    Parameters
    ----------
    cells
        Each cell once, in any order.
    groups
        Group of each cell.
    grid
        The grid.

    Returns
    -------
    GeoSeries
        EPSG:25832, index the groups, rising. The area is exactly that of the cells.
    """
    frame = pd.DataFrame({"group": groups, "row": cells.row, "column": cells.column})
    frame = frame.sort_values(["group", "row", "column"], ignore_index=True)
    step = frame.diff()
    starts = (step["group"] != 0) | (step["row"] != 0) | (step["column"] != 1)
    runs = frame.groupby(starts.cumsum()).agg(
        group=("group", "first"), row=("row", "first"), west=("column", "first"), east=("column", "last")
    )
    west, east = (runs[side].to_numpy() * grid.size_m + grid.shift_m[0] for side in ("west", "east"))
    south = runs["row"].to_numpy() * grid.size_m + grid.shift_m[1]
    boxes = shapely.box(west, south, east + grid.size_m, south + grid.size_m)
    series = pd.Series(boxes, index=runs["group"].to_numpy(), dtype="object")
    merged = {
        group: shapely.multipolygons(shapely.get_parts(shapely.union_all(part.to_numpy())))
        for group, part in series.groupby(level=0)
    }
    index = pd.Index(list(merged), dtype="int64")
    outlines = np.array(list(merged.values()), dtype=object)
    return gpd.GeoSeries(shapely.normalize(outlines), index=index, crs=WORKING_CRS)


def _require_once(ranked: Ints, order: Ints) -> None:
    again = np.flatnonzero(np.diff(ranked) == 0)
    if len(again):
        key = int(ranked[again[0]])
        found = f"{key % _STRIDE}, {key // _STRIDE}"
        raise DataError("grid.repeated_cell", {"found": found, "position": int(order[again[0] + 1])})
