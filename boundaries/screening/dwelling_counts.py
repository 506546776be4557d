"""Numerator, denominator and missing of the five criteria, dwelling by dwelling.

Dwellings are counted first and put into cells afterwards, so that the same counts serve any grid, any
zone and any block.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.designation.indicators import PRIMARY_EDUCATION_WORDS, UNKNOWN_EDUCATION_WORDS
from boundaries.model import Registers
from boundaries.registers.cell_columns import (
    COUNT_COLUMNS,
    GridCriterion,
    name_denominator,
    name_missing,
    name_numerator,
)
from boundaries.screening.settings import ScreeningSettings
from data.countries import group_origin
from geo.errors import DataError

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNKNOWN_DWELLING = -1
"""Position of a dwelling that is not in the register."""

_ABSENT = -1
"""A text that is missing, or says that it is not known."""


@dataclass(frozen=True)
class Measure:
    """A criterion of all persons.

    Attributes
    ----------
    value
        In units, of those known.
    is_known
        In the group, and the value known.
    is_missing
        In the group with the value missing, or not known whether in the group.
    """

    value: Ints
    is_known: Bools
    is_missing: Bools


@dataclass(frozen=True)
class Persons:
    """The residents of one year.

    Attributes
    ----------
    frame
        Rows of `Registers.residents`.
    weight
        Persons of each row.
    dwelling
        Position of the dwelling of each row, `UNKNOWN_DWELLING` where there is none.
    on
        1 January of the year.
    """

    frame: pd.DataFrame
    weight: Ints
    dwelling: Ints
    on: date

    def age_between(self, low: int, high: int) -> tuple[Bools, Bools]:
        """Return who is within an age range, and of whom it is not known."""
        age = self.frame["age"].to_numpy(dtype=np.float64, na_value=np.nan)
        return (age >= low) & (age <= high), np.isnan(age)

    def numbers(self, column: str, *, scale: int = 1) -> tuple[Ints, Bools]:
        """Return a column as whole numbers of 1/`scale` (0 where missing), and where it is missing."""
        values = pd.to_numeric(self.frame[column]).to_numpy(dtype=np.float64, na_value=np.nan)
        is_missing = np.isnan(values)
        return np.rint(np.where(is_missing, 0.0, values) * scale).astype(np.int64), is_missing

    def classify(self, column: str, find: Callable[[str], int]) -> Ints:
        """Return the number that `find` gives each text, asked once a text; `_ABSENT` where there is none."""
        codes, distinct = pd.factorize(self.frame[column])
        numbers: Ints = np.array([*(find(str(word)) for word in distinct), _ABSENT], dtype=np.int64)[codes]
        return numbers


def count_dwellings(registers: Registers, settings: ScreeningSettings) -> pd.DataFrame:
    """Count the five criteria in every dwelling.

    * Dwelling area: m2 of inhabited dwellings over their residents; dwellings under 10 m2, over
      1,000 m2 or with more than 15 residents are left out (the bounds are settings).
    * Labour: full-time persons outside the labour market, in thousandths, of those aged 16-66.
    * Low income: disposable income at least 25 per cent under the median, of those aged 18 and over.
    * Non-western origin: immigrants and descendants from non-western countries, of all.
    * No education: primary school only, of those aged 16-64.

    Parameters
    ----------
    registers
        Dwellings, and residents of every data year.
    settings
        Data years and bounds.

    Returns
    -------
    DataFrame
        ``dwelling_id``, ``x``, ``y`` (EPSG:25832, NaN where missing) and `COUNT_COLUMNS` (int64), in the
        order of the dwellings; ``households_n`` is 1 for an inhabited dwelling. A last row without id
        holds those whose dwelling is not in the register, so that sums are of everyone.

    Raises
    ------
    DataError
        ``screening.no_residents`` or ``screening.missing_year``.
    """
    dwellings = registers.dwellings
    years = find_years(registers.residents, settings)
    persons = {year: _select_persons(registers, year) for year in sorted(set(years.values()))}
    size = len(dwellings) + 1
    main = persons[years[None]]
    residents = _sum_by(main.dwelling, main.weight, size)
    counts: dict[str, Ints] = {"residents_n": residents, "households_n": (residents > 0).astype(np.int64)}
    counts["households_n"][-1] = main.frame["dwelling_id"][main.dwelling < 0].nunique()
    for criterion in GridCriterion:
        people = persons[years[criterion]]
        if criterion is GridCriterion.DWELLING_AREA:
            counts |= _count_area(dwellings, people, settings)
            continue
        measure = _MEASURES[criterion](people, settings)
        sums: tuple[NDArray[Any], ...] = (
            measure.value * measure.is_known,
            measure.is_known,
            measure.is_missing,
        )
        names = (name_numerator(criterion), name_denominator(criterion), name_missing(criterion))
        counts |= {
            name: _sum_by(people.dwelling, people.weight * amount, size)
            for name, amount in zip(names, sums, strict=True)
        }
    return _list_places(dwellings).assign(**{column: counts[column] for column in COUNT_COLUMNS})


def _list_places(dwellings: pd.DataFrame) -> pd.DataFrame:
    """Return the places of the dwellings, and a last row for whoever lives in none of them."""
    nowhere = pd.DataFrame({"dwelling_id": [None], "x": [np.nan], "y": np.nan})
    places = pd.concat([dwellings[["dwelling_id", "x", "y"]], nowhere], ignore_index=True)
    return places.astype({"dwelling_id": "str"})


def find_years(residents: pd.DataFrame, settings: ScreeningSettings) -> dict[GridCriterion | None, int]:
    """Return the data year of each criterion, and under None that of the screening.

    Raises
    ------
    DataError
        ``screening.no_residents``, or ``screening.missing_year`` where a year has no residents.
    """
    present = sorted({int(year) for year in residents["year"].dropna().unique()})
    if not present:
        raise DataError("screening.no_residents")
    latest = settings.year or present[-1]
    years: dict[GridCriterion | None, int] = {None: latest}
    years |= {criterion: settings.year_of(criterion) or latest for criterion in GridCriterion}
    for criterion, year in years.items():
        if year not in present:
            values = {"criterion": criterion or "–", "year": year, "present": ", ".join(map(str, present))}
            raise DataError("screening.missing_year", values)
    return years


def _select_persons(registers: Registers, year: int) -> Persons:
    rows = registers.residents[registers.residents["year"].eq(year).fillna(value=False)]
    ids = pd.Index(registers.dwellings["dwelling_id"])
    dwelling = ids.get_indexer(pd.Index(rows["dwelling_id"])).astype(np.int64)
    weight = rows["residents_n"].to_numpy(dtype=np.int64)
    return Persons(rows, weight, dwelling, date(year, 1, 1))


def _sum_by(dwelling: Ints, amount: Ints, size: int) -> Ints:
    """Sum by position; those without a dwelling go last."""
    place = np.where(dwelling < 0, size - 1, dwelling)
    # Floats hold whole numbers exactly up to 2^53, far above any sum here.
    return np.bincount(place, weights=amount, minlength=size).astype(np.int64)


def _count_area(dwellings: pd.DataFrame, persons: Persons, settings: ScreeningSettings) -> dict[str, Ints]:
    size = len(dwellings) + 1
    residents = _sum_by(persons.dwelling, persons.weight, size)
    known = dwellings["area_m2"].to_numpy(dtype=np.float64, na_value=np.nan)
    area = np.append(known, np.nan)
    is_unknown = np.isnan(area)
    is_believed = (area >= settings.dwelling_m2_from) & (area <= settings.dwelling_m2_to)
    is_full = residents > settings.dwelling_residents_most_n
    # The last row is people of many dwellings, not of one full dwelling.
    is_full[-1] = False
    is_used = is_believed & ~is_full & (residents > 0)
    name = GridCriterion.DWELLING_AREA
    return {
        name_numerator(name): np.where(is_used, np.nan_to_num(area), 0).astype(np.int64),
        name_denominator(name): np.where(is_used, residents, 0),
        name_missing(name): np.where(is_unknown & ~is_full, residents, 0),
    }


def _measure_labour(persons: Persons, _: ScreeningSettings) -> Measure:
    is_within, is_unknown = persons.age_between(16, 66)
    value, is_missing = persons.numbers("labour_outside", scale=1000)
    return Measure(value, is_within & ~is_missing, is_unknown | (is_within & is_missing))


def _measure_income(persons: Persons, settings: ScreeningSettings) -> Measure:
    is_within, is_unknown = persons.age_between(18, 200)
    value, is_missing = persons.numbers("disposable_income_dkk", scale=100)
    is_known = is_within & ~is_missing
    given = settings.median_income_dkk
    doubled = (
        200 * given if given is not None else find_doubled_median(value[is_known], persons.weight[is_known])
    )
    # income <= median * (1 - share): in whole numbers, with twice the median in øre.
    is_low = value * 200 <= doubled * (100 - settings.low_income_below_median_pct)
    return Measure(is_low.astype(np.int64), is_known, is_unknown | (is_within & is_missing))


def find_doubled_median(values: Ints, weights: Ints) -> int:
    """Return twice the median of `values`, each counted `weights` times: a whole number.

    Examples
    --------
    >>> find_doubled_median(np.array([3, 1]), np.array([1, 1]))
    4
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    if not len(reached) or not reached[-1]:
        return 0
    total = int(reached[-1])
    middle = np.searchsorted(reached, [(total - 1) // 2, total // 2], side="right")
    return int(values[order][middle].sum())


def _measure_origin(persons: Persons, settings: ScreeningSettings) -> Measure:
    numbers = {"ikke_vestlig": 1, "ukendt": _ABSENT}

    def find(word: str) -> int:
        return numbers.get(group_origin(word, persons.on, group_list=settings.origin_list), 0)

    origin = persons.classify("origin", find)
    return Measure((origin == 1).astype(np.int64), origin != _ABSENT, origin == _ABSENT)


def _measure_education(persons: Persons, settings: ScreeningSettings) -> Measure:
    unstated = 1 if settings.unknown_education_counts else _ABSENT
    numbers = dict.fromkeys(PRIMARY_EDUCATION_WORDS, 1) | dict.fromkeys(UNKNOWN_EDUCATION_WORDS, unstated)
    education = persons.classify("education", lambda word: numbers.get(word.strip().casefold(), 0))
    is_within, age_unknown = persons.age_between(16, 64)
    is_missing = education == _ABSENT
    is_in = np.ones(len(is_within), dtype=bool)
    if settings.leaves_out_students:
        student, student_missing = persons.numbers("is_student")
        is_in = student == 0
        is_missing = is_missing | student_missing
    known = is_within & is_in & ~is_missing
    missing = is_in & (age_unknown | (is_within & is_missing))
    return Measure((education == 1).astype(np.int64), known, missing)


_MEASURES: Mapping[GridCriterion, Callable[[Persons, ScreeningSettings], Measure]] = {
    GridCriterion.LABOUR_OUTSIDE: _measure_labour,
    GridCriterion.LOW_INCOME: _measure_income,
    GridCriterion.NON_WESTERN: _measure_origin,
    GridCriterion.NO_EDUCATION: _measure_education,
}
