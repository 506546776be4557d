"""What the columns of each register are: name, kind, whether required, what they may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from boundaries.model import ExtensionStatus, PlanAction, PlanStatus, Tenure


class Kind(StrEnum):
    """How the text of a column is read."""

    TEXT = "text"
    WORD = "word"  # one of a few words, however it is capitalised or spelt with æ, ø and å
    CODE = "code"  # a code of one of BBR's lists
    ORIGIN = "origin"  # a word for the origin group, or a country code
    KOMMUNE = "kommune"
    REGION = "region"
    DATE = "date"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"


class Geometry(StrEnum):
    """Where a register lies on the map."""

    NONE = "none"
    POINTS = "points"  # x and y columns, or a layer of points
    POLYGONS = "polygons"  # a layer
    OUTLINE = "outline"  # a layer of polygons, or a list of parcels


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a register.

    Attributes
    ----------
    name
        Canonical name.
    kind
        How its text is read.
    is_required
        The file must have the column.
    is_filled
        Every row must have a value.
    words
        What a word may be.
    synonyms
        Other words that are understood, each with the one of `words` that it means.
    codes
        Name of the code list of a code.
    low, high
        Bounds of a number, both allowed; None for no bound.
    unknown
        What a row has for which nothing was read; empty: nothing.
    rule
        Rule of a value outside its bounds or its code list, where it is not the general one.
    """

    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    is_filled: bool = False
    words: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    unknown: str = ""
    codes: str = ""
    low: float | None = None
    high: float | None = None
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """One register.

    Attributes
    ----------
    register
        Its name.
    key
        Columns that name a row.
    columns
        In the order of the canonical frame.
    geometry
        Where its rows lie.
    is_required
        Nothing can be computed without it.
    is_open
        Columns that are not listed are read too (the yearly figures of ``references``).
    """

    register: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    geometry: Geometry = Geometry.NONE
    is_required: bool = False
    is_open: bool = False

    def column(self, name: str) -> Column:
        """Return the column `name`."""
        return next(column for column in self.columns if column.name == name)


TENURES = tuple(str(tenure) for tenure in Tenure)
STATUSES = tuple(str(status) for status in ExtensionStatus)
CATEGORIES = (
    "ghettoomraade",
    "haardt_ghettoomraade",
    "udsat_boligomraade",
    "parallelsamfund",
    "omdannelsesomraade",
    "forebyggelsesomraade",
)
"""What a published list may say of an area, by the words of its time."""

NEW_BUILD = "nybyggeri"
"""New dwellings of a plan, of a kind that the column ``tenure`` tells."""

PLAN_ACTIONS = (*(str(action) for action in PlanAction), NEW_BUILD)
PLAN_ACTION_SYNONYMS = (
    ("sale", str(PlanAction.SALE)),
    ("relabelling", str(PlanAction.RELABELLING)),
    ("demolition", str(PlanAction.DEMOLITION)),
    ("new_build", NEW_BUILD),
)
PLAN_STATUSES = tuple(str(status) for status in PlanStatus)
PLAN_STATUS_SYNONYMS = (("done", str(PlanStatus.UDFOERT)), ("planned", str(PlanStatus.PLANLAGT)))

EXPOSURES = ("udsat", "ikke_udsat", "uden_for_alder", "ukendt", "alle")
"""Whether movers are socially exposed; ``alle`` where a row has all of them together."""
EXPOSURE_SYNONYMS = (
    ("socialt_udsat", "udsat"),
    ("udsatte", "udsat"),
    ("ikke_socialt_udsat", "ikke_udsat"),
    ("ikke_udsatte", "ikke_udsat"),
    ("uoplyst", "ukendt"),
    ("i_alt", "alle"),
)

FIRST_YEAR, LAST_YEAR = 1980, 2100
"""No figures are of a year before or after."""

FIRST_PLAN_YEAR = 2010
"""Before this no action of a plan is believed: the law counts demolitions after 2010."""

ABSURD_RESIDENTS_N = 50
"""More residents than this in one dwelling are reported."""

EARLIEST_BUILT_YEAR = 1500
"""Before this a year of building is not believed. BBR's 1000 and 0 mean unknown and are not reported."""

YEARS_AHEAD = 10
"""A dwelling may be registered this many years before it is built."""

_PARCEL = (
    Column(name="cadastral_district"),
    Column(name="parcel_number"),
)
_OUTLINE = (*_PARCEL, Column(name="parcels"))
_APPROVAL = (
    Column(name="applied_on", kind=Kind.DATE),
    Column(name="approved_on", kind=Kind.DATE),
    Column(name="status", kind=Kind.WORD, words=STATUSES),
)


def _id(name: str) -> Column:
    return Column(name=name, is_required=True, is_filled=True)


def _year(*, low: int = FIRST_YEAR) -> Column:
    return Column(
        name="year",
        kind=Kind.INTEGER,
        is_required=True,
        is_filled=True,
        low=low,
        high=LAST_YEAR,
        rule="year_out_of_range",
    )


