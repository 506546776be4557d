"""Zones, places, barriers and crossings read from one file each."""

import json

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.registers.context_layers import (
    CONTEXT_SEVERITIES,
    read_barriers,
    read_crossings,
    read_places,
    read_zones,
)
from boundaries.registers.findings import has_errors
from data.texts import load_texts
from geo.errors import ReadError

X0, Y0 = 720_000.0, 6_175_000.0


def box(column, row, side=100):
    return shapely.box(X0 + 100 * column, Y0 + 100 * row, X0 + 100 * column + side, Y0 + 100 * row + side)


def line(*places):
    return shapely.LineString([(X0 + x, Y0 + y) for x, y in places])


def write(folder, rows, *, heading="navn", file="lag.geojson"):
    features = [
        {
            "type": "Feature",
            "properties": {heading: name},
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        }
        for name, shape in rows
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    path = folder / file
    collection = {"type": "FeatureCollection", "crs": crs, "features": features}
    path.write_text(json.dumps(collection), encoding="utf-8")
    return path


def rules(read):
    return read.findings["rule"].tolist()


def test_zones_come_from_north_to_south_and_west_to_east(tmp_path):
    rows = [("Syd", box(0, 0)), ("Nordøst", box(5, 5)), ("Nordvest", box(0, 5))]
    read = read_zones(write(tmp_path, rows))
    assert read.frame["name"].tolist() == ["Nordvest", "Nordøst", "Syd"]
    assert read.frame.crs.to_epsg() == 25832
    assert set(read.frame.geom_type) == {"MultiPolygon"}
    assert rules(read) == []


def test_names_that_repeat_are_numbered_from_the_second_on(tmp_path):
    rows = [("Ved Jagtvej", box(0, 0)), ("Ved Jagtvej", box(0, 9)), ("Ved Jagtvej 2", box(0, 5))]
    read = read_zones(write(tmp_path, rows))
    # The number that is a name already is not given again.
    assert read.frame["name"].tolist() == ["Ved Jagtvej", "Ved Jagtvej 2", "Ved Jagtvej 3"]
    assert read.frame["name_given"].tolist() == ["Ved Jagtvej", "Ved Jagtvej 2", "Ved Jagtvej"]
    assert rules(read) == ["zone_name_repeated"] * 2
    assert read.findings["measure"].tolist() == [2, 2]
    assert not has_errors(read.findings)


def test_a_zone_without_name_is_called_by_its_place(tmp_path):
    rows = [("  ", box(0, 0)), ("Nord", box(0, 5)), (None, box(0, 9))]
    read = read_zones(write(tmp_path, rows))
    assert read.frame["name"].tolist() == ["1", "Nord", "3"]
    assert read.frame["name_given"].isna().tolist() == [True, False, True]
    assert rules(read) == ["zone_without_name"] * 2


@pytest.mark.parametrize("heading", ["name", "NAVN", "delomraade", "Område"])
def test_known_headings_of_names(tmp_path, heading):
    assert read_zones(write(tmp_path, [("A", box(0, 0))], heading=heading)).frame["name"].tolist() == ["A"]


def test_a_stated_heading_of_names(tmp_path):
    path = write(tmp_path, [("A", box(0, 0))], heading="kaldes")
    assert read_zones(path).frame["name"].tolist() == ["1"]
    assert read_zones(path, name="Kaldes").frame["name"].tolist() == ["A"]
    with pytest.raises(ReadError) as raised:
        read_zones(path, name="geometry")
    assert raised.value.key == "context.no_such_column"
    assert raised.value.values["found"] == "kaldes"


def test_zones_that_overlap_are_told_with_their_overlap(tmp_path):
    rows = [("A", box(0, 0, 200)), ("B", box(1, 0)), ("C", box(2, 0))]
    read = read_zones(write(tmp_path, rows))
    assert rules(read) == ["zones_overlap"]
    assert {read.findings.loc[0, "value"], read.findings.loc[0, "other"]} == {"A", "B"}
    assert read.findings.loc[0, "measure"] == pytest.approx(10_000)


def test_a_broken_zone_is_repaired_and_told(tmp_path):
    bow = shapely.Polygon([(X0, Y0), (X0 + 100, Y0 + 100), (X0 + 100, Y0), (X0, Y0 + 100)])
    read = read_zones(write(tmp_path, [("Sløjfe", bow), ("B", box(5, 5))]))
    assert rules(read) == ["context_repaired"]
    assert read.findings.loc[0, "line"] == 0
    assert shapely.is_valid(read.frame.geometry.to_numpy()).all()
    assert read.frame.area.sum() == pytest.approx(10_000 + 5_000)


def test_a_zone_without_area_is_an_error(tmp_path):
    flat = shapely.Polygon([(X0, Y0), (X0 + 100, Y0), (X0 + 50, Y0)])
    lines = shapely.GeometryCollection([line((0, 0), (9, 9))])
    read = read_zones(write(tmp_path, [("Flad", flat), ("Streger", lines), ("B", box(5, 5))]))
    assert rules(read) == ["context_beyond_repair"] * 2
    assert has_errors(read.findings)
    assert read.frame["name"].tolist() == ["B"]


def test_rows_without_geometry_are_left_out(tmp_path):
    read = read_zones(write(tmp_path, [("A", None), ("B", box(0, 0)), ("C", shapely.Polygon())]))
    assert read.frame["name"].tolist() == ["B"]
    assert rules(read) == ["context_no_geometry"] * 2
    assert not has_errors(read.findings)


def test_another_type_is_an_error_that_says_what_was_found(tmp_path):
    path = write(tmp_path, [("A", box(0, 0)), ("B", line((0, 0), (9, 9)))])
    for read, found in ((read_barriers, "Polygon"), (read_zones, "LineString")):
        findings = read(path).findings
        assert findings["rule"].tolist() == ["context_wrong_type"]
        assert findings.loc[0, "value"] == found
        assert has_errors(findings)
    assert rules(read_crossings(path)) == ["context_wrong_type"] * 2
    assert len(read_crossings(path).frame) == 0


def test_barriers_are_lines_with_a_length(tmp_path):
    rows = [
        ("bane", line((0, 0), (100, 0))),
        ("bane", shapely.LineString([(X0, Y0), (X0, Y0)])),
        (None, shapely.MultiLineString([line((0, 500), (90, 500)), line((0, 600), (90, 600))])),
    ]
    read = read_barriers(write(tmp_path, rows, heading="type"))
    assert rules(read) == ["context_no_length"]
    assert read.frame["kind"].fillna("–").tolist() == ["–", "bane"]
    assert read.frame.length.tolist() == pytest.approx([180, 100])
    assert (
        read_barriers(write(tmp_path, rows, heading="slags"), kind="slags").frame["kind"].notna().sum() == 1
    )


def test_every_point_is_a_crossing(tmp_path):
    rows = [
        ("bro", shapely.Point(X0, Y0)),
        ("tunnel", shapely.MultiPoint([(X0, Y0 + 50), (X0 + 50, Y0 + 50)])),
    ]
    read = read_crossings(write(tmp_path, rows, heading="Type"))
    assert read.frame["kind"].tolist() == ["tunnel", "tunnel", "bro"]
    assert set(read.frame.geom_type) == {"Point"}
    assert read.frame.index.tolist() == [0, 1, 2]


def test_places_need_names(tmp_path):
    read = read_places(
        write(tmp_path, [("Å", box(0, 0)), (None, box(5, 0)), ("A", box(9, 0)), ("A", box(0, 9))])
    )
    assert read.frame["name"].tolist() == ["A", "A", "Å"]
    assert read.frame.geometry.iloc[0].bounds[1] > read.frame.geometry.iloc[1].bounds[1]
    assert rules(read) == ["place_without_name"]
    with pytest.raises(ReadError) as raised:
        read_places(write(tmp_path, [("A", box(0, 0))], heading="kode"))
    assert raised.value.key == "context.no_name_column"


def test_every_rule_has_a_sentence_and_a_remedy():
    for language in ("da", "en"):
        texts = load_texts(language)
        wanted = {f"finding.{rule}.{part}" for rule in CONTEXT_SEVERITIES for part in ("text", "remedy")}
        assert wanted - set(texts.entries) == set()


@settings(max_examples=20)
@given(order=st.permutations(range(6)))
def test_the_order_in_the_file_does_not_matter(tmp_path_factory, order):
    rows = [
        ("A", box(0, 0)),
        ("A", box(3, 0)),
        ("B", box(0, 3)),
        (None, box(3, 3)),
        ("C", box(6, 6)),
        ("A", box(9, 9)),
    ]
    folder = tmp_path_factory.mktemp("order")
    once = read_zones(write(folder, rows)).frame
    again = read_zones(write(folder, [rows[at] for at in order])).frame
    assert once["name"].tolist() == again["name"].tolist()
    assert once.geometry.geom_equals(again.geometry).all()


@pytest.mark.real_data
def test_the_published_zones(shared_data):
    read = read_zones(shared_data / "kbh" / "udsatte_byomraader_2023.geojson")
    frame = read.frame
    assert len(frame) == 17
    assert frame["name"].is_unique
    assert frame["name_given"].nunique() == 15
    repeated = frame.loc[frame["name"] != frame["name_given"], "name"].tolist()
    assert sorted(repeated) == ["Ved Bispebjerg Parkallé 2", "Ved Jagtvej 2"]
    raw = gpd.read_file(shared_data / "kbh" / "udsatte_byomraader_2023.geojson")
    assert sorted(frame.area.round()) == pytest.approx(sorted(raw["m2"].astype(float)), abs=1.5)
    assert not has_errors(read.findings)
    overlap = read.findings[read.findings["rule"] == "zones_overlap"]
    assert overlap[["value", "other"]].to_numpy().tolist() == [["Ydre Nørrebro", "Nordvest"]]
    shapes = frame.set_index("name").geometry
    common = shapes["Ydre Nørrebro"].intersection(shapes["Nordvest"]).area
    assert overlap["measure"].iloc[0] == pytest.approx(common)
    places = read_places(shared_data / "kbh" / "bydele.geojson")
    assert len(places.frame) == 10
    assert "Nørrebro" in set(places.frame["name"])
