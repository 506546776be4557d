"""What is to be screened, how, and beside what, as a project file and a command say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from boundaries.disclosure.cells import CellLimits
from boundaries.registers.cell_columns import GridCriterion
from boundaries.registers.problems import raise_project_errors
from boundaries.registers.project import Project, load_project
from boundaries.registers.schemas import FIRST_YEAR
from boundaries.registers.toml_table import TomlTable
from boundaries.screening.settings import ScreeningSettings, from_table
from data.texts import LANGUAGES
from geo.errors import UsageError

_TABLES = ("cells", "places", "barriers", "crossings", "blocks", "then")
_LAYERS = ("places", "barriers", "crossings", "blocks")
_FILE_KEYS = ("path", "layer", "crs", "name")
_LINE_KEYS = ("path", "layer", "crs", "kind")
_CELL_KEYS = ("path", "sheet", "decimal", "fields")


@dataclass(frozen=True, kw_only=True)
class ScreeningQuestion:
    """What a command asks to be screened.

    Attributes
    ----------
    project
        Project file or its folder; None for the current folder, or for none where cells are given.
    cells
        Table of counted cells.
    on
        A day of the data year.
    compare
        Layer of another designation.
    barriers, crossings
        Layers of barriers (lines) and of crossings over them (points).
    """

    project: Path | None = None
    cells: Path | None = None
    on: datetime | None = None
    compare: Path | None = None
    barriers: Path | None = None
    crossings: Path | None = None


@dataclass(frozen=True, kw_only=True)
class ScreeningPlan:
    """What is to be screened, how, and beside what.

    Attributes
    ----------
    name
        Of the city; empty where nothing tells it.
    is_synthetic
        The inputs are made up.
    settings
        Every choice.
    limits
        What is hidden.
    project
        Whose registers are counted; None for a table of cells.
    cells
        Table of counted cells; None for registers.
    cell_options
        ``sheet``, ``decimal`` and ``fields`` of that table.
    places
        Layer that zones are named after, as the options of `read_places`; None to number them.
    barriers, crossings
        Layers of barriers and of crossings over them, as the options of `read_barriers` and
        `read_crossings`; None where none are given.
    blocks
        Layer of blocks or roder that zones are given to whole, as the options of `read_blocks`.
    compare
        Layer of another designation; None for none.
    gap_then, year_then
        Efterslæb of the year that the goal was set in, in m2 and percentage points; empty where not given.
    """

    name: str = ""
    is_synthetic: bool = False
    settings: ScreeningSettings = field(default_factory=ScreeningSettings)
    limits: CellLimits = field(default_factory=CellLimits)
    project: Project | None = None
    cells: Path | None = None
    cell_options: Mapping[str, object] = field(default_factory=dict)
    places: Mapping[str, str] | None = None
    barriers: Mapping[str, str] | None = None
    crossings: Mapping[str, str] | None = None
    blocks: Mapping[str, str] | None = None
    compare: Path | None = None
    gap_then: Mapping[GridCriterion, Fraction] = field(default_factory=dict)
    year_then: int | None = None

    @property
    def front(self) -> Path:
        """Folder of the page that leads to all results of the project."""
        return Path("resultat") if self.project is None else self.project.output

    @property
    def output(self) -> Path:
        """Folder of the results."""
        return self.front / "screening"

    @property
    def language(self) -> str:
        """Language of the results."""
        return LANGUAGES[0] if self.project is None else self.project.language


def open_plan(question: ScreeningQuestion) -> ScreeningPlan:
    """Load the project that a command names, and plan its screening.

    Raises
    ------
    ReadError, UsageError
        As `boundaries.registers.project.load_project` and `plan_screening`.
    """
    is_needed = question.project is not None or question.cells is None
    project = load_project(question.project or Path()) if is_needed else None
    day = question.on.date() if question.on else None
    return plan_screening(
        project,
        cells=question.cells,
        on=day,
        compare=question.compare,
        barriers=question.barriers,
        crossings=question.crossings,
    )


def plan_screening(
    project: Project | None,
    *,
    cells: Path | None = None,
    on: date | None = None,
    compare: Path | None = None,
    barriers: Path | None = None,
    crossings: Path | None = None,
) -> ScreeningPlan:
    """Read what the project file says of the screening, and what the command adds.

    Parameters
    ----------
    project
        None where a table of cells alone is screened.
    cells
        Table of counted cells, before the project's.
    on
        Its year goes before the project's.
    compare
        Layer of another designation.
    barriers, crossings
        Layers, before the project's.

    Raises
    ------
    UsageError
        Where keys or values are wrong, all of them at once; ``screening.crossings_alone`` where there are
        crossings and nothing that they cross.
    """
    plan = _plan_project(project, {"barriers": barriers, "crossings": crossings})
    settings = replace(plan.settings, year=on.year) if on else plan.settings
    return replace(plan, settings=settings, cells=cells or plan.cells, compare=compare)


def _plan_project(project: Project | None, given: Mapping[str, Path | None]) -> ScreeningPlan:
    """Plan what the project file says; the layers that are `given` go before its own.

    Besides the settings, ``[screening]`` may hold ``[screening.cells]`` (``path``, ``sheet``, ``decimal``,
    ``fields``: a table of counted cells instead of the registers), ``[screening.places]`` (``path``,
    ``layer``, ``crs``, ``name``: the layer that zones are named after), ``[screening.barriers]`` and
    ``[screening.crossings]`` (``path``, ``layer``, ``crs``, ``kind``), ``[screening.blocks]`` (as places) and
    ``[screening.then]`` (``year`` and a gap by criterion: the efterslæb that is to be halved). Paths are
    relative to the project file.
    """
    entries = {} if project is None else dict(project.screening)
    file = "boligkort.toml" if project is None else project.path.name
    folder = Path() if project is None else project.folder
    table = TomlTable(file, "screening", {name: entries.pop(name, {}) for name in _TABLES})
    cells, options = _read_cells(table.table("cells"), folder)
    layers = _read_layers(table, folder, given)
    year_then, gap_then = _read_then(table.table("then"))
    raise_project_errors(table.problems)
    if layers["crossings"] and not layers["barriers"]:
        raise UsageError("screening.crossings_alone", {"file": Path(layers["crossings"]["path"]).name})
    plan = ScreeningPlan(
        settings=from_table(entries, file=file),
        cells=cells,
        cell_options=options,
        places=layers["places"],
        barriers=layers["barriers"],
        crossings=layers["crossings"],
        blocks=layers["blocks"],
        gap_then=gap_then,
        year_then=year_then,
    )
    if project is None:
        return plan
    limits = CellLimits(threshold_n=project.settings.suppression_threshold_n)
    return replace(plan, name=project.name, is_synthetic=project.is_synthetic, limits=limits, project=project)


def _read_cells(table: TomlTable, folder: Path) -> tuple[Path | None, dict[str, object]]:
    """Return the table of counted cells, None where there is none, and how it is read."""
    table.check_keys(_CELL_KEYS)
    headings = table.table("fields")
    path = table.text("path")
    options: dict[str, object] = {
        "sheet": table.text("sheet") or None,
        "decimal": table.choice("decimal", (",", "."), "") or None,
        "fields": {name: headings.text(name) for name in headings.entries},
    }
    return folder / path if path else None, options


def _read_layers(
    table: TomlTable, folder: Path, given: Mapping[str, Path | None]
) -> dict[str, dict[str, str] | None]:
    """Return the options of each layer, of the file that is given where one is."""
    said = {
        name: _read_file_options(table.table(name), folder, _LINE_KEYS if name in given else _FILE_KEYS)
        for name in _LAYERS
    }
    return said | {name: {"path": str(path)} for name, path in given.items() if path is not None}


def _read_file_options(table: TomlTable, folder: Path, keys: tuple[str, ...]) -> dict[str, str] | None:
    table.check_keys(keys)
    found = {name: table.text(name) for name in keys if table.text(name)}
    if table.entries and "path" not in found:
        table.note("no_path", "path")
    return {**found, "path": str(folder / found["path"])} if "path" in found else None


def _read_then(table: TomlTable) -> tuple[int | None, dict[GridCriterion, Fraction]]:
    table.check_keys(("year", *GridCriterion))
    year = table.integer("year", 0, low=FIRST_YEAR) if "year" in table.entries else None
    # As it is written: 6.8 is 34/5, not the float nearest to it.
    gaps = {
        name: Fraction(str(table.number(name, 0.0, low=0.0)))
        for name in GridCriterion
        if name in table.entries
    }
    return year, gaps
