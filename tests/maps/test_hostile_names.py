"""Names that try to be code appear as they are, in every page and file, and run nothing."""

import csv
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from boundaries.city_screening import screen_city
from boundaries.designation.made_list import NoList
from boundaries.disclosure.suppression import Published
from boundaries.screening_plan import ScreeningPlan
from maps.area_map import render_area_map
from maps.chapters import place_chapter
from maps.figure_files import save_figure
from maps.figure_maps import draw_area_map
from maps.figure_series import draw_margins
from maps.figure_text import make_drawable, measure_mm, shorten
from maps.folder import make_chapter
from maps.index_page import render_index
from maps.qgis_lists import style_designations
from maps.report import render_report
from maps.screening_map import render_screening_map
from maps.yearly_lists import write_lists

NAMES = [
    "<img src=x onerror=window.ran=1>",
    "</script><script>window.ran=1</script>",
    "</style><script>window.ran=1</script>",
    "</title><svg/onload=window.ran=1>",
    "${window.ran=1}",
    "`${alert(1)}`",
    "{{ 7*7 }}",
    "{% raw %}",
    "{0} {name}",
    "$\\frac{1}{2}$",
    "\"'\"' onfocus=window.ran=1 '",
    "a\x00b",
    "😀👩‍👩‍👧",
    "\u202eשלום",
    "X" * 500,
    "<!--",
    "]]>",
    "&lt;b&gt;&amp;",
    "\u2028line",
    "Å\u030a",
    "javascript:window.ran=1",
    '=HYPERLINK("http://x","y")',
    "'-window.ran=1-'",
    "\\u003cimg>",
    "%s%n",
    "@import url(x)",
    "\ufeffbom",
    "tab\tand\nline",
    "__proto__",
    "null",
]
XML_NAMES = [name for name in NAMES if "\x00" not in name]


def show(name):
    """What a page holds of a name: HTML has no NUL."""
    return name.replace("\x00", "\ufffd")


def test_there_are_thirty_different_names():
    assert len(set(NAMES)) == 30


