"""The data that the area map carries: right figures, hidden counts, no dwelling points."""

import json
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.texts import load_texts
from maps import withheld
from maps.area_map import render_area_map


def read_data(document, key="areas-data"):
    return json.loads(
        re.search(rf'<script type="application/json" id="{key}">(.*?)</script>', document, re.DOTALL)[1]
    )


@pytest.fixture
def data(assessment, texts):
    return read_data(render_area_map(assessment, texts))


def shape_of(data, key):
    return next(shape for shape in data["shapes"] if shape["key"] == key)


def rebuild(shape):
    parts = []
    for polygon in shape["polygons"]:
        steps = np.array([step for ring in polygon for step in ring]).reshape(-1, 2)
        ends = np.cumsum([len(ring) // 2 for ring in polygon])[:-1]
        rings = np.split(np.cumsum(steps, axis=0) / 1e6, ends)
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.MultiPolygon(parts)


def test_shapes_stand_in_tab_order_with_their_styles(data):
    assert [(shape["key"], shape["style"]) for shape in data["shapes"]] == [
        ("a0", "base"),
        ("e0", "extension-in_force"),
        ("a1", "base"),
        ("e1", "extension-applied hollow"),
        ("a2", "base"),
        ("e2", "extension-rejected hollow"),
        ("e3", "extension-approved_later hollow"),
    ]


def test_base_and_extension_are_drawn_apart_and_make_the_area(data, assessment):
    utm = gpd.GeoSeries([rebuild(shape_of(data, "a0")), rebuild(shape_of(data, "e0"))], crs=4326).to_crs(
        25832
    )
    whole = assessment.areas.geometry.iloc[0]
    assert utm.area.sum() == pytest.approx(whole.area, rel=2e-3)
    assert utm.iloc[0].intersection(utm.iloc[1]).area < 0.01 * whole.area
    assert shapely.union_all(utm.to_numpy()).symmetric_difference(whole).area < 0.005 * whole.area


def test_cards_tell_dwellings_and_residents(data):
    card = shape_of(data, "a0")["card"]
    assert card["big"] == ["2.650–2.667", "beboere 1. januar 2025"]
    assert card["bar"] == [["counted", 1180], ["not_counted", 52], ["undecided", 8]]
    assert ["Boliger, der tæller med", "1.180", "counted"] in card["rows"]
    assert card["notes"] == ["Beboere i uafklarede boliger: 17. De indgår kun i intervallets øverste ende."]
    assert shape_of(data, "a1")["card"]["notes"] == [
        "Området består af 2 adskilte dele. Den største afstand, der skal overvindes mellem dem, er 60,0 m."
    ]


def test_small_counts_are_hidden_and_not_zero(data):
    area = shape_of(data, "a2")
    assert area["card"]["big"][0] == "diskretioneret"
    row = next(row for row in data["tables"][0]["rows"] if row["key"] == "a2")
    assert row["cells"][-1] == "diskretioneret"
    assert row["values"][-1] is None
    assert shape_of(data, "a1")["card"]["rows"][3] == ["Beboere, der ikke tæller med", "21"]


def test_the_hidden_area_cannot_be_computed_from_the_header(assessment, texts):
    document = render_area_map(assessment, texts)
    # Two areas are shown: 2650 + 702 and 2667 + 702; the third's 4 residents are in no sum.
    assert "3.352–3.369" in document
    assert "diskretionerede områder udeladt: 1" in document
    assert "3.356" not in document
    assert "3.373" not in document


def test_no_residents_hidden_no_note(make, texts):
    assessment = make["assessment"]()
    areas = assessment.areas
    for name in withheld.RESIDENT_COLUMNS:
        areas[name] = areas[name].astype("Int64")
    for name in ("residents_counted_n", "residents_min_n", "residents_max_n"):
        areas.loc[2, name] = 40
    document = render_area_map(assessment, texts)
    assert "3.392–3.409" in document
    assert "udeladt" not in document
    areas.loc[0, "residents_max_n"] = None
    areas.loc[0, "residents_undecided_n"] = None
    partly = render_area_map(assessment, texts)
    assert "dertil uafklarede, diskretioneret" in partly
    assert "3.409" not in partly


def test_the_map_carries_no_dwelling(assessment, texts):
    document = render_area_map(assessment, texts)
    for name in ("dwelling_id", "address"):
        assert not any(str(value) in document for value in assessment.dwellings[name])


def test_extension_cards_and_table(data):
    card = shape_of(data, "e1")["card"]
    assert card["notes"] == ["Ansøgt, ikke godkendt. Indgår ikke i området."]
    assert ["Godkendt", "–"] in card["rows"]
    assert data["tables"][1]["rows"][0]["cells"] == [
        "U1",
        "Ærtebjerggård",
        "I kraft",
        "01-05-2021",
        "12",
    ]
    assert data["tables"][1]["rows"][1]["values"][3] is None


def test_header_badge_law_settings_and_sources(assessment, make, texts):
    document = render_area_map(assessment, texts, title="Eksempelby")
    assert "<title>Eksempelby</title>" in document
    assert "Opgjort 1. januar 2025 efter almenboliglovens § 61 a, reglerne fra dataår 2020" in document
    assert "Boligområder: 3. Udvidelser i kraft: 1. I alt tæller 1.483 af 1.556 boliger med." in document
    assert '<strong class="badge">Syntetiske data</strong>' in document
    assert "boliger.csv (1.560 rækker)" in document
    assert "boligen er uafklaret" in document
    real = render_area_map(make["assessment"](is_synthetic=False), texts)
    assert '<strong class="badge">' not in real
    assert "Klimadatastyrelsen" in real


def test_legend_has_every_state_that_occurs_with_n(assessment, texts):
    legend = re.search(r'<ul class="legend".*?</ul>', render_area_map(assessment, texts), re.DOTALL)[0]
    assert re.findall(r"<span>([^<]*)</span> <span class=\"n\">n = (\d+)", legend) == [
        ("Oprindeligt boligområde", "3"),
        ("Udvidelse i kraft", "1"),
        ("Godkendt, endnu ikke i kraft", "1"),
        ("Ansøgt udvidelse", "1"),
        ("Afslået udvidelse", "1"),
    ]


def test_areas_without_extensions_or_pieces(make, texts):
    whole = make["assessment"]()
    bare = replace(
        whole, extensions=whole.extensions.iloc[:0], pieces=whole.pieces.iloc[:0], files=whole.files.iloc[:0]
    )
    data = read_data(render_area_map(bare, texts))
    assert [shape["key"] for shape in data["shapes"]] == ["a0", "a1", "a2"]
    assert [table["key"] for table in data["tables"]] == ["areas"]
    assert data["parcels"] == []


def test_an_extension_of_an_unknown_area_or_without_geometry_is_still_told(make, texts):
    whole = make["assessment"]()
    extensions = whole.extensions.copy()
    extensions["area_id"] = ["A1", "A9", "A9", "A3"]
    extensions.loc[3, "geometry"] = None
    data = read_data(render_area_map(replace(whole, extensions=extensions), texts))
    assert [shape["key"] for shape in data["shapes"]] == ["a0", "e0", "a1", "a2", "e1", "e2"]
    assert [row["cells"][1] for row in data["tables"][1]["rows"]] == [
        "Ærtebjerggård",
        "A9",
        "A9",
        "Ålekisteparken",
    ]


def test_no_area_at_all(make, texts):
    whole = make["assessment"]()
    empty = replace(
        whole, areas=whole.areas.iloc[:0], pieces=whole.pieces.iloc[:0], extensions=whole.extensions.iloc[:0]
    )
    assert read_data(render_area_map(empty, texts))["shapes"] == []


def test_context_is_drawn_and_bounded(assessment, texts):
    boxes = [
        shapely.box(719000 + 20 * i, 6174000 + 20 * j, 719020 + 20 * i, 6174020 + 20 * j)
        for i in range(110)
        for j in range(110)
    ]
    context = gpd.GeoDataFrame(geometry=boxes, crs=25832)
    with_context = render_area_map(assessment, texts, context=context)
    assert len(read_data(with_context)["context"]) > 100
    assert len(with_context) - len(render_area_map(assessment, texts)) < 250_000


def test_a_page_of_100_areas_stays_small(make, texts):
    whole = make["assessment"]()
    areas = pd.concat([whole.areas.iloc[[0]]] * 100, ignore_index=True)
    areas["area_id"] = [f"A{i}" for i in range(100)]
    areas["geometry"] = [
        shapely.affinity.translate(shape, 500 * (i % 10), 500 * (i // 10))
        for i, shape in enumerate(areas.geometry)
    ]
    big = replace(whole, areas=areas, pieces=whole.pieces.iloc[:0], extensions=whole.extensions.iloc[:0])
    assert len(render_area_map(big, texts).encode()) < 400_000


def test_english(assessment):
    document = render_area_map(assessment, load_texts("en"))
    assert '<html lang="en">' in document
    assert "2,650–2,667" in document
