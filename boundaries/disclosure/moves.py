"""Hide what the tables of an area's movers would tell of few persons: balance, inflow, parts, gathering.

Residents of both days are known from the lists, so that what came less what went is known too. A count of the
balance is therefore hidden together with another of its row, and where a sum over areas is shown, with those
of another area. Each function says which sums are taken for known; tests try all whole numbers that agree.
"""

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.disclosure.flows import hide_boxes, suppress_line
from boundaries.moves.contributions import COUNT_COLUMNS, Part
from boundaries.moves.gathering import Destination, Origin
from boundaries.moves.groups import Exposure
from boundaries.moves.products import EXPOSED

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

BALANCE_PARTS = ("came_n", "went_n", "other_n")
"""Residents now are residents then, plus who came, less who went, plus the rest."""

AREA_BALANCE_COLUMNS = ("year", "area_id", "residents_then_n", *BALANCE_PARTS, "residents_now_n")

OTHERS = "andre"
"""Everyone who is not socially exposed, known or not."""

_CAME = ("in_n", "entered_n", "immigrated_n")
_WENT = ("out_n", "left_n", "died_n", "emigrated_n")
_REST = ("born_n", "recounted_in_n", "recounted_out_n")
_PARTS_THEN = (Part.STAYERS, Part.OUT_MOVERS, Part.OTHERS)
_PARTS_NOW = (Part.STAYERS, Part.IN_MOVERS, Part.OTHERS)
_BALANCE_OF_PART = {Part.IN_MOVERS: "came_n", Part.OUT_MOVERS: "went_n", Part.OTHERS: "other_n"}


def publish_balance(balance: pd.DataFrame, summed_areas: Collection[str], threshold_n: int) -> pd.DataFrame:
    """Return the balance of each area and year as it may be shown.

    Residents of both days are taken for known, and so is the sum of arrivals over `summed_areas`.

    Parameters
    ----------
    balance
        As `boundaries.moves.balance.balance_residents` at area level; groups are added up.
    summed_areas
        Areas whose arrivals are shown as one sum, as `boundaries.moves.products.sum_inflow` does.
    threshold_n
        Counts from 1 up to, not including, this are hidden.

    Returns
    -------
    DataFrame
        `AREA_BALANCE_COLUMNS`: ``came_n`` from elsewhere in the register or from outside it, ``went_n`` the
        same way out (dead, where they cannot be told, too), ``other_n`` births, recounts and persons that
        cannot be followed, net; ``Int64``, NA where hidden.
    """
    counts = [name for name in balance.columns if name.endswith("_n")]
    summed = balance.groupby(["year", "area_id"], sort=True)[counts].sum().reset_index()
    known = summed["residents_now_n"] - summed["residents_then_n"]
    came, went = summed[list(_CAME)].sum(axis=1), summed[list(_WENT)].sum(axis=1)
    table = summed[["year", "area_id", "residents_then_n", "residents_now_n"]].assign(
        came_n=came, went_n=went, other_n=known - came + went
    )
    hidden = _hide_in_rows(table, _has_small(summed, _REST, threshold_n), threshold_n)
    small_then = _is_small(table["residents_then_n"].to_numpy(), threshold_n)
    small_now = _is_small(table["residents_now_n"].to_numpy(), threshold_n)
    for name in BALANCE_PARTS:
        hidden[name] |= small_then | small_now
    is_summed = table["area_id"].isin(list(summed_areas)).to_numpy()
    for year in table["year"].unique():
        rows = np.flatnonzero(is_summed & table["year"].eq(year).to_numpy())
        _hide_second_area(table, hidden, rows, threshold_n)
    hidden |= {"residents_then_n": small_then, "residents_now_n": small_now}
    shown = {name: table[name].astype("Int64").mask(mask) for name, mask in hidden.items()}
    return table.assign(**shown)[list(AREA_BALANCE_COLUMNS)]


def _is_small(counts: Ints, threshold_n: int) -> Bools:
    small: Bools = (np.abs(counts) > 0) & (np.abs(counts) < threshold_n)
    return small


def _has_small(table: pd.DataFrame, columns: Sequence[str], threshold_n: int) -> Bools:
    small = _is_small(table[list(columns)].to_numpy(dtype=np.int64), threshold_n)
    found: Bools = np.logical_or.reduce(small, axis=1)
    return found


def _hide_in_rows(table: pd.DataFrame, has_small_rest: Bools, threshold_n: int) -> dict[str, Bools]:
    """Hide what is small, and the rest of its row as far as it would tell.

    Arrivals take all of their row along: they may be in a sum over areas, too, and then neither they nor the
    departures could be fewer. Departures and the rest hide each other: only their difference is told.
    """
    came, went, other = (_is_small(table[name].to_numpy(), threshold_n) for name in BALANCE_PARTS)
    both = came | went | other | has_small_rest
    return {"came_n": came, "went_n": both, "other_n": both.copy()}


