"""Layers of every format: text, lines, CRS; and what is damaged says so."""

import gzip
import hashlib
import json
import shutil
import sqlite3
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo import layers
from geo.errors import BoligkortError, DataError, ReadError, UsageError
from geo.gdal_options import gdal_options
from geo.layer_files import list_file_parts
from geo.readers import list_layers, read_layer

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FORMATS = {
    "lag.gpkg": "GPKG",
    "lag.geojson": "GeoJSON",
    "lag.json": "GeoJSON",
    "lag.shp": "ESRI Shapefile",
    "lag.fgb": "FlatGeobuf",
    "lag.gml": "GML",
}


def squares(rows=3, crs=25832):
    frame = gpd.GeoDataFrame(
        {
            "kode": [f"{101 + i:04d}" for i in range(rows)],
            "navn": ["Sæby", "Øster Å", None][:rows] + [f"n{i}" for i in range(3, rows)],
            "antal": np.arange(rows),
            "areal": [1.5, 1.234, 80.0][:rows] + [0.5] * (rows - 3),
            "dag": pd.to_datetime(["2024-01-31"] * rows),
        },
        geometry=[shapely.box(720_000 + 20 * i, 6_170_000, 720_010 + 20 * i, 6_170_010) for i in range(rows)],
        crs=25832,
    )
    return frame.to_crs(crs)


def write(folder, name, frame=None, **options):
    path = folder / name
    frame = squares() if frame is None else frame
    options = {"driver": FORMATS.get(name), "use_arrow": True} | options
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(frame, path, **options)
    return path


