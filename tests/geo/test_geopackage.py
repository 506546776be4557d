"""GeoPackages: what is inside, as the standard and QGIS want it, and the same bytes each time."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo import geopackage_layers
from geo.errors import ReadError, WriteError
from geo.geopackage import Layer, read_metadata, write_geopackage
from geo.geopackage_layers import encode_points
from geo.readers import list_layers, read_layer


@pytest.fixture
def path(package, tmp_path):
    return package.write(tmp_path / "boligkort.gpkg")


def test_layers_are_read_back(path, package):
    assert list_layers(path) == ["areas", "dwellings", "empty"]
    found = gpd.read_file(path, layer="areas", engine="pyogrio", use_arrow=True)
    expected = package.areas()
    assert found.crs.to_epsg() == 25832
    assert found["area_id"].tolist() == expected["area_id"].tolist()
    assert found["name"].fillna("–").tolist() == expected["name"].fillna("–").tolist()
    assert found["beboere_n"].tolist()[::2] == [1, 1, 1]
    assert found["beboere_n"].isna().tolist() == [False, True] * 3
    assert found["share"].isna().tolist() == [False, True] * 3
    assert found["approved_on"].iloc[0] == pd.Timestamp(2024, 1, 31).date()
    assert found.geometry.isna().tolist() == [i == 2 for i in range(6)]
    assert found.geometry.dropna().geom_type.unique().tolist() == ["MultiPolygon"]
    assert found.geometry.drop(2).normalize().geom_equals(expected.geometry.drop(2).normalize()).all()
    spots = read_layer(path, layer="dwellings").frame
    assert spots.geometry.isna().tolist() == [False, True, True]
    assert shapely.get_coordinates(spots.geometry[0]).tolist() == [[720_000.5, 6_170_000.5]]


def test_columns_have_their_types(path, package):
    kinds = {name: kind for _, name, kind, *_ in package.query(path, "PRAGMA table_info(areas)")}
    assert kinds == {
        "fid": "INTEGER",
        "geom": "MULTIPOLYGON",
        "area_id": "TEXT",
        "name": "TEXT",
        "status": "TEXT",
        "beboere_n": "INTEGER",
        "share": "REAL",
        "approved_on": "DATE",
        "moment": "DATETIME",
        "is_new": "BOOLEAN",
        "small": "INTEGER",
        "nothing": "TEXT",
    }
    assert package.query(path, "SELECT approved_on, moment FROM areas WHERE fid = 1") == [
        ("2024-01-31", "2024-01-31T10:05:00.125Z")
    ]
    assert package.query(
        path, 'SELECT beboere_n, approved_on, is_new, "nothing" FROM areas WHERE fid = 2'
    ) == [(None,) * 4]


def test_standard_of_the_file(path, package):
    assert package.query(path, "PRAGMA application_id") == [(int.from_bytes(b"GPKG", "big"),)]
    assert package.query(path, "PRAGMA user_version") == [(10200,)]
    assert package.query(path, "PRAGMA integrity_check") == [("ok",)]
    assert package.query(path, "PRAGMA foreign_key_check") == []
    assert package.query(path, "PRAGMA journal_mode") == [("delete",)]
    tables = {name for (name,) in package.query(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    contents = package.query(
        path, "SELECT table_name, data_type, identifier, description, srs_id FROM gpkg_contents"
    )
    assert contents == [
        ("areas", "features", "Boligområder", "Områder på datoen", 25832),
        ("dwellings", "features", "Boliger", "", 25832),
        ("sources", "attributes", "Kilder", "", 0),
        ("empty", "features", "Tom", "", 25832),
        ("layer_styles", "attributes", "layer_styles", "QGIS", 0),
    ]
    assert {name for name, *_ in contents} <= tables
    # Requirement 58 on: every table that an extension brings is registered, and the other way round.
    extensions = package.query(
        path, "SELECT table_name, column_name, extension_name, scope FROM gpkg_extensions"
    )
    assert {table for table, *_ in extensions} <= tables
    assert set(extensions) == {
        ("areas", "geom", "gpkg_rtree_index", "write-only"),
        ("dwellings", "geom", "gpkg_rtree_index", "write-only"),
        ("empty", "geom", "gpkg_rtree_index", "write-only"),
        ("gpkg_data_columns", None, "gpkg_schema", "read-write"),
        ("gpkg_data_column_constraints", None, "gpkg_schema", "read-write"),
        ("gpkg_metadata", None, "gpkg_metadata", "read-write"),
        ("gpkg_metadata_reference", None, "gpkg_metadata", "read-write"),
    }
    assert package.query(
        path,
        "SELECT column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = 'areas'",
    ) == [("geom", "MULTIPOLYGON", 25832, 0, 0)]
    srs = package.query(
        path, "SELECT organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = 25832"
    )
    assert srs == [("EPSG", 25832)]
    assert package.query(path, "SELECT count(*) FROM rtree_areas_geom") == [(5,)]


def test_styles_names_and_lists_for_qgis(path, package):
    styles = package.query(
        path,
        "SELECT f_table_name, f_geometry_column, styleName, styleQML, useAsDefault, update_time FROM layer_styles ORDER BY id",
    )
    moment = "2025-01-01T00:00:00.000Z"
    assert styles == [
        ("areas", "geom", "Boligområder", "<!DOCTYPE qgis><qgis>æ</qgis>", 1, moment),
        ("dwellings", "geom", "Boliger", "<qgis/>", 1, moment),
    ]
    assert package.query(
        path,
        "SELECT column_name, name, title, description, constraint_name FROM gpkg_data_columns ORDER BY 1",
    ) == [
        ("name", "Navn", "Navn", "Områdets navn", None),
        ("status", "Status", "Status", None, "areas_status"),
    ]
    assert package.query(
        path, "SELECT constraint_name, constraint_type, value, description FROM gpkg_data_column_constraints"
    ) == [
        ("areas_status", "enum", "a", "Ansøgt"),
        ("areas_status", "enum", "b", "Ikke ansøgt"),
    ]
    # GDAL, and through it QGIS, sees the list and the name.
    info = pyogrio.read_info(path, layer="areas")
    assert "status" in info["fields"]


def test_metadata(path, package, tmp_path):
    assert read_metadata(path) == package.metadata
    assert list(read_metadata(path)) == list(package.metadata)
    assert package.query(path, "SELECT DISTINCT last_change FROM gpkg_contents") == [
        ("2025-01-01T00:00:00.000Z",)
    ]
    assert package.query(path, "SELECT reference_scope, timestamp FROM gpkg_metadata_reference") == [
        ("geopackage", "2025-01-01T00:00:00.000Z")
    ]
    other = tmp_path / "other.gpkg"
    pyogrio.write_dataframe(package.areas()[["geometry"]], other, driver="GPKG")
    assert read_metadata(other) == {}
    pyogrio.write_dataframe(
        package.areas()[["geometry"]], tmp_path / "m.gpkg", driver="GPKG", dataset_metadata={"a": "b"}
    )
    assert read_metadata(tmp_path / "m.gpkg") == {}


def test_metadata_of_what_is_none(tmp_path):
    with pytest.raises(ReadError) as caught:
        read_metadata(tmp_path / "no.gpkg")
    assert caught.value.key == "files.not_found"
    (tmp_path / "x.gpkg").write_bytes(b"no database at all" * 100)
    with pytest.raises(ReadError) as caught:
        read_metadata(tmp_path / "x.gpkg")
    assert caught.value.key == "files.broken"


def test_same_input_gives_the_same_bytes_whatever_the_clock_says(path, package, tmp_path):
    """In another process and another second, from the shuffled dictionaries of another hash seed."""
    program = f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from conftest import Package
        Package().write(sys.argv[1])
    """
    other = tmp_path / "other.gpkg"
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland"}
    subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(other)], check=True, env=environment)
    assert package.digest(other) == package.digest(path)
    write_geopackage(
        path, package.layers(), metadata=package.metadata | {"status_date": "2024-01-01"}, overwrite=True
    )
    assert package.digest(other) != package.digest(path)
    assert b"1970-01-01" not in path.read_bytes()


