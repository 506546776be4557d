"""Two designations compared: hand-drawn squares, and the published polygons with known changes."""

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.screening.designations import Land, ZoneStatus, compare_designations
from geo.errors import DataError
from geo.readers import read_layer

X0, Y0 = 720_000, 6_175_000


def square(column, row, side=100, width=None):
    return shapely.box(
        X0 + 100 * column, Y0 + 100 * row, X0 + 100 * column + (width or side), Y0 + 100 * row + side
    )


def zones(**shapes):
    return gpd.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:25832")


def test_kept_new_and_dropped():
    old = zones(Ahornhaven=square(0, 0), Bøgely=square(5, 0), Cedervang=square(5, 9))
    new = zones(Ahornparken=square(0, 0), Dueslaget=square(9, 1), Egely=square(9, 5))
    found = compare_designations(old, new).zones
    assert found[["status", "label", "name"]].to_numpy().tolist() == [
        ["kept", "", "Ahornparken"],
        ["new", "1", "Egely"],
        ["new", "2", "Dueslaget"],
        ["dropped", "a", "Cedervang"],
        ["dropped", "b", "Bøgely"],
    ]
    assert found.loc[0, "old_names"] == ("Ahornhaven",)
    assert found["area_new_m2"].tolist()[:3] == [10_000] * 3
    assert found["area_old_m2"].tolist()[3:] == [10_000] * 2


@pytest.mark.parametrize(("shift", "status"), [(49, "kept"), (50, "kept"), (51, "new"), (100, "new")])
def test_half_of_the_smaller_is_the_same_zone(shift, status):
    moved = shapely.affinity.translate(square(0, 0), shift, 0)
    found = compare_designations(zones(A=square(0, 0)), zones(A=moved)).zones
    assert found.loc[0, "status"] == status
    assert found.loc[0, "overlap_m2"] == pytest.approx((100 - shift) * 100 if status == "kept" else 0)


def test_a_small_zone_inside_a_large_one_is_kept():
    found = compare_designations(zones(A=square(0, 0, 1000)), zones(A=square(2, 2))).zones
    assert found["status"].tolist() == ["kept"]
    assert (found.loc[0, "area_old_m2"], found.loc[0, "area_new_m2"]) == (1_000_000, 10_000)


def test_a_split_and_a_merger_are_told():
    one, two = zones(A=square(0, 0, width=300)), zones(A=square(0, 0), B=square(2, 0))
    split = compare_designations(one, two).zones
    assert split["status"].tolist() == ["kept", "kept"]
    assert split["is_split"].tolist() == [True, True]
    assert not split["is_merged"].any()
    merged = compare_designations(two, one).zones
    assert merged["is_merged"].tolist() == [True]
    assert merged.loc[0, "old_names"] == ("A", "B")
    assert merged.loc[0, "area_old_m2"] == 20_000


def test_names_that_occur_twice_are_two_zones():
    old = gpd.GeoDataFrame({"name": ["A", "A"]}, geometry=[square(0, 0), square(5, 0)], crs="EPSG:25832")
    found = compare_designations(old, old.iloc[:1]).zones
    assert found[["status", "label"]].to_numpy().tolist() == [["kept", ""], ["dropped", "a"]]


def test_touching_along_an_edge_is_not_overlapping():
    found = compare_designations(zones(A=square(0, 0)), zones(B=square(1, 0))).zones
    assert found["status"].tolist() == ["new", "dropped"]


def test_the_land_is_divided_without_remainder():
    old, new = zones(A=square(0, 0, width=200)), zones(A=square(1, 0, width=200), B=square(9, 9))
    land = compare_designations(old, new).land.set_index("land")["area_m2"]
    assert land.to_dict() == {Land.BOTH: 10_000, Land.ONLY_NEW: 20_000, Land.ONLY_OLD: 10_000}


def test_without_zones_all_is_new_or_dropped():
    none, one = zones(A=square(0, 0)).iloc[:0], zones(A=square(0, 0))
    assert compare_designations(none, one).zones["status"].tolist() == ["new"]
    assert compare_designations(one, none).zones["status"].tolist() == ["dropped"]
    empty = compare_designations(none, none)
    assert len(empty.zones) == 0
    assert empty.land["area_m2"].tolist() == [0, 0, 0]


def test_letters_go_on_after_z():
    old = zones(**{f"Z{at:02}": square(2 * at, 0) for at in range(28)})
    labels = compare_designations(old, old.iloc[:0]).zones["label"].tolist()
    assert labels[:2] == ["a", "b"]
    assert labels[25:] == ["z", "aa", "ab"]


def test_another_crs_is_refused():
    wrong = zones(A=square(0, 0)).to_crs("EPSG:4326")
    with pytest.raises(DataError):
        compare_designations(wrong, zones(A=square(0, 0)))


@settings(max_examples=40)
@given(st.data())
def test_every_zone_has_one_place_and_the_order_does_not_matter(data):
    cell = st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from([100, 150, 220]))
    drawn = [data.draw(st.lists(cell, min_size=1, max_size=5, unique=True)) for _ in range(2)]
    old, new = (zones(**{f"N{at}": square(*one) for at, one in enumerate(part)}) for part in drawn)
    found = compare_designations(old, new).zones
    assert sorted(found["position_new"].dropna()) == list(range(len(new)))
    dropped = found.loc[found["status"] == ZoneStatus.DROPPED, "position_old"]
    # A second reading: an old zone is dropped when no new one shares half of the smaller.
    by_hand = [
        at
        for at, before in enumerate(old.geometry)
        if all(before.intersection(after).area < 0.5 * min(before.area, after.area) for after in new.geometry)
    ]
    assert sorted(dropped) == by_hand
    turned = compare_designations(old.iloc[::-1], new.iloc[::-1]).zones
    assert sorted(turned["status"]) == sorted(found["status"])
    land = compare_designations(old, new).land["area_m2"].sum()
    both = shapely.union_all([*old.geometry, *new.geometry])
    assert land == pytest.approx(both.area, abs=1e-3)


@pytest.mark.real_data
def test_the_published_zones_with_known_changes(shared_data):
    layer = read_layer(shared_data / "kbh" / "udsatte_byomraader_2023.geojson").frame
    published = layer.rename(columns={"delomraade": "name"})[["name", "geometry"]]
    assert len(published) == 17
    # The published areas are those of EPSG:25832.
    assert (published.area - layer["m2"].astype("float64")).abs().max() < 1
    same = compare_designations(published, published).zones
    assert set(same["status"]) == {"kept"}
    assert same["overlap_m2"].sum() == pytest.approx(published.area.sum(), rel=1e-9)
    assert not same["is_split"].any()
    older, newer = published.iloc[2:], published.iloc[:-3]
    found = compare_designations(older, newer).zones
    assert found["status"].value_counts().to_dict() == {"kept": 12, "dropped": 3, "new": 2}
    assert found.loc[found["status"] == "new", "label"].tolist() == ["1", "2"]
    assert found.loc[found["status"] == "dropped", "label"].tolist() == ["a", "b", "c"]
