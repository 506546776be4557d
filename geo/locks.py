"""One writer at a time for one target, held by the operating system, so that a killed writer lets go."""

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import WriteError

if sys.platform == "win32":  # pragma: no cover -- the other half runs here
    import msvcrt
else:
    import fcntl


@contextmanager
def hold_lock(target: Path) -> Iterator[None]:
    """Hold the lock of `target` while the block runs; the lock file beside it goes away afterwards.

    Parameters
    ----------
    target
        The file that is going to be written.

    Raises
    ------
    WriteError
        Where another process is writing the same file.
    """
    path = target.with_name(f".{target.name}.lock")
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(descriptor)
        except BlockingIOError as held:
            os.close(descriptor)
            raise WriteError("files.output_busy", {"file": str(target)}) from held
        if _is_still_there(descriptor, path):
            break
        # The writer before us took its lock file away between our opening and our locking it.
        os.close(descriptor)
    try:
        yield
    finally:
        # While the lock is held, so that nobody locks a file that is about to go; Windows forbids that.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)
        with contextlib.suppress(OSError):
            if sys.platform == "win32":  # pragma: no cover
                path.unlink()


def _is_still_there(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _lock(descriptor: int) -> None:
    """Lock an open file or raise BlockingIOError; a file system without locks is left unlocked."""
    try:
        if sys.platform == "win32":  # pragma: no cover
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except PermissionError as held:  # pragma: no cover -- how Windows says that it is locked
        raise BlockingIOError from held
    except OSError:
        return
