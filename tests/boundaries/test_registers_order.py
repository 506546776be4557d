"""Dwellings come in the order of their ids, whatever the order of the file, and say the same."""

import random

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from boundaries.registers import columns
from boundaries.registers.dwellings import build_dwellings
from boundaries.registers.sources import read_sources

HEAD = "dwelling_id;address;x;y;tenure;use_code;built_year;area_m2;relabelled_on;relabelled_from"
TENURES = ("almen_familiebolig", "ejerbolig", "ukendt", "", "husbåd")


def make_lines(count):
    """Return rows with every fault that a row can have here, some of them twice, some without an id."""
    dice = random.Random(5)
    lines = []
    for number in range(count):
        name = "" if number % 17 == 0 else f"D{dice.randrange(count)}"
        year = dice.choice(["1970", "0", "1000", "2099", "1.970", "x", ""])
        x = dice.choice(["645000,5", "645000.5", "6255000", "..", ""])
        relabelled = dice.choice([";", "2015-01-01;", ";almen_familiebolig", "2015-01-01;ejerbolig"])
        tenure, area = dice.choice(TENURES), dice.randint(20, 99)
        lines.append(f"{name};Åvej {number};{x};6255000;{tenure};140;{year};{area};{relabelled}")
    return lines


def read(input_files, lines):
    input_files.tables["boliger.csv"] = "\n".join([HEAD, *lines])
    return build_dwellings(read_sources(input_files.load()).hand_over("dwellings"), reference_year=2025)


def describe(checked):
    """Return the findings without the line, which is where the row happened to stand."""
    found = pd.concat(checked.findings)[["rule", "record_id", "value"]].fillna("–")
    return sorted(found.itertuples(index=False, name=None))


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_file_changes_nothing(input_files, seed):
    lines = make_lines(120)
    first = read(input_files, lines)
    assert first.frame["dwelling_id"].is_monotonic_increasing
    assert first.frame["dwelling_id"].is_unique
    assert 20 < len(first.frame) < 120
    random.Random(seed).shuffle(lines)
    second = read(input_files, lines)
    assert_frame_equal(second.frame, first.frame)
    kept = [(rule, *rest) for rule, *rest in describe(first) if rule != "duplicate_id"]
    assert [(rule, *rest) for rule, *rest in describe(second) if rule != "duplicate_id"] == kept
    assert {rule for rule, *_ in kept} >= {
        "missing_id", "missing_coordinates", "tenure_unknown", "built_year_not_believed", "bad_number",
        "ambiguous_number", "relabelled_from_missing", "relabelled_on_missing", "unknown_code",
    }  # fmt: skip


def test_each_row_keeps_its_place_in_the_file(input_files):
    lines = make_lines(60)
    checked = read(input_files, lines)
    for row, line in zip(checked.frame["address"], checked.rows.origin["line"], strict=True):
        assert lines[line - 2].split(";")[1] == row  # the heading is line 1
    assert checked.rows.record_id.tolist() == checked.frame["dwelling_id"].tolist()
    assert checked.rows.origin["file"].eq("boliger.csv").all()


def test_a_file_in_the_order_of_its_ids_is_not_rearranged(input_files, monkeypatch):
    monkeypatch.setattr(columns, "take_column", None)
    lines = [f"D{number};Åvej {number};645000;6255000;ejerbolig;140;1970;70;;" for number in range(9)]
    assert read(input_files, lines).frame["address"].tolist() == [f"Åvej {number}" for number in range(9)]


def test_the_text_of_a_register_is_handed_over_once(input_files):
    raw = read_sources(input_files.load())
    assert len(raw.hand_over("dwellings").frame)
    assert "dwellings" not in raw.rows
