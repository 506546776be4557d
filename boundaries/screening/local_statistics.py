"""Which cells lie among worse ones than chance would put together: Getis and Ord's local statistic Gi*.

A map of cells always shows clusters. Gi* asks of each cell whether the values around it, its own included,
sum to more than a random arrangement of the city's values would give. It stands beside the screening and
decides nothing. The formula is short and its sums are those that the neighbourhoods use, so a library of
spatial statistics would bring weight and no accuracy.

Source: Ord and Getis, *Local Spatial Autocorrelation Statistics* (1995), equation 14; false discoveries by
Benjamini and Hochberg (1995).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from boundaries.registers.cell_columns import UNITS, GridCriterion, name_denominator, name_numerator
from boundaries.screening.screening import Screening
from geo.grid import Cells
from geo.grid_sums import frame_cells, measure_footprint, sum_around

Floats = NDArray[np.float64]

FALSE_DISCOVERIES = 0.05
"""Share of the cells said to be hot that may be so by chance."""

_FEWEST_CELLS_N = 30


def measure_hot_spots(
    screening: Screening, *, radius_cells: int | None = None, false_discoveries: float = FALSE_DISCOVERIES
) -> pd.DataFrame:
    """Measure Gi* of every cell by criterion, on the cells' own values.

    With binary weights, W cells of known value around a cell and n in the city, of mean m and standard
    deviation s: ``z = (sum - m W) / (s sqrt((n W - W^2) / (n - 1)))``.

    Parameters
    ----------
    screening
        The screened city.
    radius_cells
        Radius of the neighbourhood; None takes the screening's, at least 1.
    false_discoveries
        Rate held by Benjamini and Hochberg's rule over all cells of a criterion.

    Returns
    -------
    DataFrame
        ``gi_<criterion>`` (float z, positive where it is worse; NaN where nobody is known) and
        ``is_hot_<criterion>`` (boolean, NA likewise), and ``hot_n`` (int64, criteria with a hot spot); index
        of `Screening.cells`. A criterion known in fewer than 30 cells, or the same in all, has no values.
    """
    cells, settings = screening.cells, screening.settings
    places = Cells(cells["column"].to_numpy(), cells["row"].to_numpy())
    radius = max(1, settings.radius_cells) if radius_cells is None else radius_cells
    footprint = measure_footprint(radius, settings.neighbourhood_shape)
    found: dict[str, pd.Series] = {}
    hot_n = np.zeros(len(cells), dtype=np.int64)
    for criterion in settings.rules:
        value = _measure_values(cells, criterion)
        z = _measure_gi(value, places, footprint)
        is_hot = _discover(z, false_discoveries)
        known = np.isfinite(z)
        found[f"gi_{criterion}"] = pd.Series(z, index=cells.index)
        found[f"is_hot_{criterion}"] = pd.Series(is_hot, index=cells.index).astype("boolean").mask(~known)
        hot_n += is_hot
    return pd.DataFrame(found, index=cells.index).assign(hot_n=hot_n)


def sum_hot_zones(screening: Screening, hot_spots: pd.DataFrame) -> pd.DataFrame:
    """Sum by zone the residents of cells that are hot on as many criteria as a candidate has to meet.

    Returns
    -------
    DataFrame
        ``zone``, ``hot_residents_n``, ``residents_n`` (int64); by zone.
    """
    cells = screening.cells
    people = cells["residents_n"].astype("int64")
    is_hot = hot_spots["hot_n"] >= screening.settings.criteria_required_n
    frame = pd.DataFrame(
        {"zone": cells["zone"], "hot_residents_n": people.where(is_hot, 0), "residents_n": people}
    )
    return frame[frame["zone"].notna()].groupby("zone").sum().reset_index().astype("int64")


def _measure_values(cells: pd.DataFrame, criterion: GridCriterion) -> Floats:
    """Return the cells' own values, turned so that high is worse; NaN where nobody is known."""
    numerator = cells[name_numerator(criterion)].to_numpy(dtype=np.float64, na_value=np.nan)
    denominator = cells[name_denominator(criterion)].to_numpy(dtype=np.float64, na_value=0.0)
    value = np.full(len(cells), np.nan)
    np.divide(numerator, denominator * UNITS[criterion], out=value, where=denominator > 0)
    return -value if criterion is GridCriterion.DWELLING_AREA else value


def _measure_gi(value: Floats, places: Cells, footprint: tuple[int, ...]) -> Floats:
    known = np.isfinite(value)
    count = int(known.sum())
    z = np.full(len(value), np.nan)
    if count < _FEWEST_CELLS_N:
        return z
    deviation = np.where(known, value - value[known].mean(), 0.0)
    spread = float(np.sqrt(np.mean(deviation[known] ** 2)))
    if spread <= 1e-12 * max(1.0, float(np.abs(value[known]).max())):
        return z
    window = frame_cells(places)
    # Sums of deviations from the mean: the mean times W is then taken off already.
    around = window.gather(sum_around(window.spread(places, deviation), footprint), places)
    weight = window.gather(sum_around(window.spread(places, known.astype(np.float64)), footprint), places)
    variance = (count * weight - weight**2) / (count - 1)
    usable = known & (variance > 0)
    z[usable] = around[usable] / (spread * np.sqrt(variance[usable]))
    return z


def _discover(z: Floats, rate: float) -> NDArray[np.bool_]:
    """Tell which are hot, by Benjamini and Hochberg's step-up rule on one-sided p-values."""
    known = np.flatnonzero(np.isfinite(z))
    p = norm.sf(z[known])
    order = np.argsort(p, kind="stable")
    passes = np.flatnonzero(p[order] <= rate * np.arange(1, len(p) + 1) / max(len(p), 1))
    is_hot = np.zeros(len(z), dtype=bool)
    if len(passes):
        is_hot[known[order[: passes[-1] + 1]]] = True
    return is_hot
