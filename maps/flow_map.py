"""Flow lines: who moved from which kommune to which, as curves on the map of kommuner.

Hidden flows are not in the page; it says how many there are. The page draws the largest flows of what is
chosen, so many that they make 80 per cent of those who can be shown, at most 60, and says so.
"""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from data.kommuner import load_kommuner
from data.texts import Texts
from data.tiles import CHRISTIANSOE_CODE, load_tiles
from geo.coverage import simplify_to_size
from maps import labels, layers
from maps.map_page import render_map_page
from maps.page import KeyFigure, PageFrame, PageParts, TableFrame
from maps.page_texts import page_texts, script_texts, standard_words

DRAWN_SHARE_PCT = 80
DRAWN_MAX_N = 60
"""The rule by which lines are thinned; the page says it."""

VERTICES_MAX_N = 16_000

_KEY = "flows-data"
_PARTS = ["year", "exposure"]


def render_flow_map(
    flows: pd.DataFrame,
    texts: Texts,
    *,
    kommuner_with: Sequence[str] = (),
    geometry: gpd.GeoDataFrame | None = None,
    is_synthetic: bool = False,
) -> str:
    """Return the page of flow lines as HTML.

    Parameters
    ----------
    flows
        As `boundaries.disclosure.flows.suppress_flows` returns them; what is hidden there is not in the page.
    texts
        Catalog of the page's language.
    kommuner_with
        Kommuner that are outlined: those with prevention areas.
    geometry
        ``kommune_code`` and polygons in EPSG:25832; None for the tile map alone.
    is_synthetic
        Whether the page must say that its numbers are invented.

    Returns
    -------
    str
        One HTML document that fetches nothing; the same bytes for the same input.
    """
    codes = _list_codes(flows, geometry)
    moves = flows[
        flows["from_kommune"].ne(flows["to_kommune"])
        & flows["from_kommune"].isin(codes)
        & flows["to_kommune"].isin(codes)
    ]
    data = {
        "language": texts.language,
        "texts": page_texts("flows", texts) | script_texts("flow_map.script", texts),
        "kommuner": [_describe_kommune(code, kommuner_with) for code in codes],
        "sets": _encode_sets(moves, codes, texts),
        "rule": {"share": DRAWN_SHARE_PCT, "most": DRAWN_MAX_N},
        **_encode_geometry(geometry, codes),
    }
    return render_map_page(
        _make_frame(moves, texts, is_synthetic=is_synthetic, has_marked=bool(kommuner_with)),
        PageParts(
            {_KEY: data},
            ("page.js", "table.js", "flows.js"),
            styles=("kommuner.css", "flows.css"),
            file_stem="flytninger",
        ),
        draw="drawFlows",
        key=_KEY,
    )


def _list_codes(flows: pd.DataFrame, geometry: gpd.GeoDataFrame | None) -> list[str]:
    """Return the kommuner of the map that anyone could move between."""
    placed = set(load_tiles()) if geometry is None else {*load_tiles(), *geometry["kommune_code"]}
    used = {*flows["from_kommune"], *flows["to_kommune"]}
    return sorted((placed & used) | (set(load_tiles()) - {CHRISTIANSOE_CODE}))


def _describe_kommune(code: str, kommuner_with: Sequence[str]) -> dict[str, object]:
    tile, known = load_tiles().get(code), load_kommuner().get(code)
    return {
        "key": code,
        "name": known.name if known else code,
        "short": tile.short_name if tile else code,
        "tile": list(tile.centre) if tile else None,
        "isMarked": code in set(kommuner_with),
    }


