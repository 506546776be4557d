"""Geometry on its way to a page: decoded again here, independently of the page's script."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from maps import layers
from maps.palette import ExtensionState


def decode(lines):
    """Every point is the step from the one before it, also from one line to the next."""
    steps = np.array([step for line in lines for step in line], dtype=np.int64).reshape(-1, 2)
    ends = np.cumsum([len(line) // 2 for line in lines])[:-1]
    return np.split(np.cumsum(steps, axis=0) / 1e6, ends)


@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(-180, 180, allow_nan=False)
    )
)
def test_lines_come_back_to_a_millionth_of_a_degree(coordinates):
    whole = np.rint(coordinates * 1e6)
    kept = [whole[0]] + [b for a, b in pairwise(whole) if (a != b).any()]
    first, second = decode(layers.encode_lines([coordinates, coordinates[:1] + 1]))
    np.testing.assert_array_equal(np.rint(first * 1e6), np.array(kept))
    np.testing.assert_array_equal(np.rint(second * 1e6), np.rint((coordinates[:1] + 1) * 1e6))


def test_wgs84_is_that_of_pyproj(make):
    piece = make["pieces"]().geometry.iloc[0]
    (moved,) = layers.to_wgs84([piece])
    x, y = pyproj.Transformer.from_crs(25832, 4326, always_xy=True).transform(
        *shapely.get_coordinates(piece).T
    )
    np.testing.assert_allclose(shapely.get_coordinates(moved), np.column_stack([x, y]), atol=1e-9)


def test_polygons_keep_parts_and_holes():
    holed = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    encoded = layers.encode_polygons(shapely.MultiPolygon([holed, shapely.box(6, 0, 7, 1)]))
    assert [len(rings) for rings in encoded] == [2, 1]
    decoded = [decode(rings) for rings in encoded]
    rebuilt = shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in decoded])
    assert rebuilt.equals(shapely.MultiPolygon([holed, shapely.box(6, 0, 7, 1)]))


def test_lines_and_points_in_a_collection_are_left_out():
    mixed = shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(0, 0, 1, 1)])
    assert len(layers.encode_polygons(mixed)) == 1


def test_shared_borders_are_drawn_once():
    left, right = shapely.box(720000, 6175000, 720100, 6175100), shapely.box(720100, 6175000, 720200, 6175100)
    lines = layers.encode_borders([left, right, None, shapely.Polygon()])
    decoded = [shapely.LineString(line) for line in decode(lines)]
    to_utm = pyproj.Transformer.from_crs(4326, 25832, always_xy=True)
    length = sum(
        shapely.LineString(np.column_stack(to_utm.transform(*shapely.get_coordinates(line).T))).length
        for line in decoded
    )
    assert length == pytest.approx(700, abs=0.5)


def test_no_borders_of_nothing():
    assert layers.encode_borders([]) == []
    assert layers.encode_borders([None, shapely.Polygon()]) == []


def test_context_is_the_nearest_parcels_within_the_budget(make):
    areas = make["areas"]().iloc[:1]
    boxes = [shapely.box(720000 + 1000 * i, 6175000, 720010 + 1000 * i, 6175010) for i in (3, 1, 2, 4)]
    parcels = areas.iloc[[0, 0, 0, 0]].reset_index(drop=True).set_geometry(boxes, crs=areas.crs)
    lines = layers.encode_context(parcels, areas, vertices_n=10)
    east = sorted(line[:, 0].mean() for line in decode(lines))
    expected = sorted(
        shapely.get_coordinates(shape)[:, 0].mean() for shape in layers.to_wgs84([boxes[1], boxes[2]])
    )
    np.testing.assert_allclose(east, expected, atol=2e-4)
    assert layers.encode_context(parcels.iloc[:0], areas) == []
    assert layers.encode_context(parcels, areas.iloc[:0]) == []


def test_the_anchor_lies_inside_a_crescent():
    crescent = shapely.Point(0, 0).buffer(100).difference(shapely.Point(40, 0).buffer(90))
    assert crescent.contains(
        layers.find_anchor(shapely.MultiPolygon([crescent, shapely.box(500, 0, 501, 1)]))
    )


def test_states_follow_force_and_status(make):
    assert layers.find_states(make["extensions"]()) == [
        ExtensionState.IN_FORCE,
        ExtensionState.APPLIED,
        ExtensionState.REJECTED,
        ExtensionState.APPROVED_LATER,
    ]


def test_dwellings_of_one_point_spread_and_the_others_stay(make):
    dwellings = make["dwellings"](60)
    x, y = layers.spread_points(dwellings)
    assert len({(a, b) for a, b in zip(x[:-1], y[:-1], strict=True)}) == 59
    assert np.isnan(x[-1])
    assert np.isnan(y[-1])
    moved = np.hypot(x - dwellings["x"], y - dwellings["y"])[:-1]
    assert moved.max() <= layers.SPREAD_M * 4
    # The middle of the grid is the point itself, up to half a symbol where a row is not full.
    first = dwellings.index[dwellings["parcel_key"] == dwellings["parcel_key"].iloc[0]]
    assert abs(x[first].mean() - dwellings["x"].iloc[0]) <= layers.SPREAD_M


def test_a_dwelling_alone_keeps_its_point():
    alone = pd.DataFrame(
        {"x": [1.0, 9.0], "y": [2.0, 9.0], "decision": ["counted", "outside"], "dwelling_id": ["b", "a"]}
    )
    x, y = layers.spread_points(alone)
    assert x.tolist() == [1.0, 9.0]
    assert y.tolist() == [2.0, 9.0]


def test_spreading_does_not_hang_on_row_order(make):
    dwellings = make["dwellings"](40)
    x, _ = layers.spread_points(dwellings)
    mixed = dwellings.sample(frac=1, random_state=3)
    again, _ = layers.spread_points(mixed)
    by_id = dict(zip(mixed["dwelling_id"], again, strict=True))
    np.testing.assert_array_equal([by_id[name] for name in dwellings["dwelling_id"]], x)
