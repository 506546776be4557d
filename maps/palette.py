"""Colours, shapes and hatches: one palette for pages, QGIS styles and legends.

Every colour has a light and a dark form. Dwellings are told apart by colour and by shape, areas and
extensions by colour, outline and hatch, so that no meaning rests on colour alone. Tests hold the
contrasts of WCAG 2.1 (text 4.5, graphics 3.0) and the distances that remain under simulated
protanopia and deuteranopia.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from boundaries.model import Decision


@dataclass(frozen=True)
class Ink:
    """A colour on light and on dark ground, each as ``#rrggbb``.

    Attributes
    ----------
    light
        The form on light ground, on paper and in QGIS.
    dark
        The form where the reader's system asks for dark pages.
    """

    light: str
    dark: str


class Shape(StrEnum):
    """Outline of a dwelling's symbol."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"


SHAPE_PATHS: Mapping[Shape, str] = MappingProxyType(
    {
        Shape.CIRCLE: "M-0.9 0A0.9 0.9 0 1 0 0.9 0A0.9 0.9 0 1 0 -0.9 0Z",
        Shape.SQUARE: "M-0.8 -0.8H0.8V0.8H-0.8Z",
        Shape.TRIANGLE: "M0 -1L1.04 0.8H-1.04Z",
        Shape.DIAMOND: "M0 -1L0.72 0L0 1L-0.72 0Z",
    }
)
"""SVG path of each shape around the origin, about one unit in radius and of like visual weight."""


@dataclass(frozen=True, kw_only=True)
class SymbolStyle:
    """How a dwelling is drawn.

    Attributes
    ----------
    fill, stroke
        Colour inside and of the rim.
    shape
        Its outline, different for each decision.
    """

    fill: Ink
    stroke: Ink
    shape: Shape


_HALO = Ink("#ffffff", "#14181b")

DECISION_STYLES: Mapping[Decision, SymbolStyle] = MappingProxyType(
    {
        Decision.COUNTED: SymbolStyle(fill=Ink("#0b62a8", "#62b0f2"), stroke=_HALO, shape=Shape.CIRCLE),
        Decision.NOT_COUNTED: SymbolStyle(fill=Ink("#cc4a0c", "#ff8b5e"), stroke=_HALO, shape=Shape.SQUARE),
        Decision.UNDECIDED: SymbolStyle(
            fill=Ink("#ffc93c", "#ffd866"), stroke=Ink("#4d3800", "#4d3800"), shape=Shape.TRIANGLE
        ),
        Decision.OUTSIDE: SymbolStyle(fill=Ink("#84898c", "#767d82"), stroke=_HALO, shape=Shape.DIAMOND),
    }
)
"""Symbol of each decision; the order is that of legends."""


class ExtensionState(StrEnum):
    """Where an extension stands on the status date, as it is drawn."""

    IN_FORCE = "in_force"
    APPROVED_LATER = "approved_later"
    APPLIED = "applied"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class OutlineStyle:
    """How an area or an extension is drawn.

    Attributes
    ----------
    line
        Colour of the outline, and of the hatch where there is one.
    width_px
        Width of the outline in pixels.
    dash
        SVG dash pattern, "" for an unbroken line.
    fill_opacity
        0 to 1; how much of the line's colour fills the polygon.
    is_hatched
        Diagonal lines over the fill.
    """

    line: Ink
    width_px: float
    dash: str = ""
    fill_opacity: float = 0.0
    is_hatched: bool = False


_EXTENSION = Ink("#942f8b", "#e79aee")

AREA_STYLE = OutlineStyle(line=Ink("#146c5f", "#66cdb2"), width_px=1.8, fill_opacity=0.2)
"""An area at its base delineation."""

