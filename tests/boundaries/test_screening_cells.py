"""Counts of the five criteria: by dwelling, by cell, from a ready table; each against a plain loop."""

import gzip
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely

from boundaries.registers.cell_columns import CELL_DTYPES, COUNT_COLUMNS, GridCriterion
from boundaries.registers.cells import SEVERITY, read_cells
from boundaries.screening.cells import sum_cells, sum_polygons, sum_unplaced, tabulate_cells
from boundaries.screening.dwelling_counts import count_dwellings, find_doubled_median
from boundaries.screening.screening import screen
from boundaries.screening.settings import CriterionRule, ScreeningSettings
from data.countries import group_origin
from data.texts import load_texts
from geo.errors import DataError, ReadError
from geo.grid import Grid

DKN = Path(__file__).resolve().parents[2] / "../shared/data/dkn"
EDUCATIONS = ["grundskole", "Kun grundskole", "lang", "uoplyst", None]
ORIGINS = ["dansk", "TR", "GB", "ikke_vestlig", "ukendt", None, "SE"]


def make_registers(seed=1, *, dwellings_n=60, persons_n=400, years=(2022, 2023)):
    """Make dwellings and residents with every kind of gap."""
    rng = np.random.default_rng(seed)
    ids = [f"B{number:03d}" for number in range(dwellings_n)]
    x = 640_000 + rng.uniform(0, 400, dwellings_n)
    y = 6_250_000 + rng.uniform(0, 300, dwellings_n)
    x[0] = np.nan
    area = pd.array(rng.choice([5, 9, 10, 55, 80, 1000, 1001], dwellings_n), dtype="Int64")
    area[1] = pd.NA
    dwellings = pd.DataFrame({"dwelling_id": pd.Series(ids, dtype="str"), "x": x, "y": y, "area_m2": area})
    rows = persons_n * len(years)
    home = rng.choice([*ids, *ids[:3] * 12, "NOWHERE"], rows)

    def draw(values, dtype):
        return pd.Series(rng.choice(np.array(values, dtype=object), rows)).astype(dtype)

    residents = pd.DataFrame(
        {
            "year": pd.Series(np.repeat(years, persons_n)).astype("Int64"),
            "dwelling_id": pd.Series(home, dtype="str"),
            "residents_n": rng.choice([1, 1, 1, 2], rows),
            "age": draw([None, 0, 15, 16, 17, 18, 40, 64, 65, 66, 67, 90], "Int64"),
            "origin": draw(ORIGINS, "str"),
            "labour_outside": draw([0.0, 0.333, 0.5, 1.0, None], "float64"),
            "education": draw(EDUCATIONS, "str"),
            "disposable_income_dkk": draw(
                [100_000.0, 149_999.0, 150_000.0, 200_000.0, 300_000.5, None], "float64"
            ),
            "is_student": draw([True, False, None], "boolean"),
        }
    )
    return SimpleNamespace(dwellings=dwellings, residents=residents)


def count_plainly(registers, settings, year):  # noqa: C901 - plain on purpose
    """Count person by person, in plain Python."""
    area = dict(zip(registers.dwellings["dwelling_id"], registers.dwellings["area_m2"], strict=True))
    rows = [row for row in registers.residents.to_dict("records") if row["year"] == year]
    incomes = sorted(
        row["disposable_income_dkk"]
        for row in rows
        for _ in range(row["residents_n"])
        if not pd.isna(row["age"]) and row["age"] >= 18 and not pd.isna(row["disposable_income_dkk"])
    )
    middle = len(incomes) // 2
    median = incomes[middle] if len(incomes) % 2 else (incomes[middle - 1] + incomes[middle]) / 2
    if settings.median_income_dkk is not None:
        median = settings.median_income_dkk
    total = {}

    def add(home, column, number):
        total[home, column] = total.get((home, column), 0) + number

    people = {}
    for row in rows:
        people[row["dwelling_id"]] = people.get(row["dwelling_id"], 0) + row["residents_n"]
    for home, number in people.items():
        add(home, "residents_n", number)
        add(home, "households_n", 1)
        if home in area and number > 15:
            continue
        if pd.isna(area.get(home)):
            add(home, "dwelling_area_missing_n", number)
        elif 10 <= area[home] <= 1000:
            add(home, "dwelling_area_n", int(area[home]))
            add(home, "dwelling_area_of", number)
    for row in rows:
        home, number, age = row["dwelling_id"], row["residents_n"], row["age"]
        origin = (
            None
            if pd.isna(row["origin"])
            else group_origin(row["origin"], date(year, 1, 1), group_list="copenhagen")
        )
        education = None if pd.isna(row["education"]) else row["education"].casefold()
        asked = {
            "labour_outside": (16, 66, row["labour_outside"], lambda value: round(value * 1000)),
            "low_income": (18, 999, row["disposable_income_dkk"], lambda value: int(value <= median * 0.75)),
            "non_western": (
                None,
                None,
                origin if origin != "ukendt" else None,
                lambda v: int(v == "ikke_vestlig"),
            ),
            "no_education": (
                16,
                64,
                education if education != "uoplyst" else None,
                lambda v: int("grundskole" in v),
            ),
        }
        for name, (low, high, value, measure) in asked.items():
            if low is not None and not pd.isna(age) and not low <= age <= high:
                continue
            if (low is not None and pd.isna(age)) or pd.isna(value):
                add(home, f"{name}_missing_n", number)
            else:
                add(home, f"{name}_n", number * measure(value))
                add(home, f"{name}_of", number)
    return total


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("median", [None, 250_000])
def test_counts_are_those_of_asking_person_by_person(seed, median):
    registers = make_registers(seed)
    settings = ScreeningSettings(median_income_dkk=median)
    found = count_dwellings(registers, settings)
    wanted = count_plainly(registers, settings, 2023)
    homes = found["dwelling_id"].fillna("NOWHERE").tolist()
    for column in COUNT_COLUMNS:
        assert found[column].tolist() == [wanted.get((home, column), 0) for home in homes], column


