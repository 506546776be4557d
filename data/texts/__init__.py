"""The catalogs of user texts, one TOML file a language, read as packaged resources."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from types import MappingProxyType

LANGUAGES = ("da", "en")
"""Languages with a complete catalog; the first is the default."""


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
            return template.format_map(dict(values or {}))
        except KeyError as missing:
            raise MissingTextError(f"{key}: no value for {missing}") from None

    def section(self, prefix: str) -> dict[str, str]:
        """Return the entries directly below `prefix`, keyed by the rest of their key."""
        start = prefix + "."
        return {key[len(start) :]: text for key, text in self.entries.items() if key.startswith(start)}


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
