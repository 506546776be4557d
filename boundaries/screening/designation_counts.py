"""Who lives in the zones of a designation: residents and the five values, zone by zone and for the city."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.registers.cell_columns import (
    COUNT_COLUMNS,
    UNITS,
    GridCriterion,
    name_denominator,
    name_numerator,
)
from boundaries.screening.designations import Designations, ZoneStatus
from geo.crs import require_crs
from geo.locate import locate_points
from geo.overlay import require_valid


def name_value(criterion: GridCriterion) -> str:
    """Return the column of a criterion's value: m2 a resident, or per cent."""
    return f"{criterion}_m2" if criterion is GridCriterion.DWELLING_AREA else f"{criterion}_pct"


VALUE_COLUMNS = tuple(name_value(criterion) for criterion in GridCriterion)
"""The five values, in the order of the policy."""


def count_zones(zones: gpd.GeoDataFrame, counts: pd.DataFrame) -> gpd.GeoDataFrame:
    """Count the residents and the five criteria in each zone of a layer.

    Parameters
    ----------
    zones
        Polygons, EPSG:25832. Where two overlap, as published ones do, everyone there belongs to the first
        of them, so that nobody is counted twice.
    counts
        As `boundaries.screening.dwelling_counts.count_dwellings` returns them.

    Returns
    -------
    GeoDataFrame
        `zones` with `COUNT_COLUMNS` (int64) and `VALUE_COLUMNS`; same rows.

    Raises
    ------
    DataError
        As `geo.crs.require_crs` and `geo.overlay.require_valid`.
    """
    require_crs(zones)
    position = _locate(zones, counts)
    inside = counts.loc[position >= 0, list(COUNT_COLUMNS)]
    sums = inside.groupby(position[position >= 0]).sum()
    sums = sums.reindex(range(len(zones)), fill_value=0).astype("int64").set_axis(zones.index)
    return _put_before_geometry(zones, pd.concat([sums, tabulate_values(sums)], axis="columns"))


def count_designations(found: Designations, counts: pd.DataFrame) -> gpd.GeoDataFrame:
    """Count the residents and the five criteria in every zone of a comparison, by one and the same data.

    Parameters
    ----------
    found
        As `boundaries.screening.designations.compare_designations` returns it.
    counts
        As for `count_zones`.

    Returns
    -------
    GeoDataFrame
        ``found.zones`` with `COUNT_COLUMNS` (int64) and `VALUE_COLUMNS`: a kept or new zone by its new
        outline, a dropped one by its old. Old and new outlines may cross, so that dwellings of a dropped
        zone may be counted in a new one, too.

    Raises
    ------
    DataError
        As `count_zones`, for the old outlines or the new.
    """
    is_dropped = found.zones["status"] == ZoneStatus.DROPPED.value
    parts = [count_zones(found.zones[mask], counts) for mask in (~is_dropped, is_dropped)]
    columns = [*COUNT_COLUMNS, *VALUE_COLUMNS]
    together = pd.concat([part[columns] for part in parts]).reindex(found.zones.index)
    return _put_before_geometry(found.zones, together)


def sum_designated(zones: gpd.GeoDataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Sum the counts of the city, of the zones of a layer together, and of the rest.

    Parameters
    ----------
    zones, counts
        As for `count_zones`, whose zones sum to these.

    Returns
    -------
    DataFrame
        ``part`` (`boundaries.screening.zones.PARTS`) and `COUNT_COLUMNS` (int64); zones and rest make up
        the city. Those whose dwelling has no place, and with it cannot be said to be inside, are in none of
        the three, as in a screening.

    Raises
    ------
    DataError
        As `geo.crs.require_crs` and `geo.overlay.require_valid`.
    """
    require_crs(zones)
    position = _locate(zones, counts)
    is_placed = np.isfinite(counts[["x", "y"]].to_numpy(dtype=np.float64)).all(axis=1)
    numbers = counts[list(COUNT_COLUMNS)]
    whole = numbers[is_placed].sum().astype("int64")
    inside = numbers[position >= 0].sum().astype("int64")
    table = pd.DataFrame([whole, inside, whole - inside], columns=list(COUNT_COLUMNS)).astype("int64")
    table.insert(0, "part", pd.Series(["city", "zones", "rest"], index=table.index, dtype="str"))
    return table.reset_index(drop=True)


def tabulate_values(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the five values of rows of counts, in floats for files and pages.

    Parameters
    ----------
    counts
        Numerators and denominators as in `COUNT_COLUMNS`; NA where not known.

    Returns
    -------
    DataFrame
        `VALUE_COLUMNS` (float; NaN where nobody is known); index of `counts`.
    """
    values: dict[str, pd.Series] = {}
    for criterion in GridCriterion:
        numerator = counts[name_numerator(criterion)].astype("Float64")
        denominator = counts[name_denominator(criterion)].astype("Float64")
        scale = 1 if criterion is GridCriterion.DWELLING_AREA else 100
        share = scale * numerator / (denominator.mask(denominator.eq(0)) * UNITS[criterion])
        values[name_value(criterion)] = pd.Series(
            share.to_numpy(dtype=np.float64, na_value=np.nan), index=counts.index
        )
    return pd.DataFrame(values, index=counts.index)


def _locate(zones: gpd.GeoDataFrame, counts: pd.DataFrame) -> NDArray[np.int64]:
    """Return the position of the zone of each dwelling, -1 for none."""
    x, y = (counts[name].to_numpy(dtype=np.float64) for name in ("x", "y"))
    return locate_points(require_valid(zones.geometry), x, y, overlaps="lowest").position


def _put_before_geometry(zones: gpd.GeoDataFrame, columns: pd.DataFrame) -> gpd.GeoDataFrame:
    told = pd.concat([zones.drop(columns="geometry"), columns], axis="columns")
    return gpd.GeoDataFrame(told, geometry=zones.geometry)
