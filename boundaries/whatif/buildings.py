"""New dwellings with the residents who are expected there, as rows of the registers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.delineation.areas import delineate_areas, outline_extensions
from boundaries.model import Registers, Settings
from boundaries.whatif.expected import compose_residents
from boundaries.whatif.ledger import Ledger, list_known
from boundaries.whatif.proposals import NewBuilding, Place
from boundaries.whatif.rows import append_rows

DWELLING_USE_CODE = "140"
"""BBR's code of a dwelling in a building of several (etageboligbebyggelse)."""


def add_buildings(
    registers: Registers,
    settings: Settings,
    status_date: date,
    buildings: Sequence[NewBuilding],
    ledger: Ledger,
) -> tuple[Registers, dict[str, str]]:
    """Return the registers with the dwellings of new buildings, nobody living there yet.

    Parameters
    ----------
    registers
        With the proposed extensions; not changed.
    settings
        For the delineation.
    status_date
        The opgørelsesdato; a place is looked up as it is then.
    buildings
        In the order of the file.
    ledger
        Takes up places that do not exist, and buildings that come too late.

    Returns
    -------
    registers
        Dwellings by ``dwelling_id``.
    owners
        Name of the building of each new dwelling.
    """
    if not buildings:
        return registers, {}
    _, pieces = delineate_areas(registers, status_date, gap_m=settings.coherence_gap_m)
    ground = _Ground(registers, pieces, outline_extensions(registers, status_date), ledger)
    known = set(registers.dwellings["dwelling_id"])
    rows: list[dict[str, object]] = []
    owners: dict[str, str] = {}
    for building in buildings:
        if building.built_on > status_date:
            ledger.note("after_status_date", building.name, value=building.built_on.isoformat())
        point = ground.find_point(building.name, building.place)
        ids = name_dwellings(building)
        if known & set(ids):
            ledger.fault("dwelling_exists", building.name, dwelling=min(known & set(ids)))
        elif point is not None:
            rows += [_make_dwelling(building, dwelling_id, point) for dwelling_id in ids]
            owners |= dict.fromkeys(ids, building.name)
    dwellings = append_rows(registers.dwellings, rows).sort_values(
        "dwelling_id", kind="stable", ignore_index=True
    )
    return replace(registers, dwellings=dwellings), owners


def name_dwellings(building: NewBuilding) -> list[str]:
    """Return the ids of a building's dwellings: its name and a number of equal length, rising."""
    digits = len(str(building.dwellings_n))
    return [f"{building.name} {number:0{digits}d}" for number in range(1, building.dwellings_n + 1)]


def _make_dwelling(building: NewBuilding, dwelling_id: str, point: tuple[float, float]) -> dict[str, object]:
    return {
        "dwelling_id": dwelling_id,
        "address": building.name,
        "x": point[0],
        "y": point[1],
        "tenure": building.tenure,
        "use_code": DWELLING_USE_CODE,
        "is_dwelling": True,
        "built_year": building.built_on.year,
        "built_on": pd.Timestamp(building.built_on),
        "area_m2": building.area_m2,
    }


class _Ground:
    """Where the parts of the areas lie on the date."""

    def __init__(
        self, registers: Registers, pieces: gpd.GeoDataFrame, extensions: gpd.GeoDataFrame, ledger: Ledger
    ) -> None:
        self._parcels = registers.parcels
        self._pieces = pieces
        self._extensions = extensions
        self._ledger = ledger

    def find_point(self, name: str, place: Place) -> tuple[float, float] | None:
        """Return a point at a place; of several parcels in the largest, the first of equal ones."""
        if place.point is not None:
            return place.point
        if place.area_id:
            is_own = self._pieces["area_id"].eq(place.area_id) & self._pieces["piece"].eq("base")
            return self._point_in(
                name, self._pieces[is_own], "unknown_area", place.area_id, self._pieces["area_id"]
            )
        if place.extension_id:
            ids = self._extensions["extension_id"]
            own = self._extensions[ids.eq(place.extension_id)]
            return self._point_in(name, own, "unknown_extension", place.extension_id, ids)
        own = self._parcels[self._parcels["parcel_key"].isin(place.parcels)]
        return self._point_in(name, own, "unknown_parcel", ", ".join(place.parcels), None)

    def _point_in(
        self, name: str, own: gpd.GeoDataFrame, fault: str, value: str, known: pd.Series | None
    ) -> tuple[float, float] | None:
        parts = [part for shape in own.geometry for part in shapely.get_parts(shape) if part.area]
        if not parts:
            field_name = fault.removeprefix("unknown_")
            listed = {} if known is None else {"known": list_known(known)}
            self._ledger.fault(fault, name, **{field_name: value}, **listed)
            return None
        largest = max(range(len(parts)), key=lambda at: (parts[at].area, -at))
        point = shapely.point_on_surface(parts[largest])
        return float(point.x), float(point.y)


def house_expected(
    registers: Registers, buildings: Sequence[NewBuilding], years: Iterable[int], ledger: Ledger
) -> Registers:
    """Return the registers with the expected residents in their new dwellings.

    They live there on 1 January of every year from the day on which the building is taken into use;
    dealt out to the dwellings in turn.

    Parameters
    ----------
    registers
        With the dwellings; not changed.
    buildings
        As in `add_buildings`.
    years
        The data years that the law asks for, the status year last.
    ledger
        Takes up what is not stated of them.
    """
    rows: list[dict[str, object]] = []
    asked = sorted(years)
    for building in buildings:
        expected = building.residents
        if expected is None:
            ledger.note("no_residents", building.name)
            continue
        if expected.residents_n and expected.unstated:
            ledger.note("unstated", building.name, value=", ".join(expected.unstated))
        there = [year for year in asked if building.built_on <= date(year, 1, 1)]
        if asked[-1] not in there:
            ledger.note("not_moved_in", building.name, value=str(asked[-1]))
        persons = compose_residents(expected).to_dict("records")
        ids = name_dwellings(building)
        rows += [
            {
                **{str(trait): value for trait, value in person.items()},
                "year": year,
                "dwelling_id": ids[order % len(ids)],
                "residents_n": 1,
                "person_id": f"{building.name} {order + 1}",
            }
            for year in there
            for order, person in enumerate(persons)
        ]
    return replace(registers, residents=append_rows(registers.residents, rows))
