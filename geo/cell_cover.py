"""A grid that knows, for each cell, which polygons hold it wholly and which edges come near it.

The cover is *conservative*. A cell is **mixed** where an edge comes within `margin_m` of it; every
other cell is wholly inside or wholly outside each polygon, and one exact test decides for a whole run
of such cells. A point in such a cell is settled without looking at any polygon.

Why the margin makes this exact
-------------------------------
Let u be 2**-53 and M the greatest absolute coordinate of the polygons: at most 6.5e6 m in EPSG:25832, so
that one rounding of a coordinate is at most uM < 1e-9 m. Inside the grid no difference exceeds 2M.

1. *A point's cell.* The column is ``floor((x - x0) * (1 / h))``. Subtraction, reciprocal and product
   round once each, by at most 2uM when counted in metres: a point reckoned to a cell lies at most 6uM
   outside it. The cover reckons the cells of an edge's ends by the same expression.
2. *An edge's cells in one row.* The edge is cut to the row widened by the margin, at
   ``t = (y_row - y_a) / dy``. Rounding in the numerator, three times at most 2uM, is the same as moving the
   row's edge by 6uM, however small dy is: so a nearly level edge does no harm. Rounding of the quotient
   and of ``x_a + t * dx`` moves x by at most 6uM. Every edge within margin - 12uM of a cell, in x and
   in y, is thus found, up to the 6uM of its cell by 1.
3. Hence every edge is farther than margin - 18uM from a cell that is not mixed, and a point reckoned to
   the cell is at most 6uM outside it. With the margin at 1 mm and uM < 1e-9 m no edge passes between cell
   and point: they are on the same side of every edge. The next cell of the row, if it is not mixed either,
   shares a side with this one that no edge crosses, so one exact test decides for the whole run.

The margin is 1 mm, or 1e-10 M where that is more, which is 9e5 uM: the argument holds at any
magnitude. A wider margin costs time, never an answer.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MARGIN_M = 1e-3
"""How near an edge must come for a cell to be mixed, metres."""

MAX_CELLS = 1 << 24
"""Most cells of a grid: 64 MB of them, and about Denmark in cells of 100 m."""

GRID_S = 1e-8
"""Measured seconds a cell of the grid: to write it, and to miss the cache when it is read."""

OUTLINE_S = 8e-7
"""Measured seconds a cell along an outline: to find, sort and list it."""

TEST_S = 5e-7
"""Measured seconds an exact test of one point against one polygon."""

_CHUNK = 1 << 16  # points looked up at a time: their columns and rows stay in the cache


@dataclass(frozen=True)
class Edges:
    """Every edge of every ring, as start, end and position of its polygon.

    Attributes
    ----------
    start, end
        Coordinates, one row an edge.
    owner
        Position of the edge's polygon.
    """

    start: Floats
    end: Floats
    owner: Ints


@dataclass(frozen=True)
class CellCover:
    """The cover of some polygons.

    Attributes
    ----------
    x0, y0
        South-western corner of the grid.
    cell_m
        Length of a cell's side.
    width, height
        Columns and rows; the outermost on each side are always empty.
    codes
        One a cell, row by row from the south: 0 in no polygon, p + 1 wholly in polygon p and in no
        other, -1 - k the k-th cell of several possibilities.
    starts
        Where the possibilities of the k-th such cell start in `candidates`.
    candidates
        Positions of polygons.
    is_whole
        For each candidate, whether the cell lies wholly inside it; else its edge is near.
    """

    x0: float
    y0: float
    cell_m: float
    width: int
    height: int
    codes: NDArray[np.int32]
    starts: Ints
    candidates: Ints
    is_whole: NDArray[np.bool_]

    def find_codes(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """Return the code of each point's cell; 0 outside the grid and for NaN."""
        found = np.empty(len(x), dtype=np.int32)
        for first in range(0, len(x), _CHUNK):
            part = slice(first, first + _CHUNK)
            found[part] = self.codes[self._find_cells(x[part], y[part])]
        return found

    def _find_cells(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        column, row = _cell_numbers(x, self.x0, self.cell_m), _cell_numbers(y, self.y0, self.cell_m)
        # Compared as numbers before they become integers: a point off the grid must not wrap into the
        # next row, and NaN and infinity must not be cast at all.
        is_off = ~((column >= 0) & (column < self.width) & (row >= 0) & (row < self.height))
        if is_off.any():
            column[is_off], row[is_off] = 0.0, 0.0
        cells = row.astype(np.int32)
        cells *= np.int32(self.width)
        cells += column.astype(np.int32)
        return cells


def list_edges(polygons: NDArray[np.object_]) -> Edges:
    """List the edges of all shells and holes of `polygons`.

    Between two rings stands an edge of no length, at the last vertex of the first: it is on the ring, so it
    adds nothing, and leaving it in spares a copy of millions of coordinates.
    """
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    coordinates = shapely.get_coordinates(rings)
    vertices_n = shapely.get_num_coordinates(rings)
    owner = np.repeat(part_owner[ring_part].astype(np.int64), vertices_n)[:-1]
    start, end = coordinates[:-1], coordinates[1:].copy()
    last = np.cumsum(vertices_n)[:-1] - 1
    end[last] = start[last]
    return Edges(start, end, owner)


def choose_cell_m(polygons: NDArray[np.object_], *, near_n: int) -> float:
    """Choose the side of a cell, metres, by the polygons and the number of points near them.

    With S the area of the box around all polygons, B the sum of their own boxes' areas, L the sum of
    their outlines' lengths and n the points in those boxes, cells of side h make the time::

        GRID_S * S / h**2  +  OUTLINE_S * L / h  +  TEST_S * n * L * h / B

    for the grid itself, for the cells along the outlines, and for the exact tests of the points in
    them. The side that makes it least is returned, to a factor of 1.4: the sum is flat there.

    Parameters
    ----------
    polygons
        As for `build_cover`.
    near_n
        How many points lie in the polygons' boxes, counted once for each box.
    """
    length_m = float(np.nansum(shapely.length(polygons)))
    if not length_m:
        return 1.0
    boxes = shapely.bounds(polygons)
    boxes_m2 = float(np.nansum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])))
    west, south, east, north = shapely.total_bounds(polygons)
    sides_m = max(east - west, north - south) * 2.0 ** (-np.arange(40) / 2)
    seconds = (
        GRID_S * (east - west) * (north - south) / sides_m**2
        + OUTLINE_S * length_m / sides_m
        + TEST_S * near_n * length_m * sides_m / boxes_m2
    )
    return float(sides_m[np.argmin(seconds)])