_SCHEMAS = (
    Schema(
        register="parcels",
        key=("cadastral_district", "parcel_number"),
        columns=(_id("cadastral_district"), _id("parcel_number")),
        geometry=Geometry.POLYGONS,
    ),
    Schema(
        register="areas",
        key=("area_id",),
        columns=(
            _id("area_id"),
            Column(name="name"),
            Column(name="kommune_code", kind=Kind.KOMMUNE),
            Column(name="residents_2010", kind=Kind.INTEGER, low=0, rule="negative_count"),
            *_OUTLINE,
        ),
        geometry=Geometry.OUTLINE,
        is_required=True,
    ),
    Schema(
        register="extensions",
        key=("extension_id",),
        columns=(_id("extension_id"), _id("area_id"), *_APPROVAL, *_OUTLINE),
        geometry=Geometry.OUTLINE,
    ),
    Schema(
        register="splits",
        key=("split_id",),
        columns=(
            _id("split_id"),
            _id("area_id"),
            _id("new_area_id"),
            Column(name="new_name"),
            *_APPROVAL,
            *_OUTLINE,
        ),
        geometry=Geometry.OUTLINE,
    ),
    Schema(
        register="dwellings",
        key=("dwelling_id",),
        columns=(
            _id("dwelling_id"),
            Column(name="address"),
            Column(name="x", kind=Kind.NUMBER),
            Column(name="y", kind=Kind.NUMBER),
            Column(name="tenure", kind=Kind.WORD, words=TENURES, unknown=Tenure.UKENDT),
            Column(name="tenure_source"),
            Column(name="use_code", kind=Kind.CODE, codes="use_codes"),
            Column(name="built_year", kind=Kind.INTEGER),
            Column(name="built_on", kind=Kind.DATE),
            Column(name="relabelled_on", kind=Kind.DATE),
            Column(name="relabelled_from", kind=Kind.WORD, words=TENURES),
            Column(name="demolished_on", kind=Kind.DATE),
            Column(name="area_m2", kind=Kind.INTEGER, low=0, rule="negative_area"),
            Column(name="toilet_code", kind=Kind.CODE, codes="toilet_codes", rule="unknown_facility_code"),
            Column(name="bath_code", kind=Kind.CODE, codes="bath_codes", rule="unknown_facility_code"),
            Column(name="heating_code", kind=Kind.CODE, codes="heating_codes", rule="unknown_facility_code"),
        ),
        geometry=Geometry.POINTS,
        is_required=True,
    ),
    Schema(
        register="residents",
        key=("dwelling_id",),
        columns=(
            _year(),
            _id("dwelling_id"),
            Column(name="residents_n", kind=Kind.INTEGER, is_filled=True, low=0, rule="negative_count"),
            Column(name="person_id"),
            Column(name="age", kind=Kind.INTEGER, low=0, high=125, rule="age_out_of_range"),
            Column(name="origin", kind=Kind.ORIGIN),
            Column(name="labour_outside", kind=Kind.NUMBER, low=0, high=1, rule="share_out_of_range"),
            Column(name="is_convicted", kind=Kind.BOOLEAN),
            Column(name="education"),
            Column(name="gross_income_dkk", kind=Kind.NUMBER),
            Column(name="disposable_income_dkk", kind=Kind.NUMBER),
            Column(name="is_student", kind=Kind.BOOLEAN),
            Column(name="is_taxable", kind=Kind.BOOLEAN),
        ),
    ),
    Schema(
        register="references",
        key=("year", "region_code", "key"),
        columns=(
            _year(),
            Column(name="region_code", kind=Kind.REGION),
            Column(name="key"),
            Column(name="value", kind=Kind.NUMBER),
        ),
        is_open=True,
    ),
    Schema(
        register="lists",
        key=("list_date", "area_id", "category"),
        columns=(
            Column(name="list_date", kind=Kind.DATE, is_required=True, is_filled=True),
            _id("area_id"),
            Column(name="category", kind=Kind.WORD, is_required=True, is_filled=True, words=CATEGORIES),
        ),
    ),
    Schema(
        register="plans",
        key=("area_id", "year", "action"),
        columns=(
            _id("area_id"),
            _year(low=FIRST_PLAN_YEAR),
            Column(
                name="action",
                kind=Kind.WORD,
                is_required=True,
                is_filled=True,
                words=PLAN_ACTIONS,
                synonyms=PLAN_ACTION_SYNONYMS,
            ),
            Column(
                name="dwellings_n",
                kind=Kind.INTEGER,
                is_required=True,
                is_filled=True,
                low=0,
                rule="negative_count",
            ),
            Column(name="tenure", kind=Kind.WORD, words=TENURES),
            Column(name="status", kind=Kind.WORD, words=PLAN_STATUSES, synonyms=PLAN_STATUS_SYNONYMS),
        ),
    ),
    Schema(
        register="kommuner",
        key=("kommune_code", "name"),
        columns=(Column(name="kommune_code"), Column(name="name")),
        geometry=Geometry.POLYGONS,
    ),
    Schema(
        register="flows",
        key=("year", "from_kommune", "to_kommune"),
        columns=(
            _year(),
            _id("from_kommune"),
            _id("to_kommune"),
            Column(name="exposure", kind=Kind.WORD, words=EXPOSURES, synonyms=EXPOSURE_SYNONYMS),
            Column(name="group"),
            Column(name="movers_n", kind=Kind.INTEGER, is_required=True, low=0, rule="negative_count"),
        ),
    ),
)

SCHEMAS: Mapping[str, Schema] = {schema.register: schema for schema in _SCHEMAS}
"""Every register by name, in the order in which they are read."""
