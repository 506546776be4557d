"""Layers in zip and gzip: found, chosen, and refused where the archive is damaged."""

import gzip
import zipfile

import pytest

from geo.errors import ReadError, UsageError
from geo.readers import list_layers, read_layer


def test_zipped_shapefile(layer_files, tmp_path):
    inside = tmp_path / "i"
    inside.mkdir()
    layer_files.write(inside, "lag.shp")
    path = tmp_path / "arkiv æ!;{1}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in inside.iterdir():
            archive.write(part, f"mappe/{part.name}")
        archive.writestr("__MACOSX/mappe/._lag.shp", "x")
    layer = read_layer(path)
    assert layer.frame["navn"].tolist()[:2] == ["Sæby", "Øster Å"]
    assert (layer.file, layer.layer) == (path.name, "lag")
    assert list_layers(path) == ["lag"]


@pytest.mark.parametrize("missing", [".dbf", ".shx"])
def test_zipped_shapefile_without_a_part(layer_files, tmp_path, missing):
    layer_files.write(tmp_path, "lag.shp")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in tmp_path.glob("lag.*"):
            if part.suffix != missing:
                archive.write(part, f"mappe/{part.name}")
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert (caught.value.key, caught.value.values["other"]) == ("files.parts_missing", f"lag{missing}")


def test_zip_with_several_layers(layer_files, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("lag.geojson", "lag.fgb"):
            layer_files.write(tmp_path, name, layer_files.squares_for(name))
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


def test_zip_with_a_damaged_member(layer_files, tmp_path):
    path = tmp_path / "a.zip"
    layer_files.write(tmp_path, "lag.geojson", layer_files.squares(50, crs=4326))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "lag.geojson", "lag.geojson")
    content = bytearray(path.read_bytes())
    content[45:60] = b"\xff" * 15
    path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.broken"


def test_gzipped_geojson(layer_files, tmp_path):
    plain = layer_files.write(tmp_path, "lag.geojson", layer_files.squares(crs=4326))
    packed = gzip.compress(plain.read_bytes())
    path = tmp_path / "lag.geojson.gz"
    path.write_bytes(packed)
    assert len(read_layer(path).frame) == 3
    path.write_bytes(packed[:-20])
    with pytest.raises(ReadError) as caught:
        read_layer(path)
    assert caught.value.key == "files.broken"
