"""Hand-made extracts of BBR and DAR in the headings of 2020 and of 2025, joined to dwellings."""

import pandas as pd
import pytest
import shapely

from boundaries.registers.extracts.entities import Entity, recognise
from data.codes.tenure_rules import load_tenure_rules

E0, N0 = 645_000.0, 6_255_000.0

# Three units in two buildings: U1 and U2 up one staircase, U3 in a house of its own; U4 is torn down.
UNITS_2020 = """\
OIS_AJOUR,id_lokalId,registreringFra,registreringTil,virkningFra,virkningTil,status,enh020EnhedensAnvendelse,\
enh023Boligtype,enh026EnhedensSamledeAreal,enh045Udlejningsforhold,enh046OffentligStøtte,adresseIdentificerer,opgang
I,U1,2017-06-02T12:29:37Z,,2010-01-01T00:00:00Z,2015-01-01T00:00:00Z,6,140,1,70,1,,A1,S1
I,U1,2017-06-02T12:29:37Z,,2015-01-01T00:00:00Z,,6,140,1,71,1,10,A1,S1
I,U1,2010-06-02T12:29:37Z,2017-06-02T12:29:37Z,2015-01-01T00:00:00Z,,6,140,1,72,1,10,A1,S1
I,U2,2017-06-02T12:29:37Z,,2010-01-01T00:00:00Z,,6,140,3,20,1,,A2,S1
I,U3,2017-06-02T12:29:37Z,,2012-01-01T00:00:00Z,,6,120,1,120,2,,A3,S2
I,U4,2017-06-02T12:29:37Z,,2010-01-01T00:00:00Z,,10,140,1,60,1,,A4,S2
"""
BUILDINGS_2020 = f"""\
id_lokalId,registreringFra,registreringTil,virkningFra,virkningTil,status,byg021BygningensAnvendelse,\
byg026Opførelsesår,byg404Koordinat,grund,husnummer
B1,2017-06-02T12:29:37Z,,2010-01-01T00:00:00Z,,6,140,1971,POINT ({E0 + 50} {N0 + 50.25}),G1,H1
B1,2017-06-02T12:29:37Z,2018-06-02T12:29:37Z,2010-01-01T00:00:00Z,,6,140,1900,POINT (0 0),G9,H1
B2,2017-06-02T12:29:37Z,,2010-01-01T00:00:00Z,,6,120,2012,GEOMETRYCOLLECTION EMPTY,G2,H2
"""
STAIRCASES = """\
id_lokalId,registreringFra,registreringTil,virkningFra,virkningTil,status,adgangFraHusnummer,bygning
S1,2017-06-02T12:29:37Z,,2010-01-01T00:00:00Z,,6,H1,B1
S2,2017-06-02T12:29:37Z,,2010-01-01T00:00:00Z,,6,H2,B2
"""
PLOTS = """\
id_lokalId,registreringTil,virkningTil,status,bestemtFastEjendom
G1,,,7,P1
G2,,,7,P2
"""
PROPERTIES = """\
id_lokalId,registreringTil,virkningTil,status,bfeNummer,ejendomstype,ejendommensEjerforholdskode
P1,,,7,1001,SFE,20
P2,,,7,1002,SFE,90
P3,,,7,1003,Ejerlejlighed,10
P4,,,7,1004,BPFG,30
"""
UNIT_PROPERTIES = "id_lokalId,registreringTil,virkningTil,enhed,ejerlejlighed\nR1,,,U3,P3\n"
BUILDING_PROPERTIES = "id_lokalId,bygning,bygningPåFremmedGrund\nQ1,B9,P4\n"

BBR = {
    "enhed.csv": UNITS_2020,
    "bygning.csv": BUILDINGS_2020,
    "opgang.csv": STAIRCASES,
    "grund.csv": PLOTS,
    "ejendomsrelation.csv": PROPERTIES,
    "enhedejendomsrelation.csv": UNIT_PROPERTIES,
    "bygningejendomsrelation.csv": BUILDING_PROPERTIES,
    "grundjordstykke.csv": "id_lokalId,grund,jordstykke\nJ1,G1,100\n",
}

