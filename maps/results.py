"""The answers as plain values, for ``--json`` and ``resultat.json``: keys in English, hidden counts null."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

import pandas as pd

from boundaries.delineation.comparison import DwellingCheck
from boundaries.designation.law import LawListing
from boundaries.disclosure.suppression import Published
from boundaries.model import Assessment, Decision
from maps.findings_text import count_severities

AREA_COLUMNS = (
    "area_id",
    "name",
    "kommune_code",
    "residents_2010",
    "area_m2",
    "parcels_n",
    "extensions_n",
    "groups_n",
    "widest_gap_m",
    "dwellings_n",
    "counted_n",
    "not_counted_n",
    "undecided_n",
    "residents_counted_n",
    "residents_not_counted_n",
    "residents_undecided_n",
    "residents_min_n",
    "residents_max_n",
)
"""What is told of an area."""

EXTENSION_COLUMNS = (
    "extension_id",
    "area_id",
    "applied_on",
    "approved_on",
    "status",
    "is_in_force",
    "area_m2",
    "dwellings_n",
    "counted_n",
    "not_counted_n",
    "undecided_n",
)
"""What is told of an extension."""

CHECK_COLUMNS = (
    "dwelling_id",
    "address",
    "tenure",
    "tenure_source",
    "built_year",
    "built_on",
    "relabelled_on",
    "relabelled_from",
    "decision",
    "reason",
    "area_id",
    "piece",
    "extension_id",
    "parcel_key",
    "x",
    "y",
)
"""What is told of a dwelling in a check; persons are never among it."""

COMPARED_ENDINGS = ("_before", "_after", "is_changed")
"""How the columns that a comparison adds end."""


def describe_published(published: Published) -> dict[str, object]:
    """Describe an answer by plain values.

    Returns
    -------
    dict
        ``status_date``, ``settings``, ``areas``, ``extensions``, ``dwellings`` (counts by decision
        and by reason), ``residents`` (the conserved sum, null where it may not be shown),
        ``profile``, ``edge_ties_n``, ``findings``, ``is_synthetic``. A count of persons that is hidden
        is null.
    """
    shown, profile = published.assessment, published.profile
    dwellings = shown.dwellings
    reasons = dwellings["reason"].value_counts().sort_index()
    totals = shown.totals
    return {
        "status_date": shown.status_date.isoformat(),
        "is_synthetic": shown.is_synthetic,
        "settings": asdict(shown.settings),
        "areas": list_records(pd.DataFrame(shown.areas), AREA_COLUMNS),
        "extensions": list_records(pd.DataFrame(shown.extensions), EXTENSION_COLUMNS),
        "dwellings": {
            "total_n": len(dwellings),
            "decisions": {word.value: int((dwellings["decision"] == word.value).sum()) for word in Decision},
            "reasons": {str(reason): int(number) for reason, number in reasons.items()},
            "edge_ties_n": shown.edge_ties_n,
        },
        "residents": None if totals is None else {**asdict(totals), "total_n": totals.total_n},
        "profile": list_records(profile, list(profile.columns)),
        "findings": {
            f"{severity}s_n": number for severity, number in count_severities(shown.findings).items()
        },
    }


def describe_check(check: DwellingCheck) -> dict[str, object]:
    """Describe the check of an area: its sums, and every dwelling with its reason."""
    return {
        "area_id": check.area_id,
        "name": check.name,
        "counts": list_records(check.counts, list(check.counts.columns)),
        "dwellings": list_records(check.dwellings, list_check_columns(check)),
    }


def describe_origin(
    assessment: Assessment, versions: Mapping[str, str], law: LawListing | None = None
) -> dict[str, object]:
    """Describe where an answer came from: inputs with their hashes, settings, law values used, versions."""
    return {
        "status_date": assessment.status_date.isoformat(),
        "settings": asdict(assessment.settings),
        "inputs": list_records(assessment.files, list(assessment.files.columns)),
        "law": None if law is None else law.to_json(),
        "versions": dict(versions),
    }


def list_check_columns(check: DwellingCheck) -> list[str]:
    """Return the columns that are told of a check, those of a comparison last."""
    compared = [column for column in map(str, check.dwellings) if column.endswith(COMPARED_ENDINGS)]
    return [*CHECK_COLUMNS, *compared]


def list_records(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, object]]:
    """Turn rows into plain values: dates ISO, missing None, numbers Python's own."""
    chosen = {column: [_plain(value) for value in frame[column]] for column in columns}
    return [dict(zip(chosen, row, strict=True)) for row in zip(*chosen.values(), strict=True)]


def _plain(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124  # NaN
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    item = getattr(value, "item", None)
    return item() if callable(item) else value
