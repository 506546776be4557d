"""The table of tenures, read a second time from the meaning of the codes, and its findings."""

import itertools
import re
from pathlib import Path

import pandas as pd
import pytest

from boundaries.model import ALMEN_TENURES, Tenure
from boundaries.registers.extracts.tenure import derive_tenure
from boundaries.registers.rows import Rows
from data.codes import load_codes
from data.codes.tenure_rules import (
    CONDITIONS,
    NONE,
    UNKNOWN_CODE,
    describe_sources,
    load_tenure_rules,
)

FIELDS = ("support", "owner", "use", "dwelling_type", "letting")
SUPPORT = [None, *load_codes("support_codes"), "99"]
OWNER = [None, *load_codes("owner_codes"), "99"]
USE = [None, "120", "140", "150", "160", "320"]
DWELLING_TYPE = [None, "1", "3", "E"]
LETTING = [None, "1", "2", "3"]


def make_units(rows):
    frame = pd.DataFrame(rows, columns=list(FIELDS)).astype("str")
    frame.insert(0, "id", pd.Series([f"U{n}" for n in range(len(frame))], dtype="str"))
    origin = pd.DataFrame({"file": "enhed.csv", "layer": "", "line": range(2, len(frame) + 2)}).astype(
        {"file": "str", "layer": "str", "line": "Int64"}
    )
    return Rows(
        register="dwellings",
        frame=frame,
        origin=origin,
        record_id=frame["id"],
        headings={"enhed.csv": {name: name for name in FIELDS}},
        present=frozenset(FIELDS),
    )


def read_by_hand(support, owner, use, dwelling_type, letting):
    """Tell the tenure in plain words of the code lists, without the table."""
    if support in {None, "0", "80"}:
        return read_owner_by_hand(owner, use, dwelling_type, letting)
    supported = {"25": "ungdomsbolig", "40": "aeldrebolig", "42": "plejebolig"}
    if support in supported:
        return f"almen_{supported[support]}"
    if support == "10":
        return "enkeltvaerelse" if dwelling_type == "3" else "almen_familiebolig"
    if support == "30":
        return "kollegie" if use == "150" else "privat_udlejning"
    return {"15": "privat_udlejning", "20": "andelsbolig"}.get(support, "ukendt")


def read_owner_by_hand(owner, use, dwelling_type, letting):
    if owner == "20":
        room = "enkeltvaerelse" if dwelling_type == "3" else "almen_familiebolig"
        return {"150": "almen_ungdomsbolig", "160": "almen_plejebolig"}.get(use, room)
    if owner in {"10", "30", "40"} and use == "150":
        return "kollegie"
    if owner == "10":
        return "privat_udlejning" if letting == "1" else "ejerbolig"
    if owner == "90":
        return "ejerbolig" if letting == "2" else "ukendt"
    others = {"41": "andelsbolig", "80": "statslig"} | dict.fromkeys(["30", "40"], "privat_udlejning")
    return (others | dict.fromkeys(["50", "60", "70"], "kommunal")).get(owner, "ukendt")


def test_every_combination_of_codes_is_read_as_by_hand():
    rows = list(itertools.product(SUPPORT, OWNER, USE, DWELLING_TYPE, LETTING))
    derived = derive_tenure(make_units(rows))
    assert derived.tenure.tolist() == [read_by_hand(*row) for row in rows]
    # Every rule decides somewhere, and no source is of no rule.
    assert set(derived.source) == {rule.code for rule in load_tenure_rules()} | {UNKNOWN_CODE}
    by_code = {rule.code: rule.tenure for rule in load_tenure_rules()} | {UNKNOWN_CODE: "ukendt"}
    assert derived.tenure.tolist() == [by_code[code] for code in derived.source]


def test_the_order_of_units_does_not_matter():
    rows = list(itertools.product(SUPPORT, OWNER, ["140", "150"], ["1", "3"], [None, "1"]))
    forth, back = derive_tenure(make_units(rows)), derive_tenure(make_units(rows[::-1]))
    assert forth.source.tolist() == back.source.tolist()[::-1]


