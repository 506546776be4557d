"""The panel of leavers: what is left out is told, what cannot be is refused, and moves are added up."""

import numpy as np
import pandas as pd
import pytest

from boundaries.moves.panel import shape_leaver_panel
from boundaries.moves.social_export import measure_social_export
from data.synthetic.flows import make_flows
from data.texts import LANGUAGES, load_texts
from geo.errors import DataError


def make_small(*, seed):
    """Make a panel of 12 kommuner of which the first five are treated."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(12):
        for year in range(2017, 2025):
            n = int(rng.poisson(200 + 150 * number))
            rows.append((f"{100 + number:04d}", year, int(rng.binomial(n, 0.2)), n, number < 5))
    frame = pd.DataFrame(rows, columns=["kommune_code", "year", "numerator", "denominator", "is_treated"])
    return frame.astype({"kommune_code": "str"})


def test_what_is_left_out_is_told():
    frame = make_small(seed=11).astype({"numerator": "Int64", "denominator": "Int64"})
    frame.loc[3, "numerator"] = pd.NA
    frame.loc[60, ["numerator", "denominator"]] = 0
    only_after = frame["kommune_code"].eq("0101") & frame["year"].lt(2021)
    single = frame["kommune_code"].eq("0110") & frame["year"].ne(2019)
    frame = frame[~only_after & ~single & frame["year"].ne(2018)]
    result = measure_social_export(frame, draws_n=99)
    assert {note.rule: dict(note.values) for note in result.notes} == {
        "no_share": {"rows_n": 2, "kommuner_n": 2, "kommuner": "0100, 0107"},
        "single_year": {"rows_n": 1, "kommuner_n": 1, "kommuner": "0110"},
        "only_after": {"rows_n": 4, "kommuner_n": 1, "kommuner": "0101"},
        "missing_years": {"years": "2018"},
        "unbalanced": {"cells_n": 2},
    }
    assert (result.treated_n, result.untreated_n) == (4, 6)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda frame: frame.drop(columns="numerator"), "missing_columns"),
        (lambda frame: pd.concat([frame, frame.iloc[:1]]), "repeated"),
        (lambda frame: frame.assign(numerator=frame["denominator"] + 1), "bad_counts"),
        (lambda frame: frame.assign(numerator=-1), "bad_counts"),
        (lambda frame: frame.assign(is_treated=frame["is_treated"].astype("boolean").mask(frame.index == 2)), "missing_value"),
        (lambda frame: frame.assign(is_treated=False), "no_treated"),
        (lambda frame: frame[frame["year"].lt(2021)], "no_treated"),
        (lambda frame: frame[frame["year"].ge(2021)], "no_treated"),
        (lambda frame: frame.assign(is_treated=frame["kommune_code"].ne("0100")), "no_untreated"),
        (lambda frame: frame[frame["is_treated"] | frame["kommune_code"].eq("0111")], "no_untreated"),
        (lambda frame: frame.assign(numerator=100, denominator=500), "no_variation"),
        # Nobody untreated after: what the treated changed by is not told from what the years did.
        (lambda frame: frame[frame["is_treated"] | frame["year"].lt(2021)], "not_identified"),
    ],
)  # fmt: skip
def test_an_impossible_panel_is_refused(change, key):
    changed = change(make_small(seed=12))
    with pytest.raises(DataError) as caught:
        measure_social_export(changed, draws_n=19)
    assert caught.value.key == f"social_export.{key}"
    for language in LANGUAGES:
        assert load_texts(language).get(f"error.{caught.value.key}", caught.value.values)


def test_leavers_are_made_a_panel():
    rows = [
        (2022, "0101", "0265", "udsat", 5), (2022, "0101", "0265", "ikke_udsat", 20),
        (2022, "0101", "0751", "udsat", 7), (2022, "0101", "0751", "ikke_udsat", None),
        (2022, "0101", "0101", "udsat", 900), (2022, "0101", "udland", "udsat", 40),
        (2022, "0101", "ukendt", "ikke_udsat", 3), (2022, "0101", "0265", "uden_for_alder", 50),
        (2022, "udland", "0101", "udsat", 60), (2023, "0265", "0101", "ikke_udsat", 8),
    ]  # fmt: skip
    flows = pd.DataFrame(rows, columns=["year", "from_kommune", "to_kommune", "exposure", "movers_n"])
    panel = shape_leaver_panel(flows.astype({"movers_n": "Int64", "year": "Int64"}), {"0101"})
    assert panel.to_dict("records") == [
        {"kommune_code": "0101", "year": 2022, "numerator": 12, "denominator": 35, "is_treated": True},
        {"kommune_code": "0265", "year": 2023, "numerator": 0, "denominator": 8, "is_treated": False},
    ]


def test_the_moves_of_the_demo_show_no_effect():
    """None is planted there: nought lies within the interval, and the shares are those of the moves."""
    flows = make_flows(np.random.default_rng(20))
    kommuner_with = sorted(flows["from_kommune"].unique())[::4]
    panel = shape_leaver_panel(flows, kommuner_with)
    assert panel["denominator"].sum() == flows["movers_n"].sum()
    assert panel["numerator"].sum() == flows.loc[flows["exposure"].eq("udsat"), "movers_n"].sum()
    result = measure_social_export(panel, from_year=2022, draws_n=99)
    assert (result.treated_n, result.untreated_n, result.notes) == (25, 73, ())
    assert result.relied_on.low_pp < 0 < result.relied_on.high_pp
