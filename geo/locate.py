"""Each point to at most one polygon, exactly, by one written rule.

The edge rule
-------------
1. A point in the interior of a polygon belongs to it, whatever edges it also lies on.
2. A point in no interior, but on the edge of one polygon, belongs to that polygon.
3. A point in no interior, on the edges of several polygons, belongs to the one of the lowest
   position: callers sort their polygons by id, so the lowest id. Such ties are counted.
4. A point in the interior of several polygons is an error of the data, unless the caller asks for the
   lowest position.
5. A point with a coordinate that is NaN or infinite belongs to none.

"Interior" and "edge" are GEOS' own exact predicates on the coordinates as stored. See
`geo.cell_cover` for why most points need no such test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.cell_cover import CellCover, build_cover, choose_cell_m, concatenate_ranges, list_edges
from geo.errors import DataError
from geo.geometry import as_array, require_polygons

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Overlaps = Literal["error", "lowest"]
"""What to do with a point in the interior of several polygons."""

_PAIRS_AT_ONCE = 1 << 22
_NO_POINTS: Ints = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Located:
    """Where each point belongs.

    Attributes
    ----------
    position
        Position of the point's polygon, -1 for none (int64), in the order of the points.
    is_tie
        The point was on the edges of several polygons and in no interior (rule 3).
    ties_n
        Number of ties settled.
    overlaps_n
        Points in the interior of several polygons (rule 4, only with ``overlaps="lowest"``).
    tested_n
        Points that needed an exact test.
    """

    position: NDArray[np.int64]
    is_tie: NDArray[np.bool_]
    ties_n: int
    overlaps_n: int
    tested_n: int


class Locator:
    """Polygons made ready to receive points.

    Parameters
    ----------
    polygons
        Valid polygons in EPSG:25832, in the order of their ids; missing and empty ones receive no
        point. Validity is the caller's to see to (`geo.geometry.find_geometry_problems`): in a shape
        that crosses itself, "inside" has no meaning.
    overlaps
        ``"error"``: a point in the interior of several polygons raises; ``"lowest"``: it goes to the
        lowest position.
    cell_m
        Side of a grid cell, metres; None chooses by `geo.cell_cover.choose_cell_m`. It changes the time
        only, as does `near_n`.
    near_n
        About how many of the points to come lie in the polygons' bounding boxes.

    Raises
    ------
    DataError
        ``geo_core.not_polygons`` or ``geo_core.bad_coordinates``.
    """

    def __init__(
        self,
        polygons: Sequence[object] | NDArray[np.object_],
        *,
        overlaps: Overlaps = "error",
        cell_m: float | None = None,
        near_n: int = 1_000_000,
    ) -> None:
        self._polygons = as_array(polygons)
        self._overlaps = overlaps
        require_polygons(self._polygons)
        shapely.prepare(self._polygons)
        edges = list_edges(self._polygons)
        wanted_m = cell_m or choose_cell_m(self._polygons, near_n=near_n)
        self._cover: CellCover = build_cover(self._polygons, edges, cell_m=wanted_m)

    @property
    def cell_m(self) -> float:
        """Side of a grid cell, metres."""
        return self._cover.cell_m

    def locate(self, x: ArrayLike, y: ArrayLike) -> Located:
        """Find each point's polygon by the edge rule.

        Parameters
        ----------
        x, y
            Easting and northing in EPSG:25832, metres, equally many.

        Returns
        -------
        Located
            In the order of the points; a point's answer depends on no other point.

        Raises
        ------
        DataError
            ``geo_core.overlapping_polygons``, naming the lowest pair of positions (``left``,
            ``right``), a point in both (``x``, ``y``) and the number of such points (``points_n``).
        """
        east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        codes = self._cover.find_codes(east, north)
        position = codes.astype(np.int64)
        position -= 1
        mixed = np.flatnonzero(codes < 0)
        slot = -1 - codes[mixed].astype(np.int64)
        position[mixed] = -1
        is_tie = np.zeros(len(position), dtype=np.bool_)
        doubled, tested_n = [_NO_POINTS], 0
        for part in _split_work(np.diff(self._cover.starts)[slot]):
            point = mixed[part]
            pairs = self._match(east[point], north[point], slot[part])
            settled = _settle(pairs)
            position[point[settled.point]] = settled.polygon
            is_tie[point[settled.ties]] = True
            doubled.append(point[settled.overlaps])
            tested_n += pairs.tested_n
        overlaps = np.concatenate(doubled)
        if len(overlaps) and self._overlaps == "error":
            raise self._overlap_error(east[overlaps], north[overlaps])
        return Located(position, is_tie, int(is_tie.sum()), len(overlaps), tested_n)

    def _match(self, x: Floats, y: Floats, slot: Ints) -> "_Pairs":
        """Return the polygons that each point of a mixed cell lies in or on."""
        starts, cover = self._cover.starts, self._cover
        candidates_n = starts[slot + 1] - starts[slot]
        entry = concatenate_ranges(starts[slot], candidates_n)
        point = np.repeat(np.arange(len(slot)), candidates_n)
        polygon, is_interior = cover.candidates[entry], cover.is_whole[entry]
        # One polygon at a time, so that its prepared form stays in the cache.
        tested = np.flatnonzero(~is_interior)
        tested = tested[np.argsort(polygon[tested], kind="stable")]
        is_match = is_interior.copy()
        is_match[tested] = shapely.intersects_xy(
            self._polygons[polygon[tested]], x[point[tested]], y[point[tested]]
        )
        tested_n = int(np.count_nonzero(np.bincount(point[tested])))
        point, polygon, is_interior = point[is_match], polygon[is_match], is_interior[is_match]
        # Interior or edge matters only where a point has several polygons.
        unsure = np.flatnonzero((np.bincount(point, minlength=len(slot))[point] > 1) & ~is_interior)
        is_interior[unsure] = shapely.contains_xy(
            self._polygons[polygon[unsure]], x[point[unsure]], y[point[unsure]]
        )
        return _Pairs(point, polygon, is_interior, tested_n)

    def _overlap_error(self, x: Floats, y: Floats) -> DataError:
        """Name the lowest pair of polygons, and in it the westernmost, southernmost of the points.

        The points' order plays no part, so the same data gives the same message.
        """
        slot = -1 - self._cover.find_codes(x, y).astype(np.int64)
        pairs = self._match(x, y, slot)
        order = np.lexsort((pairs.polygon, ~pairs.is_interior, pairs.point))
        first = np.flatnonzero(np.diff(pairs.point[order], prepend=-1))
        left, right = pairs.polygon[order][first], pairs.polygon[order][first + 1]
        lowest = np.lexsort((y, x, right, left))[0]
        return DataError(
            "geo_core.overlapping_polygons",
            {
                "left": int(left[lowest]),
                "right": int(right[lowest]),
                "x": float(x[lowest]),
                "y": float(y[lowest]),
                "points_n": len(x),
            },
        )


@dataclass(frozen=True)
class _Pairs:
    """The polygons that points lie in or on; `is_interior` is decided where a point has several."""

    point: Ints
    polygon: Ints
    is_interior: NDArray[np.bool_]
    tested_n: int


@dataclass(frozen=True)
class _Settled:
    """The points that have a polygon and which, the tied and the overlapped points."""

    point: Ints
    polygon: Ints
    ties: Ints
    overlaps: Ints


def locate_points(
    polygons: Sequence[object] | NDArray[np.object_],
    x: ArrayLike,
    y: ArrayLike,
    *,
    overlaps: Overlaps = "error",
    cell_m: float | None = None,
) -> Located:
    """Find each point's polygon by the edge rule: `Locator` and `Locator.locate` in one call.

    Parameters
    ----------
    polygons, overlaps, cell_m
        As for `Locator`.
    x, y
        As for `Locator.locate`.

    Returns
    -------
    Located
        In the order of the points.

    Raises
    ------
    DataError
        As `Locator` and `Locator.locate`.

    Examples
    --------
    >>> areas = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    >>> located = locate_points(areas, [5.0, 10.0, 15.0, 25.0], [5.0, 5.0, 5.0, 5.0])
    >>> located.position.tolist(), located.ties_n
    ([0, 0, 1, -1], 1)
    """
    shapes = as_array(polygons)
    near_n = 1 if cell_m else estimate_near(shapes, x, y)
    return Locator(shapes, overlaps=overlaps, cell_m=cell_m, near_n=near_n).locate(x, y)


def estimate_near(polygons: NDArray[np.object_], x: ArrayLike, y: ArrayLike) -> int:
    """Estimate how many points lie in the polygons' boxes, by some 4,000 of the points, evenly taken.

    Parameters
    ----------
    polygons
        As for `Locator`.
    x, y
        As for `Locator.locate`.

    Returns
    -------
    int
        Each point counted once for each box that it lies in.
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    step = max(len(east) // 4096, 1)
    east, north = east[::step], north[::step]
    is_place = np.isfinite(east) & np.isfinite(north)
    sample = as_array(shapely.points(east[is_place], north[is_place]))
    return int(shapely.STRtree(polygons).query(sample).shape[1]) * step


def _settle(pairs: _Pairs) -> _Settled:
    """Apply the edge rule: interior before edge, then the lowest position."""
    order = np.lexsort((pairs.polygon, ~pairs.is_interior, pairs.point))
    point, polygon = pairs.point[order], pairs.polygon[order]
    first = np.flatnonzero(np.diff(point, prepend=-1))
    matches_n = np.diff(first, append=len(point))
    interior_n = np.concatenate([[0], np.cumsum(pairs.is_interior[order])])
    interiors_n = np.diff(interior_n[np.append(first, len(point))])
    chosen = point[first]
    return _Settled(
        chosen, polygon[first], chosen[(matches_n > 1) & (interiors_n == 0)], chosen[interiors_n > 1]
    )


def _split_work(pairs_n: Ints) -> list[slice]:
    """Cut points into slices of some `_PAIRS_AT_ONCE` candidates, to bound the memory."""
    total = np.cumsum(pairs_n)
    slices_n = int(total[-1]) // _PAIRS_AT_ONCE + 1 if len(total) else 0
    cuts = np.searchsorted(total, np.arange(1, slices_n) * _PAIRS_AT_ONCE)
    edges = [0, *cuts.tolist(), len(pairs_n)]
    return [slice(low, high) for low, high in pairwise(edges) if high > low]
