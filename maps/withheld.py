"""What of the resident counts may be shown: small counts, and what would give them back.

A count of persons from 1 up to, not including, the threshold is hidden. Within a row the interval is
the counted plus the undecided, so a hidden part hides the ends that would return it. A sum over areas
is made of shown areas only, and says how many it leaves out. Every area has its counts, so a count
that is missing on arrival was hidden before, and is shown as hidden.

`boundaries.disclosure` decides what is hidden, and every command passes results through it; on these this
guard changes nothing. It stays since pages, layers and reports take an `Assessment`, whose type does not tell
whether it was passed through: a caller that forgets the step still shows no small count. It is no replacement
for that step, which also hides what sums over areas would give back.
"""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

RESIDENT_COLUMNS = (
    "residents_counted_n",
    "residents_not_counted_n",
    "residents_undecided_n",
    "residents_min_n",
    "residents_max_n",
)


@dataclass(frozen=True)
class ShownSum:
    """A sum of the counts that may be shown.

    Attributes
    ----------
    total_n
        Their sum.
    hidden_n
        How many areas it leaves out.
    """

    total_n: int
    hidden_n: int


def withhold_residents(areas: gpd.GeoDataFrame | pd.DataFrame, threshold_n: int) -> pd.DataFrame:
    """Return the resident counts of areas as they may be shown, hidden ones as NA.

    Parameters
    ----------
    areas
        Has ``RESIDENT_COLUMNS``.
    threshold_n
        Counts from 1 up to, not including, this number are hidden.

    Returns
    -------
    DataFrame
        ``RESIDENT_COLUMNS`` as Int64 on the index of `areas`. ``residents_min_n`` is hidden with the
        counted, ``residents_max_n`` with either the counted or the undecided.
    """
    shown = pd.DataFrame({name: areas[name].astype("Int64") for name in RESIDENT_COLUMNS}, index=areas.index)
    small = shown.ge(1) & shown.lt(threshold_n)
    is_counted_hidden = small["residents_counted_n"] | small["residents_min_n"]
    is_undecided_hidden = small["residents_undecided_n"]
    hidden = {
        "residents_counted_n": is_counted_hidden,
        "residents_not_counted_n": small["residents_not_counted_n"],
        "residents_undecided_n": is_undecided_hidden,
        "residents_min_n": is_counted_hidden,
        "residents_max_n": is_counted_hidden | is_undecided_hidden | small["residents_max_n"],
    }
    for name, is_hidden in hidden.items():
        shown[name] = shown[name].mask(is_hidden.fillna(value=False))
    return shown


def sum_shown(counts: pd.Series) -> ShownSum:
    """Sum the counts that are shown; hidden ones are NA."""
    return ShownSum(int(counts.sum()), int(counts.isna().sum()))
