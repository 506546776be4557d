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
from maps.qgis_lists import NO_CATEGORY
from maps.yearly_lists import name_set

LegendLine = tuple[str, str, int]
"""Style, label and number of the areas or extensions drawn so."""


def describe_listing(
    published: PublishedList, keys: Mapping[str, str], legend: Sequence[LegendLine], texts: Texts
) -> dict[str, object]:
    """Return what the page's script needs to show a list, as plain values.

    Parameters
    ----------
    published
        As `boundaries.disclosure.lists.publish_list` makes it.
    keys
        Area id to the key of its shape.
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
        [Step("", "", [("base", legend[0][1])], dict.fromkeys(keys, "base"))],
    )
    views = [*make_views(published, texts), outlines, *([timeline] if timeline else [])]
    criteria = describe_criteria(published, texts)
    return {
        "views": [view.describe(keys, texts) for view in views],
        "extensions": [_count_line(line, texts) for line in legend[1:]],
        "criteria": {keys[name]: rows for name, rows in criteria.items() if name in keys},
        "history": {keys[name]: rows for name, rows in tell_history(published).items() if name in keys},
        "category": _name_areas(published, keys, texts),
        "words": _collect_words(published, texts),
    }


def _count_line(line: LegendLine, texts: Texts) -> list[str]:
    style, label, count = line
    return [style, label, texts.get("legend.n", {"count": labels.format_count(count, texts.language)})]


def _name_areas(published: PublishedList, keys: Mapping[str, str], texts: Texts) -> dict[str, list[str]]:
    """Return the style and the words of each area's category, by key of its shape."""
    return {
        keys[row["area_id"]]: [
            f"category-{NO_CATEGORY if labels.is_missing(row['category']) else row['category']}",
            name_category(row["category"], published, texts),
        ]
        for row in labels.list_rows(published.areas)
        if row["area_id"] in keys
    }


def _collect_words(published: PublishedList, texts: Texts) -> dict[str, object]:
    sets = published.criteria["criteria_set"].unique().tolist()
    day = labels.format_date(published.list_date, texts.language, is_long=True)
    card = texts.section("page.card.list")
    terms = {name: {"term": name_set(name, published, texts).lower()} for name in sets}
    return {
        **{name: texts.get(f"page.view.script.{name}") for name in texts.section("page.view.script")},
        "category": texts.get("page.card.list.category", {"date": day}),
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
    used |= {style for style, _ in listing["category"].values()}
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
