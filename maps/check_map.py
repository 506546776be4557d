"""The page of a check: the dwellings of an area, or before and after side by side."""

from datetime import date

from boundaries.delineation.comparison import DwellingCheck, Question
from boundaries.model import Registers, Settings
from data.texts import Texts
from maps.dwelling_map import render_dwelling_map
from maps.swipe_map import make_sides, render_swipe_map


def render_check_map(
    registers: Registers,
    settings: Settings,
    status_date: date,
    question: Question,
    check: DwellingCheck,
    texts: Texts,
) -> str:
    """Return the page of a check as HTML.

    Parameters
    ----------
    registers, settings, status_date, question
        What the check was made from; the outlines of the two sides are drawn from them.
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
    if question.without_extension is None and question.compare_on is None:
        return render_dwelling_map(
            check.dwellings,
            check.pieces,
            texts,
            title=check.name,
            status_date=check.status_date,
            is_synthetic=check.is_synthetic,
        )
    before, after = make_sides(registers, question, status_date, texts, gap_m=settings.coherence_gap_m)
    return render_swipe_map(check, texts, before=before, after=after)
