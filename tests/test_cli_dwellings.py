"""`boligkort dwellings`: the check of an area, its comparisons, exports and map."""

import json

import pandas as pd
import pyogrio
import pytest

from data.texts import load_texts


def area_with_extension(answer):
    return next(extension for extension in answer["extensions"] if extension["is_in_force"])


def test_dwellings_answers_for_each_dwelling(demo, answer, run):
    area = area_with_extension(answer)["area_id"]
    told = json.loads(run("dwellings", demo[0], "--area", area, "--json").stdout)
    inside = [row for row in told["dwellings"] if row["area_id"] == area]
    (row,) = [row for row in answer["areas"] if row["area_id"] == area]
    assert len(inside) == row["dwellings_n"]
    assert sum(row["decision"] == "counted" for row in inside) == row["counted_n"]
    text = run("dwellings", demo[0], "--area", area).stdout
    assert load_texts().get("decision.counted") in text
    near = json.loads(run("dwellings", demo[0], "--area", area, "--near", "0", "--json").stdout)
    assert len(near["dwellings"]) < len(told["dwellings"])


def test_dwellings_before_and_after_an_extension(demo, answer, run):
    extension = area_with_extension(answer)
    told = json.loads(
        run(
            "dwellings",
            demo[0],
            "--area",
            extension["area_id"],
            "--without-extension",
            extension["extension_id"],
            "--json",
        ).stdout
    )
    counts = {row["decision"]: row for row in told["counts"]}
    changed = [row for row in told["dwellings"] if row["is_changed"]]
    assert len(changed) == extension["dwellings_n"]
    assert counts["counted"]["dwellings_change_n"] == extension["counted_n"]
    assert {row["decision_before"] for row in changed} == {"outside"}


def test_dwellings_compared_with_another_date(demo, answer, run):
    area = area_with_extension(answer)["area_id"]
    told = json.loads(run("dwellings", demo[0], "--area", area, "--compare", "2019-01-01", "--json").stdout)
    assert {"reason_before", "reason_after", "is_changed"} <= set(told["dwellings"][0])
    assert "Traceback" not in run("dwellings", demo[0], "--area", area, "--compare", "2019-01-01").stdout


@pytest.mark.parametrize("ending", ["gpkg", "csv", "xlsx", "parquet", "fgb"])
def test_dwellings_are_exported(demo, answer, tmp_path, ending, run):
    area = area_with_extension(answer)["area_id"]
    path = tmp_path / f"boliger.{ending}"
    assert run("dwellings", demo[0], "--area", area, "--export", path).exit_code == 0
    told = json.loads(run("dwellings", demo[0], "--area", area, "--json").stdout)["dwellings"]
    if ending == "csv":
        frame = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig")
    elif ending == "xlsx":
        frame = pd.read_excel(path, engine="calamine")
    elif ending == "parquet":
        frame = pd.read_parquet(path)
    else:
        frame = pyogrio.read_dataframe(path, layer="boliger")
    assert len(frame) == len(told)
    assert not [column for column in frame.columns if "resident" in column or "beboer" in column.lower()]
    again = run("dwellings", demo[0], "--area", area, "--export", path)
    assert again.exit_code == 4
    assert "--overwrite" in again.stderr


def test_an_unknown_export_format_names_those_known(demo, answer, tmp_path, run):
    area = area_with_extension(answer)["area_id"]
    result = run("dwellings", demo[0], "--area", area, "--export", tmp_path / "boliger.docx")
    assert result.exit_code == 2
    assert ".gpkg" in result.stderr


def test_the_check_map_is_written_on_request(demo, answer, tmp_path, run):
    area = area_with_extension(answer)["area_id"]
    assert run("dwellings", demo[0], "--area", area, "--map", tmp_path / "kort.html").exit_code == 0
    page = (tmp_path / "kort.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert not (demo[0] / "resultat" / "kort" / "kort.html").exists()


def test_a_place_tells_which_areas_have_held_there(demo, answer, run):
    layer = pyogrio.read_dataframe(demo[0] / "resultat" / "boligkort.gpkg", layer="extensions")
    own = layer[layer["extension_id"].eq(area_with_extension(answer)["extension_id"])]
    point = own.geometry.iloc[0].representative_point()
    told = json.loads(run("dwellings", demo[0], "--at", point.x, point.y, "--json").stdout)
    assert [(row["area_id"], row["extension_id"]) for row in told] == [
        (own["area_id"].iloc[0], own["extension_id"].iloc[0])
    ]
    assert own["extension_id"].iloc[0] in run("dwellings", demo[0], "--at", point.x, point.y).stdout


@pytest.mark.parametrize(
    ("options", "status", "part"),
    [
        (["--area", "findes-ikke"], 2, "findes-ikke"),
        (["--area", "X", "--at", "1", "2"], 2, "--at"),
        ([], 2, "--area"),
        (["--area", "X", "--compare", "2019-01-01", "--without-extension", "U"], 2, "--compare"),
    ],
)
def test_a_question_that_cannot_be_answered(demo, options, status, part, run):
    result = run("dwellings", demo[0], *options)
    assert result.exit_code == status
    assert part in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_extension_names_those_known(demo, answer, run):
    extension = area_with_extension(answer)
    result = run("dwellings", demo[0], "--area", extension["area_id"], "--without-extension", "U-99")
    assert result.exit_code == 2
    assert extension["extension_id"] in result.stderr
