"""The rows of a register on their way in, each with the place where it stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from boundaries.registers.findings import add_details, empty_findings, show_values
from boundaries.registers.ordering import order_rows
from boundaries.registers.severity import SEVERITIES
from geo.cells import arrow_to_text, gather_text, name_place, take_cells
from geo.distinct import find_distinct, is_repetitive, knows_distinct
from geo.memory import make_room, take_values
from geo.text_order import TextOrder, order_text
from geo.threads import map_columns

ORIGIN_COLUMNS = ("file", "layer", "line")
"""Columns that tell where a row stood: names as text, the line as Int64."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one register.

    Attributes
    ----------
    register
        Its name.
    frame
        The columns by canonical name: text as it stood, or typed once converted. Positions 0..n-1 at
        first; a selection keeps them, so that rows of two stages can be compared.
    origin
        `ORIGIN_COLUMNS`, same index.
    record_id
        What a finding calls the row, same index; NA where it has no name.
    headings
        File to canonical name to the heading in that file.
    present
        Columns that at least one file has.
    decimal, date_format, crs
        Of the register's files by the project file; empty where it says nothing.
    """

    register: str
    frame: pd.DataFrame
    origin: pd.DataFrame
    record_id: pd.Series
    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    decimal: str = ""
    date_format: str = ""
    crs: str = ""

    def found(self, rule: str, where: pd.Series, *, column: str = "") -> pd.DataFrame:
        """Return a finding for each row where the mask `where` holds.

        Parameters
        ----------
        rule
            A key of `SEVERITIES`.
        where
            Boolean; a missing answer is no.
        column
            Canonical name of the column at fault; its value is shown. Empty for the row as a whole.

        Returns
        -------
        DataFrame
            Columns `FINDING_COLUMNS`, index that of the rows: ``other`` and ``measure`` may be assigned
            from any Series on the same index.
        """
        mask = to_mask(where)
        return self.found_at(rule, self.frame.index[mask], column=column) if mask.any() else empty_findings()

    def found_at(self, rule: str, labels: pd.Index, *, column: str = "") -> pd.DataFrame:
        """Return a finding for each of `labels` of the index, which may repeat; as `found` else."""
        if labels.empty:
            return empty_findings()
        origin = self.origin.loc[labels]
        value = show_values(self.frame.loc[labels, column]) if column in self.frame else None
        return pd.DataFrame(
            {
                "severity": SEVERITIES[rule],
                "rule": rule,
                "register": self.register,
                "file": origin["file"],
                "layer": origin["layer"],
                "line": origin["line"],
                "column": self._name_column(origin["file"], column),
                "record_id": self.record_id.loc[labels],
                "value": value,
                "other": None,
                "measure": np.nan,
            },
            index=labels,
        )

    def select(self, where: pd.Series) -> "Rows":
        """Return the rows where `where` holds, with the index they had."""
        mask = to_mask(where)
        if mask.all():
            return self
        return replace(
            self, frame=self.frame.loc[mask], origin=self.origin.loc[mask], record_id=self.record_id.loc[mask]
        )

    def sort(self, by: Sequence[str]) -> "Rows":
        """Return the rows sorted by columns, equal ones as they stood, with new positions 0..n-1."""
        return self.arrange(order_rows(self.frame, by).order)

    def arrange(self, order: NDArray[np.int64]) -> "Rows":
        """Return the rows at the positions `order`, each once, with new positions 0..n-1.

        Columns that are one and the same text, as the id and `record_id` are, stay that.
        """
        frame, origin = self.frame, self.origin
        columns = [
            *(frame[name] for name in frame),
            *(origin[name] for name in origin),
            self.record_id,
        ]
        index = pd.RangeIndex(len(order))
        if len(order) == len(frame) and (order[1:] > order[:-1]).all():
            arranged = [column.set_axis(index) for column in columns]
        else:
            arranged = take_rows(columns, order, index)
        wide = len(frame.columns)
        return replace(
            self,
            frame=_replace_columns(frame, arranged[:wide], index),
            origin=_replace_columns(origin, arranged[wide:-1], index),
            record_id=arranged[-1],
        )

    def find_naming_column(self) -> str:
        """Return the column whose text is `record_id`, or nothing where there is none."""
        place = name_place(take_cells(self.record_id))
        texts = (str(name) for name in self.frame if isinstance(self.frame[name].dtype, pd.StringDtype))
        return next((name for name in texts if name_place(take_cells(self.frame[name])) == place), "")

    def take_places(self, order: NDArray[np.int64], index: pd.Index) -> pd.DataFrame:
        """Return where the rows at the positions `order` stood, each once, on `index`."""
        taken = [_take_lines(self.origin[name], order, index) for name in self.origin]
        return _replace_columns(self.origin, taken, index)

    def with_frame(self, frame: pd.DataFrame) -> "Rows":
        """Return the same rows with other columns; `frame` has the same index."""
        return replace(self, frame=frame)

    def text(self, column: str) -> pd.Series:
        """Return a column as text; all missing where the files have none."""
        if column in self.frame:
            return self.frame[column]
        return pd.Series(None, index=self.frame.index, dtype="str")

    def offers(self, column: str) -> pd.Series:
        """Tell which rows are of a file that has `column`."""
        files = [file for file, headings in self.headings.items() if column in headings]
        return self.origin["file"].isin(files)

    def name_files(self) -> str:
        """Return the names of the files that the rows are from."""
        return ", ".join(sorted(str(file) for file in self.origin["file"].unique()))

    def place(self) -> pd.Series:
        """Return where each row stood, as ``"boliger.csv:12"``."""
        lines = self.origin["line"].astype("str").fillna("–")
        return self.origin["file"].astype("str") + ":" + lines

    def _name_column(self, files: pd.Series, column: str) -> pd.Series | str:
        """Name a column as the user's file does."""
        names = {file: headings.get(column, column) for file, headings in self.headings.items()}
        return files.astype("str").map(names).fillna(column) if column else ""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Rows after a step, and what the step found."""

    rows: Rows
    findings: tuple[pd.DataFrame, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The rows' columns."""
        return self.rows.frame


