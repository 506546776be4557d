"""`boligkort list`, `law`, `classify` and `whatif`, as a user runs them."""

import json

import pandas as pd
import pyogrio
import pytest


def test_the_law_is_printed_with_its_sources(run):
    text = run("law", "--on", "2021-12-01").stdout
    assert "LOV nr 1322" in text
    told = json.loads(run("law", "--on", "2021-12-01", "--json").stdout)
    assert told
    assert run("law", "--language", "en").stdout != run("law").stdout


def test_a_date_before_the_law_names_the_first(run):
    result = run("law", "--on", "2009-01-01")
    assert result.exit_code == 1
    assert "2010" in result.stderr


PUBLISHED = (
    "year;area;kommune;residents;pct_outside_labour;pct_nonwestern;pct_convicted;pct_primary_education;income_pct_of_region\n"
    "2012;Aparken;X;1500;40,1;50,0;2,71;;\n"
    "2012;Bparken;X;1500;40,1;50,0;2,70;;\n"
    "2016;Cparken;X;999;60;70;3;60;50\n"
)


def test_published_values_are_classified_by_the_law_of_their_date(tmp_path, run):
    (tmp_path / "lister.csv").write_text(PUBLISHED, encoding="utf-8")
    told = json.loads(run("classify", tmp_path / "lister.csv", "--json").stdout)
    assert [(row["list_date"], row["is_listed"], row["category"]) for row in told] == [
        ("2012-10-01", True, "ghettoområde"),
        ("2012-10-01", False, None),
        ("2016-12-01", False, None),
    ]
    assert told[1]["criteria"] == {"labour_outside": "met", "non_western": "not_met", "convicted": "not_met"}
    assert "Aparken" in run("classify", tmp_path / "lister.csv").stdout


def test_a_published_value_that_is_no_number_is_a_finding(tmp_path, run):
    (tmp_path / "lister.csv").write_text(PUBLISHED.replace("2,71", "mange"), encoding="utf-8")
    result = run("classify", tmp_path / "lister.csv")
    assert result.exit_code == 1
    assert "mange" in result.stdout
    as_values = run("classify", tmp_path / "lister.csv", "--json")
    assert "mange" in as_values.stderr
    assert len(json.loads(as_values.stdout)) == 3
    assert run("classify", tmp_path / "findes-ikke.csv").exit_code == 3


@pytest.mark.real_data
def test_the_government_published_what_the_law_says(shared_data, run):
    path = shared_data / "lists" / "published_values_even_years.csv"
    told = json.loads(run("classify", path, "--json").stdout)
    published = pd.read_csv(path, dtype=str)["category"]
    assert [row["is_listed"] for row in told] == [not word.startswith("udgået") for word in published]


def test_run_writes_the_list_as_workbook_and_layers(demo, answer):
    folder = demo[0] / "resultat"
    sheets = pd.read_excel(folder / "lister.xlsx", sheet_name=None, engine="calamine")
    assert list(sheets) == [
        "Liste",
        "Kriterier",
        "Ændringer",
        "Boligmix",
        "Udviklingsplan",
        "Kvalitet",
        "Kilder",
    ]
    assert len(sheets["Liste"]) == len(answer["areas"])
    layers = {name for name, _ in pyogrio.list_layers(folder / "boligkort.gpkg")}
    assert layers >= {"areas", "pieces", "extensions", "dwellings", "designations", "criteria", "lists"}
    assert answer["list"] is not None


def test_the_list_is_printed_and_told_as_values(demo, answer, run):
    told = json.loads(run("list", demo[0], "--json").stdout)
    assert told == answer["list"]
    text = run("list", demo[0]).stdout
    assert all(area["area_id"] in text for area in answer["areas"])
    refused = run("list", demo[0], "--on", "2019-01-01")
    assert refused.exit_code == 1
    assert "2018" in refused.stderr


def test_the_origin_names_inputs_law_and_versions(demo):
    origin = json.loads((demo[0] / "resultat" / "oprindelse.json").read_text(encoding="utf-8"))
    assert {row["register"] for row in origin["inputs"]} >= {"parcels", "dwellings", "residents"}
    assert all(len(row["sha256"]) == 64 for row in origin["inputs"])
    assert "retsinformation" in json.dumps(origin["law"])
    assert origin["versions"]["boligkort"]


def test_what_if_sets_two_lists_side_by_side(demo, answer, tmp_path, run):
    extension = next(row for row in answer["extensions"] if row["status"] == "ansøgt")
    proposal = f'[[extensions]]\nextension_id = "{extension["extension_id"]}"\napproved_on = 2022-01-15\n'
    (tmp_path / "forslag.toml").write_text(proposal, encoding="utf-8")
    told = json.loads(run("whatif", demo[0], tmp_path / "forslag.toml", "--json").stdout)
    assert {row["area_id"] for row in told["areas"]} >= {extension["area_id"]}
    text = run("whatif", demo[0], tmp_path / "forslag.toml")
    assert text.exit_code == 0
    assert extension["area_id"] in text.stdout
    (tmp_path / "forslag.toml").write_text("[[udvidelse]]\narea_id = 'x'\n", encoding="utf-8")
    assert run("whatif", demo[0], tmp_path / "forslag.toml").exit_code == 2
