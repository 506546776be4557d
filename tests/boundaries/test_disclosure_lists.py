"""A published list: what is shown whole, what is hidden, and what goes along so that nothing gives it back."""

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from boundaries.designation.margins import Share, measure_persons
from boundaries.disclosure.list_cells import (
    round_to,
)
from boundaries.disclosure.lists import publish_list
from boundaries.disclosure.suppression import profile_areas, suppress_assessment


def row_of(published, area_id, criterion, criteria_set="main"):
    found = published.criteria.query(
        f"area_id == '{area_id}' and criterion == '{criterion}' and criteria_set == '{criteria_set}'"
    )
    return found.iloc[0]


def test_a_large_area_is_shown_whole(list_town):
    published = publish_list(list_town.make({"A": (1000, list_town.marks)}))
    assert published.criteria["hidden"].tolist() == [""] * 10
    row = row_of(published, "A", "non_western")
    assert (row["value"], row["numerator"], row["denominator"]) == (Fraction(3, 5), 600.0, 1000)
    assert (row["margin_n"], row["margin_direction"], row["status"]) == (100, "fewer", "met")
    income = row_of(published, "A", "income")
    # 200,000 to 1,199,000: the mean is 699,500; 55 per cent of 400,000 is 220,000.
    assert (income["mean_income_dkk"], income["limit_dkk"]) == (699_500, 220_000)
    assert pd.isna(income["numerator"])
    assert income["margin_n"] == 479_501_000  # 479,500,001 kroner, up to the next thousand
    assert income["margin_per_person_dkk"] == 479_600


@pytest.mark.parametrize(("n", "is_hidden"), [(0, False), (1, True), (4, True), (5, False), (6, False)])
def test_a_small_numerator_takes_share_and_margins_along(list_town, n, is_hidden):
    published = publish_list(
        list_town.make({"A": (1000, list_town.marks | {"convicted": n}), "B": (1000, list_town.marks)})
    )
    for criteria_set in ("main", "prevention"):
        row = row_of(published, "A", "convicted", criteria_set)
        hidden = [pd.isna(row[name]) for name in ("numerator", "value", "margin_n", "low", "high")]
        assert hidden == [is_hidden] * 5
        # The legal fact stays, and so does the size of the group, which is not small.
        assert row["status"] == "not_met"
        assert row["denominator"] == 1000
    # Numerator, share and margins of the other area go too: a sum of both would give the first back.
    other = row_of(published, "B", "convicted")
    assert pd.isna(other["numerator"]) == is_hidden
    assert pd.isna(other["value"]) == is_hidden


def test_the_few_who_are_not_in_the_numerator_are_hidden_too(list_town):
    published = publish_list(list_town.make({"A": (1000, list_town.marks | {"primary": 997})}))
    assert row_of(published, "A", "primary_education_only")["hidden"].startswith("value,numerator,margin_n")


def test_a_small_number_of_last_year_hides_the_mean(list_town):
    """Mean, this year and last year: two of them give the third."""
    published = publish_list(
        list_town.make(
            {
                "A": (1000, list_town.marks | {"convicted": 9}, list_town.marks | {"convicted": 3}),
                "B": (1000, list_town.marks),
            }
        )
    )
    row = row_of(published, "A", "convicted")
    assert row[["value", "margin_n"]].isna().all()


def test_few_missing_values_hide_what_would_tell_them(list_town):
    """Residents less denominator are the missing; numerator and share together must not tell it."""
    published = publish_list(list_town.make({"A": (1000, list_town.marks | {"missing": 2})}))
    row = row_of(published, "A", "non_western")
    assert pd.isna(row["denominator"])
    assert pd.isna(row["missing_n"])
    assert row["value"] is not None
    residents = int(published.areas["residents_n"].iloc[0])
    fits = set()
    for missing in range(residents - 600):
        share = Share(600, residents - missing)
        if not pd.isna(row["numerator"]) and round_to(share.value, Fraction(1, 1000)) == row["value"]:
            margins = [
                measure_persons([share], ">", row_of(published, "A", "non_western", name)["limit"])
                for name in ("main", "prevention")
            ]
            shown = [
                row_of(published, "A", "non_western", name)["margin_n"] for name in ("main", "prevention")
            ]
            if all(pd.isna(n) or n == margin.persons_n for n, margin in zip(shown, margins, strict=True)):
                fits.add(missing)
    assert pd.isna(row["numerator"]) or len(fits & {1, 2, 3, 4}) > 1


def test_residents_are_hidden_as_the_assessment_hides_them(list_town):
    made = list_town.make({"A": (1000, list_town.marks), "B": (3, {}), "C": (50, {"non_western": 20})})
    published = publish_list(made)
    shown = suppress_assessment(made.assessment).areas.set_index("area_id")["residents_counted_n"]
    listed = published.areas.set_index("area_id")["residents_n"]
    assert listed.isna().tolist() == shown.isna().tolist() == [False, True, True]
    small = published.criteria[published.criteria["area_id"].isin(["B", "C"])]
    figures = ["value", "low", "high", "numerator", "denominator", "margin_n", "mean_income_dkk"]
    assert small[figures].isna().all(axis=None)
    assert (
        published.areas.set_index("area_id").loc["B", "hidden"].startswith("residents_n,residents_margin_n")
    )


