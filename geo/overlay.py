"""Which polygons overlap, and by how much."""

from collections.abc import Sequence
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import DataError
from geo.geometry import as_array, require_polygons

Polygons: TypeAlias = gpd.GeoSeries | Sequence[object] | NDArray[np.object_]
"""Polygons in order; None where one is missing."""


def find_overlaps(
    geometry: Polygons, *, other: Polygons | None = None, tolerance_m2: float = 0.0
) -> pd.DataFrame:
    """Find the pairs of polygons whose common area is greater than `tolerance_m2`.

    Parameters
    ----------
    geometry
        Valid polygons in EPSG:25832; missing and empty ones overlap nothing.
    other
        Polygons to compare with; None compares `geometry` with itself, each pair once.
    tolerance_m2
        Overlaps up to and including this size are not reported. Edges that meet without a common
        vertex leave some 1e-6 m2 by rounding.

    Returns
    -------
    pd.DataFrame
        ``left`` and ``right`` (int64 positions in `geometry` and in `other`; ``left < right`` where
        there is no other), ``overlap_m2`` (float64); by ``left``, then ``right``.

    Raises
    ------
    DataError
        ``geo_core.not_polygons``, ``geo_core.bad_coordinates`` or ``geo_core.invalid_polygon``.
    """
    shapes = require_valid(geometry)
    others = shapes if other is None else require_valid(other)
    left, right = shapely.STRtree(others).query(shapes, predicate="intersects")
    if other is None:
        left, right = left[left < right], right[left < right]
    overlap_m2 = shapely.area(shapely.intersection(shapes[left], others[right]))
    is_over = overlap_m2 > tolerance_m2
    found = pd.DataFrame(
        {
            "left": left[is_over].astype(np.int64),
            "right": right[is_over].astype(np.int64),
            "overlap_m2": overlap_m2[is_over],
        }
    )
    return found.sort_values(["left", "right"], ignore_index=True)


def require_valid(geometry: Polygons) -> NDArray[np.object_]:
    """Return the polygons as an array; raise where one has no area to speak of.

    Raises
    ------
    DataError
        ``geo_core.not_polygons``, ``geo_core.bad_coordinates`` or ``geo_core.invalid_polygon``, naming
        the first position.
    """
    shapes = as_array(geometry)
    require_polygons(shapes)
    invalid = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
    if len(invalid):
        first = int(invalid[0])
        reason = str(shapely.is_valid_reason(shapes[first]))
        raise DataError("geo_core.invalid_polygon", {"position": first, "reason": reason})
    return shapes
