"""Which finding stops a run and which does not: the one table of rules.

An error means that an answer would be wrong or could not be given; the run stops and nothing is written.
A warning means that the answer stands, with what was done about it said; `boligkort check --strict` takes
it as an error. A note tells of something that was done as it should be, and about which nothing is wrong,
however strict one is. The sentence and the remedy of each rule are in the text catalogs below
``finding.<rule>``; ``docs/findings.md`` shows them together.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Severity = Literal["error", "warning", "note"]

SEVERITY_ORDER: tuple[Severity, ...] = get_args(Severity)
"""The severities, the gravest first."""

SEVERITIES: Mapping[str, Severity] = {
    # The project and its files.
    "missing_register": "error",
    "no_residents_register": "warning",
    "empty_register": "error",
    "missing_column": "error",
    "column_without_text": "error",
    "heading_not_found": "error",
    "no_heading_known": "error",
    "shapes_missing": "error",
    "field_not_found": "error",
    "ambiguous_column": "warning",
    "mojibake_text": "warning",
    "encoding_guessed": "note",
    "totals_left_out": "note",
    "error_cells": "warning",
    "unsaved_rows": "warning",
    "reader_warning": "warning",
    # Official extracts.
    "extract_without_units": "error",
    "extract_incomplete": "warning",
    "tables_left_out": "note",
    "versions_left_out": "note",
    "status_left_out": "note",
    "several_versions": "warning",
    "several_links": "warning",
    "link_not_found": "warning",
    "bad_point": "warning",
    "bad_shape": "error",
    "parcel_without_surface": "warning",
    # Names of rows.
    "missing_id": "error",
    "duplicate_id": "error",
    "conflicting_rows": "error",
    "duplicate_person": "error",
    "duplicate_count_row": "warning",
    "person_with_count": "error",
    # Single values.
    "missing_value": "error",
    "bad_date": "error",
    "bad_number": "error",
    "ambiguous_number": "error",
    "bad_boolean": "error",
    "bad_kommune_code": "error",
    "no_such_kommune": "warning",
    "suppressed_value": "warning",
    "suppressed_code": "error",
    "unknown_code": "error",
    "unknown_facility_code": "warning",
    "negative_count": "error",
    "negative_area": "error",
    "year_out_of_range": "error",
    "age_out_of_range": "error",
    "share_out_of_range": "error",
    "built_year_not_believed": "warning",
    "bad_parcel_key": "error",
    "parcel_repeated": "warning",
    # Values that belong together.
    "built_year_conflict": "warning",
    "relabelled_from_missing": "warning",
    "relabelled_on_missing": "warning",
    "relabelled_before_built": "warning",
    "demolished_before_built": "warning",
    "tenure_unknown": "warning",
    "tenure_column_missing": "warning",
    "tenure_contradiction": "warning",
    "tenure_not_derivable": "warning",
    "support_not_told": "warning",
    "unit_owner_differs": "warning",
    "approval_date_missing": "error",
    "approval_date_unexpected": "warning",
    "approved_before_applied": "error",
    "status_missing": "warning",
    "plan_tenure_unclear": "error",
    "plan_overdue": "warning",
    # Places.
    "missing_coordinates": "warning",
    "coordinates_swapped": "error",
    "dwelling_outside_denmark": "error",
    "geometry_null": "error",
    "geometry_empty": "error",
    "geometry_wrong_type": "error",
    "geometry_beyond_repair": "error",
    "geometry_repaired": "warning",
    "geometry_and_parcels": "warning",
    "outline_missing": "error",
    # Places that belong together.
    "areas_overlap": "error",
    "extension_overlaps_area": "error",
    "extension_overlaps_own_area": "warning",
    "extensions_overlap": "error",
    "pending_extensions_overlap": "warning",
    "splits_overlap": "error",
    "slight_overlap": "warning",
    "parcels_overlap": "error",
    "neighbour_parcel_overlap": "warning",
    "area_not_coherent": "warning",
    "extension_not_coherent": "warning",
    "split_outside_area": "error",
    # Registers that belong together.
    "unknown_parcel": "error",
    "unknown_area": "error",
    "new_area_exists": "error",
    "resident_without_dwelling": "error",
    "residents_in_non_dwelling": "warning",
    "absurd_count": "warning",
    "residents_missing_for_year": "error",
}
"""Rule to severity."""
