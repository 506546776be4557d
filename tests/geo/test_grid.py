"""Det Danske Kvadratnet: ids and corners both ways, cells of points, cells of polygons."""

import gzip
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import DataError
from geo.grid import (
    NO_CELL,
    Cells,
    CellSize,
    Grid,
    cover_polygons,
    find_bad_ids,
    find_cells,
    format_ids,
    make_polygons,
    measure_corners,
    parse_ids,
)

DKN = Path(__file__).resolve().parents[2] / "../shared/data/dkn/frederiksberg_kvadratnet_4326.geojson.gz"
SIZES = st.sampled_from([int(size) for size in CellSize])


@pytest.mark.parametrize(
    ("size", "cell_id"),
    [(100, "100m_62237_5756"), (250, "250m_622375_57550"), (1000, "1km_6223_575"), (10_000, "10km_622_57")],
)
def test_the_published_examples(size, cell_id):
    grid = Grid(size)
    assert format_ids(find_cells([575_617.0], [6_223_777.0], grid), grid).tolist() == [cell_id]


@given(SIZES, st.data())
def test_ids_and_corners_go_both_ways(size, data):
    columns = data.draw(st.lists(st.integers(0, 1_000_000 // size - 1), min_size=1, max_size=5))
    rows = data.draw(
        st.lists(st.integers(0, 9_999_999 // size - 1), min_size=len(columns), max_size=len(columns))
    )
    cells = Cells(np.array(columns), np.array(rows))
    grid, back = parse_ids(format_ids(cells, Grid(size)))
    assert grid == Grid(size)
    assert back.column.tolist() == columns
    assert back.row.tolist() == rows
    again = find_cells(*measure_corners(cells, grid), grid)
    assert (again.column.tolist(), again.row.tolist()) == (columns, rows)


@given(SIZES, st.integers(1, 99), st.integers(1, 900), st.sampled_from(["before", "at", "after"]))
def test_a_point_next_to_an_edge_is_in_the_right_cell(size, column, row, side):
    x, y = float(column * size), float(row * size)
    if side == "before":
        x, y = np.nextafter(x, 0), np.nextafter(y, 0)
    elif side == "after":
        x, y = np.nextafter(x, 1e9), np.nextafter(y, 1e9)
    cells = find_cells([x], [y], Grid(size))
    step = 1 if side == "before" else 0
    assert (cells.column[0], cells.row[0]) == (column - step, row - step)


@given(
    SIZES,
    st.tuples(st.integers(0, 99), st.integers(0, 99)),
    st.tuples(st.floats(430_000, 900_000), st.floats(6_040_000, 6_410_000)),
)
def test_the_cell_of_a_point_holds_it(size, shift, point):
    grid = Grid(size, shift)
    cells = find_cells([point[0]], [point[1]], grid)
    x, y = measure_corners(cells, grid)
    assert x[0] <= point[0] < x[0] + size
    assert y[0] <= point[1] < y[0] + size


def test_points_without_a_cell():
    x = [np.nan, np.inf, -1.0, 1_000_000.0, 500_000.0, 0.0]
    y = [6_200_000.0, 6_200_000.0, 6_200_000.0, 6_200_000.0, -0.5, 0.0]
    cells = find_cells(x, y, Grid())
    assert cells.column.tolist() == [NO_CELL] * 5 + [0]
    assert format_ids(cells, Grid()).isna().tolist() == [True] * 5 + [False]
    moved = find_cells([40.0], [40.0], Grid(100, (50, 50)))
    assert moved.column.tolist() == [NO_CELL]


def test_what_is_no_id():
    good = ["100m_62237_5756", "250m_622375_57550", "1km_6223_575", "10km_622_57", "100m_0_0"]
    bad = [
        "", "100m", "100m_62237", "100m_062237_5756", "100m_62237_-5", "250m_622377_57550", "500m_62237_5756",
        "100m_62237_5756 ", "100M_62237_5756", "10km_1000_57", "100m_62237_10000",
    ]  # fmt: skip
    assert find_bad_ids(pd.Series(good, dtype="str")).tolist() == [False] * len(good)
    assert find_bad_ids(pd.Series(bad, dtype="str")).tolist() == [True] * len(bad)
    assert find_bad_ids(pd.Series([None], dtype="str")).tolist() == [True]


@pytest.mark.parametrize(
    ("action", "key"),
    [
        (lambda: Grid(200), "grid.unknown_size"),
        (lambda: Grid(100, (100, 0)), "grid.bad_shift"),
        (lambda: format_ids(Cells(np.array([1]), np.array([1])), Grid(100, (50, 0))), "grid.no_ids"),
        (lambda: format_ids(Cells(np.array([-2]), np.array([1])), Grid()), "grid.outside"),
        (lambda: format_ids(Cells(np.array([10_000]), np.array([1])), Grid()), "grid.outside"),
        (lambda: parse_ids(pd.Series(["100m_1_1", "x"], dtype="str")), "grid.bad_id"),
        (lambda: parse_ids(pd.Series(["100m_1_1", "1km_1_1"], dtype="str")), "grid.several_sizes"),
    ],
)
def test_what_is_refused(action, key):
    with pytest.raises(DataError) as caught:
        action()
    assert caught.value.key == key


def test_no_ids_are_no_cells():
    grid, cells = parse_ids(pd.Series([], dtype="str"))
    assert (grid, len(cells.column)) == (Grid(), 0)


def test_cells_tile():
    rows, columns = np.mgrid[60_000:60_004, 5_000:5_003]
    squares = make_polygons(Cells(columns.ravel(), rows.ravel()), Grid())
    assert squares.area.eq(10_000).all()
    assert shapely.union_all(squares.to_numpy()).equals(shapely.box(500_000, 6_000_000, 500_300, 6_000_400))


@given(
    st.tuples(st.floats(0, 900), st.floats(0, 900)),
    st.floats(1, 700),
    st.floats(0.1, 700),
    st.integers(0, 99),
)
def test_cells_that_cover_a_polygon_hold_its_area(corner, width, height, shift):
    x, y = corner[0] + 500_000, corner[1] + 6_200_000
    triangle = shapely.Polygon([(x, y), (x + width, y), (x, y + height)])
    grid = Grid(100, (shift, 0))
    cover = cover_polygons([triangle], grid)
    assert cover["overlap_m2"].sum() == pytest.approx(triangle.area, rel=1e-9, abs=1e-6)
    squares = make_polygons(Cells(cover["column"].to_numpy(), cover["row"].to_numpy()), grid)
    assert shapely.union_all(squares.to_numpy()).buffer(1e-6).covers(triangle)


def test_a_cell_that_only_touches_does_not_cover():
    box = shapely.box(500_000, 6_200_000, 500_200, 6_200_100)
    cover = cover_polygons([None, shapely.Polygon(), box], Grid())
    assert cover[["position", "column", "row"]].to_numpy().tolist() == [[2, 5000, 62000], [2, 5001, 62000]]
    assert cover["overlap_m2"].tolist() == [10_000.0, 10_000.0]
    assert cover_polygons([], Grid()).empty


@pytest.mark.real_data
def test_the_real_ids_agree_with_their_polygons():
    if not DKN.exists():
        pytest.skip("the public grid of Frederiksberg is not beside the checkout")
    with gzip.open(DKN) as file:
        features = json.load(file)["features"]
    frame = gpd.GeoDataFrame.from_features(features, crs="OGC:CRS84").to_crs("EPSG:25832")
    assert len(frame) == 956
    grid, cells = parse_ids(frame["distrikt_id"].astype("str"))
    squares = make_polygons(cells, grid)
    # Six decimals of a degree are 0.1 m.
    assert squares.hausdorff_distance(gpd.GeoSeries(frame.geometry.to_numpy(), crs=squares.crs)).max() < 0.2
    centre = frame.geometry.centroid
    assert format_ids(find_cells(centre.x, centre.y, grid), grid).tolist() == frame["distrikt_id"].tolist()
