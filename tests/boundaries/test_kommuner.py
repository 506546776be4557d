"""The map of the kommuner: any official shape gives the same 98, and a map with a fault is refused."""

import json
import unicodedata

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.affinity import translate

from boundaries.model import make_empty_kommuner
from boundaries.registers.findings import has_errors
from boundaries.registers.kommune_findings import KOMMUNE_SEVERITIES
from boundaries.registers.kommuner import build_kommuner, outline_regions, read_kommuner
from boundaries.registers.rows import Rows
from data.kommuner import load_kommuner
from geo.errors import DataError, ReadError

KOMMUNER = [row for row in load_kommuner().values() if row.kommune_code != "0411"]
X0, Y0, SIDE = 500_000.0, 6_100_000.0, 10_000.0


def tile(at):
    """The square of the kommune at a position: ten in a row."""
    x, y = X0 + SIDE * (at % 10), Y0 + SIDE * (at // 10)
    return shapely.box(x, y, x + SIDE, y + SIDE)


def make_map():
    """Return features, one a kommune, and Christiansø as an islet in the sea."""
    rows = [(row.kommune_code, row.name, tile(at)) for at, row in enumerate(KOMMUNER)]
    return [*rows, ("0411", "Christiansø", shapely.box(890_000, 6_150_000, 890_500, 6_150_500))]


def write(folder, rows, *, headings=("KOMKODE", "KOMNAVN"), crs="EPSG::25832", name="k.geojson"):
    features = [
        {
            "type": "Feature",
            "properties": {
                heading: value for heading, value in zip(headings, values, strict=True) if heading
            },
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        }
        for *values, shape in rows
    ]
    system = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs}"}}
    path = folder / name
    path.write_text(
        json.dumps({"type": "FeatureCollection", "crs": system, "features": features}), encoding="utf-8"
    )
    return path


def as_numbers(rows):
    return [(int(code), name, shape) for code, name, shape in rows], {}


def as_short_text(rows):
    return [(code[1:], name.upper(), shape) for code, name, shape in rows], {"headings": ("kode", "navn")}


def by_name_only(rows):
    return [(f"{name} Kommune", shape) for _, name, shape in rows], {"headings": ("Kommune-navn",)}


def by_older_names(rows):
    older = {
        "0751": "Århus",
        "0169": "Høje Taastrup",
        "0480": "Nordfyn",
        "0820": "Vesthimmerland",
        "0810": "Brønderslev-Dronninglund",
    }
    return [
        ("", unicodedata.normalize("NFD", older.get(code, name)), shape) for code, name, shape in rows
    ], {}


def by_part(rows):
    halves = []
    for code, name, shape in rows:
        x0, y0, x1, y1 = shape.bounds
        middle = (x0 + x1) / 2
        halves += [
            (code, name, shapely.box(x0, y0, middle, y1)),
            (code, name, shapely.box(middle, y0, x1, y1)),
        ]
    return halves[::-1], {"headings": ("kommunekode", "kommunenavn")}


def with_depth(rows):
    return [(code, name, shapely.force_3d(shape, -999)) for code, name, shape in rows], {}


@pytest.mark.parametrize(
    "shape_rows", [as_numbers, as_short_text, by_name_only, by_older_names, by_part, with_depth]
)
def test_every_shape_of_file_gives_the_same_map(tmp_path, shape_rows):
    rows, options = shape_rows(make_map())
    read = read_kommuner(write(tmp_path, rows, **options))
    assert read.findings.empty
    frame = read.frame
    assert frame.columns.tolist() == make_empty_kommuner().columns.tolist()
    assert frame.dtypes[["kommune_code", "name", "region_code"]].eq("str").all()
    assert frame.crs == "EPSG:25832"
    assert frame["kommune_code"].tolist() == sorted(load_kommuner())
    assert frame["name"].tolist() == [load_kommuner()[code].name for code in frame["kommune_code"]]
    assert set(frame.geom_type) == {"MultiPolygon"}
    assert not frame.geometry.has_z.any()
    truth = {code: shape for code, _, shape in make_map()}
    assert all(
        shape.equals(truth[code]) for code, shape in zip(frame["kommune_code"], frame.geometry, strict=True)
    )
    regions = dict(zip(frame["kommune_code"], frame["region_code"], strict=True))
    assert (regions["0101"], regions["0851"]) == ("1084", "1081")
    assert pd.isna(regions["0411"])


