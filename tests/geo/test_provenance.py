"""Digests and versions."""

import hashlib
import importlib
import sys

import pytest

from geo import provenance
from geo.errors import ReadError


def test_digest_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    assert provenance.hash_file(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert provenance.hash_file(str(path)) == provenance.hash_file(path)


def test_digest_of_a_shapefile_changes_with_any_part(tmp_path):
    for suffix in ("shp", "shx", "dbf", "prj"):
        (tmp_path / f"a.{suffix}").write_bytes(suffix.encode())
    first = provenance.hash_file(tmp_path / "a.shp")
    listing = "".join(
        f"{hashlib.sha256(s.encode()).hexdigest()}  a.{s}\n" for s in ("shp", "shx", "dbf", "prj")
    )
    assert first == hashlib.sha256(listing.encode()).hexdigest()
    for suffix in ("shp", "shx", "dbf", "prj"):
        part = tmp_path / f"a.{suffix}"
        part.write_bytes(b"other")
        assert provenance.hash_file(tmp_path / "a.shp") != first
        part.write_bytes(suffix.encode())
    (tmp_path / "a.txt").write_bytes(b"not a part")
    assert provenance.hash_file(tmp_path / "a.shp") == first


def test_files_that_cannot_be_read(tmp_path):
    for path, key in [
        (tmp_path / "no.csv", "files.not_found"),
        (tmp_path, "files.broken"),
        (tmp_path / "no" / "a.shp", "files.not_found"),
    ]:
        with pytest.raises(ReadError) as caught:
            provenance.hash_file(path)
        assert caught.value.key == key


def test_versions_of_everything():
    versions = provenance.describe_versions()
    assert list(versions)[:2] == ["boligkort", "python"]
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))
    rest = list(versions)[2:]
    assert rest == sorted(rest, key=str.casefold)
    for name in (
        "GDAL (pyogrio)",
        "GEOS",
        "PROJ",
        "SQLite",
        "leaflet",
        "folium",
        "rtree",
        "libspatialindex",
        "pandas",
        "numpy",
    ):
        assert versions[name][0].isdigit()
    for package in ("geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "shapely"):
        assert versions[package] == importlib.import_module(package).__version__


def test_what_is_missing_is_left_out(monkeypatch):
    """A package that is not there, or does not load: Python 3.14 has no fiona."""
    found = provenance._find_version
    assert found("no-such-package-anywhere") is None
    monkeypatch.setattr(
        provenance,
        "_find_version",
        lambda name: None if name in {"fiona", "django-js-lib-leaflet"} else found(name),
    )
    load = importlib.import_module

    def refuse(name):
        if name == "fiona":
            raise ImportError
        return load(name)

    monkeypatch.setattr(provenance.importlib, "import_module", refuse)
    versions = provenance.describe_versions()
    assert not {"fiona", "GDAL (fiona)", "leaflet"} & set(versions)
    assert "GDAL (pyogrio)" in versions
