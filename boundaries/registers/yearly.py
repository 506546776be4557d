"""Registers of yearly facts: the reference figures, and the lists as they were published."""

from collections.abc import Sequence

import pandas as pd

from boundaries.registers.columns import convert_columns
from boundaries.registers.rows import Checked, Rows, require_one_row_per_id
from boundaries.registers.schemas import SCHEMAS

_LONG_COLUMNS = ["year", "region_code", "key", "value"]


def build_references(raw: Rows) -> Checked:
    """Read the yearly national and regional figures.

    Either in long form, ``year``, ``region_code``, ``key``, ``value``; or in wide form, where every
    column besides ``year`` and ``region_code`` is a key. A figure without region is national.

    Returns
    -------
    Checked
        Rows with ``year``, ``region_code``, ``key`` and ``value``, in that order of sorting; a missing
        figure has no row.
    """
    long = raw if {"key", "value"} <= raw.present else _melt(raw)
    converted = convert_columns(long, SCHEMAS["references"])
    findings = converted.findings if long is raw else _name_keys(converted.findings)
    frame = converted.frame
    is_usable = frame[["year", "key"]].notna().all(axis="columns")
    # A region that is not understood must not turn its figure into a national one.
    is_usable &= frame["region_code"].notna() | long.text("region_code").isna()
    usable = long.select(is_usable).with_frame(frame.loc[is_usable])
    one = require_one_row_per_id(usable, describe_key(usable.frame, _LONG_COLUMNS[:3]))
    found = one.rows.select(one.frame["value"].notna())
    return Checked(rows=found.sort(_LONG_COLUMNS), findings=(*findings, *one.findings))


def _name_keys(findings: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, ...]:
    """Name in findings of wide figures the column that the file has: the heading is the key."""
    return tuple(
        found.assign(
            column=found["column"].astype("str").where(found["column"] != "value", found["record_id"])
        )
        for found in findings
    )


def _melt(raw: Rows) -> Rows:
    """Turn wide figures to long ones; each keeps the place of its row."""
    fixed = [column for column in ("year", "region_code") if column in raw.frame]
    keys = [column for column in raw.frame.columns if column not in fixed]
    positions = pd.Index(raw.frame.index.repeat(len(keys)))
    long = raw.frame.loc[positions, fixed].reset_index(drop=True)
    long["key"] = pd.Series(keys * len(raw.frame), dtype="str")
    long["value"] = pd.Series(raw.frame[keys].to_numpy().ravel(), dtype="str")
    melted = Rows(
        register=raw.register,
        frame=long,
        origin=raw.origin.loc[positions].reset_index(drop=True),
        record_id=long["key"],
        headings=raw.headings,
        present=raw.present | {"key", "value"},
        decimal=raw.decimal,
        date_format=raw.date_format,
    )
    return melted.select(long["value"].notna())


def build_lists(raw: Rows) -> Checked:
    """Read published lists; an area may have several categories on one list.

    Returns
    -------
    Checked
        Rows with ``list_date``, ``area_id`` and ``category``, in that order of sorting.
    """
    schema = SCHEMAS["lists"]
    converted = convert_columns(raw, schema)
    is_usable = converted.frame.notna().all(axis="columns")
    usable = raw.select(is_usable).with_frame(converted.frame.loc[is_usable])
    one = require_one_row_per_id(usable, describe_key(usable.frame, schema.key))
    return Checked(rows=one.rows.sort(schema.key), findings=(*converted.findings, *one.findings))


def describe_key(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return the key of each row, made of `columns`, as one text."""
    described = pd.Series("", index=frame.index, dtype="str")
    for column in columns:
        described = described + frame[column].astype("str").fillna("–") + " "
    return described.str.strip().rename("key_of_row")
