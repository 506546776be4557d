"""The law files: their form, their sources, and what the loader refuses."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources

import pytest

from data.law import LawFileError, load_law, parse_parameter
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError

GOOD = """
description = "A threshold"
unit = "percent"
compare = ">"

[[value]]
from = 2010-10-01
value = 2.70
[value.reference]
title = "Act 1"
href = "https://www.retsinformation.dk"

[[value]]
from = 2018-12-01
value = 3
[value.reference]
title = "Act 2"
href = "https://www.retsinformation.dk"
note = "A caveat."
"""


def test_good_file_keeps_decimals_as_written():
    parameter = parse_parameter("sample", GOOD)
    assert parameter.entry_on(date(2018, 11, 30)).value == Decimal("2.70")
    assert str(parameter.entry_on(date(2018, 11, 30)).value) == "2.70"
    assert parameter.entry_on(date(2018, 12, 1)).value == 3
    assert parameter.entry_on(date(2018, 12, 1)).reference.note == "A caveat."


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('unit = "percent"', 'unit = "percent"\ncomment = "x"', "comment"),
        ('unit = "percent"', 'unit = "furlongs"', "furlongs"),
        ('compare = ">"', 'compare = "=>"', "=>"),
        ('description = "A threshold"\n', "", "description"),
        ("from = 2018-12-01", "from = 2010-10-01", "2010-10-01"),
        ("from = 2018-12-01", "from = 2009-01-01", "2009-01-01"),
        ("from = 2018-12-01", 'from = "2018-12-01"', "'from'"),
        ("from = 2018-12-01", "from = 2018-12-01T00:00:00", "'from'"),
        (
            '[value.reference]\ntitle = "Act 2"\nhref = "https://www.retsinformation.dk"\nnote = "A caveat."\n',
            "",
            "reference",
        ),
        ('title = "Act 2"', 'title = ""', "empty"),
        ('href = "https://www.retsinformation.dk"', 'href = "http://example.org"', "https"),
        ('title = "Act 2"', 'title = "Act 2"\nclause = "1"', "clause"),
        ("value = 3", "value = 3\nto = 2020-01-01", "to"),
        ("value = 3", "value = 3\nrepealed = true", "value"),
        ("value = 3", "value = 12:00:00", "time"),
        ("value = 3\n", "", "value"),
    ],
)
def test_bad_files_are_refused_by_name(old, new, named):
    assert old in GOOD
    with pytest.raises(LawFileError, match="sample") as refusal:
        parse_parameter("sample", GOOD.replace(old, new))
    assert named in str(refusal.value)


def test_file_without_values_is_refused():
    with pytest.raises(LawFileError):
        parse_parameter("sample", 'description = "x"\nunit = "percent"\ncompare = ">"\nvalue = []\n')


def test_day_before_the_first_value_names_the_first():
    parameter = parse_parameter("sample", GOOD)
    with pytest.raises(DataError) as refusal:
        parameter.entry_on(date(2010, 9, 30))
    assert refusal.value.key == "law.before_first"
    assert refusal.value.values["first"] == date(2010, 10, 1)
    for language in LANGUAGES:
        sentence = load_texts(language).get("error.law.before_first", refusal.value.values)
        assert "2010-10-01" in sentence
    assert parameter.entry_on(date(2010, 10, 1)).value == Decimal("2.70")
    assert not parameter.has_value_on(date(2010, 9, 30))


def test_repealed_parameter_ends_on_its_day():
    parameter = parse_parameter("sample", GOOD.replace("value = 3", "repealed = true"))
    assert parameter.has_value_on(date(2018, 11, 30))
    assert not parameter.has_value_on(date(2018, 12, 1))
    assert parameter.entry_on(date(2030, 1, 1)).value is None


def test_every_shipped_file_is_loaded_and_has_texts():
    files = {item.name for item in resources.files("data.law").iterdir() if item.name.endswith(".toml")}
    law = load_law()
    assert {f"{name}.toml" for name in law} == files
    assert list(law) == sorted(law)
    for language in LANGUAGES:
        texts = load_texts(language)
        assert {key.removesuffix(".title") for key in texts.section("law") if key.endswith(".title")} == set(
            law
        )
        assert {parameter.unit for parameter in law.values()} <= set(texts.section("law.unit"))


# The law as read in the acts themselves, kept apart from the files that are tested.
CHANGES = {
    "residents_min_n": {"2010-10-01": 1000},
    "labour_outside_pct": {"2010-10-01": 40},
    "non_western_pct": {"2010-10-01": 50},
    "convicted_pct": {"2010-10-01": Decimal("2.70"), "2018-12-01": None},
    "convicted_national_multiple": {"2018-12-01": 3},
    "primary_education_only_pct": {"2014-02-01": 50, "2018-12-01": 60},
    "income_pct_of_region": {"2014-02-01": 55},
    "criteria_required_n": {"2010-10-01": 2, "2014-02-01": 3, "2018-12-01": 2},
    "mean_years_n": {"2010-10-01": 4, "2014-02-01": 2},
    "transformation_lists_n": {"2018-12-01": 5},
    "prevention_labour_outside_pct": {"2021-11-30": 30},
    "prevention_non_western_pct": {"2021-11-30": 30},
    "prevention_convicted_national_multiple": {"2021-11-30": 2},
    "prevention_primary_education_only_pct": {"2021-11-30": 60},
    "prevention_income_pct_of_region": {"2021-11-30": 65},
    "term_parallelsamfund": {"2010-10-01": "ghettoområde", "2021-11-30": "parallelsamfund"},
    "term_omdannelsesomraade": {"2018-12-01": "hårdt ghettoområde", "2021-11-30": "omdannelsesområde"},
    "family_share_max_pct": {"2018-12-01": 40},
    "family_share_target_on": {"2018-12-01": date(2030, 1, 1)},
    "business_m2_per_dwelling": {"2018-12-01": 75},
}
STRICT = {"labour_outside_pct": ">", "non_western_pct": ">", "convicted_pct": ">", "primary_education_only_pct": ">",
          "convicted_national_multiple": ">=", "income_pct_of_region": "<", "residents_min_n": ">=",
          "prevention_convicted_national_multiple": ">=", "prevention_income_pct_of_region": "<",
          "prevention_labour_outside_pct": ">", "family_share_max_pct": "<="}  # fmt: skip


@pytest.mark.parametrize(("name", "changes"), CHANGES.items())
def test_values_change_on_the_day_of_the_act_and_not_before(name, changes):
    parameter = load_law()[name]
    assert {entry.starts_on.isoformat(): entry.value for entry in parameter.values} == changes
    before: object = None
    for day, value in changes.items():
        change = date.fromisoformat(day)
        if before is None:
            with pytest.raises(DataError):
                parameter.entry_on(change - timedelta(days=1))
        else:
            assert parameter.entry_on(change - timedelta(days=1)).value == before
        assert parameter.entry_on(change).value == value
        before = value


@pytest.mark.parametrize(("name", "compare"), STRICT.items())
def test_comparison_is_that_of_the_act(name, compare):
    assert load_law()[name].compare == compare


def test_shipped_files_hold_nothing_but_the_form():
    for item in resources.files("data.law").iterdir():
        if item.name.endswith(".toml"):
            raw = tomllib.loads(item.read_text(encoding="utf-8"))
            assert list(raw) == ["description", "unit", "compare", "value"]
            assert all(entry["reference"]["href"].startswith("https://") for entry in raw["value"])
