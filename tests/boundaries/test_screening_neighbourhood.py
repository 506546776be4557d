"""Sums of neighbourhoods, each cell against a plain search of its surroundings."""

import numpy as np
import pytest

from boundaries.registers.cell_columns import CELL_DTYPES
from boundaries.screening.neighbourhood import sum_neighbourhoods
from boundaries.screening.settings import ScreeningSettings


@pytest.mark.parametrize("shape", ["square", "circle"])
@pytest.mark.parametrize(("radius", "wanted", "most"), [(1, 0, 3), (0, 0, 3), (1, 700, 3), (0, 400, 2)])
def test_neighbourhoods_grow_until_enough_people_live_there(planted_city, shape, radius, wanted, most):
    settings = ScreeningSettings(
        neighbourhood_shape=shape,
        radius_cells=radius,
        neighbourhood_residents_n=wanted,
        max_radius_cells=most,
    )
    cells = planted_city.cells.reindex(columns=list(CELL_DTYPES)).astype(dict(CELL_DTYPES))
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
