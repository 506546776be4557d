"""The files of one register, joined where they are official entities that belong together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import geopandas as gpd
import pandas as pd

from boundaries.registers.aliases import match_columns
from boundaries.registers.extracts.bbr_join import Entities, find_missing_entities, join_units
from boundaries.registers.extracts.dawa import name_addresses, spread
from boundaries.registers.extracts.entities import (
    Entity,
    EntityShape,
    Text,
    append_rows,
    recognise,
    take_entity,
)
from boundaries.registers.extracts.mat_join import join_parcels
from boundaries.registers.extracts.tenure import derive_tenure
from boundaries.registers.extracts.versions import keep_in_force
from boundaries.registers.findings import make_finding
from boundaries.registers.rows import Rows
from geo.tables import TextLayer, TextTable


@dataclass(frozen=True, kw_only=True)
class ExtractOptions:
    """What the project says of the extracts of a register.

    Attributes
    ----------
    in_force_on
        The day on which rows must be in force; None for now.
    ownership
        ``"property"`` or ``"unit"``: whose owner tells the tenure.
    decimal
        Decimal sign of the register's files; empty where nothing is said.
    fields
        Canonical column to heading; such a column is never derived.
    """

    in_force_on: date | None = None
    ownership: str = "property"
    decimal: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file of a register as it was read; `name` is how messages call it."""

    name: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The files of a register after the join.

    Attributes
    ----------
    texts
        One a file, in the order given: its rows, or None where they went into those of another file.
    headings
        Derived column to how a finding calls it.
    findings
        What was left out, and what does not fit.
    """

    texts: tuple[Text | None, ...]
    headings: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[pd.DataFrame, ...] = ()


Shapes = Sequence[EntityShape | None]


def join_extracts(register: str, opened: Sequence[Opened], options: ExtractOptions) -> Joined:
    """Join the files of a register that are official entities; other files stay as they are.

    Parameters
    ----------
    register
        Its name; ``"dwellings"`` and ``"parcels"`` have official entities.
    opened
        Its files.
    options
        What the project says.

    Returns
    -------
    Joined
        Of units the rows in force with the canonical columns ``address``, ``x``, ``y``, ``built_year``,
        ``tenure`` and ``tenure_source`` as far as they can be told and the file has none of its own; of
        parcels the rows in force with their geometry.
    """
    shapes = [recognise(list(file.text.frame.columns), register) for file in opened]
    found = {shape.entity for shape in shapes if shape is not None}
    if Entity.UNIT in found:
        return _join_units(opened, shapes, options)
    if register == "dwellings" and found:
        return _refuse_without_units(opened, shapes)
    if Entity.PARCEL in found:
        return _join_parcels(opened, shapes, options)
    return Joined(texts=tuple(file.text for file in opened))


def _join_units(opened: Sequence[Opened], shapes: Shapes, options: ExtractOptions) -> Joined:
    entities, findings = _take_entities(opened, shapes, options, leave=Entity.UNIT)
    texts: list[Text | None] = []
    headings: dict[str, str] = {}
    for file, shape in zip(opened, shapes, strict=True):
        if shape is None or shape.entity is not Entity.UNIT:
            texts.append(file.text if shape is None else None)
            continue
        checked = keep_in_force(take_entity(file.text, shape, file=file.name), shape, on=options.in_force_on)
        told = _tell_units(file.text, checked.rows, entities, options)
        texts.append(_with_columns(file.text, told.columns))
        headings |= told.headings
        findings += [*checked.findings, *told.findings]
    return Joined(texts=tuple(texts), headings=headings, findings=tuple(findings))


def _take_entities(
    opened: Sequence[Opened], shapes: Shapes, options: ExtractOptions, *, leave: Entity
) -> tuple[Entities, list[pd.DataFrame]]:
    """Take the rows in force of every entity but `leave`, the files of one entity together."""
    parts: dict[Entity, list[tuple[EntityShape, Rows]]] = {}
    for file, shape in zip(opened, shapes, strict=True):
        if shape is not None and shape.entity is not leave:
            for entity, rows in spread(take_entity(file.text, shape, file=file.name), shape).items():
                parts.setdefault(entity, []).append((shape, rows))
    entities: dict[Entity, Rows] = {}
    findings: list[pd.DataFrame] = []
    for entity, told in parts.items():
        shape, _ = told[0]
        checked = keep_in_force(append_rows([rows for _, rows in told]), shape, on=options.in_force_on)
        entities[entity] = checked.rows
        findings += checked.findings
    return name_addresses(entities), findings


@dataclass(frozen=True, kw_only=True)
class _Told:
    """The derived columns of one file of units, on the index of its rows in force."""

    columns: pd.DataFrame
    headings: Mapping[str, str]
    findings: Sequence[pd.DataFrame]


def _tell_units(text: Text, units: Rows, entities: Entities, options: ExtractOptions) -> _Told:
    joined = join_units(units, entities, ownership=options.ownership, decimal=options.decimal)
    wanted = ["address", "x", "y", "built_year", "tenure"]
    match = match_columns(list(text.frame.columns), wanted, register="dwellings", fields=options.fields)
    own = match.headings.keys() | match.missing.keys()
    columns = joined.frame.drop(columns=[*own, "owner"], errors="ignore")
    headings = {name: source for name, source in joined.sources.items() if name in columns}
    findings = [*joined.findings]
    if entities or units.present & {"registered_to", "valid_to"}:
        findings += find_missing_entities(units, entities)
    has_codes = bool({"support", "owner"} & (units.present | set(joined.frame.columns)))
    if "tenure" not in own and has_codes:
        told = derive_tenure(_with_owner(units, joined.frame))
        columns = columns.assign(tenure=told.tenure, tenure_source=told.source)
        headings |= {"tenure": "enh046OffentligStøtte, ejendommensEjerforholdskode"}
        findings += told.findings
    return _Told(columns=columns, headings=headings, findings=findings)


def _with_owner(units: Rows, joined: pd.DataFrame) -> Rows:
    """Return the units with the owner that was joined, where their own file does not tell it."""
    if "owner" not in joined:
        return units
    owner = units.text("owner").fillna(joined["owner"])
    files = {file: {"owner": "ejendommensEjerforholdskode", **told} for file, told in units.headings.items()}
    return replace(units, frame=units.frame.assign(owner=owner), headings=files)


def _with_columns(text: Text, columns: pd.DataFrame) -> Text:
    """Return the rows that `columns` has, with them added, and the lines where they stood."""
    kept = text.frame.loc[columns.index]
    frame = kept.assign(**{str(name): columns[name] for name in columns}).reset_index(drop=True)
    line = text.line.loc[columns.index].reset_index(drop=True)
    if isinstance(text, TextLayer):
        return replace(text, frame=frame, line=line)
    return replace(text, frame=frame, line=line)


def _refuse_without_units(opened: Sequence[Opened], shapes: Shapes) -> Joined:
    """Say which entities there are where the units themselves are not among the files."""
    known = [(file.name, shape) for file, shape in zip(opened, shapes, strict=True) if shape is not None]
    found = [
        make_finding("extract_without_units", "dwellings", {"file": name, "value": shape.entity.value})
        for name, shape in known
    ]
    texts = (file.text if shape is None else None for file, shape in zip(opened, shapes, strict=True))
    return Joined(texts=tuple(texts), findings=tuple(found))


def _join_parcels(opened: Sequence[Opened], shapes: Shapes, options: ExtractOptions) -> Joined:
    entities, findings = _take_entities(opened, shapes, options, leave=Entity.PARCEL)
    texts: list[Text | None] = []
    for file, shape in zip(opened, shapes, strict=True):
        if shape is None or shape.entity is not Entity.PARCEL:
            texts.append(file.text if shape is None else None)
            continue
        checked = keep_in_force(take_entity(file.text, shape, file=file.name), shape, on=options.in_force_on)
        columns, found = join_parcels(checked.rows, entities)
        texts.append(_with_shapes(_with_columns(file.text, columns)))
        findings += [*checked.findings, *found]
    return Joined(texts=tuple(texts), findings=tuple(findings))


def _with_shapes(text: Text) -> Text:
    """Return a table whose rows got a geometry as a layer."""
    if isinstance(text, TextTable) and "geometry" in text.frame:
        return TextLayer(
            frame=gpd.GeoDataFrame(text.frame, geometry="geometry"),
            line=text.line,
            file=text.file,
            layer=text.layer,
            notes=text.notes,
        )
    return text
