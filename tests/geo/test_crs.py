"""The working CRS: proposals from Danish coordinates, and the door that lets nothing else in."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from data.texts import LANGUAGES, load_texts, template_fields
from geo.crs import (
    CRS_NAMES,
    DENMARK_BOUNDS,
    DENMARK_BOXES,
    WORKING_CRS,
    is_in_denmark,
    is_working_crs,
    propose_crs,
    require_crs,
    to_working_crs,
    to_working_xy,
)
from geo.errors import BoligkortError, DataError, ReadError, UsageError

DATA = Path(__file__).parents[2] / "../shared/data"
KOMMUNER = DATA / "kommuner/kommuner_komkode_int.geojson"
DAGI = DATA / "kommuner/dagi_2mio_2021_KOMMUNE.shp"

# A city block in Copenhagen, one in Aarhus, one in Esbjerg, one on Bornholm; easting and northing.
PLACES = {
    "København": (724_000.0, 6_176_000.0),
    "Aarhus": (575_000.0, 6_223_000.0),
    "Esbjerg": (465_500.0, 6_148_000.0),
    "Rønne": (864_000.0, 6_117_000.0),
}
ESRI_UTM32 = (
    'PROJCS["{name}",GEOGCS["GCS_EUREF89",DATUM["{datum}",SPHEROID["{ellipsoid}",6378137,{flattening}]],'
    'PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",{meridian}],'
    'PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],'
    'UNIT["Meter",1]]'
)
OWN_WORDS = {
    "name": "UTM32_EUREF89",
    "datum": "D_EUREF89",
    "ellipsoid": "Geodetic_Reference_System_of_1980",
    "flattening": "298.2572221008916",
    "meridian": "9",
}


def square(x: float, y: float, side: float = 100.0) -> shapely.Polygon:
    return shapely.box(x, y, x + side, y + side)


def blocks(places=PLACES, crs: str | None = WORKING_CRS) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": list(places)}, geometry=[square(*place) for place in places.values()], crs=crs
    )


def without_crs(frame: gpd.GeoDataFrame, *, is_swapped: bool = False) -> gpd.GeoDataFrame:
    shapes = np.asarray(frame.geometry)
    if is_swapped:
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shapes, crs=None)


def sentence(error: BoligkortError, language: str = "da") -> str:
    return load_texts(language).get(f"error.{error.key}", error.values)


@pytest.mark.parametrize("code", CRS_NAMES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("is_swapped", [False, True])
def test_the_right_system_is_proposed_for_every_place(code, place, is_swapped):
    x_min, y_min, x_max, y_max = blocks({place: PLACES[place]}).to_crs(code).total_bounds
    bounds = (y_min, x_min, y_max, x_max) if is_swapped else (x_min, y_min, x_max, y_max)
    proposals = propose_crs(bounds)
    assert (code, is_swapped) in [(proposal.crs, proposal.is_swapped) for proposal in proposals]
    assert {proposal.is_swapped for proposal in proposals} == {is_swapped}


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("EPSG:25832", "EPSG:25832"),
        ("EPSG:25833", "EPSG:25833"),
        ("EPSG:4326", "EPSG:4326"),
        ("EPSG:4258", "EPSG:4326"),
        ("EPSG:3857", "EPSG:3857"),
        ("EPSG:23032", "EPSG:25832"),
    ],
)
def test_the_whole_country_has_one_first_proposal(code, first):
    proposals = propose_crs(tuple(blocks().to_crs(code).total_bounds))
    assert proposals[0].crs == first
    assert not proposals[0].is_swapped


def test_bornholm_in_zone_33_is_a_named_ambiguity():
    bounds = tuple(blocks({"Rønne": PLACES["Rønne"]}).to_crs("EPSG:25833").total_bounds)
    assert [proposal.crs for proposal in propose_crs(bounds)] == ["EPSG:25832", "EPSG:25833", "EPSG:23032"]


@pytest.mark.parametrize(
    "bounds",
    [
        (0.0, 0.0, 0.0, 0.0),
        (2.0, 48.0, 3.0, 49.0),  # Paris in degrees
        (760_000.0, 6_180_000.0, 762_000.0, 6_182_000.0),  # Lund, between the two boxes
        (435_000.0, 6_040_000.0, 900_000.0, 7_410_000.0),
        (np.nan, 6_040_000.0, 900_000.0, 6_410_000.0),
        (np.inf, np.inf, -np.inf, -np.inf),
    ],
)
def test_nothing_is_proposed_where_nothing_fits(bounds):
    assert propose_crs(bounds) == ()


def test_points_are_in_denmark_up_to_the_edge_of_a_box_and_not_beyond():
    for x_min, y_min, x_max, y_max in DENMARK_BOXES:
        x = np.array([x_min, x_max, np.nextafter(x_min, 0), np.nextafter(x_max, np.inf), x_min, x_max])
        y = np.array([y_min, y_max, y_min, y_max, np.nextafter(y_min, 0), np.nextafter(y_max, np.inf)])
        assert is_in_denmark(x, y).tolist() == [True, True, False, False, False, False]
    assert tuple(shapely.total_bounds(shapely.box(*np.transpose(DENMARK_BOXES)))) == DENMARK_BOUNDS


def test_what_is_not_a_place_is_not_in_denmark():
    x = [575_000.0, np.nan, 575_000.0, np.inf, -np.inf, 0.0, 760_000.0]
    y = [6_223_000.0, 6_223_000.0, np.nan, 6_223_000.0, 6_223_000.0, 0.0, 6_180_000.0]
    assert is_in_denmark(x, y).tolist() == [True, False, False, False, False, False, False]
    assert is_in_denmark(575_000.0, 6_223_000.0).shape == ()


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:25832",
        "EPSG:7416",  # with heights
        ESRI_UTM32.format(**OWN_WORDS),
        ESRI_UTM32.format(**OWN_WORDS | {"datum": "D_ETRS_1989", "name": "ETRS_1989_UTM_Zone_32N"}),
        CRS("EPSG:25832").to_wkt("WKT1_ESRI"),
        CRS("EPSG:25832").to_wkt("WKT2_2019"),
    ],
)
def test_the_working_crs_is_known_by_any_name(crs):
    assert is_working_crs(CRS(crs))
    require_crs(blocks(crs=crs))
    assert to_working_crs(blocks(crs=crs)).crs.to_epsg() == 25832


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:25833",
        "EPSG:32632",
        "EPSG:23032",
        "EPSG:3044",  # the same projection, northing first
        "EPSG:4258",
        "EPSG:3857",
        "EPSG:4978",
        ESRI_UTM32.format(**OWN_WORDS | {"meridian": "15"}),
        ESRI_UTM32.format(**OWN_WORDS | {"datum": "D_Potsdam"}),
        ESRI_UTM32.format(**OWN_WORDS | {"flattening": "298.257223563"}),
        ESRI_UTM32.format(**OWN_WORDS).replace('UNIT["Meter",1]', 'UNIT["Foot_US",0.3048006096012192]'),
        'LOCAL_CS["site",UNIT["metre",1]]',
    ],
)
def test_another_crs_is_not_the_working_crs(crs):
    assert not is_working_crs(CRS(crs))
    with pytest.raises(DataError) as caught:
        require_crs(blocks(crs=crs))
    assert caught.value.key == "geo_core.wrong_crs"
    assert caught.value.values["required"] == WORKING_CRS
    assert CRS(crs).name in str(caught.value.values["found"])


def test_a_frame_without_crs_is_refused():
    with pytest.raises(DataError) as caught:
        require_crs(blocks(crs=None))
    assert caught.value.key == "geo_core.no_crs"


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:25833", "EPSG:3857", "EPSG:4258", "EPSG:3044"])
def test_a_layer_is_transformed_at_the_door(code):
    given = blocks().to_crs(code)
    before = given.copy()
    moved = to_working_crs(given)
    assert moved.crs.to_epsg() == 25832
    assert moved["name"].tolist() == list(PLACES)
    expected = np.array(list(PLACES.values()))
    assert shapely.bounds(np.asarray(moved.geometry))[:, :2] == pytest.approx(expected, abs=0.01)
    assert given.crs == before.crs
    assert given.geom_equals(before).all()


def test_height_and_measure_are_dropped():
    shapes = [shapely.Point(575_000, 6_223_000, -999), shapely.from_wkt("POINT M (575001 6223000 4)"), None]
    moved = to_working_crs(gpd.GeoDataFrame(geometry=shapes, crs=WORKING_CRS))
    assert [None if shape is None else shape.wkt for shape in moved.geometry] == [
        "POINT (575000 6223000)",
        "POINT (575001 6223000)",
        None,
    ]


def test_a_missing_crs_is_refused_with_a_proposal_a_planner_can_act_on():
    with pytest.raises(ReadError) as caught:
        to_working_crs(without_crs(blocks()), file="matrikler.geojson", layer="jordstykker")
    assert caught.value.key == "geo_core.missing_crs"
    assert caught.value.exit_status == 3
    text = sentence(caught.value)
    assert text.startswith("matrikler.geojson [jordstykker] har ingen koordinatreference.")
    assert "ligner EPSG:25832 (ETRS89 / UTM zone 32N)" in text
    assert 'Skriv crs = "EPSG:25832"' in text
    assert "EPSG:23032 (ED50 / UTM zone 32N)" in text
    assert "x 465500 – 864100, y 6117000 – 6223100" in text


def test_a_missing_crs_with_one_possibility_names_no_other():
    with pytest.raises(ReadError) as caught:
        to_working_crs(without_crs(blocks().to_crs("EPSG:3857")), file="a.shp")
    assert caught.value.key == "geo_core.missing_crs_only"
    assert "EPSG:3857" in sentence(caught.value)
    assert "{" not in sentence(caught.value)


def test_a_missing_crs_with_swapped_axes_says_so():
    with pytest.raises(ReadError) as caught:
        to_working_crs(without_crs(blocks().to_crs("EPSG:4326"), is_swapped=True), file="a.csv")
    assert caught.value.key == "geo_core.missing_crs_swapped"
    assert "EPSG:4326 (WGS 84) med ombyttede akser" in sentence(caught.value)


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Point()], [shapely.Point(3, 3)]])
def test_a_missing_crs_without_a_clue_is_refused_without_a_proposal(shapes):
    with pytest.raises(ReadError) as caught:
        to_working_crs(gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes), file="a.csv")
    assert caught.value.key == "geo_core.missing_crs_unknown"


def test_a_few_zero_coordinates_do_not_hide_the_proposal():
    places = {str(number): (575_000.0 + number, 6_223_000.0) for number in range(60)}
    frame = without_crs(blocks(places | {"a": (0.0, 0.0), "b": (0.0, 0.0)}))
    with pytest.raises(ReadError) as caught:
        to_working_crs(frame)
    assert caught.value.values["crs"] == "EPSG:25832"


def test_a_declared_crs_is_used_where_the_file_has_none():
    given = without_crs(blocks().to_crs("EPSG:25833"))
    moved = to_working_crs(given, declared="EPSG:25833")
    assert moved.geometry[1].bounds[:2] == pytest.approx(PLACES["Aarhus"], abs=1e-3)
    assert given.crs is None


def test_a_declared_crs_that_is_not_one_is_a_wrong_project_file():
    with pytest.raises(UsageError) as caught:
        to_working_crs(without_crs(blocks()), declared="EPSG:utm32")
    assert caught.value.key == "geo_core.unknown_crs"
    assert "EPSG:utm32" in sentence(caught.value)


def test_a_declared_crs_must_agree_with_the_files():
    own = ESRI_UTM32.format(**OWN_WORDS)
    assert to_working_crs(blocks(crs=own), declared="EPSG:25832").crs.to_epsg() == 25832
    degrees = blocks().to_crs("EPSG:4326")
    assert to_working_crs(degrees, declared="OGC:CRS84").crs.to_epsg() == 25832
    for frame, declared in ((degrees, "EPSG:25832"), (blocks(), "EPSG:25833"), (degrees, "EPSG:4258")):
        with pytest.raises(UsageError) as caught:
            to_working_crs(frame, declared=declared)
        assert caught.value.key == "geo_core.crs_conflict"
        assert declared in str(caught.value.values["declared"])


@pytest.mark.parametrize("code", ["EPSG:25832", "EPSG:4326", "EPSG:25833", "EPSG:3857"])
def test_swapped_axes_are_refused_by_name(code):
    swapped = without_crs(blocks().to_crs(code), is_swapped=True).set_crs(code)
    with pytest.raises(DataError) as caught:
        to_working_crs(swapped, file="a.gml")
    assert caught.value.key == "geo_core.swapped_axes"
    assert caught.value.values["crs"] == code
    assert f"De ligner {code}" in sentence(caught.value)


def test_a_wrong_crs_in_the_file_is_refused_with_the_likely_one():
    wrong = without_crs(blocks().to_crs("EPSG:4326")).set_crs(WORKING_CRS)
    with pytest.raises(DataError) as caught:
        to_working_crs(wrong, file="a.gpkg")
    assert caught.value.key == "geo_core.outside_denmark_proposal"
    assert caught.value.values["crs"] == "EPSG:4326"


def test_a_foreign_layer_is_refused():
    paris = gpd.GeoDataFrame(geometry=[shapely.Point(2.35, 48.86)], crs="EPSG:4326")
    with pytest.raises(DataError) as caught:
        to_working_crs(paris, file="paris.geojson")
    assert caught.value.key == "geo_core.outside_denmark"
    assert caught.value.exit_status == 1


def test_single_rows_outside_denmark_are_left_for_the_check_of_rows():
    frame = blocks(PLACES | {"Paris": (-50_000.0, 5_400_000.0)})
    moved = to_working_crs(frame)
    assert is_in_denmark(moved.centroid.x, moved.centroid.y).tolist() == [True] * 4 + [False]


def test_an_empty_layer_with_a_crs_passes():
    assert to_working_crs(blocks({}, crs="EPSG:4326")).crs.to_epsg() == 25832


def test_columns_of_a_table_are_transformed_like_a_layer():
    x = np.array([*(place[0] for place in PLACES.values()), np.nan, 1.0])
    y = np.array([*(place[1] for place in PLACES.values()), 1.0, np.nan])
    longitude, latitude = Transformer.from_crs(WORKING_CRS, "EPSG:4326", always_xy=True).transform(x, y)
    before = longitude.copy()
    east, north = to_working_xy(longitude, latitude, file="boliger.csv", declared="EPSG:4326")
    assert east[:4] == pytest.approx(x[:4], abs=0.01)
    assert north[:4] == pytest.approx(y[:4], abs=0.01)
    assert np.isnan(east[4:]).all()
    assert np.isnan(north[4:]).all()
    assert np.array_equal(longitude, before, equal_nan=True)
    same = to_working_xy(x[:4], y[:4], declared="EPSG:25832")
    assert np.array_equal(same, [x[:4], y[:4]])


def test_columns_of_a_table_need_a_crs_too():
    with pytest.raises(ReadError) as caught:
        to_working_xy([575_000.0], [6_223_000.0], file="boliger.csv")
    assert caught.value.values["crs"] == "EPSG:25832"
    with pytest.raises(DataError) as swapped:
        to_working_xy([6_223_000.0, np.nan], [575_000.0, 1.0], declared="EPSG:25832")
    assert swapped.value.key == "geo_core.swapped_axes"
    for nothing in ([], [np.nan]):
        east, north = to_working_xy(nothing, nothing, declared="EPSG:4326")
        assert len(east) == len(north) == len(nothing)
        assert np.isnan(east).all()


def test_coordinates_that_cannot_be_transformed_are_missing():
    east, north = to_working_xy([12.5, 12.5], [55.7, 1e9], declared="EPSG:4326")
    assert np.isfinite([east[0], north[0]]).all()
    assert np.isnan([east[1], north[1]]).all()


def test_every_sentence_of_the_room_has_the_same_fields_in_both_languages():
    danish, english = (load_texts(language).section("error.geo_core") for language in LANGUAGES)
    assert danish.keys() == english.keys()
    for key, text in danish.items():
        assert template_fields(text) == template_fields(english[key])


@pytest.mark.real_data
@pytest.mark.skipif(not KOMMUNER.exists(), reason="the real kommuner are not beside the checkout")
@pytest.mark.parametrize("code", CRS_NAMES)
def test_the_real_kommuner_are_proposed_right(code):
    kommuner = gpd.read_file(KOMMUNER, engine="pyogrio").to_crs(code)
    for bounds in [*map(tuple, kommuner.bounds.to_numpy()), tuple(kommuner.total_bounds)]:
        assert code in {proposal.crs for proposal in propose_crs(bounds)}
        swapped = propose_crs((bounds[1], bounds[0], bounds[3], bounds[2]))
        assert (code, True) in {(proposal.crs, proposal.is_swapped) for proposal in swapped}


@pytest.mark.real_data
@pytest.mark.skipif(not DAGI.exists(), reason="the real kommuner are not beside the checkout")
def test_a_real_prj_without_epsg_number_is_the_working_crs():
    layer = gpd.read_file(DAGI, engine="pyogrio")
    assert layer.crs != CRS(WORKING_CRS)
    moved = to_working_crs(layer)
    assert moved.crs == CRS(WORKING_CRS)
    assert not moved.has_z.any()
    assert np.array_equal(moved.bounds, layer.bounds)
    corners = shapely.get_coordinates(np.asarray(moved.geometry))
    assert is_in_denmark(corners[:, 0], corners[:, 1]).all()
