"""Danish and English numbers in text, each read in the one way it can be, or not at all."""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.cells import text_to_arrow

Decimal = Literal[",", "."] | None
"""The decimal mark that the project file declares, or None where it says nothing."""

SUPPRESSED_MARKS = ("..", "...", "…")
"""Written where a statistical office hides a number; a hidden number is not a missing one, nor 0."""

_NO_TEXT = pa.scalar(None, pa.large_string())
_SIGN = r"^[+-]?"
_POINTS, _COMMAS, _SPACES = (rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})" for mark in (r"\.", ",", " "))
# What nearly every cell is: one reading, at most one separator.
_SIMPLE = r"^-?(?:\d+|\d{4,}[.,]\d+|0[.,]\d+|\d+[.,](?:\d{1,2}|\d{4,}))$"
_PLAIN = _SIGN + r"(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?$"
_DANISH = _SIGN + f"(?:{_POINTS}+,\\d+|{_POINTS}{{2,}})$"
_ENGLISH = _SIGN + f"(?:{_COMMAS}+\\.\\d+|{_COMMAS}{{2,}})$"
_SPACED = _SIGN + f"{_SPACES}+(?:[.,]\\d+)?$"
_AMBIGUOUS = _SIGN + r"[1-9]\d{0,2}[.,]\d{3}$"


class ParsedNumbers(NamedTuple):
    """The numbers of a column; every part has the index of the text.

    Attributes
    ----------
    values
        The numbers (``float64``, or ``Int64`` of `parse_integers`); missing where a mask is set.
    is_bad
        Not a number in any reading.
    is_ambiguous
        ``1.234`` or ``1,234`` where nobody declared the decimal mark: one and a bit, or over a
        thousand.
    is_suppressed
        Hidden by whoever made the table (``..``).
    """

    values: pd.Series
    is_bad: pd.Series
    is_ambiguous: pd.Series
    is_suppressed: pd.Series


def parse_numbers(text: pd.Series, *, decimal: Decimal = None) -> ParsedNumbers:
    """Read the numbers of a column, Danish or English, without guessing between the two.

    ``1.234,5``, ``1,234.5``, ``1 234,5``, ``45,3 %`` (45.3), ``-3``, ``1E+05`` and ``12,5`` each have
    one reading and get it. One separator followed by exactly three digits has two: `decimal` settles
    it, and without it the cell is ambiguous and has no value. ``0,125`` is not ambiguous, for no group
    of thousands starts with 0.

    Parameters
    ----------
    text
        A column of text.
    decimal
        The decimal mark, where known; it settles what is ambiguous and changes nothing else.

    Returns
    -------
    ParsedNumbers
        ``values`` as ``float64``.

    Examples
    --------
    >>> import pandas as pd
    >>> parsed = parse_numbers(pd.Series(["1.234,5", "45,3 %", "1.234", ".."]))
    >>> parsed.values.tolist()
    [1234.5, 45.3, nan, nan]
    >>> parsed.is_ambiguous.tolist(), parsed.is_suppressed.tolist()
    ([False, False, True, False], [False, False, False, True])
    """
    plain, masks = _to_plain_numbers(text_to_arrow(text), decimal)
    values = pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False)
    too_large = np.isinf(values)
    if too_large.any():
        values = np.where(too_large, np.nan, values)
        masks["bad"] = pc.or_(masks["bad"], pa.array(too_large))
    return ParsedNumbers(pd.Series(values, index=text.index, dtype="float64"), *_mask_series(masks, text))


