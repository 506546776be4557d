"""Layers of maps: GeoPackage, GeoJSON, shapefile, FlatGeobuf, GML (each zipped, too) and GeoParquet.

GDAL is told what it may do: it goes to no network for a schema, changes no input and writes no file
beside it, and a file is handed to it only when its first bytes are those of the format that its name
promises.
"""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyproj import CRS

from geo.crs import to_working_crs
from geo.errors import ReadError, UsageError
from geo.gdal_options import gdal_options
from geo.layer_files import LayerFile, has_unsaved_rows, locate_layer_file, states_crs
from geo.parquet import find_geometry_column, format_table, named_text_errors
from geo.tables import (
    Note,
    RawTable,
    TextLayer,
    clean_name,
    find_mojibake,
    name_source,
    tidy_columns,
    to_frame,
)

OPEN_OPTIONS = {
    ".gml": {"WRITE_GFS": "NO", "DOWNLOAD_SCHEMA": "NO"},
    ".geojson": {"DATE_AS_STRING": "YES"},
    ".json": {"DATE_AS_STRING": "YES"},
}
"""What GDAL is told on opening a layer, by the suffix of its format."""

# A type that GDAL guesses from the values would cost a code its leading zeros.
_CONFIG = {"GML_FIELDTYPES": "ALWAYS_STRINGS"}
_READ_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.CRSError,
    shapely.errors.GEOSException,
    pa.ArrowException,
    ArithmeticError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
_WARNINGS_NOTED_N = 3


class _Content(NamedTuple):
    layer: str
    crs: str | None
    fids: np.ndarray
    geometry: np.ndarray
    attributes: pa.Table


def read_gdal_layer(path: Path, *, layer: str | None = None, crs: str | None = None) -> TextLayer:
    """Read one layer, attributes as text, geometry in EPSG:25832.

    Geometry and attributes are read apart and must agree on the number of features: of a damaged file
    GDAL gives the one way an error and the other way fewer rows. Curves become lines of short pieces.

    Parameters
    ----------
    path
        An existing file of a format of this module.
    layer
        Name of the layer; may be left out where there is one only.
    crs
        The CRS that the project file declares, for a file that has none.

    Returns
    -------
    TextLayer
        ``line`` is the feature id.

    Raises
    ------
    ReadError
        Where the file is broken, or the layer is missing, empty or without geometry.
    UsageError
        Where there are several layers and none is named.
    DataError
        Where the coordinates do not lie in Denmark by the file's CRS.
    """
    found = locate_layer_file(path, layer)
    notes: list[Note] = []
    with without_log(path, found) as source, gdal_errors(path.name, notes):
        content = _read_content(source, path.name, layer)
        # Coordinates that are no numbers are found later, with their place; numpy need not warn of them.
        with np.errstate(invalid="ignore"):
            geometry = shapely.from_wkb(content.geometry)
    own_crs = content.crs if crs is None or states_crs(path, found.suffix) else None
    if has_unsaved_rows(path):
        notes.append(Note("files.unsaved_rows", {"source": path.name}))
    with named_text_errors(name_source(path.name, content.layer)):
        raw, left_out = format_table(content.attributes, path.name, content.layer)
        raw = raw._replace(line=content.fids.astype(np.int64))
        return _finish(raw, geometry, (own_crs, crs), (*notes, *left_out))


def read_geoparquet_layer(path: Path, *, layer: str | None = None, crs: str | None = None) -> TextLayer:
    """Read a GeoParquet file, attributes as text, geometry in EPSG:25832.

    Parameters
    ----------
    path
        An existing file.
    layer
        May be left out; a GeoParquet file has one layer, with the name of the file.
    crs
        The CRS that the project file declares, for a file that has none.

    Returns
    -------
    TextLayer
        ``line`` is the number of the row, from 1.

    Raises
    ------
    ReadError
        Where the file is broken, or the layer is missing, empty or without geometry.
    DataError
        Where the coordinates do not lie in Denmark by the file's CRS.
    """
    if layer is not None and layer != path.stem:
        raise ReadError("files.no_such_layer", {"file": path.name, "layer": layer, "found": path.stem})
    column = find_geometry_column(path)
    if column is None:
        raise ReadError("files.no_geometry", {"source": path.name})
    notes: list[Note] = []
    with gdal_errors(path.name, notes):
        frame = gpd.read_parquet(path, columns=[column])
        attributes = pq.read_table(path).drop_columns([column])
    _require_features(len(frame), path.name, path.stem)
    geometry = np.asarray(frame.geometry, dtype=object)
    with named_text_errors(name_source(path.name, path.stem)):
        raw, left_out = format_table(attributes, path.name, path.stem)
        return _finish(raw, geometry, (frame.crs, crs), (*notes, *left_out))


