"""The movers of the synthetic kommune, counted again person by person."""

from collections import Counter
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from boundaries.designation.indicators import count_indicators
from boundaries.designation.law import Criterion, rules_on
from boundaries.moves.balance import BALANCE_COLUMNS, balance_residents, find_imbalances
from boundaries.moves.classification import classify_persons
from boundaries.moves.contributions import (
    COUNT_COLUMNS,
    measure_contributions,
)
from boundaries.moves.flows import count_flows
from boundaries.moves.gathering import find_leavers, gather_by_area, gather_leavers
from boundaries.moves.groups import group_persons
from boundaries.moves.places import code_units, place_dwellings
from boundaries.moves.snapshots import match_years

RULES = rules_on(date(2024, 12, 1))


@pytest.fixture(scope="module")
def town(demo_registers):
    project, registers = demo_registers
    places = {
        year: place_dwellings(registers, project.settings, date(year, 1, 1), kommune_code="0999")
        for year in (2022, 2023)
    }
    matched = match_years(registers.residents, registers.dwellings["dwelling_id"], 2023)
    units = code_units(places[2022], places[2023], registers.dwellings["dwelling_id"])
    return registers, places, matched, classify_persons(matched, units)


def live(town, year):
    """Person to (dwelling, age, labour_outside, student) and dwelling to its place, as plain Python."""
    registers, places, _, _ = town
    rows = registers.residents[registers.residents["year"].eq(year)]
    columns = ["person_id", "dwelling_id", "age", "labour_outside", "is_student"]
    people = {row[0]: row[1:] for row in rows[columns].itertuples(index=False)}
    where = {row.dwelling_id: row for row in places[year].itertuples(index=False)}
    return people, where


def tell_exposure(person):
    _, age, share, student = person
    if not 18 <= age <= 64:
        return "uden_for_alder"
    if not pd.isna(student) and student:
        return "ikke_udsat"
    return "ukendt" if pd.isna(share) else "udsat" if share >= 0.5 else "ikke_udsat"


def find_area(where, dwelling):
    place = where[dwelling]
    return place.area_id if place.is_counted else None


def test_the_demo_counted_again_person_by_person(town):
    _, _, matched, classified = town
    then, where_then = live(town, 2022)
    now, where_now = live(town, 2023)
    expected = Counter()
    routes = Counter()
    for person in then.keys() | now.keys():
        before, after = then.get(person), now.get(person)
        exposure = tell_exposure(before or after)
        start = find_area(where_then, before[0]) if before else None
        end = find_area(where_now, after[0]) if after else None
        if start:
            expected[start, exposure, "residents_then_n"] += 1
        if end:
            expected[end, exposure, "residents_now_n"] += 1
        if start and start == end:
            expected[start, exposure, "stayed_n" if before[0] == after[0] else "internal_n"] += 1
            continue
        same = before and after and before[0] == after[0]
        leaves_by_move = start and after and not same and where_now[after[0]].area_id != start
        comes_by_move = end and before and not same and where_then[before[0]].area_id != end
        if start:
            kind = "left_n" if not after else "out_n" if leaves_by_move else "recounted_out_n"
            expected[start, exposure, kind] += 1
        if end:
            new = "born_n" if after[1] == 0 else "entered_n"
            kind = new if not before else "in_n" if comes_by_move else "recounted_in_n"
            expected[end, exposure, kind] += 1
        if leaves_by_move or comes_by_move:
            routes[start, end, exposure] += 1
    groups = group_persons(matched)
    table = balance_residents(matched, classified, groups).set_index(["area_id", "exposure"])
    found = {
        (*key, column): int(row[column])
        for key, row in table.iterrows()
        for column in BALANCE_COLUMNS
        if row[column]
    }
    assert found == {key: count for key, count in expected.items() if count}
    assert find_imbalances(table).empty
    flows = count_flows(matched, classified, groups).astype(object)
    columns = ["from_id", "to_id", "exposure", "movers_n"]
    plain = flows[columns].where(flows[columns].notna(), None)
    assert {row[:3]: row[3] for row in plain.itertuples(index=False, name=None)} == dict(routes)
    # The planted split and the torn-down blocks.
    assert table.loc["LS07", "recounted_out_n"].sum() == table.loc["LS09", "recounted_in_n"].sum() > 500
    assert table.loc["LS06", "out_n"].sum() > 200


