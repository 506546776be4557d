"""Tables in JSON: rows as objects, as the services and file extracts of the basic registers hand them out."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeGuard

import numpy as np
import pyarrow as pa

from geo.errors import ReadError, UsageError
from geo.tables import RawTable, TextTable, name_source, note_left_out, tidy_table

JSON_SUFFIXES = (".json", ".json.gz")
"""Files that hold a table or a map layer (GeoJSON); what is in them tells which."""

_PEEKED_BYTES_N = 1 << 16
_GEOJSON_TYPE = re.compile(
    rb'"type"\s*:\s*"(?:Feature|FeatureCollection|GeometryCollection|Topology|(?:Multi)?(?:Point|LineString|Polygon))"'
)
_WRAPPERS = ("nodes", "edges", "items", "features")
_DEEPEST = 5
_PAIRS, _AXES = ("koordinater", "coordinates"), ("x", "y")

Json: TypeAlias = "str | bool | list[Json] | dict[str, Json] | None"
Record: TypeAlias = Mapping[str, Json]


def is_json_table(path: Path) -> bool:
    """Tell whether a JSON file has rows of a table rather than a map layer.

    A list is a table; an object is one where nothing near its beginning says that it is GeoJSON. A file
    that is neither, or that is damaged, is left to the reader of layers, which says so.

    Parameters
    ----------
    path
        An existing file with a suffix of `JSON_SUFFIXES`.
    """
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            start = stream.read(_PEEKED_BYTES_N)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return False
    return looks_like_table(start)


def looks_like_table(start: bytes) -> bool:
    """Tell whether the first bytes of a JSON file are those of a table."""
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bare[:1] == b"[" or (bare[:1] == b"{" and not _GEOJSON_TYPE.search(bare))


def list_json_tables(path: Path) -> list[str]:
    """Return the names of the lists of rows in a JSON file, ``""`` for a file that is one list itself.

    Raises
    ------
    ReadError
        As `read_json_table`.
    """
    return list(_find_tables(_load(path)))


def read_json_table(path: Path, *, name: str | None = None) -> TextTable:
    """Read a list of objects with every cell as text; a number as it was written.

    The list may be the whole file, or lie in objects (``{"data": {"BBR_Enhed": {"nodes": [...]}}}``);
    it is then called what it lies under. An object in a row gives a column for each of its values
    (``byg404Koordinat.wkt``), and two ``koordinater`` or ``coordinates`` one each (``koordinater.x``). Other
    lists in a row are left out with a note.

    Parameters
    ----------
    path
        An existing ``.json`` or ``.json.gz``.
    name
        Which list; may be left out where there is one only.

    Returns
    -------
    TextTable
        ``line`` is the number of the row, from 1.

    Raises
    ------
    ReadError
        Where the file is no JSON, has no list of objects or none of that name.
    UsageError
        Where there are several lists and none is named.
    """
    tables = _require_tables(path)
    if name is None and len(tables) > 1:
        raise UsageError("files.several_lists", {"file": path.name, "found": ", ".join(tables)})
    chosen = next(iter(tables)) if name is None else name
    if chosen not in tables:
        found = ", ".join(tables)
        raise ReadError("files.no_such_list", {"file": path.name, "layer": chosen, "found": found})
    return _make_table(tables[chosen], path.name, chosen)


def read_json_tables(path: Path, *, is_wanted: Callable[[Sequence[str]], bool]) -> tuple[TextTable, ...]:
    """Read the list of a JSON file, and of several those whose headings are wanted.

    The total extracts of the basic registers hold a list for each entity:
    ``{"AdresseList": [...], "HusnummerList": [...]}``.

    Parameters
    ----------
    path
        An existing ``.json`` or ``.json.gz``.
    is_wanted
        Tells by the headings whether a list is wanted. The only list of a file is read unasked.

    Returns
    -------
    tuple of TextTable
        In the order of the file; each as `read_json_table` gives it.

    Raises
    ------
    ReadError
        Where the file is no JSON or has no list of objects.
    UsageError
        Where there are several lists and none is wanted.
    """
    tables = _require_tables(path)
    if len(tables) == 1:
        return tuple(_make_table(records, path.name, name) for name, records in tables.items())
    texts = (_make_table(records, path.name, name) for name, records in tables.items())
    wanted = tuple(text for text in texts if is_wanted(list(text.frame.columns)))
    if not wanted:
        raise UsageError("files.several_lists", {"file": path.name, "found": ", ".join(tables)})
    return wanted


def _require_tables(path: Path) -> dict[str, Sequence[Record]]:
    tables = _find_tables(_load(path))
    if not tables:
        raise ReadError("files.no_rows_in_json", {"file": path.name})
    return tables


def _make_table(records: Sequence[Record], file: str, name: str) -> TextTable:
    raw, left_out = _lay_out(records, file, name)
    frame, line, notes = tidy_table(raw, has_totals=False)
    if left_out:
        notes = (note_left_out(left_out, name_source(file, name)), *notes)
    return TextTable(frame=frame, line=line, file=file, layer=name, notes=notes)


def _load(path: Path) -> Json:
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            text = stream.read().decode("utf-8-sig")
        # Numbers stay as they are written: an id of 18 digits, and 0.10 with its nought.
        found: Json = json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)
    except json.JSONDecodeError as broken:
        reason = f"{broken.msg}: line {broken.lineno}, column {broken.colno}"
        raise ReadError("files.broken", {"file": path.name, "reason": reason}) from broken
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, zlib.error, RecursionError) as broken:
        raise ReadError("files.broken", {"file": path.name, "reason": str(broken)}) from broken
    return found


def _find_tables(found: Json) -> dict[str, Sequence[Record]]:
    """Return the lists of objects by what they lie under; of two with one name the second has both names."""
    tables: dict[str, Sequence[Record]] = {}
    for path, records in _walk(found, ()):
        meaningful = [step for step in path if step not in _WRAPPERS] or list(path)
        name = meaningful[-1] if meaningful else ""
        tables[".".join(path) if name in tables else name] = records
    return tables


def _walk(found: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Sequence[Record]]]:
    if isinstance(found, list):
        records = [record for record in found if isinstance(record, dict)]
        if records and len(records) == len(found):
            yield path, [_unwrap(record) for record in records]
    elif isinstance(found, dict) and len(path) < _DEEPEST:
        for key, value in found.items():
            yield from _walk(value, (*path, key))


def _unwrap(record: dict[str, Json]) -> Record:
    """Return what an edge of a GraphQL connection leads to."""
    node = record.get("node")
    return node if isinstance(node, dict) and set(record) <= {"node", "cursor"} else record


def _lay_out(records: Sequence[Record], file: str, layer: str) -> tuple[RawTable, list[str]]:
    columns: dict[str, list[str | None]] = {}
    left_out: dict[str, None] = {}
    for at, record in enumerate(records):
        for name, value in _flatten(record, ""):
            if isinstance(value, list):
                left_out[name] = None
                continue
            cells = columns.setdefault(name, [])
            cells.extend([None] * (at - len(cells)))
            cells[at:] = [_format(value)]
    for cells in columns.values():
        cells.extend([None] * (len(records) - len(cells)))
    arrays = [pa.array(cells, pa.large_string()) for cells in columns.values()]
    line = np.arange(1, len(records) + 1, dtype=np.int64)
    return RawTable(list(columns), arrays, line, file, layer), list(left_out)


def _flatten(record: Record, before: str) -> Iterator[tuple[str, str | bool | list[Json] | None]]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{before}{key}.")
        elif key in _PAIRS and _is_pair(value):
            # DAWA's points, in its flat form called the same, and those of GeoJSON.
            yield from _flatten(dict(zip(_AXES, value, strict=True)), f"{before}{key}.")
        else:
            yield before + key, value


def _is_pair(value: Json) -> TypeGuard[list[Json]]:
    """Tell whether a value is two numbers rather than, say, the two ends of a line."""
    return (
        isinstance(value, list)
        and len(value) == len(_AXES)
        and not any(isinstance(part, list | dict) for part in value)
    )


def _format(value: str | bool | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value or None
