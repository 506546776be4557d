"""A screening whole: counts are conserved, order does not matter, and planted zones are found again."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from boundaries.registers.cell_columns import CELL_DTYPES
from boundaries.screening.screening import screen
from boundaries.screening.settings import ScreeningSettings
from data.synthetic.city import make_city
from geo.errors import DataError


def test_counts_are_conserved(planted_city, planted_screening):
    parts = planted_screening.parts.set_index("part")
    for column in ("residents_n", "households_n", "low_income_n", "labour_outside_of"):
        assert parts.loc["city", column] == planted_city.cells[column].sum()
        assert parts.loc["zones", column] + parts.loc["rest", column] == parts.loc["city", column]
        assert planted_screening.zones[column].sum() == parts.loc["zones", column]
    assert planted_screening.zones["cells_n"].sum() == planted_screening.cells["zone"].notna().sum()
    assert (planted_screening.zones["area_m2"] == planted_screening.zones["cells_n"] * 10_000).all()
    assert (planted_screening.zones.area == planted_screening.zones["area_m2"]).all()
    assert planted_screening.zones["residents_n"].is_monotonic_decreasing
    assert planted_screening.cells["cell_id"].is_unique


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


def test_an_unknown_count_makes_its_sums_unknown_and_no_others(planted_city):
    cells = planted_city.cells.reindex(columns=list(CELL_DTYPES)).astype(dict(CELL_DTYPES))
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


def test_what_is_refused(planted_city):
    cells = planted_city.cells.reindex(columns=list(CELL_DTYPES))
    with pytest.raises(DataError) as caught:
        screen(pd.concat([cells, cells.iloc[:1]]), ScreeningSettings())
    assert caught.value.key == "grid.repeated_cell"
    with pytest.raises(DataError) as caught:
        screen(cells.assign(low_income_n=-1), ScreeningSettings())
    assert caught.value.values["column"] == "low_income_n"
    with pytest.raises(DataError) as caught:
        ScreeningSettings(criteria_required_n=6)
    assert caught.value.key == "screening.too_many_required"


def test_a_city_of_no_cells_has_no_zones(planted_city):
    none = planted_city.cells.reindex(columns=list(CELL_DTYPES)).iloc[:0]
    empty = screen(none, ScreeningSettings())
    assert len(empty.zones) == 0
    assert empty.parts["part"].tolist() == ["city", "zones", "rest"]
    assert (empty.parts["residents_n"] == 0).all()


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