def test_each_criterion_has_its_own_year():
    registers = make_registers()
    rules = ScreeningSettings().rules
    earlier = CriterionRule(limit=rules[GridCriterion.LOW_INCOME].limit, year=2022)
    found = count_dwellings(registers, ScreeningSettings(rules={**rules, GridCriterion.LOW_INCOME: earlier}))
    now, then = (count_dwellings(registers, ScreeningSettings(year=year)) for year in (2023, 2022))
    assert found["low_income_n"].equals(then["low_income_n"])
    assert not found["low_income_n"].equals(now["low_income_n"])
    assert found["no_education_n"].equals(now["no_education_n"])


def test_unknown_education_and_students_by_setting():
    registers = make_registers()
    base = count_dwellings(registers, ScreeningSettings()).sum(numeric_only=True)
    unknown = count_dwellings(registers, ScreeningSettings(unknown_education_counts=True)).sum(
        numeric_only=True
    )
    people = registers.residents[registers.residents["year"].eq(2023)]
    aged = people["age"].between(16, 64).fillna(value=False)
    unstated = int(people.loc[aged & people["education"].eq("uoplyst"), "residents_n"].sum())
    assert unknown["no_education_n"] - base["no_education_n"] == unstated > 0
    assert base["no_education_missing_n"] > unknown["no_education_missing_n"]
    left_out = count_dwellings(registers, ScreeningSettings(leaves_out_students=True)).sum(numeric_only=True)
    stays = aged & people["is_student"].eq(other=False).fillna(value=False)
    known = people["education"].notna() & people["education"].ne("uoplyst")
    assert left_out["no_education_of"] == people.loc[stays & known, "residents_n"].sum()


def test_no_one_to_count():
    registers = make_registers()
    nobody = SimpleNamespace(dwellings=registers.dwellings, residents=registers.residents.iloc[:0])
    with pytest.raises(DataError) as caught:
        count_dwellings(nobody, ScreeningSettings())
    assert caught.value.key == "screening.no_residents"
    with pytest.raises(DataError) as caught:
        count_dwellings(registers, ScreeningSettings(year=2019))
    assert caught.value.key == "screening.missing_year"
    assert caught.value.values["present"] == "2022, 2023"


@pytest.mark.parametrize(
    ("values", "weights", "doubled"),
    [
        ([5], [1], 10),
        ([1, 3], [1, 1], 4),
        ([1, 3], [2, 1], 2),
        ([1, 3], [1, 3], 6),
        ([9, 1, 4], [1, 1, 1], 8),
        ([], [], 0),
    ],
)
def test_the_median_is_of_persons(values, weights, doubled):
    assert find_doubled_median(np.array(values, dtype=np.int64), np.array(weights, dtype=np.int64)) == doubled


