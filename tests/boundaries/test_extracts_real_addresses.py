"""Units of the real BBR whose buildings have no point: they lie at the real points of their addresses."""

from pathlib import Path

import pandas as pd
import pytest

from boundaries.registers.project import load_project
from boundaries.registers.readers import read_registers

BBR = Path(__file__).parents[2] / "../shared/data/bbr"
PROJECT = """\
[project]
name = "Prøve"
kommune_code = "0461"
[dates]
status_date = 2020-04-01
[registers.dwellings]
files = ["enhed.csv", "opgang.csv", "bygning.csv", "adresse.csv", "husnummer.csv", "adressepunkt.csv"]
"""
ASCII = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Å": "Aa"})

pytestmark = pytest.mark.skipif(not BBR.is_dir(), reason="the real extract of BBR is not beside the project")


def make_tables(known):
    """Return the extracts of BBR without points, and those of DAR made of the addresses of the units."""
    tables = {
        name: pd.read_csv(BBR / f"grbbr_2020_{name}.csv.gz", dtype=str)
        for name in ("enhed", "opgang", "bygning")
    }
    tables["bygning"]["byg404Koordinat"] = None
    told = known.dropna(subset=["adresseIdentificerer"]).drop_duplicates("adresseIdentificerer")
    name, text = told["adresseIdentificerer"], told["adressebetegnelse"]
    point = "POINT (" + told["x_adg"] + " " + told["y_adg"] + ")"
    tables["adresse"] = pd.DataFrame(
        {"id_lokalId": name, "status": "3", "adressebetegnelse": text, "husnummer": "H" + name}
    )
    tables["husnummer"] = pd.DataFrame(
        {"id_lokalId": "H" + name, "husnummertekst": "1", "adgangsadressebetegnelse": text,
         "adgangspunkt": "X" + name}
    )  # fmt: skip
    tables["adressepunkt"] = pd.DataFrame(
        {
            "id_lokalId": "X" + name,
            "oprindelse_tekniskStandard": "TK",
            "position": point.fillna("POINT EMPTY"),
        }
    )
    return tables


@pytest.mark.parametrize(
    "spell", [str, lambda heading: heading.translate(ASCII).lower()], ids=["2020", "2025"]
)
def test_units_lie_at_the_points_of_their_addresses(tmp_path, spell):
    known = pd.read_csv(BBR / "enheder_aktuelle_med_adresse.csv", dtype=str)
    for name, table in make_tables(known).items():
        table.rename(columns=spell).to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "boligkort.toml").write_text(PROJECT, encoding="utf-8")
    dwellings = read_registers(load_project(tmp_path / "boligkort.toml")).dwellings.set_index("dwelling_id")
    expected = known.set_index("id_lokalId").reindex(dwellings.index)
    assert len(dwellings) == len(known) == 2734
    assert dwellings["x"].notna().sum() == 2595
    for column in ("x", "y"):
        pd.testing.assert_series_equal(
            dwellings[column], pd.to_numeric(expected[f"{column}_adg"]), check_names=False
        )
