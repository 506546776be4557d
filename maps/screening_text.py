"""What the terminal says of a screening. Prints nothing itself."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from boundaries.city_screening import ScreenedCity
from data.texts import Texts
from maps import labels
from maps.screening_barriers import describe_barriers, tabulate_barriers
from maps.screening_map import make_kicker, make_lead, make_title
from maps.screening_tables import (
    name_value,
    tabulate_compared,
    tabulate_disparity,
    tabulate_zones,
    title_columns,
)
from maps.screening_words import describe_limit, list_known, name_criterion
from maps.screening_zones import describe_gaps
from maps.terminal import show_path
from maps.text_table import clean, format_table, measure_width, wrap


def format_screening(
    city: ScreenedCity, written: Iterable[Path], texts: Texts, *, width: int | None = None
) -> str:
    """Return a screening: zones with their values, the gap to the rest, the comparison, the files.

    Parameters
    ----------
    city
        As it may be shown.
    written
        Files that were written.
    texts
        Catalog.
    width
        Columns of the terminal; asked of the system where None.
    """
    columns = width or measure_width()
    parts = [
        "\n".join([clean(make_title(city, texts)), make_kicker(city, texts)]),
        _fold(make_lead(city, texts), columns),
        _format_zones(city, texts, columns),
        _format_limits(city, texts, columns),
        _format_gaps(city, texts, columns),
        _format_compared(city, texts, columns),
        _format_barriers(city, texts, columns),
        _format_unplaced(city, texts, columns),
        "\n".join([texts.get("terminal.written"), *(f"  {show_path(path)}" for path in written)]),
    ]
    return "\n\n".join(part for part in parts if part)


def _fold(text: str, width: int) -> str:
    return "\n".join(wrap(clean(text), width))


def _format_zones(city: ScreenedCity, texts: Texts, width: int) -> str:
    table = tabulate_zones(city)
    table["name"] = table["name"].where(table["part"] == "zone", None)
    names = [
        texts.get(f"screening.part.{part}") if part != "zone" else str(name)
        for part, name in zip(table["part"], table["name"], strict=True)
    ]
    shown = table.assign(name=names)[
        ["name", "residents_n", *map(name_value, list_known(city)), "stability_pct"]
    ]
    return _head(texts, "zones") + _table(_shorten(shown, city, texts), texts, width)


def _shorten(table: pd.DataFrame, city: ScreenedCity, texts: Texts) -> pd.DataFrame:
    """Title a table with the short names of the criteria."""
    short = {name_value(name): texts.get(f"screening_map.short.{name}") for name in list_known(city)}
    return title_columns(table.rename(columns=short), texts, but=tuple(short.values()))


def _table(table: pd.DataFrame, texts: Texts, width: int) -> str:
    return format_table(table, texts, width=width)


def _head(texts: Texts, name: str) -> str:
    return texts.get(f"screening.sheet.{name}") + "\n"


def _format_limits(city: ScreenedCity, texts: Texts, width: int) -> str:
    lines = [
        _fold(f"{name_criterion(name, texts)}: {describe_limit(city, name, texts)}", width)
        for name in list_known(city)
    ]
    return _head(texts, "criteria") + "\n".join(lines) if lines else ""


def _format_gaps(city: ScreenedCity, texts: Texts, width: int) -> str:
    table = tabulate_disparity(city, texts)
    if table.empty:
        return ""
    known = [name for name in table.columns if table[name].notna().any() and name != "is_halved"]
    if "gap_then" not in known:
        known = [name for name in known if name != "direction"]
    said = _head(texts, "disparity") + _table(title_columns(table[known], texts), texts, width)
    goal = describe_gaps(city, texts)
    return f"{said}\n{_fold(goal, width)}" if goal else said


def _format_compared(city: ScreenedCity, texts: Texts, width: int) -> str:
    if city.compared is None:
        return ""
    table = tabulate_compared(city, texts).drop(columns=["status", "overlap_m2"])
    shown = table[["label", "name", "status_text", "residents_n"]].copy()
    titles = {side: texts.get(f"designation_map.card.area_{side}") for side in ("old", "new")}
    for side, title in titles.items():
        shown[title] = [labels.format_area_m2(value, texts.language) for value in table[f"area_{side}_m2"]]
    titled = title_columns(shown, texts, but=tuple(titles.values()))
    return _head(texts, "compared") + _table(titled, texts, width)


def _format_barriers(city: ScreenedCity, texts: Texts, width: int) -> str:
    if city.barriers is None:
        return ""
    table = tabulate_barriers(city, texts).drop(columns="zone")
    if table["crossings_n"].isna().all():
        table = table[["name", "barrier_m"]]
    said = _head(texts, "barriers") + _table(title_columns(table, texts), texts, width)
    return f"{said}\n{_fold(describe_barriers(city, texts), width)}"


def _format_unplaced(city: ScreenedCity, texts: Texts, width: int) -> str:
    if city.unplaced_n == 0 or not city.years:
        return ""
    if city.unplaced_n is None:
        return _fold(texts.get("screening_text.unplaced_few"), width)
    count = labels.format_count(city.unplaced_n, texts.language)
    return _fold(texts.get("screening_text.unplaced", {"count": count}), width)
