"""The folder of movers: the page, the maps, the workbook, CSV files, JSON, figures and what is hidden."""

from pathlib import Path

from boundaries.movers import KommuneMoves, PublishedMoves
from boundaries.moves.products import EXPOSED
from data.texts import Texts
from geo.geopackage import write_geopackage
from geo.writers import require_absent, write_json, write_text
from maps import figure_moves, labels
from maps.chapters import Chapter, place_chapter
from maps.destination_map import render_destinations
from maps.figure_files import FORMATS, write_figure
from maps.flow_map import render_flow_map
from maps.gathering_map import render_gathering_map
from maps.index_page import refuse_foreign_index, write_index
from maps.kommune_topic import Topic
from maps.moves_layers import moves_layers
from maps.moves_page import render_moves_page
from maps.moves_sheets import COLUMNS, describe_moves, make_sheets, name_place
from maps.moves_text import summarise_moves
from maps.sheet_csv import write_sheet
from maps.workbook import write_workbook

PAGE = "flytninger.html"
GATHERING_MAP = "kort/samling.html"
FLOW_MAP = "kort/stroemme.html"
DESTINATION_MAP = "kort/hvorhen.html"
WORKBOOK = "flytninger.xlsx"
RESULT = "flytninger.json"
GEOPACKAGE = "flytninger.gpkg"
CSV_FOLDER = "flytninger"
FIGURE_FOLDER = "figurer"
FIGURES = ("tilflyttere", "fraflyttere", "udsattes-andel", "forskel-aar-for-aar", "koncentration")


def refuse_existing(folder: Path, *, overwrite: bool) -> None:
    """Refuse to begin where a result already lies, before any work is done.

    Raises
    ------
    WriteError
        As `geo.writers.require_absent`, also for a front page that is not ours.
    """
    refuse_foreign_index(folder, overwrite=overwrite)
    names = (PAGE, FLOW_MAP, DESTINATION_MAP, GATHERING_MAP, WORKBOOK, RESULT, GEOPACKAGE)
    require_absent((folder / name for name in names), overwrite=overwrite)


def write_moves(
    folder: Path, published: PublishedMoves, texts: Texts, *, overwrite: bool = False
) -> list[Path]:
    """Write the page, the maps, the tables and the figures, and the chapter on them on the front page.

    Parameters
    ----------
    folder
        Made where it is missing.
    published
        As `boundaries.movers.follow_movers` returns them.
    texts
        Language of the files.
    overwrite
        Replace what lies there; each file in one step.

    Returns
    -------
    list of Path
        What was written, the front page first.

    Raises
    ------
    WriteError
        Where a file exists and may not be replaced, or cannot be written.
    """
    refuse_existing(folder, overwrite=overwrite)
    for name in ("", "kort", CSV_FOLDER, FIGURE_FOLDER):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_text(folder / PAGE, render_moves_page(published, texts), overwrite=overwrite)
    written = [folder / PAGE, *_write_maps(folder, published, texts, overwrite=overwrite)]
    sheets = make_sheets(published, texts)
    named = {texts.get(f"moves.sheet.{key}"): sheet for key, sheet in sheets.items()}
    about = {texts.get(f"moves.sheet.{key}"): texts.get(f"moves.about.{key}") for key in sheets}
    if published.is_synthetic:
        about = {texts.get("page.synthetic"): texts.get("moves.text.synthetic"), **about}
    write_workbook(folder / WORKBOOK, named, texts=texts, properties=about, overwrite=overwrite)
    written.append(folder / WORKBOOK)
    for key in COLUMNS:
        if key in sheets:
            path = folder / CSV_FOLDER / f"{texts.get(f'moves.file.{key}')}.csv"
            write_sheet(path, sheets[key], overwrite=overwrite)
            written.append(path)
    write_json(folder / RESULT, describe_moves(published), overwrite=overwrite)
    written.append(folder / RESULT)
    if published.kommuner is not None and published.geometry is not None:
        made = moves_layers(published.kommuner, published.geometry, texts)
        metadata = {"synthetic": str(published.is_synthetic).lower()}
        write_geopackage(folder / GEOPACKAGE, made, metadata=metadata, overwrite=overwrite)
        written.append(folder / GEOPACKAGE)
    written += _write_figures(folder, published, texts, overwrite=overwrite)
    chapter = place_chapter(make_chapter(published, texts), folder, folder, written)
    return [write_index(folder, chapter, overwrite=overwrite), *written]


