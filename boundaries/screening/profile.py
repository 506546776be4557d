"""The dwellings of udsatte byområder against the city's: tenure mix, installations, size and energy labels.

Dwellings are counted, not persons: what stands on a day, by the register of dwellings. Every share has its
numerator, its denominator of the dwellings of which it is known, and those of which it is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.delineation.dwellings import stand_on
from boundaries.model import ALMEN_TENURES, Tenure
from geo.crs import require_crs
from geo.errors import DataError
from geo.locate import locate_points
from geo.overlay import require_valid

Answers = NDArray[np.int8]
"""Of each dwelling: 1 yes, 0 no, -1 not known."""

UNKNOWN = -1

TOILET_INSIDE, TOILET_CODES = frozenset({"T"}), frozenset({"T", "A", "B"})
"""BBR enh032: T is a flush toilet in the dwelling; A is one outside it, B another kind or none."""

BATH_INSIDE, BATH_CODES = frozenset({"V"}), frozenset({"V", "C", "D"})
"""BBR enh033: V is a bathroom in the dwelling; C is access to one, D neither."""

DISTRICT_HEATING, HEATING_CODES = frozenset({"1"}), frozenset("12356789")
"""BBR enh051: 1 is district or block heating."""

ENERGY_LABELS = ("A", "B", "C", "D", "E", "F", "G")
"""Classes of the energy label; A2020, A2015 and A2010 are A."""


class Indicator(StrEnum):
    """What share of the dwellings is told, in the order of the tables."""

    PRIVATE = "private"
    COOPERATIVE = "cooperative"
    ALMEN = "almen"
    PUBLIC = "public"
    STUDENT = "student"
    WITHOUT_TOILET = "without_toilet"
    WITHOUT_BATH = "without_bath"
    WITHOUT_TOILET_OR_BATH = "without_toilet_or_bath"
    WITHOUT_DISTRICT_HEATING = "without_district_heating"
    SMALL = "small"
    POOR_ENERGY_LABEL = "poor_energy_label"


TENURE_MIX: Mapping[Indicator, frozenset[Tenure]] = {
    Indicator.PRIVATE: frozenset({Tenure.EJERBOLIG, Tenure.PRIVAT_UDLEJNING}),
    Indicator.COOPERATIVE: frozenset({Tenure.ANDELSBOLIG}),
    Indicator.ALMEN: ALMEN_TENURES,
    Indicator.PUBLIC: frozenset({Tenure.KOMMUNAL, Tenure.STATSLIG}),
    Indicator.STUDENT: frozenset({Tenure.KOLLEGIE}),
}
"""The tenures of each group: every known tenure is in exactly one, so that the five make up the whole.
Kollegier that are no ungdomsboliger belong to foundations: neither private, almene nor public."""

PLACES = ("zone", "zones", "rest", "unplaced", "city")
"""Each zone; all zones together, what lies outside them, what has no coordinates, and the whole city."""


@dataclass(frozen=True, kw_only=True)
class ProfileSettings:
    """What the sources leave open.

    Attributes
    ----------
    small_below_m2
        A dwelling of less is small. 60 m2 is the bound of the city's own statistics of small dwellings.
    poor_labels
        Energy labels that are poor.
    """

    small_below_m2: int = 60
    poor_labels: tuple[str, ...] = ("E", "F", "G")


def profile_zones(
    dwellings: pd.DataFrame,
    zones: gpd.GeoDataFrame,
    on: date,
    *,
    settings: ProfileSettings | None = None,
    energy_labels: pd.Series | None = None,
) -> pd.DataFrame:
    """Count the dwellings of each zone, of all zones, of the rest and of the city by indicator.

    A dwelling counts when it is one (`Registers.dwellings`, ``is_dwelling``) and stands on the day: built by
    then, or nobody knows when, and not torn down. Its tenure is that of the day: one relabelled later is
    still what it was relabelled from.

    Parameters
    ----------
    dwellings
        As `boundaries.model.Registers.dwellings`.
    zones
        ``name`` and ``geometry`` (polygons, EPSG:25832). Where two overlap, as published ones do, a
        dwelling belongs to the first of them.
    on
        The day.
    settings
        The bounds; None takes the defaults.
    energy_labels
        Label (`ENERGY_LABELS`, or ``"A2015"``), index the dwelling ids, each once; None where none are
        given. A text that is no label is not known.

    Returns
    -------
    DataFrame
        ``place`` (`PLACES`), ``name`` (of a zone, else NA), ``indicator`` (`Indicator`), ``dwellings_n``
        (those it holds of), ``of_n`` (those of which it is known), ``missing_n`` (int64); the zones in
        the order given, then zones, rest, unplaced and city, each by indicator. The zones sum to all zones;
        zones, rest and unplaced to the city. Without `energy_labels` there is no row of theirs.

    Raises
    ------
    DataError
        ``profile.repeated_label`` where a dwelling has two labels; as `geo.crs.require_crs` and
        `geo.overlay.require_valid`.
    """
    require_crs(zones)
    counted = dwellings[dwellings["is_dwelling"].astype(bool) & stand_on(dwellings, on)]
    answers = _answer(counted, on, settings or ProfileSettings(), energy_labels)
    place = _place(counted, zones)
    counts = np.stack([_count(answers[name], place, len(zones) + 2) for name in answers])
    return _tabulate(_add_sums(counts), list(answers), zones["name"])


def compare_profile(profile: pd.DataFrame) -> pd.DataFrame:
    """Set every share of a profile beside the city's, in floats for files and pages.

    Parameters
    ----------
    profile
        As `profile_zones` returns it.

    Returns
    -------
    DataFrame
        `profile` with ``share_pct``, ``city_pct`` and ``difference_points`` (share less the city's, in
        percentage points; float, NaN where nothing is known); same rows.
    """
    whole = profile[profile["place"] == "city"].set_index("indicator")
    own_n, own_of = profile["dwellings_n"], profile["of_n"]
    city_n, city_of = (profile["indicator"].map(whole[name]) for name in ("dwellings_n", "of_n"))
    share, city = (100 * n / of.mask(of == 0) for n, of in ((own_n, own_of), (city_n, city_of)))
    # From whole numbers at once: equal shares differ by exactly nothing.
    product = (own_of * city_of).mask((own_of == 0) | (city_of == 0))
    difference = 100 * (own_n * city_of - city_n * own_of) / product
    return profile.assign(share_pct=share, city_pct=city, difference_points=difference)


def fold_energy_label(text: str) -> str:
    """Return the class of an energy label, one of `ENERGY_LABELS`; ``""`` where it is none.

    Examples
    --------
    >>> fold_energy_label(" a2015 "), fold_energy_label("H")
    ('A', '')
    """
    word = text.strip().upper().replace(" ", "")
    if word in {"A2020", "A2015", "A2010", "A1", "A2"}:
        return "A"
    return word if word in ENERGY_LABELS else ""


def _answer(
    dwellings: pd.DataFrame, on: date, settings: ProfileSettings, labels: pd.Series | None
) -> dict[Indicator, Answers]:
    """Answer every indicator for every dwelling."""
    tenure = _find_tenure(dwellings, on)
    is_known = tenure.notna() & tenure.ne(Tenure.UKENDT.value)
    answers = {
        name: _make_answers(tenure.isin([word.value for word in tenures]), is_known)
        for name, tenures in TENURE_MIX.items()
    }
    toilet = _lacks(dwellings["toilet_code"], TOILET_INSIDE, TOILET_CODES)
    bath = _lacks(dwellings["bath_code"], BATH_INSIDE, BATH_CODES)
    area = dwellings["area_m2"]
    answers |= {
        Indicator.WITHOUT_TOILET: toilet,
        Indicator.WITHOUT_BATH: bath,
        Indicator.WITHOUT_TOILET_OR_BATH: _either(toilet, bath),
        Indicator.WITHOUT_DISTRICT_HEATING: _lacks(
            dwellings["heating_code"], DISTRICT_HEATING, HEATING_CODES
        ),
        Indicator.SMALL: _make_answers(area.lt(settings.small_below_m2), area.notna()),
    }
    if labels is not None:
        text = dwellings["dwelling_id"].map(_require_unique(labels).dropna())
        words = {word: fold_energy_label(str(word)) for word in text.dropna().unique()}
        folded = text.map(words).fillna("")
        poor = folded.isin(settings.poor_labels)
        answers[Indicator.POOR_ENERGY_LABEL] = _make_answers(poor, folded.ne(""))
    return answers


def _require_unique(labels: pd.Series) -> pd.Series:
    repeated = labels.index[labels.index.duplicated()]
    if len(repeated):
        raise DataError("profile.repeated_label", {"found": repeated[0], "count": len(repeated.unique())})
    return labels


def _find_tenure(dwellings: pd.DataFrame, on: date) -> pd.Series:
    """Return the tenure of the day; NA for one relabelled later from nobody knows what."""
    is_later = dwellings["relabelled_on"].gt(pd.Timestamp(on)).fillna(value=False).astype(bool)
    return dwellings["tenure"].mask(is_later, dwellings["relabelled_from"])


def _make_answers(is_so: pd.Series, is_known: pd.Series) -> Answers:
    holds = is_so.fillna(value=False).to_numpy(dtype=bool)
    known = is_known.to_numpy(dtype=bool)
    return np.where(known, holds.astype(np.int8), np.int8(UNKNOWN)).astype(np.int8)


def _lacks(codes: pd.Series, good: frozenset[str], known: frozenset[str]) -> Answers:
    """Tell which dwellings have a known code that is not a good one."""
    return _make_answers(~codes.isin(good), codes.isin(known))


def _either(one: Answers, other: Answers) -> Answers:
    """Tell where one or the other holds: yes where either does, no where both are known not to."""
    is_yes, is_no = (one == 1) | (other == 1), (one == 0) & (other == 0)
    return np.select([is_yes, is_no], [1, 0], default=UNKNOWN).astype(np.int8)


def _place(dwellings: pd.DataFrame, zones: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the zone's position of each dwelling; then the rest, then what has no coordinates."""
    x, y = (dwellings[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("x", "y"))
    position = locate_points(require_valid(zones.geometry), x, y, overlaps="lowest").position
    place = np.where(position < 0, len(zones), position)
    return np.where(np.isfinite(x) & np.isfinite(y), place, len(zones) + 1).astype(np.int64)


def _count(answers: Answers, place: NDArray[np.int64], places_n: int) -> NDArray[np.int64]:
    """Count by place: those that hold, those known, those not known."""
    masks = (answers == 1, answers != UNKNOWN, answers == UNKNOWN)
    return np.stack([np.bincount(place[mask], minlength=places_n) for mask in masks], axis=1).astype(np.int64)


def _add_sums(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add the zones together and the city to the places, in the order of `PLACES`.

    `counts` are by indicator, place (each zone, the rest, the unplaced) and kind of count.
    """
    zones, others = counts[:, :-2], counts[:, -2:]
    together, city = (part.sum(axis=1, keepdims=True) for part in (zones, counts))
    return np.concatenate([zones, together, others, city], axis=1)


def _tabulate(
    counts: NDArray[np.int64], indicators: Sequence[Indicator], zone_names: pd.Series
) -> pd.DataFrame:
    """Set counts by indicator, place and kind of count out as one row a place and indicator."""
    places = ["zone"] * len(zone_names) + list(PLACES[1:])
    names = [*zone_names.astype("str"), *[None] * (len(PLACES) - 1)]
    flat = counts.transpose(1, 0, 2).reshape(-1, 3)
    return pd.DataFrame(
        {
            "place": pd.Series(np.repeat(np.array(places), len(indicators)), dtype="str"),
            "name": pd.Series(np.repeat(np.array(names, dtype=object), len(indicators)), dtype="str"),
            "indicator": pd.Series([name.value for name in indicators] * len(places), dtype="str"),
            "dwellings_n": flat[:, 0],
            "of_n": flat[:, 1],
            "missing_n": flat[:, 2],
        }
    )
