"""What the command says of inputs that cannot be read: one line each, in both languages, and how it ends."""

import json
import os
import sqlite3

import geopandas as gpd
import pytest
import shapely

from data.texts import LANGUAGES

E0, N0 = 645_000.0, 6_255_000.0
PROJECT = """\
[dates]
status_date = 2025-01-01
[registers.areas]
path = "{path}"
[registers.dwellings]
path = "boliger.csv"
"""
DWELLINGS = "dwelling_id;x;y;tenure\nD1;645050;6255050;ejerbolig\n"


def make_layer(path, *, shapes_n=3):
    shapes = [shapely.box(E0 + 100 * n, N0, E0 + 100 * n + 90, N0 + 50) for n in range(shapes_n)]
    ids = [f"A{n}" for n in range(shapes_n)]
    frame = gpd.GeoDataFrame({"area_id": ids, "name": ids}, geometry=shapes, crs="EPSG:25832")
    frame.to_file(path, geometry_type="Polygon")
    return path


def cut(path, bytes_n):
    path.write_bytes(path.read_bytes()[:bytes_n])


def make_shapefile(folder, *, without="", cut_part="", bytes_n=0):
    path = make_layer(folder / "omraader.shp")
    if without:
        path.with_suffix(without).unlink()
    if cut_part:
        cut(path.with_suffix(cut_part), bytes_n)
    return path.name


def make_text(folder, name, content=b""):
    (folder / name).write_bytes(content)
    return name


def make_folder(folder):
    (folder / "omraader.gpkg").mkdir()
    return "omraader.gpkg"


def make_broken_name(folder):
    """Name a layer in two lines, as GDAL cannot; the project file has the line break as TOML writes it."""
    make_layer(folder / "omraader.gpkg").rename(folder / "omraader.syd\nnord.gpkg")
    return "omraader.syd\\nnord.gpkg"


CASES = {
    "shapefile without .shx": (lambda folder: make_shapefile(folder, without=".shx"), 3),
    "shapefile without .dbf": (lambda folder: make_shapefile(folder, without=".dbf"), 3),
    "shapefile cut short": (lambda folder: make_shapefile(folder, cut_part=".shp", bytes_n=200), 3),
    "shapefile with a cut header": (lambda folder: make_shapefile(folder, cut_part=".shp", bytes_n=60), 3),
    "attributes cut short": (lambda folder: make_shapefile(folder, cut_part=".dbf", bytes_n=100), 3),
    "attributes of 0 bytes": (lambda folder: make_shapefile(folder, cut_part=".dbf", bytes_n=0), 3),
    "reference system cut short": (lambda folder: make_shapefile(folder, cut_part=".prj", bytes_n=90), 3),
    "a line break in the name": (make_broken_name, 3),
    "empty layer": (lambda folder: make_layer(folder / "omraader.gpkg", shapes_n=0).name, 3),
    "0 bytes": (lambda folder: make_text(folder, "omraader.gpkg"), 3),
    "0 bytes of text": (lambda folder: make_text(folder, "omraader.csv"), 3),
    "a folder": (make_folder, 3),
    "an address": (lambda _: "https://example.org/omraader.gpkg", 2),
    "an address of GDAL's": (lambda _: "/vsicurl/example.org/omraader.gpkg", 3),
    "no file": (lambda _: "findes_ikke.gpkg", 3),
    "text called a GeoPackage": (
        lambda folder: make_text(folder, "omraader.gpkg", b"area_id;name\nA1;x\n"),
        3,
    ),
    "another format": (lambda folder: make_text(folder, "omraader.docx", b"PK\x03\x04"), 3),
}


