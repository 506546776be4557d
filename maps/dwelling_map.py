"""The dwelling check map: every dwelling in and near an area, its decision and the reason.

Written only on request. It carries no resident counts and no persons.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from boundaries.model import Decision
from data.texts import Texts
from maps import labels, layers, legend
from maps.dwelling_data import (
    OTHER_AREA,
    code_column,
    describe_pieces,
    describe_reasons,
    encode_dwellings,
    list_reasons,
)
from maps.map_page import render_map_page
from maps.page import PageFrame, PageParts, TableFrame
from maps.page_texts import describe_law, page_texts, standard_words
from maps.palette import DECISION_STYLES

_KEY = "dwellings-data"


def render_dwelling_map(
    dwellings: pd.DataFrame,
    pieces: gpd.GeoDataFrame,
    texts: Texts,
    *,
    title: str,
    status_date: date,
    is_synthetic: bool = False,
) -> str:
    """Return the check map of an area's dwellings as HTML.

    Parameters
    ----------
    dwellings
        The dwellings in and near the area, columns as `Assessment.dwellings`; x, y in EPSG:25832.
    pieces
        The parcels and polygons of the area, columns as `Assessment.pieces`, EPSG:25832.
    texts
        Catalog of the page's language.
    title
        The area's name; the heading asks which of its dwellings count.
    status_date
        The date that the decisions hold for.
    is_synthetic
        Marks the page.

    Returns
    -------
    str
        One HTML document that fetches nothing; the same bytes for the same input.
    """
    heading = texts.get("page.dwellings.title", {"name": title})
    seen = _see_from(dwellings, pieces)
    counts = seen["decision"].value_counts()
    by_decision = {decision: int(counts.get(decision.value, 0)) for decision in DECISION_STYLES}
    data = _make_data(seen, pieces, texts)
    styles = {piece["style"] for piece in data["pieces"]}
    frame = PageFrame(
        kind="dwellings",
        title=heading,
        heading=heading,
        badge=texts.get("page.synthetic") if is_synthetic else "",
        kicker=describe_law(status_date, texts),
        lead=_make_lead(by_decision, len(seen), texts),
        legend=legend.make_check_legend(by_decision, styles, texts),
        filters=texts.get("page.dwellings.filter"),
        tables=[TableFrame("dwellings", texts.get("page.dwellings.table"))],
        **standard_words("dwellings", texts, is_synthetic=is_synthetic),
    )
    scripts = ("page.js", "table.js", "dots.js", "dwellings.js")
    return render_map_page(
        frame,
        PageParts({_KEY: data}, scripts, file_stem="boliger"),
        draw="drawDwellings",
        key=_KEY,
    )


def _see_from(dwellings: pd.DataFrame, pieces: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the dwellings as the area of the pieces sees them: those of other areas are outside it."""
    own = pieces["area_id"].unique()
    is_other = dwellings["area_id"].notna() & ~dwellings["area_id"].isin(own) & (len(own) > 0)
    return dwellings.assign(
        decision=dwellings["decision"].mask(is_other, Decision.OUTSIDE.value),
        reason=dwellings["reason"].mask(is_other, OTHER_AREA + dwellings["area_id"].astype("str")),
    )


def _make_lead(counts: Mapping[Decision, int], dwellings_n: int, texts: Texts) -> str:
    values = {
        decision.value: labels.format_count(count, texts.language) for decision, count in counts.items()
    }
    return texts.get(
        "page.dwellings.lead", {**values, "dwellings": labels.format_count(dwellings_n, texts.language)}
    )


def _make_data(dwellings: pd.DataFrame, pieces: gpd.GeoDataFrame, texts: Texts) -> dict[str, Any]:
    tenures = code_column(dwellings["tenure"])
    parcels = code_column(dwellings["parcel_key"])
    extensions = code_column(dwellings["extension_id"])
    reasons = list_reasons(dwellings["reason"], texts)
    position = {reason.code: at for at, reason in enumerate(reasons)}
    origin, columns = encode_dwellings(dwellings, tenures)
    return {
        "language": texts.language,
        "texts": page_texts("dwellings", texts),
        "symbols": layers.symbol_paths(),
        "columns": _columns(texts),
        "origin": origin,
        "codes": {
            **describe_reasons(reasons, texts),
            "tenure": [texts.get(f"tenure.{word}") for word in tenures.words],
            "parcel": parcels.words,
            "extension": extensions.words,
        },
        "dwellings": {
            **columns,
            "parcel": parcels.positions,
            "extension": extensions.positions,
            "reason": [position[word] for word in dwellings["reason"]],
            **_built(dwellings, texts),
        },
        "pieces": describe_pieces(pieces, texts),
    }


def _built(dwellings: pd.DataFrame, texts: Texts) -> dict[str, list[object]]:
    days = [None if labels.is_missing(day) else day for day in dwellings["built_on"]]
    years = [None if labels.is_missing(year) else int(year) for year in dwellings["built_year"]]
    language = texts.language
    shown: list[object] = []
    order: list[object] = []
    for day, year in zip(days, years, strict=True):
        shown.append(
            labels.format_date(day, language) if day is not None else None if year is None else str(year)
        )
        order.append(day.year if day is not None else year)
    relabelled = [
        None if labels.is_missing(day) else labels.format_date(day, language)
        for day in dwellings["relabelled_on"]
    ]
    return {"built": shown, "built_sort": order, "relabelled": list(relabelled)}


def _columns(texts: Texts) -> list[dict[str, object]]:
    return [
        {"title": texts.get("label.head.address"), "kind": "text"},
        {"title": texts.get("label.head.tenure"), "kind": "text"},
        {"title": texts.get("label.head.built"), "kind": "number"},
        {
            "title": texts.get("label.head.decision"),
            "kind": "text",
            "isMarked": True,
            "noteTitle": texts.get("page.dwellings.reason"),
        },
    ]
