"""Hand-made extracts of MAT: parcels with their surfaces and their ejerlav, and the older shapes."""

import pandas as pd
import pytest
import shapely

from boundaries.registers.extracts.links import look_up

E0, N0 = 645_000.0, 6_255_000.0
WEST, EAST = shapely.box(E0, N0, E0 + 50, N0 + 100), shapely.box(E0 + 50, N0, E0 + 100, N0 + 100)
FAR = shapely.box(E0 + 300, N0, E0 + 350, N0 + 100)

PARCELS = """\
id_lokalId,status,registreringTil,virkningTil,matrikelnummer,ejerlavLokalId
J1,Gældende,,,12 a,L1
J1,Gældende,2020-01-01T00:00:00Z,,12 z,L1
J2,Gældende,,,7b,2000174
J3,Historisk,,,9c,L1
"""
DISTRICTS = "id_lokalId,status,ejerlavskode,ejerlavsnavn\nL1,Gældende,10851,Ærø By\n"
SURFACES = f"""\
id_lokalId,status,registreringTil,virkningTil,jordstykkeLokalId,geometri
F1,Gældende,,,J1,"{WEST.wkt}"
F2,Gældende,,,J1,"{EAST.wkt}"
F3,Gældende,,2020-01-01T00:00:00Z,J2,"{WEST.wkt}"
F4,Gældende,,,J2,"{FAR.wkt}"
"""
MAT = {"jordstykke.csv": PARCELS, "ejerlav.csv": DISTRICTS, "lodflade.csv": SURFACES}


@pytest.fixture
def read(input_files):
    def read(files, options=""):
        listed = ", ".join(f'"{name}"' for name in files)
        input_files.project = (
            "[dates]\nstatus_date = 2025-01-01\n[registers.areas]\npath = 'omraader.geojson'\n"
            f"[registers.parcels]\nfiles = [{listed}]\n{options}\n"
            "[registers.dwellings]\npath = 'boliger.csv'\n"
        )
        input_files.tables |= {name: text for name, text in files.items() if isinstance(text, str)}
        input_files.layers |= {name: rows for name, rows in files.items() if isinstance(rows, list)}
        return input_files.read()

    return read


def list_rules(registers):
    return sorted(set(registers.findings["rule"]) - {"no_residents_register"})


def test_a_parcel_is_all_its_surfaces_in_force(read):
    registers = read(MAT)
    parcels = registers.parcels.set_index("parcel_key").geometry
    assert parcels.index.tolist() == ["10851-12a", "2000174-7b"]
    assert parcels["10851-12a"].equals(shapely.union(WEST, EAST))
    assert parcels["2000174-7b"].equals(FAR)
    assert list_rules(registers) == ["status_left_out", "versions_left_out"]
    left = registers.findings.set_index(["rule", "file"])["measure"]
    assert left["versions_left_out"].to_dict() == {"jordstykke.csv": 1.0, "lodflade.csv": 1.0}
    assert left["status_left_out"].to_dict() == {"jordstykke.csv": 1.0}


def test_the_surfaces_may_be_a_layer_or_geojson(read, input_files):
    plain = read(MAT).parcels
    rows = [
        input_files.feature(shape, id_lokalId=name, jordstykkeLokalId=parcel)
        for name, parcel, shape in (("F2", "J1", EAST), ("F1", "J1", WEST), ("F4", "J2", FAR))
    ]
    layer = read({"jordstykke.csv": PARCELS, "ejerlav.csv": DISTRICTS, "lodflade.geojson": rows}).parcels
    assert layer.geometry.geom_equals(plain.geometry).all()
    written = SURFACES
    for shape in (WEST, EAST, FAR):
        written = written.replace(shape.wkt, shapely.to_geojson(shape).replace('"', '""'))
    as_json = read({**MAT, "lodflade.csv": written}).parcels
    assert as_json.geometry.geom_equals(plain.geometry).all()


def test_the_past_has_other_surfaces(read):
    surfaces = SURFACES.replace("F4,Gældende,,,", "F4,Gældende,,2030-01-01T00:00:00Z,")
    parcels = read({**MAT, "lodflade.csv": surfaces}, "in_force_on = 2019-06-01").parcels
    both = shapely.union(WEST, FAR)
    assert parcels.set_index("parcel_key").geometry["2000174-7b"].equals(both)


def test_a_parcel_without_surface_is_told(read):
    registers = read({**MAT, "lodflade.csv": SURFACES.replace(",J2,", ",J9,")})
    (found,) = registers.findings[registers.findings["rule"] == "parcel_without_surface"].to_dict("records")
    assert [found[name] for name in ("file", "line", "record_id")] == ["jordstykke.csv", 4, "J2"]
    # It is left out, and its lack of a geometry is no second fault.
    assert "geometry_null" not in list_rules(registers)
    assert registers.parcels["parcel_number"].tolist() == ["12a"]


