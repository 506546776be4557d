"""The cover of cells, checked cell by cell against the polygons, and points where it could go wrong."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from geo import cell_cover
from geo.cell_cover import MARGIN_M, build_cover, choose_cell_m, concatenate_ranges, fit_cell_m, list_edges
from geo.locate import Located, Locator, locate_points

# Where Danish coordinates are: a rounding error there is a thousand times one near zero.
EAST, NORTH = 724_000.0, 6_176_000.0


def ask_geos(polygons, x, y) -> list[int]:
    """Apply the edge rule with a predicate for every point and every polygon, nothing prepared."""
    points = shapely.points(x, y)[:, None]
    shapes = shapely.from_wkb(shapely.to_wkb(np.array(polygons, dtype=object)))[None, :]
    is_inside, is_touching = shapely.within(points, shapes), shapely.intersects(points, shapes)
    candidates = np.where(is_inside.any(axis=1)[:, None], is_inside, is_touching)
    return np.where(candidates.any(axis=1), candidates.argmax(axis=1), -1).tolist()


def check(polygons, x, y, *, cell_m: float | None = None) -> Located:
    located = locate_points(polygons, x, y, overlaps="lowest", cell_m=cell_m)
    assert located.position.tolist() == ask_geos(polygons, x, y)
    return located


def mesh(low: float, high: float, step: float) -> tuple[np.ndarray, np.ndarray]:
    values = np.arange(low, high + step / 2, step)
    x, y = np.meshgrid(values, values)
    return x.ravel(), y.ravel()


def candidates_of(cover: cell_cover.CellCover, code: int) -> dict[int, bool]:
    """Return the polygons of a cell, each with whether the cell is wholly inside it."""
    if code >= 0:
        return {code - 1: True} if code else {}
    part = slice(cover.starts[-1 - code], cover.starts[-code])
    return dict(zip(cover.candidates[part].tolist(), cover.is_whole[part].tolist(), strict=True))


@st.composite
def shapes(draw):
    """Draw one or a few star-shaped polygons, some with a hole, at Danish coordinates."""
    drawn = []
    for _ in range(draw(st.integers(1, 3))):
        count = draw(st.integers(3, 9))
        turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
        radius = np.array(draw(st.lists(st.integers(2, 40), min_size=count, max_size=count))) / 4
        centre = np.array([EAST + draw(st.integers(0, 20)), NORTH + draw(st.integers(0, 20))])
        ring = centre + np.column_stack([np.cos(turn), np.sin(turn)]) * radius[:, None]
        shape = Polygon(ring)
        if draw(st.booleans()):
            shape = shape.difference(Polygon(centre + (ring - centre) / 2))
        if shape.is_valid and shape.geom_type == "Polygon":
            drawn.append(shape)
    return drawn


@settings(max_examples=60, deadline=None)
@given(polygons=shapes(), cell_m=st.sampled_from([0.5, 1.0, 3.3, 20.0]))
def test_every_cell_says_of_every_polygon_what_the_polygon_says(polygons, cell_m):
    array = np.array(polygons, dtype=object)
    cover = build_cover(array, list_edges(array), cell_m=cell_m)
    rows, columns = np.divmod(np.arange(len(cover.codes)), cover.width)
    west, south = cover.x0 + columns * cover.cell_m, cover.y0 + rows * cover.cell_m
    cells = shapely.box(west, south, west + cover.cell_m, south + cover.cell_m)
    for code, cell in zip(cover.codes.tolist(), cells, strict=True):
        found = candidates_of(cover, code)
        for position, polygon in enumerate(polygons):
            gap_m = polygon.boundary.distance(cell)
            if position not in found:
                assert not polygon.intersects(cell)
            elif found[position]:
                assert polygon.contains_properly(cell)
            is_near = found.get(position) is False
            assert is_near or gap_m > 0.99 * MARGIN_M
            assert not is_near or gap_m < 2 * MARGIN_M


@pytest.mark.parametrize("distance", [0.0, 1e-9, 1e-6, 1e-3])
@pytest.mark.parametrize("cell_m", [1.0, 7.0])
def test_points_at_a_hair_from_edges_and_cell_corners(distance, cell_m):
    sloped = Polygon([(EAST, NORTH), (EAST + 31, NORTH + 3), (EAST + 29, NORTH + 33), (EAST - 2, NORTH + 30)])
    corners = shapely.get_coordinates(sloped)
    beside = Polygon([corners[1], (EAST + 60, NORTH), (EAST + 60, NORTH + 40), corners[2]])
    level = box(EAST, NORTH + 50, EAST + 30, NORTH + 80)
    polygons = [beside, sloped, level]
    on_edges = np.vstack([shapely.get_coordinates(shapely.segmentize(polygon, 0.37)) for polygon in polygons])
    cover = Locator(polygons, cell_m=cell_m)._cover
    lines_x = cover.x0 + np.arange(cover.width + 1) * cover.cell_m
    lines_y = cover.y0 + np.arange(cover.height + 1) * cover.cell_m
    crosses = np.column_stack([values.ravel() for values in np.meshgrid(lines_x, lines_y)])
    turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    steps = distance * np.column_stack([np.cos(turn), np.sin(turn)])
    near = np.vstack([on_edges, crosses])[:, None, :] + steps[None]
    points = np.unique(near.reshape(-1, 2), axis=0)
    located = check(polygons, points[:, 0], points[:, 1], cell_m=cell_m)
    assert located.tested_n >= len(np.unique(on_edges, axis=0))


@pytest.mark.parametrize("cell_m", [1.0, 10.0, 50.0])
@pytest.mark.parametrize("at", [0.0, NORTH])
def test_nearly_level_and_nearly_upright_edges_on_a_cell_line(cell_m, at):
    # The first polygon puts the grid's lines on the whole hundreds.
    polygons = [box(at - 100 - cell_m / 2, at - 100 - cell_m / 2, at - 100, at - 100)]
    for number, rise in enumerate([0.0, 1e-12, 1e-9, 1e-6, 1e-4, 2e-3]):
        low, high = at + 100.0 * number, at + 100.0 * number + 50
        polygons.append(Polygon([(at, low), (at + 1000, low + rise), (at + 1000, high), (at, high - rise)]))
        low, high = low + 2000, high + 2000
        polygons.append(Polygon([(low, at), (high, at), (high + rise, at + 900), (low - rise, at + 900)]))
    cover = Locator(polygons, cell_m=cell_m)._cover
    assert ((at - cover.y0) / cell_m).is_integer()
    rng = np.random.default_rng(4)
    across = at + np.repeat(np.arange(0, 600, 50.0), 60)
    hair = rng.choice([0, 1e-12, -1e-9, 1e-7, -1e-5, 1e-3, -2e-3], 2 * len(across))
    free = at + rng.uniform(-5, 905, len(across))
    x = np.concatenate([free, 2000 + across + hair[: len(across)]])
    y = np.concatenate([across + hair[len(across) :], free])
    check(polygons, x, y, cell_m=cell_m)


def test_a_point_beside_the_grid_does_not_wrap_into_the_next_row():
    polygons = [box(0, 0, 100, 100)]
    cover = Locator(polygons, cell_m=10.0)._cover
    width_m = cover.width * cover.cell_m
    y = np.arange(-50.0, 150.0, 5.0)
    for shift in (-2, -1, 1, 2):
        assert locate_points(polygons, 50.0 + shift * width_m + 0 * y, y, cell_m=10.0).position.tolist() == [
            -1
        ] * len(y)


def test_most_points_need_no_exact_test():
    x, y = mesh(0.5, 999.5, 5.0)
    located = check([box(0, 0, 500, 1000), box(500, 0, 1000, 1000)], x, y, cell_m=10.0)
    assert located.tested_n < len(x) / 20


def test_the_grid_is_bounded_and_the_answer_stays():
    polygons = [box(0, 0, 1, 1), box(900_000, 900_000, 900_010, 900_010), box(450_000, 3, 450_001, 4)]
    locator = Locator(polygons, cell_m=1.0)
    assert locator._cover.width * locator._cover.height <= cell_cover.MAX_CELLS
    assert locator.cell_m == fit_cell_m(1.0, np.array([900_010.0, 900_010.0]))
    assert locator.locate([0.5, 900_005, 450_000.5, 450_000.5], [0.5, 900_005, 3.5, 5]).position.tolist() == [
        0,
        1,
        2,
        -1,
    ]


def test_coordinates_of_any_magnitude_are_exact():
    scale = 2.0**40
    polygons = [box(scale, scale, scale + 1, scale + 1), box(scale + 1, scale, scale + 2, scale + 1)]
    x, y = mesh(-0.5, 2.5, 0.25)
    check(polygons, x + scale, y + scale)
    # The margin grows with the coordinates' rounding, and the cells with the margin.
    assert Locator(polygons, cell_m=0.3).cell_m >= 8e-10 * scale
    check(polygons, x + scale, y + scale, cell_m=0.3)


def test_the_cell_size_is_the_quickest_by_the_stated_sum():
    rng = np.random.default_rng(5)
    corners = rng.uniform((450_000, 6_050_000), (730_000, 6_400_000), (200, 2))
    areas = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + 300, corners[:, 1] + 300)
    west, south, east, north = shapely.total_bounds(areas)

    def seconds(side_m: float, near_n: int) -> float:
        cells_n = (east - west) * (north - south) / side_m**2
        mixed_n = 200 * 1_200 / side_m
        return 1e-8 * cells_n + 8e-7 * mixed_n + 5e-7 * near_n * mixed_n * side_m**2 / (200 * 300**2)

    chosen = [choose_cell_m(areas, near_n=near_n) for near_n in (0, 1_000, 100_000, 10_000_000)]
    assert chosen == sorted(chosen, reverse=True)
    assert chosen[0] > 10 * chosen[-1]
    for near_n, side_m in zip((1_000, 100_000, 10_000_000), chosen[1:], strict=True):
        for other_m in np.geomspace(20, 20_000, 200):
            assert seconds(side_m, near_n) < 1.05 * seconds(other_m, near_n)
    assert choose_cell_m(np.array([None], dtype=object), near_n=5) == 1.0


@pytest.mark.parametrize(
    ("first", "length", "expected"),
    [([], [], []), ([5, 0], [0, 0], []), ([3, 10, 7], [2, 0, 3], [3, 4, 7, 8, 9])],
)
def test_ranges_follow_one_another(first, length, expected):
    assert concatenate_ranges(np.array(first, dtype=int), np.array(length, dtype=int)).tolist() == expected


def test_edges_are_those_of_every_ring_of_its_polygon():
    holed = box(0, 0, 10, 10).difference(box(2, 2, 4, 4)).difference(box(6, 6, 8, 8))
    parted = shapely.MultiPolygon([box(20, 0, 21, 1), box(30, 0, 32, 2)])
    polygons = np.array([Polygon(), parted, None, holed, shapely.MultiPolygon()], dtype=object)
    edges = list_edges(polygons)
    lengths = np.hypot(*(edges.end - edges.start).T)
    sums = np.bincount(edges.owner, weights=lengths, minlength=len(polygons))
    assert sums.tolist() == [0, parted.length, 0, holed.length, 0]
    is_on_ring = (
        shapely.distance(shapely.linestrings(np.stack([edges.start, edges.end], axis=1)), parted.boundary)
        == 0
    )
    assert is_on_ring.tolist() == (edges.owner == 1).tolist()
