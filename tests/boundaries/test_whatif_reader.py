"""The file of proposals: what it says, and every fault of it at once."""

from datetime import date
from fractions import Fraction

import geopandas as gpd
import pytest
import shapely

from boundaries.whatif.proposals import ProposalErrors
from boundaries.whatif.reader import read_proposals, template_text
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError, ReadError, UsageError

E0, N0 = 645_000.0, 6_255_000.0
BUILDING = """
[[buildings]]
area_id = "A"
tenure = "ejerbolig"
dwellings_n = 3
built_on = 2020-05-01
"""


@pytest.fixture
def read(tmp_path):
    def write_and_read(text):
        path = tmp_path / "forslag.toml"
        path.write_text(text, encoding="utf-8")
        return read_proposals(path)

    return write_and_read


def faults_of(read, text):
    """Return (key, key in the file) of every fault; each must have a sentence in both languages."""
    with pytest.raises(UsageError) as caught:
        read(text)
    errors = getattr(caught.value, "errors", (caught.value,))
    for error in (*errors, caught.value):
        for language in LANGUAGES:
            assert load_texts(language).get(f"error.{error.key}", error.values)
    return [(error.key.split(".")[1], error.values.get("key", "")) for error in errors]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_loads_and_has_one_of_each(language, read):
    proposals = read(template_text(language))
    assert len(proposals.names) == len(set(proposals.names)) == 4
    building = proposals.buildings[0]
    assert building.residents.residents_n == 190
    assert building.residents.unstated == ()
    assert building.residents.shares_pct["primary_education_only_pct"] == Fraction(29, 2)
    assert proposals.extensions[0].approved_on == date(2022, 1, 15)


def test_what_is_not_stated_is_named_and_never_zero(read):
    text = BUILDING + '[buildings.residents]\nresidents_n = 5\nages_pct = {"0-14" = 40, "30-59" = 50}\n'
    expected = read(text).buildings[0].residents
    assert expected.shares_pct == {}
    assert expected.gross_income_dkk is None
    assert expected.unstated == (
        "ages_pct", "labour_outside_pct", "convicted_pct", "primary_education_only_pct", "non_western_pct",
        "students_pct", "gross_income_dkk",
    )  # fmt: skip
    assert read(BUILDING).buildings[0].residents is None


def test_all_faults_are_told_at_once_with_the_nearest_key(read):
    text = """
    [[buildngs]]
    [[relabellings]]
    area_id = "A"
    parcels = ["1-1a"]
    to_tenure = "ejerbolg"
    form_tenure = "almen_familiebolig"
    """
    with pytest.raises(ProposalErrors) as caught:
        read(text)
    keys = [
        (error.key, error.values.get("key"), error.values.get("nearest")) for error in caught.value.errors
    ]
    assert keys == [
        ("registers.unknown_key", "buildngs", "buildings"),
        ("registers.unknown_key", "relabellings[1].form_tenure", "from_tenure"),
        ("whatif.one_of", "relabellings[1]", None),
        ("whatif.missing", "relabellings[1].from_tenure", None),
        ("registers.unknown_choice", "relabellings[1].to_tenure", None),
        ("whatif.missing", "relabellings[1].on", None),
    ]
    assert caught.value.values["count"] == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("empty", "")]),
        ("buildings = 3", [("expected_tables", "buildings")]),
        (BUILDING + BUILDING.replace("[[", "x=1\n[[", 1), [("unknown_key_listed", "buildings[1].x")]),
        (2 * (BUILDING + 'name = "B"\n'), [("name_twice", "name")]),
        (BUILDING.replace("3", "0"), [("number_too_low", "buildings[1].dwellings_n")]),
        (BUILDING.replace("dwellings_n = 3", ""), [("missing", "buildings[1].dwellings_n")]),
        (BUILDING.replace('"A"', '""'), [("empty_value", "buildings[1].area_id")]),
        (BUILDING.replace("2020-05-01", '"2020"'), [("expected_date", "buildings[1].built_on")]),
        (BUILDING.replace('area_id = "A"', 'parcel = "7a"'), [("bad_parcel", "buildings[1].parcel")]),
        (BUILDING.replace('area_id = "A"', "point = [1.0, 2.0]"), [("bad_point", "buildings[1].point")]),
        (BUILDING.replace('area_id = "A"', "point = [true, 2]"), [("bad_point", "buildings[1].point")]),
        (BUILDING + "[buildings.residents]", [("missing", "buildings[1].residents.residents_n")]),
        (
            BUILDING + "[buildings.residents]\nresidents_n=1\nnon_western_pct=100.5",
            [("over_100", "buildings[1].residents.non_western_pct")],
        ),
        (
            BUILDING + "[buildings.residents]\nresidents_n=1\nconvicted_pct=5\ngross_income_dkk=1",
            [
                ("needs_ages", "buildings[1].residents.convicted_pct"),
                ("needs_ages", "buildings[1].residents.gross_income_dkk"),
                ("needs_students", "buildings[1].residents.gross_income_dkk"),
            ],
        ),
        (
            BUILDING + '[buildings.residents]\nresidents_n=1\nages_pct={"65+"=60,"0-14"=40.5}',
            [("ages_over_100", "buildings[1].residents.ages_pct")],
        ),
        (
            '[[demolitions]]\ndwelling_ids=["a","a"]\ndwellings_n=2\non=2020-01-01',
            [("ids_and_number", "demolitions[1].dwellings_n"), ("id_twice", "demolitions[1].dwelling_ids")],
        ),
        ("[[demolitions]]\ndwelling_ids=[]\non=2020-01-01", [("empty_value", "demolitions[1].dwelling_ids")]),
        (
            '[[relabellings]]\nparcels=["1-1a"]\nfrom_tenure="kommunal"\nto_tenure="kommunal"\non=2020-01-01',
            [("same_tenure", "relabellings[1].to_tenure")],
        ),
        ('[[extensions]]\nextension_id="U"', [("missing", "extensions[1].approved_on")]),
        (
            '[[extensions]]\nextension_id="U"\napproved=false\napproved_on=2020-01-01',
            [("refused_on", "extensions[1].approved_on")],
        ),
        (
            '[[extensions]]\nextension_id="U"\narea_id="A"\napproved=false\nparcels=["1-1a"]',
            [("new_and_refused", "extensions[1].approved")],
        ),
        (
            '[[extensions]]\nextension_id="U"\narea_id="A"\napproved_on=2020-01-01',
            [("one_of", "extensions[1]")],
        ),
        (
            '[[extensions]]\nextension_id="U"\narea_id="A"\napproved_on=2020-01-01\nfile=""',
            [("empty_value", "extensions[1].file")],
        ),
    ],
)
def test_each_fault_is_told(read, text, expected):
    assert faults_of(read, text) == expected


