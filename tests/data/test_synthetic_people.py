"""The people of the demo: who lives where in each year, and what the statistics say of them."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from data.synthetic.demo import build_town
from data.synthetic.dwellings import exists_on_1_january
from data.synthetic.households import EDUCATIONS, Wanted, draw_educations, draw_households
from data.synthetic.moves import find_homes
from data.synthetic.population import Homes, People
from data.synthetic.profiles import (
    NATIONAL_CONVICTED_N,
    NATIONAL_POPULATION_18_N,
    REGIONAL_MEAN_INCOME_DKK,
    ZONES,
    interpolate,
)

YEARS = range(2019, 2026)


@cache
def town():
    return build_town()


@cache
def table(year):
    people, traits = town().years[year]
    return pd.DataFrame(
        {
            "person": people.person,
            "home": people.home,
            "born": people.born,
            "origin": people.origin,
            "age": traits.age,
            "outside": traits.labour_outside,
            "is_convicted": traits.is_convicted,
            "is_student": traits.is_student,
            "is_taxable": traits.is_taxable,
            "education": traits.education,
            "gross": traits.gross_income_dkk,
            "disposable": traits.disposable_income_dkk,
            "zone": town().dwellings["zone"].to_numpy()[people.home],
        }
    )


@pytest.mark.parametrize("year", YEARS)
def test_residents_are_about_25_000_each_year(year):
    assert 24_000 <= len(table(year)) <= 26_500


@pytest.mark.parametrize("year", YEARS)
def test_each_person_lives_in_one_dwelling_that_stands(year):
    persons = table(year)
    assert persons["person"].is_unique
    stands = exists_on_1_january(town().dwellings, year)
    assert stands[persons["home"]].all()
    assert not town().dwellings["use_code"].isin(["321", "322"]).to_numpy()[persons["home"]].any()


def test_nobody_lives_in_a_block_after_it_is_torn_down_or_before_it_is_built():
    dwellings = town().dwellings
    torn_down = dwellings.index[dwellings["demolished_on"] < "2023-01-01"]
    new = dwellings.index[(dwellings["site"] == "UDV-01-ny") & (dwellings["built_on"] > "2022-01-01")]
    assert len(torn_down) >= 60
    assert table(2022)["home"].isin(torn_down).sum() > 100
    assert not table(2023)["home"].isin(torn_down).any()
    assert not table(2022)["home"].isin(new).any()
    assert table(2024)["home"].isin(new).sum() > 200


def test_people_grow_a_year_older_and_keep_origin():
    for year in YEARS[:-1]:
        both = table(year).merge(table(year + 1), on="person", suffixes=("", "_next"))
        assert len(both) > 20_000
        assert (both["age_next"] == both["age"] + 1).all()
        assert (both["origin_next"] == both["origin"]).all()


def test_some_are_born_some_die_some_move_each_way():
    for year in YEARS[:-1]:
        now, later = table(year), table(year + 1)
        new = later[~later["person"].isin(now["person"])]
        gone = now[~now["person"].isin(later["person"])]
        both = now.merge(later, on="person", suffixes=("", "_next"))
        moved = (both["home"] != both["home_next"]).mean()
        assert 100 < (new["age"] == 0).sum() < 500
        assert (new["age"] > 0).sum() > 1_000
        assert (gone["age"] > 80).sum() > 40
        assert (gone["age"].between(18, 40)).sum() > 500
        assert 0.02 < moved < 0.10


def test_a_person_who_has_left_does_not_come_back_as_another():
    for year in YEARS[2:]:
        earlier = set(table(year - 2)["person"]) - set(table(year - 1)["person"])
        assert not earlier & set(table(year)["person"])


def test_children_do_not_live_alone():
    for year in YEARS:
        oldest = table(year).groupby("home")["age"].max()
        assert (oldest >= 17).all()
        assert (oldest >= 18).mean() > 0.999


def test_households_are_of_believable_size():
    sizes = table(2025).groupby("home").size()
    assert sizes.max() <= 12
    assert 1.8 < sizes.mean() < 2.3
    assert (sizes == 1).mean() > 0.3


@pytest.mark.parametrize("year", YEARS)
def test_statistics_cover_the_ages_they_are_about(year):
    persons = table(year)
    covered = persons["age"].between(16, 66)
    assert (persons["outside"].notna() == covered).all()
    assert persons["outside"].dropna().between(0, 1).all()
    assert (persons["education"].notna() == (persons["age"] >= 15)).all()
    assert set(persons["education"].dropna()) == set(EDUCATIONS)
    children = persons[persons["age"] < 15]
    assert not children[["is_convicted", "is_student", "is_taxable"]].any(axis=None)
    assert (children["gross"] == 0).all()
    adults = persons[persons["age"] >= 15]
    assert (adults["gross"] > 0).all()
    assert (adults["disposable"].between(0.4 * adults["gross"], adults["gross"])).all()


@pytest.mark.parametrize(
    "zone", ["LS01", "LS02", "LS03", "LS04", "LS05", "LS06", "LS07", "LS08", "villa", "gasvaerk"]
)
def test_zones_meet_what_they_aim_at(zone):
    for year in YEARS:
        here = table(year)[table(year)["zone"] == zone]
        share = (year - 2019) / 6
        working = here[here["age"].between(18, 64)]
        aim = interpolate(ZONES[zone].labour_outside, share)
        assert working["outside"].sum() == pytest.approx(aim * len(working), abs=1.0)
        adults = here[here["age"] >= 18]
        convicted = ZONES[zone].convicted * NATIONAL_CONVICTED_N[year] / NATIONAL_POPULATION_18_N[year]
        assert abs(adults["is_convicted"].sum() - convicted * len(adults)) <= 0.5
        taxed = here[here["age"].between(15, 64) & here["is_taxable"] & ~here["is_student"]]
        income = interpolate(ZONES[zone].income, share) * REGIONAL_MEAN_INCOME_DKK[year]
        assert taxed["gross"].mean() == pytest.approx(income, rel=1e-4)
        assert (here["origin"] == 2).mean() == pytest.approx(
            interpolate(ZONES[zone].non_western, share), abs=0.03
        )


def test_work_lasts_from_year_to_year():
    both = table(2023).merge(table(2024), on="person", suffixes=("", "_next"))
    working = both[both["age"].between(25, 55)]
    assert np.corrcoef(working["outside"], working["outside_next"])[0, 1] > 0.6


def test_low_incomes_gather_where_the_grid_should_find_them():
    persons = table(2025)
    adults = persons[persons["age"] >= 18]
    low = adults["disposable"] < 0.75 * adults["disposable"].median()
    shares = low.groupby(adults["zone"]).mean()
    assert shares["gasvaerk"] > 0.45
    assert shares["LS01"] > 0.45
    assert shares["villa"] < 0.12
    sizes = town().dwellings.groupby("zone")["area_m2"].mean()
    assert sizes["gasvaerk"] < 0.75 * sizes["karre"]


def test_trends_are_straight_between_their_values():
    assert interpolate((0.2, 0.4), 0.5) == pytest.approx(0.3)
    assert interpolate((0.1, 0.2, 0.6), 0.75) == pytest.approx(0.4)
    assert interpolate((0.1, 0.2, 0.6), 1.0) == pytest.approx(0.6)


def rng():
    return np.random.Generator(np.random.PCG64(7))


def test_households_are_what_is_wanted():
    wanted = Wanted(households_n=2_000, persons_n=4_600, non_western=0.6, primary=0.7)
    new = draw_households(wanted, ZONES["LS01"], rng())
    assert len(new.household) == pytest.approx(4_600, rel=0.08)
    heads = pd.Series(new.origin).groupby(new.household).first()
    assert (heads == 2).sum() == pytest.approx(1_200, abs=3)
    core = (new.age >= 30) & (new.age < 60)
    assert (new.education[core] == 0).sum() == round(0.7 * core.sum())
    assert (pd.Series(new.is_child).groupby(new.household).min() == False).all()  # noqa: E712
    assert new.age[~new.is_child].min() >= 18


def test_no_household_wanted_is_none_drawn():
    wanted = Wanted(households_n=0, persons_n=0.0, non_western=0.1, primary=0.1)
    assert len(draw_households(wanted, ZONES["villa"], rng()).household) == 0
    none = np.zeros(0, dtype=np.int64)
    assert len(draw_educations(none, none, ZONES["villa"], 0.5, rng())) == 0


def small_world(stands_now):
    """Four homes of one zone; persons 0 and 1 in home 0, person 2 in home 1, person 3 in home 2."""
    n = 4
    people = People(
        person=np.arange(n),
        born=np.array([1980, 1982, 1990, 1955]),
        origin=np.array([0, 0, 2, 0]),
        education=np.zeros(n, dtype=np.int64),
        is_child=np.zeros(n, dtype=bool),
        home=np.array([0, 0, 1, 2]),
        lucks=np.zeros((n, 4)),
        drift=np.zeros(n),
    )
    homes = Homes(
        zone=np.zeros(4, dtype=np.int64),
        zones=("villa",),
        size_m2=np.full(4, 80.0),
        stands=np.array([[True] * 4, stands_now]),
    )
    return people, homes


def test_a_household_moves_together_into_the_empty_home():
    people, homes = small_world([True] * 4)
    home = find_homes(people, homes, 2020, np.array([0, 0, -1, -1]), rng())
    assert home.tolist() == [3, 3, 1, 2]


def test_a_household_stays_when_nothing_is_empty():
    people, homes = small_world([True, True, True, False])
    home = find_homes(people, homes, 2020, np.array([0, 0, -1, -1]), rng())
    assert home.tolist() == [0, 0, 1, 2]


def test_a_household_whose_home_is_torn_down_leaves_when_nothing_is_empty():
    people, homes = small_world([False, True, True, False])
    home = find_homes(people, homes, 2020, np.array([0, 0, -1, -1]), rng())
    assert home.tolist() == [-1, -1, 1, 2]


def test_a_home_that_is_left_can_be_taken_the_same_year():
    people, homes = small_world([True, True, True, True])
    home = find_homes(people, homes, 2020, np.array([0, 0, 1, -1]), rng())
    # Both households move once: into home 3 and into the home that the other left, or only one finds.
    assert len({home[0], home[2], home[3]}) == 3
    assert home[0] == home[1]
    assert 3 in home.tolist()
