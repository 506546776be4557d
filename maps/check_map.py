"""The page of a check: the dwellings of an area, or before and after side by side."""

from boundaries.delineation.comparison import DwellingCheck
from data.texts import Texts
from maps.dwelling_map import render_dwelling_map
from maps.swipe_map import render_swipe_map


def render_check_map(check: DwellingCheck, texts: Texts) -> str:
    """Return the page of a check as HTML.

    Parameters
    ----------
    check
        The answer. Where two dates, or with and without an extension, were compared, the page has a
        divider between them; else it shows the one.
    texts
        Catalog of the page's language.

    Returns
    -------
    str
        One HTML document that fetches nothing.
    """
    if check.sides is not None:
        return render_swipe_map(check, texts)
    return render_dwelling_map(
        check.dwellings,
        check.pieces,
        texts,
        title=check.name,
        status_date=check.status_date,
        is_synthetic=check.is_synthetic,
    )
