"""Seven years of people: who is born, dies, moves in, moves out and moves within the town."""

from dataclasses import replace

import numpy as np

from data.synthetic.dwellings import FIRST_YEAR, LAST_YEAR
from data.synthetic.households import PRIMARY, Bools, Ints, Wanted, draw_educations, draw_households
from data.synthetic.moves import find_homes
from data.synthetic.population import Homes, People
from data.synthetic.profiles import ZONES, interpolate

_EMPTY_SHARE = 0.018
"""Share of dwellings that stand empty at least, between two tenants."""

_MOST_EMPTY_SHARE = 0.035

NEW_HOUSEHOLD = 1_000_000
"""Numbers of households without a home start here; those below are positions of dwellings."""


def simulate_people(homes: Homes, rng: np.random.Generator) -> dict[int, People]:
    """Return everyone in the kommune on 1 January of each year.

    Parameters
    ----------
    homes
        Where one can live, and when.
    rng
        Draws everything that happens.

    Returns
    -------
    dict
        Year to people; nobody lives in a dwelling that does not stand on the day.
    """
    people = _move_in(_nobody(), homes, FIRST_YEAR, 1, rng)
    years = {FIRST_YEAR: people}
    for year in range(FIRST_YEAR + 1, LAST_YEAR + 1):
        last = int(max(found.person.max() for found in years.values()))
        people = _live_a_year(people, homes, year, rng)
        people = _bear_children(people, homes, year, last + 1, rng)
        last = max(last, int(people.person.max()))
        people = _move_in(people, homes, year, last + 1, rng)
        drift = 0.8 * people.drift + 0.6 * rng.standard_normal(len(people.drift))
        years[year] = people = replace(people, drift=drift)
    return years


def _nobody() -> People:
    none = np.zeros(0, dtype=np.int64)
    return People(none, none, none, none, none.astype(bool), none, np.zeros((0, 4)), np.zeros(0))


def _live_a_year(people: People, homes: Homes, year: int, rng: np.random.Generator) -> People:
    """Let people die, leave home, part, leave the kommune and move within it, up to 1 January of `year`."""
    age = year - people.born
    alive = rng.random(len(age)) > np.minimum(0.95, 0.0002 + 1.9e-5 * np.exp(0.098 * age))
    people = people.take(alive)
    seeker, people = _leave_home(people, year, rng)
    people, seeker = _drop(people, seeker, _without_adult(people, seeker))
    leaves, moves = _choose_movers(people, homes, year, seeker, rng)
    looks = np.where(seeker >= 0, seeker, np.where(moves, people.home, -1))[~leaves]
    people = people.take(~leaves)
    home = find_homes(people, homes, year, looks, rng)
    return replace(people, home=home).take(home >= 0)


def _drop(people: People, seeker: Ints, gone: Bools) -> tuple[People, Ints]:
    return people.take(~gone), seeker[~gone]


def _leave_home(people: People, year: int, rng: np.random.Generator) -> tuple[Ints, People]:
    """Let grown children move out and couples part.

    Returns
    -------
    seeker
        For each person left in the kommune the number of a new household that looks for a home, from
        `NEW_HOUSEHOLD` up; -1 for those who stay with theirs.
    people
        Those left in the kommune.
    """
    age = year - people.born
    draw = rng.random(len(age))
    grown = people.is_child & (age >= 18) & (draw < np.interp(age, [18, 21, 24, 28], [0.12, 0.34, 0.45, 0.6]))
    adults_n = np.bincount(people.home[~people.is_child], minlength=people.home.max() + 1)[people.home]
    parts = ~people.is_child & (adults_n == 2) & (age < 65) & (draw < 0.008)
    leaves_town = (grown & (rng.random(len(age)) < 0.5)) | (parts & (rng.random(len(age)) < 0.3))
    seeks = (grown | parts) & ~leaves_town
    seeker = np.where(seeks, NEW_HOUSEHOLD + np.arange(len(age)), -1)
    stays = replace(people, is_child=people.is_child & ~grown)
    return seeker[~leaves_town], stays.take(~leaves_town)


def _without_adult(people: People, seeker: Ints) -> Bools:
    """Tell who is left in a home with children only: they move to family elsewhere."""
    stays = seeker < 0
    has_adult = np.zeros(int(people.home.max()) + 1, dtype=bool)
    has_adult[people.home[stays & ~people.is_child]] = True
    return stays & ~has_adult[people.home]


