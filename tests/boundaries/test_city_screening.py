"""From a project file or a table of cells to what may be shown, and beside another designation."""

import gzip
import json
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from boundaries.city_screening import read_inputs, screen_city
from boundaries.registers.cell_columns import GridCriterion
from boundaries.registers.project import load_project
from boundaries.screening.screening import screen
from boundaries.screening_plan import ScreeningQuestion, open_plan, plan_screening
from data.synthetic.city import make_city
from geo.errors import BoligkortError

DKN = Path(__file__).resolve().parents[2] / "../shared/data/dkn"
HEAD = '[project]\nname = "Prøveby"\n[screening]\n'


def write_project(folder, text=""):
    path = folder / "boligkort.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def write_cells(folder, seed=4, **settings):
    cells = make_city(seed, side_n=40, zones_n=4, **settings).cells
    cells = cells.drop(columns=["column", "row"])
    for name in (column for column in cells.columns if column == "labour_outside_n"):
        cells[name] = cells[name] / 1000
    path = folder / "celler.csv"
    cells.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("by")
    write_cells(made)
    write_project(made, '[screening.cells]\npath = "celler.csv"\n')
    return made


def screen_it(plan):
    return screen_city(plan, read_inputs(plan))


@pytest.fixture(scope="module")
def city(folder):
    return screen_it(plan_screening(load_project(folder)))


def test_everything_a_project_says_of_the_screening_is_planned(tmp_path):
    text = (
        "criteria_required_n = 2\nyear = 2020\n[screening.cells]\npath = 'c.csv'\ndecimal = ','\n"
        "[screening.cells.fields]\nresidents_n = 'antal'\n[screening.places]\npath = 'p.gpkg'\nname = 'navn'\n"
        "[screening.then]\nyear = 2017\ndwelling_area = 6.8\n[settings]\nsuppression_threshold_n = 10\n"
    )
    write_project(tmp_path, text)
    plan = open_plan(ScreeningQuestion(project=tmp_path, on=datetime(2021, 1, 1)))
    assert (plan.settings.criteria_required_n, plan.settings.year, plan.name) == (2, 2021, "Prøveby")
    assert plan.cells == tmp_path.resolve() / "c.csv"
    assert plan.cell_options == {"sheet": None, "decimal": ",", "fields": {"residents_n": "antal"}}
    assert plan.places == {"path": str(tmp_path.resolve() / "p.gpkg"), "name": "navn"}
    assert (plan.year_then, plan.gap_then) == (2017, {GridCriterion.DWELLING_AREA: Fraction(34, 5)})
    assert plan.limits.threshold_n == 10
    assert plan.output == tmp_path.resolve() / "resultat" / "screening"
    assert plan.language == "da"


def test_cells_alone_need_no_project(folder):
    plan = open_plan(ScreeningQuestion(cells=folder / "celler.csv"))
    assert plan.project is None
    assert plan.output == Path("resultat/screening")
    assert len(screen_it(plan).published.zones) > 0


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("radius = 2\n", "registers.unknown_key_listed"),
        ("[screening.cells]\nfile = 'c.csv'\n", "registers.unknown_key_listed"),
        ("[screening.places]\nname = 'navn'\n", "registers.no_path"),
        ("[screening.then]\nlow_income = -1\n", "registers.number_too_low"),
        ("[screening.then]\nincome = 1\n", "registers.unknown_key_listed"),
    ],
)
def test_a_wrong_key_is_told(tmp_path, text, key):
    write_project(tmp_path, text)
    with pytest.raises(BoligkortError) as caught:
        plan_screening(load_project(tmp_path))
    found = [part.key for part in getattr(caught.value, "errors", [caught.value])]
    assert any(name.startswith(key.removesuffix("_listed")) for name in found)


def test_the_order_of_the_rows_does_not_matter(folder, city, tmp_path):
    table = pd.read_csv(folder / "celler.csv").sample(frac=1, random_state=1)
    path = tmp_path / "andre.csv"
    table.to_csv(path, index=False)
    other = screen_it(plan_screening(load_project(folder), cells=path))
    pd.testing.assert_frame_equal(other.published.cells, city.published.cells)
    pd.testing.assert_frame_equal(other.stability_cells, city.stability_cells)


def test_the_parts_and_the_gap_follow_from_the_cells(folder, city):
    table = pd.read_csv(folder / "celler.csv")
    parts = city.published.parts.set_index("part")
    assert parts.loc["city", "residents_n"] == table["residents_n"].sum()
    assert parts.loc["zones", "residents_n"] + parts.loc["rest", "residents_n"] == table["residents_n"].sum()
    gap = city.disparity.gaps[3]
    shares = [
        Fraction(int(parts.loc[p, "non_western_n"]), int(parts.loc[p, "non_western_of"]))
        for p in ("zones", "rest")
    ]
    assert gap.gap_now == 100 * (shares[0] - shares[1]) > 10
    assert city.profile is None
    assert city.unplaced_n is None


