"""What of the counts of a designation may be shown: by zone, and for the zones together and the rest.

A zone shows its residents where it has as many households and residents as a cell that shows all, and a
criterion where neither few persons have it nor few have it not. The zones of the current designation have
a sum that is shown: where one zone is hidden, more are, the smallest first, until what is hidden is two
zones or more and no few persons. A dropped zone has no sum over it and stands for itself.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.disclosure.cells import BASE_COLUMNS, CellLimits, Quantity, list_quantities
from boundaries.registers.cell_columns import COUNT_COLUMNS, GridCriterion
from boundaries.screening.designation_counts import VALUE_COLUMNS, name_value
from boundaries.screening.designations import ZoneStatus

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BASE = "base"
"""Residents and households, in `boundaries.disclosure.cells.list_quantities`."""


def publish_designations(counted: gpd.GeoDataFrame, limits: CellLimits | None = None) -> gpd.GeoDataFrame:
    """Hide what may not be shown of counted zones; nothing but the result may reach a page or a file.

    Parameters
    ----------
    counted
        As `boundaries.screening.designation_counts.count_designations` or ``count_zones`` return it: all
        zones of the designation. Rows are taken to be of the current designation where there is no
        ``status``.
    limits
        The limits; None takes the defaults.

    Returns
    -------
    GeoDataFrame
        The columns that are no counts; ``residents_n``, ``households_n``, and numerator and denominator of
        each criterion (Int64), and `VALUE_COLUMNS` (float): NA where hidden. Persons with missing values
        are counted nowhere. Same rows.
    """
    limits = limits or CellLimits()
    is_current = np.ones(len(counted), dtype=bool)
    if "status" in counted:
        is_current = counted["status"].ne(ZoneStatus.DROPPED.value).to_numpy(dtype=bool)
    hidden = _choose_hidden(counted, is_current, limits)
    told = counted.drop(columns=[*COUNT_COLUMNS, *VALUE_COLUMNS, "geometry"])
    shown = _mask_counts(counted, hidden)
    values = {name_value(name): counted[name_value(name)].mask(hidden[name.value]) for name in GridCriterion}
    together = pd.concat([told, shown, pd.DataFrame(values, index=counted.index)], axis="columns")
    return gpd.GeoDataFrame(together, geometry=counted.geometry)


def publish_parts(parts: pd.DataFrame, limits: CellLimits | None = None) -> pd.DataFrame:
    """Hide what may not be shown of the zones together and the rest of the city.

    Parameters
    ----------
    parts
        As `boundaries.screening.designation_counts.sum_designated` returns them.
    limits
        The limits; None takes the defaults.

    Returns
    -------
    DataFrame
        ``part`` and the counts (Int64), NA where hidden: of zones and rest both or none, since together they
        make up the city; of the city only where the city itself is small.
    """
    limits = limits or CellLimits()
    is_city = parts["part"].eq("city").to_numpy(dtype=bool)
    hidden: dict[str, Bools] = {}
    for name, pair in list_quantities().items():
        # Nobody lives in the zones of a city without zones, and no one is given away by that.
        is_few = ~_is_large(parts, pair, limits) & ~_is_nobody(parts, pair)
        both = bool(is_few[~is_city].any())
        hidden[name] = np.where(is_city, is_few, both) | hidden.get(BASE, False)
    return pd.concat([parts[["part"]], _mask_counts(parts, hidden)], axis="columns")


def _choose_hidden(counted: pd.DataFrame, is_current: Bools, limits: CellLimits) -> dict[str, Bools]:
    """Choose the zones whose counts are hidden, by quantity; residents hide all else with them."""
    hidden: dict[str, Bools] = {}
    for name, pair in list_quantities().items():
        own = ~_is_large(counted, pair, limits) | hidden.get(BASE, False)
        _hide_more(counted, own, is_current, pair, limits)
        hidden[name] = own
    return hidden


def _hide_more(
    counted: pd.DataFrame, hidden: Bools, is_current: Bools, pair: Quantity, limits: CellLimits
) -> None:
    """Hide more of the current zones, in place, until their sum gives none of the hidden ones back."""
    numerator, denominator = _counts(counted, pair)
    spare = np.flatnonzero(is_current & ~hidden)
    # Smallest first; equal ones in the order of the zones.
    queue = spare[np.lexsort((spare, numerator[spare], denominator[spare]))].tolist()
    while queue and (hidden & is_current).any():
        group = np.flatnonzero(hidden & is_current)
        whole = counted.iloc[group].agg({pair.numerator: "sum", pair.denominator: "sum"}).to_frame().T
        if len(group) > 1 and _is_large(whole, pair, limits)[0]:
            return
        hidden[queue.pop(0)] = True


def _is_large(rows: pd.DataFrame, pair: Quantity, limits: CellLimits) -> Bools:
    """Tell which rows hold so many that their counts may be shown."""
    numerator, denominator = _counts(rows, pair)
    if (pair.numerator, pair.denominator) == BASE_COLUMNS:
        return (denominator >= limits.full_households_n) & (numerator >= limits.full_residents_n)
    is_many: Bools = denominator >= limits.threshold_n
    if not pair.is_share:
        return is_many
    least = limits.threshold_n * pair.unit
    # Nobody, or everybody, says something of each of them.
    return is_many & (numerator >= least) & (denominator * pair.unit - numerator >= least)


def _is_nobody(rows: pd.DataFrame, pair: Quantity) -> Bools:
    numerator, denominator = _counts(rows, pair)
    nobody: Bools = (numerator == 0) & (denominator == 0)
    return nobody


def _counts(rows: pd.DataFrame, pair: Quantity) -> tuple[Ints, Ints]:
    """Return numerator and denominator; an unknown one is 0, and so not shown."""
    numerator, denominator = (rows[name].fillna(0) for name in (pair.numerator, pair.denominator))
    return numerator.to_numpy(dtype=np.int64), denominator.to_numpy(dtype=np.int64)


def _mask_counts(rows: pd.DataFrame, hidden: dict[str, Bools]) -> pd.DataFrame:
    columns = {
        column: rows[column].astype("Int64").mask(hidden[name])
        for name, pair in list_quantities().items()
        for column in (pair.numerator, pair.denominator)
    }
    return pd.DataFrame(columns, index=rows.index)
