"""Published values to lists: the figures that the ministry printed, judged by the law of their date.

What is printed is compared as printed: exactly 50.0 is not over 50, whatever it was rounded from.
The table's own ``category`` is the answer and is never read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pandas as pd

from boundaries.designation.categories import AreaTests, designate
from boundaries.designation.law import Basis, Criterion, Rules, Threshold, rules_on
from boundaries.designation.lists import check_earlier_lists, load_published_history, resolve_area_name
from boundaries.designation.margins import PersonMargin, measure_residents
from boundaries.designation.published_rows import (
    FIGURE_COLUMNS,
    NATIONAL_COLUMN,
    PublishedRow,
    TextRows,
    read_published_rows,
)
from boundaries.designation.verdict import Status, judge
from data.texts import Texts


@dataclass(frozen=True)
class PublishedFigure:
    """A criterion as printed, held against its threshold.

    Attributes
    ----------
    status
        Undecided where the figure, or the national share that it is measured by, is missing.
    figure
        In percent, exact; None where missing.
    limit
        In percent; for a multiple of the national share the limit that it makes; None where missing.
    compare
        How `figure` must stand to `limit`.
    """

    status: Status
    figure: Fraction | None
    limit: Fraction | None
    compare: str

    def to_json(self) -> dict[str, object]:
        """Return plain values; numbers as exact decimal text, the distance in percentage points."""
        is_known = self.figure is not None and self.limit is not None
        distance = (
            abs(self.figure - self.limit) if self.figure is not None and self.limit is not None else None
        )
        return {
            "status": str(self.status),
            "figure": _decimal_text(self.figure),
            "compare": self.compare,
            "limit": _decimal_text(self.limit),
            "distance_pct_points": _decimal_text(distance) if is_known else None,
        }


@dataclass(frozen=True)
class PublishedDecision:
    """One area on one list, by its published figures.

    Attributes
    ----------
    list_date
        Date of the list; its law is the one applied.
    area, kommune
        As in the table.
    line
        Line of the table's file.
    residents
        Status of the required number of residents.
    residents_margin
        Residents fewer or more that would cross it; None where the number is missing.
    figures
        By criterion that the date's law knows.
    prevention
        The same against the lower limits of § 61 b; empty before them.
    is_listed
        Whether the area is on a list.
    term
        Category in the law's word on the date; None where it has none for certain.
    possible
        Terms that what is unknown could give it.
    notes
        Keys below ``list.note`` in the texts, with the values of their sentence: what is missing.
    """

    list_date: date
    area: str
    kommune: str
    line: int
    residents: Status
    residents_margin: PersonMargin | None
    figures: Mapping[Criterion, PublishedFigure]
    prevention: Mapping[Criterion, PublishedFigure]
    is_listed: Status
    term: str | None
    possible: tuple[str, ...]
    notes: tuple[tuple[str, Mapping[str, str]], ...]

    def to_json(self, texts: Texts | None = None) -> dict[str, object]:
        """Return plain values; `is_listed` is null where undecided, notes are sentences given `texts`."""
        margin = self.residents_margin
        return {
            "list_date": self.list_date.isoformat(),
            "area": self.area,
            "kommune": self.kommune,
            "is_listed": None if self.is_listed is Status.UNDECIDED else self.is_listed is Status.MET,
            "category": self.term,
            "possible_categories": list(self.possible),
            "residents": str(self.residents),
            "criteria": {str(key): str(figure.status) for key, figure in self.figures.items()},
            "prevention_criteria": {str(key): str(figure.status) for key, figure in self.prevention.items()},
            "margins": {
                "residents": {"persons_n": margin.persons_n, "direction": margin.direction}
                if margin
                else None,
                **{str(key): figure.to_json() for key, figure in self.figures.items()},
            },
            "notes": [texts.get(f"list.note.{key}", values) if texts else key for key, values in self.notes],
        }


@dataclass(frozen=True)
class PublishedClassification:
    """Every row of a table of published values, decided, and what was wrong with the table."""

    decisions: tuple[PublishedDecision, ...]
    findings: pd.DataFrame

    def to_json(self, texts: Texts | None = None) -> list[dict[str, object]]:
        """Return the decisions as plain values, in the table's order."""
        return [decision.to_json(texts) for decision in self.decisions]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a decision: date, area, kommune, listed, category, and a column a criterion."""
        rows = [
            {
                "list_date": decision.list_date.isoformat(),
                "area": decision.area,
                "kommune": decision.kommune,
                "is_listed": str(decision.is_listed),
                "category": decision.term,
                "residents": str(decision.residents),
                **{str(key): _status_of(decision, key) for key in Criterion},
            }
            for decision in self.decisions
        ]
        columns = ["list_date", "area", "kommune", "is_listed", "category", "residents", *map(str, Criterion)]
        return pd.DataFrame(rows, columns=columns)


def _status_of(decision: PublishedDecision, criterion: Criterion) -> str | None:
    return str(decision.figures[criterion].status) if criterion in decision.figures else None


def classify_published(table: TextRows) -> PublishedClassification:
    """Say of every row of a table of published values whether it belongs on the list of its date.

    Parameters
    ----------
    table
        Columns ``area``, ``year`` or ``list_date`` (which wins), at will ``kommune``, ``residents``, the
        figures in percent (`FIGURE_COLUMNS`) and `NATIONAL_COLUMN`. Decimal point or comma; an empty
        cell or ``..`` is missing, and undecided. Without ``list_date`` a year's list is that of 1 October
        until 2013 and of 1 December from 2014. Other columns, ``category`` above all, are not read.

    Returns
    -------
    PublishedClassification
        A decision for every row with a name and a date. A cell that cannot be read is a finding and
        counts as missing.

    Raises
    ------
    DataError
        ``law.published_columns``, naming the columns that the table must have.
    """
    rows, findings = read_published_rows(table)
    return PublishedClassification(tuple(_decide(row) for row in rows), findings)


def _decide(row: PublishedRow) -> PublishedDecision:
    rules = rules_on(row.list_date)
    residents_n = row.residents_n
    residents = judge(
        None if residents_n is None else Fraction(residents_n), ">=", Fraction(rules.residents_min_n)
    )
    figures = _judge_figures(row, rules.main.thresholds)
    prevention = _judge_figures(row, rules.prevention.thresholds) if rules.prevention else {}
    area_key = resolve_area_name(row.area, row.kommune)
    tests = AreaTests(
        residents,
        {criterion: figure.status for criterion, figure in figures.items()},
        {criterion: figure.status for criterion, figure in prevention.items()},
        check_earlier_lists(load_published_history(), area_key, row.list_date),
    )
    designation = designate(tests, rules)
    return PublishedDecision(
        list_date=row.list_date,
        area=row.area,
        kommune=row.kommune,
        line=row.line,
        residents=residents,
        residents_margin=None
        if residents_n is None
        else measure_residents(residents_n, rules.residents_min_n),
        figures=figures,
        prevention=prevention,
        is_listed=designation.is_listed,
        term=designation.term,
        possible=tuple(rules.terms[category] for category in designation.possible),
        notes=_note_missing(tests, figures, rules),
    )


def _judge_figures(
    row: PublishedRow, thresholds: Mapping[Criterion, Threshold]
) -> dict[Criterion, PublishedFigure]:
    figures = {}
    for criterion in (each for each in Criterion if each in thresholds):
        threshold, value = thresholds[criterion], row.figures[criterion]
        if threshold.basis is Basis.NATIONAL_MULTIPLE:
            limit = None if row.national_convicted is None else threshold.value * row.national_convicted
        else:
            limit = threshold.value * 100
        status = judge(value, threshold.compare, limit)
        figures[criterion] = PublishedFigure(status, value, limit, threshold.compare)
    return figures


def _note_missing(
    tests: AreaTests, figures: Mapping[Criterion, PublishedFigure], rules: Rules
) -> tuple[tuple[str, Mapping[str, str]], ...]:
    notes: list[tuple[str, Mapping[str, str]]] = []
    if tests.residents is Status.UNDECIDED:
        notes.append(("missing_residents", {"column": "residents"}))
    notes += [
        ("missing_figure", {"column": FIGURE_COLUMNS[criterion]})
        for criterion, figure in figures.items()
        if figure.figure is None
    ]
    if any(figure.figure is not None and figure.limit is None for figure in figures.values()):
        notes.append(("missing_national", {"column": NATIONAL_COLUMN}))
    if rules.transformation_lists_n and tests.earlier_lists is Status.UNDECIDED:
        unknown = load_published_history().find_unknown(rules.on, rules.transformation_lists_n - 1)
        notes.append(("unknown_lists", {"lists": ", ".join(day.isoformat() for day in unknown)}))
    return tuple(notes)


def _decimal_text(value: Fraction | None) -> str | None:
    """Return a fraction as decimal text; exact where it has a finite decimal, else six decimals."""
    if value is None:
        return None
    scaled = value * 10**6
    text = f"{scaled.numerator // scaled.denominator:07d}"
    return f"{text[:-6]}.{text[-6:]}".rstrip("0").rstrip(".")
