"""Barriers and crossings: how cut off a zone is by railways, motorways and water.

After the table of the city's status report: kilometres of barrier in or along the zones, the crossings
(bridges, tunnels, level crossings) over them, and crossings a kilometre.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import require_crs
from geo.errors import DataError
from geo.overlay import require_valid

ALONG_M = 25.0
"""A barrier within this distance outside a zone's edge lies along it: zones are drawn to the kerb or the
fence, barriers to the middle of the track."""

CROSSING_M = 25.0
"""A crossing belongs to the barrier within this distance: a bridge is drawn as its middle."""


def measure_barriers(
    zones: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    crossings: gpd.GeoDataFrame,
    *,
    along_m: float = ALONG_M,
    crossing_m: float = CROSSING_M,
) -> pd.DataFrame:
    """Measure the barriers in or along each zone, and count the crossings over them.

    Parameters
    ----------
    zones
        ``name`` and polygons, EPSG:25832.
    barriers
        Lines, EPSG:25832. Lines that lie on each other are measured once.
    crossings
        Points, EPSG:25832.
    along_m
        Metres outside a zone's edge within which a barrier lies along it.
    crossing_m
        Metres from a barrier within which a crossing is over it. A crossing is of the zone where the piece
        of barrier that it crosses is in or along that zone.

    Returns
    -------
    DataFrame
        One row a zone, in the order of `zones`, then one of all zones together: ``name`` (NA for all),
        ``barrier_m`` (float), ``crossings_n`` (int64), ``crossings_per_km`` (float; NaN without barrier).
        What two zones share is in both rows, and once in the last.

    Raises
    ------
    DataError
        ``screening.not_lines``, ``screening.not_points``, and as `geo.crs.require_crs` and
        `geo.overlay.require_valid`.
    """
    for frame in (zones, barriers, crossings):
        require_crs(frame)
    shapes = require_valid(zones.geometry)
    lines = _require(
        barriers, (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING), "lines"
    )
    points = _require(crossings, (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT), "points")
    near = [*shapely.buffer(shapes, along_m), shapely.buffer(shapely.union_all(shapes), along_m)]
    # Tracks of two layers, or drawn twice, are one barrier.
    merged = shapely.union_all(lines)
    pieces = shapely.intersection(merged, np.array(near, dtype=object))
    singles = shapely.get_parts(points)
    rows = [_measure_one(piece, singles, crossing_m) for piece in pieces]
    names = pd.Series([*zones["name"], None], dtype="str")
    table = pd.DataFrame(rows, columns=["barrier_m", "crossings_n"])
    table.insert(0, "name", names)
    kilometres = table["barrier_m"].mask(table["barrier_m"] == 0) / 1000
    return table.assign(crossings_per_km=table["crossings_n"] / kilometres).astype({"crossings_n": "int64"})


def _measure_one(
    piece: shapely.Geometry, crossings: NDArray[np.object_], crossing_m: float
) -> tuple[float, int]:
    length_m = float(shapely.length(piece))
    if not length_m:
        return 0.0, 0
    shapely.prepare(piece)
    return length_m, int(shapely.dwithin(crossings, piece, crossing_m).sum())


def _require(
    frame: gpd.GeoDataFrame, types: tuple[shapely.GeometryType, ...], word: str
) -> NDArray[np.object_]:
    """Return the geometries that are there; another type is an error."""
    shapes = frame.geometry.to_numpy()
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    wrong = ~np.isin(shapely.get_type_id(shapes), types)
    if wrong.any():
        found = shapes[wrong][0].geom_type
        raise DataError(f"screening.not_{word}", {"found": found, "count": int(wrong.sum())})
    return np.asarray(shapes, dtype=object)
