"""How many moved from where to where: the table that every product is made of."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from boundaries.model import FLOW_DTYPES
from boundaries.moves.classification import KINDS, Classified, MoveKind
from boundaries.moves.groups import Groups
from boundaries.moves.places import take_or_none
from boundaries.moves.snapshots import Matched

_OUT, _IN = KINDS.index(MoveKind.OUT), KINDS.index(MoveKind.IN)


def count_flows(matched: Matched, classified: Classified, groups: Groups) -> pd.DataFrame:
    """Count who moved between units, by group.

    Only moves within the register have both ends; who is new or gone is in the balance alone. The sum of
    what leaves a unit here is its ``out_n`` there, and of what comes its ``in_n``.

    Parameters
    ----------
    matched, classified, groups
        Of the same two days.

    Returns
    -------
    DataFrame
        ``year`` (figure year), ``from_id``, ``to_id`` (missing for outside every unit of the level), the
        columns of ``groups.table``, ``movers_n`` (int64, over 0); sorted, missing last.
    """
    units_n, groups_n = len(classified.units.ids), len(groups.table)
    partner = matched.then.partner
    followed = np.flatnonzero(partner >= 0)
    kind_now = classified.kind_now[partner[followed]]
    is_move = (classified.kind_then[followed] == _OUT) | (kind_now == _IN)
    rows = followed[is_move]
    ends = classified.unit_then[rows], take_or_none(classified.unit_now, partner[rows])
    # Outside every unit comes last.
    start, end = (np.where(unit < 0, units_n, unit).astype(np.int64) for unit in ends)
    cell = (start * (units_n + 1) + end) * groups_n + groups.then[rows]
    found, movers_n = np.unique(cell, return_counts=True)
    names = pd.Series([*classified.units.ids, None], dtype="str")
    route, group = np.divmod(found, groups_n)
    table = groups.table.iloc[group].reset_index(drop=True)
    table.insert(0, "to_id", names.iloc[route % (units_n + 1)].to_numpy())
    table.insert(0, "from_id", names.iloc[route // (units_n + 1)].to_numpy())
    table.insert(0, "year", np.full(len(found), matched.year, dtype=np.int64))
    return table.astype({"from_id": "str", "to_id": "str"}).assign(movers_n=movers_n.astype(np.int64))


def shape_kommune_flows(flows: pd.DataFrame) -> pd.DataFrame:
    """Bring moves between kommuner into the shape of the register of flows, whose products they share.

    Parameters
    ----------
    flows
        As `count_flows` at `Level.KOMMUNE`, by ``exposure`` or by nothing, and by at most one thing more.

    Returns
    -------
    DataFrame
        `boundaries.model.FLOW_DTYPES`, sorted; dwellings of no kommune are ``ukendt``, and what was not
        counted by is ``alle``.
    """
    others = [
        column
        for column in flows.columns
        if column not in {"year", "from_id", "to_id", "exposure", "movers_n"}
    ]
    shaped = pd.DataFrame(
        {
            "year": flows["year"],
            "from_kommune": flows["from_id"].fillna("ukendt"),
            "to_kommune": flows["to_id"].fillna("ukendt"),
            "exposure": flows.get("exposure", "alle"),
            "group": flows[others[0]] if others else "alle",
            "movers_n": flows["movers_n"],
            "is_hidden": False,
        }
    )
    keys = ["year", "from_kommune", "to_kommune", "exposure", "group"]
    return shaped.astype(FLOW_DTYPES).sort_values(keys, kind="stable", ignore_index=True)


def select_kommuner_with(
    lists: pd.DataFrame, areas: pd.DataFrame, *, categories: Collection[str] = ("forebyggelsesomraade",)
) -> frozenset[str]:
    """Return the kommuner that have, or on any given list had, an area of a category.

    Parameters
    ----------
    lists
        ``area_id``, ``category``, as `boundaries.model.Registers.lists`; the caller picks the lists.
    areas
        ``area_id``, ``kommune_code``.
    categories
        Any of them will do.
    """
    listed = lists.loc[lists["category"].isin(list(categories)), "area_id"]
    codes = areas.loc[areas["area_id"].isin(listed), "kommune_code"].dropna()
    return frozenset(str(code) for code in codes)
