"""The page locks itself: hashes are recomputed from the document, and assets are checked."""

import base64
import hashlib
import html
import json
import re

import folium.plugins
import pytest
from branca.element import Element, JavascriptLink
from markupsafe import Markup

from geo.errors import ReadError, UsageError
from maps import page
from maps.area_map import render_area_map
from maps.background import Background, make_background
from maps.map_page import make_map, render_map_page


@pytest.fixture
def document(assessment, texts):
    return render_area_map(assessment, texts)


def blocks(document, tag):
    return re.findall(rf"<{tag}>(.*?)</{tag}>", document, re.DOTALL)


def make_frame(**changed):
    words = dict.fromkeys(
        ["kind", "language", "title", "heading", "kicker", "lead", "badge", "skip", "map_label"], "x"
    )
    words |= dict.fromkeys(
        ["map_note", "legend_label", "side_label", "search_label", "notes_label", "credits", "noscript"], "x"
    )
    return page.PageFrame(**{**words, **changed})


def test_the_policy_names_exactly_the_scripts_and_styles_of_the_page(document):
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', document)[1])
    rules = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert rules["default-src"] == ["'none'"]
    assert rules["img-src"] == ["data:"]
    for tag in ("script", "style"):
        wanted = [
            "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
            for text in blocks(document, tag)
        ]
        assert wanted
        assert rules[f"{tag}-src"] == wanted


def test_nothing_points_outside(document):
    own = document.replace(page.read_leaflet_script(), "")
    assert not re.search(r"(src|href)\s*=\s*[\"']?\s*(https?:|//)", own)
    assert "@import" not in own
    # In a script such a text is no address.
    styled = re.sub(r"<script>.*?</script>", "", own, flags=re.DOTALL)
    assert set(re.findall(r"url\(([^)]{0,12})", styled)) <= {"#hatch", "data:image/p", "#default#VML"}
    assert "sourceMappingURL" not in document


def test_zooming_by_pinch_is_allowed_and_language_is_set(document):
    viewport = re.findall(r'<meta name="viewport" content="([^"]*)"', document)
    assert viewport == ["width=device-width, initial-scale=1"]
    assert '<html lang="da">' in document


def test_the_same_input_gives_the_same_bytes(make, texts):
    assert render_area_map(make["assessment"](), texts) == render_area_map(make["assessment"](), texts)


def test_changed_leaflet_bytes_are_refused(monkeypatch, tmp_path):
    (tmp_path / "leaflet.js").write_bytes(b"alert(1)")
    monkeypatch.setattr(page, "_leaflet_folder", lambda: tmp_path)
    with pytest.raises(ReadError) as caught:
        page.read_leaflet_script()
    assert caught.value.key == "maps.asset_changed"
    assert caught.value.values["required"] == "db49d009c841"
    with pytest.raises(ReadError) as missing:
        page.read_leaflet_style()
    assert missing.value.key == "maps.asset_missing"


def test_errors_have_sentences(texts):
    changed = texts.get("error.maps.asset_changed", {"file": "leaflet.js", "found": "a", "required": "b"})
    assert "leaflet.js" in changed
    assert "pip install" in texts.get("error.maps.asset_missing", {"file": "leaflet.css"})


def test_unknown_assets_are_refused():
    def render_with(add):
        figure = page.Page(make_frame(), page.PageParts())
        view = make_map()
        figure.add_child(view, name=view.get_name())
        add(figure, view)
        return figure.render()

    assert "<html" in render_with(lambda figure, view: None)
    with pytest.raises(page.UnknownAssetError, match=r"elsewhere\.example"):
        render_with(
            lambda figure, view: figure.header.add_child(
                JavascriptLink("https://elsewhere.example/x.js"), name="x"
            )
        )
    with pytest.raises(page.UnknownAssetError):
        render_with(
            lambda figure, view: figure.header.add_child(Element("<link rel=stylesheet href=x>"), name="y")
        )
    with pytest.raises(page.UnknownAssetError):
        render_with(lambda figure, view: figure.script.add_child(Element("'</script><script>'")))
    with pytest.raises(page.UnknownAssetError):
        render_with(lambda figure, view: view.add_child(folium.plugins.Fullscreen()))


