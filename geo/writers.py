"""Every output: written beside its place, checked, and put there in one step, or not at all."""

import contextlib
import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path, PurePath

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors

from geo.cells import format_cells
from geo.crs import require_crs
from geo.errors import WriteError
from geo.locks import hold_lock

_SIDECARS = ("", "-wal", "-shm", "-journal")
_FORMULA_START = r"^([=+\-@\t\r])"
_PLAIN_NUMBER = r"^-\d+(,\d+)?$"
"""A negative number that was written as text is no formula."""
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
)


def require_absent(files: Iterable[Path], *, overwrite: bool) -> None:
    """Raise where an output is there already and may not be replaced: before any work is done for it.

    Parameters
    ----------
    files
        The outputs, in the order in which the first that is there is named.
    overwrite
        Whether files that are there may be replaced; then nothing is looked up.

    Raises
    ------
    WriteError
        ``files.output_exists``.
    """
    there = None if overwrite else next((file for file in files if file.exists()), None)
    if there is not None:
        raise WriteError("files.output_exists", {"file": str(there)})


@contextmanager
def replace_file(path: str | Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary path in the folder of `path`; on success put it in the place of `path`.

    What the block writes is flushed to the disk and then renamed, so that a reader, a crash or a kill
    at any moment finds the old file whole or the new one whole. A failure removes the temporary file;
    what a killed run left is removed by the next run for the same target. While the block runs, no
    other process can write the same target.

    Parameters
    ----------
    path
        The file to write; its folder must exist.
    overwrite
        Whether a file that is there may be replaced.

    Yields
    ------
    pathlib.Path
        Hidden name with the suffix of `path`; nothing is there yet, and the block must create it.

    Raises
    ------
    WriteError
        Where the file is there and `overwrite` is not given, the folder is missing, another program has
        the file open, the disk is full or the folder may not be written to.
    """
    target = Path(path)
    _require_place(target, overwrite=overwrite)
    temporary = target.with_name(f".{target.stem}.tmp{target.suffix}")
    with _named_errors(target), hold_lock(target):
        # Nobody else holds the lock: whatever lies here is of a run that was killed.
        _remove(temporary)
        try:
            yield temporary
            _require_closed(target)
            _flush(temporary)
            os.replace(temporary, target)  # noqa: PTH105 -- what it is, by its name
            _flush_folder(target.parent)
        finally:
            _remove(temporary)


@contextmanager
def named_gdal_errors(target: Path) -> Iterator[None]:
    """Raise what GDAL raises while writing as a WriteError that names `target`."""
    try:
        yield
    except (RuntimeError, *_GDAL_ERRORS) as failed:
        reason = " ".join(str(failed).split())
        raise WriteError("files.not_written", {"file": str(target), "reason": reason}) from failed


def write_text(path: str | Path, text: str, *, overwrite: bool = False) -> None:
    """Write `text` as UTF-8 with its line breaks as they are.

    Raises
    ------
    WriteError
        As `replace_file`.
    """
    with replace_file(path, overwrite=overwrite) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def write_json(path: str | Path, content: object, *, overwrite: bool = False) -> None:
    """Write `content` as JSON: UTF-8, two spaces of indent, keys in their order, no NaN.

    Parameters
    ----------
    path
        The file to write.
    content
        Mappings, sequences, text, numbers (numpy's, too), booleans and None; dates become ISO text.
    overwrite
        Whether a file that is there may be replaced.

    Raises
    ------
    WriteError
        As `replace_file`.
    TypeError, ValueError
        For anything else in `content`, NaN and infinity included: write None for what is missing.
    """
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False, default=_to_json)
    write_text(path, text + "\n", overwrite=overwrite)


def write_csv(path: str | Path, frame: pd.DataFrame, *, overwrite: bool = False) -> None:
    """Write a table as Danish Excel opens it: semicolons, decimal comma, UTF-8 with a mark, CRLF.

    Dates are ISO, booleans ja and nej, missing is empty. Text that a spreadsheet would take for a
    formula (it starts with ``=``, ``+``, ``-``, ``@``, a tab or a return) gets an apostrophe in front;
    numbers do not. The index is not written. `geo.readers.read_table` reads it back.

    Parameters
    ----------
    path
        The file to write.
    frame
        The table; a column of geometry or of nested values raises TypeError.
    overwrite
        Whether a file that is there may be replaced.

    Raises
    ------
    WriteError
        As `replace_file`.
    """
    cells = {str(name): _to_excel_text(frame[name]) for name in frame.columns}
    texts = pd.DataFrame(cells, index=frame.index)
    with replace_file(path, overwrite=overwrite) as temporary:
        texts.to_csv(temporary, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n")


def write_geoparquet(path: str | Path, frame: gpd.GeoDataFrame, *, overwrite: bool = False) -> None:
    """Write a layer as GeoParquet 1.0, geometry as WKB, rows in their order, without the index.

    Parameters
    ----------
    path
        The file to write.
    frame
        Any columns, geometry in EPSG:25832.
    overwrite
        Whether a file that is there may be replaced.

    Raises
    ------
    WriteError
        As `replace_file`, and where the file read back has not the rows that were written.
    DataError
        Where the CRS is another.
    """
    require_crs(frame)
    with replace_file(path, overwrite=overwrite) as temporary:
        frame.to_parquet(temporary, index=False, schema_version="1.0.0")
        _require_rows(Path(path), pq.read_metadata(temporary).num_rows, len(frame))


def write_flatgeobuf(path: str | Path, frame: gpd.GeoDataFrame, *, overwrite: bool = False) -> None:
    """Write a layer as FlatGeobuf, with a spatial index, for which the format changes the row order.

    A layer with rows without geometry, for which the format has no place in its index, is written
    without one.

    Parameters
    ----------
    path
        The file to write; its stem is the name of the layer.
    frame, overwrite
        As for `write_geoparquet`.

    Raises
    ------
    WriteError, DataError
        As `write_geoparquet`.
    """
    require_crs(frame)
    has_index = len(frame) > 0 and not bool((frame.geometry.isna() | frame.geometry.is_empty).any())
    with replace_file(path, overwrite=overwrite) as temporary, named_gdal_errors(Path(path)):
        pyogrio.write_dataframe(
            frame,
            temporary,
            layer=Path(path).stem,
            driver="FlatGeobuf",
            use_arrow=True,
            layer_options={"SPATIAL_INDEX": "YES" if has_index else "NO"},
        )
        features_n = pyogrio.read_info(temporary, force_feature_count=True)["features"]
        _require_rows(Path(path), features_n, len(frame))


def _require_place(target: Path, *, overwrite: bool) -> None:
    if not target.parent.is_dir():
        raise WriteError("files.no_folder", {"file": str(target), "folder": str(target.parent)})
    if target.is_dir():
        raise WriteError("files.output_is_folder", {"file": str(target)})
    require_absent([target], overwrite=overwrite)
    _require_closed(target)


def _require_closed(target: Path) -> None:
    """Raise where a GeoPackage has a log beside it: SQLite would play the old log into the new file."""
    logs = (target.with_name(target.name + mark) for mark in ("-wal", "-journal"))
    if target.suffix.lower() == ".gpkg" and any(log.exists() for log in logs):
        raise WriteError("files.output_open", {"file": str(target)})


def _flush(path: Path, access: int = os.O_RDWR) -> None:
    descriptor = os.open(path, access)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    """Make the new name last, where folders can be opened (not on Windows, which needs no such thing)."""
    with contextlib.suppress(OSError):
        _flush(folder, os.O_RDONLY)


def _remove(temporary: Path) -> None:
    for mark in _SIDECARS:
        temporary.with_name(temporary.name + mark).unlink(missing_ok=True)


@contextmanager
def _named_errors(target: Path) -> Iterator[None]:
    """Say of a failure of the file system which output it hit, and what it means."""
    try:
        yield
    except PermissionError as denied:
        raise WriteError("files.output_forbidden", {"file": str(target)}) from denied
    except OSError as failed:
        key = "files.disk_full" if failed.errno in _DISK_FULL else "files.not_written"
        reason = failed.strerror or str(failed)
        raise WriteError(key, {"file": str(target), "reason": reason}) from failed


def _require_rows(target: Path, found_n: int, required_n: int) -> None:
    if found_n != required_n:
        values = {"source": str(target), "found": found_n, "required": required_n}
        raise WriteError("files.read_back_differs", values)


def _to_json(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError(type(value).__name__)


def _to_excel_text(column: pd.Series) -> pd.Series:
    cells = pa.array(column, from_pandas=True)
    text = format_cells(cells)
    if text is None:
        raise TypeError(f"column {column.name}: {cells.type}")
    if pa.types.is_boolean(cells.type):
        text = pc.if_else(cells, "ja", "nej")
    elif pa.types.is_floating(cells.type) or pa.types.is_decimal(cells.type):
        text = pc.replace_substring(text, ".", ",")
    elif not pa.types.is_integer(cells.type):
        guarded = pc.replace_substring_regex(text, _FORMULA_START, r"'\1")
        text = pc.if_else(pc.match_substring_regex(text, _PLAIN_NUMBER), text, guarded)
    return pd.Series(text.to_pandas().array, index=column.index, dtype="str")
