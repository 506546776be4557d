"""Text of figures: what the font can draw, how wide it is, and where its lines break."""

import unicodedata
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font

MM_PER_INCH = 25.4
MM_PER_PT = MM_PER_INCH / 72
LINE_HEIGHT = 1.42
"""Distance of lines, in sizes of the font."""

NO_GLYPH = "\u25a1"
"""Stands for a sign that the font does not have."""

FONT = "DejaVu Sans"
"""Comes with matplotlib."""


@cache
def _load_font(weight: str) -> FT2Font:
    return get_font(findfont(FontProperties(family=[FONT], weight=weight), fallback_to_default=False))


@cache
def _list_signs() -> frozenset[int]:
    return frozenset(_load_font("normal").get_charmap()) & frozenset(_load_font("bold").get_charmap())


def make_drawable(text: object) -> str:
    r"""Return a text on one line with the signs that the font has; any other is `NO_GLYPH`.

    What directs the reading (marks of direction, joiners) is left out: it has no shape, and could turn the
    text around it.

    >>> make_drawable("Ærø\\n\\x00")
    'Ærø □'
    """
    signs = []
    for sign in str(text):
        kind = unicodedata.category(sign)
        if sign.isspace():
            signs.append(" ")
        elif kind != "Cf":
            is_known = kind not in {"Cc", "Cs", "Co", "Cn"} and ord(sign) in _list_signs()
            signs.append(sign if is_known else NO_GLYPH)
    return " ".join("".join(signs).split())


def measure_mm(text: str, pt: float, *, weight: str = "normal") -> float:
    """Return the width of a drawable text in millimetres."""
    return sum(_measure_sign(sign, weight) for sign in text) * pt * MM_PER_PT


@cache
def _measure_sign(sign: str, weight: str) -> float:
    """Return the advance of a sign in sizes of the font."""
    font = _load_font(weight)
    font.set_size(100, 72)
    return float(font.load_char(ord(sign)).linearHoriAdvance) / 65536 / 100


def line_mm(pt: float) -> float:
    """Return the distance of lines in millimetres."""
    return pt * MM_PER_PT * LINE_HEIGHT


def wrap_text(text: str, width_mm: float, pt: float, *, weight: str = "normal") -> list[str]:
    """Return a text as lines of at most a width; a word that is wider is cut.

    Parameters
    ----------
    text
        Any text; it is made drawable.
    width_mm
        Of the lines.
    pt, weight
        Of the font.
    """
    lines: list[str] = []
    for word in make_drawable(text).split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and measure_mm(joined, pt, weight=weight) <= width_mm:
            lines[-1] = joined
            continue
        lines += _cut(word, width_mm, pt, weight)
    return lines


def _cut(word: str, width_mm: float, pt: float, weight: str) -> list[str]:
    parts = [""]
    for sign in word:
        if parts[-1] and measure_mm(parts[-1] + sign, pt, weight=weight) > width_mm:
            parts.append("")
        parts[-1] += sign
    return parts


def shorten(text: str, width_mm: float, pt: float, *, weight: str = "normal") -> str:
    """Return a text on one line of at most a width, its end an ellipsis where it is cut."""
    drawable = make_drawable(text)
    if measure_mm(drawable, pt, weight=weight) <= width_mm:
        return drawable
    whole = drawable.rstrip("…")
    while whole and measure_mm(whole + "…", pt, weight=weight) > width_mm:
        whole = whole[:-1]
    return whole.rstrip() + "…"
