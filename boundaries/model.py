"""The frozen results that the rooms hand to each other, and the words they share."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import geopandas as gpd
import pandas as pd

AGE_GROUPS = ("0-14", "15-17", "18-29", "30-59", "60-64", "65+", "ukendt")
"""Nested in every age range that the law names: 15-64, 18-64, 30-59, 18 and over."""

ORIGINS = ("dansk", "vestlig", "ikke_vestlig", "ukendt")
"""Origin groups; a country code in the input is mapped to one of them."""


class Tenure(StrEnum):
    """Boligtype and ejerform of a dwelling, as one word."""

    ALMEN_FAMILIEBOLIG = "almen_familiebolig"
    ALMEN_UNGDOMSBOLIG = "almen_ungdomsbolig"
    ALMEN_AELDREBOLIG = "almen_aeldrebolig"
    ALMEN_PLEJEBOLIG = "almen_plejebolig"
    ENKELTVAERELSE = "enkeltvaerelse"
    PRIVAT_UDLEJNING = "privat_udlejning"
    ANDELSBOLIG = "andelsbolig"
    EJERBOLIG = "ejerbolig"
    KOMMUNAL = "kommunal"
    STATSLIG = "statslig"
    KOLLEGIE = "kollegie"
    UKENDT = "ukendt"


ALMEN_TENURES = frozenset(
    {
        Tenure.ALMEN_FAMILIEBOLIG,
        Tenure.ALMEN_UNGDOMSBOLIG,
        Tenure.ALMEN_AELDREBOLIG,
        Tenure.ALMEN_PLEJEBOLIG,
        Tenure.ENKELTVAERELSE,
    }
)
"""Boligtyper that are almene; an enkeltværelse is let by an almen boligafdeling."""


class ExtensionStatus(StrEnum):
    """Where the application for an extension or a split stands."""

    ANSOEGT = "ansøgt"
    GODKENDT = "godkendt"
    AFSLAAET = "afslået"


class Decision(StrEnum):
    """What is said of a dwelling on a status date."""

    COUNTED = "counted"
    NOT_COUNTED = "not_counted"
    UNDECIDED = "undecided"
    OUTSIDE = "outside"


class Reason(StrEnum):
    """Why; every dwelling has exactly one. Sentence and clause: ``reason.<code>.*`` in the texts."""

    # Data years before 2020.
    FAMILY_BEFORE_2020 = "family_before_2020"
    SINGLE_ROOM_BEFORE_2020 = "single_room_before_2020"
    OTHER_TYPE_BEFORE_2020 = "other_type_before_2020"
    # From data year 2020, original parcels.
    ALMEN_ON_ORIGINAL = "almen_on_original"
    BUILT_FROM_2010_ON_ORIGINAL = "built_from_2010_on_original"
    NON_ALMEN_BUILT_BEFORE_2010 = "non_almen_built_before_2010"
    # From data year 2020, parcels of an approved extension.
    BUILT_AFTER_APPROVAL = "built_after_approval"
    RELABELLED_AFTER_APPROVAL = "relabelled_after_approval"
    EXISTING_ALMEN_COUNTED = "existing_almen_counted"
    EXISTING_ALMEN_ON_EXTENSION = "existing_almen_on_extension"
    EXISTING_ON_EXTENSION = "existing_on_extension"
    ALMEN_BUILT_AFTER_APPROVAL = "almen_built_after_approval"
    RELABELLED_BEFORE_APPROVAL = "relabelled_before_approval"
    # Not a dwelling of the area on the date.
    NOT_A_DWELLING = "not_a_dwelling"
    NOT_BUILT_YET = "not_built_yet"
    DEMOLISHED = "demolished"
    # Undecided: an unknown value could change the answer.
    UNKNOWN_TENURE = "unknown_tenure"
    UNKNOWN_BUILT_YEAR = "unknown_built_year"
    UNKNOWN_RELABELLING = "unknown_relabelling"
    BUILT_IN_APPROVAL_YEAR = "built_in_approval_year"
    BUILT_IN_STATUS_YEAR = "built_in_status_year"
    UNKNOWN_LOCATION = "unknown_location"
    # Outside.
    OUTSIDE = "outside"
    ON_EXTENSION_NOT_IN_FORCE = "on_extension_not_in_force"
    # Seen from one area; an assessment of all areas decides such a dwelling in its own.
    IN_OTHER_AREA = "in_other_area"


REASON_DECISIONS: dict[Reason, Decision] = {
    Reason.FAMILY_BEFORE_2020: Decision.COUNTED,
    Reason.SINGLE_ROOM_BEFORE_2020: Decision.COUNTED,
    Reason.OTHER_TYPE_BEFORE_2020: Decision.NOT_COUNTED,
    Reason.ALMEN_ON_ORIGINAL: Decision.COUNTED,
    Reason.BUILT_FROM_2010_ON_ORIGINAL: Decision.COUNTED,
    Reason.NON_ALMEN_BUILT_BEFORE_2010: Decision.NOT_COUNTED,
    Reason.BUILT_AFTER_APPROVAL: Decision.COUNTED,
    Reason.RELABELLED_AFTER_APPROVAL: Decision.COUNTED,
    Reason.EXISTING_ALMEN_COUNTED: Decision.COUNTED,
    Reason.EXISTING_ALMEN_ON_EXTENSION: Decision.NOT_COUNTED,
    Reason.EXISTING_ON_EXTENSION: Decision.NOT_COUNTED,
    Reason.ALMEN_BUILT_AFTER_APPROVAL: Decision.NOT_COUNTED,
    Reason.RELABELLED_BEFORE_APPROVAL: Decision.NOT_COUNTED,
    Reason.NOT_A_DWELLING: Decision.NOT_COUNTED,
    Reason.NOT_BUILT_YET: Decision.NOT_COUNTED,
    Reason.DEMOLISHED: Decision.NOT_COUNTED,
    Reason.UNKNOWN_TENURE: Decision.UNDECIDED,
    Reason.UNKNOWN_BUILT_YEAR: Decision.UNDECIDED,
    Reason.UNKNOWN_RELABELLING: Decision.UNDECIDED,
    Reason.BUILT_IN_APPROVAL_YEAR: Decision.UNDECIDED,
    Reason.BUILT_IN_STATUS_YEAR: Decision.UNDECIDED,
    Reason.UNKNOWN_LOCATION: Decision.UNDECIDED,
    Reason.OUTSIDE: Decision.OUTSIDE,
    Reason.ON_EXTENSION_NOT_IN_FORCE: Decision.OUTSIDE,
    Reason.IN_OTHER_AREA: Decision.OUTSIDE,
}


class PlanAction(StrEnum):
    """What a development plan (udviklingsplan) does to dwellings."""

    SALE = "salg"
    RELABELLING = "ommaerkning"
    DEMOLITION = "nedrivning"
    NEW_FAMILY = "nybyggeri_almen_familiebolig"
    NEW_OTHER = "nybyggeri_andet"


class PlanStatus(StrEnum):
    """Whether an action of a development plan has been carried out."""

    UDFOERT = "udført"
    PLANLAGT = "planlagt"


PLAN_DTYPES = {"area_id": "str", "year": "Int64", "action": "str", "dwellings_n": "Int64", "status": "str"}
"""Columns of `Registers.plans`, with dtypes."""


def make_empty_plans() -> pd.DataFrame:
    """Return a register of development plans without rows."""
    return pd.DataFrame(columns=list(PLAN_DTYPES)).astype(PLAN_DTYPES)


FLOW_DTYPES = {
    "year": "Int64",
    "from_kommune": "str",
    "to_kommune": "str",
    "exposure": "str",
    "group": "str",
    "movers_n": "Int64",
    "is_hidden": "bool",
}
"""Columns of `Registers.flows`, with dtypes."""


def make_empty_flows() -> pd.DataFrame:
    """Return a table of moves between kommuner without rows."""
    return pd.DataFrame(columns=list(FLOW_DTYPES)).astype(FLOW_DTYPES)


def make_empty_kommuner() -> gpd.GeoDataFrame:
    """Return a map of the kommuner without rows."""
    columns = {name: pd.Series(dtype="str") for name in ("kommune_code", "name", "region_code")}
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=gpd.GeoSeries(crs="EPSG:25832"))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the sources leave open, each with its default; shown in every result.

    Attributes
    ----------
    count_existing_almen_on_extension
        (i) Does an almen dwelling that stood on an extension parcel at the approval count?
    non_almen_family
        (ii) ``"non_almen"``: "ikke-almen familiebolig" is a private or other non-almen dwelling;
        ``"not_almen_family"``: any dwelling that is not an almen familiebolig.
    built_on_approval_date
        (iii) Is a dwelling built or relabelled on the approval date itself built after it?
        ``"not_after"`` or ``"after"``.
    built_in_approval_year
        (iv) Only the year is known and it is the approval's: ``"undecided"``, ``"after"`` or
        ``"not_after"``.
    coherence_gap_m
        Parts of an area within this distance (a road) are physically coherent.
    overlap_tolerance_m2
        Overlaps up to this size are digitising noise: a warning, not an error.
    suppression_threshold_n
        Counts of persons from 1 up to, not including, this number are hidden in what is published.
    """

    count_existing_almen_on_extension: bool = False
    non_almen_family: str = "non_almen"
    built_on_approval_date: str = "not_after"
    built_in_approval_year: str = "undecided"
    coherence_gap_m: float = 30.0
    overlap_tolerance_m2: float = 1.0
    suppression_threshold_n: int = 5


