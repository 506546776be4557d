"""The main job on real BBR units and real parcels, each answer checked against brute force."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from boundaries.model import Decision, Reason
from cli import main
from data.codes import use_codes
from geo.geometry import group_parts

pytestmark = pytest.mark.real_data

ALMENT_BOLIGSELSKAB = "20"
STATUS_DATE = "2021-01-01"
APPROVED_ON = date(2015, 6, 1)
PROJECT = """
[project]
name = "Virkelige enheder"
kommune_code = "0461"

[dates]
status_date = {status_date}

[registers.parcels]
path = "{parcels}"
fields = {{ cadastral_district = "ejerlavkode", parcel_number = "matrikelnr" }}

[registers.areas]
path = "omraader.csv"

[registers.extensions]
path = "udvidelser.csv"

[registers.dwellings]
path = "boliger.csv"
"""


@pytest.fixture(scope="module")
def units(shared_data):
    path = shared_data / "bbr" / "enheder_aktuelle_med_adresse.csv"
    return pd.read_csv(path, dtype=str, encoding="utf-8")


@pytest.fixture(scope="module")
def parcels(shared_data):
    frame = pyogrio.read_dataframe(shared_data / "matrikel" / "jordstykker.gpkg")
    return frame.assign(key=frame["ejerlavkode"].astype(str) + "-" + frame["matrikelnr"])


@pytest.fixture(scope="module")
def drawn(units, parcels):
    """The largest coherent group of parcels with almene units, and a neighbour as extension."""
    is_almen = units["ejendommensEjerforholdskode"].eq(ALMENT_BOLIGSELSKAB)
    almen = units[is_almen].dropna(subset=["x_byg"])
    points = shapely.points(almen["x_byg"].astype(float), almen["y_byg"].astype(float))
    tree = shapely.STRtree(parcels.geometry.to_numpy())
    _, holding = tree.query(points, predicate="intersects")
    chosen = parcels.iloc[np.unique(holding)]
    labels = group_parts(chosen.geometry.to_numpy(), gap_m=30.0)
    units_n = pd.Series(holding).value_counts()
    by_group = units_n.reindex(chosen.index).groupby(labels).sum()
    base = chosen[labels == by_group.idxmax()]
    around = parcels[shapely.dwithin(parcels.geometry.to_numpy(), base.geometry.union_all(), 30.0)]
    everyone = units.dropna(subset=["x_byg"])
    spots = shapely.points(everyone["x_byg"].astype(float), everyone["y_byg"].astype(float))
    _, held = tree.query(spots, predicate="intersects")
    neighbours = around[~around["key"].isin(base["key"]) & around.index.isin(held)]
    extension = neighbours.loc[[pd.Series(held).value_counts().reindex(neighbours.index).idxmax()]]
    return base, extension


@pytest.fixture(scope="module")
def project(tmp_path_factory, units, drawn, shared_data):
    folder = tmp_path_factory.mktemp("real")
    base, extension = drawn
    tenure = units["ejendommensEjerforholdskode"].map(
        {
            "20": "almen_familiebolig",
            "10": "ejerbolig",
            "30": "privat_udlejning",
            "41": "andelsbolig",
            "50": "kommunal",
        }
    )
    boliger = pd.DataFrame(
        {
            "dwelling_id": units["id_lokalId"],
            "address": units["adressebetegnelse"],
            "x": units["x_byg"].str.replace(".", ","),
            "y": units["y_byg"].str.replace(".", ","),
            "tenure": tenure.fillna("ukendt"),
            "use_code": units["enh020EnhedensAnvendelse"],
            "built_year": units["byg026Opførelsesår"],
            "area_m2": units["enh026EnhedensSamledeAreal"],
        }
    )
    boliger.to_csv(folder / "boliger.csv", sep=";", index=False, encoding="cp1252", errors="replace")
    area = pd.DataFrame({"area_id": ["R1"], "name": ["Prøveparken"], "parcels": [", ".join(base["key"])]})
    area.to_csv(folder / "omraader.csv", sep=";", index=False)
    added = {"extension_id": ["U1"], "area_id": ["R1"], "status": ["godkendt"], "approved_on": [APPROVED_ON]}
    pd.DataFrame(added | {"parcels": [", ".join(extension["key"])]}).to_csv(
        folder / "udvidelser.csv", sep=";", index=False
    )
    path = (shared_data / "matrikel" / "jordstykker.gpkg").as_posix()
    (folder / "boligkort.toml").write_text(
        PROJECT.format(status_date=STATUS_DATE, parcels=path), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def answer(project):
    result = CliRunner().invoke(main, ["run", str(project), "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def decided(project, answer):
    path = project / "resultat" / "boligkort.gpkg"
    layers = {name: pyogrio.read_dataframe(path, layer=name) for name, _ in pyogrio.list_layers(path)}
    return next(frame for frame in layers.values() if "dwelling_id" in frame.columns)


def is_dwelling(code):
    return pd.isna(code) or (code in use_codes() and use_codes()[code].is_dwelling)


def brute_force(unit, base, extension, uses):
    """Read the rule for one unit with one point-in-polygon test a parcel."""
    if pd.isna(unit.x_byg):
        return Reason.UNKNOWN_LOCATION
    point = shapely.Point(float(unit.x_byg), float(unit.y_byg))
    on_base = any(shape.intersects(point) for shape in base.geometry)
    on_extension = not on_base and any(shape.intersects(point) for shape in extension.geometry)
    if not on_base and not on_extension:
        return Reason.OUTSIDE
    if not uses(unit.enh020EnhedensAnvendelse):
        return Reason.NOT_A_DWELLING
    year = int(unit.byg026) if pd.notna(unit.byg026) and unit.byg026 != "1000" else None
    almen, known = unit.owner == ALMENT_BOLIGSELSKAB, unit.owner in {"20", "10", "30", "41", "50"}
    if on_base:
        if almen:
            return Reason.ALMEN_ON_ORIGINAL
        if year is not None and year >= 2010:
            return Reason.BUILT_FROM_2010_ON_ORIGINAL
        if not known:
            return Reason.UNKNOWN_TENURE
        return Reason.UNKNOWN_BUILT_YEAR if year is None else Reason.NON_ALMEN_BUILT_BEFORE_2010
    if year is None or year >= APPROVED_ON.year:
        pytest.fail("the neighbour has units of a kind that this reading does not cover")
    return Reason.EXISTING_ALMEN_ON_EXTENSION if almen else Reason.EXISTING_ON_EXTENSION


def test_every_unit_has_its_reason(answer, units):
    assert answer["dwellings"]["total_n"] == len(units) == 2734
    assert sum(answer["dwellings"]["reasons"].values()) == 2734
    assert sum(answer["dwellings"]["decisions"].values()) == 2734
    assert answer["dwellings"]["decisions"][Decision.COUNTED.value] > 0


def test_each_reason_is_that_of_brute_force(decided, units, drawn):
    renamed = units.rename(columns={"byg026Opførelsesår": "byg026", "ejendommensEjerforholdskode": "owner"})
    wanted = {unit.id_lokalId: brute_force(unit, *drawn, is_dwelling).value for unit in renamed.itertuples()}
    found = dict(zip(decided["dwelling_id"], decided["reason"], strict=True))
    assert {key: (found[key], reason) for key, reason in wanted.items() if found[key] != reason} == {}


def test_the_area_is_the_sum_of_its_parcels(answer, drawn):
    base, extension = drawn
    (area,) = answer["areas"]
    assert area["parcels_n"] == len(base) + len(extension)
    assert area["area_m2"] == pytest.approx(base.geometry.area.sum() + extension.geometry.area.sum(), abs=1.0)
    assert area["groups_n"] == 1


def test_the_same_input_gives_the_same_bytes(project, answer, tmp_path):
    names = ["boligkort.gpkg", "kort/omraader.html", "resultat.json", "oprindelse.json"]
    result = CliRunner().invoke(main, ["run", str(project), "--output", str(tmp_path / "again")])
    assert result.exit_code == 0, result.stderr
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (project / "resultat" / name).read_bytes(), name
