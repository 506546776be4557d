"""Zones given to whole blocks: where they go, what is counted, and that nobody is given away."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from boundaries.city_blocks import give_to_blocks
from boundaries.city_screening import read_inputs, screen_city
from boundaries.disclosure.cells import list_quantities, publish_screening
from boundaries.disclosure.other_zones import sum_cut_zones, sum_other_zones
from boundaries.registers.cell_columns import COUNT_COLUMNS, GridCriterion
from boundaries.registers.project import load_project
from boundaries.screening.cells import sum_cells
from boundaries.screening.screening import screen
from boundaries.screening.settings import ScreeningSettings
from boundaries.screening_plan import plan_screening

X0, Y0, SIDE_N = 720_000, 6_170_000, 24


def make_dwellings(seed=3):
    """A town of 24 by 24 cells, four families in each of the corners of a cell, poor in a square of it."""
    random = np.random.default_rng(seed)
    column, row = (part.ravel() for part in np.meshgrid(range(SIDE_N), range(SIDE_N)))
    rows = []
    for at in range(len(column)):
        is_poor = 6 <= column[at] < 16 and 6 <= row[at] < 16
        families_n = int(random.choice([0, 8, 24, 60], p=[0.1, 0.15, 0.35, 0.4]))
        for _ in range(families_n):
            x, y = random.choice([20, 80], size=2)
            people = int(random.integers(2, 4))
            few, many = (0.75, 0.9) if is_poor else (0.2, 0.25)
            counts = dict.fromkeys(COUNT_COLUMNS, 0) | {"residents_n": people, "households_n": 1}
            for name in GridCriterion:
                unit = {GridCriterion.LABOUR_OUTSIDE: 1000, GridCriterion.DWELLING_AREA: 1}.get(name, 1)
                has = int(random.binomial(people, random.uniform(few, many)))
                if name is GridCriterion.DWELLING_AREA:
                    has = people * (30 if is_poor else 60)
                counts |= {f"{name}_n": has * unit, f"{name}_of": people}
            rows.append({"x": X0 + column[at] * 100.0 + x, "y": Y0 + row[at] * 100.0 + y, **counts})
    lost = {"x": np.nan, "y": np.nan, **dict.fromkeys(COUNT_COLUMNS, 1)}
    frame = pd.DataFrame([*rows, lost])
    return frame.astype(dict.fromkeys(COUNT_COLUMNS, "int64"))


@pytest.fixture(scope="module")
def town():
    counts = make_dwellings()
    settings = ScreeningSettings()
    screening = screen(sum_cells(counts, settings.grid), settings)
    assert len(screening.zones) == 1
    return counts, screening, publish_screening(screening)


def box(west, south, east, north):
    return shapely.box(X0 + west, Y0 + south, X0 + east, Y0 + north)


def blocks_of(*shapes):
    return gpd.GeoDataFrame({"name": "k"}, index=range(len(shapes)), geometry=list(shapes), crs=25832)


def zone_of(town):
    """The zone's bounds from the town's corner."""
    west, south, east, north = town[1].zones.geometry.iloc[0].bounds
    return west - X0, south - Y0, east - X0, north - Y0


def test_blocks_that_cut_cells_are_counted_by_dwelling(town):
    counts, screening, published = town
    west, south, east, north = zone_of(town)
    # Half a cell short on each side: whoever lives in the outer half is in no block.
    inner = box(west + 50, south + 50, east - 50, north - 50)
    found = give_to_blocks(screening, published, blocks_of(inner, box(0, 0, 300, 300)), counts)
    assert found["zone"].tolist() == [1]
    assert found["blocks_n"].tolist() == [1]
    assert found["area_m2"].iloc[0] == pytest.approx(inner.area)
    is_in = shapely.contains_xy(inner, counts["x"].fillna(0), counts["y"].fillna(0))
    for pair in list_quantities().values():
        for column in (pair.numerator, pair.denominator):
            assert found[column].iloc[0] == counts.loc[is_in, column].sum(), column


def test_a_sliver_of_few_people_hides_every_count(town):
    counts, screening, published = town
    shape = screening.zones.geometry.iloc[0]
    few = screening.cells[screening.cells["residents_n"].between(1, 30)]
    squares = [
        shapely.box(c * 100.0, r * 100.0, c * 100.0 + 100, r * 100.0 + 100)
        for c, r in zip(few["column"], few["row"], strict=True)
    ]
    beside = next(square for square in squares if not square.intersects(shape))
    # The zone itself may be shown, and with a corner of few people outside it no longer.
    assert give_to_blocks(screening, published, blocks_of(shape), counts)["residents_n"].notna().all()
    found = give_to_blocks(screening, published, blocks_of(shapely.union_all([shape, beside])), counts)
    assert found["zone"].tolist() == [1]
    columns = [name for pair in list_quantities().values() for name in (pair.numerator, pair.denominator)]
    assert found[columns].isna().all(axis=None)


def test_half_a_shown_cell_is_not_given_back(town):
    counts, screening, published = town
    shape = screening.zones.geometry.iloc[0]
    full = published.cells[published.cells["residents_n"].gt(130) & published.cells["zone"].isna()]
    at = next(
        index
        for index in full.index
        if not shapely.box(
            full.loc[index, "column"] * 100.0,
            full.loc[index, "row"] * 100.0,
            full.loc[index, "column"] * 100.0 + 100,
            full.loc[index, "row"] * 100.0 + 100,
        ).intersects(shape)
    )
    west, south = full.loc[at, "column"] * 100.0, full.loc[at, "row"] * 100.0
    half = shapely.box(west, south, west + 50, south + 100)
    is_in = shapely.contains_xy(half, counts["x"].fillna(0), counts["y"].fillna(0))
    others = pd.Series(np.where(is_in, 7, pd.NA), dtype="Int64")
    assert sum_cut_zones(screening, published, counts, others).isna().all(axis=None)
    # The whole of the same cell is shown, so that its sum tells nothing.
    whole = counts["x"].between(west, west + 100) & counts["y"].between(south, south + 100)
    others = pd.Series(np.where(whole, 7, pd.NA), dtype="Int64")
    assert sum_cut_zones(screening, published, counts, others).loc[7, "residents_n"] == (
        counts.loc[whole, "residents_n"].sum()
    )


def test_whole_cells_give_what_zones_of_cells_give(town):
    counts, screening, published = town
    cells = screening.cells
    west = cells["column"].min()
    inside = cells["zone"].isna() & cells["column"].between(west, west + 4)
    by_cell = sum_other_zones(screening, published, inside.map({True: 2, False: pd.NA}).astype("Int64"))
    is_in = counts["x"].lt((west + 5) * 100.0)
    by_dwelling = sum_cut_zones(
        screening, published, counts, pd.Series(np.where(is_in, 2, pd.NA), dtype="Int64")
    )
    pd.testing.assert_frame_equal(by_dwelling, by_cell.drop(columns="cells_n"), check_index_type=False)


def test_every_piece_of_what_is_shown_holds(town):
    """Random rectangles: what a reader can take from each other is never of few people."""
    counts, screening, published = town
    limits = published.limits
    random = np.random.default_rng(1)
    placed = counts[counts["x"].notna()]
    key = pd.MultiIndex.from_arrays([placed["x"] // 100, placed["y"] // 100])
    cells = screening.cells.set_index(["column", "row"])
    line = cells["zone"].fillna(0).reindex(key).to_numpy()
    known = published.cells.set_index(["column", "row"])["residents_n"].reindex(key).notna().to_numpy()
    shown_n = 0
    for _ in range(60):
        west, south = random.integers(0, 1800, size=2)
        wide, high = random.integers(200, 1600, size=2)
        shape = box(west, south, west + wide, south + high)
        is_in = shapely.contains_xy(shape, placed["x"], placed["y"])
        others = pd.Series(np.where(is_in, 1, pd.NA), dtype="Int64", index=placed.index).reindex(counts.index)
        sums = sum_cut_zones(screening, published, counts, others)
        if sums.empty or pd.isna(sums["residents_n"].iloc[0]):
            continue
        shown_n += 1
        assert sums["residents_n"].iloc[0] == placed.loc[is_in, "residents_n"].sum()
        sides = pd.Series(is_in).groupby([*map(list, zip(*key, strict=True))]).transform("nunique")
        is_open = known & sides.eq(1).to_numpy()
        for own in np.unique(line[is_in]):
            for side in (True, False):
                piece = (line == own) & (is_in == side)
                people = placed.loc[piece, "residents_n"].sum()
                left = placed.loc[piece & ~is_open, "residents_n"].sum()
                assert people == 0 or people >= limits.full_residents_n
                assert left == 0 or left >= limits.full_residents_n
    assert shown_n > 5


def test_pieces_have_to_hold_beside_a_third_set_of_zones(town):
    counts, screening, published = town
    cells = screening.cells
    west = cells["column"].min()
    is_in = counts["x"].lt((west + 5) * 100.0)
    others = pd.Series(np.where(is_in, 2, pd.NA), dtype="Int64")
    assert sum_cut_zones(screening, published, counts, others)["residents_n"].notna().all()
    # All of the strip but one cell of few people is a zone whose sum is shown, too.
    strip = cells["column"].lt(west + 5)
    spare = cells.index[strip & cells["residents_n"].between(1, 30)][0]
    beside = (strip & (cells.index != spare)).map({True: 0, False: pd.NA}).astype("Int64")
    assert sum_cut_zones(screening, published, counts, others, beside=beside).isna().all(axis=None)


def test_a_table_of_cells_gives_outlines_and_no_counts(town):
    _, screening, published = town
    found = give_to_blocks(screening, published, blocks_of(box(*zone_of(town))), None)
    assert found["zone"].tolist() == [1]
    assert found.columns.tolist() == ["zone", "name", "blocks_n", "area_m2", "geometry"]


def test_where_blocks_go_follows_from_what_is_published(town):
    counts, screening, published = town
    hidden = published.cells["residents_n"].isna().to_numpy()
    cells = screening.cells.copy()
    cells.loc[hidden, "residents_n"] = 1
    blocks = blocks_of(
        *(box(x, y, x + 170, y + 170) for x in range(0, 2400, 170) for y in range(0, 2400, 170))
    )
    one = give_to_blocks(screening, published, blocks, counts)
    other = give_to_blocks(replace(screening, cells=cells), published, blocks, counts)
    assert one.geometry.equals(other.geometry)
    assert one["blocks_n"].iloc[0] > 10


def test_no_block_no_zone(town):
    counts, screening, published = town
    far = give_to_blocks(screening, published, blocks_of(box(-900, -900, -100, -100)), counts)
    assert far.empty


@pytest.mark.slow
def test_the_demo_has_blocks_beside_another_designation(demo, tmp_path):
    plan = plan_screening(load_project(demo[0]), on=date(2024, 1, 1))
    city = screen_city(plan, read_inputs(plan))
    zones = city.published.zones
    west, south, east, north = zones.total_bounds
    squares = [
        shapely.box(x, y, x + 160, y + 160)
        for x in np.arange(west - 400, east + 400, 160)
        for y in np.arange(south - 400, north + 400, 160)
    ]
    path = tmp_path / "karreer.gpkg"
    gpd.GeoDataFrame({"navn": range(len(squares))}, geometry=squares, crs=25832).to_file(path)
    old = tmp_path / "gamle.gpkg"
    shapes = [zones.geometry.iloc[0], shapely.box(west - 2000, south - 2000, west - 500, south - 500)]
    gpd.GeoDataFrame({"navn": ["A", "B"]}, geometry=shapes, crs=25832).to_file(old)
    asked = replace(plan, blocks={"path": str(path)}, compare=old)
    inputs = read_inputs(asked)
    found = screen_city(asked, inputs).block_zones
    assert set(found["zone"]) <= set(zones["zone"])
    assert found["area_m2"].tolist() == pytest.approx((found["blocks_n"] * 160**2).tolist())
    assert "blocks" in inputs.files["register"].tolist()
