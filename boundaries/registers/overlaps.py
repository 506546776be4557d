"""Outlines that lie on top of each other."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.model import ExtensionStatus
from boundaries.registers.findings import add_details
from boundaries.registers.outlines import Outlines
from boundaries.registers.rows import Rows
from geo.crs import WORKING_CRS
from geo.overlay import find_overlaps

NOISE_M2 = 0.01
"""Overlaps up to this size come from coordinates in whole centimetres, and are not mentioned."""


def outline_shapes(outlines: Outlines, parcels: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the polygon of each outline: its own, or the union of its parcels.

    Parameters
    ----------
    outlines
        Areas, extensions or splits.
    parcels
        ``parcel_key`` and ``geometry``; keys that are not there are left out of the union.

    Returns
    -------
    GeoSeries
        On the index of the outlines; None where there is nothing.
    """
    own = outlines.frame.geometry
    listed = outlines.parcels.merge(parcels[["parcel_key", "geometry"]], on="parcel_key")
    listed = listed[listed["geometry"].notna()]
    united = {
        str(name): shapely.union_all(group.to_numpy())
        for name, group in listed.groupby(outlines.id_column)["geometry"]
    }
    shapes = np.array([united.get(name) for name in outlines.rows.frame[outlines.id_column]], dtype=object)
    from_parcels = gpd.GeoSeries(shapes, index=own.index, crs=WORKING_CRS)
    return own.where(own.notna(), from_parcels)


def find_area_overlaps(areas: Outlines, shapes: gpd.GeoSeries, *, tolerance_m2: float) -> list[pd.DataFrame]:
    """Find areas that overlap each other."""
    pairs = find_overlaps(shapes, tolerance_m2=NOISE_M2)
    names = _name_outlines(areas, "name")
    return _report_pairs(areas.rows, pairs, (names, names), ("areas_overlap", tolerance_m2))


def find_extension_overlaps(
    extensions: Outlines, shapes: gpd.GeoSeries, *, tolerance_m2: float
) -> list[pd.DataFrame]:
    """Find extensions that overlap each other; two of which one is only applied for may be alternatives."""
    pairs = find_overlaps(shapes.where(is_alive(extensions)), tolerance_m2=NOISE_M2)
    is_approved = (extensions.rows.frame["status"] == ExtensionStatus.GODKENDT.value).to_numpy()
    both = is_approved[pairs["left"]] & is_approved[pairs["right"]]
    names = _name_outlines(extensions, "area_id")
    return [
        *_report_pairs(extensions.rows, pairs[both], (names, names), ("extensions_overlap", tolerance_m2)),
        *_report_pairs(
            extensions.rows, pairs[~both], (names, names), ("pending_extensions_overlap", tolerance_m2)
        ),
    ]


def find_extensions_over_areas(
    extensions: tuple[Outlines, gpd.GeoSeries], areas: tuple[Outlines, gpd.GeoSeries], *, tolerance_m2: float
) -> list[pd.DataFrame]:
    """Find extensions that overlap another area, or land that their own area has already."""
    (outlines, shapes), (area_outlines, area_shapes) = extensions, areas
    pairs = find_overlaps(shapes.where(is_alive(outlines)), other=area_shapes, tolerance_m2=NOISE_M2)
    own = outlines.rows.frame["area_id"].to_numpy()[pairs["left"]]
    is_own = own == area_outlines.rows.frame["area_id"].to_numpy()[pairs["right"]]
    names = (_name_outlines(outlines, "area_id"), _name_outlines(area_outlines, "name"))
    return [
        *_report_pairs(outlines.rows, pairs[~is_own], names, ("extension_overlaps_area", tolerance_m2)),
        *_report_pairs(outlines.rows, pairs[is_own], names, ("extension_overlaps_own_area", tolerance_m2)),
    ]


def find_split_overlaps(
    splits: Outlines, shapes: gpd.GeoSeries, *, tolerance_m2: float
) -> list[pd.DataFrame]:
    """Find splits that take the same land."""
    pairs = find_overlaps(shapes.where(is_alive(splits)), tolerance_m2=NOISE_M2)
    names = _name_outlines(splits, "new_name")
    return _report_pairs(splits.rows, pairs, (names, names), ("splits_overlap", tolerance_m2))


def find_parcel_overlaps(
    parcels: Rows, used_keys: Sequence[str], *, tolerance_m2: float
) -> list[pd.DataFrame]:
    """Find parcels of areas, extensions and splits that overlap each other, or a neighbour.

    Parcels that nobody uses are not compared: a whole cadastre would take minutes, for nothing.
    """
    frame = parcels.frame
    is_used = frame["parcel_key"].isin(used_keys).to_numpy()
    used = np.flatnonzero(is_used)
    pairs = find_overlaps(frame["geometry"].iloc[used], other=frame["geometry"], tolerance_m2=NOISE_M2)
    pairs = pairs.assign(left=used[pairs["left"]])
    both = is_used[pairs["right"]]
    once = pairs[(pairs["left"] < pairs["right"]) & both]
    keys = frame["parcel_key"]
    return [
        *_report_pairs(parcels, once, (keys, keys), ("parcels_overlap", tolerance_m2)),
        *_report_pairs(parcels, pairs[~both], (keys, keys), ("neighbour_parcel_overlap", tolerance_m2)),
    ]


def is_alive(outlines: Outlines) -> pd.Series:
    """Tell which extensions or splits are approved or applied for, not rejected."""
    return outlines.rows.frame["status"] != ExtensionStatus.AFSLAAET.value


def _name_outlines(outlines: Outlines, column: str) -> pd.Series:
    """Return ``"name (id)"`` of each outline; the id alone where the name says no more."""
    ids, names = outlines.rows.frame[outlines.id_column], outlines.rows.frame[column]
    return ids.where((ids == names) | names.isna(), names + " (" + ids + ")")


def _report_pairs(
    rows: Rows, pairs: pd.DataFrame, names: tuple[pd.Series, pd.Series], rule: tuple[str, float]
) -> list[pd.DataFrame]:
    """Return a finding a pair, at the left row; one up to the tolerance is slight."""
    word, tolerance_m2 = rule
    is_slight = pairs["overlap_m2"] <= tolerance_m2
    return [
        add_details(
            rows.found_at(kind, pd.Index(part["left"])),
            {
                "value": names[0].to_numpy()[part["left"]],
                "other": names[1].to_numpy()[part["right"]],
                "measure": part["overlap_m2"].to_numpy(),
            },
        )
        for kind, part in ((word, pairs[~is_slight]), ("slight_overlap", pairs[is_slight]))
        if len(part)
    ]
