"""The eight raw files of a real extract of BBR give each unit the decision that the joined list gives."""

import pandas as pd
import pyogrio
import pytest

pytestmark = pytest.mark.real_data

ENTITIES = (
    "enhed", "opgang", "bygning", "grund", "grundjordstykke", "ejendomsrelation", "enhedejendomsrelation",
    "bygningejendomsrelation",
)  # fmt: skip
COMPARED = ["area_id", "piece", "extension_id", "decision", "reason"]
PROJECT = """
[project]
name = "Virkelige udtræk"
kommune_code = "0461"
[dates]
status_date = {status_date}
[registers.parcels]
path = "{parcels}"
[registers.areas]
path = "omraader.csv"
[registers.extensions]
path = "udvidelser.csv"
[registers.dwellings]
{dwellings}
"""


@pytest.fixture(scope="module")
def drawn(shared_data):
    """Share every parcel out: to the area, to its extension of 2012, and to no area."""
    parcels = pyogrio.read_dataframe(shared_data / "matrikel" / "jordstykker.gpkg", read_geometry=False)
    keys = (parcels["ejerlavkode"].astype(str) + "-" + parcels["matrikelnr"]).sort_values().tolist()
    return {"base": keys[::3] + keys[1::9], "extension": keys[2::3]}


@pytest.fixture(scope="module")
def decide(tmp_path_factory, shared_data, drawn, run):
    """Run the program on the real parcels and some dwellings; return them as the GeoPackage has them."""

    def decide(dwellings, status_date="2021-01-01"):
        folder = tmp_path_factory.mktemp("extracts")
        (folder / "omraader.csv").write_text(
            f'area_id;name;parcels\nR1;Prøveparken;"{", ".join(drawn["base"])}"\n', encoding="utf-8"
        )
        (folder / "udvidelser.csv").write_text(
            "extension_id;area_id;status;approved_on;parcels\n"
            f'R1+;R1;godkendt;2012-06-01;"{", ".join(drawn["extension"])}"\n',
            encoding="utf-8",
        )
        parcels = (shared_data / "matrikel" / "jordstykker.gpkg").as_posix()
        text = PROJECT.format(status_date=status_date, parcels=parcels, dwellings=dwellings)
        (folder / "boligkort.toml").write_text(text, encoding="utf-8")
        result = run("run", folder)
        assert result.exit_code == 0, result.stderr
        frame = pyogrio.read_dataframe(folder / "resultat" / "boligkort.gpkg", layer="dwellings")
        return frame.set_index("dwelling_id").sort_index()

    return decide


@pytest.fixture(scope="module")
def raw_files(shared_data):
    names = (shared_data / "bbr" / f"grbbr_2020_{entity}.csv.gz" for entity in ENTITIES)
    return "files = [" + ", ".join(f'"{name.as_posix()}"' for name in names) + "]"


@pytest.fixture(scope="module")
def joined_list(shared_data):
    return f'path = "{(shared_data / "bbr" / "enheder_aktuelle_med_adresse.csv").as_posix()}"'


@pytest.fixture(scope="module")
def from_raw(decide, raw_files):
    return decide(raw_files)


@pytest.fixture(scope="module")
def from_list(decide, joined_list):
    return decide(joined_list)


def test_every_unit_has_the_same_decision(from_raw, from_list):
    assert len(from_raw) == 2734
    pd.testing.assert_frame_equal(from_raw[COMPARED], from_list[COMPARED])
    # The areas are drawn so that the comparison is of more than one answer.
    assert from_raw["reason"].nunique() >= 8
    assert (from_raw["decision"].value_counts()[["counted", "not_counted", "undecided"]] > 20).all()


@pytest.mark.slow
def test_before_2020_too(decide, raw_files, joined_list):
    before = decide(raw_files, "2019-01-01")
    pd.testing.assert_frame_equal(before[COMPARED], decide(joined_list, "2019-01-01")[COMPARED])
    assert before["reason"].eq("family_before_2020").sum() > 20


def test_values_differ_only_where_a_building_stands_on_anothers_land(from_raw, from_list, shared_data):
    for column in ("use_code", "built_year", "area_m2", "x", "y"):
        pd.testing.assert_series_equal(from_raw[column], from_list[column])
    differs = from_raw.index[from_raw["tenure_source"] != from_list["tenure_source"]]
    relation = pd.read_csv(shared_data / "bbr" / "grbbr_2020_bygningejendomsrelation.csv.gz", dtype=str)
    units = pd.read_csv(shared_data / "bbr" / "enheder_aktuelle_med_adresse.csv", dtype=str)
    on_others_land = units.loc[units["bygning"].isin(relation["bygning"]), "id_lokalId"]
    assert len(differs) == 15
    assert set(differs) <= set(on_others_land)


@pytest.mark.slow
def test_the_ejerlejlighed_decides_more_and_nothing_otherwise(decide, raw_files, from_raw):
    by_unit = decide(raw_files + '\nownership = "unit"')
    differs = from_raw["decision"] != by_unit["decision"]
    assert differs.sum() > 20
    assert set(from_raw.loc[differs, "decision"]) == {"undecided"}


def test_the_source_of_the_tenure_is_told_of_every_unit(from_raw):
    assert from_raw["tenure_source"].notna().all()
    by_support = from_raw.loc[from_raw["tenure_source"] == "enh046_10"]
    assert len(by_support) == 74
    assert set(by_support["tenure"]) == {"almen_familiebolig"}
