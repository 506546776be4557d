"""The kommuner with their region."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple


class Kommune(NamedTuple):
    """A kommune: code of four digits, name, and its region (empty for Christiansø, which has none)."""

    kommune_code: str
    name: str
    region_code: str
    region: str


@cache
def load_kommuner() -> Mapping[str, Kommune]:
    """Read ``kommuner.csv``, by code: the 98 kommuner from 2007 on, and Christiansø."""
    text = resources.files(__package__).joinpath("kommuner.csv").read_text(encoding="utf-8")
    rows = (Kommune(**row) for row in csv.DictReader(text.splitlines()))
    return MappingProxyType({row.kommune_code: row for row in rows})


def load_regions() -> Mapping[str, str]:
    """Return the region code of each kommune code; a kommune without region is left out."""
    return {code: row.region_code for code, row in load_kommuner().items() if row.region_code}
