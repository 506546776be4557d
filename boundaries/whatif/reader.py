"""The file of proposed changes, a TOML file: every key checked, every fault told at once."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from importlib import resources
from pathlib import Path

from boundaries.model import AGE_GROUPS, Tenure
from boundaries.registers.toml_table import TomlTable
from boundaries.whatif.outlines import Outline, find_keys, parse_wkt, read_outline
from boundaries.whatif.proposals import (
    SHARE_KEYS,
    Demolition,
    ExpectedResidents,
    ExtensionProposal,
    NewBuilding,
    Place,
    Proposals,
    Relabelling,
    Selection,
    raise_proposal_errors,
)
from data.texts import LANGUAGES
from geo.crs import is_in_denmark
from geo.errors import ReadError, UsageError

_TENURES = tuple(str(tenure) for tenure in Tenure)
_AGES = tuple(group for group in AGE_GROUPS if group != "ukendt")
_PLACE_KEYS = ("area_id", "extension_id", "parcels")
_TABLES = ("extensions", "relabellings", "demolitions", "buildings")
_KNOWN_EXTENSION_KEYS = ("name", "extension_id", "area_id", "approved", "approved_on")
_OUTLINE_KEYS = ("parcels", "wkt", "file")
_NEW_EXTENSION_KEYS = (*_KNOWN_EXTENSION_KEYS, *_OUTLINE_KEYS, "layer", "crs")
_RELABELLING_KEYS = ("name", "dwelling_ids", *_PLACE_KEYS, "from_tenure", "to_tenure", "dwellings_n", "on")
_DEMOLITION_KEYS = ("name", "dwelling_ids", *_PLACE_KEYS, "tenure", "dwellings_n", "on", "residents_leave")
_BUILDING_PLACES = ("area_id", "extension_id", "parcel", "point")
_BUILDING_KEYS = ("name", *_BUILDING_PLACES, "tenure", "dwellings_n", "built_on", "area_m2", "residents")
_RESIDENT_KEYS = ("residents_n", "ages_pct", *SHARE_KEYS, "gross_income_dkk")

_NO_DAY = date(1, 1, 1)
"""Stands in for a date whose lack has been noted; the file is refused."""


def read_proposals(path: Path | str) -> Proposals:
    """Read a file of proposed changes.

    Parameters
    ----------
    path
        A TOML file; files that it names are looked for from its folder.

    Returns
    -------
    Proposals
        Checked in itself; whether areas and dwellings exist is checked when they are applied.

    Raises
    ------
    ReadError
        Where the file, or a file of geometry that it names, cannot be read.
    UsageError
        Where it is no TOML, or keys or values are wrong: all of them, as
        `boundaries.whatif.proposals.ProposalErrors` where there are several.
    DataError
        Where a geometry does not lie in Denmark.
    """
    file = Path(path)
    root = TomlTable(file.name, "", _parse(file))
    root.check_keys(_TABLES)
    proposals = Proposals(
        file=file.name,
        extensions=tuple(_read_extension(entry, file.parent) for entry in _list_tables(root, "extensions")),
        relabellings=tuple(_read_relabelling(entry) for entry in _list_tables(root, "relabellings")),
        demolitions=tuple(_read_demolition(entry) for entry in _list_tables(root, "demolitions")),
        buildings=tuple(_read_building(entry) for entry in _list_tables(root, "buildings")),
    )
    _check_names(root, proposals)
    raise_proposal_errors(file.name, root.problems)
    return proposals


def template_text(language: str = LANGUAGES[0]) -> str:
    """Return the commented file of proposals to start from, in `language`; it fits the demo."""
    name = f"templates/whatif.{language}.toml"
    return resources.files("data").joinpath(name).read_text(encoding="utf-8")


def _parse(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as fault:
        raise ReadError("whatif.unreadable", {"file": str(file), "reason": fault.strerror}) from fault
    except UnicodeDecodeError as fault:
        line = file.read_bytes()[: fault.start].count(b"\n") + 1
        raise UsageError("whatif.not_utf8", {"file": file.name, "line": line}) from fault
    except tomllib.TOMLDecodeError as fault:
        raise UsageError("whatif.syntax", {"file": file.name, "reason": str(fault)}) from fault


def _list_tables(root: TomlTable, key: str) -> list[TomlTable]:
    found = root.entries.get(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        _note(root, "expected_tables", key)
        return []
    return [
        TomlTable(root.file, f"{key}[{number}]", entry, root.problems)
        for number, entry in enumerate(found, start=1)
    ]


def _note(table: TomlTable, kind: str, key: str, **values: str) -> None:
    path = f"{table.name}.{key}" if table.name and key else table.name or key
    found = str(table.entries.get(key, ""))
    table.problems.append(
        UsageError(f"whatif.{kind}", {"file": table.file, "key": path, "found": found, **values})
    )


def _check_names(root: TomlTable, proposals: Proposals) -> None:
    """Note when nothing is proposed, and when two proposals have one name."""
    if not proposals.names and not root.problems:
        _note(root, "empty", "", allowed=", ".join(_TABLES))
    for name, times in Counter(proposals.names).items():
        if times > 1:
            _note(root, "name_twice", "name", name=name)


def _read_name(table: TomlTable, default: str = "") -> str:
    return table.text("name") or default or table.name


def _require(table: TomlTable, key: str) -> bool:
    if key in table.entries:
        return True
    _note(table, "missing", key)
    return False


def _require_text(table: TomlTable, key: str) -> str:
    return table.text(key) if _require(table, key) else ""


def _require_date(table: TomlTable, key: str) -> date:
    return (table.date(key) if _require(table, key) else None) or _NO_DAY


def _require_one(table: TomlTable, keys: Sequence[str]) -> str:
    """Return which one of `keys` is there; note it where there are none or several."""
    present = [key for key in keys if key in table.entries]
    if len(present) == 1:
        if table.entries[present[0]] in ("", []):
            _note(table, "empty_value", present[0])
        return present[0]
    _note(table, "one_of", "", keys=", ".join(keys), present=", ".join(present) or "–")
    return ""


def _read_tenure(table: TomlTable, key: str) -> str:
    return table.choice(key, _TENURES, "") if _require(table, key) else ""


def _read_optional_integer(table: TomlTable, key: str, low: int) -> int | None:
    return table.integer(key, low, low=low) if key in table.entries else None


def _read_extension(table: TomlTable, folder: Path) -> ExtensionProposal:
    extension_id = _require_text(table, "extension_id")
    is_approved = table.boolean("approved", default=True)
    approved_on = _require_date(table, "approved_on") if is_approved else None
    if not is_approved and "approved_on" in table.entries:
        _note(table, "refused_on", "approved_on")
    proposed = ExtensionProposal(
        name=_read_name(table, extension_id), extension_id=extension_id, approved_on=approved_on
    )
    if "area_id" not in table.entries:
        table.check_keys(_KNOWN_EXTENSION_KEYS)
        return proposed
    table.check_keys(_NEW_EXTENSION_KEYS)
    if not is_approved:
        _note(table, "new_and_refused", "approved")
    outline = _read_outline(table, folder)
    return ExtensionProposal(
        name=proposed.name,
        extension_id=extension_id,
        area_id=_require_text(table, "area_id"),
        approved_on=approved_on,
        parcels=outline.parcels,
        geometry=outline.geometry,
        repaired_m2=outline.repaired_m2,
    )


def _read_outline(table: TomlTable, folder: Path) -> Outline:
    given = _require_one(table, _OUTLINE_KEYS)
    if given == "parcels":
        return Outline(parcels=_read_parcels(table, table.texts("parcels"), "parcels"))
    if given == "wkt":
        outline = parse_wkt(table.text("wkt"))
        if outline is None:
            _note(table, "bad_wkt", "wkt")
        return outline or Outline()
    if given == "file" and table.text("file"):
        return read_outline(folder / table.text("file"), layer=table.text("layer"), crs=table.text("crs"))
    return Outline()


def _read_parcels(table: TomlTable, listed: Sequence[str], key: str) -> tuple[str, ...]:
    keys, bad = find_keys(listed)
    for name in bad:
        _note(table, "bad_parcel", key, parcel=name)
    return keys


def _read_selection(table: TomlTable, tenure_key: str) -> Selection:
    given = _require_one(table, ("dwelling_ids", *_PLACE_KEYS))
    tenure = table.choice(tenure_key, _TENURES, "")
    if given == "dwelling_ids":
        if "dwellings_n" in table.entries:
            _note(table, "ids_and_number", "dwellings_n")
        return Selection(dwelling_ids=_list_once(table, "dwelling_ids"), tenure=tenure)
    return Selection(
        place=Place(
            area_id=table.text("area_id"),
            extension_id=table.text("extension_id"),
            parcels=_read_parcels(table, table.texts("parcels"), "parcels"),
        ),
        tenure=tenure,
        dwellings_n=_read_optional_integer(table, "dwellings_n", 1),
    )


def _list_once(table: TomlTable, key: str) -> tuple[str, ...]:
    listed = tuple(name.strip() for name in table.texts(key))
    for name, times in Counter(listed).items():
        if times > 1:
            _note(table, "id_twice", key, dwelling=name)
    return listed


def _read_relabelling(table: TomlTable) -> Relabelling:
    table.check_keys(_RELABELLING_KEYS)
    selection = _read_selection(table, "from_tenure")
    if "dwelling_ids" not in table.entries:
        _require(table, "from_tenure")
    to_tenure = _read_tenure(table, "to_tenure")
    if to_tenure and to_tenure == selection.tenure:
        _note(table, "same_tenure", "to_tenure")
    return Relabelling(
        name=_read_name(table), selection=selection, to_tenure=to_tenure, on=_require_date(table, "on")
    )


def _read_demolition(table: TomlTable) -> Demolition:
    table.check_keys(_DEMOLITION_KEYS)
    return Demolition(
        name=_read_name(table),
        selection=_read_selection(table, "tenure"),
        on=_require_date(table, "on"),
        residents_leave=table.boolean("residents_leave", default=True),
    )


def _read_building(table: TomlTable) -> NewBuilding:
    table.check_keys(_BUILDING_KEYS)
    _require(table, "dwellings_n")
    return NewBuilding(
        name=_read_name(table),
        place=_read_building_place(table),
        tenure=_read_tenure(table, "tenure"),
        dwellings_n=table.integer("dwellings_n", 1, low=1),
        built_on=_require_date(table, "built_on"),
        area_m2=_read_optional_integer(table, "area_m2", 1),
        residents=_read_residents(table.table("residents")) if "residents" in table.entries else None,
    )


def _read_building_place(table: TomlTable) -> Place:
    given = _require_one(table, _BUILDING_PLACES)
    if given == "parcel":
        return Place(parcels=_read_parcels(table, [table.text("parcel")], "parcel"))
    if given == "point":
        return Place(point=_read_point(table))
    return Place(area_id=table.text("area_id"), extension_id=table.text("extension_id"))


def _read_point(table: TomlTable) -> tuple[float, float] | None:
    found = table.entries["point"]
    if isinstance(found, list) and len(found) == 2 and all(type(number) in {int, float} for number in found):
        east, north = (float(number) for number in found)
        if is_in_denmark(east, north):
            return east, north
    _note(table, "bad_point", "point")
    return None


def _read_residents(table: TomlTable) -> ExpectedResidents:
    table.check_keys(_RESIDENT_KEYS)
    _require(table, "residents_n")
    shares = {key: _read_pct(table, key) for key in SHARE_KEYS if key in table.entries}
    ages = table.table("ages_pct")
    ages.check_keys(_AGES)
    ages_pct = {group: _read_pct(ages, group) for group in _AGES if group in ages.entries}
    if sum(ages_pct.values()) > 100:
        _note(table, "ages_over_100", "ages_pct", sum=f"{float(sum(ages_pct.values())):g}")
    for key in (*shares, "gross_income_dkk"):
        if not ages_pct and key in table.entries and SHARE_KEYS.get(key, True):
            _note(table, "needs_ages", key)
    if "gross_income_dkk" in table.entries and "students_pct" not in shares:
        _note(table, "needs_students", "gross_income_dkk")
    return ExpectedResidents(
        residents_n=table.integer("residents_n", 0, low=0),
        ages_pct=ages_pct,
        shares_pct=shares,
        gross_income_dkk=_read_optional_integer(table, "gross_income_dkk", 0),
    )


def _read_pct(table: TomlTable, key: str) -> Fraction:
    """Read a percentage as it is written: 10.5 is exactly 21/2."""
    found = table.number(key, 0.0, low=0.0)
    if found > 100:
        _note(table, "over_100", key)
    return Fraction(str(found))
