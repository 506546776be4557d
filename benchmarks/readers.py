"""Time reading and checking the dwellings of the whole country against reading the text alone, in pairs.

    python benchmarks/readers.py                      # 3.0 M dwellings as CSV and Parquet, 3.0 M residents
    python benchmarks/readers.py --sorted             # the file is sorted by id, as registers' own extracts
    python benchmarks/readers.py --rows 300000 --rounds 3

One side is `pandas.read_csv(dtype=str, engine="pyarrow")`, which gives columns of text. The other is all
that the program does with the same file: digest, encoding, lines, names of columns, numbers, codes, words,
duplicates, findings, and the rows in the order of their ids. The peak memory of each is measured in a
process of its own.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from boundaries.registers.dwellings import build_dwellings
from boundaries.registers.project import Project, Source
from boundaries.registers.residents import build_residents
from boundaries.registers.rows import Checked
from boundaries.registers.sources import read_sources

SEED = 20250101
ID_BYTES = 18
STREETS = [f"{first}{last}" for first in ("Øst", "Vest", "Mølle", "Kirke", "Skov", "Bøge", "Ege", "Åge")
           for last in ("gade", "vej", "stræde", "allé", "vænge")]  # fmt: skip
SIDES = ("theirs", "ours", "theirs_parquet", "ours_parquet", "theirs_residents", "ours_residents")


def make_ids(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return the first 18 letters of so many random UUIDs."""
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)[rng.integers(0, 16, (count, ID_BYTES))]
    digits[:, [8, 13]] = ord("-")
    return np.unique(np.ascontiguousarray(digits).view(f"S{ID_BYTES}").ravel())


def pick(rng: np.random.Generator, count: int, words: dict[str, float]) -> pa.Array:
    """Return words drawn with the shares given."""
    drawn = rng.choice(len(words), count, p=list(words.values())).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(drawn), pa.array(list(words))).cast(pa.string())


