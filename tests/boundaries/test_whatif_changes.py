"""Proposals applied: which rows change, and that what was there does not."""

import copy
from datetime import date

import pandas as pd
import pytest

from boundaries.assessment import assess
from boundaries.model import Settings
from boundaries.whatif.changes import apply_proposals
from boundaries.whatif.proposals import ProposalErrors
from boundaries.whatif.reader import read_proposals
from data.texts import LANGUAGES, load_texts
from geo.errors import UsageError

STATUS = date(2025, 1, 1)
YEARS = (2024, 2025)


@pytest.fixture
def place(town):
    """Area A on parcels 0a and 1a, area B on 5a; 2a, 3a and 8a are nobody's; U9 applied for on 3a."""
    homes = [
        {"dwelling_id": f"a{number}", **town.middle(0, 0)} for number in range(1, 5)
    ] + [
        {"dwelling_id": "a5", **town.middle(1, 0), "tenure": "ejerbolig", "built_year": 1990},
        {"dwelling_id": "b1", **town.middle(5, 0)},
        {"dwelling_id": "c1", **town.middle(2, 0)},
        {"dwelling_id": "c2", **town.middle(2, 0), "tenure": "privat_udlejning", "built_on": "2022-05-05"},
        {"dwelling_id": "d1", **town.middle(3, 0), "demolished_on": "2020-01-01"},
    ]  # fmt: skip
    people = [
        {"dwelling_id": home["dwelling_id"], "year": year, "person_id": f"{home['dwelling_id']}-{year}"}
        for home in homes
        for year in YEARS
    ]
    return town.registers(
        areas=[{"area_id": "A", "name": "Åparken"}, {"area_id": "B", "name": "Bakken"}],
        parcels=town.parcels([(column, 0) for column in (0, 1, 2, 3, 5, 8)]),
        area_parcels=[
            {"area_id": "A", "parcel_key": "1-0a"},
            {"area_id": "A", "parcel_key": "1-1a"},
            {"area_id": "B", "parcel_key": "1-5a"},
        ],
        extensions=[{"extension_id": "U9", "area_id": "A", "applied_on": "2024-01-01", "status": "ansøgt"}],
        extension_parcels=[{"extension_id": "U9", "parcel_key": "1-3a"}],
        dwellings=homes,
        residents=people,
    )


@pytest.fixture
def apply(place, tmp_path):
    def read_and_apply(text, *, on=STATUS):
        path = tmp_path / "forslag.toml"
        path.write_text(text, encoding="utf-8")
        return apply_proposals(place, Settings(), on, read_proposals(path), YEARS)

    return read_and_apply


def decide(changed):
    decided = assess(changed.registers, Settings(), STATUS).dwellings.set_index("dwelling_id")
    return decided["reason"].to_dict()


def new_extension(parcel, on="2021-01-01", *, area="A", name="U1"):
    return (
        f'[[extensions]]\nextension_id="{name}"\narea_id="{area}"\napproved_on={on}\nparcels=["{parcel}"]\n'
    )


def building(place='extension_id="U1"', on="2022-05-05", *, tenure="ejerbolig", extra=""):
    return f'[[buildings]]\nname="Nyt"\n{place}\ntenure="{tenure}"\ndwellings_n=12\nbuilt_on={on}\n{extra}\n'


def faults_of(apply, text):
    with pytest.raises(UsageError) as caught:
        apply(text)
    for error in (*getattr(caught.value, "errors", ()), caught.value):
        for language in LANGUAGES:
            assert load_texts(language).get(f"error.{error.key}", error.values)
    errors = getattr(caught.value, "errors", (caught.value,))
    return [error.key.split(".")[1] for error in errors]


def rules_of(changed):
    for language in LANGUAGES:
        texts = load_texts(language)
        assert all(texts.has(f"finding.{rule}.text") for rule in changed.findings["rule"])
    return [rule.removeprefix("whatif_") for rule in changed.findings["rule"]]


EVERYTHING = (
    new_extension("1-2a")
    + '[[extensions]]\nextension_id="U9"\napproved_on=2023-01-01\n'
    + '[[relabellings]]\nname="R"\ndwelling_ids=["a1"]\nto_tenure="ejerbolig"\non=2024-01-01\n'
    + '[[demolitions]]\nname="D"\ndwelling_ids=["a2"]\non=2024-06-01\n'
    + building(extra="[buildings.residents]\nresidents_n=30")
)


