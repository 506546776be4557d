"""What the command line says: findings one by one, answers as tables. Prints nothing itself."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from boundaries.delineation.comparison import DwellingCheck
from boundaries.disclosure.suppression import suppress_assessment
from boundaries.model import FINDING_COLUMNS, Assessment
from data.texts import Texts
from maps import labels
from maps.page_texts import describe_law
from maps.text_table import clean, format_table, wrap

__all__ = [
    "findings_table",
    "format_assessment",
    "format_check",
    "format_files",
    "format_findings",
    "format_pairs",
    "format_table",
]

_AREA_COLUMNS = ["area_id", "name", "dwellings_n", "counted_n", "not_counted_n", "undecided_n"]
_RESIDENT_COLUMNS = ["residents_min_n", "residents_max_n"]
_CHECK_COLUMNS = ["address", "tenure", "built_year", "decision", "reason", "parcel_key", "extension_id"]
_COMPARED = ["address", "tenure", "decision_before", "decision_after", "reason_before", "reason_after"]


def findings_table(findings: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    """Return the findings with ``text`` and ``remedy`` in words after their own columns.

    Parameters
    ----------
    findings
        Columns `FINDING_COLUMNS`.
    texts
        Catalog with ``finding.<rule>.text`` and ``.remedy``.

    Returns
    -------
    DataFrame
        `FINDING_COLUMNS`, ``text``, ``remedy``; rows and index as in `findings`.
    """
    values = [_finding_values(row, texts) for row in labels.list_rows(findings)]
    rules = list(findings["rule"])
    return findings.loc[:, list(FINDING_COLUMNS)].assign(
        **{
            part: pd.array(
                [texts.get(f"finding.{rule}.{part}", own) for rule, own in zip(rules, values, strict=True)],
                dtype="str",
            )
            for part in ("text", "remedy")
        }
    )


def _finding_values(row: Mapping[str, object], texts: Texts) -> dict[str, str]:
    texted = {name: labels.format_text(row[name]) for name in ("file", "layer", "column", "record_id")}
    texted |= {name: labels.format_text(row[name]) for name in ("value", "other")}
    return texted | {
        "line": labels.format_year(row["line"]),
        "measure": _format_measure(row["measure"], texts.language),
    }


def _format_measure(measure: object, language: str) -> str:
    if labels.is_missing(measure):
        return labels.MISSING
    number = float(str(measure))
    return labels.format_number(number, language, decimals=0 if number.is_integer() else 1)


def format_findings(
    findings: pd.DataFrame, texts: Texts, limit: int = 20, *, width: int | None = None, is_color: bool = False
) -> str:
    """Return the first findings, one a block: where, what, remedy; then how many there are.

    Parameters
    ----------
    findings
        Columns `FINDING_COLUMNS`; errors are told before warnings.
    texts
        Catalog of the sentences.
    limit
        How many are told.
    width
        Columns of the terminal; asked of the system where None.
    is_color
        Severity in colour.
    """
    if findings.empty:
        return texts.get("terminal.no_findings")
    columns = width or measure_width()
    is_error = findings["severity"].eq("error")
    ordered = pd.concat([findings[is_error], findings[~is_error]])
    table = findings_table(ordered.head(limit), texts)
    blocks = [_format_block(row, texts, columns, is_color) for row in labels.list_rows(table)]
    counts = {"errors": int(is_error.sum()), "warnings": int((~is_error).sum())}
    worded = {name: labels.format_count(count, texts.language) for name, count in counts.items()}
    end = [texts.get("terminal.summary", worded)]
    if len(findings) > limit:
        shown = {"shown": len(blocks), "total": labels.format_count(len(findings), texts.language)}
        end.append(texts.get("terminal.more", shown))
    return "\n\n".join([*blocks, " ".join(end)])


def _format_block(row: Mapping[str, object], texts: Texts, width: int, is_color: bool) -> str:
    severity = str(row["severity"])
    word = texts.get(f"terminal.{severity}")
    colour = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m"}.get(severity, "")
    head = f"{colour}{word}\x1b[0m" if is_color and colour else word
    body = [str(row["text"]), texts.get("terminal.remedy", {"remedy": row["remedy"]})]
    lines = [line for text in body for line in wrap(clean(text), width - 2)]
    return "\n".join([f"{head}  {_format_where(row, texts)}".rstrip(), *("  " + line for line in lines)])


def _format_where(row: Mapping[str, object], texts: Texts) -> str:
    parts = [] if labels.is_missing(row["file"]) else [str(row["file"])]
    is_layer = not labels.is_missing(row["layer"]) and row["layer"] != ""
    if is_layer:
        parts.append(texts.get("terminal.where_layer", {"layer": row["layer"]}))
    if not labels.is_missing(row["line"]):
        key = "terminal.where_row" if is_layer else "terminal.where_line"
        parts.append(texts.get(key, {"line": labels.format_year(row["line"])}))
    if not labels.is_missing(row["column"]) and row["column"] != "":
        parts.append(texts.get("terminal.where_column", {"column": row["column"]}))
    if not labels.is_missing(row["record_id"]) and row["record_id"] != "":
        parts.append(str(row["record_id"]))
    return clean(" · ".join(part for part in parts if part))


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
        "\n".join([texts.get("terminal.written"), *(f"  {show_path(path)}" for path in written)]),
    ]
    return "\n\n".join(part for part in parts if part)


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


def measure_width() -> int:
    """Return how many columns the terminal has; at least 40."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)
