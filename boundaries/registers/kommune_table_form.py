"""The form of a table of kommuner: which row is its heading, which column says what, which rows are meant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from boundaries.registers.aliases import fold_heading
from data.kommune_names import find_kommune_code, is_whole
from geo.danish import Decimal
from geo.errors import UsageError
from geo.loose_tables import LooseTable, clean_text

HEADING_WITHIN_ROWS = 50
"""A heading further down than this is not looked for."""

_KOMMUNE_HEADINGS = (
    *("kommunekode", "kommune_code", "komkode", "kommunenr", "kommune", "komnavn", "kommunenavn", "område"),
    *("bopælskommune", "kommune_navn", "geografi", "kode", "navn", "region og kommune"),
)
_YEAR_HEADINGS = ("tid", "år", "årstal", "year", "periode", "opgørelsesår", "kvartal", "måned")
_PERIOD = re.compile(r"(?:19|20)\d{2}(?:[-/ ]?[KkQqMmHhUu]\d{1,2}|-\d{2}(?:-\d{2})?)?")


@dataclass(frozen=True, kw_only=True)
class TableForm:
    """How a table of kommuner is written, where the program is not to find out.

    Attributes
    ----------
    sheet
        Sheet of a workbook.
    encoding, delimiter
        Of a text table.
    decimal
        The decimal sign, ``","`` or ``"."``.
    where
        Heading to the value that a row must have: of a table by sex, ``{"køn": "I alt"}``.
    is_dash_nil
        ``-`` is nil, as Danmarks Statistik writes it; otherwise it is a missing value.
    """

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Decimal = None
    where: Mapping[str, str] = field(default_factory=dict)
    is_dash_nil: bool = True


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column of a table says what; positions in its rows.

    Attributes
    ----------
    heading
        Position of the row of headings.
    names
        The headings.
    value, kommune
        Of the value, and of the kommune's code or name.
    denominator, year
        None where there is none.
    """

    heading: int
    names: Sequence[str]
    value: int
    kommune: int
    denominator: int | None = None
    year: int | None = None

    def name(self, position: int | None) -> str:
        """Return a heading; empty where there is no such column."""
        return "" if position is None else self.names[position]


def find_columns(
    table: LooseTable, *, value: str, kommune: str | None, denominator: str | None, where: Sequence[str]
) -> Columns:
    """Find the heading of a table and the columns in it.

    The heading is the first row that has all the names asked for.

    Parameters
    ----------
    table
        The cells.
    value, kommune, denominator
        Headings as the user writes them; without `kommune` the column is found by what is in it.
    where
        More headings that must be there.

    Raises
    ------
    UsageError
        ``kommune_table.no_such_column``, ``.column_twice`` or ``.no_kommune_column``.
    """
    wanted = [name for name in (value, kommune, denominator, *where) if name is not None]
    heading = _find_heading(table, wanted)
    if heading is None:
        raise _refuse_heading(table, wanted)
    names = table.rows[heading]
    value_at = find_column(table, names, value)
    denominator_at = None if denominator is None else find_column(table, names, denominator)
    numbers = {value_at, denominator_at}
    body = table.rows[heading + 1 :]
    at = _find_kommune_column(names, body, numbers) if kommune is None else find_column(table, names, kommune)
    if at is None:
        raise UsageError("kommune_table.no_kommune_column", {"source": table.source, "found": _show(names)})
    return Columns(
        heading=heading,
        names=names,
        value=value_at,
        kommune=at,
        denominator=denominator_at,
        year=_find_year_column(names, body, at, numbers | {at}),
    )


def find_column(table: LooseTable, names: Sequence[str], wanted: str) -> int:
    """Return the position of the heading `wanted`.

    Raises
    ------
    UsageError
        ``kommune_table.column_twice`` where there are several of that name.
    """
    exact = [at for at, name in enumerate(names) if name == clean_text(wanted)]
    alike = [at for at, name in enumerate(names) if _is_alike(name, wanted)]
    found = exact if len(exact) == 1 else alike
    if len(found) > 1:
        values = {"source": table.source, "column": wanted, "count": len(found)}
        raise UsageError("kommune_table.column_twice", values)
    return found[0]


def _is_alike(name: str, wanted: str) -> bool:
    return fold_heading(name) == fold_heading(clean_text(wanted))


def _find_heading(table: LooseTable, wanted: Sequence[str]) -> int | None:
    for at, row in enumerate(table.rows[:HEADING_WITHIN_ROWS]):
        if sum(map(bool, row)) > 1 and all(any(_is_alike(cell, name) for cell in row) for name in wanted):
            return at
    return None


