"""Findings: what is wrong with the inputs or was left out of them, one row each."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.schemas import SCHEMAS
from boundaries.registers.severity import SEVERITIES, SEVERITY_ORDER

_DTYPES = dict.fromkeys(FINDING_COLUMNS, "str") | {"line": "Int64", "measure": "float64"}
_ORDER = ["severity", "register", "file", "layer", "line", "rule", "column", "record_id", "value", "other"]
_REGISTER_ORDER = {register: position for position, register in enumerate(SCHEMAS)}
_SEVERITY_PLACES = {severity: place for place, severity in enumerate(SEVERITY_ORDER)}


def empty_findings() -> pd.DataFrame:
    """Return a table of findings with no rows."""
    return _make_empty().copy(deep=False)


@cache
def _make_empty() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=dtype) for column, dtype in _DTYPES.items()})


def make_finding(rule: str, register: str, values: Mapping[str, object] | None = None) -> pd.DataFrame:
    """Return one finding that is of no single row.

    Parameters
    ----------
    rule
        A key of `SEVERITIES`.
    register
        The register it concerns; may be empty.
    values
        Any of the other `FINDING_COLUMNS`.
    """
    named = {"severity": SEVERITIES[rule], "rule": rule, "register": register, **(values or {})}
    return pd.DataFrame([named]).reindex(columns=list(FINDING_COLUMNS)).astype(_DTYPES)


def add_details(found: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    """Fill columns of findings in: one value for all, one a finding, or a Series on the rows' index.

    No findings stay none; `DataFrame.assign` alone would take the rows of the Series for them.
    """
    return found.assign(**values) if len(found) else found


def combine_findings(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put findings together in their order: errors, warnings, notes; then register, file, line, rule.

    Parameters
    ----------
    parts
        Tables with the columns `FINDING_COLUMNS`.

    Returns
    -------
    DataFrame
        Columns `FINDING_COLUMNS`; the order does not depend on that of `parts`.
    """
    filled = [part for part in parts if len(part)]
    if not filled:
        return empty_findings()
    together = pd.concat([part[[*FINDING_COLUMNS]].astype(_DTYPES) for part in filled], ignore_index=True)
    order = together.assign(
        severity=together["severity"].map(_SEVERITY_PLACES),
        register=together["register"].map(_REGISTER_ORDER).fillna(-1),
    )
    return together.loc[order.sort_values(_ORDER, kind="stable").index].reset_index(drop=True)


def make_strict(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings with every warning as an error, in the order that errors have; notes stay notes.

    Parameters
    ----------
    findings
        Columns `FINDING_COLUMNS`; not changed.
    """
    if findings.empty:
        return findings
    stays = findings["severity"].ne("warning")
    return combine_findings([findings.assign(severity=findings["severity"].where(stays, "error"))])


def has_errors(findings: pd.DataFrame) -> bool:
    """Tell whether any of the findings stops the run."""
    return bool((findings["severity"] == "error").any())


def show_values(values: pd.Series) -> pd.Series:
    """Return typed values as a finding shows them: ISO dates, numbers without a needless ``.0``."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return pd.Series(values.dt.strftime("%Y-%m-%d"), dtype="str")
    if pd.api.types.is_float_dtype(values):
        shown = [f"{value:.12g}" for value in values[values.notna()]]
        return pd.Series(shown, index=values.index[values.notna()], dtype="str").reindex(values.index)
    return values.astype("str").where(values.notna())
