"""One table of the project file, read key by key; what is wrong is collected, not raised."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches

from geo.errors import UsageError


@dataclass(frozen=True)
class TomlTable:
    """A table of a TOML file under reading.

    Attributes
    ----------
    file
        The file, for messages.
    name
        Dotted name of the table; empty for the file itself.
    entries
        What the table holds.
    problems
        Where faults are collected; shared by all tables of one file.
    """

    file: str
    name: str
    entries: Mapping[str, object]
    problems: list[UsageError] = field(default_factory=list)

    def check_keys(self, known: Sequence[str]) -> None:
        """Note every key that is not among `known`, with the nearest that is."""
        for key in self.entries:
            if key not in known:
                nearest = get_close_matches(key, known, n=1, cutoff=0.6)
                kind = "unknown_key" if nearest else "unknown_key_listed"
                self.note(kind, key, {"nearest": "".join(nearest), "allowed": ", ".join(known)})

    def table(self, key: str) -> "TomlTable":
        """Return the table `key`; an empty one where it is absent or no table."""
        found = self.entries.get(key, {})
        if not isinstance(found, dict):
            self.note("expected_table", key)
            found = {}
        return TomlTable(self.file, self._path(key), found, self.problems)

    def text(self, key: str, default: str = "") -> str:
        """Return the text `key`, stripped."""
        found = self.entries.get(key, default)
        if isinstance(found, str):
            return found.strip()
        self.note("expected_text", key)
        return default

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        """Return the text `key`, one of `allowed`."""
        found = self.text(key, default)
        if found in allowed or found == default:
            return found
        self.note("unknown_choice", key, {"allowed": ", ".join(word for word in allowed if word)})
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts `key`."""
        found = self.entries.get(key, [])
        if isinstance(found, list) and all(isinstance(item, str) and item.strip() for item in found):
            return tuple(found)
        self.note("expected_texts", key)
        return ()

    def boolean(self, key: str, *, default: bool) -> bool:
        """Return the boolean `key`."""
        found = self.entries.get(key, default)
        if isinstance(found, bool):
            return found
        self.note("expected_boolean", key)
        return default

    def integer(self, key: str, default: int, *, low: int) -> int:
        """Return the whole number `key`, `low` or more."""
        found = self.entries.get(key, default)
        if isinstance(found, int) and not isinstance(found, bool):
            return int(self._at_least(key, found, low=low, default=default))
        self.note("expected_integer", key)
        return default

    def number(self, key: str, default: float, *, low: float) -> float:
        """Return the number `key`, `low` or more."""
        found = self.entries.get(key, default)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return self._at_least(key, float(found), low=low, default=default)
        self.note("expected_number", key)
        return default

    def date(self, key: str) -> date | None:
        """Return the date `key`; None where it is absent."""
        found = self.entries.get(key)
        if found is None or (isinstance(found, date) and not isinstance(found, datetime)):
            return found
        self.note("expected_date", key)
        return None

    def note(self, kind: str, key: str, values: Mapping[str, str] | None = None) -> None:
        """Collect the fault `kind` of `key`; its sentence is ``error.registers.<kind>``."""
        named = {"file": self.file, "key": self._path(key), "found": self._show(key), **(values or {})}
        self.problems.append(UsageError(f"registers.{kind}", named))

    def _at_least(self, key: str, found: float, *, low: float, default: float) -> float:
        if low <= found < math.inf:
            return found
        self.note("number_too_low", key, {"low": f"{low:g}"})
        return default

    def _path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def _show(self, key: str) -> str:
        return str(self.entries.get(key, ""))
