"""The command `boligkort`: arguments, one call chain a command, messages, exit status."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import DataError, UsageError
from maps.command_line import (
    DAY,
    ISO,
    LANGUAGE,
    ON,
    OVERWRITE,
    PATH,
    PROJECT,
    SpeakingGroup,
    find_texts,
    pick,
    show_progress,
)
from maps.conversation import (
    add_command,
    open_project,
    read_or_exit,
    read_project,
    tell,
    tell_findings,
    tell_or_exit,
)

if TYPE_CHECKING:
    from boundaries.designation.made_list import NoList
    from boundaries.disclosure.lists import PublishedList
    from boundaries.model import Assessment, Registers
    from boundaries.registers.project import Project

# Read when Arrow is loaded, which is later: a command is soon over, and memory that a column has left is
# the next one's. Giving it back to the system in between takes a fifth of the time of a large register.
os.environ.setdefault("MIMALLOC_PURGE_DELAY", "-1")


@click.group(cls=SpeakingGroup, name="boligkort")
@LANGUAGE
@click.version_option(package_name="boligkort")
def main() -> None:
    """Answer who lives inside the line."""


def _command(function: Callable[..., None]) -> click.Command:
    """Register a command with the options that all share."""
    return add_command(main, function)


def _assess(
    project: "Project", registers: "Registers", status_date: date
) -> tuple["Assessment", "PublishedList | NoList"]:
    """Answer for the date, and make its list as it may be shown."""
    from boundaries.assessment import assess
    from boundaries.designation.made_list import make_list
    from boundaries.disclosure.lists import publish_made

    assessment = assess(registers, project.settings, status_date, is_synthetic=project.is_synthetic)
    return assessment, publish_made(make_list(registers, assessment))


@_command
@PROJECT
@ON
@click.option("--output", type=PATH)
@click.option("--background", metavar="URL")
@click.option("--background-credits", metavar="TEKST")
@OVERWRITE
def run(  # noqa: PLR0913  # one parameter an option
    ctx: click.Context,
    project: Path,
    on: datetime | None,
    *,
    output: Path | None,
    background: str | None,
    background_credits: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Do the main job of a project."""
    from boundaries.disclosure.suppression import publish_assessment
    from geo.provenance import describe_versions
    from maps import folder, terminal
    from maps.background import make_background

    tiles = make_background(background, background_credits)
    opened, status_date = open_project(ctx, project, on, output=output)
    texts, target = find_texts(ctx), opened.output
    folder.refuse_existing(target, texts, overwrite=overwrite)
    with show_progress(ctx, "read", "decide") as advance:
        advance("read")
        registers = read_or_exit(ctx, opened, tells_all=True)
        advance("decide")
        assessment, listed = _assess(opened, registers, status_date)
        answer = folder.Answer(publish_assessment(assessment), listed, registers.parcels, tiles)
    # Before the results, so that their index names the findings too.
    tell_findings(ctx, opened, registers.findings)
    with show_progress(ctx, "write") as advance:
        advance("write")
        written = folder.write_results(target, answer, texts, describe_versions(), overwrite=overwrite)
    text = terminal.format_assessment(assessment, written, texts, more=folder.tell_list(listed, texts))
    tell(as_json, folder.describe_answer(answer), text)


@_command
@click.argument("folder", type=PATH, default=Path("boligkort-demo"))
@click.option("--seed", type=int, default=2020, show_default=True)
@OVERWRITE
def demo(ctx: click.Context, folder: Path, seed: int, overwrite: bool, as_json: bool) -> None:
    """Write the synthetic kommune and run the main job on it."""
    from boundaries.whatif.reader import template_text
    from data.synthetic import write_demo
    from geo.writers import write_text

    language = find_texts(ctx).language
    write_demo(folder, seed=seed, overwrite=overwrite, language=language)
    write_text(folder / "forslag.toml", template_text(language), overwrite=overwrite)
    ctx.invoke(run, project=folder, overwrite=overwrite, as_json=as_json)


@_command
@click.argument("folder", type=PATH, default=Path())
@OVERWRITE
def init(ctx: click.Context, folder: Path, overwrite: bool, as_json: bool) -> None:
    """Write a commented project file."""
    from boundaries.registers.project import PROJECT_FILE, template_text
    from geo.writers import write_text

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PROJECT_FILE
    write_text(path, template_text(find_texts(ctx).language), overwrite=overwrite)
    tell(as_json, {"file": str(path)}, find_texts(ctx).get("cli.init", {"file": path}))


