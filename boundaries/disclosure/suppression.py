"""Hide counts of persons that are so small that they speak of someone.

Primary: a count from 1 up to the threshold. Secondary: where the sum of a line is known and the hidden
counts in it could be worked out from the sum, more counts are hidden, the smallest first.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.model import Assessment, ResidentTotals

RESIDENT_COLUMNS = ("residents_counted_n", "residents_not_counted_n", "residents_undecided_n")
"""Counts of persons by area whose sums over all areas are known."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """An answer as it may be shown to anyone.

    Attributes
    ----------
    assessment
        As `suppress_assessment` returns it.
    profile
        As `profile_areas` returns it.
    """

    assessment: Assessment
    profile: pd.DataFrame


def publish_assessment(assessment: Assessment) -> Published:
    """Hide what may not be shown; nothing but the result may reach a page or a file."""
    return Published(assessment=suppress_assessment(assessment), profile=profile_areas(assessment))


def hide_small_counts(counts: NDArray[np.int64], threshold_n: int) -> NDArray[np.bool_]:
    """Choose which counts of a line with a known sum to hide.

    Parameters
    ----------
    counts
        Non-negative integers, one line of a table.
    threshold_n
        Counts from 1 up to, not including, this are hidden.

    Returns
    -------
    NDArray[np.bool_]
        True where hidden. Either nothing is hidden, or at least two counts are, and their sum leaves
        more than one way to share it out. Where no other count is left to hide, all of them are.
    """
    hidden = (counts > 0) & (counts < threshold_n)
    while hidden.any() and _is_recoverable(counts, hidden, threshold_n):
        candidates = np.flatnonzero(~hidden & (counts > 0))
        if not len(candidates):
            return np.ones(len(counts), dtype=bool)
        hidden[candidates[np.argmin(counts[candidates])]] = True
    return hidden


def _is_recoverable(counts: NDArray[np.int64], hidden: NDArray[np.bool_], threshold_n: int) -> bool:
    number, total = int(hidden.sum()), int(counts[hidden].sum())
    # One hidden count is the sum less the rest; several are known where all are 1 or all are largest.
    return number == 1 or total in {number, number * (threshold_n - 1)}


def suppress_assessment(assessment: Assessment) -> Assessment:
    """Return the assessment as it may be published.

    Returns
    -------
    Assessment
        The counts of persons in ``areas`` are ``Int64`` with NA where hidden; with a hidden part, the
        ends of the interval that would give it back are hidden too. ``residents``, a table of age by
        origin, has no rows: see `profile_areas`. ``totals`` is None where any count is hidden, so
        that no difference gives it back. Dwellings are things, not persons, and stay.
    """
    if not assessment.has_residents:
        return assessment
    threshold_n = assessment.settings.suppression_threshold_n
    areas = assessment.areas.copy()
    hidden = {
        column: hide_small_counts(areas[column].to_numpy(dtype="int64"), threshold_n)
        for column in RESIDENT_COLUMNS
    }
    hidden["residents_min_n"] = hidden["residents_counted_n"]
    hidden["residents_max_n"] = hidden["residents_counted_n"] | hidden["residents_undecided_n"]
    for column, mask in hidden.items():
        areas[column] = areas[column].astype("Int64").mask(mask)
    is_any = any(mask.any() for mask in hidden.values()) or _has_small(assessment.totals, threshold_n)
    return replace(
        assessment,
        areas=areas,
        residents=assessment.residents.iloc[:0],
        totals=None if is_any else assessment.totals,
    )


def profile_areas(assessment: Assessment) -> pd.DataFrame:
    """Count the counted residents of each area by age group and by origin, small counts hidden.

    Parameters
    ----------
    assessment
        Unsuppressed.

    Returns
    -------
    pd.DataFrame
        ``area_id``, ``dimension`` ("age_group" or "origin_group"), ``group``, ``residents_n``
        (Int64, NA where hidden). All of an area's are hidden where its sum is.
    """
    threshold_n = assessment.settings.suppression_threshold_n
    shown = suppress_assessment(assessment).areas.set_index("area_id")["residents_counted_n"].notna()
    parts = []
    for dimension in ("age_group", "origin_group"):
        sums = assessment.residents.groupby(["area_id", dimension], sort=False)["counted_n"].sum()
        for area_id, line in sums.groupby(level="area_id", sort=False):
            counts = line.to_numpy(dtype="int64")
            is_shown = bool(shown.get(area_id, False))
            mask = hide_small_counts(counts, threshold_n) if is_shown else np.ones(len(counts), dtype=bool)
            values = pd.array(counts, dtype="Int64")
            values[mask] = pd.NA
            groups = line.index.get_level_values(dimension)
            parts.append(
                pd.DataFrame(
                    {"area_id": area_id, "dimension": dimension, "group": groups, "residents_n": values}
                )
            )
    if not parts:
        return pd.DataFrame(columns=["area_id", "dimension", "group", "residents_n"])
    return pd.concat(parts, ignore_index=True)


def suppress_counts(counts: pd.DataFrame, threshold_n: int) -> pd.DataFrame:
    """Hide small counts of persons, ``residents_n``, as in `hide_small_counts`; Int64, NA where hidden."""
    if "residents_n" not in counts:
        return counts
    hidden = hide_small_counts(counts["residents_n"].to_numpy(dtype="int64"), threshold_n)
    return counts.assign(residents_n=counts["residents_n"].astype("Int64").mask(hidden))


def hide_as_published(
    counts: pd.DataFrame, assessment: Assessment, area_id: str, column: str = "residents_n"
) -> pd.DataFrame:
    """Hide the persons of an area that the table of all areas hides too.

    A count that is large enough by itself may be hidden there for the sake of a neighbour: shown here, it
    would give the neighbour's back from the sum of all areas.

    Parameters
    ----------
    counts
        One row a decision: ``decision`` and `column`.
    assessment
        Unsuppressed; the answer that `counts` is of.
    area_id
        The area; where the assessment does not know it, nothing is hidden.
    column
        The persons.

    Returns
    -------
    pd.DataFrame
        The same with `column` as ``Int64``, NA where hidden.
    """
    shown = suppress_assessment(assessment).areas.set_index("area_id")
    if column not in counts or area_id not in shown.index:
        return counts
    mask = [bool(pd.isna(shown.loc[area_id, f"residents_{decision}_n"])) for decision in counts["decision"]]
    return counts.assign(**{column: counts[column].astype("Int64").mask(np.array(mask))})


def suppress_change(counts: pd.DataFrame, threshold_n: int) -> pd.DataFrame:
    """Hide the persons after, and the change, where a comparison would reveal a small number.

    Parameters
    ----------
    counts
        ``residents_before_n``, ``residents_after_n``, ``residents_change_n``; NA where already hidden.
    threshold_n
        As in `hide_small_counts`; holds for the counts and for the size of the change.

    Returns
    -------
    pd.DataFrame
        The same with ``Int64`` columns, NA where hidden.
    """
    if "residents_change_n" not in counts:
        return counts
    columns = ["residents_before_n", "residents_after_n", "residents_change_n"]
    small_before, small_after, small_change = (
        counts[column].isna()
        | counts[column].abs().between(1, threshold_n - 1).fillna(value=False).astype(bool)
        for column in columns
    )
    is_hidden = {
        "residents_before_n": small_before,
        "residents_after_n": small_after | small_change,
        "residents_change_n": small_before | small_after | small_change,
    }
    return counts.assign(
        **{column: counts[column].astype("Int64").mask(mask) for column, mask in is_hidden.items()}
    )


def _has_small(totals: ResidentTotals | None, threshold_n: int) -> bool:
    if totals is None:
        return True
    parts = (totals.counted_n, totals.not_counted_n, totals.undecided_n, totals.outside_n)
    return any(0 < part < threshold_n for part in parts)
