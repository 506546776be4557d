"""The files of a project, opened and their columns found; nothing of what they say is judged here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from boundaries.registers.aliases import ColumnMatch, match_columns
from boundaries.registers.extracts.entities import Text, recognise
from boundaries.registers.extracts.join import ExtractOptions, Opened, join_extracts
from boundaries.registers.findings import combine_findings, make_finding
from boundaries.registers.headings import check_headings
from boundaries.registers.parcel_keys import make_parcel_key
from boundaries.registers.problems import raise_register_errors
from boundaries.registers.project import Project, Source
from boundaries.registers.rows import ORIGIN_COLUMNS, Rows
from boundaries.registers.schemas import SCHEMAS, Geometry, Schema
from geo.errors import BoligkortError
from geo.provenance import hash_file
from geo.readers import is_layer, read_layer, read_tables
from geo.tables import Note, TextLayer, TextTable
from geo.threads import run_beside

FILE_COLUMNS = {
    "register": "str",
    "file": "str",
    "layer": "str",
    "rows_n": "int64",
    "sha256": "str",
    "bytes_n": "int64",
}
"""Columns of the list of files that were read, with dtypes."""

# What a reader notes besides is how it read the file; `boligkort inspect` tells it.
_NOTE_RULES = {
    "files.mojibake": "mojibake_text",
    "files.read_as_cp1252": "encoding_guessed",
    "files.tables_left_out": "tables_left_out",
    "files.totals_left_out": "totals_left_out",
    "files.error_cells": "error_cells",
    "files.unsaved_rows": "unsaved_rows",
    "files.gdal_warning": "reader_warning",
}
_TOLD_BESIDES = ("lines", "cells", "reason", "found")


@dataclass(frozen=True, kw_only=True)
class RawRegisters:
    """Every register of a project as text.

    Attributes
    ----------
    rows
        Register to rows; all registers, without rows where the project names no file.
    findings
        What was found on opening the files.
    files
        Columns `FILE_COLUMNS`; one row a file.
    """

    rows: dict[str, Rows]
    findings: pd.DataFrame
    files: pd.DataFrame

    def hand_over(self, register: str) -> Rows:
        """Return the rows of a register, and keep them no longer: their text is large."""
        return self.rows.pop(register)


@dataclass(frozen=True, kw_only=True)
class _File:
    """One file of a register as it was read, or as it is after the files were joined."""

    where: Mapping[str, object]
    facts: Mapping[str, object]
    text: Text


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One file of a register."""

    frame: pd.DataFrame
    origin: pd.DataFrame
    headings: Mapping[str, str]
    findings: Sequence[pd.DataFrame]
    facts: Mapping[str, object]


def read_sources(project: Project) -> RawRegisters:
    """Open every file that the project names.

    Raises
    ------
    ReadError, DataError, UsageError
        Where a file cannot be read; `RegisterErrors` with all of them where several cannot.
    """
    rows: dict[str, Rows] = {}
    findings: list[pd.DataFrame] = []
    facts: list[Mapping[str, object]] = []
    errors: list[BoligkortError] = []
    for register, schema in SCHEMAS.items():
        source = project.sources.get(register)
        parts: Sequence[_Part] = ()
        if source is not None:
            opened, faults = _read_files(project, source)
            errors += faults
            parts, found = _join_files(source, () if faults else opened)
            findings += found
        rows[register] = _put_together(schema, source, parts)
        findings += [told for part in parts for told in part.findings]
        facts += [part.facts for part in parts]
        if source is None and (schema.is_required or register == "residents"):
            findings.append(find_missing_register(project, register))
    if errors:
        raise_register_errors(errors)
    files = pd.DataFrame(facts, columns=list(FILE_COLUMNS)).astype(FILE_COLUMNS)
    return RawRegisters(rows=rows, findings=combine_findings(findings), files=files)


def find_missing_register(project: Project, register: str) -> pd.DataFrame:
    """Say that the project names no file for a register that is needed, and how to name one.

    Without residents dwellings can still be decided; that nobody is counted is only a warning.
    """
    rule = "no_residents_register" if register == "residents" else "missing_register"
    example = f'[registers.{register}] path = "{_EXAMPLE_FILES[register]}"'
    return make_finding(rule, register, {"file": project.path.name, "value": register, "other": example})


