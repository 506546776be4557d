"""The figures of the report on moves, each a table of whole counts; a share is two of them.

Years are figure years: "2025" is the moves during 2024. Counts that the source hid are left out of a sum and
counted beside it in ``hidden_n``: a sum with hidden parts is a least number.
"""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from boundaries.registers.flows import ABROAD, UNKNOWN_PLACE

WITH, WITHOUT = "with", "without"
"""Kommuner with and without an area of the category, such as forebyggelsesområder."""

EXPOSED, NOT_EXPOSED = "udsat", "ikke_udsat"

_GROUPS = ["year", "exposure", "group"]


def sum_inflow(
    balance: pd.DataFrame, areas: pd.DataFrame, *, by: Sequence[str] = ("exposure",)
) -> pd.DataFrame:
    """Add up who moved to the areas of a category, by year.

    A mover between two of the areas counts in the inflow of the one moved to; one within an area does not.

    Parameters
    ----------
    balance
        As `boundaries.moves.balance.balance_residents` at area level, of one or more years.
    areas
        ``year``, ``area_id``: which areas are of the category in which figure year.
    by
        Columns of the balance that divide it.

    Returns
    -------
    DataFrame
        ``year``, `by`, ``areas_n``, ``inflow_n`` (the two next together), ``from_register_n`` (from elsewhere
        in the register), ``from_outside_n`` (not in the register before and not newborn),
        ``residents_then_n``; sorted by year, groups in their order.
    """
    chosen = balance.merge(areas[["year", "area_id"]].drop_duplicates(), on=["year", "area_id"])
    keys = ["year", *by]
    grouped = chosen.groupby(keys, sort=False, observed=True)
    table = pd.DataFrame(
        {
            "areas_n": grouped["area_id"].nunique(),
            "from_register_n": grouped["in_n"].sum(),
            "from_outside_n": grouped["entered_n"].sum() + grouped["immigrated_n"].sum(),
            "residents_then_n": grouped["residents_then_n"].sum(),
        }
    ).reset_index()
    table.insert(len(keys) + 1, "inflow_n", table["from_register_n"] + table["from_outside_n"])
    return table.sort_values("year", kind="stable", ignore_index=True)


def sum_outflow(flows: pd.DataFrame, kommuner_with: Collection[str]) -> pd.DataFrame:
    """Add up who moved away from kommuner with areas of the category: to all, and to kommuner without.

    Parameters
    ----------
    flows
        As `boundaries.model.Registers.flows`.
    kommuner_with
        Codes of the kommuner that have such an area.

    Returns
    -------
    DataFrame
        ``year``, ``exposure``, ``group``, ``destination``, ``movers_n``, ``hidden_n``. Destinations are
        ``all`` (every other kommune), of which ``with``, ``without`` and ``ukendt``; then ``udland``, which
        is not among all. Each has a row in every year and group, zero too.
    """
    leavers = _select_moves(flows, kommuner_with)
    leavers = leavers[leavers["origin"].eq(WITH)]
    parts = [_sum(leavers, [*_GROUPS, "destination"])]
    parts.append(
        _sum(leavers[leavers["destination"].ne(ABROAD)].assign(destination="all"), [*_GROUPS, "destination"])
    )
    return _spread(pd.concat(parts), "destination", ("all", WITH, WITHOUT, UNKNOWN_PLACE, ABROAD))


def sum_leavers(flows: pd.DataFrame) -> pd.DataFrame:
    """Add up who moved away from each kommune to another, and who came from another.

    Returns
    -------
    DataFrame
        ``year``, ``exposure``, ``group``, ``kommune_code``, ``leavers_n``, ``leavers_hidden_n``,
        ``arrivals_n``, ``arrivals_hidden_n``: every kommune of the table in every year and group.
    """
    moves = _select_moves(flows, ())
    sides = []
    for end, other, name in (
        ("from_kommune", "to_kommune", "leavers"),
        ("to_kommune", "from_kommune", "arrivals"),
    ):
        own = moves[~moves[end].isin([ABROAD, UNKNOWN_PLACE]) & moves[other].ne(ABROAD)]
        summed = _sum(own.rename(columns={end: "kommune_code"}), [*_GROUPS, "kommune_code"])
        names = {"movers_n": f"{name}_n", "hidden_n": f"{name}_hidden_n"}
        sides.append(summed.rename(columns=names).set_index([*_GROUPS, "kommune_code"]))
    together = sides[0].join(sides[1], how="outer").reset_index()
    codes = tuple(sorted(together["kommune_code"].unique()))
    return _spread(together, "kommune_code", codes)


