"""The whole chain on hand-drawn squares: dwellings placed, residents conserved, sides compared."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.assessment import assess, check_dwellings
from boundaries.delineation.comparison import Question, check_area, compare_area
from boundaries.delineation.decisions import drop_extension
from boundaries.delineation.residents import count_residents, group_ages, group_origins
from boundaries.disclosure.suppression import publish_assessment
from boundaries.model import AGE_GROUPS, ORIGINS, Decision, Reason, Settings
from geo.errors import DataError, UsageError

NEW_YEAR = date(2025, 1, 1)
APPROVED = date(2021, 6, 15)


def build(town, dwellings, residents=()):
    return town.registers(
        parcels=town.parcels([(0, 0), (1, 0), (2, 0), (5, 5)]),
        areas=[
            {"area_id": "A", "name": "Aparken"},
            {"area_id": "B", "name": "Bparken", "geometry": town.square(0, 1)},
        ],
        area_parcels=[{"area_id": "A", "parcel_key": "1-0a"}],
        extensions=[
            {"extension_id": "A+", "area_id": "A", "approved_on": APPROVED, "status": "godkendt"},
            {"extension_id": "A?", "area_id": "A", "status": "ansøgt"},
        ],
        extension_parcels=[
            {"extension_id": "A+", "parcel_key": "1-1a"},
            {"extension_id": "A?", "parcel_key": "1-2a"},
        ],
        dwellings=dwellings,
        residents=residents,
    )


@pytest.fixture
def registers(town):
    dwellings = [
        {"dwelling_id": "d1", **town.middle(0, 0)},
        {"dwelling_id": "d2", **town.middle(1, 0), "tenure": "ejerbolig", "built_year": 2023},
        {"dwelling_id": "d3", **town.middle(1, 0)},
        {"dwelling_id": "d4", **town.middle(2, 0)},
        {"dwelling_id": "d5", **town.middle(5, 5)},
        {"dwelling_id": "d6", "x": None, "y": None},
        {"dwelling_id": "d7", **town.middle(1, 0), "tenure": "ejerbolig", "built_year": 2021},
        {"dwelling_id": "d8", **town.middle(0, 1), "tenure": "ejerbolig"},
    ]
    residents = [
        {"dwelling_id": dwelling, "residents_n": number, "age": age, "origin": origin}
        for dwelling, number, age, origin in [
            ("d1", 10, 40, "dansk"), ("d1", 5, 10, "ikke_vestlig"), ("d2", 7, 30, "dansk"), ("d3", 6, 65, "dansk"),
            ("d4", 8, 18, "vestlig"), ("d5", 9, 17, "dansk"), ("d6", 11, None, "dansk"), ("d7", 12, 59, "dansk"),
            ("d8", 13, 60, "5704"),
        ]
    ]  # fmt: skip
    residents.append({"dwelling_id": "d1", "residents_n": 100, "year": 2021})
    return build(town, dwellings, residents)


def test_each_dwelling_has_its_place_and_its_one_reason(registers):
    dwellings = assess(registers, Settings(), NEW_YEAR).dwellings.set_index("dwelling_id")
    reasons = {
        "d1": ("A", "base", None, "1-0a", Reason.ALMEN_ON_ORIGINAL),
        "d2": ("A", "extension", "A+", "1-1a", Reason.BUILT_AFTER_APPROVAL),
        "d3": ("A", "extension", "A+", "1-1a", Reason.EXISTING_ALMEN_ON_EXTENSION),
        "d4": (None, None, "A?", "1-2a", Reason.ON_EXTENSION_NOT_IN_FORCE),
        "d5": (None, None, None, "1-5f", Reason.OUTSIDE),
        "d6": (None, None, None, None, Reason.UNKNOWN_LOCATION),
        "d7": ("A", "extension", "A+", "1-1a", Reason.BUILT_IN_APPROVAL_YEAR),
        "d8": ("B", "base", None, None, Reason.NON_ALMEN_BUILT_BEFORE_2010),
    }
    columns = ["area_id", "piece", "extension_id", "parcel_key", "reason"]
    found = dwellings[columns].astype(object).where(dwellings[columns].notna(), None)
    assert {key: tuple(row) for key, row in zip(found.index, found.to_numpy(), strict=True)} == reasons


def test_areas_add_up_dwellings_and_residents(registers):
    result = assess(registers, Settings(), NEW_YEAR)
    areas = result.areas.set_index("area_id")
    assert areas.loc["A", ["dwellings_n", "counted_n", "not_counted_n", "undecided_n"]].tolist() == [
        4,
        2,
        1,
        1,
    ]
    assert areas.loc[
        "A", ["residents_counted_n", "residents_not_counted_n", "residents_undecided_n"]
    ].tolist() == [22, 6, 12]
    assert areas.loc["A", ["residents_min_n", "residents_max_n"]].tolist() == [22, 34]
    assert areas.loc[
        "B", ["counted_n", "not_counted_n", "residents_min_n", "residents_not_counted_n"]
    ].tolist() == [0, 1, 0, 13]
    extensions = result.extensions.set_index("extension_id")
    assert extensions.loc["A+", ["dwellings_n", "counted_n", "undecided_n"]].tolist() == [3, 1, 1]
    assert extensions.loc["A?", ["dwellings_n", "counted_n"]].tolist() == [1, 0]


def test_no_resident_is_lost(registers):
    totals = assess(registers, Settings(), NEW_YEAR).totals
    assert (totals.counted_n, totals.not_counted_n, totals.undecided_n, totals.outside_n) == (22, 19, 23, 17)
    assert totals.total_n == 81


def test_residents_by_age_and_origin(registers):
    table = assess(registers, Settings(), NEW_YEAR).residents
    assert len(table) == 2 * len(AGE_GROUPS) * len(ORIGINS)
    filled = table[table[["counted_n", "not_counted_n", "undecided_n"]].sum(axis=1).gt(0)]
    assert filled.drop(columns="area_id").to_numpy().tolist() == [
        ["0-14", "ikke_vestlig", 5, 0, 0],
        ["30-59", "dansk", 17, 0, 12],
        ["65+", "dansk", 0, 6, 0],
        ["60-64", "ukendt", 0, 13, 0],
    ]


@pytest.mark.parametrize(
    ("age", "group"),
    [(0, "0-14"), (14, "0-14"), (15, "15-17"), (17, "15-17"), (18, "18-29"), (29, "18-29"), (30, "30-59"), (59, "30-59"),
     (60, "60-64"), (64, "60-64"), (65, "65+"), (110, "65+"), (None, "ukendt"), (-1, "ukendt")],
)  # fmt: skip
def test_age_groups_start_at_the_ages_of_the_law(age, group):
    assert group_ages(pd.Series([age], dtype="Int64")).tolist() == [group]


def test_origins_that_are_no_word_are_unknown():
    assert group_origins(pd.Series(["dansk", "5704", None], dtype="str")).tolist() == [
        "dansk",
        "ukendt",
        "ukendt",
    ]


def test_a_year_without_residents_is_an_error_that_names_the_years(registers):
    with pytest.raises(DataError, match="no_residents.*2021, 2025"):
        assess(registers, Settings(), date(2024, 1, 1))


def test_residents_of_an_unknown_dwelling_are_undecided(town):
    residents = town.registers(residents=[{"dwelling_id": "nowhere", "residents_n": 3}]).residents
    dwellings = pd.DataFrame({"dwelling_id": ["d1"], "area_id": ["A"], "decision": ["counted"]})
    for known in (dwellings, dwellings.iloc[:0]):
        table, totals = count_residents(residents, known, pd.Series(["A"]), NEW_YEAR)
        assert (totals.undecided_n, totals.total_n) == (3, 3)
        assert table["counted_n"].sum() == 0


def test_a_point_on_the_edge_of_two_areas_goes_to_the_lowest_id(town):
    corner = {"x": town.middle(0, 0)["x"], "y": town.square(0, 0).bounds[3]}
    inner = {"x": town.square(1, 0).bounds[0], "y": town.middle(0, 0)["y"]}
    result = assess(
        build(town, [{"dwelling_id": "edge", **corner}, {"dwelling_id": "inner", **inner}]),
        Settings(),
        NEW_YEAR,
    )
    assert result.dwellings["area_id"].tolist() == ["A", "A"]
    assert result.dwellings["piece"].tolist() == ["base", "base"]
    assert result.edge_ties_n == 1


def test_an_empty_project_gives_an_empty_answer(town):
    result = assess(town.registers(), Settings(), NEW_YEAR)
    assert (len(result.areas), len(result.dwellings), result.totals) == (0, 0, None)


def test_the_check_lists_what_is_in_and_near_the_area(registers):
    check = check_area(assess(registers, Settings(), NEW_YEAR), "A", near_m=50)
    # d8 stands 50 m above A's edge; d4 on the extension applied for belongs to A's own question.
    assert check.dwellings["dwelling_id"].tolist() == ["d1", "d2", "d3", "d4", "d7", "d8"]
    assert (
        check_area(assess(registers, Settings(), NEW_YEAR), "A", near_m=49)
        .dwellings["dwelling_id"]
        .tolist()[-1]
        == "d7"
    )
    (neighbour,) = check.dwellings[check.dwellings["dwelling_id"].eq("d8")].to_dict("records")
    assert (neighbour["area_id"], neighbour["decision"], neighbour["reason"]) == (
        "B",
        "outside",
        "in_other_area",
    )
    assert check.name == "Aparken"
    assert check.counts.set_index("decision")["dwellings_n"].to_dict() == {
        "counted": 2,
        "not_counted": 1,
        "undecided": 1,
    }
    with pytest.raises(UsageError, match="unknown_area.*A Aparken, B Bparken"):
        check_area(assess(registers, Settings(), NEW_YEAR), "X")


def test_with_and_without_an_extension_side_by_side(registers):
    after = assess(registers, Settings(), NEW_YEAR)
    before = assess(drop_extension(registers, "A+"), Settings(), NEW_YEAR)
    check = compare_area(before, after, "A", near_m=0)
    changed = check.dwellings[check.dwellings["is_changed"]].set_index("dwelling_id")
    assert changed["reason_before"].to_dict() == dict.fromkeys(
        ["d2", "d3", "d7"], "on_extension_not_in_force"
    )
    assert changed["reason_after"].to_dict() == {
        "d2": "built_after_approval",
        "d3": "existing_almen_on_extension",
        "d7": "built_in_approval_year",
    }
    counts = check.counts.set_index("decision")
    assert counts["dwellings_change_n"].to_dict() == {"counted": 1, "not_counted": 1, "undecided": 1}
    assert counts["residents_change_n"].to_dict() == {"counted": 7, "not_counted": 6, "undecided": 12}
    assert (counts["residents_after_n"] - counts["residents_before_n"]).equals(counts["residents_change_n"])


def test_an_area_that_is_only_in_one_of_the_two_can_be_compared(town):
    registers = build(town, [{"dwelling_id": "d1", **town.middle(0, 0)}])
    after = assess(registers, Settings(), NEW_YEAR)
    before = assess(town.registers(dwellings=registers.dwellings), Settings(), NEW_YEAR)
    assert compare_area(before, after, "A").counts["dwellings_change_n"].tolist() == [1, 0, 0]
    with pytest.raises(UsageError):
        compare_area(before, before, "A")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_counted_and_not_counted_are_all_whatever_the_order(town, data):
    number = data.draw(st.integers(1, 30))
    coordinate = st.one_of(st.none(), st.integers(-50, 350), st.sampled_from([0, 100, 200, 300]))
    rows = [
        {
            "dwelling_id": f"d{k:02}",
            "x": None if (x := data.draw(coordinate)) is None else 645_000 + x,
            "y": None if (y := data.draw(coordinate)) is None else 6_255_000 + y,
            "tenure": data.draw(st.sampled_from(["almen_familiebolig", "ejerbolig", "ukendt"])),
            "built_year": data.draw(st.sampled_from([None, 1970, 2015, 2023])),
        }
        for k in range(number)
    ]
    residents = [{"dwelling_id": row["dwelling_id"], "residents_n": k} for k, row in enumerate(rows)]
    one = assess(build(town, rows, residents), Settings(), NEW_YEAR)
    dwellings = one.dwellings
    assert len(dwellings) == number
    assert dwellings["reason"].isin(list(Reason)).all()
    assert (
        one.areas[["counted_n", "not_counted_n", "undecided_n"]].to_numpy().sum()
        == dwellings["area_id"].notna().sum()
    )
    assert one.totals.total_n == sum(range(number))
    other = assess(build(town, rows[::-1], residents[::-1]), Settings(), NEW_YEAR)
    pd.testing.assert_frame_equal(dwellings, other.dwellings.sort_values("dwelling_id", ignore_index=True))
    # Brute force: inside one of the closed squares, or not.
    shapes = {"A": shapely.union_all([town.square(0, 0), town.square(1, 0)]), "B": town.square(0, 1)}
    for row in dwellings.itertuples():
        wanted = (
            {key for key, shape in shapes.items() if shapely.intersects_xy(shape, row.x, row.y)}
            if not np.isnan(row.x + row.y)
            else set()
        )
        assert row.area_id == min(wanted) if wanted else pd.isna(row.area_id)
        assert (row.decision == Decision.OUTSIDE) == (not wanted and not np.isnan(row.x + row.y))


def test_without_the_residents_register_persons_are_missing_not_nought(town):
    registers = build(town, [{"dwelling_id": "d1", **town.middle(0, 0)}])
    result = assess(registers, Settings(), NEW_YEAR)
    assert not result.has_residents
    assert result.totals is None
    assert result.residents.empty
    columns = [column for column in result.areas if column.startswith("residents_")]
    assert result.areas[[column for column in columns if column != "residents_2010"]].isna().all(axis=None)
    check = check_dwellings(registers, Settings(), NEW_YEAR, Question(area_id="A"))
    assert list(check.counts) == ["decision", "dwellings_n"]
    question = Question(area_id="A", without_extension="A+")
    counts = check_dwellings(registers, Settings(), NEW_YEAR, question).counts
    assert list(counts) == ["decision", "dwellings_before_n", "dwellings_after_n", "dwellings_change_n"]
    assert publish_assessment(result).assessment.totals is None


def test_the_question_decides_what_is_set_side_by_side(registers):
    plain = check_dwellings(registers, Settings(), NEW_YEAR, Question(area_id="A", near_m=0))
    assert plain.counts["residents_n"].tolist() == [22, 6, 12]
    dated = Question(area_id="A", compare_on=date(2021, 1, 1))
    compared = check_dwellings(registers, Settings(), NEW_YEAR, dated, is_synthetic=True)
    assert compared.status_date == NEW_YEAR
    assert compared.is_synthetic
    assert compared.counts.set_index("decision").loc["counted", "residents_before_n"] == 100
    later = check_dwellings(
        registers, Settings(), date(2021, 1, 1), Question(area_id="A", compare_on=NEW_YEAR)
    )
    pd.testing.assert_frame_equal(later.counts, compared.counts)
