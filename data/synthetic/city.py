"""A planted city of counted cells: zones that differ from the rest by a known gap, and noise.

For tests and benchmarks of the screening. 10,000 cells of 100 m in the open sea, 620,000 residents, as
many as in Copenhagen; a smooth background that has nothing to do with the zones, and chance in every cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SOUTH_WEST_M = (640_000, 6_250_000)
"""Corner of the city, EPSG:25832: open sea in Kattegat, so that no real place is hit."""

SIDE_N = 100
RESIDENTS_N = 620_000
_INHABITED_SHARE = 0.86
_ROUGHNESS_CELLS = 6.0

REST: Mapping[str, float] = {
    "dwelling_area": 42.0,
    "labour_outside": 0.125,
    "low_income": 0.347,
    "non_western": 0.109,
    "no_education": 0.106,
}
"""Level of the rest of the city: Copenhagen outside its udsatte byområder in 2021, as printed in the city's
status report."""

GAP_2017: Mapping[str, float] = {
    "dwelling_area": -6.8,
    "labour_outside": 0.083,
    "low_income": 0.083,
    "non_western": 0.237,
    "no_education": 0.117,
}
"""How far the zones lie from the rest at contrast 1: Copenhagen's efterslæb of 2017, as printed there."""

_GROUP_SHARES = {"labour_outside": 0.72, "low_income": 0.82, "non_western": 1.0, "no_education": 0.7}
"""Residents in the group of which a share is taken."""


@dataclass(frozen=True)
class PlantedCity:
    """A city with known zones.

    Attributes
    ----------
    cells
        ``cell_id``, ``column``, ``row``, ``residents_n``, ``households_n`` and numerator, denominator and
        missing by criterion, as the register ``cells`` has them; inhabited cells, by row and column.
    planted
        Number of the planted zone of each cell, 0 for none; in the order of the cells.
    """

    cells: pd.DataFrame
    planted: Ints


def make_city(
    seed: int, *, contrast: float = 1.0, noise: float = 1.0, zones_n: int = 17, side_n: int = SIDE_N
) -> PlantedCity:
    """Make a city.

    Parameters
    ----------
    seed
        Equal seeds give equal cities.
    contrast
        Gap of the planted zones as a multiple of `GAP_2017`; 0 plants nothing.
    noise
        Spread of the background and of single cells, beyond the chance of counting: 1 is a standard
        deviation of a twelfth of the gap for the background, and of a sixth for a single cell.
    zones_n
        Number of zones to plant, each 20 to 70 cells, hanging together and at least three cells apart.
    side_n
        Cells along each side of the city.

    Returns
    -------
    PlantedCity
        The zones hold about one resident in ten.
    """
    rng = np.random.default_rng(seed)
    planted = _plant(rng, zones_n if contrast else 0, side_n)
    residents = _settle(rng, side_n)
    inhabited = residents > 0
    row, column = np.nonzero(inhabited)
    people, zone = residents[inhabited], planted[inhabited]
    counts = _count_people(rng, people, zone, (row, column), (contrast, noise), side_n)
    east, north = column + SOUTH_WEST_M[0] // 100, row + SOUTH_WEST_M[1] // 100
    ids = [f"100m_{y}_{x}" for y, x in zip(north.tolist(), east.tolist(), strict=True)]
    places = {"cell_id": pd.Series(ids, dtype="str"), "column": east, "row": north}
    return PlantedCity(pd.DataFrame({**places, **counts}), zone)


def _settle(rng: np.random.Generator, side_n: int) -> Ints:
    """Share the residents out: dense and thin quarters, parks and docks without anyone."""
    smooth = _smooth_field(rng, side_n)
    weight = np.exp(0.45 * smooth + 0.5 * rng.standard_normal((side_n, side_n)))
    weight[rng.random((side_n, side_n)) > _INHABITED_SHARE] = 0
    total = round(RESIDENTS_N * side_n * side_n / SIDE_N**2)
    counts: Ints = rng.multinomial(total, (weight / weight.sum()).ravel()).reshape(side_n, side_n)
    return counts


def _smooth_field(rng: np.random.Generator, side_n: int) -> Floats:
    field = ndimage.gaussian_filter(rng.standard_normal((side_n, side_n)), _ROUGHNESS_CELLS, mode="wrap")
    standard: Floats = (field - field.mean()) / field.std()
    return standard


def _plant(rng: np.random.Generator, zones_n: int, side_n: int) -> Ints:
    """Plant zones: blunt ellipses, turned at random, that keep their distance from each other."""
    planted = np.zeros((side_n, side_n), dtype=np.int64)
    y, x = np.mgrid[0:side_n, 0:side_n]
    number = 0
    for _ in range(zones_n * 200):
        if number == zones_n:
            break
        centre = rng.uniform(6, side_n - 6, 2)
        size, stretch, turn = rng.uniform(20, 70), rng.uniform(1.0, 1.8), rng.uniform(0, np.pi)
        along = (x - centre[0]) * np.cos(turn) + (y - centre[1]) * np.sin(turn)
        across = -(x - centre[0]) * np.sin(turn) + (y - centre[1]) * np.cos(turn)
        shape = (along**2 / stretch + across**2 * stretch) <= size / np.pi
        near = ndimage.binary_dilation(shape, structure=np.ones((3, 3)), iterations=3)
        if not planted[near].any():
            number += 1
            planted[shape] = number
    return planted


def _count_people(
    rng: np.random.Generator,
    people: Ints,
    zone: Ints,
    places: tuple[Ints, Ints],
    strengths: tuple[float, float],
    side_n: int,
) -> dict[str, Ints]:
    contrast, noise = strengths
    counts = {"residents_n": people, "households_n": np.maximum(1, rng.binomial(people, 0.53))}
    for name, level in REST.items():
        gap = GAP_2017[name]
        spread = (
            abs(gap)
            * noise
            * (_smooth_field(rng, side_n)[places] / 12 + rng.standard_normal(len(people)) / 6)
        )
        aim = level + contrast * gap * (zone > 0) + spread
        if name == "dwelling_area":
            # Homes of 1.9 residents and some 35 m2 more or less: the mean of many is steadier.
            chance = 18.0 * rng.standard_normal(len(people)) / np.sqrt(people / 1.9)
            area = np.maximum(people * 12, np.rint(people * (aim + chance))).astype(np.int64)
            trio = (area, people, np.zeros_like(people))
        else:
            trio = _draw_share(rng, people, np.clip(aim, 0.0, 0.98), name)
        counts |= dict(zip((f"{name}_n", f"{name}_of", f"{name}_missing_n"), trio, strict=True))
    return counts


def _draw_share(rng: np.random.Generator, people: Ints, aim: Floats, name: str) -> tuple[Ints, Ints, Ints]:
    group = rng.binomial(people, _GROUP_SHARES[name])
    missing = rng.binomial(group, 0.02)
    known = group - missing
    unit = 1000 if name == "labour_outside" else 1
    return rng.binomial(known, aim) * unit, known, missing
