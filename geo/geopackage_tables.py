"""The tables of a GeoPackage that GDAL does not fill: styles, names of columns, code lists, metadata."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from geo.geopackage_layers import Layer

METADATA_STANDARD = "urn:boligkort:metadata:1"
"""Marks our own row among the metadata of a file."""

_SPEC = "http://www.geopackage.org/spec121/"
# The texts of GeoPackage 1.2: annexes for extensions, schema and metadata. Styles: the table of QGIS.
_TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT fk_gdc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml',
  metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
CREATE TABLE IF NOT EXISTS gpkg_ogr_contents (
  table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL);
"""
_EXTENSIONS = (
    ("gpkg_data_columns", "gpkg_schema", "#extension_schema"),
    ("gpkg_data_column_constraints", "gpkg_schema", "#extension_schema"),
    ("gpkg_metadata", "gpkg_metadata", "#extension_metadata"),
    ("gpkg_metadata_reference", "gpkg_metadata", "#extension_metadata"),
)


def fill_tables(path: Path, layers: Sequence[Layer], metadata: Mapping[str, str], *, moment: str) -> None:
    """Add styles, column names, code lists and metadata to a new GeoPackage, in one transaction.

    Parameters
    ----------
    path
        A GeoPackage with every layer of `layers` in it.
    layers
        What was written.
    metadata
        Written as one JSON document about the whole file.
    moment
        The time that is put into the tables (ISO 8601 with milliseconds and Z), never the clock's.
    """
    with open_database(path) as database:
        database.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";\n"):
            if statement.strip():
                database.execute(statement)
        database.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')",
            [(table, name, _SPEC + anchor) for table, name, anchor in _EXTENSIONS],
        )
        for layer in layers:
            _describe_columns(database, layer)
        _add_styles(database, layers, moment)
        _add_metadata(database, metadata, moment)
        database.execute("COMMIT")


def read_metadata_document(path: Path) -> dict[str, str]:
    """Return what `fill_tables` wrote about a file; empty for a GeoPackage of another maker.

    Raises
    ------
    sqlite3.DatabaseError
        Where the file is no database.
    """
    with open_database(path, is_read_only=True) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        if "gpkg_metadata" not in tables:
            return {}
        query = "SELECT metadata FROM gpkg_metadata WHERE md_standard_uri = ? ORDER BY id"
        row = database.execute(query, (METADATA_STANDARD,)).fetchone()
    return dict(json.loads(row[0])) if row else {}


def find_damage(path: Path) -> str:
    """Return what SQLite finds wrong with a file, or an empty string."""
    with open_database(path, is_read_only=True) as database:
        lines = [line for (line,) in database.execute("PRAGMA quick_check") if line != "ok"]
        lines += [f"foreign key: {row}" for row in database.execute("PRAGMA foreign_key_check")]
    return "; ".join(lines)


@contextmanager
def open_database(path: Path, *, is_read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a database for a ``with`` block, every statement as it is written (no hidden transaction)."""
    address = path.resolve().as_uri() + ("?mode=ro&immutable=1" if is_read_only else "?mode=rw")
    with contextlib.closing(sqlite3.connect(address, uri=True, isolation_level=None)) as database:
        yield database


def _describe_columns(database: sqlite3.Connection, layer: Layer) -> None:
    for name, column in layer.columns.items():
        constraint = f"{layer.name}_{name}".lower() if column.codes is not None else None
        database.execute(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)",
            (layer.name, name, column.title, column.title, column.description or None, constraint),
        )
        database.executemany(
            "INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
            [(constraint, value, label) for value, label in (column.codes or {}).items()],
        )


def _add_styles(database: sqlite3.Connection, layers: Sequence[Layer], moment: str) -> None:
    styled = [layer for layer in layers if layer.qml is not None]
    places = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,"
        " styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)"
        " VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)",
        [
            (layer.name, places.get(layer.name, ""), layer.title, layer.qml, layer.description, moment)
            for layer in styled
        ],
    )
    # Registered, so that a copy made by another program takes the styles with it.
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', 'QGIS', ?, 0)",
        (moment,),
    )
    database.execute("INSERT INTO gpkg_ogr_contents VALUES ('layer_styles', ?)", (len(styled),))


def _add_metadata(database: sqlite3.Connection, metadata: Mapping[str, str], moment: str) -> None:
    document = json.dumps(dict(metadata), ensure_ascii=False, indent=2)
    database.execute(
        "INSERT INTO gpkg_metadata VALUES (1, 'dataset', ?, 'application/json', ?)",
        (METADATA_STANDARD, document),
    )
    database.execute(
        "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, 1, NULL)", (moment,)
    )