@dataclass(frozen=True, kw_only=True)
class Registers:
    """Every input, read, checked and canonical; nothing downstream opens a file.

    All geometry is in EPSG:25832. Dates are ``datetime64[s]`` with NaT for missing, counts and years
    nullable ``Int64``, words ``str`` dtype with NA for missing, positions 0..n-1 as index.

    Attributes
    ----------
    parcels
        ``parcel_key`` (``"<cadastral_district>-<parcel_number>"``, unique, sorted),
        ``cadastral_district``, ``parcel_number``, ``geometry``. May have no rows.
    areas
        ``area_id`` (unique, sorted), ``name``, ``kommune_code``, ``residents_2010`` (Int64),
        ``geometry`` (None where the area is a parcel list).
    area_parcels
        ``area_id``, ``parcel_key``: the base parcels; no rows for areas given as polygons.
    extensions
        ``extension_id`` (unique, sorted), ``area_id``, ``applied_on``, ``approved_on``, ``status``
        (`ExtensionStatus`), ``geometry`` (None where given as parcels).
    extension_parcels
        ``extension_id``, ``parcel_key``.
    splits
        ``split_id`` (unique, sorted), ``area_id`` (the area divided), ``new_area_id``, ``new_name``,
        ``applied_on``, ``approved_on``, ``status``, ``geometry`` (None where given as parcels).
    split_parcels
        ``split_id``, ``parcel_key``.
    dwellings
        ``dwelling_id`` (unique, sorted), ``address``, ``x``, ``y`` (float metres, NaN where
        missing), ``tenure`` (`Tenure`), ``tenure_source`` (code of the rule of
        `data.codes.tenure_rules` by which it was derived from BBR; NA where the file gives the tenure
        itself), ``use_code``, ``is_dwelling`` (bool: use code is of a
        dwelling or missing), ``built_year`` (Int64; NA also for BBR's 1000), ``built_on``,
        ``relabelled_on``, ``relabelled_from`` (`Tenure` or NA), ``demolished_on``, ``area_m2``
        (Int64), ``toilet_code``, ``bath_code``, ``heating_code``.
    residents
        ``year`` (Int64), ``dwelling_id``, ``residents_n`` (int64: 1 for a person, else the
        pre-counted number), ``person_id`` (NA where pre-counted), ``age`` (Int64), ``origin`` (as
        given: an `ORIGINS` word or a country code), ``labour_outside`` (float 0..1),
        ``is_convicted`` (nullable boolean), ``education``, ``gross_income_dkk``,
        ``disposable_income_dkk`` (float), ``is_student``, ``is_taxable`` (nullable boolean).
    references
        ``year``, ``region_code``, ``key``, ``value`` (float): long form of the yearly figures.
    lists
        ``list_date``, ``area_id``, ``category``.
    plans
        ``area_id``, ``year``, ``action`` (`PlanAction`), ``dwellings_n`` (Int64), ``status``
        (`PlanStatus`; NA where the plan does not say): what development plans did or will do, one row an
        action, sorted. No rows where the project has no plans.
    kommuner
        The map of the country: ``kommune_code`` (unique, sorted), ``name`` (the official one),
        ``region_code`` (NA for Christiansø), ``geometry`` (MultiPolygon). The 98 kommuner and, where the
        file has it, Christiansø. No rows where the project has no such map.
    flows
        Moves between kommuner, counted already: ``year`` (figure year: "2025" is the moves during 2024),
        ``from_kommune``, ``to_kommune`` (codes, ``"udland"`` or ``"ukendt"``), ``exposure`` and ``group``
        (``"alle"`` where the file does not say), ``movers_n`` (NA where hidden), ``is_hidden``; unique and
        sorted by the first five. No rows where the project has no such table.
    findings
        What was found on the way in; columns `FINDING_COLUMNS`.
    files
        ``register``, ``file``, ``layer``, ``rows_n``, ``sha256``, ``bytes_n``: what was read.
    """

    parcels: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    area_parcels: pd.DataFrame
    extensions: gpd.GeoDataFrame
    extension_parcels: pd.DataFrame
    splits: gpd.GeoDataFrame
    split_parcels: pd.DataFrame
    dwellings: pd.DataFrame
    residents: pd.DataFrame
    references: pd.DataFrame
    lists: pd.DataFrame
    findings: pd.DataFrame
    files: pd.DataFrame
    plans: pd.DataFrame = field(default_factory=make_empty_plans)
    kommuner: gpd.GeoDataFrame = field(default_factory=make_empty_kommuner)
    flows: pd.DataFrame = field(default_factory=make_empty_flows)


