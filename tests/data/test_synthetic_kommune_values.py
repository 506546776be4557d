"""The invented figures of the kommuner have the form of the published ones."""

import pandas as pd
import pytest

from data.kommuner import load_regions
from data.synthetic.kommune_values import LEAVERS_N, VALUE_COLUMNS, make_kommune_values


@pytest.mark.parametrize("seed", [0, 1, 2020, 99_999])
def test_few_kommuner_have_many_and_most_have_none(seed):
    frame = make_kommune_values(seed)
    assert tuple(frame.columns) == VALUE_COLUMNS
    assert list(frame["kommune_code"]) == sorted(load_regions())
    areas = frame["prevention_areas_n"]
    assert (areas == 15).sum() == 1
    assert areas.nlargest(2).iloc[1] < 10
    assert (areas == 0).sum() > 49
    assert frame["is_synthetic"].all()


@pytest.mark.parametrize("seed", [0, 1, 2020, 99_999])
def test_leavers_gather_in_one_kommune_and_a_few_more(seed):
    frame = make_kommune_values(seed)
    assert frame["exposed_leavers_n"].sum() == LEAVERS_N
    assert set(frame["exposed_leavers_total_n"]) == {LEAVERS_N}
    # In whole numbers: 100 n over the total.
    shares = 100 * frame["exposed_leavers_n"]
    assert ((shares > 7 * LEAVERS_N) & (2 * shares < 15 * LEAVERS_N)).sum() == 1
    assert 4 <= ((shares > 2 * LEAVERS_N) & (shares < 7 * LEAVERS_N)).sum() <= 6
    assert frame["exposed_leavers_n"].min() >= 12
    assert frame["exposed_leavers_n"].nunique() > 60


def test_the_seed_alone_decides():
    pd.testing.assert_frame_equal(make_kommune_values(5), make_kommune_values(5))
    assert not make_kommune_values(5).equals(make_kommune_values(6))
