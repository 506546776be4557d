"""Look at a file that nothing is known of: what is in it, how it is written, and what is wrong with it."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from geo.danish import parse_booleans, parse_dates
from geo.danish_numbers import parse_integers, parse_numbers
from geo.errors import ReadError, UsageError
from geo.inspection_facts import FieldFacts, FieldKind, Inspection, LayerFacts, TableFacts
from geo.json_tables import JSON_SUFFIXES
from geo.layer_files import has_unsaved_rows, list_file_parts, locate_layer_file
from geo.layer_inspection import inspect_geoparquet, inspect_layers, name_arrow_kind
from geo.parquet import find_geometry_column, read_parquet_table
from geo.provenance import hash_file
from geo.readers import (
    GDAL_SUFFIXES,
    PARQUET_SUFFIXES,
    READABLE_SUFFIXES,
    SHEET_SUFFIXES,
    find_suffix,
    find_zipped_table,
    is_layer,
    list_layers,
    read_table,
    require_file,
)
from geo.tables import Note, TextTable

_LOOKED_AT_N = 10_000
"""Rows from which the kind of a column of text is told."""

_Found = tuple[tuple[LayerFacts, ...], tuple[TableFacts, ...], tuple[Note, ...]]


def inspect_file(path: str | Path, *, layer: str | None = None) -> Inspection:
    """Look at a file: layers, schema, reference system, counts, extent, faults, and how it is written.

    No value of a table is kept. A layer is read by pyogrio, which may refuse the file, and then by fiona
    in a process of its own, whatever becomes of it there.

    Parameters
    ----------
    path
        A file of any of `geo.readers.READABLE_SUFFIXES`.
    layer
        Only this layer or sheet.

    Raises
    ------
    ReadError
        Where the file is missing, empty, broken, locked or of another format, or has no such layer.
    """
    file = require_file(path)
    suffix = find_suffix(file)
    if suffix not in READABLE_SUFFIXES:
        formats = ", ".join(READABLE_SUFFIXES)
        raise ReadError("files.no_readable_format", {"file": file.name, "required": formats})
    layers, tables, notes = _look(file, suffix, layer)
    parts = list_file_parts(file)
    return Inspection(
        path=Path(path),
        format=_name_format(file, suffix),
        bytes_n=sum(part.stat().st_size for part in parts),
        sha256=hash_file(file),
        parts=tuple(part.name for part in parts),
        layers=layers,
        tables=tables,
        notes=(*notes, *_note_parts(file, suffix)),
    )


def _look(file: Path, suffix: str, layer: str | None) -> _Found:
    if suffix in GDAL_SUFFIXES and not is_layer(file):
        return _inspect_json(file, layer) if suffix in JSON_SUFFIXES else _inspect_zipped_table(file, layer)
    if suffix in GDAL_SUFFIXES:
        layers, notes = inspect_layers(file, layer=layer)
        return layers, (), notes
    if suffix in SHEET_SUFFIXES:
        return _inspect_sheets(file, layer)
    if suffix in PARQUET_SUFFIXES:
        return _inspect_parquet(file)
    text = read_table(file)
    return (), (_describe_text(text, _find_heading_line(file, text.encoding)),), text.notes


def _inspect_json(file: Path, layer: str | None) -> _Found:
    names = list_layers(file) if layer is None else [layer]
    texts = [read_table(file, sheet=name) for name in names] or [read_table(file)]
    tables = tuple(_describe_text(text, None) for text in texts)
    return (), tables, tuple(note for text in texts for note in text.notes)


def _inspect_zipped_table(file: Path, sheet: str | None) -> _Found:
    text = read_table(file, sheet=sheet)
    return (), (_describe_text(text, None),), text.notes


def _inspect_sheets(file: Path, sheet: str | None) -> _Found:
    try:
        text = read_table(file, sheet=sheet)  # loads the only sheet once
    except UsageError:
        return _inspect_each_sheet(file, list_layers(file))
    return (), (_describe_sheet(text),), text.notes


def _inspect_each_sheet(file: Path, names: Sequence[str]) -> _Found:
    tables: list[TableFacts] = []
    notes: list[Note] = []
    for name in names:
        try:
            text = read_table(file, sheet=name)
        except ReadError as broken:
            tables.append(TableFacts(name=name, problem=(broken.key, broken.values)))
            continue
        tables.append(_describe_sheet(text))
        notes += text.notes
    return (), tuple(tables), tuple(notes)


def _describe_sheet(text: TextTable) -> TableFacts:
    lines = [note.values["line"] for note in text.notes if note.key == "files.heading_below_top"]
    return _describe_text(text, int(str(lines[0])) if lines else 1)


def _inspect_parquet(file: Path) -> _Found:
    column = find_geometry_column(file)
    if column is not None:
        return (inspect_geoparquet(file, column),), (), ()
    text = read_parquet_table(file)
    schema = pq.read_schema(file)
    kinds = {field.name: name_arrow_kind(field.type) for field in schema}
    # The file states its kinds; only an empty column is told by its cells.
    fields = tuple(
        field if field.kind is FieldKind.EMPTY else replace(field, kind=kinds.get(field.name, field.kind))
        for field in _guess_fields(text.frame)
    )
    return (), (TableFacts(rows_n=len(text.frame), fields=fields),), text.notes


def _describe_text(text: TextTable, heading_line: int | None) -> TableFacts:
    return TableFacts(
        name=text.layer,
        encoding=text.encoding,
        delimiter=text.delimiter,
        heading_line=heading_line,
        rows_n=len(text.frame),
        fields=_guess_fields(text.frame),
    )


def _guess_fields(frame: pd.DataFrame) -> tuple[FieldFacts, ...]:
    return tuple(FieldFacts(name=str(name), kind=_guess_kind(frame[name])) for name in frame.columns)


def _guess_kind(column: pd.Series) -> FieldKind:
    """Tell as what all of the first filled cells can be read; a code with leading zeros is text."""
    cells = column.dropna().head(_LOOKED_AT_N)
    if cells.empty:
        return FieldKind.EMPTY
    if not cells.str.match(r"-?0\d").any():
        parsed = parse_integers(cells)
        if not (parsed.is_bad | parsed.is_ambiguous).any():
            return FieldKind.INTEGER
        numbers = parse_numbers(cells)
        if not numbers.is_bad.any():
            return FieldKind.NUMBER
    if not parse_dates(cells).is_bad.any():
        return FieldKind.DATE
    return FieldKind.TEXT if parse_booleans(cells).is_bad.any() else FieldKind.BOOLEAN


def _find_heading_line(file: Path, encoding: str) -> int:
    """Return the first line with something on it, after Excel's line that names the delimiter."""
    with gzip.open(file) if file.suffix.lower() == ".gz" else file.open("rb") as stream:
        start = stream.read(1 << 16).decode(encoding, errors="replace").lstrip("\ufeff")
    lines = start.splitlines()
    first = 1 if lines and lines[0].lower().startswith("sep=") else 0
    filled = np.flatnonzero([bool(line.strip()) for line in lines[first:]])
    return first + int(filled[0]) + 1 if len(filled) else 1


def _note_parts(file: Path, suffix: str) -> list[Note]:
    """Note what lies beside a file and what is missing there."""
    if has_unsaved_rows(file):
        return [Note("files.unsaved_rows", {"source": file.name})]
    if suffix != ".shp":
        return []
    found = {part.suffix.lower() for part in list_file_parts(file)}
    missing = [part for part in (".shx", ".dbf", ".prj", ".cpg") if part not in found]
    return [Note("files.part_missing", {"source": file.name, "column": part}) for part in missing]


def _name_format(file: Path, suffix: str) -> str:
    if suffix != ".zip":
        return suffix.removeprefix(".")
    try:
        return "zip" + locate_layer_file(file, None).suffix.replace(".", "/")
    except UsageError:  # several layers: their formats may differ
        return "zip"
    except ReadError:  # no layer, but a table
        return "zip" + find_suffix(find_zipped_table(file)).replace(".", "/", 1)
