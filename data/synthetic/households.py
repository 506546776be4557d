"""Households as they move in: who is in them, how old, from where, with what schooling."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.synthetic.profiles import Zone

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ORIGINS = ("dansk", "vestlig", "ikke_vestlig", "ukendt")
"""Origin words by the numbers used here."""

EDUCATIONS = (
    "grundskole",
    "gymnasial",
    "erhvervsfaglig",
    "kort_videregaaende",
    "mellemlang",
    "lang",
    "uoplyst",
)
"""Education words by the numbers used here; the first is primary school only."""

PRIMARY, UNKNOWN_EDUCATION = 0, 6

_SMALL_MEAN, _LARGE_MEAN = 1.42, 3.5
"""Persons in a household without and with children, about."""

_CHILDREN_SHARES = (0.36, 0.42, 0.16, 0.06)
_HIGHER_SHARES = {True: (0.11, 0.5, 0.08, 0.2, 0.11), False: (0.12, 0.57, 0.08, 0.16, 0.07)}
"""Gymnasial to lang of those with more than primary school, in well-off zones and in others."""


@dataclass(frozen=True)
class NewHouseholds:
    """Persons who move in; one entry a person, household by household.

    Attributes
    ----------
    household
        Position of the household, rising.
    age
        On the day of moving in, years.
    is_child
        Lives with a parent.
    origin, education
        Numbers into `ORIGINS` and `EDUCATIONS`; education is the one finally reached.
    """

    household: Ints
    age: Ints
    is_child: Bools
    origin: Ints
    education: Ints


@dataclass(frozen=True)
class Wanted:
    """What the newcomers of a zone should bring, so that the zone comes to what it aims at.

    Attributes
    ----------
    households_n
        How many households.
    persons_n
        How many persons in them, about.
    non_western
        Share of households.
    primary
        Share with primary school only of those aged 30 to 59.
    """

    households_n: int
    persons_n: float
    non_western: float
    primary: float


def draw_households(wanted: Wanted, zone: Zone, rng: np.random.Generator) -> NewHouseholds:
    """Draw households for empty dwellings of `zone`."""
    n = wanted.households_n
    with_children, with_partner, head_age = _draw_heads(wanted, zone, rng)
    children_n = np.where(with_children, 1 + rng.choice(4, n, p=_CHILDREN_SHARES), 0)
    partner_age = np.clip(head_age + np.round(rng.normal(-1, 3, n)).astype(np.int64), 18, 99)
    of_children = np.repeat(np.arange(n), children_n)
    household = np.concatenate([np.arange(n), np.flatnonzero(with_partner), of_children])
    parent = np.where(with_partner, np.minimum(head_age, partner_age), head_age)[of_children]
    child_age = np.floor(rng.random(len(parent)) * np.clip(parent - 19, 1, 20)).astype(np.int64)
    age = np.concatenate([head_age, partner_age[with_partner], child_age])
    is_child = np.arange(len(age)) >= n + int(with_partner.sum())
    order = np.lexsort((-age, is_child, household))
    household, age, is_child = household[order], age[order], is_child[order]
    origin = _draw_origins(wanted, zone, rng)[household]
    return NewHouseholds(
        household=household,
        age=age,
        is_child=is_child,
        origin=origin,
        education=draw_educations(age, origin, zone, wanted.primary, rng),
    )


def _draw_heads(wanted: Wanted, zone: Zone, rng: np.random.Generator) -> tuple[Bools, Bools, Ints]:
    """Return which households have children, which a second adult, and the age of their head."""
    n = wanted.households_n
    if zone.ages != "mixed":
        low, high = {"young": (19, 28), "old": (66, 88), "care": (74, 98)}[zone.ages]
        second = {"young": 0.05, "old": 0.22, "care": 0.0}[zone.ages]
        return np.zeros(n, dtype=bool), rng.random(n) < second, rng.integers(low, high + 1, n)
    mean = wanted.persons_n / max(1, n)
    large = float(np.clip((mean - _SMALL_MEAN) / (_LARGE_MEAN - _SMALL_MEAN), 0.02, 0.96))
    with_children = rng.random(n) < large
    is_senior = ~with_children & (rng.random(n) < zone.seniors)
    parent_age = np.round(rng.triangular(24, 36, 52, n)).astype(np.int64)
    other_age = np.where(rng.random(n) < 0.6, rng.integers(21, 40, n), rng.integers(40, 65, n))
    head_age = np.where(with_children, parent_age, np.where(is_senior, rng.integers(65, 91, n), other_age))
    with_partner = rng.random(n) < np.where(with_children, 0.7, 0.42)
    return with_children, with_partner, head_age.astype(np.int64)


def _draw_origins(wanted: Wanted, zone: Zone, rng: np.random.Generator) -> Ints:
    non_western_n = round(wanted.non_western * wanted.households_n)
    is_non_western = rng.permutation(wanted.households_n) < non_western_n
    is_western = rng.random(wanted.households_n) < zone.western / max(0.05, 1 - wanted.non_western)
    is_unknown = rng.random(wanted.households_n) < 0.0006
    origins = np.where(is_non_western, 2, np.where(is_western, 1, 0))
    return np.where(is_unknown, 3, origins).astype(np.int64)


def draw_educations(age: Ints, origin: Ints, zone: Zone, primary: float, rng: np.random.Generator) -> Ints:
    """Return the education that each person finally reaches.

    Parameters
    ----------
    age, origin
        Of the persons.
    zone
        Where they live.
    primary
        Share with primary school only of those aged 30 to 59, met exactly.
    rng
        Draws who.
    """
    usual = float(np.mean(zone.primary))
    is_primary = rng.random(len(age)) < np.where(age >= 60, min(0.9, usual + 0.15), 0.6 * usual)
    core = np.flatnonzero((age >= 30) & (age < 60))
    is_primary[core] = rng.permutation(len(core)) < round(primary * len(core))
    higher = rng.choice(np.arange(1, 6), len(age), p=_HIGHER_SHARES[zone.income[0] > 0.9])
    is_unknown = rng.random(len(age)) < np.where(origin >= 2, 0.05, 0.012)
    known = np.where(is_primary, PRIMARY, higher)
    unknown: Ints = np.where(is_unknown & ~is_primary, UNKNOWN_EDUCATION, known).astype(np.int64)
    return unknown
