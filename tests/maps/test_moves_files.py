"""The files of movers: nothing hidden in any of them, and every sum that of the domain."""

import io
import json
import re
import zipfile
from dataclasses import replace
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from python_calamine import CalamineWorkbook

from boundaries.disclosure.concentration import publish_concentration
from boundaries.disclosure.flows import suppress_flows
from boundaries.disclosure.move_products import (
    publish_destinations,
    publish_exposed,
    publish_leavers,
    publish_outflow,
)
from boundaries.model import FLOW_DTYPES
from boundaries.movers import AreaMoves, KommuneMoves, PublishedMoves
from boundaries.moves.panel import shape_leaver_panel
from boundaries.moves.products import sum_outflow
from boundaries.moves.social_export import measure_social_export
from geo.errors import DataError, WriteError
from maps.moves_files import DESTINATION_MAP, FLOW_MAP, GEOPACKAGE, PAGE, RESULT, WORKBOOK, write_moves
from maps.moves_page import render_moves_page
from maps.moves_sheets import describe_moves, make_sheets, round_fraction
from maps.moves_text import format_moves, summarise_moves, tell_concentration, tell_social_export

CODES = ("0101", "0147", "0461", "0561", "0615", "0621", "0751", "0851")
WITH = ("0101", "0461", "0751")
THRESHOLD = 200_000
HOSTILE = "<img src=x onerror=window.ran=1></script>{{ 7*7 }}"


def make_flows():
    """Six digits a route, so that a hidden number cannot be in a file by chance."""
    rng = np.random.default_rng(7)
    rows = [
        (year, start, end, exposure, "alle", int(rng.integers(210_000, 999_999)), False)
        for year in range(2019, 2025)
        for start in CODES
        for end in CODES
        for exposure in ("ikke_udsat", "udsat")
        if start != end
    ]
    flows = pd.DataFrame(rows, columns=list(FLOW_DTYPES)).astype(FLOW_DTYPES)
    small = rng.choice(len(flows), 12, replace=False)
    flows.loc[small, "movers_n"] = rng.integers(100_000, 199_999, 12)
    return flows


