"""Files of every shape give the same registers; what cannot be read is told at once."""

import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from pyproj import Transformer

from boundaries.registers.project import load_project
from boundaries.registers.readers import read_registers
from geo.errors import ReadError, UsageError

E0, N0 = 645_000.0, 6_255_000.0


def test_files_are_listed(input_files):
    files = input_files.read().files
    assert files["file"].tolist() == [
        "matrikler.geojson", "omraader.geojson", "omraader.csv", "udvidelser.csv", "opdelinger.csv", "boliger.csv",
        "beboere.csv", "referencer.csv", "lister.csv", "planer.csv",
    ]  # fmt: skip
    assert files["rows_n"].tolist() == [10, 1, 1, 3, 1, 5, 5, 2, 2, 6]
    size = (input_files.folder / "boliger.csv").stat().st_size
    assert files.loc[files["file"] == "boliger.csv", "bytes_n"].tolist() == [size]
    assert files["sha256"].str.fullmatch(r"[0-9a-f]{64}").all()


def test_dwellings_may_be_a_layer_of_points(input_files):
    input_files.replace("boligkort.toml", "boliger.csv", "boliger.geojson")
    input_files.layers["boliger.geojson"] = [
        input_files.feature(shapely.Point(E0 + 10 * number, N0), dwelling_id=f"D{number}", tenure="ejerbolig")
        for number in (3, 1, 2)
    ]
    registers = input_files.read()
    assert registers.findings.empty
    assert registers.dwellings["dwelling_id"].tolist() == ["D1", "D2", "D3"]
    assert registers.dwellings["x"].tolist() == [E0 + 10, E0 + 20, E0 + 30]


def test_coordinates_of_another_crs_are_transformed(input_files):
    plane = input_files.read().dwellings
    to_degrees = Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True)
    lines = input_files.tables["boliger.csv"].splitlines()
    for position, line in enumerate(lines[1:], 1):
        cells = line.split(";")
        east, north = to_degrees.transform(float(cells[1].replace(",", ".")), float(cells[2]))
        lines[position] = ";".join([cells[0], f"{east:.12f}", f"{north:.12f}", *cells[3:]])
    input_files.tables["boliger.csv"] = "\n".join(lines) + "\n"
    input_files.replace("boligkort.toml", 'path = "boliger.csv"', 'path = "boliger.csv"\ncrs = "EPSG:4326"')
    registers = input_files.read()
    assert registers.findings.empty
    np.testing.assert_allclose(registers.dwellings[["x", "y"]], plane[["x", "y"]], atol=1e-4)


def test_a_declared_working_crs_changes_nothing(input_files):
    before = input_files.read().dwellings
    input_files.replace("boligkort.toml", 'path = "boliger.csv"', 'path = "boliger.csv"\ncrs = "EPSG:25832"')
    assert_frame_equal(input_files.read().dwellings, before)


def test_an_unknown_crs_of_a_table_is_refused(input_files):
    input_files.replace("boligkort.toml", 'path = "boliger.csv"', 'path = "boliger.csv"\ncrs = "UTM"')
    with pytest.raises(UsageError) as raised:
        input_files.read()
    assert raised.value.key == "registers.unknown_crs"


def test_a_danish_table_in_cp1252_is_read(input_files):
    text = input_files.tables.pop("boliger.csv").replace("D1;", "DØ;")
    input_files.tables["beboere.csv"] = input_files.tables["beboere.csv"].replace(";D1;", ";DØ;")
    (input_files.folder / "boliger.csv").write_bytes(text.encode("cp1252"))
    registers = input_files.read()
    assert registers.findings["rule"].tolist() == ["encoding_guessed"]
    assert registers.dwellings["dwelling_id"].tolist() == ["D2", "D3", "D4", "D5", "DØ"]
    assert registers.dwellings["tenure"].tolist()[0] == "almen_aeldrebolig"


def test_options_of_a_source_are_used(input_files):
    input_files.tables["boliger.csv"] = (
        "Nr|Oest|Nord|Type|opført_den|areal_m2\n1|645.050|6255050|Ejerbolig|20220601|1.081\n"
    )
    input_files.tables["beboere.csv"] = "year;dwelling_id\n2025;1\n"
    input_files.replace(
        "boligkort.toml",
        'path = "boliger.csv"',
        'path = "boliger.csv"\ndelimiter = "|"\ndecimal = ","\ndate_format = "%Y%m%d"\nencoding = "utf-8"\n'
        'fields = { dwelling_id = "Nr", x = "Oest", y = "Nord", tenure = "Type" }',
    )
    registers = input_files.read()
    assert registers.findings.empty
    row = registers.dwellings.iloc[0]
    assert [row["x"], row["area_m2"], row["built_on"]] == [645050, 1081, pd.Timestamp("2022-06-01")]


def test_a_date_in_another_format_than_the_declared_is_bad(input_files):
    declared = 'path = "udvidelser.csv"\ndate_format = "%d-%m-%Y"'
    input_files.replace("boligkort.toml", 'path = "udvidelser.csv"', declared)
    findings = input_files.read().findings
    assert set(findings["rule"]) == {"bad_date"}
    assert findings["line"].tolist() == [2, 2, 3, 4]


