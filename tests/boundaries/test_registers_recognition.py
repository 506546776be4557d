"""Files say which register they may hold, and the section that is proposed is one that works."""

import tomllib

import geopandas as gpd
import pytest
import shapely

from boundaries.registers.project import load_project
from boundaries.registers.recognition import recognise_file
from boundaries.registers.schemas import SCHEMAS
from boundaries.registers.sources import read_sources
from geo.inspection import inspect_file

REGISTER_FILES = {
    "matrikler.geojson": "parcels",
    "omraader.geojson": "areas",
    "omraader.csv": "areas",
    "udvidelser.csv": "extensions",
    "opdelinger.csv": "splits",
    "boliger.csv": "dwellings",
    "beboere.csv": "residents",
    "lister.csv": "lists",
    "planer.csv": "plans",
}
E0, N0 = 645_000.0, 6_255_000.0


def recognise(path, **options):
    return recognise_file(inspect_file(path, **options))


@pytest.mark.parametrize(("name", "register"), REGISTER_FILES.items())
def test_every_register_is_recognised_from_its_file(input_files, name, register):
    best = recognise(input_files.write() / name)[0]
    assert best.register == register
    assert best.is_complete
    assert set(best.headings) <= {column.name for column in SCHEMAS[register].columns}


def read_by_snippet(folder, snippets):
    (folder / "boligkort.toml").write_text("\n".join(snippets), encoding="utf-8")
    return read_sources(load_project(folder))


def test_the_proposed_section_reads_the_file(tmp_path):
    path = tmp_path / 'mine "boliger" æ.csv'
    path.write_text(
        "Enhed_id;Østkoordinat;Nordkoordinat;Ejerform\nD1;645000;6255000;ejerbolig\n", encoding="utf-8"
    )
    (best,) = recognise(path)
    assert tomllib.loads(best.snippet)["registers"]["dwellings"]["fields"] == {
        "dwelling_id": "Enhed_id",
        "x": "Østkoordinat",
        "y": "Nordkoordinat",
        "tenure": "Ejerform",
    }
    rows = read_by_snippet(tmp_path, [best.snippet]).rows["dwellings"]
    assert rows.frame[["dwelling_id", "x", "tenure"]].values.tolist() == [["D1", "645000", "ejerbolig"]]


def test_one_of_several_layers_and_a_reference_system_are_named(tmp_path):
    path = tmp_path / "kort.gpkg"
    for layer, headings in (("Skel", ["ejerlavskode", "matrikelnr"]), ("Andet", ["a", "b"])):
        columns = {heading: ["1"] for heading in headings}
        shape = shapely.box(E0, N0, E0 + 100, N0 + 100)
        with pytest.warns(UserWarning, match="crs"):
            gpd.GeoDataFrame(columns, geometry=[shape]).to_file(path, layer=layer)
    (only,) = recognise(path)
    told = tomllib.loads(only.snippet)["registers"]["parcels"]
    assert (only.part, told["layer"], told["crs"]) == ("Skel", "Skel", "EPSG:25832")
    rows = read_by_snippet(tmp_path, [only.snippet]).rows["parcels"]
    assert rows.record_id.tolist() == ["1-1"]


def test_what_is_missing_is_left_to_be_filled_in(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("bolig_id;adresse;øst;nord\nD1;Vej 1;645000;6255000\n", encoding="utf-8")
    (best,) = recognise(path)
    assert (best.register, best.missing, best.is_complete) == ("dwellings", ("x", "y"), False)
    assert best.snippet.endswith('# x = ""\n# y = ""')
    tomllib.loads(best.snippet)


def test_shapes_decide_what_a_layer_may_hold(tmp_path):
    frame = gpd.GeoDataFrame(
        {"ejerlavskode": ["1"], "matrikelnr": ["1a"]},
        geometry=[shapely.LineString([(E0, N0), (E0 + 9, N0)])],
        crs=25832,
    )
    frame.to_file(tmp_path / "linjer.fgb")
    assert recognise(tmp_path / "linjer.fgb") == ()
    polygons = frame.set_geometry(frame.buffer(5))
    polygons.to_file(tmp_path / "flader.fgb")
    assert [one.register for one in recognise(tmp_path / "flader.fgb")][:1] == ["parcels"]


def test_one_heading_proves_nothing(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("år;noget\n2025;1\n", encoding="utf-8")
    assert recognise(path) == ()


def test_an_official_extract_is_named_by_its_entity(tmp_path):
    from boundaries.registers.extracts.entities import ENTITIES

    shape = next(shape for shape in ENTITIES if shape.entity == "opgang")
    path = tmp_path / "opgang.csv"
    path.write_text(";".join(shape.signature) + "\n" + ";".join("1" * len(shape.signature)) + "\n")
    (found,) = recognise(path)
    assert (found.register, found.entity) == ("dwellings", "opgang")
    assert tomllib.loads(found.snippet)["registers"]["dwellings"]["files"] == [path.as_posix()]


@pytest.mark.parametrize(
    ("file", "headings", "register"),
    [
        ("m.shp", ["ejerlavskode", "matrikelnummer"], "parcels"),
        ("m.shp", ["cadastral_district", "parcel_number"], "parcels"),
        ("m.shp", ["kommunekode", "kommunenavn"], "kommuner"),
    ],
)
@pytest.mark.filterwarnings("ignore:Column names longer", "ignore:Normalized")
def test_headings_that_a_shapefile_cut_off_are_recognised(tmp_path, file, headings, register):
    box = shapely.box(645_000, 6_255_000, 645_100, 6_255_100)
    frame = gpd.GeoDataFrame({name: ["0101"] for name in headings}, geometry=[box], crs="EPSG:25832")
    frame.to_file(tmp_path / file, engine="pyogrio")
    (found,) = recognise_file(inspect_file(tmp_path / file))
    assert (found.register, found.missing) == (register, ())
    assert sorted(found.headings.values()) == sorted(name[:10] for name in headings)


def test_coordinates_of_the_former_address_service_are_recognised(tmp_path):
    path = tmp_path / "adgangsadresser.csv"
    path.write_text("id_lokalId,etrs89koordinat_øst,etrs89koordinat_nord\na,1,2\n", encoding="utf-8")
    (found,) = recognise_file(inspect_file(path))
    assert (found.headings["x"], found.headings["y"]) == ("etrs89koordinat_øst", "etrs89koordinat_nord")