def test_the_gap_of_then_is_halved_or_not(folder):
    plan = plan_screening(load_project(folder))
    gaps = {GridCriterion.DWELLING_AREA: Fraction(100), GridCriterion.NON_WESTERN: Fraction(1)}
    found = screen_it(replace(plan, gap_then=gaps, year_then=2017)).disparity
    assert [gap.is_halved for gap in found.gaps] == [True, None, None, False, None]
    assert found.year_then == 2017


def test_a_percentile_is_rounded_for_it_is_the_value_of_a_place(folder):
    plan = plan_screening(load_project(folder))
    rules = {
        name: replace(rule, basis="percentile", limit=Fraction(80))
        for name, rule in plan.settings.rules.items()
    }
    city = screen_it(replace(plan, settings=replace(plan.settings, rules=rules)))
    for name, limit in city.limits.items():
        step = 10 if name is GridCriterion.DWELLING_AREA else 1000
        assert (limit.value * step).denominator == 1


def write_old(folder, city):
    zones = city.published.zones.geometry
    first = zones.iloc[0]
    moved = shapely.affinity.translate(first, 60, 40)
    rest = city.published.cells[city.published.cells["zone"].isna() & city.published.cells["shown"].eq("all")]
    squares = shapely.box(
        rest["column"] * 100, rest["row"] * 100, rest["column"] * 100 + 100, rest["row"] * 100 + 100
    )
    far = max(squares, key=lambda square: shapely.distance(square, zones.union_all()))
    shapes = [moved, shapely.buffer(far.centroid, 640, cap_style="square")]
    path = folder / "gamle.geojson"
    gpd.GeoDataFrame({"navn": ["Vestby", "Østby"]}, geometry=shapes, crs=25832).to_file(path)
    return path


def test_another_designation_is_kept_new_or_dropped_with_its_values(folder, city, tmp_path):
    plan = plan_screening(load_project(folder), compare=write_old(tmp_path, city))
    found = screen_it(plan).compared
    zones = found.zones.set_index("name")
    kept = found.zones[found.zones["status"] == "kept"]
    assert kept["old_names"].tolist() == [("Vestby",)]
    number = int(kept["name"].iloc[0])
    assert kept["residents_n"].iloc[0] == city.published.zones.set_index("zone").loc[number, "residents_n"]
    assert (found.zones["status"] == "new").sum() == len(city.published.zones) - 1
    cells = pd.read_csv(folder / "celler.csv")
    north, east = (cells["cell_id"].str.split("_").str[at].astype(int) * 100 + 50 for at in (1, 2))
    shape = zones.loc["Østby"].geometry
    # Its edges cut cells at nine tenths, so that a cell lies in it by more than half where its middle does.
    inside = shapely.contains_xy(shape, east, north)
    assert zones.loc["Østby", "residents_n"] == cells.loc[inside, "residents_n"].sum()
    assert found.land["area_m2"].sum() == pytest.approx(
        shapely.union_all([*found.zones.geometry, *found.old_zones.geometry]).area
    )


@pytest.mark.real_data
def test_the_real_cells_of_frederiksberg(tmp_path):
    if not DKN.exists():
        pytest.skip("the public cells of Frederiksberg are not beside the checkout")

    def read(name):
        with gzip.open(DKN / f"frederiksberg_{name}.json.gz") as file:
            frame = pd.DataFrame(json.load(file))
        return frame[frame["type_id"].eq(11) & frame["udtraek_dato"].eq("2014-04-01")]

    people = read("befolkning_alle")[["distrikt_id", "antal_samlet"]]
    table = read("boligkvm_per_person").merge(people, on="distrikt_id", how="outer")
    table.fillna({"antal_samlet": 0}).astype({"antal_samlet": "int64"}).to_csv(
        tmp_path / "f.csv", index=False
    )
    fields = "cell_id = 'distrikt_id'\nresidents_n = 'antal_samlet'\n"
    fields += "dwelling_area_n = 'sum_areal'\ndwelling_area_of = 'antal_borger'\n"
    write_project(
        tmp_path,
        f"criteria_required_n = 1\n[screening.cells]\npath = 'f.csv'\n[screening.cells.fields]\n{fields}",
    )
    plan = open_plan(ScreeningQuestion(project=tmp_path))
    city = screen_it(plan)
    whole = city.published.parts.set_index("part").loc["city"]
    assert (whole["residents_n"], whole["inhabited_cells_n"]) == (102_180, 726)
    assert len(city.published.zones) >= 1
    assert city.years == {}
    result = screen(read_inputs(plan).cells, plan.settings)
    hidden = city.published.cells["residents_n"].isna() & result.cells["residents_n"].gt(0)
    assert hidden.sum() > 100


def test_the_demo_is_screened_from_its_registers(demo):
    plan = plan_screening(load_project(demo[0]), on=date(2024, 1, 1))
    city = screen_it(plan)
    assert city.years[None] == 2024
    assert city.is_synthetic
    assert len(city.published.zones) >= 3
    assert set(city.profile["place"]) >= {"zone", "city"}
    assert city.unplaced_n == 0 or city.unplaced_n is None or city.unplaced_n >= 40