def check(folder, run, path, language):
    (folder / "boliger.csv").write_text(DWELLINGS, encoding="utf-8")
    (folder / "boligkort.toml").write_text(PROJECT.format(path=path), encoding="utf-8")
    return run("check", folder, "--language", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_a_file_that_cannot_be_read_gives_one_clear_line(tmp_path, run, name, language):
    make, exit_status = CASES[name]
    path = make(tmp_path)
    require_one_line(check(tmp_path, run, path, language), path, language, exit_status)


def require_one_line(result, path, language, exit_status=3):
    assert result.exit_code == exit_status, result.stderr
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith({"da": "Fejl: ", "en": "Error: "}[language])
    assert path.rsplit("/", maxsplit=1)[-1].split(".")[0] in line
    assert line.endswith((".", ".)"))
    assert not set("{}") & set(line)
    assert "Traceback" not in line


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("shapefile without .shx", "mangler: omraader.shx"),
        ("shapefile without .dbf", "mangler: omraader.dbf"),
        (
            "shapefile with a cut header",
            "den fylder 60 byte, men skulle efter sine egne oplysninger fylde 100",
        ),
        ("attributes of 0 bytes", "den fylder 0 byte, men skulle efter sine egne oplysninger fylde 32"),
        ("reference system cut short", 'skriv koordinatsystemet i projektfilen, f.eks. crs = "EPSG:25832"'),
        ("a line break in the name", "linjeskift"),
        ("empty layer", "Kortlaget har ingen rækker"),
        ("a folder", "Stien er en mappe"),
        ("an address", "Programmet henter intet fra nettet"),
        ("another format", "hverken en tabel eller et kortlag"),
    ],
)
def test_the_line_says_what_is_wrong_in_plain_danish(tmp_path, run, name, says):
    result = check(tmp_path, run, CASES[name][0](tmp_path), "da")
    assert says in result.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_locked_file_gives_one_clear_line(tmp_path, run, language):
    path = make_layer(tmp_path / "omraader.gpkg")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        result = check(tmp_path, run, path.name, language)
    finally:
        holder.close()
    require_one_line(result, path.name, language)
    assert {"da": "låst", "en": "locked"}[language] in result.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forbidden_file_gives_one_clear_line(tmp_path, run, language, monkeypatch):
    path = make_layer(tmp_path / "omraader.gpkg")
    path.chmod(0)
    if os.access(path, os.R_OK):  # whoever may do anything is forbidden nothing
        from pathlib import Path

        opened = Path.open

        def refuse(self, *args, **kwargs):
            if self.name == path.name:
                raise PermissionError(13, "Permission denied", str(self))
            return opened(self, *args, **kwargs)

        monkeypatch.setattr(Path, "open", refuse)
    require_one_line(check(tmp_path, run, path.name, language), path.name, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forbidden_file_gives_one_clear_line_in_inspect_too(tmp_path, run, language, monkeypatch):
    path = make_layer(tmp_path / "omraader.gpkg")
    monkeypatch.setattr(os, "access", lambda *_: False)

    def refuse(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(path), "open", refuse)
    require_one_line(run("inspect", path, "--language", language), path.name, language)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among the files here")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pipe_gives_one_clear_line_and_is_not_waited_for(tmp_path, run, language):
    os.mkfifo(tmp_path / "omraader.csv")
    result = check(tmp_path, run, "omraader.csv", language)
    require_one_line(result, "omraader.csv", language)
    assert {"da": "et rør", "en": "a pipe"}[language] in result.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_that_cannot_be_read_has_its_line(tmp_path, run, language):
    make_text(tmp_path, "omraader.gpkg")
    result = check(tmp_path, run, "omraader.gpkg", language)
    (tmp_path / "boliger.csv").unlink()
    result = run("check", tmp_path, "--language", language)
    assert result.exit_code == 3
    assert [("omraader" in line, "boliger" in line) for line in result.stderr.splitlines()] == [
        (True, False),
        (False, True),
    ]


def test_every_command_that_reads_a_project_says_how_many_warnings_there_are(demo, run, tmp_path):
    found = json.loads(run("check", demo[0], "--json").stdout)["findings"]
    number = [row["severity"] for row in found].count("warning")
    assert number > 1
    told = f"Der er {number} advarsler om inddata"
    commands = (
        ("list", demo[0]),
        ("dwellings", demo[0], "--at", "644344", "6255402"),
        ("whatif", demo[0], demo[0] / "forslag.toml"),
    )
    for command in commands:
        result = run(*command)
        assert result.exit_code == 0, result.stderr
        assert result.stderr.count(told) == 1
        assert f"boligkort check {demo[0]}" in result.stderr
        assert told not in result.stdout
    # It tells them all, and writes them.
    whole = run("run", demo[0], "--output", tmp_path / "ud")
    assert told not in whole.stderr
    assert "tenure_unknown" in whole.stderr
