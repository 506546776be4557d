"""The screening step by step, each against a slow plain answer, and whole on planted cities."""

from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from boundaries.registers.cell_columns import CELL_DTYPES, UNITS, GridCriterion
from boundaries.registers.problems import ProjectErrors
from boundaries.screening.cells import make_cells, sum_cells
from boundaries.screening.criteria import Limit, compare_shares, find_limits, judge_cells
from boundaries.screening.groups import close_gaps, drop_slivers, fill_holes, group_cells
from boundaries.screening.local_statistics import measure_hot_spots, sum_hot_zones
from boundaries.screening.neighbourhood import sum_neighbourhoods
from boundaries.screening.screening import screen
from boundaries.screening.settings import CriterionRule, ScreeningSettings, from_table
from boundaries.screening.stability import Variant, list_variants, measure_stability
from boundaries.screening.zones import draw_cells, name_zones, snap_zones
from data.synthetic.city import make_city
from data.texts import load_texts
from geo.errors import DataError, UsageError
from geo.grid import Cells, Grid


@pytest.fixture(scope="module")
def city():
    return make_city(3, side_n=40, zones_n=3)


@pytest.fixture(scope="module")
def screening(city):
    return screen(city.cells.reindex(columns=list(CELL_DTYPES)), ScreeningSettings())


def draw_map(lines):
    """Read a map, north on top: a letter a cell."""
    return np.array([list(line) for line in reversed(lines)])


def show_map(mask):
    return ["".join("#" if cell else "." for cell in row) for row in reversed(mask.tolist())]


# Neighbourhoods -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["square", "circle"])
@pytest.mark.parametrize(("radius", "wanted", "most"), [(1, 0, 3), (0, 0, 3), (1, 700, 3), (0, 400, 2)])
def test_neighbourhoods_grow_until_enough_people_live_there(city, shape, radius, wanted, most):
    settings = ScreeningSettings(
        neighbourhood_shape=shape,
        radius_cells=radius,
        neighbourhood_residents_n=wanted,
        max_radius_cells=most,
    )
    cells = city.cells.reindex(columns=list(CELL_DTYPES)).astype(dict(CELL_DTYPES))
    found = sum_neighbourhoods(cells, settings)
    x, y = cells["column"].to_numpy(), cells["row"].to_numpy()
    people, poor = cells["residents_n"].to_numpy(), cells["low_income_n"].to_numpy(dtype=np.int64)
    for place in range(0, len(cells), 37):
        dx, dy = np.abs(x - x[place]), np.abs(y - y[place])
        for size in range(radius, (most if wanted else radius) + 1):
            near = np.maximum(dx, dy) <= size if shape == "square" else dx**2 + dy**2 <= size**2
            if people[near].sum() >= wanted:
                break
        assert found.loc[place, "radius_cells"] == size
        assert found.loc[place, "nearby_residents_n"] == people[near].sum()
        assert found.loc[place, "nearby_low_income_n"] == poor[near].sum()


# Criteria -----------------------------------------------------------------------------------------------


@given(
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.integers(-1, 1),
    st.booleans(),
    st.booleans(),
    st.integers(1, 10**9),
)
def test_shares_are_compared_as_fractions(numerator, denominator, nudge, is_low_worse, is_strict, factor):
    share = Fraction(numerator, denominator)
    bound = share + Fraction(nudge, 10**15 * factor)
    limit = Limit(value=bound, city=None, is_low_worse=is_low_worse, is_strict=is_strict)
    found = bool(compare_shares(np.array([numerator]), np.array([denominator]), limit)[0])
    worse = share < bound if is_low_worse else share > bound
    assert found == (worse or (share == bound and not is_strict))


def limits_of(basis, limit, numbers, *, criterion=GridCriterion.LOW_INCOME):
    """Find the limit of one criterion in a row of far cells, and who meets it."""
    settings = ScreeningSettings(
        radius_cells=0,
        neighbourhood_residents_n=0,
        observations_n=1,
        criteria_required_n=1,
        rules={criterion: CriterionRule(basis=basis, limit=Fraction(limit))},
    )
    counts = {
        f"{criterion}_n": np.array([n for n, _ in numbers]),
        f"{criterion}_of": np.array([of for _, of in numbers]),
    }
    places = Cells(np.arange(len(numbers)) * 5 + 6000, np.full(len(numbers), 62_000))
    cells = make_cells(places, {"residents_n": counts[f"{criterion}_of"], **counts}, Grid())
    nearby = sum_neighbourhoods(cells, settings)
    limits = find_limits(cells, nearby, settings)
    return limits[criterion], judge_cells(nearby, limits, settings)


