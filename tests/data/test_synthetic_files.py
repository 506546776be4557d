"""The demo folder: the same bytes for the same seed, complete, marked, and never half replaced."""

import hashlib
import os
import subprocess
import sys
import tomllib
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from data.synthetic import write_demo
from data.synthetic.demo import build_town, describe_project
from data.synthetic.files import DEMO_FILES, PARCEL_FILE, RESIDENT_FILE
from data.texts import LANGUAGES, load_texts
from geo.errors import WriteError

SEED = 2020


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return write_demo(folder)


def hash_files(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def read_danish(path):
    return pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig", dtype={"kommune_code": str})


def test_the_folder_holds_the_promised_files_and_no_others(demo):
    assert sorted(path.name for path in demo.folder.iterdir()) == sorted(DEMO_FILES) == sorted(demo.files)


def test_the_same_seed_gives_the_same_bytes_in_another_process(demo, tmp_path):
    code = "import sys; from data.synthetic import write_demo; write_demo(sys.argv[1])"
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(root), "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, env=environment, cwd=root)
    assert hash_files(tmp_path) == hash_files(demo.folder)


def test_another_seed_gives_another_town(demo, tmp_path):
    other = write_demo(tmp_path, seed=7)
    here, there = hash_files(demo.folder), hash_files(other.folder)
    same = {name for name in DEMO_FILES if here[name] == there[name]}
    # What is told of the country and the lists does not hang on the draw; parcel numbers may not either.
    assert {"matrikler.gpkg", "boliger.csv", "beboere.parquet", "README.md"} & same == set()
    assert other.seed == 7


def test_the_summary_counts_what_was_written(demo):
    parcels = pyogrio.read_info(demo.folder / PARCEL_FILE, layer="matrikler", force_feature_count=True)
    assert demo.parcels_n == parcels["features"]
    assert demo.dwellings_n == len(read_danish(demo.folder / "boliger.csv"))
    assert demo.areas_n == len(read_danish(demo.folder / "boligomraader.csv")) == 8
    assert demo.extensions_n == len(read_danish(demo.folder / "udvidelser.csv")) == 3
    assert demo.splits_n == len(read_danish(demo.folder / "opdelinger.csv")) == 1
    residents = pd.read_parquet(demo.folder / RESIDENT_FILE)
    assert dict(demo.residents_n) == residents.groupby("year").size().to_dict()
    assert demo.persons_n == residents["person_id"].nunique()
    with pytest.raises(FrozenInstanceError):
        demo.areas_n = 0


def test_the_parcels_read_back_as_they_were_drawn(demo):
    town = build_town(SEED)
    read = pyogrio.read_dataframe(demo.folder / PARCEL_FILE, layer="matrikler")
    assert read.crs.to_epsg() == 25832
    assert list(read["parcel_number"]) == list(town.parcels.numbers)
    assert list(read["cadastral_district"]) == list(town.parcels.district_codes)
    drawn = shapely.multipolygons([[shape] for shape in town.parcels.geometry])
    assert shapely.equals_exact(read.geometry.to_numpy(), drawn).all()


def test_the_residents_have_the_canonical_columns_and_known_dwellings(demo):
    residents = pd.read_parquet(demo.folder / RESIDENT_FILE)
    assert list(residents.columns) == [
        "year", "dwelling_id", "person_id", "age", "origin", "labour_outside", "convicted", "education",
        "gross_income", "disposable_income", "is_student", "is_taxable",
    ]  # fmt: skip
    dwellings = read_danish(demo.folder / "boliger.csv")
    assert set(residents["dwelling_id"]) <= set(dwellings["dwelling_id"])
    assert not residents.duplicated(["year", "person_id"]).any()
    assert set(residents["origin"]) == {"dansk", "vestlig", "ikke_vestlig", "ukendt"}
    assert set(residents["convicted"].dropna()) == {0, 1}
    children = residents["age"] < 15
    missing = residents[
        ["convicted", "gross_income", "disposable_income", "education", "is_student", "is_taxable"]
    ]
    assert (missing.isna().all(axis=1) == children).all()
    in_order = residents.sort_values(["year", "dwelling_id", "person_id"], kind="stable")
    assert (in_order.index == np.arange(len(residents))).all()


def test_everything_is_marked_as_synthetic(demo):
    project = tomllib.loads((demo.folder / "boligkort.toml").read_text(encoding="utf-8"))
    assert project["project"]["synthetic"] is True
    assert project["project"]["kommune_code"] == "0999"
    assert "syntetisk" in project["project"]["name"]
    assert "opdigtet" in (demo.folder / "README.md").read_text(encoding="utf-8")
    assert pq.read_schema(demo.folder / RESIDENT_FILE).metadata[b"is_synthetic"] == b"true"
    contents = pyogrio.read_dataframe(
        demo.folder / PARCEL_FILE,
        sql="SELECT identifier, description FROM gpkg_contents",
        sql_dialect="SQLITE",
    )
    assert contents["description"].str.contains("Opdigtede").any()
    assert contents["identifier"].str.contains("syntetiske").any()


def test_the_project_names_every_register_file(demo):
    project = tomllib.loads((demo.folder / "boligkort.toml").read_text(encoding="utf-8"))
    named = {table["path"] for table in project["registers"].values()}
    # The figures of all kommuner are for a map of their own, no register of the project.
    assert named == set(DEMO_FILES) - {"README.md", "boligkort.toml", "kommunetal.csv"}
    assert project["dates"]["status_date"].isoformat() == "2025-01-01"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_project_file_is_the_same_project_in_every_language(language):
    project = tomllib.loads(describe_project(load_texts(language)))
    danish = tomllib.loads(describe_project(load_texts("da")))
    assert project["project"].pop("language") == language
    for key in ("language", "name"):
        danish["project"].pop(key)
    project["project"].pop("name")
    assert project == danish


def test_an_old_demo_is_only_replaced_on_request(demo):
    before = hash_files(demo.folder)
    with pytest.raises(WriteError) as raised:
        write_demo(demo.folder, seed=7)
    assert raised.value.key == "demo.output_exists"
    assert "boliger.csv" in raised.value.values["files"]
    assert hash_files(demo.folder) == before
    assert write_demo(demo.folder, overwrite=True) == demo
    assert hash_files(demo.folder) == before


def test_one_old_file_is_enough_to_refuse_and_others_are_left_alone(tmp_path):
    (tmp_path / "noter.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "lister.csv").write_text("old", encoding="utf-8")
    with pytest.raises(WriteError):
        write_demo(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lister.csv", "noter.txt"]
    assert (tmp_path / "lister.csv").read_text(encoding="utf-8") == "old"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(WriteError) as raised:
        write_demo(tmp_path / "taken" / "demo")
    assert raised.value.key == "demo.no_folder"
    assert "taken" in raised.value.values["folder"]
    for language in LANGUAGES:
        assert "taken" in load_texts(language).get("error.demo.no_folder", raised.value.values)
