"""Moves between kommuner, as the register of flows has them."""

import pandas as pd

from boundaries.moves.flows import count_flows, select_kommuner_with, shape_kommune_flows
from boundaries.moves.groups import group_persons
from boundaries.moves.places import Level


def test_moves_between_kommuner_take_the_shape_of_the_register(village):
    matched, classified = village.follow(village.residents(village.story), level=Level.KOMMUNE)
    flows = shape_kommune_flows(count_flows(matched, classified, group_persons(matched, ())))
    assert flows[["from_kommune", "to_kommune", "exposure", "group", "movers_n"]].to_numpy().tolist() == [
        ["0101", "0265", "alle", "alle", 1],
        ["0265", "0101", "alle", "alle", 1],
    ]
    grouped = count_flows(matched, classified, group_persons(matched, ("exposure", "origin_group")))
    shaped = shape_kommune_flows(grouped)
    assert set(shaped["group"]) == {"dansk"}
    assert set(shaped["exposure"]) == {"ukendt"}


def test_kommuner_with_are_those_of_the_listed_areas():
    areas = pd.DataFrame({"area_id": ["a", "b", "c"], "kommune_code": ["0101", "0265", None]}, dtype="str")
    lists = pd.DataFrame(
        {"area_id": ["a", "c", "b"], "category": ["forebyggelsesomraade"] * 2 + ["parallelsamfund"]}
    )
    assert select_kommuner_with(lists, areas) == {"0101"}
    assert select_kommuner_with(lists, areas, categories=("parallelsamfund",)) == {"0265"}
