"""The map of kommuner: real geometry or a tile map, with a dot strip, a legend with n, and a table.

What is hidden is not in the page: its value, its parts and its rank are left out before anything is written.
"""

from collections.abc import Sequence
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.kommuner import load_regions
from data.texts import Texts
from data.tiles import CHRISTIANSOE_CODE, load_tiles, outline_tiles
from geo.coverage import is_coverage, simplify_to_size
from maps import kommune_legend, labels, layers
from maps.classes import Classes
from maps.kommune_rows import KommuneRow, describe_row, make_rows, make_table, show_value
from maps.kommune_topic import Topic, Unit, format_bare, format_value
from maps.map_page import render_map_page
from maps.page import KeyFigure, PageFrame, PageParts, TableFrame
from maps.page_texts import page_texts, standard_words

VERTICES_MAX_N = 24_000
"""Vertices of the kommuner that a page may carry: about 0.3 MB."""

_KEY = "kommuner-data"
_TOP_LABELS_N = 3


def render_kommune_map(
    values: pd.DataFrame,
    texts: Texts,
    *,
    topic: Topic,
    classes: Classes,
    geometry: gpd.GeoDataFrame | None = None,
    tiles: bool = False,
) -> str:
    """Return the page of a kommune map as HTML.

    Parameters
    ----------
    values
        One row a kommune: ``kommune_code``, ``name``, ``value`` (float, NaN missing), ``is_hidden`` and,
        where known, ``numerator`` and ``denominator``, from which a share is computed exactly.
    texts
        Catalog of the page's language.
    topic
        Words and form of the values.
    classes
        Of the values, in the same order; see `maps.kommune_rows.collect_values`.
    geometry
        ``kommune_code`` and polygons in EPSG:25832; simplified as a coverage where they have more than
        ``VERTICES_MAX_N`` vertices. None for the tile map alone.
    tiles
        Start with the tile map; where there is geometry too, the reader can switch.

    Returns
    -------
    str
        One HTML document that fetches nothing; the same bytes for the same input.

    Raises
    ------
    DataError
        As `geo.coverage.simplify_to_size`.
    """
    on_map = _list_codes(geometry)
    rows = make_rows(values, classes, topic, on_map)
    ranked_n = sum(row.value is not None for row in rows)
    data: dict[str, object] = {
        "language": texts.language,
        "texts": page_texts("kommuner", texts) | _script_texts(topic, texts),
        "kommuner": [describe_row(row, topic, texts, ranked_n=ranked_n) for row in rows],
        "view": "tiles" if tiles or geometry is None else "map",
        "topLabels": _list_top(rows),
        "strip": _describe_strip(rows, classes, topic, texts),
        "tileOutlines": _encode_tile_outlines(),
        "tables": [make_table(rows, topic, texts)],
        **_encode_geometry(geometry),
    }
    extra_missing_n = sum(not row.is_listed for row in rows)
    frame = _make_frame(rows, classes, topic, texts, extra_missing_n)
    parts = PageParts(
        {_KEY: data},
        ("page.js", "table.js", "strip.js", "kommuner.js"),
        styles=("kommuner.css",),
        rules=kommune_legend.make_rules(kommune_legend.choose_colours(classes, topic.centre)),
        patterns=kommune_legend.PATTERNS,
        file_stem="kommuner",
    )
    return render_map_page(frame, parts, draw="drawKommuner", key=_KEY)


def _list_codes(geometry: gpd.GeoDataFrame | None) -> list[str]:
    """Return the kommuner that the map draws whether or not there is a value: all but Christiansø."""
    codes = {*load_tiles(), *([] if geometry is None else geometry["kommune_code"])}
    return sorted(codes - {CHRISTIANSOE_CODE})


def _script_texts(topic: Topic, texts: Texts) -> dict[str, str]:
    label = topic.value_label
    if topic.unit is Unit.SHARE:
        label = texts.get("kommune_map.in_pct", {"label": label})
    return {**texts.section("kommune_map.script"), "value_label": label}


def _list_top(rows: Sequence[KommuneRow]) -> list[str]:
    """Return the kommuner whose names stand on the map from the start: the highest, none of too many."""
    top = [row for row in rows if row.rank and row.rank + row.tied_n - 1 <= _TOP_LABELS_N]
    return [row.kommune_code for row in top]


def _describe_strip(
    rows: Sequence[KommuneRow], classes: Classes, topic: Topic, texts: Texts
) -> dict[str, object]:
    """Return the axis of the dot strip: its ends, and the breaks and ends with their words."""
    shown = [row.value for row in rows if row.value is not None]
    if not shown:
        return {"low": 0, "high": 0, "ticks": []}
    low, high = min(shown), max(shown)
    if topic.unit is not Unit.NUMBER:
        low = min(low, Fraction(0))
    inner = [value for value in classes.breaks if low < value < high]
    places = 0 if topic.unit is Unit.COUNT else topic.decimals
    inner_texts = [_write_break(value, texts) for value in inner]
    ticks = [[float(value), text, True] for value, text in zip(inner, inner_texts, strict=True)]
    ends = [[float(value), format_bare(value, topic, texts, decimals=places), False] for value in (low, high)]
    return {"low": float(low), "high": float(high), "ticks": [ends[0], *ticks, ends[1]]}


def _write_break(value: Fraction, texts: Texts) -> str:
    places = kommune_legend.count_decimals(value)
    return labels.format_number(value, texts.language, decimals=places)


