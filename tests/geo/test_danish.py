"""Numbers, dates, codes and names as Danes write them."""

import datetime as dt
import math
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import danish


def read_one(text, decimal=None):
    parsed = danish.parse_numbers(pd.Series([text]), decimal=decimal)
    flags = [name for name in ("bad", "ambiguous", "suppressed") if getattr(parsed, f"is_{name}").iloc[0]]
    value = parsed.values.iloc[0]
    return flags[0] if flags else (None if math.isnan(value) else value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12.0),
        ("-12", -12.0),
        ("+3", 3.0),
        ("−3", -3.0),
        ("007", 7.0),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("12,", 12.0),
        (",5", 0.5),
        ("-.5", -0.5),
        ("0,125", 0.125),
        ("1.2340", 1.234),
        ("723456,123", 723456.123),
        ("6171234.567", 6171234.567),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234,567", 1234.567),
        ("1.234.567", 1234567.0),
        ("1,234,567", 1234567.0),
        ("-1.234.567,25", -1234567.25),
        ("1 234,5", 1234.5),
        ("1\u00a0234\u00a0567", 1234567.0),
        ("1\u202f234", 1234.0),
        ("45,3 %", 45.3),
        ("45%", 45.0),
        ("1E+05", 100000.0),
        ("1,2e3", 1200.0),
        (" 7 ", 7.0),
        ("", None),
        (None, None),
        ("1.234", "ambiguous"),
        ("-1,234", "ambiguous"),
        ("999.999", "ambiguous"),
        ("12.345 %", "ambiguous"),
        ("..", "suppressed"),
        ("…", "suppressed"),
        ("-", "bad"),
        (".", "bad"),
        ("abc", "bad"),
        ("1,2,3", "bad"),
        ("12.34.567", "bad"),
        ("1.234.56", "bad"),
        ("1 23", "bad"),
        ("1.23e400", "bad"),
        ("12 kr.", "bad"),
        ("nan", "bad"),
        ("inf", "bad"),
        ("²", "bad"),
    ],
)
def test_each_number_has_its_one_reading(text, expected):
    assert read_one(text) == expected


@pytest.mark.parametrize(
    ("text", "comma", "point"),
    [
        ("1.234", 1234.0, 1.234),
        ("1,234", 1.234, 1234.0),
        ("-999.999", -999999.0, -999.999),
        ("45.3", 45.3, 45.3),
    ],
)
def test_declared_mark_settles_what_is_ambiguous_and_nothing_else(text, comma, point):
    assert read_one(text, ",") == comma
    assert read_one(text, ".") == point


def write_danish(number: Decimal, decimals: int) -> str:
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


@settings(deadline=None)
@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2, allow_nan=False), max_size=20),
    st.sampled_from([1, 2]),
)
def test_what_is_written_in_danish_is_read_back(numbers, decimals):
    texts = pd.Series([write_danish(number, decimals) for number in numbers], dtype="str")
    parsed = danish.parse_numbers(texts)
    expected = [float(f"{number:.{decimals}f}") for number in numbers]
    assert parsed.values.tolist() == expected
    assert not (parsed.is_bad | parsed.is_ambiguous | parsed.is_suppressed).any()


@settings(deadline=None)
@given(
    st.lists(st.text(st.sampled_from("0123456789.,- %e"), max_size=8), max_size=30),
    st.sampled_from([None, ",", "."]),
)
def test_every_cell_gets_exactly_one_answer(texts, decimal):
    column = pd.Series(texts, dtype="str", index=range(5, 5 + len(texts)))
    parsed = danish.parse_numbers(column, decimal=decimal)
    answers = (
        parsed.values.notna().astype(int)
        + parsed.is_bad.astype(int)
        + parsed.is_ambiguous.astype(int)
        + parsed.is_suppressed.astype(int)
        + column.str.strip().eq("").astype(int)
    )
    assert (answers == 1).all()
    assert all(part.index.equals(column.index) for part in parsed)
    if decimal is not None:
        assert not parsed.is_ambiguous.any()


@pytest.mark.parametrize(
    ("text", "expected", "flag"),
    [
        ("9007199254740993", 9007199254740993, None),
        ("12,0", 12, None),
        ("12.00", 12, None),
        ("1.234.567", 1234567, None),
        ("-3", -3, None),
        ("12,5", None, "is_bad"),
        ("1E+05", None, "is_bad"),
        ("1234567890123456789", None, "is_bad"),
        ("abc", None, "is_bad"),
        ("1.234", None, "is_ambiguous"),
        ("..", None, "is_suppressed"),
        (None, None, None),
    ],
)
def test_integers_are_exact(text, expected, flag):
    parsed = danish.parse_integers(pd.Series([text]))
    assert parsed.values.dtype == "Int64"
    assert (None if parsed.values.isna().iloc[0] else int(parsed.values.iloc[0])) == expected
    assert [name for name in parsed._fields[1:] if getattr(parsed, name).iloc[0]] == ([flag] if flag else [])


def test_integer_with_declared_mark():
    texts = pd.Series(["1.234", "1,234"])
    assert danish.parse_integers(texts, decimal=",").values.tolist() == [1234, pd.NA]
    assert danish.parse_integers(texts, decimal=",").is_bad.tolist() == [False, True]


