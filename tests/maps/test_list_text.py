"""What the terminal says of lists, the law and published values."""

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from boundaries.designation.law import list_law
from boundaries.designation.published import classify_published
from data.texts import load_texts
from geo.tables import TextTable
from maps.list_text import format_classification, format_law, format_list, summarise_list
from maps.text_table import measure


@pytest.fixture(scope="module")
def lists(demo_lists):
    return {year: demo_lists(year) for year in (2020, 2024, 2025)}


def test_the_summary_counts_each_list_against_the_year_before(lists):
    assert summarise_list(lists[2024], load_texts("da")) == (
        "Listen pr. 1. december 2024 rummer 2 udsatte boligområder, 1 færre end året før. "
        "Heraf er 2 parallelsamfund, 1 færre end året før. "
        "Heraf er 1 omdannelsesområde, lige så mange som året før. "
        "Dertil kommer 3 forebyggelsesområder, 1 mere end året før. "
        "Beboere opgjort 1. januar 2024. Data er syntetiske."
    )
    assert "2 udsatte boligområder, 1 fewer than the year before" in summarise_list(
        lists[2024], load_texts("en")
    )
    older = summarise_list(lists[2020], load_texts("da"))
    assert "ghettoområder" in older
    assert "ingen hårde ghettoområder" in older
    assert "forebyggelses" not in older


@pytest.mark.parametrize(
    ("before", "said"),
    [(0, "2 flere end året før"), (1, "1 mere end året før"), (2, "lige så mange som året før"),
     (3, "1 færre end året før"), (4, "2 færre end året før")],
)  # fmt: skip
def test_singular_and_plural_of_the_difference(lists, before, said):
    counts = dict(lists[2024].before_n) | {"udsat_boligomraade": before}
    first = summarise_list(replace(lists[2024], before_n=counts), load_texts("da")).split(". Heraf")[0]
    assert first.endswith(said)


def test_without_an_earlier_list_nothing_is_compared(lists):
    made = lists[2024].made
    history = made.yearly_list.history[["area_key"]]
    first = replace(lists[2024], made=replace(made, yearly_list=replace(made.yearly_list, history=history)))
    summary = summarise_list(first, load_texts("da"))
    assert "end året før" not in summary
    assert "Der er ingen tidligere liste" in summary


def test_a_list_of_another_year_is_the_list_before(lists):
    made = lists[2024].made
    history = made.yearly_list.history[["area_key", "2022-12-01"]]
    older = replace(lists[2024], made=replace(made, yearly_list=replace(made.yearly_list, history=history)))
    assert "end på den forrige liste" in summarise_list(older, load_texts("da"))


def test_the_list_tells_the_development_plans(lists):
    told = format_list(lists[2025], load_texts("da"), width=140)
    plan = told[told.index("Udviklingsplanerne") :]
    assert "højst 40 pct. almene familieboliger før 1. januar 2030" in plan
    rows = [re.split(r"  +", line) for line in plan.splitlines()]
    assert ["Hejreparken", "2015", "Start", "–", "1.059", "1.109", "95,5"] in rows
    assert ["Hejreparken", "2026", "Planlagt", "96 solgt, 128 nedrevet", "803", "1.141", "70,4"] in rows
    assert ["Marehalmen", "2022", "Udført", "80 nedrevet", "412", "492", "83,7"] in rows
    assert "at most 40 per cent almene familieboliger before" in format_list(lists[2025], load_texts("en"))


def test_one_new_dwelling_is_told_in_the_singular(lists):
    made = lists[2025].made
    one = made.plan.assign(built_family_n=1, built_other_n=2)
    told = format_list(replace(lists[2025], made=replace(made, plan=one)), load_texts("da"), width=400)
    assert "1 ny almen familiebolig, 2 andre nye boliger" in told


@pytest.mark.parametrize("change", [{"mix_rules": None}, {"plan": None}])
def test_a_list_without_plans_says_nothing_of_them(lists, change):
    made = lists[2025].made
    change = {"plan": made.plan.iloc[:0]} if "plan" in change else change
    told = format_list(replace(lists[2025], made=replace(made, **change)), load_texts("da"))
    assert "Udviklingsplan" not in told


@pytest.mark.parametrize("width", [100, 140])
def test_the_list_tells_areas_criteria_and_changes_within_the_width(lists, width):
    told = format_list(lists[2024], load_texts("da"), width=width)
    assert max(measure(line) for line in told.splitlines()) <= width
    assert "Hejreparken" in told
    lines = " ".join(told.split())
    assert "15 færre dømte" in lines
    assert "Udgået af listen" in lines
    assert "diskretioneret" in lines
    assert "handler tallet om få personer" in lines