def test_degrees_are_transformed_and_broken_polygons_mended(tmp_path):
    frame = gpd.GeoDataFrame(
        make_map(), columns=["KOMKODE", "KOMNAVN", "geometry"], geometry="geometry", crs="EPSG:25832"
    )
    x, y = X0, Y0
    bow_tie = shapely.Polygon([(x, y), (x + SIDE, y + SIDE), (x + SIDE, y), (x, y + SIDE)])
    frame.loc[0, "geometry"] = bow_tie
    frame.to_crs("EPSG:4326").to_file(tmp_path / "k.gpkg", layer="kommuner")
    read = read_kommuner(tmp_path / "k.gpkg", layer="kommuner")
    assert read.findings["rule"].tolist() == ["geometry_repaired"]
    assert read.frame.geometry.iloc[0].area == pytest.approx(SIDE**2 / 2, rel=1e-3)
    assert read.frame.is_valid.all()


def test_a_file_without_a_crs_needs_one_stated(tmp_path):
    columns = ["KOMKODE", "KOMNAVN", "geometry"]
    frame = gpd.GeoDataFrame(make_map(), columns=columns, geometry="geometry", crs="EPSG:25832")
    frame.to_file(tmp_path / "k.shp", encoding="utf-8")
    (tmp_path / "k.prj").unlink()
    with pytest.raises(ReadError) as raised:
        read_kommuner(tmp_path / "k.shp")
    assert raised.value.key.startswith("geo_core.missing_crs")
    assert len(read_kommuner(tmp_path / "k.shp", crs="EPSG:25832").frame) == 99


def test_christiansoe_is_no_kommune(tmp_path):
    read = read_kommuner(write(tmp_path, make_map()[:-1]))
    assert read.findings.empty
    assert len(read.frame) == 98


def replace_row(rows, at, **changes):
    code, name, shape = rows[at]
    row = {"code": code, "name": name, "shape": shape} | changes
    return [*rows[:at], (row["code"], row["name"], row["shape"]), *rows[at + 1 :]]


SPOILED = {
    "kommuner_missing": (
        lambda rows: rows[2:4] + rows[5:],
        {"file": "k.geojson", "value": "København (0101), Frederiksberg (0147), Dragør (0155)", "measure": 3},
    ),
    "kommune_unknown": (
        lambda rows: [*rows, ("0999", "Albrog", shapely.box(700_000, 6_300_000, 700_100, 6_300_100))],
        {"record_id": "0999", "value": "Albrog", "other": "Aalborg (0851)", "line": 99},
    ),
    "kommune_twice": (
        lambda rows: [*rows, ("101", "København", translate(tile(0), 500, 0).intersection(tile(0)))],
        {"value": "København (0101)", "other": "k.geojson:0", "line": 99, "measure": SIDE * (SIDE - 500)},
    ),
    "kommune_code_conflict": (
        lambda rows: replace_row(rows, 5, name="Aarhus"),
        {
            "record_id": KOMMUNER[5].kommune_code,
            "value": KOMMUNER[5].kommune_code,
            "other": "Aarhus (0751)",
            "column": "KOMKODE",
        },
    ),
    "kommune_name_differs": (
        lambda rows: replace_row(rows, 5, name="Storstad"),
        {
            "value": "Storstad",
            "other": f"{KOMMUNER[5].name} ({KOMMUNER[5].kommune_code})",
            "column": "KOMNAVN",
        },
    ),
    "kommune_outside_denmark": (
        lambda rows: replace_row(rows, 5, shape=translate(tile(5), 300_000, 0)),
        {
            "value": f"{KOMMUNER[5].name} ({KOMMUNER[5].kommune_code})",
            "other": "x 850000 – 860000, y 6100000 – 6110000",
        },
    ),
    "kommuner_overlap": (
        lambda rows: replace_row(
            rows, 0, shape=tile(0).union(shapely.box(X0 + SIDE, Y0, X0 + SIDE + 200, Y0 + SIDE))
        ),
        {"value": "Frederiksberg (0147)", "other": "København (0101)", "measure": 200 * SIDE},
    ),
}


@pytest.mark.parametrize("rule", SPOILED)
def test_each_fault_gives_its_finding_and_no_other(tmp_path, rule):
    spoil, expected = SPOILED[rule]
    read = read_kommuner(write(tmp_path, spoil(make_map())))
    assert read.findings["rule"].tolist() == [rule]
    found = read.findings.iloc[0]
    assert {name: found[name] for name in expected} == expected
    assert (found["severity"], found["register"]) == (KOMMUNE_SEVERITIES[rule], "kommuner")
    assert has_errors(read.findings) == (KOMMUNE_SEVERITIES[rule] == "error")
    assert read.frame["kommune_code"].is_unique


