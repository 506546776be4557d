"""The four public shapes of the kommuner: each gives a right map that is small and quick."""

import json
import re

import pytest
import shapely

from boundaries.registers.kommuner import read_kommuner
from data.synthetic.kommune_values import make_kommune_values
from data.texts import load_texts
from maps.classes import classify
from maps.kommune_map import render_kommune_map
from maps.kommune_rows import collect_values
from maps.kommune_topic import Topic, Unit
from maps.page import read_leaflet_script

FILES = [
    "dagi_2mio_2021_KOMMUNE.shp",
    "kommuner_500k_2014.geojson",
    "kommuner_kode_navn_invalid.geojson",
    "kommuner_komkode_int.geojson",
]
LARGEST_BYTES = 1_200_000
TOPIC = Topic(title="Områder", value_label="Forebyggelsesområder", unit=Unit.COUNT, is_synthetic=True)

pytestmark = pytest.mark.real_data


def render(geometry):
    values = make_kommune_values(2020).rename(columns={"prevention_areas_n": "value"})
    values = values.astype({"value": float}).assign(is_hidden=False)
    classes = classify(collect_values(values, TOPIC)[0], method="fisher_jenks")
    return render_kommune_map(values, load_texts(), topic=TOPIC, classes=classes, geometry=geometry)


@pytest.fixture(scope="module", params=FILES)
def document(request, shared_data):
    frame = read_kommuner(shared_data / "kommuner" / request.param).frame
    return frame, render(frame)


def decode(polygons):
    """Read the polygons of a page the way its script does."""
    parts = []
    for rings in polygons:
        x = y = 0
        decoded = []
        for steps in rings:
            line = []
            for right, up in zip(steps[::2], steps[1::2], strict=True):
                x, y = x + right, y + up
                line.append((x / 1e6, y / 1e6))
            decoded.append(line)
        parts.append(shapely.Polygon(decoded[0], decoded[1:]))
    return shapely.make_valid(shapely.MultiPolygon(parts))


def test_every_kommune_is_drawn_where_it_lies(document):
    frame, text = document
    data = json.loads(re.search(r'id="kommuner-data">(.*?)</script>', text, re.DOTALL)[1])
    degrees = frame.to_crs(4326).set_index("kommune_code").geometry
    assert {code for code in data["polygons"] if code != "0411"} == {
        one["key"] for one in data["kommuner"]
    } - {"0411"}
    for code, encoded in data["polygons"].items():
        drawn = decode(encoded)
        true = shapely.make_valid(degrees[code])
        # Christiansø, of a third of a square kilometre, may become as plain as a triangle.
        most = 0.6 if code == "0411" else 0.05
        wrong = shapely.area(shapely.symmetric_difference(drawn, true, grid_size=1e-7))
        assert wrong < most * true.area, code
        anchor = data["anchors"][code]
        assert shapely.intersects(true, shapely.Point(anchor[0] / 1e6, anchor[1] / 1e6)), code
    assert len(data["regionBorders"]) >= 4


def test_the_page_is_small(document):
    size = len(document[1].encode())
    print(f"{size:,} bytes")
    assert size < LARGEST_BYTES
    assert read_leaflet_script() in document[1]


@pytest.mark.browser
def test_the_page_is_drawn_in_under_a_second(document, open_page):
    # The processor time of the page's own thread: what the page takes, whatever else the machine does.
    page = open_page(document[1])
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.reload()
    page.wait_for_selector(".side tbody tr")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    print(
        f"{1000 * metrics['TaskDuration']:.0f} ms, of these scripts {1000 * metrics['ScriptDuration']:.0f} ms"
    )
    assert page.locator("path.kommune").count() >= 98
    assert 0.01 < metrics["TaskDuration"] < 1
