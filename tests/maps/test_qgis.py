"""QML is parsed back: categories, colours, shapes and aliases are what the palette says."""

import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pytest

from data.texts import load_texts
from geo.geopackage import write_geopackage
from maps import palette, qgis

LAYERS = ("areas", "pieces", "extensions", "dwellings")


def parse(layer, language="da"):
    return ET.fromstring(qgis.style_for(layer, load_texts(language)))


def rgb(colour, opacity=1.0):
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + f",{round(255 * opacity)}"


def symbols_of(root):
    """Category value -> list of (class, properties) of its symbol's layers."""
    renderer = root.find("renderer-v2")
    symbols = {symbol.get("name"): symbol for symbol in renderer.find("symbols")}
    return {
        category.get("value"): [
            (layer.get("class"), {option.get("name"): option.get("value") for option in layer.find("Option")})
            for layer in symbols[category.get("symbol")].findall("layer")
        ]
        for category in renderer.find("categories")
    }


def test_dwellings_are_categorised_by_decision_colour_and_shape():
    root = parse("dwellings")
    assert root.find("renderer-v2").get("attr") == "decision"
    found = symbols_of(root)
    assert list(found) == [decision.value for decision in palette.DECISION_STYLES]
    for decision, style in palette.DECISION_STYLES.items():
        ((kind, properties),) = found[decision.value]
        assert kind == "SimpleMarker"
        assert properties["color"] == rgb(style.fill.light)
        assert properties["outline_color"] == rgb(style.stroke.light)
    assert [found[d.value][0][1]["name"] for d in palette.DECISION_STYLES] == [
        "circle",
        "square",
        "triangle",
        "diamond",
    ]


def test_labels_of_categories_are_in_the_language():
    labels = [category.get("label") for category in parse("dwellings").iter("category")]
    assert labels == ["Tæller med", "Tæller ikke med", "Uafklaret", "Uden for området"]
    assert parse("dwellings", "en").find(".//category").get("label") != "Tæller med"


def test_extensions_are_told_apart_by_fill_hatch_and_dash():
    root = parse("extensions")
    assert root.find("renderer-v2").get("attr") == "state"
    found = symbols_of(root)
    assert list(found) == [state.value for state in palette.ExtensionState]
    assert [kind for kind, _ in found["in_force"]] == ["SimpleFill", "LinePatternFill"]
    assert found["in_force"][0][1]["style"] == "solid"
    for state in ("approved_later", "applied", "rejected"):
        (_, fill), (kind, line) = found[state]
        assert (fill["style"], fill["outline_style"]) == ("no", "no")
        assert kind == "SimpleLine"
        assert line["use_custom_dash"] == "1"
        style = palette.EXTENSION_STYLES[palette.ExtensionState(state)]
        assert line["line_color"] == rgb(style.line.light)
        dashes = [float(part) / 0.26 for part in line["customdash"].split(";")]
        assert dashes == pytest.approx([float(part) for part in style.dash.split()], abs=0.03)


def test_areas_have_the_base_style():
    renderer = parse("areas").find("renderer-v2")
    assert renderer.get("type") == "singleSymbol"
    properties = {
        option.get("name"): option.get("value") for option in renderer.find("symbols/symbol/layer/Option")
    }
    assert properties["color"] == rgb(palette.AREA_STYLE.line.light, palette.AREA_STYLE.fill_opacity)
    assert properties["outline_color"] == rgb(palette.AREA_STYLE.line.light)


def test_hatch_is_a_line_symbol_inside_the_pattern():
    pattern = next(
        layer for layer in parse("pieces").iter("layer") if layer.get("class") == "LinePatternFill"
    )
    inner = pattern.find("symbol")
    assert inner.get("name") == "@extension@1"
    assert inner.get("type") == "line"


@pytest.mark.parametrize("layer", LAYERS)
def test_properties_are_the_same_in_both_spellings(layer):
    for symbol_layer in parse(layer).iter("layer"):
        options = {option.get("name"): option.get("value") for option in symbol_layer.find("Option")}
        assert options == {prop.get("k"): prop.get("v") for prop in symbol_layer.findall("prop")}


@pytest.mark.parametrize(
    ("layer", "column"),
    [("areas", "name"), ("extensions", "extension_id"), ("pieces", None), ("dwellings", None)],
)
def test_names_are_labels(layer, column):
    style = parse(layer).find("labeling/settings/text-style")
    assert (None if style is None else style.get("fieldName")) == column


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("layer", LAYERS)
def test_every_column_has_its_alias(layer, language):
    aliases = [(alias.get("field"), alias.get("name")) for alias in parse(layer, language).iter("alias")]
    assert [field for field, _ in aliases] == list(qgis.COLUMNS[layer])
    assert all(name for _, name in aliases)
    assert len({name for _, name in aliases}) == len(aliases)


def test_layers_carry_what_they_say(assessment, texts):
    layers = {layer.name: layer for layer in qgis.geopackage_layers(assessment, texts)}
    assert list(layers) == ["areas", "extensions", "pieces", "dwellings"]
    for name, layer in layers.items():
        assert [*layer.columns, "geometry"] == list(layer.frame.columns)
        assert layer.qml == qgis.style_for(name, texts)
    assert layers["dwellings"].columns["decision"].codes["counted"] == "Tæller med"
    assert layers["dwellings"].columns["area_m2"].title == "Boligareal (m²)"
    assert not [column for column in layers["dwellings"].frame if column.startswith("residents")]
    assert layers["extensions"].frame["state"].tolist() == [
        "in_force",
        "applied",
        "rejected",
        "approved_later",
    ]


def test_small_counts_are_empty_in_the_area_layer(assessment, texts):
    areas = qgis.geopackage_layers(assessment, texts)[0].frame
    assert areas["residents_counted_n"].isna().tolist() == [False, False, True]
    assert areas["residents_max_n"].isna().tolist() == [False, False, True]
    assert areas["is_suppressed"].tolist() == [False, False, True]
    assert assessment.areas["residents_counted_n"].tolist() == [2650, 702, 4]


def test_reasons_are_put_in_words_and_lost_dwellings_have_no_point(assessment, texts):
    dwellings = qgis.geopackage_layers(assessment, texts)[3].frame
    for _, row in dwellings.iterrows():
        assert row["reason_text"] == texts.get(f"reason.{row['reason']}.sentence")
    assert dwellings.geometry.isna().tolist() == dwellings["x"].isna().tolist()
    assert dwellings.geometry.iloc[0].x == dwellings["x"].iloc[0]


def test_single_polygons_become_multipolygons(make, texts):
    assessment = make["assessment"]()
    assessment.pieces["geometry"] = [shape.geoms[0] for shape in assessment.pieces.geometry]
    pieces = qgis.geopackage_layers(assessment, texts)[2].frame
    assert set(pieces.geom_type) == {"MultiPolygon"}


def test_the_geopackage_opens_styled(assessment, texts, tmp_path):
    path = tmp_path / "boligkort.gpkg"
    write_geopackage(path, qgis.geopackage_layers(assessment, texts), metadata={"status_date": "2025-01-01"})
    with closing(sqlite3.connect(path)) as database:
        styles = dict(
            database.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1")
        )
    assert set(styles) == set(LAYERS)
    for name, style in styles.items():
        assert style == qgis.style_for(name, texts)
    for layer in LAYERS:
        read = gpd.read_file(path, layer=layer)
        assert read.crs.to_epsg() == 25832
        assert set(qgis.COLUMNS[layer]) <= set(read.columns)
    assert pd.isna(gpd.read_file(path, layer="areas")["residents_counted_n"].iloc[2])
