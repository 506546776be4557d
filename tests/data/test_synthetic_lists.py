"""The published lists of the demo are what its residents bear out, counted here by brute force."""

from datetime import date
from fractions import Fraction
from functools import cache

import pandas as pd
import pytest
import shapely

from data.synthetic.demo import build_town
from data.synthetic.profiles import NATIONAL_CONVICTED_N, NATIONAL_POPULATION_18_N, REGIONAL_MEAN_INCOME_DKK
from data.synthetic.registers import make_areas, make_extensions, make_lists, make_splits

ALMENE = (
    "almen_familiebolig",
    "almen_ungdomsbolig",
    "almen_aeldrebolig",
    "almen_plejebolig",
    "enkeltvaerelse",
)


@cache
def town():
    return build_town()


@cache
def persons(year):
    people, traits = town().years[year]
    return pd.DataFrame(
        {
            "dwelling": people.home,
            "age": traits.age,
            "is_non_western": people.origin == 2,
            "outside": traits.labour_outside,
            "is_convicted": traits.is_convicted,
            "is_primary": traits.education == "grundskole",
            "gross": traits.gross_income_dkk,
            "has_income": traits.is_taxable & ~traits.is_student,
        }
    )


@cache
def parcels_by_key():
    return dict(zip(town().parcels.keys, town().parcels.geometry, strict=True))


@cache
def outline(keys):
    return shapely.union_all([parcels_by_key()[key] for key in keys.split(", ")])


def dwellings_on(ground):
    dwellings = town().dwellings
    shapely.prepare(ground)
    return dwellings[shapely.contains_xy(ground, dwellings["x"], dwellings["y"])]


def counts_on_base(row):
    return row.tenure in ALMENE or (row.built_year >= 2010)


def counts_on_extension(row, approved_on):
    if row.relabelled_from == "almen_familiebolig":
        return row.relabelled_on > approved_on
    if row.tenure in ALMENE or row.tenure == "ukendt":
        return False
    return row.built_on > approved_on if pd.notna(row.built_on) else row.built_year > approved_on.year


@cache
def counted_dwellings(area_id, year, without=()):
    """Positions of the dwellings that count on 1 January, undecided ones left out."""
    day = pd.Timestamp(year, 1, 1)
    bases = {row.area_id: outline(row.parcels) for row in make_areas(town().parcels).itertuples()}
    for split in make_splits(town().parcels).itertuples():
        if split.approved_on <= day:
            taken = outline(split.parcels)
            bases[split.area_id] = bases[split.area_id].difference(taken)
            bases[split.new_area_id] = taken
    on_base = dwellings_on(bases[area_id])
    found = [row.Index for row in on_base.itertuples() if counts_on_base(row)]
    for extension in make_extensions(town().parcels).itertuples():
        is_in_force = extension.status == "godkendt" and extension.approved_on <= day
        if extension.area_id == area_id and is_in_force and extension.extension_id not in without:
            on_it = dwellings_on(outline(extension.parcels))
            found += [
                row.Index for row in on_it.itertuples() if counts_on_extension(row, extension.approved_on)
            ]
    return found


def share(met, of):
    return Fraction(int(met.sum()), int(of.sum()))


@cache
def measure(area_id, year, without=()):
    """The shares of one year; labour in hundredths of a person, so that it is exact."""
    everyone = persons(year)
    here = everyone[everyone["dwelling"].isin(counted_dwellings(area_id, year, without))]
    working = here["age"].between(18, 64)
    taxed = here["age"].between(15, 64) & here["has_income"]
    core = here["age"].between(30, 59)
    national = Fraction(NATIONAL_CONVICTED_N[year], NATIONAL_POPULATION_18_N[year])
    return {
        "residents": len(here),
        "labour": Fraction(round(here["outside"][working].sum() * 100), 100 * int(working.sum())),
        "convicted": share(here["is_convicted"] & (here["age"] >= 18), here["age"] >= 18),
        "national": national,
        "primary": share(here["is_primary"] & core, core),
        "income": Fraction(int(here["gross"][taxed].sum()), int(taxed.sum()))
        / REGIONAL_MEAN_INCOME_DKK[year],
        "non_western": share(here["is_non_western"], here["age"] >= 0),
    }


def classify(area_id, list_date, without=(), earlier=()):
    """The category by the rules of December 2018 and November 2021."""
    now, last = measure(area_id, list_date.year, without), measure(area_id, list_date.year - 1, without)
    labour = (now["labour"] + last["labour"]) / 2
    convicted, national = now["convicted"] + last["convicted"], now["national"] + last["national"]
    main = [
        labour > Fraction(40, 100),
        convicted >= 3 * national,
        now["primary"] > Fraction(60, 100),
        now["income"] < Fraction(55, 100),
    ]
    lower = [
        labour > Fraction(30, 100),
        convicted >= 2 * national,
        now["primary"] > Fraction(60, 100),
        now["income"] < Fraction(65, 100),
    ]
    if now["residents"] < 1000:
        return None
    if sum(main) >= 2:
        if now["non_western"] <= Fraction(1, 2):
            return "udsat_boligomraade"
        if len(earlier) == 4 and set(earlier) <= {"ghettoomraade", "parallelsamfund", "omdannelsesomraade"}:
            return "omdannelsesomraade" if list_date >= date(2021, 11, 30) else "haardt_ghettoomraade"
        return "parallelsamfund" if list_date >= date(2021, 11, 30) else "ghettoomraade"
    if list_date >= date(2021, 11, 30) and sum(lower) >= 2 and now["non_western"] > Fraction(30, 100):
        return "forebyggelsesomraade"
    return None


def published():
    lists = make_lists()
    return {(row.list_date.year, row.area_id): row.category for row in lists.itertuples()}


@pytest.mark.parametrize("area_id", [f"LS0{number}" for number in range(1, 10)])
def test_residents_bear_out_every_published_list(area_id):
    first = 2024 if area_id == "LS09" else 2020
    entries = published()
    for year in range(first, 2025):
        earlier = [entries.get((before, area_id), "") for before in range(year - 4, year)]
        assert classify(area_id, date(year, 12, 1), earlier=earlier) == entries.get((year, area_id)), year


def test_the_extension_alone_takes_tangvaenget_off_the_list():
    earlier = [published()[year, "LS02"] for year in range(2020, 2024)]
    day = date(2024, 12, 1)
    assert classify("LS02", day, earlier=earlier) == "forebyggelsesomraade"
    assert classify("LS02", day, earlier=earlier, without=("UDV-01",)) == "omdannelsesomraade"


def test_areas_lie_on_both_sides_of_a_thousand_residents():
    sizes = {area_id: measure(area_id, 2025)["residents"] for area_id in (f"LS0{n}" for n in range(1, 10))}
    assert sizes["LS01"] > 2_400
    assert [area_id for area_id, size in sizes.items() if size < 1000] == ["LS06", "LS08", "LS09"]
    assert measure("LS06", 2022)["residents"] >= 1000
