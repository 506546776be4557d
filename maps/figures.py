"""Figures for print and slides: one sheet, drawn in millimetres, that saves to the same bytes each time.

matplotlib's object interface alone: no state of ``pyplot``, no window, no font but DejaVu Sans, which comes
with matplotlib. What a figure shows is what `boundaries.disclosure` lets through; figures are always light.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from maps.figure_text import (
    FONT,
    MM_PER_INCH,
    MM_PER_PT,
    line_mm,
    measure_mm,
    shorten,
    wrap_text,
)
from maps.list_styles import LIST_STYLES, FillStyle
from maps.palette import AREA_STYLE, EXTENSION_STYLES, PAGE_INKS, Ink, OutlineStyle

Size = Literal["a4", "slide", "page", "band"]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The paper of a figure.

    Attributes
    ----------
    width_mm, height_mm
        Outer size.
    margin_mm
        On all sides.
    text_pt
        Size of plain text.
    side_mm
        Width of the column of the legend.
    is_bare
        Without title and credits, which the page around has.
    """

    width_mm: float
    height_mm: float
    margin_mm: float
    text_pt: float
    side_mm: float
    is_bare: bool = False


SHEETS: Mapping[Size, Sheet] = MappingProxyType(
    {
        "a4": Sheet(width_mm=297, height_mm=210, margin_mm=13, text_pt=9.5, side_mm=66),
        "slide": Sheet(width_mm=338.6667, height_mm=190.5, margin_mm=12, text_pt=12.5, side_mm=84),
        "page": Sheet(width_mm=196, height_mm=112, margin_mm=1, text_pt=7.6, side_mm=52, is_bare=True),
        "band": Sheet(width_mm=196, height_mm=66, margin_mm=1, text_pt=7.6, side_mm=62, is_bare=True),
    }
)
"""A4 lying, a slide of 16:9, the column of a page, and a band of it, of which three go on a sheet."""

_STYLE: Any = {
    "font.family": [FONT],
    "text.parse_math": False,
    "text.usetex": False,
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
    "svg.hashsalt": "boligkort",
    "svg.image_inline": True,
    "pdf.fonttype": 3,
    "pdf.compression": 6,
    "path.simplify": True,
    "figure.constrained_layout.use": False,
    "figure.autolayout": False,
}


def _fill_of(outline: OutlineStyle) -> FillStyle:
    return FillStyle(
        fill=outline.line if outline.fill_opacity else None,
        line=outline.line,
        opacity=outline.fill_opacity,
        width_px=outline.width_px,
        dash=outline.dash,
        angles=(45,) if outline.is_hatched else (),
    )


def _make_solid(style: FillStyle) -> FillStyle:
    """Return a style whose fill is the colour that it has over the ground.

    SVG makes a pattern as transparent as the fill below it, and so would lose it.
    """
    if style.fill is None or style.opacity == 1:
        return style
    ground = PAGE_INKS["ground"]
    mixed = (
        _mix(fill, under, style.opacity)
        for fill, under in ((style.fill.light, ground.light), (style.fill.dark, ground.dark))
    )
    return replace(style, fill=Ink(*mixed), opacity=1.0)


