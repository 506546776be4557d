"""The map of dwellings in headless Chromium: reasons, symbols, filter, long tables, and many dwellings."""

from datetime import date

import pytest

from maps.dwelling_map import render_dwelling_map

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

pytestmark = pytest.mark.browser


def popup_of(page):
    return page.locator(".leaflet-popup .card")


@pytest.fixture
def dwelling_page(dwelling_document, open_page):
    return open_page(dwelling_document)


def test_a_dwelling_says_its_reason_and_clause(dwelling_page, texts):
    dwelling_page.locator("#search").fill("B00004")
    expect(dwelling_page.locator("#dwellings tbody tr")).to_have_count(1)
    dwelling_page.locator("#search").press("Enter")
    card = popup_of(dwelling_page).inner_text()
    assert "Tæller med" in card
    assert texts.get("reason.built_from_2010_on_original.sentence") in card
    assert texts.get("reason.built_from_2010_on_original.clause") in card
    assert "1000001-1a" in card
    assert popup_of(dwelling_page).locator(".verdict path.decision-counted").count() == 1


def test_a_click_on_a_symbol_opens_that_dwelling(dwelling_page):
    dwelling_page.locator("#dwellings tbody button").nth(7).click()
    wanted = popup_of(dwelling_page).locator("h2").inner_text()
    ring = dwelling_page.locator("path.ring").bounding_box()
    dwelling_page.keyboard.press("Escape")
    dwelling_page.mouse.click(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
    assert popup_of(dwelling_page).locator("h2").inner_text() == wanted


def test_a_dwelling_without_a_point_is_still_told(dwelling_page):
    dwelling_page.locator("#search").fill("B00299")
    expect(dwelling_page.locator("#dwellings tbody tr")).to_have_count(1)
    dwelling_page.locator("#search").press("Enter")
    assert "B00299" in popup_of(dwelling_page).inner_text()


PIXELS = """() => {
    const source = document.querySelector('.leaflet-dots-pane canvas');
    const copy = Object.assign(document.createElement('canvas'), { width: source.width, height: source.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(source, 0, 0);
"""


def inked(page):
    """How many pixels of the symbols' canvas are painted."""
    return page.evaluate(
        PIXELS
        + """const data = context.getImageData(0, 0, copy.width, copy.height).data;
        let n = 0;
        for (let i = 3; i < data.length; i += 4) if (data[i]) n++;
        return n; }"""
    )


def colour_at_ring(page):
    """Colour of the symbols' canvas in the middle of the ring."""
    return page.evaluate(
        PIXELS
        + """const box = source.getBoundingClientRect();
        const ring = document.querySelector('path.ring').getBoundingClientRect();
        const k = source.width / box.width;
        const at = [ring.x + ring.width / 2 - box.x, ring.y + ring.height / 2 - box.y];
        return [...context.getImageData(at[0] * k, at[1] * k, 1, 1).data]; }"""
    )


def test_reasons_filter_symbols_and_rows_by_keyboard(dwelling_page):
    page = dwelling_page
    before = inked(page)
    assert before > 0
    box = page.locator("input[data-reason=almen_on_original]")
    counted = page.locator("input[data-decision=counted]")
    n = int(box.locator("xpath=../span[@class='n']").inner_text())
    box.focus()
    page.keyboard.press("Space")
    assert not box.is_checked()
    assert counted.evaluate("e => e.indeterminate")
    assert page.locator("#status").inner_text() == f"{300 - n} af 300 vises"
    for decision in ("counted", "not_counted", "undecided", "outside"):
        group = page.locator(f"input[data-decision={decision}]")
        group.evaluate("e => { e.indeterminate = false; if (e.checked) e.click(); }")
    assert inked(page) == 0
    assert page.locator("#dwellings tbody tr").count() == 0
    counted.check()
    assert box.is_checked()
    assert 0 < inked(page) < before
    for name in page.locator("#dwellings tbody td:last-child .cell-mark").all_inner_texts():
        assert name == "Tæller med"


def test_counts_of_the_filter_sum_to_all(dwelling_page):
    groups = [int(n) for n in dwelling_page.locator("#filters label.group .n").all_inner_texts()]
    reasons = [int(n) for n in dwelling_page.locator("#filters ul ul .n").all_inner_texts()]
    assert sum(groups) == sum(reasons) == 300


def test_symbols_have_the_palettes_colours_in_light_and_dark(dwelling_page):
    page = dwelling_page
    page.locator("#dwellings tbody button").first.click()
    assert colour_at_ring(page) == [11, 98, 168, 255]
    page.emulate_media(color_scheme="dark")
    for _ in range(40):  # the change of scheme reaches the page as an event
        if colour_at_ring(page) != [11, 98, 168, 255]:
            break
        page.wait_for_timeout(50)
    assert colour_at_ring(page) == [98, 176, 242, 255]


def test_long_tables_are_shown_in_parts(dwelling_page):
    page = dwelling_page
    assert page.locator("#dwellings tbody tr").count() == 100
    more = page.locator("button.more")
    assert more.inner_text() == "Viser 100 af 300 · vis flere"
    more.click()
    assert page.locator("#dwellings tbody tr").count() == 200
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 101
    more.click()
    assert more.is_hidden()


@pytest.mark.slow
def test_12000_dwellings_stay_smooth(make, texts, open_page):
    document = render_dwelling_map(
        make["dwellings"](12_000), make["pieces"](), texts, title="A", status_date=date(2025, 1, 1)
    )
    page = open_page(document)
    drawn = page.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
    assert drawn < 5000
    redraw = page.evaluate(
        """() => { const boxes = document.querySelectorAll('#filters input'); const start = performance.now();
        boxes[1].click(); boxes[1].click(); return (performance.now() - start) / 2; }"""
    )
    assert redraw < 500
    # Frames while zooming with the wheel and panning, by the page's own clock.
    page.mouse.move(450, 450)
    page.evaluate(
        "window.frames_ = []; (function tick(t) { frames_.push(t); requestAnimationFrame(tick); })(performance.now())"
    )
    for _ in range(6):
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(120)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(450 + 12 * step, 450 + 6 * step)
    page.mouse.up()
    frames = page.evaluate("frames_")
    rate = 1000 * (len(frames) - 1) / (frames[-1] - frames[0])
    assert rate > 15
    print(f"load {drawn:.0f} ms, filter {redraw:.0f} ms, {rate:.0f} frames a second")
