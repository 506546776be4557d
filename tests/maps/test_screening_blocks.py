"""Zones of whole blocks in the page, the GeoPackage, the workbook and JSON of a screening."""

import json
import re
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from python_calamine import CalamineWorkbook

from boundaries.city_screening import screen_city
from boundaries.registers.cell_columns import UNITS, GridCriterion
from boundaries.screening_plan import ScreeningPlan
from data.texts import load_texts
from maps.screening_blocks import describe_blocks, describe_outlines
from maps.screening_files import describe_screening, write_screening
from maps.screening_map import render_screening_map
from maps.screening_tables import tabulate_block_zones

TEXTS = load_texts("da")


@pytest.fixture(scope="module")
def city(city_inputs):
    inputs = city_inputs([("cells", "celler.csv"), ("blocks", "karreer.gpkg")])
    plan = ScreeningPlan(name="Prøveby", is_synthetic=True)
    shapes = [
        shape.buffer(30, join_style="mitre") for shape in screen_city(plan, inputs).published.zones.geometry
    ]
    blocks = gpd.GeoDataFrame({"name": range(len(shapes))}, geometry=shapes, crs=25832)
    found = screen_city(plan, replace(inputs, blocks=blocks))
    assert "residents_n" not in found.block_zones
    counted = [name for name in found.published.zones.columns if name.endswith(("_n", "_of"))]
    unknown = pd.array([pd.NA] * len(shapes), dtype="Int64")
    shown = found.block_zones.assign(**dict.fromkeys([n for n in counted if n != "cells_n"], unknown))
    shown = shown.assign(residents_n=pd.array([1234, *[pd.NA] * (len(shapes) - 1)], dtype="Int64"))
    shown["low_income_n"] = pd.array([300, *[pd.NA] * (len(shapes) - 1)], dtype="Int64")
    shown["low_income_of"] = pd.array([1000, *[pd.NA] * (len(shapes) - 1)], dtype="Int64")
    return replace(found, block_zones=shown)


def read_data(page):
    return json.loads(re.search(r'id="grid-data">(.*?)</script>', page, re.DOTALL)[1])


def test_the_table_holds_what_may_be_shown(city):
    table = tabulate_block_zones(city)
    assert len(table) == len(city.block_zones) >= 2
    assert table["residents_n"].iloc[0] == 1234
    assert table["low_income_pct"].iloc[0] == 100 * 300 / (1000 * UNITS[GridCriterion.LOW_INCOME])
    assert table["residents_n"].isna().sum() == len(table) - 1
    assert table["name"].tolist() == city.published.zones["name"].tolist()


def test_the_page_draws_the_outlines_and_says_what_they_are(city):
    page = render_screening_map(city, TEXTS)
    data = read_data(page)
    assert len(data["blocks"]) == len(city.block_zones)
    assert data["blocks"] == describe_outlines(city)
    assert data["texts"]["layer_blocks"] == "Hele karréer"
    assert "mere end halvdelen af beboerne" in page
    assert "karreer.gpkg" in page
    assert "1234" not in page
    assert "talt bolig for bolig" in page
    by_area = replace(city, settings=replace(city.settings, snap_by="area"))
    assert "mere end halvdelen af arealet" in describe_blocks(by_area, TEXTS)


def test_a_table_of_cells_has_outlines_alone(city):
    alone = replace(city, block_zones=city.block_zones[["zone", "name", "blocks_n", "area_m2", "geometry"]])
    assert tabulate_block_zones(alone).columns.tolist() == ["zone", "name", "blocks_n", "area_m2"]
    assert "De har ingen tal" in describe_blocks(alone, TEXTS)


def test_without_blocks_nothing_is_said(city):
    none = replace(city, block_zones=None)
    page = render_screening_map(none, TEXTS)
    assert read_data(page)["blocks"] == []
    assert "stiplede" not in page
    assert describe_blocks(none, TEXTS) == ""
    assert tabulate_block_zones(none).empty
    assert describe_screening(none, TEXTS)["block_zones"] is None


def test_the_files_hold_the_zones_of_blocks(city, tmp_path):
    write_screening(tmp_path, city, TEXTS, {})
    layer = pyogrio.read_dataframe(tmp_path / "screening.gpkg", layer="block_zones")
    assert layer.geometry.area.tolist() == pytest.approx(city.block_zones["area_m2"].tolist())
    assert layer["residents_n"].iloc[0] == 1234
    assert layer["residents_n"].isna().sum() == len(layer) - 1
    outline = shapely.normalize(layer.geometry.iloc[0])
    assert shapely.equals_exact(outline, shapely.normalize(city.block_zones.geometry.iloc[0]), 1e-6)
    styles = pyogrio.read_dataframe(tmp_path / "screening.gpkg", layer="layer_styles")
    assert "block_zones" in styles["f_table_name"].tolist()
    sheet = CalamineWorkbook.from_path(tmp_path / "screening.xlsx").get_sheet_by_name("Karréer").to_python()
    people = [row[sheet[0].index("Beboere")] for row in sheet[1:]]
    assert people == [1234] + ["diskretioneret"] * (len(layer) - 1)
    rows = json.loads((tmp_path / "screening.json").read_text(encoding="utf-8"))["block_zones"]
    assert [row["residents_n"] for row in rows] == [1234] + [None] * (len(layer) - 1)
