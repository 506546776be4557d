"""The files of a kommune map: a table of values, and the borders where they are given."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from boundaries.registers.findings import combine_findings
from boundaries.registers.kommune_table import KommuneTable, read_kommune_table
from boundaries.registers.kommune_table_form import TableForm
from boundaries.registers.kommuner import read_kommuner
from geo.danish import Decimal
from geo.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class KommuneQuestion:
    """Which values of which table, and the borders to draw them in.

    Attributes
    ----------
    table
        File of the values.
    value, kommune, denominator
        Headings: of the value, of the kommune (found by itself where left out), and of what the value is
        divided by.
    year, sheet, decimal, where
        Which rows, which sheet, which decimal sign; ``where`` are pairs ``heading=value``.
    dash_missing
        ``-`` is a missing value, not nil.
    kommuner
        File of the kommuner's borders.
    """

    table: Path
    value: str
    kommune: str | None = None
    denominator: str | None = None
    year: str | None = None
    sheet: str | None = None
    decimal: Decimal = None
    where: tuple[str, ...] = ()
    dash_missing: bool = False
    kommuner: Path | None = None


@dataclass(frozen=True, kw_only=True)
class KommuneInputs:
    """The files of a kommune map, read.

    Attributes
    ----------
    table
        The values.
    geometry
        The kommuner; None where no file was given.
    findings
        Of both files.
    """

    table: KommuneTable
    geometry: gpd.GeoDataFrame | None
    findings: pd.DataFrame


def read_kommune_inputs(question: KommuneQuestion) -> KommuneInputs:
    """Read the files of a kommune map.

    Raises
    ------
    ReadError, DataError, UsageError
        As the readers; ``kommune_table.bad_condition`` for a condition without ``=``.
    """
    form = TableForm(
        sheet=question.sheet,
        decimal=question.decimal,
        where=dict(_part_condition(text) for text in question.where),
        is_dash_nil=not question.dash_missing,
    )
    table = read_kommune_table(
        question.table,
        value=question.value,
        kommune=question.kommune,
        denominator=question.denominator,
        year=question.year,
        form=form,
    )
    if question.kommuner is None:
        return KommuneInputs(table=table, geometry=None, findings=table.findings)
    read = read_kommuner(question.kommuner)
    findings = combine_findings([table.findings, read.findings])
    return KommuneInputs(table=table, geometry=read.frame, findings=findings)


def _part_condition(text: str) -> tuple[str, str]:
    heading, sign, value = text.partition("=")
    if not sign:
        raise UsageError("kommune_table.bad_condition", {"found": text})
    return heading.strip(), value.strip()
