"""The parts of a QGIS style (QML): renderer, symbols, hatches, labels, aliases."""

from collections.abc import Iterable, Mapping, Sequence
from xml.etree import ElementTree as ET

from maps.palette import Ink, OutlineStyle

_QGIS_VERSION = "3.22.0-Białowieża"
_MM_PER_PX = 0.26


def start_style() -> ET.Element:
    """Return the root of a style."""
    return ET.Element("qgis", version=_QGIS_VERSION, styleCategories="Symbology|Labeling|Fields")


def write_style(root: ET.Element) -> str:
    """Return a style as the text that QGIS reads."""
    doctype = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return doctype + ET.tostring(root, encoding="unicode") + "\n"


def add_aliases(root: ET.Element, titles: Iterable[tuple[str, str]]) -> None:
    """Add the titles of columns, given by name in their order."""
    aliases = ET.SubElement(root, "aliases")
    for at, (name, title) in enumerate(titles):
        ET.SubElement(aliases, "alias", index=str(at), field=name, name=title)


def add_categories(root: ET.Element, column: str, categories: Sequence[tuple[str, str, ET.Element]]) -> None:
    """Add a renderer that tells features apart by a column.

    Parameters
    ----------
    root
        Of the style.
    column
        Whose values are told apart.
    categories
        Value, label and symbol; the symbol's name is the value.
    """
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        type="categorizedSymbol",
        attr=column,
        enableorderby="0",
        forceraster="0",
        symbollevels="0",
    )
    listed = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for value, label, symbol in categories:
        ET.SubElement(
            listed, "category", value=value, label=label, symbol=value, render="true", type="string"
        )
        symbols.append(symbol)


def make_symbol(name: str, kind: str) -> ET.Element:
    """Return a symbol without layers; `kind` is marker, line or fill."""
    return ET.Element("symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")


def make_fill_symbol(name: str, outline: OutlineStyle) -> ET.Element:
    """Return the symbol of a polygon: fill, outline, dashes and hatch of the palette's style."""
    symbol = make_symbol(name, "fill")
    properties = {
        "color": rgba(outline.line.light, outline.fill_opacity),
        "style": "solid" if outline.fill_opacity else "no",
        "outline_color": rgba(outline.line.light),
        "outline_style": "solid",
        "outline_width": mm(outline.width_px),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    if outline.dash:
        # A simple fill knows no custom dashes: the outline is a line layer of its own.
        add_symbol_layer(symbol, "SimpleFill", {**properties, "outline_style": "no"})
        add_symbol_layer(symbol, "SimpleLine", _dashed(outline))
        return symbol
    add_symbol_layer(symbol, "SimpleFill", properties)
    if outline.is_hatched:
        add_hatch(symbol, outline.line)
    return symbol


def _dashed(outline: OutlineStyle) -> dict[str, str]:
    return {
        "line_color": rgba(outline.line.light),
        "line_style": "solid",
        "line_width": mm(outline.width_px),
        "line_width_unit": "MM",
        "capstyle": "flat",
        "use_custom_dash": "1",
        "customdash": ";".join(mm(float(length)) for length in outline.dash.split()),
        "customdash_unit": "MM",
    }


def add_hatch(symbol: ET.Element, line: Ink, *, angle: int = 45) -> None:
    """Add parallel lines over a fill.

    Parameters
    ----------
    symbol
        Of a polygon.
    line
        Colour of the lines.
    angle
        Degrees against the horizontal.
    """
    properties = {"angle": str(angle), "distance": "1.8", "distance_unit": "MM", "line_width": "0.3"}
    layer = add_symbol_layer(symbol, "LinePatternFill", properties)
    # The lines of a pattern are a symbol inside the layer, by QGIS's own naming.
    inner = make_symbol(f"@{symbol.get('name')}@{len(symbol.findall('layer')) - 1}", "line")
    lines = {
        "line_color": rgba(line.light),
        "line_style": "solid",
        "line_width": "0.3",
        "line_width_unit": "MM",
    }
    add_symbol_layer(inner, "SimpleLine", lines)
    layer.append(inner)


def add_symbol_layer(symbol: ET.Element, kind: str, properties: Mapping[str, str]) -> ET.Element:
    """Add a layer to a symbol, its properties in both spellings that QGIS 3.22 itself writes."""
    # "class" is a Python word, so the attributes are given as a mapping.
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", type="Map")
    for name, value in properties.items():
        ET.SubElement(options, "Option", name=name, value=value, type="QString")
        ET.SubElement(layer, "prop", k=name, v=value)
    return layer


def add_labels(root: ET.Element, column: str) -> None:
    """Add labels of the values of a column, with a light rim."""
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=column,
        isExpression="0",
        fontFamily="Arial",
        fontSize="9",
        fontSizeUnit="Point",
        fontWeight="63",
        namedStyle="Bold",
        textColor="27,31,35,255",
        textOpacity="1",
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
        bufferOpacity="0.85",
    )
    ET.SubElement(settings, "placement", placement="1", centroidInside="1", centroidWhole="1", priority="8")
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="0", displayAll="0")


def rgba(colour: str, opacity: float = 1.0) -> str:
    """Return ``#rrggbb`` as QGIS writes a colour."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def mm(pixels: float) -> str:
    """Return a width in pixels as millimetres."""
    return f"{pixels * _MM_PER_PX:.2f}"
