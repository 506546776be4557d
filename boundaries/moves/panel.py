"""The panel behind the question of social eksport: the exposed share of leavers by kommune and year."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.moves.products import EXPOSED, NOT_EXPOSED
from boundaries.registers.flows import ABROAD, UNKNOWN_PLACE
from geo.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PANEL_COLUMNS = ("kommune_code", "year", "numerator", "denominator", "is_treated")
"""What a panel must have."""


class Weighting(StrEnum):
    """What one kommune in one year counts for."""

    EQUAL = "equal"  # the same: the question is about kommuner
    LEAVERS = "leavers"  # its leavers of the year: the question is about persons


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something about the panel that a reader has to know; text ``social_export.note.<rule>``.

    Attributes
    ----------
    rule
        A snake_case word.
    values
        What the text names.
    """

    rule: str
    values: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """A checked panel: one row for each kommune and year with a share, by kommune and then year.

    Attributes
    ----------
    kommune_codes
        The kommuner; each is a cluster.
    cluster
        Position of each row's kommune in `kommune_codes`.
    offsets
        First row of each kommune.
    year
        Of each row.
    share_pct
        100 times numerator over denominator.
    weights
        By the weighting; positive, with mean 1.
    is_on
        The kommune is treated in that year.
    start
        First year of each kommune with treatment, by kommune; 0 where there is none.
    notes
        What was left out, and what weakens the comparison.
    """

    kommune_codes: tuple[str, ...]
    cluster: Ints
    offsets: Ints
    year: Ints
    share_pct: Floats
    weights: Floats
    is_on: Bools
    start: Ints
    notes: tuple[Note, ...]

    @property
    def treated_n(self) -> int:
        """Number of kommuner that are treated in some year."""
        return int(np.count_nonzero(self.start))

    @property
    def untreated_n(self) -> int:
        """Number of kommuner that never are."""
        return len(self.start) - self.treated_n

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the panel."""
        return tuple(int(year) for year in np.unique(self.year))


def prepare_panel(
    panel: pd.DataFrame, *, from_year: int = 2021, weighting: Weighting = Weighting.EQUAL
) -> Panel:
    """Check a panel and bring it into order.

    Left out, each with a note: rows without a share (a count missing, or nobody left), kommuner with one
    year only, and treated kommuner without a year before their treatment. They say nothing of a change.

    Parameters
    ----------
    panel
        `PANEL_COLUMNS`, one row for each kommune and year: ``numerator`` exposed leavers of ``denominator``
        leavers (counts; missing where hidden). ``is_treated`` is either the same in all years of a kommune
        (it has an area of the category, and its treatment starts in `from_year`), or the state of each year.
    from_year
        First year with treatment, in the years of the panel. Figure year 2022 is the moves during 2021.
    weighting
        What a row counts for.

    Raises
    ------
    DataError
        Where columns lack, a kommune has a year twice, a count is impossible, a treatment is unknown, or
        there is nothing to compare.
    """
    table = _check_panel(panel)
    notes: list[Note] = []
    table["is_on"] = _switch_on(table, from_year)
    for rule, selected in (("no_share", _find_shareless), ("single_year", _find_single_years)):
        table = _leave_out(table, selected(table), rule, notes)
    always = table.groupby("kommune_code")["is_on"].transform("all")
    table = _leave_out(table, always, "only_after", notes)
    _require_comparison(table, from_year)
    start = _find_starts(table)
    notes += _note_gaps(table) + _note_starts(table, start, from_year)
    codes, cluster = np.unique(table["kommune_code"].to_numpy(dtype=object), return_inverse=True)
    leavers = table["denominator"].to_numpy(dtype=np.float64)
    weights = leavers / leavers.mean() if weighting == Weighting.LEAVERS else np.ones(len(table))
    return Panel(
        kommune_codes=tuple(codes),
        cluster=cluster.astype(np.int64),
        offsets=np.flatnonzero(np.diff(cluster, prepend=-1)).astype(np.int64),
        year=table["year"].to_numpy(dtype=np.int64),
        share_pct=100 * table["numerator"].to_numpy(dtype=np.float64) / leavers,
        weights=weights,
        is_on=table["is_on"].to_numpy(dtype=np.bool_),
        start=start.to_numpy(dtype=np.int64),
        notes=tuple(notes),
    )


def shape_leaver_panel(flows: pd.DataFrame, kommuner_with: Collection[str]) -> pd.DataFrame:
    """Make the panel from a table of moves: leavers to another kommune, exposed or not.

    Hidden flows are left out of both counts, which then are least numbers.

    Parameters
    ----------
    flows
        As `boundaries.model.Registers.flows`, of one group, divided by exposure.
    kommuner_with
        Codes of the kommuner that have an area of the category.

    Returns
    -------
    DataFrame
        `PANEL_COLUMNS`, by kommune and year; leavers whose exposure is not known are in neither count.
    """
    places = [ABROAD, UNKNOWN_PLACE]
    is_leaver = (
        flows["from_kommune"].ne(flows["to_kommune"])
        & ~flows["from_kommune"].isin(places)
        & flows["to_kommune"].ne(ABROAD)
        & flows["exposure"].isin([EXPOSED, NOT_EXPOSED])
    )
    leavers = flows[is_leaver]
    shown = leavers["movers_n"].fillna(0).astype("int64")
    counted = pd.DataFrame(
        {
            "kommune_code": leavers["from_kommune"].astype("str"),
            "year": leavers["year"].astype("int64"),
            "numerator": shown.where(leavers["exposure"].eq(EXPOSED), 0),
            "denominator": shown,
        }
    )
    table = counted.groupby(["kommune_code", "year"], sort=True).sum().reset_index()
    return table.assign(is_treated=table["kommune_code"].isin(set(kommuner_with)))


def _check_panel(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the rows by kommune and year, after refusing what cannot be."""
    missing = [column for column in PANEL_COLUMNS if column not in panel.columns]
    if missing:
        found = ", ".join(map(str, panel.columns))
        raise DataError("social_export.missing_columns", {"missing": ", ".join(missing), "found": found})
    table = panel[list(PANEL_COLUMNS)].sort_values(["kommune_code", "year"], kind="stable", ignore_index=True)
    for column in ("kommune_code", "year", "is_treated"):
        if table[column].isna().any():
            count = int(table[column].isna().sum())
            raise DataError("social_export.missing_value", {"column": column, "count": count})
    repeated = table[table.duplicated(["kommune_code", "year"])]
    if len(repeated):
        raise DataError("social_export.repeated", _locate(repeated))
    bad = table["numerator"].lt(0) | table["denominator"].lt(0) | table["numerator"].gt(table["denominator"])
    if bad.fillna(value=False).any():
        first = table[bad.fillna(value=False)]
        counts = {name: first[name].iloc[0] for name in ("numerator", "denominator")}
        raise DataError("social_export.bad_counts", _locate(first) | counts)
    return table.astype({"year": "int64", "is_treated": "bool"})


