"""Proposals applied to registers: new registers out, the old ones as they were."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from boundaries.delineation.areas import delineate_areas, outline_extensions
from boundaries.delineation.dwellings import decide_dwellings
from boundaries.model import Decision, Registers, Settings
from boundaries.whatif.buildings import add_buildings, house_expected
from boundaries.whatif.extensions import apply_extensions, check_extensions
from boundaries.whatif.ledger import Ledger
from boundaries.whatif.proposals import Demolition, Proposals, Relabelling
from boundaries.whatif.selection import Selector


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What comes of proposals.

    Attributes
    ----------
    registers
        As they would be.
    actual_residents
        The residents of `registers` without those who are only expected.
    touched
        ``dwelling_id``, ``proposal``, ``kind`` (relabelling, demolition, building): one row a dwelling
        and proposal.
    findings
        What should be known; columns `boundaries.model.FINDING_COLUMNS`, rules ``whatif_*``.
    """

    registers: Registers
    actual_residents: pd.DataFrame
    touched: pd.DataFrame
    findings: pd.DataFrame


def apply_proposals(
    registers: Registers,
    settings: Settings,
    status_date: date,
    proposals: Proposals,
    years: Sequence[int],
) -> Changed:
    """Apply all proposals of a file together.

    Extensions first, since places are looked up as they are with them; then relabellings, demolitions
    and new buildings, each by the rows that the registers would have had. Whether anything counts is
    left to the ordinary rule.

    Parameters
    ----------
    registers
        Not changed.
    settings
        The open points.
    status_date
        The opgørelsesdato.
    proposals
        What is proposed.
    years
        The data years that the law asks for, the status year last.

    Raises
    ------
    UsageError
        Where a proposal does not fit the registers: ``whatif.*``, or all faults at once as
        `boundaries.whatif.proposals.ProposalErrors`.
    """
    ledger = Ledger(proposals.file)
    extended = apply_extensions(registers, proposals.extensions, ledger)
    check_extensions(extended, settings, status_date, proposals.extensions, ledger)
    placed = _place_dwellings(extended, settings, status_date)
    selector = Selector(placed, ledger, _name_dwellings(proposals))
    chosen = _choose(selector, proposals)
    changed = _relabel(extended, proposals.relabellings, chosen, status_date, ledger)
    changed = _demolish(changed, proposals.demolitions, chosen, (placed, status_date), ledger)
    changed, owners = add_buildings(changed, settings, status_date, proposals.buildings, ledger)
    ledger.raise_faults()
    housed = house_expected(changed, proposals.buildings, years, ledger)
    return Changed(
        registers=housed,
        actual_residents=changed.residents,
        touched=_list_touched(proposals, chosen, owners),
        findings=ledger.make_findings(),
    )


def _place_dwellings(registers: Registers, settings: Settings, status_date: date) -> pd.DataFrame:
    _, pieces = delineate_areas(registers, status_date, gap_m=settings.coherence_gap_m)
    extensions = outline_extensions(registers, status_date)
    return decide_dwellings(registers, pieces, extensions, settings, status_date)[0]


def _name_dwellings(proposals: Proposals) -> frozenset[str]:
    return frozenset(
        dwelling_id for selection in proposals.selections for dwelling_id in selection.dwelling_ids
    )


def _choose(selector: Selector, proposals: Proposals) -> dict[str, list[str]]:
    """Choose the dwellings of each relabelling and demolition, by its name."""
    chosen = {
        change.name: selector.choose("relabelling", change.name, change.selection, change.on)
        for change in proposals.relabellings
    }
    return chosen | {
        change.name: selector.choose("demolition", change.name, change.selection, change.on)
        for change in proposals.demolitions
    }


