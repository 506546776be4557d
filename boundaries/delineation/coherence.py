"""Is an area physically coherent (almenboligloven § 61 a, stk. 3)? Measured and reported, never assumed."""

import geopandas as gpd
import numpy as np
import shapely

from geo.geometry import group_parts, measure_widest_gap


def measure_coherence(areas: gpd.GeoDataFrame, gap_m: float) -> gpd.GeoDataFrame:
    """Count the groups of parts of each area and the widest gap between them.

    Parameters
    ----------
    areas
        With ``geometry`` in EPSG:25832.
    gap_m
        Parts within this distance, a road between them, belong together; metres.

    Returns
    -------
    gpd.GeoDataFrame
        `areas` with ``groups_n`` (1 is coherent) and ``widest_gap_m`` (the widest distance that must
        be bridged to walk from any part to any other; 0 for one part).
    """
    parts = [shapely.get_parts(geometry) for geometry in areas.geometry]
    groups_n = [len(np.unique(group_parts(own, gap_m=gap_m))) for own in parts]
    gaps = [measure_widest_gap(own) for own in parts]
    return areas.assign(
        groups_n=np.array(groups_n, dtype="int64"), widest_gap_m=np.array(gaps, dtype="float64")
    )
