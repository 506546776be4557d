"""The data that the check map carries: each dwelling with its reason, no residents."""

import json
import re
from datetime import date

import numpy as np
import pyproj
import pytest

from boundaries.model import REASON_DECISIONS, Reason
from maps import layers
from maps.dwelling_map import render_dwelling_map


def render(make, texts, n=60, **changed):
    settings = dict(title="Ærtebjerggård", status_date=date(2025, 1, 1), is_synthetic=True) | changed
    return render_dwelling_map(make["dwellings"](n), make["pieces"](), texts, **settings)


def read_data(document):
    return json.loads(re.search(r'id="dwellings-data">(.*?)</script>', document, re.DOTALL)[1])


@pytest.fixture
def data(make, texts):
    return read_data(render(make, texts))


def test_every_dwelling_is_there_with_its_own_reason(data, make):
    dwellings = make["dwellings"](60)
    codes, rows = data["codes"], data["dwellings"]
    assert rows["id"] == dwellings["dwelling_id"].tolist()
    assert [codes["reason"][at] for at in rows["reason"]] == dwellings["reason"].tolist()
    assert [codes["parcel"][at] for at in rows["parcel"]] == dwellings["parcel_key"].tolist()
    extensions = [codes["extension"][at] if at >= 0 else None for at in rows["extension"]]
    assert (
        extensions
        == dwellings["extension_id"].astype(object).where(dwellings["extension_id"].notna(), None).tolist()
    )


def test_reasons_carry_decision_sentence_clause_and_count(data, make, texts):
    counts = make["dwellings"](60)["reason"].value_counts()
    codes = data["codes"]
    assert set(codes["reason"]) == {reason.value for reason in Reason}
    for at, reason in enumerate(codes["reason"]):
        assert codes["decision"][codes["reason_decision"][at]] == REASON_DECISIONS[Reason(reason)]
        assert codes["sentence"][at] == texts.get(f"reason.{reason}.sentence")
        assert codes["clause"][at] == texts.get(f"reason.{reason}.clause")
        assert codes["reason_n"][at] == counts[reason]


def test_points_are_the_spread_points_in_degrees(data, make):
    x, y = layers.spread_points(make["dwellings"](60))
    expected = pyproj.Transformer.from_crs(25832, 4326, always_xy=True).transform(x[:-1], y[:-1])
    rows = data["dwellings"]
    for axis, name in enumerate(("x", "y")):
        found = (np.array(rows[name][:-1]) + data["origin"][axis]) / 1e6
        np.testing.assert_allclose(found, expected[axis], atol=6e-7)
        assert rows[name][-1] is None


def test_built_date_is_told_before_year_and_missing_stays_missing(data, make):
    dwellings, rows = make["dwellings"](60), data["dwellings"]
    assert rows["built"][0] == "04-03-2022"
    assert rows["built_sort"][0] == 2022
    assert rows["built"][1] == str(dwellings["built_year"].iloc[1])
    assert rows["built"][17] is None
    assert rows["built_sort"][17] is None
    assert rows["relabelled"][31] == "02-01-2023"


def test_lead_and_legend_count_the_decisions(make, texts):
    document = render(make, texts)
    counts = make["dwellings"](60)["decision"].value_counts()
    assert (
        f"Viser 60 boliger: {counts['counted']} tæller med, {counts['not_counted']} tæller ikke med, "
        f"{counts['undecided']} er uafklarede, og {counts['outside']} ligger uden for området."
    ) in document
    legend = re.search(r'<ul class="legend".*?</ul>', document, re.DOTALL)[0]
    assert re.findall(r"n = (\d+)", legend) == [
        str(counts[d]) for d in ("counted", "not_counted", "undecided", "outside")
    ]


def test_no_resident_is_in_the_page(make, texts):
    frame = make["dwellings"](30).assign(residents_n=987654, person_id="0101011234")
    document = render_dwelling_map(frame, make["pieces"](), texts, title="A", status_date=date(2025, 1, 1))
    assert "987654" not in document
    assert "0101011234" not in document
    assert "beboere" not in json.dumps(read_data(document)["dwellings"])


def test_dwellings_of_another_area_are_outside_this_one(make, texts):
    dwellings = make["dwellings"](60)
    pieces = make["pieces"]().query("area_id == 'A1'")
    document = render_dwelling_map(dwellings, pieces, texts, title="A", status_date=date(2025, 1, 1))
    data = read_data(document)
    codes = data["codes"]
    other = dwellings["area_id"].notna() & dwellings["area_id"].ne("A1")
    at = codes["reason"].index("other_area:A2")
    assert codes["sentence"][at] == "Ligger i boligområdet A2 og afgøres dér."
    assert codes["decision"][codes["reason_decision"][at]] == "outside"
    assert codes["reason_n"][at] == other.sum()
    counted = (dwellings["decision"].eq("counted") & ~other).sum()
    assert f": {counted} tæller med," in document
    assert sum(codes["reason_n"]) == 60


def test_pieces_say_parcel_and_extension(data):
    titles = [piece["title"] for piece in data["pieces"]]
    assert titles[0] == "Matrikel 1000001-1a · oprindeligt område"
    assert titles[3] == "Matrikel 1000001-2a · udvidelse U1, godkendt 01-05-2021"
    assert [piece["style"] for piece in data["pieces"]][3] == "extension-in_force"


def test_years_before_2020_name_their_rule(make, texts):
    document = render(make, texts, status_date=date(2019, 1, 1), is_synthetic=False)
    assert "reglerne til og med dataår 2019" in document
    assert '<strong class="badge">' not in document


def test_no_dwelling_and_no_piece(make, texts):
    document = render_dwelling_map(
        make["dwellings"](5).iloc[:0],
        make["pieces"]().iloc[:0],
        texts,
        title="A",
        status_date=date(2025, 1, 1),
    )
    data = read_data(document)
    assert data["dwellings"]["id"] == []
    assert data["pieces"] == []


def test_same_input_same_bytes_and_12000_dwellings_under_2_mb(make, texts):
    first = render(make, texts, 12_000)
    assert first == render(make, texts, 12_000)
    assert len(first.encode()) < 2_000_000
