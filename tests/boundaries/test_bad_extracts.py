"""Prepared faults of official extracts, one each: exactly that finding at exactly that place, and nothing else."""

import re
import zipfile

import pytest
import shapely

from boundaries.registers.findings import has_errors
from boundaries.registers.severity import SEVERITIES

E0, N0 = 645_000.0, 6_255_000.0
PROJECT = """\
[dates]
status_date = 2025-01-01
[registers.parcels]
files = ["jordstykke.csv", "lodflade.csv"]
[registers.areas]
path = "omraader.csv"
[registers.dwellings]
files = ["enhed.csv", "opgang.csv", "bygning.csv", "grund.csv", "ejendomsrelation.csv"]
[registers.residents]
path = "beboere.csv"
"""
SINCE = "2020-01-01T00:00:00Z,,"
TABLES = {
    "enhed.csv": f"""\
id_lokalId,status,virkningFra,virkningTil,registreringTil,enh020EnhedensAnvendelse,enh023Boligtype,enh045Udlejningsforhold,enh046OffentligStøtte,opgang
U1,6,{SINCE},140,1,1,10,O1
U2,6,{SINCE},120,1,2,,O2
""",
    "opgang.csv": f"""\
id_lokalId,status,virkningFra,virkningTil,registreringTil,adgangFraHusnummer,bygning
O1,6,{SINCE},H1,B1
O2,6,{SINCE},H2,B2
""",
    "bygning.csv": f"""\
id_lokalId,status,virkningFra,virkningTil,registreringTil,byg021BygningensAnvendelse,byg026Opførelsesår,byg404Koordinat,grund
B1,6,{SINCE},140,1971,POINT({E0 + 50} {N0 + 50}),G1
B2,6,{SINCE},120,1985,POINT({E0 + 150} {N0 + 50}),G2
""",
    "grund.csv": f"""\
id_lokalId,status,virkningFra,virkningTil,registreringTil,bestemtFastEjendom
G1,6,{SINCE},F1
G2,6,{SINCE},F2
""",
    "ejendomsrelation.csv": f"""\
id_lokalId,status,virkningFra,virkningTil,registreringTil,bfeNummer,ejendommensEjerforholdskode,ejendomstype
F1,6,{SINCE},100,20,SFE
F2,6,{SINCE},200,10,SFE
""",
    "jordstykke.csv": f"""\
id_lokalId,status,virkningFra,virkningTil,registreringTil,ejerlavskode,matrikelnummer
J1,Gældende,{SINCE},1,1a
J2,Gældende,{SINCE},1,2a
""",
    "lodflade.csv": f"""\
id_lokalId,status,virkningFra,virkningTil,registreringTil,jordstykkeLokalId,geometri
L1,Gældende,{SINCE},J1,"{shapely.box(E0, N0, E0 + 100, N0 + 100).wkt}"
L2,Gældende,{SINCE},J2,"{shapely.box(E0 + 100, N0, E0 + 200, N0 + 100).wkt}"
""",
    "omraader.csv": "area_id;name;parcels\nA1;Ærtebjerg;1-1a\n",
    "beboere.csv": "year;dwelling_id;residents_n\n2025;U1;2\n2025;U2;1\n",
}
OLD = "2019-01-01T00:00:00Z,2020-01-01T00:00:00Z,"


def swap(name, old, new):
    return lambda files: files.replace(name, old, new)


def append(name, row):
    def spoil(files):
        files.tables[name] += row + "\n"

    return spoil


def both(*spoilers):
    def spoil(files):
        for spoiler in spoilers:
            spoiler(files)

    return spoil


