"""Cells of any type as text, and what a table is tidied of."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.texts import load_texts, template_fields
from geo.cells import clean_cells, format_cells, format_number, has_byte_pair
from geo.danish import parse_dates, parse_numbers
from geo.errors import ReadError
from geo.tables import RawTable, clean_name, find_mojibake, tidy_table, to_frame

BLANKS = " \t\r\n\v\f\u00a0\ufeff\u200b"


def tidy(names, rows, *, has_totals=True, first_line=2):
    columns = [pa.array(column, pa.large_string()) for column in zip(*rows, strict=True)]
    columns = columns or [pa.array([], pa.large_string())] * len(names)
    line = np.arange(first_line, first_line + len(rows))
    return tidy_table(RawTable(names, columns, line, "fil.csv", ""), has_totals=has_totals)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (pa.array(["æ", None]), ["æ", None]),
        (pa.array(["æ", None], pa.large_string()), ["æ", None]),
        (pa.array(["æ"], pa.string_view()), ["æ"]),
        (pa.array([101, None, -(2**62)]), ["101", None, str(-(2**62))]),
        (pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)]),
        (pa.array([101.0, 0.5, None, float("nan"), 1.234, -999.999, 0.125, 1234.5]),
         ["101", "0.5", None, None, "1.2340", "-999.9990", "0.125", "1234.5"]),
        (pa.array([1e22, 1e-7, float("inf")]), ["1" + "0" * 22, "0.0000001", "inf"]),
        (pa.array([0.1], pa.float32()), ["0.1"]),
        (pa.array([np.float16(0.5)], pa.float16()), ["0.5"]),
        (pa.array([Decimal("1.234"), Decimal("12.50")], pa.decimal128(8, 3)), ["1.2340", "12.5000"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([dt.date(2024, 1, 31)]), ["2024-01-31"]),
        (pa.array([dt.date(2024, 1, 31)], pa.date64()), ["2024-01-31"]),
        (pa.array([dt.datetime(2024, 1, 31), dt.datetime(2024, 1, 31, 10, 5)]), ["2024-01-31", "2024-01-31T10:05:00"]),
        (pa.array([dt.datetime(2024, 1, 31)], pa.timestamp("ns")), ["2024-01-31"]),
        (pa.array([dt.datetime(2024, 1, 31, tzinfo=dt.UTC)]), ["2024-01-31T00:00:00Z"]),
        (pa.array([dt.time(10, 5)]), ["10:05:00.000000"]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([None, None]), [None, None]),
        (pa.chunked_array([[1.5, 1e-9], [2.0]]), ["1.5", "0.000000001", "2"]),
        (pa.array([b"x"]), None),
        (pa.array([[1]]), None),
        (pa.array([{"a": 1}]), None),
    ],
)  # fmt: skip
def test_format_of_every_type(cells, expected):
    found = format_cells(cells)
    assert (None if found is None else found.to_pylist()) == expected


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20))
def test_a_number_in_a_file_is_read_back_exactly_and_is_never_ambiguous(numbers):
    text = format_cells(pa.array(numbers, pa.float64()))
    parsed = parse_numbers(to_frame(["x"], [clean_cells(text)], len(numbers))["x"])
    assert parsed.values.tolist() == numbers
    assert not any("e" in cell for cell in text.to_pylist())
    assert [float(format_number(number)) for number in numbers] == numbers


@settings(deadline=None)
@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)))
def test_a_moment_in_a_file_is_read_back_to_its_day(moment):
    text = format_cells(pa.array([moment]))
    assert parse_dates(to_frame(["x"], [text], 1)["x"]).values.iloc[0].date() == moment.date()


def test_not_a_number_is_empty():
    assert format_number(float("nan")) == ""
    assert format_number(float("-inf")) == "-inf"


def clean_plainly(text):
    import unicodedata

    bare = unicodedata.normalize("NFC", text).strip(BLANKS).replace("\u00a0", " ")
    return bare or None


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(st.sampled_from("abæå\u030aA\u00a0 \t\u200béÃ"), max_size=6)),
        max_size=12,
    )
)
def test_cleaning_is_what_python_does_cell_by_cell(texts):
    cells = pa.array(texts, pa.large_string())
    expected = [None if text is None else clean_plainly(text) for text in texts]
    assert clean_cells(cells).to_pylist() == expected
    sliced = clean_cells(cells.slice(1))
    assert sliced.to_pylist() == expected[1:]
    assert clean_cells(pa.chunked_array([texts[:3], texts[3:]], pa.large_string())).to_pylist() == expected


def test_byte_pair():
    assert has_byte_pair(pa.array(["a", "Ã¦"], pa.large_string()), "Ã".encode())
    assert not has_byte_pair(pa.array(["a", "æ"], pa.large_string()), "Ã".encode())
    assert not has_byte_pair(pa.array([], pa.large_string()), "Ã".encode())


def test_arrays_without_buffers_are_empty():
    none = pa.py_buffer(b"")
    nothing = pa.Array.from_buffers(pa.large_string(), 0, [None, none, none])
    assert clean_cells(nothing).to_pylist() == []
    zeros = pa.py_buffer(np.zeros(3, dtype=np.int64))
    blank = pa.Array.from_buffers(pa.large_string(), 2, [None, zeros, none])
    assert clean_cells(blank).to_pylist() == [None, None]


def test_heading_is_one_line_of_nfc():
    assert clean_name("Samlet\n areal\u00a0(m2) ") == "Samlet areal (m2)"
    assert clean_name("A\u030ar") == "År"
    assert clean_name(" \u00a0") == ""


def test_empty_rows_and_unnamed_empty_columns_go_and_lines_stay_right():
    frame, line, notes = tidy(["a", " ", "b"], [["1", "", "x"], ["", " ", None], ["2", None, "y"]])
    assert frame.to_dict("list") == {"a": ["1", "2"], "b": ["x", "y"]}
    assert line.tolist() == [2, 4]
    assert frame.index.tolist() == [0, 1]
    assert all(dtype == "str" for dtype in frame.dtypes)
    assert notes == ()


def test_named_empty_column_stays():
    frame, _, _ = tidy(["a", "b"], [["1", None]])
    assert frame["b"].isna().tolist() == [True]


def test_table_without_rows():
    frame, line, _ = tidy(["a", "b"], [])
    assert frame.columns.tolist() == ["a", "b"]
    assert len(frame) == len(line) == 0


def test_sums_are_left_out_and_noted():
    rows = [["1", "x"], ["I ALT", "7"], [None, "ialt:"], ["2", "I alt"], [" Sum ", "3"], ["Totalgade", "1"]]
    frame, line, notes = tidy(["a", "b"], rows)
    assert frame["a"].tolist() == ["1", "2", "Totalgade"]
    assert line.tolist() == [2, 5, 7]
    assert notes[0].key == "files.totals_left_out"
    assert notes[0].values["count"] == 3
    assert notes[0].values["lines"] == "3, 4, 6"
    kept, _, notes = tidy(["a", "b"], rows, has_totals=False)
    assert len(kept) == 6
    assert notes == ()


def test_many_sums_are_not_all_named():
    _, _, notes = tidy(["a"], [["I alt"]] * 9)
    assert notes[0].values["lines"] == "2, 3, 4, 5, 6"
    assert notes[0].values["count"] == 9


@pytest.mark.parametrize(
    ("names", "key", "column"),
    [
        (["a", "", "c"], "files.empty_heading", "2"),
        (["a", "b", "a"], "files.duplicate_headings", "a"),
        (["a ", "b", "a"], "files.duplicate_headings", "a"),
    ],
)
def test_headings_that_cannot_be_used(names, key, column):
    with pytest.raises(ReadError) as caught:
        tidy(names, [["1", "2", "3"]])
    assert caught.value.key == key
    assert caught.value.values == {"source": "fil.csv", "column": column}


@pytest.mark.parametrize("letter", "æøåÆØÅ")
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_garbled_letters_are_seen(letter, encoding):
    garbled = letter.encode("utf-8").decode(encoding)
    _, _, notes = tidy(["a", "b"], [["1", "Sæby"], ["2", f"S{garbled}by"], ["3", "\ufffd"]])
    assert notes[0].key == "files.mojibake"
    expected = {"source": "fil.csv", "count": 2, "line": 3, "column": "b", "value": f"S{garbled}by"}
    assert {name: notes[0].values[name] for name in ("source", "count", "line", "column")} == {
        name: expected[name] for name in ("source", "count", "line", "column")
    }


def test_right_letters_are_not_called_garbled():
    assert tidy(["a"], [["Sæby Ångstrøm Ærø Øre"], ["São Ãngela"]])[2] == ()


def test_first_garbled_cell_is_the_first_line_whatever_its_column():
    table = RawTable(
        ["a", "b"],
        [pa.array(["x", "Ã¦"], pa.large_string()), pa.array(["Ã¸", "y"], pa.large_string())],
        np.array([7, 9]),
        "f",
        "Ark",
    )
    (note,) = find_mojibake(table)
    assert note.values == {"source": "f [Ark]", "count": 2, "line": 7, "column": "b", "value": "Ã¸"}


@pytest.mark.parametrize("language", ["da", "en"])
def test_texts_have_a_sentence_of_every_key(language):
    """Every key that this room raises or notes is in the catalogs, with the same fields in both."""
    import re
    from pathlib import Path

    import geo

    sources = "".join(path.read_text(encoding="utf-8") for path in Path(geo.__file__).parent.glob("*.py"))
    keys = set(re.findall(r'"(files\.[a-z_0-9]+)"', sources))
    texts, other = load_texts(language), load_texts("en" if language == "da" else "da")
    described = {
        key.split(".", 1)[1] for key in texts.entries if key.startswith(("error.files.", "note.files."))
    }
    assert described == keys
    for key in texts.entries:
        if key.startswith(("error.files.", "note.files.")):
            assert template_fields(texts.entries[key]) == template_fields(other.entries[key])
