"""Which official entity a file holds, by its headings: those of 2020, of 2025, Danish letters or ASCII."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import geopandas as gpd
import pandas as pd

from boundaries.registers.aliases import fold_heading
from boundaries.registers.rows import Rows
from geo.tables import TextLayer, TextTable


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


VERSION_FIELDS: Mapping[str, Sequence[str]] = {
    "id": ("id_lokalId", "id.lokalId"),
    "status": ("status",),
    "registered_from": ("registreringFra",),
    "registered_to": ("registreringTil",),
    "valid_from": ("virkningFra",),
    "valid_to": ("virkningTil",),
}
"""The fields of a bitemporal row, alike in all three registers."""

_BUILDING_POINT = ("byg404Koordinat", "byg404Koordinat.wkt")
_ON_OTHERS_LAND = ("bygningPåFremmedGrund",)

ENTITIES: Sequence[EntityShape] = (
    EntityShape(
        entity=Entity.UNIT,
        register="dwellings",
        signature=("id_lokalId", "enh020EnhedensAnvendelse"),
        fields={
            "staircase": ("opgang",),
            "building": ("bygning",),
            "address": ("adresseIdentificerer",),
            "use": ("enh020EnhedensAnvendelse",),
            "dwelling_type": ("enh023Boligtype",),
            "letting": ("enh045Udlejningsforhold",),
            "support": ("enh046OffentligStøtte",),
            "owner": ("ejendommensEjerforholdskode", "ejerforholdskode"),
        },
        kept_status="6",
    ),
    EntityShape(
        entity=Entity.BUILDING,
        register="dwellings",
        signature=("id_lokalId", "byg021BygningensAnvendelse"),
        fields={
            "built_year": ("byg026Opførelsesår",),
            "point": _BUILDING_POINT,
            "plot": ("grund",),
            "house_number": ("husnummer",),
        },
    ),
    EntityShape(
        entity=Entity.STAIRCASE,
        register="dwellings",
        signature=("id_lokalId", "adgangFraHusnummer", "bygning"),
        fields={"building": ("bygning",), "house_number": ("adgangFraHusnummer",)},
    ),
    EntityShape(
        entity=Entity.PLOT,
        register="dwellings",
        signature=("id_lokalId", "bestemtFastEjendom"),
        fields={"property": ("bestemtFastEjendom",)},
    ),
    EntityShape(
        entity=Entity.PROPERTY,
        register="dwellings",
        signature=("id_lokalId", "bfeNummer", "ejendommensEjerforholdskode"),
        fields={"owner": ("ejendommensEjerforholdskode",)},
    ),
    EntityShape(
        entity=Entity.UNIT_PROPERTY,
        register="dwellings",
        signature=("id_lokalId", "enhed", "ejerlejlighed"),
        fields={"unit": ("enhed",), "property": ("ejerlejlighed",)},
    ),
    EntityShape(
        entity=Entity.BUILDING_PROPERTY,
        register="dwellings",
        signature=("id_lokalId", "bygning", *_ON_OTHERS_LAND),
        fields={"building": ("bygning",), "property": _ON_OTHERS_LAND},
    ),
    EntityShape(
        entity=Entity.PLOT_PARCEL,
        register="dwellings",
        signature=("id_lokalId", "grund", "jordstykke"),
        fields={"plot": ("grund",), "parcel": ("jordstykke",)},
    ),
    EntityShape(
        entity=Entity.HOUSE_NUMBER,
        register="dwellings",
        signature=("id_lokalId", "husnummertekst", "adgangspunkt"),
        fields={"text": ("adgangsadressebetegnelse",), "point_id": ("adgangspunkt",)},
    ),
    EntityShape(
        entity=Entity.ADDRESS,
        register="dwellings",
        signature=("id_lokalId", "adressebetegnelse", "husnummer"),
        fields={"text": ("adressebetegnelse",), "house_number": ("husnummer",)},
    ),
    EntityShape(
        entity=Entity.ADDRESS_POINT,
        register="dwellings",
        signature=("id_lokalId", "oprindelse_tekniskStandard"),
        fields={"point": ("position", "position.wkt")},
    ),
    EntityShape(
        entity=Entity.PARCEL_SHAPE,
        register="parcels",
        signature=("id_lokalId", "jordstykkeLokalId"),
        fields={"parcel": ("jordstykkeLokalId",), "shape": ("geometri", "geometri.wkt", "geometry_text")},
        kept_status="Gældende",
    ),
    EntityShape(
        entity=Entity.PARCEL,
        register="parcels",
        signature=("id_lokalId", "matrikelnummer"),
        fields={
            "number": ("matrikelnummer",),
            "district": ("ejerlavskode",),
            "district_id": ("ejerlavLokalId",),
            "shape": ("geometri", "geometri.wkt", "geometry_text"),
        },
        kept_status="Gældende",
    ),
    EntityShape(
        entity=Entity.DISTRICT,
        register="parcels",
        signature=("id_lokalId", "ejerlavskode", "ejerlavsnavn"),
        fields={"district": ("ejerlavskode",)},
        kept_status="Gældende",
    ),
)
"""The entities of Datafordeler that are recognised, tried in this order."""

_OWN_LIST = ("use_code", "anvendelse", "anvendelseskode", "tenure", "ejerform", "boligtype")
_ACCESS_POINT = {
    "x": (
        "etrs89koordinat_øst",
        "adgangspunkt.koordinater.x",
        "adgangsadresse.adgangspunkt.koordinater.x",
        "x",
    ),
    "y": (
        "etrs89koordinat_nord",
        "adgangspunkt.koordinater.y",
        "adgangsadresse.adgangspunkt.koordinater.y",
        "y",
    ),
}
_ADDRESS_PARTS = {
    "street": ("vejnavn", "vejstykke.navn", "adgangsadresse.vejstykke.navn"),
    "number": ("husnr", "adgangsadresse.husnr"),
    "floor": ("etage",),
    "door": ("dør",),
    "place": ("supplerendebynavn", "adgangsadresse.supplerendebynavn"),
    "post_code": ("postnr", "postnummer.nr", "adgangsadresse.postnummer.nr"),
    "post_town": ("postnrnavn", "postnummer.navn", "adgangsadresse.postnummer.navn"),
}

DAWA: Sequence[EntityShape] = (
    EntityShape(
        entity=Entity.UNIT,
        register="dwellings",
        signature=("Enhed_id", "ENH_ANVEND_KODE"),
        fields={
            "id": ("Enhed_id",),
            "status": ("ObjStatus",),
            "staircase": ("Opgang_id",),
            "building": ("bygning_Bygning_id", "opgang_Bygning_id"),
            "address": ("EnhAdr_id",),
            "use": ("ENH_ANVEND_KODE",),
            "dwelling_type": ("BOLIGTYPE_KODE",),
            "letting": ("ENH_UDLEJ2_KODE",),
            "support": ("OFF_STOETTE_KODE",),
            "owner": ("EJERFORHOLD_KODE",),
        },
        kept_status="1",
    ),
    EntityShape(
        entity=Entity.STAIRCASE,
        register="dwellings",
        signature=("Opgang_id", "AdgAdr_id", "Bygning_id"),
        fields={"id": ("Opgang_id",), "building": ("Bygning_id",), "house_number": ("AdgAdr_id",)},
    ),
    EntityShape(
        entity=Entity.BUILDING,
        register="dwellings",
        signature=("Bygning_id", "BYG_ANVEND_KODE"),
        fields={
            "id": ("Bygning_id",),
            "built_year": ("OPFOERELSE_AAR",),
            "x": ("bygningspunkt_KoorOest",),
            "y": ("bygningspunkt_KoorNord",),
            "plot": ("Grund_id",),
            "house_number": ("AdgAdr_id",),
        },
    ),
    EntityShape(
        entity=Entity.PROPERTY,
        register="dwellings",
        signature=("Ejerskab_id", "BbrId", "EJERFORHOLD_KODE"),
        fields={"id": ("Ejerskab_id",), "owner": ("EJERFORHOLD_KODE",), "owned": ("BbrId",)},
        # What is owned may be a plot, a building on another's land, or an ejerlejlighed.
        also={
            Entity.PLOT: {"id": "owned", "property": "id"},
            Entity.BUILDING_PROPERTY: {"id": "id", "building": "owned", "property": "id"},
            Entity.UNIT_PROPERTY: {"id": "id", "unit": "owned", "property": "id"},
        },
    ),
    EntityShape(
        entity=Entity.ADDRESS,
        register="dwellings",
        signature=("id", "etage", "dør", "adgangsadresseid"),
        fields={
            "id": ("id",),
            "text": ("adressebetegnelse", "betegnelse"),
            "house_number": ("adgangsadresseid",),
            **_ADDRESS_PARTS,
            **_ACCESS_POINT,
        },
        barred=_OWN_LIST,
        also={
            Entity.HOUSE_NUMBER: {"id": "house_number", "point_id": "house_number"},
            Entity.ADDRESS_POINT: {"id": "house_number", "x": "x", "y": "y"},
        },
    ),
    EntityShape(
        entity=Entity.HOUSE_NUMBER,
        register="dwellings",
        signature=("id", "husnr", "kommunekode"),
        fields={
            "id": ("id",),
            "point_id": ("id",),
            "text": ("betegnelse",),
            **_ADDRESS_PARTS,
            **_ACCESS_POINT,
        },
        barred=(*_OWN_LIST, "adgangsadresseid"),
        also={Entity.ADDRESS_POINT: {"id": "id", "x": "x", "y": "y"}},
    ),
)
"""The entities as DAWA served them, flat (``bygning_Bygning_id``) or nested (``bygning.Bygning_id``)."""

Text = TextTable | TextLayer


def recognise(headings: Sequence[str], register: str) -> EntityShape | None:
    """Return the entity of `register` whose headings these are; None where they are of none."""
    folded = {fold_heading(heading) for heading in headings}
    for shape in (*ENTITIES, *DAWA):
        if (
            shape.register == register
            and folded.issuperset(map(fold_heading, shape.signature))
            and folded.isdisjoint(map(fold_heading, shape.barred))
        ):
            return shape
    return None


def take_entity(text: Text, shape: EntityShape, *, file: str) -> Rows:
    """Take the fields of an entity under our names.

    Parameters
    ----------
    text
        The file as it was read.
    shape
        What it holds.
    file
        How messages call it.

    Returns
    -------
    Rows
        The fields of `VERSION_FIELDS` and of the entity that the file has, all text, and ``geometry``
        where it is a layer; index that of `text`.
    """
    by_fold = {fold_heading(heading): heading for heading in reversed(list(text.frame.columns))}
    headings: dict[str, str] = {}
    for name, known in {**VERSION_FIELDS, **shape.fields}.items():
        fitting = [by_fold[fold_heading(heading)] for heading in known if fold_heading(heading) in by_fold]
        if fitting:
            headings[name] = fitting[0]
    frame = pd.DataFrame({name: text.frame[heading] for name, heading in headings.items()}, text.frame.index)
    if isinstance(text.frame, gpd.GeoDataFrame):
        frame["geometry"] = text.frame.geometry
    origin = pd.DataFrame(
        {"file": file, "layer": text.layer, "line": text.line.astype("Int64")}, index=text.frame.index
    )
    return Rows(
        register=shape.register,
        frame=frame,
        origin=origin.astype({"file": "str", "layer": "str"}),
        record_id=frame["id"],
        headings={file: headings},
        present=frozenset(headings),
    )


def append_rows(parts: Sequence[Rows]) -> Rows:
    """Put the files of one entity together, in order, with positions 0..n-1."""
    first = parts[0]
    if len(parts) == 1:
        return first
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    return Rows(
        register=first.register,
        frame=frame,
        origin=pd.concat([part.origin for part in parts], ignore_index=True),
        record_id=frame["id"],
        headings={file: headings for part in parts for file, headings in part.headings.items()},
        present=frozenset().union(*(part.present for part in parts)),
    )
