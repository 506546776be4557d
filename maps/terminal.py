"""What the command line says of answers, as tables. Prints nothing itself."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from boundaries.delineation.comparison import DwellingCheck
from boundaries.disclosure.suppression import suppress_assessment
from boundaries.model import Assessment
from data.texts import Texts
from maps import labels
from maps.findings_text import findings_table, format_findings
from maps.page_texts import describe_law
from maps.text_table import clean, format_table, measure_width, wrap

__all__ = [
    "findings_table",
    "format_assessment",
    "format_check",
    "format_files",
    "format_findings",
    "format_pairs",
    "format_table",
    "list_written",
    "measure_width",
    "show_path",
]

FILES_SHOWN_N = 4
"""A folder within the results with more files than this is told in one line."""

_AREA_COLUMNS = ["area_id", "name", "dwellings_n", "counted_n", "not_counted_n", "undecided_n"]
_RESIDENT_COLUMNS = ["residents_min_n", "residents_max_n"]
_CHECK_COLUMNS = ["address", "tenure", "built_year", "decision", "reason", "parcel_key", "extension_id"]
_COMPARED = ["address", "tenure", "decision_before", "decision_after", "reason_before", "reason_after"]


def format_assessment(
    assessment: Assessment,
    written: Iterable[Path],
    texts: Texts,
    *,
    more: str = "",
    width: int | None = None,
) -> str:
    """Return the answer of a run: areas with dwellings and residents, the conserved sum, the files.

    Parameters
    ----------
    assessment
        The answer; resident counts of areas are shown as they may be published.
    written
        Files that were written.
    texts
        Catalog.
    more
        What else is told, before the files.
    width
        Columns of the terminal; asked of the system where None.
    """
    # The sum is told below, so the counts are hidden in the way that holds where a sum is known.
    shown = suppress_assessment(assessment).areas
    columns = _AREA_COLUMNS + (_RESIDENT_COLUMNS if assessment.has_residents else [])
    table = pd.DataFrame(shown.drop(columns="geometry"))[columns]
    parts = [
        describe_law(assessment.status_date, texts),
        format_table(table, texts, width=width or measure_width()),
        _format_sum(assessment, texts),
        "\n".join(wrap(more, width or measure_width())) if more else "",
        "\n".join([texts.get("terminal.written"), *(f"  {line}" for line in list_written(written, texts))]),
    ]
    return "\n\n".join(part for part in parts if part)


def list_written(written: Iterable[Path], texts: Texts) -> list[str]:
    """Return a line for each file, and one for a folder where many were written."""
    paths = list(written)
    by_folder = Counter(path.parent for path in paths)
    lines: dict[str, None] = {}
    for path in paths:
        files_n = by_folder[path.parent]
        is_within = any(other in path.parent.parents for other in by_folder)
        if is_within and files_n > FILES_SHOWN_N:
            lines[texts.get("terminal.folder", {"folder": show_path(path.parent), "count": files_n})] = None
        else:
            lines[show_path(path)] = None
    return list(lines)


def _format_sum(assessment: Assessment, texts: Texts) -> str:
    totals = assessment.totals
    if not assessment.has_residents:
        return texts.get("terminal.no_residents")
    if totals is None:
        return texts.get("terminal.sum_hidden")
    values = {
        name: labels.format_count(getattr(totals, f"{name}_n"), texts.language)
        for name in ("counted", "not_counted", "undecided", "outside", "total")
    }
    return texts.get("terminal.sum", values)


def format_check(
    check: DwellingCheck, texts: Texts, *, width: int | None = None, is_color: bool = False
) -> str:
    """Return the check of an area: every dwelling with its reason, then the sums by decision.

    With a comparison, both sides are shown, and only the dwellings whose reason changed.
    """
    columns = width or measure_width()
    heading = texts.get("terminal.check", {"area_id": check.area_id, "name": check.name})
    if "is_changed" in check.dwellings:
        listed = check.dwellings.loc[check.dwellings["is_changed"].astype(bool), _COMPARED]
        heading = texts.get("terminal.changed", {"area_id": check.area_id, "name": check.name})
    else:
        listed = check.dwellings[_CHECK_COLUMNS]
    reasons = _list_reasons(listed, texts)
    # Short reasons in the table, each told in full once below it.
    listed = listed.rename(columns=lambda name: name.replace("reason", "reason_short"))
    dwellings = format_table(listed, texts, width=columns, is_color=is_color)
    parts = [format_table(reasons, texts, width=columns), format_table(check.counts, texts, width=columns)]
    return "\n\n".join([clean(heading), dwellings, *parts])


def _list_reasons(listed: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    columns = [column for column in listed if str(column).startswith("reason")]
    counts = pd.concat([listed[column] for column in columns]).value_counts(sort=False).sort_index()
    return pd.DataFrame(
        {
            "reason_short": counts.index,
            "reason_sentence": [texts.get(f"reason.{reason}.sentence") for reason in counts.index],
            "clause": [texts.get(f"reason.{reason}.clause") for reason in counts.index],
        }
    )


def format_files(files: pd.DataFrame, texts: Texts, *, width: int | None = None) -> str:
    """Return what was read: register, file, layer and number of rows."""
    return format_table(files[["register", "file", "layer", "rows_n"]], texts, width=width or measure_width())


def format_pairs(pairs: Mapping[str, str]) -> str:
    """Return names and values as two aligned columns."""
    widest = max((len(name) for name in pairs), default=0)
    return "\n".join(f"{clean(name):<{widest}}  {clean(value)}" for name, value in pairs.items())


def show_path(path: Path) -> str:
    """Return a path as a user would type it: relative where it lies below the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
