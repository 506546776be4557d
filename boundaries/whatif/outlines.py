"""Outlines of proposed extensions: keys of parcels, or a polygon from text or a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.registers.parcel_keys import make_parcel_key
from geo.crs import WORKING_CRS, is_in_denmark
from geo.errors import DataError
from geo.geometry import repair_geometry
from geo.readers import read_layer

_KEY = r"^(?P<district>.*\S)\s*-\s*(?P<number>[^-\s][^-]*)$"


@dataclass(frozen=True, kw_only=True)
class Outline:
    """Keys of parcels, or a polygon in EPSG:25832 and what making it valid changed of its area."""

    parcels: tuple[str, ...] = ()
    geometry: shapely.Geometry | None = None
    repaired_m2: float | None = None


def find_keys(listed: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of parcels as the registers write them, each once, and the entries that are none.

    Examples
    --------
    >>> find_keys(["0010851-12 BK", "10851-12bk", "12bk"])
    (('10851-12bk',), ('12bk',))
    """
    text = pd.Series(list(listed), dtype="str").str.strip()
    parts = text.str.extract(_KEY)
    keys = make_parcel_key(parts["district"], parts["number"])
    return tuple(dict.fromkeys(keys.dropna())), tuple(text[keys.isna()])


def parse_wkt(text: str) -> Outline | None:
    """Return the polygon of a WKT in EPSG:25832; None where it is no polygon, or not in Denmark."""
    try:
        shape = shapely.from_wkt(text)
    except shapely.errors.ShapelyError:
        return None
    polygon = _merge([shape])
    if polygon.geometry is None:
        return None
    west, south, east, north = shapely.bounds(polygon.geometry)
    inside = is_in_denmark(np.array([west, east]), np.array([south, north]))
    return polygon if inside.all() else None


def read_outline(path: Path, *, layer: str = "", crs: str = "") -> Outline:
    """Read all polygons of a layer as one outline.

    Parameters
    ----------
    path
        As in `geo.readers.read_layer`.
    layer
        Name of the layer; empty for the only one.
    crs
        CRS, only where the file has none.

    Raises
    ------
    ReadError, UsageError, DataError
        As `geo.readers.read_layer`; ``whatif.no_polygon`` where the layer has no area.
    """
    shapes = read_layer(path, layer=layer or None, crs=crs or None).frame.geometry
    outline = _merge(list(shapes.dropna()))
    if outline.geometry is None:
        raise DataError("whatif.no_polygon", {"file": path.name})
    return outline


def _merge(shapes: Sequence[shapely.Geometry]) -> Outline:
    """Make the shapes valid and unite them; no geometry where nothing has an area."""
    flat = gpd.GeoSeries([shapely.force_2d(shape) for shape in shapes], crs=WORKING_CRS)
    repaired, report = repair_geometry(flat)
    polygon = shapely.union_all(repaired.dropna().to_numpy())
    if shapely.is_empty(polygon) or not polygon.area:
        return Outline()
    change = (report["area_after_m2"] - report["area_before_m2"]).abs().sum()
    return Outline(geometry=polygon, repaired_m2=float(change) if len(report) else None)
