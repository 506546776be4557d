"""Zones laid along the edges of blocks, and named after places."""

import geopandas as gpd
import pytest
import shapely

from boundaries.screening.zones import draw_cells, name_zones, snap_zones
from geo.errors import DataError


def test_blocks_go_to_the_zone_that_most_of_their_residents_live_in(planted_screening):
    zone = planted_screening.zones.geometry.iloc[0]
    west, south, east, north = zone.bounds
    blocks = gpd.GeoDataFrame(
        {"block": ["in", "mostly", "hardly", "out"]},
        geometry=[
            shapely.box(west, south, east, (south + north) / 2),
            shapely.box(west, (south + north) / 2, east, north),
            shapely.box(west, north + 10_000, east, north + 10_100),
            shapely.box(west - 3000, south - 3000, west - 2900, south - 2900),
        ],
        crs="EPSG:25832",
    )
    cells = planted_screening.cells
    for rule in ("residents", "area"):
        snapped = snap_zones(cells, blocks, planted_screening.grid, rule=rule)
        share = []
        for block in blocks.geometry:
            boxes = draw_cells(cells, planted_screening.grid)
            part = boxes.geometry.intersection(block).area
            weight = part * cells["residents_n"].to_numpy() / 10_000 if rule == "residents" else part
            whole = weight.sum() if rule == "residents" else block.area
            share.append(
                weight[cells["zone"].eq(1).fillna(value=False).to_numpy()].sum() / whole if whole else 0
            )
        wanted = sum(value > 0.5 for value in share)
        assert 0 < wanted < 4
        assert snapped["blocks_n"].sum() == wanted
        assert snapped.geometry.area.sum() == pytest.approx(
            sum(block.area for block, value in zip(blocks.geometry, share, strict=True) if value > 0.5)
        )
    assert snap_zones(cells, blocks.iloc[3:], planted_screening.grid).empty


def test_zones_are_named_after_the_place_that_covers_most(planted_screening):
    zones = planted_screening.zones
    one, two = zones.geometry.iloc[0], zones.geometry.iloc[1]
    places = gpd.GeoDataFrame(
        {"name": ["Østby", "Ådal", "Lille"]},
        geometry=[one.buffer(50), two.buffer(50), one.centroid.buffer(60)],
        crs="EPSG:25832",
    )
    named = name_zones(zones, places)
    assert named["name"].tolist()[:2] == ["Østby", "Ådal"]
    assert named["name"].tolist()[2:] == [str(number) for number in zones["zone"].tolist()[2:]]
    same = name_zones(zones, places.iloc[:2].assign(name="Havn"))
    assert same["name"].tolist()[:2] == ["Havn", "Havn 2"]
    with pytest.raises(DataError):
        name_zones(zones, places.to_crs("EPSG:4326"))
