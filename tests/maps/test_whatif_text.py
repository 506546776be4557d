"""A what-if as text: what is hidden is said to be, and nothing is wider than the terminal needs."""

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from boundaries.whatif.evaluation import WhatIf
from data.texts import LANGUAGES, load_texts
from maps.whatif_text import format_whatif


def make_area(area_id="A", **values):
    row = {"area_id": area_id, "name": "Åparken", "criteria_required_n": 2}
    for side in ("before", "after"):
        row |= {
            f"counted_{side}_n": 1200, f"undecided_{side}_n": 0, f"residents_{side}_n": 2100,
            f"residents_max_{side}_n": 2100, f"criteria_met_{side}_n": 2, f"term_{side}": "parallelsamfund",
            f"is_listed_{side}": "met", f"possible_{side}": "",
        }  # fmt: skip
    return {**row, "is_changed": True, **values}


def make_criterion(criterion="labour_outside", **values):
    row = {"area_id": "A", "criteria_set": "main", "criterion": criterion, "compare": ">"}
    row["limit"] = Fraction(2, 5)
    for side, value in (("before", Fraction(43, 100)), ("after", Fraction(383, 1000))):
        row |= {
            f"value_{side}": value, f"low_{side}": value, f"high_{side}": value, f"status_{side}": "met",
            f"margin_{side}_n": 120, f"margin_direction_{side}": "fewer", f"hidden_{side}": "",
        }  # fmt: skip
    return {**row, **values}


CHANGE = {
    "proposal": "Nyt", "kind": "building", "area_id": "A", "decision_before": None, "reason_before": None,
    "decision_after": "counted", "reason_after": "built_after_approval", "dwellings_n": 20,
    "expected_residents_n": 1600,
}  # fmt: skip


def show(areas=None, criteria=None, changes=None, *, language="da", width=150, is_synthetic=False):
    whatif = WhatIf(
        status_date=date(2025, 1, 1),
        list_date=date(2025, 12, 1),
        file="forslag.toml",
        areas=pd.DataFrame(areas or [make_area()]),
        criteria=pd.DataFrame(criteria or [make_criterion()]),
        changes=pd.DataFrame(changes or [CHANGE]),
        findings=pd.DataFrame(),
        is_synthetic=is_synthetic,
    )
    return format_whatif(whatif, load_texts(language), width)


def line_with(text, start):
    (line,) = [line for line in text.splitlines() if line.startswith(start)]
    return " ".join(line.split())


def test_the_whole_in_danish():
    text = show()
    assert "1. januar 2025" in text
    assert "1. december 2025" in text
    assert line_with(text, "Nyt").startswith(
        "Nyt Nybyggeri A 20 1.600 Findes ikke Tæller med Opført som ikke-almen familiebolig"
    )
    assert line_with(text, "A  ") == "A Åparken 1.200 0 2.100 2 Parallelsamfund"
    assert (
        line_with(text, "Uden for") == "Uden for arbejdsmarked og uddannelse > 40,0 pct. 43,0 pct. 38,3 pct. "
        "Opfyldt Opfyldt 120 færre 120 færre"
    )
    assert "Data er opdigtede" not in text
    assert "Data er opdigtede" in show(is_synthetic=True)


def test_both_sides_are_shown_where_they_differ():
    area = make_area(
        counted_after_n=1220, undecided_after_n=3, residents_max_after_n=2111, criteria_met_after_n=pd.NA,
        term_after=None, is_listed_after="undecided", possible_after="udsat boligområde",
    )  # fmt: skip
    assert line_with(show([area]), "A  ") == (
        "A Åparken 1.200 → 1.220 0 → 3 2.100 → 2.100–2.111 2 → – "
        "Parallelsamfund → Uafklaret (måske udsat boligområde)"
    )


def test_hidden_is_said_and_missing_is_not_hidden():
    area = make_area(residents_after_n=pd.NA, residents_max_after_n=pd.NA, residents_max_before_n=pd.NA)
    hidden = make_criterion(
        value_after=None, low_after=None, high_after=None, margin_after_n=pd.NA, status_after=None,
        hidden_after="status,value,low,high,margin_n",
    )  # fmt: skip
    nobody = make_criterion(
        "income", value_after=None, low_after=None, high_after=None, margin_after_n=pd.NA, status_after=None
    )
    text = show([area], [hidden, nobody])
    assert "mindst 2.100 → diskretioneret" in line_with(text, "A  ")
    assert line_with(text, "Uden for").endswith(
        "diskretioneret Opfyldt diskretioneret 120 færre diskretioneret"
    )
    assert line_with(text, "Indkomst").endswith("43,0 pct. – Opfyldt – 120 kr. mindre –")


def test_an_interval_and_an_area_of_one_side():
    row = make_criterion(low_after=Fraction(354, 1000), high_after=Fraction(446, 1000))
    gone = make_area(
        counted_after_n=pd.NA, undecided_after_n=pd.NA, residents_after_n=pd.NA, term_after=None,
        is_listed_after=None, possible_after=None, criteria_met_after_n=pd.NA,
    )  # fmt: skip
    text = show([gone], [row])
    assert "38,3 pct. (35,4–44,6)" in text
    assert line_with(text, "A  ") == (
        "A Åparken 1.200 → – 0 → – 2.100 → – 2 → – Parallelsamfund → Ikke på listen"
    )


def test_dwellings_with_one_outcome_are_told_together():
    changes = [
        {**CHANGE, "kind": "extension", "decision_before": "counted", "reason_before": reason, "dwellings_n": n,
         "expected_residents_n": pd.NA}
        for reason, n in (("built_after_approval", 7), ("relabelled_after_approval", 5))
    ]  # fmt: skip
    assert line_with(show(changes=changes), "Nyt").startswith("Nyt Udvidelse A 12 – Tæller med Tæller med")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([True, False], "Uændrede områder: B."),
        ([True, True], "Alle områder ændrer sig."),
        ([False, False], "Ingen områder ændrer sig."),
    ],
)
def test_what_stays_the_same_is_told(flags, expected):
    areas = [
        make_area(area_id, is_changed=flag, name=area_id) for area_id, flag in zip("AB", flags, strict=True)
    ]
    text = show(areas)
    assert text.endswith(expected)
    assert ("Områder, der ændrer sig" in text) == any(flags)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_both_languages_and_lines_fit(language):
    criteria = [make_criterion(criteria_set=name) for name in ("main", "prevention")]
    text = show(criteria=criteria, language=language, width=110)
    assert max(map(len, text.splitlines())) <= 110
    assert "whatif." not in text
