"""The code lists of BBR that the program knows, one CSV file a list.

Source: the public code lists of Bygnings- og Boligregistret. ``is_dwelling`` of the use codes (BBR
enh020, *enhedens anvendelse*) is ours: an independent dwelling for all-year use (110 to 160 and 190).
An annex (185) is part of another dwelling; holiday and allotment houses (510 to 590) are not
all-year dwellings.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

CODE_LISTS = (
    "use_codes",
    "toilet_codes",
    "bath_codes",
    "heating_codes",
    "support_codes",
    "owner_codes",
    "dwelling_type_codes",
    "letting_codes",
    "building_use_codes",
    "status_codes",
)
"""Names of the lists; ``lists.toml`` says which field of BBR each is of."""


class UnknownCodeListError(LookupError):
    """There is no code list of that name."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """One entry of a code list.

    Attributes
    ----------
    code
        The code as text, e.g. ``"140"``.
    text_da
        What it says, in Danish, in the register's words.
    is_dwelling
        Whether a unit with this use code is a dwelling; None in lists where the question has no meaning.
    """

    code: str
    text_da: str
    is_dwelling: bool | None = None


@dataclass(frozen=True, kw_only=True)
class CodeList:
    """A code list with what it is.

    Attributes
    ----------
    name
        One of `CODE_LISTS`.
    title_da, title_en
        What the codes tell, in Danish and in English.
    source
        The register and the field, e.g. ``"BBR enh046"``.
    codes
        Code to `Code`, in the order of the list.
    """

    name: str
    title_da: str
    title_en: str
    source: str
    codes: Mapping[str, Code]


@cache
def load_code_lists() -> Mapping[str, CodeList]:
    """Read every code list, with its titles.

    Returns
    -------
    Mapping
        Name to `CodeList`, in the order of `CODE_LISTS`.

    Examples
    --------
    >>> load_code_lists()["support_codes"].codes["10"].text_da
    'Almen familiebolig'
    """
    text = resources.files(__package__).joinpath("lists.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    return MappingProxyType({name: _make_list(name, told[name]) for name in CODE_LISTS})


def _make_list(name: str, told: Mapping[str, str]) -> CodeList:
    return CodeList(
        name=name,
        title_da=told["title_da"],
        title_en=told["title_en"],
        source=told["source"],
        codes=load_codes(name),
    )


@cache
def load_codes(name: str) -> Mapping[str, Code]:
    """Read the code list `name`.

    Returns
    -------
    Mapping
        Code to `Code`, in the order of the list.

    Raises
    ------
    UnknownCodeListError
        Where `name` is none of `CODE_LISTS`.

    Examples
    --------
    >>> load_codes("use_codes")["140"].is_dwelling
    True
    """
    if name not in CODE_LISTS:
        raise UnknownCodeListError(name)
    text = resources.files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["code"]: _make_code(row) for row in csv.DictReader(text.splitlines())})


def _make_code(row: Mapping[str, str]) -> Code:
    answer = {"true": True, "false": False}.get(row.get("is_dwelling", ""))
    return Code(code=row["code"], text_da=row["text_da"], is_dwelling=answer)


def use_codes() -> Mapping[str, Code]:
    """Return the use codes of a unit (BBR enh020), each telling whether it is a dwelling."""
    return load_codes("use_codes")
