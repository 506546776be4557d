"""What is hidden cannot be worked out: every table that fits what is shown is tried."""

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.assessment import assess
from boundaries.disclosure.suppression import (
    hide_as_published,
    hide_small_counts,
    profile_areas,
    suppress_assessment,
    suppress_change,
    suppress_counts,
)
from boundaries.model import Settings


@settings(max_examples=300, deadline=None)
@given(counts=st.lists(st.integers(0, 12), min_size=1, max_size=4), threshold=st.sampled_from([3, 5]))
def test_no_hidden_count_follows_from_the_sum(counts, threshold):
    counts = np.array(counts)
    hidden = hide_small_counts(counts, threshold)
    small = (counts > 0) & (counts < threshold)
    assert hidden[small].all()
    if not hidden.any() or hidden.all():
        return
    # An attacker knows the sum, the shown counts, and that a hidden count is at least 1.
    rest = counts[hidden].sum()
    ways = [way for way in product(range(1, rest + 1), repeat=int(hidden.sum())) if sum(way) == rest]
    for position in range(int(hidden.sum())):
        assert len({way[position] for way in ways}) > 1


def test_what_is_not_small_is_shown():
    assert not hide_small_counts(np.array([0, 5, 900]), 5).any()


def test_one_small_count_takes_the_smallest_other_along():
    assert hide_small_counts(np.array([900, 3, 0, 40]), 5).tolist() == [False, True, False, True]


def assessment(town, numbers):
    cells = {"d1": (0, 0), "d2": (2, 0), "d3": (4, 0)}
    registers = town.registers(
        areas=[
            {"area_id": area, "name": area, "geometry": town.square(*cell)}
            for area, cell in zip("ABC", cells.values(), strict=True)
        ],
        dwellings=[{"dwelling_id": key, **town.middle(*cell)} for key, cell in cells.items()],
        residents=[
            {"dwelling_id": key, "residents_n": number, "age": age}
            for key, own in zip(cells, numbers, strict=True)
            for age, number in own.items()
        ],
    )
    return assess(registers, Settings(), date(2025, 1, 1))


def test_an_area_with_few_residents_is_hidden_with_another_and_the_totals(town):
    shown = suppress_assessment(assessment(town, [{40: 3}, {40: 50}, {40: 900}]))
    assert shown.areas["residents_counted_n"].isna().tolist() == [True, True, False]
    assert shown.areas["residents_min_n"].isna().tolist() == [True, True, False]
    assert shown.areas["residents_max_n"].isna().tolist() == [True, True, False]
    assert shown.totals is None
    assert shown.residents.empty
    assert shown.areas["counted_n"].tolist() == [1, 1, 1]


def test_large_areas_are_shown_with_their_totals(town):
    whole = assessment(town, [{40: 30}, {40: 50}, {40: 900}])
    shown = suppress_assessment(whole)
    assert shown.areas["residents_counted_n"].tolist() == [30, 50, 900]
    assert shown.totals == whole.totals
    again = suppress_assessment(shown)
    assert again.totals == whole.totals


def test_small_totals_are_hidden_though_no_area_is(town):
    registers = town.registers(
        dwellings=[{"dwelling_id": "d1"}], residents=[{"dwelling_id": "d1", "residents_n": 2}]
    )
    assert suppress_assessment(assess(registers, Settings(), date(2025, 1, 1))).totals is None


def test_the_profile_hides_a_small_group_and_one_more(town):
    profile = profile_areas(assessment(town, [{40: 300, 70: 2, 20: 60}, {40: 50}, {40: 900, 70: 20}]))
    ages = profile[profile["dimension"].eq("age_group") & profile["area_id"].eq("A")].set_index("group")[
        "residents_n"
    ]
    assert ages[ages.isna()].index.tolist() == ["18-29", "65+"]
    assert ages["30-59"] == 300
    assert ages["0-14"] == 0
    origins = profile[profile["dimension"].eq("origin_group")].groupby("area_id")["residents_n"].sum()
    assert origins.to_dict() == {"A": 362, "B": 50, "C": 920}


