"""Layers, names and titles that a GeoPackage cannot have are refused, and nothing is written."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import DataError
from geo.geopackage import Column, Layer, write_geopackage


def areas():
    return gpd.GeoDataFrame(
        {"area_id": ["A"]}, geometry=[shapely.box(7.2e5, 6.17e6, 7.21e5, 6.171e6)], crs=25832
    )


def points():
    return pd.DataFrame({"dwelling_id": ["a", "b"], "x": [720_000.5, np.nan], "y": [6_170_000.5, 1.0]})


def sources():
    return Layer(name="sources", frame=points()[["dwelling_id"]], title="Kilder")


@pytest.mark.parametrize(
    ("layer", "failure"),
    [
        (Layer(name="l", frame=areas().to_crs(4326), title="L"), DataError),
        (Layer(name="l", frame=areas().iloc[:0], title="L"), ValueError),
        (Layer(name="l", frame=points(), title="L", geometry_type="MultiPolygon"), ValueError),
        (Layer(name="l", frame=points().rename(columns={"x": "FID"}), title="L"), ValueError),
        (Layer(name="l", frame=points().rename(columns={"x": "geom"}), title="L"), ValueError),
        (Layer(name="l", frame=points().rename(columns={"x": "Y"}), title="L"), ValueError),
        (Layer(name="l", frame=points(), title="L", columns={"z": Column(title="Z")}), ValueError),
        (Layer(name="l", frame=pd.DataFrame({"a": [[1]]}), title="L"), TypeError),
        (
            Layer(name="l", frame=pd.DataFrame({"a": pd.to_datetime(["2024-01-31T10:05"])}), title="L"),
            TypeError,
        ),
    ],
)
def test_layers_that_cannot_be(tmp_path, layer, failure):
    with pytest.raises(failure):
        write_geopackage(tmp_path / "a.gpkg", [layer], metadata={})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [
        [],
        [sources(), sources()],
        [sources(), Layer(name="other", frame=points(), title="Kilder")],
        [
            Layer(
                name="l", frame=points(), title="L", columns={"x": Column(title="A"), "y": Column(title="A")}
            )
        ],
    ],
)
def test_names_and_titles_occur_once(tmp_path, given):
    with pytest.raises(ValueError, match="twice|needs"):
        write_geopackage(tmp_path / "a.gpkg", given, metadata={})
