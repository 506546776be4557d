"""How areas are drawn by category, criterion, margin and change: colours, lines and patterns for pages.

Colour goes by lightness, lines and dots say the same again, so that nothing rests on colour alone. Each
style has a light and a dark form; tests hold the contrast of every outline with the map's ground.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from markupsafe import Markup

from maps.palette import Ink
from maps.qgis_lists import CATEGORY_STYLES, HATCH_ANGLES


@dataclass(frozen=True, kw_only=True)
class FillStyle:
    """How the polygon of an area is drawn.

    Attributes
    ----------
    fill
        Colour inside; None for an empty polygon.
    line
        Colour of the outline and of the pattern.
    opacity
        Of the fill, 0 to 1.
    width_px, dash
        Of the outline; SVG dash pattern, "" for an unbroken line.
    angles
        Lines over the fill, in degrees.
    is_dotted
        Dots over the fill.
    """

    fill: Ink | None
    line: Ink
    opacity: float = 1.0
    width_px: float = 1.6
    dash: str = ""
    angles: tuple[int, ...] = ()
    is_dotted: bool = False

    @property
    def has_pattern(self) -> bool:
        """Whether lines or dots lie over the fill."""
        return bool(self.angles) or self.is_dotted


_SLATE = Ink("#5d6f7c", "#93a5b2")
_AMBER = Ink("#7a5200", "#ffd58a")
_RUST = Ink("#701a12", "#ffc9b8")
_BLUE = Ink("#0a4a74", "#a9d6f7")
_GREY = Ink("#6a6f73", "#98a0a5")

_EMPTY = FillStyle(fill=None, line=_GREY, width_px=1.4, dash="6 4")
_HIDDEN = FillStyle(fill=Ink("#e4e1da", "#2a3137"), line=_GREY, is_dotted=True)

CRITERION_STYLES: Mapping[str, FillStyle] = MappingProxyType(
    {
        "criterion-far-under": FillStyle(fill=Ink("#e3e9ed", "#28343c"), line=_SLATE),
        "criterion-under": FillStyle(fill=Ink("#b4c5d1", "#415564"), line=_SLATE),
        "criterion-between": FillStyle(fill=Ink("#f2c14e", "#a8741a"), line=_AMBER, width_px=2, angles=(0,)),
        "criterion-over": FillStyle(fill=Ink("#dd7a52", "#c8603b"), line=_RUST, width_px=2.2, angles=(45,)),
        "criterion-far-over": FillStyle(
            fill=Ink("#b23a24", "#f08a66"),
            line=Ink("#4a0d08", "#ffe3da"),
            width_px=2.4,
            angles=(45, 135),
        ),
        "criterion-undecided": FillStyle(fill=None, line=_SLATE, dash="2 3"),
        "criterion-over-hidden": replace(_HIDDEN, line=_RUST, width_px=2.2),
        "criterion-under-hidden": replace(_HIDDEN, line=_SLATE),
        "criterion-hidden": _HIDDEN,
    }
)
"""One criterion: two tints on the near side of the limits, patterns and strong lines on the far side."""

MARGIN_STYLES: Mapping[str, FillStyle] = MappingProxyType(
    {
        "margin-1": FillStyle(fill=Ink("#0f5c90", "#8cc8f4"), line=_BLUE, width_px=2.2, angles=(45,)),
        "margin-2": FillStyle(fill=Ink("#5b9cc6", "#4b8fc0"), line=_BLUE),
        "margin-3": FillStyle(fill=Ink("#a5c9e1", "#2f6288"), line=_BLUE),
        "margin-4": FillStyle(fill=Ink("#dfeaf2", "#1f3f57"), line=_BLUE),
        "margin-hidden": _HIDDEN,
        "margin-none": _EMPTY,
    }
)
"""How few persons flip something: the fewer, the stronger."""

CHANGE_STYLES: Mapping[str, FillStyle] = MappingProxyType(
    {
        "change-new": FillStyle(fill=Ink("#dd7a52", "#c8603b"), line=_RUST, width_px=2.2, angles=(45,)),
        "change-still": FillStyle(fill=Ink("#a5c9e1", "#2f6288"), line=_BLUE),
        "change-left": FillStyle(fill=Ink("#e4e1da", "#2a3137"), line=_GREY, width_px=2, angles=(90,)),
        "change-none": _EMPTY,
    }
)
"""This list against the last."""

LIST_STYLES: Mapping[str, FillStyle] = MappingProxyType(
    {
        **{
            f"category-{name}": FillStyle(
                fill=outline.line if outline.fill_opacity else None,
                line=outline.line,
                opacity=outline.fill_opacity,
                width_px=outline.width_px,
                dash=outline.dash,
                angles=HATCH_ANGLES.get(name, ()),
            )
            for name, outline in CATEGORY_STYLES.items()
        },
        "category-unknown": FillStyle(fill=None, line=_GREY, dash="1.5 4.5"),
        **CRITERION_STYLES,
        **MARGIN_STYLES,
        **CHANGE_STYLES,
    }
)
"""Every style of an area by class name; the categories are those of the QGIS layers."""


def list_rules(styles: Mapping[str, FillStyle] = LIST_STYLES) -> str:
    """Return the style rules of the given styles, light and dark, paper always light."""
    inks = {f"{name}-{part}": ink for name, style in styles.items() for part, ink in _inks_of(style)}
    light = "".join(f"--{name}:{ink.light};" for name, ink in inks.items())
    dark = "".join(f"--{name}:{ink.dark};" for name, ink in inks.items())
    rules = [
        f":root{{{light}}}",
        f"@media screen and (prefers-color-scheme:dark){{:root:not(.printing){{{dark}}}}}",
    ]
    for name, style in styles.items():
        rules.append(_shape_rule(name, style))
        if style.has_pattern:
            rules.append(f".ground-of-{name}{{fill:var(--{name}-fill);fill-opacity:{style.opacity}}}")
            rules.append(f".lines-of-{name}{{stroke:var(--{name}-line);stroke-width:1.1px;fill:none}}")
            rules.append(f".dots-of-{name}{{fill:var(--{name}-line)}}")
    return "\n".join(rules) + "\n"


def _inks_of(style: FillStyle) -> list[tuple[str, Ink]]:
    return [("line", style.line), *([("fill", style.fill)] if style.fill else [])]


def _shape_rule(name: str, style: FillStyle) -> str:
    fill = f"url(#pattern-{name})" if style.has_pattern else f"var(--{name}-fill)" if style.fill else "none"
    opacity = 1 if style.has_pattern else style.opacity
    return (
        f".shape.{name}{{stroke:var(--{name}-line);stroke-width:{style.width_px}px;"
        f"stroke-dasharray:{style.dash or 'none'};fill:{fill};fill-opacity:{opacity}}}"
    )


def list_patterns(styles: Mapping[str, FillStyle] = LIST_STYLES) -> Markup:
    """Return the SVG patterns of the given styles, coloured by `list_rules`."""
    patterns = [_pattern(name, style) for name, style in styles.items() if style.has_pattern]
    return Markup("").join(patterns)


def _pattern(name: str, style: FillStyle) -> Markup:
    turned = style.angles[0] if style.angles else 0
    # A tile has lines along its middle; where lines cross, the second runs across the tile.
    lines = "M0 4H8" if style.angles else ""
    if len(style.angles) > 1:
        lines += "M4 0V8"
    drawn = (
        Markup('<path class="lines-of-{}" d="{}"/>').format(name, lines)
        if lines
        else Markup('<circle class="dots-of-{}" cx="4" cy="4" r="1.3"/>').format(name)
    )
    return Markup(
        '<pattern id="pattern-{}" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate({})"><rect class="ground-of-{}" width="8" height="8"/>{}</pattern>\n'
    ).format(name, turned, name, drawn)
