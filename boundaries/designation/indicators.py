"""What the criteria are measured by: numerator, denominator and missing, by area, year and criterion.

A person counts where the dwelling counts. Where a dwelling is undecided, or a value missing, the
figures also come as an interval: the least and the greatest share that any way of settling it can
give. Missing values are left out of the figure itself, never taken for 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.designation.law import Criterion, Rules
from boundaries.model import Decision
from data.countries import group_origin
from geo.errors import DataError

INDICATOR_COLUMNS = (
    "area_id", "year", "criterion", "unit", "numerator", "denominator", "missing_n", "undecided_n",
    "low_numerator", "low_denominator", "high_numerator", "high_denominator",
)  # fmt: skip
"""Columns of the indicators. `numerator` is in units, of which `unit` make one person (1; 1,000 for
full-time persons in thousandths) or one krone (100 øre); `denominator` is whole persons."""

PRIMARY_EDUCATION_WORDS = frozenset({"grundskole", "kun grundskole", "h10"})
"""Education that is primary school only (Danmarks Statistik's main group H10)."""

UNKNOWN_EDUCATION_WORDS = frozenset({"uoplyst", "ukendt", "h90"})
"""Education unknown to the statistics (H90): a value of its own, not a missing one."""

MISSING_INCOME_CEILING_DKK = 1_000_000
"""In the interval a missing income lies between 0 and this many kroner."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class _Measure:
    """A criterion's values of all persons.

    Attributes
    ----------
    value
        In units, of the persons known.
    is_known
        In the group that is counted, and the value known.
    is_missing
        In the group with the value missing, or not known whether in the group.
    unit
        Units of one person or krone.
    most
        The greatest value that a missing one can have, in units; the least is 0.
    """

    value: Ints
    is_known: Bools
    is_missing: Bools
    unit: int
    most: int


def count_residents(
    residents: pd.DataFrame, dwellings: pd.DataFrame, area_ids: Sequence[str], year: int
) -> pd.DataFrame:
    """Count the residents of a year by area.

    Parameters
    ----------
    residents, dwellings, area_ids
        As in `count_indicators`.
    year
        The residents of 1 January of this year.

    Returns
    -------
    DataFrame
        ``area_id``, ``residents_n`` (in dwellings that count), ``residents_max_n`` (the undecided
        dwellings too); int64, in the order of `area_ids`.
    """
    persons = _select_persons(residents, dwellings, area_ids, (year,))
    counted, undecided = np.zeros(len(area_ids), np.int64), np.zeros(len(area_ids), np.int64)
    np.add.at(counted, persons.area[~persons.is_undecided], persons.weight[~persons.is_undecided])
    np.add.at(undecided, persons.area[persons.is_undecided], persons.weight[persons.is_undecided])
    columns = {"area_id": list(area_ids), "residents_n": counted, "residents_max_n": counted + undecided}
    return pd.DataFrame(columns)


def count_indicators(
    residents: pd.DataFrame, dwellings: pd.DataFrame, area_ids: Sequence[str], rules: Rules, status_year: int
) -> pd.DataFrame:
    """Count numerator, denominator and missing by area, data year and criterion.

    * `Criterion.LABOUR_OUTSIDE`: full-time persons outside the labour market and education, of those
      aged 18-64.
    * `Criterion.NON_WESTERN`: immigrants and descendants from non-western countries, of all.
    * `Criterion.CONVICTED`: convicted under the penal code, the weapons act or the act on euphoriant
      drugs, of those aged 18 and over.
    * `Criterion.PRIMARY_EDUCATION_ONLY`: of those aged 30-59. Unknown education is in the denominator,
      and in the numerator too from February 2014 to November 2018.
    * `Criterion.INCOME`: gross income in øre of taxable persons aged 15-64, students left out, over
      their number.

    Parameters
    ----------
    residents
        As `boundaries.model.Registers.residents`, of every data year that the rules use.
    dwellings
        ``dwelling_id``, ``area_id``, ``decision``, as `boundaries.model.Assessment.dwellings`; the
        decisions of the status date hold for the years before it too.
    area_ids
        The areas, in the order wanted.
    rules
        Of the list date.
    status_year
        The year of the status date.

    Returns
    -------
    DataFrame
        `INDICATOR_COLUMNS`, one row an area, criterion and data year, in the order of `area_ids`, then
        `Criterion`, then year; zero rows included.

    Raises
    ------
    DataError
        ``law.missing_resident_year`` where a data year has no residents at all.
    """
    thresholds = {**rules.main.thresholds, **(rules.prevention.thresholds if rules.prevention else {})}
    criteria = [criterion for criterion in Criterion if criterion in thresholds]
    years = {criterion: rules.years_of(criterion, status_year) for criterion in criteria}
    _require_years(residents, years, status_year)
    all_years = tuple(sorted({year for each in years.values() for year in each}))
    persons = _select_persons(residents, dwellings, area_ids, all_years)
    parts = [
        _count_criterion(criterion, persons, MEASURES[criterion](persons, rules), area_ids, years[criterion])
        for criterion in criteria
    ]
    order = {area_id: position for position, area_id in enumerate(area_ids)}
    table = pd.concat(parts, ignore_index=True)
    place = table["area_id"].map(order)
    return table.loc[place.sort_values(kind="stable").index].reset_index(drop=True)


def _require_years(
    residents: pd.DataFrame, years: Mapping[Criterion, tuple[int, ...]], status_year: int
) -> None:
    present = {int(year) for year in residents["year"].dropna().unique()}
    for criterion, needed in years.items():
        missing = sorted(set(needed) - present)
        if missing:
            values = {
                "criterion": criterion,
                "missing": ", ".join(map(str, missing)),
                "needed": ", ".join(map(str, needed)),
                "year": status_year,
            }
            raise DataError("law.missing_resident_year", values)


@dataclass(frozen=True)
class _Persons:
    """The residents of counted and undecided dwellings, column by column."""

    frame: pd.DataFrame
    area: NDArray[np.intp]
    year: Ints
    weight: Ints
    is_undecided: Bools
    dwelling: NDArray[np.intp]

    def age_between(self, low: int, high: int) -> tuple[Bools, Bools]:
        """Return who is within an age range, and of whom it is not known."""
        age = self.frame["age"]
        is_unknown = age.isna().to_numpy(dtype=bool)
        is_within = age.between(low, high).fillna(value=False).to_numpy(dtype=bool)
        return is_within, is_unknown

    def values(self, column: str, scale: int = 1) -> tuple[Ints, Bools]:
        """Return a column as integers of 1/`scale` (0 where missing), and where it is missing."""
        numbers = pd.to_numeric(self.frame[column]).to_numpy(dtype=np.float64, na_value=np.nan)
        is_missing = np.isnan(numbers)
        return np.rint(np.where(is_missing, 0.0, numbers) * scale).astype(np.int64), is_missing


def _select_persons(
    residents: pd.DataFrame, dwellings: pd.DataFrame, area_ids: Sequence[str], years: Sequence[int]
) -> _Persons:
    decided = dwellings["decision"].isin([Decision.COUNTED.value, Decision.UNDECIDED.value])
    kept = dwellings[decided & dwellings["area_id"].isin(list(area_ids))]
    rows = residents[residents["year"].isin(list(years))]
    position = pd.Index(kept["dwelling_id"]).get_indexer(pd.Index(rows["dwelling_id"]))
    is_in = position >= 0
    frame, place = rows[is_in], position[is_in]
    area = pd.Index(list(area_ids)).get_indexer(pd.Index(kept["area_id"]))[place]
    undecided = kept["decision"].eq(Decision.UNDECIDED.value).to_numpy(dtype=bool)[place]
    return _Persons(
        frame,
        area,
        frame["year"].to_numpy(dtype=np.int64),
        frame["residents_n"].to_numpy(dtype=np.int64),
        undecided,
        place,
    )


def _measure_labour(persons: _Persons, _: Rules) -> _Measure:
    is_within, is_unknown = persons.age_between(18, 64)
    value, is_missing = persons.values("labour_outside", 1000)
    return _Measure(value, is_within & ~is_missing, is_unknown | (is_within & is_missing), 1000, 1000)


def _measure_origin(persons: _Persons, rules: Rules) -> _Measure:
    given = persons.frame["origin"]
    groups = {word: group_origin(str(word), rules.on) for word in given.dropna().unique()}
    group = given.astype("object").map(groups)
    is_missing = (group.isna() | group.eq("ukendt")).to_numpy(dtype=bool)
    value = group.eq("ikke_vestlig").to_numpy(dtype=bool).astype(np.int64)
    return _Measure(value, ~is_missing, is_missing, 1, 1)


def _measure_convicted(persons: _Persons, _: Rules) -> _Measure:
    is_within, is_unknown = persons.age_between(18, 200)
    value, is_missing = persons.values("is_convicted")
    return _Measure(value, is_within & ~is_missing, is_unknown | (is_within & is_missing), 1, 1)


def _measure_education(persons: _Persons, rules: Rules) -> _Measure:
    is_within, is_unknown = persons.age_between(30, 59)
    given = persons.frame["education"]
    words = given.astype("str").str.strip().str.casefold()
    counted = PRIMARY_EDUCATION_WORDS | (
        UNKNOWN_EDUCATION_WORDS if rules.unknown_education_counts else frozenset()
    )
    is_missing = given.isna().to_numpy(dtype=bool)
    value = words.isin(counted).to_numpy(dtype=bool).astype(np.int64)
    return _Measure(value, is_within & ~is_missing, is_unknown | (is_within & is_missing), 1, 1)


def _measure_income(persons: _Persons, _: Rules) -> _Measure:
    is_within, is_unknown = persons.age_between(15, 64)
    value, is_missing = persons.values("gross_income_dkk", 100)
    student, student_missing = persons.values("is_student")
    taxable, taxable_missing = persons.values("is_taxable")
    may_be_in = (is_within | is_unknown) & (student == 0) & ((taxable == 1) | taxable_missing)
    is_in = may_be_in & ~is_unknown & ~student_missing & ~taxable_missing
    is_known = is_in & ~is_missing
    return _Measure(value, is_known, may_be_in & ~is_known, 100, MISSING_INCOME_CEILING_DKK * 100)


MEASURES: Mapping[Criterion, Callable[[_Persons, Rules], _Measure]] = {
    Criterion.LABOUR_OUTSIDE: _measure_labour,
    Criterion.NON_WESTERN: _measure_origin,
    Criterion.CONVICTED: _measure_convicted,
    Criterion.PRIMARY_EDUCATION_ONLY: _measure_education,
    Criterion.INCOME: _measure_income,
}
"""One a criterion: who is in the group, with which value."""


def measure_residents(
    residents: pd.DataFrame, criterion: Criterion, rules: Rules
) -> tuple[pd.DataFrame, int]:
    """Measure a criterion person by person, as `count_indicators` adds it up.

    Parameters
    ----------
    residents
        As `boundaries.model.Registers.residents`; of any years and dwellings.
    criterion
        Which one.
    rules
        Of the list date.

    Returns
    -------
    DataFrame
        ``value`` (in units, 0 where not known) and ``is_known`` (in the group that is counted, and the
        value known), on the index of `residents`.
    int
        Units of one person or krone.
    """
    none = np.zeros(len(residents), np.int64)
    measure = MEASURES[criterion](_Persons(residents, none, none, none, none.astype(np.bool_), none), rules)
    columns = {"value": measure.value * measure.is_known, "is_known": measure.is_known}
    return pd.DataFrame(columns, index=residents.index), measure.unit


def _count_criterion(
    criterion: Criterion,
    persons: _Persons,
    measure: _Measure,
    area_ids: Sequence[str],
    years: tuple[int, ...],
) -> pd.DataFrame:
    year_at = np.searchsorted(np.asarray(years), persons.year)
    is_used = np.isin(persons.year, years)
    cell = persons.area * len(years) + year_at
    sums = {
        "numerator": persons.weight * measure.value * measure.is_known,
        "denominator": persons.weight * measure.is_known,
        "missing_n": persons.weight * measure.is_missing,
    }
    size = len(area_ids) * len(years)
    is_counted = is_used & ~persons.is_undecided
    table = {name: _sum_by(cell[is_counted], amount[is_counted], size) for name, amount in sums.items()}
    is_open = is_used & persons.is_undecided
    optional = pd.DataFrame({name: amount[is_open] for name, amount in sums.items()})
    groups = [pd.Series(cell[is_open], name="cell"), pd.Series(persons.dwelling[is_open], name="dwelling")]
    by_dwelling = optional.groupby(groups, sort=True).sum().reset_index()
    table["undecided_n"] = _sum_by(cell[is_open], persons.weight[is_open], size)
    _add_interval(table, by_dwelling, measure)
    table["area_id"] = np.repeat(np.asarray(list(area_ids), dtype=object), len(years))
    table["year"] = np.tile(np.asarray(years, dtype=np.int64), len(area_ids))
    frame = pd.DataFrame(table).assign(criterion=str(criterion), unit=measure.unit)
    return frame[list(INDICATOR_COLUMNS)].astype({"area_id": "str"})


def _sum_by(cell: NDArray[np.intp], amount: Ints, size: int) -> Ints:
    total = np.zeros(size, np.int64)
    np.add.at(total, cell, amount)
    return total


def _add_interval(table: dict[str, NDArray[np.int64]], optional: pd.DataFrame, measure: _Measure) -> None:
    """Add the least and the greatest share: missing values at 0 or at most, open dwellings in or out."""
    everyone = table["denominator"] + table["missing_n"]
    bounds = {
        "low": (table["numerator"].copy(), everyone.copy()),
        "high": (table["numerator"] + table["missing_n"] * measure.most, everyone.copy()),
    }
    for cell in sorted(set(optional["cell"].tolist())):
        dwellings = optional[optional["cell"].eq(cell)]
        persons = (dwellings["denominator"] + dwellings["missing_n"]).tolist()
        lows = dwellings["numerator"].tolist()
        highs = (dwellings["numerator"] + dwellings["missing_n"] * measure.most).tolist()
        for side, values in (("low", lows), ("high", highs)):
            numerator, denominator = bounds[side]
            start = (int(numerator[cell]), int(denominator[cell]))
            parts = [pair for pair in zip(values, persons, strict=True) if pair[1]]
            numerator[cell], denominator[cell] = find_extreme(start, parts, is_highest=side == "high")
    for side, (numerator, denominator) in bounds.items():
        table[f"{side}_numerator"], table[f"{side}_denominator"] = numerator, denominator


def find_extreme(
    start: tuple[int, int], parts: Sequence[tuple[int, int]], *, is_highest: bool
) -> tuple[int, int]:
    """Return the sum, start and any of the parts, with the greatest (or least) ratio.

    Taken by falling ratio, a part is worth adding as long as its own ratio is over that of the sum so
    far; then no other choice of parts gives more (Dinkelbach). All in integers.

    Parameters
    ----------
    start
        Numerator and denominator that are there in any case; the denominator may be 0.
    parts
        Numerator and denominator, over 0, of what may be added.
    is_highest
        The greatest ratio, or the least.

    Examples
    --------
    >>> find_extreme((1, 2), [(3, 3), (0, 4)], is_highest=True)
    (4, 5)
    """
    sign = 1 if is_highest else -1

    def compare(left: tuple[int, int], right: tuple[int, int]) -> int:
        return sign * (right[0] * left[1] - left[0] * right[1])

    numerator, denominator = start
    for more, persons in sorted(parts, key=cmp_to_key(compare)):
        if denominator and sign * (more * denominator - numerator * persons) <= 0:
            break
        numerator, denominator = numerator + more, denominator + persons
    return numerator, denominator
