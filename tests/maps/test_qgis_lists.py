"""The list's layers: QML parsed back, colours told apart by every sight, and the file opened again."""

import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest

from boundaries.designation.categories import SEVERITY
from data.texts import load_texts
from geo.geopackage import write_geopackage
from maps.qgis import geopackage_layers
from maps.qgis_lists import (
    CATEGORY_STYLES,
    COLUMNS,
    HATCH_ANGLES,
    NO_CATEGORY,
    list_layers,
    style_designations,
)


@pytest.fixture(scope="module")
def published(demo_lists):
    return demo_lists(2024)


def parse(language="da"):
    words = {category: f"<{category}>" for category in CATEGORY_STYLES}
    return ET.fromstring(style_designations(load_texts(language), labels_of=words))


def symbols(root):
    renderer = root.find("renderer-v2")
    assert renderer.get("attr") == "category"
    return {symbol.get("name"): symbol for symbol in renderer.find("symbols")}


def test_categories_are_told_apart_by_colour_and_hatch():
    found = symbols(parse())
    assert list(found) == list(CATEGORY_STYLES) == [*SEVERITY, NO_CATEGORY]
    patterns = {}
    for category, symbol in found.items():
        kinds = [layer.get("class") for layer in symbol.findall("layer")]
        angles = tuple(
            int(option.get("value"))
            for layer in symbol.findall("layer")
            if layer.get("class") == "LinePatternFill"
            for option in layer.find("Option")
            if option.get("name") == "angle"
        )
        assert angles == HATCH_ANGLES.get(category, ())
        patterns[category] = (*angles, "SimpleLine" in kinds)
    assert len(set(patterns.values())) == len(patterns)
    root = parse()
    inner = [symbol.get("name") for symbol in root.iter("symbol") if symbol.get("name").startswith("@")]
    assert len(inner) == len(set(inner)) == 4
    assert root.find(".//category").get("label") == "<omdannelsesomraade>"


def channels(colour):
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


SIGHTS = {
    # Viénot, Brettel and Mollon (1999), on linear channels.
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deutan": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}


def lab(colour, sight):
    seen = [sum(a * b for a, b in zip(row, channels(colour), strict=True)) for row in SIGHTS[sight]]
    red, green, blue = (max(0.0, value) for value in seen)
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_differ_for_every_sight_and_stand_out_from_white(sight):
    """Over 25 in CIE76, well over what is just noticed; the hatch tells them apart besides."""
    lines = {name: style.line.light for name, style in CATEGORY_STYLES.items()}
    for one, colour in lines.items():
        for other, second in lines.items():
            distance = (
                sum((a - b) ** 2 for a, b in zip(lab(colour, sight), lab(second, sight), strict=True)) ** 0.5
            )
            assert one == other or distance > 25, (one, other, distance)
        red, green, blue = channels(colour)
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 3


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_column_has_its_alias(language):
    aliases = [(alias.get("field"), alias.get("name")) for alias in parse(language).iter("alias")]
    assert [field for field, _ in aliases] == list(COLUMNS["designations"])
    assert len({name for _, name in aliases}) == len(aliases)


def test_the_layers_open_beside_the_others(published, tmp_path):
    texts = load_texts("da")
    path = tmp_path / "boligkort.gpkg"
    layers = [*geopackage_layers(published.made.assessment, texts), *list_layers(published, texts)]
    write_geopackage(path, layers, metadata={"status_date": "2024-01-01"})
    areas = gpd.read_file(path, layer="designations")
    assert areas.crs.to_epsg() == 25832
    assert dict(zip(areas["area_id"], areas["category"], strict=True))["LS02"] == "forebyggelsesomraade"
    assert dict(zip(areas["area_id"], areas["change"], strict=True))["LS02"] == "still"
    assert (areas["category"] == NO_CATEGORY).sum() == 4
    truth = published.made.assessment.areas
    assert areas.geometry.area.tolist() == pytest.approx(truth.geometry.area.tolist())
    criteria = gpd.read_file(path, layer="criteria")
    assert len(criteria) == len(published.criteria)
    is_hidden = criteria["hidden"].str.split(",").map(lambda names: "numerator" in names)
    assert criteria.loc[is_hidden, ["numerator", "value_pct", "margin_n"]].isna().all(axis=None)
    assert set(criteria.loc[is_hidden, "margin_text"]) == {"diskretioneret"}
    with closing(sqlite3.connect(path)) as database:
        styles = dict(
            database.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1")
        )
    assert symbols(ET.fromstring(styles["designations"]))
    lists = gpd.read_file(path, layer="lists")
    assert list(lists["list_date"].astype("str").str[:10]) == sorted(
        lists["list_date"].astype("str").str[:10]
    )
    assert {"ghettoområde", "parallelsamfund"} <= set(lists["term"])


def test_the_legend_has_the_words_of_the_date_alone(published):
    style = list_layers(published, load_texts("da"))[0].qml
    shown = [category.get("label") for category in ET.fromstring(style).iter("category")]
    assert shown == [
        "Omdannelsesområde",
        "Parallelsamfund",
        "Udsat boligområde",
        "Forebyggelsesområde",
        "Ikke på listen",
    ]


def test_without_earlier_lists_there_is_no_table_of_them(published):
    from dataclasses import replace

    made = published.made
    history = made.yearly_list.history.iloc[:0]
    bare = replace(published, made=replace(made, yearly_list=replace(made.yearly_list, history=history)))
    assert [layer.name for layer in list_layers(bare, load_texts("da"))] == ["designations", "criteria"]
