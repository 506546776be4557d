"""Who moved, counted again person by person: small towns by hand, any town by chance, and the demo."""

from collections import Counter
from datetime import date
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.designation.indicators import count_indicators
from boundaries.designation.law import Criterion, rules_on
from boundaries.moves.balance import BALANCE_COLUMNS, balance_residents, find_imbalances
from boundaries.moves.classification import KINDS, MoveKind, classify_persons
from boundaries.moves.contributions import (
    COUNT_COLUMNS,
    PARTS,
    Component,
    Part,
    measure_contributions,
    sum_parts,
)
from boundaries.moves.flows import count_flows, select_kommuner_with, shape_kommune_flows
from boundaries.moves.gathering import gather_by_area, gather_leavers
from boundaries.moves.groups import Exposure, ExposureRule, group_persons
from boundaries.moves.identity import find_positions, find_repeated
from boundaries.moves.places import Level, code_units, place_decided, place_dwellings
from boundaries.moves.snapshots import find_snapshot_gaps, list_figure_years, match_years
from boundaries.registers.project import load_project
from boundaries.registers.readers import read_registers
from data.synthetic import write_demo
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError, UsageError

RULES = rules_on(date(2024, 12, 1))


def make_residents(rows, **columns):
    """Residents of (year, dwelling, person, age) and further columns by name."""
    frame = pd.DataFrame(rows, columns=["year", "dwelling_id", "person_id", "age"])
    defaults = {
        "residents_n": 1,
        "origin": "dansk",
        "labour_outside": np.nan,
        "is_convicted": pd.NA,
        "education": pd.NA,
        "gross_income_dkk": np.nan,
        "disposable_income_dkk": np.nan,
        "is_student": False,
        "is_taxable": True,
    }
    for name, value in (defaults | columns).items():
        frame[name] = value
    dtypes = {
        "year": "Int64", "age": "Int64", "residents_n": "int64", "labour_outside": "float64",
        "gross_income_dkk": "float64", "disposable_income_dkk": "float64", "is_convicted": "boolean",
        "is_student": "boolean", "is_taxable": "boolean",
    }  # fmt: skip
    return frame.astype({name: dtypes.get(name, "str") for name in frame.columns})


def make_places(rows):
    """Places of (dwelling, kommune, area, counted, almen)."""
    frame = pd.DataFrame(rows, columns=["dwelling_id", "kommune_code", "area_id", "is_counted", "is_almen"])
    return frame.astype({"dwelling_id": "str", "kommune_code": "str", "area_id": "str"})


PLACES = make_places(
    [
        ("A1", "0101", "A", True, True),
        ("A2", "0101", "A", True, True),
        ("AX", "0101", "A", False, False),
        ("B1", "0101", "B", True, True),
        ("C1", "0265", None, False, False),
        ("C2", "0265", None, False, True),
    ]
)


def follow(residents, then=PLACES, now=PLACES, *, level=Level.AREA, year=2025, **options):
    ids = pd.Series(sorted({*then["dwelling_id"], *now["dwelling_id"]}), dtype="str")
    matched = match_years(residents, ids, year)
    units = code_units(then, now, ids, level=level, membership=options.pop("membership", "counted"))
    return matched, classify_persons(matched, units, options.pop("events", None))


def balance(residents, *, by=(), **options):
    matched, classified = follow(residents, **options)
    table = balance_residents(matched, classified, group_persons(matched, by))
    assert find_imbalances(table).empty
    return table


def read_row(table, **where):
    own = table
    for name, value in where.items():
        own = own[own[name].eq(value)]
    assert len(own) == 1
    return {name[:-2]: int(own[name].iloc[0]) for name in BALANCE_COLUMNS if own[name].iloc[0]}


STORY = [
    (2024, "A1", "stays", 40), (2025, "A1", "stays", 41),
    (2024, "A1", "within", 40), (2025, "A2", "within", 41),
    (2024, "A1", "to_b", 30), (2025, "B1", "to_b", 31),
    (2024, "A1", "to_c", 30), (2025, "C1", "to_c", 31),
    (2024, "C1", "to_a", 30), (2025, "A2", "to_a", 31),
    (2024, "A2", "gone", 80),
    (2025, "A1", "baby", 0),
    (2025, "A1", "new", 25),
    (2024, "A1", "uncounted", 50), (2025, "AX", "uncounted", 51),
    (2024, "AX", "counted", 50), (2025, "A1", "counted", 51),
    (2024, "C1", "elsewhere", 50), (2025, "C2", "elsewhere", 51),
]  # fmt: skip


