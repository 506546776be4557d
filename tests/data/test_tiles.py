"""The tile map's layout: every kommune once, neighbours near, directions true, water kept open."""

import math
from collections import deque
from itertools import combinations

import numpy as np
import pytest
import shapely

from data.kommuner import load_kommuner
from data.tiles import CHRISTIANSOE_CODE, count_steps, load_tiles, outline_tiles

TILES = load_tiles()
KOMMUNER = load_kommuner()
LAND = {code: tile for code, tile in TILES.items() if code != CHRISTIANSOE_CODE}
BY_NAME = {KOMMUNER[code].name: tile for code, tile in TILES.items()}

# Neighbours that any map of Denmark shows.
NEIGHBOURS = [
    ("Hjørring", "Frederikshavn"),
    ("Thisted", "Morsø"),
    ("Aalborg", "Rebild"),
    ("Viborg", "Skive"),
    ("Aarhus", "Favrskov"),
    ("Aarhus", "Skanderborg"),
    ("Randers", "Norddjurs"),
    ("Herning", "Viborg"),
    ("Vejle", "Kolding"),
    ("Kolding", "Fredericia"),
    ("Esbjerg", "Fanø"),
    ("Aabenraa", "Sønderborg"),
    ("Odense", "Kerteminde"),
    ("Svendborg", "Langeland"),
    ("Holbæk", "Odsherred"),
    ("Slagelse", "Sorø"),
    ("Næstved", "Faxe"),
    ("Lolland", "Guldborgsund"),
    ("Køge", "Stevns"),
    ("København", "Frederiksberg"),
    ("København", "Tårnby"),
    ("Tårnby", "Dragør"),
    ("Ishøj", "Vallensbæk"),
    ("Lyngby-Taarbæk", "Gentofte"),
    ("Helsingør", "Fredensborg"),
    ("Halsnæs", "Gribskov"),
]
# name, a kommune to the west of it, one to the south
COMPASS = [
    ("Aalborg", "Thisted", "Rebild"),
    ("Aarhus", "Herning", "Horsens"),
    ("Kolding", "Esbjerg", "Aabenraa"),
    ("Odense", "Middelfart", "Svendborg"),
    ("Roskilde", "Holbæk", "Køge"),
    ("Helsingør", "Gribskov", "København"),
    ("Bornholm", "Dragør", None),
    ("Vordingborg", "Langeland", "Guldborgsund"),
]


def test_every_kommune_has_one_place_and_no_two_share_one():
    assert set(TILES) == set(KOMMUNER)
    assert len(LAND) == 98
    assert len({(tile.column, tile.row) for tile in TILES.values()}) == 99
    assert min(tile.column for tile in TILES.values()) == 0
    assert min(tile.row for tile in TILES.values()) == 0


def test_hexagons_do_not_overlap_and_are_equal():
    shapes = [tile.polygon for tile in TILES.values()]
    assert {shape.area for shape in shapes} == {6.0}
    assert shapely.union_all(shapes).area == sum(shape.area for shape in shapes)
    assert shapely.coverage_is_valid(shapes)


def test_steps_are_those_of_a_walk_from_tile_to_tile():
    cells = {(tile.column, tile.row) for tile in TILES.values()}
    width, height = (max(cell[axis] for cell in cells) for axis in (0, 1))

    def step(cell):
        column, row = cell
        east = row % 2
        around = [(column - 1, row), (column + 1, row)]
        around += [(column - 1 + east + side, row + up) for side in (0, 1) for up in (-1, 1)]
        return [(c, r) for c, r in around if -3 <= c <= width + 3 and -3 <= r <= height + 3]

    start = TILES["0461"]
    found = {(start.column, start.row): 0}
    queue = deque(found)
    while queue:
        cell = queue.popleft()
        for other in step(cell):
            if other not in found:
                found[other] = found[cell] + 1
                queue.append(other)
    assert [count_steps(start, tile) for tile in TILES.values()] == [
        found[tile.column, tile.row] for tile in TILES.values()
    ]


def test_short_names_are_different_and_short():
    names = [tile.short_name for tile in TILES.values()]
    assert len(set(names)) == 99
    assert max(map(len, names)) <= 8
    for tile in TILES.values():
        # The letters of the short name stand in the name, in order.
        letters = iter(KOMMUNER[tile.kommune_code].name.lower())
        assert all(letter in letters for letter in tile.short_name.lower().replace(".", ""))


@pytest.mark.parametrize(("name", "other"), NEIGHBOURS)
def test_well_known_neighbours_share_a_side(name, other):
    assert count_steps(BY_NAME[name], BY_NAME[other]) == 1