def make_chapter(published: PublishedMoves, texts: Texts) -> Chapter:
    """Return what the front page tells of the movers; its files are still to be placed."""
    is_synthetic = published.is_synthetic
    return Chapter(
        command="movers",
        language=texts.language,
        heading=texts.get("moves.text.heading", {"name": published.name}),
        kicker=texts.get("moves.page.kicker"),
        lead=" ".join(summarise_moves(published, texts)),
        credits=texts.get("figure.credits_synthetic" if is_synthetic else "figure.credits"),
        is_synthetic=is_synthetic,
    )


def _write_maps(folder: Path, published: PublishedMoves, texts: Texts, *, overwrite: bool) -> list[Path]:
    areas, kommuner = published.areas, published.kommuner
    written = []
    if areas is not None and areas.shapes is not None and len(areas.area_gathering):
        written.append(folder / GATHERING_MAP)
        page = render_gathering_map(areas, areas.shapes, texts, is_synthetic=published.is_synthetic)
        write_text(written[-1], page, overwrite=overwrite)
    if kommuner is None:
        return written
    written.append(folder / FLOW_MAP)
    page = render_flow_map(
        kommuner.flows,
        texts,
        kommuner_with=kommuner.kommuner_with,
        geometry=published.geometry,
        is_synthetic=published.is_synthetic,
    )
    write_text(written[-1], page, overwrite=overwrite)
    if kommuner.kommuner_with:
        written.append(folder / DESTINATION_MAP)
        write_text(written[-1], draw_destinations(published, kommuner, texts), overwrite=overwrite)
    return written


def draw_destinations(published: PublishedMoves, kommuner: KommuneMoves, texts: Texts) -> str:
    """Return the page of where the socially exposed went in the last year, as HTML."""
    table = kommuner.destinations[kommuner.destinations["exposure"].eq(EXPOSED)]
    year = int(table["year"].max())
    own = table[table["year"].eq(year)].reset_index(drop=True)
    is_hidden = own["movers_n"].isna() | own["leavers_n"].isna()
    flows = own.assign(
        kommune_code=own["to_kommune"],
        name=[name_place(code) for code in own["to_kommune"]],
        numerator=own["movers_n"].mask(is_hidden),
        denominator=own["leavers_n"].mask(is_hidden),
        is_hidden=is_hidden,
    )[["kommune_code", "name", "numerator", "denominator", "is_hidden"]]
    topic = Topic(
        title=texts.get("destinations.title"),
        value_label=texts.get("destinations.value_label"),
        period=labels.format_year(year),
        is_synthetic=published.is_synthetic,
        notes=(
            (texts.get("moves.page.year"), texts.get("moves.text.year", {"year": year, "before": year - 1})),
        ),
    )
    return render_destinations(
        flows, texts, topic=topic, origins=kommuner.kommuner_with, geometry=published.geometry
    )


def _write_figures(folder: Path, published: PublishedMoves, texts: Texts, *, overwrite: bool) -> list[Path]:
    areas, kommuner, is_synthetic = published.areas, published.kommuner, published.is_synthetic
    figures = {}
    if areas is not None and len(areas.inflow):
        figures[FIGURES[0]] = figure_moves.draw_inflow(areas, texts, is_synthetic=is_synthetic)
    if kommuner is not None and kommuner.kommuner_with:
        figures[FIGURES[1]] = figure_moves.draw_outflow(kommuner, texts, is_synthetic=is_synthetic)
        figures[FIGURES[2]] = figure_moves.draw_exposed(kommuner, texts, is_synthetic=is_synthetic)
        found = kommuner.social_export
        if found is not None and found.events is not None:
            figures[FIGURES[3]] = figure_moves.draw_events(
                found.events, found.from_year, texts, is_synthetic=is_synthetic
            )
        if kommuner.concentration is not None:
            figures[FIGURES[4]] = figure_moves.draw_concentration(
                kommuner.concentration.measures, texts, is_synthetic=is_synthetic
            )
    written = []
    for name, figure in figures.items():
        written += write_figure(folder / FIGURE_FOLDER / name, figure, formats=FORMATS, overwrite=overwrite)
    return written
