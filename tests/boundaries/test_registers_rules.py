"""One prepared bad input a rule: exactly that finding, and nothing else."""

import math
import re
from pathlib import Path

import pandas as pd
import pytest
import shapely

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.findings import has_errors
from boundaries.registers.severity import SEVERITIES
from data.texts import LANGUAGES, load_texts, template_fields

E0, N0 = 645_000.0, 6_255_000.0
NEW_PERSON = "2025;D1;P3;1;30;vestlig;;;\n"


def swap(name, old, new):
    return lambda files: files.replace(name, old, new)


def append(name, text):
    def spoil(files):
        files.tables[name] += text

    return spoil


def area_layer(shape, **properties):
    """Add an area to the layer of areas."""

    def spoil(files):
        files.layers["omraader.geojson"].append(
            files.feature(shape, **{"area_id": "A9", "name": "Nørre Have"} | properties)
        )

    return spoil


def parcel_layer(shape, number, district="1"):
    def spoil(files):
        new = files.feature(shape, cadastral_district=district, parcel_number=number)
        files.layers["matrikler.geojson"].append(new)

    return spoil


def both(*spoilers):
    def spoil(files):
        for spoiler in spoilers:
            spoiler(files)

    return spoil


def drop_register(name):
    def spoil(files):
        files.project = re.sub(rf"\[registers\.{name}\]\n.*\n", "", files.project)

    return spoil


def as_layer(features):
    """Give the dwellings as a layer of points, with one that the features spoil."""

    def spoil(files):
        files.replace("boligkort.toml", "boliger.csv", "boliger.geojson")
        files.layers["boliger.geojson"] = [
            files.feature(
                shape,
                dwelling_id=f"D{number}",
                tenure="ejerbolig",
                use_code="140",
                built_year="1985",
            )
            for number, shape in enumerate(features, 1)
        ]

    return spoil


def use_geopackage(files):
    """Give the parcels as a GeoPackage, beside which a write-ahead log lies."""
    import geopandas as gpd

    features = gpd.GeoDataFrame.from_features(files.layers["matrikler.geojson"], crs="EPSG:25832")
    features.to_file(files.folder / "x.gpkg", engine="pyogrio")
    (files.folder / "x.gpkg-wal").write_bytes(b"not a log")
    files.replace("boligkort.toml", "matrikler.geojson", "x.gpkg")


def box(x, y, width, height=50.0):
    return shapely.box(E0 + x, N0 + y, E0 + x + width, N0 + y + height)


BOWTIE = shapely.Polygon([(E0, N0 + 300), (E0 + 50, N0 + 350), (E0 + 50, N0 + 300), (E0, N0 + 350)])
FLAT = shapely.Polygon([(E0, N0 + 300), (E0 + 50, N0 + 350), (E0 + 100, N0 + 400)])
LINE = shapely.LineString([(E0, N0 + 300), (E0 + 50, N0 + 350)])
POINT = shapely.Point(E0 + 50, N0 + 50)
EMPTY = {"type": "Polygon", "coordinates": []}