def test_the_mean_of_the_city_and_a_distance():
    limit, judged = limits_of("mean", 10, [(10, 100), (20, 100), (30, 100), (20, 100)])
    assert limit.city == Fraction(1, 5)
    assert limit.value == Fraction(3, 10)
    assert judged["is_met_low_income"].tolist() == [False, False, True, False]
    limit, judged = limits_of(
        "mean", 5, [(4000, 100), (5000, 100), (4500, 100)], criterion=GridCriterion.DWELLING_AREA
    )
    assert (limit.value, limit.is_low_worse) == (40, True)
    assert judged["is_met_dwelling_area"].tolist() == [True, False, False]


def test_thousandths_of_persons_are_persons():
    limit, judged = limits_of(
        "fixed", 25, [(25_000, 100), (24_999, 100)], criterion=GridCriterion.LABOUR_OUTSIDE
    )
    assert limit.value == Fraction(1, 4)
    assert judged["is_met_labour_outside"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("percentile", "met"),
    [
        (0, [False, True, True, True]),
        (25, [False, True, True, True]),
        (26, [False, False, True, True]),
        (75, [False, False, False, True]),
        (100, [False] * 4),
    ],
)
def test_percentiles_are_of_residents_and_strict(percentile, met):
    limit, judged = limits_of("percentile", percentile, [(10, 100), (20, 100), (30, 100), (40, 100)])
    assert limit.is_strict
    assert judged["is_met_low_income"].tolist() == met
    area = [(4000, 100), (3000, 100), (2000, 100), (1000, 100)]
    _, turned = limits_of("percentile", percentile, area, criterion=GridCriterion.DWELLING_AREA)
    assert turned["is_met_dwelling_area"].tolist() == met


def test_where_all_are_alike_a_percentile_is_exceeded_by_none():
    _, judged = limits_of("percentile", 75, [(20, 100)] * 8)
    assert not judged["is_candidate"].any()


def test_too_few_known_is_unknown_and_may_leave_a_cell_undecided():
    numbers = dict.fromkeys(GridCriterion, (40, 100))
    settings = ScreeningSettings(
        radius_cells=0,
        neighbourhood_residents_n=0,
        observations_n=50,
        rules={name: CriterionRule(basis="fixed", limit=Fraction(30)) for name in GridCriterion},
    )
    columns = {}
    for name in GridCriterion:
        value, of = numbers[name]
        few = name in {GridCriterion.LOW_INCOME, GridCriterion.NON_WESTERN}
        columns[f"{name}_n"] = np.array([value * UNITS[name], 49 if few else 2000 * UNITS[name], 0])
        columns[f"{name}_of"] = np.array([of, 49 if few else of, of])
    columns["dwelling_area_n"] = np.array([2000, 2000, 4000])
    cells = make_cells(
        Cells(np.array([1, 5, 9]), np.array([1, 1, 1])),
        {"residents_n": np.array([100] * 3), **columns},
        Grid(),
    )
    nearby = sum_neighbourhoods(cells, settings)
    columns["no_education_n"][1] = 0
    cells["no_education_n"] = pd.array(columns["no_education_n"], dtype="Int64")
    nearby = sum_neighbourhoods(cells, settings)
    judged = judge_cells(nearby, find_limits(cells, nearby, settings), settings)
    assert judged["criteria_met_n"].tolist() == [5, 2, 0]
    assert judged["criteria_unknown_n"].tolist() == [0, 2, 0]
    assert judged["is_candidate"].tolist() == [True, False, False]
    assert judged["is_undecided"].tolist() == [False, True, False]


def test_a_criterion_that_nobody_knows_has_no_limit():
    for basis in ("mean", "percentile"):
        limit, judged = limits_of(basis, 10, [(0, 0), (0, 0)])
        assert limit.value is None
        assert judged["is_met_low_income"].isna().all()
    assert not compare_shares(np.array([1]), np.array([1]), limit)[0]


