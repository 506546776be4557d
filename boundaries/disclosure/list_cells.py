"""One criterion of one area: what may be shown of it, and whether what is hidden follows from the rest.

The reader is taken to know everything but the hidden figure itself: the figures of earlier years, how
many there are in the age group, and the rules by which figures are hidden. A figure is safe where at
least two values of it give exactly what is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from boundaries.designation.margins import PersonMargin, Share, average_shares, measure_persons
from boundaries.designation.verdict import Status, judge

SAFE_WAYS_N = 2
"""Values that a hidden figure must be able to have."""


def round_to(value: Fraction, step: Fraction) -> Fraction:
    """Round to a multiple of `step`, halves up.

    Examples
    --------
    >>> round_to(Fraction(1, 3), Fraction(1, 1000))
    Fraction(333, 1000)
    """
    return floor(value / step + Fraction(1, 2)) * step


@dataclass(frozen=True)
class Limit:
    """A threshold of one set of criteria: how the share must stand to it."""

    compare: str
    value: Fraction


@dataclass(frozen=True)
class Cell:
    """One criterion of one area, all years of its mean.

    Attributes
    ----------
    shares
        By rising year, the status year last.
    missing
        Persons of the group without the value, by year.
    limits
        One a set of criteria.
    step
        What a published share is rounded to.
    is_pooled
        As `boundaries.designation.margins.average_shares`.
    """

    shares: tuple[Share, ...]
    missing: tuple[int, ...]
    limits: tuple[Limit, ...]
    step: Fraction
    is_pooled: bool = False

    @property
    def value(self) -> Fraction | None:
        """The mean of the years as it is published, rounded."""
        exact = average_shares(self.shares, is_pooled=self.is_pooled)
        return None if exact is None else round_to(exact, self.step)

    @property
    def margins(self) -> tuple[PersonMargin | None, ...]:
        """The persons that would flip the criterion, by limit."""
        return tuple(
            measure_persons(self.shares, limit.compare, limit.value, is_pooled=self.is_pooled)
            for limit in self.limits
        )

    @property
    def statuses(self) -> tuple[Status, ...]:
        """Met or not, by limit."""
        exact = average_shares(self.shares, is_pooled=self.is_pooled)
        return tuple(judge(exact, limit.compare, limit.value) for limit in self.limits)

    def with_share(self, year: int, share: Share) -> "Cell":
        """Return the cell with another share in the year of a position."""
        shares = (*self.shares[:year], share, *self.shares[year + 1 :])
        return replace(self, shares=shares)


@dataclass(frozen=True)
class Shown:
    """What is shown of a cell.

    Attributes
    ----------
    has_numerator, has_denominator, has_missing
        Of the status year.
    has_value, has_margins
        The mean of the years; the margins of every set.
    """

    has_numerator: bool = True
    has_denominator: bool = True
    has_missing: bool = True
    has_value: bool = True
    has_margins: bool = True


NOTHING = Shown(
    has_numerator=False, has_denominator=False, has_missing=False, has_value=False, has_margins=False
)
"""Nothing of a cell is shown."""


def is_small(number: Fraction | float, threshold_n: int) -> bool:
    """Tell whether a number of persons speaks of someone: over 0 and under the threshold."""
    return 0 < number < threshold_n


def has_small_part(share: Share, threshold_n: int) -> bool:
    """Tell whether those in the numerator, those outside it, or all of them are few."""
    inside = Fraction(share.numerator, share.unit)
    parts = (inside, share.denominator - inside, Fraction(share.denominator))
    return any(is_small(part, threshold_n) for part in parts)


def decide_shown(cell: Cell, threshold_n: int, *, hides_denominator: bool = False) -> Shown:
    """Decide what may be shown of a cell by itself.

    A small part in any year hides numerator, share and margins: with two years known, the mean gives
    the third figure. A small number of missing values, which group less denominator would give, hides
    the denominator, and what else would tell it, the least useful first.

    Parameters
    ----------
    cell
        The figures.
    threshold_n
        Numbers of persons from 1 up to, not including, this are hidden.
    hides_denominator
        The status year's denominator may not be told for a reason of its own.
    """
    last = cell.shares[-1]
    small_missing = [year for year, number in enumerate(cell.missing) if is_small(number, threshold_n)]
    is_last_missing = len(cell.shares) - 1 in small_missing
    has_denominator = not (is_small(last.denominator, threshold_n) or is_last_missing or hides_denominator)
    if any(has_small_part(share, threshold_n) for share in cell.shares):
        return replace(NOTHING, has_denominator=has_denominator, has_missing=not small_missing)
    shown = Shown(has_denominator=has_denominator, has_missing=not small_missing)
    guarded = [*small_missing, *([len(cell.shares) - 1] if hides_denominator and not is_last_missing else [])]
    for year in guarded:
        shown = _withhold(cell, year, shown, threshold_n)
    return shown


def _withhold(cell: Cell, year: int, shown: Shown, threshold_n: int) -> Shown:
    """Hide more until the denominator of a year cannot be told from what is left."""
    steps = (
        shown,
        replace(shown, has_margins=False),
        replace(shown, has_numerator=False, has_margins=False),
    )
    for step in steps:
        if count_ways(cell, year, step, threshold_n) >= SAFE_WAYS_N:
            return step
    return replace(shown, has_numerator=False, has_margins=False, has_value=False)


def count_ways(cell: Cell, year: int, shown: Shown, threshold_n: int) -> int:
    """Count the denominators of a year that give what is shown, up to `SAFE_WAYS_N`.

    Parameters
    ----------
    cell
        The true figures.
    year
        Position of the year whose denominator is hidden.
    shown
        What the reader sees; the earlier years' numerators he is taken to know.
    threshold_n
        As in `decide_shown`: the hidden number of missing values lies under it.
    """
    true = cell.shares[year]
    is_status_year = year == len(cell.shares) - 1
    ways = 0
    for denominator in _denominators(true.denominator, cell.missing[year], threshold_n):
        free = is_status_year and not shown.has_numerator
        for numerator in _numerators(true, denominator, threshold_n) if free else (true.numerator,):
            other = cell.with_share(year, Share(numerator, denominator, true.unit))
            if numerator <= denominator * true.unit and _looks_like(other, cell, shown):
                ways += 1
                break
        if ways >= SAFE_WAYS_N:
            break
    return ways


def _denominators(denominator: int, missing_n: int, threshold_n: int) -> Iterable[int]:
    if is_small(missing_n, threshold_n):
        group = denominator + missing_n
        return (group - number for number in range(1, threshold_n) if group > number)
    return range(max(1, denominator - threshold_n + 1), denominator + threshold_n)


def _numerators(share: Share, denominator: int, threshold_n: int) -> Iterable[int]:
    """Return numerators near the one that keeps the share."""
    likely = round(Fraction(share.numerator * denominator, share.denominator))
    near = range(-threshold_n * share.unit, threshold_n * share.unit + 1, share.unit)
    return (likely + step for step in near if likely + step >= 0)


def _looks_like(other: Cell, cell: Cell, shown: Shown) -> bool:
    is_same_value = not shown.has_value or other.value == cell.value
    is_same_margin = not shown.has_margins or other.margins == cell.margins
    return is_same_value and is_same_margin and other.statuses == cell.statuses


def is_told_by_statuses(cell: Cell, threshold_n: int) -> bool:
    """Tell whether met and not met alone give a small numerator back.

    Two limits close to each other in a small area can leave one number between them.

    Parameters
    ----------
    cell
        The true figures; every year with a small numerator is asked.
    threshold_n
        As in `decide_shown`.
    """
    for year, share in enumerate(cell.shares):
        if not is_small(Fraction(share.numerator, share.unit), threshold_n):
            continue
        others = (
            cell.with_share(year, replace(share, numerator=number * share.unit))
            for number in range(1, min(threshold_n, share.denominator + 1))
        )
        if sum(other.statuses == cell.statuses for other in others) < SAFE_WAYS_N:
            return True
    return False


def hide_with_sum(numbers: Sequence[Fraction], hidden: Sequence[bool], threshold_n: int) -> list[bool]:
    """Hide more numbers of a column, the smallest first, until its sum gives no hidden one back.

    Parameters
    ----------
    numbers
        Of all areas.
    hidden
        True where hidden for a reason of its own.
    threshold_n
        As in `decide_shown`.

    Returns
    -------
    list of bool
        Nothing hidden, or at least two numbers that share their sum in more ways than one; all of them
        where there is no other number over 0.
    """
    found = list(hidden)
    while any(found) and _is_told_by_sum(numbers, found, threshold_n):
        others = [at for at, number in enumerate(numbers) if not found[at] and number > 0]
        if not others:
            return [True] * len(numbers)
        found[min(others, key=lambda at: (numbers[at], at))] = True
    return found


def _is_told_by_sum(numbers: Sequence[Fraction], hidden: Sequence[bool], threshold_n: int) -> bool:
    count_n = sum(hidden)
    total = sum((number for number, is_hidden in zip(numbers, hidden, strict=True) if is_hidden), Fraction(0))
    # One number is the sum less the rest; several are known where all are 1 or all are the largest.
    return count_n == 1 or total in {count_n, count_n * (threshold_n - 1)}
