"""Cadastral parcels: cut from the plan so that neighbours share their edge exactly."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

import numpy as np
import shapely

from data.synthetic.names import DISTRICTS, name_streets, name_town_streets
from data.synthetic.plan import PATCHES, SITES, Cell, Site
from data.synthetic.town import Patch

_LETTERS = "abcdefghiklmnopqrstuvxyzæø"
"""Letters of matrikelnumre: j and w are not used."""

_STEPS_N = 24
"""Every patch has vertices at this many steps along both axes, so that its edges follow the curve."""

_STREET_M = 10.0
_SQUARES = (2, 3)
_SQUARE_M = 92.0
_LANE_M = 14.0


@dataclass(frozen=True)
class Grain:
    """Measures of a layout with a parcel a house, in metres."""

    plot_m: float
    depth_m: float
    block_m: float


_GRAINS = {
    "villa": Grain(27.5, 36.5, 170.0),
    "terrace": Grain(10.6, 29.0, 120.0),
    "karre": Grain(24.0, 50.0, 118.0),
}


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One parcel before it has its number.

    Attributes
    ----------
    site
        The scheme it belongs to.
    cell
        Its part of the patch.
    fronts
        Sides that face a street: ``v0``, ``v1``, ``u0``, ``u1``, the main one first.
    street, house_number
        Address of the first door; number 0 where doors are numbered along the site.
    block
        Number of the street block; parcels of a block share their matrikelnummer's digits.
    """

    site: Site
    cell: Cell
    fronts: tuple[str, ...] = ()
    street: str = ""
    house_number: int = 0
    block: int = 0


@dataclass(frozen=True)
class Parcels:
    """Every parcel of the town, in the order of the plan; position is the key between the fields.

    Attributes
    ----------
    plots
        Where each comes from.
    geometry
        Polygons in EPSG:25832, centimetres.
    district_codes, numbers
        Ejerlavskode and matrikelnummer; together unique.
    """

    plots: tuple[Plot, ...]
    geometry: np.ndarray = field(repr=False)
    district_codes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        """The register's keys: ``<cadastral_district>-<parcel_number>``."""
        return [f"{code}-{number}" for code, number in zip(self.district_codes, self.numbers, strict=True)]


def lay_parcels(rng: np.random.Generator) -> Parcels:
    """Lay out the whole town; widths of plots vary with `rng`."""
    plots = lay_plots(rng)
    polygons = draw_plots(plots)
    for place in [place for place, plot in enumerate(plots) if plot.site.layout == "courts"]:
        plot = plots[place]
        squares = draw_squares(plot.site)
        polygons[place] = _cut_holes(polygons[place], squares)
        plots[place] = replace(plot, site=_make_park(plot.site), street="")
        plots += [plot] * len(squares)
        polygons += squares
    codes = tuple(DISTRICTS[plot.site.district][0] for plot in plots)
    return Parcels(tuple(plots), np.array(polygons), codes, _number(plots, codes))


def lay_plots(rng: np.random.Generator) -> list[Plot]:
    """Return every plot of the plan as a part of its patch, streets named."""
    suburb, town = name_streets(), name_town_streets()
    plots: list[Plot] = []
    for site in SITES:
        streets = town if site.layout == "karre" else suburb
        for cell in site.cells:
            block = plots[-1].block + 1 if plots else 1
            if site.layout in _GRAINS:
                plots += _BlockLayout(site, streets, rng).lay(cell, block)
            else:
                plots.append(Plot(site=site, cell=cell, street=site.street, block=block))
    return plots


