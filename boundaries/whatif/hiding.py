"""What of a comparison may be shown: no small number of real persons between the sides.

Each side is shown as it may be shown by itself. Those who are only expected are nobody, and whoever
stated them knows them and can take them away again. So the side after is also held against what would
be hidden of it without them, and the real persons of both sides must not differ by few. A hidden number
is missing, never 0; met, not met and undecided stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from boundaries.designation.law import Criterion
from boundaries.disclosure.list_cells import is_small
from boundaries.disclosure.list_rows import join_names, read_share
from boundaries.whatif.comparison import RESIDENT_COLUMNS, Side, name_side

FIGURES = ("value", "low", "high", "margin_n", "margin_per_person_dkk", "mean_income_dkk")
"""What of a criterion is hidden where the sides differ by few persons."""

Key = tuple[str, str]
"""Area id and criterion."""


@dataclass(frozen=True, kw_only=True)
class RealPersons:
    """The sides without those who are only expected.

    Attributes
    ----------
    before, after
        As they would be shown by themselves.
    threshold_n
        Numbers of persons from 1 up to, not including, this are hidden.
    """

    before: Side
    after: Side
    threshold_n: int

    def is_few(self, difference: Fraction | float) -> bool:
        """Tell whether a difference, of either sign, speaks of someone."""
        return is_small(max(difference, -difference), self.threshold_n)


def hide_areas(areas: pd.DataFrame, real: RealPersons) -> pd.DataFrame:
    """Hide the residents after, and the change, where the sides differ by few real persons.

    Parameters
    ----------
    areas
        As `boundaries.whatif.comparison.compare_areas` returns it; not changed.
    real
        The real persons.

    Returns
    -------
    DataFrame
        Where residents are hidden, what would give them back is too: the margin, and the number with
        those of undecided dwellings.
    """
    exact = [side.exact.areas.set_index("area_id") for side in (real.before, real.after)]
    shown = real.after.areas.set_index("area_id")["residents_n"]
    is_hidden, is_max_hidden = [], []
    for area_id, was_shown in zip(areas["area_id"], areas["residents_before_n"].notna(), strict=True):
        then, now = (_read_residents(side, area_id) for side in exact)
        steps = [new - old for old, new in zip(then, now, strict=True)]
        is_told = area_id in exact[0].index and not was_shown
        is_own = area_id in shown.index and bool(pd.isna(shown[area_id]))
        is_hidden.append(is_told or is_own or real.is_few(steps[0]))
        is_max_hidden.append(real.is_few(steps[1]) or real.is_few(steps[1] - steps[0]))
    return _mask_residents(areas, is_hidden, is_max_hidden)


def _read_residents(areas: pd.DataFrame, area_id: str) -> list[int]:
    if area_id not in areas.index:
        return [0, 0]
    return [int(areas[column][area_id]) for column in RESIDENT_COLUMNS]


def _mask_residents(
    areas: pd.DataFrame, is_hidden: Sequence[bool], is_max_hidden: Sequence[bool]
) -> pd.DataFrame:
    low = pd.Series(list(is_hidden), index=areas.index, dtype=bool)
    high = low | pd.Series(list(is_max_hidden), index=areas.index, dtype=bool)
    # With the most on one side only, the number of the undecided would be told by the other.
    high |= areas["residents_max_before_n"].isna() & areas["residents_before_n"].notna()
    masks = {
        "residents_after_n": low,
        "residents_change_n": low,
        "residents_margin_after_n": low,
        "residents_max_after_n": high,
        "residents_max_change_n": high,
    }
    return areas.assign(**{column: areas[column].mask(mask) for column, mask in masks.items()})


def hide_criteria(criteria: pd.DataFrame, real: RealPersons) -> pd.DataFrame:
    """Hide the figures after where the sides differ by few real persons in any year.

    Parameters
    ----------
    criteria
        As `boundaries.whatif.comparison.compare_criteria` returns it; not changed.
    real
        The real persons.

    Returns
    -------
    DataFrame
        Also hidden is what would be hidden of the side after without those who are only expected, and
        where the real persons are the same ones, what is hidden before.
    """
    steps = _measure_steps(real)
    alone = real.after.criteria.set_index(["area_id", "criteria_set", "criterion"])["hidden"]
    hidden = []
    for row in criteria.to_dict("records"):
        step = steps.get((str(row["area_id"]), str(row["criterion"])), [])
        names = _split(alone.get((row["area_id"], row["criteria_set"], row["criterion"])))
        names |= _split(row["hidden_after"]) | (set() if any(step) else _split(row["hidden_before"]))
        if any(map(real.is_few, step)):
            names |= {column for column in FIGURES if not pd.isna(row[name_side(column, "after")])}
        hidden.append(names & {*FIGURES, "status"})
    columns = {
        name_side(column, "after"): criteria[name_side(column, "after")].mask(
            pd.Series([column in names for names in hidden], index=criteria.index, dtype=bool)
        )
        for column in (*FIGURES, "status")
    }
    told = [join_names(*(name for name in ("status", *FIGURES) if name in names)) for names in hidden]
    return criteria.assign(**columns, hidden_after=pd.Series(told, index=criteria.index, dtype="str"))


def _split(names: Any) -> set[str]:
    return set() if pd.isna(names) else {name for name in str(names).split(",") if name}


def _measure_steps(real: RealPersons) -> dict[Key, list[Fraction]]:
    """Return by how many persons the sides differ: in the numerator, outside it, and in all, of each year."""
    then, now = (_read_parts(side.exact.indicators) for side in (real.before, real.after))
    nobody = (Fraction(0), Fraction(0))
    steps: dict[Key, list[Fraction]] = {}
    for area_id, criterion, year in sorted(set(then) | set(now)):
        key = (area_id, criterion, year)
        old, new = then.get(key, nobody), now.get(key, nobody)
        inside, group = new[0] - old[0], new[1] - old[1]
        steps.setdefault((area_id, criterion), []).extend((inside, group - inside, group))
    return steps


def _read_parts(indicators: pd.DataFrame) -> dict[tuple[str, str, int], tuple[Fraction, Fraction]]:
    """Return the persons in the numerator and in the denominator; of incomes only the latter, twice."""
    parts = {}
    for row in indicators.to_dict("records"):
        named = {str(name): value for name, value in row.items()}
        share = read_share(named)
        group = Fraction(share.denominator)
        is_income = named["criterion"] == Criterion.INCOME
        inside = group if is_income else Fraction(share.numerator, share.unit)
        parts[str(named["area_id"]), str(named["criterion"]), int(named["year"])] = (inside, group)
    return parts
