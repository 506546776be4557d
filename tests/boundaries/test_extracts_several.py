"""Several entities in one workbook, each on a sheet, or in one zip, each in a file."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from geo.errors import ReadError, UsageError

DATA = Path(__file__).parents[2] / "../shared/data/bbr"
E0, N0 = 645_000.0, 6_255_000.0
PROJECT = "[dates]\nstatus_date = 2025-01-01\n[registers.areas]\npath = 'omraader.geojson'\n"
ENTITIES = {
    "enhed": """\
id_lokalId,registreringTil,virkningTil,status,enh020EnhedensAnvendelse,enh023Boligtype,enh026EnhedensSamledeAreal,\
enh046OffentligStøtte,adresseIdentificerer,opgang
U1,,,6,140,1,71,10,A1,S1
U1,2017-06-02T12:29:37.000000+02:00,,6,140,1,72,10,A1,S1
U2,,,6,140,3,80,10,A2,S2
U3,,,10,140,1,80,10,A2,S2
""",
    "opgang": "id_lokalId,status,adgangFraHusnummer,bygning\nS1,6,H1,B1\nS2,6,H2,B2\n",
    "bygning": f"""\
id_lokalId,status,byg021BygningensAnvendelse,byg026Opførelsesår,byg404Koordinat,husnummer
B1,6,140,1971,POINT({E0 + 50} {N0 + 50}),H1
B2,6,140,1972,POINT({E0 + 250.5} {N0 + 50}),H2
""",
    "adresse": "id_lokalId,status,adressebetegnelse,husnummer\nA1,3,Ærøvej 1,H1\nA2,3,Ærøvej 2,H2\n",
}
FLOORS = "id_lokalId,status,bygning,eta006BygningensEtagebetegnelse\nF1,6,B1,st\n"
TOLD = ["dwelling_id", "address", "x", "y", "built_year", "area_m2", "tenure", "tenure_source"]


def make_workbook(tables):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, text in tables.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(csv.reader(io.StringIO(text))):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write_string(at, column, cell)
    return content.getvalue()


def make_zip(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, told in files.items():
            archive.writestr(name, told)
    return content.getvalue()


@pytest.fixture
def read(input_files):
    def read(files, options=""):
        names = ", ".join(f'"{name}"' for name in files)
        input_files.project = f"{PROJECT}[registers.dwellings]\nfiles = [{names}]\n{options}\n"
        input_files.tables = {}
        for name, content in files.items():
            path = input_files.folder / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return input_files.read()

    return read


def list_csv(tables):
    return {f"{name}.csv": text for name, text in tables.items()}


PACKED = {
    "workbook": lambda: {"BBR.xlsx": make_workbook({"Læs mig": "Udtræk fra BBR\n", "etage": FLOORS, **ENTITIES})},
    "zip": lambda: {"BBR.zip": make_zip({"LÆSMIG.txt": "Udtræk fra BBR.\n\nSe, hvad der er i.\n",
                                         "data/etage.csv": FLOORS, **list_csv(ENTITIES)})},
    "zip_of_workbooks": lambda: {"BBR.zip": make_zip({"bbr.xlsx": make_workbook(
        {name: text for name, text in ENTITIES.items() if name != "adresse"}), "dar.csv": ENTITIES["adresse"]})},
    "workbook_beside_csv": lambda: {"BBR.xlsx": make_workbook(
        {name: text for name, text in ENTITIES.items() if name != "adresse"}), "dar.csv": ENTITIES["adresse"]},
}  # fmt: skip


LEFT_OUT = {"workbook": "Læs mig, etage", "zip": "LÆSMIG.txt, data/etage.csv"}


@pytest.mark.parametrize("name", PACKED)
def test_entities_together_give_what_they_give_in_files_of_their_own(read, name):
    expected = read(list_csv(ENTITIES))
    registers = read(PACKED[name]())
    assert expected.dwellings["built_year"].tolist() == [1971, 1972]
    pd.testing.assert_frame_equal(registers.dwellings[TOLD], expected.dwellings[TOLD])
    left_out = registers.findings.query("rule == 'tables_left_out'")
    assert left_out["other"].tolist() == [names for packed, names in LEFT_OUT.items() if packed == name]
    assert registers.findings.drop(left_out.index)["rule"].tolist() == expected.findings["rule"].tolist()


@pytest.mark.parametrize(
    ("make", "layers"),
    [("workbook", [*ENTITIES]), ("zip", [*list_csv(ENTITIES)]),
     ("zip_of_workbooks", ["bbr.xlsx/enhed", "bbr.xlsx/opgang", "bbr.xlsx/bygning", "dar.csv"])],
)  # fmt: skip
def test_every_part_is_told_with_its_rows(read, make, layers):
    files = read(PACKED[make]()).files.query("register == 'dwellings'")
    assert files["layer"].tolist() == layers
    assert files["rows_n"].tolist() == [4, 2, 2, 2]
    assert len(set(files["sha256"])) == 1


def test_a_fault_is_told_with_the_file_in_the_zip_and_its_line(read):
    wrong = ENTITIES["bygning"].replace(f"POINT({E0 + 250.5} {N0 + 50})", "et sted")
    packed = make_zip(list_csv({**ENTITIES, "bygning": wrong}))
    found = read({"BBR.zip": packed}).findings.set_index("rule").loc["bad_point"]
    assert found[["file", "layer", "line", "value"]].tolist() == ["BBR.zip", "bygning.csv", 3, "et sted"]


def test_parts_of_which_the_register_knows_none_are_named_with_what_to_do(read):
    other = {"Boliger": "bolig;anvendelse\n", "Noter": "nr;note\n1;a\n"}
    with pytest.raises(UsageError) as raised:
        read({"BBR.zip": make_zip(list_csv(other))})
    assert (raised.value.key, raised.value.values["found"]) == (
        "files.several_tables",
        "Boliger.csv, Noter.csv",
    )
    with pytest.raises(UsageError) as raised:
        read({"BBR.xlsx": make_workbook({"etage": FLOORS, "Noter": "nr,note\n1,a\n"})})
    assert (raised.value.key, raised.value.values["found"]) == ("files.several_sheets", "etage, Noter")


def test_a_named_sheet_is_read_alone(read):
    registers = read({"BBR.xlsx": make_workbook(ENTITIES)}, options="sheet = 'enhed'")
    assert registers.files.query("register == 'dwellings'")["layer"].tolist() == ["enhed"]


@pytest.mark.parametrize(
    ("name", "is_told"),
    [("opgang.csv", True), ("noter.csv", False), ("noter.xlsx", True), ("noter.json", True)],
)
def test_a_broken_file_of_a_zip_is_told_where_it_may_be_an_entity(read, name, is_told):
    text = ENTITIES["opgang"] if name == "opgang.csv" else "nr,note\n1,a\n"
    files = {**list_csv(ENTITIES), name: text + '"uden ende,1,2\n'}
    packed = {"BBR.zip": make_zip(files)}
    if is_told:
        with pytest.raises(ReadError):
            read(packed)
    else:
        assert read(packed).dwellings["built_year"].tolist() == [1971, 1972]


def test_the_real_entities_of_2020_say_the_same_in_one_zip(read):
    names = ("enhed", "opgang", "bygning", "grund", "ejendomsrelation", "enhedejendomsrelation")
    paths = [
        path
        for path in sorted(DATA.glob("grbbr_2020_*.csv.gz"))
        if path.name.split("_")[2].split(".")[0] in names
    ]
    if len(paths) < len(names):
        pytest.skip("the real extracts of BBR are not beside the project")
    texts = {path.name.removesuffix(".gz"): gzip.decompress(path.read_bytes()) for path in paths}
    expected, registers = read(texts), read({"BBR.zip": make_zip(texts)})
    assert len(expected.dwellings) > 2_000
    pd.testing.assert_frame_equal(registers.dwellings, expected.dwellings)
    left = ["severity", "rule", "column", "value", "other", "measure", "record_id", "line"]
    pd.testing.assert_frame_equal(
        registers.findings[left].sort_values(left, ignore_index=True),
        expected.findings[left].sort_values(left, ignore_index=True),
    )
