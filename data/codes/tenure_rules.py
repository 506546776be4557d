"""The table by which the tenure of a unit of BBR is derived: ``tenure_rules.csv``, first fit decides.

Each row names the codes of public support (enh046), of the owner of the property
(ejendommensEjerforholdskode), of the use of the unit (enh020), of its type (enh023) and of its letting
(enh045) that it is for: codes with spaces between, ``-`` for no value, ``*`` for any. What the unit itself
is registered as goes before what its property is.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

CONDITIONS = ("support", "owner", "use", "dwelling_type", "letting")
"""What a rule may depend on: enh046, ejendommensEjerforholdskode, enh020, enh023 and enh045."""

ANY, NONE = "*", "-"
"""How a rule writes that any code fits, and that there is none."""


UNKNOWN_CODE = "ukendt_kode"
"""In the place of a rule, where a code is of no list and no rule fits."""

_UNKNOWN_TEXTS = {
    "da": "Støtte eller ejerforhold har en kode, som ikke er på BBR's lister.",
    "en": "Support or owner has a code that is on no list of BBR's.",
}


@dataclass(frozen=True, kw_only=True)
class TenureRule:
    """One row of the table.

    Attributes
    ----------
    code
        Names the rule; each unit whose tenure was derived carries the code of the rule that fitted.
    conditions
        One of `CONDITIONS` to the codes that fit; a condition that any code meets is left out.
    tenure
        The tenure, a word of `boundaries.model.Tenure`.
    decided_by
        The fields that decided; none where nothing is told.
    contradicted_by
        Field and the codes of it that speak against the answer; empty where there are none.
    text_da, text_en
        What was read out of the codes.
    """

    code: str
    conditions: Mapping[str, frozenset[str]]
    tenure: str
    decided_by: tuple[str, ...]
    contradicted_by: tuple[str, frozenset[str]]
    text_da: str
    text_en: str

    def fits(self, values: Mapping[str, str]) -> bool:
        """Tell whether the rule is for a unit with these codes, `NONE` where it has no value."""
        return all(values[name] in codes for name, codes in self.conditions.items())

    def is_contradicted(self, values: Mapping[str, str]) -> bool:
        """Tell whether another field of the unit speaks against the answer."""
        name, codes = self.contradicted_by
        return bool(codes) and values[name] in codes


@cache
def load_tenure_rules() -> tuple[TenureRule, ...]:
    """Read the table.

    Returns
    -------
    tuple of TenureRule
        In the order in which they are tried.

    Examples
    --------
    >>> load_tenure_rules()[1].tenure
    'almen_familiebolig'
    """
    text = resources.files("data.codes").joinpath("tenure_rules.csv").read_text(encoding="utf-8")
    return tuple(_make_rule(row) for row in csv.DictReader(text.splitlines()))


def describe_sources(language: str) -> Mapping[str, str]:
    """Return the sentence of every rule, and that of `UNKNOWN_CODE`.

    Parameters
    ----------
    language
        ``"da"`` or ``"en"``.

    Returns
    -------
    Mapping
        Code to sentence, in the order of the table.
    """
    told = {rule.code: rule.text_da if language == "da" else rule.text_en for rule in load_tenure_rules()}
    return {**told, UNKNOWN_CODE: _UNKNOWN_TEXTS[language]}


def _make_rule(row: Mapping[str, str]) -> TenureRule:
    conditions = {name: frozenset(row[name].split()) for name in CONDITIONS if row[name] != ANY}
    name, _, codes = row["contradicted_by"].partition("=")
    return TenureRule(
        code=row["code"],
        conditions=MappingProxyType(conditions),
        tenure=row["tenure"],
        decided_by=tuple(row["decided_by"].split()),
        contradicted_by=(name, frozenset(codes.split())),
        text_da=row["text_da"],
        text_en=row["text_en"],
    )
