"""Countries and their origin groups by date, as the ministry and as Copenhagen group them."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

GroupList = Literal["ministry", "copenhagen"]
"""``ministry``: Danmarks Statistik's western countries, which Storbritannien stays among;
``copenhagen``: the city's list, which leaves it out."""


@dataclass(frozen=True)
class Country:
    """A country of origin.

    Attributes
    ----------
    code
        ISO 3166 alpha-2; ``XK`` for Kosovo.
    code3
        ISO 3166 alpha-3; ``XKK`` for Kosovo.
    name
        Danish name.
    western_from
        Day from which the ministry's list has it as western; None where it never has.
    western_copenhagen_from
        The same in Copenhagen's list.
    menapt_from
        Day from which it belongs to the MENAPT group; None where it does not.
    counted_with
        Code of the state that a territory is counted with, else empty.
    """

    code: str
    code3: str
    name: str
    western_from: date | None
    western_copenhagen_from: date | None
    menapt_from: date | None
    counted_with: str = ""

    def is_western(self, on: date, *, group_list: GroupList = "ministry") -> bool:
        """Tell whether a list has the country as western on a date."""
        start = self.western_from if group_list == "ministry" else self.western_copenhagen_from
        return start is not None and start <= on

    def is_menapt(self, on: date) -> bool:
        """Tell whether the country is in the MENAPT group on a date (defined in December 2020)."""
        return self.menapt_from is not None and self.menapt_from <= on


@cache
def load_countries() -> Mapping[str, Country]:
    """Read ``countries.csv``, by code.

    Every country but Denmark. Western are, by Danmarks Statistik, the member states of the European
    Union (Kroatien from 1 July 2013) with Storbritannien, and Andorra, Australien, Canada, Island,
    Liechtenstein, Monaco, New Zealand, Norge, San Marino, Schweiz, USA and Vatikanstaten; Færøerne and
    Grønland are counted there too. Dates before 2010 are not kept: the law starts then. The 24 MENAPT
    countries are those that the minister named in December 2020. A territory that is not in the file
    is not grouped, and is reported as unknown.
    """
    text = resources.files(__package__).joinpath("countries.csv").read_text(encoding="utf-8")
    countries = {}
    for row in csv.DictReader(text.splitlines()):
        dates = (row["western_from"], row["western_copenhagen_from"], row["menapt_from"])
        western, copenhagen, menapt = (date.fromisoformat(day) if day else None for day in dates)
        countries[row["code"]] = Country(
            row["code"], row["code3"], row["name"], western, copenhagen, menapt, row["counted_with"]
        )
    return MappingProxyType(countries)


@cache
def _codes() -> Mapping[str, str]:
    countries = load_countries().values()
    return {code: country.code for country in countries for code in (country.code, country.code3)}


def group_origin(origin: str, on: date, *, group_list: GroupList = "ministry") -> str:
    """Return the origin group of a word or country code: dansk, vestlig, ikke_vestlig or ukendt.

    Codes are ISO 3166, two or three letters, in any case. A code of another kind, such as the four
    digits of the central person register, is ukendt: it is never guessed.

    Examples
    --------
    >>> group_origin("GB", date(2024, 1, 1)), group_origin("TR", date(2024, 1, 1))
    ('vestlig', 'ikke_vestlig')
    >>> group_origin("GB", date(2024, 1, 1), group_list="copenhagen")
    'ikke_vestlig'
    """
    if origin in {"dansk", "vestlig", "ikke_vestlig", "ukendt"}:
        return origin
    if origin.upper() in {"DK", "DNK"}:
        return "dansk"
    code = _codes().get(origin.upper())
    if code is None:
        return "ukendt"
    country = load_countries()[code]
    return "vestlig" if country.is_western(on, group_list=group_list) else "ikke_vestlig"
