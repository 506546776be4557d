"""Development plans beside the dwellings that stand: from their start over the status date to the end.

The account is tied to what the register of dwellings says of the status date, so that it cannot say
anything else than the housing mix. What the plan says was done before is reckoned backwards from there;
what it says of later years is reckoned forwards.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast

import pandas as pd

from boundaries.designation.housing_mix import PLAN_COLUMNS, MixRules, account_plan
from boundaries.model import PlanAction, PlanStatus
from geo.errors import DataError

_LESS = (PlanAction.SALE, PlanAction.RELABELLING, PlanAction.DEMOLITION)


def follow_plans(plans: pd.DataFrame, mix: pd.DataFrame, status_date: date, rules: MixRules) -> pd.DataFrame:
    """Account for the development plans of the areas of a status date.

    An action is done or planned as its ``status`` says; without one it is done where its year is over on the
    status date. One that is planned for a year that is over is reckoned in the status year.

    Parameters
    ----------
    plans
        `boundaries.model.PLAN_DTYPES`; actions of areas that are not in `mix` are left out.
    mix
        `boundaries.designation.housing_mix.MIX_COLUMNS` of the status date.
    status_date
        Actions of the years before it are in the dwellings of `mix` already.
    rules
        Of the date.

    Returns
    -------
    DataFrame
        `boundaries.designation.housing_mix.PLAN_COLUMNS`. What stands is that of the end of the year; the
        start is the year before the first of the plan, or before the status year where that is earlier.
        The sum of all areas, with ``area_id`` empty, is there where several have a plan.

    Raises
    ------
    DataError
        ``housing_mix.plan_beyond_register`` where more was done than the dwellings can have been through;
        ``below_zero`` where more familieboliger go than there are.
    """
    own = plans[plans["area_id"].isin(mix["area_id"])]
    if own.empty:
        return pd.DataFrame(columns=list(PLAN_COLUMNS))
    actions = _settle_actions(own, status_date.year)
    starts = [
        _find_start(
            {str(name): value for name, value in now.items()},
            actions[actions["area_id"].eq(now["area_id"])],
            status_date.year,
            rules,
        )
        for now in mix[mix["area_id"].isin(own["area_id"])].to_dict("records")
    ]
    table = account_plan(pd.DataFrame(starts), actions, rules)
    return table if len(starts) > 1 else table[table["area_id"].ne("")].reset_index(drop=True)


def _settle_actions(plans: pd.DataFrame, status_year: int) -> pd.DataFrame:
    """Tell what is done, and move what should have been done by now to the status year."""
    is_past = plans["year"].lt(status_year).astype(bool)
    is_done = plans["status"].eq(PlanStatus.UDFOERT.value) | (plans["status"].isna() & is_past)
    is_done = is_done.fillna(value=False).astype(bool)
    year = plans["year"].mask(is_past & ~is_done, status_year).astype("int64")
    return plans.assign(year=year, is_done=is_done, dwellings_n=plans["dwellings_n"].astype("int64"))


def _find_start(
    now: Mapping[str, object], actions: pd.DataFrame, status_year: int, rules: MixRules
) -> dict[str, object]:
    """Reckon backwards from the status date to the state before the first action.

    How many demolished dwellings wait for a replacement decides what new familieboliger add to all
    dwellings. As many waited at the start as make the done years end with those of the status date.
    """
    past = actions[actions["year"].lt(status_year)]
    sums = {action: _count(past, action) for action in PlanAction}
    built_n, total_n = sums[PlanAction.NEW_FAMILY], cast("int", now["total_n"])
    family_n = cast("int", now["family_n"]) + sum(sums[action] for action in _LESS) - built_n
    waiting_n = cast("int", now["demolished_n"]) - cast("int", now["replaced_n"])
    start = {
        "area_id": now["area_id"],
        "year": min(int(actions["year"].min()), status_year) - 1,
        "family_n": family_n,
        "total_n": total_n,
        "demolished_n": max(0, waiting_n - sums[PlanAction.DEMOLITION] + built_n),
    }
    if family_n >= 0 and len(past):
        end = account_plan(pd.DataFrame([start]), past, rules)
        total_n -= int(end.loc[end["area_id"].ne(""), "total_n"].iloc[-1]) - total_n
    if not 0 <= family_n <= total_n:
        found = {"area_id": now["area_id"], "family_n": family_n, "total_n": total_n}
        raise DataError("housing_mix.plan_beyond_register", {**found, "year": status_year})
    return {**start, "total_n": total_n}


def _count(actions: pd.DataFrame, action: PlanAction) -> int:
    return int(actions.loc[actions["action"].eq(action.value), "dwellings_n"].sum())
