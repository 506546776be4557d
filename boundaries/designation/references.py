"""The yearly figures of the country and the regions that areas are held against."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pandas as pd

from boundaries.designation.indicators import count_indicators
from boundaries.designation.law import Criterion, Rules
from boundaries.model import Decision
from geo.errors import DataError

NATIONAL_CONVICTED_SHARE = "national_convicted_share"
"""Share of all aged 18 and over in the country who are convicted, between 0 and 1."""

REGIONAL_GROSS_INCOME = "regional_gross_income_dkk"
"""Mean gross income of taxable persons aged 15-64 in the region, students left out, in kroner."""

_COUNTRY = "country"


def read_reference(
    references: pd.DataFrame, key: str, years: Sequence[int], *, region_code: str = ""
) -> tuple[Fraction, ...]:
    """Return a yearly figure, exact as it is written, for each year.

    Parameters
    ----------
    references
        ``year``, ``region_code`` (missing for the country), ``key``, ``value``.
    key
        `NATIONAL_CONVICTED_SHARE` or `REGIONAL_GROSS_INCOME`.
    years
        Data years.
    region_code
        Region of a regional figure; empty for the country.

    Raises
    ------
    DataError
        ``law.missing_national_reference`` or ``law.missing_regional_reference`` naming every missing
        year; ``law.reference_twice``; ``law.reference_not_share`` for a share over 1/10, which must be a
        percentage.
    """
    region = references["region_code"].fillna("")
    rows = references[references["key"].eq(key) & region.eq(region_code) & references["value"].notna()]
    found = {year: rows.loc[rows["year"].eq(year), "value"].tolist() for year in years}
    missing = [str(year) for year, values in found.items() if not values]
    if missing:
        name = "law.missing_regional_reference" if region_code else "law.missing_national_reference"
        values = {"key": key, "missing": ", ".join(missing), "region_code": region_code}
        raise DataError(name, values)
    for year, listed in found.items():
        if len(listed) > 1:
            raise DataError("law.reference_twice", {"key": key, "year": year})
    exact = tuple(Fraction(str(found[year][0])) for year in years)
    for year, value in zip(years, exact, strict=True):
        if key == NATIONAL_CONVICTED_SHARE and not 0 <= value <= Fraction(1, 10):
            raise DataError("law.reference_not_share", {"key": key, "year": year, "value": found[year][0]})
    return exact


def compute_references(
    residents: pd.DataFrame, dwelling_regions: Mapping[str, str], rules: Rules, status_year: int
) -> pd.DataFrame:
    """Compute the yearly figures from residents who cover the whole country and every region.

    It is for the caller to know that they do; a part of the country would give the figures of that part.

    Parameters
    ----------
    residents
        As `boundaries.model.Registers.residents`.
    dwelling_regions
        Region code of each dwelling.
    rules
        Of the list date.
    status_year
        Year of the status date.

    Returns
    -------
    DataFrame
        ``year``, ``region_code``, ``key``, ``value`` (exact fractions), as the ``references`` register;
        the country's rows first. Persons with missing values are left out.
    """
    regions = tuple(sorted(set(dwelling_regions.values())))
    dwellings = pd.DataFrame(
        {"dwelling_id": list(dwelling_regions), "area_id": list(dwelling_regions.values())}, dtype="str"
    ).assign(decision=Decision.COUNTED.value)
    national = _count(residents, dwellings.assign(area_id=_COUNTRY), (_COUNTRY,), rules, status_year)
    regional = _count(residents, dwellings, regions, rules, status_year)
    rows: list[tuple[int, object, str, Fraction]] = []
    for table, criterion, key in (
        (national, Criterion.CONVICTED, NATIONAL_CONVICTED_SHARE),
        (regional, Criterion.INCOME, REGIONAL_GROSS_INCOME),
    ):
        for row in table[table["criterion"].eq(str(criterion)) & table["denominator"].gt(0)].to_dict(
            "records"
        ):
            place = pd.NA if row["area_id"] == _COUNTRY else row["area_id"]
            share = Fraction(int(row["numerator"]), int(row["denominator"]) * int(row["unit"]))
            rows.append((int(row["year"]), place, key, share))
    return pd.DataFrame(rows, columns=["year", "region_code", "key", "value"])


def _count(
    residents: pd.DataFrame, dwellings: pd.DataFrame, places: tuple[str, ...], rules: Rules, status_year: int
) -> pd.DataFrame:
    wanted = {Criterion.CONVICTED, Criterion.INCOME} & set(rules.main.thresholds)
    thresholds = {
        criterion: rules.main.thresholds[criterion] for criterion in Criterion if criterion in wanted
    }
    narrow = replace(rules, main=replace(rules.main, thresholds=thresholds), prevention=None)
    return count_indicators(residents, dwellings, places, narrow, status_year)
