"""The shapes in which DAWA served BBR, addresses, parcels and kommuner, beside those of Datafordeler."""

import json

import pandas as pd
import pyproj
import pytest
import shapely

from boundaries.registers.extracts.entities import Entity, recognise

E0, N0 = 645_000.0, 6_255_000.0
PROJECT = "[dates]\nstatus_date = 2025-01-01\n[registers.areas]\npath = 'omraader.geojson'\n"
TOLD = ["dwelling_id", "address", "x", "y", "built_year", "area_m2", "use_code", "tenure", "tenure_source",
        "toilet_code", "bath_code", "heating_code"]  # fmt: skip

# U1 lies at its building, U2 at its address; U3 is divided into ejerlejligheder, U4 is torn down.
DATAFORDELER = {
    "enhed.csv": """\
id_lokalId,status,enh020EnhedensAnvendelse,enh023Boligtype,enh026EnhedensSamledeAreal,enh045Udlejningsforhold,\
enh046OffentligStøtte,enh032Toiletforhold,enh033Badeforhold,enh051Varmeinstallation,adresseIdentificerer,opgang
U1,6,140,1,71,1,10,T,V,1,A1,S1
U2,6,140,3,20,1,,T,C,1,A2,S2
U3,6,140,1,80,2,,T,V,2,A3,S3
U4,10,140,1,60,1,,T,V,1,A3,S3
""",
    "opgang.csv": "id_lokalId,adgangFraHusnummer,bygning\nS1,H1,B1\nS2,H2,B2\nS3,H3,B3\n",
    "bygning.csv": f"""\
id_lokalId,byg021BygningensAnvendelse,byg026Opførelsesår,byg404Koordinat,grund,husnummer
B1,140,1971,POINT ({E0 + 50} {N0 + 50.25}),G1,H1
B2,140,1972,,G1,H2
B3,140,2012,,G2,H3
""",
    "grund.csv": "id_lokalId,bestemtFastEjendom\nG1,P1\nG2,P2\n",
    "ejendomsrelation.csv": (
        "id_lokalId,bfeNummer,ejendommensEjerforholdskode\nP1,1001,20\nP2,1002,90\nP3,1003,10\n"
    ),
    "enhedejendomsrelation.csv": "id_lokalId,enhed,ejerlejlighed\nR1,U3,P3\n",
    "adresse.csv": (
        "id_lokalId,adressebetegnelse,husnummer\n"
        'A1,"Ærøvej 1, 1. tv, 9990 Prøveby",H1\nA2,"Ærøvej 2, Nørby, 9990 Prøveby",H2\n'
        'A3,"Ærøvej 3, st., 9990 Prøveby",H3\n'
    ),
    "husnummer.csv": (
        "id_lokalId,husnummertekst,adgangsadressebetegnelse,adgangspunkt\n"
        'H1,1,"Ærøvej 1, 9990 Prøveby",X1\nH2,2,"Ærøvej 2, Nørby, 9990 Prøveby",X2\n'
        'H3,3,"Ærøvej 3, 9990 Prøveby",X3\n'
    ),
    "adressepunkt.csv": f"""\
id_lokalId,oprindelse_tekniskStandard,position
X1,TD,POINT({E0 + 59} {N0 + 59})
X2,TK,POINT({E0 + 250.5} {N0 + 50})
X3,TK,POINT({E0 + 350.5} {N0 + 50})
""",
}

