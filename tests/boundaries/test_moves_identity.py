"""Persons found again by their ids, whatever the ids are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.moves.identity import find_positions, find_repeated

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
