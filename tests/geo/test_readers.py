"""Tables as they come: text in any dialect, workbooks as people lay them out, Parquet; and the door."""

import csv
import gzip
import io
import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import delimited
from geo.errors import ReadError
from geo.readers import find_suffix, is_layer, list_layers, read_layer, read_table, require_file

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def read(tmp_path):
    def read_bytes(content, name="fil.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path, **options)

    return read_bytes


def fail(read, content, **options):
    with pytest.raises(ReadError) as caught:
        read(content, **options)
    return caught.value


def test_danish_dialect(read):
    content = 'Id;Navn;Areal\r\n1;Sæby Ældrecenter;1.234,5\r\n\r\n0002;Øster "Å" gade;..\r\n'.encode("cp1252")
    table = read(content)
    assert table.frame.to_dict("list") == {
        "Id": ["1", "0002"],
        "Navn": ["Sæby Ældrecenter", 'Øster "Å" gade'],
        "Areal": ["1.234,5", ".."],
    }
    assert table.line.tolist() == [2, 4]
    assert (table.encoding, table.delimiter, table.file, table.layer) == ("cp1252", ";", "fil.csv", "")
    assert [note.key for note in table.notes] == ["files.read_as_cp1252"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("id;navn\n1;Sæby", "utf-8"),
        ("id;navn\n1;Sæby", "utf-8-sig"),
        ("id;navn\n1;Sæby", "utf-16"),
        ("id;navn\n1;Sæby", "cp1252"),
    ],
)
def test_encodings(read, content, encoding):
    table = read(content.encode(encoding))
    assert table.frame["navn"].tolist() == ["Sæby"]
    assert table.frame.columns.tolist() == ["id", "navn"]


def test_utf16_big_endian(read):
    assert read(b"\xfe\xff" + "id;n\n1;æ".encode("utf-16-be")).frame["n"].tolist() == ["æ"]


def test_declared_encoding_is_used_and_is_strict(read):
    assert read("id;n\n1;æ".encode("cp865"), encoding="cp865").frame["n"].tolist() == ["æ"]
    error = fail(read, b"id;n\n1;x\n2;\xe6", encoding="utf-8")
    assert error.key == "files.wrong_encoding"
    assert (error.values["line"], error.values["value"]) == (3, "0xE6")
    assert fail(read, b"id;n\n1;x", encoding="utf-99").key == "files.unknown_encoding"


def test_byte_that_windows_has_no_letter_for(read):
    error = fail(read, b"id;n\n1;\x81")
    assert (error.key, error.values["line"], error.values["encoding"]) == (
        "files.wrong_encoding",
        2,
        "cp1252",
    )


@pytest.mark.parametrize("mark", [";", "\t", "|", ","])
def test_delimiters(read, mark):
    table = read(f"id{mark}navn{mark}tal\n1{mark}a{mark}2\n")
    assert table.delimiter == mark
    assert table.frame.iloc[0].tolist() == ["1", "a", "2"]


@pytest.mark.parametrize(
    ("content", "mark"),
    [
        ("areal, m2, brutto;navn\n1;a", ";"),
        ('"a;b",c\n1,2', ","),
        ("sep=|\na;b|c\n1|2", "|"),
        ("SEP=;\r\na;c\r\n1;2", ";"),
        ("id\n1", ";"),
    ],
)
def test_delimiter_is_found_in_the_heading(read, content, mark):
    assert read(content).delimiter == mark


def test_delimiter_may_be_declared(read):
    assert read("a;b,c\n1;2,3", delimiter=",").frame.columns.tolist() == ["a;b", "c"]


def test_lines_of_rows_with_line_breaks_in_them(read):
    content = 'id;note\n1;"to\nlinjer"\n\n2;"tre\r\nlinjer\r\nher"\n3;"""citat"";"\n4;x'
    table = read(content)
    assert table.frame["id"].tolist() == ["1", "2", "3", "4"]
    assert table.frame["note"].tolist() == [
        "to\nlinjer",
        "tre\nlinjer\nher".replace("\n", "\r\n"),
        '"citat";',
        "x",
    ]
    assert table.line.tolist() == [2, 5, 8, 9]


def test_heading_with_line_breaks_and_blank_lines_above(read):
    table = read('\n\n"Areal\n(m2)";id\n1;2\n')
    assert table.frame.columns.tolist() == ["Areal (m2)", "id"]
    assert table.line.tolist() == [5]


def test_stray_quotes_are_letters(read):
    table = read('id,mål\n1,5" rør\n2,6" rør\n3,"7"" rør"\n')
    assert table.frame["mål"].tolist() == ['5" rør', '6" rør', '7" rør']
    assert table.line.tolist() == [2, 3, 4]


