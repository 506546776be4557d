"""Each command as a user runs it: what it prints, what it writes, how it ends."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
from click.testing import CliRunner

from boundaries.model import Decision
from cli import main
from data.texts import LANGUAGES, load_texts

COMMANDS = sorted(main.commands)


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "kommune"
    result = run("demo", folder)
    assert result.exit_code == 0, result.stderr
    return folder, result


@pytest.fixture(scope="module")
def answer(demo):
    return json.loads((demo[0] / "resultat" / "resultat.json").read_text(encoding="utf-8"))


def test_the_demo_prints_areas_the_sum_and_where_the_result_lies(demo):
    folder, result = demo
    for name in ("boligkort.gpkg", "kort/omraader.html", "resultat.json", "oprindelse.json"):
        path = folder / "resultat" / name
        assert path.stat().st_size > 1000
        assert path.name in result.stdout


def test_every_dwelling_is_counted_once(answer, demo):
    decisions = answer["dwellings"]["decisions"]
    assert (
        sum(decisions.values())
        == answer["dwellings"]["total_n"]
        == sum(answer["dwellings"]["reasons"].values())
    )
    layer = pyogrio.read_dataframe(demo[0] / "resultat" / "boligkort.gpkg", layer="dwellings")
    assert len(layer) == answer["dwellings"]["total_n"]
    assert layer["decision"].value_counts().to_dict() == {
        key: number for key, number in decisions.items() if number
    }


def test_the_demo_shows_every_kind_of_answer(answer):
    assert all(answer["dwellings"]["decisions"][decision.value] for decision in Decision)
    assert {extension["status"] for extension in answer["extensions"]} >= {"godkendt", "ansøgt"}
    assert answer["is_synthetic"] is True
    assert sum(area["residents_min_n"] >= 1000 for area in answer["areas"]) >= 3


def test_the_same_seed_gives_the_same_bytes(demo, tmp_path):
    assert run("demo", tmp_path / "again").exit_code == 0
    names = sorted(path.relative_to(demo[0]) for path in demo[0].rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert [
        str(name)
        for name in names
        if (demo[0] / name).read_bytes() != (tmp_path / "again" / name).read_bytes()
    ] == []


def test_a_result_is_replaced_only_when_asked(demo):
    folder, _ = demo
    target = folder / "resultat" / "boligkort.gpkg"
    before = target.read_bytes()
    refused = run("run", folder)
    assert refused.exit_code == 4
    assert "--overwrite" in refused.stderr
    assert target.read_bytes() == before
    assert run("run", folder, "--overwrite").exit_code == 0
    assert target.read_bytes() == before


def test_run_on_another_date(demo, tmp_path):
    folder, _ = demo
    result = run("run", folder, "--on", "2019-01-01", "--output", tmp_path / "old", "--json")
    told = json.loads(result.stdout)
    assert told["status_date"] == "2019-01-01"
    assert set(told["dwellings"]["reasons"]) & {"family_before_2020", "other_type_before_2020"}
    assert not any(extension["is_in_force"] for extension in told["extensions"])
    assert told == json.loads((tmp_path / "old" / "resultat.json").read_text(encoding="utf-8"))


def test_a_year_without_residents_says_which_there_are(demo, tmp_path):
    result = run("run", demo[0], "--on", "2035-01-01", "--output", tmp_path)
    assert result.exit_code == 1
    assert "2025" in result.stderr
    assert "Traceback" not in result.stderr


def area_with_extension(answer):
    return next(extension for extension in answer["extensions"] if extension["is_in_force"])


def test_dwellings_answers_for_each_dwelling(demo, answer):
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


def test_dwellings_before_and_after_an_extension(demo, answer):
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


def test_dwellings_compared_with_another_date(demo, answer):
    area = area_with_extension(answer)["area_id"]
    told = json.loads(run("dwellings", demo[0], "--area", area, "--compare", "2019-01-01", "--json").stdout)
    assert {"reason_before", "reason_after", "is_changed"} <= set(told["dwellings"][0])
    assert "Traceback" not in run("dwellings", demo[0], "--area", area, "--compare", "2019-01-01").stdout


@pytest.mark.parametrize("ending", ["gpkg", "csv", "xlsx", "parquet", "fgb"])
def test_dwellings_are_exported(demo, answer, tmp_path, ending):
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


def test_an_unknown_export_format_names_those_known(demo, answer, tmp_path):
    area = area_with_extension(answer)["area_id"]
    result = run("dwellings", demo[0], "--area", area, "--export", tmp_path / "boliger.docx")
    assert result.exit_code == 2
    assert ".gpkg" in result.stderr


def test_the_check_map_is_written_on_request(demo, answer, tmp_path):
    area = area_with_extension(answer)["area_id"]
    assert run("dwellings", demo[0], "--area", area, "--map", tmp_path / "kort.html").exit_code == 0
    page = (tmp_path / "kort.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert not (demo[0] / "resultat" / "kort" / "kort.html").exists()


def test_a_place_tells_which_areas_have_held_there(demo, answer):
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
def test_a_question_that_cannot_be_answered(demo, options, status, part):
    result = run("dwellings", demo[0], *options)
    assert result.exit_code == status
    assert part in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_extension_names_those_known(demo, answer):
    extension = area_with_extension(answer)
    result = run("dwellings", demo[0], "--area", extension["area_id"], "--without-extension", "U-99")
    assert result.exit_code == 2
    assert extension["extension_id"] in result.stderr


def test_check_tells_all_findings_and_writes_them(demo, tmp_path):
    result = run("check", demo[0])
    assert result.exit_code == 0, result.stderr
    told = json.loads(run("check", demo[0], "--json").stdout)
    assert {row["register"] for row in told["files"]} >= {
        "parcels",
        "areas",
        "extensions",
        "dwellings",
        "residents",
    }
    written = demo[0] / "resultat" / "fund.json"
    if told["findings"]:
        assert len(json.loads(written.read_text(encoding="utf-8"))) == len(told["findings"])


def test_an_error_in_the_data_stops_the_run_and_leaves_the_old_result(demo, tmp_path):
    import shutil

    folder = tmp_path / "broken"
    shutil.copytree(demo[0], folder)
    path = folder / "boliger.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([*lines, lines[1]]), encoding="utf-8-sig")
    before = (folder / "resultat" / "boligkort.gpkg").read_bytes()
    result = run("run", folder, "--overwrite")
    assert result.exit_code == 1
    assert "boliger.csv" in result.stderr
    assert str(len(lines) + 1) in result.stderr
    assert (folder / "resultat" / "boligkort.gpkg").read_bytes() == before
    assert (folder / "resultat" / "fund.csv").exists()
    assert run("check", folder).exit_code == 1


def test_init_writes_a_project_that_says_what_is_missing(tmp_path):
    assert run("init", tmp_path / "nyt").exit_code == 0
    assert run("init", tmp_path / "nyt").exit_code == 4
    result = run("check", tmp_path / "nyt")
    assert result.exit_code in (1, 3)
    assert "Traceback" not in result.stderr
    assert json.loads(run("init", tmp_path / "new", "--language", "en", "--json").stdout)["file"].endswith(
        "boligkort.toml"
    )


def test_a_project_without_status_date_asks_for_one(tmp_path):
    (tmp_path / "boligkort.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    result = run("run", tmp_path)
    assert result.exit_code == 2
    assert "status_date" in result.stderr


def test_all_faults_of_a_project_file_are_told_at_once(tmp_path):
    lines = [
        "[project]",
        "nam = 'x'",
        "[dates]",
        "status_date = 'i dag'",
        "[registers.boliger]",
        "path = 'b.csv'",
    ]
    (tmp_path / "boligkort.toml").write_text("\n".join(lines), encoding="utf-8")
    result = run("check", tmp_path)
    assert result.exit_code == 2
    told = result.stderr.splitlines()
    assert len(told) == 3
    assert "name" in told[0]
    assert not [line for line in told if "{" in line]


def test_a_project_without_residents_counts_dwellings(tmp_path, demo):
    import shutil

    shutil.copytree(demo[0], tmp_path / "p")
    path = tmp_path / "p" / "boligkort.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"\[registers\.residents\][^\[]*", "", text), encoding="utf-8")
    result = run("run", tmp_path / "p", "--overwrite")
    assert result.exit_code == 0, result.stderr
    assert load_texts().get("terminal.no_residents") in result.stdout
    told = json.loads((tmp_path / "p" / "resultat" / "resultat.json").read_text(encoding="utf-8"))
    assert told["residents"] is None
    assert {area["residents_min_n"] for area in told["areas"]} == {None}
    page = (tmp_path / "p" / "resultat" / "kort" / "omraader.html").read_text(encoding="utf-8")
    assert load_texts().get("label.suppressed") not in page


def test_doctor_names_gdal_twice():
    told = json.loads(run("doctor", "--json").stdout)
    assert sum("gdal" in name.lower() for name in told) == 2
    assert "boligkort" in run("doctor").stdout


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_is_documented_with_a_real_example(command, language):
    args = [*([command] if command else []), "--help", "--language", language]
    result = run(*args)
    assert result.exit_code == 0
    name = command or "boligkort"
    texts = load_texts(language)
    assert texts.get("help.usage") in result.stdout
    assert re.sub(r"\s+", " ", texts.get(f"help.command.{name}")) in re.sub(r"\s+", " ", result.stdout)
    example = texts.get(f"help.example_of.{name}").split()
    assert example[0] == "boligkort"
    # The example is a line that the command itself can read.
    parsed = main.commands[example[1]]
    known = {option for param in parsed.params for option in param.opts}
    assert {part for part in example if part.startswith("--")} <= known


def test_help_answers_at_once():
    command = [
        sys.executable,
        "-c",
        "import sys; sys.argv[0] = 'boligkort'; from cli import main; main()",
        "--help",
    ]
    resource = pytest.importorskip("resource", reason="processor time of a child is asked of POSIX")
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # Processor time, so that a busy machine does not decide.
    assert min(times) < 0.3


def test_heavy_libraries_are_imported_inside_commands():
    code = "import sys, cli; print(sorted({'pandas', 'geopandas', 'folium', 'numpy', 'shapely'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


def test_cli_stays_short():
    path = Path(sys.modules["cli"].__file__)
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


def test_the_law_is_printed_with_its_sources():
    text = run("law", "--on", "2021-12-01").stdout
    assert "LOV nr 1322" in text
    told = json.loads(run("law", "--on", "2021-12-01", "--json").stdout)
    assert told
    assert run("law", "--language", "en").stdout != run("law").stdout


def test_a_date_before_the_law_names_the_first():
    result = run("law", "--on", "2009-01-01")
    assert result.exit_code == 1
    assert "2010" in result.stderr


PUBLISHED = (
    "year;area;kommune;residents;pct_outside_labour;pct_nonwestern;pct_convicted;pct_primary_education;income_pct_of_region\n"
    "2012;Aparken;X;1500;40,1;50,0;2,71;;\n"
    "2012;Bparken;X;1500;40,1;50,0;2,70;;\n"
    "2016;Cparken;X;999;60;70;3;60;50\n"
)


def test_published_values_are_classified_by_the_law_of_their_date(tmp_path):
    (tmp_path / "lister.csv").write_text(PUBLISHED, encoding="utf-8")
    told = json.loads(run("classify", tmp_path / "lister.csv", "--json").stdout)
    assert [(row["list_date"], row["is_listed"], row["category"]) for row in told] == [
        ("2012-10-01", True, "ghettoområde"),
        ("2012-10-01", False, None),
        ("2016-12-01", False, None),
    ]
    assert told[1]["criteria"] == {"labour_outside": "met", "non_western": "not_met", "convicted": "not_met"}
    assert "Aparken" in run("classify", tmp_path / "lister.csv").stdout


def test_a_published_value_that_is_no_number_is_a_finding(tmp_path):
    (tmp_path / "lister.csv").write_text(PUBLISHED.replace("2,71", "mange"), encoding="utf-8")
    result = run("classify", tmp_path / "lister.csv")
    assert result.exit_code == 1
    assert "mange" in result.stderr
    assert run("classify", tmp_path / "findes-ikke.csv").exit_code == 3


@pytest.mark.real_data
def test_the_government_published_what_the_law_says(shared_data):
    path = shared_data / "lists" / "published_values_even_years.csv"
    told = json.loads(run("classify", path, "--json").stdout)
    published = pd.read_csv(path, dtype=str)["category"]
    assert [row["is_listed"] for row in told] == [not word.startswith("udgået") for word in published]


def test_run_writes_the_list_as_workbook_and_layers(demo, answer):
    folder = demo[0] / "resultat"
    sheets = pd.read_excel(folder / "lister.xlsx", sheet_name=None, engine="calamine")
    assert list(sheets) == ["Liste", "Kriterier", "Ændringer", "Boligmix", "Kvalitet", "Kilder"]
    assert len(sheets["Liste"]) == len(answer["areas"])
    layers = {name for name, _ in pyogrio.list_layers(folder / "boligkort.gpkg")}
    assert layers >= {"areas", "pieces", "extensions", "dwellings", "designations", "criteria", "lists"}
    assert answer["list"] is not None


def test_the_list_is_printed_and_told_as_values(demo, answer):
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


def test_what_if_sets_two_lists_side_by_side(demo, answer, tmp_path):
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
