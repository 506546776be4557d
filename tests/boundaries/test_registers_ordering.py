"""Rows by their keys, against pandas' own sorting and comparing."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.registers import ordering
from boundaries.registers.ordering import find_isin, number_keys, order_rows

ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(2020, 2023), st.just(-5)),
        st.one_of(st.none(), st.sampled_from(["D1", "D10", "D2", "Æ"])),
        st.one_of(st.none(), st.sampled_from([0.5, -1.0, 1e9])),
        st.one_of(st.none(), st.booleans()),
    ),
    max_size=25,
)


def make_frame(rows):
    frame = pd.DataFrame(rows, columns=["year", "id", "share", "flag"])
    return frame.astype({"year": "Int64", "id": "str", "share": "float64", "flag": "boolean"})


@settings(max_examples=150, deadline=None)
@given(ROWS, st.permutations(["year", "id", "share", "flag"]), st.integers(1, 4), st.booleans())
def test_rows_are_in_the_order_of_pandas(rows, columns, columns_n, is_tight):
    frame, by = make_frame(rows), columns[:columns_n]
    room, ordering._ROOM = ordering._ROOM, 8 if is_tight else ordering._ROOM
    bits_n, ordering._BITS_N = ordering._BITS_N, 7 if is_tight else ordering._BITS_N
    try:
        found = order_rows(frame, by)
        numbers = pd.Series(number_keys(frame, by))
    finally:
        ordering._ROOM, ordering._BITS_N = room, bits_n
    assert found.order.tolist() == frame.sort_values(by, kind="stable").index.tolist()
    repeated = pd.Series(data=False, index=frame.index)
    repeated.iloc[found.order[found.is_repeat]] = True
    assert repeated.tolist() == frame.duplicated(by).tolist()
    assert numbers.duplicated().tolist() == frame.duplicated(by).tolist()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.sampled_from("abc")), max_size=8),
    st.lists(st.one_of(st.none(), st.sampled_from("bcd")), max_size=8),
)
def test_texts_are_found_in_another_column(values, among):
    found = find_isin(pd.Series(values, dtype="str"), pd.Series(among, dtype="str"))
    assert found.tolist() == [value is not None and value in among for value in values]


def test_numbers_far_apart_are_sorted_too():
    frame = pd.DataFrame({"n": np.array([10**12, -(10**12), 0])})
    assert order_rows(frame, ["n"]).order.tolist() == [1, 2, 0]
