"""What the headings of a file say of it: which columns it lacks, and whether they are headings at all."""

from collections.abc import Mapping, Sequence

import pandas as pd

from boundaries.registers.aliases import ALIASES, ColumnMatch
from boundaries.registers.findings import make_finding
from boundaries.registers.schemas import Geometry, Schema
from geo.tables import TextLayer, TextTable

SHOWN_N = 30
"""So many headings of a file are named when one is missing."""


def check_headings(
    text: TextTable | TextLayer, schema: Schema, match: ColumnMatch, where: Mapping[str, object]
) -> list[pd.DataFrame]:
    """Find what the columns of a file are not: there, one of a kind, on a map, with rows.

    Parameters
    ----------
    text
        The file as it was read.
    schema
        Of the register.
    match
        Which headings are which columns.
    where
        ``file`` and ``layer`` of a finding.

    Returns
    -------
    list of DataFrame
        Columns `FINDING_COLUMNS`. Where not one heading is known, that is the finding, in the place of one
        for every column: a first line that is no heading, or a delimiter that was not found.
    """

    def find(rule: str, **values: object) -> pd.DataFrame:
        return make_finding(rule, schema.register, {**where, **values})

    required = _list_required(text, schema)
    told = match.headings.keys() | match.missing.keys() | match.unread.keys()
    missing = [name for name in required if name not in told]
    headings = _list_headings(text)
    if missing and not told:
        found = [_find_no_heading(text, schema, required, where)]
    else:
        found = [
            find("missing_column", column=name, value=_list_names(schema, name), other=headings)
            for name in missing
        ]
        if schema.geometry is Geometry.POLYGONS and isinstance(text, TextTable):
            found.append(find("shapes_missing", other=headings))
    for column, heading in match.unread.items():
        found.append(find("column_without_text", column=column, value=heading))
    for column, heading in match.missing.items():
        found.append(find("field_not_found", column=column, value=heading, other=headings))
    for column, fitting in match.ambiguous.items():
        found.append(find("ambiguous_column", column=column, value=fitting[0], other=", ".join(fitting[1:])))
    if text.frame.empty:
        found.append(find("empty_register"))
    return found


def _list_required(text: TextTable | TextLayer, schema: Schema) -> list[str]:
    required = [column.name for column in schema.columns if column.is_required]
    if schema.geometry is Geometry.POINTS and isinstance(text, TextTable):
        required += ["x", "y"]
    return required


def _find_no_heading(
    text: TextTable | TextLayer, schema: Schema, required: Sequence[str], where: Mapping[str, object]
) -> pd.DataFrame:
    """Say what was taken for headings, and by which delimiter the file was divided, where it has one."""
    delimiter = text.delimiter if isinstance(text, TextTable) else ""
    values = {
        **where,
        "column": ", ".join(required),
        "value": _list_headings(text),
        "other": {"\t": "tab"}.get(delimiter, delimiter),
        "measure": len(_take_headings(text)),
    }
    rule = "heading_not_found" if delimiter else "no_heading_known"
    return make_finding(rule, schema.register, values)


def _list_names(schema: Schema, column: str) -> str:
    return ", ".join((column, *ALIASES[schema.register].get(column, ())))


def _take_headings(text: TextTable | TextLayer) -> list[str]:
    return [heading for heading in text.frame.columns if heading != "geometry"]


def _list_headings(text: TextTable | TextLayer) -> str:
    headings = _take_headings(text)
    shown = ", ".join(headings[:SHOWN_N])
    return shown + ", …" if len(headings) > SHOWN_N else shown
