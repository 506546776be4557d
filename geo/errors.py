"""The few classes of error; each carries a catalog key and the values of its sentence.

A message to a user is made by the command line from ``data/texts`` (key ``error.<key>``), in the
user's language; the text of the exception itself is for developers.
"""

from collections.abc import Mapping
from types import MappingProxyType


class BoligkortError(Exception):
    """A problem that a user can act on.

    Parameters
    ----------
    key
        Key of the sentence below ``error.`` in the text catalogs, e.g. ``"missing_crs"``.
    values
        What the sentence names: file, layer, line, column, value, remedy.
    """

    exit_status = 1

    def __init__(self, key: str, values: Mapping[str, object] | None = None) -> None:
        self.key = key
        self.values = MappingProxyType(dict(values or {}))
        named = ", ".join(f"{name}={value!s}" for name, value in self.values.items())
        super().__init__(f"{key}: {named}" if named else key)


class DataError(BoligkortError):
    """The data was read but is wrong (exit status 1)."""

    exit_status = 1


class UsageError(BoligkortError):
    """The command, project file or setting is wrong (exit status 2)."""

    exit_status = 2


class ReadError(BoligkortError):
    """A file cannot be read (exit status 3)."""

    exit_status = 3


class WriteError(BoligkortError):
    """A file cannot be written (exit status 4); what was there before is untouched."""

    exit_status = 4
