"""What the files of this folder share: a sound project, a planted city, a village of movers."""

import io
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xlsxwriter

E0, N0 = 645_000.0, 6_255_000.0

PROJECT = """\
[project]
name = "Prøveby"
kommune_code = "0151"
[dates]
status_date = 2025-01-01
[registers.parcels]
path = "matrikler.geojson"
[registers.areas]
files = ["omraader.geojson", "omraader.csv"]
[registers.extensions]
path = "udvidelser.csv"
[registers.splits]
path = "opdelinger.csv"
[registers.dwellings]
path = "boliger.csv"
[registers.residents]
path = "beboere.csv"
[registers.references]
path = "referencer.csv"
[registers.lists]
path = "lister.csv"
[registers.plans]
path = "planer.csv"
"""

DWELLINGS_PROJECT = """\
[dates]
status_date = 2025-01-01
[registers.areas]
path = "omraader.geojson"
[registers.dwellings]
"""

PEOPLE_PROJECT = f"""{DWELLINGS_PROJECT}path = "boliger.csv"
[registers.residents]
path = "beboere.csv"
"""

TABLES = {
    "omraader.csv": """\
area_id;name;residents_2010;parcels
A2;Ærtebjerg;1200;1-4a, 1-5a
""",
    "udvidelser.csv": """\
extension_id;area_id;applied_on;approved_on;status;parcels
E1;A1;2020-05-01;2021-03-01;godkendt;1-2a
E2;A2;2024-05-01;;ansøgt;1-6a
E3;A2;2019-05-01;;afslået;1-0a
""",
    "opdelinger.csv": """\
split_id;area_id;new_area_id;new_name;applied_on;approved_on;status;parcels
S1;A2;A3;Ærtebjerg Øst;2021-06-01;2022-01-01;godkendt;1-5a
""",
    "boliger.csv": """\
dwelling_id;x;y;tenure;use_code;built_year;built_on;relabelled_on;relabelled_from;demolished_on;area_m2;toilet_code
D1;645050,5;6255050;almen_familiebolig;140;1971;;;;;81;T
D2;645060;6255050;Almen ældrebolig;140;1000;;;;;62;T
D3;645250;6255050;privat_udlejning;140;2022;2022-06-01;;;;70;
D4;645450;6255050;ejerbolig;120;1985;;2022-02-02;almen_familiebolig;2024-04-04;101;A
D5;645455;6255055;ukendt;322;1985;;;;;400;
""",
    "beboere.csv": """\
year;dwelling_id;person_id;residents_n;age;origin;labour_outside;is_convicted;gross_income_dkk
2024;D1;P1;1;40;dansk;0,5;nej;251000
2025;D1;P1;;41;dansk;1;nej;250000,5
2025;D1;P2;1;17;ikke-vestlig;;ja;
2025;D2;;2;;;;;
2025;D3;;3;;SYR;;;
""",
    "referencer.csv": """\
year;region_code;national_convicted_share;regional_gross_income_dkk
2024;;0,0175;
2024;1084;;351000
""",
    "lister.csv": """\
list_date;area_id;category
2024-12-01;A1;udsat boligområde
2024-12-01;A1;parallelsamfund
""",
    "planer.csv": """\
område_id;år;handling;antal_boliger;boligtype;status
A1;2026;Ommærkning;12;;planlagt
A1;2021;nybyggeri;20;Privat udlejning;udført
A1;2028;Nybyggeri;8;almen familiebolig;
A2;2024;sale;4;;
A1;2021;demolition;30;;done
A2;2027;nybyggeri andet;16;;planned
""",
}

PARCELS = {f"{column}a": (column, 0) for column in range(8)} | {"0b": (0, 1), "9a": (9, 0)}


def square(column, row, *, width=100, height=100):
    """Return a square of the grid of 100 m."""
    x, y = E0 + 100 * column, N0 + 100 * row
    return shapely.box(x, y, x + width, y + height)


def feature(shape, **properties):
    """Return a GeoJSON feature; `shape` may be a geometry, GeoJSON or None."""
    geometry = json.loads(shapely.to_geojson(shape)) if isinstance(shape, shapely.Geometry) else shape
    return {"type": "Feature", "properties": properties, "geometry": geometry}


