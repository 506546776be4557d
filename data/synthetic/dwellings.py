"""The dwellings as BBR would list them in 2025: owner, use, age, size and facilities."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.synthetic.buildings import Doors
from data.synthetic.names import POSTAL_DISTRICT
from data.synthetic.parcels import Parcels
from data.synthetic.plan import Mix, Site
from data.synthetic.town import Floats

DWELLING_COLUMNS = (
    "dwelling_id",
    "address",
    "x",
    "y",
    "tenure",
    "use_code",
    "built_year",
    "built_on",
    "relabelled_on",
    "relabelled_from",
    "demolished_on",
    "area_m2",
    "toilet_code",
    "bath_code",
    "heating_code",
)
"""Columns of the register, in order; the frames here also have ``site``, ``zone``, ``building``, ``plot``."""

FIRST_YEAR, LAST_YEAR = 2019, 2025
"""Years with residents; the register of dwellings shows the state on 1 January of the last."""

_USE_CODES = {"villa": "120", "terrace": "131", "rows": "131"}
_FLATS_USE = "140"
_SIDES = ("tv", "th")
_FIRST_EXACT_YEAR = 2017
_NO_DATE = np.datetime64("NaT", "s")


def make_dwellings(parcels: Parcels, doors: Doors, rng: np.random.Generator) -> pd.DataFrame:
    """Return every dwelling of the plan, before anything was relabelled or demolished.

    Parameters
    ----------
    parcels, doors
        The drawn town.
    rng
        Draws owners, years of building, sizes and facilities.

    Returns
    -------
    pd.DataFrame
        `DWELLING_COLUMNS` and ``site``, ``zone``, ``building``, ``plot``; in the order of drawing.
    """
    sites = [parcels.plots[place].site for place in doors.plot]
    building = np.array(doors.building)
    frame = pd.DataFrame(
        {
            "dwelling_id": [f"SYN-B{number:05d}" for number in range(1, len(sites) + 1)],
            "address": make_addresses(doors),
            "x": np.array(doors.x),
            "y": np.array(doors.y),
            "tenure": _draw_tenures(sites, building, rng),
            "use_code": [site.use_code or _USE_CODES.get(site.layout, _FLATS_USE) for site in sites],
            "built_year": _draw_built_years(sites, building, rng),
        }
    )
    frame["built_on"] = _draw_built_dates(frame["built_year"].to_numpy(), building, rng)
    frame["relabelled_on"] = np.full(len(frame), _NO_DATE)
    frame["relabelled_from"] = pd.Series([None] * len(frame), dtype="str")
    frame["demolished_on"] = np.full(len(frame), _NO_DATE)
    frame["area_m2"] = _draw_sizes(sites, rng)
    facilities = _draw_facilities(sites, building, rng)
    return frame.assign(
        **facilities,
        site=[site.key for site in sites],
        zone=[site.zone for site in sites],
        building=building,
        plot=np.array(doors.plot),
    )


def make_addresses(doors: Doors) -> list[str]:
    """Return addresses as they are written: ``Hejreparken 12, 3. tv, 9999 Lærkesund``."""
    addresses = []
    for street, house, floor, side in zip(doors.street, doors.house, doors.floor, doors.side, strict=True):
        level = "st." if floor == 0 else f"{floor}."
        door = "" if floor < 0 else f", {level} {_SIDES[side]}"
        addresses.append(f"{street} {house}{door}, {POSTAL_DISTRICT}")
    return addresses


def exists_on_1_january(dwellings: pd.DataFrame, year: int) -> NDArray[np.bool_]:
    """Tell which dwellings stand on 1 January of `year`; an unknown year of building is long ago."""
    day = np.datetime64(f"{year}-01-01", "s")
    built_on = dwellings["built_on"].to_numpy(dtype="datetime64[s]")
    demolished_on = dwellings["demolished_on"].to_numpy(dtype="datetime64[s]")
    built_year = dwellings["built_year"].to_numpy()
    is_built = np.where(np.isnat(built_on), built_year < year, built_on <= day)
    stands: NDArray[np.bool_] = is_built & ~(demolished_on <= day)
    return stands


def _draw_tenures(sites: list[Site], building: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    """Draw an owner for each building; some owned flats are let."""
    draws = rng.random(int(building.max()) + 1)
    lets = rng.random(len(sites)) < 0.14
    tenures = []
    for site, house, is_let in zip(sites, building.tolist(), lets.tolist(), strict=True):
        tenure = _pick(site.tenures, float(draws[house]))
        is_flat = site.layout not in ("villa", "terrace")
        tenures.append("privat_udlejning" if tenure == "ejerbolig" and is_flat and is_let else tenure)
    return tenures


def _pick(mix: Mix, draw: float) -> str:
    """Return the tenure that `draw` (0..1) falls on."""
    for name, share in mix[:-1]:
        if draw < share:
            return name
        draw -= share
    return mix[-1][0]


def _draw_built_years(
    sites: list[Site], building: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    draws = rng.random(int(building.max()) + 1)
    first = np.array([site.built[0] for site in sites])
    last = np.array([site.built[1] for site in sites])
    years: NDArray[np.int64] = first + np.floor(draws[building] * (last - first + 1)).astype(np.int64)
    return years


def _draw_built_dates(
    built_year: NDArray[np.int64], building: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.datetime64]:
    """Give new buildings the day they were taken into use."""
    day = rng.integers(30, 350, int(building.max()) + 1)[building]
    dates = (built_year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + day
    return np.where(built_year >= _FIRST_EXACT_YEAR, dates, np.datetime64("NaT")).astype("datetime64[s]")


def _draw_sizes(sites: list[Site], rng: np.random.Generator) -> NDArray[np.int64]:
    low = np.array([site.size_m2[0] for site in sites], dtype=float)
    high = np.array([site.size_m2[1] for site in sites], dtype=float)
    sizes: NDArray[np.int64] = np.round(rng.triangular(low, low + 0.4 * (high - low), high)).astype(np.int64)
    return sizes


_FACILITIES: Mapping[str, Mapping[str, tuple[tuple[str, float], ...]]] = {
    "gasvaerk": {
        "toilet_code": (("T", 0.9), ("A", 1.0)),
        "bath_code": (("V", 0.62), ("C", 0.86), ("D", 1.0)),
        "heating_code": (("1", 0.82), ("3", 0.9), ("7", 1.0)),
    },
    "kerne": {
        "toilet_code": (("T", 0.98), ("A", 1.0)),
        "bath_code": (("V", 0.9), ("C", 0.97), ("D", 1.0)),
        "heating_code": (("1", 0.93), ("7", 1.0)),
    },
    "villa": {
        "toilet_code": (("T", 1.0),),
        "bath_code": (("V", 1.0),),
        "heating_code": (("1", 0.66), ("2", 0.8), ("5", 0.95), ("7", 1.0)),
    },
}
_USUAL_FACILITIES = {
    "toilet_code": (("T", 1.0),),
    "bath_code": (("V", 1.0),),
    "heating_code": (("1", 1.0),),
}
"""Cumulated shares of BBR's codes; all that is not listed has everything and district heating."""


def _draw_facilities(
    sites: list[Site], building: NDArray[np.int64], rng: np.random.Generator
) -> dict[str, list[str]]:
    """Draw toilet and bath for each dwelling, heating for each building."""
    single: Floats = rng.random((2, len(sites)))
    shared = rng.random(int(building.max()) + 1)[building]
    draws = {"toilet_code": single[0], "bath_code": single[1], "heating_code": shared}
    return {
        column: [
            _find_code(_FACILITIES.get(site.zone, _USUAL_FACILITIES)[column], draw)
            for site, draw in zip(sites, found.tolist(), strict=True)
        ]
        for column, found in draws.items()
    }


def _find_code(limits: tuple[tuple[str, float], ...], draw: float) -> str:
    return next(code for code, limit in limits if draw < limit)