def test_stray_quote_that_hides_a_line_break(read):
    """An even number of quotes on every line, and yet a line break inside a field."""
    table = read('a;b;c\n5" x;"m\nn";6" y\n1;2;3\n')
    assert table.frame["b"].tolist() == ["m\nn", "2"]
    assert table.line.tolist() == [2, 4]


def test_old_mac_line_breaks(read):
    table = read("id;n\r1;a\r\r2;b")
    assert table.frame["n"].tolist() == ["a", "b"]
    assert table.line.tolist() == [2, 4]


def test_ragged_rows_are_all_counted_and_named(read):
    error = fail(read, "id,navn\n1,Vej 1, 2. tv\n2,x\n3\n   \n4,y,\n5,a,b\n")
    assert error.key == "files.ragged_rows"
    assert error.values["line"] == 2
    assert (error.values["found"], error.values["required"]) == (3, 2)
    assert (error.values["count"], error.values["lines"]) == (3, "2, 4, 7")


def test_delimiters_after_the_last_field_do_no_harm(read):
    table = read("id;navn\n1;a;;\n2;b\n;;\n")
    assert table.frame["navn"].tolist() == ["a", "b"]
    assert table.line.tolist() == [2, 3]


def test_unclosed_quote_names_the_line_where_it_opens(read):
    error = fail(read, 'id;n\n1;a\n2;"b\n3;c\n4;d\n')
    assert (error.key, error.values["line"]) == ("files.broken_quotes", 3)
    assert fail(read, 'id;n\n1;"' + "x;\n" * 60_000).key == "files.broken_quotes"


def test_text_after_a_closing_quote(read):
    error = fail(read, 'id;n\n1;a\n2;"b" c"\n')
    assert (error.key, error.values["line"]) == ("files.broken_quotes", 3)


def test_only_a_heading_is_a_table_without_rows(read):
    table = read("id;n\n")
    assert table.frame.columns.tolist() == ["id", "n"]
    assert len(table.frame) == len(table.line) == 0
    assert len(read("id;n").frame) == 0
    assert len(read("id;n\n\n;\n").frame) == 0


def test_no_heading_at_all(read):
    assert fail(read, "\n \n\n").key == "files.no_heading"


@pytest.mark.parametrize(
    "content", [b"<html><body>1</body></html>", b"\n <?xml version='1.0'?>", b"PK\0\0;1", b"a;b\n1;\0"]
)
def test_what_is_no_text_table(read, content):
    assert fail(read, content).key == "files.not_a_table"


def test_gzip(read):
    packed = gzip.compress("id;navn\n1;Sæby\n".encode())
    assert read(packed, name="Boliger.CSV.gz").frame["navn"].tolist() == ["Sæby"]
    assert fail(read, packed[:-9], name="x.csv.gz").key == "files.broken"
    assert fail(read, b"not gzip", name="x.csv.gz").key == "files.broken"
    assert fail(read, packed[:12] + b"\xff" * 20, name="x.txt.gz").key == "files.broken"


