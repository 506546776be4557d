"""Parquet files as text: what each type is spelt as, and what is left out."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
