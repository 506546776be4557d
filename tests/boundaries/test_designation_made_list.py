"""The list of a project in one call: why there is none, what is assumed, and why an area leaves."""

from datetime import date

import pandas as pd
import pytest

from boundaries.assessment import assess
from boundaries.designation.made_list import MadeList, NoList, make_list
from boundaries.designation.regions import find_regions
from boundaries.model import Settings

STATUS = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("references", "key"),
    [
        (slice(4, None), "law.missing_national_reference"),
        (slice(5), "law.missing_regional_reference"),
        (slice(4), "law.kommune_without_region"),
    ],
)
def test_without_references_there_is_a_reason_instead_of_a_list(list_town, references, key):
    outcome = list_town.make(
        {"A": (1000, list_town.marks)}, references=list_town.reference_frame(list_town.references[references])
    )
    assert isinstance(outcome, NoList)
    assert outcome.key == key


def test_without_residents_or_areas_there_is_a_reason(list_town, town):
    registers = town.registers(areas=[{"area_id": "A", "name": "A", "geometry": town.square(0, 0)}])
    outcome = make_list(registers, assess(registers, Settings(), STATUS))
    assert (outcome.key, dict(outcome.values)) == ("lists.no_residents", {})
    empty = town.registers(dwellings=[{"dwelling_id": "d"}], residents=list_town.people("d", 1, year=2024))
    assert make_list(empty, assess(empty, Settings(), STATUS)).key == "lists.no_areas"


def test_what_is_wrong_is_not_taken_for_missing(list_town):
    from geo.errors import DataError

    with pytest.raises(DataError) as refusal:
        list_town.make(
            {"A": (1000, list_town.marks)},
            references=list_town.reference_frame([*list_town.references, list_town.references[3]]),
        )
    assert refusal.value.key == "law.reference_twice"


def test_the_only_region_of_the_references_is_taken_for_a_kommune_that_is_in_no_list(list_town):
    made = list_town.make({"A": (1000, list_town.marks)})
    assert isinstance(made, MadeList)
    assert dict(made.regions.assumed) == {"0999": "1084"}
    two = list_town.reference_frame(
        [*list_town.references, {**list_town.references[-1], "region_code": "1081"}]
    )
    assert dict(find_regions(two, ["0999"]).assumed) == {}
    known = find_regions(list_town.reference_frame(list_town.references), ["0101", pd.NA, "0411"])
    assert dict(known.assumed) == {}
    assert known.codes["0101"] == "1084"
    assert "0411" not in known.codes  # Christiansø has no region


def test_reasons_of_leaving_are_what_was_met_a_year_before(list_town):
    day = date(2023, 12, 1)
    before = {"outside": 500, "primary": 700, "convicted": 30}
    earlier = list_town.people("dA", 1000, year=2022, **before)
    cases = {
        "A": (1000, {"outside": 100, "primary": 700, "convicted": 6}, before),
        "B": (1000, {"outside": 100}, {"outside": 100}),
    }
    earlier += list_town.people("dB", 1000, year=2022, outside=100)
    lists = [(day, "A", "udsat_boligomraade"), (day, "B", "udsat_boligomraade")]
    references = list_town.reference_frame(
        [*list_town.references, {"year": 2020, "key": "national_convicted_share", "value": 0.0066}]
    )
    made = list_town.make(cases, lists=lists, references=references, extra=earlier)
    left = made.yearly_list.changes.query("change == 'left'").set_index("area_key")["reasons"]
    assert left["A"] == "labour_outside, convicted"
    assert left["B"] == ""  # it met nothing a year before, by what the project knows
    unknown = list_town.make(cases, lists=lists)
    left = unknown.yearly_list.changes.query("change == 'left'").set_index("area_key")["reasons"]
    assert left["B"] == "labour_outside, convicted, primary_education_only, income"


def test_an_area_that_leaves_for_a_more_severe_list_has_no_reason(list_town):
    lists = [(date(2023, 12, 1), "A", "forebyggelsesomraade")]
    made = list_town.make({"A": (1000, list_town.marks)}, lists=lists)
    left = made.yearly_list.changes.query("change == 'left'")
    assert left[["list", "reasons"]].to_numpy().tolist() == [["forebyggelsesomraade", ""]]


def test_earlier_years_are_counted_by_the_decisions_of_a_year_before(list_town):
    made = list_town.make({"A": (1000, list_town.marks)})
    assert set(made.earlier["year"]) == {2023}
    assert set(made.earlier["criterion"]) == {"labour_outside", "convicted"}
    assert made.mix["share"].tolist() == [1]
