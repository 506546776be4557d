"""The catalogs are complete: same keys, same fields, and every key that the program asks for."""

import ast
import re
from pathlib import Path

import pytest

from boundaries.model import Decision, ExtensionStatus, Reason, Tenure
from data.texts import (
    CHOICE,
    LANGUAGES,
    MissingTextError,
    Texts,
    fill_template,
    load_texts,
    show_template,
    template_fields,
)

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("geo", "boundaries", "maps", "data")


def test_both_languages_have_the_same_keys():
    danish, english = (set(load_texts(language).entries) for language in LANGUAGES)
    assert danish - english == set()
    assert english - danish == set()


def test_both_languages_name_the_same_values():
    danish, english = (load_texts(language).entries for language in LANGUAGES)
    different = {key for key in danish if template_fields(danish[key]) != template_fields(english[key])}
    assert different == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_ends_in_a_space(language):
    assert [
        key for key, text in load_texts(language).entries.items() if not text.strip() or text != text.strip()
    ] == []


@pytest.mark.parametrize(
    ("enum", "section"), [(Decision, "decision"), (Tenure, "tenure"), (ExtensionStatus, "status")]
)
def test_every_word_of_the_domain_has_a_text(enum, section):
    texts = load_texts()
    assert [word for word in enum if not texts.has(f"{section}.{word.value}")] == []


def test_every_reason_has_a_sentence_and_a_clause():
    texts = load_texts()
    wanted = {f"reason.{reason.value}.{part}" for reason in Reason for part in ("sentence", "clause")}
    assert wanted - set(texts.entries) == set()


def _list_error_keys():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", "").endswith("Error")
                    and node.args
                ):
                    first = node.args[0]
                    if (
                        isinstance(first, ast.Constant)
                        and isinstance(first.value, str)
                        and re.fullmatch(r"\w+\.\w+", first.value)
                    ):
                        yield path.relative_to(ROOT).as_posix(), first.value, node


def test_every_error_that_is_raised_has_a_sentence():
    texts = load_texts()
    keys = {(path, key) for path, key, _ in _list_error_keys()}
    assert len(keys) > 20
    assert {(path, key) for path, key in keys if not texts.has(f"error.{key}")} == set()


def test_a_missing_text_is_an_error_of_the_program():
    texts = Texts("da", {"a": "{x} og {y}"})
    assert texts.get("a", {"x": 1, "y": 2}) == "1 og 2"
    with pytest.raises(MissingTextError, match="a: no value for 'y'"):
        texts.get("a", {"x": 1})
    with pytest.raises(MissingTextError, match="b"):
        texts.get("b")
    with pytest.raises(MissingTextError, match="sv"):
        load_texts("sv")


def test_a_section_is_what_lies_below_it():
    assert load_texts().section("decision")["counted"] == "Tæller med"


@pytest.mark.parametrize(
    ("count", "word"), [(0, "rows"), (1, "row"), ("1", "row"), ("11", "rows"), ("1,5", "rows")]
)
def test_a_word_follows_its_count(count, word):
    texts = Texts("en", {"a": "{n} {n:row|rows} of {file}", "b": "{n:it is|they are} | {x:>3}"})
    assert texts.get("a", {"n": count, "file": "f|g"}) == f"{count} {word} of f|g"
    several = {"row": "it is", "rows": "they are"}[word]
    assert texts.get("b", {"n": count, "x": 7}) == f"{several} |   7"
    with pytest.raises(MissingTextError, match="a: no value for 'file'"):
        texts.get("a", {"n": count})


def list_choices(template):
    return re.findall(r"\{(\w+):([^{}|]+)\|([^{}|]+)\}", template)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_has_two_different_words(language):
    entries = load_texts(language).entries
    named = {key for key, text in entries.items() if re.search(r"\{\w+:[^{}]*\|", text)}
    assert {"finding.versions_left_out.text", "cli.findings"} <= named
    for key in named:
        text = entries[key]
        choices = list_choices(text)
        assert len(choices) == len(re.findall(r"\{\w+:", text)), key
        assert all(one != several for _, one, several in choices), key
        assert CHOICE not in fill_template(text, dict.fromkeys(template_fields(text), "1")), key
        assert all(several in show_template(text) for _, _, several in choices), key


def test_what_pages_fill_themselves_has_no_choice():
    """Sections are handed to a page's own script as they are, and that knows no words for one."""
    texts = load_texts()
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "maps").glob("*.py"))
    sections = set(re.findall(r'texts\.section\("([\w.]+)"\)', sources))
    assert "report.words" in sections
    handed = [text for section in sections for text in texts.section(section).values()]
    assert [text for text in handed if list_choices(text)] == []
