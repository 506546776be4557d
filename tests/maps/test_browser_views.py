"""Views, timeline, downloads and the divider in headless Chromium, by mouse and by keyboard."""

import csv
import io
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest
import shapely

from maps.area_map import render_area_map
from maps.dwelling_map import render_dwelling_map

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def listed_document(demo_pages, texts):
    return render_area_map(
        demo_pages.shown, texts, context=demo_pages.registers.parcels, listed=demo_pages.listed
    )


@pytest.fixture
def listed_page(listed_document, open_page):
    return open_page(listed_document)


@pytest.fixture
def swipe_page(demo_pages, open_page):
    return open_page(demo_pages.swipe)


def styles_of(page):
    return page.evaluate(
        "[...document.querySelectorAll('path.shape[data-key^=a]')].map(e => [...e.classList].find(c => c.includes('-') && !c.startsWith('leaflet')))"
    )


def legend_of(page):
    return page.locator("#legend li").all_inner_texts()


def fetch(page, label):
    page.locator(".menu-button[aria-controls=downloads]").click()
    with page.expect_download() as started:
        page.get_by_role("button", name=label).click()
    return started.value


def test_views_colour_the_areas_and_bring_their_legend(listed_page, demo_pages):
    areas = demo_pages.listed.areas
    categories = [f"category-{kind}" for kind in areas["category"].fillna("none")]
    assert styles_of(listed_page) == categories
    assert any("Omdannelsesområde" in line and "n = 1" in line for line in legend_of(listed_page))
    listed_page.select_option("#view", "criterion-labour_outside")
    main = demo_pages.listed.criteria.query("criteria_set == 'main' and criterion == 'labour_outside'")
    for style, status in zip(styles_of(listed_page), main["status"], strict=True):
        assert (style in {"criterion-over", "criterion-far-over"}) == (status == "met")
    assert any(line.startswith("Over 40 pct.") for line in legend_of(listed_page))
    label = listed_page.locator("path[data-key=a0]").get_attribute("aria-label")
    assert label.endswith("Uden for arbejdsmarked og uddannelse: Over 40 pct.: opfylder kriteriet")
    fills = listed_page.evaluate(
        "['a0', 'a6'].map(key => getComputedStyle(document.querySelector(`path[data-key=${key}]`)).fill)"
    )
    assert "pattern-criterion-over" in fills[0]
    assert fills[1] == "rgb(180, 197, 209)"
    listed_page.select_option("#view", "extensions")
    assert listed_page.locator("path.shape.base[data-key^=a]").count() == 9


def test_an_area_is_reached_by_tab_and_its_card_tells_the_criteria(listed_page):
    for _ in range(40):
        listed_page.keyboard.press("Tab")
        if listed_page.evaluate("document.activeElement.dataset?.key") == "a0":
            break
    listed_page.keyboard.press("Enter")
    card = listed_page.locator(".leaflet-popup .card")
    assert card.locator("h2").inner_text() == "Hejreparken"
    assert card.locator(".verdict").inner_text() == "Omdannelsesområde"
    rows = card.locator("table.listed").first.locator("tbody tr").all_inner_texts()
    assert rows[0].split("\t") == ["Uden for arbejdsmarked og uddannelse", "45,8", "40", "ja", "168 færre"]
    assert rows[4].split("\t")[-1] == "17.000 kr. mere pr. person"
    assert "2019–2020\tghettoområde" in card.locator("table.listed").last.locator("tr").all_inner_texts()


def test_the_timeline_steps_by_buttons_slider_and_keys(listed_page):
    page = listed_page
    player = page.locator(".player")
    assert player.is_hidden()
    page.select_option("#view", "timeline")
    slider = page.get_by_role("slider", name="Listens dato")
    assert slider.get_attribute("aria-valuetext") == "Listen pr. 1. december 2025"
    assert page.get_by_role("button", name="Næste liste").is_disabled()
    page.get_by_role("button", name="Forrige liste").click()
    assert slider.input_value() == "5"
    assert page.locator(".player output").inner_text() == "Listen pr. 1. december 2024"
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "Listen pr. 1. december 2019"
    assert any(line.startswith("Ghettoområde") for line in legend_of(page))
    assert styles_of(page)[0] == "category-parallelsamfund"
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "Listen pr. 1. december 2020"
    assert page.get_by_role("button", name="Forrige liste").is_enabled()