class InputFiles:
    """The files of one project, sound in every respect; tests spoil one thing at a time.

    `tables` are text, `layers` lists of GeoJSON features.
    """

    def __init__(self, folder):
        self.folder = folder
        self.project = PROJECT
        self.tables = dict(TABLES)
        self.layers = {
            "matrikler.geojson": [
                feature(square(*cell), cadastral_district="1", parcel_number=number)
                for number, cell in PARCELS.items()
            ],
            "omraader.geojson": [feature(square(0, 0, width=200), area_id="A1", name="Åparken")],
        }

    feature = staticmethod(feature)
    square = staticmethod(square)

    def replace(self, name, old, new):
        """Put `new` in the place of `old`, which must be there once."""
        text = self.project if name == "boligkort.toml" else self.tables[name]
        assert text.count(old) == 1, (name, old)
        text = text.replace(old, new)
        if name == "boligkort.toml":
            self.project = text
        else:
            self.tables[name] = text

    def give_as_workbook(self, stem, *, broken_cell=None):
        """Give a table as a workbook with a title over its heading, which stands in the third row."""
        with xlsxwriter.Workbook(self.folder / f"{stem}.xlsx") as book:
            sheet = book.add_worksheet("Udtræk")
            sheet.write("A1", "Udtræk af registeret")
            for row, line in enumerate(self.tables.pop(f"{stem}.csv").splitlines(), 2):
                sheet.write_row(row, 0, line.split(";"))
            if broken_cell:
                sheet.write_formula(broken_cell, "=NA()", None, "#N/A")
        self.replace("boligkort.toml", f"{stem}.csv", f"{stem}.xlsx")

    def give_as_parquet(self, stem):
        table = pd.read_csv(io.StringIO(self.tables.pop(f"{stem}.csv")), sep=";", dtype="str")
        table.to_parquet(self.folder / f"{stem}.parquet")
        self.replace("boligkort.toml", f"{stem}.csv", f"{stem}.parquet")

    def give_as_geopackage(self, stem):
        features = self.layers.pop(f"{stem}.geojson")
        frame = gpd.GeoDataFrame.from_features(features, crs="EPSG:25832")
        frame.to_file(self.folder / f"{stem}.gpkg", engine="pyogrio")
        self.replace("boligkort.toml", f"{stem}.geojson", f"{stem}.gpkg")

    def leave_out_untouched(self):
        """Leave out the registers that are as they were, where only dwellings or residents are not: faster."""
        touched = {name for name in self.tables if self.tables[name] != TABLES.get(name)}
        if (
            self.project == PROJECT
            and not self.touched_layers()
            and touched <= {"boliger.csv", "beboere.csv"}
        ):
            self.project = PEOPLE_PROJECT

    def touched_layers(self):
        fresh = InputFiles(self.folder).layers
        return [name for name, features in self.layers.items() if features != fresh.get(name)]

    def write(self):
        (self.folder / "boligkort.toml").write_text(self.project, encoding="utf-8")
        for name, text in self.tables.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        for name, features in self.layers.items():
            crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
            collection = {"type": "FeatureCollection", "crs": crs, "features": features}
            (self.folder / name).write_text(json.dumps(collection), encoding="utf-8")
        return self.folder

    def load(self):
        from boundaries.registers.project import load_project

        return load_project(self.write())

    def read(self):
        from boundaries.registers.readers import read_registers

        return read_registers(self.load())

    def read_dwellings(self, files, options=""):
        """Read a project with dwellings from files: text, bytes, or None for a layer of `layers`."""
        names = ", ".join(f'"{name}"' for name in files)
        self.project = f"{DWELLINGS_PROJECT}files = [{names}]\n{options}\n"
        self.tables = {name: text for name, text in files.items() if isinstance(text, str)}
        for name, content in files.items():
            if isinstance(content, bytes):
                (self.folder / name).write_bytes(content)
        return self.read()


@pytest.fixture
def input_files(tmp_path):
    return InputFiles(tmp_path)


@pytest.fixture
def name_place():
    """Tell the place of a finding: register, file with line or feature id, column."""

    def name(found):
        line = "" if pd.isna(found["line"]) else f":{found['line']}"
        column = "" if pd.isna(found["column"]) else found["column"]
        return f"{found['register']} {found['file']}{line} {column}".strip()

    return name


@pytest.fixture
def read_dwellings(input_files):
    """Read a sound project whose dwellings are the given files, and return its registers."""
    return input_files.read_dwellings


@pytest.fixture
def dar():
    """Two addresses of an extract of DAR, each with its house number and point; there is no A2."""
    return {
        "adresse.csv": """\
id_lokalId,status,adressebetegnelse,husnummer
A1,3,"Ærøvej 1, 1. tv",H1
A3,3,Ærøvej 2,H2
""",
        "husnummer.csv": """\
id_lokalId,status,husnummertekst,adgangsadressebetegnelse,adgangspunkt
H1,3,1,Ærøvej 1,X1
H2,3,2,Ærøvej 2,X2
""",
        "adressepunkt.csv": f"""\
id_lokalId,status,oprindelse_tekniskStandard,position
X1,8,TD,POINT({E0 + 59} {N0 + 59})
X2,8,TK,POINT({E0 + 250.5} {N0 + 50})
""",
    }


