"""What the screening is made with: every choice that the sources leave open, each with its default.

No city has published its cell size, its scoring or its cut-off. So the method is ours, the defaults are
argued here, and all of them stand in every result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Literal, get_args

from boundaries.registers.cell_columns import GridCriterion
from boundaries.registers.problems import raise_project_errors
from boundaries.registers.schemas import FIRST_YEAR
from boundaries.registers.toml_table import TomlTable
from data.countries import GroupList
from geo.errors import DataError
from geo.grid import CellSize, Grid
from geo.grid_groups import Connectivity
from geo.grid_sums import Shape

Basis = Literal["mean", "percentile", "fixed"]
"""What a criterion is held against: a distance from the city's mean, a percentile of the city's residents,
or a fixed value."""

SnapRule = Literal["residents", "area"]
"""A block belongs to a zone that holds more than half of its residents, or of its area."""

COPENHAGEN_GAP_2017: Mapping[GridCriterion, Fraction] = {
    GridCriterion.DWELLING_AREA: Fraction("6.8"),
    GridCriterion.LABOUR_OUTSIDE: Fraction("8.3"),
    GridCriterion.LOW_INCOME: Fraction("8.3"),
    GridCriterion.NON_WESTERN: Fraction("23.7"),
    GridCriterion.NO_EDUCATION: Fraction("11.7"),
}
"""Efterslæb of Copenhagen's udsatte byområder in 2017, in m2 and percentage points, as printed in the
city's status report: how far they lay from the rest of the city."""


@dataclass(frozen=True, kw_only=True)
class CriterionRule:
    """When a neighbourhood meets a criterion.

    Attributes
    ----------
    basis
        ``"mean"``: it lies at least `limit` on the worse side of the city's mean. ``"percentile"``: it
        is worse than the neighbourhood of the resident at the `limit`th percentile, counted from the
        better end. ``"fixed"``: it is `limit` or worse.
    limit
        Percentage points or m2, a percentile (0 to 100), or per cent or m2.
    year
        Data year of the criterion; None for the screening's.
    """

    basis: Basis = "mean"
    limit: Fraction
    year: int | None = None


def _default_rules() -> dict[GridCriterion, CriterionRule]:
    return {name: CriterionRule(limit=gap / 3) for name, gap in COPENHAGEN_GAP_2017.items()}


@dataclass(frozen=True, kw_only=True)
class ScreeningSettings:
    """Every choice of a screening.

    Attributes
    ----------
    year
        Data year; None for the latest with residents.
    cell_size_m
        Side of a cell of the national grid.
    shift_m
        Metres that the grid is moved; only for trying out whether that matters.
    neighbourhood_shape, radius_cells
        A cell is judged by its neighbourhood: all cells within the radius. 1 and square: the cell and
        the eight around it, so that one block of flats does not decide alone.
    neighbourhood_residents_n, max_radius_cells
        A neighbourhood with fewer residents grows cell by cell until it has as many, up to the greatest
        radius. 300: a share of a quarter then has a standard error of some 3 points among 200 adults.
        0 keeps the radius fixed.
    rules
        When each criterion is met. By default a third of Copenhagen's gap of 2017 from the city's mean:
        halfway between zones and the rest of the city where zones hold one resident in six. Unlike a
        percentile, which some cells always exceed, it lets a city without contrast have no zones.
    observations_n
        With fewer persons than this in a denominator, the criterion of the neighbourhood is unknown.
    criteria_required_n
        A cell that meets at least so many of the five is a candidate. 3, as in the law of 2014 to 2017.
    connectivity
        Whether cells that share only a corner are of one group.
    gap_cells_n
        At most so many cells in a row or a column between two candidates are closed over, where they
        are uninhabited or lack one criterion only: a road, a school, a park.
    hole_cells_n
        Holes of at most so many cells are filled, whoever lives there.
    width_cells_n
        Cells that are in no square of this side are dropped from a group: strings one cell wide. 1
        keeps them.
    group_residents_n
        Groups with fewer residents are dropped. 1,000, as the law has it for a boligområde.
    dwelling_m2_from, dwelling_m2_to, dwelling_residents_most_n
        Dwellings that are smaller, larger or fuller are left out of the dwelling area a resident: they
        are errors of the register or homes of another kind. The three bounds are the city's.
    low_income_below_median_pct
        Low income: at least so many per cent under the median.
    median_income_dkk
        The median of disposable income of those aged 18 and over, e.g. the nation's; None computes it
        from the residents given.
    origin_list
        Whose list of western countries.
    unknown_education_counts
        Whether unknown education counts as none; else it is missing.
    leaves_out_students
        Whether students are left out of the criterion of education.
    snap_by
        How blocks are given to zones.
    """

    year: int | None = None
    cell_size_m: int = CellSize.M100
    shift_m: tuple[int, int] = (0, 0)
    neighbourhood_shape: Shape = "square"
    radius_cells: int = 1
    neighbourhood_residents_n: int = 300
    max_radius_cells: int = 3
    rules: Mapping[GridCriterion, CriterionRule] = field(default_factory=_default_rules)
    observations_n: int = 50
    criteria_required_n: int = 3
    connectivity: Connectivity = 8
    gap_cells_n: int = 1
    hole_cells_n: int = 4
    width_cells_n: int = 2
    group_residents_n: int = 1000
    dwelling_m2_from: int = 10
    dwelling_m2_to: int = 1000
    dwelling_residents_most_n: int = 15
    low_income_below_median_pct: int = 25
    median_income_dkk: int | None = None
    origin_list: GroupList = "copenhagen"
    unknown_education_counts: bool = False
    leaves_out_students: bool = False
    snap_by: SnapRule = "residents"

    def __post_init__(self) -> None:
        if self.criteria_required_n > len(self.rules):
            values = {"found": self.criteria_required_n, "criteria": len(self.rules)}
            raise DataError("screening.too_many_required", values)

    @property
    def grid(self) -> Grid:
        """The grid that the cells are of."""
        return Grid(int(self.cell_size_m), self.shift_m)

    def year_of(self, criterion: GridCriterion) -> int | None:
        """Return the data year of a criterion; None where it is the latest."""
        return self.rules[criterion].year or self.year


