"""Hot spots: Gi* by the formula written out, and chance in a flat city."""

import numpy as np
import pytest

from boundaries.registers.cell_columns import CELL_DTYPES
from boundaries.screening.local_statistics import measure_hot_spots, sum_hot_zones
from boundaries.screening.screening import screen
from boundaries.screening.settings import ScreeningSettings
from data.synthetic.city import make_city


def test_gi_is_the_formula_written_out(planted_screening):
    found = measure_hot_spots(planted_screening)
    cells = planted_screening.cells
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


def test_planted_zones_are_more_than_chance_and_a_flat_city_is_not(planted_screening):
    hot = sum_hot_zones(planted_screening, measure_hot_spots(planted_screening))
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
