"""Houses and front doors: where each dwelling of the plan lies, and its address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from data.synthetic.parcels import Parcels, Plot
from data.synthetic.plan import PATCHES
from data.synthetic.town import Floats

Ints = NDArray[np.int64]

_DEPTH_M = 11.0
"""Depth of a block of flats; dwellings lie within it."""

_STAIR_M = 17.0
"""Distance between staircases."""

_CLEAR_M = 5.0
"""From a block of flats to the edge of its parcel, at least."""


@dataclass
class Doors:
    """Dwellings as they are drawn; every list has one entry a dwelling.

    Attributes
    ----------
    x, y
        EPSG:25832, centimetres.
    plot
        Position of the parcel.
    building
        Number of the house; all its dwellings have one owner and one year of building.
    street, house, floor, side
        Address: street, house number with letter, floor from 0, side from 0; floor -1 where the
        house has one dwelling.
    """

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    plot: list[int] = field(default_factory=list)
    building: list[int] = field(default_factory=list)
    street: list[str] = field(default_factory=list)
    house: list[str] = field(default_factory=list)
    floor: list[int] = field(default_factory=list)
    side: list[int] = field(default_factory=list)
    buildings_n: int = 0

    def add_house(self, point: Floats, plot: int, street: str, house: str) -> None:
        """Add a house with one dwelling."""
        self._add(point[0], point[1], (plot, self.buildings_n), (street, house, -1, 0))
        self.buildings_n += 1

    def add_block(self, block: "Block", plot: int, street: str, houses: Sequence[str], limit: int = 0) -> int:
        """Add a block of flats, staircase by staircase, and return how many dwellings it has.

        Parameters
        ----------
        block
            The building.
        plot
            Position of the parcel.
        street, houses
            Street and the house number of each staircase.
        limit
            Dwellings to leave it at; 0 for all.
        """
        places = block.place_doors()[: limit or None]
        for x, y, stair, floor, side in places:
            self._add(x, y, (plot, self.buildings_n), (street, houses[int(stair)], int(floor), int(side)))
        self.buildings_n += 1
        return len(places)

    def _add(self, x: float, y: float, place: tuple[int, int], address: tuple[str, str, int, int]) -> None:
        self.x.append(round(float(x), 2))
        self.y.append(round(float(y), 2))
        self.plot.append(place[0])
        self.building.append(place[1])
        self.street.append(address[0])
        self.house.append(address[1])
        self.floor.append(address[2])
        self.side.append(address[3])


@dataclass(frozen=True)
class Block:
    """A block of flats along the line from `start` to `end`, `_DEPTH_M` deep."""

    start: tuple[float, float]
    end: tuple[float, float]
    floors_n: int
    sides_n: int = 2
    stair_m: float = _STAIR_M

    @property
    def stairs_n(self) -> int:
        """Number of staircases; at least one."""
        return max(1, round(float(np.hypot(*np.subtract(self.end, self.start))) / self.stair_m))

    @property
    def doors_n(self) -> int:
        """Number of dwellings."""
        return self.stairs_n * self.floors_n * self.sides_n

    def place_doors(self) -> Floats:
        """Return x, y, staircase, floor and side of each dwelling, from the ground up.

        Flats above each other are drawn side by side across the depth, so that a map shows every one.
        """
        start, end = np.array(self.start), np.array(self.end)
        along = end - start
        normal = np.array([-along[1], along[0]]) / np.hypot(*along)
        stair, floor, side = (
            index.ravel()
            for index in np.meshgrid(
                np.arange(self.stairs_n), np.arange(self.floors_n), np.arange(self.sides_n), indexing="ij"
            )
        )
        share = (stair + (side + 0.75) / (self.sides_n + 0.5)) / self.stairs_n
        step = min(2.6, 0.8 * _DEPTH_M / max(1, self.floors_n - 1))
        out = (floor - (self.floors_n - 1) / 2) * step
        xy = start + share[:, None] * along + out[:, None] * normal
        return np.column_stack([xy, stair, floor, side])


def draw_doors(parcels: Parcels, rng: np.random.Generator) -> Doors:
    """Draw every dwelling of the town, site by site in the order of the parcels."""
    doors = Doors()
    for (layout, _), group in groupby(
        range(len(parcels.plots)), key=lambda place: _group_key(parcels.plots[place])
    ):
        places = list(group)
        if layout == "house":
            _draw_houses(doors, parcels, places, rng)
        elif layout == "karre":
            for place in places:
                _draw_karre(doors, parcels.plots[place], place, rng)
        elif layout == "rows":
            _draw_rows(doors, parcels, places)
        elif layout != "green":
            _draw_estate(doors, parcels, places)
    return doors


def _group_key(plot: Plot) -> tuple[str, str]:
    """Return what is drawn together: the houses of a patch, the blocks of a scheme."""
    if plot.site.layout in ("villa", "terrace"):
        return "house", plot.site.patch
    return plot.site.layout, plot.site.key


def _side_line(plot: Plot, front: str) -> Floats:
    """Return the ends, in the map, of the side of `plot` named `front`."""
    u0, u1, v0, v1 = plot.cell
    corners = {
        "v0": ([u0, u1], [v0, v0]),
        "v1": ([u0, u1], [v1, v1]),
        "u0": ([u0, u0], [v0, v1]),
        "u1": ([u1, u1], [v0, v1]),
    }
    return PATCHES[plot.site.patch].place(*corners[front])


def _draw_houses(doors: Doors, parcels: Parcels, places: Sequence[int], rng: np.random.Generator) -> None:
    """Set the houses of one patch, one a plot, a little back from their street."""
    plots = [parcels.plots[place] for place in places]
    cells = np.array([plot.cell for plot in plots])
    is_villa = np.array([plot.site.layout == "villa" for plot in plots])
    jitter = np.where(is_villa, 0.05, 0.0)
    inwards = np.where(is_villa, 0.36, 0.42) + jitter * rng.uniform(-1, 1, len(plots))
    inwards = np.where([plot.fronts[0].endswith("0") for plot in plots], inwards, 1 - inwards)
    across = 0.5 + 1.6 * jitter * rng.uniform(-1, 1, len(plots))
    is_radial = np.array([plot.fronts[0].startswith("u") for plot in plots])
    share_u, share_v = np.where(is_radial, inwards, across), np.where(is_radial, across, inwards)
    u = cells[:, 0] + share_u * (cells[:, 1] - cells[:, 0])
    v = cells[:, 2] + share_v * (cells[:, 3] - cells[:, 2])
    points = PATCHES[plots[0].site.patch].place(u, v)
    for place, plot, point in zip(places, plots, points, strict=True):
        doors.add_house(point, place, plot.street, str(plot.house_number))


def _draw_karre(doors: Doors, plot: Plot, place: int, rng: np.random.Generator) -> None:
    """Line the street sides of a plot with flats: an L at the corners of the block."""
    street, yard = _side_line(plot, plot.fronts[0]), _side_line(plot, _opposite(plot.fronts[0]))
    outwards = street.mean(axis=0) - yard.mean(axis=0)
    floors_n = int(rng.integers(plot.site.floors[0], plot.site.floors[1] + 1))
    letters = iter("ABCDEFGH")
    for order, front in enumerate(plot.fronts):
        line = _side_line(plot, front)
        if order == 0:
            start, end = _inset(line, -outwards, (1.5, 1.5))
        else:
            away = _side_line(plot, _opposite(front)).mean(axis=0) - line.mean(axis=0)
            at_start = plot.fronts[0].endswith("0")
            start, end = _inset(line, away, (15.0, 1.5) if at_start else (1.5, 15.0))
        block = Block(tuple(start), tuple(end), floors_n, stair_m=19.5)
        letter = next(letters) if len(plot.fronts) > 1 or block.stairs_n > 1 else ""
        houses = [f"{plot.house_number}{letter}"]
        houses += [f"{plot.house_number}{next(letters)}" for _ in range(block.stairs_n - 1)]
        doors.add_block(block, place, plot.street, houses)


def _opposite(front: str) -> str:
    return front[0] + ("1" if front[1] == "0" else "0")


def _inset(line: Floats, inwards: Floats, trims: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return the middle line of a building along `line`: moved inwards and cut at both ends, metres."""
    along = line[1] - line[0]
    along = along / np.hypot(*along)
    normal = np.array([-along[1], along[0]])
    normal = normal if normal @ inwards > 0 else -normal
    moved = line + (_DEPTH_M / 2 + 1.5) * normal
    return moved[0] + trims[0] * along, moved[1] - trims[1] * along


