"""Delineation on hand-drawn squares: base, extensions and splits by date, with the lineage."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import shapely

from boundaries.delineation.areas import delineate_areas, outline_extensions
from boundaries.delineation.coherence import measure_coherence
from boundaries.delineation.decisions import drop_extension, flag_in_force, order_decisions
from boundaries.delineation.timeline import build_timeline, find_clashes
from geo.errors import UsageError

APPROVED = date(2021, 6, 15)


@pytest.fixture
def registers(town):
    """Area A on two parcels, B drawn as a polygon; A+ takes a parcel in, A/ splits one off to C."""
    return town.registers(
        parcels=town.parcels([(0, 0), (1, 0), (2, 0), (0, 1)]),
        areas=[
            {"area_id": "A", "name": "Aparken"},
            {"area_id": "B", "name": "Bparken", "geometry": town.square(5, 5)},
        ],
        area_parcels=[{"area_id": "A", "parcel_key": "1-0a"}, {"area_id": "A", "parcel_key": "1-1a"}],
        extensions=[
            {
                "extension_id": "A+",
                "area_id": "A",
                "applied_on": "2020-01-01",
                "approved_on": APPROVED,
                "status": "godkendt",
            },
            {"extension_id": "B+", "area_id": "B", "status": "ansøgt", "geometry": town.square(6, 5)},
        ],
        extension_parcels=[{"extension_id": "A+", "parcel_key": "1-2a"}],
        splits=[
            {
                "split_id": "A/",
                "area_id": "A",
                "new_area_id": "C",
                "new_name": "Cparken",
                "approved_on": "2023-03-01",
                "status": "godkendt",
            }
        ],
        split_parcels=[{"split_id": "A/", "parcel_key": "1-0a"}],
    )


@pytest.mark.parametrize(
    ("on", "areas_m2"),
    [
        (date(2021, 6, 14), {"A": 20_000, "B": 10_000}),
        (date(2021, 6, 15), {"A": 30_000, "B": 10_000}),
        (date(2023, 2, 28), {"A": 30_000, "B": 10_000}),
        (date(2023, 3, 1), {"A": 20_000, "B": 10_000, "C": 10_000}),
    ],
)
def test_an_area_changes_on_the_day_of_the_decision(registers, on, areas_m2):
    areas, pieces = delineate_areas(registers, on)
    assert dict(zip(areas["area_id"], areas["area_m2"], strict=True)) == areas_m2
    assert pieces.geometry.area.sum() == sum(areas_m2.values())
    assert set(areas.geom_type) == {"MultiPolygon"}
    assert areas.crs.to_epsg() == pieces.crs.to_epsg() == 25832


def test_the_lineage_says_where_each_parcel_came_from(registers):
    areas, pieces = delineate_areas(registers, date(2025, 1, 1))
    lineage = pieces[["area_id", "piece", "extension_id", "split_id", "parcel_key"]]
    lineage = lineage.astype(object).where(lineage.notna(), None).to_numpy().tolist()
    assert lineage == [
        ["A", "base", None, None, "1-1a"],
        ["A", "extension", "A+", None, "1-2a"],
        ["B", "base", None, None, None],
        ["C", "base", None, "A/", "1-0a"],
    ]
    approved = pieces.loc[pieces["piece"].eq("extension"), "approved_on"]
    assert approved.tolist() == [pd.Timestamp(APPROVED)]
    assert areas["name"].tolist() == ["Aparken", "Bparken", "Cparken"]
    assert areas["kommune_code"].tolist() == ["0999"] * 3
    assert areas["residents_2010"].tolist() == [1200, 1200, pd.NA]
    assert areas["parcels_n"].tolist() == [2, 0, 1]
    assert areas["extensions_n"].tolist() == [1, 0, 0]


def test_the_order_of_rows_does_not_matter(registers, town):
    turned = {
        name: getattr(registers, name).iloc[::-1].reset_index(drop=True)
        for name in (
            "parcels",
            "areas",
            "area_parcels",
            "extensions",
            "extension_parcels",
            "splits",
            "split_parcels",
        )
    }
    for one, other in zip(
        delineate_areas(registers, date(2025, 1, 1)),
        delineate_areas(town.registers(**turned), date(2025, 1, 1)),
        strict=True,
    ):
        pd.testing.assert_frame_equal(
            pd.DataFrame(one).drop(columns="geometry"), pd.DataFrame(other).drop(columns="geometry")
        )
        assert shapely.equals(one.geometry.to_numpy(), other.geometry.to_numpy()).all()


def test_a_split_can_be_drawn_across_an_area_drawn_as_a_polygon(town):
    registers = town.registers(
        areas=[{"area_id": "B", "name": "Bparken", "geometry": town.square(0, 0)}],
        splits=[
            {
                "split_id": "B/",
                "area_id": "B",
                "new_area_id": "D",
                "approved_on": "2020-01-01",
                "status": "godkendt",
                "geometry": town.square(-1, 0, width=130),
            }
        ],
    )
    areas, _ = delineate_areas(registers, date(2025, 1, 1))
    assert dict(zip(areas["area_id"], areas["area_m2"], strict=True)) == {"B": 7000.0, "D": 3000.0}
    assert areas.set_index("area_id")["name"]["D"] == "D"


def test_parcels_split_off_to_no_area_leave(town):
    registers = town.registers(
        parcels=town.parcels([(0, 0), (1, 0)]),
        areas=[{"area_id": "A", "name": "Aparken"}],
        area_parcels=[{"area_id": "A", "parcel_key": key} for key in ("1-0a", "1-1a")],
        splits=[{"split_id": "A/", "area_id": "A", "approved_on": "2020-01-01", "status": "godkendt"}],
        split_parcels=[{"split_id": "A/", "parcel_key": key} for key in ("1-0a", "1-1a")],
    )
    areas, pieces = delineate_areas(registers, date(2025, 1, 1))
    assert areas.empty
    assert pieces.empty
    assert len(delineate_areas(registers, date(2019, 12, 31))[0]) == 1


def test_a_split_by_parcels_cuts_a_polygon_without_parcels(town):
    registers = town.registers(
        parcels=town.parcels([(0, 0)]),
        areas=[{"area_id": "B", "name": "Bparken", "geometry": town.square(0, 0, width=300)}],
        splits=[
            {
                "split_id": "B/",
                "area_id": "B",
                "new_area_id": "D",
                "approved_on": "2020-01-01",
                "status": "godkendt",
            }
        ],
        split_parcels=[{"split_id": "B/", "parcel_key": "1-0a"}],
    )
    areas, _ = delineate_areas(registers, date(2020, 1, 1))
    assert areas["area_m2"].tolist() == [20_000.0, 10_000.0]


def test_only_approved_decisions_with_a_date_are_in_force(town):
    rows = [
        {"extension_id": str(number), "area_id": "A", "status": status, "approved_on": day}
        for number, (status, day) in enumerate(
            [
                ("godkendt", APPROVED),
                ("godkendt", None),
                ("ansøgt", APPROVED),
                ("afslået", APPROVED),
                ("godkendt", "2022-01-01"),
            ]
        )
    ]
    extensions = town.registers(extensions=rows).extensions
    assert flag_in_force(extensions, APPROVED).tolist() == [True, False, False, False, False]
    assert flag_in_force(extensions, date(2021, 6, 14)).sum() == 0


def test_decisions_come_in_the_order_of_their_dates(registers):
    order = order_decisions(registers, date(2025, 1, 1))
    assert order["decision_id"].tolist() == ["A+", "A/"]
    assert order["kind"].tolist() == ["extension", "split"]
    assert order_decisions(registers, date(2010, 1, 1)).empty


def test_no_decisions_at_all(town):
    assert order_decisions(town.registers(), date(2025, 1, 1)).empty


def test_dropping_an_extension_leaves_the_rest(registers):
    without = drop_extension(registers, "A+")
    areas, _ = delineate_areas(without, date(2022, 1, 1))
    assert areas["area_m2"].tolist() == [20_000.0, 10_000.0]
    assert registers.extensions["status"].tolist() == ["godkendt", "ansøgt"]
    with pytest.raises(UsageError, match="unknown_extension.*A\\+, B\\+"):
        drop_extension(registers, "X")


def test_extensions_are_outlined_whatever_their_status(registers):
    outlined = outline_extensions(registers, date(2022, 1, 1))
    assert outlined["is_in_force"].tolist() == [True, False]
    assert outlined["area_m2"].tolist() == [10_000.0, 10_000.0]
    assert set(outlined.geom_type) == {"MultiPolygon"}


def test_no_extensions_have_an_empty_outline(town):
    assert outline_extensions(town.registers(), date(2022, 1, 1)).empty


@pytest.mark.parametrize(("gap_m", "groups_n"), [(29.9, 2), (30.0, 1)])
def test_parts_across_a_road_are_coherent_up_to_the_gap(town, gap_m, groups_n):
    registers = town.registers(
        areas=[
            {
                "area_id": "A",
                "name": "Aparken",
                "geometry": shapely.MultiPolygon(
                    [town.square(0, 0), shapely.box(*_shift(town.square(1, 0), 30))]
                ),
            }
        ]
    )
    areas, _ = delineate_areas(registers, date(2025, 1, 1), gap_m=gap_m)
    assert areas["groups_n"].tolist() == [groups_n]
    assert areas["widest_gap_m"].tolist() == [30.0]
    assert measure_coherence(areas, gap_m)["groups_n"].tolist() == [groups_n]


def _shift(shape, dx):
    x0, y0, x1, y1 = shape.bounds
    return x0 + dx, y0, x1 + dx, y1


def plain(table):
    dates = table[["valid_from", "valid_to"]].apply(lambda column: column.dt.strftime("%Y-%m-%d"))
    rows = table[["area_id", "extension_id"]].join(dates)
    return rows.astype(object).where(rows.notna(), None).to_numpy().tolist()


def test_the_timeline_knows_which_area_is_in_force_where_and_when(registers, town):
    timeline = build_timeline(registers)
    added, split = town.middle(2, 0).values(), town.middle(0, 0).values()
    assert plain(timeline.find_at(*added)) == [["A", "A+", "2021-06-15", None]]
    assert timeline.find_at(*added, on=date(2021, 6, 14)).empty
    assert plain(timeline.find_at(*added, on=APPROVED)) == [["A", "A+", "2021-06-15", None]]
    assert plain(timeline.find_at(*split)) == [
        ["A", None, "2010-01-01", "2023-03-01"],
        ["C", None, "2023-03-01", None],
    ]
    assert plain(timeline.find_at(*split, on=date(2023, 3, 1))) == [["C", None, "2023-03-01", None]]
    assert timeline.find_at(float("nan"), 0.0).empty
    # What a decision does not touch goes on as one period.
    assert plain(timeline.find_at(*town.middle(5, 5).values())) == [["B", None, "2010-01-01", None]]


def test_a_new_extension_is_held_against_what_is_in_force_then(registers, town):
    assert find_clashes(registers, "A+").empty
    assert find_clashes(registers, "B+").empty
    drawn = registers.extensions.copy()
    drawn.loc[drawn["extension_id"].eq("B+"), "geometry"] = town.square(0, 0, width=150)
    clashes = find_clashes(replace(registers, extensions=drawn), "B+")
    # On the date of the last decision parcel 0a has gone to C, and half of 1a is A's.
    assert dict(zip(clashes["area_id"], clashes["overlap_m2"], strict=True)) == {"A": 5000.0, "C": 10_000.0}
