"""A figure inside a page: SVG without style elements or attributes, with ids of its own and dark colours."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from xml.etree import ElementTree as ET

from markupsafe import Markup
from matplotlib.figure import Figure

from maps.figure_files import save_figure
from maps.figures import FIGURE_STYLES
from maps.palette import PAGE_INKS, Ink

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"(?P<style>italic )?(?:(?P<weight>bold|normal|\d+) )?(?P<size>[\d.]+px) (?P<family>.+)")
_DECIMALS = re.compile(r"-?\d+\.\d+")
_HEX = re.compile(r"#[0-9a-f]{6}")
_DROPPED = frozenset({"metadata", "style"})


def embed_figure(figure: Figure, key: str, label: str) -> Markup:
    """Return a figure as an SVG element for a page whose policy allows no inline styles.

    Parameters
    ----------
    figure
        As one of the functions ``draw_...`` makes it.
    key
        Begins every id, so that ids differ between the figures of a page.
    label
        What a screen reader says of the figure.
    """
    root = ET.fromstring(save_figure(figure, "svg"))  # noqa: S314 - our own
    _drop(root)
    for element in root.iter():
        element.tag = str(element.tag).removeprefix(_SVG)
        _rewrite(element, key)
        if "d" in element.attrib:
            element.set("d", _round_numbers(element.attrib["d"]))
    width, height = (float(root.attrib.pop(name).removesuffix("pt")) for name in ("width", "height"))
    kept = {
        "class": "figure",
        "viewBox": root.get("viewBox", f"0 0 {width} {height}"),
        "role": "img",
        "aria-label": label,
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    root.attrib.clear()
    root.attrib.update(kept)
    ET.indent(root, space="")
    # ElementTree has escaped all text and attributes.
    return Markup(ET.tostring(root, encoding="unicode", short_empty_elements=True))  # noqa: S704


def _drop(parent: ET.Element) -> None:
    for child in list(parent):
        name = str(child.tag).removeprefix(_SVG)
        if name in _DROPPED:
            parent.remove(child)
        else:
            _drop(child)


def _rewrite(element: ET.Element, key: str) -> None:
    for name, value in _list_declarations(element.attrib.pop("style", "")):
        element.set(name, value)
    if "id" in element.attrib:
        element.set("id", f"{key}-{element.attrib['id']}")
    if _LINK in element.attrib:
        element.set("href", f"#{key}-{element.attrib.pop(_LINK).removeprefix('#')}")
    for name, value in list(element.attrib.items()):
        if name in {"fill", "stroke"} and _HEX.fullmatch(value):
            element.set(name, _name_colour(value))
        else:
            element.set(name, _REFERENCE.sub(rf"url(#{key}-\1)", value))


def _round_numbers(path: str) -> str:
    """Return a path with two decimals, a hundredth of a point: what is finer cannot be seen."""
    rounded = _DECIMALS.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), path)
    return " ".join(rounded.split())


def _list_declarations(style: str) -> Iterator[tuple[str, str]]:
    """Yield the declarations of a style as presentation attributes; SVG has none for ``font`` as a whole."""
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name != "font":
            yield name, value
            continue
        found = _FONT.fullmatch(value)
        if found is None:
            raise AssertionError(value)
        yield "font-size", found["size"]
        yield "font-family", found["family"].replace("'", "")
        if found["weight"]:
            yield "font-weight", found["weight"]
        if found["style"]:
            yield "font-style", "italic"


@cache
def _list_inks() -> Mapping[str, Ink]:
    """Return the colours of figures that have a dark form, by their light one."""
    styles = [ink for style in FIGURE_STYLES.values() for ink in (style.fill, style.line) if ink]
    return MappingProxyType({ink.light: ink for ink in [*styles, *PAGE_INKS.values()]})


def _name_colour(colour: str) -> str:
    return f"var(--ink-{colour[1:]})" if colour in _list_inks() else colour


def figure_rules() -> str:
    """Return the colours of embedded figures as CSS custom properties, light and dark, paper always light."""
    inks = sorted(_list_inks().items())
    light = "".join(f"--ink-{name[1:]}:{ink.light};" for name, ink in inks)
    dark = "".join(f"--ink-{name[1:]}:{ink.dark};" for name, ink in inks)
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
