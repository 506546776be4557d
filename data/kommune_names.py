"""Which kommune a cell of somebody's table means: by code, by name, by both, in older spellings too."""

import csv
import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from types import MappingProxyType

from data.kommuner import load_kommuner

CHRISTIANSOE = "0411"
"""Code of Christiansø, which is no kommune; maps and tables may have it or not."""

_CODE = re.compile(r"0?(\d{3})(?:\.0)?")
_CODE_AND_NAME = re.compile(r"0?(\d{3})\s*[-–:.,]?\s+(\D.*)")
_NAME_AND_CODE = re.compile(r"(\D+?)\s*\(0?(\d{3})\)")
_SUFFIX = re.compile(r"(?:\s|-)*(?:regions)?kommune$")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
# What offices put among the kommuner: the country, regions, the eleven parts of the country, the rest.
_WHOLES = re.compile(
    r"(?:hele landet|hele danmark|danmark|i alt|ialt|total|alle kommuner|alle|landet|landsgennemsnit"
    r"|udlandet|uoplyst.*|ukendt.*|uden for .*|udenfor .*|øvrige.*"
    r"|(?:region|landsdel|regionen|provins)\b.*"
    r"|byen københavn|københavns omegn|nordsjælland|østsjælland|vest- og sydsjælland|fyn|sydjylland"
    r"|østjylland|vestjylland|nordjylland|hovedstaden|sjælland|syddanmark|midtjylland)"
)
_WHOLE_CODES = frozenset({0, *range(1, 12), *range(81, 86), *range(1081, 1086)})


def find_kommune_code(text: str) -> str | None:
    """Return the code of the kommune that `text` means, four digits; None where it means none.

    Understood are ``"0101"``, ``"101"``, ``"101 København"``, ``"København (101)"``, ``"København"``,
    ``"Københavns Kommune"``, and older names and spellings (``"Århus"``, ``"Høje Taastrup"``), with any
    capitals and in any Unicode form. Code and name that are of two kommuner mean none.

    Parameters
    ----------
    text
        A cell as it stood.

    Examples
    --------
    >>> find_kommune_code("101"), find_kommune_code("751 Århus"), find_kommune_code("Valby")
    ('0101', '0751', None)
    """
    return _find_cleaned(_clean(text))


@cache
def _find_cleaned(cleaned: str) -> str | None:
    only_code = _CODE.fullmatch(cleaned)
    if only_code:
        return _known_code(only_code.group(1))
    both = _CODE_AND_NAME.fullmatch(cleaned)
    code, name = (both.group(1), both.group(2)) if both else (None, cleaned)
    if not both:
        swapped = _NAME_AND_CODE.fullmatch(cleaned)
        name, code = (swapped.group(1), swapped.group(2)) if swapped else (cleaned, None)
    named = _names().get(_fold(name))
    return named if code is None or named == _known_code(code) else None


def find_kommune_by_name(name: str) -> str | None:
    """Return the code of the kommune of that name, older ones included; None where there is none."""
    return _names().get(_fold(_clean(name)))


def is_whole(text: str) -> bool:
    """Tell whether `text` means the country, a region or a part of the country, or people without kommune.

    Examples
    --------
    >>> is_whole("Hele landet"), is_whole("084 Region Hovedstaden"), is_whole("Bornholm")
    (True, True, False)
    """
    cleaned = _clean(text)
    if cleaned.isascii() and cleaned.isdigit():
        return int(cleaned) in _WHOLE_CODES
    return _WHOLES.fullmatch(re.sub(r"^\d{1,4}\s*[-–:.,]?\s+", "", cleaned)) is not None


def name_nearest(text: str) -> str:
    """Return name and code of the kommune whose name is most like `text`: ``"Aalborg (0851)"``."""
    names = _names()
    nearest = get_close_matches(_fold(_clean(text)), sorted(names), n=1, cutoff=0.0)[0]
    return name_kommune(names[nearest])


def name_near_codes(code: str, *, limit: int = 3) -> str:
    """Return the kommuner whose codes are fewest slips of the hand from `code`, the nearest first.

    A slip is a digit that is wrong, lost or too many, or two neighbours that changed places; to have put the
    right digits in a wrong order counts for one less.

    Parameters
    ----------
    code
        Four digits.
    limit
        So many kommuner are named.

    Examples
    --------
    >>> name_near_codes("0571", limit=1), name_near_codes("1010", limit=1)
    ('Aarhus (0751)', 'København (0101)')
    """

    def rate(known: str) -> tuple[int, int]:
        slips_n = _count_slips(code, known) - (sorted(code) == sorted(known))
        return slips_n, abs(int(code) - int(known))

    return ", ".join(map(name_kommune, sorted(sorted(load_kommuner()), key=rate)[:limit]))


def _count_slips(left: str, right: str) -> int:
    if not left or not right:
        return len(left) + len(right)
    if left[0] == right[0]:
        return _count_slips(left[1:], right[1:])
    rests = [(left[1:], right[1:]), (left[1:], right), (left, right[1:])]
    if left[:2] == right[1::-1]:
        rests.append((left[2:], right[2:]))
    return 1 + min(_count_slips(*rest) for rest in rests)


def name_kommune(code: str) -> str:
    """Return name and code of a known kommune: ``"Aalborg (0851)"``."""
    return f"{load_kommuner()[code].name} ({code})"


@cache
def load_other_spellings() -> Mapping[str, str]:
    """Return the other names of kommuner, each with the code of its kommune."""
    text = resources.files(__package__).joinpath("kommune_names.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {row["other_name"]: row["kommune_code"] for row in csv.DictReader(text.splitlines())}
    )


def _known_code(digits: str) -> str | None:
    code = digits.zfill(4)
    return code if code in load_kommuner() else None


@cache
def _names() -> Mapping[str, str]:
    official = {_fold(_clean(row.name)): code for code, row in load_kommuner().items()}
    return {_fold(_clean(name)): code for name, code in load_other_spellings().items()} | official


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _fold(cleaned: str) -> str:
    """Return a name as names are compared: æøå spelt out, no spaces, hyphens and points, no "kommune"."""
    bare = _SUFFIX.sub("", cleaned).translate(_LETTERS)
    return re.sub(r"[\s.–-]+", "", bare)
