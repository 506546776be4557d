"""Polygons simplified together: neighbours stay neighbours, land stays land."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geo.coverage as coverage_module
from geo.coverage import (
    TOLERANCES_M,
    clean_coverage,
    count_vertices,
    drop_islands,
    is_coverage,
    simplify_coverage,
    simplify_to_size,
)
from geo.errors import DataError


def series(shapes, index=None):
    return gpd.GeoSeries(list(shapes), index=index, crs="EPSG:25832")


def wavy_tiles(columns, rows, *, seed, size=1000.0, points=12, wobble=40.0):
    """Tile a rectangle; each border is one crooked line that both neighbours use."""
    rng = np.random.default_rng(seed)

    def border(start, end):
        steps = np.linspace(0, 1, points + 2)[1:-1, None]
        line = np.array(start) + steps * (np.array(end) - np.array(start))
        return [tuple(point) for point in np.round(line + rng.uniform(-wobble, wobble, line.shape), 2)]

    across = {
        (c, r): border((c * size, r * size), ((c + 1) * size, r * size))
        for c in range(columns)
        for r in range(rows + 1)
    }
    up = {
        (c, r): border((c * size, r * size), (c * size, (r + 1) * size))
        for c in range(columns + 1)
        for r in range(rows)
    }
    tiles = []
    for c in range(columns):
        for r in range(rows):
            ring = [(c * size, r * size), *across[c, r], ((c + 1) * size, r * size), *up[c + 1, r]]
            ring += [((c + 1) * size, (r + 1) * size), *across[c, r + 1][::-1]]
            ring += [(c * size, (r + 1) * size), *up[c, r][::-1]]
            tiles.append(shapely.Polygon(ring))
    return series(tiles)


def neighbours(shapes):
    """Pairs that share a line, each found by its own intersection."""
    shapes = np.asarray(shapes, dtype=object)
    return {
        (i, j)
        for i in range(len(shapes))
        for j in range(i + 1, len(shapes))
        if shapely.length(shapely.intersection(shapes[i], shapes[j])) > 0
    }


@given(
    st.integers(2, 4), st.integers(1, 4), st.integers(0, 10_000), st.sampled_from([20.0, 60.0, 150.0, 400.0])
)
def test_neighbours_and_land_are_kept(columns, rows, seed, tolerance_m):
    tiles = wavy_tiles(columns, rows, seed=seed)
    simple = simplify_coverage(tiles, tolerance_m=tolerance_m)
    assert simple.is_valid.all()
    assert neighbours(simple) == neighbours(tiles)
    # No gap and no overlap: the parts sum to the union, and the union has no hole.
    union = shapely.union_all(np.asarray(simple, dtype=object))
    assert union.area == pytest.approx(simple.area.sum(), rel=1e-9)
    assert union.geom_type == "Polygon"
    assert not union.interiors
    # Only triangles of up to the tolerance's square are cut, one a vertex at most.
    cut = count_vertices(tiles) - count_vertices(simple)
    assert abs(union.area - tiles.area.sum()) <= cut * tolerance_m**2
    assert count_vertices(simple) < count_vertices(tiles)


def test_one_by_one_borders_would_break():
    below = shapely.Polygon([(0, 0), (2000, 0), (2000, 1000), (1000, 1010), (0, 1000)])
    left = shapely.Polygon([(0, 1000), (1000, 1010), (1000, 2000), (0, 2000)])
    right = shapely.Polygon([(1000, 1010), (2000, 1000), (2000, 2000), (1000, 2000)])
    tiles = series([below, left, right])
    assert not is_coverage(tiles.simplify(20), gap_m=20)
    together = simplify_coverage(tiles, tolerance_m=20)
    assert is_coverage(together, gap_m=20)
    assert neighbours(together) == {(0, 1), (0, 2), (1, 2)}


def test_index_order_and_missing_rows_stay():
    tiles = wavy_tiles(2, 1, seed=3)
    given_rows = gpd.GeoSeries([tiles[1], None, tiles[0]], index=["b", "x", "a"], crs="EPSG:25832")
    simple = simplify_coverage(given_rows, tolerance_m=50)
    assert simple.index.tolist() == ["b", "x", "a"]
    assert simple.crs == given_rows.crs
    assert simple["x"] is None
    assert simple["b"].representative_point().within(tiles[1])
    assert given_rows["b"].equals(tiles[1])
    assert set(simple.dropna().geom_type) == {"MultiPolygon"}


def test_nothing_comes_of_nothing():
    assert simplify_coverage(series([]), tolerance_m=10).empty
    assert simplify_to_size(series([None]), max_vertices=0).vertices_n == 0


@pytest.mark.parametrize(("gap", "is_closed"), [(0.5, True), (9.0, True), (12.0, False)])
def test_small_gaps_are_closed_and_straits_are_not(gap, is_closed):
    # A slit between two blocks that touch at both ends.
    slit = shapely.box(1000 - gap / 2, 300, 1000 + gap / 2, 700)
    left = shapely.difference(shapely.box(0, 0, 1000, 1000), slit)
    right = shapely.difference(shapely.box(1000, 0, 2000, 1000), slit)
    before = series([left, right])
    assert is_coverage(before)
    assert is_coverage(before, gap_m=10) != is_closed
    after = clean_coverage(before)
    assert is_coverage(after, gap_m=10)
    assert after.area.sum() == pytest.approx(2_000_000 - (0 if is_closed else gap * 400), abs=1)


def test_overlaps_are_given_to_one():
    before = series([shapely.box(0, 0, 1000, 1000), shapely.box(998, 0, 2000, 1000)])
    after = clean_coverage(before)
    assert after.area.sum() == pytest.approx(2_000_000, abs=1e-3)
    assert shapely.intersection(*after).area == 0
    assert neighbours(after) == {(0, 1)}


def test_a_coverage_is_not_touched_by_cleaning():
    tiles = wavy_tiles(2, 2, seed=5)
    cleaned = clean_coverage(tiles)
    for one, other in zip(cleaned, tiles, strict=True):
        assert shapely.equals_exact(shapely.get_geometry(one, 0), other, 0)
    assert simplify_coverage(tiles, tolerance_m=0).geom_equals_exact(cleaned, 0).all()


def test_a_polygon_that_would_vanish_is_an_error():
    inside = series([shapely.box(0, 0, 1000, 1000), shapely.box(0, 0, 1000, 1000)], index=[7, 8])
    with pytest.raises(DataError) as raised:
        clean_coverage(inside)
    assert raised.value.key == "coverage.not_cleaned"
    assert raised.value.values["count"] == 1


def test_a_broken_result_is_never_handed_on(monkeypatch):
    tiles = wavy_tiles(2, 1, seed=2)
    monkeypatch.setattr(
        coverage_module.shapely,
        "coverage_simplify",
        lambda shapes, tolerance: np.array([shapes[0], shapely.buffer(shapes[1], 5)], dtype=object),
    )
    with pytest.raises(DataError) as raised:
        simplify_coverage(tiles, tolerance_m=10)
    assert raised.value.key == "coverage.not_simplified"


def test_invalid_polygons_are_refused():
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    with pytest.raises(DataError) as raised:
        simplify_coverage(series([bow_tie]), tolerance_m=1)
    assert raised.value.key == "geo_core.invalid_polygon"


def test_the_least_tolerance_that_fits_is_chosen():
    tiles = wavy_tiles(4, 4, seed=9, points=30, wobble=10)
    counts = [count_vertices(simplify_coverage(tiles, tolerance_m=step)) for step in TOLERANCES_M]
    for max_vertices in {*counts, counts[0] + 1, counts[2] - 1, counts[-1] + 1}:
        fits = [step for step, count in zip(TOLERANCES_M, counts, strict=True) if count <= max_vertices]
        chosen = simplify_to_size(tiles, max_vertices=max_vertices)
        assert chosen.tolerance_m == min(fits)
        assert chosen.vertices_n == count_vertices(chosen.geometry) <= max_vertices
    with pytest.raises(DataError) as raised:
        simplify_to_size(tiles, max_vertices=counts[-1] - 1)
    assert raised.value.key == "coverage.too_many_vertices"
    assert raised.value.values["found"] == counts[-1]


def test_small_islands_are_dropped_and_reported():
    mainland = shapely.MultiPolygon(
        [shapely.box(0, 0, 1000, 1000), shapely.box(3000, 0, 3010, 10), shapely.box(4000, 0, 4020, 10)]
    )
    # A small part of the neighbour that touches the mainland, and a polygon that is small as a whole.
    neighbour = shapely.MultiPolygon([shapely.box(1000, 0, 1010, 10), shapely.box(2000, 500, 2500, 1000)])
    skerries = shapely.MultiPolygon([shapely.box(9000, 0, 9005, 5), shapely.box(9100, 0, 9105, 5)])
    kept, report = drop_islands(
        series([mainland, neighbour, skerries], index=["a", "b", "c"]), min_area_m2=500
    )
    assert report.to_dict("records") == [
        {"position": 0, "islands_n": 2, "area_m2": 300.0, "largest_m2": 200.0},
        {"position": 2, "islands_n": 1, "area_m2": 25.0, "largest_m2": 25.0},
    ]
    assert kept.index.tolist() == ["a", "b", "c"]
    assert [len(shape.geoms) for shape in kept] == [1, 2, 1]
    assert kept["c"].equals(shapely.box(9000, 0, 9005, 5))


def test_no_island_is_dropped_unless_it_is_small():
    tiles = wavy_tiles(2, 1, seed=4)
    kept, report = drop_islands(tiles, min_area_m2=1e9)
    assert kept.area.tolist() == tiles.area.tolist()
    assert report.empty
    assert report.columns.tolist() == list(coverage_module.ISLAND_COLUMNS)
    assert report["position"].dtype == "int64"
    assert isinstance(report, pd.DataFrame)