def add_own_flat(files):
    """Make the first unit an ejerlejlighed that belongs to somebody else than the property."""
    files.replace("boligkort.toml", '"grund.csv"', '"grund.csv", "enhedejendomsrelation.csv"')
    files.replace("enhed.csv", "1,1,10,O1", "1,1,,O1")
    files.replace(
        "ejendomsrelation.csv", "F1,6,2020-01-01T00:00:00Z,,,100,20", "F1,6,2020-01-01T00:00:00Z,,,100,30"
    )
    files.tables["ejendomsrelation.csv"] += f"F3,6,{SINCE},300,10,EL\n"
    files.tables["enhedejendomsrelation.csv"] = (
        f"id_lokalId,virkningFra,virkningTil,registreringTil,ejerlejlighed,enhed\nX1,{SINCE},F3,U1\n"
    )


def add_two_owners(files):
    """Let the second building stand on another's land, and belong to two properties with the same owner."""
    files.replace("boligkort.toml", '"grund.csv"', '"grund.csv", "bygningejendomsrelation.csv"')
    files.tables["ejendomsrelation.csv"] += f"F3,6,{SINCE},300,10,BPFG\nF4,6,{SINCE},400,10,BPFG\n"
    files.tables["bygningejendomsrelation.csv"] = (
        "id_lokalId,virkningFra,virkningTil,registreringTil,bygning,bygningPåFremmedGrund\n"
        f"X1,{SINCE},B2,F3\nX2,{SINCE},B2,F4\n"
    )


