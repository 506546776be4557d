"""The parcels of MAT with their geometry (lodflader) and the code of their ejerlav."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.registers.extracts.entity import Entity
from boundaries.registers.extracts.links import find_missing, look_up
from boundaries.registers.findings import make_finding
from boundaries.registers.rows import Rows
from geo.crs import WORKING_CRS

PARCEL_COLUMNS = ("cadastral_district", "parcel_number", "geometry")


def join_parcels(parcels: Rows, entities: Mapping[Entity, Rows]) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return key and geometry of each parcel.

    A parcel of MAT consists of one or more lodflader, which hold its geometry; older extracts have it in
    the parcel itself. Its ejerlav is told by code, or by the id of a row of the ejerlav.

    Parameters
    ----------
    parcels
        The jordstykker in force.
    entities
        The lodflader and ejerlav in force, where there are files of them. Geometry in EPSG:25832.

    Returns
    -------
    DataFrame
        Columns ``cadastral_district`` and ``parcel_number``, and ``geometry`` where a file has any; index
        that of `parcels`, of which those are left out that have no lodflade, or one that cannot be read.
    list
        Findings: parcels without a lodflade or with an ejerlav that no file holds, and that no file holds
        any lodflade or ejerlav.
    """
    findings: list[pd.DataFrame] = []
    districts = entities.get(Entity.DISTRICT)
    told = parcels.text("district_id")
    code = parcels.text("district").fillna(look_up(told, districts, "district"))
    # The id of an ejerlav of MAT is its code, in digits; any other id needs the file of the ejerlav.
    code = code.fillna(told.where(told.str.fullmatch(r"\d+").astype("boolean").fillna(value=False)))
    findings.append(find_missing(parcels, told.where(code.isna()), districts, column="district_id"))
    if districts is None and (told.notna() & code.isna()).any():
        findings.append(_tell_incomplete(parcels, Entity.DISTRICT))
    columns = pd.DataFrame({"cadastral_district": code, "parcel_number": parcels.text("number")})
    shapes = _find_shapes(parcels, entities.get(Entity.PARCEL_SHAPE), findings)
    if shapes is None and Entity.PARCEL_SHAPE not in entities:
        findings.append(_tell_incomplete(parcels, Entity.PARCEL_SHAPE))
    if shapes is None:
        return columns, findings
    return columns.assign(geometry=shapes).loc[shapes.index], findings


def _tell_incomplete(parcels: Rows, entity: Entity) -> pd.DataFrame:
    place = {"file": parcels.name_files(), "value": entity.value}
    return make_finding("extract_incomplete", parcels.register, place)


def _find_shapes(parcels: Rows, surfaces: Rows | None, findings: list[pd.DataFrame]) -> gpd.GeoSeries | None:
    own = _read_shapes(parcels, findings)
    if surfaces is None:
        return own
    shapes = _read_shapes(surfaces, findings)
    if shapes is None or "parcel" not in surfaces.frame:
        return own
    joined = _merge_by_parcel(surfaces.frame["parcel"], shapes).reindex(parcels.frame["id"])
    found = gpd.GeoSeries(joined.to_numpy(), index=parcels.frame.index, crs=WORKING_CRS)
    has_none = pd.Series(shapely.is_missing(np.asarray(found, dtype=object)), index=found.index)
    if own is not None:
        found = found.where(~has_none, own)
        has_none &= pd.Series(shapely.is_missing(np.asarray(own, dtype=object)), index=found.index)
    # What is said of the lodflade need not be said of the parcel, too: that it has none, or a broken one.
    is_of_none = has_none & ~parcels.frame["id"].isin(surfaces.frame["parcel"])
    findings.append(parcels.found("parcel_without_surface", is_of_none, column="id"))
    is_broken = has_none & parcels.frame["id"].isin(
        surfaces.frame["parcel"][_find_bad_shapes(surfaces, shapes)]
    )
    return found[~is_of_none & ~is_broken]


def _merge_by_parcel(parcel: pd.Series, shapes: gpd.GeoSeries) -> pd.Series:
    """Return one geometry a parcel: that of its only lodflade, or the union of all."""
    present = parcel.notna() & ~shapes.is_empty & shapes.notna()
    frame = pd.DataFrame({"parcel": parcel[present], "shape": np.asarray(shapes[present], dtype=object)})
    frame = frame.assign(wkb=shapely.to_wkb(frame["shape"].to_numpy())).sort_values(["parcel", "wkb"])
    return frame.groupby("parcel")["shape"].agg(_merge)


def _merge(shapes: pd.Series) -> shapely.Geometry:
    merged: shapely.Geometry = shapes.iloc[0] if len(shapes) == 1 else shapely.union_all(shapes.to_numpy())
    return merged


def _read_shapes(rows: Rows, findings: list[pd.DataFrame]) -> gpd.GeoSeries | None:
    """Take the geometry of a layer, or read that of a table as WKT or GeoJSON."""
    if "geometry" in rows.frame:
        return gpd.GeoSeries(rows.frame["geometry"], crs=WORKING_CRS)
    if "shape" not in rows.frame:
        return None
    text = rows.text("shape")
    is_json = text.str.startswith("{").astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    written = np.asarray(text.astype(object).where(text.notna(), None), dtype=object)
    shapes = np.full(len(text), None, dtype=object)
    shapes[is_json] = shapely.from_geojson(written[is_json], on_invalid="ignore")
    shapes[~is_json] = shapely.from_wkt(written[~is_json], on_invalid="ignore")
    read = gpd.GeoSeries(shapely.force_2d(shapes), index=text.index, crs=WORKING_CRS)
    findings.append(rows.found("bad_shape", _find_bad_shapes(rows, read), column="shape"))
    return read


def _find_bad_shapes(rows: Rows, read: gpd.GeoSeries) -> pd.Series:
    """Tell which rows have a text for their geometry of which none was `read`."""
    return rows.text("shape").notna() & pd.Series(
        shapely.is_missing(np.asarray(read, dtype=object)), index=read.index
    )
