"""Faults of the command line, said in the language asked for."""

import click
import pytest
from click.testing import CliRunner

from cli import main
from data.texts import LANGUAGES, load_texts
from maps.usage_errors import name_usage_fault


def run(*arguments):
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    ("arguments", "danish", "english"),
    [
        (["inspect"], "FILE mangler.", "FILE is missing."),
        (["map"], "KIND mangler. Vælg mellem: kommuner.", "KIND is missing. Choose from: kommuner."),
        (["check", "--strikt"], "Valget --strikt findes ikke. Mente du --strict?",
         "There is no option --strikt. Did you mean --strict?"),
        (["check", "--qqq"], "Valget --qqq findes ikke.", "There is no option --qqq."),
        (["check", "--strict=1"], "Valget --strict skal ikke have en værdi.", "The option --strict takes no value."),
        (["run", "--output"], "Valget --output skal have en værdi.", "The option --output needs a value."),
        (["run", "--on", "2025-02-30"], "Værdien af --on kan ikke bruges. Skriv en dag som ÅÅÅÅ-MM-DD.",
         "The value of --on cannot be used. Write a day as YYYY-MM-DD."),
        (["map", "kommuner", "x.csv", "--classes", "10"],
         "Værdien af --classes kan ikke bruges. Skriv et tal fra 1 til 9.",
         "The value of --classes cannot be used. Write a number from 1 to 9."),
        (["codes", "a", "b", "c"], "Der er for mange argumenter: b c.", "There are too many arguments: b c."),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_what_would_be_right(arguments, danish, english):
    for language, sentence, words in (
        ("da", danish, ("Brug:", "Fejl:", "Hjælp:")),
        ("en", english, ("Usage:", "Error:", "Help:")),
    ):
        result = run("--language", language, *arguments)
        assert result.exit_code == 2
        usage, fault = result.stderr.splitlines()
        command = f"boligkort {arguments[0]}"
        assert usage.startswith(f"{words[0]} {command} ")
        assert fault == f"{words[1]} {sentence} {words[2]} {command} --help"
        assert result.stdout == ""


def test_a_fault_before_the_command_is_said_too():
    wrong = run("--versoin").stderr.splitlines()[1]
    assert wrong == "Fejl: Valget --versoin findes ikke. Mente du --version? Hjælp: boligkort --help"
    unknown = run("--language", "en", "scren").stderr.splitlines()[1]
    assert unknown == "Error: There is no command scren. Did you mean screen? Help: boligkort --help"


def test_without_arguments_the_help_is_shown():
    result = run()
    assert "Kommandoer" in result.output
    assert "Fejl" not in result.output


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_of_value_is_told(language):
    texts = load_texts(language)
    kinds = {"integer": click.INT, "number": click.FLOAT}
    for key, kind in kinds.items():
        option = click.Option(["-n", "--number"], type=kind)
        found = name_usage_fault(click.BadParameter("x", param=option), texts)
        assert found == f"{texts.get('usage.bad_value', {'name': '--number'})} {texts.get(f'usage.{key}')}"
    half = click.Option(["--share"], type=click.FloatRange(min=0.5))
    found = name_usage_fault(click.BadParameter("x", param=half), texts)
    assert found.endswith(texts.get("usage.range", {"low": "0.5", "high": "…"}))
    free = click.Option(["--name"], type=click.STRING)
    assert name_usage_fault(click.BadParameter("x", param=free), texts).count(".") == 1
    assert name_usage_fault(click.UsageError("whatever it is"), texts) == "whatever it is"
