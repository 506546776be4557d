"""Udsatte byområder as areas: their counts, outlines and names, and the rest of the city."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.registers.cell_columns import COUNT_COLUMNS
from boundaries.screening.settings import SnapRule
from geo.crs import require_crs
from geo.grid import Cells, Grid, cover_polygons, make_polygons
from geo.grid_groups import dissolve_cells
from geo.overlay import require_valid

PARTS = ("city", "zones", "rest")
"""The whole, the udsatte byområder together, and what is left."""


def sum_counts(cells: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Sum the counts of cells by group; a sum with an unknown count in it is unknown.

    Parameters
    ----------
    cells
        `boundaries.registers.cell_columns.COUNT_COLUMNS`.
    groups
        Group of each cell, same index; cells without one are left out.

    Returns
    -------
    DataFrame
        ``cells_n``, ``inhabited_cells_n`` and `COUNT_COLUMNS` (Int64), index the groups, rising.
    """
    counts = cells[list(COUNT_COLUMNS)].astype("Int64")
    grouped = counts.groupby(groups, sort=True)
    sums = grouped.sum()
    unknown = counts.isna().groupby(groups, sort=True).any()
    cells_n = grouped.size().rename("cells_n")
    inhabited_n = cells["residents_n"].gt(0).groupby(groups, sort=True).sum().rename("inhabited_cells_n")
    table = pd.concat([cells_n, inhabited_n, sums.mask(unknown)], axis="columns")
    return table.astype("Int64")


def make_zones(cells: pd.DataFrame, grid: Grid) -> gpd.GeoDataFrame:
    """Make the zones from their cells.

    Parameters
    ----------
    cells
        ``column``, ``row``, ``zone`` (Int64, NA outside) and the counts.
    grid
        The grid of the cells.

    Returns
    -------
    GeoDataFrame
        ``zone`` (1..n), ``name`` (the number), ``area_m2``, the columns of `sum_counts`, ``geometry``
        (MultiPolygon, EPSG:25832); by zone.
    """
    inside = cells[cells["zone"].notna()]
    sums = sum_counts(inside, inside["zone"].astype("int64"))
    places = Cells(inside["column"].to_numpy(), inside["row"].to_numpy())
    outline = dissolve_cells(places, inside["zone"].to_numpy(dtype=np.int64), grid)
    frame = sums.reset_index(names="zone").astype({"zone": "int64"})
    frame.insert(1, "name", frame["zone"].astype("str"))
    frame.insert(2, "area_m2", outline.area.to_numpy())
    return gpd.GeoDataFrame(frame, geometry=outline.to_numpy(), crs=outline.crs)


def sum_parts(cells: pd.DataFrame) -> pd.DataFrame:
    """Sum the counts of the city, of its zones and of the rest.

    Returns
    -------
    DataFrame
        ``part`` (`PARTS`) and the columns of `sum_counts`; zones and rest make up the city.
    """
    is_in = cells["zone"].notna()
    part = is_in.map({True: "zones", False: "rest"}).astype("str")
    sums = sum_counts(cells, part).reindex(["zones", "rest"])
    empty = sums["cells_n"].isna()
    sums.loc[empty] = 0
    whole = sum_counts(cells, pd.Series("city", index=cells.index, dtype="str")).reindex(["city"])
    table = pd.concat([whole, sums]) if len(cells) else sums.reindex(list(PARTS), fill_value=0)
    return table.rename_axis("part").reset_index().astype({"part": "str"})


