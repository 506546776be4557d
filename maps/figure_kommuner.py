"""The map of the kommuner as a figure: hexagons, or real geometry where it is given."""

import math
from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from data.kommuner import load_regions
from data.texts import Texts
from data.tiles import CHRISTIANSOE_CODE, load_tiles, outline_tiles
from geo.coverage import simplify_to_size
from maps import labels
from maps.classes import HIDDEN, Classes
from maps.figure_maps import make_outline, tell_credits
from maps.figure_text import MM_PER_PT, shorten
from maps.figures import Box, Canvas, FigureWords, LegendLine, Size, apply_style, ink, use_style
from maps.kommune_legend import choose_colours, describe_classes, describe_method
from maps.kommune_rows import collect_values
from maps.kommune_topic import Topic, format_bare
from maps.list_styles import FillStyle
from maps.palette import Ink
from maps.ramps import choose_text

VERTICES_MAX_N = 60_000
"""Vertices of the kommuner that a figure may carry."""

_TILE_ASPECT = 1 / math.sqrt(3)
"""Half a side of a hexagon over half its width: the units in which tiles lie, up and across."""

_PAPER = Ink("#ffffff", "#14181b")
_RIM = Ink("#5a6269", "#a5adb4")
_MISSING = FillStyle(fill=_PAPER, line=_RIM, width_px=0.8, angles=(45,))
_HIDDEN = FillStyle(fill=Ink("#e4e1da", "#2a3137"), line=_RIM, width_px=0.8, is_dotted=True)


def draw_kommune_map(
    values: pd.DataFrame,
    texts: Texts,
    *,
    topic: Topic,
    classes: Classes,
    geometry: gpd.GeoDataFrame | None = None,
    size: Size = "a4",
) -> Figure:
    """Draw a value a kommune by classes, as the page of kommuner does.

    Parameters
    ----------
    values, topic, classes, geometry
        As `maps.kommune_map.render_kommune_map`; a hidden value is not in the figure.
    texts
        Language of the figure.
    size
        Sheet of `maps.figures.SHEETS`.
    """
    styles = _style_kommuner(values, classes, topic)
    with use_style():
        canvas = Canvas(_make_words(topic, texts, is_tiles=geometry is None), size)
        body, side = canvas.body, canvas.sheet.side_mm
        box = Box(body.left, body.top, body.width - side - 5, body.height)
        axes = canvas.add_axes(box)
        axes.axis("off")
        axes.set_aspect("equal" if geometry is not None else _TILE_ASPECT, anchor="NW")
        if geometry is None:
            _draw_tiles(axes, styles, _write_values(values, topic, texts), canvas.sheet.text_pt, box)
        else:
            _draw_geometry(axes, geometry, styles)
        lines = _make_legend(
            classes, topic, texts, drawn_n=len(_list_codes(geometry)) - _count_known(values, geometry)
        )
        at = Box(body.left + body.width - side, body.top, side, 0)
        end = canvas.draw_legend(lines, at, title=topic.value_label)
        canvas.write(
            Box(at.left, end + 2, side, 0), describe_method(classes, texts), scale=0.8, colour=ink("muted")
        )
    return canvas.figure


def _make_words(topic: Topic, texts: Texts, *, is_tiles: bool) -> FigureWords:
    period = "" if topic.period in topic.title else topic.period
    parts = [topic.lead, period, texts.get("figure.kommuner.tiles") if is_tiles else ""]
    source = texts.get("page.kommuner.source", {"source": topic.source}) if topic.source else ""
    synthetic = tell_credits(texts, is_synthetic=True) if topic.is_synthetic else ""
    return FigureWords(
        title=topic.title,
        lead=" ".join(part if part.endswith(".") else f"{part}." for part in parts if part),
        credits=" ".join(filter(None, (source, synthetic))),
        badge=texts.get("page.synthetic") if topic.is_synthetic else "",
    )


def _style_kommuner(values: pd.DataFrame, classes: Classes, topic: Topic) -> dict[str, FillStyle]:
    colours = choose_colours(classes, topic.centre)
    styles = [FillStyle(fill=colour, line=_PAPER, width_px=0.8) for colour in colours]
    codes = values["kommune_code"].astype(str)
    return {
        code: styles[at] if at >= 0 else _HIDDEN if at == HIDDEN else _MISSING
        for code, at in zip(codes, classes.index, strict=True)
    }


def _write_values(values: pd.DataFrame, topic: Topic, texts: Texts) -> dict[str, str]:
    exact, _ = collect_values(values, topic)
    codes = values["kommune_code"].astype(str)
    return {
        code: format_bare(value, topic, texts)
        for code, value in zip(codes, exact, strict=True)
        if value is not None
    }


