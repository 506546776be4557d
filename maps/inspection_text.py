"""What was found in a file, in words and as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath

import pandas as pd

from boundaries.registers.recognition import Recognition
from data.texts import Texts
from geo.crs import WORKING_CRS
from geo.inspection_facts import (
    Bounds,
    FieldFacts,
    GeometryFault,
    Inspection,
    LayerFacts,
    Outcome,
    SecondReading,
    TableFacts,
)
from maps import labels
from maps.text_table import clean, format_table, measure_width, wrap

FAULTS_TOLD_N = 10
"""So many faulty geometries are told of a layer; all are among the plain values."""


def describe_inspection(inspection: Inspection, recognised: Sequence[Recognition]) -> dict[str, object]:
    """Describe a file by plain values.

    Returns
    -------
    dict
        ``file``, ``format``, ``bytes_n``, ``sha256``, ``parts``, ``layers``, ``tables``, ``notes`` (key
        and values) and ``registers``: what the file may hold, with ``headings``, ``missing`` and the
        ``snippet`` for the project file.
    """
    return {
        "file": str(inspection.path),
        "format": inspection.format,
        "bytes_n": inspection.bytes_n,
        "sha256": inspection.sha256,
        "parts": list(inspection.parts),
        "layers": [{**asdict(layer), "differs": layer.differs} for layer in inspection.layers],
        "tables": [_describe_table(table) for table in inspection.tables],
        "notes": [{"note": note.key, **note.values} for note in inspection.notes],
        "registers": [asdict(one) for one in recognised],
    }


def _describe_table(table: TableFacts) -> dict[str, object]:
    told = {name: value for name, value in vars(table).items() if name not in {"problem", "fields"}}
    problem = None if table.problem is None else {"error": table.problem[0], **table.problem[1]}
    return {**told, "fields": [asdict(field) for field in table.fields], "problem": problem}


def format_inspection(
    inspection: Inspection, recognised: Sequence[Recognition], texts: Texts, *, width: int | None = None
) -> str:
    """Return what a file holds: the file, each layer or table, notes, and the register it may be.

    Parameters
    ----------
    inspection
        What was found.
    recognised
        The registers that it may hold.
    texts
        Catalog.
    width
        Columns of the terminal; asked of the system where None.
    """
    columns = width or measure_width()
    blocks = [_format_file(inspection, texts, columns)]
    blocks += [_format_layer(layer, texts, columns) for layer in inspection.layers]
    blocks += [_format_table(table, texts, columns) for table in inspection.tables]
    notes = [texts.get(f"note.{note.key}", note.values) for note in inspection.notes]
    blocks += ["\n".join(wrap(clean(note), columns)) for note in notes]
    return "\n\n".join([*blocks, *_format_registers(inspection, recognised, texts, columns)])


def _format_file(inspection: Inspection, texts: Texts, width: int) -> str:
    name = PurePath(inspection.path).name
    size = labels.format_count(inspection.bytes_n, texts.language)
    lines = [
        _tell("file", texts, {"file": name, "format": inspection.format, "bytes": size}),
        _tell("sha256", texts, {"sha256": inspection.sha256}),
    ]
    if len(inspection.parts) > 1:
        lines.append(_tell("parts", texts, {"parts": ", ".join(inspection.parts)}))
    return _lay(lines, width)


def _format_layer(layer: LayerFacts, texts: Texts, width: int) -> str:
    rows = labels.format_count(layer.rows_n, texts.language)
    if not layer.geometry_type and not layer.found_types:
        lines = [_tell("plain_layer", texts, {"layer": layer.name, "rows": rows})]
        return "\n".join([_lay(lines, width), _format_fields(layer.fields, texts, width)])
    types = ", ".join(_show_type(name, texts) for name in layer.found_types) or labels.MISSING
    lines = [
        _tell("layer", texts, {"layer": layer.name, "rows": rows}),
        "  " + _tell("geometry_z" if layer.has_z else "geometry", texts, {"types": types}),
        "  " + _format_crs(layer, texts),
    ]
    if layer.extent is not None:
        lines.append("  " + _tell("extent", texts, _show_extent(layer.extent, texts.language)))
    if layer.second is not None:
        lines.append("  " + _format_second(layer, layer.second, texts))
    if layer.rows_n:
        lines += _format_faults(layer.faults, texts)
    return "\n".join([_lay(lines, width), _format_fields(layer.fields, texts, width)])


def _format_crs(layer: LayerFacts, texts: Texts) -> str:
    if layer.crs and layer.proposals:
        key = "crs_denied" if any(not one.is_swapped for one in layer.proposals) else "crs_denied_swapped"
        proposals = ", ".join(dict.fromkeys(one.label for one in layer.proposals))
        return _tell(key, texts, {"crs": layer.crs, "proposals": proposals})
    if layer.crs:
        key = "crs_working" if layer.is_working_crs else "crs_other"
        return _tell(key, texts, {"crs": layer.crs, "required": WORKING_CRS})
    if not layer.proposals:
        return _tell("crs_unknown", texts, {})
    straight = [proposal.label for proposal in layer.proposals if not proposal.is_swapped]
    if straight:
        return _tell("crs_proposed", texts, {"proposals": ", ".join(straight)})
    return _tell("crs_swapped", texts, {"proposals": ", ".join(one.label for one in layer.proposals)})


def _format_second(layer: LayerFacts, second: SecondReading, texts: Texts) -> str:
    if second.outcome is not Outcome.DONE:
        return _tell(f"second.{second.outcome}", texts, {"detail": second.detail or labels.MISSING})
    rows = {
        "found": labels.format_count(second.rows_n, texts.language),
        "required": labels.format_count(layer.rows_n, texts.language),
    }
    return _tell("second.differs" if layer.differs else "second.done", texts, rows)


def _format_faults(faults: Sequence[GeometryFault], texts: Texts) -> list[str]:
    if not faults:
        return ["  " + _tell("no_faults", texts, {})]
    lines = ["  " + _tell("faults", texts, {"count": labels.format_count(len(faults), texts.language)})]
    for fault in faults[:FAULTS_TOLD_N]:
        values = {
            "fid": fault.fid,
            "fault": texts.get(f"inspection.fault.{fault.fault}"),
            "reason": fault.reason,
        }
        lines.append("    " + _tell("fault_why" if fault.reason else "fault_at", texts, values))
    if len(faults) > FAULTS_TOLD_N:
        others = labels.format_count(len(faults) - FAULTS_TOLD_N, texts.language)
        lines.append("    " + texts.get("terminal.others", {"count": others}))
    return lines


def _format_table(table: TableFacts, texts: Texts, width: int) -> str:
    if table.problem is not None:
        key, values = table.problem
        return _lay([texts.get(f"error.{key}", values)], width)
    rows = labels.format_count(table.rows_n, texts.language)
    # Only a list of a JSON file has a name and no heading.
    key = "table" if not table.name else "list" if table.heading_line is None else "sheet"
    lines = [_tell(key, texts, {"sheet": table.name, "rows": rows})]
    if table.delimiter:
        delimiter = texts.get("inspection.tab") if table.delimiter == "\t" else table.delimiter
        lines.append("  " + _tell("written", texts, {"encoding": table.encoding, "delimiter": delimiter}))
    if table.heading_line is not None:
        lines.append("  " + _tell("heading", texts, {"line": table.heading_line}))
    return "\n".join([_lay(lines, width), _format_fields(table.fields, texts, width)])


def _format_fields(fields: Sequence[FieldFacts], texts: Texts, width: int) -> str:
    table = pd.DataFrame(
        {
            "field": pd.array([field.name for field in fields], dtype="str"),
            "field_kind": pd.array(
                [texts.get(f"inspection.kind.{field.kind}") for field in fields], dtype="str"
            ),
        }
    )
    lines = format_table(table, texts, width=width - 2).split("\n")
    return "\n".join("  " + line for line in lines)


def _format_registers(
    inspection: Inspection, recognised: Sequence[Recognition], texts: Texts, width: int
) -> list[str]:
    if not recognised:
        return [_lay([_tell("no_register", texts, {})], width)]
    blocks = []
    for one in recognised:
        values = {
            "register": one.register,
            "part": one.part or PurePath(inspection.path).name,
            "found": len(one.headings),
            "total": one.columns_n,
            "missing": ", ".join(one.missing),
            "entity": one.entity,
        }
        key = "entity" if one.entity else "register" if one.is_complete else "register_lacks"
        snippet = "\n".join("  " + line for line in one.snippet.split("\n"))
        blocks.append(_lay([_tell(key, texts, values)], width) + "\n\n" + snippet)
    return blocks


def _tell(key: str, texts: Texts, values: Mapping[str, object]) -> str:
    return texts.get(f"inspection.{key}", values)


def _lay(lines: Sequence[str], width: int) -> str:
    """Wrap lines; what is indented stays so."""
    laid = []
    for line in lines:
        indent = line[: len(line) - len(line.lstrip(" "))]
        laid += [indent + part for part in wrap(clean(line.strip()), width - len(indent))]
    return "\n".join(laid)


def _show_type(name: str, texts: Texts) -> str:
    key = f"inspection.type.{name.lower()}"
    return texts.get(key) if texts.has(key) else name


def _show_extent(extent: Bounds, language: str) -> dict[str, object]:
    """Show coordinates in metres whole, in degrees with four decimals."""
    decimals = 4 if max(map(abs, extent)) < 1000 else 0
    names = ("x_min", "y_min", "x_max", "y_max")
    shown = (labels.format_number(value, language, decimals=decimals) for value in extent)
    return dict(zip(names, shown, strict=True))