def test_nothing_is_changed_in_place_and_frames_keep_their_columns(place, apply):
    before = copy.deepcopy(place)
    changed = apply(EVERYTHING)
    for name in vars(place):
        pd.testing.assert_frame_equal(getattr(place, name), getattr(before, name))
        new = getattr(changed.registers, name)
        assert dict(new.dtypes) == dict(getattr(place, name).dtypes), name
        assert list(new.index) == list(range(len(new)))
    assert changed.registers.dwellings["dwelling_id"].is_monotonic_increasing
    assert changed.registers.extensions["extension_id"].tolist() == ["U1", "U9"]


def test_the_order_of_proposals_of_different_kinds_does_not_matter(apply):
    parts = EVERYTHING.split("[[")[1:]
    turned = "".join("[[" + part for part in parts[::-1]).replace("[[buildings]]", "[[buildings]]", 1)
    one, other = apply(EVERYTHING), apply(turned)
    pd.testing.assert_frame_equal(one.registers.dwellings, other.registers.dwellings)
    pd.testing.assert_frame_equal(one.registers.residents, other.registers.residents)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2022-05-04", "existing_on_extension"),
        ("2022-05-05", "existing_on_extension"),
        ("2022-05-06", "built_after_approval"),
    ],
)
def test_a_new_building_counts_only_from_the_day_after_the_approval(apply, on, expected):
    changed = apply(new_extension("1-2a", "2022-05-05") + building(on=on))
    reasons = decide(changed)
    assert {reasons[f"Nyt {number:02d}"] for number in range(1, 13)} == {expected}
    # c2 was built on the day of the approval; c1 is an old almen dwelling.
    assert reasons["c2"] == "existing_on_extension"
    assert reasons["c1"] == "existing_almen_on_extension"


@pytest.mark.parametrize(
    ("where", "area", "reason"),
    [
        ('area_id="A"', "A", "built_from_2010_on_original"),
        ('parcel="1-5a"', "B", "built_from_2010_on_original"),
        ("point=[645250, 6255050]", None, "outside"),
        ('extension_id="U9"', None, "on_extension_not_in_force"),
    ],
)
def test_a_building_stands_where_it_is_said(apply, where, area, reason):
    changed = apply(building(where))
    decided = assess(changed.registers, Settings(), STATUS).dwellings
    new = decided[decided["dwelling_id"].str.startswith("Nyt")]
    assert len(new) == 12
    assert set(new["reason"]) == {reason}
    assert [None if pd.isna(value) else value for value in new["area_id"].unique()] == [area]


@pytest.mark.parametrize(
    ("on", "years"),
    [
        ("2023-12-31", [2024, 2025]),
        ("2024-01-01", [2024, 2025]),
        ("2024-01-02", [2025]),
        ("2025-01-01", [2025]),
        ("2025-01-02", []),
    ],
)
def test_expected_residents_live_there_from_the_first_january_after(apply, place, on, years):
    changed = apply(building('area_id="A"', on, extra="[buildings.residents]\nresidents_n=30"))
    new = changed.registers.residents[changed.registers.residents["dwelling_id"].str.startswith("Nyt")]
    assert sorted(new["year"].unique()) == years
    for _, own in new.groupby("year"):
        assert own["residents_n"].sum() == 30
        assert set(own.groupby("dwelling_id")["residents_n"].sum()) == {2, 3}
    assert len(changed.registers.residents) == len(place.residents) + len(new)
    pd.testing.assert_frame_equal(changed.actual_residents, place.residents)
    assert ("not_moved_in" in rules_of(changed)) == (2025 not in years)
    assert ("after_status_date" in rules_of(changed)) == (on > "2025-01-01")


