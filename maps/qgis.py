"""QGIS styles by the same palette, and the layers of the GeoPackage.

QML as QGIS 3.22 and later read it: categorised by one plain column, with the shape, colour, outline
and hatch of the pages. Properties are written in both spellings that 3.22 itself writes.
"""

from collections.abc import Mapping
from typing import Literal
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.model import Assessment, Decision, Tenure
from data.codes.tenure_rules import describe_sources
from data.texts import Texts
from geo.crs import WORKING_CRS
from geo.geopackage import Column, Layer
from maps import layers, withheld
from maps.palette import AREA_STYLE, DECISION_STYLES, EXTENSION_STYLES, ExtensionState, Shape
from maps.qml import (
    add_aliases,
    add_categories,
    add_labels,
    add_symbol_layer,
    make_fill_symbol,
    make_symbol,
    rgba,
    start_style,
    write_style,
)

LayerName = Literal["areas", "pieces", "extensions", "dwellings"]

_SYMBOL_MM = 2.4

_MARKERS: Mapping[Shape, str] = {
    Shape.CIRCLE: "circle",
    Shape.SQUARE: "square",
    Shape.TRIANGLE: "triangle",
    Shape.DIAMOND: "diamond",
}

_GEOMETRY: Mapping[LayerName, str] = {
    "areas": "MultiPolygon",
    "pieces": "MultiPolygon",
    "extensions": "MultiPolygon",
    "dwellings": "Point",
}

COLUMNS: Mapping[LayerName, tuple[str, ...]] = {
    "areas": (
        *("area_id", "name", "kommune_code", "area_m2", "parcels_n", "extensions_n", "groups_n"),
        *("widest_gap_m", "dwellings_n", "counted_n", "not_counted_n", "undecided_n", "residents_2010"),
        *withheld.RESIDENT_COLUMNS,
        "is_suppressed",
    ),
    "pieces": ("area_id", "piece", "parcel_key", "extension_id", "approved_on", "split_id"),
    "extensions": (
        *("extension_id", "area_id", "state", "status", "applied_on", "approved_on", "is_in_force"),
        *("area_m2", "dwellings_n", "counted_n", "not_counted_n", "undecided_n"),
    ),
    "dwellings": (
        *("dwelling_id", "address", "decision", "reason", "reason_text", "clause", "tenure"),
        *("tenure_source", "use_code", "is_dwelling", "built_year", "built_on", "relabelled_on"),
        *("relabelled_from", "demolished_on"),
        *("area_m2", "toilet_code", "bath_code", "heating_code", "area_id", "piece", "extension_id"),
        *("parcel_key", "x", "y"),
    ),
}
"""Columns of each layer, in order."""


def style_for(layer: LayerName, texts: Texts) -> str:
    """Return the QML style of a layer: renderer by the palette, labels by name, aliases.

    Parameters
    ----------
    layer
        Name of the layer.
    texts
        Catalog of the labels' language.
    """
    root = start_style()
    if layer == "dwellings":
        add_categories(root, "decision", [_marker(decision, texts) for decision in DECISION_STYLES])
    elif layer == "extensions":
        add_categories(root, "state", [_extension(state, texts) for state in ExtensionState])
    elif layer == "pieces":
        add_categories(root, "piece", _pieces(texts))
    else:
        renderer = ET.SubElement(
            root, "renderer-v2", type="singleSymbol", enableorderby="0", symbollevels="0"
        )
        ET.SubElement(renderer, "symbols").append(make_fill_symbol("0", AREA_STYLE))
    if layer in {"areas", "extensions"}:
        add_labels(root, "name" if layer == "areas" else "extension_id")
    add_aliases(root, ((name, _title_of(layer, name, texts)) for name in COLUMNS[layer]))
    return write_style(root)


def _marker(decision: Decision, texts: Texts) -> tuple[str, str, ET.Element]:
    style = DECISION_STYLES[decision]
    symbol = make_symbol(decision.value, "marker")
    properties = {
        "name": _MARKERS[style.shape],
        "color": rgba(style.fill.light),
        "outline_color": rgba(style.stroke.light),
        "outline_style": "solid",
        "outline_width": "0.2",
        "outline_width_unit": "MM",
        "size": str(_SYMBOL_MM),
        "size_unit": "MM",
    }
    add_symbol_layer(symbol, "SimpleMarker", properties)
    return decision.value, texts.get(f"decision.{decision}"), symbol


