"""The kommune map: what the page carries, what it leaves out, and the words of its legend."""

import json
import re
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.kommuner import load_kommuner
from data.synthetic.kommune_values import make_kommune_values
from data.texts import load_texts
from data.tiles import load_tiles
from maps import kommune_legend
from maps.classes import classify
from maps.destination_map import render_destinations
from maps.kommune_map import render_kommune_map
from maps.kommune_rows import collect_values
from maps.kommune_topic import Topic, Unit, format_value

COUNTS = Topic(title="Områder", value_label="Forebyggelsesområder", unit=Unit.COUNT)
SHARES = Topic(title="Flytninger", value_label="Andel", unit=Unit.SHARE)
NUMBERS = Topic(title="Tal", value_label="Tal", decimals=2)


def make_counts():
    frame = make_kommune_values(7)
    return frame.assign(value=frame["prevention_areas_n"].astype(float), is_hidden=False)[
        ["kommune_code", "name", "value", "is_hidden"]
    ]


def make_shares():
    frame = make_kommune_values(7).rename(
        columns={"exposed_leavers_n": "numerator", "exposed_leavers_total_n": "denominator"}
    )
    return frame.assign(is_hidden=False, value=np.nan).astype({"numerator": "Int64", "denominator": "Int64"})


def render(values, topic=COUNTS, *, language="da", method="fisher_jenks", breaks=None, **options):
    exact, hidden = collect_values(values, topic)
    classes = classify(exact, method=method, breaks=breaks, is_hidden=hidden)
    return render_kommune_map(values, load_texts(language), topic=topic, classes=classes, **options)


def data_of(document):
    found = re.search(
        r'<script type="application/json" id="kommuner-data">(.*?)</script>', document, re.DOTALL
    )
    return json.loads(found[1])


