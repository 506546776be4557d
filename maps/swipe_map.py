"""Before and after on one map: an area without and with an extension, or on two dates, with a divider.

Left of the divider every dwelling stands as it was decided before, right of it as after; the tables say
what changed. Persons are counted only as the check brings them, small numbers hidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from boundaries.delineation.comparison import ComparedSides, DwellingCheck
from boundaries.model import Decision
from data.texts import Texts
from geo.errors import UsageError
from maps import labels, layers, legend
from maps.area_tables import show_residents
from maps.dwelling_data import (
    ReasonWords,
    code_column,
    describe_pieces,
    describe_reasons,
    encode_dwellings,
    list_reasons,
)
from maps.map_page import render_map_page
from maps.page import PageFrame, PageParts, TableFrame
from maps.page_texts import describe_law, page_texts, script_texts, standard_words
from maps.palette import DECISION_STYLES

_KEY = "swipe-data"


@dataclass(frozen=True, kw_only=True)
class SwipeSide:
    """One side of the divider.

    Attributes
    ----------
    label
        What it shows, in a few words.
    pieces
        The area on this side, columns as `Assessment.pieces`, EPSG:25832.
    """

    label: str
    pieces: gpd.GeoDataFrame


def name_sides(compared: ComparedSides, texts: Texts) -> tuple[SwipeSide, SwipeSide]:
    """Return the two sides with what each shows, the earlier or the one without first."""
    if compared.without_extension is not None:
        words = {"extension": compared.without_extension}
        labelled = [texts.get(f"page.swipe.{key}", words) for key in ("without", "with")]
    else:
        labelled = [
            texts.get("page.swipe.on", {"date": labels.format_date(day, texts.language)})
            for day in (compared.before_on, compared.after_on)
        ]
    before, after = (
        SwipeSide(label=label, pieces=pieces)
        for label, pieces in zip(labelled, (compared.pieces_before, compared.pieces_after), strict=True)
    )
    return before, after


def render_swipe_map(check: DwellingCheck, texts: Texts) -> str:
    """Return the page with the divider between before and after as HTML.

    Parameters
    ----------
    check
        An area compared, as `boundaries.assessment.check_dwellings` returns it.
    texts
        Catalog of the page's language.

    Returns
    -------
    str
        One HTML document that fetches nothing; the same bytes for the same input.

    Raises
    ------
    UsageError
        Where the check compares nothing (``maps.swipe_needs_two``).
    """
    if check.sides is None:
        raise UsageError("maps.swipe_needs_two")
    before, after = name_sides(check.sides, texts)
    dwellings = check.dwellings.reset_index(drop=True)
    changes = count_changes(dwellings)
    title = texts.get("page.swipe.title", {"name": check.name, "before": before.label, "after": after.label})
    by_decision = {
        decision: int(dwellings["decision_after"].eq(decision.value).sum()) for decision in DECISION_STYLES
    }
    data = _make_data(dwellings, changes, (before, after), texts)
    styles = {piece["style"] for side in data["sides"] for piece in side["pieces"]}
    frame = PageFrame(
        kind="swipe",
        title=title,
        heading=title,
        badge=texts.get("page.synthetic") if check.is_synthetic else "",
        kicker=describe_law(check.status_date, texts),
        lead=_make_lead(check, before, after, texts),
        legend=legend.make_check_legend(by_decision, styles, texts),
        tables=[
            TableFrame("counts", texts.get("page.swipe.counts")),
            TableFrame("changes", texts.get("page.swipe.changes")),
            TableFrame("dwellings", texts.get("page.swipe.table")),
        ],
        **standard_words("swipe", texts, is_synthetic=check.is_synthetic),
    )
    data["counts"] = _counts_table(check.counts, (before, after), texts)
    scripts = ("page.js", "table.js", "dots.js", "swipe.js")
    return render_map_page(
        frame,
        PageParts({_KEY: data}, scripts, styles=("swipe.css",), file_stem="foer-efter"),
        draw="drawSwipe",
        key=_KEY,
    )


def count_changes(dwellings: pd.DataFrame) -> pd.DataFrame:
    """Count the dwellings whose reason changed, by the reasons before and after.

    Parameters
    ----------
    dwellings
        ``reason_before``, ``reason_after`` and ``is_changed``, as `DwellingCheck.dwellings` compares them.

    Returns
    -------
    DataFrame
        ``reason_before``, ``reason_after``, ``dwellings_n`` (int), the most frequent first, then by reason.
    """
    columns = ["reason_before", "reason_after"]
    counted = dwellings[dwellings["is_changed"]].groupby(columns).size().reset_index(name="dwellings_n")
    return counted.sort_values(["dwellings_n", *columns], ascending=[False, True, True], ignore_index=True)


def _make_lead(check: DwellingCheck, before: SwipeSide, after: SwipeSide, texts: Texts) -> str:
    counted = check.counts.set_index("decision").loc[Decision.COUNTED.value]
    values = {
        "before": before.label,
        "after": after.label,
        "before_n": labels.format_count(counted["dwellings_before_n"], texts.language),
        "after_n": labels.format_count(counted["dwellings_after_n"], texts.language),
        "changed_n": labels.format_count(check.dwellings["is_changed"].sum(), texts.language),
    }
    return texts.get("page.swipe.lead", values)


def _make_data(
    dwellings: pd.DataFrame, changes: pd.DataFrame, sides: Sequence[SwipeSide], texts: Texts
) -> dict[str, Any]:
    reasons = list_reasons(pd.concat([dwellings["reason_before"], dwellings["reason_after"]]), texts)
    position = {reason.code: at for at, reason in enumerate(reasons)}
    tenures = code_column(dwellings["tenure"])
    origin, columns = encode_dwellings(dwellings, tenures)
    return {
        "language": texts.language,
        "texts": page_texts("swipe", texts) | script_texts("page.swipe.script", texts),
        "symbols": layers.symbol_paths(),
        "origin": origin,
        "codes": {
            **describe_reasons(reasons, texts),
            "tenure": [texts.get(f"tenure.{word}") for word in tenures.words],
        },
        "dwellings": {
            **columns,
            "before": [position[word] for word in dwellings["reason_before"]],
            "after": [position[word] for word in dwellings["reason_after"]],
        },
        "sides": [{"label": side.label, "pieces": describe_pieces(side.pieces, texts)} for side in sides],
        "changes": _changes_table(changes, reasons, sides, texts),
        "columns": [
            {"title": texts.get("label.head.address"), "kind": "text"},
            *(
                {"title": _capital(side), "kind": "text", "noteTitle": _reason_title(side, texts)}
                for side in sides
            ),
        ],
    }


def _capital(side: SwipeSide) -> str:
    return side.label[:1].upper() + side.label[1:]


def _reason_title(side: SwipeSide, texts: Texts) -> str:
    return texts.get("page.swipe.reason", {"side": side.label})


def _changes_table(
    changes: pd.DataFrame, reasons: Sequence[ReasonWords], sides: Sequence[SwipeSide], texts: Texts
) -> dict[str, object]:
    position = {reason.code: at for at, reason in enumerate(reasons)}
    rows = []
    for at, row in enumerate(labels.list_rows(changes)):
        ends = [position[row["reason_before"]], position[row["reason_after"]]]
        words = [reasons[end].short for end in ends]
        count = int(row["dwellings_n"])
        rows.append(
            {
                "key": at,
                "ends": ends,
                "cells": [*words, labels.format_count(count, texts.language)],
                "values": [*words, count],
                "notes": [texts.get(f"decision.{reasons[end].decision}") for end in ends],
                "search": " ".join(words),
            }
        )
    titles = [_capital(side) for side in sides]
    columns: list[dict[str, object]] = [
        {"title": title, "kind": "text", "noteTitle": texts.get("page.swipe.decision", {"side": title})}
        for title in titles
    ]
    columns.append({"title": texts.get("page.swipe.dwellings_n"), "kind": "number"})
    return {"columns": columns, "rows": rows}


def _counts_table(counts: pd.DataFrame, sides: Sequence[SwipeSide], texts: Texts) -> dict[str, object]:
    """Return dwellings, and residents where they are known, by decision: before, after and change."""
    columns: list[dict[str, object]] = [{"title": texts.get("column.decision"), "kind": "text"}]
    columns += [{"title": _capital(side), "kind": "number"} for side in sides]
    columns.append({"title": texts.get("page.swipe.change"), "kind": "number"})
    kinds = [kind for kind in ("dwellings", "residents") if f"{kind}_after_n" in counts]
    rows = [
        _counts_row(row, kind, texts)
        for kind in kinds
        if kind == "dwellings" or counts["residents_after_n"].notna().any()
        for row in labels.list_rows(counts)
    ]
    return {"columns": columns, "rows": rows}


def _counts_row(row: Mapping[str, object], kind: str, texts: Texts) -> dict[str, object]:
    word = texts.get(f"page.swipe.{kind}", {"decision": texts.get(f"decision.{row['decision']}")})
    figures = [row[f"{kind}_{side}_n"] for side in ("before", "after", "change")]
    cells = [show_residents(figure, texts) for figure in figures]
    if not labels.is_missing(figures[-1]) and int(str(figures[-1])) > 0:
        cells[-1] = "+" + cells[-1]
    return {
        "key": f"{kind}-{row['decision']}",
        "cells": [word, *cells],
        "values": [word, *(None if labels.is_missing(figure) else int(str(figure)) for figure in figures)],
        "search": word,
    }
