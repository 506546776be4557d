"""The published lists, as facts: who was on which list, how many, and what an area was also called."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class PublishedArea:
    """An area on a published list; `basis` says whether it was published or inferred."""

    list_date: date
    area: str
    kommune: str
    category: str
    basis: str


@dataclass(frozen=True)
class PublishedList:
    """A published list: its date, counts by category, and whether all its names are known.

    A count is None where the category did not exist or is not known. `are_names_complete` concerns
    the list of ghettoområder or parallelsamfund, the hard ones included.
    """

    list_date: date
    counts: dict[str, int | None]
    are_names_complete: bool
    source: str
    note: str


@dataclass(frozen=True)
class OtherName:
    """A name that an area or a kommune is also known by, with the source; `area` empty for a kommune."""

    area: str
    kommune: str
    other_name: str
    source: str


def _read_rows(name: str) -> Iterator[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


@cache
def load_published_areas() -> tuple[PublishedArea, ...]:
    """Return who was on which list, 2010 to 2020, in the order of the lists."""
    return tuple(
        PublishedArea(
            date.fromisoformat(row["list_date"]), row["area"], row["kommune"], row["category"], row["basis"]
        )
        for row in _read_rows("published_areas.csv")
    )


@cache
def load_published_lists() -> tuple[PublishedList, ...]:
    """Return the published lists by rising date, names known or not."""
    lists = []
    for row in _read_rows("published_counts.csv"):
        counts = {key[:-2]: int(row[key]) if row[key] else None for key in row if key.endswith("_n")}
        day, is_complete = date.fromisoformat(row["list_date"]), row["are_names_complete"] == "true"
        lists.append(PublishedList(day, counts, is_complete, row["source"], row["note"]))
    return tuple(lists)


@cache
def load_other_names() -> tuple[OtherName, ...]:
    """Return the documented other names of areas, then of kommuner."""
    areas = (OtherName(**row) for row in _read_rows("area_names.csv"))
    kommuner = (OtherName(area="", **row) for row in _read_rows("kommune_names.csv"))
    return (*areas, *kommuner)
