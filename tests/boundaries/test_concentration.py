"""Concentration of destinations: exact counts, intervals that hold what was planted, gravity by other means."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.moves.concentration import compare_exposures, measure_concentration
from boundaries.moves.gravity import (
    expect_destinations,
    fit_distance_decay,
    make_geography,
    share_by_gravity,
)
from data.kommune_population import load_populations
from data.synthetic.flows import make_flows
from data.texts import LANGUAGES, load_texts
from data.tiles import count_steps, load_tiles
from geo.errors import DataError

CODES = ["0101", "0147", "0155", "0157", "0159", "0161", "0163", "0165"]


def make_small_geography(seed=0):
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 10, (len(CODES), 2))
    rows = [
        (one, two, float(np.hypot(*(points[i] - points[j]))))
        for i, one in enumerate(CODES)
        for j, two in enumerate(CODES)
        if i != j
    ]
    distances = pd.DataFrame(rows, columns=["from_kommune", "to_kommune", "distance"])
    populations = {
        code: int(count) for code, count in zip(CODES, rng.integers(5, 90, len(CODES)), strict=True)
    }
    return populations, distances


def draw_flows(geography, power, seed, leavers_n=4000, years=(2023, 2024)):
    """Draw moves that follow gravity, exposed and not."""
    rng = np.random.default_rng(seed)
    pattern = share_by_gravity(geography, power)
    rows = []
    for year in years:
        for exposure in ("ikke_udsat", "udsat"):
            for start, code in enumerate(CODES):
                for end, n in enumerate(rng.multinomial(leavers_n, pattern[start])):
                    if end != start:
                        rows.append((year, code, CODES[end], exposure, n))
    frame = pd.DataFrame(rows, columns=["year", "from_kommune", "to_kommune", "exposure", "movers_n"])
    return frame.astype({"movers_n": "Int64", "year": "Int64"})


@pytest.fixture(scope="module")
def geography():
    return make_geography(*make_small_geography())


def make_destinations(movers, expected=None, *, exposure="udsat", year=2024):
    return pd.DataFrame(
        {
            "year": year,
            "exposure": exposure,
            "to_kommune": [f"{number:04d}" for number in range(len(movers))],
            "movers_n": movers,
            "expected_n": movers if expected is None else expected,
        }
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=2, max_size=40).filter(any), st.integers(1, 6))
def test_counts_are_exact_and_bounds_hold(movers, top_n):
    row = measure_concentration(make_destinations(movers), top_n=top_n, draws_n=99).iloc[0]
    total = sum(movers)
    index = sum((Fraction(n, total) ** 2 for n in movers), Fraction())
    assert Fraction(int(row["herfindahl_numerator"]), int(row["herfindahl_denominator"])) == index
    assert row["top_movers_n"] == sum(sorted(movers, reverse=True)[:top_n])
    assert (row["leavers_n"], row["destinations_n"]) == (total, sum(n > 0 for n in movers))
    assert row["effective_n"] == pytest.approx(float(1 / index))
    assert 1 <= row["effective_n"] <= row["destinations_n"] + 1e-9
    assert 0 <= row["herfindahl_low"] <= row["herfindahl_high"] <= 1
    assert 0 <= row["top_low"] <= row["top_high"] <= 1


def test_alike_destinations_count_as_many_and_one_as_one():
    alike = measure_concentration(make_destinations([30] * 10)).iloc[0]
    assert (alike["effective_n"], alike["top_movers_n"] / alike["leavers_n"]) == (pytest.approx(10), 0.5)
    one = measure_concentration(make_destinations([300, 0, 0], [100, 100, 100])).iloc[0]
    assert one["effective_n"] == 1
    assert one["herfindahl_p"] == 1 / 2000
    assert one["effective_expected_n"] == pytest.approx(3, abs=0.05)


def test_nobody_left_tells_nothing():
    both = pd.concat([make_destinations([0, 0, 0]), make_destinations([5, 1, 0], year=2023)])
    table = measure_concentration(both, draws_n=99)
    assert table["year"].tolist() == [2023, 2024]
    empty = table.iloc[1]
    assert (empty["leavers_n"], empty["top_movers_n"], empty["destinations_n"]) == (0, 0, 0)
    assert empty[["top_low", "herfindahl_p", "effective_n", "effective_expected_n"]].isna().all()


def test_other_rows_and_their_order_do_not_move_an_interval():
    one = make_destinations([50, 40, 9, 1])
    many = pd.concat([make_destinations([7, 7, 7, 7], exposure="ikke_udsat"), one.iloc[::-1]])
    alone = measure_concentration(one)
    among = measure_concentration(many).iloc[[1]].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among)
    pd.testing.assert_frame_equal(compare_exposures(many), compare_exposures(many.iloc[::-1]))


def test_intervals_hold_what_was_planted():
    """600 draws of 500 leavers: the interval of Herfindahl's index holds the true one about 95 times in 100."""
    shares = 1 / np.arange(1, 31) ** 0.8
    shares /= shares.sum()
    truth, top = float((shares**2).sum()), float(shares[:5].sum())
    rng = np.random.default_rng(8)
    held = {"herfindahl": 0, "top": 0}
    for _ in range(600):
        row = measure_concentration(make_destinations(rng.multinomial(500, shares)), draws_n=199).iloc[0]
        held["herfindahl"] += row["herfindahl_low"] <= truth <= row["herfindahl_high"]
        held["top"] += row["top_low"] <= top <= row["top_high"]
    assert 0.91 <= held["herfindahl"] / 600 <= 0.98
    assert 0.91 <= held["top"] / 600 <= 0.98


