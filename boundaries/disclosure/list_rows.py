"""The rows of the published criteria: each figure rounded, and shown or hidden."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

import pandas as pd

from boundaries.designation.law import CriteriaSet, Criterion
from boundaries.designation.margins import Share
from boundaries.designation.verdict import Status
from boundaries.disclosure.list_cells import Shown, is_small, round_to

CRITERIA_COLUMNS = (
    "area_id", "criteria_set", "criterion", "parameter", "status", "is_open", "value", "low", "high",
    "compare", "limit", "numerator", "denominator", "missing_n", "undecided_n", "margin_n",
    "margin_direction", "mean_income_dkk", "limit_dkk", "margin_per_person_dkk", "hidden",
)  # fmt: skip
"""Columns of the published criteria. `value`, `low` and `high` are rounded fractions of 1, `numerator`
is persons of the status year (full-time persons with decimals), `parameter` the law's threshold,
`is_open` whether what is unknown can change the answer, `hidden` the names of hidden columns, with commas."""

STEPS: Mapping[Criterion, Fraction] = dict.fromkeys(Criterion, Fraction(1, 1000)) | {
    Criterion.CONVICTED: Fraction(1, 10_000)
}
"""Published shares are rounded as the ministry rounds them: 0.1 percentage point, convicted 0.01."""

MEAN_INCOME_STEP_DKK = 100
"""Means of incomes, and margins a person, are rounded to so many kroner."""

TOTAL_INCOME_STEP_DKK = 1000
"""Margins of a group's whole income are rounded up to so many kroner."""


def read_share(year: Mapping[str, Any], side: str = "") -> Share:
    """Read a year of the indicators, or an end of its interval (``low_``, ``high_``)."""
    return Share(int(year[f"{side}numerator"]), int(year[f"{side}denominator"]), int(year["unit"]))


def join_names(*names: str) -> str:
    """Join names of columns with commas, empty ones left out."""
    return ",".join(name for name in names if name)


def to_words(column: pd.Series) -> pd.Series:
    """Return a column as text, missing where it is None or NA."""
    words = [pd.NA if value is None or pd.isna(value) else str(value) for value in column]
    return pd.Series(words, index=column.index, dtype="str")


Figures = dict[str, tuple[object, bool]]
"""Column to its figure and whether it is shown."""


def finish_row(
    row: Mapping[str, Any], figures: Figures, criteria_set: CriteriaSet | None
) -> dict[str, object]:
    """Put a published row together: what is shown, and the names of what is hidden.

    Parameters
    ----------
    row
        Of `boundaries.designation.criteria.CRITERIA_COLUMNS`.
    figures
        The rest of the columns; a missing figure is missing, not hidden.
    criteria_set
        The row's set, for the threshold's name in the law.
    """
    if criteria_set is None:
        raise AssertionError(row["criteria_set"])
    finished = {name: row[name] for name in ("area_id", "criteria_set", "criterion", "compare", "limit")}
    finished["parameter"] = criteria_set.thresholds[Criterion(row["criterion"])].parameter
    finished |= {name: figure if is_shown else None for name, (figure, is_shown) in figures.items()}
    hidden = [
        name for name, (figure, is_shown) in figures.items() if not is_shown and not _is_missing(figure)
    ]
    return finished | {"hidden": join_names(*hidden)}


def _is_missing(figure: Any) -> bool:
    return figure is None or bool(pd.isna(figure))


