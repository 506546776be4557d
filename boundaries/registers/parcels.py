"""The cadastral parcels (matrikler)."""

import geopandas as gpd

from boundaries.registers.columns import convert_columns
from boundaries.registers.parcel_keys import make_parcel_key, normalise_district, normalise_number
from boundaries.registers.rows import Checked, Rows, require_one_row_per_id
from boundaries.registers.schemas import SCHEMAS
from boundaries.registers.shapes import check_polygons, no_geometry
from geo.crs import WORKING_CRS

PARCEL_COLUMNS = ("parcel_key", "cadastral_district", "parcel_number", "geometry")


def build_parcels(raw: Rows) -> Checked:
    """Read the parcels; the key is the pair of ejerlav and matrikelnummer.

    Returns
    -------
    Checked
        Rows with the columns `PARCEL_COLUMNS`, by ``parcel_key``, and what was found.
    """
    converted = convert_columns(raw, SCHEMAS["parcels"])
    district, number = converted.frame["cadastral_district"], converted.frame["parcel_number"]
    keys = make_parcel_key(district, number).rename("parcel_key")
    one = require_one_row_per_id(raw.select(keys.notna()), keys.dropna())
    index = one.frame.index
    # A table has no geometry; that its column is missing has been said once.
    geometry, findings = check_polygons(one.rows) if "geometry" in raw.frame else (no_geometry(index), ())
    frame = gpd.GeoDataFrame(
        {
            "parcel_key": keys.loc[index],
            "cadastral_district": normalise_district(district.loc[index]),
            "parcel_number": normalise_number(number.loc[index]),
            "geometry": geometry,
        },
        crs=WORKING_CRS,
    )
    return Checked(
        rows=one.rows.with_frame(frame).sort(["parcel_key"]),
        findings=(*converted.findings, *one.findings, *findings),
    )
