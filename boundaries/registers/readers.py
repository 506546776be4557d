"""Every input of a project, read, checked and canonical: the one door for data."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from boundaries.model import Registers, Settings
from boundaries.registers.coherence import (
    find_incoherent_areas,
    find_incoherent_extensions,
    find_splits_outside,
)
from boundaries.registers.dwellings import build_dwellings
from boundaries.registers.extracts.tenure import drop_told_twice
from boundaries.registers.findings import combine_findings
from boundaries.registers.flows import build_flows
from boundaries.registers.kommuner import read_project_kommuner
from boundaries.registers.outlines import Outlines, build_approved, build_areas
from boundaries.registers.overlaps import (
    find_area_overlaps,
    find_extension_overlaps,
    find_extensions_over_areas,
    find_parcel_overlaps,
    find_split_overlaps,
    outline_shapes,
)
from boundaries.registers.parcels import build_parcels
from boundaries.registers.plans import build_plans, find_overdue_actions
from boundaries.registers.project import Project
from boundaries.registers.relations import (
    find_absurd_counts,
    find_missing_year,
    find_new_areas_that_exist,
    find_no_such_kommune,
    find_residents_in_non_dwellings,
    find_residents_without_dwelling,
    find_unknown_areas,
    find_unknown_parcels,
)
from boundaries.registers.residents import build_residents
from boundaries.registers.rows import Checked, Rows
from boundaries.registers.sources import find_missing_register, read_sources
from boundaries.registers.yearly import build_lists, build_references


def read_registers(project: Project) -> Registers:
    """Read and check every register of a project.

    Parameters
    ----------
    project
        As `load_project` returns it; the caller may have replaced its status date.

    Returns
    -------
    Registers
        What could be read, and all findings; whether they stop the run is for the caller to say
        (`has_errors`). A row whose id is missing is in no frame, and of rows with one id there is one.

    Raises
    ------
    ReadError, DataError, UsageError
        Where a file cannot be read at all; `RegisterErrors` with all of them where several cannot.
    """
    raw = read_sources(project)
    parcels = build_parcels(raw.rows["parcels"])
    outlines = _build_outlines(raw.rows, project)
    dwellings = build_dwellings(raw.hand_over("dwellings"), reference_year=_reference_year(project))
    dwellings = drop_told_twice(dwellings, raw.findings)
    residents = build_residents(raw.hand_over("residents"))
    references, lists = build_references(raw.rows["references"]), build_lists(raw.rows["lists"])
    plans = build_plans(raw.rows["plans"])
    kommuner = read_project_kommuner(raw.rows["kommuner"], project)
    flows = build_flows(raw.rows["flows"], codes=[project.kommune_code])
    registers = (parcels, dwellings, residents, references, lists, plans, flows)
    findings = combine_findings(
        [
            raw.findings,
            *(found for register in outlines.values() for found in register.findings),
            *(found for register in registers for found in register.findings),
            kommuner.findings,
            *_check_outlines(outlines, parcels, project),
            *find_no_such_kommune(outlines["areas"].rows, project),
            *_check_people(residents.rows, dwellings.rows, project),
            *_check_plans(plans.rows, outlines, project),
        ]
    )
    return Registers(
        parcels=gpd.GeoDataFrame(parcels.frame),
        areas=outlines["areas"].frame,
        area_parcels=outlines["areas"].parcels,
        extensions=outlines["extensions"].frame,
        extension_parcels=outlines["extensions"].parcels,
        splits=outlines["splits"].frame,
        split_parcels=outlines["splits"].parcels,
        dwellings=dwellings.frame,
        residents=residents.frame,
        references=references.frame,
        lists=lists.frame,
        findings=findings,
        files=raw.files,
        plans=plans.frame,
        kommuner=kommuner.frame,
        flows=flows.frame,
    )


def _reference_year(project: Project) -> int | None:
    return project.status_date.year if project.status_date else None


def _build_outlines(raw: Mapping[str, Rows], project: Project) -> dict[str, Outlines]:
    return {
        "areas": build_areas(raw["areas"], kommune_code=project.kommune_code),
        "extensions": build_approved(raw["extensions"]),
        "splits": build_approved(raw["splits"]),
    }


def _check_outlines(
    outlines: Mapping[str, Outlines], parcels: Checked, project: Project
) -> list[pd.DataFrame]:
    """Check that areas, extensions, splits and parcels fit each other."""
    findings = _check_parcel_lists(outlines, parcels, project)
    areas, extensions, splits = outlines["areas"], outlines["extensions"], outlines["splits"]
    area_ids = areas.rows.frame["area_id"]
    if len(area_ids):
        findings += [
            find_unknown_areas(extensions.rows, _list_area_ids(outlines)),
            find_unknown_areas(splits.rows, area_ids),
            find_new_areas_that_exist(splits, area_ids),
        ]
    frame = gpd.GeoDataFrame(parcels.frame)
    shapes = {name: outline_shapes(register, frame) for name, register in outlines.items()}
    return [*findings, *_check_shapes(outlines, shapes, project.settings)]


def _check_parcel_lists(
    outlines: Mapping[str, Outlines], parcels: Checked, project: Project
) -> list[pd.DataFrame]:
    """Check that parcels in lists are in the register of parcels, and do not overlap there."""
    keys = pd.concat([register.parcels["parcel_key"] for register in outlines.values()])
    if keys.empty:
        return []
    if "parcels" not in project.sources:
        return [find_missing_register(project, "parcels")]
    if parcels.frame.empty:
        return []  # why there are none has been said; every parcel of a list would be unknown
    tolerance_m2 = project.settings.overlap_tolerance_m2
    return [
        *(find_unknown_parcels(register, parcels.frame["parcel_key"]) for register in outlines.values()),
        *find_parcel_overlaps(parcels.rows, keys.to_list(), tolerance_m2=tolerance_m2),
    ]


def _check_shapes(
    outlines: Mapping[str, Outlines], shapes: Mapping[str, gpd.GeoSeries], settings: Settings
) -> list[pd.DataFrame]:
    """Check overlaps and coherence of areas, extensions and splits."""
    tolerance_m2, gap_m = settings.overlap_tolerance_m2, settings.coherence_gap_m
    areas, extensions, splits = ((outlines[name], shapes[name]) for name in ("areas", "extensions", "splits"))
    return [
        *find_area_overlaps(*areas, tolerance_m2=tolerance_m2),
        *find_extension_overlaps(*extensions, tolerance_m2=tolerance_m2),
        *find_extensions_over_areas(extensions, areas, tolerance_m2=tolerance_m2),
        *find_split_overlaps(*splits, tolerance_m2=tolerance_m2),
        find_incoherent_areas(*areas, gap_m=gap_m),
        find_incoherent_extensions(extensions, areas, splits, gap_m=gap_m),
        find_splits_outside(splits, areas, extensions, tolerance_m2=tolerance_m2),
    ]


def _list_area_ids(outlines: Mapping[str, Outlines]) -> pd.Series:
    """Return the ids of all areas, those that splits make too."""
    areas, splits = outlines["areas"].rows.frame, outlines["splits"].rows.frame
    return pd.Series(pd.concat([areas["area_id"], splits["new_area_id"]]))


def _check_plans(plans: Rows, outlines: Mapping[str, Outlines], project: Project) -> list[pd.DataFrame]:
    """Check that plans are of areas that there are, and that what is planned is yet to come."""
    findings = []
    if len(outlines["areas"].rows.frame):
        findings.append(find_unknown_areas(plans, _list_area_ids(outlines)))
    if project.status_date:
        findings.append(find_overdue_actions(plans, status_date=project.status_date))
    return findings


def _check_people(residents: Rows, dwellings: Rows, project: Project) -> list[pd.DataFrame]:
    """Check that residents and dwellings fit each other and the status date."""
    if "residents" not in project.sources:
        return []
    findings = [find_absurd_counts(residents)]
    if len(dwellings.frame):
        findings.append(find_residents_without_dwelling(residents, dwellings))
    status_date = project.status_date
    if residents.frame.empty:
        return findings
    year = status_date.year if status_date else int(residents.frame["year"].max())
    findings.append(find_residents_in_non_dwellings(residents, dwellings, year=year))
    if status_date:
        findings.append(find_missing_year(residents, status_date=status_date))
    return findings
