"""Zip archives: whatever is wrong in one is one error that names the file."""

import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from geo.errors import ReadError

# Damaged offsets make `zipfile` seek where there is no file, and damaged versions ask for what it has not.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    UnicodeDecodeError,
)

_COPIED_BYTES_N = 1 << 20
_LONGEST_LINE_N = 1 << 16


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip to read it; what goes wrong before it is closed is put down to the file.

    Parameters
    ----------
    path
        An existing file.

    Raises
    ------
    ReadError
        Where it is no zip, is damaged, or is locked with a password.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _BROKEN as broken:
        raise ReadError("files.broken", {"file": path.name, "reason": str(broken)}) from broken


@contextmanager
def unpack_member(path: Path, member: PurePosixPath) -> Iterator[Path]:
    """Unpack one file of a zip into a folder that is gone afterwards.

    Parameters
    ----------
    path
        An existing zip.
    member
        The file in it; the copy has its name without the folders.

    Raises
    ------
    ReadError
        As `open_zip`.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / member.name
        with open_zip(path) as archive, archive.open(str(member)) as packed, copy.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, _COPIED_BYTES_N)
        yield copy


def read_first_line(path: Path, member: PurePosixPath) -> str:
    """Return the first line of a text in a zip as far as it is UTF-8; other letters are marks.

    Raises
    ------
    ReadError
        As `open_zip`.
    """
    with open_zip(path) as archive, archive.open(str(member)) as stream:
        return stream.readline(_LONGEST_LINE_N).decode("utf-8-sig", errors="replace").strip()
