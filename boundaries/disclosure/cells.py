"""What of a screening may be shown to anyone: by cell, by zone and for the city.

By cell
    Cells with 1 to 19 households show nothing, cells with 20 to 49 averages only, in whole per cent or
    square metres; the limits on residents hold besides, and alone where households are not known. Counts
    of 1 to 4 persons, and counts that all but 1 to 4 share, are hidden, with their average.
By neighbourhood
    Neighbourhoods overlap: all sums of 3 by 3 cells together give back every single cell. So no figure of
    a neighbourhood is shown, only which criteria it meets, and not of cells that show nothing.
By line
    The cells of a zone, and those outside the zones, are lines whose sums are shown. Where cells of a line
    are hidden, at least two are; one of them shows no average; what they sum to is itself no small count,
    and not all of one kind. Whole cells more, the smallest first, are hidden until that holds. Then a
    hidden cell without an average can hold what any other lacks, and no cell can be worked out.
By sum
    Where that cannot be, the sum of the line is hidden, and enough other sums that the city's does not give
    it back.

Persons with missing values are counted nowhere in what is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.registers.cell_columns import UNITS, GridCriterion, name_denominator, name_numerator
from boundaries.screening.screening import Screening

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

REST = 0
"""Line of the cells outside the zones."""

BASE_COLUMNS = ("residents_n", "households_n")


class Shown(StrEnum):
    """What a cell shows."""

    NOTHING = "nothing"
    AVERAGES = "averages"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class CellLimits:
    """Limits of what is shown.

    Attributes
    ----------
    households_n, residents_n
        Cells with fewer show nothing. 20 households is Danmarks Statistik's rule for the square net; 40
        residents are as many, by two persons a household.
    full_households_n, full_residents_n
        Cells with fewer show averages only: 50 households, 100 residents.
    threshold_n
        Counts of persons from 1 up to, not including, this are hidden.
    """

    households_n: int = 20
    residents_n: int = 40
    full_households_n: int = 50
    full_residents_n: int = 100
    threshold_n: int = 5


@dataclass(frozen=True, kw_only=True)
class PublishedScreening:
    """A screening as it may be shown to anyone.

    Attributes
    ----------
    cells
        ``cell_id``, ``column``, ``row``, ``zone``, ``shown`` (`Shown`), ``residents_n``, ``households_n``,
        for each criterion ``<criterion>_n``, ``<criterion>_of``, ``<criterion>_rounded`` (whole per cent or
        m2) and ``is_met_<criterion>``, and ``criteria_met_n``. Counts are Int64, NA where hidden or unknown.
    zones
        ``zone``, ``name``, ``area_m2``, ``cells_n``, ``inhabited_cells_n``, the counts, ``geometry``.
    parts
        ``part``, ``cells_n``, ``inhabited_cells_n`` and the counts of the city, its zones and the rest.
    limits
        What it was hidden by.
    """

    cells: pd.DataFrame
    zones: gpd.GeoDataFrame
    parts: pd.DataFrame
    limits: CellLimits


@dataclass(frozen=True)
class Quantity:
    """A numerator and a denominator that are hidden together.

    Attributes
    ----------
    numerator, denominator
        Columns.
    unit
        Units of the numerator that make one person.
    is_share
        The numerator counts persons of the denominator; else it is residents or m2.
    """

    numerator: str
    denominator: str
    unit: int
    is_share: bool


def list_quantities() -> dict[str, Quantity]:
    """Return what is hidden together: residents and households, and each criterion."""
    pairs = {"base": Quantity("residents_n", "households_n", 1, is_share=False)}
    for name in GridCriterion:
        is_share = name is not GridCriterion.DWELLING_AREA
        pairs[name] = Quantity(name_numerator(name), name_denominator(name), UNITS[name], is_share)
    return pairs


def publish_screening(screening: Screening, limits: CellLimits | None = None) -> PublishedScreening:
    """Hide what may not be shown of a screening; nothing but the result may reach a page or a file.

    Parameters
    ----------
    screening
        The whole.
    limits
        The limits; None takes the defaults.

    Returns
    -------
    PublishedScreening
        Rows in the screening's order.
    """
    limits = limits or CellLimits()
    cells = screening.cells.reset_index(drop=True)
    lines = cells["zone"].fillna(REST).to_numpy(dtype=np.int64)
    shown = _grade_cells(cells, limits)
    base = list_quantities()["base"]
    is_nothing, base_sums = _protect(cells, lines, base, shown, limits)
    shown = shown.mask(is_nothing & (shown == Shown.ALL.value), Shown.NOTHING.value)
    hidden: dict[str, Bools] = {"base": is_nothing}
    bare: dict[str, Bools] = {}
    sums: dict[str, set[int]] = {"base": base_sums}
    for name, pair in list_quantities().items():
        if name != "base":
            hidden[name], lost = _protect(cells, lines, pair, shown, limits)
            sums[name] = lost | base_sums
            bare[name] = _take_averages(cells, pair, shown, hidden[name], limits)
    return PublishedScreening(
        cells=_show_cells(cells, shown, hidden, bare),
        zones=_show_zones(screening.zones, sums),
        parts=_show_parts(screening.parts, sums),
        limits=limits,
    )


def _grade_cells(cells: pd.DataFrame, limits: CellLimits) -> pd.Series:
    """Tell what each cell may show by its own size; an uninhabited one has nothing to hide."""
    residents = cells["residents_n"]
    households = cells["households_n"].fillna(limits.full_households_n)
    is_few = (households < limits.households_n) | (residents < limits.residents_n)
    is_some = (households < limits.full_households_n) | (residents < limits.full_residents_n)
    shown = pd.Series(Shown.ALL.value, index=cells.index, dtype="str")
    shown = shown.mask(is_some.astype(bool), Shown.AVERAGES.value)
    shown = shown.mask(is_few.astype(bool), Shown.NOTHING.value)
    return shown.mask(residents.eq(0), Shown.ALL.value)


def _counts(cells: pd.DataFrame, pair: Quantity) -> tuple[Ints, Ints]:
    """Return numerator and denominator; 0 where they are unknown, and then they are not shown anyway."""
    numerator, denominator = (cells[name].fillna(0) for name in (pair.numerator, pair.denominator))
    return numerator.to_numpy(dtype=np.int64), denominator.to_numpy(dtype=np.int64)


def is_small(numerator: Ints, denominator: Ints, pair: Quantity, threshold_n: int) -> Bools:
    """Tell which counts speak of few persons: few have it, few have it not, or few are in the group."""
    few: Bools = (denominator > 0) & (denominator < threshold_n)
    if not pair.is_share:
        return few
    least = threshold_n * pair.unit
    rest = denominator * pair.unit - numerator
    small: Bools = few | ((numerator > 0) & (numerator < least)) | ((rest > 0) & (rest < least))
    return small


def _protect(
    cells: pd.DataFrame, lines: Ints, pair: Quantity, shown: pd.Series, limits: CellLimits
) -> tuple[Bools, set[int]]:
    """Choose the cells whose counts are hidden, and the lines whose sums are."""
    numerator, denominator = _counts(cells, pair)
    is_full = shown.eq(Shown.ALL.value).to_numpy(dtype=bool)
    hidden = ~is_full | is_small(numerator, denominator, pair, limits.threshold_n)
    inhabited = cells["residents_n"].to_numpy(dtype=np.int64) > 0
    hidden &= inhabited
    lost: set[int] = set()
    totals: dict[int, int] = {}
    for line in np.unique(lines).tolist():
        own = np.flatnonzero((lines == line) & inhabited)
        totals[line] = int(denominator[own].sum())
        if not _hide_more(own, hidden, (numerator, denominator), pair, limits):
            lost.add(line)
    return hidden, _hide_second_sum(lost, totals)


def _hide_more(
    own: Ints, hidden: Bools, counts: tuple[Ints, Ints], pair: Quantity, limits: CellLimits
) -> bool:
    """Hide more cells of a line, in place, until its sum gives none back; tell whether that was possible."""
    numerator, denominator = counts
    if not _is_large(own, counts, pair, limits):
        hidden[own] = True
        return False
    # Smallest first, by the group that is counted; ties by place.
    spare = own[~hidden[own]]
    queue = spare[np.lexsort((numerator[spare], denominator[spare]))].tolist()
    while hidden[own].any() and not _is_safe(own[hidden[own]], counts, pair, limits):
        if not queue:
            return False
        hidden[queue.pop(0)] = True
    return True


def _is_safe(group: Ints, counts: tuple[Ints, Ints], pair: Quantity, limits: CellLimits) -> bool:
    """Tell whether hidden cells of a line may have their sum known: two or more, and no few persons."""
    return len(group) > 1 and _is_large(group, counts, pair, limits)


def _is_large(group: Ints, counts: tuple[Ints, Ints], pair: Quantity, limits: CellLimits) -> bool:
    """Tell whether the sum of a group of cells may be shown."""
    numerator, denominator = int(counts[0][group].sum()), int(counts[1][group].sum())
    if pair.numerator == BASE_COLUMNS[0]:
        # As of one cell that shows its counts. No household at all is one of an unknown number.
        is_many = denominator >= limits.full_households_n or not denominator
        return is_many and numerator >= limits.full_residents_n
    if not pair.is_share:
        return denominator >= limits.threshold_n
    least = limits.threshold_n * pair.unit
    # Nobody in the group at all: the criterion is not known of this line, and nothing of it is shown.
    return not denominator or (numerator >= least and denominator * pair.unit - numerator >= least)


def _hide_second_sum(lost: set[int], totals: Mapping[int, int]) -> set[int]:
    """Hide another line's sum where only one is hidden: the city's sum would give it back.

    The zones' common sum is shown where the rest's is, so that hidden zones need another zone.
    """
    found = set(lost)
    zones = [line for line in totals if line != REST]
    spare = sorted((line for line in zones if line not in found), key=lambda line: (totals[line], line))
    if len(found - {REST}) == 1 and REST not in found:
        found.add(spare[0] if spare else REST)
    elif found == {REST} and spare:
        found.add(spare[0])
    return found


def _take_averages(
    cells: pd.DataFrame, pair: Quantity, shown: pd.Series, hidden: Bools, limits: CellLimits
) -> Bools:
    """Tell which cells show no average: those that show nothing, small ones, and one a line at least."""
    lines = cells["zone"].fillna(REST).to_numpy(dtype=np.int64)
    is_averages = shown.eq(Shown.AVERAGES.value).to_numpy(dtype=bool)
    numerator, denominator = _counts(cells, pair)
    bare = hidden & ~is_averages
    # An average of few persons is as telling as their count.
    few = is_small(numerator, denominator, pair, limits.threshold_n)
    bare |= is_averages & (few | _is_all_or_none(numerator, denominator, pair))
    for line in np.unique(lines[hidden]).tolist():
        group = np.flatnonzero((lines == line) & hidden)
        if not bare[group].any():
            bare[group[np.argmin(denominator[group])]] = True
    return bare


def _is_all_or_none(numerator: Ints, denominator: Ints, pair: Quantity) -> Bools:
    """Tell where an average says something of everyone."""
    if not pair.is_share:
        return np.zeros(len(numerator), dtype=bool)
    none_or_all: Bools = (numerator == 0) | (numerator == denominator * pair.unit)
    return none_or_all


def _round_average(cells: pd.DataFrame, pair: Quantity) -> pd.Series:
    """Return averages in whole per cent or m2, halves up, in whole numbers; NA where nobody counts."""
    numerator, denominator = _counts(cells, pair)
    scale = 100 if pair.is_share else 1
    of = np.maximum(denominator * pair.unit, 1)
    value = (2 * scale * numerator + of) // (2 * of)
    known = cells[pair.numerator].notna() & (denominator > 0)
    return pd.Series(value, index=cells.index).astype("Int64").mask(~known.astype(bool))


def _show_cells(
    cells: pd.DataFrame, shown: pd.Series, hidden: Mapping[str, Bools], bare: Mapping[str, Bools]
) -> pd.DataFrame:
    is_nothing = shown.eq(Shown.NOTHING.value)
    table = cells[["cell_id", "column", "row", "zone"]].assign(shown=shown)
    for name, pair in list_quantities().items():
        for column in (pair.numerator, pair.denominator):
            table[column] = cells[column].astype("Int64").mask(hidden[name])
        if name != "base":
            table[f"{name}_rounded"] = _round_average(cells, pair).mask(bare[name])
            met = f"is_met_{name}"
            known = cells[met] if met in cells else pd.Series(pd.NA, index=cells.index)
            table[met] = known.astype("boolean").mask(is_nothing)
    table["criteria_met_n"] = cells["criteria_met_n"].astype("Int64").mask(is_nothing)
    return table


def _show_zones(zones: gpd.GeoDataFrame, sums: Mapping[str, set[int]]) -> gpd.GeoDataFrame:
    columns = ["zone", "name", "area_m2", "cells_n", "inhabited_cells_n"]
    table = zones[[*columns, "geometry"]].copy()
    place = len(columns)
    for name, pair in list_quantities().items():
        is_hidden = zones["zone"].isin(sums[name])
        for column in (pair.numerator, pair.denominator):
            table.insert(place, column, zones[column].astype("Int64").mask(is_hidden))
            place += 1
    return table


def _show_parts(parts: pd.DataFrame, sums: Mapping[str, set[int]]) -> pd.DataFrame:
    table = parts[["part", "cells_n", "inhabited_cells_n"]].copy()
    for name, pair in list_quantities().items():
        # The zones' sum and the rest's make up the city: both or none.
        is_hidden = parts["part"].ne("city") & (REST in sums[name])
        for column in (pair.numerator, pair.denominator):
            table[column] = parts[column].astype("Int64").mask(is_hidden)
    return table
