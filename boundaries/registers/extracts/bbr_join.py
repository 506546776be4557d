"""The units of BBR with their building, place, address and owner, from the entities that hold them.

A unit names its building (extracts of 2025) or its staircase (opgang), which names the building (2020).
The building gives the year of building and the point. The owner is that of the property of the building's
plot; of a building on another's land, that of the building; and where the project says so, that of the
unit's own ejerlejlighed first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from boundaries.registers.extracts.entity import Entity
from boundaries.registers.extracts.links import find_missing, find_several, look_up
from boundaries.registers.findings import make_finding
from boundaries.registers.rows import Rows

_POINT = r"^\s*POINT\s*Z?\s*\(\s*(?P<x>[-+.\deE]+)\s+(?P<y>[-+.\deE]+)(?:\s+[-+.\deE]+)?\s*\)\s*$"

Entities = Mapping[Entity, Rows]


@dataclass(frozen=True, kw_only=True)
class JoinedUnits:
    """What the other entities say of the units.

    Attributes
    ----------
    frame
        ``address``, ``x``, ``y``, ``built_year``, ``owner``: text on the index of the units; a column is
        there only where a file that tells it is.
    sources
        Column to how a finding calls it.
    findings
        Links that lead nowhere, links that are several, points that are none.
    """

    frame: pd.DataFrame
    sources: Mapping[str, str]
    findings: tuple[pd.DataFrame, ...] = ()


def join_units(units: Rows, entities: Entities, *, ownership: str, decimal: str) -> JoinedUnits:
    """Look up what the other entities say of each unit.

    Parameters
    ----------
    units
        The units in force.
    entities
        The rows in force of the other entities.
    ownership
        ``"property"``: the owner is that of the property; ``"unit"``: that of the unit's own
        ejerlejlighed, where it has one.
    decimal
        The decimal sign in which coordinates are written, as the project says it is in its files.
    """
    buildings, staircases = entities.get(Entity.BUILDING), entities.get(Entity.STAIRCASE)
    by_stairs = look_up(units.text("staircase"), staircases, "building")
    building = units.text("building").fillna(by_stairs)
    columns: dict[str, pd.Series] = {}
    findings = [
        find_missing(units, units.text("staircase").where(building.isna()), staircases, column="staircase"),
        find_missing(units, building, buildings, column=_name_link(units)),
    ]
    if buildings is not None:
        columns["built_year"] = look_up(building, buildings, "built_year")
    if buildings is not None or Entity.ADDRESS_POINT in entities:
        columns["x"], columns["y"], found = _place(units, building, entities, decimal=decimal)
        findings += found
    if Entity.ADDRESS in entities or Entity.HOUSE_NUMBER in entities:
        columns["address"] = _find_address(units, building, entities)
    if Entity.PROPERTY in entities:
        columns["owner"], found = _find_owner(units, building, entities, ownership=ownership)
        findings += found
    return JoinedUnits(
        frame=pd.DataFrame(columns, index=units.frame.index),
        sources={name: _name_source(name) for name in columns},
        findings=tuple(findings),
    )


def _name_link(units: Rows) -> str:
    """Return the field by which the units name their building: themselves, or through the staircase."""
    return "building" if "building" in units.present else "staircase"


def _name_source(column: str) -> str:
    names = {
        "built_year": "bygning.byg026Opførelsesår",
        "x": "bygning.byg404Koordinat",
        "y": "bygning.byg404Koordinat",
        "address": "adresse.adressebetegnelse",
        "owner": "ejendomsrelation.ejendommensEjerforholdskode",
    }
    return names[column]


def _place(
    units: Rows, building: pd.Series, entities: Entities, *, decimal: str
) -> tuple[pd.Series, pd.Series, list[pd.DataFrame]]:
    """Place each unit at the point of its building, or where that has none at its address.

    The law counts parcels, and the building's point lies on the parcel that the building stands on; a point
    of access may lie on the neighbour's.
    """
    x, y, findings = _look_up_points(building, entities.get(Entity.BUILDING))
    house_number = _find_house_number(units, building, entities)
    point_id = look_up(house_number, entities.get(Entity.HOUSE_NUMBER), "point_id")
    access_x, access_y, found = _look_up_points(point_id, entities.get(Entity.ADDRESS_POINT))
    has_none = x.isna() | y.isna()
    x, y = x.mask(has_none, access_x), y.mask(has_none, access_y)
    if decimal == ",":
        x, y = x.str.replace(".", ","), y.str.replace(".", ",")
    return x, y, [*findings, *found]


def _look_up_points(keys: pd.Series, table: Rows | None) -> tuple[pd.Series, pd.Series, list[pd.DataFrame]]:
    """Return east and north as text of the rows that `keys` name."""
    if table is None:
        nothing = pd.Series(None, index=keys.index, dtype="str")
        return nothing, nothing, []
    if "point" in table.frame:
        text = table.text("point")
        parts = text.str.upper().str.extract(_POINT)
        # What BBR and DAR write where there is no point is "… EMPTY".
        is_bad = parts["x"].isna() & text.notna() & ~text.str.upper().str.endswith("EMPTY").eq(other=True)
        bad = table.found("bad_point", is_bad, column="point")
        # Files of two kinds may stand side by side: one with points, one with numbers.
        x, y = (parts[name].fillna(table.text(name)) for name in ("x", "y"))
        table, findings = table.with_frame(table.frame.assign(x=x, y=y)), [bad]
    else:
        table, findings = _take_layer_points(table), []
    return look_up(keys, table, "x"), look_up(keys, table, "y"), findings


def _take_layer_points(table: Rows) -> Rows:
    """Take the coordinates out of a layer of points."""
    if "geometry" not in table.frame:
        return table
    shapes = gpd.GeoSeries(table.frame["geometry"])
    points = shapes.where(shapes.geom_type.eq("Point") & ~shapes.is_empty, None)
    x, y = (values.map("{:.3f}".format, na_action="ignore").astype("str") for values in (points.x, points.y))
    return table.with_frame(pd.DataFrame(table.frame).assign(x=x, y=y))


def _find_house_number(units: Rows, building: pd.Series, entities: Entities) -> pd.Series:
    """Return the husnummer of each unit: by its address, else its staircase, else its building."""
    address = units.text("address")
    by_address = look_up(address, entities.get(Entity.ADDRESS), "house_number")
    by_stairs = look_up(units.text("staircase"), entities.get(Entity.STAIRCASE), "house_number")
    by_building = look_up(building, entities.get(Entity.BUILDING), "house_number")
    return by_address.fillna(by_stairs).fillna(by_building)


def _find_address(units: Rows, building: pd.Series, entities: Entities) -> pd.Series:
    """Return the address in words; where the unit has none of its own, that of its door to the street."""
    own = look_up(units.text("address"), entities.get(Entity.ADDRESS), "text")
    house_number = _find_house_number(units, building, entities)
    return own.fillna(look_up(house_number, entities.get(Entity.HOUSE_NUMBER), "text"))


def _find_owner(
    units: Rows, building: pd.Series, entities: Entities, *, ownership: str
) -> tuple[pd.Series, list[pd.DataFrame]]:
    """Return the ejerforholdskode of each unit, and what was found on the way."""
    owners, own_land = entities.get(Entity.PROPERTY), entities.get(Entity.BUILDING_PROPERTY)
    plots, flats = entities.get(Entity.PLOT), entities.get(Entity.UNIT_PROPERTY)
    plot = look_up(building, entities.get(Entity.BUILDING), "plot")
    of_plot = look_up(look_up(plot, plots, "property"), owners, "owner")
    of_building = look_up(look_up(building, own_land, "property", key="building"), owners, "owner")
    of_property = of_building.fillna(of_plot)
    of_unit = look_up(look_up(units.frame["id"], flats, "property", key="unit"), owners, "owner")
    findings = [
        find_several(own_land, "property", key="building"),
        find_several(flats, "property", key="unit"),
        *_find_lost_owners(units, plot.where(of_property.isna() & of_unit.isna()), entities),
    ]
    if ownership == "unit":
        return of_unit.fillna(of_property), findings
    findings += _tell_differing_units(units, of_unit, of_property)
    return of_property.fillna(of_unit), findings


def _find_lost_owners(units: Rows, plot: pd.Series, entities: Entities) -> list[pd.DataFrame]:
    """Find plots and properties that no file holds; `plot` is of the units with no owner by another way."""
    plots = entities.get(Entity.PLOT)
    if plots is None:
        return [_tell_missing(units, Entity.PLOT)] if plot.notna().any() else []
    link, wanted = _name_link(units), look_up(plot, plots, "property")
    return [
        find_missing(units, plot, plots, column=link),
        find_missing(units, wanted, entities.get(Entity.PROPERTY), column=link),
    ]


def _tell_differing_units(units: Rows, of_unit: pd.Series, of_property: pd.Series) -> list[pd.DataFrame]:
    """Say once for each pair of codes how many units have an ejerlejlighed with another owner."""
    differs = of_unit.notna() & of_property.notna() & (of_unit != of_property)
    pairs = pd.DataFrame(
        {"file": units.origin["file"].astype("str"), "own": of_unit, "property": of_property}
    )[differs]
    counts = pairs.groupby(["file", "property", "own"], sort=True).size().reset_index(name="n")
    return [
        make_finding(
            "unit_owner_differs",
            units.register,
            {
                "file": file,
                "column": "ejendommensEjerforholdskode",
                "value": code,
                "other": own,
                "measure": float(n),
            },
        )
        for file, code, own, n in zip(*(counts[name] for name in counts), strict=True)
    ]


def find_missing_entities(units: Rows, entities: Entities) -> list[pd.DataFrame]:
    """Find entities that the units point into and that no file holds; what they tell is then missing."""
    building, staircase = units.text("building"), units.text("staircase")
    needed = {
        Entity.STAIRCASE: building.isna() & staircase.notna(),
        Entity.BUILDING: building.notna() | staircase.notna(),
    }
    found = [
        _tell_missing(units, entity)
        for entity, where in needed.items()
        if entity not in entities and where.any()
    ]
    plots = entities.get(Entity.PLOT)
    if plots is not None and Entity.PROPERTY not in entities and plots.text("property").notna().any():
        found.append(_tell_missing(plots, Entity.PROPERTY))
    return found


def _tell_missing(rows: Rows, entity: Entity) -> pd.DataFrame:
    place = {"file": rows.name_files(), "column": entity.value, "value": entity.value}
    return make_finding("extract_incomplete", rows.register, place)
