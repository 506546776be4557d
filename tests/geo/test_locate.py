"""Points in polygons, compared row for row with `geopandas.sjoin` and the edge rule by brute force."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo import cell_cover, locate
from geo.errors import DataError
from geo.locate import Located, locate_points

DATA = Path(__file__).parents[2] / "../shared/data"
PARCELS = DATA / "matrikel/jordstykker.gpkg"
KOMMUNER = DATA / "kommuner/kommuner_komkode_int.geojson"
with np.errstate(invalid="ignore"):
    NOWHERE = Polygon([(0, 0), (1, np.nan), (1, 1)])

# Where Danish coordinates are: a rounding error there is a thousand times one near zero.
EAST, NORTH = 724_000.0, 6_176_000.0


@dataclass
class Answer:
    """What the edge rule says, worked out from sjoin."""

    position: np.ndarray
    is_tie: np.ndarray
    overlaps_n: int


def ask_sjoin(polygons, x, y) -> Answer:
    """Apply the edge rule to every match of `geopandas.sjoin`."""
    frame = gpd.GeoDataFrame(geometry=list(polygons), crs="EPSG:25832")
    is_place = np.isfinite(x) & np.isfinite(y)
    shapes = np.where(is_place, shapely.points(np.where(is_place, x, 0), np.where(is_place, y, 0)), None)
    points = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:25832")
    inside = collect(gpd.sjoin(points, frame, predicate="within"))
    touching = collect(gpd.sjoin(points, frame, predicate="intersects"))
    position, is_tie = np.full(len(x), -1), np.zeros(len(x), dtype=bool)
    for point, found in touching.items():
        interiors = inside.get(point, set())
        position[point] = min(interiors or found)
        is_tie[point] = not interiors and len(found) > 1
    return Answer(position, is_tie, sum(len(found) > 1 for found in inside.values()))


def collect(joined: pd.DataFrame) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for point, polygon in zip(joined.index, joined["index_right"], strict=True):
        found.setdefault(point, set()).add(polygon)
    return found


def check(polygons, x, y, *, cell_m: float | None = None) -> Located:
    """Locate, and compare every row with sjoin."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    located = locate_points(polygons, x, y, overlaps="lowest", cell_m=cell_m)
    expected = ask_sjoin(polygons, x, y)
    assert located.position.tolist() == expected.position.tolist()
    assert located.is_tie.tolist() == expected.is_tie.tolist()
    assert located.ties_n == int(expected.is_tie.sum())
    assert located.overlaps_n == expected.overlaps_n
    assert located.position.dtype == np.int64
    return located


def mesh(low: float, high: float, step: float) -> tuple[np.ndarray, np.ndarray]:
    values = np.arange(low, high + step / 2, step)
    x, y = np.meshgrid(values, values)
    return x.ravel(), y.ravel()


SQUARES = [box(0, 0, 10, 10), box(10, 0, 20, 10), box(0, 10, 20, 20)]


def test_the_edge_rule_on_plain_squares():
    x = [5, 10, 15, 10, 5, 0, 20, 20, -0.5, 5]
    y = [5, 5, 5, 10, 10, 0, 5, 20, 5, 20.5]
    located = locate_points(SQUARES, x, y)
    assert located.position.tolist() == [0, 0, 1, 0, 0, 0, 1, 2, -1, -1]
    assert located.is_tie.tolist() == [False, True, False, True, True] + [False] * 5
    assert (located.ties_n, located.overlaps_n) == (3, 0)


def test_a_tie_goes_to_the_lowest_position_whatever_the_geometry():
    assert locate_points(SQUARES[::-1], [10.0], [10.0]).position.tolist() == [0]
    assert locate_points([None, SQUARES[1], SQUARES[0]], [10.0], [5.0]).position.tolist() == [1]


def test_the_interior_beats_an_edge_of_a_lower_position():
    polygons = [box(5, 5, 15, 15), box(0, 0, 10, 10)]
    located = locate_points(polygons, [5.0, 7.0, 10.0], [7.0, 5.0, 10.0], overlaps="lowest")
    assert located.position.tolist() == [1, 1, 0]
    assert located.ties_n == 0
    # On the edge of one and inside the other is no overlap of interiors at that point.
    assert locate_points(polygons, [5.0], [7.0]).position.tolist() == [1]


