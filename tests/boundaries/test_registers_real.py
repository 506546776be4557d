"""The registers on public extracts: real parcels, real units, and a register of the size of a large kommune."""

import random

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from boundaries.registers.project import load_project
from boundaries.registers.readers import read_registers
from data.codes import use_codes

UNITS_N, PARCELS_N = 2734, 1059


@pytest.fixture(scope="module")
def real(shared_data, tmp_path_factory):
    """A project of the real parcels and units: an area of the parcels with most units, and a neighbour."""
    folder = tmp_path_factory.mktemp("real")
    parcels = gpd.read_file(shared_data / "matrikel" / "jordstykker.gpkg", engine="pyogrio")
    units = pd.read_csv(shared_data / "bbr" / "enheder_aktuelle_med_adresse.csv", dtype=str)
    points = gpd.points_from_xy(units["x_byg"].astype(float), units["y_byg"].astype(float))
    position = shapely.STRtree(parcels.geometry).query(points, predicate="within")[1]
    first = np.bincount(position, minlength=len(parcels)).argmax()
    near = np.flatnonzero(parcels.geometry.touches(parcels.geometry.iloc[first]))
    keys = parcels["ejerlavkode"].astype(str) + "-" + parcels["matrikelnr"]
    (folder / "omraader.csv").write_text(f"area_id;name;parcels\nA1;Prøve;{keys[first]}\n", encoding="utf-8")
    (folder / "udvidelser.csv").write_text(
        f"extension_id;area_id;approved_on;parcels\nE1;A1;01-03-2019;{keys[near[0]]}\n", encoding="utf-8"
    )
    people = pd.DataFrame({"year": 2020, "dwelling_id": units["id_lokalId"], "residents_n": 2})
    people.to_csv(folder / "beboere.csv", index=False)
    (folder / "boligkort.toml").write_text(
        f"""
[dates]
status_date = 2020-01-01
[registers.parcels]
path = "{(shared_data / "matrikel" / "jordstykker.gpkg").as_posix()}"
fields = {{ cadastral_district = "ejerlavkode", parcel_number = "matrikelnr" }}
[registers.areas]
path = "omraader.csv"
[registers.extensions]
path = "udvidelser.csv"
[registers.dwellings]
path = "{(shared_data / "bbr" / "enheder_aktuelle_med_adresse.csv").as_posix()}"
fields = {{ x = "x_byg", y = "y_byg" }}
[registers.residents]
path = "beboere.csv"
""",
        encoding="utf-8",
    )
    return read_registers(load_project(folder)), parcels, units


@pytest.mark.real_data
def test_real_parcels_and_units_are_read_whole(real):
    registers, parcels, units = real
    assert len(registers.parcels) == PARCELS_N
    assert len(registers.dwellings) == UNITS_N
    by_key = registers.parcels.set_index("parcel_key").geometry
    keys = parcels["ejerlavkode"].astype(str) + "-" + parcels["matrikelnr"]
    assert by_key.area.sum() == pytest.approx(parcels.area.sum(), rel=1e-12)
    assert set(by_key.index) == set(keys)
    # The same values by another way.
    by_id = registers.dwellings.set_index("dwelling_id").loc[units["id_lokalId"]]
    np.testing.assert_array_equal(by_id["x"].to_numpy(), units["x_byg"].astype(float).to_numpy())
    expected = units["enh020EnhedensAnvendelse"].map(lambda code: use_codes()[code].is_dwelling)
    assert by_id["is_dwelling"].tolist() == expected.tolist()
    years = pd.to_numeric(units["byg026Opførelsesår"]).where(lambda year: year > 1000)
    assert by_id["built_year"].astype("float64").fillna(-1).tolist() == years.fillna(-1).tolist()


@pytest.mark.real_data
def test_real_input_gives_only_warnings_that_are_true(real):
    registers, _, units = real
    counts = registers.findings["rule"].value_counts().to_dict()
    lived_in = ~units["enh020EnhedensAnvendelse"].map(lambda code: bool(use_codes()[code].is_dwelling))
    assert counts.pop("missing_coordinates") == units["x_byg"].isna().sum() == 12
    assert counts.pop("residents_in_non_dwelling") == lived_in.sum()
    # The tenure is derived; of the property of a building in ejerlejligheder nobody can tell it.
    owner, support = units["ejendommensEjerforholdskode"], units["enh046OffentligStøtte"]
    is_owner_used = units["enh045Udlejningsforhold"] == "2"
    untold = ~lived_in & support.isin([None, "0"]) & (owner.isna() | ((owner == "90") & ~is_owner_used))
    assert counts.pop("tenure_not_derivable") == untold.sum() > 0
    assert counts.pop("support_not_told") == 1
    assert counts == {}
    unknown = registers.dwellings.set_index("dwelling_id").loc[units["id_lokalId"][untold], "tenure"]
    assert set(unknown) == {"ukendt"}
    assert set(registers.findings["severity"]) == {"warning"}


@pytest.mark.slow
def test_a_large_kommune_is_read_in_seconds(input_files):
    """12,000 dwellings and 175,000 residents; the bound is wide, the figure is in the log of benchmarks."""
    import time

    dice = random.Random(1)
    tenures = ["almen_familiebolig", "ejerbolig", "privat_udlejning"]
    head = input_files.tables["boliger.csv"].splitlines()[0]
    input_files.tables["boliger.csv"] = "\n".join(
        [head]
        + [
            f"D{n};{645_000 + dice.random() * 700:.2f};{6_255_000 + dice.random() * 100:.2f};{dice.choice(tenures)};140;"
            f"{dice.randint(1900, 2020)};;;;;{dice.randint(20, 150)};T"
            for n in range(12_000)
        ]
    )
    head = input_files.tables["beboere.csv"].splitlines()[0]
    input_files.tables["beboere.csv"] = "\n".join(
        [head]
        + [
            f"{year};D{dice.randrange(12_000)};P{n};1;{dice.randint(0, 99)};dansk;{dice.random():.3f};nej;250000"
            for year in range(2019, 2026)
            for n in range(25_000)
        ]
    )
    project = input_files.load()
    start = time.perf_counter()
    registers = read_registers(project)
    took_s = time.perf_counter() - start
    assert registers.findings.empty
    assert (len(registers.dwellings), len(registers.residents)) == (12_000, 175_000)
    assert registers.residents.equals(
        registers.residents.sort_values(["year", "dwelling_id", "person_id"], ignore_index=True)
    )
    assert took_s < 20


def test_many_findings_are_made_fast(input_files):
    """Every one of 100,000 residents is wrong twice: no loop runs over rows."""
    import time

    head = input_files.tables["beboere.csv"].splitlines()[0]
    rows = [f"2025;D9{n};P{n};1;200;dansk;0,5;nej;250000" for n in range(100_000)]
    input_files.tables["beboere.csv"] = "\n".join([head, *rows])
    project = input_files.load()
    start = time.perf_counter()
    findings = read_registers(project).findings
    assert time.perf_counter() - start < 20
    assert findings["rule"].value_counts().to_dict() == {
        "age_out_of_range": 100_000,
        "resident_without_dwelling": 100_000,
    }
    assert findings["line"].tolist()[:4] == [2, 2, 3, 3]
