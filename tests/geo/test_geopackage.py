"""GeoPackages: what is inside, the same bytes, and nothing half written whatever happens."""

import hashlib
import os
import sqlite3
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo import geopackage, geopackage_layers
from geo.errors import DataError, ReadError, WriteError
from geo.geopackage import Column, Layer, read_metadata, write_geopackage
from geo.geopackage_layers import encode_points
from geo.readers import list_layers, read_layer

METADATA = {"status_date": "2025-01-01", "titel": "Prøve æøå", "a": "1"}


def areas():
    count = 6
    frame = gpd.GeoDataFrame(
        {
            "area_id": [f"O{i}" for i in range(count)],
            "name": ["Ærø", None, "Østerbro", "Å", "b", "c"],
            "status": pd.Categorical(["a", "b"] * 3),
            "beboere_n": pd.array([1, None] * 3, dtype="Int64"),
            "share": [1.5, np.nan] * 3,
            "approved_on": pd.to_datetime(["2024-01-31", None] * 3).astype("datetime64[s]"),
            "moment": pd.to_datetime(["2024-01-31T11:05:00.125+01:00", None] * 3),
            "is_new": pd.array([True, None] * 3, dtype="boolean"),
            "small": np.arange(count, dtype="int16"),
            "nothing": [None] * count,
        },
        geometry=[
            shapely.box(720_000 + 20 * i, 6_170_000, 720_010 + 20 * i, 6_170_010) for i in range(count)
        ],
        crs=25832,
    )
    frame.loc[1, "geometry"] = shapely.MultiPolygon(
        [frame.geometry[1], shapely.box(721_000, 6_170_000, 721_010, 6_170_010)]
    )
    frame.loc[2, "geometry"] = None
    return frame


def points():
    return pd.DataFrame(
        {"dwelling_id": ["a", "b", "c"], "x": [720_000.5, np.nan, 720_001.0], "y": [6_170_000.5, 1.0, np.nan]}
    )


def layers():
    return [
        Layer(
            name="areas",
            frame=areas(),
            title="Boligområder",
            description="Områder på datoen",
            columns={
                "name": Column(title="Navn", description="Områdets navn"),
                "status": Column(title="Status", codes={"a": "Ansøgt", "b": "Ikke ansøgt"}),
            },
            qml="<!DOCTYPE qgis><qgis>æ</qgis>",
        ),
        Layer(name="dwellings", frame=points(), title="Boliger", geometry_type="Point", qml="<qgis/>"),
        Layer(name="sources", frame=points()[["dwelling_id"]], title="Kilder"),
        Layer(name="empty", frame=areas().iloc[:0], title="Tom", geometry_type="MultiPolygon"),
    ]


@pytest.fixture
def path(tmp_path):
    target = tmp_path / "boligkort.gpkg"
    write_geopackage(target, layers(), metadata=METADATA)
    return target


def query(path, statement, *values):
    database = sqlite3.connect(path)
    try:
        return database.execute(statement, values).fetchall()
    finally:
        database.close()


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_layers_are_read_back(path):
    assert list_layers(path) == ["areas", "dwellings", "empty"]
    found = gpd.read_file(path, layer="areas", engine="pyogrio", use_arrow=True)
    expected = areas()
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


def test_columns_have_their_types(path):
    kinds = {name: kind for _, name, kind, *_ in query(path, "PRAGMA table_info(areas)")}
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
    assert query(path, "SELECT approved_on, moment FROM areas WHERE fid = 1") == [
        ("2024-01-31", "2024-01-31T10:05:00.125Z")
    ]
    assert query(path, 'SELECT beboere_n, approved_on, is_new, "nothing" FROM areas WHERE fid = 2') == [
        (None,) * 4
    ]


