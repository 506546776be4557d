"""Room from Arrow's pool: as numpy's own arrays, and shared only where nobody can write."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import memory
from geo.memory import count_up, make_room, take_values


@pytest.mark.parametrize("dtype", ["int64", "float64", "bool", "datetime64[s]", "V18"])
def test_room_is_an_array_that_can_be_written_to_and_lies_in_the_pool(dtype):
    before = pa.default_memory_pool().bytes_allocated()
    room = make_room(1000, dtype)
    assert room.dtype == np.dtype(dtype)
    assert len(room) == 1000
    assert pa.default_memory_pool().bytes_allocated() - before >= room.nbytes
    room[:] = room[0]
    del room
    assert pa.default_memory_pool().bytes_allocated() == before


def test_two_rooms_are_apart():
    first, second = make_room(10, np.int64), make_room(10, np.int64)
    first[:], second[:] = 1, 2
    assert first.tolist() == [1] * 10


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=20), st.data())
def test_values_are_taken_as_numpy_takes_them(values, data):
    order = np.array(data.draw(st.lists(st.integers(0, len(values) - 1))), dtype=np.int64)
    assert take_values(np.array(values), order).tolist() == [values[at] for at in order]


@pytest.mark.parametrize("count", [0, 1, 4, 5, 13])
@pytest.mark.parametrize("step", [0, 1, 7])
def test_counting_up_is_counting_up_wherever_a_piece_ends(monkeypatch, count, step):
    monkeypatch.setattr(memory, "_PIECE_N", 4)
    assert count_up(count, step=step).tolist() == [at * step for at in range(count)]


def test_who_counts_the_same_at_one_time_shares_it_and_cannot_write():
    first, second = count_up(50, step=3), count_up(50, step=3)
    assert np.shares_memory(first, second)
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    assert not np.shares_memory(first, count_up(50, step=4))
