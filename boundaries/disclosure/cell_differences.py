"""Where two sets of zones on the same data would give a few people away by their difference."""

import pandas as pd

from boundaries.disclosure.cells import CellLimits


def find_revealing_differences(
    cells: pd.DataFrame, zones: pd.Series, others: pd.Series, limits: CellLimits | None = None
) -> pd.DataFrame:
    """Find where two sets of zones, both with their sums, differ by too few people.

    The sums of two designations on the same data, or of one with and without a change, give the sums of
    what lies in one and not in the other.

    Parameters
    ----------
    cells
        ``residents_n``, ``households_n``.
    zones, others
        Zone of each cell in one set and in the other, NA outside; index of `cells`.
    limits
        The limits; None takes the defaults.

    Returns
    -------
    DataFrame
        ``zone``, ``other`` (Int64, NA outside), ``residents_n``, ``households_n`` (Int64): the inhabited
        pieces with fewer people than a cell that shows its counts; by zone, then other. The sums of one of
        the two must not be shown.
    """
    limits = limits or CellLimits()
    pieces = pd.DataFrame(
        {
            "zone": zones.astype("Int64"),
            "other": others.astype("Int64"),
            "residents_n": cells["residents_n"].astype("Int64"),
            "households_n": cells["households_n"].astype("Int64"),
        }
    )
    # A piece that is whole in both sets is shown as it is, and nothing is taken from it.
    sums = pieces.groupby(["zone", "other"], dropna=False, sort=True).sum(min_count=1).reset_index()
    is_same = ~sums["zone"].duplicated(keep=False) & ~sums["other"].duplicated(keep=False)
    is_outside = sums["zone"].isna() & sums["other"].isna()
    households = sums["households_n"].fillna(limits.full_households_n)
    is_few = (households < limits.full_households_n) | (sums["residents_n"] < limits.full_residents_n)
    is_found = is_few & sums["residents_n"].gt(0) & ~is_same & ~is_outside
    return sums[is_found.fillna(value=False).astype(bool)].reset_index(drop=True)
