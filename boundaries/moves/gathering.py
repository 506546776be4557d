"""Where those who leave an area gather: in smaller almene areas, in larger ones, or elsewhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.moves.classification import KINDS, Classified, MoveKind
from boundaries.moves.groups import Groups
from boundaries.moves.identity import Positions
from boundaries.moves.places import align_places, take_or_none
from boundaries.moves.snapshots import Matched

SMALL_AREA_BELOW_N = 1000
"""An area with fewer residents is a smaller one: it can be on no list."""


class Origin(StrEnum):
    """Where a mover lived."""

    WITH_PLAN = "with_plan"
    WITHOUT_PLAN = "without_plan"
    OUTSIDE = "outside"  # in no area: what others do, to hold the leavers against


class Destination(StrEnum):
    """Where a mover lives now."""

    SMALL_AREA = "small_area"
    LARGE_AREA = "large_area"
    OTHER_ALMEN = "other_almen"  # an almen dwelling of no area in the register
    NOT_ALMEN = "not_almen"
    UNKNOWN = "unknown"  # a dwelling that the register lacks
    LEFT_REGISTER = "left_register"  # moved out of it, emigrated or died


_ORIGINS, _DESTINATIONS = tuple(Origin), tuple(Destination)
_GONE = [KINDS.index(kind) for kind in (MoveKind.LEFT, MoveKind.DIED, MoveKind.EMIGRATED)]


@dataclass(frozen=True, kw_only=True)
class Leavers:
    """Who changed address across a boundary, or left the register, between two days.

    Attributes
    ----------
    year
        Figure year.
    rows
        Their rows of the first day.
    origin, destination
        Position in `Origin` and in `Destination` of each.
    area
        Position in `area_ids` of the area that each moved to, -1 for none.
    area_ids
        Every area of either day.
    residents_n
        Of each area on the first day; of one that is new then, on the second.
    has_plan
        Whether each area had a development plan.
    """

    year: int
    rows: Positions
    origin: Positions
    destination: Positions
    area: Positions
    area_ids: Sequence[str]
    residents_n: NDArray[np.int64]
    has_plan: NDArray[np.bool_]


def find_leavers(
    matched: Matched, classified: Classified, places_now: pd.DataFrame, with_plan: Collection[str]
) -> Leavers:
    """Find who left, from what kind of place and to what kind.

    Parameters
    ----------
    matched, classified
        Of the same two days, at area level.
    places_now
        Of the second day, as `boundaries.moves.places.place_decided`.
    with_plan
        Ids of the areas that had a development plan.
    """
    then, units = matched.then, classified.units
    kind, unit = classified.kind_then, classified.unit_then
    inside_then = take_or_none(units.then.inside, then.dwelling)
    lives_in = take_or_none(matched.now.dwelling, then.partner)
    inside_now = take_or_none(units.now.inside, lives_in)
    is_followed = then.partner >= 0
    # Who lived outside every area moved when the dwelling is another; an area's kinds tell the rest.
    moved_outside = (inside_then < 0) & is_followed & ~matched.stays_put
    gone_outside = (inside_then < 0) & ~is_followed
    moved = kind == KINDS.index(MoveKind.OUT)
    gone = np.isin(kind, _GONE)
    rows = np.flatnonzero(moved | gone | moved_outside | gone_outside).astype(np.int32)
    has_plan = np.isin(np.asarray([*units.ids, ""], dtype=object), list(with_plan))
    origin = np.where(has_plan[unit[rows]], 0, 1)
    origin[unit[rows] < 0] = _ORIGINS.index(Origin.OUTSIDE)
    sizes = _count_area_residents(matched, classified)
    destination = _judge_destinations(inside_now[rows], lives_in[rows], places_now, matched, sizes)
    destination[~is_followed[rows]] = _DESTINATIONS.index(Destination.LEFT_REGISTER)
    return Leavers(
        year=matched.year,
        rows=rows,
        origin=origin.astype(np.int32),
        destination=destination,
        area=inside_now[rows],
        area_ids=units.ids,
        residents_n=sizes,
        has_plan=has_plan[:-1],
    )


def gather_leavers(leavers: Leavers, groups: Groups) -> pd.DataFrame:
    """Count leavers by what kind of place they moved to.

    Parameters
    ----------
    leavers, groups
        Of the same two days.

    Returns
    -------
    DataFrame
        ``year``, ``origin`` (`Origin`), ``destination`` (`Destination`), the columns of ``groups.table``,
        ``movers_n`` over ``leavers_n`` (all of the origin and group who moved within the register); every
        combination. Who left the register is counted but not among the leavers: nobody knows where they
        live. A move between dwellings outside every area is of ``outside``; one within an area is none.
    """
    shape = (len(_ORIGINS), len(_DESTINATIONS), len(groups.table))
    cell = (leavers.origin.astype(np.int64) * shape[1] + leavers.destination) * shape[2]
    counts = np.bincount(cell + groups.then[leavers.rows], minlength=int(np.prod(shape))).reshape(shape)
    is_gone = _DESTINATIONS.index(Destination.LEFT_REGISTER)
    leavers_n = np.delete(counts, is_gone, axis=1).sum(axis=1)
    pairs = [(str(origin), str(destination)) for origin in _ORIGINS for destination in _DESTINATIONS]
    repeated = [pair for pair in pairs for _ in range(shape[2])]
    table = pd.DataFrame(repeated, columns=["origin", "destination"], dtype="str")
    table.insert(0, "year", np.full(len(table), leavers.year, dtype=np.int64))
    cells = table.join(pd.concat([groups.table] * len(pairs), ignore_index=True))
    return cells.assign(movers_n=counts.ravel(), leavers_n=np.repeat(leavers_n, shape[1], axis=0).ravel())


def gather_by_area(leavers: Leavers, groups: Groups) -> pd.DataFrame:
    """Count leavers by the area that they moved to.

    Parameters
    ----------
    leavers, groups
        As for `gather_leavers`.

    Returns
    -------
    DataFrame
        ``year``, ``origin``, ``area_id`` (the one moved to), ``residents_n`` (on the first day, of a new area
        on the second), ``is_small``, ``has_plan``, the columns of ``groups.table``, ``movers_n``; rows
        over 0, sorted.
    """
    ids, groups_n = leavers.area_ids, len(groups.table)
    is_in = leavers.area >= 0
    cell = (leavers.origin[is_in].astype(np.int64) * len(ids) + leavers.area[is_in]) * groups_n
    found, movers_n = np.unique(cell + groups.then[leavers.rows[is_in]], return_counts=True)
    route, group = np.divmod(found, groups_n)
    origin, area = np.divmod(route, max(1, len(ids)))
    residents_n = leavers.residents_n[area]
    table = pd.DataFrame(
        {
            "year": np.full(len(found), leavers.year, dtype=np.int64),
            "origin": pd.Series([str(_ORIGINS[code]) for code in origin], dtype="str"),
            "area_id": pd.Series([ids[code] for code in area], dtype="str"),
            "residents_n": residents_n,
            "is_small": residents_n < SMALL_AREA_BELOW_N,
            "has_plan": pd.Series(leavers.has_plan[area], dtype="bool"),
        }
    )
    return table.join(groups.table.take(group).reset_index(drop=True)).assign(
        movers_n=movers_n.astype(np.int64)
    )


def _judge_destinations(
    area: Positions,
    dwelling: Positions,
    places_now: pd.DataFrame,
    matched: Matched,
    sizes: NDArray[np.int64],
) -> Positions:
    almen = places_now["is_almen"].to_numpy(dtype=np.int32)
    order = align_places(places_now, matched.dwelling_ids)
    by_dwelling = almen if order is None else take_or_none(almen, order)
    is_almen = take_or_none(by_dwelling, dwelling)
    is_small = np.append(sizes < SMALL_AREA_BELOW_N, np.False_)[area]
    code = {destination: position for position, destination in enumerate(_DESTINATIONS)}
    judged = np.where(is_almen == 1, code[Destination.OTHER_ALMEN], code[Destination.NOT_ALMEN])
    judged[is_almen < 0] = code[Destination.UNKNOWN]
    judged[area >= 0] = code[Destination.LARGE_AREA]
    judged[(area >= 0) & is_small] = code[Destination.SMALL_AREA]
    return judged.astype(np.int32)


def _count_area_residents(matched: Matched, classified: Classified) -> NDArray[np.int64]:
    """Count an area's residents on the first day; of an area that is new then, on the second."""
    size = len(classified.units.ids)
    sides = []
    for side, unit, member in (
        (matched.then, classified.unit_then, classified.units.then.member),
        (matched.now, classified.unit_now, classified.units.now.member),
    ):
        total = np.bincount(unit[unit >= 0], minlength=size)
        unfollowed = take_or_none(member, side.unfollowed_dwelling)
        weight = side.unfollowed["residents_n"].to_numpy(dtype=np.int64)
        np.add.at(total, unfollowed[unfollowed >= 0], weight[unfollowed >= 0])
        sides.append(total)
    return np.where(sides[0] > 0, sides[0], sides[1])
