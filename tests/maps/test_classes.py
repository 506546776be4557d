"""Classes: Fisher-Jenks against every possible split, rounding that moves nothing unsaid, exact thresholds."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.texts import LANGUAGES, load_texts
from geo.errors import UsageError
from maps.classes import HIDDEN, MISSING, Method, classify, find_roundest, make_exact

whole = st.integers(0, 40)
decimals = st.decimals(-50, 50, places=2, allow_nan=False).map(Fraction)
computed = st.sampled_from([Method.QUANTILE, Method.EQUAL, Method.FISHER_JENKS])


def squares_within(parts):
    total = Fraction(0)
    for part in parts:
        mean = Fraction(sum(part)) / len(part)
        total += sum((value - mean) ** 2 for value in part)
    return total


def groups_of(values, found):
    parts = [[] for _ in found.classes]
    for value, at in zip(values, found.index, strict=True):
        parts[at].append(Fraction(value))
    return parts


@settings(deadline=None, max_examples=150)
@given(st.lists(decimals, min_size=1, max_size=11), st.integers(1, 5))
def test_fisher_jenks_is_the_best_of_all_splits(values, classes_n):
    values = [value + 60 for value in values]  # no zeros, which may stand apart
    found = classify(values, method="fisher_jenks", classes_n=classes_n)
    distinct = sorted(set(values))
    wanted = min(classes_n, len(distinct))
    assert len(found.classes) == wanted
    best = min(
        squares_within(
            [
                [v for v in values if low <= v < high]
                for low, high in zip((0, *cuts), (*cuts, 999), strict=True)
            ]
        )
        for cuts in combinations(distinct[1:], wanted - 1)
    )
    assert float(squares_within(groups_of(values, found))) == pytest.approx(float(best), rel=1e-9, abs=1e-9)


def test_fisher_jenks_keeps_its_digits_far_from_zero():
    values = [10**9 + step for step in (0, 1, 2, 100, 101, 102, 250)]
    found = classify(values, method="fisher_jenks", classes_n=3)
    assert found.index == (0, 0, 0, 1, 1, 1, 2)


@settings(deadline=None)
@given(st.lists(whole | decimals, max_size=40), computed, st.integers(1, 9))
def test_every_value_is_in_the_one_class_whose_bounds_hold_it(values, method, classes_n):
    found = classify(values, method=method, classes_n=classes_n)
    assert len(found.classes) <= classes_n
    assert list(found.breaks) == sorted(set(found.breaks))
    for value, at in zip(values, found.index, strict=True):
        own = found.classes[at]
        assert own.lower is None or own.lower <= value
        assert own.upper is None or value < own.upper
        assert own.smallest <= value <= own.largest
    assert sum(part.values_n for part in found.classes) == len(values)
    if method is not Method.EQUAL:
        assert all(part.values_n for part in found.classes)
        assert found.moved_n == 0
    assert len(found.classes) == (len(found.breaks) + 1 if values else 0)


@given(st.lists(whole, min_size=2, max_size=30), computed, st.randoms(use_true_random=False))
def test_order_does_not_matter(values, method, random):
    found = classify(values, method=method)
    mixed = list(values)
    random.shuffle(mixed)
    assert dict(zip(values, found.index, strict=True)) == dict(
        zip(mixed, classify(mixed, method=method).index, strict=True)
    )


def test_quantiles_of_different_values_are_as_large_as_can_be():
    found = classify(range(1, 101), method="quantile", classes_n=4)
    assert [part.values_n for part in found.classes] == [25, 25, 25, 25]
    found = classify([5] * 50 + list(range(6, 16)), method="quantile", classes_n=3)
    assert found.classes[0].largest == 5
    assert sum(part.values_n for part in found.classes) == 60


def test_equal_intervals_say_what_rounding_moved():
    values = [0.5, 3.33, 3.34, 6.68, 10.0]
    found = classify(values, method="equal", classes_n=3)
    # Exactly: 3.666..., 6.833...; a class is 3.1666... wide, so two digits are tenths.
    assert found.breaks == (Fraction("3.7"), Fraction("6.8"))
    assert found.moved_n == 0
    # The exact breaks are 4.0333... and 8.0166...: 4.035 lies over its own, and under 4.0 no more.
    found = classify([0.05, 4.01, 12.0], method="equal", classes_n=3)
    assert found.breaks == (Fraction("4.0"), Fraction("8.0"))
    assert found.moved_n == 1
    assert found.index == (0, 1, 2)


def test_equal_intervals_may_have_an_empty_class():
    found = classify([1, 2, 3, 100], method="equal", classes_n=4)
    assert [part.values_n for part in found.classes] == [3, 0, 0, 1]
    assert found.classes[1].smallest is None


def test_many_zeros_stand_apart():
    counts = [0] * 60 + [1] * 20 + [2] * 6 + [3] * 5 + [4] * 6 + [15]
    found = classify(counts, method="fisher_jenks", classes_n=5)
    assert found.is_zero_apart
    assert [(int(c.smallest), int(c.largest), c.values_n) for c in found.classes] == [
        (0, 0, 60),
        (1, 1, 20),
        (2, 2, 6),
        (3, 4, 11),
        (15, 15, 1),
    ]
    assert found.breaks[-1] == 10
    few = classify([0, *range(1, 30)], method="fisher_jenks", classes_n=5)
    assert not few.is_zero_apart
    assert not classify([0, 0, 0], method="quantile").is_zero_apart
    assert not classify([0, 0, 0, 1], method="quantile", classes_n=1).is_zero_apart


def test_a_legal_threshold_is_compared_exactly():
    values = [39.9, 40, 40.0, 40.1, Fraction(400001, 10000), 60.1]
    assert classify(values, method="fixed", breaks=[40, 60]).index == (0, 1, 1, 1, 1, 2)
    assert classify(values, method="over", breaks=[40, 60]).index == (0, 0, 0, 1, 1, 2)
    # 2.7 is 27/10 and not the binary number nearest to it.
    assert classify([2.7, Fraction(27, 10)], method="over", breaks=["2.7"]).index == (0, 0)
    assert classify([0.1 + 0.2], method="over", breaks=[0.3]).index == (1,)


def test_missing_and_hidden_are_apart_and_a_hidden_value_plays_no_part():
    values = [1, None, float("nan"), 900, 2, 3]
    found = classify(values, method="equal", classes_n=2, is_hidden=[False] * 3 + [True, False, False])
    assert found.index == (0, MISSING, MISSING, HIDDEN, 1, 1)
    assert (found.missing_n, found.hidden_n) == (2, 1)
    assert found.classes[-1].largest == 3
    assert classify([None, 5], method="equal", is_hidden=[True, True]).index == (HIDDEN, HIDDEN)


@pytest.mark.parametrize("method", [Method.QUANTILE, Method.EQUAL, Method.FISHER_JENKS])
def test_nothing_one_value_and_few_values(method):
    assert classify([], method=method).classes == ()
    assert classify([None], method=method).classes == ()
    alone = classify([7, 7, 7], method=method, classes_n=5)
    assert [(part.smallest, part.values_n) for part in alone.classes] == [(7, 3)]
    pair = classify([1, 2, 2], method=method, classes_n=5)
    assert {pair.index[0]}.isdisjoint({pair.index[1]})
    assert sum(part.values_n > 0 for part in pair.classes) == 2


def test_given_breaks_stand_without_values():
    found = classify([], method="fixed", breaks=[30, 40])
    assert [(part.lower, part.upper, part.values_n) for part in found.classes] == [
        (None, 30, 0),
        (30, 40, 0),
        (40, None, 0),
    ]


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("classes.method", {"method": "natural"}),
        ("classes.number", {"method": "equal", "classes_n": 0}),
        ("classes.number", {"method": "equal", "classes_n": 10}),
        ("classes.breaks_missing", {"method": "fixed"}),
        ("classes.breaks_missing", {"method": "over", "breaks": []}),
        ("classes.breaks_unused", {"method": "quantile", "breaks": [1]}),
        ("classes.breaks_order", {"method": "fixed", "breaks": [2, 1]}),
        ("classes.breaks_order", {"method": "fixed", "breaks": [1, 1.0]}),
        ("classes.breaks_order", {"method": "fixed", "breaks": [1, None]}),
        ("classes.breaks_order", {"method": "fixed", "breaks": ["en"]}),
        ("classes.breaks_order", {"method": "fixed", "breaks": list(range(9))}),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(key, wrong):
    with pytest.raises(UsageError) as caught:
        classify([1, 2, 3], **wrong)
    assert caught.value.key == key
    for language in LANGUAGES:
        assert load_texts(language).get(f"error.{key}", caught.value.values)


@settings(deadline=None)
@given(decimals, decimals)
def test_the_roundest_number_lies_between_and_none_is_rounder(one, two):
    low, high = sorted((one, two))
    if low == high:
        return
    found = find_roundest(low, high)
    assert low < found <= high
    for exponent in range(3, -4, -1):
        for unit in (Fraction(10) ** exponent, Fraction(10) ** exponent / 2):
            first = (low // unit + 1) * unit
            if first <= high:
                assert found % unit == 0
                assert abs(found - (low + high) / 2) <= abs(first - (low + high) / 2)
                return


def test_numbers_are_exact_as_written():
    assert make_exact(np.float64(2.7)) == Fraction(27, 10)
    assert make_exact(np.int64(3)) == 3
    assert make_exact(Fraction(1, 3)) == Fraction(1, 3)
    assert make_exact(float("nan")) is None
