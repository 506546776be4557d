"""Hidden flows stay hidden: an audit solves for the least and the greatest value of each."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from boundaries.disclosure.flows import (
    find_hidden_blocks,
    list_shown_sums,
    suppress_flows,
    suppress_line,
    suppress_shares,
)
from boundaries.model import FLOW_DTYPES

KOMMUNER = ["0101", "0147", "0265", "0461", "0751", "0851"]
ROUTE = ["year", "from_kommune", "to_kommune", "exposure", "group"]


def make_flows(counts):
    """Flows of layers by departures by arrivals."""
    rows = [
        (2024, KOMMUNER[start], KOMMUNER[end], ("udsat", "ikke_udsat")[layer], "alle", int(count), False)
        for (layer, start, end), count in np.ndenumerate(counts)
        if start != end
    ]
    frame = pd.DataFrame(rows, columns=[*ROUTE, "movers_n", "is_hidden"])
    return frame[list(FLOW_DTYPES)].astype(FLOW_DTYPES).sort_values(ROUTE, ignore_index=True)


def find_interval(true, shown, sums, place):
    """Return what somebody who knows the table and its sums knows of one hidden count."""
    hidden = np.flatnonzero(shown["is_hidden"])
    values = true["movers_n"].to_numpy(dtype=float)
    matrix = np.array([np.isin(hidden, rows).astype(float) for rows in sums]).reshape(len(sums), len(hidden))
    known = np.array([values[rows].sum() - values[np.setdiff1d(rows, hidden)].sum() for rows in sums])
    aim = (hidden == place).astype(float)
    ends = []
    for sign in (1, -1):
        solved = linprog(sign * aim, A_eq=matrix, b_eq=known, bounds=(0, None))
        ends.append(np.inf if solved.status == 3 else sign * solved.fun)
    return ends


COUNTS = st.integers(1, 2).flatmap(
    lambda layers: st.lists(
        st.integers(0, 14) | st.integers(0, 4), min_size=layers * 36, max_size=layers * 36
    ).map(lambda cells: np.array(cells).reshape(layers, 6, 6))
)


@given(COUNTS, st.sampled_from([(), ("0101", "0147", "0265")]), st.sampled_from([3, 5]))
@settings(max_examples=25)
def test_no_sum_gives_a_hidden_count_back(counts, kommuner_with, threshold_n):
    true = make_flows(counts)
    shown = suppress_flows(true, threshold_n, kommuner_with=kommuner_with)
    pd.testing.assert_frame_equal(shown[ROUTE], true[ROUTE])
    small = true["movers_n"].between(1, threshold_n - 1)
    assert shown.loc[small, "is_hidden"].all()
    assert (shown["movers_n"].isna() == shown["is_hidden"]).all()
    kept = ~shown["is_hidden"]
    assert (shown.loc[kept, "movers_n"] == true.loc[kept, "movers_n"]).all()
    sums = list_shown_sums(shown, kommuner_with)
    for place in np.flatnonzero(small):
        low, high = find_interval(true, shown, sums, place)
        assert high - low >= 1 - 1e-6, (place, low, high)


def test_a_table_without_small_counts_is_shown_whole():
    true = make_flows(np.full((2, 6, 6), 10))
    pd.testing.assert_frame_equal(suppress_flows(true, 5), true)


def test_the_cheapest_rectangle_goes_with_a_small_count():
    counts = np.full((1, 6, 6), 50)
    counts[0, 0, 1], counts[0, 0, 2], counts[0, 3, 1], counts[0, 3, 2] = 2, 6, 7, 8
    shown = suppress_flows(make_flows(counts), 5)
    hidden = shown.loc[shown["is_hidden"], ["from_kommune", "to_kommune"]].to_numpy().tolist()
    assert hidden == [["0101", "0147"], ["0101", "0265"], ["0461", "0147"], ["0461", "0265"]]


def test_sums_over_exposures_are_protected_too():
    counts = np.full((2, 6, 6), 50)
    counts[0, 0, 1] = 3
    shown = suppress_flows(make_flows(counts), 5)
    assert shown["is_hidden"].sum() == 8
    assert shown.groupby("exposure")["is_hidden"].sum().tolist() == [4, 4]


def test_what_no_rectangle_protects_takes_its_block_along():
    counts = np.zeros((1, 6, 6), dtype=int)
    counts[0, 0, 1] = 2
    shown = suppress_flows(make_flows(counts), 5)
    assert shown["is_hidden"].all()
    bare = make_flows(counts)
    routes = suppress_flows(bare[bare["movers_n"] > 0].reset_index(drop=True), 5)
    assert routes["movers_n"].isna().all()
    # Departures and arrivals alone: two kommuner, and both routes between them.
    assert len(routes) == 2
    blocks = find_hidden_blocks(routes, ())
    assert blocks.to_numpy().tolist() == [[2024, "alle", False, False]]
    assert list_shown_sums(routes, ()) == []


def test_counts_that_the_source_hid_stay_hidden_and_stayers_are_hidden_alone():
    counts = np.full((1, 6, 6), 50)
    true = make_flows(counts)
    true.loc[0, "movers_n"], true.loc[0, "is_hidden"] = pd.NA, True
    stay = true.iloc[[1]].assign(to_kommune=true["from_kommune"].iloc[1], movers_n=3)
    both = pd.concat([true, stay], ignore_index=True).astype(FLOW_DTYPES)
    shown = suppress_flows(both, 5)
    assert shown["is_hidden"].sum() == 2
    own = shown[shown["from_kommune"].eq(shown["to_kommune"])]
    assert own["is_hidden"].tolist() == [True]


def test_the_order_of_rows_does_not_matter():
    counts = np.random.default_rng(3).integers(0, 12, (2, 6, 6))
    true = make_flows(counts)
    shown = suppress_flows(true, 5)
    pd.testing.assert_frame_equal(suppress_flows(true.iloc[::-1].reset_index(drop=True), 5), shown)


def test_lines_with_a_known_sum_hide_two_or_none():
    table = pd.DataFrame({"year": [1, 1, 1, 2, 2], "n": [3, 20, 9, 7, 8]})
    shown = suppress_line(table, "n", ["year"], 5)
    assert shown["n"].isna().tolist() == [True, False, True, False, False]
    assert table["n"].tolist() == [3, 20, 9, 7, 8]


@pytest.mark.parametrize(
    ("part", "whole", "hides_part", "hides_whole"),
    [(4, 100, True, False), (5, 100, False, False), (96, 100, True, False), (0, 100, False, False),
     (100, 100, False, False), (2, 4, True, True), (0, 4, True, True), (0, 0, False, False)],
)  # fmt: skip
def test_a_share_is_hidden_by_its_numerator_and_by_what_is_left(part, whole, hides_part, hides_whole):
    shown = suppress_shares(pd.DataFrame({"part": [part], "whole": [whole]}), "part", "whole", 5)
    assert shown.isna().to_numpy().tolist() == [[hides_part, hides_whole]]
