"""Headings that are recognised for each canonical column, where the project file names none.

Compared without regard to capitals, to spaces, hyphens, dots and underscores, and to æ/ae, ø/oe, å/aa.
The canonical name itself always fits and goes first; then the headings in the order below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# A shapefile has ten letters of a heading; these of ours and of the cadastre are longer.
_PARCEL = {
    "cadastral_district": (
        "ejerlavskode",
        "ejerlavkode",
        "elavskode",
        "landsejerlavskode",
        "ejerlavsko",
        "ejerlavkod",
        "cadastral_",
    ),
    "parcel_number": ("matrikelnr", "matrikelnummer", "matrnr", "matrikelnu", "parcel_num"),
}
_OUTLINE = {**_PARCEL, "parcels": ("matrikler", "jordstykker", "matrikelnumre")}
_AREA_ID = ("område_id", "boligområde_id", "områdenr", "områdenummer")
_APPROVAL = {
    "applied_on": ("ansøgt_den", "ansøgningsdato"),
    "approved_on": ("godkendt_den", "godkendelsesdato"),
    "status": ("ansøgningsstatus",),
}
_BUILT_YEAR = (
    "byg026Opførelsesår",
    "bygning.byg026Opførelsesår",
    "bygning_OPFOERELSE_AAR",
    "opførelsesår",
    "opført_år",
    "byggeår",
)
_YEAR = ("år", "opgørelsesår", "dataår")

ALIASES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "parcels": _PARCEL,
    "areas": {
        "area_id": _AREA_ID,
        "name": ("navn", "områdenavn", "boligområde"),
        "kommune_code": ("kommunekode", "komkode"),
        "residents_2010": ("beboere_2010",),
        **_OUTLINE,
    },
    "extensions": {"extension_id": ("udvidelse_id",), "area_id": _AREA_ID, **_APPROVAL, **_OUTLINE},
    "splits": {
        "split_id": ("opdeling_id",),
        "area_id": _AREA_ID,
        "new_area_id": ("nyt_område_id",),
        "new_name": ("nyt_navn",),
        **_APPROVAL,
        **_OUTLINE,
    },
    "dwellings": {
        "dwelling_id": ("id_lokalId", "enhed_id", "bolig_id", "bolignr"),
        "address": ("adresse", "adressebetegnelse"),
        "x": ("x_koordinat", "etrs89_x", "etrs89koordinat_øst", "østkoordinat", "x_byg"),
        "y": ("y_koordinat", "etrs89_y", "etrs89koordinat_nord", "nordkoordinat", "y_byg"),
        "tenure": ("boligtype", "ejerform"),
        "use_code": ("enh020EnhedensAnvendelse", "ENH_ANVEND_KODE", "anvendelseskode", "anvendelse"),
        "built_year": _BUILT_YEAR,
        "built_on": ("opført_den", "ibrugtagningsdato"),
        "relabelled_on": ("ommærket_den", "ommærkningsdato"),
        "relabelled_from": ("ommærket_fra",),
        "demolished_on": ("nedrevet_den", "nedrivningsdato"),
        "area_m2": ("enh026EnhedensSamledeAreal", "ENH_ARL_SAML", "boligareal", "areal_m2"),
        "toilet_code": ("enh032Toiletforhold", "TOILET_KODE", "toiletforhold"),
        "bath_code": ("enh033Badeforhold", "BAD_KODE", "badeforhold"),
        "heating_code": ("enh051Varmeinstallation", "VARMEINSTAL_KODE", "varmeinstallation"),
    },
    "residents": {
        "year": _YEAR,
        "dwelling_id": ("id_lokalId", "enhed_id", "bolig_id", "bolignr"),
        "residents_n": ("antal_beboere", "beboere", "antal"),
        "person_id": ("personnr", "pnr", "løbenummer"),
        "age": ("alder",),
        "origin": ("oprindelse", "herkomst"),
        "labour_outside": ("uden_tilknytning",),
        "is_convicted": ("convicted", "dømt"),
        "education": ("uddannelse",),
        "gross_income_dkk": ("gross_income", "bruttoindkomst"),
        "disposable_income_dkk": ("disposable_income", "disponibel_indkomst"),
        "is_student": ("studerende", "under_uddannelse"),
        "is_taxable": ("skattepligtig",),
    },
    "references": {
        "year": _YEAR,
        "region_code": ("regionskode", "regionkode"),
        "key": ("nøgle", "størrelse"),
        "value": ("værdi",),
    },
    "lists": {
        "list_date": ("listedato",),
        "area_id": _AREA_ID,
        "category": ("kategori",),
    },
    "plans": {
        "area_id": _AREA_ID,
        "year": ("år",),
        "action": ("handling", "tiltag"),
        "dwellings_n": ("antal_boliger", "boliger", "antal"),
        "tenure": ("boligtype", "ejerform"),
        "status": ("planstatus",),
    },
    "kommuner": {
        "kommune_code": (
            "komkode",
            "kommunekode",
            "kommunenr",
            "kommunenummer",
            "kommunekod",
            "kom_kode",
            "kom_nr",
            "kode",
        ),
        "name": ("komnavn", "kommunenavn", "kommunenav", "kommune", "kom_navn", "navn"),
    },
    "flows": {
        "year": ("år", "opgørelsesår", "figurår"),
        "from_kommune": ("fra_kommune", "fraflytningskommune", "fra"),
        "to_kommune": ("til_kommune", "tilflytningskommune", "til"),
        "exposure": ("udsathed", "social_udsathed"),
        "group": ("gruppe",),
        "movers_n": ("antal_flyttede", "flyttede", "flytninger", "antal"),
    },
}
"""Register to canonical name to headings."""


@dataclass(frozen=True, kw_only=True)
class ColumnMatch:
    """Which heading of a file holds which column.

    Attributes
    ----------
    headings
        Canonical name to heading as it stands in the file.
    missing
        Canonical name to the heading that the project file promised and the file lacks.
    ambiguous
        Canonical name to all headings that fit it, the chosen one first.
    unread
        Canonical name to the heading of a column that could not be read as text, where no other fits.
    """

    headings: Mapping[str, str]
    missing: Mapping[str, str]
    ambiguous: Mapping[str, tuple[str, ...]]
    unread: Mapping[str, str]


def fold_heading(heading: str) -> str:
    """Return `heading` as it is compared: no capitals, spaces, hyphens, dots or underscores, æøå spelt out.

    Examples
    --------
    >>> fold_heading("Opført År") == fold_heading("opfoert_aar")
    True
    """
    folded = heading.casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return "".join(letter for letter in folded if letter not in " -_.\t")


def match_columns(
    found: Sequence[str],
    columns: Sequence[str],
    *,
    register: str,
    fields: Mapping[str, str],
    left_out: Sequence[str] = (),
) -> ColumnMatch:
    """Find the heading of each canonical column.

    Parameters
    ----------
    found
        Headings of the file.
    columns
        Canonical names to look for.
    register
        Whose known headings apply.
    fields
        Canonical name to heading by the project file; goes first.
    left_out
        Headings of columns of the file that have no text.
    """
    folded, folded_unread = _fold_headings(found), _fold_headings(left_out)
    headings: dict[str, str] = {}
    missing: dict[str, str] = {}
    unread: dict[str, str] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    for column in columns:
        wanted = (fields[column],) if column in fields else (column, *ALIASES[register].get(column, ()))
        fitting = _find_fitting(folded, wanted)
        if fitting:
            headings[column] = fitting[0]
        elif unread_fitting := _find_fitting(folded_unread, wanted):
            unread[column] = unread_fitting[0]
        elif column in fields:
            missing[column] = fields[column]
        if len(fitting) > 1 and fitting[0] != wanted[0]:
            ambiguous[column] = fitting
    return ColumnMatch(headings=headings, missing=missing, ambiguous=ambiguous, unread=unread)


def _fold_headings(found: Sequence[str]) -> dict[str, list[str]]:
    folded: dict[str, list[str]] = {}
    for heading in found:
        folded.setdefault(fold_heading(heading), []).append(heading)
    return folded


def _find_fitting(folded: Mapping[str, Sequence[str]], wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the headings that fit one of the `wanted` names; spelt exactly alike goes first."""
    fitting: dict[str, None] = {}
    for name in wanted:
        alike = folded.get(fold_heading(name), ())
        fitting |= dict.fromkeys(sorted(alike, key=lambda heading: heading != name))
    return tuple(fitting)
