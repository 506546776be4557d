"""What a page carries comes out of its packing as it went in, and in fewer bytes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.packing import pack, unpack

TEXTS = st.text(max_size=6) | st.sampled_from(["~", "~0", "!", "!0", "^", "'", "''", "æ", "packed", "words"])
PLAIN = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | TEXTS
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=9)
        | st.lists(st.integers(-(2**31), 2**31), min_size=6, max_size=12)
        | st.dictionaries(TEXTS, inner, max_size=4)
        | st.lists(st.fixed_dictionaries({"key": inner, "^": TEXTS}), max_size=5)
    ),
    max_leaves=40,
)


def weigh(value):
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


@given(VALUES)
def test_unpacking_gives_back_every_value_and_packing_never_makes_it_longer(value):
    packed = pack([value, value])
    assert unpack(json.loads(json.dumps(packed))) == [value, value]
    assert weigh(packed) <= weigh([value, value])


@given(st.lists(st.integers(-(2**30) + 1, 2**30 - 1), min_size=4, max_size=60))
def test_a_run_of_whole_numbers_is_one_text(numbers):
    packed = pack({"run": numbers, "again": ["the same words"] * 9})
    assert isinstance(packed["packed"]["run"], str)
    assert unpack(packed)["run"] == numbers


def test_truth_values_and_large_numbers_are_no_run():
    for values in ([True] * 9, [2**40] * 9, [0.5] * 9, [1, 2, 3]):
        packed = pack({"values": values, "again": ["the same words"] * 9})
        assert packed["packed"]["values"] == values


def test_the_most_frequent_text_has_the_shortest_name():
    packed = pack(["seldom said"] * 3 + ["often said"] * 70)
    assert packed == {"packed": ["~1"] * 3 + ["~0"] * 70, "words": ["often said", "seldom said"]}


def test_records_with_the_same_keys_name_them_once():
    records = [{"key": f"a{at}", "style": "base"} for at in range(9)]
    packed = pack(records)["packed"]
    assert packed[:3] == ["^", ["key", "style"], ["a0", "~0"]]
    mixed = [*records, {"style": "base", "key": "a9"}]
    assert unpack(pack(mixed)) == mixed


@pytest.mark.parametrize("value", [{}, [], None, "x", {"text": "</script>"}, {"packed": 1}, {"words": []}])
def test_what_gains_nothing_stays_as_it_is(value):
    assert pack(value) == value
    assert unpack(value) == value


def test_values_that_look_packed_are_packed_too():
    looks = {"packed": ["~0"], "words": []}
    assert pack(looks) != looks
    assert unpack(pack(looks)) == looks
