"""Tables fit the terminal, lose nothing and obey nothing."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps import text_table
from maps.text_table import format_table


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "name": ["Ærtebjerggård", "Å"],
            "counted_n": pd.array([1234, None], dtype="Int64"),
            "reason": ["built_in_approval_year", "outside"],
        }
    )


def test_a_table_in_full(frame, texts):
    assert format_table(frame.drop(columns="reason"), texts).split("\n") == [
        "Navn           Tæller med",
        "─────────────  ──────────",
        "Ærtebjerggård       1.234",
        "Å                       –",
    ]


@pytest.mark.parametrize("width", [40, 60, 100, 300])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(frame, texts, width):
    lines = format_table(frame, texts, width=width).split("\n")
    assert max(text_table.measure(line) for line in lines) <= width
    words = re.findall(r"\w+", " ".join(lines))
    for word in ("Opført", "godkendt", "Ligger", "matrikler"):
        assert word in words


def test_numbers_are_never_broken(texts):
    frame = pd.DataFrame({"text": ["x" * 80], "residents_counted_n": [123456789]})
    assert "123.456.789" in format_table(frame, texts, width=30)


def test_decisions_are_coloured_only_when_asked(texts):
    frame = pd.DataFrame(
        {"name": ["a", "b", "c", "d"], "decision": ["counted", "not_counted", "undecided", "outside"]}
    )
    assert "\x1b" not in format_table(frame, texts)
    coloured = format_table(frame, texts, is_color=True).split("\n")
    assert [line[:5] for line in coloured[2:5]] == ["\x1b[34m", "\x1b[31m", "\x1b[33m"]
    assert "\x1b" not in coloured[5]
    assert re.sub("\x1b\\[\\d+m", "", "\n".join(coloured)) == format_table(frame, texts)


def test_a_comparison_is_coloured_by_what_holds_after(texts):
    frame = pd.DataFrame({"decision_before": ["counted"], "decision_after": [None]})
    assert "\x1b[34m" not in format_table(frame, texts, is_color=True)


def test_an_empty_table_says_so(texts):
    assert format_table(pd.DataFrame({"name": []}), texts) == "Ingen rækker."


def test_what_a_terminal_would_obey_is_shown_as_a_sign():
    assert text_table.clean("a\x1b[31mb\x00\u202ec\r\nd\te\ud800") == "a\ufffd[31mb\ufffd\ufffdc d e\ufffd"


def test_wide_and_combining_signs_are_measured():
    assert text_table.measure("漢字") == 4
    assert text_table.measure("e\u0301") == 1


@given(st.text(min_size=0, max_size=80), st.integers(2, 40))
def test_wrapping_keeps_every_sign_but_spaces(text, width):
    cleaned = text_table.clean(text)
    lines = text_table.wrap(cleaned, width)
    assert all(text_table.measure(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(cleaned.split())
