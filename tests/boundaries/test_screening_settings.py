"""The settings of a screening: defaults, how they are read, every fault at once, and their documentation."""

from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest

from boundaries.registers.cell_columns import GridCriterion
from boundaries.registers.problems import ProjectErrors
from boundaries.screening.settings import CriterionRule, ScreeningSettings, from_table
from geo.errors import UsageError
from geo.grid import Grid


def test_the_defaults_lie_a_third_of_the_gap_from_the_city():
    rules = from_table({}).rules
    assert from_table({}) == ScreeningSettings()
    assert rules[GridCriterion.NON_WESTERN].limit == Fraction("7.9")
    assert [rule.basis for rule in rules.values()] == ["mean"] * 5


def test_settings_are_read_as_they_are_written():
    settings = from_table(
        {
            "year": 2023,
            "cell_size_m": 250,
            "neighbourhood_shape": "circle",
            "criteria_required_n": 2,
            "median_income_dkk": 251_000,
            "leaves_out_students": True,
            "criteria": {
                "low_income": {"basis": "percentile", "limit": 80},
                "non_western": {"limit": 0.1, "year": 2021},
            },
        }
    )
    assert (settings.grid, settings.criteria_required_n) == (Grid(250), 2)
    assert settings.median_income_dkk == 251_000
    assert settings.leaves_out_students
    assert settings.rules[GridCriterion.LOW_INCOME] == CriterionRule(basis="percentile", limit=Fraction(80))
    assert settings.rules[GridCriterion.NON_WESTERN].limit == Fraction(1, 10)
    assert settings.year_of(GridCriterion.NON_WESTERN) == 2021
    assert settings.year_of(GridCriterion.LOW_INCOME) == 2023


def test_every_fault_of_the_settings_is_told_at_once():
    with pytest.raises(ProjectErrors) as caught:
        from_table(
            {
                "cell_size_m": 200,
                "connectivity": 6,
                "radius": 1,
                "criteria_required_n": 6,
                "snap_by": "votes",
                "criteria": {"crime": {}, "low_income": {"basis": "fixed"}},
            }
        )
    keys = sorted(str(error.values["key"]) for error in caught.value.errors)
    assert keys == [
        "screening.cell_size_m",
        "screening.connectivity",
        "screening.criteria.crime",
        "screening.criteria.low_income.limit",
        "screening.criteria_required_n",
        "screening.radius",
        "screening.snap_by",
    ]
    with pytest.raises(UsageError):
        from_table({"group_residents_n": 0})


def test_every_setting_is_documented_with_its_default():
    page = (Path(__file__).resolve().parents[2] / "docs" / "screening.md").read_text(encoding="utf-8")
    table = page.split("## Settings and why they are as they are")[1].split("## ")[0]
    for entry in fields(ScreeningSettings):
        row = next(line for line in table.splitlines() if f"`{entry.name}`" in line)
        value = getattr(ScreeningSettings(), entry.name)
        if isinstance(value, int) and not isinstance(value, bool):
            assert str(int(value)) in row.split("|")[2]
        elif isinstance(value, str):
            assert value in row.split("|")[2]
