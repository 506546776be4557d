"""Categories by every combination of conditions, against the law spelt out another way."""

from datetime import date
from itertools import product

import pytest

from boundaries.designation.categories import AreaTests, Category, designate, parse_category
from boundaries.designation.law import Criterion, rules_on
from boundaries.designation.verdict import Status

L, N, C, P, I = Criterion  # noqa: E741
MET, NOT, UND = Status.MET, Status.NOT_MET, Status.UNDECIDED
YES_NO = (MET, NOT)


def make_tests(residents, main, prevention=None, earlier=NOT):
    lower = dict(zip((L, N, C, P, I), prevention or (NOT,) * 5, strict=True))
    return AreaTests(residents, dict(zip((L, N, C, P, I), main, strict=True)), lower, earlier)


@pytest.mark.parametrize("on", [date(2010, 10, 1), date(2014, 1, 31)])
def test_two_of_three(on):
    for residents, *main in product(YES_NO, repeat=6):
        expected = residents is MET and main[:3].count(MET) >= 2
        found = designate(make_tests(residents, main), rules_on(on))
        assert (found.is_listed is MET) == expected
        assert found.term == ("ghettoområde" if expected else None)


@pytest.mark.parametrize("on", [date(2014, 2, 1), date(2018, 11, 30)])
def test_three_of_five(on):
    for residents, *main in product(YES_NO, repeat=6):
        expected = residents is MET and main.count(MET) >= 3
        found = designate(make_tests(residents, main), rules_on(on))
        assert found.term == ("ghettoområde" if expected else None)
        assert found.possible == ()


@pytest.mark.parametrize(
    ("on", "parallel", "hard"),
    [
        (date(2018, 12, 1), "ghettoområde", "hårdt ghettoområde"),
        (date(2021, 11, 29), "ghettoområde", "hårdt ghettoområde"),
        (date(2021, 11, 30), "parallelsamfund", "omdannelsesområde"),
    ],
)
def test_two_of_four_with_origin_and_history(on, parallel, hard):
    for residents, earlier, *main in product(YES_NO, repeat=7):
        four = [main[0], main[2], main[3], main[4]]
        expected = None
        if residents is MET and four.count(MET) >= 2:
            expected = "udsat boligområde"
            if main[1] is MET:
                expected = hard if earlier is MET else parallel
        found = designate(make_tests(residents, main, earlier=earlier), rules_on(on))
        assert found.term == expected
        assert (found.is_listed is MET) == (expected is not None)


def test_prevention_areas_are_those_below_the_main_limits():
    rules = rules_on(date(2021, 11, 30))
    for residents, *prevention in product(YES_NO, repeat=6):
        four = [prevention[0], prevention[2], prevention[3], prevention[4]]
        expected = residents is MET and prevention[1] is MET and four.count(MET) >= 2
        off_main = designate(make_tests(residents, (NOT,) * 5, prevention), rules)
        assert off_main.term == ("forebyggelsesområde" if expected else None)
        on_main = designate(make_tests(residents, (MET, NOT, MET, NOT, NOT), prevention), rules)
        assert on_main.term == ("udsat boligområde" if residents is MET else None)


def test_prevention_areas_do_not_exist_the_day_before():
    tests = make_tests(MET, (NOT,) * 5, (MET,) * 5)
    assert designate(tests, rules_on(date(2021, 11, 29))).term is None
    assert designate(tests, rules_on(date(2021, 11, 30))).term == "forebyggelsesområde"


def test_unknown_history_leaves_the_parallel_area_certain():
    found = designate(make_tests(MET, (MET, MET, MET, NOT, NOT), earlier=UND), rules_on(date(2024, 12, 1)))
    assert found.is_listed is MET
    assert found.category is Category.PARALLELSAMFUND
    assert found.possible == (Category.OMDANNELSESOMRAADE,)


def test_area_that_is_one_or_the_other_is_listed_for_certain():
    """Udsat in doubt, lower limits met: on one list or the other, but not known which."""
    tests = make_tests(MET, (MET, NOT, UND, NOT, NOT), (MET,) * 5)
    found = designate(tests, rules_on(date(2024, 12, 1)))
    assert found.is_listed is MET
    assert found.category is None
    assert found.possible == (Category.UDSAT_BOLIGOMRAADE, Category.FOREBYGGELSESOMRAADE)


def test_unknown_number_of_residents_decides_nothing():
    found = designate(make_tests(UND, (MET,) * 5), rules_on(date(2016, 12, 1)))
    assert found.is_listed is UND
    assert found.term is None
    assert found.possible == (Category.PARALLELSAMFUND,)
    assert designate(make_tests(UND, (NOT,) * 5), rules_on(date(2016, 12, 1))).is_listed is NOT


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("ghettoområde", Category.PARALLELSAMFUND),
        ("ghettoomraade", Category.PARALLELSAMFUND),
        ("Hårdt  ghettoområde", Category.OMDANNELSESOMRAADE),
        ("haardt_ghettoomraade", Category.OMDANNELSESOMRAADE),
        ("udsat boligområde", Category.UDSAT_BOLIGOMRAADE),
        ("udsat_boligomraade", Category.UDSAT_BOLIGOMRAADE),
        ("Parallelsamfund", Category.PARALLELSAMFUND),
        ("omdannelsesområde", Category.OMDANNELSESOMRAADE),
        ("forebyggelsesomraade", Category.FOREBYGGELSESOMRAADE),
        ("udgået (ikke på listen)", None),
        ("", None),
    ],
)
def test_words_of_any_date(word, category):
    assert parse_category(word) == category
