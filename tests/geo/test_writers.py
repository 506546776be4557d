"""Outputs are whole or not there, and can be read back."""

import datetime as dt
import errno
import hashlib
import json
import os
import subprocess
import sys
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import locks, writers
from geo.danish import parse_numbers
from geo.errors import DataError, WriteError
from geo.locks import hold_lock
from geo.readers import read_layer, read_table
from geo.writers import (
    replace_file,
    require_absent,
    write_csv,
    write_flatgeobuf,
    write_geoparquet,
    write_json,
    write_text,
)


def squares(rows=3):
    shapes = [shapely.box(720_000 + 20 * i, 6_170_000, 720_010 + 20 * i, 6_170_010) for i in range(rows)]
    return gpd.GeoDataFrame({"id": [f"{i:02d}" for i in range(rows)]}, geometry=shapes, crs=25832)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_new_file(tmp_path):
    write_text(tmp_path / "a.txt", "æøå\n")
    assert (tmp_path / "a.txt").read_bytes() == "æøå\n".encode()
    assert names(tmp_path) == ["a.txt"]


def test_existing_file_is_replaced_only_when_told(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "1")
    with pytest.raises(WriteError) as caught:
        write_text(path, "2")
    assert (caught.value.key, caught.value.exit_status) == ("files.output_exists", 4)
    assert path.read_text() == "1"
    write_text(path, "2", overwrite=True)
    assert path.read_text() == "2"
    assert names(tmp_path) == ["a.txt"]


def test_the_first_output_that_is_there_is_named(tmp_path):
    files = [tmp_path / name for name in ("a", "b", "c")]
    require_absent(files, overwrite=False)
    for name in ("c", "b"):
        (tmp_path / name).touch()
        with pytest.raises(WriteError) as caught:
            require_absent(iter(files), overwrite=False)
        assert (caught.value.key, caught.value.values) == (
            "files.output_exists",
            {"file": str(tmp_path / name)},
        )
    require_absent(files, overwrite=True)


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path, failure):
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"old")
    with pytest.raises(failure), replace_file(path, overwrite=True) as temporary:
        for suffix in ("", "-wal", "-shm", "-journal"):
            temporary.with_name(temporary.name + suffix).write_bytes(b"half")
        raise failure
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.gpkg"]


def test_leavings_of_a_killed_run_do_no_harm(tmp_path):
    path = tmp_path / "a.gpkg"
    for name in (".a.tmp.gpkg", ".a.tmp.gpkg-journal", ".a.gpkg.lock"):
        (tmp_path / name).write_bytes(b"left")
    with replace_file(path, overwrite=False) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".gpkg"
        assert not temporary.exists()
        assert not temporary.with_name(temporary.name + "-journal").exists()
        temporary.write_bytes(b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["a.gpkg"]


def test_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(WriteError) as caught, replace_file(tmp_path / "a.txt", overwrite=False):
        pass
    assert caught.value.key == "files.not_written"
    assert names(tmp_path) == []


def test_places_that_cannot_be_written(tmp_path):
    with pytest.raises(WriteError) as caught:
        write_text(tmp_path / "no" / "a.txt", "x")
    assert (caught.value.key, caught.value.values["folder"]) == ("files.no_folder", str(tmp_path / "no"))
    (tmp_path / "mappe").mkdir()
    with pytest.raises(WriteError) as caught:
        write_text(tmp_path / "mappe", "x", overwrite=True)
    assert caught.value.key == "files.output_is_folder"


@pytest.mark.parametrize("mark", ["-wal", "-journal"])
def test_open_geopackage_is_not_replaced(tmp_path, mark):
    """SQLite would play the old log into the new file."""
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"old")
    log = tmp_path / f"a.gpkg{mark}"
    log.write_bytes(b"")
    with pytest.raises(WriteError) as caught:
        write_text(path, "x", overwrite=True)
    assert caught.value.key == "files.output_open"
    log.unlink()
    with pytest.raises(WriteError) as caught, replace_file(path, overwrite=True) as temporary:
        temporary.write_bytes(b"new")
        log.write_bytes(b"opened meanwhile")
    assert caught.value.key == "files.output_open"
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("failure", "key"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "files.disk_full"),
        (PermissionError(errno.EACCES, "open in Excel"), "files.output_forbidden"),
        (OSError(errno.EIO, "I/O error"), "files.not_written"),
        (OSError("without a number"), "files.not_written"),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_failures_of_the_file_system_at_the_last_steps(tmp_path, monkeypatch, failure, key, step):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fail(*_):
        raise failure

    monkeypatch.setattr(writers.os, step, fail)
    with pytest.raises(WriteError) as caught:
        write_text(path, "new", overwrite=True)
    assert caught.value.key == key
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.txt"]


