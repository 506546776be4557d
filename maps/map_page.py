"""A page with a map on which one of our functions draws: the map, its start, and the whole document."""

import folium
from branca.element import MacroElement
from folium.template import Template

from maps.page import Page, PageFrame, PageParts


def render_map_page(frame: PageFrame, parts: PageParts, *, draw: str, key: str) -> str:
    """Return the document of a page on whose map one of our functions draws.

    Parameters
    ----------
    frame
        The words around the map.
    parts
        Data and scripts, the function's among them.
    draw
        Name of the function in our scripts, e.g. ``"drawAreas"``.
    key
        Element id of its data.

    Raises
    ------
    UnknownAssetError, ReadError
        As `Page.render`.
    """
    page, view = Page(frame, parts), make_map()
    page.add_child(view, name=view.get_name())
    view.add_child(_PageScript(draw, key))
    return page.render()


def make_map(*, name: str = "main") -> folium.Map:
    """Make the folium map of a page: no tiles, no credits of its own, fixed element id.

    Half zoom steps, because without tiles there is no reason for whole ones.
    """
    view = folium.Map(
        location=[56.0, 10.5],
        zoom_start=7,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        zoom_snap=0.25,
        zoom_delta=0.75,
        wheel_px_per_zoom_level=90,
        max_zoom=21,
    )
    view._id = name  # noqa: SLF001 - a random id would change the bytes
    view.global_switches._id = f"{name}_switches"  # noqa: SLF001
    return view


class _PageScript(MacroElement):
    """Start one of our drawing functions on the map, with the data of one element.

    Parameters
    ----------
    function
        Name of the function in our scripts, e.g. ``"drawAreas"``.
    key
        Element id of its data.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "boligkort[{{ this.function|tojson }}]({{ this._parent.get_name() }}, {{ this.key|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, key: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PageScript"
        self._id = key
        self.function = function
        self.key = key
