"""Cells of a screening as they may be shown: no hidden count can be worked out, and a planted leak is found."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from boundaries.disclosure.cell_audit import audit_screening
from boundaries.disclosure.cell_differences import find_revealing_differences
from boundaries.disclosure.cells import (
    CellLimits,
    Shown,
    _grade_cells,
    _hide_second_sum,
    list_quantities,
    publish_screening,
)
from boundaries.registers.cell_columns import GridCriterion
from boundaries.screening.screening import screen
from boundaries.screening.settings import ScreeningSettings
from boundaries.screening.zones import make_zones, sum_parts
from data.synthetic.city import make_city
from data.texts import load_texts

TOWN = ScreeningSettings(group_residents_n=400)


def screen_town(seed, *, dense=3, side_n=24, zones_n=3):
    """Screen a small town, denser than a city's cells are, so that few cells of a line are hidden."""
    city = make_city(seed, side_n=side_n, zones_n=zones_n)
    cells = city.cells.copy()
    counts = [name for name in cells.columns if name not in {"cell_id", "column", "row"}]
    cells[counts] *= dense
    return screen(cells, TOWN)


@pytest.fixture(scope="module")
def town():
    return screen_town(5)


@pytest.fixture(scope="module")
def published(town):
    return publish_screening(town)


def test_what_a_cell_shows_follows_its_households_and_residents():
    numbers = [(0, 0), (60, 19), (60, 20), (120, 49), (120, 50), (39, 30), (99, 60), (100, 50), (3, 1)]
    wanted = ["all", "nothing", "averages", "averages", "all", "nothing", "averages", "all", "nothing"]
    cells = pd.DataFrame({"residents_n": [r for r, _ in numbers], "households_n": [h for _, h in numbers]})
    cells["households_n"] = cells["households_n"].astype("Int64")
    assert _grade_cells(cells, CellLimits()).tolist() == wanted
    unknown = cells.assign(households_n=pd.array([pd.NA] * len(cells), dtype="Int64"))
    by_residents = ["all", "averages", "averages", "all", "all", "nothing", "averages", "all", "nothing"]
    assert _grade_cells(unknown, CellLimits()).tolist() == by_residents


def test_no_count_under_the_limits_is_shown(town, published):
    shown, true = published.cells, town.cells
    full = shown["residents_n"].notna() & true["residents_n"].gt(0)
    assert true.loc[full, "households_n"].min() >= 50
    assert true.loc[full, "residents_n"].min() >= 100
    assert full.any()
    assert (~full).any()
    for name, pair in list_quantities().items():
        assert shown[pair.numerator].isna().eq(shown[pair.denominator].isna()).all()
        if name not in {"base", GridCriterion.DWELLING_AREA}:
            least = 5 * pair.unit
            known = shown[shown[pair.numerator].gt(0).fillna(value=False)]
            rest = known[pair.denominator] * pair.unit - known[pair.numerator]
            assert known[pair.numerator].min() >= least
            assert not ((rest > 0) & (rest < least)).any()


def test_cells_that_show_nothing_show_nothing(published):
    nothing = published.cells[published.cells["shown"].eq(Shown.NOTHING.value)]
    values = nothing.drop(columns=["cell_id", "column", "row", "zone", "shown"])
    assert len(nothing)
    assert values.isna().all(axis=None)


def test_averages_are_whole_and_of_enough_people(town, published):
    averages = published.cells[published.cells["shown"].eq(Shown.AVERAGES.value)]
    assert len(averages)
    for name, pair in list_quantities().items():
        if name == "base":
            continue
        column = f"{name}_rounded"
        assert averages[pair.numerator].isna().all()
        known = averages[averages[column].notna()]
        true = town.cells.loc[known.index]
        scale = 100 if pair.is_share else 1
        exact = scale * true[pair.numerator] / (true[pair.denominator] * pair.unit)
        assert (known[column] - exact).abs().max() <= 0.5
        if pair.is_share:
            assert true[pair.numerator].min() >= 5 * pair.unit


