"""What a published list hides cannot be worked out: every figure that fits what is shown is tried."""

from datetime import date
from fractions import Fraction
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.assessment import assess
from boundaries.designation.made_list import MadeList, NoList, make_list
from boundaries.designation.margins import Share, average_shares, measure_persons
from boundaries.designation.regions import find_regions
from boundaries.designation.verdict import judge
from boundaries.disclosure.list_cells import (
    NOTHING,
    Cell,
    Limit,
    decide_shown,
    has_small_part,
    hide_with_sum,
    is_told_by_statuses,
    round_to,
)
from boundaries.disclosure.lists import publish_list
from boundaries.disclosure.suppression import profile_areas, suppress_assessment
from boundaries.model import Settings

STATUS = date(2024, 1, 1)
PARTS = ("non_western", "convicted", "primary", "outside")


def people(dwelling, n, *, year, age=40, missing=0, **marks):
    """n persons; the first so many of them have each mark, and the last so many an unknown origin."""
    return [
        {
            "dwelling_id": dwelling,
            "year": year,
            "age": age,
            "origin": pd.NA
            if i >= n - missing
            else "ikke_vestlig"
            if i < marks.get("non_western", 0)
            else "dansk",
            "labour_outside": float(i < marks.get("outside", 0)),
            "is_convicted": i < marks.get("convicted", 0),
            "education": "grundskole" if i < marks.get("primary", 0) else "gymnasial",
            "gross_income_dkk": float(marks.get("income", 200_000) + 1_000 * i),
            "is_student": False,
            "is_taxable": True,
        }
        for i in range(n)
    ]


REFERENCES = [
    *({"year": year, "key": "national_convicted_share", "value": 0.0066} for year in range(2021, 2025)),
    *(
        {"year": year, "region_code": "1084", "key": "regional_gross_income_dkk", "value": 400_000.0}
        for year in range(2021, 2025)
    ),
]


def reference_frame(rows=REFERENCES):
    frame = pd.DataFrame(rows, columns=["year", "region_code", "key", "value"])
    return frame.astype({"year": "Int64", "region_code": "str", "key": "str", "value": "float64"})


def make(town, areas, *, references=None, lists=(), threshold_n=5, extra=(), **tables):
    """Areas by id: (persons, marks[, marks of the year before]); each is one square with one dwelling."""
    rows, residents, shapes = [], [], []
    for at, (area_id, (n, marks, *before)) in enumerate(areas.items()):
        shapes.append({"area_id": area_id, "name": area_id, "geometry": town.square(2 * at, 0)})
        rows.append({"dwelling_id": f"d{area_id}", **town.middle(2 * at, 0)})
        residents += people(f"d{area_id}", n, year=2024, **marks)
        residents += people(f"d{area_id}", n, year=2023, **(before[0] if before else marks))
    registers = town.registers(
        areas=shapes,
        dwellings=[*rows, *tables.pop("dwellings", [])],
        residents=[*residents, *extra],
        references=reference_frame() if references is None else references,
        lists=[{"list_date": day, "area_id": key, "category": word} for day, key, word in lists],
        **tables,
    )
    assessment = assess(registers, Settings(suppression_threshold_n=threshold_n), STATUS)
    return make_list(registers, assessment)


MARKS = {"non_western": 600, "convicted": 30, "primary": 700, "outside": 500}


def row_of(published, area_id, criterion, criteria_set="main"):
    found = published.criteria.query(
        f"area_id == '{area_id}' and criterion == '{criterion}' and criteria_set == '{criteria_set}'"
    )
    return found.iloc[0]


def test_a_large_area_is_shown_whole(town):
    published = publish_list(make(town, {"A": (1000, MARKS)}))
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
def test_a_small_numerator_takes_share_and_margins_along(town, n, is_hidden):
    published = publish_list(make(town, {"A": (1000, MARKS | {"convicted": n}), "B": (1000, MARKS)}))
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


def test_the_few_who_are_not_in_the_numerator_are_hidden_too(town):
    published = publish_list(make(town, {"A": (1000, MARKS | {"primary": 997})}))
    assert row_of(published, "A", "primary_education_only")["hidden"].startswith("value,numerator,margin_n")


