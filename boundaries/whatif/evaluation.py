"""The one call: registers and proposals in, the list before and after out."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from boundaries.designation.law import Criterion, Rules, find_list_date, rules_on
from boundaries.model import Assessment, Registers, Settings
from boundaries.registers.findings import combine_findings
from boundaries.whatif.changes import apply_proposals
from boundaries.whatif.comparison import (
    compare_areas,
    compare_criteria,
    flag_changes,
    list_changes,
)
from boundaries.whatif.hiding import RealPersons, hide_areas, hide_criteria
from boundaries.whatif.ledger import Ledger
from boundaries.whatif.proposals import Proposals
from boundaries.whatif.sides import make_side

_TABLES = ("areas", "criteria", "changes", "findings")


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A list as it is and as it would be, as it may be shown.

    Attributes
    ----------
    status_date
        The opgørelsesdato.
    list_date
        The date whose law is applied, to both sides.
    file
        The proposals' file.
    areas
        `boundaries.whatif.comparison.compare_areas`, and ``is_changed``; a count of persons that is
        hidden is missing.
    criteria
        `boundaries.whatif.comparison.compare_criteria`, and ``is_changed``; shares are rounded fractions.
    changes
        `boundaries.whatif.comparison.list_changes`.
    findings
        What should be known of the proposals; columns `boundaries.model.FINDING_COLUMNS`.
    is_synthetic
        The inputs are made up.
    """

    status_date: date
    list_date: date
    file: str
    areas: pd.DataFrame
    criteria: pd.DataFrame
    changes: pd.DataFrame
    findings: pd.DataFrame
    is_synthetic: bool = False

    def to_json(self) -> dict[str, object]:
        """Return plain values: fractions as numbers, missing and hidden as null."""
        tables = {name: _plain_records(getattr(self, name)) for name in _TABLES}
        return {
            "status_date": self.status_date.isoformat(),
            "list_date": self.list_date.isoformat(),
            "file": self.file,
            "is_synthetic": self.is_synthetic,
            **tables,
        }


def evaluate_proposals(
    registers: Registers,
    settings: Settings,
    status_date: date,
    proposals: Proposals,
    *,
    list_date: date | None = None,
    is_synthetic: bool = False,
) -> WhatIf:
    """Make the list of a date twice, as things are and as proposed, and set the two side by side.

    The proposals become rows of the registers, and the ordinary rules decide: a new dwelling on an
    extension counts only where it is built after the approval, and so on. Lists that were published
    stand as they are; only the list of this date is made again.

    Parameters
    ----------
    registers
        Residents of every data year that the rules use, references and earlier lists; not changed.
    settings
        The project's: open points, and the threshold under which numbers of persons are hidden.
    status_date
        The opgørelsesdato.
    proposals
        As `boundaries.whatif.reader.read_proposals` reads them.
    list_date
        Date whose law is applied; the day of the status year's list where None.
    is_synthetic
        Whether the inputs are made up.

    Returns
    -------
    WhatIf
        With nothing in it that may not be shown.

    Raises
    ------
    UsageError
        Where a proposal does not fit the registers: see
        `boundaries.whatif.changes.apply_proposals`.
    DataError
        Where the inputs allow no list: the reasons of `boundaries.designation.made_list.make_list`.
    """
    rules = rules_on(find_list_date(status_date.year) if list_date is None else list_date)
    years = _list_years(rules, status_date.year)
    changed = apply_proposals(registers, settings, status_date, proposals, years)
    before = make_side(registers, settings, status_date, rules)
    after = make_side(changed.registers, settings, status_date, rules, beside=before)
    real_after = after
    if len(changed.actual_residents) < len(changed.registers.residents):
        actual = replace(changed.registers, residents=changed.actual_residents)
        real_after = make_side(actual, settings, status_date, rules, beside=before)
    real = RealPersons(before=before, after=real_after, threshold_n=settings.suppression_threshold_n)
    notes = _check_coherence(before.assessment, after.assessment, proposals.file)
    return WhatIf(
        status_date=status_date,
        list_date=rules.on,
        file=proposals.file,
        areas=flag_changes(hide_areas(compare_areas(before, after), real)),
        criteria=flag_changes(hide_criteria(compare_criteria(before, after), real)),
        changes=list_changes(before.assessment, after.assessment, changed, proposals),
        findings=combine_findings([changed.findings, notes]),
        is_synthetic=is_synthetic,
    )


def _list_years(rules: Rules, status_year: int) -> list[int]:
    return sorted({year for criterion in Criterion for year in rules.years_of(criterion, status_year)})


def _check_coherence(before: Assessment, after: Assessment, file: str) -> pd.DataFrame:
    """Note areas that fall into more parts than before, each too far from the rest."""
    ledger = Ledger(file)
    parts = before.areas.set_index("area_id")["groups_n"]
    for area in pd.DataFrame(after.areas)[["area_id", "groups_n", "widest_gap_m"]].to_dict("records"):
        if int(area["groups_n"]) > int(parts.get(area["area_id"], 1)):
            ledger.note("not_coherent", str(area["area_id"]), measure=float(area["widest_gap_m"]))
    return ledger.make_findings()


def _plain_records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> object:
    if pd.isna(value):
        return None
    if isinstance(value, Fraction):
        return float(value)
    return value.item() if isinstance(value, np.generic) else value
