"""Efterslæb: against the figures that the city itself has printed, and against arithmetic by hand."""

import math
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.registers.cell_columns import COUNT_COLUMNS, GridCriterion
from boundaries.screening.disparity import (
    Direction,
    compare_gaps,
    compare_parts,
    measure_gap,
    measure_part,
    tabulate_gaps,
    tabulate_years,
)
from data.texts import load_texts
from geo.errors import DataError

AREA, LABOUR, INCOME, ORIGIN, EDUCATION = GridCriterion

# As printed in Copenhagen's status report of 2021.
ZONES_2021 = dict(zip(GridCriterion, map(Decimal, ("36.2", "18.7", "43.9", "31.7", "20.9")), strict=True))
REST_2021 = dict(zip(GridCriterion, map(Decimal, ("42.0", "12.5", "34.7", "10.9", "10.6")), strict=True))
GAP_2017 = dict(zip(GridCriterion, map(Decimal, ("6.8", "8.3", "8.3", "23.7", "11.7")), strict=True))


@pytest.fixture
def report():
    return compare_gaps(ZONES_2021, REST_2021, GAP_2017, year_then=2017, year_now=2021)


def test_the_gaps_are_those_of_the_status_report(report):
    assert [gap.gap_now for gap in report.gaps] == [
        Fraction(text) for text in ("5.8", "6.2", "9.2", "20.8", "10.3")
    ]


def test_the_changes_are_those_of_the_status_report_within_rounding(report):
    printed = (-15, -25, 10, -12, -12)
    for gap, change in zip(report.gaps, printed, strict=True):
        low, high = gap.change_between_pct
        # The report's own change is rounded too: anything within half a point of it.
        assert low <= change + Fraction(1, 2), gap.criterion
        assert high >= change - Fraction(1, 2), gap.criterion
        assert low < gap.change_pct < high


def test_only_low_income_has_grown(report):
    worse = [gap.criterion for gap in report.gaps if gap.direction is Direction.WORSE]
    assert worse == [INCOME]
    assert all(gap.direction is Direction.BETTER for gap in report.gaps if gap.criterion is not INCOME)


def test_no_gap_of_2021_is_halved_and_the_goal_is_not_met(report):
    assert [gap.target for gap in report.gaps] == [
        Fraction(text) for text in ("3.4", "4.15", "4.15", "11.85", "5.85")
    ]
    assert (report.halved_n, report.measured_n, report.is_goal_met) == (0, 5, False)


def test_more_dwelling_area_is_better_and_more_of_the_rest_is_worse():
    assert measure_gap(AREA, 30, 40) == 10
    assert measure_gap(AREA, 40, 30) == -10
    assert measure_gap(LABOUR, 30, 20) == 10


def test_a_gap_that_is_exactly_half_is_halved():
    now = compare_gaps({LABOUR: Fraction(14)}, {LABOUR: Fraction(10)}, {LABOUR: Fraction(8)})
    assert now.gaps[0].is_halved is True
    just_over = compare_gaps({LABOUR: Fraction(14001, 1000)}, {LABOUR: 10}, {LABOUR: 8})
    assert just_over.gaps[0].is_halved is False


def test_a_gap_that_has_turned_is_halved():
    turned = compare_gaps({LABOUR: 9}, {LABOUR: 10}, {LABOUR: 8}).gaps[0]
    assert (turned.gap_now, turned.is_halved, turned.change_pct) == (-1, True, Fraction(-225, 2))


def test_without_a_gap_then_there_is_nothing_to_halve():
    gap = compare_gaps({LABOUR: 12}, {LABOUR: 10}, {LABOUR: 0}).gaps[0]
    assert (gap.target, gap.change_pct, gap.is_halved) == (None, None, None)
    assert gap.direction is Direction.WORSE


def test_an_unchanged_gap_is_neither_better_nor_worse():
    assert compare_gaps({LABOUR: 18}, {LABOUR: 10}, {LABOUR: 8}).gaps[0].direction is Direction.UNCHANGED


def test_what_is_not_known_stays_unknown():
    unknown = compare_gaps({LABOUR: None}, {LABOUR: 10}, {LABOUR: 8}).gaps[0]
    assert (unknown.gap_now, unknown.direction, unknown.is_halved) == (None, None, None)
    table = tabulate_gaps(compare_gaps({LABOUR: None}, {LABOUR: 10}, {LABOUR: 8}))
    assert math.isnan(table.loc[0, "gap_now"])
    assert table.loc[0, "is_halved"] is pd.NA


@pytest.mark.parametrize(
    ("halved", "kept", "unknown", "expected"),
    [(3, 2, 0, True), (2, 3, 0, False), (2, 2, 1, None), (3, 0, 2, True), (0, 2, 3, None), (0, 3, 2, False)],
)
def test_the_goal_is_half_of_the_criteria(halved, kept, unknown, expected):
    now = [11] * halved + [20] * kept + [None] * unknown
    zones = dict(zip(GridCriterion, now, strict=True))
    rest = dict.fromkeys(GridCriterion, 10)
    # Dwelling area counts the other way round.
    if zones[AREA] is not None:
        zones[AREA] = 20 - zones[AREA]
    found = compare_gaps(zones, rest, dict.fromkeys(GridCriterion, 8))
    assert (found.halved_n, found.measured_n) == (halved, halved + kept)
    assert found.is_goal_met is expected


