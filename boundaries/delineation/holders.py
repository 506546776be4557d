"""Whose land an extension takes: the area that holds it on the extension's own date, splits counted in."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from boundaries.delineation.timeline import find_clashes
from boundaries.model import ExtensionStatus, Registers
from boundaries.registers.findings import combine_findings
from boundaries.registers.overlaps import NOISE_M2
from boundaries.registers.severity import SEVERITIES

OTHER, OWN, SLIGHT = "extension_overlaps_area", "extension_overlaps_own_area", "slight_overlap"
_OUTLINED = ("parcels", "areas", "extensions", "splits")


def name_holders(registers: Registers, *, tolerance_m2: float) -> Registers:
    """Say of extensions over an area's land which area holds it on the day they take effect.

    The registers are checked against the areas as first drawn. Where a split has given that land to a new
    area, the new one is named, and land of the extension's own area is told from another's by that day.

    Parameters
    ----------
    registers
        As they were read, with their findings.
    tolerance_m2
        Overlaps up to this size are slight.

    Returns
    -------
    Registers
        The same, with those findings replaced; unchanged where no split is approved, and where the outlines
        have other errors, since then nothing can be drawn.
    """
    findings = registers.findings
    is_over = findings["rule"].isin([OTHER, OWN]) & findings["record_id"].notna()
    is_broken = findings["severity"].eq("error") & findings["register"].isin(_OUTLINED) & ~is_over
    is_split = registers.splits["status"].eq(ExtensionStatus.GODKENDT.value)
    if not is_over.any() or is_broken.any() or not is_split.any():
        return registers
    names = _name_areas(registers)
    parts = [findings[~is_over]]
    slight = findings[findings["rule"].eq(SLIGHT)]
    told = set(zip(slight["record_id"], slight["other"], strict=True))
    for extension_id, found in findings[is_over].groupby("record_id"):
        holders = _find_holders(registers, str(extension_id), names, tolerance_m2)
        own = [row for row in holders if (extension_id, row["other"]) not in told]
        is_same = {str(row["other"]) for row in own} == set(found["other"])
        # What splits have not touched stays as it was said.
        parts.append(found if is_same else _restate(found, own))
    return replace(registers, findings=combine_findings(parts))


def _name_areas(registers: Registers) -> dict[str, str]:
    """Return ``"name (id)"`` of every area, those that splits make too."""
    splits = registers.splits
    both = pd.concat(
        [
            pd.DataFrame({"area_id": splits["new_area_id"], "name": splits["new_name"]}),
            pd.DataFrame(registers.areas[["area_id", "name"]]),
        ]
    ).dropna(subset=["area_id"])
    named = zip(both["area_id"].astype(str), both["name"], strict=True)
    return {key: key if pd.isna(name) or name == key else f"{name} ({key})" for key, name in named}


def _find_holders(
    registers: Registers, extension_id: str, names: Mapping[str, str], tolerance_m2: float
) -> Iterator[dict[str, Any]]:
    is_own = registers.extensions["extension_id"].eq(extension_id)
    own_area = registers.extensions.loc[is_own, "area_id"].iloc[0]
    clashes = find_clashes(registers, extension_id)
    # What other extensions brought is told of the two extensions.
    held = clashes[clashes["extension_id"].isna() & clashes["overlap_m2"].gt(NOISE_M2)]
    for area_id, overlap_m2 in zip(held["area_id"], held["overlap_m2"], strict=True):
        rule = SLIGHT if overlap_m2 <= tolerance_m2 else OWN if area_id == own_area else OTHER
        yield {
            "severity": SEVERITIES[rule],
            "rule": rule,
            "other": names.get(str(area_id), str(area_id)),
            "measure": overlap_m2,
        }


def _restate(found: pd.DataFrame, own: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a finding a holder, each at the place of the findings that it stands for."""
    at = found.iloc[:1]
    return pd.concat([at.assign(**row) for row in own]) if own else found.iloc[:0]
