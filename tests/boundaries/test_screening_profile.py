"""The profile of zones against the city: hand-drawn squares, and a second count dwelling by dwelling."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.model import Tenure
from boundaries.screening.profile import (
    BATH_CODES,
    HEATING_CODES,
    TENURE_MIX,
    TOILET_CODES,
    Indicator,
    ProfileSettings,
    compare_profile,
    fold_energy_label,
    profile_zones,
)
from data.codes import load_codes
from data.texts import load_texts
from geo.errors import DataError

ON = date(2025, 1, 1)
TENURES = [word.value for word in Tenure]


@pytest.fixture
def zones(town):
    """Two squares: A is column 0, B column 2."""
    shapes = [town.square(0, 0), town.square(2, 0)]
    return gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=shapes, crs="EPSG:25832")


def dwellings(town, rows):
    """Build dwellings; `column` says the square, None is without coordinates."""
    made = []
    for at, row in enumerate(rows):
        column = row.pop("column", 0)
        place = {"x": None, "y": None} if column is None else town.middle(column, 0)
        made.append({"dwelling_id": f"D{at}", **place, **row})
    return town.registers(dwellings=made).dwellings


def pick(profile, indicator, place, name=None):
    rows = profile[(profile["indicator"] == indicator) & (profile["place"] == place)]
    rows = rows if name is None else rows[rows["name"] == name]
    assert len(rows) == 1
    return tuple(int(value) for value in rows[["dwellings_n", "of_n", "missing_n"]].iloc[0])


def test_the_five_groups_hold_every_known_tenure_once():
    held = [tenure for tenures in TENURE_MIX.values() for tenure in tenures]
    assert sorted(held) == sorted(set(Tenure) - {Tenure.UKENDT})


def test_the_codes_are_those_of_the_register():
    assert set(load_codes("toilet_codes")) == TOILET_CODES
    assert set(load_codes("bath_codes")) == BATH_CODES
    assert set(load_codes("heating_codes")) == HEATING_CODES


def test_every_indicator_and_place_has_a_name():
    texts = load_texts()
    assert set(texts.section("profile.indicator")) == {word.value for word in Indicator}
    assert set(texts.section("profile.place")) == {"zone", "zones", "rest", "unplaced", "city"}


def test_the_tenure_mix_by_zone_and_city(town, zones):
    rows = [
        {"tenure": "ejerbolig"},
        {"tenure": "almen_plejebolig"},
        {"tenure": "ukendt"},
        {"tenure": "andelsbolig", "column": 2},
        {"tenure": "statslig", "column": 5},
        {"tenure": "kollegie", "column": None},
    ]
    found = profile_zones(dwellings(town, rows), zones, ON)
    assert pick(found, "private", "zone", "A") == (1, 2, 1)
    assert pick(found, "almen", "zone", "A") == (1, 2, 1)
    assert pick(found, "cooperative", "zone", "B") == (1, 1, 0)
    assert pick(found, "private", "zones") == (1, 3, 1)
    assert pick(found, "public", "rest") == (1, 1, 0)
    assert pick(found, "student", "unplaced") == (1, 1, 0)
    assert pick(found, "private", "city") == (1, 5, 1)


@pytest.mark.parametrize(
    ("toilet", "bath", "expected"),
    [
        ("T", "V", (0, 1, 0)),
        ("A", "V", (1, 1, 0)),
        ("B", None, (1, 1, 0)),
        (None, "D", (1, 1, 0)),
        ("T", "C", (1, 1, 0)),
        ("T", None, (0, 0, 1)),
        (None, "V", (0, 0, 1)),
        ("X", "V", (0, 0, 1)),
        (None, None, (0, 0, 1)),
    ],
)
def test_without_toilet_or_bath_is_known_where_one_is_lacking(town, zones, toilet, bath, expected):
    found = profile_zones(dwellings(town, [{"toilet_code": toilet, "bath_code": bath}]), zones, ON)
    assert pick(found, "without_toilet_or_bath", "city") == expected


@pytest.mark.parametrize(
    ("code", "expected"), [("1", (0, 1, 0)), ("2", (1, 1, 0)), ("9", (1, 1, 0)), (None, (0, 0, 1))]
)
def test_without_district_heating(town, zones, code, expected):
    found = profile_zones(dwellings(town, [{"heating_code": code}]), zones, ON)
    assert pick(found, "without_district_heating", "zone", "A") == expected


@pytest.mark.parametrize(
    ("area", "expected"), [(59, (1, 1, 0)), (60, (0, 1, 0)), (61, (0, 1, 0)), (None, (0, 0, 1))]
)
def test_a_small_dwelling_has_less_than_sixty_square_metres(town, zones, area, expected):
    found = profile_zones(dwellings(town, [{"area_m2": area}]), zones, ON)
    assert pick(found, "small", "city") == expected


def test_the_bound_of_small_is_a_setting(town, zones):
    stock = dwellings(town, [{"area_m2": 49}, {"area_m2": 50}])
    found = profile_zones(stock, zones, ON, settings=ProfileSettings(small_below_m2=50))
    assert pick(found, "small", "city") == (1, 2, 0)


def test_energy_labels_where_given(town, zones):
    stock = dwellings(town, [{}, {}, {}, {}, {}])
    labels = pd.Series({"D0": "A2015", "D1": "e", "D2": "G", "D3": "?", "X": "G"})
    found = profile_zones(stock, zones, ON, energy_labels=labels)
    assert pick(found, "poor_energy_label", "city") == (2, 3, 2)
    without = profile_zones(stock, zones, ON)
    assert "poor_energy_label" not in set(without["indicator"])
    only_g = profile_zones(
        stock, zones, ON, settings=ProfileSettings(poor_labels=("G",)), energy_labels=labels
    )
    assert pick(only_g, "poor_energy_label", "city") == (1, 3, 2)


def test_a_dwelling_with_two_energy_labels_is_refused(town, zones):
    labels = pd.Series(["A", "B", "B", "C"], index=["D0", "D0", "D0", "D1"])
    with pytest.raises(DataError) as raised:
        profile_zones(dwellings(town, [{}]), zones, ON, energy_labels=labels)
    assert raised.value.key == "profile.repeated_label"
    assert dict(raised.value.values) == {"found": "D0", "count": 1}


@pytest.mark.parametrize(("text", "label"), [("A 2020", "A"), ("c", "C"), ("", ""), ("AA", ""), ("A2", "A")])
def test_energy_labels_are_folded(text, label):
    assert fold_energy_label(text) == label


@pytest.mark.parametrize(
    ("row", "stands"),
    [
        ({"built_year": None}, True),
        ({"built_year": 2024}, True),
        ({"built_year": 2025}, False),
        ({"built_year": 2025, "built_on": "2025-01-01"}, True),
        ({"built_year": 2020, "built_on": "2025-01-02"}, False),
        ({"demolished_on": "2025-01-01"}, False),
        ({"demolished_on": "2025-01-02"}, True),
        ({"is_dwelling": False}, False),
    ],
)
def test_what_stands_on_the_day_counts(town, zones, row, stands):
    found = profile_zones(dwellings(town, [row]), zones, ON)
    assert pick(found, "private", "city") == (0, int(stands), 0)


def test_a_dwelling_relabelled_later_is_what_it_was(town, zones):
    later = {"tenure": "ejerbolig", "relabelled_on": "2025-01-02", "relabelled_from": "almen_familiebolig"}
    now = later | {"relabelled_on": "2025-01-01"}
    unknown = later | {"relabelled_from": None}
    found = profile_zones(dwellings(town, [later, now, unknown]), zones, ON)
    assert pick(found, "almen", "city") == (1, 2, 1)
    assert pick(found, "private", "city") == (1, 2, 1)


def test_a_dwelling_in_two_zones_is_of_the_first(town):
    shape = town.square(0, 0)
    twice = gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=[shape, shape], crs="EPSG:25832")
    found = profile_zones(dwellings(town, [{}]), twice, ON)
    assert pick(found, "almen", "zone", "A") == (1, 1, 0)
    assert pick(found, "almen", "zone", "B") == (0, 0, 0)
    assert pick(found, "almen", "zones") == (1, 1, 0)


def test_another_crs_is_refused(town, zones):
    with pytest.raises(DataError):
        profile_zones(dwellings(town, [{}]), zones.to_crs("EPSG:4326"), ON)


def test_a_city_without_zones_is_all_rest(town, zones):
    found = profile_zones(dwellings(town, [{}, {"column": 9}]), zones.iloc[:0], ON)
    assert pick(found, "almen", "zones") == (0, 0, 0)
    assert pick(found, "almen", "rest") == (2, 2, 0)


def test_shares_and_their_distance_from_the_city(town, zones):
    rows = [{"area_m2": 50}, {"area_m2": 70}, {"area_m2": 70, "column": 5}, {"area_m2": 70, "column": 5}]
    table = compare_profile(profile_zones(dwellings(town, rows), zones, ON))
    small = table[table["indicator"] == "small"].fillna({"name": ""}).set_index(["place", "name"])
    assert small.loc[("zone", "A"), ["share_pct", "city_pct", "difference_points"]].tolist() == [50, 25, 25]
    assert small.loc[("rest", ""), "difference_points"] == -25
    assert small.loc[("city", ""), "difference_points"] == 0
    assert np.isnan(small.loc[("zone", "B"), "share_pct"])
    assert np.isnan(small.loc[("zone", "B"), "difference_points"])


ROW = st.fixed_dictionaries(
    {
        "column": st.sampled_from([0, 1, 2, 3, None]),
        "tenure": st.sampled_from(TENURES),
        "toilet_code": st.sampled_from(["T", "A", "B", None]),
        "bath_code": st.sampled_from(["V", "C", "D", None]),
        "heating_code": st.sampled_from(["1", "2", None]),
        "area_m2": st.sampled_from([30, 60, 90, None]),
    }
)


@settings(max_examples=20)
@given(rows=st.lists(ROW, max_size=12))
def test_everything_is_conserved_and_a_second_count_agrees(town, rows):
    shapes = [town.square(0, 0), town.square(2, 0)]
    zones = gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=shapes, crs="EPSG:25832")
    found = profile_zones(dwellings(town, [dict(row) for row in rows]), zones, ON)
    numbers = ["dwellings_n", "of_n", "missing_n"]
    sums = found.pivot_table(index="indicator", columns="place", values=numbers, aggfunc="sum")
    for number in numbers:
        assert (sums[number]["zone"] == sums[number]["zones"]).all()
        assert (sums[number][["zones", "rest", "unplaced"]].sum(axis=1) == sums[number]["city"]).all()
    city = found[found["place"] == "city"].set_index("indicator")
    assert (city["of_n"] + city["missing_n"]).eq(len(rows)).all()
    mix = city.loc[[name.value for name in TENURE_MIX]]
    assert mix["dwellings_n"].sum() == mix["of_n"].iloc[0]
    in_a = [row for row in rows if row["column"] == 0]
    lacking = [row for row in in_a if row["toilet_code"] in ("A", "B") or row["bath_code"] in ("C", "D")]
    sound = [row for row in in_a if row["toilet_code"] == "T" and row["bath_code"] == "V"]
    known_n = len(lacking) + len(sound)
    expected = (len(lacking), known_n, len(in_a) - known_n)
    assert pick(found, "without_toilet_or_bath", "zone", "A") == expected
    turned = profile_zones(dwellings(town, [dict(row) for row in reversed(rows)]), zones, ON)
    pd.testing.assert_frame_equal(found, turned)
