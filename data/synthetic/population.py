"""People and homes as the simulation holds them: one entry a person, one entry a dwelling."""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from data.synthetic.dwellings import FIRST_YEAR, LAST_YEAR, exists_on_1_january
from data.synthetic.households import Bools, Ints
from data.synthetic.profiles import ZONES
from data.synthetic.town import Floats

_SHOPS = ("321", "322")


@dataclass(frozen=True)
class People:
    """Everyone in the kommune on one day; every field has one entry a person.

    Attributes
    ----------
    person
        Number that a person keeps for life.
    born
        Year of birth; the age on 1 January of a year is the year less this.
    origin, education
        Numbers into `data.synthetic.households.ORIGINS` and ``EDUCATIONS``.
    is_child
        Lives with a parent.
    home
        Position of the dwelling.
    lucks
        Four lasting standard normal draws: for work, law, income and study.
    drift
        How work has gone of late; changes from year to year.
    """

    person: Ints
    born: Ints
    origin: Ints
    education: Ints
    is_child: Bools
    home: Ints
    lucks: Floats
    drift: Floats

    def take(self, which: Bools | Ints) -> "People":
        """Return the persons that `which` picks."""
        return People(**{column.name: getattr(self, column.name)[which] for column in fields(self)})

    def join(self, others: "People") -> "People":
        """Return these persons and then `others`."""
        return People(
            **{
                column.name: np.concatenate([getattr(self, column.name), getattr(others, column.name)])
                for column in fields(self)
            }
        )


@dataclass(frozen=True)
class Homes:
    """The dwellings as people see them.

    Attributes
    ----------
    zone
        Number into `zones`.
    zones
        Keys of `ZONES`, in order.
    size_m2
        Floor area.
    stands
        Whether a dwelling can be lived in, one row a year from `FIRST_YEAR`.
    """

    zone: Ints
    zones: tuple[str, ...]
    size_m2: Floats
    stands: Bools

    def in_year(self, year: int) -> Bools:
        """Tell which dwellings can be lived in on 1 January of `year`."""
        row: Bools = self.stands[year - FIRST_YEAR]
        return row


def make_homes(dwellings: pd.DataFrame) -> Homes:
    """Return the dwellings as people see them."""
    zones = tuple(ZONES)
    is_home = ~dwellings["use_code"].isin(_SHOPS).to_numpy()
    stands = [is_home & exists_on_1_january(dwellings, year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    return Homes(
        zone=np.array([zones.index(key) for key in dwellings["zone"]], dtype=np.int64),
        zones=zones,
        size_m2=dwellings["area_m2"].to_numpy(dtype=np.float64),
        stands=np.array(stands),
    )
