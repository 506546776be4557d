"""Reads a layer by fiona, feature by feature, in a process of its own: fiona may take it down.

Run as ``python -m geo.inspect_child``: a JSON object on stdin says what to read, one on stdout what
was found. It imports nothing of the program, so that it starts fast and can fail alone.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any


def read_by_fiona(
    path: str, layer: str, options: Mapping[str, str], config: Mapping[str, str]
) -> dict[str, object]:
    """Go through every feature of a layer.

    Parameters
    ----------
    path
        As GDAL opens it.
    layer
        Name of the layer.
    options
        GDAL's open options.
    config
        GDAL's configuration.

    Returns
    -------
    dict
        ``outcome`` (``"done"``, ``"absent"``, ``"skipped"`` or ``"failed"``), ``rows_n``, ``detail``,
        ``faults`` (feature id, fault, reason).
    """
    try:
        import fiona  # noqa: PLC0415  -- there is no wheel for every Python
    except ImportError as absent:
        return _tell("absent", None, str(absent))
    faults: list[tuple[int, str, str]] = []
    rows_n = 0
    try:
        with fiona.Env(**config), fiona.open(path, layer=layer, **options) as source:
            for rows_n, feature in enumerate(source, 1):  # noqa: B007
                faults += _find_fault(int(feature.id), feature.geometry)
    except fiona.errors.DriverError as unknown:
        return _tell("skipped", None, str(unknown))
    except Exception as failed:  # noqa: BLE001  -- whatever it is, it is told
        return _tell("failed", rows_n, f"{type(failed).__name__}: {failed}", faults)
    return _tell("done", rows_n, "", faults)


def _find_fault(fid: int, geometry: Any) -> Iterable[tuple[int, str, str]]:
    import shapely  # noqa: PLC0415  -- after fiona, whose libraries must be loaded first
    import shapely.geometry  # noqa: PLC0415

    if geometry is None:
        return [(fid, "null", "")]
    try:
        shape = shapely.geometry.shape(geometry)
        if shape.is_empty:
            return [(fid, "empty", "")]
        return [] if shape.is_valid else [(fid, "invalid", str(shapely.is_valid_reason(shape)))]
    except Exception as broken:  # noqa: BLE001
        return [(fid, "unreadable", str(broken))]


def _tell(
    outcome: str, rows_n: int | None, detail: str, faults: Iterable[tuple[int, str, str]] = ()
) -> dict[str, object]:
    return {"outcome": outcome, "rows_n": rows_n, "detail": detail, "faults": list(faults)}


def main() -> None:
    """Answer what stdin asks."""
    asked = json.load(sys.stdin)
    sys.stdout.write(json.dumps(read_by_fiona(**asked)))


if __name__ == "__main__":
    main()
