"""Recompute what can be worked out of a published screening, from nothing but what it shows."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from boundaries.disclosure.cells import (
    REST,
    PublishedScreening,
    Quantity,
    list_quantities,
)

Floats = NDArray[np.float64]

LEAK_COLUMNS = ("zone", "cell_id", "column", "low", "high")
"""Columns of what was worked out: a hidden count, and the bounds that it must lie between."""

SOLVED_CELLS_N = 12
"""Lines with at most so many hidden cells are solved as linear programmes; of larger ones the bounds are
those of the sums alone."""


def audit_screening(published: PublishedScreening, *, solved_cells_n: int = SOLVED_CELLS_N) -> pd.DataFrame:
    """Find the hidden counts that can be worked out to within fewer persons than the threshold.

    For every line whose sum is shown, the hidden counts sum to what the shown ones leave; no count is
    below 0, no numerator above its denominator, and a shown average ties the two. The least and the
    greatest value that fit are each hidden count's bounds.

    Parameters
    ----------
    published
        As `boundaries.disclosure.cells.publish_screening` returns it; nothing else is used.
    solved_cells_n
        Lines with more hidden cells are judged by their sums alone.

    Returns
    -------
    DataFrame
        `LEAK_COLUMNS`, one row a count that leaks; none where nothing does.
    """
    cells = published.cells
    lines = cells["zone"].fillna(REST).astype("int64")
    rows: list[dict[str, object]] = []
    for name, pair in list_quantities().items():
        sums = _line_sums(published, pair)
        for line, part in cells.groupby(lines, sort=True):
            total = sums.get(int(str(line)))
            hidden = part[part[pair.numerator].isna()]
            if total is None or hidden.empty or not sum(total):
                continue
            rest = [
                value - int(part[column].sum())
                for value, column in zip(total, (pair.numerator, pair.denominator), strict=True)
            ]
            bounds = _bound(hidden, name, pair, rest, solved_cells_n)
            least = (published.limits.threshold_n * pair.unit, published.limits.threshold_n)
            for column, (low, high), width in zip(
                (pair.numerator, pair.denominator), bounds, least, strict=True
            ):
                leaks = np.flatnonzero(high - low < width - 1e-6)
                ids = hidden["cell_id"].to_numpy()
                rows += [
                    {"zone": line, "cell_id": ids[at], "column": column, "low": low[at], "high": high[at]}
                    for at in leaks
                ]
    return pd.DataFrame(rows, columns=list(LEAK_COLUMNS))


def _line_sums(published: PublishedScreening, pair: Quantity) -> dict[int, tuple[int, int]]:
    """Return the sums of the lines that are shown, or that others give."""
    zones, parts = published.zones, published.parts.set_index("part")
    columns = [pair.numerator, pair.denominator]
    known = zones[zones[columns].notna().all(axis="columns")]
    sums = {int(row[0]): (int(row[1]), int(row[2])) for row in known[["zone", *columns]].to_numpy().tolist()}
    shown = parts.loc[["rest", "city"], columns]
    is_shown = shown.notna().all(axis="columns")
    whole = {
        str(part): (int(row[0]), int(row[1]))
        for part, row in zip(("rest", "city"), shown.fillna(0).to_numpy(), strict=True)
    }
    if is_shown["rest"]:
        sums[REST] = whole["rest"]
    open_lines = [*zones.loc[~zones["zone"].isin(sums), "zone"].tolist(), *([] if REST in sums else [REST])]
    if len(open_lines) == 1 and is_shown["city"]:
        given = [sum(value[at] for value in sums.values()) for at in (0, 1)]
        sums[int(open_lines[0])] = (whole["city"][0] - given[0], whole["city"][1] - given[1])
    return sums


def _bound(
    hidden: pd.DataFrame, name: str, pair: Quantity, rest: list[int], solved_cells_n: int
) -> list[tuple[Floats, Floats]]:
    """Return the least and greatest numerators and denominators of hidden cells."""
    count = len(hidden)
    if count > solved_cells_n:
        # The others can be nothing, so that each may be all; and, being more than one, the reverse.
        return [(np.zeros(count), np.full(count, float(value))) for value in rest]
    averages = hidden[f"{name}_rounded"] if f"{name}_rounded" in hidden else pd.Series(pd.NA, hidden.index)
    limits, most = _tie(averages.to_numpy(dtype=np.float64, na_value=np.nan), pair)
    sums = np.zeros((2, 2 * count))
    sums[0, :count] = sums[1, count:] = 1
    found: list[tuple[Floats, Floats]] = []
    for first in (0, count):
        ends = np.zeros((2, count))
        for at in range(count):
            for side, sign in enumerate((1, -1)):
                aim = np.zeros(2 * count)
                aim[first + at] = sign
                solved = linprog(aim, A_ub=limits, b_ub=most, A_eq=sums, b_eq=rest, method="highs")
                ends[side, at] = sign * solved.fun if solved.status == 0 else (-np.inf, np.inf)[side]
        found.append((ends[0], ends[1]))
    return found


def _tie(averages: Floats, pair: Quantity) -> tuple[Floats, Floats]:
    """Return the inequalities between numerators and denominators: shares up to 1, and shown averages."""
    count = len(averages)
    rows: list[Floats] = []

    def add(at: int, of_numerator: float, of_denominator: float) -> None:
        row = np.zeros(2 * count)
        row[at], row[count + at] = of_numerator, of_denominator
        rows.append(row)

    scale = 100 if pair.is_share else 1
    for at, average in enumerate(averages):
        if pair.is_share:
            add(at, 1, -pair.unit)
        elif pair.numerator == "residents_n":
            # Each household has a resident at least.
            add(at, -1, 1)
        if np.isfinite(average):
            add(at, scale, -(average + 0.5) * pair.unit)
            add(at, -scale, (average - 0.5) * pair.unit)
    limits = np.array(rows).reshape(len(rows), 2 * count)
    return limits, np.zeros(len(rows))
