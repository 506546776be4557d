"""The demo folder, from one seed: a whole invented kommune as a project that Boligkort can run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal

from data.synthetic.buildings import draw_doors
from data.synthetic.cases import plant_cases
from data.synthetic.dwellings import FIRST_YEAR, LAST_YEAR, make_dwellings
from data.synthetic.files import (
    AREA_FILE,
    DEMO_FILES,
    DWELLING_FILE,
    EXTENSION_FILE,
    FLOW_FILE,
    KOMMUNE_VALUE_FILE,
    LIST_FILE,
    PLAN_FILE,
    PROJECT_FILE,
    README_FILE,
    REFERENCE_FILE,
    SPLIT_FILE,
    make_dwelling_table,
    write_parcels,
    write_residents,
    write_tables,
)
from data.synthetic.flows import make_flows
from data.synthetic.kommune_values import make_kommune_values
from data.synthetic.names import KOMMUNE_CODE, KOMMUNE_NAME
from data.synthetic.parcels import Parcels, lay_parcels
from data.synthetic.people import simulate_people
from data.synthetic.population import People, make_homes
from data.synthetic.registers import (
    make_areas,
    make_extensions,
    make_lists,
    make_plans,
    make_references,
    make_splits,
)
from data.synthetic.traits import Traits, describe_people
from data.texts import LANGUAGES, Texts, load_texts
from geo.errors import WriteError
from geo.writers import write_text

DEFAULT_SEED = 2020


@dataclass(frozen=True)
class Town:
    """The invented kommune before it is written.

    Attributes
    ----------
    parcels
        Every parcel.
    dwellings
        `data.synthetic.dwellings.DWELLING_COLUMNS` and where each was drawn.
    years
        Year to everyone on its 1 January and what the statistics say of them.
    """

    parcels: Parcels
    dwellings: pd.DataFrame
    years: Mapping[int, tuple[People, Traits]]


@dataclass(frozen=True)
class DemoSummary:
    """What was written.

    Attributes
    ----------
    folder
        The demo folder.
    seed
        What it was drawn from.
    files
        Names of the files in it.
    parcels_n, areas_n, extensions_n, splits_n, dwellings_n
        Rows of the registers; dwellings include shops and what is demolished.
    residents_n
        Year to residents on 1 January.
    persons_n
        Different persons over all years.
    """

    folder: Path
    seed: int
    files: tuple[str, ...]
    parcels_n: int
    areas_n: int
    extensions_n: int
    splits_n: int
    dwellings_n: int
    residents_n: Mapping[int, int]
    persons_n: int


def build_town(seed: int = DEFAULT_SEED) -> Town:
    """Build the kommune; each part draws from a stream of its own, so that one does not move another."""
    plan, details, events, statistics = (_open_stream(seed, number) for number in range(4))
    parcels = lay_parcels(plan)
    doors = draw_doors(parcels, plan)
    dwellings = plant_cases(make_dwellings(parcels, doors, details), details)
    homes = make_homes(dwellings)
    years = {
        year: (people, describe_people(people, homes, year, statistics))
        for year, people in simulate_people(homes, events).items()
    }
    return Town(parcels, dwellings, MappingProxyType(years))


def write_demo(
    folder: Path | str,
    *,
    seed: int = DEFAULT_SEED,
    overwrite: bool = False,
    language: str = LANGUAGES[0],
) -> DemoSummary:
    """Write the demo: a synthetic kommune as project file, registers and a text that explains it.

    Every place, name, person and figure is invented and marked as such. The same seed gives the same
    bytes of every file.

    Parameters
    ----------
    folder
        Made where it does not exist; other files in it are left alone.
    seed
        Any whole number from 0 up.
    overwrite
        Whether demo files that are there may be replaced.
    language
        Of the project file's comments and the explanation, ``"da"`` or ``"en"``.

    Raises
    ------
    WriteError
        Where a demo file is there and `overwrite` is not given (nothing is written then), or the folder
        cannot be written to.
    """
    target = Path(folder)
    _require_room(target, overwrite=overwrite)
    texts = load_texts(language)
    town = build_town(seed)
    tables = {
        AREA_FILE: make_areas(town.parcels),
        EXTENSION_FILE: make_extensions(town.parcels),
        SPLIT_FILE: make_splits(town.parcels),
        DWELLING_FILE: make_dwelling_table(town.dwellings),
        REFERENCE_FILE: make_references(),
        LIST_FILE: make_lists(),
        PLAN_FILE: make_plans(town.dwellings),
        FLOW_FILE: make_flows(_open_stream(seed, 4)),
        KOMMUNE_VALUE_FILE: make_kommune_values(seed),
    }
    summary = _summarise(target, seed, town, tables)
    write_parcels(target, town.parcels, texts, seed=seed, overwrite=overwrite)
    write_tables(target, tables, overwrite=overwrite)
    write_residents(target, town.years, town.dwellings["dwelling_id"], seed=seed, overwrite=overwrite)
    write_text(target / README_FILE, describe_demo(summary, texts), overwrite=overwrite)
    write_text(target / PROJECT_FILE, describe_project(texts), overwrite=overwrite)
    return summary


def describe_demo(summary: DemoSummary, texts: Texts) -> str:
    """Return the text that goes with the demo, in the language of `texts`."""
    counts = {
        "parcels": summary.parcels_n,
        "dwellings": summary.dwellings_n,
        "first_residents": summary.residents_n[FIRST_YEAR],
        "last_residents": summary.residents_n[LAST_YEAR],
        "persons": summary.persons_n,
    }
    shown = {name: format_decimal(count, locale=texts.language) for name, count in counts.items()}
    years = {"first_year": FIRST_YEAR, "last_year": LAST_YEAR}
    names = {"kommune": KOMMUNE_NAME, "kommune_code": KOMMUNE_CODE, "seed": summary.seed}
    return texts.get("demo.readme", {**shown, **years, **names}) + "\n"


def describe_project(texts: Texts) -> str:
    """Return the commented project file of the demo."""
    status_date = pd.Timestamp(year=LAST_YEAR, month=1, day=1).date()
    values = {
        "kommune": KOMMUNE_NAME,
        "kommune_code": KOMMUNE_CODE,
        "status_date": status_date.isoformat(),
        "status_date_long": format_date(status_date, format="long", locale=texts.language),
    }
    return texts.get("demo.project_file", values) + "\n"


def _open_stream(seed: int, number: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(number,))))


def _require_room(folder: Path, *, overwrite: bool) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failed:
        reason = failed.strerror or str(failed)
        raise WriteError("demo.no_folder", {"folder": str(folder), "reason": reason}) from failed
    found = [name for name in DEMO_FILES if (folder / name).exists()]
    if found and not overwrite:
        raise WriteError("demo.output_exists", {"folder": str(folder), "files": ", ".join(found)})


def _summarise(folder: Path, seed: int, town: Town, tables: Mapping[str, pd.DataFrame]) -> DemoSummary:
    persons = np.unique(np.concatenate([people.person for people, _ in town.years.values()]))
    return DemoSummary(
        folder=folder,
        seed=seed,
        files=DEMO_FILES,
        parcels_n=len(town.parcels.plots),
        areas_n=len(tables[AREA_FILE]),
        extensions_n=len(tables[EXTENSION_FILE]),
        splits_n=len(tables[SPLIT_FILE]),
        dwellings_n=len(town.dwellings),
        residents_n=MappingProxyType({year: len(people.person) for year, (people, _) in town.years.items()}),
        persons_n=len(persons),
    )
