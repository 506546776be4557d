"""Barriers and crossings on hand-drawn squares and tracks."""

import math

import geopandas as gpd
import pytest
import shapely

from boundaries.screening.barriers import measure_barriers
from geo.errors import DataError

X0, Y0 = 720_000, 6_175_000


def put(shape):
    return shapely.affinity.translate(shape, X0, Y0)


def frame(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=[put(shape) for shape in shapes], crs="EPSG:25832")


def zones(*shapes):
    return frame(shapes, name=[chr(65 + at) for at in range(len(shapes))])


def line(*places):
    return shapely.LineString(places)


SQUARE = shapely.box(0, 0, 1000, 1000)
NONE = frame([], name=[])


def test_a_track_through_a_zone_is_measured_inside_and_a_little_beyond():
    track = frame([line((-5000, 500), (5000, 500))])
    table = measure_barriers(zones(SQUARE), track, NONE)
    assert table.loc[0, "barrier_m"] == pytest.approx(1050)
    assert table.loc[0, "crossings_n"] == 0
    assert table.loc[0, "crossings_per_km"] == 0


@pytest.mark.parametrize(
    ("y", "is_along"), [(1000, True), (1025, True), (1025.5, False), (-25, True), (-26, False)]
)
def test_a_track_along_the_edge(y, is_along):
    table = measure_barriers(zones(SQUARE), frame([line((100, y), (900, y))]), NONE)
    assert table.loc[0, "barrier_m"] == pytest.approx(800 if is_along else 0)


def test_without_a_barrier_crossings_a_kilometre_are_unknown_not_infinite():
    table = measure_barriers(zones(SQUARE), frame([line((0, 9000), (9, 9000))]), frame([shapely.Point(5, 5)]))
    assert table.loc[0, "crossings_n"] == 0
    assert math.isnan(table.loc[0, "crossings_per_km"])


def test_crossings_are_those_of_the_barrier_in_or_along_the_zone():
    track = frame([line((-5000, 500), (5000, 500))])
    bridges = frame([shapely.Point(*place) for place in ((100, 500), (900, 525), (500, 526), (-2000, 500))])
    table = measure_barriers(zones(SQUARE), track, bridges)
    assert table.loc[0, "crossings_n"] == 2
    assert table.loc[0, "crossings_per_km"] == pytest.approx(2 / 1.05)


def test_two_tracks_on_each_other_are_one_barrier():
    track = line((100, 500), (900, 500))
    table = measure_barriers(zones(SQUARE), frame([track, track, line((800, 500), (200, 500))]), NONE)
    assert table.loc[0, "barrier_m"] == pytest.approx(800)


def test_what_two_zones_share_is_once_in_the_whole():
    two = zones(SQUARE, shapely.box(1000, 0, 2000, 1000))
    border = frame([line((1000, 200), (1000, 800))])
    bridge = frame([shapely.Point(1000, 500)])
    table = measure_barriers(two, border, bridge)
    assert table["barrier_m"].tolist() == pytest.approx([600, 600, 600])
    assert table["crossings_n"].tolist() == [1, 1, 1]
    assert table["name"].isna().tolist() == [False, False, True]


def test_a_border_of_another_kind_is_refused():
    with pytest.raises(DataError) as raised:
        measure_barriers(zones(SQUARE), zones(SQUARE), NONE)
    assert (raised.value.key, raised.value.values["found"]) == ("screening.not_lines", "Polygon")
    with pytest.raises(DataError) as raised:
        measure_barriers(zones(SQUARE), frame([line((0, 0), (1, 1))]), zones(SQUARE))
    assert raised.value.key == "screening.not_points"


def test_parts_of_one_line_and_of_one_point_count_each():
    tracks = frame([shapely.MultiLineString([[(0, 300), (1000, 300)], [(0, 700), (1000, 700)]])])
    bridges = frame([shapely.MultiPoint([(10, 300), (990, 700)])])
    table = measure_barriers(zones(SQUARE), tracks, bridges)
    assert table.loc[0, "barrier_m"] == pytest.approx(2000)
    assert table.loc[0, "crossings_n"] == 2
