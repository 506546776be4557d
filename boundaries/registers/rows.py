"""The rows of a register on their way in, each with the place where it stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.registers.findings import add_details, empty_findings, show_values
from boundaries.registers.severity import SEVERITIES

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
        return replace(
            self, frame=self.frame.loc[mask], origin=self.origin.loc[mask], record_id=self.record_id.loc[mask]
        )

    def sort(self, by: Sequence[str]) -> "Rows":
        """Return the rows sorted by columns, with new positions 0..n-1."""
        order = self.frame.sort_values(list(by), kind="stable").index
        return replace(
            self,
            frame=self.frame.loc[order].reset_index(drop=True),
            origin=self.origin.loc[order].reset_index(drop=True),
            record_id=self.record_id.loc[order].reset_index(drop=True),
        )

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


def require_one_row_per_id(rows: Rows, ids: pd.Series) -> Checked:
    """Keep one row of each id, and report the others as duplicates.

    Which one is kept depends on what the rows say, not on their order: the first when their columns are
    sorted as text. A finding is made for each line after the first, and names that.
    """
    again = ids.duplicated(keep="first")
    if not again.any():
        return Checked(rows=rows)
    first = ids.drop_duplicates()
    places = pd.Series(rows.place().loc[first.index].to_numpy(), index=first.to_numpy())
    found = rows.found("duplicate_id", again, column=str(ids.name) if ids.name in rows.frame else "")
    return Checked(
        rows=rows.select(keep_one_row(rows.frame, ids)),
        findings=(add_details(found, {"value": ids, "other": ids.map(places)}),),
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
