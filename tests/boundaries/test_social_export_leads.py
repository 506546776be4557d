"""The randomised test of the years before: every draw fitted again with plain dummies."""

import numpy as np
import pandas as pd
import pytest

from boundaries.moves.event_study import study_events
from boundaries.moves.panel import prepare_panel

EVENTS, LEADS_N, START = (-4, -3, -2, 0, 1, 2, 3), 3, 2021


def make_gappy():
    """Eight kommuner of which two are treated; 2018 is there of them and of one other only."""
    rng = np.random.default_rng(3)
    rows = [
        (f"{100 + number:04d}", year, int(rng.binomial(500, 0.2)), 500, number < 2)
        for number in range(8)
        for year in range(2017, 2025)
        if year != 2018 or number < 3
    ]
    frame = pd.DataFrame(rows, columns=["kommune_code", "year", "numerator", "denominator", "is_treated"])
    return frame.astype({"kommune_code": "str"})


def measure_leads(frame, starts):
    """Fall in squared residuals by the leads against what is left; NaN where the columns are not told apart."""
    start = frame["kommune_code"].map(starts).to_numpy()
    years = frame["year"].to_numpy()
    own = np.column_stack([(start > 0) & (years - start == event) for event in EVENTS]).astype(float)
    dummies = pd.get_dummies(frame[["kommune_code", "year"]].astype(str), dtype=float).to_numpy()
    if np.linalg.matrix_rank(np.hstack([own, dummies])) < np.linalg.matrix_rank(dummies) + len(EVENTS):
        return np.nan
    share = 100 * frame["numerator"].to_numpy() / frame["denominator"].to_numpy()

    def sum_residuals(columns):
        design = np.hstack([columns, dummies])
        return float(np.square(share - design @ np.linalg.lstsq(design, share)[0]).sum())

    full, short = sum_residuals(own), sum_residuals(own[:, LEADS_N:])
    return (short - full) / full


def test_draws_whose_leads_cannot_be_told_apart_count_for_nothing():
    frame = make_gappy()
    draws_n, seed = 60, 4
    study = study_events(prepare_panel(frame), draws_n=draws_n, seed=seed)
    assert [one.relative_year for one in study.coefficients if one.relative_year != -1] == list(EVENTS)
    codes = sorted(frame["kommune_code"].unique())
    starts = np.array([START, START, *[0] * 6])
    observed = measure_leads(frame, dict(zip(codes, starts, strict=True)))
    rng = np.random.default_rng(seed)
    drawn = np.array(
        [measure_leads(frame, dict(zip(codes, rng.permutation(starts), strict=True))) for _ in range(draws_n)]
    )
    usable = drawn[~np.isnan(drawn)]
    assert 10 < len(usable) < draws_n
    as_large_n = np.count_nonzero(usable >= observed * (1 - 1e-9))
    assert study.pretrend.randomised_p_value == pytest.approx((1 + as_large_n) / (1 + len(usable)), abs=1e-12)
