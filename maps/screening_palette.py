"""Colours of a screening: cells by class, zones, and old against new; one palette for pages and QGIS."""

from collections.abc import Mapping
from types import MappingProxyType

from markupsafe import Markup

from boundaries.screening.designations import Land, ZoneStatus
from maps.palette import Ink, OutlineStyle
from maps.ramps import make_diverging, make_sequence
from maps.screening_views import COUNT_N, EMPTY_STYLE, HIDDEN_STYLE, SIDES_N, STABILITY_PCT

_MANY_N = 5


def _ramp(prefix: str, inks: tuple[Ink, ...]) -> dict[str, Ink]:
    return {f"{prefix}-{at}": ink for at, ink in enumerate(inks)}


CELL_INKS: Mapping[str, Ink] = MappingProxyType(
    {
        "g-zone": Ink("#a63a12", "#f2865c"),
        "g-near": Ink("#e3b48c", "#7d4a2c"),
        "g-other": Ink("#d3d6d3", "#3b444a"),
        "g-met": Ink("#a63a12", "#f2865c"),
        "g-unmet": Ink("#d3d6d3", "#3b444a"),
        "g-unknown": Ink("#f7e6b8", "#4a4330"),
        **_ramp("g-count", make_sequence(COUNT_N)),
        **_ramp("g-side", make_diverging(SIDES_N, SIDES_N, has_middle=False)),
        **_ramp("g-stay", make_sequence(len(STABILITY_PCT) + 1)),
        **_ramp("g-many", make_sequence(_MANY_N)),
        EMPTY_STYLE: Ink("#ebe8e1", "#20272c"),
    }
)
"""Fill of each class of cells. What is hidden is hatched: `HIDDEN_INKS`."""

HIDDEN_INKS: tuple[Ink, Ink] = (Ink("#f1efea", "#262c31"), Ink("#a9a69e", "#59626a"))
"""Ground and lines of the hatch of a cell that shows nothing."""

ZONE_STYLE = OutlineStyle(line=Ink("#1b1f23", "#f4f6f7"), width_px=2.2)
"""Outline of a zone over the cells."""

BLOCK_STYLE = OutlineStyle(line=Ink("#1b1f23", "#f4f6f7"), width_px=1.6, dash="5 4")
"""Outline of a zone given to whole blocks."""

NEW_INK = Ink("#0b62a8", "#62b0f2")
OLD_INK = Ink("#c2571a", "#ff9d5c")
"""The two colours of old against new."""

STATUS_STYLES: Mapping[ZoneStatus, OutlineStyle] = MappingProxyType(
    {
        ZoneStatus.KEPT: OutlineStyle(line=Ink("#1b1f23", "#f4f6f7"), width_px=1.8),
        ZoneStatus.NEW: OutlineStyle(line=NEW_INK, width_px=2.6),
        ZoneStatus.DROPPED: OutlineStyle(line=OLD_INK, width_px=2.6, dash="7 4"),
    }
)
"""Outline of a zone by what has become of it."""

LAND_INKS: Mapping[Land, Ink] = MappingProxyType(
    {Land.BOTH: Ink("#8d939a", "#6d757c"), Land.ONLY_NEW: NEW_INK, Land.ONLY_OLD: OLD_INK}
)
"""Land by which designation it is in; what is in one only is hatched, each its own way."""

LAND_ANGLES: Mapping[Land, int] = MappingProxyType({Land.ONLY_NEW: 45, Land.ONLY_OLD: 135})

_LAND_OPACITY = 0.3


def css_rules() -> str:
    """Return the variables, light and dark, and the rules of the pages of a screening."""
    inks = {**CELL_INKS, "g-hidden-ground": HIDDEN_INKS[0], "g-hidden-line": HIDDEN_INKS[1]}
    inks |= {f"land-{name}": ink for name, ink in LAND_INKS.items()}
    inks |= {f"zone-{name}": style.line for name, style in STATUS_STYLES.items()}
    light = "".join(f"--{name}:{ink.light};" for name, ink in inks.items())
    dark = "".join(f"--{name}:{ink.dark};" for name, ink in inks.items())
    rules = [
        f":root{{{light}}}",
        f"@media screen and (prefers-color-scheme:dark){{:root:not(.printing){{{dark}}}}}",
        *(f".shape.{name}{{fill:var(--{name});stroke:none}}" for name in CELL_INKS),
        f".shape.{HIDDEN_STYLE}{{fill:url(#grid-hidden);stroke:none}}",
        ".grid-hidden-ground{fill:var(--g-hidden-ground)}.grid-hidden-line{stroke:var(--g-hidden-line);stroke-width:1.6px}",
        *(_land_rule(name) for name in Land),
        *(_zone_rule(name, style) for name, style in STATUS_STYLES.items()),
    ]
    return "\n".join(rules) + "\n"


def _land_rule(name: Land) -> str:
    fill = f"url(#land-{name})" if name in LAND_ANGLES else f"var(--land-{name})"
    opacity = 1 if name in LAND_ANGLES else _LAND_OPACITY
    ground = f".land-{name}-ground{{fill:var(--land-{name});fill-opacity:{_LAND_OPACITY}}}"
    line = f".land-{name}-line{{stroke:var(--land-{name});stroke-width:2px}}"
    return f".shape.land-{name}{{fill:{fill};fill-opacity:{opacity};stroke:none}}{ground}{line}"


def _zone_rule(name: ZoneStatus, style: OutlineStyle) -> str:
    return (
        f".shape.zone-{name}{{fill:none;stroke:var(--zone-{name});stroke-width:{style.width_px}px;"
        f"stroke-dasharray:{style.dash or 'none'}}}"
    )


def make_patterns() -> Markup:
    """Return the hatches: of what is hidden, and of land that is in one designation only."""
    hidden = _pattern("grid-hidden", 6, 45)
    return Markup("").join(
        [hidden, *(_pattern(f"land-{name}", 8, angle) for name, angle in LAND_ANGLES.items())]
    )


def _pattern(name: str, size: int, angle: int) -> Markup:
    return Markup(
        '<pattern id="{0}" width="{1}" height="{1}" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate({2})"><rect class="{0}-ground" width="{1}" height="{1}"/>'
        '<path class="{0}-line" d="M0 0V{1}"/></pattern>\n'
    ).format(name, size, angle)
