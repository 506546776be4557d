"""Which area, parcel and extension each dwelling stands on, and whether it counts on a date."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from boundaries.delineation.reasons import give_reasons
from boundaries.model import Registers, Settings
from geo.locate import locate_points

PLACE_COLUMNS = ("area_id", "piece", "extension_id", "parcel_key")
"""What `decide_dwellings` adds of the place, before ``decision`` and ``reason``."""


def decide_dwellings(
    registers: Registers,
    pieces: gpd.GeoDataFrame,
    extensions: gpd.GeoDataFrame,
    settings: Settings,
    status_date: date,
) -> tuple[pd.DataFrame, int]:
    """Place every dwelling and give it exactly one reason.

    A dwelling on an edge that two areas share belongs to the one with the lowest ``area_id``; one on
    the edge of an area's own base and extension belongs to the base.

    Parameters
    ----------
    registers
        Dwellings and parcels, EPSG:25832.
    pieces, extensions
        As `delineate_areas` and `outline_extensions` made them for `status_date`.
    settings
        The four open points.
    status_date
        The opgørelsesdato.

    Returns
    -------
    dwellings
        `Registers.dwellings` with `PLACE_COLUMNS`, ``decision`` and ``reason``; same order.
    edge_ties_n
        Dwellings on an edge shared by two areas.
    """
    dwellings = registers.dwellings
    x, y = dwellings["x"].to_numpy(dtype="float64"), dwellings["y"].to_numpy(dtype="float64")
    located = locate_points(pieces.geometry.to_numpy(), x, y, overlaps="lowest")
    placed = dwellings.assign(**_describe_place(pieces, located.position))
    placed["approved_on"] = _take(pieces["approved_on"], located.position)
    placed, is_on_other = _mark_other_extensions(placed, extensions, x, y)
    placed["is_on_other_extension"] = is_on_other
    placed["parcel_key"] = _find_parcels(placed["parcel_key"], registers.parcels, x, y)
    judged = give_reasons(placed, settings, status_date)
    decided = placed.drop(columns=["approved_on", "is_on_other_extension"]).join(judged)
    return decided, _count_ties(pieces, x[located.is_tie], y[located.is_tie])


def stand_on(dwellings: pd.DataFrame, on: date) -> pd.Series:
    """Tell which dwellings stand on a day: built by then, or nobody knows when, and not torn down.

    One of which only the year of building is known stands from that year's end: the status date is the
    first day of its year, so that a dwelling of that very year is taken to come later.

    Parameters
    ----------
    dwellings
        ``built_on``, ``built_year`` and ``demolished_on``, as in `Registers.dwellings`.
    on
        The day; what is torn down on it stands no longer.

    Returns
    -------
    Series
        bool, on the index of `dwellings`.
    """
    day = pd.Timestamp(on)
    by_year = dwellings["built_year"].isna() | dwellings["built_year"].lt(on.year).fillna(value=False)
    is_built = dwellings["built_on"].le(day).where(dwellings["built_on"].notna(), by_year)
    is_gone = dwellings["demolished_on"].le(day).fillna(value=False)
    return is_built.astype(bool) & ~is_gone.astype(bool)


def _describe_place(pieces: gpd.GeoDataFrame, position: NDArray[np.int64]) -> dict[str, pd.Series]:
    return {column: _take(pieces[column], position) for column in PLACE_COLUMNS}


def _take(column: pd.Series, position: NDArray[np.int64]) -> pd.Series:
    """Take by position; -1 gives a missing value."""
    return column.reset_index(drop=True).reindex(position).reset_index(drop=True)


def _mark_other_extensions(
    placed: pd.DataFrame, extensions: gpd.GeoDataFrame, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Name the extension that is not in force under a dwelling that is in no area."""
    others = extensions[~extensions["is_in_force"] & ~extensions.geometry.is_empty]
    found = locate_points(others.geometry.to_numpy(), x, y, overlaps="lowest").position
    is_other = (found >= 0) & placed["area_id"].isna().to_numpy()
    names = _take(others["extension_id"], found)
    return placed.assign(extension_id=placed["extension_id"].where(~is_other, names)), is_other


def _find_parcels(
    known: pd.Series, parcels: gpd.GeoDataFrame, x: NDArray[np.float64], y: NDArray[np.float64]
) -> pd.Series:
    """Fill in the parcel of a dwelling outside the areas, or in an area drawn as a polygon."""
    missing = known.isna().to_numpy()
    if not len(parcels) or not missing.any():
        return known
    found = locate_points(parcels.geometry.to_numpy(), x[missing], y[missing], overlaps="lowest").position
    filled = known.copy()
    filled.loc[missing] = _take(parcels["parcel_key"], found).to_numpy()
    return filled


def _count_ties(pieces: gpd.GeoDataFrame, x: NDArray[np.float64], y: NDArray[np.float64]) -> int:
    # Parcels of one area share edges too; a tie is only settled where two areas could claim the point.
    if not len(x):
        return 0
    shapes = pieces.geometry.to_numpy()
    point, piece = shapely.STRtree(shapes).query(shapely.points(x, y), predicate="intersects")
    claims = pd.DataFrame({"point": point, "area_id": pieces["area_id"].to_numpy()[piece]})
    return int(claims.groupby("point")["area_id"].nunique().gt(1).sum())