_EXAMPLE_FILES = {
    "parcels": "matrikler.gpkg",
    "areas": "boligomraader.gpkg",
    "dwellings": "boliger.csv",
    "residents": "beboere.csv",
}


def _read_files(project: Project, source: Source) -> tuple[list[_File], list[BoligkortError]]:
    files: list[_File] = []
    errors: list[BoligkortError] = []
    for file in source.files:
        try:
            files += _read_file(project, source, file)
        except BoligkortError as error:
            errors.append(error)
    return files, errors


def _read_file(project: Project, source: Source, file: Path) -> list[_File]:
    """Read one file; a total extract gives a part for each entity in it."""
    # What is no file is refused by its reader; a pipe would be waited for.
    digest = run_beside(partial(hash_file, file)) if file.is_file() else None
    may_be_layer = SCHEMAS[source.register].geometry is not Geometry.NONE
    texts: Sequence[Text]
    texts = [_read_layer(source, file)] if may_be_layer and is_layer(file) else _read_tables(source, file)
    sha256 = digest.result() if digest else hash_file(file)
    found = []
    for text in texts:
        where = {"file": project.name_file(file), "layer": text.layer}
        facts = {"rows_n": len(text.frame), "sha256": sha256, "bytes_n": file.stat().st_size}
        found.append(_File(where=where, facts={"register": source.register, **where, **facts}, text=text))
    return found


def _join_files(source: Source, files: Sequence[_File]) -> tuple[list[_Part], Sequence[pd.DataFrame]]:
    """Join what are official extracts that belong together; a part a file, some of them without rows."""
    options = ExtractOptions(
        in_force_on=source.in_force_on,
        ownership=source.ownership,
        decimal=source.decimal,
        fields=source.fields,
    )
    opened = [Opened(name=str(file.where["file"]), text=file.text) for file in files]
    joined = join_extracts(source.register, opened, options)
    parts = [
        _make_joined_part(file, source) if text is None else _make_part(file, source, text, joined.headings)
        for file, text in zip(files, joined.texts, strict=True)
    ]
    return parts, joined.findings


def _make_joined_part(file: _File, source: Source) -> _Part:
    """Return the part of a file whose rows went into those of another: what was read, and no rows."""
    schema = SCHEMAS[source.register]
    return _Part(
        frame=pd.DataFrame(),
        origin=pd.DataFrame(columns=list(ORIGIN_COLUMNS)),
        headings={},
        findings=_report_notes(file.text.notes, schema, file.where),
        facts=file.facts,
    )


def _make_part(file: _File, source: Source, text: Text, derived: Mapping[str, str]) -> _Part:
    """Return the rows of a file; `derived` columns are called in findings after what they came from."""
    schema = SCHEMAS[source.register]
    name, where = str(file.where["file"]), file.where
    frame, match = _name_columns(text, schema, source)
    origin = pd.DataFrame(
        {
            "file": _repeat(name, len(frame)),
            "layer": _repeat(text.layer, len(frame)),
            "line": pd.arrays.IntegerArray(text.line.to_numpy(), np.zeros(len(frame), dtype=bool)),
        },
        index=frame.index,
        copy=False,
    )
    return _Part(
        frame=frame if set(schema.key) & match.headings.keys() else frame.iloc[:0],
        origin=origin,
        headings={**match.headings, **derived},
        findings=[*check_headings(text, schema, match, where), *_report_notes(text.notes, schema, where)],
        facts=file.facts,
    )


def _repeat(name: str, rows_n: int) -> pd.Categorical:
    """Return `name` for every row, at the cost of a byte each."""
    return pd.Categorical.from_codes(np.zeros(rows_n, dtype=np.int8), pd.Index([name], dtype="str"))


def _read_tables(source: Source, file: Path) -> Sequence[TextTable]:
    def is_entity(headings: Sequence[str]) -> bool:
        return recognise(headings, source.register) is not None

    return read_tables(
        file,
        is_wanted=is_entity,
        sheet=source.sheet or None,
        encoding=source.encoding or None,
        delimiter=source.delimiter or None,
    )


def _read_layer(source: Source, file: Path) -> TextLayer:
    return read_layer(file, layer=source.layer or None, crs=source.crs or None)


