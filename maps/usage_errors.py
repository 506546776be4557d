"""What is wrong with a command line, said in the language asked for; Click itself knows English only."""

from collections.abc import Iterable
from typing import IO, Any

import click

from data.texts import Texts


class SpokenUsageError(click.ClickException):
    """A fault of the command line with its sentence from the catalog (exit status 2).

    Parameters
    ----------
    error
        What Click found.
    texts
        Of the language asked for.
    """

    exit_code = 2

    def __init__(self, error: click.UsageError, texts: Texts) -> None:
        super().__init__(name_usage_fault(error, texts))
        self._context, self._texts = error.ctx, texts

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line of usage, the fault, and where the help is."""
        lines = [f"{self._texts.get('cli.error')}: {self.message}"]
        if self._context is not None:
            help_line = self._texts.get("usage.see_help", {"command": self._context.command_path})
            lines = [self._context.get_usage(), f"{lines[0]} {help_line}"]
        click.echo("\n".join(lines), file=file, err=file is None)


def name_usage_fault(error: click.UsageError, texts: Texts) -> str:
    """Return the sentence that says what is wrong, and what would be right."""
    if isinstance(error, click.MissingParameter):
        return texts.get("usage.missing", {"name": _name(error.param)}) + _allow(error.param, texts)
    if isinstance(error, click.BadParameter):
        return texts.get("usage.bad_value", {"name": _name(error.param)}) + _allow(error.param, texts)
    if isinstance(error, click.NoSuchOption):
        nearest = _suggest(error.possibilities, texts)
        return texts.get("usage.no_such_option", {"name": error.option_name}) + nearest
    if isinstance(error, click.BadOptionUsage):
        key = "takes_no_value" if _is_flag(error) else "needs_value"
        return texts.get(f"usage.{key}", {"name": error.option_name})
    command = getattr(error, "command_name", None)  # its class is newer than the oldest Click that will do
    if command is not None:
        nearest = _suggest(getattr(error, "possibilities", None), texts)
        return texts.get("usage.no_such_command", {"name": command}) + nearest
    # What is left is an argument too many; Click names it in brackets.
    _, _, named = error.message.partition("(")
    return texts.get("usage.too_many", {"name": named.rstrip(")")}) if named else error.format_message()


def _name(parameter: click.Parameter | None) -> str:
    """Return how the help calls a parameter: an option by its longest name."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return (parameter.human_readable_name if parameter else "").strip("[]")


def _is_flag(error: click.BadOptionUsage) -> bool:
    parameters = error.ctx.command.params if error.ctx is not None else []
    return any(
        isinstance(parameter, click.Option) and parameter.is_flag and error.option_name in parameter.opts
        for parameter in parameters
    )


def _allow(parameter: click.Parameter | None, texts: Texts) -> str:
    """Say what a parameter may be, where its type tells."""
    kind = parameter.type if parameter else None
    if isinstance(kind, click.Choice):
        return " " + texts.get("usage.choose", {"choices": ", ".join(map(str, kind.choices))})
    if isinstance(kind, click.DateTime):
        return " " + texts.get("usage.day")
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        bounds = {name: "…" if bound is None else f"{bound:g}" for name, bound in _list_bounds(kind)}
        return " " + texts.get("usage.range", bounds)
    if kind in {click.INT, click.FLOAT}:
        return " " + texts.get("usage.integer" if kind is click.INT else "usage.number")
    return ""


def _list_bounds(kind: click.IntRange | click.FloatRange) -> list[tuple[str, float | None]]:
    return [("low", kind.min), ("high", kind.max)]


def _suggest(possibilities: Iterable[str] | None, texts: Texts) -> str:
    named = ", ".join(possibilities or ())
    return " " + texts.get("usage.did_you_mean", {"named": named}) if named else ""