def test_a_register_of_several_files_names_each(input_files):
    input_files.replace("boligkort.toml", 'path = "beboere.csv"', 'files = ["beboere.csv", "flere.csv"]')
    input_files.tables["flere.csv"] = "år;bolig_id;alder\n2025;D4;200\n2025;D3;31\n"
    registers = input_files.read()
    found = registers.findings[["file", "line", "column", "record_id", "value"]].values.tolist()
    assert found == [["flere.csv", 2, "alder", "D4", "200"]]
    # Counting rows and persons go together: a file without counts has persons.
    assert registers.residents["residents_n"].sum() == 1 + 1 + 1 + 2 + 3 + 1 + 1


def test_every_unreadable_file_is_named_at_once(input_files):
    input_files.write()
    (input_files.folder / "boliger.csv").write_bytes(b"")
    (input_files.folder / "lister.csv").unlink()
    project = load_project(input_files.folder)
    with pytest.raises(ReadError) as raised:
        read_registers(project)
    assert raised.value.key == "registers.several_read_errors"
    assert [error.key for error in raised.value.errors] == ["files.is_empty", "files.not_found"]
    assert raised.value.exit_status == 3
    (input_files.folder / "boliger.csv").write_text(input_files.tables["boliger.csv"], encoding="utf-8")
    with pytest.raises(ReadError) as raised:
        read_registers(project)
    assert raised.value.key == "files.not_found"


def test_what_gdal_says_is_passed_on(input_files, monkeypatch):
    from boundaries.registers import sources
    from geo.tables import Note, TextLayer

    def read_with_note(file, *, layer, crs):
        text = read_layer(file, layer=layer, crs=crs)
        notes = (
            Note("files.gdal_warning", {"reason": "ring not closed"}),
            Note("files.of_no_consequence", {}),
        )
        return TextLayer(frame=text.frame, line=text.line, file=text.file, layer=text.layer, notes=notes)

    read_layer = sources.read_layer
    monkeypatch.setattr(sources, "read_layer", read_with_note)
    findings = input_files.read().findings
    assert findings[["rule", "file", "other"]].values.tolist() == [
        ["reader_warning", "matrikler.geojson", "ring not closed"],
        ["reader_warning", "omraader.geojson", "ring not closed"],
    ]


def test_parcels_must_be_a_layer(input_files):
    input_files.replace("boligkort.toml", "matrikler.geojson", "matrikler.csv")
    input_files.tables["matrikler.csv"] = "ejerlavskode;matrikelnr\n" + "".join(
        f"1;{number}\n" for number in ("0a", "2a", "4a", "5a", "6a")
    )
    registers = input_files.read()
    assert registers.findings[["rule", "file", "other"]].values.tolist() == [
        ["shapes_missing", "matrikler.csv", "ejerlavskode, matrikelnr"]
    ]
    assert registers.parcels["geometry"].isna().all()


def test_another_delimiter_is_read_where_the_project_names_it(input_files):
    input_files.tables["lister.csv"] = input_files.tables["lister.csv"].replace(";", ":")
    assert input_files.read().findings["rule"].tolist() == ["heading_not_found"]
    input_files.replace("boligkort.toml", 'path = "lister.csv"', 'path = "lister.csv"\ndelimiter = ":"')
    assert input_files.read().findings.empty


def test_a_known_heading_or_a_named_field_is_a_heading(input_files):
    table = "bolig;øst;nord;tenure\nD1;645050;6255050;ejerbolig\n"
    input_files.tables["boliger.csv"] = table
    found = input_files.read().findings
    assert found.loc[found["rule"].eq("missing_column"), "column"].tolist() == ["dwelling_id", "x", "y"]
    input_files.tables["boliger.csv"] = table.replace(";tenure", "").replace(";ejerbolig", "")
    assert input_files.read().findings["rule"].tolist().count("heading_not_found") == 1
    input_files.replace(
        "boligkort.toml",
        'path = "boliger.csv"',
        'path = "boliger.csv"\nfields = { dwelling_id = "boligen" }',
    )
    rules = set(input_files.read().findings["rule"])
    assert {"field_not_found", "missing_column"} <= rules
    assert "heading_not_found" not in rules


def test_a_made_up_kommune_is_no_wrong_one(input_files):
    input_files.replace("boligkort.toml", '"0151"', '"0999"\nsynthetic = true')
    assert input_files.read().findings.empty
    # Of a real project every area without a code of its own would be wrong; that is told once.
    input_files.replace("boligkort.toml", "synthetic = true", "")
    found = input_files.read().findings
    assert found[["rule", "file", "severity"]].values.tolist() == [
        ["no_such_kommune", "boligkort.toml", "warning"]
    ]
    assert "Christiansø (0411)" not in found["other"].iloc[0]
    input_files.replace("boligkort.toml", "0999", "0411")
    assert input_files.read().findings.empty