def snapshot(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format(tmp_path, name):
    path = write(tmp_path, name, crs_frame(name))
    before = snapshot(tmp_path)
    layer = read_layer(path)
    assert snapshot(tmp_path) == before
    frame = layer.frame
    assert frame.crs.to_epsg() == 25832
    assert sorted(frame["kode"]) == ["0101", "0102", "0103"]
    frame = frame.sort_values("kode", ignore_index=True)
    assert frame["navn"].fillna("–").tolist() == ["Sæby", "Øster Å", "–"]
    assert frame["antal"].tolist() == ["0", "1", "2"]
    assert [float(text) for text in frame["areal"]] == [1.5, 1.234, 80.0]
    assert all(text.startswith("2024-01-31") for text in frame["dag"].str.replace("/", "-"))
    assert not frame.geometry.has_z.any()
    np.testing.assert_allclose(frame.geometry.area, 100, rtol=1e-3)
    assert layer.line.dtype == "int64"
    assert (layer.file, layer.layer) == (name, "lag")
    assert list_layers(path) == ["lag"]
    assert layer.notes == ()


def crs_frame(name):
    return squares(crs=4326) if name.endswith("json") else squares()


def test_geoparquet(tmp_path):
    path = tmp_path / "lag.parquet"
    squares(crs=4326).to_parquet(path)
    layer = read_layer(path)
    assert layer.frame.crs.to_epsg() == 25832
    assert layer.frame["kode"].tolist() == ["0101", "0102", "0103"]
    assert layer.frame["areal"].tolist() == ["1.5", "1.2340", "80"]
    assert layer.frame["dag"].tolist() == ["2024-01-31"] * 3
    assert layer.line.tolist() == [1, 2, 3]
    assert list_layers(path) == ["lag"]
    assert read_layer(path, layer="lag").layer == "lag"
    with pytest.raises(ReadError) as caught:
        read_layer(path, layer="andet")
    assert caught.value.key == "files.no_such_layer"


def test_parquet_without_geometry(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    assert list_layers(path) == []
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.no_geometry"


def test_geoparquet_with_broken_geometry(tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    squares().to_parquet(path)
    table = pq.read_table(path)
    at = table.column_names.index("geometry")
    table = table.set_column(at, "geometry", [[b"no wkb"] * 3])
    pq.write_table(table, path)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.broken"


def test_line_is_the_feature_id(tmp_path):
    path = write(tmp_path, "lag.gpkg", squares(5))
    with sqlite3.connect(path) as database:
        database.execute("DROP TRIGGER IF EXISTS rtree_lag_geom_delete")
        database.execute("DELETE FROM lag WHERE fid = 2")
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 4")
    database.close()
    layer = read_layer(path)
    assert layer.line.tolist() == [1, 3, 4, 5]
    assert layer.frame["kode"].tolist() == ["0101", "0103", "0104", "0105"]
    assert layer.frame.index.tolist() == [0, 1, 2, 3]


def test_large_ids_are_exact_beside_missing_ones(tmp_path):
    frame = squares().assign(bfe=pd.array([2**62 + 1, None, 3], dtype="Int64"))
    layer = read_layer(write(tmp_path, "lag.gpkg", frame))
    assert layer.frame["bfe"].fillna("–").tolist() == [str(2**62 + 1), "–", "3"]


def test_attribute_called_geometry_gives_way(tmp_path):
    frame = squares().rename_geometry("geom").assign(geometry="matrikel")
    layer = read_layer(write(tmp_path, "lag.gpkg", frame))
    assert layer.frame["geometry_text"].tolist() == ["matrikel"] * 3
    assert layer.frame.geometry.area.sum() == pytest.approx(300)


def test_layer_without_attributes(tmp_path):
    layer = read_layer(write(tmp_path, "lag.gpkg", squares()[["geometry"]]))
    assert layer.frame.columns.tolist() == ["geometry"]
    assert len(layer.frame) == 3


def test_null_geometry_is_left_for_the_checks(tmp_path):
    frame = squares()
    frame.loc[1, "geometry"] = None
    layer = read_layer(write(tmp_path, "lag.gpkg", frame))
    assert layer.frame.geometry.isna().tolist() == [False, True, False]


def test_z_and_curves_become_flat_lines(tmp_path):
    path = tmp_path / "lag.geojson"
    ring = [
        [720000, 6170000, -999],
        [720010, 6170000, -999],
        [720010, 6170010, -999],
        [720000, 6170000, -999],
    ]
    feature = {
        "type": "Feature",
        "properties": {"id": "1"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    layer = read_layer(path, crs="EPSG:25832")
    assert not layer.frame.geometry.has_z.any()
    assert layer.frame.geometry.area.tolist() == [50]


CURVED = """<?xml version="1.0"?>
<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://example.org/a http://127.0.0.1:9/a.xsd">
<ogr:featureMember><ogr:lag gml:id="a.1"><ogr:kode>0101</ogr:kode><ogr:geometryProperty>
<gml:Surface srsName="urn:ogc:def:crs:EPSG::25832" gml:id="s"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>
<gml:curveMember><gml:Curve gml:id="c"><gml:segments><gml:Arc><gml:posList>720000 6170000 720010 6170010 720020 6170000</gml:posList></gml:Arc>
<gml:LineStringSegment><gml:posList>720020 6170000 720000 6170000</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember>
</gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface></ogr:geometryProperty></ogr:lag></ogr:featureMember>
</ogr:FeatureCollection>"""


def test_gml_curve_and_code_and_no_file_beside_it(tmp_path):
    path = tmp_path / "lag.gml"
    path.write_text(CURVED, encoding="utf-8")
    layer = read_layer(path)
    assert layer.frame["kode"].tolist() == ["0101"]
    # Half a disc of radius 10 m, drawn by chords.
    assert layer.frame.geometry.area.iloc[0] == pytest.approx(np.pi * 50, rel=0.01)
    assert [other.name for other in tmp_path.iterdir()] == ["lag.gml"]


def test_crs_of_geojson_without_the_old_member(tmp_path):
    path = tmp_path / "lag.geojson"
    feature = {
        "type": "Feature",
        "properties": {"id": "1"},
        "geometry": shapely.geometry.mapping(shapely.box(720000, 6170000, 720010, 6170010)),
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    path.write_text(json.dumps(collection), encoding="utf-8")
    with pytest.raises(DataError):
        read_layer(path)
    assert read_layer(path, crs="EPSG:25832").frame.geometry.area.tolist() == [100]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    path.write_text(json.dumps({"crs": crs} | collection), encoding="utf-8")
    assert read_layer(path).frame.geometry.area.tolist() == [100]
    with pytest.raises(UsageError):
        read_layer(path, crs="EPSG:4326")


def test_missing_crs_is_refused(tmp_path):
    path = write(tmp_path, "lag.shp")
    (tmp_path / "lag.prj").unlink()
    with pytest.raises(ReadError):
        read_layer(path)
    assert len(read_layer(path, crs="EPSG:25832").frame) == 3


def test_several_layers_are_never_guessed(tmp_path):
    path = write(tmp_path, "lag.gpkg")
    write(tmp_path, "lag.gpkg", squares(1), layer="andet", driver="GPKG")
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer="tabel", driver="GPKG")
    assert list_layers(path) == ["lag", "andet"]
    with pytest.raises(UsageError) as several:
        read_layer(path)
    assert several.value.values == {"file": "lag.gpkg", "found": "lag, andet"}
    assert len(read_layer(path, layer="andet").frame) == 1
    for name in ("tabel", "nej"):
        with pytest.raises(ReadError) as missing:
            read_layer(path, layer=name)
        assert missing.value.key == "files.no_such_layer"


def test_table_in_a_geopackage_has_no_geometry(tmp_path):
    path = tmp_path / "t.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer="t", driver="GPKG")
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.no_geometry"
    assert list_layers(path) == []


@pytest.mark.parametrize("name", ["lag.gpkg", "lag.parquet"])
def test_empty_layer(tmp_path, name):
    path = tmp_path / name
    if name == "lag.gpkg":
        write(tmp_path, name, squares().iloc[:0], geometry_type="Polygon")
    else:
        squares().iloc[:0].to_parquet(path)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.empty_layer"
    assert caught.value.values == {"source": f"{name} [lag]"}


def test_zipped_shapefile(tmp_path):
    inside = tmp_path / "i"
    inside.mkdir()
    write(inside, "lag.shp")
    path = tmp_path / "arkiv æ!;{1}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in inside.iterdir():
            archive.write(part, f"mappe/{part.name}")
        archive.writestr("__MACOSX/mappe/._lag.shp", "x")
    layer = read_layer(path)
    assert layer.frame["navn"].tolist()[:2] == ["Sæby", "Øster Å"]
    assert (layer.file, layer.layer) == (path.name, "lag")
    assert list_layers(path) == ["lag"]


def test_zip_with_several_layers(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("lag.geojson", "lag.fgb"):
            write(tmp_path, name, crs_frame(name))
        archive.write(tmp_path / "lag.geojson", "et.geojson")
        archive.write(tmp_path / "lag.fgb", "to.fgb")
    with pytest.raises(UsageError) as several:
        read_layer(path)
    assert several.value.values["found"] == "et, to"
    assert len(read_layer(path, layer="to").frame) == 3
    assert read_layer(path, layer="et").layer in {"et", "lag"}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"no zip", "files.broken"),
        ({"læs.txt": b"x"}, "files.no_layer_in_zip"),
        ({"a.gpkg": b"no database"}, "files.wrong_content"),
    ],
)
def test_zip_without_a_layer(tmp_path, content, key):
    path = tmp_path / "a.zip"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name, inside in content.items():
                archive.writestr(name, inside)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == key


def test_zip_with_a_damaged_member(tmp_path):
    path = tmp_path / "a.zip"
    write(tmp_path, "lag.geojson", squares(50, crs=4326))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "lag.geojson", "lag.geojson")
    content = bytearray(path.read_bytes())
    content[45:60] = b"\xff" * 15
    path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.broken"


def test_gzipped_geojson(tmp_path):
    plain = write(tmp_path, "lag.geojson", squares(crs=4326))
    packed = gzip.compress(plain.read_bytes())
    path = tmp_path / "lag.geojson.gz"
    path.write_bytes(packed)
    assert len(read_layer(path).frame) == 3
    path.write_bytes(packed[:-20])
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.broken"


@pytest.mark.parametrize("name", FORMATS)
def test_content_of_another_format(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"id;navn\n1;x\n")
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.wrong_content"


def test_virtual_format_in_disguise_is_not_opened(tmp_path):
    path = tmp_path / "lag.gml"
    path.write_text(
        '<?xml version="1.0"?><OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', encoding="utf-8"
    )
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.wrong_content"


def test_name_that_the_reader_of_maps_does_not_bear(tmp_path):
    path = write(tmp_path, "lag.gpkg")
    odd = tmp_path / "kort;1.gpkg"
    path.rename(odd)
    with pytest.raises(ReadError) as caught:
        read_layer(odd)
    assert caught.value.key == "files.awkward_name"


@pytest.mark.parametrize("name", ["lag.gpkg", "lag.shp", "lag.fgb", "lag.geojson"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_file_cut_short(tmp_path, name, share):
    path = write(tmp_path, name, squares(400, crs=4326 if name.endswith("json") else 25832))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key in {"files.cut_short", "files.broken"}
    assert "\n" not in str(caught.value)


def test_attributes_cut_short(tmp_path):
    path = write(tmp_path, "lag.shp", squares(400))
    other = tmp_path / "lag.dbf"
    other.write_bytes(other.read_bytes()[:-500])
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert (caught.value.key, caught.value.values["file"]) == ("files.cut_short", "lag.dbf")


@pytest.mark.parametrize("name", ["lag.gpkg", "lag.fgb"])
def test_damage_gives_an_error_or_all_the_rows(tmp_path, name):
    """GDAL by Arrow gives fewer rows of a damaged GeoPackage, and no error."""
    rows = 400
    path = write(tmp_path, name, squares(rows))
    content = path.read_bytes()
    random = np.random.default_rng(7)
    outcomes = set()
    for _ in range(25):
        damaged = bytearray(content)
        for at in random.integers(100, len(damaged), 30):
            damaged[at] = random.integers(0, 256)
        path.write_bytes(damaged)
        try:
            layer = read_layer(path, layer="lag")
        except BoligkortError as error:
            outcomes.add(error.key)
        else:
            assert len(layer.frame) == len(layer.line) == rows
            outcomes.add("read")
    assert "files.broken" in outcomes


def test_fewer_attributes_than_geometries_is_an_error(tmp_path, monkeypatch):
    path = write(tmp_path, "lag.gpkg")
    whole = pyogrio.raw.read_arrow

    def lose_a_row(*args, **options):
        meta, table = whole(*args, **options)
        return meta, table.slice(1)

    monkeypatch.setattr(layers.pyogrio.raw, "read_arrow", lose_a_row)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.rows_lost"
    assert (caught.value.values["found"], caught.value.values["required"]) == (2, 3)


def test_rows_in_a_log_are_read_and_the_input_is_left_alone(tmp_path):
    write(tmp_path, "lag.gpkg")
    writer = sqlite3.connect(tmp_path / "lag.gpkg", isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    for (name,) in writer.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        writer.execute(f'DROP TRIGGER "{name}"')
    writer.execute("INSERT INTO lag (geom, kode) SELECT geom, '0999' FROM lag WHERE fid = 1")
    writer.execute("UPDATE gpkg_ogr_contents SET feature_count = 4")
    # As a program that was killed leaves it.
    left = tmp_path / "efterladt"
    left.mkdir()
    for suffix in ("", "-wal"):
        shutil.copyfile(tmp_path / f"lag.gpkg{suffix}", left / f"lag.gpkg{suffix}")
    writer.close()
    before = snapshot(left)
    layer = read_layer(left / "lag.gpkg")
    assert layer.frame["kode"].tolist() == ["0101", "0102", "0103", "0999"]
    assert [note.key for note in layer.notes] == ["files.unsaved_rows"]
    assert snapshot(left) == before


def test_warnings_of_gdal_become_notes(tmp_path):
    path = tmp_path / "lag.geojson"
    feature = {
        "type": "Feature",
        "id": 1,
        "properties": {"kode": "1"},
        "geometry": shapely.geometry.mapping(shapely.Point(9.5, 56)),
    }
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature, feature]}), encoding="utf-8"
    )
    layer = read_layer(path)
    assert len(layer.frame) == 2
    assert [note.key for note in layer.notes] == ["files.gdal_warning"]
    assert layer.notes[0].values["reason"]


def test_garbled_attributes_are_noted(tmp_path):
    frame = squares().assign(navn=["Sæby", "SÃ¦by", "x"])
    (note,) = read_layer(write(tmp_path, "lag.gpkg", frame)).notes
    assert (note.key, note.values["line"], note.values["column"]) == ("files.mojibake", 2, "navn")


def test_parts_of_a_shapefile(tmp_path):
    path = write(tmp_path, "lag.shp")
    (tmp_path / "lag.DBF").write_bytes((tmp_path / "lag.dbf").read_bytes())
    assert [part.suffix.lower() for part in list_file_parts(path)] == [".shp", ".shx", ".dbf", ".prj", ".cpg"]
    assert list_file_parts(tmp_path / "a.gpkg") == (tmp_path / "a.gpkg",)


def test_options_of_gdal_are_put_back():
    name = "OGR_SQLITE_SYNCHRONOUS"
    before = pyogrio.get_gdal_config_option(name)
    with pytest.raises(ZeroDivisionError), gdal_options({name: "OFF"}):
        # GDAL's own words for off.
        assert pyogrio.get_gdal_config_option(name) in {"OFF", False}
        raise ZeroDivisionError
    assert pyogrio.get_gdal_config_option(name) == before


@pytest.mark.real_data
def test_real_layers():
    if not SHARED_DATA.is_dir():
        pytest.skip("the public extracts are not beside the checkout")
    parcels = read_layer(SHARED_DATA / "matrikel" / "jordstykker.gpkg")
    assert len(parcels.frame) == 1059
    by_geopandas = gpd.read_file(SHARED_DATA / "matrikel" / "jordstykker.gpkg", engine="pyogrio")
    assert parcels.frame.geometry.geom_equals(by_geopandas.geometry).all()
    assert parcels.frame["matrikelnr"].tolist() == by_geopandas["matrikelnr"].tolist()
    assert parcels.frame["featureID"].astype("int64").tolist() == by_geopandas["featureID"].tolist()
    kommuner = read_layer(SHARED_DATA / "kommuner" / "dagi_2mio_2021_KOMMUNE.shp")
    assert kommuner.frame["KOMKODE"].str.fullmatch(r"\d{4}").all()
    assert kommuner.frame.crs.to_epsg() == 25832
    gml = SHARED_DATA / "matrikel" / "60851_GML_UTM32-EUREF89.zip"
    assert "Jordstykke" in list_layers(gml)
    plots = read_layer(gml, layer="Jordstykke").frame
    assert plots["kommunekode"].unique().tolist() == ["0350"]
    assert plots["kommunenavn"].unique().tolist() == ["Lejre Kommune"]
