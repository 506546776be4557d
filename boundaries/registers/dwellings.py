"""The dwellings, in the manner of BBR's units (enheder)."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from boundaries.model import Tenure
from boundaries.registers.columns import convert_columns
from boundaries.registers.findings import add_details, empty_findings, make_finding, show_values
from boundaries.registers.rows import Checked, Rows, require_one_row_per_id
from boundaries.registers.schemas import EARLIEST_BUILT_YEAR, SCHEMAS, YEARS_AHEAD
from boundaries.registers.shapes import take_points
from data.codes import use_codes
from geo.cells import take_cells
from geo.crs import WORKING_CRS, is_in_denmark
from geo.distinct import find_distinct
from geo.errors import UsageError
from geo.text_order import order_text

UNKNOWN_BUILT_YEARS = (0, 1000)
"""What BBR writes in byg026 where the year is not known."""


def build_dwellings(raw: Rows, *, reference_year: int | None) -> Checked:
    """Read the dwellings and check what one row says.

    Parameters
    ----------
    raw
        Text as it stood, with a ``geometry`` of points where the file is a layer.
    reference_year
        Year of the status date; years of building far after it are not believed. None: no such limit.

    Returns
    -------
    Checked
        Rows by ``dwelling_id`` with the columns of `boundaries.model.Registers.dwellings`.
    """
    converted = convert_columns(raw, SCHEMAS["dwellings"])
    raw, rows, order, found = _keep_one_row_per_id(raw, converted.rows)
    findings = [*converted.findings, *found]
    for step in (_place, _tell_tenure):
        checked = step(rows, raw)
        rows, findings = checked.rows, [*findings, *checked.findings]
    believed = _believe_built_year(rows, reference_year)
    findings += [*believed.findings, *_check_dates(believed.rows, raw)]
    return Checked(rows=believed.rows.arrange(order), findings=tuple(findings))


def _keep_one_row_per_id(
    raw: Rows, rows: Rows
) -> tuple[Rows, Rows, NDArray[np.int64], tuple[pd.DataFrame, ...]]:
    """Keep the rows that have an id, one of each, as they stood and as they were read, and their order."""
    is_named = rows.frame["dwelling_id"].notna()
    raw, rows = raw.select(is_named), rows.select(is_named)
    ids = rows.frame["dwelling_id"]
    found = order_text(take_cells(ids))
    one = require_one_row_per_id(raw, ids, found=found)
    if len(one.frame) == len(raw.frame):
        return raw, rows, found.order, one.findings
    is_kept = pd.Series(ids.index.isin(one.frame.index), index=ids.index)
    kept = is_kept.to_numpy()
    position = np.cumsum(kept) - 1
    return one.rows, rows.select(is_kept), position[found.order[kept[found.order]]], one.findings


def _place(rows: Rows, raw: Rows) -> Checked:
    """Take the coordinates to EPSG:25832, from the points of a layer where it is one."""
    frame = rows.frame
    if "geometry" in raw.frame:
        x, y, is_wrong = take_points(gpd.GeoSeries(raw.frame["geometry"], crs=WORKING_CRS))
        is_missing = x.isna() & ~is_wrong
    else:
        x, y = _to_working_coordinates(frame["x"], frame["y"], crs=raw.crs)
        is_wrong = pd.Series(data=False, index=frame.index)
        # A file without the columns has had its finding.
        is_missing = (raw.text("x").isna() | raw.text("y").isna()) & ({"x", "y"} <= raw.present)
    placed = rows.with_frame(frame.assign(x=x, y=y))
    return Checked(
        rows=placed,
        findings=(
            rows.found("geometry_wrong_type", is_wrong),
            rows.found("missing_coordinates", is_missing, column="x"),
            *_find_far_outside(placed),
        ),
    )


def _to_working_coordinates(x: pd.Series, y: pd.Series, *, crs: str) -> tuple[pd.Series, pd.Series]:
    """Transform the coordinates of a table whose CRS the project file names; x is east, y north."""
    if not crs:
        return x, y
    try:
        declared = CRS.from_user_input(crs)
    except CRSError as fault:
        raise UsageError("registers.unknown_crs", {"register": "dwellings", "found": crs}) from fault
    if declared == CRS.from_user_input(WORKING_CRS):
        return x, y
    transformer = Transformer.from_crs(declared, WORKING_CRS, always_xy=True)
    east, north = transformer.transform(x.to_numpy(), y.to_numpy())
    # What cannot be transformed comes out infinite; it then lies outside Denmark.
    return pd.Series(east, index=x.index), pd.Series(north, index=y.index)


def _find_far_outside(rows: Rows) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find dwellings far outside Denmark, apart those whose x and y are exchanged."""
    x, y = rows.frame["x"].to_numpy(), rows.frame["y"].to_numpy()
    is_outside = ~np.isnan(x) & ~np.isnan(y) & ~is_in_denmark(x, y)
    is_swapped = is_outside & is_in_denmark(y, x)
    index = rows.frame.index
    shown = pd.Series("", index=index, dtype="str")
    if is_outside.any():
        shown = rows.frame["x"].map("{:.2f}".format) + ", " + rows.frame["y"].map("{:.2f}".format)
    swapped = rows.found("coordinates_swapped", pd.Series(is_swapped, index=index), column="x")
    far = pd.Series(is_outside & ~is_swapped, index=index)
    outside = rows.found("dwelling_outside_denmark", far, column="x")
    return add_details(swapped, {"value": shown}), add_details(outside, {"value": shown})


