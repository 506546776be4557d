"""Measure whether the difference-in-difference finds what is planted, and no more than that.

    python benchmarks/social_export.py                      # 1,000 panels with 24 treated kommuner
    python benchmarks/social_export.py --treated 24 5 2 1   # and with few

Panels of 98 kommuner and eight years, the treated drawn by lot, shocks that last (correlation 0.6), persons
drawn. Size is the share of tests at 5 per cent that find an effect where none is; coverage is the share of 95
per cent intervals that hold the planted effect; power is the share of tests that find it.
"""

import argparse
import time

import numpy as np

from boundaries.moves.event_study import Regression
from boundaries.moves.inference import EffectTest, bootstrap_wild, randomise_treatment
from boundaries.moves.panel import Weighting, prepare_panel
from boundaries.moves.social_export import assess_clustered
from boundaries.moves.within import Fit, absorb_effects, fit_difference
from data.synthetic.panels import PanelPlan, make_panel

DRAWS_N = 399
"""Of each bootstrap and randomisation; 0.05 times 400 is whole."""


def assess(fit: Fit) -> EffectTest:
    """Make the cluster-robust test from residuals: that of statsmodels, quickly."""
    degrees_n = len(fit.within.panel.offsets) - 1
    return assess_clustered(
        Regression(
            estimates=np.array([fit.estimate]), covariance=np.array([[fit.se**2]]), degrees_n=degrees_n
        )
    )


def try_panels(plan: PanelPlan, panels_n: int, weighting: Weighting) -> dict[str, tuple[float, float]]:
    """Return the share that rejects no effect, and the share of intervals that hold the planted one."""
    rejected: dict[str, int] = {}
    covered: dict[str, int] = {}
    for seed in range(panels_n):
        prepared = prepare_panel(make_panel(plan, seed), from_year=plan.from_year, weighting=weighting)
        fit = fit_difference(absorb_effects(prepared))
        if fit is None:
            raise AssertionError(seed)
        tests = [randomise_treatment(fit, draws_n=DRAWS_N, seed=seed)]
        if plan.treated_n > 1:
            tests += [assess(fit), bootstrap_wild(fit, draws_n=DRAWS_N, seed=seed)]
        for test in tests:
            name = test.method.value
            rejected[name] = rejected.get(name, 0) + (test.p_value <= 0.05)
            is_low = test.low_pp is None or test.low_pp <= plan.effect_pp
            is_high = test.high_pp is None or test.high_pp >= plan.effect_pp
            covered[name] = covered.get(name, 0) + (is_low and is_high)
    return {name: (rejected[name] / panels_n, covered[name] / panels_n) for name in sorted(rejected)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=1000)
    parser.add_argument("--treated", type=int, nargs="+", default=[24])
    parser.add_argument("--effect", type=float, default=1.0, help="planted effect, percentage points")
    parser.add_argument("--weighting", choices=list(Weighting), default=Weighting.EQUAL)
    chosen = parser.parse_args()
    print("treated  test            size  coverage, no effect  power  coverage of the planted effect")
    for treated_n in chosen.treated:
        started = time.process_time()
        none, planted = (
            try_panels(
                PanelPlan(treated_n=treated_n, effect_pp=effect),
                chosen.panels,
                Weighting(chosen.weighting),
            )
            for effect in (0.0, chosen.effect)
        )
        for name in none:
            figures = f"{none[name][0]:.3f}  {none[name][1]:.3f}                {planted[name][0]:.3f}"
            print(f"{treated_n:7d}  {name:14s}  {figures}  {planted[name][1]:.3f}", flush=True)
        spent = (time.process_time() - started) / (2 * chosen.panels)
        print(f"         {1000 * spent:.0f} ms of processor time a panel", flush=True)


if __name__ == "__main__":
    main()
