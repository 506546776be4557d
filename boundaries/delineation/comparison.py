"""Two delineations of one area side by side: what changed, dwelling by dwelling, and in persons."""

from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.model import Assessment, Decision, Reason
from geo.errors import UsageError

COMPARED_COLUMNS = ("piece", "extension_id", "decision", "reason")
"""What is set side by side, with ``_before`` and ``_after``."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked about the dwellings of an area.

    Attributes
    ----------
    area_id
        The area.
    near_m
        How far around it dwellings are listed too, metres.
    compare_on
        Another date to set beside the status date.
    without_extension
        Set the answer beside one in which this extension was never approved; goes before `compare_on`.
    """

    area_id: str
    near_m: float = 100.0
    compare_on: date | None = None
    without_extension: str | None = None


@dataclass(frozen=True, kw_only=True)
class ComparedSides:
    """What a comparison sets beside each other.

    Attributes
    ----------
    before_on, after_on
        Status dates of the two sides.
    pieces_before, pieces_after
        The lineage of the area on each, columns of `Assessment.pieces`; no rows where it is not in force.
    without_extension
        The extension that the side before is without; None where two dates are compared.
    """

    before_on: date
    after_on: date
    pieces_before: gpd.GeoDataFrame
    pieces_after: gpd.GeoDataFrame
    without_extension: str | None = None


@dataclass(frozen=True, kw_only=True)
class DwellingCheck:
    """Every dwelling in and near an area, and the sums that follow.

    Attributes
    ----------
    area_id, name
        The area.
    status_date
        The date of the answer; of the later one where two are compared.
    dwellings
        Columns of `Assessment.dwellings`; with a comparison also `COMPARED_COLUMNS` of both and
        ``is_changed``.
    counts
        One row a decision: ``decision``, ``dwellings_n`` and, where residents are known,
        ``residents_n``; with a comparison
        ``dwellings_before_n``, ``dwellings_after_n``, ``dwellings_change_n`` and likewise residents.
    pieces
        The lineage of the area, columns of `Assessment.pieces`.
    is_synthetic
        The inputs are made up.
    sides
        What is compared; None where one answer stands alone.
    """

    area_id: str
    name: str
    status_date: date
    dwellings: pd.DataFrame
    counts: pd.DataFrame
    pieces: gpd.GeoDataFrame
    is_synthetic: bool = False
    sides: ComparedSides | None = None


def check_area(assessment: Assessment, area_id: str, *, near_m: float = 100.0) -> DwellingCheck:
    """List every dwelling in an area, and those around it within a distance.

    Parameters
    ----------
    assessment
        The answer for one date.
    area_id
        One of its areas.
    near_m
        How far outside the area dwellings are listed too, metres; dwellings without a position are
        in no area's list.

    Raises
    ------
    UsageError
        Where the area is not in force on the date (``delineation.unknown_area``).
    """
    name, shape = _find_area(assessment, area_id)
    extensions = assessment.extensions
    own = shapely.union_all([shape, *extensions.loc[extensions["area_id"].eq(area_id), "geometry"]])
    dwellings = _see_from(assessment.dwellings, area_id)
    is_chosen = dwellings["area_id"].eq(area_id).fillna(value=False).to_numpy(dtype=bool, copy=True)
    placed = np.flatnonzero((dwellings["x"].notna() & dwellings["y"].notna()).to_numpy())
    points = shapely.points(dwellings["x"].to_numpy()[placed], dwellings["y"].to_numpy()[placed])
    is_chosen[placed] |= shapely.dwithin(own, points, near_m)
    chosen = dwellings[is_chosen]
    return DwellingCheck(
        area_id=area_id,
        name=name,
        status_date=assessment.status_date,
        dwellings=chosen.reset_index(drop=True),
        counts=_count(assessment, area_id),
        pieces=_take_pieces(assessment, area_id),
        is_synthetic=assessment.is_synthetic,
    )


def compare_area(
    before: Assessment, after: Assessment, area_id: str, *, near_m: float = 100.0
) -> DwellingCheck:
    """Set an area before and after side by side.

    Parameters
    ----------
    before, after
        Two dates, or one date without and with an extension.
    area_id
        An area of at least one of them.
    near_m
        As in `check_area`.

    Raises
    ------
    UsageError
        Where neither knows the area.
    """
    holders = [one for one in (after, before) if one.areas["area_id"].eq(area_id).any()]
    checks = [check_area(one, area_id, near_m=near_m) for one in holders or [after]]
    ids = pd.concat([check.dwellings["dwelling_id"] for check in checks]).drop_duplicates()
    old, new = (
        _see_from(one.dwellings[one.dwellings["dwelling_id"].isin(ids)].reset_index(drop=True), area_id)
        for one in (before, after)
    )
    columns = ["dwelling_id", *COMPARED_COLUMNS]
    sides = new[["dwelling_id"]].merge(old[columns], on="dwelling_id", how="left")
    sides = sides.merge(new[columns], on="dwelling_id", suffixes=("_before", "_after"))
    joined = new.merge(sides, on="dwelling_id")
    joined["is_changed"] = joined["reason_before"].ne(joined["reason_after"])
    counts = _count(before, area_id, "_before").merge(_count(after, area_id, "_after"), on="decision")
    for what in ("dwellings", "residents") if "residents_after_n" in counts else ("dwellings",):
        counts[f"{what}_change_n"] = counts[f"{what}_after_n"] - counts[f"{what}_before_n"]
    compared = ComparedSides(
        before_on=before.status_date,
        after_on=after.status_date,
        pieces_before=_take_pieces(before, area_id),
        pieces_after=_take_pieces(after, area_id),
    )
    return replace(checks[0], status_date=after.status_date, dwellings=joined, counts=counts, sides=compared)


def _take_pieces(assessment: Assessment, area_id: str) -> gpd.GeoDataFrame:
    return assessment.pieces[assessment.pieces["area_id"].eq(area_id)].reset_index(drop=True)


def _see_from(dwellings: pd.DataFrame, area_id: str) -> pd.DataFrame:
    """Put the dwellings of neighbouring areas outside: they do not count toward this one."""
    is_other = dwellings["area_id"].notna() & dwellings["area_id"].ne(area_id)
    return dwellings.assign(
        decision=dwellings["decision"].mask(is_other, Decision.OUTSIDE.value),
        reason=dwellings["reason"].mask(is_other, Reason.IN_OTHER_AREA.value),
    )


def _find_area(assessment: Assessment, area_id: str) -> tuple[str, shapely.Geometry]:
    areas = assessment.areas
    own = areas[areas["area_id"].eq(area_id)]
    if own.empty:
        known = ", ".join(areas["area_id"] + " " + areas["name"]) or "–"
        raise UsageError(
            "delineation.unknown_area", {"area": area_id, "date": assessment.status_date, "known": known}
        )
    return str(own["name"].iloc[0]), own.geometry.iloc[0]


def _count(assessment: Assessment, area_id: str, side: str = "") -> pd.DataFrame:
    own = assessment.areas[assessment.areas["area_id"].eq(area_id)]
    inside = (Decision.COUNTED, Decision.NOT_COUNTED, Decision.UNDECIDED)
    columns: dict[str, list[object]] = {"decision": [decision.value for decision in inside]}
    columns[f"dwellings{side}_n"] = [int(own[f"{decision.value}_n"].sum()) for decision in inside]
    if assessment.has_residents:
        columns[f"residents{side}_n"] = [
            int(own[f"residents_{decision.value}_n"].sum()) for decision in inside
        ]
    return pd.DataFrame(columns)
