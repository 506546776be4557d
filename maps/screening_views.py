"""What the grid page can show: for each view a class of every cell, and the legend with n.

A class comes from what is published of the cell and nothing else: where only a rounded average is shown, it
is the average that is classed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd

from boundaries.city_screening import ScreenedCity
from boundaries.disclosure.cells import Shown
from boundaries.registers.cell_columns import GridCriterion
from boundaries.screening.criteria import Limit
from data.texts import Texts
from maps import labels
from maps.classes import HIDDEN, MISSING, Classes, Method, classify
from maps.screening_words import (
    describe_limit,
    find_value,
    is_area,
    list_known,
    name_criterion,
    scale_share,
    show_number,
    show_value,
)

HIDDEN_STYLE = "g-hidden"
EMPTY_STYLE = "g-empty"
COUNT_N = 6
"""Criteria that a cell can meet: 0 to 5."""

SIDES_N = 3
"""Classes of a value on each side of its limit."""

_OFFSETS = {False: (-3, -1, 0, 2, 5), True: (-5, -2, 0, 1, 3)}
"""Breaks in steps from the limit, by whether low is worse: one step to the better side is the city's mean."""

STABILITY_PCT = (0, 25, 50, 75, 100)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Line:
    """A line of a legend: style, words, and how many cells."""

    style: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class View:
    """One view of the cells.

    Attributes
    ----------
    key, group, title, note
        Its id, the group of views that it is in ("" for none), its heading and a sentence or two.
    legend
        Lines that occur.
    classes
        One character a cell: the place of its line in the legend in base 36.
    """

    key: str
    group: str
    title: str
    note: str
    legend: tuple[Line, ...]
    classes: str


def make_views(city: ScreenedCity, texts: Texts) -> list[View]:
    """Return the views of a screened city, the designation first."""
    rows = labels.list_rows(city.published.cells)
    known = list_known(city)
    return [
        _view_designation(rows, city, texts),
        _view_count(rows, texts),
        *(_view_value(rows, city, name, texts) for name in known),
        *(_view_met(rows, city, name, texts) for name in known),
        _view_stability(city, texts),
        _view_residents(rows, texts),
    ]


def _make_view(
    key: str, styles: Sequence[str], lines: Sequence[tuple[str, str]], texts: Texts, values: dict[str, str]
) -> View:
    """Put a view together from the style of each cell; lines that no cell has are left out."""
    counts = pd.Series(styles, dtype="str").value_counts()
    kept = [(style, label) for style, label in lines if style in counts.index]
    place = {style: _DIGITS[at] for at, (style, _) in enumerate(kept)}
    kind = key.partition("-")[0]
    return View(
        key=key,
        group=texts.get(f"screening_map.group.{kind}") if texts.has(f"screening_map.group.{kind}") else "",
        title=texts.get(f"screening_map.view.{kind}", values),
        note=texts.get(f"screening_map.view.{kind}_note", values),
        legend=tuple(Line(style, label, int(counts[style])) for style, label in kept),
        classes="".join(place[style] for style in styles),
    )


def _standing(texts: Texts) -> list[tuple[str, str]]:
    return [
        (EMPTY_STYLE, texts.get("screening_map.empty")),
        (HIDDEN_STYLE, texts.get("screening_map.hidden")),
    ]


def is_hidden(row: dict[str, Any]) -> bool:
    """Tell whether a cell shows nothing."""
    return bool(row["shown"] == Shown.NOTHING.value)


def is_empty(row: dict[str, Any]) -> bool:
    """Tell whether a cell is known to be uninhabited."""
    return not is_hidden(row) and not labels.is_missing(row["residents_n"]) and not row["residents_n"]


