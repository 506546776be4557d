"""Colours of classes from low to high, on light and on dark ground.

Steps are even in OKLab (B. Ottosson, 2020), so that a step is seen as a step, and the lightness runs one way
only, so that the order holds in every kind of colour vision and in grey. On dark ground high values are
light. Tests hold these, and the contrast of the text on each colour (WCAG 2.1: 4.5).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from maps.palette import Ink

_SEQUENCE = Ink(
    "#edf2d6 #b9ddbf #69b8ba #2487ac #15507f #0a2550", "#2a3a44 #1c6080 #2389a0 #5cb9a3 #aadb9d #f4f2bd"
)
_LOW_ARM = Ink("#8c3a06 #d9822b #f1cf9e", "#ffb877 #b8681f #5a3d27")
_HIGH_ARM = Ink("#c9c2e4 #7f70b6 #3b2a78", "#3f3a5e #7a6cbb #c3b6ff")
_MIDDLE = Ink("#efece5", "#2b3034")

DARK_TEXT = "#000000"
LIGHT_TEXT = "#ffffff"
"""Text on the colours; the one with more contrast is used."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def make_sequence(count: int) -> tuple[Ink, ...]:
    """Return `count` colours from low to high."""
    return _spread(_SEQUENCE, count, is_whole=count > 1)


def make_diverging(below_n: int, above_n: int, *, has_middle: bool) -> tuple[Ink, ...]:
    """Return colours of classes below, around and above a centre, the strongest farthest from it."""
    low = _spread(_LOW_ARM, below_n, is_whole=below_n > 1)
    high = _spread(_HIGH_ARM, above_n, is_whole=above_n > 1)
    if below_n == 1:
        low = (Ink(*(form.split()[1] for form in (_LOW_ARM.light, _LOW_ARM.dark))),)
    return (*low, *([_MIDDLE] if has_middle else []), *high)


def choose_text(colour: str) -> str:
    """Return the text colour with the larger contrast to a ground.

    >>> choose_text("#0a2550")
    '#ffffff'
    """
    return max(DARK_TEXT, LIGHT_TEXT, key=lambda text: measure_contrast(text, colour))


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2.1, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    return float(_to_linear([colour])[0] @ np.array([0.2126, 0.7152, 0.0722]))


def _spread(anchors: Ink, count: int, *, is_whole: bool) -> tuple[Ink, ...]:
    """Return evenly spaced colours along the anchors; a single one is taken from the middle."""
    places = np.linspace(0, 1, count) if is_whole else np.full(count, 0.6)
    forms = [_interpolate(form.split(), places) for form in (anchors.light, anchors.dark)]
    return tuple(Ink(light, dark) for light, dark in zip(*forms, strict=True))


def _interpolate(anchors: Sequence[str], places: NDArray[np.float64]) -> list[str]:
    lab = np.cbrt(_to_linear(anchors) @ _TO_LMS.T) @ _TO_LAB.T
    steps = np.linspace(0, 1, len(anchors))
    mixed = np.column_stack([np.interp(places, steps, part) for part in lab.T])
    return [_to_hex(colour) for colour in mixed]


def _to_linear(colours: Sequence[str]) -> NDArray[np.float64]:
    whole = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours])
    share = whole.reshape(-1, 3) / 255
    linear: NDArray[np.float64] = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear


def _to_hex(lab: NDArray[np.float64]) -> str:
    linear = np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3).clip(0, 1)
    share = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(part) * 255):02x}" for part in share)
