"""Legend of a kommune map: classes with their colours, bounds and n, and apart what is missing or hidden."""

import math
from collections.abc import Sequence
from fractions import Fraction

from markupsafe import Markup

from data.texts import Texts
from maps import labels, ramps
from maps.classes import GIVEN_BREAKS, Classes, Method, ValueClass, make_exact
from maps.kommune_topic import Topic, Unit, format_bare
from maps.legend import make_swatch
from maps.page import LegendEntry
from maps.palette import Ink

MISSING_STYLE = "no-value"
HIDDEN_STYLE = "withheld"
MARKED_STYLE = "origin"

PATTERNS = Markup(
    '<pattern id="no-value" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="no-value-ground" width="6" height="6"/><path class="no-value-line" d="M0 0V6"/></pattern>\n'
    '<pattern id="withheld" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="withheld-ground" width="6" height="6"/>'
    '<circle class="withheld-dot" cx="1.5" cy="1.5" r="1.1"/>'
    '<circle class="withheld-dot" cx="4.5" cy="4.5" r="1.1"/></pattern>\n'
)
"""Fills of what has no colour: lines where a value is missing, dots where it is hidden."""


def class_style(at: int) -> str:
    """Return the style class of a class by its place."""
    return f"class-{at}"


def make_legend(
    classes: Classes, topic: Topic, texts: Texts, *, extra_missing_n: int = 0
) -> tuple[LegendEntry, ...]:
    """Return the legend: each class with n, then missing, hidden and outlined where there are any.

    Parameters
    ----------
    extra_missing_n
        Kommuner on the map that the values do not list.
    """
    entries = [
        _entry(class_style(at), label, part.values_n, texts)
        for at, (label, part) in enumerate(
            zip(describe_classes(classes, topic, texts), classes.classes, strict=True)
        )
    ]
    missing_n = classes.missing_n + extra_missing_n
    if missing_n:
        entries.append(_entry(MISSING_STYLE, texts.get("kommune_map.missing"), missing_n, texts))
    if classes.hidden_n:
        entries.append(_entry(HIDDEN_STYLE, texts.get("kommune_map.hidden"), classes.hidden_n, texts))
    label = texts.get(
        "kommune_map.method_label", {"method": texts.get(f"kommune_map.method.{classes.method}")}
    )
    entries.append(LegendEntry(swatch=Markup(), label=label))
    if topic.marked:
        entries.insert(
            -1, LegendEntry(swatch=make_swatch(f"{MARKED_STYLE} marked"), label=topic.marked_label)
        )
    return tuple(entries)


def _entry(style: str, label: str, count: int, texts: Texts) -> LegendEntry:
    number = labels.format_count(count, texts.language)
    return LegendEntry(
        swatch=make_swatch(style), label=label, count=texts.get("kommune_map.n", {"count": number})
    )


def describe_classes(classes: Classes, topic: Topic, texts: Texts) -> list[str]:
    """Return the bounds of each class in words: "2–4" of counts, "0,5 – under 1,0" of other values.

    Counts name whole numbers: of classes found from the values the smallest and the largest in it.
    """
    if topic.unit is Unit.COUNT and _are_whole(classes):
        return [_describe_counts(part, classes, topic, texts) for part in classes.classes]
    places = max((count_decimals(value) for value in classes.breaks), default=topic.decimals)

    def write(value: Fraction | None) -> str:
        return "" if value is None else format_bare(value, topic, texts, decimals=places)

    words = [
        texts.get(
            f"kommune_map.{_find_form(part, classes)}", {"low": write(part.lower), "high": write(part.upper)}
        )
        for part in classes.classes
    ]
    return ["0", *words[1:]] if classes.is_zero_apart else words


def _are_whole(classes: Classes) -> bool:
    ends = [end for part in classes.classes for end in (part.smallest, part.largest) if end is not None]
    return all(end.denominator == 1 for end in ends)


