"""Time the screening of a city of Copenhagen's size, and measure how well it finds planted zones.

    python benchmarks/screening.py                 # 620,000 residents, 330,000 dwellings, 10,000 cells
    python benchmarks/screening.py --recovery 50   # recall and precision by contrast, 50 cities each

Times are medians of the rounds, after reading: what is timed starts from frames in memory.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd

from boundaries.disclosure.cells import publish_screening
from boundaries.registers.cell_columns import CELL_DTYPES
from boundaries.screening.cells import sum_cells
from boundaries.screening.dwelling_counts import count_dwellings
from boundaries.screening.local_statistics import measure_hot_spots
from boundaries.screening.screening import screen
from boundaries.screening.settings import ScreeningSettings
from boundaries.screening.stability import measure_stability
from data.synthetic.city import SOUTH_WEST_M, make_city

SEED = 61
DWELLINGS_N, RESIDENTS_N, SIDE_M = 330_000, 620_000, 10_000


def make_registers() -> SimpleNamespace:
    """Make dwellings and residents in a square of 10 km, with the columns that the screening reads."""
    rng = np.random.default_rng(SEED)
    ids = pd.Series([f"B{number:06d}" for number in range(DWELLINGS_N)], dtype="str")
    dwellings = pd.DataFrame(
        {
            "dwelling_id": ids,
            "x": SOUTH_WEST_M[0] + rng.uniform(0, SIDE_M, DWELLINGS_N),
            "y": SOUTH_WEST_M[1] + rng.uniform(0, SIDE_M, DWELLINGS_N),
            "area_m2": pd.array(rng.integers(20, 180, DWELLINGS_N), dtype="Int64"),
        }
    )
    home = np.sort(rng.integers(0, DWELLINGS_N, RESIDENTS_N))
    origins = np.array(["dansk", "vestlig", "ikke_vestlig", "TR", "SE"], dtype=object)
    educations = np.array(["grundskole", "lang", "erhvervsfaglig", "uoplyst"], dtype=object)
    residents = pd.DataFrame(
        {
            "year": pd.array(np.full(RESIDENTS_N, 2024), dtype="Int64"),
            "dwelling_id": ids.iloc[home].reset_index(drop=True),
            "residents_n": np.ones(RESIDENTS_N, dtype=np.int64),
            "age": pd.array(rng.integers(0, 95, RESIDENTS_N), dtype="Int64"),
            "origin": pd.Series(origins[rng.integers(0, 5, RESIDENTS_N)], dtype="str"),
            "labour_outside": rng.random(RESIDENTS_N).round(3),
            "education": pd.Series(educations[rng.integers(0, 4, RESIDENTS_N)], dtype="str"),
            "disposable_income_dkk": rng.lognormal(12.2, 0.5, RESIDENTS_N).round(2),
            "is_student": pd.array(rng.random(RESIDENTS_N) < 0.1, dtype="boolean"),
        }
    )
    return SimpleNamespace(dwellings=dwellings, residents=residents)


def time_all(rounds: int) -> None:
    """Print the median time of each step."""
    settings = ScreeningSettings()
    registers = make_registers()
    counts = count_dwellings(registers, settings)
    cells = sum_cells(counts, settings.grid)
    city = make_city(SEED).cells.reindex(columns=list(CELL_DTYPES))
    screening = screen(city, settings)
    steps: dict[str, Callable[[], object]] = {
        "count dwellings": lambda: count_dwellings(registers, settings),
        "sum cells": lambda: sum_cells(counts, settings.grid),
        "screen": lambda: screen(city, settings),
        "all three": lambda: screen(sum_cells(count_dwellings(registers, settings), settings.grid), settings),
        "publish": lambda: publish_screening(screening),
        "hot spots": lambda: measure_hot_spots(screening),
        "stability, cells": lambda: measure_stability(screening),
    }
    print(f"{RESIDENTS_N} residents, {len(cells)} cells; planted city of {len(city)} cells")
    for name, step in steps.items():
        found, worked = [], []
        for _ in range(rounds):
            start, begun = time.perf_counter(), time.process_time()
            step()
            found.append(time.perf_counter() - start)
            worked.append(time.process_time() - begun)
        print(
            f"{name:<18} {statistics.median(found):7.3f} s, of processor {statistics.median(worked):7.3f} s"
        )


def measure_recovery(seeds: int) -> None:
    """Print recall and precision, weighted by residents, and the zones found where none are planted."""
    for contrast, noise in ((1.0, 1.0), (1.0, 2.0), (0.75, 1.0), (0.5, 1.0), (0.0, 1.0), (0.0, 2.0)):
        scores = np.array([_score(seed, contrast, noise) for seed in range(seeds)])
        named = zip(("recall", "precision", "zones"), scores.T, strict=True)
        shown = "  ".join(
            f"{name} {np.nanmean(values):.3f} ({np.nanmin(values):.3f}-{np.nanmax(values):.3f})"
            if np.isfinite(values).any()
            else f"{name} -"
            for name, values in named
        )
        print(f"contrast {contrast:4.2f}  noise {noise:3.1f}  {shown}", flush=True)


def _score(seed, contrast, noise):
    city = make_city(seed, contrast=contrast, noise=noise)
    result = screen(city.cells.reindex(columns=list(CELL_DTYPES)), ScreeningSettings())
    planted = city.cells[["column", "row"]].assign(planted=city.planted > 0)
    cells = result.cells.merge(planted, on=["column", "row"], how="left")
    people = cells["residents_n"].to_numpy()
    is_planted = cells["planted"].fillna(value=False).to_numpy(dtype=bool)
    is_found = cells["zone"].notna().to_numpy()
    both = people[is_planted & is_found].sum()
    recall = both / people[is_planted].sum() if is_planted.any() else np.nan
    precision = both / people[is_found].sum() if is_found.any() else np.nan
    return recall, precision, len(result.zones)


def main() -> None:
    """Run the timing or the measurement."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recovery", type=int, metavar="CITIES", help="measure recall and precision")
    arguments = parser.parse_args()
    if arguments.recovery:
        measure_recovery(arguments.recovery)
    else:
        time_all(arguments.rounds)


if __name__ == "__main__":
    main()
