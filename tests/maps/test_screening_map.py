"""Pages, files and texts of a screening: what is hidden is nowhere, what is shown is right."""

import json
import re
import zipfile
from dataclasses import replace
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from python_calamine import CalamineWorkbook

from boundaries.city_screening import CityInputs, screen_city
from boundaries.registers.cell_columns import CELL_DTYPES, UNITS, GridCriterion
from boundaries.screening.screening import screen
from boundaries.screening.settings import ScreeningSettings
from boundaries.screening_plan import ScreeningPlan
from data.synthetic.city import make_city
from data.texts import load_texts
from geo.errors import BoligkortError
from maps import screening_palette
from maps.designation_map import render_designation_map
from maps.screening_cells import encode_cells
from maps.screening_files import describe_screening, refuse_existing, write_screening
from maps.screening_map import make_key_figures, render_screening_map
from maps.screening_tables import tabulate_cells
from maps.screening_text import format_screening
from maps.screening_views import make_breaks, make_views
from maps.screening_words import list_known

TEXTS = load_texts("da")
HOSTILE = '<img src=x onerror=alert(1)>"; </script>${1}'


def make_inputs(cells, old=None):
    files = pd.DataFrame(
        {
            "register": ["cells"],
            "file": ["celler.csv"],
            "layer": [""],
            "rows_n": [len(cells)],
            "sha256": ["0" * 64],
        }
    )
    return CityInputs(
        cells=cells,
        registers=None,
        places=None,
        old_zones=old,
        settings=ScreeningSettings(),
        files=files,
        findings=pd.DataFrame(),
    )


def make_cells(side_n=40, zones_n=4, seed=4):
    cells = make_city(seed, side_n=side_n, zones_n=zones_n).cells
    return cells.reindex(columns=list(CELL_DTYPES)).astype(dict(CELL_DTYPES))


def make_old(city, name="Vestby"):
    zones = city.published.zones.geometry
    rest = city.published.cells[city.published.cells["zone"].isna()]
    x, y = rest["column"].median() * 100, rest["row"].median() * 100
    far = shapely.box(x - 700, y - 700, x + 700, y + 700).difference(zones.union_all().buffer(100))
    shapes = [shapely.affinity.translate(zones.iloc[0], 60, 40), far]
    return gpd.GeoDataFrame({"name": [name, HOSTILE]}, geometry=shapes, crs=25832)


PLAN = ScreeningPlan(
    name="Prøveby", is_synthetic=True, gap_then={name: Fraction(9) for name in GridCriterion}, year_then=2017
)


@pytest.fixture(scope="module")
def planted():
    """A city where the small cells hold numbers that occur nowhere else."""
    cells = make_cells()
    few = cells.index[cells["residents_n"].between(1, 30)][:25]
    marks = {}
    for at, place in enumerate(few):
        area = 7_654_321 + 1_111 * at
        cells.loc[place, "dwelling_area_n"] = area
        marks[cells.loc[place, "cell_id"]] = area
    return cells, marks


@pytest.fixture(scope="module")
def city(planted, tmp_path_factory):
    first = screen_city(PLAN, make_inputs(planted[0]))
    path = tmp_path_factory.mktemp("old") / "gamle.geojson"
    return screen_city(replace(PLAN, compare=path), make_inputs(planted[0], make_old(first)))


