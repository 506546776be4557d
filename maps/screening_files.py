"""The files of a screening: pages, GeoPackage, workbook, CSV and JSON, each written whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from boundaries.city_screening import ScreenedCity
from data.texts import Texts
from geo.geopackage import write_geopackage
from geo.writers import require_absent, write_csv, write_json, write_text
from maps import labels
from maps.chapters import Chapter, place_chapter
from maps.designation_map import render_designation_map
from maps.index_page import make_figures, refuse_foreign_index, write_index
from maps.qgis_screening import screening_layers
from maps.results import list_records
from maps.screening_barriers import tabulate_barriers
from maps.screening_map import make_key_figures, make_kicker, make_lead, make_title, render_screening_map
from maps.screening_tables import (
    tabulate_block_zones,
    tabulate_cells,
    tabulate_compared,
    tabulate_criteria,
    tabulate_disparity,
    tabulate_profile,
    tabulate_settings,
    tabulate_stability,
    tabulate_zones,
    title_columns,
)
from maps.screening_words import list_known
from maps.workbook import write_workbook

GRID_MAP = "kort/kvadratnet.html"
DESIGNATION_MAP = "kort/udpegninger.html"
GEOPACKAGE = "screening.gpkg"
WORKBOOK = "screening.xlsx"
RESULT = "screening.json"
CELLS = "celler.csv"
ZONES = "zoner.csv"
BARRIERS = "barrierer.csv"
FILES = (GRID_MAP, DESIGNATION_MAP, GEOPACKAGE, WORKBOOK, CELLS, ZONES, BARRIERS, RESULT)
"""What `write_screening` may write, in the order in which a reader wants to know of it."""


def refuse_existing(folder: Path, *, front: Path | None = None, overwrite: bool) -> None:
    """Refuse to begin where a screening already lies, before any work is done.

    Raises
    ------
    WriteError
        As `geo.writers.require_absent`, also for a page in `front` (else `folder`) that is not ours.
    """
    refuse_foreign_index(front or folder, overwrite=overwrite)
    require_absent((folder / name for name in FILES), overwrite=overwrite)


def write_screening(
    folder: Path,
    city: ScreenedCity,
    texts: Texts,
    versions: Mapping[str, str],
    *,
    front: Path | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write the files of a screening, and the chapter on them on the front page.

    Parameters
    ----------
    folder
        Made where it is missing.
    city
        As it may be shown.
    texts
        Language of titles, labels and pages.
    versions
        Of the program and its libraries.
    front
        Folder of the front page, in which or below which `folder` lies; None for `folder` itself.
    overwrite
        Replace what lies there; each file in one step, so that an old one survives any failure. A file of
        what is no longer asked for is taken away.

    Returns
    -------
    list of Path
        What was written, the front page first.

    Raises
    ------
    WriteError
        Where a file exists and may not be replaced, or cannot be written.
    """
    refuse_existing(folder, front=front, overwrite=overwrite)
    paths = [folder / name for name in _write_files(folder, city, texts, versions, overwrite=overwrite)]
    chapter = place_chapter(make_chapter(city, texts), front or folder, folder, paths)
    return [write_index(front or folder, chapter, overwrite=overwrite), *paths]


def make_chapter(city: ScreenedCity, texts: Texts) -> Chapter:
    """Return what the front page tells of a screening; its files are still to be placed."""
    return Chapter(
        command="screen",
        language=texts.language,
        heading=make_title(city, texts),
        kicker=make_kicker(city, texts),
        lead=make_lead(city, texts),
        credits=texts.get("figure.credits_synthetic" if city.is_synthetic else "index.credits.screen"),
        is_synthetic=city.is_synthetic,
        figures=make_figures(make_key_figures(city, texts)),
    )


def _write_files(
    folder: Path, city: ScreenedCity, texts: Texts, versions: Mapping[str, str], *, overwrite: bool
) -> list[str]:
    (folder / GRID_MAP).parent.mkdir(parents=True, exist_ok=True)
    write_text(folder / GRID_MAP, render_screening_map(city, texts), overwrite=overwrite)
    written = [GRID_MAP]
    if city.compared is not None:
        write_text(folder / DESIGNATION_MAP, render_designation_map(city, texts), overwrite=overwrite)
        written.append(DESIGNATION_MAP)
    else:
        (folder / DESIGNATION_MAP).unlink(missing_ok=True)
    metadata = _make_metadata(city, versions)
    layers = screening_layers(city, texts)
    write_geopackage(folder / GEOPACKAGE, layers, metadata=metadata, overwrite=overwrite)
    write_workbook(folder / WORKBOOK, make_sheets(city, texts), texts=texts, overwrite=overwrite)
    write_csv(folder / CELLS, title_columns(tabulate_cells(city), texts), overwrite=overwrite)
    write_csv(folder / ZONES, title_columns(tabulate_zones(city), texts), overwrite=overwrite)
    written += [GEOPACKAGE, WORKBOOK, CELLS, ZONES]
    if city.barriers is not None:
        barriers = title_columns(tabulate_barriers(city, texts), texts)
        write_csv(folder / BARRIERS, barriers, overwrite=overwrite)
        written.append(BARRIERS)
    else:
        (folder / BARRIERS).unlink(missing_ok=True)
    write_json(folder / RESULT, describe_screening(city, texts, versions=versions), overwrite=overwrite)
    return [*written, RESULT]


