"""Who lives where: what each zone aims at, year by year, and the country round the town."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Trend = tuple[float, ...]
"""Values spread evenly from the first to the last year with residents; straight between them."""

Ages = Literal["mixed", "young", "old", "care"]


@dataclass(frozen=True, kw_only=True)
class Zone:
    """What the residents of a zone are like.

    Attributes
    ----------
    density
        Residents a dwelling, empty ones included.
    non_western, western
        Shares of residents by origin.
    labour_outside
        Share of 18-64-year-olds outside the labour market and education.
    convicted
        Share of convicted aged 18 and over, as a multiple of the national share.
    primary
        Share of 30-59-year-olds with primary school only.
    income
        Mean gross income of taxable residents aged 15-64, students left out, as a share of the region's.
    leaving, moving
        Share of households that leave the kommune, or move within it, in a year.
    seniors
        Share of households without children whose head is 65 or over.
    ages
        Kind of household: any, students, pensioners, or those in care.
    """

    density: float
    non_western: Trend
    western: float = 0.05
    labour_outside: Trend
    convicted: float = 1.0
    primary: Trend
    income: Trend
    leaving: float = 0.06
    moving: float = 0.05
    seniors: float = 0.25
    ages: Ages = "mixed"


ZONES: Mapping[str, Zone] = {
    # Hejreparken: all criteria every year; on the fifth list in a row in 2023.
    "LS01": Zone(density=2.31, non_western=(0.66, 0.62), labour_outside=(0.49, 0.455), convicted=3.6,
                 primary=(0.69, 0.67), income=(0.495, 0.51), leaving=0.075, moving=0.055, seniors=0.2),
    # Tangvænget/Ålegræsset: off the list in 2024 by the new homes of its extension, not without them.
    "LS02": Zone(density=2.29, non_western=(0.48, 0.53, 0.545, 0.55, 0.555, 0.555, 0.555),
                 labour_outside=(0.445, 0.43), convicted=2.75,
                 primary=(0.67, 0.66), income=(0.57, 0.575), leaving=0.07, moving=0.055, seniors=0.22),
    "LS02x": Zone(density=2.25, non_western=(0.5, 0.5), labour_outside=(0.38, 0.36), convicted=2.0,
                  primary=(0.6, 0.58), income=(0.6, 0.61), leaving=0.06),
    # Strandskadegården: work picks up from 2023.
    "LS03": Zone(density=2.32, non_western=(0.40, 0.39), convicted=2.35, primary=(0.645, 0.635),
                 labour_outside=(0.44, 0.435, 0.43, 0.41, 0.36, 0.355, 0.35), income=(0.575, 0.6),
                 seniors=0.3),
    # Muslingebuen: a forebyggelsesområde from the first list of them.
    "LS04": Zone(density=2.31, non_western=(0.375, 0.38), labour_outside=(0.345, 0.335), convicted=1.6,
                 primary=(0.645, 0.64), income=(0.605, 0.615), seniors=0.28),
    # Klitrosehaven: slides from forebyggelsesområde to parallelsamfund.
    "LS05": Zone(density=2.34, non_western=(0.52, 0.545), convicted=2.4, primary=(0.655, 0.66),
                 labour_outside=(0.37, 0.375, 0.38, 0.385, 0.43, 0.44, 0.445), income=(0.59, 0.575),
                 leaving=0.07),
    # Marehalmen: two blocks torn down in 2022 take it under 1,000 residents.
    "LS06": Zone(density=2.28, non_western=(0.35, 0.345), labour_outside=(0.455, 0.445), convicted=2.5,
                 primary=(0.665, 0.66), income=(0.575, 0.58), seniors=0.3),
    # Rylehusene: terraced houses that meet nothing; split in 2022.
    "LS07": Zone(density=2.49, non_western=(0.235, 0.24), labour_outside=(0.215, 0.205), convicted=1.1,
                 primary=(0.42, 0.40), income=(0.76, 0.78), leaving=0.05, seniors=0.27),
    # Vibegården: meets the criteria, but is too small.
    "LS08": Zone(density=2.24, non_western=(0.57, 0.56), labour_outside=(0.465, 0.455), convicted=3.4,
                 primary=(0.67, 0.665), income=(0.52, 0.53), leaving=0.08, seniors=0.2),
    # What is new on the extensions: private flats for people in work.
    "udvidelse": Zone(density=2.2, non_western=(0.14, 0.14), labour_outside=(0.085, 0.075), convicted=0.6,
                      primary=(0.12, 0.11), income=(1.08, 1.12), seniors=0.12),
    "kerne": Zone(density=1.58, non_western=(0.07, 0.08), western=0.07, labour_outside=(0.17, 0.16),
                  primary=(0.19, 0.17), income=(0.98, 1.0), leaving=0.1, moving=0.06),
    "karre": Zone(density=1.55, non_western=(0.10, 0.11), western=0.07, labour_outside=(0.18, 0.17),
                  convicted=1.2,
                  primary=(0.22, 0.2), income=(0.86, 0.88), leaving=0.11, moving=0.07),
    # The old gasworks quarter: small flats without baths, low incomes; for the grid to find.
    "gasvaerk": Zone(density=1.62, non_western=(0.27, 0.29), western=0.12, labour_outside=(0.385, 0.395),
                     convicted=2.6, primary=(0.46, 0.47), income=(0.54, 0.53), leaving=0.15, moving=0.08,
                     seniors=0.14),
    "ny": Zone(density=1.9, non_western=(0.05, 0.05), western=0.06, labour_outside=(0.08, 0.07),
               convicted=0.4,
               primary=(0.07, 0.06), income=(1.42, 1.45), leaving=0.07, seniors=0.3),
    "blok": Zone(density=1.72, non_western=(0.13, 0.14), labour_outside=(0.2, 0.195), convicted=1.3,
                 primary=(0.3, 0.28), income=(0.8, 0.81), leaving=0.08, seniors=0.34),
    "raekke": Zone(density=1.98, non_western=(0.06, 0.07), labour_outside=(0.12, 0.115), convicted=0.6,
                   primary=(0.17, 0.15), income=(1.08, 1.1), leaving=0.045, moving=0.03, seniors=0.46),
    "villa": Zone(density=2.32, non_western=(0.03, 0.035), western=0.03, labour_outside=(0.09, 0.085),
                  convicted=0.35, primary=(0.11, 0.1), income=(1.34, 1.36), leaving=0.03, moving=0.02,
                  seniors=0.55),
    "studie": Zone(density=1.04, non_western=(0.1, 0.12), western=0.16, labour_outside=(0.06, 0.06),
                   convicted=0.8,
                   primary=(0.15, 0.15), income=(0.5, 0.5), leaving=0.22, moving=0.14, ages="young"),
    "aeldre": Zone(density=1.15, non_western=(0.03, 0.03), labour_outside=(0.3, 0.3), convicted=0.2,
                   primary=(0.3, 0.3), income=(0.7, 0.7), leaving=0.01, moving=0.02, ages="old"),
    "pleje": Zone(density=0.94, non_western=(0.02, 0.02), labour_outside=(0.9, 0.9), convicted=0.0,
                  primary=(0.4, 0.4), income=(0.6, 0.6), leaving=0.02, moving=0.0, ages="care"),
}  # fmt: skip
"""Zone of a site to its residents; LS01 to LS08 are the boligområder."""

NATIONAL_POPULATION_18_N: Mapping[int, int] = {
    2018: 4_618_000,
    2019: 4_652_000,
    2020: 4_678_000,
    2021: 4_701_000,
    2022: 4_739_000,
    2023: 4_796_000,
    2024: 4_829_000,
    2025: 4_862_000,
}
"""Invented, of the size of Denmark's population aged 18 and over."""

NATIONAL_CONVICTED_N: Mapping[int, int] = {
    2018: 30_500,
    2019: 30_700,
    2020: 35_300,
    2021: 34_800,
    2022: 34_400,
    2023: 34_500,
    2024: 34_800,
    2025: 34_750,
}
"""Invented: convicted persons aged 18 and over in the country."""

REGIONAL_MEAN_INCOME_DKK: Mapping[int, int] = {
    2018: 336_400,
    2019: 344_100,
    2020: 351_900,
    2021: 362_800,
    2022: 376_200,
    2023: 389_500,
    2024: 402_300,
    2025: 414_600,
}
"""Invented: mean gross income of taxable 15-64-year-olds in the region, students left out."""


def interpolate(values: tuple[float, ...], share: float) -> float:
    """Return the value at `share` (0..1) of the way along `values`, straight between them.

    Examples
    --------
    >>> interpolate((0.2, 0.4), 0.25)
    0.25
    """
    place = share * (len(values) - 1)
    low = min(int(place), len(values) - 2)
    return values[low] + (place - low) * (values[low + 1] - values[low])