def _encode_sets(moves: pd.DataFrame, codes: Sequence[str], texts: Texts) -> list[dict[str, object]]:
    """Return the flows of each year and exposure, largest first, as places in `codes` and a count."""
    place = {code: at for at, code in enumerate(codes)}
    sets = []
    for (year, exposure), own in moves.groupby(_PARTS, sort=True):
        is_hidden = own["is_hidden"].to_numpy(dtype=bool)
        hidden = own[is_hidden]
        shown = own[~is_hidden & own["movers_n"].gt(0).fillna(value=False).to_numpy(dtype=bool)]
        ordered = shown.sort_values(
            ["movers_n", "from_kommune", "to_kommune"], ascending=[False, True, True], kind="stable"
        )
        columns = [
            ordered["from_kommune"].map(place),
            ordered["to_kommune"].map(place),
            ordered["movers_n"].astype("int64"),
        ]
        ends: list[pd.Series] = [
            hidden[side].value_counts().reindex(list(codes), fill_value=0) for side in _ENDS
        ]
        sets.append(
            {
                "year": int(str(year)),
                "exposure": str(exposure),
                "name": texts.get(f"moves.exposure.{exposure}"),
                "flows": np.column_stack(columns).ravel().tolist(),
                "hidden": len(hidden),
                "hiddenFrom": ends[0].tolist(),
                "hiddenTo": ends[1].tolist(),
            }
        )
    return sets


_ENDS = ("from_kommune", "to_kommune")


def _encode_geometry(geometry: gpd.GeoDataFrame | None, codes: Sequence[str]) -> dict[str, object]:
    if geometry is None:
        return {"polygons": None, "anchors": None}
    known = geometry[geometry["kommune_code"].isin(codes)].sort_values("kommune_code")
    shapes = list(simplify_to_size(known.geometry, max_vertices=VERTICES_MAX_N).geometry)
    names = known["kommune_code"].tolist()
    degrees = layers.to_wgs84(shapes)
    anchors = layers.to_wgs84([layers.find_anchor(shape) for shape in shapes])
    return {
        "polygons": {code: layers.encode_polygons(shape) for code, shape in zip(names, degrees, strict=True)},
        "anchors": {code: layers.encode_point(point) for code, point in zip(names, anchors, strict=True)},
    }


def _make_frame(moves: pd.DataFrame, texts: Texts, *, is_synthetic: bool, has_marked: bool) -> PageFrame:
    years = sorted({int(year) for year in moves["year"]})
    period = f"{years[0]}–{years[-1]}" if years else ""
    hidden_n = int(moves["is_hidden"].sum())
    hidden = labels.format_count(hidden_n, texts.language)
    numbers = {
        "hidden": hidden,
        "total": labels.format_count(len(moves), texts.language),
        "share": DRAWN_SHARE_PCT,
        "most": DRAWN_MAX_N,
    }
    notes = [
        (texts.get("flow_map.rule"), texts.get("flow_map.rule_text", numbers)),
        (texts.get("flow_map.hidden"), texts.get("flow_map.hidden_text", numbers)),
        (texts.get("page.kommuner.tiles"), texts.get("page.kommuner.tiles_text")),
    ]
    if has_marked:
        notes.insert(1, (texts.get("flow_map.marked"), texts.get("flow_map.marked_text")))
    words = standard_words("flows", texts, is_synthetic=is_synthetic)
    standing = "page.kommuner.credits_synthetic" if is_synthetic else "page.kommuner.credits"
    words["credits"] = texts.get(standing)
    return PageFrame(
        kind="kommuner flows",
        title=texts.get("flow_map.title"),
        heading=texts.get("flow_map.title"),
        badge=texts.get("page.synthetic") if is_synthetic else "",
        kicker=" · ".join(filter(None, [texts.get("page.kommuner.kicker"), period])),
        lead=texts.get("flow_map.lead", numbers),
        figures=[
            KeyFigure(
                value=labels.format_count(len(moves) - hidden_n, texts.language),
                label=texts.get("flow_map.figure_shown"),
            ),
            KeyFigure(value=hidden, label=texts.get("flow_map.figure_hidden")),
        ],
        tables=[TableFrame("flows", texts.get("flow_map.table"))],
        notes=notes,
        **words,
    )
