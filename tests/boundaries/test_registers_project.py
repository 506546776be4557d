"""The project file: what is read, what is refused, and that all faults are told at once."""

import ast
import re
import tomllib
from dataclasses import fields
from datetime import date
from pathlib import Path, PurePosixPath

import pytest

from boundaries.model import Settings
from boundaries.registers import project as project_module
from boundaries.registers.problems import (
    ProjectErrors,
    RegisterErrors,
    raise_project_errors,
    raise_register_errors,
)
from boundaries.registers.project import SETTING_CHOICES, Project, load_project, template_text
from boundaries.registers.schemas import SCHEMAS
from data.texts import LANGUAGES, load_texts, template_fields
from geo.errors import DataError, ReadError, UsageError


@pytest.fixture
def load(tmp_path):
    def write_and_load(text):
        (tmp_path / "boligkort.toml").write_text(text, encoding="utf-8")
        return load_project(tmp_path)

    return write_and_load


def fault(load, text):
    """Return the one error of a project file, with its sentence in both languages."""
    with pytest.raises(UsageError) as raised:
        load(text)
    assert not isinstance(raised.value, ProjectErrors)
    for language in LANGUAGES:
        assert load_texts(language).get(f"error.{raised.value.key}", raised.value.values)
    return raised.value


def test_a_whole_project_is_read(load, tmp_path):
    project = load(
        """
[project]
name = "Prøveby"
kommune_code = "101"
synthetic = true
language = "en"
output = "ud"
[dates]
status_date = 2025-01-01
[settings]
count_existing_almen_on_extension = true
non_almen_family = "not_almen_family"
coherence_gap_m = 40
suppression_threshold_n = 3
[registers.residents]
files = ["a.csv", "../b.csv"]
delimiter = "\\t"
fields = { year = "År" }
[registers.parcels]
path = "m.gpkg"
layer = "jordstykke"
crs = "EPSG:25832"
"""
    )
    assert project.name == "Prøveby"
    assert project.kommune_code == "0101"
    assert project.is_synthetic
    assert project.language == "en"
    assert project.output == tmp_path / "ud"
    assert project.status_date == date(2025, 1, 1)
    assert project.settings == Settings(
        count_existing_almen_on_extension=True,
        non_almen_family="not_almen_family",
        coherence_gap_m=40.0,
        suppression_threshold_n=3,
    )
    assert list(project.sources) == ["parcels", "residents"]
    residents = project.sources["residents"]
    assert residents.files == (tmp_path / "a.csv", tmp_path.parent / "b.csv")
    assert (residents.delimiter, dict(residents.fields)) == ("\t", {"year": "År"})
    assert (project.sources["parcels"].layer, project.sources["parcels"].crs) == ("jordstykke", "EPSG:25832")
    assert project.folder == tmp_path
    assert project.name_file(tmp_path.parent / "b.csv") == "../b.csv"


def test_an_empty_project_has_the_defaults(load, tmp_path):
    project = load("")
    assert project == Project(
        path=tmp_path / "boligkort.toml", name=tmp_path.name, output=tmp_path / "resultat"
    )
    assert project.settings == Settings()


def test_the_file_itself_may_be_named(load, tmp_path):
    load('[project]\nname = "x"')
    (tmp_path / "boligkort.toml").rename(tmp_path / "andet.toml")
    assert load_project(str(tmp_path / "andet.toml")).path == tmp_path / "andet.toml"


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / "boligkort.toml").write_bytes(b"\xef\xbb\xbf[project]\nname = 'x'\n")
    assert load_project(tmp_path).name == "x"


@pytest.mark.parametrize("name", ["", "nothing.toml", "folder/boligkort.toml"])
def test_a_missing_project_is_a_read_error(tmp_path, name):
    with pytest.raises(ReadError) as raised:
        load_project(tmp_path / name)
    assert raised.value.key == "registers.no_project"


