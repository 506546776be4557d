"""Numbers of texts, against Python's own order of their bytes."""

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo import text_numbers
from geo.text_numbers import number_text

SAME_WIDTH = st.integers(1, 40).flatmap(
    lambda width: st.lists(
        st.text(st.sampled_from("0123456789abcdef-"), min_size=width, max_size=width), max_size=12
    )
)


def rank(texts):
    """Return how many different texts come before each; missing ones last."""
    kinds = sorted({text for text in texts if text is not None}, key=str.encode)
    return [len(kinds) if text is None else kinds.index(text) for text in texts]


def rank_rows(numbers):
    rows = list(zip(*(column.tolist() for column in numbers), strict=True))
    kinds = sorted(set(rows))
    return [kinds.index(row) for row in rows]


@settings(max_examples=200, deadline=None)
@given(SAME_WIDTH | st.lists(st.none() | st.text(max_size=4), max_size=12), st.integers(0, 12), st.booleans())
@example(["ÆØ", "ÅÆ", "AØB"], 1, True)
@example(["a\0", "a"], 1, True)
def test_the_numbers_are_in_the_order_of_the_texts(texts, cut, is_tight):
    cells = pa.chunked_array([texts[:cut], [], texts[cut:]], pa.large_string())
    bits_n, text_numbers._BITS_N = text_numbers._BITS_N, 9 if is_tight else text_numbers._BITS_N
    try:
        numbers = number_text(cells)
    finally:
        text_numbers._BITS_N = bits_n
    assert all(len(column) == len(texts) for column in numbers)
    assert all((column >= 0).all() for column in numbers)
    assert rank_rows(numbers) == rank(texts)


def test_an_id_of_hexadecimal_digits_has_four_bits_a_digit_and_none_a_dash():
    ids = [f"{digit * 8}-{digit * 4}-{digit * 3}" for digit in "0123456789abcdef"]
    (numbers,) = number_text(pa.array(ids, pa.large_string()))
    assert numbers.tolist() == [int(text.replace("-", ""), 16) for text in ids]
    longer = [text + text[0] for text in ids]
    assert len(number_text(pa.array(longer, pa.large_string()))) == 2


def test_what_is_wide_is_ranked():
    texts = ["b" * 65, "a" * 65, "b" * 65]
    assert [column.tolist() for column in number_text(pa.array(texts, pa.large_string()))] == [[1, 0, 1]]


@pytest.mark.parametrize("texts", [[], [None], [None, None], [""], ["", ""]])
def test_of_nothing_all_are_alike(texts):
    assert rank_rows(number_text(pa.array(texts, pa.large_string()))) == [0] * len(texts)


def test_more_texts_than_are_worked_on_together():
    texts = [f"{(number * 7_919) % 40_000:05d}" for number in range(40_000)]
    (numbers,) = number_text(pa.chunked_array([texts[:17_000], texts[17_000:]], pa.large_string()))
    assert sorted(range(40_000), key=numbers.tolist().__getitem__) == sorted(
        range(40_000), key=texts.__getitem__
    )
