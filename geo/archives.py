"""Zip archives: whatever is wrong in one is one error that names the file."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
