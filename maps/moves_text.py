"""The movers in a few sentences: for a terminal, and for the top of the page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from boundaries.movers import KommuneMoves, PublishedMoves
from boundaries.moves.products import EXPOSED, NOT_EXPOSED, WITHOUT
from boundaries.moves.social_export import read_social_export
from data.texts import Texts
from maps import labels
from maps.terminal import list_written
from maps.text_table import clean, wrap

_LEAST_P = 0.001


def summarise_moves(published: PublishedMoves, texts: Texts) -> list[str]:
    """Return the latest figures in sentences: arrivals in prevention areas, leavers, and what is hidden."""
    sentences = [_tell_inflow(published, texts)] if published.areas is not None else []
    kommuner = published.kommuner
    if kommuner is not None:
        sentences.append(_tell_outflow(kommuner, texts))
        numbers = {
            "count": labels.format_count(int(kommuner.flows["is_hidden"].sum()), texts.language),
            "total": labels.format_count(len(kommuner.flows), texts.language),
        }
        sentences.append(texts.get("moves.text.hidden", numbers))
    return sentences


def _tell_inflow(published: PublishedMoves, texts: Texts) -> str:
    areas = published.areas
    if areas is None or areas.inflow.empty:
        return texts.get("moves.text.no_inflow")
    year = int(areas.inflow["year"].max())
    own = areas.inflow[areas.inflow["year"].eq(year)].set_index("exposure")["inflow_n"]
    if own.isna().any():
        return texts.get("moves.text.inflow_hidden", {"year": year})
    numbers = {
        "year": year,
        "total": labels.format_count(int(own.sum()), texts.language),
        "exposed": labels.format_count(int(own[EXPOSED]), texts.language),
        "areas": labels.format_count(len(areas.inflow_areas), texts.language),
    }
    return texts.get("moves.text.inflow", numbers)


def _tell_outflow(kommuner: KommuneMoves, texts: Texts) -> str:
    if not kommuner.kommuner_with:
        return texts.get("moves.text.no_kommuner")
    year = int(kommuner.outflow["year"].max())
    own = kommuner.outflow[kommuner.outflow["year"].eq(year) & kommuner.outflow["exposure"].eq(EXPOSED)]
    counts = own.set_index("destination")["movers_n"]

    def show(name: str) -> str:
        count = counts.get(name)
        return (
            texts.get("label.suppressed")
            if labels.is_missing(count)
            else labels.format_count(count, texts.language)
        )

    numbers = {
        "year": year,
        "total": show("all"),
        "without": show(WITHOUT),
        "kommuner": labels.format_count(len(kommuner.kommuner_with), texts.language),
    }
    return texts.get("moves.text.outflow", numbers)


def tell_social_export(kommuner: KommuneMoves, texts: Texts) -> list[str]:
    """Return the reading of the comparison of kommuner with and without, or why there is none."""
    if kommuner.social_export is None:
        error = kommuner.social_export_error
        reason = "" if error is None else texts.get(f"error.{error.key}", error.values)
        return [texts.get("moves.text.no_social_export", {"reason": reason})]
    reading = read_social_export(kommuner.social_export)
    return [texts.get(f"social_export.{key}", _write(values, texts)) for key, values in reading]


def tell_concentration(kommuner: KommuneMoves, texts: Texts) -> list[str]:
    """Return whether the exposed gathered in fewer kommuner than others last, or why it is not told.

    What it cannot show is said last.
    """
    found = kommuner.concentration
    if found is None:
        error = kommuner.concentration_error
        reason = "" if error is None else texts.get(f"error.{error.key}", error.values)
        return [texts.get("moves.concentration.none", {"reason": reason})]
    if found.comparison.empty:
        return [texts.get("moves.concentration.one_group"), texts.get("moves.concentration.cannot")]
    last = labels.list_rows(found.comparison)[-1]
    measures = labels.list_rows(found.measures[found.measures["year"].eq(last["year"])])
    own = {row["exposure"]: row for row in measures}

    def show(value: float) -> str:
        return labels.format_number(100 * value, texts.language, decimals=1)

    values: dict[str, object] = {"year": last["year"], "power": show(found.decay.power / 100)}
    for name, exposure in (("exposed", EXPOSED), ("others", NOT_EXPOSED)):
        row = own[exposure]
        values[name] = show(row["top_movers_n"] / row["leavers_n"])
        values[f"{name}_expected"] = show(row["top_expected"])
    values |= {"difference": show(last["top_difference"]), "low": show(last["top_low"])}
    values["high"] = show(last["top_high"])
    is_chance = last["top_low"] <= 0 <= last["top_high"]
    word = "chance" if is_chance else "more" if last["top_difference"] > 0 else "less"
    keys = ("shares", word, "cannot")
    return [texts.get(f"moves.concentration.{key}", values) for key in keys]


def _write(values: Mapping[str, object], texts: Texts) -> Mapping[str, object]:
    """Return the values of a sentence as people read them, by how their names end."""
    written: dict[str, object] = {}
    for name, value in values.items():
        if name.endswith("_pp"):
            written[name] = labels.format_number(value, texts.language, decimals=2)
        elif name.endswith("_p"):
            written[name] = _write_probability(float(str(value)), texts)
        elif name.endswith("_n"):
            written[name] = labels.format_count(value, texts.language)
        else:
            written[name] = value
    return MappingProxyType(written)


def _write_probability(value: float, texts: Texts) -> str:
    """Return a probability with its sign: "= 0,401"; one below a thousandth as "< 0,001"."""
    sign, shown = ("<", _LEAST_P) if value < _LEAST_P else ("=", value)
    return f"{sign} {labels.format_number(shown, texts.language, decimals=3)}"


def format_moves(published: PublishedMoves, written: Sequence[Path], texts: Texts, *, width: int) -> str:
    """Return the movers as text for a terminal.

    Parameters
    ----------
    published
        As `boundaries.movers.follow_movers` returns them.
    written
        Files to name.
    texts
        Catalog.
    width
        Columns of the terminal.
    """
    parts = [texts.get("moves.text.heading", {"name": published.name})]
    if published.is_synthetic:
        parts.append(texts.get("moves.text.synthetic"))
    parts += summarise_moves(published, texts)
    if published.kommuner is not None and published.kommuner.kommuner_with:
        parts.append(" ".join(tell_social_export(published.kommuner, texts)))
    lines = ["\n".join(wrap(clean(part), width)) for part in parts]
    files = [f"  {line}" for line in list_written(written, texts)]
    return "\n\n".join([*lines, "\n".join([texts.get("moves.text.files"), *files])])
