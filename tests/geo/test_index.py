"""The index of dated polygons, compared with a plain list of them."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from geo.errors import DataError
from geo.index import DatedIndex

APPROVED = date(2021, 6, 15)
DAY = timedelta(days=1)
with np.errstate(invalid="ignore"):
    NOWHERE = Polygon([(0, 0), (1, np.nan), (1, 1)])


def two_areas() -> DatedIndex:
    areas = DatedIndex()
    areas.add("b", box(10, 0, 20, 10), valid_from=date(2010, 1, 1))
    areas.add("a", box(0, 0, 10, 10), valid_from=date(2010, 1, 1), valid_to=date(2022, 1, 1))
    areas.add("a-extension", box(0, 10, 10, 20), valid_from=APPROVED)
    return areas


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (APPROVED - DAY, []),
        (APPROVED, ["a-extension"]),
        (APPROVED + DAY, ["a-extension"]),
        (date.max, ["a-extension"]),
    ],
)
def test_an_extension_is_in_force_from_its_day_of_approval(on, found):
    assert two_areas().find_in_force(5, 15, on) == found


@pytest.mark.parametrize(
    ("on", "found"), [(date(2021, 12, 31), ["a"]), (date(2022, 1, 1), []), (date.min, [])]
)
def test_the_last_day_is_not_in_force(on, found):
    assert two_areas().find_in_force(5, 5, on) == found


def test_a_point_on_a_common_edge_finds_both_in_order():
    areas = two_areas()
    assert areas.find_in_force(10, 5, APPROVED) == ["a", "b"]
    assert areas.find_in_force(10, 10, APPROVED) == ["a", "a-extension", "b"]
    assert areas.find_in_force(np.nextafter(10, 20), 5, APPROVED) == ["b"]


def test_a_box_that_holds_the_point_is_not_enough():
    areas = DatedIndex()
    areas.add("corner", Polygon([(0, 0), (10, 0), (0, 10)]), valid_from=date(2010, 1, 1))
    assert areas.find_in_force(9, 9, APPROVED) == []
    assert areas.find_in_force(5, 5, APPROVED) == ["corner"]


@pytest.mark.parametrize("x", [np.nan, np.inf, -np.inf])
def test_a_point_without_a_place_finds_nothing(x):
    assert two_areas().find_in_force(x, 5, APPROVED) == []
    assert two_areas().find_in_force(5, x, APPROVED) == []


def test_timestamps_count_as_their_day():
    areas = DatedIndex()
    areas.add(
        "a", box(0, 0, 1, 1), valid_from=pd.Timestamp("2020-05-01 23:00"), valid_to=datetime(2020, 5, 3, 1)
    )
    days = [
        pd.Timestamp("2020-04-30 23:59"),
        datetime(2020, 5, 1),
        pd.Timestamp("2020-05-02 12:00"),
        datetime(2020, 5, 3),
    ]
    assert [areas.find_in_force(0.5, 0.5, day) for day in days] == [[], ["a"], ["a"], []]


def test_removing_and_adding_again_changes_the_answer():
    areas = two_areas()
    areas.remove("a")
    assert len(areas) == 2
    assert "a" not in areas
    assert areas.find_in_force(5, 5, APPROVED) == []
    areas.add("a", box(0, 0, 3, 3), valid_from=APPROVED)
    assert len(areas) == 3
    assert "a" in areas
    assert areas.find_in_force(5, 5, APPROVED) == []
    assert areas.find_in_force(2, 2, APPROVED) == ["a"]
    with pytest.raises(KeyError):
        areas.remove("c")


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("a", box(0, 0, 1, 1), APPROVED, None), "geo_core.duplicate_key"),
        (("c", box(0, 0, 1, 1), APPROVED, APPROVED), "geo_core.empty_validity"),
        (("c", box(0, 0, 1, 1), APPROVED, APPROVED - DAY), "geo_core.empty_validity"),
        (("c", box(0, 0, 1, 1), None, None), "geo_core.missing_date"),
        (("c", box(0, 0, 1, 1), pd.NaT, None), "geo_core.missing_date"),
        (("c", box(0, 0, 1, 1), APPROVED, pd.NaT), "geo_core.missing_date"),
        (("c", None, APPROVED, None), "geo_core.missing_geometry"),
        (("c", Polygon(), APPROVED, None), "geo_core.missing_geometry"),
        (("c", shapely.Point(1, 1), APPROVED, None), "geo_core.not_polygons"),
        (("c", NOWHERE, APPROVED, None), "geo_core.bad_coordinates"),
        (("c", Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]), APPROVED, None), "geo_core.invalid_polygon"),
    ],
)
def test_a_polygon_that_cannot_be_indexed_is_refused_and_leaves_no_trace(arguments, key):
    areas = two_areas()
    name, geometry, valid_from, valid_to = arguments
    with pytest.raises(DataError) as caught:
        areas.add(name, geometry, valid_from=valid_from, valid_to=valid_to)
    assert caught.value.key == key
    assert len(areas) == 3
    assert areas.find_in_force(5, 5, APPROVED) == ["a"]


def test_a_look_up_without_a_date_is_refused():
    with pytest.raises(DataError, match="missing_date"):
        two_areas().find_in_force(5, 5, pd.NaT)
    with pytest.raises(DataError, match="missing_date"):
        two_areas().find_overlapping(box(0, 0, 1, 1), on=pd.NaT)


def test_what_an_extension_would_overlap_is_measured_with_its_dates():
    found = two_areas().find_overlapping(box(5, 5, 15, 12))
    assert found["key"].tolist() == ["a", "a-extension", "b"]
    assert found["overlap_m2"].tolist() == [25.0, 10.0, 25.0]
    assert found["valid_from"].dt.date.tolist() == [date(2010, 1, 1), APPROVED, date(2010, 1, 1)]
    assert found["valid_to"].isna().tolist() == [False, True, True]
    assert found["valid_to"][0] == pd.Timestamp("2022-01-01")
    assert [str(kind) for kind in found.dtypes] == ["str", "float64", "datetime64[s]", "datetime64[s]"]


def test_only_overlaps_in_force_and_above_the_tolerance_are_named():
    areas, wanted = two_areas(), box(5, 5, 15, 12)
    assert areas.find_overlapping(wanted, on=APPROVED - DAY)["key"].tolist() == ["a", "b"]
    assert areas.find_overlapping(wanted, on=date(2022, 1, 1))["key"].tolist() == ["a-extension", "b"]
    assert areas.find_overlapping(wanted, tolerance_m2=10.0)["key"].tolist() == ["a", "b"]
    assert areas.find_overlapping(wanted, tolerance_m2=9.999)["key"].tolist() == ["a", "a-extension", "b"]
    assert areas.find_overlapping(box(20, 0, 30, 10))["key"].tolist() == []


@pytest.mark.parametrize("nothing", [None, Polygon(), box(900, 900, 901, 901)])
def test_no_overlap_is_an_empty_table_of_the_same_types(nothing):
    found = two_areas().find_overlapping(nothing)
    assert len(found) == 0
    assert [str(kind) for kind in found.dtypes] == ["str", "float64", "datetime64[s]", "datetime64[s]"]


def test_a_broken_geometry_is_not_compared():
    with pytest.raises(DataError, match="invalid_polygon"):
        two_areas().find_overlapping(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))


days = st.dates(date(2009, 12, 25), date(2010, 1, 10))
entries = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.integers(0, 8),
        st.integers(1, 4),
        days,
        st.one_of(st.none(), st.integers(1, 9)),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=120, deadline=None)
@given(entries=entries, x=st.integers(0, 12), y=st.integers(0, 12), on=days)
def test_answers_are_those_of_a_plain_list(entries, x, y, on):
    areas, kept = DatedIndex(), {}
    for number, (west, south, side, first, length, is_removed) in enumerate(entries):
        key, end = f"{number:02}", None if length is None else first + length * DAY
        areas.add(key, box(west, south, west + side, south + side), valid_from=first, valid_to=end)
        kept[key] = (west, south, side, first, end)
        if is_removed:
            areas.remove(key)
            del kept[key]
    expected = [
        key
        for key, (west, south, side, first, end) in sorted(kept.items())
        if west <= x <= west + side
        and south <= y <= south + side
        and first <= on
        and (end is None or on < end)
    ]
    assert areas.find_in_force(x, y, on) == expected
    wanted = box(x, y, x + 3, y + 3)
    overlaps = areas.find_overlapping(wanted, on=on)
    by_pair = {
        key: wanted.intersection(box(west, south, west + side, south + side)).area
        for key, (west, south, side, first, end) in sorted(kept.items())
        if first <= on and (end is None or on < end)
    }
    assert dict(zip(overlaps["key"], overlaps["overlap_m2"], strict=True)) == {
        key: area for key, area in by_pair.items() if area > 0
    }
