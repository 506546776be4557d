"""Findings in words: grouped by rule, the first places of each, and what to do about it once."""

from collections.abc import Mapping, Sequence

import pandas as pd

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.severity import SEVERITY_ORDER, Severity
from data.texts import Texts
from maps import labels
from maps.text_table import clean, measure_width, wrap

PLACES_N = 5
"""Of one rule at most so many findings are told, however few the rules."""

SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""Of files whose layers are sheets; those of `geo.readers`, which only they who read may import."""

_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}
_RESET = "\x1b[0m"


def count_severities(findings: pd.DataFrame) -> dict[Severity, int]:
    """Return how many findings there are of each severity, the gravest first."""
    return {severity: int(findings["severity"].eq(severity).sum()) for severity in SEVERITY_ORDER}


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
    values = [_list_values(row, texts) for row in labels.list_rows(findings)]
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


def format_findings(
    findings: pd.DataFrame, texts: Texts, limit: int = 20, *, width: int | None = None, is_color: bool = False
) -> str:
    """Return the findings a rule at a time: how many, the first places, the remedy; then the sum.

    Parameters
    ----------
    findings
        Columns `FINDING_COLUMNS`; errors are told before warnings and these before notes, rules in the
        order of the rows.
    texts
        Catalog of the sentences.
    limit
        How many findings are told in all: shared out among the rules, at most `PLACES_N` to each and
        at least one, so that no rule is left out.
    width
        Columns of the terminal; asked of the system where None.
    is_color
        Severity in colour.
    """
    if findings.empty:
        return texts.get("terminal.no_findings")
    columns = width or measure_width()
    ordered = pd.concat([findings[findings["severity"].eq(severity)] for severity in SEVERITY_ORDER])
    # The severity is of the rule, but a caller may have made warnings into errors.
    groups = [group for _, group in ordered.groupby(["severity", "rule"], sort=False)]
    places_n = max(1, min(PLACES_N, limit // len(groups)))
    blocks = [_format_group(group, places_n, texts, columns, is_color) for group in groups]
    told_n = sum(min(len(group), places_n) for group in groups)
    return "\n\n".join([*blocks, _summarise(findings, told_n, texts)])


def _summarise(findings: pd.DataFrame, told_n: int, texts: Texts) -> str:
    counts = count_severities(findings)
    shown = {f"{severity}s": labels.format_count(n, texts.language) for severity, n in counts.items()}
    parts = [texts.get("terminal.summary", shown)]
    if counts["note"]:
        parts.append(texts.get("terminal.summary_notes", shown))
    if told_n < len(findings):
        total = labels.format_count(len(findings), texts.language)
        parts.append(texts.get("terminal.more", {"shown": told_n, "total": total}))
    return " ".join(parts)


def _format_group(group: pd.DataFrame, places_n: int, texts: Texts, width: int, is_color: bool) -> str:
    rows = labels.list_rows(findings_table(group.head(places_n), texts))
    lines = [_format_head(group, texts, is_color=is_color)]
    for row in rows:
        where = _format_where(row, texts)
        lines += ["  " + line for line in (wrap(where, width - 2) if where else [])]
        lines += ["    " + line for line in wrap(clean(str(row["text"])), width - 4)]
    if len(group) > places_n:
        others = labels.format_count(len(group) - places_n, texts.language)
        lines.append("  " + texts.get("terminal.others", {"count": others}))
    return "\n".join([*lines, *_format_remedies(rows, texts, width)])


def _format_head(group: pd.DataFrame, texts: Texts, *, is_color: bool) -> str:
    severity, rule = str(group["severity"].iloc[0]), str(group["rule"].iloc[0])
    word, colour = texts.get(f"terminal.{severity}"), _COLOURS.get(severity, "")
    counted = texts.get(
        "terminal.found", {"rule": rule, "count": labels.format_count(len(group), texts.language)}
    )
    return f"{colour}{word}{_RESET}  {counted}" if is_color and colour else f"{word}  {counted}"


def _format_remedies(rows: Sequence[Mapping[str, object]], texts: Texts, width: int) -> list[str]:
    """Tell what to do, once where it is the same for all."""
    remedies = list(dict.fromkeys(str(row["remedy"]) for row in rows))
    worded = [texts.get("terminal.remedy", {"remedy": remedy}) for remedy in remedies]
    return ["  " + line for text in worded for line in wrap(clean(text), width - 2)]


def _format_where(row: Mapping[str, object], texts: Texts) -> str:
    def has(name: str) -> bool:
        return not labels.is_missing(row[name]) and row[name] != ""

    parts = [str(row["file"])] if has("file") else []
    is_sheet = has("file") and str(row["file"]).lower().endswith(SHEET_SUFFIXES)
    if has("layer"):
        key = "where_sheet" if is_sheet else "where_layer"
        parts.append(texts.get(f"terminal.{key}", {"layer": row["layer"]}))
    if has("line"):
        key = "where_sheet_row" if is_sheet else "where_row" if has("layer") else "where_line"
        parts.append(texts.get(f"terminal.{key}", {"line": labels.format_year(row["line"])}))
    if has("column"):
        parts.append(texts.get("terminal.where_column", {"column": row["column"]}))
    if has("record_id"):
        parts.append(str(row["record_id"]))
    return clean(" · ".join(parts))


def _list_values(row: Mapping[str, object], texts: Texts) -> dict[str, str]:
    named = ("file", "layer", "column", "record_id", "value", "other")
    return {name: labels.format_text(row[name]) for name in named} | {
        "line": labels.format_year(row["line"]),
        "measure": _format_measure(row["measure"], texts.language),
    }


def _format_measure(measure: object, language: str) -> str:
    if labels.is_missing(measure):
        return labels.MISSING
    number = float(str(measure))
    return labels.format_number(number, language, decimals=0 if number.is_integer() else 1)
