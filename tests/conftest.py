"""Hand-drawn registers that every room's tests can build on."""

import json
import os
from datetime import date
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

from boundaries.assessment import assess
from boundaries.designation.made_list import make_list
from boundaries.disclosure.lists import publish_list
from boundaries.model import FINDING_COLUMNS, Registers
from boundaries.registers.project import load_project
from boundaries.registers.readers import read_registers
from cli import main

# A busy machine must not fail a property; in CI the same examples are tried each time.
settings.register_profile(
    "boligkort",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("boligkort")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

E0, N0 = 645_000.0, 6_255_000.0

DWELLING_DEFAULTS = {
    "address": "Prøvevej 1",
    "x": E0 + 50,
    "y": N0 + 50,
    "tenure": "almen_familiebolig",
    "tenure_source": pd.NA,
    "use_code": "140",
    "is_dwelling": True,
    "built_year": 1970,
    "built_on": pd.NaT,
    "relabelled_on": pd.NaT,
    "relabelled_from": pd.NA,
    "demolished_on": pd.NaT,
    "area_m2": 80,
    "toilet_code": pd.NA,
    "bath_code": pd.NA,
    "heating_code": pd.NA,
}
RESIDENT_DEFAULTS = {
    "year": 2025,
    "residents_n": 1,
    "person_id": pd.NA,
    "age": 40,
    "origin": "dansk",
    "labour_outside": pd.NA,
    "is_convicted": pd.NA,
    "education": pd.NA,
    "gross_income_dkk": pd.NA,
    "disposable_income_dkk": pd.NA,
    "is_student": pd.NA,
    "is_taxable": pd.NA,
}
DTYPES = {
    "x": "float64",
    "y": "float64",
    "is_dwelling": "bool",
    "built_year": "Int64",
    "area_m2": "Int64",
    "year": "Int64",
    "age": "Int64",
    "residents_n": "int64",
    "residents_2010": "Int64",
    "labour_outside": "float64",
    "gross_income_dkk": "float64",
    "disposable_income_dkk": "float64",
    "is_convicted": "boolean",
    "is_student": "boolean",
    "is_taxable": "boolean",
    **dict.fromkeys(
        ("built_on", "relabelled_on", "demolished_on", "applied_on", "approved_on", "list_date"),
        "datetime64[s]",
    ),
}


def frame(rows, columns):
    """Build a canonical frame: text where no dtype is named."""
    made = pd.DataFrame(rows, columns=list(columns)).astype(object)
    for column in columns:
        dtype = DTYPES.get(column, "str")
        if dtype == "datetime64[s]":
            made[column] = pd.to_datetime(made[column]).astype(dtype)
        elif column != "geometry":
            values = made[column].where(made[column].notna(), None if dtype == "float64" else pd.NA)
            made[column] = values.astype(dtype)
    return made


def geoframe(rows, columns):
    made = frame(rows, columns)
    shapes = [shape if isinstance(shape, shapely.Geometry) else None for shape in made["geometry"]]
    return gpd.GeoDataFrame(
        made.drop(columns="geometry"), geometry=gpd.array.from_shapely(shapes, crs="EPSG:25832")
    )


class Town:
    """Squares of 100 m on a grid in the open sea; parcel ``1-2c`` is column 2, row 3 ("c")."""

    @staticmethod
    def square(column, row, *, width=100, height=100):
        x, y = E0 + 100 * column, N0 + 100 * row
        return shapely.box(x, y, x + width, y + height)

    @staticmethod
    def middle(column, row):
        return {"x": E0 + 100 * column + 50, "y": N0 + 100 * row + 50}

    def parcels(self, cells):
        rows = [
            {
                "parcel_key": f"1-{column}{chr(97 + row)}",
                "cadastral_district": "1",
                "parcel_number": f"{column}{chr(97 + row)}",
                "geometry": self.square(column, row),
            }
            for column, row in cells
        ]
        made = geoframe(rows, ["parcel_key", "cadastral_district", "parcel_number", "geometry"])
        return made.sort_values("parcel_key", ignore_index=True)

    @staticmethod
    def registers(**tables):
        """Build `Registers`; every table may be left out."""
        empty = {
            "areas": ["area_id", "name", "kommune_code", "residents_2010", "geometry"],
            "parcels": ["parcel_key", "cadastral_district", "parcel_number", "geometry"],
            "extensions": ["extension_id", "area_id", "applied_on", "approved_on", "status", "geometry"],
            "splits": [
                "split_id", "area_id", "new_area_id", "new_name", "applied_on", "approved_on", "status", "geometry",
            ],
        }  # fmt: skip
        plain = {
            "area_parcels": ["area_id", "parcel_key"],
            "extension_parcels": ["extension_id", "parcel_key"],
            "split_parcels": ["split_id", "parcel_key"],
            "dwellings": ["dwelling_id", *DWELLING_DEFAULTS],
            "residents": ["dwelling_id", *RESIDENT_DEFAULTS],
            "references": ["year", "region_code", "key", "value"],
            "lists": ["list_date", "area_id", "category"],
            "findings": list(FINDING_COLUMNS),
            "files": ["register", "file", "layer", "rows_n", "sha256", "bytes_n"],
        }
        defaults = {"dwellings": DWELLING_DEFAULTS, "residents": RESIDENT_DEFAULTS}
        built = {}
        for name, columns in {**empty, **plain}.items():
            rows = tables.get(name, [])
            if isinstance(rows, pd.DataFrame):
                built[name] = rows
                continue
            rows = [{**defaults.get(name, {}), **row} for row in rows]
            if name == "areas":
                rows = [
                    {"kommune_code": "0999", "residents_2010": 1200, "geometry": None, **row} for row in rows
                ]
            built[name] = geoframe(rows, columns) if name in empty else frame(rows, columns)
        return Registers(**built)


class ListTown:
    """Areas of so many persons, each one square with one dwelling, and the list that is made of them."""

    marks = {"non_western": 600, "convicted": 30, "primary": 700, "outside": 500}
    references = [
        *({"year": year, "key": "national_convicted_share", "value": 0.0066} for year in range(2021, 2025)),
        *(
            {"year": year, "region_code": "1084", "key": "regional_gross_income_dkk", "value": 400_000.0}
            for year in range(2021, 2025)
        ),
    ]

    def __init__(self, town):
        self.town = town

    @staticmethod
    def people(dwelling, n, *, year, age=40, missing=0, **marks):
        """n persons; the first so many of them have each mark, and the last so many an unknown origin."""
        return [
            {
                "dwelling_id": dwelling,
                "year": year,
                "age": age,
                "origin": pd.NA
                if i >= n - missing
                else "ikke_vestlig"
                if i < marks.get("non_western", 0)
                else "dansk",
                "labour_outside": float(i < marks.get("outside", 0)),
                "is_convicted": i < marks.get("convicted", 0),
                "education": "grundskole" if i < marks.get("primary", 0) else "gymnasial",
                "gross_income_dkk": float(marks.get("income", 200_000) + 1_000 * i),
                "is_student": False,
                "is_taxable": True,
            }
            for i in range(n)
        ]

    @staticmethod
    def reference_frame(rows):
        frame = pd.DataFrame(rows, columns=["year", "region_code", "key", "value"])
        return frame.astype({"year": "Int64", "region_code": "str", "key": "str", "value": "float64"})

    def make(self, areas, *, references=None, lists=(), threshold_n=5, extra=(), **tables):
        """Make the list of areas by id: (persons, marks[, marks of the year before])."""
        from boundaries.assessment import assess
        from boundaries.designation.made_list import make_list
        from boundaries.model import Settings

        rows, residents, shapes = [], [], []
        for at, (area_id, (n, marks, *before)) in enumerate(areas.items()):
            shapes.append({"area_id": area_id, "name": area_id, "geometry": self.town.square(2 * at, 0)})
            rows.append({"dwelling_id": f"d{area_id}", **self.town.middle(2 * at, 0)})
            residents += self.people(f"d{area_id}", n, year=2024, **marks)
            residents += self.people(f"d{area_id}", n, year=2023, **(before[0] if before else marks))
        registers = self.town.registers(
            areas=shapes,
            dwellings=[*rows, *tables.pop("dwellings", [])],
            residents=[*residents, *extra],
            references=self.reference_frame(self.references) if references is None else references,
            lists=[{"list_date": day, "area_id": key, "category": word} for day, key, word in lists],
            **tables,
        )
        assessment = assess(registers, Settings(suppression_threshold_n=threshold_n), date(2024, 1, 1))
        return make_list(registers, assessment)


@pytest.fixture(scope="session")
def town():
    return Town()


@pytest.fixture(scope="session")
def list_town(town):
    return ListTown(town)


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real extracts beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real extracts do not lie beside the checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def run():
    """Run a command line as a user would; an error that is not ours is raised."""

    def invoke(*args):
        return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)

    return invoke


@pytest.fixture(scope="session")
def demo(tmp_path_factory, run):
    """The folder of the synthetic kommune with its result, and what the command printed."""
    folder = tmp_path_factory.mktemp("demo") / "kommune"
    result = run("demo", folder)
    assert result.exit_code == 0, result.stderr
    return folder, result


@pytest.fixture(scope="session")
def demo_registers(demo):
    """The project and the registers of the synthetic kommune, read once: a test changes copies alone."""
    project = load_project(demo[0])
    return project, read_registers(project)


@pytest.fixture(scope="session")
def demo_lists(demo_registers):
    """Publish the list of the synthetic kommune for a year; every year is made once."""
    project, registers = demo_registers

    @cache
    def find(year):
        assessment = assess(registers, project.settings, date(year, 1, 1), is_synthetic=True)
        return publish_list(make_list(registers, assessment))

    return find


@pytest.fixture(scope="session")
def answer(demo):
    """What `resultat.json` of the synthetic kommune says."""
    return json.loads((demo[0] / "resultat" / "resultat.json").read_text(encoding="utf-8"))
