"""The yearly list as it may be published: no small number of persons, and none that the rest gives back.

That a criterion is met or not is what the ministry publishes of every area on a list, and stays, whatever
numbers are hidden. Shares are published rounded, never as exact fractions, since a fraction tells its
denominator.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from boundaries.designation.law import Criterion
from boundaries.designation.lists import LISTS_OF
from boundaries.designation.made_list import MadeList, NoList
from boundaries.designation.margins import average_shares
from boundaries.designation.verdict import Status
from boundaries.disclosure.list_cells import (
    NOTHING,
    Cell,
    Limit,
    Shown,
    decide_shown,
    hide_with_sum,
    is_small,
    is_told_by_statuses,
)
from boundaries.disclosure.list_rows import (
    CRITERIA_COLUMNS,
    STEPS,
    RowPublisher,
    finish_row,
    join_names,
    read_share,
    to_words,
)
from boundaries.disclosure.suppression import profile_areas, suppress_assessment

AGE_GROUPS_OF: Mapping[Criterion, tuple[str, ...]] = {
    Criterion.LABOUR_OUTSIDE: ("18-29", "30-59", "60-64"),
    Criterion.CONVICTED: ("18-29", "30-59", "60-64", "65+"),
    Criterion.PRIMARY_EDUCATION_ONLY: ("30-59",),
}
"""Age groups of the published profile that a denominator is the sum of."""


@dataclass(frozen=True, kw_only=True)
class PublishedList:
    """A list as it may be shown to anyone.

    Attributes
    ----------
    made
        The law, regions and housing mix of the list; its figures of persons are not for publishing.
    threshold_n
        Numbers of persons from 1 up to, not including, this are hidden.
    areas
        `boundaries.designation.yearly_list.AREA_COLUMNS` with Int64 counts, NA where hidden, and
        ``hidden``: names of hidden columns, with commas.
    criteria
        `CRITERIA_COLUMNS`.
    changes
        As `boundaries.designation.yearly_list.YearlyList.changes`; a reason that would tell a hidden
        status is left out.
    before_n
        Areas on the last list by category of that list, as `boundaries.designation.lists.LISTS_OF`
        counts them.
    """

    made: MadeList
    threshold_n: int
    areas: pd.DataFrame
    criteria: pd.DataFrame
    changes: pd.DataFrame
    before_n: Mapping[str, int]

    @property
    def list_date(self) -> date:
        """Date whose law is applied."""
        return self.made.yearly_list.list_date

    @property
    def status_date(self) -> date:
        """Day whose residents are counted."""
        return self.made.yearly_list.status_date

    @property
    def is_synthetic(self) -> bool:
        """Whether the inputs are made up."""
        return self.made.assessment.is_synthetic


def publish_list(made: MadeList) -> PublishedList:
    """Hide what may not be shown of a list; nothing but the result may reach a page or a file.

    Parameters
    ----------
    made
        As `boundaries.designation.made_list.make_list` returns it; the threshold is its setting
        ``suppression_threshold_n``.

    Notes
    -----
    Hidden are: residents as `boundaries.disclosure.suppression.suppress_assessment` hides them; of a
    criterion the numerator, share and margins where any year's numerator, or those outside it, are few;
    denominators that the published profile or the number of missing values would give away, with as much
    more as `boundaries.disclosure.list_cells.decide_shown` finds necessary; one more numerator where a
    column has a single hidden one; and the mean of two years where a change of outline would tell of a
    few persons.
    """
    threshold_n = made.assessment.settings.suppression_threshold_n
    cells = _collect_cells(made)
    shown = _decide_all(made, cells, threshold_n)
    areas = _publish_areas(made)
    told = _find_told_statuses(areas, cells, threshold_n)
    criteria = _publish_criteria(made, shown, told, _hide_undecided(areas), threshold_n)
    for area_id in sorted({area_id for area_id, _ in told}):
        at = areas["area_id"].eq(area_id)
        areas.loc[at, "criteria_met_n"] = pd.NA
        areas.loc[at, "hidden"] = areas.loc[at, "hidden"].map(
            lambda names: join_names(names, "criteria_met_n")
        )
    changes = made.yearly_list.changes
    return PublishedList(
        made=made,
        threshold_n=threshold_n,
        areas=areas,
        criteria=criteria,
        changes=changes.assign(reasons=_strip_reasons(changes, told)),
        before_n=_count_before(changes),
    )


Key = tuple[str, str]
"""Area id and criterion."""


def publish_made(made: MadeList | NoList) -> PublishedList | NoList:
    """Publish a list where there is one; else pass on why there is none."""
    return made if isinstance(made, NoList) else publish_list(made)


def _publish_areas(made: MadeList) -> pd.DataFrame:
    """Hide residents as the assessment does, so that no file shows what another hides."""
    shown = suppress_assessment(made.assessment).areas.set_index("area_id")
    areas = made.yearly_list.areas.reset_index(drop=True)
    is_hidden = areas["area_id"].map(shown["residents_counted_n"].isna()).astype(bool)
    is_max_hidden = areas["area_id"].map(shown["residents_max_n"].isna()).astype(bool)
    masks = {
        "residents_n": is_hidden,
        "residents_margin_n": is_hidden,
        "residents_max_n": is_hidden | is_max_hidden,
    }
    columns = {name: areas[name].astype("Int64").mask(mask) for name, mask in masks.items()}
    names = [join_names(*(name for name, mask in masks.items() if mask.iloc[at])) for at in range(len(areas))]
    counts = {name: areas[name].astype("Int64") for name in ("criteria_met_n", "residents_2010")}
    return areas.assign(**columns, **counts, hidden=pd.Series(names, index=areas.index, dtype="str"))


def _hide_undecided(areas: pd.DataFrame) -> frozenset[str]:
    """Return the areas whose number of undecided persons is hidden."""
    return frozenset(areas.loc[areas["residents_max_n"].isna(), "area_id"])


def _collect_cells(made: MadeList) -> dict[Key, Cell]:
    limits: dict[Key, list[Limit]] = defaultdict(list)
    values: dict[Key, Fraction | None] = {}
    for row in made.yearly_list.criteria.to_dict("records"):
        key = (str(row["area_id"]), str(row["criterion"]))
        limits[key].append(Limit(str(row["compare"]), row["limit"]))
        values[key] = row["value"]
    years = _group_years(made.yearly_list.indicators)
    return {key: _make_cell(key, years[key], tuple(limits[key]), values[key]) for key in limits}


def _group_years(indicators: pd.DataFrame) -> dict[Key, list[dict[str, Any]]]:
    grouped: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in indicators.sort_values("year", kind="stable").to_dict("records"):
        named = {str(name): value for name, value in row.items()}
        grouped[str(row["area_id"]), str(row["criterion"])].append(named)
    return grouped


def _make_cell(
    key: Key, years: list[dict[str, Any]], limits: tuple[Limit, ...], value: Fraction | None
) -> Cell:
    criterion = Criterion(key[1])
    shares = tuple(read_share(year) for year in years)
    is_pooled = criterion is not Criterion.INCOME and average_shares(shares) != value
    missing = tuple(int(year["missing_n"]) for year in years)
    return Cell(shares, missing, limits, STEPS[criterion], is_pooled=is_pooled)


def _decide_all(made: MadeList, cells: Mapping[Key, Cell], threshold_n: int) -> dict[Key, Shown]:
    profile = profile_areas(made.assessment)
    is_hidden = profile["residents_n"].isna()
    hidden_groups = set(profile.loc[is_hidden, ["area_id", "group"]].itertuples(index=False, name=None))
    residents = suppress_assessment(made.assessment).areas
    hidden_areas = set(residents.loc[residents["residents_counted_n"].isna(), "area_id"])
    earlier = _group_years(made.earlier)
    shown: dict[Key, Shown] = {}
    for key, cell in cells.items():
        area_id, criterion = key[0], Criterion(key[1])
        if area_id in hidden_areas or (
            criterion is Criterion.NON_WESTERN and (area_id, "ikke_vestlig") in hidden_groups
        ):
            shown[key] = NOTHING
            continue
        groups = ("ukendt",) if criterion is Criterion.NON_WESTERN else AGE_GROUPS_OF.get(criterion, ())
        is_guarded = any((area_id, group) in hidden_groups for group in groups)
        if criterion is Criterion.INCOME:
            shown[key] = _decide_income(cell, threshold_n)
        else:
            shown[key] = decide_shown(cell, threshold_n, hides_denominator=is_guarded)
        if _tells_of_outline(cell, earlier.get(key, []), threshold_n):
            shown[key] = replace(shown[key], has_value=False, has_margins=False)
    return _hide_by_column(cells, shown, threshold_n)


def _decide_income(cell: Cell, threshold_n: int) -> Shown:
    """Decide what may be shown of incomes: the rounded mean says nothing of how many share it."""
    (share,), (missing_n,) = cell.shares, cell.missing
    if is_small(share.denominator, threshold_n):
        return NOTHING
    is_open = not is_small(missing_n, threshold_n)
    # The total margin over the margin a person is the denominator.
    return Shown(has_denominator=is_open, has_missing=is_open, has_numerator=is_open)


def _tells_of_outline(cell: Cell, earlier: list[dict[str, Any]], threshold_n: int) -> bool:
    """Tell whether earlier years differ from the last list by a few persons, as outlines changed."""
    for share, then in zip(cell.shares[:-1], earlier, strict=False):
        before = read_share(then)
        inside = abs(Fraction(share.numerator - before.numerator, share.unit))
        group = abs(share.denominator - before.denominator)
        if any(is_small(number, threshold_n) for number in (inside, group, abs(group - inside))):
            return True
    return False


def _hide_by_column(
    cells: Mapping[Key, Cell], shown: Mapping[Key, Shown], threshold_n: int
) -> dict[Key, Shown]:
    """Hide more numerators of a criterion where the sum over all areas would give one back."""
    found = dict(shown)
    for criterion in Criterion:
        keys = [key for key in cells if key[1] == criterion]
        if criterion is Criterion.INCOME or not keys:
            continue
        last = [cells[key].shares[-1] for key in keys]
        numbers = [Fraction(share.numerator, share.unit) for share in last]
        hidden = [not shown[key].has_numerator for key in keys]
        for key, is_hidden in zip(keys, hide_with_sum(numbers, hidden, threshold_n), strict=True):
            if is_hidden and shown[key].has_numerator:
                found[key] = replace(shown[key], has_numerator=False, has_value=False, has_margins=False)
    return found


def _find_told_statuses(areas: pd.DataFrame, cells: Mapping[Key, Cell], threshold_n: int) -> frozenset[Key]:
    """Return what met and not met would tell, of areas too small for any list."""
    off = set(areas.loc[areas["residents_status"].eq(Status.NOT_MET.value), "area_id"])
    return frozenset(
        key
        for key, cell in cells.items()
        if key[0] in off and key[1] != Criterion.INCOME and is_told_by_statuses(cell, threshold_n)
    )


def _publish_criteria(
    made: MadeList,
    shown: Mapping[Key, Shown],
    told: frozenset[Key],
    hides_undecided: frozenset[str],
    threshold_n: int,
) -> pd.DataFrame:
    years = _group_years(made.yearly_list.indicators)
    sets = {"main": made.rules.main, "prevention": made.rules.prevention}
    rows = []
    for row in made.yearly_list.criteria.to_dict("records"):
        key = (str(row["area_id"]), str(row["criterion"]))
        named = {str(name): value for name, value in row.items()}
        publisher = RowPublisher(named, years[key], shown[key], threshold_n)
        is_income = key[1] == Criterion.INCOME
        figures = publisher.describe_income() if is_income else publisher.describe_persons()
        figures |= publisher.describe_unknown(is_hidden=key[0] in hides_undecided)
        figures |= publisher.describe_status(is_hidden=key in told)
        criteria_set = sets[str(row["criteria_set"])]
        rows.append(finish_row(named, figures, criteria_set))
    table = pd.DataFrame(rows, columns=list(CRITERIA_COLUMNS))
    counts = [name for name in CRITERIA_COLUMNS if name.endswith(("_n", "_dkk"))] + ["denominator"]
    words = ["area_id", "criteria_set", "criterion", "parameter", "compare", "hidden"]
    types = {**dict.fromkeys(counts, "Int64"), **dict.fromkeys(words, "str"), "numerator": "Float64"}
    missing_words = {name: to_words(table[name]) for name in ("status", "margin_direction")}
    return table.assign(**missing_words).astype({**types, "is_open": "boolean"})


def _strip_reasons(changes: pd.DataFrame, told: frozenset[Key]) -> pd.Series:
    stripped = [
        ", ".join(
            reason for reason in str(reasons).split(", ") if reason and (str(area_id), reason) not in told
        )
        for area_id, reasons in changes[["area_key", "reasons"]].itertuples(index=False)
    ]
    return pd.Series(stripped, index=changes.index, dtype="str")


def _count_before(changes: pd.DataFrame) -> dict[str, int]:
    was_on = changes[changes["change"].isin(["still", "left"])]
    return {str(kind): int(was_on["list"].eq(str(kind)).sum()) for kind in LISTS_OF}
