"""Workbooks read back by another program: values, types, names, and nothing that runs."""

import re
import zipfile

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from geo.errors import WriteError
from maps import workbook

HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1",
    "@SUM(A1)",
    "http://example.org",
    "mailto:a@b",
    "<b>",
    "a\x00b",
    "😀",
    "\u202eabc",
    "x" * 500,
    "'",
    "\ud800",
]


def read(path):
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "name": ["Ærø", "Åby", None],
            "counted_n": pd.array([1234, None, 0], dtype="Int64"),
            "area_m2": [1.5, float("nan"), float("inf")],
            "approved_on": pd.to_datetime(["2021-05-01", None, "2022-01-01"]).astype("datetime64[s]"),
            "is_in_force": pd.array([True, False, None], dtype="boolean"),
            "built_year": pd.array([1987, 2001, None], dtype="Int64"),
        }
    )


def test_values_and_types_come_back(frame, texts, tmp_path):
    path = tmp_path / "a.xlsx"
    workbook.write_workbook(path, {"Liste": frame}, texts=texts)
    head, *rows = read(path)["Liste"]
    assert head == ["Navn", "Tæller med", "Areal (m²)", "Godkendt", "I kraft", "Opført år"]
    assert rows[0][:3] == ["Ærø", 1234.0, 1.5]
    assert rows[0][3].isoformat()[:10] == "2021-05-01"
    assert rows[0][4:] == ["ja", 1987.0]
    # Missing and infinite are empty cells, not zero.
    assert rows[1][1:4] == ["", "", ""]
    assert rows[2][0] == ""
    assert rows[2][1] == 0.0
    assert rows[2][2] == ""


def test_headings_are_frozen_filtered_and_numbers_danish(frame, texts, tmp_path):
    path = tmp_path / "a.xlsx"
    workbook.write_workbook(path, {"Liste": frame}, texts=texts)
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:F4"/>' in sheet
    assert 'orientation="landscape"' in sheet
    assert "dd-mm-yyyy" in styles
    assert 'formatCode="#,##0"' in styles  # Excel shows the reader's own separators


def test_hostile_text_is_text(texts, tmp_path):
    path = tmp_path / "a.xlsx"
    workbook.write_workbook(
        path, {"A": pd.DataFrame({"name": pd.Series(HOSTILE, dtype=object)})}, texts=texts
    )
    with zipfile.ZipFile(path) as parts:
        everything = "".join(parts.read(name).decode() for name in parts.namelist())
    assert "<f>" not in everything
    assert "<hyperlink" not in everything
    shown = [row[0] for row in read(path)["A"][1:]]
    expected = [text.replace("\ud800", "\ufffd") for text in HOSTILE]
    assert [re.sub(r"_x0000_", "\x00", text) for text in shown] == expected


def test_the_same_input_gives_the_same_bytes(frame, texts, tmp_path):
    for name in ("a", "b"):
        workbook.write_workbook(
            tmp_path / f"{name}.xlsx", {"A": frame}, texts=texts, properties={"Opgjort": "2025"}
        )
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_properties_are_the_last_sheet(frame, texts, tmp_path):
    path = tmp_path / "a.xlsx"
    workbook.write_workbook(path, {"Om": frame}, texts=texts, properties={"Opgjort": "1. januar 2025"})
    sheets = read(path)
    assert list(sheets) == ["Om", "Om (2)"]
    assert sheets["Om (2)"] == [["Opgjort", "1. januar 2025"]]


def test_an_existing_workbook_is_kept_unless_overwritten(frame, texts, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(WriteError):
        workbook.write_workbook(path, {"A": frame}, texts=texts)
    assert path.read_bytes() == b"old"
    workbook.write_workbook(path, {"A": frame}, texts=texts, overwrite=True)
    assert list(read(path)) == ["A"]


def test_more_rows_than_a_sheet_holds_are_refused(frame, texts, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS_N", 2)
    with pytest.raises(WriteError) as caught:
        workbook.write_workbook(tmp_path / "a.xlsx", {"A": frame}, texts=texts)
    assert caught.value.key == "maps.sheet_too_long"
    assert "2" in texts.get("error.maps.sheet_too_long", caught.value.values)
    assert list(tmp_path.iterdir()) == []


def test_frames_without_rows_or_columns(texts, tmp_path):
    path = tmp_path / "a.xlsx"
    workbook.write_workbook(path, {"A": pd.DataFrame({"name": []}), "B": pd.DataFrame()}, texts=texts)
    assert read(path)["A"] == [["Navn"]]
    assert read(path)["B"] == []


def test_overlong_text_is_cut_visibly(texts, tmp_path):
    path = tmp_path / "a.xlsx"
    workbook.write_workbook(path, {"A": pd.DataFrame({"name": ["x" * 40_000]})}, texts=texts)
    text = read(path)["A"][1][0]
    assert len(text) == 32_767
    assert text.endswith("x…")


def test_numpy_booleans_are_words(texts, tmp_path):
    path = tmp_path / "a.xlsx"
    workbook.write_workbook(path, {"A": pd.DataFrame({"is_in_force": np.array([True, False])})}, texts=texts)
    assert [row[0] for row in read(path)["A"][1:]] == ["ja", "nej"]


@pytest.mark.parametrize(
    ("names", "fitted"),
    [
        (["Liste", "liste", "LISTE"], ["Liste", "liste (2)", "LISTE (3)"]),
        (["a/b:c?[d]*\\"], ["a b c  d"]),
        (["", "'x'"], ["-", "x"]),
        (["History"], ["History (2)"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 27 + " (2)"]),
    ],
)
def test_sheet_names_that_excel_takes(names, fitted):
    assert workbook.make_sheet_names(names) == fitted