@pytest.fixture(scope="module")
def written(city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("screening")
    return folder, write_screening(folder, city, TEXTS, {"boligkort": "1"})


def read_data(page, key="grid-data"):
    return json.loads(re.search(f'id="{key}">(.*?)</script>', page, re.DOTALL)[1])


@pytest.fixture(scope="module")
def data(city):
    return read_data(render_screening_map(city, TEXTS))


def read_whole(path):
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return b"".join(book.read(name) for name in book.namelist())
    return path.read_bytes()


def test_a_hidden_number_is_in_no_file(written, planted, city):
    _, marks = planted
    shown = city.published.cells.set_index("cell_id")["shown"]
    assert all(shown[cell] == "nothing" for cell in marks)
    for path in written[1]:
        whole = read_whole(path)
        if path.suffix == ".gpkg":
            whole += str(
                [pyogrio.read_dataframe(path, layer=name).to_dict() for name in ("cells", "zones")]
            ).encode()
        for area in marks.values():
            assert str(area).encode() not in whole, path.name
            assert f"{area:,}".replace(",", ".").encode() not in whole, path.name
    text = format_screening(city, written[1], TEXTS, width=100)
    assert not any(str(area) in text for area in marks.values())


def test_a_hidden_cell_has_nothing_in_the_page(data, city):
    cells = data["cells"]
    for at, shown in enumerate(city.published.cells["shown"]):
        if shown == "nothing":
            assert cells["residents"][at] is None
            assert cells["households"][at] is None
            assert {values[at] for values in cells["values"].values()} == {None}
            assert {met[at] for met in cells["met"].values()} == {"."}
            assert cells["count"][at] == "."
    assert "n" in cells["shown"]


def test_values_are_those_published(data, city, planted):
    true = screen(planted[0], ScreeningSettings()).cells
    for name, values in data["cells"]["values"].items():
        unit = UNITS[GridCriterion(name)] / (1 if name == "dwelling_area" else 100)
        own = true[f"{name}_n"].astype("Float64") / (true[f"{name}_of"].astype("Float64") * unit)
        for at, value in enumerate(values):
            if value is not None and value >= 0:
                assert not pd.isna(city.published.cells[f"{name}_n"].iloc[at])
                assert value / 10 == pytest.approx(own[at], abs=0.0501)
            elif value is not None:
                assert -1 - value == pytest.approx(own[at], abs=0.501)


def test_places_are_found_again(data, city):
    cells = data["cells"]
    number = np.cumsum(cells["steps"])
    columns = number % cells["width"] + cells["column"]
    rows = number // cells["width"] + cells["row"]
    ids = [
        f"{cells['prefix']}_{r * cells['factor']}_{c * cells['factor']}"
        for r, c in zip(rows, columns, strict=True)
    ]
    assert ids == city.published.cells["cell_id"].tolist()
    lattice = cells["lattice"]
    points = gpd.GeoSeries(gpd.points_from_xy(lattice["lng"], lattice["lat"]), crs=None)
    metres = gpd.GeoSeries(shapely.transform(points, lambda xy: xy / 1e6), crs=4326).to_crs(25832)
    every = lattice["every"] * 100
    for at, point in enumerate(metres):
        column, row = at % lattice["columns"], at // lattice["columns"]
        assert point.x == pytest.approx(cells["column"] * 100 + column * every, abs=0.15)
        assert point.y == pytest.approx(cells["row"] * 100 + row * every, abs=0.15)


def test_every_view_counts_every_cell_once(city):
    views = make_views(city, TEXTS)
    assert [view.key.partition("-")[0] for view in views] == (
        ["designation", "count"] + ["value"] * 5 + ["met"] * 5 + ["stability", "residents"]
    )
    for view in views:
        assert len(view.classes) == len(city.published.cells)
        for at, line in enumerate(view.legend):
            assert view.classes.count("0123456789abcdefghijklmnopqrstuvwxyz"[at]) == line.count > 0
            assert line.style in {*screening_palette.CELL_INKS, "g-hidden"}


@pytest.mark.parametrize(
    ("language", "label", "note"),
    [
        (
            "da",
            "diskretioneret, uden for områderne",
            r"(\d+) celler vises uden tal, (\d+) af dem uden for områderne",
        ),
        (
            "en",
            "suppressed, outside the zones",
            r"(\d+) cells shown without figures, (\d+) of them outside the zones",
        ),
    ],
)
def test_the_hidden_cells_of_figure_and_legend_agree(city, language, label, note):
    cells = city.published.cells
    hidden = cells[cells["shown"] == "nothing"]
    outside_n = int(hidden["zone"].isna().sum())
    assert 0 < outside_n < len(hidden)
    texts = load_texts(language)
    told = re.fullmatch(note, make_key_figures(city, texts)[2].note)
    assert tuple(map(int, told.groups())) == (len(hidden), outside_n)
    designation, *others = make_views(city, texts)
    assert {line.label: line.count for line in designation.legend}[label] == outside_n
    assert all(label not in {line.label for line in view.legend} for view in others)


def test_an_uninhabited_cell_is_not_among_the_inhabited(city):
    cells = city.published.cells.copy()
    at = cells.index[cells["zone"].isna() & cells["shown"].ne("nothing")][0]
    cells.loc[at, ["residents_n", "criteria_met_n"]] = [0, pd.NA]
    changed = replace(city, published=replace(city.published, cells=cells))
    before, after = (
        {line.style: line.count for line in make_views(one, TEXTS)[0].legend} for one in (city, changed)
    )
    assert "g-empty" not in before
    assert after["g-empty"] == 1
    assert sum(before.values()) == sum(after.values())


def test_the_limit_is_a_break_and_parts_worse_from_better(city):
    rows = city.published.cells
    for name in list_known(city):
        limit = city.limits[name]
        scale = 1 if name is GridCriterion.DWELLING_AREA else 100
        assert limit.value * scale in make_breaks(limit, name)
        view = next(one for one in make_views(city, TEXTS) if one.key == f"value-{name}")
        worse = {
            str(at)
            for at, line in enumerate(view.legend)
            if line.style in {"g-side-0", "g-side-1", "g-side-2"}
        }
        exact = rows[f"{name}_n"].notna() & rows[f"{name}_of"].gt(0)
        value = rows[f"{name}_n"] / (rows[f"{name}_of"] * UNITS[name])
        is_worse = value.le(float(limit.value)) if limit.is_low_worse else value.ge(float(limit.value))
        for at in np.flatnonzero(exact.fillna(False)):
            assert (view.classes[at] in worse) == is_worse.iloc[at]


def test_the_page_of_ten_thousand_cells_is_under_a_megabyte():
    cells = make_cells(side_n=108, zones_n=17, seed=1)
    city = screen_city(PLAN, make_inputs(cells))
    assert len(city.published.cells) > 10_000
    assert len(render_screening_map(city, TEXTS).encode()) < 1_000_000


def test_the_same_city_gives_the_same_bytes(city, written, tmp_path):
    again = write_screening(tmp_path, city, TEXTS, {"boligkort": "1"})
    for one, other in zip(written[1], again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_names_stand_as_text(city):
    zones = city.published.zones.assign(name=[HOSTILE] * len(city.published.zones))
    hostile = replace(city, name=HOSTILE, published=replace(city.published, zones=zones))
    for page, key in (
        (render_screening_map(hostile, TEXTS), "grid-data"),
        (render_designation_map(hostile, TEXTS), "designations-data"),
    ):
        assert "<img" not in page
        assert HOSTILE in json.dumps(read_data(page, key), ensure_ascii=False).replace('\\"', '"')


def test_the_geopackage_holds_the_published_with_styles(written, city):
    path = written[0] / "screening.gpkg"
    assert {name for name, _ in pyogrio.list_layers(path)} >= {
        "zones",
        "cells",
        "compared_zones",
        "compared_land",
    }
    cells = pyogrio.read_dataframe(path, layer="cells")
    assert cells["residents_n"].isna().sum() == city.published.cells["residents_n"].isna().sum()
    assert cells.geometry.area.tolist() == pytest.approx([10_000.0] * len(cells))
    assert set(cells.loc[cells["shown"] == "nothing", "drawn_as"]) == {"hidden"}
    zones = pyogrio.read_dataframe(path, layer="zones")
    assert zones["residents_n"].tolist() == city.published.zones["residents_n"].tolist()
    styles = pyogrio.read_dataframe(path, layer="layer_styles")
    qml = dict(zip(styles["f_table_name"], styles["styleQML"], strict=True))
    for value in ("0", "5", "hidden", "none"):
        assert f'value="{value}"' in qml["cells"]
    assert 'attr="status"' in qml["compared_zones"]
    land = pyogrio.read_dataframe(path, layer="compared_land")
    assert land["area_m2"].sum() == pytest.approx(land.geometry.area.sum())


def test_the_workbook_has_its_sheets(written, city):
    book = CalamineWorkbook.from_path(written[0] / "screening.xlsx")
    wanted = ["Zoner", "Celler", "Kriterier", "Efterslæb", "Stabilitet", "Sammenligning", "Indstillinger"]
    assert book.sheet_names == wanted
    rows = book.get_sheet_by_name("Celler").to_python()
    people = [row[rows[0].index("Beboere")] for row in rows[1:]]
    assert people.count("diskretioneret") == city.published.cells["residents_n"].isna().sum()
    gaps = book.get_sheet_by_name("Efterslæb").to_python()
    assert [row[0] for row in gaps[1:]] == [
        TEXTS.get(f"criterion.grid.{name}.name") for name in GridCriterion
    ]


def test_the_json_tells_city_zones_and_rest(written, city):
    found = json.loads((written[0] / "screening.json").read_text(encoding="utf-8"))
    by_part = {part["part"]: part for part in found["parts"]}
    assert by_part["city"]["residents_n"] == by_part["zones"]["residents_n"] + by_part["rest"]["residents_n"]
    assert (
        by_part["city"]["inhabited_cells_n"]
        == (screen(make_cells(), ScreeningSettings()).cells["residents_n"] > 0).sum()
    )
    assert len(found["zones"]) == len(city.published.zones)
    assert found["settings"]["criteria"]["low_income"]["basis"] == "mean"
    assert describe_screening(city, TEXTS)["cells"] == found["cells"]
    assert [row["status"] for row in found["compared"]].count("dropped") == 1


def test_the_terminal_tells_the_zones_the_gap_and_the_comparison(city, written):
    text = format_screening(city, written[1], TEXTS, width=110)
    for wanted in ("Udsatte byområder: Prøveby", "Resten af byen", "halveret", "Udgået", "screening.gpkg"):
        assert wanted in text
    english = format_screening(city, written[1], load_texts("en"), width=110)
    assert "Rest of the city" in english


def test_a_city_without_zones_says_so():
    cells = make_cells(side_n=25, zones_n=0)
    city = screen_city(replace(PLAN, name=""), make_inputs(cells))
    assert city.published.zones.empty
    page = render_screening_map(city, TEXTS)
    assert "Ingen områder opfylder kravene" in page
    assert city.disparity is None
    with pytest.raises(BoligkortError):
        render_designation_map(city, TEXTS)


def test_a_written_screening_is_not_overwritten_unasked(written, city):
    folder = written[0]
    with pytest.raises(BoligkortError):
        refuse_existing(folder, overwrite=False)
    alone = replace(city, compared=None)
    paths = write_screening(folder, alone, TEXTS, {}, overwrite=True)
    assert not (folder / "kort" / "udpegninger.html").exists()
    assert len(paths) == 7
    assert "udpegninger" not in paths[0].read_text(encoding="utf-8")


def test_the_tables_of_cells_hide_what_is_hidden(city):
    table = tabulate_cells(city)
    is_hidden = table["shown"].eq("nothing")
    values = [name for name in table.columns if name.endswith(("_pct", "_m2")) and name != "stability_pct"]
    assert (
        table.loc[is_hidden, [*values, "residents_n", "households_n", "criteria_met_n"]].isna().all(axis=None)
    )
    assert table["stability_pct"].between(0, 100).all()
    assert len(encode_cells(city, [])["steps"]) == len(table)
