"""Work on several columns at once: Arrow and numpy let go of Python's lock while they compute."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

THREADS_N = max(1, min(4, os.cpu_count() or 1))
"""More threads gain nothing: the memory is shared."""

SMALL_N = 20_000
"""For fewer cells in a column the threads cost more than they save."""

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


def map_columns(
    convert: Callable[[_Item], _Answer], columns: Iterable[_Item], *, cells_n: int
) -> list[_Answer]:
    """Return what `convert` makes of each column, in the order of the columns.

    Parameters
    ----------
    convert
        Depends on its column alone, and changes nothing.
    columns
        Anything that is a column.
    cells_n
        Length of the columns; short ones are converted one after the other.

    Returns
    -------
    list
        As `convert` returns them.

    Raises
    ------
    Exception
        The first error of `convert`, by the order of the columns.
    """
    if THREADS_N == 1 or cells_n < SMALL_N:
        return [convert(column) for column in columns]
    with ThreadPoolExecutor(THREADS_N) as pool:
        return list(pool.map(convert, columns))


def run_beside(work: Callable[[], _Answer]) -> "Future[_Answer]":
    """Begin work that is done while the caller goes on with something else.

    Parameters
    ----------
    work
        Lets go of Python's lock most of the time, and changes nothing.

    Returns
    -------
    concurrent.futures.Future
        Whose ``result()`` waits for the answer, or raises what `work` raised.
    """
    pool = ThreadPoolExecutor(1)
    begun = pool.submit(work)
    pool.shutdown(wait=False)
    return begun
