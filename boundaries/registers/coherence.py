"""Whether outlines hang together physically, as the law requires of an area (§ 61 a, stk. 3)."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from boundaries.model import ExtensionStatus
from boundaries.registers.findings import add_details
from boundaries.registers.outlines import Outlines
from boundaries.registers.overlaps import is_alive
from boundaries.registers.rows import to_mask
from geo.geometry import group_parts, measure_widest_gap

Shaped = tuple[Outlines, gpd.GeoSeries]
"""Outlines and their polygons, on the same index."""


def find_incoherent_areas(areas: Outlines, shapes: gpd.GeoSeries, *, gap_m: float) -> pd.DataFrame:
    """Find areas whose parts lie further apart than `gap_m`.

    ``other`` is the number of groups, ``measure`` the widest gap in metres.
    """
    groups_n, widest_m = {}, {}
    for position, shape in shapes[shapes.notna()].items():
        parts = shapely.get_parts(shape)
        labels = group_parts(parts, gap_m=gap_m)
        if labels.max(initial=0) > 0:
            groups_n[position] = str(labels.max() + 1)
            widest_m[position] = measure_widest_gap(parts)
    found = areas.rows.found_at("area_not_coherent", pd.Index(list(groups_n), dtype="int64"))
    names = areas.rows.frame["name"].reindex(found.index)
    return add_details(
        found,
        {
            "value": names,
            "other": pd.Series(groups_n, dtype="str"),
            "measure": pd.Series(widest_m, dtype="float64"),
        },
    )


def find_incoherent_extensions(
    extensions: Shaped, areas: Shaped, splits: Shaped, *, gap_m: float
) -> pd.DataFrame:
    """Find extensions that are not physically coherent with their area.

    An extension may reach its area across others that were approved no later than it. ``other`` is
    the area, ``measure`` the distance in metres from the part furthest off to the area with those.
    """
    outlines, shapes = extensions
    bases = _base_shapes(areas, splits)
    distances = {}
    for position in np.flatnonzero((is_alive(outlines) & shapes.notna()).to_numpy()).tolist():
        base = bases.get(outlines.rows.frame["area_id"].iloc[position])
        if base is not None:
            bridges = shapes[_is_bridge(outlines, position)]
            distance = _measure_detachment(
                shapes.iloc[position], base, bridges.dropna().to_numpy(), gap_m=gap_m
            )
            if distance is not None:
                distances[position] = distance
    found = outlines.rows.found_at("extension_not_coherent", pd.Index(list(distances), dtype="int64"))
    ids = outlines.rows.frame["area_id"].reindex(found.index)
    return add_details(found, {"other": ids, "measure": pd.Series(distances, dtype="float64")})


def find_splits_outside(
    splits: Shaped, areas: Shaped, extensions: Shaped, *, tolerance_m2: float
) -> pd.DataFrame:
    """Find splits that take land which the divided area does not have; ``measure`` is that land in m2."""
    outlines, shapes = splits
    owners = [
        *zip(areas[0].rows.frame["area_id"], areas[1], strict=True),
        *zip(extensions[0].rows.frame["area_id"], extensions[1].where(is_alive(extensions[0])), strict=True),
    ]
    known = set(areas[0].rows.frame["area_id"])
    outside_m2 = {}
    for position in np.flatnonzero((is_alive(outlines) & shapes.notna()).to_numpy()).tolist():
        area_id = outlines.rows.frame["area_id"].iloc[position]
        own = shapely.union_all([shape for owner, shape in owners if owner == area_id and shape is not None])
        outside = shapely.area(shapely.difference(shapes.iloc[position], own))
        if outside > tolerance_m2 and area_id in known:
            outside_m2[position] = outside
    found = outlines.rows.found_at("split_outside_area", pd.Index(list(outside_m2), dtype="int64"))
    ids = outlines.rows.frame["area_id"].reindex(found.index)
    return add_details(found, {"other": ids, "measure": pd.Series(outside_m2, dtype="float64")})


def _base_shapes(areas: Shaped, splits: Shaped) -> dict[str, shapely.Geometry]:
    """Return the base of each area; that of an area made by a split is what was split off."""
    bases: dict[str, shapely.Geometry] = {}
    for (outlines, shapes), column in ((splits, "new_area_id"), (areas, "area_id")):
        named = zip(outlines.rows.frame[column], shapes, strict=True)
        bases |= {name: shape for name, shape in named if shape is not None}
    return bases


def _is_bridge(extensions: Outlines, position: int) -> NDArray[np.bool_]:
    """Tell which other extensions of the same area were in force when this one came."""
    frame = extensions.rows.frame
    approved_on = frame["approved_on"].iloc[position]
    is_earlier = (frame["approved_on"] <= approved_on) | pd.isna(approved_on)
    is_approved = frame["status"] == ExtensionStatus.GODKENDT.value
    is_own = frame["area_id"] == frame["area_id"].iloc[position]
    is_bridge = to_mask(is_earlier & is_approved & is_own).copy()
    is_bridge[position] = False
    return is_bridge


def _measure_detachment(
    shape: shapely.Geometry, base: shapely.Geometry, bridges: NDArray[np.object_], *, gap_m: float
) -> float | None:
    """Return how far the furthest detached part of `shape` is off; None where all hang on `base`."""
    base_parts, own_parts = shapely.get_parts(base), shapely.get_parts(shape)
    bridge_parts = shapely.get_parts(bridges)
    labels = group_parts([*base_parts, *own_parts, *bridge_parts], gap_m=gap_m)
    own_labels = labels[len(base_parts) : len(base_parts) + len(own_parts)]
    is_detached = ~np.isin(own_labels, labels[: len(base_parts)])
    if not is_detached.any():
        return None
    attached = np.isin(labels, labels[: len(base_parts)])
    land = shapely.union_all(np.array([*base_parts, *own_parts, *bridge_parts], dtype=object)[attached])
    return float(shapely.distance(own_parts[is_detached], land).max())
