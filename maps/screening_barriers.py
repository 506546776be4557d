"""Barriers of the zones as tables and a sentence: kilometres, crossings, and crossings a kilometre."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from boundaries.city_screening import ScreenedCity
from boundaries.screening.barriers import ALONG_M, CROSSING_M
from data.texts import Texts
from maps import labels
from maps.screening_words import name_zone

_DECIMALS = {"barrier_km": 2, "crossings_n": 0, "crossings_per_km": 1}
"""Of what is shown; tables of the terminal show one decimal too."""


def tabulate_barriers(city: ScreenedCity, texts: Texts) -> pd.DataFrame:
    """Return the barriers of each zone and of all zones together; no rows where none were given.

    Returns
    -------
    DataFrame
        ``zone`` (NA for all), ``name``, ``barrier_m`` (whole metres), ``crossings_n``, ``crossings_per_km``
        (one decimal; NA without barrier, or where no crossings were given).
    """
    columns = ["zone", "name", "barrier_m", "crossings_n", "crossings_per_km"]
    dtypes = {"zone": "Int64", "name": "str", "barrier_m": "Int64", "crossings_n": "Int64"}
    if city.barriers is None:
        return pd.DataFrame(columns=columns).astype({**dtypes, "crossings_per_km": "Float64"})
    frame = city.barriers[columns].assign(
        name=city.barriers["name"].fillna(texts.get("screening.part.zones")),
        barrier_m=city.barriers["barrier_m"].round(),
        crossings_per_km=city.barriers["crossings_per_km"]
        .round(_DECIMALS["crossings_per_km"])
        .astype("Float64"),
    )
    return frame.astype(dtypes)


def make_barrier_table(barriers: pd.DataFrame, texts: Texts) -> dict[str, object]:
    """Return the table of the page; the columns of crossings only where crossings were given."""
    words = texts.section("screening.barriers.head")
    names = ["barrier_km"]
    if barriers["crossings_n"].notna().any():
        names += ["crossings_n", "crossings_per_km"]
    columns = [{"title": words["zone"], "kind": "text"}]
    columns += [{"title": words[name], "kind": "number"} for name in names]
    rows = [_make_row(row, names, texts) for row in labels.list_rows(barriers)]
    return {"key": "barriers", "columns": columns, "rows": rows}


def _make_row(row: Mapping[str, Any], names: list[str], texts: Texts) -> dict[str, object]:
    is_whole = labels.is_missing(row["zone"])
    title = (
        texts.get("screening.part.zones")
        if is_whole
        else name_zone(int(row["zone"]), str(row["name"]), texts)
    )
    values = {**row, "barrier_km": row["barrier_m"] / 1000}
    numbers = {
        name: labels.format_number(values[name], texts.language, decimals=_DECIMALS[name]) for name in names
    }
    return {
        "key": "all" if is_whole else int(row["zone"]),
        "cells": [title, *(numbers[name] for name in names)],
        "values": [title, *(_as_number(values[name], _DECIMALS[name]) for name in names)],
        "search": title,
    }


def _as_number(value: float, decimals: int) -> float | None:
    return None if labels.is_missing(value) else round(float(value), decimals)


def describe_barriers(city: ScreenedCity, texts: Texts) -> str:
    """Say what was measured, and from which files; empty where no barriers were given."""
    if city.barriers is None:
        return ""
    is_counted = bool(city.barriers["crossings_n"].notna().any())
    files = city.files[city.files["register"].isin(["barriers", "crossings"])]["file"]
    values = {
        "along": labels.format_count(int(ALONG_M), texts.language),
        "crossing": labels.format_count(int(CROSSING_M), texts.language),
        "files": ", ".join(files),
    }
    return texts.get(f"screening.barriers.note_{'crossed' if is_counted else 'uncrossed'}", values)
