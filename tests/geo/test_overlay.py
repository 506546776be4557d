"""Overlaps of polygons, compared with every pair taken by itself."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo.errors import DataError
from geo.overlay import find_overlaps

PARCELS = Path(__file__).parents[2] / "../shared/data/matrikel/jordstykker.gpkg"
with np.errstate(invalid="ignore"):
    NOWHERE = Polygon([(0, 0), (1, np.nan), (1, 1)])

squares = st.lists(
    st.builds(
        lambda x, y, w, h: box(x, y, x + w, y + h),
        st.integers(0, 12),
        st.integers(0, 12),
        st.integers(1, 5),
        st.integers(1, 5),
    ),
    max_size=9,
)


def rows(table) -> list[tuple[int, int, float]]:
    return list(table.itertuples(index=False, name=None))


def test_neighbours_do_not_overlap_and_overlaps_are_measured():
    parcels = [box(0, 0, 10, 10), box(10, 0, 20, 10), box(8, 8, 12, 12), None, Polygon(), box(20, 10, 30, 20)]
    found = find_overlaps(parcels)
    assert rows(found) == [(0, 2, 4.0), (1, 2, 4.0)]
    assert [str(kind) for kind in found.dtypes] == ["int64", "int64", "float64"]


@pytest.mark.parametrize(("tolerance_m2", "count"), [(3.999, 1), (4.0, 0), (4.001, 0)])
def test_an_overlap_of_the_tolerance_itself_is_left_out(tolerance_m2, count):
    assert len(find_overlaps([box(0, 0, 10, 10), box(8, 8, 12, 12)], tolerance_m2=tolerance_m2)) == count


def test_the_others_are_compared_and_not_one_another():
    areas = [box(0, 0, 10, 10), box(5, 5, 15, 15)]
    extensions = [box(9, 9, 11, 11), box(50, 50, 51, 51), box(0, 0, 1, 1), None]
    assert rows(find_overlaps(areas, other=extensions)) == [(0, 0, 1.0), (0, 2, 1.0), (1, 0, 4.0)]
    assert rows(find_overlaps(areas, other=[])) == []
    assert rows(find_overlaps([])) == []


def test_a_series_is_read_by_position():
    areas = gpd.GeoSeries([box(0, 0, 2, 2), box(1, 0, 3, 2)], index=[9, 9])
    assert rows(find_overlaps(areas)) == [(0, 1, 2.0)]


@pytest.mark.parametrize(
    ("shape", "key"),
    [
        (Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]), "geo_core.invalid_polygon"),
        (shapely.Point(1, 1), "geo_core.not_polygons"),
        (NOWHERE, "geo_core.bad_coordinates"),
    ],
)
def test_what_has_no_sound_area_is_refused_by_position(shape, key):
    for arguments in ({"geometry": [None, shape]}, {"geometry": [box(0, 0, 1, 1)], "other": [None, shape]}):
        with pytest.raises(DataError) as caught:
            find_overlaps(**arguments)
        assert caught.value.key == key
        assert caught.value.values["position"] == 1


@settings(max_examples=80, deadline=None)
@given(parcels=squares, tolerance_m2=st.sampled_from([0.0, 1.0, 4.0]))
def test_overlaps_are_those_of_every_pair(parcels, tolerance_m2):
    expected = [
        (left, right, one.intersection(other).area)
        for left, one in enumerate(parcels)
        for right, other in enumerate(parcels)
        if left < right and one.intersection(other).area > tolerance_m2
    ]
    assert rows(find_overlaps(parcels, tolerance_m2=tolerance_m2)) == expected


@settings(max_examples=60, deadline=None)
@given(areas=squares, others=squares)
def test_overlaps_with_others_are_those_of_every_pair(areas, others):
    wrapped = [MultiPolygon([other]) for other in others]
    expected = [
        (left, right, one.intersection(other).area)
        for left, one in enumerate(areas)
        for right, other in enumerate(others)
        if one.intersection(other).area > 0
    ]
    assert rows(find_overlaps(areas, other=wrapped)) == expected


@pytest.mark.real_data
@pytest.mark.skipif(not PARCELS.exists(), reason="the real parcels are not beside the checkout")
def test_real_parcels_overlap_only_what_is_laid_over_them():
    parcels = np.asarray(gpd.read_file(PARCELS, engine="pyogrio").geometry)
    assert rows(find_overlaps(parcels)) == []
    laid = shapely.buffer(shapely.centroid(parcels[17]), 60.0)
    found = find_overlaps([laid], other=parcels)
    expected = {
        i: laid.intersection(parcel).area for i, parcel in enumerate(parcels) if laid.intersects(parcel)
    }
    assert dict(zip(found["right"], found["overlap_m2"], strict=True)) == {
        i: area for i, area in expected.items() if area > 0
    }
    assert found["overlap_m2"].sum() <= laid.area
