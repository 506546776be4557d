"""What the area map can show of a list: category, each criterion, margin, change, and the lists over time.

A view gives each area a class; classes are styles of `maps.list_styles` with a label and a count. Only what
`boundaries.disclosure` lets through is read.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from boundaries.designation.categories import SEVERITY
from boundaries.disclosure.lists import PublishedList
from data.texts import Texts
from maps import labels
from maps.list_words import (
    find_last_list,
    format_decimal,
    is_hidden,
    name_category,
    to_limit,
    to_percent,
)
from maps.qgis_lists import NO_CATEGORY
from maps.yearly_lists import list_area_changes

MARGIN_BREAKS = (10, 25, 50)
"""Largest number of persons of each class of margins but the last."""

FAR_OVER, FAR_UNDER = Fraction(3, 2), Fraction(1, 2)
"""An area is far over a limit from one and a half of it, and far under below half of it. Where small is
what the law looks for (incomes), the figures are three quarters and one and a half."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One state of the map.

    Attributes
    ----------
    title
        What it is of: a date, or empty where the view has one state.
    note
        A sentence below the legend.
    legend
        Style and label of each class that is shown, in the order of the legend.
    styles
        Area id to style.
    """

    title: str
    note: str
    legend: Sequence[tuple[str, str]]
    styles: Mapping[str, str]

    def describe(self, area_ids: Sequence[str], texts: Texts) -> dict[str, object]:
        """Return plain values for the page: classes with counts, and the class of each area, None for none.

        Parameters
        ----------
        area_ids
            In the order of the page's areas.
        texts
            Language of the counts.
        """
        counts = Counter(self.styles.values())
        position = {style: at for at, (style, _) in enumerate(self.legend)}
        return {
            "title": self.title,
            "note": self.note,
            "legend": [
                [
                    style,
                    label,
                    texts.get("legend.n", {"count": labels.format_count(counts[style], texts.language)}),
                ]
                for style, label in self.legend
            ],
            "classes": [position.get(self.styles.get(area_id, "")) for area_id in area_ids],
        }


@dataclass(frozen=True)
class View:
    """Something to look at: one state, or several in the order of time."""

    key: str
    title: str
    steps: Sequence[Step]

    def describe(self, area_ids: Sequence[str], texts: Texts) -> dict[str, object]:
        """Return plain values for the page; parameters as `Step.describe`."""
        steps = [step.describe(area_ids, texts) for step in self.steps]
        return {"key": self.key, "title": self.title, "steps": steps}


def make_views(published: PublishedList, texts: Texts) -> list[View]:
    """Return the views of a list but for its history: category, criteria, margin and change.

    Parameters
    ----------
    published
        As `boundaries.disclosure.lists.publish_list` makes it.
    texts
        Catalog with ``page.view``.
    """
    rows = labels.list_rows(published.criteria)
    views = [_view_categories(published, texts)]
    for criterion in dict.fromkeys(str(row["criterion"]) for row in rows):
        own = [row for row in rows if row["criterion"] == criterion]
        views.append(_view_criterion(criterion, own, texts))
    views.append(_view_margins(published, rows, texts))
    if find_last_list(published) is not None:
        views.append(_view_changes(published, texts))
    return views


def _view_categories(published: PublishedList, texts: Texts) -> View:
    styles = {
        row["area_id"]: f"category-{NO_CATEGORY if labels.is_missing(row['category']) else row['category']}"
        for row in labels.list_rows(published.areas)
    }
    kinds = [kind for kind in SEVERITY if kind in published.made.rules.terms]
    legend = [(f"category-{kind}", name_category(kind, published, texts)) for kind in kinds]
    legend.append((f"category-{NO_CATEGORY}", texts.get("category.none")))
    day = labels.format_date(published.list_date, texts.language, is_long=True)
    note = texts.get("page.view.category.note", {"date": day})
    return View("category", texts.get("page.view.category.title"), [Step("", note, legend, styles)])


def _view_criterion(criterion: str, rows: Sequence[Row], texts: Texts) -> View:
    by_area: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_area.setdefault(str(row["area_id"]), {})[str(row["criteria_set"])] = row
    styles = {area_id: _judge_area(sets) for area_id, sets in by_area.items()}
    sets = next(iter(by_area.values()), {})
    legend = _name_classes(sets, set(styles.values()), texts)
    title = texts.get(f"criterion.{criterion}.title")
    note = texts.get(
        "page.view.criterion_note", {"definition": texts.get(f"criterion.{criterion}.definition")}
    )
    return View(f"criterion-{criterion}", title, [Step("", note, legend, styles)])


def _judge_area(sets: Mapping[str, Row]) -> str:
    """Return the style of an area by a criterion: the side goes by the verdict, the tint by the figure."""
    main, lower = sets["main"], sets.get("prevention")
    known = {name: "" if labels.is_missing(row["status"]) else row["status"] for name, row in sets.items()}
    if known["main"] == "met":
        return _tint(main, "criterion-over", "criterion-far-over", "criterion-over-hidden")
    # A lower limit counts only where it is known that the higher one is not met.
    name = "main" if lower is None or known["main"] != "not_met" else "prevention"
    if known[name] == "not_met":
        return _tint(sets[name], "criterion-under", "criterion-far-under", "criterion-under-hidden")
    styles = {"": "criterion-hidden", "met": "criterion-between", "undecided": "criterion-undecided"}
    return styles[known[name]]


def _tint(row: Row, near: str, far: str, hidden: str) -> str:
    value, limit = row["value"], row["limit"]
    if is_hidden(row, "value") or not isinstance(value, Fraction) or not isinstance(limit, Fraction):
        return hidden
    is_over = near == "criterion-over"
    break_at = _break_of(row, is_over=is_over)
    is_high = value >= break_at
    # Far over a limit that seeks low figures is below its break, and far under is above it.
    return far if is_high == (is_over != str(row["compare"]).startswith("<")) else near


def _break_of(row: Row, *, is_over: bool) -> Fraction:
    limit = Fraction(row["limit"])
    if str(row["compare"]).startswith("<"):
        return limit * (Fraction(3, 4) if is_over else Fraction(3, 2))
    return limit * (FAR_OVER if is_over else FAR_UNDER)


def _name_classes(sets: Mapping[str, Row], used: set[str], texts: Texts) -> list[tuple[str, str]]:
    """Return the classes by rising severity; a hidden or an undecided one only where it is used."""
    if not sets:
        return []
    main = sets["main"]
    nearest = sets.get("prevention", main)
    far_under, far_over = _break_of(nearest, is_over=False), _break_of(main, is_over=True)
    is_low_sought = str(main["compare"]).startswith("<")

    def number(share: object) -> str:
        return format_decimal(to_limit(share), texts.language)

    side = "low" if is_low_sought else "high"
    word = texts.get(f"page.view.compare.{_COMPARISONS[str(main['compare'])]}")
    between_ends = sorted((far_under, nearest["limit"]))
    named = [
        ("criterion-far-under", texts.get(f"page.view.far_under.{side}", {"limit": number(far_under)})),
        (
            "criterion-under",
            texts.get("page.view.under", {"low": number(between_ends[0]), "high": number(between_ends[1])}),
        ),
    ]
    if nearest["limit"] != main["limit"]:
        lower = {"compare": word, "limit": number(nearest["limit"])}
        named.append(("criterion-between", texts.get("page.view.between", lower)))
    limit = {"compare": word, "limit": number(main["limit"])}
    named.append(("criterion-over", texts.get("page.view.over", limit)))
    named.append(("criterion-far-over", texts.get(f"page.view.far_over.{side}", {"limit": number(far_over)})))
    rare = ("criterion-undecided", "criterion-over-hidden", "criterion-under-hidden", "criterion-hidden")
    words = {
        name: texts.get(f"page.view.{name.removeprefix('criterion-').replace('-', '_')}") for name in rare
    }
    named += [(name, words[name]) for name in rare if name in used]
    return [(name, label[:1].upper() + label[1:]) for name, label in named]


_COMPARISONS = {">": "over", ">=": "at_least", "<": "under", "<=": "at_most"}


def _view_margins(published: PublishedList, rows: Sequence[Row], texts: Texts) -> View:
    styles = {}
    for area in labels.list_rows(published.areas):
        own = [row for row in rows if row["area_id"] == area["area_id"] and row["criterion"] != "income"]
        found = [row["margin_n"] for row in own] + [area["residents_margin_n"]]
        shown = [int(number) for number in found if not labels.is_missing(number)]
        has_hidden = any(is_hidden(row, "margin_n") for row in own) or is_hidden(area, "residents_margin_n")
        styles[area["area_id"]] = _rank_margin(shown, has_hidden=has_hidden)
    first = 1
    legend = []
    for at, last in enumerate(MARGIN_BREAKS, start=1):
        legend.append((f"margin-{at}", texts.get("page.view.margin.class", {"low": first, "high": last})))
        first = last + 1
    legend.append(
        (f"margin-{len(MARGIN_BREAKS) + 1}", texts.get("page.view.margin.last", {"low": MARGIN_BREAKS[-1]}))
    )
    rare = [(f"margin-{name}", texts.get(f"page.view.margin.{name}")) for name in ("hidden", "none")]
    legend += [entry for entry in rare if entry[0] in styles.values()]
    note = texts.get("page.view.margin.note")
    return View("margin", texts.get("page.view.margin.title"), [Step("", note, legend, styles)])


def _rank_margin(shown: Sequence[int], *, has_hidden: bool) -> str:
    """Return the style of the smallest margin; where a hidden one could be smaller, that is hidden too."""
    smallest = min(shown, default=None)
    if has_hidden and (smallest is None or smallest > MARGIN_BREAKS[0]):
        return "margin-hidden"
    if smallest is None:
        return "margin-none"
    return f"margin-{1 + sum(smallest > edge for edge in MARGIN_BREAKS)}"


def _view_changes(published: PublishedList, texts: Texts) -> View:
    changed = {row["area_id"]: row["change"] for row in list_area_changes(published)}
    styles = {
        area_id: f"change-{changed.get(area_id, 'none')}" for area_id in published.areas["area_id"].tolist()
    }
    kinds = ("new", "still", "left")
    legend = [(f"change-{kind}", texts.get(f"list.change.{kind}")) for kind in kinds]
    legend.append(("change-none", texts.get("page.view.change.none")))
    day = labels.format_date(find_last_list(published), texts.language, is_long=True)
    note = texts.get("page.view.change.note", {"date": day})
    return View("change", texts.get("page.view.change.title"), [Step("", note, legend, styles)])


def describe_criteria(published: PublishedList, texts: Texts) -> dict[str, list[list[object]]]:
    """Return the criteria of each area as the page carries them, by area id.

    Parameters
    ----------
    published
        As `make_views`.
    texts
        Language of the numbers.

    Returns
    -------
    dict
        Each row: set ("main" or "prevention"), criterion, value and limit as people read them, status, and
        the margin: a number below 0 for fewer, above for more, "hidden", or None where none can flip it.
        Of incomes the margin is kroner a person.
    """
    found: dict[str, list[list[object]]] = {}
    for row in labels.list_rows(published.criteria):
        criterion = str(row["criterion"])
        value = to_percent(row["value"], criterion)
        shown = (
            texts.get("label.suppressed")
            if is_hidden(row, "value")
            else format_decimal(value, texts.language)
        )
        status = "hidden" if labels.is_missing(row["status"]) else str(row["status"])
        limit = format_decimal(to_limit(row["limit"]), texts.language)
        found.setdefault(str(row["area_id"]), []).append(
            [str(row["criteria_set"]), criterion, shown, limit, status, _sign_margin(row)]
        )
    return found


def _sign_margin(row: Row) -> int | str | None:
    name = "margin_per_person_dkk" if row["criterion"] == "income" else "margin_n"
    if is_hidden(row, name):
        return "hidden"
    if labels.is_missing(row[name]) or labels.is_missing(row["margin_direction"]):
        return None
    return int(row[name]) * (1 if row["margin_direction"] == "more" else -1)
