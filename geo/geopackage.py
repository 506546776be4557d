"""GeoPackages that open in QGIS as they should look, and that no failure leaves half written."""

import re
import sqlite3
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.raw

from geo.crs import WORKING_CRS
from geo.errors import ReadError, WriteError
from geo.gdal_options import gdal_options
from geo.geopackage_layers import FEATURE_ID, GEOMETRY, Column, EncodedLayer, Layer, encode_layer
from geo.geopackage_tables import fill_tables, find_damage, read_metadata_document
from geo.tables import name_source
from geo.writers import named_gdal_errors, replace_file

__all__ = ["Column", "Layer", "read_metadata", "write_geopackage"]

VERSION = "1.2"
"""Of the standard: the newest that QGIS releases in use read without a warning."""

_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_UNDATED = "1970-01-01"


def write_geopackage(
    path: str | Path, layers: Sequence[Layer], *, metadata: Mapping[str, str], overwrite: bool = False
) -> None:
    """Write layers, their styles and what is known of them into one new GeoPackage.

    Nothing is ever written into an existing file: a new one is made beside it, read back and compared
    value for value, flushed to the disk and renamed (`geo.writers.replace_file`). The same layers and
    metadata give the same bytes on the same versions of GDAL and SQLite; the times inside are the
    status date, not the clock.

    Parameters
    ----------
    path
        The file to write.
    layers
        In the order in which they shall be listed; the frames are not changed. Tables without geometry
        may be among them.
    metadata
        What `read_metadata` gives back; ``status_date`` (ISO) dates the file.
    overwrite
        Whether a file that is there may be replaced.

    Raises
    ------
    WriteError
        Where the file is there and `overwrite` is not given, it cannot be written, or what is read back
        is not what was written; what was there before is untouched.
    DataError
        Where a layer is not in EPSG:25832.
    ValueError, TypeError
        Where a layer cannot be what it is said to be (`geo.geopackage_layers.encode_layer`), or names or
        titles occur twice.

    Notes
    -----
    GeoPackage 1.2 with the extensions for spatial index, schema and metadata; styles are in the table
    ``layer_styles`` that QGIS reads.
    """
    status_date = metadata.get("status_date", _UNDATED)
    if not _ISO_DATE.match(status_date):
        raise ValueError(f"status_date: {status_date}")
    _require_distinct(layers)
    encoded = [encode_layer(layer) for layer in layers]
    moment = f"{status_date}T00:00:00.000Z"
    target = Path(path)
    with replace_file(target, overwrite=overwrite) as temporary, named_gdal_errors(target):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            _write_layers(temporary, layers, encoded, moment)
            fill_tables(temporary, layers, metadata, moment=moment)
            _compare(temporary, target, layers, encoded)
        for warning in caught:
            # GDAL has nothing to warn of in a file that is as it should be.
            if issubclass(warning.category, RuntimeWarning):
                _raise_differing(target, "", warning.message, "ok")


def read_metadata(path: str | Path) -> dict[str, str]:
    """Return the metadata that `write_geopackage` put into a file.

    Parameters
    ----------
    path
        A GeoPackage.

    Returns
    -------
    dict of str to str
        In the order in which it was given; empty where the file was made by another program.

    Raises
    ------
    ReadError
        Where the file is missing or no GeoPackage.
    """
    file = Path(path)
    if not file.is_file():
        raise ReadError("files.not_found", {"file": str(path)})
    try:
        return read_metadata_document(file)
    except (sqlite3.DatabaseError, ValueError) as broken:
        raise ReadError("files.broken", {"file": file.name, "reason": str(broken)}) from broken


def _require_distinct(layers: Sequence[Layer]) -> None:
    if not layers:
        raise ValueError("a GeoPackage needs a layer")
    for words in (
        [layer.name.casefold() for layer in layers],
        [layer.title for layer in layers],
        *([column.title for column in layer.columns.values()] for layer in layers),
    ):
        repeated = sorted({word for word in words if words.count(word) > 1})
        if repeated:
            raise ValueError(f"occurs twice: {', '.join(repeated)}")


def _write_layers(path: Path, layers: Sequence[Layer], encoded: Sequence[EncodedLayer], moment: str) -> None:
    # No journal and no waiting for the disk: the file is new, read back and flushed before it counts.
    fast = {"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "OFF", "OGR_CURRENT_DATE": moment}
    with gdal_options(fast):
        for layer, (table, geometry_type) in zip(layers, encoded, strict=True):
            is_spatial = geometry_type is not None
            pyogrio.raw.write_arrow(
                table,
                path,
                layer=layer.name,
                driver="GPKG",
                geometry_name=GEOMETRY if is_spatial else None,
                geometry_type=geometry_type,
                crs=WORKING_CRS if is_spatial else None,
                dataset_options=None if path.exists() else {"VERSION": VERSION},
                layer_options={
                    "FID": FEATURE_ID,
                    "IDENTIFIER": layer.title,
                    "DESCRIPTION": layer.description,
                }
                | ({"GEOMETRY_NAME": GEOMETRY, "SPATIAL_INDEX": "YES"} if is_spatial else {}),
            )


def _compare(path: Path, target: Path, layers: Sequence[Layer], encoded: Sequence[EncodedLayer]) -> None:
    damage = find_damage(path)
    if damage:
        _raise_differing(target, "", damage, "ok")
    for layer, (table, geometry_type) in zip(layers, encoded, strict=True):
        meta, found = pyogrio.raw.read_arrow(path, layer=layer.name)
        _require_same(target, layer, (meta["crs"], WORKING_CRS if geometry_type else None))
        _require_same(target, layer, (meta["geometry_type"], geometry_type))
        _require_same(target, layer, (tuple(found.column_names), tuple(table.column_names)))
        _require_same(target, layer, (found.num_rows, table.num_rows))
        for name in table.column_names:
            if not _is_same_column(found.column(name), table.column(name)):
                _raise_differing(target, layer.name, name, name)


def _require_same(target: Path, layer: Layer, pair: tuple[object, object]) -> None:
    found, required = pair
    if found != required:
        _raise_differing(target, layer.name, found, required)


def _raise_differing(target: Path, layer: str, found: object, required: object) -> None:
    values = {"source": name_source(str(target), layer), "found": found, "required": required}
    raise WriteError("files.read_back_differs", values)


def _is_same_column(found: pa.ChunkedArray, written: pa.ChunkedArray) -> bool:
    return bool(pc.cast(found, written.type).equals(written))
