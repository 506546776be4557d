"""Each habit of Danish offices' tables, by its name, from the file's bytes to what is read."""

import unicodedata

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from geo.danish import pad_code, parse_integers, parse_numbers
from geo.errors import ReadError
from geo.readers import read_table
from geo.sheets import format_cell

NFD = unicodedata.normalize("NFD", "Ålborg Gård")


@pytest.fixture
def read_text(tmp_path):
    def read(content):
        path = tmp_path / "tabel.csv"
        path.write_bytes(content)
        return read_table(path)

    return read


@pytest.fixture
def read_book(tmp_path):
    def read(rows):
        path = tmp_path / "tabel.xlsx"
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet("Ark1")
            sheet.merge_range(0, 0, 0, 2, "Boliger i Prøvekøbing, 1. januar 2025")
            for at, row in enumerate(rows, start=2):
                sheet.write_row(at, 0, row)
        return read_table(path)

    return read


def test_semicolon_and_decimal_comma(read_text):
    table = read_text(b"id;areal\nA;1.234,5\nB;12,5\nC;-3,0\n")
    assert table.delimiter == ";"
    assert parse_numbers(table.frame["areal"]).values.tolist() == [1234.5, 12.5, -3.0]


def test_windows_letters_and_windows_line_breaks(read_text):
    table = read_text("id;navn\r\nA;Ærø – “Søndergård” €\r\nB;Åby\r\n".encode("cp1252"))
    assert (table.encoding, table.line.tolist()) == ("cp1252", [2, 3])
    assert table.frame["navn"].tolist() == ["Ærø – “Søndergård” €", "Åby"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_is_no_part_of_the_first_heading(read_text, encoding):
    assert read_text("id;navn\nA;Åby\n".encode(encoding)).frame.columns.tolist() == ["id", "navn"]


def test_no_break_spaces_are_spaces(read_text):
    table = read_text("id;areal;navn\n\u00a0A\u00a0;1\u00a0234,5;Sankt\u00a0Hans\n".encode())
    assert table.frame.iloc[0].tolist() == ["A", "1 234,5", "Sankt Hans"]
    assert parse_numbers(table.frame["areal"]).values.tolist() == [1234.5]


@pytest.mark.parametrize(("decimal", "expected"), [(None, None), (",", 1234.0), (".", 1.234)])
@pytest.mark.parametrize("copies", [1, 3_000])
def test_one_point_and_three_digits_is_refused_unless_declared(read_text, decimal, expected, copies):
    """In a short column, and in a long one that is read by its distinct texts."""
    table = read_text(("id;areal\n" + "A;1.234\n" * copies).encode())
    parsed = parse_numbers(table.frame["areal"], decimal=decimal)
    assert parsed.is_ambiguous.tolist() == [expected is None] * copies
    assert parsed.values.dropna().tolist() == [] if expected is None else [expected] * copies


def test_ambiguous_numbers_are_found_among_many_plain_ones(read_text):
    """A long column of different numbers is read by its digits; the odd cells have a closer look."""
    odd = {7: "1.234", 70: "..", 700: "45,3 %", 1_700: "1 234,5", 1_900: "-", 2_000: "1.234,5", 2_500: "x"}
    cells = [odd.get(row, f"{row},{row % 97:02d}") for row in range(3_000)]
    parsed = parse_numbers(read_text(("id;tal\n" + "".join(f"A;{c}\n" for c in cells)).encode()).frame["tal"])
    assert parsed.is_ambiguous[parsed.is_ambiguous].index.tolist() == [7]
    assert parsed.is_suppressed[parsed.is_suppressed].index.tolist() == [70]
    assert parsed.is_bad[parsed.is_bad].index.tolist() == [1_900, 2_500]
    read = {700: 45.3, 1_700: 1234.5, 2_000: 1234.5}
    expected = [
        read.get(row, None if row in odd else float(cell.replace(",", "."))) for row, cell in enumerate(cells)
    ]
    assert parsed.values.astype(object).where(parsed.values.notna(), None).tolist() == expected


def test_heading_below_a_merged_title(read_book):
    table = read_book([["id", "navn", "areal"], ["A", "Åby", 12.5]])
    assert (table.frame.columns.tolist(), table.line.tolist()) == (["id", "navn", "areal"], [4])
    assert [note.key for note in table.notes] == ["files.heading_below_top"]


@pytest.mark.parametrize("word", ["I alt", "i alt:", "Ialt", "TOTAL", "Sum"])
def test_rows_that_sum_up_are_left_out_and_told(read_text, read_book, word):
    book = read_book([["id", "navn", "antal"], ["A", "Åby", 2], [word, "", 2]])
    text = read_text(f"id;navn;antal\nA;Åby;2\n{word};;2\n;{word};2\n".encode())
    for table, lines in ((book, "5"), (text, "3, 4")):
        assert table.frame["id"].tolist() == ["A"]
        (note,) = (note for note in table.notes if note.key == "files.totals_left_out")
        assert note.values["lines"] == lines


def test_two_points_are_a_hidden_number_not_a_missing_one(read_text):
    parsed = parse_integers(read_text(b"id;antal\nA;..\nB;\nC;0\n").frame["antal"])
    assert parsed.is_suppressed.tolist() == [True, False, False]
    assert parsed.values.isna().tolist() == [True, True, False]
    assert not parsed.is_bad.any()


def test_spreadsheets_take_the_zero_off_a_kommune_code(read_book):
    codes = read_book([["kode", "navn", "antal"], [101, "København", 1], ["0101", "København", 2]]).frame[
        "kode"
    ]
    assert codes.tolist() == ["101", "0101"]
    assert pad_code(codes, 4).tolist() == ["0101", "0101"]


def test_a_share_with_a_percent_sign(read_text, read_book):
    text = read_text("id;andel\nA;45,3 %\nB;45,3\u00a0%\nC;45%\n".encode()).frame["andel"]
    assert parse_numbers(text).values.tolist() == [45.3, 45.3, 45.0]
    book = read_book([["id", "navn", "andel"], ["A", "Åby", "45,3 %"]]).frame["andel"]
    assert parse_numbers(book).values.tolist() == [45.3]


def test_letters_are_composed_everywhere(read_text, read_book, tmp_path):
    """NFC in cells and headings, of text, workbooks and Parquet."""
    pq.write_table(pa.table({NFD: [NFD], "id": ["A"]}), tmp_path / "tabel.parquet")
    for table in (
        read_text(f"id;{NFD}\nA;{NFD}\n".encode()),
        read_book([["id", NFD, "tal"], ["A", NFD, 1]]),
        read_table(tmp_path / "tabel.parquet"),
    ):
        assert table.frame["Ålborg Gård"].tolist() == ["Ålborg Gård"]


def test_parquet_gives_what_the_same_text_gives(read_text, tmp_path):
    rows = {"id": ["A", "B"], "areal": [1234.5, None], "opført": [1971, 2020], "navn": ["Åby", None]}
    pq.write_table(pa.table(rows), tmp_path / "tabel.parquet")
    text = read_text("id;areal;opført;navn\nA;1234.5;1971;Åby\nB;;2020;\n".encode())
    pd.testing.assert_frame_equal(read_table(tmp_path / "tabel.parquet").frame, text.frame)


TEXT = "id;navn\nA;Ærøskøbing\nB;Ålborg\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_named_and_read_when_the_project_says_so(read_text, tmp_path, encoding):
    with pytest.raises(ReadError) as raised:
        read_text(TEXT.encode(encoding))
    assert raised.value.key == "files.utf16_without_mark"
    assert raised.value.values == {"file": "tabel.csv", "encoding": encoding}
    table = read_table(tmp_path / "tabel.csv", encoding=encoding)
    assert table.frame["navn"].tolist() == ["Ærøskøbing", "Ålborg"]


@pytest.mark.parametrize("spoilt", [b"a;b\n1;\0", b"\0" * 64])
def test_noughts_that_are_not_of_utf16_are_no_text_table(read_text, spoilt):
    with pytest.raises(ReadError) as raised:
        read_text(spoilt)
    assert raised.value.key in {"files.not_a_table", "files.wrong_encoding"}


@pytest.mark.parametrize(
    ("cell", "text"),
    [(999_999_999_999_999.0, "999999999999999"), (1e15, "1000000000000000"), (-0.0, "0"), (-17.0, "-17"),
     (1.234, "1.2340"), (0.1 + 0.2, "0.3"), (float("nan"), ""), (float("inf"), "inf")],
)  # fmt: skip
def test_a_number_of_a_sheet_is_written_with_the_digits_that_the_sheet_shows(cell, text):
    assert format_cell(cell) == text