def test_a_small_number_of_last_year_hides_the_mean(town):
    """Mean, this year and last year: two of them give the third."""
    published = publish_list(
        make(town, {"A": (1000, MARKS | {"convicted": 9}, MARKS | {"convicted": 3}), "B": (1000, MARKS)})
    )
    row = row_of(published, "A", "convicted")
    assert row[["value", "margin_n"]].isna().all()


def test_few_missing_values_hide_what_would_tell_them(town):
    """Residents less denominator are the missing; numerator and share together must not tell it."""
    published = publish_list(make(town, {"A": (1000, MARKS | {"missing": 2})}))
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


def test_residents_are_hidden_as_the_assessment_hides_them(town):
    made = make(town, {"A": (1000, MARKS), "B": (3, {}), "C": (50, {"non_western": 20})})
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


def test_a_hidden_group_of_the_profile_hides_the_denominator_that_is_its_sum(town):
    extra = [
        person
        for year in (2023, 2024)
        for person in (
            *people("dA", 300, year=year, age=25),
            *people("dA", 3, year=year, age=70),
            *people("dA", 250, year=year, age=10),
        )
    ]
    made = make(town, {"A": (1000, MARKS)}, extra=extra)
    profile = profile_areas(made.assessment)
    hidden = set(profile.loc[profile["residents_n"].isna(), "group"])
    assert "65+" in hidden
    published = publish_list(made)
    assert pd.isna(row_of(published, "A", "convicted")["denominator"])
    # 30-59 is shown in the profile, and is the whole group.
    assert row_of(published, "A", "primary_education_only")["denominator"] == 1000


def test_a_change_of_outline_hides_the_mean_where_it_tells_of_a_few(town):
    """Two convicted live on an extension approved since the last list."""
    case = {"A": (1000, MARKS), "B": (1000, MARKS)}
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
    persons = [p for year in (2023, 2024) for p in people("new", 40, year=year, convicted=2)]
    made = make(town, case, dwellings=[dwelling], extensions=[extension], extra=persons)
    assert made.assessment.areas["residents_counted_n"].tolist() == [1040, 1000]
    published = publish_list(made)
    row = row_of(published, "A", "convicted")
    assert row["numerator"] == 32
    assert pd.isna(row["value"])
    assert pd.isna(row["margin_n"])
    assert row_of(published, "B", "convicted")["value"] == Fraction(3, 100)


def test_the_interval_is_hidden_where_it_speaks_of_a_few(town):
    dwelling = {"dwelling_id": "open", "tenure": "ukendt", **town.middle(0, 0)}
    few = [p for year in (2023, 2024) for p in people("open", 3, year=year)]
    many = [p for year in (2023, 2024) for p in people("open", 30, year=year, non_western=15)]
    hidden = publish_list(make(town, {"A": (1000, MARKS)}, dwellings=[dwelling], extra=few))
    row = row_of(hidden, "A", "non_western")
    assert row[["low", "high", "undecided_n"]].isna().all()
    assert pd.isna(hidden.areas["residents_max_n"].iloc[0])
    shown = publish_list(make(town, {"A": (1000, MARKS)}, dwellings=[dwelling], extra=many))
    row = row_of(shown, "A", "non_western")
    assert row["undecided_n"] == 30
    assert (row["low"], row["high"]) == (Fraction(597, 1000), Fraction(3, 5))
    assert row["low"] <= Fraction(615, 1030) <= row["high"]


def test_statuses_of_an_area_too_small_for_a_list_do_not_tell_a_number(town):
    """1.98 per cent of 100 needs 2 persons, 1.32 per cent 2 as well; of 120 it is 3 and 2."""
    published = publish_list(
        make(town, {"A": (120, {"convicted": 2}), "B": (1000, MARKS), "C": (1000, MARKS)})
    )
    row = row_of(published, "A", "convicted")
    assert pd.isna(row["status"])
    assert "status" in row["hidden"].split(",")
    area = published.areas.set_index("area_id").loc["A"]
    assert pd.isna(area["criteria_met_n"])
    assert "criteria_met_n" in area["hidden"].split(",")


def test_a_hidden_status_is_no_reason_of_leaving(town):
    lists = [(date(2023, 12, 1), "A", "udsat_boligomraade"), (date(2023, 12, 1), "B", "udsat_boligomraade")]
    made = make(town, {"A": (120, {"convicted": 2}), "B": (1000, {}), "C": (1000, MARKS)}, lists=lists)
    published = publish_list(made)
    told = published.changes.query("change == 'left'").set_index("area_key")["reasons"]
    assert "convicted" not in told["A"]
    assert "residents" in told["A"]
    assert published.before_n["udsat_boligomraade"] == 2