def write_decimals(values: np.ndarray) -> pa.Array:
    """Return numbers with two decimals after a comma."""
    cents = np.round(values * 100).astype(np.int64)
    whole, rest = pa.array(cents // 100).cast(pa.string()), pa.array(cents % 100).cast(pa.string())
    return pc.binary_join_element_wise(whole, pc.utf8_lpad(rest, 2, "0"), ",")


def make_dwellings(rng: np.random.Generator, ids: np.ndarray) -> pa.Table:
    """Return the dwellings; one in a thousand has no tenure, which is a finding."""
    count = len(ids)
    house = pa.array(rng.integers(1, 200, count)).cast(pa.string())
    street = pick(rng, count, dict.fromkeys(STREETS, 1 / len(STREETS)))
    tenures = {"ejerbolig": 0.51, "almen_familiebolig": 0.18, "privat_udlejning": 0.17, "andelsbolig": 0.08,
               "almen_ungdomsbolig": 0.059, "": 0.001}  # fmt: skip
    uses = {"140": 0.4, "120": 0.4, "130": 0.1, "150": 0.04, "160": 0.01, "510": 0.05}
    columns = {
        "dwelling_id": pa.array(ids.astype(str)),
        "address": pc.binary_join_element_wise(street, house, " "),
        "x": write_decimals(rng.uniform(450_000, 720_000, count)),
        "y": write_decimals(rng.uniform(6_080_000, 6_390_000, count)),
        "tenure": pick(rng, count, tenures),
        "use_code": pick(rng, count, uses),
        "built_year": pa.array(rng.integers(1850, 2025, count)).cast(pa.string()),
        "area_m2": pa.array(rng.integers(25, 220, count)).cast(pa.string()),
        "toilet_code": pick(rng, count, {"T": 0.98, "A": 0.02}),
        "bath_code": pick(rng, count, {"V": 0.97, "D": 0.03}),
        "heating_code": pick(rng, count, {"1": 0.6, "2": 0.2, "7": 0.1, "5": 0.1}),
    }
    return pa.table(columns)


def make_residents(rng: np.random.Generator, ids: np.ndarray) -> pa.Table:
    """Return as many persons as dwellings, some of them living together."""
    count = len(ids)
    persons = [f"P{number:08d}" for number in rng.permutation(count)]
    return pa.table(
        {
            "year": pa.array(["2025"] * count),
            "dwelling_id": pa.array(ids[rng.integers(0, count, count)].astype(str)),
            "person_id": pa.array(persons),
            "age": pa.array(rng.integers(0, 100, count)).cast(pa.string()),
            "origin": pick(rng, count, {"dansk": 0.85, "vestlig": 0.05, "SYR": 0.1}),
            "gross_income_dkk": write_decimals(rng.uniform(100_000, 900_000, count)),
        }
    )


def write_files(folder: Path, rows_n: int, *, is_sorted: bool) -> None:
    """Write the files of the benchmark; the same ones for the same number of rows."""
    rng = np.random.default_rng(SEED)
    ids = make_ids(rng, rows_n)
    ids = ids if is_sorted else rng.permutation(ids)
    options = arrow_csv.WriteOptions(delimiter=";", quoting_style="none")
    for name, table in (("dwellings", make_dwellings(rng, ids)), ("residents", make_residents(rng, ids))):
        arrow_csv.write_csv(table, folder / f"{name}.csv", options)
        text = (folder / f"{name}.csv").read_bytes()
        (folder / f"{name}.csv").write_bytes(text.replace(b'"', b""))  # Arrow quotes the heading
        pq.write_table(table, folder / f"{name}.parquet")


def read_text(path: Path) -> pd.DataFrame:
    """Read a file as columns of text, as pandas has it."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, sep=";", dtype=str, engine="pyarrow")


def read_register(path: Path) -> Checked:
    """Read and check a file as the program does."""
    register = path.stem
    source = Source(register=register, files=(path,))
    project = Project(
        path=path.parent / "boligkort.toml",
        name="benchmark",
        output=path.parent / "resultat",
        sources={register: source},
    )
    raw = read_sources(project)
    if register == "dwellings":
        return build_dwellings(raw.hand_over(register), reference_year=2025)
    return build_residents(raw.hand_over(register))


def choose_side(folder: Path, side: str) -> Callable[[], object]:
    """Return what one side does."""
    name = "residents" if side.endswith("residents") else "dwellings"
    path = folder / f"{name}.{'parquet' if side.endswith('parquet') else 'csv'}"
    return partial(read_text if side.startswith("theirs") else read_register, path)


def time_once(run: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds by the clock and of the processor that one call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


def measure_memory(folder: Path, side: str) -> float:
    """Return the peak memory, in GiB, of a process that does nothing but one side."""
    command = [sys.executable, __file__, "--folder", str(folder), "--side", side]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(told)["peak_kib"] / 2**20


def read_peak_kib() -> int:
    """Return the peak memory of this process (Linux).

    What ``getrusage`` tells of a child begins with the peak of the process that started it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def compare(folder: Path, ending: str, rounds: int) -> dict[str, float]:
    """Return medians of both sides, in turn, and of their ratios, round by round."""
    sides = [choose_side(folder, f"{side}{ending}") for side in ("theirs", "ours")]
    for run in sides:  # libraries are loaded and the file is in the system's memory
        run()
    times = np.array([[time_once(run) for run in sides] for _ in range(rounds)])
    ratios = times[:, 1] / times[:, 0]
    return {
        "theirs_s": statistics.median(times[:, 0, 0]),
        "theirs_cpu_s": statistics.median(times[:, 0, 1]),
        "ours_s": statistics.median(times[:, 1, 0]),
        "ours_cpu_s": statistics.median(times[:, 1, 1]),
        "ratio": statistics.median(ratios[:, 0]),
        "ratio_cpu": statistics.median(ratios[:, 1]),
    }


def main() -> None:
    """Make the files and run the comparisons, or one side alone."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sorted", action="store_true", help="write the rows in the order of their ids")
    parser.add_argument("--folder", type=Path, help="where the files are already")
    parser.add_argument("--side", choices=SIDES, help="run this once and tell its peak memory")
    arguments = parser.parse_args()
    if "MIMALLOC_PURGE_DELAY" not in os.environ:
        # As the command sets it, for both sides; Arrow has been loaded, and reads it only then.
        os.environ["MIMALLOC_PURGE_DELAY"] = "-1"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    if arguments.side:
        choose_side(arguments.folder, arguments.side)()
        print(json.dumps({"peak_kib": read_peak_kib()}))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_files(folder, arguments.rows, is_sorted=arguments.sorted)
        for ending in ("", "_parquet", "_residents"):
            found = compare(folder, ending, arguments.rounds)
            memory = [measure_memory(folder, f"{side}{ending}") for side in ("theirs", "ours")]
            shown = "  ".join(f"{name} {value:.2f}" for name, value in found.items())
            print(
                f"{ending.strip('_') or 'csv':<10} {shown}  GiB {memory[0]:.2f} and {memory[1]:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