def to_mask(where: pd.Series) -> NDArray[np.bool_]:
    """Return a boolean Series as an array; a missing answer is no."""
    return where.to_numpy(dtype=bool, na_value=False)


def take_rows(columns: Sequence[pd.Series], order: NDArray[np.int64], index: pd.Index) -> list[pd.Series]:
    """Return the cells of columns at the positions `order`, on `index`; the same text is taken once."""
    # Held until the end, so that no two have one place.
    held = [take_cells(column) if isinstance(column.dtype, pd.StringDtype) else column for column in columns]
    places = [name_place(column) if isinstance(column, pa.ChunkedArray) else id(column) for column in held]
    first = {place: position for position, place in reversed(list(enumerate(places)))}

    def take(column: pd.Series) -> pd.Series:
        return take_column(column, order, index)

    taken = map_columns(take, [columns[position] for position in first.values()], cells_n=len(order))
    by_place = dict(zip(first, taken, strict=True))
    return [by_place[place] for place in places]


def take_column(
    column: pd.Series, order: NDArray[np.int64], index: pd.Index, *, missing: str = ""
) -> pd.Series:
    """Return the cells of a column at the positions `order`, on `index`; text has `missing` for none."""
    if missing and column.hasnans:
        distinct = find_distinct(column)
        return distinct.take(order).spread_text(distinct.texts, index, missing=missing)
    if len(order) == len(column) and _is_one_value(column):
        return column.set_axis(index)
    if isinstance(column.dtype, gpd.array.GeometryDtype):
        return column.take(order).set_axis(index)
    if not isinstance(column.dtype, pd.StringDtype):
        # Of the array alone: a Series would take its old index along.
        return pd.Series(_take_array(column, order), index=index, name=column.name, copy=False)
    if not (knows_distinct(column) or is_repetitive(column)):
        return arrow_to_text(gather_text(take_cells(column), order), index)
    # Codes are small, and lie together where texts would have to be gathered from all over the memory.
    distinct = find_distinct(column)
    return distinct.take(order).spread_text(distinct.texts, index)


def _take_lines(column: pd.Series, order: NDArray[np.int64], index: pd.Index) -> pd.Series:
    """Return the cells of a column at the positions `order`; of lines one after the other, their sums.

    To add the first line to each position costs a third of looking each line up.
    """
    if isinstance(column.dtype, pd.Int64Dtype) and len(column) and not column.hasnans:
        numbers = column.to_numpy(dtype="int64")
        if numbers[-1] - numbers[0] == len(numbers) - 1 and (numbers[1:] > numbers[:-1]).all():
            lines = np.add(order, numbers[0], out=make_room(len(order), np.int64))
            return pd.Series(
                pd.arrays.IntegerArray(lines, np.zeros(len(order), dtype=bool)), index=index, copy=False
            )
    return take_column(column, order, index)