def test_no_neighbourhood_and_no_missing_count_is_shown(published):
    for frame in (published.cells, published.zones, published.parts):
        assert [name for name in frame.columns if "nearby" in name or "missing" in name] == []


def test_nothing_can_be_worked_out(published):
    assert published.zones["residents_n"].notna().any()
    assert audit_screening(published, solved_cells_n=30).empty


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(20))
def test_nothing_can_be_worked_out_in_any_town(seed):
    town = screen_town(seed, dense=2 + seed % 4)
    assert audit_screening(publish_screening(town), solved_cells_n=20).empty


def test_the_audit_finds_what_hiding_single_cells_leaves_open(town, published):
    """Show all cells of a zone but one: its sum gives that one back, to the last person."""
    zone = int(published.zones.loc[published.zones["residents_n"].notna(), "zone"].iloc[0])
    cells = published.cells.copy()
    own = cells.index[cells["zone"].eq(zone).fillna(value=False) & town.cells["residents_n"].gt(0)]
    for pair in list_quantities().values():
        columns = [pair.numerator, pair.denominator]
        cells.loc[own[1:], columns] = town.cells.loc[own[1:], columns]
        cells.loc[own[0], columns] = pd.NA
    leaks = audit_screening(replace(published, cells=cells), solved_cells_n=5)
    found = leaks[leaks["column"].eq("residents_n")].iloc[0]
    assert found["cell_id"] == cells.loc[own[0], "cell_id"]
    assert found["low"] == found["high"] == town.cells.loc[own[0], "residents_n"]
    assert {"low_income_n", "non_western_of"} <= set(leaks["column"])


def test_the_audit_finds_two_averages_that_settle_each_other(town, published):
    """Two hidden cells, both with an average: two equations, two unknowns."""
    zone = int(published.zones.loc[published.zones["residents_n"].notna(), "zone"].iloc[0])
    cells = published.cells.copy()
    own = cells.index[cells["zone"].eq(zone).fillna(value=False) & town.cells["residents_n"].gt(0)]
    columns = ["dwelling_area_n", "dwelling_area_of"]
    cells.loc[own, columns] = town.cells.loc[own, columns]
    value = town.cells.loc[own, "dwelling_area_n"] / town.cells.loc[own, "dwelling_area_of"]
    pair = [value.idxmin(), value.idxmax()]
    cells.loc[pair, columns] = pd.NA
    cells.loc[pair, "dwelling_area_rounded"] = value.loc[pair].round().astype("Int64")
    cells.loc[pair, "dwelling_area_of"] = pd.NA
    total = town.cells.loc[pair, "dwelling_area_of"].sum()
    with_averages = audit_screening(
        replace(published, cells=cells, limits=CellLimits(threshold_n=int(total))), solved_cells_n=5
    )
    ids = cells.loc[pair, "cell_id"]
    leaks = with_averages[with_averages["column"].eq("dwelling_area_of")].set_index("cell_id")
    hit = leaks.loc[ids]
    assert len(hit) == 2
    assert (hit["high"] - hit["low"] < total / 2).all()
    true = town.cells.loc[pair, "dwelling_area_of"].astype(float).to_numpy()
    assert (hit["low"].to_numpy() <= true + 1e-6).all()
    assert (hit["high"].to_numpy() >= true - 1e-6).all()


@pytest.mark.parametrize(("residents_n", "households_n"), [(30, 12), (500, 0)])
def test_sums_that_cannot_be_protected_are_hidden_with_another(residents_n, households_n):
    """A city whose rest is one cell that is small, or a home of many without a household: the zones' sum would tell."""
    town = screen_town(5)
    inside = town.cells["zone"].notna()
    lone = town.cells.index[~inside & town.cells["residents_n"].gt(0)][:1]
    cells = town.cells.loc[inside | town.cells.index.isin(lone)].copy()
    cells.loc[lone, ["residents_n", "households_n"]] = [residents_n, households_n]
    small = replace(
        town, cells=cells.reset_index(drop=True), zones=make_zones(cells, town.grid), parts=sum_parts(cells)
    )
    published = publish_screening(small)
    parts = published.parts.set_index("part")
    assert pd.isna(parts.loc["rest", "residents_n"])
    assert pd.isna(parts.loc["zones", "residents_n"])
    assert parts.loc["city", "residents_n"] == small.cells["residents_n"].sum()
    assert published.zones["residents_n"].isna().sum() == 1
    assert published.zones["low_income_n"].isna().sum() >= 1
    assert audit_screening(published, solved_cells_n=10).empty


