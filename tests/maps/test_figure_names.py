"""Names on a figure: whole, apart from each other and from what is taken, on their own area or led to it."""

from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.figure_maps import draw_list_map
from maps.figure_names import break_name, place_names
from maps.figure_text import make_drawable, measure_mm

ROOM = (120.0, 80.0)
PT = 7.0


def boxes(placed):
    return {one.at: shapely.box(*one.frame) for one in placed}


def assert_apart(placed):
    for one, other in combinations(boxes(placed).values(), 2):
        assert not one.intersects(other)
    for one in placed:
        line = shapely.LineString(one.leader) if one.leader else None
        assert line is None or not any(
            box.intersects(line) for at, box in boxes(placed).items() if at != one.at
        )


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("Tangvænget/Ålegræsset", ("Tangvænget/", "Ålegræsset")),
        ("Vejleåparken Øst", ("Vejleåparken", "Øst")),
        ("Nørager-Søstjernevej", ("Nørager-", "Søstjernevej")),
        ("Gadehavegård - afdeling 12", ("Gadehavegård -", "afdeling 12")),
    ],
)
def test_a_name_is_broken_at_a_space_a_slash_or_a_hyphen(name, pair):
    assert break_name(name, 80, PT) == [(name,), pair]
    # Too wide for one line: two, and nothing is cut.
    width = max(measure_mm(part, PT, weight="bold") for part in pair)
    assert break_name(name, width, PT) == [pair]


def test_one_word_is_shortened_only_where_it_is_wider_than_the_room():
    assert break_name("Strandskadegården", 60, PT) == [("Strandskadegården",)]
    ((short,),) = break_name("Strandskadegården", 12, PT)
    assert short.endswith("…")
    assert measure_mm(short, PT, weight="bold") <= 12


def test_a_name_stands_on_its_own_area_where_that_has_room():
    shapes = [shapely.box(10, 10, 60, 70), shapely.box(65, 10, 115, 70)]
    placed = place_names(["Vest", "Øst"], shapes, pt=PT, room=ROOM)
    assert [one.at for one in placed] == [0, 1]
    for one in placed:
        assert shapes[one.at].contains(shapely.box(*one.frame))
        assert one.leader == ()
        assert (one.x, one.y) == pytest.approx(np.reshape(one.frame, (2, 2)).mean(axis=0))


def test_a_name_is_not_put_on_another_area():
    # A small area under a large one, as the outer rows of terraced houses were.
    shapes = [shapely.box(40, 30, 80, 70), shapely.box(40, 26, 80, 29)]
    placed = place_names(["Rylehusene", "Rylevænget"], shapes, pt=PT, room=ROOM)
    assert not boxes(placed)[1].intersects(shapes[0])


def test_a_crowd_is_told_apart_with_leaders():
    shapes = [
        shapely.box(50 + 3 * column, 35 + 3 * row, 52 + 3 * column, 37 + 3 * row)
        for row in range(2)
        for column in range(3)
    ]
    placed = place_names([f"Boligområde {at}" for at in range(6)], shapes, pt=PT, room=ROOM)
    assert len(placed) == 6
    assert_apart(placed)
    led = [one for one in placed if one.leader]
    assert led
    for one in led:
        line = shapely.LineString(one.leader)
        assert line.distance(shapes[one.at]) < 1e-9
        assert line.distance(shapely.box(*one.frame)) < 1e-9
    # Without a leader a name touches its area, so that it can be no other's.
    for one in placed:
        assert one.leader or shapely.box(*one.frame).distance(shapes[one.at]) <= 0.5


def test_what_has_no_room_is_left_out_and_what_is_taken_stays_free():
    shapes = [shapely.box(4, 4, 9, 9), shapely.box(11, 4, 16, 9)]
    assert (
        place_names(["Et langt navn", "Et andet navn"], shapes, pt=PT, room=(20, 12), taken=[(0, 0, 20, 12)])
        == []
    )
    scale = (0.0, 0.0, 60.0, 40.0)
    placed = place_names(["Havnen", "Skoven"], shapes, pt=PT, room=ROOM, taken=[scale])
    assert len(placed) == 2
    assert not any(box.intersects(shapely.box(*scale)) for box in boxes(placed).values())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 110), st.integers(0, 70), st.integers(1, 30), st.integers(1, 30)),
        min_size=1,
        max_size=12,
        unique=True,
    )
)
def test_no_two_names_touch_and_all_are_on_the_map(parts):
    shapes = [shapely.box(x, y, min(x + wide, 120), min(y + high, 80)) for x, y, wide, high in parts]
    placed = place_names([f"Område/nummer {at}" for at in range(len(shapes))], shapes, pt=PT, room=ROOM)
    assert_apart(placed)
    assert all(shapely.box(0, 0, *ROOM).contains(box) for box in boxes(placed).values())
    assert placed == place_names(
        [f"Område/nummer {at}" for at in range(len(shapes))], shapes, pt=PT, room=ROOM
    )


@pytest.mark.parametrize("size", ["slide", "a4", "page", "band"])
def test_the_names_of_the_demo_are_whole_on_every_sheet(demo_pages, texts, size):
    figure = draw_list_map(demo_pages.shown, demo_pages.listed, texts, size=size)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    names = set(map(make_drawable, demo_pages.shown.areas["name"]))
    written = [text for text in axes.texts if text.get_weight() == "bold"]
    assert {text.get_text().replace("\n", "") for text in written} == names
    frames = [shapely.box(*text.get_window_extent().extents) for text in written]
    assert not any(one.intersects(other) for one, other in combinations(frames, 2))
    assert all(shapely.box(*axes.get_window_extent().extents).contains(frame) for frame in frames)


def test_a_name_without_room_stands_beside_the_map(demo_pages, texts, monkeypatch):
    monkeypatch.setattr("maps.figure_maps.place_names", lambda *_, **__: [])
    figure = draw_list_map(demo_pages.shown, demo_pages.listed, texts, size="slide")
    told = " ".join(text.get_text() for text in figure.texts)
    assert "Uden plads til navn: Hejreparken, Klitrosehaven" in told
    assert "Strandskadegården" in told
