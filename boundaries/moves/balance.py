"""The balance of every unit: residents then, who came, who left, residents now. It always sums."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.moves.classification import KINDS, THEN_KINDS, Classified, Kinds
from boundaries.moves.groups import Codes, Groups
from boundaries.moves.identity import Positions
from boundaries.moves.places import take_or_none
from boundaries.moves.snapshots import Matched, Side

ARRIVAL_COLUMNS = ("in_n", "born_n", "immigrated_n", "entered_n", "recounted_in_n")
"""What is added to the residents of the first day."""

DEPARTURE_COLUMNS = ("out_n", "died_n", "emigrated_n", "left_n", "recounted_out_n")
"""What is taken from them."""

BALANCE_COLUMNS = (
    "residents_then_n", "stayed_n", "internal_n", *ARRIVAL_COLUMNS, *DEPARTURE_COLUMNS,
    "unfollowed_then_n", "unfollowed_now_n", "residents_now_n",
)  # fmt: skip
"""Counts of a balance, int64."""

Counts = NDArray[np.int64]


def balance_residents(matched: Matched, classified: Classified, groups: Groups) -> pd.DataFrame:
    """Add up who was there, came, left and is there, by unit and group.

    ``residents_now_n`` is ``residents_then_n`` plus `ARRIVAL_COLUMNS`, less `DEPARTURE_COLUMNS`, plus the
    change of those who cannot be followed (``unfollowed_now_n`` less ``unfollowed_then_n``).

    Parameters
    ----------
    matched, classified, groups
        Of the same two days.

    Returns
    -------
    DataFrame
        ``year`` (figure year), the level's column (such as ``area_id``), the columns of
        ``groups.table``, then `BALANCE_COLUMNS`; one row for every unit and group, zero rows included,
        in the order of the units' ids and the groups.
    """
    units_n, groups_n = len(classified.units.ids), len(groups.table)
    then = _count(classified.kind_then, classified.unit_then, groups.then, (units_n, groups_n))
    now = _count(classified.kind_now, classified.unit_now, groups.now, (units_n, groups_n))
    unfollowed = [
        _weigh(side, member, codes, (units_n, groups_n))
        for side, member, codes in (
            (matched.then, classified.units.then.member, groups.unfollowed_then),
            (matched.now, classified.units.now.member, groups.unfollowed_now),
        )
    ]
    columns: dict[str, Counts] = {}
    for position, kind in enumerate(KINDS):
        columns[f"{kind}_n"] = (then if kind in THEN_KINDS else now)[..., position]
    # Stayers have one group on both days, so that either side counts them alike.
    columns["unfollowed_then_n"], columns["unfollowed_now_n"] = unfollowed
    columns["residents_then_n"] = then.sum(axis=2) + unfollowed[0]
    columns["residents_now_n"] = now.sum(axis=2) + unfollowed[1]
    table = label_cells(classified, groups, matched.year)
    return table.assign(**{name: columns[name].ravel() for name in BALANCE_COLUMNS})


def label_cells(classified: Classified, groups: Groups, year: int) -> pd.DataFrame:
    """Return year, unit and group of every cell, groups within units."""
    ids = classified.units.ids
    repeated = pd.concat([groups.table] * len(ids), ignore_index=True) if ids else groups.table.iloc[:0]
    units = pd.Series(np.repeat(np.asarray(ids, dtype=object), len(groups.table)), dtype="str")
    heads = pd.DataFrame({"year": np.full(len(units), year, np.int64), str(classified.units.level): units})
    return heads.join(repeated)


def _count(kind: Kinds, unit: Positions, group: Codes, shape: tuple[int, int]) -> Counts:
    """Count persons by unit, group and kind."""
    units_n, groups_n = shape
    is_in = kind >= 0
    cell = (unit[is_in].astype(np.int64) * groups_n + group[is_in]) * len(KINDS) + kind[is_in]
    size = units_n * groups_n * len(KINDS)
    return np.bincount(cell, minlength=size).reshape(units_n, groups_n, len(KINDS))


def _weigh(side: Side, member: Positions, group: Codes, shape: tuple[int, int]) -> Counts:
    """Add up residents that are counted but not named."""
    unit = take_or_none(member, side.unfollowed_dwelling)
    total = np.zeros(shape, dtype=np.int64)
    is_in = unit >= 0
    weight = side.unfollowed["residents_n"].to_numpy(dtype=np.int64)
    np.add.at(total, (unit[is_in], group[is_in]), weight[is_in])
    return total


def find_imbalances(balance: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a balance that do not sum: none, unless the table was changed.

    Examples
    --------
    >>> row = dict.fromkeys(BALANCE_COLUMNS, 0) | {"residents_then_n": 2, "in_n": 1, "residents_now_n": 3}
    >>> len(find_imbalances(pd.DataFrame([row])))
    0
    """
    came = balance[list(ARRIVAL_COLUMNS)].sum(axis=1)
    went = balance[list(DEPARTURE_COLUMNS)].sum(axis=1)
    unfollowed = balance["unfollowed_now_n"] - balance["unfollowed_then_n"]
    expected = balance["residents_then_n"] + came - went + unfollowed
    return balance[expected != balance["residents_now_n"]]