def test_no_hidden_number_no_word_about_it(lists):
    shown = replace(
        lists[2024],
        criteria=lists[2024].criteria.assign(hidden=""),
        areas=lists[2024].areas.assign(hidden="", possible="parallelsamfund"),
    )
    told = format_list(shown, load_texts("da"), width=200)
    assert "handler tallet" not in told
    assert "Kan også være" in told


def test_an_open_criterion_and_a_hidden_status_say_so(lists):
    criteria = lists[2025].criteria.copy()
    criteria.loc[0, "is_open"] = True
    criteria.loc[0, "status"] = "undecided"
    criteria.loc[1, "hidden"] = "status"
    told = format_list(replace(lists[2025], criteria=criteria), load_texts("da"), width=250)
    assert "Uafklaret; det ukendte kan ændre svaret" in told
    row = next(line for line in told.splitlines() if "Hejreparken" in line and "Ikke-vestlig" in line)
    assert "diskretioneret" in row


def test_control_characters_of_a_name_are_not_obeyed(lists):
    areas = lists[2025].areas.assign(name="\x1b[31mrød\u202e")
    assert "\x1b" not in format_list(replace(lists[2025], areas=areas), load_texts("da"))


def test_the_law_on_a_date_and_with_every_change():
    texts = load_texts("da")
    on = format_law(list_law(date(2025, 1, 1)), texts)
    assert on.startswith("Loven pr. 1. januar 2025\n")
    assert "Dømte i forhold til landets andel: ≥ 3 gange landets andel" in on
    assert "Største andel almene familieboliger: ≤ 40 pct." in on
    assert "Uoplyst uddannelse regnes som grundskole: nej" in on
    assert "Nedrevne boliger regnes med efter dette år: > 2010" in on
    assert "https://www.retsinformation.dk" in on
    assert max(len(line) for line in on.splitlines() if "http" not in line) <= 100
    every = format_law(list_law(), texts)
    assert "Loven med alle ændringer" in every
    assert "Dømte: ophævet" in every
    assert "fra 01-10-2010: > 2,7" in every
    assert format_law(list_law(), load_texts("en"))


def classify(*rows):
    frame = pd.DataFrame(list(rows), dtype="str")
    table = TextTable(
        frame=frame,
        line=pd.Series(range(2, 2 + len(rows)), dtype="Int64"),
        file="værdier.csv",
        layer="",
        encoding="utf-8",
        delimiter=";",
        notes=(),
    )
    return classify_published(table)


def test_published_values_with_marks_and_counts():
    row = {
        "area": "Skovparken", "kommune": "Kolding", "year": "2012", "residents": "1500", "pct_outside_labour": "40.0",
        "pct_nonwestern": "50.1", "pct_convicted": "2.71",
    }  # fmt: skip
    told = format_classification(
        classify(row, {**row, "area": "Bo", "pct_nonwestern": "50.0"}), load_texts("da"), width=140
    )
    first = next(line for line in told.splitlines() if "Skovparken" in line)
    assert first.split() == [
        "01-10-2012",
        "Skovparken",
        "Kolding",
        "ja",
        "ghettoområde",
        "40,0",
        "50,1*",
        "2,71*",
    ]
    second = next(line for line in told.splitlines() if " Bo " in line)
    assert second.split() == ["01-10-2012", "Bo", "Kolding", "nej", "–", "40,0", "50,0", "2,71*"]
    assert "2 rækker: 1 på listen, 1 ikke på listen, 0 uafklaret." in told
    assert "Bemærkninger" not in told


def test_missing_values_are_undecided_and_noted_once():
    row = {
        "area": "A",
        "kommune": "B",
        "year": "2012",
        "residents": "1500",
        "pct_outside_labour": "45.04",
        "pct_nonwestern": "..",
    }
    told = format_classification(classify(row), load_texts("da"), width=140)
    assert "45,04*" in told
    assert "–?" in told
    assert "uafklaret" in told.casefold()
    assert "1 række: 0 på listen, 0 ikke på listen, 1 uafklaret." in told
    assert "(1 række)" in told


def test_findings_of_a_table_are_told():
    told = format_classification(
        classify({"area": "A", "kommune": "B", "year": "2012", "residents": "mange"}),
        load_texts("da"),
        width=120,
    )
    assert "Fejl" in told
    assert "mange" in told


def test_a_criterion_that_the_date_does_not_have_is_missing():
    base = {"area": "A", "kommune": "B", "residents": "1500", "pct_primary_education": "55"}
    told = format_classification(
        classify({**base, "year": "2012"}, {**base, "year": "2016"}), load_texts("da"), width=150
    )
    lines = [line for line in told.splitlines() if line.startswith("01-1")]
    assert lines[0].rstrip().endswith("–")
    assert "55,0*" in lines[1]
