"""Counts of zones as they may be shown: limits at their edges, and nothing to be worked out from a sum."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.disclosure.cells import CellLimits, list_quantities
from boundaries.disclosure.designations import publish_designations, publish_parts
from boundaries.registers.cell_columns import COUNT_COLUMNS
from boundaries.screening.designation_counts import VALUE_COLUMNS, tabulate_values

BASIS = {
    "residents_n": 1000,
    "households_n": 500,
    "dwelling_area_n": 40_000,
    "dwelling_area_of": 1000,
    "labour_outside_n": 200_000,
    "labour_outside_of": 700,
    "low_income_n": 300,
    "low_income_of": 800,
    "non_western_n": 250,
    "non_western_of": 1000,
    "no_education_n": 150,
    "no_education_of": 700,
}
MISSING = {name: 2 for name in COUNT_COLUMNS if name.endswith("_missing_n")}


def counted(town, rows, statuses=None):
    """Zones with counts; each row says what differs from a large zone."""
    counts = pd.DataFrame([BASIS | MISSING | row for row in rows], columns=list(COUNT_COLUMNS)).astype(
        "int64"
    )
    frame = pd.concat([counts, tabulate_values(counts)], axis="columns")
    frame.insert(0, "name", [chr(65 + at) for at in range(len(rows))])
    if statuses:
        frame.insert(1, "status", statuses)
    shapes = [town.square(2 * at, 0) for at in range(len(rows))]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:25832")


def test_large_zones_show_all_but_the_missing(town):
    shown = publish_designations(counted(town, [{}, {}]))
    assert shown.columns.tolist() == ["name", *BASIS, *VALUE_COLUMNS, "geometry"]
    assert shown.notna().all(axis=None)
    assert shown.loc[0, "residents_n"] == 1000


@pytest.mark.parametrize(
    ("change", "is_shown"),
    [
        ({"low_income_n": 4}, False),
        ({"low_income_n": 5}, True),
        ({"low_income_n": 0}, False),
        ({"low_income_n": 796}, False),
        ({"low_income_n": 795}, True),
    ],
)
def test_few_with_or_without_are_hidden_with_their_share(town, change, is_shown):
    shown = publish_designations(counted(town, [change, {}, {"low_income_of": 900}]))
    assert (
        shown.loc[0, ["low_income_n", "low_income_of", "low_income_pct"]].notna().tolist() == [is_shown] * 3
    )
    assert shown["non_western_n"].notna().all()
    # The sum of the zones is known, so that a second one goes with it: the smaller.
    assert shown["low_income_n"].notna().tolist() == [is_shown, is_shown, True]


@pytest.mark.parametrize(
    ("change", "is_shown"),
    [
        ({"households_n": 49}, False),
        ({"households_n": 50}, True),
        ({"residents_n": 99}, False),
        ({"residents_n": 100}, True),
    ],
)
def test_a_small_zone_shows_nothing(town, change, is_shown):
    shown = publish_designations(counted(town, [change, {}, {"households_n": 900}]))
    assert shown.loc[0, [*BASIS, *VALUE_COLUMNS]].notna().tolist() == [is_shown] * (len(BASIS) + 5)
    assert shown.loc[2, [*BASIS, *VALUE_COLUMNS]].notna().all()


def test_a_dropped_zone_stands_for_itself(town):
    rows = [{}, {}, {"residents_n": 30}]
    shown = publish_designations(counted(town, rows, ["kept", "new", "dropped"]))
    assert shown["residents_n"].notna().tolist() == [True, True, False]


def test_the_limits_can_be_set(town):
    limits = CellLimits(full_households_n=2, full_residents_n=2, threshold_n=3)
    small = dict.fromkeys(BASIS, 10) | {"labour_outside_n": 5_000}
    shown = publish_designations(counted(town, [small | {"low_income_n": 3}, {}]), limits)
    assert shown.loc[0, ["residents_n", "low_income_n"]].tolist() == [10, 3]


def make_parts(zones, rest):
    rows = [BASIS | MISSING | zones, BASIS | MISSING | rest]
    table = pd.DataFrame(rows, columns=list(COUNT_COLUMNS)).astype("int64")
    table = pd.concat([table.sum().to_frame().T, table], ignore_index=True)
    table.insert(0, "part", ["city", "zones", "rest"])
    return table


def test_zones_and_rest_are_hidden_together():
    shown = publish_parts(make_parts({"low_income_n": 3}, {}))
    assert shown["low_income_n"].notna().tolist() == [True, False, False]
    assert shown["residents_n"].tolist() == [2000, 1000, 1000]
    nothing = publish_parts(make_parts({"residents_n": 20}, {}))
    assert nothing.drop(columns="part").notna().all(axis=1).tolist() == [True, False, False]
    assert not [name for name in shown if name.endswith("_missing_n")]


def test_a_city_without_zones_shows_the_rest():
    shown = publish_parts(make_parts(dict.fromkeys(BASIS, 0), {}))
    assert shown["residents_n"].tolist() == [1000, 0, 1000]


ZONE = st.fixed_dictionaries(
    {
        "residents_n": st.sampled_from([20, 99, 100, 400]),
        "households_n": st.sampled_from([10, 50, 200]),
        "low_income_n": st.integers(0, 12),
        "low_income_of": st.sampled_from([12, 15, 40]),
    }
)


@settings(max_examples=40)
@given(rows=st.lists(ZONE, min_size=1, max_size=6))
def test_what_the_sum_leaves_open_is_no_few_persons(town, rows):
    zones = counted(town, rows)
    shown = publish_designations(zones)
    parts = make_parts(zones[list(COUNT_COLUMNS)].sum().to_dict(), {})
    whole = publish_parts(parts).set_index("part").loc["zones"]
    for pair in list_quantities().values():
        is_hidden = shown[pair.numerator].isna()
        if not is_hidden.any() or pd.isna(whole[pair.numerator]):
            continue
        # What anyone can compute: the sum of the zones less those shown.
        left = whole[pair.numerator] - shown[pair.numerator].sum()
        of = whole[pair.denominator] - shown[pair.denominator].sum()
        if pair.numerator == "residents_n":
            assert (left >= 100, of >= 50) == (True, True)
        if pair.is_share:
            assert left >= 5 * pair.unit
            assert of * pair.unit - left >= 5 * pair.unit
        assert is_hidden.sum() > 1
