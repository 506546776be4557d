"""Polygons that tile the land, such as kommuner: made simpler together, so that neighbours keep their border.

Simplified one by one, two neighbours get two different lines for one border, and the map shows slivers and
gaps. Here the polygons are a coverage: no two overlap, and a shared border has the same vertices on both
sides. What is not one yet is made one first, and what comes out is tested to be one.
"""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import DataError
from geo.geometry import as_array, as_multipolygon
from geo.overlay import require_valid

NOISE_GAP_M = 10.0
"""Gaps between neighbours up to this width come from generalising each by itself, and are closed."""

TOLERANCES_M = (0.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0)
"""What `simplify_to_size` chooses from, metres."""

ISLAND_COLUMNS = ("position", "islands_n", "area_m2", "largest_m2")
"""Columns of the report of `drop_islands`."""


class SimplifiedCoverage(NamedTuple):
    """A coverage that was made as small as asked for.

    Attributes
    ----------
    geometry
        As `simplify_coverage` returns it.
    tolerance_m
        The tolerance that was chosen, metres; 0 where nothing had to be left out.
    vertices_n
        Vertices of the result.
    """

    geometry: gpd.GeoSeries
    tolerance_m: float
    vertices_n: int


def is_coverage(geometry: gpd.GeoSeries, *, gap_m: float = 0.0) -> bool:
    """Tell whether no two polygons overlap and every shared border has the same vertices on both sides.

    Parameters
    ----------
    geometry
        Valid polygons in EPSG:25832.
    gap_m
        Neighbours must not run beside each other with a gap up to this width either, metres. The mouth of
        a river between two kommuner is such a gap, too.
    """
    shapes = require_valid(geometry)
    return bool(shapely.coverage_is_valid(shapes[~shapely.is_missing(shapes)], gap_width=gap_m))


def clean_coverage(geometry: gpd.GeoSeries, *, gap_m: float = NOISE_GAP_M) -> gpd.GeoSeries:
    """Make a coverage of polygons that nearly are one.

    Overlaps go to the polygon with the longest border to them, and so do gaps up to `gap_m` wide that are
    enclosed. What is a coverage already keeps its shape.

    Parameters
    ----------
    geometry
        Valid polygons in EPSG:25832; missing ones stay missing.
    gap_m
        The widest gap that is closed, metres; a fjord or a strait should be wider.

    Returns
    -------
    gpd.GeoSeries
        MultiPolygon, same index and CRS.

    Raises
    ------
    DataError
        ``geo_core.not_polygons``, ``geo_core.bad_coordinates`` or ``geo_core.invalid_polygon``;
        ``coverage.not_cleaned`` where a polygon would vanish, or what came out is still no coverage.
    """
    shapes = require_valid(geometry)
    is_known = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    known = shapes[is_known]
    if _needs_cleaning(known, gap_m):
        # types-shapely does not know it yet.
        known = as_array(shapely.coverage_clean(known, gap_width=gap_m))  # type: ignore[attr-defined]
        _require_coverage(known, "coverage.not_cleaned", geometry.index[is_known])
        shapes[is_known] = known
    return as_multipolygon(gpd.GeoSeries(shapes, index=geometry.index, crs=geometry.crs))


def _needs_cleaning(shapes: NDArray[np.object_], gap_m: float) -> bool:
    """Tell whether there are overlaps, unmatched borders, or holes between neighbours up to a width.

    Cleaning costs as much as simplifying, and a coast always has mouths narrower than the width, which
    are no fault: only where such a gap is enclosed is it closed.
    """
    if not shapely.coverage_is_valid(shapes):
        return True
    if shapely.coverage_is_valid(shapes, gap_width=gap_m):
        return False
    parts = shapely.get_parts(shapely.coverage_union_all(shapes))
    rings = shapely.get_rings(parts[shapely.get_num_interior_rings(parts) > 0])
    # The mean width of something long and narrow; the land itself is kilometres wide.
    width_m = 2 * shapely.area(shapely.polygons(rings)) / shapely.length(rings)
    return bool((width_m <= gap_m).any())


def simplify_coverage(geometry: gpd.GeoSeries, *, tolerance_m: float) -> gpd.GeoSeries:
    """Leave vertices out of polygons so that neighbours still share their border.

    Corners are cut in the order of the triangles that they make (Visvalingam and Whyatt), until every
    triangle left is larger than the square of `tolerance_m`. An island becomes a triangle at least; none
    is left out (see `drop_islands`).

    Parameters
    ----------
    geometry
        Valid polygons in EPSG:25832, neighbours up to `NOISE_GAP_M` apart (see `clean_coverage`).
    tolerance_m
        Metres; 0 only cleans.

    Returns
    -------
    gpd.GeoSeries
        Valid MultiPolygon that are a coverage, same index and CRS.

    Raises
    ------
    DataError
        As `clean_coverage`; ``coverage.not_simplified`` where what came out is no coverage.

    Examples
    --------
    >>> left = shapely.Polygon([(0, 0), (10, 0), (10.2, 5), (10, 10), (0, 10)])
    >>> right = shapely.Polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10.2, 5)])
    >>> simple = simplify_coverage(gpd.GeoSeries([left, right], crs="EPSG:25832"), tolerance_m=2)
    >>> [shape.area for shape in simple]
    [100.0, 100.0]
    """
    return _simplify_clean(clean_coverage(geometry), tolerance_m)


