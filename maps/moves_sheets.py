"""The tables of movers in words: for the workbook, CSV files, pages and JSON; hidden counts say so."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from boundaries.movers import PublishedMoves
from data.kommuner import load_kommuner
from data.texts import Texts
from maps import labels

Row = dict[str, Any]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "inflow": ("year", "exposure", "areas_n", "inflow_n"),
    "outflow": ("year", "exposure", "destination", "movers_n", "hidden_n"),
    "exposed": ("year", "origin", "destination", "exposed_n", "known_n", "share", "others_n", "hidden_n"),
    "destinations": (
        "year", "exposure", "kommune_code", "kommune", "movers_n", "leavers_n", "share", "hidden_n",
    ),
    "leavers": (
        "year", "exposure", "kommune_code", "kommune", "leavers_n", "arrivals_n",
    ),
    "concentration": (
        "year", "exposure", "leavers_n", "destinations_n", "top_movers_n", "top_share", "top_low", "top_high",
        "top_expected", "herfindahl", "herfindahl_low", "herfindahl_high", "herfindahl_expected", "hidden_n",
    ),
    "concentration_difference": (
        "year", "top_difference", "top_low", "top_high", "herfindahl_difference", "herfindahl_low",
        "herfindahl_high",
    ),
    "balance": (
        "year", "area_id", "area", "residents_then_n", "came_n", "went_n", "other_n", "residents_now_n",
    ),
    "contributions": (
        "year", "area_id", "area", "criterion", "part", "contribution", "contribution_unit",
        "denominator_then", "denominator_now",
    ),
    "gathering": ("year", "origin", "destination", "exposure", "movers_n", "leavers_n", "share"),
    "area_gathering": (
        "year", "origin", "area_id", "area", "residents_n", "is_small", "has_plan", "movers_n",
    ),
    "flows": ("year", "exposure", "from_kommune", "from_name", "to_kommune", "to_name", "movers_n"),
}  # fmt: skip
"""Columns of each sheet, by key below ``moves.sheet`` in the texts."""

AREA_SHEETS = ("inflow", "balance", "contributions", "gathering", "area_gathering")
KOMMUNE_SHEETS = ("outflow", "exposed", "destinations", "leavers", "flows")

_WORDS = {
    "exposure": "moves.exposure",
    "destination": "moves.destination",
    "origin": "moves.origin",
    "part": "moves.part",
}
_PER_CENT_PLACES = Decimal("0.01")


def collect_tables(published: PublishedMoves) -> dict[str, pd.DataFrame]:
    """Return the tables of a project's movers by key of `COLUMNS`, those that there are.

    Of the flows only those that are shown, and that somebody took.
    """
    areas, kommuner = published.areas, published.kommuner
    tables: dict[str, pd.DataFrame] = {}
    if areas is not None:
        tables |= {name: getattr(areas, name) for name in AREA_SHEETS}
    if kommuner is not None:
        tables |= {name: getattr(kommuner, name) for name in KOMMUNE_SHEETS}
        flows = kommuner.flows
        tables["flows"] = flows[flows["movers_n"].gt(0).fillna(value=False).astype(bool)]
        tables["destinations"] = tables["destinations"].rename(columns={"to_kommune": "kommune_code"})
        if kommuner.concentration is not None:
            tables["concentration"] = kommuner.concentration.measures
            tables["concentration_difference"] = kommuner.concentration.comparison
    return {key: tables[key] for key in COLUMNS if key in tables}


def make_sheets(published: PublishedMoves, texts: Texts) -> dict[str, pd.DataFrame]:
    """Return the tables in words, by key of `COLUMNS`; headings are those of the catalog."""
    names = {}
    if published.areas is not None:
        areas = published.areas.areas
        names = dict(zip(areas["area_id"], areas["name"], strict=True))
    return {
        key: _make_sheet(table, COLUMNS[key], names, texts)
        for key, table in collect_tables(published).items()
    }


def _make_sheet(
    table: pd.DataFrame, columns: tuple[str, ...], names: Mapping[str, str], texts: Texts
) -> pd.DataFrame:
    rows = labels.list_rows(table)
    made = {
        texts.get(f"moves.column.{name}"): _make_column(
            [_show(row, name, names, texts) for row in rows], name
        )
        for name in columns
    }
    return pd.DataFrame(made)


def _make_column(cells: list[object], name: str) -> pd.Series:
    is_count = name.endswith("_n") or name in {"year", "denominator_then", "denominator_now"}
    if is_count and not any(isinstance(cell, str) for cell in cells):
        return pd.Series(cells, dtype="Int64")
    return pd.Series(cells, dtype=object)


def _show(row: Row, name: str, names: Mapping[str, str], texts: Texts) -> object:
    if name in _MADE:
        return _MADE[name](row, names, texts)
    value = row[name]
    if name in _WORDS:
        return texts.get(f"{_WORDS[name]}.{value}")
    if labels.is_missing(value):
        return texts.get("label.suppressed")
    if isinstance(value, bool):
        return texts.get("label.yes" if value else "label.no")
    return value


def _show_share(row: Row, _: Mapping[str, str], texts: Texts) -> object:
    numerator, denominator = ("exposed_n", "known_n") if "exposed_n" in row else ("movers_n", "leavers_n")
    if labels.is_missing(row[numerator]) or labels.is_missing(row[denominator]):
        return texts.get("label.suppressed")
    if not row[denominator]:
        return None
    return round_fraction(Fraction(100 * int(row[numerator]), int(row[denominator])))


def _show_contribution(row: Row, _: Mapping[str, str], texts: Texts) -> object:
    if row["is_hidden"]:
        return texts.get("label.suppressed")
    if labels.is_missing(row["contribution"]):
        return None
    is_money = row["criterion"] == "income"
    return round_fraction(Fraction(row["contribution"]) * (1 if is_money else 100))


def _scale(name: str, factor: int) -> Callable[[Row, Mapping[str, str], Texts], object]:
    """Return what shows a share of 1 on another scale; nothing where it is missing."""

    def show(row: Row, _: Mapping[str, str], __: Texts) -> object:
        value = row[name]
        return None if labels.is_missing(value) else round_fraction(factor * Fraction(value))

    return show


def _show_ratio(
    numerator: str, denominator: str, factor: int
) -> Callable[[Row, Mapping[str, str], Texts], object]:
    """Return what shows an exact share on another scale; nothing without a denominator."""

    def show(row: Row, _: Mapping[str, str], __: Texts) -> object:
        whole = int(row[denominator])
        return round_fraction(Fraction(factor * int(row[numerator]), whole)) if whole else None

    return show


def round_fraction(value: Fraction) -> Decimal:
    """Return a fraction as a decimal of two places, half away from zero."""
    places = Fraction(1, 100)
    steps = int(abs(value) / places + Fraction(1, 2))
    return (Decimal(steps if value >= 0 else -steps) / 100).quantize(_PER_CENT_PLACES)


HERFINDAHL_SCALE = 10_000
"""On which Herfindahl's index is written, as it is usual: 10,000 where everyone goes to one place."""

