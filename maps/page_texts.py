"""The words that every page shares: law and date, settings, sources, and what the scripts say."""

from dataclasses import fields
from datetime import date
from typing import TypedDict

import pandas as pd

from boundaries.model import Settings
from data.texts import Texts
from maps import labels

_FIRST_YEAR_OF_ALL_DWELLINGS = 2020


class StandardWords(TypedDict):
    """The fields of a page's frame that hang on its kind and language alone."""

    language: str
    skip: str
    map_label: str
    map_note: str
    legend_label: str
    side_label: str
    search_label: str
    notes_label: str
    credits: str
    noscript: str


def standard_words(kind: str, texts: Texts, *, is_synthetic: bool) -> StandardWords:
    """Return the standing words of a page of `kind` ("areas" or "dwellings")."""
    return StandardWords(
        language=texts.language,
        skip=texts.get("page.skip"),
        map_label=texts.get(f"page.{kind}.map_label"),
        map_note=texts.get(f"page.{kind}.map_note"),
        legend_label=texts.get("page.legend_label"),
        side_label=texts.get(f"page.{kind}.side_label"),
        search_label=texts.get(f"page.{kind}.search"),
        notes_label=texts.get("page.notes_label"),
        credits=texts.get("page.credits_synthetic" if is_synthetic else "page.credits"),
        noscript=texts.get("page.noscript"),
    )


def page_texts(kind: str, texts: Texts) -> dict[str, str]:
    """Return what the scripts of a page of `kind` say, by the names that they use."""
    return {**script_texts("page.script", texts), "map_label": texts.get(f"page.{kind}.map_label")}


def script_texts(section: str, texts: Texts) -> dict[str, str]:
    """Return what a script says by a section of the catalog; fields in double braces are the script's own."""
    return {name: texts.get(f"{section}.{name}") for name in texts.section(section)}


def describe_law(status_date: date, texts: Texts) -> str:
    """Return status date, data year and the rule that holds for it, as one line."""
    rule = "from_2020" if status_date.year >= _FIRST_YEAR_OF_ALL_DWELLINGS else "before_2020"
    day = labels.format_date(status_date, texts.language, is_long=True)
    return texts.get(f"page.law.{rule}", {"date": day, "year": status_date.year})


def describe_settings(settings: Settings, texts: Texts) -> list[tuple[str, str]]:
    """Return each setting that the sources leave open with its value, for the page's notes."""
    return [
        (
            texts.get(f"page.setting.{item.name}.title"),
            _describe_value(item.name, getattr(settings, item.name), texts),
        )
        for item in fields(settings)
    ]


def _describe_value(name: str, value: object, texts: Texts) -> str:
    word = f"page.setting.{name}.{str(value).lower()}"
    if texts.has(word):
        return texts.get(word)
    number = labels.format_number(value, texts.language, decimals=0 if isinstance(value, int) else 1)
    return texts.get(f"page.setting.{name}.value", {"value": number})


def describe_sources(files: pd.DataFrame, texts: Texts) -> list[tuple[str, str]]:
    """Return the input files as one note: name and number of rows; nothing where none is listed."""
    if files.empty:
        return []
    sources = [
        texts.get(
            "page.source", {"file": row["file"], "rows": labels.format_count(row["rows_n"], texts.language)}
        )
        for row in labels.list_rows(files)
    ]
    return [(texts.get("page.sources"), "; ".join(sources))]