EXTENSION_STYLES: Mapping[ExtensionState, OutlineStyle] = MappingProxyType(
    {
        ExtensionState.IN_FORCE: OutlineStyle(
            line=_EXTENSION, width_px=2.0, fill_opacity=0.1, is_hatched=True
        ),
        ExtensionState.APPROVED_LATER: OutlineStyle(line=_EXTENSION, width_px=2.0, dash="11 5"),
        ExtensionState.APPLIED: OutlineStyle(line=_EXTENSION, width_px=2.0, dash="6 4"),
        ExtensionState.REJECTED: OutlineStyle(line=Ink("#6a6f73", "#98a0a5"), width_px=2.0, dash="1.5 4.5"),
    }
)
"""An extension by its state; only what is in force is filled."""

PAGE_INKS: Mapping[str, Ink] = MappingProxyType(
    {
        "page": Ink("#ffffff", "#14181b"),
        "panel": Ink("#f7f6f3", "#1b2024"),
        "ground": Ink("#f3f1ec", "#1b2125"),
        "text": Ink("#1b1f23", "#e9ecee"),
        "muted": Ink("#5a6269", "#a5adb4"),
        "rule": Ink("#dcd9d2", "#343b41"),
        "control": Ink("#7d848a", "#78828a"),
        "accent": Ink("#0a5a8a", "#7cc0ee"),
        "focus": Ink("#0b57d0", "#9cc7ff"),
        "hover": Ink("#eef4f6", "#232c32"),
        "parcel": Ink("#8f9a9c", "#566167"),
        "context": Ink("#d2cdc1", "#323b41"),
        "badge": Ink("#fff0c2", "#463705"),
        "badge-text": Ink("#5c4300", "#ffe08a"),
    }
)
"""The page itself: grounds, type, rules and focus."""


def css_variables() -> str:
    """Return the palette as CSS custom properties, light and dark.

    Dark values apply on screen alone, and not while the page is laid out for paper (class
    ``printing``), so that paper is always light.
    """
    inks = _named_inks()
    light = "".join(f"--{name}:{ink.light};" for name, ink in inks.items())
    dark = "".join(f"--{name}:{ink.dark};" for name, ink in inks.items())
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not(.printing){{color-scheme:dark;{dark}}}}}\n"
    )


def _named_inks() -> dict[str, Ink]:
    inks = dict(PAGE_INKS)
    inks["base"] = AREA_STYLE.line
    for state, outline in EXTENSION_STYLES.items():
        inks[f"extension-{state}"] = outline.line
    for decision, symbol in DECISION_STYLES.items():
        inks[f"decision-{decision}"] = symbol.fill
        inks[f"decision-{decision}-rim"] = symbol.stroke
    return inks


def css_rules() -> str:
    """Return the rules that draw areas, extensions and symbols by the palette's variables."""
    rules = [_outline_rule("base", "base", AREA_STYLE)]
    for state, outline in EXTENSION_STYLES.items():
        rules.append(_outline_rule(f"extension-{state}", f"extension-{state}", outline))
    hatched = EXTENSION_STYLES[ExtensionState.IN_FORCE]
    variable = f"var(--extension-{ExtensionState.IN_FORCE})"
    rules.append(f".hatch-ground{{fill:{variable};fill-opacity:{hatched.fill_opacity}}}")
    rules.append(f".hatch-line{{stroke:{variable};stroke-width:2.4px}}")
    for decision in DECISION_STYLES:
        name = f"decision-{decision}"
        rules.append(f".{name}{{fill:var(--{name});stroke:var(--{name}-rim);stroke-width:.22}}")
        rules.append(f".ground-{decision}{{background:var(--{name})}}")
    return "\n".join(rules) + "\n"


def _outline_rule(selector: str, variable: str, outline: OutlineStyle) -> str:
    fill = "url(#hatch)" if outline.is_hatched else f"var(--{variable})" if outline.fill_opacity else "none"
    opacity = 1 if outline.is_hatched else outline.fill_opacity
    return (
        f".shape.{selector}{{stroke:var(--{variable});stroke-width:{outline.width_px}px;"
        f"stroke-dasharray:{outline.dash or 'none'};fill:{fill};fill-opacity:{opacity}}}"
    )