class _BlockLayout:
    """Blocks of back-to-back plots between streets, in one cell of a site."""

    def __init__(self, site: Site, streets: Iterator[str], rng: np.random.Generator) -> None:
        self.site = site
        self.streets = streets
        self.rng = rng
        self.patch = PATCHES[site.patch]
        self.grain = _GRAINS[site.layout]

    def lay(self, cell: Cell, block: int) -> list[Plot]:
        """Return the plots of `cell`, rows from its first street on, numbered block by block."""
        u0, u1, v0, v1 = _leave_street(self.patch, cell)
        width_m = self.patch.measure_width((v0 + v1) / 2) * (u1 - u0)
        depth_m = self.patch.measure_depth() * (v1 - v0)
        if self.site.is_radial:
            along, out, length_m, breadth_m = (v0, v1), (u0, u1), depth_m, width_m
        else:
            along, out, length_m, breadth_m = (u0, u1), (v0, v1), width_m, depth_m
        pairs = _cut(out, breadth_m, 2 * self.grain.depth_m)
        blocks = _cut(along, length_m, self.grain.block_m)
        names = [self.site.street or next(self.streets) for _ in range(len(pairs) + 1)]
        plots: list[Plot] = []
        for row, (low, high) in enumerate(pairs):
            middle = (low + high) / 2
            for side, ends, street in ((0, (low, middle), names[row]), (1, (middle, high), names[row + 1])):
                number = 2 - side
                for place, stretch in enumerate(blocks):
                    laid = self._lay_row(
                        stretch, ends, side, (street, number, block + row * len(blocks) + place)
                    )
                    number += 2 * len(laid)
                    plots += laid
        return sorted(plots, key=lambda plot: plot.block)

    def _lay_row(
        self,
        stretch: tuple[float, float],
        ends: tuple[float, float],
        side: int,
        start: tuple[str, int, int],
    ) -> list[Plot]:
        street, number, block = start
        cuts = self._cut_row(stretch, ends)
        a, b = ("u", "v") if self.site.is_radial else ("v", "u")
        plots = []
        for place, (low, high) in enumerate(pairwise(cuts)):
            fronts = [f"{a}{side}"]
            fronts += [f"{b}0"] if place == 0 else []
            fronts += [f"{b}1"] if place == len(cuts) - 2 else []
            cell = (*ends, low, high) if self.site.is_radial else (low, high, *ends)
            plots.append(
                Plot(
                    site=self.site,
                    cell=cell,
                    fronts=tuple(fronts),
                    street=street,
                    house_number=number + 2 * place,
                    block=block,
                )
            )
        return plots

    def _cut_row(self, stretch: tuple[float, float], ends: tuple[float, float]) -> list[float]:
        share = stretch[1] - stretch[0]
        whole = (
            self.patch.measure_depth(sum(ends) / 2)
            if self.site.is_radial
            else self.patch.measure_width(sum(ends) / 2)
        )
        plots_n = max(2, round(share * whole / self.grain.plot_m))
        widths = 1 + 0.14 * self.rng.uniform(-1, 1, plots_n)
        cuts = stretch[0] + share * np.concatenate([[0.0], np.cumsum(widths) / widths.sum()])
        cuts[-1] = stretch[1]
        return [float(cut) for cut in cuts]


def _leave_street(patch: Patch, cell: Cell) -> Cell:
    """Take half a street off the sides of `cell` that lie inside the patch; others face its roads."""
    half_u = 0.5 * _STREET_M / patch.measure_width((cell[2] + cell[3]) / 2)
    half_v = 0.5 * _STREET_M / patch.measure_depth()
    u0, u1, v0, v1 = cell
    return (
        u0 + (half_u if u0 > 0 else 0),
        u1 - (half_u if u1 < 1 else 0),
        v0 + (half_v if v0 > 0 else 0),
        v1 - (half_v if v1 < 1 else 0),
    )


def _cut(span: tuple[float, float], length_m: float, piece_m: float) -> list[tuple[float, float]]:
    """Cut `span`, `length_m` long, into pieces of about `piece_m` with streets between them."""
    pieces_n = max(1, round((length_m + _STREET_M) / (piece_m + _STREET_M)))
    street = _STREET_M / length_m * (span[1] - span[0])
    size = ((span[1] - span[0]) - (pieces_n - 1) * street) / pieces_n
    starts = [span[0] + place * (size + street) for place in range(pieces_n)]
    return [(start, min(start + size, span[1])) for start in starts]