_MADE: Mapping[str, Callable[[Row, Mapping[str, str], Texts], object]] = {
    "top_share": _show_ratio("top_movers_n", "leavers_n", 100),
    "herfindahl": _show_ratio("herfindahl_numerator", "herfindahl_denominator", HERFINDAHL_SCALE),
    **{f"top_{part}": _scale(f"top_{part}", 100) for part in ("low", "high", "expected", "difference")},
    **{
        f"herfindahl_{part}": _scale(f"herfindahl_{part}", HERFINDAHL_SCALE)
        for part in ("low", "high", "expected", "difference")
    },
    "share": _show_share,
    "contribution": _show_contribution,
    "contribution_unit": lambda row, _, texts: texts.get(
        f"moves.unit.{'dkk' if row['criterion'] == 'income' else 'pp'}"
    ),
    "criterion": lambda row, _, texts: texts.get(f"criterion.{row['criterion']}.title"),
    "kommune": lambda row, _, __: name_place(row["kommune_code"]),
    "from_name": lambda row, _, __: name_place(row["from_kommune"]),
    "to_name": lambda row, _, __: name_place(row["to_kommune"]),
    "area": lambda row, names, _: names.get(row["area_id"], row["area_id"]),
}


def name_place(code: object) -> str:
    """Return the name of a kommune; what is none, such as a place abroad, stands for itself."""
    known = load_kommuner().get(str(code))
    return known.name if known else str(code)


def describe_moves(published: PublishedMoves) -> dict[str, object]:
    """Describe the movers by plain values: hidden counts are null, contributions exact fractions as text.

    The single flows, of which there are many, are in their CSV file alone.
    """
    kommuner = published.kommuner
    tables = {key: _list_records(table) for key, table in collect_tables(published).items() if key != "flows"}
    described: dict[str, object] = {
        "name": published.name,
        "is_synthetic": published.is_synthetic,
        "suppression_threshold_n": published.threshold_n,
        **tables,
    }
    if kommuner is not None:
        described["kommuner_with"] = list(kommuner.kommuner_with)
        described["hidden_flows_n"] = int(kommuner.flows["is_hidden"].sum())
        described["social_export"] = _to_plain(kommuner.social_export)
        if kommuner.concentration is not None:
            described["distance_decay"] = _to_plain(kommuner.concentration.decay)
    if published.areas is not None:
        described["inflow_areas"] = list(published.areas.inflow_areas)
    return described


def _list_records(table: pd.DataFrame) -> list[Row]:
    return [{name: _to_plain(value) for name, value in row.items()} for row in labels.list_rows(table)]


def _to_plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _to_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _to_plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_to_plain(one) for one in value]
    if isinstance(value, Fraction):
        return str(value)
    if value is None or labels.is_missing(value):
        return None
    return value
