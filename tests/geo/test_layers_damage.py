"""Layers cut short, damaged, disguised or unsaved: an error or all the rows, never fewer."""

import json
import shutil
import sqlite3

import numpy as np
import pyogrio
import pytest
import shapely

from geo import layers
from geo.errors import BoligkortError, ReadError
from geo.readers import read_layer


def test_geoparquet_with_broken_geometry(layer_files, tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    layer_files.squares().to_parquet(path)
    table = pq.read_table(path)
    at = table.column_names.index("geometry")
    table = table.set_column(at, "geometry", [[b"no wkb"] * 3])
    pq.write_table(table, path)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.broken"


def test_virtual_format_in_disguise_is_not_opened(tmp_path):
    path = tmp_path / "lag.gml"
    path.write_text(
        '<?xml version="1.0"?><OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', encoding="utf-8"
    )
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.wrong_content"


def test_name_that_the_reader_of_maps_does_not_bear(layer_files, tmp_path):
    path = layer_files.write(tmp_path, "lag.gpkg")
    odd = tmp_path / "kort;1.gpkg"
    path.rename(odd)
    with pytest.raises(ReadError) as caught:
        read_layer(odd)
    assert caught.value.key == "files.awkward_name"


@pytest.mark.parametrize("name", ["lag.gpkg", "lag.shp", "lag.fgb", "lag.geojson"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_file_cut_short(layer_files, tmp_path, name, share):
    path = layer_files.write(
        tmp_path, name, layer_files.squares(400, crs=4326 if name.endswith("json") else 25832)
    )
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key in {"files.cut_short", "files.broken"}
    assert "\n" not in str(caught.value)


def test_attributes_cut_short(layer_files, tmp_path):
    path = layer_files.write(tmp_path, "lag.shp", layer_files.squares(400))
    other = tmp_path / "lag.dbf"
    other.write_bytes(other.read_bytes()[:-500])
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert (caught.value.key, caught.value.values["file"]) == ("files.cut_short", "lag.dbf")


@pytest.mark.parametrize("name", ["lag.gpkg", "lag.fgb"])
def test_damage_gives_an_error_or_all_the_rows(layer_files, tmp_path, name):
    """GDAL by Arrow gives fewer rows of a damaged GeoPackage, and no error."""
    rows = 400
    path = layer_files.write(tmp_path, name, layer_files.squares(rows))
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


def test_fewer_attributes_than_geometries_is_an_error(layer_files, tmp_path, monkeypatch):
    path = layer_files.write(tmp_path, "lag.gpkg")
    whole = pyogrio.raw.read_arrow

    def lose_a_row(*args, **options):
        meta, table = whole(*args, **options)
        return meta, table.slice(1)

    monkeypatch.setattr(layers.pyogrio.raw, "read_arrow", lose_a_row)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.rows_lost"
    assert (caught.value.values["found"], caught.value.values["required"]) == (2, 3)


def test_rows_in_a_log_are_read_and_the_input_is_left_alone(layer_files, tmp_path):
    layer_files.write(tmp_path, "lag.gpkg")
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
    before = layer_files.snapshot(left)
    layer = read_layer(left / "lag.gpkg")
    assert layer.frame["kode"].tolist() == ["0101", "0102", "0103", "0999"]
    assert [note.key for note in layer.notes] == ["files.unsaved_rows"]
    assert layer_files.snapshot(left) == before


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


def test_garbled_attributes_are_noted(layer_files, tmp_path):
    frame = layer_files.squares().assign(navn=["Sæby", "SÃ¦by", "x"])
    (note,) = read_layer(layer_files.write(tmp_path, "lag.gpkg", frame)).notes
    assert (note.key, note.values["line"], note.values["column"]) == ("files.mojibake", 2, "navn")
