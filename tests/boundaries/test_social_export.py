"""Difference-in-difference: held against statsmodels by hand, and every fast sum against a slow one."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from boundaries.moves.event_study import study_events
from boundaries.moves.inference import (
    Method,
    WildWeights,
    _sum_wild,
    bootstrap_wild,
    choose_weights,
    draw_wild,
    invert_test,
    randomise_treatment,
)
from boundaries.moves.panel import Weighting, prepare_panel
from boundaries.moves.social_export import measure_social_export, read_social_export
from boundaries.moves.within import absorb_effects, fit_difference
from data.synthetic.panels import PanelPlan, make_panel
from data.texts import LANGUAGES, load_texts, template_fields

EFFECT = PanelPlan(effect_pp=2.0)


def make_small(*, kommuner_n=12, treated_n=5, seed=0, drop=(), years=range(2017, 2025)):
    """Make a panel of few kommuner with leavers of uneven number, and some rows gone."""
    rng = np.random.default_rng(seed)
    codes = [f"{100 + number:04d}" for number in range(kommuner_n)]
    rows = []
    for number, code in enumerate(codes):
        leavers = 200 + 150 * number
        for year in years:
            n = int(rng.poisson(leavers))
            rows.append((code, year, int(rng.binomial(n, 0.2)), n, number % 12 < treated_n))
    frame = pd.DataFrame(rows, columns=["kommune_code", "year", "numerator", "denominator", "is_treated"])
    frame["kommune_code"] = frame["kommune_code"].astype("str")
    return frame.drop(index=list(drop)).reset_index(drop=True)


CASES = {
    "balanced": (make_small(seed=1), Weighting.EQUAL),
    "weighted": (make_small(seed=2), Weighting.LEAVERS),
    "unbalanced": (make_small(seed=3, drop=(0, 5, 17, 40, 41, 90)), Weighting.EQUAL),
    "unbalanced, weighted": (make_small(seed=4, drop=(2, 3, 18, 55, 71, 95)), Weighting.LEAVERS),
    "98 kommuner": (make_panel(EFFECT, 7), Weighting.EQUAL),
}


@pytest.fixture(params=CASES, ids=str)
def case(request):
    return CASES[request.param]


def add_formula_columns(frame, from_year=2021):
    share = 100 * frame["numerator"] / frame["denominator"]
    on = (frame["is_treated"] & frame["year"].ge(from_year)).astype(float)
    code = pd.factorize(frame["kommune_code"])[0]
    return frame.assign(share=share, on=on, code=code)


def fit_by_hand(frame, weighting, formula="share ~ on + C(code) + C(year)"):
    table = add_formula_columns(frame) if "share" not in frame else frame
    weights = np.ones(len(table)) if weighting == Weighting.EQUAL else table["denominator"]
    model = smf.wls(formula, table, weights=weights)
    return model.fit(cov_type="cluster", cov_kwds={"groups": table["code"]}, use_t=True)


def prepare_fit(frame, weighting=Weighting.EQUAL):
    return fit_difference(absorb_effects(prepare_panel(frame, weighting=weighting)))


def test_it_is_statsmodels_by_hand(case):
    frame, weighting = case
    hand = fit_by_hand(frame, weighting)
    fit = prepare_fit(frame, weighting)
    result = measure_social_export(frame, weighting=weighting, draws_n=19)
    low, high = hand.conf_int().loc["on"]
    for estimate, se in ((fit.estimate, fit.se), (result.estimate_pp, result.se_pp)):
        assert estimate == pytest.approx(hand.params["on"], abs=1e-10)
        assert se == pytest.approx(hand.bse["on"], abs=1e-10)
    assert result.clustered.p_value == pytest.approx(hand.pvalues["on"], abs=1e-10)
    assert result.clustered.low_pp == pytest.approx(low, abs=1e-10)
    assert result.clustered.high_pp == pytest.approx(high, abs=1e-10)
    assert result.observations_n == len(frame)


def test_in_a_balanced_panel_it_is_the_difference_of_the_differences():
    frame = add_formula_columns(CASES["balanced"][0])
    means = frame.assign(after=frame["year"].ge(2021)).groupby(["is_treated", "after"])["share"].mean()
    expected = (means[True, True] - means[True, False]) - (means[False, True] - means[False, False])
    assert prepare_fit(frame).estimate == pytest.approx(expected, abs=1e-10)


def test_the_order_of_rows_does_not_matter():
    frame = CASES["unbalanced, weighted"][0]
    mixed = frame.sample(frac=1, random_state=5)
    one, two = (measure_social_export(table, draws_n=99) for table in (frame, mixed))
    assert one == two


def test_the_bootstrap_is_that_of_one_regression_a_draw(case):
    frame, weighting = case
    fit = prepare_fit(frame, weighting)
    table = add_formula_columns(frame)
    kommuner_n = table["code"].nunique()
    draws = draw_wild(kommuner_n, 6 if kommuner_n < 20 else 1, 3, WildWeights.WEBB)
    sums = _sum_wild(fit, draws)
    root = np.ones(len(table)) if weighting == Weighting.EQUAL else table["denominator"].to_numpy(float)
    effects = np.hstack(
        [pd.get_dummies(table["code"]).to_numpy(float), pd.get_dummies(table["year"]).to_numpy(float)[:, 1:]]
    )
    for effect in (0.0, 0.7):
        outcome = table["share"] - effect * table["on"]
        restricted = sm.WLS(outcome.to_numpy(), effects, weights=root).fit()
        for number in range(draws.shape[1]):
            signs = draws[table["code"], number]
            drawn = restricted.fittedvalues + signs * restricted.resid
            exog = np.column_stack([table["on"], effects])
            slow = sm.WLS(drawn, exog, weights=root).fit(
                cov_type="cluster", cov_kwds={"groups": table["code"].to_numpy()}, use_t=True
            )
            top = sums[0][number] - effect * sums[1][number]
            below = sums[2][number] - 2 * effect * sums[3][number] + effect**2 * sums[4][number]
            assert top / np.sqrt(fit.correction * below) == pytest.approx(slow.tvalues[0], abs=1e-8)


def test_the_bootstrap_interval_holds_what_is_not_rejected():
    fit = prepare_fit(CASES["98 kommuner"][0])
    test = bootstrap_wild(fit, draws_n=399, seed=2)
    assert test.low_pp < fit.estimate < test.high_pp
    panel = fit.within.panel
    for end, is_rejected in (
        (test.low_pp - 0.02, True), (test.low_pp + 0.02, False),
        (test.high_pp - 0.02, False), (test.high_pp + 0.02, True),
    ):  # fmt: skip
        moved = replace(panel, share_pct=panel.share_pct - end * panel.is_on)
        again = bootstrap_wild(fit_difference(absorb_effects(moved)), draws_n=399, seed=2)
        assert (again.p_value <= 0.05) is is_rejected


@pytest.mark.parametrize(("kinds", "variance"), [(WildWeights.WEBB, 1), (WildWeights.RADEMACHER, 1)])
def test_wild_weights_have_mean_0_and_variance_1(kinds, variance):
    drawn = draw_wild(200, 1000, 1, kinds)
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.var() == pytest.approx(variance, abs=0.01)
    assert len(np.unique(drawn)) == (6 if kinds == WildWeights.WEBB else 2)


@pytest.mark.parametrize(
    ("treated_n", "untreated_n", "expected"),
    [(12, 86, WildWeights.WEBB), (13, 85, WildWeights.RADEMACHER), (85, 12, WildWeights.WEBB)],
)
def test_webb_is_for_few(treated_n, untreated_n, expected):
    assert choose_weights(treated_n, untreated_n) == expected


@pytest.mark.parametrize("name", ["balanced", "unbalanced, weighted"])
def test_randomisation_tries_every_assignment(name):
    frame, weighting = CASES[name]
    test = randomise_treatment(prepare_fit(frame, weighting), draws_n=1000)
    codes = sorted(frame["kommune_code"].unique())
    estimates = []
    for chosen in combinations(codes, 5):
        dealt = frame.assign(is_treated=frame["kommune_code"].isin(chosen))
        on = (dealt["is_treated"] & dealt["year"].ge(2021)).to_numpy(float)
        weights = (
            np.ones(len(frame)) if weighting == Weighting.EQUAL else frame["denominator"].to_numpy(float)
        )
        effects = np.column_stack(
            [
                frame["kommune_code"].to_numpy()[:, None] == codes,
                frame["year"].to_numpy()[:, None] == range(2017, 2025),
            ]
        ).astype(float)
        exog = np.sqrt(weights)[:, None] * np.column_stack([on, effects])
        share = np.sqrt(weights) * (100 * frame["numerator"] / frame["denominator"]).to_numpy()
        estimates.append(np.linalg.lstsq(exog, share, rcond=None)[0][0])
    observed = abs(prepare_fit(frame, weighting).estimate)
    assert test.is_exact
    assert test.draws_n == len(estimates) == 792
    assert test.p_value == np.count_nonzero(np.abs(estimates) >= observed - 1e-9) / 792


def test_drawn_assignments_come_near_all_of_them():
    fit = prepare_fit(CASES["balanced"][0])
    every, drawn = (randomise_treatment(fit, draws_n=n, seed=4) for n in (792, 791))
    assert (every.is_exact, drawn.is_exact) == (True, False)
    assert drawn.p_value == pytest.approx(every.p_value, abs=0.06)
    assert drawn.low_pp == pytest.approx(every.low_pp, abs=0.4)


def test_one_treated_kommune_is_held_against_each_of_the_others():
    frame = make_panel(PanelPlan(treated_n=1, effect_pp=3.0), 3)
    result = measure_social_export(frame, draws_n=199)
    assert result.clustered is result.wild is result.se_pp is None
    assert result.basis == Method.RANDOMISATION
    assert result.randomisation.is_exact
    assert result.randomisation.draws_n == 98
    # Of 98 assignments each p-value is a whole number of 98ths, this one's own among them.
    assert result.randomisation.p_value * 98 == pytest.approx(round(result.randomisation.p_value * 98))
    assert result.randomisation.p_value >= 1 / 98
    assert all(one.se_pp is None for one in result.events.coefficients)
    assert dict(read_social_export(result))["basis.single"]["treated_n"] == 1


@pytest.mark.parametrize(("treated_n", "is_many"), [(9, False), (10, True)])
def test_few_treated_rest_on_the_more_cautious_test(treated_n, is_many):
    result = measure_social_export(make_panel(PanelPlan(treated_n=treated_n), 2), draws_n=199)
    assert (result.basis == Method.CLUSTERED) is is_many
    if not is_many:
        assert result.relied_on.p_value == max(result.wild.p_value, result.randomisation.p_value)
    else:
        assert result.relied_on is result.clustered


def test_too_few_assignments_give_no_interval():
    """With 12 kommuner of which one is treated no p-value lies under a twelfth."""
    result = measure_social_export(make_small(treated_n=1, seed=6), draws_n=99)
    assert result.randomisation.p_value >= 1 / 12
    assert result.randomisation.low_pp is result.randomisation.high_pp is None
    assert "interval.open" in dict(read_social_export(result))


def test_an_inverted_test_ends_where_its_p_value_falls():
    def find_p(effect):
        return float(2 * stats.norm.sf(abs(effect - 1.5) / 0.4))

    low, high = invert_test(find_p, 1.5, 0.4)
    assert (low, high) == pytest.approx((1.5 - 0.4 * 1.959964, 1.5 + 0.4 * 1.959964), abs=1e-5)
    assert invert_test(lambda _: 1.0, 0.0, 1.0) == (None, None)


def test_the_event_study_is_statsmodels_by_hand(case):
    frame, weighting = case
    table = add_formula_columns(frame)
    names = []
    for year in (2017, 2018, 2019, 2021, 2022, 2023, 2024):
        table[f"y{year}"] = (table["is_treated"] & table["year"].eq(year)).astype(float)
        names.append(f"y{year}")
    hand = fit_by_hand(table, weighting, f"share ~ {' + '.join(names)} + C(code) + C(year)")
    study = study_events(prepare_panel(frame, weighting=weighting), draws_n=9)
    assert study.reference == -1
    assert [one.relative_year for one in study.coefficients] == list(range(-4, 4))
    assert study.coefficients[3].estimate_pp == 0
    for one in study.coefficients:
        if one.relative_year != -1:
            name = f"y{2021 + one.relative_year}"
            assert one.estimate_pp == pytest.approx(hand.params[name], abs=1e-10)
            assert one.se_pp == pytest.approx(hand.bse[name], abs=1e-9)
            assert one.low_pp == pytest.approx(hand.conf_int().loc[name, 0], abs=1e-8)
    joint = hand.f_test("y2017 = 0, y2018 = 0, y2019 = 0")
    assert study.pretrend.f_statistic == pytest.approx(float(joint.fvalue), rel=1e-8)
    assert study.pretrend.f_p_value == pytest.approx(float(joint.pvalue), abs=1e-9)
    assert study.pretrend.p_value == study.pretrend.f_p_value
    assert study.pretrend.leads_n == 3


@pytest.mark.parametrize(("treated_n", "has_f"), [(4, False), (5, True)])
def test_more_leads_than_treated_kommuner_are_not_tested_by_f(treated_n, has_f):
    study = study_events(prepare_panel(make_small(treated_n=treated_n, seed=8)), draws_n=99)
    assert (study.pretrend.f_p_value is not None) is has_f
    assert 0 < study.pretrend.randomised_p_value <= 1
    if not has_f:
        assert study.pretrend.p_value == study.pretrend.randomised_p_value


def test_a_trend_of_the_treated_before_is_found():
    frame = make_panel(PanelPlan(), 5)
    trend = (frame["year"] - 2017) * 0.015 * frame["denominator"]
    leaning = frame.assign(numerator=frame["numerator"] + (trend * frame["is_treated"]).astype("int64"))
    result = measure_social_export(leaning, draws_n=999)
    assert result.events.pretrend.f_p_value < 0.001
    assert result.events.pretrend.randomised_p_value <= 0.01
    assert "parallel.broken" in dict(read_social_export(result))
    assert "parallel.kept" in dict(read_social_export(measure_social_export(frame, draws_n=999)))


def test_one_year_before_leaves_parallel_trends_untested():
    frame = make_panel(PanelPlan(), 5)
    result = measure_social_export(frame[frame["year"].ge(2020)], draws_n=99)
    assert result.events.pretrend is None
    assert "parallel.untested" in dict(read_social_export(result))


def test_leads_that_only_treated_kommuner_have_are_not_told():
    frame = make_panel(PanelPlan(), 5)
    lone = frame[frame["is_treated"] | frame["year"].ne(2018)]
    result = measure_social_export(lone, draws_n=99)
    assert result.events is None
    assert "parallel.untested" in dict(read_social_export(result))


def test_a_state_by_year_is_a_start():
    """The state of each year, and a kind of kommune with one start, are the same panel."""
    frame = CASES["balanced"][0]
    states = frame.assign(is_treated=frame["is_treated"] & frame["year"].ge(2021))
    assert measure_social_export(states, draws_n=99) == measure_social_export(frame, draws_n=99)
    other = measure_social_export(states, from_year=2020, draws_n=99)
    assert [note.rule for note in other.notes] == ["other_start"]
    assert other.from_year == 2021
    assert other.estimate_pp == measure_social_export(frame, draws_n=99).estimate_pp


def test_several_starts_are_told_and_dealt_out():
    frame = make_small(seed=9)
    early, late = frame["kommune_code"].isin(["0100", "0101"]), frame["kommune_code"].eq("0102")
    states = (early & frame["year"].ge(2020)) | (late & frame["year"].ge(2022))
    result = measure_social_export(frame.assign(is_treated=states), draws_n=199)
    assert {note.rule: dict(note.values) for note in result.notes} == {
        "staggered": {"years": "2020 (2), 2022 (1)"}
    }
    table = add_formula_columns(frame).assign(on=states.astype(float))
    assert result.estimate_pp == pytest.approx(fit_by_hand(table, Weighting.EQUAL).params["on"], abs=1e-10)
    assert result.randomisation.draws_n == 199
    assert [one.relative_year for one in result.events.coefficients] == list(range(-5, 5))


def test_a_treatment_that_ends_is_told():
    frame = make_small(seed=10)
    is_off = frame["kommune_code"].eq("0101") & frame["year"].ge(2023)
    states = frame["is_treated"] & frame["year"].ge(2021) & ~is_off
    result = measure_social_export(frame.assign(is_treated=states), draws_n=99)
    assert {note.rule: dict(note.values) for note in result.notes} == {
        "ended": {"kommuner_n": 1, "kommuner": "0101"}
    }
    table = add_formula_columns(frame).assign(on=states.astype(float))
    assert result.estimate_pp == pytest.approx(fit_by_hand(table, Weighting.EQUAL).params["on"], abs=1e-10)


def test_every_sentence_of_a_reading_has_a_text():
    """Whatever the answer, its keys are in both catalogs, and name only values that are given."""
    frames = [CASES[name][0] for name in CASES] + [make_small(treated_n=1), make_small(treated_n=3)]
    known = {language: load_texts(language) for language in LANGUAGES}
    seen = set()
    for frame in frames:
        for key, values in read_social_export(measure_social_export(frame, draws_n=99)):
            seen.add(key)
            for texts in known.values():
                fields = template_fields(texts.entries[f"social_export.{key}"])
                assert fields <= set(values)
    assert {"cannot.cause", "cannot.reasons", "cannot.persons", "basis.clustered", "basis.single"} <= seen


def test_an_effect_is_read_with_its_direction():
    higher = measure_social_export(make_panel(PanelPlan(effect_pp=4.0), 1), draws_n=99)
    lower = measure_social_export(make_panel(PanelPlan(effect_pp=-4.0), 1), draws_n=99)
    for result, word in ((higher, "higher"), (lower, "lower")):
        keys = dict(read_social_export(result))
        assert keys[f"effect.{word}"]["estimate_pp"] == abs(result.estimate_pp)
        assert "chance.unlikely" in keys
        assert keys["interval.closed"]["low_pp"] < result.estimate_pp < keys["interval.closed"]["high_pp"]


@pytest.mark.thorough
@pytest.mark.parametrize("effect_pp", [0.0, 1.0])
def test_intervals_hold_the_planted_effect_and_tests_find_no_more(effect_pp):
    """1,000 panels: coverage between 92 and 98 per cent, size between 3 and 7 per cent."""
    covered = rejected = 0
    for seed in range(1000):
        fit = prepare_fit(make_panel(PanelPlan(effect_pp=effect_pp), 10_000 + seed))
        reach = stats.t.ppf(0.975, 97) * fit.se
        covered += abs(fit.estimate - effect_pp) <= reach
        rejected += abs(fit.estimate) > reach
    assert 920 <= covered <= 980
    if effect_pp == 0:
        assert 30 <= rejected <= 70
    else:
        assert rejected > 500
