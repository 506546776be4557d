"""What surrounds each cell: counts of its neighbourhood, fixed or growing until enough people live there."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.registers.cell_columns import DENOMINATORS, NUMERATORS
from boundaries.screening.settings import ScreeningSettings
from geo.grid import Cells
from geo.grid_sums import frame_cells, measure_footprint, sum_around

NEARBY_COLUMNS = ("residents_n", *NUMERATORS, *DENOMINATORS)
"""What is summed; in the result each has ``nearby_`` before it."""


def sum_neighbourhoods(cells: pd.DataFrame, settings: ScreeningSettings) -> pd.DataFrame:
    """Sum the counts of each cell's neighbourhood.

    The neighbourhood is all cells within the radius, the cell itself included. Where fewer than the
    wanted number of residents live there it grows one cell at a time, to the greatest radius at most.

    Parameters
    ----------
    cells
        `boundaries.registers.cell_columns.CELL_DTYPES`; a count that is NA adds nothing.
    settings
        Shape, radius and wanted number of residents.

    Returns
    -------
    DataFrame
        ``nearby_<column>`` for each of `NEARBY_COLUMNS`, and ``radius_cells``; int64, index of `cells`.
    """
    places = Cells(cells["column"].to_numpy(), cells["row"].to_numpy())
    counts = np.stack([_fill(cells[column]) for column in NEARBY_COLUMNS])
    window = frame_cells(places)
    laid = window.spread(places, counts)
    wanted_n = settings.neighbourhood_residents_n
    last = max(settings.max_radius_cells, settings.radius_cells) if wanted_n else settings.radius_cells
    found = np.zeros_like(counts)
    radii = np.full(len(cells), settings.radius_cells, dtype=np.int64)
    open_ones = np.ones(len(cells), dtype=bool)
    for radius in range(settings.radius_cells, last + 1):
        if not open_ones.any():
            break
        around = sum_around(laid, measure_footprint(radius, settings.neighbourhood_shape))
        open_places = Cells(places.column[open_ones], places.row[open_ones])
        found[:, open_ones] = window.gather(around, open_places)
        radii[open_ones] = radius
        open_ones &= found[0] < wanted_n
    columns = {f"nearby_{name}": values for name, values in zip(NEARBY_COLUMNS, found, strict=True)}
    return pd.DataFrame({**columns, "radius_cells": radii}, index=cells.index)


def _fill(counts: pd.Series) -> NDArray[np.int64]:
    return counts.to_numpy(dtype=np.int64, na_value=0)
