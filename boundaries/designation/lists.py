"""The yearly lists: what was published, five lists in a row, this list against the last, and history.

History is what was published; an old list is never judged again by a newer rule.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

import pandas as pd

from boundaries.designation.categories import SEVERITY, Category, parse_category
from boundaries.designation.law import find_list_date, rules_on
from boundaries.designation.verdict import Status, require_all
from data.law import load_law
from data.lists import load_other_names, load_published_areas, load_published_lists
from geo.errors import DataError

LISTS_OF: Mapping[Category, frozenset[Category]] = MappingProxyType(
    {
        Category.OMDANNELSESOMRAADE: frozenset(SEVERITY[:3]),
        Category.PARALLELSAMFUND: frozenset(SEVERITY[1:3]),
        Category.UDSAT_BOLIGOMRAADE: frozenset({Category.UDSAT_BOLIGOMRAADE}),
        Category.FOREBYGGELSESOMRAADE: frozenset({Category.FOREBYGGELSESOMRAADE}),
    }
)
"""The lists that an area of a category is on: an omdannelsesområde is a parallelsamfund too, and both
are udsatte boligområder."""


@dataclass(frozen=True)
class ListHistory:
    """Published lists: who was on them, and which of them are known in full.

    Attributes
    ----------
    entries
        List date to area key to category; the area key is an ``area_id`` or a published name.
    complete
        Dates of the lists whose parallelsamfund names are all known.
    """

    entries: Mapping[date, Mapping[str, Category]]
    complete: frozenset[date]

    def find_list_dates(self, before: date) -> tuple[date, ...]:
        """Return the dates of all lists before a date, rising: those known and one each year."""
        first = load_law()["list_day"].values[0].starts_on
        yearly = {find_list_date(year) for year in range(first.year, before.year + 1)}
        return tuple(sorted(day for day in {*yearly, *self.entries, *self.complete} if day < before))

    def was_listed(self, area_key: str, list_date: date) -> Status:
        """Tell whether an area was on the list of parallelsamfund (ghettoområder) of a date."""
        category = self.entries.get(list_date, {}).get(area_key)
        if category is not None and Category.PARALLELSAMFUND in LISTS_OF[category]:
            return Status.MET
        return Status.NOT_MET if list_date in self.complete else Status.UNDECIDED

    def was_on_last(self, area_key: str, before: date, lists_n: int) -> Status:
        """Tell whether an area was on each of the last `lists_n` lists before a date."""
        dates = self.find_list_dates(before)[-lists_n:] if lists_n else ()
        if len(dates) < lists_n:
            return Status.NOT_MET
        return require_all(*(self.was_listed(area_key, day) for day in dates))

    def find_unknown(self, before: date, lists_n: int) -> tuple[date, ...]:
        """Return those of the last `lists_n` lists before a date that are not known in full."""
        dates = self.find_list_dates(before)[-lists_n:] if lists_n else ()
        return tuple(day for day in dates if day not in self.complete)


def check_earlier_lists(history: ListHistory, area_key: str, on: date) -> Status:
    """Tell whether an area was on the lists before this one that § 61 a, stk. 4, asks for.

    "De seneste 5 år" are the last five published lists, this one included: so the four before it.

    Parameters
    ----------
    history
        What was published.
    area_key
        Key of the area in `history`.
    on
        Date of this list.

    Returns
    -------
    Status
        Not met on a date before the category existed.
    """
    lists_n = rules_on(on).transformation_lists_n
    return Status.NOT_MET if lists_n is None else history.was_on_last(area_key, on, lists_n - 1)


def find_transformation_areas(history: ListHistory, on: date) -> dict[str, Status]:
    """Apply the five-list rule to a published list.

    Parameters
    ----------
    history
        What was published, the list of `on` included.
    on
        Date of a published list.

    Returns
    -------
    dict
        Every area on that list of parallelsamfund, by key, to whether it is an omdannelsesområde
        (hårdt ghettoområde).
    """
    listed = (key for key in history.entries.get(on, {}) if history.was_listed(key, on) is Status.MET)
    return {key: check_earlier_lists(history, key, on) for key in sorted(listed)}


def read_history(lists: pd.DataFrame) -> ListHistory:
    """Make the history of a project from its ``lists`` register.

    Parameters
    ----------
    lists
        ``list_date``, ``area_id``, ``category`` (the words of any date). A list that is there at all is
        taken to be there in full.

    Raises
    ------
    DataError
        ``list.unknown_category``, naming the word.
    """
    entries: dict[date, dict[str, Category]] = {}
    for stamp, area_id, word in lists[["list_date", "area_id", "category"]].itertuples(index=False):
        category = parse_category(str(word))
        if category is None:
            raise DataError("list.unknown_category", {"area_id": area_id, "value": word})
        entries.setdefault(pd.Timestamp(stamp).date(), {})[str(area_id)] = category
    return ListHistory(MappingProxyType(entries), frozenset(entries))


@cache
def load_published_history() -> ListHistory:
    """Return the lists published from 2010 on, areas keyed by `resolve_area_name`."""
    entries: dict[date, dict[str, Category]] = {}
    for row in load_published_areas():
        category = parse_category(row.category)
        if category is None:
            raise AssertionError(row)
        entries.setdefault(row.list_date, {})[resolve_area_name(row.area, row.kommune)] = category
    complete = frozenset(row.list_date for row in load_published_lists() if row.are_names_complete)
    known = {row.list_date: entries.get(row.list_date, {}) for row in load_published_lists()}
    return ListHistory(MappingProxyType(known), complete)


def resolve_area_name(area: str, kommune: str) -> str:
    """Return the key of a published area: kommune and name, documented other names resolved.

    Nothing is guessed: a name that is neither published nor documented stays as it is.

    Examples
    --------
    >>> resolve_area_name("Solbakken", "Odense")
    'Odense: Solbakken mv'
    """
    areas, kommuner = _other_names()
    plain_kommune = _plain_name(kommune)
    plain_kommune = kommuner.get(plain_kommune, plain_kommune)
    plain_area = _plain_name(area)
    return f"{plain_kommune}: {areas.get((plain_kommune, plain_area), plain_area)}"


@cache
def _other_names() -> tuple[Mapping[tuple[str, str], str], Mapping[str, str]]:
    names = load_other_names()
    areas = {(name.kommune, name.other_name): name.area for name in names if name.area}
    return areas, {name.other_name: name.kommune for name in names if not name.area}


def _plain_name(name: str) -> str:
    words = " ".join(unicodedata.normalize("NFC", name).split())
    return words.removesuffix(" Kommune")


def compare_lists(now: Mapping[str, Category], before: Mapping[str, Category]) -> pd.DataFrame:
    """Compare this list with the last, list by list.

    Parameters
    ----------
    now, before
        Area key to the category that the area is on the list as; areas on no list are left out.

    Returns
    -------
    DataFrame
        ``list`` (`Category`), ``area_key``, ``change`` (new, still, left), ``category_before``,
        ``category_now`` (NA where none); by list in order of severity, then change, then key.
    """
    rows = []
    for kind in SEVERITY:
        on_now = {key for key, category in now.items() if kind in LISTS_OF[category]}
        on_before = {key for key, category in before.items() if kind in LISTS_OF[category]}
        changes = (("new", on_now - on_before), ("still", on_now & on_before), ("left", on_before - on_now))
        rows += [
            (kind, key, change, before.get(key), now.get(key))
            for change, keys in changes
            for key in sorted(keys)
        ]
    columns = ["list", "area_key", "change", "category_before", "category_now"]
    return pd.DataFrame(rows, columns=columns).astype("str").replace("None", pd.NA)


def explain_leaving(now: Mapping[str, Status], before: Mapping[str, Status] | None = None) -> tuple[str, ...]:
    """Return why an area left a list: the conditions that it met before and no longer meets.

    Parameters
    ----------
    now, before
        Condition (``residents`` or a `Criterion`) to status on this list and the last. Where the last
        list's are not known, every condition not met now is named.

    Returns
    -------
    tuple of str
        Conditions in the order of `now`; sentences in the texts below ``list.reason``.
    """
    return tuple(
        condition
        for condition, status in now.items()
        if status is Status.NOT_MET and (before is None or before.get(condition) is Status.MET)
    )


def count_areas(designated: Mapping[str, Category], kommune_codes: Mapping[str, str]) -> pd.DataFrame:
    """Count areas by list and kommune.

    Parameters
    ----------
    designated
        Area key to category.
    kommune_codes
        Area key to kommune.

    Returns
    -------
    DataFrame
        ``list``, ``kommune_code`` (empty for the country), ``areas_n``: an area counts on every list that
        its category is on; by list in order of severity, the country first.
    """
    rows = []
    for kind in SEVERITY:
        places = [
            kommune_codes.get(key, "") for key, category in designated.items() if kind in LISTS_OF[category]
        ]
        rows.append((str(kind), "", len(places)))
        rows += [(str(kind), place, places.count(place)) for place in sorted(set(places) - {""})]
    return pd.DataFrame(rows, columns=["list", "kommune_code", "areas_n"])


def tabulate_history(history: ListHistory, area_keys: Iterable[str] | None = None) -> pd.DataFrame:
    """Set out who was on which list.

    Parameters
    ----------
    history
        What was published.
    area_keys
        Only these areas; all where None.

    Returns
    -------
    DataFrame
        ``area_key`` and one column a list date (ISO) with the law's term on that date, NA where the area
        was not on the list, ``"?"`` where the list's names are not known in full; by area key.
    """
    keys = sorted(
        area_keys if area_keys is not None else {key for on in history.entries.values() for key in on}
    )
    table: dict[str, list[object]] = {"area_key": list(keys)}
    for day in sorted({*history.entries, *history.complete}):
        terms, members = rules_on(day).terms, history.entries.get(day, {})
        absent = pd.NA if day in history.complete else "?"
        table[day.isoformat()] = [terms[members[key]] if key in members else absent for key in keys]
    return pd.DataFrame(table).astype("str").replace("<NA>", pd.NA)