def _hide_second_area(
    table: pd.DataFrame, hidden: dict[str, Bools], rows: NDArray[np.intp], threshold_n: int
) -> None:
    """Hide arrivals of further areas, until the sum of those hidden tells of none; masks change in place."""
    came = table["came_n"].to_numpy()
    order = sorted(rows.tolist(), key=lambda row: (came[row], row))
    while True:
        kept = [row for row in order if hidden["came_n"][row]]
        total = int(sum(came[row] for row in kept))
        is_safe = not kept or (sum(came[row] > 0 for row in kept) > 1 and total >= threshold_n)
        free = [row for row in order if not hidden["came_n"][row] and came[row] > 0]
        if is_safe or not free:
            return
        for mask in hidden.values():
            mask[free[0]] = True


def publish_inflow(
    inflow: pd.DataFrame, published: pd.DataFrame, summed_areas: Collection[str], threshold_n: int
) -> pd.DataFrame:
    """Return the inflow to areas of a category as it may be shown.

    Parameters
    ----------
    inflow
        As `boundaries.moves.products.sum_inflow` of `summed_areas`, by exposure.
    published, summed_areas
        As `publish_balance` returns and takes them. A year's sum over the areas less those that are shown is
        known: where that tells of one area, or of few persons, the year has no inflow.
    threshold_n
        As in `publish_balance`.

    Returns
    -------
    DataFrame
        ``year``, ``exposure``, ``areas_n``, ``inflow_n`` (``Int64``, NA where hidden).
    """
    table = inflow[["year", "exposure", "areas_n", "inflow_n"]]
    shown = suppress_line(table, "inflow_n", ["year"], threshold_n)
    own = published[published["area_id"].isin(list(summed_areas))]
    years = own.groupby("year")["came_n"]
    total = table.groupby("year")["inflow_n"].sum().reindex(years.sum().index)
    rest = total - years.sum().astype("int64")
    hidden_n = years.apply(lambda column: int(column.isna().sum()))
    is_told = hidden_n.eq(1) | (hidden_n.gt(1) & rest.between(1, threshold_n - 1))
    return shown.assign(inflow_n=shown["inflow_n"].mask(shown["year"].isin(is_told.index[is_told])))


def publish_contributions(parts: pd.DataFrame, published: pd.DataFrame, threshold_n: int) -> pd.DataFrame:
    """Return the parts of each criterion's change as they may be shown.

    Numerator and denominator of both days are taken for known, and with them the sums of all parts.

    Parameters
    ----------
    parts
        As `boundaries.moves.contributions.sum_parts` at area level.
    published
        As `publish_balance`: what is hidden there is hidden here.
    threshold_n
        As in `publish_balance`.

    Returns
    -------
    DataFrame
        The same rows and columns; counts ``Int64``, NA where hidden, ``contribution`` None where hidden or
        not known, and ``is_hidden``.
    """
    lost = published[list(BALANCE_PARTS)].isna().to_numpy()
    places = zip(published["year"].tolist(), published["area_id"].tolist(), strict=True)
    balance = {key: dict(zip(BALANCE_PARTS, row, strict=True)) for key, row in zip(places, lost, strict=True)}
    hidden = np.zeros(len(parts), dtype=np.bool_)
    names = parts["part"].to_numpy()
    counts = parts[list(COUNT_COLUMNS)].to_numpy(dtype=object)
    units = parts["unit"].to_numpy()
    groups = parts.groupby(["year", "area_id", "criterion"], sort=False).indices
    for key, rows in groups.items():
        year, area_id, criterion = cast("tuple[int, str, str]", key)
        in_balance = balance[year, area_id]
        own = {Part(names[row]): [Fraction(int(value)) for value in counts[row]] for row in rows}
        unit = 0 if criterion == "income" else int(units[rows[0]])
        first = {part for part, name in _BALANCE_OF_PART.items() if in_balance[name]}
        kept = _hide_parts({part: _list_persons(own[part], unit) for part in own}, first, threshold_n)
        hidden[rows] = [Part(names[row]) in kept for row in rows]
    shown = {name: parts[name].astype("Int64").mask(hidden) for name in COUNT_COLUMNS}
    contribution = parts["contribution"].astype(object).where(~hidden, None)
    return parts.assign(**shown, contribution=contribution, is_hidden=hidden)


def _list_persons(counts: Sequence[Fraction], unit: int) -> tuple[tuple[Fraction, ...], ...]:
    """Return, for each day, the counts of persons that a part tells: in the group, with it and without.

    Parameters
    ----------
    unit
        Units of a person in the numerators; 0 where they are kroner.
    """
    days = []
    for numerator, denominator in (counts[:2], counts[2:]):
        share = () if not unit else (numerator / unit, denominator - numerator / unit)
        days.append((denominator, *share))
    return tuple(days)


