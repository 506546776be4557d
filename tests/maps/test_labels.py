"""Numbers and dates as Danes write them, rounded once and never invented."""

from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps import labels

NOTHING = [None, pd.NA, pd.NaT, float("nan"), np.float64("nan")]


@pytest.mark.parametrize(
    ("count", "danish", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1.000", "1,000"),
        (np.int64(1234567), "1.234.567", "1,234,567"),
        (12.0, "12", "12"),
        (-5, "-5", "-5"),
    ],
)
def test_counts_are_grouped(count, danish, english):
    assert labels.format_count(count) == danish
    assert labels.format_count(count, "en") == english


def test_a_broken_count_is_refused():
    with pytest.raises(ValueError, match=r"1\.5"):
        labels.format_count(1.5)


@pytest.mark.parametrize("value", NOTHING)
def test_missing_is_missing_and_never_zero(value):
    shown = [
        labels.format_count(value),
        labels.format_number(value),
        labels.format_share(value, 3),
        labels.format_share(3, value),
        labels.format_area_m2(value),
        labels.format_distance_m(value),
        labels.format_interval(value, 3),
        labels.format_interval(3, value),
        labels.format_date(value),
        labels.format_year(value),
        labels.format_text(value),
    ]
    assert set(shown) == {labels.MISSING}


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (1, 3, "33,3 pct."),
        (1, 2, "50,0 pct."),
        (0, 7, "0,0 pct."),
        (1, 2000, "0,1 pct."),
        (499, 1000000, "0,0 pct."),
        (5, 5, "100,0 pct."),
        (27, 1000, "2,7 pct."),
    ],
)
def test_shares_round_halves_up_from_the_exact_fraction(numerator, denominator, shown):
    assert labels.format_share(numerator, denominator) == shown


def test_a_share_of_nothing_is_missing():
    assert labels.format_share(0, 0) == labels.MISSING


def test_shares_in_english():
    assert labels.format_share(1, 3, "en", decimals=2) == "33.33%"


@given(st.integers(0, 10**7), st.integers(1, 10**7), st.integers(0, 3))
def test_a_share_is_never_off_by_more_than_half_its_last_digit(numerator, denominator, decimals):
    shown = labels.format_share(numerator, denominator, decimals=decimals).removesuffix(" pct.")
    number = Fraction(shown.replace(".", "").replace(",", "."))
    assert abs(number - Fraction(100 * numerator, denominator)) <= Fraction(1, 2 * 10**decimals)


@pytest.mark.parametrize(
    ("value", "shown"), [(2.25, "2,3"), (-2.25, "-2,3"), (1234.04, "1.234,0"), (0.05, "0,1")]
)
def test_numbers_round_as_written_not_as_stored(value, shown):
    assert labels.format_number(value) == shown


@pytest.mark.parametrize(
    ("area", "shown"),
    [
        (0.0, "0 m²"),
        (1234.5, "1.235 m²"),
        (99_999.4, "99.999 m²"),
        (100_000, "10,0 ha"),
        (1_234_567, "123,5 ha"),
    ],
)
def test_areas_choose_their_unit(area, shown):
    assert labels.format_area_m2(area) == shown


def test_intervals():
    assert labels.format_interval(1000, 1000) == "1.000"
    assert labels.format_interval(1000, 1260) == "1.000–1.260"


@pytest.mark.parametrize(
    "day", [date(2025, 4, 1), pd.Timestamp("2025-04-01"), np.datetime64("2025-04-01", "s")]
)
def test_dates(day):
    assert labels.format_date(day) == "01-04-2025"
    assert labels.format_date(day, is_long=True) == "1. april 2025"
    assert labels.format_date(day, "en") == "2025-04-01"
    assert labels.format_date(day, "en", is_long=True) == "1 April 2025"


def test_words_and_texts(texts):
    assert labels.word_of("tenure", "ejerbolig", texts) == "Ejerbolig"
    assert labels.word_of("tenure", pd.NA, texts) == labels.MISSING
    assert labels.format_text("") == labels.MISSING
    assert labels.format_year(1987.0 if False else 1987) == "1987"


def test_titles_of_columns(texts):
    assert labels.title_of("parcel_key", texts) == "Matrikel"
    assert labels.title_of("decision_before", texts) == "Afgørelse (før)"
    assert labels.title_of("dwellings_change_n", texts) == "Boliger (ændring)"
    assert labels.title_of("own_column", texts) == "own_column"


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("tenure", "ejerbolig", "Ejerbolig"),
        ("decision_after", "counted", "Tæller med"),
        ("reason", "outside", "Ligger uden for områdets matrikler."),
        ("is_in_force", np.bool_(True), "ja"),
        ("is_in_force", False, "nej"),
        ("built_year", 1987, "1987"),
        ("dwellings_n", np.int64(1987), "1.987"),
        ("x", 720000.4, "720.000"),
        ("widest_gap_m", 12.25, "12,3"),
        ("approved_on", pd.Timestamp("2021-05-01"), "01-05-2021"),
        ("residents_counted_n", pd.NA, "diskretioneret"),
        ("residents_before_n", pd.NA, "diskretioneret"),
        ("residents_2010", pd.NA, "–"),
        ("name", "Ålekisten", "Ålekisten"),
    ],
)
def test_cells_by_their_column(column, value, shown, texts):
    assert labels.show_cell(column, value, texts) == shown


def test_rows_keep_order_and_names():
    frame = pd.DataFrame({"b": [1, 2], "a": ["x", None]})
    assert [list(row) for row in labels.list_rows(frame)] == [["b", "a"]] * 2
    assert labels.list_rows(frame)[0]["a"] == "x"