# Groups -------------------------------------------------------------------------------------------------


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


# The whole ----------------------------------------------------------------------------------------------


def test_counts_are_conserved(city, screening):
    parts = screening.parts.set_index("part")
    for column in ("residents_n", "households_n", "low_income_n", "labour_outside_of"):
        assert parts.loc["city", column] == city.cells[column].sum()
        assert parts.loc["zones", column] + parts.loc["rest", column] == parts.loc["city", column]
        assert screening.zones[column].sum() == parts.loc["zones", column]
    assert screening.zones["cells_n"].sum() == screening.cells["zone"].notna().sum()
    assert (screening.zones["area_m2"] == screening.zones["cells_n"] * 10_000).all()
    assert (screening.zones.area == screening.zones["area_m2"]).all()
    assert screening.zones["residents_n"].is_monotonic_decreasing
    assert screening.cells["cell_id"].is_unique


@hypothesis_settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_cells_does_not_matter(random):
    cells = make_city(8, side_n=30, zones_n=2).cells.reindex(columns=list(CELL_DTYPES))
    order = list(range(len(cells)))
    random.shuffle(order)
    one, two = (screen(each, ScreeningSettings()) for each in (cells, cells.iloc[order]))
    pd.testing.assert_frame_equal(one.cells, two.cells)
    pd.testing.assert_frame_equal(pd.DataFrame(one.zones.to_wkt()), pd.DataFrame(two.zones.to_wkt()))
    pd.testing.assert_frame_equal(one.parts, two.parts)


def test_an_unknown_count_makes_its_sums_unknown_and_no_others(city):
    cells = city.cells.reindex(columns=list(CELL_DTYPES)).astype(dict(CELL_DTYPES))
    base = screen(cells, ScreeningSettings())
    inside = base.cells.index[base.cells["zone"].eq(1).fillna(value=False) & base.cells["residents_n"].gt(0)][
        0
    ]
    gone = base.cells.loc[inside, "cell_id"]
    cells.loc[cells["cell_id"].eq(gone), ["households_n"]] = pd.NA
    again = screen(cells, ScreeningSettings())
    assert pd.isna(again.zones.loc[0, "households_n"])
    assert again.zones.loc[1:, "households_n"].notna().all()
    assert again.zones["residents_n"].equals(base.zones["residents_n"])


def test_what_is_refused(city):
    cells = city.cells.reindex(columns=list(CELL_DTYPES))
    with pytest.raises(DataError) as caught:
        screen(pd.concat([cells, cells.iloc[:1]]), ScreeningSettings())
    assert caught.value.key == "grid.repeated_cell"
    with pytest.raises(DataError) as caught:
        screen(cells.assign(low_income_n=-1), ScreeningSettings())
    assert caught.value.values["column"] == "low_income_n"
    with pytest.raises(DataError) as caught:
        ScreeningSettings(criteria_required_n=6)
    assert caught.value.key == "screening.too_many_required"


def test_a_city_of_no_cells_has_no_zones(city):
    none = city.cells.reindex(columns=list(CELL_DTYPES)).iloc[:0]
    empty = screen(none, ScreeningSettings())
    assert len(empty.zones) == 0
    assert empty.parts["part"].tolist() == ["city", "zones", "rest"]
    assert (empty.parts["residents_n"] == 0).all()