def test_json_stands_safely_in_a_script_element():
    value = {"a": "</script><!--\u2028\u2029\ud800\x00æøå😀", "b": [1, None, True]}
    text = page.dump_json(value)
    assert "<" not in text
    text.encode("utf-8")
    assert json.loads(text) == value
    with pytest.raises(ValueError, match="not JSON compliant"):
        page.dump_json(float("nan"))


def test_static_words_are_escaped_and_printable():
    figure = page.Page(make_frame(title="a\x00<b>\ud800&", notes=[("<i>", "\x00")]), page.PageParts())
    view = make_map()
    figure.add_child(view, name=view.get_name())
    document = figure.render()
    document.encode("utf-8")
    assert "<title>a\ufffd&lt;b&gt;\ufffd&amp;</title>" in document
    assert "&lt;i&gt;" in document
    assert "\x00" not in document


TILES = Background(url="https://kort.eksempel.dk/lag/{z}/{x}/{y}.png", credits="© Kortvært & venner")


def policy_of(document):
    return html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', document)[1])


def test_a_background_opens_the_policy_for_its_host_alone_and_is_credited(assessment, texts):
    plain = render_area_map(assessment, texts)
    tiled = render_area_map(assessment, texts, background=TILES)
    assert "img-src data: https://kort.eksempel.dk;" in policy_of(tiled)
    rest = [re.sub(r"img-src [^;]*", "", policy_of(one)) for one in (plain, tiled)]
    assert rest[0] == rest[1]
    assert "© Kortvært &amp; venner" in tiled
    assert "kort.eksempel.dk" not in plain


@pytest.mark.parametrize(
    "url",
    [
        "http://kort.eksempel.dk/{z}/{x}/{y}.png",
        "https://kort.eksempel.dk/{z}/{x}.png",
        "https://{s}.eksempel.dk/{z}/{x}/{y}.png",
        "https://a.dk; script-src *;/{z}/{x}/{y}",
        "https://a.dk /{z}/{x}/{y}",
        "//a.dk/{z}/{x}/{y}",
    ],
)
def test_a_background_of_another_form_is_refused(url, assessment, texts):
    with pytest.raises(UsageError) as caught:
        render_area_map(assessment, texts, background=Background(url=url, credits="x"))
    assert caught.value.key == "maps.background_url"
    assert url in texts.get(f"error.{caught.value.key}", caught.value.values)


def test_a_page_brings_its_own_styles_patterns_and_file_names():
    parts = page.PageParts(
        styles=("swipe.css",),
        rules=".mine{fill:url(#own)}",
        patterns=Markup('<pattern id="own"></pattern>'),
        file_stem="mit-kort",
    )
    figure = page.Page(make_frame(), parts)
    view = make_map()
    figure.add_child(view, name=view.get_name())
    document = figure.render()
    (style,) = blocks(document, "style")
    assert style.endswith(".mine{fill:url(#own)}")
    assert ".side-chip" in style
    assert '<pattern id="own">' in document
    assert 'data-stem="mit-kort"' in document


def test_one_of_our_functions_draws_on_the_map_after_all_scripts():
    parts = page.PageParts({"own-data": {"text": "</script>"}, "other": [1]}, ("page.js", "table.js"))
    document = render_map_page(make_frame(), parts, draw="drawAreas", key="own-data")
    *scripts, last = blocks(document, "script")
    assert last.strip().endswith('boligkort["drawAreas"](map_main, "own-data");')
    assert not any("drawAreas" in script for script in scripts)
    assert '<script type="application/json" id="own-data">{"text":"\\u003c/script>"}</script>' in document
    assert document == render_map_page(make_frame(), parts, draw="drawAreas", key="own-data")
    hostile = render_map_page(make_frame(), parts, draw='x"](</script><!--', key="own-data")
    assert len(blocks(hostile, "script")) == len(scripts) + 1


def test_a_background_needs_its_credits_and_an_address_of_one_host():
    assert make_background(None, None) is None
    assert make_background("https://fliser.example/{z}/{x}/{y}.png", "Fliser A/S").credits == "Fliser A/S"
    with pytest.raises(UsageError, match="background_credits"):
        make_background("https://fliser.example/{z}/{x}/{y}.png", None)
    with pytest.raises(UsageError, match="background_url"):
        make_background("http://fliser.example/{z}/{x}/{y}.png", "Fliser A/S")
