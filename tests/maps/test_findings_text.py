"""Findings in words: by rule, with the first places, and all of them counted."""

import re
from types import MappingProxyType

import pandas as pd
import pytest

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.context_layers import CONTEXT_SEVERITIES
from boundaries.registers.findings import combine_findings, has_errors, make_finding, make_strict
from boundaries.registers.flows import FLOW_SEVERITIES
from boundaries.registers.kommune_findings import KOMMUNE_SEVERITIES
from boundaries.registers.severity import SEVERITIES
from data.texts import LANGUAGES, Texts, load_texts
from geo.readers import SHEET_SUFFIXES
from maps import findings_text
from maps.findings_text import PLACES_N, findings_table, format_findings


@pytest.fixture
def worded(texts):
    own = {
        "finding.unknown_code.text": "Koden '{value}' i {column} er ukendt ({measure}, {other}, {layer}).",
        "finding.unknown_code.remedy": "Ret {column} i {file}.",
        "finding.bad_date.text": "'{value}' er ikke en dato.",
        "finding.bad_date.remedy": "Ret {record_id}.",
    }
    return Texts("da", MappingProxyType({**texts.entries, **own}))


def make_dates(*ids, severity="error"):
    parts = [make_finding("bad_date", "dwellings", {"record_id": name, "value": f"x{name}"}) for name in ids]
    return combine_findings(parts).assign(severity=severity)


def test_a_rule_is_told_by_how_many_where_what_and_what_to_do(make, worded):
    findings = make["findings"](3).assign(severity="error")
    assert format_findings(findings, worded, width=100).split("\n") == [
        "Fejl  unknown_code: 3 fund",
        "  boliger.csv · linje 1204 · kolonne use_code · 0A-0",
        "    Koden '143' i use_code er ukendt (–, –, –).",
        "  boliger.csv · linje 1205 · kolonne use_code · 0A-1",
        "    Koden '143' i use_code er ukendt (–, –, –).",
        "  boliger.csv · linje 1206 · kolonne use_code · 0A-2",
        "    Koden '143' i use_code er ukendt (–, –, –).",
        "  Gør: Ret use_code i boliger.csv.",
        "",
        "Fejl: 3. Advarsler: 0.",
    ]


def test_errors_come_first_and_the_rest_are_counted(make, worded):
    told = format_findings(make["findings"](1500), worded, limit=20)
    blocks = told.split("\n\n")
    assert [block.split("\n")[0] for block in blocks[:-1]] == [
        "Fejl  unknown_code: 750 fund",
        "Advarsel  unknown_code: 750 fund",
    ]
    assert all(f"  … og {750 - PLACES_N} til" in block.split("\n") for block in blocks[:-1])
    assert told.endswith("Fejl: 750. Advarsler: 750. Viser 10 af 1.500.")


@pytest.mark.parametrize(
    ("limit", "places_n"), [(100, PLACES_N), (2 * PLACES_N, PLACES_N), (4, 2), (3, 1), (0, 1)]
)
def test_the_limit_is_shared_out_and_no_rule_is_left_out(make, worded, limit, places_n):
    findings = pd.concat([make["findings"](18).assign(severity="error"), make_dates(*"abcdefgh")])
    told = format_findings(findings, worded, limit=limit)
    assert told.count("Koden '143'") == places_n
    assert told.count("er ikke en dato") == places_n
    assert f"Viser {2 * places_n} af 26." in told


def test_a_remedy_that_differs_is_told_for_each(worded):
    told = format_findings(make_dates("D1", "D2"), worded, width=60)
    assert "  Gør: Ret D1.\n  Gør: Ret D2." in told
    assert told.count("Gør:") == 2


@pytest.mark.parametrize(
    ("file", "layer", "where"),
    [
        ("a.csv", "", "a.csv · linje 7"),
        ("a.gpkg", "Områder", "a.gpkg · lag Områder · objekt 7"),
        ("a.XLSX", "Ark1", "a.XLSX · ark Ark1 · række 7"),
    ],
)
def test_a_place_is_named_as_its_format_has_it(make, worded, file, layer, where):
    findings = make["findings"](1).assign(
        file=file, layer=layer, line=7, column="", record_id=None, measure=12.5
    )
    told = format_findings(findings, worded).split("\n")
    assert told[1] == "  " + where
    assert "(12,5," in told[2]


def test_sheets_are_those_that_can_be_read():
    assert findings_text.SHEET_SUFFIXES == SHEET_SUFFIXES


def test_a_finding_without_a_place(make, worded):
    findings = make["findings"](1).assign(
        file=None, layer=None, column=None, record_id=None, line=pd.array([None], dtype="Int64"), measure=3.0
    )
    told = format_findings(findings, worded).split("\n")
    assert told[0] == "Fejl  unknown_code: 1 fund"
    assert told[1].startswith("    Koden '143'")
    assert "(3," in told[1]