def _take_array(column: pd.Series, order: NDArray[np.int64]) -> Any:  # of any dtype
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "bif":
        return take_values(column.to_numpy(), order)
    if isinstance(column.dtype, pd.Int64Dtype):
        numbers, is_missing = column.to_numpy(dtype="int64", na_value=0), column.isna().to_numpy()
        return pd.arrays.IntegerArray(
            _take_numbers(numbers, order),
            take_values(is_missing, order) if is_missing.any() else np.zeros(len(order), dtype=bool),
        )
    return column.array.take(order)


def _take_numbers(numbers: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return whole numbers at positions; small ones, as years are, as such: more of them fit the cache."""
    low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    if low < np.iinfo(np.int16).min or high > np.iinfo(np.int16).max:
        return take_values(numbers, order)
    small = make_room(len(numbers), np.int16)
    np.copyto(small, numbers, casting="unsafe")
    room = make_room(len(order), np.int64)
    np.copyto(room, take_values(small, order))
    return room


def _is_one_value(column: pd.Series) -> bool:
    """Tell whether a column is missing throughout, or a category that is the same for every row."""
    if isinstance(column.dtype, pd.CategoricalDtype) and len(column.cat.categories) == 1:
        return not column.hasnans
    return len(column) > 0 and bool(pd.isna(column.iloc[0])) and bool(column.isna().all())


def _replace_columns(frame: pd.DataFrame, columns: Sequence[pd.Series], index: pd.Index) -> pd.DataFrame:
    """Return a frame of the kind of `frame`, with its names, on other columns."""
    # Without a copy: pandas would stack columns of one dtype.
    replaced = pd.DataFrame(dict(zip(frame.columns, columns, strict=True)), index=index, copy=False)
    replaced.columns = frame.columns
    if isinstance(frame, gpd.GeoDataFrame):
        replaced = gpd.GeoDataFrame(replaced, geometry=frame.geometry.name)
    return replaced


def require_one_row_per_id(rows: Rows, ids: pd.Series, *, found: TextOrder | None = None) -> Checked:
    """Keep one row of each id, and report the others as duplicates.

    Which one is kept depends on what the rows say, not on their order: the first when their columns are
    sorted as text. A finding is made for each line after the first, and names that.

    Parameters
    ----------
    rows
        Rows of a register.
    ids
        Text on the index of the rows, none missing.
    found
        The order of `ids`, where the caller knows it.
    """
    found = order_text(take_cells(ids)) if found is None else found
    if not found.is_repeat.any():
        return Checked(rows=rows)
    again = np.zeros(len(ids), dtype=bool)
    again[found.order[found.is_repeat]] = True
    # What is repeated, and the row before each first repetition.
    is_several = found.is_repeat | np.append(found.is_repeat[1:], False)
    several = pd.Series(data=False, index=ids.index)
    several.iloc[found.order[is_several]] = True
    among = rows.select(several)
    first = ids[several & ~again]
    places = pd.Series(among.place().loc[first.index].to_numpy(), index=first.to_numpy())
    findings = rows.found(
        "duplicate_id",
        pd.Series(again, index=ids.index),
        column=str(ids.name) if ids.name in rows.frame else "",
    )
    other = ids.loc[findings.index].map(places)
    is_kept = ~several
    is_kept[several] = keep_one_row(among.frame, ids[several])
    return Checked(
        rows=rows.select(is_kept), findings=(add_details(findings, {"value": ids, "other": other}),)
    )


def keep_one_row(frame: pd.DataFrame, ids: pd.Series) -> pd.Series:
    """Tell which row of each id is kept: the first when the rows are sorted as text."""
    several = ids.duplicated(keep=False)
    content = describe_rows(frame.loc[several])
    order = pd.DataFrame({"id": ids[several], "content": content}).sort_values(
        ["id", "content"], kind="stable"
    )
    chosen = order.drop_duplicates("id").index
    return ~several | pd.Series(ids.index.isin(chosen), index=ids.index)


def describe_rows(frame: pd.DataFrame) -> pd.Series:
    """Return all columns of each row as one text; geometry as WKB."""
    described = pd.Series("", index=frame.index, dtype="str")
    for column in frame.columns:
        values = frame[column]
        text = values.to_wkb(hex=True) if hasattr(values, "to_wkb") else values
        described = described + text.astype("str").fillna("") + "\x1f"
    return described
