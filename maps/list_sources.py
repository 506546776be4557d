"""What a list rests on: dates, the law with its references, settings, regions and files."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from boundaries.disclosure.lists import PublishedList
from data.law import Parameter, Value
from data.texts import Texts
from maps import labels
from maps.list_words import find_last_list, format_decimal, show_comparison

SOURCE_COLUMNS = ("subject", "item", "law_value", "unit", "starts_on", "source", "href", "note")
"""Columns of the sources."""


def list_sources(published: PublishedList, texts: Texts) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Return the columns and rows of the sources: dates, disclosure, regions, law, settings, files."""
    rows = [
        *_list_dates(published, texts),
        *_list_disclosure(published, texts),
        *_list_regions(published, texts),
        *_list_definitions(published, texts),
        *_list_law(published, texts),
        *_list_settings(published, texts),
        *_list_files(published, texts),
    ]
    return SOURCE_COLUMNS, rows


def show_law_value(parameter: Parameter, value: Value | None, texts: Texts) -> str:
    """Return a value of the law in words, its comparison in front where it is a threshold."""
    if value is None:
        return texts.get("list_text.law.repealed")
    sign = "" if parameter.compare == "=" else f"{show_comparison(parameter.compare)} "
    return sign + _show_value(parameter, value, texts)


def _show_value(parameter: Parameter, value: Value, texts: Texts) -> str:
    if isinstance(value, tuple):
        return ", ".join(texts.get(f"criterion.{word}.title") for word in value)
    if isinstance(value, bool):
        return texts.get(f"list_text.law.{'yes' if value else 'no'}")
    if isinstance(value, date):
        return labels.format_date(value, texts.language)
    if isinstance(value, int | Decimal):
        is_year = parameter.unit == "year"
        return labels.format_year(value) if is_year else format_decimal(Decimal(value), texts.language)
    return texts.get(f"sheet.rule.{value}") if parameter.unit == "rule" else value


def _list_dates(published: PublishedList, texts: Texts) -> list[dict[str, Any]]:
    last = find_last_list(published)
    dates = {"list_date": published.list_date, "status_date": published.status_date, "last_list": last}
    rows = [
        {
            "subject": texts.get("sheet.subject.list"),
            "item": texts.get(f"sheet.source.{key}"),
            "law_value": labels.format_date(day, texts.language)
            if day
            else texts.get("sheet.source.no_last_list"),
        }
        for key, day in dates.items()
    ]
    if published.is_synthetic:
        rows.append({"subject": texts.get("sheet.subject.list"), "item": texts.get("sheet.source.synthetic")})
    return rows


def _list_disclosure(published: PublishedList, texts: Texts) -> list[dict[str, Any]]:
    values = {"largest": published.threshold_n - 1}
    items = (texts.get("sheet.source.threshold", values), texts.get("sheet.source.status_stays"))
    return [{"subject": texts.get("sheet.subject.disclosure"), "item": item} for item in items]


def _list_regions(published: PublishedList, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "subject": texts.get("sheet.subject.region"),
            "item": texts.get("sheet.source.region", {"kommune_code": code}),
            "law_value": region_code,
            "note": texts.get("sheet.source.region_note", {"region_code": region_code}),
        }
        for code, region_code in published.made.regions.assumed.items()
    ]


def _list_definitions(published: PublishedList, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "subject": texts.get("sheet.subject.criterion"),
            "item": texts.get(f"criterion.{criterion}.title"),
            "note": texts.get(f"criterion.{criterion}.definition"),
        }
        for criterion in published.criteria["criterion"].unique()
    ]


def _list_law(published: PublishedList, texts: Texts) -> list[dict[str, Any]]:
    rows = []
    for row in published.made.law.rows:
        entry = row.in_force
        if entry is None:
            continue
        rows.append(
            {
                "subject": texts.get("sheet.subject.law"),
                "item": texts.get(f"law.{row.parameter.name}.title"),
                "law_value": show_law_value(row.parameter, entry.value, texts),
                "unit": texts.get(f"law.unit.{row.parameter.unit}"),
                "starts_on": pd.Timestamp(entry.starts_on),
                "source": entry.reference.title,
                "href": entry.reference.href,
            }
        )
    return rows


def _list_settings(published: PublishedList, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "subject": texts.get("sheet.subject.setting"),
            "item": name,
            "law_value": str(value).lower() if isinstance(value, bool) else str(value),
        }
        for name, value in asdict(published.made.assessment.settings).items()
    ]


def _list_files(published: PublishedList, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "subject": texts.get("sheet.subject.input"),
            "item": row["register"],
            "source": " · ".join(
                str(row[name]) for name in ("file", "layer") if row[name] and not labels.is_missing(row[name])
            ),
            "note": texts.get(
                "sheet.source.rows",
                {"rows": labels.format_count(row["rows_n"], texts.language), "sha256": row["sha256"]},
            ),
        }
        for row in labels.list_rows(published.made.assessment.files)
    ]
