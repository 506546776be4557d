"""A sheet of a workbook as a CSV file of its own, the same words and digits in it."""

from decimal import Decimal
from pathlib import Path

import pandas as pd

from geo.writers import write_csv
from maps import labels


def write_sheet(path: Path, sheet: pd.DataFrame, *, overwrite: bool = False) -> None:
    """Write a sheet as `geo.writers.write_csv` does, whose columns may hold several kinds of cell.

    Parameters
    ----------
    path
        The file to write; its folder must exist.
    sheet
        A column of objects may hold numbers, decimals and words together: a decimal is written with a
        comma and all its digits, anything else as it reads, and missing is empty.
    overwrite
        Replace an existing file; it survives any failure.

    Raises
    ------
    WriteError
        As `geo.writers.replace_file`.
    """
    mixed = {str(name): _to_text(sheet[name]) for name in sheet if sheet[name].dtype == object}
    write_csv(path, sheet.assign(**mixed), overwrite=overwrite)


def _to_text(column: pd.Series) -> pd.Series:
    """Return cells of any kind as text, decimals with a comma."""
    return column.map(_write_cell).astype("str")


def _write_cell(cell: object) -> object:
    if labels.is_missing(cell):
        return pd.NA
    return str(cell).replace(".", ",") if isinstance(cell, Decimal) else str(cell)
