"""Groups of persons: who is exposed, by the rule as it is and as it may be stated."""

import pandas as pd
import pytest

from boundaries.moves.groups import Exposure, ExposureRule, group_persons
from geo.errors import UsageError


def test_a_group_that_there_is_not_is_told_with_those_there_are(village):
    matched, _ = village.follow(village.residents(village.story))
    with pytest.raises(UsageError) as raised:
        group_persons(matched, ("shoe_size",))
    assert "education" in raised.value.values["known"]


@pytest.mark.parametrize(
    ("age", "share", "student", "expected"),
    [
        (17, 1.0, False, "uden_for_alder"),
        (18, 1.0, False, "udsat"),
        (64, 0.5, None, "udsat"),
        (65, 1.0, False, "uden_for_alder"),
        (40, 0.49, False, "ikke_udsat"),
        (40, 1.0, True, "ikke_udsat"),
        (40, None, False, "ukendt"),
        (40, None, True, "ikke_udsat"),
        (None, 1.0, False, "ukendt"),
    ],
)
def test_exposed_is_outside_work_and_education(village, age, share, student, expected):
    rows = [(2024, "A1", "p", age), (2025, "A1", "p", 41)]
    residents = village.residents(rows).assign(
        labour_outside=pd.Series([share, 0.0], dtype="float64"),
        is_student=pd.Series([student, False], dtype="boolean"),
    )
    matched, _ = village.follow(residents)
    groups = group_persons(matched)
    assert groups.table["exposure"].iloc[groups.then[0]] == expected
    assert groups.now[0] == groups.then[0]
    later = group_persons(matched, measured_on="now")
    assert later.table["exposure"].iloc[later.then[0]] == "ikke_udsat"


def test_the_rule_of_exposure_can_be_stated(village):
    rows = [(2024, "A1", "p", 66), (2025, "A1", "p", 67)]
    matched, _ = village.follow(village.residents(rows, labour_outside=0.9))
    strict = group_persons(matched, rule=ExposureRule(highest_age=66, outside_from=1.0))
    wide = group_persons(matched, rule=ExposureRule(highest_age=66, outside_from=0.9))
    assert strict.table["exposure"].iloc[strict.then[0]] == Exposure.NOT_EXPOSED
    assert wide.table["exposure"].iloc[wide.then[0]] == Exposure.EXPOSED
