"""The inhabitants of the kommuner, about: what a model of moves is weighted by."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType


@cache
def load_populations() -> Mapping[str, int]:
    """Read ``kommune_population.csv``: inhabitants on 1 January 2024 by kommune code.

    Figures of Danmarks Statistik, rounded to whole hundreds: an approximation to weigh by, and no register
    figure. The 98 kommuner; Christiansø is not among them.
    """
    text = resources.files(__package__).joinpath("kommune_population.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["kommune_code"]: int(row["population_2024_rounded_n"]) for row in rows})
