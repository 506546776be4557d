"""Hand-made results: three areas on drawn parcels, four extensions, and dwellings of every decision."""

import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from boundaries.assessment import assess, check_dwellings
from boundaries.city_screening import CityInputs
from boundaries.delineation.comparison import DwellingCheck, Question
from boundaries.designation.made_list import make_list
from boundaries.disclosure.lists import PublishedList, publish_made
from boundaries.disclosure.suppression import publish_assessment
from boundaries.model import (
    FINDING_COLUMNS,
    REASON_DECISIONS,
    Assessment,
    Reason,
    Registers,
    ResidentTotals,
    Settings,
)
from boundaries.registers.cell_columns import CELL_DTYPES
from boundaries.screening.settings import ScreeningSettings
from data.synthetic.city import make_city
from data.texts import load_texts
from maps.area_map import render_area_map
from maps.dwelling_map import render_dwelling_map
from maps.swipe_map import SwipeSide, name_sides, render_swipe_map

CRS = "EPSG:25832"
X0, Y0 = 720_000.0, 6_175_000.0


def draw_parcel(column, row, width=1, height=1):
    """A parcel on a slightly turned 60 m grid, so that nothing lies along the axes."""
    box = shapely.box(60 * column, 60 * row, 60 * (column + width), 60 * (row + height))
    turned = shapely.affinity.rotate(box, 17, origin=(0, 0))
    return shapely.affinity.translate(turned, X0, Y0)


# parcel_key, area, piece, extension, shape
PIECES = [
    ("1000001-1a", "A1", "base", None, draw_parcel(0, 0, 2, 2)),
    ("1000001-1b", "A1", "base", None, draw_parcel(2, 0, 2, 2)),
    ("1000001-1c", "A1", "base", None, draw_parcel(0, 2, 4, 1)),
    ("1000001-2a", "A1", "extension", "U1", draw_parcel(4, 0, 2, 3)),
    ("1000001-7a", "A2", "base", None, draw_parcel(10, 1, 2, 3)),
    ("1000001-7b", "A2", "base", None, draw_parcel(13, 1, 1, 3)),
    ("1000001-9", "A3", "base", None, draw_parcel(4, 8, 3, 2)),
]
EXTENSIONS = [
    ("U1", "A1", "2020-02-01", "2021-05-01", "godkendt", True, draw_parcel(4, 0, 2, 3)),
    ("U2", "A2", "2024-06-01", None, "ansøgt", False, draw_parcel(10, 4, 2, 1)),
    ("U3", "A3", "2023-01-15", None, "afslået", False, draw_parcel(7, 8, 1, 2)),
    ("U4", "A3", "2024-01-15", "2025-07-01", "godkendt", False, draw_parcel(4, 10, 3, 1)),
]
NAMES = {"A1": "Ærtebjerggård", "A2": "Østerhaven", "A3": "Ålekisteparken"}


def make_multipolygon(shape):
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


def make_pieces():
    return gpd.GeoDataFrame(
        {
            "area_id": [p[1] for p in PIECES],
            "piece": [p[2] for p in PIECES],
            "extension_id": pd.array([p[3] for p in PIECES], dtype="str"),
            "approved_on": pd.to_datetime([None if p[3] is None else "2021-05-01" for p in PIECES]).astype(
                "datetime64[s]"
            ),
            "split_id": pd.array([None] * len(PIECES), dtype="str"),
            "parcel_key": [p[0] for p in PIECES],
        },
        geometry=[make_multipolygon(p[4]) for p in PIECES],
        crs=CRS,
    )


def make_extensions():
    return gpd.GeoDataFrame(
        {
            "extension_id": [e[0] for e in EXTENSIONS],
            "area_id": [e[1] for e in EXTENSIONS],
            "applied_on": pd.to_datetime([e[2] for e in EXTENSIONS]).astype("datetime64[s]"),
            "approved_on": pd.to_datetime([e[3] for e in EXTENSIONS]).astype("datetime64[s]"),
            "status": [e[4] for e in EXTENSIONS],
            "is_in_force": [e[5] for e in EXTENSIONS],
            "area_m2": [float(e[6].area) for e in EXTENSIONS],
            "dwellings_n": [40, 0, 3, 0],
            "counted_n": [12, 0, 0, 0],
            "not_counted_n": [25, 0, 0, 0],
            "undecided_n": [3, 0, 0, 0],
        },
        geometry=[make_multipolygon(e[6]) for e in EXTENSIONS],
        crs=CRS,
    )


