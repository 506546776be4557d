"""The law on a date: thresholds, criteria and terms looked up together, and listed with their sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import cast

from data.law import DatedValue, Parameter, Value, load_law
from geo.errors import DataError


class Criterion(StrEnum):
    """What the law measures an area by."""

    LABOUR_OUTSIDE = "labour_outside"
    NON_WESTERN = "non_western"
    CONVICTED = "convicted"
    PRIMARY_EDUCATION_ONLY = "primary_education_only"
    INCOME = "income"


class Basis(StrEnum):
    """What a threshold is a figure of."""

    SHARE = "share"
    NATIONAL_MULTIPLE = "national_multiple"
    REGIONAL_SHARE = "regional_share"


@dataclass(frozen=True)
class Threshold:
    """A criterion's threshold in force.

    Attributes
    ----------
    criterion
        What is measured.
    basis
        A share as such, a multiple of the national share, or a share of the region's mean.
    compare
        ``<``, ``<=``, ``>`` or ``>=``: how the figure must stand to `value` for the criterion to be met.
    value
        Exact; a percentage as a fraction of 1 (40 pct. is 2/5), a multiple as it is.
    parameter
        The law file it comes from.
    """

    criterion: Criterion
    basis: Basis
    compare: str
    value: Fraction
    parameter: str


@dataclass(frozen=True)
class CriteriaSet:
    """The criteria of one kind of area: how many of which must be met.

    Attributes
    ----------
    required_n
        At least so many of `counted` must be met.
    counted
        The criteria among which they are counted.
    thresholds
        By criterion; `Criterion.NON_WESTERN` too where it is a condition of its own.
    """

    required_n: int
    counted: tuple[Criterion, ...]
    thresholds: Mapping[Criterion, Threshold]


@dataclass(frozen=True)
class Rules:
    """The rules of a list date.

    Attributes
    ----------
    on
        The date.
    rule
        Name of the way the lists are made; `boundaries.designation.categories` has the function.
    residents_min_n
        Residents that an area must have, at least.
    main
        Criteria of the ghettoområde (until November 2018) or the udsat boligområde.
    prevention
        Criteria of the forebyggelsesområde; None before 30 November 2021.
    mean_years_n
        Years of the mean for `Criterion.LABOUR_OUTSIDE` and `Criterion.CONVICTED`.
    unknown_education_counts
        Whether an education unknown to the statistics counts as primary school only.
    transformation_lists_n
        Lists in a row that make a transformation area; None before December 2018.
    terms
        What the law calls the categories on the date, by category.
    """

    on: date
    rule: str
    residents_min_n: int
    main: CriteriaSet
    prevention: CriteriaSet | None
    mean_years_n: int
    unknown_education_counts: bool
    transformation_lists_n: int | None
    terms: Mapping[str, str]

    def years_of(self, criterion: Criterion, status_year: int) -> tuple[int, ...]:
        """Return the data years of a criterion, rising, the status year last."""
        is_mean = criterion in {Criterion.LABOUR_OUTSIDE, Criterion.CONVICTED}
        length = self.mean_years_n if is_mean else 1
        return tuple(range(status_year - length + 1, status_year + 1))


CATEGORY_TERMS = ("udsat_boligomraade", "parallelsamfund", "omdannelsesomraade", "forebyggelsesomraade")


def rules_on(on: date) -> Rules:
    """Look up the rules of a date.

    Raises
    ------
    DataError
        ``law.before_first``, naming the first date of the law.
    """
    law = load_law()
    has_prevention = law["prevention_criteria"].has_value_on(on)
    lists = law["transformation_lists_n"]
    education = law["unknown_education_counts"]
    terms = {name: law[f"term_{name}"] for name in CATEGORY_TERMS}
    return Rules(
        on=on,
        rule=str(_value(law["designation_rule"], on)),
        residents_min_n=_integer(law["residents_min_n"], on),
        main=_criteria_set("designation_criteria", "criteria_required_n", "", on),
        prevention=_criteria_set(
            "prevention_criteria", "prevention_criteria_required_n", "prevention_", on
        ) if has_prevention else None,
        mean_years_n=_integer(law["mean_years_n"], on),
        unknown_education_counts=education.has_value_on(on) and bool(_value(education, on)),
        transformation_lists_n=_integer(lists, on) if lists.has_value_on(on) else None,
        terms=MappingProxyType(
            {name: str(_value(term, on)) for name, term in terms.items() if term.has_value_on(on)}
        ),
    )  # fmt: skip


def _criteria_set(criteria: str, required: str, prefix: str, on: date) -> CriteriaSet:
    law = load_law()
    words = cast("tuple[str, ...]", _value(law[criteria], on))
    counted = tuple(Criterion(word) for word in words)
    measured = [*counted, *({Criterion.NON_WESTERN} - set(counted))]
    thresholds = {criterion: _threshold(criterion, prefix, on) for criterion in measured}
    return CriteriaSet(_integer(law[required], on), counted, MappingProxyType(thresholds))


def _threshold(criterion: Criterion, prefix: str, on: date) -> Threshold:
    law = load_law()
    forms = (
        (f"{prefix}{criterion}_pct", Basis.SHARE, 100),
        (f"{prefix}{criterion}_national_multiple", Basis.NATIONAL_MULTIPLE, 1),
        (f"{prefix}{criterion}_pct_of_region", Basis.REGIONAL_SHARE, 100),
    )
    for name, basis, scale in forms:
        if name in law and law[name].has_value_on(on):
            value = Fraction(cast("Decimal | int", _value(law[name], on))) / scale
            return Threshold(criterion, basis, law[name].compare, value, name)
    raise DataError("law.no_threshold", {"criterion": criterion, "on": on})


def _value(parameter: Parameter, on: date) -> Value:
    value = parameter.entry_on(on).value
    if value is None:
        raise DataError("law.repealed", {"parameter": parameter.name, "on": on})
    return value


def _integer(parameter: Parameter, on: date) -> int:
    return int(cast("int", _value(parameter, on)))


def find_list_date(year: int) -> date:
    """Return the day of a year's list: 1 October until 2013, 1 December from 2014.

    Raises
    ------
    DataError
        ``law.before_first`` where the year is before the first list.
    """
    parameter = load_law()["list_day"]
    days = {str(entry.value) for entry in parameter.values}
    candidates = [date(year, int(day[:2]), int(day[3:])) for day in sorted(days)]
    for candidate in candidates:
        if (
            candidate >= parameter.values[0].starts_on
            and _value(parameter, candidate) == f"{candidate:%m-%d}"
        ):
            return candidate
    first = parameter.values[0].starts_on
    raise DataError(
        "law.before_first", {"parameter": parameter.name, "on": date(year, 12, 31), "first": first}
    )


@dataclass(frozen=True)
class LawRow:
    """A parameter of the listing: the entry in force, if any, and every change."""

    parameter: Parameter
    in_force: DatedValue | None
    changes: tuple[DatedValue, ...]

    def to_json(self) -> dict[str, object]:
        """Return plain values: dates as ISO text, decimals as written."""
        return {
            "parameter": self.parameter.name,
            "description": self.parameter.description,
            "unit": self.parameter.unit,
            "compare": self.parameter.compare,
            "value": _plain(self.in_force.value) if self.in_force else None,
            "in_force_from": self.in_force.starts_on.isoformat() if self.in_force else None,
            "changes": [_plain_entry(entry) for entry in self.changes],
        }


@dataclass(frozen=True)
class LawListing:
    """The law as a list, on a date or over all time."""

    on: date | None
    rows: tuple[LawRow, ...]

    def to_json(self) -> dict[str, object]:
        """Return the listing as plain values."""
        return {
            "on": self.on.isoformat() if self.on else None,
            "parameters": [row.to_json() for row in self.rows],
        }


def list_law(on: date | None = None) -> LawListing:
    """List every parameter with value, comparison, source, and what changed when.

    Parameters
    ----------
    on
        Only the parameters in force on this date, with the changes up to it; None for all of them,
        with the latest value.

    Raises
    ------
    DataError
        ``law.before_first`` where `on` is before the first of all values.
    """
    law = load_law()
    if on is not None:
        rules_on(on)
    rows = []
    for parameter in law.values():
        if on is not None and not parameter.has_value_on(on):
            continue
        entry = parameter.values[-1] if on is None else parameter.entry_on(on)
        changes = tuple(change for change in parameter.values if on is None or change.starts_on <= on)
        rows.append(LawRow(parameter, entry if entry.value is not None else None, changes))
    return LawListing(on, tuple(rows))


def _plain(value: Value | None) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _plain_entry(entry: DatedValue) -> dict[str, object]:
    reference = entry.reference
    return {
        "from": entry.starts_on.isoformat(),
        "value": _plain(entry.value),
        "is_repealed": entry.value is None,
        "title": reference.title,
        "href": reference.href,
        "note": reference.note,
    }
