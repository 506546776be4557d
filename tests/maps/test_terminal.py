"""Findings and answers in words."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from boundaries.delineation.comparison import DwellingCheck
from boundaries.model import FINDING_COLUMNS
from data.texts import Texts
from maps import terminal


@pytest.fixture
def worded(texts):
    own = {
        "finding.unknown_code.text": "Koden '{value}' i {column} er ukendt ({measure}, {other}, {layer}).",
        "finding.unknown_code.remedy": "Ret {record_id} på linje {line} i {file}.",
    }
    return Texts("da", MappingProxyType({**texts.entries, **own}))


def test_a_finding_is_told_by_where_what_and_remedy(make, worded):
    assert terminal.format_findings(make["findings"](1), worded, width=100).split("\n") == [
        "Fejl  boliger.csv · linje 1204 · kolonne use_code · 0A-0",
        "  Koden '143' i use_code er ukendt (–, –, –).",
        "  Gør: Ret 0A-0 på linje 1204 i boliger.csv.",
        "",
        "Fejl: 1. Advarsler: 0.",
    ]


def test_errors_come_first_and_the_rest_are_counted(make, worded):
    told = terminal.format_findings(make["findings"](1500), worded, limit=20)
    heads = [block.split()[0] for block in told.split("\n\n")[:-1]]
    assert heads == ["Fejl"] * 20
    assert told.endswith("Fejl: 750. Advarsler: 750. Viser 20 af 1.500.")


def test_layers_have_objects_and_tables_lines(make, worded):
    findings = make["findings"](1).assign(layer="omraader", column="", record_id=None, measure=12.5)
    told = terminal.format_findings(findings, worded)
    assert told.startswith("Fejl  boliger.csv · lag omraader · objekt 1204\n")
    assert "(12,5," in told


def test_a_finding_without_a_place(make, worded):
    findings = make["findings"](1).assign(
        file=None, layer=None, column=None, record_id=None, line=pd.array([None], dtype="Int64"), measure=3.0
    )
    assert terminal.format_findings(findings, worded).split("\n")[0] == "Fejl"
    assert "(3," in terminal.format_findings(findings, worded)


def test_colour_and_width(make, worded):
    coloured = terminal.format_findings(make["findings"](2), worded, width=30, is_color=True)
    assert coloured.startswith("\x1b[1;31mFejl\x1b[0m")
    assert "\x1b[1;33mAdvarsel\x1b[0m" in coloured
    body = [line for line in coloured.split("\n") if line.startswith("  ")]
    assert max(map(len, body)) <= 30


def test_hostile_values_do_not_reach_the_terminal(make, worded):
    findings = make["findings"](1).assign(value="\x1b[2J{0}", record_id="\x1b]0;x\x07", file="a\nb")
    told = terminal.format_findings(findings, worded)
    assert "\x1b" not in told
    assert "{0}" in told
    assert told.startswith("Fejl  a b · ")


def test_nothing_found(make, worded):
    assert terminal.format_findings(make["findings"](0), worded) == "Ingen fejl eller advarsler."


def test_the_table_of_findings_keeps_every_column(make, worded):
    table = terminal.findings_table(make["findings"](3), worded)
    assert list(table.columns) == [*FINDING_COLUMNS, "text", "remedy"]
    assert table["remedy"].iloc[2] == "Ret 0A-2 på linje 1206 i boliger.csv."
    assert len(terminal.findings_table(make["findings"](0), worded)) == 0


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
