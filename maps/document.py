"""A page to read, without any script: template, style and a policy that lets nothing else in."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import jinja2
from markupsafe import Markup

from maps import palette

_UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it is of numbers."""

    title: str
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table: text and, where it is a link, its address."""

    text: str
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentTable:
    """A table to read: caption, columns, rows as long as the columns, and a sentence below."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentFigure:
    """A figure: SVG element, caption and a sentence below."""

    picture: Markup
    caption: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentPart:
    """A part of a section under a heading of its own, or under the section's where `title` is empty."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    tables: tuple[DocumentTable, ...] = ()
    figures: tuple[DocumentFigure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DocumentSection:
    """A section: element id, heading and parts."""

    key: str
    title: str
    parts: tuple[DocumentPart, ...]


def render_document(
    template: str, context: Mapping[str, object], *, styles: tuple[str, ...], rules: str = ""
) -> str:
    """Return a page of a template: text is escaped, and no script can run in it.

    Parameters
    ----------
    template
        Name below ``assets``.
    context
        What the template names.
    styles
        Names of style sheets below ``assets``.
    rules
        Further style rules.

    Returns
    -------
    str
        One HTML document that fetches nothing. What HTML cannot hold (NUL, lone surrogates) is shown as a
        replacement sign.
    """
    style = palette.css_variables() + "".join(read_asset(name) for name in styles) + rules
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(read_asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_make_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(
        **context,
        policy=policy,
        style=Markup(style),  # noqa: S704 - our own style sheets
    )


def make_css_string(text: str) -> str:
    r"""Return a text as a string of CSS that cannot end it or the style element.

    >>> make_css_string('a"b')
    '"a\\22 b"'
    """
    signs = (sign if sign.isalnum() or sign in " .,:·–-" else f"\\{ord(sign):x} " for sign in text)
    return f'"{"".join(signs)}"'


def read_asset(name: str) -> str:
    """Return a file below ``assets``, lines ended as here on every machine."""
    return (resources.files("maps") / "assets" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _make_printable(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return _UNPRINTABLE.sub("\ufffd", value)
    return value
