"""Every layer of a run's GeoPackage that has shapes is styled, by the palette's colours alone."""

import sqlite3
from xml.etree import ElementTree as ET

import pytest

from maps.palette import AREA_STYLE, DECISION_STYLES, EXTENSION_STYLES
from maps.qgis_lists import CATEGORY_STYLES

RENDERED = {
    "areas": {AREA_STYLE.line.light},
    "pieces": {AREA_STYLE.line.light, *(style.line.light for style in EXTENSION_STYLES.values())},
    "extensions": {style.line.light for style in EXTENSION_STYLES.values()},
    "dwellings": {ink.light for style in DECISION_STYLES.values() for ink in (style.fill, style.stroke)},
    "designations": {style.line.light for style in CATEGORY_STYLES.values()},
}
"""Layers with shapes, and the colours that their renderers may have."""


def read_styles(package):
    with sqlite3.connect(package) as base:
        shapes = {row[0] for row in base.execute("SELECT table_name FROM gpkg_geometry_columns")}
        styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1"))
    return shapes, styles


def to_hex(value):
    return "#" + "".join(f"{int(part):02x}" for part in value.split(",")[:3])


@pytest.fixture(scope="module")
def package(demo):
    return read_styles(demo[0] / "resultat" / "boligkort.gpkg")


def test_every_layer_with_shapes_has_its_style(package):
    shapes, styles = package
    assert shapes == set(RENDERED)
    assert shapes <= set(styles)


@pytest.mark.parametrize("layer", RENDERED)
def test_the_colours_are_those_of_the_palette(layer, package):
    root = ET.fromstring(package[1][layer].split("\n", 1)[1])
    renderer = root.find("renderer-v2")
    found = {
        to_hex(option.get("value"))
        for option in renderer.iter("Option")
        if (option.get("name") or "").endswith("color")
    }
    assert found
    assert found <= RENDERED[layer]


@pytest.mark.parametrize("layer", [name for name in RENDERED if name != "areas"])
def test_every_category_has_a_symbol_and_a_label(layer, package):
    renderer = ET.fromstring(package[1][layer].split("\n", 1)[1]).find("renderer-v2")
    symbols = {symbol.get("name") for symbol in renderer.find("symbols")}
    categories = renderer.findall("categories/category")
    assert {one.get("symbol") for one in categories} == symbols
    assert all(one.get("label") for one in categories)
