"""What the bytes of a text file tell of all its cells at once.

Of three million rows with eleven columns there are thirty million cells, and hardly one needs to be trimmed.
Whether any does is asked of the bytes, in pieces that stay in the processor's cache.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_PIECE_BYTES = 1 << 17
_SPACE, _NEWLINE, _RETURN = (np.uint8(ord(letter)) for letter in " \n\r")
_QUOTE = ord('"')
_NOWHERE = np.zeros(0, dtype=np.int64)
_FIRST_ODD_LETTER = np.uint8("\u0300".encode()[0])
"""Text below U+0300 is in NFC, and has none of the blanks that are above; a lost letter is, too."""
_NO_BREAK_SPACE_LEAD = "\u00a0".encode()[0]
_GARBLED_TRAIL = "Ã".encode()[1]
"""Ends the letter that UTF-8 read in the wrong encoding begins with; no Danish letter has this byte."""
_PLAIN_DELIMITERS = (";", ",", "|")


Bytes = NDArray[np.uint8]
"""A text as the bytes of its UTF-8, or of whatever it was written in."""


class ByteSurvey(NamedTuple):
    """What is so of every cell.

    Attributes
    ----------
    lines_n
        Number of lines, blank ones too; the last need not end.
    is_plain
        No cell can need to be trimmed or composed, has a no-break space, or looks garbled. False says
        nothing: some cell may.
    has_open_quotes
        A line has an odd number of quotes, so that a cell may go on in the next one. The rest is not known
        then.
    """

    lines_n: int
    is_plain: bool
    has_open_quotes: bool = False


def find_byte(cells: Bytes, byte: int) -> int:
    """Return where a byte stands first, or -1."""
    for begin in range(0, len(cells), _PIECE_BYTES):
        # The search of Python's bytes is the processor's own; a copy of a piece costs less than comparing it.
        at = cells[begin : begin + _PIECE_BYTES].tobytes().find(byte)
        if at >= 0:
            return begin + at
    return -1


def find_any(cells: Bytes, wanted: bytes) -> frozenset[int]:
    """Return which of the bytes `wanted` stand anywhere."""
    missing, found = set(wanted), set[int]()
    for begin in range(0, len(cells), _PIECE_BYTES):
        piece = cells[begin : begin + _PIECE_BYTES].tobytes()
        found |= {byte for byte in missing if byte in piece}
        missing -= found
        if not missing:
            break
    return frozenset(found)


def has_lone_return(cells: Bytes) -> bool:
    """Tell whether a carriage return stands anywhere but before a newline."""
    for begin in range(0, len(cells), _PIECE_BYTES):
        is_return = cells[begin : begin + _PIECE_BYTES] == _RETURN
        is_newline = cells[begin + 1 : begin + 1 + len(is_return)] == _NEWLINE
        if (is_return[: len(is_newline)] > is_newline).any():
            return True
    return len(cells) > 0 and bool(cells[-1] == _RETURN)


def survey_bytes(cells: Bytes, *, delimiter: str) -> ByteSurvey:
    r"""Look through the rows of a text file.

    Parameters
    ----------
    cells
        UTF-8; a carriage return stands before a newline only.
    delimiter
        What stands between the cells.

    Examples
    --------
    >>> import numpy as np
    >>> survey_bytes(np.frombuffer("1;Åvej 2\n2;Øvej 3\n".encode(), np.uint8), delimiter=";")
    ByteSurvey(lines_n=2, is_plain=True, has_open_quotes=False)
    >>> survey_bytes(np.frombuffer("1;Åvej 2 \n2; Øvej 3".encode(), np.uint8), delimiter=";").is_plain
    False
    """
    if not len(cells):
        return ByteSurvey(0, is_plain=True)
    is_plain = delimiter in _PLAIN_DELIMITERS and _SPACE not in (cells[0], cells[-1])
    ends_n = quotes_n = 0
    for begin in range(0, len(cells), _PIECE_BYTES):
        # With the byte before, which may be the end of a cell; it was counted in its own piece.
        lead_n = min(begin, 1)
        piece = cells[begin - lead_n : begin + _PIECE_BYTES]
        is_end, is_quote = piece == _NEWLINE, _find_quotes(piece)
        ends_n += int(np.count_nonzero(is_end[lead_n:]))
        if is_quote is not None or quotes_n % 2:
            quotes = _NOWHERE if is_quote is None else np.flatnonzero(is_quote[lead_n:])
            if ((quotes_n + np.searchsorted(quotes, np.flatnonzero(is_end[lead_n:]))) % 2).any():
                return ByteSurvey(0, is_plain=False, has_open_quotes=True)
            quotes_n += len(quotes)
        is_plain = is_plain and _is_plain_piece(piece, is_end, is_quote, delimiter)
    return ByteSurvey(ends_n + int(cells[-1] != _NEWLINE), is_plain, has_open_quotes=quotes_n % 2 == 1)


def _find_quotes(piece: Bytes) -> NDArray[np.bool_] | None:
    """Tell where quotes are; None where there is none, which is found out sooner."""
    return piece == _QUOTE if _QUOTE in piece.tobytes() else None


def _is_plain_piece(
    piece: Bytes, is_end: NDArray[np.bool_], is_quote: NDArray[np.bool_] | None, delimiter: str
) -> bool:
    """Tell whether a piece has no letter to compose and no blank but spaces within a cell.

    `is_end`, where newlines are, is written over.
    """
    if piece.max() >= _FIRST_ODD_LETTER:
        return False
    letters = piece.tobytes()
    if _NO_BREAK_SPACE_LEAD in letters or _GARBLED_TRAIL in letters:
        return False
    controls_n, ends_n = np.count_nonzero(piece < _SPACE), np.count_nonzero(is_end)
    is_mark = is_end
    if controls_n != ends_n:
        is_return = piece == _RETURN
        if controls_n != ends_n + np.count_nonzero(is_return):
            return False
        is_mark |= is_return
    is_mark |= piece == ord(delimiter)
    if is_quote is not None:
        is_mark |= is_quote
    is_space = piece == _SPACE
    return not ((is_mark[:-1] & is_space[1:]).any() or (is_space[:-1] & is_mark[1:]).any())