@pytest.mark.parametrize(("name", "western", "southern"), COMPASS)
def test_west_is_left_and_south_is_down(name, western, southern):
    assert BY_NAME[western].centre[0] < BY_NAME[name].centre[0]
    if southern:
        assert BY_NAME[southern].centre[1] < BY_NAME[name].centre[1]


def list_lands():
    """The tiles in pieces of land: those that hang together across sides."""
    left, lands = set(LAND), []
    while left:
        land, queue = set(), [min(left)]
        while queue:
            code = queue.pop()
            if code in left:
                left.remove(code)
                land.add(code)
                queue += [other for other in left if count_steps(TILES[code], TILES[other]) == 1]
        lands.append({KOMMUNER[code].name for code in land})
    return sorted(lands, key=len, reverse=True)


def test_water_parts_the_lands():
    sjaelland, jylland, fyn, *islands = list_lands()
    assert {"København", "Kalundborg", "Vordingborg"} <= sjaelland
    assert len(sjaelland) == 43
    assert {"Hjørring", "Tønder", "Fanø"} <= jylland
    assert len(jylland) == 40
    assert fyn == {
        *("Middelfart", "Assens", "Faaborg-Midtfyn", "Kerteminde", "Nyborg"),
        *("Odense", "Svendborg", "Nordfyns", "Langeland", "Ærø"),
    }
    assert sorted(map(sorted, islands)) == [["Bornholm"], ["Guldborgsund", "Lolland"], ["Læsø"], ["Samsø"]]


def test_a_region_hangs_together_but_for_its_islands():
    apart = {"Bornholm", "Læsø", "Samsø", "Lolland", "Guldborgsund", "Christiansø"}
    for region in {kommune.region for kommune in KOMMUNER.values()} - {""}:
        tiles = [TILES[code] for code, k in KOMMUNER.items() if k.region == region and k.name not in apart]
        outline = outline_tiles(tiles)
        assert outline.area == 6 * len(tiles)
        # Syddanmark is Fyn and the south of Jylland; every other region is one piece.
        pieces = shapely.get_parts(outline)
        assert len(pieces) == (2 if region == "Region Syddanmark" else 1), region


def test_an_outline_goes_around_its_tiles_on_their_corners():
    tiles = [BY_NAME["Lolland"], BY_NAME["Guldborgsund"]]
    outline = outline_tiles(tiles)
    assert outline.geom_type == "Polygon"
    corners = {tuple(point) for tile in tiles for point in shapely.get_coordinates(tile.polygon)}
    assert {tuple(point) for point in shapely.get_coordinates(outline)} == corners
    assert outline_tiles(reversed(tiles)).equals_exact(outline)


def test_christiansoe_lies_beside_bornholm():
    assert count_steps(TILES[CHRISTIANSOE_CODE], BY_NAME["Bornholm"]) == 1
    assert all(
        count_steps(TILES[CHRISTIANSOE_CODE], tile) > 1
        for tile in LAND.values()
        if tile != BY_NAME["Bornholm"]
    )


@pytest.fixture(scope="module")
def real(shared_data):
    import geopandas as gpd

    frame = gpd.read_file(shared_data / "kommuner" / "kommuner_komkode_int.geojson").to_crs(25832)
    codes = frame["KOMKODE"].astype(int).map("{:04d}".format)
    shapes = dict(zip(codes, shapely.make_valid(frame.geometry.to_numpy()), strict=True))
    return {code: shapes[code] for code in LAND}


@pytest.mark.real_data
def test_real_neighbours_are_near(real):
    shapes = np.array(list(real.values()), dtype=object)
    codes = list(real)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=50)
    steps = [count_steps(TILES[codes[a]], TILES[codes[b]]) for a, b in zip(left, right, strict=True) if a < b]
    assert len(steps) > 150
    assert np.mean(steps) <= 1.3
    assert max(steps) <= 4
    assert steps.count(1) / len(steps) >= 0.75
    # And what touches on the tile map is near on the ground.
    false_km = [
        shapely.distance(real[one], real[two]) / 1000
        for one, two in combinations(LAND, 2)
        if count_steps(TILES[one], TILES[two]) == 1
    ]
    assert max(false_km) < 27


@pytest.mark.real_data
def test_directions_from_the_middle_are_true(real):
    places = shapely.get_coordinates(shapely.centroid(np.array(list(real.values()), dtype=object)))
    tiles = np.array([[x * math.sqrt(3), y] for x, y in (TILES[code].centre for code in real)]) / 2
    true, drawn = (np.arctan2(*(points - points.mean(axis=0)).T) for points in (places, tiles))
    off = np.degrees(np.abs((true - drawn + np.pi) % (2 * np.pi) - np.pi))
    assert off.max() <= 35
    assert off.mean() <= 11
