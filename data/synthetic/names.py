"""Invented names: the kommune, its cadastral districts and its streets. None is a real kommune."""

from collections.abc import Iterator

KOMMUNE_NAME = "Lærkesund Kommune"
KOMMUNE_CODE = "0999"
"""No Danish kommune has it."""

REGION_CODE = "1082"
"""Codes of regions are fixed by law, so this is a real one; its figures in the demo are invented."""

POSTAL_DISTRICT = "9999 Lærkesund"
"""Above the highest Danish postal code."""

DISTRICTS = {
    "by": ("9990101", "Lærkesund Bygrunde"),
    "syd": ("9990102", "Sønder Tangby, Lærkesund"),
    "vest": ("9990103", "Vester Hjelmsø By, Lærkesund"),
    "nord": ("9990104", "Nørre Tangby, Lærkesund"),
}
"""Cadastral districts (ejerlav) by part of town: invented code and name."""

_STEMS_TEXT = """
Lærke Solsort Stær Mejse Spurve Bogfinke Gærdesmutte Nattergale Svale Vibe Glente Falke Ugle Måge Terne
Edderfugle Skarv Strandskade Regnspove Hjejle Brushane Gravand Knopsvane Gråkrage Silkehale Drossel Stillits
Irisk Dompap Rødkælk Birke Ahorn Linde Kastanje Ask Elme Hassel Røn Tjørne Slåen Hyben Hylde Syren Guldregn
Jasmin Magnolie Pære Æble Blomme Kirsebær Mirabel Ribs Stikkelsbær Hindbær Brombær Blåbær Tyttebær Kløver
Lupin Valmue Kornblomst Margerit Tusindfryd Anemone Viol Primula Iris Lilje Tulipan Krokus Vintergæk Erantis
Lavendel Timian Merian Salvie Persille Kommen Dild Havre Rug Byg Hvede Hør Hamp Raps Boghvede Sild Makrel
Torske Rødspætte Hornfisk Ålekvabbe Stenbider Kulmule Ising Skrubbe Multe Laks Ørred Helt Smelt Musling
Østers Søstjerne Krabbe Reje Hummer Konk Snegle Tang Blæretang Ålegræs Klit Marehalm Revling Porse Strandkål
Engelskgræs Kveller Hindeknæ Strandasters Rav Flint Kalk Ler Sand Skifer Granit Basalt Kridt Sejl Anker Ror
Køl Mast Stævn Fender Fyr Bøje Kompas Sekstant Lods Skipper Styrmand Tømmermand Rebslager
"""
_STEMS = _STEMS_TEXT.split()
_ENDINGS = ("vej", "vænget", "allé", "stien", "parken", "bakken", "krogen", "toften")
_TOWN_STEMS_TEXT = """
Strand Havne Torve Kirke Kloster Sankt_Olufs Brønd Smede Bager Skomager Væver Farver Garver Møller Kobber
Guldsmede Told Fisker Pakhus Bro Mølle Vester Nørre Sønder Øster Skole Latin Nygaards Sadelmager Hjulmager
Tobaks Bryggeri Gasværks Voldgrav Port Kompagni Magasin Skibs Lodseri Ankersmede Sejlmager Bødker Handske
Glarmester Urmager Kandestøber Bundtmager Hattemager Lygte Vægter Tårn Klokke Bispe Degne Provste Graver
"""
_TOWN_STEMS = _TOWN_STEMS_TEXT.split()
_TOWN_ENDINGS = ("gade", "stræde")


def name_streets() -> Iterator[str]:
    """Yield names of suburban streets, each once, with changing endings."""
    for round_ in range(len(_ENDINGS)):
        for place, stem in enumerate(_STEMS):
            yield stem + _ENDINGS[(place * 3 + round_) % len(_ENDINGS)]


def name_town_streets() -> Iterator[str]:
    """Yield names of streets in the old town, each once."""
    for ending in _TOWN_ENDINGS:
        for stem in _TOWN_STEMS:
            yield stem.replace("_", " ") + ending
