"""Which group a mover is counted in: exposed or not, age, origin, or any word of the register."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.delineation.residents import group_ages
from boundaries.model import AGE_GROUPS, ORIGINS
from boundaries.moves.snapshots import Matched
from data.countries import group_origin
from geo.errors import UsageError

Codes = NDArray[np.int32]

UNKNOWN = "ukendt"
"""Group of a missing value."""


class Exposure(StrEnum):
    """Whether a person is socially exposed."""

    EXPOSED = "udsat"
    NOT_EXPOSED = "ikke_udsat"
    OUTSIDE_AGES = "uden_for_alder"
    UNKNOWN = "ukendt"


@dataclass(frozen=True, kw_only=True)
class ExposureRule:
    """Who is socially exposed: outside the labour market and education.

    Attributes
    ----------
    lowest_age, highest_age
        Ages in whole years on the day, both included; by the law's criterion 18 to 64.
    outside_from
        Least share of the year as a full-time person outside the labour market and education. By the
        default of a half, shares are rounded to whole persons, and the number of exposed comes close to
        the full-time persons of the criterion; 1 takes only those who were outside all the year.
    """

    lowest_age: int = 18
    highest_age: int = 64
    outside_from: float = 0.5


MeasuredOn = Literal["then", "now"]
"""Which day's value a person who is there on both days is grouped by."""


@dataclass(frozen=True, kw_only=True)
class Groups:
    """The group of every person, one for both days, so that sums over groups hold.

    Attributes
    ----------
    table
        One row a group, one column a thing that is grouped by; every combination, in order.
    then, now
        Row in `table` of each person of the first and the second day.
    unfollowed_then, unfollowed_now
        The same of the rows that cannot be followed.
    """

    table: pd.DataFrame
    then: Codes
    now: Codes
    unfollowed_then: Codes
    unfollowed_now: Codes


@dataclass(frozen=True)
class _Labelled:
    """Groups of one thing: their words in order, and the code of every row of four frames."""

    words: tuple[str, ...]
    codes: list[Codes]


def group_persons(
    matched: Matched,
    by: Sequence[str] = ("exposure",),
    *,
    rule: ExposureRule | None = None,
    measured_on: MeasuredOn = "then",
) -> Groups:
    """Group the persons of two days.

    Parameters
    ----------
    matched
        The two days.
    by
        ``"exposure"`` (`Exposure`), ``"age_group"``, ``"origin_group"``, or a column of the residents that
        holds words, such as ``"education"``; none for everybody together.
    rule
        Who is exposed.
    measured_on
        A person of both days has the group of this day; by default the first, before the move, so that
        the move cannot have made the group. A person of one day has the group of that day.

    Raises
    ------
    UsageError
        ``moves.unknown_group`` for what the residents have no column of.
    """
    frames = [
        matched.then.persons,
        matched.now.persons,
        matched.then.unfollowed,
        matched.now.unfollowed,
    ]
    parts = [_label(frames, name, matched.year, rule or ExposureRule()) for name in by]
    words = [part.words for part in parts] or [("",)]
    table = pd.MultiIndex.from_product(words, names=list(by) or ["_"])
    codes = [np.zeros(len(frame), dtype=np.int32) for frame in frames]
    for part in parts:
        codes = [
            whole * np.int32(len(part.words)) + own for whole, own in zip(codes, part.codes, strict=True)
        ]
    then, now = _settle(matched, codes[0], codes[1], measured_on)
    return Groups(
        table=table.to_frame(index=False)[list(by)].astype("str"),
        then=then,
        now=now,
        unfollowed_then=codes[2],
        unfollowed_now=codes[3],
    )


def _settle(matched: Matched, then: Codes, now: Codes, measured_on: MeasuredOn) -> tuple[Codes, Codes]:
    """Give a person of both days one group."""
    if measured_on == "then":
        partner = matched.now.partner
        return then, np.where(partner >= 0, then[partner], now) if len(then) else now
    partner = matched.then.partner
    return (np.where(partner >= 0, now[partner], then) if len(now) else then), now


def _label(frames: Sequence[pd.DataFrame], name: str, year: int, rule: ExposureRule) -> _Labelled:
    if name == "exposure":
        return _Labelled(tuple(map(str, Exposure)), [code_exposure(frame, rule) for frame in frames])
    if name in _FIXED:
        words, group = _FIXED[name]
        days = (date(year - 1, 1, 1), date(year, 1, 1)) * 2
        labels = [group(frame, day) for frame, day in zip(frames, days, strict=True)]
        return _Labelled(words, [_code(label, words) for label in labels])
    if not all(name in frame for frame in frames):
        raise UsageError("moves.unknown_group", {"group": name, "known": ", ".join(frames[0].columns)})
    given = pd.concat([frame[name] for frame in frames]).dropna().unique()
    words = (*sorted({str(word) for word in given} - {UNKNOWN}), UNKNOWN)
    return _Labelled(words, [_code(frame[name].astype("str"), words) for frame in frames])


def _group_origins(frame: pd.DataFrame, on: date) -> pd.Series:
    words = {word: group_origin(str(word), on) for word in frame["origin"].dropna().unique()}
    return frame["origin"].astype(object).map(words).fillna(UNKNOWN)


_FIXED: Mapping[str, tuple[tuple[str, ...], Callable[[pd.DataFrame, date], pd.Series]]] = {
    "age_group": (AGE_GROUPS, lambda frame, _: group_ages(frame["age"])),
    "origin_group": (ORIGINS, _group_origins),
}


def _code(labels: pd.Series, words: tuple[str, ...]) -> Codes:
    codes = pd.Index(list(words), dtype=object).get_indexer(pd.Index(labels.astype(object)))
    return np.where(codes < 0, words.index(UNKNOWN), codes).astype(np.int32)


def code_exposure(residents: pd.DataFrame, rule: ExposureRule) -> Codes:
    """Return the position of each person's `Exposure`.

    A person of unknown age, or of the ages and with unknown labour, is unknown; a student is not
    exposed, whatever the share says.

    Parameters
    ----------
    residents
        ``age``, ``labour_outside``, ``is_student``, as `boundaries.model.Registers.residents`.
    rule
        Who is exposed.
    """
    age = residents["age"].to_numpy(dtype=np.float64, na_value=np.nan)
    share = residents["labour_outside"].to_numpy(dtype=np.float64, na_value=np.nan)
    is_student = residents["is_student"].to_numpy(dtype=np.bool_, na_value=False)
    is_within = (age >= rule.lowest_age) & (age <= rule.highest_age)
    order = list(Exposure)
    codes = np.where(share >= rule.outside_from, 0, order.index(Exposure.NOT_EXPOSED))
    codes = np.where(np.isnan(share), order.index(Exposure.UNKNOWN), codes)
    codes = np.where(is_student, order.index(Exposure.NOT_EXPOSED), codes)
    codes = np.where(is_within, codes, order.index(Exposure.OUTSIDE_AGES))
    codes = np.where(np.isnan(age), order.index(Exposure.UNKNOWN), codes)
    return codes.astype(np.int32)
