"""The grid page: every cell of a screened city by any criterion, the zones over them, and their table.

What is hidden of a cell is not in the page: only that it is.
"""

from boundaries.city_screening import ScreenedCity
from boundaries.disclosure.cells import Shown
from data.texts import Texts
from maps import labels, legend
from maps.map_page import render_map_page
from maps.page import KeyFigure, LegendEntry, PageFrame, PageParts, TableFrame
from maps.page_texts import page_texts, script_texts, standard_words
from maps.screening_barriers import describe_barriers, make_barrier_table
from maps.screening_blocks import describe_blocks, describe_outlines
from maps.screening_cells import encode_cells
from maps.screening_palette import css_rules, make_patterns
from maps.screening_views import View, make_views
from maps.screening_words import (
    describe_limit,
    list_known,
    list_notes,
    name_criterion,
    scale_share,
    show_number,
)
from maps.screening_zones import describe_gaps, describe_zones, make_gap_table, make_zone_table

_KEY = "grid-data"


def render_screening_map(city: ScreenedCity, texts: Texts) -> str:
    """Return the page of a screened city as HTML.

    Parameters
    ----------
    city
        As it may be shown.
    texts
        Catalog of the page's language.

    Returns
    -------
    str
        One HTML document that fetches nothing; the same bytes for the same input.
    """
    views = make_views(city, texts)
    known = list_known(city)
    tables = [make_zone_table(city, texts)]
    if city.disparity is not None:
        tables.append(make_gap_table(city.disparity, texts))
    if city.barriers is not None:
        tables.append(make_barrier_table(city.barriers, texts))
    data: dict[str, object] = {
        "language": texts.language,
        "texts": page_texts("grid", texts)
        | script_texts("screening_map.script", texts)
        | {"layer_blocks": texts.get("screening.blocks.layer")},
        "criteria": [
            {
                "key": name.value,
                "name": name_criterion(name, texts),
                "unit": "m2" if name == "dwelling_area" else "pct",
                "limit": show_number(scale_share(city.limits[name].value, name), texts),
            }
            for name in known
        ],
        "views": [_describe_view(view, texts) for view in views],
        "cells": encode_cells(city, known),
        "zones": describe_zones(city, texts),
        "blocks": describe_outlines(city),
        "tables": tables,
    }
    parts = PageParts(
        {_KEY: data},
        ("page.js", "table.js", "gridcanvas.js", "grid.js"),
        styles=("views.css", "grid.css"),
        rules=css_rules(),
        patterns=make_patterns(),
        file_stem="kvadratnet",
    )
    return render_map_page(_make_frame(city, views[0], texts), parts, draw="drawGrid", key=_KEY)


def _describe_view(view: View, texts: Texts) -> dict[str, object]:
    return {
        "key": view.key,
        "group": view.group,
        "title": view.title,
        "note": view.note,
        "legend": [[line.style, line.label, _tell_n(line.count, texts)] for line in view.legend],
        "classes": view.classes,
    }


def _tell_n(count: int, texts: Texts) -> str:
    return texts.get("legend.n", {"count": labels.format_count(count, texts.language)})


def _make_frame(city: ScreenedCity, first: View, texts: Texts) -> PageFrame:
    tables = [TableFrame("zones", texts.get("page.grid.table"))]
    if city.disparity is not None:
        tables.append(TableFrame("gaps", texts.get("page.grid.gap_table")))
    if city.barriers is not None:
        tables.append(TableFrame("barriers", texts.get("screening.barriers.caption")))
    words = standard_words("grid", texts, is_synthetic=city.is_synthetic)
    if not city.is_synthetic:
        words["credits"] = texts.get("page.grid.credits")
    limits = "; ".join(
        f"{name_criterion(name, texts)}: {describe_limit(city, name, texts)}" for name in list_known(city)
    )
    notes = [(texts.get("screening_map.note.limits"), limits)] if limits else []
    goal = describe_gaps(city, texts)
    if goal:
        notes.append((texts.get("screening_map.note.goal"), goal))
    if city.barriers is not None:
        notes.append((texts.get("screening.sheet.barriers"), describe_barriers(city, texts)))
    if city.block_zones is not None:
        notes.append((texts.get("screening.sheet.blocks"), describe_blocks(city, texts)))
    return PageFrame(
        kind="grid",
        title=make_title(city, texts),
        heading=make_title(city, texts),
        kicker=make_kicker(city, texts),
        lead=make_lead(city, texts),
        badge=texts.get("page.synthetic") if city.is_synthetic else "",
        figures=make_key_figures(city, texts),
        legend=[
            LegendEntry(
                swatch=legend.make_swatch(line.style), label=line.label, count=_tell_n(line.count, texts)
            )
            for line in first.legend
        ],
        tables=tables,
        notes=[*notes, *list_notes(city, texts)],
        **words,
    )


