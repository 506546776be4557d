"""The bitemporal rows of BBR, DAR and MAT: those in force, one of each id, and how many were left out.

A row says what was registered from ``registreringFra`` to ``registreringTil``, of the time from
``virkningFra`` to ``virkningTil``. What the register says today has no ``registreringTil``; of it the row
without ``virkningTil`` is in force now, and on a day the one whose time of effect holds that day.
"""

from datetime import date

import pandas as pd

from boundaries.registers.extracts.entity import EntityShape
from boundaries.registers.findings import add_details, empty_findings, make_finding
from boundaries.registers.rows import Checked, Rows, describe_rows


def keep_in_force(rows: Rows, shape: EntityShape, *, on: date | None) -> Checked:
    """Keep the rows that are in force, and one of each id.

    Parameters
    ----------
    rows
        Fields of `VERSION_FIELDS` as text; a field that the files lack does not filter.
    shape
        The entity, which says whether ``status`` filters.
    on
        The day at whose beginning (0:00 UTC) a row must be in force; None for now.

    Returns
    -------
    Checked
        The rows kept, with the index they had, and what was left out.
    """
    is_current, findings = _find_current(rows, on=on)
    current = rows.select(is_current)
    findings.append(_tell_left_out("versions_left_out", rows, current, entity=shape.entity))
    lived = _keep_status(current, shape)
    if shape.kept_status:
        findings.append(_tell_other_status(current, lived, shape))
    one = _keep_one_version(lived)
    return Checked(rows=one.rows, findings=(*findings, *one.findings))


def _find_current(rows: Rows, *, on: date | None) -> tuple[pd.Series, list[pd.DataFrame]]:
    is_current = rows.text("registered_to").isna()
    if on is None:
        return is_current & rows.text("valid_to").isna(), []
    day = pd.Timestamp(on, tz="UTC")
    valid_from, bad_from = _read_times(rows, "valid_from")
    valid_to, bad_to = _read_times(rows, "valid_to")
    # Without a beginning it was always so, without an end it still is; what cannot be read is neither.
    has_begun = (valid_from <= day) | rows.text("valid_from").isna()
    is_over = (valid_to <= day) | (valid_to.isna() & rows.text("valid_to").notna())
    return is_current & has_begun & ~is_over, [bad_from, bad_to]


def _read_times(rows: Rows, column: str) -> tuple[pd.Series, pd.DataFrame]:
    text = rows.text(column)
    times = pd.to_datetime(text, utc=True, format="ISO8601", errors="coerce")
    return times, rows.found("bad_date", times.isna() & text.notna(), column=column)


def _keep_status(rows: Rows, shape: EntityShape) -> Rows:
    if not shape.kept_status or "status" not in rows.present:
        return rows
    status = rows.text("status")
    is_other = status.notna() & status.str.casefold().ne(shape.kept_status.casefold())
    if shape.kept_status.isdigit():
        # Another word is no status of the register's: the file is somebody's own.
        is_other &= status.str.fullmatch(r"\d{1,2}").astype("boolean").fillna(value=False)
    return rows.select(~is_other)


def _tell_left_out(rule: str, rows: Rows, kept: Rows, **other: str) -> pd.DataFrame:
    """Say once a file how many of its rows were left out; ``value`` is how many there are."""
    files = rows.origin["file"].astype("str")
    all_n, kept_n = files.value_counts(), kept.origin["file"].astype("str").value_counts()
    left_out = (all_n - kept_n.reindex(all_n.index, fill_value=0)).sort_index()
    told = [
        make_finding(
            rule,
            rows.register,
            {"file": file, "value": str(all_n[file]), "other": other.get("entity"), "measure": float(left)},
        )
        for file, left in zip(left_out.index.astype("str"), left_out, strict=True)
        if left
    ]
    return pd.concat(told) if told else empty_findings()


def _tell_other_status(rows: Rows, kept: Rows, shape: EntityShape) -> pd.DataFrame:
    """Say once a file how many rows have another status, and which: ``"9: 167, 10: 62"``."""
    told = _tell_left_out("status_left_out", rows, kept)
    if told.empty:
        return told
    left = rows.frame.index.difference(kept.frame.index)
    counts = pd.DataFrame(
        {"file": rows.origin.loc[left, "file"].astype("str"), "status": rows.text("status")[left]}
    )
    shown = counts.groupby("file")["status"].agg(_show_counts)
    return told.assign(value=told["file"].map(shown), other=shape.kept_status)


def _show_counts(words: pd.Series) -> str:
    counts = words.value_counts().rename_axis("word").reset_index(name="n")
    ordered = counts.sort_values(["n", "word"], ascending=[False, True])
    return ", ".join(f"{word}: {n}" for word, n in zip(ordered["word"], ordered["n"], strict=True))


def _keep_one_version(rows: Rows) -> Checked:
    """Keep of each id the version that took effect last, then the one registered last.

    Between rows that agree in both, the first when they are sorted as text is kept: the order in the file
    never decides.
    """
    ids = rows.frame["id"]
    several = ids.duplicated(keep=False) & ids.notna()
    # An id that is there twice in a file without versions is a fault, and is told as one elsewhere.
    if not (several.any() and rows.present & {"valid_from", "valid_to", "registered_to"}):
        return Checked(rows=rows)
    frame = rows.frame.loc[several]
    order = pd.DataFrame(
        {
            "id": frame["id"],
            "valid_from": rows.text("valid_from")[several].fillna(""),
            "registered_from": rows.text("registered_from")[several].fillna(""),
            "content": describe_rows(frame),
        }
    ).sort_values(
        ["id", "valid_from", "registered_from", "content"],
        ascending=[True, False, False, True],
        kind="stable",
    )
    chosen = order.drop_duplicates("id").index
    places = pd.Series(rows.place().loc[chosen].to_numpy(), index=frame.loc[chosen, "id"].to_numpy())
    is_dropped = several & ~pd.Series(ids.index.isin(chosen), index=ids.index)
    found = rows.found("several_versions", is_dropped, column="id")
    return Checked(rows=rows.select(~is_dropped), findings=(add_details(found, {"other": ids.map(places)}),))
