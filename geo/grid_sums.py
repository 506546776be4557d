"""Sums over the neighbourhoods of cells, as sums along rows and columns of a dense window."""

from dataclasses import dataclass
from math import isqrt
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.errors import DataError
from geo.grid import Cells

Number = TypeVar("Number", np.int64, np.float64)
Shape = Literal["square", "circle"]
"""``square``: all cells at most the radius away along rows and along columns; ``circle``: cells whose
centre is at most the radius away."""

_MOST_CELLS_N = 60_000_000
"""The whole country at 100 m is 17 million; more is coordinates gone astray."""


@dataclass(frozen=True)
class Window:
    """The rectangle of the grid that holds some cells.

    Attributes
    ----------
    column, row
        Its south-western cell.
    columns_n, rows_n
        Its size in cells.
    """

    column: int
    row: int
    columns_n: int
    rows_n: int

    def spread(self, cells: Cells, values: NDArray[Number]) -> NDArray[Number]:
        """Lay values of cells out; cells not given have 0.

        Parameters
        ----------
        cells
            Each cell once.
        values
            One row a quantity, one column a cell; or one quantity.

        Returns
        -------
        NDArray
            The last two axes are rows and columns of the window.
        """
        layers = np.atleast_2d(values)
        laid = np.zeros((len(layers), self.rows_n, self.columns_n), dtype=values.dtype)
        laid[:, cells.row - self.row, cells.column - self.column] = layers
        return laid if values.ndim > 1 else laid[0]

    def gather(self, laid: NDArray[Number], cells: Cells) -> NDArray[Number]:
        """Return the values of `cells` in a layout that `spread` or `sum_around` made."""
        taken: NDArray[Number] = laid[..., cells.row - self.row, cells.column - self.column]
        return taken


def frame_cells(cells: Cells, *, margin_n: int = 0) -> Window:
    """Return the window around cells, with `margin_n` cells to spare on each side.

    Raises
    ------
    DataError
        ``grid.too_wide`` where it would be larger than any country.
    """
    if not len(cells.column):
        return Window(0, 0, 0, 0)
    column, row = int(cells.column.min()) - margin_n, int(cells.row.min()) - margin_n
    columns_n = int(cells.column.max()) - column + 1 + margin_n
    rows_n = int(cells.row.max()) - row + 1 + margin_n
    if columns_n * rows_n > _MOST_CELLS_N:
        raise DataError("grid.too_wide", {"columns": columns_n, "rows": rows_n})
    return Window(column, row, columns_n, rows_n)


def measure_footprint(radius: int, shape: Shape) -> tuple[int, ...]:
    """Return how many cells a neighbourhood reaches to each side, row by row from south to north.

    Examples
    --------
    >>> measure_footprint(1, "square"), measure_footprint(2, "circle")
    ((1, 1, 1), (0, 1, 2, 1, 0))
    """
    if shape == "square":
        return (radius,) * (2 * radius + 1)
    return tuple(isqrt(radius * radius - step * step) for step in range(-radius, radius + 1))


def sum_around(laid: NDArray[Number], footprint: tuple[int, ...]) -> NDArray[Number]:
    """Sum every cell's neighbourhood, the cell itself included; beyond the window lies nothing.

    Parameters
    ----------
    laid
        The last two axes are rows and columns.
    footprint
        As `measure_footprint` gives it.

    Returns
    -------
    NDArray
        Same shape; exact where the values are integers.
    """
    rows_n = laid.shape[-2]
    radius = len(footprint) // 2
    along = {width: _sum_along(laid, width) for width in set(footprint)}
    total = np.zeros_like(laid)
    for step, width in zip(range(-radius, radius + 1), footprint, strict=True):
        first, last = max(0, -step), min(rows_n, rows_n - step)
        if first < last:
            total[..., first:last, :] += along[width][..., first + step : last + step, :]
    return total


def _sum_along(laid: NDArray[Number], width: int) -> NDArray[Number]:
    columns_n = laid.shape[-1]
    running = np.zeros((*laid.shape[:-1], columns_n + 1), dtype=laid.dtype)
    np.cumsum(laid, axis=-1, out=running[..., 1:])
    place = np.arange(columns_n)
    after, before = np.minimum(place + width, columns_n - 1) + 1, np.maximum(place - width, 0)
    sums: NDArray[Number] = running[..., after] - running[..., before]
    return sums