def legend_of(document):
    block = re.search(r'<ul class="legend".*?</ul>', document, re.DOTALL)[0]
    entries = re.findall(r"<li>(.*?)</li>", block, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", entry).strip() for entry in entries]


def draw_squares(codes, *, size=5_000):
    """Squares side by side, ten in a row, in EPSG:25832."""
    shapes = [
        shapely.box(
            500_000 + at % 10 * size,
            6_200_000 + at // 10 * size,
            500_000 + (at % 10 + 1) * size,
            6_200_000 + (at // 10 + 1) * size,
        )
        for at in range(len(codes))
    ]
    return gpd.GeoDataFrame({"kommune_code": codes}, geometry=shapes, crs="EPSG:25832")


def test_every_kommune_is_on_the_tile_map_with_its_value():
    values = make_counts()
    data = data_of(render(values))
    assert data["view"] == "tiles"
    assert data["polygons"] is None
    by_key = {one["key"]: one for one in data["kommuner"]}
    assert set(by_key) == set(load_kommuner()) - {"0411"}
    for row in values.to_dict("records"):
        one = by_key[row["kommune_code"]]
        assert one["value"] == row["value"]
        assert one["shown"] == str(int(row["value"]))
        assert one["tile"] == list(load_tiles()[row["kommune_code"]].centre)
        assert row["name"] in one["spoken"]


def test_ranks_are_counted_from_the_top_and_ties_share_theirs():
    values = make_counts()
    data = data_of(render(values))
    numbers = dict(zip(values["kommune_code"], values["value"], strict=True))
    for row in data["tables"][0]["rows"]:
        above = sum(other > numbers[row["key"]] for other in numbers.values())
        assert row["values"] == [row["cells"][0], numbers[row["key"]], above + 1]
    order = [row["values"][1] for row in data["tables"][0]["rows"]]
    assert order == sorted(order, reverse=True)
    top = data["kommuner"][0]
    assert top["card"]["rows"][0] == ["Placering fra oven", "1 af 98"]
    assert data["kommuner"][-1]["card"]["rows"][0][1].startswith("delt ")
    total = sum(numbers.values())
    assert top["card"]["rows"][1][1] == format_value(Fraction(1500) / int(total), SHARES, load_texts())


def test_the_legend_counts_every_kommune_once():
    legend = legend_of(render(make_counts()))
    assert legend[0].startswith("0 ")
    counts = [int(found) for entry in legend for found in re.findall(r"\((\d+)\)", entry)]
    assert sum(counts) == 98
    assert legend[-1] == "Klasser: naturlige grænser (Fisher-Jenks)"
    assert "15" in legend[len(counts) - 1].split()[0]


def test_missing_and_hidden_have_lines_and_patterns_of_their_own():
    values = make_counts()
    values.loc[:2, "is_hidden"] = True
    values.loc[5:6, "value"] = np.nan
    document = render(values.iloc[:-1])
    legend = legend_of(document)
    assert [entry.replace(" ", "") for entry in legend[-3:-1]] == ["Intettal(3)", "Diskretioneret(3)"]
    assert 'pattern id="no-value"' in document
    assert 'pattern id="withheld"' in document
    by_key = {one["key"]: one for one in data_of(document)["kommuner"]}
    assert {by_key[code]["style"] for code in values["kommune_code"][:3]} == {"withheld"}
    unlisted = by_key[values["kommune_code"].iloc[-1]]
    assert unlisted["style"] == "no-value"
    assert unlisted["card"]["notes"] == ["Kommunen står ikke i tabellen."]
    assert by_key[values["kommune_code"][5]]["card"]["notes"] == ["Tabellen har intet tal for kommunen."]


def test_nothing_of_a_hidden_value_is_in_the_page():
    values = make_shares()
    values.loc[3, ["value", "numerator", "is_hidden"]] = [31.4159, 98_765, True]
    document = render(values, SHARES)
    own = document[document.index('id="kommuner-data"') :]
    for secret in ("31.4159", "31,4 pct", "98765", "98.765"):
        assert secret not in own
    row = next(one for one in data_of(document)["kommuner"] if one["key"] == values["kommune_code"][3])
    assert (row["value"], row["bare"], row["shown"]) == (None, "", "diskretioneret")
    assert row["card"]["rows"] == []
    counts = make_counts()
    counts.loc[0, ["value", "is_hidden"]] = [4.0, True]
    assert "<dt>i alt</dt>" in render(make_counts())
    assert "<dt>i alt</dt>" not in render(counts)


def test_a_share_is_computed_from_its_parts_exactly():
    values = pd.DataFrame(
        {
            "kommune_code": ["0101", "0751", "0851"],
            "name": ["København", "Aarhus", "Aalborg"],
            "value": [0.0, 0.0, 40.0],
            "is_hidden": False,
            "numerator": pd.array([1, 2, None], dtype="Int64"),
            "denominator": pd.array([3, 5, None], dtype="Int64"),
        }
    )
    exact, _ = collect_values(values, SHARES)
    assert exact == [Fraction(100, 3), Fraction(40), Fraction(40)]
    data = data_of(render(values, SHARES, method="over", breaks=[40]))
    by_key = {one["key"]: one for one in data["kommuner"]}
    assert by_key["0751"]["style"] == by_key["0851"]["style"] == "class-0"
    assert by_key["0101"]["shown"] == "33,3 pct."
    assert by_key["0101"]["card"]["rows"][-1] == ["Antal", "1 af 3"]
    values.loc[0, "denominator"] = 0
    assert collect_values(values, SHARES)[0][0] is None


@pytest.mark.parametrize(
    ("values", "topic", "options", "words"),
    [
        (
            [0, 0, 0, 1, 2, 3, 4, 15],
            COUNTS,
            {"method": "fisher_jenks", "classes_n": 4},
            ["0", "1–2", "3–4", "15"],
        ),
        (
            [0, 3, 8],
            COUNTS,
            {"method": "fixed", "breaks": [1, 5, 10]},
            ["Højst 0", "1–4", "5–9", "10 og derover"],
        ),
        ([0, 3, 8], COUNTS, {"method": "over", "breaks": [1, 5]}, ["Højst 1", "2–5", "6 og derover"]),
        (
            [1, 45, 70],
            SHARES,
            {"method": "over", "breaks": [40, 60]},
            ["Højst 40", "Over 40 – 60", "Over 60"],
        ),
        (
            [1, 45, 70],
            SHARES,
            {"method": "fixed", "breaks": [40, 60.5]},
            ["Under 40,0", "40,0 – under 60,5", "60,5 og derover"],
        ),
        (
            [0, 0, 1.5, 2.5],
            NUMBERS,
            {"method": "equal", "classes_n": 3},
            ["0", "Over 0 – under 2", "2 og derover"],
        ),
        ([0, 0, 1.5], NUMBERS, {"method": "quantile", "classes_n": 3}, ["0", "Over 0"]),
        ([2.5, 2.5], NUMBERS, {"method": "quantile"}, ["Alle værdier"]),
        ([], NUMBERS, {"method": "quantile"}, []),
        ([1.5, 2], COUNTS, {"method": "fixed", "breaks": [2]}, ["Under 2", "2 og derover"]),
    ],
)
def test_bounds_in_words(values, topic, options, words):
    classes = classify(values, **options)
    assert kommune_legend.describe_classes(classes, topic, load_texts()) == words


def test_the_method_is_told_in_whole_sentences():
    texts = load_texts()
    told = kommune_legend.describe_method(classify([0, 0, 0, 1, 5], method="fisher_jenks"), texts)
    assert "nedre grænse" in told
    assert "Nul er en klasse for sig" in told
    assert "uden at nogen kommune" in told
    moved = kommune_legend.describe_method(classify([0.05, 4.01, 12.0], method="equal", classes_n=3), texts)
    assert "skiftede 1 kommune klasse" in moved
    over = kommune_legend.describe_method(classify([1], method="over", breaks=[40]), texts)
    assert "mere end" in over
    assert "afrundet" not in over


def test_a_centre_parts_the_colours():
    classes = classify([-8, -3, 0.5, 4, 9], method="fixed", breaks=[-5, 0, 1, 5])
    colours = kommune_legend.choose_colours(classes, 0.2)
    assert len(colours) == 5
    assert colours[2] == kommune_legend.choose_colours(classify([1], method="quantile"), 1)[0]
    assert colours[0] != kommune_legend.choose_colours(classes)[0]
    rules = kommune_legend.make_rules(colours)
    assert all(f"--class-{at}:{ink.dark}" in rules for at, ink in enumerate(colours))


def test_geometry_gives_both_views_and_keeps_borders():
    codes = sorted(load_tiles())[:30]
    document = render(make_counts(), geometry=draw_squares(codes))
    data = data_of(document)
    assert data["view"] == "map"
    assert set(data["polygons"]) == set(codes)
    assert data["regionBorders"]
    assert data_of(render(make_counts(), geometry=draw_squares(codes), tiles=True))["view"] == "tiles"


def test_too_many_vertices_are_simplified_as_a_coverage():
    angles = np.linspace(0, 2 * np.pi, 30_000, endpoint=False)
    ring = np.column_stack([600_000 + 50_000 * np.cos(angles), 6_200_000 + 50_000 * np.sin(angles)])
    whole = shapely.Polygon(ring)
    west = shapely.intersection(whole, shapely.box(0, 0, 600_000, 9e6))
    east = shapely.intersection(whole, shapely.box(600_000, 0, 1e6, 9e6))
    frame = gpd.GeoDataFrame({"kommune_code": ["0101", "0751"]}, geometry=[west, east], crs="EPSG:25832")
    document = render(
        make_counts(), geometry=pd.concat([frame, frame.assign(kommune_code=["0147", "0851"], geometry=None)])
    )
    polygons = data_of(document)["polygons"]
    assert set(polygons) == {"0101", "0751"}
    assert sum(len(line) // 2 for shape in polygons.values() for part in shape for line in part) < 24_000


def test_christiansoe_is_drawn_only_where_the_table_has_it():
    values = make_counts()
    assert "0411" not in {one["key"] for one in data_of(render(values))["kommuner"]}
    extra = pd.DataFrame(
        {"kommune_code": ["0411"], "name": ["Christiansø"], "value": [1.0], "is_hidden": [False]}
    )
    data = data_of(render(pd.concat([values, extra], ignore_index=True)))
    small = next(one for one in data["kommuner"] if one["key"] == "0411")
    assert small["isSmall"]
    assert "Uden for regionerne" in small["card"]["kicker"]


def test_a_code_without_a_place_is_in_the_table_only():
    values = make_counts()
    values.loc[0, ["kommune_code", "name"]] = ["0999", "Lærkesund"]
    one = next(one for one in data_of(render(values))["kommuner"] if one["key"] == "0999")
    assert one["tile"] is None


def test_the_same_input_gives_the_same_bytes():
    codes = sorted(load_tiles())
    assert render(make_counts(), geometry=draw_squares(codes)) == render(
        make_counts(), geometry=draw_squares(codes)
    )


def test_the_order_of_rows_does_not_matter():
    values = make_counts()
    assert render(values) == render(values.sample(frac=1, random_state=3))


def test_an_empty_table_gives_a_map_without_values():
    data = data_of(render(make_counts().iloc[:0]))
    assert len(data["kommuner"]) == 98
    assert data["strip"]["ticks"] == []
    assert {one["style"] for one in data["kommuner"]} == {"no-value"}


def test_the_strip_has_its_ends_and_the_breaks_between():
    strip = data_of(render(make_shares(), SHARES))["strip"]
    places = [tick[0] for tick in strip["ticks"]]
    assert places == sorted(places)
    assert strip["low"] == 0
    assert strip["ticks"][-1][1] == "7,2"
    assert [tick[2] for tick in strip["ticks"]] == [False, *[True] * (len(places) - 2), False]


def test_english_page_has_english_words():
    document = render(make_shares(), SHARES, language="en")
    assert '<html lang="en">' in document
    assert "natural breaks" in document
    assert "7.2%" in document


def test_a_synthetic_page_says_so():
    topic = Topic(
        title="x", value_label="y", unit=Unit.COUNT, is_synthetic=True, source="Egen", period="2024"
    )
    document = render(make_counts(), topic)
    assert "Syntetiske data" in document
    assert "Tallene er opdigtede" in document
    assert "Kilde: Egen." in document
    assert "Danmarks kommuner · 2024" in document


def test_destinations_are_shares_with_the_origin_outlined():
    flows = make_shares().drop(columns="value")
    document = render_destinations(flows, load_texts(), origins=["0751"])
    data = data_of(document)
    assert data["kommuner"][0]["shown"] == "7,2 pct."
    assert "flyttede 7,2 pct. til" in document
    marked = [one["key"] for one in data["kommuner"] if "marked" in one["style"]]
    assert marked == ["0751"]
    assert "Fraflytningskommune" in legend_of(document)
    over_two = sum(one["value"] > 2 for one in data["kommuner"])
    assert over_two == 6
    hidden = render_destinations(flows.assign(is_hidden=True), load_texts())
    assert "Ingen andele kan vises." in hidden
