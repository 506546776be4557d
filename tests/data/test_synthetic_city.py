"""The planted city: seeded, of the right size, with the gap that it says, and nowhere real."""

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from data.synthetic.city import GAP_2017, RESIDENTS_N, REST, make_city
from geo.grid import find_bad_ids, measure_corners, parse_ids

UNITS = {"labour_outside": 1000}


@pytest.fixture(scope="module")
def city():
    return make_city(7)


def value_of(cells, name):
    return cells[f"{name}_n"].sum() / cells[f"{name}_of"].sum() / UNITS.get(name, 1)


def test_equal_seeds_give_equal_cities(city):
    again = make_city(7)
    pd.testing.assert_frame_equal(city.cells, again.cells)
    assert np.array_equal(city.planted, again.planted)
    assert not city.cells["residents_n"].equals(make_city(8).cells["residents_n"])


def test_it_has_the_size_of_copenhagen(city):
    assert city.cells["residents_n"].sum() == RESIDENTS_N
    assert 8_000 < len(city.cells) <= 10_000
    assert 0.04 < city.cells.loc[city.planted > 0, "residents_n"].sum() / RESIDENTS_N < 0.16


@pytest.mark.parametrize("name", sorted(REST))
def test_the_zones_lie_the_stated_gap_from_the_rest(city, name):
    inside, outside = city.cells[city.planted > 0], city.cells[city.planted == 0]
    assert value_of(outside, name) == pytest.approx(REST[name], abs=abs(GAP_2017[name]) / 10)
    assert value_of(inside, name) - value_of(outside, name) == pytest.approx(GAP_2017[name], rel=0.15)


@pytest.mark.parametrize("name", sorted(REST))
def test_without_contrast_there_is_no_gap(name):
    flat = make_city(7, contrast=0.0)
    assert not flat.planted.any()
    assert value_of(flat.cells, name) == pytest.approx(REST[name], abs=abs(GAP_2017[name]) / 10)


def test_zones_hang_together_and_keep_their_distance(city):
    image = np.zeros((100, 100), dtype=np.int64)
    image[city.cells["row"] - 62_500, city.cells["column"] - 6_400] = city.planted
    for number in range(1, city.planted.max() + 1):
        own = image == number
        grown = ndimage.binary_dilation(own, structure=np.ones((3, 3)), iterations=3)
        assert set(np.unique(image[grown])) <= {0, number}
        # Parks in it may be uninhabited; closed over one cell it is one piece.
        closed = ndimage.binary_dilation(own, structure=np.ones((3, 3)))
        assert ndimage.label(closed)[1] == 1


def test_counts_can_be_together(city):
    cells = city.cells
    assert (cells.drop(columns="cell_id") >= 0).all(axis=None)
    assert (cells["households_n"] <= cells["residents_n"]).all()
    for name in set(REST) - {"dwelling_area"}:
        assert (cells[f"{name}_n"] <= cells[f"{name}_of"] * UNITS.get(name, 1)).all()
        assert (cells[f"{name}_of"] + cells[f"{name}_missing_n"] <= cells["residents_n"]).all()


def test_ids_are_of_the_grid_and_at_sea(city):
    assert not find_bad_ids(city.cells["cell_id"]).any()
    grid, cells = parse_ids(city.cells["cell_id"])
    assert np.array_equal(cells.column, city.cells["column"])
    assert np.array_equal(cells.row, city.cells["row"])
    x, y = measure_corners(cells, grid)
    assert x.min() >= 640_000
    assert y.max() < 6_260_000
