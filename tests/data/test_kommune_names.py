"""Every way in which offices write a kommune means that kommune, and nothing else does."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kommune_names import (
    find_kommune_by_name,
    find_kommune_code,
    is_whole,
    load_other_spellings,
    name_kommune,
    name_near_codes,
    name_nearest,
)
from data.kommuner import load_kommuner
from data.lists import load_other_names

KOMMUNER = sorted(load_kommuner().items())


@pytest.mark.parametrize(("code", "kommune"), KOMMUNER)
def test_each_kommune_is_found_however_it_is_written(code, kommune):
    name, short = kommune.name, code.lstrip("0")
    for text in (
        code, short, f"{short}.0", f" {code} ", name, name.upper(), f"{name} Kommune", f"{name} kommune", f"{short} {name}",
        f"{code} {name}", f"{code} - {name}", f"{name} ({code})", f"{name} ({short})", unicodedata.normalize("NFD", name),
        name.replace("-", " "), name.replace("aa", "å").replace("Aa", "Å"), name.replace("å", "aa"),
        name.replace("ø", "oe").replace("Ø", "Oe").replace("æ", "ae").replace("Æ", "Ae"), f"{name}\u00a0Kommune",
    ):  # fmt: skip
        assert find_kommune_code(text) == code, text
    assert find_kommune_by_name(name) == code
    assert find_kommune_by_name(code) is None
    assert not is_whole(name)
    assert not is_whole(code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Københavns Kommune", "0101"), ("Bornholms Regionskommune", "0400"), ("Århus", "0751"), ("Ålborg", "0851"),
        ("Høje Tåstrup", "0169"), ("Nordfyn", "0480"), ("Vesthimmerland", "0820"), ("Brønderslev-Dronninglund", "0810"),
        ("Fåborg-Midtfyn", "0430"), ("Åbenrå", "0580"), ("Ertholmene", "0411"), ("580 Åbenrå", "0580"),
    ],
)  # fmt: skip
def test_older_names_are_known(text, code):
    assert find_kommune_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0999",
        "999",
        "1101",
        "10",
        "Valby",
        "Kommune",
        "101 Aarhus",
        "Aarhus (101)",
        "Horsen",
        "Ø",
        "084",
        "12,5",
    ],
)
def test_nothing_is_guessed(text):
    assert find_kommune_code(text) is None


def test_names_and_codes_do_not_collide():
    names = [row.name for _, row in KOMMUNER]
    assert len({find_kommune_by_name(name) for name in names}) == len(KOMMUNER) == 99
    assert set(load_other_spellings().values()) <= set(load_kommuner())
    assert not set(load_other_spellings()) & set(names)


def test_the_names_of_the_published_lists_are_known():
    names = [row for row in load_other_names() if not row.area]
    assert names
    for row in names:
        assert find_kommune_code(row.other_name) == find_kommune_code(row.kommune) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Hele landet", "000 Hele landet", "0", "000", "Region Hovedstaden", "084 Region Hovedstaden", "084", "1084", "Landsdel Fyn",
        "Landsdel Bornholm", "01 Landsdel Byen København", "01", "11", "I alt", "Uoplyst", "Uoplyst kommune", "Udlandet", "Danmark",
        "REGION SJÆLLAND", unicodedata.normalize("NFD", "Vest- og Sydsjælland"), "Uden for kommuner",
    ],
)  # fmt: skip
def test_what_is_no_kommune_is_told_apart(text):
    assert is_whole(text)
    assert find_kommune_code(text) is None


@pytest.mark.parametrize("text", ["Valby", "12", "86", "Fynshav", "Regionsgården", "", "København"])
def test_other_words_are_no_wholes(text):
    assert not is_whole(text)


@given(st.text(max_size=30))
def test_any_text_is_one_thing_at_most(text):
    code = find_kommune_code(text)
    assert code is None or (code in load_kommuner() and not is_whole(text))


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("Albrog", "Aalborg (0851)"), ("Kobenhavn", "København (0101)"), ("Silkeborg K.", "Silkeborg (0740)")],
)
def test_the_nearest_name_is_proposed(text, nearest):
    assert name_nearest(text) == nearest


def test_a_kommune_is_named_with_its_code():
    assert name_kommune("0461") == "Odense (0461)"


@given(st.sampled_from([code for code, _ in KOMMUNER]), st.integers(0, 3), st.sampled_from("0123456789"))
def test_a_code_with_one_wrong_digit_is_near_what_it_was(code, at, digit):
    written = code[:at] + digit + code[at + 1 :]
    near = name_near_codes(written, limit=len(KOMMUNER)).split(", ")
    assert sorted(near) == sorted(name_kommune(known) for known, _ in KOMMUNER)
    assert name_near_codes(code, limit=1) == name_kommune(code)
    # Nothing that is two slips away stands before what is one away.
    wrong_n = [sum(a != b for a, b in zip(written, name[-5:-1], strict=True)) for name in near]
    assert wrong_n[0] <= 1 or sorted(near[0][-5:-1]) == sorted(written)
    assert near.index(name_kommune(code)) <= sum(n <= 1 for n in wrong_n) + sum(
        sorted(name[-5:-1]) == sorted(written) or written.strip("0") in name for name in near
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1010", "0101"), ("0571", "0751"), ("0102", "0101"), ("9101", "0101"), ("0615", "0615")],
)
def test_a_slip_of_the_hand_is_found(written, meant):
    assert name_near_codes(written, limit=1) == name_kommune(meant)