def _mix(over: str, under: str, share: float) -> str:
    pairs = ((int(over[at : at + 2], 16), int(under[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in pairs)


FIGURE_STYLES: Mapping[str, FillStyle] = MappingProxyType(
    {
        name: _make_solid(style)
        for name, style in {
            **LIST_STYLES,
            "base": _fill_of(AREA_STYLE),
            **{f"extension-{state}": _fill_of(outline) for state, outline in EXTENSION_STYLES.items()},
        }.items()
    }
)
"""How areas and extensions are drawn, by the names that the pages use."""

_HATCHES: Mapping[tuple[int, ...], str] = {
    (): "",
    (0,): "---",
    (45,): "////",
    (90,): "|||",
    (45, 135): "xxxx",
}


@dataclass(frozen=True, kw_only=True)
class FigureWords:
    """The words around a figure.

    Attributes
    ----------
    title, lead
        Headline and the sentence below it.
    credits
        Sources, at the foot.
    badge
        That the data is invented; empty otherwise.
    """

    title: str
    lead: str = ""
    credits: str = ""
    badge: str = ""


@dataclass(frozen=True)
class Box:
    """A rectangle of a sheet in millimetres from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class LegendLine:
    """A line of a legend: style of `FIGURE_STYLES` or a style itself, label, and how many."""

    style: FillStyle
    label: str
    count: str = ""


def ink(name: str) -> str:
    """Return a colour of the page on light ground, by its name in the palette."""
    return PAGE_INKS[name].light


@contextmanager
def use_style() -> Iterator[None]:
    """Set what matplotlib reads from its settings while a figure is drawn and saved, and put it back."""
    with mpl.rc_context():
        # The reader's own matplotlibrc must not show.
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


class Canvas:
    """A sheet to draw on, with title and credits set and the rest of it free.

    Parameters
    ----------
    words
        Title, lead and credits; a bare sheet leaves them out.
    size
        One of `SHEETS`.

    Attributes
    ----------
    body
        What is free, in millimetres.
    """

    def __init__(self, words: FigureWords, size: Size) -> None:
        self.sheet = SHEETS[size]
        inches = (self.sheet.width_mm / MM_PER_INCH, self.sheet.height_mm / MM_PER_INCH)
        self.figure = Figure(figsize=inches, facecolor=ink("page"))
        FigureCanvasAgg(self.figure)
        margin = self.sheet.margin_mm
        self.body = Box(margin, margin, self.sheet.width_mm - 2 * margin, self.sheet.height_mm - 2 * margin)
        if not self.sheet.is_bare:
            self._set_words(words)

    def _set_words(self, words: FigureWords) -> None:
        left, width, pt = self.body.left, self.body.width, self.sheet.text_pt
        top, bottom = self.body.top, self.body.top + self.body.height
        if words.badge:
            top = self._set_badge(words.badge, top)
        top = self.write(Box(left, top, width, 0), words.title, scale=1.75, weight="bold", lines_n=2)
        if words.lead:
            top = self.write(
                Box(left, top + 0.4, width * 0.86, 0), words.lead, colour=ink("muted"), lines_n=4
            )
        lines = wrap_text(words.credits, width, pt * 0.8)[:3]
        foot = bottom - len(lines) * line_mm(pt * 0.8)
        self.write(Box(left, foot, width, 0), "\n".join(lines), scale=0.8, colour=ink("muted"), lines_n=3)
        gap = line_mm(pt) * 0.7
        self.body = Box(left, top + gap, width, foot - top - 1.6 * gap)

    def _set_badge(self, badge: str, top: float) -> float:
        pt = self.sheet.text_pt * 0.8
        width, height = measure_mm(badge, pt, weight="bold") + 4.4, line_mm(pt) * 1.2
        self.add_patch(
            Rectangle((0, 0), 1, 1, facecolor=ink("badge"), edgecolor="none"),
            Box(self.body.left, top, width, height),
        )
        self.write(
            Box(self.body.left + 2.2, top + height * 0.12, width, 0),
            badge,
            scale=0.8,
            colour=ink("badge-text"),
            weight="bold",
        )
        return top + height + line_mm(pt) * 0.35

    def add_axes(self, box: Box) -> Axes:
        """Return axes that fill a box."""
        wide, high = self.sheet.width_mm, self.sheet.height_mm
        return self.figure.add_axes(
            (box.left / wide, 1 - (box.top + box.height) / high, box.width / wide, box.height / high)
        )

    def add_patch(self, patch: Rectangle, box: Box) -> None:
        """Put a rectangle at a box."""
        wide, high = self.sheet.width_mm, self.sheet.height_mm
        patch.set_bounds(
            box.left / wide, 1 - (box.top + box.height) / high, box.width / wide, box.height / high
        )
        patch.set_transform(self.figure.transFigure)
        self.figure.add_artist(patch)

    def write(
        self,
        box: Box,
        text: str,
        *,
        scale: float = 1.0,
        weight: str = "normal",
        colour: str = "",
        lines_n: int = 99,
    ) -> float:
        """Write text from the upper left corner of a box, wrapped to its width.

        Parameters
        ----------
        box
            Only corner and width are used.
        text
            Breaks of lines stay.
        scale
            Of the sheet's size of text.
        weight, colour
            Of the font.
        lines_n
            Most lines; what is more ends in an ellipsis.

        Returns
        -------
        float
            Where the text ends, millimetres from above.
        """
        pt = self.sheet.text_pt * scale
        lines = [line for part in text.split("\n") for line in wrap_text(part, box.width, pt, weight=weight)]
        if len(lines) > lines_n:
            lines = [*lines[: lines_n - 1], shorten(lines[lines_n - 1] + "…", box.width, pt)]
        top = box.top
        for line in lines:
            self._place(box.left, top, line, pt, weight, colour or ink("text"))
            top += line_mm(pt)
        return top

    def _place(self, left: float, top: float, text: str, pt: float, weight: str, colour: str) -> Text:
        wide, high = self.sheet.width_mm, self.sheet.height_mm
        # A line's letters stand on a base line, so that lines with and without descenders are even.
        base = top + pt * MM_PER_PT * 1.02
        return self.figure.text(
            left / wide, 1 - base / high, text, size=pt, weight=weight, color=colour, va="baseline"
        )

    def draw_legend(self, lines: Sequence[LegendLine], box: Box, *, title: str = "") -> float:
        """Draw a legend downwards: a swatch, a label and a count a line; returns where it ends."""
        pt, top = self.sheet.text_pt * 0.95, box.top
        if title:
            top = self.write(box, title, scale=0.95, weight="bold") + line_mm(pt) * 0.25
        swatch = Box(box.left, 0, line_mm(pt) * 1.7, line_mm(pt) * 0.78)
        for line in lines:
            patch = Rectangle((0, 0), 1, 1)
            apply_style(patch, line.style)
            self.add_patch(patch, Box(swatch.left, top + line_mm(pt) * 0.1, swatch.width, swatch.height))
            at = Box(swatch.left + swatch.width + 2, top, box.width - swatch.width - 2, 0)
            top = self.write(at, _join_count(line, at.width, pt), scale=0.95) + line_mm(pt) * 0.28
        return top


def _join_count(line: LegendLine, width_mm: float, pt: float) -> str:
    """Return label and count in lines; the count is never broken."""
    lines = wrap_text(line.label, width_mm, pt)[:4]
    if not line.count:
        return "\n".join(lines)
    joined = f"{lines[-1]} ({line.count})" if lines else f"({line.count})"
    last = [joined] if measure_mm(joined, pt) <= width_mm else [*lines[-1:], f"({line.count})"]
    return "\n".join([*lines[:-1], *last])


def apply_style(patch: object, style: FillStyle) -> None:
    """Give a patch the fill, outline, dashes and hatch of a style."""
    edge = style.line.light
    colour = "none" if style.fill is None else style.fill.light
    width = style.width_px * 0.62
    dash = tuple(float(part) * 0.62 / width for part in style.dash.split())
    patch.set(  # type: ignore[attr-defined]  # any patch
        facecolor=colour,
        edgecolor=edge,
        linewidth=width,
        linestyle=(0, dash) if dash else "solid",
        joinstyle="round",
        hatch="...." if style.is_dotted else _HATCHES[style.angles],
    )
