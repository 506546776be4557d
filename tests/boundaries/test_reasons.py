"""The counting rule against a second reading of it: every unknown filled in, in every possible way."""

from datetime import date
from itertools import product

import pandas as pd
import pytest

from boundaries.delineation.reasons import give_reasons
from boundaries.model import ALMEN_TENURES, REASON_DECISIONS, Decision, Reason, Settings, Tenure

APPROVED = date(2021, 6, 15)
TENURES = [tenure.value for tenure in Tenure if tenure != Tenure.UKENDT]
FAMILY = "almen_familiebolig"


def judge_rows(on, options, rows):
    defaults = {
        "x": 1.0, "y": 1.0, "area_id": "A", "piece": "base", "is_on_other_extension": False, "tenure": FAMILY,
        "is_dwelling": True, "built_year": 1970, "built_on": None, "relabelled_on": None, "relabelled_from": None,
        "demolished_on": None,
    }  # fmt: skip
    frame = pd.DataFrame([{**defaults, **row} for row in rows])
    frame["approved_on"] = [APPROVED if piece == "extension" else None for piece in frame["piece"]]
    for column in ("built_on", "relabelled_on", "demolished_on", "approved_on"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
    frame["built_year"] = frame["built_year"].astype("Int64")
    for column in ("area_id", "piece", "tenure", "relabelled_from"):
        frame[column] = frame[column].astype("str")
    return give_reasons(frame, options or Settings(), on)


def judge(on, *, options=None, **facts):
    judged = judge_rows(on, options, [facts])
    return Reason(judged["reason"].iloc[0]), Decision(judged["decision"].iloc[0])


NEW_YEAR = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("tenure", "reason"),
    [
        ("almen_familiebolig", Reason.FAMILY_BEFORE_2020),
        ("enkeltvaerelse", Reason.SINGLE_ROOM_BEFORE_2020),
        ("almen_ungdomsbolig", Reason.OTHER_TYPE_BEFORE_2020),
        ("ejerbolig", Reason.OTHER_TYPE_BEFORE_2020),
        ("ukendt", Reason.UNKNOWN_TENURE),
    ],
)
def test_before_2020_only_family_dwellings_and_single_rooms_count(tenure, reason):
    assert judge(date(2019, 1, 1), tenure=tenure)[0] == reason


def test_the_rule_changes_between_data_year_2019_and_2020():
    youth = {"tenure": "almen_ungdomsbolig"}
    assert judge(date(2019, 12, 31), **youth)[1] == Decision.NOT_COUNTED
    assert judge(date(2020, 1, 1), **youth)[1] == Decision.COUNTED


