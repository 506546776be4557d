"""Where a result comes from: digests of the inputs and versions of everything that had a say."""

import hashlib
import importlib
import platform
import sqlite3
from importlib import metadata
from pathlib import Path

import pyogrio
import pyproj
import shapely

from geo.errors import ReadError
from geo.layer_files import list_file_parts

_PACKAGES = (
    "boligkort",
    "babel",
    "branca",
    "click",
    "fiona",
    "folium",
    "geopandas",
    "numpy",
    "pandas",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "python-calamine",
    "rtree",
    "scipy",
    "shapely",
    "xlsxwriter",
)
_LEAFLET_PACKAGE = "django-js-lib-leaflet"


def hash_file(path: str | Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    A shapefile is several files, and its attributes may change without its geometry: its digest is that
    of the list which ``sha256sum`` prints of its parts, in the order .shp, .shx, .dbf, .prj, .cpg.

    Parameters
    ----------
    path
        An existing file.

    Returns
    -------
    str
        64 digits.

    Raises
    ------
    ReadError
        Where the file cannot be read.
    """
    file = Path(path)
    try:
        parts = list_file_parts(file)
        if parts == (file,):
            return _hash_one(file)
        listing = "".join(f"{_hash_one(part)}  {part.name}\n" for part in parts)
    except FileNotFoundError as missing:
        raise ReadError("files.not_found", {"file": str(path)}) from missing
    except OSError as failed:
        reason = failed.strerror or str(failed)
        raise ReadError("files.broken", {"file": str(path), "reason": reason}) from failed
    return hashlib.sha256(listing.encode()).hexdigest()


def describe_versions() -> dict[str, str]:
    """Return the version of the program, of Python and of every library that has a say in a result.

    GDAL is there twice, for pyogrio and fiona each bring their own. What is not installed is left out.

    Returns
    -------
    dict of str to str
        The program and Python first, then by name.
    """
    versions = {name: _find_version(name) for name in _PACKAGES}
    found = {name: version for name, version in versions.items() if version is not None}
    found["GDAL (pyogrio)"] = pyogrio.__gdal_version_string__
    found["GEOS"] = shapely.geos_version_string
    found["PROJ"] = pyproj.proj_version_str
    found["SQLite"] = sqlite3.sqlite_version
    found |= _describe_optional()
    first = {"boligkort": found.pop("boligkort", ""), "python": platform.python_version()}
    return first | dict(sorted(found.items(), key=lambda item: item[0].casefold()))


def _hash_one(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _find_version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _describe_optional() -> dict[str, str]:
    """Return versions inside packages that may be missing or fail to load."""
    found = {}
    leaflet = _find_version(_LEAFLET_PACKAGE)
    if leaflet is not None:
        # The package has a fourth number of its own after Leaflet's three.
        found["leaflet"] = ".".join(leaflet.split(".")[:3])
    for package, attribute, name in (
        ("fiona", "__gdal_version__", "GDAL (fiona)"),
        ("rtree.core", "rt", "libspatialindex"),
    ):
        try:
            inside = getattr(importlib.import_module(package), attribute)
        except (ImportError, OSError, AttributeError):
            continue
        found[name] = inside if isinstance(inside, str) else inside.SIDX_Version().decode()
    return found