_MINIMA = {
    "radius_cells": 0,
    "neighbourhood_residents_n": 0,
    "max_radius_cells": 0,
    "observations_n": 1,
    "criteria_required_n": 1,
    "gap_cells_n": 0,
    "hole_cells_n": 0,
    "width_cells_n": 1,
    "group_residents_n": 1,
    "dwelling_m2_from": 0,
    "dwelling_m2_to": 1,
    "dwelling_residents_most_n": 1,
    "low_income_below_median_pct": 0,
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "neighbourhood_shape": get_args(Shape),
    "origin_list": get_args(GroupList),
    "snap_by": get_args(SnapRule),
}
_FLAGS = ("unknown_education_counts", "leaves_out_students")
_WHOLE = ("year", "median_income_dkk")
_LISTED = {"cell_size_m": tuple(int(size) for size in CellSize), "connectivity": get_args(Connectivity)}


def from_table(entries: Mapping[str, object], *, file: str = "boligkort.toml") -> ScreeningSettings:
    """Read the table ``[screening]`` of a project file; what it does not say has its default.

    Parameters
    ----------
    entries
        The table. ``[screening.criteria.<criterion>]`` holds ``basis``, ``limit`` and ``year``.
    file
        Name of the file, for messages.

    Raises
    ------
    UsageError
        Where keys or values are wrong: all of them, as `boundaries.registers.problems.ProjectErrors`
        where there are several.
    """
    table = TomlTable(file, "screening", entries)
    settings = read_settings(table)
    raise_project_errors(table.problems)
    return settings


def read_settings(table: TomlTable) -> ScreeningSettings:
    """Read the settings from a table under reading; its faults are noted there, not raised."""
    defaults = ScreeningSettings()
    names = [entry.name for entry in fields(ScreeningSettings) if entry.name not in {"rules", "shift_m"}]
    table.check_keys((*names, "criteria"))
    found: dict[str, object] = {
        name: table.integer(name, getattr(defaults, name), low=low) for name, low in _MINIMA.items()
    }
    found |= {
        name: table.choice(name, words, str(getattr(defaults, name))) for name, words in _CHOICES.items()
    }
    found |= {name: table.boolean(name, default=getattr(defaults, name)) for name in _FLAGS}
    found |= {name: table.integer(name, 0, low=1) if name in table.entries else None for name in _WHOLE}
    found |= {name: _read_listed(table, name, allowed) for name, allowed in _LISTED.items()}
    rules = _read_rules(table.table("criteria"), defaults.rules)
    if int(str(found["criteria_required_n"])) > len(rules):
        table.note("unknown_choice", "criteria_required_n", {"allowed": f"1 - {len(rules)}"})
        found["criteria_required_n"] = defaults.criteria_required_n
    return replace(defaults, rules=rules, **found)  # type: ignore[arg-type]


def _read_listed(table: TomlTable, name: str, allowed: tuple[int, ...]) -> int:
    default = int(getattr(ScreeningSettings(), name))
    found = table.integer(name, default, low=1)
    if found in allowed:
        return found
    table.note("unknown_choice", name, {"allowed": ", ".join(map(str, allowed))})
    return default


def _read_rules(
    table: TomlTable, defaults: Mapping[GridCriterion, CriterionRule]
) -> dict[GridCriterion, CriterionRule]:
    table.check_keys(tuple(GridCriterion))
    return {name: _read_rule(table.table(name), default) for name, default in defaults.items()}


def _read_rule(table: TomlTable, default: CriterionRule) -> CriterionRule:
    table.check_keys(("basis", "limit", "year"))
    basis = table.choice("basis", get_args(Basis), default.basis)
    if basis != default.basis and "limit" not in table.entries:
        # The default is a distance; as a percentile or a value it would mean something else.
        table.note("unknown_choice", "limit", {"allowed": "0 - 100"})
    limit = table.number("limit", float(default.limit), low=0)
    is_given = "limit" in table.entries
    return CriterionRule(
        basis=basis,  # type: ignore[arg-type]
        # As it is written: 0.1 is a tenth, not the float nearest to it.
        limit=Fraction(str(limit)) if is_given else default.limit,
        year=table.integer("year", 0, low=FIRST_YEAR) if "year" in table.entries else default.year,
    )
