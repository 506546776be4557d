"""The town plan as data: which quarters there are and what stands in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from data.synthetic.town import Patch

Cell = tuple[float, float, float, float]
"""Part of a patch: u from, u to, v from, v to."""

Mix = tuple[tuple[str, float], ...]
"""Tenures and their shares; the shares sum to 1."""

WHOLE: Cell = (0.0, 1.0, 0.0, 1.0)

PRIVATE_MIX: Mix = (("privat_udlejning", 0.38), ("andelsbolig", 0.34), ("ejerbolig", 0.28))
FAMILY_MIX: Mix = (("almen_familiebolig", 1.0),)


@dataclass(frozen=True, kw_only=True)
class Site:
    """One building scheme: what is laid out where, when and for whom.

    Attributes
    ----------
    key
        Unique short name.
    patch
        The quarter it lies in.
    layout
        How parcels and houses are drawn: ``karre``, ``villa`` and ``terrace`` have a parcel a house;
        ``slabs``, ``comb``, ``towers``, ``arcs``, ``rows`` and ``courts`` share their parcels;
        ``green`` has no dwellings.
    cells
        The parts of the patch: a parcel each, or a block system each for a parcel a house.
    zone
        Who lives there: a key of `data.synthetic.profiles.ZONES`; empty where nobody does.
    district
        Key of `data.synthetic.names.DISTRICTS`.
    area_id, extension_id
        The boligområde or extension that the parcels belong to; empty if none.
    tenures
        Mix, drawn building by building.
    built
        First and last year of building.
    floors
        Storeys, lowest and highest.
    size_m2
        Dwelling areas, lowest and highest.
    dwellings_n
        Dwellings aimed at, where parcels are shared.
    use_code
        BBR use (enh020); empty for the usual one of the layout.
    street
        Street name; empty for names from the list.
    turn_deg
        Turn of the buildings against the street grid.
    is_radial
        The streets of a parcel-a-house layout run outwards instead of along the rings.
    """

    key: str
    patch: str
    layout: str
    cells: tuple[Cell, ...] = (WHOLE,)
    zone: str = ""
    district: str = "by"
    area_id: str = ""
    extension_id: str = ""
    tenures: Mix = PRIVATE_MIX
    built: tuple[int, int] = (1900, 1960)
    floors: tuple[int, int] = (1, 1)
    size_m2: tuple[int, int] = (55, 95)
    dwellings_n: int = 0
    use_code: str = ""
    street: str = ""
    turn_deg: float = 0.0
    is_radial: bool = False


def _ring(
    letter: str, edges: tuple[float, ...], inner_m: float, outer_m: float, road_m: float
) -> list[Patch]:
    return [
        Patch(f"{letter}{number}", low, high, inner_m, outer_m, road_m)
        for number, (low, high) in enumerate(pairwise(edges), start=1)
    ]


_KARRE_EDGES = tuple(-98 + 14 * step for step in range(15))

PATCHES: Mapping[str, Patch] = {
    patch.key: patch
    for patch in (
        *_ring("K", (-94, -57, -19, 19, 57, 94), 92, 190, 9),
        *_ring("G", (-97, -72, -48, -24, 0, 24, 48, 72, 97), 202, 322, 11),
        *_ring("B", _KARRE_EDGES, 340, 562, 13),
        *_ring("S", (-100, -76, -52, -27, -2, 22, 48, 74, 99), 586, 984, 20),
        *_ring("T", (-97, -78, -58, -37, -17, 4, 26, 46, 66, 84, 97), 1008, 1484, 20),
        Patch("Y2", -61, -21, 1508, 1650, 24),
        Patch("Y3", -60, -22, 1666, 1860, 18),
        Patch("Y4", -18, 5, 1504, 1770, 18),
        Patch("Y5", 26, 64, 1504, 1800, 18),
    )
}
"""The quarters, from the old town (K, G) over the ring of karréer (B) to the suburbs (S, T, Y)."""


def _old_town() -> list[Site]:
    core = [
        Site(key=f"kerne-{n}", patch=f"K{n}", layout="karre", zone="kerne", built=(1780, 1905), floors=(2, 2))
        for n in (1, 2, 4, 5)
    ]
    streets = [
        Site(key=f"gader-{n}", patch=f"G{n}", layout="karre", zone="kerne", built=(1850, 1925), floors=(2, 3))
        for n in (2, 3, 4, 6, 7, 8)
    ]
    return [
        *core,
        *streets,
        Site(key="torvet", patch="K3", layout="green"),
        Site(key="kirkepladsen", patch="G5", layout="green"),
        Site(key="havnekontoret", patch="G1", layout="karre", zone="kerne", tenures=(("statslig", 0.4),
             ("kommunal", 0.6)), built=(1890, 1930), floors=(2, 2)),
    ]  # fmt: skip


def _karre_ring() -> list[Site]:
    inner, outer = (0.0, 1.0, 0.0, 0.5), (0.0, 1.0, 0.5, 1.0)
    plain = [
        Site(key=f"karre-{n}", patch=f"B{n}", layout="karre", cells=(inner, outer), zone="karre",
             built=(1895, 1948), floors=(3, 3))
        for n in (4, 5, 7, 9, 10, 11, 12)
    ]  # fmt: skip
    works = [
        Site(key=f"gasvaerk-{n}", patch=f"B{n}", layout="karre", cells=(inner, outer), zone="gasvaerk",
             tenures=(("privat_udlejning", 0.93), ("andelsbolig", 0.07)), built=(1886, 1912), floors=(3, 3),
             size_m2=(34, 62))
        for n in (2, 3)
    ]  # fmt: skip
    quay = [
        Site(key=f"kajen-{n}", patch=f"B{n}", layout="karre", cells=(inner, outer), zone="ny",
             tenures=(("ejerbolig", 0.55), ("privat_udlejning", 0.45)), built=(2006, 2018), floors=(3, 4),
             size_m2=(62, 118))
        for n in (13, 14)
    ]  # fmt: skip
    return [
        *plain,
        *works,
        *quay,
        Site(key="vaerftet", patch="B1", layout="green"),
        Site(key="karre-6", patch="B6", layout="karre", cells=(outer,), zone="karre", built=(1905, 1935),
             floors=(3, 4)),
        Site(key="anlaegget", patch="B6", layout="green", cells=(inner,)),
        Site(key="kollegiet", patch="B8", layout="slabs", cells=(inner,), zone="studie",
             tenures=(("kollegie", 1.0),), built=(1971, 1973), dwellings_n=196, floors=(4, 6), size_m2=(18,
             34),
             use_code="150", street="Navigatørkollegiet"),
        Site(key="ungdomshuset", patch="B8", layout="comb", cells=(outer,), zone="studie",
             tenures=(("almen_ungdomsbolig", 1.0),), built=(1994, 1996), dwellings_n=144, floors=(4, 6),
             size_m2=(28, 46), street="Latinerparken"),
    ]  # fmt: skip


def _inner_suburbs() -> list[Site]:
    return [
        Site(key="LS06", patch="S1", layout="slabs", cells=((0, 0.5, 0.0, 0.72), (0.5, 1, 0.0, 0.4),
             (0.5, 1, 0.4, 0.72)), zone="LS06", district="syd", area_id="LS06", tenures=FAMILY_MIX,
             built=(1968, 1970), dwellings_n=492, floors=(3, 6), size_m2=(54, 104), street="Marehalmen",
             turn_deg=28),
        Site(key="marehalmskolen", patch="S1", layout="green", cells=((0, 1, 0.72, 1),), district="syd"),
        Site(key="andelshaverne", patch="S2", layout="terrace", zone="raekke", district="syd",
             tenures=(("andelsbolig", 0.8), ("ejerbolig", 0.2)), built=(1936, 1988), size_m2=(74, 112)),
        Site(key="LS03", patch="S3", layout="courts", zone="LS03", district="syd", area_id="LS03",
             tenures=FAMILY_MIX, built=(1956, 1959), dwellings_n=586, floors=(3, 5), size_m2=(52, 96),
             street="Strandskadegården"),
        Site(key="byskolen", patch="S4", layout="green", cells=((0, 0.52, 0, 0.55),), district="vest"),
        Site(key="plejecentret", patch="S4", layout="comb", cells=((0.52, 1, 0, 0.3),), zone="pleje",
             district="vest", tenures=(("almen_plejebolig", 1.0),), built=(1998, 2002), dwellings_n=96,
             floors=(3, 4), size_m2=(38, 56), use_code="160", street="Fyrparken"),
        Site(key="seniorhusene", patch="S4", layout="rows", cells=((0.52, 1, 0.3, 0.425), (0.52, 1, 0.425,
             0.55)),
             zone="aeldre", district="vest", tenures=(("almen_aeldrebolig", 1.0),), built=(1989, 1993),
             dwellings_n=92, size_m2=(58, 74), street="Fyrhaven"),
        Site(key="blokkene", patch="S4", layout="slabs", cells=((0, 0.5, 0.55, 1), (0.5, 1, 0.55, 1)),
             zone="blok",
             district="vest", tenures=(("andelsbolig", 0.55), ("privat_udlejning", 0.45)), built=(1948, 1955),
             dwellings_n=270, floors=(3, 4), size_m2=(52, 82), turn_deg=8),
        Site(key="LS02-tang", patch="S5", layout="comb", cells=((0, 0.5, 0, 0.56), (0.5, 1, 0, 0.56)),
             zone="LS02",
             district="vest", area_id="LS02", tenures=FAMILY_MIX, built=(1970, 1972), dwellings_n=452,
             floors=(4, 6), size_m2=(54, 108), street="Tangvænget"),
        Site(key="rebslagerne", patch="S5", layout="slabs", cells=((0, 1, 0.56, 1),), zone="blok",
             district="vest",
             tenures=(("privat_udlejning", 0.6), ("ejerbolig", 0.4)), built=(1959, 1964), dwellings_n=210,
             floors=(3, 5), size_m2=(56, 90)),
        Site(key="LS02-aal", patch="S6", layout="comb", cells=((0, 0.28, 0, 0.56), (0.28, 0.56, 0, 0.56)),
             zone="LS02", district="nord", area_id="LS02", tenures=FAMILY_MIX, built=(1970, 1972),
             dwellings_n=296, floors=(4, 6), size_m2=(54, 108), street="Ålegræsset", turn_deg=0),
        *_first_extension(),
        Site(key="mirabelhaven", patch="S6", layout="villa", cells=((0.36, 1, 0.56, 1),), zone="villa",
             district="nord", tenures=(("ejerbolig", 1.0),), built=(1932, 1962), size_m2=(88, 168)),
        Site(key="LS08", patch="S7", layout="comb", cells=((0, 0.5, 0, 0.5),), zone="LS08", district="nord",
             area_id="LS08", tenures=FAMILY_MIX, built=(1963, 1964), dwellings_n=322, floors=(4, 7),
             size_m2=(50, 92), street="Vibegården", turn_deg=6),
        Site(key="UDV-03", patch="S7", layout="slabs", cells=((0.5, 0.78, 0, 0.5),), zone="blok",
             district="nord",
             extension_id="UDV-03", tenures=(("andelsbolig", 1.0),), built=(1961, 1963), dwellings_n=96,
             floors=(3, 4), size_m2=(58, 84), street="Vibetoften"),
        Site(key="nordbadet", patch="S7", layout="green", cells=((0.78, 1, 0, 0.5),), district="nord"),
        Site(key="skippergaardene", patch="S7", layout="slabs", cells=((0, 0.5, 0.5, 1), (0.5, 1, 0.5, 1)),
             zone="blok", district="nord", tenures=(("andelsbolig", 0.7), ("privat_udlejning", 0.3)),
             built=(1950, 1958), dwellings_n=280, floors=(3, 4), size_m2=(54, 86), turn_deg=-10),
        Site(key="strandkvarteret", patch="S8", layout="villa", zone="villa", district="nord",
             tenures=(("ejerbolig", 0.97), ("privat_udlejning", 0.03)), built=(1908, 1955), size_m2=(120,
             240)),
    ]  # fmt: skip


def _first_extension() -> list[Site]:
    """Return what stands on the parcels added to Tangvænget/Ålegræsset in June 2021."""
    return [
        Site(key="UDV-01-ny", patch="S6", layout="comb", cells=((0.56, 1, 0, 0.56),), zone="udvidelse",
             district="nord", extension_id="UDV-01", tenures=(("privat_udlejning", 0.7), ("ejerbolig", 0.3)),
             built=(2021, 2024), dwellings_n=208, floors=(4, 6), size_m2=(62, 112), street="Blæretangen"),
        Site(key="UDV-01-gl", patch="S6", layout="slabs", cells=((0, 0.2, 0.56, 1),), zone="LS02x",
             district="nord",
             extension_id="UDV-01", tenures=FAMILY_MIX, built=(1974, 1974), dwellings_n=72, floors=(3, 4),
             size_m2=(60, 98), street="Klørtangen"),
        Site(key="UDV-01-villa", patch="S6", layout="villa", cells=((0.2, 0.36, 0.56, 1),), zone="villa",
             district="nord", extension_id="UDV-01", tenures=(("ejerbolig", 1.0),), built=(1934, 1958),
             size_m2=(90, 150), street="Sukkertangen", is_radial=True),
    ]  # fmt: skip


def _outer_suburbs() -> list[Site]:
    villas = [
        _villas("T1", "syd", (1924, 1960)), _villas("T2", "syd", (1958, 1974), is_radial=True),
        _villas("T4", "vest", (1960, 1975)), _villas("T7", "nord", (1962, 1978), is_radial=True),
        _villas("T10", "nord", (1930, 1966)),
        _villas("Y3", "vest", (1996, 2009)), _villas("Y4", "vest", (1976, 1992), is_radial=True),
    ]  # fmt: skip
    strips = [(0.166 * n + 0.008, 0.166 * n + 0.158) for n in range(6)]
    return [
        *villas,
        Site(key="LS07", patch="T3", layout="rows", cells=tuple(
                (u, u + 0.49, low, high) for low, high in strips for u in (0.0, 0.51)),
             zone="LS07", district="vest", area_id="LS07", tenures=FAMILY_MIX, built=(1978, 1982),
             dwellings_n=746, size_m2=(72, 108), street="Rylehusene"),
        Site(key="LS01-vest", patch="T5", layout="slabs", cells=((0, 0.5, 0, 0.34), (0, 0.5, 0.34, 0.67),
                (0, 0.5, 0.67, 1), (0.5, 1, 0, 0.34), (0.5, 1, 0.67, 1)),
             zone="LS01", district="vest", area_id="LS01", tenures=FAMILY_MIX, built=(1971, 1974),
             dwellings_n=846, floors=(4, 6), size_m2=(56, 112), street="Hejreparken"),
        Site(key="hejrecentret", patch="T5", layout="green", cells=((0.5, 1, 0.34, 0.67),), district="vest"),
        Site(key="LS01-oest", patch="T6", layout="slabs", cells=((0, 0.42, 0, 0.32), (0, 0.42, 0.32, 0.64)),
             zone="LS01", district="nord", area_id="LS01", tenures=FAMILY_MIX, built=(1973, 1975),
             dwellings_n=296, floors=(4, 6), size_m2=(56, 112), street="Fiskehejren"),
        Site(key="idraetsparken", patch="T6", layout="green", cells=((0.42, 1, 0, 0.5),), district="nord"),
        Site(key="havtornhusene", patch="T6", layout="terrace", cells=((0.42, 1, 0.5, 0.64), (0, 1, 0.64, 1)),
             zone="raekke", district="nord", tenures=(("ejerbolig", 0.62), ("andelsbolig", 0.38)),
             built=(1979, 2004), size_m2=(78, 124)),
        Site(key="LS05", patch="T8", layout="comb", cells=((0, 0.32, 0, 0.6), (0.32, 0.64, 0, 0.3),
                (0.32, 0.64, 0.3, 0.6)),
             zone="LS05", district="nord", area_id="LS05", tenures=FAMILY_MIX, built=(1975, 1977),
             dwellings_n=516, floors=(4, 7), size_m2=(56, 104), street="Klitrosehaven", turn_deg=-8),
        Site(key="UDV-02", patch="T8", layout="towers", cells=((0.64, 1, 0, 0.36),), zone="udvidelse",
             district="nord", extension_id="UDV-02", tenures=(("privat_udlejning", 0.8), ("ejerbolig", 0.2)),
             built=(2022, 2024), dwellings_n=80, floors=(4, 4), size_m2=(64, 108), street="Havtornen"),
        Site(key="klitskoven", patch="T8", layout="green", cells=((0.64, 1, 0.36, 0.6),), district="nord"),
        Site(key="klitrosevillaer", patch="T8", layout="villa", cells=((0, 1, 0.6, 1),), zone="villa",
             district="nord", tenures=(("ejerbolig", 1.0),), built=(1966, 1979), size_m2=(104, 172)),
        Site(key="nordskoven", patch="T9", layout="green", cells=((0, 0.55, 0, 1), (0.55, 1, 0.6, 1)),
             district="nord"),
        Site(key="skovbo", patch="T9", layout="terrace", cells=((0.55, 1, 0, 0.6),), zone="raekke",
             district="nord", tenures=(("ejerbolig", 0.5), ("privat_udlejning", 0.5)), built=(1984, 2003),
             size_m2=(76, 118)),
        Site(key="LS04", patch="Y2", layout="arcs", cells=tuple(
                (u / 5, (u + 1) / 5, low, high) for low, high in ((0.0, 0.46), (0.54,
                1.0)) for u in range(5)),
             zone="LS04", district="vest", area_id="LS04", tenures=FAMILY_MIX, built=(1969, 1971),
             dwellings_n=566, floors=(3, 4), size_m2=(58, 106), street="Muslingebuen"),
        Site(key="nyhusene", patch="Y5", layout="terrace", cells=((0, 0.5, 0, 1),), zone="raekke",
             district="nord",
             tenures=(("ejerbolig", 0.7), ("andelsbolig", 0.3)), built=(2000, 2018), size_m2=(86, 132)),
        _villas("Y5", "nord", (1998, 2017), cells=((0.5, 1, 0, 1),)),
    ]  # fmt: skip


def _villas(
    patch: str,
    district: str,
    built: tuple[int, int],
    *,
    cells: tuple[Cell, ...] = (WHOLE,),
    is_radial: bool = False,
) -> Site:
    return Site(
        key=f"villaer-{patch}",
        patch=patch,
        layout="villa",
        cells=cells,
        zone="villa",
        district=district,
        tenures=(("ejerbolig", 0.95), ("privat_udlejning", 0.05)),
        built=built,
        size_m2=(96, 190),
        is_radial=is_radial,
    )


SITES: tuple[Site, ...] = (*_old_town(), *_karre_ring(), *_inner_suburbs(), *_outer_suburbs())
"""Every building scheme of the town, from the harbour outwards."""