def test_an_unreadable_project_is_a_read_error(load, tmp_path, monkeypatch):
    load("")

    def refuse(self):
        raise PermissionError("denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ReadError) as raised:
        load_project(tmp_path)
    assert raised.value.key == "registers.unreadable_project"


FAULTS = [
    ("[settings]\ncoherence_gap = 3.0", "unknown_key", "settings.coherence_gap", {"nearest": "coherence_gap_m"}),
    ("[setting]\n", "unknown_key", "setting", {"nearest": "settings"}),
    ("[registers.dwelings]\npath = 'x.csv'", "unknown_key", "registers.dwelings", {"nearest": "dwellings"}),
    (
        "[registers.areas]\npath = 'x.csv'\nfields = { area = 'ID' }",
        "unknown_key", "registers.areas.fields.area", {"nearest": "area_id"},
    ),
    ("[dates]\nq = 1", "unknown_key_listed", "dates.q", {"allowed": "status_date"}),
    ("project = 1", "expected_table", "project", {"found": "1"}),
    ("[registers]\nareas = 'x.csv'", "expected_table", "registers.areas", {"found": "x.csv"}),
    ("[project]\nname = 1", "expected_text", "project.name", {"found": "1"}),
    ("[project]\nsynthetic = 'nej'", "expected_boolean", "project.synthetic", {"found": "nej"}),
    ("[project]\nlanguage = 'sv'", "unknown_choice", "project.language", {"allowed": "da, en"}),
    ("[project]\nkommune_code = 'KBH'", "bad_kommune_code", "project.kommune_code", {"found": "KBH"}),
    ("[project]\nkommune_code = 101", "expected_text", "project.kommune_code", {"found": "101"}),
    ("[dates]\nstatus_date = '2025-01-01'", "expected_date", "dates.status_date", {}),
    ("[dates]\nstatus_date = 2025-01-01T00:00:00", "expected_date", "dates.status_date", {}),
    ("[settings]\nbuilt_in_approval_year = 'ja'", "unknown_choice", "settings.built_in_approval_year", {}),
    ("[settings]\ncoherence_gap_m = '30'", "expected_number", "settings.coherence_gap_m", {}),
    ("[settings]\ncoherence_gap_m = true", "expected_number", "settings.coherence_gap_m", {}),
    ("[settings]\ncoherence_gap_m = -1", "number_too_low", "settings.coherence_gap_m", {"low": "0"}),
    ("[settings]\noverlap_tolerance_m2 = nan", "number_too_low", "settings.overlap_tolerance_m2", {}),
    ("[settings]\nsuppression_threshold_n = 2", "number_too_low", "settings.suppression_threshold_n", {"low": "3"}),
    ("[settings]\nsuppression_threshold_n = 5.5", "expected_integer", "settings.suppression_threshold_n", {}),
    ("[registers.areas]\nlayer = 'x'", "no_path", "registers.areas.path", {}),
    ("[registers.areas]\npath = ''", "no_path", "registers.areas.path", {}),
    ("[registers.areas]\nfiles = []", "no_path", "registers.areas.path", {}),
    ("[registers.areas]\nfiles = 'x.csv'", "expected_texts", "registers.areas.files", {}),
    ("[registers.areas]\nfiles = ['x.csv', 1]", "expected_texts", "registers.areas.files", {}),
    ("[registers.areas]\npath = 'x'\nfiles = ['y']", "path_and_files", "registers.areas.path", {}),
    ("[registers.areas]\npath = 'https://x.dk/y.csv'", "url_path", "registers.areas.path", {"found": "https://x.dk/y.csv"}),
    ("[registers.areas]\npath = 'x'\ndelimiter = ';;'", "bad_delimiter", "registers.areas.delimiter", {}),
    ("[registers.areas]\npath = 'x'\ndecimal = ';'", "unknown_choice", "registers.areas.decimal", {"allowed": ",, ."}),
    ("[registers.areas]\npath = 'x'\nfields = 'y'", "expected_table", "registers.areas.fields", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "key", "values"), FAULTS)
def test_a_fault_names_its_key_and_what_was_required(load, text, kind, key, values):
    error = fault(load, text)
    assert error.key == f"registers.{kind}"
    assert error.values["key"] == key
    assert error.values["file"] == "boligkort.toml"
    assert {name: error.values[name] for name in values} == values


def test_all_faults_are_told_at_once(load):
    with pytest.raises(ProjectErrors) as raised:
        load("x = 1\n[project]\nname = 2\n[settings]\ncoherence_gap = 3.0\n[registers.areas]\n")
    assert [error.values["key"] for error in raised.value.errors] == [
        "x", "project.name", "settings.coherence_gap", "registers.areas.path",
    ]  # fmt: skip
    assert raised.value.exit_status == 2
    assert raised.value.values["count"] == 4
    for language in LANGUAGES:
        assert "4" in load_texts(language).get("error.registers.several_project_errors", raised.value.values)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("[project]\nname = Prøveby\n", 2, 8), ("[project\n", 1, 9), ("[project]\nname = '''x", "–", "–")],
)
def test_a_syntax_fault_names_the_line(load, text, line, column):
    error = fault(load, text)
    assert error.key == "registers.project_syntax"
    assert (str(error.values["line"]), str(error.values["column"])) == (str(line), str(column))
    assert "(at " not in str(error.values["reason"])


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    (tmp_path / "boligkort.toml").write_bytes("[project]\nname = 'Prøveby'\n".encode("cp1252"))
    with pytest.raises(UsageError) as raised:
        load_project(tmp_path)
    assert (raised.value.key, raised.value.values["line"]) == ("registers.project_not_utf8", 2)


