"""The small registers: boligområder, extensions, splits, published lists and the year's figures."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.synthetic.cases import FIRST_EXTENSION_APPROVED_ON
from data.synthetic.names import KOMMUNE_CODE, REGION_CODE
from data.synthetic.parcels import Parcels, Plot
from data.synthetic.profiles import NATIONAL_CONVICTED_N, NATIONAL_POPULATION_18_N, REGIONAL_MEAN_INCOME_DKK


@dataclass(frozen=True)
class Area:
    """A boligområde of the demo: its id, its name and its residents in 2010."""

    area_id: str
    name: str
    residents_2010: int


AREAS = (
    Area("LS01", "Hejreparken", 2_814),
    Area("LS02", "Tangvænget/Ålegræsset", 1_806),
    Area("LS03", "Strandskadegården", 1_402),
    Area("LS04", "Muslingebuen", 1_288),
    Area("LS05", "Klitrosehaven", 1_173),
    Area("LS06", "Marehalmen", 1_241),
    Area("LS07", "Rylehusene", 1_934),
    Area("LS08", "Vibegården", 768),
)
"""Invented areas; none bears the name of an area on a published list."""

_EXTENSIONS = (
    ("UDV-01", "LS02", "2020-11-02", FIRST_EXTENSION_APPROVED_ON, "godkendt"),
    ("UDV-02", "LS05", "2024-10-01", None, "ansøgt"),
    ("UDV-03", "LS08", "2022-09-30", None, "afslået"),
)
_SPLIT = ("OPD-01", "LS07", "LS09", "Rylevænget", "2021-09-20", "2022-04-04", "godkendt")

_FIRST_STRIP_SPLIT_OFF = 0.6
"""Strips of Rylehusene that lie this far out or farther go to the new area."""

_Entries = dict[str, tuple[str, ...]]

_TWO_YEARS_RUNNING: _Entries = {
    "parallelsamfund": ("LS01", "LS02"),
    "udsat_boligomraade": ("LS03", "LS06"),
    "forebyggelsesomraade": ("LS04", "LS05"),
}
_LISTS: tuple[tuple[str, _Entries], ...] = (
    ("2019-12-01", {"ghettoomraade": ("LS01",), "udsat_boligomraade": ("LS02", "LS03", "LS06")}),
    ("2020-12-01", {"ghettoomraade": ("LS01", "LS02"), "udsat_boligomraade": ("LS03", "LS06")}),
    ("2021-12-01", _TWO_YEARS_RUNNING),
    ("2022-12-01", _TWO_YEARS_RUNNING),
    (
        "2023-12-01",
        {
            "omdannelsesomraade": ("LS01",),
            "parallelsamfund": ("LS02", "LS05"),
            "forebyggelsesomraade": ("LS03", "LS04"),
        },
    ),
    (
        "2024-12-01",
        {
            "omdannelsesomraade": ("LS01",),
            "parallelsamfund": ("LS05",),
            "forebyggelsesomraade": ("LS02", "LS03", "LS04"),
        },
    ),
)
"""What was "published" of the demo, by the words of the time; the residents bear out every list from 2020."""


_PlanRow = tuple[str, int, str, str | None, int, str]

_PLANNED = (
    ("LS01", 2026, "nedrivning", None, 128),
    ("LS01", 2026, "salg", None, 96),
    ("LS01", 2027, "ommærkning", None, 72),
    ("LS01", 2027, "nybyggeri", "ejerbolig", 120),
    ("LS01", 2028, "salg", None, 64),
    ("LS01", 2028, "nedrivning", None, 96),
    ("LS01", 2029, "nybyggeri", "privat_udlejning", 200),
    ("LS06", 2026, "ommærkning", None, 48),
    ("LS06", 2027, "nybyggeri", "almen_familiebolig", 24),
    ("LS06", 2028, "nybyggeri", "ejerbolig", 60),
    ("LS06", 2029, "salg", None, 40),
)
"""What is planned: Hejreparken comes under 40 pct. almene familieboliger by 2030, Marehalmen does not."""


def make_plans(dwellings: pd.DataFrame) -> pd.DataFrame:
    """Return the development plans: what the dwellings went through, and what is planned.

    Parameters
    ----------
    dwellings
        As `data.synthetic.cases.plant_cases` returns them: what was done is counted there.
    """
    is_new = (
        dwellings["site"].str.startswith("LS01")
        & dwellings["tenure"].eq("privat_udlejning")
        & dwellings["built_year"].eq(2016)
    )
    rows: list[_PlanRow] = [(*row, "planlagt") for row in _PLANNED]
    rows.append(("LS01", 2016, "nybyggeri", "privat_udlejning", int(is_new.sum()), "udført"))
    torn_down = dwellings[dwellings["demolished_on"].notna()]
    for area_id in ("LS01", "LS06"):
        own = torn_down[torn_down["site"].str.startswith(area_id)]
        years = own["demolished_on"].dt.year.value_counts()
        rows += [
            (area_id, int(year), "nedrivning", None, int(years[year]), "udført")
            for year in sorted(years.index)
        ]
    rows.sort(key=lambda row: row[:2])
    return pd.DataFrame(rows, columns=["area_id", "year", "action", "tenure", "dwellings_n", "status"])


def make_areas(parcels: Parcels) -> pd.DataFrame:
    """Return the register of boligområder, each a list of parcels."""
    return pd.DataFrame(
        {
            "area_id": [area.area_id for area in AREAS],
            "name": [area.name for area in AREAS],
            "kommune_code": KOMMUNE_CODE,
            "residents_2010": [area.residents_2010 for area in AREAS],
            "parcels": [_list_parcels(parcels, _is_of_area(area.area_id)) for area in AREAS],
        }
    )


def make_extensions(parcels: Parcels) -> pd.DataFrame:
    """Return the register of extensions: one approved, one pending, one declined."""
    frame = pd.DataFrame(
        _EXTENSIONS, columns=["extension_id", "area_id", "applied_on", "approved_on", "status"]
    )
    lists = [_list_parcels(parcels, _is_of_extension(name)) for name in frame["extension_id"]]
    return _read_dates(frame.assign(parcels=lists), "applied_on", "approved_on")


def make_splits(parcels: Parcels) -> pd.DataFrame:
    """Return the register of splits: the outer strips of Rylehusene became an area of their own."""
    columns = ["split_id", "area_id", "new_area_id", "new_name", "applied_on", "approved_on", "status"]
    frame = pd.DataFrame([_SPLIT], columns=columns)
    return _read_dates(
        frame.assign(parcels=_list_parcels(parcels, _is_split_off)), "applied_on", "approved_on"
    )


def make_lists() -> pd.DataFrame:
    """Return the published lists; an area has the most severe of its categories."""
    rows = [
        (day, area_id, category)
        for day, categories in _LISTS
        for category, area_ids in categories.items()
        for area_id in area_ids
    ]
    frame = pd.DataFrame(rows, columns=["list_date", "area_id", "category"])
    return _read_dates(frame.sort_values(["list_date", "area_id"], ignore_index=True), "list_date")


def make_references() -> pd.DataFrame:
    """Return the national and regional figures of each year, in long form."""
    rows: list[tuple[int, str | None, str, float]] = []
    for year in sorted(NATIONAL_CONVICTED_N):
        convicted_n, population_n = NATIONAL_CONVICTED_N[year], NATIONAL_POPULATION_18_N[year]
        rows += [
            (year, None, "national_convicted_n", convicted_n),
            (year, None, "national_convicted_share", round(convicted_n / population_n, 6)),
            (year, None, "national_population_18_n", population_n),
            (year, REGION_CODE, "regional_gross_income_dkk", REGIONAL_MEAN_INCOME_DKK[year]),
        ]
    return pd.DataFrame(rows, columns=["year", "region_code", "key", "value"])


def _is_of_area(area_id: str) -> Callable[[Plot], bool]:
    return lambda plot: plot.site.area_id == area_id


def _is_of_extension(extension_id: str) -> Callable[[Plot], bool]:
    return lambda plot: plot.site.extension_id == extension_id


def _is_split_off(plot: Plot) -> bool:
    return plot.site.area_id == _SPLIT[1] and plot.cell[2] >= _FIRST_STRIP_SPLIT_OFF


def _list_parcels(parcels: Parcels, is_in: Callable[[Plot], bool]) -> str:
    return ", ".join(key for key, plot in zip(parcels.keys, parcels.plots, strict=True) if is_in(plot))


def _read_dates(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    dates = {column: frame[column].to_numpy(dtype="datetime64[s]") for column in columns}
    return frame.assign(**{column: np.asarray(found) for column, found in dates.items()})
