"""Det Danske Kvadratnet, the national grid: ids, corners, cells of points and of polygons.

A cell's id names its size and its lower-left corner in EPSG:25832, the northing first, with as many
trailing digits cut off as the size allows: N 6223777, E 575617 lies in ``100m_62237_5756``,
``250m_622375_57550``, ``1km_6223_575`` and ``10km_622_57``. A point on a shared edge belongs to the
cell north or east of it.

Source: Danmarks Statistik and Kort & Matrikelstyrelsen, *Etablering af et nationalt kvadratnet*
(2001). The forms of 100 m, 1 km and 10 km are in wide use. That of 250 m, both numbers in tens of
metres because 250 is no power of ten, is the one that the open `kvadratnet` library documents; the
authorities' own text of it was not at hand.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import WORKING_CRS
from geo.errors import DataError
from geo.overlay import Polygons, require_valid

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_CELL = -1
"""Column and row of a point without coordinates, or beyond the grid."""

EAST_END_M, NORTH_END_M = 1_000_000, 10_000_000
"""The grid ends where UTM coordinates do; it starts at 0, 0."""


class CellSize(IntEnum):
    """Side of a cell in metres."""

    M100 = 100
    M250 = 250
    KM1 = 1_000
    KM10 = 10_000


_LABELS = {CellSize.M100: "100m", CellSize.M250: "250m", CellSize.KM1: "1km", CellSize.KM10: "10km"}
_SIZES = {label: size for size, label in _LABELS.items()}
_UNITS_M = {CellSize.M100: 100, CellSize.M250: 10, CellSize.KM1: 1_000, CellSize.KM10: 10_000}
"""Metres that one step of the last digit of an id stands for."""
_ID = r"^(?P<label>100m|250m|1km|10km)_(?P<north>0|[1-9]\d{0,6})_(?P<east>0|[1-9]\d{0,5})$"


@dataclass(frozen=True)
class Grid:
    """A grid of square cells, counted in columns from the west and rows from the south.

    Attributes
    ----------
    size_m
        One of `CellSize`.
    shift_m
        Metres that the origin is moved east and north, from 0 up to the size. The national grid is not
        moved; a moved one shows what depends on where its lines happen to fall.

    Raises
    ------
    DataError
        ``grid.unknown_size`` or ``grid.bad_shift``.
    """

    size_m: int = CellSize.M100
    shift_m: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.size_m not in set(CellSize):
            allowed = ", ".join(str(int(size)) for size in CellSize)
            raise DataError("grid.unknown_size", {"found": self.size_m, "allowed": allowed})
        if not all(0 <= shift < self.size_m for shift in self.shift_m):
            found = " ".join(map(str, self.shift_m))
            raise DataError("grid.bad_shift", {"found": found, "size_m": self.size_m})

    @property
    def is_national(self) -> bool:
        """The cells are those of the national grid, and have ids."""
        return self.shift_m == (0, 0)


class Cells(NamedTuple):
    """Cells of one grid, by column and row.

    Attributes
    ----------
    column
        Steps from the west; `NO_CELL` for none.
    row
        Steps from the south; `NO_CELL` for none.
    """

    column: Ints
    row: Ints


def find_cells(x: ArrayLike, y: ArrayLike, grid: Grid) -> Cells:
    """Find the cell of each point.

    Parameters
    ----------
    x, y
        Easting and northing in EPSG:25832, metres.
    grid
        The grid.

    Returns
    -------
    Cells
        In the order of the points; `NO_CELL` where a coordinate is missing or beyond the grid. The
        division is exact: a point one rounding step west of an edge is west of it.

    Examples
    --------
    >>> cells = find_cells([575_617.0], [6_223_777.0], Grid(100))
    >>> format_ids(cells, Grid(100)).tolist()
    ['100m_62237_5756']
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    is_on = (east >= 0) & (east < EAST_END_M) & (north >= 0) & (north < NORTH_END_M)
    is_on &= (east >= grid.shift_m[0]) & (north >= grid.shift_m[1])
    column = np.full(east.shape, NO_CELL, dtype=np.int64)
    row = column.copy()
    column[is_on] = _count_steps(east[is_on], grid.shift_m[0], grid.size_m)
    row[is_on] = _count_steps(north[is_on], grid.shift_m[1], grid.size_m)
    return Cells(column, row)


def _count_steps(value: Floats, shift_m: int, size_m: int) -> Ints:
    # Whole metres first: a quotient of floats is rounded, and may be rounded over an edge.
    steps: Ints = (np.floor(value).astype(np.int64) - shift_m) // size_m
    return steps


def measure_corners(cells: Cells, grid: Grid) -> tuple[Ints, Ints]:
    """Return easting and northing of the cells' lower-left corners, EPSG:25832, metres."""
    return cells.column * grid.size_m + grid.shift_m[0], cells.row * grid.size_m + grid.shift_m[1]


