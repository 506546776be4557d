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
APPROVED_ON = date(2012, 6, 1)
# Ejerforhold of the whole property; 90 is the moderejendom of a building divided into ejerlejligheder.
TENURES = {
    "20": "almen_familiebolig",
    "10": "ejerbolig",
    "30": "privat_udlejning",
    "41": "andelsbolig",
    "50": "kommunal",
    "90": "ejerbolig",
}
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
    """Draw two areas from coherent parcels with almene units, each with a neighbour as extension.

    R1 is the group with most units; R2 the one, of those with 50 units, whose neighbour has most.
    """
    placed = units.dropna(subset=["x_byg"])
    points = shapely.points(placed["x_byg"].astype(float), placed["y_byg"].astype(float))
    tree = shapely.STRtree(parcels.geometry.to_numpy())
    unit, parcel = tree.query(points, predicate="intersects")
    is_almen = placed["ejendommensEjerforholdskode"].eq(ALMENT_BOLIGSELSKAB).to_numpy()
    units_n = pd.Series(parcel).value_counts()
    chosen = parcels.loc[np.unique(parcel[is_almen[unit]])]
    labels = group_parts(chosen.geometry.to_numpy(), gap_m=30.0)
    groups = []
    for label in np.unique(labels):
        base = chosen[labels == label]
        near = parcels[shapely.dwithin(parcels.geometry.to_numpy(), base.geometry.union_all(), 30.0)]
        neighbours_n = units_n.reindex(near.index.difference(chosen.index)).dropna()
        if len(neighbours_n):
            extension = parcels.loc[[neighbours_n.idxmax()]]
            groups.append((units_n.reindex(base.index).sum(), neighbours_n.max(), base, extension))
    groups.sort(key=lambda group: group[0])
    richest = max((group for group in groups[:-1] if group[0] >= 50), key=lambda group: group[1])
    return {"R1": groups[-1][2:], "R2": richest[2:]}


@pytest.fixture(scope="module")
def project(tmp_path_factory, units, drawn, shared_data):
    folder = tmp_path_factory.mktemp("real")
    tenure = units["ejendommensEjerforholdskode"].map(TENURES)
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
    bases = {area: ", ".join(base["key"]) for area, (base, _) in drawn.items()}
    areas = pd.DataFrame({"area_id": list(bases), "name": "Prøveparken", "parcels": list(bases.values())})
    areas.to_csv(folder / "omraader.csv", sep=";", index=False)
    added = [
        {
            "extension_id": f"{area}+",
            "area_id": area,
            "status": "godkendt",
            "approved_on": APPROVED_ON,
            "parcels": ", ".join(extension["key"]),
        }
        for area, (_, extension) in drawn.items()
    ]
    pd.DataFrame(added).to_csv(folder / "udvidelser.csv", sep=";", index=False)
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


def brute_force(unit, drawn):
    """Read the rule for one unit with one point-in-polygon test a parcel."""
    if pd.isna(unit.x_byg):
        return None, Reason.UNKNOWN_LOCATION
    point = shapely.Point(float(unit.x_byg), float(unit.y_byg))
    for area, (base, extension) in drawn.items():
        for shapes, judge in ((base, judge_on_base), (extension, judge_on_extension)):
            if any(shape.intersects(point) for shape in shapes.geometry):
                if not is_dwelling(unit.enh020EnhedensAnvendelse):
                    return area, Reason.NOT_A_DWELLING
                year = int(unit.byg026) if pd.notna(unit.byg026) and unit.byg026 != "1000" else None
                return area, judge(TENURES.get(unit.owner), year)
    return None, Reason.OUTSIDE


def judge_on_base(tenure, year):
    if tenure == "almen_familiebolig":
        return Reason.ALMEN_ON_ORIGINAL
    if year is not None and year >= 2010:
        return Reason.BUILT_FROM_2010_ON_ORIGINAL
    if tenure is None:
        return Reason.UNKNOWN_TENURE
    return Reason.UNKNOWN_BUILT_YEAR if year is None else Reason.NON_ALMEN_BUILT_BEFORE_2010


def judge_on_extension(tenure, year):
    if tenure == "almen_familiebolig":
        is_new = year is not None and year > APPROVED_ON.year
        return Reason.ALMEN_BUILT_AFTER_APPROVAL if is_new else Reason.EXISTING_ALMEN_ON_EXTENSION
    if year is not None and year < APPROVED_ON.year:
        return Reason.EXISTING_ON_EXTENSION
    if tenure is None:
        return Reason.UNKNOWN_TENURE
    if year is None:
        return Reason.UNKNOWN_BUILT_YEAR
    return Reason.BUILT_AFTER_APPROVAL if year > APPROVED_ON.year else Reason.BUILT_IN_APPROVAL_YEAR


def test_every_unit_has_its_reason(answer, units):
    assert answer["dwellings"]["total_n"] == len(units) == 2734
    assert sum(answer["dwellings"]["reasons"].values()) == 2734
    assert sum(answer["dwellings"]["decisions"].values()) == 2734
    assert answer["dwellings"]["decisions"][Decision.COUNTED.value] > 0


def test_each_reason_is_that_of_brute_force(decided, units, drawn):
    renamed = units.rename(columns={"byg026Opførelsesår": "byg026", "ejendommensEjerforholdskode": "owner"})
    wanted = {unit.id_lokalId: brute_force(unit, drawn) for unit in renamed.itertuples()}
    areas = decided["area_id"].astype(object).where(decided["area_id"].notna(), None)
    found = dict(zip(decided["dwelling_id"], zip(areas, decided["reason"], strict=True), strict=True))
    assert len(found) == len(wanted)
    different = {
        key: (found[key], answer)
        for key, answer in wanted.items()
        if found[key] != (answer[0], answer[1].value)
    }
    assert different == {}


def test_an_area_is_the_sum_of_its_parcels(answer, drawn):
    for area in answer["areas"]:
        base, extension = drawn[area["area_id"]]
        assert area["parcels_n"] == len(base) + len(extension)
        assert area["area_m2"] == pytest.approx(
            base.geometry.area.sum() + extension.geometry.area.sum(), abs=1.0
        )
        assert area["groups_n"] == 1


def test_new_dwellings_on_the_extension_count(answer, project):
    (area,) = [row for row in answer["areas"] if row["area_id"] == "R2"]
    (extension,) = [row for row in answer["extensions"] if row["extension_id"] == "R2+"]
    assert 0 < extension["counted_n"] < area["counted_n"]
    result = CliRunner().invoke(
        main, ["dwellings", str(project), "--area", "R2", "--without-extension", "R2+", "--json"]
    )
    assert result.exit_code == 0, result.stderr
    counts = {row["decision"]: row for row in json.loads(result.stdout)["counts"]}
    assert counts["counted"]["dwellings_change_n"] == extension["counted_n"]
    assert counts["counted"]["dwellings_after_n"] == area["counted_n"]


def test_the_same_input_gives_the_same_bytes(project, answer, tmp_path):
    names = ["boligkort.gpkg", "kort/omraader.html", "resultat.json", "oprindelse.json"]
    result = CliRunner().invoke(main, ["run", str(project), "--output", str(tmp_path / "again")])
    assert result.exit_code == 0, result.stderr
    for name in names:
        assert (tmp_path / "again" / name).read_bytes() == (project / "resultat" / name).read_bytes(), name
