"""The flow map in headless Chromium: thinned as it says, by mouse, keyboard and choice; silent and alone."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from boundaries.model import FLOW_DTYPES
from data.texts import load_texts
from data.tiles import load_tiles
from maps.flow_map import DRAWN_MAX_N, DRAWN_SHARE_PCT, render_flow_map

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

expect = playwright.expect

pytestmark = pytest.mark.browser

CODES = sorted(set(load_tiles()) - {"0411"})[:30]
YEARS = (2023, 2024)


def make_flows():
    rng = np.random.default_rng(11)
    rows = [
        (year, start, end, exposure, "alle", int(rng.pareto(0.9) * 20) + 5, False)
        for year in YEARS
        for start in CODES
        for end in CODES
        for exposure in ("ikke_udsat", "udsat")
        if start != end
    ]
    flows = pd.DataFrame(rows, columns=list(FLOW_DTYPES)).astype(FLOW_DTYPES)
    hidden = rng.random(len(flows)) < 0.3
    return flows.assign(movers_n=flows["movers_n"].mask(hidden), is_hidden=hidden)


def draw_squares():
    """A square a kommune at the place of its tile."""
    places = [load_tiles()[code].centre for code in CODES]
    shapes = [
        shapely.box(
            450_000 + x * 20_000, 6_400_000 + y * 13_000, 490_000 + x * 20_000, 6_439_000 + y * 13_000
        )
        for x, y in places
    ]
    return gpd.GeoDataFrame({"kommune_code": CODES}, geometry=shapes, crs="EPSG:25832")


def thin(flows):
    """Return the flows to be drawn, by the rule that the page says."""
    shown = flows[~flows["is_hidden"]]
    order = shown.sort_values(["movers_n", "from_kommune", "to_kommune"], ascending=[False, True, True])
    before = order["movers_n"].astype(int).cumsum().shift(fill_value=0)
    return order[before * 100 < order["movers_n"].sum() * DRAWN_SHARE_PCT].head(DRAWN_MAX_N)


def select(flows, **where):
    for name, value in where.items():
        flows = flows[flows[name].eq(value)]
    return flows


@pytest.fixture(scope="module")
def flows():
    return make_flows()


@pytest.fixture(scope="module")
def document(flows):
    return render_flow_map(flows, load_texts(), kommuner_with=CODES[:4], is_synthetic=True)


@pytest.fixture
def page(document, open_page):
    return open_page(document)


def counts_of(page):
    cells = page.locator("#flows tbody td.num").all_inner_texts()
    return [int(text.replace(".", "")) for text in cells]


def test_the_largest_flows_are_drawn_by_the_rule_and_the_page_says_how_many(page, flows):
    own = select(flows, year=2024, exposure="udsat")
    expected = thin(own)
    assert counts_of(page) == expected["movers_n"].tolist()
    assert page.locator("path.flow:not(.swatch path)").count() == len(expected)
    said = page.locator("#said").inner_text().replace(".", "")
    for number in (
        len(expected),
        (~own["is_hidden"]).sum(),
        expected["movers_n"].sum(),
        own["movers_n"].sum(),
    ):
        assert str(int(number)) in said
    assert f"{int(own['is_hidden'].sum())} strømme er skjult" in said


def test_a_kommune_and_a_way_are_chosen_in_the_list_or_on_the_map(page, flows):
    page.select_option("#choose-kommune", CODES[2])
    page.select_option("#choose-exposure", "ikke_udsat")
    page.select_option("#choose-year", "2023")
    own = select(flows, year=2023, exposure="ikke_udsat", from_kommune=CODES[2])
    assert counts_of(page) == thin(own)["movers_n"].tolist()
    page.select_option("#choose-way", "to")
    own = select(flows, year=2023, exposure="ikke_udsat", to_kommune=CODES[2])
    assert counts_of(page) == thin(own)["movers_n"].tolist()
    assert f"{int(own['is_hidden'].sum())} strømme er skjult" in page.locator("#said").inner_text()
    page.locator("path.kommune.chosen").click(force=True)
    expect(page.locator("#choose-kommune")).to_have_value("")


def test_arrow_keys_go_from_flow_to_flow_and_light_its_line(page):
    buttons = page.locator("#flows tbody button.pick")
    buttons.first.focus()
    page.keyboard.press("ArrowDown")
    expect(buttons.nth(1)).to_be_focused()
    assert page.locator("path.flow.lit").count() == 1
    page.keyboard.press("Enter")
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    assert page.locator("path.flow.picked").count() == 1
    page.keyboard.press("ArrowUp")
    expect(buttons.first).to_be_focused()


def test_a_line_tells_from_where_to_where_and_how_many_while_it_is_pointed_at(page):
    line = page.locator("path.flow.leaflet-interactive").first
    line.dispatch_event("mouseover")
    row = page.locator("#flows tbody tr.lit")
    assert row.count() == 1
    line.dispatch_event("mouseout")
    assert page.locator("#flows tbody tr.lit").count() == 0


def test_wider_lines_are_larger_flows_and_the_legend_has_the_widest(page):
    widths = page.evaluate(
        "[...document.querySelectorAll('path.flow.leaflet-interactive')].map(e => parseFloat(getComputedStyle(e).strokeWidth))"
    )
    assert widths == sorted(widths, reverse=True)
    legend = page.locator("#legend li").all_inner_texts()
    assert legend[0] == f"{page.locator('#flows tbody td.num').first.inner_text()} personer"
    assert legend[-1] == "Kommune med forebyggelsesområder"
    assert page.locator("path.kommune.marked").count() == 4


def test_the_search_narrows_what_is_drawn(page, flows):
    page.fill("#search", CODES[5])
    own = select(flows, year=2024, exposure="udsat")
    own = own[own["from_kommune"].eq(CODES[5]) | own["to_kommune"].eq(CODES[5])]
    expect(page.locator("#flows tbody tr")).to_have_count(len(thin(own)))
    assert counts_of(page) == thin(own)["movers_n"].tolist()


def test_what_can_be_fetched_is_what_is_drawn(page):
    lines = page.evaluate("boligkort.toCsv('flows')").strip().split("\r\n")
    assert lines[0].lstrip("\ufeff") == "Fra;Til;Flyttede"
    assert [int(line.split(";")[2]) for line in lines[1:]] == counts_of(page)


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1400, True)])
def test_nothing_sticks_out_at_any_width(document, open_page, width, dark):
    page = open_page(document, width=width, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("path.flow.leaflet-interactive").count() > 10


def test_a_choice_without_flows_says_so(page):
    page.fill("#search", "findes ikke")
    page.wait_for_function("() => document.querySelectorAll('#flows tbody tr').length === 0")
    assert page.locator("#said").inner_text().startswith("Ingen strømme kan vises")
    assert page.locator("path.flow.leaflet-interactive").count() == 0


def test_borders_that_are_given_can_be_shown_instead_of_tiles(flows, open_page):
    page = open_page(render_flow_map(flows, load_texts(), geometry=draw_squares()))
    drawn = page.locator("path.flow.leaflet-interactive").count()
    page.get_by_role("button", name="Felter").click()
    assert page.locator("path.flow.leaflet-interactive").count() == drawn
    expect(page.get_by_role("button", name="Felter")).to_have_attribute("aria-pressed", "true")