@pytest.mark.parametrize(
    "wkt", ["POLYGON ((0 0, 1 0", "POINT (645000 6255000)", "POLYGON ((0 0, 1 0, 1 1, 0 0))"]
)
def test_a_wkt_must_be_a_polygon_in_denmark(read, wkt):
    text = f'[[extensions]]\nextension_id="U"\narea_id="A"\napproved_on=2020-01-01\nwkt="{wkt}"'
    assert faults_of(read, text) == [("bad_wkt", "extensions[1].wkt")]


def test_an_outline_is_parcels_a_wkt_or_a_layer(read, tmp_path):
    squares = [shapely.box(E0, N0, E0 + 10, N0 + 10), shapely.box(E0 + 10, N0, E0 + 20, N0 + 10)]
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=squares, crs="EPSG:25832").to_file(
        tmp_path / "u.gpkg", layer="u"
    )
    entry = '[[extensions]]\nextension_id="{0}"\narea_id="A"\napproved_on=2020-01-01\n{1}\n'
    bow_tie = f"POLYGON (({E0} {N0}, {E0 + 10} {N0 + 10}, {E0 + 10} {N0}, {E0} {N0 + 10}, {E0} {N0}))"
    drawn, bow, listed = read(
        entry.format("U1", 'file="u.gpkg"\nlayer="u"')
        + entry.format("U2", f'wkt="{bow_tie}"')
        + entry.format("U3", 'parcels=["0010-12 BK", "10-12bk"]')
    ).extensions
    assert drawn.geometry.equals(shapely.box(E0, N0, E0 + 20, N0 + 10))
    assert drawn.repaired_m2 is None
    assert bow.repaired_m2 is not None
    assert bow.geometry.is_valid
    assert listed.parcels == ("10-12bk",)


def test_a_layer_without_area_and_files_that_cannot_be_read(read, tmp_path):
    line = shapely.LineString([(E0, N0), (E0 + 10, N0)])
    gpd.GeoDataFrame({"n": [1]}, geometry=[line], crs="EPSG:25832").to_file(tmp_path / "l.gpkg")
    entry = '[[extensions]]\nextension_id="U"\narea_id="A"\napproved_on=2020-01-01\nfile="{0}"\n'
    with pytest.raises(DataError, match=r"whatif.no_polygon"):
        read(entry.format("l.gpkg"))
    with pytest.raises(ReadError):
        read(entry.format("findes-ikke.gpkg"))
    with pytest.raises(ReadError, match=r"whatif.unreadable"):
        read_proposals(tmp_path / "findes-ikke.toml")
    (tmp_path / "latin.toml").write_bytes("\n# \xe6".encode("latin-1"))
    with pytest.raises(UsageError, match=r"whatif.not_utf8: file=latin.toml, line=2"):
        read_proposals(tmp_path / "latin.toml")
    with pytest.raises(UsageError, match=r"whatif.syntax.*line 1"):
        read("[[extensions]")