def _name_columns(text: Text, schema: Schema, source: Source) -> tuple[pd.DataFrame, ColumnMatch]:
    """Take the register's columns under their canonical names; of an open register the others too."""
    frame, left_out = text.frame, [name for note in text.notes for name in note.values.get("left_out", ())]
    headings = [heading for heading in frame.columns if heading != "geometry"]
    names = [column.name for column in schema.columns]
    match = match_columns(headings, names, register=schema.register, fields=source.fields, left_out=left_out)
    named = pd.DataFrame({column: frame[heading] for column, heading in match.headings.items()}, frame.index)
    if schema.is_open:
        taken = set(match.headings.values())
        renamed = {heading: name for name, heading in source.fields.items()}
        for heading in headings:
            if heading not in taken:
                named[renamed.get(heading, heading)] = frame[heading]
    if isinstance(frame, gpd.GeoDataFrame):
        named["geometry"] = frame.geometry
    return named, match


def _report_notes(notes: Sequence[Note], schema: Schema, where: Mapping[str, object]) -> list[pd.DataFrame]:
    """Turn what a reader noted into findings."""
    found = []
    for note in notes:
        rule = _NOTE_RULES.get(note.key)
        if rule is not None:
            values = {name: note.values.get(name) for name in ("line", "column", "value")}
            other = next((note.values[key] for key in _TOLD_BESIDES if key in note.values), None)
            measured = {"other": other, "measure": note.values.get("count")}
            found.append(make_finding(rule, schema.register, {**where, **values, **measured}))
    return found


def _put_together(schema: Schema, source: Source | None, parts: Sequence[_Part]) -> Rows:
    """Make one register of its files, in the order in which the project names them."""
    usable = [part for part in parts if len(part.frame)]
    if not usable:
        return replace(_make_no_rows(), register=schema.register)
    frame = _stack([part.frame for part in usable])
    text = [column for column in frame.columns if column != "geometry"]
    # Files that lack a column of another's have made it one of no kind.
    other = [column for column in text if not isinstance(frame[column].dtype, pd.StringDtype)]
    frame = pd.DataFrame(frame).astype(dict.fromkeys(other, "str"))
    return Rows(
        register=schema.register,
        frame=frame,
        origin=_stack([part.origin for part in usable]),
        record_id=_name_rows(schema, frame),
        headings={str(part.facts["file"]): part.headings for part in usable},
        present=frozenset(text),
        decimal=source.decimal if source else "",
        date_format=source.date_format if source else "",
        crs=source.crs if source else "",
    )


@cache
def _make_no_rows() -> Rows:
    """Return the rows of a register that no file has; most registers of a project are such."""
    nothing = pd.Series(dtype="str")
    origin = pd.DataFrame(dict.fromkeys(ORIGIN_COLUMNS, nothing)).astype({"line": "Int64"})
    return Rows(register="", frame=pd.DataFrame(), origin=origin, record_id=nothing)


def _stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put frames below each other, on an index from 0."""
    if len(frames) == 1:
        return frames[0].set_axis(pd.RangeIndex(len(frames[0])))
    return pd.concat(frames, ignore_index=True)


def _name_rows(schema: Schema, frame: pd.DataFrame) -> pd.Series:
    """Return what a finding calls each row."""
    if schema.register == "parcels":
        return make_parcel_key(_take(frame, "cadastral_district"), _take(frame, "parcel_number"))
    if schema.register == "residents" and "person_id" in frame:
        return frame["person_id"].fillna(frame["dwelling_id"])
    if schema.register in {"plans", "flows"}:
        return _join_key(schema, frame)
    return _take(frame, "area_id" if schema.register == "lists" else schema.key[0])


def _take(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of text; all missing where the files have none, which is a finding of its own."""
    return frame[column] if column in frame else pd.Series(None, index=frame.index, dtype="str")


def _join_key(schema: Schema, frame: pd.DataFrame) -> pd.Series:
    """Return the key of each row as one text, as far as the file has it."""
    named = pd.Series("", index=frame.index, dtype="str")
    for column in schema.key:
        if column in frame:
            named = named + " " + frame[column].fillna("–")
    return named.str.strip()
