"""What was found in a file, in words and as values."""

import json
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
import xlsxwriter

from boundaries.registers.recognition import recognise_file
from data.texts import LANGUAGES, load_texts
from geo.crs import CrsProposal
from geo.inspection import inspect_file
from geo.inspection_facts import Fault, FieldKind, Outcome, SecondReading
from maps.inspection_text import FAULTS_TOLD_N, describe_inspection, format_inspection

E0, N0 = 645_000.0, 6_255_000.0
BOWTIE = shapely.Polygon([(E0, N0), (E0 + 50, N0 + 50), (E0 + 50, N0), (E0, N0 + 50)])


@pytest.fixture
def layer_file(tmp_path):
    path = tmp_path / "skel.gpkg"
    frame = gpd.GeoDataFrame(
        {"ejerlavskode": ["1"] * 14, "matrikelnr": range(14)}, geometry=[BOWTIE] * 14, crs=25832
    )
    frame.to_file(path)
    return path


def tell(inspection, texts, width=100):
    return format_inspection(inspection, recognise_file(inspection), texts, width=width)


def test_a_layer_is_told_in_danish(layer_file, texts):
    lines = tell(inspect_file(layer_file), texts).split("\n")
    for line in (
        "Kortlag skel: 14 objekter",
        "  Geometri: flade",
        "  Koordinatsystem: EPSG:25832 (ETRS89 / UTM zone 32N). Det bruges, som det er.",
        "  Udstrækning: x 645.000 til 645.050, y 6.255.000 til 6.255.050",
        "  Læst igen med fiona: samme antal objekter (14).",
        "  Geometrier, der ikke kan bruges, som de er: 14",
        "    objekt 1: ugyldig geometri (Self-intersection[645025 6255025])",
        f"    … og {14 - FAULTS_TOLD_N} til",
        "  matrikelnr       heltal",
        "  [registers.parcels]",
        '  parcel_number = "matrikelnr"',
    ):
        assert line in lines
    assert sum("ugyldig geometri" in line for line in lines) == FAULTS_TOLD_N


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_end_of_the_second_reading_has_its_words(layer_file, language, outcome):
    found = inspect_file(layer_file)
    second = SecondReading(outcome=outcome, rows_n=13, detail="SIGSEGV")
    changed = replace(found, layers=(replace(found.layers[0], second=second),))
    told = tell(changed, load_texts(language))
    assert ("SIGSEGV" in told) == (outcome in {Outcome.CRASHED, Outcome.FAILED, Outcome.TIMEOUT})
    assert ("13" in told and "14" in told) or outcome is not Outcome.DONE
    assert "{" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_fault_has_a_word(language):
    texts = load_texts(language)
    assert all(texts.has(f"inspection.kind.{kind}") for kind in FieldKind)
    assert all(texts.has(f"inspection.fault.{fault}") for fault in Fault)
    names = {kind.name.lower() for kind in shapely.GeometryType if kind.name != "MISSING"}
    assert set(texts.section("inspection.type")) == names


def test_the_values_hold_every_fault_and_are_json(layer_file, texts):
    found = inspect_file(layer_file)
    told = json.loads(json.dumps(describe_inspection(found, recognise_file(found))))
    assert [fault["fid"] for fault in told["layers"][0]["faults"]] == list(range(1, 15))
    assert told["layers"][0]["second"]["outcome"] == "done"
    assert told["layers"][0]["differs"] is False
    assert told["registers"][0]["register"] == "parcels"
    assert told["sha256"] == found.sha256


def test_reference_systems_are_told_as_they_are(layer_file, texts):
    found = inspect_file(layer_file)
    (layer,) = found.layers

    def tell_crs(**facts):
        return tell(replace(found, layers=(replace(layer, **facts),)), texts, width=250)

    assert "omregnes til EPSG:25832" in tell_crs(crs="EPSG:4326 (WGS 84)", is_working_crs=False)
    assert "passer ikke til Danmark" in tell_crs(crs="")
    straight = CrsProposal("EPSG:4326", "WGS 84", is_swapped=False)
    swapped = CrsProposal("EPSG:4258", "ETRS89", is_swapped=True)
    assert "hvis det er EPSG:4326 (WGS 84)." in tell_crs(crs="", proposals=(straight, swapped))
    assert "akserne byttes om, og det er EPSG:4258" in tell_crs(crs="", proposals=(swapped,))
    denied = tell_crs(crs="EPSG:25833 (UTM 33)", is_working_crs=False, proposals=(straight, swapped))
    assert "EPSG:25833 (UTM 33), men efter det ligger intet i Danmark" in denied
    assert "hvis akserne byttes om, og det er EPSG:4258" in tell_crs(crs="X", proposals=(swapped,))
    assert "geometrier" not in tell_crs(rows_n=0, faults=(), second=None).split("Kolonne")[0].lower()
    assert "z-koordinat, som ikke bruges" in tell_crs(has_z=True)
    assert "Alle geometrier kan bruges." in tell_crs(faults=())
    bare = tell_crs(geometry_type="", found_types=())
    assert "Tabel uden geometri skel: 14 rækker" in bare
    assert "Koordinatsystem" not in bare


def test_the_parts_of_a_shapefile_are_told_and_what_lacks(tmp_path, texts):
    path = tmp_path / "a.shp"
    shape = shapely.box(12.5, 55.6, 12.6, 55.7)
    gpd.GeoDataFrame({"a": [1]}, geometry=[shape], crs=4326).to_file(path)
    path.with_suffix(".cpg").unlink()
    told = tell(inspect_file(path), texts)
    assert "Består af a.shp, a.shx, a.dbf, a.prj" in told
    assert "a.shp: Filen .cpg, der hører til shapefilen, mangler." in told
    assert "x 12,5000 til 12,6000" in told


def test_a_table_tells_no_value_and_says_how_it_is_written(tmp_path, texts):
    path = tmp_path / "t.csv"
    path.write_text("pnr\tnavn\n0101011234\tHemmelig\n", encoding="utf-8")
    found = inspect_file(path)
    told = tell(found, texts) + json.dumps(describe_inspection(found, ()))
    assert "Tegnsæt utf-8, skilletegn tabulator" in told
    assert "Hemmelig" not in told
    assert "0101011234" not in told
    assert "ligner ikke noget register" in told


def test_a_sheet_that_cannot_be_read_says_why(tmp_path, texts):
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("God").write_row("A1", ["a", "b"])
        book.add_worksheet("Tal").write_row("A1", [1, 2])
    found = inspect_file(path)
    told = tell(found, texts)
    assert "Ark God: 0 rækker" in told
    assert "b.xlsx [Tal]: Der er ingen overskriftsrække" in told
    assert describe_inspection(found, ())["tables"][1]["problem"]["error"] == "files.no_heading_in_sheet"


def test_hostile_names_do_not_reach_the_terminal(layer_file, texts):
    found = inspect_file(layer_file)
    changed = replace(found, layers=(replace(found.layers[0], name="\x1b[2Jx{0}"),))
    told = format_inspection(changed, (), texts, width=60)
    assert "\x1b" not in told
    assert "{0}" in told
