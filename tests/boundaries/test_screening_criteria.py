"""The criteria of a screening: exact comparison of shares, limits of every basis, and what is unknown."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.registers.cell_columns import UNITS, GridCriterion
from boundaries.screening.cells import make_cells
from boundaries.screening.criteria import Limit, compare_shares, find_limits, judge_cells
from boundaries.screening.neighbourhood import sum_neighbourhoods
from boundaries.screening.settings import CriterionRule, ScreeningSettings
from geo.grid import Cells, Grid


@given(
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.integers(-1, 1),
    st.booleans(),
    st.booleans(),
    st.integers(1, 10**9),
)
def test_shares_are_compared_as_fractions(numerator, denominator, nudge, is_low_worse, is_strict, factor):
    share = Fraction(numerator, denominator)
    bound = share + Fraction(nudge, 10**15 * factor)
    limit = Limit(value=bound, city=None, is_low_worse=is_low_worse, is_strict=is_strict)
    found = bool(compare_shares(np.array([numerator]), np.array([denominator]), limit)[0])
    worse = share < bound if is_low_worse else share > bound
    assert found == (worse or (share == bound and not is_strict))


def limits_of(basis, limit, numbers, *, criterion=GridCriterion.LOW_INCOME):
    """Find the limit of one criterion in a row of far cells, and who meets it."""
    settings = ScreeningSettings(
        radius_cells=0,
        neighbourhood_residents_n=0,
        observations_n=1,
        criteria_required_n=1,
        rules={criterion: CriterionRule(basis=basis, limit=Fraction(limit))},
    )
    counts = {
        f"{criterion}_n": np.array([n for n, _ in numbers]),
        f"{criterion}_of": np.array([of for _, of in numbers]),
    }
    places = Cells(np.arange(len(numbers)) * 5 + 6000, np.full(len(numbers), 62_000))
    cells = make_cells(places, {"residents_n": counts[f"{criterion}_of"], **counts}, Grid())
    nearby = sum_neighbourhoods(cells, settings)
    limits = find_limits(cells, nearby, settings)
    return limits[criterion], judge_cells(nearby, limits, settings)


def test_the_mean_of_the_city_and_a_distance():
    limit, judged = limits_of("mean", 10, [(10, 100), (20, 100), (30, 100), (20, 100)])
    assert limit.city == Fraction(1, 5)
    assert limit.value == Fraction(3, 10)
    assert judged["is_met_low_income"].tolist() == [False, False, True, False]
    limit, judged = limits_of(
        "mean", 5, [(4000, 100), (5000, 100), (4500, 100)], criterion=GridCriterion.DWELLING_AREA
    )
    assert (limit.value, limit.is_low_worse) == (40, True)
    assert judged["is_met_dwelling_area"].tolist() == [True, False, False]


def test_thousandths_of_persons_are_persons():
    limit, judged = limits_of(
        "fixed", 25, [(25_000, 100), (24_999, 100)], criterion=GridCriterion.LABOUR_OUTSIDE
    )
    assert limit.value == Fraction(1, 4)
    assert judged["is_met_labour_outside"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("percentile", "met"),
    [
        (0, [False, True, True, True]),
        (25, [False, True, True, True]),
        (26, [False, False, True, True]),
        (75, [False, False, False, True]),
        (100, [False] * 4),
    ],
)
def test_percentiles_are_of_residents_and_strict(percentile, met):
    limit, judged = limits_of("percentile", percentile, [(10, 100), (20, 100), (30, 100), (40, 100)])
    assert limit.is_strict
    assert judged["is_met_low_income"].tolist() == met
    area = [(4000, 100), (3000, 100), (2000, 100), (1000, 100)]
    _, turned = limits_of("percentile", percentile, area, criterion=GridCriterion.DWELLING_AREA)
    assert turned["is_met_dwelling_area"].tolist() == met


def test_where_all_are_alike_a_percentile_is_exceeded_by_none():
    _, judged = limits_of("percentile", 75, [(20, 100)] * 8)
    assert not judged["is_candidate"].any()


def test_too_few_known_is_unknown_and_may_leave_a_cell_undecided():
    numbers = dict.fromkeys(GridCriterion, (40, 100))
    settings = ScreeningSettings(
        radius_cells=0,
        neighbourhood_residents_n=0,
        observations_n=50,
        rules={name: CriterionRule(basis="fixed", limit=Fraction(30)) for name in GridCriterion},
    )
    columns = {}
    for name in GridCriterion:
        value, of = numbers[name]
        few = name in {GridCriterion.LOW_INCOME, GridCriterion.NON_WESTERN}
        columns[f"{name}_n"] = np.array([value * UNITS[name], 49 if few else 2000 * UNITS[name], 0])
        columns[f"{name}_of"] = np.array([of, 49 if few else of, of])
    columns["dwelling_area_n"] = np.array([2000, 2000, 4000])
    cells = make_cells(
        Cells(np.array([1, 5, 9]), np.array([1, 1, 1])),
        {"residents_n": np.array([100] * 3), **columns},
        Grid(),
    )
    nearby = sum_neighbourhoods(cells, settings)
    columns["no_education_n"][1] = 0
    cells["no_education_n"] = pd.array(columns["no_education_n"], dtype="Int64")
    nearby = sum_neighbourhoods(cells, settings)
    judged = judge_cells(nearby, find_limits(cells, nearby, settings), settings)
    assert judged["criteria_met_n"].tolist() == [5, 2, 0]
    assert judged["criteria_unknown_n"].tolist() == [0, 2, 0]
    assert judged["is_candidate"].tolist() == [True, False, False]
    assert judged["is_undecided"].tolist() == [False, True, False]


def test_a_criterion_that_nobody_knows_has_no_limit():
    for basis in ("mean", "percentile"):
        limit, judged = limits_of(basis, 10, [(0, 0), (0, 0)])
        assert limit.value is None
        assert judged["is_met_low_income"].isna().all()
    assert not compare_shares(np.array([1]), np.array([1]), limit)[0]
