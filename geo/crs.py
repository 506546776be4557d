"""The one working CRS: required, proposed and transformed to at the door, never guessed.

Every geometry inside the program is in EPSG:25832 (ETRS89 / UTM zone 32N), metres, x before y. A file
without a CRS is refused with the proposal that its coordinates suggest; the user, not the program,
decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.errors import DataError, ReadError, UsageError

WORKING_CRS = "EPSG:25832"
"""ETRS89 / UTM zone 32N, metres: every geometry inside the program."""

Bounds = tuple[float, float, float, float]
"""Least x, least y, greatest x, greatest y."""

DENMARK_BOXES: tuple[Bounds, ...] = (
    (435_000.0, 6_040_000.0, 745_000.0, 6_410_000.0),
    (855_000.0, 6_100_000.0, 900_000.0, 6_155_000.0),
)
"""Jutland with the islands, and Bornholm with Christiansø: the kommuner's extent and 6 km or more."""

DENMARK_BOUNDS: Bounds = (435_000.0, 6_040_000.0, 900_000.0, 6_410_000.0)
"""The box around both `DENMARK_BOXES`, in EPSG:25832."""

CRS_NAMES = {
    "EPSG:25832": "ETRS89 / UTM zone 32N",
    "EPSG:25833": "ETRS89 / UTM zone 33N",
    "EPSG:4326": "WGS 84",
    "EPSG:3857": "WGS 84 / Pseudo-Mercator",
    "EPSG:4258": "ETRS89",
    "EPSG:23032": "ED50 / UTM zone 32N",
}
"""The reference systems that Danish files are in, the likeliest first."""

_ETRS89_WORDS = ("ETRS", "EUREF", "EUROPEAN TERRESTRIAL REFERENCE SYSTEM")
# Parameter names as PROJ reads them from any dialect of WKT.
_UTM32_PARAMETERS = {
    "Latitude of natural origin": 0.0,
    "Longitude of natural origin": 9.0,
    "Scale factor at natural origin": 0.9996,
    "False easting": 500_000.0,
    "False northing": 0.0,
}


@dataclass(frozen=True)
class CrsProposal:
    """A reference system in which some coordinates would lie in Denmark.

    Attributes
    ----------
    crs
        The code, as it is written in ``boligkort.toml``: ``"EPSG:25832"``.
    name
        Its name in the EPSG register.
    is_swapped
        The coordinates fit only with x and y exchanged (northing or latitude first).
    """

    crs: str
    name: str
    is_swapped: bool

    @property
    def label(self) -> str:
        """Code and name, as a message shows them."""
        return f"{self.crs} ({self.name})"