def test_low_income_is_exact_at_the_limit():
    """75 pct. of 200,000 is 150,000: that is 25 pct. under the median, one øre more is not."""
    ids = pd.Series(["A"], dtype="str")
    incomes = [150_000.0, 150_000.01, 200_000.0, 200_000.0, 900_000.0]
    residents = pd.DataFrame(
        {
            "year": pd.array([2023] * 5, dtype="Int64"),
            "dwelling_id": pd.Series(["A"] * 5, dtype="str"),
            "residents_n": 1,
            "age": pd.array([40] * 5, dtype="Int64"),
            "origin": pd.Series(["dansk"] * 5, dtype="str"),
            "labour_outside": 0.0,
            "education": pd.Series(["lang"] * 5, dtype="str"),
            "disposable_income_dkk": incomes,
            "is_student": pd.array([False] * 5, dtype="boolean"),
        }
    )
    dwellings = pd.DataFrame(
        {"dwelling_id": ids, "x": [640_000.0], "y": [6_250_000.0], "area_m2": pd.array([90], dtype="Int64")}
    )
    counts = count_dwellings(SimpleNamespace(dwellings=dwellings, residents=residents), ScreeningSettings())
    assert counts.loc[0, "low_income_n"] == 1
    assert counts.loc[0, "low_income_of"] == 5


@pytest.mark.parametrize("grid", [Grid(100), Grid(250), Grid(100, (50, 50))])
def test_cells_hold_their_dwellings_and_everyone_is_somewhere(grid):
    counts = count_dwellings(make_registers(), ScreeningSettings())
    cells = sum_cells(counts, grid)
    assert list(cells.columns) == list(CELL_DTYPES)
    assert cells["cell_id"].notna().all() == grid.is_national
    for column in COUNT_COLUMNS:
        assert cells[column].sum() + sum_unplaced(counts)[column] == counts[column].sum()
    for cell in cells.itertuples():
        west, south = cell.column * grid.size_m + grid.shift_m[0], cell.row * grid.size_m + grid.shift_m[1]
        inside = counts["x"].between(west, west + grid.size_m, inclusive="left")
        inside &= counts["y"].between(south, south + grid.size_m, inclusive="left")
        assert cell.residents_n == counts.loc[inside, "residents_n"].sum()
    assert sum_unplaced(counts)["residents_n"] > 0


def test_tabulating_is_counting_and_summing():
    registers, settings = make_registers(), ScreeningSettings()
    pd.testing.assert_frame_equal(
        tabulate_cells(registers, settings), sum_cells(count_dwellings(registers, settings), settings.grid)
    )


def test_polygons_sum_as_cells_do():
    counts = count_dwellings(make_registers(), ScreeningSettings())
    halves = np.array(
        [
            shapely.box(640_000, 6_250_000, 640_200, 6_250_300),
            shapely.box(640_200, 6_250_000, 640_400, 6_250_300),
        ]
    )
    sums = sum_polygons(counts, halves)
    west = counts["x"] < 640_200
    assert sums.loc[0, "residents_n"] == counts.loc[west, "residents_n"].sum()
    assert (sums.sum() + sum_unplaced(counts)).equals(counts[list(COUNT_COLUMNS)].sum())


def write_table(folder, lines):
    path = folder / "celler.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_of_cells(tmp_path):
    path = write_table(
        tmp_path,
        [
            "Celle_id;Beboere;low_income_n;low_income_of;labour_outside_n;labour_outside_of",
            "100m_62502_6401;120;30;90;12,5;80",
            "100m_62501_6402;80;..;..;;",
            "100m_62501_6401;0;0;0;0;0",
        ],
    )
    found = read_cells(path)
    assert found.grid == Grid(100)
    assert found.cells["cell_id"].tolist() == ["100m_62501_6401", "100m_62501_6402", "100m_62502_6401"]
    assert found.cells["labour_outside_n"].tolist() == [0, pd.NA, 12_500]
    assert found.cells["low_income_of"].tolist() == [0, pd.NA, 90]
    assert found.cells["non_western_n"].isna().all()
    assert found.findings["rule"].tolist() == ["cells_hidden", "cells_hidden"]
    assert found.findings["line"].tolist() == [3, 3]


