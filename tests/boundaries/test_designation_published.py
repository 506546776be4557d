"""Published values: the government's own answers, and rows at, over and under every threshold."""

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from boundaries.designation.law import Criterion
from boundaries.designation.published import PublishedFigure, classify_published
from boundaries.designation.verdict import Status
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError

REAL = Path(__file__).parents[3] / "shared/data/lists/published_values_even_years.csv"
COLUMNS = ["year", "area", "kommune", "residents", "pct_outside_labour", "pct_nonwestern", "pct_convicted",
           "pct_primary_education", "income_pct_of_region"]  # fmt: skip


def make_table(*rows, columns=COLUMNS, **more):
    frame = pd.DataFrame(list(rows), columns=columns).assign(**more).astype("str")
    return SimpleNamespace(
        frame=frame.replace("", pd.NA), line=pd.Series(range(2, len(frame) + 2)), file="v.csv"
    )


def classify(*row, **more):
    return classify_published(make_table(row, **more)).decisions[0]


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.exists(), reason="the published values are not beside the checkout")
def test_all_published_rows_come_out_as_the_government_published_them():
    frame = pd.read_csv(REAL, dtype="str")
    table = SimpleNamespace(frame=frame, line=pd.Series(range(2, len(frame) + 2)), file=REAL.name)
    result = classify_published(table)
    assert len(result.decisions) == 134
    assert result.findings.empty
    plain = result.to_json()
    for row, category in zip(plain, frame["category"], strict=True):
        assert row["is_listed"] == (category == "ghettoområde"), row
        assert row["category"] == ("ghettoområde" if category == "ghettoområde" else None)


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.exists(), reason="the published values are not beside the checkout")
def test_answer_column_is_never_read():
    frame = pd.read_csv(REAL, dtype="str")
    line = pd.Series(range(2, len(frame) + 2))
    straight = classify_published(SimpleNamespace(frame=frame, line=line, file="v.csv"))
    turned = frame.assign(category=frame["category"].iloc[::-1].to_numpy(), note="on the list")
    assert (
        classify_published(SimpleNamespace(frame=turned, line=line, file="v.csv")).to_json()
        == straight.to_json()
    )
    without = frame.drop(columns=["category", "note"])
    assert (
        classify_published(SimpleNamespace(frame=without, line=line, file="v.csv")).to_json()
        == straight.to_json()
    )


@pytest.mark.parametrize(
    ("labour", "nonwestern", "convicted", "met"),
    [
        ("40.0", "50.1", "2.70", 1),
        ("40.1", "50.0", "2.70", 1),
        ("40,1", "50,0", "2,71", 2),
        ("40.1", "50.1", "2.69", 2),
        ("40", "50", "2.7", 0),
        ("40.0001", "50", "2.7001 %", 2),
    ],
)
def test_exactly_at_a_threshold_is_not_over(labour, nonwestern, convicted, met):
    found = classify("2012", "A", "K", "1000", labour, nonwestern, convicted, "", "")
    assert list(found.figures) == [Criterion.LABOUR_OUTSIDE, Criterion.NON_WESTERN, Criterion.CONVICTED]
    assert sum(figure.status is Status.MET for figure in found.figures.values()) == met
    assert (found.is_listed is Status.MET) == (met >= 2)


@pytest.mark.parametrize(
    ("education", "income", "listed"),
    [("50.0", "54.9", False), ("50.1", "54.9", True), ("50.1", "55.0", False), ("50.0", "55.0", False)],
)
def test_three_of_five(education, income, listed):
    found = classify("2016", "A", "K", "1000", "40.1", "50", "2.70", education, income)
    assert (found.is_listed is Status.MET) == listed


@pytest.mark.parametrize(
    ("residents", "listed"), [("999", False), ("1000", True), ("1.000", True), ("1001.0", True)]
)
@pytest.mark.parametrize("year", ["2010", "2013", "2014", "2017"])
def test_residents_required_in_every_regime(year, residents, listed):
    found = classify(year, "A", "K", residents, "60", "60", "5", "60", "50")
    assert (found.is_listed is Status.MET) == listed


