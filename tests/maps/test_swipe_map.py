"""The page of before and after: sides, counts and changes against a second count."""

import json
import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from boundaries.assessment import check_dwellings
from boundaries.delineation.comparison import Question
from boundaries.model import Settings
from geo.errors import UsageError
from maps.swipe_map import count_changes, name_sides, render_swipe_map


def data_of(document):
    return json.loads(re.search(r'id="swipe-data">(.*?)</script>', document, re.DOTALL)[1])


def test_sides_without_and_with_an_extension(demo_pages):
    before, after = demo_pages.sides
    assert before.label == "uden UDV-01"
    assert after.label == "med UDV-01"
    assert "UDV-01" not in set(before.pieces["extension_id"].dropna())
    assert "UDV-01" in set(after.pieces["extension_id"].dropna())
    own = set(after.pieces["parcel_key"]) - set(before.pieces["parcel_key"])
    assert own == set(after.pieces.loc[after.pieces["extension_id"].eq("UDV-01"), "parcel_key"])


def test_two_dates_stand_in_their_order_whichever_is_asked_first(demo_pages, texts):
    days = date(2020, 1, 1), date(2025, 1, 1)
    for compared, status in (days, days[::-1]):
        question = Question(area_id="LS02", compare_on=compared)
        check = check_dwellings(demo_pages.registers, Settings(), status, question)
        before, after = name_sides(check.sides, texts)
        assert before.label == "pr. 01-01-2020"
        assert after.label == "pr. 01-01-2025"
        assert len(before.pieces) < len(after.pieces)


def test_without_a_comparison_there_is_no_page(demo_pages, texts):
    question = Question(area_id="LS02")
    check = check_dwellings(demo_pages.registers, Settings(), date(2025, 1, 1), question)
    assert check.sides is None
    with pytest.raises(UsageError) as caught:
        render_swipe_map(check, texts)
    assert caught.value.key == "maps.swipe_needs_two"


def test_changes_sum_to_the_dwellings_that_changed(demo_pages):
    dwellings = demo_pages.check.dwellings
    changes = count_changes(dwellings)
    is_changed = dwellings["reason_before"] != dwellings["reason_after"]
    assert changes["dwellings_n"].sum() == is_changed.sum() > 0
    assert changes["dwellings_n"].is_monotonic_decreasing
    for row in changes.to_dict("records"):
        both = dwellings["reason_before"].eq(row["reason_before"]) & dwellings["reason_after"].eq(
            row["reason_after"]
        )
        assert row["dwellings_n"] == both.sum()
        assert row["reason_before"] != row["reason_after"]


def test_the_page_carries_both_answers_of_every_dwelling(demo_pages):
    data, dwellings = data_of(demo_pages.swipe), demo_pages.check.dwellings
    codes = data["codes"]["reason"]
    assert data["dwellings"]["id"] == dwellings["dwelling_id"].tolist()
    for side in ("before", "after"):
        assert [codes[at] for at in data["dwellings"][side]] == dwellings[f"reason_{side}"].tolist()
    counted = data["counts"]["rows"][0]
    assert counted["values"][1:] == [746, 967, 221]
    assert counted["cells"][-1] == "+221"


def test_hidden_counts_of_persons_are_said_to_be_hidden(demo_pages, texts):
    check = demo_pages.check
    counts = check.counts.astype({"residents_before_n": "Int64", "residents_change_n": "Int64"})
    counts.loc[0, ["residents_before_n", "residents_change_n"]] = pd.NA
    document = render_swipe_map(replace(check, counts=counts), texts)
    rows = {row["key"]: row for row in data_of(document)["counts"]["rows"]}
    assert rows["residents-counted"]["cells"][1] == "diskretioneret"
    assert rows["residents-counted"]["cells"][3] == "diskretioneret"
    assert rows["residents-counted"]["values"][1] is None
    unknown = counts.assign(**{f"residents_{side}_n": pd.NA for side in ("before", "after", "change")})
    document = render_swipe_map(replace(check, counts=unknown), texts)
    assert [row["key"] for row in data_of(document)["counts"]["rows"]] == [
        "dwellings-counted",
        "dwellings-not_counted",
        "dwellings-undecided",
    ]


def test_the_same_input_gives_the_same_page(demo_pages, texts):
    assert render_swipe_map(demo_pages.check, texts) == demo_pages.swipe
