"""Room for long columns of numbers, taken from the pool that Arrow's own columns are in.

What numpy lets go of goes back to the system, and has to be asked for again a moment later, page by page.
A register of millions of rows makes dozens of columns on its way; in the pool they follow each other in
the same memory.
"""

import weakref
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_PIECE_N = 1 << 16


def make_room(count: int, dtype: Any) -> NDArray[Any]:  # whatever numpy takes for one
    """Return a writable array of so many values, which are nothing yet.

    Parameters
    ----------
    count
        Number of values.
    dtype
        Of fixed size and without objects.

    Examples
    --------
    >>> room = make_room(2, "int64")
    >>> room[:] = 7
    >>> room.tolist()
    [7, 7]
    """
    kind = np.dtype(dtype)
    return np.frombuffer(pa.allocate_buffer(count * kind.itemsize), dtype=kind)


def take_values(values: NDArray[Any], order: NDArray[np.integer[Any]]) -> NDArray[Any]:
    """Return the values at positions, each of which there is."""
    room = make_room(len(order), values.dtype)
    # With "raise" numpy would gather beside the room first, to leave it whole.
    return np.take(values, order, out=room, mode="clip")


def count_up(count: int, *, step: int = 1) -> NDArray[np.int64]:
    """Return 0, `step`, 2 `step` and so on: so many numbers, not to be written to.

    Two who ask for the same at one time share it.
    """
    known = _COUNTS.get((count, step))
    if known is None:
        known = pa.allocate_buffer(count * 8)
        room = np.frombuffer(known, dtype=np.int64)
        first = np.arange(min(count, _PIECE_N)) * step
        for begin in range(0, count, _PIECE_N):
            piece = room[begin : begin + _PIECE_N]
            np.add(first[: len(piece)], begin * step, out=piece)
        _COUNTS[count, step] = known
    found = np.frombuffer(known, dtype=np.int64)
    found.flags.writeable = False
    return found


_COUNTS: weakref.WeakValueDictionary[tuple[int, int], pa.Buffer] = weakref.WeakValueDictionary()
"""For as long as somebody has them."""