ENHEDER = """\
Enhed_id,ObjStatus,EnhAdr_id,Opgang_id,ENH_ANVEND_KODE,BOLIGTYPE_KODE,ENH_ARL_SAML,BEBO_ARL,TOILET_KODE,BAD_KODE,\
ENH_UDLEJ2_KODE,OFF_STOETTE_KODE,VARMEINSTAL_KODE,opgang_Bygning_id,bygning_Bygning_id,bygning_OPFOERELSE_AAR
U1,1,A1,S1,140,1,71,71,T,V,1,10,1,B1,B1,1971
U2,1,A2,S2,140,3,20,20,T,C,1,,1,B2,B2,1972
U3,1,A3,S3,140,1,80,80,T,V,2,,2,B3,B3,2012
U4,2,A3,S3,140,1,60,60,T,V,1,,1,B3,B3,2012
"""
BYGNINGER = f"""\
Bygning_id,ObjStatus,Grund_id,AdgAdr_id,BYG_ANVEND_KODE,OPFOERELSE_AAR,BygPkt_id,bygningspunkt_KoorOest,\
bygningspunkt_KoorNord,bygningspunkt_KoorSystem
B1,1,G1,H1,140,1971,K1,{E0 + 50},{N0 + 50.25},5
B2,1,G1,H2,140,1972,,,,
B3,1,G2,H3,140,2012,,,,
"""
OPGANGE = "Opgang_id,AdgAdr_id,ObjStatus,Bygning_id,Elevator\nS1,H1,1,B1,0\nS2,H2,1,B2,0\nS3,H3,1,B3,0\n"
EJERSKABER = """\
Ejerskab_id,EntitetsType,BbrId,ESREjdNr,EJERFORHOLD_KODE,ObjStatus
P1,1,G1,1001,20,1
P2,1,G2,1002,90,1
P3,4,U3,1003,10,1
"""
ADDRESSES = (
    # id, etage, dør, supplerendebynavn, adgangsadresseid, husnr, east, north
    ("A1", "1", "tv", None, "H1", "1", E0 + 59, N0 + 59),
    ("A2", None, None, "Nørby", "H2", "2", E0 + 250.5, N0 + 50),
    ("A3", "st", None, None, "H3", "3", E0 + 350.5, N0 + 50),
)
LON_LAT = pyproj.Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True)


def write_csv(rows):
    frame = pd.DataFrame(rows)
    return frame.to_csv(index=False)


def list_flat_addresses():
    return [
        {
            "id": name, "status": 1, "vejkode": "0100", "vejnavn": "Ærøvej", "husnr": number, "etage": floor,
            "dør": door, "supplerendebynavn": place, "postnr": "9990", "postnrnavn": "Prøveby",
            "kommunekode": "0999", "ejerlavkode": 60851, "matrikelnr": "1a",
            "etrs89koordinat_øst": x, "etrs89koordinat_nord": y,
            "wgs84koordinat_bredde": LON_LAT.transform(x, y)[1],
            "wgs84koordinat_længde": LON_LAT.transform(x, y)[0],
            "adgangsadresseid": access,
        }
        for name, floor, door, place, access, number, x, y in ADDRESSES
    ]  # fmt: skip


def list_flat_access_addresses():
    left_out = {"etage", "dør", "adgangsadresseid"}
    return [
        {
            name: value
            for name, value in {**row, "id": row["adgangsadresseid"]}.items()
            if name not in left_out
        }
        for row in list_flat_addresses()
    ]


def nest_access_address(row, srid):
    x, y = row["etrs89koordinat_øst"], row["etrs89koordinat_nord"]
    point = [x, y] if srid == "25832" else [round(value, 8) for value in LON_LAT.transform(x, y)]
    return {
        "href": "…", "id": row["adgangsadresseid"], "status": 1, "husnr": row["husnr"],
        "vejstykke": {"kode": "0100", "navn": "Ærøvej"},
        "supplerendebynavn": row["supplerendebynavn"],
        "postnummer": {"nr": "9990", "navn": "Prøveby"},
        "kommune": {"kode": "0999", "navn": "Prøveby"},
        "adgangspunkt": {"id": "…", "koordinater": point, "nøjagtighed": "A", "tekniskstandard": "TD"},
    }  # fmt: skip


def nest_addresses(srid):
    rows = [
        {
            "id": row["id"], "status": 1, "etage": row["etage"], "dør": row["dør"],
            "adressebetegnelse": betegnelse, "adgangsadresse": nest_access_address(row, srid),
        }
        for row, betegnelse in zip(list_flat_addresses(), LABELS, strict=True)
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False)


LABELS = (
    "Ærøvej 1, 1. tv, 9990 Prøveby",
    "Ærøvej 2, Nørby, 9990 Prøveby",
    "Ærøvej 3, st., 9990 Prøveby",
)