def _encode_tile_outlines() -> list[list[list[int]]]:
    """Return the outline around the tiles of each region, as rings of whole numbers in the tiles' units."""
    tiles = load_tiles()
    regions: dict[str, list[str]] = {}
    for code, region in load_regions().items():
        regions.setdefault(region, []).append(code)
    rings = []
    for region in sorted(regions):
        outline = outline_tiles(tiles[code] for code in regions[region])
        rings += [
            shapely.get_coordinates(part.exterior).astype(int).tolist() for part in shapely.get_parts(outline)
        ]
    return rings


def _encode_geometry(geometry: gpd.GeoDataFrame | None) -> dict[str, object]:
    """Return the polygons by code, where each name stands, and the borders between regions."""
    if geometry is None:
        return {"polygons": None}
    known = geometry[geometry.geometry.notna() & ~geometry.geometry.is_empty].sort_values("kommune_code")
    shapes = _simplify(known)
    codes = known["kommune_code"].tolist()
    degrees = layers.to_wgs84(shapes)
    anchors = layers.to_wgs84([layers.find_anchor(shape) for shape in shapes])
    return {
        "polygons": {code: layers.encode_polygons(shape) for code, shape in zip(codes, degrees, strict=True)},
        "anchors": {code: layers.encode_point(point) for code, point in zip(codes, anchors, strict=True)},
        "regionBorders": _encode_region_borders(codes, shapes),
    }


def _simplify(known: gpd.GeoDataFrame) -> list[shapely.Geometry]:
    counts = shapely.get_num_coordinates(known.geometry.to_numpy())
    if int(counts.sum()) <= VERTICES_MAX_N and is_coverage(known.geometry):
        return list(known.geometry)
    return list(simplify_to_size(known.geometry, max_vertices=VERTICES_MAX_N).geometry)


def _encode_region_borders(codes: Sequence[str], shapes: Sequence[shapely.Geometry]) -> list[list[int]]:
    """Return the lines where two regions meet on land, as encoded lines."""
    of_code = load_regions()
    regions: dict[str, list[shapely.Geometry]] = {}
    for code, shape in zip(codes, shapes, strict=True):
        if code in of_code:
            regions.setdefault(of_code[code], []).append(shape)
    edges = [shapely.boundary(shapely.coverage_union_all(parts)) for parts in regions.values()]
    lines = [shapely.intersection(one, other) for at, one in enumerate(edges) for other in edges[at + 1 :]]
    strings = [part for line in lines for part in shapely.get_parts(line) if part.geom_type == "LineString"]
    if not strings:
        return []
    merged = shapely.line_merge(shapely.multilinestrings(strings))
    degrees = layers.to_wgs84([merged])[0]
    return layers.encode_lines(
        np.asarray(shapely.get_coordinates(line)) for line in shapely.get_parts(degrees)
    )


def _make_frame(
    rows: Sequence[KommuneRow], classes: Classes, topic: Topic, texts: Texts, extra_missing_n: int
) -> PageFrame:
    kicker = [texts.get("page.kommuner.kicker"), topic.period]
    source = texts.get("page.kommuner.source", {"source": topic.source}) if topic.source else ""
    words = standard_words("kommuner", texts, is_synthetic=topic.is_synthetic)
    standing = "page.kommuner.credits_synthetic" if topic.is_synthetic else "page.kommuner.credits"
    words["credits"] = " ".join(filter(None, [source, texts.get(standing)]))
    notes = [
        *topic.notes,
        (texts.get("page.kommuner.method"), kommune_legend.describe_method(classes, texts)),
        (texts.get("page.kommuner.tiles"), texts.get("page.kommuner.tiles_text")),
        (texts.get("page.kommuner.christiansoe"), texts.get("page.kommuner.christiansoe_text")),
    ]
    return PageFrame(
        kind="kommuner",
        title=topic.title,
        heading=topic.title,
        badge=texts.get("page.synthetic") if topic.is_synthetic else "",
        kicker=" · ".join(filter(None, kicker)),
        lead=topic.lead,
        figures=_make_figures(rows, topic, texts),
        legend=kommune_legend.make_legend(classes, topic, texts, extra_missing_n=extra_missing_n),
        tables=[TableFrame("kommuner", texts.get("page.kommuner.table"))],
        notes=notes,
        **words,
    )


def _make_figures(rows: Sequence[KommuneRow], topic: Topic, texts: Texts) -> list[KeyFigure]:
    """Return the highest value and who has it, the median, and of counts the sum where none is hidden."""
    shown = [row for row in rows if row.value is not None]
    if not shown:
        return []
    first = shown[0]
    note = first.name
    if first.tied_n > 1:
        note = texts.get("kommune_map.figure.tied", {"name": first.name, "count": first.tied_n - 1})
    figures = [
        KeyFigure(
            value=show_value(first, topic, texts), label=texts.get("kommune_map.figure.highest"), note=note
        ),
        _median_figure(shown, topic, texts),
    ]
    if topic.unit is Unit.COUNT and not any(row.is_hidden for row in rows):
        total = sum((row.value for row in shown if row.value is not None), Fraction(0))
        value = format_value(total, topic, texts)
        figures.append(KeyFigure(value=value, label=texts.get("kommune_map.figure.total")))
    return figures


def _median_figure(shown: Sequence[KommuneRow], topic: Topic, texts: Texts) -> KeyFigure:
    """Return the middle value; of an even number the lower of the two, which is one that occurs."""
    middle = shown[len(shown) // 2]
    note = texts.get("kommune_map.figure.of", {"count": labels.format_count(len(shown), texts.language)})
    return KeyFigure(
        value=show_value(middle, topic, texts), label=texts.get("kommune_map.figure.median"), note=note
    )
