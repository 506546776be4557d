"""Bitemporal rows: at most one of each id is kept, whatever the order, and what is left out adds up."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.registers.extracts.entities import ENTITIES, Entity
from boundaries.registers.extracts.versions import keep_in_force
from boundaries.registers.rows import Rows

UNIT = next(shape for shape in ENTITIES if shape.entity is Entity.UNIT)
STAIRCASE = next(shape for shape in ENTITIES if shape.entity is Entity.STAIRCASE)
FIELDS = ["id", "status", "registered_from", "registered_to", "valid_from", "valid_to"]
DAYS = [f"20{year:02d}-01-01T00:00:00Z" for year in range(10, 16)]

version = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["A", "B", "C"]),
        "status": st.sampled_from(["6", "10", None]),
        "registered_from": st.sampled_from(DAYS),
        "registered_to": st.sampled_from([None, None, *DAYS]),
        "valid_from": st.sampled_from(DAYS),
        "valid_to": st.sampled_from([None, None, *DAYS]),
    }
)


def make_rows(versions):
    frame = pd.DataFrame(versions, columns=FIELDS).astype("str")
    origin = pd.DataFrame({"file": "enhed.csv", "layer": "", "line": range(2, len(frame) + 2)}).astype(
        {"file": "str", "layer": "str", "line": "Int64"}
    )
    return Rows(
        register="dwellings",
        frame=frame,
        origin=origin,
        record_id=frame["id"],
        headings={"enhed.csv": {name: name for name in FIELDS}},
        present=frozenset(FIELDS),
    )


def is_in_force(row, day):
    if row["registered_to"] is not None:
        return False
    if day is None:
        return row["valid_to"] is None
    return row["valid_from"][:10] <= day.isoformat() and (
        row["valid_to"] is None or row["valid_to"][:10] > day.isoformat()
    )


days = st.one_of(
    st.none(),
    st.integers(0, 6 * 365).map(lambda days: date(2010, 1, 1) + timedelta(days=days)),
    st.sampled_from([datetime.fromisoformat(day).date() for day in DAYS]),
)


@given(st.lists(version, max_size=12), days)
def test_the_newest_row_in_force_of_each_id_is_kept(versions, day):
    checked = keep_in_force(make_rows(versions), UNIT, on=day)
    wanted = {}
    for row in versions:
        if is_in_force(row, day) and row["status"] != "10":
            best = wanted.get(row["id"], row)
            wanted[row["id"]] = max(best, row, key=lambda one: (one["valid_from"], one["registered_from"]))
    found = checked.frame.set_index("id")
    assert sorted(found.index) == sorted(wanted)
    for name, row in wanted.items():
        assert (found.loc[name, "valid_from"], found.loc[name, "registered_from"]) == (
            row["valid_from"], row["registered_from"],
        )  # fmt: skip


@given(st.lists(version, max_size=12), days)
def test_kept_and_left_out_are_all_rows(versions, day):
    checked = keep_in_force(make_rows(versions), UNIT, on=day)
    found = pd.concat(checked.findings)
    counted = found.loc[found["rule"].isin(["versions_left_out", "status_left_out"]), "measure"].sum()
    dropped = (found["rule"] == "several_versions").sum()
    assert len(checked.frame) + counted + dropped == len(versions)


@given(st.lists(version, max_size=10), days, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(versions, day, dice):
    shuffled = list(versions)
    dice.shuffle(shuffled)
    one, other = (
        keep_in_force(make_rows(rows), UNIT, on=day).frame.sort_values("id", ignore_index=True)
        for rows in (versions, shuffled)
    )
    pd.testing.assert_frame_equal(one, other)


def test_only_what_is_filtered_by_status_is():
    row = dict.fromkeys(FIELDS) | {"id": "A", "status": "10", "valid_from": DAYS[0]}
    assert keep_in_force(make_rows([row]), UNIT, on=None).frame.empty
    assert len(keep_in_force(make_rows([row]), STAIRCASE, on=None).frame) == 1


@pytest.mark.parametrize(
    ("time", "day", "is_kept"),
    [
        ("2020-01-01T00:00:00Z", date(2020, 1, 1), True),
        ("2020-01-01T00:00:01Z", date(2020, 1, 1), False),
        ("2019-12-31T23:59:59.999999Z", date(2020, 1, 1), True),
        ("2020-01-01T01:00:00+01:00", date(2020, 1, 1), True),
        ("2020-01-01T00:59:00+01:00", date(2019, 12, 31), False),
        ("2020-01-01", date(2020, 1, 1), True),
    ],
)
def test_a_row_takes_effect_at_its_instant(time, day, is_kept):
    row = dict.fromkeys(FIELDS) | {"id": "A", "valid_from": time}
    assert len(keep_in_force(make_rows([row]), STAIRCASE, on=day).frame) == is_kept
    ended = dict.fromkeys(FIELDS) | {"id": "A", "valid_to": time}
    assert len(keep_in_force(make_rows([ended]), STAIRCASE, on=day).frame) == (not is_kept)
