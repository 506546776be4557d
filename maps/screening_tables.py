"""The tables of a screening for workbook, CSV and JSON: as published, titled in the reader's language."""

from fractions import Fraction
from typing import Any

import pandas as pd

from boundaries.city_screening import ScreenedCity
from boundaries.registers.cell_columns import GridCriterion, name_denominator, name_numerator
from data.texts import Texts
from maps import labels
from maps.designation_map import name_compared, tell_status
from maps.screening_views import publish_value
from maps.screening_words import (
    describe_limit,
    describe_settings,
    find_value,
    is_area,
    list_known,
    list_stability,
    name_criterion,
    scale_share,
)
from maps.screening_zones import as_tenth, tell_direction


def name_value(criterion: GridCriterion) -> str:
    """Return the column of a criterion's value: m2 a resident, or per cent."""
    return f"{criterion}_{'m2' if is_area(criterion) else 'pct'}"


def tabulate_cells(city: ScreenedCity) -> pd.DataFrame:
    """Return the cells as published, by row and column.

    Returns
    -------
    DataFrame
        ``cell_id``, ``zone``, ``shown``, ``residents_n``, ``households_n``, by known criterion its value (one
        decimal, or a whole number where only that is shown), ``is_exact_<criterion>`` and
        ``is_met_<criterion>``, ``criteria_met_n`` and ``stability_pct``; NA where hidden or unknown.
    """
    cells = city.published.cells.reset_index(drop=True)
    rows = labels.list_rows(cells)
    stay = city.stability_cells
    table = cells[["cell_id", "zone", "shown", "residents_n", "households_n"]].copy()
    for name in list_known(city):
        pairs = [publish_value(row, name) for row in rows]
        table[name_value(name)] = pd.array([as_tenth(value) for value, _ in pairs], dtype="Float64")
        is_exact = [pd.NA if value is None else exact for value, exact in pairs]
        table[f"is_exact_{name}"] = pd.array(is_exact, dtype="boolean")
        table[f"is_met_{name}"] = cells[f"is_met_{name}"]
    table["criteria_met_n"] = cells["criteria_met_n"]
    whole = stay["stability_of"].where(stay["stability_of"].gt(0), 1)
    table["stability_pct"] = (100 * stay["stability_n"] // whole).astype("Int64").to_numpy()
    return table


def tabulate_zones(city: ScreenedCity) -> pd.DataFrame:
    """Return the zones, and all zones, the rest and the city, as published.

    Returns
    -------
    DataFrame
        ``zone`` (NA for the last three), ``name``, ``part`` (``zone``, ``zones``, ``rest``, ``city``),
        ``area_m2``, ``cells_n``, ``inhabited_cells_n``, ``residents_n``, ``households_n``, value, numerator
        and denominator by known criterion, and ``stability_pct`` (one decimal).
    """
    stability = list_stability(city)
    rows = [{**row, "part": "zone"} for row in labels.list_rows(city.published.zones)]
    parts = city.published.parts.set_index("part")
    rows += [
        {**labels.list_rows(parts.loc[[part]])[0], "part": part, "zone": pd.NA, "name": None}
        for part in ("zones", "rest", "city")
    ]
    known = list_known(city)
    frame = pd.DataFrame([_flatten(row, known, stability) for row in rows])
    counts = [name for name in frame.columns if name.endswith(("_n", "_of"))]
    dtypes = {"zone": "Int64", "name": "str", "area_m2": "Float64", "stability_pct": "Float64"}
    dtypes |= dict.fromkeys(counts, "Int64") | {name_value(name): "Float64" for name in known}
    return frame.astype(dtypes)


def _flatten(
    row: dict[str, Any], known: list[GridCriterion], stability: dict[int, Fraction]
) -> dict[str, object]:
    flat = {name: row.get(name) for name in ("zone", "name", "part", "area_m2")}
    flat |= {name: row[name] for name in ("cells_n", "inhabited_cells_n", "residents_n", "households_n")}
    for name in known:
        flat[name_value(name)] = as_tenth(find_value(row, name))
        flat |= {column: row[column] for column in (name_numerator(name), name_denominator(name))}
    share = None if labels.is_missing(row["zone"]) else stability.get(int(row["zone"]))
    flat["stability_pct"] = None if share is None else as_tenth(100 * share)
    return flat


def tabulate_criteria(city: ScreenedCity, texts: Texts) -> pd.DataFrame:
    """Return each known criterion with its limit, how it came about, and the city's value."""
    rows = [
        {
            "criterion": name_criterion(name, texts),
            "definition": texts.get(f"criterion.grid.{name}.text"),
            "basis": city.settings.rules[name].basis,
            "limit": as_tenth(scale_share(city.limits[name].value, name)),
            "city": as_tenth(scale_share(city.limits[name].city, name)),
            "limit_text": describe_limit(city, name, texts),
            "year": city.years.get(name),
        }
        for name in list_known(city)
    ]
    columns = ["criterion", "definition", "basis", "limit", "city", "limit_text", "year"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"limit": "Float64", "city": "Float64", "year": "Int64"}
    )


def tabulate_disparity(city: ScreenedCity, texts: Texts) -> pd.DataFrame:
    """Return the gap between zones and rest by criterion; no rows where it is not known."""
    numbers = ("zones", "rest", "gap_now", "gap_then", "target", "change_pct")
    gaps = () if city.disparity is None else city.disparity.gaps
    rows = [
        {
            "criterion": name_criterion(gap.criterion, texts),
            **{name: as_tenth(getattr(gap, name)) for name in numbers},
            "direction": tell_direction(gap, texts),
            "is_halved": pd.NA if gap.is_halved is None else gap.is_halved,
        }
        for gap in gaps
        if gap.gap_now is not None
    ]
    frame = pd.DataFrame(rows, columns=["criterion", *numbers, "direction", "is_halved"])
    return frame.astype({**dict.fromkeys(numbers, "Float64"), "is_halved": "boolean"})