def test_blocks_go_to_the_zone_that_most_of_their_residents_live_in(screening):
    zone = screening.zones.geometry.iloc[0]
    west, south, east, north = zone.bounds
    blocks = gpd.GeoDataFrame(
        {"block": ["in", "mostly", "hardly", "out"]},
        geometry=[
            shapely.box(west, south, east, (south + north) / 2),
            shapely.box(west, (south + north) / 2, east, north),
            shapely.box(west, north + 10_000, east, north + 10_100),
            shapely.box(west - 3000, south - 3000, west - 2900, south - 2900),
        ],
        crs="EPSG:25832",
    )
    cells = screening.cells
    for rule in ("residents", "area"):
        snapped = snap_zones(cells, blocks, screening.grid, rule=rule)
        share = []
        for block in blocks.geometry:
            boxes = draw_cells(cells, screening.grid)
            part = boxes.geometry.intersection(block).area
            weight = part * cells["residents_n"].to_numpy() / 10_000 if rule == "residents" else part
            whole = weight.sum() if rule == "residents" else block.area
            share.append(
                weight[cells["zone"].eq(1).fillna(value=False).to_numpy()].sum() / whole if whole else 0
            )
        wanted = sum(value > 0.5 for value in share)
        assert 0 < wanted < 4
        assert snapped["blocks_n"].sum() == wanted
        assert snapped.geometry.area.sum() == pytest.approx(
            sum(block.area for block, value in zip(blocks.geometry, share, strict=True) if value > 0.5)
        )
    assert snap_zones(cells, blocks.iloc[3:], screening.grid).empty


def test_zones_are_named_after_the_place_that_covers_most(screening):
    zones = screening.zones
    one, two = zones.geometry.iloc[0], zones.geometry.iloc[1]
    places = gpd.GeoDataFrame(
        {"name": ["Østby", "Ådal", "Lille"]},
        geometry=[one.buffer(50), two.buffer(50), one.centroid.buffer(60)],
        crs="EPSG:25832",
    )
    named = name_zones(zones, places)
    assert named["name"].tolist()[:2] == ["Østby", "Ådal"]
    assert named["name"].tolist()[2:] == [str(number) for number in zones["zone"].tolist()[2:]]
    same = name_zones(zones, places.iloc[:2].assign(name="Havn"))
    assert same["name"].tolist()[:2] == ["Havn", "Havn 2"]
    with pytest.raises(DataError):
        name_zones(zones, places.to_crs("EPSG:4326"))


# Settings -----------------------------------------------------------------------------------------------


def test_the_defaults_lie_a_third_of_the_gap_from_the_city():
    rules = from_table({}).rules
    assert from_table({}) == ScreeningSettings()
    assert rules[GridCriterion.NON_WESTERN].limit == Fraction("7.9")
    assert [rule.basis for rule in rules.values()] == ["mean"] * 5


def test_settings_are_read_as_they_are_written():
    settings = from_table(
        {
            "year": 2023,
            "cell_size_m": 250,
            "neighbourhood_shape": "circle",
            "criteria_required_n": 2,
            "median_income_dkk": 251_000,
            "leaves_out_students": True,
            "criteria": {
                "low_income": {"basis": "percentile", "limit": 80},
                "non_western": {"limit": 0.1, "year": 2021},
            },
        }
    )
    assert (settings.grid, settings.criteria_required_n) == (Grid(250), 2)
    assert settings.median_income_dkk == 251_000
    assert settings.leaves_out_students
    assert settings.rules[GridCriterion.LOW_INCOME] == CriterionRule(basis="percentile", limit=Fraction(80))
    assert settings.rules[GridCriterion.NON_WESTERN].limit == Fraction(1, 10)
    assert settings.year_of(GridCriterion.NON_WESTERN) == 2021
    assert settings.year_of(GridCriterion.LOW_INCOME) == 2023


def test_every_fault_of_the_settings_is_told_at_once():
    with pytest.raises(ProjectErrors) as caught:
        from_table(
            {
                "cell_size_m": 200,
                "connectivity": 6,
                "radius": 1,
                "criteria_required_n": 6,
                "snap_by": "votes",
                "criteria": {"crime": {}, "low_income": {"basis": "fixed"}},
            }
        )
    keys = sorted(str(error.values["key"]) for error in caught.value.errors)
    assert keys == [
        "screening.cell_size_m",
        "screening.connectivity",
        "screening.criteria.crime",
        "screening.criteria.low_income.limit",
        "screening.criteria_required_n",
        "screening.radius",
        "screening.snap_by",
    ]
    with pytest.raises(UsageError):
        from_table({"group_residents_n": 0})


# Stability and chance -----------------------------------------------------------------------------------


def test_a_variant_that_changes_nothing_leaves_everything(screening):
    same = measure_stability(screening, variants=[Variant("same", screening.settings)])
    inside = screening.cells["zone"].notna()
    assert same.cells.loc[inside, "stability_n"].eq(4).all()
    assert same.cells.loc[~inside, "stability_n"].eq(0).all()
    assert same.zones["stability_n"].equals(same.zones["stability_of"])
    assert same.variants.loc[0, "kept_n"] == same.variants.loc[0, "designated_n"]


