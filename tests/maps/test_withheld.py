"""No hidden count of residents can be read off, or computed from, what is shown."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from maps.withheld import RESIDENT_COLUMNS, sum_shown, withhold_residents

THRESHOLD = 5


def areas_of(rows):
    frame = pd.DataFrame(
        rows, columns=["residents_counted_n", "residents_not_counted_n", "residents_undecided_n"]
    )
    frame["residents_min_n"] = frame["residents_counted_n"]
    frame["residents_max_n"] = frame["residents_counted_n"] + frame["residents_undecided_n"]
    return frame


def test_thresholds_at_the_edges():
    shown = withhold_residents(areas_of([(n, 0, 0) for n in (0, 1, 4, 5)]), THRESHOLD)
    assert shown["residents_counted_n"].isna().tolist() == [False, True, True, False]
    assert shown["residents_counted_n"].iloc[0] == 0
    assert shown["residents_counted_n"].iloc[3] == 5


def test_a_hidden_part_hides_the_ends_of_the_interval():
    shown = withhold_residents(areas_of([(100, 50, 3), (3, 50, 100)]), THRESHOLD)
    assert shown.isna().to_dict("list") == {
        "residents_counted_n": [False, True],
        "residents_not_counted_n": [False, False],
        "residents_undecided_n": [True, False],
        "residents_min_n": [False, True],
        "residents_max_n": [True, True],
    }


def test_what_was_hidden_before_stays_hidden():
    areas = areas_of([(100, 50, 30)]).astype("Int64")
    areas["residents_counted_n"] = areas["residents_min_n"] = areas["residents_max_n"] = pd.array(
        [pd.NA], dtype="Int64"
    )
    shown = withhold_residents(areas, THRESHOLD)
    assert shown.isna().iloc[0].tolist() == [True, False, False, True, True]


@given(st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=6))
def test_a_row_gives_no_hidden_count_back(rows):
    areas = areas_of(rows)
    shown = withhold_residents(areas, THRESHOLD)
    for at, (counted, not_counted, undecided) in enumerate(rows):
        row = shown.iloc[at]
        for name in RESIDENT_COLUMNS:
            assert pd.isna(row[name]) or row[name] == areas[name].iloc[at]
            assert pd.isna(row[name]) or not 1 <= row[name] < THRESHOLD
        if 1 <= counted < THRESHOLD:
            assert row[["residents_counted_n", "residents_min_n", "residents_max_n"]].isna().all()
        if 1 <= undecided < THRESHOLD:
            assert pd.isna(row["residents_undecided_n"])
            assert pd.isna(row["residents_max_n"])
        if 1 <= not_counted < THRESHOLD:
            assert pd.isna(row["residents_not_counted_n"])
        hidden = pd.isna(row["residents_counted_n"])
        assert hidden == (1 <= counted < THRESHOLD)


def test_the_input_is_left_alone_and_sums_leave_out_the_hidden():
    areas = areas_of([(100, 0, 0), (3, 0, 0), (50, 0, 0)])
    before = areas.copy()
    total = sum_shown(withhold_residents(areas, THRESHOLD)["residents_counted_n"])
    assert (total.total_n, total.hidden_n) == (150, 1)
    pd.testing.assert_frame_equal(areas, before)


def test_on_a_published_result_the_guard_changes_nothing(demo_pages):
    areas, settings = demo_pages.shown.areas, demo_pages.shown.settings
    columns = list(RESIDENT_COLUMNS)
    assert areas[columns].isna().any(axis=None)
    shown = withhold_residents(areas, settings.suppression_threshold_n)
    assert shown.equals(pd.DataFrame(areas[columns]).astype("Int64"))
