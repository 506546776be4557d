"""The palette holds by WCAG contrast and by simulated colour blindness, computed here from scratch."""

import re
from itertools import combinations

import numpy as np
import pytest

from boundaries.model import Decision
from maps import palette

# Machado, Oliveira and Fernandes (2009), severity 1.0.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def to_linear(colour):
    srgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return float(to_linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def to_lab(linear):
    xyz = np.clip(linear, 0, 1) @ np.array(
        [[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]]
    )
    t = xyz / [0.95047, 1.0, 1.08883]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one, other, sight):
    return float(
        np.linalg.norm(to_lab(SIGHT[sight] @ to_linear(one)) - to_lab(SIGHT[sight] @ to_linear(other)))
    )


def test_contrast_is_computed_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("text", "page"),
        ("muted", "page"),
        ("accent", "page"),
        ("text", "ground"),
        ("text", "hover"),
        ("muted", "hover"),
        ("accent", "hover"),
        ("badge-text", "badge"),
        ("muted", "panel"),
    ],
)
def test_text_is_readable(mode, text, ground):
    inks = palette.PAGE_INKS
    assert contrast(getattr(inks[text], mode), getattr(inks[ground], mode)) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_graphics_stand_out_from_map_and_page(mode):
    grounds = [getattr(palette.PAGE_INKS[name], mode) for name in ("ground", "page")]
    lines = [palette.AREA_STYLE.line, *(style.line for style in palette.EXTENSION_STYLES.values())]
    lines += [palette.PAGE_INKS["focus"], palette.PAGE_INKS["control"]]
    for ink in lines:
        assert min(contrast(getattr(ink, mode), ground) for ground in grounds) >= 3
    for symbol in palette.DECISION_STYLES.values():
        best = [
            max(contrast(getattr(symbol.fill, mode), ground), contrast(getattr(symbol.stroke, mode), ground))
            for ground in grounds
        ]
        assert min(best) >= 3


@pytest.mark.parametrize("sight", list(SIGHT))
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_decisions_differ_for_every_sight(sight, mode):
    fills = [getattr(symbol.fill, mode) for symbol in palette.DECISION_STYLES.values()]
    assert min(distance(one, other, sight) for one, other in combinations(fills, 2)) >= 18


@pytest.mark.parametrize("sight", list(SIGHT))
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_base_and_extension_differ_for_every_sight(sight, mode):
    extension = palette.EXTENSION_STYLES[palette.ExtensionState.IN_FORCE].line
    assert distance(getattr(palette.AREA_STYLE.line, mode), getattr(extension, mode), sight) >= 18


def test_every_decision_has_a_shape_of_its_own():
    assert set(palette.DECISION_STYLES) == set(Decision)
    shapes = [symbol.shape for symbol in palette.DECISION_STYLES.values()]
    assert len(set(shapes)) == len(shapes)
    assert set(palette.SHAPE_PATHS) == set(palette.Shape)


def test_only_what_is_in_force_is_filled_and_every_state_has_its_own_dash():
    states = palette.EXTENSION_STYLES
    assert set(states) == set(palette.ExtensionState)
    assert [state for state, style in states.items() if style.fill_opacity or style.is_hatched] == [
        "in_force"
    ]
    assert len({style.dash for style in states.values()}) == len(states)


def test_every_variable_that_a_style_uses_is_defined():
    defined = set(re.findall(r"--([\w-]+):", palette.css_variables()))
    used = set(re.findall(r"var\(--([\w-]+)\)", palette.css_rules()))
    assert used
    assert used <= defined


def test_dark_is_for_screens_alone_and_not_while_printing():
    light, dark = palette.css_variables().strip().split("\n")
    assert palette.PAGE_INKS["page"].light in light
    assert dark.startswith("@media screen and (prefers-color-scheme:dark){:root:not(.printing){")
    assert palette.PAGE_INKS["page"].dark in dark
