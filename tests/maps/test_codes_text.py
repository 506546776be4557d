"""Code lists as they are printed: every list, each code with its words."""

import json

import pytest

from boundaries.model import REASON_DECISIONS, Reason, Settings
from boundaries.registers.severity import SEVERITIES
from data.codes import CODE_LISTS, load_codes
from data.texts import LANGUAGES, load_texts
from geo.errors import UsageError
from maps.codes_text import describe_codes, find_codes, format_codes, list_codes


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_can_be_shown_and_every_code_has_words(language):
    texts = load_texts(language)
    lists = list_codes(texts)
    assert set(CODE_LISTS) < set(lists)
    for name, shown in lists.items():
        assert shown.codes["code"].is_unique
        assert (shown.codes["code_text"].str.len() > 0).all()
        told = format_codes(name, texts, width=200)
        assert all(code in told for code in shown.codes["code"])
        assert name in format_codes(None, texts, width=120)


def test_the_use_codes_are_those_of_the_data(texts):
    shown = find_codes("use_codes", texts).codes
    assert shown["code"].tolist() == list(load_codes("use_codes"))
    assert shown.set_index("code").loc["140", ["code_text", "is_dwelling"]].tolist() == [
        load_codes("use_codes")["140"].text_da,
        True,
    ]


def test_reasons_come_with_decision_and_clause(texts):
    shown = find_codes("reasons", texts).codes
    assert shown["code"].tolist() == [str(reason) for reason in REASON_DECISIONS]
    row = shown.set_index("code").loc[str(Reason.OUTSIDE)]
    assert row["decision"] == "outside"
    assert row["clause"] == texts.get("reason.outside.clause")
    assert "Uden for området" in format_codes("reasons", texts, width=200)


def test_settings_are_shown_as_the_project_file_writes_them(texts):
    shown = find_codes("settings", texts).codes.set_index("code")
    assert set(shown.index) == set(vars(Settings()))
    assert shown.loc["count_existing_almen_on_extension", ["default", "choices"]].tolist() == [
        "false",
        "true, false",
    ]
    assert shown.loc["coherence_gap_m", "default"] == "30"
    assert shown.loc["built_in_approval_year", "choices"] == "undecided, after, not_after"


def test_rules_come_with_their_severity(texts):
    shown = find_codes("rules", texts).codes
    assert dict(zip(shown["code"], shown["severity"], strict=True)) == dict(SEVERITIES)
    assert not shown["code_text"].str.contains("{", regex=False).any()


@pytest.mark.parametrize("written", ["use_codes", "use-codes", " USE_CODES "])
def test_a_name_may_be_written_in_several_ways(texts, written):
    assert find_codes(written, texts).name == "use_codes"


@pytest.mark.parametrize("ask", [format_codes, describe_codes, find_codes])
def test_an_unknown_list_names_the_nearest_and_all(texts, ask):
    with pytest.raises(UsageError) as raised:
        ask("usecode", texts)
    assert raised.value.key == "codes.unknown_list"
    assert raised.value.values["nearest"] == "use_codes"
    sentence = texts.get("error.codes.unknown_list", raised.value.values)
    assert all(name in sentence for name in list_codes(texts))


def test_the_values_are_json(texts):
    assert [one["name"] for one in json.loads(json.dumps(describe_codes(None, texts)))] == list(
        list_codes(texts)
    )
    (one,) = describe_codes("use_codes", texts)
    assert one["codes"][0] == {
        "code": "110",
        "code_text": load_codes("use_codes")["110"].text_da,
        "is_dwelling": True,
    }