def test_every_rule_of_the_map_has_a_fault():
    rules = {rule for rule in KOMMUNE_SEVERITIES if not rule.startswith("kommune_table_")}
    assert rules - set(SPOILED) == {"kommune_column_missing"}


def test_a_file_without_codes_and_names_is_refused(tmp_path):
    rows = [(code, name, shape) for code, name, shape in make_map()]
    read = read_kommuner(write(tmp_path, rows, headings=("FEAT_ID", "TYPE")))
    assert read.findings["rule"].tolist() == ["kommune_column_missing"]
    assert "komkode" in read.findings["value"].iloc[0]
    assert read.frame.empty


def test_all_that_are_missing_are_named_at_once(tmp_path):
    read = read_kommuner(write(tmp_path, make_map()[:1]))
    assert read.findings["measure"].tolist() == [97]
    assert read.findings["value"].iloc[0].count("(") == 97


def test_a_name_that_differs_is_said_once_for_all_parts(tmp_path):
    rows, options = by_part(replace_row(make_map(), 5, name="Storstad"))
    read = read_kommuner(write(tmp_path, rows, **options))
    assert read.findings["rule"].tolist() == ["kommune_name_differs"]


def test_slivers_between_parts_and_neighbours_are_digitising(tmp_path):
    rows = make_map()
    code, name, shape = rows[0]
    rows[0] = (code, name, shape.union(shapely.box(X0 + SIDE, Y0, X0 + SIDE + 99, Y0 + SIDE)))
    rows.append((code, name, shapely.box(X0 - 5000, Y0, X0 + 49, Y0 + SIDE)))
    assert read_kommuner(write(tmp_path, rows)).findings.empty


def test_a_row_without_geometry_is_missed(tmp_path):
    read = read_kommuner(write(tmp_path, replace_row(make_map(), 3, shape=None)))
    assert sorted(read.findings["rule"]) == ["geometry_null", "kommuner_missing"]


def test_coordinates_nowhere_in_denmark_are_refused_at_the_door(tmp_path):
    moved = [(code, name, translate(shape, 2_000_000, 0)) for code, name, shape in make_map()]
    with pytest.raises(DataError) as raised:
        read_kommuner(write(tmp_path, moved))
    assert raised.value.key.startswith("geo_core.outside_denmark")


def test_the_order_of_rows_does_not_matter(tmp_path):
    rows, options = by_part(make_map())
    one = read_kommuner(write(tmp_path, rows, **options)).frame
    other = read_kommuner(
        write(tmp_path, sorted(rows, key=lambda row: row[2].bounds), name="b.geojson", **options)
    ).frame
    assert one.drop(columns="geometry").equals(other.drop(columns="geometry"))
    assert one.geometry.geom_equals(other.geometry).all()


def test_a_table_in_the_place_of_a_map_is_refused():
    nothing = pd.Series(dtype="str")
    rows = Rows(register="kommuner", frame=pd.DataFrame(), origin=pd.DataFrame(), record_id=nothing)
    assert build_kommuner(rows, file="k.csv").findings["rule"].tolist() == ["kommune_column_missing"]


def test_a_project_may_name_a_map(input_files):
    path = write(input_files.folder, make_map()[1:])
    input_files.project += f'[registers.kommuner]\npath = "{path.name}"\n'
    registers = input_files.read()
    assert registers.findings["rule"].tolist() == ["kommuner_missing"]
    assert registers.findings["value"].tolist() == ["København (0101)"]
    assert len(registers.kommuner) == 98
    assert registers.files.iloc[-1][["register", "file", "rows_n"]].tolist() == ["kommuner", "k.geojson", 98]


def test_a_project_need_not_name_a_map(input_files):
    registers = input_files.read()
    assert registers.findings.empty
    assert registers.kommuner.equals(make_empty_kommuner())


def test_regions_have_no_borders_inside(tmp_path):
    frame = read_kommuner(write(tmp_path, make_map())).frame
    regions = outline_regions(frame)
    assert regions["region_code"].tolist() == ["1081", "1082", "1083", "1084", "1085"]
    assert regions["name"].iloc[0] == "Region Nordjylland"
    for code, shape in zip(regions["region_code"], regions.geometry, strict=True):
        own = [tile(at) for at, row in enumerate(KOMMUNER) if row.region_code == code]
        assert shape.equals(shapely.union_all(own))
        # Each inner border counts twice in the sum of outlines and not at all in the region's.
        assert shape.length <= sum(piece.length for piece in own)
    assert regions.area.sum() == pytest.approx(98 * SIDE**2)