def test_standard_of_the_file(path):
    assert query(path, "PRAGMA application_id") == [(int.from_bytes(b"GPKG", "big"),)]
    assert query(path, "PRAGMA user_version") == [(10200,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert query(path, "PRAGMA foreign_key_check") == []
    assert query(path, "PRAGMA journal_mode") == [("delete",)]
    tables = {name for (name,) in query(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    contents = query(path, "SELECT table_name, data_type, identifier, description, srs_id FROM gpkg_contents")
    assert contents == [
        ("areas", "features", "Boligområder", "Områder på datoen", 25832),
        ("dwellings", "features", "Boliger", "", 25832),
        ("sources", "attributes", "Kilder", "", 0),
        ("empty", "features", "Tom", "", 25832),
        ("layer_styles", "attributes", "layer_styles", "QGIS", 0),
    ]
    assert {name for name, *_ in contents} <= tables
    # Requirement 58 on: every table that an extension brings is registered, and the other way round.
    extensions = query(path, "SELECT table_name, column_name, extension_name, scope FROM gpkg_extensions")
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
    assert query(
        path,
        "SELECT column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = 'areas'",
    ) == [("geom", "MULTIPOLYGON", 25832, 0, 0)]
    srs = query(
        path, "SELECT organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id = 25832"
    )
    assert srs == [("EPSG", 25832)]
    assert query(path, "SELECT count(*) FROM rtree_areas_geom") == [(5,)]


def test_styles_names_and_lists_for_qgis(path):
    styles = query(
        path,
        "SELECT f_table_name, f_geometry_column, styleName, styleQML, useAsDefault, update_time FROM layer_styles ORDER BY id",
    )
    moment = "2025-01-01T00:00:00.000Z"
    assert styles == [
        ("areas", "geom", "Boligområder", "<!DOCTYPE qgis><qgis>æ</qgis>", 1, moment),
        ("dwellings", "geom", "Boliger", "<qgis/>", 1, moment),
    ]
    assert query(
        path,
        "SELECT column_name, name, title, description, constraint_name FROM gpkg_data_columns ORDER BY 1",
    ) == [
        ("name", "Navn", "Navn", "Områdets navn", None),
        ("status", "Status", "Status", None, "areas_status"),
    ]
    assert query(
        path, "SELECT constraint_name, constraint_type, value, description FROM gpkg_data_column_constraints"
    ) == [
        ("areas_status", "enum", "a", "Ansøgt"),
        ("areas_status", "enum", "b", "Ikke ansøgt"),
    ]
    # GDAL, and through it QGIS, sees the list and the name.
    info = pyogrio.read_info(path, layer="areas")
    assert "status" in info["fields"]


def test_metadata(path, tmp_path):
    assert read_metadata(path) == METADATA
    assert list(read_metadata(path)) == list(METADATA)
    assert query(path, "SELECT DISTINCT last_change FROM gpkg_contents") == [("2025-01-01T00:00:00.000Z",)]
    assert query(path, "SELECT reference_scope, timestamp FROM gpkg_metadata_reference") == [
        ("geopackage", "2025-01-01T00:00:00.000Z")
    ]
    other = tmp_path / "other.gpkg"
    pyogrio.write_dataframe(areas()[["geometry"]], other, driver="GPKG")
    assert read_metadata(other) == {}
    pyogrio.write_dataframe(
        areas()[["geometry"]], tmp_path / "m.gpkg", driver="GPKG", dataset_metadata={"a": "b"}
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


def test_same_input_gives_the_same_bytes_whatever_the_clock_says(path, tmp_path):
    """In another process and another second, from the shuffled dictionaries of another hash seed."""
    program = f"""
        import sys, time
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_geopackage import METADATA, layers, write_geopackage
        write_geopackage(sys.argv[1], layers(), metadata=METADATA)
    """
    other = tmp_path / "other.gpkg"
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland"}
    subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(other)], check=True, env=environment)
    assert digest(other) == digest(path)
    write_geopackage(path, layers(), metadata=METADATA | {"status_date": "2024-01-01"}, overwrite=True)
    assert digest(other) != digest(path)
    assert b"1970-01-01" not in path.read_bytes()


def test_without_a_status_date_the_clock_is_not_asked(tmp_path):
    write_geopackage(tmp_path / "a.gpkg", layers()[2:3], metadata={})
    assert query(tmp_path / "a.gpkg", "SELECT DISTINCT last_change FROM gpkg_contents") == [
        ("1970-01-01T00:00:00.000Z",)
    ]
    with pytest.raises(ValueError, match="status_date"):
        write_geopackage(tmp_path / "b.gpkg", layers(), metadata={"status_date": "1. januar"})


def test_frames_are_not_changed(tmp_path):
    given = layers()
    write_geopackage(tmp_path / "a.gpkg", given, metadata={})
    pd.testing.assert_frame_equal(given[0].frame, areas())
    assert given[0].frame.geometry[0].geom_type == "Polygon"


def test_options_of_gdal_are_put_back(path):
    assert path.exists()
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_existing_file_is_kept_unless_told(path):
    before = digest(path)
    with pytest.raises(WriteError) as caught:
        write_geopackage(path, layers(), metadata={})
    assert caught.value.key == "files.output_exists"
    assert digest(path) == before


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


def test_z_falls_away(tmp_path):
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
    assert query(tmp_path / "a.gpkg", "SELECT z FROM gpkg_geometry_columns") == [(0,)]


def test_points_are_laid_out_as_wkb():
    x, y = np.array([720_000.25, np.inf, -1.0]), np.array([6_170_000.5, 2.0, np.nan])
    cells = encode_points(x, y).to_pylist()
    assert cells == [shapely.to_wkb(shapely.Point(720_000.25, 6_170_000.5), byte_order=1), None, None]
    assert encode_points([], []).to_pylist() == []


@pytest.mark.parametrize(
    ("layer", "failure"),
    [
        (Layer(name="l", frame=areas().to_crs(4326), title="L"), DataError),
        (Layer(name="l", frame=areas().iloc[:0], title="L"), ValueError),
        (Layer(name="l", frame=points(), title="L", geometry_type="MultiPolygon"), ValueError),
        (Layer(name="l", frame=points().rename(columns={"x": "FID"}), title="L"), ValueError),
        (Layer(name="l", frame=points().rename(columns={"x": "geom"}), title="L"), ValueError),
        (Layer(name="l", frame=points().rename(columns={"x": "Y"}), title="L"), ValueError),
        (Layer(name="l", frame=points(), title="L", columns={"z": Column(title="Z")}), ValueError),
        (Layer(name="l", frame=pd.DataFrame({"a": [[1]]}), title="L"), TypeError),
        (
            Layer(name="l", frame=pd.DataFrame({"a": pd.to_datetime(["2024-01-31T10:05"])}), title="L"),
            TypeError,
        ),
    ],
)
def test_layers_that_cannot_be(tmp_path, layer, failure):
    with pytest.raises(failure):
        write_geopackage(tmp_path / "a.gpkg", [layer], metadata={})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [
        [],
        [layers()[2], layers()[2]],
        [layers()[2], Layer(name="other", frame=points(), title="Kilder")],
        [
            Layer(
                name="l", frame=points(), title="L", columns={"x": Column(title="A"), "y": Column(title="A")}
            )
        ],
    ],
)
def test_names_and_titles_occur_once(tmp_path, given):
    with pytest.raises(ValueError, match="twice|needs"):
        write_geopackage(tmp_path / "a.gpkg", given, metadata={})


# --- Nothing half written ----------------------------------------------------------------------------


def spoil_rows(path):
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM sources WHERE fid = 1")
    database.close()


def spoil_value(path):
    with sqlite3.connect(path) as database:
        database.execute("UPDATE sources SET dwelling_id = 'z' WHERE fid = 1")
    database.close()


def spoil_type(path):
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'POLYGON'")
    database.close()


def spoil_crs(path):
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = 'areas'")
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'areas'")
    database.close()


def spoil_columns(path):
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE sources RENAME COLUMN dwelling_id TO other")
    database.close()


def spoil_key(path):
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_contents SET srs_id = 99999 WHERE table_name = 'areas'")
    database.close()


@pytest.mark.parametrize("spoil", [spoil_rows, spoil_value, spoil_type, spoil_crs, spoil_columns, spoil_key])
def test_what_differs_when_read_back_is_thrown_away(path, monkeypatch, spoil):
    before = digest(path)
    fill = geopackage.fill_tables

    def fill_and_spoil(temporary, *args, **options):
        fill(temporary, *args, **options)
        spoil(temporary)

    monkeypatch.setattr(geopackage, "fill_tables", fill_and_spoil)
    with pytest.raises(WriteError) as caught:
        write_geopackage(path, layers(), metadata={}, overwrite=True)
    assert caught.value.key == "files.read_back_differs"
    assert digest(path) == before
    assert [other.name for other in path.parent.iterdir()] == [path.name]


def test_what_gdal_warns_of_is_not_kept(path, monkeypatch):
    fill = geopackage.fill_tables

    def fill_and_warn(*args, **options):
        fill(*args, **options)
        warnings.warn("a value was cut short", RuntimeWarning, stacklevel=1)
        warnings.warn("something will change", DeprecationWarning, stacklevel=1)

    before = digest(path)
    monkeypatch.setattr(geopackage, "fill_tables", fill_and_warn)
    with pytest.raises(WriteError) as caught:
        write_geopackage(path, layers(), metadata={}, overwrite=True)
    assert str(caught.value.values["found"]) == "a value was cut short"
    assert digest(path) == before


def test_what_others_warn_of_does_no_harm(path, monkeypatch):
    fill = geopackage.fill_tables

    def fill_and_warn(*args, **options):
        fill(*args, **options)
        warnings.warn("something will change", DeprecationWarning, stacklevel=1)

    monkeypatch.setattr(geopackage, "fill_tables", fill_and_warn)
    write_geopackage(path, layers(), metadata={}, overwrite=True)
    assert read_metadata(path) == {}


@pytest.mark.parametrize("step", ["_write_layers", "fill_tables", "_compare"])
@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), pyogrio.errors.DataSourceError("full"), MemoryError()]
)
def test_failure_of_a_step_leaves_the_old_file(path, monkeypatch, step, failure):
    before = digest(path)

    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(geopackage, step, fail)
    with pytest.raises((WriteError, MemoryError)):
        write_geopackage(path, layers(), metadata={}, overwrite=True)
    assert digest(path) == before
    assert [other.name for other in path.parent.iterdir()] == [path.name]


