"""The plan of the demo: parcels that share edges, dwellings inside them, the story's dates."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from boundaries.model import Tenure
from data.synthetic.buildings import Block
from data.synthetic.demo import build_town
from data.synthetic.dwellings import DWELLING_COLUMNS, exists_on_1_january
from data.synthetic.names import DISTRICTS, KOMMUNE_CODE, KOMMUNE_NAME, name_streets, name_town_streets
from data.synthetic.plan import PATCHES, SITES
from data.synthetic.profiles import ZONES
from data.synthetic.registers import (
    AREAS,
    make_areas,
    make_extensions,
    make_lists,
    make_plans,
    make_references,
    make_splits,
)
from data.synthetic.town import HARBOUR, Patch

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "../shared/data"


@cache
def town():
    return build_town()


@cache
def ground(area_or_extension):
    parcels = town().parcels
    return shapely.union_all(
        [
            shape
            for shape, plot in zip(parcels.geometry, parcels.plots, strict=True)
            if area_or_extension in (plot.site.area_id, plot.site.extension_id)
        ]
    )


def test_counts_are_of_the_size_promised():
    assert 11_500 <= len(town().dwellings) <= 13_000
    assert 2_500 <= len(town().parcels.plots) <= 4_000
    assert len(AREAS) == 8


def test_parcels_are_valid_and_share_edges_without_overlapping():
    shapes = town().parcels.geometry
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) == {3}
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    left, right = left[left < right], right[left < right]
    shared = shapely.intersection(shapes[left], shapes[right])
    assert (shapely.area(shared) == 0).all()
    assert (shapely.length(shared) > 1).sum() > 2_000


def test_coordinates_are_whole_centimetres():
    xy = shapely.get_coordinates(town().parcels.geometry)
    assert (np.round(xy, 2) == xy).all()
    places = town().dwellings[["x", "y"]].to_numpy()
    assert (np.round(places, 2) == places).all()


def test_parcel_keys_are_unique_and_of_known_districts():
    keys = town().parcels.keys
    assert len(set(keys)) == len(keys)
    assert {key.split("-")[0] for key in keys} == {code for code, _ in DISTRICTS.values()}
    assert all("-" not in number for number in town().parcels.numbers)


def test_every_dwelling_is_well_inside_exactly_one_parcel():
    shapes, dwellings = town().parcels.geometry, town().dwellings
    points = shapely.points(dwellings["x"], dwellings["y"])
    point, parcel = shapely.STRtree(shapes).query(points, predicate="within")
    assert (point == np.arange(len(points))).all()
    assert (parcel == dwellings["plot"].to_numpy()).all()
    assert shapely.distance(shapely.boundary(shapes[parcel]), points).min() >= 0.5


def test_no_two_dwellings_share_a_place_an_address_or_an_id():
    dwellings = town().dwellings
    assert not dwellings.duplicated(["x", "y"]).any()
    assert dwellings["address"].is_unique
    assert dwellings["dwelling_id"].is_unique
    assert dwellings["dwelling_id"].str.startswith("SYN-").all()
    assert dwellings["address"].str.endswith("9999 Lærkesund").all()


def test_the_town_lies_in_open_kattegat():
    to_lonlat = Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True)
    box = shapely.total_bounds(town().parcels.geometry)
    (west, east), (south, north) = to_lonlat.transform(box[[0, 2]], box[[1, 3]])
    # Between Djursland and Sjællands Odde, south-west of Anholt (56.7 N, 11.5 E): nearest coast 20 km off.
    assert west > 11.2
    assert east < 11.5
    assert south > 56.3
    assert north < 56.5
    assert np.hypot(*(box[:2] - HARBOUR)) < 4_000


@pytest.mark.real_data
def test_no_real_kommune_is_hit():
    path = SHARED / "kommuner/kommuner_komkode_int.geojson"
    if not path.exists():
        pytest.skip("the public kommune geometry does not lie beside the checkout")
    import geopandas as gpd

    kommuner = gpd.read_file(path, engine="pyogrio").to_crs("EPSG:25832")
    town_shape = shapely.box(*shapely.total_bounds(town().parcels.geometry))
    assert kommuner.distance(town_shape).min() > 5_000


def test_area_parts_and_extensions_hang_together_across_roads():
    areas = {area.area_id: ground(area.area_id) for area in AREAS}
    for area_id in ("LS01", "LS02", "LS03"):
        assert areas[area_id].geom_type == "MultiPolygon", area_id
    for area in areas.values():
        assert shapely.buffer(area, 15).geom_type == "Polygon"
    for row in make_extensions(town().parcels).itertuples():
        assert ground(row.extension_id).distance(areas[row.area_id]) <= 30
        assert ground(row.extension_id).intersection(areas[row.area_id]).area == 0


def test_parcel_lists_name_known_parcels_once():
    parcels = town().parcels
    known = set(parcels.keys)
    lists = pd.concat([make_areas(parcels)["parcels"], make_extensions(parcels)["parcels"]])
    named = [key for keys in lists for key in keys.split(", ")]
    assert set(named) <= known
    assert max(Counter(named).values()) == 1
    split = make_splits(parcels).iloc[0]
    of_area = make_areas(parcels).set_index("area_id").loc[split["area_id"], "parcels"].split(", ")
    moved = split["parcels"].split(", ")
    assert set(moved) < set(of_area)


def test_the_approved_extension_has_every_kind_of_dwelling():
    dwellings = town().dwellings
    approved_on = make_extensions(town().parcels).set_index("extension_id").loc["UDV-01", "approved_on"]
    here = dwellings[dwellings["site"].str.startswith("UDV-01")]
    relabelled = here["relabelled_from"] == "almen_familiebolig"
    only_year = here["built_on"].isna()
    assert approved_on == pd.Timestamp("2021-06-15")
    assert (here["built_on"] > approved_on).sum() > 150
    assert (here["built_on"] == approved_on).sum() == 1
    assert ((here["built_on"] < approved_on) & (here["built_year"] == 2021)).sum() == 2
    assert (only_year & (here["built_year"] == 2021)).sum() == 1
    assert (here["relabelled_on"] > approved_on).sum() >= 20
    assert (here["relabelled_on"] < approved_on).sum() == 2
    assert (relabelled & here["relabelled_on"].isna()).sum() == 1
    assert ((here["tenure"] == "almen_familiebolig") & (here["built_year"] == 1974)).sum() >= 30
    assert ((here["tenure"] == "ejerbolig") & (here["built_year"] < 1960)).sum() >= 5
    assert ((here["tenure"] == "almen_ungdomsbolig") & (here["built_on"] > approved_on)).sum() == 6
    assert (here["tenure"] == "ukendt").sum() == 1
    assert (here["built_year"] == 1000).sum() == 1


def test_words_and_codes_are_those_of_the_registers():
    dwellings = town().dwellings
    assert set(dwellings["tenure"]) == {tenure.value for tenure in Tenure}
    assert set(dwellings["relabelled_from"].dropna()) <= {tenure.value for tenure in Tenure}
    for column, name in (
        ("use_code", "use_codes"),
        ("toilet_code", "toilet_codes"),
        ("bath_code", "bath_codes"),
        ("heating_code", "heating_codes"),
    ):
        with (ROOT / f"data/codes/{name}.csv").open(encoding="utf-8") as file:
            codes = {row["code"] for row in csv.DictReader(file)}
        assert set(dwellings[column]) <= codes, column
    assert list(dwellings.columns[: len(DWELLING_COLUMNS)]) == list(DWELLING_COLUMNS)


def test_dates_of_a_dwelling_follow_each_other():
    dwellings = town().dwellings
    built = dwellings["built_on"].fillna(pd.to_datetime(dwellings["built_year"].astype(str) + "-12-31"))
    assert (dwellings["demolished_on"].dropna() > built[dwellings["demolished_on"].notna()]).all()
    assert (dwellings["relabelled_on"].dropna() > built[dwellings["relabelled_on"].notna()]).all()
    dated = dwellings["built_on"].notna()
    assert (dwellings.loc[dated, "built_on"].dt.year == dwellings.loc[dated, "built_year"]).all()
    assert dwellings["built_year"].max() < 2025


def test_a_dwelling_stands_from_the_day_it_is_built_to_the_day_it_is_torn_down():
    days = pd.to_datetime(["2020-01-01", "2020-01-02", None, None, None])
    dwellings = pd.DataFrame(
        {
            "built_year": [2020, 2020, 2019, 2020, 1000],
            "built_on": days,
            "demolished_on": pd.to_datetime([None, None, None, None, "2020-01-01"]),
        }
    )
    assert exists_on_1_january(dwellings, 2020).tolist() == [True, False, True, False, False]
    assert exists_on_1_january(dwellings, 2019).tolist() == [False, False, False, False, True]


def test_a_block_of_flats_has_its_doors_side_by_side():
    block = Block((0.0, 0.0), (34.0, 0.0), 3)
    doors = block.place_doors()
    assert len(doors) == block.doors_n == 2 * 3 * 2
    assert len({(round(x, 3), round(y, 3)) for x, y, *_ in doors}) == 12
    assert np.abs(doors[:, 1]).max() < 5.5
    assert doors[:, 0].min() > 1
    assert doors[:, 0].max() < 33
    assert sorted({int(stair) for stair in doors[:, 2]}) == [0, 1]


def test_patches_leave_room_for_the_roads_between_them():
    outlines = {
        key: shapely.Polygon(
            np.vstack(
                [
                    patch.place(np.linspace(0, 1, 25), 0.0),
                    patch.place(1.0, np.linspace(0, 1, 25)),
                    patch.place(np.linspace(1, 0, 25), 1.0),
                    patch.place(0.0, np.linspace(1, 0, 25)),
                ]
            )
        )
        for key, patch in PATCHES.items()
    }
    keys = sorted(outlines)
    gaps = {
        (one, other): outlines[one].distance(outlines[other])
        for place, one in enumerate(keys)
        for other in keys[place + 1 :]
    }
    assert min(gaps.values()) > 6


def test_a_patch_measures_what_it_draws():
    patch = Patch("x", -10, 10, 500, 600, 20)
    line = patch.place(np.linspace(0, 1, 400), 0.5)
    assert patch.measure_width(0.5) == pytest.approx(np.hypot(*np.diff(line, axis=0).T).sum(), rel=0.003)
    assert 80 < patch.measure_depth() < 120


def test_every_site_is_drawn_for_people_that_exist():
    assert len({site.key for site in SITES}) == len(SITES)
    for site in SITES:
        assert site.zone in ZONES or site.layout == "green"
        assert sum(share for _, share in site.tenures) == pytest.approx(1)
        assert site.built[0] <= site.built[1]
        assert site.size_m2[0] < site.size_m2[1]
    shared = [site for site in SITES if site.dwellings_n]
    drawn = Counter(town().dwellings["site"])
    for site in shared:
        assert drawn[site.key] >= 0.7 * site.dwellings_n, site.key
        assert drawn[site.key] <= site.dwellings_n, site.key


def test_street_names_are_used_once():
    names = [*name_streets(), *name_town_streets()]
    assert len(set(names)) == len(names) > 500
    assert all(name[0].isupper() and "_" not in name for name in names)


def test_references_cover_the_years_and_the_year_before():
    references = make_references()
    counts = references.pivot_table(index="year", columns="key", values="value")
    assert counts.index.tolist() == list(range(2018, 2026))
    assert counts.notna().all(axis=None)
    share = counts["national_convicted_n"] / counts["national_population_18_n"]
    assert counts["national_convicted_share"].to_numpy() == pytest.approx(share.to_numpy(), abs=1e-6)
    regional = references["key"] == "regional_gross_income_dkk"
    assert (references["region_code"].notna() == regional).all()


def test_what_the_plans_say_is_done_the_dwellings_went_through():
    plans = make_plans(town().dwellings)
    done = plans[plans["status"].eq("udført")]
    assert (done["year"] < 2025).all()
    assert (plans.loc[plans["status"].eq("planlagt"), "year"].between(2026, 2029)).all()
    gone = town().dwellings[town().dwellings["demolished_on"].notna()]
    expected = Counter(
        (site[:4], day.year) for site, day in zip(gone["site"], gone["demolished_on"], strict=True)
    )
    torn_down = done[done["action"].eq("nedrivning")]
    assert {(r.area_id, r.year): r.dwellings_n for r in torn_down.itertuples()} == dict(expected)
    assert not plans.duplicated(["area_id", "year", "action", "status"]).any()
    assert set(plans["area_id"]) <= {area.area_id for area in AREAS}


def test_lists_are_dated_1_december_and_name_each_area_once():
    lists = make_lists()
    assert sorted(set(lists["list_date"].dt.strftime("%Y-%m-%d"))) == [
        f"{y}-12-01" for y in range(2019, 2025)
    ]
    assert not lists.duplicated(["list_date", "area_id"]).any()
    assert set(lists["area_id"]) <= {area.area_id for area in AREAS}


def plain(name):
    return name.casefold().strip()


def test_names_are_of_no_real_kommune():
    with (ROOT / "data/kommuner.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 98
    names = {plain(row["name"]) for row in rows}
    assert plain(KOMMUNE_NAME.removesuffix(" Kommune")) not in names
    assert KOMMUNE_CODE not in {row["kommune_code"] for row in rows}


@pytest.mark.real_data
def test_names_are_of_no_area_on_a_published_list():
    path = SHARED / "lists/published_names_2010_2020.csv"
    if not path.exists():
        pytest.skip("the published lists do not lie beside the checkout")
    with path.open(encoding="utf-8") as file:
        published = {plain(part) for row in csv.DictReader(file) for part in row["area"].split("/")}
    ours = {plain(part) for area in AREAS for part in area.name.split("/")}
    ours |= {plain(make_splits(town().parcels).iloc[0]["new_name"])}
    assert len(published) > 50
    assert not ours & published
