"""Proposed changes, as a planner states them; nothing here looks at a register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import NoReturn

import shapely

from geo.errors import UsageError

SHARE_KEYS: Mapping[str, bool] = MappingProxyType(
    {
        "labour_outside_pct": True,
        "convicted_pct": True,
        "primary_education_only_pct": True,
        "non_western_pct": False,
        "students_pct": True,
    }
)
"""The shares that may be stated of expected residents, and whether each is of an age group."""


class ProposalErrors(UsageError):
    """Several faults of a file of proposals; `errors` holds each of them."""

    def __init__(self, file: str, errors: Sequence[UsageError]) -> None:
        self.errors = tuple(errors)
        problems = "; ".join(str(error) for error in errors)
        super().__init__("whatif.several", {"file": file, "count": len(errors), "problems": problems})


def raise_proposal_errors(file: str, errors: Sequence[UsageError]) -> None:
    """Raise the one error, or all of them as one; nothing where there are none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        _raise_several(file, errors)


def _raise_several(file: str, errors: Sequence[UsageError]) -> NoReturn:
    raise ProposalErrors(file, errors)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is; one of the four is given.

    Attributes
    ----------
    area_id
        For a new building the area's original parcels, else everything in the area.
    extension_id
        The parcels of an extension, of the register or proposed in the same file.
    parcels
        Keys of parcels.
    point
        East and north, EPSG:25832, metres; only for a new building.
    """

    area_id: str = ""
    extension_id: str = ""
    parcels: tuple[str, ...] = ()
    point: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class ExtensionProposal:
    """An extension that is approved, or one of the register that is not.

    Attributes
    ----------
    name
        What results call it.
    extension_id
        One of the register, approved on the date or, where `approved_on` is None, refused; or a new one.
    area_id
        The area that a new extension belongs to; empty for one of the register.
    approved_on
        Day of the approval; None: never approved.
    parcels, geometry
        Outline of a new extension: keys of parcels, or a polygon in EPSG:25832.
    repaired_m2
        What making the polygon valid changed of its area; None where it was valid.
    """

    name: str
    extension_id: str
    area_id: str = ""
    approved_on: date | None = None
    parcels: tuple[str, ...] = ()
    geometry: shapely.Geometry | None = None
    repaired_m2: float | None = None

    @property
    def is_new(self) -> bool:
        """Tell whether it is not one of the register."""
        return bool(self.area_id)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which dwellings of the register are meant.

    Attributes
    ----------
    dwelling_ids
        These; or else those at `place`.
    place
        Where they stand.
    tenure
        Only dwellings of this tenure on the day; empty for any.
    dwellings_n
        So many of them, those with the lowest dwelling id; None for all.
    """

    dwelling_ids: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    tenure: str = ""
    dwellings_n: int | None = None


@dataclass(frozen=True, kw_only=True)
class Relabelling:
    """Dwellings that become another tenure on a day, with the residents that they have."""

    name: str
    selection: Selection
    to_tenure: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Demolition:
    """Dwellings that are torn down on a day.

    Attributes
    ----------
    name, selection, on
        As in `Relabelling`.
    residents_leave
        Whether those who live there leave the area; else they move to dwellings of it that count.
    """

    name: str
    selection: Selection
    on: date
    residents_leave: bool = True


@dataclass(frozen=True, kw_only=True)
class ExpectedResidents:
    """Who is expected to live in a new building; what is not stated is missing, and never 0.

    Attributes
    ----------
    residents_n
        Persons.
    ages_pct
        Per cent in each group of `boundaries.model.AGE_GROUPS`; the rest up to 100 is of unknown age.
    shares_pct
        Per cent by `SHARE_KEYS`, each of the group that the law measures it in: outside the labour
        market of those aged 18-64, convicted of those aged 18 and over, primary school only of those
        aged 30-59, non-western of all; and students of those aged 15-64.
    gross_income_dkk
        Mean gross income of those aged 15-64 who are not students; they are taken to be taxable.
    """

    residents_n: int
    ages_pct: Mapping[str, Fraction] = field(default_factory=dict)
    shares_pct: Mapping[str, Fraction] = field(default_factory=dict)
    gross_income_dkk: int | None = None

    @property
    def unstated(self) -> tuple[str, ...]:
        """Name what is not stated, as the keys of the file."""
        needed = ["ages_pct", *SHARE_KEYS, "gross_income_dkk"]
        stated = {*self.shares_pct, *(["ages_pct"] if sum(self.ages_pct.values()) == 100 else [])}
        stated |= set() if self.gross_income_dkk is None else {"gross_income_dkk"}
        return tuple(key for key in needed if key not in stated)


@dataclass(frozen=True, kw_only=True)
class NewBuilding:
    """New dwellings that all stand at one place.

    Attributes
    ----------
    name
        What results call it; dwelling ids begin with it.
    place
        Where it stands.
    tenure
        Of all dwellings.
    dwellings_n
        How many.
    built_on
        Day on which they are taken into use; residents are there on every 1 January from then on.
    area_m2
        Of each dwelling; None where not stated.
    residents
        None where nobody is expected, or nothing is known of them.
    """

    name: str
    place: Place
    tenure: str
    dwellings_n: int
    built_on: date
    area_m2: int | None = None
    residents: ExpectedResidents | None = None


@dataclass(frozen=True, kw_only=True)
class Proposals:
    """All changes of one file, made together.

    Attributes
    ----------
    file
        Name of the file, for messages.
    extensions, relabellings, demolitions, buildings
        In the order of the file.
    """

    file: str = ""
    extensions: tuple[ExtensionProposal, ...] = ()
    relabellings: tuple[Relabelling, ...] = ()
    demolitions: tuple[Demolition, ...] = ()
    buildings: tuple[NewBuilding, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Name every proposal, in the order in which they are applied."""
        return (
            *(extension.name for extension in self.extensions),
            *(relabelling.name for relabelling in self.relabellings),
            *(demolition.name for demolition in self.demolitions),
            *(building.name for building in self.buildings),
        )

    @property
    def selections(self) -> tuple[Selection, ...]:
        """List the choices of dwellings, those of relabellings first."""
        return (
            *(relabelling.selection for relabelling in self.relabellings),
            *(demolition.selection for demolition in self.demolitions),
        )
