"""The project file ``boligkort.toml``: which files hold which register, and what was decided."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from boundaries.model import Settings
from boundaries.registers.problems import raise_project_errors
from boundaries.registers.schemas import SCHEMAS
from boundaries.registers.toml_table import TomlTable
from data.texts import LANGUAGES
from geo.errors import ReadError, UsageError

PROJECT_FILE = "boligkort.toml"
"""Name of the project file in a project's folder."""

SETTING_CHOICES: Mapping[str, tuple[str, ...]] = {
    "non_almen_family": ("non_almen", "not_almen_family"),
    "built_on_approval_date": ("not_after", "after"),
    "built_in_approval_year": ("undecided", "after", "not_after"),
}
"""What each setting that is a word may say."""

SETTING_MINIMA: Mapping[str, float] = {"suppression_threshold_n": 3}
"""Lowest value of a setting that is a number; 0 for the others."""

_TABLES = ("project", "dates", "settings", "registers", "screening", "movers")
_MOVERS_KEYS = ("with_kommune", "with_table", "with_column", "rules_year", "from_year")
_PROJECT_KEYS = ("name", "kommune_code", "synthetic", "language", "output")
_SOURCE_KEYS = (
    "path",
    "files",
    "layer",
    "sheet",
    "crs",
    "encoding",
    "delimiter",
    "decimal",
    "date_format",
    "in_force_on",
    "ownership",
    "fields",
)
OWNERSHIPS = ("property", "unit")
"""Whose owner tells the tenure of a unit: that of the property, or first that of its own ejerlejlighed."""

_BITEMPORAL = ("dwellings", "parcels")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where one register comes from.

    Attributes
    ----------
    register
        Name of the register, e.g. ``"dwellings"``.
    files
        Absolute paths; read in this order as one register.
    layer, sheet
        Layer of a geodata file or sheet of a workbook; empty for the only one.
    crs
        CRS of the coordinates, only where the file does not say (``"EPSG:4326"``); empty if none.
    encoding, delimiter
        Of a text table; empty to find out.
    decimal
        Decimal sign of numbers, ``","`` or ``"."``; empty to find out number by number.
    date_format
        Format of dates as in ``strptime`` (``"%Y%m%d"``); empty for ISO and Danish dates.
    in_force_on
        Day on which the rows of an official extract must be in force; None for those in force now.
    ownership
        One of `OWNERSHIPS`; of BBR's units.
    fields
        Canonical column name to the heading in the file; goes before the known headings.
    """

    register: str
    files: tuple[Path, ...]
    layer: str = ""
    sheet: str = ""
    crs: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    date_format: str = ""
    in_force_on: date | None = None
    ownership: str = OWNERSHIPS[0]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project as its file says it; all paths absolute.

    Attributes
    ----------
    path
        The project file.
    name
        Title of results; the folder's name where the file has none.
    kommune_code
        Four digits; empty where not given. Used for areas that have none of their own.
    is_synthetic
        The inputs are made up; every result says so.
    language
        ``"da"`` or ``"en"``.
    output
        Folder of results.
    status_date
        The opgørelsesdato; None where the command gives it.
    settings
        What the law leaves open, and tolerances.
    sources
        Register name to `Source`, in the order of the registers.
    screening
        The table ``[screening]`` as it stands; the screening of a city reads and checks it.
    movers
        What the table ``[movers]`` says: ``with_kommune`` (tuple of str), ``with_table`` (Path),
        ``with_column``, ``rules_year`` and ``from_year``; without a key that it does not say.
    """

    path: Path
    name: str
    kommune_code: str = ""
    is_synthetic: bool = False
    language: str = LANGUAGES[0]
    output: Path
    status_date: date | None = None
    settings: Settings = field(default_factory=Settings)
    sources: Mapping[str, Source] = field(default_factory=dict)
    screening: Mapping[str, object] = field(default_factory=dict)
    movers: Mapping[str, object] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Folder of the project file; relative paths in it start here."""
        return self.path.parent

    def name_file(self, path: Path) -> str:
        """Return how messages and results name `path`: relative to the project's folder.

        The name does not change when the whole project is moved. On another Windows drive there is no
        relative path, and the absolute one is returned.
        """
        try:
            return Path(os.path.relpath(path, self.folder)).as_posix()
        except ValueError:
            return path.as_posix()


def load_project(path: Path | str) -> Project:
    """Read a project file and check every key of it.

    Parameters
    ----------
    path
        The project file, or the folder that holds it as ``boligkort.toml``.

    Raises
    ------
    ReadError
        Where there is no such file, or it cannot be read.
    UsageError
        Where it is no TOML (with the line), or keys or values are wrong: all of them at once,
        as `ProjectErrors` where there are several.
    """
    file = _find_project_file(Path(path))
    root = TomlTable(file.name, "", _parse(file))
    root.check_keys(_TABLES)
    project = _make_project(file, root)
    raise_project_errors(root.problems)
    return project


def template_text(language: str = LANGUAGES[0]) -> str:
    """Return the commented project file that a new project starts from, in `language`."""
    name = f"templates/boligkort.{language}.toml"
    return resources.files("data").joinpath(name).read_text(encoding="utf-8")


def _find_project_file(path: Path) -> Path:
    file = path / PROJECT_FILE if path.is_dir() else path
    if not file.is_file():
        raise ReadError("registers.no_project", {"file": str(file)})
    return file.resolve()


def _parse(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as fault:
        raise ReadError("registers.unreadable_project", {"file": str(file), "reason": str(fault)}) from fault
    except UnicodeDecodeError as fault:
        line = file.read_bytes()[: fault.start].count(b"\n") + 1
        raise UsageError("registers.project_not_utf8", {"file": file.name, "line": line}) from fault
    except tomllib.TOMLDecodeError as fault:
        raise UsageError("registers.project_syntax", _describe_syntax(file.name, str(fault))) from fault


def _describe_syntax(file: str, fault: str) -> dict[str, object]:
    """Take line and column out of the parser's sentence; it ends "(at line 3, column 5)"."""
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", fault)
    reason = fault[: place.start()] if place else fault
    line, column = place.groups(default="–") if place else ("–", "–")
    return {"file": file, "line": line, "column": column, "reason": reason}


