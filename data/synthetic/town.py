"""The shape of the town: quarters as curved patches of a fan round a harbour, in EPSG:25832."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

HARBOUR = (645_000.0, 6_255_000.0)
"""Where the fan starts, EPSG:25832: open sea in Kattegat, so that no real place is hit."""

_TILT = np.deg2rad(14.0)


def bend(phi: Floats, radius: Floats) -> Floats:
    """Return map coordinates of polar ones: the fan, made uneven as a town that has grown.

    Parameters
    ----------
    phi
        Angle in radians from due west, north positive.
    radius
        Distance from the harbour in metres before bending.

    Returns
    -------
    NDArray
        x and y in EPSG:25832, rounded to the centimetre; equal input gives equal output, so parcels
        that share a vertex here share it in the map.
    """
    far = radius * (1 + 0.075 * np.cos(2 * phi - 0.7) + 0.035 * np.sin(3 * phi + 0.4))
    turned = phi + 0.085 * np.sin(radius / 410) + 0.02 * np.sin(radius / 170 + 2.3 * phi) - _TILT
    x = HARBOUR[0] - far * np.cos(turned)
    y = HARBOUR[1] + far * np.sin(turned)
    rounded: Floats = np.round(np.column_stack([x, y]), 2)
    return rounded


@dataclass(frozen=True)
class Patch:
    """A quarter between two radial and two ring roads; u runs along the rings, v outwards, both 0..1.

    Attributes
    ----------
    key
        Short name.
    phi_from_deg, phi_to_deg
        Angles of the middle of the radial roads, degrees from due west.
    inner_m, outer_m
        Radii between which it lies.
    road_m
        Width of the radial roads; half of it is taken off each side.
    """

    key: str
    phi_from_deg: float
    phi_to_deg: float
    inner_m: float
    outer_m: float
    road_m: float = 20.0

    def place(self, u: ArrayLike, v: ArrayLike) -> Floats:
        """Return map coordinates, one row a point, of `u` and `v`."""
        across, out = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(v, dtype=float))
        radius = self.inner_m + out * (self.outer_m - self.inner_m)
        trim = 0.5 * self.road_m / radius
        low = np.deg2rad(self.phi_from_deg) + trim
        high = np.deg2rad(self.phi_to_deg) - trim
        return bend(low + across * (high - low), radius)

    def measure_width(self, v: float) -> float:
        """Return the length in metres of the arc at `v`."""
        return _length(self.place(np.linspace(0, 1, 17), v))

    def measure_depth(self, u: float = 0.5) -> float:
        """Return the length in metres from the inner to the outer road at `u`."""
        return _length(self.place(u, np.linspace(0, 1, 9)))


def _length(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())
