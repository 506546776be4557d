"""The residents: persons on 1 January of a year, or rows that count them."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.registers.columns import convert_columns
from boundaries.registers.findings import add_details
from boundaries.registers.ordering import (
    find_repeats,
    number_keys,
    number_values,
    order_ranks,
    rank_values,
)
from boundaries.registers.rows import Checked, Rows, keep_one_row, take_column
from boundaries.registers.schemas import SCHEMAS
from geo.threads import map_columns, run_beside

_NUMBERED = ("year", "residents_n")
"""Columns that have to be read before it is known which rows there are, and in which order."""


def build_residents(raw: Rows) -> Checked:
    """Read the residents.

    A row with ``person_id``, or of a file without ``residents_n``, is one person; any other row counts
    the residents of a dwelling, and may do so by age, origin and the rest.

    Returns
    -------
    Checked
        Rows with the columns of `boundaries.model.Registers.residents`, sorted by all of them. A row
        without year, dwelling or count is left out; its finding is an error.
    """
    filled = _fill_single_persons(raw)
    numbered = _read_numbers(filled)
    given = [filled.with_frame(filled.frame.drop(columns=list(_NUMBERED), errors="ignore"))]
    choosing = run_beside(partial(_choose_rows, filled, numbered.frame))
    del raw, filled  # so that nobody holds the text of millions of rows while it is read
    schema = SCHEMAS["residents"]
    others = replace(schema, columns=tuple(c for c in schema.columns if c.name not in _NUMBERED))
    converted = convert_columns(given.pop(), others, find_order=lambda: choosing.result().order)
    chosen = choosing.result()
    rows = _put_in(converted.rows, numbered.frame, chosen.order)
    return Checked(
        rows=rows.sort(list(rows.frame.columns)) if chosen.is_alike.any() else rows,
        findings=(
            *numbered.findings,
            *converted.findings,
            *chosen.findings,
            _find_count_rows_twice(rows, chosen),
        ),
    )


def _fill_single_persons(raw: Rows) -> Rows:
    """Let a person without a count be one, and every row of a file that does not count."""
    if "residents_n" not in raw.present:
        return raw
    count = raw.frame["residents_n"]
    is_person = count.isna() & (raw.text("person_id").notna() | ~raw.offers("residents_n"))
    return raw.with_frame(raw.frame.assign(residents_n=count.mask(is_person, "1")))


def _read_numbers(rows: Rows) -> Checked:
    """Read the columns `_NUMBERED`; a file without counts has one resident a row."""
    schema = SCHEMAS["residents"]
    columns = tuple(column for column in schema.columns if column.name in _NUMBERED)
    read = convert_columns(_keep_columns(rows), replace(schema, columns=columns))
    if "residents_n" in rows.present:
        return read
    ones = pd.array(np.ones(len(read.frame), dtype=np.int64), dtype="Int64")
    return replace(read, rows=read.rows.with_frame(read.frame.assign(residents_n=ones)))


def _keep_columns(rows: Rows) -> Rows:
    return rows.with_frame(rows.frame[[name for name in _NUMBERED if name in rows.frame]])


class _Chosen(NamedTuple):
    """The rows that are residents, in the order of year, dwelling and person.

    Attributes
    ----------
    order
        Their positions; None where that is all of them as they stand.
    is_alike
        In that order: the row has the same year, dwelling and person, or none, as another.
    findings
        Of persons.
    """

    order: NDArray[np.int64] | None
    is_alike: NDArray[np.bool_]
    findings: tuple[pd.DataFrame, ...]


def _choose_rows(rows: Rows, numbered: pd.DataFrame) -> _Chosen:
    """Choose the rows with a year, a dwelling and a count, one of each person and year.

    The persons are put in order once: theirs is the order of the rows of a dwelling, and tells who is there
    twice.
    """
    texts = [rows.text("dwelling_id"), rows.text("person_id")]
    dwellings, names = map_columns(number_values, texts, cells_n=len(numbered))
    years = rank_values(numbered["year"])
    is_usable = texts[0].notna().to_numpy() & numbered.notna().to_numpy().all(axis=1)
    is_named = texts[1].notna().to_numpy()
    found = [_find_persons_with_count(rows.with_frame(numbered), is_usable & is_named)]
    persons = order_ranks(names)
    is_again, is_several = _find_persons_again(names, persons, years, is_usable & is_named)
    if is_again.any():
        is_dropped, told = _require_person_once(rows, numbered, is_several, is_again)
        is_usable &= ~is_dropped
        found.append(told)
    order = order_ranks([years, *dwellings], order=persons)
    order = order if is_usable.all() else order[is_usable[order]]
    is_repeat = np.zeros(len(order), dtype=bool)
    if not is_named.all():  # each person is there once
        is_repeat = find_repeats([years, *dwellings, *names], order)
    is_alike = is_repeat | np.append(is_repeat[1:], np.zeros(min(1, len(order)), dtype=bool))
    is_as_given = len(order) == len(is_usable) and bool((order[1:] > order[:-1]).all())
    return _Chosen(None if is_as_given else order, is_alike, tuple(found))


def _find_persons_with_count(numbered: Rows, is_person: NDArray[np.bool_]) -> pd.DataFrame:
    """Find rows that name a person and count another number than one."""
    where = numbered.frame["residents_n"].ne(1) & is_person
    return numbered.found("person_with_count", where, column="residents_n")


def _find_persons_again(
    names: list[NDArray[np.int64]],
    order: NDArray[np.int64],
    years: NDArray[np.int64],
    is_person: NDArray[np.bool_],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which rows name a person of an earlier row of the year, and which rows name any such person.

    `order` is that of `names`, in which all rows of a person follow each other.
    """
    is_again, is_several = np.zeros((2, len(years)), dtype=bool)
    is_repeat = find_repeats(names, order)
    places = np.flatnonzero(is_repeat | np.append(is_repeat[1:], False)[: len(order)])
    places = places[is_person[order[places]]]
    if len(places):
        rows = order[places]
        key = pd.Series(np.cumsum(~is_repeat)[places] * (int(years.max()) + 1) + years[rows])
        # Rows of a person are in the order in which they stand.
        is_again[rows] = key.duplicated().to_numpy()
        is_several[rows] = key.duplicated(keep=False).to_numpy()
    return is_again, is_several


