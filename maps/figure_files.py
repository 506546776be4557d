"""Figures as files: the same bytes each time, with no date and no random id."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from matplotlib.figure import Figure

from geo.writers import replace_file
from maps.figures import use_style

Format = Literal["png", "svg", "pdf"]

FORMATS: tuple[Format, ...] = ("png", "svg", "pdf")
"""What a figure is written as."""

_PNG_DPI = 160

_METADATA: Mapping[Format, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": "Boligkort", "Producer": None},
}


def save_figure(figure: Figure, kind: Format) -> bytes:
    """Return a figure as the bytes of a file: the same each time, with no date and no random id.

    Parameters
    ----------
    figure
        As one of the functions ``draw_...`` makes it.
    kind
        ``"png"`` at 160 dots an inch, ``"svg"`` or ``"pdf"`` with text as text.
    """
    kept = BytesIO()
    # Half the time of the usual compression, for a tenth more bytes.
    options: Any = {"pil_kwargs": {"compress_level": 3}} if kind == "png" else {}
    with use_style():
        figure.savefig(kept, format=kind, dpi=_PNG_DPI, metadata=_METADATA[kind], **options)
    content = kept.getvalue()
    # Verdana has nearly the widths of DejaVu Sans, for readers that lack it.
    return (
        content.replace(b"'DejaVu Sans'", b"'DejaVu Sans', Verdana, sans-serif") if kind == "svg" else content
    )


def write_figure(
    path_stem: Path, figure: Figure, *, formats: Sequence[Format] = FORMATS, overwrite: bool = False
) -> list[Path]:
    """Write a figure, once a format.

    Parameters
    ----------
    path_stem
        Path without ending; its folder must exist.
    figure
        As one of the functions ``draw_...`` makes it, with the size in it.
    formats
        Endings.
    overwrite
        Replace what lies there; each file in one step.

    Returns
    -------
    list of Path
        What was written, in the order of `formats`.

    Raises
    ------
    WriteError
        As `geo.writers.replace_file`.
    """
    written = []
    for kind in formats:
        path = path_stem.with_name(f"{path_stem.name}.{kind}")
        with replace_file(path, overwrite=overwrite) as temporary:
            temporary.write_bytes(save_figure(figure, kind))
        written.append(path)
    return written
