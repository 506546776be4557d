"""Reads damaged copies of one file, a seed each, and says of each whether it was read or refused."""

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import warnings
import zipfile
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
import xlsxwriter

from boundaries.registers.project import load_project
from geo import layer_inspection
from geo.errors import BoligkortError, UsageError
from geo.inspection import inspect_file
from geo.inspection_facts import Outcome, SecondReading
from geo.readers import is_layer, list_layers, read_layer, read_table, read_tables

E0, N0 = 645_000.0, 6_255_000.0
ROWS_N = 40
LETTERS = "æøåÆØÅ"
PROJECT = """\
[project]
name = "Prøveby"
kommune_code = "0151"
[dates]
status_date = 2025-01-01
[settings]
coherence_gap_m = 30.0
[registers.areas]
files = ["a.geojson", "b.csv"]
crs = "EPSG:25832"
[registers.dwellings]
path = "boliger.csv"
fields = { dwelling_id = "Nr", x = "Øst" }
"""
GARBAGE = (b"\0" * 8, b"\xff" * 16, b'"', b";\n", b"\r", b"{", b"<", b"NaN", b"1e400", b"\xc3", b"-1", b"''")


def make_frame():
    shapes = [shapely.box(E0 + 10 * n, N0, E0 + 10 * n + 9, N0 + 50) for n in range(ROWS_N)]
    names = [f"Område {LETTERS[n % 6]}{n}" for n in range(ROWS_N)]
    return gpd.GeoDataFrame({"area_id": names, "antal": range(ROWS_N)}, geometry=shapes, crs="EPSG:25832")


def make_csv(folder):
    path = folder / "fil.csv"
    rows = [f'{n};"Ærø; {n}";{n},5;2025-01-{n % 28 + 1:02}' for n in range(ROWS_N)]
    path.write_text("\n".join(["id;navn;tal;dag", *rows]), encoding="utf-8")
    return path


def make_json(folder):
    path = folder / "fil.json"
    rows = [
        {"id": f"D{n}", "navn": f"Ærø {n}", "tal": n / 2, "punkt": {"wkt": f"POINT ({n} 1)"}, "liste": [n]}
        for n in range(ROWS_N)
    ]
    lists = {"data": {"BBR_Enhed": {"nodes": rows}}, "BygningList": rows[:5]}
    path.write_text(json.dumps(lists if folder.name[-1] in "02468" else rows, indent=1), encoding="utf-8")
    return path


def make_zip(folder):
    """Write a zip of one table, of JSON and of CSV by turns, and what an extract has beside it."""
    make = make_json if folder.name[-1] in "13579" else make_csv
    table = make(folder)
    path = folder / "fil.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((table.name, table.read_bytes()), ("fil_Metadata.json", b"{}")):
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    table.unlink()
    return path


def make_xlsx(folder):
    path = folder / "fil.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2025, 1, 1)})
        sheet = book.add_worksheet("Ark")
        sheet.write_row(0, 0, ["id", "navn", "tal"])
        for row in range(1, ROWS_N):
            sheet.write_row(row, 0, [f"D{row}", "Ærø", row / 2])
    return path


def make_parquet(folder):
    path = folder / "fil.parquet"
    pd.DataFrame({"id": [f"D{n}" for n in range(ROWS_N)], "tal": range(ROWS_N)}).to_parquet(path)
    return path


def make_geoparquet(folder):
    make_frame().to_parquet(folder / "fil.parquet")
    return folder / "fil.parquet"


def make_layer(suffix):
    def make(folder):
        make_frame().to_file(folder / f"fil{suffix}", driver="GML" if suffix == ".gml" else None)
        return folder / f"fil{suffix}"

    return make


def make_toml(folder):
    path = folder / "boligkort.toml"
    path.write_text(PROJECT, encoding="utf-8")
    return path


def read_any(path):
    with contextlib.suppress(BoligkortError):
        inspect_file(path)
    if not is_layer(path):
        with contextlib.suppress(UsageError):
            read_table(path)
        read_tables(path, is_wanted=lambda headings: "id" in headings)
        return
    list_layers(path)
    read_layer(path)


def crash(_):
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(_):
    raise ZeroDivisionError("seeded")


# Format to what makes a file, the part that is damaged, and what reads it.
KINDS = {
    "csv": (make_csv, "", read_any),
    "json": (make_json, "", read_any),
    "zip": (make_zip, "", read_any),
    "xlsx": (make_xlsx, "", read_any),
    "parquet": (make_parquet, "", read_any),
    "geoparquet": (make_geoparquet, "", read_any),
    "gpkg": (make_layer(".gpkg"), "", read_any),
    "shp": (make_layer(".shp"), "", read_any),
    "shx": (make_layer(".shp"), ".shx", read_any),
    "dbf": (make_layer(".shp"), ".dbf", read_any),
    "geojson": (make_layer(".geojson"), "", read_any),
    "fgb": (make_layer(".fgb"), "", read_any),
    "gml": (make_layer(".gml"), "", read_any),
    "toml": (make_toml, "", load_project),
    "crash": (make_csv, "", crash),
    "fault": (make_csv, "", fail),
}


def damage(content, chance):
    """Flip bits, cut, put in garbage, and repeat or move blocks: one to four of these."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(content) + 1) if chance.random() < 0.7 else chance.randrange(120)
        kind = chance.randrange(6)
        size = chance.choice((1, 4, 64, 1024))
        if kind == 0:
            flipped = bytearray(content)
            for _ in range(chance.choice((1, 8, 100))):
                if flipped:
                    flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
            content = bytes(flipped)
        elif kind == 1:
            content = content[: max(at, 1)]
        elif kind == 2:
            content = content[:at] + chance.choice(GARBAGE) + content[at:]
        elif kind == 3:
            content = content[:at] + content[at : at + size] * 2 + content[at + size :]
        elif kind == 4:
            content = content[:at] + content[at + size :]
        else:
            content = content[:at] + chance.randbytes(size) + content[at + size :]
    return content


def try_seed(kind, seed, folder):
    make, part, read = KINDS[kind]
    folder.mkdir()
    path = make(folder)
    spoilt = path.with_suffix(part) if part else path
    spoilt.write_bytes(damage(spoilt.read_bytes(), random.Random(f"{kind} {seed}")))
    try:
        read(path)
    except BoligkortError as refused:
        return f"refused {kind} {seed} {refused.key}"
    except Exception as fault:  # noqa: BLE001
        return f"fault {kind} {seed} {type(fault).__name__}: {fault}".replace("\n", " ")
    finally:
        shutil.rmtree(folder)
    return f"read {kind} {seed}"


def main():
    # The second reading has a process of its own, and takes too long for so many files.
    # The same seed gives the same damage: no file may tell when it was made.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2025-01-01T00:00:00Z"})
    layer_inspection.read_again = lambda *_, **__: SecondReading(outcome=Outcome.ABSENT)
    kinds, first, seeds_n, folder = sys.argv[1:]
    warnings.simplefilter("error")
    for kind in kinds.split(","):
        for seed in range(int(first), int(first) + int(seeds_n)):
            print(f"seed {seed} of {kind}", flush=True)
            print(try_seed(kind, seed, Path(folder) / f"{kind}{seed}"), flush=True)


if __name__ == "__main__":
    main()
