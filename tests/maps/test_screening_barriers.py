"""Barriers of a screening in the page, the workbook, the tables, JSON and the terminal."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from boundaries.city_screening import screen_city
from boundaries.screening_plan import ScreeningPlan
from data.texts import load_texts
from maps.screening_barriers import describe_barriers, tabulate_barriers
from maps.screening_files import describe_screening, write_screening
from maps.screening_map import render_screening_map
from maps.screening_text import format_screening

TEXTS = load_texts("da")
HOSTILE = '</script><img src=x onerror=alert(1)>"'


@pytest.fixture(scope="module")
def plain(city_inputs):
    inputs = city_inputs([("cells", "celler.csv"), ("barriers", "spor.gpkg"), ("crossings", "broer.gpkg")])
    return screen_city(ScreeningPlan(name="Prøveby", is_synthetic=True), inputs)


def make_barriers(city, name=None):
    """A first zone of 1,234.5 m and 3 crossings, others without barrier."""
    zones = city.published.zones
    rest_n = len(zones) - 1
    return pd.DataFrame(
        {
            "zone": pd.array([*zones["zone"], pd.NA], dtype="Int64"),
            "name": pd.Series([name or zones["name"].iloc[0], *zones["name"].iloc[1:], None], dtype="str"),
            "barrier_m": [1234.56, *[0.0] * rest_n, 1234.56],
            "crossings_n": pd.array([3, *[0] * rest_n, 3], dtype="Int64"),
            "crossings_per_km": [3 / 1.23456, *[float("nan")] * rest_n, 3 / 1.23456],
        }
    )


@pytest.fixture(scope="module")
def city(plain):
    assert len(plain.published.zones) >= 2
    return replace(plain, barriers=make_barriers(plain))


def read_data(page):
    return json.loads(re.search(r'id="grid-data">(.*?)</script>', page, re.DOTALL)[1])


def find_table(city):
    tables = read_data(render_screening_map(city, TEXTS))["tables"]
    return {table["key"]: table for table in tables}.get("barriers")


def test_the_page_has_a_table_and_a_note_of_barriers(city):
    table = find_table(city)
    assert [column["title"] for column in table["columns"]] == [
        "Område",
        "Barriere, km",
        "Krydsninger",
        "Krydsninger pr. km",
    ]
    assert table["rows"][0]["cells"][1:] == ["1,23", "3", "2,4"]
    assert table["rows"][0]["values"][1:] == [1.23, 3, 2.4]
    assert table["rows"][1]["cells"][1:] == ["0,00", "0", "–"]
    assert table["rows"][1]["values"][1:] == [0, 0, None]
    assert table["rows"][-1]["cells"][0] == "Alle udsatte byområder"
    page = render_screening_map(city, TEXTS)
    assert "højst 25 m uden for grænsen" in page
    assert "spor.gpkg, broer.gpkg" in page


def test_a_page_without_barriers_has_neither(plain):
    assert find_table(plain) is None
    assert "Barriere" not in render_screening_map(plain, TEXTS)
    assert describe_barriers(plain, TEXTS) == ""
    assert tabulate_barriers(plain, TEXTS).empty
    assert describe_screening(plain, TEXTS)["barriers"] is None
    assert "Barrierer" not in format_screening(plain, [], TEXTS, width=100)


def test_unknown_crossings_are_not_none(city):
    table = city.barriers.assign(crossings_n=pd.array([pd.NA] * len(city.barriers), dtype="Int64"))
    unknown = replace(city, barriers=table.assign(crossings_per_km=float("nan")))
    assert [column["title"] for column in find_table(unknown)["columns"]] == ["Område", "Barriere, km"]
    said = format_screening(unknown, [], TEXTS, width=100)
    assert "Der er ikke angivet krydsninger" in said
    assert "Krydsninger pr. km" not in said
    assert {row["crossings_n"] for row in describe_screening(unknown, TEXTS)["barriers"]} == {None}


def test_every_file_tells_the_same(city, tmp_path):
    written = write_screening(tmp_path, city, TEXTS, {})
    assert tmp_path / "barrierer.csv" in written
    rows = json.loads((tmp_path / "screening.json").read_text(encoding="utf-8"))["barriers"]
    assert (rows[0]["barrier_m"], rows[0]["crossings_n"], rows[0]["crossings_per_km"]) == (1235, 3, 2.4)
    assert (rows[1]["barrier_m"], rows[1]["crossings_n"], rows[1]["crossings_per_km"]) == (0, 0, None)
    assert (rows[-1]["zone"], rows[-1]["name"]) == (None, "Alle udsatte byområder")
    sheet = CalamineWorkbook.from_path(tmp_path / "screening.xlsx").get_sheet_by_name("Barrierer").to_python()
    assert sheet[0][2] == "Barriere i eller langs området (m)"
    assert [row[2:] for row in sheet[1:]] == [
        [row["barrier_m"], row["crossings_n"], row["crossings_per_km"] or ""] for row in rows
    ]
    lines = (tmp_path / "barrierer.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(rows) + 1
    assert lines[1].split(";")[2:] == ["1235", "3", "2,4"]
    again = write_screening(tmp_path, replace(city, barriers=None), TEXTS, {}, overwrite=True)
    assert tmp_path / "barrierer.csv" not in again
    assert not (tmp_path / "barrierer.csv").exists()


def test_the_terminal_has_a_small_table(city):
    said = format_screening(city, [], TEXTS, width=110)
    part = said[said.index("Barrierer\n") :]
    assert re.search(r"1\.235\s+3\s+2,4", part)
    assert "Hvad to områder deler" in " ".join(part.split())
    assert "Crossings a km" in format_screening(city, [], load_texts("en"), width=110)


def test_names_of_barriers_and_files_stand_as_text(city):
    zones = city.published.zones
    hostile = replace(
        city,
        barriers=make_barriers(city, HOSTILE),
        files=city.files.assign(file=HOSTILE),
        published=replace(city.published, zones=zones.assign(name=[HOSTILE] * len(zones))),
    )
    page = render_screening_map(hostile, TEXTS)
    assert "<img" not in page
    first = find_table(hostile)["rows"][0]
    assert HOSTILE in first["cells"][0]
    assert HOSTILE in first["search"]
