"""The invented panels: the same for a seed, with shares, shocks and an effect of the size that is asked for."""

import numpy as np
import pytest

from data.kommune_population import load_populations
from data.synthetic.panels import PANEL_YEARS, PanelPlan, make_panel


def share_by(panel, plan):
    """Return shares as kommuner by years, and which kommuner are treated."""
    shares = (panel["numerator"] / panel["denominator"]).to_numpy().reshape(98, len(plan.years))
    return shares, panel["is_treated"].to_numpy().reshape(98, len(plan.years))[:, 0]


def test_the_same_seed_gives_the_same_panel():
    plan = PanelPlan(effect_pp=1.0)
    assert make_panel(plan, 4).equals(make_panel(plan, 4))
    assert not make_panel(plan, 4).equals(make_panel(plan, 5))


@pytest.mark.parametrize("treated_n", [0, 1, 24, 98])
def test_every_kommune_is_there_in_every_year_and_so_many_are_treated(treated_n):
    panel = make_panel(PanelPlan(treated_n=treated_n), 1)
    assert set(panel["kommune_code"]) == set(load_populations())
    assert set(panel.groupby("kommune_code")["year"].apply(tuple)) == {PANEL_YEARS}
    assert panel.groupby("kommune_code")["is_treated"].nunique().eq(1).all()
    assert panel.loc[panel["is_treated"], "kommune_code"].nunique() == treated_n
    assert panel["numerator"].le(panel["denominator"]).all()
    assert panel["numerator"].ge(0).all()
    assert panel["is_synthetic"].all()
    assert list(panel.columns) == [
        "kommune_code", "year", "numerator", "denominator", "is_treated", "is_synthetic",
    ]  # fmt: skip


def test_the_planted_effect_is_there_on_average():
    plan = PanelPlan(effect_pp=2.0, from_year=2020)
    differences = []
    for seed in range(60):
        shares, is_treated = share_by(make_panel(plan, seed), plan)
        after = np.array(plan.years) >= 2020
        change = shares[:, after].mean(axis=1) - shares[:, ~after].mean(axis=1)
        differences.append(100 * (change[is_treated].mean() - change[~is_treated].mean()))
    se = np.std(differences, ddof=1) / np.sqrt(60)
    assert abs(np.mean(differences) - 2.0) < 3.5 * se < 0.3


def test_shocks_last():
    """In large kommuner, where chance in counting is small, what is left hangs together from year to year."""
    plan = PanelPlan(treated_n=0, shock_pp=3.0, persistence=0.6, years=tuple(range(1980, 2025)))
    panel = make_panel(plan, 2)
    shares, _ = share_by(panel, plan)
    leavers = panel["denominator"].to_numpy().reshape(shares.shape).mean(axis=1)
    large = shares[leavers > 1500]
    rest = large - large.mean(axis=1, keepdims=True) - large.mean(axis=0) + large.mean()
    correlation = (rest[:, 1:] * rest[:, :-1]).sum() / (rest**2).sum()
    assert 0.5 < correlation < 0.65
    assert 0.024 < rest.std() < 0.036
