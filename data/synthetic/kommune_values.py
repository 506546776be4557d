"""Invented figures for the 98 kommuner, so that a kommune map can be tried: nothing of them is real.

Their form is that of the published ones: one kommune has 15 forebyggelsesområder, a few have some and most
have none; of the socially exposed leavers slightly over 7 pct. go to one kommune, over 2 pct. to a few, and
the rest to a long tail. Which kommuner get which figures is drawn.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.kommuner import load_kommuner, load_regions

LEAVERS_N = 12_480
"""Socially exposed leavers in all."""

VALUE_COLUMNS = (
    "kommune_code",
    "name",
    "prevention_areas_n",
    "exposed_leavers_n",
    "exposed_leavers_total_n",
    "is_synthetic",
)
"""Columns of `make_kommune_values`."""

_AREAS = (15, 6, 5, 4, 4, 3, 3, 2, 2, 2, 2, *(1,) * 13)
_LARGEST_SHARES = (0.0716, 0.0342, 0.0291, 0.0247, 0.0223, 0.0208)
_TAIL_MOST = 0.0192
_TAIL_LEAST_N = 12


def make_kommune_values(seed: int) -> pd.DataFrame:
    """Draw invented figures for every kommune, by code.

    Parameters
    ----------
    seed
        The same one gives the same figures.

    Returns
    -------
    pd.DataFrame
        98 rows, columns ``VALUE_COLUMNS``: the number of forebyggelsesområder; how many of the socially
        exposed leavers of ``exposed_leavers_total_n`` moved there, at least 12; and that all is invented.
    """
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(98,))))
    codes = sorted(load_regions())
    areas = np.zeros(len(codes), dtype=np.int64)
    areas[stream.permutation(len(codes))[: len(_AREAS)]] = _AREAS
    leavers = _draw_leavers(len(codes), stream)
    kommuner = load_kommuner()
    frame = pd.DataFrame(
        {
            "kommune_code": codes,
            "name": [kommuner[code].name for code in codes],
            "prevention_areas_n": areas,
            "exposed_leavers_n": leavers,
            "exposed_leavers_total_n": int(leavers.sum()),
            "is_synthetic": True,
        }
    )
    return frame[list(VALUE_COLUMNS)]


def _draw_leavers(kommuner_n: int, stream: np.random.Generator) -> NDArray[np.int64]:
    """Draw whole numbers that sum to ``LEAVERS_N``: a few large ones and a long tail below them."""
    large = np.rint(np.array(_LARGEST_SHARES) * LEAVERS_N).astype(np.int64)
    tail_n = kommuner_n - len(large)
    room = LEAVERS_N - int(large.sum()) - _TAIL_LEAST_N * tail_n
    most = _TAIL_MOST * LEAVERS_N - _TAIL_LEAST_N
    # The mean of u to the power of p is 1 / (p + 1): so bent, the tail fills its room and ends at the most.
    places = (np.arange(tail_n) + stream.random(tail_n)) / tail_n
    bent = most * places ** (most * tail_n / room - 1)
    tail = np.floor(bent * room / bent.sum()).astype(np.int64)
    tail[: room - int(tail.sum())] += 1
    drawn: NDArray[np.int64] = stream.permutation(np.concatenate([large, tail + _TAIL_LEAST_N]))
    return drawn
