"""A whole list from microdata: thresholds at one person under, at and over, and what must be supplied."""

import json
from datetime import date
from fractions import Fraction
from types import SimpleNamespace

import pandas as pd
import pytest

from boundaries.designation.criteria import collect_statuses, evaluate_criteria
from boundaries.designation.indicators import count_indicators
from boundaries.designation.law import Criterion, rules_on
from boundaries.designation.references import (
    NATIONAL_CONVICTED_SHARE,
    REGIONAL_GROSS_INCOME,
    compute_references,
    read_reference,
)
from boundaries.designation.verdict import Status
from boundaries.designation.yearly_list import judge_residents, make_yearly_list
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError

REGIONS = {"0999": "1084"}
RESIDENT_DTYPES = {
    "year": "Int64", "residents_n": "int64", "age": "Int64", "labour_outside": "float64", "is_convicted": "boolean",
    "gross_income_dkk": "float64", "is_student": "boolean", "is_taxable": "boolean",
}  # fmt: skip


def make_people(n, *, outside, convicted, non_western, primary, income, year=2024, dwelling="d1"):
    """Return n persons aged 40, the first so many of them with each mark."""
    return pd.DataFrame(
        {
            "year": year,
            "dwelling_id": dwelling,
            "residents_n": 1,
            "age": 40,
            "origin": ["ikke_vestlig" if i < non_western else "dansk" for i in range(n)],
            "labour_outside": [float(i < outside) for i in range(n)],
            "is_convicted": [i < convicted for i in range(n)],
            "education": ["grundskole" if i < primary else "gymnasial" for i in range(n)],
            "gross_income_dkk": float(income),
            "is_student": False,
            "is_taxable": True,
        }
    ).astype(RESIDENT_DTYPES)


def make_references(years=(2023, 2024), national="0.0066", income=300_000.0):
    rows = [(year, None, NATIONAL_CONVICTED_SHARE, float(national)) for year in years]
    rows += [(year, "1084", REGIONAL_GROSS_INCOME, income) for year in years]
    return pd.DataFrame(rows, columns=["year", "region_code", "key", "value"]).astype({"year": "Int64"})


def make_case(
    residents,
    *,
    lists=(),
    references=None,
    residents_2010=1200,
    kommune="0999",
    status=date(2024, 1, 1),
    decisions=None,
):
    dwellings = pd.DataFrame(
        decisions or [("d1", "A", "counted")], columns=["dwelling_id", "area_id", "decision"]
    )
    areas = pd.DataFrame(
        {
            "area_id": ["A"],
            "name": ["Skovparken"],
            "kommune_code": [kommune],
            "residents_2010": pd.array([residents_2010], "Int64"),
        }
    )
    register = pd.DataFrame(list(lists), columns=["list_date", "area_id", "category"])
    registers = SimpleNamespace(
        residents=residents,
        references=make_references() if references is None else references,
        lists=register,
    )
    return registers, SimpleNamespace(status_date=status, dwellings=dwellings, areas=areas)


def run(n=1000, *, before=None, regions=REGIONS, rules_date=None, pooling="mean_of_shares", **marks):
    case = {
        key: marks.pop(key)
        for key in ("lists", "references", "residents_2010", "kommune", "decisions")
        if key in marks
    }
    values = {"outside": 0, "convicted": 0, "non_western": 0, "primary": 0, "income": 400_000, **marks}
    past = {**values, **(before or {})}
    residents = pd.concat([make_people(n, **past, year=2023), make_people(n, **values)], ignore_index=True)
    registers, assessment = make_case(residents, **case)
    return make_yearly_list(registers, assessment, regions=regions, list_date=rules_date, pooling=pooling)


def status(result, criterion, criteria_set="main"):
    return str(collect_statuses(result.criteria)["A", criteria_set][criterion])