def test_a_zone_is_as_stable_as_the_variants_that_keep_it(screening):
    settings = screening.settings
    variants = [Variant("same", settings), Variant("none", replace(settings, group_residents_n=10**9))]
    found = measure_stability(screening, variants=variants)
    assert (found.zones["stability_n"] * 2).equals(found.zones["stability_of"])
    assert found.variants["kept_n"].tolist()[1] == 0


def test_stricter_limits_designate_less_and_looser_ones_more(screening):
    found = measure_stability(screening).variants.set_index("variant")
    assert found.loc["limits_looser", "kept_n"] == found.loc["limits_looser", "designated_n"]
    assert found.loc["limits_stricter", "kept_n"] < found.loc["limits_looser", "kept_n"]
    assert found.loc["one_criterion_more", "kept_n"] <= found.loc["one_criterion_fewer", "kept_n"]


def make_dwellings(city):
    """Make four dwellings a cell that add up to it, at the middles of its quarters."""
    cells = city.cells
    parts = []
    counts = [name for name in cells.columns if name not in {"cell_id", "column", "row"}]
    for number, (dx, dy) in enumerate([(25, 25), (75, 25), (25, 75), (75, 75)]):
        part = cells[counts] // 4 + (cells[counts] % 4 > number)
        place = {"x": cells["column"] * 100.0 + dx, "y": cells["row"] * 100.0 + dy}
        parts.append(part.assign(dwelling_id=cells["cell_id"] + f"-{number}", **place))
    return pd.concat(parts, ignore_index=True)


def test_the_grid_may_move_and_its_cells_change_size(city):
    counts = make_dwellings(city)
    settings = ScreeningSettings()
    screening = screen(sum_cells(counts, settings.grid), settings)
    found = measure_stability(screening, dwelling_counts=counts)
    names = found.variants["variant"].tolist()
    assert names[-4:] == ["shifted_east", "shifted_north", "shifted_both", "other_cell_size"]
    shifted = found.variants.set_index("variant").loc[["shifted_east", "shifted_north", "shifted_both"]]
    assert (shifted["kept_n"] > shifted["designated_n"] * 0.7).all()
    assert found.cells["stability_of"].eq(4 * len(names)).all()
    moved = replace(settings, shift_m=(50, 0))
    with pytest.raises(DataError) as caught:
        measure_stability(screening, variants=[Variant("shifted_east", moved)])
    assert caught.value.values["name"] == "shifted_east"
    again = screen(sum_cells(counts, moved.grid), moved)
    assert again.cells["cell_id"].isna().all()
    assert len(again.zones) == len(screening.zones)


def test_variants_move_the_right_way():
    fixed = {name: CriterionRule(basis="fixed", limit=Fraction(40)) for name in GridCriterion}
    variants = {
        each.name: each.settings
        for each in list_variants(ScreeningSettings(rules=fixed), has_dwellings=False)
    }
    strict = variants["limits_stricter"].rules
    assert strict[GridCriterion.DWELLING_AREA].limit == 36
    assert strict[GridCriterion.LOW_INCOME].limit == 44
    high = {name: CriterionRule(basis="percentile", limit=Fraction(98)) for name in GridCriterion}
    base = ScreeningSettings(rules=high, radius_cells=0, neighbourhood_residents_n=0, criteria_required_n=5)
    variants = {each.name: each.settings for each in list_variants(base, has_dwellings=True)}
    assert variants["limits_stricter"].rules[GridCriterion.LOW_INCOME].limit == 100
    assert variants["limits_looser"].rules[GridCriterion.LOW_INCOME].limit == 93
    assert not {"radius_smaller", "fewer_neighbours", "one_criterion_more"} & variants.keys()
    single = replace(base, criteria_required_n=1, cell_size_m=250)
    names = {each.name for each in list_variants(single, has_dwellings=True)}
    assert "one_criterion_fewer" not in names