def test_a_hidden_group_of_the_profile_hides_the_denominator_that_is_its_sum(list_town):
    extra = [
        person
        for year in (2023, 2024)
        for person in (
            *list_town.people("dA", 300, year=year, age=25),
            *list_town.people("dA", 3, year=year, age=70),
            *list_town.people("dA", 250, year=year, age=10),
        )
    ]
    made = list_town.make({"A": (1000, list_town.marks)}, extra=extra)
    profile = profile_areas(made.assessment)
    hidden = set(profile.loc[profile["residents_n"].isna(), "group"])
    assert "65+" in hidden
    published = publish_list(made)
    assert pd.isna(row_of(published, "A", "convicted")["denominator"])
    # 30-59 is shown in the profile, and is the whole group.
    assert row_of(published, "A", "primary_education_only")["denominator"] == 1000


def test_a_change_of_outline_hides_the_mean_where_it_tells_of_a_few(list_town, town):
    """Two convicted live on an extension approved since the last list."""
    case = {"A": (1000, list_town.marks), "B": (1000, list_town.marks)}
    dwelling = {"dwelling_id": "new", "tenure": "ejerbolig", "built_year": 2024, **town.middle(0, 1)}
    dwelling |= {"built_on": "2023-08-01", "built_year": 2023}
    extension = {
        "extension_id": "E",
        "area_id": "A",
        "applied_on": "2022-05-01",
        "approved_on": "2023-06-01",
        "status": "godkendt",
        "geometry": town.square(0, 1),
    }
    persons = [p for year in (2023, 2024) for p in list_town.people("new", 40, year=year, convicted=2)]
    made = list_town.make(case, dwellings=[dwelling], extensions=[extension], extra=persons)
    assert made.assessment.areas["residents_counted_n"].tolist() == [1040, 1000]
    published = publish_list(made)
    row = row_of(published, "A", "convicted")
    assert row["numerator"] == 32
    assert pd.isna(row["value"])
    assert pd.isna(row["margin_n"])
    assert row_of(published, "B", "convicted")["value"] == Fraction(3, 100)


def test_the_interval_is_hidden_where_it_speaks_of_a_few(list_town, town):
    dwelling = {"dwelling_id": "open", "tenure": "ukendt", **town.middle(0, 0)}
    few = [p for year in (2023, 2024) for p in list_town.people("open", 3, year=year)]
    many = [p for year in (2023, 2024) for p in list_town.people("open", 30, year=year, non_western=15)]
    hidden = publish_list(list_town.make({"A": (1000, list_town.marks)}, dwellings=[dwelling], extra=few))
    row = row_of(hidden, "A", "non_western")
    assert row[["low", "high", "undecided_n"]].isna().all()
    assert pd.isna(hidden.areas["residents_max_n"].iloc[0])
    shown = publish_list(list_town.make({"A": (1000, list_town.marks)}, dwellings=[dwelling], extra=many))
    row = row_of(shown, "A", "non_western")
    assert row["undecided_n"] == 30
    assert (row["low"], row["high"]) == (Fraction(597, 1000), Fraction(3, 5))
    assert row["low"] <= Fraction(615, 1030) <= row["high"]


def test_statuses_of_an_area_too_small_for_a_list_do_not_tell_a_number(list_town):
    """1.98 per cent of 100 needs 2 persons, 1.32 per cent 2 as well; of 120 it is 3 and 2."""
    published = publish_list(
        list_town.make(
            {"A": (120, {"convicted": 2}), "B": (1000, list_town.marks), "C": (1000, list_town.marks)}
        )
    )
    row = row_of(published, "A", "convicted")
    assert pd.isna(row["status"])
    assert "status" in row["hidden"].split(",")
    area = published.areas.set_index("area_id").loc["A"]
    assert pd.isna(area["criteria_met_n"])
    assert "criteria_met_n" in area["hidden"].split(",")


def test_a_hidden_status_is_no_reason_of_leaving(list_town):
    lists = [(date(2023, 12, 1), "A", "udsat_boligomraade"), (date(2023, 12, 1), "B", "udsat_boligomraade")]
    made = list_town.make(
        {"A": (120, {"convicted": 2}), "B": (1000, {}), "C": (1000, list_town.marks)}, lists=lists
    )
    published = publish_list(made)
    told = published.changes.query("change == 'left'").set_index("area_key")["reasons"]
    assert "convicted" not in told["A"]
    assert "residents" in told["A"]
    assert published.before_n["udsat_boligomraade"] == 2


def test_a_group_of_nobody_is_missing_and_not_hidden(list_town):
    child = [p for year in (2023, 2024) for p in list_town.people("dB", 30, year=year, age=5)]
    made = list_town.make({"A": (1000, list_town.marks), "B": (0, {})}, extra=child)
    row = row_of(publish_list(made), "B", "income")
    assert pd.isna(row["mean_income_dkk"])
    assert row["status"] == "undecided"
    assert "mean_income_dkk" not in row["hidden"]
    assert not row["is_open"]


@pytest.mark.parametrize(("earners_n", "is_told"), [(3, False), (4, False), (5, True)])
def test_the_mean_income_of_a_few_is_hidden(list_town, earners_n, is_told):
    """B is large, but few in it have an income: their mean would speak of them."""
    extra = [
        person
        for year in (2023, 2024)
        for person in (
            *list_town.people("dB", 300, year=year, age=5),
            *list_town.people("dB", earners_n, year=year, income=310_000),
        )
    ]
    made = list_town.make({"A": (1000, list_town.marks), "B": (0, {})}, extra=extra)
    row = row_of(publish_list(made), "B", "income")
    assert pd.isna(row["mean_income_dkk"]) != is_told
    assert ("mean_income_dkk" in row["hidden"].split(",")) != is_told
    if is_told:
        assert row["mean_income_dkk"] == 310_000 + 1_000 * (earners_n - 1) / 2
    own = publish_list(made).areas.set_index("area_id")["residents_n"]
    assert own["B"] == 300 + earners_n
