"""One self-contained page: nothing is fetched, and nothing but our own scripts can run.

A ``branca.Figure`` that writes the whole document itself. Leaflet comes from the installed package
``django-js-lib-leaflet`` and is inlined after its bytes are checked; every other asset that folium
asks for is either known to be unneeded or refused. Two layers keep hostile text from running: values
travel as JSON and are set as ``textContent``, and a content security policy allows only scripts and
styles whose SHA-256 it names, with ``default-src 'none'``, so the browser itself makes no request.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable

import jinja2
from branca.element import CssLink, Figure, JavascriptLink
from markupsafe import Markup

from geo.errors import ReadError
from maps import palette
from maps.background import Background
from maps.document import read_asset

LEAFLET_SHA256: Mapping[str, str] = {
    "leaflet.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    "leaflet.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
    "images/layers.png": "1dbbe9d028e292f36fcba8f8b3a28d5e8932754fc2215b9ac69e4cdecf5107c6",
    "images/layers-2x.png": "066daca850d8ffbef007af00b06eac0015728dee279c51f3cb6c716df7c42edf",
    "images/marker-icon.png": "574c3a5cca85f4114085b6841596d62f00d7c892c7b03f28cbfa301deb1dc437",
}
"""Leaflet 1.9.4 as released; a page with other bytes is not written."""

UNNEEDED_ASSETS = frozenset(
    {
        "jquery",
        "bootstrap",
        "awesome_markers",
        "bootstrap_css",
        "glyphicons_css",
        "awesome_markers_font_css",
        "awesome_markers_css",
        "awesome_rotate_css",
    }
)
"""What folium asks for on every page and no page of ours uses."""

_LEAFLET_ASSETS = frozenset({"leaflet", "leaflet_css"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_CSS_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
_CSS_URL = re.compile(r"url\((images/[a-z0-9.-]+)\)")
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class UnknownAssetError(LookupError):
    """A page element asks for a script, style or markup that the page does not carry."""


@dataclass(frozen=True, kw_only=True)
class KeyFigure:
    """A figure of the masthead: value, what it is, a note below and a symbol before."""

    value: str
    label: str
    note: str = ""
    mark: Markup = field(default_factory=Markup)


@dataclass(frozen=True, kw_only=True)
class LegendEntry:
    """A line of the legend: swatch, text and count."""

    swatch: Markup
    label: str
    count: str = ""


@dataclass(frozen=True)
class TableFrame:
    """A table that the page's script fills: element id and caption."""

    key: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class PageFrame:
    """The words around a map; see ``assets/page.html`` for where each stands.

    Attributes
    ----------
    kind
        Class of the body, for styles of one kind of page.
    language
        ``lang`` of the document.
    """

    kind: str
    language: str
    title: str
    heading: str
    kicker: str
    lead: str
    badge: str
    skip: str
    map_label: str
    map_note: str
    legend_label: str
    side_label: str
    search_label: str
    notes_label: str
    credits: str
    noscript: str
    filters: str = ""
    figures: Sequence[KeyFigure] = ()
    legend: Sequence[LegendEntry] = ()
    tables: Sequence[TableFrame] = ()
    notes: Sequence[tuple[str, str]] = ()


@dataclass
class PageParts:
    """What a page carries beside its words.

    Attributes
    ----------
    data
        Values by element id; `dump_json` writes them.
    scripts
        Names of our own scripts, in order.
    styles
        Names of our own style sheets that follow ``page.css``.
    rules
        Further style rules, as the palette writes them.
    patterns
        SVG patterns that fills may name, beside ``hatch``.
    file_stem
        Beginning of the names of files that a reader fetches from the page.
    background
        Map tiles; None for a page that fetches nothing.
    """

    data: dict[str, object] = field(default_factory=dict)
    scripts: tuple[str, ...] = ("page.js",)
    styles: tuple[str, ...] = ()
    rules: str = ""
    patterns: Markup = field(default_factory=Markup)
    file_stem: str = "boligkort"
    background: Background | None = None