def test_the_profile_of_a_hidden_area_is_hidden(town):
    profile = profile_areas(assessment(town, [{40: 3}, {40: 50}, {40: 900}]))
    assert profile[profile["area_id"].eq("A")]["residents_n"].isna().all()


def test_no_areas_have_no_profile(town):
    assert profile_areas(assess(town.registers(), Settings(), date(2025, 1, 1))).empty


def test_a_small_change_hides_the_side_after():
    counts = pd.DataFrame(
        {
            "residents_before_n": [100, 3, 20, 20],
            "residents_after_n": [102, 60, 1, 60],
            "residents_change_n": [2, 57, -19, 40],
        }
    )
    hidden = suppress_change(counts, 5)
    assert hidden.isna().to_numpy().tolist() == [
        [False, True, True],
        [True, False, True],
        [False, True, True],
        [False, False, False],
    ]


def test_a_count_hidden_for_a_neighbours_sake_is_hidden_in_the_area_itself(town):
    counts = pd.DataFrame({"decision": ["counted", "not_counted", "undecided"], "residents_n": [900, 50, 13]})
    frame = pd.DataFrame(
        {
            "area_id": ["A1", "A2"],
            "residents_counted_n": [900, 800],
            "residents_not_counted_n": [50, 60],
            "residents_undecided_n": [13, 3],
            "residents_min_n": [900, 800],
            "residents_max_n": [913, 803],
        }
    )
    base = assessment(town, [{40: 30}, {40: 50}, {40: 900}])
    whole = replace(base, areas=base.areas.iloc[:2].assign(**frame.to_dict("list")))
    shown = suppress_assessment(whole).areas
    # A1 has 13 undecided, but with 16 in all they would give A2's three away.
    assert shown["residents_undecided_n"].isna().all()
    hidden = hide_as_published(counts, whole, "A1")
    assert hidden["residents_n"].isna().tolist() == [False, False, True]
    assert hidden["residents_n"].tolist()[:2] == [900, 50]


def test_an_area_that_is_not_there_hides_nothing(town):
    answer = assessment(town, [{40: 30}, {40: 50}, {40: 900}])
    counts = pd.DataFrame({"decision": ["counted"], "residents_n": [30]})
    assert hide_as_published(counts, answer, "nowhere").equals(counts)
    assert hide_as_published(counts.drop(columns="residents_n"), answer, "A1").columns.tolist() == [
        "decision"
    ]


def test_what_is_hidden_already_hides_the_change():
    counts = pd.DataFrame(
        {
            "residents_before_n": pd.array([100, pd.NA], dtype="Int64"),
            "residents_after_n": pd.array([pd.NA, 100], dtype="Int64"),
            "residents_change_n": [30, 30],
        }
    )
    hidden = suppress_change(counts, 5)
    assert hidden.isna().to_numpy().tolist() == [[False, True, True], [True, False, True]]


@settings(max_examples=200, deadline=None)
@given(counts=st.lists(st.integers(0, 12), min_size=1, max_size=4), threshold=st.sampled_from([3, 5]))
def test_counts_that_are_told_with_their_sum_give_no_small_one_back(counts, threshold):
    frame = pd.DataFrame({"decision": list("abcd")[: len(counts)], "residents_n": counts})
    shown = suppress_counts(frame, threshold)
    assert shown["decision"].equals(frame["decision"])
    assert shown["residents_n"].dtype == "Int64"
    hidden = shown["residents_n"].isna()
    told = shown.loc[~hidden, "residents_n"]
    assert (told == frame.loc[~hidden, "residents_n"]).all()
    assert not told.between(1, threshold - 1).any()
    # None is hidden alone, where the sum would give it back, and none without need.
    lost = frame.loc[hidden, "residents_n"]
    assert len(lost) != 1 or len(counts) == 1
    assert lost.empty or lost.between(1, threshold - 1).any()


def test_counts_of_no_persons_hide_nothing():
    dwellings = pd.DataFrame({"decision": ["counted"], "dwellings_n": [2]})
    assert suppress_counts(dwellings, 5).equals(dwellings)
    assert suppress_change(dwellings, 5).equals(dwellings)