def test_missing_residents_and_figures_are_undecided_only_where_they_matter():
    found = classify("2016", "A", "K", "..", "60", "60", "5", "..", "")
    assert found.residents is Status.UNDECIDED
    assert found.is_listed is Status.UNDECIDED
    assert found.to_json()["is_listed"] is None
    certain = classify("2016", "A", "K", "1500", "60", "60", "5", "..", "")
    assert certain.is_listed is Status.MET
    assert certain.figures[Criterion.INCOME].status is Status.UNDECIDED
    off = classify("2016", "A", "K", "1500", "30", "30", "1", "..", "")
    assert off.is_listed is Status.NOT_MET
    open_ = classify("2016", "A", "K", "1500", "60", "60", "1", "..", "90")
    assert open_.is_listed is Status.UNDECIDED
    assert open_.to_json()["possible_categories"] == ["ghettoområde"]


@pytest.mark.parametrize(
    ("list_date", "listed"),
    [
        ("2013-10-01", True),
        ("31-01-2014", True),
        ("2014-02-01", False),
        ("01.02.2014", False),
        ("2014-12-01", False),
    ],
)
def test_list_date_wins_over_the_year(list_date, listed):
    found = classify("2010", "A", "K", "1500", "60", "60", "1", "10", "90", list_date=list_date)
    assert (found.is_listed is Status.MET) == listed


def test_year_alone_gives_the_day_of_the_list():
    rows = [(str(year), "A", "K", *["1500"] * 1, *["1"] * 5) for year in range(2010, 2020)]
    dates = [decision.list_date for decision in classify_published(make_table(*rows)).decisions]
    assert dates == [date(year, 10 if year < 2014 else 12, 1) for year in range(2010, 2020)]


NEW = ("Vollsmose", "Odense", "9000", "41", "68", "1.98", "61", "54")


def test_from_2018_convicted_needs_the_national_share():
    without = classify("2018", "Nyt", "Odense", "1500", "41", "60", "1.98", "60", "55")
    assert without.figures[Criterion.CONVICTED].status is Status.UNDECIDED
    assert without.is_listed is Status.UNDECIDED
    assert [key for key, _ in without.notes] == ["missing_national"]
    for national, status in (("0.66", Status.MET), ("0.67", Status.NOT_MET), ("0,66", Status.MET)):
        found = classify(
            "2018", "Nyt", "Odense", "1500", "41", "60", "1.98", "60", "55", national_convicted_pct=national
        )
        assert found.figures[Criterion.CONVICTED].status is status
        assert found.term == ("ghettoområde" if status is Status.MET else None)


@pytest.mark.parametrize(
    ("year", "term"),
    [("2017", "ghettoområde"), ("2018", "hårdt ghettoområde"), ("2020", "hårdt ghettoområde")],
)
def test_five_lists_in_a_row_are_taken_from_what_was_published(year, term):
    assert classify(year, *NEW).term == term


def test_new_words_from_2021_and_history_that_is_not_known():
    known = classify("2021", *NEW)
    assert known.term == "omdannelsesområde"
    later = classify("2023", *NEW)
    assert later.term == "parallelsamfund"
    assert later.possible == ("omdannelsesområde",)
    assert [key for key, _ in later.notes] == ["missing_national", "unknown_lists"]
    assert dict(later.notes)["unknown_lists"]["lists"] == "2021-12-01, 2022-12-01"
    never = classify("2021", "Nyt", *NEW[1:])
    assert never.term == "parallelsamfund"
    assert never.possible == ()


def test_prevention_area():
    found = classify(
        "2022", "Nyt", "Odense", "1500", "31", "31", "0.5", "61", "80", national_convicted_pct="1"
    )
    assert found.term == "forebyggelsesområde"
    assert found.to_json()["prevention_criteria"]["labour_outside"] == "met"
    assert (
        classify(
            "2022", "Nyt", "Odense", "1500", "30", "31", "0.5", "61", "80", national_convicted_pct="1"
        ).term
        is None
    )