def make_areas(names=NAMES):
    pieces = make_pieces()
    shapes = {a: shapely.union_all(g.to_numpy()) for a, g in pieces.groupby("area_id")["geometry"]}
    ids = ["A1", "A2", "A3"]
    return gpd.GeoDataFrame(
        {
            "area_id": ids,
            "name": [names[i] for i in ids],
            "kommune_code": ["0999"] * 3,
            "residents_2010": pd.array([2400, None, 1100], dtype="Int64"),
            "area_m2": [float(shapes[i].area) for i in ids],
            "parcels_n": [4, 2, 1],
            "extensions_n": [1, 0, 0],
            "groups_n": [1, 2, 1],
            "widest_gap_m": [0.0, 60.0, 0.0],
            "dwellings_n": [1240, 310, 6],
            "counted_n": [1180, 300, 3],
            "not_counted_n": [52, 10, 3],
            "undecided_n": [8, 0, 0],
            "residents_counted_n": [2650, 702, 4],
            "residents_not_counted_n": [97, 21, 6],
            "residents_undecided_n": [17, 0, 0],
            "residents_min_n": [2650, 702, 4],
            "residents_max_n": [2667, 702, 4],
        },
        geometry=[make_multipolygon(shapes[i]) for i in ids],
        crs=CRS,
    )