def test_a_difference_between_exposed_and_others_is_found_only_where_it_is():
    shares = np.full(20, 0.05)
    steep = np.array([0.2, 0.1, *([0.7 / 18] * 18)])
    rng = np.random.default_rng(3)
    others = make_destinations(rng.multinomial(5000, shares), exposure="ikke_udsat")
    same = make_destinations(rng.multinomial(2000, shares))
    other = make_destinations(rng.multinomial(2000, steep), year=2023)
    both = pd.concat([others, same, others.assign(year=2023), other, same.assign(year=2022)])
    table = compare_exposures(both).set_index("year")
    assert table.index.tolist() == [2023, 2024]
    assert table.loc[2024, "herfindahl_low"] <= 0 <= table.loc[2024, "herfindahl_high"]
    assert 0 < table.loc[2023, "herfindahl_low"] < table.loc[2023, "herfindahl_difference"]
    assert table.loc[2023, "herfindahl_difference"] == pytest.approx((steep**2).sum() - 0.05, abs=0.01)
    assert table.loc[2023, "top_low"] > 0.05
    assert compare_exposures(same).empty


def test_leavers_of_gravity_are_seldom_called_concentrated(geography):
    tests = []
    for seed in range(40):
        flows = draw_flows(geography, 1.5, seed, leavers_n=300, years=(2024,))
        expected = expect_destinations(flows, geography, 1.5)
        tests += measure_concentration(expected, top_n=3, draws_n=199)["herfindahl_p"].tolist()
    # Origins are fixed and so spread less than one lot for all: the test is rather too mild here.
    assert np.mean(np.array(tests) <= 0.05) <= 0.07
    assert 0.3 < np.mean(tests) < 0.7


def test_distance_decay_is_that_of_statsmodels(geography):
    flows = draw_flows(geography, 1.2, 4)
    flows.loc[[5, 77], "movers_n"] = pd.NA
    fitted = fit_distance_decay(flows, geography)
    pairs = flows.groupby(["year", "from_kommune", "to_kommune"])["movers_n"].agg(["sum", "size", "count"])
    pairs = pairs[pairs["size"].eq(pairs["count"])].reset_index()
    at = {code: number for number, code in enumerate(geography.kommune_codes)}
    start, end = pairs["from_kommune"].map(at), pairs["to_kommune"].map(at)
    effects = pd.get_dummies(pairs["year"].astype(str) + pairs["from_kommune"]).to_numpy(float)
    exog = np.column_stack([-np.log(geography.distances[start, end]), effects])
    model = sm.GLM(
        pairs["sum"].to_numpy(float),
        exog,
        family=sm.families.Poisson(),
        offset=np.log(geography.populations[end]),
    )
    hand = model.fit(cov_type="cluster", cov_kwds={"groups": start.to_numpy()}, tol=1e-14)
    assert fitted.power == pytest.approx(hand.params[0], abs=1e-9)
    assert fitted.se == pytest.approx(hand.bse[0], abs=1e-9)
    assert fitted.pairs_n == len(pairs)
    assert fitted.moves_n == pairs["sum"].sum()
    assert fitted.power == pytest.approx(1.2, abs=0.03)


