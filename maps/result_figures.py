"""The figures that a run writes: A4 in three formats, and a picture for a slide."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import geopandas as gpd
from matplotlib.figure import Figure

from boundaries.designation.made_list import NoList
from boundaries.disclosure.lists import PublishedList
from boundaries.model import Assessment
from data.texts import Texts
from maps.figure_files import FORMATS, write_figure
from maps.figure_maps import draw_area_map, draw_list_map
from maps.figure_series import draw_list_series, draw_margins

FIGURE_FOLDER = "figurer"
SLIDE = "-dias"
"""Ends the name of a picture for a slide."""

AREA_FIGURES = ("omraader",)
LIST_FIGURES = ("kategorier", "afstand", "lister")
"""Figures by name, those that a list adds apart."""


def figure_files(*, has_list: bool = True) -> tuple[str, ...]:
    """Return what `write_figures` writes, relative to the folder of results."""
    names = (*AREA_FIGURES, *(LIST_FIGURES if has_list else ()))
    return tuple(
        f"{FIGURE_FOLDER}/{name}{ending}"
        for name in names
        for ending in (*(f".{kind}" for kind in FORMATS), f"{SLIDE}.png")
    )


def write_figures(
    folder: Path,
    assessment: Assessment,
    listed: PublishedList | NoList,
    texts: Texts,
    *,
    context: gpd.GeoDataFrame | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write the figures of a run below `FIGURE_FOLDER`.

    Parameters
    ----------
    folder
        Of the results; the folder of figures is made where it is missing.
    assessment
        As it may be shown.
    listed
        The list, or none: then the figures of areas alone are written.
    texts
        Language of the figures.
    context
        Parcels to draw faintly around the areas.
    overwrite
        Replace what lies there.

    Returns
    -------
    list of Path
        As `figure_files` names them.

    Raises
    ------
    WriteError
        As `maps.figures.write_figure`.
    """
    makers: dict[str, Callable[..., Figure]] = {
        "omraader": partial(draw_area_map, assessment, texts, context=context)
    }
    if isinstance(listed, PublishedList):
        makers["kategorier"] = partial(draw_list_map, assessment, listed, texts)
        makers["afstand"] = partial(draw_margins, listed, texts)
        makers["lister"] = partial(draw_list_series, listed, texts)
    (folder / FIGURE_FOLDER).mkdir(parents=True, exist_ok=True)
    written = []
    for name, make in makers.items():
        stem = folder / FIGURE_FOLDER / name
        written += write_figure(stem, make(size="a4"), overwrite=overwrite)
        slide = stem.with_name(name + SLIDE)
        written += write_figure(slide, make(size="slide"), formats=("png",), overwrite=overwrite)
    return written
