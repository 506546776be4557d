"""The register ``cells``: a table of counted cells, for a city whose microdata may not leave its house."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.cell_columns import (
    CELL_DTYPES,
    COUNT_COLUMNS,
    UNITS,
    GridCriterion,
    name_denominator,
    name_missing,
    name_numerator,
)
from boundaries.registers.findings import combine_findings
from boundaries.registers.severity import Severity
from geo.danish import Decimal, parse_integers, parse_numbers
from geo.errors import DataError, ReadError
from geo.grid import Grid, find_bad_ids, parse_ids
from geo.readers import read_table
from geo.tables import TextTable

REGISTER = "cells"

CELL_ALIASES: Mapping[str, tuple[str, ...]] = {
    "cell_id": (
        "celle_id",
        "celle",
        "kvadratnet",
        "kvadratnetcelle",
        "ddkn",
        "ddkn_100m",
        "dkn",
        "distrikt_id",
    ),
    "residents_n": ("beboere", "antal_beboere", "personer", "antal_personer", "indbyggere"),
    "households_n": ("husstande", "antal_husstande", "husholdninger", "antal_husholdninger"),
}
"""Headings that are understood besides the canonical ones."""

SEVERITY: Mapping[str, Severity] = {
    "cells_bad_id": "error",
    "cells_other_size": "error",
    "cells_repeated": "error",
    "cells_bad_number": "error",
    "cells_negative": "error",
    "cells_over_whole": "error",
    "cells_no_residents": "error",
    "cells_half_criterion": "warning",
    "cells_hidden": "warning",
}
"""Rule of a finding to its severity; sentences and remedies: ``finding.<rule>`` in the texts."""


@dataclass(frozen=True, kw_only=True)
class CellRegister:
    """Cells as read.

    Attributes
    ----------
    cells
        `boundaries.registers.cell_columns.CELL_DTYPES`; by row, then column.
    grid
        The national grid of their size.
    findings
        Columns `boundaries.model.FINDING_COLUMNS`.
    """

    cells: pd.DataFrame
    grid: Grid
    findings: pd.DataFrame


def read_cells(
    path: str | Path,
    *,
    sheet: str | None = None,
    decimal: Decimal = None,
    fields: Mapping[str, str] | None = None,
) -> CellRegister:
    """Read a table of counted cells.

    Columns: ``cell_id`` (``100m_61762_7197``), ``residents_n``, and at will ``households_n`` and for each
    criterion ``<criterion>_n`` (numerator: m2, or persons; those outside the labour market may be parts of
    persons), ``<criterion>_of`` (denominator, persons) and ``<criterion>_missing_n``. The criteria are
    ``dwelling_area``, ``labour_outside``, ``low_income``, ``non_western`` and ``no_education``.

    Parameters
    ----------
    path
        Any table of `geo.readers.read_table`.
    sheet
        Sheet of a workbook.
    decimal
        Decimal sign; None to find out number by number.
    fields
        Canonical column to the heading in the file, where it has another.

    Returns
    -------
    CellRegister
        A row with an unusable id or without residents is left out, of rows with one id the first is kept,
        and a criterion that does not hold together is NA in its cell; each with a finding. A number hidden
        by whoever made the table (``..``) is NA.

    Raises
    ------
    ReadError
        As `geo.readers.read_table`, or ``cells.missing_columns``.
    DataError
        ``cells.no_cells`` where no row is usable.
    """
    table = read_table(path, sheet=sheet)
    named = _name_columns(table, fields or {})
    reading = _Reading(table=table, headings=named)
    frame = _read_counts(reading, decimal)
    frame = _check_ids(reading, frame)
    _check_criteria(reading, frame)
    findings = combine_findings(reading.findings)
    if frame.empty:
        raise DataError("cells.no_cells", {"file": table.file})
    grid, cells = parse_ids(frame["cell_id"])
    placed = frame.assign(column=cells.column, row=cells.row).reindex(columns=list(CELL_DTYPES))
    ordered = placed.sort_values(["row", "column"], ignore_index=True).astype(dict(CELL_DTYPES))
    return CellRegister(cells=ordered, grid=grid, findings=findings)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """A table under reading, and what was found in it so far."""

    table: TextTable
    headings: Mapping[str, str]
    findings: list[pd.DataFrame] = field(default_factory=list)

    def text(self, column: str) -> pd.Series:
        """Return a column as it stood."""
        return self.table.frame[self.headings[column]]

    def note(self, rule: str, where: pd.Series, column: str, other: object = None) -> None:
        """Add a finding for each row of the mask `where`."""
        found = where.index[where.fillna(value=False).astype(bool)]
        if not len(found):
            return
        rows = pd.DataFrame(
            {
                "severity": SEVERITY[rule],
                "rule": rule,
                "register": REGISTER,
                "file": self.table.file,
                "layer": self.table.layer,
                "line": self.table.line.loc[found].astype("Int64"),
                "column": self.headings.get(column, column),
                "record_id": self.text("cell_id").loc[found],
                "value": self.text(column).loc[found] if column in self.headings else None,
                "other": other,
                "measure": float("nan"),
            }
        )
        self.findings.append(rows[list(FINDING_COLUMNS)])


def _name_columns(table: TextTable, fields: Mapping[str, str]) -> dict[str, str]:
    """Find the headings of the columns that are known."""
    headings = {heading.casefold().replace(" ", "_"): heading for heading in table.frame.columns}
    named: dict[str, str] = {}
    for column in ("cell_id", *COUNT_COLUMNS):
        wanted = (fields[column],) if column in fields else (column, *CELL_ALIASES.get(column, ()))
        found = [headings[name] for name in (_fold(name) for name in wanted) if name in headings]
        if found:
            named[column] = found[0]
    missing = [column for column in ("cell_id", "residents_n", *fields) if column not in named]
    if missing:
        values = {
            "file": table.file,
            "missing": ", ".join(dict.fromkeys(fields.get(column, column) for column in missing)),
            "found": ", ".join(map(str, table.frame.columns)),
        }
        raise ReadError("cells.missing_columns", values)
    return named


def _fold(name: str) -> str:
    return name.casefold().replace(" ", "_")


def _read_counts(reading: _Reading, decimal: Decimal) -> pd.DataFrame:
    """Read ids and counts; a number that cannot be read is NA, with a finding."""
    labour = name_numerator(GridCriterion.LABOUR_OUTSIDE)
    counts: dict[str, pd.Series] = {"cell_id": reading.text("cell_id").astype("str")}
    for column in (name for name in COUNT_COLUMNS if name in reading.headings):
        text = reading.text(column)
        parse = parse_numbers if column == labour else parse_integers
        parsed = parse(text, decimal=decimal)
        values = parsed.values
        if column == labour:
            values = (values * UNITS[GridCriterion.LABOUR_OUTSIDE]).round().astype("Int64")
        reading.note("cells_bad_number", parsed.is_bad | parsed.is_ambiguous, column)
        reading.note("cells_hidden", parsed.is_suppressed, column)
        is_negative = values.lt(0).fillna(value=False)
        reading.note("cells_negative", is_negative, column)
        counts[column] = values.mask(is_negative).astype("Int64")
    frame = pd.DataFrame(counts)
    return frame.reindex(columns=["cell_id", *COUNT_COLUMNS]).astype(dict.fromkeys(COUNT_COLUMNS, "Int64"))


def _check_ids(reading: _Reading, frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows whose id is none, of another size or repeated, or whose residents are unknown."""
    is_bad = pd.Series(find_bad_ids(frame["cell_id"].fillna("")), index=frame.index)
    reading.note("cells_bad_id", is_bad, "cell_id")
    size = frame["cell_id"].where(~is_bad).astype("str").str.replace(r"_.*", "", regex=True)
    common = size.mode()
    most = str(common.iloc[0]) if len(common) else ""
    is_other = size.notna() & size.ne(most)
    reading.note("cells_other_size", is_other, "cell_id", most)
    is_again = frame["cell_id"].duplicated() & ~is_bad
    reading.note("cells_repeated", is_again, "cell_id")
    is_usable = ~(is_bad | is_other | is_again)
    is_empty = is_usable & frame["residents_n"].isna()
    reading.note("cells_no_residents", is_empty, "residents_n")
    return frame.loc[is_usable & ~is_empty].copy()


