"""Figures: the same bytes each time, the size that is asked for, the words as text, the palette's colours."""

import struct
from dataclasses import replace
from xml.etree import ElementTree as ET

import geopandas as gpd
import matplotlib as mpl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from boundaries.designation.made_list import NoList
from data.kommuner import load_kommuner
from data.tiles import CHRISTIANSOE_CODE, load_tiles
from geo.errors import WriteError
from maps.area_views import make_views
from maps.classes import classify
from maps.figure_files import FORMATS, save_figure, write_figure
from maps.figure_kommuner import draw_kommune_map
from maps.figure_maps import draw_area_map, draw_criterion_map, draw_list_map, make_outline, round_down
from maps.figure_series import AREAS_MAX_N, count_by_category, draw_list_series, draw_margins
from maps.figure_svg import embed_figure, figure_rules
from maps.figure_text import make_drawable, measure_mm, wrap_text
from maps.figures import FIGURE_STYLES, SHEETS
from maps.kommune_rows import collect_values
from maps.kommune_topic import Topic, Unit
from maps.result_figures import figure_files, write_figures

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def makers(demo_pages, texts):
    shown, listed = demo_pages.shown, demo_pages.listed
    context = demo_pages.registers.parcels
    return {
        "areas": lambda size="a4": draw_area_map(shown, texts, context=context, size=size),
        "category": lambda size="a4": draw_list_map(shown, listed, texts, size=size),
        "criterion": lambda size="a4": draw_criterion_map(
            shown, listed, texts, criterion="labour_outside", size=size
        ),
        "margins": lambda size="a4": draw_margins(listed, texts, size=size),
        "series": lambda size="a4": draw_list_series(listed, texts, size=size),
    }


def texts_of(svg):
    return ["".join(one.itertext()) for one in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", ["areas", "category", "criterion", "margins", "series"])
def test_a_second_drawing_has_the_same_bytes(name, makers):
    one, other = makers[name](), makers[name]()
    for kind in FORMATS:
        assert save_figure(one, kind) == save_figure(other, kind)


def test_the_settings_of_the_reader_do_not_show_and_stay(makers):
    plain = save_figure(makers["series"](), "svg")
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 40, "lines.linewidth": 9}):
        assert save_figure(makers["series"](), "svg") == plain
        assert mpl.rcParams["font.size"] == 40


@pytest.mark.parametrize(("size", "millimetres"), [("a4", (297, 210)), ("slide", (338.6667, 190.5))])
def test_the_sheet_has_its_size(size, millimetres, makers):
    figure = makers["series"](size)
    assert [part * 25.4 for part in figure.get_size_inches()] == pytest.approx(millimetres)
    png = save_figure(figure, "png")
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == tuple(int(part / 25.4 * 160) for part in millimetres)
    root = ET.fromstring(save_figure(figure, "svg"))
    assert float(root.get("width").removesuffix("pt")) * 25.4 / 72 == pytest.approx(millimetres[0], abs=0.01)


def test_the_words_are_text(makers, demo_pages, texts):
    seen = texts_of(save_figure(makers["areas"](), "svg"))
    assert "Boligområder og udvidelser" in seen
    assert texts.get("page.synthetic") in seen
    assert "500 m" in seen
    assert f"Oprindeligt boligområde (n = {len(demo_pages.shown.areas)})" in seen
    assert {"Hejreparken", "Marehalmen"} <= set(seen)


def test_the_legend_counts_what_the_view_counts(makers, demo_pages, texts):
    step = next(one for one in make_views(demo_pages.listed, texts) if one.key == "category").steps[0]
    seen = " ".join(texts_of(save_figure(makers["category"](), "svg")))
    for style, label in step.legend:
        assert f"{label} (n = {list(step.styles.values()).count(style)})" in seen


def test_columns_add_up_to_the_lists(demo_pages):
    counts = count_by_category(demo_pages.listed)
    history = demo_pages.listed.made.yearly_list.history
    for day, by_kind in counts.items():
        if day.isoformat() in history:
            assert sum(by_kind.values()) == int(history[day.isoformat()].notna().sum())
    assert sum(counts[demo_pages.listed.list_date].values()) == int(
        demo_pages.listed.areas["category"].notna().sum()
    )


def test_a_hidden_value_is_not_in_the_figure(demo_pages, texts):
    listed = demo_pages.listed
    criteria = listed.criteria.copy()
    at = criteria.index[criteria["criterion"].eq("convicted") & criteria["criteria_set"].eq("main")][0]
    shown = texts_of(save_figure(draw_margins(listed, texts), "svg"))
    criteria.loc[at, "hidden"] = "value,numerator"
    hidden = texts_of(save_figure(draw_margins(replace(listed, criteria=criteria), texts), "svg"))
    assert hidden.count("diskr.") == shown.count("diskr.") + 1
    assert len(hidden) == len(shown)


@pytest.mark.parametrize("size", ["a4", "slide"])
def test_every_word_of_a_heading_is_in_the_figure(size, demo_pages, texts):
    listed = demo_pages.listed
    said = " ".join(texts_of(save_figure(draw_margins(listed, texts, size=size), "svg")))
    for criterion in listed.criteria["criterion"].unique():
        for word in texts.get(f"criterion.{criterion}.title").split():
            assert word in said


