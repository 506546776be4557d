"""Measure following a whole country from one 1 January to the next: 6 million residents twice.

Run with ``python benchmarks/moves.py [persons]``. Times are of one process from frames in memory to the
balance of every kommune and area by exposure, with the flows between kommuner; memory is the peak above
what the frames themselves take.
"""

import resource
import statistics
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from boundaries.moves.balance import balance_residents, find_imbalances
from boundaries.moves.classification import classify_persons
from boundaries.moves.flows import count_flows
from boundaries.moves.groups import group_persons
from boundaries.moves.places import Level, code_units
from boundaries.moves.snapshots import match_years

RUNS_N = 5


def name_numbers(numbers, prefix, width):
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.large_string()), width=width, padding="0")
    named = pc.binary_join_element_wise(
        pa.scalar(prefix, pa.large_string()), padded, pa.scalar("", pa.large_string())
    )
    return pd.Series(pd.array(named, dtype="str"))


def make_country(persons_n, rng):
    """Two days of a country: a tenth move, one in a hundred is born, one in a hundred dies."""
    dwellings_n = persons_n * 10 // 21
    gone_n = persons_n // 100
    numbers = rng.permutation(persons_n + gone_n)
    home = np.sort(rng.integers(0, dwellings_n, persons_n))
    moves = rng.random(persons_n) < 0.1
    after = np.where(moves, rng.integers(0, dwellings_n, persons_n), home)[gone_n:]
    born = rng.integers(0, dwellings_n, gone_n)
    home_now, person_now = (
        np.concatenate([after, born]),
        np.concatenate([numbers[gone_n:persons_n], numbers[persons_n:]]),
    )
    age = rng.integers(0, 95, persons_n)
    age_now = np.concatenate([age[gone_n:] + 1, np.zeros(gone_n, dtype=np.int64)])
    order = np.argsort(home_now, kind="stable")
    days = [
        (2024, home, numbers[:persons_n], age),
        (2025, home_now[order], person_now[order], age_now[order]),
    ]
    residents = pd.concat([make_day(*day, rng) for day in days], ignore_index=True)
    codes = np.sort(rng.integers(0, 98, dwellings_n))
    places = pd.DataFrame(
        {
            "dwelling_id": name_numbers(np.arange(dwellings_n), "", 10),
            "kommune_code": pd.Series(
                np.array([f"{number + 101:04d}" for number in range(98)])[codes], dtype="str"
            ),
            "area_id": pd.Series(np.where(rng.random(dwellings_n) < 0.05, "x", None), dtype="str"),
        }
    )
    areas = pd.Series([f"A{number:03d}" for number in range(300)], dtype="str")
    in_area = places["area_id"].notna().to_numpy()
    places.loc[in_area, "area_id"] = areas.to_numpy()[rng.integers(0, 300, int(in_area.sum()))]
    return residents, places.assign(is_counted=in_area, is_almen=in_area)


def make_day(year, home, person, age, rng):
    count = len(home)
    return pd.DataFrame(
        {
            "year": pd.array(np.full(count, year), dtype="Int64"),
            "dwelling_id": name_numbers(home, "", 10),
            "residents_n": 1,
            "person_id": name_numbers(person, "", 10),
            "age": pd.array(age, dtype="Int64"),
            "labour_outside": rng.integers(0, 2, count).astype(float),
            "is_student": pd.array(rng.random(count) < 0.1, dtype="boolean"),
        }
    )


def follow(residents, places):
    matched = match_years(residents, places["dwelling_id"], 2025)
    groups = group_persons(matched)
    tables = []
    for level in (Level.KOMMUNE, Level.AREA):
        classified = classify_persons(matched, code_units(places, places, matched.dwelling_ids, level=level))
        tables.append(balance_residents(matched, classified, groups))
        tables.append(count_flows(matched, classified, groups))
    return tables


def main():
    persons_n = int(sys.argv[1]) if len(sys.argv) > 1 else 6_000_000
    residents, places = make_country(persons_n, np.random.default_rng(1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clocks, processors = [], []
    for _ in range(RUNS_N):
        clock, processor = time.perf_counter(), time.process_time()
        tables = follow(residents, places)
        clocks.append(time.perf_counter() - clock)
        processors.append(time.process_time() - processor)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert all(find_imbalances(table).empty for table in tables[::2])
    print(f"{len(residents):,} rows, {len(places):,} dwellings, {RUNS_N} runs")
    print(f"clock  median {statistics.median(clocks):.1f} s, range {min(clocks):.1f} to {max(clocks):.1f} s")
    print(f"processor  median {statistics.median(processors):.1f} s")
    print(
        f"peak memory {peak / 2**20:.2f} GiB, of which the frames and their making {before / 2**20:.2f} GiB"
    )


if __name__ == "__main__":
    main()
