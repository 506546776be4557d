"""What of an area's movers may be shown: whoever adds and subtracts learns of no few persons."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from boundaries.disclosure.flows import suppress_flows
from boundaries.disclosure.move_products import (
    publish_destinations,
    publish_exposed,
    publish_leavers,
    publish_outflow,
)
from boundaries.disclosure.moves import (
    BALANCE_PARTS,
    publish_area_gathering,
    publish_balance,
    publish_contributions,
    publish_gathering,
    publish_inflow,
)
from boundaries.model import FLOW_DTYPES
from boundaries.moves.balance import ARRIVAL_COLUMNS, BALANCE_COLUMNS, DEPARTURE_COLUMNS
from boundaries.moves.contributions import COUNT_COLUMNS, Part
from boundaries.moves.gathering import Destination, Origin

THRESHOLD = 5
EXPOSURES = ("udsat", "ikke_udsat")


def make_balance(rows):
    """(year, area, exposure, counts by name) with 100 who stayed and the sums that follow."""
    table = []
    for year, area, exposure, counts in rows:
        row = dict.fromkeys(BALANCE_COLUMNS, 0) | {"stayed_n": 100} | counts
        went = sum(row[name] for name in DEPARTURE_COLUMNS)
        row["residents_then_n"] = row["stayed_n"] + went
        row["residents_now_n"] = row["stayed_n"] + sum(row[name] for name in ARRIVAL_COLUMNS)
        table.append({"year": year, "area_id": area, "exposure": exposure} | row)
    return pd.DataFrame(table)


def bound(balance, shown, summed, target):
    """Return the least and greatest value of a hidden cell that agrees with all that is known."""
    cells = [(row, name) for row in range(len(shown)) for name in BALANCE_PARTS]
    at = {cell: place for place, cell in enumerate(cells)}
    left, right = [], []
    for row in range(len(shown)):
        line = np.zeros(len(cells))
        line[at[row, "came_n"]], line[at[row, "went_n"]], line[at[row, "other_n"]] = 1, -1, 1
        left.append(line)
        right.append(balance["residents_now_n"][row] - balance["residents_then_n"][row])
        for name in BALANCE_PARTS:
            if pd.notna(shown[name][row]):
                fixed = np.zeros(len(cells))
                fixed[at[row, name]] = 1
                left.append(fixed)
                right.append(shown[name][row])
    for total, rows in summed:
        line = np.zeros(len(cells))
        for row in rows:
            line[at[row, "came_n"]] = 1
        left.append(line)
        right.append(total)
    bounds = [(None if name == "other_n" else 0, None) for _, name in cells]
    found = []
    for sign in (1, -1):
        cost = np.zeros(len(cells))
        cost[at[target]] = sign
        solved = linprog(cost, A_eq=np.array(left), b_eq=np.array(right, dtype=float), bounds=bounds)
        assert solved.status in {0, 3}, solved.message
        found.append(np.inf if solved.status == 3 else sign * solved.fun)
    low, high = found
    return (-np.inf if low == np.inf else low), high


COUNTS = st.sampled_from([0, 1, 2, 4, 5, 6, 9, 30])


@settings(max_examples=40)
@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=2, max_size=5))
def test_no_small_count_of_a_balance_is_told_by_its_row_or_by_the_inflow(lives):
    rows = [
        (2025, f"A{at}", exposure, {"in_n": came, "out_n": went, "born_n": born, "entered_n": new})
        for at, (came, went, born, new) in enumerate(lives)
        for exposure in EXPOSURES
    ]
    balance = make_balance(rows)
    areas = [f"A{at}" for at in range(len(lives))]
    shown = publish_balance(balance, areas, THRESHOLD)
    whole = balance.groupby("area_id")[list(BALANCE_COLUMNS)].sum().reset_index()
    came = whole["in_n"] + whole["entered_n"]
    inflow = pd.DataFrame(
        {"year": 2025, "exposure": EXPOSURES, "areas_n": len(areas), "inflow_n": came.sum() // 2}
    )
    published = publish_inflow(inflow, shown, areas, THRESHOLD)
    is_told = published["inflow_n"].notna().all()
    summed = [(came.sum(), range(len(areas)))] if is_told else []
    small = {"came_n": came, "went_n": whole["out_n"], "other_n": whole["born_n"]}
    for name, counts in small.items():
        for row in range(len(whole)):
            if 0 < counts[row] < THRESHOLD:
                assert pd.isna(shown[name][row]), (name, row)
                low, high = bound(whole, shown, summed, (row, name))
                assert high - low >= 1, (name, row, low, high)
    kept = shown["came_n"].notna()
    assert (shown.loc[kept, "came_n"] == came[kept]).all()


def test_counts_that_are_large_are_all_shown_and_add_up():
    balance = make_balance([(2025, "A", "udsat", {"in_n": 20, "out_n": 15, "born_n": 7})])
    shown = publish_balance(balance, ["A"], THRESHOLD)
    assert shown.iloc[0].to_dict() == {
        "year": 2025, "area_id": "A", "residents_then_n": 115, "came_n": 20, "went_n": 15, "other_n": 7,
        "residents_now_n": 127,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"in_n": 4, "out_n": 9}, set(BALANCE_PARTS)),
        ({"in_n": 5, "out_n": 9}, set()),
        ({"in_n": 9, "out_n": 4}, {"went_n", "other_n"}),
        ({"in_n": 9, "out_n": 9, "born_n": 4}, {"went_n", "other_n"}),
        ({"in_n": 9, "out_n": 9, "recounted_in_n": 12, "recounted_out_n": 2}, {"went_n", "other_n"}),
        ({"in_n": 3, "out_n": 3, "born_n": 3}, {"came_n", "went_n", "other_n"}),
    ],
)
def test_each_small_count_goes_with_another_of_its_row(counts, hidden):
    shown = publish_balance(make_balance([(2025, "A", "udsat", counts)]), [], THRESHOLD)
    assert {name for name in BALANCE_PARTS if shown[name].isna()[0]} == hidden


def test_an_area_of_few_residents_shows_nothing():
    row = (2025, "A", "udsat", {"stayed_n": 2, "in_n": 2})
    shown = publish_balance(make_balance([row]), [], THRESHOLD)
    assert shown.iloc[0].isna().sum() == 5


def test_the_inflow_of_a_year_that_tells_of_one_area_is_hidden():
    balance = make_balance(
        [(2025, "A", "udsat", {"in_n": 3, "out_n": 9}), (2025, "B", "udsat", {"out_n": 9, "in_n": 0})]
    )
    shown = publish_balance(balance, ["A", "B"], THRESHOLD)
    inflow = pd.DataFrame({"year": [2025], "exposure": ["udsat"], "areas_n": [2], "inflow_n": [3]})
    assert publish_inflow(inflow, shown, ["A", "B"], THRESHOLD)["inflow_n"].isna().all()
    many = pd.DataFrame({"year": 2025, "exposure": EXPOSURES, "areas_n": 2, "inflow_n": [30, 33]})
    assert publish_inflow(many, shown, ["A", "B"], THRESHOLD)["inflow_n"].isna().all()


PARTS = list(map(str, Part))


def make_parts(counts, *, unit=1, criterion="non_western"):
    """Counts of the four parts, each (numerator then, denominator then, numerator now, denominator now)."""
    table = pd.DataFrame(
        [
            {"year": 2025, "area_id": "A", "criterion": criterion, "unit": unit, "part": part}
            | dict(zip(COUNT_COLUMNS, own, strict=True))
            | {"contribution": Fraction(at, 7)}
            for at, (part, own) in enumerate(zip(PARTS, counts, strict=True))
        ]
    )
    whole = {"in_n": 30, "out_n": 30, "born_n": 8}
    return table, publish_balance(make_balance([(2025, "A", "udsat", whole)]), [], THRESHOLD)


def test_parts_of_many_are_shown_whole():
    parts, balance = make_parts([(50, 100, 50, 100), (0, 0, 10, 30), (10, 30, 0, 0), (0, 0, 0, 8)])
    shown = publish_contributions(parts, balance, THRESHOLD)
    assert not shown["is_hidden"].any()
    assert shown["contribution"].tolist() == parts["contribution"].tolist()
    assert (shown[list(COUNT_COLUMNS)] == parts[list(COUNT_COLUMNS)]).all(axis=None)


SHARES = st.integers(0, 40).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
NOBODY = st.just((0, 0))


DAYS = st.tuples(
    st.tuples(SHARES, SHARES), st.tuples(NOBODY, SHARES), st.tuples(SHARES, NOBODY), st.tuples(SHARES, SHARES)
)


@settings(max_examples=40)
@given(DAYS)
def test_the_parts_that_are_hidden_have_no_small_sum_of_their_own(days):
    parts, balance = make_parts([(*then, *now) for then, now in days])
    shown = publish_contributions(parts, balance, THRESHOLD)
    hidden = shown["is_hidden"]
    assert shown.loc[hidden, "contribution"].isna().all()
    assert shown.loc[hidden, list(COUNT_COLUMNS)].isna().all(axis=None)
    for then, now in zip(COUNT_COLUMNS[::2], COUNT_COLUMNS[1::2], strict=True):
        kept = parts[~hidden]
        for count in (kept[then], kept[now], kept[now] - kept[then]):
            assert not count.between(1, THRESHOLD - 1).any()
        if hidden.any() and not hidden.all():
            lost = parts[hidden]
            for total in (lost[then].sum(), lost[now].sum(), lost[now].sum() - lost[then].sum()):
                assert total == 0 or total >= THRESHOLD
    assert hidden.sum() != 1


def test_what_the_balance_hides_the_parts_hide_too():
    parts, _ = make_parts([(50, 100, 50, 100), (0, 0, 10, 30), (10, 30, 0, 0), (0, 0, 0, 8)])
    hidden = publish_balance(
        make_balance([(2025, "A", "udsat", {"in_n": 30, "out_n": 30, "recounted_in_n": 2, "born_n": 6})]),
        [],
        THRESHOLD,
    )
    shown = publish_contributions(parts, hidden, THRESHOLD)
    assert set(shown.loc[shown["is_hidden"], "part"]) >= {"out_movers", "others"}


def test_the_parts_of_income_are_judged_by_persons_not_by_kroner():
    parts, balance = make_parts(
        [(3, 100, 3, 100), (0, 0, 4, 30), (1, 30, 0, 0), (0, 0, 0, 0)], unit=100, criterion="income"
    )
    assert not publish_contributions(parts, balance, THRESHOLD)["is_hidden"].any()


def make_gathering(counts):
    """Counts by exposure, origin and destination within the register."""
    ends = [str(one) for one in Destination]
    rows = [
        (2025, str(origin), end, exposure, counts[layer, row, column] if column < counts.shape[2] else 7)
        for layer, exposure in enumerate(("udsat", "ikke_udsat"))
        for row, origin in enumerate(Origin)
        for column, end in enumerate(ends)
    ]
    return pd.DataFrame(rows, columns=["year", "origin", "destination", "exposure", "movers_n"])


@settings(max_examples=40)
@given(st.lists(st.sampled_from([0, 1, 3, 5, 8, 40]), min_size=30, max_size=30))
def test_gathering_shows_no_small_count_and_keeps_the_others(numbers):
    counts = np.array(numbers).reshape(2, 3, 5)
    shown = publish_gathering(make_gathering(counts), THRESHOLD)
    assert len(shown) == 30
    kept = shown["movers_n"].notna()
    true = counts.ravel()
    assert (shown.loc[kept, "movers_n"].to_numpy(dtype=int) == true[kept]).all()
    assert not shown["movers_n"].between(1, THRESHOLD - 1).any()
    leavers = np.repeat(counts.sum(axis=2), 5, axis=1).ravel()
    told = shown["leavers_n"].notna()
    assert (shown.loc[told, "leavers_n"].to_numpy(dtype=int) == leavers[told]).all()
    # No line whose sum is told has a single cell hidden.
    hidden_n = shown[told].groupby(["exposure", "origin"])["movers_n"].agg(lambda cells: cells.isna().sum())
    assert not hidden_n.eq(1).any()


def test_gathering_by_area_hides_small_counts_in_rectangles():
    rows = [
        (2025, str(origin), f"A{area}", 500 if area < 3 else 2000, area < 3, False, "udsat", 20 + area)
        for origin in Origin
        for area in range(6)
    ]
    rows[0] = (*rows[0][:-1], 2)
    columns = [
        "year", "origin", "area_id", "residents_n", "is_small", "has_plan", "exposure", "movers_n",
    ]  # fmt: skip
    shown = publish_area_gathering(pd.DataFrame(rows, columns=columns), THRESHOLD)
    hidden = shown[shown["movers_n"].isna()]
    assert len(hidden) == 4
    assert hidden["is_small"].all()
    assert hidden.groupby("origin").size().tolist() == hidden.groupby("area_id").size().tolist() == [2, 2]
    none = publish_area_gathering(pd.DataFrame([], columns=columns), THRESHOLD)
    assert none.empty
    assert none.columns.tolist() == shown.columns.tolist()


def make_flows(counts):
    codes = ("0101", "0147", "0151", "0153", "0155", "0157")[: counts.shape[1]]
    rows = [
        (2024, start, end, exposure, "alle", int(counts[layer, at, to]), False)
        for layer, exposure in enumerate(("ikke_udsat", "udsat"))
        for at, start in enumerate(codes)
        for to, end in enumerate(codes)
        if at != to
    ]
    return pd.DataFrame(rows, columns=list(FLOW_DTYPES)).astype(FLOW_DTYPES)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_sums_of_moves_show_no_small_count_and_no_single_hidden_one(seed):
    counts = np.random.default_rng(seed).choice([0, 0, 1, 2, 9, 60], (2, 6, 6))
    flows, named = make_flows(counts), ("0101", "0147")
    shown = suppress_flows(flows, THRESHOLD, kommuner_with=named)
    for make in (publish_outflow, publish_destinations, publish_leavers):
        table = make(flows, shown, named, THRESHOLD)
        for column in set(table.columns) & {"movers_n", "leavers_n", "arrivals_n"}:
            assert not table[column].between(1, THRESHOLD - 1).any(), column
    table = publish_destinations(flows, shown, named, THRESHOLD)
    totals = table["leavers_n"].notna()
    within = table["to_kommune"].isin(named)
    hidden_n = (
        table[totals].groupby(["exposure", within[totals]])["movers_n"].apply(lambda one: one.isna().sum())
    )
    assert not hidden_n.eq(1).any()
    assert not publish_exposed(flows, named, THRESHOLD)["exposed_n"].between(1, THRESHOLD - 1).any()


def test_large_sums_are_those_of_the_products():
    flows = make_flows(np.full((2, 6, 6), 20))
    table = publish_outflow(flows, flows, ("0101",), THRESHOLD)
    found = dict(zip(table["destination"], table["movers_n"], strict=False))
    assert found["all"] == found["without"] == 100
    assert found["with"] == found["udland"] == 0


def test_one_exposure_is_hidden_along_the_line():
    counts = np.full((2, 6, 6), 20)
    counts[:, 0, 1] = 2
    flows = make_flows(counts)
    single = flows[flows["exposure"].eq("udsat")].reset_index(drop=True)
    shown = suppress_flows(single, THRESHOLD, kommuner_with=("0101",))
    table = publish_destinations(single, shown, ("0101",), THRESHOLD)
    assert table.loc[table["movers_n"].isna(), "to_kommune"].tolist()[0] == "0147"
    assert table["movers_n"].isna().sum() == 2
