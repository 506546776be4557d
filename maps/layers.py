"""Geometry and states as a page carries them."""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from boundaries.model import Decision, ExtensionStatus
from geo.crs import WORKING_CRS
from maps.palette import DECISION_STYLES, SHAPE_PATHS, ExtensionState

MICRODEGREES = 1_000_000
"""Coordinates travel as whole millionths of a degree: 0.11 m north, 0.06 m east in Denmark."""

SPREAD_M = 2.4
"""Distance between the symbols of dwellings that share one point, about the width of a room."""

_STATES = {
    ExtensionStatus.ANSOEGT: ExtensionState.APPLIED,
    ExtensionStatus.GODKENDT: ExtensionState.APPROVED_LATER,
    ExtensionStatus.AFSLAAET: ExtensionState.REJECTED,
}


def to_wgs84(geometry: Iterable[shapely.Geometry]) -> list[shapely.Geometry]:
    """Return geometry of EPSG:25832 in longitude and latitude (EPSG:4326)."""
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(geometry), crs=WORKING_CRS))
    return list(frame.to_crs(4326).geometry)


def encode_lines(lines: Iterable[NDArray[np.float64]]) -> list[list[int]]:
    """Return lines of longitude and latitude as steps of whole millionths of a degree.

    Each point is the step from the one before; a line's first point is the step from the last point of
    the line before it, and that of the first line from 0, 0. Points that fall together at that
    precision are kept once.
    """
    encoded = []
    at = np.zeros((1, 2), dtype=np.int64)
    for coordinates in lines:
        whole = np.rint(coordinates * MICRODEGREES).astype(np.int64)
        is_new = np.ones(len(whole), dtype=bool)
        is_new[1:] = (whole[1:] != whole[:-1]).any(axis=1)
        kept = whole[is_new]
        encoded.append(np.diff(kept, axis=0, prepend=at).ravel().tolist())
        at = kept[-1:]
    return encoded


def encode_polygons(geometry: shapely.Geometry) -> list[list[list[int]]]:
    """Return the polygons of a geometry in EPSG:4326, each its rings (outer first) as encoded lines."""
    polygons = (part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon")
    return [
        encode_lines(shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors))
        for part in polygons
        if not part.is_empty
    ]


def encode_borders(
    geometry: Iterable[shapely.Geometry | None], *, simplify_m: float = 0.0
) -> list[list[int]]:
    """Return the borders of polygons in EPSG:25832 as encoded lines, a shared border once.

    Parameters
    ----------
    geometry
        Polygons; missing ones are left out.
    simplify_m
        Tolerance of the drawing in metres; 0 keeps every vertex.
    """
    rings = [
        shapely.boundary(shape) for shape in geometry if shape is not None and not shapely.is_empty(shape)
    ]
    if not rings:
        return []
    lines = shapely.line_merge(shapely.union_all(rings))
    if simplify_m:
        lines = shapely.simplify(lines, simplify_m)
    degrees = to_wgs84([lines])[0]
    return encode_lines(shapely.get_coordinates(line) for line in shapely.get_parts(degrees))


def find_tolerance_m(geometry: Iterable[shapely.Geometry], *, vertices_n: int = 5_000) -> float:
    """Return how far a drawing may be simplified, metres: not at all where it has few vertices.

    The smallest of 0, 0.25, 0.5 and 1 m that leaves at most `vertices_n` vertices, else the largest: under a
    pixel down to the zoom at which a block fills the map. What is computed is never simplified.
    """
    shapes = np.array(list(geometry), dtype=object)
    steps = (0.0, 0.25, 0.5, 1.0)
    for step in steps:
        drawn = shapely.simplify(shapes, step) if step else shapes
        if shapely.get_num_coordinates(drawn).sum() <= vertices_n:
            return step
    return steps[-1]


def encode_context(
    parcels: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, vertices_n: int = 24_000
) -> list[list[int]]:
    """Return the borders of the parcels around the areas, the nearest first until the page is full.

    Parameters
    ----------
    parcels, areas
        In EPSG:25832.
    vertices_n
        Vertices before simplification that the page may carry: about 6 bytes each.
    """
    shown = parcels.geometry[parcels.geometry.notna() & ~parcels.geometry.is_empty].reset_index(drop=True)
    core = shapely.union_all(areas.geometry.dropna().to_numpy())
    if shown.empty or core.is_empty:
        return []
    nearest = np.argsort(shapely.distance(shown.to_numpy(), core), kind="stable")
    counts = np.cumsum(shapely.get_num_coordinates(shown.to_numpy()[nearest]))
    kept = np.sort(nearest[counts <= vertices_n])
    return encode_borders(shown.to_numpy()[kept], simplify_m=0.5)


def find_anchor(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the point of a polygon that lies farthest from its border: where its name stands."""
    parts = shapely.get_parts(geometry)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    circle = shapely.maximum_inscribed_circle(largest, tolerance=max(0.5, np.sqrt(largest.area) / 50))
    centre: shapely.Geometry = shapely.get_point(circle, 0)
    return centre


def encode_point(point: shapely.Geometry) -> list[int]:
    """Return a point in EPSG:4326 as whole millionths of a degree."""
    return [round(value * MICRODEGREES) for value in shapely.get_coordinates(point)[0].tolist()]


def find_states(extensions: pd.DataFrame) -> list[ExtensionState]:
    """Return the state of each extension on the status date, from ``is_in_force`` and ``status``."""
    return [
        ExtensionState.IN_FORCE if is_in_force else _STATES[ExtensionStatus(status)]
        for is_in_force, status in zip(extensions["is_in_force"], extensions["status"], strict=True)
    ]


def spread_points(dwellings: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x, y (EPSG:25832) with dwellings that share a point laid out around it, so that all show.

    The dwellings of a point fill a square grid of ``SPREAD_M`` row by row, by decision in the order of
    the legend and then by ``dwelling_id``; a dwelling alone stays where it is, one without a point
    stays NaN.
    """
    rank = {decision: at for at, decision in enumerate(DECISION_STYLES)}
    order = pd.DataFrame(
        {
            "x": dwellings["x"].to_numpy(dtype=float),
            "y": dwellings["y"].to_numpy(dtype=float),
            "rank": [rank[Decision(word)] for word in dwellings["decision"]],
            "dwelling_id": dwellings["dwelling_id"].to_numpy(),
        }
    ).sort_values(["rank", "dwelling_id"], kind="stable")
    groups = order.groupby(["x", "y"], sort=False)["rank"]
    number = groups.cumcount()
    size = groups.transform("size")
    width = np.ceil(np.sqrt(size))
    height = np.ceil(size / width)
    x = order["x"] + (number % width - (width - 1) / 2) * SPREAD_M
    y = order["y"] - (number // width - (height - 1) / 2) * SPREAD_M
    return x.sort_index().to_numpy(), y.sort_index().to_numpy()


def symbol_paths() -> dict[str, str]:
    """Return the SVG path of each decision's symbol, for the page's script."""
    return {decision.value: SHAPE_PATHS[symbol.shape] for decision, symbol in DECISION_STYLES.items()}