def test_the_timeline_plays_from_the_first_list_to_the_last_and_stops(listed_document, open_page):
    page = open_page(listed_document)
    page.clock.install()
    page.select_option("#view", "timeline")
    play = page.locator(".player .play")
    slider = page.locator(".player input")
    play.click()
    assert play.get_attribute("aria-label") == "Pause"
    seen = [slider.input_value()]
    for _ in range(6):
        page.clock.run_for(1400)
        seen.append(slider.input_value())
    assert seen == ["0", "1", "2", "3", "4", "5", "6"]
    page.clock.run_for(1400)
    assert play.get_attribute("aria-label") == "Afspil"
    play.click()
    page.clock.run_for(1400)
    play.click()
    page.clock.run_for(5000)
    assert slider.input_value() == "1"


def test_layers_can_be_switched_off(listed_page):
    page = listed_page
    page.locator(".menu-button[aria-controls=layers]").click()
    page.get_by_role("checkbox", name="Navne").uncheck()
    assert page.locator(".leaflet-labels-pane").is_hidden()
    page.get_by_role("checkbox", name="Udvidelser").uncheck()
    assert page.locator("path[data-key=e1]").is_hidden()
    page.keyboard.press("Escape")
    assert page.locator("#layers").is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-controls')") == "layers"


def test_csv_is_the_table_as_sorted_and_searched(listed_page):
    page = listed_page
    page.locator("#areas thead button", has_text="Område").click()
    page.locator("#search").fill("forebyggelse")
    expect(page.locator("#areas tbody tr")).to_have_count(3)
    download = fetch(page, "Data som CSV: Boligområder")
    assert download.suggested_filename == "omraader-areas.csv"
    content = download.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["Område", "Kategori på listen"]
    assert [row[0] for row in rows[1:]] == page.locator("#areas tbody th button").all_inner_texts()
    assert {row[1] for row in rows[1:]} == {"Forebyggelsesområde"}
    assert all(row[2].isdigit() for row in rows[1:])


def test_csv_keeps_hidden_hidden_and_guards_formulas(assessment, texts, open_page):
    assessment.areas["name"] = ["=1+1", "@cmd", 'Å;b"c']
    page = open_page(render_area_map(assessment, texts))
    text = page.evaluate("boligkort.toCsv('areas')")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'@cmd", 'Å;b"c']
    assert rows[3][-1] == "diskretioneret"
    assert rows[1][-1] == "2.650–2.667"
    assert rows[2][-1] == "702"


@pytest.mark.parametrize("dark", [False, True])
def test_the_drawing_has_title_legend_areas_names_scale_and_credits(listed_document, open_page, dark):
    page = open_page(listed_document, dark=dark)
    download = fetch(page, "Kortet som SVG")
    assert download.suggested_filename == "omraader-kort.svg"
    drawing = ET.parse(download.path())
    words = [node.text for node in drawing.iter(f"{SVG}text")]
    assert "Boligområder og udvidelser" in words
    assert "Omdannelsesområde n = 1" in words
    assert "Hejreparken" in words
    assert "500 m" in words
    assert any("Syntetiske data: navne" in word for word in words)
    fills = {node.get("fill") for node in drawing.iter(f"{SVG}path")}
    assert "url(#pattern-category-omdannelsesomraade)" in fills
    patterns = {node.get("id") for node in drawing.iter(f"{SVG}pattern")}
    assert {fill[5:-1] for fill in fills if fill and fill.startswith("url")} <= patterns
    # A drawing is for paper, whatever the screen.
    assert drawing.getroot().find(f"{SVG}rect").get("fill") in {"#ffffff", "rgb(255, 255, 255)"}
    assert "var(" not in ET.tostring(drawing.getroot(), encoding="unicode")
    assert drawing.getroot().find(f".//{SVG}style") is None


def test_a_picture_can_be_fetched_and_has_colours(listed_page):
    content = fetch(listed_page, "Kortet som PNG").path().read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert width > 1500
    assert height > 1000
    assert len(content) > 50_000


