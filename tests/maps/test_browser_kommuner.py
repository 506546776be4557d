"""The kommune map in headless Chromium: silent and alone, by mouse and by keyboard, as map and as tiles."""

import geopandas as gpd
import pytest
import shapely

from data.synthetic.kommune_values import make_kommune_values
from data.texts import load_texts
from data.tiles import load_tiles
from maps.classes import classify
from maps.kommune_map import render_kommune_map
from maps.kommune_rows import collect_values
from maps.kommune_topic import Topic, Unit

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

expect = playwright.expect

pytestmark = pytest.mark.browser

HOSTILE = [
    "<img src=x onerror=window.ran=1>",
    "</script><script>window.ran=1</script>",
    "${window.ran=1}",
    "{{ 7*7 }}",
    "a\x00b",
    "\u202eשלום",
    "X" * 300,
    "<!--",
    "<style>*{display:none}</style>",
    "__proto__",
    "{0} {name}",
]


def draw_squares(size=40_000):
    """A square a kommune at the place of its tile."""
    tiles = load_tiles()
    codes = sorted(set(tiles) - {"0411"})
    places = [tiles[code].centre for code in codes]
    shapes = [
        shapely.box(
            450_000 + x * size / 2,
            6_400_000 + y * size / 3,
            450_000 + (x + 2) * size / 2,
            6_400_000 + (y + 3) * size / 3,
        )
        for x, y in places
    ]
    return gpd.GeoDataFrame({"kommune_code": codes}, geometry=shapes, crs="EPSG:25832")


def make_document(*, names=None, geometry=None, title="Forebyggelsesområder", tiles=False, scale=1):
    frame = make_kommune_values(2020)
    values = frame.assign(value=scale * frame["prevention_areas_n"].astype(float), is_hidden=False)
    if names is not None:
        values.loc[: len(names) - 1, "name"] = names
    values.loc[90, "is_hidden"] = True
    values.loc[91, "value"] = float("nan")
    topic = Topic(title=title, value_label="Forebyggelsesområder", unit=Unit.COUNT, is_synthetic=True)
    exact, hidden = collect_values(values, topic)
    classes = classify(exact, method="fisher_jenks", is_hidden=hidden)
    return render_kommune_map(
        values, load_texts(), topic=topic, classes=classes, geometry=geometry, tiles=tiles
    )


@pytest.fixture(scope="module")
def tile_document():
    return make_document()


@pytest.fixture(scope="module")
def both_document():
    return make_document(geometry=draw_squares())


@pytest.fixture
def tile_page(tile_document, open_page):
    return open_page(tile_document)


def boxes_of(page, selector):
    return page.evaluate(
        f"[...document.querySelectorAll({selector!r})].map(e => e.getBoundingClientRect().toJSON())"
    )


def card_of(page):
    return page.locator(".leaflet-popup .card")


def test_98_equal_tiles_fill_the_frame(tile_page):
    frame = tile_page.locator(".map-frame").bounding_box()
    boxes = boxes_of(tile_page, "path.kommune")
    assert len(boxes) == 98
    widths = [box["width"] for box in boxes]
    assert max(widths) - min(widths) < 1.5
    assert all(frame["x"] <= box["left"] and box["right"] <= frame["x"] + frame["width"] for box in boxes)
    assert all(frame["y"] <= box["top"] and box["bottom"] <= frame["y"] + frame["height"] for box in boxes)
    spread = max(box["right"] for box in boxes) - min(box["left"] for box in boxes)
    height = max(box["bottom"] for box in boxes) - min(box["top"] for box in boxes)
    assert max(spread / (frame["width"] - 56), height / (frame["height"] - 56)) > 0.9


