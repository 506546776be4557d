"""Time `geo.locate` against `geopandas.sjoin`, in pairs, and measure the rule for the cell size.

    python benchmarks/locate.py                       # 3.0 M points, paired and interleaved
    python benchmarks/locate.py --sweep               # the rule's cell size against an eighth to eightfold
    python benchmarks/locate.py --kommuner FILE --parcels FILE    # real layers in place of made ones

Both sides answer the same question, and their answers are compared row for row before a time is shown.
The points of sjoin are made beforehand and not timed; its spatial index is.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from geo.cell_cover import choose_cell_m
from geo.crs import DENMARK_BOXES, WORKING_CRS
from geo.locate import Locator, estimate_near, locate_points

SEED = 61
WEST, SOUTH, EAST, NORTH = DENMARK_BOXES[0]
SWEEP_STEPS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


def make_towns(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return centres of 1,500 towns, a third of them in ten cities."""
    towns = rng.uniform((WEST, SOUTH), (EAST, NORTH), (1_500, 2))
    cities = towns[rng.integers(0, 10, 500)] + rng.normal(0, 6_000, (500, 2))
    return np.vstack([towns[:1_000], cities])


def make_dwellings(rng: np.random.Generator, count: int, towns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return dwellings: nine tenths in and around towns, the rest anywhere."""
    near_n = count * 9 // 10
    near = towns[rng.integers(0, len(towns), near_n)] + rng.normal(0, 900, (near_n, 2))
    far = rng.uniform((WEST, SOUTH), (EAST, NORTH), (count - near_n, 2))
    return rng.permutation(np.vstack([near, far]))


def make_areas(rng: np.random.Generator, towns: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return 1,200 boligområder that do not overlap, some 8 ha and 60 vertices each."""
    centres = towns[rng.integers(0, len(towns), 6_000)] + rng.normal(0, 700, (6_000, 2))
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    kept: list[shapely.Polygon] = []
    taken = np.empty((0, 2))
    for centre in centres:
        if len(taken) and np.hypot(*(taken - centre).T).min() < 450:
            continue
        radius = rng.uniform(120, 190) * (1 + 0.1 * np.sin(5 * turn + rng.uniform(0, 6)))
        ring = centre + np.column_stack([np.cos(turn), np.sin(turn)]) * radius[:, None]
        kept.append(shapely.Polygon(ring))
        taken = np.vstack([taken, centre])
        if len(kept) == 1_200:
            break
    return np.array(kept, dtype=object)


def make_kommuner(rng: np.random.Generator, vertices_n: int) -> NDArray[np.object_]:
    """Return a coverage of 98 polygons with wandering common borders and about `vertices_n` vertices."""
    seeds = rng.uniform((WEST, SOUTH), (EAST, NORTH), (98, 2))
    mirrored = [seeds]
    for axis, value in ((0, WEST), (0, EAST), (1, SOUTH), (1, NORTH)):
        copy = seeds.copy()
        copy[:, axis] = 2 * value - copy[:, axis]
        mirrored.append(copy)
    diagram = Voronoi(np.vstack(mirrored))
    total = sum(
        shapely.Polygon(diagram.vertices[diagram.regions[diagram.point_region[i]]]).length for i in range(98)
    )
    step = total / vertices_n
    borders: dict[tuple[int, int], NDArray[np.float64]] = {}
    kommuner = []
    for cell in range(98):
        corners = diagram.regions[diagram.point_region[cell]]
        ring = [
            _border(diagram.vertices, one, two, step, borders, rng)
            for one, two in zip(corners, corners[1:] + corners[:1], strict=True)
        ]
        kommuner.append(shapely.Polygon(np.vstack(ring)))
    return np.array(kommuner, dtype=object)


def _border(vertices, one, two, step, borders, rng):
    """Return the common border from one corner to two, without its end, the same from either side."""
    key = (min(one, two), max(one, two))
    if key not in borders:
        start, end = vertices[key[0]], vertices[key[1]]
        length = float(np.hypot(*(end - start)))
        count = max(int(length / step), 2)
        along = np.linspace(0, 1, count)
        phase = rng.uniform(0, 6, 3)
        wave = sum(np.sin(np.pi * along * k * 7 + p) / k for k, p in zip((1, 3, 9), phase, strict=True))
        normal = np.array([start[1] - end[1], end[0] - start[0]]) / length
        sway = wave * np.sin(np.pi * along) ** 2 * length / 200
        borders[key] = start + along[:, None] * (end - start) + sway[:, None] * normal
    points = borders[key] if key == (one, two) else borders[key][::-1]
    return points[:-1]


def make_parcels(rng: np.random.Generator) -> NDArray[np.object_]:
    """Return 1,200 parcels of 20 m by 40 m in 60 blocks of a town, touching each other."""
    blocks = rng.uniform((570_000, 6_220_000), (580_000, 6_230_000), (60, 2))
    offsets = np.array([(20.0 * column, 40.0 * row) for row in range(2) for column in range(10)])
    corner = np.round(blocks / 400)[:, None] * 400 + offsets[None]
    corner = np.unique(corner.reshape(-1, 2), axis=0)
    return np.asarray(
        shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + 20, corner[:, 1] + 40), dtype=object
    )