def test_every_fault_of_a_table_is_found_at_its_line(tmp_path):
    path = write_table(
        tmp_path,
        [
            "id,pers,low_income_n,low_income_of,dwelling_area_n,dwelling_area_of",
            "100m_62502_6401,100,30,90,4000,100",
            "62502_6401,100,30,90,4000,100",
            "1km_6250_640,100,30,90,4000,100",
            "100m_62502_6401,100,30,90,4000,100",
            "100m_62503_6401,,30,90,4000,100",
            "100m_62504_6401,100,91,90,4000,100",
            "100m_62505_6401,100,30,,4000,101",
            "100m_62506_6401,100,-1,90,mange,100",
        ],
    )
    found = read_cells(path, fields={"cell_id": "id", "residents_n": "pers"})
    places = sorted(zip(found.findings["rule"], found.findings["line"], strict=True))
    assert places == [
        ("cells_bad_id", 3),
        ("cells_bad_number", 9),
        ("cells_half_criterion", 8),
        ("cells_half_criterion", 9),
        ("cells_half_criterion", 9),
        ("cells_negative", 9),
        ("cells_no_residents", 6),
        ("cells_other_size", 4),
        ("cells_over_whole", 7),
        ("cells_over_whole", 8),
        ("cells_repeated", 5),
    ]
    kept = found.cells.set_index("cell_id")
    assert len(kept) == 4
    assert kept.loc["100m_62504_6401", ["low_income_n", "dwelling_area_n"]].tolist() == [pd.NA, 4000]
    assert kept.loc["100m_62505_6401", ["low_income_n", "dwelling_area_n"]].tolist() == [pd.NA, pd.NA]
    assert kept.loc["100m_62506_6401", ["low_income_of", "dwelling_area_n"]].tolist() == [pd.NA, pd.NA]


def test_a_table_without_what_it_needs(tmp_path):
    with pytest.raises(ReadError) as caught:
        read_cells(write_table(tmp_path, ["cell_id,x", "100m_62502_6401,1"]))
    assert caught.value.values["missing"] == "residents_n"
    with pytest.raises(ReadError) as caught:
        read_cells(write_table(tmp_path, ["cell_id,beboere", "100m_1_1,1"]), fields={"households_n": "hjem"})
    assert caught.value.values["missing"] == "hjem"
    with pytest.raises(DataError) as caught:
        read_cells(write_table(tmp_path, ["cell_id,beboere", "x,1"]))
    assert caught.value.key == "cells.no_cells"


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_finding_has_its_texts(language):
    texts = load_texts(language)
    assert [rule for rule in SEVERITY if not texts.has(f"finding.{rule}.text")] == []
    assert [rule for rule in SEVERITY if not texts.has(f"finding.{rule}.remedy")] == []
    assert [name for name in GridCriterion if not texts.has(f"criterion.grid.{name}.name")] == []


def read_frederiksberg(name):
    path = DKN / f"frederiksberg_{name}.json.gz"
    if not path.exists():
        pytest.skip("the public cells of Frederiksberg are not beside the checkout")
    with gzip.open(path) as file:
        frame = pd.DataFrame(json.load(file))
    return frame[frame["type_id"].eq(11) & frame["udtraek_dato"].eq("2014-04-01")]


@pytest.mark.real_data
def test_the_real_cells_of_frederiksberg(tmp_path):
    """102,180 residents on 1 April 2014 in 726 populated cells, and the dwelling area of each."""
    people = read_frederiksberg("befolkning_alle")[["distrikt_id", "antal_samlet"]]
    area = read_frederiksberg("boligkvm_per_person")
    table = (
        area.merge(people, on="distrikt_id", how="outer")
        .fillna({"antal_samlet": 0})
        .sort_values("distrikt_id")
    )
    path = tmp_path / "frederiksberg.csv"
    table.astype({"antal_samlet": "int64"}).to_csv(path, index=False)
    fields = {
        "residents_n": "antal_samlet",
        "dwelling_area_n": "sum_areal",
        "dwelling_area_of": "antal_borger",
    }
    found = read_cells(path, fields={"cell_id": "distrikt_id", **fields})
    cells = found.cells
    assert cells["residents_n"].sum() == 102_180
    assert cells["residents_n"].gt(0).sum() == 726
    known = cells["dwelling_area_of"].gt(0).fillna(value=False)
    published = table.set_index("distrikt_id")["areal_per_peson"]
    own = cells.loc[known, "dwelling_area_n"] / cells.loc[known, "dwelling_area_of"]
    assert (own / published.loc[cells.loc[known, "cell_id"]].to_numpy() - 1).abs().max() < 1e-5
    result = screen(cells, ScreeningSettings(criteria_required_n=1))
    assert result.parts.set_index("part").loc["city", "residents_n"] == 102_180
    assert result.cells["criteria_unknown_n"].dropna().ge(4).all()
    low = result.cells["is_met_dwelling_area"].fillna(value=False)
    city = result.limits[GridCriterion.DWELLING_AREA].city
    near = result.cells["nearby_dwelling_area_n"] / result.cells["nearby_dwelling_area_of"]
    assert (near[low] <= float(city) - 6.8 / 3 + 1e-9).all()
    assert len(result.zones) >= 1
