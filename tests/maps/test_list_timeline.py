"""The lists over time, read a second time from the published history."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from maps.list_timeline import list_members, make_timeline, tell_history


@pytest.fixture(scope="module")
def listed(demo_pages):
    return demo_pages.listed


def with_history(listed, history):
    yearly = replace(listed.made.yearly_list, history=history)
    return replace(listed, made=replace(listed.made, yearly_list=yearly))


def test_each_list_is_a_step_by_rising_date_and_the_last_is_this_list(listed, texts):
    view = make_timeline(listed, texts)
    days = [name for name in listed.made.yearly_list.history.columns if name != "area_key"]
    assert len(view.steps) == len(days) + 1
    assert view.steps[0].title == "Listen pr. 1. december 2019"
    assert view.steps[-1].title == "Listen pr. 1. december 2025"
    last = view.steps[-1].styles
    for row in listed.areas.to_dict("records"):
        wanted = "none" if pd.isna(row["category"]) else row["category"]
        assert last[row["area_id"]] == f"category-{wanted}"


def test_a_step_has_the_words_of_its_own_date(listed, texts):
    view = make_timeline(listed, texts)
    first, last = dict(view.steps[0].legend), dict(view.steps[-1].legend)
    assert first["category-parallelsamfund"] == "Ghettoområde"
    assert last["category-parallelsamfund"] == "Parallelsamfund"
    assert "category-forebyggelsesomraade" not in first
    assert "category-forebyggelsesomraade" in last
    assert view.steps[0].styles["LS01"] == "category-parallelsamfund"
    assert view.steps[0].styles["LS04"] == "category-none"


def test_names_of_other_areas_are_told_and_unknown_lists_too(listed, texts):
    history = pd.DataFrame(
        {
            "area_key": ["LS01", "LS02", "Mjølnerparken"],
            "2023-12-01": ["parallelsamfund", "?", "omdannelsesområde"],
        }
    )
    view = make_timeline(with_history(listed, history), texts)
    assert view.steps[0].styles["LS02"] == "category-unknown"
    assert "category-unknown" in dict(view.steps[0].legend)
    assert "Mjølnerparken" in view.steps[0].note
    assert "1 område" in view.steps[0].note
    assert "Mjølnerparken" not in view.steps[1].note
    many = pd.DataFrame(
        {"area_key": [f"Navn {n:02}" for n in range(20)], "2023-12-01": ["parallelsamfund"] * 20}
    )
    note = make_timeline(with_history(listed, many), texts).steps[0].note
    assert "20 områder" in note
    assert note.endswith("Navn 11 ….")


def test_without_an_earlier_list_there_is_no_timeline(listed, texts):
    assert make_timeline(with_history(listed, pd.DataFrame({"area_key": []})), texts) is None


def test_history_joins_years_with_one_term(listed):
    told = tell_history(listed)
    assert told["LS01"][0] == ["2019–2020", "ghettoområde"]
    assert told["LS01"][-1] == ["2023–2025", "omdannelsesområde"]
    assert "LS09" not in told
    members = list_members(listed)
    for area_id, rows in told.items():
        years = {year: term for span, term in rows for year in range(int(span[:4]), int(span[-4:]) + 1)}
        for day, terms in members.items():
            assert years.get(day.year) == terms.get(area_id)
    assert max(members) == date(2025, 12, 1)
