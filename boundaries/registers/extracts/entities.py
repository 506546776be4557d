"""Which official entity a file holds, by its headings: those of 2020, of 2025, Danish letters or ASCII."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd

from boundaries.registers.aliases import fold_heading
from boundaries.registers.extracts.dawa_shapes import DAWA, REPLICATED
from boundaries.registers.extracts.entity import Entity, EntityShape
from boundaries.registers.rows import Rows
from geo.tables import TextLayer, TextTable

__all__ = [
    "ENTITIES",
    "VERSION_FIELDS",
    "Entity",
    "EntityShape",
    "Text",
    "append_rows",
    "recognise",
    "take_entity",
]


VERSION_FIELDS: Mapping[str, Sequence[str]] = {
    "id": ("id_lokalId", "id.lokalId"),
    "status": ("status",),
    "registered_from": ("registreringFra",),
    "registered_to": ("registreringTil",),
    "valid_from": ("virkningFra", "virkningstart"),
    "valid_to": ("virkningTil", "virkningslut"),
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

Text = TextTable | TextLayer


def recognise(headings: Sequence[str], register: str) -> EntityShape | None:
    """Return the entity of `register` whose headings these are; None where they are of none."""
    folded = {fold_heading(heading) for heading in headings}
    for shape in (*ENTITIES, *DAWA, *REPLICATED):
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