def test_an_ejerlav_that_is_in_no_file_is_told(read):
    registers = read({**MAT, "ejerlav.csv": DISTRICTS.replace("L1,", "L8,")})
    (found,) = registers.findings[registers.findings["rule"] == "link_not_found"].to_dict("records")
    assert [found[name] for name in ("line", "column", "value")] == [2, "ejerlavLokalId", "L1"]


def test_a_geometry_that_is_none_is_told(read):
    registers = read({**MAT, "lodflade.csv": SURFACES.replace(FAR.wkt, "POLYGON her")})
    (found,) = registers.findings[registers.findings["rule"] == "bad_shape"].to_dict("records")
    assert [found[name] for name in ("file", "line", "column", "value")] == [
        "lodflade.csv", 5, "geometri", "POLYGON her",
    ]  # fmt: skip


def test_a_layer_of_parcels_with_versions_is_filtered(read, input_files):
    rows = [
        input_files.feature(WEST, id_lokalId="J1", matrikelnummer="1a", ejerlavskode="5", virkningTil=None),
        input_files.feature(
            EAST, id_lokalId="J1", matrikelnummer="1b", ejerlavskode="5", virkningTil="2020-01-01"
        ),
    ]
    registers = read({"jordstykke.geojson": rows})
    assert registers.parcels["parcel_key"].tolist() == ["5-1a"]
    assert registers.parcels.geometry.iloc[0].equals(WEST)
    assert list_rules(registers) == ["versions_left_out"]


def test_the_own_geometry_stands_in_where_there_is_no_surface(read, input_files):
    rows = [
        input_files.feature(shape, id_lokalId=name, matrikelnummer=name, ejerlavskode="5")
        for name, shape in (("J1", FAR), ("J2", FAR))
    ]
    parcels = read({"jordstykke.geojson": rows, "lodflade.csv": SURFACES.replace(",J2,", ",J9,")}).parcels
    by_key = parcels.set_index("parcel_key").geometry
    assert by_key["5-j1"].equals(shapely.union(WEST, EAST))
    assert by_key["5-j2"].equals(FAR)


@pytest.mark.parametrize("column", [5, 4])
def test_surfaces_that_do_not_say_what_or_whose_they_are_leave_the_parcels_their_own(
    read, input_files, column
):
    """Without ``geometri``, or without ``jordstykkeLokalId``."""
    rows = [
        input_files.feature(shape, id_lokalId=name, matrikelnummer=name, ejerlavskode="5")
        for name, shape in (("J1", FAR), ("J2", WEST))
    ]
    lines = [["F1", "Gældende", "", "", "J1", f'"{EAST.wkt}"'], SURFACES.splitlines()[0].split(",")]
    surfaces = "".join(",".join(cells[:column] + cells[column + 1 :]) + "\n" for cells in reversed(lines))
    registers = read({"jordstykke.geojson": rows, "lodflade.csv": surfaces})
    by_key = registers.parcels.set_index("parcel_key").geometry
    assert by_key["5-j1"].equals(FAR)
    assert by_key["5-j2"].equals(WEST)


@pytest.mark.parametrize("left_out", ["lodflade.csv"])
def test_parcels_without_any_geometry_are_refused(read, left_out):
    registers = read({name: text for name, text in MAT.items() if name != left_out})
    assert list_rules(registers).count("shapes_missing") == 1
    assert "missing_column" not in list_rules(registers)


def test_a_file_that_is_missing_is_named(read):
    told = read({"jordstykke.csv": PARCELS}).findings
    told = told[told["rule"] == "extract_incomplete"]
    assert sorted(told["value"]) == ["ejerlav", "lodflade"]
    assert set(told["file"]) == {"jordstykke.csv"}
    coded = PARCELS.replace("L1\n", "10851\n")
    assert "extract_incomplete" not in list_rules(read({"jordstykke.csv": coded, "lodflade.csv": SURFACES}))


def test_nothing_is_looked_up_where_there_is_no_file():
    keys = pd.Series(["a", None], dtype="str")
    assert look_up(keys, None, "value").isna().all()


@pytest.mark.real_data
def test_a_real_ejerlav_as_gml_is_read_as_it_is(input_files, shared_data):
    path = shared_data / "matrikel" / "60851_GML_UTM32-EUREF89.zip"
    input_files.project = (
        "[registers.areas]\npath = 'omraader.geojson'\n[registers.dwellings]\npath = 'boliger.csv'\n"
        f"[registers.parcels]\npath = '{path.as_posix()}'\nlayer = 'Jordstykke'\n"
    )
    parcels = input_files.read().parcels
    assert len(parcels) == 47
    assert set(parcels["cadastral_district"]) == {"60851"}
    assert parcels.geometry.is_valid.all()
