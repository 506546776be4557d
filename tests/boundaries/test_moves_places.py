"""Where a dwelling is: its kommune, its area, whether it counts."""

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.moves.places import place_decided


def test_a_dwelling_is_of_the_kommune_of_its_area_then_of_where_it_lies_then_of_the_register():
    columns = {"dwelling_id": ["a", "b", "c"], "x": [500_000.0, 600_050, 700_000], "y": [6_200_000.0] * 3}
    dwellings = pd.DataFrame(columns).assign(
        area_id=pd.Series(["A", None, None], dtype="str"),
        decision=["counted", "outside", "outside"],
        tenure=["almen_familiebolig", "ejerbolig", "almen_ungdomsbolig"],
    )
    areas = pd.DataFrame({"area_id": ["A"], "kommune_code": ["0101"]}, dtype="str")
    kommuner = gpd.GeoDataFrame(
        {"kommune_code": ["0265"]},
        geometry=[shapely.box(600_000, 6_199_000, 600_100, 6_201_000)],
        crs="EPSG:25832",
    )
    bare = place_decided(dwellings, areas)
    assert bare["kommune_code"].isna().tolist() == [False, True, True]
    full = place_decided(dwellings, areas, kommune_code="0751", kommuner=kommuner)
    assert full["kommune_code"].tolist() == ["0101", "0265", "0751"]
    assert full["is_almen"].tolist() == [True, False, True]
    assert full["is_counted"].tolist() == [True, False, False]