def _list_codes(geometry: gpd.GeoDataFrame | None) -> set[str]:
    codes = set(load_tiles()) if geometry is None else set(geometry["kommune_code"].astype(str))
    return codes - {CHRISTIANSOE_CODE}


def _count_known(values: pd.DataFrame, geometry: gpd.GeoDataFrame | None) -> int:
    return len(_list_codes(geometry) & set(values["kommune_code"].astype(str)))


def _make_legend(classes: Classes, topic: Topic, texts: Texts, *, drawn_n: int) -> list[LegendLine]:
    colours = choose_colours(classes, topic.centre)
    names = describe_classes(classes, topic, texts)
    lines = [
        LegendLine(FillStyle(fill=colour, line=_RIM, width_px=0.8), name, _count(part.values_n, texts))
        for colour, name, part in zip(colours, names, classes.classes, strict=True)
    ]
    missing_n = classes.missing_n + drawn_n
    if missing_n:
        lines.append(LegendLine(_MISSING, texts.get("kommune_map.missing"), _count(missing_n, texts)))
    if classes.hidden_n:
        lines.append(LegendLine(_HIDDEN, texts.get("kommune_map.hidden"), _count(classes.hidden_n, texts)))
    return lines


def _count(number: int, texts: Texts) -> str:
    return texts.get("legend.n", {"count": labels.format_count(number, texts.language)})


def _draw_tiles(
    axes: Axes, styles: Mapping[str, FillStyle], words: Mapping[str, str], text_pt: float, box: Box
) -> None:
    tiles = {code: tile for code, tile in load_tiles().items() if code != CHRISTIANSOE_CODE}
    west, south, east, north = shapely.total_bounds([tile.polygon for tile in tiles.values()])
    axes.set(xlim=(west - 0.3, east + 0.3), ylim=(south - 0.3, north + 0.3))
    mm = min(box.width / (east - west + 0.6), box.height / (north - south + 0.6) / _TILE_ASPECT)
    pt = min(text_pt * 0.72, 2 * mm / MM_PER_PT / 4.9)
    for code, tile in tiles.items():
        style = styles.get(code, _MISSING)
        _add(axes, tile.polygon, style)
        colour = choose_text(style.fill.light) if style.fill and not style.has_pattern else ink("text")
        x, y = tile.centre
        ground = {"facecolor": ink("page"), "edgecolor": "none", "pad": 0.4} if style.has_pattern else None
        name = shorten(tile.short_name, 1.96 * mm, pt)
        axes.text(x, y + 0.08, name, size=pt, color=colour, ha="center", va="bottom", bbox=ground)
        axes.text(
            x,
            y - 0.02,
            words.get(code, ""),
            size=pt * 1.05,
            weight="bold",
            color=colour,
            ha="center",
            va="top",
        )
    for outline in _outline_regions(list(tiles)):
        axes.add_artist(
            PathPatch(make_outline(outline), facecolor="none", edgecolor=ink("text"), linewidth=0.9, zorder=4)
        )


def _outline_regions(codes: Sequence[str]) -> list[shapely.Geometry]:
    regions: dict[str, list[str]] = {}
    of_code = load_regions()
    for code in codes:
        if code in of_code:
            regions.setdefault(of_code[code], []).append(code)
    tiles = load_tiles()
    return [outline_tiles(tiles[code] for code in regions[region]) for region in sorted(regions)]


def _draw_geometry(axes: Axes, geometry: gpd.GeoDataFrame, styles: Mapping[str, FillStyle]) -> None:
    known = geometry[geometry.geometry.notna() & ~geometry.geometry.is_empty].sort_values("kommune_code")
    shapes = known.geometry
    if int(shapely.get_num_coordinates(shapes.to_numpy()).sum()) > VERTICES_MAX_N:
        shapes = simplify_to_size(shapes, max_vertices=VERTICES_MAX_N).geometry
    west, south, east, north = shapely.total_bounds(shapes.to_numpy())
    pad = 0.01 * max(east - west, north - south)
    axes.set(xlim=(west - pad, east + pad), ylim=(south - pad, north + pad), facecolor=ink("ground"))
    for code, shape in zip(known["kommune_code"].astype(str), shapes, strict=True):
        _add(axes, shape, styles.get(code, _MISSING))


def _add(axes: Axes, shape: shapely.Geometry, style: FillStyle) -> None:
    patch = PathPatch(make_outline(shape), zorder=2)
    apply_style(patch, style)
    axes.add_artist(patch)
