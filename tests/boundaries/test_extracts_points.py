"""Where a unit lies: at the point of its building, else at its address, whatever the extract holds of either."""

import pandas as pd
import pytest

E0, N0 = 645_000.0, 6_255_000.0

UNITS = """\
id_lokalId,status,enh020EnhedensAnvendelse,enh023Boligtype,enh026EnhedensSamledeAreal,adresseIdentificerer,bygning
U1,6,140,1,70,A1,B1
U2,6,140,1,80,A3,B2
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
OF_H3 = {
    "husnummer.csv": "H3,3,3,Ærøvej 3,X3\n",
    "adressepunkt.csv": f"X3,8,TK,POINT({E0 + 350.5} {N0 + 50})\n",
}
EVERY = ("adresse.csv", "husnummer.csv", "adressepunkt.csv")
OF_BUILDING, OF_ADDRESSES = (
    (E0 + 50, N0 + 50),
    [(E0 + 59, N0 + 59), (E0 + 250.5, N0 + 50), (E0 + 350.5, N0 + 50)],
)


@pytest.mark.parametrize(
    ("buildings", "of_dar", "expected"),
    [
        # Both: the building goes first; U3 has no address of its own, and lies at its building's.
        (BUILDINGS, EVERY, [OF_BUILDING, *OF_ADDRESSES[1:]]),
        (BUILDINGS_WITHOUT_POINTS, EVERY, OF_ADDRESSES),
        (BUILDINGS_ALONE, (), [OF_BUILDING, None, None]),
        (BUILDINGS, EVERY[:2], [OF_BUILDING, None, None]),
    ],
    ids=["both", "addresses", "buildings", "no_points_of_addresses"],
)
def test_a_unit_lies_at_its_building_else_at_its_address(read_dwellings, dar, buildings, of_dar, expected):
    tables = {"enhed.csv": UNITS, "bygning.csv": buildings + "\n"}
    tables |= {name: dar[name] + OF_H3.get(name, "") for name in of_dar}
    dwellings = read_dwellings(tables).dwellings.set_index("dwelling_id")
    assert dwellings.index.tolist() == ["U1", "U2", "U3"]
    places = [None if pd.isna(x) else (x, y) for x, y in dwellings[["x", "y"]].to_numpy().tolist()]
    assert places == expected
    assert dwellings["built_year"].tolist() == [1971, 1972, 1973]