def _describe_counts(part: ValueClass, classes: Classes, topic: Topic, texts: Texts) -> str:
    low, high = part.smallest, part.largest
    if classes.method in GIVEN_BREAKS or low is None or high is None:
        is_over = classes.method is Method.OVER
        low, high = _whole_bounds(part, is_over=is_over)
    words = {
        "low": None if low is None else format_bare(low, topic, texts),
        "high": None if high is None else format_bare(high, topic, texts),
    }
    if low is None:
        return texts.get("kommune_map.at_most", words)
    if high is None:
        return texts.get("kommune_map.at_least", words)
    return str(words["low"]) if low == high else texts.get("kommune_map.from_to", words)


def _whole_bounds(part: ValueClass, *, is_over: bool) -> tuple[Fraction | None, Fraction | None]:
    """Return the smallest and the largest whole number that a class may hold."""

    def first(bound: Fraction) -> int:
        return math.floor(bound) + 1 if is_over else math.ceil(bound)

    low = None if part.lower is None else Fraction(first(part.lower))
    high = None if part.upper is None else Fraction(first(part.upper) - 1)
    return low, high


def count_decimals(value: Fraction) -> int:
    """Return how many decimals write a break in full, at most six.

    >>> count_decimals(Fraction("0.25")), count_decimals(Fraction(40))
    (2, 0)
    """
    return next((places for places in range(6) if (value * 10**places).denominator == 1), 6)


def _find_form(part: ValueClass, classes: Classes) -> str:
    """Return the key of the phrase that says the bounds of a class."""
    side = "over" if classes.method is Method.OVER else "under"
    if classes.is_zero_apart and part.lower is not None and part.lower == classes.breaks[0]:
        return "zero.last" if part.upper is None else "zero.between"
    if part.lower is None:
        return "all" if part.upper is None else f"{side}.first"
    return f"{side}.last" if part.upper is None else f"{side}.between"


def describe_method(classes: Classes, texts: Texts) -> str:
    """Return how the classes were found, which bound belongs to them, and what rounding moved."""
    side = "over" if classes.method is Method.OVER else "under"
    method = texts.get(f"kommune_map.method.{classes.method}")
    sentences = [
        texts.get("kommune_map.method_label", {"method": method}) + ".",
        texts.get(f"kommune_map.method.{side}_bound"),
    ]
    if classes.is_zero_apart:
        sentences.append(texts.get("kommune_map.method.zero"))
    if classes.moved_n:
        moved = labels.format_count(classes.moved_n, texts.language)
        sentences.append(texts.get("kommune_map.method.moved", {"count": moved}))
    elif classes.method not in GIVEN_BREAKS:
        sentences.append(texts.get("kommune_map.method.rounded"))
    return " ".join(sentences)


def choose_colours(classes: Classes, centre: object = None) -> tuple[Ink, ...]:
    """Return the colour of each class: one scale, or two that part at `centre`.

    A class that has the centre inside its bounds gets the neutral colour.
    """
    middle = make_exact(centre)
    if middle is None:
        return ramps.make_sequence(len(classes.classes))
    below = sum(part.upper is not None and part.upper <= middle for part in classes.classes)
    above = sum(part.lower is not None and part.lower >= middle for part in classes.classes)
    has_middle = below + above < len(classes.classes)
    return ramps.make_diverging(below, above, has_middle=has_middle)


def make_rules(colours: Sequence[Ink]) -> str:
    """Return the style rules of the classes: fill, and the text that can be read on it, light and dark."""
    light = "".join(_variables(at, ink.light) for at, ink in enumerate(colours))
    dark = "".join(_variables(at, ink.dark) for at, ink in enumerate(colours))
    rules = "".join(
        f".shape.{class_style(at)}{{fill:var(--class-{at})}}"
        f".tile-label.{class_style(at)} span{{color:var(--on-class-{at})}}\n"
        for at in range(len(colours))
    )
    return (
        f":root{{{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not(.printing){{{dark}}}}}\n{rules}"
    )


def _variables(at: int, colour: str) -> str:
    return f"--class-{at}:{colour};--on-class-{at}:{ramps.choose_text(colour)};"
