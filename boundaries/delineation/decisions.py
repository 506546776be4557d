"""Which approvals are in force on a date, and in which order they came."""

from dataclasses import replace
from datetime import date

import pandas as pd

from boundaries.model import ExtensionStatus, Registers
from geo.errors import UsageError

DECISION_COLUMNS = ("kind", "decision_id", "area_id", "applied_on", "approved_on", "status")
"""Columns of the timeline of decisions."""


def flag_in_force(decisions: pd.DataFrame, status_date: date) -> pd.Series:
    """Tell which decisions are approved on or before a date (almenboligloven § 61 a, stk. 3).

    Parameters
    ----------
    decisions
        Extensions or splits, with ``status`` and ``approved_on``.
    status_date
        The opgørelsesdato; a decision of that very day is in force.

    Returns
    -------
    pd.Series
        Booleans on the index of `decisions`. A decision without approval date is never in force.
    """
    approved = decisions["status"].eq(ExtensionStatus.GODKENDT.value).fillna(value=False)
    in_time = decisions["approved_on"].le(pd.Timestamp(status_date)).fillna(value=False)
    return approved.astype(bool) & in_time.astype(bool)


def order_decisions(registers: Registers, status_date: date) -> pd.DataFrame:
    """List the extensions and splits in force on a date, in the order in which they took effect.

    Returns
    -------
    pd.DataFrame
        `DECISION_COLUMNS`; by approval date. On one day extensions come before splits, so that a
        split may take along what was added the same day; then by id.
    """
    columns = list(DECISION_COLUMNS)
    extensions = registers.extensions.rename(columns={"extension_id": "decision_id"}).assign(kind="extension")
    splits = registers.splits.rename(columns={"split_id": "decision_id"}).assign(kind="split")
    parts = [pd.DataFrame(part)[columns] for part in (extensions, splits) if len(part)]
    if not parts:
        return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})
    both = pd.concat(parts, ignore_index=True)
    in_force = both[flag_in_force(both, status_date)]
    return in_force.sort_values(["approved_on", "kind", "decision_id"], kind="stable", ignore_index=True)


def drop_extension(registers: Registers, extension_id: str) -> Registers:
    """Return the registers as if an extension had never been approved.

    Its parcels stay in the parcel register and its row stays in the list of extensions, refused, so
    that a dwelling on it is still named as lying on an extension that is not in force.

    Raises
    ------
    UsageError
        Where there is no such extension (``delineation.unknown_extension``).
    """
    is_dropped = registers.extensions["extension_id"].eq(extension_id)
    if not is_dropped.any():
        known = ", ".join(registers.extensions["extension_id"]) or "–"
        raise UsageError("delineation.unknown_extension", {"extension": extension_id, "known": known})
    extensions = registers.extensions.copy()
    extensions.loc[is_dropped, "status"] = ExtensionStatus.AFSLAAET.value
    return replace(registers, extensions=extensions)
