"""How much of a designation hangs on choices: the modifiable areal unit problem, said out loud.

The screening is made anew with one choice moved at a time: limits, neighbourhood, number of criteria, origin
of the grid, size of its cells. A cell's stability is the share of these variants in which its ground is
designated, measured at the middle of each of its quarters, so that cells of another grid count by the
quarters that they cover. A zone's is the mean over its residents. All are whole numbers of quarters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.registers.cell_columns import CELL_DTYPES, GridCriterion
from boundaries.screening.cells import sum_cells
from boundaries.screening.screening import Screening, find_zone_cells
from boundaries.screening.settings import CriterionRule, ScreeningSettings
from geo.errors import DataError
from geo.grid import Cells, CellSize, Grid, find_cells, measure_corners
from geo.grid_groups import number_cells

QUARTERS_N = 4
_STEP = Fraction(1, 5)
_PERCENTILE_STEP = 5
_FIXED_STEP = Fraction(1, 10)


@dataclass(frozen=True)
class Variant:
    """A screening with one choice moved.

    Attributes
    ----------
    name
        A word for it: key of its text.
    settings
        All settings, the moved one among them.
    """

    name: str
    settings: ScreeningSettings

    def is_regridded(self, base: ScreeningSettings) -> bool:
        """Tell whether its cells are others than those of `base`."""
        return self.settings.grid != base.grid


@dataclass(frozen=True, kw_only=True)
class Stability:
    """What stays.

    Attributes
    ----------
    cells
        ``column``, ``row``, ``stability_n`` (quarters designated, over all variants), ``stability_of``;
        int64, in the order of `Screening.cells`. Cells outside the zones have theirs too: they tell what
        nearly was designated.
    zones
        ``zone``, ``stability_n``, ``stability_of`` (int64: quarters weighted by residents); by zone.
    variants
        ``variant``, ``zones_n``, ``kept_n`` and ``designated_n``: residents of the zones who are designated
        too, in whole persons times quarters, and residents of the zones; in the order of the variants.
    """

    cells: pd.DataFrame
    zones: pd.DataFrame
    variants: pd.DataFrame


def list_variants(settings: ScreeningSettings, *, has_dwellings: bool) -> tuple[Variant, ...]:
    """List what is tried by default.

    Limits a fifth closer to the city's mean and a fifth farther (5 percentiles, or a tenth of a fixed
    value); the radius one cell smaller and larger; neighbourhoods of half and of twice the residents; one
    criterion fewer and one more; and, where dwellings can be counted anew, the grid moved by half a cell
    east, north and both, and cells of 250 m.

    Parameters
    ----------
    settings
        The screening's own.
    has_dwellings
        Whether counts of dwellings are at hand.
    """
    rules = settings.rules
    moved: list[tuple[str, dict[str, object]]] = [
        ("limits_looser", {"rules": {name: _move(name, rule, -1) for name, rule in rules.items()}}),
        ("limits_stricter", {"rules": {name: _move(name, rule, 1) for name, rule in rules.items()}}),
    ]
    if settings.radius_cells:
        moved.append(("radius_smaller", {"radius_cells": settings.radius_cells - 1}))
    moved.append(("radius_larger", {"radius_cells": settings.radius_cells + 1}))
    wanted_n = settings.neighbourhood_residents_n
    if wanted_n:
        moved.append(("fewer_neighbours", {"neighbourhood_residents_n": wanted_n // 2}))
        moved.append(("more_neighbours", {"neighbourhood_residents_n": wanted_n * 2}))
    required_n = settings.criteria_required_n
    if required_n > 1:
        moved.append(("one_criterion_fewer", {"criteria_required_n": required_n - 1}))
    if required_n < len(rules):
        moved.append(("one_criterion_more", {"criteria_required_n": required_n + 1}))
    if has_dwellings:
        half = int(settings.cell_size_m) // 2
        shifts = (("shifted_east", (half, 0)), ("shifted_north", (0, half)), ("shifted_both", (half, half)))
        moved += [(name, {"shift_m": shift}) for name, shift in shifts]
        other = CellSize.M250 if settings.cell_size_m == CellSize.M100 else CellSize.M100
        moved.append(("other_cell_size", _resize(settings, other)))
    return tuple(Variant(name, replace(settings, **change)) for name, change in moved)  # type: ignore[arg-type]


def _move(criterion: GridCriterion, rule: CriterionRule, side: int) -> CriterionRule:
    """Make a rule stricter (1) or looser (-1)."""
    if rule.basis == "percentile":
        limit = min(max(rule.limit + side * _PERCENTILE_STEP, Fraction(0)), Fraction(100))
    elif rule.basis == "mean":
        limit = rule.limit * (1 + side * _STEP)
    else:
        # A fixed dwelling area is met below the limit: lower is stricter.
        turned = -side if criterion is GridCriterion.DWELLING_AREA else side
        limit = rule.limit * (1 + turned * _FIXED_STEP)
    return replace(rule, limit=limit)


def _resize(settings: ScreeningSettings, size: CellSize) -> dict[str, object]:
    """Change the size of the cells, and what is counted in cells with it, to about the same metres."""
    ratio = Fraction(int(settings.cell_size_m), int(size))
    return {
        "cell_size_m": size,
        "radius_cells": round(settings.radius_cells * ratio),
        "max_radius_cells": max(1, round(settings.max_radius_cells * ratio)),
        "gap_cells_n": round(settings.gap_cells_n * ratio),
        "hole_cells_n": round(settings.hole_cells_n * ratio * ratio),
        "width_cells_n": max(1, round(settings.width_cells_n * ratio)),
    }


def measure_stability(
    screening: Screening,
    *,
    dwelling_counts: pd.DataFrame | None = None,
    variants: Sequence[Variant] | None = None,
) -> Stability:
    """Screen anew with every variant, and measure what stays.

    Parameters
    ----------
    screening
        The designation.
    dwelling_counts
        As `boundaries.screening.dwelling_counts.count_dwellings`; without them the cells cannot be others.
    variants
        What to try; None takes `list_variants`.

    Returns
    -------
    Stability
        On the screening's own cells and zones.

    Raises
    ------
    DataError
        ``screening.other_settings`` where a variant needs other cells and there are no dwellings.
    """
    base = screening.settings
    if variants is None:
        variants = list_variants(base, has_dwellings=dwelling_counts is not None)
    cells = screening.cells
    given = cells.loc[cells["nearby_residents_n"].notna(), list(CELL_DTYPES)]
    points = _quarter_points(cells, screening.grid)
    residents = cells["residents_n"].to_numpy(dtype=np.int64)
    is_in = cells["zone"].notna().to_numpy(dtype=bool)
    hits = np.zeros(len(cells), dtype=np.int64)
    rows = []
    for variant in variants:
        tried = given if not variant.is_regridded(base) else _regrid(dwelling_counts, variant)
        found = find_zone_cells(tried, variant.settings)
        quarters = _count_quarters(points, found, variant.settings.grid)
        hits += quarters
        rows.append(
            {
                "variant": variant.name,
                "zones_n": int(found["zone"].max()) if len(found) else 0,
                "kept_n": int((quarters * residents)[is_in].sum()),
                "designated_n": int(residents[is_in].sum()) * QUARTERS_N,
            }
        )
    of = QUARTERS_N * len(variants)
    by_cell = cells[["column", "row"]].assign(stability_n=hits, stability_of=of)
    return Stability(
        cells=by_cell,
        zones=_sum_zones(cells, hits, of),
        variants=pd.DataFrame(rows, columns=["variant", "zones_n", "kept_n", "designated_n"]),
    )


def _regrid(counts: pd.DataFrame | None, variant: Variant) -> pd.DataFrame:
    if counts is None:
        raise DataError("screening.other_settings", {"name": variant.name})
    return sum_cells(counts, variant.settings.grid)


def _quarter_points(cells: pd.DataFrame, grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middles of the quarters of each cell, one row a quarter."""
    x, y = measure_corners(Cells(cells["column"].to_numpy(), cells["row"].to_numpy()), grid)
    near, far = grid.size_m / 4, grid.size_m * 3 / 4
    return np.stack([x + near, x + far, x + near, x + far]), np.stack([y + near, y + near, y + far, y + far])


def _count_quarters(
    points: tuple[NDArray[np.float64], NDArray[np.float64]], found: pd.DataFrame, grid: Grid
) -> NDArray[np.int64]:
    places = find_cells(points[0].ravel(), points[1].ravel(), grid)
    designated = number_cells(Cells(found["column"].to_numpy(), found["row"].to_numpy()))
    is_hit = np.isin(number_cells(places), designated).reshape(points[0].shape)
    hits: NDArray[np.int64] = is_hit.sum(axis=0, dtype=np.int64)
    return hits


def _sum_zones(cells: pd.DataFrame, hits: NDArray[np.int64], of: int) -> pd.DataFrame:
    people = cells["residents_n"].astype("int64")
    frame = pd.DataFrame({"zone": cells["zone"], "stability_n": hits * people, "stability_of": of * people})
    sums = frame[frame["zone"].notna()].astype({"zone": "int64"}).groupby("zone").sum()
    return sums.reset_index().astype("int64")
