"""Swatches show the palette's shapes and styles."""

from xml.etree import ElementTree as ET

import pytest

from boundaries.model import Decision
from maps import legend, palette


@pytest.mark.parametrize("decision", list(Decision))
def test_symbols_are_the_palettes(decision):
    (path,) = ET.fromstring(legend.make_symbol(decision))
    assert path.get("class") == f"decision-{decision.value}"
    assert path.get("d") == palette.SHAPE_PATHS[palette.DECISION_STYLES[decision].shape]


def test_states_that_do_not_occur_are_left_out(texts):
    entries = legend.make_area_legend(1200, {"in_force": 0, "applied": 2}, texts)
    assert [(entry.label, entry.count) for entry in entries] == [
        ("Oprindeligt boligområde", "n = 1.200"),
        ("Ansøgt udvidelse", "n = 2"),
    ]
    assert "extension-applied" in entries[1].swatch


def test_decisions_are_all_listed_even_at_0(texts):
    entries = legend.make_decision_legend({Decision.COUNTED: 3}, texts)
    assert [entry.count for entry in entries] == ["n = 3", "n = 0", "n = 0", "n = 0"]