def test_without_a_status_date_the_clock_is_not_asked(package, tmp_path):
    write_geopackage(tmp_path / "a.gpkg", package.layers()[2:3], metadata={})
    assert package.query(tmp_path / "a.gpkg", "SELECT DISTINCT last_change FROM gpkg_contents") == [
        ("1970-01-01T00:00:00.000Z",)
    ]
    with pytest.raises(ValueError, match="status_date"):
        write_geopackage(tmp_path / "b.gpkg", package.layers(), metadata={"status_date": "1. januar"})


def test_frames_are_not_changed(package, tmp_path):
    given = package.layers()
    write_geopackage(tmp_path / "a.gpkg", given, metadata={})
    pd.testing.assert_frame_equal(given[0].frame, package.areas())
    assert given[0].frame.geometry[0].geom_type == "Polygon"


def test_options_of_gdal_are_put_back(path):
    assert path.exists()
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_existing_file_is_kept_unless_told(path, package):
    before = package.digest(path)
    with pytest.raises(WriteError) as caught:
        write_geopackage(path, package.layers(), metadata={})
    assert caught.value.key == "files.output_exists"
    assert package.digest(path) == before


@pytest.mark.parametrize(
    ("shapes", "kind"),
    [
        ([shapely.Point(720_000, 6_170_000), None, shapely.Point()], "Point"),
        ([shapely.LineString([(720_000, 6_170_000), (720_001, 6_170_000)])] * 2, "MultiLineString"),
        ([shapely.MultiPoint([(720_000, 6_170_000)])], "MultiPoint"),
        ([shapely.Point(720_000, 6_170_000), shapely.box(720_000, 6_170_000, 720_001, 6_170_001)], "Unknown"),
    ],
)
def test_geometry_type_is_stated(tmp_path, shapes, kind):
    frame = gpd.GeoDataFrame({"a": range(len(shapes))}, geometry=shapes, crs=25832)
    write_geopackage(tmp_path / "a.gpkg", [Layer(name="l", frame=frame, title="L")], metadata={})
    assert pyogrio.list_layers(tmp_path / "a.gpkg")[0].tolist() == ["l", kind]
    found = read_layer(tmp_path / "a.gpkg").frame
    for shape, back in zip(shapes, found.geometry, strict=True):
        if shape is None or shape.is_empty:
            assert back is None
        else:
            assert shapely.equals(shape, back)


