"""Look at files of every format: what is told must be what another way of reading finds."""

import json
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import xlsxwriter

from geo.errors import ReadError, UsageError
from geo.inspection import inspect_file
from geo.inspection_facts import Fault, FieldKind, Outcome
from geo.provenance import hash_file
from geo.readers import READABLE_SUFFIXES

E0, N0 = 645_000.0, 6_255_000.0
SQUARE = shapely.box(E0, N0, E0 + 100, N0 + 50)
BOWTIE = shapely.Polygon([(E0, N0), (E0 + 50, N0 + 50), (E0 + 50, N0), (E0, N0 + 50)])


def make_frame(shapes, crs="EPSG:25832"):
    return gpd.GeoDataFrame(
        {"navn": [f"n{n}" for n in range(len(shapes))], "antal": range(len(shapes))},
        geometry=list(shapes),
        crs=crs,
    )


def test_faults_are_told_by_feature_id_and_both_engines_agree(spoilt):
    (layer,) = inspect_file(spoilt).layers
    # A GeoPackage counts its features from 1.
    assert [(fault.fid, fault.fault) for fault in layer.faults] == [
        (2, Fault.INVALID),
        (3, Fault.NULL),
        (4, Fault.EMPTY),
    ]
    assert layer.faults[0].reason == shapely.is_valid_reason(BOWTIE)
    assert layer.second.outcome is Outcome.DONE
    assert (layer.rows_n, layer.second.rows_n, layer.differs) == (4, 4, False)
    assert [fault.fid for fault in layer.second.faults] == [2, 3, 4]


def test_a_layer_is_told_as_it_is(spoilt):
    found = inspect_file(spoilt)
    (layer,) = found.layers
    assert (layer.name, layer.found_types, layer.has_z) == ("Områder", ("POLYGON",), False)
    assert layer.crs.startswith("EPSG:25832")
    assert layer.is_working_crs
    assert layer.proposals == ()
    assert layer.extent == (E0, N0, E0 + 100, N0 + 50)
    assert [(field.name, field.kind) for field in layer.fields] == [
        ("navn", FieldKind.TEXT),
        ("antal", FieldKind.INTEGER),
    ]
    assert (found.format, found.bytes_n, found.parts) == ("gpkg", spoilt.stat().st_size, ("lag.gpkg",))
    assert found.sha256 == hash_file(spoilt)


@pytest.mark.parametrize("suffix", [".geojson", ".shp", ".fgb", ".gml", ".parquet"])
def test_every_format_tells_the_same(tmp_path, suffix):
    path = tmp_path / f"lag{suffix}"
    frame = make_frame([SQUARE, BOWTIE])
    if suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver="GML" if suffix == ".gml" else None)
    (layer,) = inspect_file(path).layers
    assert layer.rows_n == 2
    assert [fault.fault for fault in layer.faults] == [Fault.INVALID]
    assert layer.extent == (E0, N0, E0 + 100, N0 + 50)
    assert layer.is_working_crs
    assert {"navn", "antal"} <= {field.name for field in layer.fields}
    assert (layer.second is None) == (suffix == ".parquet")
    assert layer.second is None or layer.second.rows_n == 2


def test_a_layer_without_reference_system_gets_proposals(tmp_path):
    path = tmp_path / "lag.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        make_frame([SQUARE], crs=None).to_file(path)
    (layer,) = inspect_file(path).layers
    assert layer.crs == ""
    assert layer.proposals[0].crs == "EPSG:25832"
    plain = tmp_path / "uden.geojson"
    # The standard says WGS 84; Danish files often are not, so that is not believed.
    plain.write_text(json.dumps(json.loads(make_frame([SQUARE]).to_json()) | {"crs": None}), encoding="utf-8")
    (layer,) = inspect_file(plain).layers
    assert layer.crs == ""
    assert layer.proposals[0].crs == "EPSG:25832"


def test_z_and_another_system_are_told(tmp_path):
    path = tmp_path / "lag.fgb"
    shape = shapely.force_3d(shapely.box(12.5, 55.6, 12.6, 55.7), -999)
    make_frame([shape], crs="EPSG:4326").to_file(path)
    (layer,) = inspect_file(path).layers
    assert layer.has_z
    assert layer.crs == "EPSG:4326 (WGS 84)"
    assert not layer.is_working_crs