@pytest.mark.parametrize("rule", load_tenure_rules(), ids=lambda rule: rule.code)
def test_a_rule_is_written_in_the_codes_of_the_lists(rule):
    lists = {
        "support": "support_codes",
        "owner": "owner_codes",
        "use": "use_codes",
        "dwelling_type": "dwelling_type_codes",
        "letting": "letting_codes",
    }
    assert tuple(lists) == CONDITIONS
    assert rule.tenure in set(Tenure)
    for name, codes in rule.conditions.items():
        assert codes <= set(load_codes(lists[name])) | {NONE}
    name, codes = rule.contradicted_by
    assert codes <= set(load_codes(lists[name])) if name else not codes
    # The code names the fields that decided, and the ones that it names are those of decided_by.
    named = [part for part in rule.code.split("_") if part.startswith(("enh", "ejerforhold"))]
    assert rule.decided_by == (() if rule.tenure == "ukendt" else tuple(named))
    assert rule.text_da.endswith(".")
    assert rule.text_en.endswith(".")


@pytest.mark.parametrize(
    ("support", "owner", "is_contradicted"),
    [
        ("10", "20", False), ("10", "10", True), ("10", "90", False), ("10", "50", True), ("10", None, False),
        ("25", "40", False), ("25", "50", True), ("40", "50", False), ("40", "10", True), ("42", "70", False),
        ("42", "80", True), ("20", "41", False), ("20", "20", True), ("15", "30", False), ("15", "20", True),
        ("30", "40", False), ("30", "20", True), ("0", "20", True), (None, "20", False), ("0", "10", False),
    ],
)  # fmt: skip
def test_support_and_owner_that_cannot_both_be_are_told(support, owner, is_contradicted):
    derived = derive_tenure(make_units([(support, owner, "140", "1", None)]))
    found = pd.concat(derived.findings)
    contradictions = found[found["rule"] == "tenure_contradiction"]
    assert len(contradictions) == is_contradicted
    if is_contradicted:
        (told,) = contradictions.to_dict("records")
        assert told["value"] == f"enh046 {support}, ejerforhold {owner}"
        assert (told["line"], told["column"], told["other"]) == (2, "support", derived.tenure.iloc[0])
    # What the unit is supported as goes before the owner of its property.
    if support not in {None, "0"}:
        assert derived.source.iloc[0].startswith(f"enh046_{support}")


def test_a_family_dwelling_is_never_taken_from_a_private_owner():
    rows = list(itertools.product([None, "0", "15", "20", "30"], OWNER, USE, DWELLING_TYPE, LETTING))
    tenure = derive_tenure(make_units(rows)).tenure
    almen = {row[1] for row, word in zip(rows, tenure, strict=True) if word in ALMEN_TENURES}
    assert almen == {"20"}


def test_dwellings_of_almen_owners_without_support_are_counted_once():
    rows = [(None, "20", "140", "1", None)] * 3 + [
        (None, "20", "320", "E", None),
        ("10", "20", "140", "1", None),
    ]
    found = pd.concat(derive_tenure(make_units(rows)).findings)
    assert found[["rule", "file", "measure"]].values.tolist() == [["support_not_told", "enhed.csv", 3.0]]


def test_no_units_have_no_tenures():
    derived = derive_tenure(make_units([]))
    assert derived.tenure.empty
    assert all(found.empty for found in derived.findings)


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_source_has_a_sentence(language):
    sentences = describe_sources(language)
    assert set(sentences) == {rule.code for rule in load_tenure_rules()} | {UNKNOWN_CODE}
    assert len(set(sentences.values())) == len(sentences)


def test_the_page_prints_the_table():
    page = Path(__file__).parents[2].joinpath("docs", "extracts.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \|(.*)\|$", page, flags=re.MULTILINE)
    assert [code for code, _ in shown] == [rule.code for rule in load_tenure_rules()]
    for (_, cells), rule in zip(shown, load_tenure_rules(), strict=True):
        *conditions, tenure, text, contradicted_by = (cell.strip() for cell in cells.split("|"))
        assert (tenure, text) == (rule.tenure, rule.text_en)
        assert set(contradicted_by.split()[1:]) == rule.contradicted_by[1]
        for name, cell in zip(CONDITIONS, conditions, strict=True):
            codes = set(cell.replace("blank", NONE).split())
            assert codes == set(rule.conditions.get(name, {"any"}))
