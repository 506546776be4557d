"""Whatever people do, balance, flows and the parts of a criterion sum to the last person."""

from datetime import date
from fractions import Fraction

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.designation.law import Criterion, rules_on
from boundaries.moves.balance import balance_residents, find_imbalances
from boundaries.moves.contributions import (
    COUNT_COLUMNS,
    PARTS,
    Component,
    Part,
    measure_contributions,
    sum_parts,
)
from boundaries.moves.flows import count_flows
from boundaries.moves.groups import group_persons
from boundaries.moves.places import Level

RULES = rules_on(date(2024, 12, 1))

HOMES = st.sampled_from(["A1", "A2", "AX", "B1", "C1", "C2", "?"])
LIVES = st.lists(
    st.tuples(
        st.none() | HOMES,
        st.none() | HOMES,
        st.integers(0, 90),
        st.sampled_from([None, 0.0, 0.3, 1.0]),
        st.sampled_from([None, 0.0, 1.0]),
    ),
    max_size=25,
)


def build_town(village, lives):
    rows, shares = [(2024, "A1", "anchor", 40), (2025, "A1", "anchor", 41)], [0.0, 1.0]
    for number, (home_then, home_now, age, share_then, share_now) in enumerate(lives):
        if home_then is not None:
            rows.append((2024, home_then, f"p{number}", age))
            shares.append(share_then)
        if home_now is not None:
            rows.append((2025, home_now, f"p{number}", age + 1 if home_then else age))
            shares.append(share_now)
    return village.residents(rows).assign(labour_outside=pd.Series(shares, dtype="float64"))


def place_later(village):
    """The places a year later, when A2 does not count any more."""
    places = village.places
    return places.assign(is_counted=places["is_counted"] & places["dwelling_id"].ne("A2"))


@given(
    LIVES, st.sampled_from(list(Level)[:2]), st.sampled_from([(), ("exposure",), ("age_group", "exposure")])
)
def test_the_balance_sums_whatever_people_do(village, lives, level, by):
    matched, classified = village.follow(build_town(village, lives), now=place_later(village), level=level)
    groups = group_persons(matched, by)
    table = balance_residents(matched, classified, groups)
    assert find_imbalances(table).empty
    flows = count_flows(matched, classified, groups)
    assert (flows["movers_n"] > 0).all()
    assert not (flows["from_id"].isna() & flows["to_id"].isna()).any()
    for end, column in (("from_id", "out_n"), ("to_id", "in_n")):
        sums = flows.groupby([end, *by])["movers_n"].sum()
        for row in table.to_dict("records"):
            key = tuple(row[name] for name in (str(level), *by))
            assert row[column] == sums.get(key if by else key[0], 0)


@settings(max_examples=25)
@given(LIVES)
def test_the_parts_of_a_criterion_sum_to_its_change(village, lives):
    criteria = [Criterion.LABOUR_OUTSIDE, Criterion.NON_WESTERN]
    matched, classified = village.follow(build_town(village, lives), now=place_later(village))
    table = measure_contributions(matched, classified, RULES, criteria)
    assert len(table) == 2 * len(criteria) * len(Component)
    for _, own in table.groupby(["area_id", "criterion"]):
        totals = {name: int(own[name].sum()) for name in COUNT_COLUMNS}
        unit = int(own["unit"].iloc[0])
        if not totals["denominator_then"] or not totals["denominator_now"]:
            assert own["contribution"].isna().all()
            continue
        then = Fraction(totals["numerator_then"], totals["denominator_then"] * unit)
        now = Fraction(totals["numerator_now"], totals["denominator_now"] * unit)
        assert sum(own["contribution"]) == now - then
        few = sum_parts(own)
        assert sum(few["contribution"]) == now - then
        assert sorted(few["part"]) == sorted(map(str, Part))


def test_a_leaver_above_the_mean_lowers_the_share_by_the_formula(village):
    rows = [(2024, "A1", "a", 30), (2024, "A1", "b", 30), (2025, "A1", "a", 31)]
    residents = village.residents(rows).assign(labour_outside=[0.0, 1.0, 0.0])
    matched, classified = village.follow(residents)
    table = measure_contributions(matched, classified, RULES, [Criterion.LABOUR_OUTSIDE])
    parts = table[table["contribution"].ne(0) & table["area_id"].eq("A")].set_index("component")
    # From 1/2 to 0: mean share 1/4, mean number 3/2; the leaver brought -1 of 1 and -1 person.
    assert parts["contribution"].to_dict() == {"left": Fraction(-1, 2)}
    assert set(PARTS) == set(Component)
