"""The share of almene familieboliger, by hand, and a plan followed to its end."""

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.designation.housing_mix import (
    MIX_COLUMNS,
    PLAN_COLUMNS,
    account_plan,
    judge_mix,
    measure_mix,
    mix_rules_on,
)
from boundaries.model import PlanAction
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError

RULES = mix_rules_on(date(2024, 1, 1))
DAY = date(2024, 1, 1)
DWELLING = {
    "area_id": "A", "tenure": "almen_familiebolig", "is_dwelling": True, "built_year": 1970, "built_on": None,
    "demolished_on": None, "relabelled_on": None, "relabelled_from": None,
}  # fmt: skip
DATES = dict.fromkeys(("built_on", "demolished_on", "relabelled_on"), "datetime64[s]")


def make_dwellings(*groups):
    rows = [{**DWELLING, **values} for number, values in groups for _ in range(number)]
    frame = pd.DataFrame(rows, columns=list(DWELLING))
    frame["built_year"] = frame["built_year"].astype("Int64")
    for column in DATES:
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    return frame.assign(dwelling_id=[f"d{n}" for n in range(len(frame))])


def measure(*groups, day=DAY, **given_values):
    return measure_mix(make_dwellings(*groups), day, RULES, **given_values).iloc[0]


def test_target_of_the_law():
    assert (RULES.share_max, RULES.compare, RULES.target_on) == (Fraction(2, 5), "<=", date(2030, 1, 1))
    assert (RULES.business_m2_per_dwelling, RULES.demolished_after_year) == (75, 2010)
    assert mix_rules_on(date(2018, 12, 1)) == RULES
    with pytest.raises(DataError) as refusal:
        mix_rules_on(date(2018, 11, 30))
    assert refusal.value.values["first"] == date(2018, 12, 1)


@pytest.mark.parametrize(("family", "is_met", "over"), [(399, True, -1), (400, True, 0), (401, False, 1)])
def test_forty_percent_one_under_at_and_over(family, is_met, over):
    row = measure((family, {}), (1000 - family, {"tenure": "ejerbolig"}))
    assert (row.family_n, row.total_n, row.is_target_met, row.margin_n) == (family, 1000, is_met, over)
    assert row.share == Fraction(family, 1000)


@given(st.integers(0, 500), st.integers(1, 500))
def test_selling_so_many_reaches_the_target_and_one_fewer_does_not(family, other):
    _, is_met, over = judge_mix(family, family + other, RULES)
    assert judge_mix(family - max(over, 0), family + other, RULES)[1]
    if not is_met:
        assert not judge_mix(family - over + 1, family + other, RULES)[1]
    else:
        assert not judge_mix(family - over + 1, family + other, RULES)[1]


@pytest.mark.parametrize(
    ("area_m2", "dwellings"), [(0, 0), (74.9, 0), (75, 1), (149, 1), (150, 2), (1000, 13)]
)
def test_business_space(area_m2, dwellings):
    row = measure((10, {}), business={"A": area_m2})
    assert (row.business_n, row.total_n) == (dwellings, 10 + dwellings)


@pytest.mark.parametrize(
    ("day", "demolished"),
    [("2010-12-31", 0), ("2011-01-01", 20), ("2023-12-31", 20), ("2024-01-01", 20), ("2024-01-02", 0)],
)
def test_demolished_after_2010_count_among_all(day, demolished):
    row = measure((50, {}), (20, {"demolished_on": day}))
    standing = 70 if day == "2024-01-02" else 50
    assert (row.family_n, row.demolished_n, row.total_n) == (standing, demolished, standing + demolished)


def test_replaced_demolitions_do_not_count():
    groups = ((50, {}), (20, {"demolished_on": "2015-06-01"}), (8, {"built_year": 2016}))
    row = measure(*groups)
    assert (row.replaced_n, row.family_n, row.total_n) == (8, 58, 70)
    assert measure(*groups, replaced={"A": 3}).total_n == 75
    assert measure(*groups, replaced={"A": 99}).replaced_n == 20
    assert measure(*groups, replaced={}).replaced_n == 8


def test_what_stands_and_what_it_was_on_the_day():
    row = measure(
        (5, {}),
        (1, {"built_year": 2023}),
        (1, {"built_year": 2024}),
        (1, {"built_year": 2024, "built_on": "2024-01-01"}),
        (1, {"built_year": 2024, "built_on": "2024-01-02"}),
        (1, {"built_year": None}),
        (1, {"is_dwelling": False}),
        (1, {"area_id": None}),
        (1, {"tenure": "almen_ungdomsbolig"}),
        (
            2,
            {
                "tenure": "almen_ungdomsbolig",
                "relabelled_on": "2023-12-31",
                "relabelled_from": "almen_familiebolig",
            },
        ),
        (
            4,
            {
                "tenure": "almen_ungdomsbolig",
                "relabelled_on": "2024-01-02",
                "relabelled_from": "almen_familiebolig",
            },
        ),
    )
    assert row.standing_n == 5 + 1 + 1 + 1 + 1 + 2 + 4
    assert row.family_n == 5 + 1 + 1 + 1 + 4


