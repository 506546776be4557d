"""Where leavers would go if only size and distance mattered: the yardstick of concentration.

Of the leavers of a kommune, the share that moves to another is as that one's inhabitants, divided by the
distance to the power of b, among all others. So leavers are kept, and only their destinations are expected.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from boundaries.moves.panel import Floats, Ints
from geo.errors import DataError

_NEWTON_STEPS_N = 100
_NEWTON_TOLERANCE = 1e-12
_LEAST_INFORMATION = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Geography:
    """Size of the kommuner and distances between them.

    Attributes
    ----------
    kommune_codes
        Sorted.
    populations
        Inhabitants of each.
    distances
        From each (row) to each (column), in any one unit; over 0 between different kommuner.
    """

    kommune_codes: tuple[str, ...]
    populations: Floats
    distances: Floats


@dataclass(frozen=True, kw_only=True)
class DistanceDecay:
    """How steeply moves fall off with distance.

    Attributes
    ----------
    power
        b: at twice the distance moves are divided by 2 to the power of b.
    se
        Its standard error, clustered by the kommune left.
    moves_n, pairs_n
        What it was fitted on: moves, and pairs of kommuner and years (those without moves too).
    """

    power: float
    se: float
    moves_n: int
    pairs_n: int


def make_geography(populations: Mapping[str, int], distances: pd.DataFrame) -> Geography:
    """Bring populations and distances into one order.

    Parameters
    ----------
    populations
        Inhabitants by kommune code.
    distances
        ``from_kommune``, ``to_kommune``, ``distance``: every pair of different kommuner, both ways.

    Raises
    ------
    DataError
        Where a pair has no distance over 0, or a kommune no inhabitants.
    """
    codes = tuple(sorted(populations))
    index = pd.Index(codes)
    start, end = (index.get_indexer(pd.Index(distances[name])) for name in ("from_kommune", "to_kommune"))
    is_known = (start >= 0) & (end >= 0)
    square = np.full((len(codes), len(codes)), np.nan)
    square[start[is_known], end[is_known]] = distances["distance"].to_numpy(dtype=np.float64)[is_known]
    np.fill_diagonal(square, np.nan)
    is_bad = ~(square > 0)
    np.fill_diagonal(is_bad, val=False)
    if is_bad.any():
        one, other = np.argwhere(is_bad)[0]
        values = {"count": int(is_bad.sum()), "from": codes[one], "to": codes[other]}
        raise DataError("social_export.missing_distance", values)
    empty = [code for code in codes if populations[code] <= 0]
    if empty:
        raise DataError("social_export.no_inhabitants", {"kommuner": ", ".join(empty)})
    mass = np.array([populations[code] for code in codes], dtype=np.float64)
    return Geography(kommune_codes=codes, populations=mass, distances=square)


def fit_distance_decay(flows: pd.DataFrame, geography: Geography) -> DistanceDecay:
    """Fit b by Poisson pseudo-maximum likelihood (Santos Silva and Tenreyro, 2006).

    One effect for every kommune left and year; inhabitants enter with the power of 1. Pairs without moves
    count as nought; pairs with a hidden count are left out. The effects have a closed form given b, so that
    only b is searched for: the answer is that of statsmodels' Poisson regression with a dummy for each
    effect, which is tested, in a thousandth of the time.

    Parameters
    ----------
    flows
        As `boundaries.model.Registers.flows`; all its rows, of every exposure and group, are added up.
    geography
        Of the kommuner; other places are left out.

    Raises
    ------
    DataError
        Where there are no moves between the kommuner, or they fit no finite b.
    """
    pairs = _list_pairs(flows, geography)
    if not len(pairs):
        raise DataError("social_export.no_moves", {"kommuner_n": len(geography.kommune_codes)})
    start, end = pairs["start"].to_numpy(), pairs["end"].to_numpy()
    log_distance = np.log(geography.distances[start, end])
    mass = geography.populations[end]
    movers = pairs["movers_n"].to_numpy(dtype=np.float64)
    firsts = np.flatnonzero(np.diff(pairs["origin"].to_numpy(), prepend=-1))
    power, score, information = _search_power(mass, log_distance, movers, firsts)
    clusters = np.bincount(start[firsts], weights=score)
    clusters_n = len(np.unique(start))
    correction = clusters_n / max(1, clusters_n - 1) * (len(pairs) - 1) / (len(pairs) - len(firsts) - 1)
    return DistanceDecay(
        power=power,
        se=float(np.sqrt(correction * (clusters @ clusters))) / information,
        moves_n=int(movers.sum()),
        pairs_n=len(pairs),
    )


def _search_power(
    mass: Floats, log_distance: Floats, movers: Floats, firsts: Ints
) -> tuple[float, Floats, float]:
    """Return b by Newton's method, the score of every origin there, and the information."""
    origin = np.repeat(np.arange(len(firsts)), np.diff(firsts, append=len(movers)))
    leavers = np.add.reduceat(movers, firsts)
    walked = np.add.reduceat(movers * log_distance, firsts)
    power = 1.0
    for _ in range(_NEWTON_STEPS_N):
        pull = mass * np.exp(-power * log_distance)
        share = pull / np.add.reduceat(pull, firsts)[origin]
        mean = np.add.reduceat(share * log_distance, firsts)
        score = leavers * mean - walked
        information = float(leavers @ np.add.reduceat(share * (log_distance - mean[origin]) ** 2, firsts))
        if information <= _LEAST_INFORMATION * float(leavers.sum()):
            break
        step = float(score.sum()) / information
        if abs(step) < _NEWTON_TOLERANCE:
            return power, score, information
        power += float(np.clip(step, -1.0, 1.0))
    raise DataError("social_export.no_decay", {"moves_n": int(movers.sum())})


