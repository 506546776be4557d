"""The movers of a project from registers to what may be shown: one call.

Nothing but `PublishedMoves` reaches a page, a file or a terminal, and it holds nothing that is hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from boundaries.delineation.areas import delineate_areas
from boundaries.designation.law import Criterion, rules_on
from boundaries.disclosure.concentration import Concentration, publish_concentration
from boundaries.disclosure.flows import suppress_flows
from boundaries.disclosure.move_products import (
    publish_destinations,
    publish_exposed,
    publish_leavers,
    publish_outflow,
)
from boundaries.disclosure.moves import (
    publish_area_gathering,
    publish_balance,
    publish_contributions,
    publish_gathering,
    publish_inflow,
)
from boundaries.model import Registers, Settings
from boundaries.moves.balance import balance_residents
from boundaries.moves.classification import classify_persons
from boundaries.moves.contributions import measure_contributions, sum_parts
from boundaries.moves.flows import count_flows, select_kommuner_with, shape_kommune_flows
from boundaries.moves.gathering import find_leavers, gather_by_area, gather_leavers
from boundaries.moves.groups import group_persons
from boundaries.moves.panel import shape_leaver_panel
from boundaries.moves.places import Level, code_units, place_dwellings
from boundaries.moves.products import sum_inflow
from boundaries.moves.snapshots import find_snapshot_gaps, list_figure_years, match_years
from boundaries.moves.social_export import SocialExport, measure_social_export
from boundaries.registers.findings import combine_findings
from boundaries.registers.flows import ALL, read_flows
from boundaries.registers.kommune_table import read_kommune_table
from boundaries.registers.project import Project
from data.kommune_names import find_kommune_code
from geo.errors import DataError, UsageError

PREVENTION = "forebyggelsesomraade"
"""The category that the figures are about."""

RULES_YEAR = 2022
"""First figure year under the rules of prevention areas: the moves during 2021."""


@dataclass(frozen=True, kw_only=True)
class MoversQuestion:
    """What is asked beside the project.

    Attributes
    ----------
    flows
        Table of moves between kommuner instead of the project's.
    from_year
        First figure year that is shown; None for the first that there is.
    rules_year
        First figure year under the rules, of the comparison of before and after; None for `RULES_YEAR`.
    with_kommune
        Codes or names of the kommuner that have prevention areas.
    with_table, with_column
        A table of kommuner instead, and the column that is over 0 where there are such areas. What is not
        asked, the table ``[movers]`` of the project says; without either, the project's lists tell.
    """

    flows: Path | None = None
    from_year: int | None = None
    rules_year: int | None = None
    with_kommune: tuple[str, ...] = ()
    with_table: Path | None = None
    with_column: str | None = None


@dataclass(frozen=True, kw_only=True)
class AreaMoves:
    """Who came to and left the areas of a project, as it may be shown.

    Attributes
    ----------
    balance, inflow, contributions, gathering, area_gathering
        As `boundaries.disclosure.moves` returns them.
    areas
        ``area_id``, ``name``.
    inflow_areas
        Areas that have been prevention areas on any list of the project.
    shapes
        The areas on the second day of the last year: ``area_id``, ``name``, ``has_plan``, polygons in
        EPSG:25832; None for no map.
    """

    balance: pd.DataFrame
    inflow: pd.DataFrame
    contributions: pd.DataFrame
    gathering: pd.DataFrame
    area_gathering: pd.DataFrame
    areas: pd.DataFrame
    inflow_areas: tuple[str, ...]
    shapes: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, kw_only=True)
class KommuneMoves:
    """Who moved between kommuner, as it may be shown.

    Attributes
    ----------
    flows
        As `boundaries.disclosure.flows.suppress_flows` returns them.
    outflow, destinations, leavers, exposed
        As `boundaries.disclosure.move_products` returns them.
    kommuner_with
        Kommuner with prevention areas, sorted.
    social_export
        Whether the exposed share of leavers changed more there; None where it cannot be told, and why.
    social_export_error
        Key and values of the sentence that says why not.
    rules_year
        As asked.
    concentration
        Whether leavers gather in a few kommuner; None where it cannot be told, and why.
    concentration_error
        Key and values of the sentence that says why not.
    """

    flows: pd.DataFrame
    outflow: pd.DataFrame
    destinations: pd.DataFrame
    leavers: pd.DataFrame
    exposed: pd.DataFrame
    kommuner_with: tuple[str, ...]
    social_export: SocialExport | None
    social_export_error: DataError | None
    rules_year: int
    concentration: Concentration | None = None
    concentration_error: DataError | None = None


@dataclass(frozen=True, kw_only=True)
class PublishedMoves:
    """The movers of a project as they may be shown to anyone.

    Attributes
    ----------
    name, is_synthetic, threshold_n
        Of the project.
    areas, kommuner
        The two halves; None where the inputs cannot tell.
    geometry
        Polygons of the kommuner; None where the project has none.
    findings
        Of inputs that could not be used in full.
    """

    name: str
    is_synthetic: bool
    threshold_n: int
    areas: AreaMoves | None
    kommuner: KommuneMoves | None
    geometry: gpd.GeoDataFrame | None = None
    findings: pd.DataFrame = field(default_factory=pd.DataFrame)


def follow_movers(registers: Registers, project: Project, question: MoversQuestion) -> PublishedMoves:
    """Follow the movers of a project.

    Parameters
    ----------
    registers
        Read and checked; findings that are errors are the caller's to stop at.
    project
        Its settings and kommune.
    question
        What is asked beside it.

    Raises
    ------
    DataError
        ``movers.nothing`` where there are neither residents of two years in a row nor a table of moves; and
        as `boundaries.moves.snapshots.match_years`.
    UsageError
        ``movers.unknown_kommune``, ``movers.no_column``.
    """
    question = _complete(question, project)
    threshold_n = project.settings.suppression_threshold_n
    findings = [find_snapshot_gaps(registers.residents)]
    residents = registers.residents
    years = [year for year in list_figure_years(residents) if year >= (question.from_year or year)]
    areas, counted = _follow_areas(registers, project, years)
    flows = registers.flows
    if question.flows is not None:
        read = read_flows(question.flows, codes=[project.kommune_code] if project.kommune_code else [])
        findings.append(read.findings)
        flows = read.frame if not read.has_errors else flows.iloc[:0]
    if flows.empty and len(set(counted["from_kommune"])) > 1:
        flows = counted
    kommuner = None
    if len(flows):
        kommuner = _follow_kommuner(registers, flows, question, threshold_n)
    if areas is None and kommuner is None:
        raise DataError("movers.nothing", {"file": project.path.name})
    return PublishedMoves(
        name=project.name,
        is_synthetic=project.is_synthetic,
        threshold_n=threshold_n,
        areas=areas,
        kommuner=kommuner,
        geometry=registers.kommuner if len(registers.kommuner) else None,
        findings=combine_findings(findings),
    )


def _complete(question: MoversQuestion, project: Project) -> MoversQuestion:
    """Take from the project what was not asked; kommuner that were asked go before its table."""
    asked = {name: value for name, value in vars(question).items() if value}
    said = dict(project.movers)
    if "with_kommune" in asked or "with_table" in asked:
        said = {name: value for name, value in said.items() if not name.startswith("with_")}
    return replace(question, **{"rules_year": RULES_YEAR, **said, **asked})


def _follow_areas(
    registers: Registers, project: Project, years: Sequence[int]
) -> tuple[AreaMoves | None, pd.DataFrame]:
    """Return the moves of areas, and those between kommuner in the shape of the register of flows."""
    if not years:
        return None, registers.flows.iloc[:0]
    settings, code = project.settings, project.kommune_code
    threshold_n = settings.suppression_threshold_n
    days = sorted({day for year in years for day in (year - 1, year)})
    kommuner = registers.kommuner if len(registers.kommuner) else None
    places = {
        day: place_dwellings(registers, settings, date(day, 1, 1), kommune_code=code, kommuner=kommuner)
        for day in days
    }
    with_plan = sorted(set(registers.plans["area_id"].dropna()))
    tables: dict[str, list[pd.DataFrame]] = {}

    def keep(name: str, table: pd.DataFrame) -> None:
        tables.setdefault(name, []).append(table)

    for year in years:
        matched = match_years(registers.residents, registers.dwellings["dwelling_id"], year)
        sides = places[year - 1], places[year]
        units = code_units(*sides, matched.dwelling_ids, level=Level.AREA)
        classified = classify_persons(matched, units)
        groups = group_persons(matched, ("exposure",))
        keep("balance", balance_residents(matched, classified, groups))
        leavers = find_leavers(matched, classified, sides[1], with_plan)
        keep("gathering", gather_leavers(leavers, groups))
        keep("by_area", gather_by_area(leavers, groups))
        rules = rules_on(date(year, 12, 1))
        keep("parts", sum_parts(measure_contributions(matched, classified, rules, list(Criterion))))
        between = classify_persons(matched, code_units(*sides, matched.dwelling_ids, level=Level.KOMMUNE))
        keep("flows", shape_kommune_flows(count_flows(matched, between, groups)))
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    listed = registers.lists.loc[registers.lists["category"].eq(PREVENTION), "area_id"]
    chosen = tuple(sorted(set(listed) & set(whole["balance"]["area_id"])))
    of_category = pd.DataFrame(
        [(year, area) for year in years for area in chosen], columns=["year", "area_id"]
    ).astype({"year": "int64", "area_id": "str"})
    balance = publish_balance(whole["balance"], chosen, threshold_n)
    inflow = publish_inflow(sum_inflow(whole["balance"], of_category), balance, chosen, threshold_n)
    published = AreaMoves(
        balance=balance,
        inflow=inflow,
        contributions=publish_contributions(whole["parts"], balance, threshold_n),
        gathering=publish_gathering(whole["gathering"], threshold_n),
        area_gathering=publish_area_gathering(whole["by_area"], threshold_n),
        areas=_name_areas(registers),
        inflow_areas=chosen,
        shapes=_draw_areas(registers, settings, date(years[-1], 1, 1), with_plan),
    )
    return published, whole["flows"]


def _name_areas(registers: Registers) -> pd.DataFrame:
    """Return ``area_id`` and ``name`` of every area, those that came of a split by its name."""
    own = registers.areas[["area_id", "name"]]
    split = registers.splits[["new_area_id", "new_name"]].set_axis(["area_id", "name"], axis=1)
    both = pd.concat([pd.DataFrame(own), pd.DataFrame(split)]).dropna()
    return both.drop_duplicates("area_id").reset_index(drop=True)


def _draw_areas(
    registers: Registers, settings: Settings, on: date, with_plan: Sequence[str]
) -> gpd.GeoDataFrame:
    areas, _ = delineate_areas(registers, on, gap_m=settings.coherence_gap_m)
    drawn = areas.assign(has_plan=areas["area_id"].isin(with_plan))
    return drawn[["area_id", "name", "has_plan", "geometry"]].reset_index(drop=True)


def _follow_kommuner(
    registers: Registers, flows: pd.DataFrame, question: MoversQuestion, threshold_n: int
) -> KommuneMoves:
    whole = flows[flows["group"].eq(ALL)]
    every_year = (whole if len(whole) else flows).reset_index(drop=True)
    kept = every_year
    if question.from_year is not None:
        kept = kept[kept["year"].ge(question.from_year)].reset_index(drop=True)
    found = _find_kommuner_with(registers, question)
    there = {*kept["from_kommune"], *kept["to_kommune"]}
    named = tuple(sorted(found & there))
    shown = suppress_flows(kept, threshold_n, kommuner_with=named)
    rules_year = question.rules_year or RULES_YEAR
    social_export, error = None, None
    try:
        # Before and after are compared over all years, whichever are shown.
        panel = shape_leaver_panel(every_year, named)
        social_export = measure_social_export(panel, from_year=rules_year)
    except DataError as caught:
        error = caught
    destinations = publish_destinations(kept, shown, named, threshold_n)
    leavers = publish_leavers(kept, shown, named, threshold_n)
    concentration, unconcentrated = None, None
    try:
        concentration = publish_concentration(shown, destinations, leavers, named)
    except DataError as caught:
        unconcentrated = caught
    return KommuneMoves(
        flows=shown,
        outflow=publish_outflow(kept, shown, named, threshold_n),
        destinations=destinations,
        leavers=leavers,
        exposed=publish_exposed(kept, named, threshold_n),
        kommuner_with=named,
        social_export=social_export,
        social_export_error=error,
        rules_year=rules_year,
        concentration=concentration,
        concentration_error=unconcentrated,
    )


def _find_kommuner_with(registers: Registers, question: MoversQuestion) -> frozenset[str]:
    """Return the kommuner with prevention areas: as asked, by a table, or by the project's lists."""
    if question.with_kommune:
        return frozenset(_name_kommune(text) for text in question.with_kommune)
    if question.with_table is not None:
        if not question.with_column:
            raise UsageError("movers.no_column", {"file": question.with_table.name})
        table = read_kommune_table(question.with_table, value=question.with_column).frame
        codes = table.loc[table["value"].gt(0), "kommune_code"]
        return frozenset(str(code) for code in codes)
    return select_kommuner_with(registers.lists, registers.areas)


def _name_kommune(text: str) -> str:
    code = find_kommune_code(text)
    if code is None:
        raise UsageError("movers.unknown_kommune", {"found": text})
    return code