def test_file_is_flushed_before_it_counts(tmp_path, monkeypatch):
    order = []
    flush, swap = os.fsync, os.replace

    def note_flush(descriptor):
        order.append("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file")
        flush(descriptor)

    def note_swap(source, target):
        order.append("replace")
        swap(source, target)

    monkeypatch.setattr(writers.os, "fsync", note_flush)
    monkeypatch.setattr(writers.os, "replace", note_swap)
    write_text(tmp_path / "a.txt", "x")
    expected = (
        ["file", "replace", "folder"] if Path("/proc/self/fd").exists() else ["file", "replace", "file"]
    )
    assert order == expected


HOLDER = """
import sys, time
from pathlib import Path
from geo.locks import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_runs_cannot_write_the_same_file(tmp_path):
    path = tmp_path / "a.txt"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert other.stdout.readline() == "held\n"
            with pytest.raises(WriteError) as caught:
                write_text(path, "x")
            assert caught.value.key == "files.output_busy"
        finally:
            other.kill()
    write_text(path, "x")
    assert names(tmp_path) == ["a.txt"]


def test_lock_that_went_away_while_it_was_taken_is_taken_again(tmp_path, monkeypatch):
    target = tmp_path / "a.txt"
    lock = tmp_path / ".a.txt.lock"
    taken = []

    def lock_and_lose(descriptor):
        taken.append(descriptor)
        if len(taken) == 1:
            lock.unlink()

    monkeypatch.setattr(locks, "_lock", lock_and_lose)
    with hold_lock(target):
        assert lock.exists()
    assert len(taken) == 2
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="flock is not there")
def test_file_system_without_locks_is_written_all_the_same(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", refuse)
    write_text(tmp_path / "a.txt", "x")
    assert names(tmp_path) == ["a.txt"]


# --- JSON --------------------------------------------------------------------------------------------


class Word(StrEnum):
    A = "a"


def test_json(tmp_path):
    content = {
        "b": np.int64(3),
        "a": [np.float64(0.5), None, True, Word.A],
        "dag": dt.date(2025, 1, 1),
        "sti": Path("kort/æ.html"),
        "ramt": pd.Timestamp("2025-01-01T10:00:00"),
    }
    path = tmp_path / "a.json"
    write_json(path, content)
    text = path.read_bytes().decode("utf-8")
    assert text.endswith("}\n")
    assert "æ" in text
    assert list(json.loads(text)) == list(content)
    assert json.loads(text) == {
        "b": 3,
        "a": [0.5, None, True, "a"],
        "dag": "2025-01-01",
        "sti": "kort/æ.html",
        "ramt": "2025-01-01T10:00:00",
    }
    from types import MappingProxyType

    write_json(path, MappingProxyType({"x": 1}), overwrite=True)
    assert json.loads(path.read_text()) == {"x": 1}


@pytest.mark.parametrize(
    ("content", "failure"), [(float("nan"), ValueError), ({1, 2}, TypeError), (np.array([1]), TypeError)]
)
def test_json_of_what_has_none(tmp_path, content, failure):
    with pytest.raises(failure):
        write_json(tmp_path / "a.json", content)
    assert names(tmp_path) == []


# --- CSV ---------------------------------------------------------------------------------------------


def test_csv_is_danish_excel(tmp_path):
    frame = pd.DataFrame(
        {
            "navn": ['Sæby; "Å"', None],
            "andel": [1234.5, float("nan")],
            "præcis": [Decimal("1.50"), None],
            "antal": pd.array([-3, None], dtype="Int64"),
            "ja": pd.array([True, False], dtype="boolean"),
            "dag": pd.to_datetime(["2025-01-31", None]),
        },
        index=[9, 8],
    )
    path = tmp_path / "a.csv"
    write_csv(path, frame)
    assert (
        path.read_bytes()
        == (
            "\ufeffnavn;andel;præcis;antal;ja;dag\r\n"
            '"Sæby; ""Å""";1234,5;1,50;-3;ja;2025-01-31\r\n'
            ";;;;nej;\r\n"
        ).encode()
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_is_no_formula(tmp_path, start):
    path = tmp_path / "a.csv"
    write_csv(path, pd.DataFrame({"navn": [f'{start}HYPERLINK("x")', f"a{start}b"], "tal": [-1, 1]}))
    text = path.read_bytes().decode("utf-8-sig")
    assert f"'{start}HYPERLINK" in text
    assert f"'a{start}" not in text
    assert "'-1" not in text


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=10))
def test_csv_is_read_back(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    frame = pd.DataFrame({"id": [str(i) for i in range(len(numbers))], "tal": numbers})
    write_csv(path, frame)
    table = read_table(path)
    assert table.frame["id"].tolist() == frame["id"].tolist()
    assert parse_numbers(table.frame["tal"]).values.tolist() == numbers


def test_csv_without_rows_and_of_what_has_no_text(tmp_path):
    write_csv(
        tmp_path / "a.csv", pd.DataFrame({"a": pd.Series([], dtype="str"), "b": pd.Series([], dtype="float")})
    )
    assert len(read_table(tmp_path / "a.csv").frame) == 0
    with pytest.raises(TypeError):
        write_csv(tmp_path / "b.csv", pd.DataFrame({"a": [[1], [2]]}))


# --- Layers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("write", "name"), [(write_geoparquet, "a.parquet"), (write_flatgeobuf, "a.fgb")])
def test_layers_are_read_back(tmp_path, write, name):
    frame = squares(20)
    path = tmp_path / name
    write(path, frame)
    found = read_layer(path).frame.sort_values("id", ignore_index=True)
    assert found["id"].tolist() == frame["id"].tolist()
    assert found.geometry.geom_equals(frame.geometry).all()
    first = hashlib.sha256(path.read_bytes()).hexdigest()
    write(path, squares(20), overwrite=True)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == first
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("write", [write_geoparquet, write_flatgeobuf])
def test_layers_in_another_crs_are_refused(tmp_path, write):
    with pytest.raises(DataError):
        write(tmp_path / "a.parquet", squares().to_crs(4326))
    assert names(tmp_path) == []


@pytest.mark.parametrize(("write", "name"), [(write_geoparquet, "a.parquet"), (write_flatgeobuf, "a.fgb")])
def test_layer_that_loses_rows_is_not_kept(tmp_path, monkeypatch, write, name):
    path = tmp_path / name
    path.write_bytes(b"old")
    monkeypatch.setattr(writers.pyogrio, "read_info", lambda *_, **__: {"features": 2})
    monkeypatch.setattr(writers.pq, "read_metadata", lambda *_: type("Meta", (), {"num_rows": 2}))
    with pytest.raises(WriteError) as caught:
        write(path, squares(), overwrite=True)
    assert caught.value.key == "files.read_back_differs"
    assert path.read_bytes() == b"old"


def test_flatgeobuf_with_rows_without_geometry(tmp_path):
    frame = squares()
    frame.loc[1, "geometry"] = None
    write_flatgeobuf(tmp_path / "a.fgb", frame)
    assert read_layer(tmp_path / "a.fgb").frame.geometry.isna().sum() == 1


def test_what_gdal_cannot_write_names_the_file(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise writers.pyogrio.errors.DataSourceError("disk\nfull")

    monkeypatch.setattr(writers.pyogrio, "write_dataframe", fail)
    with pytest.raises(WriteError) as caught:
        write_flatgeobuf(tmp_path / "a.fgb", squares())
    assert caught.value.values["reason"] == "disk full"
    assert names(tmp_path) == []


def test_a_negative_number_that_is_text_is_no_formula(tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, pd.DataFrame({"tal": ["-1,73", "-4", "-1+1", "-a"]}))
    assert path.read_text(encoding="utf-8-sig").split() == ["tal", "-1,73", "-4", "'-1+1", "'-a"]
