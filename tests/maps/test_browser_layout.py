"""The pages in headless Chromium on light and dark screens, small ones and paper."""

import pytest

pytestmark = pytest.mark.browser


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
    assert page.locator(".notes").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 27)"
