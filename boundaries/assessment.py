"""The chain in one screen: registers and a date in, an `Assessment` out."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd

from boundaries.delineation.areas import delineate_areas, outline_extensions
from boundaries.delineation.comparison import DwellingCheck, Question, check_area, compare_area
from boundaries.delineation.decisions import drop_extension
from boundaries.delineation.dwellings import decide_dwellings
from boundaries.delineation.residents import COUNT_COLUMNS, count_residents
from boundaries.disclosure.suppression import hide_as_published, suppress_change, suppress_counts
from boundaries.model import Assessment, Registers, Settings


def assess(
    registers: Registers, settings: Settings, status_date: date, *, is_synthetic: bool = False
) -> Assessment:
    """Answer for one date: the areas, every dwelling with its reason, and the residents.

    Parameters
    ----------
    registers
        Read and checked; findings of severity "error" are the caller's to stop at.
    settings
        The open points.
    status_date
        The opgørelsesdato.
    is_synthetic
        Whether the inputs are made up; every page and file then says so.

    Returns
    -------
    Assessment
        Frozen, with nothing suppressed: see `boundaries.disclosure` before publishing.
    """
    areas, pieces = delineate_areas(registers, status_date, gap_m=settings.coherence_gap_m)
    extensions = outline_extensions(registers, status_date)
    dwellings, ties_n = decide_dwellings(registers, pieces, extensions, settings, status_date)
    has_residents = len(registers.residents) > 0
    residents, totals = count_residents(registers.residents, dwellings, areas["area_id"], status_date)
    areas = _add_residents(_add_dwellings(areas, dwellings, "area_id"), residents, is_known=has_residents)
    return Assessment(
        status_date=status_date,
        settings=settings,
        areas=areas,
        pieces=pieces,
        extensions=_add_dwellings(extensions, dwellings, "extension_id"),
        dwellings=dwellings,
        residents=residents if has_residents else residents.iloc[:0],
        totals=totals if has_residents else None,
        edge_ties_n=ties_n,
        findings=registers.findings,
        files=registers.files,
        is_synthetic=is_synthetic,
        has_residents=has_residents,
    )


def check_dwellings(
    registers: Registers,
    settings: Settings,
    status_date: date,
    question: Question,
    *,
    is_synthetic: bool = False,
) -> DwellingCheck:
    """Say for every dwelling in and near an area whether it counts, and what a change would mean.

    Parameters
    ----------
    registers, settings, status_date, is_synthetic
        As `assess`.
    question
        Which area, and what to compare with.

    Returns
    -------
    DwellingCheck
        Counts of persons that are small, or that a small difference would give away, are missing.

    Raises
    ------
    UsageError
        For an area or extension that is not in the project.
    """
    answer = assess(registers, settings, status_date, is_synthetic=is_synthetic)
    if question.without_extension is not None:
        changed = drop_extension(registers, question.without_extension)
        other = assess(changed, settings, status_date, is_synthetic=is_synthetic)
    elif question.compare_on is not None:
        other = assess(registers, settings, question.compare_on, is_synthetic=is_synthetic)
    else:
        check = check_area(answer, question.area_id, near_m=question.near_m)
        counts = suppress_counts(check.counts, settings.suppression_threshold_n)
        return replace(check, counts=hide_as_published(counts, answer, question.area_id))
    before, after = sorted((other, answer), key=lambda one: one.status_date)
    check = compare_area(before, after, question.area_id, near_m=question.near_m)
    counts = hide_as_published(check.counts, before, question.area_id, "residents_before_n")
    counts = hide_as_published(counts, after, question.area_id, "residents_after_n")
    sides = replace(check.sides, without_extension=question.without_extension) if check.sides else None
    return replace(check, counts=suppress_change(counts, settings.suppression_threshold_n), sides=sides)


def _add_dwellings(owners: gpd.GeoDataFrame, dwellings: pd.DataFrame, key: str) -> gpd.GeoDataFrame:
    own = dwellings.dropna(subset=[key])
    by_owner = pd.crosstab(own[key], own["decision"])
    by_owner = by_owner.reindex(index=owners[key], fill_value=0)
    counts = {
        column: by_owner.get(decision.value, pd.Series(0, index=by_owner.index)).to_numpy(dtype="int64")
        for decision, column in COUNT_COLUMNS.items()
    }
    dwellings_n = by_owner.sum(axis=1).to_numpy(dtype="int64")
    extended = owners.assign(dwellings_n=dwellings_n, **counts)
    return extended[[column for column in extended.columns if column != "geometry"] + ["geometry"]]


def _add_residents(areas: gpd.GeoDataFrame, residents: pd.DataFrame, *, is_known: bool) -> gpd.GeoDataFrame:
    sums = residents.groupby("area_id")[list(COUNT_COLUMNS.values())].sum()
    sums = sums.reindex(areas["area_id"], fill_value=0).reset_index(drop=True)
    columns = {f"residents_{column}": sums[column] for column in sums.columns}
    columns["residents_min_n"] = columns["residents_counted_n"]
    columns["residents_max_n"] = columns["residents_counted_n"] + columns["residents_undecided_n"]
    if not is_known:
        # Missing is missing, never 0.
        columns = {name: pd.Series(pd.NA, index=areas.index, dtype="Int64") for name in columns}
    extended = areas.assign(**columns)
    return extended[[column for column in extended.columns if column != "geometry"] + ["geometry"]]