@settings(max_examples=150, deadline=None)
@given(
    size=st.integers(8, 60),
    missing=st.integers(0, 6),
    data=st.data(),
    threshold_n=st.sampled_from([3, 5, 10]),
)
def test_no_hidden_figure_of_a_cell_has_one_value_alone(size, missing, data, threshold_n):
    """The reader knows size of the group and last year; he tries every numerator and missing number."""
    before = Share(data.draw(st.integers(0, size)), size)
    now = Share(data.draw(st.integers(0, size - missing)), size - missing)
    limits = (Limit(">", Fraction(2, 5)), Limit(">", Fraction(3, 10)))
    cell = Cell((before, now), (0, missing), limits, Fraction(1, 1000))
    shown = decide_shown(cell, threshold_n)
    if has_small_part(now, threshold_n):
        assert not shown.has_numerator
        assert not shown.has_value
    if not 0 < missing < threshold_n:
        return
    assert not shown.has_denominator
    fits = set()
    for other_missing, numerator in product(range(1, threshold_n), range(size)):
        if numerator > size - other_missing or (shown.has_numerator and numerator != now.numerator):
            continue
        other = Share(numerator, size - other_missing)
        mean = average_shares([before, other])
        same_value = not shown.has_value or round_to(mean, Fraction(1, 1000)) == cell.value
        margins = tuple(measure_persons([before, other], each.compare, each.value) for each in limits)
        same_margins = not shown.has_margins or margins == cell.margins
        same_status = tuple(judge(mean, each.compare, each.value) for each in limits) == cell.statuses
        if same_value and same_margins and same_status:
            fits.add(other_missing)
    assert len(fits) > 1 or not (shown.has_value or shown.has_margins or shown.has_numerator)


@settings(max_examples=200, deadline=None)
@given(numbers=st.lists(st.integers(0, 12), min_size=1, max_size=4), threshold_n=st.sampled_from([3, 5]))
def test_no_hidden_number_follows_from_the_sum_of_a_column(numbers, threshold_n):
    own = [0 < number < threshold_n for number in numbers]
    hidden = hide_with_sum([Fraction(number) for number in numbers], own, threshold_n)
    assert all(is_hidden for is_hidden, is_own in zip(hidden, own, strict=True) if is_own)
    if not any(hidden) or all(hidden):
        return
    rest = sum(number for number, is_hidden in zip(numbers, hidden, strict=True) if is_hidden)
    ways = [way for way in product(range(1, rest + 1), repeat=sum(hidden)) if sum(way) == rest]
    assert all(len({way[at] for way in ways}) > 1 for at in range(sum(hidden)))


def test_a_lone_number_hides_its_whole_column():
    assert hide_with_sum([Fraction(3), Fraction(0)], [True, False], 5) == [True, True]


def test_limits_that_leave_one_number_tell_it():
    def cell(*limits, size=120):
        return Cell((Share(2, size),), (0,), tuple(Limit(">=", each) for each in limits), Fraction(1, 10_000))

    between = cell(Fraction(3, 120), Fraction(2, 120))
    assert is_told_by_statuses(between, 5)
    assert not is_told_by_statuses(cell(Fraction(40, 120), Fraction(30, 120)), 5)


def test_a_denominator_hidden_for_another_reason_hides_what_tells_it():
    """With few in the group, numerator and share tell the denominator, so the numerator goes."""
    cell = Cell((Share(20, 40),), (0,), (Limit(">", Fraction(1, 2)),), Fraction(1, 1000))
    shown = decide_shown(cell, 5, hides_denominator=True)
    assert not shown.has_denominator
    assert not shown.has_numerator
    assert shown.has_value
    assert decide_shown(cell, 5).has_denominator
    assert decide_shown(Cell((Share(2, 4),), (0,), (), Fraction(1, 1000)), 5) == NOTHING.__class__(
        has_numerator=False, has_denominator=False, has_missing=True, has_value=False, has_margins=False
    )


