"""A layer as it goes into a GeoPackage: its description, and its columns and geometry as Arrow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import ArrayLike

from geo.crs import require_crs

FEATURE_ID = "fid"
GEOMETRY = "geom"
"""The names of the two columns that every layer has besides its own."""

_LAYER_TYPES = (
    # By shapely's type id; a layer of polygons takes multipolygons, too, so it is one of those.
    "Point",
    "MultiLineString",
    "MultiLineString",
    "MultiPolygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """What a column is called and may hold, for whoever opens the layer in QGIS.

    Attributes
    ----------
    title
        Shown in place of the column's name; unique in its layer.
    description
        A sentence.
    codes
        Each value that may occur and its label: a drop-down list. None where any value may occur.
    """

    title: str
    description: str = ""
    codes: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of a GeoPackage.

    Attributes
    ----------
    name
        Name of the table; unique, ASCII is safest.
    frame
        A GeoDataFrame in EPSG:25832; or a DataFrame, which becomes a table without geometry, or, with
        `geometry_type` ``"Point"``, a layer of points at its columns ``x`` and ``y`` (EPSG:25832,
        metres; NaN is no geometry), made without a Python object a point. The order of the rows is
        kept; millions of points are written three times as fast where neighbours follow each other.
    title
        What the layer is called; unique.
    description
        A sentence.
    columns
        `Column` by name, for those that need one.
    qml
        QGIS style, applied when the layer is opened.
    geometry_type
        ``"Point"``, ``"MultiPolygon"`` or another of OGR's; found from the geometries where left out,
        polygons as MultiPolygon. A layer without rows needs it.
    """

    name: str
    frame: pd.DataFrame
    title: str
    description: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)
    qml: str | None = None
    geometry_type: str | None = None


class EncodedLayer(NamedTuple):
    """A layer ready to be written.

    Attributes
    ----------
    table
        Its columns and, where it has geometry, WKB in the column `GEOMETRY`.
    geometry_type
        OGR's word, or None for a table.
    """

    table: pa.Table
    geometry_type: str | None


def encode_layer(layer: Layer) -> EncodedLayer:
    """Return the columns and geometry of a layer as Arrow.

    Dates (``datetime64`` without zone, at midnight) become dates, moments with a zone become UTC; words
    of any kind become text; missing is NULL. Polygons become multipolygons, and z falls away.

    Parameters
    ----------
    layer
        Any layer.

    Raises
    ------
    DataError
        Where the CRS is not EPSG:25832.
    ValueError
        Where a column has a name that the layer needs or two columns have the same but for case, or the
        geometry type is neither given nor found.
    TypeError
        Where a column holds what a GeoPackage has no type for; a time of day without a zone is one.
    """
    frame = layer.frame
    is_spatial = isinstance(frame, gpd.GeoDataFrame)
    names = [str(name) for name in frame.columns if not (is_spatial and name == frame.geometry.name)]
    _require_names(layer, names)
    columns = [_encode_column(frame[name]) for name in names]
    if is_spatial:
        require_crs(frame)
        shapes = np.asarray(frame.geometry, dtype=object)
        kind = layer.geometry_type or _find_geometry_type(layer.name, shapes)
        columns.append(_encode_shapes(shapes, kind))
    elif layer.geometry_type is not None:
        kind = layer.geometry_type
        if kind != "Point":
            raise ValueError(f"layer {layer.name}: {kind} without geometry")
        columns.append(encode_points(frame["x"], frame["y"]))
    else:
        return EncodedLayer(pa.table(columns, names=names), None)
    return EncodedLayer(pa.table(columns, names=[*names, GEOMETRY]), kind)


def encode_points(x: ArrayLike, y: ArrayLike) -> pa.Array:
    """Return points as WKB, laid out by numpy; a point with a coordinate that is not finite is null.

    Parameters
    ----------
    x, y
        Coordinates, metres in EPSG:25832.

    Returns
    -------
    pyarrow.Array
        ``binary``.
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    # Byte order (1: least first), geometry type (1: point), coordinates.
    layout = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
    points = np.zeros(len(east), dtype=layout)
    points["order"], points["kind"], points["x"], points["y"] = 1, 1, east, north
    offsets = np.arange(len(east) + 1, dtype=np.int32) * layout.itemsize
    cells = pa.Array.from_buffers(
        pa.binary(), len(east), [None, pa.py_buffer(offsets), pa.py_buffer(points.tobytes())]
    )
    is_known = np.isfinite(east) & np.isfinite(north)
    return cells if is_known.all() else pc.if_else(pa.array(is_known), cells, pa.scalar(None, pa.binary()))


def _require_names(layer: Layer, names: list[str]) -> None:
    folded = [name.casefold() for name in names]
    taken = sorted({name for name in folded if folded.count(name) > 1 or name in {FEATURE_ID, GEOMETRY}})
    if taken:
        raise ValueError(f"layer {layer.name}: column names taken: {', '.join(taken)}")
    unknown = sorted(set(layer.columns) - set(names))
    if unknown:
        raise ValueError(f"layer {layer.name}: columns described but not there: {', '.join(unknown)}")


def _encode_column(column: pd.Series) -> pa.Array:
    cells = pa.array(column, from_pandas=True)
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells, kind = pc.cast(cells, kind.value_type), kind.value_type
    if pa.types.is_timestamp(kind):
        return _encode_moments(cells)
    if pa.types.is_integer(kind):
        return pc.cast(cells, pa.int64())
    if pa.types.is_null(kind) or pa.types.is_large_string(kind) or pa.types.is_string(kind):
        return pc.cast(cells, pa.string())
    if pa.types.is_boolean(kind) or pa.types.is_floating(kind) or pa.types.is_date32(kind):
        return cells
    raise TypeError(f"column {column.name}: {kind}")


def _encode_moments(cells: pa.Array) -> pa.Array:
    if cells.type.tz is not None:
        return pc.cast(cells, pa.timestamp("ms", "UTC"), safe=False)
    days = pc.cast(cells, pa.date32())
    if not pc.cast(days, cells.type).equals(cells):
        # A GeoPackage knows moments in UTC only.
        raise TypeError("a time of day without a zone")
    return days


def _find_geometry_type(name: str, shapes: np.ndarray) -> str:
    found = np.unique(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]))
    kinds = sorted({_LAYER_TYPES[type_id] for type_id in found})
    if not kinds:
        raise ValueError(f"layer {name}: no geometry to find a type from; state geometry_type")
    return kinds[0] if len(kinds) == 1 else "Unknown"


def _encode_shapes(shapes: np.ndarray, kind: str) -> pa.Array:
    if kind == "Point":
        is_known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        x, y = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
        x[is_known], y[is_known] = shapely.get_coordinates(shapes[is_known]).T
        return encode_points(x, y)
    flat = shapely.force_2d(shapes)
    if kind in {"MultiPolygon", "MultiLineString"}:
        simple = kind.removeprefix("Multi")
        is_simple = shapely.get_type_id(flat) == shapely.GeometryType[simple.upper()]
        join = shapely.multipolygons if simple == "Polygon" else shapely.multilinestrings
        flat[is_simple] = join(flat[is_simple][:, np.newaxis])
    return pa.array(shapely.to_wkb(flat, byte_order=1, flavor="iso"), pa.binary())