KILLER = """
import gc, hashlib, os, pathlib, signal, sys
sys.path.insert(0, {tests!r})
from test_geopackage import METADATA, digest, layers, read_metadata, write_geopackage

target = pathlib.Path(sys.argv[1])
old, given = digest(target), layers()
new = METADATA | {{"titel": "ny"}}


def write(kill_at=None):
    seen_n = 0

    def step(frame, event, argument):
        # Every call and return, of Python and of C, in the modules that write.
        nonlocal seen_n
        if "{geo}" in frame.f_code.co_filename:
            seen_n += 1
            if seen_n == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(step)
    write_geopackage(target, given, metadata=new, overwrite=True)
    sys.setprofile(None)
    return seen_n


# Once whole, to count the moments; then the old file again.
content = target.read_bytes()
moments_n = write()
assert read_metadata(target) == new
target.write_bytes(content)
after_n = 0
every = int(sys.argv[2])
# The last moments are those around the swap.
last = range(moments_n - 60, moments_n + 1, 4)
for moment in sorted({{*range(1, moments_n, every), *last}}):
    child = os.fork()
    if child == 0:
        write(moment)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, (moment, status)
    if digest(target) != old:
        assert read_metadata(target) == new, moment
        after_n += 1
        target.write_bytes(content)
print(moments_n, after_n)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills its child by fork and SIGKILL")
@pytest.mark.parametrize("every", [151, pytest.param(3, marks=pytest.mark.thorough)])
def test_killing_the_writer_at_any_moment_leaves_the_old_file_or_the_new_one_whole(path, every):
    program = KILLER.format(tests=str(Path(__file__).parent), geo=os.sep + "geo" + os.sep)
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(path), str(every)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    moments_n, after_n = map(int, run.stdout.split())
    assert moments_n > 500
    # Both kinds of moment were met: before the swap, and after it.
    assert after_n > 0
    # What the killed runs left does not stop the next, and goes.
    write_geopackage(path, layers(), metadata=METADATA, overwrite=True)
    assert read_metadata(path) == METADATA
    assert [other.name for other in path.parent.iterdir()] == [path.name]


@pytest.mark.thorough
def test_three_million_points(tmp_path):
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
    assert query(target, "SELECT count(*) FROM d") == [(count,)]
    assert query(target, "SELECT count(*) FROM rtree_d_geom") == [(count,)]


def test_names_of_the_two_own_columns():
    assert (geopackage_layers.FEATURE_ID, geopackage_layers.GEOMETRY) == ("fid", "geom")
