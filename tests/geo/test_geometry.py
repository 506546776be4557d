"""Soundness, repair and coherence of polygons, each recomputed another way."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.errors import DataError
from geo.geometry import (
    PROBLEM_COLUMNS,
    REPAIR_COLUMNS,
    as_multipolygon,
    find_geometry_problems,
    group_parts,
    measure_widest_gap,
    repair_geometry,
)

DATA = Path(__file__).parents[2] / "../shared/data"
INVALID = DATA / "kommuner/kommuner_kode_navn_invalid.geojson"
PARCELS = DATA / "matrikel/jordstykker.gpkg"

BOW_TIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
OVERLAPPING_PARTS = MultiPolygon([box(0, 0, 2, 2), box(1, 0, 3, 2)])
SPIKE = Polygon([(0, 0), (1, 0), (1, 1), (5, 1), (1, 1), (0, 1)])
FLAT = Polygon([(0, 0), (4, 0), (2, 0)])
with np.errstate(invalid="ignore"):
    NOWHERE = Polygon([(0, 0), (1, np.nan), (1, 1)])


def series(*shapes: object, index=None) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), index=index, crs="EPSG:25832")


def test_each_problem_is_found_once_with_its_place():
    shapes = series(box(0, 0, 1, 1), None, Polygon(), BOW_TIE, Point(3, 4), MultiPolygon([box(0, 0, 1, 1)]))
    found = find_geometry_problems(shapes)
    assert tuple(found.columns) == PROBLEM_COLUMNS
    assert found["position"].tolist() == [1, 2, 3, 4]
    assert found["problem"].tolist() == ["null", "empty", "invalid", "wrong_type"]
    assert found["reason"].fillna("-").tolist() == ["-", "-", "Self-intersection", "Point"]
    assert found[["x", "y"]].fillna(-1).to_numpy().tolist() == [[-1, -1], [-1, -1], [1, 1], [3, 4]]


def test_positions_count_rows_whatever_the_index():
    assert find_geometry_problems(series(box(0, 0, 1, 1), None, index=[7, 7]))["position"].tolist() == [1]


def test_sound_geometries_have_no_problem_and_the_table_keeps_its_types():
    for shapes in (series(), series(box(0, 0, 1, 1))):
        found = find_geometry_problems(shapes)
        assert len(found) == 0
        assert [str(kind) for kind in found.dtypes] == ["int64", "str", "str", "float64", "float64"]


def test_points_can_be_expected():
    found = find_geometry_problems(series(Point(1, 2), box(0, 0, 2, 4), Point()), expected="point")
    assert found["problem"].tolist() == ["wrong_type", "empty"]
    assert found["reason"].tolist()[0] == "Polygon"
    assert (found["x"][0], found["y"][0]) == (1, 2)


def test_a_coordinate_that_is_not_a_number_is_found():
    found = find_geometry_problems(series(NOWHERE))
    assert found["problem"].tolist() == ["invalid"]
    assert found["reason"].tolist() == ["Invalid Coordinate"]


@pytest.mark.parametrize(
    ("broken", "area_m2", "kind", "dropped"),
    [
        (BOW_TIE, 2.0, "MultiPolygon", ""),
        (OVERLAPPING_PARTS, 6.0, "Polygon", ""),
        (SPIKE, 1.0, "Polygon", ""),
        (shapely.GeometryCollection([box(0, 0, 1, 1), box(0.5, 0, 2, 1)]), 2.0, "Polygon", ""),
        (
            shapely.GeometryCollection(
                [box(0, 0, 1, 1), LineString([(5, 5), (6, 6)]), Point(9, 9), Point(8, 8)]
            ),
            1.0,
            "Polygon",
            "1 LineString, 2 Point",
        ),
    ],
)
def test_a_repair_keeps_the_area_and_says_what_it_left_out(broken, area_m2, kind, dropped):
    repaired, report = repair_geometry(series(box(9, 9, 10, 10), broken, index=["a", "b"]))
    assert repaired.index.tolist() == ["a", "b"]
    assert repaired.crs.to_epsg() == 25832
    assert repaired["b"].is_valid
    assert repaired["b"].area == pytest.approx(area_m2)
    assert tuple(report.columns) == REPAIR_COLUMNS
    row = report.iloc[0]
    assert (len(report), row["position"]) == (1, 1)
    assert (row["type_before"], row["type_after"], row["dropped"]) == (broken.geom_type, kind, dropped)
    assert row["area_before_m2"] == pytest.approx(broken.area)
    assert row["area_after_m2"] == pytest.approx(area_m2)
    assert row["parts_before_n"] == shapely.get_num_geometries(broken)
    assert row["parts_after_n"] == shapely.get_num_geometries(repaired["b"])


@pytest.mark.parametrize(
    ("broken", "dropped"),
    [
        (FLAT, "1 LineString"),
        (LineString([(0, 0), (1, 1)]), "1 LineString"),
        (shapely.MultiPoint([(0, 0), (1, 1)]), "2 Point"),
    ],
)
def test_what_has_no_area_is_left_out_and_named(broken, dropped):
    repaired, report = repair_geometry(series(broken))
    assert repaired[0] is None
    assert report["type_after"].isna().all()
    assert report["dropped"].tolist() == [dropped]
    assert report["area_after_m2"].tolist() == [0.0]
    assert report["parts_after_n"].tolist() == [0]


def test_a_shape_with_no_number_in_it_is_left_out():
    repaired, report = repair_geometry(series(NOWHERE))
    assert repaired[0] is None
    assert report["reason"].tolist() == ["Invalid Coordinate"]
    assert report["dropped"].tolist() == ["1 Polygon"]


def test_sound_missing_and_empty_geometries_are_left_alone():
    given_shapes = series(box(0, 0, 1, 1), None, Polygon())
    repaired, report = repair_geometry(given_shapes)
    assert len(report) == 0
    assert report["area_before_m2"].dtype == np.float64
    assert [repaired[0].wkt, repaired[1], repaired[2].is_empty] == [box(0, 0, 1, 1).wkt, None, True]


def test_the_argument_of_a_repair_is_not_changed():
    shapes = series(BOW_TIE)
    repair_geometry(shapes)
    assert shapes[0].wkt == BOW_TIE.wkt


def test_every_polygon_becomes_a_multipolygon_of_the_same_shape():
    shapes = series(box(0, 0, 1, 1), OVERLAPPING_PARTS, None, Polygon(), index=list("abcd"))
    wrapped = as_multipolygon(shapes)
    assert wrapped.index.tolist() == list("abcd")
    assert wrapped.crs == shapes.crs
    assert [None if shape is None else shape.geom_type for shape in wrapped] == ["MultiPolygon"] * 2 + [
        None,
        "MultiPolygon",
    ]
    assert wrapped["a"].wkt == MultiPolygon([box(0, 0, 1, 1)]).wkt
    assert wrapped["b"].wkt == OVERLAPPING_PARTS.wkt
    assert wrapped["d"].is_empty
    assert shapes["a"].geom_type == "Polygon"
    assert len(as_multipolygon(series())) == 0


def test_another_type_is_not_made_a_multipolygon():
    with pytest.raises(DataError) as caught:
        as_multipolygon(series(box(0, 0, 1, 1), Point(0, 0)))
    assert caught.value.key == "geo_core.not_polygons"
    assert dict(caught.value.values) == {"position": 1, "found": "Point"}


@pytest.mark.parametrize(
    ("gap_m", "labels"), [(0.0, [0, 1, 2, 0]), (29.999, [0, 1, 2, 0]), (30.0, [0, 1, 0, 0])]
)
def test_parts_join_at_the_gap_itself_and_not_below(gap_m, labels):
    parts = [
        box(0, 0, 10, 10),
        box(100, 0, 110, 10),
        box(40, 0, 50, 10),
        box(-2, 10, 0, 12),
    ]
    assert group_parts(parts, gap_m=gap_m).tolist() == labels


def test_labels_follow_first_occurrence_and_skip_what_is_missing():
    parts = [None, box(50, 0, 60, 10), Polygon(), box(0, 0, 10, 10), box(61, 0, 70, 10)]
    assert group_parts(parts, gap_m=2).tolist() == [-1, 0, -1, 1, 0]
    assert group_parts([], gap_m=2).tolist() == []


def test_coherence_reaches_through_steps():
    parts = [box(20 * step, 0, 20 * step + 10, 10) for step in range(10)]
    assert group_parts(parts, gap_m=10).tolist() == [0] * 10
    assert measure_widest_gap(parts) == 10.0


@pytest.mark.parametrize(
    ("parts", "gap_m"),
    [
        ([], 0.0),
        ([None, Polygon()], 0.0),
        ([box(0, 0, 1, 1)], 0.0),
        ([box(0, 0, 1, 1), box(1, 1, 2, 2)], 0.0),
        ([box(0, 0, 1, 1), None, box(1.25, 0, 2, 1)], 0.25),
        ([box(0, 0, 1, 1), box(4, 5, 6, 7)], 5.0),
        ([box(0, 0, 1, 1), box(1, 0, 2, 1), box(5_000, 0, 5_001, 1), box(5_041, 0, 5_042, 1)], 4_998.0),
    ],
)
def test_the_widest_gap_is_what_must_be_bridged(parts, gap_m):
    assert measure_widest_gap(parts) == pytest.approx(gap_m)


@pytest.mark.parametrize("function", [measure_widest_gap, lambda parts: group_parts(parts, gap_m=1)])
def test_a_part_without_a_place_is_refused(function):
    with pytest.raises(DataError, match="bad_coordinates"):
        function([box(0, 0, 1, 1), NOWHERE])


def label_by_search(parts: list[Polygon], gap_m: float) -> list[int]:
    """Group by a plain walk from part to part."""
    labels = [-1] * len(parts)
    label = -1
    for start in range(len(parts)):
        if labels[start] >= 0:
            continue
        label += 1
        queue = [start]
        while queue:
            here = queue.pop()
            labels[here] = label
            queue += [
                there
                for there in range(len(parts))
                if labels[there] < 0 and parts[here].distance(parts[there]) <= gap_m
            ]
    return labels


squares = st.lists(
    st.builds(
        lambda x, y, side: box(x, y, x + side, y + side),
        st.integers(0, 60),
        st.integers(0, 60),
        st.integers(1, 8),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=80, deadline=None)
@given(parts=squares, gap_m=st.sampled_from([0.0, 1.0, 2.0, 5.0, 8.0]))
def test_groups_are_those_of_a_plain_walk(parts, gap_m):
    assert group_parts(parts, gap_m=gap_m).tolist() == label_by_search(parts, gap_m)


@settings(max_examples=60, deadline=None)
@given(parts=squares)
def test_the_widest_gap_is_the_least_gap_of_one_group(parts):
    widest = measure_widest_gap(parts)
    distances = {one.distance(other) for one in parts for other in parts}
    joining = [gap for gap in sorted(distances) if max(label_by_search(parts, gap)) == 0]
    assert widest == joining[0]
    assert measure_widest_gap(parts[::-1]) == widest


@pytest.mark.real_data
@pytest.mark.skipif(not INVALID.exists(), reason="the real kommuner are not beside the checkout")
def test_real_broken_kommuner_are_repaired_with_a_full_report():
    shapes = gpd.read_file(INVALID, engine="pyogrio").to_crs("EPSG:25832").geometry
    repaired, report = repair_geometry(shapes)
    invalid = np.flatnonzero(~shapes.is_valid)
    assert len(invalid) == 78
    assert (
        report["position"].tolist() == invalid.tolist() == find_geometry_problems(shapes)["position"].tolist()
    )
    assert len(find_geometry_problems(repaired)) == 0
    untouched = shapes.is_valid
    assert repaired[untouched].geom_equals_exact(shapes[untouched], 0).all()
    assert report["area_after_m2"].tolist() == repaired.area[invalid].tolist()
    # The older method cuts overlaps of a kommune's own parts out of it.
    older = shapely.area(shapely.make_valid(np.asarray(shapes))).sum()
    assert 0 < repaired.area.sum() - older < 1e6


@pytest.mark.real_data
@pytest.mark.skipif(not PARCELS.exists(), reason="the real parcels are not beside the checkout")
def test_real_parcels_group_as_by_buffers():
    parcels = gpd.read_file(PARCELS, engine="pyogrio").geometry
    assert len(find_geometry_problems(parcels)) == 0
    labels = group_parts(np.asarray(parcels), gap_m=30.0)
    assert labels.tolist() == sorted(set(labels.tolist())) or labels.max() + 1 < len(parcels)
    # Fat outlines that meet, by quarter circles of many steps: the count may differ only at the gap itself.
    outlines = shapely.union_all(shapely.buffer(np.asarray(parcels), 15.0, quad_segs=64))
    assert labels.max() + 1 == shapely.get_num_geometries(outlines)
    one_group = np.asarray(parcels)[labels == np.bincount(labels).argmax()]
    widest = measure_widest_gap(one_group)
    assert 0 < widest <= 30
    assert group_parts(one_group, gap_m=widest).max() == 0
    assert group_parts(one_group, gap_m=np.nextafter(widest, 0)).max() > 0