NOT_OF_EXTRACTS = "no_residents_register"


def list_rules(registers):
    return sorted(set(registers.findings["rule"]) - {NOT_OF_EXTRACTS})


def take(registers, rule):
    found = registers.findings
    return found[found["rule"] == rule]


def in_ascii(tables):
    """Spell every heading as the headings of 2025 are, without Danish letters."""
    spelt = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Å": "Aa"})
    changed = {}
    for name, text in tables.items():
        head, _, rows = text.partition("\n")
        changed[name] = head.translate(spelt) + "\n" + rows
    return changed


def direct(tables):
    """Let the units name their buildings, as since 2025, and leave the staircases out."""
    text = (
        tables["enhed.csv"]
        .replace(",opgang\n", ",bygning\n")
        .replace(",S1\n", ",B1\n")
        .replace(",S2\n", ",B2\n")
    )
    changed = {**tables, "enhed.csv": text}
    del changed["opgang.csv"]
    return changed


@pytest.mark.parametrize(
    "vintage",
    [
        dict,
        direct,
        in_ascii,
        lambda tables: in_ascii(direct(tables)),
        lambda tables: {
            name: text.partition("\n")[0].lower() + "\n" + text.partition("\n")[2]
            for name, text in tables.items()
        },
        lambda tables: dict(reversed(tables.items())),
    ],
    ids=["2020", "direct", "ascii", "2025", "lower", "any-order"],
)
def test_every_vintage_gives_the_same_dwellings(read_dwellings, dar, vintage):
    registers = read_dwellings(vintage({**BBR, **dar}))
    dwellings = registers.dwellings.set_index("dwelling_id")
    assert dwellings.index.tolist() == ["U1", "U2", "U3"]
    assert dwellings["built_year"].tolist() == [1971, 1971, 2012]
    assert dwellings["area_m2"].tolist() == [71, 20, 120]
    # U3's building has no point: it lies where its address does.
    assert dwellings[["x", "y"]].values.tolist() == [
        [E0 + 50, N0 + 50.25], [E0 + 50, N0 + 50.25], [E0 + 250.5, N0 + 50],
    ]  # fmt: skip
    assert dwellings["address"].tolist() == ["Ærøvej 1, 1. tv", "Ærøvej 1", "Ærøvej 2"]
    assert dwellings["tenure"].tolist() == ["almen_familiebolig", "enkeltvaerelse", "ejerbolig"]
    assert dwellings["tenure_source"].tolist() == [
        "enh046_10", "ejerforhold_20_enh023_3", "ejerforhold_90_enh045_2",
    ]  # fmt: skip
    assert list_rules(registers) == [
        "status_left_out",
        "support_not_told",
        "unit_owner_differs",
        "versions_left_out",
    ]


def test_what_was_left_out_is_counted_by_file(read_dwellings, dar):
    registers = read_dwellings({**BBR, **dar})
    left = take(registers, "versions_left_out").set_index("file")[["measure", "value", "other"]]
    assert left.loc["enhed.csv"].tolist() == [2.0, "6", "enhed"]
    assert left.loc["bygning.csv"].tolist() == [1.0, "3", "bygning"]
    assert len(left) == 2
    (status,) = take(registers, "status_left_out").to_dict("records")
    assert (status["file"], status["measure"], status["value"], status["other"]) == (
        "enhed.csv",
        1.0,
        "10: 1",
        "6",
    )
    (support,) = take(registers, "support_not_told").to_dict("records")
    assert (support["file"], support["measure"]) == ("enhed.csv", 1.0)