def _extension(state: ExtensionState, texts: Texts) -> tuple[str, str, ET.Element]:
    return (
        state.value,
        texts.get(f"legend.extension.{state}"),
        make_fill_symbol(state.value, EXTENSION_STYLES[state]),
    )


def _pieces(texts: Texts) -> list[tuple[str, str, ET.Element]]:
    in_force = EXTENSION_STYLES[ExtensionState.IN_FORCE]
    return [
        ("base", texts.get("piece.base"), make_fill_symbol("base", AREA_STYLE)),
        ("extension", texts.get("piece.extension"), make_fill_symbol("extension", in_force)),
    ]


def _title_of(layer: LayerName, column: str, texts: Texts) -> str:
    key = "dwelling_area_m2" if (layer, column) == ("dwellings", "area_m2") else column
    return texts.get(f"column.{key}")


def geopackage_layers(assessment: Assessment, texts: Texts) -> list[Layer]:
    """Return the layers of the GeoPackage, styled: areas, extensions, pieces, dwellings.

    Resident counts of areas are those that may be shown (hidden ones are empty, and ``is_suppressed``
    says so); dwellings carry none.

    Parameters
    ----------
    assessment
        The answer for one status date.
    texts
        Catalog of titles, descriptions and drop-downs.
    """
    threshold_n = assessment.settings.suppression_threshold_n
    frames: dict[LayerName, gpd.GeoDataFrame] = {
        "areas": _area_layer(assessment, threshold_n),
        "extensions": _extension_layer(assessment.extensions),
        "pieces": _multi(assessment.pieces),
        "dwellings": _dwelling_layer(assessment.dwellings, texts),
    }
    return [
        Layer(
            name=name,
            frame=frame[[*COLUMNS[name], "geometry"]],
            title=texts.get(f"layer.{name}.title"),
            description=texts.get(f"layer.{name}.description"),
            columns={column: _describe(name, column, texts) for column in COLUMNS[name]},
            qml=style_for(name, texts),
            geometry_type=_GEOMETRY[name],
        )
        for name, frame in frames.items()
    ]


def _describe(layer: LayerName, column: str, texts: Texts) -> Column:
    return Column(title=_title_of(layer, column, texts), codes=_codes_of(column, texts))


def _codes_of(column: str, texts: Texts) -> dict[str, str] | None:
    if column in {"tenure", "relabelled_from"}:
        return {tenure.value: texts.get(f"tenure.{tenure}") for tenure in Tenure}
    if column == "tenure_source":
        return dict(describe_sources(texts.language))
    if column == "state":
        return {state.value: texts.get(f"label.state.{state}") for state in ExtensionState}
    if column in {"decision", "status", "piece"}:
        return texts.section(column)
    return None


def _area_layer(assessment: Assessment, threshold_n: int) -> gpd.GeoDataFrame:
    shown = withheld.withhold_residents(assessment.areas, threshold_n)
    frame = _multi(assessment.areas)
    frame = frame.assign(**{name: shown[name] for name in withheld.RESIDENT_COLUMNS})
    is_hidden = shown.isna().any(axis=1).astype(bool) & assessment.has_residents
    return frame.assign(is_suppressed=is_hidden)


def _extension_layer(extensions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    states = pd.Series([state.value for state in layers.find_states(extensions)], dtype="str")
    return _multi(extensions.reset_index(drop=True)).assign(state=states)


def _dwelling_layer(dwellings: pd.DataFrame, texts: Texts) -> gpd.GeoDataFrame:
    reasons = dwellings["reason"].unique()
    sentences = {reason: texts.get(f"reason.{reason}.sentence") for reason in reasons}
    clauses = {reason: texts.get(f"reason.{reason}.clause") for reason in reasons}
    has_point = dwellings["x"].notna() & dwellings["y"].notna()
    points = gpd.GeoSeries(
        [
            shapely.Point(x, y) if is_set else None
            for x, y, is_set in zip(dwellings["x"], dwellings["y"], has_point, strict=True)
        ],
        index=dwellings.index,
        crs=WORKING_CRS,
    )
    worded = dwellings.assign(
        reason_text=dwellings["reason"].map(sentences).astype("str"),
        clause=dwellings["reason"].map(clauses).astype("str"),
    )
    return gpd.GeoDataFrame(worded, geometry=points)


def _multi(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame with every polygon as a MultiPolygon; missing geometry stays missing."""
    parts = [
        shapely.MultiPolygon([shape]) if shape is not None and shape.geom_type == "Polygon" else shape
        for shape in frame.geometry
    ]
    return frame.set_geometry(gpd.GeoSeries(parts, index=frame.index, crs=frame.crs))