def test_everyone_of_an_area_has_one_of_the_kinds():
    table = balance(make_residents(STORY))
    assert read_row(table, area_id="A") == {
        "residents_then": 6, "stayed": 1, "internal": 1, "in": 1, "born": 1, "entered": 1,
        "recounted_in": 1, "out": 2, "left": 1, "recounted_out": 1, "residents_now": 6,
    }  # fmt: skip
    assert read_row(table, area_id="B") == {"in": 1, "residents_now": 1}


def test_the_boundary_holds_those_who_do_not_count_too():
    table = balance(make_residents(STORY), membership="boundary")
    assert read_row(table, area_id="A") == {
        "residents_then": 7, "stayed": 1, "internal": 3, "in": 1, "born": 1, "entered": 1, "out": 2,
        "left": 1, "residents_now": 7,
    }  # fmt: skip


def test_kommuner_see_moves_between_them_only():
    table = balance(make_residents(STORY), level=Level.KOMMUNE)
    assert read_row(table, kommune_code="0101") == {
        "residents_then": 7, "stayed": 1, "internal": 4, "in": 1, "born": 1, "entered": 1, "out": 1,
        "left": 1, "residents_now": 8,
    }  # fmt: skip
    assert read_row(table, kommune_code="0265") == {
        "residents_then": 2, "internal": 1, "in": 1, "out": 1, "residents_now": 2,
    }  # fmt: skip


def test_a_zone_is_a_column_of_the_places():
    zoned = PLACES.assign(zone_id=pd.Series(["Z", "Z", "Z", "Y", None, "Y"], dtype="str"))
    table = balance(make_residents(STORY), level=Level.ZONE, then=zoned, now=zoned)
    assert read_row(table, zone_id="Y") == {"in": 2, "residents_now": 2}


def test_an_area_that_is_divided_moves_nobody():
    after = PLACES.assign(area_id=PLACES["area_id"].mask(PLACES["dwelling_id"].eq("A2"), "N"))
    rows = [
        (2024, "A2", "p", 40),
        (2025, "A2", "p", 41),
        (2024, "A1", "q", 40),
        (2025, "A2", "q", 41),
        (2024, "A2", "r", 40),
        (2025, "A1", "r", 41),
    ]
    table = balance(make_residents(rows), now=after)
    assert read_row(table, area_id="N") == {"in": 1, "recounted_in": 1, "residents_now": 2}
    assert read_row(table, area_id="A") == {
        "residents_then": 3, "internal": 1, "out": 1, "recounted_out": 1, "residents_now": 1,
    }  # fmt: skip


def test_events_tell_the_dead_from_those_who_left():
    events = pd.DataFrame(
        {
            "person_id": ["gone", "new", "baby", "stays"],
            "event": ["død", "indvandret", "indvandret", "udvandret"],
        },
        dtype="str",
    )
    row = read_row(balance(make_residents(STORY), events=events), area_id="A")
    assert row["died"] == 1
    assert row["immigrated"] == 2
    assert not {"left", "entered", "born", "emigrated"} & set(row)
    assert row["stayed"] == 1


def test_who_cannot_be_followed_stands_apart():
    rows = [(2024, "A1", "p", 40), (2025, "A1", "p", 41), (2024, "A2", None, None), (2025, "A2", None, None)]
    residents = make_residents(rows).assign(residents_n=[1, 1, 3, 5], labour_outside=[0, 0, np.nan, np.nan])
    table = balance(residents, by=("exposure",))
    assert read_row(table, area_id="A", exposure="ukendt") == {
        "residents_then": 3, "unfollowed_then": 3, "unfollowed_now": 5, "residents_now": 5,
    }  # fmt: skip


def test_a_dwelling_that_no_register_has_is_compared_by_its_name():
    rows = [
        (2024, "?1", "p", 1),
        (2025, "?1", "p", 2),
        (2024, "?1", "q", 1),
        (2025, "?2", "q", 2),
        (2024, "A1", "r", 2),
        (2025, "A1", "r", 3),
    ]
    matched, classified = follow(make_residents(rows))
    assert matched.stays_put.tolist() == [True, False, True]
    assert classified.unit_then.tolist() == [-1, -1, 0]