def test_what_was_left_out_is_no_fault_however_strict_one_is(read_dwellings, dar, input_files, run):
    # Nothing is to be said of U2 but what its history is: its support is told, and it has one owner.
    text = UNITS_2020.replace("6,140,3,20,1,,A2", "6,140,3,20,1,10,A2")
    tables = {**BBR, **dar, "enhed.csv": text}
    del tables["enhedejendomsrelation.csv"]
    registers = read_dwellings(tables)
    noted = registers.findings.loc[registers.findings["severity"] == "note", "rule"]
    assert set(noted) == set(list_rules(registers)) == {"versions_left_out", "status_left_out"}
    input_files.project += "[registers.residents]\npath = 'beboere.csv'\n"
    input_files.tables["beboere.csv"] = "year;dwelling_id;residents_n\n2025;U1;2\n"
    checked = run("check", input_files.write(), "--strict")
    assert checked.exit_code == 0, checked.stderr
    assert "Fejl: 0. Advarsler: 0. Oplysninger: 3." in checked.stderr
    listed = run("list", input_files.folder)
    assert "advars" not in listed.stderr
    input_files.tables["enhed.csv"] = UNITS_2020
    assert run("check", input_files.write(), "--strict").exit_code == 1


def test_every_file_is_listed_with_what_it_held(read_dwellings, dar):
    files = read_dwellings({**BBR, **dar}).files
    rows_n = {name: len(text.splitlines()) - 1 for name, text in {**BBR, **dar}.items()}
    assert files[files["register"] == "dwellings"].set_index("file")["rows_n"].to_dict() == rows_n


def test_the_past_is_read_as_the_register_now_has_it(read_dwellings):
    dwellings = read_dwellings(BBR, "in_force_on = 2012-06-01").dwellings.set_index("dwelling_id")
    assert dwellings["area_m2"].to_dict() == {"U1": 70, "U2": 20, "U3": 120}
    assert dwellings.loc["U1", "tenure_source"] == "ejerforhold_20"
    assert read_dwellings(BBR, "in_force_on = 2011-12-31").dwellings["dwelling_id"].tolist() == ["U1", "U2"]
    assert read_dwellings(BBR, "in_force_on = 2012-01-01").dwellings["dwelling_id"].tolist() == [
        "U1",
        "U2",
        "U3",
    ]


def test_a_version_ends_where_the_next_begins(read_dwellings):
    for day, area_m2 in (("2014-12-31", 70), ("2015-01-01", 71)):
        dwellings = read_dwellings(BBR, f"in_force_on = {day}").dwellings.set_index("dwelling_id")
        assert dwellings.loc["U1", "area_m2"] == area_m2


def test_the_owner_of_the_ejerlejlighed_goes_first_where_the_project_says_so(read_dwellings):
    registers = read_dwellings(BBR)
    (differs,) = take(registers, "unit_owner_differs").to_dict("records")
    assert (differs["value"], differs["other"], differs["measure"]) == ("90", "10", 1.0)
    registers = read_dwellings(BBR, 'ownership = "unit"')
    assert registers.dwellings.set_index("dwelling_id").loc["U3", "tenure_source"] == "ejerforhold_10"
    assert take(registers, "unit_owner_differs").empty


def test_a_building_on_anothers_land_has_its_own_owner(read_dwellings):
    tables = {**BBR, "bygningejendomsrelation.csv": BUILDING_PROPERTIES.replace("B9", "B2")}
    assert (
        read_dwellings(tables).dwellings.set_index("dwelling_id").loc["U3", "tenure_source"]
        == "ejerforhold_30"
    )


def test_a_link_that_leads_nowhere_is_told_with_its_line(read_dwellings):
    tables = {**BBR, "opgang.csv": STAIRCASES.replace(",B2", ",B8")}
    del tables["enhedejendomsrelation.csv"]
    registers = read_dwellings(tables)
    (found,) = take(registers, "link_not_found").to_dict("records")
    assert [found[name] for name in ("file", "line", "column", "record_id", "value")] == [
        "enhed.csv", 6, "opgang", "U3", "B8",
    ]  # fmt: skip
    dwelling = registers.dwellings.set_index("dwelling_id").loc["U3"]
    assert pd.isna(dwelling["built_year"])
    assert pd.isna(dwelling["x"])
    (untold,) = take(registers, "tenure_not_derivable").to_dict("records")
    assert (untold["line"], untold["column"]) == (6, "ejendommensEjerforholdskode")
    assert "tenure_unknown" not in list_rules(registers)
    assert len(take(registers, "missing_coordinates")) == 1


