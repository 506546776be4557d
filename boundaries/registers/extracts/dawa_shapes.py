"""The headings of what DAWA served: its services of BBR and addresses, and its replication of addresses."""

from collections.abc import Sequence

from boundaries.registers.extracts.entity import Entity, EntityShape

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
            "street_id": ("navngivenvej_id",),
            "post_id": ("postnr",),
            "text": ("betegnelse",),
            **_ADDRESS_PARTS,
            **_ACCESS_POINT,
        },
        barred=(*_OWN_LIST, "adgangsadresseid"),
        also={Entity.ADDRESS_POINT: {"id": "id", "x": "x", "y": "y"}},
    ),
)
"""The entities as DAWA served them, flat (``bygning_Bygning_id``) or nested (``bygning.Bygning_id``)."""

REPLICATED: Sequence[EntityShape] = (
    EntityShape(
        entity=Entity.ADDRESS,
        register="dwellings",
        signature=("id", "husnummer_id", "etagebetegnelse"),
        fields={
            "id": ("id",),
            "house_number": ("husnummer_id",),
            "floor": ("etagebetegnelse",),
            "door": ("dørbetegnelse",),
        },
    ),
    EntityShape(
        entity=Entity.HOUSE_NUMBER,
        register="dwellings",
        signature=("id", "husnummertekst", "adgangspunkt_id"),
        fields={
            "id": ("id",),
            "number": ("husnummertekst",),
            "point_id": ("adgangspunkt_id",),
            "street_id": ("navngivenvej_id",),
            "post_id": ("postnummer_id",),
            "place_id": ("supplerendebynavn_id",),
        },
    ),
    EntityShape(
        entity=Entity.ADDRESS_POINT,
        register="dwellings",
        signature=("id", "oprindelse_tekniskstandard"),
        fields={
            "id": ("id",),
            "point": ("position",),
            "x": ("position.coordinates.x",),
            "y": ("position.coordinates.y",),
        },
    ),
    EntityShape(
        entity=Entity.STREET,
        register="dwellings",
        signature=("id", "vejnavn", "vejadresseringsnavn"),
        fields={"id": ("id",), "name": ("vejnavn",)},
    ),
    EntityShape(
        entity=Entity.STREET,
        register="dwellings",
        signature=("id", "navn", "adresseringsnavn", "administrerendekommune"),
        fields={"id": ("id",), "name": ("navn",)},
    ),
    EntityShape(
        # The part of a street (vejstykke) in a kommune: the street has the same name in all of them.
        entity=Entity.STREET,
        register="dwellings",
        signature=("kommunekode", "kode", "navn", "adresseringsnavn", "navngivenvej_id"),
        fields={"id": ("navngivenvej_id",), "name": ("navn",)},
    ),
    EntityShape(
        entity=Entity.POST_DISTRICT,
        register="dwellings",
        signature=("id", "postnr", "navn", "postnummerinddeling"),
        fields={"id": ("id",), "code": ("postnr",), "name": ("navn",)},
    ),
    EntityShape(
        entity=Entity.POST_DISTRICT,
        register="dwellings",
        signature=("nr", "navn", "stormodtager"),
        fields={"id": ("nr",), "code": ("nr",), "name": ("navn",)},
    ),
    EntityShape(
        entity=Entity.PLACE,
        register="dwellings",
        signature=("id", "navn", "supplerendebynavn1"),
        fields={"id": ("id",), "name": ("navn",)},
    ),
)
"""The entities of DAWA's replication, which keep the names of streets and towns beside the addresses."""
