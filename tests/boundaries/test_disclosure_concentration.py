"""The concentration of destinations from what is shown: by hand, with hidden sums left out on both sides."""

import numpy as np
import pandas as pd
import pytest

from boundaries.disclosure.concentration import TOP_N, publish_concentration
from boundaries.disclosure.flows import suppress_flows
from boundaries.disclosure.move_products import publish_destinations, publish_leavers
from boundaries.model import FLOW_DTYPES
from data.kommune_population import load_populations
from data.tiles import count_steps, load_tiles
from geo.errors import DataError

CODES = sorted(load_populations())[:20]
WITH = (CODES[0], CODES[5])
THRESHOLD = 5


def make_flows(codes=CODES, least=0):
    rng = np.random.default_rng(3)
    rows = [
        (year, start, end, exposure, "alle", int(rng.pareto(0.7) * 2) + least, False)
        for year in (2023, 2024)
        for start in codes
        for end in codes
        for exposure in ("ikke_udsat", "udsat")
        if start != end
    ]
    return pd.DataFrame(rows, columns=list(FLOW_DTYPES)).astype(FLOW_DTYPES)


def publish(flows):
    shown = suppress_flows(flows, THRESHOLD, kommuner_with=WITH)
    destinations = publish_destinations(flows, shown, WITH, THRESHOLD)
    leavers = publish_leavers(flows, shown, WITH, THRESHOLD)
    return publish_concentration(shown, destinations, leavers, WITH), destinations, leavers


@pytest.fixture(scope="module")
def found():
    return publish(make_flows())


def test_top_and_index_are_those_of_the_sums_that_are_shown(found):
    concentration, destinations, _ = found
    assert destinations["movers_n"].isna().any()
    for row in concentration.measures.itertuples():
        own = destinations[destinations["year"].eq(row.year) & destinations["exposure"].eq(row.exposure)]
        counts = sorted((int(count) for count in own["movers_n"].dropna()), reverse=True)
        assert (row.top_movers_n, row.leavers_n) == (sum(counts[:TOP_N]), sum(counts))
        assert row.herfindahl_numerator == sum(count**2 for count in counts)
        assert row.hidden_n == own["movers_n"].isna().sum()
        assert row.top_low <= row.top_movers_n / row.leavers_n <= row.top_high


def test_every_count_of_persons_is_nought_or_at_least_the_threshold(found):
    counts = found[0].measures[["leavers_n", "top_movers_n"]].to_numpy()
    assert (counts >= THRESHOLD).all()


def test_the_expectation_is_gravity_over_the_destinations_that_are_shown():
    concentration, _, leavers = publish(make_flows(least=300))
    tiles, people = load_tiles(), load_populations()
    power = concentration.decay.power
    for row in concentration.measures.itertuples():
        expected = dict.fromkeys(CODES, 0.0)
        for start in WITH:
            pulls = {
                end: people[end] / count_steps(tiles[start], tiles[end]) ** power
                for end in CODES
                if end != start
            }
            own = leavers[
                leavers["year"].eq(row.year)
                & leavers["exposure"].eq(row.exposure)
                & leavers["kommune_code"].eq(start)
            ]
            for end, pull in pulls.items():
                expected[end] += int(own["leavers_n"].iloc[0]) * pull / sum(pulls.values())
        shares = sorted(expected.values(), reverse=True)
        # The mean of draws overstates the largest a little; there are thousands of leavers here.
        assert row.top_expected == pytest.approx(sum(shares[:TOP_N]) / sum(shares), abs=0.01)


def test_what_is_hidden_plays_no_part(found):
    flows = make_flows()
    shown = suppress_flows(flows, THRESHOLD, kommuner_with=WITH)
    _, destinations, leavers = found
    again = publish_concentration(shown.sample(frac=1, random_state=1), destinations, leavers, WITH)
    pd.testing.assert_frame_equal(again.measures, found[0].measures)
    pd.testing.assert_frame_equal(again.comparison, found[0].comparison)
    assert again.decay.power == pytest.approx(found[0].decay.power)


def test_too_few_kommuner_are_refused():
    with pytest.raises(DataError, match="few_kommuner"):
        publish(make_flows(CODES[:6], least=20))


def test_without_leavers_there_is_no_expectation(found):
    _, destinations, leavers = found
    shown = suppress_flows(make_flows(), THRESHOLD, kommuner_with=WITH)
    for lost in (leavers.iloc[:0], leavers.assign(leavers_n=leavers["leavers_n"].mask(leavers.index >= 0))):
        with pytest.raises(DataError, match="no_moves"):
            publish_concentration(shown, destinations, lost, WITH)
