"""Colours of classes: order by lightness in every kind of sight, and text that can be read on each."""

from itertools import pairwise

import numpy as np
import pytest

from maps import ramps

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


def to_lab(colour, sight="normal"):
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(SIGHT[sight] @ linear, 0, 1)
    xyz = seen @ np.array([[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]])
    t = xyz / [0.95047, 1.0, 1.08883]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(colour):
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("count", range(2, 10))
def test_lightness_runs_one_way_and_neighbours_differ(count, sight):
    inks = ramps.make_sequence(count)
    for mode, way in (("light", -1), ("dark", 1)):
        colours = [to_lab(getattr(ink, mode), sight) for ink in inks]
        steps = [way * (high[0] - low[0]) for low, high in pairwise(colours)]
        assert min(steps) > 4
        apart = [np.linalg.norm(high - low) for low, high in pairwise(colours)]
        assert min(apart) > (12 if count <= 5 else 6.9 if count <= 7 else 5)


def all_colours():
    for count in range(1, 10):
        yield from ramps.make_sequence(count)
    for below in range(5):
        for above in range(5):
            yield from ramps.make_diverging(below, above, has_middle=True)


def test_text_can_be_read_on_every_colour():
    found = [
        (colour, contrast(ramps.choose_text(colour), colour))
        for ink in all_colours()
        for colour in (ink.light, ink.dark)
    ]
    assert len(found) > 200
    assert min(ratio for _, ratio in found) >= 4.5


def test_contrast_is_that_of_the_guidelines():
    assert ramps.measure_contrast("#000000", "#ffffff") == pytest.approx(21)
    assert ramps.measure_contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_ends_are_those_of_the_scale_and_one_class_lies_between():
    first, last = ramps.make_sequence(2)
    assert (first.light, last.light) == ("#edf2d6", "#0a2550")
    assert to_lab(last.light)[0] < to_lab(ramps.make_sequence(1)[0].light)[0] < to_lab(first.light)[0]
    assert ramps.make_sequence(0) == ()


@pytest.mark.parametrize("sight", SIGHT)
def test_the_two_arms_are_told_apart_and_strongest_far_from_the_centre(sight):
    inks = ramps.make_diverging(3, 3, has_middle=True)
    for mode, way in (("light", 1), ("dark", -1)):
        lab = [to_lab(getattr(ink, mode), sight) for ink in inks]
        light = [way * colour[0] for colour in lab]
        assert light[0] < light[1] < light[2] < light[3] > light[4] > light[5] > light[6]
        for at in (0, 1):
            assert np.linalg.norm(lab[at] - lab[6 - at]) > 25
    assert len(ramps.make_diverging(1, 0, has_middle=False)) == 1
    assert len(ramps.make_diverging(2, 1, has_middle=True)) == 4
