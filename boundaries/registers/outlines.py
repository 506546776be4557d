"""Registers whose rows have an outline, areas, extensions and splits: polygons or lists of parcels."""

from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from boundaries.model import ExtensionStatus
from boundaries.registers.aliases import ALIASES
from boundaries.registers.columns import convert_columns
from boundaries.registers.findings import add_details, empty_findings, make_finding, show_values
from boundaries.registers.parcel_keys import list_parcel_keys
from boundaries.registers.rows import Checked, Rows, keep_one_row, require_one_row_per_id
from boundaries.registers.schemas import SCHEMAS
from boundaries.registers.shapes import check_polygons, is_nothing, no_geometry
from geo.crs import WORKING_CRS

_PARCEL_COLUMNS = ["cadastral_district", "parcel_number", "parcels"]


@dataclass(frozen=True, kw_only=True)
class Outlines:
    """Areas, extensions or splits.

    Attributes
    ----------
    rows
        One row an id, sorted, typed; ``geometry`` is None where the outline is a list of parcels.
    parcels
        The id under its name, and ``parcel_key``; each pair once, sorted.
    findings
        What was found.
    """

    rows: Rows
    parcels: pd.DataFrame
    findings: tuple[pd.DataFrame, ...] = ()

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The rows' columns."""
        return gpd.GeoDataFrame(self.rows.frame, geometry="geometry", crs=WORKING_CRS)

    @property
    def id_column(self) -> str:
        """Name of the id."""
        return SCHEMAS[self.rows.register].key[0]


def build_areas(raw: Rows, *, kommune_code: str) -> Outlines:
    """Read the areas; one without a name is called by its id, one without kommune is the project's."""
    areas = build_outlines(raw)
    frame = areas.rows.frame
    kommune = frame["kommune_code"].fillna(kommune_code) if kommune_code else frame["kommune_code"]
    filled = frame.assign(name=frame["name"].fillna(frame["area_id"]), kommune_code=kommune)
    return replace(areas, rows=areas.rows.with_frame(filled))


def build_approved(raw: Rows) -> Outlines:
    """Read extensions or splits, and check the dates of their approval."""
    outlines = build_outlines(raw)
    frame = outlines.rows.frame
    if "new_name" in frame:
        frame = frame.assign(new_name=frame["new_name"].fillna(frame["new_area_id"]))
    return replace(outlines, rows=outlines.rows.with_frame(frame))


def build_outlines(raw: Rows) -> Outlines:
    """Read a register of outlines: columns, ids, parcels and geometry.

    A register is in long form, one row an area and parcel, where it has the columns
    ``cadastral_district`` and ``parcel_number``; otherwise one row an area.
    """
    schema = SCHEMAS[raw.register]
    converted = convert_columns(raw, schema)
    ids = converted.frame[schema.key[0]]
    named, ids = raw.select(ids.notna()), ids.dropna()
    is_long = raw.present.issuperset(_PARCEL_COLUMNS[:2])
    one = _reduce_long_form(named, ids) if is_long else require_one_row_per_id(named, ids)
    keys, key_findings = list_parcel_keys(named if is_long else one.rows, ids)
    geometry, shape_findings = _read_geometry(one.rows, ids.isin(ids[keys.index]) | _has_list(named, ids))
    approvals = _check_approvals(one.rows, converted.frame.loc[one.frame.index])
    typed = approvals.frame.drop(columns=_PARCEL_COLUMNS).assign(geometry=geometry)
    parcels = keys.rename(columns={"id": schema.key[0]}).sort_values([schema.key[0], "parcel_key"])
    return Outlines(
        rows=one.rows.with_frame(typed).sort(schema.key),
        parcels=parcels.reset_index(drop=True),
        findings=(
            *converted.findings,
            *one.findings,
            *key_findings,
            *shape_findings,
            *approvals.findings,
        ),
    )


def _reduce_long_form(rows: Rows, ids: pd.Series) -> Checked:
    """Keep one row of each id; the columns that are not of the parcel must agree."""
    shared = rows.frame.drop(columns=[*_PARCEL_COLUMNS, "geometry"], errors="ignore")
    first = shared.groupby(ids, sort=False).transform("first")
    first_place = rows.place().groupby(ids, sort=False).transform("first")
    findings = []
    for column in shared.columns.drop([ids.name]):
        differs = (shared[column] != first[column]) & shared[column].notna()
        findings.append(
            add_details(rows.found("conflicting_rows", differs, column=str(column)), {"other": first_place})
        )
    return Checked(rows=rows.select(keep_one_row(shared, ids)), findings=tuple(findings))


