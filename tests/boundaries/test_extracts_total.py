"""Total extracts: one file of JSON, packed or not, with a list for each entity and others that are not needed."""

import csv
import io
import json
import zipfile

import pandas as pd
import pytest

from geo.errors import UsageError

E0, N0 = 645_000.0, 6_255_000.0

UNITS = """\
id_lokalId,registreringTil,virkningTil,status,enh020EnhedensAnvendelse,enh023Boligtype,enh026EnhedensSamledeAreal,\
enh046OffentligStøtte,adresseIdentificerer,opgang
U1,,,6,140,1,71,10,A1,S1
U1,2017-06-02T12:29:37.000000+02:00,,6,140,1,72,10,A1,S1
U2,,,6,140,1,80,10,A3,S2
U3,,,10,140,1,80,10,A3,S2
"""
STAIRCASES = """\
id_lokalId,registreringTil,virkningTil,status,adgangFraHusnummer,bygning
S1,,,6,H1,B1
S2,,,6,H2,B2
"""
BUILDINGS = f"""\
id_lokalId,registreringTil,virkningTil,status,byg021BygningensAnvendelse,byg026Opførelsesår,byg404Koordinat,husnummer
B1,,,6,140,1971,POINT({E0 + 50} {N0 + 50}),H1
B2,,,6,140,1972,,H2
"""
BBR = {"EnhedList": UNITS, "OpgangList": STAIRCASES, "BygningList": BUILDINGS}
NOT_NEEDED = {
    "EtageList": "id_lokalId,status,bygning,eta006BygningensEtagebetegnelse\nF1,6,B1,st\n",
    "NavngivenVejList": "id_lokalId,status,vejnavn\nV1,3,Ærøvej\n",
}
PROJECT = "[dates]\nstatus_date = 2025-01-01\n[registers.areas]\npath = 'omraader.geojson'\n"


def list_rows(tables):
    """Return the total extract of tables in CSV: what is empty is null."""
    return {
        name: [
            {key: value or None for key, value in row.items()} for row in csv.DictReader(io.StringIO(text))
        ]
        for name, text in tables.items()
    }


def pack(name, lists):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{name}.json", json.dumps(lists))
        archive.writestr(f"{name}_Metadata.json", json.dumps({"DatafordelerUdtraekstidspunkt": "2025"}))
    return packed.getvalue()


def write_json(lists):
    return json.dumps(lists, ensure_ascii=False)


@pytest.fixture
def dar_lists(dar):
    """Return the lists of DAR by the names that a total extract gives them."""
    return {f"{name.removesuffix('.csv').title()}List": text for name, text in dar.items()}


HANDED_OUT = {
    "one": lambda lists: {"alt.json": write_json(list_rows({**NOT_NEEDED, **BBR, **lists}))},
    "two": lambda lists: {
        "DAR.json": write_json(list_rows({**lists, **NOT_NEEDED})),
        "BBR.json": write_json(list_rows({**NOT_NEEDED, **BBR})),
    },
    "zips": lambda lists: {
        "BBR.zip": pack("BBR", list_rows(BBR)),
        "DAR.zip": pack("DAR", list_rows({**NOT_NEEDED, **lists})),
    },
    "beside_csv": lambda lists: {
        "BBR.json": write_json(list_rows(BBR)),
        **{f"{name}.csv": text for name, text in lists.items()},
    },
}


@pytest.mark.parametrize("hand_out", HANDED_OUT.values(), ids=list(HANDED_OUT))
def test_a_total_extract_gives_what_its_entities_give_in_files_of_their_own(
    read_dwellings, dar_lists, hand_out
):
    expected = read_dwellings({f"{name}.csv": text for name, text in {**BBR, **dar_lists}.items()})
    registers = read_dwellings(hand_out(dar_lists))
    told = ["dwelling_id", "address", "x", "y", "built_year", "area_m2", "tenure", "tenure_source"]
    pd.testing.assert_frame_equal(registers.dwellings[told], expected.dwellings[told])
    assert registers.dwellings["x"].tolist() == [E0 + 50, E0 + 250.5]
    assert sorted(registers.findings["rule"]) == sorted(expected.findings["rule"])


def test_every_list_that_was_read_is_told_with_its_rows(read_dwellings, dar_lists):
    registers = read_dwellings({"alt.json": write_json(list_rows({**NOT_NEEDED, **BBR, **dar_lists}))})
    files = registers.files[registers.files["register"] == "dwellings"]
    assert files["layer"].tolist() == [*BBR, *dar_lists]
    assert files["rows_n"].tolist() == [4, 2, 2, 2, 2, 2]
    assert len(set(files["sha256"])) == 1
    left = registers.findings.set_index("rule")
    assert left.loc["versions_left_out", ["file", "layer", "measure"]].tolist()[::2] == ["alt.json", 1.0]
    assert left.loc["status_left_out", "value"] == "10: 1"


def test_a_fault_in_a_list_is_told_with_the_list_and_the_number_of_the_row(read_dwellings, dar_lists):
    lists = list_rows({**BBR, **dar_lists})
    lists["BygningList"][1]["byg404Koordinat"] = "et sted"
    found = read_dwellings({"alt.json": write_json(lists)}).findings.set_index("rule").loc["bad_point"]
    assert found[["file", "layer", "line", "column", "value"]].tolist() == [
        "alt.json", "BygningList", 2, "byg404Koordinat", "et sted",
    ]  # fmt: skip


def test_lists_of_which_the_register_knows_none_are_named_with_what_to_do(read_dwellings):
    with pytest.raises(UsageError) as raised:
        read_dwellings({"alt.json": write_json(list_rows(NOT_NEEDED))})
    assert raised.value.key == "files.several_lists"
    assert raised.value.values["found"] == "EtageList, NavngivenVejList"


def test_a_total_extract_without_the_units_says_so(read_dwellings, dar_lists):
    registers = read_dwellings({"DAR.json": write_json(list_rows(dar_lists))})
    told = registers.findings[registers.findings["rule"] == "extract_without_units"]
    assert sorted(told["value"]) == ["adresse", "adressepunkt", "husnummer"]


def test_parcels_are_joined_from_the_lists_of_one_file(input_files):
    square = f"POLYGON(({E0} {N0},{E0 + 100} {N0},{E0 + 100} {N0 + 100},{E0} {N0 + 100},{E0} {N0}))"
    lists = {
        "JordstykkeList": [
            {"id_lokalId": "100", "status": "Gældende", "matrikelnummer": "1a", "ejerlavLokalId": "60851"}
        ],
        "LodfladeList": [
            {"id_lokalId": "L", "status": "Gældende", "jordstykkeLokalId": "100", "geometri": square}
        ],
        "EjerlavList": [
            {"id_lokalId": "60851", "status": "Gældende", "ejerlavskode": 60851, "ejerlavsnavn": "Vorup"}
        ],
        "MatrikelskelList": [{"id_lokalId": "M", "geometri": "LINESTRING(0 0,1 1)"}],
    }
    input_files.project = f"{PROJECT}[registers.parcels]\npath = 'MAT.json'\n"
    input_files.tables = {"MAT.json": write_json(lists)}
    parcels = input_files.read().parcels
    assert parcels["parcel_key"].tolist() == ["60851-1a"]
    assert parcels.geometry.area.tolist() == [10_000.0]
