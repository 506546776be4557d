"""Residents come in the order of year, dwelling and person, whatever the order of the file, and say the same."""

import random

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from boundaries.registers import columns
from boundaries.registers.residents import build_residents
from boundaries.registers.sources import read_sources

HEAD = "year;dwelling_id;person_id;age;origin;gross_income_dkk"
COUNTS = "year;dwelling_id;residents_n;age;origin"


def make_persons(count, *, width):
    """Return persons of two years, some of them twice in a year, some rows without a key, some with faults."""
    dice = random.Random(7)
    lines = []
    for _ in range(count):
        year = dice.choice(["2024", "2025", "2025", "x", ""])
        dwelling = dice.choice([f"D{dice.randrange(count // 4):0{width}}", f"D{dice.randrange(3):0{width}}"])
        age = dice.choice(["3", "40", "", "300", "a"])
        income = dice.choice(["100000,5", "1.234", "..", ""])
        lines.append(f"{year};{dwelling};P{dice.randrange(count):0{width}};{age};dansk;{income}")
    return [*lines, "2025;;P1;1;dansk;1"]


def read(input_files, lines, head=HEAD):
    input_files.tables["boliger.csv"] = "dwelling_id\nD\n"
    input_files.tables["beboere.csv"] = "\n".join([head, *lines])
    input_files.project = (
        "[dates]\nstatus_date = 2025-01-01\n[registers.residents]\npath = 'beboere.csv'\n"
        "[registers.areas]\npath = 'omraader.geojson'\n[registers.dwellings]\npath = 'boliger.csv'\n"
    )
    return build_residents(read_sources(input_files.load()).hand_over("residents"))


def describe(checked, *, but=()):
    """Return the findings without the line, which is where the row happened to stand."""
    found = pd.concat(checked.findings)[["rule", "record_id", "value"]].fillna("–")
    told = sorted(found.itertuples(index=False, name=None))
    return [row for row in told if row[0] not in but]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("width", [1, 4], ids=["widths_differ", "one_width"])
def test_the_order_of_the_file_changes_nothing(input_files, seed, width):
    lines = make_persons(90, width=width)
    first = read(input_files, lines)
    keys = list(first.frame[["year", "dwelling_id", "person_id"]].itertuples(index=False, name=None))
    assert keys == sorted(keys)
    assert 20 < len(keys) < 91
    assert len({(year, person) for year, _, person in keys}) == len(keys)
    random.Random(seed).shuffle(lines)
    second = read(input_files, lines)
    assert_frame_equal(second.frame, first.frame)
    once = ("duplicate_person",)  # which of two rows is the second one
    assert describe(second, but=once) == describe(first, but=once)
    assert len(describe(second)) == len(describe(first))
    assert {rule for rule, *_ in describe(first)} >= {
        "duplicate_person", "missing_id", "missing_value", "bad_number", "ambiguous_number", "age_out_of_range",
    }  # fmt: skip


def test_each_person_keeps_the_place_in_the_file(input_files):
    lines = make_persons(60, width=3)
    checked = read(input_files, lines)
    for person, year, line in zip(
        checked.frame["person_id"], checked.frame["year"], checked.rows.origin["line"], strict=True
    ):
        assert lines[line - 2].split(";")[::2][:2] == [str(year), person]  # the heading is line 1
    assert checked.rows.record_id.tolist() == checked.frame["person_id"].tolist()


def test_a_person_twice_in_a_year_is_told_with_the_first_place_and_kept_once(input_files):
    lines = ["2025;D2;P1;40;dansk;1", "2024;D1;P1;39;dansk;1", "2025;D1;P1;40;dansk;1", "2025;D1;P2;;dansk;1"]
    checked = read(input_files, lines)
    (found,) = pd.concat(checked.findings).to_dict("records")
    assert (found["rule"], found["line"], found["other"]) == ("duplicate_person", 4, "beboere.csv:2")
    kept = checked.frame[["year", "dwelling_id", "person_id"]].to_numpy().tolist()
    assert kept == [[2024, "D1", "P1"], [2025, "D1", "P1"], [2025, "D1", "P2"]]


def test_persons_in_order_are_not_rearranged(input_files, monkeypatch):
    monkeypatch.setattr(columns, "take_column", None)
    lines = [f"2025;D{number // 2};P{number};30;dansk;1" for number in range(8)]
    assert read(input_files, lines).frame["person_id"].tolist() == [f"P{number}" for number in range(8)]


def test_counting_rows_are_sorted_by_all_columns_and_told_when_alike_but_for_the_count(input_files):
    lines = [
        "2025;D1;3;40;dansk",
        "2025;D1;2;;vestlig",
        "2025;D1;1;40;dansk",
        "2025;D0;1;;",
        "2025;D1;1;50;dansk",
    ]
    checked = read(input_files, lines, head=COUNTS)
    (found,) = pd.concat(checked.findings).to_dict("records")
    assert (found["rule"], found["line"], found["value"]) == ("duplicate_count_row", 4, "D1")
    rows = checked.frame[["dwelling_id", "residents_n", "age"]].fillna(0).to_numpy().tolist()
    assert rows == [["D0", 1, 0], ["D1", 1, 40], ["D1", 1, 50], ["D1", 2, 0], ["D1", 3, 40]]
    random.Random(1).shuffle(lines)
    assert_frame_equal(read(input_files, lines, head=COUNTS).frame, checked.frame)


def test_a_file_without_rows_gives_none(input_files):
    checked = read(input_files, [])
    assert checked.frame.empty
    assert checked.frame["residents_n"].dtype == "int64"
