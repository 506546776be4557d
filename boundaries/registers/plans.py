"""Development plans (udviklingsplaner): what was and will be sold, relabelled, torn down and built."""

from datetime import date

import pandas as pd

from boundaries.model import PLAN_DTYPES, PlanAction, PlanStatus, Tenure
from boundaries.registers.columns import convert_columns
from boundaries.registers.findings import add_details
from boundaries.registers.rows import Checked, Rows, require_one_row_per_id
from boundaries.registers.schemas import NEW_BUILD, SCHEMAS
from boundaries.registers.yearly import describe_key

_ROW = ("area_id", "year", "action", "status")


def build_plans(raw: Rows) -> Checked:
    """Read the actions of development plans.

    New dwellings are written ``nybyggeri`` with their tenure in ``tenure``, or as one of the two actions
    of `PlanAction` that tell whether they are almene familieboliger. There is one row for each area, year,
    action and status, so that no line can count twice unseen.

    Parameters
    ----------
    raw
        Text as it stood.

    Returns
    -------
    Checked
        Rows with the columns `boundaries.model.PLAN_DTYPES`, sorted by area, year, action and status; a row
        that lacks any but the status is left out, with a finding.
    """
    converted = convert_columns(raw, SCHEMAS["plans"])
    told = _tell_new_dwellings(converted.rows)
    frame = told.frame
    is_usable = frame.drop(columns="status").notna().all(axis="columns")
    # A status that is not understood must not be read as none.
    is_usable &= frame["status"].notna() | raw.text("status").isna()
    usable = told.rows.select(is_usable)
    one = require_one_row_per_id(usable, describe_key(usable.frame, _ROW))
    return Checked(
        rows=one.rows.sort(list(PLAN_DTYPES)),
        findings=(*converted.findings, *told.findings, *one.findings),
    )


def _tell_new_dwellings(rows: Rows) -> Checked:
    """Tell whether new dwellings are almene familieboliger, and find where that is not clear."""
    frame = rows.frame
    tenure = frame["tenure"].mask(frame["tenure"].eq(Tenure.UKENDT.value))
    is_family = tenure.eq(Tenure.ALMEN_FAMILIEBOLIG.value).fillna(value=False).astype(bool)
    is_other = tenure.notna() & ~is_family
    is_new = frame["action"].eq(NEW_BUILD).fillna(value=False).astype(bool)
    is_new_family = frame["action"].eq(PlanAction.NEW_FAMILY.value).fillna(value=False).astype(bool)
    is_new_other = frame["action"].eq(PlanAction.NEW_OTHER.value).fillna(value=False).astype(bool)
    is_unclear = (is_new & tenure.isna()) | (is_new_family & is_other) | (is_new_other & is_family)
    action = (
        frame["action"]
        .mask(is_new & is_family, PlanAction.NEW_FAMILY.value)
        .mask(is_new & is_other, PlanAction.NEW_OTHER.value)
        .mask(is_unclear)
    )
    told = frame.assign(action=action.astype("str"))[list(PLAN_DTYPES)]
    found = rows.found("plan_tenure_unclear", is_unclear, column="tenure")
    return Checked(rows=rows.with_frame(told), findings=(found,))


def find_overdue_actions(plans: Rows, *, status_date: date) -> pd.DataFrame:
    """Find what is still planned though its year was over on the status date."""
    frame = plans.frame
    is_overdue = frame["status"].eq(PlanStatus.PLANLAGT.value) & frame["year"].lt(status_date.year)
    found = plans.found("plan_overdue", is_overdue, column="year")
    return add_details(found, {"other": str(status_date.year)})
