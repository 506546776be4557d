"""Which fault of a map or a table of kommuner stops the work and which does not.

These files are read without a project, too (a map of any kommune table), so that their rules stand apart from
those of a project's registers. Sentence and remedy are in the text catalogs below ``finding.<rule>``;
``docs/kommuner.md`` shows them together.
"""

from collections.abc import Mapping

import pandas as pd

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.findings import add_details, empty_findings
from boundaries.registers.rows import Rows
from boundaries.registers.severity import Severity

KOMMUNE_SEVERITIES: Mapping[str, Severity] = {
    # The map.
    "kommune_column_missing": "error",
    "kommuner_missing": "error",
    "kommune_unknown": "warning",
    "kommune_twice": "error",
    "kommune_code_conflict": "error",
    "kommune_name_differs": "warning",
    "kommune_outside_denmark": "error",
    "kommuner_overlap": "warning",
    # A table of values.
    "kommune_table_unknown": "warning",
    "kommune_table_left_out": "note",
    "kommune_table_unnamed_row": "error",
    "kommune_table_twice": "error",
    "kommune_table_missing": "warning",
    "kommune_table_bad_number": "error",
    "kommune_table_ambiguous_number": "error",
    "kommune_table_suppressed": "note",
    "kommune_table_dash": "warning",
    "kommune_table_no_denominator": "warning",
}
"""Rule to severity."""


def find_in_rows(
    rows: Rows, rule: str, where: pd.Series, *, column: str = "", details: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Return a finding for each row where the mask `where` holds, as `Rows.found` does.

    Parameters
    ----------
    rows
        Rows of the register.
    rule
        A key of `KOMMUNE_SEVERITIES`.
    where
        Boolean, on the index of the rows.
    column
        Canonical name of the column at fault; its value is shown.
    details
        More columns of `FINDING_COLUMNS`: one value for all, or a Series on the rows' index.
    """
    # The place of a row does not depend on the rule; only the two words do.
    found = rows.found("missing_value", where, column=column)
    return add_details(found, {"rule": rule, "severity": KOMMUNE_SEVERITIES[rule], **(details or {})})


def find_in_file(rule: str, register: str, values: Mapping[str, object]) -> pd.DataFrame:
    """Return one finding of a file as a whole.

    Parameters
    ----------
    rule
        A key of `KOMMUNE_SEVERITIES`.
    register
        ``"kommuner"``, or ``""`` for a table without project.
    values
        Any of the other `FINDING_COLUMNS`.
    """
    named = {"severity": KOMMUNE_SEVERITIES[rule], "rule": rule, "register": register, **values}
    dtypes = empty_findings().dtypes.to_dict()
    return pd.DataFrame([named]).reindex(columns=list(FINDING_COLUMNS)).astype(dtypes)
