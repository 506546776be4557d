"""The demo town screened from its registers: everyone counted, the worst areas found, nothing given away."""

import numpy as np
import pytest

from boundaries.disclosure.cells import publish_screening
from boundaries.screening.cells import sum_cells, sum_polygons, sum_unplaced
from boundaries.screening.dwelling_counts import count_dwellings
from boundaries.screening.screening import screen
from boundaries.screening.settings import ScreeningSettings
from boundaries.screening.stability import measure_stability
from geo.grid import Cells, find_cells
from geo.grid_groups import number_cells


@pytest.fixture(scope="module")
def registers(demo_registers):
    return demo_registers[1]


@pytest.fixture(scope="module")
def counts(registers):
    return count_dwellings(registers, ScreeningSettings())


@pytest.fixture(scope="module")
def screening(counts):
    return screen(sum_cells(counts, ScreeningSettings().grid), ScreeningSettings())


def test_every_resident_of_the_year_is_counted(registers, counts, screening):
    latest = registers.residents["year"].max()
    everyone = registers.residents.loc[registers.residents["year"].eq(latest), "residents_n"].sum()
    placed = screening.parts.set_index("part").loc["city", "residents_n"]
    assert placed + sum_unplaced(counts)["residents_n"] == everyone


def test_the_areas_that_meet_every_criterion_of_the_law_lie_in_zones(registers, counts, screening):
    area = registers.areas[registers.areas["area_id"].eq("LS01")].geometry
    if area.isna().any():
        keys = registers.area_parcels.loc[registers.area_parcels["area_id"].eq("LS01"), "parcel_key"]
        area = registers.parcels[registers.parcels["parcel_key"].isin(keys)].geometry
    cells = find_cells(counts["x"], counts["y"], screening.grid)
    inside = screening.cells[screening.cells["zone"].notna()]
    designated = number_cells(Cells(inside["column"].to_numpy(), inside["row"].to_numpy()))
    in_zone = counts[np.isin(number_cells(cells), designated)]
    in_area = sum_polygons(counts, area.to_numpy())["residents_n"].sum()
    in_both = sum_polygons(in_zone, area.to_numpy())["residents_n"].sum()
    assert in_area > 1000
    assert in_both > 0.9 * in_area


def test_it_can_be_tried_and_published(counts, screening):
    stability = measure_stability(screening, dwelling_counts=counts)
    assert len(stability.variants) == 12
    assert stability.zones["zone"].tolist() == screening.zones["zone"].tolist()
    published = publish_screening(screening)
    shown = published.cells["residents_n"].notna()
    true = screening.cells.loc[shown & screening.cells["residents_n"].gt(0), "households_n"]
    assert true.min() >= 50
    assert len(published.zones) == len(screening.zones) > 0
