"""The folder of results: every file named once, written whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.delineation.comparison import DwellingCheck
from boundaries.designation.made_list import NoList
from boundaries.disclosure.lists import PublishedList
from boundaries.disclosure.suppression import Published
from data.texts import Texts
from geo.crs import WORKING_CRS
from geo.errors import UsageError
from geo.geopackage import Layer, write_geopackage
from geo.writers import require_absent, write_csv, write_flatgeobuf, write_geoparquet, write_json, write_text
from maps import qgis, qgis_lists, terminal
from maps.area_map import render_area_map
from maps.background import Background
from maps.chapters import Chapter, place_chapter
from maps.index_page import (
    FINDING_FILES,
    make_figures,
    refresh_index,
    refuse_foreign_index,
    write_index,
)
from maps.list_json import describe_list
from maps.list_text import summarise_list
from maps.page_texts import describe_law
from maps.report import make_key_figures, render_report, tell_heading
from maps.result_figures import figure_files, write_figures
from maps.results import describe_origin, describe_published, list_check_columns
from maps.workbook import write_workbook
from maps.yearly_lists import list_files, write_lists

GEOPACKAGE = "boligkort.gpkg"
AREA_MAP = "kort/omraader.html"
RESULT = "resultat.json"
ORIGIN = "oprindelse.json"
REPORT = "rapport.html"
RESULT_FILES = (REPORT, GEOPACKAGE, AREA_MAP, RESULT, ORIGIN)
"""What `write_results` writes, in the order in which a reader wants to know of it, after the front page."""


@dataclass(frozen=True)
class Answer:
    """All that a run tells, as it may be shown.

    Attributes
    ----------
    published
        The areas, dwellings and residents.
    listed
        The list of the year, or why there is none.
    context
        Parcels to draw faintly around the areas.
    background
        Map tiles under the areas; only then does a page ask the net for something.
    """

    published: Published
    listed: PublishedList | NoList
    context: gpd.GeoDataFrame | None = None
    background: Background | None = None


def refuse_existing(folder: Path, texts: Texts, *, overwrite: bool) -> None:
    """Refuse to begin where a result already lies, before any work is done.

    Raises
    ------
    WriteError
        As `geo.writers.require_absent`, also for a front page that is not ours.
    """
    refuse_foreign_index(folder, overwrite=overwrite)
    names = (*RESULT_FILES, *list_files(texts), *figure_files())
    require_absent((folder / name for name in names), overwrite=overwrite)


def write_results(
    folder: Path, answer: Answer, texts: Texts, versions: Mapping[str, str], *, overwrite: bool = False
) -> list[Path]:
    """Write the report, the GeoPackage, the map, the list, the figures, the result and its origin.

    Parameters
    ----------
    folder
        Made where it is missing.
    answer
        As it may be shown.
    texts
        Language of titles, labels and pages.
    versions
        Of the program and its libraries.
    overwrite
        Replace what lies there; each file in one step, so that an old one survives any failure.

    Returns
    -------
    list of Path
        What was written, the page that names the others first.

    Raises
    ------
    WriteError
        Where a file exists and may not be replaced, or cannot be written.
    """
    refuse_existing(folder, texts, overwrite=overwrite)
    files = _write_data(folder, answer, texts, versions, overwrite=overwrite)
    published, listed = answer.published, answer.listed
    report = render_report(published, listed, texts, context=answer.context)
    write_text(folder / REPORT, report, overwrite=overwrite)
    figures = write_figures(
        folder, published.assessment, listed, texts, context=answer.context, overwrite=overwrite
    )
    written = [folder / REPORT, *files, *figures]
    chapter = place_chapter(make_chapter(published, listed, texts), folder, folder, written)
    # Last, since the front page tells the sizes of the others; findings are written before the results.
    return [write_index(folder, chapter, overwrite=overwrite), *written]


def make_chapter(published: Published, listed: PublishedList | NoList, texts: Texts) -> Chapter:
    """Return what the front page tells of a run; its files are still to be placed."""
    assessment = published.assessment
    is_synthetic = assessment.is_synthetic
    return Chapter(
        command="run",
        language=texts.language,
        heading=tell_heading(assessment, listed, texts),
        kicker=describe_law(assessment.status_date, texts),
        lead=tell_list(listed, texts),
        credits=texts.get("figure.credits_synthetic" if is_synthetic else "figure.credits"),
        is_synthetic=is_synthetic,
        figures=make_figures(make_key_figures(published, listed, texts)),
    )


def _write_data(
    folder: Path, answer: Answer, texts: Texts, versions: Mapping[str, str], *, overwrite: bool
) -> list[Path]:
    """Write what holds data: layers, map, list, result and origin."""
    shown, listed = answer.published.assessment, answer.listed
    (folder / AREA_MAP).parent.mkdir(parents=True, exist_ok=True)
    layers = qgis.geopackage_layers(shown, texts)
    written = [folder / GEOPACKAGE, folder / AREA_MAP]
    if isinstance(listed, PublishedList):
        layers += qgis_lists.list_layers(listed, texts)
    write_geopackage(written[0], layers, metadata=_make_metadata(answer, versions), overwrite=overwrite)
    page = render_area_map(
        shown,
        texts,
        context=answer.context,
        listed=listed if isinstance(listed, PublishedList) else None,
        background=answer.background,
    )
    write_text(written[1], page, overwrite=overwrite)
    if isinstance(listed, PublishedList):
        written += write_lists(folder, listed, texts, overwrite=overwrite)
    write_json(folder / RESULT, describe_answer(answer), overwrite=overwrite)
    law = listed.made.law if isinstance(listed, PublishedList) else None
    write_json(folder / ORIGIN, describe_origin(shown, versions, law), overwrite=overwrite)
    return [*written, folder / RESULT, folder / ORIGIN]


def describe_answer(answer: Answer) -> dict[str, object]:
    """Describe an answer by plain values; ``list`` is null where there is none."""
    listed = answer.listed
    described = describe_list(listed) if isinstance(listed, PublishedList) else None
    return {**describe_published(answer.published), "list": described}


def tell_list(listed: PublishedList | NoList, texts: Texts) -> str:
    """Return the list in a few sentences, or why there is none."""
    if isinstance(listed, PublishedList):
        return summarise_list(listed, texts)
    return texts.get(f"error.{listed.key}", listed.values)


def write_findings(folder: Path, findings: pd.DataFrame, texts: Texts) -> list[Path]:
    """Write every finding with its sentence and remedy as CSV and JSON; an older report is replaced.

    Where the folder has a front page it names the files from then on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = terminal.findings_table(findings, texts)
    write_csv(folder / FINDING_FILES[0], table, overwrite=True)
    records = table.astype(object).where(table.notna(), None).to_dict("records")
    write_json(folder / FINDING_FILES[1], records, overwrite=True)
    refresh_index(folder)
    return [folder / name for name in FINDING_FILES]


