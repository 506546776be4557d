"""What the statistics say of each person in a year: work, convictions, schooling and income."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.synthetic.dwellings import FIRST_YEAR, LAST_YEAR
from data.synthetic.households import EDUCATIONS, PRIMARY, UNKNOWN_EDUCATION, Bools, Ints
from data.synthetic.population import Homes, People
from data.synthetic.profiles import (
    NATIONAL_CONVICTED_N,
    NATIONAL_POPULATION_18_N,
    REGIONAL_MEAN_INCOME_DKK,
    ZONES,
    interpolate,
)
from data.synthetic.town import Floats

_WORK, _LAW, _INCOME, _STUDY = range(4)


@dataclass(frozen=True)
class Traits:
    """One entry a person; NaN and empty text where the statistics say nothing.

    Attributes
    ----------
    age
        Years on 1 January.
    labour_outside
        Share of the year outside the labour market and education, 0..1; ages 16 to 66.
    is_convicted, is_student, is_taxable
        From the age of 15.
    education
        Word of `EDUCATIONS`; from the age of 15.
    gross_income_dkk, disposable_income_dkk
        Whole kroner a year; from the age of 15.
    """

    age: Ints
    labour_outside: Floats
    is_convicted: Bools
    is_student: Bools
    is_taxable: Bools
    education: NDArray[np.object_]
    gross_income_dkk: Ints
    disposable_income_dkk: Ints


def describe_people(people: People, homes: Homes, year: int, rng: np.random.Generator) -> Traits:
    """Return what the statistics of `year` say of everyone in it.

    Shares are met zone by zone to the nearest person: the persons are ranked by what makes a trait
    likely, and as many as the zone aims at have it.
    """
    age = year - people.born
    zone = homes.zone[people.home]
    reached = _reach_education(people, age)
    is_student = _find_students(people, age)
    is_taxable = (age >= 15) & (rng.random(len(age)) > 0.012)
    outside = np.full(len(age), np.nan)
    is_convicted = np.zeros(len(age), dtype=bool)
    gross = np.zeros(len(age))
    work = _rank_work(people, age, reached, is_student)
    law = _rank_law(people, age) + 0.9 * rng.standard_normal(len(age))
    pay = np.exp(0.42 * people.lucks[:, _INCOME] + 0.12 * rng.standard_normal(len(age)))
    for number in np.unique(zone):
        own = np.flatnonzero(zone == number)
        aims = _aim(homes.zones[number], year)
        outside[own] = _share_outside(work[own], age[own], aims.labour_outside)
        is_convicted[own] = _pick_convicted(law[own], age[own], aims.convicted)
        earned = _earn(pay[own], age[own], reached[own], outside[own], is_student[own])
        counted = (age[own] >= 15) & (age[own] <= 64) & is_taxable[own] & ~is_student[own]
        gross[own] = _scale_to_mean(earned, counted, aims.income)
    words = np.array(EDUCATIONS, dtype=object)[reached]
    words[age < 15] = None
    whole = np.round(gross).astype(np.int64)
    return Traits(age, outside, is_convicted, is_student, is_taxable, words, whole, _pay_tax(whole))


@dataclass(frozen=True)
class _Aims:
    labour_outside: float
    convicted: float
    income: float


def _aim(key: str, year: int) -> _Aims:
    zone = ZONES[key]
    share = (year - FIRST_YEAR) / (LAST_YEAR - FIRST_YEAR)
    national = NATIONAL_CONVICTED_N[year] / NATIONAL_POPULATION_18_N[year]
    return _Aims(
        labour_outside=interpolate(zone.labour_outside, share),
        convicted=zone.convicted * national,
        income=interpolate(zone.income, share) * REGIONAL_MEAN_INCOME_DKK[year],
    )


def _reach_education(people: People, age: Ints) -> Ints:
    """Return the education reached at an age: primary school first, the highest one last."""
    final = people.education
    done_at = np.array([15, 19, 22, 23, 25, 27, 15])[final]
    between = np.where((age >= 20) & np.isin(final, (3, 4, 5)), 1, PRIMARY)
    reached: Ints = np.where((age >= done_at) | (final == UNKNOWN_EDUCATION), final, between)
    return reached


def _find_students(people: People, age: Ints) -> Bools:
    likely = np.interp(age, [15, 18, 21, 24, 27, 31], [1.5, 1.0, 0.2, -0.5, -1.3, -2.6])
    eager = people.lucks[:, _STUDY] + np.where(people.education == PRIMARY, -0.7, 0.3)
    students: Bools = (age >= 15) & (age <= 30) & (eager < likely + 0.3) & (eager > -2.2)
    return students


def _rank_work(people: People, age: Ints, reached: Ints, is_student: Bools) -> Floats:
    """Return how likely it is, on a scale of its own, to be outside the labour market."""
    by_age = np.interp(age, [18, 25, 35, 50, 58, 64, 66], [0.1, 0.0, 0.0, 0.35, 0.8, 1.5, 2.2])
    by_schooling = np.array([0.7, 0.0, -0.25, -0.4, -0.6, -0.7, 0.8])[reached]
    rank: Floats = people.lucks[:, _WORK] + 0.5 * people.drift + by_age + by_schooling - 3.0 * is_student
    return rank


def _rank_law(people: People, age: Ints) -> Floats:
    by_age = np.interp(age, [15, 18, 24, 32, 45, 60, 80], [0.2, 1.1, 1.4, 0.9, 0.1, -1.0, -2.0])
    return people.lucks[:, _LAW] + by_age + 0.25 * people.drift


def _share_outside(rank: Floats, age: Ints, aim: float) -> Floats:
    """Return shares of the year that sum to `aim` of the 18-64-year-olds; some are outside part of it."""
    outside = np.full(len(age), np.nan)
    core = np.flatnonzero((age >= 18) & (age <= 64))
    if len(core):
        goal = aim * len(core)
        half = max(1e-9, min(0.05 * len(core), goal, len(core) - goal))
        place = np.argsort(np.argsort(-rank[core], kind="stable"), kind="stable")
        outside[core] = np.round(np.clip((goal + half - place - 0.5) / (2 * half), 0, 1), 2)
        limit = np.sort(rank[core])[::-1][min(len(core) - 1, int(goal))]
    else:
        limit = 0.5
    edge = ((age >= 16) & (age < 18)) | ((age > 64) & (age <= 66))
    outside[edge] = (rank[edge] > limit + np.where(age[edge] < 18, 0.4, 0.6)).astype(float)
    return outside


def _pick_convicted(rank: Floats, age: Ints, aim: float) -> Bools:
    """Pick as many of those aged 18 and over as come closest to `aim` of them."""
    convicted = np.zeros(len(age), dtype=bool)
    adults = np.flatnonzero(age >= 18)
    picked_n = round(aim * len(adults))
    convicted[adults[np.argsort(-rank[adults], kind="stable")[:picked_n]]] = True
    return convicted


def _earn(pay: Floats, age: Ints, reached: Ints, outside: Floats, is_student: Bools) -> Floats:
    """Return gross incomes before they are scaled to the zone's mean."""
    by_age = np.interp(age, [15, 18, 22, 30, 45, 60, 66], [0.05, 0.3, 0.6, 0.92, 1.12, 1.08, 0.8])
    by_schooling = np.array([0.86, 0.88, 1.0, 1.08, 1.15, 1.45, 0.82])[reached]
    wage = 365_000 * pay * by_age * by_schooling
    wage = np.where(is_student, 78_000 * np.sqrt(pay) * np.clip((age - 13) / 6, 0.3, 1.2), wage)
    benefit = 158_000 * pay**0.25
    share = np.nan_to_num(outside, nan=0.0)
    earned = (1 - share) * wage + share * benefit
    pension = 148_000 + 95_000 * pay * by_schooling
    return np.where(age < 15, 0.0, np.where(age >= 66, pension, earned))


def _scale_to_mean(earned: Floats, counted: Bools, mean: float) -> Floats:
    """Scale incomes so that the mean of those counted is `mean`; those in care keep theirs."""
    if counted.sum() < 10:
        return earned
    return earned * (mean / float(earned[counted].mean()))


def _pay_tax(gross: Ints) -> Ints:
    """Return what is left of a gross income: 8 per cent, then 37 per cent over an allowance."""
    after = 0.92 * gross
    left = after - 0.37 * np.maximum(0.0, after - 49_000)
    disposable: Ints = np.round(left).astype(np.int64)
    return disposable
