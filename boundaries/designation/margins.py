"""How little would have to change for a criterion to flip: whole persons, or kroner for incomes.

The persons stay in the area and in the group that is counted (the denominator); what changes is
whether they are, say, outside the labour market. Where the criterion is a mean over years, they
change in the status year and the years before stand as they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from boundaries.designation.verdict import compare_exactly

Direction = Literal["fewer", "more"]


@dataclass(frozen=True)
class Share:
    """A count over a count, exact.

    Attributes
    ----------
    numerator
        In units: `unit` of them are one whole person.
    denominator
        Whole persons.
    unit
        1 where persons are counted whole; 1,000 for full-time persons in thousandths.
    """

    numerator: int
    denominator: int
    unit: int = 1

    @property
    def value(self) -> Fraction | None:
        """The share as a fraction; None where nobody is counted."""
        return Fraction(self.numerator, self.denominator * self.unit) if self.denominator else None


@dataclass(frozen=True)
class PersonMargin:
    """The fewest whole persons that flip a criterion.

    Attributes
    ----------
    persons_n
        At least 1; None where no number of persons can do it.
    direction
        Whether there must be ``fewer`` or ``more`` in the numerator.
    """

    persons_n: int | None
    direction: Direction


@dataclass(frozen=True)
class IncomeMargin:
    """What flips the income criterion.

    Attributes
    ----------
    total_dkk
        Whole kroner that must come to (``more``) or go from (``fewer``) the group's total.
    per_person_dkk
        The same, exact, for each person of the group.
    limit_dkk
        The mean at which the criterion turns: the threshold's share of the regional mean.
    direction
        ``more`` or ``fewer`` kroner.
    """

    total_dkk: int
    per_person_dkk: Fraction
    limit_dkk: Fraction
    direction: Direction


def average_shares(shares: Sequence[Share], *, is_pooled: bool = False) -> Fraction | None:
    """Return the mean of the years' shares, or the pooled share of the years together.

    Parameters
    ----------
    shares
        One a year, of one unit.
    is_pooled
        Sum of numerators over sum of denominators instead of the mean of the shares.

    Returns
    -------
    Fraction or None
        None where a year has nobody to count.
    """
    if not shares or not all(share.denominator for share in shares):
        return None
    if is_pooled:
        units = sum(share.denominator * share.unit for share in shares)
        return Fraction(sum(share.numerator for share in shares), units)
    total = sum(Fraction(share.numerator, share.denominator * share.unit) for share in shares)
    return Fraction(total) / len(shares)


def measure_persons(
    shares: Sequence[Share], compare: str, threshold: Fraction, *, is_pooled: bool = False
) -> PersonMargin | None:
    """Return the fewest whole persons that would flip a criterion.

    Parameters
    ----------
    shares
        One a year by rising year; the persons of the last change.
    compare
        ``>`` or ``>=``.
    threshold
        Share of 1.
    is_pooled
        As in `average_shares`.

    Returns
    -------
    PersonMargin or None
        None where a year has nobody to count.
    """
    value = average_shares(shares, is_pooled=is_pooled)
    if value is None:
        return None
    last = shares[-1]
    turning = _find_turning_point(shares, threshold, is_pooled=is_pooled)
    is_met = compare_exactly(value, compare, threshold)
    direction: Direction = "fewer" if is_met else "more"
    distance = (last.numerator - turning if is_met else turning - last.numerator) / last.unit
    # On the turning point itself ">" is not met and ">=" is: one side may stop there, the other must pass.
    may_stop = (compare == ">") == is_met
    needed = ceil(distance) if may_stop else floor(distance) + 1
    available = last.numerator if is_met else last.denominator * last.unit - last.numerator
    reached = Fraction(min(needed * last.unit, available), last.unit)
    is_enough = reached >= distance if may_stop else reached > distance
    return PersonMargin(needed if is_enough else None, direction)


def _find_turning_point(shares: Sequence[Share], threshold: Fraction, *, is_pooled: bool) -> Fraction:
    """Return the last year's numerator, in units, at which the mean equals the threshold."""
    last, earlier = shares[-1], shares[:-1]
    if is_pooled:
        units = sum(share.denominator * share.unit for share in shares)
        return threshold * units - sum(share.numerator for share in earlier)
    rest = sum((Fraction(share.numerator, share.denominator * share.unit) for share in earlier), Fraction(0))
    return (threshold * len(shares) - rest) * last.denominator * last.unit


def measure_residents(residents_n: int, required_n: int) -> PersonMargin:
    """Return how many residents fewer or more would cross the required number.

    Examples
    --------
    >>> measure_residents(1000, 1000)
    PersonMargin(persons_n=1, direction='fewer')
    """
    if residents_n >= required_n:
        return PersonMargin(residents_n - required_n + 1, "fewer")
    return PersonMargin(required_n - residents_n, "more")


def measure_income(
    total_dkk: Fraction, persons_n: int, limit_dkk: Fraction, compare: str = "<"
) -> IncomeMargin | None:
    """Return the kroner that would flip the income criterion.

    Parameters
    ----------
    total_dkk
        Gross income of the group together.
    persons_n
        Persons of the group.
    limit_dkk
        The mean below which the criterion is met.
    compare
        ``<``: met below the limit; ``<=``: met at it too.

    Returns
    -------
    IncomeMargin or None
        None where nobody is in the group.
    """
    if not persons_n:
        return None
    is_met = compare_exactly(total_dkk / persons_n, compare, limit_dkk)
    turning = limit_dkk * persons_n
    distance = turning - total_dkk if is_met else total_dkk - turning
    may_stop = (compare == "<") == is_met
    kroner = ceil(distance) if may_stop else floor(distance) + 1
    return IncomeMargin(kroner, Fraction(kroner, persons_n), limit_dkk, "more" if is_met else "fewer")
