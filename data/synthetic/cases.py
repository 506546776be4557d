"""The planted cases: dwellings that show every reason of the law, each where a planner would meet it."""

import numpy as np
import pandas as pd

FIRST_EXTENSION_APPROVED_ON = "2021-06-15"
"""The approval that splits the dwellings of Blæretangen and Klørtangen into before and after."""

_FAMILY = "almen_familiebolig"


def plant_cases(dwellings: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return `dwellings` with what happened to single ones since they were built.

    Parameters
    ----------
    dwellings
        As `data.synthetic.dwellings.make_dwellings` made them.
    rng
        Draws where unknown values fall in the rest of the town.
    """
    planted = dwellings.copy()
    _plant_in_areas(planted)
    _plant_in_first_extension(planted)
    _plant_in_second_extension(planted)
    _plant_shops(planted)
    _plant_unknowns(planted, rng)
    return planted


def _rows(dwellings: pd.DataFrame, site: str, building: int) -> pd.Index:
    """Return the dwellings of a building, counted from the first (or from the last, -1) of its site."""
    of_site = dwellings.loc[dwellings["site"] == site, "building"]
    found: pd.Index = of_site.index[of_site == of_site.unique()[building]]
    return found


def _set_built(dwellings: pd.DataFrame, rows: pd.Index, year: int, day: str | None) -> None:
    dwellings.loc[rows, "built_year"] = year
    dwellings.loc[rows, "built_on"] = np.datetime64(day or "NaT", "s")


def _relabel(dwellings: pd.DataFrame, rows: pd.Index, day: str | None, tenure: str) -> None:
    dwellings.loc[rows, "relabelled_from"] = _FAMILY
    dwellings.loc[rows, "relabelled_on"] = np.datetime64(day or "NaT", "s")
    dwellings.loc[rows, "tenure"] = tenure


def _plant_in_areas(dwellings: pd.DataFrame) -> None:
    """Other tenures on original parcels, and two demolitions."""
    dwellings.loc[_rows(dwellings, "LS01-oest", -1), "tenure"] = "almen_ungdomsbolig"
    dwellings.loc[_rows(dwellings, "LS01-oest", -2)[:10], "tenure"] = "enkeltvaerelse"
    dwellings.loc[_rows(dwellings, "LS01-vest", 2), "tenure"] = "ejerbolig"
    new = _rows(dwellings, "LS01-vest", 9)
    dwellings.loc[new, "tenure"] = "privat_udlejning"
    _set_built(dwellings, new, 2016, None)
    dwellings.loc[_rows(dwellings, "LS01-vest", 5), "demolished_on"] = np.datetime64("2024-03-15", "s")
    for building in (1, 4):
        dwellings.loc[_rows(dwellings, "LS06", building), "demolished_on"] = np.datetime64("2022-10-14", "s")
    dwellings.loc[_rows(dwellings, "LS03", 3)[:12], "tenure"] = "almen_aeldrebolig"
    private = _rows(dwellings, "LS03", 0)[:2]
    dwellings.loc[private, "tenure"] = "privat_udlejning"
    dwellings.loc[private[:1], "built_year"] = 1000
    dwellings.loc[_rows(dwellings, "LS02-aal", 0)[:1], "tenure"] = "ukendt"
    _relabel(dwellings, _rows(dwellings, "LS04", 2)[:8], "2023-04-01", "almen_ungdomsbolig")


def _plant_in_first_extension(dwellings: pd.DataFrame) -> None:
    """Fill the approved extension of Tangvænget/Ålegræsset: new, relabelled, old and undecided homes."""
    site = "UDV-01-ny"
    buildings_n = dwellings.loc[dwellings["site"] == site, "building"].nunique()
    for building in range(buildings_n):
        year, month = (2022, 10) if building < buildings_n * 0.25 else (2023, 3 + building % 8)
        _set_built(dwellings, _rows(dwellings, site, building), year, f"{year}-{month:02d}-01")
    first = _rows(dwellings, site, 0)
    _set_built(dwellings, first, 2021, "2021-12-01")
    _set_built(dwellings, first[:1], 2021, None)
    _set_built(dwellings, first[1:2], 2021, FIRST_EXTENSION_APPROVED_ON)
    _set_built(dwellings, first[2:4], 2021, "2021-04-20")
    dwellings.loc[_rows(dwellings, site, -1)[:6], "tenure"] = "almen_ungdomsbolig"
    dwellings.loc[_rows(dwellings, site, -2)[:1], "tenure"] = "ukendt"
    old = _rows(dwellings, "UDV-01-gl", 0)
    _relabel(dwellings, old, "2022-09-01", "privat_udlejning")
    before = _rows(dwellings, "UDV-01-gl", 1)
    _relabel(dwellings, before[:2], "2021-03-01", "almen_aeldrebolig")
    _relabel(dwellings, before[2:3], None, "privat_udlejning")
    dwellings.loc[_rows(dwellings, "UDV-01-villa", 1), "built_year"] = 1000


def _plant_in_second_extension(dwellings: pd.DataFrame) -> None:
    """Fill the pending extension of Klitrosehaven: new homes, relabelled ones and an old house."""
    buildings_n = dwellings.loc[dwellings["site"] == "UDV-02", "building"].nunique()
    for building in range(1, buildings_n):
        year = 2022 + building % 3
        _set_built(dwellings, _rows(dwellings, "UDV-02", building), year, f"{year}-{4 + building % 8:02d}-15")
    old = _rows(dwellings, "UDV-02", 0)
    _set_built(dwellings, old, 1976, None)
    dwellings.loc[old, "tenure"] = _FAMILY
    _relabel(dwellings, old[:4], "2024-06-01", "privat_udlejning")


def _plant_shops(dwellings: pd.DataFrame) -> None:
    """Make some ground floors of the town, and one in two areas, shops and offices."""
    is_ground = dwellings["address"].str.contains(", st. tv,", regex=False)
    town = dwellings.index[is_ground & dwellings["zone"].isin(["kerne", "karre"])][::9]
    dwellings.loc[town[::3], "use_code"] = "321"
    dwellings.loc[town[1::3], "use_code"] = "322"
    dwellings.loc[town[2::3], "use_code"] = "322"
    for site, building in (("LS01-vest", 0), ("LS02-tang", 0), ("LS05", 1)):
        rows = _rows(dwellings, site, building)
        dwellings.loc[rows[is_ground[rows]][:1], "use_code"] = "322"


def _plant_unknowns(dwellings: pd.DataFrame, rng: np.random.Generator) -> None:
    """Leave tenure or year of building of a few dwellings of the town unknown, as in BBR."""
    town = dwellings.index[dwellings["zone"].isin(["kerne", "karre", "villa", "raekke"])]
    is_old = ~dwellings.loc[town, "site"].str.startswith("UDV") & dwellings.loc[town, "built_on"].isna()
    town = town[is_old]
    chosen = rng.choice(town.to_numpy(), 20, replace=False)
    dwellings.loc[np.sort(chosen[:7]), "tenure"] = "ukendt"
    dwellings.loc[np.sort(chosen[7:]), "built_year"] = 1000
