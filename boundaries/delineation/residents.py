"""Who lives in the counted dwellings on the status date, by age and origin; nobody is lost."""

from datetime import date

import numpy as np
import pandas as pd

from boundaries.model import AGE_GROUPS, ORIGINS, Decision, ResidentTotals
from geo.errors import DataError

AGE_STARTS = (0, 15, 18, 30, 60, 65)
"""First age of each group in `AGE_GROUPS`, the unknown one aside."""

COUNT_COLUMNS = {
    Decision.COUNTED: "counted_n",
    Decision.NOT_COUNTED: "not_counted_n",
    Decision.UNDECIDED: "undecided_n",
}
"""Column of each decision inside an area."""


def select_residents(residents: pd.DataFrame, status_date: date) -> pd.DataFrame:
    """Take the residents of the status date's year.

    Raises
    ------
    DataError
        Where the register has residents but none of that year (``delineation.no_residents``).
    """
    chosen = residents[residents["year"].eq(status_date.year)]
    if len(residents) and chosen.empty:
        years = ", ".join(str(year) for year in sorted(residents["year"].dropna().unique()))
        raise DataError("delineation.no_residents", {"year": status_date.year, "years": years})
    return chosen


def group_ages(age: pd.Series) -> pd.Series:
    """Give each age in whole years its group in `AGE_GROUPS`."""
    filled = age.to_numpy(dtype="float64", na_value=np.nan)
    position = np.searchsorted(AGE_STARTS, filled, side="right") - 1
    position = np.where(np.isnan(filled) | (position < 0), len(AGE_STARTS), position)
    return pd.Series(np.array(AGE_GROUPS)[position], index=age.index, dtype="str")


def count_residents(
    residents: pd.DataFrame, dwellings: pd.DataFrame, area_ids: pd.Series, status_date: date
) -> tuple[pd.DataFrame, ResidentTotals]:
    """Add up the residents of a date by area, age group, origin and decision.

    Parameters
    ----------
    residents
        As `Registers.residents`; other years than the status date's are left out.
    dwellings
        Decided dwellings with ``dwelling_id``, ``area_id`` and ``decision``.
    area_ids
        Every area, in the order wanted.
    status_date
        The opgørelsesdato.

    Returns
    -------
    table
        ``area_id``, ``age_group``, ``origin_group``, ``counted_n``, ``not_counted_n``,
        ``undecided_n``: every combination of every area.
    totals
        The conserved sum. A resident whose dwelling is unknown or has no position is undecided.
    """
    chosen = select_residents(residents, status_date)
    known = dwellings.set_index("dwelling_id")[["area_id", "decision"]]
    place = known.reindex(chosen["dwelling_id"])
    frame = pd.DataFrame(
        {
            "area_id": place["area_id"].to_numpy(dtype=object),
            "age_group": group_ages(chosen["age"]).to_numpy(),
            "origin_group": group_origins(chosen["origin"]).to_numpy(),
            "decision": place["decision"].fillna(Decision.UNDECIDED.value).to_numpy(dtype=object),
            "residents_n": chosen["residents_n"].to_numpy(dtype="int64"),
        }
    )
    sums = frame.groupby("decision")["residents_n"].sum()
    totals = ResidentTotals(
        counted_n=int(sums.get(Decision.COUNTED.value, 0)),
        not_counted_n=int(sums.get(Decision.NOT_COUNTED.value, 0)),
        undecided_n=int(sums.get(Decision.UNDECIDED.value, 0)),
        outside_n=int(sums.get(Decision.OUTSIDE.value, 0)),
    )
    return _spread(frame, area_ids), totals


def group_origins(origin: pd.Series) -> pd.Series:
    """Give each origin its group in `ORIGINS`; a word that is none of them is ``ukendt``."""
    return origin.where(origin.isin(ORIGINS), "ukendt").astype("str")


def _spread(frame: pd.DataFrame, area_ids: pd.Series) -> pd.DataFrame:
    keys = ["area_id", "age_group", "origin_group"]
    index = pd.MultiIndex.from_product([list(area_ids), AGE_GROUPS, ORIGINS], names=keys)
    inside = frame.dropna(subset=["area_id"])
    table = pd.DataFrame(index=index)
    for decision, column in COUNT_COLUMNS.items():
        own = inside[inside["decision"].eq(decision.value)].groupby(keys)["residents_n"].sum()
        table[column] = own.reindex(index, fill_value=0).astype("int64")
    return table.reset_index()