def test_all_layers_are_told_tables_without_geometry_too(spoilt):
    make_frame([shapely.Point(E0, N0)]).to_file(spoilt, layer="Punkter")
    with sqlite3.connect(spoilt) as base:
        base.execute("CREATE TABLE bare (fid INTEGER PRIMARY KEY, ord TEXT)")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('bare', 'attributes', 'bare')"
        )
        base.execute("INSERT INTO bare (ord) VALUES ('a'), ('b')")
    base.close()
    layers = {layer.name: layer for layer in inspect_file(spoilt).layers}
    assert {name: layer.rows_n for name, layer in layers.items()} == {"Områder": 4, "Punkter": 1, "bare": 2}
    assert layers["bare"].geometry_type == ""
    assert layers["Punkter"].found_types == ("POINT",)
    assert [layer.name for layer in inspect_file(spoilt, layer="Punkter").layers] == ["Punkter"]
    with pytest.raises(ReadError) as raised:
        inspect_file(spoilt, layer="Fejl")
    assert raised.value.key == "files.no_such_layer"


def test_a_zip_of_several_layers_is_looked_through(tmp_path):
    for name in ("a", "b"):
        make_frame([SQUARE] * (1 if name == "a" else 3)).to_file(tmp_path / f"{name}.fgb")
    path = tmp_path / "begge.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("a", "b"):
            archive.write(tmp_path / f"{name}.fgb", f"{name}.fgb")
    assert [layer.rows_n for layer in inspect_file(path).layers] == [1, 3]
    assert [layer.rows_n for layer in inspect_file(path, layer="b").layers] == [3]
    assert inspect_file(path).format == "zip"


def test_an_empty_layer_has_no_rows_and_no_extent(tmp_path):
    path = tmp_path / "tom.gpkg"
    make_frame([]).to_file(path, geometry_type="Polygon")
    (layer,) = inspect_file(path).layers
    assert (layer.rows_n, layer.extent, layer.found_types, layer.faults) == (0, None, (), ())


def test_what_lies_beside_a_file_or_is_missing_there_is_noted(tmp_path, spoilt):
    path = tmp_path / "lag.shp"
    make_frame([SQUARE]).to_file(path)
    path.with_suffix(".cpg").unlink()
    path.with_suffix(".prj").unlink()
    found = inspect_file(path)
    assert [note.values["column"] for note in found.notes if note.key == "files.part_missing"] == [
        ".prj",
        ".cpg",
    ]
    assert found.parts == ("lag.shp", "lag.shx", "lag.dbf")
    assert found.layers[0].crs == ""
    spoilt.with_name("lag.gpkg-wal").write_bytes(b"not a log")
    noted = inspect_file(spoilt)
    assert [note.key for note in noted.notes] == ["files.unsaved_rows"]
    assert spoilt.with_name("lag.gpkg-wal").read_bytes() == b"not a log"


TABLE = "\nid;kode;antal;andel;dag;flag;tom;tekst\n1;0101;3;0,5;2025-01-31;ja;;a\n2;0147;4;1.5;31-01-2025;nej;;b\n"
KINDS = {
    "id": "integer",
    "kode": "text",
    "antal": "integer",
    "andel": "number",
    "dag": "date",
    "flag": "boolean",
    "tom": "empty",
    "tekst": "text",
}


