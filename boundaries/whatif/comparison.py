"""Two lists of one date side by side: as the registers are, and as they would be."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from boundaries.designation.yearly_list import YearlyList
from boundaries.model import Assessment
from boundaries.whatif.changes import Changed
from boundaries.whatif.proposals import Proposals

DWELLING_COLUMNS = ("dwellings_n", "counted_n", "not_counted_n", "undecided_n")
"""Dwellings of an area, of `boundaries.model.Assessment.areas`."""

LIST_COLUMNS = (
    "residents_status", "residents_margin_n", "residents_margin_direction", "criteria_met_n", "is_listed",
    "category", "term", "possible",
)  # fmt: skip
"""What the list says of an area, of `boundaries.designation.yearly_list.AREA_COLUMNS`."""

RESIDENT_COLUMNS = ("residents_n", "residents_max_n")
"""Residents of an area: without and with those of undecided dwellings."""

VERDICT_COLUMNS = (
    "status", "is_open", "value", "low", "high", "margin_n", "margin_direction", "margin_per_person_dkk",
    "mean_income_dkk",
)  # fmt: skip
"""What is said of a criterion, of `boundaries.disclosure.list_rows.CRITERIA_COLUMNS`."""

CHANGE_COLUMNS = (
    "proposal", "kind", "area_id", "decision_before", "reason_before", "decision_after", "reason_after",
    "dwellings_n", "expected_residents_n",
)  # fmt: skip
"""Columns of the changes."""

_CRITERION_KEY = ["area_id", "criteria_set", "criterion"]


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two that are compared.

    Attributes
    ----------
    assessment
        Which dwellings count.
    exact
        The list with nothing hidden.
    areas, criteria
        As `boundaries.disclosure.lists.PublishedList`: what may be shown of the side by itself.
    """

    assessment: Assessment
    exact: YearlyList
    areas: pd.DataFrame
    criteria: pd.DataFrame


def name_side(column: str, side: str) -> str:
    """Return the name of a column of one side; the unit stays last.

    Examples
    --------
    >>> name_side("margin_n", "before"), name_side("status", "after")
    ('margin_before_n', 'status_after')
    """
    stem = column.removesuffix("_n")
    return f"{stem}_{side}_n" if stem != column else f"{column}_{side}"


def compare_areas(before: Side, after: Side) -> pd.DataFrame:
    """Set every area before and after side by side.

    Each side is as it may be shown by itself; that the two together tell no more is for
    `boundaries.whatif.hiding`.

    Returns
    -------
    DataFrame
        ``area_id``, ``name``, ``criteria_required_n``; of `DWELLING_COLUMNS` and `RESIDENT_COLUMNS` both
        sides and the change; of `LIST_COLUMNS` both sides. By ``area_id``; an area of one side only has
        missing values on the other.
    """
    counts = [*DWELLING_COLUMNS, *RESIDENT_COLUMNS]
    sides = [_describe_areas(side) for side in (before, after)]
    ids = sorted(set(sides[0].index) | set(sides[1].index))
    old, new = (side.reindex(ids) for side in sides)
    table = pd.DataFrame({"area_id": pd.array(ids, dtype="str")}, index=ids)
    for column in ("name", "criteria_required_n"):
        table[column] = new[column].fillna(old[column])
    for column in (*counts, *LIST_COLUMNS):
        table[name_side(column, "before")], table[name_side(column, "after")] = old[column], new[column]
        if column in counts:
            table[name_side(column, "change")] = new[column] - old[column]
    return table.reset_index(drop=True)


def _describe_areas(side: Side) -> pd.DataFrame:
    drawn = pd.DataFrame(side.assessment.areas).set_index("area_id")[list(DWELLING_COLUMNS)]
    chosen = ["name", *RESIDENT_COLUMNS, "criteria_required_n", *LIST_COLUMNS]
    joined = drawn.join(side.areas.set_index("area_id")[chosen])
    numbers = [column for column in joined if str(column).endswith("_n")]
    return joined.astype(dict.fromkeys(numbers, "Int64"))


