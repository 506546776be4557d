"""The list on the area map: the views, the criteria of each card, and what an area was called before."""

from collections.abc import Mapping, Sequence
from typing import Any

from boundaries.designation.law import Criterion
from boundaries.disclosure.lists import PublishedList
from data.texts import Texts
from maps import labels
from maps.area_views import Step, View, describe_criteria, make_views
from maps.list_styles import LIST_STYLES, list_patterns, list_rules
from maps.list_timeline import make_timeline, tell_history
from maps.list_words import name_category
from maps.page import PageParts
from maps.page_texts import script_texts
from maps.yearly_lists import name_set

LegendLine = tuple[str, str, int]
"""Style, label and number of the areas or extensions drawn so."""


def describe_listing(
    published: PublishedList, area_ids: Sequence[str], legend: Sequence[LegendLine], texts: Texts
) -> dict[str, object]:
    """Return what the page's script needs to show a list, as plain values.

    Parameters
    ----------
    published
        As `boundaries.disclosure.lists.publish_list` makes it.
    area_ids
        In the order of the page's areas.
    legend
        Of the map of areas and extensions; the extensions of it stay in every view.
    texts
        Catalog of the page's language.
    """
    timeline = make_timeline(published, texts)
    # The view of extensions has the page's own legend, which counts extensions too.
    outlines = View(
        "extensions",
        texts.get("page.view.extensions.title"),
        [Step("", "", [("base", legend[0][1])], dict.fromkeys(area_ids, "base"))],
    )
    views = [*make_views(published, texts), outlines, *([timeline] if timeline else [])]
    history = tell_history(published)
    heads, criteria = _pack_criteria(describe_criteria(published, texts))
    return {
        "views": [view.describe(area_ids, texts) for view in views],
        "extensions": [_count_line(line, texts) for line in legend[1:]],
        "heads": heads,
        "criteria": [criteria.get(name, []) for name in area_ids],
        "history": [history.get(name, []) for name in area_ids],
        "words": _collect_words(published, texts),
    }


def _pack_criteria(
    criteria: Mapping[str, Sequence[Sequence[object]]],
) -> tuple[list[list[object]], dict[str, list[list[object]]]]:
    """Return each set, criterion and limit once, and the rows of each area with the position of theirs."""
    positions: dict[tuple[object, ...], int] = {}
    packed: dict[str, list[list[object]]] = {}
    for area_id, rows in criteria.items():
        for kind, criterion, value, limit, status, margin in rows:
            at = positions.setdefault((kind, criterion, limit), len(positions))
            packed.setdefault(area_id, []).append([at, value, _STATUSES.index(str(status)), margin])
    return [list(head) for head in positions], packed


_STATUSES = ("met", "not_met", "undecided", "hidden")


def _count_line(line: LegendLine, texts: Texts) -> list[str]:
    style, label, count = line
    return [style, label, texts.get("legend.n", {"count": labels.format_count(count, texts.language)})]


def _collect_words(published: PublishedList, texts: Texts) -> dict[str, object]:
    sets = published.criteria["criteria_set"].unique().tolist()
    words = script_texts("page.view.script", texts)
    card = texts.section("page.card.list")
    terms = {name: {"term": name_set(name, published, texts).lower()} for name in sets}
    return {
        **words,
        "status": [words[name] for name in ("yes", "no", "undecided", "hidden")],
        "head": [card[name] for name in ("criterion", "value", "limit", "status", "margin")],
        "history": card["history"],
        "sets": {name: texts.get(f"page.card.list.{name}", terms[name]) for name in sets},
        "criteria": {
            criterion.value: texts.get(f"criterion.{criterion}.title")
            for criterion in Criterion
            if criterion.value in set(published.criteria["criterion"])
        },
    }


def category_notes(published: PublishedList, texts: Texts) -> dict[str, str]:
    """Return the category of each area that is on the list, for the table beside the map; by area id."""
    return {
        row["area_id"]: name_category(row["category"], published, texts)
        for row in labels.list_rows(published.areas)
        if not labels.is_missing(row["category"])
    }


def equip_page(parts: PageParts, listing: Mapping[str, Any]) -> PageParts:
    """Return the parts of a page with the scripts, styles and patterns of a list's views."""
    # The views are there before the map's own script draws with them.
    scripts = tuple(name for name in parts.scripts if name != "areas.js")
    used = {
        entry[0]
        for view in listing["views"]
        for step in view["steps"]
        for entry in step["legend"]
        if entry[0] in LIST_STYLES
    }
    styles = {name: style for name, style in LIST_STYLES.items() if name in used}
    return PageParts(
        data=parts.data,
        scripts=(*scripts, "views.js", "areas.js"),
        styles=(*parts.styles, "views.css"),
        rules=parts.rules + list_rules(styles),
        patterns=parts.patterns + list_patterns(styles),
        file_stem=parts.file_stem,
        background=parts.background,
    )
