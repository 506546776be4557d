"""Two designations of udsatte byområder compared: what is kept, new or dropped, and the land that moved."""

from dataclasses import dataclass
from enum import StrEnum
from string import ascii_lowercase

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import require_crs
from geo.overlay import require_valid

KEPT_SHARE = 0.5
"""Two zones are the same when at least this share of the smaller lies in the other. A zone that is redrawn
along other streets stays itself; one that only touches the old does not."""

NOISE_M2 = 1.0
"""Overlaps and slivers up to this size are digitising noise."""


class ZoneStatus(StrEnum):
    """What has become of a zone."""

    KEPT = "kept"
    NEW = "new"
    DROPPED = "dropped"


class Land(StrEnum):
    """Which designation a piece of land is in."""

    BOTH = "both"
    ONLY_NEW = "only_new"
    ONLY_OLD = "only_old"


@dataclass(frozen=True, kw_only=True)
class Designations:
    """The comparison of two designations.

    Attributes
    ----------
    zones
        One row a zone of the new designation, then one a dropped zone of the old; kept, new, dropped, each
        from north to south: ``status`` (`ZoneStatus`), ``label`` ("1", "2", ... for the new, "a", "b", ...
        for the dropped, else ""), ``name``, ``old_names`` (tuple; of a kept zone), ``position_new``,
        ``position_old`` (Int64; rows of the frames given, the first of several), ``is_split`` (an old zone
        became several), ``is_merged`` (several became one), ``area_old_m2``, ``area_new_m2``,
        ``overlap_m2`` (float), ``geometry`` (MultiPolygon, EPSG:25832; the old outline of a dropped zone).
    land
        ``land`` (`Land`), ``area_m2``, ``geometry``: three rows, together all land of either.
    """

    zones: gpd.GeoDataFrame
    land: gpd.GeoDataFrame


def compare_designations(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, *, kept_share: float = KEPT_SHARE
) -> Designations:
    """Compare two designations of one city.

    Parameters
    ----------
    old, new
        ``name`` and ``geometry`` (polygons, EPSG:25832), in any order; names need not be unique.
    kept_share
        Share of the smaller of two zones that must lie in the other, 0 to 1.

    Returns
    -------
    Designations
        The same whatever the order of the rows, the positions apart.

    Raises
    ------
    DataError
        As `geo.crs.require_crs` and `geo.overlay.require_valid`.
    """
    require_crs(old)
    require_crs(new)
    shapes_old, shapes_new = require_valid(old.geometry), require_valid(new.geometry)
    pairs = _match(shapes_old, shapes_new, kept_share)
    group_old, group_new = _group(pairs, len(old), len(new))
    rows = [
        *_list_new(new, shapes_new, old, shapes_old, (group_old, group_new)),
        *_list_dropped(old, shapes_old, group_old, group_new),
    ]
    return Designations(zones=_put_together(rows, new), land=_divide_land(shapes_old, shapes_new, new))


def _match(old: NDArray[np.object_], new: NDArray[np.object_], kept_share: float) -> NDArray[np.int64]:
    """Return the pairs (old, new) that are one zone, by position."""
    if not len(old) or not len(new):
        return np.empty((2, 0), dtype=np.int64)
    at_new, at_old = shapely.STRtree(old).query(new, predicate="intersects")
    overlap = shapely.area(shapely.intersection(old[at_old], new[at_new]))
    smaller = np.minimum(shapely.area(old[at_old]), shapely.area(new[at_new]))
    # Areas are right to 1e-9 of themselves: a share that is just so on paper counts.
    is_same = (overlap > NOISE_M2) & (overlap >= kept_share * smaller * (1 - 1e-9))
    return np.array([at_old[is_same], at_new[is_same]], dtype=np.int64)