@_command
@click.argument("file", type=PATH)
@click.option("--layer", metavar="NAVN")
def inspect(ctx: click.Context, file: Path, layer: str | None, as_json: bool) -> None:
    """Tell what a file holds, and which register it may be."""
    from boundaries.registers.recognition import recognise_file
    from geo.inspection import inspect_file
    from maps import inspection_text

    found = inspect_file(file, layer=layer)
    recognised = recognise_file(found)
    text = inspection_text.format_inspection(found, recognised, find_texts(ctx))
    tell(as_json, inspection_text.describe_inspection(found, recognised), text)


@_command
@PROJECT
@ON
@click.option("--strict", is_flag=True)
def check(ctx: click.Context, project: Path, on: datetime | None, strict: bool, as_json: bool) -> None:
    """Read and check every register."""
    from boundaries.registers.findings import has_errors, make_strict
    from maps import results, terminal

    opened, _ = open_project(ctx, project, on)
    with show_progress(ctx, "read") as advance:
        advance("read")
        registers = read_project(opened)
    findings = make_strict(registers.findings) if strict else registers.findings
    tell_findings(ctx, opened, findings)
    table = terminal.findings_table(findings, find_texts(ctx))
    values = {
        "files": results.list_records(registers.files, list(registers.files.columns)),
        "findings": results.list_records(table, list(table.columns)),
    }
    tell(as_json, values, terminal.format_files(registers.files, find_texts(ctx)))
    ctx.exit(DataError.exit_status if has_errors(findings) else 0)


