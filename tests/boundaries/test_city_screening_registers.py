"""A small city screened from its registers: every figure that is shown is counted again from the dwellings."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from boundaries.city_screening import CityInputs, screen_city
from boundaries.registers.cell_columns import GridCriterion
from boundaries.screening.settings import CriterionRule, ScreeningSettings
from boundaries.screening_plan import ScreeningPlan

SIDE_N, POOR = 18, range(5, 12)
E0, N0 = 645_000, 6_255_000
LOST = {"x": np.nan, "y": np.nan}


def is_poor(column, row, home):
    """Three of four homes in the poor cells, and one of four along the western edge."""
    return (column in POOR and row in POOR and home > 0) or (column == 0 and home == 0)


def list_homes():
    """Four homes of ten a cell: name, place, whether it is poor."""
    for column, row, home in product(range(SIDE_N), range(SIDE_N), range(4)):
        x, y = E0 + 100.0 * column + 25 + 50 * (home % 2), N0 + 100.0 * row + 25 + 50 * (home // 2)
        yield f"{column}-{row}-{home}", {"x": x, "y": y}, is_poor(column, row, home)


POOR_N = 3 * len(POOR) ** 2 + SIDE_N


def make_registers(town, *, lost=(), years=(2024,), has_contrast=True):
    """The registers of that city; `lost` are dwellings without a place, or not in the register, and how many live there."""
    dwellings, residents = [], []
    for year in years:
        for name, place, is_poor_home in list_homes():
            is_worse = has_contrast and is_poor_home
            # The year before, only half as many lived in each home.
            count = 10 if year == years[-1] else 5
            if year == years[-1]:
                tenure = "almen_familiebolig" if is_worse else "ejerbolig"
                dwellings.append(
                    {"dwelling_id": name, "tenure": tenure, "area_m2": 200 if is_worse else 600, **place}
                )
            residents.append(
                {
                    "dwelling_id": name,
                    "year": year,
                    "residents_n": count,
                    "origin": "ikke_vestlig" if is_worse else "dansk",
                    "labour_outside": float(is_worse),
                    "disposable_income_dkk": 100_000.0 if is_worse else 300_000.0,
                    "education": "grundskole" if is_worse else "gymnasial",
                    "is_student": False,
                }
            )
    for at, (is_known, count) in enumerate(lost):
        if is_known:
            dwellings.append({"dwelling_id": f"lost{at}", **LOST})
        residents.append({"dwelling_id": f"lost{at}", "year": years[-1], "residents_n": count})
    return town.registers(dwellings=dwellings, residents=residents)


def make_inputs(registers, *, settings=None, **layers):
    names = ["places", "old_zones", "barriers", "blocks"]
    nothing = pd.DataFrame(columns=["register", "file", "layer", "rows_n", "sha256"])
    return CityInputs(
        cells=None,
        registers=registers,
        settings=settings or ScreeningSettings(),
        files=nothing,
        findings=registers.findings,
        **{name: layers.get(name) for name in names},
    )


def box(west, south, east, north):
    """A rectangle in cells from the corner of the city."""
    return shapely.box(E0 + 100 * west, N0 + 100 * south, E0 + 100 * east, N0 + 100 * north)


def layer(**shapes):
    return gpd.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:25832")


def count_homes(shape):
    """How many of the homes stand in a shape."""
    places = [(place["x"], place["y"]) for _, place, _ in list_homes()]
    return int(shapely.contains_xy(shape, *np.array(places).T).sum())


@pytest.fixture(scope="module")
def plain(town):
    """The city without anything beside it, and its one zone."""
    registers = make_registers(town)
    city = screen_city(ScreeningPlan(name="Prøveby"), make_inputs(registers))
    assert len(city.published.zones) == 1
    return registers, city, city.published.zones.geometry.iloc[0]


def test_the_zone_holds_who_lives_in_it(plain):
    _, city, zone = plain
    parts = city.published.parts.set_index("part")["residents_n"]
    assert parts["city"] == 40 * SIDE_N**2
    assert parts["zones"] == 10 * count_homes(zone)
    assert city.published.zones["non_western_n"].tolist() == [
        10 * sum(poor and zone.contains(shapely.Point(*place.values())) for _, place, poor in list_homes())
    ]
    assert city.years == dict.fromkeys([None, *GridCriterion], 2024)
    assert city.name == "Prøveby"
    assert city.barriers is city.block_zones is city.compared is None


def test_the_profile_counts_the_dwellings_of_the_zone(plain):
    _, city, zone = plain
    almen = city.profile.query("indicator == 'almen'").set_index("place")
    assert almen.loc["zone", "of_n"] == count_homes(zone)
    assert 3 * len(POOR) ** 2 == almen.loc["city", "dwellings_n"] - SIDE_N
    assert almen.loc["rest", "dwellings_n"] == SIDE_N
    assert almen.loc["city", "of_n"] == 4 * SIDE_N**2


def test_the_profile_is_of_the_year_of_the_screening(town):
    """Dwellings built after the first day of that year are not there yet."""
    registers = make_registers(town, years=(2023, 2024))
    first = registers.dwellings["dwelling_id"].str.startswith("5-")
    later = pd.Series(pd.NaT, index=first.index, dtype="datetime64[s]").mask(
        first, pd.Timestamp("2023-06-01")
    )
    registers = replace(registers, dwellings=registers.dwellings.assign(built_on=later))
    sizes = {}
    for year in (2023, 2024):
        settings = ScreeningSettings(year=year)
        city = screen_city(ScreeningPlan(), make_inputs(registers, settings=settings))
        assert city.years[None] == year
        assert city.published.parts["residents_n"].iloc[0] == (20 if year == 2023 else 40) * SIDE_N**2
        sizes[year] = city.profile.query("place == 'city' and indicator == 'almen'")["of_n"].iloc[0]
    assert sizes[2024] - sizes[2023] == first.sum() == 4 * SIDE_N
    assert city.profile.equals(screen_city(ScreeningPlan(), make_inputs(registers)).profile)


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ((), 0),
        (((True, 1),), None),
        (((True, 20), (False, 19)), None),
        (((True, 20), (False, 20)), 40),
    ],
)
def test_the_few_without_a_place_are_not_told(town, lost, told):
    """In a dwelling without coordinates or in one that no register has; 40 are as many as a cell shows."""
    city = screen_city(ScreeningPlan(), make_inputs(make_registers(town, lost=lost)))
    assert city.unplaced_n == told
    assert city.published.parts["residents_n"].iloc[0] == 40 * SIDE_N**2


def test_zones_bear_the_name_of_the_place_they_lie_in_everywhere(plain):
    """On the page, in the profile, in the comparison and on the blocks alike."""
    registers, _, zone = plain
    west, south, east, north = zone.bounds
    share = 0.6 * west + 0.4 * east
    places = layer(
        Ådal=shapely.box(west, south, share, north),
        Zoo=shapely.box(share, south, east + 500, north),
        Far=box(0, 0, 2, 2),
    )
    layers = {"places": places, "blocks": layer(k=zone), "old_zones": layer(Før=zone)}
    road = shapely.LineString([(west - 500, (south + north) / 2), (east + 500, (south + north) / 2)])
    layers["barriers"] = gpd.GeoDataFrame({"name": ["b"], "kind": ["vej"]}, geometry=[road], crs=25832)
    city = screen_city(ScreeningPlan(compare=Path("før.geojson")), make_inputs(registers, **layers))
    # Three fifths of the zone lie in Zoo.
    assert city.published.zones["name"].tolist() == ["Zoo"]
    assert city.profile.query("place == 'zone'")["name"].unique().tolist() == ["Zoo"]
    assert city.compared.zones["name"].tolist() == ["Zoo"]
    assert city.compared.zones["old_names"].tolist() == [("Før",)]
    assert city.compared.file == "før.geojson"
    assert city.block_zones["name"].tolist() == ["Zoo"]
    assert city.barriers["name"].tolist()[0] == "Zoo"
    assert city.barriers["zone"].tolist() == [1, pd.NA]
    # Through the zone, and 25 m beside it at either end.
    assert city.barriers["barrier_m"].tolist() == [pytest.approx(east - west + 50, abs=1)] * 2
    assert city.barriers["crossings_n"].isna().all()


def test_a_city_without_contrast_has_nothing_to_tell_of_zones(town):
    registers = make_registers(town, has_contrast=False)
    track = gpd.GeoDataFrame(
        {"name": ["b"], "kind": ["bane"]},
        geometry=[shapely.LineString([(E0, N0), (E0 + 900, N0 + 900)])],
        crs=25832,
    )
    layers = {"places": layer(Ådal=box(0, 0, 9, 9)), "blocks": layer(k=box(5, 5, 12, 12)), "barriers": track}
    city = screen_city(ScreeningPlan(), make_inputs(registers, **layers))
    assert city.published.zones.empty
    assert city.disparity is city.profile is city.barriers is city.block_zones is None
    assert city.published.parts["residents_n"].tolist() == [40 * SIDE_N**2, 0, 40 * SIDE_N**2]
    assert city.stability_zones.empty


@pytest.mark.parametrize(("width", "columns_n"), [(4, 4), (4.5, 4), (4.51, 5)])
def test_a_dropped_zone_has_the_cells_that_lie_in_it_by_more_than_half(plain, width, columns_n):
    registers, _, _ = plain
    old = layer(Før=box(13, 12, 13 + width, 17))
    city = screen_city(ScreeningPlan(compare=Path("før.geojson")), make_inputs(registers, old_zones=old))
    found = city.compared.zones.set_index("name")
    assert found.loc["Før", "status"] == "dropped"
    assert found.loc["Før", "residents_n"] == 40 * 5 * columns_n
    assert found.loc["Før", "non_western_of"] in {pd.NA, 40 * 5 * columns_n}
    own = found[found["status"] == "new"]
    assert own["residents_n"].tolist() == city.published.zones["residents_n"].tolist()
    assert own["dwelling_area_n"].tolist() == city.published.zones["dwelling_area_n"].tolist()


def test_another_designation_without_a_file_to_name_is_not_compared(plain):
    registers, city, zone = plain
    again = screen_city(ScreeningPlan(), make_inputs(registers, old_zones=layer(Før=zone)))
    assert again.compared is None
    pd.testing.assert_frame_equal(again.published.cells, city.published.cells)


def test_blocks_are_counted_by_dwelling_and_hide_what_a_dropped_zone_beside_would_tell(plain):
    """East of the zone the block holds three columns of cells; the dropped zone leaves the zone's corners of them."""
    registers, _, zone = plain
    west, south, east, north = zone.bounds
    block = shapely.box(west, south, east + 300, north)
    dropped = shapely.box(east, south, E0 + 100 * SIDE_N, north)
    plan = ScreeningPlan(compare=Path("før.geojson"))
    alone = screen_city(plan, make_inputs(registers, blocks=layer(k=block))).block_zones
    assert alone["residents_n"].tolist() == [10 * count_homes(block)]
    assert alone["area_m2"].tolist() == [block.area]
    assert count_homes(shapely.difference(block, shapely.union(zone, dropped))) < 50
    beside = screen_city(plan, make_inputs(registers, blocks=layer(k=block), old_zones=layer(Før=dropped)))
    assert beside.compared.zones.set_index("name").loc["Før", "residents_n"] == 10 * count_homes(dropped)
    assert beside.block_zones["residents_n"].isna().all()
    # A zone that is kept shows no sum of its own, and hides nothing of the block.
    kept = screen_city(plan, make_inputs(registers, blocks=layer(k=block), old_zones=layer(Før=zone)))
    assert kept.compared.zones["status"].tolist() == ["kept"]
    assert kept.block_zones["residents_n"].tolist() == [10 * count_homes(block)]


