"""The balance of an area, a kommune and a zone: everyone of a small village has one of the kinds."""

import numpy as np
import pandas as pd

from boundaries.moves.balance import BALANCE_COLUMNS
from boundaries.moves.classification import KINDS, MoveKind
from boundaries.moves.places import Level


def read_row(table, **where):
    own = table
    for name, value in where.items():
        own = own[own[name].eq(value)]
    assert len(own) == 1
    return {name[:-2]: int(own[name].iloc[0]) for name in BALANCE_COLUMNS if own[name].iloc[0]}


def test_everyone_of_an_area_has_one_of_the_kinds(village):
    table = village.balance(village.residents(village.story))
    assert read_row(table, area_id="A") == {
        "residents_then": 6, "stayed": 1, "internal": 1, "in": 1, "born": 1, "entered": 1,
        "recounted_in": 1, "out": 2, "left": 1, "recounted_out": 1, "residents_now": 6,
    }  # fmt: skip
    assert read_row(table, area_id="B") == {"in": 1, "residents_now": 1}


def test_the_boundary_holds_those_who_do_not_count_too(village):
    table = village.balance(village.residents(village.story), membership="boundary")
    assert read_row(table, area_id="A") == {
        "residents_then": 7, "stayed": 1, "internal": 3, "in": 1, "born": 1, "entered": 1, "out": 2,
        "left": 1, "residents_now": 7,
    }  # fmt: skip


def test_kommuner_see_moves_between_them_only(village):
    table = village.balance(village.residents(village.story), level=Level.KOMMUNE)
    assert read_row(table, kommune_code="0101") == {
        "residents_then": 7, "stayed": 1, "internal": 4, "in": 1, "born": 1, "entered": 1, "out": 1,
        "left": 1, "residents_now": 8,
    }  # fmt: skip
    assert read_row(table, kommune_code="0265") == {
        "residents_then": 2, "internal": 1, "in": 1, "out": 1, "residents_now": 2,
    }  # fmt: skip


def test_a_zone_is_a_column_of_the_places(village):
    zoned = village.places.assign(zone_id=pd.Series(["Z", "Z", "Z", "Y", None, "Y"], dtype="str"))
    table = village.balance(village.residents(village.story), level=Level.ZONE, then=zoned, now=zoned)
    assert read_row(table, zone_id="Y") == {"in": 2, "residents_now": 2}


def test_an_area_that_is_divided_moves_nobody(village):
    after = village.places.assign(
        area_id=village.places["area_id"].mask(village.places["dwelling_id"].eq("A2"), "N")
    )
    rows = [
        (2024, "A2", "p", 40),
        (2025, "A2", "p", 41),
        (2024, "A1", "q", 40),
        (2025, "A2", "q", 41),
        (2024, "A2", "r", 40),
        (2025, "A1", "r", 41),
    ]
    table = village.balance(village.residents(rows), now=after)
    assert read_row(table, area_id="N") == {"in": 1, "recounted_in": 1, "residents_now": 2}
    assert read_row(table, area_id="A") == {
        "residents_then": 3, "internal": 1, "out": 1, "recounted_out": 1, "residents_now": 1,
    }  # fmt: skip


def test_events_tell_the_dead_from_those_who_left(village):
    events = pd.DataFrame(
        {
            "person_id": ["gone", "new", "baby", "stays"],
            "event": ["død", "indvandret", "indvandret", "udvandret"],
        },
        dtype="str",
    )
    row = read_row(village.balance(village.residents(village.story), events=events), area_id="A")
    assert row["died"] == 1
    assert row["immigrated"] == 2
    assert not {"left", "entered", "born", "emigrated"} & set(row)
    assert row["stayed"] == 1


def test_who_cannot_be_followed_stands_apart(village):
    rows = [(2024, "A1", "p", 40), (2025, "A1", "p", 41), (2024, "A2", None, None), (2025, "A2", None, None)]
    residents = village.residents(rows).assign(
        residents_n=[1, 1, 3, 5], labour_outside=[0, 0, np.nan, np.nan]
    )
    table = village.balance(residents, by=("exposure",))
    assert read_row(table, area_id="A", exposure="ukendt") == {
        "residents_then": 3, "unfollowed_then": 3, "unfollowed_now": 5, "residents_now": 5,
    }  # fmt: skip


def test_a_dwelling_that_no_register_has_is_compared_by_its_name(village):
    rows = [
        (2024, "?1", "p", 1),
        (2025, "?1", "p", 2),
        (2024, "?1", "q", 1),
        (2025, "?2", "q", 2),
        (2024, "A1", "r", 2),
        (2025, "A1", "r", 3),
    ]
    matched, classified = village.follow(village.residents(rows))
    assert matched.stays_put.tolist() == [True, False, True]
    assert classified.unit_then.tolist() == [-1, -1, 0]


def test_a_stated_column_groups_too(village):
    rows = [(2024, "A1", "p", 40), (2025, "A1", "p", 41), (2024, "A1", "q", 30), (2025, "B1", "q", 31)]
    residents = village.residents(rows).assign(
        education=pd.Series(["lang", "lang", None, "kort"], dtype="str")
    )
    table = village.balance(residents, by=("education",))
    assert table["education"].unique().tolist() == ["kort", "lang", "ukendt"]
    assert read_row(table, area_id="A", education="ukendt") == {"residents_then": 1, "out": 1}
    assert read_row(table, area_id="A", education="lang")["stayed"] == 1


def test_places_may_stand_in_any_order(village):
    residents = village.residents(village.story)
    shuffled = village.places.iloc[[3, 0, 5, 2, 4, 1]].reset_index(drop=True)
    for level in (Level.AREA, Level.KOMMUNE):
        one, other = (
            village.balance(residents, then=village.places, now=now, level=level)
            for now in (village.places, shuffled)
        )
        pd.testing.assert_frame_equal(one, other)


def test_the_kinds_are_named_in_one_order():
    assert [str(kind) for kind in KINDS][:4] == ["stayed", "internal", "out", "in"]
    assert len(set(KINDS)) == len(MoveKind)