def test_a_point_inside_two_polygons_is_an_error_that_names_them():
    polygons = [box(0, 0, 10, 10), box(50, 0, 60, 10), box(8, 0, 20, 10), box(9, 0, 30, 10)]
    x, y = np.array([9.5, 8.5, 55.0, 8.25, 15.0]), np.array([5.0, 5.0, 5.0, 7.0, 5.0])
    with pytest.raises(DataError) as caught:
        locate_points(polygons, x, y)
    assert caught.value.key == "geo_core.overlapping_polygons"
    assert dict(caught.value.values) == {"left": 0, "right": 2, "x": 8.25, "y": 7.0, "points_n": 4}
    shuffled = np.array([4, 0, 3, 1, 2])
    with pytest.raises(DataError) as again:
        locate_points(polygons, x[shuffled], y[shuffled], cell_m=1.0)
    assert dict(again.value.values) == dict(caught.value.values)


def test_an_overlap_without_a_point_in_it_is_no_error():
    assert locate_points(
        [box(0, 0, 10, 10), box(8, 0, 20, 10)], [5.0, 15.0], [5.0, 5.0]
    ).position.tolist() == [0, 1]


def test_overlaps_go_to_the_lowest_where_asked():
    located = check([box(8, 0, 20, 10), box(0, 0, 10, 10)], [9.0, 5.0, 15.0], [5.0, 5.0, 5.0], cell_m=0.5)
    assert located.position.tolist() == [0, 1, 0]
    assert located.overlaps_n == 1


@pytest.mark.parametrize("cell_m", [None, 0.1, 1.0, 3.7, 1e6])
def test_overlapping_cells_are_told_apart_at_every_cell_size(cell_m):
    polygons = [box(0, 0, 30, 30), box(10, 10, 40, 40), box(12, 12, 28, 28), box(14, 0, 16, 60)]
    check(polygons, *mesh(-5, 65, 1.25), cell_m=cell_m)


@pytest.mark.parametrize("cell_m", [None, 0.3, 1.0, 2.5, 64.0])
def test_holes_and_parts(cell_m):
    ring = box(0, 0, 20, 20).difference(box(5, 5, 15, 15))
    island = box(8, 8, 12, 12)
    filled = box(5, 5, 15, 15).difference(island)
    scattered = MultiPolygon([box(30, 0, 34, 4), box(34, 4, 38, 8), box(30, 10, 31, 11)])
    located = check(
        [ring, MultiPolygon([island, box(40, 0, 41, 1)]), scattered], *mesh(-2, 42, 0.5), cell_m=cell_m
    )
    assert set(located.position.tolist()) == {-1, 0, 1, 2}
    check([ring, filled, island, scattered], *mesh(-2, 42, 0.5), cell_m=cell_m)


@pytest.mark.parametrize("cell_m", [None, 1.0])
def test_points_that_are_nowhere_belong_to_none(cell_m):
    x = [np.nan, 5.0, np.inf, -np.inf, 5.0, 1e300, -1e300, 5.0, 1e15, 5.0]
    y = [5.0, np.nan, 5.0, 5.0, np.inf, 5.0, 5.0, -1e300, 1e15, 5.0]
    located = locate_points(SQUARES, x, y, cell_m=cell_m)
    assert located.position.tolist() == [-1] * 9 + [0]


def test_no_points_and_no_polygons():
    for polygons in ([], [None], [Polygon()], [MultiPolygon(), None]):
        located = locate_points(polygons, [1.0, np.nan], [1.0, 1.0])
        assert located.position.tolist() == [-1, -1]
        assert (located.ties_n, located.overlaps_n, located.tested_n) == (0, 0, 0)
    located = locate_points(SQUARES, [], [])
    assert located.position.tolist() == located.is_tie.tolist() == []
    assert located.position.dtype == np.int64
    assert locate_points([], [], []).position.tolist() == []


def test_missing_polygons_keep_the_positions_of_the_others():
    polygons = [None, SQUARES[1], Polygon(), SQUARES[0]]
    assert locate_points(polygons, [5.0, 15.0], [5.0, 5.0]).position.tolist() == [3, 1]


@pytest.mark.parametrize(
    ("shape", "key"), [(shapely.Point(1, 1), "geo_core.not_polygons"), (NOWHERE, "geo_core.bad_coordinates")]
)
def test_what_is_not_a_polygon_is_refused_by_position(shape, key):
    with pytest.raises(DataError) as caught:
        locate_points([SQUARES[0], shape], [1.0], [1.0])
    assert caught.value.key == key
    assert caught.value.values["position"] == 1


def test_neither_points_nor_polygons_are_changed():
    x, y = np.array([5.0, np.nan, 99.0]), np.array([5.0, 1.0, 99.0])
    before, shapes = (x.copy(), y.copy()), np.array(SQUARES, dtype=object)
    locate_points(shapes, x, y)
    assert np.array_equal(x, before[0], equal_nan=True)
    assert np.array_equal(y, before[1])
    assert [shape.wkt for shape in shapes] == [shape.wkt for shape in SQUARES]


