"""Where a dwelling counts on a day: which kommune, which area, which zone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from boundaries.delineation.areas import delineate_areas, outline_extensions
from boundaries.delineation.dwellings import decide_dwellings
from boundaries.model import ALMEN_TENURES, Decision, Registers, Settings
from boundaries.moves.identity import Positions, find_positions
from geo.locate import locate_points

PLACE_DTYPES = {
    "dwelling_id": "str",
    "kommune_code": "str",
    "area_id": "str",
    "is_counted": "bool",
    "is_almen": "bool",
}
"""Columns of the places, with dtypes."""

Membership = Literal["counted", "boundary"]
"""Whose residents are an area's: those of dwellings that count, or of all within the boundary."""


class Level(StrEnum):
    """What moves are counted between; each is the column of the places that names the unit."""

    AREA = "area_id"
    KOMMUNE = "kommune_code"
    ZONE = "zone_id"


@dataclass(frozen=True, kw_only=True)
class UnitSide:
    """The unit of every dwelling on one day, as positions in `Units.ids`; -1 for none.

    Attributes
    ----------
    member
        Where its residents count.
    inside
        Within whose boundary it lies; the same but for areas.
    """

    member: Positions
    inside: Positions


@dataclass(frozen=True, kw_only=True)
class Units:
    """The areas, kommuner or zones that moves are counted between.

    Attributes
    ----------
    level
        Which of them.
    ids
        Sorted.
    then, now
        By dwelling, on the first and the second day.
    """

    level: Level
    ids: tuple[str, ...]
    then: UnitSide
    now: UnitSide


def place_dwellings(
    registers: Registers,
    settings: Settings,
    on: date,
    *,
    kommune_code: str = "",
    kommuner: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Decide and place every dwelling on a date.

    Parameters
    ----------
    registers, settings
        As in `boundaries.delineation.dwellings.decide_dwellings`.
    on
        The areas and the decisions are those of this date.
    kommune_code, kommuner
        As in `place_decided`.

    Returns
    -------
    DataFrame
        As `place_decided`.
    """
    areas, pieces = delineate_areas(registers, on, gap_m=settings.coherence_gap_m)
    extensions = outline_extensions(registers, on)
    dwellings, _ = decide_dwellings(registers, pieces, extensions, settings, on)
    return place_decided(dwellings, areas, kommune_code=kommune_code, kommuner=kommuner)


def place_decided(
    dwellings: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    kommune_code: str = "",
    kommuner: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Place dwellings that are decided already.

    A dwelling is of the kommune of its area; else of the one whose polygon it lies in; else of
    `kommune_code`, that of the whole register.

    Parameters
    ----------
    dwellings
        As `boundaries.model.Assessment.dwellings`.
    areas
        ``area_id``, ``kommune_code``, as `boundaries.model.Assessment.areas`.
    kommune_code
        Of the register, for dwellings that nothing else places; empty where it covers several.
    kommuner
        ``kommune_code`` and polygons, EPSG:25832; a point on a common edge goes to the lower row.

    Returns
    -------
    DataFrame
        `PLACE_DTYPES`, in the order of `dwellings`: ``kommune_code`` and ``area_id`` missing where there
        is none, ``is_counted`` where its residents count toward the area. Further columns, such as
        ``zone_id``, may be added and counted by (`Level.ZONE`).
    """
    codes = areas.set_index("area_id")["kommune_code"]
    found = dwellings["area_id"].map(codes).astype("str")
    if kommuner is not None and len(kommuner):
        x, y = dwellings["x"].to_numpy(dtype="float64"), dwellings["y"].to_numpy(dtype="float64")
        position = locate_points(kommuner.geometry.to_numpy(), x, y, overlaps="lowest").position
        names = kommuner["kommune_code"].reset_index(drop=True).reindex(position)
        found = found.fillna(pd.Series(names.to_numpy(), index=found.index, dtype="str"))
    if kommune_code:
        found = found.fillna(kommune_code)
    columns = {
        "dwelling_id": dwellings["dwelling_id"],
        "kommune_code": found,
        "area_id": dwellings["area_id"],
        "is_counted": dwellings["decision"].eq(Decision.COUNTED.value) & dwellings["area_id"].notna(),
        "is_almen": dwellings["tenure"].isin([tenure.value for tenure in ALMEN_TENURES]),
    }
    return pd.DataFrame(columns).astype(PLACE_DTYPES).reset_index(drop=True)


def code_units(
    then: pd.DataFrame,
    now: pd.DataFrame,
    dwelling_ids: pd.Series,
    *,
    level: Level = Level.AREA,
    membership: Membership = "counted",
) -> Units:
    """Give each dwelling its unit on both days.

    Parameters
    ----------
    then, now
        Places of the two days, as `place_decided`.
    dwelling_ids
        The dwellings that positions refer to, as in `boundaries.moves.snapshots.Matched`.
    level
        What moves are counted between.
    membership
        Of areas only. By ``"counted"``, the default, an area's residents are those that the law counts,
        so that the sums are those of the lists; by ``"boundary"`` everyone who lives within it.
    """
    column = str(level)
    ids = tuple(sorted({str(one) for places in (then, now) for one in places[column].dropna().unique()}))
    sides = [_code_side(places, dwelling_ids, ids, column, membership) for places in (then, now)]
    return Units(level=level, ids=ids, then=sides[0], now=sides[1])


def _code_side(
    places: pd.DataFrame, dwelling_ids: pd.Series, ids: tuple[str, ...], column: str, membership: Membership
) -> UnitSide:
    given = code_words(places[column], ids)
    order = align_places(places, dwelling_ids)
    inside = given if order is None else take_or_none(given, order)
    if column != Level.AREA.value or membership == "boundary":
        return UnitSide(member=inside, inside=inside)
    counted = np.where(places["is_counted"].to_numpy(dtype=bool), given, np.int32(-1))
    return UnitSide(member=counted if order is None else take_or_none(counted, order), inside=inside)


def code_words(column: pd.Series, words: tuple[str, ...]) -> Positions:
    """Return the position of each text among a few words; -1 where it is missing or none of them."""
    text = pa.array(column, type=pa.large_string())
    found = pc.index_in(text, value_set=pa.array(words, type=pa.large_string())).fill_null(-1)
    codes: Positions = found.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return codes


def align_places(places: pd.DataFrame, dwelling_ids: pd.Series) -> Positions | None:
    """Return where each dwelling stands in `places`; None where they are the same, in one order."""
    if places["dwelling_id"].reset_index(drop=True).equals(dwelling_ids.reset_index(drop=True)):
        return None
    return find_positions(dwelling_ids, places["dwelling_id"])


def take_or_none(values: Positions, position: Positions) -> Positions:
    """Take `values` by position; -1 gives -1."""
    extended = np.append(values, np.int32(-1))
    taken: Positions = extended[position]
    return taken