def name_zones(zones: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Name zones after the place that covers most of each.

    Parameters
    ----------
    zones
        ``zone``, ``geometry``.
    places
        ``name``, ``geometry`` (polygons); EPSG:25832.

    Returns
    -------
    GeoDataFrame
        `zones` with ``name``: that of the place with the largest overlap, the first by name where two
        have as much; zones of one name are told apart by a number from the second on (``"Nordhavn 2"``).
        A zone that no place overlaps keeps its number.

    Raises
    ------
    DataError
        As `geo.crs.require_crs` and `geo.overlay.require_valid`.
    """
    require_crs(places)
    ranked = places.sort_values("name", kind="stable", ignore_index=True)
    shapes, outlines = require_valid(ranked.geometry), require_valid(zones.geometry)
    zone, place = shapely.STRtree(shapes).query(outlines, predicate="intersects")
    overlap_m2 = shapely.area(shapely.intersection(outlines[zone], shapes[place]))
    found = pd.DataFrame({"zone": zone, "place": place, "overlap_m2": overlap_m2})
    found = found[found["overlap_m2"] > 0].sort_values(
        ["zone", "overlap_m2", "place"], ascending=[True, False, True], kind="stable"
    )
    best = found.drop_duplicates("zone").set_index("zone")["place"]
    names = best.map(ranked["name"]).reindex(range(len(zones)))
    counted = names.groupby(names, dropna=False).cumcount() + 1
    numbered = names.where(counted == 1, names.astype("str") + " " + counted.astype("str"))
    numbered = numbered.where(names.notna())
    kept = pd.Series(zones["name"].to_numpy(), dtype="str")
    return zones.assign(name=numbered.fillna(kept).astype("str").to_numpy())


def snap_zones(
    cells: pd.DataFrame, blocks: gpd.GeoDataFrame, grid: Grid, *, rule: SnapRule = "residents"
) -> gpd.GeoDataFrame:
    """Give whole blocks or roder to the zones, by majority.

    Parameters
    ----------
    cells
        ``column``, ``row``, ``zone`` (NA outside), ``residents_n``.
    blocks
        Polygons in EPSG:25832 that do not overlap.
    grid
        The grid of the cells.
    rule
        ``"residents"``: more than half of the block's residents are of cells of the zone, where a cell's
        residents are shared out over the blocks by area; ``"area"``: more than half of its area is.

    Returns
    -------
    GeoDataFrame
        ``zone``, ``blocks_n``, ``geometry`` (MultiPolygon); by zone. A zone that has no block is not
        among them. Counts have to be made anew: `boundaries.screening.cells.sum_polygons`.

    Raises
    ------
    DataError
        As `geo.crs.require_crs` and `geo.geometry.require_valid`.
    """
    require_crs(blocks)
    shapes = require_valid(blocks.geometry)
    cover = cover_polygons(shapes, grid)
    known = cells[["column", "row", "zone", "residents_n"]]
    cover = cover.merge(known, on=["column", "row"], how="left", sort=False)
    cover["weight"] = cover["overlap_m2"]
    if rule == "residents":
        covered = cover.groupby(["column", "row"])["overlap_m2"].transform("sum")
        people = cover["residents_n"].astype("Float64").fillna(0.0).astype("float64")
        cover["weight"] = people * cover["overlap_m2"] / covered
    total = cover.groupby("position")["weight"].sum()
    inside = cover[cover["zone"].notna()].groupby(["position", "zone"])["weight"].sum().reset_index()
    # A strict majority can be had by one zone only. Weights are sums of areas, rounded to 1e-6 of them.
    is_most = inside["weight"].to_numpy() * 2 > total.loc[inside["position"]].to_numpy() * (1 + 1e-9)
    won = inside[is_most]
    parts = [
        {
            "zone": zone,
            "blocks_n": len(part),
            "geometry": shapely.union_all(shapes[part["position"].to_numpy()]),
        }
        for zone, part in won.groupby("zone")
    ]
    columns = ["zone", "blocks_n", "geometry"]
    snapped = gpd.GeoDataFrame(parts, columns=columns, geometry="geometry", crs=blocks.crs)
    merged = [shapely.multipolygons(shapely.get_parts(shape)) for shape in snapped.geometry]
    return snapped.set_geometry(gpd.GeoSeries(merged, crs=blocks.crs)).astype(
        {"zone": "int64", "blocks_n": "int64"}
    )


def draw_cells(cells: pd.DataFrame, grid: Grid) -> gpd.GeoDataFrame:
    """Return the cells with their squares as ``geometry``, EPSG:25832, same index and order."""
    places = Cells(cells["column"].to_numpy(), cells["row"].to_numpy())
    return gpd.GeoDataFrame(cells, geometry=make_polygons(places, grid).set_axis(cells.index))
