"""What DAWA served otherwise than Datafordeler: points as numbers, addresses in parts, several in one row."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pyproj

from boundaries.registers.extracts.entity import Entity, EntityShape
from boundaries.registers.extracts.links import look_up
from boundaries.registers.rows import Rows
from geo.crs import WORKING_CRS

_WGS84 = "EPSG:4326"
_LON_LAT_MOST = (180.0, 90.0)
_OF_HOUSE = ("street", "number", "place", "post_code", "post_town")


def spread(rows: Rows, shape: EntityShape) -> dict[Entity, Rows]:
    """Return the entities that the rows of a file tell of.

    Parameters
    ----------
    rows
        As `take_entity` gives them, text.
    shape
        What they are; `EntityShape.also` says what else.

    Returns
    -------
    dict
        The entity itself, with its address in words where the file has it in parts, then the others, one
        row for each of their ids. Coordinates ``x`` and ``y`` in EPSG:25832.
    """
    rows = _write_address(_project(rows))
    found = {shape.entity: rows}
    for entity, fields in shape.also.items():
        told = {name: here for name, here in fields.items() if here in rows.frame}
        if "id" not in told:
            continue
        frame = pd.DataFrame({name: rows.frame[here] for name, here in told.items()})
        chosen = frame["id"].notna() & ~frame.duplicated()
        whole = Rows(
            register=rows.register,
            frame=frame,
            origin=rows.origin,
            record_id=frame["id"],
            headings={
                file: {name: names[here] for name, here in told.items() if here in names}
                for file, names in rows.headings.items()
            },
            present=frozenset(told),
        )
        found[entity] = whole.select(chosen)
    return found


def name_addresses(entities: Mapping[Entity, Rows]) -> dict[Entity, Rows]:
    """Return the entities with the addresses in words, where streets and towns are in files of their own.

    Parameters
    ----------
    entities
        The rows in force of each, as of `spread`.

    Returns
    -------
    dict
        The same; a husnummer has its street, town and ``text`` where the files tell them, and an adresse
        those of its husnummer with its own floor and door. What says its words itself stays as it is.
    """
    named = dict(entities)
    houses = entities.get(Entity.HOUSE_NUMBER)
    if houses is None or Entity.STREET not in entities:
        return named
    told = {
        "street": ("street_id", Entity.STREET, "name"),
        "place": ("place_id", Entity.PLACE, "name"),
        "post_code": ("post_id", Entity.POST_DISTRICT, "code"),
        "post_town": ("post_id", Entity.POST_DISTRICT, "name"),
    }
    parts = {
        column: houses.text(column).fillna(look_up(houses.text(link), entities.get(entity), value))
        for column, (link, entity, value) in told.items()
    }
    parts["post_code"] = parts["post_code"].str.zfill(4)  # a number has lost its nought
    named[Entity.HOUSE_NUMBER] = houses = _write_address(_with_parts(houses, parts))
    addresses = entities.get(Entity.ADDRESS)
    if addresses is not None:
        house = addresses.text("house_number")
        parts = {
            column: addresses.text(column).fillna(look_up(house, houses, column)) for column in _OF_HOUSE
        }
        named[Entity.ADDRESS] = _write_address(_with_parts(addresses, parts))
    return named


def _with_parts(rows: Rows, parts: Mapping[str, pd.Series]) -> Rows:
    return replace(rows, frame=rows.frame.assign(**parts), present=rows.present | parts.keys())


def _project(rows: Rows) -> Rows:
    """Return the rows with longitude and latitude in EPSG:25832: DAWA gave those unless it was asked."""
    if not {"x", "y"} <= rows.present:
        return rows
    x, y = (pd.to_numeric(rows.text(name), errors="coerce") for name in ("x", "y"))
    is_degrees = x.abs().le(_LON_LAT_MOST[0]) & y.abs().le(_LON_LAT_MOST[1])
    if not is_degrees.any():
        return rows
    project = pyproj.Transformer.from_crs(_WGS84, WORKING_CRS, always_xy=True)
    projected = project.transform(x[is_degrees].to_numpy(), y[is_degrees].to_numpy())
    columns = {}
    for name, values in zip(("x", "y"), projected, strict=True):
        text = rows.text(name).astype(object)
        text[is_degrees] = [f"{value:.3f}" if np.isfinite(value) else None for value in values]
        columns[name] = text.astype("str")
    return rows.with_frame(rows.frame.assign(**columns))


def _write_address(rows: Rows) -> Rows:
    """Return the rows with the address in words as DAWA wrote it, where the file has its parts alone."""
    if not {"street", "post_code"} <= rows.present:
        return rows
    street = _join(rows.text("street"), rows.text("number"), " ")
    inside = _join(rows.text("floor") + ".", rows.text("door"), " ")
    town = _join(rows.text("post_code"), rows.text("post_town"), " ")
    written = _join(_join(_join(street, inside, ", "), rows.text("place"), ", "), town, ", ")
    told = rows.text("text").fillna(written.where(rows.text("street").notna()))
    return rows.with_frame(rows.frame.assign(text=told))


def _join(first: pd.Series, second: pd.Series, between: str) -> pd.Series:
    """Return two texts in one, or the one that there is."""
    return (first + between + second).fillna(first).fillna(second)