def _require_person_once(
    rows: Rows, numbered: pd.DataFrame, is_several: NDArray[np.bool_], is_again: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], pd.DataFrame]:
    """Keep one row of each person and year, by what the rows say; tell which are dropped, and report them."""
    among = rows.select(pd.Series(is_several, index=rows.frame.index))
    read = convert_columns(among, SCHEMAS["residents"]).frame
    read = read.assign(**{name: numbered.loc[read.index, name] for name in _NUMBERED})
    key = read["year"].astype("str") + " " + read["person_id"]
    first = key.drop_duplicates()
    places = pd.Series(among.place().loc[first.index].to_numpy(), index=first.to_numpy())
    later = pd.Series(is_again, index=rows.frame.index)
    told = add_details(rows.found("duplicate_person", later, column="person_id"), {"other": key.map(places)})
    is_dropped = np.zeros(len(is_several), dtype=bool)
    is_dropped[is_several] = ~keep_one_row(read, key).to_numpy()
    return is_dropped, told


def _put_in(rows: Rows, numbered: pd.DataFrame, order: NDArray[np.int64] | None) -> Rows:
    """Put the columns that were read first among the others, in their order."""
    index = rows.frame.index
    numbers = {
        name: numbered[name] if order is None else take_column(numbered[name], order, index)
        for name in _NUMBERED
    }
    numbers["residents_n"] = numbers["residents_n"].astype("int64")
    names = [column.name for column in SCHEMAS["residents"].columns]
    frame = {name: numbers[name] if name in numbers else rows.frame[name] for name in names}
    return rows.with_frame(pd.DataFrame(frame, copy=False))


def _find_count_rows_twice(rows: Rows, chosen: _Chosen) -> pd.DataFrame:
    """Find counting rows that are alike in everything but the count; the first in the file is none."""
    is_again = np.zeros(len(rows.frame), dtype=bool)
    if "residents_n" in rows.present and chosen.is_alike.any():
        # Most dwellings have one row a year: only the others are compared in every column.
        places = np.flatnonzero(chosen.is_alike)
        if chosen.order is not None:
            places = places[np.argsort(chosen.order[places])]
        others = [column.name for column in SCHEMAS["residents"].columns if column.name != "residents_n"]
        alike = rows.frame.iloc[places]
        is_again[places] = pd.Series(number_keys(alike, others), index=alike.index).duplicated().to_numpy()
    again = pd.Series(is_again, index=rows.frame.index)
    return rows.found("duplicate_count_row", again, column="dwelling_id")
