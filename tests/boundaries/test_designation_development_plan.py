"""Development plans tied to the dwellings of the status date, reckoned again by hand and by replay."""

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.designation.development_plan import follow_plans
from boundaries.designation.housing_mix import MIX_COLUMNS, PLAN_COLUMNS, account_plan, mix_rules_on
from boundaries.model import PLAN_DTYPES, PlanAction, make_empty_plans
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError

DAY = date(2025, 1, 1)
RULES = mix_rules_on(DAY)


def make_mix(**areas):
    """Return a mix of areas given as (family, all, demolished, replaced)."""
    rows = [
        {
            "area_id": area_id, "year": DAY.year, "family_n": family_n, "total_n": total_n,
            "demolished_n": demolished_n, "replaced_n": replaced_n,
        }
        for area_id, (family_n, total_n, demolished_n, replaced_n) in areas.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(MIX_COLUMNS))


def make_plans(*rows):
    return pd.DataFrame(list(rows), columns=list(PLAN_DTYPES)).astype(PLAN_DTYPES)


def test_the_account_passes_through_the_dwellings_of_the_status_date():
    plans = make_plans(
        ("A", 2016, "nybyggeri_andet", 100, "udført"),
        ("A", 2022, "nedrivning", 80, "udført"),
        ("A", 2024, "salg", 20, None),
        ("A", 2025, "ommaerkning", 30, None),
        ("A", 2028, "nybyggeri_andet", 300, "planlagt"),
        ("A", 2029, "salg", 1, "planlagt"),
    )
    table = follow_plans(plans, make_mix(A=(600, 1000, 80, 0)), DAY, RULES)
    assert tuple(table.columns) == PLAN_COLUMNS
    assert table["year"].tolist() == [2015, 2016, 2022, 2024, 2025, 2028, 2029]
    assert table["stage"].tolist() == ["start", "done", "done", "done", "planned", "planned", "planned"]
    assert table["family_n"].tolist() == [700, 700, 620, 600, 570, 570, 569]
    assert table["total_n"].tolist() == [900, 1000, 1000, 1000, 1000, 1300, 1300]
    assert table["share"].iloc[0] == Fraction(7, 9)
    assert table["share"].iloc[-1] == Fraction(569, 1300)
    assert not table["is_target_met"].any()


def test_the_target_is_met_at_exactly_forty_per_cent():
    mix = make_mix(A=(600, 1000, 0, 0))
    shares = {}
    for number in (199, 200, 201):
        last = follow_plans(make_plans(("A", 2029, "salg", number, None)), mix, DAY, RULES).iloc[-1]
        shares[number] = (last["family_n"], last["is_target_met"])
    assert shares == {199: (401, False), 200: (400, True), 201: (399, True)}


def test_new_familieboliger_replace_those_that_wait_since_the_status_date():
    # 80 were torn down, 10 replaced: 70 of all dwellings stand for those that nothing replaced.
    mix = make_mix(A=(400, 570, 80, 10))
    plans = make_plans(("A", 2027, "nybyggeri_almen_familiebolig", 75, None))
    last = follow_plans(plans, mix, DAY, RULES).iloc[-1]
    assert (last["family_n"], last["total_n"]) == (475, 575)


def test_replacements_that_are_done_are_reckoned_back():
    # 50 torn down in 2020 and 30 built in their place in 2023: 20 wait on the status date.
    plans = make_plans(
        ("A", 2020, "nedrivning", 50, "udført"), ("A", 2023, "nybyggeri_almen_familiebolig", 30, "udført")
    )
    table = follow_plans(plans, make_mix(A=(480, 500, 50, 30)), DAY, RULES)
    assert table["family_n"].tolist() == [500, 450, 480]
    assert table["total_n"].tolist() == [500, 500, 500]


def test_what_should_have_been_done_is_reckoned_in_the_status_year():
    mix = make_mix(A=(600, 1000, 0, 0))
    late = follow_plans(make_plans(("A", 2023, "salg", 10, "planlagt")), mix, DAY, RULES)
    assert late["year"].tolist() == [2024, 2025]
    assert late["stage"].tolist() == ["start", "planned"]
    assert late["family_n"].tolist() == [600, 590]
    done = follow_plans(make_plans(("A", 2023, "salg", 10, None)), mix, DAY, RULES)
    assert done["year"].tolist() == [2022, 2023]
    assert done["stage"].tolist() == ["start", "done"]
    assert done["family_n"].tolist() == [610, 600]