@pytest.mark.parametrize(
    ("tenure", "year", "reason"),
    [
        ("almen_familiebolig", 1970, Reason.ALMEN_ON_ORIGINAL),
        ("almen_plejebolig", None, Reason.ALMEN_ON_ORIGINAL),
        ("ejerbolig", 2009, Reason.NON_ALMEN_BUILT_BEFORE_2010),
        ("ejerbolig", 2010, Reason.BUILT_FROM_2010_ON_ORIGINAL),
        ("kollegie", 2011, Reason.BUILT_FROM_2010_ON_ORIGINAL),
        ("ejerbolig", None, Reason.UNKNOWN_BUILT_YEAR),
        ("ukendt", 2009, Reason.UNKNOWN_TENURE),
        ("ukendt", 2010, Reason.BUILT_FROM_2010_ON_ORIGINAL),
    ],
)
def test_original_parcels_from_2020(tenure, year, reason):
    assert judge(NEW_YEAR, tenure=tenure, built_year=year)[0] == reason


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"tenure": "ejerbolig", "built_year": 2022}, Reason.BUILT_AFTER_APPROVAL),
        ({"tenure": "ejerbolig", "built_year": 2020}, Reason.EXISTING_ON_EXTENSION),
        ({"tenure": "ejerbolig", "built_year": 2021}, Reason.BUILT_IN_APPROVAL_YEAR),
        ({"tenure": "ejerbolig", "built_year": None}, Reason.UNKNOWN_BUILT_YEAR),
        ({"tenure": "ejerbolig", "built_on": date(2021, 6, 14)}, Reason.EXISTING_ON_EXTENSION),
        ({"tenure": "ejerbolig", "built_on": date(2021, 6, 15)}, Reason.EXISTING_ON_EXTENSION),
        ({"tenure": "ejerbolig", "built_on": date(2021, 6, 16)}, Reason.BUILT_AFTER_APPROVAL),
        ({"tenure": FAMILY}, Reason.EXISTING_ALMEN_ON_EXTENSION),
        ({"tenure": FAMILY, "built_year": 2023}, Reason.ALMEN_BUILT_AFTER_APPROVAL),
        ({"tenure": "ukendt", "built_year": 2023}, Reason.UNKNOWN_TENURE),
        ({"tenure": "ukendt", "built_year": 1980}, Reason.EXISTING_ON_EXTENSION),
        (
            {"tenure": "ejerbolig", "relabelled_from": FAMILY, "relabelled_on": date(2021, 6, 16)},
            Reason.RELABELLED_AFTER_APPROVAL,
        ),
        (
            {"tenure": "ejerbolig", "relabelled_from": FAMILY, "relabelled_on": date(2021, 6, 15)},
            Reason.RELABELLED_BEFORE_APPROVAL,
        ),
        ({"tenure": "ejerbolig", "relabelled_from": FAMILY}, Reason.UNKNOWN_RELABELLING),
        ({"tenure": "ejerbolig", "relabelled_on": date(2022, 1, 1)}, Reason.UNKNOWN_RELABELLING),
    ],
)
def test_extension_parcels_count_only_new_and_relabelled_dwellings(facts, reason):
    assert judge(NEW_YEAR, piece="extension", **facts)[0] == reason


def test_the_four_open_points_are_settings():
    almen = {"piece": "extension", "tenure": FAMILY}
    counting = Settings(count_existing_almen_on_extension=True)
    assert judge(NEW_YEAR, options=counting, **almen)[0] == Reason.EXISTING_ALMEN_COUNTED
    assert judge(NEW_YEAR, options=counting, **almen | {"built_year": None})[0] == Reason.UNKNOWN_BUILT_YEAR
    youth = {"piece": "extension", "tenure": "almen_ungdomsbolig", "built_year": 2023}
    wide = Settings(non_almen_family="not_almen_family")
    assert judge(NEW_YEAR, **youth)[0] == Reason.ALMEN_BUILT_AFTER_APPROVAL
    assert judge(NEW_YEAR, options=wide, **youth)[0] == Reason.BUILT_AFTER_APPROVAL
    same_day = {"piece": "extension", "tenure": "ejerbolig", "built_on": APPROVED}
    assert (
        judge(NEW_YEAR, options=Settings(built_on_approval_date="after"), **same_day)[0]
        == Reason.BUILT_AFTER_APPROVAL
    )
    same_year = {"piece": "extension", "tenure": "ejerbolig", "built_year": 2021}
    for choice, reason in (
        ("after", Reason.BUILT_AFTER_APPROVAL),
        ("not_after", Reason.EXISTING_ON_EXTENSION),
    ):
        assert judge(NEW_YEAR, options=Settings(built_in_approval_year=choice), **same_year)[0] == reason


@pytest.mark.parametrize(
    ("on", "facts", "reason"),
    [
        (NEW_YEAR, {"x": None}, Reason.UNKNOWN_LOCATION),
        (NEW_YEAR, {"area_id": None, "piece": None}, Reason.OUTSIDE),
        (
            NEW_YEAR,
            {"area_id": None, "piece": None, "is_on_other_extension": True},
            Reason.ON_EXTENSION_NOT_IN_FORCE,
        ),
        (NEW_YEAR, {"is_dwelling": False}, Reason.NOT_A_DWELLING),
        (NEW_YEAR, {"demolished_on": date(2025, 1, 1)}, Reason.DEMOLISHED),
        (NEW_YEAR, {"demolished_on": date(2025, 1, 2)}, Reason.ALMEN_ON_ORIGINAL),
        (NEW_YEAR, {"built_year": 2025}, Reason.NOT_BUILT_YET),
        (NEW_YEAR, {"built_year": 2024}, Reason.ALMEN_ON_ORIGINAL),
        (date(2025, 6, 1), {"built_year": 2025}, Reason.BUILT_IN_STATUS_YEAR),
        (date(2025, 6, 1), {"built_on": date(2025, 6, 1)}, Reason.ALMEN_ON_ORIGINAL),
        (date(2025, 6, 1), {"built_on": date(2025, 6, 2)}, Reason.NOT_BUILT_YET),
    ],
)
def test_what_is_not_a_dwelling_of_the_area_on_the_date(on, facts, reason):
    assert judge(on, **facts)[0] == reason


