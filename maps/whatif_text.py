"""A what-if for a terminal: the proposals, the areas, and the criteria of each area that changes."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from boundaries.whatif.evaluation import WhatIf
from data.texts import Texts
from maps import labels
from maps.text_table import clean, format_table, wrap

_SIDES = ("before", "after")
_DECIMALS = {"convicted": 2}


def format_whatif(whatif: WhatIf, texts: Texts, width: int = 100) -> str:
    """Return a what-if as text; its findings are told by `maps.terminal.format_findings`.

    Parameters
    ----------
    whatif
        As `boundaries.whatif.evaluation.evaluate_proposals` returns it.
    texts
        Catalog.
    width
        Columns of the terminal.
    """
    language = texts.language
    dates = {
        "file": whatif.file,
        "status_date": labels.format_date(whatif.status_date, language, is_long=True),
        "list_date": labels.format_date(whatif.list_date, language, is_long=True),
    }
    parts = ["\n".join(wrap(clean(texts.get("whatif.heading", dates)), width))]
    if whatif.is_synthetic:
        parts.append(texts.get("whatif.synthetic"))
    parts.append(_titled("whatif.proposals", _tell_changes(whatif.changes, texts), texts, width))
    changed = whatif.areas[whatif.areas["is_changed"]]
    if len(changed):
        parts.append(_titled("whatif.areas", _tell_areas(changed, texts), texts, width))
    for area in labels.list_rows(changed):
        own = whatif.criteria[whatif.criteria["area_id"].eq(area["area_id"])]
        for name, criteria in own.groupby("criteria_set", sort=True):
            values = {"area_id": area["area_id"], "name": area["name"]}
            title = clean(texts.get(f"whatif.criteria.{name}", values))
            parts.append(title + "\n" + format_table(_tell_criteria(criteria, texts), texts, width=width))
    parts.append(_tell_unchanged(whatif.areas, texts, width))
    return "\n\n".join(parts)


def _titled(key: str, table: pd.DataFrame, texts: Texts, width: int) -> str:
    return texts.get(key) + "\n" + format_table(table, texts, width=width)


def _tell_unchanged(areas: pd.DataFrame, texts: Texts, width: int) -> str:
    same = areas.loc[~areas["is_changed"].astype(bool), "area_id"]
    if len(same) == len(areas):
        return texts.get("whatif.no_change")
    if same.empty:
        return texts.get("whatif.all_change")
    return "\n".join(wrap(clean(texts.get("whatif.unchanged", {"areas": ", ".join(same)})), width))


def _tell_changes(changes: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    """Return the changes in words; what was said before is told, why it was said is not."""
    keys = ["proposal", "kind", "area_id", "decision_before", "decision_after", "reason_after"]
    told = changes.groupby(keys, sort=False, dropna=False, as_index=False).agg(
        {"dwellings_n": "sum", "expected_residents_n": "first"}
    )
    rows = []
    for change in labels.list_rows(told):
        before = change["decision_before"]
        is_new = labels.is_missing(before)
        cells = {
            "proposal": str(change["proposal"]),
            "kind": texts.get(f"whatif.kind.{change['kind']}"),
            "area": labels.format_text(change["area_id"]),
            "dwellings": change["dwellings_n"],
            "expected": labels.format_count(change["expected_residents_n"], texts.language),
            "before": texts.get("whatif.not_there" if is_new else f"decision.{before}"),
            "after": texts.get(f"decision.{change['decision_after']}"),
            "why": texts.get(f"reason.{change['reason_after']}.sentence"),
        }
        rows.append(_with_heads(cells, texts))
    return pd.DataFrame(rows)


def _with_heads(cells: Mapping[str, object], texts: Texts) -> dict[str, object]:
    return {texts.get(f"whatif.head.{name}"): cell for name, cell in cells.items()}


def _tell_areas(areas: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    shows = {
        "counted": _show_counted,
        "undecided": _show_undecided,
        "residents": _show_residents,
        "criteria_met": _show_criteria_met,
        "category": _show_category,
    }
    rows = []
    for area in labels.list_rows(areas):
        cells: dict[str, object] = {"area": str(area["area_id"]), "name": str(area["name"])}
        for name, show in shows.items():
            before, after = (show(area, side, texts) for side in _SIDES)
            pair = {"before": before, "after": after}
            cells[name] = before if before == after else texts.get("whatif.step", pair)
        rows.append(_with_heads(cells, texts))
    return pd.DataFrame(rows)


def _show_counted(area: Mapping[str, Any], side: str, texts: Texts) -> str:
    return labels.format_count(area[f"counted_{side}_n"], texts.language)


def _show_undecided(area: Mapping[str, Any], side: str, texts: Texts) -> str:
    return labels.format_count(area[f"undecided_{side}_n"], texts.language)


def _show_criteria_met(area: Mapping[str, Any], side: str, texts: Texts) -> str:
    return labels.format_count(area[f"criteria_met_{side}_n"], texts.language)


def _show_residents(area: Mapping[str, Any], side: str, texts: Texts) -> str:
    if labels.is_missing(area[f"counted_{side}_n"]):
        return labels.MISSING
    low, high = area[f"residents_{side}_n"], area[f"residents_max_{side}_n"]
    if labels.is_missing(low):
        return texts.get("label.suppressed")
    if labels.is_missing(high):
        return texts.get("whatif.at_least", {"count": labels.format_count(low, texts.language)})
    return labels.format_interval(low, high, texts.language)


def _show_category(area: Mapping[str, Any], side: str, texts: Texts) -> str:
    term, possible = area[f"term_{side}"], area[f"possible_{side}"]
    if not labels.is_missing(term):
        word = str(term)[0].upper() + str(term)[1:]
    elif area[f"is_listed_{side}"] == "undecided":
        word = texts.get("criterion.status.undecided")
    else:
        word = texts.get("category.none")
    if labels.is_missing(possible) or not possible:
        return word
    return texts.get("whatif.possible", {"word": word, "possible": possible})


def _tell_criteria(criteria: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    rows = []
    for row in labels.list_rows(criteria):
        decimals = _DECIMALS.get(str(row["criterion"]), 1)
        limit = labels.format_share(row["limit"], 1, texts.language, decimals=decimals)
        cells: dict[str, object] = {
            "criterion": texts.get(f"criterion.{row['criterion']}.title"),
            "limit": f"{row['compare']} {limit}",
        }
        cells |= {f"value_{side}": _show_value(row, side, decimals, texts) for side in _SIDES}
        cells |= {f"status_{side}": _show_status(row, side, texts) for side in _SIDES}
        cells |= {f"margin_{side}": _show_margin(row, side, texts) for side in _SIDES}
        rows.append(_with_heads(cells, texts))
    return pd.DataFrame(rows)


def _is_hidden(row: Mapping[str, Any], column: str, side: str) -> bool:
    hidden = row[f"hidden_{side}"]
    return not labels.is_missing(hidden) and column in str(hidden).split(",")


def _show_value(row: Mapping[str, Any], side: str, decimals: int, texts: Texts) -> str:
    if _is_hidden(row, "value", side):
        return texts.get("label.suppressed")
    value = labels.format_share(row[f"value_{side}"], 1, texts.language, decimals=decimals)
    ends = [row[f"low_{side}"], row[f"high_{side}"]]
    if any(map(labels.is_missing, ends)) or ends[0] == ends[1]:
        return value
    low, high = (labels.format_number(100 * end, texts.language, decimals=decimals) for end in ends)
    return texts.get("whatif.interval", {"value": value, "low": low, "high": high})


def _show_status(row: Mapping[str, Any], side: str, texts: Texts) -> str:
    status = row[f"status_{side}"]
    if labels.is_missing(status):
        is_hidden = _is_hidden(row, "status", side)
        return texts.get("label.suppressed") if is_hidden else labels.MISSING
    return texts.get(f"criterion.status.{status}")


def _show_margin(row: Mapping[str, Any], side: str, texts: Texts) -> str:
    if _is_hidden(row, "margin_n", side):
        return texts.get("label.suppressed")
    margin, direction = row[f"margin_{side}_n"], row[f"margin_direction_{side}"]
    if labels.is_missing(margin) or labels.is_missing(direction):
        return labels.MISSING
    unit = "kroner" if row["criterion"] == "income" else "persons"
    count = labels.format_count(margin, texts.language)
    return texts.get(f"whatif.margin.{unit}_{direction}", {"count": count})
