"""What is in the layers of a file, faults included, where a reader for work would refuse them."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geo.crs import WORKING_CRS, is_in_denmark, is_working_crs, measure_typical_bounds, name_crs, propose_crs
from geo.errors import ReadError
from geo.inspection_facts import Bounds, Fault, FieldFacts, FieldKind, GeometryFault, LayerFacts
from geo.layer_files import LayerFile, list_members, locate_layer_file, states_crs
from geo.layers import OPEN_OPTIONS, gdal_errors, list_spatial, without_log
from geo.second_reading import read_again
from geo.tables import Note, clean_name

_KINDS = {
    "OFTString": FieldKind.TEXT,
    "OFTInteger": FieldKind.INTEGER,
    "OFTInteger64": FieldKind.INTEGER,
    "OFTReal": FieldKind.NUMBER,
    "OFTDate": FieldKind.DATE,
    "OFTDateTime": FieldKind.DATE,
}
_ARROW_KINDS = (
    (pa.types.is_boolean, FieldKind.BOOLEAN),
    (pa.types.is_integer, FieldKind.INTEGER),
    (pa.types.is_floating, FieldKind.NUMBER),
    (pa.types.is_decimal, FieldKind.NUMBER),
    (pa.types.is_date, FieldKind.DATE),
    (pa.types.is_timestamp, FieldKind.DATE),
    (pa.types.is_string, FieldKind.TEXT),
    (pa.types.is_large_string, FieldKind.TEXT),
    (pa.types.is_string_view, FieldKind.TEXT),
)
# What GDAL does for itself; the second reader is told the same.
_CONFIG = {"GML_FIELDTYPES": "ALWAYS_STRINGS"}


def inspect_layers(
    path: Path, *, layer: str | None = None
) -> tuple[tuple[LayerFacts, ...], tuple[Note, ...]]:
    """Look at the layers of a file that GDAL reads, by pyogrio and then by fiona.

    Parameters
    ----------
    path
        An existing file of a format of `geo.layers`.
    layer
        Only this one.

    Returns
    -------
    tuple
        The layers in the order of the file, tables without geometry too; and what GDAL warned of.

    Raises
    ------
    ReadError
        Where the file is broken, or has no layer of that name.
    """
    is_zip = path.suffix.lower() == ".zip"
    members = list_members(path) if is_zip else (None,)
    chosen = [member for member in members if layer in (None, member)] or list(members)
    facts: list[LayerFacts] = []
    notes: list[Note] = []
    for member in chosen:
        found = locate_layer_file(path, member)
        with without_log(path, found) as source:
            with gdal_errors(path.name, notes):
                names = _list_all(source)
            wanted = [name for name in names if layer in (None, name, source.stem)]
            facts += [_inspect(source, path, name, notes) for name in wanted]
    if not facts:
        listed = ", ".join(names)
        raise ReadError("files.no_such_layer", {"file": path.name, "layer": layer or "–", "found": listed})
    return tuple(facts), tuple(notes)


def inspect_geoparquet(path: Path, column: str) -> LayerFacts:
    """Look at a GeoParquet file.

    Parameters
    ----------
    path
        An existing file.
    column
        Its geometry column.

    Raises
    ------
    ReadError
        Where the file is broken.
    """
    with gdal_errors(path.name, []):
        frame = gpd.read_parquet(path, columns=[column])
        schema = pq.read_schema(path)
    shapes = np.asarray(frame.geometry, dtype=object)
    fields = tuple(
        FieldFacts(name=clean_name(field.name), kind=name_arrow_kind(field.type))
        for field in schema
        if field.name != column
    )
    # Rows of a table are counted from 1.
    faults = _find_faults(shapes, np.arange(1, len(shapes) + 1), ~shapely.is_missing(shapes))
    return _describe(path.stem, "", shapes, frame.crs, fields=fields, faults=faults)


def _list_all(source: LayerFile) -> list[str]:
    """List the layers, and the tables without geometry that a GeoPackage may have."""
    if source.suffix == ".gml":
        return list_spatial(source)
    return [str(name) for name, _ in pyogrio.list_layers(source.path)]


def _inspect(source: LayerFile, path: Path, name: str, notes: list[Note]) -> LayerFacts:
    options = OPEN_OPTIONS.get(source.suffix, {})
    with gdal_errors(path.name, notes):
        info = pyogrio.read_info(source.path, layer=name, **options)
        has_geometry = info["geometry_type"] is not None
        _, fids, wkb, _ = pyogrio.raw.read(
            source.path, layer=name, columns=[], return_fids=True, read_geometry=has_geometry, **options
        )
        fields = tuple(
            FieldFacts(name=clean_name(str(field)), kind=_name_kind(kind, subtype))
            for field, kind, subtype in zip(
                info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True
            )
        )
    if not has_geometry:
        return LayerFacts(name=name, geometry_type="", rows_n=len(fids), fields=fields)
    # What GEOS cannot read is a fault of the feature, not of the file.
    with np.errstate(invalid="ignore"):
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    has_bytes = np.array([cell is not None for cell in wkb], dtype=bool)
    crs = info["crs"] if states_crs(path, source.suffix) else None
    faults = _find_faults(shapes, fids, has_bytes)
    first = _describe(name, info["geometry_type"], shapes, crs, fields=fields, faults=faults)
    second = read_again(source.path, name, options=options, config=_CONFIG)
    together = {fault.fid: fault for fault in (*second.faults, *first.faults)}
    return replace(first, faults=tuple(together[fid] for fid in sorted(together)), second=second)


def _describe(
    name: str,
    geometry_type: str,
    shapes: NDArray[np.object_],
    crs: CRS | str | None,
    *,
    fields: tuple[FieldFacts, ...],
    faults: tuple[GeometryFault, ...],
) -> LayerFacts:
    bounds = shapely.bounds(shapes)
    known = CRS(crs) if crs else None
    typical = measure_typical_bounds(bounds)
    return LayerFacts(
        name=name,
        geometry_type=geometry_type,
        found_types=_list_types(shapes),
        has_z=bool(shapely.has_z(shapes).any()),
        crs=name_crs(known) if known else "",
        is_working_crs=known is not None and is_working_crs(known),
        proposals=propose_crs(typical) if typical and not _lies_in_denmark(bounds, known) else (),
        rows_n=len(shapes),
        extent=_measure_extent(shapes),
        fields=fields,
        faults=faults,
    )


def _lies_in_denmark(bounds: NDArray[np.float64], crs: CRS | None) -> bool:
    """Tell whether any row does by `crs`: the file would be refused else; never where it states none."""
    if crs is None:
        return False
    transformer = Transformer.from_crs(crs, WORKING_CRS, always_xy=True)
    known = bounds[np.isfinite(bounds).all(axis=1)]
    centres = transformer.transform((known[:, 0] + known[:, 2]) / 2, (known[:, 1] + known[:, 3]) / 2)
    return bool(is_in_denmark(*centres).any())


def _list_types(shapes: NDArray[np.object_]) -> tuple[str, ...]:
    ids = np.unique(shapely.get_type_id(shapes))
    return tuple(sorted(shapely.GeometryType(number).name for number in ids if number >= 0))


def _measure_extent(shapes: NDArray[np.object_]) -> Bounds | None:
    bounds = shapely.total_bounds(shapes) if len(shapes) else np.full(4, np.nan)
    if not np.isfinite(bounds).all():
        return None
    x_min, y_min, x_max, y_max = (float(value) for value in bounds)
    return x_min, y_min, x_max, y_max


def _find_faults(
    shapes: NDArray[np.object_], fids: NDArray[np.int64], has_bytes: NDArray[np.bool_]
) -> tuple[GeometryFault, ...]:
    is_missing, is_empty = shapely.is_missing(shapes), shapely.is_empty(shapes)
    is_invalid = ~is_missing & ~is_empty & ~shapely.is_valid(shapes)
    found = np.select(
        [is_missing & has_bytes, is_missing, is_empty, is_invalid],
        [Fault.UNREADABLE.value, Fault.NULL.value, Fault.EMPTY.value, Fault.INVALID.value],
        default="",
    )
    at = np.flatnonzero(found != "")
    reasons = [str(shapely.is_valid_reason(shapes[place])) if is_invalid[place] else "" for place in at]
    return tuple(
        GeometryFault(fid=int(fids[place]), fault=Fault(str(found[place])), reason=reason)
        for place, reason in zip(at, reasons, strict=True)
    )


def _name_kind(kind: str, subtype: str) -> FieldKind:
    return FieldKind.BOOLEAN if subtype == "OFSTBoolean" else _KINDS.get(kind, FieldKind.OTHER)


def name_arrow_kind(kind: pa.DataType) -> FieldKind:
    """Name the kind of an Arrow type."""
    if pa.types.is_dictionary(kind):
        return name_arrow_kind(kind.value_type)
    for is_kind, name in _ARROW_KINDS:
        if is_kind(kind):
            return name
    return FieldKind.OTHER