def test_areas_are_apart_and_sorted():
    table = measure_mix(make_dwellings((3, {"area_id": "B"}), (2, {})), DAY, RULES)
    assert table.area_id.tolist() == ["A", "B"]
    assert table.total_n.tolist() == [2, 3]
    assert list(table.columns) == list(MIX_COLUMNS)


def test_nothing_to_count_has_no_share():
    row = measure((1, {"built_year": 2030}))
    assert row.total_n == 0
    assert pd.isna(row.share)
    assert pd.isna(row.is_target_met)


START = pd.DataFrame(
    {"area_id": ["B", "A"], "year": [2018, 2018], "family_n": [930, 100], "total_n": [1000, 100]}
)


def make_plan(*rows):
    return pd.DataFrame(list(rows), columns=["area_id", "year", "action", "dwellings_n", "is_done"])


def test_plan_from_start_to_the_final_share():
    plan = make_plan(
        ("B", 2020, PlanAction.SALE, 100, True),
        ("B", 2020, PlanAction.NEW_OTHER, 100, True),
        ("B", 2024, PlanAction.DEMOLITION, 200, True),
        ("B", 2024, PlanAction.RELABELLING, 30, False),
        ("B", 2029, PlanAction.NEW_FAMILY, 50, False),
        ("B", 2029, PlanAction.NEW_OTHER, 400, False),
    )
    table = account_plan(START, plan, RULES)
    assert list(table.columns) == list(PLAN_COLUMNS)
    rows = table[table.area_id.eq("B")]
    assert rows.year.tolist() == [2018, 2020, 2024, 2029]
    assert rows.stage.tolist() == ["start", "done", "planned", "planned"]
    assert rows.family_n.tolist() == [930, 830, 600, 650]
    # The 50 new familieboliger replace 50 of the 200 demolished, which no longer count.
    assert rows.total_n.tolist() == [1000, 1100, 1100, 1500]
    assert rows.share.tolist() == [Fraction(93, 100), Fraction(83, 110), Fraction(6, 11), Fraction(13, 30)]
    assert rows.is_target_met.tolist() == [False, False, False, False]
    whole = table[table.area_id.eq("")]
    assert whole.family_n.tolist() == [1030, 930, 700, 750]
    assert whole.total_n.tolist() == [1100, 1200, 1200, 1600]
    assert whole.demolished_n.tolist() == [0, 0, 200, 0]


def test_new_familieboliger_beyond_the_demolished_add_to_all():
    plan = make_plan(
        ("A", 2025, "nedrivning", 10, False), ("A", 2025, "nybyggeri_almen_familiebolig", 25, False)
    )
    last = account_plan(START, plan, RULES).query("area_id == 'A'").iloc[-1]
    assert (last.family_n, last.total_n) == (115, 115)


def test_area_that_starts_later_is_in_the_sum_from_the_first_year():
    later = START.assign(year=[2018, 2022])
    table = account_plan(later, make_plan(("B", 2020, "salg", 30, True)), RULES)
    whole = table[table.area_id.eq("")].set_index("year")
    assert whole.family_n.to_dict() == {2018: 1030, 2020: 1000, 2022: 1000}


def test_plan_in_parts_is_the_plan_in_one():
    whole = account_plan(START, make_plan(("B", 2025, "salg", 60, False)), RULES)
    parts = account_plan(
        START, make_plan(("B", 2025, "salg", 20, False), ("B", 2025, "salg", 40, False)), RULES
    )
    pd.testing.assert_frame_equal(whole, parts)


@pytest.mark.parametrize(
    ("row", "key", "named"),
    [
        (("A", 2025, "flytning", 1, False), "housing_mix.unknown_action", "flytning"),
        (("C", 2025, "salg", 1, False), "housing_mix.unknown_area", "C"),
        (("A", 2025, "salg", -1, False), "housing_mix.negative_count", "-1"),
        (("A", 2025, "salg", 101, False), "housing_mix.below_zero", "2025"),
    ],
)
def test_plans_that_cannot_be(row, key, named):
    with pytest.raises(DataError) as refusal:
        account_plan(START, make_plan(row), RULES)
    assert refusal.value.key == key
    for language in LANGUAGES:
        assert named in load_texts(language).get(f"error.{key}", refusal.value.values)


def test_negative_business_space_is_refused():
    with pytest.raises(DataError) as refusal:
        measure((1, {}), business={"A": -75})
    assert refusal.value.values["column"] == "business_m2"
