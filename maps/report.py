"""The report of a run: one page to read, print and send, with sentences, tables, maps and sources."""

from collections.abc import Iterable, Mapping

import geopandas as gpd
import pandas as pd

from boundaries.designation.made_list import NoList
from boundaries.disclosure.lists import PublishedList
from boundaries.disclosure.suppression import Published
from boundaries.model import Assessment
from data.texts import Texts
from maps import labels, report_tables
from maps.document import DocumentFigure, DocumentPart, DocumentSection, make_css_string, render_document
from maps.figure_maps import draw_area_map, draw_list_map
from maps.figure_series import draw_list_series, draw_margins
from maps.figure_svg import embed_figure, figure_rules
from maps.list_text import summarise_list
from maps.list_timeline import list_members
from maps.list_words import format_decimal, name_kommune, to_limit
from maps.page import KeyFigure
from maps.page_texts import describe_law, describe_settings
from maps.yearly_lists import list_sheets


def render_report(
    published: Published,
    listed: PublishedList | NoList,
    texts: Texts,
    *,
    context: gpd.GeoDataFrame | None = None,
) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    published
        Areas, dwellings and residents as they may be shown.
    listed
        The list of the year, or why there is none: then the report says so and has the rest.
    texts
        Catalog of the report's language.
    context
        Parcels (EPSG:25832) to draw faintly around the areas.

    Returns
    -------
    str
        One HTML document without scripts that fetches nothing; the same bytes for the same input.
    """
    assessment = published.assessment
    heading = tell_heading(assessment, listed, texts)
    sections = [
        _summarise(published, listed, texts),
        *(_tell_list(assessment, listed, texts) if isinstance(listed, PublishedList) else []),
        _tell_areas(assessment, texts, context),
        _tell_method(assessment, listed, texts),
        *([_tell_law(listed, texts)] if isinstance(listed, PublishedList) else []),
        _tell_sources(assessment, texts),
        _tell_quality(assessment, listed, texts),
        _tell_disclosure(assessment, texts),
    ]
    page = {
        "language": texts.language,
        "title": heading,
        "heading": heading,
        "kicker": " · ".join((texts.get("report.kicker"), describe_law(assessment.status_date, texts))),
        "badge": texts.get("page.synthetic") if assessment.is_synthetic else "",
        "figures": make_key_figures(published, listed, texts),
        "words": texts.section("report.words"),
        "sections": sections,
        "credits": texts.get("figure.credits_synthetic" if assessment.is_synthetic else "figure.credits"),
    }
    return render_document(
        "report.html",
        page,
        styles=("report.css",),
        rules=figure_rules() + _print_rules(heading, assessment, texts),
    )


def tell_heading(assessment: Assessment, listed: PublishedList | NoList, texts: Texts) -> str:
    """Return the headline of the report: the list and its date, or the areas and theirs."""
    is_list = isinstance(listed, PublishedList)
    day = listed.list_date if isinstance(listed, PublishedList) else assessment.status_date
    kommuner = [name_kommune(code) for code in sorted(set(assessment.areas["kommune_code"].dropna()))]
    known = [name for name in kommuner if name and not name.isdigit()]
    place = known[0] if len(known) == len(kommuner) == 1 else ""
    key = f"report.heading.{'list' if is_list else 'areas'}{'_in' if place else ''}"
    return texts.get(key, {"date": labels.format_date(day, texts.language, is_long=True), "place": place})


def make_key_figures(published: Published, listed: PublishedList | NoList, texts: Texts) -> list[KeyFigure]:
    """Return the figures that matter: areas, areas on the list, dwellings that count, residents."""
    assessment = published.assessment
    areas = assessment.areas
    language = texts.language
    figures = [
        KeyFigure(value=labels.format_count(len(areas), language), label=texts.get("report.figure.areas")),
    ]
    if isinstance(listed, PublishedList):
        listed_n = int(listed.areas["category"].notna().sum())
        label = texts.get("report.figure.listed")
        figures.append(KeyFigure(value=labels.format_count(listed_n, language), label=label))
    total = labels.format_count(int(areas["dwellings_n"].sum()), language)
    figures.append(
        KeyFigure(
            value=labels.format_count(int(areas["counted_n"].sum()), language),
            label=texts.get("report.figure.dwellings"),
            note=texts.get("report.figure.of_dwellings", {"total": total}),
        )
    )
    if assessment.totals is not None:
        residents = labels.format_count(assessment.totals.counted_n, language)
        figures.append(KeyFigure(value=residents, label=texts.get("report.figure.residents")))
    return figures


def _print_rules(heading: str, assessment: Assessment, texts: Texts) -> str:
    """Return the running header and the page numbers of the printed report."""
    day = labels.format_date(assessment.status_date, texts.language, is_long=True)
    left = heading + (f" · {texts.get('page.synthetic')}" if assessment.is_synthetic else "")
    right = texts.get("report.words.counted_on", {"date": day})
    style = "font:400 8pt sans-serif;color:#5a6269"
    return (
        f"@page{{@top-left{{content:{make_css_string(left)};{style}}}"
        f"@top-right{{content:{make_css_string(right)};{style}}}"
        f'@bottom-right{{content:counter(page) "/" counter(pages);{style}}}}}\n'
    )


def _section(key: str, texts: Texts, parts: Iterable[DocumentPart]) -> DocumentSection:
    return DocumentSection(key=key, title=texts.get(f"report.section.{key}"), parts=tuple(parts))


def _summarise(published: Published, listed: PublishedList | NoList, texts: Texts) -> DocumentSection:
    assessment, language = published.assessment, texts.language
    areas = assessment.areas
    counts = {
        name: labels.format_count(int(areas[f"{name}_n"].sum()), language)
        for name in ("dwellings", "counted", "not_counted", "undecided")
    }
    first = (
        summarise_list(listed, texts)
        if isinstance(listed, PublishedList)
        else texts.get("report.summary.no_list", {"reason": texts.get(f"error.{listed.key}", listed.values)})
    )
    day = labels.format_date(assessment.status_date, language, is_long=True)
    number = labels.format_count(len(areas), language)
    extensions_n = int(assessment.extensions["is_in_force"].sum())
    sentences = [
        texts.get("report.summary.dwellings", {"areas": number, "date": day, **counts}),
        texts.get(
            f"report.summary.extensions.{_NUMBER_WORDS.get(extensions_n, 'other')}",
            {"n": labels.format_count(extensions_n, language)},
        ),
        _tell_residents(assessment, texts),
    ]
    return _section("sammenfatning", texts, [DocumentPart(paragraphs=(first, " ".join(sentences)))])


_NUMBER_WORDS = {0: "none", 1: "one"}


def _tell_residents(assessment: Assessment, texts: Texts) -> str:
    if not assessment.has_residents:
        return texts.get("report.summary.no_residents")
    if assessment.totals is None:
        return texts.get("report.summary.residents_hidden")
    totals = assessment.totals
    names = ("counted_n", "not_counted_n", "undecided_n")
    numbers = {name: labels.format_count(getattr(totals, name), texts.language) for name in names}
    return texts.get("report.summary.residents", numbers)


def _tell_list(assessment: Assessment, listed: PublishedList, texts: Texts) -> list[DocumentSection]:
    sheets = list_sheets(listed, texts)
    hidden = texts.get("list_text.hidden", {"word": texts.get("label.suppressed")})
    has_hidden = listed.criteria["hidden"].ne("").any() or listed.areas["hidden"].ne("").any()
    note = hidden if has_hidden else ""
    category = embed_figure(
        draw_list_map(assessment, listed, texts, size="page"), "kategori", _alt("category", texts)
    )
    margins = embed_figure(draw_margins(listed, texts, size="page"), "afstand", _alt("margins", texts))
    areas = DocumentPart(
        figures=(DocumentFigure(picture=category, caption=_alt("category", texts)),),
        tables=report_tables.tabulate_sheet("list", sheets, texts, note=note),
    )
    distances = DocumentPart(
        paragraphs=(texts.get("report.text.criteria"),),
        figures=(
            DocumentFigure(
                picture=margins,
                caption=texts.get("figure.margins.title"),
                note=texts.get("figure.margins.lead"),
            ),
        ),
        tables=report_tables.tabulate_sheet("criteria", sheets, texts, note=note),
    )
    sections = [
        _section("listen", texts, [areas]),
        _section("aendringer", texts, [_tell_changes(listed, texts, sheets)]),
        _section("kriterier", texts, [distances]),
        _section("kort", texts, _draw_criteria(assessment, listed, texts)),
    ]
    if listed.made.mix_rules is not None:
        sections.append(_section("boligmix", texts, _tell_mix(listed, texts, sheets)))
    return sections


def _alt(name: str, texts: Texts) -> str:
    return texts.get(f"report.alt.{name}")


def _tell_changes(listed: PublishedList, texts: Texts, sheets: Mapping[str, pd.DataFrame]) -> DocumentPart:
    tables = report_tables.tabulate_sheet("changes", sheets, texts)
    paragraphs = () if tables else (texts.get("report.text.no_changes"),)
    figures: tuple[DocumentFigure, ...] = ()
    if len(list_members(listed)) > 1:
        picture = embed_figure(draw_list_series(listed, texts, size="page"), "lister", _alt("series", texts))
        caption = texts.get("figure.series.title")
        figures = (DocumentFigure(picture=picture, caption=caption, note=texts.get("figure.series.lead")),)
    return DocumentPart(paragraphs=paragraphs, figures=figures, tables=tables)


def _draw_criteria(assessment: Assessment, listed: PublishedList, texts: Texts) -> list[DocumentPart]:
    parts = [DocumentPart(paragraphs=(texts.get("report.text.maps"),))]
    for criterion in dict.fromkeys(map(str, listed.criteria["criterion"])):
        title = texts.get(f"criterion.{criterion}.title")
        figure = draw_list_map(assessment, listed, texts, view=f"criterion-{criterion}", size="band")
        caption = texts.get("report.alt.criterion", {"criterion": title})
        picture = embed_figure(figure, f"kort-{criterion}", caption)
        definition = texts.get(f"criterion.{criterion}.definition") + "."
        parts.append(
            DocumentPart(
                title=title, figures=(DocumentFigure(picture=picture, caption=caption, note=definition),)
            )
        )
    return parts


def _tell_mix(listed: PublishedList, texts: Texts, sheets: Mapping[str, pd.DataFrame]) -> list[DocumentPart]:
    rules = listed.made.mix_rules
    if rules is None:
        raise AssertionError
    target = {
        "limit": format_decimal(to_limit(rules.share_max), texts.language),
        "date": labels.format_date(rules.target_on, texts.language, is_long=True),
    }
    plan = report_tables.tabulate_sheet("plan", sheets, texts)
    return [
        DocumentPart(
            paragraphs=(texts.get("report.text.mix", target),),
            tables=report_tables.tabulate_sheet("mix", sheets, texts),
        ),
        DocumentPart(
            title=texts.get("report.section.planer"),
            paragraphs=(texts.get(f"report.text.{'plan' if plan else 'no_plan'}"),),
            tables=plan,
        ),
    ]


def _tell_areas(assessment: Assessment, texts: Texts, context: gpd.GeoDataFrame | None) -> DocumentSection:
    figure = draw_area_map(assessment, texts, context=context, size="page")
    day = labels.format_date(assessment.status_date, texts.language, is_long=True)
    caption = texts.get("figure.areas.caption", {"date": day})
    parts = [
        DocumentPart(
            paragraphs=(texts.get("report.text.areas"),),
            figures=(DocumentFigure(picture=embed_figure(figure, "omraader", caption), caption=caption),),
            tables=(report_tables.tabulate_areas(assessment, texts),),
        ),
        DocumentPart(
            title=texts.get("report.section.udvidelser"),
            paragraphs=() if len(assessment.extensions) else (texts.get("report.text.no_extensions"),),
            tables=report_tables.tabulate_extensions(assessment, texts),
        ),
        DocumentPart(
            title=texts.get("report.section.begrundelser"),
            tables=(report_tables.tabulate_reasons(assessment, texts),),
        ),
    ]
    return _section("omraader", texts, parts)


def _tell_method(assessment: Assessment, listed: PublishedList | NoList, texts: Texts) -> DocumentSection:
    parts = [
        DocumentPart(paragraphs=(texts.get("report.text.method"),)),
        DocumentPart(
            title=texts.get("report.section.forudsaetninger"),
            paragraphs=(texts.get("report.text.settings"),),
            terms=tuple(describe_settings(assessment.settings, texts)),
        ),
    ]
    if isinstance(listed, PublishedList):
        criteria = dict.fromkeys(map(str, listed.criteria["criterion"]))
        terms = tuple(
            (texts.get(f"criterion.{name}.title"), texts.get(f"criterion.{name}.definition") + ".")
            for name in criteria
        )
        parts.append(DocumentPart(title=texts.get("report.section.definitioner"), terms=terms))
    return _section("metode", texts, parts)


def _tell_law(listed: PublishedList, texts: Texts) -> DocumentSection:
    day = labels.format_date(listed.list_date, texts.language, is_long=True)
    part = DocumentPart(
        paragraphs=(texts.get("report.text.law", {"date": day}),),
        tables=(report_tables.tabulate_law(listed, texts),),
    )
    return _section("lov", texts, [part])


def _tell_sources(assessment: Assessment, texts: Texts) -> DocumentSection:
    tables = report_tables.tabulate_files(assessment, texts)
    text = texts.get(f"report.text.{'sources' if tables else 'no_sources'}")
    return _section("kilder", texts, [DocumentPart(paragraphs=(text,), tables=tables)])


def _tell_quality(assessment: Assessment, listed: PublishedList | NoList, texts: Texts) -> DocumentSection:
    findings = report_tables.tabulate_findings(assessment, texts)
    parts = [
        DocumentPart(
            paragraphs=(texts.get(f"report.text.{'findings' if findings else 'no_findings'}"),),
            tables=findings,
        )
    ]
    if isinstance(listed, PublishedList):
        tables = report_tables.tabulate_sheet("quality", list_sheets(listed, texts), texts)
        title = texts.get("report.section.usikkerhed")
        parts.append(DocumentPart(title=title, paragraphs=(texts.get("report.text.quality"),), tables=tables))
    return _section("kvalitet", texts, parts)


def _tell_disclosure(assessment: Assessment, texts: Texts) -> DocumentSection:
    threshold_n = assessment.settings.suppression_threshold_n
    values = {"threshold": threshold_n, "largest": threshold_n - 1, "word": texts.get("label.suppressed")}
    return _section(
        "diskretionering", texts, [DocumentPart(paragraphs=(texts.get("report.text.disclosure", values),))]
    )
