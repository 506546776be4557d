"""Two designations on one map: old against new in two colours, with numbers and letters."""

from typing import Any

import shapely

from boundaries.city_screening import ComparedZones, ScreenedCity
from boundaries.registers.cell_columns import GridCriterion
from boundaries.screening.designations import Land, ZoneStatus
from data.texts import Texts
from geo.errors import DataError
from maps import labels, layers
from maps.legend import make_swatch
from maps.map_page import render_map_page
from maps.page import KeyFigure, LegendEntry, PageFrame, PageParts, TableFrame
from maps.page_texts import page_texts, script_texts, standard_words
from maps.screening_map import make_kicker
from maps.screening_palette import css_rules, make_patterns
from maps.screening_words import (
    describe_sources,
    find_value,
    list_known,
    name_criterion,
    show_number,
    show_value,
)
from maps.screening_zones import as_tenth

_KEY = "designations-data"


def render_designation_map(city: ScreenedCity, texts: Texts) -> str:
    """Return the page of a screening beside another designation as HTML.

    Parameters
    ----------
    city
        As it may be shown, with another designation.
    texts
        Catalog of the page's language.

    Returns
    -------
    str
        One HTML document that fetches nothing; the same bytes for the same input.

    Raises
    ------
    DataError
        ``screening_map.nothing_compared`` where there is no other designation.
    """
    compared = city.compared
    if compared is None:
        raise DataError("screening_map.nothing_compared", {})
    rows = labels.list_rows(compared.zones)
    known = list_known(city)
    data: dict[str, object] = {
        "language": texts.language,
        "texts": page_texts("designations", texts) | script_texts("designation_map.script", texts),
        "land": _describe_land(compared),
        "zones": _describe_zones(compared, known, texts),
        "tables": [_make_table(rows, known, texts)],
    }
    parts = PageParts(
        {_KEY: data},
        ("page.js", "table.js", "designations.js"),
        styles=("views.css", "grid.css"),
        rules=css_rules(),
        patterns=make_patterns(),
        file_stem="udpegninger",
    )
    return render_map_page(_make_frame(city, compared, rows, texts), parts, draw="drawDesignations", key=_KEY)


def _describe_land(compared: ComparedZones) -> list[dict[str, object]]:
    degrees = layers.to_wgs84(compared.land.geometry)
    return [
        {"style": f"land-{name}", "polygons": layers.encode_polygons(shape)}
        for name, shape in zip(compared.land["land"], degrees, strict=True)
        if not shapely.is_empty(shape)
    ]


def _describe_zones(
    compared: ComparedZones, known: list[GridCriterion], texts: Texts
) -> list[dict[str, object]]:
    zones = compared.zones
    degrees = layers.to_wgs84(zones.geometry)
    anchors = layers.to_wgs84([layers.find_anchor(shape) for shape in zones.geometry])
    return [
        {
            "key": at,
            "style": f"zone-{row['status']}",
            "label": row["label"],
            "polygons": layers.encode_polygons(shape),
            "anchor": layers.encode_point(point),
            "weight": float(shapely.area(shape)),
            "card": _make_card(row, known, texts),
        }
        for at, (row, shape, point) in enumerate(zip(labels.list_rows(zones), degrees, anchors, strict=True))
    ]


def name_compared(row: dict[str, Any], texts: Texts) -> str:
    """Return label and name of a compared zone; one of the screening's that is only numbered says so."""
    name = str(row["name"])
    if row["status"] != ZoneStatus.DROPPED and name.isdecimal():
        name = texts.get("screening_map.zone_number", {"zone": name})
    return f"{row['label']} · {name}" if row["label"] else name


def tell_status(row: dict[str, Any], texts: Texts) -> str:
    """Say what has become of a zone, and which old ones a kept one has been."""
    word = texts.get(f"designation_map.status.{row['status']}")
    if row["status"] != ZoneStatus.KEPT:
        return word
    kind = "split" if row["is_split"] else "merged" if row["is_merged"] else "same"
    return texts.get(f"designation_map.kept.{kind}", {"names": ", ".join(row["old_names"])})


