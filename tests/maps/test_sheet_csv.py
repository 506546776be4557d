"""A sheet as CSV: what stands in a cell can be read again, whatever else is in its column."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from geo.errors import WriteError
from geo.readers import read_table
from maps.sheet_csv import write_sheet


def read_lines(path):
    text = path.read_bytes().decode("utf-8-sig")
    assert text.endswith("\r\n")
    return [line.split(";") for line in text.split("\r\n")[:-1]]


def test_a_column_may_hold_decimals_counts_and_words(tmp_path):
    cells = [
        Decimal("2.50"),
        Decimal("-0.1"),
        1234,
        "diskretioneret",
        True,
        date(2024, 12, 1),
        Fraction(1, 3),
    ]
    sheet = pd.DataFrame({"Værdi": pd.Series(cells, dtype=object)})
    write_sheet(tmp_path / "a.csv", sheet)
    words = ["2,50", "-0,1", "1234", "diskretioneret", "True", "2024-12-01", "1/3"]
    assert read_lines(tmp_path / "a.csv") == [["Værdi"], *([word] for word in words)]
    assert read_table(tmp_path / "a.csv").frame["Værdi"].tolist() == words


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_missing_is_empty(tmp_path, missing):
    sheet = pd.DataFrame({"a": pd.Series([missing, Decimal("1.0")], dtype=object), "b": ["x", "y"]})
    write_sheet(tmp_path / "a.csv", sheet)
    assert read_lines(tmp_path / "a.csv") == [["a", "b"], ["", "x"], ["1,0", "y"]]


def test_a_word_keeps_its_point_and_a_formula_its_guard(tmp_path):
    sheet = pd.DataFrame({"a": pd.Series(["kl. 1.5", "=1.5", Decimal("1.5")], dtype=object)})
    write_sheet(tmp_path / "a.csv", sheet)
    assert read_lines(tmp_path / "a.csv") == [["a"], ["kl. 1.5"], ["'=1.5"], ["1,5"]]


def test_columns_of_one_kind_are_left_to_the_writer(tmp_path):
    sheet = pd.DataFrame(
        {
            "n": pd.Series([1, None], dtype="Int64"),
            "share": [0.25, 1.0],
            "on": pd.to_datetime(["2024-01-01", None]),
            "is": [True, False],
        }
    )
    before = sheet.copy(deep=True)
    write_sheet(tmp_path / "a.csv", sheet)
    assert read_lines(tmp_path / "a.csv")[1:] == [["1", "0,25", "2024-01-01", "ja"], ["", "1", "", "nej"]]
    pd.testing.assert_frame_equal(sheet, before)


def test_what_is_there_is_kept_unless_overwritten(tmp_path):
    sheet = pd.DataFrame({"a": pd.Series([1, "x"], dtype=object)})
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(WriteError) as refusal:
        write_sheet(tmp_path / "a.csv", sheet)
    assert (refusal.value.key, (tmp_path / "a.csv").read_text()) == ("files.output_exists", "old")
    write_sheet(tmp_path / "a.csv", sheet, overwrite=True)
    assert read_lines(tmp_path / "a.csv") == [["a"], ["1"], ["x"]]
