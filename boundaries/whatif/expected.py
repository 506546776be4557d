"""Expected residents as whole persons: stated shares turned into persons by largest remainders.

So many per cent of a group of n persons is seldom a whole number. Every part gets its whole persons;
those left over go to the parts with the largest remainders, the first of equal ones first (Hamilton's
method). A share and its complement are two parts, so a share is rounded to the nearest person, a half
upwards. The persons are spread evenly over the group, so that no dwelling gets them all.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.whatif.proposals import ExpectedResidents

TYPICAL_AGES = {"0-14": 7, "15-17": 16, "18-29": 24, "30-59": 45, "60-64": 62, "65+": 72}
"""An age within each group; the law's ranges of ages are made of whole groups, so any other does as well."""

EDUCATION_BEYOND_PRIMARY = "anden"
"""What is written of a person with more than grundskole; which does not matter to the law."""

Bools = NDArray[np.bool_]


def share_out(total_n: int, weights: Sequence[Fraction]) -> list[int]:
    """Share whole persons out by weights that sum to more than 0, by largest remainders.

    Examples
    --------
    >>> share_out(10, [Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)])
    [4, 3, 3]
    """
    exact = [total_n * weight / sum(weights) for weight in weights]
    counts = [floor(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (counts[at] - exact[at], at))
    for at in by_remainder[: total_n - sum(counts)]:
        counts[at] += 1
    return counts


def compose_residents(expected: ExpectedResidents) -> pd.DataFrame:
    """Make the persons who are expected, one a row.

    Parameters
    ----------
    expected
        Their number and stated shares.

    Returns
    -------
    DataFrame
        ``age``, ``origin``, ``labour_outside``, ``is_convicted``, ``education``, ``gross_income_dkk``,
        ``is_student``, ``is_taxable``: columns of `boundaries.model.Registers.residents` as objects,
        None where nothing is stated; by age group, the unknown last.
    """
    groups = list(TYPICAL_AGES)
    weights = [expected.ages_pct.get(group, Fraction(0)) for group in groups]
    weights.append(100 - sum(weights, Fraction(0)))
    counts = share_out(expected.residents_n, weights)
    ages = np.repeat(np.array([*TYPICAL_AGES.values(), -1]), counts)
    traits = _give_traits(expected, ages)
    traits["age"] = [int(age) if age >= 0 else None for age in ages]
    return pd.DataFrame(traits, dtype=object)


def _give_traits(expected: ExpectedResidents, ages: NDArray[np.int64]) -> dict[str, list[object]]:
    students = _mark(expected, "students_pct", (ages >= 15) & (ages <= 64))
    is_earner = (ages >= 15) & (ages <= 64) & ~np.array([value is True for value in students], dtype=bool)
    income = expected.gross_income_dkk
    return {
        "origin": _word(_mark(expected, "non_western_pct", ages >= -1), "ikke_vestlig", "dansk"),
        "labour_outside": _word(
            _mark(expected, "labour_outside_pct", (ages >= 18) & (ages <= 64)), yes=1.0, no=0.0
        ),
        "is_convicted": _mark(expected, "convicted_pct", ages >= 18),
        "education": _word(
            _mark(expected, "primary_education_only_pct", (ages >= 30) & (ages <= 59)),
            "grundskole",
            EDUCATION_BEYOND_PRIMARY,
        ),
        "gross_income_dkk": [income if earns else None for earns in is_earner],
        "is_student": students,
        "is_taxable": [True if income is not None and earns else None for earns in is_earner],
    }


def _mark(expected: ExpectedResidents, key: str, group: Bools) -> list[object]:
    """Return True or False of everyone in a group, None of the others, and of all where nothing is stated."""
    share = expected.shares_pct.get(key)
    marks: list[object] = [None] * len(group)
    if share is None:
        return marks
    members = np.flatnonzero(group).tolist()
    marked_n = share_out(len(members), [share, 100 - share])[0]
    for order, member in enumerate(members):
        # The steps of a straight line from 0 to marked_n: evenly spread, and exactly so many.
        marks[member] = (order + 1) * marked_n // len(members) > order * marked_n // len(members)
    return marks


def _word(marks: Sequence[object], yes: object, no: object) -> list[object]:
    return [None if mark is None else yes if mark else no for mark in marks]
