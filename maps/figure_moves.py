"""Figures of movers: columns and lines by year, leads and lags with intervals, and parts of a change."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from boundaries.movers import AreaMoves, KommuneMoves
from boundaries.moves.contributions import Part
from boundaries.moves.event_study import EventStudy
from boundaries.moves.products import EXPOSED, NOT_EXPOSED, WITH, WITHOUT
from data.texts import Texts
from maps import labels
from maps.figure_text import MM_PER_PT
from maps.figures import Box, Canvas, FigureWords, LegendLine, Size, ink, use_style
from maps.list_styles import FillStyle
from maps.palette import AREA_STYLE, EXTENSION_STYLES, PAGE_INKS, ExtensionState, Ink

_INKS: tuple[Ink, ...] = (
    PAGE_INKS["accent"],
    AREA_STYLE.line,
    EXTENSION_STYLES[ExtensionState.IN_FORCE].line,
    PAGE_INKS["control"],
)
_MARKERS = ("o", "s", "^", "D")
_HATCHES = ("", "////", "....", "xxxx")
_ANGLES: tuple[tuple[int, ...], ...] = ((), (45,), (), (45, 135))
_DOTTED = 2
_GROUPS = ("udsat", "ikke_udsat", "uden_for_alder", "ukendt")

Line = tuple[str, Sequence[int], Sequence[float | None]]


def draw_inflow(areas: AreaMoves, texts: Texts, *, is_synthetic: bool, size: Size = "a4") -> Figure:
    """Draw the arrivals in prevention areas by year and group, as stacked columns; hidden years are bare.

    Parameters
    ----------
    areas
        As `boundaries.movers.follow_movers` returns them.
    texts
        Language of the figure.
    is_synthetic
        Whether the figure must say that its numbers are invented.
    size
        Sheet of `maps.figures.SHEETS`.
    """
    wide = areas.inflow.pivot_table(index="year", columns="exposure", values="inflow_n", aggfunc="first")
    used = [group for group in _GROUPS if group in wide and wide[group].fillna(0).astype(int).any()]
    whole = wide[used].notna().all(axis=1)
    kept = wide.loc[whole, used].astype("int64")
    canvas, axes, pt = _open("inflow", texts, size, is_synthetic=is_synthetic)
    with use_style():
        bottom = np.zeros(len(kept), dtype=np.int64)
        for at, group in enumerate(used):
            heights = kept[group].to_numpy()
            axes.bar(
                kept.index, heights, 0.62, bottom=bottom, color=_INKS[at].light, hatch=_HATCHES[at],
                edgecolor=ink("page"), linewidth=0.5, zorder=3,
            )  # fmt: skip
            bottom += heights
        for year, total in zip(kept.index, bottom, strict=True):
            text = labels.format_count(int(total), texts.language)
            axes.annotate(
                text, (year, total), (0, 3), textcoords="offset points", ha="center", size=pt, weight="bold",
                color=ink("text"),
            )  # fmt: skip
        axes.set_ylim(0, max(int(bottom.max()) if len(bottom) else 1, 1) * 1.14)
        _finish(axes, sorted(wide.index), texts, pt)
        lines = [
            _legend(at, texts.get(f"moves.exposure.{group}"), is_hatched=True)
            for at, group in enumerate(used)
        ]
        _draw_legend(canvas, lines[::-1], texts)
    return canvas.figure


def draw_outflow(kommuner: KommuneMoves, texts: Texts, *, is_synthetic: bool, size: Size = "a4") -> Figure:
    """Draw the socially exposed who left kommuner with prevention areas: to all, and to those without.

    The parameters are those of `draw_inflow`.
    """
    table = kommuner.outflow[kommuner.outflow["exposure"].eq(EXPOSED)]
    lines = []
    for destination in ("all", WITHOUT):
        own = table[table["destination"].eq(destination)].sort_values("year")
        lines.append(
            (texts.get(f"moves.destination.{destination}"), list(own["year"]), _plain(own["movers_n"]))
        )
    return _draw_lines("outflow", lines, texts, size, is_synthetic=is_synthetic)


def draw_exposed(kommuner: KommuneMoves, texts: Texts, *, is_synthetic: bool, size: Size = "a4") -> Figure:
    """Draw the exposed share of leavers from kommuner with and without prevention areas, in per cent.

    The parameters are those of `draw_inflow`.
    """
    table = kommuner.exposed[kommuner.exposed["destination"].eq("all")]
    lines = []
    for origin in (WITH, WITHOUT):
        own = table[table["origin"].eq(origin)].sort_values("year")
        pairs = zip(_plain(own["exposed_n"]), _plain(own["known_n"]), strict=True)
        shares = [100 * part / whole if part is not None and whole else None for part, whole in pairs]
        lines.append((texts.get(f"moves.origin.{origin}"), list(own["year"]), shares))
    return _draw_lines("exposed", lines, texts, size, is_synthetic=is_synthetic)


def draw_events(
    events: EventStudy, rules_year: int, texts: Texts, *, is_synthetic: bool, size: Size = "a4"
) -> Figure:
    """Draw leads and lags in percentage points with their 95 per cent intervals.

    The other parameters are those of `draw_inflow`; `rules_year` is that of relative year 0.
    """
    canvas, axes, pt = _open("events", texts, size, is_synthetic=is_synthetic)
    with use_style():
        axes.axhline(0, color=ink("text"), linewidth=0.8, zorder=2)
        axes.axvline(rules_year - 0.5, color=ink("control"), linewidth=0.9, linestyle=(0, (4, 3)), zorder=2)
        for one in events.coefficients:
            year = rules_year + one.relative_year
            if one.low_pp is not None and one.high_pp is not None:
                axes.plot(
                    [year, year], [one.low_pp, one.high_pp], color=_INKS[0].light, linewidth=1.8, zorder=3
                )
            is_reference = one.relative_year == events.reference
            face = ink("page") if is_reference else _INKS[0].light
            axes.plot(
                [year], [one.estimate_pp], "o", markersize=pt * 0.7, color=_INKS[0].light,
                markerfacecolor=face, zorder=4,
            )  # fmt: skip
        years = [rules_year + one.relative_year for one in events.coefficients]
        _finish(axes, years, texts, pt, decimals=1)
        lines = [
            _legend(0, texts.get("moves.figure.events.estimate")),
            LegendLine(FillStyle(fill=None, line=_INKS[0]), texts.get("moves.figure.events.reference")),
        ]
        _draw_legend(canvas, lines, texts)
    return canvas.figure


def draw_concentration(
    measures: pd.DataFrame, texts: Texts, *, is_synthetic: bool, size: Size = "a4"
) -> Figure:
    """Draw the share of the five largest destinations by year and exposure, beside what gravity expects.

    Parameters
    ----------
    measures
        As `boundaries.disclosure.concentration.publish_concentration` returns them.
    texts, is_synthetic, size
        As in `draw_inflow`.
    """
    canvas, axes, pt = _open("concentration", texts, size, is_synthetic=is_synthetic)
    lines = []
    with use_style():
        for at, exposure in enumerate((EXPOSED, NOT_EXPOSED)):
            own = measures[measures["exposure"].eq(exposure) & measures["leavers_n"].gt(0)]
            # Side by side, so that neither interval covers the other.
            years = own["year"].to_numpy(dtype=np.float64) + (0.07 if at else -0.07)
            style: dict[str, Any] = {
                "color": _INKS[at].light,
                "marker": _MARKERS[at],
                "markersize": pt * 0.65,
            }
            axes.vlines(
                years, 100 * own["top_low"], 100 * own["top_high"], color=_INKS[at].light, linewidth=1.8
            )
            axes.plot(years, 100 * own["top_movers_n"] / own["leavers_n"], linewidth=2, zorder=4, **style)
            axes.plot(
                years, 100 * own["top_expected"], linewidth=1.2, linestyle=(0, (4, 3)), zorder=3,
                markerfacecolor=ink("page"), **style,
            )  # fmt: skip
            name = texts.get(f"moves.exposure.{exposure}")
            expected = texts.get("moves.figure.concentration.expected", {"group": name})
            lines += [_legend(at, name), LegendLine(FillStyle(fill=None, line=_INKS[at]), expected)]
        _finish(axes, sorted(set(measures["year"])), texts, pt, decimals=1)
        _draw_legend(canvas, lines, texts)
    return canvas.figure


def draw_contributions(
    areas: AreaMoves, year: int, criterion: str, texts: Texts, *, is_synthetic: bool, size: Size = "a4"
) -> Figure:
    """Draw the parts of a criterion's change by area as stacked bars on both sides of nought.

    Only areas all of whose parts are shown; the dot is the whole change, the sum of the bars. The other
    parameters are those of `draw_inflow`.
    """
    table = areas.contributions
    own = table[table["year"].eq(year) & table["criterion"].eq(criterion)]
    names = dict(zip(areas.areas["area_id"], areas.areas["name"], strict=True))
    parts = _collect_parts(own, is_money=criterion == "income")
    about = {"criterion": texts.get(f"criterion.{criterion}.title"), "year": year, "before": year - 1}
    canvas, axes, pt = _open("contributions", texts, size, is_synthetic=is_synthetic, about=about)
    with use_style():
        reach = [0.0]
        for row, values in enumerate(parts.values()):
            ends = {1: 0.0, -1: 0.0}
            for at, part in enumerate(Part):
                value = float(values[part])
                sign = 1 if value >= 0 else -1
                axes.barh(
                    row, value, 0.6, left=ends[sign], color=_INKS[at].light, hatch=_HATCHES[at],
                    edgecolor=ink("page"), linewidth=0.5, zorder=3,
                )  # fmt: skip
                ends[sign] += value
            reach += ends.values()
            total = float(sum(values.values(), Fraction(0)))
            axes.plot(
                [total],
                [row],
                "D",
                markersize=pt * 0.75,
                color=ink("text"),
                markeredgecolor=ink("page"),
                zorder=5,
            )
        room = 0.06 * (max(reach) - min(reach)) or 1.0
        axes.set_xlim(min(reach) - room, max(reach) + room)
        axes.axvline(0, color=ink("text"), linewidth=0.9, zorder=4)
        axes.set_yticks(range(len(parts)), [names.get(area, area) for area in parts], size=pt)
        axes.set_ylim(len(parts) - 0.4, -0.6)
        _style_axes(axes, "x", pt)
        _format_ticks(axes, "x", texts, pt, decimals=0 if criterion == "income" else 1)
        lines = [
            _legend(at, texts.get(f"moves.part.{part}"), is_hatched=True) for at, part in enumerate(Part)
        ]
        lines.append(
            LegendLine(
                FillStyle(fill=PAGE_INKS["text"], line=PAGE_INKS["text"]),
                texts.get("moves.figure.contributions.total"),
            )
        )
        _draw_legend(canvas, lines, texts)
    return canvas.figure


def _collect_parts(own: pd.DataFrame, *, is_money: bool) -> dict[str, Mapping[str, Fraction]]:
    """Return the contributions by area and part, of areas that show them all; in points or kroner."""
    found: dict[str, Mapping[str, Fraction]] = {}
    for area, rows in own.groupby("area_id", sort=True):
        if not rows["is_hidden"].any() and rows["contribution"].notna().all():
            pairs = zip(rows["part"], rows["contribution"], strict=True)
            found[str(area)] = {part: value * (1 if is_money else 100) for part, value in pairs}
    return found


def count_shown_areas(areas: AreaMoves, year: int, criterion: str) -> int:
    """Count the areas that `draw_contributions` can show."""
    table = areas.contributions
    own = table[table["year"].eq(year) & table["criterion"].eq(criterion)]
    return len(_collect_parts(own, is_money=criterion == "income"))


def _plain(counts: pd.Series) -> list[int | None]:
    return [None if labels.is_missing(count) else int(count) for count in counts]


def _draw_lines(key: str, lines: Sequence[Line], texts: Texts, size: Size, *, is_synthetic: bool) -> Figure:
    canvas, axes, pt = _open(key, texts, size, is_synthetic=is_synthetic)
    is_share = key == "exposed"
    with use_style():
        for at, (_, years, values) in enumerate(lines):
            numbers = [np.nan if value is None else float(value) for value in values]
            axes.plot(
                years, numbers, color=_INKS[at].light, marker=_MARKERS[at], markersize=pt * 0.65, linewidth=2,
                zorder=3,
            )  # fmt: skip
        tops = [value for _, _, values in lines for value in values if value is not None]
        axes.set_ylim(0, max([*tops, 1]) * 1.12)
        _finish(
            axes, sorted({year for _, years, _ in lines for year in years}), texts, pt, decimals=int(is_share)
        )
        _draw_legend(canvas, [_legend(at, name) for at, (name, _, _) in enumerate(lines)], texts)
    return canvas.figure


def _open(
    key: str, texts: Texts, size: Size, *, is_synthetic: bool, about: Mapping[str, object] | None = None
) -> tuple[Canvas, Axes, float]:
    words = FigureWords(
        title=texts.get(f"moves.figure.{key}.title", about or {}),
        lead=texts.get(f"moves.figure.{key}.lead", about or {}),
        credits=texts.get("figure.credits_synthetic" if is_synthetic else "figure.credits"),
        badge=texts.get("page.synthetic") if is_synthetic else "",
    )
    with use_style():
        canvas = Canvas(words, size)
        body, pt = canvas.body, canvas.sheet.text_pt
        left, foot = pt * MM_PER_PT * (14 if about else 5), pt * MM_PER_PT * 2.2
        box = Box(
            body.left + left,
            body.top + 2,
            body.width - canvas.sheet.side_mm - 8 - left,
            body.height - foot - 2,
        )
        axes = canvas.add_axes(box)
    return canvas, axes, pt


def _legend(at: int, label: str, *, is_hatched: bool = False) -> LegendLine:
    line = PAGE_INKS["page"] if is_hatched else _INKS[at]
    angles = _ANGLES[at] if is_hatched else ()
    style = FillStyle(
        fill=_INKS[at], line=line, width_px=1, angles=angles, is_dotted=is_hatched and at == _DOTTED
    )
    return LegendLine(style, label)


def _draw_legend(canvas: Canvas, lines: Sequence[LegendLine], texts: Texts) -> None:
    body, side = canvas.body, canvas.sheet.side_mm
    at = Box(body.left + body.width - side, body.top, side, 0)
    canvas.draw_legend(lines, at, title=texts.get("page.legend_label"))


def _finish(axes: Axes, years: Sequence[Any], texts: Texts, pt: float, *, decimals: int = 0) -> None:
    ticks = [int(year) for year in years]
    axes.set_xticks(ticks, [labels.format_year(year) for year in ticks], size=pt * 0.95)
    axes.set_xlim(min(ticks, default=0) - 0.6, max(ticks, default=0) + 0.6)
    _style_axes(axes, "y", pt)
    _format_ticks(axes, "y", texts, pt, decimals=decimals)


def _style_axes(axes: Axes, grid: Any, pt: float) -> None:
    axes.tick_params(length=0, colors=ink("muted"), labelsize=pt * 0.9)
    axes.grid(axis=grid, color=ink("rule"), linewidth=0.6, zorder=0)
    axes.set_facecolor("none")
    for side, spine in axes.spines.items():
        spine.set(visible=side == "bottom", color=ink("text"), linewidth=0.8)


def _format_ticks(axes: Axes, which: str, texts: Texts, pt: float, *, decimals: int) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    marks = [float(mark) for mark in axis.get_majorticklocs() if low <= mark <= high]
    words = [labels.format_number(round(mark, 6), texts.language, decimals=decimals) for mark in marks]
    axis.set_ticks(marks, words, size=pt * 0.9)