def make_dwellings(n=120, addresses=None):
    """`n` dwellings over every reason, ten to a stairway, the last without a point."""
    reasons = list(Reason)
    pieces = make_pieces()
    records = pieces.drop(columns="geometry").to_dict("records")
    centres = list(pieces.geometry.representative_point())
    rows = []
    for i in range(n):
        reason = reasons[i % len(reasons)]
        piece, centre = records[(i // 10) % len(records)], centres[(i // 10) % len(records)]
        is_lost = i == n - 1
        rows.append(
            {
                "dwelling_id": f"B{i:05d}",
                "address": addresses[i % len(addresses)]
                if addresses
                else f"Ellevej {i // 10 + 1}, {i % 10}. tv",
                "x": float("nan") if is_lost else centre.x + (i // 70) % 9 * 11,
                "y": float("nan") if is_lost else centre.y - (i // 630) * 7,
                "tenure": "privat_udlejning" if i % 3 else "almen_familiebolig",
                "tenure_source": "ejerforhold_30" if i % 3 else "enh046_10",
                "use_code": "140",
                "is_dwelling": True,
                "built_year": None if i % 17 == 0 else 1960 + i % 60,
                "built_on": pd.Timestamp("2022-03-04") if i % 29 == 0 else pd.NaT,
                "relabelled_on": pd.Timestamp("2023-01-02") if i % 31 == 0 else pd.NaT,
                "relabelled_from": "almen_familiebolig" if i % 31 == 0 else None,
                "demolished_on": pd.NaT,
                "area_m2": 80,
                "toilet_code": "T",
                "bath_code": "V",
                "heating_code": "1",
                "area_id": None if REASON_DECISIONS[reason] == "outside" else piece["area_id"],
                "piece": piece["piece"],
                "extension_id": piece["extension_id"],
                "parcel_key": piece["parcel_key"],
                "decision": REASON_DECISIONS[reason].value,
                "reason": reason.value,
            }
        )
    frame = pd.DataFrame(rows)
    words = [
        "dwelling_id",
        "address",
        "tenure",
        "tenure_source",
        "use_code",
        "relabelled_from",
        "toilet_code",
        "bath_code",
        "heating_code",
    ]
    words += ["area_id", "piece", "extension_id", "parcel_key", "decision", "reason"]
    frame = frame.astype(dict.fromkeys(words, "str") | {"built_year": "Int64", "area_m2": "Int64"})
    for name in ("built_on", "relabelled_on", "demolished_on"):
        frame[name] = frame[name].astype("datetime64[s]")
    return frame


def make_findings(n=1):
    return pd.DataFrame(
        [
            {
                "severity": "error" if i % 2 == 0 else "warning",
                "rule": "unknown_code",
                "register": "dwellings",
                "file": "boliger.csv",
                "layer": "",
                "line": 1204 + i,
                "column": "use_code",
                "record_id": f"0A-{i}",
                "value": "143",
                "other": None,
                "measure": float("nan"),
            }
            for i in range(n)
        ],
        columns=list(FINDING_COLUMNS),
    ).astype({"line": "Int64"})


def make_assessment(names=NAMES, *, is_synthetic=True, dwellings_n=120):
    return Assessment(
        status_date=date(2025, 1, 1),
        settings=Settings(),
        areas=make_areas(names),
        pieces=make_pieces(),
        extensions=make_extensions(),
        dwellings=make_dwellings(dwellings_n),
        residents=pd.DataFrame(
            columns=["area_id", "age_group", "origin_group", "counted_n", "not_counted_n", "undecided_n"]
        ),
        totals=ResidentTotals(counted_n=3356, not_counted_n=124, undecided_n=17, outside_n=500),
        edge_ties_n=0,
        findings=make_findings(0),
        files=pd.DataFrame(
            {
                "register": ["dwellings"],
                "file": ["boliger.csv"],
                "layer": [""],
                "rows_n": [1560],
                "sha256": ["ab"],
                "bytes_n": [9],
            }
        ),
        is_synthetic=is_synthetic,
    )


@pytest.fixture
def assessment():
    return make_assessment()


@pytest.fixture(scope="session")
def texts():
    return load_texts("da")


@pytest.fixture(scope="session")
def make():
    """The builders above, for tests that need another variant (test folders are no packages)."""
    return {
        "assessment": make_assessment,
        "areas": make_areas,
        "dwellings": make_dwellings,
        "pieces": make_pieces,
        "extensions": make_extensions,
        "findings": make_findings,
    }


def make_city_inputs(files=None, *, side_n=30, zones_n=2):
    """What the screening of a planted city reads; `files` are (register, file)."""
    cells = make_city(4, side_n=side_n, zones_n=zones_n).cells
    files = pd.DataFrame(files or [("cells", "celler.csv")], columns=["register", "file"])
    return CityInputs(
        cells=cells.reindex(columns=list(CELL_DTYPES)).astype(dict(CELL_DTYPES)),
        registers=None,
        places=None,
        old_zones=None,
        settings=ScreeningSettings(),
        files=files.assign(layer="", rows_n=len(cells), sha256=""),
        findings=pd.DataFrame(),
    )


@pytest.fixture(scope="session")
def city_inputs():
    return make_city_inputs


@pytest.fixture(scope="session")
def area_document(texts):
    return render_area_map(make_assessment(), texts, title="Eksempelby")


@pytest.fixture(scope="session")
def dwelling_document(texts):
    day = date(2025, 1, 1)
    return render_dwelling_map(
        make_dwellings(300), make_pieces(), texts, title="Ærtebjerggård", status_date=day
    )


CHROMIUM = next(
    filter(
        None,
        [os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))],
    ),
    None,
)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium, one a module."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not found (set CHROMIUM to its path)")
    with playwright.sync_playwright() as engine:
        running = engine.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield running
        running.close()


@pytest.fixture
def open_page(browser, tmp_path):
    """Open a document with the network off; the page must stay silent and alone to the end."""
    pages, noise = [], []

    def open_document(document, *, width=1400, height=900, dark=False):
        path = Path(tmp_path) / f"page{len(pages)}.html"
        path.write_text(document, encoding="utf-8", newline="")
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            offline=True,
        )
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on(
            "request",
            lambda request: (
                noise.append(request.url)
                if request.url != path.as_uri() and not request.url.startswith(("data:", "blob:"))
                else None
            ),
        )
        page.goto(path.as_uri())
        page.wait_for_selector(".side tbody tr")
        pages.append(page)
        return page

    yield open_document
    for page in pages:
        assert page.evaluate("window.ran") is None
        page.context.close()
    assert noise == []


@dataclass(frozen=True)
class DemoPages:
    """The synthetic kommune as pages see it."""

    registers: Registers
    shown: Assessment
    listed: PublishedList
    check: DwellingCheck
    sides: tuple[SwipeSide, SwipeSide]
    swipe: str


@pytest.fixture(scope="session")
def demo_pages(demo_registers, texts):
    """Read the synthetic kommune, publish its list, and set LS02 without and with its extension side by side."""
    project, registers = demo_registers
    settings, day = project.settings, project.status_date
    assessment = assess(registers, settings, day, is_synthetic=True)
    question = Question(area_id="LS02", without_extension="UDV-01")
    check = check_dwellings(registers, settings, day, question, is_synthetic=True)
    return DemoPages(
        registers=registers,
        shown=publish_assessment(assessment).assessment,
        listed=publish_made(make_list(registers, assessment)),
        check=check,
        sides=name_sides(check.sides, texts),
        swipe=render_swipe_map(check, texts),
    )
