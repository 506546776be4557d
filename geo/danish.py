"""Danish text, dates, codes and numbers: what people and registers write, read without a guess.

Every parser takes a column of text and answers for all of it at once: the values, and a mask for
each way a cell can fail. Nothing raises for bad data and nothing turns missing into 0.
"""

import re
import unicodedata
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.cells import arrow_to_text, clean_cells, text_to_arrow
from geo.danish_numbers import Decimal, ParsedNumbers, parse_integers, parse_numbers
from geo.distinct import find_distinct

__all__ = [
    "TIME_ZONE",
    "Decimal",
    "ParsedBooleans",
    "ParsedDates",
    "ParsedNumbers",
    "normalise_text",
    "pad_code",
    "parse_booleans",
    "parse_dates",
    "parse_integers",
    "parse_numbers",
    "sort_key_da",
]

TIME_ZONE = "Europe/Copenhagen"
"""A moment with a zone is the Danish calendar day on which it falls."""


class ParsedDates(NamedTuple):
    """The dates of a column (``datetime64[s]`` at midnight) and a mask of what is not a date."""

    values: pd.Series
    is_bad: pd.Series


class ParsedBooleans(NamedTuple):
    """The answers of a column (nullable ``boolean``) and a mask of what is neither yes nor no."""

    values: pd.Series
    is_bad: pd.Series


def normalise_text(text: pd.Series) -> pd.Series:
    """Return `text` in Unicode NFC, trimmed, with ordinary spaces; empty cells are missing.

    Parameters
    ----------
    text
        A column of text.

    Returns
    -------
    pandas.Series
        ``str`` dtype on the same index.
    """
    return arrow_to_text(text_to_arrow(text), text.index)


def parse_dates(text: pd.Series) -> ParsedDates:
    """Read the dates of a column: ISO 8601, or Danish day, month and year.

    ``2021-01-06``, ``2021-01-06T10:00:00``, ``2021-01-05T23:30:00Z``, ``6-1-2021``, ``06.01.2021`` and
    ``06/01/2021 10.00`` are all 6 January 2021: a time of day falls away, after a zone has been brought
    to Danish time. Days of a month that it does not have, years of two digits, digits without
    separators and the serial numbers of a spreadsheet are bad: each has more than one reading.

    Parameters
    ----------
    text
        A column of text.

    Returns
    -------
    ParsedDates
        On the index of `text`.
    """
    distinct = find_distinct(text)
    days, is_bad = _parse_distinct_dates(clean_cells(distinct.texts))
    values = distinct.spread(days, missing=np.datetime64("NaT", "s"))
    return ParsedDates(
        pd.Series(values, index=text.index, copy=False),
        pd.Series(distinct.spread(is_bad, missing=False), index=text.index, copy=False),
    )


_TRUE = ("ja", "j", "true", "sand", "1")
_FALSE = ("nej", "n", "false", "falsk", "0")


def parse_booleans(text: pd.Series) -> ParsedBooleans:
    """Read yes and no: ja/nej, j/n, true/false, sand/falsk, 1/0, in any case.

    Parameters
    ----------
    text
        A column of text.

    Returns
    -------
    ParsedBooleans
        On the index of `text`; missing stays missing.
    """
    distinct = find_distinct(text)
    words = pc.utf8_lower(clean_cells(distinct.texts))
    is_true, is_false = (
        pc.is_in(words, value_set=pa.array(answers, pa.large_string())).to_numpy(zero_copy_only=False)
        for answers in (_TRUE, _FALSE)
    )
    is_read = is_true | is_false
    is_bad = pc.is_valid(words).to_numpy(zero_copy_only=False) & ~is_read
    values = pd.arrays.BooleanArray(
        distinct.spread(is_true, missing=False), ~distinct.spread(is_read, missing=False)
    )
    return ParsedBooleans(
        pd.Series(values, index=text.index, copy=False),
        pd.Series(distinct.spread(is_bad, missing=False), index=text.index, copy=False),
    )


def pad_code(codes: pd.Series, width: int) -> pd.Series:
    """Return codes of digits padded with zeros from the left: ``101`` and ``0101`` are one.

    Parameters
    ----------
    codes
        A column of text. Other text than digits is left as it is; ``101.0``, which spreadsheets and
        data frames make of a code column with holes, is 101.
    width
        Number of digits of a whole code.

    Returns
    -------
    pandas.Series
        ``str`` dtype on the same index.

    Examples
    --------
    >>> import pandas as pd
    >>> pad_code(pd.Series(["101", "0101", "101.0", "A1"]), 4).tolist()
    ['0101', '0101', '0101', 'A1']
    """
    cells = pc.replace_substring_regex(text_to_arrow(codes), r"^(\d+)\.0$", r"\1")
    padded = pc.if_else(pc.match_substring_regex(cells, r"^\d+$"), pc.utf8_lpad(cells, width, "0"), cells)
    return arrow_to_text(padded, codes.index)


_DANISH_LETTERS = str.maketrans(
    {"æ": "z\ue001", "ä": "z\ue001", "ø": "z\ue002", "ö": "z\ue002", "å": "z\ue003", "ü": "y"}
)


