"""The dwelling check map: every dwelling in and near an area, its decision and the reason.

Written only on request. It carries no resident counts and no persons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.model import REASON_DECISIONS, Decision, Reason
from data.texts import Texts
from maps import labels, layers, legend
from maps.page import Page, PageFrame, PageParts, TableFrame, make_map
from maps.page_texts import describe_law, page_texts, standard_words
from maps.palette import DECISION_STYLES

_KEY = "dwellings-data"
_OTHER_AREA = "other_area:"


@dataclass(frozen=True)
class _Codes:
    """The different words of a column and the position of each row's; -1 where missing."""

    words: list[str]
    positions: list[int]


@dataclass(frozen=True, kw_only=True)
class _ReasonWords:
    """A reason as the page shows it."""

    code: str
    decision: Decision
    count: int
    short: str
    sentence: str
    clause: str


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
    frame = PageFrame(
        kind="dwellings",
        title=heading,
        heading=heading,
        badge=texts.get("page.synthetic") if is_synthetic else "",
        kicker=describe_law(status_date, texts),
        lead=_make_lead(by_decision, len(seen), texts),
        legend=legend.make_decision_legend(by_decision, texts),
        filters=texts.get("page.dwellings.filter"),
        tables=[TableFrame("dwellings", texts.get("page.dwellings.table"))],
        **standard_words("dwellings", texts, is_synthetic=is_synthetic),
    )
    page = Page(
        frame,
        PageParts({_KEY: _make_data(seen, pieces, texts)}, ("page.js", "table.js", "dwellings.js")),
    )
    view = make_map()
    page.add_child(view, name=view.get_name())
    view.add_child(layers.PageScript("drawDwellings", _KEY))
    return page.render()


