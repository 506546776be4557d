"""Invented moves between the real kommuner: a gravity model, and no effect of anything on anyone.

Who moves where follows from the inhabitants of both kommuner and from how far apart their tiles lie on the
tile map. The socially exposed move by the same pattern. Nothing changes when lists or laws do: an analysis
that finds an effect here, finds one that is not there.
"""

import numpy as np
import pandas as pd

from data.kommune_population import load_populations
from data.synthetic.households import Ints
from data.synthetic.town import Floats
from data.tiles import count_steps, load_tiles

FLOW_YEARS = tuple(range(2017, 2025))
"""Figure years: "2024" is the moves during 2023."""

PLANTED_EFFECT = 0.0
"""Effect of having a forebyggelsesområde on where the exposed move, in percentage points: none."""

EXPOSURES = ("udsat", "ikke_udsat")

_MOVERS_N = 230_000
"""Moves across the border of a kommune in a year of those aged 18 to 64, about."""

_EXPOSED_SHARE = 0.13
_MASS_POWER = 0.85
_DISTANCE_POWER = 1.6
_SHOCK = 0.04
"""Spread of what a kommune and year have in common, on the scale of logarithms."""


def make_flows(rng: np.random.Generator) -> pd.DataFrame:
    """Draw the moves of every year between every two kommuner, exposed or not.

    Returns
    -------
    DataFrame
        ``year``, ``from_kommune``, ``to_kommune``, ``exposure``, ``movers_n`` (over 0) and
        ``is_synthetic``, in that order of sorting.
    """
    codes = tuple(load_populations())
    pull = expect_pattern(codes)
    exposed = _EXPOSED_SHARE * np.exp(0.25 * rng.standard_normal(len(codes)))
    parts = []
    for year in FLOW_YEARS:
        leaving = np.exp(_SHOCK * rng.standard_normal(len(codes)))
        expected = pull * (_MOVERS_N * leaving)[:, np.newaxis]
        shares = exposed * np.exp(_SHOCK * rng.standard_normal(len(codes)))
        for exposure, share in zip(EXPOSURES, (shares, 1 - shares), strict=True):
            parts.append(_tabulate(year, exposure, codes, rng.poisson(expected * share[:, np.newaxis])))
    table = pd.concat(parts, ignore_index=True)
    keys = ["year", "from_kommune", "to_kommune", "exposure"]
    return table.sort_values(keys, kind="stable", ignore_index=True)


def expect_pattern(codes: tuple[str, ...]) -> Floats:
    """Return the expected share of all moves from each kommune (row) to each (column); 0 on the diagonal."""
    populations, tiles = load_populations(), load_tiles()
    mass = np.array([populations[code] for code in codes], dtype=np.float64)
    steps = np.array([[count_steps(tiles[one], tiles[two]) for two in codes] for one in codes])
    pull: Floats = np.outer(mass, mass**_MASS_POWER) / np.maximum(1, steps) ** _DISTANCE_POWER
    np.fill_diagonal(pull, 0)
    shares: Floats = pull / pull.sum()
    return shares


def _tabulate(year: int, exposure: str, codes: tuple[str, ...], drawn: Ints) -> pd.DataFrame:
    start, end = np.nonzero(drawn)
    names = np.asarray(codes, dtype=object)
    return pd.DataFrame(
        {
            "year": year,
            "from_kommune": pd.Series(names[start], dtype="str"),
            "to_kommune": pd.Series(names[end], dtype="str"),
            "exposure": exposure,
            "movers_n": drawn[start, end],
            "is_synthetic": True,
        }
    )