Drawing = Callable[[Parcels, Sequence[int], int], list[tuple[Block, int]]]
"""Returns the blocks, with the parcel of each, at a number of floors."""


def _draw_estate(doors: Doors, parcels: Parcels, places: Sequence[int]) -> None:
    """Draw the blocks of a scheme that shares its parcels, to the number of dwellings it aims at."""
    site = parcels.plots[places[0]].site
    draw = _DRAWINGS[site.layout]
    low, high = site.floors
    for floors_n in range(low, high + 1):
        blocks = draw(parcels, places, floors_n)
        if sum(block.doors_n for block, _ in blocks) >= site.dwellings_n:
            break
    left, house = site.dwellings_n, 1
    for block, place in _thin(blocks, site.dwellings_n):
        houses = [str(house + 2 * stair) for stair in range(block.stairs_n)]
        house += 2 * block.stairs_n
        left -= doors.add_block(block, place, parcels.plots[place].street or site.key.title(), houses, left)
        if left <= 0:
            break


def _thin(blocks: list[tuple[Block, int]], target_n: int) -> list[tuple[Block, int]]:
    """Leave out blocks, evenly over the scheme, that are not needed for `target_n` dwellings."""
    total_n = sum(block.doors_n for block, _ in blocks)
    spare_n = total_n - target_n
    mean_n = total_n / max(1, len(blocks))
    drop_n = int(spare_n // mean_n) if spare_n > 0 else 0
    drops = {int((order + 0.5) * len(blocks) / drop_n) for order in range(drop_n)}
    return [pair for order, pair in enumerate(blocks) if order not in drops]


Lines = list[tuple[float, float, float, float]]
"""Middle lines in the unit of a pattern: x and y of both ends, metres from its centre."""

_PATTERNS: dict[str, tuple[float, float, Lines]] = {
    # Long blocks in rows, the light between them.
    "slabs": (84.0, 34.0, [(-34.0, 0.0, 34.0, 0.0)]),
    # A long block and two short ones round three sides of a green court.
    "comb": (82.0, 78.0, [(-34.0, 28.0, 34.0, 28.0), (-28.5, -30.0, -28.5, 12.0), (28.5, -30.0, 28.5, 12.0)]),
    # Point blocks.
    "towers": (36.0, 32.0, [(-10.0, 0.0, 10.0, 0.0)]),
}
"""Layout to width and height of the repeated unit and the blocks in it."""

_PHASES_N = 5
"""A pattern is tried at this many places along each of its axes."""


def _draw_pattern(parcels: Parcels, places: Sequence[int], floors_n: int) -> list[tuple[Block, int]]:
    """Repeat the pattern of the layout over each parcel, moved to where most blocks have room."""
    blocks = []
    for place in places:
        plot = parcels.plots[place]
        starts, ends, phase = _repeat_pattern(plot)
        shrunk = shapely.buffer(parcels.geometry[place], -_CLEAR_M)
        shapely.prepare(shrunk)
        fits = shapely.contains(shrunk, _outline(starts, ends))
        best = int(np.argmax(np.bincount(phase[fits], minlength=_PHASES_N**2)))
        blocks += [
            (Block(tuple(starts[order]), tuple(ends[order]), floors_n), place)
            for order in np.flatnonzero(fits & (phase == best))
        ]
    return blocks


def _repeat_pattern(plot: Plot) -> tuple[Floats, Floats, Ints]:
    """Return both ends of each block, and the number of the trial that it belongs to."""
    patch, (u0, u1, v0, v1) = PATCHES[plot.site.patch], plot.cell
    middle = (u0 + u1) / 2
    corners = patch.place([u0, u1, u1, u0], [v0, v0, v1, v1])
    centre = corners.mean(axis=0)
    inner, outer = patch.place([middle, middle], [v0, v1])
    angle = np.arctan2(*(outer - inner)[::-1]) - np.pi / 2 + np.deg2rad(plot.site.turn_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    width, height, lines = _PATTERNS[plot.site.layout]
    reach = np.abs((corners - centre) @ turn.T).max(axis=0)
    columns, rows = (int(reach[0] // width) + 1, int(reach[1] // height) + 1)
    trial, column, row = (
        index.ravel()
        for index in np.meshgrid(
            np.arange(_PHASES_N**2),
            np.arange(-columns, columns + 1),
            np.arange(-rows, rows + 1),
            indexing="ij",
        )
    )
    shift = np.column_stack([column + trial % _PHASES_N / _PHASES_N, row + trial // _PHASES_N / _PHASES_N])
    ends = np.array(lines).reshape(1, -1, 2, 2) + (shift * (width, height))[:, None, None, :]
    placed = centre + ends.reshape(-1, 2, 2) @ turn
    return placed[:, 0], placed[:, 1], np.repeat(trial, len(lines))


def _outline(starts: Floats, ends: Floats) -> NDArray[np.object_]:
    """Return the footprints of blocks."""
    along = ends - starts
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(along[:, 0], along[:, 1])[:, None]
    half = normal * _DEPTH_M / 2
    corners = np.stack([starts - half, ends - half, ends + half, starts + half], axis=1)
    return np.asarray(shapely.polygons(corners))


def _draw_arcs(parcels: Parcels, places: Sequence[int], floors_n: int) -> list[tuple[Block, int]]:
    """Draw blocks along the middle of bent parcels: a crescent of straight pieces of two staircases."""
    blocks = []
    for place in places:
        plot = parcels.plots[place]
        patch = PATCHES[plot.site.patch]
        u0, u1, v0, v1 = plot.cell
        length_m = patch.measure_width((v0 + v1) / 2) * (u1 - u0)
        pieces_n = int((length_m - 2 * _CLEAR_M - 6) // (2 * _STAIR_M))
        margin = (1 - pieces_n * 2 * _STAIR_M / length_m) / 2
        stops = u0 + (u1 - u0) * np.linspace(margin, 1 - margin, pieces_n + 1)
        line = patch.place(stops, v0 + 0.5 * (v1 - v0))
        blocks += [(Block(tuple(start), tuple(end), floors_n), place) for start, end in pairwise(line)]
    return blocks


def _draw_courts(parcels: Parcels, places: Sequence[int], floors_n: int) -> list[tuple[Block, int]]:
    """Draw four blocks round each square court."""
    blocks = []
    for place in places:
        corners = shapely.get_coordinates(parcels.geometry[place])
        centre = corners[:4].mean(axis=0)
        for start, end in pairwise(corners):
            line = _inset(np.array([start, end]), centre - start, (1.5, 14.5))
            blocks.append((Block(tuple(line[0]), tuple(line[1]), floors_n), place))
    return blocks


_DRAWINGS: dict[str, Drawing] = {
    "slabs": _draw_pattern,
    "comb": _draw_pattern,
    "towers": _draw_pattern,
    "arcs": _draw_arcs,
    "courts": _draw_courts,
}


def _draw_rows(doors: Doors, parcels: Parcels, places: Sequence[int]) -> None:
    """Draw two rows of terraced houses along each strip of land."""
    site = parcels.plots[places[0]].site
    shares = np.array([shapely.length(parcels.geometry[place]) for place in places])
    counts = np.diff(np.concatenate([[0], np.round(np.cumsum(shares) / shares.sum() * site.dwellings_n)]))
    house = 1
    for place, count in zip(places, counts.astype(int), strict=True):
        plot = parcels.plots[place]
        u0, u1, v0, v1 = plot.cell
        near = (count + 1) // 2
        for v_share, row_n, parity in ((0.27, near, 0), (0.73, count - near, 1)):
            u = u0 + (u1 - u0) * np.linspace(0.035, 0.965, row_n)
            points = PATCHES[site.patch].place(u, v0 + v_share * (v1 - v0))
            for order, point in enumerate(points):
                doors.add_house(point, place, plot.street, str(house + 2 * order + parity))
        house += 2 * near
