"""Two days, 1 January of one year and of the next: who is there on both, and in which dwelling."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from boundaries.model import FINDING_COLUMNS
from boundaries.moves.identity import Positions, find_positions, find_repeated, match_ids
from boundaries.registers.findings import empty_findings
from geo.errors import DataError

Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Side:
    """The residents of one day.

    Attributes
    ----------
    persons
        Rows of `boundaries.model.Registers.residents` with a ``person_id``, positions 0..n-1 as index.
    dwelling
        Position of each person's dwelling in `Matched.dwelling_ids`; -1 for one that is not there.
    partner
        Row of the same person on the other day; -1 where there is none.
    unfollowed
        Rows without ``person_id``, which count residents and cannot be followed.
    unfollowed_dwelling
        As `dwelling`.
    """

    persons: pd.DataFrame
    dwelling: Positions
    partner: Positions
    unfollowed: pd.DataFrame
    unfollowed_dwelling: Positions


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Everyone of two days, each person found again on the other.

    Attributes
    ----------
    year
        Figure year: that of the second day. "2025" is the moves during 2024.
    then, now
        The first and the second day.
    stays_put
        By row of ``then.persons``: there on both days, in the same dwelling.
    dwelling_ids
        What the positions of dwellings refer to.
    """

    year: int
    then: Side
    now: Side
    stays_put: Bools
    dwelling_ids: pd.Series


def list_figure_years(residents: pd.DataFrame) -> tuple[int, ...]:
    """Return the years whose moves can be told: those with residents of the year before, too."""
    years = {int(year) for year in residents["year"].dropna().unique()}
    return tuple(sorted(year for year in years if year - 1 in years))


def find_snapshot_gaps(residents: pd.DataFrame) -> pd.DataFrame:
    """Find years that lie between others and have no residents, and residents who cannot be followed.

    Parameters
    ----------
    residents
        As `boundaries.model.Registers.residents`.

    Returns
    -------
    DataFrame
        Findings, columns `boundaries.model.FINDING_COLUMNS`: ``snapshot_missing`` for every year between the
        first and the last that is not there, ``residents_without_person_id`` for every year with such
        rows; both are warnings, since other years can be told all the same.
    """
    years = sorted({int(year) for year in residents["year"].dropna().unique()})
    shown = ", ".join(map(str, years))
    gaps = [year for year in range(years[0], years[-1]) if year not in years] if years else []
    rows: list[dict[str, object]] = [
        {"rule": "snapshot_missing", "value": str(year), "other": shown} for year in gaps
    ]
    unnamed = residents[residents["person_id"].isna()]
    for year, count in unnamed.groupby("year", sort=True)["residents_n"].sum().items():
        rows.append({"rule": "residents_without_person_id", "value": str(year), "measure": float(count)})
    dtypes = empty_findings().dtypes.to_dict()
    found = pd.DataFrame(rows).reindex(columns=list(FINDING_COLUMNS))
    return found.assign(severity="warning", register="residents").astype(dtypes)


def match_years(residents: pd.DataFrame, dwelling_ids: pd.Series, year: int) -> Matched:
    """Find the residents of 1 January of the year before again on 1 January of a year.

    Parameters
    ----------
    residents
        As `boundaries.model.Registers.residents`; rows of other years are left out.
    dwelling_ids
        Every dwelling of the register, none twice.
    year
        Figure year, that of the second day.

    Raises
    ------
    DataError
        ``moves.missing_snapshot`` where one of the two days has no residents, ``moves.no_person_ids``
        where one has no row with a person id, ``moves.person_twice`` where a person has two rows on one
        day.
    """
    then, now = select_year(residents, year - 1), select_year(residents, year)
    sides = [_split_followed(rows, day) for rows, day in ((then, year - 1), (now, year))]
    return _match(sides[0], sides[1], dwelling_ids, year)