@pytest.mark.parametrize(
    ("mark", "criterion", "n", "expected"),
    [
        ("outside", Criterion.LABOUR_OUTSIDE, 399, "not_met"),
        ("outside", Criterion.LABOUR_OUTSIDE, 400, "not_met"),
        ("outside", Criterion.LABOUR_OUTSIDE, 401, "met"),
        ("non_western", Criterion.NON_WESTERN, 499, "not_met"),
        ("non_western", Criterion.NON_WESTERN, 500, "not_met"),
        ("non_western", Criterion.NON_WESTERN, 501, "met"),
        ("primary", Criterion.PRIMARY_EDUCATION_ONLY, 599, "not_met"),
        ("primary", Criterion.PRIMARY_EDUCATION_ONLY, 600, "not_met"),
        ("primary", Criterion.PRIMARY_EDUCATION_ONLY, 601, "met"),
        ("convicted", Criterion.CONVICTED, 17, "not_met"),
        ("convicted", Criterion.CONVICTED, 18, "met"),
        ("convicted", Criterion.CONVICTED, 19, "met"),
        ("income", Criterion.INCOME, 164_999, "met"),
        ("income", Criterion.INCOME, 165_000, "not_met"),
        ("income", Criterion.INCOME, 165_001, "not_met"),
    ],
)
def test_thresholds_one_under_at_and_over(mark, criterion, n, expected):
    """3 times a national 0.6 per cent is 18 of 1,000; 55 per cent of 300,000 is 165,000."""
    result = run(references=make_references(national="0.006"), **{mark: n})
    assert status(result, criterion) == expected


@pytest.mark.parametrize(
    ("mark", "criterion", "n", "expected"),
    [
        ("outside", Criterion.LABOUR_OUTSIDE, 300, "not_met"),
        ("outside", Criterion.LABOUR_OUTSIDE, 301, "met"),
        ("non_western", Criterion.NON_WESTERN, 300, "not_met"),
        ("non_western", Criterion.NON_WESTERN, 301, "met"),
        ("primary", Criterion.PRIMARY_EDUCATION_ONLY, 600, "not_met"),
        ("primary", Criterion.PRIMARY_EDUCATION_ONLY, 601, "met"),
        ("convicted", Criterion.CONVICTED, 11, "not_met"),
        ("convicted", Criterion.CONVICTED, 12, "met"),
        ("income", Criterion.INCOME, 194_999, "met"),
        ("income", Criterion.INCOME, 195_000, "not_met"),
    ],
)
def test_lower_limits_of_prevention_areas(mark, criterion, n, expected):
    result = run(references=make_references(national="0.006"), **{mark: n})
    assert status(result, criterion, "prevention") == expected


@pytest.mark.parametrize(("n", "listed"), [(999, "not_met"), (1000, "met"), (1001, "met")])
def test_a_thousand_residents(n, listed):
    result = run(n, outside=600, primary=800)
    assert result.areas.loc[0, "is_listed"] == listed
    assert result.areas.loc[0, "residents_margin_n"] == abs(n - 1000) + (n >= 1000)


@pytest.mark.parametrize(("in_2010", "listed"), [(999, "not_met"), (1000, "met"), (pd.NA, "met")])
def test_a_thousand_residents_in_2010_where_known(in_2010, listed):
    assert run(outside=600, primary=800, residents_2010=in_2010).areas.loc[0, "is_listed"] == listed


def test_2010_is_not_asked_of_lists_before_december_2018():
    area = {"residents_n": 1000, "residents_max_n": 1000, "residents_2010": 900}
    assert judge_residents(area, rules_on(date(2018, 11, 30))) is Status.MET
    assert judge_residents(area, rules_on(date(2018, 12, 1))) is Status.NOT_MET


