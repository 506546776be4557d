"""Four official maps of the kommuner: the same 98 and the same land, and refused where they are spoilt."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import Geod, Transformer

from boundaries.registers.findings import has_errors
from boundaries.registers.kommuner import read_kommuner
from data.kommuner import load_kommuner
from geo.coverage import count_vertices, is_coverage, simplify_coverage
from geo.errors import DataError

REAL = {
    "unknown": "kommuner_komkode_int.geojson",
    "500k": "kommuner_500k_2014.geojson",
    "2m": "dagi_2mio_2021_KOMMUNE.shp",
    "repaired": "kommuner_kode_navn_invalid.geojson",
}


@pytest.fixture(scope="module")
def real(shared_data):
    folder = shared_data / "kommuner"
    if not folder.is_dir():
        pytest.skip("the real maps of the kommuner do not lie beside the checkout")
    return {name: read_kommuner(folder / file) for name, file in REAL.items()}


@pytest.mark.real_data
def test_four_real_files_give_the_same_kommuner(real):
    for name, read in real.items():
        assert not has_errors(read.findings), name
        assert read.frame["kommune_code"].tolist() == sorted(load_kommuner()), name
        assert read.frame["name"].tolist() == [load_kommuner()[code].name for code in sorted(load_kommuner())]
        assert read.frame.is_valid.all()
    assert {name: len(read.findings) for name, read in real.items()} == {
        "unknown": 0,
        "500k": 0,
        "2m": 0,
        "repaired": 78,
    }
    assert set(real["repaired"].findings["rule"]) == {"geometry_repaired"}


@pytest.mark.real_data
def test_four_real_files_agree_on_the_land(real):
    """All land agrees to 0.5 pct.; a single kommune only as far as its edition was generalised."""
    outlines = {name: np.asarray(read.frame.geometry, dtype=object) for name, read in real.items()}
    for one, other in itertools.combinations(outlines.values(), 2):
        area, other_area = shapely.area(one), shapely.area(other)
        assert area.sum() == pytest.approx(other_area.sum(), rel=0.005)
        difference = np.abs(area - other_area) / np.minimum(area, other_area)
        assert np.median(difference) < 0.005
        assert (difference > 0.005).sum() <= 40
        # How far the border lies beside the other on average, all the way round: no kommune is another.
        beside_m2 = shapely.area(shapely.symmetric_difference(one, other))
        assert (beside_m2 / np.minimum(shapely.length(one), shapely.length(other)) < 200).all()
        assert 1 - beside_m2.sum() / 2 / area.sum() > 0.986


def _measure_raw(path):
    """Geodesic km² of each kommune: the rings as GDAL hands them out, holes subtracted, nothing repaired."""
    meta, _, shapes, columns = pyogrio.raw.read(path)
    names = list(meta["fields"])
    codes = columns[names.index("KOMKODE" if "KOMKODE" in names else "kode")]
    to_degrees = Transformer.from_crs(25832, 4258, always_xy=True)
    total = dict.fromkeys(load_kommuner(), 0.0)
    for code, shape in zip(codes, shapely.from_wkb(shapes), strict=True):
        for polygon in shapely.get_parts(shape):
            for sign, ring in [(1, polygon.exterior), *((-1, hole) for hole in polygon.interiors)]:
                x, y = np.array(ring.coords)[:, :2].T
                if x.max() > 180:
                    x, y = to_degrees.transform(x, y)
                m2, _ = Geod(ellps="GRS80").polygon_area_perimeter(x, y)
                total[f"{int(code):04d}"] += sign * abs(m2) / 1e6
    return pd.Series(total).sort_index()


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_reading_changes_no_area(real, shared_data, name):
    """What differs between the editions stands in the files: read, they have the areas of their raw rings."""
    raw = _measure_raw(shared_data / "kommuner" / REAL[name])
    frame = real[name].frame.set_index("kommune_code").to_crs(4258)
    read = frame.geometry.map(lambda shape: abs(Geod(ellps="GRS80").geometry_area_perimeter(shape)[0]) / 1e6)
    change = (read / raw - 1).abs()
    if name != "repaired":
        assert change.max() < 1e-6
    else:  # its rings cross themselves and lie in each other, so that the raw ones count some land twice
        assert change.drop(["0101", "0411"]).max() < 1e-4
        assert change.max() < 0.002


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_real_kommuner_stay_neighbours_when_simplified(real, name):
    frame = real[name].frame
    shapes = gpd.GeoSeries(frame.geometry)
    simple = simplify_coverage(shapes, tolerance_m=250)
    assert is_coverage(simple)
    assert count_vertices(simple) < 17_000
    assert abs(simple.area.sum() / shapes.area.sum() - 1) < 0.0004

    def long_borders(geometry):
        left, right = shapely.STRtree(geometry).query(geometry, predicate="intersects")
        shared_m = shapely.length(shapely.intersection(geometry[left], geometry[right]))
        return {
            (i, j) for i, j, length in zip(left, right, shared_m, strict=True) if i < j and length > 1_000
        }

    before = long_borders(np.asarray(shapes, dtype=object))
    after = np.asarray(simple, dtype=object)
    assert len(before) > 100
    for left, right in before:
        assert shapely.length(shapely.intersection(after[left], after[right])) > 0


@pytest.mark.real_data
def test_a_real_file_with_faults_is_refused_with_all_of_them(shared_data, tmp_path):
    source = gpd.read_file(shared_data / "kommuner" / REAL["unknown"])

    def spoil(frame):
        frame.to_file(tmp_path / "spoiled.geojson")
        findings = read_kommuner(tmp_path / "spoiled.geojson").findings
        assert has_errors(findings)
        return findings

    two_less = spoil(source[~source["KOMKODE"].isin([461, 851])])
    assert two_less[["rule", "value"]].to_numpy().tolist() == [
        ["kommuner_missing", "Odense (0461), Aalborg (0851)"]
    ]
    twice = spoil(pd.concat([source, source[source["KOMKODE"] == 751]], ignore_index=True))
    assert twice[["rule", "value"]].to_numpy().tolist() == [["kommune_twice", "Aarhus (0751)"]]
    shifted = source.to_crs("EPSG:25832")
    shifted["geometry"] = shifted.translate(120_000, 0)
    outside = spoil(shifted.to_crs(source.crs))
    assert set(outside["rule"]) == {"kommune_outside_denmark"}
    assert "Bornholm (0400)" in set(outside["value"])
    with pytest.raises(DataError) as raised:
        shifted["geometry"] = shifted.translate(800_000, 0)
        shifted.to_file(tmp_path / "far.gpkg")
        read_kommuner(tmp_path / "far.gpkg")
    assert raised.value.key.startswith("geo_core.outside_denmark")
