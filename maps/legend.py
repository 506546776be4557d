"""Swatches and legend lines, with n, drawn by the palette."""

from collections.abc import Collection, Mapping

from markupsafe import Markup

from boundaries.model import Decision
from data.texts import Texts
from maps import labels, palette
from maps.page import LegendEntry


def make_symbol(decision: Decision) -> Markup:
    """Return the symbol of a decision as an SVG swatch."""
    path = palette.SHAPE_PATHS[palette.DECISION_STYLES[decision].shape]
    return Markup(
        '<svg class="swatch symbol" viewBox="-1.25 -1.25 2.5 2.5" aria-hidden="true">'
        '<path class="decision-{}" d="{}"/></svg>'
    ).format(decision.value, path)


def make_swatch(style: str) -> Markup:
    """Return the swatch of an outline style of the page's style sheet, e.g. ``base``."""
    return Markup(
        '<svg class="swatch" viewBox="0 0 26 16" aria-hidden="true">'
        '<rect class="shape {}" x="1.5" y="1.5" width="23" height="13"/></svg>'
    ).format(style)


def make_area_legend(areas_n: int, states: Mapping[str, int], texts: Texts) -> tuple[LegendEntry, ...]:
    """Return the legend of the area map: areas, then the states of extensions that occur.

    Parameters
    ----------
    areas_n
        How many areas there are.
    states
        Number of extensions by `palette.ExtensionState`.
    """
    lines = list_area_lines(areas_n, states, texts)
    return tuple(_entry(make_swatch(style), label, count, texts) for style, label, count in lines)


def list_area_lines(areas_n: int, states: Mapping[str, int], texts: Texts) -> list[tuple[str, str, int]]:
    """Return style, label and number of each line of `make_area_legend`; parameters as there."""
    lines = [
        (f"extension-{state}", texts.get(f"legend.extension.{state}"), states[state])
        for state in palette.ExtensionState
        if states.get(state, 0)
    ]
    return [("base", texts.get("legend.base"), areas_n), *lines]


def make_decision_legend(counts: Mapping[Decision, int], texts: Texts) -> tuple[LegendEntry, ...]:
    """Return the legend of the dwelling map: the decisions in the palette's order, each with n."""
    return tuple(
        _entry(make_symbol(decision), texts.get(f"decision.{decision}"), counts.get(decision, 0), texts)
        for decision in palette.DECISION_STYLES
    )


def make_check_legend(
    counts: Mapping[Decision, int], styles: Collection[object], texts: Texts
) -> tuple[LegendEntry, ...]:
    """Return the legend of a map of dwellings: the decisions, and what the drawn parcels are.

    Parameters
    ----------
    counts
        Dwellings by decision.
    styles
        Of the parcels that are drawn: ``base`` and ``extension-in_force``.
    """
    grounds = (("base", "legend.base"), ("extension-in_force", "legend.extension.in_force"))
    drawn = (
        LegendEntry(swatch=make_swatch(style), label=texts.get(key))
        for style, key in grounds
        if style in styles
    )
    return (*make_decision_legend(counts, texts), *drawn)


def _entry(swatch: Markup, label: str, count: int, texts: Texts) -> LegendEntry:
    number = labels.format_count(count, texts.language)
    return LegendEntry(swatch=swatch, label=label, count=texts.get("legend.n", {"count": number}))