def _list_pairs(flows: pd.DataFrame, geography: Geography) -> pd.DataFrame:
    """Return every pair of kommuner by year, with moves; origins that nobody left are left out."""
    summed = _sum_pairs(flows, geography, ["year"])
    size = len(geography.kommune_codes)
    start, end = np.nonzero(~np.eye(size, dtype=np.bool_))
    parts = []
    for number, (_, own) in enumerate(summed.groupby("year", sort=True)):
        counts, hidden = (np.zeros((size, size), dtype=np.int64) for _ in range(2))
        counts[own["start"], own["end"]] = own["movers_n"]
        hidden[own["start"], own["end"]] = own["hidden_n"]
        columns = {"start": start, "end": end, "origin": number * size + start}
        part = pd.DataFrame(columns | {"movers_n": counts[start, end]})[hidden[start, end] == 0]
        parts.append(part[part.groupby("start")["movers_n"].transform("sum").gt(0)])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _sum_pairs(flows: pd.DataFrame, geography: Geography, keys: list[str]) -> pd.DataFrame:
    """Add up the moves between different kommuner of the geography, by their positions and `keys`."""
    codes = pd.Index(geography.kommune_codes)
    moves = pd.DataFrame(
        {
            **{key: flows[key] for key in keys},
            "start": codes.get_indexer(pd.Index(flows["from_kommune"])),
            "end": codes.get_indexer(pd.Index(flows["to_kommune"])),
            "movers_n": flows["movers_n"].fillna(0).astype("int64"),
            "hidden_n": flows["movers_n"].isna().astype("int64"),
        }
    )
    inside = moves[moves["start"].ge(0) & moves["end"].ge(0) & moves["start"].ne(moves["end"])]
    return inside.groupby([*keys, "start", "end"], sort=True)[["movers_n", "hidden_n"]].sum().reset_index()


def expect_destinations(
    flows: pd.DataFrame,
    geography: Geography,
    power: float,
    *,
    from_kommuner: Collection[str] | None = None,
) -> pd.DataFrame:
    """Count leavers by the kommune that they moved to, beside the number that gravity expects.

    Parameters
    ----------
    flows
        As `boundaries.model.Registers.flows`, of one group.
    geography
        Of the kommuner; moves from and to other places are left out.
    power
        b, given or of `fit_distance_decay`.
    from_kommuner
        Whose leavers, such as those of kommuner with areas of the category; None for all.

    Returns
    -------
    DataFrame
        ``year``, ``exposure``, ``to_kommune``, ``movers_n`` (int64, hidden ones not in it), ``expected_n``
        (float; the same sum), ``hidden_n`` (flows that were hidden); every kommune, year and exposure.
    """
    codes = list(geography.kommune_codes)
    wanted = set(codes if from_kommuner is None else from_kommuner)
    summed = _sum_pairs(flows[flows["from_kommune"].isin(wanted)], geography, ["year", "exposure"])
    pattern = share_by_gravity(geography, power)
    size = len(codes)
    parts = []
    for (year, exposure), own in summed.groupby(["year", "exposure"], sort=True):
        end, movers = own["end"].to_numpy(), own["movers_n"].to_numpy()
        leavers = np.bincount(own["start"], weights=movers, minlength=size)
        moved, hidden = (np.zeros(size, dtype=np.int64) for _ in range(2))
        np.add.at(moved, end, movers)
        np.add.at(hidden, end, own["hidden_n"].to_numpy())
        columns = {"movers_n": moved, "expected_n": leavers @ pattern, "hidden_n": hidden}
        heads = {"year": year, "exposure": exposure, "to_kommune": codes}
        parts.append(pd.DataFrame(heads | columns))
    if not parts:
        raise DataError("social_export.no_moves", {"kommuner_n": len(wanted)})
    dtypes = {"year": "int64", "exposure": "str", "to_kommune": "str"}
    return pd.concat(parts, ignore_index=True).astype(dtypes)


def share_by_gravity(geography: Geography, power: float) -> Floats:
    """Return the share of each kommune's leavers (row) expected in each other (column); rows sum to 1."""
    distances = geography.distances.copy()
    # Any distance to itself will do, whatever the sign of b: its pull is set to nought below.
    np.fill_diagonal(distances, 1.0)
    pull = geography.populations / distances**power
    np.fill_diagonal(pull, 0.0)
    shares: Floats = pull / pull.sum(axis=1, keepdims=True)
    return shares