def compare_criteria(before: Side, after: Side) -> pd.DataFrame:
    """Set every criterion of every area before and after side by side, each as it may be shown by itself.

    Returns
    -------
    DataFrame
        ``area_id``, ``criteria_set``, ``criterion``, ``compare``, ``limit``, ``limit_dkk``; of
        `VERDICT_COLUMNS` both sides; ``hidden_before`` and ``hidden_after`` (names of hidden columns,
        with commas). In the order of the list after, then areas that only the list
        before has.
    """
    old, new = (side.criteria.set_index(_CRITERION_KEY) for side in (before, after))
    keys = new.index.append(old.index.difference(new.index, sort=True))
    old, new = old.reindex(keys), new.reindex(keys)
    table = pd.DataFrame(index=keys)
    for column in ("compare", "limit", "limit_dkk"):
        table[column] = new[column].where(new[column].notna(), old[column])
    for column in (*VERDICT_COLUMNS, "hidden"):
        table[name_side(column, "before")], table[name_side(column, "after")] = old[column], new[column]
    return table.reset_index()


def flag_changes(table: pd.DataFrame) -> pd.DataFrame:
    """Tell in which rows anything that is shown differs between the sides.

    What is hidden has no part in it: that a number changed at all would tell of it.

    Parameters
    ----------
    table
        As `compare_areas` or `compare_criteria` returns it, with all hidden that may not be shown.

    Returns
    -------
    DataFrame
        With ``is_changed`` last; missing equals missing.
    """
    pairs = {name: name.replace("_before", "_after") for name in map(str, table.columns) if "_before" in name}
    old, new = (_list_cells(table, columns) for columns in (list(pairs), list(pairs.values())))
    return table.assign(is_changed=[was != now for was, now in zip(old, new, strict=True)])


def _list_cells(table: pd.DataFrame, columns: Sequence[str]) -> list[tuple[object, ...]]:
    cells = [[None if pd.isna(value) else value for value in table[column]] for column in columns]
    return list(zip(*cells, strict=True))


def list_changes(
    before: Assessment, after: Assessment, changed: Changed, proposals: Proposals
) -> pd.DataFrame:
    """Count the dwellings that each proposal touches, by what is said of them before and after.

    Every dwelling that is relabelled, torn down or new is there, also where nothing comes of it; and of
    an extension those of which something else is said.

    Returns
    -------
    DataFrame
        `CHANGE_COLUMNS`; proposals in the order extensions, relabellings, demolitions, buildings.
        ``area_id`` is NA where the dwellings are in no area on either side.
    """
    columns = ["dwelling_id", "area_id", "extension_id", "decision", "reason"]
    both = before.dwellings[columns].merge(
        after.dwellings[columns], on="dwelling_id", how="outer", suffixes=("_before", "_after")
    )
    both = both.merge(changed.touched, on="dwelling_id", how="left")
    both = _name_extensions(both, proposals)
    listed = both[both["proposal"].notna()].copy()
    listed["area_id"] = listed["area_id_after"].fillna(listed["area_id_before"])
    counts = listed.groupby(list(CHANGE_COLUMNS[:7]), dropna=False, sort=True, as_index=False).size()
    counts = counts.rename(columns={"size": "dwellings_n"})
    counts["expected_residents_n"] = _count_expected(counts, proposals)
    order = counts["proposal"].map({name: at for at, name in enumerate(proposals.names)})
    return counts.loc[order.sort_values(kind="stable").index, list(CHANGE_COLUMNS)].reset_index(drop=True)


def _name_extensions(both: pd.DataFrame, proposals: Proposals) -> pd.DataFrame:
    names = {proposal.extension_id: proposal.name for proposal in proposals.extensions}
    by_extension = both["extension_id_after"].map(names).fillna(both["extension_id_before"].map(names))
    differs = both["reason_before"].ne(both["reason_after"]) | both["area_id_before"].fillna("").ne(
        both["area_id_after"].fillna("")
    )
    is_own = both["proposal"].isna() & differs & by_extension.notna()
    return both.assign(
        proposal=both["proposal"].where(~is_own, by_extension), kind=both["kind"].where(~is_own, "extension")
    )


def _count_expected(counts: pd.DataFrame, proposals: Proposals) -> pd.Series:
    """Count the expected residents of each new building; all its dwellings have one decision."""
    expected = {
        building.name: building.residents.residents_n
        for building in proposals.buildings
        if building.residents is not None
    }
    is_building = counts["kind"].eq("building")
    return counts["proposal"].map(expected).where(is_building).astype("Int64")
