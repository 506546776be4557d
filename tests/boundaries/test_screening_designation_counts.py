"""Residents and the five values of designations: squares with counted dwellings, and the demo's people."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.registers.cell_columns import COUNT_COLUMNS, GridCriterion
from boundaries.registers.context_layers import read_zones
from boundaries.screening.designation_counts import (
    VALUE_COLUMNS,
    count_designations,
    count_zones,
    sum_designated,
    tabulate_values,
)
from boundaries.screening.designations import compare_designations
from boundaries.screening.disparity import compare_parts, measure_part
from geo.errors import DataError

AREA, LABOUR, INCOME, ORIGIN, EDUCATION = GridCriterion


def zones(town, **columns):
    """Zones of one square each; a number is the square's column."""
    shapes = [town.square(column, 0) for column in columns.values()]
    return gpd.GeoDataFrame({"name": list(columns)}, geometry=shapes, crs="EPSG:25832")


def people(town, rows):
    """Counts of dwellings: (column or None, residents, m2, on low income)."""
    made = []
    for column, residents, area, poor in rows:
        place = {"x": np.nan, "y": np.nan} if column is None else town.middle(column, 0)
        counted = dict.fromkeys(COUNT_COLUMNS, 0) | {
            "residents_n": residents,
            "households_n": int(residents > 0),
            "dwelling_area_n": area,
            "dwelling_area_of": residents,
            "labour_outside_n": 500 * poor,
            "labour_outside_of": residents,
            "low_income_n": poor,
            "low_income_of": residents,
        }
        made.append(place | counted)
    columns = ["x", "y", *COUNT_COLUMNS]
    return pd.DataFrame(made, columns=columns).astype(
        {"x": "float64", "y": "float64", **dict.fromkeys(COUNT_COLUMNS, "int64")}
    )


def test_zones_have_their_residents_and_five_values(town):
    counted = count_zones(
        zones(town, A=0, B=2, C=5),
        people(town, [(0, 4, 100, 1), (0, 1, 50, 1), (2, 2, 90, 0), (9, 7, 70, 7)]),
    )
    assert counted["residents_n"].tolist() == [5, 2, 0]
    assert counted["dwelling_area_m2"].tolist()[:2] == [30, 45]
    assert counted["low_income_pct"].tolist()[:2] == [40, 0]
    assert counted["labour_outside_pct"].tolist()[:2] == [20, 0]
    assert counted.loc[2, list(VALUE_COLUMNS)].isna().all()
    assert counted.loc[0, ["non_western_pct", "no_education_pct"]].isna().all()
    assert counted.columns[-1] == "geometry"


def test_a_comparison_counts_new_outlines_and_the_old_of_dropped_zones(town):
    old, new = zones(town, Kept=0, Dropped=4), zones(town, Kept=0, New=8)
    rows = [(0, 10, 300, 1), (4, 20, 400, 2), (8, 40, 800, 10), (6, 99, 999, 9)]
    counted = count_designations(compare_designations(old, new), people(town, rows))
    assert counted[["status", "residents_n", "dwelling_area_m2"]].to_numpy().tolist() == [
        ["kept", 10, 30.0],
        ["new", 40, 20.0],
        ["dropped", 20, 20.0],
    ]
    assert counted["low_income_pct"].tolist() == [10, 25, 10]
    assert counted["residents_n"].dtype == "int64"


def test_old_and_new_outlines_may_cross(town):
    old = zones(town, A=0)
    new = gpd.GeoDataFrame(
        {"name": ["B"]}, geometry=[town.square(0.4, 0)], crs="EPSG:25832"
    )  # 60 of 100 metres lie in the old one
    counts = people(town, [(0, 3, 90, 1)])
    strict = compare_designations(old, new, kept_share=0.7)
    counted = count_designations(strict, counts)
    assert counted["status"].tolist() == ["new", "dropped"]
    assert counted["residents_n"].tolist() == [3, 3]


def test_comparisons_without_dropped_or_without_any_zones(town):
    one = zones(town, A=0)
    counts = people(town, [(0, 3, 90, 1)])
    assert count_designations(compare_designations(one, one), counts)["residents_n"].tolist() == [3]
    assert count_designations(compare_designations(one, one.iloc[:0]), counts)["residents_n"].tolist() == [3]
    assert len(count_designations(compare_designations(one.iloc[:0], one.iloc[:0]), counts)) == 0