def test_of_many_areas_the_figure_says_which_it_shows(demo_pages, texts):
    listed = demo_pages.listed
    parts = [listed.areas.assign(area_id=listed.areas["area_id"] + f"-{at}") for at in range(5)]
    many = replace(listed, areas=pd.concat(parts, ignore_index=True))
    seen = " ".join(texts_of(save_figure(draw_margins(many, texts), "svg")))
    assert f"de første {AREAS_MAX_N} af 45 områder" in seen


def test_an_unknown_view_is_refused(demo_pages, texts):
    with pytest.raises(KeyError):
        draw_list_map(demo_pages.shown, demo_pages.listed, texts, view="nonsense")


def test_a_page_figure_has_no_styles_and_ids_of_its_own(makers):
    figure = makers["category"]("page")
    one, other = (ET.fromstring(embed_figure(figure, key, "Kort")) for key in ("a", "b"))
    ids = [{element.get("id") for element in root.iter()} - {None} for root in (one, other)]
    assert ids[0].isdisjoint(ids[1])
    assert len(ids[0]) > 10
    for element in one.iter():
        assert element.tag != "style"
        assert "style" not in element.attrib
        for value in element.attrib.values():
            if value.startswith("url(#"):
                assert value[5:-1] in ids[0]
    assert one.get("aria-label") == "Kort"


def test_every_colour_of_an_embedded_figure_has_a_dark_form(makers):
    svg, rules = embed_figure(makers["margins"]("page"), "m", "x"), figure_rules()
    named = {part.split(")")[0] for part in svg.split("var(")[1:]}
    assert named
    for name in named:
        assert rules.count(f"{name}:") == 2
    assert 'fill="#' not in svg


def test_patterns_survive_in_svg():
    assert all(style.opacity == 1 for style in FIGURE_STYLES.values() if style.angles and style.fill)


def test_holes_run_against_their_shells():
    outline = make_outline(shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 3, 3)))
    shell, hole = (shapely.LinearRing(part) for part in (outline.vertices[:5], outline.vertices[5:]))
    assert shapely.is_ccw(shell) != shapely.is_ccw(hole)
    assert list(outline.codes).count(1) == 2
    assert len(make_outline(shapely.Point(0, 0)).vertices) == 0


@given(st.floats(1e-3, 1e7))
def test_a_bar_of_the_scale_is_round_and_fits(length):
    rounded = round_down(length)
    assert rounded <= length < rounded * 2.5000001
    assert f"{rounded:.0e}"[0] in "125"


@given(st.text(max_size=80), st.floats(8, 80))
def test_wrapped_lines_fit_and_keep_every_sign(text, width):
    lines = wrap_text(text, width, 9)
    assert "".join(lines).replace(" ", "") == make_drawable(text).replace(" ", "")
    assert all(measure_mm(line, 9) <= width or len(line) == 1 for line in lines)


def test_figures_are_written_once(tmp_path, makers):
    figure = makers["series"]()
    written = write_figure(tmp_path / "lister.v2", figure)
    assert [path.name for path in written] == ["lister.v2.png", "lister.v2.svg", "lister.v2.pdf"]
    assert written[2].read_bytes().startswith(b"%PDF")
    assert b"CreationDate" not in written[2].read_bytes()
    with pytest.raises(WriteError):
        write_figure(tmp_path / "lister.v2", figure, formats=("svg",))
    assert write_figure(tmp_path / "lister.v2", figure, formats=("svg",), overwrite=True) == [written[1]]


def test_without_a_list_the_figures_are_of_areas_alone(tmp_path, demo_pages, texts):
    written = write_figures(tmp_path, demo_pages.shown, NoList("lists.no_residents", {}), texts)
    assert [str(path.relative_to(tmp_path)) for path in written] == list(figure_files(has_list=False))
    assert len(figure_files()) == 16


def make_kommuner(hidden=("0101",)):
    codes = [code for code in load_tiles() if code not in {CHRISTIANSOE_CODE, "0860"}]
    return pd.DataFrame(
        {
            "kommune_code": codes,
            "name": [load_kommuner()[code].name for code in codes],
            "value": [float(at % 7) if code not in hidden else 987.0 for at, code in enumerate(codes)],
            "is_hidden": [code in hidden for code in codes],
        }
    )


@pytest.mark.parametrize("has_geometry", [False, True])
def test_the_map_of_kommuner_counts_and_hides(has_geometry, texts):
    values = make_kommuner()
    topic = Topic(title="Prøve", value_label="Antal", unit=Unit.COUNT, is_synthetic=True, source="Os")
    exact, hidden = collect_values(values, topic)
    classes = classify(exact, method="quantile", classes_n=3, is_hidden=hidden)
    tiles = {code: tile for code, tile in load_tiles().items() if code != CHRISTIANSOE_CODE}
    geometry = gpd.GeoDataFrame(
        {"kommune_code": list(tiles)}, geometry=[tile.polygon for tile in tiles.values()], crs="EPSG:25832"
    )
    figure = draw_kommune_map(
        values, texts, topic=topic, classes=classes, geometry=geometry if has_geometry else None
    )
    seen = texts_of(save_figure(figure, "svg"))
    assert "987" not in seen
    assert f"{texts.get('kommune_map.hidden')} (n = 1)" in seen
    assert f"{texts.get('kommune_map.missing')} (n = 1)" in seen
    assert sum(part.values_n for part in classes.classes) == len(values) - 1
    assert any("sekskant" in text for text in seen) is not has_geometry


def test_every_sheet_has_room():
    for sheet in SHEETS.values():
        assert sheet.width_mm - 2 * sheet.margin_mm - sheet.side_mm > 0.5 * sheet.width_mm