def build_cover(polygons: NDArray[np.object_], edges: Edges, *, cell_m: float) -> CellCover:
    """Build the cover of `polygons` with cells of about `cell_m`.

    Parameters
    ----------
    polygons
        Valid polygons with finite coordinates, prepared for speed; missing and empty ones cover
        nothing.
    edges
        What `list_edges` says of them.
    cell_m
        Wanted side of a cell, metres. It is doubled as often as the grid would have more than
        `MAX_CELLS` cells.
    """
    if not len(edges.owner):
        nothing = np.empty(0, dtype=np.int64)
        empty = np.zeros(1, dtype=np.int32)
        return CellCover(0.0, 0.0, 1.0, 1, 1, empty, nothing, nothing, nothing.astype(np.bool_))
    bounds = shapely.total_bounds(polygons)
    low, high = bounds[:2], bounds[2:]
    margin_m = max(MARGIN_M, 1e-10 * float(np.abs(bounds).max()))
    cell_m = fit_cell_m(max(cell_m, 8 * margin_m), high - low)
    # One empty cell all around, and the margin.
    x0, y0 = (low - 1.5 * cell_m).tolist()
    width, height = (np.floor((high - low) / cell_m).astype(int) + 4).tolist()
    frame = _Frame(x0, y0, cell_m, width, height, margin_m)
    return CellCover(x0, y0, cell_m, width, height, *_fill(polygons, edges, frame))


def fit_cell_m(cell_m: float, size_m: Floats) -> float:
    """Double `cell_m` until a grid over `size_m` has at most `MAX_CELLS` cells."""
    while float(np.prod(np.floor(size_m / cell_m) + 4)) > MAX_CELLS:
        cell_m *= 2
    return cell_m


@dataclass(frozen=True)
class _Frame:
    """Where the cells of a cover in the making are."""

    x0: float
    y0: float
    cell_m: float
    width: int
    height: int
    margin_m: float

    @property
    def cells_n(self) -> int:
        return self.width * self.height

    def columns(self, x: Floats) -> Ints:
        return _cell_numbers(x, self.x0, self.cell_m).astype(np.int64)

    def rows(self, y: Floats) -> Ints:
        return _cell_numbers(y, self.y0, self.cell_m).astype(np.int64)


@dataclass(frozen=True)
class _Runs:
    """Consecutive cells of one row wholly inside a polygon: from `first` up to, not including, `end`."""

    owner: Ints
    first: Ints
    end: Ints


def _cell_numbers(value: Floats, origin: float, cell_m: float) -> Floats:
    """Return the column or row of each coordinate, rounded down: one expression for points and edges."""
    with np.errstate(over="ignore"):
        number = value - origin
        number *= 1.0 / cell_m
    return np.floor(number, out=number)


def _fill(
    polygons: NDArray[np.object_], edges: Edges, frame: _Frame
) -> tuple[NDArray[np.int32], Ints, Ints, NDArray[np.bool_]]:
    """Return codes, starts, candidates and is_whole of the cover."""
    near_owner, near_cell = np.divmod(_list_near_cells(edges, frame), frame.cells_n)
    runs = _list_runs(polygons, near_owner, near_cell, frame)
    codes, doubled = _paint(runs, frame.cells_n)
    several = np.unique(np.concatenate([near_cell, doubled]))
    codes[several] = -1 - np.arange(len(several), dtype=np.int32)
    # Every run with each of the cells of several possibilities that it holds.
    low, high = np.searchsorted(several, runs.first), np.searchsorted(several, runs.end)
    slot = np.concatenate([np.searchsorted(several, near_cell), concatenate_ranges(low, high - low)])
    owner = np.concatenate([near_owner, np.repeat(runs.owner, high - low)])
    is_whole = np.arange(len(slot)) >= len(near_cell)
    order = np.lexsort((owner, slot))
    starts = np.concatenate([[0], np.cumsum(np.bincount(slot, minlength=len(several)))])
    return codes, starts.astype(np.int64), owner[order], is_whole[order]