FIELD = st.one_of(
    st.text(st.sampled_from('ab";, \n'), max_size=5).filter(lambda text: text.strip() == text),
    st.sampled_from(["", "x", "1.234,5"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=8),
    st.sampled_from([";", ",", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_any_table_is_read_back_with_its_lines(tmp_path_factory, rows, mark, newline, quote_all):
    """The csv module writes, and counts the lines of each row as it goes."""
    stream = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(stream, delimiter=mark, lineterminator=newline, quoting=quoting)
    writer.writerow(["a", "b", "c"])
    lines = []
    for row in rows:
        lines.append(stream.getvalue().count("\n") + 1)
        writer.writerow(row)
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(stream.getvalue().encode())
    table = read_table(path)
    expected = [(row, line) for row, line in zip(rows, lines, strict=True) if any(row)]
    found = table.frame.astype(object).where(table.frame.notna(), "")
    assert list(found.itertuples(index=False, name=None)) == [row for row, _ in expected]
    assert table.line.tolist() == [line for _, line in expected]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=8))
def test_the_fast_way_and_the_careful_way_agree(rows):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\n").writerows(rows)
    heading = delimited._Heading(["a", "b"], ";", np.frombuffer(stream.getvalue().encode(), np.uint8), 0, 2)
    raw = delimited._read_body(heading, "f")
    slow_columns, slow_line = delimited._read_by_row(heading, "f")
    blank = [[cell or None for cell in column.to_pylist()] for column in slow_columns]
    assert [column.to_pylist() for column in raw.columns] in (
        blank,
        [column.to_pylist() for column in slow_columns],
    )
    assert raw.line.tolist() == slow_line.tolist()


def test_plain_rows_are_read_in_one_go(read, monkeypatch):
    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(delimited, "_read_by_row", refuse)
    rows = 50_000
    body = "".join(f'{i};"Sæby {i}";{i},5\r\n' for i in range(rows))
    table = read(f"id;navn;tal\r\n\r\n{body}")
    assert table.line.tolist() == list(range(3, rows + 3))
    assert table.frame["navn"].tolist() == [f"Sæby {i}" for i in range(rows)]


@pytest.mark.thorough
def test_three_million_rows(tmp_path):
    rows = 3_000_000
    path = tmp_path / "stor.csv"
    path.write_text(
        "id;kode;tal\n" + "".join(f"{i};{i % 98:04d};{i}\n" for i in range(rows)), encoding="utf-8"
    )
    table = read_table(path)
    assert len(table.frame) == rows
    assert (table.line == pd.RangeIndex(2, rows + 2)).all()
    assert (table.frame["id"].to_numpy(dtype="int64") == range(rows)).all()


@pytest.mark.parametrize("reader", [read_table, read_layer, list_layers])
@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda folder: folder / "findes_ikke.csv", "files.not_found"),
        (lambda folder: folder, "files.is_folder"),
        (lambda folder: touch(folder / "tom.csv"), "files.is_empty"),
        (lambda _: "https://example.org/boliger.csv", "files.is_address"),
        (lambda _: Path("https://example.org/boliger.csv"), "files.is_address"),
        (lambda _: "/vsicurl/https://example.org/a.gpkg", "files.is_address"),
        (lambda _: "s3://spand/a.gpkg", "files.is_address"),
    ],
)
def test_files_that_are_not_there(tmp_path, reader, make, key):
    with pytest.raises(ReadError) as caught:
        reader(make(tmp_path))
    assert caught.value.key == key
    assert caught.value.exit_status == 3


def touch(path, content=b""):
    path.write_bytes(content)
    return path


def test_formats_of_the_other_door(tmp_path):
    for reader, name, key in [
        (read_table, "a.gpkg", "files.no_table_format"),
        (read_table, "a.pdf", "files.no_table_format"),
        (read_layer, "a.csv", "files.no_layer_format"),
        (list_layers, "a.docx", "files.no_layer_format"),
        (read_table, "ingen", "files.no_table_format"),
    ]:
        with pytest.raises(ReadError) as caught:
            reader(touch(tmp_path / name, b"x"))
        assert caught.value.key == key


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="whoever runs this may read everything"
)
def test_file_that_may_not_be_read(tmp_path):
    path = touch(tmp_path / "a.csv", b"id\n1")
    path.chmod(0)
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.key == "files.no_permission"


@pytest.mark.parametrize(
    ("failure", "key"),
    [(PermissionError(13, "no"), "files.no_permission"), (OSError(5, "I/O"), "files.broken")],
)
def test_failures_of_the_file_system(tmp_path, monkeypatch, failure, key):
    def fail_to_open(*_, **__):
        raise failure

    path = touch(tmp_path / "a.csv", b"id\n1")
    monkeypatch.setattr(Path, "open", fail_to_open)
    with pytest.raises(ReadError) as caught:
        require_file(path)
    assert caught.value.key == key


def test_suffixes():
    assert find_suffix(Path("Boliger.CSV.gz")) == ".csv.gz"
    assert find_suffix(Path("a.b.XLSX")) == ".xlsx"
    assert is_layer("a.GPKG")
    assert is_layer("a.geojson.gz")
    assert not is_layer("a.csv.gz")


@pytest.mark.real_data
def test_real_registers():
    folder = SHARED_DATA / "bbr"
    if not folder.is_dir():
        pytest.skip("the public extracts are not beside the checkout")
    units = read_table(folder / "enheder_aktuelle_med_adresse.csv")
    with (folder / "enheder_aktuelle_med_adresse.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(units.frame) == len(rows) == 2734
    assert units.line.tolist() == list(range(2, 2736))
    for name in ("id_lokalId", "adressebetegnelse", "enh023Boligtype"):
        assert units.frame[name].fillna("").tolist() == [row[name].strip() for row in rows]
    for path in sorted(folder.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            expected_n = sum(1 for _ in csv.reader(stream)) - 1
        assert len(read_table(path).frame) == expected_n
    assert pyogrio.list_layers(SHARED_DATA / "matrikel" / "jordstykker.gpkg")[0, 0] in list_layers(
        SHARED_DATA / "matrikel" / "jordstykker.gpkg"
    )