def test_relabelling_on_an_extension_counts_after_the_approval(apply):
    relabel = (
        '[[relabellings]]\nparcels=["1-2a"]\nfrom_tenure="almen_familiebolig"\nto_tenure="ejerbolig"\non={}\n'
    )
    early = apply(new_extension("1-2a") + relabel.format("2021-01-01"))
    late = apply(new_extension("1-2a") + relabel.format("2021-01-02"))
    assert decide(early)["c1"] == "relabelled_before_approval"
    assert decide(late)["c1"] == "relabelled_after_approval"
    row = late.registers.dwellings.set_index("dwelling_id").loc["c1"]
    assert (row["tenure"], row["relabelled_from"]) == ("ejerbolig", "almen_familiebolig")
    assert late.touched.to_dict("records") == [
        {"dwelling_id": "c1", "proposal": "relabellings[1]", "kind": "relabelling"}
    ]


def test_of_a_number_the_lowest_ids_are_taken_and_named_ones_left_alone(apply):
    text = (
        '[[relabellings]]\nname="tal"\narea_id="A"\nfrom_tenure="almen_familiebolig"\n'
        'to_tenure="kollegie"\ndwellings_n=2\non=2022-01-01\n'
        '[[demolitions]]\nname="navn"\ndwelling_ids=["a1"]\non=2023-01-01\n'
        '[[demolitions]]\nname="rest"\narea_id="A"\ntenure="almen_familiebolig"\non=2023-01-01\n'
    )
    changed = apply(text)
    chosen = changed.touched.groupby("proposal")["dwelling_id"].apply(list).to_dict()
    assert chosen == {"tal": ["a2", "a3"], "navn": ["a1"], "rest": ["a4"]}
    assert rules_of(changed) == ["chosen_by_id"]
    note = changed.findings.iloc[0]
    assert (note["record_id"], note["value"], note["other"]) == ("tal", "2", "3")


def test_residents_of_a_demolition_leave_or_stay(apply, place):
    text = '[[demolitions]]\ndwelling_ids=["a1","a2"]\non=2024-06-01\nresidents_leave={}\n'
    left = apply(text.format("true")).registers
    gone = left.residents[left.residents["dwelling_id"].isin(["a1", "a2"])]
    assert gone["year"].tolist() == [2024, 2024]
    assert len(left.residents) == len(place.residents) - 2
    stayed = apply(text.format("false"))
    assert len(stayed.registers.residents) == len(place.residents)
    moved = stayed.registers.residents.set_index("person_id")["dwelling_id"]
    assert (moved["a1-2025"], moved["a2-2025"], moved["a1-2024"]) == ("a3", "a4", "a3")
    counted = [assess(each, Settings(), STATUS).areas.set_index("area_id")["residents_counted_n"]["A"]
               for each in (place, left, stayed.registers)]  # fmt: skip
    assert counted == [4, 2, 4]
    assert decide(stayed)["a1"] == "demolished"


@pytest.mark.parametrize(("on", "years"), [("2025-01-01", [2024]), ("2025-01-02", [2024, 2025])])
def test_who_lives_there_on_the_first_of_january_after_a_demolition_is_gone(apply, on, years):
    changed = apply(f'[[demolitions]]\ndwelling_ids=["a1"]\non={on}\n')
    residents = changed.registers.residents
    assert residents.loc[residents["dwelling_id"].eq("a1"), "year"].tolist() == years
    assert ("after_status_date" in rules_of(changed)) == (on > "2025-01-01")