def _paint(runs: _Runs, cells_n: int) -> tuple[NDArray[np.int32], Ints]:
    """Return the code of every cell by the runs alone, and the cells that lie in several of them.

    The runs' starts and ends are walked in order: between two of them every cell is in the same number
    of runs, and where that is one, the sum of their codes is its code.
    """
    place = np.concatenate([runs.first, runs.end])
    order = np.argsort(place, kind="stable")
    place = place[order]
    depth = np.cumsum(np.repeat([1, -1], len(runs.owner))[order])
    code = np.cumsum(np.concatenate([runs.owner + 1, -1 - runs.owner])[order])
    length = np.diff(place, append=cells_n)
    before = int(place[0]) if len(place) else cells_n
    # Where there are several, the sum says nothing; those cells are returned, to be listed instead.
    codes = np.repeat(np.append(0, code).astype(np.int32), np.append(before, length))
    is_doubled = depth > 1
    return codes, concatenate_ranges(place[is_doubled], length[is_doubled])


def _list_near_cells(edges: Edges, frame: _Frame) -> Ints:
    """List the cells that an edge comes within the margin of: owner * cells_n + cell, sorted, once."""
    margin_m, base = frame.margin_m, edges.owner * frame.cells_n
    low = np.minimum(edges.start, edges.end) - margin_m
    high = np.maximum(edges.start, edges.end) + margin_m
    first_row, last_row = frame.rows(low[:, 1]), frame.rows(high[:, 1])
    first, last = frame.columns(low[:, 0]), frame.columns(high[:, 0])
    is_flat = first_row == last_row
    flat = _list_keys(base + first_row * frame.width, first, last, is_flat)
    tall = np.flatnonzero(~is_flat)
    rows_n = (last_row - first_row + 1)[tall]
    edge = np.repeat(tall, rows_n)
    row = concatenate_ranges(first_row[tall], rows_n)
    first, last = _columns_in_row(edges.start[edge], edges.end[edge], row, frame)
    steep = _list_keys(base[edge] + row * frame.width, first, last, np.ones(len(row), dtype=np.bool_))
    return np.unique(np.concatenate([flat, steep]))


def _list_keys(row_key: Ints, first: Ints, last: Ints, is_wanted: NDArray[np.bool_]) -> Ints:
    """List the keys of the columns from first to last, without repetition from one edge to the next."""
    start, length = row_key[is_wanted] + first[is_wanted], (last - first + 1)[is_wanted]
    # Most edges are shorter than a cell: compared before they are written out.
    is_new = (np.diff(start, prepend=-1) != 0) | (np.diff(length, prepend=0) != 0)
    return concatenate_ranges(start[is_new], length[is_new])


def _columns_in_row(start: Floats, end: Floats, row: Ints, frame: _Frame) -> tuple[Ints, Ints]:
    """Return the first and last column that each edge comes near in its row."""
    delta = end - start
    south = frame.y0 + row * frame.cell_m - frame.margin_m
    north = frame.y0 + (row + 1) * frame.cell_m + frame.margin_m
    is_level = delta[:, 1] == 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        enter = np.where(is_level, 0.0, (south - start[:, 1]) / delta[:, 1])
        leave = np.where(is_level, 1.0, (north - start[:, 1]) / delta[:, 1])
    one = start[:, 0] + np.clip(enter, 0.0, 1.0) * delta[:, 0]
    two = start[:, 0] + np.clip(leave, 0.0, 1.0) * delta[:, 0]
    return (
        frame.columns(np.minimum(one, two) - frame.margin_m),
        frame.columns(np.maximum(one, two) + frame.margin_m),
    )


def _list_runs(polygons: NDArray[np.object_], owner: Ints, cell: Ints, frame: _Frame) -> _Runs:
    """List the runs of cells wholly inside a polygon: between two near cells of a row, tested once."""
    row = cell // frame.width
    is_run = (owner[1:] == owner[:-1]) & (row[1:] == row[:-1]) & (np.diff(cell) > 1)
    before = np.flatnonzero(is_run)
    x = frame.x0 + (cell[before] % frame.width + 1.5) * frame.cell_m
    y = frame.y0 + (row[before] + 0.5) * frame.cell_m
    before = before[shapely.contains_xy(polygons[owner[before]], x, y)]
    return _Runs(owner[before], cell[before] + 1, cell[before + 1])


def concatenate_ranges(first: Ints, length: Ints) -> Ints:
    """Return the integers first, first + 1, ... of each range, one range after the other."""
    end = np.cumsum(length)
    total = int(end[-1]) if len(end) else 0
    return np.arange(total, dtype=np.int64) - np.repeat(end - length - first, length)