def test_a_staircase_that_is_missing_is_told(read_dwellings):
    registers = read_dwellings({**BBR, "opgang.csv": STAIRCASES.replace("S2,", "S8,")})
    (found,) = take(registers, "link_not_found").to_dict("records")
    assert (found["column"], found["record_id"], found["value"]) == ("opgang", "U3", "S2")


@pytest.mark.parametrize(
    ("left_out", "value"), [("opgang.csv", ["bygning", "opgang"]), ("bygning.csv", ["bygning"])]
)
def test_a_file_that_the_units_need_is_named(read_dwellings, left_out, value):
    tables = {name: text for name, text in BBR.items() if name != left_out}
    if left_out == "opgang.csv":
        del tables["bygning.csv"]
    registers = read_dwellings(tables)
    assert sorted(take(registers, "extract_incomplete")["value"]) == value
    assert sorted(take(registers, "missing_column")["column"]) == ["x", "y"]


def test_buildings_without_units_are_refused(read_dwellings):
    registers = read_dwellings({"bygning.csv": BUILDINGS_2020, "opgang.csv": STAIRCASES})
    assert list_rules(registers) == ["extract_without_units"]
    assert set(registers.findings.loc[registers.findings["severity"] == "error", "value"]) == {
        "bygning",
        "opgang",
    }
    assert registers.dwellings.empty


def test_two_versions_in_force_are_told_and_the_order_does_not_matter(read_dwellings):
    again = "I,U2,2019-06-02T12:29:37Z,,2010-01-01T00:00:00Z,,6,140,3,29,1,,A2,S1\n"
    for text in (UNITS_2020 + again, UNITS_2020.replace("I,U1,2017", again + "I,U1,2017", 1)):
        registers = read_dwellings({**BBR, "enhed.csv": text})
        assert registers.dwellings.set_index("dwelling_id").loc["U2", "area_m2"] == 29
        (found,) = take(registers, "several_versions").to_dict("records")
        assert found["value"] == "U2"
        lines = text.splitlines()
        assert lines[found["line"] - 1].split(",")[9] == "20"
        assert lines[int(found["other"].split(":")[1]) - 1].split(",")[9] == "29"


def test_several_links_are_told_and_one_is_chosen(read_dwellings):
    tables = {**BBR, "enhedejendomsrelation.csv": UNIT_PROPERTIES + "R0,,,U3,P4\n"}
    registers = read_dwellings(tables, 'ownership = "unit"')
    assert registers.dwellings.set_index("dwelling_id").loc["U3", "tenure_source"] == "ejerforhold_10"
    (found,) = take(registers, "several_links").to_dict("records")
    assert [found[name] for name in ("file", "line", "value", "other")] == [
        "enhedejendomsrelation.csv", 3, "P4", "P3",
    ]  # fmt: skip


def test_the_buildings_may_be_a_layer_of_points(read_dwellings, input_files):
    rows = [
        input_files.feature(
            shape, id_lokalId=name, byg021BygningensAnvendelse="140", byg026Opførelsesår="1971"
        )
        for name, shape in (("B1", shapely.Point(E0 + 50, N0 + 50.25)), ("B2", None))
    ]
    input_files.layers["bygning.geojson"] = rows
    tables = {name: text for name, text in BBR.items() if name != "bygning.csv"}
    registers = read_dwellings({**tables, "bygning.geojson": None})
    dwellings = registers.dwellings.set_index("dwelling_id")
    assert dwellings.loc["U1", ["x", "y"]].tolist() == [E0 + 50, N0 + 50.25]
    assert pd.isna(dwellings.loc["U3", "x"])