def nest_units():
    """Return the units as JSON nested them: opgang and bygning within, the ejerskaber as a list."""
    rows = []
    for row in pd.read_csv(pd.io.common.StringIO(ENHEDER), dtype=str).to_dict("records"):
        told = {name: None if pd.isna(value) else value for name, value in row.items()}
        opgang = {"Opgang_id": told["Opgang_id"], "Bygning_id": told.pop("opgang_Bygning_id")}
        bygning = {
            "Bygning_id": told.pop("bygning_Bygning_id"),
            "OPFOERELSE_AAR": int(told.pop("bygning_OPFOERELSE_AAR")),
        }
        rows.append({**told, "opgang": opgang, "bygning": bygning, "ejerskaber": [{"EJERFORHOLD_KODE": 20}]})
    return json.dumps(rows)


BBR_CSV = {
    "enheder.csv": ENHEDER,
    "bygninger.csv": BYGNINGER,
    "opgange.csv": OPGANGE,
    "ejerskaber.csv": EJERSKABER,
}
ADDRESS_CSV = {"adresser.csv": write_csv(list_flat_addresses())}


@pytest.fixture
def read(input_files):
    def read(tables):
        names = ", ".join(f'"{name}"' for name in tables)
        input_files.project = f"{PROJECT}[registers.dwellings]\nfiles = [{names}]\n"
        input_files.tables = dict(tables)
        return input_files.read()

    return read


