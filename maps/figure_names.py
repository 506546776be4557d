"""Where the names of areas stand on a figure: whole, apart, on their own area or led to it by a line."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.figure_text import MM_PER_PT, make_drawable, measure_mm, shorten
from maps.layers import find_anchor

WEIGHT = "bold"
"""Of the names."""

_WIDEST_SHARE = 0.3
"""Part of the map's width that a line of a name may take; what is wider has no room."""

_GAP_MM = 0.5
_NEAR_MM = (0.3, 2.0)
_FAR_MM = (5.0, 10.0, 16.0, 24.0, 34.0, 46.0)
_DIRECTIONS_N = 16
_DEAR = 1.0
"""Cost from which a name is better led to its area from afar."""

_TRIES_N = 6
_CROWD_N = 40
"""More areas than this are named in one try: no map of so many can name all."""


@dataclass(frozen=True)
class MapName:
    """A name in its place.

    Attributes
    ----------
    at
        Which of the areas.
    lines
        One, or two where it is broken.
    x, y
        Middle of the text in millimetres from the lower left corner of the map.
    frame
        West, south, east and north of the text with its ground, likewise.
    leader
        Ends of the line to the area, where the text does not touch it.
    """

    at: int
    lines: tuple[str, ...]
    x: float
    y: float
    frame: tuple[float, float, float, float]
    leader: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class _Ground:
    """The map: its areas, what of it is open, and the frames that are taken."""

    shapes: NDArray[Any]
    tree: shapely.STRtree
    room: Any
    taken: Any


@dataclass(frozen=True)
class _Places:
    """The places that a name could have: middles, frames, leaders (None without), what each costs."""

    middles: NDArray[np.float64]
    frames: NDArray[Any]
    leaders: NDArray[Any]
    costs: NDArray[np.float64]


@dataclass(frozen=True)
class _Text:
    """A name on one line or two, and the places on and at its area and farther off, found when asked for."""

    at: int
    lines: tuple[str, ...]
    half: tuple[float, float]
    ground: _Ground

    @cached_property
    def near(self) -> _Places:
        own = self.ground.shapes[self.at]
        return self._list_places([*_list_inside(own), *_list_around(own, self.half, _NEAR_MM)])

    @cached_property
    def far(self) -> _Places:
        return self._list_places(_list_around(self.ground.shapes[self.at], self.half, _FAR_MM))

    def _list_places(self, points: Sequence[tuple[float, float]]) -> _Places:
        middles, half, own = np.asarray(points), self.half, self.ground.shapes[self.at]
        frames = np.asarray(shapely.box(*(middles - half).T, *(middles + half).T), dtype=object)
        is_open = shapely.within(frames, self.ground.room) & ~shapely.intersects(frames, self.ground.taken)
        middles, frames = middles[is_open], frames[is_open]
        is_aside = shapely.distance(frames, own) > _GAP_MM
        core = shapely.buffer(own, -1.0)
        leaders = np.full(len(frames), None, dtype=object)
        leaders[is_aside] = shapely.shortest_line(frames[is_aside], own if core.is_empty else core)
        # A small area should not vanish below its own name.
        veiled = shapely.area(shapely.intersection(frames, own)) / own.area
        centres = shapely.points(middles)
        away, off = (shapely.distance(centres, one) for one in (own, find_anchor(own)))
        covered = 4 * self._share_covered(frames, shapely.area) + self._share_covered(leaders, shapely.length)
        costs = covered + 1.5 * veiled**2 + away / 15 + off / 100 + 0.4 * is_aside
        return _Places(middles, frames, leaders, costs + 0.15 * (len(self.lines) - 1))

    def _share_covered(self, marks: NDArray[Any], measure: Callable[..., Any]) -> NDArray[np.float64]:
        """Return how much of each mark, a frame or a leader, lies on other areas than its own; 0 of none."""
        mark_at, shape_at = self.ground.tree.query(marks, predicate="intersects")
        mark_at, shape_at = mark_at[shape_at != self.at], shape_at[shape_at != self.at]
        parts = measure(shapely.intersection(marks[mark_at], self.ground.shapes[shape_at]))
        sums = np.bincount(mark_at, weights=parts, minlength=len(marks))
        whole = measure(marks)
        shares = np.zeros(len(marks))
        np.divide(sums, whole, out=shares, where=whole > 0)
        return shares


def place_names(
    names: Sequence[str],
    shapes: Sequence[Any],
    *,
    pt: float,
    room: tuple[float, float],
    taken: Sequence[tuple[float, float, float, float]] = (),
) -> list[MapName]:
    """Return where each name stands, the largest area first; one for which there is no room is left out.

    A name does not touch another, its leader or what is taken. It stands on its own area where that has
    room, else where it covers least of the others, else aside with a leader.

    Parameters
    ----------
    names
        Of the areas.
    shapes
        Their polygons in millimetres from the lower left corner of the map; none is empty.
    pt
        Size of the text.
    room
        Width and height of the map in millimetres.
    taken
        Frames where no name may stand, as west, south, east, north.
    """
    own = np.asarray(list(shapes), dtype=object)
    bars = shapely.union_all([shapely.buffer(shapely.box(*frame), _GAP_MM) for frame in taken])
    ground = _Ground(own, shapely.STRtree(own), shapely.box(0, 0, *room), bars)
    texts = [
        [
            _Text(at, lines, _measure(lines, pt), ground)
            for lines in break_name(name, room[0] * _WIDEST_SHARE, pt)
        ]
        for at, name in enumerate(names)
    ]
    order = sorted(range(len(shapes)), key=lambda at: (-shapes[at].area, at))
    best: list[MapName] = []
    for turn in range(_TRIES_N if len(shapes) <= _CROWD_N else 1):
        # In a crowd the names around it wall the others in: then all are led in from afar.
        placed = _place_in_order(order, texts, is_led=2 * turn >= _TRIES_N)
        best = max(best, placed, key=len)
        if len(best) == len(shapes):
            break
        # What was walled in comes first the next time.
        known = {one.at for one in placed}
        order.sort(key=known.__contains__)
    return best