def _refuse_heading(table: LooseTable, wanted: Sequence[str]) -> UsageError:
    """Name the heading that is not there, and those that are, the most alike first."""
    names = _guess_headings(table)
    missing = next((name for name in wanted if not any(_is_alike(cell, name) for cell in names)), wanted[0])
    return UsageError(
        "kommune_table.no_such_column",
        {"source": table.source, "column": missing, "found": _show(_sort_by_likeness(names, missing))},
    )


def _guess_headings(table: LooseTable) -> Sequence[str]:
    """Return the last row of several cells above the first row with a kommune in it."""
    above: Sequence[str] = table.rows[0]
    for row in table.rows[:HEADING_WITHIN_ROWS]:
        if any(find_kommune_code(cell) or is_whole(cell) for cell in row if cell):
            break
        if sum(map(bool, row)) > 1:
            above = row
    return above


def _sort_by_likeness(names: Sequence[str], wanted: str) -> list[str]:
    folded = fold_heading(clean_text(wanted))

    def measure(name: str) -> float:
        return SequenceMatcher(None, folded, fold_heading(name)).ratio()

    return sorted(filter(None, names), key=measure, reverse=True)


def _show(names: Sequence[str]) -> str:
    return ", ".join(name for name in names if name) or "–"


def _find_kommune_column(
    names: Sequence[str], body: Sequence[Sequence[str]], taken: set[int | None]
) -> int | None:
    """Find the column with most kommuner in it; most of its cells must be kommuner or wholes."""
    best, best_rank = None, (0, False)
    for at, name in enumerate(names):
        cells = [row[at] for row in body if row[at]]
        codes = [find_kommune_code(cell) for cell in cells]
        fitting_n = sum(1 for cell, code in zip(cells, codes, strict=True) if code or is_whole(cell))
        kommuner_n = len({code for code in codes if code})
        if at in taken or not kommuner_n or fitting_n * 2 <= len(cells):
            continue
        rank = (kommuner_n, any(_is_alike(name, known) for known in _KOMMUNE_HEADINGS))
        if rank > best_rank:
            best, best_rank = at, rank
    return best


def _find_year_column(
    names: Sequence[str], body: Sequence[Sequence[str]], kommune: int, taken: set[int | None]
) -> int | None:
    """Find the column of years: by its heading, or because every row with a kommune has a year in it."""
    rows = [row for row in body if find_kommune_code(row[kommune])]
    for at, name in enumerate(names):
        if at in taken or not rows:
            continue
        is_named = any(_is_alike(name, known) for known in _YEAR_HEADINGS)
        if all(row[at] for row in rows) if is_named else all(_PERIOD.fullmatch(row[at]) for row in rows):
            return at
    return None


def choose_rows(
    table: LooseTable, columns: Columns, *, year: str | None, where: Mapping[str, str]
) -> list[int]:
    """Return the positions of the rows of one year and of the values asked for.

    Raises
    ------
    UsageError
        ``kommune_table.no_such_choice``, ``.several_years``, ``.no_such_year`` or ``.no_year_column``.
    """
    chosen = list(range(columns.heading + 1, len(table.rows)))
    for name, wanted in where.items():
        at = find_column(table, columns.names, name)
        fitting = [row for row in chosen if _is_alike(table.rows[row][at], wanted)]
        if not fitting:
            found = _show(list(dict.fromkeys(table.rows[row][at] for row in chosen)))
            values = {"source": table.source, "column": name, "value": wanted, "found": found}
            raise UsageError("kommune_table.no_such_choice", values)
        chosen = fitting
    return _choose_year(table, columns, chosen, year)


def _choose_year(table: LooseTable, columns: Columns, chosen: list[int], year: str | None) -> list[int]:
    at = columns.year
    if at is None:
        if year is None:
            return chosen
        values = {"source": table.source, "year": year, "found": _show(columns.names)}
        raise UsageError("kommune_table.no_year_column", values)
    years = sorted(
        {table.rows[row][at] for row in chosen if find_kommune_code(table.rows[row][columns.kommune])}
    )
    wanted = clean_text(year) if year is not None else None
    values = {"source": table.source, "column": columns.name(at), "found": ", ".join(years)}
    if wanted is None and len(years) > 1:
        raise UsageError("kommune_table.several_years", values)
    if wanted is not None and wanted not in years:
        raise UsageError("kommune_table.no_such_year", values | {"year": wanted})
    # A note below the table has no year.
    return [row for row in chosen if wanted is None or table.rows[row][at] == wanted]
