"""Countries, kommuner and published lists that ship with the program."""

import csv
from datetime import date
from importlib import resources

import pytest

from data.countries import group_origin, load_countries
from data.kommuner import load_kommuner, load_regions
from data.lists import load_other_names, load_published_areas, load_published_lists


@pytest.mark.parametrize(
    ("code", "on", "ministry", "copenhagen"),
    [
        ("GB", date(2024, 1, 1), "vestlig", "ikke_vestlig"),
        ("gb", date(2012, 1, 1), "vestlig", "ikke_vestlig"),
        ("TR", date(2024, 1, 1), "ikke_vestlig", "ikke_vestlig"),
        ("US", date(2024, 1, 1), "vestlig", "vestlig"),
        ("HR", date(2013, 6, 30), "ikke_vestlig", "ikke_vestlig"),
        ("HR", date(2013, 7, 1), "vestlig", "vestlig"),
        ("PR", date(2024, 1, 1), "vestlig", "vestlig"),
        ("DK", date(2024, 1, 1), "dansk", "dansk"),
        ("DNK", date(2024, 1, 1), "dansk", "dansk"),
        ("GBR", date(2024, 1, 1), "vestlig", "ikke_vestlig"),
        ("tur", date(2024, 1, 1), "ikke_vestlig", "ikke_vestlig"),
        ("5172", date(2024, 1, 1), "ukendt", "ukendt"),
        ("ikke_vestlig", date(2024, 1, 1), "ikke_vestlig", "ikke_vestlig"),
        ("ukendt", date(2024, 1, 1), "ukendt", "ukendt"),
        ("ZZ", date(2024, 1, 1), "ukendt", "ukendt"),
    ],
)
def test_origin_groups_follow_list_and_date(code, on, ministry, copenhagen):
    assert group_origin(code, on) == ministry
    assert group_origin(code, on, group_list="copenhagen") == copenhagen


def test_menapt_has_24_countries_from_december_2020():
    countries = load_countries().values()
    assert sum(country.is_menapt(date(2021, 1, 1)) for country in countries) == 24
    assert not any(country.is_menapt(date(2020, 11, 30)) for country in countries)
    assert not any(
        country.is_menapt(date(2021, 1, 1)) and country.is_western(date(2021, 1, 1)) for country in countries
    )


def test_western_countries_are_the_union_britain_and_twelve_more():
    western = [c for c in load_countries().values() if c.is_western(date(2024, 1, 1)) and not c.counted_with]
    # 27 member states less Danmark, Storbritannien, twelve others, Færøerne and Grønland.
    assert len(western) == 26 + 1 + 12 + 2
    copenhagen = [c.code for c in western if not c.is_western(date(2024, 1, 1), group_list="copenhagen")]
    assert copenhagen == ["GB"]
    assert load_countries()["GB"].name == "Storbritannien"


def test_kommuner_have_regions_but_christiansoe():
    kommuner = load_kommuner()
    assert len(kommuner) == 99
    assert all(len(code) == 4 for code in kommuner)
    assert set(kommuner) - set(load_regions()) == {"0411"}
    assert load_regions()["0101"] == "1084"
    assert {code[:2] for code in load_regions().values()} == {"10"}
    assert len(set(load_regions().values())) == 5


def test_names_known_in_full_are_as_many_as_were_counted():
    counted = {"ghettoområde", "hårdt ghettoområde"}
    for published in load_published_lists():
        names = [
            a for a in load_published_areas() if a.list_date == published.list_date and a.category in counted
        ]
        assert len({(name.area, name.kommune) for name in names}) == len(names)
        if published.are_names_complete:
            assert len(names) == published.counts["parallelsamfund"], published.list_date


def test_hard_areas_are_as_many_as_were_counted():
    for year, number in ((2018, 15), (2019, 15), (2020, 13)):
        on = date(year, 12, 1)
        hard = [a for a in load_published_areas() if a.list_date == on and a.category == "hårdt ghettoområde"]
        assert len(hard) == number
        assert (
            next(item for item in load_published_lists() if item.list_date == on).counts["omdannelsesomraade"]
            == number
        )


def test_other_names_lead_to_published_names():
    areas = {(area.area, area.kommune) for area in load_published_areas()}
    kommuner = {area.kommune for area in load_published_areas()}
    for name in load_other_names():
        assert name.source
        assert name.kommune in kommuner
        if name.area:
            assert (name.area, name.kommune) in areas
            assert (name.other_name, name.kommune) not in areas
        else:
            assert name.other_name not in kommuner


def test_shipped_tables_are_sorted_and_clean():
    for name, key in (("countries.csv", "code"), ("kommuner.csv", "kommune_code")):
        rows = list(
            csv.DictReader(resources.files("data").joinpath(name).read_text(encoding="utf-8").splitlines())
        )
        keys = [row[key] for row in rows]
        assert keys == sorted(set(keys))


def test_codes_of_three_letters_are_distinct():
    countries = load_countries().values()
    assert len({country.code3 for country in countries}) == len(countries)
    assert all(len(country.code3) == 3 for country in countries)
