"""Indicators against a plain count person by person, and intervals against every way of settling them."""

from datetime import date
from fractions import Fraction
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.designation.indicators import (
    INDICATOR_COLUMNS,
    MISSING_INCOME_CEILING_DKK,
    count_indicators,
    count_residents,
    find_extreme,
)
from boundaries.designation.law import Criterion, rules_on
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError

DTYPES = {
    "year": "Int64", "dwelling_id": "str", "residents_n": "int64", "age": "Int64", "origin": "str",
    "labour_outside": "float64", "is_convicted": "boolean", "education": "str", "gross_income_dkk": "float64",
    "is_student": "boolean", "is_taxable": "boolean",
}  # fmt: skip
PERSON = {
    "year": 2024, "dwelling_id": "d1", "residents_n": 1, "age": 40, "origin": "dansk", "labour_outside": 0.0,
    "is_convicted": False, "education": "erhvervsuddannelse", "gross_income_dkk": 200_000.0, "is_student": False,
    "is_taxable": True,
}  # fmt: skip
RULES = rules_on(date(2024, 12, 1))
OLD = rules_on(date(2016, 12, 1))


def make_residents(*persons):
    frame = pd.DataFrame([{**PERSON, **person} for person in persons], columns=list(PERSON)).astype(object)
    return frame.where(frame.notna(), None).astype(DTYPES)


def make_dwellings(**decisions):
    rows = [(name, value[0], value[1]) for name, value in decisions.items()]
    return pd.DataFrame(rows, columns=["dwelling_id", "area_id", "decision"]).astype("str")


D1 = make_dwellings(d1=("A", "counted"))


def count(residents, dwellings=D1, rules=RULES, year=2024, areas=("A",)):
    earlier = [{"year": past, "dwelling_id": "elsewhere"} for past in range(year - 3, year + 1)]
    everyone = pd.concat([make_residents(*earlier), residents], ignore_index=True)
    return count_indicators(everyone, dwellings, areas, rules, year)


def pick(table, criterion, year=2024, area="A"):
    rows = table[table.criterion.eq(str(criterion)) & table.year.eq(year) & table.area_id.eq(area)]
    assert len(rows) == 1
    return rows.iloc[0]


def figures(table, criterion, **where):
    row = pick(table, criterion, **where)
    return int(row.numerator), int(row.denominator), int(row.missing_n)


@pytest.mark.parametrize(
    ("criterion", "inside", "outside"),
    [
        (Criterion.LABOUR_OUTSIDE, (18, 40, 64), (0, 17, 65, 99)),
        (Criterion.CONVICTED, (18, 64, 99), (0, 15, 17)),
        (Criterion.PRIMARY_EDUCATION_ONLY, (30, 45, 59), (0, 29, 60, 80)),
        (Criterion.INCOME, (15, 40, 64), (0, 14, 65, 90)),
        (Criterion.NON_WESTERN, (0, 17, 40, 99), ()),
    ],
)
def test_ages_of_the_law(criterion, inside, outside):
    table = count(make_residents(*[{"age": age} for age in (*inside, *outside)]))
    assert figures(table, criterion)[1:] == (len(inside), 0)


def test_full_time_persons_are_exact_thousandths():
    table = count(make_residents(*[{"labour_outside": share} for share in (0.1, 0.2, 0.333, 1.0)]))
    assert figures(table, Criterion.LABOUR_OUTSIDE) == (1633, 4, 0)
    assert pick(table, Criterion.LABOUR_OUTSIDE).unit == 1000


def test_origin_words_and_codes_by_the_ministrys_list():
    origins = ("dansk", "vestlig", "ikke_vestlig", "GB", "TR", "ukendt", None, "ZZ")
    table = count(make_residents(*[{"origin": origin} for origin in origins]))
    assert figures(table, Criterion.NON_WESTERN) == (2, 5, 3)


def test_unknown_education_counts_under_the_old_rule_only():
    persons = make_residents(
        *[{"education": word} for word in ("Grundskole", "uoplyst", "H10", "gymnasial", None)]
    )
    assert figures(count(persons), Criterion.PRIMARY_EDUCATION_ONLY) == (2, 4, 1)
    past = persons.assign(year=pd.array([2016] * 5, dtype="Int64"))
    old = count(past, rules=OLD, year=2016)
    assert figures(old, Criterion.PRIMARY_EDUCATION_ONLY, year=2016) == (3, 4, 1)


