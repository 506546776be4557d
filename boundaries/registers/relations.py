"""Whether the registers fit each other: every name in one is a name of another."""

from datetime import date

import pandas as pd

from boundaries.registers.findings import add_details, empty_findings, make_finding
from boundaries.registers.ordering import find_isin, number_keys
from boundaries.registers.outlines import Outlines
from boundaries.registers.project import Project
from boundaries.registers.rows import Rows
from boundaries.registers.schemas import ABSURD_RESIDENTS_N
from data.kommune_names import name_near_codes
from data.kommuner import load_kommuner


def find_unknown_parcels(outlines: Outlines, parcel_keys: pd.Series) -> pd.DataFrame:
    """Find parcels of areas, extensions or splits that are not in the register of parcels."""
    unknown = outlines.parcels[~outlines.parcels["parcel_key"].isin(parcel_keys)]
    found = found_for_ids(outlines, "unknown_parcel", unknown[outlines.id_column])
    return add_details(found, {"column": "parcels", "value": unknown["parcel_key"].to_numpy()})


def find_unknown_areas(rows: Rows, area_ids: pd.Series) -> pd.DataFrame:
    """Find extensions, splits or actions of plans of an area that there is not."""
    is_unknown = ~rows.frame["area_id"].isin(area_ids) & rows.frame["area_id"].notna()
    return rows.found("unknown_area", is_unknown, column="area_id")


def find_new_areas_that_exist(splits: Outlines, area_ids: pd.Series) -> pd.DataFrame:
    """Find splits whose new area has the id of another area."""
    new = splits.rows.frame["new_area_id"]
    where = new.isin(area_ids) | new[new.notna()].duplicated().reindex(new.index, fill_value=False)
    return splits.rows.found("new_area_exists", where, column="new_area_id")


def find_no_such_kommune(areas: Rows, project: Project) -> list[pd.DataFrame]:
    """Find codes of kommuner that there are not, in the project file and in the areas.

    A made-up project has made-up kommuner. What the project file says of all areas is told there and not
    again at each of them.
    """
    own = project.kommune_code
    if project.is_synthetic:
        return []
    # Every area is of a day after 2007, from which on the kommuner are these.
    known = {*load_kommuner(), own}
    codes = areas.frame["kommune_code"]
    found = areas.found("no_such_kommune", ~codes.isin(known) & codes.notna(), column="kommune_code")
    findings = [add_details(found, {"other": found["value"].map(name_near_codes)})]
    if own and own not in load_kommuner():
        where = {"file": project.path.name, "value": own}
        findings.append(make_finding("no_such_kommune", "", where | {"other": name_near_codes(own)}))
    return findings


def found_for_ids(outlines: Outlines, rule: str, ids: pd.Series) -> pd.DataFrame:
    """Return a finding for each of `ids`, which may repeat, at the row of that id."""
    if ids.empty:
        return empty_findings()
    positions = pd.Index(outlines.rows.frame[outlines.id_column]).get_indexer(pd.Index(ids))
    return outlines.rows.found_at(rule, pd.Index(positions))


def find_residents_without_dwelling(residents: Rows, dwellings: Rows) -> pd.DataFrame:
    """Find residents of a dwelling that is not in the register of dwellings."""
    ids = residents.frame["dwelling_id"]
    is_homeless = pd.Series(~find_isin(ids, dwellings.frame["dwelling_id"]), index=ids.index)
    return residents.found("resident_without_dwelling", is_homeless, column="dwelling_id")


def find_absurd_counts(residents: Rows) -> pd.DataFrame:
    """Find dwellings with more than `ABSURD_RESIDENTS_N` residents in a year; one finding a year."""
    frame = residents.frame
    households = pd.Series(number_keys(frame, ["year", "dwelling_id"]), index=frame.index)
    total = frame["residents_n"].groupby(households, sort=False).transform("sum")
    is_first = ~households.duplicated()
    found = residents.found("absurd_count", (total > ABSURD_RESIDENTS_N) & is_first, column="residents_n")
    return add_details(
        found,
        {
            "record_id": frame["dwelling_id"],
            "value": frame["year"].astype("str"),
            "measure": total.astype("float64"),
        },
    )


def find_residents_in_non_dwellings(residents: Rows, dwellings: Rows, *, year: int) -> pd.DataFrame:
    """Find units whose use is not that of a dwelling, and where people live in `year` all the same."""
    lived_in = residents.frame[residents.frame["year"] == year]
    counts = lived_in.groupby("dwelling_id", sort=False)["residents_n"].sum()
    other = ~dwellings.frame["is_dwelling"]
    residents_n = dwellings.frame["dwelling_id"][other].map(counts).reindex(dwellings.frame.index)
    found = dwellings.found("residents_in_non_dwelling", residents_n > 0, column="use_code")
    return add_details(found, {"measure": residents_n.astype("float64"), "other": str(year)})


def find_missing_year(residents: Rows, *, status_date: date) -> pd.DataFrame:
    """Find that nobody is registered in the year of the status date."""
    years = residents.frame["year"]
    if (years == status_date.year).any():
        return empty_findings()
    shown = ", ".join(str(year) for year in sorted(years.unique())) or None
    values = {
        "file": residents.name_files(),
        "column": "year",
        "value": str(status_date.year),
        "other": shown,
    }
    return make_finding("residents_missing_for_year", "residents", values)