def read_polygons(path: Path) -> NDArray[np.object_]:
    """Return the layer's polygons in EPSG:25832, repaired where they must be."""
    shapes = np.asarray(gpd.read_file(path).to_crs(WORKING_CRS).geometry.force_2d(), dtype=object)
    return np.asarray(shapely.make_valid(shapes, method="structure", keep_collapsed=False), dtype=object)


def join_by_sjoin(polygons: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the lowest polygon that each point lies within, by geopandas."""
    joined = gpd.sjoin(points, polygons, predicate="within")
    found = pd.Series(joined["index_right"].to_numpy(), index=joined.index).groupby(level=0).min()
    return found.reindex(points.index, fill_value=-1).to_numpy()


def make_frames(
    polygons: NDArray[np.object_], points: NDArray[np.object_]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return frames without the spatial index that an earlier join left in theirs."""
    fresh = shapely.from_wkb(shapely.to_wkb(polygons))
    return tuple(gpd.GeoDataFrame(geometry=shapes.copy(), crs=WORKING_CRS) for shapes in (fresh, points))


def time_once(run: Callable[[], object]) -> float:
    """Return the seconds that one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(name: str, polygons: NDArray[np.object_], xy: NDArray[np.float64], rounds: int) -> None:
    """Print the medians of both sides and of their ratio, round by round."""
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    shapes = shapely.points(x, y)
    located = locate_points(polygons, x, y, overlaps="lowest")
    if not np.array_equal(located.position, join_by_sjoin(*make_frames(polygons, shapes))):
        raise SystemExit(f"{name}: the two sides differ")
    ours, theirs = [], []
    for _ in range(rounds):
        fresh = shapely.from_wkb(shapely.to_wkb(polygons))
        ours.append(time_once(partial(locate_points, fresh, x, y, overlaps="lowest")))
        theirs.append(time_once(partial(join_by_sjoin, *make_frames(polygons, shapes))))
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    vertices_n = int(shapely.get_num_coordinates(polygons).sum())
    cell_m = choose_cell_m(polygons, near_n=estimate_near(polygons, x, y))
    print(
        f"{name:<22} {len(polygons):>6} polygons {vertices_n:>9} vertices {len(x):>9} points  "
        f"locate {statistics.median(ours):7.3f} s  sjoin {statistics.median(theirs):7.3f} s  "
        f"ratio {ratio:5.1f}  tested {located.tested_n / len(x):6.2%}  cell {cell_m:.3g} m"
    )


def sweep(name: str, polygons: NDArray[np.object_], xy: NDArray[np.float64], rounds: int) -> None:
    """Print the times of the rule's cell size and of smaller and larger ones, as multiples of the best."""
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    rule_m = choose_cell_m(polygons, near_n=estimate_near(polygons, x, y))
    times: dict[float, list[float]] = {
        Locator(polygons, cell_m=rule_m * step).cell_m: [] for step in SWEEP_STEPS
    }
    for _ in range(rounds):
        for size, found in times.items():
            fresh = shapely.from_wkb(shapely.to_wkb(polygons))
            run = partial(locate_points, fresh, x, y, overlaps="lowest", cell_m=size)
            found.append(time_once(run))
    least = {size: min(found) for size, found in times.items()}
    best, rule_m = min(least.values()), Locator(polygons, cell_m=rule_m).cell_m
    listed = "  ".join(f"{size:.3g}: {seconds / best:.2f}" for size, seconds in least.items())
    print(
        f"{name:<20} {len(x):>8} points  best {best:.3f} s  rule {rule_m:.3g} m: {least[rule_m] / best:.2f}"
        f"   | {listed}"
    )


def make_layers(arguments: argparse.Namespace) -> dict[str, tuple[NDArray[np.object_], NDArray[np.float64]]]:
    """Return every layer with the points to locate in it."""
    rng = np.random.default_rng(SEED)
    towns = make_towns(rng)
    dwellings = make_dwellings(rng, arguments.points, towns)
    layers = {
        "areas": (make_areas(rng, towns), dwellings),
        "kommuner": (make_kommuner(rng, 298_000), dwellings),
        "kommuner, detailed": (make_kommuner(rng, 3_050_000), dwellings),
    }
    parcels = make_parcels(rng)
    layers["parcels"] = (parcels, _points_around(rng, parcels, arguments.points))
    for name, path in (("kommuner, real", arguments.kommuner), ("parcels, real", arguments.parcels)):
        if path is not None:
            polygons = read_polygons(path)
            layers[name] = (
                polygons,
                dwellings if "kommuner" in name else _points_around(rng, polygons, arguments.points),
            )
    return layers


def _points_around(rng, polygons, count):
    """Return points spread around each polygon alike, in it and in its neighbourhood."""
    bounds = shapely.bounds(polygons)[rng.integers(0, len(polygons), count)]
    size = bounds[:, 2:] - bounds[:, :2]
    return bounds[:, :2] + size * rng.uniform(-0.5, 1.5, (count, 2))


def main() -> None:
    """Run the comparison or the sweep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sweep", action="store_true", help="time every cell size")
    parser.add_argument("--kommuner", type=Path, help="a real layer of kommuner")
    parser.add_argument("--parcels", type=Path, help="a real layer of parcels")
    arguments = parser.parse_args()
    run = sweep if arguments.sweep else compare
    for name, (polygons, xy) in make_layers(arguments).items():
        run(name, polygons, xy, arguments.rounds)


if __name__ == "__main__":
    main()
