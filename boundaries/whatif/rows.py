"""New rows for the frames of `Registers`, with the dtypes that these have."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd


def append_rows(frame: pd.DataFrame, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Return a frame with rows added last; columns that a row lacks are missing in it.

    Parameters
    ----------
    frame
        Without geometry; not changed.
    rows
        Column name to value.

    Returns
    -------
    DataFrame
        Same columns and dtypes, index 0..n-1.
    """
    if not rows:
        return frame.reset_index(drop=True)
    columns = {}
    for column, dtype in frame.dtypes.items():
        added = pd.Series([row.get(str(column)) for row in rows], dtype=object).astype(dtype)
        columns[column] = pd.concat([frame[column], added], ignore_index=True)
    return pd.DataFrame(columns)


def append_shapes(frame: gpd.GeoDataFrame, rows: Sequence[Mapping[str, object]]) -> gpd.GeoDataFrame:
    """Return a frame of outlines with rows added last, as `append_rows`; a geometry may be None."""
    shapes = [*frame.geometry, *(row.get("geometry") for row in rows)]
    plain = append_rows(pd.DataFrame(frame.drop(columns="geometry")), rows)
    geometry = gpd.GeoSeries(shapes, index=plain.index, crs=frame.crs)
    return gpd.GeoDataFrame(plain, geometry=geometry)[list(frame.columns)]
