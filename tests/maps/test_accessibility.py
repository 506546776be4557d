"""Every kind of page under axe-core: nothing serious or critical, in light and dark, wide and narrow."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from boundaries.city_screening import screen_city
from boundaries.designation.made_list import NoList
from boundaries.disclosure.suppression import Published
from boundaries.movers import AreaMoves, MoversQuestion, follow_movers
from boundaries.registers.project import Project
from boundaries.screening_plan import ScreeningPlan
from maps.area_map import render_area_map
from maps.chapters import place_chapter
from maps.designation_map import render_designation_map
from maps.dwelling_map import render_dwelling_map
from maps.flow_map import render_flow_map
from maps.folder import make_chapter
from maps.gathering_map import render_gathering_map
from maps.index_page import render_index
from maps.moves_page import render_moves_page
from maps.report import render_report
from maps.screening_map import render_screening_map

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
    const found = await axe.run(document, { resultTypes: ['violations'] });
    return found.violations
        .filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => [one.id, one.nodes.map((node) => node.target.join(' ') + ': ' + node.failureSummary)]);
}"""


@dataclass(frozen=True)
class PageKind:
    """A page to look at, and what to do in it before."""

    render: Callable
    act: Callable = lambda page: None
    ready: str = ".side tbody tr"


def open_first_card(page):
    page.locator(".side tbody button.pick").first.click()
    page.wait_for_selector(".leaflet-popup .card")


def open_download_menu(page):
    page.locator(".menu-button[aria-controls=downloads]").click()


def play_timeline(page):
    page.select_option("#view", "timeline")
    page.get_by_role("button", name="Forrige liste").click()


def render_areas(sources):
    return render_area_map(sources["assessment"], sources["texts"])


def render_listed_areas(sources):
    demo = sources["demo"]
    return render_area_map(demo.shown, sources["texts"], listed=demo.listed)


def render_dwellings(sources):
    check = sources["demo"].check
    return render_dwelling_map(
        check.dwellings, check.pieces, sources["texts"], title=check.name, status_date=check.status_date
    )


def render_report_page(sources):
    demo = sources["demo"]
    return render_report(publish_shown(demo), demo.listed, sources["texts"])


def render_report_without_list(sources):
    reason = NoList("lists.no_residents", {})
    return render_report(publish_shown(sources["demo"]), reason, sources["texts"])


def render_index_page(sources):
    demo, here = sources["demo"], Path(__file__)
    files = sorted(here.parent.glob("test_*.py"))
    run = make_chapter(publish_shown(demo), demo.listed, sources["texts"])
    run = place_chapter(run, here.parent, here.parent, files)
    # A screening below the page, and movers in another language beside it.
    screen = replace(run, command="screen", folder="../maps", language="en")
    return render_index(here.parent, [run, screen, replace(run, command="movers")])


def publish_shown(demo):
    return Published(assessment=demo.shown, profile=pd.DataFrame())


def render_swipe(sources):
    return sources["demo"].swipe


def screen_planted_city(make_city_inputs):
    """A planted city of counted cells beside a designation of its westernmost zone."""
    inputs = make_city_inputs(side_n=40, zones_n=4)
    plan = ScreeningPlan(name="Prøveby", compare=Path("gamle.geojson"))
    zones = screen_city(plan, inputs).published.zones[["name", "geometry"]]
    return screen_city(plan, replace(inputs, old_zones=zones.iloc[:1]))


def render_grid(sources):
    return render_screening_map(sources["city"], sources["texts"])


def render_designations(sources):
    return render_designation_map(sources["city"], sources["texts"])


def publish_few_moves(sources):
    """The invented moves between eight kommuner, as they may be shown."""
    codes = ("0101", "0147", "0167", "0461", "0561", "0615", "0751", "0851")
    flows = sources["demo"].registers.flows
    few = flows[flows["from_kommune"].isin(codes) & flows["to_kommune"].isin(codes)].reset_index(drop=True)
    registers = replace(
        sources["demo"].registers, flows=few, residents=sources["demo"].registers.residents.iloc[:0]
    )
    project = Project(path=Path("boligkort.toml"), name="Prøve", output=Path("resultat"), is_synthetic=True)
    return follow_movers(registers, project, MoversQuestion(with_kommune=codes[:3], from_year=2023))