def test_a_missing_day_is_told_with_the_days_there_are():
    residents = make_residents([(2022, "A1", "p", 1), (2025, "A1", "p", 4)])
    with pytest.raises(DataError) as raised:
        follow(residents)
    assert raised.value.key == "moves.missing_snapshot"
    for language in LANGUAGES:
        sentence = load_texts(language).get("error.moves.missing_snapshot", raised.value.values)
        assert "2024" in sentence
        assert "2022, 2025" in sentence
    assert list_figure_years(residents) == ()
    assert list_figure_years(make_residents(STORY)) == (2025,)


def test_gaps_between_the_days_and_persons_without_id_are_found():
    rows = [(2020, "A1", "p", 1), (2023, "A1", "p", 4), (2023, "A1", None, 4), (2024, "A1", "p", 5)]
    residents = make_residents(rows).assign(residents_n=[1, 1, 7, 1])
    found = find_snapshot_gaps(residents)
    assert found[["rule", "severity", "value"]].to_numpy().tolist() == [
        ["snapshot_missing", "warning", "2021"],
        ["snapshot_missing", "warning", "2022"],
        ["residents_without_person_id", "warning", "2023"],
    ]
    assert found["other"].iloc[0] == "2020, 2023, 2024"
    assert found["measure"].iloc[2] == 7
    assert find_snapshot_gaps(residents.iloc[:0]).empty
    for rule in found["rule"]:
        assert all(load_texts(language).has(f"finding.{rule}.text") for language in LANGUAGES)


def test_a_person_in_two_dwellings_on_one_day_is_named_with_both():
    residents = make_residents([*STORY, (2025, "B1", "stays", 41)])
    with pytest.raises(DataError) as raised:
        follow(residents)
    assert dict(raised.value.values) == {"person": "stays", "year": 2025, "dwellings": "A1, B1"}


def test_counted_rows_alone_cannot_be_followed():
    with pytest.raises(DataError, match="no_person_ids"):
        follow(make_residents([(2024, "A1", None, 3), (2025, "A1", "p", 3)]))


def test_a_group_that_there_is_not_is_told_with_those_there_are():
    matched, _ = follow(make_residents(STORY))
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
def test_exposed_is_outside_work_and_education(age, share, student, expected):
    rows = [(2024, "A1", "p", age), (2025, "A1", "p", 41)]
    residents = make_residents(rows).assign(
        labour_outside=pd.Series([share, 0.0], dtype="float64"),
        is_student=pd.Series([student, False], dtype="boolean"),
    )
    matched, _ = follow(residents)
    groups = group_persons(matched)
    assert groups.table["exposure"].iloc[groups.then[0]] == expected
    assert groups.now[0] == groups.then[0]
    later = group_persons(matched, measured_on="now")
    assert later.table["exposure"].iloc[later.then[0]] == "ikke_udsat"


def test_the_rule_of_exposure_can_be_stated():
    rows = [(2024, "A1", "p", 66), (2025, "A1", "p", 67)]
    matched, _ = follow(make_residents(rows, labour_outside=0.9))
    strict = group_persons(matched, rule=ExposureRule(highest_age=66, outside_from=1.0))
    wide = group_persons(matched, rule=ExposureRule(highest_age=66, outside_from=0.9))
    assert strict.table["exposure"].iloc[strict.then[0]] == Exposure.NOT_EXPOSED
    assert wide.table["exposure"].iloc[wide.then[0]] == Exposure.EXPOSED


def test_a_stated_column_groups_too():
    rows = [(2024, "A1", "p", 40), (2025, "A1", "p", 41), (2024, "A1", "q", 30), (2025, "B1", "q", 31)]
    residents = make_residents(rows).assign(education=pd.Series(["lang", "lang", None, "kort"], dtype="str"))
    table = balance(residents, by=("education",))
    assert table["education"].unique().tolist() == ["kort", "lang", "ukendt"]
    assert read_row(table, area_id="A", education="ukendt") == {"residents_then": 1, "out": 1}
    assert read_row(table, area_id="A", education="lang")["stayed"] == 1


def test_places_may_stand_in_any_order():
    residents = make_residents(STORY)
    shuffled = PLACES.iloc[[3, 0, 5, 2, 4, 1]].reset_index(drop=True)
    for level in (Level.AREA, Level.KOMMUNE):
        one, other = (balance(residents, then=PLACES, now=now, level=level) for now in (PLACES, shuffled))
        pd.testing.assert_frame_equal(one, other)