@pytest.mark.parametrize(
    ("rules_date", "term"),
    [
        (date(2018, 11, 30), None),
        (date(2018, 12, 1), "ghettoområde"),
        (date(2021, 11, 29), "ghettoområde"),
        (date(2021, 11, 30), "parallelsamfund"),
    ],
)
def test_day_before_and_of_each_change(rules_date, term):
    """Two criteria and origin: not three of five until 2018 where one is the lower income limit."""
    result = run(outside=401, non_western=501, primary=0, convicted=20, rules_date=rules_date, income=400_000)
    # 20 of 1,000 is under 2.7 per cent and over 3 times 0.66.
    assert (None if pd.isna(result.areas.loc[0, "term"]) else result.areas.loc[0, "term"]) == term


def test_mean_of_two_years_and_the_setting_that_pools_them():
    result = run(outside=500, before={"outside": 300})
    row = result.criteria.query("criterion == 'labour_outside' and criteria_set == 'main'").iloc[0]
    assert row["value"] == Fraction(2, 5)
    assert row["status"] == "not_met"
    assert (row["margin_n"], row["margin_direction"]) == (1, "more")
    pooled = run(outside=500, before={"outside": 300}, pooling="pooled")
    assert pooled.criteria.query("criterion == 'labour_outside'").iloc[0]["value"] == Fraction(2, 5)
    with pytest.raises(DataError) as refusal:
        run(pooling="harmonic")
    assert refusal.value.key == "law.unknown_pooling"