def test_a_text_table_tells_how_it_is_written(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(("sep=;" + TABLE.replace(";b", ";ø")).encode("cp1252"))
    found = inspect_file(path)
    (table,) = found.tables
    assert (table.encoding, table.delimiter, table.heading_line, table.rows_n) == ("cp1252", ";", 2, 2)
    assert {field.name: field.kind.value for field in table.fields} == KINDS
    assert [note.key for note in found.notes] == ["files.read_as_cp1252"]


def test_the_heading_is_found_below_empty_lines(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\n" + TABLE, encoding="utf-8-sig")
    (table,) = inspect_file(path).tables
    assert table.heading_line == 3


def test_no_value_of_a_table_is_kept(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("pnr;navn\n0101011234;HemmeligtNavn\n", encoding="utf-8")
    told = repr(inspect_file(path))
    assert "HemmeligtNavn" not in told
    assert "0101011234" not in told


def test_sheets_are_told_one_by_one_and_one_that_cannot_be_read_hides_no_other(tmp_path):
    path = tmp_path / "bog.xlsx"
    with xlsxwriter.Workbook(path) as book:
        first = book.add_worksheet("Boliger")
        first.write("A1", "Udtræk 2025")
        first.write_row("A3", ["id", "dag", "note"])
        first.write_row("A4", ["D1", "2025-01-31", "x"])
        book.add_worksheet("Tal").write_row("A1", [1, 2, 3])
        book.add_worksheet("Tom")
    found = inspect_file(path)
    boliger, tal = found.tables
    assert (boliger.name, boliger.heading_line, boliger.rows_n) == ("Boliger", 3, 1)
    assert [field.kind.value for field in boliger.fields] == ["text", "date", "text"]
    assert tal.problem[0] == "files.no_heading_in_sheet"
    with pytest.raises(ReadError) as raised:
        inspect_file(path, layer="Tal")
    assert raised.value.key == "files.no_heading_in_sheet"


def test_a_parquet_table_tells_the_kinds_that_it_states(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame(
        {
            "kode": pd.array(["101", "147"], dtype="str"),
            "antal": [1, 2],
            "andel": [0.5, 1.0],
            "flag": [True, False],
            "dag": pd.to_datetime(["2025-01-01", "2025-01-02"]),
            "tom": pd.array([None, None], dtype="Int64"),
        }
    ).to_parquet(path)
    (table,) = inspect_file(path).tables
    assert [(field.name, field.kind.value) for field in table.fields] == [
        ("kode", "text"),
        ("antal", "integer"),
        ("andel", "number"),
        ("flag", "boolean"),
        ("dag", "date"),
    ] or table.fields[-1].kind is FieldKind.EMPTY
    assert table.rows_n == 2


@pytest.mark.parametrize("name", ["a.docx", "a", "a.gpkg.txt.pdf"])
def test_another_format_names_those_that_are_read(tmp_path, name):
    (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(ReadError) as raised:
        inspect_file(tmp_path / name)
    assert raised.value.key == "files.no_readable_format"
    assert all(suffix in raised.value.values["required"] for suffix in READABLE_SUFFIXES)


# --- A GeoPackage that is being written ------------------------------------------------------------


def test_a_locked_geopackage_is_refused(spoilt):
    holder = sqlite3.connect(spoilt, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(ReadError) as raised:
            inspect_file(spoilt)
    finally:
        holder.close()
    assert raised.value.key == "files.locked"
    assert inspect_file(spoilt).layers[0].rows_n == 4


def test_a_half_written_geopackage_is_refused_and_left_as_it_is(spoilt):
    journal = Path(f"{spoilt}-journal")
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(504))
    before = spoilt.read_bytes()
    with pytest.raises(ReadError) as raised:
        inspect_file(spoilt)
    assert raised.value.key == "files.half_written"
    assert (spoilt.read_bytes(), journal.exists()) == (before, True)
    # A journal that SQLite has done with is wiped out at its beginning.
    journal.write_bytes(bytes(512))
    assert inspect_file(spoilt).layers[0].rows_n == 4


def test_a_file_is_required(tmp_path):
    with pytest.raises((ReadError, UsageError)):
        inspect_file(tmp_path)


@pytest.mark.parametrize(("stated", "n"), [("EPSG:25833", 2), ("EPSG:25832", 0), ("EPSG:3857", 2)])
def test_a_reference_system_by_which_nothing_lies_in_denmark_is_doubted(tmp_path, stated, n):
    box = shapely.box(645_000, 6_255_000, 645_100, 6_255_100)
    gpd.GeoDataFrame({"a": ["1"]}, geometry=[box], crs=stated).to_file(tmp_path / "m.gpkg", engine="pyogrio")
    (layer,) = inspect_file(tmp_path / "m.gpkg").layers
    assert len(layer.proposals) == n
    assert {one.crs for one in layer.proposals} <= {"EPSG:25832", "EPSG:23032"}