@pytest.fixture(scope="session")
def planted_city():
    """A city of cells with three zones planted in it."""
    from data.synthetic.city import make_city

    return make_city(3, side_n=40, zones_n=3)


@pytest.fixture(scope="session")
def planted_screening(planted_city):
    """What the screening finds in that city by the settings as they are."""
    from boundaries.registers.cell_columns import CELL_DTYPES
    from boundaries.screening.screening import screen
    from boundaries.screening.settings import ScreeningSettings

    return screen(planted_city.cells.reindex(columns=list(CELL_DTYPES)), ScreeningSettings())


class Village:
    """Two areas of one kommune and two dwellings in another, and who lived where in 2024 and 2025."""

    places = pd.DataFrame(
        [
            ("A1", "0101", "A", True, True),
            ("A2", "0101", "A", True, True),
            ("AX", "0101", "A", False, False),
            ("B1", "0101", "B", True, True),
            ("C1", "0265", None, False, False),
            ("C2", "0265", None, False, True),
        ],
        columns=["dwelling_id", "kommune_code", "area_id", "is_counted", "is_almen"],
    ).astype({"dwelling_id": "str", "kommune_code": "str", "area_id": "str"})

    story = (
        (2024, "A1", "stays", 40), (2025, "A1", "stays", 41),
        (2024, "A1", "within", 40), (2025, "A2", "within", 41),
        (2024, "A1", "to_b", 30), (2025, "B1", "to_b", 31),
        (2024, "A1", "to_c", 30), (2025, "C1", "to_c", 31),
        (2024, "C1", "to_a", 30), (2025, "A2", "to_a", 31),
        (2024, "A2", "gone", 80),
        (2025, "A1", "baby", 0),
        (2025, "A1", "new", 25),
        (2024, "A1", "uncounted", 50), (2025, "AX", "uncounted", 51),
        (2024, "AX", "counted", 50), (2025, "A1", "counted", 51),
        (2024, "C1", "elsewhere", 50), (2025, "C2", "elsewhere", 51),
    )  # fmt: skip

    @staticmethod
    def residents(rows, **columns):
        """Residents of (year, dwelling, person, age) and further columns by name."""
        frame = pd.DataFrame(rows, columns=["year", "dwelling_id", "person_id", "age"])
        defaults = {
            "residents_n": 1,
            "origin": "dansk",
            "labour_outside": np.nan,
            "is_convicted": pd.NA,
            "education": pd.NA,
            "gross_income_dkk": np.nan,
            "disposable_income_dkk": np.nan,
            "is_student": False,
            "is_taxable": True,
        }
        for name, value in (defaults | columns).items():
            frame[name] = value
        dtypes = {
            "year": "Int64", "age": "Int64", "residents_n": "int64", "labour_outside": "float64",
            "gross_income_dkk": "float64", "disposable_income_dkk": "float64", "is_convicted": "boolean",
            "is_student": "boolean", "is_taxable": "boolean",
        }  # fmt: skip
        return frame.astype({name: dtypes.get(name, "str") for name in frame.columns})

    def follow(
        self, residents, *, then=None, now=None, level="area_id", year=2025, membership="counted", events=None
    ):
        """Match the residents of two years and say of each what he did; the places are `then` and `now`."""
        from boundaries.moves.classification import classify_persons
        from boundaries.moves.places import Level, code_units
        from boundaries.moves.snapshots import match_years

        then, now = (self.places if places is None else places for places in (then, now))
        ids = pd.Series(sorted({*then["dwelling_id"], *now["dwelling_id"]}), dtype="str")
        matched = match_years(residents, ids, year)
        units = code_units(then, now, ids, level=Level(level), membership=membership)
        return matched, classify_persons(matched, units, events)

    def balance(self, residents, *, by=(), **options):
        """Balance the residents of each unit, which must sum."""
        from boundaries.moves.balance import balance_residents, find_imbalances
        from boundaries.moves.groups import group_persons

        matched, classified = self.follow(residents, **options)
        table = balance_residents(matched, classified, group_persons(matched, by))
        assert find_imbalances(table).empty
        return table


@pytest.fixture(scope="session")
def village():
    return Village()
