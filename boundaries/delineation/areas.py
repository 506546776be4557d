"""The delineation of every area on a date, with the lineage of each parcel.

Almenboligloven § 61 a, stk. 3: an area is the physically coherent parcels that in 2010 were owned by
almene boligafdelinger, and the minister may approve a split and the inclusion of other parcels. So an
area on a date is its base parcels, and the parcels of the extensions approved on or before the date,
and not the parcels split off.
"""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from boundaries.delineation.coherence import measure_coherence
from boundaries.delineation.decisions import flag_in_force, order_decisions
from boundaries.model import Registers
from geo.crs import WORKING_CRS
from geo.geometry import as_multipolygon

PIECE_COLUMNS = ("area_id", "piece", "extension_id", "approved_on", "split_id", "parcel_key", "geometry")
"""Columns of the lineage, in order."""

SLIVER_M2 = 0.01
"""A cut by a split's polygon leaves rounding slivers along shared edges; smaller ones are dropped."""


def delineate_areas(
    registers: Registers, status_date: date, *, gap_m: float = 30.0
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Draw every area as it is on a date.

    Parameters
    ----------
    registers
        Areas with their base parcels or polygons, extensions and splits, EPSG:25832.
    status_date
        Decisions approved on or before this date are in force.
    gap_m
        Parts within this distance are coherent, metres.

    Returns
    -------
    areas
        ``area_id``, ``name``, ``kommune_code``, ``residents_2010``, ``area_m2``, ``parcels_n``,
        ``extensions_n``, ``groups_n``, ``widest_gap_m``, ``geometry``; by ``area_id``. An area whose
        every parcel was split off is not among them.
    pieces
        `PIECE_COLUMNS`; by ``area_id``, base before extension, extension and parcel.
    """
    pieces = _base_pieces(registers)
    for decision in order_decisions(registers, status_date).itertuples():
        if decision.kind == "extension":
            added = _extension_pieces(registers, str(decision.decision_id))
            pieces = pd.concat([pieces, added], ignore_index=True)
        else:
            pieces = _apply_split(registers, pieces, str(decision.decision_id))
    pieces = _sort_pieces(pieces)
    areas = _dissolve(registers, pieces, status_date)
    return measure_coherence(areas, gap_m), pieces


def outline_extensions(registers: Registers, status_date: date) -> gpd.GeoDataFrame:
    """Outline every extension, whatever its status, and tell which are in force.

    Returns
    -------
    gpd.GeoDataFrame
        ``extension_id``, ``area_id``, ``applied_on``, ``approved_on``, ``status``, ``is_in_force``,
        ``area_m2``, ``geometry`` (MultiPolygon); by ``extension_id``.
    """
    extensions = registers.extensions.copy()
    listed = _union_parcels(registers, registers.extension_parcels, "extension_id")
    shapes = extensions["extension_id"].map(listed)
    geometry = extensions.geometry.where(extensions.geometry.notna(), shapes)
    outlined = extensions.assign(is_in_force=flag_in_force(extensions, status_date))
    outlined = outlined.set_geometry(as_multipolygon(gpd.GeoSeries(geometry, crs=WORKING_CRS)))
    outlined["area_m2"] = outlined.geometry.area
    columns = ["extension_id", "area_id", "applied_on", "approved_on", "status", "is_in_force", "area_m2"]
    return outlined[[*columns, "geometry"]]


def _base_pieces(registers: Registers) -> gpd.GeoDataFrame:
    listed = registers.area_parcels.merge(registers.parcels[["parcel_key", "geometry"]], on="parcel_key")
    drawn = registers.areas.loc[registers.areas.geometry.notna(), ["area_id", "geometry"]]
    both = pd.concat([listed[["area_id", "parcel_key", "geometry"]], drawn], ignore_index=True)
    return _frame_pieces(both, "base")


def _extension_pieces(registers: Registers, extension_id: str) -> gpd.GeoDataFrame:
    extension = registers.extensions[registers.extensions["extension_id"].eq(extension_id)].iloc[0]
    keys = registers.extension_parcels
    listed = keys[keys["extension_id"].eq(extension_id)].merge(
        registers.parcels[["parcel_key", "geometry"]], on="parcel_key"
    )[["parcel_key", "geometry"]]
    if extension["geometry"] is not None and not listed.shape[0]:
        listed = pd.DataFrame({"parcel_key": [pd.NA], "geometry": [extension["geometry"]]})
    pieces = _frame_pieces(listed.assign(area_id=extension["area_id"]), "extension")
    pieces["extension_id"] = pd.Series(extension_id, index=pieces.index, dtype="str")
    pieces["approved_on"] = pd.Series(extension["approved_on"], index=pieces.index, dtype="datetime64[s]")
    return pieces


def _frame_pieces(rows: pd.DataFrame, piece: str) -> gpd.GeoDataFrame:
    n = len(rows)
    columns = {
        "area_id": rows["area_id"].astype("str").to_numpy(),
        "piece": pd.array([piece] * n, dtype="str"),
        "extension_id": pd.array([pd.NA] * n, dtype="str"),
        "approved_on": pd.array([pd.NaT] * n, dtype="datetime64[s]"),
        "split_id": pd.array([pd.NA] * n, dtype="str"),
        "parcel_key": pd.array(rows["parcel_key"].tolist(), dtype="str"),
    }
    geometry = gpd.GeoSeries(rows["geometry"].to_numpy(), crs=WORKING_CRS)
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=WORKING_CRS)


def _apply_split(registers: Registers, pieces: gpd.GeoDataFrame, split_id: str) -> gpd.GeoDataFrame:
    split = registers.splits[registers.splits["split_id"].eq(split_id)].iloc[0]
    keys = registers.split_parcels
    listed = set(keys.loc[keys["split_id"].eq(split_id), "parcel_key"])
    is_affected = pieces["area_id"].eq(split["area_id"])
    is_moved = is_affected & pieces["parcel_key"].isin(listed)
    shape = split["geometry"]
    if listed:
        shape = shapely.union_all(
            registers.parcels.loc[registers.parcels["parcel_key"].isin(listed), "geometry"].to_numpy()
        )
    is_cut = is_affected & ~is_moved & pieces["parcel_key"].isna()
    if not listed:
        is_cut = is_affected
    kept, cut = _cut_pieces(pieces[is_cut], shape)
    moved = pd.concat([pieces[is_moved], cut])
    new_area = split["new_area_id"]
    moved = moved.assign(
        area_id=pd.Series(new_area, index=moved.index, dtype="str"),
        split_id=pd.Series(split_id, index=moved.index, dtype="str"),
    )
    parts = [pieces[~is_moved & ~is_cut], kept] + ([] if pd.isna(new_area) else [moved])
    return pd.concat([part for part in parts if len(part)] or [pieces.iloc[:0]], ignore_index=True)


def _cut_pieces(
    pieces: gpd.GeoDataFrame, shape: shapely.Geometry
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    kept = pieces.set_geometry(_polygonal(shapely.difference(pieces.geometry.to_numpy(), shape)))
    cut = pieces.set_geometry(_polygonal(shapely.intersection(pieces.geometry.to_numpy(), shape)))
    kept, cut = kept.set_crs(WORKING_CRS), cut.set_crs(WORKING_CRS)
    return kept[kept.geometry.area > SLIVER_M2], cut[cut.geometry.area > SLIVER_M2]


def _polygonal(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    # A cut along an edge leaves lines and points in a collection: only what has an area is a piece.
    parts, index = shapely.get_parts(geometries, return_index=True)
    is_polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    merged = np.full(len(geometries), shapely.MultiPolygon(), dtype=object)
    for position in np.unique(index[is_polygon]):
        merged[position] = shapely.multipolygons(parts[is_polygon & (index == position)])
    return merged


def _sort_pieces(pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    ordered = pieces.sort_values(
        ["area_id", "piece", "extension_id", "split_id", "parcel_key"],
        kind="stable",
        na_position="first",
        ignore_index=True,
    )
    return gpd.GeoDataFrame(ordered[list(PIECE_COLUMNS)], geometry="geometry", crs=WORKING_CRS)


def _dissolve(registers: Registers, pieces: gpd.GeoDataFrame, status_date: date) -> gpd.GeoDataFrame:
    names = _name_areas(registers, status_date)
    rows = []
    for area_id, own in pieces.groupby("area_id", sort=True):
        merged = shapely.union_all(own.geometry.to_numpy())
        rows.append(
            {
                "area_id": area_id,
                "area_m2": float(merged.area),
                "parcels_n": int(own["parcel_key"].nunique()),
                "extensions_n": int(own["extension_id"].nunique()),
                "geometry": merged,
            }
        )
    columns = ["area_id", "area_m2", "parcels_n", "extensions_n", "geometry"]
    drawn = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=WORKING_CRS)
    drawn["area_id"] = drawn["area_id"].astype("str")
    drawn = drawn.merge(names, on="area_id", how="left")
    drawn = drawn.set_geometry(as_multipolygon(drawn.geometry))
    return drawn[["area_id", "name", "kommune_code", "residents_2010", *columns[1:]]]


def _name_areas(registers: Registers, status_date: date) -> pd.DataFrame:
    columns = ["area_id", "name", "kommune_code", "residents_2010"]
    known = pd.DataFrame(registers.areas)[columns]
    splits = registers.splits[flag_in_force(registers.splits, status_date)]
    born = pd.DataFrame(
        {
            "area_id": splits["new_area_id"],
            "name": splits["new_name"].fillna(splits["new_area_id"]),
            "kommune_code": splits["area_id"].map(known.set_index("area_id")["kommune_code"]),
            "residents_2010": pd.Series(pd.NA, index=splits.index, dtype="Int64"),
        }
    ).dropna(subset=["area_id"])
    born = born[~born["area_id"].isin(known["area_id"])].drop_duplicates("area_id")
    return pd.concat([known, born], ignore_index=True) if len(born) else known


def _union_parcels(registers: Registers, keys: pd.DataFrame, owner: str) -> dict[str, shapely.Geometry]:
    listed = keys.merge(registers.parcels[["parcel_key", "geometry"]], on="parcel_key")
    return {str(own): shapely.union_all(rows["geometry"].to_numpy()) for own, rows in listed.groupby(owner)}