def test_an_extension_of_the_register_is_approved_or_refused(apply):
    approved = apply('[[extensions]]\nextension_id="U9"\napproved_on=2024-03-01\n')
    assert assess(approved.registers, Settings(), STATUS).extensions["is_in_force"].tolist() == [True]
    refused = apply('[[extensions]]\nextension_id="U9"\napproved=false\n')
    assert refused.registers.extensions["status"].tolist() == ["afslået"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (new_extension("1-5a"), ["overlaps_area"]),
        (new_extension("1-99"), ["unknown_parcel"]),
        (new_extension("1-2a", area="X"), ["unknown_area"]),
        (new_extension("1-2a", name="U9"), ["extension_exists"]),
        ('[[extensions]]\nextension_id="U8"\napproved_on=2020-01-01', ["unknown_extension"]),
        (building('area_id="X"'), ["unknown_area"]),
        (building('extension_id="X"'), ["unknown_extension"]),
        (building('parcel="1-99"'), ["unknown_parcel"]),
        (building('area_id="A"').replace("Nyt", "a"), []),
        ('[[demolitions]]\ndwelling_ids=["zz","d1"]\non=2024-01-01', ["not_standing", "unknown_dwelling"]),
        ('[[demolitions]]\ndwelling_ids=["a1"]\ntenure="ejerbolig"\non=2024-01-01', ["other_tenure"]),
        ('[[demolitions]]\nextension_id="U1"\non=2024-01-01', ["no_dwellings_at"]),
        ('[[demolitions]]\nparcels=["1-2a","1-8a"]\non=2024-01-01', ["no_dwellings_at"]),
        ('[[demolitions]]\nextension_id="U9"\non=2024-01-01', ["too_few"]),
        ('[[demolitions]]\narea_id="A"\ndwellings_n=6\non=2024-01-01', ["too_few"]),
        ('[[demolitions]]\narea_id="A"\ndwellings_n=5\non=2024-01-01', []),
        ('[[demolitions]]\ndwelling_ids=["b1"]\non=2024-01-01\nresidents_leave=false', ["nowhere_to_stay"]),
        (
            2 * '[[demolitions]]\ndwelling_ids=["a1"]\non=2024-01-01\n',
            ["chosen_twice"],
        ),
        (
            '[[relabellings]]\ndwelling_ids=["a5"]\nto_tenure="ejerbolig"\non=2024-01-01',
            ["is_tenure_already"],
        ),
    ],
)
def test_what_does_not_fit_the_registers_is_told(apply, text, expected):
    if expected:
        assert faults_of(apply, text) == expected
    else:
        apply(text)


def test_all_faults_are_told_at_once(apply):
    text = new_extension("1-99") + '[[demolitions]]\ndwelling_ids=["zz"]\non=2024-01-01'
    with pytest.raises(ProposalErrors) as caught:
        apply(text)
    assert caught.value.values["count"] == 2
    assert faults_of(apply, text) == ["unknown_parcel", "unknown_dwelling"]


def test_a_dwelling_relabelled_before_is_noted_and_never_backwards(apply, place):
    relabel = '[[relabellings]]\ndwelling_ids=["a1"]\nto_tenure="kollegie"\non={}\n'
    dwellings = place.dwellings
    is_first = dwellings["dwelling_id"].eq("a1")
    dwellings.loc[is_first, "relabelled_from"] = "almen_ungdomsbolig"
    dwellings.loc[is_first, "relabelled_on"] = pd.Timestamp("2022-02-02")
    assert faults_of(apply, relabel.format("2022-02-02")) == ["relabelled_later"]
    changed = apply(relabel.format("2022-02-03"))
    assert rules_of(changed) == ["relabelled_again"]
    # Chosen by place, a dwelling must have had the tenure on the day.
    by_place = '[[relabellings]]\nparcels=["1-0a"]\nfrom_tenure="almen_familiebolig"\nto_tenure="kollegie"\non=2022-01-01'
    assert apply(by_place).touched["dwelling_id"].tolist() == ["a2", "a3", "a4"]


def test_an_overlap_with_the_own_area_and_a_repaired_outline_are_noted(apply, town):
    wkt = town.square(1, 0, width=200).wkt
    drawn = f'[[extensions]]\nextension_id="U1"\narea_id="A"\napproved_on=2021-01-01\nwkt="{wkt}"\n'
    changed = apply(drawn)
    assert rules_of(changed) == ["overlaps_own_area"]
    assert changed.findings["measure"].tolist() == [10_000.0]
    x, y = 645_200, 6_255_000
    bow = f"POLYGON (({x} {y}, {x + 10} {y + 10}, {x + 10} {y}, {x} {y + 10}, {x} {y}))"
    assert rules_of(apply(drawn.replace(wkt, bow))) == ["outline_repaired"]


def test_an_extension_after_the_status_date_changes_nothing(apply):
    changed = apply(new_extension("1-2a", "2025-01-02"))
    assert rules_of(changed) == ["after_status_date"]
    assert decide(changed)["c2"] == "on_extension_not_in_force"


def test_a_dwelling_of_the_register_is_not_replaced(apply, place):
    is_last = place.dwellings["dwelling_id"].eq("d1")
    place.dwellings.loc[is_last, "dwelling_id"] = "Nyt 05"
    assert faults_of(apply, building('area_id="A"')) == ["dwelling_exists"]