def _locate(rows: pd.DataFrame) -> dict[str, object]:
    return {"kommune": rows["kommune_code"].iloc[0], "year": rows["year"].iloc[0]}


def _switch_on(table: pd.DataFrame, from_year: int) -> pd.Series:
    """Tell in which rows a kommune is treated; a state that never changes starts in `from_year`."""
    is_constant = table.groupby("kommune_code")["is_treated"].transform("nunique").eq(1)
    return table["is_treated"] & (~is_constant | table["year"].ge(from_year))


def _find_shareless(table: pd.DataFrame) -> pd.Series:
    empty: pd.Series = table["denominator"].isna() | table["numerator"].isna() | table["denominator"].eq(0)
    return empty.fillna(value=True).astype("bool")


def _find_single_years(table: pd.DataFrame) -> pd.Series:
    return table.groupby("kommune_code")["year"].transform("size").eq(1)


def _leave_out(table: pd.DataFrame, is_out: pd.Series, rule: str, notes: list[Note]) -> pd.DataFrame:
    """Drop rows and note how many, of which kommuner."""
    if not is_out.any():
        return table
    codes = table.loc[is_out, "kommune_code"].unique()
    values: dict[str, object] = {
        "rows_n": int(is_out.sum()),
        "kommuner_n": len(codes),
        "kommuner": ", ".join(codes),
    }
    notes.append(Note(rule=rule, values=MappingProxyType(values)))
    return table[~is_out].reset_index(drop=True)


def _require_comparison(table: pd.DataFrame, from_year: int) -> None:
    """Refuse a panel in which nothing changes, or nobody is there to compare with."""
    ever = table.groupby("kommune_code")["is_on"].any()
    values = {"from_year": from_year, "treated_n": int(ever.sum()), "untreated_n": int((~ever).sum())}
    if not ever.any():
        raise DataError("social_export.no_treated", values)
    if (~ever).sum() < 2:
        raise DataError("social_export.no_untreated", values)


def _find_starts(table: pd.DataFrame) -> pd.Series:
    """Return the first treated year of each kommune, 0 for none."""
    return table["year"].where(table["is_on"]).groupby(table["kommune_code"]).min().fillna(0).astype("int64")


def _note_gaps(table: pd.DataFrame) -> list[Note]:
    """Note years that the whole panel lacks, and cells that some kommuner lack."""
    years = sorted(table["year"].unique())
    missing = sorted(set(range(years[0], years[-1] + 1)) - set(years))
    notes = []
    if missing:
        named = ", ".join(map(str, missing))
        notes.append(Note(rule="missing_years", values=MappingProxyType({"years": named})))
    lacking = table["kommune_code"].nunique() * len(years) - len(table)
    if lacking:
        notes.append(Note(rule="unbalanced", values=MappingProxyType({"cells_n": lacking})))
    return notes


def _note_starts(table: pd.DataFrame, start: pd.Series, from_year: int) -> list[Note]:
    """Note treatments that start at several times or another, or end."""
    first = start[start.gt(0)]
    starts = sorted(first.unique())
    notes = []
    if len(starts) > 1:
        named = ", ".join(f"{year} ({int(first.eq(year).sum())})" for year in starts)
        notes.append(Note(rule="staggered", values=MappingProxyType({"years": named})))
    elif starts[0] != from_year:
        moved = {"found": int(starts[0]), "from_year": from_year}
        notes.append(Note(rule="other_start", values=MappingProxyType(moved)))
    began = table["kommune_code"].map(start)
    ended = table.loc[began.gt(0) & table["year"].gt(began) & ~table["is_on"], "kommune_code"].unique()
    if len(ended):
        values: dict[str, object] = {"kommuner_n": len(ended), "kommuner": ", ".join(ended)}
        notes.append(Note(rule="ended", values=MappingProxyType(values)))
    return notes
