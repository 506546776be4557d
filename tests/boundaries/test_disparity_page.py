"""The page about zones against the city says what the program does."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from boundaries.registers.cell_columns import GridCriterion
from boundaries.registers.context_layers import CONTEXT_SEVERITIES
from boundaries.screening.disparity import compare_gaps
from boundaries.screening.profile import Indicator
from data.texts import load_texts, show_template


@pytest.fixture(scope="module")
def page():
    return Path(__file__).parents[2].joinpath("docs", "disparity.md").read_text(encoding="utf-8")


def read_rows(page, words):
    """Rows of tables by their first cell, where that is one of `words`."""
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", page, flags=re.MULTILINE)
    return {word: cells.split(" | ") for word, cells in rows if word in words}


def test_the_table_of_gaps_is_computed(page):
    rows = read_rows(page, {criterion.value for criterion in GridCriterion})
    printed = [[Decimal(cell) for cell in rows[name][:3]] for name in GridCriterion]
    zones, rest, then = (
        dict(zip(GridCriterion, column, strict=True)) for column in zip(*printed, strict=True)
    )
    for gap in compare_gaps(zones, rest, then).gaps:
        _, _, _, target, now, change, between, direction = rows[gap.criterion]
        assert Decimal(target) == pytest.approx(gap.target)
        assert Decimal(now) == gap.gap_now
        assert float(change) == pytest.approx(float(gap.change_pct), abs=0.05)
        ends = [float(end) for end in between.split(" to ")]
        assert ends == pytest.approx([float(end) for end in gap.change_between_pct], abs=0.05)
        assert direction == gap.direction


def test_every_indicator_and_finding_is_on_the_page(page):
    indicators = {indicator.value for indicator in Indicator}
    assert set(read_rows(page, indicators)) == indicators
    texts = load_texts("en")
    for rule, severity in CONTEXT_SEVERITIES.items():
        text, remedy = (show_template(texts.entries[f"finding.{rule}.{part}"]) for part in ("text", "remedy"))
        assert f"| `{rule}` | {severity} | {text} | {remedy} |" in page
