"""What comes out of sound input: the frames of the model, whatever the files look like."""

import math
import random

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

E0, N0 = 645_000.0, 6_255_000.0
FRAMES = (
    "parcels",
    "areas",
    "area_parcels",
    "extensions",
    "extension_parcels",
    "splits",
    "split_parcels",
    "dwellings",
    "residents",
    "references",
    "lists",
    "plans",
)
DTYPES = {
    "parcels": {"parcel_key": "str", "cadastral_district": "str", "parcel_number": "str", "geometry": "geometry"},
    "areas": {
        "area_id": "str", "name": "str", "kommune_code": "str", "residents_2010": "Int64", "geometry": "geometry",
    },
    "area_parcels": {"area_id": "str", "parcel_key": "str"},
    "extensions": {
        "extension_id": "str", "area_id": "str", "applied_on": "datetime64[s]", "approved_on": "datetime64[s]",
        "status": "str", "geometry": "geometry",
    },
    "extension_parcels": {"extension_id": "str", "parcel_key": "str"},
    "splits": {
        "split_id": "str", "area_id": "str", "new_area_id": "str", "new_name": "str", "applied_on": "datetime64[s]",
        "approved_on": "datetime64[s]", "status": "str", "geometry": "geometry",
    },
    "split_parcels": {"split_id": "str", "parcel_key": "str"},
    "dwellings": {
        "dwelling_id": "str", "address": "str", "x": "float64", "y": "float64", "tenure": "str",
        "tenure_source": "str", "use_code": "str",
        "is_dwelling": "bool", "built_year": "Int64", "built_on": "datetime64[s]", "relabelled_on": "datetime64[s]",
        "relabelled_from": "str", "demolished_on": "datetime64[s]", "area_m2": "Int64", "toilet_code": "str",
        "bath_code": "str", "heating_code": "str",
    },
    "residents": {
        "year": "Int64", "dwelling_id": "str", "residents_n": "int64", "person_id": "str", "age": "Int64",
        "origin": "str", "labour_outside": "float64", "is_convicted": "boolean", "education": "str",
        "gross_income_dkk": "float64", "disposable_income_dkk": "float64", "is_student": "boolean",
        "is_taxable": "boolean",
    },
    "references": {"year": "Int64", "region_code": "str", "key": "str", "value": "float64"},
    "lists": {"list_date": "datetime64[s]", "area_id": "str", "category": "str"},
    "plans": {"area_id": "str", "year": "Int64", "action": "str", "dwellings_n": "Int64", "status": "str"},
    "files": {
        "register": "str", "file": "str", "layer": "str", "rows_n": "int64", "sha256": "str", "bytes_n": "int64",
    },
}  # fmt: skip


def plain(frame):
    """Return a frame as rows of plain values, None for missing."""
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in frame.itertuples(index=False, name=None)
    ]


def test_frames_are_those_of_the_model(input_files):
    registers = input_files.read()
    for name, dtypes in DTYPES.items():
        frame = getattr(registers, name)
        assert frame.dtypes.astype(str).to_dict() == dtypes
        assert list(frame.columns) == list(dtypes)
        assert frame.index.equals(pd.RangeIndex(len(frame)))
    for name in ("parcels", "areas", "extensions", "splits"):
        assert getattr(registers, name).crs.to_epsg() == 25832


def test_empty_frames_are_those_of_the_model(input_files):
    """A project that names no files for its optional registers has the same frames without rows."""
    for register in ("extensions", "splits", "references", "lists", "plans"):
        input_files.project = input_files.project.replace(
            next(part for part in input_files.project.split("[registers.") if part.startswith(register)),
            "x]\n",
        ).replace("[registers.x]\n", "")
    registers = input_files.read()
    assert registers.findings.empty
    for name in (
        "extensions",
        "extension_parcels",
        "splits",
        "split_parcels",
        "references",
        "lists",
        "plans",
    ):
        assert getattr(registers, name).dtypes.astype(str).to_dict() == DTYPES[name]
        assert len(getattr(registers, name)) == 0


