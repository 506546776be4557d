"""The rules of a date, and the listing of the law."""

import json
from datetime import date, timedelta
from fractions import Fraction

import pytest

from boundaries.designation.law import Basis, Criterion, find_list_date, list_law, rules_on
from data.law import load_law
from geo.errors import DataError

L, N, C, P, I = Criterion  # noqa: E741


@pytest.mark.parametrize(
    ("on", "rule", "required", "counted"),
    [
        (date(2010, 10, 1), "ghetto_list", 2, (L, N, C)),
        (date(2014, 1, 31), "ghetto_list", 2, (L, N, C)),
        (date(2014, 2, 1), "ghetto_list", 3, (L, N, C, P, I)),
        (date(2018, 11, 30), "ghetto_list", 3, (L, N, C, P, I)),
        (date(2018, 12, 1), "parallel_lists", 2, (L, C, P, I)),
        (date(2021, 11, 29), "parallel_lists", 2, (L, C, P, I)),
        (date(2021, 11, 30), "parallel_and_prevention_lists", 2, (L, C, P, I)),
        (date(2040, 1, 1), "parallel_and_prevention_lists", 2, (L, C, P, I)),
    ],
)
def test_rules_change_on_the_day_and_not_before(on, rule, required, counted):
    rules = rules_on(on)
    assert (rules.rule, rules.main.required_n, rules.main.counted) == (rule, required, counted)
    assert set(rules.main.thresholds) == {*counted, N}
    assert (rules.prevention is not None) == (on >= date(2021, 11, 30))
    assert rules.transformation_lists_n == (5 if on >= date(2018, 12, 1) else None)
    assert rules.mean_years_n == (4 if on < date(2014, 2, 1) else 2)
    assert rules.unknown_education_counts == (date(2014, 2, 1) <= on < date(2018, 12, 1))
    assert rules.residents_min_n == 1000


def test_convicted_is_a_share_and_then_a_multiple():
    before = rules_on(date(2018, 11, 30)).main.thresholds[C]
    after = rules_on(date(2018, 12, 1)).main.thresholds[C]
    assert (before.basis, before.compare, before.value) == (Basis.SHARE, ">", Fraction(27, 1000))
    assert (after.basis, after.compare, after.value) == (Basis.NATIONAL_MULTIPLE, ">=", Fraction(3))


def test_lower_limits_are_those_of_61_b():
    prevention = rules_on(date(2021, 11, 30)).prevention
    found = {criterion: (t.basis, t.compare, t.value) for criterion, t in prevention.thresholds.items()}
    assert found == {
        L: (Basis.SHARE, ">", Fraction(3, 10)),
        N: (Basis.SHARE, ">", Fraction(3, 10)),
        C: (Basis.NATIONAL_MULTIPLE, ">=", Fraction(2)),
        P: (Basis.SHARE, ">", Fraction(3, 5)),
        I: (Basis.REGIONAL_SHARE, "<", Fraction(13, 20)),
    }
    assert prevention.required_n == 2


def test_data_years_end_with_the_status_year():
    assert rules_on(date(2012, 10, 1)).years_of(L, 2012) == (2009, 2010, 2011, 2012)
    assert rules_on(date(2024, 12, 1)).years_of(C, 2024) == (2023, 2024)
    assert rules_on(date(2024, 12, 1)).years_of(I, 2024) == (2024,)


def test_day_before_the_law_is_an_error_that_names_the_first():
    assert rules_on(date(2010, 10, 1)).terms == {"parallelsamfund": "ghettoområde"}
    for ask in (rules_on, list_law):
        with pytest.raises(DataError) as refusal:
            ask(date(2010, 9, 30))
        assert refusal.value.values["first"] == date(2010, 10, 1)


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2010, "10-01"),
        (2011, "10-01"),
        (2013, "10-01"),
        (2014, "12-01"),
        (2017, "12-01"),
        (2018, "12-01"),
        (2031, "12-01"),
    ],
)
def test_list_dates(year, day):
    assert find_list_date(year).isoformat() == f"{year}-{day}"


def test_year_before_the_first_list_is_an_error():
    with pytest.raises(DataError) as refusal:
        find_list_date(2009)
    assert refusal.value.key == "law.before_first"


def test_listing_on_a_date_has_what_is_in_force_only():
    listing = list_law(date(2013, 10, 1))
    names = {row.parameter.name for row in listing.rows}
    assert "convicted_pct" in names
    assert not names & {
        "income_pct_of_region",
        "prevention_income_pct_of_region",
        "convicted_national_multiple",
    }
    later = list_law(date(2018, 12, 1))
    assert "convicted_pct" not in {row.parameter.name for row in later.rows}
    for row in later.rows:
        assert all(change.starts_on <= date(2018, 12, 1) for change in row.changes)
        assert row.in_force == row.changes[-1]


def test_whole_listing_is_plain_json_with_every_source():
    listing = list_law()
    plain = json.loads(json.dumps(listing.to_json()))
    assert plain["on"] is None
    rows = {row["parameter"]: row for row in plain["parameters"]}
    assert set(rows) == set(load_law())
    assert rows["convicted_pct"]["value"] is None
    assert [change["value"] for change in rows["convicted_pct"]["changes"]] == ["2.70", None]
    assert rows["convicted_pct"]["changes"][1]["is_repealed"]
    assert rows["labour_outside_pct"]["compare"] == ">"
    assert rows["family_share_target_on"]["value"] == "2030-01-01"
    assert rows["designation_criteria"]["value"] == [
        "labour_outside",
        "convicted",
        "primary_education_only",
        "income",
    ]
    assert all(change["href"].startswith("https://") for row in rows.values() for change in row["changes"])
    assert json.loads(json.dumps(list_law(date(2024, 12, 1)).to_json()))["on"] == "2024-12-01"


def test_every_change_of_the_law_moves_the_rules():
    """On each day that a value starts, the rules differ from the day before."""
    rule_like = {
        name
        for name in load_law()
        if not name.startswith(("family_", "business_", "demolished_", "list_day"))
    }
    changes = {entry.starts_on for name in rule_like for entry in load_law()[name].values} - {
        date(2010, 10, 1)
    }
    assert changes == {date(2014, 2, 1), date(2018, 12, 1), date(2021, 11, 30)}
    for day in changes:
        before, after = rules_on(day - timedelta(days=1)), rules_on(day)
        assert (before.rule, before.main, before.prevention) != (after.rule, after.main, after.prevention)
