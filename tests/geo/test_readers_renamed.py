"""A file that was only renamed to .csv is called what it is, and not a text with strange letters."""

import pandas as pd
import pytest

from geo.errors import ReadError
from geo.inspection import inspect_file
from geo.readers import read_table

FRAME = pd.DataFrame({"id_lokalId": ["a", "b"], "navn": ["Sæby", "Ålborg"]})


@pytest.mark.parametrize("suffix", [".csv", ".txt", ".tsv", ".CSV"])
@pytest.mark.parametrize(
    ("write", "found"),
    [
        (lambda path: FRAME.to_excel(path, engine="xlsxwriter"), ".xlsx, .ods, .zip"),
        (FRAME.to_parquet, ".parquet"),
        (lambda path: FRAME.to_csv(path, compression="gzip"), ".csv.gz"),
        (lambda path: path.write_bytes(b"%PDF-1.7\n"), ".pdf"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)), ".xls"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(84)), ".gpkg"),
    ],
)
def test_other_format(tmp_path, suffix, write, found):
    made = tmp_path / ("a.xlsx" if "xlsx" in found else "a")
    write(made)
    path = made.rename(tmp_path / f"boliger{suffix}")
    for read in (read_table, inspect_file):
        with pytest.raises(ReadError) as caught:
            read(path)
        assert (caught.value.key, caught.value.values["found"]) == ("files.other_format", found)


def test_a_text_that_begins_alike_is_a_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("PK;PAR1\n1;2\n", encoding="utf-8")
    assert read_table(path).frame.columns.tolist() == ["PK", "PAR1"]
