"""Whether polygons are sound, how they were repaired, and which of them hang together."""

from collections.abc import Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from shapely import GeometryType
from shapely.geometry.base import BaseGeometry

from geo.errors import DataError

Problem = Literal["null", "empty", "invalid", "wrong_type"]
"""What can be wrong with a geometry."""

PROBLEM_COLUMNS = ("position", "problem", "reason", "x", "y")
"""Columns of `find_geometry_problems`."""

REPAIR_COLUMNS = (
    "position",
    "reason",
    "type_before",
    "type_after",
    "area_before_m2",
    "area_after_m2",
    "parts_before_n",
    "parts_after_n",
    "dropped",
)
"""Columns of the report of `repair_geometry`."""

_POLYGONAL = (GeometryType.POLYGON.value, GeometryType.MULTIPOLYGON.value)
_EXPECTED = {
    "polygon": _POLYGONAL,
    "point": (GeometryType.POINT.value,),
}


def as_array(geometry: gpd.GeoSeries | Sequence[object] | NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the geometries as a one-dimensional object array, in order, None where missing."""
    found = np.empty(len(geometry), dtype=object)
    found[:] = np.asarray(geometry, dtype=object)
    return found


def find_geometry_problems(
    geometry: gpd.GeoSeries, *, expected: Literal["polygon", "point"] = "polygon"
) -> pd.DataFrame:
    """Find the geometries that cannot be used as they are.

    Parameters
    ----------
    geometry
        Geometries in any CRS.
    expected
        ``"polygon"`` allows Polygon and MultiPolygon, ``"point"`` Point.

    Returns
    -------
    pd.DataFrame
        At most one row a geometry, by ``position`` (int64, 0 is the first): ``problem`` ("null",
        "empty", "wrong_type" or "invalid", the first that holds), ``reason`` (type found, or what
        GEOS says; NA for null and empty), ``x`` and ``y`` (where it is; NaN for null and empty).
    """
    shapes = as_array(geometry)
    is_null = shapely.is_missing(shapes)
    is_empty = shapely.is_empty(shapes)
    is_wrong = ~is_null & ~is_empty & ~np.isin(shapely.get_type_id(shapes), _EXPECTED[expected])
    is_invalid = ~is_null & ~is_empty & ~is_wrong & ~shapely.is_valid(shapes)
    words = np.select(
        [is_null, is_empty, is_wrong, is_invalid], ["null", "empty", "wrong_type", "invalid"], default=""
    )
    position = np.flatnonzero(words != "")
    rows = [_describe_problem(shapes[place], str(words[place])) for place in position]
    return pd.DataFrame(
        {
            "position": position.astype(np.int64),
            "problem": pd.Series(words[position], dtype="str"),
            "reason": pd.Series([reason for reason, _, _ in rows], dtype="str"),
            "x": np.array([x for _, x, _ in rows], dtype=np.float64),
            "y": np.array([y for _, _, y in rows], dtype=np.float64),
        },
        columns=list(PROBLEM_COLUMNS),
    )


def _describe_problem(shape: BaseGeometry | None, problem: str) -> tuple[str | None, float, float]:
    if shape is None or problem in ("null", "empty"):
        return None, np.nan, np.nan
    if problem == "wrong_type":
        x_min, y_min, x_max, y_max = shape.bounds
        return shape.geom_type, x_min / 2 + x_max / 2, y_min / 2 + y_max / 2
    # GEOS writes the reason and the place: Self-intersection[721347.355 6172786.945]
    reason, _, place = str(shapely.is_valid_reason(shape)).partition("[")
    numbers = place.rstrip("]").split()
    return reason, float(numbers[0]), float(numbers[1])


def repair_geometry(geometry: gpd.GeoSeries) -> tuple[gpd.GeoSeries, pd.DataFrame]:
    """Make polygons valid and report every change.

    GEOS' "structure" method is used: shells are united and holes cut away, so that two overlapping
    parts of one parcel stay whole. (The older "linework" method would cut their overlap out of the
    parcel.) What has no area in the result is left out and named in the report.

    Parameters
    ----------
    geometry
        Geometries in EPSG:25832.

    Returns
    -------
    gpd.GeoSeries
        Polygon or MultiPolygon, or None where no area was left; same index and CRS. Sound polygons,
        missing and empty geometries come back as they were.
    pd.DataFrame
        One row a changed geometry, by ``position``; columns `REPAIR_COLUMNS`. ``reason`` is GEOS' or
        "wrong type"; ``type_after`` is NA where nothing was left; the area before is that of the
        broken shape, as its rings say; ``dropped`` lists what was left out as ``"2 LineString"``,
        ``""`` where nothing was.
    """
    shapes = as_array(geometry)
    problems = find_geometry_problems(geometry)
    problems = problems[problems["problem"].isin(["invalid", "wrong_type"])]
    repaired = shapes.copy()
    rows = []
    for position, problem, reason in problems[["position", "problem", "reason"]].itertuples(index=False):
        before = shapes[position]
        after, dropped = _make_polygonal(before)
        repaired[position] = after
        rows.append(
            {
                "position": position,
                "reason": reason if problem == "invalid" else "wrong type",
                "type_before": before.geom_type,
                "type_after": None if after is None else after.geom_type,
                "area_before_m2": shapely.area(before),
                "area_after_m2": 0.0 if after is None else shapely.area(after),
                "parts_before_n": shapely.get_num_geometries(before),
                "parts_after_n": 0 if after is None else shapely.get_num_geometries(after),
                "dropped": dropped,
            }
        )
    return gpd.GeoSeries(repaired, index=geometry.index, crs=geometry.crs), _repair_report(rows)


def _make_polygonal(shape: BaseGeometry) -> tuple[BaseGeometry | None, str]:
    """Return the valid area of `shape`, and a count of the parts by type that have none."""
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        # No repair can say where a missing coordinate should be.
        return None, f"1 {shape.geom_type}"
    members = _explode(shapely.make_valid(shape, method="structure", keep_collapsed=True))
    is_area = shapely.get_type_id(members) == GeometryType.POLYGON.value
    areas = members[is_area]
    if len(areas) > 1:
        # Members of a collection may overlap; those of one MultiPolygon do not, and stay as they are.
        areas = _explode(shapely.union_all(areas))
        areas = areas[shapely.get_type_id(areas) == GeometryType.POLYGON.value]
    names, counts = np.unique([member.geom_type for member in members[~is_area]], return_counts=True)
    dropped = ", ".join(f"{count} {name}" for name, count in zip(names, counts, strict=True))
    if not len(areas):
        return None, dropped
    return (areas[0] if len(areas) == 1 else shapely.multipolygons(areas)), dropped


def _explode(shape: BaseGeometry) -> NDArray[np.object_]:
    """Return the single parts of `shape`, of collections inside it too, without the empty ones."""
    parts = np.array([shape], dtype=object)
    while (shapely.get_type_id(parts) >= GeometryType.MULTIPOINT.value).any():
        parts = shapely.get_parts(parts)
    return np.asarray(parts[~shapely.is_empty(parts)], dtype=object)


def _repair_report(rows: list[dict[str, object]]) -> pd.DataFrame:
    report = pd.DataFrame(rows, columns=list(REPAIR_COLUMNS))
    kinds = {
        "position": "int64",
        "reason": "str",
        "type_before": "str",
        "type_after": "str",
        "area_before_m2": "float64",
        "area_after_m2": "float64",
        "parts_before_n": "int64",
        "parts_after_n": "int64",
        "dropped": "str",
    }
    return report.astype(kinds)


def as_multipolygon(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return every polygon as a MultiPolygon, so that a layer has one type.

    Parameters
    ----------
    geometry
        Polygon or MultiPolygon; missing ones stay missing.

    Returns
    -------
    gpd.GeoSeries
        Same index and CRS.

    Raises
    ------
    DataError
        ``geo_core.not_polygons``, naming the first of another type.
    """
    shapes = as_array(geometry)
    require_polygons(shapes)
    is_single = shapely.get_type_id(shapes) == GeometryType.POLYGON.value
    single = shapes[is_single]
    wrapped = np.empty(len(single), dtype=object)
    shapely.multipolygons(single, indices=np.arange(len(single)), out=wrapped)
    # A MultiPolygon has no room for an empty part.
    wrapped[shapely.is_empty(single)] = shapely.MultiPolygon()
    shapes[is_single] = wrapped
    return gpd.GeoSeries(shapes, index=geometry.index, crs=geometry.crs)


def require_polygons(shapes: NDArray[np.object_]) -> None:
    """Raise unless every geometry is a Polygon or MultiPolygon with finite coordinates, or missing.

    Raises
    ------
    DataError
        ``geo_core.not_polygons`` or ``geo_core.bad_coordinates``, naming the first position.
    """
    type_ids = shapely.get_type_id(shapes)
    wrong = np.flatnonzero((type_ids >= 0) & ~np.isin(type_ids, _POLYGONAL))
    if len(wrong):
        first = int(wrong[0])
        raise DataError("geo_core.not_polygons", {"position": first, "found": shapes[first].geom_type})
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
        is_bad = ~np.isfinite(coordinates).all(axis=1)
        raise DataError("geo_core.bad_coordinates", {"position": int(owner[is_bad][0])})


def group_parts(geometry: Sequence[object] | NDArray[np.object_], *, gap_m: float) -> NDArray[np.int64]:
    """Label the parts that are physically coherent: joined by steps of at most `gap_m`.

    Parameters
    ----------
    geometry
        Polygons in EPSG:25832. Each element is one part, a MultiPolygon too: take
        `shapely.get_parts` first where its pieces are to be judged on their own.
    gap_m
        The widest gap between two parts of one group, metres; 0 joins what touches.

    Returns
    -------
    NDArray[np.int64]
        One label a part, numbered from 0 by first occurrence; -1 for a missing or empty geometry.

    Raises
    ------
    DataError
        ``geo_core.not_polygons`` or ``geo_core.bad_coordinates``.
    """
    shapes = as_array(geometry)
    require_polygons(shapes)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap_m)
    links = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(len(shapes), len(shapes)))
    _, groups = connected_components(links, directed=False)
    is_part = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    labels = np.full(len(shapes), -1, dtype=np.int64)
    labels[is_part] = pd.factorize(groups[is_part])[0]
    return labels


