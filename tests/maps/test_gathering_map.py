"""The map of where leavers gather: what is hidden is not in it, and small areas and plans show without colour."""

import json
import re
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from boundaries.movers import AreaMoves
from data.texts import load_texts
from maps.gathering_map import render_gathering_map

AREAS = ("A", "B", "C", "D")
COUNTS = {"with_plan": [41, pd.NA, 0], "without_plan": [pd.NA, 57, pd.NA], "outside": [311, 57, 8]}


def make_areas():
    rows = [
        (2025, origin, area, size, size < 1000, area == "A", count)
        for origin, counts in COUNTS.items()
        for area, size, count in zip(AREAS, (1400, 733, 905), counts, strict=False)
    ]
    columns = ["year", "origin", "area_id", "residents_n", "is_small", "has_plan", "movers_n"]
    table = pd.DataFrame(rows, columns=columns).astype({"movers_n": "Int64"})
    balance = pd.DataFrame({"year": 2025, "area_id": list(AREAS), "residents_then_n": [1400, 733, 905, 1210]})
    gathering = pd.DataFrame(
        {
            "year": 2025,
            "origin": "with_plan",
            "destination": ["small_area", "small_area", "large_area", "large_area"],
            "exposure": ["udsat", "andre"] * 2,
            "movers_n": pd.array([pd.NA, 21, 19, 22], dtype="Int64"),
        }
    )
    empty = pd.DataFrame()
    return AreaMoves(
        balance=balance,
        inflow=empty,
        contributions=empty,
        gathering=gathering,
        area_gathering=table,
        areas=empty,
        inflow_areas=(),
    )


def make_shapes(has_plan="A"):
    shapes = [shapely.box(720_000 + 400 * at, 6_175_000, 720_300 + 400 * at, 6_175_300) for at in range(4)]
    columns = {"area_id": list(AREAS), "name": ["Ærtegård", "Bøgevang", "Cedervej", "Dueslaget"]}
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:25832")
    return frame.assign(has_plan=frame["area_id"].eq(has_plan))


@pytest.fixture(scope="module")
def document():
    return render_gathering_map(make_areas(), make_shapes(), load_texts("da"), is_synthetic=True)


def read(document):
    return json.loads(re.search(r'id="areas-data">(.*?)</script>', document)[1])


def test_the_table_has_what_is_shown_and_nothing_for_what_is_hidden(document):
    rows = read(document)["tables"][0]["rows"]
    assert [row["values"][1:] for row in rows] == [
        [41, None, 311], [None, 57, 57], [0, None, 8], [0, 0, 0]
    ]  # fmt: skip
    assert rows[1]["cells"][1] == "diskretioneret"
    assert [row["notes"][0] for row in rows] == [
        "Større område, udviklingsplan", "Mindre område", "Mindre område", "Større område"
    ]  # fmt: skip


def test_colour_is_of_the_count_and_outlines_are_of_size_and_plan(document):
    styles = [shape["style"].split() for shape in read(document)["shapes"]]
    assert ["withheld" in style for style in styles] == [False, True, False, False]
    assert ["is-small" in style for style in styles] == [False, True, True, False]
    assert ["has-plan" in style for style in styles] == [True, False, False, False]
    assert styles[2][1] == styles[3][1] != styles[0][1]


def test_a_sum_of_which_a_part_is_hidden_is_hidden_and_others_are_the_sums(document):
    told = " ".join(
        re.sub(r"<[^>]+>", " ", re.search(r"<header.*?</header>", document, re.DOTALL)[0]).split()
    )
    assert "flyttede til mindre områder diskretioneret" in told
    assert "flyttede til større områder 41" in told


def test_the_legend_counts_the_areas(document):
    legend = re.search(r'id="legend".*?</ul>', document, re.DOTALL)[0]
    said = " ".join(re.sub(r"<[^>]+>", " ", legend).split())
    for line in ("0 flyttede dertil n = 2", "41 flyttede dertil n = 1", "Diskretioneret n = 1"):
        assert line in said
    assert "under 1.000 beboere n = 2" in said
    assert "udviklingsplan n = 1" in said


def test_without_a_plan_the_leavers_of_the_areas_are_shown():
    document = render_gathering_map(make_areas(), make_shapes(has_plan=None), load_texts("da"))
    assert "ingen af områderne har en udviklingsplan" in document
    styles = [shape["style"] for shape in read(document)["shapes"]]
    assert ["withheld" in style for style in styles] == [True, False, True, False]


def test_an_area_of_unknown_size_is_called_neither(document):
    areas = make_areas()
    bare = replace(areas, balance=areas.balance.iloc[:3])
    shapes = read(render_gathering_map(bare, make_shapes(), load_texts("da")))["shapes"]
    assert shapes[3]["card"]["rows"][-1][1] == "Ukendt størrelse"
    assert "is-small" not in shapes[3]["style"]


@pytest.mark.browser
def test_a_row_opens_the_area_by_keyboard_and_the_search_narrows(document, open_page):
    page = open_page(document)
    page.locator("#areas tbody button.pick").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup .card")
    assert "diskretioneret" in page.locator(".leaflet-popup .card").inner_text()
    page.keyboard.press("Escape")
    page.fill("#search", "mindre")
    page.wait_for_function("() => document.querySelectorAll('#areas tbody tr').length === 2")
    assert page.locator("path.gathered.faded").count() == 2
    dash = "e => getComputedStyle(e).strokeDasharray"
    assert page.locator("path.gathered.is-small").first.evaluate(dash) != "none"
    assert page.locator("path.gathered.has-plan").first.evaluate(dash) == "none"


LINES_OF = """name => [...document.querySelectorAll("bdi")].filter((one) => one.textContent.includes(name)).map((one) => {
  const range = document.createRange(), text = one.firstChild.nodeType === 3 ? one.firstChild : one.querySelector("*").firstChild
  const at = text.data.indexOf(name)
  range.setStart(text, at)
  range.setEnd(text, at + name.length)
  return new Set([...range.getClientRects()].filter((box) => box.width).map((box) => Math.round(box.top))).size
})"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1400])
def test_a_name_breaks_only_where_it_must(width, open_page):
    long = "Strandskadegårdene"
    endless = "Skt" * 40
    shapes = make_shapes().assign(name=[long, endless, "Cedervej", "Dueslaget"])
    page = open_page(render_gathering_map(make_areas(), shapes, load_texts("da")), width=width, height=844)
    # In the table, and on the map where its label has room.
    assert set(page.evaluate(LINES_OF, long)) == {1}
    table = page.locator(".side th[scope=row] bdi", has_text=endless)
    assert table.first.bounding_box()["width"] < 190
    assert page.evaluate("document.documentElement.scrollWidth") <= width
