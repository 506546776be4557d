"""Map tiles under a page: the one thing that may make it ask the net for something."""

import re
from dataclasses import dataclass

from geo.errors import UsageError

_TILE_URL = re.compile(r"(?P<origin>https://[a-z0-9.-]+(:[0-9]+)?)/[^\s;,'\"]*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Background:
    """Map tiles under the data; they alone make a page ask the net for something.

    Attributes
    ----------
    url
        Template of one host over https, with ``{z}``, ``{x}`` and ``{y}``, in Web Mercator.
    credits
        Who made the tiles; shown among the credits of the page.
    zoom_max
        Largest zoom that the host has.
    """

    url: str
    credits: str
    zoom_max: int = 19

    @property
    def origin(self) -> str:
        """The host, as a content security policy names it.

        Raises
        ------
        UsageError
            ``maps.background_url`` where the template is not as described.
        """
        found = _TILE_URL.fullmatch(self.url)
        if found is None or any(f"{{{name}}}" not in self.url for name in "zxy"):
            raise UsageError("maps.background_url", {"url": self.url})
        return found["origin"]


def make_background(url: str | None, made_by: str | None) -> Background | None:
    """Return the background that a user asked for; None where none was.

    Raises
    ------
    UsageError
        ``maps.background_credits`` where nobody is credited, or ``maps.background_url``.
    """
    if not url:
        return None
    if not made_by:
        raise UsageError("maps.background_credits", {"url": url})
    background = Background(url=url, credits=made_by)
    # An address that no page can name is refused before any work is done.
    background.origin  # noqa: B018
    return background