def test_a_frames_columns_can_be_given():
    frame = pd.DataFrame({"x": [5.0, 15.0], "y": [5.0, 5.0]}, index=[8, 8])
    areas = gpd.GeoSeries(SQUARES, index=list("abc"))
    assert locate_points(areas, frame["x"], frame["y"]).position.tolist() == [0, 1]


def test_height_plays_no_part():
    raised = shapely.force_3d(np.array(SQUARES), z=-999.0)
    assert locate_points(raised, [5.0, 10.0], [5.0, 5.0]).position.tolist() == [0, 0]


def test_work_in_slices_gives_the_same_answer(monkeypatch):
    polygons = [
        box(column * 2, row * 2, column * 2 + 2, row * 2 + 2) for row in range(12) for column in range(12)
    ]
    x, y = mesh(-1, 25, 0.25)
    whole = check(polygons, x, y, cell_m=8.0)
    overlapping = [*polygons, box(3, 3, 9, 9)]
    with pytest.raises(DataError) as caught:
        locate_points(overlapping, x, y, cell_m=8.0)
    monkeypatch.setattr(locate, "_PAIRS_AT_ONCE", 1_000)
    monkeypatch.setattr(cell_cover, "_CHUNK", 100)
    sliced = check(polygons, x, y, cell_m=8.0)
    assert sliced.tested_n == whole.tested_n
    with pytest.raises(DataError) as again:
        locate_points(overlapping, x, y, cell_m=8.0)
    assert dict(again.value.values) == dict(caught.value.values)


def test_the_points_near_the_polygons_are_estimated():
    x, y = mesh(0.05, 19.95, 0.1)
    estimate = locate.estimate_near(np.array(SQUARES[:1], dtype=object), x, y)
    assert estimate == pytest.approx(len(x) / 4, rel=0.1)
    assert locate.estimate_near(np.array(SQUARES, dtype=object), [np.nan], [1.0]) == 0


coordinate = st.integers(0, 24).map(lambda value: value / 2)
cell_sizes = st.sampled_from([None, 0.25, 0.7, 1.0, 2.0, 5.0, 100.0])


@st.composite
def rectangles(draw, *, max_size=6):
    shapes = []
    for _ in range(draw(st.integers(0, max_size))):
        west, south = draw(coordinate), draw(coordinate)
        width, height = draw(st.integers(1, 8)) / 2, draw(st.integers(1, 8)) / 2
        shape = box(west, south, west + width, south + height)
        if draw(st.booleans()) and min(width, height) >= 1.5:
            shape = shape.difference(box(west + 0.5, south + 0.5, west + width - 0.5, south + height - 0.5))
        shapes.append(shape)
    return shapes


@st.composite
def coverages(draw):
    """Draw polygons that share edges and corners and do not overlap: triangles of a bent lattice, merged."""
    size = draw(st.integers(2, 4))
    xs, ys = np.meshgrid(np.arange(size + 1) * 4.0, np.arange(size + 1) * 4.0)
    nudges = st.lists(st.integers(-3, 3), min_size=2 * xs.size, max_size=2 * xs.size)
    nudge = np.array(draw(nudges), dtype=float) / draw(st.sampled_from([4.0, 5.0, 7.0]))
    xs, ys = xs + nudge[: xs.size].reshape(xs.shape), ys + nudge[xs.size :].reshape(ys.shape)
    corner = lambda row, column: (xs[row, column], ys[row, column])  # noqa: E731
    triangles = [
        Polygon(points)
        for row in range(size)
        for column in range(size)
        for points in (
            [corner(row, column), corner(row, column + 1), corner(row + 1, column + 1)],
            [corner(row, column), corner(row + 1, column + 1), corner(row + 1, column)],
        )
    ]
    owners = draw(st.lists(st.integers(-1, 5), min_size=len(triangles), max_size=len(triangles)))
    merged = [
        shapely.coverage_union_all(
            [shape for shape, of in zip(triangles, owners, strict=True) if of == owner]
        )
        for owner in range(6)
    ]
    return [shape for shape in merged if not shape.is_empty], np.column_stack([xs.ravel(), ys.ravel()])


@settings(max_examples=40, deadline=None)
@given(polygons=rectangles(), cell_m=cell_sizes, at=st.sampled_from([0.0, EAST]))
def test_overlapping_rectangles_with_holes_match_sjoin(polygons, cell_m, at):
    shifted = [shapely.transform(shape, lambda xy: xy + at) for shape in polygons]
    x, y = mesh(-0.5, 17, 0.5)
    check(shifted, x + at, y + at, cell_m=cell_m)


