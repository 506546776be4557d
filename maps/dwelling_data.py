"""What pages of dwellings carry: codes with their words, reasons, points and parcels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.model import REASON_DECISIONS, Decision, Reason
from data.texts import Texts
from maps import labels, layers
from maps.palette import DECISION_STYLES

OTHER_AREA = "other_area:"
"""Before the area's id in the reason of a dwelling that another area decides."""


@dataclass(frozen=True)
class Codes:
    """The different words of a column and the position of each row's; -1 where missing."""

    words: list[str]
    positions: list[int]


@dataclass(frozen=True, kw_only=True)
class ReasonWords:
    """A reason as the page shows it."""

    code: str
    decision: Decision
    count: int
    short: str
    sentence: str
    clause: str


def code_column(column: pd.Series) -> Codes:
    """Return a column as positions in its sorted words."""
    positions, words = pd.factorize(column, sort=True)
    return Codes([str(word) for word in words], [int(at) for at in positions])


def list_reasons(column: pd.Series, texts: Texts) -> list[ReasonWords]:
    """Return the reasons that occur, in the order of the legend, then those of other areas."""
    counts = {str(code): int(count) for code, count in column.value_counts().items()}
    known = [
        ReasonWords(
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
    others = sorted(code for code in counts if code.startswith(OTHER_AREA))
    return [*known, *(_word_other_area(code, counts[code], texts) for code in others)]


def _word_other_area(code: str, count: int, texts: Texts) -> ReasonWords:
    values = {"area_id": code.removeprefix(OTHER_AREA)}
    return ReasonWords(
        code=code,
        decision=Decision.OUTSIDE,
        count=count,
        short=texts.get("label.other_area.short", values),
        sentence=texts.get("label.other_area.sentence", values),
        clause=texts.get(f"reason.{Reason.OUTSIDE}.clause"),
    )


def describe_reasons(reasons: Sequence[ReasonWords], texts: Texts) -> dict[str, object]:
    """Return the words of decisions and reasons, each by position, for the page's script."""
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


def encode_dwellings(dwellings: pd.DataFrame, tenures: Codes) -> tuple[list[int], dict[str, object]]:
    """Return the origin of the points, and what every page says of each dwelling, a list a column."""
    origin, x, y = _encode_points(dwellings)
    return origin, {
        "id": [str(name) for name in dwellings["dwelling_id"]],
        "address": [None if labels.is_missing(text) else str(text) for text in dwellings["address"]],
        "x": x,
        "y": y,
        "tenure": tenures.positions,
    }


def describe_pieces(pieces: gpd.GeoDataFrame, texts: Texts) -> list[dict[str, object]]:
    """Return the parcels and polygons of an area (`Assessment.pieces`) with style, title and outline."""
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