def test_z_falls_away(package, tmp_path):
    frame = gpd.GeoDataFrame(
        {"a": [1]},
        geometry=[
            shapely.Polygon(
                [(720_000, 6_170_000, -999), (720_001, 6_170_000, -999), (720_001, 6_170_001, -999)]
            )
        ],
        crs=25832,
    )
    write_geopackage(tmp_path / "a.gpkg", [Layer(name="l", frame=frame, title="L")], metadata={})
    assert package.query(tmp_path / "a.gpkg", "SELECT z FROM gpkg_geometry_columns") == [(0,)]


def test_points_are_laid_out_as_wkb():
    x, y = np.array([720_000.25, np.inf, -1.0]), np.array([6_170_000.5, 2.0, np.nan])
    cells = encode_points(x, y).to_pylist()
    assert cells == [shapely.to_wkb(shapely.Point(720_000.25, 6_170_000.5), byte_order=1), None, None]
    assert encode_points([], []).to_pylist() == []


@pytest.mark.thorough
def test_three_million_points(package, tmp_path):
    count = 3_000_000
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "dwelling_id": np.arange(count).astype(str),
            "x": random.uniform(5e5, 7e5, count),
            "y": random.uniform(6.1e6, 6.3e6, count),
        }
    )
    target = tmp_path / "a.gpkg"
    write_geopackage(target, [Layer(name="d", frame=frame, title="D", geometry_type="Point")], metadata={})
    assert package.query(target, "SELECT count(*) FROM d") == [(count,)]
    assert package.query(target, "SELECT count(*) FROM rtree_d_geom") == [(count,)]


def test_names_of_the_two_own_columns():
    assert (geopackage_layers.FEATURE_ID, geopackage_layers.GEOMETRY) == ("fid", "geom")
