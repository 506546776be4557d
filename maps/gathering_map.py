"""Where leavers gather: areas by how many moved there, smaller ones and those with a plan told apart.

What is hidden is not in the page: neither its count nor a sum that it is part of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import shapely
from markupsafe import Markup

from boundaries.movers import AreaMoves
from boundaries.moves.gathering import SMALL_AREA_BELOW_N, Destination, Origin
from data.texts import Texts
from maps import kommune_legend, labels, layers
from maps.classes import HIDDEN, Classes, Method, classify
from maps.kommune_topic import Topic, Unit
from maps.legend import make_swatch
from maps.map_page import render_map_page
from maps.page import KeyFigure, LegendEntry, PageFrame, PageParts, TableFrame
from maps.page_texts import page_texts, standard_words

_KEY = "areas-data"
_CLASSES_N = 4
_SMALL_STYLE, _PLAN_STYLE = "is-small", "has-plan"

Count = int | None
"""None where it is hidden."""


@dataclass(frozen=True, kw_only=True)
class _Area:
    """An area in the last year; `is_small` is None where its residents are hidden or unknown."""

    area_id: str
    name: str
    received: Mapping[Origin, Count]
    residents_n: Count
    is_small: bool | None
    has_plan: bool


def render_gathering_map(
    areas: AreaMoves, shapes: gpd.GeoDataFrame, texts: Texts, *, is_synthetic: bool = False
) -> str:
    """Return the page of where leavers gathered in the last year as HTML.

    Colours are of the leavers from areas with a plan; from all areas' own leavers where none has one.

    Parameters
    ----------
    areas
        As `boundaries.movers.follow_movers` returns them; what is hidden there is not in the page.
    shapes
        Its ``shapes``.
    texts
        Catalog of the page's language.
    is_synthetic
        Whether the page must say that its numbers are invented.

    Returns
    -------
    str
        One HTML document that fetches nothing; the same bytes for the same input.
    """
    known = shapes[shapes.geometry.notna() & ~shapes.geometry.is_empty].reset_index(drop=True)
    year = int(areas.balance["year"].max())
    rows = _collect_areas(areas, known, year)
    origin = Origin.WITH_PLAN if any(row.has_plan for row in rows) else Origin.WITHOUT_PLAN
    counts = [row.received[origin] for row in rows]
    hidden = [count is None for count in counts]
    classes = classify(counts, method=Method.FISHER_JENKS, classes_n=_CLASSES_N, is_hidden=hidden)
    data = {
        "language": texts.language,
        "texts": page_texts("gathering", texts),
        "symbols": layers.symbol_paths(),
        "shapes": _make_shapes(rows, list(known.geometry), classes, origin, texts),
        "parcels": [],
        "context": [],
        "tables": [_make_table(rows, texts)],
    }
    frame = _make_frame(areas, rows, (year, origin), classes, texts, is_synthetic=is_synthetic)
    parts = PageParts(
        {_KEY: data},
        ("page.js", "table.js", "areas.js"),
        styles=("gathering.css",),
        rules=kommune_legend.make_rules(kommune_legend.choose_colours(classes)),
        patterns=kommune_legend.PATTERNS,
        file_stem="samling",
    )
    return render_map_page(frame, parts, draw="drawAreas", key=_KEY)


def _collect_areas(areas: AreaMoves, shapes: gpd.GeoDataFrame, year: int) -> list[_Area]:
    """Return the areas in the order of `shapes`; one that the table lacks received nobody."""
    table, balance = areas.area_gathering, areas.balance
    own = {(row["area_id"], row["origin"]): row for row in labels.list_rows(table[table["year"].eq(year)])}
    then = balance[balance["year"].eq(year)].set_index("area_id")["residents_then_n"]
    made = []
    for row in labels.list_rows(shapes[["area_id", "name", "has_plan"]]):
        area_id = str(row["area_id"])
        found = {origin: own.get((area_id, str(origin))) for origin in Origin}
        listed = next((one for one in found.values() if one is not None), None)
        residents = _read(then.get(area_id) if listed is None else listed["residents_n"])
        small = None if residents is None else residents < SMALL_AREA_BELOW_N
        made.append(
            _Area(
                area_id=area_id,
                name=labels.format_text(row["name"]),
                received={
                    origin: 0 if one is None else _read(one["movers_n"]) for origin, one in found.items()
                },
                residents_n=residents,
                is_small=small if listed is None else bool(listed["is_small"]),
                has_plan=bool(row["has_plan"]),
            )
        )
    return made


def _read(count: object) -> Count:
    return None if labels.is_missing(count) else int(str(count))


def _show(count: Count, texts: Texts) -> str:
    return texts.get("label.suppressed") if count is None else labels.format_count(count, texts.language)


def _name_kind(area: _Area, texts: Texts) -> str:
    size = "unsized" if area.is_small is None else "small" if area.is_small else "large"
    words = [texts.get(f"gathering.{size}")]
    return ", ".join([*words, texts.get("gathering.plan")] if area.has_plan else words)


def _make_shapes(
    rows: Sequence[_Area],
    polygons: Sequence[shapely.Geometry],
    classes: Classes,
    origin: Origin,
    texts: Texts,
) -> list[dict[str, object]]:
    drawn = layers.to_wgs84(shapely.simplify(polygons, layers.find_tolerance_m(polygons)))
    anchors = layers.to_wgs84([layers.find_anchor(shape) for shape in polygons])
    shapes: list[dict[str, object]] = []
    for at, (row, place) in enumerate(zip(rows, classes.index, strict=True)):
        styles = [kommune_legend.HIDDEN_STYLE if place == HIDDEN else kommune_legend.class_style(place)]
        styles += [_SMALL_STYLE] if row.is_small else []
        styles += [_PLAN_STYLE] if row.has_plan else []
        shapes.append(
            {
                "key": f"a{at}",
                "style": " ".join(["gathered", *styles]),
                "card": _make_card(row, origin, texts),
                "polygons": layers.encode_polygons(drawn[at]),
                "anchor": layers.encode_point(anchors[at]),
                "label": row.name,
                "weight": round(shapely.area(polygons[at])),
            }
        )
    return shapes


def _make_card(row: _Area, origin: Origin, texts: Texts) -> dict[str, object]:
    about = {"origin": texts.get(f"gathering.origin_{origin}")}
    return {
        "kicker": row.area_id,
        "title": row.name,
        "big": [_show(row.received[origin], texts), texts.get("gathering.big", about)],
        "rows": [
            *([texts.get(f"gathering.received_{one}"), _show(row.received[one], texts)] for one in Origin),
            [texts.get("gathering.residents"), _show(row.residents_n, texts)],
            [texts.get("gathering.kind"), _name_kind(row, texts)],
        ],
    }


def _make_table(rows: Sequence[_Area], texts: Texts) -> dict[str, object]:
    heads = ["area", *(f"received_{one}" for one in Origin)]
    kinds = ["text", *["number"] * len(Origin)]
    listed = []
    for at, row in enumerate(rows):
        counts = [row.received[one] for one in Origin]
        kind = _name_kind(row, texts)
        listed.append(
            {
                "key": f"a{at}",
                "cells": [row.name, *(_show(count, texts) for count in counts)],
                "values": [row.name, *counts],
                "notes": [kind],
                "search": f"{row.name} {row.area_id} {kind}",
            }
        )
    columns = [
        {"title": texts.get(f"gathering.{head}"), "kind": kind}
        for head, kind in zip(heads, kinds, strict=True)
    ]
    columns[0]["noteTitle"] = texts.get("gathering.kind")
    return {"key": "areas", "columns": columns, "rows": listed}


def _make_frame(
    areas: AreaMoves,
    rows: Sequence[_Area],
    shown: tuple[int, Origin],
    classes: Classes,
    texts: Texts,
    *,
    is_synthetic: bool,
) -> PageFrame:
    year, origin = shown
    small_n = sum(row.is_small is True for row in rows)
    numbers = {
        "areas": labels.format_count(len(rows), texts.language),
        "small": labels.format_count(small_n, texts.language),
    }
    hidden_n = sum(any(count is None for count in row.received.values()) for row in rows)
    hidden = {"hidden": labels.format_count(hidden_n, texts.language), "total": numbers["areas"]}
    return PageFrame(
        kind="areas",
        title=texts.get("gathering.title"),
        heading=texts.get("gathering.title"),
        badge=texts.get("page.synthetic") if is_synthetic else "",
        kicker=texts.get("gathering.kicker", {"year": year, "before": year - 1}),
        lead=texts.get(f"gathering.lead_{origin}", numbers),
        figures=[
            KeyFigure(
                value=_show(_sum_destination(areas, year, origin, destination), texts),
                label=texts.get(f"gathering.figure_{size}"),
            )
            for size, destination in (("small", Destination.SMALL_AREA), ("large", Destination.LARGE_AREA))
        ],
        legend=_make_legend(rows, classes, texts),
        tables=[TableFrame("areas", texts.get("gathering.table"))],
        notes=[
            (texts.get("gathering.kinds_note"), texts.get("gathering.kinds_text")),
            (texts.get("gathering.hidden_note"), texts.get("gathering.hidden_text", hidden)),
            (texts.get("gathering.cannot_note"), texts.get("gathering.cannot_text")),
        ],
        **standard_words("gathering", texts, is_synthetic=is_synthetic),
    )


def _sum_destination(areas: AreaMoves, year: int, origin: Origin, destination: Destination) -> Count:
    """Add up the groups that moved to one kind of place; hidden where one of them is."""
    table = areas.gathering
    own = table[
        table["year"].eq(year) & table["origin"].eq(str(origin)) & table["destination"].eq(str(destination))
    ]
    return None if own["movers_n"].isna().any() else int(own["movers_n"].sum())


def _make_legend(rows: Sequence[_Area], classes: Classes, texts: Texts) -> list[LegendEntry]:
    topic = Topic(title="", value_label="", unit=Unit.COUNT)
    lines = [
        (
            kommune_legend.class_style(at),
            texts.get("gathering.legend_movers", {"range": words}),
            part.values_n,
        )
        for at, (words, part) in enumerate(
            zip(kommune_legend.describe_classes(classes, topic, texts), classes.classes, strict=True)
        )
    ]
    lines += [
        (style, texts.get(f"gathering.legend_{name}"), count)
        for style, name, count in (
            (kommune_legend.HIDDEN_STYLE, "hidden", classes.hidden_n),
            (_SMALL_STYLE, "small", sum(row.is_small is True for row in rows)),
            (_PLAN_STYLE, "plan", sum(row.has_plan for row in rows)),
        )
        if count
    ]
    return [_make_entry(style, label, count, texts) for style, label, count in lines]


def _make_entry(style: str, label: str, count: int, texts: Texts) -> LegendEntry:
    number = texts.get("legend.n", {"count": labels.format_count(count, texts.language)})
    swatch: Markup = make_swatch(f"gathered {style}")
    return LegendEntry(swatch=swatch, label=label, count=number)