def is_in_denmark(x: ArrayLike, y: ArrayLike) -> NDArray[np.bool_]:
    """Tell which points lie in Denmark, with a margin of at least 6 km beyond the kommuner.

    Parameters
    ----------
    x, y
        Easting and northing in EPSG:25832, metres.

    Returns
    -------
    NDArray[np.bool_]
        One answer a point; False where a coordinate is NaN or infinite.
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    inside = np.zeros(np.broadcast(east, north).shape, dtype=np.bool_)
    for x_min, y_min, x_max, y_max in DENMARK_BOXES:
        inside |= (east >= x_min) & (east <= x_max) & (north >= y_min) & (north <= y_max)
    return inside


def propose_crs(bounds: Bounds) -> tuple[CrsProposal, ...]:
    """Propose the reference systems in which `bounds` would lie in Denmark.

    Parameters
    ----------
    bounds
        Least x, least y, greatest x, greatest y of the coordinates as they stand.

    Returns
    -------
    tuple of CrsProposal
        The likeliest first, those with exchanged axes last; none where nothing fits. Some systems
        cannot be told apart by their coordinates: EPSG:25832 and EPSG:23032 differ by some 200 m,
        EPSG:4326 and EPSG:4258 by less than 1 m, and south-western Jutland in EPSG:25832 has the
        numbers of Bornholm in EPSG:25833.

    Examples
    --------
    >>> [proposal.crs for proposal in propose_crs((12.45, 55.61, 12.65, 55.73))]
    ['EPSG:4326', 'EPSG:4258']
    """
    x_min, y_min, x_max, y_max = bounds
    return tuple(
        CrsProposal(code, name, is_swapped)
        for is_swapped, seen in ((False, bounds), (True, (y_min, x_min, y_max, x_max)))
        for code, name in CRS_NAMES.items()
        if _fits(seen, _denmark_boxes_in(code))
    )


def require_crs(frame: gpd.GeoDataFrame) -> None:
    """Raise unless `frame` is in EPSG:25832, by whatever name its file gives it.

    Raises
    ------
    DataError
        ``geo_core.no_crs`` or ``geo_core.wrong_crs``.
    """
    if frame.crs is None:
        raise DataError("geo_core.no_crs", {"required": WORKING_CRS})
    if not is_working_crs(frame.crs):
        raise DataError("geo_core.wrong_crs", {"found": name_crs(frame.crs), "required": WORKING_CRS})


def is_working_crs(crs: CRS) -> bool:
    """Tell whether `crs` is EPSG:25832, also where it carries no EPSG number.

    Many Danish shapefiles have a ``.prj`` of their own wording ("UTM32_EUREF89"), which PROJ does not
    find equal to EPSG:25832. Such a one is accepted where the projection's five parameters, the
    ellipsoid (GRS 1980) and the datum (a name with ETRS or EUREF in it) are those of EPSG:25832 and
    its axes are easting and northing in metres. A vertical part (EPSG:7416) is ignored.
    """
    flat = CRS(crs).to_2d()
    return bool(flat == CRS(WORKING_CRS)) or _is_utm32_etrs89(flat)


def to_working_crs(
    frame: gpd.GeoDataFrame, *, file: str = "", layer: str = "", declared: str | None = None
) -> gpd.GeoDataFrame:
    """Return `frame` in EPSG:25832 and two dimensions.

    Parameters
    ----------
    frame
        The layer as read; it is not changed.
    file, layer
        Where it came from, for the message.
    declared
        The CRS that the project file states, only for a file that has none of its own.

    Returns
    -------
    gpd.GeoDataFrame
        Same rows, index and columns; z and m are dropped.

    Raises
    ------
    ReadError
        ``geo_core.missing_crs*`` where neither file nor project states a CRS, with the proposal.
    UsageError
        ``geo_core.unknown_crs`` or ``geo_core.crs_conflict``: the declared CRS is not one, or is not
        the file's.
    DataError
        ``geo_core.swapped_axes`` or ``geo_core.outside_denmark*`` where not one geometry lies in
        Denmark after the transformation: then it is the CRS that is wrong, not a row. Single rows
        outside Denmark are left in: see `is_in_denmark`.
    """
    source = _name_source(file, layer)
    row_bounds = shapely.bounds(np.asarray(frame.geometry, dtype=object))
    crs = _choose_crs(frame.crs, row_bounds, source=source, declared=declared)
    moved = frame.set_crs(crs, allow_override=True)
    if is_working_crs(crs):
        moved = moved.set_crs(WORKING_CRS, allow_override=True)
    else:
        moved = moved.to_crs(WORKING_CRS)
    if moved.geometry.has_z.any() or shapely.has_m(np.asarray(moved.geometry, dtype=object)).any():
        moved = moved.set_geometry(moved.geometry.force_2d())
    _require_denmark(shapely.bounds(np.asarray(moved.geometry, dtype=object)), row_bounds, crs, source)
    return moved


def to_working_xy(
    x: ArrayLike, y: ArrayLike, *, file: str = "", layer: str = "", declared: str | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coordinate columns of a table in EPSG:25832.

    Parameters
    ----------
    x, y
        Coordinates as they stand, easting or longitude first; NaN where missing.
    file, layer
        Where they came from, for the message.
    declared
        The CRS that the project file states for the table.

    Returns
    -------
    tuple of NDArray[np.float64]
        Easting and northing, metres; NaN where either coordinate is missing or cannot be transformed.

    Raises
    ------
    ReadError, UsageError, DataError
        As `to_working_crs`.
    """
    east, north = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    source = _name_source(file, layer)
    is_known = np.isfinite(east) & np.isfinite(north)
    given = np.column_stack([east, north, east, north])[is_known]
    crs = _choose_crs(None, given, source=source, declared=declared)
    if not is_working_crs(crs):
        transformer = Transformer.from_crs(crs, WORKING_CRS, always_xy=True)
        east[is_known], north[is_known] = transformer.transform(east[is_known], north[is_known])
    is_known &= np.isfinite(east) & np.isfinite(north)
    east[~is_known], north[~is_known] = np.nan, np.nan
    _require_denmark(np.column_stack([east, north, east, north]), given, crs, source)
    return east, north


def _choose_crs(
    own: CRS | None, row_bounds: NDArray[np.float64], *, source: str, declared: str | None
) -> CRS:
    if own is None and declared is None:
        raise _missing_crs(source, row_bounds)
    if declared is None:
        return CRS(own)
    try:
        stated = CRS.from_user_input(declared)
    except CRSError as error:
        raise UsageError("geo_core.unknown_crs", {"source": source, "declared": declared}) from error
    if own is not None and not _is_same(own, stated):
        raise UsageError(
            "geo_core.crs_conflict",
            {"source": source, "found": name_crs(own), "declared": name_crs(stated)},
        )
    return stated if own is None else CRS(own)


def _is_same(one: CRS, other: CRS) -> bool:
    if is_working_crs(one) or is_working_crs(other):
        return is_working_crs(one) and is_working_crs(other)
    return bool(CRS(one).equals(other, ignore_axis_order=True))


def _missing_crs(source: str, row_bounds: NDArray[np.float64]) -> ReadError:
    bounds = measure_typical_bounds(row_bounds)
    values: dict[str, object] = {"source": source, "found": _format_bounds(bounds)}
    proposals = propose_crs(bounds) if bounds is not None else ()
    if not proposals:
        return ReadError("geo_core.missing_crs_unknown", values)
    values |= _describe(proposals)
    if proposals[0].is_swapped:
        return ReadError("geo_core.missing_crs_swapped", values)
    return ReadError("geo_core.missing_crs" if values["others"] else "geo_core.missing_crs_only", values)