def make_sheets(city: ScreenedCity, texts: Texts) -> dict[str, pd.DataFrame]:
    """Return the sheets of the workbook by name; those without rows are left out, the zones' apart."""
    frames = {
        "zones": tabulate_zones(city),
        "cells": tabulate_cells(city),
        "criteria": tabulate_criteria(city, texts),
        "disparity": tabulate_disparity(city, texts),
        "stability": tabulate_stability(city, texts),
        "compared": tabulate_compared(city, texts),
        "barriers": tabulate_barriers(city, texts),
        "blocks": tabulate_block_zones(city),
        "profile": tabulate_profile(city, texts),
        "settings": tabulate_settings(city, texts),
    }
    return {
        texts.get(f"screening.sheet.{name}"): _say_hidden(title_columns(frame, texts), frame, texts)
        for name, frame in frames.items()
        if len(frame) or name == "zones"
    }


def _say_hidden(titled: pd.DataFrame, frame: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    """Put a word where a number of residents is hidden; a workbook has no other way to tell it from none."""
    if "residents_n" not in frame:
        return titled
    at = list(frame.columns).index("residents_n")
    name = titled.columns[at]
    hidden = texts.get("label.suppressed")
    people = [hidden if labels.is_missing(value) else int(value) for value in frame["residents_n"]]
    return titled.assign(**{name: pd.Series(people, index=titled.index, dtype=object)})


def _make_metadata(city: ScreenedCity, versions: Mapping[str, str]) -> dict[str, str]:
    year = city.years.get(None)
    hashes = city.files[["register", "file", "sha256"]].itertuples(index=False)
    return {
        **({} if year is None else {"status_date": f"{year}-01-01"}),
        "synthetic": str(city.is_synthetic).lower(),
        **{f"setting.{name}": str(value) for name, value in vars(city.settings).items() if name != "rules"},
        **{f"version.{name}": value for name, value in versions.items()},
        **{f"input.{register}.{file}": f"sha256 {digest}" for register, file, digest in hashes},
    }


def describe_screening(
    city: ScreenedCity, texts: Texts, *, versions: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Describe a screening by plain values: keys in English, hidden values null.

    Returns
    -------
    dict
        ``name``, ``is_synthetic``, ``years``, ``settings``, ``limits``, ``parts`` (city, zones, rest),
        ``zones``, ``disparity``, ``compared``, ``profile``, ``barriers``, ``block_zones``,
        ``cells`` (how many show what), ``unplaced_n``, ``inputs`` and ``versions``.
    """
    zones = tabulate_zones(city)
    columns = [name for name in zones.columns if name != "part"]
    is_zone = zones["part"] == "zone"
    years = {"screening" if key is None else str(key): year for key, year in city.years.items()}
    settings = {name: value for name, value in vars(city.settings).items() if name != "rules"}
    rules = {
        str(name): {"basis": rule.basis, "limit": float(rule.limit), "year": rule.year}
        for name, rule in city.settings.rules.items()
    }
    criteria = tabulate_criteria(city, texts).assign(key=[str(name) for name in list_known(city)])
    return {
        "name": city.name,
        "is_synthetic": city.is_synthetic,
        "years": years,
        "settings": {**settings, "shift_m": list(city.settings.shift_m), "criteria": rules},
        "hidden_by": vars(city.published.limits),
        "limits": list_records(criteria, ["key", "limit", "city", "limit_text"]),
        "parts": list_records(zones[~is_zone], ["part", *columns[3:-1]]),
        "zones": list_records(zones[is_zone], columns),
        "disparity": _list(tabulate_disparity(city, texts)),
        "compared": None if city.compared is None else _list(tabulate_compared(city, texts)),
        "profile": None if city.profile is None else _list(tabulate_profile(city, texts)),
        "barriers": None if city.barriers is None else _list(tabulate_barriers(city, texts)),
        "block_zones": None if city.block_zones is None else _list(tabulate_block_zones(city)),
        "cells": {str(key): int(n) for key, n in city.published.cells["shown"].value_counts().items()},
        "unplaced_n": city.unplaced_n,
        "inputs": _list(city.files),
        "versions": dict(versions or {}),
    }


def _list(frame: pd.DataFrame) -> list[dict[str, object]]:
    return list_records(frame, list(frame.columns))
