"""Which list an area belongs on: one dated function a way of making the lists, chosen by the law's date."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from boundaries.designation.law import CriteriaSet, Criterion, Rules
from boundaries.designation.verdict import Status, negate, require_all, require_at_least


class Category(StrEnum):
    """What an area can be on a list as, by the law's present words."""

    UDSAT_BOLIGOMRAADE = "udsat_boligomraade"
    PARALLELSAMFUND = "parallelsamfund"
    OMDANNELSESOMRAADE = "omdannelsesomraade"
    FOREBYGGELSESOMRAADE = "forebyggelsesomraade"


SEVERITY = (
    Category.OMDANNELSESOMRAADE,
    Category.PARALLELSAMFUND,
    Category.UDSAT_BOLIGOMRAADE,
    Category.FOREBYGGELSESOMRAADE,
)
"""An area is named by the first of these that it is; an omdannelsesområde is also the next two."""

_WORDS = {
    "ghettoomraade": Category.PARALLELSAMFUND,
    "haardt_ghettoomraade": Category.OMDANNELSESOMRAADE,
}
"""Words that the law has left; those it uses now are the category's own."""


def parse_category(word: str) -> Category | None:
    """Return the category that a list's word means, in the words of any date, with å or aa; None for another.

    Examples
    --------
    >>> parse_category("Hårdt ghettoområde").value
    'omdannelsesomraade'
    """
    plain = "_".join(word.split()).casefold().replace("å", "aa")
    return Category(plain) if plain in set(Category) else _WORDS.get(plain)


@dataclass(frozen=True)
class AreaTests:
    """What is known of one area, before it is put on a list.

    Attributes
    ----------
    residents
        Does it have the residents required?
    main
        Status of the main criteria, `Criterion.NON_WESTERN` among them.
    prevention
        Status of the lower limits of § 61 b; empty before they existed.
    earlier_lists
        Was it on as many lists running before this one as the law asks for, less this one?
    """

    residents: Status
    main: Mapping[Criterion, Status]
    prevention: Mapping[Criterion, Status]
    earlier_lists: Status = Status.NOT_MET


@dataclass(frozen=True)
class Designation:
    """The category of one area on one list.

    Attributes
    ----------
    is_listed
        Is it on any list?
    category
        The most severe category that it certainly has; None where it has none for certain.
    term
        What the law called that category on the date; None where `category` is.
    possible
        More severe categories, or any where none is certain, that what is unknown could give it.
    reached
        The status of every category that existed on the date.
    """

    is_listed: Status
    category: Category | None
    term: str | None
    possible: tuple[Category, ...]
    reached: Mapping[Category, Status]


Reached = dict[Category, Status]


def designate(tests: AreaTests, rules: Rules) -> Designation:
    """Put an area on the lists by the rules of the date.

    Parameters
    ----------
    tests
        The area's conditions.
    rules
        Of the list date.
    """
    reached = RULE_FUNCTIONS[rules.rule](tests, rules)
    certain = [category for category in SEVERITY if reached.get(category) is Status.MET]
    category = certain[0] if certain else None
    end = SEVERITY.index(category) if category else len(SEVERITY)
    possible = tuple(other for other in SEVERITY[:end] if reached.get(other) is Status.UNDECIDED)
    is_listed = require_at_least(1, _list_conditions(tests, rules, reached))
    term = rules.terms[category] if category else None
    return Designation(is_listed, category, term, possible, MappingProxyType(reached))


def _list_conditions(tests: AreaTests, rules: Rules, reached: Reached) -> list[Status]:
    """Return the conditions of which one puts an area on some list.

    A forebyggelsesområde must not be an udsat boligområde. Where that alone is in doubt, the area is
    on one list or the other: so its lower limits count here without that condition.
    """
    conditions = [status for category, status in reached.items() if category != Category.FOREBYGGELSESOMRAADE]
    if rules.prevention is not None:
        conditions.append(_meet_prevention_limits(tests, rules.prevention))
    return conditions


def _count_criteria(criteria: CriteriaSet, statuses: Mapping[Criterion, Status]) -> Status:
    return require_at_least(criteria.required_n, [statuses[criterion] for criterion in criteria.counted])


def _make_ghetto_list(tests: AreaTests, rules: Rules) -> Reached:
    """Until November 2018: so many of the criteria, the origin of residents among them."""
    met = _count_criteria(rules.main, tests.main)
    return {Category.PARALLELSAMFUND: require_all(tests.residents, met)}


def _make_parallel_lists(tests: AreaTests, rules: Rules) -> Reached:
    """§ 61 a from December 2018: two of four; origin on top; and five lists running."""
    exposed = require_all(tests.residents, _count_criteria(rules.main, tests.main))
    parallel = require_all(exposed, tests.main[Criterion.NON_WESTERN])
    return {
        Category.UDSAT_BOLIGOMRAADE: exposed,
        Category.PARALLELSAMFUND: parallel,
        Category.OMDANNELSESOMRAADE: require_all(parallel, tests.earlier_lists),
    }


def _make_prevention_lists(tests: AreaTests, rules: Rules) -> Reached:
    """§ 61 b from 30 November 2021 as well: the lower limits, for areas that are not udsatte."""
    reached = _make_parallel_lists(tests, rules)
    if rules.prevention is None:
        raise AssertionError(rules.rule)
    limits = _meet_prevention_limits(tests, rules.prevention)
    not_exposed = negate(reached[Category.UDSAT_BOLIGOMRAADE])
    return {**reached, Category.FOREBYGGELSESOMRAADE: require_all(limits, not_exposed)}


def _meet_prevention_limits(tests: AreaTests, criteria: CriteriaSet) -> Status:
    return require_all(
        tests.residents,
        tests.prevention[Criterion.NON_WESTERN],
        _count_criteria(criteria, tests.prevention),
    )


RULE_FUNCTIONS: Mapping[str, Callable[[AreaTests, Rules], Reached]] = MappingProxyType(
    {
        "ghetto_list": _make_ghetto_list,
        "parallel_lists": _make_parallel_lists,
        "parallel_and_prevention_lists": _make_prevention_lists,
    }
)
"""The way the lists are made, by the word of ``designation_rule`` in the law."""
