"""The door for every input: a table or a layer of any format, as text, with the line of each row."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import TypeVar

from geo.archives import open_zip, read_first_line, unpack_member
from geo.delimited import DELIMITERS, read_delimited
from geo.errors import ReadError, UsageError
from geo.json_tables import JSON_SUFFIXES, is_json_table, list_json_tables, read_json_table, read_json_tables
from geo.layer_files import LAYER_SUFFIXES, has_layer
from geo.layers import list_gdal_layers, read_gdal_layer, read_geoparquet_layer
from geo.parquet import find_geometry_column, read_parquet_table
from geo.sheets import list_sheets, read_sheet
from geo.tables import Note, TextLayer, TextTable

DELIMITED_SUFFIXES = (".csv", ".txt", ".tsv", ".csv.gz", ".txt.gz", ".tsv.gz")
SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PARQUET_SUFFIXES = (".parquet", ".geoparquet")
TABLE_SUFFIXES = (*DELIMITED_SUFFIXES, *SHEET_SUFFIXES, *PARQUET_SUFFIXES)
"""What `read_table` reads."""

ZIP_SUFFIX = ".zip"
_TABLES_NAMED = (*TABLE_SUFFIXES, *JSON_SUFFIXES, ZIP_SUFFIX)

GDAL_SUFFIXES = (*LAYER_SUFFIXES, ".zip", ".geojson.gz", ".json.gz")
READABLE_LAYER_SUFFIXES = (*GDAL_SUFFIXES, *PARQUET_SUFFIXES)
"""What `read_layer` reads."""

READABLE_SUFFIXES = (*TABLE_SUFFIXES, *GDAL_SUFFIXES)
"""What either reads."""

_Read = TypeVar("_Read")

_METADATA = re.compile(r"[_-]metadata$", re.IGNORECASE)
# Two letters at least: one letter and a colon is a Windows drive. Path() makes one slash of two.
_ADDRESS = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]+:/|/vsi)")


_OTHER_FORMATS = (
    (b"PK\x03\x04", ".xlsx, .ods, .zip"),
    (b"\xd0\xcf\x11\xe0", ".xls"),
    (b"\x1f\x8b", ".csv.gz"),
    (b"PAR1", ".parquet"),
    (b"SQLite format 3", ".gpkg"),
    (b"%PDF", ".pdf"),
)
_MAGIC_BYTES_N = 16

_NO_TABLE = (
    "files.no_heading",
    "files.no_heading_in_sheet",
    "files.is_empty",
    "files.no_rows_in_json",
    "files.several_lists",
    "files.several_sheets",
)
"""What is said of a sheet or a file in which no wanted table is."""


def read_table(
    path: str | Path, *, sheet: str | None = None, encoding: str | None = None, delimiter: str | None = None
) -> TextTable:
    """Read a table with every cell as text, and the line of the file for every row.

    Parameters
    ----------
    path
        ``.csv``, ``.txt`` or ``.tsv`` (also ``.gz``), a workbook (``.xlsx``, ``.xlsm``, ``.xlsb``,
        ``.xls``, ``.ods``), ``.parquet``, ``.json`` (also ``.gz``), or one of these in a ``.zip``.
    sheet
        Sheet of a workbook, or list of a JSON file; may be left out where only one has anything in it.
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
    if suffix in JSON_SUFFIXES:
        return read_json_table(file, name=sheet)
    if suffix == ZIP_SUFFIX:
        read_member = partial(read_table, sheet=sheet, encoding=encoding, delimiter=delimiter)
        return replace(_read_zipped(file, find_zipped_table(file), read_member), file=file.name)
    raise ReadError("files.no_table_format", {"file": file.name, "required": ", ".join(_TABLES_NAMED)})


