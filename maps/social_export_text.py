"""The reading of the difference-in-difference as sentences, in the user's language."""

from collections.abc import Mapping

from boundaries.moves.social_export import Reading
from data.texts import Texts
from maps import labels

_LEAST_P = 0.001


def describe_social_export(reading: Reading, texts: Texts) -> tuple[str, ...]:
    """Return the sentences of a reading, with numbers as people write them.

    Parameters
    ----------
    reading
        As `boundaries.moves.social_export.read_social_export` returns it.
    texts
        Catalog.

    Returns
    -------
    tuple
        One sentence or two for each key, in the order of the reading.
    """
    return tuple(texts.get(f"social_export.{key}", _write(values, texts)) for key, values in reading)


def _write(values: Mapping[str, object], texts: Texts) -> dict[str, str]:
    return {name: _write_one(name, value, texts) for name, value in values.items()}


def _write_one(name: str, value: object, texts: Texts) -> str:
    """Round by the unit that the name ends in: percentage points, a probability or a count."""
    language = texts.language
    if name.endswith("_pp"):
        return labels.format_number(value, language, decimals=2)
    if name.endswith("_p"):
        return _write_probability(value, texts)
    if name.endswith("_n"):
        return labels.format_count(value, language)
    return str(value)


def _write_probability(value: object, texts: Texts) -> str:
    """Write a probability after the p of a sentence: with its sign, and none below what draws can tell."""
    if isinstance(value, float) and value < _LEAST_P:
        limit = labels.format_number(_LEAST_P, texts.language, decimals=3)
        return texts.get("social_export.p_below", {"limit": limit})
    return texts.get(
        "social_export.p_equal", {"value": labels.format_number(value, texts.language, decimals=3)}
    )