def test_limits_that_are_given_or_averages_are_told_exactly(plain):
    """Only the value of one neighbourhood is rounded: to a decimal of m2, to tenths of a per cent."""
    registers, city, _ = plain
    limit = city.limits[GridCriterion.NON_WESTERN]
    mean = Fraction(POOR_N, 4 * SIDE_N**2)
    assert limit.city == mean
    assert limit.value == mean + ScreeningSettings().rules[GridCriterion.NON_WESTERN].limit / 100
    rules = dict(ScreeningSettings().rules)
    rules[GridCriterion.DWELLING_AREA] = CriterionRule(basis="fixed", limit=Fraction("33.33"))
    rules[GridCriterion.LOW_INCOME] = CriterionRule(basis="percentile", limit=Fraction(85))
    settings = ScreeningSettings(rules=rules, neighbourhood_residents_n=0)
    told = screen_city(ScreeningPlan(), make_inputs(registers, settings=settings)).limits
    assert told[GridCriterion.DWELLING_AREA].value == Fraction("33.33")
    shares = []
    for column, row in product(range(SIDE_N), range(SIDE_N)):
        near = product(
            range(max(column - 1, 0), min(column + 2, SIDE_N)), range(max(row - 1, 0), min(row + 2, SIDE_N))
        )
        homes = [is_poor(*cell, home) for cell in near for home in range(4)]
        shares.append(Fraction(sum(homes), len(homes)))
    # All cells have as many residents: the percentile of residents is that of cells.
    value = sorted(shares)[-(-85 * len(shares) // 100) - 1]
    assert told[GridCriterion.LOW_INCOME].value == Fraction(round(value * 1000), 1000) != value


def test_without_cells_and_registers_there_is_nothing_to_screen():
    empty = pd.DataFrame()
    inputs = CityInputs(
        cells=None,
        registers=None,
        places=None,
        old_zones=None,
        settings=ScreeningSettings(),
        files=empty,
        findings=empty,
    )
    with pytest.raises(ValueError, match="neither cells nor registers"):
        screen_city(ScreeningPlan(), inputs)