def test_dwellings_are_in_the_drawing_with_their_symbols(make, texts, open_page, demo_pages):
    check = demo_pages.check
    page = open_page(
        render_dwelling_map(
            check.dwellings, check.pieces, texts, title=check.name, status_date=check.status_date
        )
    )
    drawing = ET.fromstring(page.evaluate("boligkort.toSvg(map_main)").encode())
    symbols = [node for node in drawing.iter(f"{SVG}path") if "scale(" in (node.get("transform") or "")]
    assert len(symbols) == check.dwellings["x"].notna().sum()
    blue = sum(node.get("fill") == "#0b62a8" for node in symbols)
    assert blue == check.dwellings.loc[check.dwellings["x"].notna(), "decision"].eq("counted").sum()


def divider_of(page):
    return page.get_by_role("slider", name="Skillelinje mellem før og efter")


def clip_of(page, side):
    text = page.evaluate(f"document.querySelector('.leaflet-dots-{side}-pane').style.clipPath")
    points = [
        tuple(float(n.strip().removesuffix("px")) for n in point.split()) for point in text[8:-1].split(",")
    ]
    return shapely.Polygon(points).bounds


def test_the_divider_is_dragged_and_cuts_the_two_sides_at_one_line(swipe_page):
    page, frame = swipe_page, swipe_page.locator(".map-frame").bounding_box()
    box = divider_of(page).bounding_box()
    middle = box["x"] + box["width"] / 2
    assert middle == pytest.approx(frame["x"] + frame["width"] / 2, abs=1)
    page.mouse.move(middle, frame["y"] + 300)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.25, frame["y"] + 310, steps=4)
    page.mouse.up()
    page.mouse.move(frame["x"] + frame["width"] * 0.9, frame["y"] + 310)
    assert divider_of(page).get_attribute("aria-valuenow") == "25"
    before, after = clip_of(page, "before"), clip_of(page, "after")
    assert before[2] == pytest.approx(after[0])
    assert before[2] - before[0] == pytest.approx(frame["width"] / 4, abs=1)
    assert after[2] - after[0] == pytest.approx(frame["width"] * 3 / 4, abs=1)
    # The line stays where it is while the map moves below it.
    page.evaluate("() => { map_main.panBy([120, 60], { animate: false }); }")
    assert clip_of(page, "before")[2] - before[2] == pytest.approx(120, abs=1)


def test_the_divider_moves_by_keys_and_says_what_it_shows(swipe_page):
    divider = divider_of(swipe_page)
    divider.focus()
    for key, value in (
        ("ArrowLeft", "48"),
        ("PageUp", "58"),
        ("Home", "0"),
        ("End", "100"),
        ("ArrowRight", "100"),
    ):
        swipe_page.keyboard.press(key)
        assert divider.get_attribute("aria-valuenow") == value
    assert (
        divider.get_attribute("aria-valuetext") == "100 pct. af kortet viser uden UDV-01, resten med UDV-01"
    )


def test_a_change_shows_its_dwellings_alone(swipe_page, demo_pages):
    row = swipe_page.locator("#changes tbody tr").first
    count = int(row.locator("td").last.inner_text())
    row.click()
    assert swipe_page.locator("#status").inner_text().startswith(f"{count} af ")
    shown = swipe_page.locator("#dwellings tbody tr").count()
    assert shown == min(100, count)
    row.click()
    assert swipe_page.locator("#status").inner_text() == ""
    swipe_page.locator("#dwellings tbody button").first.click()
    told = swipe_page.locator(".leaflet-popup .card").inner_text()
    assert "Uden UDV-01" in told
    assert "Med UDV-01" in told


def test_on_paper_the_legend_of_the_view_is_in_the_pdf(listed_page, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    listed_page.select_option("#view", "criterion-convicted")
    path = tmp_path / "page.pdf"
    listed_page.pdf(path=path, prefer_css_page_size=True)
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True
    ).stdout
    first = text.split("\f")[0]
    assert "Mindst 2,15 pct.: opfylder kriteriet" in first
    assert "Dømte" in first
    assert "Hejreparken" in first
    assert "Hent" not in first
    assert "Boliger" in text


def test_a_phone_shows_the_whole_table_of_before_and_after(demo_pages, open_page):
    page = open_page(demo_pages.swipe, width=390, height=844)
    block = page.locator(".table-block:has(#counts)")
    assert block.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    heads = page.locator("#counts .sort .whole")
    assert heads.count() == 2
    assert all("UDV-01" in text for text in heads.all_text_contents())
    assert heads.first.evaluate("e => e.getClientRects().length") == 1
    words = page.locator("#counts td.word").all_text_contents()
    assert set(words) <= {"diskretioneret", "–"}