def _tell_tenure(rows: Rows, raw: Rows) -> Checked:
    """Tell which units are dwellings, and of which tenure; what is not known is ``ukendt``."""
    frame = rows.frame
    uses = find_distinct(frame["use_code"])
    known = use_codes()
    answers = np.array([known[code].is_dwelling for code in uses.texts.to_pylist()], dtype=bool)
    is_dwelling = pd.Series(uses.spread(answers, missing=True), index=frame.index)
    tenures = find_distinct(frame["tenure"])
    is_unknown_word = np.asarray(pc.equal(tenures.texts, Tenure.UKENDT.value), dtype=bool)
    # A tenure that is not understood has had its finding.
    is_unknown = raw.text("tenure").isna() | tenures.spread(is_unknown_word, missing=False)
    tenure = frame["tenure"] if not frame["tenure"].hasnans else frame["tenure"].fillna(Tenure.UKENDT.value)
    columns = list(frame.columns)
    columns.insert(columns.index("use_code") + 1, "is_dwelling")
    told = frame.assign(tenure=tenure, is_dwelling=is_dwelling)[columns]
    if "tenure" in raw.present:
        found = rows.found("tenure_unknown", is_unknown & is_dwelling, column="tenure")
    else:
        found = _find_missing_tenure_column(raw)
    return Checked(rows=rows.with_frame(told), findings=(found,))


def _find_missing_tenure_column(raw: Rows) -> pd.DataFrame:
    """Say once that no file tells the tenure; every dwelling is then undecided where it matters."""
    if raw.frame.empty:
        return empty_findings()
    values = {"file": raw.name_files(), "column": "tenure", "measure": float(len(raw.frame))}
    return make_finding("tenure_column_missing", "dwellings", values)


def _believe_built_year(rows: Rows, reference_year: int | None) -> Checked:
    """Take away years of building that mean unknown, and those that cannot be believed."""
    year = rows.frame["built_year"]
    # Years are small: as floats they are exact, and NaN is neither early nor late.
    numbers = year.to_numpy(dtype="float64", na_value=np.nan)
    latest = (reference_year if reference_year is not None else 9999) + YEARS_AHEAD
    is_unknown = np.isin(numbers, UNKNOWN_BUILT_YEARS)
    is_odd = ((numbers < EARLIEST_BUILT_YEAR) | (numbers > latest)) & ~is_unknown
    found = rows.found("built_year_not_believed", pd.Series(is_odd, index=year.index), column="built_year")
    bounds = f"{EARLIEST_BUILT_YEAR}–{latest}"
    return Checked(
        rows=rows.with_frame(rows.frame.assign(built_year=year.mask(is_unknown | is_odd))),
        findings=(add_details(found, {"other": bounds}),),
    )


def _check_dates(rows: Rows, raw: Rows) -> tuple[pd.DataFrame, ...]:
    """Check days against each other, of the columns that the files have."""
    checks: list[pd.DataFrame] = []
    if "built_on" in raw.present:
        checks.append(_find_built_year_conflict(rows))
    if "relabelled_on" in raw.present:
        checks.append(_find_relabelling_without_tenure(rows, raw))
        checks.append(_find_event_before_building(rows, "relabelled_before_built", "relabelled_on"))
    if "relabelled_from" in raw.present:
        checks.append(_find_relabelling_without_date(rows, raw))
    if "demolished_on" in raw.present:
        checks.append(_find_event_before_building(rows, "demolished_before_built", "demolished_on"))
    return tuple(checks)


def _find_built_year_conflict(rows: Rows) -> pd.DataFrame:
    """Find dwellings whose day of building is not in their year of building; the day is used."""
    day = rows.frame["built_on"]
    where = _find_years(day).ne(rows.frame["built_year"])
    found = rows.found("built_year_conflict", where, column="built_year")
    return add_details(found, {"other": show_values(day.loc[found.index])})


def _find_years(days: pd.Series) -> pd.Series:
    """Return the years of days, missing where they are."""
    years = days.to_numpy().astype("datetime64[Y]").astype("int64") + 1970
    return pd.Series(pd.arrays.IntegerArray(years, days.isna().to_numpy()), index=days.index)


def _find_relabelling_without_tenure(rows: Rows, raw: Rows) -> pd.DataFrame:
    """Find dwellings that were relabelled from a tenure that is not told."""
    where = rows.frame["relabelled_on"].notna() & raw.text("relabelled_from").isna()
    found = rows.found("relabelled_from_missing", where, column="relabelled_from")
    return add_details(found, {"other": show_values(rows.frame.loc[found.index, "relabelled_on"])})


def _find_relabelling_without_date(rows: Rows, raw: Rows) -> pd.DataFrame:
    """Find dwellings that were relabelled on a day that is not told."""
    where = rows.frame["relabelled_from"].notna() & raw.text("relabelled_on").isna()
    found = rows.found("relabelled_on_missing", where, column="relabelled_on")
    return add_details(found, {"other": rows.frame["relabelled_from"]})


def _find_event_before_building(rows: Rows, rule: str, column: str) -> pd.DataFrame:
    """Find dwellings that were relabelled or demolished before they were built."""
    day, built_on = rows.frame[column], rows.frame["built_on"]
    built_year = rows.frame["built_year"]
    is_before_day = day < built_on
    is_before_year = _find_years(day).lt(built_year).fillna(value=False) & built_on.isna()
    found = rows.found(rule, is_before_day | is_before_year, column=column)
    day_shown, year_shown = show_values(built_on.loc[found.index]), show_values(built_year.loc[found.index])
    return add_details(found, {"other": day_shown.fillna(year_shown)})
