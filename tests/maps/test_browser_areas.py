"""The map of areas in headless Chromium: shapes, cards, rows, sorting and search, by mouse and by keyboard."""

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

pytestmark = pytest.mark.browser


@pytest.fixture
def area_page(area_document, open_page):
    return open_page(area_document)


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


def test_a_long_name_on_the_map_is_broken_between_words_and_no_word_is_cut(area_page):
    measure = """name => {
        const span = document.querySelector('.label span');
        (span.querySelector('bdi') || span).textContent = name;
        const box = span.getBoundingClientRect();
        return [box.width, box.height, span.scrollWidth > span.clientWidth];
    }"""
    _, line, _ = area_page.evaluate(measure, "Å")
    width, height, is_cut = area_page.evaluate(measure, "Tangvænget/Ålegræsset")
    assert width <= 132
    assert height > 1.5 * line
    assert not is_cut
    width, height, is_cut = area_page.evaluate(measure, "Strandskadegårdsparkens")
    assert width > 132
    assert height == line
    assert not is_cut


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
