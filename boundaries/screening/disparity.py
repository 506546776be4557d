"""Efterslæb: how far the udsatte byområder lie from the rest of the city, then, now and as promised.

Copenhagen's policy is to halve the gap on at least half of the criteria. The tables are those of the
city's status report. Figures as printed are exact decimals here, and what their rounding leaves open is
said: a gap of 8,3 may be anything from 8,25 to 8,35.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import pandas as pd

from boundaries.registers.cell_columns import UNITS, GridCriterion, name_denominator, name_numerator
from geo.errors import DataError

Figure = Fraction | Decimal | int
"""A value of a criterion: m2 a resident, or per cent."""

Interval = tuple[Fraction, Fraction]


class Direction(StrEnum):
    """Where a gap has gone since then."""

    BETTER = "better"
    WORSE = "worse"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class CriterionGap:
    """The gap of one criterion. A gap is positive where the zones are worse off than the rest.

    Attributes
    ----------
    criterion
        Which.
    zones, rest
        Values now: m2 a resident, or per cent; None where nobody is known.
    gap_now, gap_then
        Distance between zones and rest, now and in the year that the goal was set.
    target
        Half of `gap_then`; None where there was no gap to halve.
    change_pct
        Change of the gap in per cent of `gap_then`; negative where it has shrunk.
    change_between_pct
        The least and the greatest change that printed figures leave open; None where they are exact.
    direction
        Better where the gap has shrunk.
    is_halved
        The gap is at most the target; None where that is not known.
    """

    criterion: GridCriterion
    zones: Fraction | None
    rest: Fraction | None
    gap_now: Fraction | None
    gap_then: Fraction | None
    target: Fraction | None
    change_pct: Fraction | None
    change_between_pct: Interval | None
    direction: Direction | None
    is_halved: bool | None


@dataclass(frozen=True, kw_only=True)
class Disparity:
    """The gaps of a year against those of the year of the goal.

    Attributes
    ----------
    gaps
        By criterion, in the order of the policy.
    year_then, year_now
        Data years; None where not told.
    halved_n, measured_n
        Criteria that are halved, and those of which that is known.
    is_goal_met
        At least half of all the criteria are halved; None while the unknown ones could decide it.
    """

    gaps: tuple[CriterionGap, ...]
    year_then: int | None
    year_now: int | None
    halved_n: int
    measured_n: int
    is_goal_met: bool | None


def measure_part(parts: pd.DataFrame, part: str) -> dict[GridCriterion, Fraction | None]:
    """Return the values of a part of the city by criterion: m2 a resident, or per cent.

    Parameters
    ----------
    parts
        As `boundaries.screening.zones.sum_parts` returns them.
    part
        ``"zones"``, ``"rest"`` or ``"city"``.
    """
    row = parts[parts["part"] == part].iloc[0]
    return {criterion: _measure(row, criterion) for criterion in GridCriterion}


def _measure(row: pd.Series, criterion: GridCriterion) -> Fraction | None:
    numerator, denominator = row[name_numerator(criterion)], row[name_denominator(criterion)]
    if pd.isna(numerator) or pd.isna(denominator) or not denominator:
        return None
    value = Fraction(int(numerator), int(denominator) * UNITS[criterion])
    return value if criterion is GridCriterion.DWELLING_AREA else value * 100


def measure_gap(criterion: GridCriterion, zones: Figure, rest: Figure) -> Fraction:
    """Return how much worse off the zones are; more dwelling area is better, more of the others worse.

    >>> measure_gap(GridCriterion.DWELLING_AREA, Decimal("36.2"), Decimal("42.0"))
    Fraction(29, 5)
    """
    distance = Fraction(zones) - Fraction(rest)
    return -distance if criterion is GridCriterion.DWELLING_AREA else distance


def compare_gaps(
    zones: Mapping[GridCriterion, Figure | None],
    rest: Mapping[GridCriterion, Figure | None],
    gap_then: Mapping[GridCriterion, Figure | None],
    *,
    year_then: int | None = None,
    year_now: int | None = None,
) -> Disparity:
    """Set the gaps of now beside those of then.

    Parameters
    ----------
    zones, rest
        Values of the udsatte byområder and of the rest of the city: m2 a resident, or per cent. A
        `Decimal` is a printed figure: its last digit is rounded.
    gap_then
        The gaps of the year that the goal was set in, in the same units.
    year_then, year_now
        The data years.

    Raises
    ------
    DataError
        ``screening.no_criteria`` where no criterion is given.
    """
    criteria = [criterion for criterion in GridCriterion if criterion in zones and criterion in rest]
    if not criteria:
        raise DataError("screening.no_criteria", {})
    gaps = tuple(_compare_one(name, zones[name], rest[name], gap_then.get(name)) for name in criteria)
    halved_n = sum(gap.is_halved is True for gap in gaps)
    measured_n = sum(gap.is_halved is not None for gap in gaps)
    return Disparity(
        gaps=gaps,
        year_then=year_then,
        year_now=year_now,
        halved_n=halved_n,
        measured_n=measured_n,
        is_goal_met=_judge_goal(halved_n, measured_n, len(gaps)),
    )


def tabulate_gaps(disparity: Disparity) -> pd.DataFrame:
    """Return a disparity as a table, one row a criterion, in floats for files and pages.

    Returns
    -------
    DataFrame
        ``criterion``, ``zones``, ``rest``, ``gap_then``, ``target``, ``gap_now``, ``change_pct``,
        ``change_from_pct``, ``change_to_pct`` (float; NaN where not known), ``direction`` (str) and
        ``is_halved`` (boolean).
    """
    rows = [
        {
            "criterion": gap.criterion.value,
            **{
                name: _as_float(getattr(gap, name))
                for name in ("zones", "rest", "gap_then", "target", "gap_now", "change_pct")
            },
            "change_from_pct": _as_float(gap.change_between_pct[0] if gap.change_between_pct else None),
            "change_to_pct": _as_float(gap.change_between_pct[1] if gap.change_between_pct else None),
            "direction": gap.direction.value if gap.direction else pd.NA,
            "is_halved": pd.NA if gap.is_halved is None else gap.is_halved,
        }
        for gap in disparity.gaps
    ]
    return pd.DataFrame(rows).astype({"criterion": "str", "direction": "str", "is_halved": "boolean"})


def compare_parts(
    then: pd.DataFrame, now: pd.DataFrame, *, year_then: int | None = None, year_now: int | None = None
) -> Disparity:
    """Set the gaps of one year's microdata beside those of another, as exact fractions.

    Parameters
    ----------
    then, now
        As `boundaries.screening.zones.sum_parts` or
        `boundaries.screening.designation_counts.sum_designated` return them: ``Screening.parts`` of each
        year, or one designation counted in both.
    year_then, year_now
        The data years.

    Returns
    -------
    Disparity
        A criterion of which nothing is known in one of the years has no change.
    """
    zones, rest = measure_part(now, "zones"), measure_part(now, "rest")
    gaps = _measure_gaps(then)
    return compare_gaps(zones, rest, gaps, year_then=year_then, year_now=year_now)


def tabulate_years(parts: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    """Return zones, rest and gap by criterion and year, in floats for files and pages.

    Parameters
    ----------
    parts
        Data year to parts, as for `compare_parts`; in any order.

    Returns
    -------
    DataFrame
        ``criterion``, ``year`` (int64), ``zones``, ``rest``, ``gap`` (float; NaN where not known) and
        ``direction`` (`Direction` of the gap since the year before in the table; NA in the first and where
        not known); by criterion in the order of the policy, then by year.
    """
    rows: list[dict[str, object]] = []
    years = sorted(parts)
    gaps = {year: _measure_gaps(parts[year]) for year in years}
    values = {(year, part): measure_part(parts[year], part) for year in years for part in ("zones", "rest")}
    for criterion in GridCriterion:
        before: Fraction | None = None
        for year in years:
            gap = gaps[year][criterion]
            direction = _tell_direction(gap, before)
            row = {part: _as_float(values[year, part][criterion]) for part in ("zones", "rest")}
            told = direction.value if direction else pd.NA
            rows.append(
                {"criterion": criterion.value, "year": year, **row, "gap": _as_float(gap), "direction": told}
            )
            before = gap
    columns = ["criterion", "year", "zones", "rest", "gap", "direction"]
    numbers = dict.fromkeys(("zones", "rest", "gap"), "float64")
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"criterion": "str", "year": "int64", **numbers, "direction": "str"})


def _measure_gaps(parts: pd.DataFrame) -> dict[GridCriterion, Fraction | None]:
    zones, rest = measure_part(parts, "zones"), measure_part(parts, "rest")
    return {
        criterion: None if value is None or other is None else measure_gap(criterion, value, other)
        for criterion, value, other in ((name, zones[name], rest[name]) for name in GridCriterion)
    }


def _compare_one(
    criterion: GridCriterion, zones: Figure | None, rest: Figure | None, then: Figure | None
) -> CriterionGap:
    now = None if zones is None or rest is None else measure_gap(criterion, zones, rest)
    before = None if then is None else Fraction(then)
    target = before / 2 if before is not None and before > 0 else None
    between: Interval | None = None
    if now is not None and target is not None:
        slack_now = _find_slack(zones) + _find_slack(rest)
        between = _bound_change(now, slack_now, Fraction(then or 0), _find_slack(then))
    return CriterionGap(
        criterion=criterion,
        zones=None if zones is None else Fraction(zones),
        rest=None if rest is None else Fraction(rest),
        gap_now=now,
        gap_then=before,
        target=target,
        change_pct=None if now is None or target is None else (now - 2 * target) / (2 * target) * 100,
        change_between_pct=between,
        direction=_tell_direction(now, before),
        is_halved=None if now is None or target is None else now <= target,
    )


def _tell_direction(now: Fraction | None, then: Fraction | None) -> Direction | None:
    if now is None or then is None:
        return None
    if now == then:
        return Direction.UNCHANGED
    return Direction.BETTER if now < then else Direction.WORSE


def _find_slack(figure: Figure | None) -> Fraction:
    """Return half a unit of the last printed digit; an exact number leaves nothing open."""
    if not isinstance(figure, Decimal):
        return Fraction(0)
    return Fraction(Decimal(1).scaleb(int(figure.as_tuple().exponent))) / 2


def _bound_change(
    now: Fraction, slack_now: Fraction, then: Fraction, slack_then: Fraction
) -> Interval | None:
    """Return the least and greatest change in per cent that rounding leaves open."""
    if not slack_now and not slack_then:
        return None
    low_then, high_then = then - slack_then, then + slack_then
    if low_then <= 0:
        return None
    corners = [
        (value / base - 1) * 100
        for value in (now - slack_now, now + slack_now)
        for base in (low_then, high_then)
    ]
    return min(corners), max(corners)


def _judge_goal(halved_n: int, measured_n: int, criteria_n: int) -> bool | None:
    """At least half of the criteria are halved; the unknown ones may still decide it."""
    if 2 * halved_n >= criteria_n:
        return True
    could_be_n = halved_n + criteria_n - measured_n
    return None if 2 * could_be_n >= criteria_n else False


def _as_float(value: Fraction | None) -> float:
    return float("nan") if value is None else float(value)
