"""Invented panels with an effect of known size, to see whether an analysis finds it: nothing of them is real.

The share of socially exposed among those who leave a kommune has a level of its own, a year in common with
the others and shocks that last from year to year; then persons are drawn. The effect is added to the share of
treated kommuner from the first treated year on.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.kommune_population import load_populations
from data.synthetic.town import Floats

PANEL_YEARS = tuple(range(2017, 2025))

_SHARE = 0.20
_LEVEL_SPREAD = 0.025
_YEAR_SPREAD = 0.01
_LEAVERS_PER_INHABITANT = 0.03
_FARTHEST = 3.0
"""Draws lie within so many spreads, so that shares stay between 0 and 1 and no effect is cut off."""


@dataclass(frozen=True, kw_only=True)
class PanelPlan:
    """What to draw.

    Attributes
    ----------
    treated_n
        Kommuner with treatment, drawn by lot among the 98.
    effect_pp
        Planted effect, percentage points; at most 5 either way.
    from_year
        First treated year.
    shock_pp
        Spread of the shocks of a kommune, percentage points.
    persistence
        Correlation of a kommune's shocks from one year to the next; under 1.
    years
        Of the panel.
    """

    treated_n: int = 24
    effect_pp: float = 0.0
    from_year: int = 2021
    shock_pp: float = 1.0
    persistence: float = 0.6
    years: tuple[int, ...] = PANEL_YEARS


def make_panel(plan: PanelPlan, seed: int) -> pd.DataFrame:
    """Draw a panel of the 98 kommuner.

    Parameters
    ----------
    plan
        What to draw.
    seed
        The same one gives the same panel.

    Returns
    -------
    DataFrame
        ``kommune_code``, ``year``, ``numerator`` exposed leavers of ``denominator`` leavers, ``is_treated``
        (the same in all years of a kommune), ``is_synthetic``; by kommune and year.
    """
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(117,))))
    populations = load_populations()
    codes = sorted(populations)
    years = np.asarray(plan.years)
    is_treated = np.zeros(len(codes), dtype=np.bool_)
    is_treated[rng.permutation(len(codes))[: plan.treated_n]] = True
    level = _SHARE + _LEVEL_SPREAD * _draw(rng, (len(codes), 1))
    common = _YEAR_SPREAD * _draw(rng, (1, len(years)))
    shocks = plan.shock_pp / 100 * _draw_lasting(rng, (len(codes), len(years)), plan.persistence)
    effect = plan.effect_pp / 100 * (is_treated[:, np.newaxis] & (years >= plan.from_year))
    people = np.array([populations[code] for code in codes], dtype=np.float64)[:, np.newaxis]
    leavers = rng.poisson(_LEAVERS_PER_INHABITANT * people, (len(codes), len(years)))
    exposed = rng.binomial(leavers, level + common + shocks + effect)
    return pd.DataFrame(
        {
            "kommune_code": pd.Series(np.repeat(np.asarray(codes, dtype=object), len(years)), dtype="str"),
            "year": np.tile(years, len(codes)),
            "numerator": exposed.ravel(),
            "denominator": leavers.ravel(),
            "is_treated": np.repeat(is_treated, len(years)),
            "is_synthetic": True,
        }
    )


def _draw(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    drawn: Floats = np.clip(rng.standard_normal(shape), -_FARTHEST, _FARTHEST)
    return drawn


def _draw_lasting(rng: np.random.Generator, shape: tuple[int, int], persistence: float) -> Floats:
    """Draw shocks of spread 1 that last, by row."""
    shocks = _draw(rng, shape)
    fresh = np.sqrt(1 - persistence**2)
    for year in range(1, shape[1]):
        shocks[:, year] = persistence * shocks[:, year - 1] + fresh * shocks[:, year]
    return shocks
