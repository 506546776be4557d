"""Styles of the list: outlines that stand out, sides that differ without colour, rules for each style."""

import re

import pytest

from maps import palette
from maps.list_styles import CRITERION_STYLES, LIST_STYLES, list_patterns, list_rules


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", LIST_STYLES)
@pytest.mark.parametrize("form", ["light", "dark"])
def test_every_outline_stands_out_from_the_ground(name, form):
    ground = getattr(palette.PAGE_INKS["ground"], form)
    assert contrast(getattr(LIST_STYLES[name].line, form), ground) >= 3


def test_the_two_sides_of_a_limit_differ_in_pattern_and_in_lightness():
    under = [CRITERION_STYLES[f"criterion-{name}"] for name in ("far-under", "under")]
    over = [CRITERION_STYLES[f"criterion-{name}"] for name in ("between", "over", "far-over")]
    assert not any(style.has_pattern for style in under)
    assert all(style.has_pattern for style in over)
    assert len({style.angles for style in over}) == len(over)
    for form in ("light", "dark"):
        tints = [luminance(getattr(style.fill, form)) for style in (*under, *over)]
        assert len(set(tints)) == len(tints)


def test_no_two_styles_look_the_same_within_a_view():
    for prefix in ("category-", "criterion-", "margin-", "change-"):
        looks = [
            (style.fill, style.line, style.dash, style.angles, style.is_dotted, style.opacity)
            for name, style in LIST_STYLES.items()
            if name.startswith(prefix)
        ]
        assert len(looks) == len(set(looks))


def test_rules_and_patterns_name_each_other():
    rules, patterns = list_rules(), str(list_patterns())
    used = set(re.findall(r"url\(#([\w-]+)\)", rules))
    made = set(re.findall(r'<pattern id="([\w-]+)"', patterns))
    assert used == made
    for name in LIST_STYLES:
        assert f".shape.{name}{{" in rules
    variables = set(re.findall(r"var\(--([\w-]+)\)", rules))
    light = set(re.findall(r"--([\w-]+):#", rules[: rules.index("@media")]))
    assert variables <= light
    assert "screen and (prefers-color-scheme:dark){:root:not(.printing)" in rules
