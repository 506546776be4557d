"""QGIS styles by the same palette, and the layers of the GeoPackage.

QML as QGIS 3.22 and later read it: categorised by one plain column, with the shape, colour, outline
and hatch of the pages. Properties are written in both spellings that 3.22 itself writes.
"""

from collections.abc import Mapping, Sequence
from typing import Literal
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.model import Assessment, Decision, Tenure
from data.texts import Texts
from geo.crs import WORKING_CRS
from geo.geopackage import Column, Layer
from maps import layers, withheld
from maps.palette import AREA_STYLE, DECISION_STYLES, EXTENSION_STYLES, ExtensionState, OutlineStyle, Shape

LayerName = Literal["areas", "pieces", "extensions", "dwellings"]

_QGIS_VERSION = "3.22.0-Białowieża"
_MM_PER_PX = 0.26
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
        *("dwelling_id", "address", "decision", "reason", "reason_text", "clause", "tenure", "use_code"),
        *("is_dwelling", "built_year", "built_on", "relabelled_on", "relabelled_from", "demolished_on"),
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
    root = ET.Element("qgis", version=_QGIS_VERSION, styleCategories="Symbology|Labeling|Fields")
    if layer == "dwellings":
        _add_categories(root, "decision", [_marker(decision, texts) for decision in DECISION_STYLES])
    elif layer == "extensions":
        _add_categories(root, "state", [_extension(state, texts) for state in ExtensionState])
    elif layer == "pieces":
        _add_categories(root, "piece", _pieces(texts))
    else:
        renderer = ET.SubElement(
            root, "renderer-v2", type="singleSymbol", enableorderby="0", symbollevels="0"
        )
        ET.SubElement(renderer, "symbols").append(_fill_symbol("0", AREA_STYLE))
    if layer in {"areas", "extensions"}:
        _add_labels(root, "name" if layer == "areas" else "extension_id")
    _add_aliases(root, layer, texts)
    doctype = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return doctype + ET.tostring(root, encoding="unicode") + "\n"


def _marker(decision: Decision, texts: Texts) -> tuple[str, str, ET.Element]:
    style = DECISION_STYLES[decision]
    symbol = _symbol(decision.value, "marker")
    properties = {
        "name": _MARKERS[style.shape],
        "color": _rgba(style.fill.light),
        "outline_color": _rgba(style.stroke.light),
        "outline_style": "solid",
        "outline_width": "0.2",
        "outline_width_unit": "MM",
        "size": str(_SYMBOL_MM),
        "size_unit": "MM",
    }
    _add_symbol_layer(symbol, "SimpleMarker", properties)
    return decision.value, texts.get(f"decision.{decision}"), symbol


def _extension(state: ExtensionState, texts: Texts) -> tuple[str, str, ET.Element]:
    return (
        state.value,
        texts.get(f"legend.extension.{state}"),
        _fill_symbol(state.value, EXTENSION_STYLES[state]),
    )


def _pieces(texts: Texts) -> list[tuple[str, str, ET.Element]]:
    in_force = EXTENSION_STYLES[ExtensionState.IN_FORCE]
    return [
        ("base", texts.get("piece.base"), _fill_symbol("base", AREA_STYLE)),
        ("extension", texts.get("piece.extension"), _fill_symbol("extension", in_force)),
    ]


def _add_categories(root: ET.Element, column: str, categories: Sequence[tuple[str, str, ET.Element]]) -> None:
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        type="categorizedSymbol",
        attr=column,
        enableorderby="0",
        forceraster="0",
        symbollevels="0",
    )
    listed = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for value, label, symbol in categories:
        ET.SubElement(
            listed, "category", value=value, label=label, symbol=value, render="true", type="string"
        )
        symbols.append(symbol)


def _symbol(name: str, kind: str) -> ET.Element:
    return ET.Element("symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")


def _fill_symbol(name: str, outline: OutlineStyle) -> ET.Element:
    symbol = _symbol(name, "fill")
    properties = {
        "color": _rgba(outline.line.light, outline.fill_opacity),
        "style": "solid" if outline.fill_opacity else "no",
        "outline_color": _rgba(outline.line.light),
        "outline_style": "solid",
        "outline_width": _mm(outline.width_px),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    if outline.dash:
        # A simple fill knows no custom dashes: the outline is a line layer of its own.
        _add_symbol_layer(symbol, "SimpleFill", {**properties, "outline_style": "no"})
        _add_symbol_layer(symbol, "SimpleLine", _dashed(outline))
        return symbol
    _add_symbol_layer(symbol, "SimpleFill", properties)
    if outline.is_hatched:
        _add_hatch(symbol, outline)
    return symbol


def _dashed(outline: OutlineStyle) -> dict[str, str]:
    return {
        "line_color": _rgba(outline.line.light),
        "line_style": "solid",
        "line_width": _mm(outline.width_px),
        "line_width_unit": "MM",
        "capstyle": "flat",
        "use_custom_dash": "1",
        "customdash": ";".join(_mm(float(length)) for length in outline.dash.split()),
        "customdash_unit": "MM",
    }


def _add_hatch(symbol: ET.Element, outline: OutlineStyle) -> None:
    properties = {"angle": "45", "distance": "1.8", "distance_unit": "MM", "line_width": "0.3"}
    layer = _add_symbol_layer(symbol, "LinePatternFill", properties)
    # The lines of a pattern are a symbol inside the layer, by QGIS's own naming.
    inner = _symbol(f"@{symbol.get('name')}@1", "line")
    line = {
        "line_color": _rgba(outline.line.light),
        "line_style": "solid",
        "line_width": "0.3",
        "line_width_unit": "MM",
    }
    _add_symbol_layer(inner, "SimpleLine", line)
    layer.append(inner)


def _add_symbol_layer(symbol: ET.Element, kind: str, properties: Mapping[str, str]) -> ET.Element:
    # "class" is a Python word, so the attributes are given as a mapping.
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", type="Map")
    for name, value in properties.items():
        ET.SubElement(options, "Option", name=name, value=value, type="QString")
        ET.SubElement(layer, "prop", k=name, v=value)
    return layer


def _add_labels(root: ET.Element, column: str) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=column,
        isExpression="0",
        fontFamily="Arial",
        fontSize="9",
        fontSizeUnit="Point",
        fontWeight="63",
        namedStyle="Bold",
        textColor="27,31,35,255",
        textOpacity="1",
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
        bufferOpacity="0.85",
    )
    ET.SubElement(settings, "placement", placement="1", centroidInside="1", centroidWhole="1", priority="8")
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="0", displayAll="0")


def _add_aliases(root: ET.Element, layer: LayerName, texts: Texts) -> None:
    aliases = ET.SubElement(root, "aliases")
    for at, name in enumerate(COLUMNS[layer]):
        ET.SubElement(aliases, "alias", index=str(at), field=name, name=_title_of(layer, name, texts))


def _title_of(layer: LayerName, column: str, texts: Texts) -> str:
    key = "dwelling_area_m2" if (layer, column) == ("dwellings", "area_m2") else column
    return texts.get(f"column.{key}")


def _rgba(colour: str, opacity: float = 1.0) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _mm(pixels: float) -> str:
    return f"{pixels * _MM_PER_PX:.2f}"


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
