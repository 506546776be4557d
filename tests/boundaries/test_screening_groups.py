"""Cells become groups on drawn maps: gaps closed, holes filled, slivers cut, groups numbered."""

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from boundaries.screening.groups import close_gaps, drop_slivers, fill_holes, group_cells
from boundaries.screening.settings import ScreeningSettings


def draw_map(lines):
    """Read a map, north on top: a letter a cell."""
    return np.array([list(line) for line in reversed(lines)])


def show_map(mask):
    return ["".join("#" if cell else "." for cell in row) for row in reversed(mask.tolist())]


def test_gaps_are_closed_along_rows_and_columns_only():
    mask = draw_map(["#.#..#", "......", "#.....", "......", "....#."]) == "#"
    closed = close_gaps(mask, np.ones_like(mask), 1)
    assert show_map(closed) == ["###..#", "#.....", "#.....", "......", "....#."]
    assert show_map(close_gaps(mask, np.ones_like(mask), 2)) == [
        "######",
        "#.....",
        "#.....",
        "......",
        "....#.",
    ]
    assert close_gaps(mask, np.ones_like(mask), 0) is mask


def test_a_gap_with_a_cell_that_may_not_be_filled_stays_open():
    letters = draw_map(["#.x#", "#..#"])
    assert show_map(close_gaps(letters == "#", letters != "x", 2)) == ["#..#", "####"]


def test_small_holes_are_filled_and_bays_are_not():
    mask = draw_map(["#####", "#.#.#", "#####", "#...#", "#####", "#.###"]) == "#"
    settings = ScreeningSettings(hole_cells_n=2)
    assert show_map(fill_holes(mask, settings)) == ["#####", "#####", "#####", "#...#", "#####", "#.###"]
    assert fill_holes(mask, replace(settings, hole_cells_n=0)) is mask
    corners = draw_map([".#.", "#.#", ".#."]) == "#"
    assert show_map(fill_holes(corners, settings)) == [".#.", "###", ".#."]
    assert show_map(fill_holes(corners, replace(settings, connectivity=4))) == [".#.", "#.#", ".#."]


@given(st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=7, max_size=7), st.integers(1, 3))
def test_slivers_are_cells_in_no_square(rows, width):
    mask = np.array(rows)
    wanted = np.zeros_like(mask)
    for row in range(8 - width):
        for column in range(8 - width):
            square = (slice(row, row + width), slice(column, column + width))
            if mask[square].all():
                wanted[square] = True
    assert drop_slivers(mask, width).tolist() == wanted.tolist()


def group_map(lines, settings):
    letters = draw_map(lines)
    row, column = np.nonzero(letters != " ")
    frame = pd.DataFrame({"column": column + 6000, "row": row + 62_000, "letter": letters[row, column]})
    frame = frame.assign(
        residents_n=frame["letter"].map({"#": 300, "o": 40, ".": 40, "e": 0}).astype("int64"),
        criteria_met_n=frame["letter"].map({"#": 3, "o": 2, ".": 0, "e": 0}).astype("int64"),
        is_candidate=frame["letter"].eq("#"),
    )
    grouped = group_cells(frame.sample(frac=1, random_state=1), settings)
    drawn = np.full(letters.shape, ".")
    drawn[grouped["row"] - 62_000, grouped["column"] - 6000] = grouped["zone"].astype(str)
    return ["".join(row) for row in reversed(drawn.tolist())]


def test_groups_are_closed_cut_and_numbered_by_their_residents():
    lines = [
        "##..........",
        "##o##.......",
        "..o##....##.",
        ".........##.",
        "#...........",
        "#####.......",
        "#e###.......",
    ]
    assert group_map(lines, ScreeningSettings(group_residents_n=1000)) == [
        "44..........",
        "44.33.......",
        "...33....22.",
        ".........22.",
        "............",
        "11111.......",
        "11111.......",
    ]
    assert "3" not in "".join(group_map(lines, ScreeningSettings(group_residents_n=1201)))
    apart = group_map(lines, ScreeningSettings(gap_cells_n=0, hole_cells_n=0, group_residents_n=1))
    assert len({cell for row in apart for cell in row}) == 5
