"""The door for every input: a table or a layer of any format, as text, with the line of each row."""

import re
from pathlib import Path

from geo.delimited import read_delimited
from geo.errors import ReadError
from geo.layer_files import LAYER_SUFFIXES
from geo.layers import list_gdal_layers, read_gdal_layer, read_geoparquet_layer
from geo.parquet import find_geometry_column, read_parquet_table
from geo.sheets import list_sheets, read_sheet
from geo.tables import TextLayer, TextTable

DELIMITED_SUFFIXES = (".csv", ".txt", ".tsv", ".csv.gz", ".txt.gz", ".tsv.gz")
SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PARQUET_SUFFIXES = (".parquet", ".geoparquet")
TABLE_SUFFIXES = (*DELIMITED_SUFFIXES, *SHEET_SUFFIXES, *PARQUET_SUFFIXES)
"""What `read_table` reads."""

GDAL_SUFFIXES = (*LAYER_SUFFIXES, ".zip", ".geojson.gz", ".json.gz")
READABLE_LAYER_SUFFIXES = (*GDAL_SUFFIXES, *PARQUET_SUFFIXES)
"""What `read_layer` reads."""

READABLE_SUFFIXES = (*TABLE_SUFFIXES, *GDAL_SUFFIXES)
"""What either reads."""

# Two letters at least: one letter and a colon is a Windows drive. Path() makes one slash of two.
_ADDRESS = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]+:/|/vsi)")


def read_table(
    path: str | Path, *, sheet: str | None = None, encoding: str | None = None, delimiter: str | None = None
) -> TextTable:
    """Read a table with every cell as text, and the line of the file for every row.

    Parameters
    ----------
    path
        ``.csv``, ``.txt`` or ``.tsv`` (also ``.gz``), a workbook (``.xlsx``, ``.xlsm``, ``.xlsb``,
        ``.xls``, ``.ods``) or ``.parquet``.
    sheet
        Sheet of a workbook; may be left out where only one has anything on it.
    encoding, delimiter
        Of a text file; may be left out (see `geo.delimited.read_delimited`).

    Returns
    -------
    TextTable
        ``str`` columns, NA where empty, rows in the order of the file.

    Raises
    ------
    ReadError
        Where the file is missing, empty, broken, of a format that is no table, or has no usable heading.
    UsageError
        Where a workbook has several sheets and none is named.
    """
    file = require_file(path)
    suffix = find_suffix(file)
    if suffix in DELIMITED_SUFFIXES:
        return read_delimited(file, encoding=encoding, delimiter=delimiter)
    if suffix in SHEET_SUFFIXES:
        return read_sheet(file, sheet=sheet)
    if suffix in PARQUET_SUFFIXES:
        return read_parquet_table(file)
    raise ReadError("files.no_table_format", {"file": file.name, "required": ", ".join(TABLE_SUFFIXES)})


def read_layer(path: str | Path, *, layer: str | None = None, crs: str | None = None) -> TextLayer:
    """Read a layer of a map: attributes as text, geometry in EPSG:25832, two-dimensional.

    Parameters
    ----------
    path
        GeoPackage, GeoJSON, shapefile, FlatGeobuf, GML, one of these in a ``.zip``, or GeoParquet.
    layer
        Name of the layer; may be left out where there is one only.
    crs
        The CRS that the project file declares, for a file that has none, e.g. ``"EPSG:25832"``.

    Returns
    -------
    TextLayer
        Rows in the order of the file.

    Raises
    ------
    ReadError
        Where the file is missing, empty, broken or of a format that is no layer, or the layer is missing,
        empty or without geometry, or no CRS is stated.
    UsageError
        Where there are several layers and none is named, or the declared CRS is wrong.
    DataError
        Where the coordinates do not lie in Denmark by the CRS.
    """
    file = require_file(path)
    suffix = find_suffix(file)
    if suffix in GDAL_SUFFIXES:
        return read_gdal_layer(file, layer=layer, crs=crs)
    if suffix in PARQUET_SUFFIXES:
        return read_geoparquet_layer(file, layer=layer, crs=crs)
    formats = ", ".join(READABLE_LAYER_SUFFIXES)
    raise ReadError("files.no_layer_format", {"file": file.name, "required": formats})


def list_layers(path: str | Path) -> list[str]:
    """Return the names of the layers with geometry in a file, or of the filled sheets of a workbook.

    Raises
    ------
    ReadError
        Where the file is missing, empty, broken or of another format.
    """
    file = require_file(path)
    suffix = find_suffix(file)
    if suffix in SHEET_SUFFIXES:
        return list_sheets(file)
    if suffix in PARQUET_SUFFIXES:
        return [file.stem] if find_geometry_column(file) else []
    if suffix in GDAL_SUFFIXES:
        return list_gdal_layers(file)
    formats = ", ".join(READABLE_LAYER_SUFFIXES)
    raise ReadError("files.no_layer_format", {"file": file.name, "required": formats})


def is_layer(path: str | Path) -> bool:
    """Tell whether `path` is to be read by `read_layer` rather than `read_table`.

    Decided by the name; a Parquet file is opened to see whether it describes a geometry.

    Raises
    ------
    ReadError
        Where the name is of neither, or a Parquet file is missing, empty or broken.
    """
    suffix = find_suffix(Path(path))
    if suffix not in READABLE_SUFFIXES:
        file = require_file(path)
        formats = ", ".join(READABLE_SUFFIXES)
        raise ReadError("files.no_readable_format", {"file": file.name, "required": formats})
    if suffix in PARQUET_SUFFIXES:
        return find_geometry_column(require_file(path)) is not None
    return suffix in GDAL_SUFFIXES


def find_suffix(path: Path) -> str:
    """Return the suffix that says the format, lower case: of ``Boliger.CSV.gz`` it is ``.csv.gz``."""
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() + suffix if suffix == ".gz" else suffix


def require_file(path: str | Path) -> Path:
    """Return `path` where it is a file with something in it that may be read.

    Raises
    ------
    ReadError
        Where it is an address on the net, missing, a folder, empty or forbidden.
    """
    if _ADDRESS.match(Path(path).as_posix()) or "://" in str(path):
        raise ReadError("files.is_address", {"file": str(path)})
    file = Path(path)
    try:
        if file.is_dir():
            raise ReadError("files.is_folder", {"file": str(path)})
        if not file.is_file():
            raise ReadError("files.not_found", {"file": str(path)})
        with file.open("rb") as stream:
            if not stream.read(1):
                raise ReadError("files.is_empty", {"file": str(path)})
    except PermissionError as denied:
        raise ReadError("files.no_permission", {"file": str(path)}) from denied
    except OSError as failed:
        reason = failed.strerror or str(failed)
        raise ReadError("files.broken", {"file": str(path), "reason": reason}) from failed
    return file
