"""Figures of a list that are no maps: how many areas over time, and how far each is from the limits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from babel.dates import format_date as babel_date
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from boundaries.designation.categories import SEVERITY, Category, parse_category
from boundaries.designation.law import rules_on
from boundaries.disclosure.lists import PublishedList
from data.texts import Texts
from maps import labels
from maps.figure_maps import round_down, tell_credits
from maps.figure_text import MM_PER_PT, measure_mm, shorten, wrap_text
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
from maps.list_styles import CRITERION_STYLES
from maps.list_timeline import list_members
from maps.list_words import format_decimal, is_hidden, rank_category, show_comparison, to_limit, to_percent
from maps.yearly_lists import name_set

AREAS_MAX_N = 36
"""Areas that fit on the figure of margins."""

_LISTS_MAX_N = 24
_UNKNOWN = "unknown"

Row = dict[str, Any]


def draw_list_series(listed: PublishedList, texts: Texts, *, size: Size = "a4") -> Figure:
    """Draw how many areas each list has, by the most severe category of the area, as stacked columns.

    Parameters
    ----------
    listed
        As `boundaries.disclosure.lists.publish_list` makes it; the last `_LISTS_MAX_N` lists are drawn.
    texts
        Language of the figure.
    size
        Sheet of `maps.figures.SHEETS`.
    """
    counts = count_by_category(listed)
    days = list(counts)[-_LISTS_MAX_N:]
    kinds = [*reversed([str(kind) for kind in SEVERITY]), _UNKNOWN]
    used = [kind for kind in kinds if any(counts[day][kind] for day in days)]
    words = FigureWords(
        title=texts.get("figure.series.title"),
        lead=texts.get("figure.series.lead"),
        credits=tell_credits(texts, is_synthetic=listed.is_synthetic),
        badge=texts.get("page.synthetic") if listed.is_synthetic else "",
    )
    with use_style():
        canvas = Canvas(words, size)
        body, side, pt = canvas.body, canvas.sheet.side_mm, canvas.sheet.text_pt
        room = pt * MM_PER_PT * 3
        axes = canvas.add_axes(
            Box(body.left + room, body.top + 2, body.width - side - 8 - room, body.height - room - 2)
        )
        _draw_columns(axes, [counts[day] for day in days], used, pt)
        _finish_series(axes, days, max((sum(counts[day].values()) for day in days), default=0), texts, pt)
        lines = [
            LegendLine(FIGURE_STYLES[f"category-{kind}"], _name_kind(kind, days, texts))
            for kind in reversed(used)
        ]
        at = Box(body.left + body.width - side, body.top, side, 0)
        canvas.draw_legend(lines, at, title=texts.get("page.legend_label"))
    return canvas.figure


def count_by_category(listed: PublishedList) -> dict[date, Counter[str]]:
    """Return list date to category to number of areas, by rising date; ``"unknown"`` where it is not told."""
    found: dict[date, Counter[str]] = {}
    for day, terms in list_members(listed).items():
        parsed = [None if term == "?" else parse_category(term) for term in terms.values()]
        found[day] = Counter(str(one) if isinstance(one, Category) else _UNKNOWN for one in parsed)
    return found


def _draw_columns(axes: Axes, counts: Sequence[Mapping[str, int]], kinds: Sequence[str], pt: float) -> None:
    bottoms = np.zeros(len(counts), dtype=int)
    places = np.arange(len(counts))
    for kind in kinds:
        heights = np.array([one[kind] for one in counts], dtype=int)
        for bar in axes.bar(places, heights, width=0.66, bottom=bottoms, zorder=3):
            apply_style(bar, FIGURE_STYLES[f"category-{kind}"])
            bar.set_visible(bar.get_height() > 0)
        bottoms += heights
    for place, total in zip(places, bottoms, strict=True):
        axes.annotate(
            str(total), (place, total), (0, pt * 0.35), textcoords="offset points",
            ha="center", va="bottom", size=pt, weight="bold", color=ink("text"),
        )  # fmt: skip


def _finish_series(axes: Axes, days: Sequence[date], top: int, texts: Texts, pt: float) -> None:
    is_repeated = any(one.year == other.year for one, other in pairwise(days))
    ticks = [
        labels.format_year(day.year)
        if not is_repeated
        else str(babel_date(day, format="MMM\nyyyy", locale=texts.language))
        for day in days
    ]
    axes.set_xticks(range(len(days)), ticks, size=pt * 0.95, color=ink("text"))
    step = max(1, int(round_down(max(top, 1) / 2.5)))
    marks = list(range(0, top + step + 1, step))
    axes.set_yticks(marks, [labels.format_count(mark, texts.language) for mark in marks], size=pt * 0.9)
    axes.set_xlim(-0.6, max(len(days), 4) - 0.4)
    axes.set_ylim(0, top * 1.12 + 0.2)
    axes.tick_params(length=0, colors=ink("muted"))
    axes.grid(axis="y", color=ink("rule"), linewidth=0.6, zorder=0)
    axes.set_facecolor("none")
    for side, spine in axes.spines.items():
        spine.set(visible=side == "bottom", color=ink("text"), linewidth=0.8)


def _name_kind(kind: str, days: Sequence[date], texts: Texts) -> str:
    """Return the law's word for a category on the last list, and the older one."""
    if kind == _UNKNOWN:
        return texts.get("figure.series.unknown")
    terms = list(
        dict.fromkeys(rules_on(day).terms[kind] for day in reversed(days) if kind in rules_on(day).terms)
    )
    name = terms[0] + (f" ({', '.join(terms[1:])})" if terms[1:] else "")
    return name[:1].upper() + name[1:]


