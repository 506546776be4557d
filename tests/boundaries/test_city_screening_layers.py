"""Barriers and crossings of a screened city, from the project file and from the command."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from boundaries.city_screening import read_inputs, screen_city
from boundaries.registers.context_layers import read_blocks
from boundaries.registers.findings import has_errors
from boundaries.registers.project import load_project
from boundaries.screening_plan import ScreeningQuestion, open_plan, plan_screening
from data.synthetic.city import make_city
from geo.errors import BoligkortError, UsageError

HEAD = '[project]\nname = "Prøveby"\n[screening]\n[screening.cells]\npath = "celler.csv"\n'


def write_project(folder, text=""):
    (folder / "boligkort.toml").write_text(HEAD + text, encoding="utf-8")
    return folder


def write_cells(folder):
    cells = make_city(4, side_n=40, zones_n=4).cells.drop(columns=["column", "row"])
    cells["labour_outside_n"] = cells["labour_outside_n"] / 1000
    cells.to_csv(folder / "celler.csv", index=False)


def write_layer(path, shapes, **columns):
    gpd.GeoDataFrame(columns, geometry=shapes, crs=25832).to_file(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("by")
    write_cells(made)
    return write_project(made)


def screen_it(plan):
    return screen_city(plan, read_inputs(plan))


@pytest.fixture(scope="module")
def city(folder):
    return screen_it(plan_screening(load_project(folder)))


def draw_track(city):
    """A straight track from the first zone's middle through the second one's, and 3 km on."""
    one, two = (shape.representative_point() for shape in city.published.zones.geometry.iloc[:2])
    ahead = np.array([two.x - one.x, two.y - one.y])
    end = np.array([two.x, two.y]) + 3000 * ahead / np.hypot(*ahead)
    return shapely.LineString([(one.x, one.y), tuple(end)])


@pytest.fixture(scope="module")
def files(folder, city):
    track = draw_track(city)
    places = [shapely.line_interpolate_point(track, at) for at in np.arange(0, track.length, 150)]
    barriers = write_layer(folder / "spor.geojson", [track, track], kind=["bane", "bane"])
    return track, places, barriers, write_layer(folder / "broer.geojson", places, kind=["bro"] * len(places))


def walk(track, shape):
    """The metres of a track in or along a shape, by a step of a metre."""
    steps = shapely.line_interpolate_point(track, np.arange(0.5, track.length, 1.0))
    return int(shapely.dwithin(steps, shape, 25.0).sum())


def test_barriers_of_the_command_are_measured_by_zone(folder, city, files):
    track, places, barriers, crossings = files
    found = screen_it(open_plan(ScreeningQuestion(project=folder, barriers=barriers, crossings=crossings)))
    table = found.barriers
    zones = city.published.zones
    assert table["zone"].tolist()[:-1] == zones["zone"].tolist()
    assert table["name"].tolist()[:-1] == zones["name"].tolist()
    shapes = [*zones.geometry, zones.union_all()]
    for row, shape in zip(table.itertuples(), shapes, strict=True):
        assert row.barrier_m == pytest.approx(walk(track, shape), abs=8)
        piece = shapely.intersection(track, shapely.buffer(shape, 25, quad_segs=64))
        # The edge of a round corner is known to centimetres only.
        near = [shapely.distance(place, piece) for place in places]
        assert sum(d <= 24.5 for d in near) <= row.crossings_n <= sum(d <= 25.5 for d in near)
        assert row.crossings_n == 0 or row.crossings_per_km == row.crossings_n / (row.barrier_m / 1000)
    assert table["zone"].isna().tolist() == [False] * len(zones) + [True]
    assert table["barrier_m"].iloc[:2].gt(100).all()
    assert found.files["register"].tolist() == ["cells", "barriers", "crossings"]
    assert found.files["rows_n"].tolist()[1:] == [2, len(places)]


def test_barriers_of_the_project_file_are_the_same(folder, files, tmp_path):
    write_cells(tmp_path)
    text = "[screening.barriers]\npath = '{}'\nkind = 'kind'\n[screening.crossings]\npath = '{}'\n"
    write_project(tmp_path, text.format(files[2], files[3]))
    plan = plan_screening(load_project(tmp_path))
    assert plan.barriers == {"path": str(files[2]), "kind": "kind"}
    asked = plan_screening(load_project(folder), barriers=files[2], crossings=files[3])
    assert screen_it(plan).barriers.equals(screen_it(asked).barriers)
    # A file of the command goes before the project's, whose options belong to the project's file.
    other = plan_screening(load_project(tmp_path), barriers=files[3])
    assert other.barriers == {"path": str(files[3])}


def test_without_crossings_their_number_is_not_known(folder, files):
    table = screen_it(plan_screening(load_project(folder), barriers=files[2])).barriers
    assert table["crossings_n"].isna().all()
    assert table["crossings_per_km"].isna().all()
    assert table["barrier_m"].iloc[-1] > 0


def test_crossings_of_nothing_are_refused(folder, files):
    with pytest.raises(UsageError) as caught:
        plan_screening(load_project(folder), crossings=files[3])
    assert (caught.value.key, caught.value.values["file"]) == ("screening.crossings_alone", "broer.geojson")


def test_a_city_without_zones_has_no_barriers_to_tell(tmp_path, files):
    cells = make_city(4, side_n=25, zones_n=0).cells.drop(columns=["column", "row"])
    cells.to_csv(tmp_path / "celler.csv", index=False)
    assert (
        screen_it(plan_screening(load_project(write_project(tmp_path)), barriers=files[2])).barriers is None
    )


def test_what_the_reader_finds_is_told(folder, files, tmp_path):
    wrong = write_layer(tmp_path / "flader.geojson", [files[0].buffer(5)])
    findings = read_inputs(plan_screening(load_project(folder), barriers=wrong)).findings
    assert has_errors(findings)
    rows = findings[findings["rule"].eq("context_wrong_type")]
    assert (rows["register"].tolist(), rows["value"].tolist()) == (["barriers"], ["Polygon"])


@pytest.mark.parametrize(
    "text",
    [
        "[screening.barriers]\nname = 'navn'\npath = 'a'\n",
        "[screening.crossings]\nkind = 'art'\n",
        "[screening.blocks]\nkind = 'art'\npath = 'a'\n",
    ],
)
def test_a_key_that_a_layer_has_not_is_told(tmp_path, text):
    with pytest.raises(BoligkortError):
        plan_screening(load_project(write_project(tmp_path, text)))


def test_blocks_need_no_names_and_tell_where_they_overlap(tmp_path):
    shapes = [shapely.box(720_000 + x, 6_175_000, 720_100 + x, 6_175_100) for x in (300, 0, 90)]
    read = read_blocks(write_layer(tmp_path / "karreer.geojson", shapes, rode=["3", "1", "2"]))
    assert read.frame["name"].isna().all()
    assert shapely.bounds(read.frame.geometry.to_numpy())[:, 0].tolist() == [720_000, 720_090, 720_300]
    assert read.findings["rule"].tolist() == ["zones_overlap"]
    assert read.findings["measure"].tolist() == pytest.approx([1000.0])
    named = read_blocks(tmp_path / "karreer.geojson", name="rode")
    assert named.frame["name"].tolist() == ["1", "2", "3"]
    assert named.findings["value"].tolist() == ["1"]
