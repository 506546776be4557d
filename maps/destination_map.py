"""Where movers go: the share of leavers by destination kommune, on the map of kommuner."""

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from data.texts import Texts
from maps import labels
from maps.classes import Classes, Method, classify
from maps.kommune_map import render_kommune_map
from maps.kommune_rows import collect_values
from maps.kommune_topic import Topic, Unit, format_value

DESTINATION_COLUMNS = ("kommune_code", "name", "numerator", "denominator", "is_hidden")
"""What `render_destinations` takes: movers to a kommune, and all who moved; hidden counts are marked."""

_CLASSES_N = 5


def render_destinations(
    flows: pd.DataFrame,
    texts: Texts,
    *,
    topic: Topic | None = None,
    origins: Iterable[str] = (),
    geometry: gpd.GeoDataFrame | None = None,
    tiles: bool = False,
) -> str:
    """Return the page of mover destinations as HTML.

    Classes are natural breaks (Fisher-Jenks) of the shares; the tail is long, so that few kommuner stand out.

    Parameters
    ----------
    flows
        ``DESTINATION_COLUMNS``, one row a destination. Hidden counts take no part and are not in the page;
        that they cannot be computed from the rest is for whoever hid them.
    texts
        Catalog of the page's language.
    topic
        Words of the page, such as source, period and notes; general ones about socially exposed leavers
        where None. Unit, outlines and, where it is empty, the lead are set here.
    origins
        Codes of the kommuner that the movers leave; outlined on the map.
    geometry, tiles
        As `maps.kommune_map.render_kommune_map` takes them.

    Returns
    -------
    str
        One HTML document that fetches nothing; the same bytes for the same input.
    """
    given = topic or Topic(
        title=texts.get("destinations.title"), value_label=texts.get("destinations.value_label")
    )
    whole = replace(
        given,
        unit=Unit.SHARE,
        marked=frozenset(origins),
        marked_label=given.marked_label or texts.get("destinations.marked"),
    )
    listed = flows.assign(value=float("nan"))
    classes = classify_shares(listed, whole)
    if not whole.lead:
        whole = replace(whole, lead=_make_lead(listed, whole, texts))
    return render_kommune_map(listed, texts, topic=whole, classes=classes, geometry=geometry, tiles=tiles)


def classify_shares(flows: pd.DataFrame, topic: Topic) -> Classes:
    """Return the classes of the shares of `flows`, in its order."""
    shares, hidden = collect_values(flows, topic)
    return classify(shares, method=Method.FISHER_JENKS, classes_n=_CLASSES_N, is_hidden=hidden)


def _make_lead(flows: pd.DataFrame, topic: Topic, texts: Texts) -> str:
    """Say how many moved and to which kommune most went: the first by code where several had as many."""
    shares, _ = collect_values(flows, topic)
    shown = [
        (share, row) for share, row in zip(shares, labels.list_rows(flows), strict=True) if share is not None
    ]
    if not shown:
        return texts.get("destinations.lead_empty")
    share, row = max(shown, key=lambda pair: (pair[0], [-ord(sign) for sign in str(pair[1]["kommune_code"])]))
    values = {
        "movers": labels.format_count(row["denominator"], texts.language),
        "share": format_value(share, topic, texts),
        "name": row["name"],
    }
    return texts.get("destinations.lead", values)