def draw_margins(listed: PublishedList, texts: Texts, *, size: Size = "a4") -> Figure:
    """Draw the value of each area by criterion, with the limits of the law as lines.

    Parameters
    ----------
    listed
        As `boundaries.disclosure.lists.publish_list` makes it; a hidden value is said to be hidden.
        Of more areas than `AREAS_MAX_N` the most severe are drawn, and the figure says so.
    texts
        Language of the figure.
    size
        Sheet of `maps.figures.SHEETS`.
    """
    areas = sorted(labels.list_rows(listed.areas), key=_rank)
    kept = areas[:AREAS_MAX_N]
    lead = texts.get("figure.margins.lead")
    if len(kept) < len(areas):
        numbers = {"shown": len(kept), "total": labels.format_count(len(areas), texts.language)}
        lead += " " + texts.get("figure.margins.cut", numbers)
    words = FigureWords(
        title=texts.get("figure.margins.title"),
        lead=lead,
        credits=tell_credits(texts, is_synthetic=listed.is_synthetic),
        badge=texts.get("page.synthetic") if listed.is_synthetic else "",
    )
    criteria = list(dict.fromkeys(listed.criteria["criterion"]))
    rows = {
        (str(row["criteria_set"]), str(row["criterion"]), row["area_id"]): row
        for row in labels.list_rows(listed.criteria)
    }
    with use_style():
        canvas = Canvas(words, size)
        _draw_panels(canvas, kept, criteria, rows, texts)
        _draw_key(canvas, listed, texts)
    return canvas.figure


def _rank(row: Row) -> tuple[int, int, str]:
    met = row["criteria_met_n"]
    return rank_category(row["category"]), -(0 if labels.is_missing(met) else int(met)), str(row["area_id"])


_NAMES_SHARE = 0.24
"""Part of the width that the names of areas may take."""


