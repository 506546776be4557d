"""The tables of the report on moves: added up again row by row, and the register they may come from."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.model import FLOW_DTYPES
from boundaries.moves.products import (
    share_destinations,
    share_exposed,
    sum_inflow,
    sum_leavers,
    sum_outflow,
)
from boundaries.registers.flows import FLOW_SEVERITIES, read_flows
from data.texts import LANGUAGES, load_texts
from geo.writers import write_csv

KOMMUNER = ["0101", "0265", "0751", "0851"]
PLACES = [*KOMMUNER, "udland", "ukendt"]
WITH = {"0101", "0751"}
EXPOSURES = ["udsat", "ikke_udsat", "uden_for_alder"]


def make_flows(rows):
    frame = pd.DataFrame(rows, columns=["year", "from_kommune", "to_kommune", "exposure", "movers_n"])
    frame["group"], frame["is_hidden"] = "alle", frame["movers_n"].isna()
    return frame[list(FLOW_DTYPES)].astype(FLOW_DTYPES)


FLOWS = st.dictionaries(
    st.tuples(
        st.sampled_from([2023, 2024]),
        st.sampled_from(PLACES),
        st.sampled_from(PLACES),
        st.sampled_from(EXPOSURES),
    ),
    st.none() | st.integers(0, 50),
    min_size=1,
    max_size=40,
).map(lambda cells: make_flows([(*key, count) for key, count in sorted(cells.items())]))


def rows_of(flows):
    for row in flows.itertuples(index=False):
        if row.from_kommune != row.to_kommune:
            yield row, 0 if row.is_hidden else int(row.movers_n), int(row.is_hidden)


def side(code):
    return code if code in {"udland", "ukendt"} else "with" if code in WITH else "without"


def shown(table, keys, column):
    return {key: int(count) for key, count in table.set_index(keys)[column].items() if count}


@given(FLOWS)
@settings(max_examples=60)
def test_the_outflow_is_the_rows_added_up(flows):
    movers, hidden = Counter(), Counter()
    for row, count, hides in rows_of(flows):
        if side(row.from_kommune) != "with":
            continue
        kinds = {side(row.to_kommune)} | ({"all"} if row.to_kommune != "udland" else set())
        for kind in kinds:
            movers[row.year, row.exposure, kind] += count
            hidden[row.year, row.exposure, kind] += hides
    table = sum_outflow(flows, WITH)
    keys = ["year", "exposure", "destination"]
    assert shown(table, keys, "movers_n") == {key: count for key, count in movers.items() if count}
    assert shown(table, keys, "hidden_n") == {key: count for key, count in hidden.items() if count}
    for _, own in table.groupby(["year", "exposure"]):
        parts = own.set_index("destination")["movers_n"]
        assert parts["all"] == parts["with"] + parts["without"] + parts["ukendt"]


@given(FLOWS)
@settings(max_examples=60)
def test_destinations_share_out_all_the_leavers(flows):
    movers = Counter()
    for row, count, _ in rows_of(flows):
        if side(row.from_kommune) == "with" and row.to_kommune in KOMMUNER:
            movers[row.year, row.exposure, row.to_kommune] += count
    table = share_destinations(flows, WITH)
    assert shown(table, ["year", "exposure", "to_kommune"], "movers_n") == {
        key: count for key, count in movers.items() if count
    }
    for _, own in table.groupby(["year", "exposure"]):
        assert (own["leavers_n"] == own["movers_n"].sum()).all()


@given(FLOWS)
@settings(max_examples=60)
def test_the_exposed_among_leavers_are_counted_by_both_ends(flows):
    expected = Counter()
    for row, count, _ in rows_of(flows):
        origin, destination = side(row.from_kommune), side(row.to_kommune)
        if origin not in {"with", "without"} or destination == "udland":
            continue
        for kind in {"all"} | ({"without"} if destination == "without" else set()):
            expected[row.year, origin, kind, "exposed_n"] += count * (row.exposure == "udsat")
            expected[row.year, origin, kind, "known_n"] += count * (row.exposure != "uden_for_alder")
            expected[row.year, origin, kind, "others_n"] += count * (row.exposure == "uden_for_alder")
    table = share_exposed(flows, WITH)
    keys = ["year", "origin", "destination"]
    for column in ("exposed_n", "known_n", "others_n"):
        wanted = {key[:3]: count for key, count in expected.items() if key[3] == column and count}
        assert shown(table, keys, column) == wanted


@given(FLOWS)
@settings(max_examples=60)
def test_every_move_leaves_one_kommune_and_reaches_another(flows):
    table = sum_leavers(flows)
    leavers, arrivals = Counter(), Counter()
    for row, count, _ in rows_of(flows):
        if row.from_kommune in KOMMUNER and row.to_kommune != "udland":
            leavers[row.year, row.exposure, row.from_kommune] += count
        if row.to_kommune in KOMMUNER and row.from_kommune != "udland":
            arrivals[row.year, row.exposure, row.to_kommune] += count
    keys = ["year", "exposure", "kommune_code"]
    assert shown(table, keys, "leavers_n") == {key: count for key, count in leavers.items() if count}
    assert shown(table, keys, "arrivals_n") == {key: count for key, count in arrivals.items() if count}


def test_the_inflow_takes_the_areas_of_each_year():
    columns = ["year", "area_id", "exposure", "in_n", "entered_n", "immigrated_n", "residents_then_n"]
    balance = pd.DataFrame(
        [
            (2024, "A", "udsat", 3, 1, 1, 100),
            (2024, "A", "ikke_udsat", 5, 0, 0, 300),
            (2024, "B", "udsat", 7, 0, 2, 50),
            (2024, "B", "ikke_udsat", 1, 1, 0, 60),
            (2025, "A", "udsat", 11, 0, 0, 90),
            (2025, "A", "ikke_udsat", 13, 4, 0, 310),
            (2025, "B", "udsat", 99, 9, 9, 999),
            (2025, "B", "ikke_udsat", 99, 9, 9, 999),
        ],
        columns=columns,
    )
    chosen = pd.DataFrame({"year": [2025, 2024, 2024], "area_id": ["A", "A", "B"]})
    table = sum_inflow(balance, chosen)
    assert list(table.columns) == [
        "year", "exposure", "areas_n", "inflow_n", "from_register_n", "from_outside_n", "residents_then_n",
    ]  # fmt: skip
    assert table.to_numpy().tolist() == [
        [2024, "udsat", 2, 14, 10, 4, 150],
        [2024, "ikke_udsat", 2, 7, 6, 1, 360],
        [2025, "udsat", 1, 11, 11, 0, 90],
        [2025, "ikke_udsat", 1, 17, 13, 4, 310],
    ]


# The register.

TABLE = """\
År;Fra kommune;Til kommune;Udsathed;Antal
2024;101;Aarhus;udsat;12
2024;0101;751 Aarhus;ikke udsat;1.204
2024;København;udland;udsat;*
2024;Udlandet;0101;Ikke socialt udsat;7
2024;0751;uoplyst;uoplyst;3
"""


def read(tmp_path, text, **options):
    path = tmp_path / "flytninger.csv"
    path.write_text(text, encoding="utf-8")
    return read_flows(path, **{"decimal": ","} | options)


def test_a_table_is_read_as_offices_write_it(tmp_path):
    found = read(tmp_path, TABLE)
    assert found.frame.dtypes.astype(str).to_dict() == FLOW_DTYPES
    plain = found.frame.astype(object).where(found.frame.notna(), None).drop(columns=["year", "group"])
    assert plain.to_numpy().tolist() == [
        ["0101", "0751", "ikke_udsat", 1204, False],
        ["0101", "0751", "udsat", 12, False],
        ["0101", "udland", "udsat", None, True],
        ["0751", "ukendt", "ukendt", 3, False],
        ["udland", "0101", "ikke_udsat", 7, False],
    ]
    assert found.findings[["rule", "severity", "line", "value"]].to_numpy().tolist() == [
        ["flow_hidden", "warning", 4, "*"]
    ]
    assert not found.has_errors


@pytest.mark.parametrize(
    ("old", "new", "rule", "line", "value"),
    [
        ("2024;0751;uoplyst", "2024;Valby;uoplyst", "flow_kommune_unknown", 6, "Valby"),
        ("2024;0751;uoplyst", "2024;0999;uoplyst", "flow_kommune_unknown", 6, "0999"),
        ("uoplyst;3", "uoplyst;", "flow_not_counted", 6, None),
        ("uoplyst;3", "uoplyst;-3", "negative_count", 6, "-3"),
        ("uoplyst;3", "uoplyst;tre", "bad_number", 6, "tre"),
        ("0751;uoplyst;uoplyst", "0751;uoplyst;måske", "unknown_code", 6, "måske"),
        ("2024;0751", "1024;0751", "year_out_of_range", 6, "1024"),
        ("2024;0751", ";0751", "missing_id", 6, None),
        ("2024;0751;uoplyst", "2024;0751;", "missing_id", 6, None),
    ],
)
def test_a_faulty_row_is_found_where_it_stands_and_left_out(tmp_path, old, new, rule, line, value):
    assert TABLE.count(old) == 1
    found = read(tmp_path, TABLE.replace(old, new))
    errors = found.findings[found.findings["severity"].eq("error")]
    assert found.has_errors
    assert errors["rule"].tolist() == [rule]
    assert errors["line"].tolist() == [line]
    assert errors["file"].tolist() == ["flytninger.csv"]
    assert [None if pd.isna(one) else one for one in errors["value"]] == [value]
    assert len(found.frame) == 4


@pytest.mark.parametrize("mark", ["..", "*", "<5", "< 5", "1-4", "x", "Diskretioneret"])
def test_a_hidden_count_is_never_nought(tmp_path, mark):
    found = read(tmp_path, TABLE.replace("udsat;*", f"udsat;{mark}"))
    hidden = found.frame[found.frame["is_hidden"]]
    assert hidden["to_kommune"].tolist() == ["udland"]
    assert hidden["movers_n"].isna().all()
    assert found.findings["value"].tolist() == [mark]


def test_what_could_be_thousands_or_a_fraction_is_asked_about(tmp_path):
    found = read(tmp_path, TABLE, decimal="")
    assert found.findings["rule"].tolist() == ["ambiguous_number", "flow_hidden"]


def test_an_invented_kommune_may_be_named(tmp_path):
    found = read(tmp_path, TABLE.replace("2024;0751;", "2024;0999;"), codes=["0999"])
    assert not found.has_errors
    assert "0999" in set(found.frame["from_kommune"])


def test_a_row_that_stands_twice_counts_once(tmp_path):
    found = read(tmp_path, TABLE + "2024;101;751;udsat;99\n")
    assert found.findings["rule"].tolist() == ["duplicate_id", "flow_hidden"]
    assert len(found.frame) == 5


def test_totals_beside_their_parts_are_left_out_and_told(tmp_path):
    found = read(tmp_path, TABLE + "2024;101;751;alle;1216\n2023;101;751;i alt;1100\n2023;101;851;;5\n")
    told = found.findings[found.findings["rule"].eq("flow_total_left_out")]
    assert told[["line", "measure"]].to_numpy().tolist() == [[7, 1.0]]
    assert found.frame.loc[found.frame["year"].eq(2023), "exposure"].tolist() == ["alle", "alle"]
    assert "alle" not in set(found.frame.loc[found.frame["year"].eq(2024), "exposure"])


def test_groups_are_read_and_their_totals_left_out(tmp_path):
    text = "year;from_kommune;to_kommune;group;movers_n\n2024;101;751;dansk;5\n2024;101;751;;9\n2024;101;751;andre;4\n"
    found = read(tmp_path, text)
    assert found.frame["group"].tolist() == ["andre", "dansk"]
    assert found.frame["exposure"].tolist() == ["alle", "alle"]
    assert found.findings["rule"].tolist() == ["flow_total_left_out"]


def test_a_column_that_is_missing_is_named_with_what_it_may_be_called(tmp_path):
    found = read(tmp_path, "år;fra;antal\n2024;101;3\n")
    assert found.findings[["rule", "column"]].to_numpy().tolist() == [["flow_column_missing", "to_kommune"]]
    assert "tilflytningskommune" in found.findings["value"].iloc[0]
    assert found.frame.empty
    assert found.frame.dtypes.astype(str).to_dict() == FLOW_DTYPES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_the_register_has_a_sentence_and_a_remedy(language):
    texts = load_texts(language)
    for rule in FLOW_SEVERITIES:
        assert texts.has(f"finding.{rule}.text"), rule
        assert texts.has(f"finding.{rule}.remedy"), rule


def test_what_is_written_is_read_again(tmp_path):
    flows = make_flows([(2024, "0101", "0751", "udsat", 4), (2024, "0751", "udland", "ikke_udsat", 10)])
    write_csv(tmp_path / "f.csv", flows.drop(columns="is_hidden"))
    again = read_flows(tmp_path / "f.csv")
    assert again.findings.empty
    pd.testing.assert_frame_equal(again.frame, flows)