RULES = [
    # The project and its files.
    ("no_residents_register", drop_register("residents"), {"file": "boligkort.toml", "value": "residents", "register": "residents"}),
    ("missing_register", drop_register("dwellings"), {"value": "dwellings"}),
    ("missing_register", drop_register("areas"), {"value": "areas", "other": '[registers.areas] path = "boligomraader.gpkg"'}),
    ("missing_register", drop_register("parcels"), {"value": "parcels", "other": '[registers.parcels] path = "matrikler.gpkg"'}),
    ("empty_register", lambda files: files.tables.update({"lister.csv": "list_date;area_id;category\n"}), {"file": "lister.csv"}),
    ("missing_column", swap("udvidelser.csv", ";area_id;", ";omraadet;"), {"file": "udvidelser.csv", "column": "area_id", "value": "area_id, område_id, boligområde_id, områdenr, områdenummer"}),
    ("missing_column", swap("boliger.csv", ";y;", ";nord;"), {"file": "boliger.csv", "column": "y"}),
    ("missing_column", swap("lister.csv", "category", "type"), {"file": "lister.csv", "column": "category", "other": "list_date, area_id, type"}),
    ("missing_column", swap("udvidelser.csv", ";parcels", ";matrikel"), {"file": "udvidelser.csv", "column": "parcels"}),
    ("missing_column", lambda files: files.tables.update({"lister.csv": ";".join(["list_date", "area_id", "type", *(f"c{n}" for n in range(40))]) + "\n2024-12-01" + ";A1" * 42 + "\n"}), {"column": "category", "other": "list_date, area_id, type, " + ", ".join(f"c{n}" for n in range(27)) + ", …"}),
    ("field_not_found", swap("boligkort.toml", 'path = "boliger.csv"', 'path = "boliger.csv"\nfields = { built_on = "Opført" }'), {"file": "boliger.csv", "column": "built_on", "value": "Opført"}),
    ("ambiguous_column", both(swap("boliger.csv", ";area_m2;toilet_code", ";boligareal;areal_m2")), {"column": "area_m2", "value": "boligareal", "other": "areal_m2"}),
    ("mojibake_text", swap("omraader.csv", "Ærtebjerg", "Ã¦rtebjerg"), {"file": "omraader.csv", "line": 2, "column": "name", "value": "Ã¦rtebjerg", "measure": 1}),
    ("totals_left_out", append("lister.csv", "I alt;2;\n"), {"file": "lister.csv", "other": "4", "measure": 1}),
    ("unsaved_rows", use_geopackage, {"file": "x.gpkg"}),
    # Names of rows.
    ("missing_id", append("boliger.csv", ";645050;6255050;ejerbolig;140;1971;;;;;81;T\n"), {"file": "boliger.csv", "line": 7, "column": "dwelling_id", "record_id": None}),
    ("missing_id", parcel_layer(box(0, 900, 50), None), {"register": "parcels", "column": "parcel_number"}),
    ("missing_id", append("beboere.csv", "2025;;P3;1;30;vestlig;;;\n"), {"column": "dwelling_id", "record_id": "P3"}),
    ("duplicate_id", append("boliger.csv", "D1;645050,5;6255050;ejerbolig;140;1971;;;;;81;T\n"), {"line": 7, "record_id": "D1", "value": "D1", "other": "boliger.csv:2"}),
    ("duplicate_id", parcel_layer(box(0, 900, 50), "0 A"), {"register": "parcels", "value": "1-0a", "other": "matrikler.geojson:0"}),
    ("duplicate_id", append("lister.csv", "01-12-2024;A1;Parallelsamfund\n"), {"line": 4, "other": "lister.csv:3"}),
    ("duplicate_id", append("planer.csv", "A1;2026;ommaerkning;5;;Planned\n"), {"line": 8, "value": "A1 2026 ommaerkning planlagt", "other": "planer.csv:2"}),
    ("duplicate_id", append("referencer.csv", "2024;084;;352000\n"), {"line": 4, "value": "2024 1084 regional_gross_income_dkk", "other": "referencer.csv:3"}),
    ("conflicting_rows", lambda files: files.tables.update({"omraader.csv": "area_id;name;cadastral_district;parcel_number\nA2;Ærtebjerg;1;4a\nA2;Ærtebjerget;1;5a\n"}), {"line": 3, "column": "name", "value": "Ærtebjerget", "other": "omraader.csv:2"}),
    ("duplicate_person", append("beboere.csv", "2025;D3;P1;1;41;dansk;1;nej;250000,5\n"), {"line": 7, "value": "P1", "other": "beboere.csv:3"}),
    ("duplicate_count_row", append("beboere.csv", "2025;D3;;4;;SYR;;;\n"), {"line": 7, "value": "D3", "record_id": "D3"}),
    ("person_with_count", append("beboere.csv", "2025;D1;P3;2;30;vestlig;;;\n"), {"line": 7, "column": "residents_n", "value": "2", "record_id": "P3"}),
    # Single values.
    ("missing_value", append("beboere.csv", ";D1;P3;1;30;vestlig;;;\n"), {"line": 7, "column": "year"}),
    ("missing_value", append("beboere.csv", "2025;D1;;;30;vestlig;;;\n"), {"column": "residents_n", "value": None}),
    ("missing_value", append("beboere.csv", "2025;D1;;..;30;vestlig;;;\n"), {"column": "residents_n", "value": ".."}),
    ("bad_date", swap("boliger.csv", "2022-06-01", "2022-06-31"), {"line": 4, "column": "built_on", "value": "2022-06-31", "record_id": "D3"}),
    ("bad_date", swap("udvidelser.csv", "2021-03-01", "1. marts"), {"line": 2, "column": "approved_on", "record_id": "E1"}),
    ("bad_number", swap("boliger.csv", "645050,5", "øst"), {"column": "x", "value": "øst"}),
    ("bad_number", swap("boliger.csv", ";81;", ";81,5;"), {"column": "area_m2", "value": "81,5"}),
    ("ambiguous_number", swap("beboere.csv", "251000", "251.000"), {"line": 2, "column": "gross_income_dkk", "value": "251.000"}),
    ("bad_boolean", swap("beboere.csv", ";ja;", ";måske;"), {"column": "is_convicted", "value": "måske"}),
    ("bad_kommune_code", area_layer(box(0, 900, 50), kommune_code="KBH"), {"column": "kommune_code", "value": "KBH", "record_id": "A9"}),
    ("suppressed_value", swap("beboere.csv", "251000", ".."), {"column": "gross_income_dkk", "value": ".."}),
    ("unknown_code", swap("boliger.csv", "ejerbolig;120", "ejerbolig;143"), {"column": "use_code", "value": "143", "record_id": "D4"}),
    ("unknown_code", swap("boliger.csv", "privat_udlejning", "lejebolig"), {"column": "tenure", "value": "lejebolig"}),
    ("unknown_code", swap("udvidelser.csv", ";ansøgt;", ";måske;"), {"column": "status", "other": "ansøgt, godkendt, afslået"}),
    ("unknown_code", swap("beboere.csv", "SYR", "Syrien"), {"column": "origin", "other": "dansk, vestlig, ikke_vestlig, ukendt"}),
    ("unknown_code", swap("referencer.csv", "1084", "1086"), {"column": "region_code", "value": "1086"}),
    ("unknown_code", swap("planer.csv", "sale", "flytning"), {"register": "plans", "column": "handling", "value": "flytning", "other": "salg, ommaerkning, nedrivning, nybyggeri_almen_familiebolig, nybyggeri_andet, nybyggeri"}),
    ("unknown_code", swap("planer.csv", ";planlagt", ";snart"), {"column": "status", "value": "snart", "other": "udført, planlagt"}),
    ("unknown_facility_code", swap("boliger.csv", ";101;A", ";101;X"), {"column": "toilet_code", "value": "X", "other": "A, B, T"}),
    ("negative_count", swap("beboere.csv", "D3;;3", "D3;;-3"), {"column": "residents_n", "value": "-3"}),
    ("negative_count", swap("omraader.csv", "1200", "-1"), {"column": "residents_2010", "record_id": "A2"}),
    ("negative_count", swap("planer.csv", ";12;", ";-12;"), {"register": "plans", "column": "antal_boliger", "value": "-12", "record_id": "A1 2026 Ommærkning"}),
    ("negative_area", swap("boliger.csv", ";81;", ";-81;"), {"column": "area_m2", "value": "-81"}),
    ("year_out_of_range", append("beboere.csv", "20255;D1;P3;1;30;vestlig;;;\n"), {"column": "year", "value": "20255", "other": "1980–2100"}),
    ("year_out_of_range", swap("planer.csv", "2026;Omm", "2009;Omm"), {"register": "plans", "column": "år", "value": "2009", "other": "2010–2100"}),
    ("age_out_of_range", swap("beboere.csv", ";17;", ";126;"), {"column": "age", "value": "126", "other": "0–125"}),
    ("age_out_of_range", swap("beboere.csv", ";17;", ";-1;"), {"column": "age", "value": "-1"}),
    ("share_out_of_range", swap("beboere.csv", ";0,5;", ";50;"), {"column": "labour_outside", "value": "50", "other": "0–1"}),
    ("built_year_not_believed", swap("boliger.csv", ";1971;", ";1171;"), {"column": "built_year", "value": "1171", "other": "1500–2035"}),
    ("built_year_not_believed", swap("boliger.csv", ";1971;", ";2036;"), {"column": "built_year", "value": "2036"}),
    ("bad_parcel_key", swap("omraader.csv", "1-4a, 1-5a", '"1-4a; 1-5a; 4b"'), {"line": 2, "column": "parcels", "value": "4b", "record_id": "A2"}),
    ("bad_parcel_key", lambda files: files.tables.update({"omraader.csv": "area_id;cadastral_district;parcel_number\nA2;1;4a\nA2;1;5a\nA2;;6a\n"}), {"line": 4, "value": "-6a"}),
    ("parcel_repeated", swap("omraader.csv", "1-5a", "1-5a, 01-5 A"), {"column": "parcels", "value": "1-5a", "record_id": "A2"}),
    # Values that belong together.
    ("built_year_conflict", swap("boliger.csv", "140;2022;", "140;2021;"), {"column": "built_year", "value": "2021", "other": "2022-06-01"}),
    ("relabelled_from_missing", swap("boliger.csv", "2022-02-02;almen_familiebolig;", "2022-02-02;;"), {"column": "relabelled_from", "other": "2022-02-02"}),
    ("relabelled_on_missing", swap("boliger.csv", "2022-02-02", ""), {"column": "relabelled_on", "other": "almen_familiebolig"}),
    ("relabelled_before_built", swap("boliger.csv", "2022-02-02", "1984-12-31"), {"column": "relabelled_on", "value": "1984-12-31", "other": "1985"}),
    ("relabelled_before_built", swap("boliger.csv", "2022-06-01;;", "2022-06-01;2022-05-31;ejerbolig"), {"other": "2022-06-01"}),
    ("demolished_before_built", swap("boliger.csv", "2024-04-04", "1984-12-31"), {"column": "demolished_on", "other": "1985"}),
    ("tenure_unknown", swap("boliger.csv", "Almen ældrebolig", ""), {"column": "tenure", "value": None, "record_id": "D2"}),
    ("tenure_unknown", swap("boliger.csv", "Almen ældrebolig", "Ukendt"), {"column": "tenure", "value": "ukendt"}),
    ("tenure_column_missing", swap("boliger.csv", ";tenure;", ";slags;"), {"file": "boliger.csv", "column": "tenure", "measure": 5}),
    ("approval_date_missing", swap("udvidelser.csv", "2021-03-01", ""), {"line": 2, "column": "approved_on", "record_id": "E1"}),
    ("approval_date_missing", swap("opdelinger.csv", "2022-01-01", ""), {"register": "splits", "record_id": "S1"}),
    ("approval_date_unexpected", swap("udvidelser.csv", ";;ansøgt", ";2024-06-01;ansøgt"), {"record_id": "E2", "value": "2024-06-01", "other": "ansøgt"}),
    ("approved_before_applied", swap("udvidelser.csv", "2021-03-01", "2020-04-30"), {"value": "2020-04-30", "other": "2020-05-01"}),
    ("status_missing", swap("udvidelser.csv", "godkendt", ""), {"record_id": "E1", "column": "status", "other": "godkendt"}),
    ("plan_tenure_unclear", swap("planer.csv", "8;almen familiebolig;", "8;;"), {"register": "plans", "line": 4, "column": "boligtype", "value": None, "record_id": "A1 2028 Nybyggeri"}),
    ("plan_tenure_unclear", swap("planer.csv", "8;almen familiebolig;", "8;ukendt;"), {"value": "ukendt"}),
    ("plan_tenure_unclear", swap("planer.csv", "16;;", "16;almen_familiebolig;"), {"line": 7, "value": "almen_familiebolig"}),
    ("plan_overdue", swap("planer.csv", "2026;Omm", "2024;Omm"), {"line": 2, "column": "år", "value": "2024", "other": "2025", "record_id": "A1 2024 Ommærkning"}),
    # Places.
    ("missing_coordinates", swap("boliger.csv", "645050,5", ""), {"column": "x", "record_id": "D1"}),
    ("missing_coordinates", as_layer([POINT, None, POINT]), {"record_id": "D2"}),
    ("coordinates_swapped", swap("boliger.csv", "645050,5;6255050", "6255050;645050,5"), {"record_id": "D1", "value": "6255050.00, 645050.50"}),
    ("dwelling_outside_denmark", swap("boliger.csv", "645050,5", "64505"), {"record_id": "D1", "value": "64505.00, 6255050.00"}),
    ("geometry_null", area_layer(None), {"register": "areas", "record_id": "A9", "line": 1}),
    ("geometry_null", parcel_layer(None, "8z"), {"register": "parcels", "record_id": "1-8z"}),
    ("geometry_empty", area_layer(EMPTY), {"register": "areas", "record_id": "A9"}),
    ("geometry_wrong_type", area_layer(LINE), {"record_id": "A9", "value": "LineString"}),
    ("geometry_wrong_type", as_layer([POINT, LINE, POINT]), {"register": "dwellings", "record_id": "D2"}),
    ("geometry_beyond_repair", area_layer(FLAT), {"record_id": "A9", "value": "Self-intersection"}),
    ("geometry_repaired", area_layer(BOWTIE), {"record_id": "A9", "value": "Self-intersection", "other": "0.0 m² → 1250.0 m², 1 → 2", "measure": 1250}),
    ("geometry_and_parcels", area_layer(box(0, 900, 50), parcels="1-7a"), {"record_id": "A9"}),
    ("outline_missing", swap("omraader.csv", "\nA2", "\nA9;Nørre Have;;\nA2"), {"line": 2, "record_id": "A9"}),
    ("outline_missing", area_layer(None, parcels=""), {"record_id": "A9", "file": "omraader.geojson"}),
    # Places that belong together.
    ("areas_overlap", area_layer(box(150, -100, 50, 110)), {"value": "Åparken (A1)", "other": "Nørre Have (A9)", "measure": 500}),
    ("extension_overlaps_area", both(swap("udvidelser.csv", "1-2a", "1-2a, 1-3a, 1-4a"), swap("opdelinger.csv", "1-5a", "1-4a")), {"record_id": "E1", "value": "A1 (E1)", "other": "Ærtebjerg (A2)", "measure": 10_000}),
    ("extension_overlaps_own_area", swap("udvidelser.csv", "1-2a", "1-2a, 1-1a"), {"other": "Åparken (A1)", "measure": 10_000}),
    ("extensions_overlap", append("udvidelser.csv", "E4;A1;2022-05-01;2023-03-01;godkendt;1-2a, 1-3a\n"), {"value": "A1 (E1)", "other": "A1 (E4)", "measure": 10_000}),
    ("pending_extensions_overlap", append("udvidelser.csv", "E4;A1;2022-05-01;;ansøgt;1-2a, 1-3a\n"), {"value": "A1 (E1)", "other": "A1 (E4)"}),
    ("splits_overlap", append("opdelinger.csv", "S2;A2;A4;Vest;2021-06-01;;ansøgt;1-5a\n"), {"value": "Ærtebjerg Øst (S1)", "other": "Vest (S2)", "measure": 10_000}),
    ("slight_overlap", area_layer(box(150, -100, 50, 100.01)), {"value": "Åparken (A1)", "other": "Nørre Have (A9)", "measure": 0.5}),
    ("parcels_overlap", both(parcel_layer(box(490, 0, 50), "4z"), swap("omraader.csv", "1-5a", "1-5a, 1-4z")), {"register": "parcels", "measure": 500, "several": ["1-4a", "1-4z", "1-5a"]}),
    ("neighbour_parcel_overlap", parcel_layer(box(410, 10, 20), "4z"), {"value": "1-4a", "other": "1-4z", "measure": 1000}),
    ("area_not_coherent", area_layer(shapely.MultiPolygon([box(0, 900, 50), box(81, 900, 50), box(90, 980, 5)])), {"value": "Nørre Have", "other": "2", "measure": 31}),
    ("extension_not_coherent", swap("udvidelser.csv", "1-2a", "1-3a"), {"record_id": "E1", "other": "A1", "measure": 100}),
    ("split_outside_area", swap("opdelinger.csv", "1-5a", "1-5a, 1-7a"), {"record_id": "S1", "other": "A2", "measure": 10_000}),
    # Registers that belong together.
    ("unknown_parcel", swap("omraader.csv", "1-5a", "1-5a, 2-5a"), {"register": "areas", "record_id": "A2", "value": "2-5a"}),
    ("unknown_area", swap("udvidelser.csv", "E2;A2", "E2;A7"), {"record_id": "E2", "column": "area_id", "value": "A7"}),
    ("unknown_area", swap("opdelinger.csv", "S1;A2", "S1;A7"), {"register": "splits", "value": "A7"}),
    ("unknown_area", swap("planer.csv", "A2;2024", "A7;2024"), {"register": "plans", "record_id": "A7 2024 sale", "column": "område_id", "value": "A7"}),
    ("new_area_exists", swap("opdelinger.csv", ";A3;", ";A1;"), {"record_id": "S1", "column": "new_area_id", "value": "A1"}),
    ("resident_without_dwelling", append("beboere.csv", NEW_PERSON.replace("D1", "D99")), {"line": 7, "record_id": "P3", "column": "dwelling_id", "value": "D99"}),
    ("residents_in_non_dwelling", append("beboere.csv", NEW_PERSON.replace("D1", "D5")), {"file": "boliger.csv", "line": 6, "record_id": "D5", "value": "322", "other": "2025", "measure": 1}),
    ("absurd_count", append("beboere.csv", "2025;D3;;48;;IRQ;;;\n"), {"record_id": "D3", "value": "2025", "measure": 51}),
    ("residents_missing_for_year", swap("boligkort.toml", "2025-01-01", "2026-01-01"), {"file": "beboere.csv", "value": "2026", "other": "2024, 2025"}),
]  # fmt: skip