def test_outlines_are_read(input_files):
    registers = input_files.read()
    assert plain(registers.areas.drop(columns="geometry")) == [
        ("A1", "Åparken", "0151", None),
        ("A2", "Ærtebjerg", "0151", 1200),
    ]
    assert registers.areas.geometry[0].equals(shapely.box(E0, N0, E0 + 200, N0 + 100))
    assert registers.areas.geometry[1] is None
    assert plain(registers.area_parcels) == [("A2", "1-4a"), ("A2", "1-5a")]
    day = pd.Timestamp
    assert plain(registers.extensions.drop(columns="geometry")) == [
        ("E1", "A1", day("2020-05-01"), day("2021-03-01"), "godkendt"),
        ("E2", "A2", day("2024-05-01"), None, "ansøgt"),
        ("E3", "A2", day("2019-05-01"), None, "afslået"),
    ]
    assert plain(registers.splits.drop(columns="geometry")) == [
        ("S1", "A2", "A3", "Ærtebjerg Øst", day("2021-06-01"), day("2022-01-01"), "godkendt")
    ]
    assert plain(registers.split_parcels) == [("S1", "1-5a")]
    assert registers.parcels["parcel_key"].tolist() == [f"1-{number}" for number in sorted(
        ["0b", "9a", *(f"{column}a" for column in range(8))]
    )]  # fmt: skip


def test_plans_are_read_by_any_of_their_words(input_files):
    assert plain(input_files.read().plans) == [
        ("A1", 2021, "nedrivning", 30, "udført"),
        ("A1", 2021, "nybyggeri_andet", 20, "udført"),
        ("A1", 2026, "ommaerkning", 12, "planlagt"),
        ("A1", 2028, "nybyggeri_almen_familiebolig", 8, None),
        ("A2", 2024, "salg", 4, None),
        ("A2", 2027, "nybyggeri_andet", 16, "planlagt"),
    ]


def test_a_plan_may_be_of_an_area_that_a_split_makes(input_files):
    input_files.tables["planer.csv"] += "A3;2026;salg;5;;\n"
    registers = input_files.read()
    assert registers.findings.empty
    assert plain(registers.plans)[-1] == ("A3", 2026, "salg", 5, None)


def test_actions_that_cannot_be_read_are_in_no_plan(input_files):
    input_files.tables["planer.csv"] += (
        "A2;2026;salg;-1;;\nA2;2026;flytning;1;;\nA2;2026;salg;2;;snart\nA2;2026;nybyggeri;3;;\n"
    )
    registers = input_files.read()
    assert len(registers.plans) == 6
    assert sorted(registers.findings["rule"]) == [
        "negative_count", "plan_tenure_unclear", "unknown_code", "unknown_code",
    ]  # fmt: skip


def test_dwellings_are_read(input_files):
    dwellings = input_files.read().dwellings.set_index("dwelling_id")
    assert dwellings["x"].tolist() == [645050.5, 645060, 645250, 645450, 645455]
    assert dwellings["tenure"].tolist() == [
        "almen_familiebolig", "almen_aeldrebolig", "privat_udlejning", "ejerbolig", "ukendt",
    ]  # fmt: skip
    assert dwellings["is_dwelling"].tolist() == [True, True, True, True, False]
    assert plain(dwellings[["built_year"]]) == [(1971,), (None,), (2022,), (1985,), (1985,)]
    assert dwellings.loc["D3", "built_on"] == pd.Timestamp("2022-06-01")
    assert dwellings.loc["D4", ["relabelled_from", "toilet_code", "area_m2"]].tolist() == [
        "almen_familiebolig", "A", 101,
    ]  # fmt: skip


