"""Text of one byte a letter as UTF-8, in pieces that stay in the processor's cache."""

import numpy as np

from geo.byte_survey import Bytes
from geo.memory import make_room

_PIECE_BYTES = 1 << 17
_FIRST_HIGH = np.uint8(0x80)


def recode_bytes(text: Bytes, encoding: str) -> Bytes:
    """Return text in UTF-8.

    Parameters
    ----------
    text
        In `encoding`.
    encoding
        One that has a byte for each letter, those of ASCII as ASCII has them, and no letter that takes more
        than three bytes in UTF-8.

    Raises
    ------
    UnicodeDecodeError
        As ``bytes.decode``, where a byte is no letter.
    """
    is_high = (
        text[begin : begin + _PIECE_BYTES] >= _FIRST_HIGH for begin in range(0, len(text), _PIECE_BYTES)
    )
    room = make_room(len(text) + 2 * sum(map(np.count_nonzero, is_high)), np.uint8)
    end = 0
    for begin in range(0, len(text), _PIECE_BYTES):
        piece = text[begin : begin + _PIECE_BYTES]
        try:
            letters = piece.tobytes() if piece.max() < _FIRST_HIGH else _recode_piece(piece, encoding)
        except UnicodeDecodeError as broken:
            place = begin + broken.start, begin + broken.end
            raise UnicodeDecodeError(encoding, text.tobytes(), *place, broken.reason) from broken
        room[end : end + len(letters)] = np.frombuffer(letters, dtype=np.uint8)
        end += len(letters)
    return room[:end]


def _recode_piece(piece: Bytes, encoding: str) -> bytes:
    # Of Windows-1252 only 32 bytes are other letters than in Latin-1, which is read four times as quickly.
    has_marks = encoding != "cp1252" or bool(((piece & 0xE0) == _FIRST_HIGH).any())
    return piece.tobytes().decode(encoding if has_marks else "latin-1").encode()
