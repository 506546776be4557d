"""The entities of the basic registers, and how one is recognised and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Entity(StrEnum):
    """An entity of BBR, DAR or MAT."""

    UNIT = "enhed"
    BUILDING = "bygning"
    STAIRCASE = "opgang"
    PLOT = "grund"
    PLOT_PARCEL = "grundjordstykke"
    PROPERTY = "ejendomsrelation"
    UNIT_PROPERTY = "enhedejendomsrelation"
    BUILDING_PROPERTY = "bygningejendomsrelation"
    ADDRESS = "adresse"
    HOUSE_NUMBER = "husnummer"
    ADDRESS_POINT = "adressepunkt"
    STREET = "navngivenvej"
    POST_DISTRICT = "postnummer"
    PLACE = "supplerendebynavn"
    PARCEL = "jordstykke"
    PARCEL_SHAPE = "lodflade"
    DISTRICT = "ejerlav"


@dataclass(frozen=True, kw_only=True)
class EntityShape:
    """How an entity is recognised and read.

    Attributes
    ----------
    entity
        Which.
    register
        The register that it belongs to.
    signature
        Headings that together no other entity has.
    fields
        Our name to the headings of the field; the first that the file has is taken.
    kept_status
        What ``status`` says of a row that is in force; empty where the entity is not filtered by it.
    barred
        Headings that such a file never has: with one of them it is a list of somebody's own.
    also
        Entities that the same rows tell of too: their field to the field here.
    """

    entity: Entity
    register: str
    signature: tuple[str, ...]
    fields: Mapping[str, Sequence[str]]
    kept_status: str = ""
    barred: tuple[str, ...] = ()
    also: Mapping[Entity, Mapping[str, str]] = field(default_factory=dict)
