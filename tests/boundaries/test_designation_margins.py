"""Margins by brute force: change that many persons and it flips, one fewer and it does not."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.designation.margins import (
    Share,
    average_shares,
    measure_income,
    measure_persons,
    measure_residents,
)
from boundaries.designation.verdict import compare_exactly


def shares(unit):
    def build(pair):
        denominator, numerator = pair
        return Share(min(numerator, denominator * unit), denominator, unit)

    return st.tuples(st.integers(1, 60), st.integers(0, 60 * unit)).map(build)


def change_persons(years, direction, persons):
    """Move whole persons in or out of the last year's numerator, by hand."""
    last = years[-1]
    step = -last.unit if direction == "fewer" else last.unit
    numerator = last.numerator
    for _ in range(persons):
        numerator = max(0, min(last.denominator * last.unit, numerator + step))
    return [*years[:-1], Share(numerator, last.denominator, last.unit)]


def check_by_brute_force(years, compare, threshold, is_pooled):
    def is_met(some):
        return compare_exactly(average_shares(some, is_pooled=is_pooled), compare, threshold)

    margin = measure_persons(years, compare, threshold, is_pooled=is_pooled)
    before = is_met(years)
    assert margin.direction == ("fewer" if before else "more")
    tried = range(years[-1].denominator + 2)
    flips = [k for k in tried if is_met(change_persons(years, margin.direction, k)) != before]
    assert margin.persons_n == (flips[0] if flips else None)


@given(
    st.lists(shares(1), min_size=1, max_size=4),
    st.sampled_from([">", ">="]),
    st.sampled_from([Fraction(2, 5), Fraction(1, 2), Fraction(27, 1000), Fraction(3, 5), Fraction(1, 3)]),
    st.booleans(),
)
def test_persons_flip_it_and_one_fewer_does_not(years, compare, threshold, is_pooled):
    check_by_brute_force(years, compare, threshold, is_pooled)


@given(
    st.lists(shares(1000), min_size=1, max_size=2),
    st.sampled_from([">", ">="]),
    st.sampled_from([Fraction(2, 5), Fraction(3, 10)]),
    st.booleans(),
)
def test_full_time_persons_in_thousandths(years, compare, threshold, is_pooled):
    check_by_brute_force(years, compare, threshold, is_pooled)


@pytest.mark.parametrize(
    ("numerator", "compare", "margin", "direction"),
    [
        (399, ">", 2, "more"),
        (400, ">", 1, "more"),
        (401, ">", 1, "fewer"),
        (402, ">", 2, "fewer"),
        (399, ">=", 1, "more"),
        (400, ">=", 1, "fewer"),
        (401, ">=", 2, "fewer"),
    ],
)
def test_around_forty_percent_of_a_thousand(numerator, compare, margin, direction):
    found = measure_persons([Share(numerator, 1000)], compare, Fraction(2, 5))
    assert (found.persons_n, found.direction) == (margin, direction)


def test_mean_of_shares_and_pooled_differ():
    years = [Share(10, 20), Share(10, 100)]
    assert average_shares(years) == Fraction(3, 10)
    assert average_shares(years, is_pooled=True) == Fraction(20, 120)


def test_nobody_to_count_has_no_share_and_no_margin():
    assert average_shares([]) is None
    assert average_shares([Share(0, 0), Share(1, 2)]) is None
    assert measure_persons([Share(0, 0)], ">", Fraction(1, 2)) is None
    assert Share(0, 0).value is None
    assert Share(500, 2, 1000).value == Fraction(1, 4)


def test_flip_that_no_number_of_persons_reaches():
    """The year before is so low that even everyone this year does not make the mean."""
    assert measure_persons([Share(0, 100), Share(5, 10)], ">", Fraction(1, 2)).persons_n is None
    assert measure_persons([Share(100, 100), Share(5, 10)], ">=", Fraction(1, 2)).persons_n is None


@pytest.mark.parametrize("residents", [997, 999, 1000, 1001, 1250])
def test_residents_margin_crosses_and_one_fewer_does_not(residents):
    margin = measure_residents(residents, 1000)
    step = -1 if margin.direction == "fewer" else 1
    assert (residents + step * margin.persons_n >= 1000) != (residents >= 1000)
    assert (residents + step * (margin.persons_n - 1) >= 1000) == (residents >= 1000)


@given(
    st.integers(0, 10**9),
    st.integers(1, 2000),
    st.fractions(1000, 500_000, max_denominator=1000),
    st.sampled_from(["<", "<="]),
)
def test_kroner_flip_it_and_one_krone_less_does_not(total, persons, limit, compare):
    margin = measure_income(Fraction(total), persons, limit, compare)
    sign = 1 if margin.direction == "more" else -1

    def is_met(kroner):
        return compare_exactly(Fraction(total + sign * kroner, persons), compare, limit)

    assert margin.total_dkk >= 1
    assert is_met(0) == (margin.direction == "more")
    assert is_met(margin.total_dkk) != is_met(0)
    assert is_met(margin.total_dkk - 1) == is_met(0)
    assert margin.per_person_dkk * persons == margin.total_dkk
    assert margin.limit_dkk == limit


def test_income_of_nobody_has_no_margin():
    assert measure_income(Fraction(0), 0, Fraction(100)) is None
