"""The days that two years are compared by: missing ones, and persons who cannot be followed."""

import pytest

from boundaries.moves.snapshots import find_snapshot_gaps, list_figure_years
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError


def test_a_missing_day_is_told_with_the_days_there_are(village):
    residents = village.residents([(2022, "A1", "p", 1), (2025, "A1", "p", 4)])
    with pytest.raises(DataError) as raised:
        village.follow(residents)
    assert raised.value.key == "moves.missing_snapshot"
    for language in LANGUAGES:
        sentence = load_texts(language).get("error.moves.missing_snapshot", raised.value.values)
        assert "2024" in sentence
        assert "2022, 2025" in sentence
    assert list_figure_years(residents) == ()
    assert list_figure_years(village.residents(village.story)) == (2025,)


def test_gaps_between_the_days_and_persons_without_id_are_found(village):
    rows = [(2020, "A1", "p", 1), (2023, "A1", "p", 4), (2023, "A1", None, 4), (2024, "A1", "p", 5)]
    residents = village.residents(rows).assign(residents_n=[1, 1, 7, 1])
    found = find_snapshot_gaps(residents)
    assert found[["rule", "severity", "value"]].to_numpy().tolist() == [
        ["snapshot_missing", "warning", "2021"],
        ["snapshot_missing", "warning", "2022"],
        ["residents_without_person_id", "warning", "2023"],
    ]
    assert found["other"].iloc[0] == "2020, 2023, 2024"
    assert found["measure"].iloc[2] == 7
    assert find_snapshot_gaps(residents.iloc[:0]).empty
    for rule in found["rule"]:
        assert all(load_texts(language).has(f"finding.{rule}.text") for language in LANGUAGES)


def test_a_person_in_two_dwellings_on_one_day_is_named_with_both(village):
    residents = village.residents([*village.story, (2025, "B1", "stays", 41)])
    with pytest.raises(DataError) as raised:
        village.follow(residents)
    assert dict(raised.value.values) == {"person": "stays", "year": 2025, "dwellings": "A1, B1"}


def test_counted_rows_alone_cannot_be_followed(village):
    with pytest.raises(DataError, match="no_person_ids"):
        village.follow(village.residents([(2024, "A1", None, 3), (2025, "A1", "p", 3)]))
