"""Layers that a screening is seen against, a file each: zones, places, blocks, barriers and crossings.

They are no registers of a project: every layer is read alone, with the findings that belong to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.aliases import fold_heading
from boundaries.registers.findings import combine_findings
from boundaries.registers.severity import Severity
from geo.crs import WORKING_CRS
from geo.errors import ReadError
from geo.geometry import as_array, repair_geometry
from geo.overlay import find_overlaps
from geo.readers import read_layer
from geo.tables import TextLayer

CONTEXT_SEVERITIES: Mapping[str, Severity] = {
    "context_no_geometry": "warning",
    "context_wrong_type": "error",
    "context_bad_coordinates": "error",
    "context_beyond_repair": "error",
    "context_repaired": "warning",
    "context_no_length": "note",
    "zone_without_name": "warning",
    "zone_name_repeated": "warning",
    "zones_overlap": "warning",
    "place_without_name": "warning",
}
"""Rule to severity; sentence and remedy are in the text catalogs below ``finding.<rule>``."""

NAME_HEADINGS = (
    "name",
    "navn",
    "delområde",
    "områdenavn",
    "område",
    "byområde",
    "stednavn",
    "bydel",
    "kvarter",
    "zone",
)
"""Headings that hold the name of a zone or a place, where none is stated; the first that is there."""

KIND_HEADINGS = ("kind", "type", "art", "kategori", "barriere", "vejklasse", "objekttype")
"""Headings that hold what a barrier or a crossing is."""

OVERLAP_M2 = 1.0
"""Overlaps of zones up to this size are digitising noise."""

_POLYGONS = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
_LINES = (GeometryType.LINESTRING, GeometryType.MULTILINESTRING)
_POINTS = (GeometryType.POINT, GeometryType.MULTIPOINT)
_COLLECTION = GeometryType.GEOMETRYCOLLECTION
_TYPE_WORDS = {
    GeometryType.POLYGON: "Polygon",
    GeometryType.MULTIPOLYGON: "MultiPolygon",
    GeometryType.LINESTRING: "LineString",
    GeometryType.MULTILINESTRING: "MultiLineString",
    GeometryType.POINT: "Point",
    GeometryType.MULTIPOINT: "MultiPoint",
    GeometryType.GEOMETRYCOLLECTION: "GeometryCollection",
}


@dataclass(frozen=True, kw_only=True)
class ContextLayer:
    """A layer as read.

    Attributes
    ----------
    frame
        What the reader says; EPSG:25832, positions 0..n-1 as index, the same whatever the order of the
        rows in the file.
    findings
        Columns `boundaries.model.FINDING_COLUMNS`; with an error the frame should not be used.
    """

    frame: gpd.GeoDataFrame
    findings: pd.DataFrame


def read_zones(
    path: str | Path, *, layer: str | None = None, crs: str | None = None, name: str | None = None
) -> ContextLayer:
    """Read a designation: the outlines of udsatte byområder.

    Parameters
    ----------
    path
        Any file of `geo.readers.read_layer`; one row a zone, polygons.
    layer
        Name of the layer; may be left out where there is one only.
    crs
        Only for a file that does not say its own.
    name
        Heading of the names; None looks for `NAME_HEADINGS`.

    Returns
    -------
    ContextLayer
        ``name`` (unique), ``name_given`` (as it stood; NA where there is none), ``geometry``
        (MultiPolygon); from north to south by the middle of the zone, then from west to east. Zones of
        one name are told apart by a number from the second on (``"Ved Jagtvej 2"``); one without name is
        called by its number in the order.

    Raises
    ------
    ReadError, UsageError, DataError
        As `geo.readers.read_layer`, or ``context.no_such_column``.
    """
    reading = _read(path, "zones", layer=layer, crs=crs)
    names = reading.text_of(NAME_HEADINGS, name)
    frame = reading.take_polygons().assign(name_given=names)
    frame = _sort_by_place(frame, "name_given")
    _note_overlaps(reading, frame)
    _note_names(reading, frame)
    frame.insert(0, "name", _number_names(frame["name_given"]))
    return reading.finish(frame, ["name", "name_given"])


def read_places(
    path: str | Path, *, layer: str | None = None, crs: str | None = None, name: str | None = None
) -> ContextLayer:
    """Read the places that zones are named after: neighbourhoods, bydele or roder.

    Parameters
    ----------
    path, layer, crs, name
        As for `read_zones`.

    Returns
    -------
    ContextLayer
        ``name``, ``geometry`` (MultiPolygon); by name, then from north to south. Rows of one name stay
        apart. A row without name is left out, with a finding.

    Raises
    ------
    ReadError, UsageError, DataError
        As `geo.readers.read_layer`, or ``context.no_such_column`` and ``context.no_name_column``.
    """
    reading = _read(path, "places", layer=layer, crs=crs)
    names = reading.text_of(NAME_HEADINGS, name, is_required=True)
    reading.note("place_without_name", names.isna())
    frame = reading.take_polygons().assign(name=names)
    frame = _sort_by_place(frame[frame["name"].notna()], "name")
    return reading.finish(frame.sort_values("name", kind="stable"), ["name"])


def read_blocks(
    path: str | Path, *, layer: str | None = None, crs: str | None = None, name: str | None = None
) -> ContextLayer:
    """Read the blocks or roder that zones are given to whole.

    Parameters
    ----------
    path, layer, crs, name
        As for `read_zones`.

    Returns
    -------
    ContextLayer
        ``name`` (NA where not told), ``geometry`` (MultiPolygon); from north to south. Blocks that overlap
        are a finding.

    Raises
    ------
    ReadError, UsageError, DataError
        As `geo.readers.read_layer`, or ``context.no_such_column``.
    """
    reading = _read(path, "blocks", layer=layer, crs=crs)
    names = reading.text_of(NAME_HEADINGS, name)
    frame = _sort_by_place(reading.take_polygons().assign(name=names, name_given=names), "name")
    _note_overlaps(reading, frame)
    return reading.finish(frame, ["name"])


def read_barriers(
    path: str | Path, *, layer: str | None = None, crs: str | None = None, kind: str | None = None
) -> ContextLayer:
    """Read barriers: the middle lines of railways, motorways and watercourses.

    Parameters
    ----------
    path
        Any file of `geo.readers.read_layer`; lines.
    layer, crs
        As for `read_zones`.
    kind
        Heading of what a barrier is; None looks for `KIND_HEADINGS`.

    Returns
    -------
    ContextLayer
        ``kind`` (NA where not told), ``geometry`` (LineString or MultiLineString); from north to south.

    Raises
    ------
    ReadError, UsageError, DataError
        As `geo.readers.read_layer`, or ``context.no_such_column``.
    """
    reading = _read(path, "barriers", layer=layer, crs=crs)
    frame = reading.take(_LINES).assign(kind=reading.text_of(KIND_HEADINGS, kind))
    has_length = pd.Series(shapely.length(as_array(frame.geometry)) > 0, index=frame.index, dtype="bool")
    reading.note("context_no_length", ~has_length)
    return reading.finish(_sort_by_place(frame[has_length], "kind"), ["kind"])


def read_crossings(
    path: str | Path, *, layer: str | None = None, crs: str | None = None, kind: str | None = None
) -> ContextLayer:
    """Read crossings of barriers: bridges, tunnels and level crossings as points.

    Parameters
    ----------
    path, layer, crs, kind
        As for `read_barriers`, but points. A row of several points is as many crossings.

    Returns
    -------
    ContextLayer
        ``kind`` (NA where not told), ``geometry`` (Point); from north to south.

    Raises
    ------
    ReadError, UsageError, DataError
        As `geo.readers.read_layer`, or ``context.no_such_column``.
    """
    reading = _read(path, "crossings", layer=layer, crs=crs)
    frame = reading.take(_POINTS).assign(kind=reading.text_of(KIND_HEADINGS, kind))
    return reading.finish(_sort_by_place(frame.explode(ignore_index=True), "kind"), ["kind"])


class _Reading:
    """A layer under reading, and what was found in it so far."""

    def __init__(self, text: TextLayer, register: str) -> None:
        self.text = text
        self.register = register
        self.findings: list[pd.DataFrame] = []

    def note(self, rule: str, where: pd.Series, details: Mapping[str, object] | None = None) -> None:
        """Add a finding for each row of the mask `where`, whose index is that of rows of the layer."""
        found = where.index[where.to_numpy(dtype=bool)]
        if len(found):
            self.note_at(rule, found, details)

    def note_at(self, rule: str, rows: pd.Index, details: Mapping[str, object] | None = None) -> None:
        """Add a finding for each of `rows`; details are one value for all, or one a finding in order."""
        table = pd.DataFrame(
            {
                "severity": CONTEXT_SEVERITIES[rule],
                "rule": rule,
                "register": self.register,
                "file": self.text.file,
                "layer": self.text.layer,
                "line": self.text.line.loc[rows].astype("Int64").to_numpy(),
                **(details or {}),
            }
        )
        self.findings.append(table.reindex(columns=list(FINDING_COLUMNS)))

    def text_of(
        self, headings: tuple[str, ...], stated: str | None, *, is_required: bool = False
    ) -> pd.Series:
        """Return the column that is stated, or the first of `headings`; all NA where there is none."""
        there = {fold_heading(str(heading)): str(heading) for heading in self.text.frame.columns}
        there.pop("geometry", None)
        wanted = headings if stated is None else (stated,)
        found = [there[name] for name in map(fold_heading, wanted) if name in there]
        if found:
            told: pd.Series = self.text.frame[found[0]].str.strip()
            return told.where(told.ne("")).astype("str")
        values = {"file": self.text.file, "found": ", ".join(there.values()) or "–"}
        if stated is not None:
            raise ReadError("context.no_such_column", values | {"column": stated})
        if is_required:
            raise ReadError("context.no_name_column", values | {"known": ", ".join(headings)})
        return pd.Series(None, index=self.text.frame.index, dtype="str")

    def take(self, types: tuple[GeometryType, ...]) -> gpd.GeoDataFrame:
        """Return the geometries of the wanted types; the others are left out, each with a finding."""
        shapes = as_array(self.text.frame.geometry)
        index = self.text.frame.index
        is_nothing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        is_right = np.isin(shapely.get_type_id(shapes), [kind.value for kind in types])
        has_places = _has_finite_coordinates(shapes)
        self.note("context_no_geometry", pd.Series(is_nothing, index=index))
        is_wrong = ~is_nothing & ~is_right
        required = " / ".join(_TYPE_WORDS[kind] for kind in types)
        details = {"value": [shape.geom_type for shape in shapes[is_wrong]], "other": required}
        self.note("context_wrong_type", pd.Series(is_wrong, index=index), details)
        self.note("context_bad_coordinates", pd.Series(~is_nothing & is_right & ~has_places, index=index))
        return self.text.frame[["geometry"]][~is_nothing & is_right & has_places]

    def take_polygons(self) -> gpd.GeoDataFrame:
        """Return the polygons, valid, as MultiPolygons; what was repaired is told."""
        # A collection may hold the polygons that an earlier repair has left among lines.
        frame = self.take((*_POLYGONS, _COLLECTION))
        repaired, report = repair_geometry(frame.geometry)
        rows = frame.index[report["position"]]
        is_lost = report["type_after"].isna().to_numpy()
        for rule, mask in (("context_beyond_repair", is_lost), ("context_repaired", ~is_lost)):
            change = (report["area_after_m2"] - report["area_before_m2"]).abs()[mask]
            if mask.any():
                details = {"value": report["reason"][mask].to_numpy(), "measure": change.to_numpy()}
                self.note_at(rule, rows[mask], details)
        sound = repaired[repaired.notna()]
        whole = [shapely.multipolygons(shapely.get_parts(shape)) for shape in sound]
        return gpd.GeoDataFrame(geometry=gpd.GeoSeries(whole, index=sound.index, crs=WORKING_CRS))

    def finish(self, frame: gpd.GeoDataFrame, columns: list[str]) -> ContextLayer:
        """Return the columns wanted, with positions 0..n-1, and the findings."""
        made = frame[[*columns, "geometry"]].reset_index(drop=True)
        return ContextLayer(frame=made, findings=combine_findings(self.findings))


def _read(path: str | Path, register: str, *, layer: str | None, crs: str | None) -> _Reading:
    return _Reading(read_layer(path, layer=layer, crs=crs), register)


def _has_finite_coordinates(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    coordinates, row = shapely.get_coordinates(shapes, return_index=True)
    bad = np.unique(row[~np.isfinite(coordinates).all(axis=1)])
    return ~np.isin(np.arange(len(shapes)), bad)


def _sort_by_place(frame: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
    """Sort from north to south, then from west to east; what lies on each other by `column` and outline."""
    middle = shapely.centroid(as_array(frame.geometry))
    keys = pd.DataFrame(
        {
            "south": -shapely.get_y(middle),
            "east": shapely.get_x(middle),
            "name": frame[column],
            "outline": shapely.to_wkb(as_array(frame.geometry), hex=True),
        },
        index=frame.index,
    )
    return frame.loc[keys.sort_values(list(keys.columns), kind="stable").index]


def _number_names(given: pd.Series) -> pd.Series:
    """Return unique names: repeated ones numbered from the second on, missing ones called by their place."""
    place = pd.Series(range(1, len(given) + 1), index=given.index).astype("str")
    wanted = given.fillna(place)
    given_names, taken = set(wanted), set[str]()
    numbered = []
    for name in wanted:
        unique, again_n = name, 1
        # "A 2" may be a name of its own.
        while unique in taken or (again_n > 1 and unique in given_names):
            again_n += 1
            unique = f"{name} {again_n}"
        taken.add(unique)
        numbered.append(unique)
    return pd.Series(numbered, index=given.index, dtype="str")


def _note_names(reading: _Reading, frame: gpd.GeoDataFrame) -> None:
    given = frame["name_given"]
    reading.note("zone_without_name", given.isna())
    is_again = given.notna() & given.duplicated(keep=False)
    counts = given.map(given.value_counts()).fillna(0)
    details = {"value": given[is_again].to_numpy(), "measure": counts[is_again].to_numpy(dtype="float64")}
    reading.note("zone_name_repeated", is_again, details)


def _note_overlaps(reading: _Reading, frame: gpd.GeoDataFrame) -> None:
    pairs = find_overlaps(frame.geometry, tolerance_m2=OVERLAP_M2)
    if pairs.empty:
        return
    names = frame["name_given"].fillna("–").to_numpy()
    reading.note_at(
        "zones_overlap",
        frame.index[pairs["left"]],
        {
            "value": names[pairs["left"]],
            "other": names[pairs["right"]],
            "measure": pairs["overlap_m2"].to_numpy(),
        },
    )
