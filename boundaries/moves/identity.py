"""Ids found again among others: exact, and fast for the millions of persons of a country.

Ids of one length, which those of registers mostly are, are read as machine words and hashed as a whole;
what the hash says is then compared word by word, so that the answer never rests on it. Other ids go
through Arrow.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Positions = NDArray[np.int32]
Words = NDArray[np.uint64]

_WORD_BYTES = 8
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
_HEAPS_N = 256
_HEAP_SHIFT = np.uint64(56)
_FEW_N = 200_000
"""Up to so many ids one hash table does."""


def find_positions(wanted: pd.Series, known: pd.Series) -> Positions:
    """Find each id of one column in another.

    Parameters
    ----------
    wanted
        Ids to look for, none missing; they may repeat.
    known
        Ids to look in, none missing and none twice.

    Returns
    -------
    NDArray[np.int32]
        Position in `known` of each of `wanted`; -1 where it is not there.

    Examples
    --------
    >>> find_positions(pd.Series(["b", "x"], dtype="str"), pd.Series(["a", "b"], dtype="str")).tolist()
    [1, -1]
    """
    if not len(wanted) or not len(known):
        return np.full(len(wanted), -1, dtype=np.int32)
    left, right = _to_arrow(wanted), _to_arrow(known)
    words, known_words = _read_fixed(left), _read_fixed(right)
    if words is not None and known_words is not None and _measure(left) == _measure(right):
        found = _find_hashed(words, known_words)
        if found is not None:
            return found
    positions = pc.index_in(left, value_set=right).fill_null(-1)
    result: Positions = positions.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return result


def match_ids(left: pd.Series, right: pd.Series) -> Positions | None:
    """Find the ids of one column in another, where neither column has an id twice.

    Parameters
    ----------
    left, right
        Ids, none missing.

    Returns
    -------
    NDArray[np.int32] or None
        Position in `right` of each of `left`, -1 where it is not there; None where an id is repeated in
        either column (`find_repeated` tells which).
    """
    texts = _to_arrow(left), _to_arrow(right)
    words, other_words = _read_fixed(texts[0]), _read_fixed(texts[1])
    if words is not None and other_words is not None and _measure(texts[0]) == _measure(texts[1]):
        found = _find_hashed(words, other_words, is_strict=True)
        if found is not None:
            return found
    if find_repeated(left).any() or find_repeated(right).any():
        return None
    return find_positions(left, right)


def find_repeated(ids: pd.Series) -> NDArray[np.bool_]:
    """Tell which ids have stood before in the column; none may be missing."""
    if ids.empty:
        return np.zeros(0, dtype=np.bool_)
    text = _to_arrow(ids)
    fixed = _read_fixed(text)
    if fixed is not None and _is_unique(_hash(fixed)):
        return np.zeros(len(ids), dtype=np.bool_)
    codes = text.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    repeated: NDArray[np.bool_] = pd.Series(codes).duplicated().to_numpy()
    return repeated


def _to_arrow(ids: pd.Series) -> pa.LargeStringArray:
    """Return ids as one Arrow array of text, without a copy where pandas holds them so."""
    text = pa.array(ids, type=pa.large_string())
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def _read_fixed(text: pa.LargeStringArray) -> list[Words] | None:
    """Return ids as columns of eight bytes each, where all have one length; None else.

    The last column takes the last eight bytes, and may overlap the one before; shorter ids end in zero
    bytes.
    """
    count = len(text)
    _, offsets_buffer, data = text.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64)[text.offset : text.offset + count + 1]
    length, first = int(offsets[1] - offsets[0]), int(offsets[0])
    if length == 0 or not bool((offsets[1:] - offsets[:-1] == length).all()):
        return None
    if length < _WORD_BYTES:
        padded = np.zeros((count, _WORD_BYTES), dtype=np.uint8)
        content = np.frombuffer(data, dtype=np.uint8)[first : first + count * length]
        padded[:, :length] = content.reshape(count, length)
        return [padded.view(np.uint64).ravel()]
    starts = [*range(0, length - _WORD_BYTES, _WORD_BYTES), length - _WORD_BYTES]
    return [np.ndarray(count, np.uint64, data, first + start, (length,)) for start in starts]


def _measure(text: pa.LargeStringArray) -> int:
    """Return the length of the first id in bytes."""
    return int(pc.binary_length(text.slice(0, 1))[0].as_py())


def _hash(words: list[Words]) -> Words:
    """Mix the words of every id; of up to eight bytes the word itself, which no two ids share."""
    mixed = words[0].copy()
    for word in words[1:]:
        mixed = (mixed ^ (mixed >> _SHIFT)) * _FACTOR
        mixed ^= word
    return mixed


def _find_hashed(wanted: list[Words], known: list[Words], *, is_strict: bool = False) -> Positions | None:
    """Find ids by hash and compare them; None where two of `known` have one hash, if strict of `wanted`."""
    found = _find_numbers(_hash(wanted), _hash(known), is_strict=is_strict)
    if found is None:
        return None
    # Each step of the hash can be undone: ids with one hash that share all words but the first are one.
    for left, right in zip(wanted[1:], known[1:], strict=True):
        places = np.flatnonzero(found >= 0)
        differs = left[places] != right[found[places]]
        found[places[differs]] = -1
    return found


def _find_numbers(wanted: Words, known: Words, *, is_strict: bool) -> Positions | None:
    """Find numbers among others, heap by heap, so that each hash table stays in the processor's cache."""
    found = np.full(len(wanted), -1, dtype=np.int32)
    is_large = len(known) > _FEW_N
    for own, others in zip(_split(wanted, is_large), _split(known, is_large), strict=True):
        index, sought = pd.Index(known[others]), pd.Index(wanted[own])
        if not index.is_unique or (is_strict and not sought.is_unique):
            return None
        position = index.get_indexer(sought)
        is_found = position >= 0
        found[own[is_found]] = others[position[is_found]]
    return found


def _is_unique(numbers: Words) -> bool:
    is_large = len(numbers) > _FEW_N
    return all(pd.Index(numbers[heap]).is_unique for heap in _split(numbers, is_large))


def _split(numbers: Words, is_large: bool) -> list[NDArray[np.int64]]:
    """Return the positions of numbers in heaps by their hash, or all of them as one heap."""
    if not is_large:
        return [np.arange(len(numbers))]
    heap = ((numbers * _SPREAD) >> _HEAP_SHIFT).astype(np.uint8)
    order = np.argsort(heap, kind="stable")
    ends = np.cumsum(np.bincount(heap, minlength=_HEAPS_N))
    return np.split(order, ends[:-1])