def _group(pairs: NDArray[np.int64], old_n: int, new_n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a number for each zone, the same for old and new ones that are one, in a chain or not."""
    size = old_n + new_n
    graph = coo_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1] + old_n)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return label[:old_n].astype(np.int64), label[old_n:].astype(np.int64)


def _list_new(
    new: gpd.GeoDataFrame,
    shapes_new: NDArray[np.object_],
    old: gpd.GeoDataFrame,
    shapes_old: NDArray[np.object_],
    groups: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> list[dict[str, object]]:
    group_old, group_new = groups
    rows: list[dict[str, object]] = []
    for at, shape in enumerate(shapes_new):
        before = np.flatnonzero(group_old == group_new[at])
        touching = before[shapely.intersects(shapes_old[before], shape)]
        overlap = shapely.area(shapely.intersection(shapes_old[touching], shape))
        names = sorted({str(name) for name in old["name"].iloc[touching]})
        rows.append(
            {
                "status": ZoneStatus.KEPT if len(before) else ZoneStatus.NEW,
                "name": str(new["name"].iloc[at]),
                "old_names": tuple(names),
                "position_new": at,
                "position_old": touching[int(np.argmax(overlap))] if len(touching) else pd.NA,
                "is_split": len(before) > 0 and int((group_new == group_new[at]).sum()) > 1,
                "is_merged": len(before) > 1,
                "area_old_m2": float(shapely.area(shapes_old[touching]).sum()) if len(before) else np.nan,
                "area_new_m2": float(shapely.area(shape)),
                "overlap_m2": float(overlap.sum()) if len(before) else 0.0,
                "geometry": shape,
            }
        )
    return rows


def _list_dropped(
    old: gpd.GeoDataFrame,
    shapes_old: NDArray[np.object_],
    group_old: NDArray[np.int64],
    group_new: NDArray[np.int64],
) -> list[dict[str, object]]:
    return [
        {
            "status": ZoneStatus.DROPPED,
            "name": str(old["name"].iloc[at]),
            "old_names": (str(old["name"].iloc[at]),),
            "position_new": pd.NA,
            "position_old": at,
            "is_split": False,
            "is_merged": False,
            "area_old_m2": float(shapely.area(shapes_old[at])),
            "area_new_m2": np.nan,
            "overlap_m2": 0.0,
            "geometry": shapes_old[at],
        }
        for at in np.flatnonzero(~np.isin(group_old, group_new))
    ]


def _put_together(rows: list[dict[str, object]], like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sort the rows as a reader meets them, north to south and west to east, and label them."""
    columns = [
        "status",
        "label",
        "name",
        "old_names",
        "position_new",
        "position_old",
        "is_split",
        "is_merged",
    ]
    columns += ["area_old_m2", "area_new_m2", "overlap_m2", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=like.crs)
    frame["geometry"] = [shapely.multipolygons(shapely.get_parts(shape)) for shape in frame.geometry]
    centre = frame.geometry.centroid
    order = list(ZoneStatus)
    rank = frame["status"].map(order.index)
    keys = pd.DataFrame({"rank": rank, "south": -centre.y, "east": centre.x, "name": frame["name"]})
    frame = frame.loc[keys.sort_values(list(keys.columns), kind="stable").index].reset_index(drop=True)
    place = frame.groupby("status").cumcount()
    frame["label"] = [
        _make_label(ZoneStatus(status), int(at)) for status, at in zip(frame["status"], place, strict=True)
    ]
    return frame.astype(
        {
            "status": "str",
            "label": "str",
            "name": "str",
            "position_new": "Int64",
            "position_old": "Int64",
            "is_split": "bool",
            "is_merged": "bool",
        }
    )


def _make_label(status: ZoneStatus, at: int) -> str:
    """Return 1, 2, ... for new zones; a, b, ..., z, aa, ab, ... for dropped ones.

    >>> _make_label(ZoneStatus.DROPPED, 27)
    'ab'
    """
    if status is ZoneStatus.KEPT:
        return ""
    if status is ZoneStatus.NEW:
        return str(at + 1)
    label = ""
    at += 1
    while at:
        at, letter = divmod(at - 1, len(ascii_lowercase))
        label = ascii_lowercase[letter] + label
    return label


def _divide_land(
    old: NDArray[np.object_], new: NDArray[np.object_], like: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    whole_old, whole_new = shapely.union_all(old), shapely.union_all(new)
    pieces = {
        Land.BOTH: shapely.intersection(whole_old, whole_new),
        Land.ONLY_NEW: shapely.difference(whole_new, whole_old),
        Land.ONLY_OLD: shapely.difference(whole_old, whole_new),
    }
    shapes = [_keep_polygons(shape) for shape in pieces.values()]
    frame = gpd.GeoDataFrame({"land": [str(name) for name in pieces]}, geometry=shapes, crs=like.crs)
    frame.insert(1, "area_m2", frame.area)
    return frame.astype({"land": "str"})


def _keep_polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return the polygons of a shape; slivers and the lines of a shared border are noise."""
    parts = shapely.get_parts(shape)
    is_land = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > NOISE_M2)
    land: shapely.MultiPolygon = shapely.multipolygons(parts[is_land])
    return land