def select_year(residents: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the residents of 1 January of a year.

    Raises
    ------
    DataError
        ``moves.missing_snapshot`` where there are none.
    """
    years = residents["year"].to_numpy(dtype=np.int64, na_value=-1)
    if len(years) and bool((years[1:] >= years[:-1]).all()):
        # The register is sorted by year: a slice copies nothing.
        first, last = np.searchsorted(years, [year, year + 1])
        rows = residents.iloc[int(first) : int(last)]
    else:
        rows = residents[years == year]
    if rows.empty:
        found = ", ".join(str(one) for one in sorted(set(years.tolist()) - {-1})) or "–"
        raise DataError("moves.missing_snapshot", {"year": year, "years": found})
    return rows.reset_index(drop=True)


def _split_followed(rows: pd.DataFrame, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of persons, and those that cannot be followed."""
    is_person = rows["person_id"].notna().to_numpy(dtype=bool)
    if is_person.all():
        persons, others = rows, rows.iloc[:0]
    else:
        persons, others = rows[is_person].reset_index(drop=True), rows[~is_person].reset_index(drop=True)
    if persons.empty:
        raise DataError("moves.no_person_ids", {"year": year})
    return persons, others


def _require_once(persons: pd.DataFrame, year: int) -> None:
    """Raise where a person has two rows on a day, with the dwellings."""
    repeated = find_repeated(persons["person_id"])
    if repeated.any():
        person = str(persons["person_id"].iloc[int(np.flatnonzero(repeated)[0])])
        dwellings = persons.loc[persons["person_id"].eq(person), "dwelling_id"]
        values = {"person": person, "year": year, "dwellings": ", ".join(sorted(map(str, dwellings)))}
        raise DataError("moves.person_twice", values)


def _match_persons(then: pd.DataFrame, now: pd.DataFrame, year: int) -> Positions:
    partner = match_ids(then["person_id"], now["person_id"])
    if partner is not None:
        return partner
    for persons, day in ((then, year - 1), (now, year)):
        _require_once(persons, day)
    return find_positions(then["person_id"], now["person_id"])


def _match(
    then: tuple[pd.DataFrame, pd.DataFrame],
    now: tuple[pd.DataFrame, pd.DataFrame],
    dwelling_ids: pd.Series,
    year: int,
) -> Matched:
    partner = _match_persons(then[0], now[0], year)
    back = np.full(len(now[0]), -1, dtype=np.int32)
    followed = np.flatnonzero(partner >= 0)
    back[partner[followed]] = followed
    columns = [side["dwelling_id"] for side in (*then, *now)]
    places = _find_dwellings(columns, dwelling_ids)
    stays_put = _compare_dwellings(columns[0], columns[2], places[0], places[2], partner)
    return Matched(
        year=year,
        then=Side(
            persons=then[0],
            dwelling=places[0],
            partner=partner,
            unfollowed=then[1],
            unfollowed_dwelling=places[1],
        ),
        now=Side(
            persons=now[0], dwelling=places[2], partner=back, unfollowed=now[1], unfollowed_dwelling=places[3]
        ),
        stays_put=stays_put,
        dwelling_ids=dwelling_ids,
    )


def _find_dwellings(columns: list[pd.Series], dwelling_ids: pd.Series) -> list[Positions]:
    """Find the dwellings of several columns at once; a run of one dwelling is looked up once."""
    starts = [_find_run_starts(column) for column in columns]
    heads = [column.iloc[np.flatnonzero(start)] for column, start in zip(columns, starts, strict=True)]
    found = find_positions(pd.concat(heads, ignore_index=True), dwelling_ids)
    ends = np.cumsum([len(head) for head in heads])
    return [
        part[np.cumsum(start) - 1] if len(start) else np.zeros(0, dtype=np.int32)
        for part, start in zip(np.split(found, ends[:-1]), starts, strict=True)
    ]


def _find_run_starts(column: pd.Series) -> Bools:
    starts = np.ones(len(column), dtype=np.bool_)
    if len(column) > 1:
        text = pa.chunked_array(pa.array(column, type=pa.large_string()))
        differs = pc.not_equal(text.slice(1), text.slice(0, len(column) - 1))
        starts[1:] = differs.to_numpy()
    return starts


def _compare_dwellings(
    then_ids: pd.Series, now_ids: pd.Series, then: Positions, now: Positions, partner: Positions
) -> Bools:
    """Tell who is in the same dwelling on both days, one that the register lacks included."""
    is_there = partner >= 0
    after = now[partner]
    same: Bools = is_there & (then == after)
    unknown = np.flatnonzero(same & (then < 0))
    if len(unknown):
        before_ids = then_ids.iloc[unknown].to_numpy(dtype=object)
        same[unknown] = before_ids == now_ids.iloc[partner[unknown]].to_numpy(dtype=object)
    return same