def _require_denmark(moved: NDArray[np.float64], given: NDArray[np.float64], crs: CRS, source: str) -> None:
    """Raise where there are coordinates and no row's centre is in Denmark."""
    is_known = np.isfinite(given).all(axis=1)
    if not is_known.any() or is_in_denmark(*_centres(moved)).any():
        return
    bounds = measure_typical_bounds(given)
    proposals = propose_crs(bounds) if bounds is not None else ()
    values: dict[str, object] = {
        "source": source,
        "found": _format_bounds(bounds),
        "stated": name_crs(crs),
    }
    if not proposals:
        raise DataError("geo_core.outside_denmark", values)
    key = "geo_core.swapped_axes" if proposals[0].is_swapped else "geo_core.outside_denmark_proposal"
    raise DataError(key, values | _describe(proposals))


def _describe(proposals: tuple[CrsProposal, ...]) -> dict[str, object]:
    best = proposals[0]
    others = [other.label for other in proposals[1:] if other.is_swapped == best.is_swapped]
    return {"crs": best.crs, "proposal": best.label, "others": ", ".join(others)}


def _centres(bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # Half of each before the sum: a coordinate that could not be transformed is infinite, never NaN.
    return bounds[:, 0] / 2 + bounds[:, 2] / 2, bounds[:, 1] / 2 + bounds[:, 3] / 2


def measure_typical_bounds(row_bounds: NDArray[np.float64]) -> Bounds | None:
    """Return the bounds of the middle nine tenths of the rows, so that a few 0,0 do not hide a CRS.

    Parameters
    ----------
    row_bounds
        Least x, least y, greatest x, greatest y of each row, as `shapely.bounds` gives them.

    Returns
    -------
    tuple of float or None
        None where no row has bounds.
    """
    known = row_bounds[np.isfinite(row_bounds).all(axis=1)]
    if not len(known):
        return None
    low = np.quantile(known, 0.05, axis=0, method="higher" if len(known) > 19 else "lower")
    high = np.quantile(known, 0.95, axis=0, method="lower" if len(known) > 19 else "higher")
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def _format_bounds(bounds: Bounds | None) -> str:
    if bounds is None:
        return "–"
    digits = 4 if max(abs(value) for value in bounds) < 1000 else 0
    x_min, y_min, x_max, y_max = (f"{value:.{digits}f}" for value in bounds)
    return f"x {x_min} – {x_max}, y {y_min} – {y_max}"


def _name_source(file: str, layer: str) -> str:
    return f"{file or '–'} [{layer}]" if layer else file or "–"


def name_crs(crs: CRS) -> str:
    """Return how a message calls a CRS: number and name, or its name alone where it carries no number."""
    known = CRS(crs)
    # Its own number, if it carries one: a search for a likely number takes seconds.
    number = known.to_json_dict().get("id")
    return f"{number['authority']}:{number['code']} ({known.name})" if number else known.name


@cache
def _denmark_boxes_in(code: str) -> tuple[Bounds, ...]:
    transformer = Transformer.from_crs(WORKING_CRS, code, always_xy=True)
    return tuple(transformer.transform_bounds(*box) for box in DENMARK_BOXES)


def _fits(bounds: Bounds, boxes: Iterable[Bounds]) -> bool:
    """Tell whether `bounds` lie in one of `boxes`, or in their common box and reach into each."""
    if not np.isfinite(bounds).all():
        return False
    candidate = shapely.box(*bounds)
    areas = shapely.box(*np.transpose(list(boxes)))
    if shapely.covers(areas, candidate).any():
        return True
    hull = shapely.box(*shapely.total_bounds(areas))
    return bool(shapely.covers(hull, candidate) and shapely.intersects(areas, candidate).all())


def _is_utm32_etrs89(crs: CRS) -> bool:
    operation = crs.coordinate_operation
    if operation is None or crs.ellipsoid is None or crs.datum is None:
        return False
    if operation.method_name != "Transverse Mercator":
        return False
    found = {parameter.name: float(parameter.value) for parameter in operation.params}
    has_parameters = found.keys() == _UTM32_PARAMETERS.keys() and all(
        abs(found[name] - value) < 1e-9 for name, value in _UTM32_PARAMETERS.items()
    )
    axes = [(axis.direction, axis.unit_conversion_factor) for axis in crs.axis_info]
    ellipsoid = crs.ellipsoid
    # GRS 1980 and WGS 84 differ by 1.5e-6 in the inverse flattening.
    is_grs80 = ellipsoid.semi_major_metre == 6_378_137.0 and (
        abs(ellipsoid.inverse_flattening - 298.257222101) < 1e-7
    )
    is_etrs89 = any(word in crs.datum.name.upper() for word in _ETRS89_WORDS)
    return has_parameters and is_grs80 and is_etrs89 and axes == [("east", 1.0), ("north", 1.0)]