def export_dwellings(path: Path, check: DwellingCheck, texts: Texts, *, overwrite: bool = False) -> None:
    """Export the check of an area; the ending of the file name says the format.

    Parameters
    ----------
    path
        Ends in ``.gpkg``, ``.csv``, ``.xlsx``, ``.parquet`` (GeoParquet) or ``.fgb`` (FlatGeobuf).
    check
        Dwellings without any count of persons.
    texts
        Language of headings and sentences.
    overwrite
        Replace an existing file.

    Raises
    ------
    UsageError
        For another ending (``export_format``).
    WriteError
        As the writers.
    """
    table = _tabulate(check, texts)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        write_csv(path, table, overwrite=overwrite)
    elif suffix == ".xlsx":
        write_workbook(path, {texts.get("layer.dwellings.title"): table}, texts=texts, overwrite=overwrite)
    elif suffix == ".gpkg":
        layer = Layer(
            name="boliger",
            frame=_place(check.dwellings, table),
            title=texts.get("layer.dwellings.title"),
            qml=qgis.style_for("dwellings", texts),
            geometry_type="Point",
        )
        write_geopackage(path, [layer], metadata={"area_id": check.area_id}, overwrite=overwrite)
    elif suffix == ".parquet":
        write_geoparquet(path, _place(check.dwellings, table), overwrite=overwrite)
    elif suffix == ".fgb":
        write_flatgeobuf(path, _place(check.dwellings, table), overwrite=overwrite)
    else:
        raise UsageError("folder.export_format", {"file": path.name})


def _tabulate(check: DwellingCheck, texts: Texts) -> pd.DataFrame:
    table = check.dwellings[list_check_columns(check)]
    columns = list(table.columns)
    at = columns.index("reason") + 1
    words = {
        column: pd.Series([texts.get(f"reason.{reason}.{part}") for reason in table["reason"]], dtype="str")
        for column, part in (("reason_sentence", "sentence"), ("clause", "clause"))
    }
    return table.assign(**words)[[*columns[:at], *words, *columns[at:]]]


def _place(dwellings: pd.DataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    geometry = shapely.points(dwellings["x"].to_numpy(), dwellings["y"].to_numpy())
    return gpd.GeoDataFrame(table.drop(columns=["x", "y"]), geometry=geometry, crs=WORKING_CRS)


def _make_metadata(answer: Answer, versions: Mapping[str, str]) -> dict[str, str]:
    assessment, listed = answer.published.assessment, answer.listed
    # Without a list the law is that of the delineation, by the data year.
    law_date = listed.made.rules.on if isinstance(listed, PublishedList) else assessment.status_date
    hashes = assessment.files[["register", "file", "sha256"]].itertuples(index=False)
    return {
        "status_date": assessment.status_date.isoformat(),
        "law_date": law_date.isoformat(),
        "synthetic": str(assessment.is_synthetic).lower(),
        **{f"setting.{name}": str(value) for name, value in vars(assessment.settings).items()},
        **{f"version.{name}": value for name, value in versions.items()},
        **{f"input.{register}.{file}": f"sha256 {digest}" for register, file, digest in hashes},
    }