def _view_designation(rows: Sequence[dict[str, Any]], city: ScreenedCity, texts: Texts) -> View:
    required = city.settings.criteria_required_n
    values = {"required": str(required), "residents": _count(city.settings.group_residents_n, texts)}

    def find_style(row: dict[str, Any]) -> str:
        if not labels.is_missing(row["zone"]):
            return "g-zone"
        if is_hidden(row):
            return HIDDEN_STYLE
        if is_empty(row):
            return EMPTY_STYLE
        met = row["criteria_met_n"]
        return "g-near" if not labels.is_missing(met) and met >= required else "g-other"

    lines = [(f"g-{name}", texts.get(f"screening_map.{name}", values)) for name in ("zone", "near", "other")]
    # A zone is drawn over the cells that it holds, hidden or not: what is left of them lies outside.
    is_zoned = any(not labels.is_missing(row["zone"]) for row in rows)
    hidden = texts.get("screening_map.hidden_outside" if is_zoned else "screening_map.hidden")
    lines += [(EMPTY_STYLE, texts.get("screening_map.empty")), (HIDDEN_STYLE, hidden)]
    styles = [find_style(row) for row in rows]
    return _make_view("designation", styles, lines, texts, values)


def _view_count(rows: Sequence[dict[str, Any]], texts: Texts) -> View:
    styles = [
        HIDDEN_STYLE
        if is_hidden(row)
        else EMPTY_STYLE
        if is_empty(row) or labels.is_missing(row["criteria_met_n"])
        else f"g-count-{int(row['criteria_met_n'])}"
        for row in rows
    ]
    lines = [
        (f"g-count-{at}", texts.get(f"screening_map.count.{min(at, 2)}", {"n": at})) for at in range(COUNT_N)
    ]
    return _make_view("count", styles, [*lines, *_standing(texts)], texts, {})


def _count(number: int, texts: Texts) -> str:
    return labels.format_count(number, texts.language)


def publish_value(row: dict[str, Any], criterion: GridCriterion) -> tuple[Fraction | None, bool]:
    """Return what a cell shows of a criterion, in m2 or per cent, and whether it is exact."""
    value = find_value(row, criterion)
    if value is not None:
        return value, True
    rounded = row[f"{criterion}_rounded"]
    return (None if labels.is_missing(rounded) else Fraction(int(rounded))), False


def make_breaks(limit: Limit, criterion: GridCriterion) -> list[Fraction]:
    """Return breaks around a limit, in steps of its distance from the city's value, which is a break."""
    centre, city = (scale_share(value, criterion) for value in (limit.value, limit.city))
    if centre is None or city is None:
        return []
    step = abs(centre - city) or centre / 4 or Fraction(1)
    breaks = [centre + step * at for at in _OFFSETS[limit.is_low_worse]]
    return [value for value in breaks if value > 0 and (is_area(criterion) or value < 100)]


def _view_value(
    rows: Sequence[dict[str, Any]], city: ScreenedCity, criterion: GridCriterion, texts: Texts
) -> View:
    limit = city.limits[criterion]
    # A value that is just the limit meets it, unless the limit is strict.
    method = Method.OVER if limit.is_low_worse != limit.is_strict else Method.FIXED
    breaks = make_breaks(limit, criterion)
    found = classify(
        [publish_value(row, criterion)[0] for row in rows],
        method=method if breaks else Method.QUANTILE,
        breaks=breaks or None,
        is_hidden=[not is_empty(row) and publish_value(row, criterion)[0] is None for row in rows],
    )
    styles = _style_classes(found, limit, criterion)
    names = {HIDDEN: HIDDEN_STYLE, MISSING: EMPTY_STYLE}
    cells = [names[at] if at in names else styles[at] for at in found.index]
    lines = list(zip(styles, _label_classes(found, criterion, texts), strict=True))
    values = {
        "name": name_criterion(criterion, texts),
        "text": texts.get(f"criterion.grid.{criterion}.text"),
        "limit": describe_limit(city, criterion, texts),
    }
    return _make_view(f"value-{criterion}", cells, [*lines, *_standing(texts)], texts, values)


