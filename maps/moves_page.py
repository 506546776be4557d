"""The page of movers: one page to read and print, with series, parts of the criteria, and the reading."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from boundaries.designation.law import Criterion
from boundaries.movers import AreaMoves, KommuneMoves, PublishedMoves
from boundaries.moves.event_study import EventStudy
from data.texts import Texts
from maps import figure_moves, labels
from maps.document import (
    Cell,
    Column,
    DocumentFigure,
    DocumentPart,
    DocumentSection,
    DocumentTable,
    render_document,
)
from maps.figure_svg import embed_figure, figure_rules
from maps.moves_sheets import make_sheets
from maps.moves_text import summarise_moves, tell_concentration, tell_social_export

_LATEST = frozenset({"contributions", "gathering", "area_gathering", "balance"})
"""Tables of which the page has the last year alone; the workbook has all."""

_SHEET_ALONE: Mapping[str, tuple[str, ...]] = {
    "concentration": ("destinations_n", "top_movers_n", "herfindahl_low", "herfindahl_high", "hidden_n")
}
"""Columns that the workbook has and the page has no room for."""


def render_moves_page(published: PublishedMoves, texts: Texts) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    published
        As `boundaries.movers.follow_movers` returns them.
    texts
        Catalog of the page's language.

    Returns
    -------
    str
        One HTML document without scripts that fetches nothing; the same bytes for the same input.
    """
    sheets = make_sheets(published, texts)
    heading = texts.get("moves.text.heading", {"name": published.name})
    sections = [
        _section("sammenfatning", texts, [DocumentPart(paragraphs=tuple(summarise_moves(published, texts)))])
    ]
    if published.areas is not None:
        sections += _tell_areas(published, published.areas, sheets, texts)
    if published.kommuner is not None and published.kommuner.kommuner_with:
        sections += _tell_kommuner(published, published.kommuner, sheets, texts)
    threshold = {"threshold": published.threshold_n, "largest": published.threshold_n - 1}
    method = tuple(
        texts.get(f"moves.method.{name}", threshold) for name in ("year", "move", "exposed", "hidden")
    )
    sections.append(_section("metode", texts, [DocumentPart(paragraphs=method)]))
    page = {
        "language": texts.language,
        "title": heading,
        "heading": heading,
        "kicker": texts.get("moves.page.kicker"),
        "badge": texts.get("page.synthetic") if published.is_synthetic else "",
        "figures": [],
        "words": texts.section("report.words"),
        "sections": sections,
        "credits": texts.get("figure.credits_synthetic" if published.is_synthetic else "figure.credits"),
    }
    return render_document("report.html", page, styles=("report.css",), rules=figure_rules())


def _section(key: str, texts: Texts, parts: list[DocumentPart]) -> DocumentSection:
    return DocumentSection(key=key, title=texts.get(f"moves.section.{key}"), parts=tuple(parts))


def _tell_areas(
    published: PublishedMoves, areas: AreaMoves, sheets: Mapping[str, pd.DataFrame], texts: Texts
) -> list[DocumentSection]:
    is_synthetic = published.is_synthetic
    years = sorted(set(areas.balance["year"]))
    parts = []
    for criterion in map(str, Criterion):
        if not figure_moves.count_shown_areas(areas, years[-1], criterion):
            continue
        figure = figure_moves.draw_contributions(
            areas, years[-1], criterion, texts, is_synthetic=is_synthetic, size="page"
        )
        about = {
            "criterion": texts.get(f"criterion.{criterion}.title"),
            "year": years[-1],
            "before": years[-1] - 1,
        }
        parts.append(
            DocumentPart(figures=(_embed(figure, "contributions", f"bidrag-{criterion}", texts, about),))
        )
    contributions = [
        DocumentPart(paragraphs=(texts.get("moves.about.contributions"), texts.get("moves.page.all_shown")))
    ]
    contributions += [*parts, DocumentPart(tables=_tabulate("contributions", sheets, texts))]
    sections = [
        _section("regnskab", texts, [_part("balance", sheets, texts)]),
        _section("bidrag", texts, contributions),
        _section(
            "samles",
            texts,
            [_part("gathering", sheets, texts), _part("area_gathering", sheets, texts)],
        ),
    ]
    if len(areas.inflow):
        figure = figure_moves.draw_inflow(areas, texts, is_synthetic=is_synthetic, size="page")
        embedded = _embed(figure, "inflow", "tilflyttere", texts)
        sections.insert(0, _section("tilflyttere", texts, [_part("inflow", sheets, texts, embedded)]))
    return sections


