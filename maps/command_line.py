"""How the command line speaks: help, errors and progress, in the language asked for."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from data.texts import LANGUAGES, Texts, load_texts
from geo.errors import BoligkortError
from maps.usage_errors import SpokenUsageError

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


T = TypeVar("T")


def find_texts(ctx: click.Context) -> Texts:
    """Return the catalog of the language that the command line asked for; Danish by default."""
    return load_texts(ctx.meta.get("language", LANGUAGES[0]))


DAY = click.DateTime(["%Y-%m-%d"])
"""A day as ISO 8601 has it."""

PATH = click.Path(path_type=Path, readable=False)
"""A file or folder, as a `pathlib.Path`. Whether it may be read is left to its reader, who says it better."""

ISO = "ÅÅÅÅ-MM-DD"
"""How a day is named in the help."""

LANGUAGE = click.option("--language", type=click.Choice(LANGUAGES), expose_value=False)
"""``--language``, known by every command."""

PROJECT = click.argument("project", type=PATH, default=Path())
"""The project's folder or file; the current folder by default."""

ON = click.option("--on", type=DAY, metavar=ISO)
"""``--on``, the status date instead of the project's."""

OVERWRITE = click.option("--overwrite", is_flag=True)
"""``--overwrite``, without which nothing that exists is replaced."""


def pick(kind: type[T], options: Mapping[str, object]) -> T:
    """Make a dataclass of the options that are named as its fields.

    For commands with more options than a signature can hold.
    """
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # T is a dataclass
    return kind(**{name: options[name] for name in names if name in options})


class DocumentedCommand(click.Command):
    """A command whose help stands in the catalog: what it does, its options, a real example."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; the language is taken first, so that a help or an error on the way is in it."""
        for option, value in pairwise(args):
            if option == "--language" and value in LANGUAGES:
                ctx.meta["language"] = value
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # the parser of options knows none
            raise

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of usage."""
        prefix = find_texts(ctx).get("help.usage") + " "
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, each part from the catalog."""
        texts = find_texts(ctx)
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(texts.get(f"help.command.{self.name}"))
        self.format_command_list(formatter, texts)
        with formatter.section(texts.get("help.options")):
            formatter.write_dl([_describe(param, texts, ctx) for param in self.get_params(ctx)])
        with formatter.section(texts.get("help.example")):
            formatter.write_text(texts.get(f"help.example_of.{self.name}"))

    def format_command_list(self, formatter: click.HelpFormatter, texts: Texts) -> None:
        """Write the commands below this one: none."""


class SpeakingGroup(DocumentedCommand, click.Group):
    """The group of commands: lists them in its help, and says our own errors in one line."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # as Click has it
    ) -> click.Context:
        """Parse what stands before the command; a fault is said in the language asked for."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise _speak(error) from error

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; one of our errors becomes its sentence and the exit status of its class."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _speak(error) from error
        except BoligkortError as error:
            texts = find_texts(ctx)
            # An error of several parts says each of them; its own sentence is for developers.
            for part in getattr(error, "errors", (error,)):
                sentence = " ".join(texts.get(f"error.{part.key}", part.values).splitlines())
                click.echo(f"{texts.get('cli.error')}: {sentence}", err=True)
            ctx.exit(error.exit_status)

    def format_command_list(self, formatter: click.HelpFormatter, texts: Texts) -> None:
        """Write the commands in the order in which they are defined."""
        with formatter.section(texts.get("help.commands")):
            formatter.write_dl([(name, texts.get(f"help.short.{name}")) for name in self.commands])


def _speak(error: click.UsageError) -> click.ClickException:
    """Return the error with a sentence of the catalog; a command without arguments shows its help instead."""
    if error.ctx is None or isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error
    return SpokenUsageError(error, find_texts(error.ctx))


@contextmanager
def show_progress(ctx: click.Context, *steps: str) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal while the steps are taken; elsewhere nothing.

    Parameters
    ----------
    ctx
        Of the command.
    steps
        Keys below ``cli.step`` in the texts, in order.

    Yields
    ------
    Callable
        To be called with the key of each step as it begins.
    """
    texts = find_texts(ctx)
    progress: ProgressBar[str] = click.progressbar(
        length=len(steps),
        label=texts.get("cli.working"),
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda step: texts.get(f"cli.step.{step}") if step else "",
    )
    with progress as bar:
        yield lambda step: bar.update(1, step)


def _describe(param: click.Parameter, texts: Texts, ctx: click.Context) -> tuple[str, str]:
    name = str(param.name).removeprefix("_click_default_")
    own = f"help.option_of.{ctx.command.name}.{name}"
    text = texts.get(own if texts.has(own) else f"help.option.{name}")
    if not isinstance(param, click.Option):
        return param.make_metavar(ctx), text
    names = ", ".join(param.opts)
    return (names if param.is_flag else f"{names} {param.make_metavar(ctx)}"), text