@settings(max_examples=40, deadline=None)
@given(drawn=coverages(), cell_m=cell_sizes, seed=st.integers(0, 2**16), at=st.sampled_from([0.0, NORTH]))
def test_coverages_match_sjoin_on_vertices_edges_and_beside_them(drawn, cell_m, seed, at):
    polygons, corners = drawn
    rng = np.random.default_rng(seed)
    along = rng.uniform(0, 1, (60, 1))
    one, other = corners[rng.integers(0, len(corners), 60)], corners[rng.integers(0, len(corners), 60)]
    hair = rng.choice([0, 1e-9, -1e-6, 1e-3], (60, 2))
    points = np.vstack(
        [corners, one + along * (other - one), (one + other) / 2 + hair, rng.uniform(-2, 18, (80, 2))]
    )
    shifted = [shapely.transform(shape, lambda xy: xy + at) for shape in polygons]
    # Shifted by millions of metres a nearly flat triangle may fold; that is not a polygon to locate in.
    if all(shape.is_valid for shape in shifted):
        check(shifted, points[:, 0] + at, points[:, 1] + at, cell_m=cell_m)


@settings(max_examples=20, deadline=None)
@given(drawn=coverages(), seed=st.integers(0, 2**16))
def test_the_order_of_the_points_plays_no_part(drawn, seed):
    polygons, corners = drawn
    rng = np.random.default_rng(seed)
    points = np.vstack([corners, rng.uniform(-2, 18, (40, 2))])
    order = rng.permutation(len(points))
    straight = locate_points(polygons, points[:, 0], points[:, 1])
    shuffled = locate_points(polygons, points[order, 0], points[order, 1])
    assert shuffled.position.tolist() == straight.position[order].tolist()
    assert shuffled.is_tie.tolist() == straight.is_tie[order].tolist()
    alone = [locate_points(polygons, [east], [north]).position[0] for east, north in points[:5]]
    assert alone == straight.position[:5].tolist()


@settings(max_examples=20, deadline=None)
@given(drawn=coverages(), seed=st.integers(0, 2**16))
def test_the_order_of_the_polygons_changes_ties_only(drawn, seed):
    polygons, corners = drawn
    rng = np.random.default_rng(seed)
    points = np.vstack([corners, rng.uniform(-2, 18, (40, 2))])
    order = rng.permutation(len(polygons))
    straight = locate_points(polygons, points[:, 0], points[:, 1])
    turned = locate_points([polygons[place] for place in order], points[:, 0], points[:, 1])
    assert turned.is_tie.tolist() == straight.is_tie.tolist()
    settled = ~straight.is_tie
    back = np.where(turned.position >= 0, np.append(order, -1)[turned.position], -1)
    assert back[settled].tolist() == straight.position[settled].tolist()


@pytest.mark.real_data
@pytest.mark.skipif(not PARCELS.exists(), reason="the real parcels are not beside the checkout")
@pytest.mark.parametrize("cell_m", [None, 20.0, 300.0])
def test_real_parcels_match_sjoin(cell_m):
    parcels = np.asarray(gpd.read_file(PARCELS, engine="pyogrio").geometry)
    rng = np.random.default_rng(6)
    vertices = shapely.get_coordinates(parcels)
    bounds = shapely.bounds(parcels)[rng.integers(0, len(parcels), 20_000)]
    around = bounds[:, :2] + (bounds[:, 2:] - bounds[:, :2]) * rng.uniform(-0.5, 1.5, (20_000, 2))
    middle = (vertices[:-1] + vertices[1:]) / 2
    hair = vertices + rng.choice([1e-9, -1e-6, 1e-3], vertices.shape)
    points = np.vstack([vertices, middle, hair, around])
    located = check(parcels, points[:, 0], points[:, 1], cell_m=cell_m)
    # Every vertex of a parcel is on its edge, so none of them is outside.
    assert (located.position[: len(vertices)] >= 0).all()
    assert located.ties_n > 1_000
    assert located.overlaps_n == 0


@pytest.mark.real_data
@pytest.mark.skipif(not KOMMUNER.exists(), reason="the real kommuner are not beside the checkout")
def test_real_kommuner_match_sjoin():
    layer = gpd.read_file(KOMMUNER, engine="pyogrio").to_crs("EPSG:25832")
    kommuner = np.asarray(layer.geometry.force_2d())
    rng = np.random.default_rng(7)
    low, high = np.split(shapely.total_bounds(kommuner), 2)
    vertices = shapely.get_coordinates(kommuner)[::5]
    points = np.vstack([rng.uniform(low - 5_000, high + 5_000, (30_000, 2)), vertices])
    located = check(kommuner, points[:, 0], points[:, 1])
    assert located.tested_n < len(points) / 2
    share = (located.position[:30_000] >= 0).mean()
    land = shapely.area(kommuner).sum() / np.prod(high - low + 10_000)
    assert share == pytest.approx(land, abs=0.02)
