"""The words and numbers of a list, as sheets, layers and the terminal share them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from boundaries.designation.categories import SEVERITY, Category
from boundaries.designation.law import Criterion
from boundaries.disclosure.lists import PublishedList
from data.kommuner import load_kommuner
from data.texts import Texts
from maps import labels

DECIMALS = {Criterion.CONVICTED.value: 2}
"""Decimals of a percentage, where they are not one."""


_SIGNS = {">=": "≥", "<=": "≤"}


def show_comparison(compare: object) -> str:
    """Return a comparison as people write it."""
    return _SIGNS.get(str(compare), str(compare))


def is_hidden(row: dict[str, Any], column: str) -> bool:
    """Tell whether a figure of a published row is hidden, and not merely missing."""
    return column in str(row.get("hidden") or "").split(",")


def name_kommune(kommune_code: object) -> str:
    """Return the name of a kommune, its code where it is in no list of kommuner, empty where missing."""
    if labels.is_missing(kommune_code):
        return ""
    known = load_kommuner().get(str(kommune_code))
    return known.name if known else str(kommune_code)


def name_category(category: object, published: PublishedList, texts: Texts) -> str:
    """Return the law's word for a category on the list date, with a capital; "not on the list" for none."""
    if labels.is_missing(category):
        return texts.get("category.none")
    term = published.made.rules.terms.get(str(category))
    return term[:1].upper() + term[1:] if term else texts.get(f"category.{category}")


def rank_category(category: object) -> int:
    """Return the place of a category by severity, the most severe first, none last."""
    return len(SEVERITY) if labels.is_missing(category) else SEVERITY.index(Category(str(category)))


def list_kinds(published: PublishedList) -> list[Category]:
    """Return the lists that the law of the date has: the widest first, then those within it."""
    order = (
        Category.UDSAT_BOLIGOMRAADE,
        Category.PARALLELSAMFUND,
        Category.OMDANNELSESOMRAADE,
        Category.FOREBYGGELSESOMRAADE,
    )
    return [kind for kind in order if kind in published.made.rules.terms]


def find_last_list(published: PublishedList) -> date | None:
    """Return the date of the list that this one is compared with; None where there is none."""
    days = [
        date.fromisoformat(str(name)) for name in published.made.yearly_list.history if name != "area_key"
    ]
    return max((day for day in days if day < published.list_date), default=None)


def to_percent(share: object, criterion: str = "") -> Decimal | None:
    """Return a share of 1 as per cent with the decimals of its criterion, rounded once, halves up.

    >>> to_percent(Fraction(1, 3))
    Decimal('33.3')
    """
    if not isinstance(share, Fraction):
        return None
    decimals = DECIMALS.get(criterion, 1)
    scaled = share * 100 * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-decimals)


def to_limit(limit: object) -> Decimal | None:
    """Return a threshold in per cent: as it is where it has a few decimals, else with two.

    A multiple of the national share has many.
    """
    if not isinstance(limit, Fraction):
        return None
    scaled = limit * 100
    decimals = next((n for n in range(3) if (scaled * 10**n).denominator == 1), 2)
    whole = (2 * (scaled * 10**decimals) + 1) // 2
    return Decimal(int(whole)).scaleb(-decimals)


def format_decimal(value: Decimal | None, language: str) -> str:
    """Return a number with the decimals that it has, ``MISSING`` where there is none."""
    if value is None:
        return labels.MISSING
    exponent = value.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return labels.format_number(value, language, decimals=decimals)


def format_margin(row: dict[str, Any], texts: Texts) -> str:
    """Return what it takes to change the answer, in whole persons or kroner.

    Parameters
    ----------
    row
        ``criterion`` ("residents" for the number of residents), ``margin_n``, ``margin_direction`` and
        ``hidden``.
    texts
        Catalog with ``list_text.margin``.
    """
    if is_hidden(row, "margin_n"):
        return texts.get("label.suppressed")
    if labels.is_missing(row["margin_direction"]):
        return labels.MISSING
    if labels.is_missing(row["margin_n"]):
        return texts.get("list_text.cannot")
    number = int(row["margin_n"])
    key = f"list_text.margin.{row['criterion']}.{row['margin_direction']}_{'one' if number == 1 else 'other'}"
    return texts.get(key, {"n": labels.format_count(number, texts.language)})


def format_reasons(reasons: object, texts: Texts) -> str:
    """Return why an area left a list, in the report's words."""
    words = [] if labels.is_missing(reasons) else [word for word in str(reasons).split(", ") if word]
    return "; ".join(texts.get(f"list.reason.{word}") for word in words)