def test_a_file_on_another_drive_keeps_its_whole_name(monkeypatch, tmp_path):
    def refuse(path, start):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(project_module.os.path, "relpath", refuse)
    made = Project(path=tmp_path / "boligkort.toml", name="x", output=tmp_path)
    assert made.name_file(tmp_path / "a.csv") == (tmp_path / "a.csv").as_posix()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_loads_with_the_defaults(load, language):
    text = template_text(language)
    project = load(text)
    assert project.settings == Settings()
    assert project.language == language
    assert not project.is_synthetic
    raw = tomllib.loads(text)
    assert list(raw["settings"]) == [entry.name for entry in fields(Settings)]
    for register in SCHEMAS:
        assert f"[registers.{register}]" in text
    for name, choices in SETTING_CHOICES.items():
        assert all(f'"{choice}"' in text for choice in choices), name
    for number in ("(i)", "(ii)", "(iii)", "(iv)"):
        assert f"# {number} " in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_template_shows_as_an_option_is_one(load, language):
    """Every commented line with a setting of a source, uncommented, still loads."""
    options = re.findall(
        r'^#   (\w+ = (?:"[^"]*"|\{.*\}|[\d-]+))  +', template_text(language), flags=re.MULTILINE
    )
    assert [option.split()[0] for option in options] == [*project_module._SOURCE_KEYS[2:]]
    load("[registers.dwellings]\npath = 'x.csv'\n" + "\n".join(options) + "\n")


def test_settings_that_are_words_have_their_choices():
    words = {entry.name for entry in fields(Settings) if isinstance(getattr(Settings(), entry.name), str)}
    assert set(SETTING_CHOICES) == words
    for name, choices in SETTING_CHOICES.items():
        assert choices[0] == getattr(Settings(), name)


def test_errors_are_raised_alone_or_together():
    raise_project_errors([])
    one, other = ReadError("a"), DataError("b")
    with pytest.raises(ReadError) as raised:
        raise_register_errors([one])
    assert raised.value is one
    with pytest.raises(RegisterErrors) as several:
        raise_register_errors([other, one])
    assert (several.value.exit_status, several.value.errors) == (3, (other, one))


def test_every_error_of_the_room_has_its_sentence_and_is_raised():
    """Keys in the code and in the catalogs are the same, and so are the values that they name."""
    folder = Path(project_module.__file__).parent
    used = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used |= {node.value.removeprefix("registers.")}
    for language in LANGUAGES:
        section = load_texts(language).section("error.registers")
        assert set(section) <= used
        for key, template in section.items():
            assert template_fields(template) == template_fields(
                load_texts("en").entries[f"error.registers.{key}"]
            )


def test_names_of_files_are_posix(tmp_path):
    made = Project(path=tmp_path / "p" / "boligkort.toml", name="x", output=tmp_path)
    assert made.name_file(tmp_path / "d" / "a.csv") == str(PurePosixPath("..", "d", "a.csv"))


def test_the_table_of_movers_is_read_with_its_path(tmp_path):
    written = '[movers]\nwith_table = "tal.csv"\nwith_column = "n"\nrules_year = 2023\n'
    (tmp_path / "boligkort.toml").write_text(written, encoding="utf-8")
    found = load_project(tmp_path).movers
    assert found == {"with_table": tmp_path / "tal.csv", "with_column": "n", "rules_year": 2023}


def test_a_mistyped_key_of_the_movers_is_named(tmp_path):
    (tmp_path / "boligkort.toml").write_text('[movers]\nwith_tabel = "tal.csv"\n', encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_project(tmp_path)
    assert "with_tabel" in str(raised.value)
    assert "with_table" in str(raised.value)