def test_a_point_that_is_none_is_told(read_dwellings):
    registers = read_dwellings(
        {**BBR, "bygning.csv": BUILDINGS_2020.replace("GEOMETRYCOLLECTION EMPTY", "645250 6255050")}
    )
    (found,) = take(registers, "bad_point").to_dict("records")
    assert (found["file"], found["line"], found["column"]) == ("bygning.csv", 4, "byg404Koordinat")


def test_a_time_that_cannot_be_read_is_told_where_times_matter(read_dwellings):
    text = UNITS_2020.replace("2012-01-01T00:00:00Z", "i fjor")
    registers = read_dwellings({**BBR, "enhed.csv": text}, "in_force_on = 2012-06-01")
    (found,) = take(registers, "bad_date").to_dict("records")
    assert (found["line"], found["column"], found["value"]) == (6, "virkningFra", "i fjor")
    assert "bad_date" not in list_rules(read_dwellings({**BBR, "enhed.csv": text}))


def test_files_of_one_entity_are_put_together(read_dwellings):
    head, *rows = BUILDINGS_2020.splitlines()
    tables = {name: text for name, text in BBR.items() if name != "bygning.csv"}
    tables |= {f"bygning{n}.csv": f"{head}\n{row}\n" for n, row in enumerate(rows)}
    units, *others = UNITS_2020.splitlines()
    tables["enhed.csv"] = "\n".join([units, *others[:3]]) + "\n"
    tables["enhed2.csv"] = "\n".join([units, *others[3:]]) + "\n"
    dwellings = read_dwellings(tables).dwellings
    assert dwellings["dwelling_id"].tolist() == ["U1", "U2", "U3"]
    assert dwellings["built_year"].tolist() == [1971, 1971, 2012]


def test_a_list_of_ones_own_may_stand_beside_the_extract(read_dwellings):
    own = "dwelling_id,x,y,tenure,use_code\nZ1,645050,6255050,ejerbolig,140\n"
    dwellings = read_dwellings({**BBR, "egne.csv": own}).dwellings.set_index("dwelling_id")
    assert dwellings.index.tolist() == ["U1", "U2", "U3", "Z1"]
    assert dwellings.loc["Z1", "tenure"] == "ejerbolig"
    assert pd.isna(dwellings.loc["Z1", "tenure_source"])


def test_what_the_project_says_of_a_column_goes_before_what_is_derived(read_dwellings):
    head, *rows = UNITS_2020.splitlines()
    text = "\n".join([head + ",Type", *(row + ",kommunal" for row in rows)]) + "\n"
    dwellings = read_dwellings({**BBR, "enhed.csv": text}, 'fields = { tenure = "Type" }').dwellings
    assert set(dwellings["tenure"]) == {"kommunal"}
    assert dwellings["tenure_source"].isna().all()


def test_a_decimal_comma_of_the_project_does_not_spoil_the_points(read_dwellings):
    dwellings = read_dwellings(BBR, 'decimal = ","').dwellings.set_index("dwelling_id")
    assert dwellings.loc["U1", ["x", "y"]].tolist() == [E0 + 50, N0 + 50.25]


def test_each_entity_is_recognised_and_no_other_table_is(dar):
    found = {
        recognise(text.partition("\n")[0].split(","), "dwellings").entity for text in {**BBR, **dar}.values()
    }
    assert found == {
        entity
        for entity in Entity
        if entity not in {Entity.PARCEL, Entity.PARCEL_SHAPE, Entity.DISTRICT}
        and entity not in {Entity.STREET, Entity.POST_DISTRICT, Entity.PLACE}  # DAWA's replication alone
    }
    assert recognise(["dwelling_id", "x", "y", "tenure", "use_code"], "dwellings") is None
    assert recognise(BBR["enhed.csv"].partition("\n")[0].split(","), "parcels") is None


def test_the_rules_have_each_a_name():
    codes = [rule.code for rule in load_tenure_rules()]
    assert len(codes) == len(set(codes))
