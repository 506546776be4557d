"""The files of the demo folder: the same town gives the same bytes."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.synthetic.dwellings import DWELLING_COLUMNS
from data.synthetic.households import ORIGINS
from data.synthetic.names import DISTRICTS
from data.synthetic.parcels import Parcels
from data.synthetic.population import People
from data.synthetic.traits import Traits
from data.texts import Texts
from geo.crs import WORKING_CRS
from geo.geopackage import Column, Layer, write_geopackage
from geo.writers import replace_file, write_csv

PARCEL_FILE = "matrikler.gpkg"
AREA_FILE = "boligomraader.csv"
EXTENSION_FILE = "udvidelser.csv"
SPLIT_FILE = "opdelinger.csv"
DWELLING_FILE = "boliger.csv"
RESIDENT_FILE = "beboere.parquet"
REFERENCE_FILE = "referencer.csv"
LIST_FILE = "lister.csv"
PLAN_FILE = "planer.csv"
FLOW_FILE = "flytninger.csv"
KOMMUNE_VALUE_FILE = "kommunetal.csv"
PROJECT_FILE = "boligkort.toml"
README_FILE = "README.md"

DEMO_FILES = (
    README_FILE,
    PROJECT_FILE,
    PARCEL_FILE,
    AREA_FILE,
    EXTENSION_FILE,
    SPLIT_FILE,
    DWELLING_FILE,
    RESIDENT_FILE,
    REFERENCE_FILE,
    LIST_FILE,
    PLAN_FILE,
    FLOW_FILE,
    KOMMUNE_VALUE_FILE,
)
"""Every file of a demo folder."""


def write_parcels(folder: Path, parcels: Parcels, texts: Texts, *, seed: int, overwrite: bool) -> None:
    """Write the parcels as a GeoPackage whose layer and metadata say that they are invented."""
    districts = dict(DISTRICTS.values())
    frame = gpd.GeoDataFrame(
        {
            "cadastral_district": list(parcels.district_codes),
            "district_name": [districts[code] for code in parcels.district_codes],
            "parcel_number": list(parcels.numbers),
        },
        geometry=parcels.geometry,
        crs=WORKING_CRS,
    )
    layer = Layer(
        name="matrikler",
        frame=frame,
        title=texts.get("demo.layer.title"),
        description=texts.get("demo.layer.description"),
        columns={
            "cadastral_district": Column(title=texts.get("demo.layer.cadastral_district")),
            "district_name": Column(title=texts.get("demo.layer.district_name")),
            "parcel_number": Column(title=texts.get("demo.layer.parcel_number")),
        },
    )
    metadata = {"is_synthetic": "true", "seed": str(seed), "description": texts.get("demo.layer.description")}
    write_geopackage(folder / PARCEL_FILE, [layer], metadata=metadata, overwrite=overwrite)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], *, overwrite: bool) -> None:
    """Write each table, by the name of its file, in the dialect of Danish Excel."""
    for name, frame in tables.items():
        write_csv(folder / name, frame, overwrite=overwrite)


def make_dwelling_table(dwellings: pd.DataFrame) -> pd.DataFrame:
    """Return the register of dwellings: the canonical columns only."""
    return dwellings[list(DWELLING_COLUMNS)]


def write_residents(
    folder: Path,
    years: Mapping[int, tuple[People, Traits]],
    dwelling_ids: pd.Series,
    *,
    seed: int,
    overwrite: bool,
) -> None:
    """Write everyone of every year as Parquet, by year, dwelling and person."""
    ids = dwelling_ids.to_numpy(dtype=object)
    table = pa.concat_tables([_tabulate(year, *found, ids) for year, found in sorted(years.items())])
    marked = table.replace_schema_metadata({"is_synthetic": "true", "seed": str(seed)})
    with replace_file(folder / RESIDENT_FILE, overwrite=overwrite) as temporary:
        pq.write_table(marked, temporary, compression="zstd")


def _tabulate(year: int, people: People, traits: Traits, dwelling_ids: np.ndarray) -> pa.Table:
    order = np.lexsort((people.person, people.home))
    is_child = (traits.age < 15)[order]
    return pa.table(
        {
            "year": pa.array(np.full(len(order), year), pa.int32()),
            "dwelling_id": pa.array(dwelling_ids[people.home[order]], pa.string()),
            "person_id": pa.array([f"SYN-P{number:06d}" for number in people.person[order]], pa.string()),
            "age": pa.array(traits.age[order], pa.int32()),
            "origin": pa.array(np.array(ORIGINS, dtype=object)[people.origin[order]], pa.string()),
            "labour_outside": pa.array(traits.labour_outside[order], pa.float64(), from_pandas=True),
            "convicted": pa.array(traits.is_convicted[order].astype(np.int8), pa.int8(), mask=is_child),
            "education": pa.array(traits.education[order], pa.string()),
            "gross_income": pa.array(traits.gross_income_dkk[order], pa.int64(), mask=is_child),
            "disposable_income": pa.array(traits.disposable_income_dkk[order], pa.int64(), mask=is_child),
            "is_student": pa.array(traits.is_student[order], pa.bool_(), mask=is_child),
            "is_taxable": pa.array(traits.is_taxable[order], pa.bool_(), mask=is_child),
        }
    )
