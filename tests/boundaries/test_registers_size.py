"""Registers of many rows: how long they take beside reading the text alone, and when every row is bad."""

import statistics
import time

import numpy as np
import pandas as pd
import pytest

from boundaries.registers.dwellings import build_dwellings
from boundaries.registers.findings import combine_findings
from boundaries.registers.project import Project, Source
from boundaries.registers.sources import read_sources

ROWS_N = 300_000


def read_dwellings(path):
    source = Source(register="dwellings", files=(path,))
    project = Project(
        path=path.parent / "boligkort.toml", name="stor", output=path.parent, sources={"dwellings": source}
    )
    return build_dwellings(read_sources(project).rows["dwellings"], reference_year=2025)


def write_dwellings(path):
    rng = np.random.default_rng(11)
    heading = (
        "dwelling_id;address;x;y;tenure;use_code;built_year;area_m2;toilet_code;bath_code;heating_code\n"
    )
    tenures = ("ejerbolig", "almen_familiebolig", "privat_udlejning")
    numbers = rng.permutation(ROWS_N)
    path.write_text(
        heading
        + "".join(
            f"{number * 2_654_435_761 % 2**32:08x}-{number:07d};Møllevej {number % 199};"
            f"{450_000 + number / 2:.2f};{6_100_000 + number / 2:.2f};".replace(".", ",")
            + f"{tenures[number % 3]};140;{1900 + number % 120};{40 + number % 90};T;V;1\n"
            for number in numbers
        ),
        encoding="utf-8",
    )
    return numbers


def measure(run):
    start = time.process_time()
    run()
    return time.process_time() - start


@pytest.mark.slow
def test_reading_and_checking_takes_a_few_times_what_reading_the_text_takes(tmp_path):
    """By the processor's time, in turn, with room for a busy machine: a cell-by-cell step takes 20 times."""
    path = tmp_path / "boliger.csv"
    numbers = write_dwellings(path)
    ratios = []
    for _ in range(5):
        text = measure(lambda: pd.read_csv(path, sep=";", dtype=str, engine="pyarrow"))
        ratios.append(measure(lambda: read_dwellings(path)) / text)
    assert statistics.median(ratios) < 6
    frame = read_dwellings(path).frame
    keys = [f"{number * 2_654_435_761 % 2**32:08x}-{number:07d}" for number in numbers.tolist()]
    order = sorted(range(ROWS_N), key=keys.__getitem__)
    assert frame["dwelling_id"].tolist() == [keys[at] for at in order]
    assert frame["x"].tolist() == [float(f"{450_000 + numbers[at] / 2:.2f}") for at in order]
    assert frame["area_m2"].tolist() == [40 + numbers[at] % 90 for at in order]


@pytest.mark.slow
def test_a_file_of_nothing_but_bad_rows_is_reported_in_full(tmp_path):
    """Five times the rows take about five times as long, not twenty-five."""
    taken = {}
    for rows_n in (ROWS_N // 5, ROWS_N):
        path = tmp_path / f"{rows_n}.csv"
        path.write_text(
            "dwelling_id;x;y;tenure;use_code;built_year\n"
            + "".join(f"D{row};abc{row};6255050;hus{row % 7};140;19x{row}\n" for row in range(rows_n)),
            encoding="utf-8",
        )
        start = time.process_time()
        findings = combine_findings(read_dwellings(path).findings)
        taken[rows_n] = time.process_time() - start
        counts = findings["rule"].value_counts().to_dict()
        assert counts == {"bad_number": 2 * rows_n, "unknown_code": rows_n}
        assert findings["line"].value_counts().eq(3).all()
        assert findings.memory_usage(deep=True).sum() < 1_500 * len(findings)
    assert taken[ROWS_N] < 12 * taken[ROWS_N // 5]
    assert taken[ROWS_N] < 60
