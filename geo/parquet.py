"""Tables and layers in Parquet files."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from geo.cells import format_cells
from geo.errors import ReadError
from geo.tables import (
    Note,
    RawTable,
    TextTable,
    is_text_dictionary,
    name_source,
    note_left_out,
    tidy_table,
)

_PANDAS_INDEX = "__index_level_"
_MOST_CODE_BYTES = 3
"""A column has a dictionary that pays where its cells take less than this, dictionary and all."""


def read_parquet_table(path: Path) -> TextTable:
    """Read a Parquet file with every cell as text, exactly (`geo.cells.format_cells`).

    Binary and nested columns, geometry among them, are left out with a note.

    Parameters
    ----------
    path
        An existing file.

    Returns
    -------
    TextTable
        ``line`` is the number of the row, from 1.

    Raises
    ------
    ReadError
        Where the file is broken.
    """
    try:
        table = pq.read_table(path, read_dictionary=_find_repetitive(path))
    except (pa.ArrowException, OSError) as broken:
        raise ReadError("files.broken", {"file": path.name, "reason": _one_line(broken)}) from broken
    with named_text_errors(path.name):
        raw, notes = format_table(table, path.name, "")
        frame, line, found = tidy_table(raw, has_totals=False)
    return TextTable(frame=frame, line=line, file=path.name, notes=(*notes, *found))


def _find_repetitive(path: Path) -> list[str]:
    """Return the columns of text that the file keeps as few texts and, for each cell, which of them."""
    metadata = pq.read_metadata(path)
    values_n: Counter[str] = Counter()
    bytes_n: Counter[str] = Counter()
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for chunk in map(group.column, range(group.num_columns)):
            if chunk.physical_type == "BYTE_ARRAY":
                values_n[chunk.path_in_schema] += chunk.num_values
                bytes_n[chunk.path_in_schema] += chunk.total_uncompressed_size
    # A text for each cell takes four bytes before its first letter.
    return [name for name, count in values_n.items() if bytes_n[name] < _MOST_CODE_BYTES * count]


def format_table(table: pa.Table, file: str, layer: str) -> tuple[RawTable, list[Note]]:
    """Return the columns of an Arrow table as text or dictionaries of it; note those that have no text.

    Parameters
    ----------
    table
        Any Arrow table.
    file
        Name of the file, for messages.
    layer
        Name of the layer, for messages.
    """
    names, columns, dropped = [], [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name.startswith(_PANDAS_INDEX):
            continue
        text = column if is_text_dictionary(column.type) else format_cells(column)
        if text is None:
            dropped.append(name)
        else:
            names.append(name)
            columns.append(text)
    line = np.arange(1, table.num_rows + 1, dtype=np.int64)
    notes = [note_left_out(dropped, name_source(file, layer))] if dropped else []
    return RawTable(names, columns, line, file, layer), notes


@contextmanager
def named_text_errors(source: str) -> Iterator[None]:
    """Name the file where its text is not in the encoding that it states: Arrow refuses such cells.

    Parameters
    ----------
    source
        How a message calls the file and its layer.

    Raises
    ------
    ReadError
        ``files.wrong_letters``.
    """
    try:
        yield
    except (pa.ArrowInvalid, UnicodeError) as broken:
        raise ReadError("files.wrong_letters", {"source": source}) from broken


def find_geometry_column(path: Path) -> str | None:
    """Return the primary geometry column that a GeoParquet file names, None for a plain table.

    Raises
    ------
    ReadError
        Where the file is broken.
    """
    try:
        metadata = pq.read_schema(path).metadata or {}
        described = json.loads(metadata[b"geo"]) if b"geo" in metadata else {}
        return described.get("primary_column") if isinstance(described, dict) else None
    except (pa.ArrowException, OSError, ValueError) as broken:
        raise ReadError("files.broken", {"file": path.name, "reason": _one_line(broken)}) from broken


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