def measure_widest_gap(geometry: Sequence[object] | NDArray[np.object_]) -> float:
    """Measure the widest gap that must be bridged to join all parts, metres.

    It is the longest edge of the parts' minimum spanning tree, hence the least ``gap_m`` for which
    `group_parts` finds one group (to the last digit).

    Parameters
    ----------
    geometry
        Polygons in EPSG:25832, as for `group_parts`.

    Returns
    -------
    float
        0.0 where the parts touch, for one part and for none.

    Raises
    ------
    DataError
        As `group_parts`.
    """
    shapes = as_array(geometry)
    labels = group_parts(shapes, gap_m=0.0)
    is_part = labels >= 0
    if labels.max(initial=-1) < 1:
        return 0.0
    # Touching parts are one block: few blocks are left, and none of their distances is 0, which a
    # sparse matrix could not tell from "no edge".
    order = np.argsort(labels[is_part], kind="stable")
    blocks = as_array(shapely.geometrycollections(shapes[is_part][order], indices=labels[is_part][order]))
    tree = shapely.STRtree(blocks)
    reach_m = 1.0
    while True:
        left, right = tree.query(blocks, predicate="dwithin", distance=reach_m)
        is_pair = left < right
        left, right = left[is_pair], right[is_pair]
        length = shapely.distance(blocks[left], blocks[right])
        edges = coo_array((length, (left, right)), shape=(len(blocks), len(blocks))).tocsr()
        if connected_components(edges, directed=False)[0] == 1:
            return float(minimum_spanning_tree(edges).data.max())
        reach_m *= 2