def test_names_and_values_stay_inside_their_tiles(tile_page):
    found = tile_page.evaluate(
        """[...document.querySelectorAll('.tile-label:not(.tucked)')].map(e => {
        const parts = [...e.querySelectorAll('bdi, b')].filter(p => !p.hidden);
        return [parts.map(p => p.textContent), Math.max(...parts.map(p => p.getBoundingClientRect().width))]; })"""
    )
    width = max(box["width"] for box in boxes_of(tile_page, "path.kommune"))
    assert len(found) == 98
    assert max(size for _, size in found) <= width
    assert sum(texts[0] == "Kbh." for texts, _ in found) == 1
    assert sum(len(texts) == 2 for texts, _ in found) >= 90


def test_figures_of_six_digits_stay_inside_their_tiles(open_page):
    page = open_page(make_document(scale=111_111))
    width = max(box["width"] for box in boxes_of(page, "path.kommune"))
    found = page.evaluate(
        """[...document.querySelectorAll('.tile-label b:not([hidden])')].map(
        e => [e.textContent, e.getBoundingClientRect().width])"""
    )
    assert sum(len(text) > 6 for text, _ in found) > 5
    assert max(wide for _, wide in found) <= width


def test_colours_are_those_of_the_legend_in_light_and_dark(tile_document, open_page):
    for dark in (False, True):
        page = open_page(tile_document, dark=dark)
        fills = page.evaluate(
            """[...document.querySelectorAll('#legend rect')].map(e => [e.classList[1], getComputedStyle(e).fill])"""
        )
        for style, fill in fills:
            drawn = page.locator(f"path.kommune.{style}").first.evaluate("e => getComputedStyle(e).fill")
            assert drawn == fill, style
        assert len({fill for _, fill in fills}) == len(fills) >= 6


def test_a_click_opens_the_card_and_marks_the_row_and_the_dot(tile_page):
    top = tile_page.locator("#kommuner tbody tr").first
    name = top.locator("th").inner_text()
    key = tile_page.evaluate("boligkort.read('kommuner-data').kommuner[0].key")
    tile_page.locator(f"path.kommune[data-key='{key}']").click()
    assert card_of(tile_page).locator("h2").inner_text() == name
    assert "15" in card_of(tile_page).locator(".big").inner_text()
    assert "1 af 96" in card_of(tile_page).inner_text()
    assert top.evaluate("e => e.classList.contains('picked')")
    assert tile_page.locator("circle.dot.picked").count() == 1
    tile_page.keyboard.press("Escape")
    assert card_of(tile_page).count() == 0
    assert tile_page.locator(".picked").count() == 0


def test_a_hidden_kommune_says_so(tile_page):
    tile_page.locator("path.kommune.withheld").press("Enter")
    assert "diskretioneret" in card_of(tile_page).locator(".big").inner_text()
    assert "for lille" in card_of(tile_page).inner_text()


def test_one_stop_of_tab_then_arrows_reach_the_neighbours(tile_page):
    assert tile_page.locator("path.kommune[tabindex='0']").count() == 1
    aarhus = tile_page.locator("path.kommune[data-key='0751']")
    aarhus.focus()
    assert tile_page.locator("path.kommune[tabindex='0']").get_attribute("data-key") == "0751"
    where = []
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"):
        tile_page.keyboard.press(key)
        where.append(tile_page.evaluate("document.activeElement.dataset.key"))
    # Skanderborg, Silkeborg, and Skive, which stands straight above it.
    assert where[:2] == ["0746", "0740"]
    assert where[2] == "0779"
    assert len(set(where)) >= 4
    tile_page.keyboard.press("Enter")
    assert card_of(tile_page).count() == 1
    assert tile_page.evaluate("document.activeElement.className").startswith("leaflet-popup-content")
    tile_page.keyboard.press("Escape")
    assert tile_page.evaluate("document.activeElement.dataset.key") == where[-1]