def tabulate_stability(city: ScreenedCity, texts: Texts) -> pd.DataFrame:
    """Return the stability of each zone, and below it what was tried."""
    names = dict(zip(city.published.zones["zone"], city.published.zones["name"], strict=True))
    rows = [
        {"zone": zone, "name": names.get(zone), "stability_pct": as_tenth(100 * share)}
        for zone, share in list_stability(city).items()
    ]
    frame = pd.DataFrame(rows, columns=["zone", "name", "stability_pct"])
    tried = "; ".join(texts.get(f"screening.variant.{name}") for name in city.variants)
    return frame.assign(tried=tried).astype({"zone": "Int64", "name": "str", "stability_pct": "Float64"})


def tabulate_settings(city: ScreenedCity, texts: Texts) -> pd.DataFrame:
    """Return every setting with its value."""
    return pd.DataFrame(describe_settings(city, texts), columns=["setting", "value"], dtype="str")


def tabulate_compared(city: ScreenedCity, texts: Texts) -> pd.DataFrame:
    """Return the zones of both designations; no rows where there is no other.

    Returns
    -------
    DataFrame
        ``status``, ``label``, ``name``, ``status_text``, ``residents_n``, value by known criterion,
        ``area_old_m2``, ``area_new_m2``, ``overlap_m2``.
    """
    known = list_known(city)
    rows = [] if city.compared is None else labels.list_rows(city.compared.zones)
    flat = [
        {
            "status": row["status"],
            "label": row["label"],
            "name": name_compared({**row, "label": ""}, texts),
            "status_text": tell_status(row, texts),
            "residents_n": row["residents_n"],
            **{name_value(name): as_tenth(find_value(row, name)) for name in known},
            **{name: row[name] for name in ("area_old_m2", "area_new_m2", "overlap_m2")},
        }
        for row in rows
    ]
    columns = ["status", "label", "name", "status_text", "residents_n", *map(name_value, known)]
    columns += ["area_old_m2", "area_new_m2", "overlap_m2"]
    floats = [name for name in columns if name.endswith(("_m2", "_pct"))]
    frame = pd.DataFrame(flat, columns=columns)
    return frame.astype({**dict.fromkeys(floats, "Float64"), "residents_n": "Int64"})


def tabulate_profile(city: ScreenedCity, texts: Texts) -> pd.DataFrame:
    """Return the dwellings of zones, rest and city by indicator; no rows without a register of dwellings."""
    columns = [
        "place",
        "name",
        "indicator",
        "dwellings_n",
        "of_n",
        "missing_n",
        "share_pct",
        "difference_points",
    ]
    if city.profile is None:
        return pd.DataFrame(columns=columns)
    frame = city.profile[columns].copy()
    for kind in ("place", "indicator"):
        frame[kind] = [texts.get(f"screening.{kind}.{word}") for word in frame[kind]]
    for name in ("share_pct", "difference_points"):
        frame[name] = frame[name].round(1)
    return frame


def tabulate_block_zones(city: ScreenedCity) -> pd.DataFrame:
    """Return the zones given to whole blocks as they may be shown; no rows where there are none.

    Returns
    -------
    DataFrame
        ``zone``, ``name``, ``blocks_n``, ``area_m2``; where dwellings could be counted ``residents_n``,
        ``households_n``, and value, numerator and denominator by known criterion, NA where hidden.
    """
    zones = city.block_zones
    columns = ["zone", "name", "blocks_n", "area_m2"]
    known = list_known(city) if zones is not None and "residents_n" in zones else []
    if known:
        columns += ["residents_n", "households_n"]
    for criterion in known:
        columns += [name_value(criterion), name_numerator(criterion), name_denominator(criterion)]
    flat = [
        {**row, **{name_value(name): as_tenth(find_value(row, name)) for name in known}}
        for row in ([] if zones is None else labels.list_rows(zones))
    ]
    floats = {"area_m2", *map(name_value, known)}
    return pd.DataFrame(flat, columns=columns).astype(
        {name: "str" if name == "name" else "Float64" if name in floats else "Int64" for name in columns}
    )


def title_columns(frame: pd.DataFrame, texts: Texts, *, but: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return a table with headings for people and its codes in words; the columns `but` have a heading."""
    shown = frame.copy()
    for name in ("shown", "part", "status", "basis"):
        if name in shown:
            shown[name] = [texts.get(f"screening.{name}.{word}") for word in shown[name]]
    titles = {name: title_column(str(name), texts) for name in shown.columns if name not in but}
    return shown.rename(columns=titles)


def title_column(name: str, texts: Texts) -> str:
    """Return the heading of a column of a screening."""
    for criterion in GridCriterion:
        ending = name.removeprefix("is_met_").removeprefix("is_exact_")
        if name.endswith(criterion) and ending == criterion:
            kind = "is_met" if name.startswith("is_met_") else "is_exact"
            return texts.get(f"screening.column.{kind}", {"name": name_criterion(criterion, texts)})
        if name.startswith(f"{criterion}_"):
            part = name.removeprefix(f"{criterion}_")
            return texts.get(f"screening.column.{part}", {"name": name_criterion(criterion, texts)})
    return texts.get(f"screening.column.{name}")