@pytest.mark.parametrize(
    "tables",
    [
        {**BBR_CSV, **ADDRESS_CSV},
        {**BBR_CSV, **ADDRESS_CSV, "adgangsadresser.csv": write_csv(list_flat_access_addresses())},
        {**BBR_CSV, "enheder.json": nest_units(), "adresser.json": nest_addresses("25832")},
        {**BBR_CSV, "adresser.json": nest_addresses("4326")},
        dict(reversed({**BBR_CSV, **ADDRESS_CSV}.items())),
    ],
    ids=["csv", "with_access_addresses", "nested", "nested_lon_lat", "any_order"],
)
def test_dawas_files_give_the_dwellings_of_datafordelers(read, tables):
    expected = read(DATAFORDELER)
    if "enheder.json" in tables:
        tables = {name: text for name, text in tables.items() if name != "enheder.csv"}
    registers = read(tables)
    found = registers.dwellings[TOLD]
    assert expected.dwellings["tenure_source"].tolist() == [
        "enh046_10", "ejerforhold_20_enh023_3", "ejerforhold_90_enh045_2",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(
        found.drop(columns=["x", "y"]), expected.dwellings[TOLD].drop(columns=["x", "y"])
    )
    # Eight decimals of a degree are a millimetre.
    pd.testing.assert_frame_equal(found[["x", "y"]], expected.dwellings[["x", "y"]], atol=0.002, rtol=0)
    assert sorted(set(registers.findings["rule"])) == sorted(set(expected.findings["rule"]))


def test_units_and_addresses_alone_are_placed_at_their_addresses(read):
    registers = read({"enheder.csv": ENHEDER, "adgangsadresser.csv": write_csv(list_flat_access_addresses()),
                      "adresser.csv": write_csv(list_flat_addresses())})  # fmt: skip
    dwellings = registers.dwellings
    assert dwellings["x"].tolist() == [row[6] for row in ADDRESSES]
    assert dwellings["y"].tolist() == [row[7] for row in ADDRESSES]
    assert dwellings["built_year"].tolist() == [1971, 1972, 2012]
    assert dwellings["address"].tolist() == list(LABELS)


def test_the_building_may_stand_in_the_row_of_the_unit(read):
    flat = """\
id_lokalId,status,enh020EnhedensAnvendelse,enh046OffentligStøtte,bygning.byg026Opførelsesår,x,y
U1,6,140,10,1971,645050.5,6255050
"""
    (dwelling,) = read({"flad.csv": flat}).dwellings.to_dict("records")
    assert (dwelling["built_year"], dwelling["tenure_source"]) == (1971, "enh046_10")


REPLICATED = {
    "adresse.csv": [
        {"id": name, "status": 1, "oprettet": "2000-02-05T20:31:05", "ændret": None, "ikrafttrædelsesdato": None,
         "adgangsadresseid": access, "etage": floor, "dør": door, "kilde": 1, "esdhreference": None,
         "journalnummer": None}
        for name, floor, door, _, access, *_ in ADDRESSES
    ],
    "adgangsadresse.csv": [
        {"id": access, "status": 1, "oprettet": None, "ændret": None, "kommunekode": "0999", "vejkode": "0100",
         "husnr": number, "supplerendebynavn": place, "postnr": "9990", "ejerlavkode": 60851, "matrikelnr": "1a",
         "etrs89koordinat_øst": x, "etrs89koordinat_nord": y, "nøjagtighed": "A", "tekniskstandard": "TD",
         "adgangspunktid": f"X{access}", "vejpunkt_id": None, "navngivenvej_id": "V1"}
        for _, _, _, place, access, number, x, y in ADDRESSES
    ],
    "vejstykke.csv": [
        {"id": f"{kommune}-1", "kommunekode": kommune, "kode": "0100", "oprettet": None, "ændret": None,
         "navn": "Ærøvej", "adresseringsnavn": "Ærøvej", "navngivenvej_id": "V1"}
        for kommune in ("0999", "0998")
    ],
    "postnummer.csv": [{"nr": "9990", "navn": "Prøveby", "stormodtager": None}],
}  # fmt: skip
REPLICATED_DAR = {
    "dar_adresse_aktuel.json": [
        {"id": name, "status": 3, "dørbetegnelse": door, "dørpunkt_id": None, "etagebetegnelse": floor,
         "fk_bbr_bygning_bygning": None, "husnummer_id": access}
        for name, floor, door, _, access, *_ in ADDRESSES
    ],
    "dar_husnummer_aktuel.json": [
        {"id": access, "status": 3, "adgangspunkt_id": f"X{access}", "husnummertekst": number,
         "husnummerretning": {"type": "Point", "coordinates": [0.1, 0.9]}, "navngivenvej_id": "V1",
         "postnummer_id": "N1", "supplerendebynavn_id": "B1" if place else None, "vejpunkt_id": None}
        for _, _, _, place, access, number, *_ in ADDRESSES
    ],
    "dar_adressepunkt_aktuel.json": [
        {"id": f"X{access}", "status": 8, "oprindelse_kilde": "1", "oprindelse_nøjagtighedsklasse": "A",
         "oprindelse_registrering": None, "oprindelse_tekniskstandard": "TD",
         "position": {"type": "Point", "coordinates": [x, y]}}
        for _, _, _, _, access, _, x, y in ADDRESSES
    ],
    "dar_navngivenvej_aktuel.json": [
        {"id": "V1", "status": 3, "vejadresseringsnavn": "Ærøvej", "vejnavn": "Ærøvej",
         "vejnavnebeliggenhed_oprindelse_tekniskstandard": "N0"}
    ],
    "dar_postnummer_aktuel.json": [
        {"id": "N1", "status": 3, "navn": "Prøveby", "postnr": 9990, "postnummerinddeling": 1}
    ],
    "dar_supplerendebynavn_aktuel.json": [
        {"id": "B1", "status": 3, "navn": "Nørby", "supplerendebynavn1": "2"}
    ],
}  # fmt: skip


def list_histories(tables):
    """Return the tables with their history: each row with an earlier version that says something else."""
    return {
        name.replace("aktuel", "historik"): [
            {"rowkey": 2 * at + is_old, "virkningstart": "2001-01-01", **row,
             **({"virkningslut": "2010-01-01", **dict.fromkeys(("vejnavn", "navn", "husnummertekst"), "før")}
                if is_old else {"virkningslut": None})}
            for at, row in enumerate(rows)
            for is_old in (True, False)
        ]
        for name, rows in tables.items()
    }  # fmt: skip


def write(tables):
    return {
        name: write_csv(rows) if name.endswith(".csv") else json.dumps(rows, ensure_ascii=False)
        for name, rows in tables.items()
    }


@pytest.mark.parametrize(
    "tables",
    [REPLICATED, REPLICATED_DAR, dict(reversed(REPLICATED_DAR.items()))],
    ids=["dawa", "dar", "any_order"],
)
def test_what_dawa_replicated_gives_the_addresses_and_points_of_datafordeler(read, tables):
    expected = read(DATAFORDELER).dwellings[TOLD]
    registers = read({**BBR_CSV, **write(tables)})
    pd.testing.assert_frame_equal(registers.dwellings[TOLD], expected)
    assert expected["address"].tolist() == list(LABELS)
    assert "bad_point" not in set(registers.findings["rule"])


def test_of_the_replicated_history_what_has_not_ended_is_kept(read):
    histories = list_histories(REPLICATED_DAR)
    registers = read({**BBR_CSV, **write(histories)})
    assert registers.dwellings["address"].tolist() == list(LABELS)
    left = registers.findings.query("rule == 'versions_left_out'").set_index("file")["measure"]
    assert left.to_dict() == {name: len(rows) / 2 for name, rows in histories.items()}


@pytest.mark.parametrize("lost", ["vejstykke.csv", "postnummer.csv"])
def test_an_address_whose_street_no_file_names_has_no_words(read, lost):
    tables = {name: text for name, text in write(REPLICATED).items() if name != lost}
    dwellings = read({**BBR_CSV, **tables}).dwellings
    assert dwellings["x"].tolist() == [E0 + 50, E0 + 250.5, E0 + 350.5]
    if lost == "vejstykke.csv":
        assert dwellings["address"].isna().all()
    else:
        assert dwellings["address"].tolist() == [label.removesuffix(" Prøveby") for label in LABELS]


@pytest.mark.parametrize(
    ("headings", "entity"),
    [
        (ENHEDER.splitlines()[0].split(","), Entity.UNIT),
        (BYGNINGER.splitlines()[0].split(","), Entity.BUILDING),
        (OPGANGE.splitlines()[0].split(","), Entity.STAIRCASE),
        (EJERSKABER.splitlines()[0].split(","), Entity.PROPERTY),
        (list(list_flat_addresses()[0]), Entity.ADDRESS),
        (list(list_flat_access_addresses()[0]), Entity.HOUSE_NUMBER),
        # Struktur=mini.
        (["id", "status", "vejnavn", "husnr", "etage", "dør", "postnr", "kommunekode", "adgangsadresseid", "x", "y",
          "betegnelse"], Entity.ADDRESS),
        (["id", "status", "vejnavn", "husnr", "postnr", "kommunekode", "x", "y", "betegnelse"], Entity.HOUSE_NUMBER),
        # A list of one's own that names its addresses as DAWA does.
        (["id", "etage", "dør", "adgangsadresseid", "anvendelse", "x", "y"], None),
        (["id", "husnr", "kommunekode", "boligtype", "x", "y"], None),
    ],
)  # fmt: skip
def test_what_dawa_served_is_recognised(headings, entity):
    shape = recognise(headings, "dwellings")
    assert (shape.entity if shape else None) == entity


def test_parcels_as_dawa_served_them_are_read_and_a_csv_lacks_the_geometry(input_files):
    told = {"ejerlavkode": 60851, "matrikelnr": "1a", "kommunekode": "0999", "ejerlavnavn": "Vorup"}
    square = shapely.box(E0, N0, E0 + 100, N0 + 100)
    input_files.project = f"{PROJECT}[registers.parcels]\npath = 'jordstykker.geojson'\ncrs = 'EPSG:25832'\n"
    input_files.layers["jordstykker.geojson"] = [input_files.feature(square, **told)]
    parcels = input_files.read().parcels
    assert parcels["parcel_key"].tolist() == ["60851-1a"]
    for name, text in (
        ("jordstykker.csv", write_csv([told])),
        ("jordstykker.json", json.dumps([{"ejerlav": {"kode": 60851, "navn": "V"}, "matrikelnr": "1a"}])),
    ):
        input_files.project = f"{PROJECT}[registers.parcels]\npath = '{name}'\n"
        input_files.tables = {name: text}
        (found,) = input_files.read().findings.query("register == 'parcels'").to_dict("records")
        assert (found["rule"], found["file"], found["severity"]) == ("shapes_missing", name, "error")