def test_sound_input_gives_no_findings(input_files):
    registers = input_files.read()
    assert registers.findings.empty
    assert tuple(registers.findings.columns) == FINDING_COLUMNS
    assert not has_errors(registers.findings)


@pytest.mark.parametrize(
    ("rule", "spoil", "expected"), RULES, ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(RULES)]
)
def test_bad_input_gives_its_finding_and_nothing_else(input_files, rule, spoil, expected):
    spoil(input_files)
    input_files.leave_out_untouched()
    findings = input_files.read().findings
    assert set(findings["rule"]) == {rule}
    expected = dict(expected)
    several = expected.pop("several", None)
    assert len(findings) == (1 if several is None else len(several) - 1)
    if several is not None:
        assert sorted({*findings["value"], *findings["other"]}) == several
    found = findings.iloc[0].to_dict()
    for column, value in expected.items():
        if value is None:
            assert pd.isna(found[column])
        elif column == "measure":
            assert math.isclose(found[column], value, rel_tol=1e-6)
        else:
            assert found[column] == value
    assert found["severity"] == SEVERITIES[rule]
    assert has_errors(findings) == (SEVERITIES[rule] == "error")


def test_every_rule_has_a_bad_input():
    untested = set(SEVERITIES) - {rule for rule, _, _ in RULES}
    assert untested == {"reader_warning"}  # comes from GDAL alone; see the tests of the sources


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_text_and_a_remedy(language):
    texts = load_texts(language)
    for rule in SEVERITIES:
        for part in ("text", "remedy"):
            assert (
                template_fields(texts.get(f"finding.{rule}.{part}", dict.fromkeys(FINDING_COLUMNS, "x")))
                == set()
            )
            assert template_fields(texts.entries[f"finding.{rule}.{part}"]) <= set(FINDING_COLUMNS)


def test_the_page_of_findings_is_complete():
    page = Path(__file__).parents[2].joinpath("docs", "findings.md").read_text(encoding="utf-8")
    texts = load_texts("en")
    for rule, severity in SEVERITIES.items():
        text, remedy = (
            re.sub(r"\{(\w+)\}", r"‹\1›", texts.entries[f"finding.{rule}.{part}"]).replace("|", "\\|")
            for part in ("text", "remedy")
        )
        assert f"| `{rule}` | {severity} | {text} | {remedy} |" in page
    named = re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)
    assert len(named) == len(set(named))
