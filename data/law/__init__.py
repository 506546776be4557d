"""The law as dated data: one TOML file a parameter, each value with the date it starts and its source.

A file holds ``description``, ``unit``, ``compare`` and one ``[[value]]`` a change: ``from``, either
``value`` or ``repealed = true``, and ``reference`` with ``title``, ``href`` and at will ``note``.
Decimals are read as they are written (`decimal.Decimal`), so that a threshold of 2.70 is exactly that.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType

from geo.errors import DataError

Value = bool | int | Decimal | str | date | tuple[str, ...]
"""What a value may be; a word list is a tuple."""

COMPARISONS = ("<", "<=", ">", ">=", "=")
"""How a figure is held against the value; ``=`` where the value is no threshold."""

UNITS = (
    "criteria", "date", "day", "flag", "lists", "m2", "national_multiple", "percent",
    "percent_of_region", "persons", "rule", "term", "year", "years",
)  # fmt: skip
"""What a value counts."""


class LawFileError(ValueError):
    """A law file that breaks the form: a fault of what is shipped, held off by tests."""


@dataclass(frozen=True)
class Reference:
    """Where a value is written: the act with its clause, an address, and a caveat if there is one."""

    title: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class DatedValue:
    """A value from a date on; `value` is None where the parameter was repealed."""

    starts_on: date
    value: Value | None
    reference: Reference


@dataclass(frozen=True)
class Parameter:
    """A parameter of the law over time, values by rising date."""

    name: str
    description: str
    unit: str
    compare: str
    values: tuple[DatedValue, ...]

    def entry_on(self, on: date) -> DatedValue:
        """Return the value in force on a date.

        Raises
        ------
        DataError
            ``law.before_first``, naming the first date, where `on` is before the law.
        """
        in_force = [entry for entry in self.values if entry.starts_on <= on]
        if not in_force:
            first = self.values[0].starts_on
            raise DataError("law.before_first", {"parameter": self.name, "on": on, "first": first})
        return in_force[-1]

    def has_value_on(self, on: date) -> bool:
        """Tell whether the parameter is in force on a date: begun and not repealed."""
        return self.values[0].starts_on <= on and self.entry_on(on).value is not None


def parse_parameter(name: str, text: str) -> Parameter:
    """Read one law file.

    Parameters
    ----------
    name
        The file's name without its ending; the parameter's name.
    text
        TOML.

    Raises
    ------
    LawFileError
        Unknown or missing keys, dates that do not rise, an unknown unit or comparison.
    """
    raw = tomllib.loads(text, parse_float=Decimal)
    _require_keys(name, raw, {"description", "unit", "compare", "value"})
    if raw["compare"] not in COMPARISONS or raw["unit"] not in UNITS or not raw["value"]:
        raise LawFileError(f"{name}: unknown compare {raw['compare']!r} or unit {raw['unit']!r}, or no value")
    values = tuple(_parse_value(name, entry) for entry in raw["value"])
    for earlier, later in pairwise(values):
        if later.starts_on <= earlier.starts_on:
            raise LawFileError(f"{name}: {later.starts_on} does not come after {earlier.starts_on}")
    return Parameter(name, raw["description"], raw["unit"], raw["compare"], values)


def _parse_value(name: str, raw: Mapping[str, object]) -> DatedValue:
    is_repealed = raw.get("repealed") is True
    _require_keys(name, raw, {"from", "reference", "repealed" if is_repealed else "value"})
    starts_on, reference = raw["from"], raw["reference"]
    if type(starts_on) is not date or not isinstance(reference, Mapping):
        raise LawFileError(f"{name}: 'from' must be a date and 'reference' a table")
    _require_keys(name, reference, {"title", "href"}, {"note"})
    if not all(reference.values()) or not str(reference["href"]).startswith("https://"):
        raise LawFileError(f"{name}: the reference of {starts_on} is empty or has no https address")
    value = raw.get("value")
    if isinstance(value, list):
        value = tuple(value)
    if not isinstance(value, bool | int | Decimal | str | date | tuple | None):
        raise LawFileError(f"{name}: a value cannot be {type(value).__name__}")
    return DatedValue(starts_on, value, Reference(**reference))


def _require_keys(
    name: str, raw: Mapping[str, object], required: set[str], optional: set[str] | None = None
) -> None:
    unknown, missing = set(raw) - required - (optional or set()), required - set(raw)
    if unknown or missing:
        raise LawFileError(f"{name}: unknown keys {sorted(unknown)}, missing keys {sorted(missing)}")


@cache
def load_law() -> Mapping[str, Parameter]:
    """Read every law file that ships with the program, by name."""
    files = (file for file in resources.files(__package__).iterdir() if file.name.endswith(".toml"))
    names = {file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in files}
    return MappingProxyType({name: parse_parameter(name, names[name]) for name in sorted(names)})