def read_tables(
    path: str | Path,
    *,
    is_wanted: Callable[[Sequence[str]], bool],
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> tuple[TextTable, ...]:
    """Read a table, or of a file with several tables those that are wanted.

    Several tables are the lists of a JSON file, the filled sheets of a workbook, and the files in a zip,
    which may hold several themselves.

    Parameters
    ----------
    path, encoding, delimiter
        As `read_table`.
    is_wanted
        Tells by the headings whether one of several tables is wanted. The only table of a file is read
        unasked.
    sheet
        As `read_table`; where it is given, only that one is read.

    Returns
    -------
    tuple of TextTable
        In the order of the file. Of several files in a zip ``layer`` names the file, too. The first has a
        note of what was left out of a workbook or a zip.

    Raises
    ------
    ReadError, UsageError
        As `read_table`, and where of several tables none is wanted.
    """
    file = require_file(path)
    suffix = find_suffix(file)
    if sheet is None and suffix == ZIP_SUFFIX:
        read_member = partial(read_tables, is_wanted=is_wanted, encoding=encoding, delimiter=delimiter)
        members = list_zipped_tables(file)
        if len(members) > 1:
            return _read_wanted_members(file, members, read_member, is_wanted)
        texts = _read_zipped(file, members[0], read_member)
        return tuple(replace(text, file=file.name) for text in texts)
    if sheet is None and suffix in SHEET_SUFFIXES:
        names = list_sheets(file)
        return _read_wanted_sheets(file, names, is_wanted) if len(names) > 1 else (read_sheet(file),)
    if suffix in JSON_SUFFIXES and sheet is None:
        return read_json_tables(file, is_wanted=is_wanted)
    return (read_table(file, sheet=sheet, encoding=encoding, delimiter=delimiter),)


def _read_wanted_sheets(
    file: Path, names: Sequence[str], is_wanted: Callable[[Sequence[str]], bool]
) -> tuple[TextTable, ...]:
    """Read the sheets that are wanted; one without a heading is none, and faults of others matter not."""
    texts: list[TextTable] = []
    for name in names:
        try:
            text = read_sheet(file, sheet=name)
        except ReadError as broken:
            if broken.key in _NO_TABLE:
                continue
            raise
        if is_wanted(list(text.frame.columns)):
            texts.append(text)
    if not texts:
        raise UsageError("files.several_sheets", {"file": file.name, "found": ", ".join(names)})
    return _note_left_out(texts, names, [text.layer for text in texts])


def _read_wanted_members(
    file: Path,
    members: Sequence[PurePosixPath],
    read: Callable[[Path], tuple[TextTable, ...]],
    is_wanted: Callable[[Sequence[str]], bool],
) -> tuple[TextTable, ...]:
    """Read the files of a zip that are wanted; what is no table, as a text about the others, is none."""
    texts: list[TextTable] = []
    used: list[str] = []
    for member in members:
        try:
            found = _read_zipped(file, member, read)
        except (ReadError, UsageError) as broken:
            if broken.key in _NO_TABLE or not _may_be_wanted(file, member, is_wanted):
                continue
            raise
        wanted = [text for text in found if is_wanted(list(text.frame.columns))]
        texts += [
            replace(text, file=file.name, layer="/".join(filter(None, (str(member), text.layer))))
            for text in wanted
        ]
        used += [str(member)] * bool(wanted)
    names = [str(member) for member in members]
    if not texts:
        raise UsageError("files.several_tables", {"file": file.name, "found": ", ".join(names)})
    return _note_left_out(texts, names, used)


def _may_be_wanted(file: Path, member: PurePosixPath, is_wanted: Callable[[Sequence[str]], bool]) -> bool:
    """Tell whether a file that cannot be read may be a wanted one; a text tells by its first line."""
    if find_suffix(member) not in DELIMITED_SUFFIXES or member.suffix.lower() == ".gz":
        return True
    line = read_first_line(file, member)
    return any(is_wanted([cell.strip(' "') for cell in line.split(mark)]) for mark in DELIMITERS)


def _note_left_out(
    texts: Sequence[TextTable], names: Sequence[str], used: Sequence[str]
) -> tuple[TextTable, ...]:
    """Return the tables, the first with a note of the names that were not used."""
    left_out = [name for name in names if name not in used]
    first, *others = texts
    if left_out:
        note = Note("files.tables_left_out", {"source": first.file, "found": ", ".join(left_out)})
        first = replace(first, notes=(note, *first.notes))
    return (first, *others)


def _read_zipped(file: Path, member: PurePosixPath, read: Callable[[Path], _Read]) -> _Read:
    with unpack_member(file, member) as copy:
        return read(copy)


def find_zipped_table(file: Path) -> PurePosixPath:
    """Return which member of a zip is the table.

    Raises
    ------
    ReadError
        As `list_zipped_tables`.
    UsageError
        Where there are several.
    """
    tables = list_zipped_tables(file)
    if len(tables) > 1:
        found = ", ".join(str(name) for name in tables)
        raise UsageError("files.several_tables", {"file": file.name, "found": found})
    return tables[0]


def list_zipped_tables(file: Path) -> list[PurePosixPath]:
    """Return the members of a zip that are tables, one at least.

    What describes an extract (``…_Metadata.json``) is none, nor is what a Mac adds to its zips (``._…``).

    Raises
    ------
    ReadError
        Where it is no zip, or has no table.
    """
    with open_zip(file) as archive:
        names = [PurePosixPath(name) for name in archive.namelist()]
    readable = (*TABLE_SUFFIXES, *JSON_SUFFIXES)
    tables = [
        name
        for name in names
        if find_suffix(name) in readable
        and not name.name.startswith("._")
        and not _METADATA.search(name.stem)
    ]
    if not tables:
        raise ReadError("files.no_table_in_zip", {"file": file.name, "required": ", ".join(readable)})
    return tables


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
    """Return the names of the layers with geometry, of a workbook's filled sheets, or of a JSON file's lists.

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
    if suffix in JSON_SUFFIXES and is_json_table(file):
        return list_json_tables(file)
    if suffix in GDAL_SUFFIXES:
        return list_gdal_layers(file)
    formats = ", ".join(READABLE_LAYER_SUFFIXES)
    raise ReadError("files.no_layer_format", {"file": file.name, "required": formats})


def is_layer(path: str | Path) -> bool:
    """Tell whether `path` is to be read by `read_layer` rather than `read_table`.

    Decided by the name; a Parquet file is opened to see whether it describes a geometry, a JSON file
    whether it is GeoJSON, and a zip whether there is a layer in it.

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
    if suffix in JSON_SUFFIXES:
        return not is_json_table(require_file(path))
    if suffix == ZIP_SUFFIX:
        return has_layer(require_file(path))
    return suffix in GDAL_SUFFIXES


def find_suffix(path: PurePath) -> str:
    """Return the suffix that says the format, lower case: of ``Boliger.CSV.gz`` it is ``.csv.gz``."""
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() + suffix if suffix == ".gz" else suffix


def require_file(path: str | Path) -> Path:
    """Return `path` where it is a file with something in it that may be read.

    Raises
    ------
    ReadError
        Where it is an address on the net, missing, a folder, a pipe, empty or forbidden.
    """
    if _ADDRESS.match(Path(path).as_posix()) or "://" in str(path):
        raise ReadError("files.is_address", {"file": str(path)})
    file = Path(path)
    try:
        if file.is_dir():
            raise ReadError("files.is_folder", {"file": str(path)})
        if not file.is_file():
            # A pipe or a device is there, but cannot be read twice; it may have no end.
            key = "files.not_a_file" if file.exists() else "files.not_found"
            raise ReadError(key, {"file": str(path)})
        with file.open("rb") as stream:
            start = stream.read(_MAGIC_BYTES_N)
    except PermissionError as denied:
        raise ReadError("files.no_permission", {"file": str(path)}) from denied
    except OSError as failed:
        reason = failed.strerror or str(failed)
        raise ReadError("files.broken", {"file": str(path), "reason": reason}) from failed
    if not start:
        raise ReadError("files.is_empty", {"file": str(path)})
    _refuse_other_format(file, start)
    return file


def _refuse_other_format(file: Path, start: bytes) -> None:
    """Raise where a text table begins as a file of another format does: it was only renamed."""
    if file.suffix.lower() in {".csv", ".txt", ".tsv"}:
        other = next((name for mark, name in _OTHER_FORMATS if start.startswith(mark)), None)
        if other is not None:
            raise ReadError("files.other_format", {"file": file.name, "found": other})
