"""Moves within the town: households that look for a home, and the one they find."""

from collections import defaultdict

import numpy as np

from data.synthetic.households import Ints
from data.synthetic.population import Homes, People
from data.synthetic.profiles import ZONES

_LOOKED_AT_N = 12
"""Homes that a household looks at before it takes the best of them."""


def find_homes(people: People, homes: Homes, year: int, household: Ints, rng: np.random.Generator) -> Ints:
    """Return where each person lives after the moves of a year.

    Households choose one after the other; a home that is left can be taken by those who come later.
    A household whose home still stands stays there when it finds nothing, any other leaves the kommune.

    Parameters
    ----------
    people, homes
        Who lives where before the moves.
    year
        1 January of it is the day after the moves.
    household
        Number of the household that moves, -1 for those who stay; below the number of dwellings it is
        the home that is left.
    rng
        Draws the order of the queue and what each looks at.

    Returns
    -------
    NDArray
        Positions of dwellings; -1 for those who leave the kommune.
    """
    home = np.where(household >= 0, -1, people.home)
    stands = homes.in_year(year)
    queue = _Queue(homes, rng)
    occupied = np.zeros(len(stands), dtype=bool)
    occupied[home[home >= 0]] = True
    leaving = np.unique(household[(household >= 0) & (household < len(stands))])
    occupied[leaving] = True
    queue.offer(np.flatnonzero(stands & ~occupied))
    members: dict[int, list[int]] = defaultdict(list)
    for place in np.flatnonzero(household >= 0):
        members[int(household[place])].append(int(place))
    numbers = np.array(sorted(members), dtype=np.int64)
    age = year - people.born
    for number in rng.permutation(numbers):
        persons = members[int(number)]
        chosen = queue.choose(len(persons), age[persons], int(people.origin[persons[0]]))
        is_old_home = number < len(stands) and bool(stands[number])
        if chosen < 0 and is_old_home:
            chosen = int(number)
        elif is_old_home:
            queue.offer(np.array([number]))
        home[persons] = chosen
    return home


class _Queue:
    """The empty homes, by who they are for."""

    def __init__(self, homes: Homes, rng: np.random.Generator) -> None:
        self.homes = homes
        self.rng = rng
        self.ages = [ZONES[key].ages for key in homes.zones]
        self.non_western = [float(np.mean(ZONES[key].non_western)) for key in homes.zones]
        self.empty: dict[str, list[int]] = {"young": [], "old": [], "care": [], "mixed": []}

    def offer(self, homes: Ints) -> None:
        """Put homes on offer."""
        for home in homes.tolist():
            self.empty[self.ages[int(self.homes.zone[home])]].append(home)

    def choose(self, persons_n: int, ages: Ints, origin: int) -> int:
        """Take the best of some homes of the right kind off the offer; -1 where there is none."""
        kind = self._choose_kind(ages)
        offered = self.empty[kind]
        if not offered:
            return -1
        looked_at = self.rng.integers(0, len(offered), _LOOKED_AT_N).tolist()
        tastes = self.rng.random(_LOOKED_AT_N).tolist()
        scores = [
            taste + self._judge(offered[place], persons_n, origin)
            for place, taste in zip(looked_at, tastes, strict=True)
        ]
        place = looked_at[scores.index(max(scores))]
        offered[place], offered[-1] = offered[-1], offered[place]
        return offered.pop()

    def _judge(self, home: int, persons_n: int, origin: int) -> float:
        room = -abs(float(self.homes.size_m2[home]) / 28 - 0.6 - persons_n) * 0.35
        share = self.non_western[int(self.homes.zone[home])]
        # People of one origin know of homes through each other.
        return room + (1.2 * share if origin == 2 else -0.8 * share)

    def _choose_kind(self, ages: Ints) -> str:
        oldest = int(ages.max())
        draw = float(self.rng.random())
        if len(ages) == 1 and oldest < 27 and draw < 0.4 and self.empty["young"]:
            return "young"
        if len(ages) <= 2 and oldest >= 72 and draw < 0.5:
            kind = "care" if oldest >= 84 and self.empty["care"] else "old"
            return kind if self.empty[kind] else "mixed"
        return "mixed"
