"""The screening of a city from its inputs to what may be shown: one call a step.

Nothing but `ScreenedCity` reaches a page, a file or a terminal, and it holds nothing that is hidden.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd

from boundaries.city_blocks import give_to_blocks
from boundaries.disclosure.cells import PublishedScreening, publish_screening
from boundaries.disclosure.other_zones import sum_other_zones
from boundaries.model import Registers
from boundaries.registers.cell_columns import GridCriterion
from boundaries.registers.cells import read_cells
from boundaries.registers.context_layers import (
    ContextLayer,
    read_barriers,
    read_blocks,
    read_crossings,
    read_places,
    read_zones,
)
from boundaries.registers.findings import combine_findings
from boundaries.registers.readers import read_registers
from boundaries.screening.barriers import measure_barriers
from boundaries.screening.cells import sum_cells, sum_unplaced
from boundaries.screening.criteria import Limit
from boundaries.screening.designations import ZoneStatus, compare_designations
from boundaries.screening.disparity import Disparity, compare_gaps, measure_part
from boundaries.screening.dwelling_counts import count_dwellings, find_years
from boundaries.screening.profile import compare_profile, profile_zones
from boundaries.screening.screening import Screening, screen
from boundaries.screening.settings import ScreeningSettings
from boundaries.screening.stability import measure_stability
from boundaries.screening.zones import name_zones
from boundaries.screening_plan import ScreeningPlan
from geo.grid import Cells, cover_polygons
from geo.grid_groups import number_cells
from geo.provenance import hash_file

_LIMIT_DECIMALS = 1


@dataclass(frozen=True, kw_only=True)
class CityInputs:
    """What was read for a plan; `cells` or `registers` is there, not both."""

    cells: pd.DataFrame | None
    registers: Registers | None
    places: gpd.GeoDataFrame | None
    old_zones: gpd.GeoDataFrame | None
    settings: ScreeningSettings
    files: pd.DataFrame
    findings: pd.DataFrame
    barriers: gpd.GeoDataFrame | None = None
    crossings: gpd.GeoDataFrame | None = None
    blocks: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, kw_only=True)
class ComparedZones:
    """Another designation beside the screening's, as it may be shown.

    Attributes
    ----------
    zones
        As `boundaries.screening.designations.Designations.zones`, and ``residents_n`` and numerator and
        denominator of each criterion: of kept and new zones as published, of dropped ones by the cells that
        lie in them by more than half; NA where hidden.
    land
        As `boundaries.screening.designations.Designations.land`.
    old_zones
        ``name`` and ``geometry`` of the other designation.
    file
        Name of its file.
    """

    zones: gpd.GeoDataFrame
    land: gpd.GeoDataFrame
    old_zones: gpd.GeoDataFrame
    file: str


@dataclass(frozen=True, kw_only=True)
class ScreenedCity:
    """A screened city as it may be shown to anyone.

    Attributes
    ----------
    name, is_synthetic, settings
        As planned.
    years
        Data year of each criterion, and under None of the screening; empty where a table of cells says none.
    published
        Cells, zones and parts with what is hidden left out.
    limits
        What each criterion was held against; percentiles, which are figures of some neighbourhood, rounded.
    stability_cells, stability_zones
        As `boundaries.screening.stability.Stability` has them.
    variants
        Names of what was tried, in order.
    disparity
        Gap between zones and rest; None where there are no zones, or their sums are hidden.
    profile
        As `boundaries.screening.profile.compare_profile` returns it; None without a register of dwellings.
    compared
        Another designation; None where none was asked for.
    unplaced_n
        Residents whose dwelling has no place; None where that is not known, or too few to tell.
    files
        ``register``, ``file``, ``layer``, ``rows_n``, ``sha256`` of the inputs.
    barriers
        As `boundaries.screening.barriers.measure_barriers` returns it, with ``zone`` (Int64, NA of all
        zones) before it; ``crossings_n`` (Int64) and ``crossings_per_km`` NA where no crossings were given.
        None without barriers, or without zones.
    block_zones
        As `boundaries.city_blocks.give_to_blocks` returns it; None without blocks, or without zones.
    """

    name: str
    is_synthetic: bool
    settings: ScreeningSettings
    years: Mapping[GridCriterion | None, int]
    published: PublishedScreening
    limits: Mapping[GridCriterion, Limit]
    stability_cells: pd.DataFrame
    stability_zones: pd.DataFrame
    variants: tuple[str, ...]
    disparity: Disparity | None
    profile: pd.DataFrame | None
    compared: ComparedZones | None
    unplaced_n: int | None
    files: pd.DataFrame
    barriers: pd.DataFrame | None = None
    block_zones: gpd.GeoDataFrame | None = None


def read_inputs(plan: ScreeningPlan) -> CityInputs:
    """Read everything that a plan names.

    Returns
    -------
    CityInputs
        With the findings of all of it; where one of them is an error the inputs should not be used.

    Raises
    ------
    ReadError, UsageError, DataError
        As `read_registers`, `read_cells` and the readers of `boundaries.registers.context_layers`.
    """
    found: list[pd.DataFrame] = []
    files: list[pd.DataFrame] = []
    registers, cells, settings = None, None, plan.settings
    if plan.cells is not None:
        counted = read_cells(plan.cells, **plan.cell_options)  # type: ignore[arg-type]
        cells, settings = counted.cells, replace(settings, cell_size_m=counted.grid.size_m)
        found.append(counted.findings)
        files.append(_describe_file("cells", plan.cells, len(cells)))
    elif plan.project is not None:
        registers = read_registers(plan.project)
        found.append(registers.findings)
        files.append(registers.files[["register", "file", "layer", "rows_n", "sha256"]])
    layers: dict[str, gpd.GeoDataFrame] = {}
    for name, path, layer in _read_layers(plan):
        layers[name] = layer.frame
        found.append(layer.findings)
        files.append(_describe_file(name, path, len(layer.frame)))
    return CityInputs(
        cells=cells,
        registers=registers,
        places=layers.get("places"),
        old_zones=layers.get("zones"),
        settings=settings,
        files=pd.concat(files, ignore_index=True),
        findings=combine_findings(found),
        barriers=layers.get("barriers"),
        crossings=layers.get("crossings"),
        blocks=layers.get("blocks"),
    )


def _read_layers(plan: ScreeningPlan) -> Iterator[tuple[str, Path, ContextLayer]]:
    """Read the layers that a plan names, each with its file."""
    for name, read, options in (
        ("places", read_places, plan.places),
        ("barriers", read_barriers, plan.barriers),
        ("crossings", read_crossings, plan.crossings),
        ("blocks", read_blocks, plan.blocks),
        ("zones", read_zones, None if plan.compare is None else {"path": str(plan.compare)}),
    ):
        if options is not None:
            yield name, Path(options["path"]), read(**dict(options))


def _describe_file(register: str, path: Path, rows_n: int) -> pd.DataFrame:
    row = {"register": register, "file": path.name, "layer": "", "rows_n": rows_n, "sha256": hash_file(path)}
    return pd.DataFrame([row])


def screen_city(plan: ScreeningPlan, inputs: CityInputs) -> ScreenedCity:
    """Screen a city, and hide what may not be shown.

    Parameters
    ----------
    plan
        As `plan_screening` makes it.
    inputs
        As `read_inputs` reads them for it.

    Raises
    ------
    DataError
        As `boundaries.screening.dwelling_counts.count_dwellings` and `boundaries.screening.screening.screen`.
    """
    settings, registers = inputs.settings, inputs.registers
    counts = None if registers is None else count_dwellings(registers, settings)
    cells = inputs.cells if counts is None else sum_cells(counts, settings.grid)
    if cells is None:
        raise ValueError("neither cells nor registers")
    result = screen(cells, settings)
    if inputs.places is not None and len(result.zones):
        result = replace(result, zones=name_zones(result.zones, inputs.places))
    stability = measure_stability(result, dwelling_counts=counts)
    published = publish_screening(result, plan.limits)
    years = {} if registers is None else find_years(registers.residents, settings)
    return ScreenedCity(
        name=plan.name,
        is_synthetic=plan.is_synthetic,
        settings=settings,
        years=MappingProxyType(years),
        published=published,
        limits=MappingProxyType(_round_percentiles(result)),
        stability_cells=stability.cells,
        stability_zones=stability.zones,
        variants=tuple(stability.variants["variant"]),
        disparity=_measure_disparity(published, plan, years.get(None)),
        profile=_measure_profile(registers, result, years),
        compared=_compare(result, published, inputs, plan),
        unplaced_n=_count_unplaced(counts, published),
        files=inputs.files,
        barriers=_measure_barriers(result, inputs),
        block_zones=_give_to_blocks(result, published, inputs, counts),
    )


def _round_percentiles(result: Screening) -> dict[GridCriterion, Limit]:
    """Round the limits that are the value of one neighbourhood."""
    limits = {}
    for name, limit in result.limits.items():
        is_given = result.settings.rules[name].basis != "percentile"
        decimals = _LIMIT_DECIMALS if name is GridCriterion.DWELLING_AREA else _LIMIT_DECIMALS + 2
        value = limit.value
        if value is not None and not is_given:
            value = round(value, decimals)
        limits[name] = replace(limit, value=value)
    return limits


def _measure_disparity(
    published: PublishedScreening, plan: ScreeningPlan, year: int | None
) -> Disparity | None:
    zones, rest = (measure_part(published.parts, part) for part in ("zones", "rest"))
    if all(value is None for value in zones.values()):
        return None
    return compare_gaps(zones, rest, plan.gap_then, year_then=plan.year_then, year_now=year)


def _measure_profile(
    registers: Registers | None, result: Screening, years: Mapping[GridCriterion | None, int]
) -> pd.DataFrame | None:
    """Count the dwellings, which are no persons: nothing of it is hidden."""
    if registers is None or result.zones.empty:
        return None
    return compare_profile(profile_zones(registers.dwellings, result.zones, date(years[None], 1, 1)))


def _measure_barriers(result: Screening, inputs: CityInputs) -> pd.DataFrame | None:
    """Measure barriers, which are no persons: nothing of it is hidden."""
    if inputs.barriers is None or result.zones.empty:
        return None
    none = inputs.barriers.iloc[:0]
    crossings = none if inputs.crossings is None else inputs.crossings
    table = measure_barriers(result.zones, inputs.barriers, crossings).astype({"crossings_n": "Int64"})
    if inputs.crossings is None:
        table = table.assign(crossings_n=pd.array([pd.NA] * len(table), "Int64"), crossings_per_km=np.nan)
    table.insert(0, "zone", pd.Series([*result.zones["zone"], pd.NA], dtype="Int64"))
    return table


def _give_to_blocks(
    result: Screening, published: PublishedScreening, inputs: CityInputs, counts: pd.DataFrame | None
) -> gpd.GeoDataFrame | None:
    if inputs.blocks is None or result.zones.empty:
        return None
    beside = None
    if inputs.old_zones is not None:
        found = compare_designations(inputs.old_zones, result.zones)
        beside = _assign_cells(result, _take_dropped(found.zones))
    return give_to_blocks(result, published, inputs.blocks, counts, beside=beside)


def _take_dropped(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    is_dropped = zones["status"].eq(ZoneStatus.DROPPED.value).to_numpy()
    return zones[is_dropped].reset_index(drop=True)


def _count_unplaced(counts: pd.DataFrame | None, published: PublishedScreening) -> int | None:
    if counts is None:
        return None
    unplaced_n = int(sum_unplaced(counts)["residents_n"])
    return None if 0 < unplaced_n < published.limits.residents_n else unplaced_n


def _compare(
    result: Screening, published: PublishedScreening, inputs: CityInputs, plan: ScreeningPlan
) -> ComparedZones | None:
    if inputs.old_zones is None or plan.compare is None:
        return None
    found = compare_designations(inputs.old_zones, result.zones)
    is_dropped = found.zones["status"].eq(ZoneStatus.DROPPED.value).to_numpy()
    dropped = _take_dropped(found.zones)
    others = _assign_cells(result, dropped)
    sums = sum_other_zones(result, published, others)
    columns = [name for name in sums.columns if name != "cells_n"]
    of_dropped = sums[columns].reindex(range(len(dropped)))
    at = found.zones.loc[~is_dropped, "position_new"].to_numpy(dtype=np.int64)
    of_kept = pd.DataFrame(published.zones)[columns].iloc[at]
    values = pd.concat([of_kept, of_dropped]).astype("Int64").set_axis(found.zones.index)
    shape = found.zones.geometry
    frame = pd.concat([pd.DataFrame(found.zones.drop(columns="geometry")), values], axis="columns")
    return ComparedZones(
        zones=gpd.GeoDataFrame(frame, geometry=shape, crs=found.zones.crs),
        land=found.land,
        old_zones=inputs.old_zones[["name", "geometry"]],
        file=plan.compare.name,
    )


def _assign_cells(result: Screening, zones: gpd.GeoDataFrame) -> pd.Series:
    """Return the zone that more than half of each cell lies in, by position; NA in none."""
    cover = cover_polygons(zones.geometry.to_numpy(), result.grid)
    most = cover[cover["overlap_m2"] * 2 > result.grid.size_m**2].drop_duplicates(["column", "row"])
    key = number_cells(Cells(most["column"].to_numpy(), most["row"].to_numpy()))
    cells = result.cells
    own = number_cells(Cells(cells["column"].to_numpy(), cells["row"].to_numpy()))
    position = pd.Series(most["position"].to_numpy(), index=key).reindex(own)
    return pd.Series(position.to_numpy(), index=cells.index).astype("Int64")
