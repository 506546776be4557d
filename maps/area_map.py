"""The map of areas and extensions: who lives inside the lines, and which lines are in force.

Carries no dwelling points. Resident counts are those that may be shown; a hidden count is said to be
hidden and is never 0.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.disclosure.lists import PublishedList
from boundaries.model import Assessment, Decision
from data.texts import Texts
from maps import area_list, labels, layers, legend, withheld
from maps.area_tables import make_area_table, make_extension_tables, show_interval, show_residents
from maps.background import Background
from maps.map_page import render_map_page
from maps.page import KeyFigure, PageFrame, PageParts, TableFrame
from maps.page_texts import describe_law, describe_settings, describe_sources, page_texts, standard_words
from maps.palette import ExtensionState

_KEY = "areas-data"
_COUNTS = {
    Decision.COUNTED: "counted_n",
    Decision.NOT_COUNTED: "not_counted_n",
    Decision.UNDECIDED: "undecided_n",
}


def render_area_map(
    assessment: Assessment,
    texts: Texts,
    *,
    title: str | None = None,
    context: gpd.GeoDataFrame | None = None,
    listed: PublishedList | None = None,
    background: Background | None = None,
) -> str:
    """Return the page of all areas and extensions as HTML.

    Parameters
    ----------
    assessment
        The answer for one status date.
    texts
        Catalog of the page's language.
    title
        Heading; a general one where None.
    context
        Parcels (EPSG:25832) drawn faintly behind the areas for orientation, nearest first until the
        page is full.
    listed
        The list of the year: adds the views by category, criterion, margin, change and list date, and the
        criteria of each area to its card.
    background
        Map tiles, which the page then fetches; none by default.

    Returns
    -------
    str
        One HTML document that fetches nothing but a background; the same bytes for the same input.
    """
    shown = withheld.withhold_residents(assessment.areas, assessment.settings.suppression_threshold_n)
    states = layers.find_states(assessment.extensions)
    data = {
        "language": texts.language,
        "texts": page_texts("areas", texts),
        "symbols": layers.symbol_paths(),
        "shapes": _make_shapes(assessment, shown, states, texts),
        "parcels": layers.encode_borders(
            assessment.pieces.geometry,
            simplify_m=layers.find_tolerance_m(assessment.pieces.geometry.dropna()),
        ),
        "context": [] if context is None else layers.encode_context(context, assessment.areas),
        "tables": [
            make_area_table(assessment, shown, texts),
            *make_extension_tables(assessment, states, texts),
        ],
    }
    frame = _make_frame(assessment, shown, states, texts, title or texts.get("page.areas.title"))
    parts = PageParts(
        {_KEY: data}, ("page.js", "table.js", "areas.js"), file_stem="omraader", background=background
    )
    if listed is not None:
        parts = _add_list(parts, listed, assessment, states, texts)
    return render_map_page(frame, parts, draw="drawAreas", key=_KEY)


def _add_list(
    parts: PageParts,
    listed: PublishedList,
    assessment: Assessment,
    states: Sequence[ExtensionState],
    texts: Texts,
) -> PageParts:
    area_ids = assessment.areas["area_id"].astype(str).tolist()
    lines = legend.list_area_lines(len(area_ids), Counter(states), texts)
    listing = area_list.describe_listing(listed, area_ids, lines, texts)
    data = dict(cast("dict[str, Any]", parts.data[_KEY]))
    notes = area_list.category_notes(listed, texts)
    table = data["tables"][0]
    for row, area_id in zip(table["rows"], area_ids, strict=True):
        row["notes"] = [notes.get(area_id)]
        row["search"] += f" {notes.get(area_id, '')}"
    table["columns"][0]["noteTitle"] = texts.get("page.view.category.title")
    return area_list.equip_page(replace(parts, data={_KEY: data | {"list": listing}}), listing)


def _make_frame(
    assessment: Assessment, shown: pd.DataFrame, states: Sequence[ExtensionState], texts: Texts, title: str
) -> PageFrame:
    tables = [TableFrame("areas", texts.get("page.areas.table"))]
    if states:
        tables.append(TableFrame("extensions", texts.get("page.areas.extension_table")))
    return PageFrame(
        kind="areas",
        title=title,
        heading=title,
        badge=texts.get("page.synthetic") if assessment.is_synthetic else "",
        kicker=describe_law(assessment.status_date, texts),
        lead=_make_lead(assessment, states, texts),
        figures=_make_figures(assessment, shown, texts),
        legend=legend.make_area_legend(len(assessment.areas), Counter(states), texts),
        tables=tables,
        notes=[*describe_settings(assessment.settings, texts), *describe_sources(assessment.files, texts)],
        **standard_words("areas", texts, is_synthetic=assessment.is_synthetic),
    )


def _make_lead(assessment: Assessment, states: Sequence[ExtensionState], texts: Texts) -> str:
    areas = assessment.areas
    values = {
        "areas": labels.format_count(len(areas), texts.language),
        "extensions": labels.format_count(states.count(ExtensionState.IN_FORCE), texts.language),
        "counted": labels.format_count(areas["counted_n"].sum(), texts.language),
        "dwellings": labels.format_count(areas["dwellings_n"].sum(), texts.language),
    }
    return texts.get("page.areas.lead", values)


def _make_figures(assessment: Assessment, shown: pd.DataFrame, texts: Texts) -> list[KeyFigure]:
    figures = [
        KeyFigure(
            value=labels.format_count(assessment.areas[column].sum(), texts.language),
            label=texts.get(f"page.figure.{decision}"),
            mark=legend.make_symbol(decision),
        )
        for decision, column in _COUNTS.items()
    ]
    if not assessment.has_residents:
        return figures
    low = withheld.sum_shown(shown["residents_min_n"])
    high = withheld.sum_shown(shown["residents_max_n"])
    # Where a low end is hidden, so is its upper end: equal numbers mean that both leave out the same.
    is_interval = low.hidden_n == high.hidden_n
    value = labels.format_interval(low.total_n, high.total_n if is_interval else low.total_n, texts.language)
    note = ""
    if low.hidden_n:
        note = texts.get("page.figure.hidden", {"count": low.hidden_n})
    elif high.hidden_n:
        note = texts.get("page.figure.undecided_hidden")
    return [*figures, KeyFigure(value=value, label=texts.get("page.figure.residents"), note=note)]


def _make_shapes(
    assessment: Assessment, shown: pd.DataFrame, states: Sequence[ExtensionState], texts: Texts
) -> list[dict[str, object]]:
    base = _dissolve_base(assessment)
    drawn = layers.to_wgs84(shapely.simplify(base, layers.find_tolerance_m(base)))
    anchors = layers.to_wgs84([layers.find_anchor(shape) for shape in base])
    shapes: list[dict[str, object]] = []
    visible = labels.list_rows(shown)
    for at, row in enumerate(labels.list_rows(assessment.areas)):
        card = _area_card(row, visible[at], assessment, texts)
        shape = _shape(f"a{at}", "base", card, drawn[at], anchors[at])
        shapes.append(shape | {"label": str(row["name"]), "weight": round(shapely.area(base[at]))})
        is_own = assessment.extensions["area_id"] == row["area_id"]
        shapes += _extension_shapes(
            assessment, states, [int(i) for i in is_own.to_numpy().nonzero()[0]], texts
        )
    orphans = ~assessment.extensions["area_id"].isin(assessment.areas["area_id"])
    return shapes + _extension_shapes(
        assessment, states, [int(i) for i in orphans.to_numpy().nonzero()[0]], texts
    )


def _dissolve_base(assessment: Assessment) -> list[shapely.Geometry]:
    """Return the base part of each area; the whole area where it has no base piece of its own."""
    pieces = assessment.pieces
    base = pieces[pieces["piece"] == "base"].groupby("area_id", sort=False)["geometry"]
    union = {area_id: shapely.union_all(group.to_numpy()) for area_id, group in base}
    return [
        union.get(area_id) or whole
        for area_id, whole in zip(assessment.areas["area_id"], assessment.areas.geometry, strict=True)
    ]


def _extension_shapes(
    assessment: Assessment, states: Sequence[ExtensionState], positions: Sequence[int], texts: Texts
) -> list[dict[str, object]]:
    names = dict(zip(assessment.areas["area_id"], assessment.areas["name"], strict=True))
    owners = {area_id: f"a{at}" for at, area_id in enumerate(assessment.areas["area_id"])}
    shapes = []
    for at in positions:
        row = assessment.extensions.iloc[at].to_dict()
        geometry = row["geometry"]
        if geometry is None or geometry.is_empty:
            continue
        drawn, anchor = layers.to_wgs84([geometry, layers.find_anchor(geometry)])
        style = f"extension-{states[at]}"
        if states[at] is not ExtensionState.IN_FORCE:
            style += " hollow"
        shape = _shape(f"e{at}", style, _extension_card(row, states[at], names, texts), drawn, anchor)
        shapes.append(shape | {"of": owners.get(row["area_id"])})
    return shapes


def _shape(
    key: str, style: str, card: Mapping[str, object], drawn: shapely.Geometry, anchor: shapely.Geometry
) -> dict[str, object]:
    return {
        "key": key,
        "style": style,
        "card": card,
        "polygons": layers.encode_polygons(drawn),
        "anchor": layers.encode_point(anchor),
    }


def _area_card(
    row: Mapping[str, object], shown: Mapping[str, object], assessment: Assessment, texts: Texts
) -> dict[str, object]:
    language = texts.language
    rows = _dwelling_rows(row, texts)
    if assessment.has_residents:
        not_counted = show_residents(shown["residents_not_counted_n"], texts)
        rows.append([texts.get("page.card.residents_not_counted"), not_counted])
    rows.append([texts.get("page.card.area_m2"), labels.format_area_m2(row["area_m2"], language)])
    rows.append([texts.get("column.parcels_n"), labels.format_count(row["parcels_n"], language)])
    if not labels.is_missing(row["residents_2010"]):
        rows.append(
            [texts.get("column.residents_2010"), labels.format_count(row["residents_2010"], language)]
        )
    return {
        "kicker": texts.get(
            "page.card.area",
            {"area_id": row["area_id"], "kommune_code": labels.format_text(row["kommune_code"])},
        ),
        "title": labels.format_text(row["name"]),
        "big": _area_headline(row, shown, assessment, texts),
        "bar": [[decision.value, int(str(row[column]))] for decision, column in _COUNTS.items()],
        "rows": rows,
        "notes": _area_notes(row, shown if assessment.has_residents else {}, texts),
    }


def _area_headline(
    row: Mapping[str, object], shown: Mapping[str, object], assessment: Assessment, texts: Texts
) -> list[str]:
    if not assessment.has_residents:
        return [labels.format_count(row["counted_n"], texts.language), texts.get("page.figure.counted")]
    when = labels.format_date(assessment.status_date, texts.language, is_long=True)
    return [show_interval(shown, texts), texts.get("page.card.residents", {"date": when})]


def _area_notes(row: Mapping[str, object], shown: Mapping[str, object], texts: Texts) -> list[str]:
    notes = []
    groups_n = row["groups_n"]
    if not labels.is_missing(groups_n) and int(str(groups_n)) > 1:
        gap = labels.format_distance_m(row["widest_gap_m"], texts.language)
        notes.append(texts.get("page.card.incoherent", {"groups": groups_n, "gap": gap}))
    if not shown:
        return notes
    undecided = shown["residents_undecided_n"]
    if labels.is_missing(undecided) or undecided != 0:
        notes.append(texts.get("page.card.undecided_residents", {"count": show_residents(undecided, texts)}))
    return notes


def _dwelling_rows(row: Mapping[str, object], texts: Texts) -> list[list[str]]:
    return [
        [texts.get(f"page.card.{decision}"), labels.format_count(row[column], texts.language), decision.value]
        for decision, column in _COUNTS.items()
    ]


def _extension_card(
    row: Mapping[str, object], state: ExtensionState, names: Mapping[str, str], texts: Texts
) -> dict[str, object]:
    language = texts.language
    return {
        "kicker": texts.get("page.card.extension", {"extension_id": row["extension_id"]}),
        "title": labels.format_text(names.get(str(row["area_id"]), row["area_id"])),
        "notes": [texts.get(f"page.card.state.{state}")],
        "bar": [[decision.value, int(str(row[column]))] for decision, column in _COUNTS.items()],
        "rows": [
            *_dwelling_rows(row, texts),
            [texts.get("column.status"), labels.word_of("status", row["status"], texts)],
            [texts.get("column.applied_on"), labels.format_date(row["applied_on"], language)],
            [texts.get("column.approved_on"), labels.format_date(row["approved_on"], language)],
            [texts.get("page.card.area_m2"), labels.format_area_m2(row["area_m2"], language)],
        ],
    }
