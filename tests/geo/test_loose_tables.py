"""Tables with titles, gaps and notes: every cell where it lies, with its line."""

import pandas as pd
import pytest
import xlsxwriter

from geo.errors import ReadError, UsageError
from geo.loose_tables import clean_text, read_loose_table


def write(folder, content, name="t.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def write_book(folder, sheets):
    path = folder / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(at, column, cell)
    return path


TITLED = '"Ledige, i pct. af arbejdsstyrken, efter område"\n\n" ";"2021"\n"Ærø";"1,5"\n"Kilde: x"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_row_has_its_line_in_any_encoding(tmp_path, encoding):
    table = read_loose_table(write(tmp_path, TITLED, encoding=encoding))
    assert table.rows == (
        ("Ledige, i pct. af arbejdsstyrken, efter område", ""), ("", "2021"), ("Ærø", "1,5"), ("Kilde: x", ""),
    )  # fmt: skip
    assert table.line == (1, 3, 4, 5)
    assert not any(any(row) for row in table.is_number)
    assert table.source == "t.csv"


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_most_rows_alike(tmp_path, mark):
    rows = [["kode", "antal"], ["0101", "7"], ["0147", "8"]]
    text = "En titel; med, alt | muligt\n" + "\n".join(mark.join(row) for row in rows)
    assert read_loose_table(write(tmp_path, text)).rows[1:] == tuple(map(tuple, rows))


def test_a_decimal_comma_is_no_delimiter(tmp_path):
    table = read_loose_table(write(tmp_path, "kode;pct\n0101;12,5\n0147;13,5\n"))
    assert table.rows[1] == ("0101", "12,5")


def test_a_stated_delimiter_or_encoding_wins(tmp_path):
    path = write(tmp_path, "a|b;c\nd|e;f\n")
    assert read_loose_table(path, delimiter="|").rows[0] == ("a", "b;c")
    assert read_loose_table(write(tmp_path, "sep=|\na|b;c\n")).rows == (("a", "b;c"),)
    assert read_loose_table(write(tmp_path, "sep=|\na|b;c\n")).line == (2,)
    assert read_loose_table(write(tmp_path, "ø;1", encoding="cp850"), encoding="cp850").rows == (("ø", "1"),)


def test_a_row_over_several_lines_is_named_by_its_first(tmp_path):
    table = read_loose_table(write(tmp_path, 'a;b\n"x\ny";1\nz;2\n'))
    assert table.rows == (("a", "b"), ("x y", "1"), ("z", "2"))
    assert table.line == (1, 2, 4)


def test_numbers_of_a_workbook_are_told_from_text(tmp_path):
    path = write_book(
        tmp_path, {"Ark1": [["Titel"], [], ["", 2021], ["Ærø", 12.5], ["Fanø", "1.234"], ["Samsø", True]]}
    )
    table = read_loose_table(path)
    assert table.rows[1:] == (("", "2021"), ("Ærø", "12.5"), ("Fanø", "1.234"), ("Samsø", "true"))
    assert [row[1] for row in table.is_number] == [False, True, True, False, False]
    assert table.line == (1, 3, 4, 5, 6)
    assert table.source == "t.xlsx [Ark1]"


def test_a_sheet_must_be_clear(tmp_path):
    path = write_book(tmp_path, {"A": [["x"]], "B": [["y"]]})
    assert read_loose_table(path, sheet="B").rows == (("y",),)
    with pytest.raises(UsageError) as several:
        read_loose_table(path)
    assert several.value.key == "files.several_sheets"
    with pytest.raises(ReadError) as none:
        read_loose_table(path, sheet="C")
    assert none.value.key == "files.no_such_sheet"
    with pytest.raises(ReadError) as empty:
        read_loose_table(write_book(tmp_path, {"A": []}))
    assert empty.value.key == "files.no_heading"


def test_parquet_has_its_heading_in_the_first_row(tmp_path):
    pd.DataFrame({"kode": ["0101", None], "antal": [7, 8]}).to_parquet(tmp_path / "t.parquet")
    assert read_loose_table(tmp_path / "t.parquet").rows == (("kode", "antal"), ("0101", "7"), ("", "8"))


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("t.csv", b"\n \n;;\n", "files.no_heading"),
        ("t.csv", b"<html></html>", "files.not_a_table"),
        ("t.csv", b"a\0b", "files.not_a_table"),
        ("t.csv", b"", "files.is_empty"),
        ("t.csv", b'a;"' + b"x" * 140_000, "files.broken_quotes"),
        ("t.pdf", b"%PDF", "files.no_table_format"),
        ("t.csv.gz", b"x", "files.no_table_format"),
        ("t.xlsx", b"PK no", "files.broken"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name, content, key):
    with pytest.raises(ReadError) as raised:
        read_loose_table(write(tmp_path, content, name=name), sheet="A" if name == "t.xlsx" else None)
    assert raised.value.key == key


def test_a_wrong_encoding_is_told_with_its_line(tmp_path):
    path = write(tmp_path, b"a;b\n\xe6;1\n")
    with pytest.raises(ReadError) as raised:
        read_loose_table(path, encoding="utf-8")
    assert raised.value.key == "files.wrong_encoding"
    assert raised.value.values["line"] == 2
    with pytest.raises(ReadError) as unknown:
        read_loose_table(path, encoding="ebcdic-dansk")
    assert unknown.value.key == "files.unknown_encoding"
    assert read_loose_table(write(tmp_path, b"a\x81;\xe6\n")).rows == (("a\ufffd", "æ"),)


def test_text_is_cleaned():
    assert clean_text(" A\u030arhus\u00a0 Kommune\n") == "Århus Kommune"
