"""The areas through time, in an index that grows as decisions arrive."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd

from boundaries.delineation.areas import delineate_areas
from boundaries.model import ExtensionStatus, Registers
from geo.index import DatedIndex

FIRST_DATE = date(2010, 1, 1)
"""The base delineation is that of 2010 (almenboligloven § 61 a, stk. 3)."""


def index_areas(registers: Registers) -> DatedIndex:
    """Index every area by where it lay and when.

    Returns
    -------
    DatedIndex
        One entry an area and period between two decisions; its key is the ``area_id``, and a piece
        that an extension brought has the key ``<area_id>+<extension_id>``.
    """
    index = DatedIndex()
    dates = _list_change_dates(registers)
    for start, end in zip(dates, [*dates[1:], None], strict=True):
        _, pieces = delineate_areas(registers, start)
        pieces = pieces.assign(key=_name_pieces(pieces))
        for key, shape in pieces.dissolve("key").geometry.items():
            index.add(str(key), shape, valid_from=start, valid_to=end)
    return index


def find_clashes(registers: Registers, extension_id: str) -> pd.DataFrame:
    """Find what an extension would overlap on the day it took or takes effect.

    Parameters
    ----------
    registers
        With the extension among them; its own row is not held against itself.
    extension_id
        One of ``registers.extensions``.

    Returns
    -------
    pd.DataFrame
        ``key``, ``overlap_m2``, ``valid_from``, ``valid_to``, as `DatedIndex.find_overlapping`.
    """
    is_own = registers.extensions["extension_id"].eq(extension_id)
    own = registers.extensions[is_own].iloc[0]
    others = replace(registers, extensions=registers.extensions[~is_own].reset_index(drop=True))
    approved = registers.extensions.assign(status=ExtensionStatus.GODKENDT.value)
    on = FIRST_DATE if pd.isna(own["approved_on"]) else own["approved_on"].date()
    if pd.isna(own["approved_on"]):
        on = max(_list_change_dates(others))
    approved["approved_on"] = approved["approved_on"].where(~is_own, pd.Timestamp(on))
    _, pieces = delineate_areas(replace(registers, extensions=approved), on)
    shape = pieces.loc[pieces["extension_id"].eq(extension_id)].geometry.union_all()
    return index_areas(others).find_overlapping(shape, on=on)


def _list_change_dates(registers: Registers) -> list[date]:
    dates = {FIRST_DATE}
    for decisions in (registers.extensions, registers.splits):
        is_approved = decisions["status"].eq(ExtensionStatus.GODKENDT.value)
        dates |= {day.date() for day in decisions.loc[is_approved, "approved_on"].dropna()}
    return sorted(dates)


def _name_pieces(pieces: gpd.GeoDataFrame) -> pd.Series:
    suffix = ("+" + pieces["extension_id"]).fillna("")
    return pd.Series(pieces["area_id"] + suffix)