def _draw_panels(
    canvas: Canvas,
    areas: Sequence[Row],
    criteria: Sequence[str],
    rows: Mapping[tuple[str, str, Any], Row],
    texts: Texts,
) -> None:
    body, pt = canvas.body, canvas.sheet.text_pt
    line = pt * MM_PER_PT * 1.42
    gap = 4.0
    head_n = _count_heads(criteria, body.width * (1 - _NAMES_SHARE) / max(len(criteria), 1) - 1, pt, texts)
    head, foot = line * (1.75 + 0.92 * head_n), line * 4.3
    small = min(pt, (body.height - head - foot) / max(len(areas), 1) / MM_PER_PT * 0.78)
    names_mm = min(
        body.width * _NAMES_SHARE,
        max((measure_mm(shorten(str(a["name"]), 90, small), small) for a in areas), default=20) + 3,
    )
    wide = (body.width - names_mm) / max(len(criteria), 1) - gap
    high = body.height - head - foot
    for at, criterion in enumerate(criteria):
        left = body.left + names_mm + at * (wide + gap)
        title = texts.get(f"criterion.{criterion}.title")
        lines = wrap_text(title, wide + gap - 1, pt * 0.92, weight="bold")[:head_n]
        shift = (head_n - len(lines)) * line * 0.92
        canvas.write(
            Box(left, body.top + shift, wide + gap - 1, 0),
            "\n".join(lines),
            scale=0.92,
            weight="bold",
            lines_n=head_n,
        )
        sample = (
            [rows.get((kind, criterion, areas[0]["area_id"])) for kind in ("main", "prevention")]
            if areas
            else []
        )
        limit = _tell_limits([row for row in sample if row], texts)
        canvas.write(
            Box(left, body.top + line * (0.11 + 0.92 * head_n), wide + gap, 0),
            limit,
            scale=0.8,
            colour=ink("muted"),
            lines_n=1,
        )
        axes = canvas.add_axes(Box(left, body.top + head, wide, high))
        _draw_panel(axes, areas, criterion, rows, texts, small)
        if at == 0:
            _write_names(axes, areas, small, names_mm - 3)


def _count_heads(criteria: Sequence[str], width_mm: float, pt: float, texts: Texts) -> int:
    """Return the lines that the longest heading of a column takes: two at least, three at most."""
    titles = [texts.get(f"criterion.{criterion}.title") for criterion in criteria]
    taken = [len(wrap_text(title, width_mm, pt * 0.92, weight="bold")) for title in titles]
    return min(3, max([2, *taken]))