def test_a_later_relabelling_is_not_known_yet():
    facts = {"tenure": "ejerbolig", "relabelled_from": FAMILY, "relabelled_on": date(2024, 3, 1)}
    assert judge(date(2024, 1, 1), **facts)[0] == Reason.ALMEN_ON_ORIGINAL
    assert judge(date(2025, 1, 1), **facts)[0] == Reason.NON_ALMEN_BUILT_BEFORE_2010


def test_every_reason_has_one_decision():
    assert set(REASON_DECISIONS) == set(Reason)


def counts_when_all_is_known(on, piece, options, tenure, built_as, year, relabelled_from, relabelled_on):
    """Read the rule a second time, for one dwelling of which everything is known."""
    if on.year < 2020:
        return tenure in (FAMILY, "enkeltvaerelse")
    if piece == "base":
        return tenure in ALMEN_TENURES or year >= 2010
    excluded = {FAMILY} if options.non_almen_family == "not_almen_family" else ALMEN_TENURES
    built_after = year > APPROVED.year
    if built_after and built_as not in excluded:
        return True
    if relabelled_from == FAMILY and tenure != FAMILY and relabelled_on > APPROVED:
        return True
    return options.count_existing_almen_on_extension and not built_after and tenure in ALMEN_TENURES


YEARS = (1960, 2009, 2010, 2018, 2022)
DAYS = (date(2010, 1, 1), date(2021, 6, 16), date(2030, 1, 1))


def answers_over_all_worlds(on, options, row):
    """Fill in whatever is unknown, in every way, and collect what the rule says."""
    tenure, year, origin = row["tenure"], row["built_year"], row["relabelled_from"]
    tenures = [tenure] if tenure != "ukendt" else [word for word in TENURES if word != origin]
    years = [year] if year else [built for built in YEARS if built < on.year]
    days = [row["relabelled_on"]] if row["relabelled_on"] or not origin else DAYS
    answers = set()
    for now, built, day in product(tenures, years, days):
        is_later = day is not None and day > on
        effective, source = (origin, None) if is_later else (now, origin)
        answers.add(
            counts_when_all_is_known(on, row["piece"], options, effective, origin or now, built, source, day)
        )
    return answers


@pytest.mark.parametrize("on", [date(2019, 1, 1), date(2020, 1, 1), date(2025, 1, 1)])
@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("family", ["non_almen", "not_almen_family"])
def test_undecided_exactly_where_the_unknown_could_change_the_answer(on, existing, family):
    options = Settings(count_existing_almen_on_extension=existing, non_almen_family=family)
    # The approval's own year is an open point with a setting, tested above.
    rows = [
        {
            "piece": piece,
            "tenure": tenure,
            "built_year": year,
            "relabelled_from": origin,
            "relabelled_on": day,
        }
        for piece, tenure, year, origin, day in product(
            ["base", "extension"] if on > APPROVED else ["base"],
            [*TENURES, "ukendt"],
            [None, *(year for year in YEARS if year < on.year)],
            [None, FAMILY, "almen_ungdomsbolig", "ejerbolig"],
            [None, date(2015, 1, 1), date(2021, 6, 15), date(2021, 6, 16)],
        )
        if origin != tenure and not (origin is None and day)
    ]
    judged = judge_rows(on, options, rows)["decision"]
    words = {(True,): "counted", (False,): "not_counted"}
    for row, decision in zip(rows, judged, strict=True):
        answers = answers_over_all_worlds(on, options, row)
        assert decision == words.get(tuple(answers), "undecided"), row
