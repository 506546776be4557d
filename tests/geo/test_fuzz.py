"""Damaged files of every format: only our own errors come out, and no process dies.

They are read in a process of their own, for a library of C could take the test run down with it. The
process names every seed before it reads the file, so that one that kills it is known.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import xlsxwriter

from geo import sheets
from geo.errors import ReadError
from geo.readers import read_layer, read_table

CHILD = Path(__file__).with_name("fuzz_child.py")
FORMATS = (
    "csv",
    "json",
    "zip",
    "xlsx",
    "parquet",
    "geoparquet",
    "gpkg",
    "shp",
    "shx",
    "dbf",
    "geojson",
    "fgb",
    "gml",
    "toml",
)


def run_child(kinds, first_seed, seeds_n, folder, timeout_s):
    command = [sys.executable, "-P", str(CHILD), ",".join(kinds), str(first_seed), str(seeds_n), str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    lines = ended.stdout.splitlines()
    last = lines[-1] if lines else "nothing read"
    assert ended.returncode == 0, f"ended with {ended.returncode} at {last}\n{ended.stderr[-2000:]}"
    return [line.split(" ", 3) for line in lines if not line.startswith("seed")]


def require_answers(kinds, first_seed, seeds_n, folder, timeout_s):
    answers = run_child(kinds, first_seed, seeds_n, folder, timeout_s)
    assert [answer for answer in answers if answer[0] == "fault"] == []
    seeds = [str(seed) for seed in range(first_seed, first_seed + seeds_n)]
    assert [answer[1:3] for answer in answers] == [[kind, seed] for kind in kinds for seed in seeds]
    # Damage that is never noticed would mean that nothing was damaged.
    assert {answer[1] for answer in answers if answer[0] == "refused"} == set(kinds)


def test_damaged_files_are_read_or_refused(tmp_path):
    require_answers(FORMATS, 0, 8, tmp_path, 300)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", FORMATS)
def test_many_damaged_files_are_read_or_refused(kind, tmp_path):
    require_answers([kind], 1000, 1000, tmp_path, 1200)


@pytest.mark.skipif(sys.platform == "win32", reason="a process ends by a signal elsewhere")
def test_a_process_that_dies_is_noticed(tmp_path):
    with pytest.raises(AssertionError, match="ended with -11 at seed 3 of crash"):
        run_child(["crash"], 3, 1, tmp_path, 120)


def test_a_fault_that_is_not_ours_is_noticed(tmp_path):
    assert run_child(["fault"], 5, 1, tmp_path, 120) == [["fault", "fault", "5", "ZeroDivisionError: seeded"]]


# What damage has brought to light; each stays mended.


def test_a_workbook_whose_directory_is_damaged_is_still_read(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Ark").write_row("A1", ["id", "navn"])

    def refuse(*_):
        raise zipfile.BadZipFile("Bad magic number for central directory")

    monkeypatch.setattr(sheets, "_read_sheet_part", refuse)
    assert list(read_table(path).frame.columns) == ["id", "navn"]


@pytest.mark.parametrize("suffix", [".shp", ".parquet"])
def test_text_of_another_encoding_than_the_stated_is_an_error_of_ours(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    frame = gpd.GeoDataFrame(
        {"navn": ["XYZ"]}, geometry=[shapely.box(645000, 6255000, 645100, 6255100)], crs=25832
    )
    if suffix == ".shp":
        frame.to_file(path, encoding="utf-8")
        spoilt = path.with_suffix(".dbf")
    else:
        frame.to_parquet(path, compression=None, use_dictionary=False, write_statistics=False)
        spoilt = path
    content = spoilt.read_bytes()
    assert content.count(b"XYZ") == 1
    spoilt.write_bytes(content.replace(b"XYZ", b"\xe6\xf8\xe5"))
    with pytest.raises(ReadError) as raised:
        read_layer(path)
    assert raised.value.key in {"files.wrong_letters", "files.broken"}
    assert path.name in str(raised.value)


def test_a_shape_of_no_numbers_is_read_without_a_warning(tmp_path):
    # Damage that made the coordinates of a point signalling NaNs.
    require_answers(["shp"], 1794, 1, tmp_path, 120)
