"""Pack what a page carries: the same values in fewer bytes, which the page's script unpacks again.

Three steps, each without loss: records with the same keys name them once, a text that is said often is sent
once, and a run of whole numbers (a line of steps, the class of each area) is written in two or three
signs a number. ``page.js`` holds the same reading; `unpack` is its twin for checks.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TypeGuard

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
_WORD, _RUN, _TABLE, _PLAIN = "~", "!", "^", "'"
_SIGNS = (_WORD, _RUN, _TABLE, _PLAIN)
_SHORTEST_RUN = 4
_LARGEST = 1 << 30

Packed = object
"""Plain values of JSON, packed or not."""


def pack(value: object) -> Packed:
    """Return plain values in their packed form, or as they are where that is no shorter.

    Parameters
    ----------
    value
        Dicts with text keys, lists, tuples, texts, numbers, booleans and None.

    Returns
    -------
    object
        ``{"packed": ..., "words": [...]}``, or `value`.
    """
    tabled = _tabulate(value)
    words = _choose_words(tabled)
    refs = {word: _WORD + _write_digits(at) for at, word in enumerate(words)}
    packed = {"packed": _replace_words(tabled, refs), "words": words}
    return packed if _is_packed(value) or _measure(packed) < _measure(value) else value


def unpack(value: Packed) -> object:
    """Return what `pack` was given: lists for tuples, else the same.

    Parameters
    ----------
    value
        As `pack` returns it, or as it was read from a page.
    """
    return _expand(value["packed"], value["words"]) if _is_packed(value) else value


def _is_packed(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and set(value) == {"packed", "words"}


def _tabulate(value: object) -> object:
    """Return the values with records as rows, runs of numbers as one text, and other texts marked plain."""
    if isinstance(value, str):
        return _PLAIN + value if value.startswith(_SIGNS) else value
    if isinstance(value, dict):
        return {key: _tabulate(item) for key, item in value.items()}
    if not isinstance(value, list | tuple):
        return value
    if len(value) >= _SHORTEST_RUN and all(_is_small(item) for item in value):
        return _RUN + "".join(_write_number(item) for item in value)
    keys = list(value[0]) if value and isinstance(value[0], dict) else []
    if len(value) > 1 and keys and all(isinstance(item, dict) and list(item) == keys for item in value):
        return [_TABLE, _tabulate(keys), *([_tabulate(cell) for cell in item.values()] for item in value)]
    return [_tabulate(item) for item in value]


def _is_small(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and -_LARGEST < item < _LARGEST


def _write_number(number: int) -> str:
    """Return five bits a sign, the lowest first; the sixth bit says that more follow."""
    rest = number << 1 if number >= 0 else ~(number << 1)
    signs = []
    while rest > 31:
        signs.append(_DIGITS[32 | rest & 31])
        rest >>= 5
    return "".join(signs) + _DIGITS[rest]


def _read_numbers(signs: str) -> list[int]:
    numbers, number, shift = [], 0, 0
    for digit in map(_DIGITS.index, signs):
        number |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(~(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    return numbers


def _write_digits(number: int) -> str:
    return (_write_digits(number >> 6) if number > 63 else "") + _DIGITS[number & 63]


def _read_digits(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number << 6 | _DIGITS.index(sign)
    return number


def _choose_words(value: object) -> list[str]:
    """Return the texts that are shorter said once, the most frequent first; ties in order of appearance."""
    counts = Counter(text for text in _list_texts(value) if not text.startswith((_RUN, _TABLE)))
    words: list[str] = []
    for word, count in counts.most_common():
        said, ref = _measure(word), 3 + len(_write_digits(len(words)))
        if said + 1 + count * ref < count * said:
            words.append(word)
    return words


def _list_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _list_texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _list_texts(item)


def _replace_words(value: object, refs: dict[str, str]) -> object:
    if isinstance(value, str):
        return refs.get(value, value)
    if isinstance(value, list):
        return [_replace_words(item, refs) for item in value]
    if isinstance(value, dict):
        return {key: _replace_words(item, refs) for key, item in value.items()}
    return value


def _expand(value: object, words: Sequence[str]) -> object:
    if isinstance(value, str):
        return _expand_text(value, words)
    if isinstance(value, dict):
        return {key: _expand(item, words) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    if value and value[0] == _TABLE:
        keys, *rows = (_expand(item, words) for item in value[1:])
        return [dict(zip(keys, row, strict=True)) for row in rows]  # type: ignore[call-overload]
    return [_expand(item, words) for item in value]


def _expand_text(text: str, words: Sequence[str]) -> object:
    if text.startswith(_WORD):
        return _expand_text(words[_read_digits(text[1:])], ())
    if text.startswith(_RUN):
        return _read_numbers(text[1:])
    return text.removeprefix(_PLAIN) if text.startswith(_PLAIN) else text


def _measure(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
