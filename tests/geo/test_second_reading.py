"""The second reading: whatever becomes of the process that does it, the answer comes."""

import json
import signal
import subprocess
import sys

import pytest

from geo import second_reading
from geo.inspection import inspect_file
from geo.inspection_facts import Outcome
from geo.second_reading import read_again


class Ended:
    def __init__(self, returncode=0, stdout=""):
        self.returncode = returncode
        self.stdout = stdout


@pytest.mark.parametrize(
    ("ended", "outcome", "detail"),
    [
        (Ended(-signal.SIGSEGV), Outcome.CRASHED, "SIGSEGV"),
        (Ended(0xC0000005), Outcome.CRASHED, "0xC0000005"),
        (Ended(1), Outcome.CRASHED, "1"),
        (Ended(0, "half a li"), Outcome.CRASHED, "Expecting value"),
        (Ended(0, '{"outcome": "done"}'), Outcome.CRASHED, "rows_n"),
        (Ended(0, '{"outcome": "done", "rows_n": "9", "faults": [], "detail": ""}'), Outcome.CRASHED, "9"),
        (
            Ended(0, '{"outcome": "failed", "rows_n": 7, "faults": [], "detail": "a\\nb"}'),
            Outcome.FAILED,
            "a b",
        ),
    ],
)
def test_the_end_of_the_child_is_told_and_never_raised(monkeypatch, ended, outcome, detail):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    told = read_again("x.gpkg", "x")
    assert told.outcome is outcome
    assert detail in told.detail


def test_a_child_that_takes_too_long_is_stopped(monkeypatch, spoilt):
    monkeypatch.setattr(second_reading, "_make_environment", lambda: None)
    told = read_again(str(spoilt), "Områder", timeout_s=0.001)
    assert (told.outcome, told.detail) == (Outcome.TIMEOUT, "0.001 s")


def test_a_child_that_cannot_start_is_told(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert read_again("x.gpkg", "x").outcome is Outcome.CRASHED


def test_a_killed_child_does_not_hide_what_the_first_reading_found(monkeypatch, spoilt):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: Ended(-signal.SIGSEGV))
    (layer,) = inspect_file(spoilt).layers
    assert layer.second.outcome is Outcome.CRASHED
    assert [fault.fid for fault in layer.faults] == [2, 3, 4]
    assert not layer.differs


def test_another_number_of_rows_is_told(monkeypatch, spoilt):
    answer = {"outcome": "done", "rows_n": 3, "detail": "", "faults": [[9, "unreadable", "x"]]}
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: Ended(0, json.dumps(answer)))
    (layer,) = inspect_file(spoilt).layers
    assert layer.differs
    assert [fault.fid for fault in layer.faults] == [2, 3, 4, 9]


def test_the_child_finds_the_package_and_nothing_in_the_current_folder(tmp_path, monkeypatch, spoilt):
    (tmp_path / "geo").mkdir()
    (tmp_path / "geo" / "__init__.py").write_text("raise SystemExit(9)", encoding="utf-8")
    (tmp_path / "json.py").write_text("raise SystemExit(8)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_again(str(spoilt), "Områder").outcome is Outcome.DONE


def test_fiona_is_told_to_be_absent_where_it_is(monkeypatch):
    from geo.inspect_child import read_by_fiona

    monkeypatch.setitem(sys.modules, "fiona", None)
    assert read_by_fiona("x", "x", {}, {})["outcome"] == "absent"


def test_the_child_itself_answers_for_every_file(tmp_path, spoilt):
    pytest.importorskip("fiona", reason="there is no fiona for this Python")
    from geo.inspect_child import read_by_fiona

    told = read_by_fiona(str(spoilt), "Områder", {}, {})
    assert (told["outcome"], told["rows_n"], len(told["faults"])) == ("done", 4, 3)
    (tmp_path / "x.gpkg").write_bytes(b"not a GeoPackage")
    assert read_by_fiona(str(tmp_path / "x.gpkg"), "x", {}, {})["outcome"] == "skipped"
    assert read_by_fiona(str(spoilt), "nowhere", {}, {})["outcome"] == "failed"


def test_a_geometry_that_cannot_be_read_is_a_fault_of_its_feature(monkeypatch, spoilt):
    pytest.importorskip("fiona", reason="there is no fiona for this Python")
    import shapely.geometry

    from geo.inspect_child import read_by_fiona

    def refuse(_):
        raise ValueError("no such shape")

    monkeypatch.setattr(shapely.geometry, "shape", refuse)
    told = read_by_fiona(str(spoilt), "Områder", {}, {})
    assert told["outcome"] == "done"
    assert [fault[1] for fault in told["faults"]] == ["unreadable", "unreadable", "null", "unreadable"]
