"""Layers of every format: text, lines, geometry and CRS."""

import json
import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import DataError, ReadError, UsageError
from geo.gdal_options import gdal_options
from geo.layer_files import list_file_parts
from geo.readers import list_layers, read_layer

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FORMATS = ("lag.gpkg", "lag.geojson", "lag.json", "lag.shp", "lag.fgb", "lag.gml")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format(layer_files, tmp_path, name):
    path = layer_files.write(tmp_path, name, layer_files.squares_for(name))
    before = layer_files.snapshot(tmp_path)
    layer = read_layer(path)
    assert layer_files.snapshot(tmp_path) == before
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


def test_geoparquet(layer_files, tmp_path):
    path = tmp_path / "lag.parquet"
    layer_files.squares(crs=4326).to_parquet(path)
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


def test_line_is_the_feature_id(layer_files, tmp_path):
    path = layer_files.write(tmp_path, "lag.gpkg", layer_files.squares(5))
    with sqlite3.connect(path) as database:
        database.execute("DROP TRIGGER IF EXISTS rtree_lag_geom_delete")
        database.execute("DELETE FROM lag WHERE fid = 2")
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 4")
    database.close()
    layer = read_layer(path)
    assert layer.line.tolist() == [1, 3, 4, 5]
    assert layer.frame["kode"].tolist() == ["0101", "0103", "0104", "0105"]
    assert layer.frame.index.tolist() == [0, 1, 2, 3]


def test_large_ids_are_exact_beside_missing_ones(layer_files, tmp_path):
    frame = layer_files.squares().assign(bfe=pd.array([2**62 + 1, None, 3], dtype="Int64"))
    layer = read_layer(layer_files.write(tmp_path, "lag.gpkg", frame))
    assert layer.frame["bfe"].fillna("–").tolist() == [str(2**62 + 1), "–", "3"]


def test_attribute_called_geometry_gives_way(layer_files, tmp_path):
    frame = layer_files.squares().rename_geometry("geom").assign(geometry="matrikel")
    layer = read_layer(layer_files.write(tmp_path, "lag.gpkg", frame))
    assert layer.frame["geometry_text"].tolist() == ["matrikel"] * 3
    assert layer.frame.geometry.area.sum() == pytest.approx(300)


def test_layer_without_attributes(layer_files, tmp_path):
    layer = read_layer(layer_files.write(tmp_path, "lag.gpkg", layer_files.squares()[["geometry"]]))
    assert layer.frame.columns.tolist() == ["geometry"]
    assert len(layer.frame) == 3


def test_null_geometry_is_left_for_the_checks(layer_files, tmp_path):
    frame = layer_files.squares()
    frame.loc[1, "geometry"] = None
    layer = read_layer(layer_files.write(tmp_path, "lag.gpkg", frame))
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


def test_missing_crs_is_refused(layer_files, tmp_path):
    path = layer_files.write(tmp_path, "lag.shp")
    (tmp_path / "lag.prj").unlink()
    with pytest.raises(ReadError):
        read_layer(path)
    assert len(read_layer(path, crs="EPSG:25832").frame) == 3


def test_several_layers_are_never_guessed(layer_files, tmp_path):
    path = layer_files.write(tmp_path, "lag.gpkg")
    layer_files.write(tmp_path, "lag.gpkg", layer_files.squares(1), layer="andet", driver="GPKG")
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
def test_empty_layer(layer_files, tmp_path, name):
    path = tmp_path / name
    if name == "lag.gpkg":
        layer_files.write(tmp_path, name, layer_files.squares().iloc[:0], geometry_type="Polygon")
    else:
        layer_files.squares().iloc[:0].to_parquet(path)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.empty_layer"
    assert caught.value.values == {"source": f"{name} [lag]"}


@pytest.mark.parametrize("name", FORMATS)
def test_content_of_another_format(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"id;navn\n1;x\n")
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.wrong_content"


def test_parts_of_a_shapefile(layer_files, tmp_path):
    path = layer_files.write(tmp_path, "lag.shp")
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
