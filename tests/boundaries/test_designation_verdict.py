"""Exact comparison, and combination of verdicts against all ways of filling in the unknown."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.designation.verdict import (
    Status,
    compare_exactly,
    judge,
    judge_interval,
    negate,
    require_all,
    require_at_least,
)

MET, NOT, UND = Status.MET, Status.NOT_MET, Status.UNDECIDED


@pytest.mark.parametrize(
    ("compare", "below", "at", "above"),
    [(">", NOT, NOT, MET), (">=", NOT, MET, MET), ("<", MET, NOT, NOT), ("<=", MET, MET, NOT)],
)
def test_one_person_below_at_and_above(compare, below, at, above):
    threshold = Fraction(2, 5)
    found = [judge(Fraction(n, 1000), compare, threshold) for n in (399, 400, 401)]
    assert found == [below, at, above]


def test_rounded_float_would_be_wrong():
    """0.1 + 0.2 is more than 0.3 in floats; the shares are equal."""
    assert not compare_exactly(Fraction(1, 10) + Fraction(2, 10), ">", Fraction(3, 10))


def test_missing_is_undecided():
    assert judge(None, ">", Fraction(1, 2)) is UND
    assert judge(Fraction(1), ">", None) is UND
    assert judge_interval(Fraction(0), None, ">", Fraction(1, 2)) is UND


@given(st.fractions(0, 1), st.fractions(0, 1), st.fractions(0, 1), st.sampled_from(["<", "<=", ">", ">="]))
def test_interval_is_decided_when_every_point_in_it_agrees(first, second, threshold, compare):
    low, high = min(first, second), max(first, second)
    points = [low, high, (low + high) / 2, min(max(threshold, low), high)]
    points += [(point + high) / 2 for point in points] + [(point + low) / 2 for point in points]
    answers = {compare_exactly(point, compare, threshold) for point in points}
    verdict = judge_interval(low, high, compare, threshold)
    if verdict is UND:
        assert len(answers) == 2
    else:
        assert answers == {verdict is MET}


def fill_in(statuses):
    options = [[MET, NOT] if status is UND else [status] for status in statuses]
    return product(*options)


@given(st.lists(st.sampled_from(list(Status)), max_size=6), st.integers(0, 6))
def test_at_least_is_undecided_only_where_the_unknown_can_change_it(statuses, required):
    answers = {filled.count(MET) >= required for filled in fill_in(statuses)}
    expected = UND if len(answers) == 2 else MET if answers.pop() else NOT
    assert require_at_least(required, statuses) is expected


@given(st.lists(st.sampled_from(list(Status)), min_size=1, max_size=5))
def test_all_is_every_one(statuses):
    answers = {all(status is MET for status in filled) for filled in fill_in(statuses)}
    expected = UND if len(answers) == 2 else MET if answers.pop() else NOT
    assert require_all(*statuses) is expected


def test_negation():
    assert [negate(status) for status in (MET, NOT, UND)] == [NOT, MET, UND]
