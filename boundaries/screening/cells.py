"""Counts put into the cells of a grid, or into any polygons."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.model import Registers
from boundaries.registers.cell_columns import CELL_DTYPES, COUNT_COLUMNS
from boundaries.screening.dwelling_counts import count_dwellings
from boundaries.screening.settings import ScreeningSettings
from geo.grid import NO_CELL, Cells, Grid, find_cells, format_ids
from geo.locate import locate_points


def tabulate_cells(registers: Registers, settings: ScreeningSettings) -> pd.DataFrame:
    """Count the five criteria in every inhabited cell.

    Parameters
    ----------
    registers, settings
        As in `boundaries.screening.dwelling_counts.count_dwellings`.

    Returns
    -------
    DataFrame
        `CELL_DTYPES`; by row, then column. Those whose dwelling has no place are in no cell: see
        `sum_unplaced`.

    Raises
    ------
    DataError
        As `count_dwellings`.
    """
    return sum_cells(count_dwellings(registers, settings), settings.grid)


def sum_cells(counts: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """Sum counts of dwellings by cell.

    Parameters
    ----------
    counts
        As `count_dwellings` returns them.
    grid
        The grid.

    Returns
    -------
    DataFrame
        As `tabulate_cells` returns it.
    """
    cells = find_cells(counts["x"], counts["y"], grid)
    is_placed = cells.column != NO_CELL
    # Persons count in their year; a dwelling empty in all of the years is in no cell.
    is_used = is_placed & counts[list(COUNT_COLUMNS)].any(axis="columns").to_numpy(dtype=bool)
    key = cells.row[is_used] * (1 << 32) + cells.column[is_used]
    found, place = np.unique(key, return_inverse=True)
    amounts = {column: counts[column].to_numpy()[is_used] for column in COUNT_COLUMNS}
    sums = {
        column: np.bincount(place, weights=amount, minlength=len(found)).astype(np.int64)
        for column, amount in amounts.items()
    }
    placed = Cells(found % (1 << 32), found // (1 << 32))
    return make_cells(placed, sums, grid)


def make_cells(cells: Cells, counts: dict[str, NDArray[np.int64]], grid: Grid) -> pd.DataFrame:
    """Return a table of cells with the columns `CELL_DTYPES`; counts not given are NA."""
    ids = format_ids(cells, grid) if grid.is_national else pd.Series(None, index=range(len(cells.row)))
    frame = pd.DataFrame({"cell_id": ids, "column": cells.column, "row": cells.row, **counts})
    return frame.reindex(columns=list(CELL_DTYPES)).astype(dict(CELL_DTYPES))


def sum_unplaced(counts: pd.DataFrame) -> pd.Series:
    """Sum what is in no cell: no such dwelling in the register, or one without coordinates.

    Returns
    -------
    Series
        int64, index `COUNT_COLUMNS`; with the sums of the cells it makes up the sums of all.
    """
    is_unplaced = find_cells(counts["x"], counts["y"], Grid()).column == NO_CELL
    unplaced = counts.loc[is_unplaced, list(COUNT_COLUMNS)]
    return pd.Series(unplaced.sum().astype("int64"))


def sum_polygons(counts: pd.DataFrame, polygons: NDArray[np.object_]) -> pd.DataFrame:
    """Sum counts of dwellings by polygon.

    Parameters
    ----------
    counts
        As `count_dwellings` returns them.
    polygons
        Valid polygons in EPSG:25832 that do not overlap.

    Returns
    -------
    DataFrame
        `COUNT_COLUMNS` (int64), one row a polygon, in order.
    """
    x, y = counts["x"].to_numpy(dtype=np.float64), counts["y"].to_numpy(dtype=np.float64)
    position = locate_points(polygons, x, y).position
    inside = counts.loc[position >= 0, list(COUNT_COLUMNS)]
    sums = inside.groupby(position[position >= 0]).sum()
    return sums.reindex(range(len(polygons)), fill_value=0).astype("int64")