def test_a_dwelling_is_of_the_kommune_of_its_area_then_of_where_it_lies_then_of_the_register():
    columns = {"dwelling_id": ["a", "b", "c"], "x": [500_000.0, 600_050, 700_000], "y": [6_200_000.0] * 3}
    dwellings = pd.DataFrame(columns).assign(
        area_id=pd.Series(["A", None, None], dtype="str"),
        decision=["counted", "outside", "outside"],
        tenure=["almen_familiebolig", "ejerbolig", "almen_ungdomsbolig"],
    )
    areas = pd.DataFrame({"area_id": ["A"], "kommune_code": ["0101"]}, dtype="str")
    kommuner = gpd.GeoDataFrame(
        {"kommune_code": ["0265"]},
        geometry=[shapely.box(600_000, 6_199_000, 600_100, 6_201_000)],
        crs="EPSG:25832",
    )
    bare = place_decided(dwellings, areas)
    assert bare["kommune_code"].isna().tolist() == [False, True, True]
    full = place_decided(dwellings, areas, kommune_code="0751", kommuner=kommuner)
    assert full["kommune_code"].tolist() == ["0101", "0265", "0751"]
    assert full["is_almen"].tolist() == [True, False, True]
    assert full["is_counted"].tolist() == [True, False, False]


# Any ids at all.


IDS = st.lists(st.text(min_size=1, max_size=20), unique=True, max_size=30)


@given(IDS, st.lists(st.text(min_size=1, max_size=20), max_size=30), st.data())
def test_ids_are_found_as_a_dictionary_finds_them(known, others, data):
    wanted = others + data.draw(st.lists(st.sampled_from(known), max_size=20) if known else st.just([]))
    found = find_positions(pd.Series(wanted, dtype="str"), pd.Series(known, dtype="str"))
    places = {name: position for position, name in enumerate(known)}
    assert found.tolist() == [places.get(name, -1) for name in wanted]
    seen = pd.Series(wanted, dtype="str")
    assert find_repeated(seen).tolist() == [name in wanted[:place] for place, name in enumerate(wanted)]


@pytest.mark.parametrize("length", [1, 7, 8, 9, 15, 16, 17, 36])
def test_ids_of_one_length_are_told_by_every_letter(length):
    base = "x" * length
    known = [base[:place] + "y" + base[place + 1 :] for place in range(length)]
    wanted = [*reversed(known), base]
    found = find_positions(pd.Series(wanted, dtype="str"), pd.Series(known, dtype="str"))
    assert found.tolist() == [*range(length - 1, -1, -1), -1]


def test_many_ids_are_found_heap_by_heap():
    numbers = np.random.default_rng(5).permutation(300_000)
    known = pd.Series([f"P{number:09d}" for number in numbers[:250_000]], dtype="str")
    wanted = pd.Series([f"P{number:09d}" for number in numbers[::-1]], dtype="str")
    found = find_positions(wanted, known)
    backwards = np.arange(300_000)[::-1]
    assert (found == np.where(backwards < 250_000, backwards, -1)).all()
    assert not find_repeated(known).any()
    twice = pd.concat([known, known.iloc[:3]], ignore_index=True)
    assert np.flatnonzero(find_repeated(twice)).tolist() == [250_000, 250_001, 250_002]


# Any town at all.

HOMES = st.sampled_from(["A1", "A2", "AX", "B1", "C1", "C2", "?"])
LIVES = st.lists(
    st.tuples(
        st.none() | HOMES,
        st.none() | HOMES,
        st.integers(0, 90),
        st.sampled_from([None, 0.0, 0.3, 1.0]),
        st.sampled_from([None, 0.0, 1.0]),
    ),
    max_size=25,
)


def build_town(lives):
    rows, shares = [(2024, "A1", "anchor", 40), (2025, "A1", "anchor", 41)], [0.0, 1.0]
    for number, (home_then, home_now, age, share_then, share_now) in enumerate(lives):
        if home_then is not None:
            rows.append((2024, home_then, f"p{number}", age))
            shares.append(share_then)
        if home_now is not None:
            rows.append((2025, home_now, f"p{number}", age + 1 if home_then else age))
            shares.append(share_now)
    return make_residents(rows).assign(labour_outside=pd.Series(shares, dtype="float64"))


PLACES_NOW = PLACES.assign(is_counted=PLACES["is_counted"] & PLACES["dwelling_id"].ne("A2"))


