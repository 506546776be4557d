"""The dwellings, in the manner of BBR's units (enheder)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from boundaries.model import Tenure
from boundaries.registers.columns import convert_columns, read_word
from boundaries.registers.findings import add_details, empty_findings, make_finding, show_values
from boundaries.registers.rows import Checked, Rows, require_one_row_per_id, take_column
from boundaries.registers.schemas import EARLIEST_BUILT_YEAR, SCHEMAS, YEARS_AHEAD
from boundaries.registers.shapes import take_points
from data.codes import use_codes
from geo.cells import take_cells
from geo.crs import WORKING_CRS, is_in_denmark
from geo.distinct import find_distinct
from geo.errors import UsageError
from geo.text_order import order_text
from geo.threads import run_beside

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
    choosing, asking = run_beside(partial(_choose_rows, raw)), run_beside(partial(_ask, raw))
    given = [raw]
    del raw  # so that nobody holds the text of three million rows while it is read
    converted = convert_columns(given.pop(), SCHEMAS["dwellings"], find_order=lambda: choosing.result().order)
    chosen = choosing.result()
    asked, findings = asking.result().arrange(chosen.order), [*converted.findings, *chosen.findings]
    placed = _place(converted.rows, asked)
    looking_far = run_beside(partial(_find_far_outside, placed.rows))
    told = _tell_tenure(placed.rows, asked)
    believed = _believe_built_year(told.rows, reference_year)
    findings += [*placed.findings, *told.findings, *believed.findings, *_check_dates(believed.rows, asked)]
    return Checked(rows=believed.rows, findings=(*findings, *looking_far.result()))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What is asked of the text of the rows once it was read.

    Attributes
    ----------
    missing
        For each column that a file has, which rows have nothing in it.
    is_unknown_tenure
        The rows that say nothing of the tenure, or that it is not known; None where no file has it.
    points
        Where the file is a layer.
    """

    missing: Mapping[str, pd.Series]
    is_unknown_tenure: pd.Series | None
    points: gpd.GeoSeries | None

    def lacks(self, column: str, index: pd.Index) -> pd.Series:
        """Tell which rows have nothing in a column; all where no file has it."""
        known = self.missing.get(column)
        return pd.Series(data=True, index=index) if known is None else known

    def arrange(self, order: NDArray[np.int64] | None) -> "_Asked":
        """Return the same of the rows at the positions `order`; None: as they stand."""
        if order is None:
            return self
        index = pd.RangeIndex(len(order))
        return _Asked(
            missing={name: _take_mask(mask, order, index) for name, mask in self.missing.items()},
            is_unknown_tenure=None
            if self.is_unknown_tenure is None
            else _take_mask(self.is_unknown_tenure, order, index),
            points=None if self.points is None else gpd.GeoSeries(take_column(self.points, order, index)),
        )


def _take_mask(mask: pd.Series, order: NDArray[np.int64], index: pd.Index) -> pd.Series:
    return take_column(mask, order, index) if mask.any() else pd.Series(data=False, index=index)


_ASKED_COLUMNS = ("x", "y", "tenure", "relabelled_on", "relabelled_from")


def _ask(raw: Rows) -> _Asked:
    """Ask of the text what the later steps have to know."""
    frame = raw.frame
    return _Asked(
        missing={name: frame[name].isna() for name in _ASKED_COLUMNS if name in frame},
        is_unknown_tenure=_find_unknown_tenures(frame["tenure"]) if "tenure" in frame else None,
        points=gpd.GeoSeries(frame["geometry"], crs=WORKING_CRS) if "geometry" in frame else None,
    )


def _find_unknown_tenures(text: pd.Series) -> pd.Series:
    """Tell which cells are empty or say that the tenure is not known; one that is no tenure does neither."""
    (column,) = (column for column in SCHEMAS["dwellings"].columns if column.name == "tenure")
    distinct = find_distinct(text)
    words = [read_word(word, column) for word in distinct.texts.to_pylist()]
    is_unknown = np.array([word == Tenure.UKENDT for word in words], dtype=bool)
    return pd.Series(distinct.spread(is_unknown, missing=True), index=text.index, copy=False)


class _Chosen(NamedTuple):
    """The rows that have an id, one of each, by their ids.

    Attributes
    ----------
    order
        Their positions; None where that is all of them as they stand, so that a file that is in the order
        of its ids is not rearranged.
    findings
        Ids that stand twice.
    """

    order: NDArray[np.int64] | None
    findings: tuple[pd.DataFrame, ...]


def _choose_rows(raw: Rows) -> _Chosen:
    ids = raw.text("dwelling_id")
    found = order_text(take_cells(ids))
    named_n = int(ids.notna().sum())
    order = found.order[:named_n]
    findings: tuple[pd.DataFrame, ...] = ()
    if found.is_repeat[:named_n].any():
        is_named = ids.notna()
        one = require_one_row_per_id(raw.select(is_named), ids[is_named])
        is_kept = raw.frame.index.isin(one.frame.index)
        order, findings = order[is_kept[order]], one.findings
    if len(order) == len(ids) and (order[1:] > order[:-1]).all():
        return _Chosen(None, findings)
    return _Chosen(order, findings)


