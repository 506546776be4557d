"""Zones, and the gap between them and the rest of the city, as rows, cards and shapes of a page."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from boundaries.city_screening import ScreenedCity
from boundaries.registers.cell_columns import GridCriterion
from boundaries.screening.disparity import CriterionGap, Disparity
from data.texts import Texts
from maps import labels, layers
from maps.screening_words import (
    find_value,
    list_known,
    list_stability,
    name_criterion,
    name_zone,
    scale_share,
    show_number,
    show_points,
    show_stability,
    show_value,
)


def describe_zones(city: ScreenedCity, texts: Texts) -> list[dict[str, object]]:
    """Return outline, anchor, label and card of each zone."""
    zones = city.published.zones
    degrees = layers.to_wgs84(zones.geometry)
    anchors = layers.to_wgs84([layers.find_anchor(shape) for shape in zones.geometry])
    stability = list_stability(city)
    return [
        {
            "key": int(row["zone"]),
            "label": str(row["name"]),
            "polygons": layers.encode_polygons(shape),
            "anchor": layers.encode_point(point),
            "weight": float(row["area_m2"]),
            "card": make_card(row, city, stability.get(int(row["zone"])), texts),
        }
        for row, shape, point in zip(labels.list_rows(zones), degrees, anchors, strict=True)
    ]


def make_card(
    row: dict[str, Any], city: ScreenedCity, stability: Fraction | None, texts: Texts
) -> dict[str, object]:
    """Return the card of a zone: residents, the five values beside the rest of the city, and stability."""
    words = texts.section("screening_map.card")
    people = labels.format_count(row["residents_n"], texts.language)
    hidden = texts.get("label.suppressed")
    rest = _find_part(city, "rest")
    lines = [
        [
            name_criterion(name, texts),
            show_value(find_value(row, name), name, texts),
            show_value(find_value(rest, name), name, texts),
        ]
        for name in list_known(city)
    ]
    return {
        "kicker": words["zone_kicker"],
        "title": name_zone(int(row["zone"]), str(row["name"]), texts),
        "big": [hidden if labels.is_missing(row["residents_n"]) else people, words["residents"]],
        "tables": [
            {
                "caption": words["values"],
                "head": [words["criterion"], words["zone"], words["rest"]],
                "rows": lines,
            }
        ],
        "rows": [
            [words["area"], labels.format_area_m2(row["area_m2"], texts.language)],
            [words["cells"], labels.format_count(row["cells_n"], texts.language)],
            [words["stability"], show_stability(stability, texts)],
        ],
    }


def _find_part(city: ScreenedCity, part: str) -> dict[str, Any]:
    parts = city.published.parts
    return labels.list_rows(parts[parts["part"] == part])[0]


def make_zone_table(city: ScreenedCity, texts: Texts) -> dict[str, object]:
    """Return the table of the zones, and of all zones, the rest and the city below them."""
    known = list_known(city)
    head = texts.section("screening_map.head")
    columns = [
        {"title": head["zone"], "kind": "text"},
        {"title": head["residents"], "kind": "number"},
        *({"title": texts.get(f"screening_map.short.{name}"), "kind": "number"} for name in known),
        {"title": head["area"], "kind": "number"},
        {"title": head["stability"], "kind": "number"},
    ]
    stability = list_stability(city)
    rows = [
        _zone_row(row, known, stability.get(int(row["zone"])), texts)
        for row in labels.list_rows(city.published.zones)
    ]
    return {"key": "zones", "columns": columns, "rows": rows}


def _zone_row(
    row: dict[str, Any], known: Sequence[GridCriterion], stability: Fraction | None, texts: Texts
) -> dict[str, object]:
    values = [find_value(row, name) for name in known]
    title = name_zone(int(row["zone"]), str(row["name"]), texts)
    area = Fraction(str(row["area_m2"])) / 10_000
    people = row["residents_n"]
    is_hidden = labels.is_missing(people)
    return {
        "key": int(row["zone"]),
        "cells": [
            title,
            texts.get("label.suppressed") if is_hidden else labels.format_count(people, texts.language),
            *(show_number(value, texts) for value in values),
            labels.format_number(area, texts.language, decimals=0),
            show_stability(stability, texts),
        ],
        "values": [
            title,
            None if is_hidden else int(people),
            *(as_tenth(value) for value in values),
            as_tenth(area),
            None if stability is None else as_tenth(100 * stability),
        ],
        "search": f"{title} {row['zone']}",
    }


def as_tenth(value: Fraction | None) -> float | None:
    """Return a number with one decimal for sorting and for files; None where it is missing."""
    if value is None:
        return None
    sign = -1 if value < 0 else 1
    scaled = abs(value) * 10
    return sign * ((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)) / 10


def make_gap_table(disparity: Disparity, texts: Texts) -> dict[str, object]:
    """Return the gap between zones and rest by criterion, as in the city's status report."""
    head = texts.section("screening_map.gap")
    has_then = any(gap.gap_then is not None for gap in disparity.gaps)
    titles = [head["zones"], head["rest"], head["gap"]]
    if has_then:
        then = "" if disparity.year_then is None else f" {disparity.year_then}"
        titles += [head["then"] + then, head["target"], head["change"]]
    columns = [{"title": head["criterion"], "kind": "text"}]
    columns += [{"title": title, "kind": "number"} for title in titles]
    if has_then:
        columns.append({"title": head["direction"], "kind": "text"})
    rows = [_gap_row(gap, has_then, texts) for gap in disparity.gaps if gap.gap_now is not None]
    return {"key": "gaps", "columns": columns, "rows": rows}


