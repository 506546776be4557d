"""Met, not met or undecided: exact comparison, and how verdicts combine.

Fractions are compared, never floats; what is not known is `Status.UNDECIDED`, and a combination is
undecided only where the unknown can still change it.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from fractions import Fraction
from operator import ge, gt, le, lt

_OPERATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


class Status(StrEnum):
    """What is said of a criterion or a condition."""

    MET = "met"
    NOT_MET = "not_met"
    UNDECIDED = "undecided"


def compare_exactly(value: Fraction, compare: str, threshold: Fraction) -> bool:
    """Tell whether ``value compare threshold`` holds.

    Examples
    --------
    >>> compare_exactly(Fraction(1, 2), ">", Fraction(1, 2))
    False
    """
    return _OPERATORS[compare](value, threshold)


def judge(value: Fraction | None, compare: str, threshold: Fraction | None) -> Status:
    """Hold a value against a threshold; undecided where either is missing."""
    return judge_interval(value, value, compare, threshold)


def judge_interval(
    low: Fraction | None, high: Fraction | None, compare: str, threshold: Fraction | None
) -> Status:
    """Hold an interval against a threshold; undecided where its ends disagree or one is missing."""
    if low is None or high is None or threshold is None:
        return Status.UNDECIDED
    ends = {compare_exactly(low, compare, threshold), compare_exactly(high, compare, threshold)}
    if len(ends) > 1:
        return Status.UNDECIDED
    return Status.MET if ends.pop() else Status.NOT_MET


def require_at_least(required_n: int, statuses: Iterable[Status]) -> Status:
    """Tell whether at least `required_n` conditions are met.

    Examples
    --------
    >>> require_at_least(2, [Status.MET, Status.UNDECIDED, Status.NOT_MET]).value
    'undecided'
    """
    listed = list(statuses)
    met_n, undecided_n = listed.count(Status.MET), listed.count(Status.UNDECIDED)
    if met_n >= required_n:
        return Status.MET
    return Status.UNDECIDED if met_n + undecided_n >= required_n else Status.NOT_MET


def require_all(*statuses: Status) -> Status:
    """Tell whether every condition is met."""
    return require_at_least(len(statuses), statuses)


def negate(status: Status) -> Status:
    """Turn met into not met and back; undecided stays."""
    if status is Status.UNDECIDED:
        return status
    return Status.NOT_MET if status is Status.MET else Status.MET