def test_what_is_done_after_the_status_date_comes_after_it():
    plans = make_plans(("A", 2025, "salg", 10, "udført"))
    table = follow_plans(plans, make_mix(A=(600, 1000, 0, 0)), DAY, RULES)
    assert table["stage"].tolist() == ["start", "done"]
    assert table["family_n"].tolist() == [600, 590]


def test_several_areas_are_summed_and_areas_without_dwellings_left_out():
    mix = make_mix(A=(600, 1000, 0, 0), B=(90, 100, 0, 0), C=(5, 5, 0, 0))
    plans = make_plans(
        ("A", 2026, "salg", 10, None), ("B", 2027, "salg", 5, None), ("X", 2026, "salg", 1, None)
    )
    table = follow_plans(plans, mix, DAY, RULES)
    assert table["area_id"].tolist() == ["A", "A", "B", "B", "", "", ""]
    assert table.loc[table["area_id"].eq(""), "family_n"].tolist() == [690, 680, 675]
    one = follow_plans(plans[plans["area_id"].eq("A")], mix, DAY, RULES)
    assert one["area_id"].tolist() == ["A", "A"]


def test_without_plans_there_is_no_account():
    for plans in (make_empty_plans(), make_plans(("X", 2026, "salg", 1, None))):
        table = follow_plans(plans, make_mix(A=(600, 1000, 0, 0)), DAY, RULES)
        assert table.empty
        assert tuple(table.columns) == PLAN_COLUMNS


@pytest.mark.parametrize(
    ("plan", "mix", "key"),
    [
        # Nothing torn down stands in the register, so 80 cannot have gone.
        (("A", 2022, "nedrivning", 80, None), (400, 450, 0, 0), "plan_beyond_register"),
        (("A", 2022, "nybyggeri_almen_familiebolig", 401, None), (400, 450, 0, 0), "plan_beyond_register"),
        (("A", 2026, "salg", 401, None), (400, 450, 0, 0), "below_zero"),
    ],
)
def test_a_plan_that_does_not_fit_the_dwellings_is_refused(plan, mix, key):
    with pytest.raises(DataError) as refusal:
        follow_plans(make_plans(plan), make_mix(A=mix), DAY, RULES)
    assert refusal.value.key == f"housing_mix.{key}"
    for language in LANGUAGES:
        told = load_texts(language).get(f"error.{refusal.value.key}", refusal.value.values)
        assert "A" in told
        assert "{" not in told


ACTIONS = st.lists(
    st.tuples(st.integers(2018, 2029), st.sampled_from(list(PlanAction)), st.integers(0, 40)),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=40)
@given(actions=ACTIONS, waiting=st.integers(0, 60))
def test_a_plan_replayed_from_its_start_gives_the_mix_of_any_status_date(actions, waiting):
    """Whatever the status date, the account is that of the whole plan run from its true start."""
    first = min(year for year, _, _ in actions)
    start = pd.DataFrame(
        [{"area_id": "A", "year": first - 1, "family_n": 1000, "total_n": 1500, "demolished_n": waiting}]
    )
    done = pd.DataFrame(
        [("A", year, str(action), number, True) for year, action, number in actions],
        columns=["area_id", "year", "action", "dwellings_n", "is_done"],
    )
    truth = account_plan(start, done, RULES)
    truth = truth[truth["area_id"].eq("A")].reset_index(drop=True)
    before, wait_n = truth[truth["year"].lt(DAY.year)], waiting
    for year in before["year"][1:]:
        own = before[before["year"].eq(year)].iloc[0]
        wait_n = max(0, wait_n + own["demolished_n"] - own["built_family_n"])
    stands = (before if len(before) else truth).iloc[-1 if len(before) else 0]
    mix = make_mix(A=(stands["family_n"], stands["total_n"], wait_n, 0))
    plans = make_plans(*(("A", year, str(action), number, None) for year, action, number in actions))
    found = follow_plans(plans, mix, DAY, RULES)
    told = found[found["stage"].ne("start")].reset_index(drop=True)
    whole = truth[truth["stage"].ne("start")].reset_index(drop=True)
    assert told[["year", "family_n"]].equals(whole[["year", "family_n"]])
    assert found["family_n"].iloc[0] == truth["family_n"].iloc[0]
    # Where none waits on the status date, how many did before cannot be told from the dwellings.
    is_sure = told["year"].ge(DAY.year) | (wait_n > 0)
    assert told.loc[is_sure, "total_n"].equals(whole.loc[is_sure, "total_n"])
