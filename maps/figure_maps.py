"""Maps of areas as figures: areas and extensions, the list by category, a criterion, margins, change."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from boundaries.disclosure.lists import PublishedList
from boundaries.model import Assessment
from data.texts import Texts
from maps import labels, layers, legend
from maps.area_views import View, make_views
from maps.figure_names import WEIGHT, MapName, place_names
from maps.figure_text import line_mm
from maps.figures import (
    FIGURE_STYLES,
    Box,
    Canvas,
    FigureWords,
    LegendLine,
    Size,
    apply_style,
    ink,
    use_style,
)
from maps.list_styles import FillStyle
from maps.palette import ExtensionState

CONTEXT_VERTICES_N = 12_000
"""Vertices of parcels that are drawn around the areas, the nearest first."""

_SMALLEST_MM = 2.2


@dataclass(frozen=True)
class _Shape:
    geometry: Any
    style: FillStyle


def draw_area_map(
    assessment: Assessment, texts: Texts, *, context: gpd.GeoDataFrame | None = None, size: Size = "a4"
) -> Figure:
    """Draw areas and extensions, as the area map shows them.

    Parameters
    ----------
    assessment
        The answer for one status date.
    texts
        Language of the figure.
    context
        Parcels (EPSG:25832) drawn faintly around the areas.
    size
        Sheet of `maps.figures.SHEETS`.
    """
    states = layers.find_states(assessment.extensions)
    lines = [
        LegendLine(FIGURE_STYLES[style], label, _count(number, texts))
        for style, label, number in legend.list_area_lines(len(assessment.areas), Counter(states), texts)
    ]
    shapes = [_Shape(shape, FIGURE_STYLES["base"]) for shape in assessment.areas.geometry]
    # What is in force is drawn last, so that its outline is whole.
    order = sorted(range(len(states)), key=lambda at: states[at] is ExtensionState.IN_FORCE)
    shapes += [
        _Shape(assessment.extensions.geometry.iloc[at], FIGURE_STYLES[f"extension-{states[at]}"])
        for at in order
    ]
    day = labels.format_date(assessment.status_date, texts.language, is_long=True)
    words = FigureWords(
        title=texts.get("figure.areas.title"),
        lead=texts.get("figure.areas.lead", {"date": day}),
        credits=tell_credits(texts, is_synthetic=assessment.is_synthetic),
        badge=texts.get("page.synthetic") if assessment.is_synthetic else "",
    )
    return _draw(assessment, shapes, lines, words, texts, (context, size))


def draw_list_map(
    assessment: Assessment,
    listed: PublishedList,
    texts: Texts,
    *,
    view: str = "category",
    size: Size = "a4",
) -> Figure:
    """Draw the areas by a view of the list.

    Parameters
    ----------
    assessment
        Has the outlines.
    listed
        As `boundaries.disclosure.lists.publish_list` makes it.
    texts
        Language of the figure.
    view
        ``"category"``, ``"criterion-<criterion>"``, ``"margin"`` or ``"change"``.
    size
        Sheet of `maps.figures.SHEETS`.

    Raises
    ------
    KeyError
        For a view that the list does not have.
    """
    found = {one.key: one for one in make_views(listed, texts)}[view]
    step = found.steps[0]
    counts = Counter(step.styles.values())
    lines = [
        LegendLine(FIGURE_STYLES[style], label, _count(counts[style], texts)) for style, label in step.legend
    ]
    shapes = [
        _Shape(shape, FIGURE_STYLES[step.styles[str(area_id)]])
        for area_id, shape in zip(assessment.areas["area_id"], assessment.areas.geometry, strict=True)
        if str(area_id) in step.styles
    ]
    return _draw(assessment, shapes, lines, _view_words(found, listed, texts), texts, (None, size))


def draw_criterion_map(
    assessment: Assessment, listed: PublishedList, texts: Texts, *, criterion: str, size: Size = "a4"
) -> Figure:
    """Draw the areas by a criterion, its legal limits as breaks of classes; see `draw_list_map`."""
    return draw_list_map(assessment, listed, texts, view=f"criterion-{criterion}", size=size)


def _view_words(view: View, listed: PublishedList, texts: Texts) -> FigureWords:
    day = labels.format_date(listed.list_date, texts.language, is_long=True)
    return FigureWords(
        title=texts.get("figure.view.title", {"view": view.title, "date": day}),
        lead=view.steps[0].note,
        credits=tell_credits(texts, is_synthetic=listed.is_synthetic),
        badge=texts.get("page.synthetic") if listed.is_synthetic else "",
    )


def tell_credits(texts: Texts, *, is_synthetic: bool) -> str:
    """Return the sources that stand at the foot of a figure."""
    return texts.get("figure.credits_synthetic" if is_synthetic else "figure.credits")


def _count(number: int, texts: Texts) -> str:
    return texts.get("legend.n", {"count": labels.format_count(number, texts.language)})


def _draw(
    assessment: Assessment,
    shapes: Sequence[_Shape],
    lines: Sequence[LegendLine],
    words: FigureWords,
    texts: Texts,
    ground: tuple[gpd.GeoDataFrame | None, Size],
) -> Figure:
    context, size = ground
    with use_style():
        canvas = Canvas(words, size)
        body, side = canvas.body, canvas.sheet.side_mm
        box = Box(body.left, body.top, body.width - side - 5, body.height)
        axes = canvas.add_axes(box)
        metres_per_mm = _set_view(axes, shapes, box)
        if context is not None:
            _draw_context(axes, context, assessment)
        for shape in shapes:
            _draw_shape(axes, shape, metres_per_mm)
        unnamed = _draw_names(axes, assessment, metres_per_mm, canvas)
        _draw_scale(axes, box, metres_per_mm, canvas, texts)
        at = Box(body.left + body.width - side, body.top, side, 0)
        end = canvas.draw_legend(lines, at, title=texts.get("page.legend_label"))
        end = canvas.write(
            Box(at.left, end + 2, side, 0), texts.get("figure.north"), scale=0.85, colour=ink("muted")
        )
        if unnamed:
            told = texts.get("figure.unnamed", {"names": ", ".join(sorted(unnamed))})
            left_n = int((body.top + body.height - end - 2) / line_mm(canvas.sheet.text_pt * 0.85))
            canvas.write(
                Box(at.left, end + 2, side, 0), told, scale=0.85, colour=ink("muted"), lines_n=max(left_n, 2)
            )
    return canvas.figure


def _set_view(axes: Axes, shapes: Sequence[_Shape], box: Box) -> float:
    """Show all shapes with some room, undistorted; returns metres a millimetre."""
    axes.set(xticks=[], yticks=[], facecolor=ink("ground"))
    for spine in axes.spines.values():
        spine.set(color=ink("rule"), linewidth=0.6)
    known = [one.geometry for one in shapes if one.geometry is not None and not one.geometry.is_empty]
    west, south, east, north = shapely.total_bounds(known) if known else (0.0, 0.0, 1000.0, 1000.0)
    metres = max((east - west) / (box.width * 0.92), (north - south) / (box.height * 0.88), 0.5)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle_x - metres * box.width / 2, middle_x + metres * box.width / 2)
    axes.set_ylim(middle_y - metres * box.height / 2, middle_y + metres * box.height / 2)
    return float(metres)


def make_outline(geometry: Any) -> Outline:
    """Return polygons as one path; holes run against their shells, so that they stay empty."""
    vertices, codes = [], []
    for part in shapely.get_parts(shapely.normalize(geometry)):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)
            vertices.append(points)
            codes.append(np.full(len(points), Outline.LINETO, dtype=Outline.code_type))
            codes[-1][0], codes[-1][-1] = Outline.MOVETO, Outline.CLOSEPOLY
    if not vertices:
        return Outline(np.empty((0, 2)))
    return Outline(np.concatenate(vertices), np.concatenate(codes))


def _draw_shape(axes: Axes, shape: _Shape, metres_per_mm: float) -> None:
    if shape.geometry is None or shape.geometry.is_empty:
        return
    west, south, east, north = shape.geometry.bounds
    least = _SMALLEST_MM * metres_per_mm
    if max(east - west, north - south) < least:
        # Seen from afar an area would be a speck: a square of the smallest size stands for it.
        corner = ((west + east - least) / 2, (south + north - least) / 2)
        patch: Rectangle | PathPatch = Rectangle(corner, least, least)
    else:
        patch = PathPatch(make_outline(shape.geometry))
    apply_style(patch, shape.style)
    patch.set_zorder(3)
    axes.add_artist(patch)


def _draw_context(axes: Axes, context: gpd.GeoDataFrame, assessment: Assessment) -> None:
    window = shapely.box(axes.get_xlim()[0], axes.get_ylim()[0], axes.get_xlim()[1], axes.get_ylim()[1])
    shown = context.geometry[context.geometry.notna()].to_numpy()
    shown = shown[shapely.intersects(shown, window)]
    core = shapely.union_all(assessment.areas.geometry.dropna().to_numpy())
    if not len(shown) or core.is_empty:
        return
    nearest = np.argsort(shapely.distance(shown, core), kind="stable")
    counts = np.cumsum(shapely.get_num_coordinates(shown[nearest]))
    kept = shapely.simplify(shown[np.sort(nearest[counts <= CONTEXT_VERTICES_N])], 1.0)
    whole = make_outline(shapely.multipolygons(shapely.get_parts(kept)))
    axes.add_artist(PathPatch(whole, facecolor="none", edgecolor=ink("context"), linewidth=0.35, zorder=1))


def _draw_names(axes: Axes, assessment: Assessment, metres_per_mm: float, canvas: Canvas) -> list[str]:
    """Write the names of the areas; returns those for which there is no room."""
    pt = canvas.sheet.text_pt * 0.8
    west, south = axes.get_xlim()[0], axes.get_ylim()[0]
    wide, high = ((end - start) / metres_per_mm for start, end in (axes.get_xlim(), axes.get_ylim()))
    least = _SMALLEST_MM / 2
    names, shapes = [], []
    for name, geometry in zip(assessment.areas["name"], assessment.areas.geometry, strict=True):
        if geometry is None or geometry.is_empty:
            continue
        shape = shapely.transform(geometry, lambda points: (points - [west, south]) / metres_per_mm)
        if max(np.subtract(shape.bounds[2:], shape.bounds[:2])) < 2 * least:
            centre = shapely.box(*shape.bounds).centroid
            shape = shapely.box(centre.x - least, centre.y - least, centre.x + least, centre.y + least)
        names.append(str(name))
        shapes.append(shapely.make_valid(shapely.simplify(shape, 0.1)))
    scale = (0.0, 0.0, wide / 4 + 8, 10.0)
    placed = place_names(names, shapes, pt=pt, room=(wide, high), taken=[scale])
    for one in placed:
        _write_name(axes, one, pt, (west, south, metres_per_mm))
    known = {one.at for one in placed}
    return [name for at, name in enumerate(names) if at not in known]


def _write_name(axes: Axes, name: MapName, pt: float, view: tuple[float, float, float]) -> None:
    west, south, metres_per_mm = view
    if name.leader:
        ends = np.asarray(name.leader) * metres_per_mm + [west, south]
        axes.plot(ends[:, 0], ends[:, 1], color=ink("text"), linewidth=0.7, zorder=4)
    ground: Mapping[str, object] = {
        "boxstyle": "round,pad=0.12",
        "facecolor": (ink("page"), 0.8),
        "edgecolor": "none",
    }
    axes.text(
        west + name.x * metres_per_mm, south + name.y * metres_per_mm, "\n".join(name.lines), size=pt,
        weight=WEIGHT, color=ink("text"), ha="center", va="center", linespacing=1.1, bbox=ground, zorder=5,
    )  # fmt: skip


def _draw_scale(axes: Axes, box: Box, metres_per_mm: float, canvas: Canvas, texts: Texts) -> None:
    """Draw a bar of a round length, at most a quarter of the map wide."""
    length = round_down(box.width / 4 * metres_per_mm)
    west, south = axes.get_xlim()[0], axes.get_ylim()[0]
    x, y = west + 4 * metres_per_mm, south + 4 * metres_per_mm
    tick = 1.4 * metres_per_mm
    axes.plot(
        [x, x, x + length, x + length],
        [y + tick, y, y, y + tick],
        color=ink("text"),
        linewidth=1,
        solid_joinstyle="miter",
        zorder=6,
    )
    is_far = length >= 1000
    number = labels.format_number(length / 1000 if is_far else length, texts.language, decimals=0)
    axes.text(
        x + length / 2,
        y + tick,
        f"{number} {'km' if is_far else 'm'}",
        size=canvas.sheet.text_pt * 0.85,
        color=ink("text"),
        ha="center",
        va="bottom",
        zorder=6,
    )


def round_down(length: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is at most a length over 0.

    >>> round_down(780), round_down(2400.0)
    (500.0, 2000.0)
    """
    power = 10.0 ** np.floor(np.log10(length))
    # The logarithm of a number just below a power of ten is rounded up to it.
    power = power / 10 if power > length else power
    return float(max(step * power for step in (1, 2, 5) if step * power <= length))
