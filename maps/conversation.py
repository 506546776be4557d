"""What every command does around its chain: opens the project, reads it, tells findings and the answer."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import DataError, UsageError
from maps.command_line import LANGUAGE, DocumentedCommand, find_texts

if TYPE_CHECKING:
    import pandas as pd

    from boundaries.model import Registers
    from boundaries.registers.project import Project


def add_command(group: click.Group, function: Callable[..., None]) -> click.Command:
    """Make a command of a function, with the options that all share; ``show_list`` is called ``list``."""
    shared = click.option("--json", "as_json", is_flag=True)(LANGUAGE(function))
    name = function.__name__.removeprefix("show_")
    return group.command(name, cls=DocumentedCommand)(click.pass_context(shared))


def open_project(
    ctx: click.Context, path: Path, on: datetime | None, *, output: Path | None = None
) -> tuple["Project", date]:
    """Load a project; its language is spoken from here on, unless another was asked for.

    Parameters
    ----------
    ctx
        Of the command.
    path
        The project's folder or file.
    on
        The status date instead of the project's.
    output
        The folder of results instead of the project's.

    Raises
    ------
    UsageError
        Where neither the project nor ``--on`` gives the status date (``cli.no_status_date``).
    """
    from boundaries.registers.project import load_project

    project = load_project(path)
    ctx.meta.setdefault("language", project.language)
    status_date = on.date() if on else project.status_date
    if status_date is None:
        raise UsageError("cli.no_status_date", {"file": project.path.name})
    return replace(project, status_date=status_date, output=output or project.output), status_date


def read_project(project: "Project") -> "Registers":
    """Read the registers; of land that a split has moved, the findings name the area that holds it."""
    from boundaries.delineation.holders import name_holders
    from boundaries.registers.readers import read_registers

    return name_holders(read_registers(project), tolerance_m2=project.settings.overlap_tolerance_m2)


def read_or_exit(ctx: click.Context, project: "Project", *, tells_all: bool = False) -> "Registers":
    """Read the registers; findings that are errors are told and written, and end the command.

    Of warnings it is said how many there are and which command shows them, not of notes; a command that
    `tells_all` findings itself says nothing here.
    """
    from boundaries.registers.findings import has_errors

    registers = read_project(project)
    if has_errors(registers.findings):
        tell_findings(ctx, project, registers.findings)
        ctx.exit(DataError.exit_status)
    warnings_n = int(registers.findings["severity"].eq("warning").sum())
    if warnings_n and not tells_all:
        _tell_number(ctx, project, warnings_n)
    return registers


def _tell_number(ctx: click.Context, project: "Project", number: int) -> None:
    from boundaries.registers.project import PROJECT_FILE
    from maps import labels, terminal

    texts = find_texts(ctx)
    count = labels.format_count(number, texts.language)
    is_named = project.path.name != PROJECT_FILE
    path = terminal.show_path(project.path if is_named else project.path.parent)
    click.echo(texts.get("cli.findings", {"count": count, "project": path}), err=True)


def tell_findings(ctx: click.Context, project: "Project", findings: "pd.DataFrame") -> None:
    """Write all findings beside the results, and tell the first of them on stderr.

    Where there are none nothing is told, and an older report, which no longer holds, is emptied.
    """
    from maps import folder, index_page, terminal

    if findings.empty:
        if any((project.output / name).exists() for name in index_page.FINDING_FILES):
            folder.write_findings(project.output, findings, find_texts(ctx))
        return
    written = folder.write_findings(project.output, findings, find_texts(ctx))
    click.echo(terminal.format_findings(findings, find_texts(ctx), limit=20), err=True)
    files = ", ".join(map(terminal.show_path, written))
    click.echo(find_texts(ctx).get("cli.findings_written", {"files": files}), err=True)


def tell(as_json: bool, value: object, text: str) -> None:
    """Print an answer to stdout: values for a program, or text for a person."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2) if as_json else text)


def tell_or_exit(ctx: click.Context, findings: "pd.DataFrame") -> None:
    """Tell the findings of a command without a project on stderr; errors end the command."""
    from boundaries.registers.findings import has_errors
    from maps import terminal

    if len(findings):
        click.echo(terminal.format_findings(findings, find_texts(ctx), limit=20), err=True)
    if has_errors(findings):
        ctx.exit(DataError.exit_status)
