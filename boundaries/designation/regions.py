"""Which region a kommune's incomes are held against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from data.kommuner import load_kommuner, load_regions


@dataclass(frozen=True)
class Regions:
    """The region of each kommune.

    Attributes
    ----------
    codes
        Kommune code to region code.
    assumed
        Those of `codes` that are no kommune of Denmark and were given the region of the references.
    """

    codes: Mapping[str, str]
    assumed: Mapping[str, str]


def find_regions(references: pd.DataFrame, kommune_codes: Iterable[Any]) -> Regions:
    """Find the regions of kommuner: the country's own, and the only one that the references know.

    A kommune code that is in no list of kommuner (a made-up kommune) has no region. Where the
    references hold figures of exactly one region, that is what they were made for, and it is used; the
    result says so. A known kommune without region (Christiansø) and a missing code get none.

    Parameters
    ----------
    references
        ``region_code``, missing for the country.
    kommune_codes
        Of the areas; missing ones are left out.

    Returns
    -------
    Regions
        Without an entry for a kommune whose region is not known; the criteria then refuse it, naming
        it (``law.kommune_without_region``).
    """
    given = references["region_code"].dropna()
    only = {str(code) for code in given if str(code)}
    codes = dict(load_regions())
    unknown = {str(code) for code in kommune_codes if not pd.isna(code)} - set(load_kommuner())
    assumed = {code: next(iter(only)) for code in sorted(unknown)} if len(only) == 1 else {}
    return Regions(MappingProxyType(codes | assumed), MappingProxyType(assumed))
