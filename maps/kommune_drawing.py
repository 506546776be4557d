"""How a table of kommuner shall be drawn, and the page that answers it."""

from dataclasses import dataclass

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
        Words around the map; the label is what a value is called, by default its heading.
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


def draw_kommune_map(inputs: KommuneInputs, drawing: KommuneDrawing, texts: Texts) -> tuple[str, Classes]:
    """Return the page of a kommune map, and the classes that it shows.

    Raises
    ------
    UsageError
        ``kommune_map.bad_number``, or as `maps.classes.classify`.
    """
    table = inputs.table
    topic = Topic(
        title=drawing.title or drawing.label or table.value_column,
        value_label=drawing.label or table.value_column,
        unit=_choose_unit(drawing, table),
        period=table.year,
        source=drawing.source or table.file,
        is_synthetic=drawing.synthetic,
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
    page = render_kommune_map(
        values, texts, topic=topic, classes=classes, geometry=inputs.geometry, tiles=drawing.tiles
    )
    return page, classes


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
