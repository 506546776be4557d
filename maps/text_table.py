"""Tables of text for a terminal: aligned, no wider than it, nothing lost and nothing obeyed.

Cells that are too long are wrapped, never cut. Control characters (colour codes of a hostile name,
say) and marks that turn the direction of writing are shown as a replacement sign.
"""

import shutil
import textwrap
import unicodedata
from collections.abc import Sequence

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from boundaries.model import Decision
from data.texts import Texts
from maps import labels

_GAP = "  "
_NARROWEST = 8
_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_COLOURS = {Decision.COUNTED: "\x1b[34m", Decision.NOT_COUNTED: "\x1b[31m", Decision.UNDECIDED: "\x1b[33m"}
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def format_table(frame: pd.DataFrame, texts: Texts, *, width: int = 100, is_color: bool = False) -> str:
    """Return a frame as an aligned table with headings of the catalog.

    Parameters
    ----------
    frame
        Columns by their names in the program; codes, dates and numbers are put in words.
    texts
        Catalog of headings and words.
    width
        Columns of the terminal. Text wraps; a table of many columns may still be wider.
    is_color
        Bold headings, decisions in colour.
    """
    if frame.empty:
        return texts.get("terminal.empty_table")
    names = list(frame.columns)
    titles = [clean(labels.title_of(name, texts)) for name in names]
    columns = [[clean(labels.show_cell(name, value, texts)) for value in frame[name]] for name in names]
    is_right = [is_numeric_dtype(frame[name]) and not is_bool_dtype(frame[name]) for name in names]
    widths = _fit(titles, columns, is_right, width)
    lines = _lay_row(titles, widths, is_right)
    lines = [_paint(line, _BOLD, is_color=is_color) for line in lines]
    lines.append(_GAP.join("─" * size for size in widths))
    for at, cells in enumerate(zip(*columns, strict=True)):
        colour = _colour_of(frame, at) if is_color else ""
        lines += [_paint(line, colour, is_color=is_color) for line in _lay_row(cells, widths, is_right)]
    return "\n".join(lines)


def measure_width() -> int:
    """Return how many columns the terminal has; at least 40."""
    return max(40, shutil.get_terminal_size((100, 24)).columns)


def clean(text: str) -> str:
    """Return a text without characters that a terminal would obey; each line break becomes a space."""
    spaced = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return "".join(
        "\ufffd" if unicodedata.category(sign) in {"Cc", "Cs"} or sign in _TURNING else sign
        for sign in spaced
    )


def measure(text: str) -> int:
    """Return how many columns of a terminal a text takes: wide signs two, marks on a letter none."""
    return sum(_measure_sign(sign) for sign in text)


def _measure_sign(sign: str) -> int:
    if unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns, between words where it can be done."""
    lines: list[str] = []
    for line in textwrap.wrap(text, max(width, 1), break_on_hyphens=False) or [""]:
        lines += _break_wide(line, width)
    return lines


def _break_wide(line: str, width: int) -> list[str]:
    if measure(line) <= width:
        return [line]
    parts, part = [], ""
    for sign in line:
        if part and measure(part + sign) > width:
            parts.append(part)
            part = ""
        part += sign
    return [*parts, part]


def _fit(
    titles: Sequence[str], columns: Sequence[Sequence[str]], is_right: Sequence[bool], width: int
) -> list[int]:
    """Choose column widths: headings give way first, then text between words, then words; numbers never."""
    filled = [max(measure(cell) for cell in cells) for cells in columns]
    words = [max(measure(word) for word in title.split() or [""]) for title in titles]
    snug = [max(pair) for pair in zip(filled, words, strict=True)]
    tight = [size if right else min(size, _NARROWEST) for size, right in zip(snug, is_right, strict=True)]
    spans = [
        size
        if right
        else max((measure(word) for cell in [title, *cells] for word in cell.split()), default=0)
        for title, cells, size, right in zip(titles, columns, snug, is_right, strict=True)
    ]
    whole = [max(low, min(size, span)) for low, size, span in zip(tight, snug, spans, strict=True)]
    widths = [max(size, measure(title)) for size, title in zip(snug, titles, strict=True)]
    room = width - len(_GAP) * (len(titles) - 1)
    return _narrow(_narrow(_narrow(widths, snug, room), whole, room), tight, room)


def _narrow(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Take from the widest column that can give, a sign at a time, until all fit or none can."""
    widths = list(widths)
    while sum(widths) > room:
        spare = [size - low for size, low in zip(widths, least, strict=True)]
        if not any(spare):
            break
        widest = max((size, -at) for at, size in enumerate(widths) if spare[at])
        widths[-widest[1]] -= 1
    return widths


def _lay_row(cells: Sequence[str], widths: Sequence[int], is_right: Sequence[bool]) -> list[str]:
    wrapped = [wrap(cell, size) for cell, size in zip(cells, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    rows = []
    for at in range(height):
        parts = (lines[at] if at < len(lines) else "" for lines in wrapped)
        padded = (
            " " * (size - measure(part)) + part if right else part + " " * (size - measure(part))
            for part, size, right in zip(parts, widths, is_right, strict=True)
        )
        rows.append(_GAP.join(padded).rstrip())
    return rows


def _colour_of(frame: pd.DataFrame, at: int) -> str:
    column = next((name for name in ("decision_after", "decision") if name in frame), None)
    if column is None or labels.is_missing(frame[column].iloc[at]):
        return ""
    return _COLOURS.get(Decision(frame[column].iloc[at]), "")


def _paint(line: str, colour: str, *, is_color: bool) -> str:
    return f"{colour}{line}{_RESET}" if is_color and colour else line