def test_a_criterion_without_data_stays_unknown(town):
    cells = town.cells.copy()
    cells[["low_income_n", "low_income_of", "low_income_missing_n"]] = pd.NA
    again = screen(cells, TOWN)
    published = publish_screening(again)
    assert published.cells["low_income_n"].isna().all()
    assert published.cells["low_income_rounded"].isna().all()
    assert published.zones["low_income_of"].isna().all()
    assert published.zones["non_western_of"].notna().all()


def test_differences_of_two_designations():
    cells = pd.DataFrame(
        {"residents_n": [500, 500, 30, 500, 60, 0], "households_n": [250, 250, 15, 250, 30, 0]}
    )
    zones = pd.Series([1, 1, 1, 2, pd.NA, pd.NA], dtype="Int64")
    others = pd.Series([1, 1, pd.NA, 2, 2, 1], dtype="Int64")
    found = find_revealing_differences(cells, zones, others)
    rows = found.astype("object").where(found.notna(), None).to_numpy().tolist()
    assert rows == [[1, None, 30, 15], [None, 2, 60, 30]]
    assert find_revealing_differences(cells, zones, zones).empty
    assert find_revealing_differences(
        cells, zones, others, CellLimits(full_households_n=15, full_residents_n=30)
    ).empty


def test_hiding_does_not_depend_on_chance(town):
    one, two = publish_screening(town), publish_screening(town)
    pd.testing.assert_frame_equal(one.cells, two.cells)
    assert np.array_equal(one.zones["residents_n"].isna(), two.zones["residents_n"].isna())


@pytest.mark.parametrize(
    ("lost", "wanted"),
    [
        (set(), set()),
        ({3}, {3, 2}),
        ({0}, {0, 2}),
        ({0, 3}, {0, 3}),
        ({1, 3}, {1, 3}),
    ],
)
def test_no_sum_is_hidden_alone(lost, wanted):
    assert _hide_second_sum(lost, {0: 90_000, 1: 5_000, 2: 1_200, 3: 2_000}) == wanted


def test_the_only_zone_takes_the_rest_with_it():
    assert _hide_second_sum({1}, {0: 90_000, 1: 5_000}) == {0, 1}


@pytest.mark.parametrize("language", ["da", "en"])
def test_what_is_shown_has_its_words(language):
    assert set(load_texts(language).section("screening.shown")) == {each.value for each in Shown}


def test_the_audit_sees_through_a_zone_that_is_hidden_alone(town, published):
    """One zone's sum hidden and the rest's shown: the city's gives it back, and with it the lone hidden cell."""
    zones = published.zones.copy()
    zone = int(zones["zone"].iloc[0])
    columns = ["residents_n", "households_n"]
    zones.loc[0, columns] = pd.NA
    cells = published.cells.copy()
    own = cells.index[cells["zone"].eq(zone).fillna(value=False) & town.cells["residents_n"].gt(0)]
    cells.loc[own[1:], columns] = town.cells.loc[own[1:], columns]
    cells.loc[own[0], columns] = pd.NA
    leaks = audit_screening(replace(published, cells=cells, zones=zones), solved_cells_n=5)
    found = leaks[leaks["cell_id"].eq(cells.loc[own[0], "cell_id"])].set_index("column")
    assert found.loc["residents_n", "low"] == town.cells.loc[own[0], "residents_n"]
    assert found.loc["households_n", "high"] == town.cells.loc[own[0], "households_n"]