FINDING_COLUMNS = (
    "severity",  # "error" stops the run, "warning" does not, "note" is of nothing wrong
    "rule",  # sentence and remedy: finding.<rule>.text and .remedy in the texts
    "register",
    "file",
    "layer",
    "line",  # Int64: line in a text table, row in a sheet, feature id in a layer
    "column",
    "record_id",
    "value",  # what was found, as it stood
    "other",  # the other record or what was expected
    "measure",  # float: m2, metres, a count
)
"""Columns of a table of findings, in order."""


@dataclass(frozen=True, kw_only=True)
class ResidentTotals:
    """The residents of a status date, conserved: the four parts sum to the whole."""

    counted_n: int
    not_counted_n: int
    undecided_n: int
    outside_n: int

    @property
    def total_n(self) -> int:
        """Every resident of the status date."""
        return self.counted_n + self.not_counted_n + self.undecided_n + self.outside_n


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The answer for one status date.

    Attributes
    ----------
    status_date
        The opgørelsesdato; its year is the data year.
    settings
        The settings that it was made with.
    areas
        One row an area in force, by ``area_id``: ``area_id``, ``name``, ``kommune_code``,
        ``residents_2010``, ``area_m2`` (float), ``parcels_n``, ``extensions_n``, ``groups_n`` (parts
        that are coherent among themselves: 1 is coherent), ``widest_gap_m`` (float, 0 when one
        part), ``dwellings_n``, ``counted_n``, ``not_counted_n``, ``undecided_n`` (dwellings),
        ``residents_counted_n``, ``residents_not_counted_n``, ``residents_undecided_n``,
        ``residents_min_n``, ``residents_max_n`` (the interval without and with the undecided),
        ``geometry`` (MultiPolygon).
    pieces
        The lineage, one row a parcel or polygon of an area: ``area_id``, ``piece`` ("base" or
        "extension"), ``extension_id``, ``approved_on``, ``split_id`` (the split that brought it),
        ``parcel_key``, ``geometry``.
    extensions
        Every extension, whatever its status: ``extension_id``, ``area_id``, ``applied_on``,
        ``approved_on``, ``status``, ``is_in_force``, ``area_m2``, ``dwellings_n``, ``counted_n``,
        ``not_counted_n``, ``undecided_n``, ``geometry`` (MultiPolygon).
    dwellings
        The register's columns, and ``area_id``, ``piece``, ``extension_id``, ``parcel_key``,
        ``decision`` (`Decision`), ``reason`` (`Reason`); by ``dwelling_id``.
    residents
        ``area_id``, ``age_group``, ``origin_group``, ``counted_n``, ``not_counted_n``,
        ``undecided_n``: every combination of every area, zero rows included.
    totals
        The conserved sum over the whole register; None where it may not be published.
    edge_ties_n
        Dwellings on a shared edge, settled by the lowest ``area_id``.
    findings
        Those of the registers and of the delineation.
    files
        What was read.
    is_synthetic
        The inputs are marked as synthetic.
    has_residents
        The residents register was given. Where it was not, the counts of persons in ``areas`` are
        missing (Int64 NA), ``residents`` has no rows and ``totals`` is None.
    """

    status_date: date
    settings: Settings
    areas: gpd.GeoDataFrame
    pieces: gpd.GeoDataFrame
    extensions: gpd.GeoDataFrame
    dwellings: pd.DataFrame
    residents: pd.DataFrame
    totals: ResidentTotals | None
    edge_ties_n: int
    findings: pd.DataFrame
    files: pd.DataFrame = field(default_factory=pd.DataFrame)
    is_synthetic: bool = False
    has_residents: bool = True