def test_the_shares_of_the_demo_are_those_of_the_criteria(town):
    registers, places, matched, classified = town
    table = measure_contributions(matched, classified, RULES, list(Criterion))
    sums = table.groupby(["area_id", "criterion"])[list(COUNT_COLUMNS)].sum()
    for year, day in ((2022, "then"), (2023, "now")):
        decided = places[year].assign(decision=np.where(places[year]["is_counted"], "counted", "not_counted"))
        one_year = registers.residents.assign(year=registers.residents["year"])
        ids = list(classified.units.ids)
        indicators = count_indicators(one_year, decided, ids, RULES, year)
        own = indicators[indicators["year"].eq(year)].set_index(["area_id", "criterion"])
        assert len(own) >= 4 * len(ids)
        for key, row in own.iterrows():
            assert row["numerator"] == sums.loc[key, f"numerator_{day}"], key
            assert row["denominator"] == sums.loc[key, f"denominator_{day}"], key


def test_the_parts_of_the_demo_sum_to_the_last_person_and_krone(town):
    _, _, matched, classified = town
    table = measure_contributions(matched, classified, RULES, list(Criterion))
    for (area, _), own in table.groupby(["area_id", "criterion"]):
        unit = int(own["unit"].iloc[0])
        totals = {name: int(own[name].sum()) for name in COUNT_COLUMNS}
        if area == "LS09":
            assert own["contribution"].isna().all()
            continue
        then = Fraction(totals["numerator_then"], totals["denominator_then"] * unit)
        assert then + sum(own["contribution"]) == Fraction(
            totals["numerator_now"], totals["denominator_now"] * unit
        )


def test_leavers_of_the_demo_gather_where_they_live(town):
    _, places, matched, classified = town
    with_plan = {"LS01", "LS06"}
    groups = group_persons(matched, ())
    leavers = find_leavers(matched, classified, places[2023], with_plan)
    table, by_area = gather_leavers(leavers, groups), gather_by_area(leavers, groups)
    then, where_then = live(town, 2022)
    now, where_now = live(town, 2023)
    sizes = Counter(find_area(where_then, person[0]) for person in then.values())
    expected, areas = Counter(), Counter()
    for person, before in then.items():
        start, after = find_area(where_then, before[0]), now.get(person)
        if not start and isinstance(where_then[before[0]].area_id, str):
            continue
        origin = "with_plan" if start in with_plan else "without_plan" if start else "outside"
        if not after:
            expected[origin, "left_register"] += 1
            continue
        place = where_now[after[0]]
        if after[0] == before[0] or (start and place.area_id == start):
            continue
        area = place.area_id if isinstance(place.area_id, str) else None
        size = sizes[area] or 675
        kind = (
            ("small_area" if size < 1000 else "large_area")
            if area
            else "other_almen"
            if place.is_almen
            else "not_almen"
        )
        expected[origin, kind] += 1
        if area:
            areas[origin, area] += 1
    found = table.set_index(["origin", "destination"])["movers_n"]
    assert {key: int(count) for key, count in found.items() if count} == dict(expected)
    for origin, own in table.groupby("origin"):
        inside = own[own["destination"].ne("left_register")]
        assert (own["leavers_n"] == inside["movers_n"].sum()).all(), origin
    assert by_area.set_index(["origin", "area_id"])["movers_n"].to_dict() == dict(areas)
    assert by_area["has_plan"].eq(by_area["area_id"].isin(with_plan)).all()
    assert set(by_area.loc[by_area["is_small"], "area_id"]) == {"LS08", "LS09"}
