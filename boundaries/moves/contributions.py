"""What stayers, in-movers and out-movers did to a criterion: parts that sum exactly to its change.

The share of an area is N / D. With S the mean of the two days' shares and M the mean of the two days'
denominators, a part that brought n to the numerator and d to the denominator contributed (n - S d) / M.
The parts sum to the change of the share exactly, and the reading backwards gives each the other sign:
who comes raises a share where it is more than S among them, and who leaves raises it where it is less.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.designation.indicators import measure_residents
from boundaries.designation.law import Criterion, Rules
from boundaries.moves.classification import KINDS, Classified, Kinds, MoveKind
from boundaries.moves.identity import Positions
from boundaries.moves.places import take_or_none
from boundaries.moves.snapshots import Matched, Side

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Component(StrEnum):
    """A part of the change."""

    STAYED = "stayed"  # in the criterion's group on both days
    JOINED_GROUP = "joined_group"  # stayed in the area and came into the group, by age or a value now known
    LEFT_GROUP = "left_group"  # stayed in the area and went out of the group
    MOVED_IN = "moved_in"
    ENTERED = "entered"
    IMMIGRATED = "immigrated"
    MOVED_OUT = "moved_out"
    LEFT = "left"
    EMIGRATED = "emigrated"
    BORN = "born"
    DIED = "died"
    RECOUNTED_IN = "recounted_in"
    RECOUNTED_OUT = "recounted_out"
    UNFOLLOWED = "unfollowed"


class Part(StrEnum):
    """The components in few."""

    STAYERS = "stayers"
    IN_MOVERS = "in_movers"
    OUT_MOVERS = "out_movers"
    OTHERS = (
        "others"  # births, deaths where they can be told, dwellings that count anew, persons not followed
    )


PARTS: Mapping[Component, Part] = {
    Component.STAYED: Part.STAYERS,
    Component.JOINED_GROUP: Part.STAYERS,
    Component.LEFT_GROUP: Part.STAYERS,
    Component.MOVED_IN: Part.IN_MOVERS,
    Component.ENTERED: Part.IN_MOVERS,
    Component.IMMIGRATED: Part.IN_MOVERS,
    Component.MOVED_OUT: Part.OUT_MOVERS,
    Component.LEFT: Part.OUT_MOVERS,
    Component.EMIGRATED: Part.OUT_MOVERS,
    Component.BORN: Part.OTHERS,
    Component.DIED: Part.OTHERS,
    Component.RECOUNTED_IN: Part.OTHERS,
    Component.RECOUNTED_OUT: Part.OTHERS,
    Component.UNFOLLOWED: Part.OTHERS,
}
"""Component to part. Who left the register unexplained may have died, and is among the out-movers."""

COUNT_COLUMNS = ("numerator_then", "denominator_then", "numerator_now", "denominator_now")

_OF_KIND: Mapping[MoveKind, Component] = {
    MoveKind.STAYED: Component.STAYED,
    MoveKind.INTERNAL: Component.STAYED,
    MoveKind.OUT: Component.MOVED_OUT,
    MoveKind.IN: Component.MOVED_IN,
    MoveKind.BORN: Component.BORN,
    MoveKind.IMMIGRATED: Component.IMMIGRATED,
    MoveKind.ENTERED: Component.ENTERED,
    MoveKind.DIED: Component.DIED,
    MoveKind.EMIGRATED: Component.EMIGRATED,
    MoveKind.LEFT: Component.LEFT,
    MoveKind.RECOUNTED_IN: Component.RECOUNTED_IN,
    MoveKind.RECOUNTED_OUT: Component.RECOUNTED_OUT,
}
_COMPONENTS = tuple(Component)
_COMPONENT_OF = np.array([_COMPONENTS.index(_OF_KIND[kind]) for kind in KINDS])


def measure_contributions(
    matched: Matched, classified: Classified, rules: Rules, criteria: Sequence[Criterion]
) -> pd.DataFrame:
    """Divide the change of each criterion, from the first day to the second, into its parts.

    Shares are those of the single years. Where the law takes the mean of two years, the change of the mean
    is the mean of two such changes.

    Parameters
    ----------
    matched, classified
        Of the same two days; the units are usually areas.
    rules
        Of one list date for both days, so that a change of the law is no change of the area.
    criteria
        Those wanted.

    Returns
    -------
    DataFrame
        ``year``, the level's column, ``criterion``, ``unit`` (units of one person or krone), ``component``,
        ``part``, `COUNT_COLUMNS` (int64; numerators in units) of the component's persons on each day, and
        ``contribution``: a `fractions.Fraction` of 1, for income of kroner, or None where a day has nobody
        in the criterion's group. One row for every unit, criterion and component, in that order.
    """
    tables = [_measure_one(matched, classified, rules, criterion) for criterion in criteria]
    together = pd.concat(tables, ignore_index=True)
    level = str(classified.units.level)
    order = pd.Categorical(together[level], categories=list(classified.units.ids))
    return together.iloc[np.argsort(order.codes, kind="stable")].reset_index(drop=True)


def _measure_one(
    matched: Matched, classified: Classified, rules: Rules, criterion: Criterion
) -> pd.DataFrame:
    units_n = len(classified.units.ids)
    (then, unit), (now, _) = (
        measure_residents(side.persons, criterion, rules) for side in (matched.then, matched.now)
    )
    known = then["is_known"].to_numpy(), now["is_known"].to_numpy()
    components = (
        _name_components(
            classified.kind_then, known[0], _follow(known[1], matched.then), Component.LEFT_GROUP
        ),
        _name_components(
            classified.kind_now, known[1], _follow(known[0], matched.now), Component.JOINED_GROUP
        ),
    )
    units = classified.unit_then, classified.unit_now
    counts = {}
    for day, measured, where, component in zip(("then", "now"), (then, now), units, components, strict=True):
        for name, column in (("numerator", "value"), ("denominator", "is_known")):
            amount = measured[column].to_numpy(dtype=np.int64)
            counts[f"{name}_{day}"] = _sum_cells(where, component, amount, units_n)
    _add_unfollowed(counts, matched, classified, rules, criterion)
    table = pd.DataFrame(
        {
            "year": np.full(units_n * len(_COMPONENTS), matched.year, dtype=np.int64),
            str(classified.units.level): np.repeat(
                np.asarray(classified.units.ids, dtype=object), len(_COMPONENTS)
            ),
            "criterion": str(criterion),
            "unit": unit,
            "component": list(map(str, _COMPONENTS)) * units_n,
            "part": [str(PARTS[component]) for component in _COMPONENTS] * units_n,
            **{name: counts[name].ravel() for name in COUNT_COLUMNS},
        }
    )
    return table.assign(contribution=pd.Series(_divide_change(counts, unit), dtype=object))


def _follow(values: Bools, side: Side) -> Bools:
    """Return what holds of the same persons on the other day; False for who is not there."""
    extended = np.append(values, np.False_)
    followed: Bools = extended[side.partner]
    return followed


def _name_components(kind: Kinds, is_known: Bools, is_known_other: Bools, changed: Component) -> Positions:
    """Give each person a component; -1 for who is of no unit or not in the group."""
    component = np.where(kind >= 0, _COMPONENT_OF[kind], -1)
    is_stayer = component == _COMPONENTS.index(Component.STAYED)
    component[is_stayer & is_known & ~is_known_other] = _COMPONENTS.index(changed)
    component[~is_known] = -1
    return component.astype(np.int32)


def _sum_cells(unit: Positions, component: Positions, amount: Ints, units_n: int) -> Ints:
    total = np.zeros((units_n, len(_COMPONENTS)), dtype=np.int64)
    is_in = (unit >= 0) & (component >= 0)
    np.add.at(total, (unit[is_in], component[is_in]), amount[is_in])
    return total


def _add_unfollowed(
    counts: Mapping[str, Ints], matched: Matched, classified: Classified, rules: Rules, criterion: Criterion
) -> None:
    """Add residents who are counted but not named, in place."""
    units = classified.units
    for day, side, member in (
        ("then", matched.then, units.then.member),
        ("now", matched.now, units.now.member),
    ):
        measured, _ = measure_residents(side.unfollowed, criterion, rules)
        unit = take_or_none(member, side.unfollowed_dwelling)
        weight = side.unfollowed["residents_n"].to_numpy(dtype=np.int64)
        component = np.full(len(unit), _COMPONENTS.index(Component.UNFOLLOWED), dtype=np.int32)
        for name, column in (("numerator", "value"), ("denominator", "is_known")):
            amount = measured[column].to_numpy(dtype=np.int64) * weight
            counts[f"{name}_{day}"][...] += _sum_cells(unit, component, amount, len(units.ids))


def _divide_change(counts: Mapping[str, Ints], unit: int) -> list[Fraction | None]:
    """Return the contribution of every unit and component."""
    contributions: list[Fraction | None] = []
    lines = zip(*(counts[name].tolist() for name in COUNT_COLUMNS), strict=True)
    for numerators_then, denominators_then, numerators_now, denominators_now in lines:
        totals = (sum(denominators_then), sum(denominators_now))
        if 0 in totals:
            contributions += [None] * len(_COMPONENTS)
            continue
        shares = Fraction(sum(numerators_then), totals[0]), Fraction(sum(numerators_now), totals[1])
        share, denominator = sum(shares) / 2, Fraction(sum(totals), 2)
        contributions += [
            ((now - then) - share * (size_now - size_then)) / denominator / unit
            for then, size_then, now, size_now in zip(
                numerators_then, denominators_then, numerators_now, denominators_now, strict=True
            )
        ]
    return contributions


def sum_parts(contributions: pd.DataFrame) -> pd.DataFrame:
    """Add components up to the few of `Part`.

    Parameters
    ----------
    contributions
        As `measure_contributions`.

    Returns
    -------
    DataFrame
        The same columns without ``component``, one row for every unit, criterion and `Part`.
    """
    level = contributions.columns[1]
    keys = ["year", level, "criterion", "unit", "part"]
    rows = []
    for key, own in contributions.groupby(keys, sort=False, observed=True):
        known = own["contribution"].notna().all()
        total = sum(own["contribution"], Fraction(0)) if known else None
        counts = {name: int(own[name].sum()) for name in COUNT_COLUMNS}
        rows.append(dict(zip(keys, key, strict=True)) | counts | {"contribution": total})
    return pd.DataFrame(rows, columns=[*keys, *COUNT_COLUMNS, "contribution"])