@pytest.mark.parametrize(
    ("mark", "n", "criterion"),
    [("outside", 437, "labour_outside"), ("outside", 381, "labour_outside"), ("non_western", 517, "non_western"),
     ("convicted", 31, "convicted"), ("convicted", 12, "convicted"), ("primary", 622, "primary_education_only"),
     ("income", 150_000, "income"), ("income", 171_234, "income")],
)  # fmt: skip
def test_margins_by_brute_force_on_the_whole_chain(mark, n, criterion):
    """Change that many and the list says otherwise; one fewer and it does not."""

    def read(**marks):
        result = run(before={mark: n}, references=make_references(national="0.006"), **marks)
        return result.criteria.query(f"criteria_set == 'main' and criterion == '{criterion}'").iloc[0]

    first = read(**{mark: n})
    sign = 1 if first.margin_direction == "more" else -1
    if mark == "income":
        per_person = Fraction(int(first.margin_n), 1000)
        assert first.margin_per_person_dkk == per_person
        # Whole kroner on all of 1,000 persons: round the margin up to the next krone a person.
        assert read(**{mark: n + sign * -(-first.margin_n // 1000)})["status"] != first["status"]
        assert read(**{mark: n + sign * (-(-first.margin_n // 1000) - 1)})["status"] == first["status"]
        return
    assert read(**{mark: n + sign * first.margin_n})["status"] != first["status"]
    assert read(**{mark: n + sign * (first.margin_n - 1)})["status"] == first["status"]


def test_undecided_dwelling_gives_an_interval_and_says_whether_it_matters():
    counted = make_people(1000, outside=399, convicted=0, non_western=700, primary=0, income=400_000)
    both = [counted, counted.assign(year=pd.array([2023] * 1000, "Int64"))]
    open_ = make_people(20, outside=20, convicted=0, non_western=0, primary=0, income=400_000, dwelling="d2")
    residents = pd.concat([*both, open_], ignore_index=True)
    decisions = [("d1", "A", "counted"), ("d2", "A", "undecided")]
    result = make_yearly_list(*make_case(residents, decisions=decisions), regions=REGIONS)
    main = result.criteria.query("criteria_set == 'main'").set_index("criterion")
    assert main.loc["labour_outside", "status"] == "undecided"
    assert main.loc["labour_outside", "known_status"] == "not_met"
    assert main.loc["labour_outside", "low"] == Fraction(399, 1000)
    assert main.loc["labour_outside", "high"] == (Fraction(399, 1000) + Fraction(419, 1020)) / 2
    assert main.loc["non_western", "status"] == "met"
    assert main.loc["non_western", "low"] == Fraction(700, 1020)
    assert result.areas.loc[0, "residents_max_n"] == 1020
    assert result.areas.loc[0, "residents_status"] == "met"


def test_undecided_residents_may_decide_the_size():
    people = make_people(990, outside=600, convicted=0, non_western=0, primary=800, income=400_000)
    open_ = make_people(20, outside=12, convicted=0, non_western=0, primary=20, income=400_000, dwelling="d2")
    residents = pd.concat(
        [people, people.assign(year=pd.array([2023] * 990, "Int64")), open_], ignore_index=True
    )
    decisions = [("d1", "A", "counted"), ("d2", "A", "undecided")]
    result = make_yearly_list(*make_case(residents, decisions=decisions), regions=REGIONS)
    assert result.areas.loc[0, "residents_status"] == "undecided"
    assert result.areas.loc[0, "is_listed"] == "undecided"
    assert result.areas.loc[0, "possible"] == "udsat boligområde"


def make_lists(*years, category="parallelsamfund"):
    return [(pd.Timestamp(year, 12, 1), "A", category) for year in years]


@pytest.mark.parametrize(
    ("years", "term", "possible"),
    [
        ((2020, 2021, 2022, 2023), "omdannelsesområde", ""),
        ((2019, 2020, 2021, 2022), "parallelsamfund", "omdannelsesområde"),
        ((2021, 2022, 2023), "parallelsamfund", "omdannelsesområde"),
    ],
)
def test_five_lists_in_a_row_from_the_register(years, term, possible):
    result = run(outside=500, primary=700, non_western=600, lists=make_lists(*years))
    assert result.areas.loc[0, "term"] == term
    assert result.areas.loc[0, "possible"] == possible


def test_gap_in_the_known_lists_is_no_row():
    lists = [*make_lists(2020, 2021, 2023), (pd.Timestamp(2022, 12, 1), "B", "parallelsamfund")]
    result = run(outside=500, primary=700, non_western=600, lists=lists)
    assert (result.areas.loc[0, "term"], result.areas.loc[0, "possible"]) == ("parallelsamfund", "")


def test_area_that_leaves_has_its_reasons():
    result = run(outside=100, primary=700, non_western=600, lists=make_lists(2020, 2021, 2022, 2023))
    parallel = result.changes.query("list == 'parallelsamfund'").iloc[0]
    assert (parallel["change"], parallel["reasons"]) == ("left", "labour_outside, convicted, income")
    for language in LANGUAGES:
        reasons = load_texts(language).section("list.reason")
        assert set(parallel["reasons"].split(", ")) <= set(reasons)
    stays = run(outside=500, primary=700, non_western=600, lists=make_lists(2023))
    assert stays.changes.query("list == 'parallelsamfund'")[["change", "reasons"]].iloc[0].tolist() == [
        "still",
        "",
    ]
    assert stays.changes.query("list == 'udsat_boligomraade'")["change"].tolist() == ["still"]
    new = run(outside=500, primary=700, non_western=600)
    assert new.changes["change"].tolist() == ["new", "new"]
    assert new.counts.query("kommune_code == '0999'")["areas_n"].tolist() == [1, 1]


def test_result_is_plain_json():
    result = run(outside=500, primary=700, non_western=600, lists=make_lists(2022, 2023))
    plain = json.loads(json.dumps(result.to_json()))
    assert plain["list_date"] == "2024-12-01"
    assert plain["areas"][0]["category"] == "parallelsamfund"
    criterion = plain["criteria"][0]
    assert (criterion["criterion"], criterion["value"], criterion["limit"]) == (
        "labour_outside",
        "1/2",
        "2/5",
    )
    assert criterion["margin_per_person_dkk"] is None
    assert plain["history"][0]["2023-12-01"] == "parallelsamfund"


def test_nobody_in_a_group_is_undecided():
    people = make_people(1000, outside=0, convicted=0, non_western=0, primary=0, income=1).assign(
        age=pd.array([70] * 1000, "Int64")
    )
    residents = pd.concat([people, people.assign(year=pd.array([2023] * 1000, "Int64"))], ignore_index=True)
    result = make_yearly_list(*make_case(residents), regions=REGIONS)
    for criterion in (Criterion.LABOUR_OUTSIDE, Criterion.PRIMARY_EDUCATION_ONLY, Criterion.INCOME):
        assert status(result, criterion) == "undecided"
    rows = result.criteria.set_index(["criteria_set", "criterion"])
    assert pd.isna(rows.loc[("main", "labour_outside"), "margin_n"])
    assert rows.loc[("main", "income"), "limit_dkk"] == 165_000


@pytest.mark.parametrize(
    ("change", "key", "named"),
    [
        ({"kommune": "0411", "regions": None}, "law.kommune_without_region", "0411"),
        ({"kommune": pd.NA}, "law.kommune_without_region", "–"),
        ({"references": make_references(years=(2024,))}, "law.missing_national_reference", "2023"),
        (
            {"references": make_references().query("key != @REGIONAL_GROSS_INCOME")},
            "law.missing_regional_reference",
            "1084",
        ),
        ({"references": make_references(national="0.66")}, "law.reference_not_share", "0.66"),
        ({"references": pd.concat([make_references(), make_references()])}, "law.reference_twice", "2023"),
        ({"rules_date": date(2010, 9, 30)}, "law.before_first", "2010-10-01"),
        ({"lists": [(pd.Timestamp(2023, 12, 1), "A", "slum")]}, "list.unknown_category", "slum"),
    ],
)
def test_errors_say_what_to_supply(change, key, named):
    with pytest.raises(DataError) as refusal:
        run(**change)
    assert refusal.value.key == key
    for language in LANGUAGES:
        assert named in load_texts(language).get(f"error.{key}", refusal.value.values)


def test_kommune_code_finds_its_region_by_itself():
    result = run(kommune="0101", regions=None, income=100_000)
    assert status(result, Criterion.INCOME) == "met"


def test_references_are_exact_as_written():
    assert read_reference(make_references(national="0.0066"), NATIONAL_CONVICTED_SHARE, [2023]) == (
        Fraction(33, 5000),
    )


def test_references_computed_from_residents_of_the_country():
    rules = rules_on(date(2024, 12, 1))
    parts = []
    for year, convicted in ((2023, 6), (2024, 12)):
        marks = {"outside": 0, "non_western": 0, "primary": 0}
        parts.append(make_people(1000, **marks, convicted=convicted, income=100_000, year=year))
        parts.append(make_people(1000, **marks, convicted=0, income=300_000, year=year, dwelling="d2"))
    residents = pd.concat(parts, ignore_index=True)
    table = compute_references(residents, {"d1": "1084", "d2": "1083"}, rules, 2024)
    assert read_reference(table, NATIONAL_CONVICTED_SHARE, [2023, 2024]) == (
        Fraction(3, 1000),
        Fraction(6, 1000),
    )
    assert read_reference(table, REGIONAL_GROSS_INCOME, [2024], region_code="1083") == (Fraction(300_000),)
    assert read_reference(table, REGIONAL_GROSS_INCOME, [2024], region_code="1084") == (Fraction(100_000),)
    dwellings = pd.DataFrame([("d1", "A", "counted")], columns=["dwelling_id", "area_id", "decision"])
    indicators = count_indicators(residents, dwellings, ["A"], rules, 2024)
    areas = pd.DataFrame({"area_id": ["A"], "kommune_code": ["0999"]})
    criteria = evaluate_criteria(indicators, table, areas, rules, regions=REGIONS)
    row = criteria.query("criteria_set == 'main' and criterion == 'convicted'").iloc[0]
    assert (row["value"], row["limit"], row["status"]) == (Fraction(9, 1000), Fraction(27, 2000), "not_met")
    registers, assessment = make_case(residents, references=make_references(years=()))
    result = make_yearly_list(registers, assessment, references=table, regions=REGIONS)
    assert status(result, Criterion.CONVICTED, "prevention") == "met"