def test_a_group_of_nobody_is_missing_and_not_hidden(town):
    child = [p for year in (2023, 2024) for p in people("dB", 30, year=year, age=5)]
    made = make(town, {"A": (1000, MARKS), "B": (0, {})}, extra=child)
    row = row_of(publish_list(made), "B", "income")
    assert pd.isna(row["mean_income_dkk"])
    assert row["status"] == "undecided"
    assert "mean_income_dkk" not in row["hidden"]
    assert not row["is_open"]


@pytest.mark.parametrize(
    ("references", "key"),
    [
        (REFERENCES[4:], "law.missing_national_reference"),
        ([*REFERENCES[:4], REFERENCES[4]], "law.missing_regional_reference"),
        (REFERENCES[:4], "law.kommune_without_region"),
    ],
)
def test_without_references_there_is_a_reason_instead_of_a_list(town, references, key):
    outcome = make(town, {"A": (1000, MARKS)}, references=reference_frame(references))
    assert isinstance(outcome, NoList)
    assert outcome.key == key


def test_without_residents_or_areas_there_is_a_reason(town):
    registers = town.registers(areas=[{"area_id": "A", "name": "A", "geometry": town.square(0, 0)}])
    outcome = make_list(registers, assess(registers, Settings(), STATUS))
    assert (outcome.key, dict(outcome.values)) == ("lists.no_residents", {})
    empty = town.registers(dwellings=[{"dwelling_id": "d"}], residents=people("d", 1, year=2024))
    assert make_list(empty, assess(empty, Settings(), STATUS)).key == "lists.no_areas"


def test_what_is_wrong_is_not_taken_for_missing(town):
    from geo.errors import DataError

    with pytest.raises(DataError) as refusal:
        make(town, {"A": (1000, MARKS)}, references=reference_frame([*REFERENCES, REFERENCES[3]]))
    assert refusal.value.key == "law.reference_twice"


def test_the_only_region_of_the_references_is_taken_for_a_kommune_that_is_in_no_list(town):
    made = make(town, {"A": (1000, MARKS)})
    assert isinstance(made, MadeList)
    assert dict(made.regions.assumed) == {"0999": "1084"}
    two = reference_frame([*REFERENCES, {**REFERENCES[-1], "region_code": "1081"}])
    assert dict(find_regions(two, ["0999"]).assumed) == {}
    known = find_regions(reference_frame(), ["0101", pd.NA, "0411"])
    assert dict(known.assumed) == {}
    assert known.codes["0101"] == "1084"
    assert "0411" not in known.codes  # Christiansø has no region


def test_reasons_of_leaving_are_what_was_met_a_year_before(town):
    day = date(2023, 12, 1)
    before = {"outside": 500, "primary": 700, "convicted": 30}
    earlier = people("dA", 1000, year=2022, **before)
    cases = {
        "A": (1000, {"outside": 100, "primary": 700, "convicted": 6}, before),
        "B": (1000, {"outside": 100}, {"outside": 100}),
    }
    earlier += people("dB", 1000, year=2022, outside=100)
    lists = [(day, "A", "udsat_boligomraade"), (day, "B", "udsat_boligomraade")]
    references = reference_frame(
        [*REFERENCES, {"year": 2020, "key": "national_convicted_share", "value": 0.0066}]
    )
    made = make(town, cases, lists=lists, references=references, extra=earlier)
    left = made.yearly_list.changes.query("change == 'left'").set_index("area_key")["reasons"]
    assert left["A"] == "labour_outside, convicted"
    assert left["B"] == ""  # it met nothing a year before, by what the project knows
    unknown = make(town, cases, lists=lists)
    left = unknown.yearly_list.changes.query("change == 'left'").set_index("area_key")["reasons"]
    assert left["B"] == "labour_outside, convicted, primary_education_only, income"


def test_an_area_that_leaves_for_a_more_severe_list_has_no_reason(town):
    lists = [(date(2023, 12, 1), "A", "forebyggelsesomraade")]
    made = make(town, {"A": (1000, MARKS)}, lists=lists)
    left = made.yearly_list.changes.query("change == 'left'")
    assert left[["list", "reasons"]].to_numpy().tolist() == [["forebyggelsesomraade", ""]]


def test_earlier_years_are_counted_by_the_decisions_of_a_year_before(town):
    made = make(town, {"A": (1000, MARKS)})
    assert set(made.earlier["year"]) == {2023}
    assert set(made.earlier["criterion"]) == {"labour_outside", "convicted"}
    assert made.mix["share"].tolist() == [1]
