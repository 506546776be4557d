"""Text tables (CSV) as Danish offices write them: any of four delimiters, three encodings.

Two ways to the same result. Arrow reads the body in parallel where every row is one line; where a
quote or a count of fields says that it may not be, Python's own reader goes through it row by row and
knows the line of each. The two are never mixed, and the fast one is believed only when the number of
rows is the number of lines.
"""

import codecs
import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from geo.byte_survey import Bytes, find_any, find_byte, has_lone_return, survey_bytes
from geo.errors import ReadError
from geo.memory import make_room
from geo.recoding import recode_bytes
from geo.tables import Note, RawTable, TextTable, tidy_table
from geo.threads import run_beside

DELIMITERS = (";", "\t", "|", ",")
"""In this order: the first that stands in the heading. A comma may be part of a name, the others hardly."""

_LOOKED_AT_BYTES_N, _NOUGHTS_LEAST = 4096, 0.8
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEP_LINE = re.compile(rb"^sep=(.)\r?\n", re.IGNORECASE)
_SEP_LINE_BYTES = 16
_MARKUP = re.compile(rb"\s*<")
_BLOCK_BYTES = 1 << 22
"""Read at once by one thread; no row is longer, or Python's reader takes the file."""
_LINES_NAMED_N = 5
_ONE_BYTE_ENCODINGS = ("cp1252", "iso8859-1", "iso8859-15")
_SIGNS = b'\0\r"'
"""Of which a file of plain rows has none."""


class _Decoded(NamedTuple):
    text: Bytes
    encoding: str
    has_quotes: bool  # anywhere, in the heading too


class _Heading(NamedTuple):
    names: list[str]
    delimiter: str
    text: Bytes
    start: int  # of the body, in the text
    line: int  # of the first line of the body


