"""What stands on a day: the one rule that profiles, shares of familieboliger and proposals go by."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.delineation.dwellings import stand_on
from boundaries.delineation.reasons import give_reasons
from boundaries.model import Reason, Settings

ON = date(2024, 6, 15)
DAYS = st.one_of(st.none(), st.dates(date(2019, 12, 30), date(2025, 1, 2)))
YEARS = st.one_of(st.none(), st.integers(2019, 2025))


def frame(*rows):
    built_on, built_year, demolished_on = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame(
        {
            "built_on": pd.Series(pd.to_datetime(list(built_on)), dtype="datetime64[s]"),
            "built_year": pd.Series(list(built_year), dtype="Int64"),
            "demolished_on": pd.Series(pd.to_datetime(list(demolished_on)), dtype="datetime64[s]"),
        }
    )


@pytest.mark.parametrize(
    ("built_on", "built_year", "demolished_on", "stands"),
    [
        (None, None, None, True),
        (None, 2023, None, True),
        (None, 2024, None, False),
        (None, 2025, None, False),
        ("2024-06-14", 2024, None, True),
        ("2024-06-15", 2024, None, True),
        ("2024-06-16", 2024, None, False),
        ("2024-06-16", 2020, None, False),
        ("2024-06-15", 2025, None, True),
        (None, None, "2024-06-14", False),
        (None, None, "2024-06-15", False),
        (None, None, "2024-06-16", True),
        ("2024-06-16", None, "2024-06-17", False),
    ],
)
def test_the_day_before_the_day_and_the_day_after(built_on, built_year, demolished_on, stands):
    assert stand_on(frame((built_on, built_year, demolished_on)), ON).tolist() == [stands]


def test_answers_are_on_the_index_of_the_dwellings():
    answers = stand_on(frame((None, 2023, None), (None, 2024, None)).set_axis([7, 3]), ON)
    assert (answers.dtype, answers.to_dict()) == (bool, {7: True, 3: False})
    assert stand_on(frame(), ON).dtype == bool


@given(st.lists(st.tuples(DAYS, YEARS, DAYS), min_size=1, max_size=8), DAYS.filter(bool))
def test_one_dwelling_at_a_time_says_the_same(rows, on):
    def stands(built_on, built_year, demolished_on):
        if demolished_on is not None and demolished_on <= on:
            return False
        if built_on is not None:
            return built_on <= on
        return built_year is None or date(built_year, 12, 31) < on

    assert stand_on(frame(*rows), on).tolist() == [stands(*row) for row in rows]


@given(st.lists(st.tuples(DAYS, YEARS, DAYS), min_size=1, max_size=8), st.integers(2019, 2025))
def test_the_reasons_of_a_first_of_january_say_the_same(rows, year):
    dwellings = frame(*rows)
    placed = dwellings.assign(
        x=1.0,
        y=1.0,
        area_id="A",
        piece="base",
        is_on_other_extension=False,
        is_dwelling=True,
        tenure="ejerbolig",
        relabelled_on=pd.Series(pd.NaT, index=dwellings.index, dtype="datetime64[s]"),
        relabelled_from=pd.Series(None, index=dwellings.index, dtype="str"),
        approved_on=pd.Series(pd.NaT, index=dwellings.index, dtype="datetime64[s]"),
    )
    reasons = give_reasons(placed, Settings(), date(year, 1, 1))["reason"]
    is_gone = reasons.isin([Reason.DEMOLISHED.value, Reason.NOT_BUILT_YET.value])
    assert stand_on(dwellings, date(year, 1, 1)).tolist() == (~is_gone).tolist()
