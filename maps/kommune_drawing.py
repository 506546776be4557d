"""How a table of kommuner shall be drawn: the page and the figures that answer it."""

import re
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from boundaries.registers.kommune_inputs import KommuneInputs
from boundaries.registers.kommune_table import KommuneTable
from data.texts import Texts
from geo.errors import UsageError
from maps.classes import Classes, Method, classify
from maps.kommune_map import render_kommune_map
from maps.kommune_rows import collect_values
from maps.kommune_topic import Topic, Unit


@dataclass(frozen=True, kw_only=True)
class KommuneDrawing:
    """How a kommune map is drawn.

    Attributes
    ----------
    tiles
        Start with the tile map.
    method, classes_n, breaks, centre
        Of the classes; breaks are parted by ``;``. Without a method, breaks are fixed, and else natural.
    title, label, unit, source, synthetic
        Words around the map; the label is what a value is called, by default its heading in plain words.
        Without a title the page is headed by the label and the year, and says which column of which file.
        A table that is marked as synthetic gives a page that is, too.
    """

    tiles: bool = False
    method: str | None = None
    classes_n: int = 5
    breaks: str | None = None
    centre: str | None = None
    title: str | None = None
    label: str | None = None
    unit: str | None = None
    source: str | None = None
    synthetic: bool = False


@dataclass(frozen=True, kw_only=True)
class KommunePicture:
    """What a page and a figure of one map share.

    Attributes
    ----------
    values
        As `maps.kommune_map.render_kommune_map` takes them.
    topic, classes
        Words, and the classes of the values.
    geometry
        Borders; None for the tile map.
    """

    values: pd.DataFrame
    topic: Topic
    classes: Classes
    geometry: gpd.GeoDataFrame | None


def prepare_picture(inputs: KommuneInputs, drawing: KommuneDrawing, texts: Texts) -> KommunePicture:
    """Put the values of a table into classes, with the words around them.

    Parameters
    ----------
    inputs
        The table, and the borders where there are any.
    drawing
        How they are drawn.
    texts
        Catalog of the page's language.

    Raises
    ------
    UsageError
        ``kommune_map.bad_number``, or as `maps.classes.classify`.
    """
    table = inputs.table
    label = drawing.label or name_value(table, texts)
    topic = Topic(
        title=drawing.title or _make_title(label, table, texts),
        lead="" if drawing.title else _tell_column(table, texts),
        value_label=label,
        unit=_choose_unit(drawing, table),
        period=table.year,
        source=drawing.source or table.file,
        is_synthetic=drawing.synthetic or table.is_synthetic,
        centre=_read_number(drawing.centre) if drawing.centre else None,
    )
    values = table.frame.rename(columns={"is_suppressed": "is_hidden"})
    exact, is_hidden = collect_values(values, topic)
    breaks = [_read_number(part) for part in drawing.breaks.split(";")] if drawing.breaks else None
    classes = classify(
        exact,
        method=drawing.method or (Method.FIXED if breaks else Method.FISHER_JENKS),
        classes_n=drawing.classes_n,
        breaks=breaks,
        is_hidden=is_hidden,
    )
    return KommunePicture(values=values, topic=topic, classes=classes, geometry=inputs.geometry)


def name_value(table: KommuneTable, texts: Texts) -> str:
    """Return what a value is called where the user does not say it: its heading, in plain words.

    Headings that we write ourselves have their words in the catalog; those of other programs lose the
    underscores and the ``_n`` of counts. A heading that is a year alone gives way to the file's name.
    """
    heading = table.value_column.strip()
    if re.fullmatch(r"[a-z0-9_]+", heading) and texts.has(f"kommune_map.heading.{heading}"):
        return texts.get(f"kommune_map.heading.{heading}")
    if not any(sign.isalpha() for sign in heading):
        heading = Path(table.file).stem
    if " " not in heading and "_" in heading:
        heading = re.sub(r"_+", " ", heading.removesuffix("_n")).strip() or heading
    return heading[:1].upper() + heading[1:]


def _make_title(label: str, table: KommuneTable, texts: Texts) -> str:
    """Return what the map is of and the year, each said once."""
    title = label if "kommun" in label.lower() else texts.get("kommune_map.title.of", {"label": label})
    is_year_alone = not any(sign.isalpha() for sign in table.value_column)
    year = table.year or (table.value_column.strip() if is_year_alone else "")
    return f"{title}, {year}" if year and year not in title else title


def _tell_column(table: KommuneTable, texts: Texts) -> str:
    """Say where the values stand, and of what they are parts."""
    words = {"column": table.value_column, "whole": table.denominator_column, "file": table.file}
    return texts.get(f"kommune_map.title.{'share' if table.denominator_column else 'column'}", words)


def draw_page(picture: KommunePicture, texts: Texts, *, tiles: bool = False) -> str:
    """Return the page of a kommune map as HTML; with `tiles` it starts with the tile map."""
    return render_kommune_map(
        picture.values,
        texts,
        topic=picture.topic,
        classes=picture.classes,
        geometry=picture.geometry,
        tiles=tiles,
    )


def write_pictures(
    path_stem: Path, picture: KommunePicture, texts: Texts, *, overwrite: bool = False
) -> list[Path]:
    """Write the map as PNG, SVG and PDF on A4, and as a slide; return the files.

    Raises
    ------
    WriteError
        As `maps.figure_files.write_figure`.
    """
    # matplotlib takes a second to import; a page alone must not pay it.
    from maps.figure_files import write_figure  # noqa: PLC0415
    from maps.figure_kommuner import draw_kommune_map  # noqa: PLC0415

    sheet, slide = (
        draw_kommune_map(
            picture.values,
            texts,
            topic=picture.topic,
            classes=picture.classes,
            geometry=picture.geometry,
            size=size,
        )
        for size in ("a4", "slide")
    )
    written = write_figure(path_stem, sheet, overwrite=overwrite)
    slide_stem = path_stem.with_name(f"{path_stem.name}-dias")
    return [*written, *write_figure(slide_stem, slide, formats=("png",), overwrite=overwrite)]


def describe_classes(classes: Classes, inputs: KommuneInputs) -> dict[str, object]:
    """Describe the classes of a map by plain values."""
    return {
        "value_column": inputs.table.value_column,
        "year": inputs.table.year,
        "method": classes.method.value,
        "breaks": [float(value) for value in classes.breaks],
        "classes_n": [part.values_n for part in classes.classes],
        "missing_n": classes.missing_n,
        "hidden_n": classes.hidden_n,
    }


def _choose_unit(drawing: KommuneDrawing, table: KommuneTable) -> Unit:
    if drawing.unit:
        return Unit(drawing.unit)
    if table.denominator_column or table.unit == "pct.":
        return Unit.SHARE
    known = table.frame.loc[~table.frame["is_suppressed"], "value"].dropna()
    is_whole = bool(len(known)) and bool((known == known.round()).all())
    return Unit.COUNT if is_whole else Unit.NUMBER


def _read_number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise UsageError("kommune_map.bad_number", {"found": text.strip()}) from None
