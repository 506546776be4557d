"""Persons found again by their ids, whatever the ids are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.moves.identity import (
    _hash,
    _read_fixed,
    _to_arrow,
    find_positions,
    find_repeated,
    match_ids,
)

IDS = st.lists(st.text(min_size=1, max_size=20), unique=True, max_size=30)


@given(IDS, st.lists(st.text(min_size=1, max_size=20), max_size=30), st.data())
def test_ids_are_found_as_a_dictionary_finds_them(known, others, data):
    wanted = others + data.draw(st.lists(st.sampled_from(known), max_size=20) if known else st.just([]))
    found = find_positions(pd.Series(wanted, dtype="str"), pd.Series(known, dtype="str"))
    places = {name: position for position, name in enumerate(known)}
    assert found.tolist() == [places.get(name, -1) for name in wanted]
    seen = pd.Series(wanted, dtype="str")
    assert find_repeated(seen).tolist() == [name in wanted[:place] for place, name in enumerate(wanted)]


@pytest.mark.parametrize("length", [1, 7, 8, 9, 15, 16, 17, 36])
def test_ids_of_one_length_are_told_by_every_letter(length):
    base = "x" * length
    known = [base[:place] + "y" + base[place + 1 :] for place in range(length)]
    wanted = [*reversed(known), base]
    found = find_positions(pd.Series(wanted, dtype="str"), pd.Series(known, dtype="str"))
    assert found.tolist() == [*range(length - 1, -1, -1), -1]


def test_many_ids_are_found_heap_by_heap():
    numbers = np.random.default_rng(5).permutation(300_000)
    known = pd.Series([f"P{number:09d}" for number in numbers[:250_000]], dtype="str")
    wanted = pd.Series([f"P{number:09d}" for number in numbers[::-1]], dtype="str")
    found = find_positions(wanted, known)
    backwards = np.arange(300_000)[::-1]
    assert (found == np.where(backwards < 250_000, backwards, -1)).all()
    assert not find_repeated(known).any()
    twice = pd.concat([known, known.iloc[:3]], ignore_index=True)
    assert np.flatnonzero(find_repeated(twice)).tolist() == [250_000, 250_001, 250_002]


def texts(ids):
    return pd.Series(ids, dtype="str")


def make_colliding(n):
    """Ids of 16 letters that differ and share one hash: any first half has a second half that meets it."""
    letters = np.random.default_rng(1).integers(97, 123, size=(20_000, 8), dtype=np.uint8)
    first = letters.view(np.uint64).ravel()
    nothing = np.zeros(len(first), dtype=np.uint64)
    wanted = _hash([first[:1], np.frombuffer(b"00000000", dtype=np.uint64)])
    second = (wanted ^ _hash([first, nothing])).view(np.uint8).reshape(-1, 8)
    is_text = ((second > 0) & (second < 128)).all(axis=1)
    halves = zip(letters[is_text][:n], second[is_text][:n], strict=True)
    ids = [(own.tobytes() + other.tobytes()).decode("ascii") for own, other in halves]
    assert len(set(ids)) == n
    assert len(set(_hash(_read_fixed(_to_arrow(texts(ids)))).tolist())) == 1
    return ids


def test_ids_of_one_hash_are_told_apart():
    ids = make_colliding(6)
    # Looked for among one of them, the others are not it; among all of them, each is itself.
    assert find_positions(texts(ids), texts([ids[2], "x" * 16])).tolist() == [-1, -1, 0, -1, -1, -1]
    assert find_positions(texts(ids[::-1]), texts(ids)).tolist() == [5, 4, 3, 2, 1, 0]
    assert not find_repeated(texts(ids)).any()
    assert find_repeated(texts([*ids, ids[4]])).tolist() == [False] * 6 + [True]
    assert match_ids(texts(ids[:3]), texts(ids[1:])).tolist() == [-1, 0, 1]


@pytest.mark.parametrize("ids", [["aa", "bb", "cc"], ["a", "bbb", "cc"], None])
def test_an_id_that_stands_twice_matches_nobody_and_is_found_where_it_stands_first(ids):
    one, two, three = ids or make_colliding(3)
    twice = texts([two, one, three, one])
    assert find_positions(texts([one, two, "other", three]), twice).tolist() == [1, 0, -1, 2]
    assert match_ids(twice, texts([one, two, three])) is None
    assert match_ids(texts([one, two, three]), twice) is None
    assert match_ids(texts([three, one]), texts([one, two, three])).tolist() == [2, 0]