def _style_classes(found: Classes, limit: Limit, criterion: GridCriterion) -> list[str]:
    """Return styles of the classes, low to high: g-side-0 is the worst, the limit lies between 2 and 3."""
    centre = scale_share(limit.value, criterion)
    below_n = sum(value <= centre for value in found.breaks) if centre is not None else 0
    places = [at - below_n + SIDES_N for at in range(len(found.classes))]
    if not limit.is_low_worse:
        places = [2 * SIDES_N - 1 - at for at in places]
    return [f"g-side-{min(max(at, 0), 2 * SIDES_N - 1)}" for at in places]


def _label_classes(found: Classes, criterion: GridCriterion, texts: Texts) -> list[str]:
    shown = [show_number(value, texts) for value in found.breaks]
    if not shown:
        return [show_value(part.smallest, criterion, texts) for part in found.classes]
    unit = "m2" if is_area(criterion) else "pct"
    first = texts.get(f"screening_map.class.under_{unit}", {"high": shown[0]})
    last = texts.get(f"screening_map.class.over_{unit}", {"low": shown[-1]})
    inner = [
        texts.get(f"screening_map.class.between_{unit}", {"low": low, "high": high})
        for low, high in pairwise(shown)
    ]
    return [first, *inner, last]


def _view_met(
    rows: Sequence[dict[str, Any]], city: ScreenedCity, criterion: GridCriterion, texts: Texts
) -> View:
    def find_style(row: dict[str, Any]) -> str:
        if is_hidden(row):
            return HIDDEN_STYLE
        is_met = row[f"is_met_{criterion}"]
        if labels.is_missing(is_met):
            return EMPTY_STYLE if is_empty(row) else "g-unknown"
        return "g-met" if is_met else "g-unmet"

    lines = [(f"g-{name}", texts.get(f"screening_map.{name}")) for name in ("met", "unmet", "unknown")]
    values = {
        "name": name_criterion(criterion, texts),
        "limit": describe_limit(city, criterion, texts),
        "observations": _count(city.settings.observations_n, texts),
    }
    styles = [find_style(row) for row in rows]
    return _make_view(f"met-{criterion}", styles, [*lines, *_standing(texts)], texts, values)


def class_stability(part_n: int, whole_n: int) -> int:
    """Return the class of a stability: 0 never, 5 always, 1 to 4 the quarters between."""
    if not part_n or not whole_n:
        return 0
    if part_n == whole_n:
        return len(STABILITY_PCT)
    return 1 + min(3, 4 * part_n // whole_n)


def _view_stability(city: ScreenedCity, texts: Texts) -> View:
    frame = city.stability_cells
    pairs = zip(frame["stability_n"], frame["stability_of"], strict=True)
    styles = [f"g-stay-{class_stability(int(part), int(whole))}" for part, whole in pairs]
    lines = [(f"g-stay-{at}", texts.get(f"screening_map.stay.{at}")) for at in range(len(STABILITY_PCT) + 1)]
    values = {"variants": str(len(city.variants))}
    return _make_view("stability", styles, lines, texts, values)


def _view_residents(rows: Sequence[dict[str, Any]], texts: Texts) -> View:
    shown = [None if is_empty(row) else row["residents_n"] for row in rows]
    hidden = [labels.is_missing(row["residents_n"]) for row in rows]
    found = classify(shown, method=Method.QUANTILE, is_hidden=hidden)
    names = {HIDDEN: HIDDEN_STYLE, MISSING: EMPTY_STYLE}
    styles = [f"g-many-{at}" for at in range(len(found.classes))]
    lines = [
        (
            style,
            texts.get(
                "screening_map.class.people",
                {"interval": labels.format_interval(int(part.smallest), int(part.largest), texts.language)},
            ),
        )
        for style, part in zip(styles, found.classes, strict=True)
        if part.smallest is not None and part.largest is not None
    ]
    cells = [names[at] if at in names else styles[at] for at in found.index]
    return _make_view("residents", cells, [*lines, *_standing(texts)], texts, {})
