"""Columns taken apart into their distinct texts, and put together again."""

import gc

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import distinct, threads
from geo.cells import gather_text, take_cells
from geo.distinct import find_distinct, is_repetitive, map_distinct
from geo.threads import map_columns

WORDS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "æ", "bc", ""])), max_size=20)


@settings(max_examples=100, deadline=None)
@given(WORDS, st.lists(st.integers(0, 19), max_size=20))
def test_what_is_taken_apart_can_be_put_together(words, places):
    text = pd.Series(words, dtype="str")
    found = find_distinct(text)
    texts = found.texts.to_pylist()
    assert texts == list(dict.fromkeys(word for word in words if word is not None))
    assert found.spread_text(found.texts, text.index).equals(text)
    lengths = found.spread(np.array([len(word) for word in texts], dtype=np.int64), missing=-1)
    assert lengths.tolist() == [-1 if word is None else len(word) for word in words]
    order = np.array([place for place in places if place < len(words)], dtype=np.int64)
    taken = found.take(order)
    assert taken.spread_text(taken.texts, pd.RangeIndex(len(order))).equals(
        text.iloc[order].reset_index(drop=True)
    )


@settings(max_examples=100, deadline=None)
@given(WORDS)
def test_each_text_is_converted_once_and_to_what_it_would_be_alone(words):
    asked = []

    def convert(word):
        asked.append(word)
        return None if word == "a" else word.upper()

    text = pd.Series(words, dtype="str", index=range(7, 7 + len(words)))
    converted = map_distinct(text, convert)
    assert len(asked) == len(set(asked)) == text.nunique()
    expected = [None if word in {None, "a"} else word.upper() for word in words]
    assert converted.equals(pd.Series(expected, dtype="str", index=text.index))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["T", "A", "1", "æ", "bc", None, ""]), max_size=6), max_size=4))
def test_columns_of_letters_are_taken_apart_as_other_columns(pieces):
    words = [word for piece in pieces for word in piece]
    cells = pa.chunked_array([pa.array(piece, pa.large_string()) for piece in pieces], pa.large_string())
    for kept in (cells, cells.filter(pc.equal(pc.binary_length(cells), 1))):
        found, known = distinct._take_apart(kept), distinct._encode(kept)
        assert found.texts.equals(known.texts)
        assert found.codes.tolist() == known.codes.tolist()
    assert (distinct._take_letters_apart(cells) is not None) == bool(words and set(words) <= {"T", "A", "1"})


def test_what_is_filled_has_the_text_only_where_it_was_missing():
    text = pd.Series(["a", None, "b", None], dtype="str")
    found = find_distinct(text)
    assert found.spread_text(found.texts, text.index, missing="?").tolist() == ["a", "?", "b", "?"]
    again = found.spread_text(found.texts, text.index, missing="a")
    assert find_distinct(again).texts.to_pylist() == ["a", "b"]


def test_what_was_put_in_another_order_need_not_be_taken_apart_again(monkeypatch):
    text = pd.Series(["a", "b"] * 3, dtype="str")
    turned = find_distinct(text).take(np.array([1, 0]))
    made = turned.spread_text(turned.texts, pd.RangeIndex(2))
    monkeypatch.setattr(distinct, "_take_apart", None)
    assert find_distinct(made).codes.tolist() == [1, 0]


def test_what_is_not_changed_is_not_copied():
    text = pd.Series(["a", None, "b"], dtype="str")
    assert map_distinct(text, lambda word: word) is text


def test_a_column_is_remembered_as_long_as_it_lives():
    text = pd.Series(["a", "b"] * 3, dtype="str")
    found, place = find_distinct(text), id(take_cells(text))
    assert find_distinct(text) is found
    assert find_distinct(text.str.upper()).texts.to_pylist() == ["A", "B"]
    del text
    gc.collect()
    assert place not in distinct._KNOWN


def test_columns_of_pieces_are_taken_apart_as_one():
    pieces = pa.chunked_array(
        [pa.array(["x", None], pa.large_string()), pa.array(["y", "x"], pa.large_string())]
    )
    found = find_distinct(pd.Series(pd.array(pieces.to_pandas(), dtype="str")))
    assert (found.texts.to_pylist(), found.codes.tolist()) == (["x", "y"], [0, 2, 1, 0])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([str(number) for number in range(5_000)], False),
        ([str(number % 3) for number in range(5_000)], True),
        ([None] * 5_000, True),
        (["a"] * 10, False),
    ],
)
def test_a_sample_tells_whether_a_column_repeats_itself(words, expected):
    assert is_repetitive(pd.Series(words, dtype="str")) is expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.sampled_from(["ab", "æ", "c", ""])), min_size=1, max_size=12),
    st.lists(st.integers(0, 11), max_size=12),
)
def test_texts_are_gathered_whatever_their_length(words, places):
    positions = np.array([place for place in places if place < len(words)], dtype=np.int64)
    found = gather_text(pa.array(words, pa.large_string()), positions)
    found.validate(full=True)
    assert found.to_pylist() == [words[place] for place in positions]


def test_threads_keep_the_order_and_pass_errors_on(monkeypatch):
    monkeypatch.setattr(threads, "THREADS_N", 3)
    assert map_columns(str, range(50), cells_n=threads.SMALL_N) == [str(number) for number in range(50)]
    with pytest.raises(ZeroDivisionError):
        map_columns(lambda number: 1 // number, [1, 0], cells_n=threads.SMALL_N)
