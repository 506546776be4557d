"""The rows of a table of published values, read exactly: a number, a date, missing, or a finding."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Protocol

import pandas as pd

from boundaries.designation.law import Criterion, find_list_date, rules_on
from boundaries.model import FINDING_COLUMNS
from geo.danish import parse_dates
from geo.errors import DataError

FIGURE_COLUMNS: Mapping[Criterion, str] = {
    Criterion.LABOUR_OUTSIDE: "pct_outside_labour",
    Criterion.NON_WESTERN: "pct_nonwestern",
    Criterion.CONVICTED: "pct_convicted",
    Criterion.PRIMARY_EDUCATION_ONLY: "pct_primary_education",
    Criterion.INCOME: "income_pct_of_region",
}
"""Column of each criterion's figure."""

NATIONAL_COLUMN = "national_convicted_pct"
"""Optional: the national share convicted, for lists that measure against it (from December 2018)."""

_MISSING = {"", ".", "..", "...", "…", "-", "–"}
_FIGURE = re.compile(r"\d{1,4}(?:[.,]\d+)?")
_COUNT = re.compile(r"\d+(?:[.,]0{1,2})?|\d{1,3}(?:[. ]\d{3})+")
_DTYPES = dict.fromkeys(FINDING_COLUMNS, "str") | {"line": "Int64", "measure": "float64"}


class TextRows(Protocol):
    """A table as it was read: text cells, the line of each row, and the file's name."""

    @property
    def frame(self) -> pd.DataFrame:
        """Cells as text, missing where empty."""
        ...

    @property
    def line(self) -> pd.Series:
        """Line of the file, on the index of the frame."""
        ...

    @property
    def file(self) -> str:
        """Name for messages."""
        ...


@dataclass(frozen=True)
class PublishedRow:
    """One row as printed; figures in percent, None where missing."""

    list_date: date
    area: str
    kommune: str
    line: int
    residents_n: int | None
    figures: Mapping[Criterion, Fraction | None]
    national_convicted: Fraction | None


def read_published_rows(table: TextRows) -> tuple[list[PublishedRow], pd.DataFrame]:
    """Read every row that has a name and a date.

    Parameters
    ----------
    table
        As `boundaries.designation.published.classify_published` takes it.

    Returns
    -------
    list of PublishedRow, DataFrame
        The rows in order, and findings (`FINDING_COLUMNS`) for the cells that could not be read.

    Raises
    ------
    DataError
        ``law.published_columns``, naming the columns that the table must have.
    """
    frame = table.frame.rename(columns=lambda name: str(name).strip().casefold())
    missing = [] if "area" in frame else ["area"]
    missing += [] if {"year", "list_date"} & set(frame.columns) else ["year / list_date"]
    if missing:
        values = {
            "file": table.file,
            "missing": ", ".join(missing),
            "found": ", ".join(map(str, frame.columns)),
        }
        raise DataError("law.published_columns", values)
    texts = frame.astype("object").where(frame.notna(), "")
    cells = texts.map(lambda cell: " ".join(str(cell).split())).to_dict("records")
    readers = [
        _RowReader({str(key): str(cell) for key, cell in row.items()}, table.file, int(line))
        for row, line in zip(cells, table.line, strict=True)
    ]
    rows = [row for row in (reader.read_row() for reader in readers) if row is not None]
    findings = [finding for reader in readers for finding in reader.findings]
    return rows, pd.DataFrame(findings, columns=list(FINDING_COLUMNS)).astype(_DTYPES)


@dataclass
class _RowReader:
    """The cells of one row; what cannot be read is kept as a finding and counts as missing."""

    cells: Mapping[str, str]
    file: str
    line: int
    findings: list[dict[str, object]] = field(default_factory=list)

    def read_row(self) -> PublishedRow | None:
        list_date = self._read_list_date()
        if list_date is None:
            return None
        return PublishedRow(
            list_date=list_date,
            area=self.cells["area"],
            kommune=self.cells.get("kommune", ""),
            line=self.line,
            residents_n=self._read_count("residents"),
            figures={criterion: self._read_figure(column) for criterion, column in FIGURE_COLUMNS.items()},
            national_convicted=self._read_figure(NATIONAL_COLUMN),
        )

    def _read_list_date(self) -> date | None:
        written, year = self.cells.get("list_date", ""), self.cells.get("year", "")
        if not self.cells["area"]:
            self._report("published_no_area", "area", "")
            return None
        try:
            if written not in _MISSING:
                return self._read_written_date(written)
            if re.fullmatch(r"\d{4}(?:[.,]0{1,2})?", year):
                return find_list_date(int(year[:4]))
        except DataError as before_law:
            first = str(before_law.values["first"])
            column = "year" if written in _MISSING else "list_date"
            self._report("published_before_law", column, self.cells[column], other=first)
            return None
        self._report("published_bad_date", "year", year)
        return None

    def _read_written_date(self, written: str) -> date | None:
        parsed = parse_dates(pd.Series([written], dtype="str"))
        if parsed.is_bad.iloc[0]:
            self._report("published_bad_date", "list_date", written)
            return None
        list_date: date = parsed.values.iloc[0].date()
        rules_on(list_date)
        return list_date

    def _read_figure(self, column: str) -> Fraction | None:
        text = re.sub(r"\s*(?:%|pct\.?)$", "", self.cells.get(column, ""))
        if text in _MISSING:
            return None
        if not _FIGURE.fullmatch(text):
            self._report("published_bad_number", column, self.cells[column])
            return None
        figure = Fraction(text.replace(",", "."))
        if figure > 100 and column != FIGURE_COLUMNS[Criterion.INCOME]:
            self._report("published_over_100", column, self.cells[column])
            return None
        return figure

    def _read_count(self, column: str) -> int | None:
        text = self.cells.get(column, "")
        if text in _MISSING:
            return None
        if not _COUNT.fullmatch(text):
            self._report("published_bad_number", column, text)
            return None
        whole = re.sub(r"[.,]0{1,2}$", "", text)
        return int(re.sub(r"[. ]", "", whole))

    def _report(self, rule: str, column: str, value: str, *, other: str = "") -> None:
        self.findings.append(
            {
                "severity": "error",
                "rule": rule,
                "register": "published",
                "file": self.file,
                "line": self.line,
                "column": column,
                "record_id": self.cells.get("area", ""),
                "value": value,
                "other": other,
            }
        )