def _hide_parts(
    persons: dict[Part, tuple[tuple[Fraction, ...], ...]], first: set[Part], threshold_n: int
) -> set[Part]:
    """Return the parts to hide: the small ones, and further until their sums tell of none."""

    def is_small(count: Fraction) -> bool:
        return 0 < count < threshold_n

    hidden = first | {part for part in persons if any(is_small(one) for day in persons[part] for one in day)}
    order = sorted(persons, key=lambda part: (persons[part][0][0] + persons[part][1][0], part))
    while hidden and len(hidden) < len(persons):
        sums = []
        for day, possible in enumerate((_PARTS_THEN, _PARTS_NOW)):
            own = [persons[part][day] for part in possible if part in hidden]
            sums += [sum(column) for column in zip(*own, strict=True)]
        if len(hidden) > 1 and not any(is_small(Fraction(one)) for one in sums):
            break
        hidden.add(next(part for part in order if part not in hidden))
    return hidden


def publish_gathering(gathered: pd.DataFrame, threshold_n: int) -> pd.DataFrame:
    """Return the leavers by kind of destination as they may be shown, the exposed and all others apart.

    The sums over destinations, over origins and over exposures are taken for known.

    Parameters
    ----------
    gathered
        As `boundaries.moves.gathering.gather_leavers`, by exposure.
    threshold_n
        As in `publish_balance`.

    Returns
    -------
    DataFrame
        ``year``, ``origin``, ``destination`` (within the register), ``exposure`` (``udsat``, `OTHERS`),
        ``movers_n`` over ``leavers_n``; ``Int64``, NA where hidden.
    """
    kept = gathered[gathered["destination"].ne(Destination.LEFT_REGISTER.value)]
    exposure = kept["exposure"].where(kept["exposure"].eq(Exposure.EXPOSED.value), OTHERS)
    keys = ["year", "exposure", "origin", "destination"]
    counted = kept.assign(exposure=exposure).groupby(keys)["movers_n"].sum()
    layers, origins = (EXPOSED, OTHERS), tuple(map(str, Origin))
    ends = tuple(str(one) for one in Destination if one is not Destination.LEFT_REGISTER)
    years = []
    for year in sorted(kept["year"].unique()):
        order = pd.MultiIndex.from_product([[year], layers, origins, ends], names=keys)
        counts = counted.reindex(order, fill_value=0).to_numpy(dtype=np.int64)
        cube = counts.reshape(len(layers), len(origins), len(ends))
        blocks = np.zeros(len(origins), np.int64), np.zeros(len(ends), np.int64)
        mask = hide_boxes(cube, threshold_n, np.ones(cube.shape, np.bool_), blocks)
        leavers = np.repeat(cube.sum(axis=2), len(ends), axis=1).ravel()
        is_lost = _is_small(leavers, threshold_n) | bool(mask.all())
        rows = order.to_frame(index=False)
        rows["movers_n"] = pd.Series(counts, dtype="Int64").mask(mask.ravel() | is_lost)
        rows["leavers_n"] = pd.Series(leavers, dtype="Int64").mask(is_lost)
        years.append(rows)
    columns = ["year", "origin", "destination", "exposure", "movers_n", "leavers_n"]
    return pd.concat(years, ignore_index=True)[columns] if years else pd.DataFrame(columns=columns)


def publish_area_gathering(gathered: pd.DataFrame, threshold_n: int) -> pd.DataFrame:
    """Return the leavers by the area that they moved to as they may be shown.

    The sums by origin over smaller and over larger areas, and those by area, are taken for known.

    Parameters
    ----------
    gathered
        As `boundaries.moves.gathering.gather_by_area`; groups are added up.
    threshold_n
        As in `publish_balance`.

    Returns
    -------
    DataFrame
        ``year``, ``origin``, ``area_id``, ``residents_n``, ``is_small``, ``has_plan``, ``movers_n``; every
        origin and area of a year, ``Int64``, NA where hidden.
    """
    keys = ["year", "area_id", "residents_n", "is_small", "has_plan"]
    origins = list(map(str, Origin))
    years = []
    for _, own in gathered.groupby("year", sort=True):
        wide = own.pivot_table(index=keys, columns="origin", values="movers_n", aggfunc="sum", fill_value=0)
        wide = wide.reindex(columns=origins, fill_value=0).sort_index()
        counts = wide.to_numpy(dtype=np.int64).T[np.newaxis]
        is_small = wide.index.get_level_values("is_small").to_numpy(dtype=np.int64)
        blocks = np.zeros(len(origins), np.int64), is_small
        mask = hide_boxes(counts, threshold_n, np.ones(counts.shape, np.bool_), blocks)
        shown = wide.astype("Int64").mask(mask[0].T)
        long = shown.reset_index().melt(id_vars=keys, value_name="movers_n")
        few = long["residents_n"].between(1, threshold_n - 1)
        long["residents_n"] = long["residents_n"].astype("Int64").mask(few)
        years.append(long)
    columns = ["year", "origin", "area_id", "residents_n", "is_small", "has_plan", "movers_n"]
    if not years:
        return pd.DataFrame(columns=columns)
    table = pd.concat(years, ignore_index=True)[columns]
    rank = table["origin"].map({name: at for at, name in enumerate(origins)})
    table = table.assign(rank=rank).sort_values(["year", "rank", "area_id"], ignore_index=True)
    return table.drop(columns="rank")
