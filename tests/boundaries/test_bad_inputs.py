"""Prepared bad inputs, one fault each: exactly that finding at exactly that place, and nothing else."""

import math
import re
from unittest.mock import ANY

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from boundaries.registers.findings import has_errors
from boundaries.registers.schemas import CATEGORIES, SCHEMAS
from boundaries.registers.severity import SEVERITIES

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


def add_register(name, file, text):
    def spoil(files):
        files.tables[file] = text
        files.project += f'[registers.{name}]\npath = "{file}"\n'

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
    features = gpd.GeoDataFrame.from_features(files.layers["matrikler.geojson"], crs="EPSG:25832")
    features.to_file(files.folder / "x.gpkg", engine="pyogrio")
    (files.folder / "x.gpkg-wal").write_bytes(b"not a log")
    files.replace("boligkort.toml", "matrikler.geojson", "x.gpkg")


def rename_property(name, old, new):
    """Call a property of every feature of a layer otherwise."""

    def spoil(files):
        for feature in files.layers[name]:
            feature["properties"][new] = feature["properties"].pop(old)

    return spoil


def in_windows_1252(name):
    def spoil(files):
        (files.folder / name).write_bytes(files.tables.pop(name).encode("cp1252"))

    return spoil


def in_lists(stem, heading, column=None):
    """Give a table as Parquet, with a list of one text in each cell of a column."""

    def spoil(files):
        files.give_as_parquet(stem)
        path = files.folder / f"{stem}.parquet"
        table = pd.read_parquet(path).rename(columns={column or heading: heading})
        table[heading] = [[cell] for cell in table[heading]]
        table.to_parquet(path)

    return spoil


def only_heading(name):
    def spoil(files):
        files.tables[name] = files.tables[name].splitlines(keepends=True)[0]

    return spoil


def box(x, y, width, height=50.0):
    return shapely.box(E0 + x, N0 + y, E0 + x + width, N0 + y + height)


