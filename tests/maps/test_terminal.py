"""Answers in words."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from boundaries.delineation.comparison import DwellingCheck
from maps import terminal


def test_an_assessment_tells_areas_sum_and_files(assessment, texts):
    told = terminal.format_assessment(assessment, [Path("ud/boligkort.gpkg")], texts, width=120)
    assert "Opgjort 1. januar 2025" in told
    assert (
        "3.356 tæller med + 124 tæller ikke med + 17 uafklarede + 500 uden for områderne = 3.997 i alt"
        in told
    )
    assert told.endswith("Skrevet:\n  ud/boligkort.gpkg")
    hidden = next(line for line in told.split("\n") if "Ålekisteparken" in line)
    assert hidden.split()[-2:] == ["diskretioneret", "diskretioneret"]
    # The sum is told, so one hidden count alone would be the sum less the rest.
    assert told.count("diskretioneret") > 2
    secret = terminal.format_assessment(replace(assessment, totals=None), [], texts)
    assert "3.356" not in secret
    assert "diskretioneret tal" in secret


def make_check(make, *, is_compared):
    dwellings = make["dwellings"](6)
    counts = pd.DataFrame(
        {"decision": ["counted"], "dwellings_n": [4], "residents_n": pd.array([pd.NA], dtype="Int64")}
    )
    if is_compared:
        for side in ("before", "after"):
            dwellings[f"decision_{side}"] = dwellings["decision"]
            dwellings[f"reason_{side}"] = dwellings["reason"]
        dwellings["is_changed"] = [True, False, False, False, False, True]
    return DwellingCheck(
        area_id="A1",
        name="Ærtebjerg\x1bgård",
        status_date=date(2025, 1, 1),
        dwellings=dwellings,
        counts=counts,
        pieces=make["pieces"](),
    )


def test_a_check_lists_every_dwelling_with_its_reason(make, texts):
    told = terminal.format_check(make_check(make, is_compared=False), texts, width=200)
    assert told.startswith("Boliger i og ved A1 Ærtebjerg\ufffdgård")
    assert sum("Ellevej 1, " in line for line in told.split("\n")) == 6
    assert texts.get("reason.family_before_2020.sentence") in told
    assert "diskretioneret" in told


def test_a_comparison_lists_what_changed(make, texts):
    told = terminal.format_check(make_check(make, is_compared=True), texts, width=200)
    assert sum("Ellevej 1, " in line for line in told.split("\n")) == 2
    assert "Afgørelse (før)" in told


def test_files_and_pairs(assessment, texts):
    assert "boliger.csv" in terminal.format_files(assessment.files, texts)
    assert terminal.format_pairs({"a": "1", "long": "2\x1b"}) == "a     1\nlong  2\ufffd"
    assert terminal.format_pairs({}) == ""


def test_a_folder_of_many_files_is_one_line(texts):
    files = ["index.html", *(f"figurer/{at}.png" for at in range(5)), "kort/omraader.html", "resultat.json"]
    told = terminal.list_written([Path("ud") / name for name in files], texts)
    assert told == ["ud/index.html", "ud/figurer (5 filer)", "ud/kort/omraader.html", "ud/resultat.json"]
    # The files of the folder itself are always named.
    assert terminal.list_written([Path("ud") / str(at) for at in range(9)], texts) == [
        f"ud/{at}" for at in range(9)
    ]