def test_exact_figures_leave_nothing_open_and_printed_ones_do():
    exact = compare_gaps({LABOUR: Fraction(12)}, {LABOUR: 10}, {LABOUR: Fraction(8)}).gaps[0]
    assert exact.change_between_pct is None
    printed = compare_gaps({LABOUR: Decimal("12.0")}, {LABOUR: Decimal("10.0")}, {LABOUR: Decimal("8.0")})
    low, high = printed.gaps[0].change_between_pct
    assert low == (Fraction("1.9") / Fraction("8.05") - 1) * 100
    assert high == (Fraction("2.1") / Fraction("7.95") - 1) * 100


def test_a_gap_too_small_for_its_rounding_has_no_bounds():
    tiny = compare_gaps({LABOUR: Decimal("1.0")}, {LABOUR: Decimal("0.5")}, {LABOUR: Decimal("0.0")})
    assert tiny.gaps[0].change_between_pct is None
    rounded = compare_gaps({LABOUR: Decimal(1)}, {LABOUR: Decimal(0)}, {LABOUR: Decimal("0.5")})
    assert rounded.gaps[0].change_between_pct is not None


def test_no_criterion_is_refused():
    with pytest.raises(DataError) as raised:
        compare_gaps({}, {}, {})
    assert raised.value.key == "screening.no_criteria"


@given(
    now=st.fractions(min_value=-50, max_value=50, max_denominator=100),
    then=st.fractions(min_value=Fraction(1, 100), max_value=50, max_denominator=100),
)
def test_halved_is_a_change_of_at_least_minus_fifty_per_cent(now, then):
    gap = compare_gaps({LABOUR: now + 20}, {LABOUR: 20}, {LABOUR: then}).gaps[0]
    assert gap.is_halved == (gap.change_pct <= -50)
    assert gap.gap_then * (1 + gap.change_pct / 100) == now


def test_parts_are_measured_from_their_counts():
    counts = dict.fromkeys(COUNT_COLUMNS, 0)
    zones = counts | {"dwelling_area_n": 3620, "dwelling_area_of": 100, "labour_outside_n": 18700}
    zones |= {"labour_outside_of": 100, "low_income_n": pd.NA, "low_income_of": 5}
    parts = pd.DataFrame([counts, zones, counts], index=["city", "zones", "rest"])
    parts = parts.rename_axis("part").reset_index()
    measured = measure_part(parts, "zones")
    assert measured[AREA] == Fraction("36.2")
    assert measured[LABOUR] == Fraction("18.7")
    assert measured[INCOME] is None
    assert measured[EDUCATION] is None


def test_the_table_has_a_row_a_criterion(report):
    table = tabulate_gaps(report)
    assert table["criterion"].tolist() == [criterion.value for criterion in GridCriterion]
    assert table["gap_now"].tolist() == pytest.approx([5.8, 6.2, 9.2, 20.8, 10.3])
    assert table["direction"].tolist() == ["better", "better", "worse", "better", "better"]
    assert table["is_halved"].tolist() == [False] * 5


def make_parts(zones, rest):
    """Parts of a year from values of low income in per mille of 1000 persons; None is unknown."""
    rows = {}
    for part, value in (("city", 0), ("zones", zones), ("rest", rest)):
        known = {"low_income_n": value, "low_income_of": 1000} if value is not None else {}
        rows[part] = dict.fromkeys(COUNT_COLUMNS, 0) | known
    return pd.DataFrame(rows.values(), index=pd.Index(rows, name="part")).reset_index()


def test_microdata_of_two_years_are_compared_exactly():
    found = compare_parts(make_parts(430, 347), make_parts(388, 347), year_then=2017, year_now=2021)
    gap = found.gaps[list(GridCriterion).index(INCOME)]
    # 8,3 points then, 4,1 now: under the half of 4,15.
    assert (gap.gap_then, gap.gap_now) == (Fraction(83, 10), Fraction(41, 10))
    assert gap.is_halved is True
    assert gap.change_pct == Fraction(-4200, 83)
    assert (found.halved_n, found.measured_n, found.is_goal_met) == (1, 1, None)
    assert [one.criterion for one in found.gaps] == list(GridCriterion)


def test_a_year_in_which_nobody_is_known_has_no_change():
    found = compare_parts(make_parts(None, 347), make_parts(388, 347))
    gap = found.gaps[list(GridCriterion).index(INCOME)]
    assert (gap.gap_then, gap.gap_now, gap.direction) == (None, Fraction(41, 10), None)


def test_years_stand_in_order_by_criterion():
    years = {
        2021: make_parts(450, 350),
        2017: make_parts(430, 350),
        2019: make_parts(None, 350),
        2022: make_parts(440, 350),
        2023: make_parts(450, 360),
    }
    table = tabulate_years(years)
    assert len(table) == 25
    assert table["criterion"].drop_duplicates().tolist() == [word.value for word in GridCriterion]
    income = table[table["criterion"] == "low_income"]
    assert income["year"].tolist() == [2017, 2019, 2021, 2022, 2023]
    assert income["gap"].fillna(-1).tolist() == pytest.approx([8, -1, 10, 9, 9])
    assert income["direction"].fillna("-").tolist() == ["-", "-", "-", "better", "unchanged"]
    assert table.loc[table["criterion"] == "no_education", ["zones", "rest", "gap"]].isna().all(axis=None)


def test_no_year_is_an_empty_table():
    assert tabulate_years({}).columns.tolist() == ["criterion", "year", "zones", "rest", "gap", "direction"]


def test_every_direction_has_a_text():
    assert set(load_texts().section("disparity.direction")) == {word.value for word in Direction}