class Page(Figure):
    """A figure that renders to one locked, self-contained HTML document.

    Parameters
    ----------
    frame
        The words around the map.
    parts
        Data and scripts. Data is put into the page as JSON under its element id.
    """

    def __init__(self, frame: PageFrame, parts: PageParts) -> None:
        super().__init__(title=frame.title)
        self._id = "page"
        self.frame = frame
        self.parts = parts

    def render(self) -> str:  # type: ignore[override]  # takes no keywords
        """Return the document.

        Raises
        ------
        UnknownAssetError
            Where an element asks for an asset that is not carried.
        ReadError
            ``maps.asset_changed`` or ``maps.asset_missing`` where Leaflet is not the checked release.
        """
        for child in self._children.values():
            child.render()
        scripts = self._collect_scripts()
        style = self._collect_styles()
        background = self.parts.background
        data = {key: Markup(dump_json(value)) for key, value in self._collect_data().items()}  # noqa: S704
        return _template().render(
            language=self.frame.language,
            title=_make_printable(self.frame.title),
            frame=_Printable(self.frame),
            policy=_make_policy(scripts, [style], [background.origin] if background else []),
            stem=self.parts.file_stem,
            patterns=self.parts.patterns,
            background=_make_printable(background.credits) if background else "",
            style=Markup(style),  # noqa: S704 - our own style sheets
            map=Markup(self.html.render()),  # noqa: S704 - folium's empty element
            data=list(data.items()),
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own and the checked Leaflet
        )

    def _collect_styles(self) -> str:
        own = [_CSS_COMMENT.sub("", read_asset(name)) for name in ("page.css", *self.parts.styles)]
        return (
            read_leaflet_style()
            + palette.css_variables()
            + palette.css_rules()
            + "".join(own)
            + self.parts.rules
        )

    def _collect_data(self) -> dict[str, object]:
        background = self.parts.background
        if background is None:
            return self.parts.data
        tiles = {"url": background.url, "credits": background.credits, "zoom_max": background.zoom_max}
        return {**self.parts.data, "background": tiles}

    def _collect_scripts(self) -> list[str]:
        switches: list[str] = []
        for name, element in self.header._children.items():  # noqa: SLF001 - branca has no accessor
            if isinstance(element, (JavascriptLink, CssLink)):
                if name not in UNNEEDED_ASSETS | _LEAFLET_ASSETS:
                    raise UnknownAssetError(f"{name}: {element.url}")
            elif name in self._children:
                switches += _INLINE_SCRIPT.findall(element.render())
            elif name != "meta_http":
                raise UnknownAssetError(name)
        # Leaflet reads the switches while it loads; our scripts use it, and the map's own come last.
        own = [_strip_comments(read_asset(name)) for name in _complete_scripts(self.parts.scripts)]
        scripts = [*switches, read_leaflet_script(), *own, self.script.render()]
        return [_check_script(script) for script in scripts]


class _Printable:
    """The frame with what HTML cannot hold (NUL, lone surrogates) shown as a replacement sign."""

    def __init__(self, wrapped: object) -> None:
        self._wrapped = wrapped

    def __getattr__(self, name: str) -> object:
        return _make_printable(getattr(self._wrapped, name))


def _make_printable(value: object) -> object:
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value.replace("\x00", "\ufffd"))
    if isinstance(value, tuple | list):
        return [_make_printable(item) for item in value]
    return _Printable(value)


def _complete_scripts(names: Sequence[str]) -> list[str]:
    """Return the scripts with what the page's own needs after it: downloads, and the drawing they fetch."""
    followers = {"page.js": ("drawing.js", "downloads.js")}
    return [script for name in names for script in (name, *followers.get(name, ()))]


def _strip_comments(script: str) -> str:
    """Return one of our scripts without lines of comment and indentation; a reader has them in the source."""
    lines = (line.strip() for line in script.split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def dump_json(value: object) -> str:
    r"""Return compact JSON that can stand inside a script element.

    ``<`` and the two line separators are escaped, and so are lone surrogates, which UTF-8 cannot carry.

    >>> dump_json(["</script>"])
    '["\\u003c/script>"]'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def read_leaflet_script() -> str:
    """Return the checked ``leaflet.js`` without the pointer to its source map."""
    script = _read_leaflet("leaflet.js").decode("utf-8")
    return re.sub(r"\n//# sourceMappingURL=\S+\s*$", "", script)


def read_leaflet_style() -> str:
    """Return the checked ``leaflet.css`` with its pictures inside."""
    style = _read_leaflet("leaflet.css").decode("utf-8").replace("\r\n", "\n")
    return _CSS_URL.sub(lambda found: f"url({_as_data_uri(found[1])})", style)


def _as_data_uri(name: str) -> str:
    return "data:image/png;base64," + base64.b64encode(_read_leaflet(name)).decode("ascii")


def _leaflet_folder() -> Traversable:
    return resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet"


def _read_leaflet(name: str) -> bytes:
    try:
        content = (_leaflet_folder() / name).read_bytes()
    except (OSError, ModuleNotFoundError):
        raise ReadError("maps.asset_missing", {"file": name}) from None
    found = hashlib.sha256(content).hexdigest()
    if found != LEAFLET_SHA256[name]:
        values = {"file": name, "found": found[:12], "required": LEAFLET_SHA256[name][:12]}
        raise ReadError("maps.asset_changed", values)
    return content


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(read_asset), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("page.html")


def _check_script(script: str) -> str:
    normal = script.replace("\r\n", "\n")
    if re.search(r"</script|<!--", normal, re.IGNORECASE):
        raise UnknownAssetError(normal[:80])
    return normal


def _make_policy(scripts: Sequence[str], styles: Sequence[str], hosts: Sequence[str]) -> str:
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        f"img-src {' '.join(('data:', *hosts))}; base-uri 'none'; form-action 'none'"
    )


def _hashes(texts: Sequence[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