def render_movers(sources):
    return render_moves_page(publish_few_moves(sources), sources["texts"])


def render_flows(sources):
    kommuner = publish_few_moves(sources).kommuner
    return render_flow_map(
        kommuner.flows, sources["texts"], kommuner_with=kommuner.kommuner_with, is_synthetic=True
    )


def render_gathering(sources):
    """The areas of the page of areas, with invented movers."""
    drawn = sources["assessment"].areas
    ids, names = drawn["area_id"].tolist(), drawn["name"].tolist()
    table = pd.DataFrame({"year": 2025, "origin": "with_plan", "area_id": ids, "residents_n": 800})
    table = table.assign(is_small=True, has_plan=False, movers_n=pd.array([9, None, 30], dtype="Int64"))
    empty = pd.DataFrame()
    areas = AreaMoves(
        balance=pd.DataFrame({"year": 2025, "area_id": ids, "residents_then_n": 800}),
        inflow=empty,
        contributions=empty,
        gathering=table.assign(destination="small_area"),
        area_gathering=table,
        areas=empty,
        inflow_areas=(),
    )
    shapes = drawn[["geometry"]].assign(area_id=ids, name=names, has_plan=[True, False, False])
    return render_gathering_map(areas, shapes, sources["texts"])


PAGES = {
    "flows": PageKind(render_flows),
    "movers": PageKind(render_movers, ready="main table"),
    "grid": PageKind(render_grid),
    "grid_card": PageKind(render_grid, open_first_card),
    "grid_value": PageKind(render_grid, lambda page: page.select_option("#view", "value-low_income")),
    "designations": PageKind(render_designations),
    "designations_card": PageKind(render_designations, open_first_card),
    "gathering": PageKind(render_gathering),
    "gathering_card": PageKind(render_gathering, open_first_card),
    "areas": PageKind(render_areas),
    "areas_card": PageKind(render_areas, open_first_card),
    "list": PageKind(render_listed_areas),
    "list_card": PageKind(render_listed_areas, open_first_card),
    "list_menu": PageKind(render_listed_areas, open_download_menu),
    "list_timeline": PageKind(render_listed_areas, play_timeline),
    "list_criterion": PageKind(
        render_listed_areas, lambda page: page.select_option("#view", "criterion-labour_outside")
    ),
    "dwellings": PageKind(render_dwellings),
    "dwellings_card": PageKind(render_dwellings, open_first_card),
    "report": PageKind(render_report_page, ready="#diskretionering"),
    "report_without_list": PageKind(render_report_without_list, ready="#diskretionering"),
    "index": PageKind(render_index_page, ready=".files li"),
    "swipe": PageKind(render_swipe),
    "swipe_card": PageKind(
        render_swipe, lambda page: page.locator("#dwellings tbody button.pick").first.click()
    ),
}
"""Every kind of page; a new one is a line here."""


@pytest.fixture(scope="module")
def documents(make, texts, demo_pages, city_inputs):
    """Render each page once."""
    sources = {"assessment": make["assessment"](), "texts": texts, "demo": demo_pages}
    sources["city"] = screen_planted_city(city_inputs)
    made = {}

    def find(kind):
        if kind.render not in made:
            made[kind.render] = kind.render(sources)
        return made[kind.render]

    return find


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install axe-core)")
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(name, documents, browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(documents(PAGES[name]), encoding="utf-8", newline="")
    # axe adds style elements of its own, which the page's policy would refuse.
    context = browser.new_context(reduced_motion="reduce", offline=True, bypass_csp=True)
    found = {}
    try:
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_selector(PAGES[name].ready)
        PAGES[name].act(page)
        page.add_script_tag(path=AXE)
        for scheme in ("light", "dark"):
            for width, height in ((1400, 900), (390, 844)):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": height})
                found[f"{scheme} {width}"] = page.evaluate(RUN)
    finally:
        context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install axe-core)")
def test_axe_would_find_a_fault(browser):
    context = browser.new_context(offline=True)
    try:
        page = context.new_page()
        page.set_content("<html><title>x</title><body><main><h1>x</h1><input></main></body></html>")
        page.add_script_tag(path=AXE)
        found = [rule for rule, _ in page.evaluate(RUN)]
    finally:
        context.close()
    assert "label" in found
