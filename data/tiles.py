"""The tile map: every kommune an equal hexagon, placed like Denmark.

The layout is our own, set by hand: a hexagon a kommune, the crowd around København spread over the room that
it takes on the page, water left open between Jylland, Fyn, Sjælland, Lolland-Falster and Bornholm, and where
a fjord parts neighbours. Tests hold it to the real map: of the pairs of kommuner that touch on land, three in
four share a side, the mean distance is at most 1.3 steps and none is over 4; the bearing of a kommune from
the middle of the country is at most 35 degrees off.

Rows run from north to south and columns from west to east; the hexagons stand on a corner, and those of odd
rows lie half a hexagon to the east.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple

import shapely

CHRISTIANSOE_CODE = "0411"
"""Christiansø is in no kommune; it has a place beside Bornholm for tables that list it."""

_CORNERS = ((0, 2), (1, 1), (1, -1), (0, -2), (-1, -1), (-1, 1))


class Tile(NamedTuple):
    """The place of a kommune in the layout, and a name of at most eight signs that fits there."""

    kommune_code: str
    column: int
    row: int
    short_name: str

    @property
    def centre(self) -> tuple[int, int]:
        """The middle: half widths to the east, half sides to the north of the middle of column 0, row 0."""
        return 2 * self.column + self.row % 2, -3 * self.row

    @property
    def polygon(self) -> shapely.Polygon:
        """The hexagon in the units of `centre`; whole numbers, so that neighbours share their corners."""
        x, y = self.centre
        return shapely.Polygon([(x + right, y + up) for right, up in _CORNERS])


@cache
def load_tiles() -> Mapping[str, Tile]:
    """Read ``tiles.csv``, by kommune code: the 98 kommuner, and Christiansø."""
    text = resources.files(__package__).joinpath("tiles.csv").read_text(encoding="utf-8")
    tiles = (
        Tile(row["kommune_code"], int(row["column"]), int(row["row"]), row["short_name"])
        for row in csv.DictReader(text.splitlines())
    )
    return MappingProxyType({tile.kommune_code: tile for tile in tiles})


def count_steps(tile: Tile, other: Tile) -> int:
    """Count the steps from hexagon to hexagon across sides between two tiles.

    >>> tiles = load_tiles()
    >>> count_steps(tiles["0751"], tiles["0746"])
    1
    """
    right, up = (one - two for one, two in zip(tile.centre, other.centre, strict=True))
    rows = abs(up) // 3
    return rows + max(0, abs(right) - rows) // 2


def outline_tiles(tiles: Iterable[Tile]) -> shapely.Geometry:
    """Return the outline around tiles as one polygon or several, in the units of `Tile.centre`."""
    whole: shapely.Geometry = shapely.normalize(shapely.union_all([tile.polygon for tile in tiles]))
    return whole
