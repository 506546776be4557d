"""The map of the 98 kommuner, from every shape that official files have."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.model import make_empty_kommuner
from boundaries.registers.aliases import ALIASES, match_columns
from boundaries.registers.columns import map_distinct
from boundaries.registers.findings import combine_findings, empty_findings
from boundaries.registers.kommune_findings import find_in_file, find_in_rows
from boundaries.registers.project import Project
from boundaries.registers.rows import Rows
from boundaries.registers.shapes import check_polygons
from data.kommune_names import (
    CHRISTIANSOE,
    find_kommune_code,
    name_kommune,
    name_nearest,
)
from data.kommuner import load_kommuner
from geo.coverage import clean_coverage, is_coverage
from geo.crs import WORKING_CRS, is_in_denmark
from geo.geometry import as_multipolygon
from geo.overlay import find_overlaps
from geo.readers import read_layer

REGISTER = "kommuner"

OVERLAP_SHARE = 0.01
"""Polygons that share more than this of the smaller one lie on top of each other; less is digitising."""


@dataclass(frozen=True, kw_only=True)
class KommunerRead:
    """The map of the kommuner, and what was found on the way.

    Attributes
    ----------
    frame
        As `boundaries.model.Registers.kommuner`.
    findings
        Columns `FINDING_COLUMNS`; with an error the frame should not be used.
    """

    frame: gpd.GeoDataFrame
    findings: pd.DataFrame


def read_kommuner(path: Path | str, *, layer: str | None = None, crs: str | None = None) -> KommunerRead:
    """Read a map of the kommuner without a project.

    Parameters
    ----------
    path
        Any file of `geo.readers.read_layer` with a column of codes or names of kommuner; one row a
        kommune or one row a part.
    layer
        Name of the layer; may be left out where there is one only.
    crs
        Only for a file that does not say its own, e.g. ``"EPSG:25832"``.

    Returns
    -------
    KommunerRead
        Sorted by code, in EPSG:25832.

    Raises
    ------
    ReadError, UsageError, DataError
        As `geo.readers.read_layer`: the file cannot be read, or lies nowhere in Denmark.
    """
    text = read_layer(path, layer=layer, crs=crs)
    headings = [heading for heading in text.frame.columns if heading != "geometry"]
    names = ["kommune_code", "name"]
    match = match_columns(headings, names, register=REGISTER, fields={})
    named = pd.DataFrame({name: text.frame[heading] for name, heading in match.headings.items()})
    frame = named.assign(geometry=text.frame.geometry) if match.headings else pd.DataFrame()
    origin = pd.DataFrame(
        {"file": text.file, "layer": text.layer, "line": text.line.astype("Int64")}, index=frame.index
    )
    rows = Rows(
        register=REGISTER,
        frame=frame,
        origin=origin,
        record_id=named.iloc[:, 0] if match.headings else pd.Series(dtype="str"),
        headings={text.file: match.headings},
        present=frozenset(match.headings),
    )
    return build_kommuner(rows, file=text.file)


def read_project_kommuner(raw: Rows, project: Project) -> KommunerRead:
    """Read the map of the kommuner of a project; one that names none has no rows and no fault.

    Parameters
    ----------
    raw
        Rows of the register ``kommuner``.
    project
        As `load_project` returns it.

    Returns
    -------
    KommunerRead
        As `build_kommuner`.
    """
    source = project.sources.get(REGISTER)
    if source is None:
        return KommunerRead(frame=make_empty_kommuner(), findings=empty_findings())
    return build_kommuner(raw, file=", ".join(project.name_file(file) for file in source.files))


def build_kommuner(raw: Rows, *, file: str) -> KommunerRead:
    """Make one polygon a kommune of rows as they stood.

    Rows of one kommune are its parts (islands) and are united; where they lie on top of each other they
    are not parts, which is an error. The name is the official one of today, the region that of
    ``data/kommuner.csv``.

    Parameters
    ----------
    raw
        Text with ``kommune_code`` or ``name`` or both, and ``geometry``.
    file
        Name of the file, for a finding where it has no usable row.

    Returns
    -------
    KommunerRead
        Rows whose kommune is not known are left out, with a finding.
    """
    if raw.present and "geometry" not in raw.frame:
        # A table; that its geometry is missing has been said on opening it.
        return KommunerRead(frame=make_empty_kommuner(), findings=empty_findings())
    if not raw.present:
        accepted = ", ".join(name for names in ALIASES[REGISTER].values() for name in names)
        found = find_in_file("kommune_column_missing", REGISTER, {"file": file, "value": accepted})
        return KommunerRead(frame=make_empty_kommuner(), findings=found)
    codes, named = _find_codes(raw)
    rows = raw.select(codes.notna())
    codes = codes[codes.notna()]
    shapes, repaired = check_polygons(rows)
    is_usable = shapes.notna()
    rows, codes, shapes = rows.select(is_usable), codes[is_usable], shapes[is_usable]
    findings = [
        *named,
        *repaired,
        _find_outside(rows, codes, shapes),
        *_find_on_top(rows, codes, shapes),
        _find_missing(codes, file),
    ]
    return KommunerRead(frame=_unite(codes, shapes), findings=combine_findings(findings))


def _find_codes(raw: Rows) -> tuple[pd.Series, list[pd.DataFrame]]:
    """Return the code of each row, by its code or else its name, and what does not fit."""
    code_text, name_text = raw.text("kommune_code"), raw.text("name")
    by_code = map_distinct(code_text, find_kommune_code)
    by_name = map_distinct(name_text, find_kommune_code)
    # A file may have the code in one column and nothing but the code again in the other.
    codes = by_code.where(code_text.notna(), by_name)
    shown = name_text.fillna(code_text)
    is_unknown = codes.isna()
    nearest = map_distinct(name_text.where(is_unknown), name_nearest)
    is_conflict = by_code.notna() & by_name.notna() & (by_code != by_name)
    is_other_name = by_code.notna() & name_text.notna() & by_name.isna()
    is_other_name &= ~pd.DataFrame({"code": by_code, "name": name_text}).duplicated()
    official = map_distinct(codes, name_kommune)
    return codes, [
        find_in_rows(raw, "kommune_unknown", is_unknown, details={"value": shown, "other": nearest}),
        find_in_rows(
            raw,
            "kommune_code_conflict",
            is_conflict,
            column="kommune_code",
            details={"other": map_distinct(by_name, name_kommune)},
        ),
        find_in_rows(raw, "kommune_name_differs", is_other_name, column="name", details={"other": official}),
    ]


def _find_outside(rows: Rows, codes: pd.Series, shapes: gpd.GeoSeries) -> pd.DataFrame:
    """Find polygons that reach out of Denmark."""
    bounds = shapes.bounds
    is_inside = is_in_denmark(bounds["minx"], bounds["miny"]) & is_in_denmark(bounds["maxx"], bounds["maxy"])
    where = pd.Series(~is_inside, index=shapes.index)
    shown = [
        f"x {x_min:.0f} – {x_max:.0f}, y {y_min:.0f} – {y_max:.0f}"
        for x_min, y_min, x_max, y_max in bounds.itertuples(index=False)
    ]
    details = {"value": codes.map(name_kommune), "other": pd.Series(shown, index=shapes.index)}
    return find_in_rows(rows, "kommune_outside_denmark", where, details=details)


def _find_on_top(rows: Rows, codes: pd.Series, shapes: gpd.GeoSeries) -> list[pd.DataFrame]:
    """Find polygons that lie on top of each other: a kommune given twice, or two that overlap."""
    if is_coverage(shapes):
        return []  # to compare neighbours of 30,000 vertices each takes a hundred times as long
    pairs = find_overlaps(shapes)
    area = shapes.area.to_numpy()
    smaller = np.minimum(area[pairs["left"]], area[pairs["right"]])
    pairs = pairs[pairs["overlap_m2"].to_numpy() > OVERLAP_SHARE * smaller]
    code = codes.to_numpy()
    is_same = code[pairs["left"]] == code[pairs["right"]]
    place = rows.place()
    twice = _report_pairs(rows, "kommune_twice", pairs[is_same], codes, place)
    other = _report_pairs(rows, "kommuner_overlap", pairs[~is_same], codes, codes.map(name_kommune))
    return [twice, other]


def _report_pairs(
    rows: Rows, rule: str, pairs: pd.DataFrame, codes: pd.Series, others: pd.Series
) -> pd.DataFrame:
    """Return a finding at the later row of each pair; the first pair of a row only."""
    once = pairs.drop_duplicates("right")
    labels = codes.index[once["right"]]
    where = pd.Series(codes.index.isin(labels), index=codes.index)
    details = {
        "value": codes.map(name_kommune),
        "other": pd.Series(others.to_numpy()[once["left"]], index=labels, dtype="str"),
        "measure": pd.Series(once["overlap_m2"].to_numpy(), index=labels),
    }
    return find_in_rows(rows, rule, where, details=details)


def _find_missing(codes: pd.Series, file: str) -> pd.DataFrame:
    """Find which of the 98 kommuner there is no polygon of; Christiansø is none."""
    missing = [code for code in load_kommuner() if code != CHRISTIANSOE and code not in set(codes)]
    if not missing:
        return empty_findings()
    named = ", ".join(name_kommune(code) for code in missing)
    values = {"file": file, "value": named, "measure": float(len(missing))}
    return find_in_file("kommuner_missing", REGISTER, values)


def _unite(codes: pd.Series, shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Return one row a kommune, its parts united."""
    known = load_kommuner()
    parts = pd.Series(np.asarray(shapes, dtype=object), index=codes.to_numpy())
    found = sorted(set(codes))
    united = [shapely.union_all(np.asarray(parts.loc[[code]], dtype=object)) for code in found]
    regions = [known[code].region_code or None for code in found]
    plain = {"kommune_code": found, "name": [known[code].name for code in found], "region_code": regions}
    geometry = as_multipolygon(gpd.GeoSeries(united, crs=WORKING_CRS))
    return gpd.GeoDataFrame(pd.DataFrame(plain, dtype="str"), geometry=geometry, crs=WORKING_CRS)


def outline_regions(kommuner: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the regions, each the union of its kommuner, without the borders inside.

    Parameters
    ----------
    kommuner
        As `Registers.kommuner`, simplified or not. A row without region (Christiansø) is left out.

    Returns
    -------
    GeoDataFrame
        ``region_code``, ``name`` and ``geometry`` (MultiPolygon, CRS as given), by code.

    Raises
    ------
    DataError
        As `geo.coverage.clean_coverage`.
    """
    inside = kommuner[kommuner["region_code"].notna()].reset_index(drop=True)
    names = {row.region_code: row.region for row in load_kommuner().values()}
    clean = np.asarray(clean_coverage(gpd.GeoSeries(inside.geometry)), dtype=object)
    codes = sorted(set(inside["region_code"]))
    united = [shapely.coverage_union_all(clean[(inside["region_code"] == code).to_numpy()]) for code in codes]
    geometry = as_multipolygon(gpd.GeoSeries(united, crs=kommuner.crs))
    plain = {"region_code": codes, "name": [names[code] for code in codes]}
    return gpd.GeoDataFrame(pd.DataFrame(plain, dtype="str"), geometry=geometry, crs=kommuner.crs)
