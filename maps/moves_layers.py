"""Layers of movers for QGIS: flows as lines between kommuner, and the share of leavers in each kommune."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.movers import KommuneMoves
from boundaries.moves.products import EXPOSED
from data.texts import Texts
from geo.crs import WORKING_CRS
from geo.geopackage import Column, Layer
from maps import layers
from maps.moves_sheets import name_place
from maps.palette import AREA_STYLE, EXTENSION_STYLES, PAGE_INKS, ExtensionState, Ink
from maps.qml import (
    add_aliases,
    add_categories,
    add_symbol_layer,
    make_symbol,
    mm,
    rgba,
    start_style,
    write_style,
)

_INKS: Mapping[str, Ink] = {
    "udsat": PAGE_INKS["accent"],
    "ikke_udsat": AREA_STYLE.line,
    "uden_for_alder": EXTENSION_STYLES[ExtensionState.IN_FORCE].line,
}
_FLOW_COLUMNS = ("year", "exposure", "from_kommune", "from_name", "to_kommune", "to_name", "movers_n")
_DESTINATION_COLUMNS = ("year", "kommune_code", "kommune", "movers_n", "leavers_n")


def moves_layers(kommuner: KommuneMoves, geometry: gpd.GeoDataFrame, texts: Texts) -> list[Layer]:
    """Return the layers of moves between kommuner.

    Parameters
    ----------
    kommuner
        As `boundaries.movers.follow_movers` returns them: hidden flows have no line, hidden counts are null.
    geometry
        ``kommune_code`` and polygons in EPSG:25832.
    texts
        Language of titles.

    Returns
    -------
    list of Layer
        ``stroemme``: a straight line for each flow that is shown, between points within the kommuner;
        ``hvorhen``: a kommune and year a row, the socially exposed who moved there.
    """
    shapes = geometry.set_index("kommune_code").geometry
    made = [_make_flows(kommuner.flows, shapes, texts)]
    if kommuner.kommuner_with:
        made.append(_make_destinations(kommuner.destinations, shapes, texts))
    return made


def _describe(names: tuple[str, ...], texts: Texts) -> dict[str, Column]:
    return {name: Column(title=texts.get(f"moves.column.{name}")) for name in names}


def _make_flows(flows: pd.DataFrame, shapes: gpd.GeoSeries, texts: Texts) -> Layer:
    anchors = {code: layers.find_anchor(shape) for code, shape in shapes.items()}
    is_drawn = (
        flows["movers_n"].gt(0).fillna(value=False).astype(bool)
        & flows["from_kommune"].ne(flows["to_kommune"])
        & flows["from_kommune"].isin(anchors)
        & flows["to_kommune"].isin(anchors)
    )
    own = flows[is_drawn].reset_index(drop=True)
    own = own.assign(
        from_name=own["from_kommune"].map(name_place).astype("str"),
        to_name=own["to_kommune"].map(name_place).astype("str"),
        year=own["year"].astype("int64"),
        movers_n=own["movers_n"].astype("int64"),
    )
    ends = zip(own["from_kommune"], own["to_kommune"], strict=True)
    pairs = [shapely.get_coordinates([anchors[start], anchors[end]]) for start, end in ends]
    lines = [shapely.LineString(pair) for pair in pairs]
    frame = gpd.GeoDataFrame(own[list(_FLOW_COLUMNS)], geometry=lines, crs=WORKING_CRS)
    return Layer(
        name="stroemme",
        frame=frame,
        title=texts.get("moves.sheet.flows"),
        description=texts.get("moves.about.flows"),
        columns=_describe(_FLOW_COLUMNS, texts),
        qml=_style_flows(sorted(set(own["exposure"])), texts),
        geometry_type="LineString",
    )


def _style_flows(exposures: list[str], texts: Texts) -> str:
    root = start_style()
    categories = []
    for exposure in exposures:
        symbol = make_symbol(exposure, "line")
        colour = rgba(_INKS.get(exposure, PAGE_INKS["control"]).light, 0.5)
        add_symbol_layer(
            symbol, "SimpleLine", {"line_color": colour, "line_width": mm(1.5), "line_width_unit": "MM"}
        )
        categories.append((exposure, texts.get(f"moves.exposure.{exposure}"), symbol))
    add_categories(root, "exposure", categories)
    add_aliases(root, ((name, texts.get(f"moves.column.{name}")) for name in _FLOW_COLUMNS))
    return write_style(root)


def _make_destinations(table: pd.DataFrame, shapes: gpd.GeoSeries, texts: Texts) -> Layer:
    own = table[table["exposure"].eq(EXPOSED) & table["to_kommune"].isin(shapes.index)].reset_index(drop=True)
    own = own.rename(columns={"to_kommune": "kommune_code"})
    own = own.assign(kommune=own["kommune_code"].map(name_place).astype("str"))
    places = shapes.loc[own["kommune_code"]].to_numpy()
    frame = gpd.GeoDataFrame(own[list(_DESTINATION_COLUMNS)], geometry=places, crs=WORKING_CRS)
    root = start_style()
    symbol = make_symbol("0", "fill")
    fill = {"color": rgba(PAGE_INKS["ground"].light), "outline_color": rgba(PAGE_INKS["control"].light)}
    add_symbol_layer(symbol, "SimpleFill", fill)
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", enableorderby="0", symbollevels="0")
    ET.SubElement(renderer, "symbols").append(symbol)
    add_aliases(root, ((name, texts.get(f"moves.column.{name}")) for name in _DESTINATION_COLUMNS))
    return Layer(
        name="hvorhen",
        frame=frame,
        title=texts.get("moves.sheet.destinations"),
        description=texts.get("moves.about.destinations"),
        columns=_describe(_DESTINATION_COLUMNS, texts),
        qml=write_style(root),
    )