def make_title(city: ScreenedCity, texts: Texts) -> str:
    """Return the heading of a screened city."""
    key = "title_of" if city.name else "title"
    return texts.get(f"page.grid.{key}", {"name": city.name})


def make_kicker(city: ScreenedCity, texts: Texts) -> str:
    """Return method, cell size and data year in one line."""
    size = labels.format_count(int(city.settings.cell_size_m), texts.language)
    parts = [texts.get("page.grid.kicker", {"size": size})]
    year = city.years.get(None)
    if year is not None:
        parts.append(texts.get("page.grid.data_year", {"year": year}))
    return " · ".join(parts)


def make_lead(city: ScreenedCity, texts: Texts) -> str:
    """Say in a sentence or two what was found."""
    parts = city.published.parts.set_index("part")
    values = {
        "zones": len(city.published.zones),
        "required": city.settings.criteria_required_n,
        "criteria": len(list_known(city)),
        "residents": labels.format_count(parts.loc["zones", "residents_n"], texts.language),
        "total": labels.format_count(parts.loc["city", "residents_n"], texts.language),
        "cells": labels.format_count(parts.loc["city", "inhabited_cells_n"], texts.language),
        "share": labels.format_share(
            parts.loc["zones", "residents_n"], parts.loc["city", "residents_n"], texts.language
        ),
    }
    zones_n = len(city.published.zones)
    if zones_n and labels.is_missing(parts.loc["zones", "residents_n"]):
        return texts.get("page.grid.lead_hidden", values)
    word = "none" if not zones_n else "one" if zones_n == 1 else "many"
    return texts.get(f"page.grid.lead_{word}", values)


def make_key_figures(city: ScreenedCity, texts: Texts) -> list[KeyFigure]:
    """Return the figures that matter: zones, their residents, inhabited cells."""
    parts = city.published.parts.set_index("part")
    zones, whole = (parts.loc[part, "residents_n"] for part in ("zones", "city"))
    words = {name: texts.get(f"page.grid.figure.{name}") for name in ("zones", "residents", "cells")}
    return [
        KeyFigure(value=labels.format_count(len(city.published.zones), texts.language), label=words["zones"]),
        KeyFigure(
            value=labels.format_count(zones, texts.language),
            label=words["residents"],
            note=texts.get(
                "page.grid.figure.share", {"share": labels.format_share(zones, whole, texts.language)}
            ),
        ),
        KeyFigure(
            value=labels.format_count(parts.loc["city", "inhabited_cells_n"], texts.language),
            label=words["cells"],
            note=_tell_hidden(city, texts),
        ),
    ]


def _tell_hidden(city: ScreenedCity, texts: Texts) -> str:
    """Say how many cells show no figures, and how many of them the designation draws as hidden."""
    cells = city.published.cells
    hidden = cells["shown"].eq(Shown.NOTHING.value)
    outside = hidden & cells["zone"].isna()
    values = {
        "n": int(hidden.sum()),
        "count": labels.format_count(int(hidden.sum()), texts.language),
        "outside": labels.format_count(int(outside.sum()), texts.language),
    }
    is_parted = bool((hidden & ~outside).any())
    return texts.get(f"page.grid.figure.{'hidden_outside' if is_parted else 'hidden'}", values)
