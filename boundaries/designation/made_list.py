"""The list of a project in one call: made where the inputs allow it, else the reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from boundaries.delineation.areas import delineate_areas, outline_extensions
from boundaries.delineation.dwellings import decide_dwellings
from boundaries.designation.housing_mix import MIX_COLUMNS, MixRules, measure_mix, mix_rules_on
from boundaries.designation.indicators import INDICATOR_COLUMNS, count_indicators
from boundaries.designation.law import LawListing, Rules, find_list_date, list_law, rules_on
from boundaries.designation.regions import Regions, find_regions
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
    earlier
        The earlier data years of the means as the last year's list counted them, with the areas as they
        were then: `INDICATOR_COLUMNS`. A difference from the list's own is what a change of an area's
        outline made, and must not tell of a few persons.
    """

    assessment: Assessment
    yearly_list: YearlyList
    rules: Rules
    law: LawListing
    regions: Regions
    mix: pd.DataFrame
    mix_rules: MixRules | None
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
    return MadeList(
        assessment=assessment,
        yearly_list=made,
        rules=rules,
        law=list_law(on),
        regions=regions,
        mix=mix,
        mix_rules=mix_rules,
        earlier=_count_earlier(registers, assessment, rules),
    )


def _measure_mix(assessment: Assessment, on: date) -> tuple[pd.DataFrame, MixRules | None]:
    try:
        rules = mix_rules_on(on)
    except DataError:  # the target came in December 2018
        return pd.DataFrame(columns=list(MIX_COLUMNS)), None
    return measure_mix(assessment.dwellings, assessment.status_date, rules), rules


def _count_earlier(registers: Registers, assessment: Assessment, rules: Rules) -> pd.DataFrame:
    """Count the earlier years of the means by the outlines and decisions of a year before."""
    status_date, settings = assessment.status_date, assessment.settings
    then = date(status_date.year - 1, status_date.month, min(status_date.day, 28))
    _, pieces = delineate_areas(registers, then, gap_m=settings.coherence_gap_m)
    extensions = outline_extensions(registers, then)
    dwellings, _ = decide_dwellings(registers, pieces, extensions, settings, then)
    area_ids = assessment.areas["area_id"].tolist()
    counted = count_indicators(registers.residents, dwellings, area_ids, rules, status_date.year)
    earlier = counted[counted["year"].lt(status_date.year)]
    return earlier[list(INDICATOR_COLUMNS)].reset_index(drop=True)
