"""The lists over time: what every area was called on every list that is known."""

from collections.abc import Mapping
from datetime import date

from boundaries.designation.categories import SEVERITY, Category, parse_category
from boundaries.designation.law import rules_on
from boundaries.disclosure.lists import PublishedList
from data.texts import Texts
from maps import labels
from maps.area_views import Step, View
from maps.qgis_lists import NO_CATEGORY

UNKNOWN = "?"
"""Term of an area on a list whose names are not known in full, as the history writes it."""

_OTHER_NAMES_N = 12


def make_timeline(published: PublishedList, texts: Texts) -> View | None:
    """Return the lists over time as a view with one step a list, the list itself last.

    Parameters
    ----------
    published
        As `boundaries.disclosure.lists.publish_list` makes it.
    texts
        Catalog with ``page.view.timeline``.

    Returns
    -------
    View or None
        None where no earlier list is known.
    """
    members = list_members(published)
    if len(members) == 1:
        return None
    ids = published.areas["area_id"].tolist()
    steps = [_make_step(day, terms, ids, texts) for day, terms in members.items()]
    return View("timeline", texts.get("page.view.timeline.title"), steps)


def list_members(published: PublishedList) -> dict[date, dict[str, str]]:
    """Return list date to area key to the law's term on that date, by rising date; `UNKNOWN` stays."""
    found: dict[date, dict[str, str]] = {}
    history = published.made.yearly_list.history
    for name in (name for name in history if name != "area_key"):
        day = date.fromisoformat(str(name))
        pairs = zip(history["area_key"], history[name], strict=True)
        found[day] = {str(key): str(term) for key, term in pairs if not labels.is_missing(term)}
    now = published.areas[published.areas["term"].notna()]
    found[published.list_date] = dict(zip(now["area_id"].astype(str), now["term"].astype(str), strict=True))
    return dict(sorted(found.items()))


def _make_step(day: date, terms: Mapping[str, str], area_ids: list[str], texts: Texts) -> Step:
    styles = {area_id: _style_of(terms.get(area_id)) for area_id in area_ids}
    named = rules_on(day).terms
    legend = [(f"category-{kind}", _capital(named[kind])) for kind in SEVERITY if kind in named]
    legend.append((f"category-{NO_CATEGORY}", texts.get("category.none")))
    if "category-unknown" in styles.values():
        legend.append(("category-unknown", texts.get("page.view.timeline.unknown")))
    others = sorted(key for key, term in terms.items() if key not in styles and term != UNKNOWN)
    title = texts.get(
        "page.view.timeline.step", {"date": labels.format_date(day, texts.language, is_long=True)}
    )
    return Step(title, _tell_others(others, texts), legend, styles)


def _style_of(term: str | None) -> str:
    if term is None:
        return f"category-{NO_CATEGORY}"
    category = None if term == UNKNOWN else parse_category(term)
    return f"category-{category}" if isinstance(category, Category) else "category-unknown"


def _tell_others(names: list[str], texts: Texts) -> str:
    if not names:
        return texts.get("page.view.timeline.note")
    shown = ", ".join(names[:_OTHER_NAMES_N]) + (" …" if len(names) > _OTHER_NAMES_N else "")
    return texts.get("page.view.timeline.others", {"count": len(names), "names": shown})


def _capital(term: str) -> str:
    return term[:1].upper() + term[1:]


def tell_history(published: PublishedList) -> dict[str, list[list[str]]]:
    """Return each area's terms over time, years that run on with one term told as one.

    Returns
    -------
    dict
        Area id to rows of years ("2019–2021") and term, by rising year; areas never listed have none.
    """
    members = list_members(published)
    found: dict[str, list[list[str]]] = {}
    for area_id in published.areas["area_id"].astype(str):
        runs: list[tuple[str, int, int]] = []
        for day, terms in members.items():
            term = terms.get(area_id, "")
            if runs and runs[-1][0] == term:
                runs[-1] = (term, runs[-1][1], day.year)
            else:
                runs.append((term, day.year, day.year))
        told = [[f"{a}" if a == b else f"{a}–{b}", term] for term, a, b in runs if term and term != UNKNOWN]
        if told:
            found[area_id] = told
    return found