def test_plain_result_is_json_with_margins_and_sentences():
    found = classify("2014", "A", "K", "1504", "40,7", "52.3", "3.19", "46.6", "")
    plain = json.loads(json.dumps(found.to_json()))
    assert plain["list_date"] == "2014-12-01"
    assert plain["criteria"] == {
        "labour_outside": "met", "non_western": "met", "convicted": "met",
        "primary_education_only": "not_met", "income": "undecided",
    }  # fmt: skip
    assert plain["margins"]["residents"] == {"persons_n": 505, "direction": "fewer"}
    assert plain["margins"]["labour_outside"]["distance_pct_points"] == "0.7"
    assert plain["margins"]["convicted"]["limit"] == "2.7"
    assert plain["margins"]["income"]["distance_pct_points"] is None
    assert plain["notes"] == ["missing_figure"]
    for language in LANGUAGES:
        sentences = found.to_json(load_texts(language))["notes"]
        assert "income_pct_of_region" in sentences[0]


def test_note_sentences_exist_for_all_notes():
    undecided = classify("2023", "Vollsmose", "Odense", "", "", "68", "1.98", "61", "54")
    assert len(undecided.to_json(load_texts("da"))["notes"]) == 4


def test_frame_of_the_result():
    frame = classify_published(make_table(("2012", "A", "K", "1500", "60", "60", "1", "", ""))).to_frame()
    assert frame.loc[0, ["is_listed", "category", "labour_outside", "convicted"]].tolist() == [
        "met", "ghettoområde", "met", "not_met",
    ]  # fmt: skip
    assert pd.isna(frame.loc[0, "income"])


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"pct_convicted": "abc"}, "published_bad_number", "pct_convicted"),
        ({"pct_nonwestern": "-5"}, "published_bad_number", "pct_nonwestern"),
        ({"pct_nonwestern": "101"}, "published_over_100", "pct_nonwestern"),
        ({"residents": "12.5"}, "published_bad_number", "residents"),
        ({"residents": "1500.000"}, "published_bad_number", "residents"),
        ({"year": "MMX"}, "published_bad_date", "year"),
        ({"year": "2009"}, "published_before_law", "year"),
        ({"list_date": "2010-09-30"}, "published_before_law", "list_date"),
        ({"list_date": "31-02-2014"}, "published_bad_date", "list_date"),
        ({"area": ""}, "published_no_area", "area"),
    ],
)
def test_cells_that_cannot_be_read_are_findings_with_texts(change, rule, column):
    table = make_table(("2012", "A", "K", "1500", "60", "60", "1", "", ""), **change)
    result = classify_published(table)
    assert result.findings["rule"].tolist() == [rule]
    finding = result.findings.iloc[0]
    assert (finding["column"], finding["line"], finding["file"], finding["severity"]) == (
        column,
        2,
        "v.csv",
        "error",
    )
    assert len(result.decisions) == (0 if column in {"year", "list_date", "area"} else 1)
    for language in LANGUAGES:
        values = {key: "–" if pd.isna(value) else str(value) for key, value in finding.items()}
        assert "v.csv" in load_texts(language).get(f"finding.{rule}.text", values)
        assert load_texts(language).get(f"finding.{rule}.remedy", values)


def test_income_over_the_region_is_not_an_error():
    assert classify("2016", "A", "K", "1500", "1", "1", "1", "1", "104.5").figures[
        Criterion.INCOME
    ].figure == Fraction(209, 2)


@pytest.mark.parametrize("columns", [["year"], ["area"], ["name", "residents"]])
def test_columns_that_must_be_there_are_named(columns):
    with pytest.raises(DataError) as refusal:
        classify_published(make_table(columns, columns=columns))
    for language in LANGUAGES:
        assert "v.csv" in load_texts(language).get("error.law.published_columns", refusal.value.values)


def test_headings_may_be_capitalised_and_columns_may_lack():
    table = make_table(
        ("2012", "A", "60", "60"), columns=["Year", " Area", "pct_outside_labour", "PCT_nonwestern"]
    )
    found = classify_published(table).decisions[0]
    assert found.kommune == ""
    assert found.is_listed is Status.UNDECIDED
    assert found.residents_margin is None


def test_decimal_text_is_exact():
    figure = PublishedFigure(Status.MET, Fraction("2.71"), Fraction("2.70"), ">")
    assert figure.to_json()["distance_pct_points"] == "0.01"
    assert PublishedFigure(Status.MET, Fraction(100), Fraction("0.5"), ">").to_json()["figure"] == "100"
