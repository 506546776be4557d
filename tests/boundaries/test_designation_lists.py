"""Published lists, five in a row, and this list against the last."""

from datetime import date

import pandas as pd
import pytest

from boundaries.designation.categories import Category
from boundaries.designation.lists import (
    ListHistory,
    check_earlier_lists,
    compare_lists,
    count_areas,
    explain_leaving,
    find_transformation_areas,
    load_published_history,
    read_history,
    resolve_area_name,
    tabulate_history,
)
from boundaries.designation.verdict import Status
from data.lists import load_published_areas
from geo.errors import DataError

MET, NOT, UND = Status.MET, Status.NOT_MET, Status.UNDECIDED
P, H, U, F = (
    Category.PARALLELSAMFUND,
    Category.OMDANNELSESOMRAADE,
    Category.UDSAT_BOLIGOMRAADE,
    Category.FOREBYGGELSESOMRAADE,
)


@pytest.mark.parametrize(("year", "number"), [(2018, 15), (2019, 15), (2020, 13)])
def test_published_hard_areas_follow_from_five_lists_in_a_row(year, number):
    on = date(year, 12, 1)
    found = find_transformation_areas(load_published_history(), on)
    hard = {key for key, status in found.items() if status is MET}
    published = {
        f"{row.kommune}: {row.area}"
        for row in load_published_areas()
        if row.list_date == on and row.category == "hårdt ghettoområde"
    }
    assert hard == published
    assert len(hard) == number
    assert UND not in found.values()


def make_history(*years, key="A", category=P, complete=range(2010, 2031)):
    dates = {year: date(year, 12, 1) for year in range(2014, 2031)}
    entries = {dates[year]: {key: category} for year in years}
    return ListHistory(entries, frozenset(dates[year] for year in complete if year in dates))


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((2019, 2020, 2021, 2022), MET),
        ((2018, 2019, 2020, 2021, 2022), MET),
        ((2020, 2021, 2022), NOT),
        ((2018, 2019, 2020, 2021), NOT),
        ((2018, 2019, 2021, 2022), NOT),
    ],
)
def test_four_lists_before_this_one(years, expected):
    assert check_earlier_lists(make_history(*years), "A", date(2023, 12, 1)) is expected


def test_udsat_area_is_not_on_the_list_that_counts():
    history = make_history(2019, 2020, 2021, 2022, category=U)
    assert check_earlier_lists(history, "A", date(2023, 12, 1)) is NOT


def test_hard_area_is_on_the_list_that_counts():
    history = make_history(2019, 2020, 2021, 2022, category=H)
    assert check_earlier_lists(history, "A", date(2023, 12, 1)) is MET


def test_list_that_is_not_known_in_full_leaves_it_undecided_only_where_it_matters():
    history = make_history(2019, 2020, 2022, complete=[2019, 2020, 2022])
    assert check_earlier_lists(history, "A", date(2023, 12, 1)) is UND
    assert check_earlier_lists(history, "B", date(2023, 12, 1)) is NOT
    assert history.find_unknown(date(2023, 12, 1), 4) == (date(2021, 12, 1),)
    assert history.find_unknown(date(2023, 12, 1), 0) == ()


def test_category_did_not_exist_the_day_before():
    history = load_published_history()
    key = "Odense: Vollsmose"
    assert check_earlier_lists(history, key, date(2018, 11, 30)) is NOT
    assert check_earlier_lists(history, key, date(2018, 12, 1)) is MET


def test_too_few_lists_ever():
    assert load_published_history().was_on_last("Odense: Vollsmose", date(2012, 10, 1), 4) is NOT
    assert load_published_history().was_on_last("Odense: Vollsmose", date(2012, 10, 1), 2) is MET


def test_two_lists_of_one_year_are_two_lists():
    dates = load_published_history().find_list_dates(date(2014, 12, 2))
    assert dates[-2:] == (date(2014, 2, 1), date(2014, 12, 1))
    assert len(dates) == 6


def test_register_of_lists_is_a_history():
    lists = pd.DataFrame(
        {
            "list_date": pd.to_datetime(["2022-12-01", "2022-12-01", "2023-12-01"]),
            "area_id": ["A", "B", "A"],
            "category": ["parallelsamfund", "udsat_boligomraade", "omdannelsesomraade"],
        }
    )
    history = read_history(lists)
    assert history.entries == {date(2022, 12, 1): {"A": P, "B": U}, date(2023, 12, 1): {"A": H}}
    assert history.was_listed("B", date(2022, 12, 1)) is NOT
    assert history.was_listed("A", date(2023, 12, 1)) is MET
    assert history.was_listed("A", date(2021, 12, 1)) is UND
    with pytest.raises(DataError) as refusal:
        read_history(lists.assign(category="slum"))
    assert refusal.value.values["value"] == "slum"


