"""The share of almene familieboliger (§ 168 a): at most 40 per cent of all dwellings by 1 January 2030.

Almenboligloven § 168 a, stk. 1: in the number of all dwellings may be counted those demolished after
2010 that were not replaced by other almene familieboliger, and every 75 square metres of business
floor area counts as one dwelling.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import cast

import pandas as pd

from boundaries.delineation.dwellings import stand_on
from boundaries.designation.verdict import compare_exactly
from boundaries.model import PlanAction, Tenure
from data.law import load_law
from geo.errors import DataError

MIX_COLUMNS = (
    "area_id", "year", "family_n", "standing_n", "demolished_n", "replaced_n", "business_m2", "business_n",
    "total_n", "share", "is_target_met", "margin_n",
)  # fmt: skip
"""Columns of the mix: `total_n` is standing, demolished and not replaced, and business dwellings;
`share` is an exact fraction; `margin_n` the almene familieboliger over the target that must be sold or
relabelled (negative: room for so many)."""

PLAN_COLUMNS = (
    "area_id", "year", "stage", "sold_n", "relabelled_n", "demolished_n", "built_family_n", "built_other_n",
    "family_n", "total_n", "share", "is_target_met",
)  # fmt: skip
"""Columns of the plan account: changes of the year, and what stands after them."""


_ACTION_COLUMNS = {
    PlanAction.SALE: "sold_n",
    PlanAction.RELABELLING: "relabelled_n",
    PlanAction.DEMOLITION: "demolished_n",
    PlanAction.NEW_FAMILY: "built_family_n",
    PlanAction.NEW_OTHER: "built_other_n",
}


@dataclass(frozen=True)
class MixRules:
    """The reduction target on a date.

    Attributes
    ----------
    share_max
        Greatest share of almene familieboliger.
    compare
        How the share must stand to it: ``<=``.
    target_on
        The share must be brought down before this day.
    business_m2_per_dwelling
        Square metres of business that count as a dwelling.
    demolished_after_year
        Demolitions after this year may be counted.
    """

    share_max: Fraction
    compare: str
    target_on: date
    business_m2_per_dwelling: int
    demolished_after_year: int


def mix_rules_on(on: date) -> MixRules:
    """Look up the reduction target.

    Raises
    ------
    DataError
        ``law.before_first`` before December 2018.
    """
    law = load_law()
    values = {
        name: law[name].entry_on(on).value
        for name in (
            "family_share_max_pct",
            "family_share_target_on",
            "business_m2_per_dwelling",
            "demolished_after_year",
        )
    }
    return MixRules(
        share_max=Fraction(cast("int", values["family_share_max_pct"]), 100),
        compare=law["family_share_max_pct"].compare,
        target_on=cast("date", values["family_share_target_on"]),
        business_m2_per_dwelling=cast("int", values["business_m2_per_dwelling"]),
        demolished_after_year=cast("int", values["demolished_after_year"]),
    )


def measure_mix(
    dwellings: pd.DataFrame,
    status_date: date,
    rules: MixRules,
    *,
    business: Mapping[str, float] | None = None,
    replaced: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Count almene familieboliger of all dwellings, by area.

    Parameters
    ----------
    dwellings
        ``dwelling_id``, ``area_id``, ``tenure``, ``is_dwelling``, ``built_year``, ``built_on``,
        ``demolished_on``, ``relabelled_on``, ``relabelled_from``: every dwelling that lies in an area,
        whether its residents count or not.
    status_date
        The day that is counted. A dwelling relabelled later was what it was before.
    rules
        Of the date.
    business
        Business floor area by area in m2; a part of a dwelling's worth does not count.
    replaced
        Demolished dwellings that almene familieboliger replaced, by area; where None, as many as there
        are almene familieboliger built after the year from which demolitions count.

    Returns
    -------
    DataFrame
        `MIX_COLUMNS`, one row an area, by area id. `share` is None where there is nothing to count.

    Raises
    ------
    DataError
        ``housing_mix.negative_count`` for business area or replaced dwellings under 0.
    """
    inside = dwellings[dwellings["area_id"].notna() & dwellings["is_dwelling"].astype(bool)]
    states = _describe_states(inside, status_date, rules)
    rows = []
    for area_id, own in states.groupby("area_id", sort=True):
        area_m2 = _read_count(business, "business_m2", str(area_id), 0)
        family_n = int((own["family"] & own["standing"]).sum())
        demolished_n = int(own["demolished"].sum())
        new_family_n = int((own["family"] & own["standing"] & own["new"]).sum())
        replaced_n = min(demolished_n, int(_read_count(replaced, "replaced_n", str(area_id), new_family_n)))
        business_n = floor(area_m2 / rules.business_m2_per_dwelling)
        standing_n = int(own["standing"].sum())
        total_n = standing_n + demolished_n - replaced_n + business_n
        counts = (family_n, standing_n, demolished_n, replaced_n, area_m2, business_n, total_n)
        rows.append((area_id, status_date.year, *counts, *judge_mix(family_n, total_n, rules)))
    return pd.DataFrame(rows, columns=list(MIX_COLUMNS)).astype({"area_id": "str"})


