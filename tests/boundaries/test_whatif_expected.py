"""Expected residents: shares into whole persons, by the largest remainders."""

from collections import Counter
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.whatif.expected import TYPICAL_AGES, compose_residents, share_out
from boundaries.whatif.proposals import SHARE_KEYS, ExpectedResidents

RANGES = {
    "labour_outside_pct": ("labour_outside", 18, 64, 1.0),
    "convicted_pct": ("is_convicted", 18, 200, True),
    "primary_education_only_pct": ("education", 30, 59, "grundskole"),
    "students_pct": ("is_student", 15, 64, True),
}


@given(
    st.integers(0, 5000),
    st.lists(st.fractions(0, 100, max_denominator=50), min_size=1, max_size=7).filter(any),
)
def test_shares_sum_to_all_and_none_is_a_person_off(total_n, weights):
    counts = share_out(total_n, weights)
    assert sum(counts) == total_n
    for count, weight in zip(counts, weights, strict=True):
        assert abs(count - total_n * weight / sum(weights)) < 1


def test_seats_go_to_the_largest_remainders_and_the_first_of_equal_ones():
    # 10 persons by 35, 35 and 30 per cent: 3.5, 3.5 and 3.0.
    assert share_out(10, [Fraction(35), Fraction(35), Fraction(30)]) == [4, 3, 3]
    # 7 by 40, 34 and 26: 2.80, 2.38 and 1.82.
    assert share_out(7, [Fraction(40), Fraction(34), Fraction(26)]) == [3, 2, 2]


percentages = st.integers(0, 1000).map(lambda tenths: Fraction(tenths, 10))


@st.composite
def expectations(draw):
    cuts = sorted(draw(st.lists(percentages, min_size=6, max_size=6)))
    ages = dict(zip(TYPICAL_AGES, (b - a for a, b in zip([0, *cuts], cuts, strict=False)), strict=True))
    shares = {key: draw(percentages) for key in SHARE_KEYS if draw(st.booleans())}
    return ExpectedResidents(
        residents_n=draw(st.integers(0, 300)), ages_pct=ages, shares_pct=shares, gross_income_dkk=300_000
    )


@given(expectations())
def test_every_share_is_met_to_the_nearest_person_of_its_group(expected):
    persons = compose_residents(expected)
    assert len(persons) == expected.residents_n
    ages = Counter(TYPICAL_AGES.values())
    found = Counter(persons["age"].dropna())
    assert set(found) <= set(ages)
    for group, age in TYPICAL_AGES.items():
        assert abs(found[age] - expected.residents_n * expected.ages_pct[group] / 100) < 1
    for key, (column, low, high, marked) in RANGES.items():
        ages_known = persons["age"].astype("float64")
        group = persons[ages_known.between(low, high)]
        others = persons.drop(group.index)
        assert others[column].isna().all()
        if key not in expected.shares_pct:
            assert persons[column].isna().all()
            continue
        exact = len(group) * expected.shares_pct[key] / 100
        # A half person is counted whole.
        assert int(group[column].eq(marked).sum()) == int(exact + Fraction(1, 2))
        assert group[column].notna().all()
    origin = persons["origin"]
    share = expected.shares_pct.get("non_western_pct")
    if share is None:
        assert origin.isna().all()
    else:
        wanted = int(len(persons) * share / 100 + Fraction(1, 2))
        assert origin.eq("ikke_vestlig").sum() == wanted
        assert origin.eq("dansk").sum() == len(persons) - wanted


def test_incomes_are_of_those_who_are_no_students():
    expected = ExpectedResidents(
        residents_n=10,
        ages_pct={"0-14": Fraction(20), "30-59": Fraction(80)},
        shares_pct={"students_pct": Fraction(25)},
        gross_income_dkk=300_000,
    )
    persons = compose_residents(expected)
    earners = persons[persons["is_taxable"].eq(True)]
    assert len(earners) == 6
    assert set(earners["gross_income_dkk"]) == {300_000}
    assert set(earners["age"]) == {45}
    assert persons.loc[persons["is_student"].eq(True), "gross_income_dkk"].isna().all()


def test_marked_persons_are_spread_over_the_group():
    expected = ExpectedResidents(
        residents_n=40, ages_pct={"30-59": Fraction(100)}, shares_pct={"convicted_pct": Fraction(25)}
    )
    marks = compose_residents(expected)["is_convicted"].tolist()
    assert [sum(marks[start : start + 4]) for start in range(0, 40, 4)] == [1] * 10


@pytest.mark.parametrize("number", [0, 1])
def test_nobody_and_one(number):
    persons = compose_residents(ExpectedResidents(residents_n=number))
    assert len(persons) == number
    assert pd.isna(persons["age"]).all()
