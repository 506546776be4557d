"""Sums of zones that are not the screening's: shown only where they give nobody away."""

import numpy as np
import pandas as pd
import pytest

from boundaries.disclosure.cells import list_quantities, publish_screening
from boundaries.disclosure.other_zones import sum_other_zones
from boundaries.registers.cell_columns import CELL_DTYPES
from boundaries.screening.screening import screen
from boundaries.screening.settings import ScreeningSettings
from data.synthetic.city import make_city


@pytest.fixture(scope="module")
def made():
    cells = make_city(4, side_n=40, zones_n=4).cells
    cells = cells.reindex(columns=list(CELL_DTYPES)).astype(dict(CELL_DTYPES))
    screening = screen(cells, ScreeningSettings())
    return screening, publish_screening(screening)


def assign(screening, *masks):
    others = pd.Series(pd.NA, index=screening.cells.index, dtype="Int64")
    for at, mask in enumerate(masks):
        others[np.asarray(mask, dtype=bool)] = at
    return others


def test_a_wide_zone_has_its_sums(made):
    screening, published = made
    cells = screening.cells
    inside = cells["zone"].isna() & cells["column"].between(
        cells["column"].min() + 2, cells["column"].min() + 14
    )
    sums = sum_other_zones(screening, published, assign(screening, inside))
    for pair in list_quantities().values():
        for column in (pair.numerator, pair.denominator):
            assert sums.loc[0, column] == cells.loc[inside, column].sum()
    assert sums.loc[0, "cells_n"] == inside.sum()


def test_one_hidden_cell_is_not_given_back_by_the_cells_around_it(made):
    screening, published = made
    cells, shown = screening.cells, published.cells
    hidden = shown.index[shown["residents_n"].isna() & shown["zone"].isna() & cells["residents_n"].gt(0)]
    full = shown.index[shown["residents_n"].notna() & shown["zone"].isna() & cells["residents_n"].gt(0)]
    mask = cells.index.isin([hidden[0], *full[:10]])
    sums = sum_other_zones(screening, published, assign(screening, mask))
    assert sums.drop(columns="cells_n").isna().all(axis=None)
    # The cells that are shown may be summed by anyone.
    sums = sum_other_zones(screening, published, assign(screening, cells.index.isin(full[:10])))
    assert sums.loc[0, "residents_n"] == cells.loc[full[:10], "residents_n"].sum()


def test_what_is_left_of_an_own_zone_must_be_large_too(made):
    screening, published = made
    cells = screening.cells
    own = cells.index[cells["zone"].eq(1).fillna(value=False)]
    sums = sum_other_zones(screening, published, assign(screening, cells.index.isin(own[1:])))
    assert sums.drop(columns="cells_n").isna().all(axis=None)


def test_few_people_are_never_summed(made):
    screening, published = made
    cells = screening.cells
    few = cells.index[cells["residents_n"].between(1, 39)][:2]
    sums = sum_other_zones(screening, published, assign(screening, cells.index.isin(few)))
    assert sums.loc[0, "cells_n"] == 2
    assert sums.drop(columns="cells_n").isna().all(axis=None)


def test_a_criterion_that_few_have_is_hidden_alone(made):
    screening, _ = made
    cells = screening.cells.copy()
    west = cells["column"].min() + 2
    inside = cells["column"].between(west, west + 12)
    cells.loc[inside, "non_western_n"] = 0
    first = cells.index[inside & cells["residents_n"].gt(100)][0]
    cells.loc[first, "non_western_n"] = 2
    changed = screen(cells[list(CELL_DTYPES)], ScreeningSettings())
    mask = changed.cells["zone"].isna() & changed.cells["column"].between(west, west + 12)
    sums = sum_other_zones(changed, publish_screening(changed), assign(changed, mask))
    assert pd.isna(sums.loc[0, "non_western_n"])
    assert sums.loc[0, "residents_n"] > 1000


def test_no_zones_no_rows(made):
    screening, published = made
    assert sum_other_zones(screening, published, assign(screening)).empty
