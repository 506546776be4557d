"""What can be said of a layer's file before GDAL opens it: its format, whether it is whole, its parts."""

import gzip
import re
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from geo.archives import open_zip
from geo.errors import ReadError, UsageError
from geo.json_tables import looks_like_table

LAYER_SUFFIXES = (".gpkg", ".geojson", ".json", ".shp", ".fgb", ".gml")
"""Formats that GDAL reads here; each may lie in a ``.zip``, and GeoJSON in a ``.gz``."""

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""The files that a shapefile consists of, and that its digest covers."""

_START_BYTES_N = 1000
_STARTS = {
    ".gpkg": re.compile(rb"SQLite format 3\0"),
    ".fgb": re.compile(rb"fgb"),
    ".shp": re.compile(rb"\x00\x00\x27\x0a"),
    ".geojson": re.compile(rb"(?:\xef\xbb\xbf)?\s*\{"),
    ".json": re.compile(rb"(?:\xef\xbb\xbf)?\s*\{"),
    # A VRT is XML, too, and can send GDAL anywhere.
    ".gml": re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?!OGRVRT)"),
}
_AWKWARD = frozenset("!;\n\r\t")
"""Letters of a path that GDAL takes for something else, or leaves out."""
_TABLE_HEADER_BYTES_N = 32
"""Length of the fixed part of the header of a shapefile's .dbf."""
_HEADER_BYTES_N = 100
"""Length of the header of a GeoPackage, and of a shapefile's .shp."""
_JOURNAL_START = bytes.fromhex("d9d505f920a163d7")
"""First bytes of a rollback journal that is in use; SQLite wipes them out when a transaction is done."""
_CRS_MEMBER = re.compile(rb'"crs"\s*:\s*[{]')


class LayerFile(NamedTuple):
    """A file as GDAL is to open it.

    Attributes
    ----------
    path
        A path of the file system, or one of GDAL's for what lies in an archive.
    suffix
        Of the layer's own format, lower case.
    stem
        Name without the suffix.
    """

    path: str
    suffix: str
    stem: str


def locate_layer_file(path: Path, layer: str | None) -> LayerFile:
    """Say what GDAL is to open for `path`, after looking at the first bytes and the length.

    Parameters
    ----------
    path
        An existing file, zipped or not.
    layer
        Name of the layer, which chooses among several files of a zip.

    Returns
    -------
    LayerFile
        The file itself, or its place in the archive.

    Raises
    ------
    ReadError
        Where the content is not of the format that the name promises, or the file is cut short, or a
        GeoPackage is being written by another program or was left half written.
    UsageError
        Where a zip has several layers and `layer` names none of them.
    """
    place = path.resolve().as_posix()
    if path.suffix.lower() == ".zip":
        member = _find_member(path, layer)
        found = LayerFile(f"/vsizip/{{{place}}}/{member}", member.suffix.lower(), member.stem)
        start = _read_zip_start(path, str(member))
        _require_zipped_parts(path, member)
    elif path.suffix.lower() == ".gz":
        inner = Path(path.stem)
        found = LayerFile(f"/vsigzip/{place}", inner.suffix.lower(), inner.stem)
        start = _read_gzip_start(path)
    else:
        if set(place) & _AWKWARD:
            raise ReadError("files.awkward_name", {"file": str(path)})
        found = LayerFile(str(path.resolve()), path.suffix.lower(), path.stem)
        with path.open("rb") as stream:
            start = stream.read(_START_BYTES_N)
        _require_whole(path, start)
    if not _STARTS[found.suffix].match(start) or b"OGRVRT" in start:
        raise ReadError("files.wrong_content", {"file": path.name, "required": found.suffix})
    if path.suffix.lower() == ".gpkg":
        _require_settled(path, start)
    return found


def list_members(path: Path) -> tuple[str, ...]:
    """Return the names, without suffix, of the layer files in a zip, in its order.

    Raises
    ------
    ReadError
        Where it is no zip, or has no layer.
    """
    return tuple(member.stem for member in _list_members(path))


def states_crs(path: Path, suffix: str) -> bool:
    """Tell whether a file can say which CRS it is in: false for GeoJSON without the old ``crs`` member.

    GDAL takes such a file to be in WGS 84, as the standard has it; Danish files often are not.
    """
    if suffix not in {".geojson", ".json"} or path.suffix.lower() in {".zip", ".gz"}:
        return True
    return _CRS_MEMBER.search(path.read_bytes()) is not None


def has_layer(path: Path) -> bool:
    """Tell whether there is a layer file in a zip; one that is no zip is left to its reader.

    A ``.json`` in it counts where it is GeoJSON.
    """
    try:
        return bool(_list_members(path))
    except ReadError as failed:
        return failed.key != "files.no_layer_in_zip"


def has_unsaved_rows(path: Path) -> bool:
    """Tell whether a GeoPackage has a ``-wal`` beside it: rows that a program has not put in place yet."""
    log = path.with_name(path.name + "-wal")
    return path.suffix.lower() == ".gpkg" and log.is_file() and log.stat().st_size > 0


def list_file_parts(path: Path) -> tuple[Path, ...]:
    """Return the files that together hold a source: the parts of a shapefile, else the file alone."""
    if path.suffix.lower() != ".shp":
        return (path,)
    siblings = {other.name.lower(): other for other in sorted(path.parent.iterdir())}
    parts = (siblings.get(path.stem.lower() + suffix) for suffix in SHAPEFILE_PARTS)
    return tuple(part for part in parts if part is not None)


