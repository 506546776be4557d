"""The one working CRS. Helpers fill in this module; see the docstrings there."""

WORKING_CRS = "EPSG:25832"
"""ETRS89 / UTM zone 32N, metres: every geometry inside the program."""