BOWTIE = shapely.Polygon([(E0, N0 + 300), (E0 + 50, N0 + 350), (E0 + 50, N0 + 300), (E0, N0 + 350)])
FLAT = shapely.Polygon([(E0, N0 + 300), (E0 + 50, N0 + 350), (E0 + 100, N0 + 400)])
LINE = shapely.LineString([(E0, N0 + 300), (E0 + 50, N0 + 350)])
POINT = shapely.Point(E0 + 50, N0 + 50)
EMPTY = {"type": "Polygon", "coordinates": []}
BAD_INPUTS = [
    # Rule; what is spoilt; register, file with line or feature id, and column; what else is told.
    # The project and its files.
    ("no_residents_register", drop_register("residents"), "residents boligkort.toml", {"value": "residents"}),
    ("missing_register", drop_register("dwellings"), "dwellings boligkort.toml", {"value": "dwellings"}),
    ("missing_register", drop_register("areas"), "areas boligkort.toml", {"value": "areas", "other": '[registers.areas] path = "boligomraader.gpkg"'}),
    ("missing_register", drop_register("parcels"), "parcels boligkort.toml", {"value": "parcels", "other": '[registers.parcels] path = "matrikler.gpkg"'}),
    ("empty_register", lambda files: files.tables.update({"lister.csv": "list_date;area_id;category\n"}), "lists lister.csv", {}),
    ("missing_column", swap("udvidelser.csv", ";area_id;", ";omraadet;"), "extensions udvidelser.csv area_id", {"value": ANY}),
    ("missing_column", swap("boliger.csv", ";y;", ";nord;"), "dwellings boliger.csv y", {"value": ANY}),
    ("missing_column", swap("lister.csv", "category", "type"), "lists lister.csv category", {"value": ANY, "other": "list_date, area_id, type"}),
    ("missing_column", swap("udvidelser.csv", ";parcels", ";matrikel"), "extensions udvidelser.csv parcels", {"value": "parcels, matrikler, jordstykker, matrikelnumre"}),
    ("missing_column", lambda files: files.tables.update({"lister.csv": ";".join(["list_date", "area_id", "type", *(f"c{n}" for n in range(40))]) + "\n2024-12-01" + ";A1" * 42 + "\n"}), "lists lister.csv category", {"value": ANY, "other": "list_date, area_id, type, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, …"}),
    ("column_without_text", in_lists("lister", "category"), "lists lister.parquet category", {"value": "category"}),
    ("column_without_text", in_lists("boliger", "areal_m2", "area_m2"), "dwellings boliger.parquet area_m2", {"value": "areal_m2"}),
    ("column_without_text", both(in_lists("boliger", "Opført", "built_on"), swap("boligkort.toml", '"boliger.parquet"', '"boliger.parquet"\nfields = { built_on = "Opført" }')), "dwellings boliger.parquet built_on", {"value": "Opført"}),
    ("heading_not_found", swap("lister.csv", "list_date;area_id;category\n", ""), "lists lister.csv list_date, area_id, category", {"value": "2024-12-01, A1, udsat boligområde", "other": ";", "measure": 3}),
    ("heading_not_found", lambda files: files.tables.update({"lister.csv": files.tables["lister.csv"].replace(";", ":")}), "lists lister.csv list_date, area_id, category", {"value": "list_date:area_id:category", "other": ";", "measure": 1}),
    ("heading_not_found", lambda files: files.tables.update({"lister.csv": "dato\tomraade\n2024-12-01\tA1\n"}), "lists lister.csv list_date, area_id, category", {"value": "dato, omraade", "other": "tab", "measure": 2}),
    ("no_heading_known", both(lambda files: files.tables.update({"boliger.csv": "bolig;øst;nord\nD1;645050;6255050\n"}), lambda files: files.give_as_workbook("boliger")), "dwellings boliger.xlsx dwelling_id, x, y", {"value": "bolig, øst, nord", "other": ANY, "measure": 3}),
    ("field_not_found", swap("boligkort.toml", 'path = "boliger.csv"', 'path = "boliger.csv"\nfields = { built_on = "Opført" }'), "dwellings boliger.csv built_on", {"value": "Opført"}),
    ("ambiguous_column", both(swap("boliger.csv", ";area_m2;toilet_code", ";boligareal;areal_m2")), "dwellings boliger.csv area_m2", {"value": "boligareal", "other": "areal_m2"}),
    ("mojibake_text", swap("omraader.csv", "Ærtebjerg", "Ã¦rtebjerg"), "areas omraader.csv:2 name", {"value": "Ã¦rtebjerg", "measure": 1}),
    ("totals_left_out", append("lister.csv", "I alt;2;\n"), "lists lister.csv", {"other": "4", "measure": 1}),
    ("encoding_guessed", in_windows_1252("boliger.csv"), "dwellings boliger.csv", {}),
    ("unsaved_rows", use_geopackage, "parcels x.gpkg", {}),
    # Names of rows.
    ("missing_id", append("boliger.csv", ";645050;6255050;ejerbolig;140;1971;;;;;81;T\n"), "dwellings boliger.csv:7 dwelling_id", {}),
    ("missing_id", parcel_layer(box(0, 900, 50), None), "parcels matrikler.geojson:10 parcel_number", {}),
    ("missing_id", append("beboere.csv", "2025;;P3;1;30;vestlig;;;\n"), "residents beboere.csv:7 dwelling_id", {"record_id": "P3"}),
    ("duplicate_id", append("boliger.csv", "D1;645050,5;6255050;ejerbolig;140;1971;;;;;81;T\n"), "dwellings boliger.csv:7 dwelling_id", {"record_id": "D1", "value": "D1", "other": "boliger.csv:2"}),
    ("duplicate_id", parcel_layer(box(0, 900, 50), "0 A"), "parcels matrikler.geojson:10", {"record_id": "1-0a", "value": "1-0a", "other": "matrikler.geojson:0"}),
    ("duplicate_id", append("lister.csv", "01-12-2024;A1;Parallelsamfund\n"), "lists lister.csv:4", {"record_id": "A1", "value": "2024-12-01 A1 parallelsamfund", "other": "lister.csv:3"}),
    ("duplicate_id", append("planer.csv", "A1;2026;ommaerkning;5;;Planned\n"), "plans planer.csv:8", {"record_id": "A1 2026 ommaerkning", "value": "A1 2026 ommaerkning planlagt", "other": "planer.csv:2"}),
    ("duplicate_id", append("referencer.csv", "2024;084;;352000\n"), "references referencer.csv:4", {"record_id": "regional_gross_income_dkk", "value": "2024 1084 regional_gross_income_dkk", "other": "referencer.csv:3"}),
    ("conflicting_rows", lambda files: files.tables.update({"omraader.csv": "area_id;name;cadastral_district;parcel_number\nA2;Ærtebjerg;1;4a\nA2;Ærtebjerget;1;5a\n"}), "areas omraader.csv:3 name", {"record_id": "A2", "value": "Ærtebjerget", "other": "omraader.csv:2"}),
    ("duplicate_person", append("beboere.csv", "2025;D3;P1;1;41;dansk;1;nej;250000,5\n"), "residents beboere.csv:7 person_id", {"record_id": "P1", "value": "P1", "other": "beboere.csv:3"}),
    ("duplicate_count_row", append("beboere.csv", "2025;D3;;4;;SYR;;;\n"), "residents beboere.csv:7 dwelling_id", {"record_id": "D3", "value": "D3"}),
    ("person_with_count", append("beboere.csv", "2025;D1;P3;2;30;vestlig;;;\n"), "residents beboere.csv:7 residents_n", {"record_id": "P3", "value": "2"}),
    # Single values.
    ("missing_value", append("beboere.csv", ";D1;P3;1;30;vestlig;;;\n"), "residents beboere.csv:7 year", {"record_id": "P3"}),
    ("missing_value", append("beboere.csv", "2025;D1;;;30;vestlig;;;\n"), "residents beboere.csv:7 residents_n", {"record_id": "D1"}),
    ("missing_value", append("beboere.csv", "2025;D1;;..;30;vestlig;;;\n"), "residents beboere.csv:7 residents_n", {"record_id": "D1", "value": ".."}),
    ("bad_date", swap("boliger.csv", "2022-06-01", "2022-06-31"), "dwellings boliger.csv:4 built_on", {"record_id": "D3", "value": "2022-06-31"}),
    ("bad_date", swap("udvidelser.csv", "2021-03-01", "1. marts"), "extensions udvidelser.csv:2 approved_on", {"record_id": "E1", "value": "1. marts"}),
    ("bad_number", swap("boliger.csv", "645050,5", "øst"), "dwellings boliger.csv:2 x", {"record_id": "D1", "value": "øst"}),
    ("bad_number", swap("boliger.csv", ";81;", ";81,5;"), "dwellings boliger.csv:2 area_m2", {"record_id": "D1", "value": "81,5"}),
    ("ambiguous_number", swap("beboere.csv", "251000", "251.000"), "residents beboere.csv:2 gross_income_dkk", {"record_id": "P1", "value": "251.000"}),
    ("bad_boolean", swap("beboere.csv", ";ja;", ";måske;"), "residents beboere.csv:4 is_convicted", {"record_id": "P2", "value": "måske"}),
    ("no_such_kommune", area_layer(box(0, 900, 50), kommune_code="571"), "areas omraader.geojson:1 kommune_code", {"record_id": "A9", "value": "0571", "other": "Aarhus (0751), Varde (0573), Vejen (0575)"}),
    ("no_such_kommune", swap("boligkort.toml", '"0151"', '"1010"'), "boligkort.toml", {"value": "1010", "other": "København (0101), Brønderslev (0810), Favrskov (0710)"}),
    ("bad_kommune_code", area_layer(box(0, 900, 50), kommune_code="KBH"), "areas omraader.geojson:1 kommune_code", {"record_id": "A9", "value": "KBH"}),
    ("suppressed_value", swap("beboere.csv", "251000", ".."), "residents beboere.csv:2 gross_income_dkk", {"record_id": "P1", "value": ".."}),
    ("unknown_code", swap("boliger.csv", "ejerbolig;120", "ejerbolig;143"), "dwellings boliger.csv:5 use_code", {"record_id": "D4", "value": "143"}),
    ("unknown_code", swap("boliger.csv", "privat_udlejning", "lejebolig"), "dwellings boliger.csv:4 tenure", {"record_id": "D3", "value": "lejebolig"}),
    ("unknown_code", swap("udvidelser.csv", ";ansøgt;", ";måske;"), "extensions udvidelser.csv:3 status", {"record_id": "E2", "value": "måske", "other": "ansøgt, godkendt, afslået"}),
    ("unknown_code", swap("beboere.csv", "SYR", "Syrien"), "residents beboere.csv:6 origin", {"record_id": "D3", "value": "Syrien", "other": "dansk, vestlig, ikke_vestlig, ukendt"}),
    ("unknown_code", swap("referencer.csv", "1084", "1086"), "references referencer.csv:3 region_code", {"record_id": "regional_gross_income_dkk", "value": "1086"}),
    ("unknown_code", swap("planer.csv", "sale", "flytning"), "plans planer.csv:5 handling", {"record_id": "A2 2024 flytning", "value": "flytning", "other": "salg, ommaerkning, nedrivning, nybyggeri_almen_familiebolig, nybyggeri_andet, nybyggeri"}),
    ("unknown_code", swap("planer.csv", ";planlagt", ";snart"), "plans planer.csv:2 status", {"record_id": "A1 2026 Ommærkning", "value": "snart", "other": "udført, planlagt"}),
    ("suppressed_code", swap("boliger.csv", "ejerbolig;120", "ejerbolig;.."), "dwellings boliger.csv:5 use_code", {"record_id": "D4", "value": "..", "other": None}),
    ("suppressed_code", swap("boliger.csv", "privat_udlejning", "…"), "dwellings boliger.csv:4 tenure", {"record_id": "D3", "value": "…", "other": None}),
    ("suppressed_value", swap("boliger.csv", ";101;A", ";101;.."), "dwellings boliger.csv:5 toilet_code", {"record_id": "D4", "value": "..", "other": None}),
    ("unknown_facility_code", swap("boliger.csv", ";101;A", ";101;X"), "dwellings boliger.csv:5 toilet_code", {"record_id": "D4", "value": "X", "other": "A, B, T"}),
    ("negative_count", swap("beboere.csv", "D3;;3", "D3;;-3"), "residents beboere.csv:6 residents_n", {"record_id": "D3", "value": "-3"}),
    ("negative_count", swap("omraader.csv", "1200", "-1"), "areas omraader.csv:2 residents_2010", {"record_id": "A2", "value": "-1"}),
    ("negative_count", swap("planer.csv", ";12;", ";-12;"), "plans planer.csv:2 antal_boliger", {"record_id": "A1 2026 Ommærkning", "value": "-12"}),
    ("negative_area", swap("boliger.csv", ";81;", ";-81;"), "dwellings boliger.csv:2 area_m2", {"record_id": "D1", "value": "-81"}),
    ("year_out_of_range", append("beboere.csv", "20255;D1;P3;1;30;vestlig;;;\n"), "residents beboere.csv:7 year", {"record_id": "P3", "value": "20255", "other": "1980–2100"}),
    ("year_out_of_range", swap("planer.csv", "2026;Omm", "2009;Omm"), "plans planer.csv:2 år", {"record_id": "A1 2009 Ommærkning", "value": "2009", "other": "2010–2100"}),
    ("age_out_of_range", swap("beboere.csv", ";17;", ";126;"), "residents beboere.csv:4 age", {"record_id": "P2", "value": "126", "other": "0–125"}),
    ("age_out_of_range", swap("beboere.csv", ";17;", ";-1;"), "residents beboere.csv:4 age", {"record_id": "P2", "value": "-1"}),
    ("share_out_of_range", swap("beboere.csv", ";0,5;", ";50;"), "residents beboere.csv:2 labour_outside", {"record_id": "P1", "value": "50", "other": "0–1"}),
    ("built_year_not_believed", swap("boliger.csv", ";1971;", ";1171;"), "dwellings boliger.csv:2 built_year", {"record_id": "D1", "value": "1171", "other": "1500–2035"}),
    ("built_year_not_believed", swap("boliger.csv", ";1971;", ";2036;"), "dwellings boliger.csv:2 built_year", {"record_id": "D1", "value": "2036"}),
    ("bad_parcel_key", swap("omraader.csv", "1-4a, 1-5a", '"1-4a; 1-5a; 4b"'), "areas omraader.csv:2 parcels", {"record_id": "A2", "value": "4b"}),
    ("bad_parcel_key", lambda files: files.tables.update({"omraader.csv": "area_id;cadastral_district;parcel_number\nA2;1;4a\nA2;1;5a\nA2;;6a\n"}), "areas omraader.csv:4 parcel_number", {"record_id": "A2", "value": "-6a"}),
    ("parcel_repeated", swap("omraader.csv", "1-5a", "1-5a, 01-5 A"), "areas omraader.csv:2 parcels", {"record_id": "A2", "value": "1-5a"}),
    # Values that belong together.
    ("built_year_conflict", swap("boliger.csv", "140;2022;", "140;2021;"), "dwellings boliger.csv:4 built_year", {"record_id": "D3", "value": "2021", "other": "2022-06-01"}),
    ("relabelled_from_missing", swap("boliger.csv", "2022-02-02;almen_familiebolig;", "2022-02-02;;"), "dwellings boliger.csv:5 relabelled_from", {"record_id": "D4", "other": "2022-02-02"}),
    ("relabelled_on_missing", swap("boliger.csv", "2022-02-02", ""), "dwellings boliger.csv:5 relabelled_on", {"record_id": "D4", "other": "almen_familiebolig"}),
    ("relabelled_before_built", swap("boliger.csv", "2022-02-02", "1984-12-31"), "dwellings boliger.csv:5 relabelled_on", {"record_id": "D4", "value": "1984-12-31", "other": "1985"}),
    ("relabelled_before_built", swap("boliger.csv", "2022-06-01;;", "2022-06-01;2022-05-31;ejerbolig"), "dwellings boliger.csv:4 relabelled_on", {"record_id": "D3", "value": "2022-05-31", "other": "2022-06-01"}),
    ("demolished_before_built", swap("boliger.csv", "2024-04-04", "1984-12-31"), "dwellings boliger.csv:5 demolished_on", {"record_id": "D4", "value": "1984-12-31", "other": "1985"}),
    ("tenure_unknown", swap("boliger.csv", "Almen ældrebolig", ""), "dwellings boliger.csv:3 tenure", {"record_id": "D2"}),
    ("tenure_unknown", swap("boliger.csv", "Almen ældrebolig", "Ukendt"), "dwellings boliger.csv:3 tenure", {"record_id": "D2", "value": "ukendt"}),
    ("tenure_column_missing", swap("boliger.csv", ";tenure;", ";slags;"), "dwellings boliger.csv tenure", {"measure": 5}),
    ("approval_date_missing", swap("udvidelser.csv", "2021-03-01", ""), "extensions udvidelser.csv:2 approved_on", {"record_id": "E1"}),
    ("approval_date_missing", swap("opdelinger.csv", "2022-01-01", ""), "splits opdelinger.csv:2 approved_on", {"record_id": "S1"}),
    ("approval_date_unexpected", swap("udvidelser.csv", ";;ansøgt", ";2024-06-01;ansøgt"), "extensions udvidelser.csv:3 approved_on", {"record_id": "E2", "value": "2024-06-01", "other": "ansøgt"}),
    ("approved_before_applied", swap("udvidelser.csv", "2021-03-01", "2020-04-30"), "extensions udvidelser.csv:2 approved_on", {"record_id": "E1", "value": "2020-04-30", "other": "2020-05-01"}),
    ("status_missing", swap("udvidelser.csv", "godkendt", ""), "extensions udvidelser.csv:2 status", {"record_id": "E1", "other": "godkendt"}),
    ("plan_tenure_unclear", swap("planer.csv", "8;almen familiebolig;", "8;;"), "plans planer.csv:4 boligtype", {"record_id": "A1 2028 Nybyggeri"}),
    ("plan_tenure_unclear", swap("planer.csv", "8;almen familiebolig;", "8;ukendt;"), "plans planer.csv:4 boligtype", {"record_id": "A1 2028 Nybyggeri", "value": "ukendt"}),
    ("plan_tenure_unclear", swap("planer.csv", "16;;", "16;almen_familiebolig;"), "plans planer.csv:7 boligtype", {"record_id": "A2 2027 nybyggeri andet", "value": "almen_familiebolig"}),
    ("plan_overdue", swap("planer.csv", "2026;Omm", "2024;Omm"), "plans planer.csv:2 år", {"record_id": "A1 2024 Ommærkning", "value": "2024", "other": "2025"}),
    # Places.
    ("missing_coordinates", swap("boliger.csv", "645050,5", ""), "dwellings boliger.csv:2 x", {"record_id": "D1"}),
    ("missing_coordinates", as_layer([POINT, None, POINT]), "dwellings boliger.geojson:1 x", {"record_id": "D2"}),
    ("coordinates_swapped", swap("boliger.csv", "645050,5;6255050", "6255050;645050,5"), "dwellings boliger.csv:2 x", {"record_id": "D1", "value": "6255050.00, 645050.50"}),
    ("dwelling_outside_denmark", swap("boliger.csv", "645050,5", "64505"), "dwellings boliger.csv:2 x", {"record_id": "D1", "value": "64505.00, 6255050.00"}),
    ("geometry_null", area_layer(None), "areas omraader.geojson:1", {"record_id": "A9"}),
    ("geometry_null", parcel_layer(None, "8z"), "parcels matrikler.geojson:10", {"record_id": "1-8z"}),
    ("geometry_empty", area_layer(EMPTY), "areas omraader.geojson:1", {"record_id": "A9"}),
    ("geometry_wrong_type", area_layer(LINE), "areas omraader.geojson:1", {"record_id": "A9", "value": "LineString"}),
    ("geometry_wrong_type", as_layer([POINT, LINE, POINT]), "dwellings boliger.geojson:1", {"record_id": "D2"}),
    ("geometry_beyond_repair", area_layer(FLAT), "areas omraader.geojson:1", {"record_id": "A9", "value": "Self-intersection"}),
    ("geometry_repaired", area_layer(BOWTIE), "areas omraader.geojson:1", {"record_id": "A9", "value": "Self-intersection", "other": "0.0 m² → 1250.0 m², 1 → 2", "measure": 1250}),
    ("geometry_and_parcels", area_layer(box(0, 900, 50), parcels="1-7a"), "areas omraader.geojson:1", {"record_id": "A9"}),
    ("outline_missing", swap("omraader.csv", "\nA2", "\nA9;Nørre Have;;\nA2"), "areas omraader.csv:2", {"record_id": "A9"}),
    ("outline_missing", area_layer(None, parcels=""), "areas omraader.geojson:1", {"record_id": "A9"}),
    # Places that belong together.
    ("areas_overlap", area_layer(box(150, -100, 50, 110)), "areas omraader.geojson:0", {"record_id": "A1", "value": "Åparken (A1)", "other": "Nørre Have (A9)", "measure": 500}),
    ("extension_overlaps_area", both(swap("udvidelser.csv", "1-2a", "1-2a, 1-3a, 1-4a"), swap("opdelinger.csv", "1-5a", "1-4a")), "extensions udvidelser.csv:2", {"record_id": "E1", "value": "A1 (E1)", "other": "Ærtebjerg (A2)", "measure": 10000}),
    ("extension_overlaps_own_area", swap("udvidelser.csv", "1-2a", "1-2a, 1-1a"), "extensions udvidelser.csv:2", {"record_id": "E1", "value": "A1 (E1)", "other": "Åparken (A1)", "measure": 10000}),
    ("extensions_overlap", append("udvidelser.csv", "E4;A1;2022-05-01;2023-03-01;godkendt;1-2a, 1-3a\n"), "extensions udvidelser.csv:2", {"record_id": "E1", "value": "A1 (E1)", "other": "A1 (E4)", "measure": 10000}),
    ("pending_extensions_overlap", append("udvidelser.csv", "E4;A1;2022-05-01;;ansøgt;1-2a, 1-3a\n"), "extensions udvidelser.csv:2", {"record_id": "E1", "value": "A1 (E1)", "other": "A1 (E4)"}),
    ("splits_overlap", append("opdelinger.csv", "S2;A2;A4;Vest;2021-06-01;;ansøgt;1-5a\n"), "splits opdelinger.csv:2", {"record_id": "S1", "value": "Ærtebjerg Øst (S1)", "other": "Vest (S2)", "measure": 10000}),
    ("slight_overlap", area_layer(box(150, -100, 50, 100.01)), "areas omraader.geojson:0", {"record_id": "A1", "value": "Åparken (A1)", "other": "Nørre Have (A9)", "measure": 0.5}),
    ("parcels_overlap", both(parcel_layer(box(490, 0, 50), "4z"), swap("omraader.csv", "1-5a", "1-5a, 1-4z")), "parcels matrikler.geojson:4", {"record_id": "1-4a", "value": "1-4a", "measure": 500, "several": ["1-4a", "1-4z", "1-5a"]}),
    ("neighbour_parcel_overlap", parcel_layer(box(410, 10, 20), "4z"), "parcels matrikler.geojson:4", {"record_id": "1-4a", "value": "1-4a", "other": "1-4z", "measure": 1000}),
    ("area_not_coherent", area_layer(shapely.MultiPolygon([box(0, 900, 50), box(81, 900, 50), box(90, 980, 5)])), "areas omraader.geojson:1", {"record_id": "A9", "value": "Nørre Have", "other": "2", "measure": 31}),
    ("extension_not_coherent", swap("udvidelser.csv", "1-2a", "1-3a"), "extensions udvidelser.csv:2", {"record_id": "E1", "other": "A1", "measure": 100}),
    ("split_outside_area", swap("opdelinger.csv", "1-5a", "1-5a, 1-7a"), "splits opdelinger.csv:2", {"record_id": "S1", "other": "A2", "measure": 10000}),
    # Registers that belong together.
    ("unknown_parcel", swap("omraader.csv", "1-5a", "1-5a, 2-5a"), "areas omraader.csv:2 parcels", {"record_id": "A2", "value": "2-5a"}),
    ("unknown_area", swap("udvidelser.csv", "E2;A2", "E2;A7"), "extensions udvidelser.csv:3 area_id", {"record_id": "E2", "value": "A7"}),
    ("unknown_area", swap("opdelinger.csv", "S1;A2", "S1;A7"), "splits opdelinger.csv:2 area_id", {"record_id": "S1", "value": "A7"}),
    ("unknown_area", swap("planer.csv", "A2;2024", "A7;2024"), "plans planer.csv:5 område_id", {"record_id": "A7 2024 sale", "value": "A7"}),
    ("new_area_exists", swap("opdelinger.csv", ";A3;", ";A1;"), "splits opdelinger.csv:2 new_area_id", {"record_id": "S1", "value": "A1"}),
    ("resident_without_dwelling", append("beboere.csv", NEW_PERSON.replace("D1", "D99")), "residents beboere.csv:7 dwelling_id", {"record_id": "P3", "value": "D99"}),
    ("residents_in_non_dwelling", append("beboere.csv", NEW_PERSON.replace("D1", "D5")), "dwellings boliger.csv:6 use_code", {"record_id": "D5", "value": "322", "other": "2025", "measure": 1}),
    ("absurd_count", append("beboere.csv", "2025;D3;;48;;IRQ;;;\n"), "residents beboere.csv:6 residents_n", {"record_id": "D3", "value": "2025", "measure": 51}),
    ("residents_missing_for_year", swap("boligkort.toml", "2025-01-01", "2026-01-01"), "residents beboere.csv year", {"value": "2026", "other": "2024, 2025"}),
    # The same rules in the other registers.
    ("empty_register", only_heading("planer.csv"), "plans planer.csv", {}),
    ("empty_register", only_heading("referencer.csv"), "references referencer.csv", {}),
    ("missing_column", swap("opdelinger.csv", "new_area_id", "ny"), "splits opdelinger.csv new_area_id", {"value": ANY}),
    ("missing_column", swap("beboere.csv", "year;", "dato;"), "residents beboere.csv year", {"value": ANY}),
    ("missing_column", swap("referencer.csv", "year;", "dato;"), "references referencer.csv year", {"value": ANY}),
    ("missing_column", swap("planer.csv", "handling", "slags"), "plans planer.csv action", {"value": ANY}),
    ("missing_column", swap("planer.csv", "område_id", "omr"), "plans planer.csv area_id", {"value": ANY}),
    ("missing_column", swap("lister.csv", "area_id", "omr"), "lists lister.csv area_id", {"value": ANY}),
    ("shapes_missing", add_register("kommuner", "kommuner.csv", "kommunekode;navn\n0101;København\n"), "kommuner kommuner.csv", {"other": "kommunekode, navn"}),
    ("bad_number", add_register("flows", "flows.csv", "year;from_kommune;to_kommune;movers_n\n2024;0101;0147;syv\n"), "flows flows.csv:2 movers_n", {"record_id": ANY, "value": "syv"}),
    ("year_out_of_range", add_register("flows", "flows.csv", "year;from_kommune;to_kommune;movers_n\n24;0101;0147;7\n"), "flows flows.csv:2 year", {"record_id": ANY, "value": "24"}),
    ("missing_column", swap("lister.csv", "list_date", "dato"), "lists lister.csv list_date", {"value": ANY}),
    ("missing_column", swap("beboere.csv", "dwelling_id", "bolig"), "residents beboere.csv dwelling_id", {"value": ANY}),
    ("missing_column", swap("boliger.csv", "dwelling_id", "bolig"), "dwellings boliger.csv dwelling_id", {"value": ANY}),
    ("missing_column", both(swap("boligkort.toml", 'files = ["omraader.geojson", "omraader.csv"]', 'path = "omraader.csv"'), swap("omraader.csv", "area_id;name", "omr;name")), "areas omraader.csv area_id", {"value": ANY}),
    ("missing_column", rename_property("matrikler.geojson", "parcel_number", "nr"), "parcels matrikler.geojson parcel_number", {"value": ANY}),
    ("missing_column", rename_property("matrikler.geojson", "cadastral_district", "ejerlav"), "parcels matrikler.geojson cadastral_district", {"value": ANY}),
    ("field_not_found", swap("boligkort.toml", 'path = "beboere.csv"', 'path = "beboere.csv"\nfields = { age = "Alderen" }'), "residents beboere.csv age", {"value": "Alderen"}),
    ("missing_id", append("omraader.csv", ";Navnløs;;1-7a\n"), "areas omraader.csv:3 area_id", {}),
    ("missing_id", append("udvidelser.csv", ";A1;2020-05-01;;ansøgt;1-7a\n"), "extensions udvidelser.csv:5 extension_id", {}),
    ("missing_value", append("opdelinger.csv", "S2;A2;;Vest;2021-06-01;;ansøgt;1-4a\n"), "splits opdelinger.csv:3 new_area_id", {"record_id": "S2"}),
    ("missing_id", append("lister.csv", "2024-12-01;;udsat boligområde\n"), "lists lister.csv:4 area_id", {}),
    ("missing_id", append("planer.csv", ";2026;salg;4;;\n"), "plans planer.csv:8 område_id", {"record_id": "– 2026 salg"}),
    ("missing_id", append("lister.csv", ";A2;udsat boligområde\n"), "lists lister.csv:4 list_date", {"record_id": "A2"}),
    ("missing_id", append("lister.csv", "2024-12-01;A2;\n"), "lists lister.csv:4 category", {"record_id": "A2"}),
    ("missing_id", append("planer.csv", "A2;;salg;4;;\n"), "plans planer.csv:8 år", {"record_id": "A2 – salg"}),
    ("missing_id", append("referencer.csv", ";1083;;351000\n"), "references referencer.csv:4 year", {"record_id": "regional_gross_income_dkk"}),
    ("bad_date", swap("lister.csv", "2024-12-01;A1;udsat", "2024-13-01;A1;udsat"), "lists lister.csv:2 list_date", {"record_id": "A1", "value": "2024-13-01"}),
    ("bad_date", swap("opdelinger.csv", "2021-06-01", "juni 2021"), "splits opdelinger.csv:2 applied_on", {"record_id": "S1", "value": "juni 2021"}),
    ("bad_number", swap("omraader.csv", "1200", "1200 ca."), "areas omraader.csv:2 residents_2010", {"record_id": "A2", "value": "1200 ca."}),
    ("bad_number", swap("beboere.csv", ";17;", ";sytten;"), "residents beboere.csv:4 age", {"record_id": "P2", "value": "sytten"}),
    ("bad_number", swap("planer.csv", ";12;", ";tolv;"), "plans planer.csv:2 antal_boliger", {"record_id": "A1 2026 Ommærkning", "value": "tolv"}),
    ("bad_number", swap("referencer.csv", "351000", "351 t.kr."), "references referencer.csv:3 regional_gross_income_dkk", {"record_id": ANY, "value": "351 t.kr."}),
    ("bad_boolean", swap("beboere.csv", "1;nej;250000,5", "1;0,5;250000,5"), "residents beboere.csv:3 is_convicted", {"record_id": "P1", "value": "0,5"}),
    ("year_out_of_range", swap("referencer.csv", "2024;1084", "24;1084"), "references referencer.csv:3 year", {"record_id": ANY, "value": "24", "other": "1980–2100"}),
    ("unknown_code", swap("lister.csv", "parallelsamfund", "parallelt"), "lists lister.csv:3 category", {"record_id": "A1", "value": "parallelt", "other": ", ".join(CATEGORIES)}),
    ("unknown_code", swap("opdelinger.csv", "godkendt", "bevilget"), "splits opdelinger.csv:2 status", {"record_id": "S1", "value": "bevilget"}),
    ("unknown_code", swap("boliger.csv", ";almen_familiebolig;2024", ";almen;2024"), "dwellings boliger.csv:5 relabelled_from", {"record_id": "D4", "value": "almen"}),
    ("bad_parcel_key", swap("udvidelser.csv", "1-2a", "1-2a, 3 b"), "extensions udvidelser.csv:2 parcels", {"record_id": "E1", "value": "3 b"}),
    ("parcel_repeated", swap("udvidelser.csv", "1-2a", "1-2a, 1-2A"), "extensions udvidelser.csv:2 parcels", {"record_id": "E1", "value": "1-2a"}),
    ("approved_before_applied", swap("opdelinger.csv", "2022-01-01", "2021-05-31"), "splits opdelinger.csv:2 approved_on", {"record_id": "S1", "value": "2021-05-31", "other": "2021-06-01"}),
    ("status_missing", swap("opdelinger.csv", "godkendt", ""), "splits opdelinger.csv:2 status", {"record_id": "S1", "other": "godkendt"}),
    ("unknown_parcel", swap("udvidelser.csv", "1-2a", "1-2a, 1-2b"), "extensions udvidelser.csv:2 parcels", {"record_id": "E1", "value": "1-2b"}),
    ("unknown_parcel", swap("opdelinger.csv", "1-5a", "1-5a, 1-5b"), "splits opdelinger.csv:2 parcels", {"record_id": "S1", "value": "1-5b"}),
    # The same faults in other formats: a row of a sheet, of a Parquet file, a feature of a layer.
    ("bad_date", both(swap("boliger.csv", "2022-06-01", "2022-06-31"), lambda files: files.give_as_workbook("boliger")), "dwellings boliger.xlsx:6 built_on", {"record_id": "D3", "value": "2022-06-31"}),
    ("duplicate_id", both(append("boliger.csv", "D1;645050,5;6255050;ejerbolig;140;1971;;;;;81;T\n"), lambda files: files.give_as_workbook("boliger")), "dwellings boliger.xlsx:9 dwelling_id", {"record_id": "D1", "value": "D1", "other": "boliger.xlsx:4"}),
    ("error_cells", lambda files: files.give_as_workbook("boliger", broken_cell="L5"), "dwellings boliger.xlsx", {"other": "L5", "measure": 1}),
    ("unknown_code", both(swap("boliger.csv", "privat_udlejning", "lejebolig"), lambda files: files.give_as_parquet("boliger")), "dwellings boliger.parquet:3 tenure", {"record_id": "D3", "value": "lejebolig"}),
    ("geometry_repaired", both(parcel_layer(BOWTIE, "8z"), lambda files: files.give_as_geopackage("matrikler")), "parcels matrikler.gpkg:11", {"record_id": "1-8z", "value": "Self-intersection"}),
    ("missing_id", both(parcel_layer(box(0, 900, 50), None), lambda files: files.give_as_geopackage("matrikler")), "parcels matrikler.gpkg:11 parcel_number", {}),
]  # fmt: skip


