"""Every rule of the registers has its sentence, its remedy and its line in the documentation."""

import re
from pathlib import Path

import pytest

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.findings import has_errors
from boundaries.registers.severity import SEVERITIES
from data.texts import LANGUAGES, load_texts, show_template, template_fields


def test_sound_input_gives_no_findings(input_files):
    registers = input_files.read()
    assert registers.findings.empty
    assert tuple(registers.findings.columns) == FINDING_COLUMNS
    assert not has_errors(registers.findings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_text_and_a_remedy(language):
    texts = load_texts(language)
    for rule in SEVERITIES:
        for part in ("text", "remedy"):
            assert (
                template_fields(texts.get(f"finding.{rule}.{part}", dict.fromkeys(FINDING_COLUMNS, "x")))
                == set()
            )
            assert template_fields(texts.entries[f"finding.{rule}.{part}"]) <= set(FINDING_COLUMNS)


def test_the_page_of_findings_is_complete():
    page = Path(__file__).parents[2].joinpath("docs", "findings.md").read_text(encoding="utf-8")
    texts = load_texts("en")
    for rule, severity in SEVERITIES.items():
        text, remedy = (
            show_template(texts.entries[f"finding.{rule}.{part}"]).replace("|", "\\|")
            for part in ("text", "remedy")
        )
        assert f"| `{rule}` | {severity} | {text} | {remedy} |" in page
    named = re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)
    assert len(named) == len(set(named))