def repeat_rows(frame, ids, key, sources):
    """For each new id the rows of its source, in order."""
    parts = [
        frame[frame[key].eq(source)].assign(**{key: new}) for new, source in zip(ids, sources, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def hostile(demo_pages):
    """The list and the areas of the synthetic kommune, repeated until every name has an area."""
    shown, listed = demo_pages.shown, demo_pages.listed
    known = shown.areas["area_id"].tolist()
    ids = [f"H{at:02d}" for at in range(len(NAMES))]
    sources = [known[at % len(known)] for at in range(len(NAMES))]
    files = shown.files.assign(file=NAMES[: len(shown.files)])
    areas = repeat_rows(shown.areas, ids, "area_id", sources).assign(name=NAMES)
    shown = replace(shown, areas=areas, files=files)
    made = replace(
        listed.made,
        assessment=shown,
        mix=repeat_rows(listed.made.mix, ids, "area_id", sources),
    )
    listed = replace(
        listed,
        made=made,
        areas=repeat_rows(listed.areas, ids, "area_id", sources).assign(name=NAMES),
        criteria=repeat_rows(listed.criteria, ids, "area_id", sources),
        changes=listed.changes.assign(area_key=[ids[at] for at in range(len(listed.changes))]),
    )
    return shown, listed


def publish(shown):
    return Published(assessment=shown, profile=pd.DataFrame())


def render_index_of(shown, listed, _, texts, tmp_path):
    files = [tmp_path / f"{name}.csv" for name in ("<img src=x onerror=window.ran=1>", "a'b", "{{ 7*7 }}")]
    files = [file.with_name(file.name.replace("/", "")) for file in files]
    for file in files:
        file.write_text("x", encoding="utf-8")
    reason = NoList("law.kommune_without_region", {"area_id": "LS01", "kommune_code": "".join(NAMES)})
    run = place_chapter(make_chapter(publish(shown), reason, texts), tmp_path, tmp_path, files)
    movers = replace(run, command="movers", heading=NAMES[1], kicker=NAMES[1])
    return render_index(tmp_path, [run, movers])


@pytest.fixture(scope="module")
def hostile_city(city_inputs):
    """A screened city whose zones, barriers and files have the names, a zone each."""
    inputs = city_inputs([("barriers", name) for name in NAMES])
    city = screen_city(ScreeningPlan(name=NAMES[1], is_synthetic=True), inputs)
    numbers = range(1, len(NAMES) + 1)
    zones = city.published.zones.iloc[[at % 2 for at in range(len(NAMES))]]
    zones = zones.assign(name=NAMES, zone=numbers).reset_index(drop=True)
    barriers = pd.DataFrame({"zone": pd.array([*numbers, None], dtype="Int64"), "name": [*NAMES, None]})
    barriers = barriers.astype({"name": "str"}).assign(barrier_m=1.0, crossings_n=2, crossings_per_km=2000.0)
    blocks = zones[["zone", "name", "area_m2", "geometry"]].assign(blocks_n=1)
    published = replace(city.published, zones=zones)
    return replace(city, published=published, barriers=barriers, block_zones=blocks)


RENDERERS = {
    "screening": lambda shown, listed, city, texts, folder: render_screening_map(city, texts),
    "report": lambda shown, listed, city, texts, folder: render_report(publish(shown), listed, texts),
    "areas": lambda shown, listed, city, texts, folder: render_area_map(shown, texts, title=NAMES[1]),
    "list": lambda shown, listed, city, texts, folder: render_area_map(shown, texts, listed=listed),
    "index": render_index_of,
}
"""Every kind of page that names areas; a new one is a line here."""


@pytest.fixture(scope="module")
def find_document(hostile, hostile_city, texts, tmp_path_factory):
    """Render each page once."""

    @cache
    def find(kind):
        return RENDERERS[kind](*hostile, hostile_city, texts, tmp_path_factory.mktemp(kind))

    return find


@pytest.mark.browser
@pytest.mark.parametrize("kind", RENDERERS)
def test_a_page_shows_each_name_and_runs_none(kind, find_document, browser, tmp_path):
    document = find_document(kind)
    path = Path(tmp_path) / "page.html"
    path.write_text(document, encoding="utf-8", newline="")
    noise = []
    context = browser.new_context(offline=True)
    try:
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("dialog", lambda dialog: (noise.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: noise.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_timeout(300)
        seen = page.evaluate("[...document.querySelectorAll('bdi')].map((one) => one.textContent)")
        assert page.evaluate("window.ran") is None
        foreign = page.evaluate("document.querySelectorAll('img, iframe, object, embed, base').length")
    finally:
        context.close()
    assert noise == [path.as_uri()]
    assert foreign == 0
    if kind == "index":
        assert show("".join(NAMES)) in "".join(seen)
    else:
        # A script can set what HTML cannot hold.
        assert {show(name) for name in NAMES} <= {show(text) for text in seen}


@pytest.mark.parametrize("kind", ["report", "index"])
def test_a_page_to_read_has_no_script_and_a_policy_that_allows_none(kind, find_document):
    document = find_document(kind)
    assert "<script" not in document
    policy = document.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src &#39;none&#39;" in policy
    assert "script" not in policy


def drawn_texts(svg):
    root = ET.fromstring(svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags.isdisjoint({"script", "image", "foreignObject", "a", "set", "animate"})
    names = {name for element in root.iter() for name in element.attrib}
    assert not any(name.startswith("on") for name in names)
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_figures_write_what_their_font_can(hostile, texts):
    shown, listed = hostile
    drawn = drawn_texts(save_figure(draw_margins(listed, texts), "svg"))
    for name in NAMES:
        whole = make_drawable(name)
        assert any(text == whole or (text.endswith("…") and whole.startswith(text[:-1])) for text in drawn), (
            name
        )
    map_texts = drawn_texts(save_figure(draw_area_map(shown, texts), "svg"))
    assert len(map_texts) > 3
    assert "$\\frac{1}{2}$" in drawn


def test_the_workbook_and_the_tables_hold_each_name(hostile, texts, tmp_path):
    write_lists(tmp_path, hostile[1], texts)
    sheet = pd.read_excel(
        tmp_path / "lister.xlsx",
        sheet_name="Liste",
        header=None,
        engine="calamine",
        dtype=str,
        na_filter=False,
    )
    values = {str(value).replace("\r\n", "\n") for value in sheet[0]}
    for name in NAMES:
        assert name in values or show(name) in values, name
    with zipfile.ZipFile(tmp_path / "lister.xlsx") as parts:
        for part in parts.namelist():
            if part.endswith(".xml"):
                ET.fromstring(parts.read(part))
                assert b"<f>" not in parts.read(part)
    with (tmp_path / "lister" / "liste.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row[0] for row in csv.reader(file, delimiter=";")}
    for name in NAMES:
        assert {name, "'" + name} & names, name


def test_a_qgis_style_with_such_labels_stays_xml(texts):
    labels_of = dict(zip(["omdannelsesomraade", "parallelsamfund"], XML_NAMES[:2], strict=True))
    root = ET.fromstring(style_designations(texts, labels_of=labels_of).split("\n", 1)[1])
    assert [one.get("label") for one in root.iter("category")] == list(labels_of.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_shortened_name_is_never_wider_than_its_room(name):
    short = shorten(name, 30, 9)
    assert measure_mm(short, 9) <= 30
    assert "\n" not in short
