"""The pages in headless Chromium: no request, no console message, by mouse and by keyboard."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import shapely

from maps.area_map import render_area_map
from maps.dwelling_map import render_dwelling_map

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

expect = playwright.expect

pytestmark = pytest.mark.browser

HOSTILE = [
    "<img src=x onerror=window.ran=1>",
    "</script><script>window.ran=1</script>",
    "${window.ran=1}",
    "`${window.ran=1}`",
    "{{ 7*7 }}",
    "{%raw%}",
    "\"'\"'",
    "a\x00b",
    "😀👩‍👩‍👧",
    "\u202eשלום",
    "X" * 500,
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "\u2028line",
    "Å\u030a",
    "javascript:window.ran=1",
    "<svg/onload=window.ran=1>",
    "'-window.ran=1-'",
    "\\u003cimg>",
    "{0} {name}",
    "%s%n",
    "=1+1",
    "\ufeffbom",
    "tab\tand\nline",
    "<b>fed</b>",
    "<style>*{display:none}</style>",
    "__proto__",
    "constructor",
    "null",
]


@pytest.fixture(scope="module")
def area_document(make, texts):
    return render_area_map(make["assessment"](), texts, title="Eksempelby")


@pytest.fixture
def area_page(area_document, open_page):
    return open_page(area_document)


@pytest.fixture(scope="module")
def dwelling_document(make, texts):
    return render_dwelling_map(
        make["dwellings"](300),
        make["pieces"](),
        texts,
        title="Ærtebjerggård",
        status_date=date(2025, 1, 1),
    )


@pytest.fixture
def dwelling_page(dwelling_document, open_page):
    return open_page(dwelling_document)


def names_of(page, table="areas"):
    return page.locator(f"#{table} tbody th button").all_inner_texts()


def popup_of(page):
    return page.locator(".leaflet-popup .card")


def test_every_shape_is_drawn_with_its_style(area_page):
    assert area_page.locator("path.shape[data-key]").count() == 7
    base = area_page.locator("path[data-key=a0]")
    style = base.evaluate(
        "e => [getComputedStyle(e).stroke, getComputedStyle(e).fill, getComputedStyle(e).strokeDasharray]"
    )
    assert style == ["rgb(20, 108, 95)", "rgb(20, 108, 95)", "none"]
    hatched = area_page.locator("path[data-key=e0]").evaluate("e => getComputedStyle(e).fill")
    assert "#hatch" in hatched
    pending = area_page.locator("path[data-key=e1]").evaluate(
        "e => [getComputedStyle(e).fill, getComputedStyle(e).strokeDasharray]"
    )
    assert pending[0] == "none"
    assert pending[1] == "6px, 4px"


def test_a_click_opens_the_card_and_marks_the_row(area_page):
    area_page.locator("path[data-key=a1]").click(position={"x": 40, "y": 60})
    assert popup_of(area_page).locator("h2").inner_text() == "Østerhaven"
    assert "702" in popup_of(area_page).locator(".big").inner_text()
    assert area_page.locator("#areas tr.picked").inner_text().startswith("Østerhaven")
    area_page.keyboard.press("Escape")
    assert popup_of(area_page).count() == 0
    assert area_page.locator("tr.picked").count() == 0


def test_an_area_is_reached_by_tab_and_opened_by_enter(area_page):
    for _ in range(30):
        area_page.keyboard.press("Tab")
        if area_page.evaluate("document.activeElement.dataset?.key") == "a0":
            break
    focused = area_page.locator("path[data-key=a0]")
    assert focused.evaluate("e => e === document.activeElement")
    assert focused.evaluate("e => [getComputedStyle(e).stroke, getComputedStyle(e).strokeWidth]") == [
        "rgb(11, 87, 208)",
        "5px",
    ]
    assert "Boliger, der tæller med: 1.180" in focused.get_attribute("aria-label")
    area_page.keyboard.press("Enter")
    assert popup_of(area_page).locator("h2").inner_text() == "Ærtebjerggård"
    assert area_page.evaluate("document.activeElement.className").startswith("leaflet-popup-content")
    area_page.keyboard.press("Escape")
    assert popup_of(area_page).count() == 0
    assert focused.evaluate("e => e === document.activeElement")


def test_an_extension_that_is_not_in_force_can_be_clicked_inside(area_page):
    area_page.locator("path[data-key=e1]").click(position={"x": 45, "y": 30})
    assert "Ansøgt, ikke godkendt" in popup_of(area_page).inner_text()


def test_a_row_opens_its_area_by_mouse_and_by_keyboard(area_page):
    area_page.locator("#areas tbody tr", has_text="Ålekisteparken").click()
    assert "diskretioneret" in popup_of(area_page).locator(".big").inner_text()
    button = area_page.locator("#extensions tbody button").first
    button.focus()
    area_page.keyboard.press("Enter")
    assert "Udvidelse U1" in popup_of(area_page).inner_text()
    area_page.keyboard.press("Escape")
    assert button.evaluate("e => e === document.activeElement")


def test_sorting_is_danish_and_missing_is_last_both_ways(area_page):
    heading = area_page.locator("#areas thead button", has_text="Område")
    heading.click()
    assert names_of(area_page) == ["Ærtebjerggård", "Østerhaven", "Ålekisteparken"]
    assert heading.locator("..").get_attribute("aria-sort") == "ascending"
    heading.click()
    assert names_of(area_page) == ["Ålekisteparken", "Østerhaven", "Ærtebjerggård"]
    residents = area_page.locator("#areas thead button", has_text="Beboere")
    residents.click()
    assert names_of(area_page) == ["Ærtebjerggård", "Østerhaven", "Ålekisteparken"]
    residents.click()
    assert names_of(area_page) == ["Østerhaven", "Ærtebjerggård", "Ålekisteparken"]
    assert area_page.locator("#areas [aria-sort]").count() == 1


def test_search_narrows_tables_and_map_and_enter_opens_the_first(area_page):
    area_page.locator("#search").fill("øster")
    expect(area_page.locator("#status")).not_to_be_empty()
    assert names_of(area_page) == ["Østerhaven"]
    assert area_page.locator("#status").inner_text() == "2 af 7 vises"
    assert area_page.locator("path.faded").count() == 5
    area_page.locator("#search").press("Enter")
    assert popup_of(area_page).locator("h2").inner_text() == "Østerhaven"
    area_page.locator("#search").fill("intet sådant")
    expect(area_page.locator("#areas tbody tr")).to_have_count(0)
    assert area_page.locator("#areas + .empty").is_visible()
    area_page.locator("#search").press("Enter")
    area_page.locator("#search").fill("")
    expect(area_page.locator("#areas tbody tr")).to_have_count(3)
    assert area_page.locator("#status").inner_text() == ""


def test_names_on_the_map_do_not_touch(area_page):
    boxes = area_page.evaluate(
        "[...document.querySelectorAll('.label:not(.tucked) span')].map(e => e.getBoundingClientRect().toJSON())"
    )
    assert 1 <= len(boxes) <= 3
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert (
                one["right"] < other["left"]
                or one["left"] > other["right"]
                or one["bottom"] < other["top"]
                or one["top"] > other["bottom"]
            )


def test_scale_is_metric_and_controls_speak_danish(area_page):
    scale = area_page.locator(".leaflet-control-scale-line")
    assert scale.count() == 1
    assert scale.inner_text().endswith(" m")
    assert area_page.locator(".leaflet-control-zoom-in").get_attribute("aria-label") == "Zoom ind"
    area_page.locator("path[data-key=a1]").press("Enter")
    assert area_page.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "Luk"


def test_home_shows_everything_again(area_page):
    area_page.locator("#areas tbody button").first.click()
    area_page.keyboard.press("Escape")
    frame = area_page.locator(".folium-map").bounding_box()
    area_page.get_by_role("button", name="Vis hele kortet").click()
    for box in area_page.evaluate(
        "[...document.querySelectorAll('path[data-key]')].map(e => e.getBoundingClientRect().toJSON())"
    ):
        assert frame["x"] <= box["left"]
        assert box["right"] <= frame["x"] + frame["width"]


def test_dark_and_light_have_their_own_colours(area_document, open_page):
    grounds = [
        open_page(area_document, dark=dark).evaluate("getComputedStyle(document.body).backgroundColor")
        for dark in (False, True)
    ]
    assert grounds == ["rgb(255, 255, 255)", "rgb(20, 24, 27)"]


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_small_screen_scrolls_one_way_only(area_document, dwelling_document, open_page, width):
    for document in (area_document, dwelling_document):
        page = open_page(document, width=width, height=844)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator(".side tbody button").first.click()
        box = page.locator(".leaflet-popup").bounding_box()
        assert box["x"] >= -1
        assert box["x"] + box["width"] <= width + 1


def test_paper_is_light_whole_and_a4_landscape(area_document, open_page, tmp_path):
    page = open_page(area_document, dark=True)
    page.locator("#areas tbody button").first.click()
    path = tmp_path / "page.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert b"/MediaBox [0 0 841" in content
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    frame = page.locator(".map-frame").bounding_box()
    assert frame["width"] == pytest.approx(273 / 25.4 * 96, abs=1)
    for box in page.evaluate(
        "[...document.querySelectorAll('path[data-key]')].map(e => e.getBoundingClientRect().toJSON())"
    ):
        assert frame["x"] - 1 <= box["left"]
        assert box["right"] <= frame["x"] + frame["width"] + 1
        assert frame["y"] - 1 <= box["top"]
        assert box["bottom"] <= frame["y"] + frame["height"] + 1
    assert page.locator("#search").is_hidden()
    assert page.locator(".legend").is_visible()
    assert page.locator(".notes").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 27)"


def repeat_areas(whole, names):
    """An assessment of one area a name, side by side, without extensions."""
    areas = pd.concat([whole.areas.iloc[[0]]] * len(names), ignore_index=True)
    areas["area_id"] = [f"A{at:02}" for at in range(len(names))]
    areas["name"] = pd.Series(names, dtype=object)
    areas["geometry"] = [
        shapely.affinity.translate(g, 500 * (at % 6), 400 * (at // 6)) for at, g in enumerate(areas.geometry)
    ]
    return replace(whole, areas=areas, pieces=whole.pieces.iloc[:0], extensions=whole.extensions.iloc[:0])


def test_hostile_names_are_shown_as_they_are_and_run_nothing(assessment, texts, open_page):
    page = open_page(render_area_map(repeat_areas(assessment, HOSTILE), texts, title=HOSTILE[1]))
    shown = page.evaluate("[...document.querySelectorAll('#areas tbody th bdi')].map(e => e.textContent)")
    assert shown == HOSTILE
    assert page.evaluate("[...document.querySelectorAll('.label bdi')].map(e => e.textContent)") == HOSTILE
    for at, name in enumerate(HOSTILE):
        page.locator(f"path[data-key=a{at}]").press("Enter")
        assert page.evaluate("document.querySelector('.card h2').textContent") == name
    assert page.evaluate("document.querySelector('h1').textContent") == HOSTILE[1]
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400


def test_hostile_addresses_and_ids(make, texts, open_page):
    dwellings = make["dwellings"](60, HOSTILE)
    dwellings["parcel_key"] = [HOSTILE[i % len(HOSTILE)] for i in range(60)]
    pieces = make["pieces"]()
    pieces["parcel_key"] = HOSTILE[: len(pieces)]
    page = open_page(
        render_dwelling_map(dwellings, pieces, texts, title=HOSTILE[1], status_date=date(2025, 1, 1))
    )
    shown = page.evaluate("[...document.querySelectorAll('#dwellings tbody th bdi')].map(e => e.textContent)")
    assert sorted(shown) == sorted(HOSTILE * 2)
    for at in range(0, 60, 7):
        page.locator("#dwellings tbody button").nth(at).click()
        assert page.evaluate("document.querySelector('.card h2').textContent") == shown[at]


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
