"""The zones of a screening given to whole blocks or roder: where they lie, and what of them may be shown."""

import geopandas as gpd
import numpy as np
import pandas as pd

from boundaries.disclosure.cells import REST, PublishedScreening
from boundaries.disclosure.other_zones import sum_cut_zones
from boundaries.screening.screening import Screening
from boundaries.screening.zones import snap_zones
from geo.locate import locate_points


def give_to_blocks(
    screening: Screening,
    published: PublishedScreening,
    blocks: gpd.GeoDataFrame,
    counts: pd.DataFrame | None,
    *,
    beside: pd.Series | None = None,
) -> gpd.GeoDataFrame:
    """Give whole blocks to the zones, and count them anew as far as that may be shown.

    Where the blocks go follows from what is published alone, so that the outlines tell nothing more: a cell
    whose residents are hidden weighs as much as the hidden ones of its zone do on average.

    Parameters
    ----------
    screening, published
        As in `boundaries.disclosure.other_zones.sum_other_zones`.
    blocks
        Polygons, EPSG:25832. Of a dwelling in two of them the zone is the first.
    counts
        Dwellings that the cells were summed of; None for a table of cells, of which blocks cannot be counted.
    beside
        As in `boundaries.disclosure.other_zones.sum_cut_zones`.

    Returns
    -------
    GeoDataFrame
        ``zone``, ``name``, ``blocks_n``, ``area_m2``, residents, households, and numerator and denominator
        of each criterion (Int64, NA where hidden; no such columns without `counts`), ``geometry``
        (MultiPolygon, EPSG:25832); by zone. A zone that gets no block is not among them.

    Raises
    ------
    DataError
        As `boundaries.screening.zones.snap_zones`.
    """
    weighed = published.cells[["column", "row", "zone"]].assign(residents_n=_weigh(published))
    rule = screening.settings.snap_by
    zones = snap_zones(weighed, blocks, screening.grid, rule=rule)
    names = published.zones.set_index("zone")["name"].reindex(zones["zone"])
    zones.insert(1, "name", names.to_numpy())
    shape = zones.geometry
    frame = pd.DataFrame(zones.drop(columns="geometry")).assign(area_m2=shape.area.to_numpy())
    if counts is not None:
        others = _locate(counts, zones)
        sums = sum_cut_zones(screening, published, counts, others, beside=beside)
        frame = pd.concat([frame, sums.reindex(frame["zone"]).reset_index(drop=True)], axis="columns")
    return gpd.GeoDataFrame(frame, geometry=shape, crs=zones.crs)


def _locate(counts: pd.DataFrame, zones: gpd.GeoDataFrame) -> pd.Series:
    """Return the zone of each dwelling; NA in none."""
    if zones.empty:
        return pd.Series(pd.NA, index=counts.index, dtype="Int64")
    x, y = (counts[name].to_numpy(dtype=np.float64) for name in ("x", "y"))
    position = locate_points(zones.geometry.to_numpy(), x, y, overlaps="lowest").position
    zone = pd.Series(zones["zone"].to_numpy()[position], index=counts.index, dtype="Int64")
    return zone.mask(position < 0)


def _weigh(published: PublishedScreening) -> pd.Series:
    """Return residents of each cell, hidden ones as the mean of the hidden ones of their line."""
    cells = published.cells
    line = cells["zone"].fillna(REST).astype("int64")
    is_hidden = cells["residents_n"].isna()
    rest = published.parts.set_index("part")["residents_n"].get("rest")
    totals = pd.Series([*published.zones["residents_n"], rest], dtype="Int64").set_axis(
        [*published.zones["zone"], REST]
    )
    known = cells["residents_n"].fillna(0).groupby(line).sum()
    hidden_n = is_hidden.groupby(line).sum()
    mean = (totals.reindex(known.index) - known).astype("Float64") / hidden_n.mask(hidden_n.eq(0))
    # Where the sum is hidden, too, a cell that may not be shown in full is between none and the limit.
    mean = mean.fillna(published.limits.full_residents_n / 2)
    return cells["residents_n"].astype("Float64").fillna(line.map(mean).astype("Float64"))
