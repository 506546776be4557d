"""What happened to each person between two days, seen from the unit of each day."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.moves.identity import Positions, find_positions
from boundaries.moves.places import Units, take_or_none
from boundaries.moves.snapshots import Bools, Matched

Kinds = NDArray[np.int8]

NEWBORN_AGE = 0
"""Age on the second day of who was born since the first, one year before."""


class MoveKind(StrEnum):
    """What a person of a unit did; the first day's residents did one thing, the second day's one."""

    STAYED = "stayed"  # same dwelling
    INTERNAL = "internal"  # another dwelling of the same unit: no move across its boundary
    OUT = "out"  # lives elsewhere in the register
    IN = "in"  # lived elsewhere in the register
    BORN = "born"
    IMMIGRATED = "immigrated"  # told by a register of events
    ENTERED = "entered"  # not in the register before: immigrated, or from outside it
    DIED = "died"  # told by a register of events
    EMIGRATED = "emigrated"  # told by a register of events
    LEFT = "left"  # no longer in the register: dead, emigrated or outside it
    RECOUNTED_IN = "recounted_in"  # lived within the boundary, and only now counts
    RECOUNTED_OUT = "recounted_out"  # lives within the boundary, and no longer counts


KINDS = tuple(MoveKind)
THEN_KINDS = (
    MoveKind.STAYED, MoveKind.INTERNAL, MoveKind.OUT, MoveKind.DIED, MoveKind.EMIGRATED, MoveKind.LEFT,
    MoveKind.RECOUNTED_OUT,
)  # fmt: skip
"""What residents of the first day can have done."""
NOW_KINDS = (
    MoveKind.STAYED, MoveKind.INTERNAL, MoveKind.IN, MoveKind.BORN, MoveKind.IMMIGRATED, MoveKind.ENTERED,
    MoveKind.RECOUNTED_IN,
)  # fmt: skip
"""How residents of the second day can have come to be there."""

EVENT_KINDS: Mapping[str, MoveKind] = {
    "død": MoveKind.DIED,
    "udvandret": MoveKind.EMIGRATED,
    "indvandret": MoveKind.IMMIGRATED,
    "født": MoveKind.BORN,
}
"""Words of a register of events."""

_CODE = {kind: np.int8(position) for position, kind in enumerate(KINDS)}


@dataclass(frozen=True, kw_only=True)
class Classified:
    """What happened to everyone, between the units of one level.

    Attributes
    ----------
    units
        Between which.
    unit_then, unit_now
        Position in `Units.ids` of each person of the first and of the second day; -1 for none.
    kind_then, kind_now
        Position in `KINDS`; -1 where the person is of no unit on that day.
    """

    units: Units
    unit_then: Positions
    unit_now: Positions
    kind_then: Kinds
    kind_now: Kinds


def classify_persons(matched: Matched, units: Units, events: pd.DataFrame | None = None) -> Classified:
    """Say of everyone what happened, seen from the unit of each day.

    A move within a unit is none. A person who stays within an area's boundary, or in the same dwelling,
    but is counted there on one day only, has not moved: the area was recounted. Who is new and of age 0
    was born; of others who are new or gone the two days cannot tell why.

    Parameters
    ----------
    matched
        Two days.
    units
        Of the same days and dwellings.
    events
        ``person_id``, ``event`` (`EVENT_KINDS`) of the year between the days, where there is such a
        register; it tells births, deaths and migration apart from others who are new or gone.
    """
    then, now = matched.then, matched.now
    unit_then = take_or_none(units.then.member, then.dwelling)
    unit_now = take_or_none(units.now.member, now.dwelling)
    after = take_or_none(unit_now, then.partner)
    before = take_or_none(unit_then, now.partner)
    inside_after, inside_before = after, before
    if units.now.inside is not units.now.member:
        inside_after = take_or_none(take_or_none(units.now.inside, now.dwelling), then.partner)
    if units.then.inside is not units.then.member:
        inside_before = take_or_none(take_or_none(units.then.inside, then.dwelling), now.partner)
    stayed_now = _follow_back(matched)
    kind_then = _judge(
        MoveKind.OUT, MoveKind.RECOUNTED_OUT, unit_then, after, inside_after, matched.stays_put
    )
    kind_then[(then.partner < 0) & (unit_then >= 0)] = _CODE[MoveKind.LEFT]
    kind_now = _judge(MoveKind.IN, MoveKind.RECOUNTED_IN, unit_now, before, inside_before, stayed_now)
    is_new = (now.partner < 0) & (unit_now >= 0)
    kind_now[is_new] = _CODE[MoveKind.ENTERED]
    age = now.persons["age"].to_numpy(dtype=np.float64, na_value=np.nan)
    kind_now[is_new & (age == NEWBORN_AGE)] = _CODE[MoveKind.BORN]
    if events is not None:
        _apply_events(kind_then, then.persons["person_id"], events, MoveKind.LEFT)
        _apply_events(kind_now, now.persons["person_id"], events, MoveKind.ENTERED)
    return Classified(
        units=units, unit_then=unit_then, unit_now=unit_now, kind_then=kind_then, kind_now=kind_now
    )


def _follow_back(matched: Matched) -> Bools:
    """Tell of the persons of the second day who is in the same dwelling as on the first."""
    partner = matched.now.partner
    extended = np.append(matched.stays_put, np.False_)
    stayed: Bools = extended[partner]
    return stayed


def _judge(
    crossed: MoveKind,
    recounted: MoveKind,
    unit: Positions,
    other: Positions,
    other_inside: Positions,
    stays_put: Bools,
) -> Kinds:
    """Judge persons of both days by the unit of one day and what is known of the other."""
    kinds = np.full(len(unit), _CODE[crossed], dtype=np.int8)
    kinds[stays_put | (other_inside == unit)] = _CODE[recounted]
    is_same = other == unit
    kinds[is_same] = _CODE[MoveKind.INTERNAL]
    kinds[is_same & stays_put] = _CODE[MoveKind.STAYED]
    kinds[unit < 0] = -1
    return kinds


def _apply_events(kinds: Kinds, person_ids: pd.Series, events: pd.DataFrame, untold: MoveKind) -> None:
    """Say of persons who are gone or new what the register of events tells, in place."""
    allowed = THEN_KINDS if untold is MoveKind.LEFT else NOW_KINDS
    rows = np.flatnonzero(np.isin(kinds, [_CODE[untold], _CODE[MoveKind.BORN]]))
    known = events.drop_duplicates("person_id", keep="last")
    found = find_positions(person_ids.iloc[rows], known["person_id"])
    told = known["event"].map(EVENT_KINDS)
    for kind in allowed:
        is_told = told.eq(kind).to_numpy(dtype=bool)
        if kind in EVENT_KINDS.values() and is_told.any():
            chosen = np.append(is_told, np.False_)[found]
            kinds[rows[chosen]] = _CODE[kind]
