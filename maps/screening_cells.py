"""The cells as a page carries them: compact whole numbers, and nothing of what is hidden."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import shapely

from boundaries.city_screening import ScreenedCity
from boundaries.registers.cell_columns import GridCriterion
from geo.grid import Cells, Grid, measure_corners
from maps import labels, layers
from maps.screening_views import publish_value

LATTICE_M = 2_000
"""Distance of the points whose degrees a page carries; between them it interpolates, to about a decimetre."""

_TENTHS = 10


def encode_cells(city: ScreenedCity, criteria: Sequence[GridCriterion]) -> dict[str, object]:
    """Return the published cells for the page's script.

    Returns
    -------
    dict
        ``steps`` (each cell's number, row by row in a frame of ``width`` columns, as the step from the cell
        before), ``column``, ``row`` (of the frame's lower-left cell), ``size``, ``prefix``, ``factor`` (of
        the ids), ``lattice``, ``zone`` (0 outside), ``shown`` (one letter a cell: n, a or f), ``residents``,
        ``households`` (null where hidden), ``values`` by criterion in tenths (null where hidden, below 0
        where only a rounded average is shown: -1 - average), ``met`` by criterion (one letter a cell: 1, 0,
        - where unknown and . where hidden), ``count`` (likewise) and ``stability`` in per cent.
    """
    frame = city.published.cells
    rows = labels.list_rows(frame)
    stay = city.stability_cells
    width, steps = _encode_places(frame)
    column, row = (int(frame[name].min()) if len(frame) else 0 for name in ("column", "row"))
    return {
        "steps": steps,
        "width": width,
        "column": column,
        "row": row,
        **_describe_grid(city.settings.grid),
        "lattice": _make_lattice(frame, city.settings.grid),
        "zone": [0 if labels.is_missing(line["zone"]) else int(line["zone"]) for line in rows],
        "shown": "".join({"nothing": "n", "averages": "a", "all": "f"}[line["shown"]] for line in rows),
        "residents": [_plain(line["residents_n"]) for line in rows],
        "households": [_plain(line["households_n"]) for line in rows],
        "values": {name.value: [_encode_value(line, name) for line in rows] for name in criteria},
        "met": {name.value: "".join(_encode_met(line, name) for line in rows) for name in criteria},
        "count": "".join(
            "." if labels.is_missing(line["criteria_met_n"]) else str(int(line["criteria_met_n"]))
            for line in rows
        ),
        "stability": [
            100 * int(part) // int(whole) if whole else 0
            for part, whole in zip(stay["stability_n"], stay["stability_of"], strict=True)
        ],
    }


def _plain(value: object) -> int | None:
    return None if labels.is_missing(value) else int(str(value))


def _encode_value(row: dict[str, Any], criterion: GridCriterion) -> int | None:
    value, is_exact = publish_value(row, criterion)
    if value is None:
        return None
    return _round_half_up(value * _TENTHS) if is_exact else -1 - int(value)


def _round_half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _encode_met(row: dict[str, Any], criterion: GridCriterion) -> str:
    if row["shown"] == "nothing":
        return "."
    is_met = row[f"is_met_{criterion}"]
    return "-" if labels.is_missing(is_met) else "1" if is_met else "0"


def _encode_places(frame: pd.DataFrame) -> tuple[int, list[int]]:
    if frame.empty:
        return 1, []
    column = frame["column"].to_numpy(dtype=np.int64)
    row = frame["row"].to_numpy(dtype=np.int64)
    width = int(column.max() - column.min()) + 1
    number = (row - row.min()) * width + (column - column.min())
    return width, np.diff(number, prepend=0).tolist()


def _describe_grid(grid: Grid) -> dict[str, object]:
    """Return what an id is made of: 250 m ids count in tens of metres, the others in cells."""
    size = grid.size_m
    prefix = f"{size}m" if size < 1000 else f"{size // 1000}km"
    return {"size": size, "prefix": prefix, "factor": 25 if size == 250 else 1}


def _make_lattice(frame: pd.DataFrame, grid: Grid) -> dict[str, object]:
    """Return the degrees of points every so many cells, row by row from the frame's lower-left corner."""
    every = max(1, LATTICE_M // grid.size_m)
    if frame.empty:
        return {"every": every, "columns": 0, "lng": [], "lat": []}
    first = [int(frame[name].min()) for name in ("column", "row")]
    spans = [int(frame[name].max()) - start + 1 for name, start in zip(("column", "row"), first, strict=True)]
    counts = [-(-span // every) + 1 for span in spans]
    at_row, at_column = np.mgrid[0 : counts[1], 0 : counts[0]] * every
    cells = Cells(first[0] + at_column.ravel().astype(np.int64), first[1] + at_row.ravel().astype(np.int64))
    x, y = measure_corners(cells, grid)
    degrees = shapely.get_coordinates(
        layers.to_wgs84([shapely.Point(*pair) for pair in zip(x, y, strict=True)])
    )
    whole = np.rint(degrees * layers.MICRODEGREES).astype(np.int64)
    return {"every": every, "columns": counts[0], "lng": whole[:, 0].tolist(), "lat": whole[:, 1].tolist()}