# Rules that no file of a hand can bring about.
BY_THE_READER_ALONE = {
    "reader_warning",  # GDAL's own words; see the tests of the sources
}

# Of official extracts, which no register of the small project is; see the bad extracts.
OF_EXTRACTS = {
    "extract_without_units", "extract_incomplete", "tables_left_out", "versions_left_out", "status_left_out",
    "several_versions", "several_links", "link_not_found", "bad_point",
    "bad_shape", "parcel_without_surface", "tenure_contradiction", "tenure_not_derivable",
    "support_not_told", "unit_owner_differs",
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "spoil", "place", "expected"),
    BAD_INPUTS,
    ids=[f"{n}-{case[0]}" for n, case in enumerate(BAD_INPUTS)],
)
def test_bad_input_gives_its_finding_and_nothing_else(input_files, name_place, rule, spoil, place, expected):
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
    assert name_place(found) == place
    # What is not expected must not be said: a finding of no single row names none.
    for column, value in ({"record_id": None, "value": None} | expected).items():
        if value is None:
            assert pd.isna(found[column])
        elif column == "measure":
            assert math.isclose(found[column], value, rel_tol=1e-6)
        else:
            assert found[column] == value
    assert found["severity"] == SEVERITIES[rule]
    assert has_errors(findings) == (SEVERITIES[rule] == "error")


def test_every_rule_has_a_bad_input():
    assert set(SEVERITIES) - {case[0] for case in BAD_INPUTS} == BY_THE_READER_ALONE | OF_EXTRACTS


def test_there_are_many_bad_inputs_in_every_register():
    assert len(BAD_INPUTS) >= 40
    registers = {case[2].split()[0] for case in BAD_INPUTS}
    assert set(SCHEMAS) <= registers
