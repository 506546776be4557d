"""Moves between kommuner that are counted already, where the persons themselves may not be handed out."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from boundaries.model import FINDING_COLUMNS, FLOW_DTYPES
from boundaries.registers.aliases import ALIASES, match_columns
from boundaries.registers.columns import convert_columns, fold_word, map_distinct
from boundaries.registers.findings import add_details, combine_findings, empty_findings, has_errors
from boundaries.registers.rows import Checked, Rows, require_one_row_per_id
from boundaries.registers.schemas import SCHEMAS
from boundaries.registers.severity import Severity
from boundaries.registers.yearly import describe_key
from data.kommune_names import find_kommune_code, name_nearest
from geo.readers import read_table
from geo.tables import TextTable

REGISTER = "flows"

ABROAD = "udland"
"""Stands for every place outside the country."""

UNKNOWN_PLACE = "ukendt"
"""Stands for a kommune that the table itself does not know."""

ALL = "alle"
"""Exposure or group of a row that is not divided by it."""

FLOW_SEVERITIES: Mapping[str, Severity] = {
    "flow_kommune_unknown": "error",
    "flow_column_missing": "error",
    "flow_total_left_out": "warning",
    "flow_hidden": "warning",
    "flow_not_counted": "error",
}
"""Rule to severity, of the rules that only a table of moves can break."""

_KEY = ["year", "from_kommune", "to_kommune", "exposure", "group"]
_ABROAD_WORDS = frozenset({"udland", "udlandet", "abroad", "9999"})
_HIDDEN = re.compile(r"\.\.+|…|\*+|x|<\s*\d+|1\s*[-–]\s*\d|diskretioneret|skjult|hidden")
_UNKNOWN_WORDS = frozenset({"ukendt", "uoplyst", "unknown"})


@dataclass(frozen=True, kw_only=True)
class FlowsRead:
    """A table of moves, and what was found on the way.

    Attributes
    ----------
    frame
        As `boundaries.model.Registers.flows`.
    findings
        Columns `FINDING_COLUMNS`; with an error the frame should not be used.
    """

    frame: pd.DataFrame
    findings: pd.DataFrame

    @property
    def has_errors(self) -> bool:
        """Tell whether any of the findings forbids the use of the frame."""
        return has_errors(self.findings)


def read_flows(
    path: Path | str,
    *,
    codes: Collection[str] = (),
    decimal: str = "",
    sheet: str | None = None,
    encoding: str | None = None,
) -> FlowsRead:
    """Read a table of moves without a project.

    Parameters
    ----------
    path
        CSV, Excel or Parquet with a row for each figure year, kommune of departure and of arrival, and
        where it is divided so, exposure and group.
    codes
        Codes that are accepted besides those of the kommuner, such as that of an invented one.
    decimal
        Decimal sign, ``","`` or ``"."``; settles what ``1.204`` is. Empty to find out number by number.
    sheet, encoding
        As in `geo.readers.read_table`.

    Returns
    -------
    FlowsRead
        Sorted by year, from, to, exposure and group.

    Raises
    ------
    ReadError, UsageError, DataError
        As `geo.readers.read_table`: the file cannot be read.
    """
    text = read_table(path, sheet=sheet, encoding=encoding)
    names = [column.name for column in SCHEMAS[REGISTER].columns]
    match = match_columns(list(text.frame.columns), names, register=REGISTER, fields={})
    missing = [
        column.name
        for column in SCHEMAS[REGISTER].columns
        if column.is_required and column.name not in match.headings
    ]
    if missing:
        found = [
            _find_missing_column(text.file, name, ", ".join(map(str, text.frame.columns))) for name in missing
        ]
        return FlowsRead(
            frame=pd.DataFrame(columns=list(FLOW_DTYPES)).astype(FLOW_DTYPES),
            findings=combine_findings(found),
        )
    built = build_flows(_take_rows(text, match.headings, decimal), codes=codes)
    return FlowsRead(frame=built.frame, findings=combine_findings(built.findings))


def _take_rows(text: TextTable, headings: Mapping[str, str], decimal: str) -> Rows:
    """Return the known columns of a table under their own names, with where each row stood."""
    frame = pd.DataFrame({name: text.frame[heading] for name, heading in headings.items()})
    origin = {"file": text.file, "layer": text.layer, "line": text.line.astype("Int64")}
    return Rows(
        register=REGISTER,
        frame=frame.astype("str"),
        origin=pd.DataFrame(origin, index=frame.index),
        record_id=describe_key(frame, [name for name in _KEY if name in frame]),
        headings={text.file: headings},
        present=frozenset(headings),
        decimal=decimal,
    )


def build_flows(raw: Rows, *, codes: Collection[str] = ()) -> Checked:
    """Read moves between kommuner.

    A kommune is told by code or name, abroad by ``udland``, one that is not known by ``ukendt``. A hidden
    count (``*``, ``<5`` and the like) is kept as hidden: it is not 0. Where a year has both parts and
    the row ``alle`` that sums them, the parts are kept, so that nobody counts twice.

    Parameters
    ----------
    raw
        Text as it stood.
    codes
        Codes that are accepted besides those of the kommuner.

    Returns
    -------
    Checked
        Rows with the columns `boundaries.model.FLOW_DTYPES`, sorted; a row without year, kommuner or
        count is left out, with a finding.
    """
    places, unknown = _read_places(raw, codes)
    is_hidden = map_distinct(raw.text("movers_n"), _read_hidden).notna()
    blanked = raw.frame.assign(movers_n=raw.text("movers_n").mask(is_hidden))
    converted = convert_columns(raw.with_frame(blanked), SCHEMAS[REGISTER])
    frame = converted.frame.assign(**places, is_hidden=is_hidden)
    frame["exposure"] = frame["exposure"].fillna(ALL) if "exposure" not in raw.present else frame["exposure"]
    frame["group"] = frame["group"].fillna(ALL)
    blank = raw.text("exposure").isna()
    frame["exposure"] = frame["exposure"].mask(blank & frame["exposure"].isna(), ALL)
    rows = raw.with_frame(frame[list(FLOW_DTYPES)].astype({"is_hidden": "bool"}))
    uncounted = frame["movers_n"].isna() & ~is_hidden & raw.text("movers_n").isna()
    is_usable = frame[_KEY].notna().all(axis="columns") & (frame["movers_n"].notna() | is_hidden)
    usable = rows.select(is_usable)
    one = require_one_row_per_id(usable, describe_key(usable.frame, _KEY))
    parts = _leave_out_totals(one.rows)
    return Checked(
        rows=parts.rows.sort(_KEY),
        findings=(
            *converted.findings,
            *unknown,
            _find(raw, "flow_not_counted", uncounted, column="movers_n"),
            _find(raw, "flow_hidden", is_hidden, column="movers_n"),
            *one.findings,
            *parts.findings,
        ),
    )


def _read_places(raw: Rows, codes: Collection[str]) -> tuple[dict[str, pd.Series], list[pd.DataFrame]]:
    """Read both kommuner of each row."""
    places: dict[str, pd.Series] = {}
    findings: list[pd.DataFrame] = []
    accepted = frozenset(codes)

    def convert(text: str) -> str | None:
        if fold_word(text) in _ABROAD_WORDS:
            return ABROAD
        if fold_word(text) in _UNKNOWN_WORDS:
            return UNKNOWN_PLACE
        return text if text in accepted else find_kommune_code(text)

    for name in ("from_kommune", "to_kommune"):
        text = raw.text(name)
        places[name] = map_distinct(text, convert)
        is_unknown = places[name].isna() & text.notna()
        found = _find(raw, "flow_kommune_unknown", is_unknown, column=name)
        findings.append(add_details(found, {"other": map_distinct(text.where(is_unknown), name_nearest)}))
    return places, findings


def _read_hidden(text: str) -> str | None:
    """Return the mark of a hidden count; None for anything else, a dash included, which may mean 0."""
    return text if _HIDDEN.fullmatch(text.strip().casefold()) else None


def _leave_out_totals(rows: Rows) -> Checked:
    """Leave out rows of all exposures where the same year has its parts, and likewise of groups."""
    findings = []
    for name, other in (("exposure", "group"), ("group", "exposure")):
        frame = rows.frame
        is_total = frame[name].eq(ALL)
        divided = frame.loc[~is_total, ["year", other]].drop_duplicates()
        keys = pd.MultiIndex.from_frame(frame[["year", other]])
        is_double = is_total & pd.Series(keys.isin(pd.MultiIndex.from_frame(divided)), index=frame.index)
        if is_double.any():
            findings.append(_find_first(rows, is_double, column=name))
            rows = rows.select(~is_double)
    return Checked(rows=rows, findings=tuple(findings))


def _find_first(rows: Rows, where: pd.Series, *, column: str) -> pd.DataFrame:
    """Return one finding, at the first of the rows, that tells how many there are."""
    first = where & (where.cumsum() == 1)
    found = _find(rows, "flow_total_left_out", first, column=column)
    return add_details(found, {"measure": float(where.sum())})


def _find(rows: Rows, rule: str, where: pd.Series, *, column: str) -> pd.DataFrame:
    # The place of a row does not depend on the rule; only the two words do.
    found = rows.found("missing_value", where, column=column)
    return add_details(found, {"rule": rule, "severity": FLOW_SEVERITIES[rule]})


def _find_missing_column(file: str, name: str, headings: str) -> pd.DataFrame:
    values = {
        "severity": FLOW_SEVERITIES["flow_column_missing"],
        "rule": "flow_column_missing",
        "register": REGISTER,
        "file": file,
        "column": name,
        "value": ", ".join((name, *ALIASES[REGISTER].get(name, ()))),
        "other": headings,
    }
    dtypes = empty_findings().dtypes.to_dict()
    return pd.DataFrame([values]).reindex(columns=list(FINDING_COLUMNS)).astype(dtypes)
