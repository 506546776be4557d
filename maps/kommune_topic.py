"""What a kommune map is about, and how its values are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from data.texts import Texts
from maps import labels


class Unit(StrEnum):
    """What the values are."""

    COUNT = "count"
    SHARE = "share"
    NUMBER = "number"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """The words of a kommune map and the form of its values.

    Attributes
    ----------
    title
        Headline of the page.
    value_label
        What a value is, as the heading of its column: "Forebyggelsesområder".
    unit
        Counts are whole; shares are in per cent.
    decimals
        Of values that are no counts.
    lead
        One sentence below the headline.
    period
        Date or year of the values, as it shall be read.
    source
        Who made the values.
    is_synthetic
        Whether the page must say that its values are invented.
    notes
        Headings and texts of further notes.
    centre
        Value around which the colours part; None for one scale from low to high.
    marked
        Codes of kommuner that are outlined, such as where movers come from.
    marked_label
        What an outline means.
    """

    title: str
    value_label: str
    unit: Unit = Unit.NUMBER
    decimals: int = 1
    lead: str = ""
    period: str = ""
    source: str = ""
    is_synthetic: bool = False
    notes: tuple[tuple[str, str], ...] = ()
    centre: float | Fraction | None = None
    marked: frozenset[str] = frozenset()
    marked_label: str = ""


def format_bare(value: object, topic: Topic, texts: Texts, *, decimals: int | None = None) -> str:
    """Return a value without its unit, for a tile or a legend."""
    if topic.unit is Unit.COUNT and (labels.is_missing(value) or Fraction(str(value)).denominator == 1):
        return labels.format_count(value, texts.language)
    places = topic.decimals if decimals is None else decimals
    return labels.format_number(value, texts.language, decimals=places)


def format_value(value: object, topic: Topic, texts: Texts) -> str:
    """Return a value with its unit."""
    if topic.unit is Unit.SHARE and not labels.is_missing(value):
        return labels.format_share(value, 100, texts.language, decimals=topic.decimals)
    return format_bare(value, topic, texts)


def find_value(row: Mapping[str, object], topic: Topic) -> object:
    """Return the value of a row: of a share with its parts the exact fraction in per cent.

    None where it is missing or hidden.
    """
    if bool(row.get("is_hidden")):
        return None
    parts = row.get("numerator"), row.get("denominator")
    if topic.unit is Unit.SHARE and not any(labels.is_missing(part) for part in parts):
        whole = Fraction(str(parts[1]))
        return 100 * Fraction(str(parts[0])) / whole if whole else None
    return None if labels.is_missing(row.get("value")) else row["value"]