def _write_names(axes: Axes, areas: Sequence[Row], pt: float, width_mm: float) -> None:
    for at, area in enumerate(areas):
        axes.annotate(
            shorten(str(area["name"]), width_mm, pt), (0, at), (-2.5 / MM_PER_PT, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points",
            ha="right", va="center", size=pt, color=ink("text"),
        )  # fmt: skip


def _tell_limits(rows: Sequence[Row], texts: Texts) -> str:
    told = list(
        dict.fromkeys(
            f"{show_comparison(row['compare'])} {format_decimal(to_limit(row['limit']), texts.language)}"
            for row in rows
        )
    )
    return f"{' · '.join(told)} {texts.get('figure.margins.pct')}" if told else ""


def _draw_panel(
    axes: Axes,
    areas: Sequence[Row],
    criterion: str,
    rows: Mapping[tuple[str, str, Any], Row],
    texts: Texts,
    pt: float,
) -> None:
    own = [rows.get(("main", criterion, area["area_id"])) for area in areas]
    limits = {
        kind: next((row["limit"] for key, row in rows.items() if key[:2] == (kind, criterion)), None)
        for kind in ("main", "prevention")
    }
    shown = [_to_number(row["value"]) for row in own if row and not is_hidden(row, "value")]
    numbers = [
        number for number in (*shown, *(_to_number(limit) for limit in limits.values())) if number is not None
    ]
    top = max(numbers, default=1.0) * 1.26
    axes.set(xlim=(0, top), ylim=(len(areas) - 0.4, -0.6), facecolor="none", yticks=[], xticks=[])
    for side, spine in axes.spines.items():
        spine.set(visible=side == "left", color=ink("rule"), linewidth=0.8)
    for at in range(len(areas)):
        axes.axhline(at, color=ink("rule"), linewidth=0.5, zorder=1)
    for kind, dashes in (("prevention", (3, 2)), ("main", None)):
        number = _to_number(limits[kind])
        if number is not None and (kind == "main" or limits[kind] != limits["main"]):
            axes.axvline(number, color=ink("text"), linewidth=1.1, dashes=dashes or (None, None), zorder=2)
    for at, row in enumerate(own):
        if row is not None:
            _draw_value(axes, at, row, _to_number(limits["main"]), texts, pt)


def _draw_value(axes: Axes, at: int, row: Row, limit: float | None, texts: Texts, pt: float) -> None:
    value = _to_number(row["value"])
    if is_hidden(row, "value") or value is None:
        told = texts.get("figure.margins.hidden") if is_hidden(row, "value") else labels.MISSING
        axes.annotate(
            told, (0, at), (3, 0), textcoords="offset points", va="center", size=pt * 0.82,
            color=ink("muted"), style="italic", zorder=4,
            bbox={"facecolor": ink("page"), "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
        return
    status = "" if labels.is_missing(row["status"]) else str(row["status"])
    colour = CRITERION_STYLES[_STYLE_OF.get(status, "criterion-undecided")].line.light
    low, high = _to_number(row["low"]), _to_number(row["high"])
    if low is not None and high is not None and low < high:
        axes.plot(
            [low, high],
            [at, at],
            color=colour,
            linewidth=pt * 0.55,
            alpha=0.28,
            solid_capstyle="butt",
            zorder=2,
        )
    if limit is not None:
        axes.plot([value, limit], [at, at], color=colour, linewidth=1.3, zorder=3)
    axes.plot([value], [at], zorder=5, **_marker(status, pt))
    is_left = limit is not None and value < limit
    number = format_decimal(to_percent(row["value"], str(row["criterion"])), texts.language)
    axes.annotate(
        number, (value, at), ((-1 if is_left and value > 0.3 * axes.get_xlim()[1] else 1) * pt * 0.62, 0),
        textcoords="offset points", ha="right" if is_left and value > 0.3 * axes.get_xlim()[1] else "left",
        va="center", size=pt * 0.82, color=ink("text"),
        bbox={"facecolor": ink("page"), "edgecolor": "none", "pad": 0.5}, zorder=4,
    )  # fmt: skip


_STYLE_OF = {"met": "criterion-over", "not_met": "criterion-under"}


def _marker(status: str, pt: float) -> dict[str, Any]:
    """Return how the dot of a value is drawn: filled where the criterion is met, a ring where not."""
    style = CRITERION_STYLES[_STYLE_OF.get(status, "criterion-undecided")]
    fill = CRITERION_STYLES["criterion-far-over"].fill if status == "met" else None
    return {
        "linestyle": "none",
        "marker": {"met": "D", "not_met": "o"}.get(status, "^"),
        "markersize": pt * (0.58 if status == "met" else 0.66),
        "markerfacecolor": fill.light if fill else ink("page"),
        "markeredgecolor": style.line.light,
        "markeredgewidth": 1.3,
    }


def _draw_key(canvas: Canvas, listed: PublishedList, texts: Texts) -> None:
    """Explain dots and lines in rows below the panels."""
    body, pt = canvas.body, canvas.sheet.text_pt
    line = pt * MM_PER_PT * 1.42
    box = Box(body.left, body.top + body.height - line * 3.2, body.width, line * 3.2)
    axes = canvas.add_axes(box)
    axes.set(xlim=(0, box.width), ylim=(box.height, 0))
    axes.axis("off")
    left, top = 0.0, line * 0.7
    sets = [kind for kind in ("main", "prevention") if listed.criteria["criteria_set"].eq(kind).any()]
    entries = [(status, texts.get(f"figure.margins.{status}")) for status in ("met", "not_met", "undecided")]
    entries += [
        (kind, texts.get("figure.margins.limit", {"term": name_set(kind, listed, texts).lower()}))
        for kind in sets
    ]
    entries.append(("interval", texts.get("figure.margins.interval")))
    for key, label in entries:
        width = measure_mm(label, pt * 0.88) + 15
        if left and left + width > box.width:
            left, top = 0.0, top + line
        axes.add_line(_make_sign(key, left, top, line, pt))
        axes.text(left + 8, top, label, size=pt * 0.88, color=ink("text"), va="center_baseline")
        left += width


def _make_sign(key: str, left: float, top: float, line: float, pt: float) -> Line2D:
    if key in {"main", "prevention"}:
        dashes = (3, 2) if key == "prevention" else (None, None)
        middle = left + 4
        return Line2D(
            [middle, middle],
            [top - line * 0.45, top + line * 0.45],
            color=ink("text"),
            linewidth=1.1,
            dashes=dashes,
        )
    if key == "interval":
        colour = CRITERION_STYLES["criterion-undecided"].line.light
        return Line2D(
            [left, left + 7], [top, top], color=colour, linewidth=pt * 0.55, alpha=0.28, solid_capstyle="butt"
        )
    return Line2D([left + 4], [top], **_marker(key, pt))


def _to_number(share: object) -> float | None:
    return float(share) if isinstance(share, Fraction) else None
