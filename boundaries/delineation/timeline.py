"""The areas through time, in an index that grows as decisions arrive."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.delineation.areas import delineate_areas
from boundaries.model import ExtensionStatus, Registers
from geo.index import DatedIndex

FIRST_DATE = date(2010, 1, 1)
"""The base delineation is that of 2010 (almenboligloven § 61 a, stk. 3)."""


@dataclass(frozen=True)
class Period:
    """An area, or what an extension brought to it, unchanged between two decisions.

    Attributes
    ----------
    area_id
        The area.
    extension_id
        The extension that brought it; empty for what is not of an extension.
    valid_from, valid_to
        First day in force, and first day no longer in force (None for no end).
    shape
        Its outline, EPSG:25832.
    """

    area_id: str
    extension_id: str
    valid_from: date
    valid_to: date | None
    shape: BaseGeometry

    @property
    def key(self) -> str:
        """Key in the index."""
        return f"{self.area_id}+{self.extension_id}@{self.valid_from}"


@dataclass(frozen=True)
class Timeline:
    """Every period of every area, and the index that finds them.

    Attributes
    ----------
    periods
        By key.
    index
        The same outlines under the same keys.
    """

    periods: dict[str, Period]
    index: DatedIndex

    def find_at(self, x: float, y: float, on: date | None = None) -> pd.DataFrame:
        """Find the areas at a point, on a date or ever.

        Parameters
        ----------
        x, y
            Easting and northing, EPSG:25832.
        on
            The date; None for all time.

        Returns
        -------
        pd.DataFrame
            ``area_id``, ``extension_id`` (NA for the area's own), ``valid_from``, ``valid_to`` (NaT for
            no end); by date and area. Two areas where the point lies on their common edge.
        """
        starts = {period.valid_from for period in self.periods.values()} if on is None else {on}
        keys = {key for day in starts for key in self.index.find_in_force(x, y, day)}
        return _tabulate(self.periods[key] for key in keys)


def build_timeline(registers: Registers) -> Timeline:
    """Build the timeline: decisions are added one by one, in the order of their dates."""
    periods = {period.key: period for period in _list_periods(registers)}
    index = DatedIndex()
    for key, period in sorted(periods.items()):
        index.add(key, period.shape, valid_from=period.valid_from, valid_to=period.valid_to)
    return Timeline(periods, index)


def find_clashes(registers: Registers, extension_id: str) -> pd.DataFrame:
    """Find what an extension overlaps on the day it took effect, or would if approved now.

    Parameters
    ----------
    registers
        With the extension among them; it is not held against itself.
    extension_id
        One of ``registers.extensions``. One without approval date is held against the last delineation.

    Returns
    -------
    pd.DataFrame
        As `Timeline.find_at`, and ``overlap_m2``.
    """
    is_own = registers.extensions["extension_id"].eq(extension_id)
    approved_on = registers.extensions.loc[is_own, "approved_on"].iloc[0]
    others = replace(registers, extensions=registers.extensions[~is_own].reset_index(drop=True))
    on = _list_change_dates(others)[-1] if pd.isna(approved_on) else approved_on.date()
    timeline = build_timeline(others)
    clashes = timeline.index.find_overlapping(_outline(registers, extension_id), on=on).set_index("key")
    table = _tabulate(timeline.periods[key] for key in clashes.index)
    keys = (
        table["area_id"]
        + "+"
        + table["extension_id"].fillna("")
        + "@"
        + table["valid_from"].dt.strftime("%Y-%m-%d")
    )
    return table.assign(overlap_m2=keys.map(clashes["overlap_m2"]).astype("float64"))


def _list_periods(registers: Registers) -> Iterator[Period]:
    dates = _list_change_dates(registers)
    standing: dict[tuple[str, str], Period] = {}
    for day in dates:
        _, pieces = delineate_areas(registers, day)
        owners = pieces.assign(extension_id=pieces["extension_id"].fillna(""))
        shapes = owners.dissolve(["area_id", "extension_id"]).geometry
        now = {(str(area), str(extension)): shape for (area, extension), shape in shapes.items()}
        for owner, period in list(standing.items()):
            if owner not in now or not shapely.equals(now[owner], period.shape):
                yield replace(standing.pop(owner), valid_to=day)
        for owner, shape in now.items():
            if owner not in standing:
                standing[owner] = Period(*owner, valid_from=day, valid_to=None, shape=shape)
    yield from standing.values()


def _list_change_dates(registers: Registers) -> list[date]:
    dates = {FIRST_DATE}
    for decisions in (registers.extensions, registers.splits):
        is_approved = decisions["status"].eq(ExtensionStatus.GODKENDT.value)
        dates |= {day.date() for day in decisions.loc[is_approved, "approved_on"].dropna()}
    return sorted(dates)


def _outline(registers: Registers, extension_id: str) -> BaseGeometry:
    own = registers.extensions[registers.extensions["extension_id"].eq(extension_id)]
    keys = registers.extension_parcels
    listed = keys.loc[keys["extension_id"].eq(extension_id), "parcel_key"]
    shapes = registers.parcels.loc[registers.parcels["parcel_key"].isin(listed), "geometry"]
    return shapely.union_all([*own.geometry.dropna(), *shapes])


def _tabulate(periods: Iterator[Period]) -> pd.DataFrame:
    ordered = sorted(periods, key=lambda period: (period.valid_from, period.key))
    return pd.DataFrame(
        {
            "area_id": pd.Series([period.area_id for period in ordered], dtype="str"),
            "extension_id": pd.Series([period.extension_id or None for period in ordered], dtype="str"),
            "valid_from": pd.Series([period.valid_from for period in ordered], dtype="datetime64[s]"),
            "valid_to": pd.Series([period.valid_to for period in ordered], dtype="datetime64[s]"),
        }
    )