def _tell_kommuner(
    published: PublishedMoves, kommuner: KommuneMoves, sheets: Mapping[str, pd.DataFrame], texts: Texts
) -> list[DocumentSection]:
    outflow = figure_moves.draw_outflow(kommuner, texts, is_synthetic=published.is_synthetic, size="page")
    exposed = figure_moves.draw_exposed(kommuner, texts, is_synthetic=published.is_synthetic, size="page")
    reading = [DocumentPart(paragraphs=tuple(tell_social_export(kommuner, texts)))]
    events = kommuner.social_export.events if kommuner.social_export is not None else None
    if events is not None and kommuner.social_export is not None:
        first = kommuner.social_export.from_year
        figure = figure_moves.draw_events(
            events, first, texts, is_synthetic=published.is_synthetic, size="page"
        )
        embedded = _embed(figure, "events", "aar-for-aar", texts)
        reading.append(DocumentPart(figures=(embedded,), tables=(_tabulate_events(events, first, texts),)))
    return [
        _section(
            "fraflyttere",
            texts,
            [_part("outflow", sheets, texts, _embed(outflow, "outflow", "fraflyttere", texts))],
        ),
        _section(
            "andel", texts, [_part("exposed", sheets, texts, _embed(exposed, "exposed", "andel", texts))]
        ),
        _section("koncentration", texts, _tell_concentration(published, kommuner, sheets, texts)),
        _section("eksport", texts, reading),
    ]


def _tell_concentration(
    published: PublishedMoves, kommuner: KommuneMoves, sheets: Mapping[str, pd.DataFrame], texts: Texts
) -> list[DocumentPart]:
    told = DocumentPart(paragraphs=tuple(tell_concentration(kommuner, texts)))
    if kommuner.concentration is None:
        return [told]
    measures = kommuner.concentration.measures
    figure = figure_moves.draw_concentration(
        measures, texts, is_synthetic=published.is_synthetic, size="page"
    )
    return [
        told,
        _part("concentration", sheets, texts, _embed(figure, "concentration", "koncentration", texts)),
        _part("concentration_difference", sheets, texts),
    ]


def _embed(
    figure: Figure, key: str, name: str, texts: Texts, about: Mapping[str, object] | None = None
) -> DocumentFigure:
    title = texts.get(f"moves.figure.{key}.title", about or {})
    note = texts.get(f"moves.figure.{key}.lead", about or {})
    return DocumentFigure(picture=embed_figure(figure, name, title), caption=title, note=note)


def _part(
    key: str, sheets: Mapping[str, pd.DataFrame], texts: Texts, figure: DocumentFigure | None = None
) -> DocumentPart:
    return DocumentPart(
        paragraphs=(texts.get(f"moves.about.{key}"),),
        figures=() if figure is None else (figure,),
        tables=_tabulate(key, sheets, texts),
    )


def _tabulate(key: str, sheets: Mapping[str, pd.DataFrame], texts: Texts) -> tuple[DocumentTable, ...]:
    """Return a sheet as a table to read, the last year alone where there is much."""
    left_out = [texts.get(f"moves.column.{name}") for name in _SHEET_ALONE.get(key, ())]
    sheet = sheets[key].drop(columns=left_out)
    caption = texts.get(f"moves.sheet.{key}")
    first = sheet.columns[0]
    if key in _LATEST and len(sheet):
        last = sheet[first].max()
        sheet, caption = sheet[sheet[first].eq(last)], f"{caption}, {last}"
    numbers = [at > 0 and _is_number(sheet[name]) for at, name in enumerate(sheet.columns)]
    columns = tuple(
        Column(str(name), is_number) for name, is_number in zip(sheet.columns, numbers, strict=True)
    )
    rows = tuple(
        tuple(Cell(_write(cell, is_year=at == 0, texts=texts)) for at, cell in enumerate(row))
        for row in sheet.itertuples(index=False)
    )
    return (DocumentTable(caption=caption, columns=columns, rows=rows),)


def _is_number(column: pd.Series) -> bool:
    return any(not isinstance(cell, str) and not labels.is_missing(cell) for cell in column)


def _write(cell: object, *, is_year: bool, texts: Texts) -> str:
    if isinstance(cell, str) or labels.is_missing(cell):
        return labels.format_text(cell)
    if is_year:
        return labels.format_year(cell)
    if isinstance(cell, int) or type(cell).__name__.startswith("int"):
        return labels.format_count(cell, texts.language)
    return labels.format_number(cell, texts.language, decimals=2)


def _tabulate_events(events: EventStudy, rules_year: int, texts: Texts) -> DocumentTable:
    names = ("year", "estimate", "low", "high")
    rows = []
    for one in events.coefficients:
        cells = [labels.format_year(rules_year + one.relative_year)]
        for value in (one.estimate_pp, one.low_pp, one.high_pp):
            shown = (
                labels.MISSING if value is None else labels.format_number(value, texts.language, decimals=2)
            )
            cells.append(shown)
        rows.append(tuple(Cell(text) for text in cells))
    return DocumentTable(
        caption=texts.get("moves.figure.events.title"),
        columns=tuple(Column(texts.get(f"moves.page.{name}"), name != "year") for name in names),
        rows=tuple(rows),
    )