def _simplify_clean(clean: gpd.GeoSeries, tolerance_m: float) -> gpd.GeoSeries:
    shapes = np.asarray(clean, dtype=object)
    is_known = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    if tolerance_m <= 0 or not is_known.any():
        return clean
    simple = shapes.copy()
    simple[is_known] = shapely.coverage_simplify(shapes[is_known], tolerance_m)
    _require_coverage(simple[is_known], "coverage.not_simplified", clean.index[is_known])
    return as_multipolygon(gpd.GeoSeries(simple, index=clean.index, crs=clean.crs))


def _require_coverage(shapes: NDArray[np.object_], key: str, index: pd.Index) -> None:
    """Raise unless every shape is a valid area and together they are a coverage."""
    is_bad = shapely.is_empty(shapes) | ~shapely.is_valid(shapes)
    if not is_bad.any():
        is_bad = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    if is_bad.any():
        named = ", ".join(str(label) for label in index[is_bad][:5])
        raise DataError(key, {"count": int(is_bad.sum()), "positions": named})


def count_vertices(geometry: gpd.GeoSeries) -> int:
    """Count the vertices of all geometries, the closing one of each ring too."""
    return int(shapely.get_num_coordinates(np.asarray(geometry, dtype=object)).sum())


def simplify_to_size(geometry: gpd.GeoSeries, *, max_vertices: int) -> SimplifiedCoverage:
    """Simplify a coverage by the least of `TOLERANCES_M` that leaves at most `max_vertices`.

    Parameters
    ----------
    geometry
        Valid polygons in EPSG:25832.
    max_vertices
        The most vertices that the result may have. A page takes some 14 bytes a vertex.

    Returns
    -------
    SimplifiedCoverage
        The polygons, and what was chosen.

    Raises
    ------
    DataError
        As `simplify_coverage`; ``coverage.too_many_vertices`` where the coarsest tolerance leaves more:
        then there are too many islands.
    """
    clean = clean_coverage(geometry)
    made: dict[int, SimplifiedCoverage] = {}

    def try_step(step: int) -> bool:
        simple = _simplify_clean(clean, TOLERANCES_M[step])
        made[step] = SimplifiedCoverage(simple, TOLERANCES_M[step], count_vertices(simple))
        return made[step].vertices_n <= max_vertices

    # The coarser the fewer: halving finds the first that fits. Each try of a large layer takes seconds.
    low, high = 0, len(TOLERANCES_M) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if try_step(middle) else (middle + 1, high)
    if low not in made:
        try_step(low)
    if made[low].vertices_n > max_vertices:
        values = {"found": made[low].vertices_n, "required": max_vertices, "tolerance": TOLERANCES_M[low]}
        raise DataError("coverage.too_many_vertices", values)
    return made[low]


def drop_islands(geometry: gpd.GeoSeries, *, min_area_m2: float) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    """Leave out small parts of polygons that touch no other polygon, and report them.

    The largest part of a polygon always stays, and so does a part that touches another polygon: to leave
    that out would make a hole.

    Parameters
    ----------
    geometry
        Valid polygons in EPSG:25832.
    min_area_m2
        Parts smaller than this are left out.

    Returns
    -------
    gpd.GeoSeries
        MultiPolygon, same index and CRS.
    pd.DataFrame
        One row a polygon that lost parts, by ``position``; columns `ISLAND_COLUMNS`: how many, their
        area together, and that of the largest of them.
    """
    whole = as_multipolygon(gpd.GeoSeries(require_valid(geometry), index=geometry.index, crs=geometry.crs))
    parts, owner = shapely.get_parts(np.asarray(whole, dtype=object), return_index=True)
    area_m2 = shapely.area(parts)
    is_small = (area_m2 < min_area_m2) & ~_is_largest(area_m2, owner) & ~_has_neighbour(parts, owner)
    shapes = np.asarray(whole, dtype=object).copy()
    changed = np.unique(owner[is_small])
    for position in changed:
        shapes[position] = shapely.multipolygons(parts[(owner == position) & ~is_small])
    lost = pd.DataFrame({"position": owner[is_small], "area_m2": area_m2[is_small]}).astype(
        {"position": "int64"}
    )
    report = lost.groupby("position", as_index=False)["area_m2"].agg(["size", "sum", "max"])
    report.columns = pd.Index(ISLAND_COLUMNS)
    return gpd.GeoSeries(shapes, index=geometry.index, crs=geometry.crs), report


def _is_largest(area_m2: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which part is the first of the largest of its polygon."""
    order = np.lexsort((np.arange(len(owner)), -area_m2, owner))
    is_first = np.ones(len(owner), dtype=bool)
    is_first[1:] = owner[order][1:] != owner[order][:-1]
    largest = np.zeros(len(owner), dtype=bool)
    largest[order[is_first]] = True
    return largest


def _has_neighbour(parts: NDArray[np.object_], owner: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which parts touch a part of another polygon."""
    left, right = shapely.STRtree(parts).query(parts, predicate="intersects")
    has_one = np.zeros(len(parts), dtype=bool)
    has_one[left[owner[left] != owner[right]]] = True
    return has_one