def test_residents_are_read(input_files):
    residents = input_files.read().residents
    columns = [
        "year",
        "dwelling_id",
        "residents_n",
        "person_id",
        "age",
        "origin",
        "labour_outside",
        "is_convicted",
    ]
    assert plain(residents[columns]) == [
        (2024, "D1", 1, "P1", 40, "dansk", 0.5, False),
        (2025, "D1", 1, "P1", 41, "dansk", 1.0, False),
        (2025, "D1", 1, "P2", 17, "ikke_vestlig", None, True),
        (2025, "D2", 2, None, None, None, None, None),
        (2025, "D3", 3, None, None, "SYR", None, None),
    ]
    assert plain(residents[["gross_income_dkk"]])[:2] == [(251000.0,), (250000.5,)]


def test_rows_without_a_count_are_persons(input_files):
    input_files.tables["beboere.csv"] = "year;dwelling_id;age\n2025;D1;40\n2025;D1;40\n2025;D2;\n"
    registers = input_files.read()
    assert registers.findings.empty
    assert registers.residents["residents_n"].tolist() == [1, 1, 1]


def test_yearly_registers_are_read(input_files):
    registers = input_files.read()
    assert plain(registers.references) == [
        (2024, "1084", "regional_gross_income_dkk", 351000.0),
        (2024, None, "national_convicted_share", 0.0175),
    ]
    day = pd.Timestamp("2024-12-01")
    assert plain(registers.lists) == [(day, "A1", "parallelsamfund"), (day, "A1", "udsat_boligomraade")]


def test_references_in_long_form_are_the_same(input_files):
    wide = input_files.read().references
    input_files.tables["referencer.csv"] = (
        "år;regionskode;nøgle;værdi\n"
        "2024;084;regional_gross_income_dkk;351000\n"
        "2024;;national_convicted_share;0,0175\n"
        "2023;;national_convicted_share;\n"
    )
    registers = input_files.read()
    assert registers.findings.empty
    assert_frame_equal(registers.references, wide)


def test_a_figure_of_an_unknown_region_is_not_national(input_files):
    input_files.replace("referencer.csv", "1084", "1099")
    assert input_files.read().references["key"].tolist() == ["national_convicted_share"]


def test_areas_in_long_form_are_the_same(input_files):
    short = input_files.read()
    input_files.tables["omraader.csv"] = (
        "område_id;navn;beboere_2010;ejerlavskode;matrikelnr\nA2;Ærtebjerg;1200;0001;5A\nA2;Ærtebjerg;1200;1;4 a\n"
    )
    long = input_files.read()
    assert long.findings.empty
    assert_frame_equal(long.area_parcels, short.area_parcels)
    assert_frame_equal(long.areas, short.areas)


def test_a_status_follows_from_the_approval_where_no_file_tells_it(input_files):
    input_files.tables["udvidelser.csv"] = (
        "extension_id;area_id;applied_on;approved_on;parcels\nE1;A1;;01.03.2021;1-2a\nE2;A2;2024-05-01;;1-6a\n"
    )
    registers = input_files.read()
    assert registers.findings.empty
    assert registers.extensions["status"].tolist() == ["godkendt", "ansøgt"]


def test_an_extension_may_reach_its_area_across_an_earlier_one(input_files):
    new = "E4;A1;2022-05-01;{};godkendt;1-3a\n"
    input_files.tables["udvidelser.csv"] += new.format("2023-03-01")
    # The parcels 4a and 5a of the next area touch 3a; only overlap is wrong.
    assert input_files.read().findings.empty
    input_files.tables["udvidelser.csv"] = input_files.tables["udvidelser.csv"].replace(
        "2023-03-01", "2021-02-28"
    )
    input_files.tables["udvidelser.csv"] = input_files.tables["udvidelser.csv"].replace(
        "2022-05-01", "2020-05-02"
    )
    findings = input_files.read().findings
    assert findings[["rule", "record_id", "measure"]].values.tolist() == [
        ["extension_not_coherent", "E4", 100.0]
    ]


