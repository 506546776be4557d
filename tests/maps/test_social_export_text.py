"""The sentences about social eksport: Danish numbers, nothing left unfilled, and no claim too much."""

from types import MappingProxyType

import pytest

from boundaries.moves.social_export import measure_social_export, read_social_export
from data.synthetic.panels import PanelPlan, make_panel
from data.texts import LANGUAGES, load_texts
from maps.social_export_text import describe_social_export


@pytest.fixture(scope="module")
def reading():
    return read_social_export(measure_social_export(make_panel(PanelPlan(effect_pp=3.0), 1), draws_n=99))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole(reading, language):
    sentences = describe_social_export(reading, load_texts(language))
    assert len(sentences) == len(reading)
    assert all(sentence.endswith((".", ").")) and "{" not in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("value", "danish", "english"),
    [
        (0.0004, "p < 0,001", "p < 0.001"),
        (0.001, "p = 0,001", "p = 0.001"),
        (0.0496, "p = 0,050", "p = 0.050"),
    ],
)
def test_a_probability_is_never_nought(value, danish, english):
    reading = (("chance.unlikely", MappingProxyType({"value_p": value})),)
    assert danish in describe_social_export(reading, load_texts("da"))[0]
    assert english in describe_social_export(reading, load_texts("en"))[0]


def test_numbers_are_danish_and_rounded_once():
    values = {"estimate_pp": 1.235, "from_year": 2021, "treated_n": 1024, "untreated_n": 74}
    sentence = describe_social_export((("effect.higher", MappingProxyType(values)),), load_texts("da"))[0]
    assert "1,24 procentpoint" in sentence
    assert "Fra 2021 " in sentence
    assert "1.024 kommuner" in sentence
    interval = (("interval.closed", MappingProxyType({"low_pp": -0.5, "high_pp": 2.0})),)
    assert "fra -0,50 til 2,00 procentpoint" in describe_social_export(interval, load_texts("da"))[0].replace(
        "−", "-"
    )


def test_no_reading_is_without_what_it_cannot_show(reading):
    sentences = describe_social_export(reading, load_texts("da"))
    assert "ikke dens årsag" in sentences[-3]
    assert "hvorfor nogen flyttede" in sentences[-2]
    assert "»eksporteret«" in sentences[-1]
