"""Rows on their way in, put in another order."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.registers.rows import Rows, take_column


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.integers(-(2**40), 2**40), st.integers(1800, 2025)), min_size=1, max_size=20
    ),
    st.randoms(use_true_random=False),
)
def test_numbers_and_lines_are_put_in_order_as_pandas_does(numbers, random):
    order = np.array(random.sample(range(len(numbers)), len(numbers)), dtype=np.int64)
    index = pd.RangeIndex(len(order))
    for column in (
        pd.Series(numbers, dtype="Int64"),
        pd.Series(range(7, 7 + len(numbers)), dtype="Int64"),
        pd.Series([7, *range(9, 8 + len(numbers))], dtype="Int64"),
    ):
        expected = column.iloc[order].reset_index(drop=True)
        assert take_column(column, order, index).equals(expected)
        origin = pd.DataFrame({"file": "a.csv", "layer": "", "line": column})
        rows = Rows(
            register="dwellings", frame=pd.DataFrame(), origin=origin, record_id=pd.Series(dtype="str")
        )
        assert rows.take_places(order, index)["line"].equals(expected)
