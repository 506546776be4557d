"""What is told of a file that is looked at: its layers and tables, their columns, and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from geo.crs import CrsProposal
from geo.tables import Note

Bounds = tuple[float, float, float, float]
"""Least x, least y, greatest x, greatest y."""


class FieldKind(StrEnum):
    """What the values of a column are; of a text file, what all of them can be read as."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    EMPTY = "empty"
    OTHER = "other"


class Fault(StrEnum):
    """What is wrong with the geometry of a feature."""

    NULL = "null"
    EMPTY = "empty"
    INVALID = "invalid"
    UNREADABLE = "unreadable"


class Outcome(StrEnum):
    """How the second reading of a layer ended."""

    DONE = "done"
    ABSENT = "absent"  # fiona is not installed
    FAILED = "failed"  # fiona raised
    CRASHED = "crashed"  # the process died
    TIMEOUT = "timeout"  # the process was ended
    SKIPPED = "skipped"  # fiona does not read the format


@dataclass(frozen=True, kw_only=True)
class FieldFacts:
    """A column: its heading, and the kind of its values. Never a value."""

    name: str
    kind: FieldKind


@dataclass(frozen=True, kw_only=True)
class GeometryFault:
    """A feature whose geometry cannot be used as it is.

    Attributes
    ----------
    fid
        Feature id, or the number of the row in a GeoParquet file.
    fault
        What is wrong.
    reason
        What GEOS says of an invalid geometry, with the place; empty else.
    """

    fid: int
    fault: Fault
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SecondReading:
    """What fiona, an engine of its own, says of a layer that pyogrio has read.

    Attributes
    ----------
    outcome
        How it ended.
    rows_n
        Features that it came to; None where it told nothing.
    detail
        What was said at the end of a reading that is not done.
    faults
        Features whose geometry cannot be used.
    """

    outcome: Outcome
    rows_n: int | None = None
    detail: str = ""
    faults: tuple[GeometryFault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LayerFacts:
    """A layer, as pyogrio reads it.

    Attributes
    ----------
    name
        Name of the layer.
    geometry_type
        As the layer declares it, e.g. ``"MultiPolygon"``; empty for a table without geometry.
    found_types
        Types that its features have, sorted.
    has_z
        Whether any has a third coordinate.
    crs
        Number and name; empty where the file states none.
    is_working_crs
        Whether it is EPSG:25832, by whatever name.
    proposals
        In which systems the coordinates would lie in Denmark, where the file states none, or one by which
        none of them does.
    rows_n
        Features that were read, not what the header says.
    extent
        In the layer's own system; None without geometry.
    fields
        Columns in the order of the file.
    faults
        By feature id, of both readings.
    second
        Fiona's reading; None for a layer that fiona is not asked about.
    """

    name: str
    geometry_type: str
    found_types: tuple[str, ...] = ()
    has_z: bool = False
    crs: str = ""
    is_working_crs: bool = False
    proposals: tuple[CrsProposal, ...] = ()
    rows_n: int
    extent: Bounds | None = None
    fields: tuple[FieldFacts, ...] = ()
    faults: tuple[GeometryFault, ...] = ()
    second: SecondReading | None = None

    @property
    def differs(self) -> bool:
        """Tell whether the two engines came to different numbers of rows."""
        told = self.second.rows_n if self.second and self.second.outcome is Outcome.DONE else None
        return told is not None and told != self.rows_n


@dataclass(frozen=True, kw_only=True)
class TableFacts:
    """A table: a text file, a sheet or a Parquet file without geometry.

    Attributes
    ----------
    name
        Name of the sheet; empty else.
    encoding, delimiter
        Of a text file; empty else.
    heading_line
        Line or row on which the heading stands; None where the format has none.
    rows_n
        Records, without sums and empty rows.
    fields
        Columns in the order of the file.
    problem
        Key and values of the error for which a sheet could not be read; the other facts are then empty.
    """

    name: str = ""
    encoding: str = ""
    delimiter: str = ""
    heading_line: int | None = None
    rows_n: int = 0
    fields: tuple[FieldFacts, ...] = ()
    problem: tuple[str, Mapping[str, object]] | None = None


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """A file that was looked at.

    Attributes
    ----------
    path
        As it was given.
    format
        Its suffix in lower case, without the dot; of a zip that of the layer in it too (``"zip/gml"``).
    bytes_n
        Size, of all the parts of a shapefile together.
    sha256
        As `geo.provenance.hash_file` has it.
    parts
        Names of the files that hold it.
    layers, tables
        What is in it.
    notes
        What the readers noted, and what is missing or lies beside it.
    """

    path: Path
    format: str
    bytes_n: int
    sha256: str
    parts: tuple[str, ...]
    layers: tuple[LayerFacts, ...] = ()
    tables: tuple[TableFacts, ...] = ()
    notes: tuple[Note, ...] = ()
