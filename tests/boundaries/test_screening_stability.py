"""How stable the zones are when limits, neighbourhoods and the grid vary."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from boundaries.registers.cell_columns import GridCriterion
from boundaries.screening.cells import sum_cells
from boundaries.screening.screening import screen
from boundaries.screening.settings import CriterionRule, ScreeningSettings
from boundaries.screening.stability import Variant, list_variants, measure_stability
from data.texts import load_texts
from geo.errors import DataError


def test_a_variant_that_changes_nothing_leaves_everything(planted_screening):
    same = measure_stability(planted_screening, variants=[Variant("same", planted_screening.settings)])
    inside = planted_screening.cells["zone"].notna()
    assert same.cells.loc[inside, "stability_n"].eq(4).all()
    assert same.cells.loc[~inside, "stability_n"].eq(0).all()
    assert same.zones["stability_n"].equals(same.zones["stability_of"])
    assert same.variants.loc[0, "kept_n"] == same.variants.loc[0, "designated_n"]


def test_a_zone_is_as_stable_as_the_variants_that_keep_it(planted_screening):
    settings = planted_screening.settings
    variants = [Variant("same", settings), Variant("none", replace(settings, group_residents_n=10**9))]
    found = measure_stability(planted_screening, variants=variants)
    assert (found.zones["stability_n"] * 2).equals(found.zones["stability_of"])
    assert found.variants["kept_n"].tolist()[1] == 0


def test_stricter_limits_designate_less_and_looser_ones_more(planted_screening):
    found = measure_stability(planted_screening).variants.set_index("variant")
    assert found.loc["limits_looser", "kept_n"] == found.loc["limits_looser", "designated_n"]
    assert found.loc["limits_stricter", "kept_n"] < found.loc["limits_looser", "kept_n"]
    assert found.loc["one_criterion_more", "kept_n"] <= found.loc["one_criterion_fewer", "kept_n"]


def make_dwellings(city):
    """Make four dwellings a cell that add up to it, at the middles of its quarters."""
    cells = city.cells
    parts = []
    counts = [name for name in cells.columns if name not in {"cell_id", "column", "row"}]
    for number, (dx, dy) in enumerate([(25, 25), (75, 25), (25, 75), (75, 75)]):
        part = cells[counts] // 4 + (cells[counts] % 4 > number)
        place = {"x": cells["column"] * 100.0 + dx, "y": cells["row"] * 100.0 + dy}
        parts.append(part.assign(dwelling_id=cells["cell_id"] + f"-{number}", **place))
    return pd.concat(parts, ignore_index=True)


def test_the_grid_may_move_and_its_cells_change_size(planted_city):
    counts = make_dwellings(planted_city)
    settings = ScreeningSettings()
    screening = screen(sum_cells(counts, settings.grid), settings)
    found = measure_stability(screening, dwelling_counts=counts)
    names = found.variants["variant"].tolist()
    assert names[-4:] == ["shifted_east", "shifted_north", "shifted_both", "other_cell_size"]
    shifted = found.variants.set_index("variant").loc[["shifted_east", "shifted_north", "shifted_both"]]
    assert (shifted["kept_n"] > shifted["designated_n"] * 0.7).all()
    assert found.cells["stability_of"].eq(4 * len(names)).all()
    moved = replace(settings, shift_m=(50, 0))
    with pytest.raises(DataError) as caught:
        measure_stability(screening, variants=[Variant("shifted_east", moved)])
    assert caught.value.values["name"] == "shifted_east"
    again = screen(sum_cells(counts, moved.grid), moved)
    assert again.cells["cell_id"].isna().all()
    assert len(again.zones) == len(screening.zones)


def test_variants_move_the_right_way():
    fixed = {name: CriterionRule(basis="fixed", limit=Fraction(40)) for name in GridCriterion}
    variants = {
        each.name: each.settings
        for each in list_variants(ScreeningSettings(rules=fixed), has_dwellings=False)
    }
    strict = variants["limits_stricter"].rules
    assert strict[GridCriterion.DWELLING_AREA].limit == 36
    assert strict[GridCriterion.LOW_INCOME].limit == 44
    high = {name: CriterionRule(basis="percentile", limit=Fraction(98)) for name in GridCriterion}
    base = ScreeningSettings(rules=high, radius_cells=0, neighbourhood_residents_n=0, criteria_required_n=5)
    variants = {each.name: each.settings for each in list_variants(base, has_dwellings=True)}
    assert variants["limits_stricter"].rules[GridCriterion.LOW_INCOME].limit == 100
    assert variants["limits_looser"].rules[GridCriterion.LOW_INCOME].limit == 93
    assert not {"radius_smaller", "fewer_neighbours", "one_criterion_more"} & variants.keys()
    single = replace(base, criteria_required_n=1, cell_size_m=250)
    names = {each.name for each in list_variants(single, has_dwellings=True)}
    assert "one_criterion_fewer" not in names


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_variant_has_a_text(language):
    variants = list_variants(ScreeningSettings(), has_dwellings=True)
    assert len({each.name for each in variants}) == len(variants) == 12
    assert {each.name for each in variants} == set(load_texts(language).section("screening.variant"))
