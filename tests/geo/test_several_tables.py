"""Workbooks and zips with several tables, of which some are wanted."""

import gzip
import json

import pytest
import xlsxwriter

from data.texts import load_texts
from geo.errors import ReadError, UsageError
from geo.readers import list_zipped_tables, read_table, read_tables

WANTED, OTHER = "id;dør\n1;tv\n", "nr;navn\n7;Nørby\n"


def has_door(headings):
    return "dør" in headings


@pytest.fixture
def book(tmp_path):
    def book(sheets, *, hidden=()):
        path = tmp_path / "bog.xlsx"
        with xlsxwriter.Workbook(path) as workbook:
            for name, text in sheets.items():
                sheet = workbook.add_worksheet(name)
                for at, line in enumerate(text.splitlines()):
                    sheet.write_row(at, 0, line.split(";"))
                if name in hidden:
                    sheet.hide()
        return path

    return book


def test_wanted_files_of_a_zip_are_read_in_its_order_and_the_rest_is_noted(pack):
    lists = {"AList": [{"id": "2", "dør": "th"}], "BList": [{"nr": 1}]}
    path = pack(
        {
            "c/b.csv": WANTED, "a.csv": OTHER, "d.csv.gz": gzip.compress(WANTED.encode()), "._a.csv": "x",
            "lister.json": json.dumps(lists), "x_Metadata.json": "{}", "tom.csv": "", "om.txt": "Læs mig.\n",
            "uden.json": json.dumps({"a": 1}), "andre.json": json.dumps({"C": [{"n": 1}], "D": [{"n": 2}]}),
        }
    )  # fmt: skip
    texts = read_tables(path, is_wanted=has_door)
    assert [(text.file, text.layer) for text in texts] == [
        ("pakke.zip", "c/b.csv"), ("pakke.zip", "d.csv.gz"), ("pakke.zip", "lister.json/AList"),
    ]  # fmt: skip
    assert [text.frame["dør"].tolist() for text in texts] == [["tv"], ["tv"], ["th"]]
    (note,) = texts[0].notes
    assert (note.key, note.values["source"]) == ("files.tables_left_out", "pakke.zip")
    assert note.values["found"] == "a.csv, tom.csv, om.txt, uden.json, andre.json"
    assert not texts[1].notes
    for language in ("da", "en"):
        sentence = load_texts(language).get(f"note.{note.key}", note.values)
        assert "pakke.zip" in sentence


def test_wanted_sheets_are_read_and_the_rest_is_noted(book):
    path = book({"Om": "Udtræk\n", "a": WANTED, "b": OTHER, "c": WANTED, "gemt": WANTED}, hidden=("gemt",))
    texts = read_tables(path, is_wanted=has_door)
    assert [(text.file, text.layer, text.line.tolist()) for text in texts] == [
        ("bog.xlsx", "a", [2]), ("bog.xlsx", "c", [2]),
    ]  # fmt: skip
    assert [note.values["found"] for note in texts[0].notes] == ["Om, b"]


def test_the_only_table_is_read_unasked_and_one_that_is_named_alone(pack, book):
    (text,) = read_tables(pack({"a.csv": OTHER}), is_wanted=has_door)
    assert (text.layer, text.notes) == ("", ())
    (text,) = read_tables(book({"b": OTHER}), is_wanted=has_door)
    assert text.layer == "b"
    (text,) = read_tables(book({"a": WANTED, "b": OTHER}), is_wanted=has_door, sheet="b")
    assert text.layer == "b"


def test_where_none_is_wanted_all_are_named(pack, book):
    for path, key in (
        (pack({"a.csv": OTHER, "b.csv": OTHER}), "tables"),
        (book({"a": OTHER, "b": OTHER}), "sheets"),
    ):
        with pytest.raises(UsageError) as raised:
            read_tables(path, is_wanted=has_door)
        assert raised.value.key == f"files.several_{key}"
        assert raised.value.values["found"] in {"a.csv, b.csv", "a, b"}
        with pytest.raises(UsageError):
            read_table(path)


@pytest.mark.parametrize("heading", ["id;dør", '"id"\t"dør"', "\ufeffid,dør"])
def test_a_broken_text_is_told_where_its_first_line_is_wanted(pack, heading):
    path = pack({"a.csv": WANTED, "b.csv": f'{heading}\n"1\n'})
    with pytest.raises(ReadError):
        read_tables(path, is_wanted=has_door)
    (text,) = read_tables(pack({"a.csv": WANTED, "b.csv": 'nr;navn\n"1\n'}), is_wanted=has_door)
    assert text.layer == "a.csv"


def test_a_faulty_heading_of_a_sheet_is_told(book):
    with pytest.raises(ReadError) as raised:
        read_tables(book({"a": WANTED, "b": "id;dør;dør\n1;2;3\n"}), is_wanted=has_door)
    assert raised.value.key == "files.duplicate_headings"


def test_the_tables_of_a_zip_are_listed(pack):
    assert [str(name) for name in list_zipped_tables(pack({"b/a.csv": "x", "l.pdf": "x"}))] == ["b/a.csv"]
    with pytest.raises(ReadError) as raised:
        list_zipped_tables(pack({"l.pdf": "x"}))
    assert raised.value.key == "files.no_table_in_zip"
