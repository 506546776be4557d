"""Workbooks as text: titles, sums, error cells, and which sheet is meant."""

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from geo import sheets
from geo.errors import ReadError, UsageError
from geo.readers import list_layers, read_table
from geo.sheets import format_cell

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def book(tmp_path):
    def write(sheets_of_rows, name="bog.xlsx", hidden=()):
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"default_date_format": "dd-mm-yyyy"}) as workbook:
            for title, rows in sheets_of_rows.items():
                sheet = workbook.add_worksheet(title)
                if title in hidden:
                    sheet.hide()
                for at, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        if cell is not None:
                            sheet.write(at, column, cell)
        return path

    return write


def test_sheet_with_title_sums_and_blank_rows(book):
    rows = [
        [None, "Boliger i Prøvekøbing"],
        [None, "Udtræk", dt.date(2025, 1, 1)],
        [],
        [None, "id", "Kommune ", "areal\nm2", "opført", "aktiv", "andel"],
        [None, "A-1", 101, 1234.5, dt.date(2020, 5, 1), True, 0.1 + 0.2],
        [],
        [None, "A-2", "0101", 80, dt.datetime(2020, 5, 1, 10, 5), False, 1.234],
        [None, "I alt", None, 1314.5],
    ]
    table = read_table(book({"Boliger": rows}))
    assert table.frame.columns.tolist() == ["id", "Kommune", "areal m2", "opført", "aktiv", "andel"]
    assert table.frame.iloc[0].tolist() == ["A-1", "101", "1234.5", "2020-05-01", "true", "0.3"]
    assert table.frame.iloc[1].tolist() == ["A-2", "0101", "80", "2020-05-01T10:05:00", "false", "1.2340"]
    assert table.line.tolist() == [5, 7]
    assert (table.layer, table.encoding) == ("Boliger", "")
    assert [(note.key, note.values.get("line", note.values.get("lines"))) for note in table.notes] == [
        ("files.heading_below_top", 4),
        ("files.totals_left_out", "8"),
    ]


def test_sheet_of_one_column_and_of_two(book):
    assert read_table(book({"A": [["id"], ["1"]]})).frame["id"].tolist() == ["1"]
    assert read_table(book({"A": [["Liste"], ["id", "navn"], ["1", "x"]]})).frame.columns.tolist() == [
        "id",
        "navn",
    ]


def test_sheet_with_only_a_heading(book):
    assert len(read_table(book({"A": [["id", "navn"]]})).frame) == 0


def test_column_without_heading(book):
    with pytest.raises(ReadError) as caught:
        read_table(book({"A": [["id", None, "navn"], ["1", "2", "3"]]}))
    assert caught.value.values == {"source": "bog.xlsx [A]", "column": "2"}


def test_sheet_without_heading(book):
    with pytest.raises(ReadError) as caught:
        read_table(book({"A": [[1, 2], [3, 4]]}))
    assert caught.value.key == "files.no_heading_in_sheet"
    with pytest.raises(ReadError) as caught:
        read_table(book({"A": [], "B": []}))
    assert caught.value.key == "files.no_heading"
    with pytest.raises(ReadError) as caught:
        read_table(book({"A": []}), sheet="A")
    assert caught.value.key == "files.no_heading_in_sheet"


def test_sheets_are_chosen_by_name_and_never_guessed(book):
    rows = [["id"], ["1"]]
    path = book({"Data": rows, "Skjult": [["x"], ["9"]], "Tom": []}, hidden=["Skjult"])
    assert list_layers(path) == ["Data"]
    assert read_table(path).layer == "Data"
    assert read_table(path, sheet="Skjult").frame["x"].tolist() == ["9"]
    with pytest.raises(ReadError) as missing:
        read_table(path, sheet="Boliger")
    assert missing.value.values["found"] == "Data, Skjult, Tom"
    with pytest.raises(UsageError) as several:
        read_table(book({"A": rows, "B": rows}))
    assert several.value.values == {"file": "bog.xlsx", "found": "A, B"}


def test_error_cells_are_noted(tmp_path):
    path = tmp_path / "fejl.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Tom")
        sheet = workbook.add_worksheet("Æ & Ø")
        for column, title in enumerate(["id", "tal"]):
            sheet.write(0, column, title)
        sheet.write(1, 0, "1")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write(2, 0, "2")
        sheet.write_formula(2, 1, "=NA()", None, "#N/A")
    (note,) = read_table(path).notes
    assert note.key == "files.error_cells"
    assert note.values == {"source": "fejl.xlsx [Æ & Ø]", "count": 2, "cells": "B2, B3"}


def test_workbook_laid_out_otherwise_has_no_note_of_errors(book, monkeypatch):
    def lack(*_):
        raise KeyError

    path = book({"A": [["id"], ["1"]]})
    monkeypatch.setattr(sheets, "_read_sheet_part", lack)
    assert read_table(path).notes == ()


def test_open_document(tmp_path):
    """Written by hand: the smallest spreadsheet of the standard."""
    import zipfile

    def row(*cells):
        return "<table:table-row>" + "".join(cells) + "</table:table-row>"

    def text(word):
        return f'<table:table-cell office:value-type="string"><text:p>{word}</text:p></table:table-cell>'

    number = '<table:table-cell office:value-type="float" office:value="101"><text:p>101</text:p></table:table-cell>'
    body = row(text("id"), text("kommune")) + row(text("A"), number)
    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Ark1">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    path = tmp_path / "ark.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    table = read_table(path)
    assert table.frame.to_dict("list") == {"id": ["A"], "kommune": ["101"]}
    assert table.line.tolist() == [2]


@pytest.mark.parametrize("name", ["x.xlsx", "x.xls", "x.ods", "x.xlsb"])
def test_broken_workbook(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 this is no workbook")
    for reader in (read_table, list_layers):
        with pytest.raises(ReadError) as caught:
            reader(path)
        assert caught.value.key == "files.broken"
        assert "\n" not in str(caught.value)


def test_workbook_with_password(book, monkeypatch):
    import python_calamine

    class Locked:
        @staticmethod
        def from_path(_):
            raise python_calamine.PasswordError

    path = book({"A": [["id"], ["1"]]})
    monkeypatch.setattr(sheets.calamine, "CalamineWorkbook", Locked)
    for reader in (read_table, list_layers):
        with pytest.raises(ReadError) as caught:
            reader(path)
        assert caught.value.key == "files.password"


@pytest.mark.parametrize(
    ("cell", "text"),
    [("0101", "0101"), (101.0, "101"), (3, "3"), (True, "true"), (False, "false"), (dt.date(2024, 1, 31), "2024-01-31"),
     (dt.datetime(2024, 1, 31), "2024-01-31"), (dt.time(5, 5), "05:05:00"), (dt.timedelta(hours=30), "1 day, 6:00:00"),
     (721347.355, "721347.3550"[:-1]), (float("nan"), "")],
)  # fmt: skip
def test_cells_of_sheets(cell, text):
    assert format_cell(cell) == text
