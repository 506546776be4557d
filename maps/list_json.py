"""The list as plain values, for ``--json`` and ``lister.json``: keys in English, hidden counts null."""

from fractions import Fraction
from typing import Any

import pandas as pd

from boundaries.disclosure.lists import PublishedList
from maps import labels
from maps.list_words import find_last_list, to_limit, to_percent
from maps.results import list_records


def describe_list(published: PublishedList) -> dict[str, object]:
    """Describe a published list by plain values.

    Returns
    -------
    dict
        ``list_date``, ``status_date``, ``last_list_date``, ``is_synthetic``, ``threshold_n``, ``areas``,
        ``criteria``, ``changes``, ``counts``, ``history``, ``housing_mix``, ``plan`` and ``sources``. Shares
        are in per cent as published. A hidden figure is null, and its column is named in ``hidden`` of its
        row; a missing one is null and not named. The sum of all areas in ``plan`` has no ``area_id``.
    """
    made, last = published.made, find_last_list(published)
    return {
        "list_date": published.list_date.isoformat(),
        "status_date": published.status_date.isoformat(),
        "last_list_date": last.isoformat() if last else None,
        "is_synthetic": published.is_synthetic,
        "threshold_n": published.threshold_n,
        "areas": [_split_hidden(row) for row in _records(published.areas)],
        "criteria": [_describe_criterion(row) for row in labels.list_rows(published.criteria)],
        "changes": [_split_reasons(row) for row in _records(published.changes)],
        "counts": _records(made.yearly_list.counts),
        "history": _describe_history(published),
        "housing_mix": [_describe_mix(row) for row in _records(made.mix)],
        "plan": [_describe_plan(row) for row in _records(made.plan)],
        "sources": {
            "law": made.law.to_json(),
            "inputs": _records(made.assessment.files),
            "assumed_regions": dict(made.regions.assumed),
        },
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return list_records(frame, [str(name) for name in frame.columns])


def _split_hidden(row: dict[str, Any]) -> dict[str, object]:
    return {**row, "hidden": [name for name in str(row["hidden"] or "").split(",") if name]}


def _split_reasons(row: dict[str, Any]) -> dict[str, object]:
    return {**row, "reasons": [word for word in str(row["reasons"] or "").split(", ") if word]}


def _describe_criterion(row: dict[str, Any]) -> dict[str, object]:
    criterion = str(row["criterion"])
    shares = {f"{name}_pct": _to_float(to_percent(row[name], criterion)) for name in ("value", "low", "high")}
    plain = {name: _to_plain(value) for name, value in row.items() if not isinstance(value, Fraction)}
    for name in ("value", "low", "high", "limit"):
        plain.pop(name, None)
    return _split_hidden({**plain, **shares, "limit_pct": _to_float(to_limit(row["limit"]))})


def _describe_mix(row: dict[str, Any]) -> dict[str, object]:
    share = row.pop("share")
    return {**row, "share_pct": _to_float(to_percent(share))}


def _describe_plan(row: dict[str, Any]) -> dict[str, object]:
    """Describe a row of the account; of the sum the target, which is each area's own, is left out."""
    described = _describe_mix(row)
    return described if row["area_id"] else {**described, "area_id": None, "is_target_met": None}


def _describe_history(published: PublishedList) -> list[dict[str, object]]:
    """Return the earlier lists in long form: date, area and the law's word; unknown lists are left out."""
    return [
        {"list_date": day, "area_id": str(row["area_key"]), "term": str(term)}
        for row in labels.list_rows(published.made.yearly_list.history)
        for day, term in row.items()
        if day != "area_key" and not labels.is_missing(term) and term != "?"
    ]


def _to_plain(value: Any) -> object:
    if labels.is_missing(value):
        return None
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _to_float(value: Any) -> float | None:
    return None if value is None else float(value)