def judge_mix(
    family_n: int, total_n: int, rules: MixRules
) -> tuple[Fraction | None, bool | None, int | None]:
    """Return the share, whether it is at most the target, and the familieboliger over it.

    Parameters
    ----------
    family_n, total_n
        Almene familieboliger, and all that counts as dwellings.
    rules
        Of the date.

    Returns
    -------
    tuple
        All None where there is nothing to count.
    """
    if not total_n:
        return None, None, None
    share = Fraction(family_n, total_n)
    # Selling or relabelling takes from the numerator alone.
    over_n = ceil(family_n - rules.share_max * total_n)
    return share, compare_exactly(share, rules.compare, rules.share_max), over_n


def _describe_states(dwellings: pd.DataFrame, on: date, rules: MixRules) -> pd.DataFrame:
    """Return the area of each dwelling, and whether it was family, stands, is demolished and is new."""
    day, after = pd.Timestamp(on), rules.demolished_after_year
    is_gone = dwellings["demolished_on"].le(day).fillna(value=False).astype(bool)
    return pd.DataFrame(
        {
            "area_id": dwellings["area_id"],
            "family": _was_family(dwellings, day),
            "standing": stand_on(dwellings, on),
            "demolished": is_gone & dwellings["demolished_on"].dt.year.gt(after),
            "new": dwellings["built_year"].gt(after).fillna(value=False).astype(bool),
        }
    )


