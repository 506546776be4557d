"""The folder of results: every file named once, written whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.delineation.comparison import DwellingCheck
from boundaries.disclosure.suppression import Published
from boundaries.model import Assessment
from data.texts import Texts
from geo.crs import WORKING_CRS
from geo.errors import UsageError, WriteError
from geo.geopackage import Layer, write_geopackage
from geo.writers import write_csv, write_flatgeobuf, write_geoparquet, write_json, write_text
from maps import qgis, terminal
from maps.area_map import render_area_map
from maps.results import describe_origin, describe_published, list_check_columns
from maps.workbook import write_workbook

GEOPACKAGE = "boligkort.gpkg"
AREA_MAP = "kort/omraader.html"
RESULT = "resultat.json"
ORIGIN = "oprindelse.json"
RESULT_FILES = (GEOPACKAGE, AREA_MAP, RESULT, ORIGIN)
"""What `write_results` writes, in the order in which a reader wants to know of it."""

FINDING_FILES = ("fund.csv", "fund.json")
"""What `write_findings` writes."""


def refuse_existing(folder: Path, *, overwrite: bool) -> None:
    """Refuse to begin where a result already lies, before any work is done.

    Raises
    ------
    WriteError
        Where one of `RESULT_FILES` exists and `overwrite` is not asked for (``files.output_exists``).
    """
    there = [name for name in RESULT_FILES if (folder / name).exists()]
    if there and not overwrite:
        raise WriteError("files.output_exists", {"file": folder / there[0]})


def write_results(
    folder: Path,
    published: Published,
    texts: Texts,
    *,
    versions: Mapping[str, str],
    context: gpd.GeoDataFrame | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write the GeoPackage, the map, the result and its origin.

    Parameters
    ----------
    folder
        Made where it is missing.
    published
        The answer as it may be shown.
    texts
        Language of titles, labels and pages.
    versions
        Of the program and its libraries.
    context
        Parcels to draw faintly around the areas.
    overwrite
        Replace what lies there; each file in one step, so that an old one survives any failure.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    WriteError
        Where a file exists and may not be replaced, or cannot be written.
    """
    refuse_existing(folder, overwrite=overwrite)
    shown = published.assessment
    (folder / AREA_MAP).parent.mkdir(parents=True, exist_ok=True)
    layers = qgis.geopackage_layers(shown, texts)
    write_geopackage(
        folder / GEOPACKAGE, layers, metadata=_make_metadata(shown, versions), overwrite=overwrite
    )
    write_text(folder / AREA_MAP, render_area_map(shown, texts, context=context), overwrite=overwrite)
    write_json(folder / RESULT, describe_published(published), overwrite=overwrite)
    write_json(folder / ORIGIN, describe_origin(shown, versions), overwrite=overwrite)
    return [folder / name for name in RESULT_FILES]


def write_findings(folder: Path, findings: pd.DataFrame, texts: Texts) -> list[Path]:
    """Write every finding with its sentence and remedy as CSV and JSON; an older report is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    table = terminal.findings_table(findings, texts)
    write_csv(folder / FINDING_FILES[0], table, overwrite=True)
    records = table.astype(object).where(table.notna(), None).to_dict("records")
    write_json(folder / FINDING_FILES[1], records, overwrite=True)
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


def _make_metadata(assessment: Assessment, versions: Mapping[str, str]) -> dict[str, str]:
    hashes = assessment.files[["register", "file", "sha256"]].itertuples(index=False)
    return {
        "status_date": assessment.status_date.isoformat(),
        "law_date": assessment.status_date.isoformat(),
        "synthetic": str(assessment.is_synthetic).lower(),
        **{f"setting.{name}": str(value) for name, value in vars(assessment.settings).items()},
        **{f"version.{name}": value for name, value in versions.items()},
        **{f"input.{register}.{file}": f"sha256 {digest}" for register, file, digest in hashes},
    }
