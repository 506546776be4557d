"""The movers of the demo from registers to what may be shown."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from boundaries.movers import PREVENTION, MoversQuestion, follow_movers
from boundaries.moves.places import place_dwellings
from boundaries.moves.products import sum_inflow, sum_outflow
from geo.errors import DataError, UsageError

WITH = ("0101", "Aarhus", "Odense", "0851")
CODES = ("0101", "0751", "0461", "0851", "0147", "0615")


@pytest.fixture(scope="module")
def kommune(demo, demo_registers):
    """The synthetic kommune with the moves between few kommuner."""
    project, registers = demo_registers
    few = registers.flows[
        registers.flows["from_kommune"].isin(CODES) & registers.flows["to_kommune"].isin(CODES)
    ]
    return demo[0], project, replace(registers, flows=few.reset_index(drop=True))


@pytest.fixture(scope="module")
def followed(kommune):
    _, project, registers = kommune
    recent = registers.residents[registers.residents["year"].ge(2024)].reset_index(drop=True)
    return follow_movers(replace(registers, residents=recent), project, MoversQuestion(with_kommune=WITH))


def test_the_balance_is_that_of_the_residents_and_sums(followed, kommune):
    table = followed.areas.balance
    assert set(table["year"]) == {2025}
    shown = table.dropna()
    assert len(shown) > 5
    after = shown["residents_then_n"] + shown["came_n"] - shown["went_n"] + shown["other_n"]
    assert (after == shown["residents_now_n"]).all()


def test_the_inflow_is_to_the_areas_that_were_on_a_list(followed, kommune):
    lists = kommune[2].lists
    listed = sorted(set(lists.loc[lists["category"].eq(PREVENTION), "area_id"]))
    assert list(followed.areas.inflow_areas) == listed
    own = followed.areas.balance.set_index("area_id").loc[listed]
    assert followed.areas.inflow["inflow_n"].sum() == own["came_n"].sum()
    assert set(followed.areas.inflow["areas_n"]) == {len(listed)}


def test_the_parts_of_each_criterion_sum_to_its_change(followed):
    table = followed.areas.contributions
    for _, own in table.groupby(["year", "area_id", "criterion"]):
        if own["is_hidden"].any():
            continue
        unit = int(own["unit"].iloc[0])
        counts = own[["numerator_then", "denominator_then", "numerator_now", "denominator_now"]].sum()
        then, now = (
            counts[f"numerator_{day}"] / counts[f"denominator_{day}"] / unit for day in ("then", "now")
        )
        assert float(sum(own["contribution"])) == pytest.approx(now - then)


def test_an_area_that_came_of_a_split_has_its_name(followed):
    names = dict(zip(followed.areas.areas["area_id"], followed.areas.areas["name"], strict=True))
    assert names["LS09"] == "Rylevænget"


def test_kommuner_are_named_by_code_or_name_and_their_outflow_is_that_of_the_flows(followed, kommune):
    kommuner = followed.kommuner
    assert kommuner.kommuner_with == ("0101", "0461", "0751", "0851")
    true = sum_outflow(kommune[2].flows, kommuner.kommuner_with)
    shown = kommuner.outflow["movers_n"].notna()
    assert shown.mean() > 0.9
    assert (kommuner.outflow.loc[shown, "movers_n"] == true.loc[shown, "movers_n"]).all()
    # Two kommuner without are too few to compare four with: the answer says so, or there is a reason.
    assert (kommuner.social_export is None) != (kommuner.social_export_error is None)


def test_a_table_of_kommuner_can_say_which_have_such_areas(kommune):
    folder, project, registers = kommune
    bare = replace(registers, residents=registers.residents.iloc[:0])
    question = MoversQuestion(
        with_table=folder / "kommunetal.csv", with_column="prevention_areas_n", from_year=2023
    )
    found = follow_movers(bare, project, question)
    assert found.areas is None
    table = pd.read_csv(folder / "kommunetal.csv", sep=";", dtype={"kommune_code": str})
    named = set(table.loc[table["prevention_areas_n"].gt(0), "kommune_code"]) & set(CODES)
    assert set(found.kommuner.kommuner_with) == named
    assert set(found.kommuner.flows["year"]) == {2023, 2024}
    with pytest.raises(UsageError, match="no_column"):
        follow_movers(bare, project, replace(question, with_column=None))


def test_a_flows_file_goes_before_the_projects(kommune, tmp_path):
    _, project, registers = kommune
    path = tmp_path / "flytninger.csv"
    path.write_text(
        "year;from_kommune;to_kommune;exposure;movers_n\n2024;0101;0147;udsat;44\n2024;0147;0101;udsat;55\n",
        encoding="utf-8",
    )
    bare = replace(registers, residents=registers.residents.iloc[:0])
    found = follow_movers(bare, project, MoversQuestion(flows=path, with_kommune=("0101",)))
    assert found.kommuner.flows["movers_n"].tolist() == [44, 55]
    assert found.kommuner.social_export_error is not None


def test_without_a_register_of_flows_the_residents_are_counted_between_kommuner(kommune):
    """A project of two kommuner: every second area is of 0751, and the rest of the register of 0999."""
    _, project, registers = kommune
    areas = registers.areas.assign(
        kommune_code=pd.Series(["0751", "0999"] * len(registers.areas), dtype="str").iloc[
            : len(registers.areas)
        ]
    )
    residents = registers.residents[registers.residents["year"].ge(2024)].reset_index(drop=True)
    two = replace(registers, areas=areas, residents=residents, flows=registers.flows.iloc[:0])
    found = follow_movers(two, replace(project, movers={}), MoversQuestion()).kommuner
    homes = {}
    for year in (2024, 2025):
        places = place_dwellings(two, project.settings, date(year, 1, 1), kommune_code="0999")
        of_dwelling = dict(zip(places["dwelling_id"], places["kommune_code"], strict=True))
        own = residents[residents["year"].eq(year)]
        pairs = zip(own["person_id"], own["dwelling_id"].map(of_dwelling), own["dwelling_id"], strict=True)
        homes[year] = {person: (kommune, dwelling) for person, kommune, dwelling in pairs}
    moved = Counter(
        (start, homes[2025][person][0])
        for person, (start, dwelling) in homes[2024].items()
        if person in homes[2025] and homes[2025][person][1] != dwelling and homes[2025][person][0] != start
    )
    sums = found.flows.groupby(["from_kommune", "to_kommune"])["movers_n"].agg(["sum", "count", "size"])
    between = sums.loc[[("0751", "0999"), ("0999", "0751")]]
    assert between["count"].eq(between["size"]).all()
    assert between["sum"].to_dict() == dict(moved)
    assert min(moved.values()) > 10
    # Nobody says which kommuner have prevention areas: they are those of the areas on the lists.
    listed = registers.lists.loc[registers.lists["category"].eq(PREVENTION), "area_id"]
    codes = dict(zip(areas["area_id"], areas["kommune_code"], strict=True))
    assert set(found.kommuner_with) == {codes[area] for area in listed if area in codes}


def test_what_cannot_be_answered_is_told(kommune):
    _, project, registers = kommune
    bare = replace(registers, residents=registers.residents.iloc[:0])
    with pytest.raises(UsageError, match="unknown_kommune"):
        follow_movers(bare, project, MoversQuestion(with_kommune=("Atlantis",)))
    with pytest.raises(DataError, match="movers.nothing"):
        follow_movers(replace(bare, flows=bare.flows.iloc[:0]), project, MoversQuestion())


def test_the_inflow_of_no_area_is_empty():
    empty = pd.DataFrame({"year": pd.Series(dtype="int64"), "area_id": pd.Series(dtype="str")})
    balance = pd.DataFrame(
        {
            "year": [2025],
            "area_id": ["A"],
            "exposure": ["udsat"],
            "in_n": [1],
            "entered_n": [0],
            "immigrated_n": [0],
            "residents_then_n": [9],
        }
    )
    assert sum_inflow(balance, empty).empty