def test_an_extension_of_an_area_made_by_a_split_is_held_against_it(input_files):
    input_files.replace("udvidelser.csv", "E2;A2", "E2;A3")
    assert input_files.read().findings.empty
    input_files.replace("udvidelser.csv", "1-6a", "1-7a")
    assert input_files.read().findings["rule"].tolist() == ["extension_not_coherent"]


def test_a_split_may_take_land_of_an_extension(input_files):
    input_files.replace("opdelinger.csv", "1-5a", "1-6a")
    assert input_files.read().findings.empty


def test_of_rows_with_one_id_the_same_is_kept_in_any_order(input_files):
    twice = "D1;645050,5;6255050;ejerbolig;140;1971;;;;;81;T\n"
    input_files.tables["boliger.csv"] += twice
    before = input_files.read().dwellings
    head, *rows = input_files.tables["boliger.csv"].splitlines(keepends=True)
    input_files.tables["boliger.csv"] = "".join([head, rows[-1], *rows[:-1]])
    assert_frame_equal(input_files.read().dwellings, before)
    assert before["dwelling_id"].is_unique


def test_without_a_status_date_no_year_is_held_against_it(input_files):
    input_files.replace("boligkort.toml", "[dates]\nstatus_date = 2025-01-01\n", "")
    input_files.replace("boliger.csv", ";1971;", ";2099;")
    registers = input_files.read()
    assert registers.findings.empty
    assert registers.dwellings["built_year"].max() == 2099


def test_a_share_of_one_whole_is_not_ambiguous(input_files):
    input_files.replace("beboere.csv", ";0,5;", ";1.000;")
    registers = input_files.read()
    assert registers.findings.empty
    assert registers.residents["labour_outside"].tolist()[0] == 1.0


def test_findings_do_not_shadow_each_other(input_files):
    """Two faults in one row are both told, errors first."""
    input_files.replace("boliger.csv", "645050,5;6255050;almen_familiebolig", "645050,5;6255050;")
    input_files.replace("boliger.csv", ";81;T", ";-81;Q")
    findings = input_files.read().findings
    assert findings["rule"].tolist() == ["negative_area", "tenure_unknown", "unknown_facility_code"]


def shuffle(text, seed):
    head, *rows = text.splitlines(keepends=True)
    random.Random(seed).shuffle(rows)
    return "".join([head, *rows])


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**16))
def test_the_order_of_rows_does_not_matter(input_files, seed):
    tables, layers = dict(input_files.tables), dict(input_files.layers)
    input_files.tables["beboere.csv"] += (
        "2025;D3;;4;;SYR;;;\n2025;D4;P1;1;41;dansk;;;\n2025;D4;P1;1;42;dansk;;;\n"
    )
    before = input_files.read()
    input_files.tables = {name: shuffle(text, seed) for name, text in input_files.tables.items()}
    parcels = random.Random(seed).sample(layers["matrikler.geojson"], k=len(layers["matrikler.geojson"]))
    input_files.layers = layers | {"matrikler.geojson": parcels}
    after = input_files.read()
    input_files.tables, input_files.layers = tables, layers
    for name in FRAMES:
        assert_frame_equal(getattr(after, name), getattr(before, name))
    assert sorted(after.findings["rule"]) == sorted(before.findings["rule"])


def test_geometry_is_compared_where_a_polygon_stands_twice(input_files):
    first, second = input_files.square(0, 9), input_files.square(1, 9)
    features = [input_files.feature(shape, area_id="A9", name="Ø") for shape in (first, second)]
    input_files.layers["omraader.geojson"] += features
    one = input_files.read().areas
    input_files.layers["omraader.geojson"][-2:] = reversed(features)
    other = input_files.read().areas
    assert isinstance(one, gpd.GeoDataFrame)
    assert one.geometry.iloc[-1].equals(other.geometry.iloc[-1])
    assert math.isclose(one.geometry.iloc[-1].area, 10_000)