@pytest.mark.parametrize(
    ("area", "kommune", "key"),
    [
        ("Vollsmose", "Odense", "Odense: Vollsmose"),
        ("Degnegården", "København", "København: Degnegården mv"),
        (" Solbakken ", "Odense Kommune", "Odense: Solbakken mv"),
        ("Nørager/Søstjernevej m.fl.", "Sønderborg", "Sønderborg: Nørager/Søstjernevej m.fl"),
        ("Gadehavegård", "Høje Taastrup", "Høje-Taastrup: Gadehavegård"),
        ("Bispehaven", "Århus", "Aarhus: Bispehaven"),
        ("Solbakken", "Aalborg", "Aalborg: Solbakken"),
        ("Vollsmos", "Odense", "Odense: Vollsmos"),
    ],
)
def test_names_are_resolved_by_documented_equals_only(area, kommune, key):
    assert resolve_area_name(area, kommune) == key


def test_name_in_decomposed_unicode_is_the_same():
    import unicodedata

    assert resolve_area_name(unicodedata.normalize("NFD", "Gadehavegård"), "Høje-Taastrup").endswith(
        "Gadehavegård"
    )


def test_every_list_is_compared_with_its_own_last():
    before = {"A": H, "B": P, "C": U, "D": F, "E": P}
    now = {"A": P, "B": U, "C": U, "D": U, "F": F}
    table = compare_lists(now, before)
    got = {(row.list, row.change): sorted(table[(table.list == row.list) & (table.change == row.change)].area_key)
           for row in table.itertuples()}  # fmt: skip
    assert got == {
        ("omdannelsesomraade", "left"): ["A"],
        ("parallelsamfund", "still"): ["A"],
        ("parallelsamfund", "left"): ["B", "E"],
        ("udsat_boligomraade", "new"): ["D"],
        ("udsat_boligomraade", "still"): ["A", "B", "C"],
        ("udsat_boligomraade", "left"): ["E"],
        ("forebyggelsesomraade", "new"): ["F"],
        ("forebyggelsesomraade", "left"): ["D"],
    }
    row = table[(table.list == "udsat_boligomraade") & (table.area_key == "E")].iloc[0]
    assert row.category_before == "parallelsamfund"
    assert pd.isna(row.category_now)
    assert compare_lists({}, {}).empty


def test_published_lists_of_2019_and_2020():
    history = load_published_history()
    table = compare_lists(history.entries[date(2020, 12, 1)], history.entries[date(2019, 12, 1)])
    parallel = table[table.list == "parallelsamfund"].change.value_counts()
    assert parallel.to_dict() == {"still": 15, "left": 13}
    new = table[(table.list == "omdannelsesomraade") & (table.change == "new")].area_key.tolist()
    assert new == ["Odense: Solbakken mv", "Sønderborg: Nørager/Søstjernevej m.fl"]


def test_reasons_for_leaving_are_what_was_met_and_no_longer_is():
    now = {"residents": NOT, "labour_outside": NOT, "convicted": MET, "income": NOT, "non_western": UND}
    before = {"residents": MET, "labour_outside": MET, "convicted": MET, "income": NOT, "non_western": MET}
    assert explain_leaving(now, before) == ("residents", "labour_outside")
    assert explain_leaving(now) == ("residents", "labour_outside", "income")


def test_counts_are_on_every_list_that_the_category_is_on():
    counts = count_areas(
        {"A": H, "B": P, "C": U, "D": F}, {"A": "0101", "B": "0461", "C": "0101", "D": "0461"}
    )
    got = {(row.list, row.kommune_code): row.areas_n for row in counts.itertuples()}
    assert got == {
        ("omdannelsesomraade", ""): 1, ("omdannelsesomraade", "0101"): 1,
        ("parallelsamfund", ""): 2, ("parallelsamfund", "0101"): 1, ("parallelsamfund", "0461"): 1,
        ("udsat_boligomraade", ""): 3, ("udsat_boligomraade", "0101"): 2, ("udsat_boligomraade", "0461"): 1,
        ("forebyggelsesomraade", ""): 1, ("forebyggelsesomraade", "0461"): 1,
    }  # fmt: skip


def test_history_table_has_the_word_of_each_date():
    table = tabulate_history(load_published_history(), ["Odense: Vollsmose", "Viborg: Ellekonebakken"])
    rows = table.set_index("area_key")
    assert rows.loc["Odense: Vollsmose", "2017-12-01"] == "ghettoområde"
    assert rows.loc["Odense: Vollsmose", "2018-12-01"] == "hårdt ghettoområde"
    assert rows.loc["Odense: Vollsmose", "2014-02-01"] == "?"
    assert pd.isna(rows.loc["Viborg: Ellekonebakken", "2017-12-01"])
    assert len(tabulate_history(load_published_history())) == 58