def make_areas(name=HOSTILE):
    balance = pd.DataFrame(
        {
            "year": [2024, 2025, 2025],
            "area_id": ["A", "A", "B"],
            "residents_then_n": [1000, 1010, 500],
            "came_n": [30, 40, pd.NA],
            "went_n": [25, 30, pd.NA],
            "other_n": [5, 7, pd.NA],
            "residents_now_n": [1010, 1027, 505],
        }
    ).convert_dtypes()
    parts = [
        (2025, area, criterion, part, None if area == "B" else Fraction(at + 1, 300), area == "B")
        for area in ("A", "B")
        for criterion in ("labour_outside", "income")
        for at, part in enumerate(("stayers", "in_movers", "out_movers", "others"))
    ]
    contributions = pd.DataFrame(
        parts, columns=["year", "area_id", "criterion", "part", "contribution", "is_hidden"]
    ).assign(unit=1, denominator_then=pd.NA, denominator_now=pd.NA)
    return AreaMoves(
        balance=balance,
        inflow=pd.DataFrame(
            {"year": [2024, 2024, 2025, 2025], "exposure": ["udsat", "ikke_udsat"] * 2, "areas_n": 2}
        ).assign(inflow_n=pd.array([11, 22, 33, 44], dtype="Int64")),
        contributions=contributions,
        gathering=pd.DataFrame(
            {
                "year": 2025, "origin": "with_plan", "destination": ["small_area", "not_almen"],
                "exposure": "udsat", "movers_n": pd.array([pd.NA, 9], dtype="Int64"), "leavers_n": 15,
            }
        ),
        area_gathering=pd.DataFrame(
            {
                "year": 2025, "origin": "with_plan", "area_id": ["A", "B"], "residents_n": [1010, 500],
                "is_small": [False, True], "has_plan": [True, False],
                "movers_n": pd.array([8, pd.NA], dtype="Int64"),
            }
        ),
        areas=pd.DataFrame({"area_id": ["A", "B"], "name": [name, "Bøgevang"]}),
        inflow_areas=("A", "B"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def raw():
    return make_flows()


@pytest.fixture(scope="module")
def published(raw):
    shown = suppress_flows(raw, THRESHOLD, kommuner_with=WITH)
    destinations = publish_destinations(raw, shown, WITH, THRESHOLD)
    leavers = publish_leavers(raw, shown, WITH, THRESHOLD)
    kommuner = KommuneMoves(
        flows=shown,
        outflow=publish_outflow(raw, shown, WITH, THRESHOLD),
        destinations=destinations,
        leavers=leavers,
        concentration=publish_concentration(shown, destinations, leavers, WITH),
        exposed=publish_exposed(raw, WITH, THRESHOLD),
        kommuner_with=WITH,
        social_export=measure_social_export(shape_leaver_panel(raw, WITH), from_year=2022, draws_n=99),
        social_export_error=None,
        rules_year=2022,
    )
    return PublishedMoves(
        name=f"Prøve {HOSTILE}",
        is_synthetic=True,
        threshold_n=THRESHOLD,
        areas=make_areas(),
        kommuner=kommuner,
    )


@pytest.fixture(scope="module")
def written(published, texts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("moves")
    return folder, write_moves(folder, published, texts)


def read_all(path):
    """Return all that a file holds as text, of a workbook that of its parts."""
    content = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode("utf-8") for name in book.namelist())
    return content.decode("utf-8", errors="replace")


def test_no_hidden_flow_is_in_any_file(raw, published, written):
    shown = published.kommuner.flows
    hidden = raw.loc[shown["is_hidden"].to_numpy(), "movers_n"].tolist()
    assert len(hidden) > 20
    patterns = {f"{count:06d}" for count in hidden} | {f"{count:,}".replace(",", ".") for count in hidden}
    for path in written[1]:
        if path.suffix in {".html", ".csv", ".json", ".xlsx", ".svg"}:
            found = set(re.findall(r"(?<![\d.])\d{3}\.?\d{3}(?![\d.])", read_all(path)))
            assert not found & patterns, path.name


def test_flows_that_are_shown_are_in_the_map_and_the_csv(raw, published, written):
    folder, _ = written
    shown = published.kommuner.flows
    kept = shown[~shown["is_hidden"]]
    table = pd.read_csv(folder / "flytninger" / "flytninger.csv", sep=";", dtype=str)
    assert len(table) == len(kept)
    assert sum(table["Flyttede"].astype(int)) == int(kept["movers_n"].sum())
    data = re.search(r'id="flows-data">(.*?)</script>', (folder / FLOW_MAP).read_text(encoding="utf-8"))
    sets = json.loads(data[1])["sets"]
    assert sum(sum(one["flows"][2::3]) for one in sets) == int(kept["movers_n"].sum())
    assert sum(one["hidden"] for one in sets) == int(shown["is_hidden"].sum())
    assert sum(sum(one["hiddenFrom"]) for one in sets) == int(shown["is_hidden"].sum())
    largest = [one["flows"][2::3] for one in sets]
    assert all(counts == sorted(counts, reverse=True) for counts in largest)


def test_every_sum_of_the_outflow_is_that_of_the_domain(raw, published, written, texts):
    folder, _ = written
    table = pd.read_csv(folder / "flytninger" / "fraflyttere.csv", sep=";", dtype=str)
    true = sum_outflow(raw, WITH)
    assert table["Flyttede"].tolist() == [str(count) for count in true["movers_n"]]
    moved = raw[raw["from_kommune"].isin(WITH) & raw["year"].eq(2024) & raw["exposure"].eq("udsat")]
    assert f"{int(moved['movers_n'].sum()):,}".replace(",", ".") in " ".join(
        summarise_moves(published, texts)
    )


def test_files_are_named_once_and_are_the_same_each_time(published, texts, written, tmp_path):
    folder, paths = written
    assert len(set(paths)) == len(paths)
    assert {path.relative_to(folder).as_posix() for path in paths} >= {
        PAGE, FLOW_MAP, DESTINATION_MAP, WORKBOOK, RESULT, "figurer/tilflyttere.svg"
    }  # fmt: skip
    again = write_moves(tmp_path, published, texts)
    for one, other in zip(paths, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
    with pytest.raises(WriteError, match="output_exists"):
        write_moves(tmp_path, published, texts)


def test_the_workbook_has_a_sheet_a_table_and_says_what_is_hidden(published, texts, written):
    book = CalamineWorkbook.from_path(str(written[0] / WORKBOOK))
    sheets = make_sheets(published, texts)
    assert book.sheet_names[:-1] == [texts.get(f"moves.sheet.{key}") for key in sheets]
    rows = book.get_sheet_by_name("Områdernes regnskab").to_python()
    assert rows[3][4:7] == ["diskretioneret"] * 3
    assert rows[2][3:8] == [1010, 40, 30, 7, 1027]


def test_the_parts_in_the_table_are_the_exact_ones_rounded_last(published, texts):
    sheet = make_sheets(published, texts)["contributions"]
    own = sheet[sheet["Områdekode"].eq("A") & sheet["Enhed"].eq("procentpoint")]
    assert [str(value) for value in own["Bidrag"]] == ["0.33", "0.67", "1.00", "1.33"]
    assert set(sheet.loc[sheet["Områdekode"].eq("B"), "Bidrag"]) == {"diskretioneret"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1/200", "0.01"), ("-1/200", "-0.01"), ("1/201", "0.00"), ("7/2", "3.50"), ("0", "0.00")],
)
def test_halves_are_rounded_away_from_nought(value, shown):
    assert str(round_fraction(Fraction(value))) == shown


def test_the_concentration_is_on_the_page_in_the_sheets_and_in_the_plain_values(published, texts, written):
    measures = published.kommuner.concentration.measures
    sheet = make_sheets(published, texts)["concentration"]
    true = [100 * row.top_movers_n / row.leavers_n for row in measures.itertuples()]
    assert sheet["De fem størstes andel, pct."].astype(float).tolist() == pytest.approx(true, abs=0.005)
    described = describe_moves(published)
    for row, found in zip(described["concentration"], measures.itertuples(), strict=True):
        assert Fraction(row["top_movers_n"], row["leavers_n"]) == Fraction(
            found.top_movers_n, found.leavers_n
        )
    assert len(described["concentration_difference"]) == 6
    assert described["distance_decay"]["power"] == published.kommuner.concentration.decay.power
    page = (written[0] / PAGE).read_text(encoding="utf-8")
    for told in tell_concentration(published.kommuner, texts):
        assert told in page
    assert written[0] / "figurer" / "koncentration.svg" in written[1]


def test_how_the_exposed_differ_is_told_by_the_interval(published, texts):
    found = published.kommuner.concentration
    table = found.comparison

    def tell(low, difference, high):
        last = table.assign(top_low=low, top_difference=difference, top_high=high)
        changed = replace(published.kommuner, concentration=replace(found, comparison=last))
        return tell_concentration(changed, texts)[1]

    assert "færre kommuner" in tell(0.01, 0.02, 0.03)
    assert "2,0 procentpoint" in tell(0.01, 0.02, 0.03)
    assert "flere kommuner" in tell(-0.03, -0.02, -0.01)
    assert "tilfældigheder" in tell(-0.01, 0.02, 0.03)
    alone = replace(published.kommuner, concentration=replace(found, comparison=table.iloc[:0]))
    assert "skiller ikke" in tell_concentration(alone, texts)[0]


def test_why_the_concentration_cannot_be_told_is_told(published, texts):
    error = DataError("movers.few_kommuner", {"found": 3, "required": 7})
    without = replace(published.kommuner, concentration=None, concentration_error=error)
    (told,) = tell_concentration(without, texts)
    assert "kun 3 kommuner" in told
    page = render_moves_page(replace(published, kommuner=without), texts)
    assert told in page


def test_plain_values_have_null_for_what_is_hidden(published):
    described = json.loads(json.dumps(describe_moves(published)))
    assert described["balance"][2]["came_n"] is None
    assert described["contributions"][0]["contribution"] == "1/300"
    assert described["social_export"]["treated_n"] == 3
    assert described["hidden_flows_n"] == int(published.kommuner.flows["is_hidden"].sum())
    assert "flows" not in described


def test_hostile_names_stay_text(published, texts, written):
    for name in (PAGE, FLOW_MAP, DESTINATION_MAP):
        page = (written[0] / name).read_text(encoding="utf-8")
        assert "<img src=x" not in page
    assert "&lt;img src=x" in render_moves_page(published, texts)


def test_a_project_without_residents_has_no_areas_and_one_without_kommuner_with_says_how(published, texts):
    bare = replace(published, areas=None)
    page = render_moves_page(bare, texts)
    assert "Områdernes regnskab" not in page
    assert "Er der tale om social eksport?" in page
    unnamed = replace(bare, kommuner=replace(bare.kommuner, kommuner_with=()))
    assert "--with-kommune" in render_moves_page(unnamed, texts)
    assert "Er der tale om social eksport?" not in render_moves_page(unnamed, texts)


def test_why_the_comparison_cannot_be_made_is_told(published, texts):
    error = DataError("social_export.no_treated", {"from_year": 2022})
    without = replace(published.kommuner, social_export=None, social_export_error=error)
    (sentence,) = tell_social_export(without, texts)
    assert sentence.startswith("Om der er tale om social eksport, kan ikke siges")
    assert "2022" in sentence


def test_the_terminal_tells_the_figures_the_reading_and_the_files(published, texts, written):
    text = format_moves(published, written[1], texts, width=80)
    assert max(map(len, text.split("\n"))) < 200
    for part in ("flyttede 77 personer til de 2 områder", "33 af dem", "(p = 0,", "flytninger.html"):
        assert part in " ".join(text.split())


def test_a_year_whose_inflow_is_hidden_says_so(published, texts):
    areas = published.areas
    hidden = areas.inflow.assign(inflow_n=areas.inflow["inflow_n"].mask(areas.inflow["year"].eq(2025)))
    told = summarise_moves(replace(published, areas=replace(areas, inflow=hidden)), texts)
    assert "kan ikke vises" in told[0]
    none = replace(areas, inflow=areas.inflow.iloc[:0], inflow_areas=())
    assert "Ingen af områderne" in summarise_moves(replace(published, areas=none), texts)[0]
    assert "forebyggelsesområder?" not in render_moves_page(
        replace(published, areas=none, kommuner=None), texts
    )


def test_layers_have_the_flows_that_are_shown_and_null_for_what_is_hidden(published, texts, tmp_path):
    shapes = [shapely.box(at * 10_000, 6_200_000, at * 10_000 + 9_000, 6_209_000) for at in range(len(CODES))]
    geometry = gpd.GeoDataFrame({"kommune_code": list(CODES)}, geometry=shapes, crs="EPSG:25832")
    written = write_moves(tmp_path, replace(published, areas=None, geometry=geometry), texts)
    assert tmp_path / GEOPACKAGE in written
    flows = gpd.read_file(tmp_path / GEOPACKAGE, layer="stroemme")
    shown = published.kommuner.flows
    kept = shown[~shown["is_hidden"]]
    assert flows["movers_n"].tolist() == kept["movers_n"].tolist()
    start, end = (flows.geometry.apply(lambda line, at=at: shapely.Point(line.coords[at])) for at in (0, -1))
    places = dict(zip(CODES, shapes, strict=True))
    assert all(places[code].contains(point) for code, point in zip(flows["from_kommune"], start, strict=True))
    assert all(places[code].contains(point) for code, point in zip(flows["to_kommune"], end, strict=True))
    where = gpd.read_file(tmp_path / GEOPACKAGE, layer="hvorhen")
    own = published.kommuner.destinations
    own = own[own["exposure"].eq("udsat")]
    assert where["movers_n"].isna().sum() == own["movers_n"].isna().sum()
    assert where["movers_n"].sum() == own["movers_n"].sum()