def _find_member(path: Path, layer: str | None) -> PurePosixPath:
    members = _list_members(path)
    named = [name for name in members if name.stem == layer]
    if len(members) > 1 and len(named) != 1:
        found = ", ".join(name.stem for name in members)
        raise UsageError("files.several_layers", {"file": path.name, "found": found})
    return named[0] if named else members[0]


def _list_members(path: Path) -> list[PurePosixPath]:
    with open_zip(path) as archive:
        names = [PurePosixPath(name) for name in archive.namelist()]
    members = [name for name in names if name.suffix.lower() in LAYER_SUFFIXES]
    # What a Mac leaves in every archive.
    members = [name for name in members if not name.name.startswith("._")]
    members = [name for name in members if not _is_table(path, name)]
    if not members:
        raise ReadError("files.no_layer_in_zip", {"file": path.name, "required": ", ".join(LAYER_SUFFIXES)})
    return members


def _is_table(path: Path, member: PurePosixPath) -> bool:
    return member.suffix.lower() == ".json" and looks_like_table(_read_zip_start(path, str(member)))


def _read_zip_start(path: Path, member: str) -> bytes:
    with open_zip(path) as archive, archive.open(member) as stream:
        return stream.read(_START_BYTES_N)


def _read_gzip_start(path: Path) -> bytes:
    try:
        with gzip.open(path) as stream:
            # To the end, for the checksum is there: GDAL would pass over a file that is cut short.
            start = stream.read(_START_BYTES_N)
            while stream.read(1 << 20):
                pass
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise ReadError("files.broken", {"file": path.name, "reason": str(broken)}) from broken
    return start


def _require_whole(path: Path, start: bytes) -> None:
    """Raise where a file is shorter than its own header says; GDAL gives such a file as empty shapes."""
    suffix = path.suffix.lower()
    if suffix in {".gpkg", ".shp"} and _STARTS[suffix].match(start):
        _require_length(path, _HEADER_BYTES_N)
    if suffix == ".gpkg" and len(start) >= _HEADER_BYTES_N:
        page = int.from_bytes(start[16:18], "big")
        required = (65536 if page == 1 else page) * int.from_bytes(start[28:32], "big")
        _require_length(path, required)
    elif suffix == ".shp" and len(start) >= _HEADER_BYTES_N:
        _require_parts(path)
        _require_length(path, 2 * int.from_bytes(start[24:28], "big"))
        for part in list_file_parts(path):
            if part.suffix.lower() == ".dbf":
                _require_whole_table(part)
            elif part.suffix.lower() == ".prj":
                _require_whole_crs(part)


def _require_whole_table(path: Path) -> None:
    """Raise where the attributes of a shapefile are cut short; of no attributes at all GDAL says nothing."""
    _require_length(path, _TABLE_HEADER_BYTES_N)
    header = path.read_bytes()[:_TABLE_HEADER_BYTES_N]
    counts = (int.from_bytes(header[at:to], "little") for at, to in ((4, 8), (8, 10), (10, 12)))
    rows_n, header_n, row_n = counts
    _require_length(path, header_n + rows_n * row_n)


def _require_whole_crs(path: Path) -> None:
    """Raise where a .prj says something, but not to its end; GDAL names neither the file nor what to do."""
    text = path.read_bytes()
    if text.count(b"[") != text.count(b"]"):
        raise ReadError("files.crs_broken", {"file": path.name})


def _require_parts(path: Path) -> None:
    """Raise where a shapefile lacks its index or its attributes: it was copied without them."""
    found = {part.suffix.lower() for part in list_file_parts(path)}
    _refuse_missing_parts(path, path.stem, found)


def _require_zipped_parts(path: Path, member: PurePosixPath) -> None:
    """Raise where a shapefile was zipped without its index or its attributes."""
    if member.suffix.lower() == ".shp":
        with open_zip(path) as archive:
            names = [PurePosixPath(name) for name in archive.namelist()]
        place = (member.parent, member.stem.lower())
        found = {name.suffix.lower() for name in names if (name.parent, name.stem.lower()) == place}
        _refuse_missing_parts(path, member.stem, found)


def _refuse_missing_parts(path: Path, stem: str, found: set[str]) -> None:
    missing = [stem + part for part in (".shx", ".dbf") if part not in found]
    if missing:
        raise ReadError("files.parts_missing", {"file": path.name, "other": ", ".join(missing)})


def _require_length(path: Path, required: int) -> None:
    found = path.stat().st_size
    if found < required:
        raise ReadError("files.cut_short", {"file": path.name, "found": found, "required": required})


def _require_settled(path: Path, start: bytes) -> None:
    """Raise where a GeoPackage is locked or half written: GDAL would read past the lock, rows of both states.

    Asked of a file with a rollback journal only. One with a write-ahead log can be read while it is
    written, and SQLite could not look at it without writing a file beside it.
    """
    journal = path.with_name(path.name + "-journal")
    is_hot = journal.is_file() and journal.read_bytes()[:8] == _JOURNAL_START
    if start[18:20] != b"\x01\x01":
        return
    try:
        if not is_hot:
            place = path.resolve().as_uri() + "?mode=ro"
            with closing(sqlite3.connect(place, uri=True, timeout=0)) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as locked:
        if "locked" in str(locked):
            raise ReadError("files.locked", {"file": path.name}) from locked
    except (sqlite3.DatabaseError, UnicodeError):
        return  # damaged: GDAL says how
    if is_hot:
        raise ReadError("files.half_written", {"file": path.name, "other": journal.name})