def test_every_kommune_can_be_reached_by_arrows(tile_page):
    reached = tile_page.evaluate(
        """() => { const seen = new Set(); const queue = [document.querySelector("path.kommune[tabindex='0']")];
        while (queue.length) { const path = queue.pop(); if (seen.has(path.dataset.key)) continue; seen.add(path.dataset.key);
          for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) { path.focus();
            path.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
            queue.push(document.activeElement); } }
        return seen.size; }"""
    )
    assert reached == 98


def test_search_and_sort(tile_page):
    tile_page.locator("#search").fill("kbh")
    expect(tile_page.locator("#kommuner tbody tr")).to_have_count(1)
    assert tile_page.locator("#kommuner tbody th").inner_text() == "København"
    assert tile_page.locator("path.kommune.faded").count() == 97
    assert tile_page.locator("#status").inner_text() == "1 af 98 vises"
    tile_page.locator("#search").press("Enter")
    assert card_of(tile_page).locator("h2").inner_text() == "København"
    tile_page.locator("#search").fill("Nordjylland")
    expect(tile_page.locator("#kommuner tbody tr")).to_have_count(11)
    tile_page.locator("#search").fill("")
    expect(tile_page.locator("#kommuner tbody tr")).to_have_count(98)
    tile_page.locator("#kommuner thead button", has_text="Kommune").click()
    names = tile_page.locator("#kommuner tbody th").all_inner_texts()
    assert (names[0], names[-3:]) == ("Albertslund", ["Aabenraa", "Aalborg", "Aarhus"])
    tile_page.locator("#kommuner thead button", has_text="Forebyggelsesområder").click()
    assert tile_page.locator("#kommuner tbody tr").first.inner_text().split()[-2:] == ["15", "1"]
    assert tile_page.locator("#kommuner tbody tr").last.inner_text().find("15") < 0


def test_the_bar_of_a_row_goes_with_its_row(tile_page):
    tile_page.locator("#kommuner thead button", has_text="Kommune").click()
    wrong = tile_page.evaluate(
        """[...document.querySelectorAll('#kommuner tbody tr')].filter(row => {
        const cell = row.cells[1]; const value = Number(cell.textContent) || 0;
        return Math.abs(Number(cell.style.getPropertyValue('--bar')) - value / 15) > 1e-6; }).length"""
    )
    assert wrong == 0


def test_the_legend_lights_its_class(tile_page):
    entry = tile_page.locator("#legend li").nth(1)
    n = int(entry.locator(".n").inner_text().strip("()"))
    entry.hover()
    assert tile_page.locator("path.kommune:not(.faded)").count() == n
    tile_page.locator("h1").hover()
    assert tile_page.locator("path.kommune.faded").count() == 0


def test_a_dot_a_kommune_with_a_value(tile_page):
    assert tile_page.locator("circle.dot").count() == 96
    strip = tile_page.locator(".strip").bounding_box()
    for box in boxes_of(tile_page, "circle.dot"):
        assert strip["x"] - 1 <= box["left"]
        assert box["right"] <= strip["x"] + strip["width"] + 1
    last = tile_page.locator("circle.dot.class-4")
    last.hover()
    assert tile_page.locator("path.kommune.lit.class-4").count() == 1


def test_map_and_tiles_are_switched(both_document, open_page):
    page = open_page(both_document)
    assert page.locator(".leaflet-control-scale").is_visible()
    assert page.locator(".label:not(.tucked)").count() <= 3
    tiles = page.get_by_role("button", name="Felter")
    assert tiles.get_attribute("aria-pressed") == "false"
    tiles.click()
    assert tiles.get_attribute("aria-pressed") == "true"
    assert page.locator(".leaflet-control-scale").count() == 0
    assert page.locator(".tile-label:not(.tucked)").count() == 98
    assert "Feltkort" in page.locator(".map-note").inner_text()
    frame = page.locator(".map-frame").bounding_box()
    for box in boxes_of(page, "path.kommune"):
        assert frame["x"] <= box["left"] + 1
        assert box["right"] <= frame["x"] + frame["width"] + 1
    page.get_by_role("button", name="Kort", exact=True).click()
    assert page.locator(".leaflet-control-scale").is_visible()
    assert "Nord er opad" in page.locator(".map-note").inner_text()


