"""Neighbours, connected groups, outlines and sums of neighbourhoods, each against a slow plain answer."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from geo.errors import DataError
from geo.grid import Cells, Grid, make_polygons
from geo.grid_groups import dissolve_cells, label_groups, list_neighbours
from geo.grid_sums import Window, frame_cells, measure_footprint, sum_around

PLACES = st.sets(st.tuples(st.integers(4000, 4007), st.integers(62_000, 62_007)), min_size=1, max_size=40)


def as_cells(places):
    return Cells(
        np.array([x for x, _ in places], dtype=np.int64), np.array([y for _, y in places], dtype=np.int64)
    )


@given(PLACES, st.sampled_from([4, 8]))
def test_neighbours_are_those_one_step_away(places, connectivity):
    listed = sorted(places)
    left, right = list_neighbours(as_cells(listed), connectivity=connectivity)
    found = {frozenset((listed[a], listed[b])) for a, b in zip(left, right, strict=True)}
    wanted = set()
    for x, y in listed:
        for other in listed:
            apart = (abs(x - other[0]), abs(y - other[1]))
            if apart in {(0, 1), (1, 0)} or (connectivity == 8 and apart == (1, 1)):
                wanted.add(frozenset(((x, y), other)))
    assert found == wanted
    assert len(left) == len(wanted)


@given(PLACES, st.sampled_from([4, 8]), st.randoms(use_true_random=False))
def test_groups_are_those_of_an_image_whatever_the_order(places, connectivity, random):
    listed = list(places)
    random.shuffle(listed)
    labels = label_groups(as_cells(listed), connectivity=connectivity)
    image = np.zeros((8, 8), dtype=bool)
    for x, y in listed:
        image[y - 62_000, x - 4000] = True
    # Labelled row by row from the south-west: the order that the labels are to have.
    wanted, _ = ndimage.label(image, structure=np.ones((3, 3)) if connectivity == 8 else None)
    assert labels.tolist() == [wanted[y - 62_000, x - 4000] - 1 for x, y in listed]


@given(PLACES, st.integers(0, 99))
def test_outlines_have_the_area_of_their_cells(places, shift):
    cells, grid = as_cells(sorted(places)), Grid(100, (shift, 0))
    groups = cells.column % 2 + 5
    outlines = dissolve_cells(cells, groups, grid)
    assert outlines.index.tolist() == sorted(set(groups.tolist()))
    for group, outline in outlines.items():
        own = make_polygons(Cells(cells.column[groups == group], cells.row[groups == group]), grid)
        assert outline.geom_type == "MultiPolygon"
        assert outline.is_valid
        assert outline.equals(shapely.union_all(own.to_numpy()))


def test_no_cells_make_no_groups():
    none = as_cells([])
    assert len(label_groups(none, connectivity=8)) == 0
    assert len(dissolve_cells(none, np.empty(0, dtype=np.int64), Grid())) == 0
    assert frame_cells(none) == Window(0, 0, 0, 0)


def test_a_cell_given_twice_is_refused():
    with pytest.raises(DataError) as caught:
        label_groups(as_cells([(1, 2), (3, 4), (1, 2)]), connectivity=4)
    assert caught.value.key == "grid.repeated_cell"
    assert caught.value.values["found"] == "1, 2"


def test_cells_all_over_the_world_are_refused():
    with pytest.raises(DataError) as caught:
        frame_cells(as_cells([(0, 0), (9_999, 99_999)]))
    assert caught.value.key == "grid.too_wide"


@given(PLACES, st.integers(0, 9), st.sampled_from(["square", "circle"]), st.integers(0, 2))
def test_sums_are_those_of_counting_one_by_one(places, radius, shape, margin):
    listed = sorted(places)
    cells = as_cells(listed)
    values = (cells.column * 7 + cells.row * 3) % 11
    window = frame_cells(cells, margin_n=margin)
    laid = window.spread(cells, values)
    sums = window.gather(sum_around(laid, measure_footprint(radius, shape)), cells)
    for place, (x, y) in enumerate(listed):
        wanted = 0
        for (other_x, other_y), value in zip(listed, values, strict=True):
            dx, dy = other_x - x, other_y - y
            near = (
                max(abs(dx), abs(dy)) <= radius if shape == "square" else dx * dx + dy * dy <= radius * radius
            )
            wanted += int(value) if near else 0
        assert sums[place] == wanted


def test_layers_are_summed_apart():
    cells = as_cells([(1, 1), (2, 1), (4, 1)])
    window = frame_cells(cells)
    laid = window.spread(cells, np.array([[1, 2, 4], [10, 20, 40]]))
    sums = window.gather(sum_around(laid, measure_footprint(1, "square")), cells)
    assert sums.tolist() == [[3, 3, 4], [30, 30, 40]]