def _check_criteria(reading: _Reading, frame: pd.DataFrame) -> None:
    """Make a criterion NA in the cells where its numbers cannot be together, in place."""
    for criterion in GridCriterion:
        numerator, denominator = name_numerator(criterion), name_denominator(criterion)
        if numerator not in reading.headings and denominator not in reading.headings:
            continue
        is_half = frame[numerator].isna() != frame[denominator].isna()
        reading.note("cells_half_criterion", _on_rows(is_half, reading), numerator, denominator)
        most = (
            frame["residents_n"]
            if criterion is GridCriterion.DWELLING_AREA
            else frame[denominator] * UNITS[criterion]
        )
        value = frame[denominator] if criterion is GridCriterion.DWELLING_AREA else frame[numerator]
        is_over = value.gt(most).fillna(value=False)
        column = denominator if criterion is GridCriterion.DWELLING_AREA else numerator
        reading.note("cells_over_whole", _on_rows(is_over, reading), column, _name_whole(criterion))
        is_lost = is_half | is_over
        frame.loc[is_lost, [numerator, denominator, name_missing(criterion)]] = pd.NA


def _name_whole(criterion: GridCriterion) -> str:
    return "residents_n" if criterion is GridCriterion.DWELLING_AREA else name_denominator(criterion)


def _on_rows(where: pd.Series, reading: _Reading) -> pd.Series:
    return where.reindex(reading.table.frame.index, fill_value=False)