@_command
@PROJECT
@click.option("--area", metavar="ID")
@click.option("--at", type=float, nargs=2, metavar="E N")
@ON
@click.option("--compare", type=DAY, metavar=ISO)
@click.option("--without-extension", metavar="ID")
@click.option("--near", type=click.FloatRange(min=0), default=100.0, metavar="METER")
@click.option("--export", type=PATH)
@click.option("--map", "map_path", type=PATH)
@OVERWRITE
def dwellings(  # noqa: PLR0913  # one parameter an option
    ctx: click.Context,
    project: Path,
    *,
    area: str | None,
    at: tuple[float, float] | None,
    on: datetime | None,
    compare: datetime | None,
    without_extension: str | None,
    near: float,
    export: Path | None,
    map_path: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Say for every dwelling in and near an area whether it counts, and why."""
    if compare and without_extension:
        raise UsageError("cli.compare_or_without")
    if (area is None) == (at is None):
        raise UsageError("cli.area_or_at")
    if at is not None:
        _tell_place(ctx, project, at, on, as_json=as_json)
        return
    from boundaries.assessment import check_dwellings
    from boundaries.delineation.comparison import Question
    from geo.writers import write_text
    from maps import folder, results, terminal
    from maps.check_map import render_check_map

    opened, status_date = open_project(ctx, project, on)
    with show_progress(ctx, "read", "decide", "write") as advance:
        advance("read")
        registers = read_or_exit(ctx, opened)
        advance("decide")
        question = Question(
            area_id=str(area),
            near_m=near,
            compare_on=compare.date() if compare else None,
            without_extension=without_extension,
        )
        check = check_dwellings(
            registers, opened.settings, status_date, question, is_synthetic=opened.is_synthetic
        )
        advance("write")
        if export:
            folder.export_dwellings(export, check, find_texts(ctx), overwrite=overwrite)
        if map_path:
            page = render_check_map(check, find_texts(ctx))
            write_text(map_path, page, overwrite=overwrite)
    tell(as_json, results.describe_check(check), terminal.format_check(check, find_texts(ctx)))


def _tell_place(
    ctx: click.Context, path: Path, at: tuple[float, float], on: datetime | None, *, as_json: bool
) -> None:
    from boundaries.delineation.timeline import build_timeline
    from maps import results, terminal

    project, _ = open_project(ctx, path, on)
    periods = build_timeline(read_or_exit(ctx, project)).find_at(*at, on=on.date() if on else None)
    values = results.list_records(periods, list(periods.columns))
    tell(as_json, values, terminal.format_table(periods, find_texts(ctx), width=terminal.measure_width()))


@_command
@PROJECT
@ON
def show_list(ctx: click.Context, project: Path, on: datetime | None, as_json: bool) -> None:
    """Print the list of the year: who is on it, by which criteria, with which margins."""
    from boundaries.disclosure.lists import PublishedList
    from maps import list_text, terminal
    from maps.list_json import describe_list

    opened, status_date = open_project(ctx, project, on)
    texts = find_texts(ctx)
    with show_progress(ctx, "read", "decide") as advance:
        advance("read")
        registers = read_or_exit(ctx, opened)
        advance("decide")
        _, listed = _assess(opened, registers, status_date)
    if not isinstance(listed, PublishedList):
        raise DataError(listed.key, listed.values)
    tell(as_json, describe_list(listed), list_text.format_list(listed, texts, width=terminal.measure_width()))


@_command
@PROJECT
@click.argument("proposals", type=PATH)
@ON
def whatif(ctx: click.Context, project: Path, proposals: Path, on: datetime | None, as_json: bool) -> None:
    """Set the list as it is beside the list as it would be."""
    from boundaries.whatif.evaluation import evaluate_proposals
    from boundaries.whatif.reader import read_proposals
    from maps import terminal, whatif_text

    opened, status_date = open_project(ctx, project, on)
    proposed = read_proposals(proposals)
    with show_progress(ctx, "read", "decide") as advance:
        advance("read")
        registers = read_or_exit(ctx, opened)
        advance("decide")
        answer = evaluate_proposals(
            registers, opened.settings, status_date, proposed, is_synthetic=opened.is_synthetic
        )
    if len(answer.findings):
        click.echo(terminal.format_findings(answer.findings, find_texts(ctx)), err=True)
    tell(
        as_json,
        answer.to_json(),
        whatif_text.format_whatif(answer, find_texts(ctx), width=terminal.measure_width()),
    )


@_command
@ON
def law(ctx: click.Context, on: datetime | None, as_json: bool) -> None:
    """Print the law as dated data."""
    from boundaries.designation.law import list_law
    from maps import list_text, terminal

    listing = list_law(on.date() if on else None)
    tell(
        as_json,
        listing.to_json(),
        list_text.format_law(listing, find_texts(ctx), width=terminal.measure_width()),
    )


@_command
@click.argument("file", type=PATH)
def classify(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Say of published values what the law of their date makes of them."""
    from boundaries.designation.published import classify_published
    from boundaries.registers.findings import has_errors
    from geo.readers import read_table
    from maps import list_text, terminal

    texts = find_texts(ctx)
    classified = classify_published(read_table(file))
    if as_json and len(classified.findings):
        click.echo(terminal.format_findings(classified.findings, texts), err=True)
    tell(
        as_json,
        classified.to_json(texts),
        list_text.format_classification(classified, texts, width=terminal.measure_width()),
    )
    ctx.exit(DataError.exit_status if has_errors(classified.findings) else 0)


@_command
@click.argument("project", type=PATH, required=False)
@click.option("--cells", type=PATH)
@ON
@click.option("--compare", type=PATH)
@click.option("--barriers", type=PATH)
@click.option("--crossings", type=PATH)
@click.option("--output", type=PATH)
@OVERWRITE
def screen(
    ctx: click.Context,
    *,
    output: Path | None,
    overwrite: bool,
    as_json: bool,
    **options: object,  # click calls by keyword; `pick` sorts them
) -> None:
    """Screen a city on the national grid for udsatte byområder."""
    from boundaries.city_screening import read_inputs, screen_city
    from boundaries.screening_plan import ScreeningQuestion, open_plan
    from geo.provenance import describe_versions
    from maps import screening_files as files
    from maps.screening_text import format_screening

    plan = open_plan(pick(ScreeningQuestion, options))
    ctx.meta.setdefault("language", plan.language)
    texts, target = find_texts(ctx), output or plan.output
    front = output or plan.front
    files.refuse_existing(target, front=front, overwrite=overwrite)
    with show_progress(ctx, "read", "decide", "write") as advance:
        advance("read")
        inputs = read_inputs(plan)
        tell_or_exit(ctx, inputs.findings)
        advance("decide")
        city = screen_city(plan, inputs)
        advance("write")
        versions = describe_versions()
        written = files.write_screening(target, city, texts, versions, front=front, overwrite=overwrite)
    tell(as_json, files.describe_screening(city, texts), format_screening(city, written, texts))


@_command
@PROJECT
@click.option("--flows", type=PATH)
@click.option("--from-year", type=int, metavar="ÅR")
@click.option("--rules-year", type=int, metavar="ÅR")
@click.option("--with-kommune", multiple=True, metavar="KOMMUNE")
@click.option("--with-table", type=PATH)
@click.option("--with-column", metavar="KOLONNE")
@click.option("--output", type=PATH)
@OVERWRITE
def movers(
    ctx: click.Context,
    project: Path,
    *,
    output: Path | None,
    overwrite: bool,
    as_json: bool,
    **options: object,  # click calls by keyword; `pick` sorts them
) -> None:
    """Follow who moves where, and write pages, tables and figures."""
    from boundaries.movers import MoversQuestion, follow_movers
    from boundaries.registers.project import load_project
    from maps import moves_files, moves_sheets, moves_text, terminal

    opened = load_project(project)
    ctx.meta.setdefault("language", opened.language)
    texts, target = find_texts(ctx), output or opened.output
    opened = replace(opened, output=target)
    moves_files.refuse_existing(target, overwrite=overwrite)
    with show_progress(ctx, "read", "decide", "write") as advance:
        advance("read")
        registers = read_or_exit(ctx, opened)
        advance("decide")
        published = follow_movers(registers, opened, pick(MoversQuestion, options))
        tell_or_exit(ctx, published.findings)
        advance("write")
        written = moves_files.write_moves(target, published, texts, overwrite=overwrite)
    text = moves_text.format_moves(published, written, texts, width=terminal.measure_width())
    tell(as_json, moves_sheets.describe_moves(published), text)


@_command
@click.argument("kind", type=click.Choice(["kommuner"]))
@click.argument("table", type=PATH)
@click.option("--value", required=True, metavar="KOLONNE")
@click.option("--denominator", metavar="KOLONNE")
@click.option("--kommune", metavar="KOLONNE")
@click.option("--year", metavar="ÅR")
@click.option("--where", multiple=True, metavar="KOLONNE=VÆRDI")
@click.option("--sheet", metavar="NAVN")
@click.option("--decimal", type=click.Choice([",", "."]))
@click.option("--dash-missing", is_flag=True)
@click.option("--kommuner", type=PATH)
@click.option("--tiles", is_flag=True)
@click.option("--method", type=click.Choice(["fixed", "over", "quantile", "equal", "fisher_jenks"]))
@click.option("--classes", "classes_n", type=click.IntRange(1, 9), default=5, show_default=True)
@click.option("--breaks", metavar="A;B;C")
@click.option("--centre", metavar="TAL")
@click.option("--title")
@click.option("--label")
@click.option("--unit", type=click.Choice(["count", "share", "number"]))
@click.option("--source")
@click.option("--synthetic", is_flag=True)
@click.option("--figure", type=PATH)
@click.option("--output", type=PATH, default=Path("kommuner.html"), show_default=True)
@OVERWRITE
def show_map(
    ctx: click.Context,
    *,
    figure: Path | None,
    output: Path,
    overwrite: bool,
    as_json: bool,
    **options: object,  # click calls by keyword; `pick` sorts them
) -> None:
    """Draw a value a kommune as a page of its own."""
    from boundaries.registers.kommune_inputs import KommuneQuestion, read_kommune_inputs
    from geo.writers import write_text
    from maps import kommune_drawing as maker

    inputs = read_kommune_inputs(pick(KommuneQuestion, options))
    tell_or_exit(ctx, inputs.findings)
    drawing = pick(maker.KommuneDrawing, options)
    picture = maker.prepare_picture(inputs, drawing, find_texts(ctx))
    write_text(output, maker.draw_page(picture, find_texts(ctx), tiles=drawing.tiles), overwrite=overwrite)
    written = [output]
    if figure:
        written += maker.write_pictures(figure, picture, find_texts(ctx), overwrite=overwrite)
    values = {"files": [str(path) for path in written], **maker.describe_classes(picture.classes, inputs)}
    named = ", ".join(str(path) for path in written)
    tell(as_json, values, find_texts(ctx).get("cli.map_written", {"file": named}))


@_command
@click.argument("name", required=False)
def codes(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Print a code list, or which there are."""
    from maps import codes_text

    texts = find_texts(ctx)
    tell(as_json, codes_text.describe_codes(name, texts), codes_text.format_codes(name, texts))


@_command
def doctor(_: click.Context, as_json: bool) -> None:
    """Tell the versions of everything."""
    from geo.provenance import describe_versions
    from maps import terminal

    versions = describe_versions()
    tell(as_json, versions, terminal.format_pairs(versions))


if __name__ == "__main__":
    main()