def test_the_decay_planted_in_the_demo_is_found():
    populations, tiles = load_populations(), load_tiles()
    rows = [(a, b, count_steps(tiles[a], tiles[b])) for a in populations for b in populations if a != b]
    distances = pd.DataFrame(rows, columns=["from_kommune", "to_kommune", "distance"])
    flows = make_flows(np.random.default_rng(20))
    fitted = fit_distance_decay(flows, make_geography(populations, distances))
    assert fitted.power == pytest.approx(1.6, abs=0.02)


def test_expected_leavers_are_those_that_left(geography):
    flows = draw_flows(geography, 1.5, 6)
    flows.loc[3, "movers_n"] = pd.NA
    outside = flows.iloc[:2].assign(to_kommune="udland", movers_n=10_000)
    inside = flows.iloc[:1].assign(to_kommune=flows["from_kommune"].iloc[0], movers_n=10_000)
    chosen = ["0101", "0155"]
    table = expect_destinations(pd.concat([flows, outside, inside]), geography, 1.5, from_kommuner=chosen)
    pattern = share_by_gravity(geography, 1.5)
    for (year, exposure), own in table.groupby(["year", "exposure"]):
        is_row = flows["year"].eq(year) & flows["exposure"].eq(exposure) & flows["from_kommune"].isin(chosen)
        moves = flows[is_row]
        assert own["movers_n"].sum() == moves["movers_n"].sum()
        assert own["expected_n"].sum() == pytest.approx(float(moves["movers_n"].sum()))
        assert own["to_kommune"].tolist() == CODES
        for code, number in (("0101", 0), ("0163", 6)):
            by_origin = [moves.loc[moves["from_kommune"].eq(one), "movers_n"].sum() for one in chosen]
            expected = by_origin[0] * pattern[0, number] + by_origin[1] * pattern[2, number]
            row = own[own["to_kommune"].eq(code)].iloc[0]
            assert row["expected_n"] == pytest.approx(float(expected))
            assert row["movers_n"] == moves.loc[moves["to_kommune"].eq(code), "movers_n"].sum()
    assert table["hidden_n"].sum() == 1


@pytest.mark.parametrize("power", [0.0, 1.0, 2.5])
def test_shares_of_gravity_are_mass_over_distance(geography, power):
    shares = share_by_gravity(geography, power)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (np.diag(shares) == 0).all()
    mass, far = geography.populations, geography.distances
    ratio = (mass[2] / far[0, 2] ** power) / (mass[5] / far[0, 5] ** power)
    assert shares[0, 2] / shares[0, 5] == pytest.approx(ratio)


def refuse_distance():
    populations, distances = make_small_geography()
    make_geography(populations, distances.iloc[1:])


def refuse_population():
    populations, distances = make_small_geography()
    make_geography(populations | {"0101": 0}, distances)


def refuse_no_moves():
    geography = make_geography(*make_small_geography())
    fit_distance_decay(draw_flows(geography, 1, 1).iloc[:0], geography)


def refuse_no_leavers():
    geography = make_geography(*make_small_geography())
    expect_destinations(draw_flows(geography, 1, 1), geography, 1.0, from_kommuner=["0999"])


def refuse_equal_distances():
    populations, distances = make_small_geography()
    geography = make_geography(populations, distances.assign(distance=2.0))
    fit_distance_decay(draw_flows(geography, 1, 1), geography)


def refuse_nearest_only():
    populations, distances = make_small_geography()
    geography = make_geography(populations, distances)
    nearest = distances.loc[distances.groupby("from_kommune")["distance"].idxmin()]
    fit_distance_decay(nearest.assign(year=2024, exposure="udsat", movers_n=50), geography)


def refuse_missing_movers():
    measure_concentration(
        make_destinations([1, 2, 3]).astype({"movers_n": "Int64"}).replace({"movers_n": {2: pd.NA}})
    )


@pytest.mark.parametrize(
    ("refuse", "key"),
    [
        (refuse_distance, "missing_distance"),
        (refuse_population, "no_inhabitants"),
        (refuse_no_moves, "no_moves"),
        (refuse_no_leavers, "no_moves"),
        (refuse_equal_distances, "no_decay"),
        (refuse_nearest_only, "no_decay"),
        (refuse_missing_movers, "bad_movers"),
    ],
)
def test_what_cannot_be_measured_is_refused(refuse, key):
    with pytest.raises(DataError) as caught:
        refuse()
    assert caught.value.key == f"social_export.{key}"
    for language in LANGUAGES:
        assert load_texts(language).get(f"error.{caught.value.key}", caught.value.values)