def _choose_movers(
    people: People, homes: Homes, year: int, seeker: Ints, rng: np.random.Generator
) -> tuple[Bools, Bools]:
    """Tell who leaves the kommune and who looks for another home in it, whole households at a time."""
    size = len(homes.zone)
    is_head = ~people.is_child & (seeker < 0)
    head_age = np.zeros(size)
    np.maximum.at(head_age, people.home[is_head], (year - people.born)[is_head])
    young = np.interp(head_age, [20, 30, 40, 60, 75], [1.9, 1.5, 1.0, 0.45, 0.3])
    leaving = np.array([ZONES[key].leaving for key in homes.zones])[homes.zone] * young
    moving = np.array([ZONES[key].moving for key in homes.zones])[homes.zone] * young
    draw = rng.random(size)
    leaves = draw < leaving
    moves = (~leaves & (draw < leaving + moving)) | ~homes.in_year(year)
    stays = seeker < 0
    return stays & leaves[people.home], stays & moves[people.home]


def _bear_children(people: People, homes: Homes, year: int, first: int, rng: np.random.Generator) -> People:
    """Add the children born in the year before 1 January of `year`."""
    age = year - people.born
    is_parent = ~people.is_child & (age >= 20) & (age <= 43)
    adults_n = np.bincount(people.home[~people.is_child], minlength=len(homes.zone))
    parents = np.flatnonzero(is_parent)
    homes_found, index = np.unique(people.home[parents], return_index=True)
    mother = parents[index]
    chance = np.interp(age[mother], [20, 25, 31, 36, 43], [0.02, 0.09, 0.16, 0.09, 0.005])
    born = rng.random(len(mother)) < chance * np.where(adults_n[homes_found] >= 2, 1.25, 0.22)
    home, origin = homes_found[born], people.origin[mother[born]]
    zone = homes.zone[home]
    education = np.zeros(len(home), dtype=np.int64)
    for number in np.unique(zone):
        own = zone == number
        children = np.zeros(int(own.sum()), dtype=np.int64)
        education[own] = draw_educations(children, origin[own], ZONES[homes.zones[number]], 0.0, rng)
    return people.join(
        People(
            person=first + np.arange(len(home)),
            born=np.full(len(home), year),
            origin=origin,
            education=education,
            is_child=np.ones(len(home), dtype=bool),
            home=home,
            lucks=rng.standard_normal((len(home), 4)),
            drift=rng.standard_normal(len(home)),
        )
    )


def _move_in(people: People, homes: Homes, year: int, first: int, rng: np.random.Generator) -> People:
    """Fill empty dwellings, zone by zone, with households from other kommuner."""
    taken = np.zeros(len(homes.zone), dtype=bool)
    taken[people.home] = True
    stands = homes.in_year(year)
    zone_of_person = homes.zone[people.home]
    newcomers = []
    for number, key in enumerate(homes.zones):
        own = homes.zone == number
        empty = rng.permutation(np.flatnonzero(own & stands & ~taken))
        stock_n = int((own & stands).sum())
        present = people.take(zone_of_person == number)
        wanted = _want(key, present, stock_n, len(empty), year)
        arrived = _arrive(empty[: wanted.households_n], wanted, key, year, rng)
        newcomers.append(arrived)
    joined = people
    for arrived in newcomers:
        joined = joined.join(replace(arrived, person=first + arrived.person))
        first += len(arrived.person)
    return joined


def _want(key: str, present: People, stock_n: int, empty_n: int, year: int) -> Wanted:
    """Return what newcomers must bring for the zone to come to its aims in `year`."""
    zone = ZONES[key]
    share = (year - FIRST_YEAR) / (LAST_YEAR - FIRST_YEAR)
    need = zone.density * stock_n - len(present.person)
    spare_n, most_n = round(_EMPTY_SHARE * stock_n), round(_MOST_EMPTY_SHARE * stock_n)
    households_n = max(0, min(empty_n - spare_n, round(need)), empty_n - most_n)
    persons_n = max(float(need), 1.0 * households_n)
    arriving = max(1.0, persons_n)
    non_western = interpolate(zone.non_western, share)
    aim = non_western * (len(present.person) + arriving) - (present.origin == 2).sum()
    age = year - present.born
    core = (age >= 30) & (age < 60)
    core_n = max(1.0, 0.42 * arriving)
    primary = interpolate(zone.primary, share)
    aim_primary = primary * (core.sum() + core_n) - (core & (present.education == PRIMARY)).sum()
    return Wanted(
        households_n=households_n,
        persons_n=persons_n,
        non_western=float(np.clip(aim / arriving, 0.0, 0.97)),
        primary=float(np.clip(aim_primary / core_n, 0.02, 0.97)),
    )


def _arrive(empty: Ints, wanted: Wanted, key: str, year: int, rng: np.random.Generator) -> People:
    new = draw_households(wanted, ZONES[key], rng)
    n = len(new.household)
    return People(
        person=np.arange(n),
        born=year - new.age,
        origin=new.origin,
        education=new.education,
        is_child=new.is_child,
        home=empty[new.household] if n else np.zeros(0, dtype=np.int64),
        lucks=rng.standard_normal((n, 4)),
        drift=rng.standard_normal(n),
    )