def draw_plots(plots: Sequence[Plot]) -> list[shapely.Polygon]:
    """Return the polygon of each plot; plots that touch have every vertex of their edge in common.

    In each patch the corners of all plots are noted by the line they lie on, and each plot takes in
    the corners on its edges before the patch is bent, so that no sliver can open between neighbours.
    """
    on_u: dict[tuple[str, float], set[float]] = defaultdict(set)
    on_v: dict[tuple[str, float], set[float]] = defaultdict(set)
    for plot in plots:
        u0, u1, v0, v1 = plot.cell
        for u in (u0, u1):
            on_u[plot.site.patch, u] |= {v0, v1}
        for v in (v0, v1):
            on_v[plot.site.patch, v] |= {u0, u1}
    steps = [step / _STEPS_N for step in range(_STEPS_N + 1)]
    stops_u = {key: sorted({*found, *steps}) for key, found in on_u.items()}
    stops_v = {key: sorted({*found, *steps}) for key, found in on_v.items()}
    rings = []
    for plot in plots:
        key, (u0, u1, v0, v1) = plot.site.patch, plot.cell
        lower, upper = _between(stops_v[key, v0], u0, u1), _between(stops_v[key, v1], u0, u1)
        left, right = _between(stops_u[key, u0], v0, v1), _between(stops_u[key, u1], v0, v1)
        corners = [(u, v0) for u in lower[:-1]] + [(u1, v) for v in right[:-1]]
        corners += [(u, v1) for u in upper[:0:-1]] + [(u0, v) for v in left[:0:-1]]
        rings.append(corners)
    return _bend_rings([plot.site.patch for plot in plots], rings)


def _between(stops: list[float], low: float, high: float) -> list[float]:
    return stops[bisect_left(stops, low) : bisect_right(stops, high)]


def _bend_rings(patches: Sequence[str], rings: Sequence[list[tuple[float, float]]]) -> list[shapely.Polygon]:
    """Place rings of (u, v) in the map, a patch at a time."""
    polygons: list[shapely.Polygon] = []
    for key, group in groupby(zip(patches, rings, strict=True), key=lambda pair: pair[0]):
        found = [ring for _, ring in group]
        flat = np.array([corner for ring in found for corner in ring])
        owner = np.repeat(np.arange(len(found)), [len(ring) for ring in found])
        xy = PATCHES[key].place(flat[:, 0], flat[:, 1])
        polygons += list(np.asarray(shapely.polygons(shapely.linearrings(xy, indices=owner))))
    return polygons


def draw_squares(site: Site) -> list[shapely.Polygon]:
    """Return the square grounds of a courtyard scheme, set in the middle of its patch."""
    patch = PATCHES[site.patch]
    centre, ahead = patch.place([0.5, 0.5], [0.5, 0.7])
    angle = np.arctan2(*(ahead - centre)[::-1]) - np.pi / 2 + np.deg2rad(site.turn_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * _SQUARE_M
    squares = []
    for row in range(_SQUARES[1]):
        for column in range(_SQUARES[0]):
            middle = (np.array([column, row]) - (np.array(_SQUARES) - 1) / 2) * (_SQUARE_M + _LANE_M)
            squares.append(shapely.Polygon(np.round(centre + (corners + middle) @ turn, 2)))
    return squares


def _make_park(site: Site) -> Site:
    """Return the ground round the courtyards: a parcel of its own, outside the area."""
    return replace(site, key=f"{site.key}-park", layout="green", zone="", area_id="", dwellings_n=0)


def _cut_holes(polygon: shapely.Polygon, holes: Sequence[shapely.Polygon]) -> shapely.Polygon:
    return shapely.Polygon(polygon.exterior.coords, [hole.exterior.coords for hole in holes])


def _number(plots: Sequence[Plot], codes: Sequence[str]) -> tuple[str, ...]:
    """Give each parcel a number as the cadastre would: digits by block, then 12, 12a, 12b and on."""
    digits: dict[tuple[str, int], int] = {}
    highest: dict[str, int] = defaultdict(int)
    taken: dict[tuple[str, int], int] = defaultdict(int)
    numbers = []
    for plot, code in zip(plots, codes, strict=True):
        block = (code, plot.block)
        if block not in digits:
            highest[code] += 1
            digits[block] = highest[code]
        numbers.append(f"{digits[block]}{_letter(taken[block])}")
        taken[block] += 1
    return tuple(numbers)


def _letter(place: int) -> str:
    if place == 0:
        return ""
    first, last = divmod(place - 1, len(_LETTERS))
    return (_LETTERS[first - 1] if first else "") + _LETTERS[last]
