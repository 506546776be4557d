"""Proposed extensions, put into the registers as if they had been approved, or refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd

from boundaries.delineation.areas import delineate_areas
from boundaries.delineation.decisions import drop_extension
from boundaries.model import ExtensionStatus, Registers, Settings
from boundaries.whatif.ledger import Ledger, list_known
from boundaries.whatif.proposals import ExtensionProposal
from boundaries.whatif.rows import append_rows, append_shapes
from geo.overlay import find_overlaps


def apply_extensions(
    registers: Registers, proposals: Sequence[ExtensionProposal], ledger: Ledger
) -> Registers:
    """Return the registers with the extensions approved, added or refused.

    Parameters
    ----------
    registers
        Not changed.
    proposals
        In the order of the file.
    ledger
        Takes up what cannot be applied; that proposal is left out.
    """
    for proposal in proposals:
        is_known = registers.extensions["extension_id"].eq(proposal.extension_id).any()
        if proposal.is_new:
            registers = _add_extension(registers, proposal, ledger, is_known=bool(is_known))
        elif not is_known:
            known = list_known(registers.extensions["extension_id"])
            ledger.fault("unknown_extension", proposal.name, extension=proposal.extension_id, known=known)
        elif proposal.approved_on is None:
            registers = drop_extension(registers, proposal.extension_id)
        else:
            registers = _approve(registers, proposal.extension_id, proposal.approved_on)
    return registers


def _approve(registers: Registers, extension_id: str, approved_on: date) -> Registers:
    extensions = registers.extensions.copy()
    is_own = extensions["extension_id"].eq(extension_id)
    extensions.loc[is_own, "status"] = ExtensionStatus.GODKENDT.value
    extensions.loc[is_own, "approved_on"] = pd.Timestamp(approved_on)
    return replace(registers, extensions=extensions)


def _add_extension(
    registers: Registers, proposal: ExtensionProposal, ledger: Ledger, *, is_known: bool
) -> Registers:
    area_ids = pd.concat([registers.areas["area_id"], registers.splits["new_area_id"]])
    unknown = [key for key in proposal.parcels if not registers.parcels["parcel_key"].eq(key).any()]
    if is_known:
        ledger.fault("extension_exists", proposal.name, extension=proposal.extension_id)
    if not area_ids.eq(proposal.area_id).any():
        ledger.fault("unknown_area", proposal.name, area=proposal.area_id, known=list_known(area_ids))
    for key in unknown:
        ledger.fault("unknown_parcel", proposal.name, parcel=key)
    if is_known or unknown or not area_ids.eq(proposal.area_id).any():
        return registers
    if proposal.repaired_m2 is not None:
        ledger.note("outline_repaired", proposal.name, measure=proposal.repaired_m2)
    row = {
        "extension_id": proposal.extension_id,
        "area_id": proposal.area_id,
        "approved_on": None if proposal.approved_on is None else pd.Timestamp(proposal.approved_on),
        "status": ExtensionStatus.GODKENDT.value,
        "geometry": proposal.geometry,
    }
    keys = [{"extension_id": proposal.extension_id, "parcel_key": key} for key in proposal.parcels]
    extensions = append_shapes(registers.extensions, [row])
    return replace(
        registers,
        extensions=extensions.sort_values("extension_id", kind="stable", ignore_index=True),
        extension_parcels=append_rows(registers.extension_parcels, keys),
    )


def check_extensions(
    registers: Registers,
    settings: Settings,
    status_date: date,
    proposals: Sequence[ExtensionProposal],
    ledger: Ledger,
) -> None:
    """Check the proposed extensions against everything else on the ground on the date.

    Parameters
    ----------
    registers
        As `apply_extensions` returns them.
    settings
        Overlaps up to its tolerance are digitising noise.
    status_date
        The opgørelsesdato.
    proposals
        As they were applied.
    ledger
        Takes up overlaps with another area (faults), and extensions that come too late (notes).
    """
    _, pieces = delineate_areas(registers, status_date, gap_m=settings.coherence_gap_m)
    for proposal in proposals:
        if proposal.approved_on is not None and proposal.approved_on > status_date:
            ledger.note("after_status_date", proposal.name, value=proposal.approved_on.isoformat())
        own = pieces["extension_id"].eq(proposal.extension_id).fillna(value=False)
        _check_overlaps(pieces[own], pieces[~own], settings, proposal, ledger)


def _check_overlaps(
    own: gpd.GeoDataFrame,
    others: gpd.GeoDataFrame,
    settings: Settings,
    proposal: ExtensionProposal,
    ledger: Ledger,
) -> None:
    found = find_overlaps(own.geometry, other=others.geometry, tolerance_m2=settings.overlap_tolerance_m2)
    if found.empty:
        return
    area = own["area_id"].to_numpy()[found["left"]]
    other = others["area_id"].to_numpy()[found["right"]]
    for owner in sorted(set(other)):
        size_m2 = float(found.loc[other == owner, "overlap_m2"].sum())
        if owner in set(area[other == owner]):
            ledger.note("overlaps_own_area", proposal.name, value=owner, measure=size_m2)
        else:
            ledger.fault("overlaps_area", proposal.name, area=owner, overlap_m2=f"{size_m2:.0f}")