def test_a_dwelling_in_two_zones_is_counted_once_in_the_first(town):
    twice = zones(town, A=0, B=0)
    counts = people(town, [(0, 3, 90, 1), (5, 4, 80, 0)])
    assert count_zones(twice, counts)["residents_n"].tolist() == [3, 0]
    assert sum_designated(twice, counts)["residents_n"].tolist() == [7, 3, 4]


def test_another_crs_is_refused(town):
    with pytest.raises(DataError):
        count_zones(zones(town, A=0).to_crs("EPSG:4326"), people(town, []))


def test_parts_of_a_city_without_zones(town):
    parts = sum_designated(zones(town, A=0).iloc[:0], people(town, [(0, 3, 90, 1), (None, 9, 90, 1)]))
    assert parts["part"].tolist() == ["city", "zones", "rest"]
    assert parts["residents_n"].tolist() == [3, 0, 3]


def test_one_designation_in_two_years(town):
    marked = zones(town, A=0)
    then = sum_designated(marked, people(town, [(0, 10, 300, 5), (3, 10, 400, 1)]))
    now = sum_designated(marked, people(town, [(0, 10, 350, 3), (3, 10, 400, 1)]))
    found = compare_parts(then, now, year_then=2017, year_now=2021)
    by_name = {gap.criterion: gap for gap in found.gaps}
    assert (by_name[AREA].gap_then, by_name[AREA].target, by_name[AREA].gap_now) == (10, 5, 5)
    assert (by_name[INCOME].gap_then, by_name[INCOME].gap_now) == (40, 20)
    assert by_name[INCOME].change_between_pct is None
    assert (found.year_then, found.year_now) == (2017, 2021)
    # Three of five are halved; of the other two nothing is known.
    assert (found.halved_n, found.measured_n, found.is_goal_met) == (3, 3, True)


def test_unknown_counts_have_no_value():
    row = dict.fromkeys(COUNT_COLUMNS, pd.NA) | {"low_income_n": 1, "low_income_of": 3}
    values = tabulate_values(pd.DataFrame([row], index=["x"]).astype("Int64"))
    assert values.index.tolist() == ["x"]
    assert values.loc["x", "low_income_pct"] == pytest.approx(100 / 3)
    assert values.drop(columns="low_income_pct").isna().all(axis=None)


ROW = st.tuples(
    st.sampled_from([0, 1, 2, 3, None]), st.integers(0, 5), st.integers(0, 200), st.integers(0, 3)
)


@settings(max_examples=25)
@given(rows=st.lists(ROW, max_size=10))
def test_parts_make_up_the_city_and_the_values_are_those_of_fractions(town, rows):
    counts, marked = people(town, rows), zones(town, A=0, B=2)
    parts = sum_designated(marked, counts).set_index("part")
    assert (parts.loc["zones"] + parts.loc["rest"]).tolist() == parts.loc["city"].tolist()
    counted = count_zones(marked, counts)
    assert counted[list(COUNT_COLUMNS)].sum().tolist() == parts.loc["zones"].tolist()
    values = tabulate_values(parts)
    for part in ("zones", "rest", "city"):
        for column, exact in zip(
            VALUE_COLUMNS, measure_part(parts.reset_index(), part).values(), strict=True
        ):
            shown = values.loc[part, column]
            assert np.isnan(shown) if exact is None else shown == pytest.approx(float(exact))


@pytest.mark.real_data
def test_the_published_zones_without_some_and_with_one_moved(shared_data, town):
    published = read_zones(shared_data / "kbh" / "udsatte_byomraader_2023.geojson").frame
    older = published.iloc[1:]
    moved = published.iloc[:-1].copy()
    # The southernmost is dropped; one is moved 10 m and stays itself.
    moved.loc[moved.index[5], "geometry"] = moved.geometry.iloc[5:6].translate(10, 0).iloc[0]
    found = compare_designations(older, moved)
    inner = published.geometry.representative_point()
    rows = [(None, 10 + at, 100, at) for at in range(len(published))]
    counts = people(town, rows).assign(x=inner.x.to_numpy(), y=inner.y.to_numpy())
    counted = count_designations(found, counts)
    assert counted["status"].value_counts().to_dict() == {"kept": 15, "new": 1, "dropped": 1}
    by_name = counted.set_index("name")["residents_n"]
    assert by_name[published["name"].iloc[0]] == 10
    assert by_name[published["name"].iloc[-1]] == 26
    assert counted["residents_n"].sum() == sum(range(10, 27))
