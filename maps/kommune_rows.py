"""The kommuner of a map as the page carries them: words, class, rank, card and row; nothing hidden."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from data.kommuner import load_kommuner
from data.texts import Texts
from data.tiles import CHRISTIANSOE_CODE, load_tiles
from maps import labels
from maps.classes import HIDDEN, MISSING, Classes, make_exact
from maps.kommune_legend import HIDDEN_STYLE, MISSING_STYLE, class_style
from maps.kommune_topic import Topic, Unit, find_value, format_bare, format_value


@dataclass(frozen=True, kw_only=True)
class KommuneRow:
    """A kommune of the page.

    Attributes
    ----------
    value
        None where it is missing or hidden.
    style
        Style class of its colour or pattern.
    rank, tied_n
        Place from the highest down, and how many share it; 0 without a value.
    of_all
        Its part of the sum of all that are shown, for counts.
    parts
        Numerator and denominator of a share, where they are known.
    is_listed
        Whether the table has it.
    """

    kommune_code: str
    name: str
    value: Fraction | None
    style: str
    is_hidden: bool
    rank: int = 0
    tied_n: int = 0
    of_all: Fraction | None = None
    parts: tuple[int, int] | None = None
    is_listed: bool = True


def collect_values(values: pd.DataFrame, topic: Topic) -> tuple[list[Fraction | None], list[bool]]:
    """Return the exact values and which are hidden, as `maps.classes.classify` takes them.

    Parameters
    ----------
    values
        Columns ``kommune_code``, ``name``, ``value`` and, where known, ``is_hidden``, ``numerator`` and
        ``denominator``: a share is computed from its parts, exactly.
    topic
        What the values are.
    """
    rows = labels.list_rows(values)
    return [make_exact(find_value(row, topic)) for row in rows], [bool(row.get("is_hidden")) for row in rows]


def make_rows(
    values: pd.DataFrame, classes: Classes, topic: Topic, on_map: Sequence[str]
) -> list[KommuneRow]:
    """Return the kommuner from the highest value down, then those without one, by code.

    Parameters
    ----------
    values
        As `collect_values` takes them, in the order that `classes` was made from.
    on_map
        Codes of the kommuner that the map draws; those that `values` lacks are missing.
    """
    exact, _ = collect_values(values, topic)
    shown = sorted((value for value in exact if value is not None), reverse=True)
    tied = Counter(shown)
    total = sum(shown, Fraction(0)) if topic.unit is Unit.COUNT else Fraction(0)
    rows = []
    for row, value, at in zip(labels.list_rows(values), exact, classes.index, strict=True):
        rows.append(
            KommuneRow(
                kommune_code=str(row["kommune_code"]),
                name=labels.format_text(row["name"]),
                value=value,
                style=_style(at),
                is_hidden=at == HIDDEN,
                of_all=value / total if value is not None and total else None,
                parts=None if value is None else _find_parts(row),
                rank=0 if value is None else shown.index(value) + 1,
                tied_n=0 if value is None else tied[value],
            )
        )
    known = {row.kommune_code for row in rows}
    rows += [_make_unlisted(code) for code in on_map if code not in known]
    return sorted(rows, key=lambda row: (row.value is None, -(row.value or 0), row.kommune_code))


def _style(at: int) -> str:
    return {MISSING: MISSING_STYLE, HIDDEN: HIDDEN_STYLE}.get(at, class_style(at))


def _find_parts(row: Mapping[str, object]) -> tuple[int, int] | None:
    parts = row.get("numerator"), row.get("denominator")
    if any(labels.is_missing(part) for part in parts):
        return None
    return int(Fraction(str(parts[0]))), int(Fraction(str(parts[1])))


def _make_unlisted(code: str) -> KommuneRow:
    known = load_kommuner().get(code)
    return KommuneRow(
        kommune_code=code,
        name=known.name if known else code,
        value=None,
        style=MISSING_STYLE,
        is_hidden=False,
        is_listed=False,
    )


def describe_row(row: KommuneRow, topic: Topic, texts: Texts, *, ranked_n: int) -> dict[str, object]:
    """Return a kommune as the page's script takes it: nothing of a hidden value.

    Parameters
    ----------
    ranked_n
        How many kommuner have a value that is shown.
    """
    tile = load_tiles().get(row.kommune_code)
    shown = show_value(row, topic, texts)
    card = _make_card(row, topic, texts, ranked_n)
    return {
        "key": row.kommune_code,
        "name": row.name,
        "short": tile.short_name if tile else row.name,
        "style": row.style + (" marked" if row.kommune_code in topic.marked else ""),
        "value": None if row.value is None else float(row.value),
        "bare": "" if row.value is None else format_bare(row.value, topic, texts),
        "shown": shown,
        "spoken": ", ".join([row.name, shown, *(f"{head}: {text}" for head, text in card["rows"])]),
        "card": card,
        "tile": list(tile.centre) if tile else None,
        "isSmall": row.kommune_code == CHRISTIANSOE_CODE,
    }


def show_value(row: KommuneRow, topic: Topic, texts: Texts) -> str:
    """Return the value with its unit, or why there is none."""
    if row.is_hidden:
        return texts.get("label.suppressed")
    return texts.get("kommune_map.no_value") if row.value is None else format_value(row.value, topic, texts)


def show_rank(row: KommuneRow, texts: Texts, *, ranked_n: int) -> str:
    """Return the place of a kommune among those with a value: "3 af 95", "delt 3 af 95"."""
    if not row.rank:
        return labels.MISSING
    form = "rank_tied" if row.tied_n > 1 else "rank"
    words = {"rank": row.rank, "total": labels.format_count(ranked_n, texts.language)}
    return texts.get(f"kommune_map.card.{form}", words)


def _make_card(row: KommuneRow, topic: Topic, texts: Texts, ranked_n: int) -> dict[str, Any]:
    known = load_kommuner().get(row.kommune_code)
    region = known.region if known and known.region else texts.get("kommune_map.no_region")
    rows: list[list[str]] = []
    if row.value is not None:
        rows.append([texts.get("kommune_map.card.rank_label"), show_rank(row, texts, ranked_n=ranked_n)])
    if row.of_all is not None:
        share = labels.format_share(row.of_all, 1, texts.language)
        rows.append([texts.get("kommune_map.card.of_all"), share])
    if row.parts is not None:
        part, whole = (labels.format_count(count, texts.language) for count in row.parts)
        rows.append(
            [
                texts.get("kommune_map.card.parts_label"),
                texts.get("kommune_map.card.parts", {"part": part, "whole": whole}),
            ]
        )
    notes = []
    if row.is_hidden:
        notes.append(texts.get("kommune_map.card.hidden"))
    elif row.value is None:
        notes.append(texts.get("kommune_map.card.missing" if row.is_listed else "kommune_map.card.unlisted"))
    if row.kommune_code in topic.marked:
        notes.append(topic.marked_label)
    kicker = texts.get("kommune_map.card.kicker", {"region": region, "code": row.kommune_code})
    big = [show_value(row, topic, texts), topic.value_label]
    return {"kicker": kicker, "title": row.name, "big": big, "rows": rows, "notes": notes}


def make_table(rows: Sequence[KommuneRow], topic: Topic, texts: Texts) -> dict[str, object]:
    """Return the page's table: name, value, and the parts of a share where they are known."""
    has_parts = any(row.parts for row in rows)
    titles = [(texts.get("kommune_map.head.name"), "text"), (topic.value_label, "number")]
    if has_parts:
        titles.append((texts.get("kommune_map.head.parts"), "number"))
    titles.append((texts.get("kommune_map.head.rank"), "number"))
    body = []
    for row in rows:
        cells = [row.name, show_value(row, topic, texts)]
        sort: list[object] = [row.name, None if row.value is None else float(row.value)]
        if has_parts:
            cells.append(
                labels.MISSING if row.parts is None else labels.format_count(row.parts[0], texts.language)
            )
            sort.append(None if row.parts is None else row.parts[0])
        cells.append(str(row.rank) if row.rank else labels.MISSING)
        sort.append(row.rank or None)
        body.append({"key": row.kommune_code, "cells": cells, "values": sort, "search": _words_of(row)})
    return {
        "key": "kommuner",
        "columns": [{"title": title, "kind": kind} for title, kind in titles],
        "rows": body,
    }


def _words_of(row: KommuneRow) -> str:
    known = load_kommuner().get(row.kommune_code)
    tile = load_tiles().get(row.kommune_code)
    extra = " ".join(
        filter(
            None,
            [known.name if known else "", known.region if known else "", tile.short_name if tile else ""],
        )
    )
    return f"{row.name} {row.kommune_code} {extra}"