def test_colour_and_width(make, worded):
    coloured = format_findings(make["findings"](2), worded, width=30, is_color=True)
    assert coloured.startswith("\x1b[1;31mFejl\x1b[0m  unknown_code: 1 fund")
    assert "\x1b[1;33mAdvarsel\x1b[0m" in coloured
    body = [line for line in coloured.split("\n") if line.startswith("  ")]
    assert max(map(len, body)) <= 30
    assert "\x1b" not in format_findings(make["findings"](2), worded)


def test_hostile_values_do_not_reach_the_terminal(make, worded):
    findings = make["findings"](1).assign(value="\x1b[2J{0}", record_id="\x1b]0;x\x07", file="a\nb")
    told = format_findings(findings, worded)
    assert "\x1b" not in told
    assert "{0}" in told
    assert told.split("\n")[1].startswith("  a b · ")


def test_nothing_found(make, worded):
    assert format_findings(make["findings"](0), worded) == "Ingen fejl eller advarsler."


def test_the_table_of_findings_keeps_every_column(make, worded):
    table = findings_table(make["findings"](3), worded)
    assert list(table.columns) == [*FINDING_COLUMNS, "text", "remedy"]
    assert table["remedy"].iloc[2] == "Ret use_code i boliger.csv."
    assert len(findings_table(make["findings"](0), worded)) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_finding_is_not_several(make, language):
    texts = load_texts(language)
    heads = [format_findings(make["findings"](n), texts).split("\n")[0].split()[-2:] for n in (1, 3)]
    assert heads == [
        ["1", {"da": "fund", "en": "finding"}[language]],
        ["2", {"da": "fund", "en": "findings"}[language]],
    ]


def test_strict_makes_every_warning_an_error_and_changes_nothing_else():
    findings = combine_findings(
        [
            make_finding("bad_date", "residents", {"line": 3}),
            make_finding("tenure_unknown", "dwellings", {"line": 9, "record_id": "D9"}),
        ]
    )
    assert findings["rule"].tolist() == ["bad_date", "tenure_unknown"]
    strict = make_strict(findings)
    # Dwellings are read before residents, so their finding goes first once both are errors.
    assert strict["rule"].tolist() == ["tenure_unknown", "bad_date"]
    assert strict["severity"].tolist() == ["error", "error"]
    assert findings["severity"].tolist() == ["error", "warning"]
    unchanged = [name for name in FINDING_COLUMNS if name != "severity"]
    pd.testing.assert_frame_equal(
        strict.sort_values("rule", ignore_index=True)[unchanged],
        findings.sort_values("rule", ignore_index=True)[unchanged],
    )


def make_left_out(rows_n=3):
    return make_finding("versions_left_out", "dwellings", {"file": "enhed.csv", "measure": rows_n})


def test_notes_stand_last_and_are_counted_apart(texts):
    date, unknown = make_finding("bad_date", "residents"), make_finding("tenure_unknown", "dwellings")
    findings = combine_findings([make_left_out(), unknown, date])
    assert findings["severity"].tolist() == ["error", "warning", "note"]
    for order in ([2, 0, 1], [0, 2, 1]):
        told = format_findings(findings.iloc[order], texts).split("\n\n")
        assert [block.split()[0] for block in told] == ["Fejl", "Advarsel", "Oplysning", "Fejl:"]
        assert told[-1] == "Fejl: 1. Advarsler: 1. Oplysninger: 1."
    assert "Oplysning" not in format_findings(findings.iloc[:2], texts)
    assert format_findings(make_left_out(), texts, is_color=True).startswith("\x1b[1;36mOplysning\x1b[0m")


def test_strict_leaves_notes_what_they_are():
    findings = combine_findings([make_left_out(), make_finding("tenure_unknown", "dwellings")])
    strict = make_strict(findings)
    assert dict(zip(strict["rule"], strict["severity"], strict=True)) == {
        "tenure_unknown": "error",
        "versions_left_out": "note",
    }
    assert not has_errors(make_strict(make_left_out()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_asks_for_nothing(language):
    texts = load_texts(language)
    severities = {**SEVERITIES, **KOMMUNE_SEVERITIES, **CONTEXT_SEVERITIES, **FLOW_SEVERITIES}
    notes = [rule for rule, severity in severities.items() if severity == "note"]
    assert "versions_left_out" in notes
    begins = {"da": "(?:Intet|Ingenting)", "en": "Nothing"}[language]
    for rule in notes:
        assert re.match(rf"{begins}\b", texts.entries[f"finding.{rule}.remedy"]), rule


def test_strict_makes_a_warning_stop_the_command_and_nothing_stop_nothing():
    warning = make_finding("tenure_unknown", "dwellings")
    assert not has_errors(warning)
    assert has_errors(make_strict(warning))
    assert not has_errors(make_strict(warning.iloc[:0]))