def read_delimited(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> TextTable:
    """Read a delimited text file, gzipped or not, with every cell as text.

    Encoding: a byte order mark decides; else strict UTF-8; else Windows-1252. Delimiter: Excel's
    ``sep=`` line decides, else the first of `DELIMITERS` that stands in the heading. Fields may be
    quoted by ``"`` and then hold delimiters, line breaks and doubled quotes. The heading is the first
    line with something on it.

    Parameters
    ----------
    path
        An existing file.
    encoding
        How to read the bytes, where the rule is not to decide.
    delimiter
        What stands between the fields, where the rule is not to decide.

    Returns
    -------
    TextTable
        Rows in the order of the file.

    Raises
    ------
    ReadError
        Where the bytes are not text, a row has more or fewer fields than the heading, or a quote is
        never closed.
    """
    decoded = _decode(_read_bytes(path), path.name, encoding)
    found = decoded.encoding
    heading = _split_heading(decoded.text, path.name, delimiter)
    raw = _read_body(heading, path.name, may_have_quotes=decoded.has_quotes)
    frame, line_of_row, notes = tidy_table(raw, has_totals=True)
    if found == "cp1252" and not encoding:
        notes = (Note("files.read_as_cp1252", {"source": path.name}), *notes)
    return TextTable(
        frame=frame,
        line=line_of_row,
        file=path.name,
        encoding=found,
        delimiter=heading.delimiter,
        notes=notes,
    )


def _read_bytes(path: Path) -> Bytes:
    """Read a file, unpacked where it is gzipped."""
    if path.suffix.lower() != ".gz":
        return _read_file(path)
    try:
        with gzip.open(path) as stream:
            return np.frombuffer(stream.read(), dtype=np.uint8)
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise ReadError("files.broken", {"file": path.name, "reason": str(broken)}) from broken


def _read_file(path: Path) -> Bytes:
    """Read a file into memory that its columns will be in afterwards."""
    with path.open("rb", buffering=0) as stream:
        room = make_room(os.fstat(stream.fileno()).st_size, np.uint8)
        read_n = 0
        while read_n < len(room) and (more_n := stream.readinto(room[read_n:].data)):
            read_n += more_n
        rest = stream.read() if read_n == len(room) else b""  # written to meanwhile
    return np.concatenate([room, np.frombuffer(rest, dtype=np.uint8)]) if rest else room[:read_n]


def _decode(raw: Bytes, file: str, encoding: str | None) -> _Decoded:
    """Return the bytes as UTF-8 with line breaks that end in a newline, and what they were."""
    first = raw[:4].tobytes()
    mark, named = next(((mark, name) for mark, name in _BOMS if first.startswith(mark)), (b"", None))
    text = raw[len(mark) :]
    if not named and not encoding and (likely := _find_utf16(raw)):
        raise ReadError("files.utf16_without_mark", {"file": file, "encoding": likely})
    is_utf8 = not named and not encoding and _is_utf8(text)
    found = named or encoding or ("utf-8" if is_utf8 else "cp1252")
    try:
        text = text if is_utf8 else _to_utf8(text, found)
    except UnicodeDecodeError as broken:
        line = int(np.count_nonzero(raw[: broken.start] == ord("\n"))) + 1
        values = {"file": file, "line": line, "encoding": found, "value": f"0x{raw[broken.start]:02X}"}
        raise ReadError("files.wrong_encoding", values) from broken
    except LookupError as broken:
        raise ReadError("files.unknown_encoding", {"file": file, "encoding": found}) from broken
    signs = find_any(text, _SIGNS)
    if 0 in signs or _MARKUP.match(text.data):
        raise ReadError("files.not_a_table", {"file": file})
    if ord("\r") in signs and has_lone_return(text):
        text = np.frombuffer(text.tobytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n"), dtype=np.uint8)
    return _Decoded(text, found, has_quotes=ord('"') in signs)


def _find_utf16(raw: Bytes) -> str:
    """Return the kind of UTF-16 that bytes without a mark are likely to be; empty where they are of none."""
    is_nought = raw[:_LOOKED_AT_BYTES_N] == 0
    even, odd = is_nought[::2], is_nought[1::2]
    # Of a Latin letter one byte is nought, always the same one.
    for name, noughts, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if len(noughts) and noughts.mean() > _NOUGHTS_LEAST and not others.any():
            return name
    return ""


def _is_utf8(text: Bytes) -> bool:
    """Tell whether bytes are UTF-8, without making letters of them."""
    ends = pa.py_buffer(np.array([0, len(text)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(text)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _to_utf8(text: Bytes, encoding: str) -> Bytes:
    """Return bytes of `encoding` as UTF-8; raises as ``bytes.decode`` does."""
    name = codecs.lookup(encoding).name
    if name == "utf-8" and _is_utf8(text):
        return text
    if name in _ONE_BYTE_ENCODINGS:
        return recode_bytes(text, name)
    return np.frombuffer(text.tobytes().decode(name).encode(), dtype=np.uint8)


def _split_heading(text: Bytes, file: str, delimiter: str | None) -> _Heading:
    start, line = 0, 1
    separator = _SEP_LINE.match(text[:_SEP_LINE_BYTES].tobytes())
    if separator:
        delimiter = delimiter or separator.group(1).decode()
        start, line = separator.end(), 2
    while True:
        record = _first_record(text, start)
        if not record:
            raise ReadError("files.no_heading", {"source": file})
        if record.strip():
            break
        start, line = start + len(record), line + 1
    words = record.decode()
    mark = delimiter or _find_delimiter(words)
    names = next(csv.reader(io.StringIO(words, newline=""), delimiter=mark))
    return _Heading(names, mark, text, start + len(record), line + record.count(b"\n"))


def _first_record(text: Bytes, start: int) -> bytes:
    """Return the first record from `start`: lines up to one that leaves no quote open."""
    record = b""
    while start + len(record) < len(text):
        rest = text[start + len(record) :]
        newline = find_byte(rest, ord("\n"))
        record += rest[: len(rest) if newline < 0 else newline + 1].tobytes()
        if record.count(b'"') % 2 == 0:
            break
    return record


def _find_delimiter(heading: str) -> str:
    bare = re.sub(r'"[^"]*"', "", heading)
    return next((mark for mark in DELIMITERS if mark in bare), ";")


def _read_body(heading: _Heading, file: str, *, may_have_quotes: bool = True) -> RawTable:
    cells = heading.text[heading.start :]
    has_quotes = may_have_quotes and find_byte(cells, ord('"')) >= 0
    surveying = run_beside(partial(survey_bytes, cells, delimiter=heading.delimiter))
    columns = _read_fast(heading, has_quotes=has_quotes) if len(cells) else None
    if columns is None:
        return RawTable(heading.names, *_read_by_row(heading, file), file, "")
    rows_n, survey = len(columns[0]), surveying.result()
    if rows_n == survey.lines_n and not survey.has_open_quotes:
        # Every row takes a line at least, so that each took one.
        line = np.arange(heading.line, heading.line + rows_n, dtype=np.int64)
        return RawTable(heading.names, columns, line, file, "", is_plain=survey.is_plain)
    plain_lines = None if survey.has_open_quotes else _find_plain_lines(cells, heading.line)
    if plain_lines is None or rows_n != len(plain_lines):
        return RawTable(heading.names, *_read_by_row(heading, file), file, "")
    return RawTable(heading.names, columns, plain_lines, file, "")


def _find_plain_lines(cells: np.ndarray, first: int) -> np.ndarray:
    """Return the line of every row, where each row is a line and some lines are blank."""
    ends = np.flatnonzero(cells == ord("\n"))
    starts = np.concatenate(([0], ends + 1))
    ends = np.append(ends, len(cells))
    if starts[-1] == len(cells):
        starts, ends = starts[:-1], ends[:-1]
    length = ends - starts
    is_blank = (length == 0) | ((length == 1) & (cells[np.minimum(starts, len(cells) - 1)] == ord("\r")))
    return np.asarray(np.flatnonzero(~is_blank) + first, dtype=np.int64)


def _read_fast(heading: _Heading, *, has_quotes: bool) -> list[pa.ChunkedArray] | None:
    """Read rows of one line each by Arrow; None where a row has another number of fields."""
    names = [str(position) for position in range(len(heading.names))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(heading.text[heading.start :])),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                delimiter=heading.delimiter,
                quote_char='"' if has_quotes else False,
                ignore_empty_lines=True,
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,  # it has been
                column_types=dict.fromkeys(names, pa.large_string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return list(table.columns)


def _read_by_row(heading: _Heading, file: str) -> tuple[list[pa.Array], np.ndarray]:
    width = len(heading.names)
    rows, lines, ragged = [], [], []
    for line, row in _iterate_rows(heading, file):
        if len(row) > width and not any(cell.strip() for cell in row[width:]):
            row = row[:width]  # noqa: PLW2901 -- delimiters after the last field
        if len(row) == width:
            rows.append(row)
            lines.append(line)
        elif any(cell.strip() for cell in row):
            ragged.append((line, len(row)))
    if ragged:
        named = ", ".join(str(line) for line, _ in ragged[:_LINES_NAMED_N])
        values = {"line": ragged[0][0], "found": ragged[0][1], "required": width}
        counted = {"file": file, "count": len(ragged), "lines": named, "delimiter": heading.delimiter}
        raise ReadError("files.ragged_rows", values | counted)
    cells = zip(*rows, strict=True) if rows else [()] * width
    columns = [pa.array(column, pa.large_string()) for column in cells]
    return columns, np.array(lines, dtype=np.int64)


def _iterate_rows(heading: _Heading, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line on which it begins."""
    stream = io.StringIO(heading.text[heading.start :].tobytes().decode(), newline="")
    reader = csv.reader(stream, delimiter=heading.delimiter, strict=True)
    read_n = 0
    try:
        for row in reader:
            yield heading.line + read_n, row
            read_n = reader.line_num
    except csv.Error as broken:
        raise ReadError(
            "files.broken_quotes", {"file": file, "line": heading.line + read_n, "reason": str(broken)}
        ) from broken
