"""Why a dwelling counts or not: the rule of each data year as named predicates.

A dwelling is undecided only where a value that is unknown could change the answer; a dwelling whose
tenure is unknown but that was built in 2015 on an original parcel counts whatever its tenure is.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.model import ALMEN_TENURES, REASON_DECISIONS, Reason, Settings, Tenure

Mask = NDArray[np.bool_]

FIRST_YEAR_OF_ALL_TENURES = 2020
"""From this data year other dwellings than almene familieboliger and enkeltværelser count."""

FIRST_BUILT_YEAR_OF_NON_ALMEN = 2010
"""On original parcels a non-almen boligtype counts when it was built in this year or later."""


@dataclass(frozen=True)
class Facts:
    """What is known of each dwelling on the status date, as arrays in the order of the frame."""

    tenure: NDArray[np.object_]
    tenure_built_as: NDArray[np.object_]
    is_relabelled_when_unknown: Mask
    relabelled_from: NDArray[np.object_]
    year: NDArray[np.float64]
    built_on: NDArray[np.datetime64]
    relabelled_on: NDArray[np.datetime64]
    approved_on: NDArray[np.datetime64]


def give_reasons(placed: pd.DataFrame, settings: Settings, status_date: date) -> pd.DataFrame:
    """Give every dwelling its one reason on a date, and the decision that follows from it.

    Parameters
    ----------
    placed
        Dwellings with the columns of `Registers.dwellings`, and where they stand: ``area_id`` (NA
        outside), ``piece`` ("base", "extension" or NA), ``approved_on`` of the extension, and
        ``is_on_other_extension`` (on an extension that is not in force).
    settings
        The four open points.
    status_date
        The opgørelsesdato; its year is the data year.

    Returns
    -------
    pd.DataFrame
        ``decision`` and ``reason`` on the index of `placed`.

    Notes
    -----
    Source: almenboligloven § 61 a, stk. 3, and the definitions of the yearly lists: before data year
    2020 residents of almene familieboliger and enkeltværelser; from 2020 every dwelling on the
    original parcels except ikke-almene boligtyper built before 2010, and on the parcels of an
    extension only dwellings that after the approval were built as ikke-almene familieboliger or
    relabelled from almen familiebolig to another type.
    """
    facts = _gather_facts(placed, status_date)
    cases = _cases_of_place(placed, facts, status_date)
    if status_date.year < FIRST_YEAR_OF_ALL_TENURES:
        cases += _cases_before_2020(facts)
    else:
        is_extension = placed["piece"].eq("extension").fillna(value=False).to_numpy(dtype=bool)
        on_extension = _cases_on_extension(facts, settings)
        cases += [(is_extension & mask, reason) for mask, reason in on_extension]
        cases += _cases_on_original(facts)
    masks = [mask for mask, _ in cases]
    codes = np.select(masks, [reason.value for _, reason in cases], default="")
    reason = pd.Series(codes, index=placed.index, dtype="str")
    decision = reason.map({reason.value: word.value for reason, word in REASON_DECISIONS.items()})
    return pd.DataFrame({"decision": decision.astype("str"), "reason": reason})


def _gather_facts(placed: pd.DataFrame, status_date: date) -> Facts:
    now = np.datetime64(status_date, "s")
    relabelled_on = placed["relabelled_on"].to_numpy(dtype="datetime64[s]")
    tenure = placed["tenure"].to_numpy(dtype=object)
    origin = placed["relabelled_from"].to_numpy(dtype=object, na_value=Tenure.UKENDT.value)
    has_origin = placed["relabelled_from"].notna().to_numpy()
    has_date = ~np.isnat(relabelled_on)
    is_later = has_date & (relabelled_on > now)
    is_relabelled = has_origin | has_date
    built_on = placed["built_on"].to_numpy(dtype="datetime64[s]")
    year = placed["built_year"].to_numpy(dtype="float64", na_value=np.nan)
    year_of_date = built_on.astype("datetime64[Y]").astype("float64") + 1970.0
    year = np.where(np.isnat(built_on), year, year_of_date)
    return Facts(
        # Before its relabelling a dwelling is what it was relabelled from.
        tenure=np.where(is_later, origin, tenure),
        tenure_built_as=np.where(is_relabelled, origin, tenure),
        is_relabelled_when_unknown=has_origin & ~has_date,
        relabelled_from=np.where(is_relabelled & ~is_later, origin, ""),
        year=year,
        built_on=built_on,
        relabelled_on=np.where(is_later, np.datetime64("NaT", "s"), relabelled_on),
        approved_on=placed["approved_on"].to_numpy(dtype="datetime64[s]"),
    )


def _cases_of_place(placed: pd.DataFrame, facts: Facts, status_date: date) -> list[tuple[Mask, Reason]]:
    now = np.datetime64(status_date, "s")
    is_placed = placed["x"].notna().to_numpy() & placed["y"].notna().to_numpy()
    is_inside = placed["area_id"].notna().to_numpy()
    is_other = placed["is_on_other_extension"].to_numpy(dtype=bool)
    demolished_on = placed["demolished_on"].to_numpy(dtype="datetime64[s]")
    only_year = np.isnat(facts.built_on)
    is_new_year = (status_date.month, status_date.day) == (1, 1)
    # On 1 January a dwelling of that very year is not there yet; later in the year nobody can tell.
    same_year = only_year & (facts.year == status_date.year)
    later = np.where(only_year, facts.year > status_date.year, facts.built_on > now)
    return [
        (~is_placed, Reason.UNKNOWN_LOCATION),
        (~is_inside & is_other, Reason.ON_EXTENSION_NOT_IN_FORCE),
        (~is_inside, Reason.OUTSIDE),
        (~placed["is_dwelling"].to_numpy(dtype=bool), Reason.NOT_A_DWELLING),
        (~np.isnat(demolished_on) & (demolished_on <= now), Reason.DEMOLISHED),
        (later | (same_year & is_new_year), Reason.NOT_BUILT_YET),
        (same_year, Reason.BUILT_IN_STATUS_YEAR),
    ]


def _cases_before_2020(facts: Facts) -> list[tuple[Mask, Reason]]:
    counted = (Tenure.ALMEN_FAMILIEBOLIG.value, Tenure.ENKELTVAERELSE.value)
    return [
        (_may_change(facts, counted), Reason.UNKNOWN_RELABELLING),
        (facts.tenure == Tenure.ALMEN_FAMILIEBOLIG.value, Reason.FAMILY_BEFORE_2020),
        (facts.tenure == Tenure.ENKELTVAERELSE.value, Reason.SINGLE_ROOM_BEFORE_2020),
        (facts.tenure == Tenure.UKENDT.value, Reason.UNKNOWN_TENURE),
        (np.ones(len(facts.tenure), dtype=bool), Reason.OTHER_TYPE_BEFORE_2020),
    ]


def _cases_on_original(facts: Facts) -> list[tuple[Mask, Reason]]:
    may_change = _may_change(facts, _ALMEN)
    return [
        (np.isin(facts.tenure, _ALMEN) & ~may_change, Reason.ALMEN_ON_ORIGINAL),
        (facts.year >= FIRST_BUILT_YEAR_OF_NON_ALMEN, Reason.BUILT_FROM_2010_ON_ORIGINAL),
        (may_change, Reason.UNKNOWN_RELABELLING),
        (facts.tenure == Tenure.UKENDT.value, Reason.UNKNOWN_TENURE),
        (np.isnan(facts.year), Reason.UNKNOWN_BUILT_YEAR),
        (np.ones(len(facts.tenure), dtype=bool), Reason.NON_ALMEN_BUILT_BEFORE_2010),
    ]


def _cases_on_extension(facts: Facts, settings: Settings) -> list[tuple[Mask, Reason]]:
    after, before, in_year = _compare_building(facts, settings)
    relabelled_after, relabelled_before, may_be_relabelled = _compare_relabelling(facts, settings)
    is_family = facts.tenure_built_as == Tenure.ALMEN_FAMILIEBOLIG.value
    is_built_unknown = facts.tenure_built_as == Tenure.UKENDT.value
    is_excluded = is_family if settings.non_almen_family == "not_almen_family" else _is_almen_built(facts)
    is_non_almen = ~is_excluded & ~is_built_unknown
    no_year = ~after & ~before & ~in_year
    is_almen = np.isin(facts.tenure, _ALMEN)
    counts_existing = settings.count_existing_almen_on_extension
    # It counts as an existing almen dwelling where it stood there, or would count as a new one if not.
    existing = counts_existing & (before | is_non_almen) & is_almen & ~_may_change(facts, _ALMEN)
    cases = [
        (relabelled_after, Reason.RELABELLED_AFTER_APPROVAL),
        (after & is_non_almen, Reason.BUILT_AFTER_APPROVAL),
        (existing, Reason.EXISTING_ALMEN_COUNTED),
        (may_be_relabelled, Reason.UNKNOWN_RELABELLING),
        (~before & is_built_unknown, Reason.UNKNOWN_TENURE),
        (in_year & is_non_almen, Reason.BUILT_IN_APPROVAL_YEAR),
        (no_year & is_non_almen, Reason.UNKNOWN_BUILT_YEAR),
    ]
    if counts_existing:
        cases += [
            (~after & _may_change(facts, _ALMEN), Reason.UNKNOWN_RELABELLING),
            (in_year & is_almen, Reason.BUILT_IN_APPROVAL_YEAR),
            (no_year & is_almen, Reason.UNKNOWN_BUILT_YEAR),
            (~after & (facts.tenure == Tenure.UKENDT.value), Reason.UNKNOWN_TENURE),
        ]
    return [
        *cases,
        (after, Reason.ALMEN_BUILT_AFTER_APPROVAL),
        (relabelled_before, Reason.RELABELLED_BEFORE_APPROVAL),
        (is_almen, Reason.EXISTING_ALMEN_ON_EXTENSION),
        (np.ones(len(facts.tenure), dtype=bool), Reason.EXISTING_ON_EXTENSION),
    ]


_ALMEN = tuple(tenure.value for tenure in sorted(ALMEN_TENURES))


def _is_almen_built(facts: Facts) -> Mask:
    return np.isin(facts.tenure_built_as, _ALMEN)


def _may_change(facts: Facts, counted: tuple[str, ...]) -> Mask:
    """Relabelled nobody knows when, and what it was before would be counted otherwise."""
    differs = np.isin(facts.tenure, counted) != np.isin(facts.relabelled_from, counted)
    is_unknown = facts.relabelled_from == Tenure.UKENDT.value
    return np.asarray(facts.is_relabelled_when_unknown & (differs | is_unknown))


def _compare_building(facts: Facts, settings: Settings) -> tuple[Mask, Mask, Mask]:
    """Tell which were built after the approval, not after it, and in its year on an unknown day."""
    approval_year = facts.approved_on.astype("datetime64[Y]").astype("float64") + 1970.0
    has_date = ~np.isnat(facts.built_on)
    after = np.where(has_date, _is_after(facts.built_on, facts, settings), facts.year > approval_year)
    before = np.where(has_date, ~after, facts.year < approval_year)
    in_year = ~has_date & (facts.year == approval_year)
    if settings.built_in_approval_year == "after":
        after = after | in_year
    elif settings.built_in_approval_year == "not_after":
        before = before | in_year
    in_year = in_year & ~after & ~before
    return after, before, in_year


def _compare_relabelling(facts: Facts, settings: Settings) -> tuple[Mask, Mask, Mask]:
    """Tell which were relabelled from almen familiebolig after the approval, before it, or perhaps."""
    family = Tenure.ALMEN_FAMILIEBOLIG.value
    from_family = (facts.relabelled_from == family) & (facts.tenure != family)
    from_unknown = (facts.relabelled_from == Tenure.UKENDT.value) & (facts.tenure != family)
    has_date = ~np.isnat(facts.relabelled_on)
    after = has_date & _is_after(facts.relabelled_on, facts, settings)
    perhaps = (from_family & ~has_date) | (from_unknown & (after | ~has_date))
    return from_family & after, from_family & has_date & ~after, perhaps


def _is_after(when: NDArray[np.datetime64], facts: Facts, settings: Settings) -> Mask:
    if settings.built_on_approval_date == "after":
        return np.asarray(when >= facts.approved_on)
    return np.asarray(when > facts.approved_on)
