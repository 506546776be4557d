"""The catalogs of user texts, one TOML file a language, read as packaged resources.

A template names its values in braces: ``"Read {file}"``. Where a word depends on a count, both words stand
after the name of the count, that of one first: ``"{rows_n} {rows_n:row|rows}"``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from types import MappingProxyType
from typing import Any

LANGUAGES = ("da", "en")
"""Languages with a complete catalog; the first is the default."""


CHOICE = "|"
"""Stands between the word for one and the word for several."""


class MissingTextError(LookupError):
    """A key that a catalog lacks: a fault of the program, held off by the catalog's tests."""


@dataclass(frozen=True)
class Texts:
    """The texts of one language.

    Attributes
    ----------
    language
        ``"da"`` or ``"en"``.
    entries
        Dotted key (``"reason.outside.sentence"``) to template.
    """

    language: str
    entries: Mapping[str, str]

    def has(self, key: str) -> bool:
        """Tell whether the catalog has `key`."""
        return key in self.entries

    def get(self, key: str, values: Mapping[str, object] | None = None) -> str:
        """Return the text of `key` with ``{name}`` fields filled from `values`.

        ``{name:row|rows}`` becomes the first word where the value is 1, and the second where it is not.

        Raises
        ------
        MissingTextError
            Where the key, or a value that its template names, is missing.
        """
        try:
            template = self.entries[key]
        except KeyError:
            raise MissingTextError(key) from None
        try:
            return fill_template(template, values or {})
        except KeyError as missing:
            raise MissingTextError(f"{key}: no value for {missing}") from None

    def section(self, prefix: str) -> dict[str, str]:
        """Return the entries directly below `prefix`, keyed by the rest of their key."""
        start = prefix + "."
        return {key[len(start) :]: text for key, text in self.entries.items() if key.startswith(start)}


class _Counting(Formatter):
    """Fills templates in which a word may depend on a count."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return the word for one or for several, where the field names two."""
        if CHOICE in format_spec:
            one, _, several = format_spec.partition(CHOICE)
            return one if str(value) == "1" else several
        return str(super().format_field(value, format_spec))


_COUNTING = _Counting()


def fill_template(template: str, values: Mapping[str, object]) -> str:
    """Return a template with its fields filled.

    Parameters
    ----------
    template
        As a catalog has it.
    values
        Name to value; a count as a number, or as it is shown.

    Raises
    ------
    KeyError
        Where a value is missing.

    Examples
    --------
    >>> [fill_template("{n} {n:row|rows}", {"n": n}) for n in ("0", 1, "1", 2, "1.000")]
    ['0 rows', '1 row', '1 row', '2 rows', '1.000 rows']
    """
    if CHOICE in template:
        return _COUNTING.vformat(template, (), values)
    return template.format_map(values)


def show_template(template: str) -> str:
    """Return a template as a manual prints it: ``‹name›`` for a value, the words for several.

    >>> show_template("{n} {n:row|rows} of {file}")
    '‹n› rows of ‹file›'
    """
    parts = []
    for literal, name, spec, _ in Formatter().parse(template):
        several = (spec or "").partition(CHOICE)[2]
        parts += [literal, several or (f"‹{name}›" if name else "")]
    return "".join(parts)


def template_fields(template: str) -> frozenset[str]:
    """Return the names of the fields in a template."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


@cache
def load_texts(language: str = LANGUAGES[0]) -> Texts:
    """Read the catalog of `language`.

    Raises
    ------
    MissingTextError
        Where there is no such catalog.
    """
    if language not in LANGUAGES:
        raise MissingTextError(language)
    raw = resources.files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Texts(language, MappingProxyType(_flatten(tomllib.loads(raw))))


def _flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    entries: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            entries |= _flatten(value, f"{prefix}{key}.")
        else:
            entries[prefix + key] = str(value)
    return entries