def test_a_picked_kommune_is_named_on_the_map(both_document, open_page):
    page = open_page(both_document)
    page.locator("path.kommune[data-key='0360']").press("Enter")
    labels = page.locator(".label:not(.tucked)").all_inner_texts()
    assert any("Lolland" in text for text in labels)


def test_hostile_names_run_nothing(open_page):
    page = open_page(make_document(names=HOSTILE, title=HOSTILE[1]))
    shown = page.evaluate("[...document.querySelectorAll('#kommuner tbody th bdi')].map(e => e.textContent)")
    assert set(HOSTILE) <= set(shown)
    for at in range(len(HOSTILE)):
        key = sorted(load_tiles())[at]
        page.locator(f"path.kommune[data-key='{key}']").press("Enter")
        assert page.evaluate("document.querySelector('.card h2').textContent") == HOSTILE[at]
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_small_screen_scrolls_one_way_only(both_document, open_page, width):
    page = open_page(both_document, width=width, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".side tbody button").first.click()
    box = page.locator(".leaflet-popup").bounding_box()
    assert box["x"] >= -1
    assert box["x"] + box["width"] <= width + 1


def test_paper_is_light_and_shows_all_tiles(tile_document, open_page):
    page = open_page(tile_document, dark=True)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    fill = page.locator("path.kommune.class-4").evaluate("e => getComputedStyle(e).fill")
    assert fill == "rgb(10, 37, 80)"
    frame = page.locator(".map-frame").bounding_box()
    for box in boxes_of(page, "path.kommune"):
        assert frame["x"] - 1 <= box["left"]
        assert box["right"] <= frame["x"] + frame["width"] + 1
        assert box["bottom"] <= frame["y"] + frame["height"] + 1


def test_no_kommune_is_unnamed_for_those_who_listen(tile_page):
    names = tile_page.evaluate(
        "[...document.querySelectorAll('path.kommune')].map(e => e.getAttribute('aria-label'))"
    )
    assert len(set(names)) == 98
    assert sum(name.startswith("København,") for name in names) == 1


def draw_block():
    """A country that fills its corners: a kommune a field of 14 times 7."""
    codes = sorted(set(load_tiles()) - {"0411"})
    shapes = [
        shapely.box(x, y, x + 30_000, y + 50_000)
        for y in range(6_100_000, 6_450_000, 50_000)
        for x in range(450_000, 870_000, 30_000)
    ]
    return gpd.GeoDataFrame({"kommune_code": codes}, geometry=shapes, crs="EPSG:25832")


@pytest.mark.parametrize("tiles", [False, True])
def test_on_a_phone_no_button_and_no_scale_lies_on_a_kommune(open_page, tiles):
    page = open_page(make_document(geometry=draw_block(), tiles=tiles), width=390, height=844)
    frame = page.locator(".map-frame").bounding_box()
    shapes = boxes_of(page, "path.kommune")
    controls = boxes_of(page, ".leaflet-bar, .leaflet-control-scale")
    assert len(controls) == (2 if tiles else 3)
    for control in controls:
        assert frame["x"] <= control["left"] < control["right"] <= frame["x"] + frame["width"]
        for shape in shapes:
            assert control["left"] >= shape["right"] or control["right"] <= shape["left"] or (
                control["top"] >= shape["bottom"] or control["bottom"] <= shape["top"]
            )  # fmt: skip
    # The country is as wide as the frame lets it be, or as high.
    spread = max(box["right"] for box in shapes) - min(box["left"] for box in shapes)
    height = max(box["bottom"] for box in shapes) - min(box["top"] for box in shapes)
    assert max(spread / (frame["width"] - 56), height / (frame["height"] - 84)) > 0.9
