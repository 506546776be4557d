"""What the bytes of a file say of all cells, against the cells one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import byte_survey
from geo.byte_survey import find_any, find_byte, has_lone_return, survey_bytes

CELL = st.text(alphabet="aÅé \t\u00a0\u0301Ã¦\u200b½1", max_size=4)


def to_bytes(text):
    return np.frombuffer(text, dtype=np.uint8)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_what_is_plain_needs_no_cleaning(rows, newline):
    text = newline.join(f"{first};{second}" for first, second in rows).encode()
    survey = survey_bytes(to_bytes(text), delimiter=";")
    assert survey.lines_n == len(rows)
    if survey.is_plain:
        assert all(cell == cell.strip(" \t\u00a0\u200b") for row in rows for cell in row)
        assert not {"\u00a0", "\u0301", "Ã"} & set("".join(map("".join, rows)))


@pytest.mark.parametrize("at", range(12))
def test_a_blank_beside_a_delimiter_is_seen_wherever_a_piece_ends(monkeypatch, at):
    monkeypatch.setattr(byte_survey, "_PIECE_BYTES", 4)
    cells = "abc;def;ghi\n"
    assert survey_bytes(to_bytes(cells.encode()), delimiter=";") == (1, True, False)
    spaced = (cells[:at] + " " + cells[at:]).encode()
    expected = at not in {0, 3, 4, 7, 8, 11}
    assert survey_bytes(to_bytes(spaced), delimiter=";").is_plain is expected


@pytest.mark.parametrize("text", ["a;\u0301", "Ã¦;b", "½;b", "a\u00a0b;c", "a\tb;c", "\ufffd;b"])
def test_letters_that_may_need_a_look_are_not_plain(text):
    assert not survey_bytes(to_bytes(text.encode()), delimiter=";").is_plain


@pytest.mark.parametrize("at", range(12))
def test_a_byte_is_found_wherever_a_piece_ends(monkeypatch, at):
    monkeypatch.setattr(byte_survey, "_PIECE_BYTES", 4)
    text = b"a" * at + b"bab"
    assert find_byte(to_bytes(text), ord("b")) == at
    assert find_byte(to_bytes(text), ord("c")) == -1


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='a;" \n', max_size=20), st.integers(1, 5))
def test_quotes_are_paired_on_every_line_wherever_a_piece_ends(text, piece_n):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(byte_survey, "_PIECE_BYTES", piece_n)
        survey = survey_bytes(to_bytes(text.encode()), delimiter=";")
    assert survey.has_open_quotes == any(line.count('"') % 2 for line in text.split("\n"))
    if not survey.has_open_quotes:
        assert survey.lines_n == len(text.splitlines())
    if survey.is_plain:
        assert all(cell == cell.strip() for cell in text.replace('"', ";").replace("\n", ";").split(";"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=20), st.binary(max_size=4), st.integers(1, 5))
def test_bytes_are_found_wherever_they_stand(text, wanted, piece_n):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(byte_survey, "_PIECE_BYTES", piece_n)
        assert find_any(to_bytes(text), wanted) == set(text) & set(wanted)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="a\r\n", max_size=12), st.integers(1, 5))
def test_a_return_that_ends_no_line_is_seen_wherever_a_piece_ends(text, piece_n):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(byte_survey, "_PIECE_BYTES", piece_n)
        assert has_lone_return(to_bytes(text.encode())) == ("\r" in text.replace("\r\n", ""))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="a;\n", max_size=20), st.integers(1, 5))
def test_lines_are_counted_wherever_a_piece_ends(text, piece_n):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(byte_survey, "_PIECE_BYTES", piece_n)
        assert survey_bytes(to_bytes(text.encode()), delimiter=";").lines_n == len(text.splitlines())


def test_no_rows_have_no_lines():
    assert survey_bytes(to_bytes(b""), delimiter=";") == (0, True, False)
