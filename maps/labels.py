"""Numbers, dates and words as people read them; the only place where anything is rounded."""

import math
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal

from data.texts import Texts

MISSING = "–"
"""Shown where a value is missing; never 0."""

_LOCALES = {"da": "da_DK", "en": "en_GB"}


def is_missing(value: object) -> bool:
    """Tell whether a single cell is None, NaN, NA or NaT."""
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    )


def list_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as mappings from column name to cell, in order."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def format_count(count: object, language: str = "da") -> str:
    """Return a whole number with thousands grouped, ``MISSING`` where there is none.

    >>> format_count(12345)
    '12.345'
    """
    if is_missing(count):
        return MISSING
    exact = Fraction(str(count))
    if exact.denominator != 1:
        raise ValueError(count)
    return str(format_decimal(int(exact), format="#,##0", locale=_LOCALES[language]))


def format_number(value: object, language: str = "da", *, decimals: int = 1) -> str:
    """Return a number with fixed decimals, halves away from zero.

    >>> format_number(2.25)
    '2,3'
    """
    if is_missing(value):
        return MISSING
    return _format_exact(Fraction(str(value)), language, decimals)


def format_share(numerator: object, denominator: object, language: str = "da", *, decimals: int = 1) -> str:
    """Return a share in per cent, rounded once from the exact fraction.

    A missing part or an empty whole gives ``MISSING``.

    >>> format_share(1, 3)
    '33,3 pct.'
    """
    if is_missing(numerator) or is_missing(denominator) or denominator == 0:
        return MISSING
    share = 100 * Fraction(str(numerator)) / Fraction(str(denominator))
    unit = " pct." if language == "da" else "%"
    return _format_exact(share, language, decimals) + unit


def _format_exact(value: Fraction, language: str, decimals: int) -> str:
    scaled = value * 10**decimals
    whole = (abs(scaled.numerator) * 2 + scaled.denominator) // (2 * scaled.denominator)
    rounded = Decimal(whole if value >= 0 else -whole).scaleb(-decimals)
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    with_sign = rounded.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return str(format_decimal(with_sign, format=pattern, locale=_LOCALES[language]))


def format_area_m2(area_m2: object, language: str = "da") -> str:
    """Return an area given in m2: whole m² below ten hectares, else hectares with one decimal.

    >>> format_area_m2(123456.0)
    '12,3 ha'
    """
    if is_missing(area_m2):
        return MISSING
    exact = Fraction(str(area_m2))
    if exact < 100_000:
        return _format_exact(exact, language, 0) + " m²"
    return _format_exact(exact / 10_000, language, 1) + " ha"


def format_distance_m(distance_m: object, language: str = "da") -> str:
    """Return a distance given in metres with one decimal."""
    return MISSING if is_missing(distance_m) else format_number(distance_m, language) + " m"


def format_interval(low: object, high: object, language: str = "da") -> str:
    """Return one count where both ends agree, else ``low–high``; ``MISSING`` where an end is missing."""
    if is_missing(low) or is_missing(high):
        return MISSING
    ends = format_count(low, language), format_count(high, language)
    return ends[0] if low == high else "–".join(ends)


def format_date(day: object, language: str = "da", *, is_long: bool = False) -> str:
    """Return a date: ``01-04-2025`` in Danish, ``1. april 2025`` where `is_long`.

    >>> import datetime
    >>> format_date(datetime.date(2025, 4, 1), is_long=True)
    '1. april 2025'
    """
    if is_missing(day):
        return MISSING
    if not isinstance(day, date):
        day = pd.Timestamp(str(day)).date()
    pattern = "long" if is_long else "dd-MM-yyyy" if language == "da" else "yyyy-MM-dd"
    return str(babel_date(day, format=pattern, locale=_LOCALES[language]))


def format_year(year: object) -> str:
    """Return a year as four digits, ungrouped."""
    return MISSING if is_missing(year) else str(int(str(year)))


def format_text(text: object) -> str:
    """Return a text as it stands, ``MISSING`` where there is none or it is empty."""
    return MISSING if is_missing(text) or str(text) == "" else str(text)


def word_of(kind: str, code: object, texts: Texts) -> str:
    """Return the user's word for a code, e.g. ``word_of("tenure", "ejerbolig", texts)``."""
    return MISSING if is_missing(code) else texts.get(f"{kind}.{code}")


_SIDE = re.compile(r"(?P<what>.+)_(?P<side>before|after|change)(?P<unit>_n)?")
_WORD_KINDS = {
    "tenure": "tenure",
    "relabelled_from": "tenure",
    "decision": "decision",
    "status": "status",
    "piece": "piece",
    "state": "label.state",
    "age_group": "age_group",
    "origin_group": "origin",
    "severity": "terminal",
}
_UNGROUPED = frozenset({"year", "built_year", "line"})


def title_of(column: str, texts: Texts) -> str:
    """Return the heading of a column; its own name where the catalog has none.

    ``decision_before`` is "Afgørelse (før)", ``dwellings_change_n`` is "Boliger (ændring)".
    """
    if texts.has(f"column.{column}"):
        return texts.get(f"column.{column}")
    side = _SIDE.fullmatch(column)
    if side is None:
        return column
    what = title_of(side["what"] + (side["unit"] or ""), texts)
    return texts.get(f"label.side.{side['side']}", {"what": what})


def show_cell(column: str, value: object, texts: Texts) -> str:
    """Return a cell of a table as people read it, by its column and its type.

    Codes become words, reasons their sentence; a missing count of residents was hidden.
    """
    side = _SIDE.fullmatch(column)
    name = column if side is None else side["what"] + (side["unit"] or "")
    if is_missing(value):
        is_count = name.startswith("residents_") and name.endswith("_n")
        return texts.get("label.suppressed") if is_count else MISSING
    if name == "reason":
        return texts.get(f"reason.{value}.sentence")
    if name == "reason_short":
        return texts.get(f"label.reason.{value}")
    if name in _WORD_KINDS:
        return word_of(_WORD_KINDS[name], value, texts)
    return _show_value(name, value, texts)


def _show_value(name: str, value: object, texts: Texts) -> str:
    if isinstance(value, bool | np.bool_):
        return texts.get("label.yes" if value else "label.no")
    if isinstance(value, Integral):
        return format_year(value) if name in _UNGROUPED else format_count(value, texts.language)
    if isinstance(value, Real):
        return format_number(value, texts.language, decimals=0 if name in {"x", "y"} else 1)
    if isinstance(value, date):
        return format_date(value, texts.language)
    return format_text(value)