def _place_in_order(order: Sequence[int], texts: Sequence[Sequence[_Text]], *, is_led: bool) -> list[MapName]:
    placed = []
    barred: Any = shapely.GeometryCollection()
    for at in order:
        found = [one for text in texts[at] if not is_led and (one := _find_best(text, text.near, barred))]
        if not found or min(found, key=_cost)[0] > _DEAR:
            found += [one for text in texts[at] if (one := _find_best(text, text.far, barred))]
        if not found:
            continue
        _, name, marks = min(found, key=_cost)
        placed.append(name)
        barred = shapely.union_all([barred, *shapely.buffer(marks, _GAP_MM)])
    return placed


def _cost(found: tuple[float, MapName, list[Any]]) -> float:
    return found[0]


def _find_best(text: _Text, places: _Places, barred: Any) -> tuple[float, MapName, list[Any]] | None:
    """Return the cheapest free place of a text: its cost, the name there, and what it takes up."""
    is_barred = shapely.intersects(places.frames, barred) | shapely.intersects(places.leaders, barred)
    if is_barred.all():
        return None
    best = int(np.argmin(np.where(is_barred, np.inf, places.costs)))
    (x, y), frame, leader = places.middles[best], places.frames[best], places.leaders[best]
    ends = () if leader is None else tuple((float(right), float(up)) for right, up in leader.coords)
    west, south, east, north = (float(part) for part in frame.bounds)
    name = MapName(text.at, text.lines, float(x), float(y), (west, south, east, north), ends)
    return float(places.costs[best]), name, [frame] if leader is None else [frame, leader]


def break_name(name: str, width_mm: float, pt: float) -> list[tuple[str, ...]]:
    """Return a name on one line, if that is no wider than asked, and on two, as even as they can be.

    It is broken at a space, or behind a slash or hyphen. A word that is wider than asked is shortened.
    """
    whole = make_drawable(name)
    breaks = [found.end() for found in re.finditer(r"(?<=\S)(\s|[/–-](?=\S))", whole)]
    # A dash between spaces ends a line and begins none.
    pairs = [(whole[:at].strip(), whole[at:].strip()) for at in breaks if whole[at] not in "-–/"]
    found: list[tuple[str, ...]] = []
    if measure_mm(whole, pt, weight=WEIGHT) <= width_mm or not pairs:
        found.append((shorten(whole, width_mm, pt, weight=WEIGHT),))
    if pairs:
        even = min(pairs, key=lambda pair: max(measure_mm(part, pt, weight=WEIGHT) for part in pair))
        found.append(tuple(shorten(part, width_mm, pt, weight=WEIGHT) for part in even))
    return found


def _measure(lines: Sequence[str], pt: float) -> tuple[float, float]:
    """Return half the width and half the height of a text with its ground."""
    wide = max(measure_mm(line, pt, weight=WEIGHT) for line in lines)
    return wide / 2 + 0.6, pt * MM_PER_PT * (0.68 + 0.6 * (len(lines) - 1))


def _list_inside(own: Any) -> list[tuple[float, float]]:
    """Return middles on the largest parts of an area and over the whole of it."""
    parts = sorted(shapely.get_parts(own), key=lambda part: -part.area)[:4]
    points = [tuple(shapely.get_coordinates(find_anchor(part))[0]) for part in parts]
    west, south, east, north = own.bounds
    x, y = (part.ravel() for part in np.meshgrid(np.linspace(west, east, 6), np.linspace(south, north, 6)))
    is_inside = shapely.intersects_xy(own, x, y)
    return [*points, *zip(x[is_inside], y[is_inside], strict=True)]


def _list_around(own: Any, half: tuple[float, float], steps_mm: Sequence[float]) -> list[tuple[float, float]]:
    """Return middles around an area: to its east a text begins, to its west it ends; so above and below."""
    centre_x, centre_y = shapely.get_coordinates(find_anchor(own))[0]
    west, south, east, north = own.bounds
    points = []
    for step, turn in product(steps_mm, 2 * np.pi * np.arange(_DIRECTIONS_N) / _DIRECTIONS_N):
        right, up = np.cos(turn), np.sin(turn)
        edge_x = centre_x + right * ((east - centre_x if right > 0 else centre_x - west) + step + half[0])
        edge_y = centre_y + up * ((north - centre_y if up > 0 else centre_y - south) + step + half[1])
        points.append((float(edge_x), float(edge_y)))
    return points
