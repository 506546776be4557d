"""The five criteria of the screening on the grid, and the columns that hold them cell by cell."""

from collections.abc import Mapping
from enum import StrEnum


class GridCriterion(StrEnum):
    """What cells of the national grid are screened by, in the order of Copenhagen's policy."""

    DWELLING_AREA = "dwelling_area"
    LABOUR_OUTSIDE = "labour_outside"
    LOW_INCOME = "low_income"
    NON_WESTERN = "non_western"
    NO_EDUCATION = "no_education"


UNITS: Mapping[GridCriterion, int] = {
    GridCriterion.DWELLING_AREA: 1,
    GridCriterion.LABOUR_OUTSIDE: 1000,
    GridCriterion.LOW_INCOME: 1,
    GridCriterion.NON_WESTERN: 1,
    GridCriterion.NO_EDUCATION: 1,
}
"""Units of a numerator that make one person, or one square metre: those outside the labour market are
full-time persons in thousandths, so that parts of a year stay whole numbers."""


def name_numerator(criterion: GridCriterion) -> str:
    """Return the column of a criterion's numerator, in units (`UNITS`)."""
    return f"{criterion}_n"


def name_denominator(criterion: GridCriterion) -> str:
    """Return the column of a criterion's denominator, whole persons."""
    return f"{criterion}_of"


def name_missing(criterion: GridCriterion) -> str:
    """Return the column of persons who belong in the denominator, but whose value is missing."""
    return f"{criterion}_missing_n"


NUMERATORS = tuple(name_numerator(criterion) for criterion in GridCriterion)
DENOMINATORS = tuple(name_denominator(criterion) for criterion in GridCriterion)
MISSING = tuple(name_missing(criterion) for criterion in GridCriterion)

COUNT_COLUMNS = (
    "residents_n",
    "households_n",
    *(column for trio in zip(NUMERATORS, DENOMINATORS, MISSING, strict=True) for column in trio),
)
"""Counts of a cell: residents, inhabited dwellings, and numerator, denominator and missing by criterion."""

CELL_DTYPES: Mapping[str, str] = {
    "cell_id": "str",
    "column": "int64",
    "row": "int64",
    "residents_n": "int64",
    **dict.fromkeys(COUNT_COLUMNS[1:], "Int64"),
}
"""Columns of a table of cells, with dtypes. A count that is not known is NA; ``cell_id`` is NA in a grid
that is moved. A criterion of which nothing is known has NA in every cell."""