def _has_list(rows: Rows, ids: pd.Series) -> pd.Series:
    """Tell which rows are of an id that lists parcels, right or wrong."""
    listed = rows.text("parcels").notna() | rows.text("parcel_number").notna()
    return ids.isin(ids[listed])


def _read_geometry(rows: Rows, has_list: pd.Series) -> tuple[gpd.GeoSeries, tuple[pd.DataFrame, ...]]:
    """Take the polygons of the rows that list no parcels; a list goes before a polygon."""
    is_listed = has_list.loc[rows.frame.index]
    may_list = rows.offers("parcels") | rows.offers("parcel_number")
    if "geometry" not in rows.frame:
        found = _find_missing_outlines(rows, ~is_listed, may_list=bool(may_list.any()))
        return no_geometry(is_listed.index), (found,)
    geometry = gpd.GeoSeries(rows.frame["geometry"], crs=WORKING_CRS)
    both = rows.found("geometry_and_parcels", is_listed & ~is_nothing(geometry))
    unlisted = rows.with_frame(rows.frame.assign(geometry=geometry.where(~is_listed, None)))
    missing = is_nothing(geometry) & ~is_listed & may_list
    polygons, findings = check_polygons(unlisted, is_optional=is_listed | missing)
    return polygons, (both, rows.found("outline_missing", missing), *findings)


def _find_missing_outlines(rows: Rows, where: pd.Series, *, may_list: bool) -> pd.DataFrame:
    """Find rows of a table without parcels; once for a whole table that has no column for them."""
    if may_list:
        return rows.found("outline_missing", where)
    if rows.frame.empty:
        return empty_findings()
    named = ", ".join(("parcels", *ALIASES[rows.register]["parcels"]))
    headings = (heading for file in rows.headings.values() for heading in file.values())
    values = {
        "file": rows.name_files(),
        "column": "parcels",
        "value": named,
        "other": ", ".join(dict.fromkeys(headings)),
    }
    return make_finding("missing_column", rows.register, values)


def _check_approvals(raw: Rows, typed: pd.DataFrame) -> Checked:
    """Check status and dates of extensions and splits, and fill in a status that is not given."""
    rows = raw.with_frame(typed)
    if "status" not in typed:
        return Checked(rows=rows)
    is_approved = typed["approved_on"].notna()
    implied = is_approved.map({True: ExtensionStatus.GODKENDT.value, False: ExtensionStatus.ANSOEGT.value})
    filled = rows.with_frame(typed.assign(status=typed["status"].fillna(implied.astype("str"))))
    return Checked(
        rows=filled,
        findings=(
            _find_missing_status(raw, implied),
            _find_approval_without_date(filled, raw),
            _find_unexpected_approval(filled),
            _find_approval_before_application(filled),
        ),
    )


def _find_missing_status(raw: Rows, implied: pd.Series) -> pd.DataFrame:
    """Find rows without status in a file that has the column; it is taken from the approval date."""
    is_missing = raw.text("status").isna() & ("status" in raw.present)
    return add_details(raw.found("status_missing", is_missing, column="status"), {"other": implied})


def _find_approval_without_date(rows: Rows, raw: Rows) -> pd.DataFrame:
    """Find what is approved without a date of approval; from when it counts cannot be known."""
    is_approved = rows.frame["status"] == ExtensionStatus.GODKENDT.value
    where = is_approved & raw.text("approved_on").isna()
    return rows.found("approval_date_missing", where, column="approved_on")


def _find_unexpected_approval(rows: Rows) -> pd.DataFrame:
    """Find a date of approval of what is only applied for, or rejected."""
    where = rows.frame["approved_on"].notna() & (rows.frame["status"] != ExtensionStatus.GODKENDT.value)
    return add_details(
        rows.found("approval_date_unexpected", where, column="approved_on"), {"other": rows.frame["status"]}
    )


def _find_approval_before_application(rows: Rows) -> pd.DataFrame:
    """Find an approval that is older than its application."""
    where = rows.frame["approved_on"] < rows.frame["applied_on"]
    found = rows.found("approved_before_applied", where, column="approved_on")
    return add_details(found, {"other": show_values(rows.frame.loc[found.index, "applied_on"])})
