"""An updatable index of dated polygons: what is in force at a point on a date."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import shapely
from rtree import index
from shapely.geometry.base import BaseGeometry

from geo.errors import DataError
from geo.geometry import as_array
from geo.overlay import require_valid

_LAST_DAY = date.max.toordinal()


@dataclass(frozen=True)
class _Entry:
    key: str
    number: int
    geometry: BaseGeometry
    valid_from: date
    valid_to: date | None

    @property
    def box(self) -> tuple[float, ...]:
        """West, south, first day, east, north, last day: the tree's boxes are closed, so the end is out."""
        last_day = _LAST_DAY if self.valid_to is None else self.valid_to.toordinal() - 1
        west, south, east, north = self.geometry.bounds
        return (west, south, self.valid_from.toordinal(), east, north, last_day)


class DatedIndex:
    """Polygons with the dates between which they hold, added and removed as decisions arrive.

    A polygon holds from `valid_from` up to, not including, `valid_to`. Edges belong to it: a point on a
    common edge finds both neighbours. For millions of points use `geo.locate`.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._keys: dict[int, str] = {}
        self._next_number = 0
        self._tree = index.Index(properties=index.Property(dimension=3))

    def __len__(self) -> int:
        """Return the number of polygons in the index."""
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        """Tell whether a polygon was added under `key`."""
        return key in self._entries

    def add(
        self, key: str, geometry: BaseGeometry | None, *, valid_from: date, valid_to: date | None = None
    ) -> None:
        """Add a polygon.

        Parameters
        ----------
        key
            Its id, unique in the index.
        geometry
            Valid Polygon or MultiPolygon in EPSG:25832.
        valid_from
            First day in force.
        valid_to
            First day no longer in force; None for no end.

        Raises
        ------
        DataError
            ``geo_core.duplicate_key``, ``missing_date``, ``empty_validity``, ``missing_geometry``,
            ``not_polygons``, ``bad_coordinates`` or ``invalid_polygon``; the index is as before.
        """
        if key in self._entries:
            raise DataError("geo_core.duplicate_key", {"key": key})
        first = _require_date(key, valid_from)
        end = None if valid_to is None else _require_date(key, valid_to)
        if end is not None and end <= first:
            raise DataError("geo_core.empty_validity", {"key": key, "valid_from": first, "valid_to": end})
        if geometry is None or geometry.is_empty:
            raise DataError("geo_core.missing_geometry", {"key": key})
        require_valid([geometry])
        entry = _Entry(key, self._next_number, geometry, first, end)
        self._tree.insert(entry.number, entry.box)
        self._entries[key] = entry
        self._keys[entry.number] = key
        self._next_number += 1

    def remove(self, key: str) -> None:
        """Remove the polygon of `key`.

        Raises
        ------
        KeyError
            Where there is none.
        """
        entry = self._entries.pop(key)
        del self._keys[entry.number]
        self._tree.delete(entry.number, entry.box)

    def find_in_force(self, x: float, y: float, on: date) -> list[str]:
        """Find the polygons in force at a point on a date.

        Parameters
        ----------
        x, y
            Easting and northing in EPSG:25832, metres.
        on
            The day.

        Returns
        -------
        list of str
            Keys in order; none where a coordinate is NaN or infinite.

        Raises
        ------
        DataError
            ``geo_core.missing_date`` where `on` is missing.
        """
        day = _require_date("–", on)
        if not (np.isfinite(x) and np.isfinite(y)):
            # The tree answers a NaN query with everything it has.
            return []
        found = self._query((x, y, x, y), day)
        return [entry.key for entry in found if shapely.intersects_xy(entry.geometry, x, y)]

    def find_overlapping(
        self, geometry: BaseGeometry | None, *, on: date | None = None, tolerance_m2: float = 0.0
    ) -> pd.DataFrame:
        """Find the polygons that `geometry` would overlap, were it added.

        Parameters
        ----------
        geometry
            Valid polygon in EPSG:25832; a missing or empty one overlaps nothing.
        on
            Only those in force on this day; None for those of every day.
        tolerance_m2
            Overlaps up to and including this size are left out.

        Returns
        -------
        pd.DataFrame
            ``key``, ``overlap_m2``, ``valid_from``, ``valid_to`` (``datetime64[s]``, NaT for no end);
            by key.

        Raises
        ------
        DataError
            ``geo_core.missing_date``, ``not_polygons``, ``bad_coordinates`` or ``invalid_polygon``.
        """
        day = None if on is None else _require_date("–", on)
        require_valid([geometry])
        found = [] if geometry is None or geometry.is_empty else self._query(geometry.bounds, day)
        shapes = as_array([entry.geometry for entry in found])
        overlap_m2 = np.asarray(shapely.area(shapely.intersection(shapes, geometry)), dtype=np.float64)
        rows = pd.DataFrame(
            {
                "key": pd.Series([entry.key for entry in found], dtype="str"),
                "overlap_m2": overlap_m2,
                "valid_from": np.array([entry.valid_from for entry in found], dtype="datetime64[s]"),
                "valid_to": np.array([entry.valid_to for entry in found], dtype="datetime64[s]"),
            }
        )
        return rows[rows["overlap_m2"] > tolerance_m2].reset_index(drop=True)

    def _query(self, bounds: tuple[float, float, float, float], on: date | None) -> list[_Entry]:
        """Return the entries whose box meets `bounds` on the day, by key."""
        west, south, east, north = bounds
        first, last = (date.min.toordinal(), _LAST_DAY) if on is None else (on.toordinal(), on.toordinal())
        numbers = self._tree.intersection((west, south, first, east, north, last))
        found = [self._entries[self._keys[number]] for number in numbers]
        return sorted(found, key=lambda entry: entry.key)


def _require_date(key: str, day: date | None) -> date:
    """Return the calendar day; a timestamp loses its time of day."""
    if day is None or pd.isna(day):
        raise DataError("geo_core.missing_date", {"key": key})
    return date(day.year, day.month, day.day)
