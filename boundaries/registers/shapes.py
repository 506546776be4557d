"""The geometry of a register: what is wrong with it, and what was repaired."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.registers.findings import add_details
from boundaries.registers.rows import Rows
from geo.crs import WORKING_CRS
from geo.geometry import find_geometry_problems, repair_geometry

_WRONG_TYPE = "wrong type"  # the reason that `repair_geometry` gives

Shaped = tuple[gpd.GeoSeries, tuple[pd.DataFrame, ...]]


def check_polygons(rows: Rows, *, is_optional: pd.Series | None = None) -> Shaped:
    """Repair the polygons of a register and report what was wrong.

    Parameters
    ----------
    rows
        Rows with a column ``geometry`` in EPSG:25832.
    is_optional
        Where a row may be without geometry, because it lists parcels; nowhere where None.

    Returns
    -------
    GeoSeries
        Valid polygons on the index of the rows; None where there is none to use.
    tuple
        Findings.
    """
    geometry = gpd.GeoSeries(rows.frame["geometry"], crs=WORKING_CRS)
    problems = find_geometry_problems(geometry).set_index("position")["problem"]
    problem = pd.Series(problems.reindex(range(len(geometry))).to_numpy(), index=geometry.index)
    is_needed = pd.Series(data=True, index=geometry.index) if is_optional is None else ~is_optional
    repaired, report = repair_geometry(geometry)
    report = report.set_index(geometry.index[report["position"]])
    is_lost = is_nothing(repaired)
    is_changed = pd.Series(geometry.index.isin(report.index), index=geometry.index)
    findings = (
        _find_null_geometry(rows, problem, is_needed),
        _find_empty_geometry(rows, problem, is_needed),
        *_find_unusable_geometry(rows, is_changed & is_lost, report),
        _find_repaired_geometry(rows, is_changed & ~is_lost, report),
    )
    return repaired.where(~is_lost, None), findings


def _find_null_geometry(rows: Rows, problem: pd.Series, is_needed: pd.Series) -> pd.DataFrame:
    """Find rows of a layer without geometry."""
    return rows.found("geometry_null", (problem == "null") & is_needed)


def _find_empty_geometry(rows: Rows, problem: pd.Series, is_needed: pd.Series) -> pd.DataFrame:
    """Find rows of a layer whose geometry has no coordinates."""
    return rows.found("geometry_empty", (problem == "empty") & is_needed)


def _find_unusable_geometry(
    rows: Rows, where: pd.Series, report: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find geometries that are not polygons, and broken polygons of which no area is left."""
    is_invalid = (report["reason"] != _WRONG_TYPE).reindex(where.index, fill_value=False)
    other_type = rows.found("geometry_wrong_type", where & ~is_invalid)
    broken = rows.found("geometry_beyond_repair", where & is_invalid)
    return (
        add_details(other_type, {"value": report["type_before"]}),
        add_details(broken, {"value": report["reason"]}),
    )


def _find_repaired_geometry(rows: Rows, where: pd.Series, report: pd.DataFrame) -> pd.DataFrame:
    """Find polygons that were made valid; ``other`` shows what changed, ``measure`` the change in m2."""
    change = report["area_after_m2"] - report["area_before_m2"]
    return add_details(
        rows.found("geometry_repaired", where),
        {"value": report["reason"], "other": _describe_repair(report), "measure": change.abs()},
    )


def _describe_repair(report: pd.DataFrame) -> pd.Series:
    """Return ``"1250.0 m² → 1248.5 m²"``, with the parts and what was left out where that changed."""
    columns = ["area_before_m2", "area_after_m2", "parts_before_n", "parts_after_n", "dropped"]
    described = []
    for before, after, parts_before, parts_after, dropped in zip(*(report[c] for c in columns), strict=True):
        parts = f", {parts_before} → {parts_after}" if parts_before != parts_after else ""
        left_out = f", − {dropped}" if dropped else ""
        described.append(f"{before:.1f} m² → {after:.1f} m²{parts}{left_out}")
    return pd.Series(described, index=report.index, dtype="str")


def is_nothing(geometry: gpd.GeoSeries) -> pd.Series:
    """Tell which geometries are missing or empty."""
    shapes = np.asarray(geometry, dtype=object)
    return pd.Series(shapely.is_missing(shapes) | shapely.is_empty(shapes), index=geometry.index)


def no_geometry(index: pd.Index) -> gpd.GeoSeries:
    """Return None for every row of `index`."""
    return gpd.GeoSeries([None] * len(index), index=index, crs=WORKING_CRS)


def take_points(geometry: gpd.GeoSeries) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return x, y and a mask of what is neither a point nor missing."""
    problems = find_geometry_problems(geometry, expected="point").set_index("position")["problem"]
    problem = pd.Series(problems.reindex(range(len(geometry))).to_numpy(), index=geometry.index)
    points = geometry.where(problem.isna().to_numpy(), None)
    x, y = (pd.Series(values, index=geometry.index, dtype=np.float64) for values in (points.x, points.y))
    return x, y, problem.isin(["wrong_type", "invalid"])
