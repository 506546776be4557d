"""Which register a file is likely to hold, by its headings, and how the project file would name it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from boundaries.registers.aliases import fold_heading, match_columns
from boundaries.registers.extracts.entities import recognise
from boundaries.registers.schemas import SCHEMAS, Geometry, Schema
from geo.inspection_facts import Inspection, LayerFacts

MATCHED_LEAST_N = 2
"""A register of which fewer columns are found is not proposed: one name proves little."""

_ENTITY_REGISTERS = ("dwellings", "parcels")
_POINTS = frozenset({"POINT"})
_POLYGONS = frozenset({"POLYGON", "MULTIPOLYGON"})


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """A register that a layer or table may hold.

    Attributes
    ----------
    register
        Its name.
    part
        Name of the layer or sheet; empty where the file has one thing only.
    headings
        Canonical name to the heading that holds it, in the order of the register.
    missing
        Columns that the register must have and that no heading fits.
    columns_n
        How many columns the register has.
    entity
        The official entity whose headings these are, e.g. ``"enhed"``; empty where they are of none.
    snippet
        What the project file would say.
    """

    register: str
    part: str
    headings: Mapping[str, str]
    missing: tuple[str, ...]
    columns_n: int
    snippet: str
    entity: str = ""

    @property
    def is_complete(self) -> bool:
        """Tell whether every column that the register must have was found."""
        return not self.missing


def recognise_file(inspection: Inspection) -> tuple[Recognition, ...]:
    """Propose the registers that the layers and tables of a file may hold.

    Returns
    -------
    tuple of Recognition
        By layer or table in the order of the file; of each those that lack nothing, most columns first,
        or where all lack something the one that lacks least. The order of the registers settles the rest.
    """
    parts = [(layer.name, layer.fields, _name_geometry(layer)) for layer in inspection.layers]
    parts += [(table.name, table.fields, Geometry.NONE) for table in inspection.tables]
    found = []
    for part, fields, geometry in parts:
        is_only = len(parts) == 1
        crs = _propose_crs(inspection, part)
        source = _Source(inspection.path, "" if is_only else part, geometry is Geometry.NONE, crs)
        found += recognise_columns([field.name for field in fields], geometry, source)
    return tuple(found)


@dataclass(frozen=True)
class _Source:
    """What a snippet says of the file besides its columns."""

    path: Path
    part: str
    is_table: bool
    crs: str = ""


def recognise_columns(
    headings: Sequence[str], geometry: Geometry | None, source: _Source
) -> list[Recognition]:
    """Propose registers for headings.

    Parameters
    ----------
    headings
        Of the file.
    geometry
        ``NONE`` for a table, ``POINTS`` or ``POLYGONS`` for a layer, None for a layer of other shapes.
    source
        Where they stand.
    """
    entities = [_match_entity(register, headings, source) for register in _ENTITY_REGISTERS]
    if any(entities):
        return [one for one in entities if one]
    found = [
        _match(schema, headings, source)
        for schema in SCHEMAS.values()
        if geometry is not None and _may_hold(schema.geometry, geometry)
    ]
    likely = [one for one in found if len(one.headings) >= MATCHED_LEAST_N]
    complete = [one for one in likely if one.is_complete]
    if complete:
        return sorted(complete, key=lambda one: -len(one.headings))
    return sorted(likely, key=lambda one: (len(one.missing), -len(one.headings)))[:1]


def _match_entity(register: str, headings: Sequence[str], source: _Source) -> Recognition | None:
    """Recognise a file of BBR, DAR or MAT, which is joined with others of its kind to one register."""
    shape = recognise(headings, register)
    if shape is None:
        return None
    return Recognition(
        register=register,
        part=source.part,
        headings={},
        missing=(),
        columns_n=len(SCHEMAS[register].columns),
        snippet=f"[registers.{register}]\nfiles = [{_quote(source.path.as_posix())}]",
        entity=str(shape.entity),
    )


def _may_hold(wanted: Geometry, found: Geometry) -> bool:
    """Tell whether a register may come as a table, as points or as polygons."""
    allowed = {
        Geometry.NONE: {Geometry.NONE},
        Geometry.POINTS: {Geometry.NONE, Geometry.POINTS},
        Geometry.POLYGONS: {Geometry.POLYGONS},
        Geometry.OUTLINE: {Geometry.NONE, Geometry.POLYGONS},
    }
    return found in allowed[wanted]


def _match(schema: Schema, headings: Sequence[str], source: _Source) -> Recognition:
    columns = [column.name for column in schema.columns]
    match = match_columns(headings, columns, register=schema.register, fields={})
    required = [column.name for column in schema.columns if column.is_required or column.name in schema.key]
    if schema.is_open:
        # Of yearly figures every column besides the year may be one.
        required = [column.name for column in schema.columns if column.is_required]
    if schema.geometry is Geometry.POINTS and source.is_table:
        required += ["x", "y"]
    missing = tuple(name for name in dict.fromkeys(required) if name not in match.headings)
    return Recognition(
        register=schema.register,
        part=source.part,
        headings=dict(match.headings),
        missing=missing,
        columns_n=len(columns),
        snippet=_write_snippet(schema.register, match.headings, missing, source),
    )


def _name_geometry(layer: LayerFacts) -> Geometry | None:
    if not layer.geometry_type and not layer.found_types:
        return Geometry.NONE
    types = set(layer.found_types)
    if types and types <= _POINTS:
        return Geometry.POINTS
    return Geometry.POLYGONS if types and types <= _POLYGONS else None


def _propose_crs(inspection: Inspection, part: str) -> str:
    layers = [layer for layer in inspection.layers if layer.name == part and not layer.crs]
    proposals = [proposal for layer in layers for proposal in layer.proposals if not proposal.is_swapped]
    return proposals[0].crs if proposals else ""


def _write_snippet(
    register: str, headings: Mapping[str, str], missing: Iterable[str], source: _Source
) -> str:
    """Write the register's section; what is missing stands there as a comment to fill in."""
    lines = [f"[registers.{register}]", f"path = {_quote(source.path.as_posix())}"]
    if source.part:
        lines.append(f"{'sheet' if source.is_table else 'layer'} = {_quote(source.part)}")
    if source.crs:
        lines.append(f"crs = {_quote(source.crs)}")
    # A heading that differs in capitals or spelling alone is found without being named.
    named = {
        name: heading for name, heading in headings.items() if fold_heading(name) != fold_heading(heading)
    }
    if named or missing:
        lines.append(f"[registers.{register}.fields]")
        lines += [f"{name} = {_quote(heading)}" for name, heading in named.items()]
        lines += [f'# {name} = ""' for name in missing]
    return "\n".join(lines)


def _quote(text: str) -> str:
    """Return `text` as a TOML string: JSON's, with the one control character that it leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