def list_gdal_layers(path: Path) -> list[str]:
    """Return the names of the layers of a file that have geometry, in the order of the file.

    Raises
    ------
    ReadError
        Where the file is broken.
    UsageError
        Where a zip has several files of layers.
    """
    found = locate_layer_file(path, None)
    with without_log(path, found) as source, gdal_errors(path.name, []):
        return list_spatial(source)


@contextmanager
def without_log(path: Path, found: LayerFile) -> Iterator[LayerFile]:
    """Give a copy of a GeoPackage that has a ``-wal``: SQLite would move its rows in and delete it.

    Parameters
    ----------
    path
        The file.
    found
        How GDAL is to open it.

    Yields
    ------
    LayerFile
        `found` itself, or that of the copy, which lives as long as the block.
    """
    if not has_unsaved_rows(path):
        yield found
        return
    with tempfile.TemporaryDirectory() as folder:
        for part in (path, path.with_name(path.name + "-wal")):
            shutil.copyfile(part, Path(folder) / part.name)
        yield found._replace(path=str(Path(folder) / path.name))


@contextmanager
def gdal_errors(file: str, notes: list[Note]) -> Iterator[None]:
    """Name the file in what GDAL raises, and add what it warns of to `notes`.

    Raises
    ------
    ReadError
        ``files.broken`` for whatever GDAL, GEOS and Arrow raise of a damaged file.
    """
    with warnings.catch_warnings(record=True) as caught, gdal_options(_CONFIG):
        warnings.simplefilter("always")
        try:
            yield
        except _READ_ERRORS as broken:
            raise ReadError("files.broken", {"file": file, "reason": _one_line(broken)}) from broken
    messages = list(dict.fromkeys(_one_line(warning.message) for warning in caught))
    notes += [
        Note("files.gdal_warning", {"source": file, "reason": message})
        for message in messages[:_WARNINGS_NOTED_N]
    ]


def _one_line(message: object) -> str:
    return " ".join(str(message).split())


def list_spatial(source: LayerFile) -> list[str]:
    """Return the names of the layers that have geometry, in the order of the file."""
    if source.suffix != ".gml":
        return [str(name) for name, kind in pyogrio.list_layers(source.path) if kind is not None]
    # pyogrio.list_layers takes no options, and GDAL would write a .gfs beside the file.
    names: list[str] = []
    while True:
        try:
            info = pyogrio.read_info(source.path, layer=len(names), **OPEN_OPTIONS[".gml"])
        except pyogrio.errors.DataLayerError:
            return names
        names.append(info["layer_name"])


def _choose_layer(source: LayerFile, file: str, layer: str | None) -> str:
    spatial = list_spatial(source)
    if layer is None:
        if not spatial:
            raise ReadError("files.no_geometry", {"source": file})
        if len(spatial) > 1:
            raise UsageError("files.several_layers", {"file": file, "found": ", ".join(spatial)})
        return spatial[0]
    if layer in spatial:
        return layer
    if len(spatial) == 1 and layer == source.stem:
        return spatial[0]
    raise ReadError("files.no_such_layer", {"file": file, "layer": layer, "found": ", ".join(spatial)})


def _read_content(source: LayerFile, file: str, layer: str | None) -> _Content:
    name = _choose_layer(source, file, layer)
    options = OPEN_OPTIONS.get(source.suffix, {})
    meta, fids, geometry, _ = pyogrio.raw.read(
        source.path, layer=name, columns=[], force_2d=True, return_fids=True, **options
    )
    _require_features(len(geometry), file, name)
    _, attributes = pyogrio.raw.read_arrow(
        source.path, layer=name, read_geometry=False, datetime_as_string=True, **options
    )
    if attributes.num_columns and attributes.num_rows != len(geometry):
        counts = {"found": attributes.num_rows, "required": len(geometry)}
        raise ReadError("files.rows_lost", {"source": name_source(file, name)} | counts)
    return _Content(name, meta["crs"], fids, geometry, attributes)


def _require_features(features_n: int, file: str, layer: str) -> None:
    if not features_n:
        raise ReadError("files.empty_layer", {"source": name_source(file, layer)})


def _finish(
    raw: RawTable, geometry: np.ndarray, crs: tuple[CRS | str | None, str | None], notes: tuple[Note, ...]
) -> TextLayer:
    names = [clean_name(name) for name in raw.names]
    columns = tidy_columns(raw.columns)
    notes = (*notes, *find_mojibake(raw._replace(names=names, columns=columns)))
    # An attribute may be called geometry, too; ours is the layer's.
    frame = to_frame(names, columns, len(geometry)).rename(columns={"geometry": "geometry_text"})
    own, declared = crs
    layer = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometry, index=frame.index, crs=own))
    layer = to_working_crs(layer, file=raw.file, layer=raw.layer, declared=declared)
    line = pd.Series(raw.line, dtype="int64")
    return TextLayer(frame=layer, line=line, file=raw.file, layer=raw.layer, notes=notes)