def _gap_row(gap: CriterionGap, has_then: bool, texts: Texts) -> dict[str, object]:
    name = name_criterion(gap.criterion, texts)
    numbers = [gap.zones, gap.rest, gap.gap_now]
    cells = [name, *(show_value(value, gap.criterion, texts) for value in numbers[:2])]
    cells.append(show_points(gap.gap_now, gap.criterion, texts))
    values: list[object] = [name, *(as_tenth(value) for value in numbers)]
    if has_then:
        extra = [gap.gap_then, gap.target]
        cells += [show_points(value, gap.criterion, texts) for value in extra]
        cells.append(labels.MISSING if gap.change_pct is None else _show_change(gap.change_pct, texts))
        values += [*(as_tenth(value) for value in extra), as_tenth(gap.change_pct)]
        word = tell_direction(gap, texts)
        cells.append(word)
        values.append(word)
    return {"key": gap.criterion.value, "cells": cells, "values": values, "search": name}


def _show_change(change: Fraction, texts: Texts) -> str:
    sign = "+" if change > 0 else "−" if change < 0 else ""
    number = labels.format_number(abs(change), texts.language, decimals=0)
    return texts.get("screening_map.unit.pct", {"value": sign + number})


def tell_direction(gap: CriterionGap, texts: Texts) -> str:
    """Say where a gap has gone, and whether it is halved."""
    if gap.direction is None:
        return labels.MISSING
    word = "halved" if gap.is_halved else gap.direction.value
    return texts.get(f"screening_map.direction.{word}")


def describe_gaps(city: ScreenedCity, texts: Texts) -> str:
    """Say how many gaps are halved, and whether the goal is met; empty where no goal is known."""
    disparity = city.disparity
    if disparity is None or not disparity.measured_n:
        return ""
    goal = {True: "met", False: "not_met", None: "open"}[disparity.is_goal_met]
    values = {"halved": disparity.halved_n, "of": len(disparity.gaps)}
    return texts.get(f"screening_map.goal.{goal}", values)


def find_city_value(city: ScreenedCity, criterion: GridCriterion) -> Fraction | None:
    """Return the city's value of a criterion, in m2 or per cent."""
    return scale_share(city.limits[criterion].city, criterion)