class RowPublisher:
    """One row of the criteria, figure by figure."""

    def __init__(
        self, row: Mapping[str, Any], years: list[dict[str, Any]], shown: Shown, threshold_n: int
    ) -> None:
        self._row, self._years, self._shown, self._threshold_n = row, years, shown, threshold_n
        self._step = STEPS[Criterion(row["criterion"])]

    def describe_persons(self) -> Figures:
        """Return share, numerator, denominator and margin in persons."""
        share, shown = read_share(self._years[-1]), self._shown
        numerator = round_to(Fraction(share.numerator, share.unit), Fraction(1, 10))
        return {
            "value": (self._round(self._row["value"]), shown.has_value),
            "numerator": (float(numerator), shown.has_numerator),
            "denominator": (share.denominator, shown.has_denominator),
            "margin_n": (self._row["margin_n"], shown.has_margins),
            "margin_direction": (self._row["margin_direction"], True),
        }

    def describe_income(self) -> Figures:
        """Return the rounded mean, its share of the region's, and the margin in kroner."""
        share, row, shown = read_share(self._years[-1]), self._row, self._shown
        is_any = bool(share.denominator)
        mean = share.value if is_any else None
        figures: Figures = {
            "value": (self._round(row["value"]), shown.has_value),
            "denominator": (share.denominator, shown.has_denominator),
            "mean_income_dkk": (_round_dkk(mean), shown.has_value),
            "limit_dkk": (_whole(row["limit_dkk"]), True),
            "margin_direction": (row["margin_direction"], True),
        }
        if not is_any:
            return figures
        total = ceil(Fraction(int(row["margin_n"]), TOTAL_INCOME_STEP_DKK)) * TOTAL_INCOME_STEP_DKK
        each = ceil(row["margin_per_person_dkk"] / MEAN_INCOME_STEP_DKK) * MEAN_INCOME_STEP_DKK
        return figures | {
            "margin_n": (total, shown.has_margins and shown.has_denominator),
            "margin_per_person_dkk": (each, shown.has_margins),
        }

    def describe_unknown(self, *, is_hidden: bool) -> Figures:
        """Return missing values, persons of undecided dwellings, and the interval that they make."""
        has_undecided = not is_hidden and not any(
            is_small(int(year["undecided_n"]), self._threshold_n) for year in self._years
        )
        has_interval = self._shown.has_value and has_undecided and self._is_interval_safe()
        low, high = self._row["low"], self._row["high"]
        is_single = low == high == self._row["value"]
        return {
            "missing_n": (self._row["missing_n"], self._shown.has_missing),
            "undecided_n": (self._row["undecided_n"], has_undecided),
            "low": (self._round(low) if is_single else self._round(low, up=False), has_interval),
            "high": (self._round(high) if is_single else self._round(high, up=True), has_interval),
        }

    def describe_status(self, *, is_hidden: bool) -> Figures:
        """Return whether it is met, and whether what is unknown can change that."""
        status, known = str(self._row["status"]), str(self._row["known_status"])
        is_open = status == Status.UNDECIDED.value and known != Status.UNDECIDED.value
        return {"status": (status, not is_hidden), "is_open": (is_open, not is_hidden)}

    def _is_interval_safe(self) -> bool:
        """Tell whether the ends speak of no few persons: those added, and those of them in the numerator."""
        is_income = self._row["criterion"] == Criterion.INCOME
        for year in self._years:
            known = read_share(year)
            for side in ("low_", "high_"):
                end = read_share(year, side)
                group = abs(end.denominator - known.denominator)
                inside = abs(Fraction(end.numerator - known.numerator, known.unit))
                numbers = (group,) if is_income else (group, inside, abs(group - inside))
                if any(is_small(number, self._threshold_n) for number in numbers):
                    return False
        return True

    def _round(self, value: Fraction | None, *, up: bool | None = None) -> Fraction | None:
        if value is None:
            return None
        if up is None:
            return round_to(value, self._step)
        return (ceil(value / self._step) if up else value // self._step) * self._step


def _round_dkk(mean: Fraction | None) -> int | None:
    return None if mean is None else int(round_to(mean, Fraction(MEAN_INCOME_STEP_DKK)))


def _whole(amount: Fraction | None) -> int | None:
    return None if _is_missing(amount) or amount is None else int(round_to(amount, Fraction(1)))