def _place(rows: Rows, asked: _Asked) -> Checked:
    """Take the coordinates to EPSG:25832, from the points of a layer where it is one."""
    frame = rows.frame
    if asked.points is not None:
        x, y, is_wrong = take_points(asked.points)
        is_missing = x.isna() & ~is_wrong
    else:
        x, y = _to_working_coordinates(frame["x"], frame["y"], crs=rows.crs)
        is_wrong = pd.Series(data=False, index=frame.index)
        # A file without the columns has had its finding.
        is_lacking = asked.lacks("x", frame.index) | asked.lacks("y", frame.index)
        is_missing = is_lacking & ({"x", "y"} <= rows.present)
    placed = rows.with_frame(frame.assign(x=x, y=y))
    return Checked(
        rows=placed,
        findings=(
            rows.found("geometry_wrong_type", is_wrong),
            rows.found("missing_coordinates", is_missing, column="x"),
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
    beyond = rows.frame.loc[is_outside, ["x", "y"]]
    shown = (
        beyond["x"].map("{:.2f}".format).astype("str") + ", " + beyond["y"].map("{:.2f}".format).astype("str")
    )
    swapped = rows.found("coordinates_swapped", pd.Series(is_swapped, index=index, copy=False), column="x")
    far = pd.Series(is_outside & ~is_swapped, index=index, copy=False)
    outside = rows.found("dwelling_outside_denmark", far, column="x")
    return add_details(swapped, {"value": shown}), add_details(outside, {"value": shown})


def _tell_tenure(rows: Rows, asked: _Asked) -> Checked:
    """Tell which units are dwellings, and of which of them the tenure is not known."""
    frame = rows.frame
    uses = find_distinct(frame["use_code"])
    known = use_codes()
    answers = np.array([known[code].is_dwelling for code in uses.texts.to_pylist()], dtype=bool)
    is_dwelling = pd.Series(uses.spread(answers, missing=True), index=frame.index, copy=False)
    columns = list(frame.columns)
    columns.insert(columns.index("use_code") + 1, "is_dwelling")
    told = frame.assign(is_dwelling=is_dwelling)[columns]
    if asked.is_unknown_tenure is None:
        found = _find_missing_tenure_column(rows)
    else:
        found = rows.found("tenure_unknown", asked.is_unknown_tenure & is_dwelling, column="tenure")
        # What stands in the file: nothing, or that it is not known.
        found = found.assign(value=found["value"].mask(asked.missing["tenure"].loc[found.index]))
    return Checked(rows=rows.with_frame(told), findings=(found,))


def _find_missing_tenure_column(rows: Rows) -> pd.DataFrame:
    """Say once that no file tells the tenure; every dwelling is then undecided where it matters."""
    if rows.frame.empty:
        return empty_findings()
    values = {"file": rows.name_files(), "column": "tenure", "measure": float(len(rows.frame))}
    return make_finding("tenure_column_missing", "dwellings", values)


def _believe_built_year(rows: Rows, reference_year: int | None) -> Checked:
    """Take away years of building that mean unknown, and those that cannot be believed."""
    year = rows.frame["built_year"]
    latest = (reference_year if reference_year is not None else 9999) + YEARS_AHEAD
    # Where there is none it is taken to be one that can be believed.
    numbers = year.to_numpy(dtype="int64", na_value=EARLIEST_BUILT_YEAR)
    is_unknown = np.logical_or.reduce([numbers == unknown for unknown in UNKNOWN_BUILT_YEARS])
    is_odd = ((numbers < EARLIEST_BUILT_YEAR) | (numbers > latest)) & ~is_unknown
    is_doubted = is_unknown | is_odd
    found = rows.found(
        "built_year_not_believed", pd.Series(is_odd, index=year.index, copy=False), column="built_year"
    )
    bounds = f"{EARLIEST_BUILT_YEAR}–{latest}"
    return Checked(
        rows=rows.with_frame(rows.frame.assign(built_year=year.mask(is_doubted)))
        if is_doubted.any()
        else rows,
        findings=(add_details(found, {"other": bounds}),),
    )


def _check_dates(rows: Rows, asked: _Asked) -> tuple[pd.DataFrame, ...]:
    """Check days against each other, of the columns that the files have."""
    checks: list[pd.DataFrame] = []
    if "built_on" in rows.present:
        checks.append(_find_built_year_conflict(rows))
    if "relabelled_on" in rows.present:
        checks.append(_find_relabelling_without_tenure(rows, asked))
        checks.append(_find_event_before_building(rows, "relabelled_before_built", "relabelled_on"))
    if "relabelled_from" in rows.present:
        checks.append(_find_relabelling_without_date(rows, asked))
    if "demolished_on" in rows.present:
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


def _find_relabelling_without_tenure(rows: Rows, asked: _Asked) -> pd.DataFrame:
    """Find dwellings that were relabelled from a tenure that is not told."""
    where = rows.frame["relabelled_on"].notna() & asked.lacks("relabelled_from", rows.frame.index)
    found = rows.found("relabelled_from_missing", where, column="relabelled_from")
    return add_details(found, {"other": show_values(rows.frame.loc[found.index, "relabelled_on"])})


def _find_relabelling_without_date(rows: Rows, asked: _Asked) -> pd.DataFrame:
    """Find dwellings that were relabelled on a day that is not told."""
    where = rows.frame["relabelled_from"].notna() & asked.lacks("relabelled_on", rows.frame.index)
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