def test_gi_is_the_formula_written_out(screening):
    found = measure_hot_spots(screening)
    cells = screening.cells
    value = (cells["low_income_n"] / cells["low_income_of"]).to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(value)
    x, y = cells["column"].to_numpy(), cells["row"].to_numpy()
    n, mean, s = known.sum(), value[known].mean(), value[known].std()
    for place in np.flatnonzero(known)[::97]:
        near = known & (np.maximum(np.abs(x - x[place]), np.abs(y - y[place])) <= 1)
        w = near.sum()
        z = (value[near].sum() - mean * w) / (s * np.sqrt((n * w - w * w) / (n - 1)))
        assert found.loc[place, "gi_low_income"] == pytest.approx(z)
    assert found.loc[~known, "is_hot_low_income"].isna().all()


def test_planted_zones_are_more_than_chance_and_a_flat_city_is_not(screening):
    hot = sum_hot_zones(screening, measure_hot_spots(screening))
    assert (hot["hot_residents_n"] * 3 > hot["residents_n"]).all()
    flat = screen(
        make_city(3, side_n=40, contrast=0.0).cells.reindex(columns=list(CELL_DTYPES)), ScreeningSettings()
    )
    assert (measure_hot_spots(flat)["hot_n"] >= 3).mean() < 0.01


def test_gi_needs_cells_and_differences():
    cells = make_city(3, side_n=40).cells.reindex(columns=list(CELL_DTYPES))
    few = screen(cells.iloc[:29], ScreeningSettings())
    assert measure_hot_spots(few)["gi_low_income"].isna().all()
    alike = screen(cells.assign(low_income_n=cells["low_income_of"]), ScreeningSettings())
    assert measure_hot_spots(alike, radius_cells=2)["gi_low_income"].isna().all()


# Recovery -----------------------------------------------------------------------------------------------


def score(city):
    """Return residents planted, found, and both."""
    result = screen(city.cells.reindex(columns=list(CELL_DTYPES)), ScreeningSettings())
    planted = city.cells[["column", "row"]].assign(planted=city.planted > 0)
    cells = result.cells.merge(planted, on=["column", "row"], how="left")
    people = cells["residents_n"].to_numpy()
    is_planted = cells["planted"].fillna(value=False).to_numpy(dtype=bool)
    is_found = cells["zone"].notna().to_numpy()
    return (
        people[is_planted].sum(),
        people[is_found].sum(),
        people[is_planted & is_found].sum(),
        len(result.zones),
    )


def test_planted_zones_are_found_and_a_city_without_contrast_has_none():
    planted, found, both, zones_n = score(make_city(0))
    assert zones_n >= 10
    assert both > 0.85 * planted
    assert both > 0.85 * found
    assert score(make_city(0, contrast=0.0))[1:] == (0, 0, 0)


@pytest.mark.thorough
def test_recall_and_precision_over_fifty_cities():
    scores = np.array([score(make_city(seed))[:3] for seed in range(50)])
    assert (scores[:, 2] / scores[:, 0]).mean() > 0.9
    assert (scores[:, 2] / scores[:, 1]).mean() > 0.9
    assert (scores[:, 2] / scores[:, 0]).min() > 0.8
    assert (scores[:, 2] / scores[:, 1]).min() > 0.8


@pytest.mark.thorough
def test_fifty_cities_without_contrast_have_no_zones():
    assert [score(make_city(seed, contrast=0.0))[3] for seed in range(50)] == [0] * 50


def test_every_setting_is_documented_with_its_default():
    page = (Path(__file__).resolve().parents[2] / "docs" / "screening.md").read_text(encoding="utf-8")
    table = page.split("## Settings and why they are as they are")[1].split("## ")[0]
    for entry in fields(ScreeningSettings):
        row = next(line for line in table.splitlines() if f"`{entry.name}`" in line)
        value = getattr(ScreeningSettings(), entry.name)
        if isinstance(value, int) and not isinstance(value, bool):
            assert str(int(value)) in row.split("|")[2]
        elif isinstance(value, str):
            assert value in row.split("|")[2]


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_variant_has_a_text(language):
    variants = list_variants(ScreeningSettings(), has_dwellings=True)
    assert len({each.name for each in variants}) == len(variants) == 12
    assert {each.name for each in variants} == set(load_texts(language).section("screening.variant"))
