"""Where a unit lies: at the point of its building, else at its address, whatever the extract holds of either."""

import pandas as pd
import pytest

E0, N0 = 645_000.0, 6_255_000.0

UNITS = """\
id_lokalId,status,enh020EnhedensAnvendelse,enh023Boligtype,enh026EnhedensSamledeAreal,adresseIdentificerer,bygning
U1,6,140,1,70,A1,B1
U2,6,140,1,80,A2,B2
U3,6,140,1,90,,B3
"""
BUILDINGS = f"""\
id_lokalId,status,byg021BygningensAnvendelse,byg026Opførelsesår,byg404Koordinat,husnummer
B1,6,140,1971,POINT ({E0 + 50} {N0 + 50}),H1
B2,6,140,1972,,H2
B3,6,140,1973,,H3
"""
BUILDINGS_WITHOUT_POINTS = "\n".join(
    ",".join(cell for at, cell in enumerate(line.split(",")) if at != 4) for line in BUILDINGS.splitlines()
)
BUILDINGS_ALONE = "\n".join(line.rpartition(",")[0] for line in BUILDINGS.splitlines())
ADDRESSES = "id_lokalId,status,adressebetegnelse,husnummer\nA1,3,Ærøvej 1,H1\nA2,3,Ærøvej 2,H2\n"
HOUSE_NUMBERS = """\
id_lokalId,status,husnummertekst,adgangsadressebetegnelse,adgangspunkt
H1,3,1,Ærøvej 1,X1
H2,3,2,Ærøvej 2,X2
H3,3,3,Ærøvej 3,X3
"""
POINTS = f"""\
id_lokalId,status,oprindelse_tekniskStandard,position
X1,8,TD,POINT({E0 + 59} {N0 + 59})
X2,8,TK,POINT({E0 + 250.5} {N0 + 50})
X3,8,TK,POINT({E0 + 350.5} {N0 + 50})
"""
DAR = {"adresse.csv": ADDRESSES, "husnummer.csv": HOUSE_NUMBERS, "adressepunkt.csv": POINTS}
OF_BUILDING, OF_ADDRESSES = (
    (E0 + 50, N0 + 50),
    [(E0 + 59, N0 + 59), (E0 + 250.5, N0 + 50), (E0 + 350.5, N0 + 50)],
)


@pytest.mark.parametrize(
    ("buildings", "dar", "expected"),
    [
        # Both: the building goes first; U3 has no address of its own, and lies at its building's.
        (BUILDINGS, DAR, [OF_BUILDING, *OF_ADDRESSES[1:]]),
        (BUILDINGS_WITHOUT_POINTS, DAR, OF_ADDRESSES),
        (BUILDINGS_ALONE, {}, [OF_BUILDING, None, None]),
        (
            BUILDINGS,
            {name: DAR[name] for name in ("adresse.csv", "husnummer.csv")},
            [OF_BUILDING, None, None],
        ),
    ],
    ids=["both", "addresses", "buildings", "no_points_of_addresses"],
)
def test_a_unit_lies_at_its_building_else_at_its_address(input_files, buildings, dar, expected):
    tables = {"enhed.csv": UNITS, "bygning.csv": buildings + "\n", **dar}
    files = ", ".join(f'"{name}"' for name in tables)
    input_files.project = (
        "[dates]\nstatus_date = 2025-01-01\n[registers.areas]\npath = 'omraader.geojson'\n"
        f"[registers.dwellings]\nfiles = [{files}]\n"
    )
    input_files.tables = tables
    dwellings = input_files.read().dwellings.set_index("dwelling_id")
    assert dwellings.index.tolist() == ["U1", "U2", "U3"]
    places = [None if pd.isna(x) else (x, y) for x, y in dwellings[["x", "y"]].to_numpy().tolist()]
    assert places == expected
    assert dwellings["built_year"].tolist() == [1971, 1972, 1973]
