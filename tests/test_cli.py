"""Each command as a user runs it: what it prints, what it writes, how it ends."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest

from boundaries.model import Decision
from cli import main
from data.texts import LANGUAGES, load_texts

COMMANDS = sorted(main.commands)


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


def test_the_same_seed_gives_the_same_bytes(demo, tmp_path, run):
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


def test_a_result_is_replaced_only_when_asked(demo, run):
    folder, _ = demo
    target = folder / "resultat" / "boligkort.gpkg"
    before = target.read_bytes()
    refused = run("run", folder)
    assert refused.exit_code == 4
    assert "--overwrite" in refused.stderr
    assert target.read_bytes() == before
    assert run("run", folder, "--overwrite").exit_code == 0
    assert target.read_bytes() == before


def test_run_on_another_date(demo, tmp_path, run):
    folder, _ = demo
    front = (folder / "resultat" / "index.html").read_bytes()
    result = run("run", folder, "--on", "2019-01-01", "--output", tmp_path / "old", "--json")
    told = json.loads(result.stdout)
    # What goes to another folder has a page there, and leaves that of the project alone.
    assert 'href="fund.csv"' in (tmp_path / "old" / "index.html").read_text(encoding="utf-8")
    assert (folder / "resultat" / "index.html").read_bytes() == front
    assert told["status_date"] == "2019-01-01"
    assert set(told["dwellings"]["reasons"]) & {"family_before_2020", "other_type_before_2020"}
    assert not any(extension["is_in_force"] for extension in told["extensions"])
    assert told == json.loads((tmp_path / "old" / "resultat.json").read_text(encoding="utf-8"))


def test_a_year_without_residents_says_which_there_are(demo, tmp_path, run):
    result = run("run", demo[0], "--on", "2035-01-01", "--output", tmp_path)
    assert result.exit_code == 1
    assert "2025" in result.stderr
    assert "Traceback" not in result.stderr


def test_check_tells_all_findings_and_writes_them(demo, tmp_path, run):
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


def test_an_error_in_the_data_stops_the_run_and_leaves_the_old_result(demo, tmp_path, run):
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


def test_init_writes_a_project_that_says_what_is_missing(tmp_path, run):
    assert run("init", tmp_path / "nyt").exit_code == 0
    assert run("init", tmp_path / "nyt").exit_code == 4
    result = run("check", tmp_path / "nyt")
    assert result.exit_code in (1, 3)
    assert "Traceback" not in result.stderr
    assert json.loads(run("init", tmp_path / "new", "--language", "en", "--json").stdout)["file"].endswith(
        "boligkort.toml"
    )


def test_a_project_without_status_date_asks_for_one(tmp_path, run):
    (tmp_path / "boligkort.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    result = run("run", tmp_path)
    assert result.exit_code == 2
    assert "status_date" in result.stderr


def test_all_faults_of_a_project_file_are_told_at_once(tmp_path, run):
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


def test_a_project_without_residents_counts_dwellings(tmp_path, demo, run):
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


def test_doctor_names_gdal_twice(run):
    told = json.loads(run("doctor", "--json").stdout)
    assert sum("gdal" in name.lower() for name in told) == 2
    assert "boligkort" in run("doctor").stdout


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_is_documented_with_a_real_example(command, language, run):
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


def test_help_answers_at_once(run):
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


def test_heavy_libraries_are_imported_inside_commands(run):
    code = "import sys, cli; print(sorted({'pandas', 'geopandas', 'folium', 'numpy', 'shapely'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


def test_cli_stays_short():
    path = Path(sys.modules["cli"].__file__)
    assert len(path.read_text(encoding="utf-8").splitlines()) < 500
