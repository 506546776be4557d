"""The list of a project in one call: made where the inputs allow it, else the reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from boundaries.delineation.areas import delineate_areas, outline_extensions
from boundaries.delineation.dwellings import decide_dwellings
from boundaries.designation.categories import Category
from boundaries.designation.criteria import collect_statuses
from boundaries.designation.development_plan import follow_plans
from boundaries.designation.housing_mix import (
    MIX_COLUMNS,
    PLAN_COLUMNS,
    MixRules,
    measure_mix,
    mix_rules_on,
)
from boundaries.designation.indicators import count_indicators
from boundaries.designation.law import Criterion, LawListing, Rules, find_list_date, list_law, rules_on
from boundaries.designation.lists import explain_leaving
from boundaries.designation.regions import Regions, find_regions
from boundaries.designation.verdict import Status
from boundaries.designation.yearly_list import YearlyList, make_yearly_list
from boundaries.model import Assessment, Registers
from geo.errors import DataError

LACKS = frozenset(
    {
        "law.before_first",
        "law.kommune_without_region",
        "law.missing_national_reference",
        "law.missing_regional_reference",
        "law.missing_resident_year",
    }
)
"""Errors that say that an input is not there; a project can do without a list, and is told why."""


@dataclass(frozen=True, kw_only=True)
class MadeList:
    """A list, and all that is told beside it; nothing is suppressed.

    Attributes
    ----------
    assessment
        What the list was made of.
    yearly_list
        The list.
    rules
        The law of the list date.
    law
        Every parameter of the law that was in force, with its source.
    regions
        The region of each kommune, and which were assumed.
    mix
        `boundaries.designation.housing_mix.MIX_COLUMNS`; no rows before December 2018.
    mix_rules
        The reduction target; None before December 2018.
    plan
        The account of the development plans (`boundaries.designation.development_plan.follow_plans`,
        `boundaries.designation.housing_mix.PLAN_COLUMNS`) of the areas that have one; no rows before
        December 2018. It counts dwellings alone.
    earlier
        The earlier data years of the means as the last year's list counted them, with the areas as they
        were then (`boundaries.designation.indicators.INDICATOR_COLUMNS`). A difference from the list's own
        is what a change of an area's outline made, and must not tell of a few persons.
    """

    assessment: Assessment
    yearly_list: YearlyList
    rules: Rules
    law: LawListing
    regions: Regions
    mix: pd.DataFrame
    mix_rules: MixRules | None
    plan: pd.DataFrame
    earlier: pd.DataFrame


@dataclass(frozen=True)
class NoList:
    """Why there is no list.

    Attributes
    ----------
    key
        Key of the sentence below ``error.`` in the texts.
    values
        What the sentence names.
    """

    key: str
    values: Mapping[str, object]


def make_list(
    registers: Registers, assessment: Assessment, *, list_date: date | None = None
) -> MadeList | NoList:
    """Make the list of the status date's year, if the inputs allow it.

    Parameters
    ----------
    registers
        What the assessment was made of.
    assessment
        Which dwellings count, unsuppressed.
    list_date
        Date whose law is applied; the day of the status year's list where None.

    Returns
    -------
    MadeList or NoList
        No list where the project has no areas or residents, or where one of `LACKS` is missing.

    Raises
    ------
    DataError
        Where what is there is wrong: a reference twice, a share over 1/10, an unknown category.
    """
    if not assessment.has_residents:
        return NoList("lists.no_residents", {})
    if assessment.areas.empty:
        return NoList("lists.no_areas", {})
    try:
        on = find_list_date(assessment.status_date.year) if list_date is None else list_date
        regions = find_regions(registers.references, assessment.areas["kommune_code"])
        made = make_yearly_list(registers, assessment, list_date=on, regions=regions.codes)
    except DataError as error:
        if error.key not in LACKS:
            raise
        return NoList(error.key, error.values)
    rules = rules_on(on)
    mix, mix_rules = _measure_mix(assessment, on)
    then = _decide_year_before(registers, assessment)
    return MadeList(
        assessment=assessment,
        yearly_list=replace(made, changes=_explain_changes(made, _find_statuses(registers, then), rules)),
        rules=rules,
        law=list_law(on),
        regions=regions,
        mix=mix,
        mix_rules=mix_rules,
        plan=_follow_plans(registers, mix, mix_rules, assessment.status_date),
        earlier=_count_earlier(registers, assessment, then, rules),
    )


def _measure_mix(assessment: Assessment, on: date) -> tuple[pd.DataFrame, MixRules | None]:
    try:
        rules = mix_rules_on(on)
    except DataError:  # the target came in December 2018
        return pd.DataFrame(columns=list(MIX_COLUMNS)), None
    return measure_mix(assessment.dwellings, assessment.status_date, rules), rules


def _follow_plans(
    registers: Registers, mix: pd.DataFrame, rules: MixRules | None, status_date: date
) -> pd.DataFrame:
    if rules is None:
        return pd.DataFrame(columns=list(PLAN_COLUMNS))
    return follow_plans(registers.plans, mix, status_date, rules)


def _decide_year_before(registers: Registers, assessment: Assessment) -> Assessment:
    """Return the assessment with outlines and decisions of a year before, as the last list had them."""
    day, settings = assessment.status_date, assessment.settings
    then = date(day.year - 1, day.month, min(day.day, 28))
    areas, pieces = delineate_areas(registers, then, gap_m=settings.coherence_gap_m)
    extensions = outline_extensions(registers, then)
    dwellings, _ = decide_dwellings(registers, pieces, extensions, settings, then)
    return replace(assessment, status_date=then, areas=areas, dwellings=dwellings)


def _count_earlier(
    registers: Registers, assessment: Assessment, then: Assessment, rules: Rules
) -> pd.DataFrame:
    """Count the earlier years of the means by the outlines and decisions of a year before."""
    area_ids, year = assessment.areas["area_id"].tolist(), assessment.status_date.year
    counted = count_indicators(registers.residents, then.dwellings, area_ids, rules, year)
    return counted[counted["year"].lt(year)].reset_index(drop=True)


Statuses = dict[tuple[str, str], dict[str, Status]]
"""Area id and list to condition (``residents`` or a criterion) to status."""


def _find_statuses(registers: Registers, then: Assessment) -> Statuses:
    """Return what the areas met on the list a year before; nothing where the inputs do not reach it."""
    try:
        regions = find_regions(registers.references, then.areas["kommune_code"])
        last = make_yearly_list(registers, then, regions=regions.codes)
    except DataError as error:
        if error.key not in LACKS:
            raise
        return {}
    return _collect_conditions(last, rules_on(last.list_date))


def _collect_conditions(made: YearlyList, rules: Rules) -> Statuses:
    """Return the conditions of each area on each list that it can leave by not meeting them."""
    statuses = collect_statuses(made.criteria)
    residents = dict(zip(made.areas["area_id"], made.areas["residents_status"], strict=True))
    found: Statuses = {}
    for area_id, status in residents.items():
        main, prevention = statuses[area_id, "main"], statuses[area_id, "prevention"]
        counted = {str(name): main[name] for name in rules.main.counted}
        origin = {str(Criterion.NON_WESTERN): main[Criterion.NON_WESTERN]}
        size = {"residents": Status(status)}
        found[area_id, Category.UDSAT_BOLIGOMRAADE] = size | counted
        for kind in (Category.PARALLELSAMFUND, Category.OMDANNELSESOMRAADE):
            found[area_id, kind] = size | counted | origin
        lower = {str(name): each for name, each in prevention.items()}
        found[area_id, Category.FOREBYGGELSESOMRAADE] = size | lower
    return found


def _explain_changes(made: YearlyList, before: Statuses, rules: Rules) -> pd.DataFrame:
    """Give the reasons of leaving a list: what was met a year before, where that is known, and is not now.

    An area that leaves a list for a more severe one, or whose conditions did not change, has none.
    """
    now, reasons = _collect_conditions(made, rules), []
    for row in made.changes.to_dict("records"):
        key, category = (str(row["area_key"]), str(row["list"])), row["category_now"]
        is_up = not pd.isna(category) and Category(row["list"]) is Category.FOREBYGGELSESOMRAADE
        is_told = row["change"] == "left" and key in now and not is_up
        found = explain_leaving(now[key], before.get(key)) if is_told else ()
        reasons.append(", ".join(found))
    return made.changes.assign(reasons=pd.Series(reasons, index=made.changes.index, dtype="str"))
