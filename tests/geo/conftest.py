"""What several files of this folder write and read: layers of every format, and a GeoPackage of four layers."""

import hashlib
import sqlite3
import warnings
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.geopackage import Column, Layer, write_geopackage

DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
    ".gml": "GML",
}


class LayerFiles:
    """Squares of 10 m with text, numbers and dates, written in any format."""

    @staticmethod
    def squares(rows=3, crs=25832):
        frame = gpd.GeoDataFrame(
            {
                "kode": [f"{101 + i:04d}" for i in range(rows)],
                "navn": ["Sæby", "Øster Å", None][:rows] + [f"n{i}" for i in range(3, rows)],
                "antal": np.arange(rows),
                "areal": [1.5, 1.234, 80.0][:rows] + [0.5] * (rows - 3),
                "dag": pd.to_datetime(["2024-01-31"] * rows),
            },
            geometry=[
                shapely.box(720_000 + 20 * i, 6_170_000, 720_010 + 20 * i, 6_170_010) for i in range(rows)
            ],
            crs=25832,
        )
        return frame.to_crs(crs)

    def squares_for(self, name):
        """Squares in the CRS that a format of this name has."""
        return self.squares(crs=4326) if name.endswith("json") else self.squares()

    def write(self, folder, name, frame=None, **options):
        path = folder / name
        frame = self.squares() if frame is None else frame
        options = {"driver": DRIVERS.get(path.suffix), "use_arrow": True} | options
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pyogrio.write_dataframe(frame, path, **options)
        return path

    @staticmethod
    def snapshot(folder):
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


class Package:
    """A GeoPackage of four layers; child processes import it from here too."""

    metadata = {"status_date": "2025-01-01", "titel": "Prøve æøå", "a": "1"}

    @staticmethod
    def areas():
        """Areas with every kind of column, one of two parts and one without a place."""
        count = 6
        frame = gpd.GeoDataFrame(
            {
                "area_id": [f"O{i}" for i in range(count)],
                "name": ["Ærø", None, "Østerbro", "Å", "b", "c"],
                "status": pd.Categorical(["a", "b"] * 3),
                "beboere_n": pd.array([1, None] * 3, dtype="Int64"),
                "share": [1.5, np.nan] * 3,
                "approved_on": pd.to_datetime(["2024-01-31", None] * 3).astype("datetime64[s]"),
                "moment": pd.to_datetime(["2024-01-31T11:05:00.125+01:00", None] * 3),
                "is_new": pd.array([True, None] * 3, dtype="boolean"),
                "small": np.arange(count, dtype="int16"),
                "nothing": [None] * count,
            },
            geometry=[
                shapely.box(720_000 + 20 * i, 6_170_000, 720_010 + 20 * i, 6_170_010) for i in range(count)
            ],
            crs=25832,
        )
        frame.loc[1, "geometry"] = shapely.MultiPolygon(
            [frame.geometry[1], shapely.box(721_000, 6_170_000, 721_010, 6_170_010)]
        )
        frame.loc[2, "geometry"] = None
        return frame

    @staticmethod
    def points():
        return pd.DataFrame(
            {
                "dwelling_id": ["a", "b", "c"],
                "x": [720_000.5, np.nan, 720_001.0],
                "y": [6_170_000.5, 1.0, np.nan],
            }
        )

    def layers(self):
        return [
            Layer(
                name="areas",
                frame=self.areas(),
                title="Boligområder",
                description="Områder på datoen",
                columns={
                    "name": Column(title="Navn", description="Områdets navn"),
                    "status": Column(title="Status", codes={"a": "Ansøgt", "b": "Ikke ansøgt"}),
                },
                qml="<!DOCTYPE qgis><qgis>æ</qgis>",
            ),
            Layer(
                name="dwellings", frame=self.points(), title="Boliger", geometry_type="Point", qml="<qgis/>"
            ),
            Layer(name="sources", frame=self.points()[["dwelling_id"]], title="Kilder"),
            Layer(name="empty", frame=self.areas().iloc[:0], title="Tom", geometry_type="MultiPolygon"),
        ]

    @staticmethod
    def query(path, statement, *values):
        database = sqlite3.connect(path)
        try:
            return database.execute(statement, values).fetchall()
        finally:
            database.close()

    @staticmethod
    def digest(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def write(self, path):
        write_geopackage(path, self.layers(), metadata=self.metadata)
        return path


@pytest.fixture(scope="session")
def layer_files():
    return LayerFiles()


@pytest.fixture(scope="session")
def package():
    return Package()


E0, N0 = 645_000.0, 6_255_000.0
SQUARE = shapely.box(E0, N0, E0 + 100, N0 + 50)
BOWTIE = shapely.Polygon([(E0, N0), (E0 + 50, N0 + 50), (E0 + 50, N0), (E0, N0 + 50)])


@pytest.fixture
def spoilt(tmp_path):
    """A GeoPackage of four features: a square, and three that are faulty."""
    path = tmp_path / "lag.gpkg"
    shapes = [SQUARE, BOWTIE, None, shapely.Polygon()]
    frame = gpd.GeoDataFrame(
        {"navn": [f"n{n}" for n in range(4)], "antal": range(4)}, geometry=shapes, crs="EPSG:25832"
    )
    frame.to_file(path, layer="Områder")
    return path


@pytest.fixture
def pack(tmp_path):
    def pack(files):
        path = tmp_path / "pakke.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path

    return pack