def test_income_leaves_out_students_and_those_not_taxable():
    table = count(
        make_residents(
            {"gross_income_dkk": 100_000.25},
            {"gross_income_dkk": 1.0, "is_student": True},
            {"gross_income_dkk": 1.0, "is_taxable": False},
            {"gross_income_dkk": None},
            {"gross_income_dkk": 300_000.0, "is_student": None},
            {"gross_income_dkk": 300_000.0, "age": None},
            {"gross_income_dkk": 300_000.0, "age": None, "is_student": True},
        )
    )
    assert figures(table, Criterion.INCOME) == (10_000_025, 1, 3)
    row = pick(table, Criterion.INCOME)
    assert (row.low_numerator, row.low_denominator) == (10_000_025, 4)
    assert row.high_numerator == 10_000_025 + 3 * MISSING_INCOME_CEILING_DKK * 100


def test_precounted_rows_are_missing_never_zero():
    table = count(make_residents({}, {"residents_n": 7, "age": None, "origin": None}))
    for criterion in Criterion:
        assert figures(table, criterion)[1:] == (1, 7)


def test_only_dwellings_that_count_and_only_their_year():
    dwellings = make_dwellings(
        d1=("A", "counted"),
        d2=("A", "not_counted"),
        d3=("B", "counted"),
        d4=("A", "undecided"),
        d5=("A", "outside"),
    )
    residents = make_residents(
        *[
            {"dwelling_id": name, "origin": "ikke_vestlig"}
            for name in ("d1", "d2", "d3", "d3", "d4", "d5", "d9")
        ],
        {"dwelling_id": "d1", "year": 2023},
    )
    table = count(residents, dwellings, areas=("B", "A", "C"))
    assert table.area_id.unique().tolist() == ["B", "A", "C"]
    assert list(table.columns) == list(INDICATOR_COLUMNS)
    assert figures(table, Criterion.NON_WESTERN) == (1, 1, 0)
    assert pick(table, Criterion.NON_WESTERN).undecided_n == 1
    assert figures(table, Criterion.NON_WESTERN, area="B") == (2, 2, 0)
    assert figures(table, Criterion.NON_WESTERN, area="C") == (0, 0, 0)
    assert figures(table, Criterion.CONVICTED, year=2023) == (0, 1, 0)
    counted = count_residents(residents, dwellings, ("B", "A", "C"), 2024)
    assert counted.residents_n.tolist() == [2, 1, 0]
    assert counted.residents_max_n.tolist() == [2, 2, 0]


def test_data_years_of_the_rules():
    old = count(make_residents({"year": 2012}), rules=rules_on(date(2012, 10, 1)), year=2012)
    assert old[old.criterion.eq("convicted")].year.tolist() == [2009, 2010, 2011, 2012]
    assert old[old.criterion.eq("non_western")].year.tolist() == [2012]
    assert set(old.criterion) == {"labour_outside", "non_western", "convicted"}
    new = count(make_residents({}))
    assert new[new.criterion.eq("convicted")].year.tolist() == [2023, 2024]


def test_missing_year_says_which_to_supply():
    with pytest.raises(DataError) as refusal:
        count_indicators(make_residents({}), D1, ("A",), RULES, 2024)
    assert refusal.value.values["missing"] == "2023"
    for language in LANGUAGES:
        assert "2023" in load_texts(language).get("error.law.missing_resident_year", refusal.value.values)


def test_no_residents_of_any_area():
    table = count(make_residents({"dwelling_id": "elsewhere"}))
    assert table.denominator.sum() == 0
    assert len(table) == 7


people = st.fixed_dictionaries(
    {
        "dwelling_id": st.sampled_from(["d1", "d2", "d3", "d4"]),
        "age": st.sampled_from([10, 17, 18, 30, 59, 60, 64, 65, None]),
        "origin": st.sampled_from(["dansk", "ikke_vestlig", "TR", "vestlig", None]),
        "is_convicted": st.sampled_from([True, False, None]),
        "labour_outside": st.sampled_from([0.0, 0.25, 1.0, None]),
        "education": st.sampled_from(["grundskole", "uoplyst", "gymnasial", None]),
    }
)
MIXED = make_dwellings(
    d1=("A", "counted"), d2=("A", "undecided"), d3=("A", "undecided"), d4=("A", "not_counted")
)