def zip_dwellings(files):
    """Give the parts of the dwellings in one zip, with one that the register does not need."""
    parts = {name: files.tables.pop(name) for name in re.findall(r'"(.*?)"', FILES)}
    parts["etage.csv"] = "id_lokalId,status,eta006BygningensEtagebetegnelse\nE1,6,st\n"
    with zipfile.ZipFile(files.folder / "udtræk.zip", "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    files.replace("boligkort.toml", FILES, '"udtræk.zip"')


FILES = '"enhed.csv", "opgang.csv", "bygning.csv", "grund.csv", "ejendomsrelation.csv"'
# What the unit itself tells makes its tenure known without an owner.
SUPPORTED = swap("enhed.csv", "1,2,,O2", "1,2,15,O2")
BAD_EXTRACTS = [
    # Rule; what is spoilt; register, file with line, and column; what else is told.
    ("extract_without_units", swap("boligkort.toml", FILES, '"opgang.csv"'), "dwellings opgang.csv", {"value": "opgang"}),
    ("extract_incomplete", both(SUPPORTED, swap("boligkort.toml", ', "grund.csv"', "")), "dwellings enhed.csv grund", {"value": "grund"}),
    ("extract_incomplete", both(SUPPORTED, swap("boligkort.toml", ', "ejendomsrelation.csv"', "")), "dwellings grund.csv ejendomsrelation", {"value": "ejendomsrelation"}),
    ("tables_left_out", zip_dwellings, "dwellings udtræk.zip", {"other": "etage.csv"}),
    ("versions_left_out", append("enhed.csv", f"U1,6,{OLD},140,1,1,10,O1"), "dwellings enhed.csv", {"other": "enhed", "measure": 1}),
    ("versions_left_out", append("bygning.csv", f"B1,6,{OLD},140,1970,POINT(0 0),G1"), "dwellings bygning.csv", {"other": "bygning", "measure": 1}),
    ("versions_left_out", append("lodflade.csv", f"L1,Gældende,{OLD},J1,POINT EMPTY"), "parcels lodflade.csv", {"other": "lodflade", "measure": 1}),
    ("status_left_out", append("enhed.csv", f"U3,9,{SINCE},140,1,1,10,O1"), "dwellings enhed.csv", {"value": "9: 1", "other": "6", "measure": 1}),
    ("status_left_out", append("jordstykke.csv", f"J3,Historisk,{SINCE},1,3a"), "parcels jordstykke.csv", {"value": "Historisk: 1", "other": "Gældende", "measure": 1}),
    ("several_versions", append("enhed.csv", "U1,6,2019-01-01T00:00:00Z,,,140,1,1,25,O1"), "dwellings enhed.csv:4 id_lokalId", {"record_id": "U1", "other": "enhed.csv:2"}),
    ("several_versions", append("ejendomsrelation.csv", "F2,6,2019-01-01T00:00:00Z,,,200,30,SFE"), "dwellings ejendomsrelation.csv:4 id_lokalId", {"record_id": "F2", "other": "ejendomsrelation.csv:3"}),
    ("several_links", add_two_owners, "dwellings bygningejendomsrelation.csv:3 bygningPåFremmedGrund", {"value": "F4", "other": "F3"}),
    ("link_not_found", both(SUPPORTED, swap("grund.csv", "F2", "F9")), "dwellings enhed.csv:3 opgang", {"record_id": "U2", "value": "F9"}),
    ("link_not_found", both(SUPPORTED, swap("bygning.csv", "G2", "G9")), "dwellings enhed.csv:3 opgang", {"record_id": "U2", "value": "G9"}),
    ("bad_point", append("bygning.csv", f"B3,6,{SINCE},120,1985,POINT(øst nord),G2"), "dwellings bygning.csv:4 byg404Koordinat", {"record_id": "B3", "value": "POINT(øst nord)"}),
    ("bad_shape", swap("lodflade.csv", shapely.box(E0 + 100, N0, E0 + 200, N0 + 100).wkt, "POLYGON ((1 2"), "parcels lodflade.csv:3 geometri", {"record_id": "L2", "value": "POLYGON ((1 2"}),
    ("parcel_without_surface", append("jordstykke.csv", f"J3,Gældende,{SINCE},1,3a"), "parcels jordstykke.csv:4 id_lokalId", {"record_id": "J3"}),
    ("tenure_contradiction", swap("ejendomsrelation.csv", "100,20", "100,10"), "dwellings enhed.csv:2 enh046OffentligStøtte", {"record_id": "U1", "other": "almen_familiebolig"}),
    ("tenure_not_derivable", both(swap("enhed.csv", "1,2,,O2", "1,1,,O2"), swap("ejendomsrelation.csv", "200,10", "200,90")), "dwellings enhed.csv:3 ejendommensEjerforholdskode", {"record_id": "U2"}),
    ("support_not_told", swap("enhed.csv", "1,1,10,O1", "1,1,,O1"), "dwellings enhed.csv", {"measure": 1}),
    ("unit_owner_differs", add_own_flat, "dwellings enhed.csv ejendommensEjerforholdskode", {"value": "30", "other": "10", "measure": 1}),
]  # fmt: skip


@pytest.fixture
def extract_files(input_files):
    input_files.project = PROJECT
    input_files.tables = dict(TABLES)
    input_files.layers = {}
    return input_files


def test_sound_extracts_give_no_findings(extract_files):
    registers = extract_files.read()
    assert registers.findings.empty
    assert registers.dwellings["tenure"].tolist() == ["almen_familiebolig", "ejerbolig"]
    assert registers.parcels["parcel_key"].tolist() == ["1-1a", "1-2a"]


@pytest.mark.parametrize(
    ("rule", "spoil", "place", "expected"),
    BAD_EXTRACTS,
    ids=[f"{n}-{case[0]}" for n, case in enumerate(BAD_EXTRACTS)],
)
def test_bad_extract_gives_its_finding_and_nothing_else(
    extract_files, name_place, rule, spoil, place, expected
):
    spoil(extract_files)
    findings = extract_files.read().findings
    assert findings["rule"].tolist() == [rule]
    found = findings.iloc[0].to_dict()
    assert name_place(found) == place
    assert {name: found[name] for name in expected} == expected
    assert found["severity"] == SEVERITIES[rule]
    assert has_errors(findings) == (SEVERITIES[rule] == "error")


def test_every_rule_of_the_extracts_has_a_bad_extract():
    """The table in `SEVERITIES` has them below a heading of their own; the other table has all other rules."""
    rules = list(SEVERITIES)
    of_extracts = rules[rules.index("extract_without_units") : rules.index("missing_id")]
    of_tenure = ["tenure_contradiction", "tenure_not_derivable", "support_not_told", "unit_owner_differs"]
    assert {case[0] for case in BAD_EXTRACTS} == {*of_extracts, *of_tenure}