def sort_key_da(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return a key that sorts as a Danish reader expects, whatever the machine's locale.

    Æ, ø and å come after z, aa is å, accents and case do not matter, and numbers sort by size ("Område
    9" before "Område 10"). Texts that are equal by that are told apart by their letters, so that the
    order is always the same.

    Parameters
    ----------
    text
        A name.

    Returns
    -------
    tuple
        Comparable with every other key of this function.

    Examples
    --------
    >>> sorted(["Ærø", "Aabenraa", "Zebra", "Område 10", "Område 9"], key=sort_key_da)
    ['Område 9', 'Område 10', 'Zebra', 'Ærø', 'Aabenraa']
    """
    folded = unicodedata.normalize("NFC", text).casefold().replace("aa", "å").translate(_DANISH_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    parts = re.findall(r"\d+|\D+", bare)
    return tuple((0, int(part), "") if part[0].isdecimal() else (1, 0, part) for part in parts), text


_TIME = r"(?:[T ](?P<time>\d{2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?))?"
_ISO_DATE = r"^(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})" + _TIME + r" ?(?P<zone>Z|[+-]\d{2}:?\d{2})?$"
_DANISH_DATE = r"^(?P<day>\d{1,2})(?:{0})(?P<month>\d{1,2})(?:{0})(?P<year>\d{4})" + _TIME + "$"


def _parse_distinct_dates(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    days = np.full(len(cells), np.datetime64("NaT", "s"))
    # One separator in both places: 06-01.2021 is a slip, not a date.
    for pattern in (_ISO_DATE, *(_DANISH_DATE.replace("{0}", mark) for mark in ("-", r"\.", "/"))):
        parts = pc.extract_regex(cells, pattern=pattern)
        rows = np.flatnonzero(pc.is_valid(parts).to_numpy(zero_copy_only=False))
        if len(rows):
            days[rows] = _assemble_days(parts.take(pa.array(rows)))
    is_bad = np.isnat(days) & pc.is_valid(cells).to_numpy(zero_copy_only=False)
    return days, is_bad


def _assemble_days(parts: pa.StructArray) -> np.ndarray:
    year, month, day = (_as_integers(parts.field(name)) for name in ("year", "month", "day"))
    is_month = (month >= 1) & (month <= 12) & (year >= 1)
    months = (year - 1970) * 12 + np.where(is_month, month, 1) - 1
    first = months.astype("datetime64[M]")
    month_days = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(int)
    is_day = is_month & (day >= 1) & (day <= month_days)
    days: np.ndarray = (first.astype("datetime64[D]") + (np.where(is_day, day, 1) - 1)).astype(
        "datetime64[s]"
    )
    seconds = _as_seconds(parts.field("time"))
    days[~is_day | (seconds < 0)] = np.datetime64("NaT", "s")
    if parts.type.get_field_index("zone") >= 0:
        zones = parts.field("zone")
        rows = np.flatnonzero(pc.not_equal(zones, "").to_numpy(zero_copy_only=False) & ~np.isnat(days))
        if len(rows):
            days[rows] = _to_danish_days(days[rows] + seconds[rows], zones.take(pa.array(rows)))
    return days


def _as_integers(cells: pa.Array) -> np.ndarray:
    return np.asarray(pc.cast(cells, pa.int64()).to_numpy(zero_copy_only=False))


def _as_seconds(times: pa.Array) -> np.ndarray:
    """Return seconds after midnight, -1 for a time that no clock shows; no time is midnight."""
    filled = pc.if_else(pc.equal(times, ""), "00:00", times)
    hours = _as_integers(pc.utf8_slice_codeunits(filled, 0, 2))
    minutes = _as_integers(pc.utf8_slice_codeunits(filled, 3, 5))
    tail = pc.utf8_slice_codeunits(filled, 6, 8)
    seconds = _as_integers(pc.if_else(pc.equal(tail, ""), "0", tail))
    total = hours * 3600 + minutes * 60 + seconds
    return np.where((hours > 23) | (minutes > 59) | (seconds > 59), -1, total)


def _to_danish_days(moments: np.ndarray, zones: pa.Array) -> np.ndarray:
    digits = pc.replace_substring_regex(pc.if_else(pc.equal(zones, "Z"), "+0000", zones), ":", "")
    sign = np.where(pc.starts_with(digits, "-").to_numpy(zero_copy_only=False), -1, 1)
    hours = _as_integers(pc.utf8_slice_codeunits(digits, 1, 3))
    minutes = _as_integers(pc.utf8_slice_codeunits(digits, 3, 5))
    utc = moments - (sign * (hours * 3600 + minutes * 60)).astype("timedelta64[s]")
    # Registers write "for ever" as the last moment of the year 9999, which no zone may move.
    year = moments.astype("datetime64[Y]").astype(int) + 1970
    is_real = (year >= 1800) & (year <= 3000)
    local = pd.DatetimeIndex(utc[is_real], tz="UTC").tz_convert(TIME_ZONE).tz_localize(None)
    days = moments.astype("datetime64[D]").astype("datetime64[s]")
    days[is_real] = local.normalize().to_numpy().astype("datetime64[s]")
    return np.asarray(days)
