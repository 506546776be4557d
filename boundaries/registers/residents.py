"""The residents: persons on 1 January of a year, or rows that count them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from boundaries.registers.columns import convert_columns
from boundaries.registers.findings import add_details
from boundaries.registers.ordering import number_keys, order_rows
from boundaries.registers.rows import Checked, Rows, keep_one_row
from boundaries.registers.schemas import SCHEMAS


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
    converted = convert_columns(filled, SCHEMAS["residents"])
    frame = converted.frame
    if "residents_n" not in filled.present:
        frame = frame.assign(residents_n=pd.Series(1, index=frame.index, dtype="Int64"))
    rows = filled.with_frame(frame)
    usable = rows.select(_is_filled(frame, ["year", "dwelling_id", "residents_n"]))
    one = _require_person_once(usable)
    counted = one.frame.assign(residents_n=one.frame["residents_n"].astype("int64"))
    return Checked(
        rows=_sort_residents(one.rows.with_frame(counted)),
        findings=(
            *converted.findings,
            _find_persons_with_count(usable),
            *one.findings,
            _find_count_rows_twice(usable),
        ),
    )


def _is_filled(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Tell which rows have a value in each of `columns`."""
    is_filled = np.logical_and.reduce([frame[column].notna().to_numpy() for column in columns])
    return pd.Series(is_filled, index=frame.index)


def _fill_single_persons(raw: Rows) -> Rows:
    """Let a person without a count be one, and every row of a file that does not count."""
    if "residents_n" not in raw.present:
        return raw
    count = raw.frame["residents_n"]
    is_person = count.isna() & (raw.text("person_id").notna() | ~raw.offers("residents_n"))
    return raw.with_frame(raw.frame.assign(residents_n=count.mask(is_person, "1")))


def _find_persons_with_count(rows: Rows) -> pd.DataFrame:
    """Find rows that name a person and count another number than one."""
    where = rows.frame["person_id"].notna() & (rows.frame["residents_n"] != 1)
    return rows.found("person_with_count", where, column="residents_n")


def _require_person_once(rows: Rows) -> Checked:
    """Keep one row of each person and year, and report the others."""
    is_person = rows.frame["person_id"].notna()
    persons = rows.frame if is_person.all() else rows.frame.loc[is_person, ["year", "person_id"]]
    numbers = pd.Series(number_keys(persons, ["year", "person_id"]), index=persons.index)
    again = numbers.duplicated()
    if not again.any():
        return Checked(rows=rows)
    several = persons[numbers.duplicated(keep=False)]
    key = several["year"].astype("str") + " " + several["person_id"]
    first = key.drop_duplicates()
    places = pd.Series(rows.place().loc[first.index].to_numpy(), index=first.to_numpy())
    later = again.reindex(rows.frame.index, fill_value=False)
    found = add_details(rows.found("duplicate_person", later, column="person_id"), {"other": key.map(places)})
    kept = keep_one_row(rows.frame.loc[several.index], key).reindex(rows.frame.index, fill_value=True)
    return Checked(rows=rows.select(kept), findings=(found,))


def _find_count_rows_twice(rows: Rows) -> pd.DataFrame:
    """Find counting rows that are alike in everything but the count."""
    if "residents_n" not in rows.present:
        return rows.found("duplicate_count_row", pd.Series(data=False, index=rows.frame.index))
    counting = rows.frame[rows.frame["person_id"].isna()].drop(columns="residents_n")
    # Most dwellings have one row a year: only the others are compared in every column.
    numbers = pd.Series(number_keys(counting, ["year", "dwelling_id"]), index=counting.index)
    again = counting[numbers.duplicated(keep=False)].duplicated()
    later = again.reindex(rows.frame.index, fill_value=False)
    return rows.found("duplicate_count_row", later, column="dwelling_id")


def _sort_residents(rows: Rows) -> Rows:
    """Sort by all columns; the first three settle it for persons, and cost far less than all."""
    found = order_rows(rows.frame, ["year", "dwelling_id", "person_id"])
    if found.is_repeat.any():
        return rows.sort(list(rows.frame.columns))
    return rows.arrange(found.order)