def _see_from(dwellings: pd.DataFrame, pieces: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the dwellings as the area of the pieces sees them: those of other areas are outside it."""
    own = pieces["area_id"].unique()
    is_other = dwellings["area_id"].notna() & ~dwellings["area_id"].isin(own) & (len(own) > 0)
    return dwellings.assign(
        decision=dwellings["decision"].mask(is_other, Decision.OUTSIDE.value),
        reason=dwellings["reason"].mask(is_other, _OTHER_AREA + dwellings["area_id"].astype("str")),
    )


def _make_lead(counts: Mapping[Decision, int], dwellings_n: int, texts: Texts) -> str:
    values = {
        decision.value: labels.format_count(count, texts.language) for decision, count in counts.items()
    }
    return texts.get(
        "page.dwellings.lead", {**values, "dwellings": labels.format_count(dwellings_n, texts.language)}
    )


def _make_data(dwellings: pd.DataFrame, pieces: gpd.GeoDataFrame, texts: Texts) -> dict[str, object]:
    tenures = _code(dwellings["tenure"])
    parcels = _code(dwellings["parcel_key"])
    extensions = _code(dwellings["extension_id"])
    reasons = _list_reasons(dwellings["reason"], texts)
    position = {reason.code: at for at, reason in enumerate(reasons)}
    origin, x, y = _encode_points(dwellings)
    return {
        "language": texts.language,
        "texts": page_texts("dwellings", texts),
        "symbols": layers.symbol_paths(),
        "columns": _columns(texts),
        "origin": origin,
        "codes": {
            **_reason_words(reasons, texts),
            "tenure": [texts.get(f"tenure.{word}") for word in tenures.words],
            "parcel": parcels.words,
            "extension": extensions.words,
        },
        "dwellings": {
            "id": [str(name) for name in dwellings["dwelling_id"]],
            "address": [None if labels.is_missing(text) else str(text) for text in dwellings["address"]],
            "x": x,
            "y": y,
            "tenure": tenures.positions,
            "parcel": parcels.positions,
            "extension": extensions.positions,
            "reason": [position[word] for word in dwellings["reason"]],
            **_built(dwellings, texts),
        },
        "pieces": _make_pieces(pieces, texts),
    }


def _code(column: pd.Series) -> _Codes:
    positions, words = pd.factorize(column, sort=True)
    return _Codes([str(word) for word in words], [int(at) for at in positions])


def _list_reasons(column: pd.Series, texts: Texts) -> list[_ReasonWords]:
    """Return the reasons that occur, in the order of the legend, then those of other areas."""
    counts = {str(code): int(count) for code, count in column.value_counts().items()}
    known = [
        _ReasonWords(
            code=reason.value,
            decision=decision,
            count=counts[reason.value],
            short=texts.get(f"label.reason.{reason}"),
            sentence=texts.get(f"reason.{reason}.sentence"),
            clause=texts.get(f"reason.{reason}.clause"),
        )
        for decision in DECISION_STYLES
        for reason in Reason
        if REASON_DECISIONS[reason] is decision and reason.value in counts
    ]
    others = sorted(code for code in counts if code.startswith(_OTHER_AREA))
    return [*known, *(_word_other_area(code, counts[code], texts) for code in others)]


def _word_other_area(code: str, count: int, texts: Texts) -> _ReasonWords:
    values = {"area_id": code.removeprefix(_OTHER_AREA)}
    return _ReasonWords(
        code=code,
        decision=Decision.OUTSIDE,
        count=count,
        short=texts.get("label.other_area.short", values),
        sentence=texts.get("label.other_area.sentence", values),
        clause=texts.get(f"reason.{Reason.OUTSIDE}.clause"),
    )


def _reason_words(reasons: Sequence[_ReasonWords], texts: Texts) -> dict[str, object]:
    decisions = list(DECISION_STYLES)
    return {
        "decision": [decision.value for decision in decisions],
        "decision_text": [texts.get(f"decision.{decision}") for decision in decisions],
        "reason": [reason.code for reason in reasons],
        "reason_decision": [decisions.index(reason.decision) for reason in reasons],
        "reason_n": [reason.count for reason in reasons],
        "short": [reason.short for reason in reasons],
        "sentence": [reason.sentence for reason in reasons],
        "clause": [reason.clause for reason in reasons],
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


def _encode_points(dwellings: pd.DataFrame) -> tuple[list[int], list[int | None], list[int | None]]:
    """Return an origin and each dwelling's step from it in millionths of a degree, None without a point."""
    x, y = layers.spread_points(dwellings)
    has_point = np.isfinite(x) & np.isfinite(y)
    points = [shapely.Point(at) for at in zip(x[has_point], y[has_point], strict=True)]
    degrees = shapely.get_coordinates(layers.to_wgs84(points))
    whole = np.rint(degrees * layers.MICRODEGREES).astype(np.int64)
    origin = whole.min(axis=0) if len(whole) else np.zeros(2, dtype=np.int64)
    steps = iter((whole - origin).tolist())
    pairs = [next(steps) if is_set else (None, None) for is_set in has_point]
    return origin.tolist(), [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _make_pieces(pieces: gpd.GeoDataFrame, texts: Texts) -> list[dict[str, object]]:
    drawn = pieces[pieces.geometry.notna() & ~pieces.geometry.is_empty]
    degrees = layers.to_wgs84(drawn.geometry)
    return [
        {
            "style": "base" if row["piece"] == "base" else "extension-in_force",
            "title": _piece_title(row, texts),
            "polygons": layers.encode_polygons(shape),
        }
        for row, shape in zip(labels.list_rows(drawn), degrees, strict=True)
    ]


def _piece_title(row: Mapping[str, object], texts: Texts) -> str:
    values = {
        "parcel": labels.format_text(row["parcel_key"]),
        "extension": labels.format_text(row["extension_id"]),
        "date": labels.format_date(row["approved_on"], texts.language),
    }
    return texts.get(f"page.piece.{row['piece']}", values)


def _columns(texts: Texts) -> list[dict[str, object]]:
    return [
        {"title": texts.get("label.head.address"), "kind": "text"},
        {"title": texts.get("label.head.tenure"), "kind": "text"},
        {"title": texts.get("label.head.built"), "kind": "number"},
        {"title": texts.get("label.head.decision"), "kind": "text", "isMarked": True},
    ]