def _was_family(dwellings: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    is_later = dwellings["relabelled_on"].gt(day).fillna(value=False).astype(bool)
    tenure = dwellings["tenure"].where(
        ~is_later | dwellings["relabelled_from"].isna(), dwellings["relabelled_from"]
    )
    return tenure.eq(Tenure.ALMEN_FAMILIEBOLIG.value).fillna(value=False).astype(bool)


def _read_count(
    given: Mapping[str, float] | Mapping[str, int] | None, column: str, area_id: str, default: float
) -> float:
    value = default if given is None else given.get(area_id, default)
    if value < 0:
        raise DataError("housing_mix.negative_count", {"column": column, "area_id": area_id, "value": value})
    return value


def account_plan(start: pd.DataFrame, plan: pd.DataFrame, rules: MixRules) -> pd.DataFrame:
    """Follow a development plan from its start to the final share, year by year.

    A sold or relabelled dwelling stays among all dwellings. So does a demolished almen familiebolig,
    as one demolished after 2010, unless a new almen familiebolig replaces it: so `PlanAction.NEW_FAMILY`
    takes the place of a demolished one first, and adds to all dwellings only beyond those. Other new
    dwellings, and business space as dwellings, add to all.

    Parameters
    ----------
    start
        ``area_id``, ``year``, ``family_n``, ``total_n``: what the plan starts from, and at will
        ``demolished_n`` that may yet be replaced.
    plan
        ``area_id``, ``year``, ``action`` (`PlanAction`), ``dwellings_n`` and ``is_done``.
    rules
        Of the date.

    Returns
    -------
    DataFrame
        `PLAN_COLUMNS`: the start (``stage`` start), every year of the plan (done, or planned where any
        of the year's changes is), and the sum of all areas with ``area_id`` empty; by area, then year.

    Raises
    ------
    DataError
        ``housing_mix.unknown_action``, ``unknown_area``, ``negative_count`` or ``below_zero``.
    """
    _check_plan(start, plan)
    rows: list[dict[str, object]] = []
    for begin in start.sort_values("area_id").to_dict("records"):
        own = plan[plan["area_id"].eq(begin["area_id"])]
        rows += _follow_area({str(key): value for key, value in begin.items()}, own, rules)
    table = pd.DataFrame(rows, columns=list(PLAN_COLUMNS))
    return pd.concat([table, _sum_areas(table, rules)], ignore_index=True)


def _check_plan(start: pd.DataFrame, plan: pd.DataFrame) -> None:
    allowed = ", ".join(PlanAction)
    for row in plan.to_dict("records"):
        if row["action"] not in set(PlanAction):
            values = {"area_id": row["area_id"], "value": row["action"], "allowed": allowed}
            raise DataError("housing_mix.unknown_action", values)
        if row["area_id"] not in set(start["area_id"]):
            raise DataError("housing_mix.unknown_area", {"area_id": row["area_id"]})
        if row["dwellings_n"] < 0:
            place = {"column": "dwellings_n", "area_id": row["area_id"], "value": row["dwellings_n"]}
            raise DataError("housing_mix.negative_count", place)


def _follow_area(begin: Mapping[str, object], plan: pd.DataFrame, rules: MixRules) -> list[dict[str, object]]:
    area_id, family_n, total_n = (
        begin["area_id"],
        cast("int", begin["family_n"]),
        cast("int", begin["total_n"]),
    )
    unreplaced_n = cast("int", begin.get("demolished_n", 0))
    nothing = dict.fromkeys(_ACTION_COLUMNS.values(), 0)
    rows = [_plan_row(area_id, begin["year"], "start", nothing, (family_n, total_n), rules)]
    for year, own in plan.groupby("year", sort=True):
        sums = own.groupby("action")["dwellings_n"].sum()
        changes = {column: int(sums.get(str(action), 0)) for action, column in _ACTION_COLUMNS.items()}
        unreplaced_n += changes["demolished_n"]
        replacing_n = min(unreplaced_n, changes["built_family_n"])
        unreplaced_n -= replacing_n
        family_n += changes["built_family_n"] - sum(
            changes[name] for name in ("sold_n", "relabelled_n", "demolished_n")
        )
        total_n += changes["built_family_n"] - replacing_n + changes["built_other_n"]
        if family_n < 0:
            raise DataError(
                "housing_mix.below_zero", {"area_id": area_id, "year": year, "family_n": family_n}
            )
        stage = "done" if own["is_done"].astype(bool).all() else "planned"
        rows.append(_plan_row(area_id, year, stage, changes, (family_n, total_n), rules))
    return rows


def _plan_row(
    area_id: object,
    year: object,
    stage: str,
    changes: Mapping[str, int],
    stock: tuple[int, int],
    rules: MixRules,
) -> dict[str, object]:
    share, is_met, _ = judge_mix(*stock, rules)
    state = {"family_n": stock[0], "total_n": stock[1], "share": share, "is_target_met": is_met}
    return {"area_id": area_id, "year": year, "stage": stage, **changes, **state}


def _sum_areas(table: pd.DataFrame, rules: MixRules) -> pd.DataFrame:
    """Add the areas up at the end of every year; one that starts later stands as at its start."""
    rows = []
    for year in sorted(set(table["year"].tolist())):
        now = table[table["year"].eq(year)]
        reached = (
            table[table["year"].le(year) | table["stage"].eq("start")].groupby("area_id", sort=True).tail(1)
        )
        changes = {column: int(now[column].sum()) for column in _ACTION_COLUMNS.values()}
        stages = set(now["stage"])
        stage = next(name for name in ("planned", "done", "start") if name in stages)
        stock = (int(reached["family_n"].sum()), int(reached["total_n"].sum()))
        rows.append(_plan_row("", year, stage, changes, stock, rules))
    return pd.DataFrame(rows, columns=list(PLAN_COLUMNS))