def test_no_rows_give_no_rows():
    empty = pd.Series([], dtype="str")
    assert len(danish.parse_numbers(empty).values) == 0
    assert danish.parse_integers(empty).values.dtype == "Int64"
    assert danish.parse_dates(empty).values.dtype == "datetime64[s]"
    assert len(danish.parse_booleans(empty).values) == 0
    assert len(danish.pad_code(empty, 4)) == 0
    assert len(danish.normalise_text(empty)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "2021-01-06",
        "2021-01-06T10:00:00",
        "2021-01-06 10:00",
        "2021-01-06T10:00:00.123456",
        "2021-01-05T23:30:00Z",
        "2021-01-05T23:30:00.000Z",
        "2021-01-06T00:30:00+01:00",
        "2021-01-06T00:30:00+0100",
        "2021-01-05T20:00:00-05:00",
        "6-1-2021",
        "06-01-2021",
        "06.01.2021",
        "06/01/2021",
        "06-01-2021 00:00:00",
        "06.01.2021 10.00",
        " 06/01/2021\u00a0",
    ],
)
def test_sixth_of_january(text):
    parsed = danish.parse_dates(pd.Series([text]))
    assert parsed.values.dtype == "datetime64[s]"
    assert parsed.values.iloc[0] == pd.Timestamp(2021, 1, 6)
    assert not parsed.is_bad.iloc[0]


@pytest.mark.parametrize(
    "text",
    ["29-02-2021", "31-04-2021", "2021-13-01", "2021-00-10", "0000-01-01", "06-01.2021", "6-1-21", "20210106", "44197",
     "2021-1-6", "2021-01-06T25:00", "2021-01-06T10:60", "06-01-2021Z", "i går", "2021", "01-2021"],
)  # fmt: skip
def test_no_date(text):
    parsed = danish.parse_dates(pd.Series([text]))
    assert parsed.values.isna().iloc[0]
    assert parsed.is_bad.iloc[0]


def test_missing_date_is_missing_and_not_bad():
    parsed = danish.parse_dates(pd.Series([None, "", "2020-02-29", "29-02-2020"], index=[3, 1, 2, 0]))
    assert parsed.values.isna().tolist() == [True, True, False, False]
    assert not parsed.is_bad.any()
    assert parsed.values.index.tolist() == [3, 1, 2, 0]
    assert parsed.values.loc[2] == parsed.values.loc[0]


def test_for_ever_is_not_moved_by_its_zone():
    parsed = danish.parse_dates(pd.Series(["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+02:00"]))
    assert parsed.values.dt.strftime("%Y-%m-%d").tolist() == ["9999-12-31", "0001-01-01"]


@settings(deadline=None)
@given(st.datetimes(dt.datetime(1900, 1, 2), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC)))
def test_a_moment_is_its_danish_day(moment):
    expected = moment.astimezone(ZoneInfo("Europe/Copenhagen")).date()
    text = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert danish.parse_dates(pd.Series([text])).values.iloc[0].date() == expected


@settings(deadline=None)
@given(
    st.lists(st.dates(dt.date(1000, 1, 1), dt.date(9998, 12, 31)), max_size=20),
    st.sampled_from(["%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d"]),
)
def test_every_date_in_every_form(dates, form):
    parsed = danish.parse_dates(pd.Series([day.strftime(form) for day in dates], dtype="str"))
    assert [value.date() for value in parsed.values] == dates


def test_booleans():
    texts = ["Ja", "NEJ", "j", "n", "SAND", "falsk", "True", "false", "1", "0", "måske", "2", None, " "]
    parsed = danish.parse_booleans(pd.Series(texts))
    assert parsed.values.dtype == "boolean"
    assert parsed.values.tolist() == [True, False] * 5 + [pd.NA] * 4
    assert parsed.is_bad.tolist() == [False] * 10 + [True, True, False, False]


def test_codes_are_one_however_they_were_kept():
    padded = danish.pad_code(
        pd.Series(["0101", "101", "101.0", " 101 ", "10101", "7a", None], index=list("abcdefg")), 4
    )
    assert padded.tolist()[:6] == ["0101", "0101", "0101", "0101", "10101", "7a"]
    assert pd.isna(padded["g"])


def test_text_is_nfc_trimmed_and_missing_when_empty():
    texts = pd.Series(
        ["A\u030arhus", " Sæby\u00a0", "Høje\u00a0Taastrup", "\ufeffx", "", "  ", None], dtype="str"
    )
    found = danish.normalise_text(texts)
    assert found.tolist()[:4] == ["Århus", "Sæby", "Høje Taastrup", "x"]
    assert found.isna().tolist() == [False] * 4 + [True] * 3
    assert found.dtype == "str"


def test_danish_order():
    expected = [
        "A Vej",
        "Abel",
        "Andre",
        "Éclair",
        "Egå",
        "Område 9",
        "område 10",
        "Vejle",
        "Zebra",
        "Ærø",
        "Østerbro",
        "Aabenraa",
        "Århus",
        "Åstrup",
    ]
    shuffled = np.random.default_rng(1).permutation(expected).tolist()
    assert sorted(shuffled, key=danish.sort_key_da) == expected


@settings(deadline=None)
@given(st.lists(st.text(max_size=6), max_size=12))
def test_any_names_sort_the_same_whatever_their_order(names):
    backwards = list(reversed(names))
    assert sorted(backwards, key=danish.sort_key_da) == sorted(names, key=danish.sort_key_da)
    assert danish.sort_key_da("Aalborg")[0] == danish.sort_key_da("Ålborg")[0]
