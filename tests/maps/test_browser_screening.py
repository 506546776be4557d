"""The pages of a screening in headless Chromium: views, cards, keys, search, downloads, paper."""

import csv
import io
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from boundaries.city_screening import screen_city
from boundaries.screening_plan import ScreeningPlan
from data.texts import load_texts
from maps.designation_map import render_designation_map
from maps.screening_map import render_screening_map

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

TEXTS = load_texts("da")


@pytest.fixture(scope="module")
def city(city_inputs, tmp_path_factory):
    inputs = city_inputs(side_n=40, zones_n=4)
    plan = ScreeningPlan(name="Prøveby", is_synthetic=True)
    first = screen_city(plan, inputs)
    zones = first.published.zones.geometry
    x, y = zones.union_all().centroid.coords[0]
    far = shapely.box(x - 500, y - 500, x + 500, y + 500).difference(zones.union_all().buffer(100))
    old = gpd.GeoDataFrame({"name": ["Vestby", "Østby"]}, geometry=[zones.iloc[0], far], crs=25832)
    return screen_city(
        replace(plan, compare=tmp_path_factory.mktemp("old") / "gamle.geojson"),
        replace(inputs, old_zones=old),
    )


@pytest.fixture
def grid_page(city, open_page):
    return open_page(render_screening_map(city, TEXTS))


@pytest.fixture
def compared_page(city, open_page):
    return open_page(render_designation_map(city, TEXTS))


def count_colours(page):
    return page.evaluate(
        """() => { const c = document.querySelector('.leaflet-cells-pane canvas');
        const copy = document.createElement('canvas'); [copy.width, copy.height] = [c.width, c.height];
        const pen = copy.getContext('2d', { willReadFrequently: true }); pen.drawImage(c, 0, 0);
        const d = pen.getImageData(0, 0, c.width, c.height).data;
        const n = {}; for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255) {
        const k = [d[i], d[i + 1], d[i + 2]].join(); n[k] = (n[k] || 0) + 1; } return n; }"""
    )


def test_the_cells_are_drawn_in_the_colours_of_the_view(grid_page):
    assert "166,58,18" in count_colours(grid_page)
    grid_page.select_option("#view", "count")
    grid_page.wait_for_timeout(100)
    found = count_colours(grid_page)
    assert "166,58,18" not in found
    assert grid_page.locator("#legend li").count() >= 6
    assert "Hvor mange af kriterierne" in grid_page.locator("#view-note").inner_text()


def test_a_zone_opens_from_the_table_and_by_key(grid_page, city):
    grid_page.locator("#zones tbody button.pick").first.click()
    card = grid_page.locator(".leaflet-popup .card")
    card.wait_for()
    people = f"{int(city.published.zones['residents_n'].iloc[0]):,}".replace(",", ".")
    assert people in card.inner_text()
    grid_page.keyboard.press("Escape")
    grid_page.locator("path.zone").nth(1).focus()
    grid_page.keyboard.press("Enter")
    card.wait_for()
    assert "Område 2" in card.inner_text()


def test_the_arrow_keys_walk_over_the_cells_and_enter_opens_one(grid_page):
    cursor = grid_page.locator("path.cell-cursor")
    cursor.focus()
    before = cursor.get_attribute("aria-label")
    grid_page.keyboard.press("ArrowRight")
    after = cursor.get_attribute("aria-label")
    assert before != after
    assert after.startswith("Celle 100m_")
    grid_page.keyboard.press("Enter")
    card = grid_page.locator(".leaflet-popup .card")
    card.wait_for()
    assert after.split(",")[0] in card.inner_text()


def test_a_hidden_cell_says_so_and_no_number(grid_page, city):
    hidden = city.published.cells.query("shown == 'nothing'")["cell_id"].iloc[0]
    grid_page.fill("#search", hidden)
    grid_page.locator("#search").press("Enter")
    card = grid_page.locator(".leaflet-popup .card")
    card.wait_for()
    text = card.inner_text()
    assert hidden in text
    assert "Diskretioneret" in text
    assert "Husstande" not in text


def test_the_cells_are_fetched_as_published(grid_page, city):
    found = grid_page.evaluate("boligkort.toCsv('cells')")
    rows = list(csv.reader(io.StringIO(found.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == len(city.published.cells) + 1
    at = rows[0].index("Beboere")
    people = [row[at] for row in rows[1:]]
    assert people.count("diskretioneret") == city.published.cells["residents_n"].isna().sum()
    shown = city.published.cells["residents_n"].dropna()
    assert sum(int(text) for text in people if text.isdecimal()) == shown.sum()


def test_the_drawing_holds_the_cells_and_the_zones(grid_page):
    svg = grid_page.evaluate(
        "() => { for (const k in window) if (window[k] instanceof L.Map) return boligkort.toSvg(window[k]); }"
    )
    assert svg.count("<path") > 5
    assert "#a63a12" in svg
    assert "url(#grid-hidden)" in svg


def test_search_narrows_the_zones(grid_page):
    grid_page.fill("#search", "Område 2")
    grid_page.wait_for_timeout(150)
    assert grid_page.locator("#zones tbody tr").count() == 1
    assert "1 af" in grid_page.locator("#status").inner_text()


def test_old_and_new_are_labelled_and_open(compared_page):
    labels = compared_page.locator(".zone-label").all_inner_texts()
    assert {"1", "a"} <= set(labels)
    compared_page.get_by_role("button", name="a · Østby").first.click()
    card = compared_page.locator(".leaflet-popup .card")
    card.wait_for()
    assert "Udgået" in card.inner_text()
    compared_page.keyboard.press("Escape")
    compared_page.locator("path.zone-new").first.focus()
    compared_page.keyboard.press("Enter")
    card.wait_for()
    assert "Nyt" in card.inner_text()
    compared_page.fill("#search", "østby")
    compared_page.wait_for_timeout(150)
    assert compared_page.locator("#designations tbody tr").count() == 1