def options_of(person, criterion):
    """Return every (numerator, denominator) that a person may turn out to give, as fractions."""
    age = person["age"]
    low, high = {
        "convicted": (18, 200),
        "labour_outside": (18, 64),
        "primary_education_only": (30, 59),
        "non_western": (0, 200),
    }[criterion]
    value = {
        "convicted": None if person["is_convicted"] is None else Fraction(person["is_convicted"]),
        "labour_outside": None if person["labour_outside"] is None else Fraction(person["labour_outside"]),
        "primary_education_only": None
        if person["education"] is None
        else Fraction(person["education"] == "grundskole"),
        "non_western": None
        if person["origin"] is None
        else Fraction(person["origin"] in {"TR", "ikke_vestlig"}),
    }[criterion]
    if criterion != "non_western" and age is None:
        return {
            (Fraction(0), 0),
            *(((v, 1)) for v in ([value] if value is not None else [Fraction(0), Fraction(1)])),
        }
    if criterion != "non_western" and not low <= age <= high:
        return {(Fraction(0), 0)}
    return {(v, 1) for v in ([value] if value is not None else [Fraction(0), Fraction(1)])}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(people, max_size=5),
    st.sampled_from(["convicted", "labour_outside", "primary_education_only", "non_western"]),
)
def test_interval_holds_every_way_of_settling_it_and_is_tight_where_ages_are_known(persons, criterion):
    table = count(make_residents(*persons), MIXED)
    row = pick(table, criterion)
    certain = [p for p in persons if p["dwelling_id"] == "d1"]
    known = [o for p in certain if len(o := options_of(p, criterion)) == 1]
    assert Fraction(int(row.numerator), int(row.unit)) == sum(next(iter(o))[0] for o in known)
    assert row.denominator == sum(next(iter(o))[1] for o in known)
    outcomes = set()
    for with_d2, with_d3 in product([False, True], repeat=2):
        taken = [
            p
            for p in persons
            if p["dwelling_id"] == "d1"
            or (p["dwelling_id"] == "d2" and with_d2)
            or (p["dwelling_id"] == "d3" and with_d3)
        ]
        for filled in product(*(options_of(p, criterion) for p in taken)):
            total = sum(part[1] for part in filled)
            if total:
                outcomes.add(sum(part[0] for part in filled) / total)
    if not outcomes:
        return
    low = Fraction(int(row.low_numerator), int(row.low_denominator) * int(row.unit))
    high = Fraction(int(row.high_numerator), int(row.high_denominator) * int(row.unit))
    assert low <= min(outcomes)
    assert max(outcomes) <= high
    if all(p["age"] is not None for p in persons):
        assert (low, high) == (min(outcomes), max(outcomes))


@given(
    st.tuples(st.integers(0, 20), st.integers(0, 20)),
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), max_size=7),
    st.booleans(),
)
def test_extreme_is_that_of_all_subsets(start, parts, is_highest):
    ratios = []
    for chosen in product([False, True], repeat=len(parts)):
        top = start[0] * (start[1] > 0) + sum(
            part[0] for part, take in zip(parts, chosen, strict=True) if take
        )
        bottom = start[1] + sum(part[1] for part, take in zip(parts, chosen, strict=True) if take)
        if bottom:
            ratios.append(Fraction(top, bottom))
    found = find_extreme((start[0] * (start[1] > 0), start[1]), parts, is_highest=is_highest)
    if ratios:
        assert Fraction(*found) == (max(ratios) if is_highest else min(ratios))


def test_order_of_input_does_not_matter():
    persons = [{"dwelling_id": f"d{n % 4 + 1}", "age": 20 + n, "is_convicted": n % 3 == 0} for n in range(30)]
    forward, backward = make_residents(*persons), make_residents(*persons[::-1])
    pd.testing.assert_frame_equal(count(forward, MIXED), count(backward, MIXED.iloc[::-1]))
