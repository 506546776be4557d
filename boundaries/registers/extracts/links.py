"""Values looked up from one entity in another, by id."""

import pandas as pd

from boundaries.registers.findings import add_details, empty_findings
from boundaries.registers.rows import Rows


def look_up(keys: pd.Series, table: Rows | None, value: str, *, key: str = "id") -> pd.Series:
    """Return for each of `keys` what the row of `table` with it says.

    Parameters
    ----------
    keys
        Ids, missing where there is none.
    table
        Rows of an entity; None where no file holds it.
    value
        The field to return.
    key
        The field that `keys` are of. Of several rows with one key the first by `value`, sorted as text, is
        taken.

    Returns
    -------
    Series
        Text on the index of `keys`; missing where there is no such row, or it says nothing.
    """
    if table is None or value not in table.frame:
        return pd.Series(None, index=keys.index, dtype="str")
    pairs = table.frame[[key, value]].dropna().sort_values([key, value], kind="stable")
    first = pairs.drop_duplicates(key).set_index(key)[value]
    return keys.map(first).astype("str")


def find_several(table: Rows | None, value: str, *, key: str) -> pd.DataFrame:
    """Find rows that link one `key` to more than one `value`; ``other`` is the value that is used."""
    if table is None or value not in table.frame:
        return empty_findings()
    pairs = table.frame[[key, value]].dropna()
    used = look_up(table.frame[key], table, value, key=key)
    differs = (table.frame[value] != used) & table.frame[key].isin(pairs[key])
    return add_details(table.found("several_links", differs, column=value), {"other": used})


def find_missing(rows: Rows, keys: pd.Series, table: Rows | None, *, column: str) -> pd.DataFrame:
    """Find rows whose `keys` name a row that `table` does not hold; none where no file holds it."""
    if table is None:
        return empty_findings()
    is_missing = keys.notna() & ~keys.isin(table.frame["id"])
    return add_details(rows.found("link_not_found", is_missing, column=column), {"value": keys})