def format_ids(cells: Cells, grid: Grid) -> pd.Series:
    """Return the ids of cells.

    Parameters
    ----------
    cells
        Columns and rows; `NO_CELL` gives a missing id.
    grid
        The national grid of some size.

    Returns
    -------
    Series
        ``str``, index 0..n-1, in the order given.

    Raises
    ------
    DataError
        ``grid.no_ids`` where the grid is moved, ``grid.outside`` where a cell lies beyond the grid.
    """
    if not grid.is_national:
        raise DataError("grid.no_ids", {"found": " ".join(map(str, grid.shift_m))})
    is_none = (cells.column == NO_CELL) & (cells.row == NO_CELL)
    is_beyond = (cells.column < 0) | (cells.row < 0)
    is_beyond |= cells.column * grid.size_m >= EAST_END_M
    is_beyond |= cells.row * grid.size_m >= NORTH_END_M
    beyond = np.flatnonzero(is_beyond & ~is_none)
    if len(beyond):
        first = int(beyond[0])
        found = f"{int(cells.column[first])}, {int(cells.row[first])}"
        raise DataError("grid.outside", {"position": first, "found": found})
    size = CellSize(grid.size_m)
    north, east = (pa.array(steps * grid.size_m // _UNITS_M[size]) for steps in (cells.row, cells.column))
    text = [pa.scalar(_LABELS[size]), pc.cast(north, pa.string()), pc.cast(east, pa.string())]
    ids = pc.binary_join_element_wise(*text, "_")
    ids = pc.if_else(pa.array(is_none), pa.scalar(None, pa.string()), ids)
    return pd.Series(ids.to_pandas().array, dtype="str")


def parse_ids(ids: pd.Series) -> tuple[Grid, Cells]:
    """Read the ids of cells of one size.

    Parameters
    ----------
    ids
        Text.

    Returns
    -------
    Grid
        The national grid of that size; of 100 m where there are no ids.
    Cells
        In the order of the ids.

    Raises
    ------
    DataError
        ``grid.bad_id`` where one is no id, ``grid.several_sizes`` where they differ in size.
    """
    is_bad = find_bad_ids(ids)
    if is_bad.any():
        found = ids[is_bad]
        raise DataError("grid.bad_id", {"found": found.iloc[0], "position": int(np.flatnonzero(is_bad)[0])})
    parts = ids.astype("str").str.extract(_ID)
    labels = sorted(parts["label"].unique())
    if len(labels) > 1:
        raise DataError("grid.several_sizes", {"found": ", ".join(labels)})
    size = _SIZES[labels[0]] if labels else CellSize.M100
    row, column = (
        parts[name].to_numpy(dtype=np.int64) * _UNITS_M[size] // int(size) for name in ("north", "east")
    )
    return Grid(int(size)), Cells(column, row)


def find_bad_ids(ids: pd.Series) -> NDArray[np.bool_]:
    """Tell which texts are no id of a cell: another form, no corner of its size, or beyond the grid."""
    parts = ids.astype("str").str.extract(_ID)
    is_bad = parts["label"].isna().to_numpy(dtype=bool, copy=True)
    size_m = parts["label"].map({label: int(size) for label, size in _SIZES.items()}).fillna(1)
    unit_m = parts["label"].map({label: _UNITS_M[size] for label, size in _SIZES.items()}).fillna(1)
    for name, end_m in (("north", NORTH_END_M), ("east", EAST_END_M)):
        metres = parts[name].fillna("0").astype("int64") * unit_m.astype("int64")
        is_bad |= (metres % size_m.astype("int64") != 0).to_numpy() | (metres >= end_m).to_numpy()
    return is_bad


def make_polygons(cells: Cells, grid: Grid) -> gpd.GeoSeries:
    """Return the cells as squares in EPSG:25832, in the order given, index 0..n-1."""
    x, y = measure_corners(cells, grid)
    return gpd.GeoSeries(shapely.box(x, y, x + grid.size_m, y + grid.size_m), crs=WORKING_CRS)


def cover_polygons(polygons: Polygons, grid: Grid) -> pd.DataFrame:
    """List the cells that have area in common with each polygon.

    Parameters
    ----------
    polygons
        Valid polygons in EPSG:25832; missing and empty ones have no cells.
    grid
        The grid.

    Returns
    -------
    DataFrame
        ``position`` (of the polygon), ``column``, ``row``, ``overlap_m2`` (over 0); by position, row
        and column. The overlaps of a polygon sum to its area.

    Raises
    ------
    DataError
        As `geo.overlay.require_valid`.
    """
    shapes = require_valid(polygons)
    is_filled = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    parts = [_cover(int(position), shapes[position], grid) for position in np.flatnonzero(is_filled)]
    columns = {"position": "int64", "column": "int64", "row": "int64", "overlap_m2": "float64"}
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})
    return pd.concat(parts, ignore_index=True)


def _cover(position: int, shape: shapely.Geometry, grid: Grid) -> pd.DataFrame:
    shift = np.array([*grid.shift_m, *grid.shift_m])
    west, south, east, north = np.floor((shapely.bounds(shape) - shift) / grid.size_m).astype(np.int64)
    rows, columns = np.mgrid[south : north + 1, west : east + 1]
    cells = Cells(columns.ravel().astype(np.int64), rows.ravel().astype(np.int64))
    boxes = make_polygons(cells, grid).to_numpy()
    shapely.prepare(shape)
    is_near = shapely.intersects(shape, boxes)
    is_whole = shapely.covers(shape, boxes)
    overlap = np.where(is_whole, float(grid.size_m**2), 0.0)
    is_cut = is_near & ~is_whole
    overlap[is_cut] = shapely.area(shapely.intersection(boxes[is_cut], shape))
    is_in = overlap > 0
    return pd.DataFrame(
        {
            "position": position,
            "column": cells.column[is_in],
            "row": cells.row[is_in],
            "overlap_m2": overlap[is_in],
        }
    )
