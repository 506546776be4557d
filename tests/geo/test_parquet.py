"""Parquet files as text: what each type is spelt as, and what is left out."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.danish import parse_integers
from geo.distinct import find_distinct, knows_distinct
from geo.errors import ReadError
from geo.parquet import find_geometry_column
from geo.readers import is_layer, list_layers, read_layer, read_table

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def test_parquet_to_text(tmp_path):
    frame = pd.DataFrame(
        {
            "kode": ["0101", None],
            "antal": pd.array([3, None], dtype="Int64"),
            "andel": [0.5, float("nan")],
            "dag": pd.to_datetime(["2024-01-31", None]),
            "ja": pd.array([True, None], dtype="boolean"),
            "ord": pd.Categorical(["a", "b"]),
            "byte": [b"x", b"y"],
        },
        index=pd.Index(["p", "q"], name=None),
    )
    path = tmp_path / "t.parquet"
    frame.to_parquet(path)
    table = read_table(path)
    assert table.frame.iloc[0].tolist() == ["0101", "3", "0.5", "2024-01-31", "true", "a"]
    assert table.frame.iloc[1].isna().tolist() == [True] * 5 + [False]
    assert table.line.tolist() == [1, 2]
    assert [(note.key, note.values["column"]) for note in table.notes] == [("files.columns_left_out", "byte")]
    assert not is_layer(path)


def test_parquet_keeps_sums_for_it_is_no_spreadsheet(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": ["I alt"]}), path)
    assert read_table(path).frame["a"].tolist() == ["I alt"]


def test_broken_parquet(tmp_path):
    path = tmp_path / "t.parquet"
    path.write_bytes(b"PAR1 and no more")
    for reader in (read_table, read_layer, list_layers, is_layer):
        with pytest.raises(ReadError) as caught:
            reader(path)
        assert caught.value.key == "files.broken"


def test_parquet_with_a_geometry_that_is_not_described(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": ["x"]}).replace_schema_metadata({"geo": "[]"}), path)
    assert find_geometry_column(path) is None
    pq.write_table(pa.table({"a": ["x"]}).replace_schema_metadata({"geo": "{"}), path)
    with pytest.raises(ReadError):
        find_geometry_column(path)


def write_both_ways(folder, table):
    """Write a table as texts, and with a dictionary of each column; return both files."""
    paths = folder / "texts.parquet", folder / "dictionaries.parquet"
    for path, has_dictionary in zip(paths, (False, True), strict=True):
        pq.write_table(table, path, use_dictionary=has_dictionary, row_group_size=100)
    return paths


WORDS = st.lists(
    st.sampled_from(["almen", "ejer", "Ærø", "A", "A ", "", None, "Ã¦ble", "\u00a0x", "e\u0301"]), max_size=6
)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from([pa.string(), pa.large_string()]))
def test_a_dictionary_in_the_file_says_what_the_texts_say(tmp_path_factory, groups, kind):
    # Each group of rows has a dictionary of its own, with other words in another order.
    words = [word for group in groups for word in (group * 100)[:100]]
    plain, coded = write_both_ways(
        tmp_path_factory.mktemp("both"), pa.table({"ord": pa.array(words, kind), "nr": range(len(words))})
    )
    expected, found = read_table(plain), read_table(coded)
    assert found.frame.equals(expected.frame)
    assert found.line.equals(expected.line)
    assert found.notes == tuple(
        note._replace(values={**note.values, "source": coded.name}) for note in expected.notes
    )


def test_what_the_file_knows_of_its_texts_is_not_found_again(tmp_path, monkeypatch):
    words = ["T", "", "Ærø", None, "almen"] * 400
    table = pa.table({"ord": words, "id": [f"id-{number:05d}" for number in range(len(words))]})
    _, coded = write_both_ways(tmp_path, table)
    frame = read_table(coded).frame
    assert knows_distinct(frame["ord"]) is False  # an empty cell is missing, so that the dictionary is not it
    _, coded = write_both_ways(tmp_path, table.filter(pc.not_equal(table["ord"], "")))
    frame = read_table(coded).frame
    assert (knows_distinct(frame["ord"]), knows_distinct(frame["id"])) == (True, False)
    monkeypatch.setattr("geo.distinct._take_apart", pytest.fail)
    found = find_distinct(frame["ord"])
    assert found.texts.to_pylist() == ["T", "Ærø", "almen"]
    assert found.spread_text(found.texts, frame.index).equals(frame["ord"])


def test_numbers_kept_as_a_dictionary_are_read_as_those_that_are_not(tmp_path):
    years = [str(1900 + number % 12) if number % 7 else None for number in range(3_000)]
    years[5] = "19x5"
    table = pa.table({"år": years, "nr": range(len(years))})
    plain, coded = (read_table(path).frame for path in write_both_ways(tmp_path, table))
    assert knows_distinct(coded["år"])
    for part, expected in zip(parse_integers(coded["år"]), parse_integers(plain["år"]), strict=True):
        assert part.equals(expected)
    assert parse_integers(coded["år"]).is_bad.sum() == 1


def test_columns_without_text_are_left_out_whatever_they_keep(tmp_path):
    table = pa.table(
        {"liste": [["a"], ["a", "b"]] * 500, "byte": [b"x", b"y"] * 500, "ord": ["c", "d"] * 500}
    )
    for path in write_both_ways(tmp_path, table):
        found = read_table(path)
        assert found.frame.columns.tolist() == ["ord"]
        assert [note.values["column"] for note in found.notes] == ["liste, byte"]


def test_a_dictionary_without_rows_or_with_nothing_in_it(tmp_path):
    path = tmp_path / "t.parquet"
    kind = pa.dictionary(pa.int32(), pa.string())
    pq.write_table(pa.table({"a": pa.array([], kind), "b": pa.array([], pa.string())}), path)
    assert read_table(path).frame.dtypes.astype(str).tolist() == ["str", "str"]
    pq.write_table(pa.table({"a": pa.array([None, None], kind), "b": ["x", "y"]}), path)
    assert read_table(path).frame["a"].isna().all()
