"""The code lists of BBR that the program knows, one CSV file a list.

Source: the public code lists of Bygnings- og Boligregistret. ``is_dwelling`` of the use codes (BBR
enh020, *enhedens anvendelse*) is ours: an independent dwelling for all-year use (110 to 160 and 190).
An annex (185) is part of another dwelling; holiday and allotment houses (510 to 590) are not
all-year dwellings.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

CODE_LISTS = ("use_codes", "toilet_codes", "bath_codes", "heating_codes")
"""Names of the lists: BBR enh020, enh032, enh033 and enh051."""


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