def _make_project(file: Path, root: TomlTable) -> Project:
    table, dates = root.table("project"), root.table("dates")
    table.check_keys(_PROJECT_KEYS)
    dates.check_keys(("status_date",))
    return Project(
        path=file,
        name=table.text("name") or file.parent.name,
        kommune_code=_read_kommune_code(table),
        is_synthetic=table.boolean("synthetic", default=False),
        language=table.choice("language", LANGUAGES, LANGUAGES[0]),
        output=_resolve(file.parent, table.text("output") or "resultat"),
        status_date=dates.date("status_date"),
        settings=_read_settings(root.table("settings")),
        sources=_read_sources(file.parent, root.table("registers")),
        screening=root.table("screening").entries,
        movers=_read_movers(file.parent, root.table("movers")),
    )


def _read_movers(folder: Path, table: TomlTable) -> dict[str, object]:
    table.check_keys(_MOVERS_KEYS)
    found: dict[str, object] = {
        "with_kommune": table.texts("with_kommune"),
        "with_column": table.text("with_column"),
        "rules_year": table.integer("rules_year", 0, low=0),
        "from_year": table.integer("from_year", 0, low=0),
    }
    if path := table.text("with_table"):
        found["with_table"] = _resolve(folder, path)
    return {name: value for name, value in found.items() if value}


def _read_kommune_code(table: TomlTable) -> str:
    code = table.text("kommune_code")
    if code and not re.fullmatch(r"\d{3,4}", code):
        table.note("bad_kommune_code", "kommune_code")
    return code.zfill(4) if code else ""


def _read_settings(table: TomlTable) -> Settings:
    defaults = {entry.name: getattr(Settings(), entry.name) for entry in fields(Settings)}
    table.check_keys(tuple(defaults))
    return Settings(**{name: _read_setting(table, name, default) for name, default in defaults.items()})


def _read_setting(table: TomlTable, name: str, default: object) -> Any:
    low = SETTING_MINIMA.get(name, 0)
    if isinstance(default, bool):
        return table.boolean(name, default=default)
    if isinstance(default, int):
        return table.integer(name, default, low=int(low))
    if isinstance(default, float):
        return table.number(name, default, low=low)
    return table.choice(name, SETTING_CHOICES[name], str(default))


def _read_sources(folder: Path, table: TomlTable) -> dict[str, Source]:
    table.check_keys(tuple(SCHEMAS))
    named = {name: table.table(name) for name in SCHEMAS if name in table.entries}
    # What is no table has had its fault noted.
    return {
        name: _read_source(folder, name, source)
        for name, source in named.items()
        if isinstance(table.entries[name], dict)
    }


def _read_source(folder: Path, register: str, table: TomlTable) -> Source:
    table.check_keys(_list_source_keys(register))
    headings = table.table("fields")
    if not SCHEMAS[register].is_open:
        headings.check_keys(tuple(column.name for column in SCHEMAS[register].columns))
    return Source(
        register=register,
        files=tuple(_resolve(folder, name) for name in _read_file_names(table)),
        layer=table.text("layer"),
        sheet=table.text("sheet"),
        crs=table.text("crs"),
        encoding=table.text("encoding"),
        delimiter=_read_delimiter(table),
        decimal=table.choice("decimal", (",", "."), ""),
        date_format=table.text("date_format"),
        in_force_on=table.date("in_force_on"),
        ownership=table.choice("ownership", OWNERSHIPS, OWNERSHIPS[0]),
        fields={name: headings.text(name) for name in headings.entries},
    )


def _list_source_keys(register: str) -> tuple[str, ...]:
    """Return what the table of a register may say; some keys are of official extracts alone."""
    without = {*(() if register in _BITEMPORAL else ("in_force_on",))}
    without |= {*(() if register == "dwellings" else ("ownership",))}
    return tuple(key for key in _SOURCE_KEYS if key not in without)


def _read_delimiter(table: TomlTable) -> str:
    """Read the delimiter as it stands: a tab must not be stripped away."""
    found = table.entries.get("delimiter", "")
    if isinstance(found, str) and len(found) <= 1:
        return found
    table.note("bad_delimiter", "delimiter")
    return ""


def _read_file_names(table: TomlTable) -> tuple[str, ...]:
    path, files = table.text("path"), table.texts("files")
    names = (path,) if path else files
    if path and files:
        table.note("path_and_files", "path")
    elif not (table.entries.get("path") or table.entries.get("files")):
        table.note("no_path", "path")
    for name in names:
        if "://" in name:
            table.note("url_path", "path", {"found": name})
    return names


def _resolve(folder: Path, name: str) -> Path:
    return Path(os.path.normpath(folder / name))
