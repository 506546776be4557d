"""The invented moves: the same for the same seed, between all kommuner, with no effect planted."""

import numpy as np
import pytest

from data.kommune_population import load_populations
from data.kommuner import load_kommuner
from data.synthetic.flows import EXPOSURES, FLOW_YEARS, PLANTED_EFFECT, expect_pattern, make_flows
from data.tiles import count_steps, load_tiles


@pytest.fixture(scope="module")
def flows():
    return make_flows(np.random.default_rng(20))


def test_every_kommune_has_inhabitants_and_they_come_near_the_country():
    populations = load_populations()
    assert set(populations) == set(load_kommuner()) - {"0411"}
    assert all(count % 100 == 0 and count > 1000 for count in populations.values())
    # 5,961,249 on 1 January 2024; 98 roundings to hundreds are off by at most 4,900.
    assert abs(sum(populations.values()) - 5_961_249) <= 4_900
    assert max(populations, key=populations.get) == "0101"
    assert min(populations, key=populations.get) == "0825"


def test_the_same_draw_gives_the_same_moves(flows):
    assert make_flows(np.random.default_rng(20)).equals(flows)
    assert not make_flows(np.random.default_rng(21)).equals(flows)


def test_moves_go_between_two_kommuner_in_every_year(flows):
    assert (flows["from_kommune"] != flows["to_kommune"]).all()
    assert (flows["movers_n"] > 0).all()
    assert flows["is_synthetic"].all()
    keys = ["year", "from_kommune", "to_kommune", "exposure"]
    assert not flows.duplicated(keys).any()
    assert flows[keys].equals(flows[keys].sort_values(keys, ignore_index=True))
    for year in FLOW_YEARS:
        own = flows[flows["year"].eq(year)]
        assert set(own["from_kommune"]) == set(own["to_kommune"]) == set(load_populations())
        assert set(own["exposure"]) == set(EXPOSURES)
    assert tuple(range(2017, 2025)) == FLOW_YEARS


def test_the_pattern_is_mass_over_distance():
    codes = ("0101", "0461", "0751", "0825")
    pattern = expect_pattern(codes)
    assert pattern.sum() == pytest.approx(1)
    assert (np.diag(pattern) == 0).all()
    populations, tiles = load_populations(), load_tiles()

    def pull(start, end):
        steps = count_steps(tiles[start], tiles[end])
        return populations[start] * populations[end] ** 0.85 / steps**1.6

    ratio = pattern[0, 1] / pattern[2, 3]
    assert ratio == pytest.approx(pull("0101", "0461") / pull("0751", "0825"))


def test_no_effect_is_planted(flows):
    """The exposed of any half of the kommuner spread as before, within what chance allows."""
    assert PLANTED_EFFECT == 0
    codes = sorted(load_populations())
    treated = set(codes[::3])
    own = flows[flows["exposure"].eq("udsat")]
    leaving = own[own["from_kommune"].isin(treated)]
    shares = {}
    for name, period in (("before", leaving["year"] < 2021), ("after", leaving["year"] >= 2021)):
        part = leaving[period]
        total = part["movers_n"].sum()
        shares[name] = (part.loc[~part["to_kommune"].isin(treated), "movers_n"].sum() / total, total)
    spread = np.sqrt(sum(share * (1 - share) / total for share, total in shares.values()))
    # Noise by kommune and year comes on top of chance, hence the wide margin.
    assert abs(shares["after"][0] - shares["before"][0]) < 8 * spread + 0.01