def parse_integers(text: pd.Series, *, decimal: Decimal = None) -> ParsedNumbers:
    """Read the whole numbers of a column, exactly (no detour by floating point).

    As `parse_numbers`; ``12,0`` is 12, and a number with a fraction, an exponent or more than 18
    digits is bad.

    Parameters
    ----------
    text
        A column of text.
    decimal
        The decimal mark, where known.

    Returns
    -------
    ParsedNumbers
        ``values`` as ``Int64``.
    """
    plain, masks = _to_plain_numbers(text_to_arrow(text), decimal)
    whole = pc.replace_substring_regex(plain, r"\.0*$", "")
    is_whole = pc.match_substring_regex(whole, r"^-?\d{1,18}$")
    fits = pc.fill_null(is_whole, fill_value=False)
    numbers = pc.cast(pc.if_else(fits, whole, pa.scalar(None, pa.large_string())), pa.int64())
    masks["bad"] = pc.or_(masks["bad"], pc.and_(pc.is_valid(plain), pc.invert(fits)))
    values = pd.Series(
        pd.arrays.IntegerArray(
            pc.fill_null(numbers, 0).to_numpy(zero_copy_only=False),
            pc.is_null(numbers).to_numpy(zero_copy_only=False),
        ),
        index=text.index,
    )
    return ParsedNumbers(values, *_mask_series(masks, text))


def _mask_series(masks: dict[str, pa.Array], text: pd.Series) -> list[pd.Series]:
    return [pd.Series(mask.to_numpy(zero_copy_only=False), index=text.index) for mask in masks.values()]


def _matches(cells: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(cells, pattern), fill_value=False)


def _to_plain_numbers(cells: pa.Array, decimal: Decimal) -> tuple[pa.Array, dict[str, pa.Array]]:
    """Rewrite each number as digits with a decimal point; say what could not be.

    Cells are trimmed and have no other space than the ordinary one (`clean_cells`).
    """
    is_simple = _matches(cells, _SIMPLE)
    plain = pc.replace_substring(pc.if_else(is_simple, cells, _NO_TEXT), ",", ".")
    rest = pc.and_(pc.is_valid(cells), pc.invert(is_simple))
    masks = {"bad": rest, "ambiguous": rest, "suppressed": rest}
    if not pc.any(rest).as_py():
        return plain, masks
    odd, odd_masks = _rewrite_odd_numbers(cells.filter(rest), decimal)
    masks = {name: pc.replace_with_mask(rest, rest, mask) for name, mask in odd_masks.items()}
    return pc.replace_with_mask(plain, rest, odd), masks


def _rewrite_odd_numbers(cells: pa.Array, decimal: Decimal) -> tuple[pa.Array, dict[str, pa.Array]]:
    is_suppressed = pc.is_in(cells, value_set=pa.array(SUPPRESSED_MARKS, pa.large_string()))
    # U+2212 is the minus sign proper; the narrow spaces are those of typeset tables.
    bare = pc.replace_substring_regex(pc.replace_substring_regex(cells, r" *%$", ""), "−", "-")
    bare = pc.replace_substring_regex(bare, "[\u2009\u202f]", " ")
    is_either = _matches(bare, _AMBIGUOUS)
    is_point = pc.and_(is_either, pc.match_substring(bare, "."))
    has_danish_groups = pc.and_(is_either, is_point if decimal == "," else False)
    has_english_groups = pc.and_not(is_either, is_point if decimal == "." else True)
    is_ambiguous = pc.and_(is_either, decimal is None)
    is_grouped = pc.or_(is_ambiguous, pc.or_(has_danish_groups, has_english_groups))
    plain = pc.case_when(
        pc.make_struct(
            pc.and_not(_matches(bare, _PLAIN), is_grouped),
            pc.or_(_matches(bare, _DANISH), has_danish_groups),
            pc.or_(_matches(bare, _ENGLISH), has_english_groups),
            _matches(bare, _SPACED),
        ),
        pc.replace_substring(bare, ",", "."),
        pc.replace_substring(pc.replace_substring(bare, ".", ""), ",", "."),
        pc.replace_substring(bare, ",", ""),
        pc.replace_substring(pc.replace_substring(bare, ",", "."), " ", ""),
    )
    plain = pc.replace_substring_regex(pc.replace_substring_regex(plain, r"^\+", ""), r"^(-?)\.", r"\10.")
    is_found = pc.or_(pc.is_valid(plain), pc.or_(is_ambiguous, is_suppressed))
    return plain, {"bad": pc.invert(is_found), "ambiguous": is_ambiguous, "suppressed": is_suppressed}
