"""A second opinion of a layer: fiona's, in a process of its own, with an end to its time."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from geo.inspection_facts import Fault, GeometryFault, Outcome, SecondReading

TIMEOUT_S = 120.0
"""Longer than this fiona is not waited for; some 2 million polygons."""


def read_again(
    path: str,
    layer: str,
    *,
    options: Mapping[str, str] | None = None,
    config: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> SecondReading:
    """Let fiona go through a layer that pyogrio has opened; whatever becomes of it, this returns.

    Parameters
    ----------
    path
        As GDAL opens it.
    layer
        Name of the layer.
    options, config
        What GDAL is told on opening, and of its configuration.
    timeout_s
        How many seconds it is waited for.
    """
    asked = {"path": path, "layer": layer, "options": dict(options or {}), "config": dict(config or {})}
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "geo.inspect_child"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=_make_environment(),
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return SecondReading(outcome=Outcome.TIMEOUT, detail=f"{timeout_s:g} s")
    except OSError as failed:
        return SecondReading(outcome=Outcome.CRASHED, detail=str(failed))
    if ended.returncode:
        return SecondReading(outcome=Outcome.CRASHED, detail=_name_end(ended.returncode))
    try:
        return _understand(json.loads(ended.stdout))
    except (ValueError, KeyError, TypeError) as garbled:
        return SecondReading(outcome=Outcome.CRASHED, detail=str(garbled))


def _make_environment() -> dict[str, str]:
    """Let the child find this package where this process found it, and nothing in the current folder."""
    root = str(Path(__file__).resolve().parents[1])
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([root, known]) if known else root
    return {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def _name_end(code: int) -> str:
    """Name how a process ended: a signal where there are signals, else the number."""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"0x{code:X}" if code > 255 else str(code)


def _understand(told: Mapping[str, object]) -> SecondReading:
    rows_n, faults = told["rows_n"], told["faults"]
    if not isinstance(faults, list) or not isinstance(rows_n, int | None):
        raise TypeError(told)
    return SecondReading(
        outcome=Outcome(str(told["outcome"])),
        rows_n=rows_n,
        detail=" ".join(str(told["detail"]).split()),
        faults=tuple(
            GeometryFault(fid=int(fid), fault=Fault(fault), reason=str(reason))
            for fid, fault, reason in faults
        ),
    )