def _make_card(row: dict[str, Any], known: list[GridCriterion], texts: Texts) -> dict[str, object]:
    words = texts.section("designation_map.card")
    people = row["residents_n"]
    hidden = labels.is_missing(people)
    values = [[name_criterion(name, texts), show_value(find_value(row, name), name, texts)] for name in known]
    notes = [words["by_cells"]] if row["status"] == ZoneStatus.DROPPED else []
    return {
        "kicker": texts.get(f"designation_map.status.{row['status']}"),
        "title": name_compared(row, texts),
        "because": tell_status(row, texts) if row["status"] == ZoneStatus.KEPT else "",
        "big": [
            texts.get("label.suppressed") if hidden else labels.format_count(people, texts.language),
            words["residents"],
        ],
        "rows": [
            *values,
            [words["area_old"], labels.format_area_m2(row["area_old_m2"], texts.language)],
            [words["area_new"], labels.format_area_m2(row["area_new_m2"], texts.language)],
        ],
        "notes": [*notes, *([words["hidden"]] if hidden else [])],
    }


def _make_table(rows: list[dict[str, Any]], known: list[GridCriterion], texts: Texts) -> dict[str, object]:
    head = texts.section("designation_map.head")
    columns = [
        {"title": head["zone"], "kind": "text", "noteTitle": head["status"]},
        {"title": head["residents"], "kind": "number"},
        *({"title": texts.get(f"screening_map.short.{name}"), "kind": "number"} for name in known),
        {"title": head["area_old"], "kind": "number"},
        {"title": head["area_new"], "kind": "number"},
    ]
    return {
        "key": "designations",
        "columns": columns,
        "rows": [_make_row(at, row, known, texts) for at, row in enumerate(rows)],
    }


def _make_row(at: int, row: dict[str, Any], known: list[GridCriterion], texts: Texts) -> dict[str, object]:
    people = row["residents_n"]
    hidden = labels.is_missing(people)
    values = [find_value(row, name) for name in known]
    areas = [_to_hectares(row[f"area_{side}_m2"]) for side in ("old", "new")]
    status = tell_status(row, texts)
    return {
        "key": at,
        "cells": [
            name_compared(row, texts),
            texts.get("label.suppressed") if hidden else labels.format_count(people, texts.language),
            *(show_number(value, texts) for value in values),
            *(labels.format_number(area, texts.language) for area in areas),
        ],
        "values": [
            name_compared(row, texts),
            None if hidden else int(people),
            *(as_tenth(value) for value in values),
            *(None if area is None else round(area, 1) for area in areas),
        ],
        "notes": [status],
        "search": f"{name_compared(row, texts)} {' '.join(row['old_names'])} {status}",
    }


def _to_hectares(area_m2: object) -> float | None:
    return None if labels.is_missing(area_m2) else float(str(area_m2)) / 10_000


def _make_frame(
    city: ScreenedCity, compared: ComparedZones, rows: list[dict[str, Any]], texts: Texts
) -> PageFrame:
    counts = {status: sum(row["status"] == status for row in rows) for status in ZoneStatus}
    values = {status.value: labels.format_count(count, texts.language) for status, count in counts.items()}
    words = standard_words("designations", texts, is_synthetic=city.is_synthetic)
    if not city.is_synthetic:
        words["credits"] = texts.get("page.grid.credits")
    title = texts.get(
        "page.designations.title_of" if city.name else "page.designations.title", {"name": city.name}
    )
    return PageFrame(
        kind="designations",
        title=title,
        heading=title,
        kicker=make_kicker(city, texts),
        lead=texts.get("page.designations.lead", {**values, "file": compared.file}),
        badge=texts.get("page.synthetic") if city.is_synthetic else "",
        figures=[
            KeyFigure(value=values[status.value], label=texts.get(f"designation_map.status.{status}"))
            for status in ZoneStatus
        ],
        legend=_make_legend(compared, counts, texts),
        tables=[TableFrame("designations", texts.get("page.designations.table"))],
        notes=[
            (texts.get(f"designation_map.note.{name}"), texts.get(f"designation_map.note.{name}_text"))
            for name in ("same", "values")
        ]
        + [(texts.get("page.sources"), describe_sources(city.files, texts))],
        **words,
    )


def _make_legend(compared: ComparedZones, counts: dict[ZoneStatus, int], texts: Texts) -> list[LegendEntry]:
    areas = dict(zip(compared.land["land"], compared.land["area_m2"], strict=True))
    land = [
        LegendEntry(
            swatch=make_swatch(f"land-{name}"),
            label=texts.get(f"designation_map.land.{name}"),
            count=labels.format_area_m2(areas[name], texts.language),
        )
        for name in Land
        if areas.get(name)
    ]
    zones = [
        LegendEntry(
            swatch=make_swatch(f"zone-{status}"),
            label=texts.get(f"designation_map.outline.{status}"),
            count=texts.get("legend.n", {"count": labels.format_count(count, texts.language)}),
        )
        for status, count in counts.items()
        if count
    ]
    return [*land, *zones]