def _relabel(
    registers: Registers,
    relabellings: Sequence[Relabelling],
    chosen: dict[str, list[str]],
    status_date: date,
    ledger: Ledger,
) -> Registers:
    dwellings = registers.dwellings.copy()
    for change in relabellings:
        _note_late(change.name, change.on, status_date, ledger)
        is_chosen = dwellings["dwelling_id"].isin(chosen[change.name])
        own = dwellings[is_chosen]
        same = own.loc[own["tenure"].eq(change.to_tenure), "dwelling_id"]
        later = own.loc[own["relabelled_on"].ge(pd.Timestamp(change.on)).fillna(value=False), "dwelling_id"]
        if len(same):
            ledger.fault("is_tenure_already", change.name, dwelling=same.iloc[0], tenure=change.to_tenure)
        if len(later):
            ledger.fault("relabelled_later", change.name, dwelling=later.iloc[0], on=change.on.isoformat())
        again = own["relabelled_from"].notna()
        if again.any():
            ledger.note("relabelled_again", change.name, value=str(int(again.sum())))
        dwellings.loc[is_chosen, "relabelled_from"] = dwellings.loc[is_chosen, "tenure"]
        dwellings.loc[is_chosen, "tenure"] = change.to_tenure
        dwellings.loc[is_chosen, "relabelled_on"] = pd.Timestamp(change.on)
    return replace(registers, dwellings=dwellings)


def _note_late(name: str, on: date, status_date: date, ledger: Ledger) -> None:
    if on > status_date:
        ledger.note("after_status_date", name, value=on.isoformat())


def _demolish(
    registers: Registers,
    demolitions: Sequence[Demolition],
    chosen: dict[str, list[str]],
    state: tuple[pd.DataFrame, date],
    ledger: Ledger,
) -> Registers:
    placed, status_date = state
    dwellings, residents = registers.dwellings.copy(), registers.residents
    # Who stays is not housed in a dwelling that is itself to change.
    changing = {dwelling_id for listed in chosen.values() for dwelling_id in listed}
    for change in demolitions:
        _note_late(change.name, change.on, status_date, ledger)
        is_chosen = dwellings["dwelling_id"].isin(chosen[change.name])
        dwellings.loc[is_chosen, "demolished_on"] = pd.Timestamp(change.on)
        if change.on > status_date:
            continue
        if change.residents_leave:
            residents = _move_away(residents, chosen[change.name], change.on)
        else:
            homes = _find_homes(placed[~placed["dwelling_id"].isin(changing)])
            residents = _move_within(residents, placed, chosen[change.name], homes, change.name, ledger)
    return replace(registers, dwellings=dwellings, residents=residents)


def _move_away(residents: pd.DataFrame, dwelling_ids: Sequence[str], on: date) -> pd.DataFrame:
    """Leave out who lived in the dwellings on a 1 January from the demolition on."""
    first_year = on.year if (on.month, on.day) == (1, 1) else on.year + 1
    is_gone = residents["dwelling_id"].isin(dwelling_ids) & residents["year"].ge(first_year)
    return residents[~is_gone].reset_index(drop=True)


def _find_homes(standing: pd.DataFrame) -> dict[str, list[str]]:
    """Return the dwellings of each area that count, and so can take in those who stay."""
    counted = standing[standing["decision"].eq(Decision.COUNTED.value)]
    return {str(area_id): list(own["dwelling_id"]) for area_id, own in counted.groupby("area_id", sort=True)}


def _move_within(
    residents: pd.DataFrame,
    placed: pd.DataFrame,
    dwelling_ids: Sequence[str],
    homes: dict[str, list[str]],
    name: str,
    ledger: Ledger,
) -> pd.DataFrame:
    """Give those who stay another home in the area, household by household in turn.

    Of every year, since the decisions of the status date hold for the years before it too.
    """
    area_of = dict(zip(placed["dwelling_id"], placed["area_id"], strict=True))
    moves: dict[str, str] = {}
    inhabited = set(residents["dwelling_id"])
    for order, dwelling_id in enumerate(one for one in dwelling_ids if one in inhabited):
        own = homes.get(str(area_of[dwelling_id]), [])
        if not own:
            ledger.fault("nowhere_to_stay", name, dwelling=dwelling_id)
            return residents
        moves[dwelling_id] = own[order % len(own)]
    moved = residents["dwelling_id"].map(moves).fillna(residents["dwelling_id"])
    return residents.assign(dwelling_id=moved.astype(residents["dwelling_id"].dtype))


def _list_touched(proposals: Proposals, chosen: dict[str, list[str]], owners: dict[str, str]) -> pd.DataFrame:
    rows = [
        (dwelling_id, change.name, kind)
        for kind, changes in (("relabelling", proposals.relabellings), ("demolition", proposals.demolitions))
        for change in changes
        for dwelling_id in chosen[change.name]
    ]
    rows += [(dwelling_id, name, "building") for dwelling_id, name in owners.items()]
    return pd.DataFrame(rows, columns=["dwelling_id", "proposal", "kind"], dtype="str")
