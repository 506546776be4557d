"""What a cell of a list hides cannot be worked out: every figure that fits what is shown is tried."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.designation.margins import Share, average_shares, measure_persons
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
