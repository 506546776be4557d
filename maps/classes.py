"""Classes of a choropleth: breaks by a stated method, each value in exactly one class.

A class holds its lower bound and not its upper one (``lower <= value < upper``); the last one has no upper
bound. With ``Method.OVER`` it is the other way round, as where a law says "more than": a value on a break is
in the class below it. Values and breaks are compared as exact fractions: 2.7 is 27/10, the number as written.

The breaks of quantiles and of Fisher-Jenks may lie anywhere between two neighbouring values, so the roundest
number there is taken and no value changes its class. Equal intervals are rounded too; how many values that
moves is counted and told.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.errors import UsageError
from maps.labels import is_missing

CLASSES_MAX_N = 9
"""More shades than this cannot be told apart."""

MISSING = -1
HIDDEN = -2
"""In place of a class: there is no value, or it may not be shown."""


class Method(StrEnum):
    """How breaks are found."""

    FIXED = "fixed"
    OVER = "over"
    QUANTILE = "quantile"
    EQUAL = "equal"
    FISHER_JENKS = "fisher_jenks"


GIVEN_BREAKS = frozenset({Method.FIXED, Method.OVER})
"""Methods whose breaks are given, by law or by the user."""


@dataclass(frozen=True, kw_only=True)
class ValueClass:
    """One class.

    Attributes
    ----------
    lower, upper
        Its bounds; None where it is open.
    smallest, largest
        Of the values in it; None where it is empty.
    values_n
        How many values it has.
    """

    lower: Fraction | None
    upper: Fraction | None
    smallest: Fraction | None
    largest: Fraction | None
    values_n: int


@dataclass(frozen=True, kw_only=True)
class Classes:
    """Classes from the lowest up, and the class of each value.

    Attributes
    ----------
    index
        Of each value in the order given: its class, ``MISSING`` or ``HIDDEN``.
    moved_n
        Values that rounding the breaks put in another class.
    is_zero_apart
        The first class holds the value 0 alone.
    """

    method: Method
    breaks: tuple[Fraction, ...]
    classes: tuple[ValueClass, ...]
    index: tuple[int, ...]
    moved_n: int = 0
    is_zero_apart: bool = False

    @property
    def missing_n(self) -> int:
        """How many have no value."""
        return self.index.count(MISSING)

    @property
    def hidden_n(self) -> int:
        """How many values are hidden."""
        return self.index.count(HIDDEN)


def classify(
    values: Iterable[object],
    *,
    method: Method | str,
    classes_n: int = 5,
    breaks: Sequence[object] | None = None,
    is_hidden: Iterable[bool] | None = None,
) -> Classes:
    """Put values into classes.

    Where zeros are so many that they would fill a class of their own (at least one in `classes_n`), they
    get one, unless the breaks are given. Fewer different values than classes give a class a value.

    Parameters
    ----------
    values
        Numbers or exact fractions; None and NaN are missing. A hidden value plays no part at all.
    method
        One of `Method`.
    classes_n
        Most classes to make, 1 to ``CLASSES_MAX_N``; without meaning where breaks are given.
    breaks
        Ascending and different; for ``fixed`` and ``over`` only. n breaks make n + 1 classes.
    is_hidden
        Of each value; none where left out.

    Returns
    -------
    Classes
        Without classes where nothing can be shown and no breaks are given.

    Raises
    ------
    UsageError
        ``classes.method``, ``classes.number``, ``classes.breaks_missing``, ``classes.breaks_unused`` or
        ``classes.breaks_order``.

    Examples
    --------
    >>> found = classify([0, 0, 0, 1, 2, 3, 15], method="fisher_jenks", classes_n=3)
    >>> [(int(c.smallest), int(c.largest), c.values_n) for c in found.classes]
    [(0, 0, 3), (1, 3, 3), (15, 15, 1)]
    """
    chosen = _require_method(method, classes_n, breaks)
    listed = [make_exact(value) for value in values]
    hidden = [False] * len(listed) if is_hidden is None else [bool(flag) for flag in is_hidden]
    pairs = list(zip(listed, hidden, strict=True))
    shown = sorted(value for value, apart in pairs if value is not None and not apart)
    found = _find_breaks(shown, chosen, classes_n, breaks)
    cut = bisect_left if chosen is Method.OVER else bisect_right
    index = tuple(
        HIDDEN if apart else MISSING if value is None else cut(found.rounded, value) for value, apart in pairs
    )
    places = [cut(found.rounded, value) for value in shown]
    moved = sum(cut(found.raw, value) != place for value, place in zip(shown, places, strict=True))
    count = len(found.rounded) + 1 if shown or chosen in GIVEN_BREAKS else 0
    return Classes(
        method=chosen,
        breaks=found.rounded,
        classes=tuple(_describe(at, found.rounded, shown, places) for at in range(count)),
        index=index,
        moved_n=moved,
        is_zero_apart=found.is_zero_apart,
    )


def make_exact(value: object) -> Fraction | None:
    """Return a number as the exact fraction that its decimals say; None where it is missing.

    >>> make_exact(2.7)
    Fraction(27, 10)
    """
    if is_missing(value):
        return None
    return value if isinstance(value, Fraction) else Fraction(str(value))


@dataclass(frozen=True)
class _Breaks:
    raw: tuple[Fraction, ...]
    rounded: tuple[Fraction, ...]
    is_zero_apart: bool = False


def _require_method(method: Method | str, classes_n: int, breaks: Sequence[object] | None) -> Method:
    if method not in set(Method):
        raise UsageError("classes.method", {"value": method, "allowed": ", ".join(Method)})
    if not 1 <= classes_n <= CLASSES_MAX_N:
        raise UsageError("classes.number", {"value": classes_n, "most": CLASSES_MAX_N})
    chosen = Method(method)
    if chosen in GIVEN_BREAKS and not breaks:
        raise UsageError("classes.breaks_missing", {"method": chosen.value})
    if chosen not in GIVEN_BREAKS and breaks:
        raise UsageError("classes.breaks_unused", {"method": chosen.value})
    return chosen


def _find_breaks(
    shown: Sequence[Fraction], method: Method, classes_n: int, breaks: Sequence[object] | None
) -> _Breaks:
    if method in GIVEN_BREAKS:
        given = _require_breaks(breaks or ())
        return _Breaks(given, given)
    if not shown:
        return _Breaks((), ())
    zeros_n = sum(value == 0 for value in shown)
    is_zero_apart = shown[0] == 0 and 1 < zeros_n < len(shown) and classes_n > 1
    is_zero_apart = is_zero_apart and zeros_n * classes_n >= len(shown)
    if not is_zero_apart:
        return _split(shown, method, classes_n)
    rest = shown[zeros_n:]
    found = _split(rest, method, classes_n - 1)
    first = (find_roundest(Fraction(0), rest[0]),)
    return _Breaks(first + found.raw, first + found.rounded, is_zero_apart=True)


def _require_breaks(breaks: Sequence[object]) -> tuple[Fraction, ...]:
    try:
        given = tuple(make_exact(value) for value in breaks)
    except ValueError:
        given = (None,)
    known = tuple(value for value in given if value is not None)
    is_rising = all(low < high for low, high in pairwise(known))
    if len(known) < len(given) or not is_rising or len(given) >= CLASSES_MAX_N:
        shown = "; ".join(str(value) for value in breaks)
        raise UsageError("classes.breaks_order", {"value": shown, "most": CLASSES_MAX_N - 1})
    return known


def _split(shown: Sequence[Fraction], method: Method, classes_n: int) -> _Breaks:
    """Find breaks of ascending values without thought of zeros."""
    if method is Method.EQUAL:
        raw = _cut_equally(shown[0], shown[-1], classes_n)
        return _Breaks(raw, _round_breaks(raw, shown[0], shown[-1]))
    distinct = sorted(set(shown))
    weights = np.array([bisect_right(shown, value) - bisect_left(shown, value) for value in distinct])
    if len(distinct) <= classes_n:
        starts = list(range(1, len(distinct)))
    elif method is Method.QUANTILE:
        starts = _cut_by_count(weights, classes_n)
    else:
        starts = find_natural_starts(np.array([float(value) for value in distinct]), weights, classes_n)
    rounded = tuple(find_roundest(distinct[start - 1], distinct[start]) for start in starts)
    return _Breaks(rounded, rounded)


def _cut_equally(low: Fraction, high: Fraction, classes_n: int) -> tuple[Fraction, ...]:
    if low == high:
        return ()
    return tuple(low + (high - low) * at / classes_n for at in range(1, classes_n))


def _round_breaks(raw: Sequence[Fraction], low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    """Round to two digits of the width of a class; what then falls together or outside is left out."""
    if not raw:
        return ()
    width = (high - low) / (len(raw) + 1)
    unit = _power_of_ten(width) / 10
    rounded = {Fraction(round(value / unit)) * unit for value in raw}
    return tuple(sorted(value for value in rounded if low < value <= high))


def _cut_by_count(weights: NDArray[np.int64], classes_n: int) -> list[int]:
    """Return where classes start so that each has nearly as many values; equal values stay together.

    Each cut is at the step between distinct values that is nearest to its share, the lower of two as near.
    """
    reached = np.cumsum(weights)[:-1]
    wanted = reached[-1] + weights[-1]
    cuts = {int(np.argmin(np.abs(reached * classes_n - wanted * at))) + 1 for at in range(1, classes_n)}
    return sorted(cuts)


def find_natural_starts(
    distinct: NDArray[np.float64], weights: NDArray[np.int64], classes_n: int
) -> list[int]:
    """Return where the classes of Fisher and Jenks start: the least sum of squares within classes.

    The optimum by dynamic programming (W. D. Fisher, 1958) over distinct values, in time of the order
    k n² and room of the order k n. Of splits as good, the one whose last class starts lowest.

    Parameters
    ----------
    distinct
        Ascending different values, more than `classes_n`.
    weights
        How often each occurs.
    classes_n
        How many classes.

    Returns
    -------
    list of int
        Position of the first value of each class but the first.
    """
    # Centred, so that the difference of two large sums of squares does not eat the digits.
    centred = distinct - np.average(distinct, weights=weights)
    count, total, squares = (
        np.concatenate([[0.0], np.cumsum(part)])
        for part in (weights, weights * centred, weights * centred**2)
    )
    size = len(distinct)
    ends = np.arange(1, size + 1)
    best = squares[ends] - total[ends] ** 2 / count[ends]
    origins = np.zeros((classes_n, size), dtype=np.int64)
    for level in range(1, classes_n):
        better = np.full(size, np.inf)
        for end in range(level, size):
            starts = np.arange(level, end + 1)
            sums = total[end + 1] - total[starts]
            within = squares[end + 1] - squares[starts] - sums**2 / (count[end + 1] - count[starts])
            costs = best[starts - 1] + within
            at = int(np.argmin(costs))
            better[end], origins[level, end] = costs[at], starts[at]
        best = better
    return _trace(origins)


def _trace(origins: NDArray[np.int64]) -> list[int]:
    starts: list[int] = []
    end = origins.shape[1] - 1
    for level in range(len(origins) - 1, 0, -1):
        starts.append(int(origins[level, end]))
        end = starts[-1] - 1
    return starts[::-1]


def find_roundest(low: Fraction, high: Fraction) -> Fraction:
    """Return the roundest number over `low` and up to `high`: of such, the nearest to their middle.

    Multiples of a power of ten are rounder than those of half of it, and these than those of the next.

    >>> find_roundest(Fraction(4), Fraction(15)), find_roundest(Fraction("2.31"), Fraction("2.58"))
    (Fraction(10, 1), Fraction(5, 2))
    """
    middle = (low + high) / 2
    unit = _power_of_ten(max(abs(low), abs(high), high - low)) * 10
    while True:
        for step in (unit, unit / 2):
            nearest = Fraction(math.floor(middle / step + Fraction(1, 2))) * step
            around = [nearest + step * at for at in (0, -1, 1)]
            inside = [value for value in around if low < value <= high]
            if inside:
                return min(inside, key=lambda value: (abs(value - middle), value))
        unit /= 10


def _power_of_ten(value: Fraction) -> Fraction:
    """Return the largest power of ten that is at most `value`, which is over 0."""
    power = Fraction(1)
    while power > value:
        power /= 10
    while power * 10 <= value:
        power *= 10
    return power


def _describe(
    at: int, breaks: Sequence[Fraction], shown: Sequence[Fraction], places: Sequence[int]
) -> ValueClass:
    members = [value for value, place in zip(shown, places, strict=True) if place == at]
    return ValueClass(
        lower=breaks[at - 1] if at else None,
        upper=breaks[at] if at < len(breaks) else None,
        smallest=members[0] if members else None,
        largest=members[-1] if members else None,
        values_n=len(members),
    )
