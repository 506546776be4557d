"""Keys of parcels: ``"<cadastral district>-<parcel number>"``, and lists of them."""

import pandas as pd

from boundaries.registers.findings import add_details
from boundaries.registers.rows import Rows

_SEPARATORS = r"[,;\n]"
_KEY = r"^(?P<cadastral_district>.*\S)\s*-\s*(?P<parcel_number>[^-\s][^-]*)$"


def normalise_district(text: pd.Series) -> pd.Series:
    """Return ejerlavskoder without leading zeros: ``"0010851"`` and ``"10851"`` are one."""
    return text.str.strip().str.replace(r"^0+(?=\d+$)", "", regex=True)


def normalise_number(text: pd.Series) -> pd.Series:
    """Return matrikelnumre without spaces and capitals: ``"12 BK"`` and ``"12bk"`` are one."""
    return text.str.replace(r"\s+", "", regex=True).str.lower()


def make_parcel_key(district: pd.Series, number: pd.Series) -> pd.Series:
    """Return the key of each parcel; missing where either part is."""
    return normalise_district(district) + "-" + normalise_number(number)


def list_parcel_keys(rows: Rows, ids: pd.Series) -> tuple[pd.DataFrame, tuple[pd.DataFrame, ...]]:
    """Take the parcel keys out of the rows of a register of outlines.

    Parameters
    ----------
    rows
        Text as it stood: a column ``parcels`` with keys separated by ``,`` or ``;``, or the columns
        ``cadastral_district`` and ``parcel_number`` with one parcel a row.
    ids
        Name of the area, extension or split of each row.

    Returns
    -------
    DataFrame
        ``id`` and ``parcel_key``, each pair once; the index tells the row (and is not unique).
    tuple
        Findings: keys that are none, parcels named twice by one id.
    """
    if "parcel_number" in rows.present and "cadastral_district" in rows.present:
        listed, findings = _read_pairs(rows)
    else:
        listed, findings = _read_lists(rows)
    keys = pd.DataFrame({"id": ids.reindex(listed.index), "parcel_key": listed}).dropna()
    again = keys.duplicated()
    return keys[~again], (*findings, _find_repeated(rows, keys[again]))


def _read_pairs(rows: Rows) -> tuple[pd.Series, list[pd.DataFrame]]:
    district, number = rows.frame["cadastral_district"], rows.frame["parcel_number"]
    is_half = district.isna() ^ number.isna()
    shown = district.fillna("") + "-" + number.fillna("")
    found = add_details(rows.found("bad_parcel_key", is_half, column="parcel_number"), {"value": shown})
    return make_parcel_key(district, number), [found]


def _read_lists(rows: Rows) -> tuple[pd.Series, list[pd.DataFrame]]:
    listed = rows.text("parcels").dropna().str.split(_SEPARATORS, regex=True).explode().str.strip()
    listed = listed[listed.notna() & (listed != "")].astype("str")
    parts = listed.str.extract(_KEY)
    keys = make_parcel_key(parts["cadastral_district"], parts["parcel_number"])
    return keys, [_find_bad_keys(rows, listed[keys.isna()])]


def _find_bad_keys(rows: Rows, bad: pd.Series) -> pd.DataFrame:
    """Find entries of a list of parcels that are no key; one finding an entry."""
    return _repeat_findings(rows, "bad_parcel_key", bad)


def _find_repeated(rows: Rows, again: pd.DataFrame) -> pd.DataFrame:
    """Find parcels that one area, extension or split names more than once."""
    return _repeat_findings(rows, "parcel_repeated", again["parcel_key"])


def _repeat_findings(rows: Rows, rule: str, values: pd.Series) -> pd.DataFrame:
    """Return a finding for each of `values`, whose index tells the row and may repeat."""
    column = "parcels" if "parcels" in rows.frame else "parcel_number"
    return add_details(rows.found_at(rule, values.index, column=column), {"value": values.to_numpy()})
