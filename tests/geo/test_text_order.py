"""Texts in the order of their bytes, against Python's own sorting."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.text_order import order_text, rank_text

TEXT = st.one_of(
    st.none(),
    st.text(st.sampled_from("ab\0æ0😀"), max_size=20),
    st.sampled_from(["0A3F50A4-01", "0A3F50A4-02", "0A3F50A4", "0A3F50A4\0"]),
)


def expect(words):
    given_rows = [row for row, word in enumerate(words) if word is not None]
    order = sorted(given_rows, key=lambda row: (words[row].encode(), row))
    order += [row for row, word in enumerate(words) if word is None]
    repeats = [at > 0 and words[order[at]] == words[order[at - 1]] for at in range(len(order))]
    return order, repeats


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXT, max_size=30), st.integers(0, 30), st.booleans())
def test_any_texts_are_put_in_order(words, cut, is_cut):
    cells = pa.array(words, pa.large_string())
    if is_cut:
        cells = pa.chunked_array([cells[:cut], cells[cut:]], pa.large_string())
    found = order_text(cells)
    assert (found.order.tolist(), found.is_repeat.tolist()) == expect(words)
    assert found.is_sorted == (expect(words)[0] == list(range(len(words))))


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXT, max_size=20))
def test_ranks_compare_as_the_texts_do(words):
    ranks = rank_text(pa.array(words, pa.large_string())).tolist()
    ordered = sorted({word.encode() for word in words if word is not None})
    expected = [len(ordered) if word is None else ordered.index(word.encode()) for word in words]
    assert ranks == expected


def test_a_slice_begins_where_it_begins():
    cells = pa.array(["z", "y", "b", "a", "b"], pa.large_string())[2:]
    assert order_text(cells).order.tolist() == [1, 0, 2]


@pytest.mark.parametrize("words", [[], [None], [""], ["", ""], [None, None]])
def test_hardly_any_texts(words):
    found = order_text(pa.array(words, pa.large_string()))
    assert (found.order.tolist(), found.is_repeat.tolist()) == expect(words)