@given(
    LIVES, st.sampled_from(list(Level)[:2]), st.sampled_from([(), ("exposure",), ("age_group", "exposure")])
)
def test_the_balance_sums_whatever_people_do(lives, level, by):
    matched, classified = follow(build_town(lives), now=PLACES_NOW, level=level)
    groups = group_persons(matched, by)
    table = balance_residents(matched, classified, groups)
    assert find_imbalances(table).empty
    flows = count_flows(matched, classified, groups)
    assert (flows["movers_n"] > 0).all()
    assert not (flows["from_id"].isna() & flows["to_id"].isna()).any()
    for end, column in (("from_id", "out_n"), ("to_id", "in_n")):
        sums = flows.groupby([end, *by])["movers_n"].sum()
        for row in table.to_dict("records"):
            key = tuple(row[name] for name in (str(level), *by))
            assert row[column] == sums.get(key if by else key[0], 0)


@settings(max_examples=25)
@given(LIVES)
def test_the_parts_of_a_criterion_sum_to_its_change(lives):
    criteria = [Criterion.LABOUR_OUTSIDE, Criterion.NON_WESTERN]
    matched, classified = follow(build_town(lives), now=PLACES_NOW)
    table = measure_contributions(matched, classified, RULES, criteria)
    assert len(table) == 2 * len(criteria) * len(Component)
    for _, own in table.groupby(["area_id", "criterion"]):
        totals = {name: int(own[name].sum()) for name in COUNT_COLUMNS}
        unit = int(own["unit"].iloc[0])
        if not totals["denominator_then"] or not totals["denominator_now"]:
            assert own["contribution"].isna().all()
            continue
        then = Fraction(totals["numerator_then"], totals["denominator_then"] * unit)
        now = Fraction(totals["numerator_now"], totals["denominator_now"] * unit)
        assert sum(own["contribution"]) == now - then
        few = sum_parts(own)
        assert sum(few["contribution"]) == now - then
        assert sorted(few["part"]) == sorted(map(str, Part))


def test_a_leaver_above_the_mean_lowers_the_share_by_the_formula():
    rows = [(2024, "A1", "a", 30), (2024, "A1", "b", 30), (2025, "A1", "a", 31)]
    residents = make_residents(rows).assign(labour_outside=[0.0, 1.0, 0.0])
    matched, classified = follow(residents)
    table = measure_contributions(matched, classified, RULES, [Criterion.LABOUR_OUTSIDE])
    parts = table[table["contribution"].ne(0) & table["area_id"].eq("A")].set_index("component")
    # From 1/2 to 0: mean share 1/4, mean number 3/2; the leaver brought -1 of 1 and -1 person.
    assert parts["contribution"].to_dict() == {"left": Fraction(-1, 2)}
    assert set(PARTS) == set(Component)


# The demo, counted again person by person.


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("moves")
    write_demo(folder)
    project = load_project(folder)
    registers = read_registers(project)
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
    table = gather_leavers(matched, classified, groups, places[2023], with_plan)
    by_area = gather_by_area(matched, classified, groups, places[2023], with_plan)
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


def test_moves_between_kommuner_take_the_shape_of_the_register():
    matched, classified = follow(make_residents(STORY), level=Level.KOMMUNE)
    flows = shape_kommune_flows(count_flows(matched, classified, group_persons(matched, ())))
    assert flows[["from_kommune", "to_kommune", "exposure", "group", "movers_n"]].to_numpy().tolist() == [
        ["0101", "0265", "alle", "alle", 1],
        ["0265", "0101", "alle", "alle", 1],
    ]
    grouped = count_flows(matched, classified, group_persons(matched, ("exposure", "origin_group")))
    shaped = shape_kommune_flows(grouped)
    assert set(shaped["group"]) == {"dansk"}
    assert set(shaped["exposure"]) == {"ukendt"}


def test_kommuner_with_are_those_of_the_listed_areas():
    areas = pd.DataFrame({"area_id": ["a", "b", "c"], "kommune_code": ["0101", "0265", None]}, dtype="str")
    lists = pd.DataFrame(
        {"area_id": ["a", "c", "b"], "category": ["forebyggelsesomraade"] * 2 + ["parallelsamfund"]}
    )
    assert select_kommuner_with(lists, areas) == {"0101"}
    assert select_kommuner_with(lists, areas, categories=("parallelsamfund",)) == {"0265"}


def test_the_kinds_are_named_in_one_order():
    assert [str(kind) for kind in KINDS][:4] == ["stayed", "internal", "out", "in"]
    assert len(set(KINDS)) == len(MoveKind)