def share_destinations(flows: pd.DataFrame, kommuner_with: Collection[str]) -> pd.DataFrame:
    """Share out the leavers of kommuner with areas of the category by the kommune that they moved to.

    Parameters
    ----------
    flows, kommuner_with
        As in `sum_outflow`.

    Returns
    -------
    DataFrame
        ``year``, ``exposure``, ``group``, ``to_kommune``, ``movers_n`` over ``leavers_n`` (all that moved to
        another kommune, known ones only), ``hidden_n``; every kommune of the table in every year and group.
    """
    moves = _select_moves(flows, kommuner_with)
    codes = sorted({*moves["from_kommune"], *moves["to_kommune"]} - {ABROAD, UNKNOWN_PLACE})
    leavers = moves[moves["origin"].eq(WITH) & ~moves["to_kommune"].isin([ABROAD, UNKNOWN_PLACE])]
    table = _spread(_sum(leavers, [*_GROUPS, "to_kommune"]), "to_kommune", codes)
    total = table.groupby(_GROUPS, sort=False)["movers_n"].transform("sum")
    return table.assign(leavers_n=total)[[*_GROUPS, "to_kommune", "movers_n", "leavers_n", "hidden_n"]]


def share_exposed(flows: pd.DataFrame, kommuner_with: Collection[str]) -> pd.DataFrame:
    """Count the socially exposed among leavers, of kommuner with and without areas of the category.

    Parameters
    ----------
    flows, kommuner_with
        As in `sum_outflow`; divided by exposure.

    Returns
    -------
    DataFrame
        ``year``, ``group``, ``origin`` (``with``, ``without``), ``destination`` (``all``: any other kommune;
        ``without``), ``exposed_n`` over ``known_n`` (exposed or not, of the ages), ``others_n`` (outside the
        ages or unknown, in neither), ``hidden_n``.
    """
    moves = _select_moves(flows, kommuner_with)
    moves = moves[moves["origin"].isin([WITH, WITHOUT]) & moves["destination"].ne(ABROAD)]
    every = moves.assign(destination="all")
    both = pd.concat([every, moves[moves["destination"].eq(WITHOUT)]], ignore_index=True)
    is_exposed, is_known = both["exposure"].eq(EXPOSED), both["exposure"].isin([EXPOSED, NOT_EXPOSED])
    counted = both.assign(
        exposed_n=both["shown_n"].where(is_exposed, 0),
        known_n=both["shown_n"].where(is_known, 0),
        others_n=both["shown_n"].mask(is_known, 0),
    )
    keys = ["year", "group", "origin", "destination"]
    columns = ["exposed_n", "known_n", "others_n", "hidden_n"]
    return counted.groupby(keys, sort=True)[columns].sum().astype("int64").reset_index()


def _select_moves(flows: pd.DataFrame, kommuner_with: Collection[str]) -> pd.DataFrame:
    """Take what crosses the border of a kommune, and say whether each end is of a kommune with or without."""
    moves = flows[flows["from_kommune"].ne(flows["to_kommune"])]
    named = set(kommuner_with)

    def side(codes: pd.Series) -> pd.Series:
        kinds = {
            code: code if code in {ABROAD, UNKNOWN_PLACE} else WITH if code in named else WITHOUT
            for code in codes.unique()
        }
        return codes.map(kinds).astype("str")

    return moves.assign(
        origin=side(moves["from_kommune"]),
        destination=side(moves["to_kommune"]),
        shown_n=moves["movers_n"].fillna(0).astype("int64"),
        hidden_n=moves["is_hidden"].astype("int64"),
    )


def _sum(moves: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    summed = moves.groupby(keys, sort=True)[["shown_n", "hidden_n"]].sum().reset_index()
    return summed.rename(columns={"shown_n": "movers_n"})


def _spread(table: pd.DataFrame, column: str, values: Sequence[str]) -> pd.DataFrame:
    """Give every value a row in every year and group, zero where nobody moved."""
    cells = table[_GROUPS].drop_duplicates().sort_values(_GROUPS, ignore_index=True)
    repeated = cells.loc[np.repeat(cells.index.to_numpy(), len(values))].reset_index(drop=True)
    repeated[column] = pd.Series(list(values) * len(cells), dtype="str")
    joined = repeated.merge(table, on=[*_GROUPS, column], how="left")
    counts = [name for name in joined.columns if name.endswith("_n")]
    joined[counts] = joined[counts].fillna(0).astype("int64")
    return joined.astype({"year": "int64"})
