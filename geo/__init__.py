"""Coordinates, tables, files, indexes and the grid. Knows nothing of the law."""
