"""The screening of a city: from counted cells to udsatte byområder, every step's figures kept."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from boundaries.registers.cell_columns import CELL_DTYPES, GridCriterion
from boundaries.screening.criteria import Limit, find_limits, judge_cells
from boundaries.screening.groups import group_cells
from boundaries.screening.neighbourhood import sum_neighbourhoods
from boundaries.screening.settings import ScreeningSettings
from boundaries.screening.zones import make_zones, sum_parts
from geo.errors import DataError
from geo.grid import Cells, Grid, format_ids


@dataclass(frozen=True, kw_only=True)
class Screening:
    """A screened city. For the analyst: `boundaries.disclosure.cells` tells what may be published of it.

    Attributes
    ----------
    settings
        What it was made with.
    grid
        The grid of the cells.
    cells
        Every cell given, and the uninhabited ones that zones close over; by row, then column: the columns
        `CELL_DTYPES`, those of `boundaries.screening.neighbourhood.sum_neighbourhoods` and of
        `boundaries.screening.criteria.judge_cells` (NA in the uninhabited ones), and ``zone`` (Int64, NA
        outside).
    zones
        As `boundaries.screening.zones.make_zones` returns them.
    parts
        The city, its zones together, and the rest: as `boundaries.screening.zones.sum_parts`.
    limits
        What each criterion was held against.
    """

    settings: ScreeningSettings
    grid: Grid
    cells: pd.DataFrame
    zones: gpd.GeoDataFrame
    parts: pd.DataFrame
    limits: Mapping[GridCriterion, Limit]


def screen(cells: pd.DataFrame, settings: ScreeningSettings) -> Screening:
    """Screen a city.

    Parameters
    ----------
    cells
        `CELL_DTYPES`, each cell once, in any order: `boundaries.screening.cells.tabulate_cells` or
        `boundaries.registers.cells.read_cells`.
    settings
        Every choice.

    Returns
    -------
    Screening
        The same whatever the order of the cells.

    Raises
    ------
    DataError
        ``grid.repeated_cell``, ``grid.too_wide``, or ``screening.negative_count``.
    """
    whole, limits = _judge(cells, settings)
    grouped = group_cells(whole, settings)
    with_zones = _add_zones(whole, grouped, settings.grid)
    return Screening(
        settings=settings,
        grid=settings.grid,
        cells=with_zones,
        zones=make_zones(with_zones, settings.grid),
        parts=sum_parts(with_zones),
        limits=limits,
    )


def find_zone_cells(cells: pd.DataFrame, settings: ScreeningSettings) -> pd.DataFrame:
    """Find the cells of the zones and nothing else, as `screen` does.

    Returns
    -------
    DataFrame
        As `boundaries.screening.groups.group_cells` returns it.
    """
    return group_cells(_judge(cells, settings)[0], settings)


def _judge(
    cells: pd.DataFrame, settings: ScreeningSettings
) -> tuple[pd.DataFrame, Mapping[GridCriterion, Limit]]:
    ordered = _put_in_order(cells)
    nearby = sum_neighbourhoods(ordered, settings)
    limits = find_limits(ordered, nearby, settings)
    judged = judge_cells(nearby, limits, settings)
    # Where nobody lives, nothing is designated: an empty cell can only be closed over.
    judged["is_candidate"] &= ordered["residents_n"].gt(0)
    judged["is_undecided"] &= ordered["residents_n"].gt(0)
    return pd.concat([ordered, nearby, judged], axis="columns"), limits


def _put_in_order(cells: pd.DataFrame) -> pd.DataFrame:
    frame = cells[list(CELL_DTYPES)].astype(dict(CELL_DTYPES))
    again = frame.duplicated(["column", "row"])
    if again.any():
        first = frame.loc[again].iloc[0]
        place = int(np.flatnonzero(again)[0])
        raise DataError(
            "grid.repeated_cell", {"found": f"{first['column']}, {first['row']}", "position": place}
        )
    counts = frame.drop(columns=["cell_id", "column", "row"])
    negative = counts.lt(0).fillna(value=False).any()
    if negative.any():
        raise DataError("screening.negative_count", {"column": str(negative.idxmax())})
    return frame.sort_values(["row", "column"], ignore_index=True)


def _add_zones(cells: pd.DataFrame, grouped: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """Put the zones to the cells, and add the uninhabited cells that they close over."""
    merged = cells.merge(grouped, on=["column", "row"], how="outer", sort=True, indicator=True)
    is_new = merged["_merge"].eq("right_only")
    merged = merged.drop(columns="_merge").sort_values(["row", "column"], kind="stable")
    if is_new.any():
        # Not given, so nobody lives there: a count of nobody, not a missing one.
        counted = [name for name in CELL_DTYPES if name not in {"cell_id", "column", "row"}]
        known = [name for name in counted if cells[name].notna().any()]
        merged.loc[is_new, known] = 0
    merged["zone"] = merged["zone"].astype("Int64")
    merged = merged.astype(dict(CELL_DTYPES)).reset_index(drop=True)
    for name in ("criteria_met_n", "criteria_unknown_n", "radius_cells"):
        merged[name] = merged[name].astype("Int64")
    for name in ("is_candidate", "is_undecided"):
        merged[name] = merged[name].astype("boolean")
    for name in (column for column in merged.columns if column.startswith("nearby_")):
        merged[name] = merged[name].astype("Int64")
    if grid.is_national:
        places = Cells(merged["column"].to_numpy(), merged["row"].to_numpy())
        merged["cell_id"] = format_ids(places, grid)
    return merged
