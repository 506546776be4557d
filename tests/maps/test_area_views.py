"""The views of a list: every class recomputed from the published figures, nothing hidden shown."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from maps import area_views
from maps.area_list import category_notes, describe_listing, equip_page
from maps.area_map import render_area_map
from maps.list_styles import LIST_STYLES
from maps.page import PageParts


@pytest.fixture(scope="module")
def listed(demo_pages):
    return demo_pages.listed


@pytest.fixture(scope="module")
def views(listed, texts):
    return {view.key: view for view in area_views.make_views(listed, texts)}


def row_of(**changed):
    row = {
        "criterion": "labour_outside",
        "status": "not_met",
        "value": Fraction(1, 4),
        "limit": Fraction(2, 5),
        "compare": ">",
        "hidden": "",
    }
    return row | changed


def judge(main, lower=None):
    sets = {"main": main} | ({} if lower is None else {"prevention": lower})
    return area_views._judge_area(sets)


@pytest.mark.parametrize(
    ("percent", "status", "style"),
    [
        (19, "not_met", "criterion-far-under"),
        (20, "not_met", "criterion-under"),
        (40, "not_met", "criterion-under"),
        (40, "met", "criterion-over"),
        (59, "met", "criterion-over"),
        (60, "met", "criterion-far-over"),
    ],
)
def test_the_side_goes_by_the_verdict_and_the_tint_by_half_and_one_and_a_half(percent, status, style):
    # A published 40.0 can stand for 40.04, which is over: the verdict knows.
    assert judge(row_of(value=Fraction(percent, 100), status=status)) == style


@pytest.mark.parametrize(
    ("percent", "status", "style"),
    [
        (83, "not_met", "criterion-far-under"),
        (82, "not_met", "criterion-under"),
        (55, "not_met", "criterion-under"),
        (54, "met", "criterion-over"),
        (41, "met", "criterion-far-over"),
    ],
)
def test_where_the_law_seeks_low_figures_the_sides_turn(percent, status, style):
    income = row_of(
        criterion="income",
        compare="<",
        limit=Fraction(11, 20),
        value=Fraction(percent, 100),
        status=status,
    )
    assert judge(income) == style


def test_the_lower_limit_is_a_break_of_its_own():
    lower = row_of(limit=Fraction(3, 10), status="met", value=Fraction(35, 100))
    assert judge(row_of(value=Fraction(35, 100)), lower) == "criterion-between"
    assert judge(row_of(), lower | {"status": "not_met", "value": Fraction(1, 4)}) == "criterion-under"
    assert judge(row_of(), lower | {"status": "not_met", "value": Fraction(1, 8)}) == "criterion-far-under"


def test_what_is_hidden_stays_hidden_and_what_is_open_is_undecided():
    hidden = {"value": None, "hidden": "value,numerator"}
    assert judge(row_of(status="met", **hidden)) == "criterion-over-hidden"
    assert judge(row_of(**hidden)) == "criterion-under-hidden"
    assert judge(row_of(status=pd.NA)) == "criterion-hidden"
    assert judge(row_of(status="undecided")) == "criterion-undecided"
    # The lower limit says nothing where the higher one is open.
    assert judge(row_of(status="undecided"), row_of(status="met")) == "criterion-undecided"


def test_every_area_has_one_class_of_the_legend_in_every_view(views, listed):
    ids = set(listed.areas["area_id"])
    assert {"category", "criterion-labour_outside", "criterion-income", "margin", "change"} <= set(views)
    for view in views.values():
        (step,) = view.steps
        assert set(step.styles) == ids
        named = [style for style, _ in step.legend]
        assert len(named) == len(set(named))
        assert set(step.styles.values()) <= set(named) <= set(LIST_STYLES)


def test_categories_and_changes_are_those_of_the_list(views, listed):
    styles = views["category"].steps[0].styles
    for row in listed.areas.to_dict("records"):
        category = "none" if pd.isna(row["category"]) else row["category"]
        assert styles[row["area_id"]] == f"category-{category}"
    now = set(listed.areas.loc[listed.areas["category"].notna(), "area_id"])
    before = set(listed.changes.loc[listed.changes["category_before"].notna(), "area_key"])
    change = views["change"].steps[0].styles
    for area_id, style in change.items():
        wanted = {(True, True): "still", (True, False): "new", (False, True): "left", (False, False): "none"}
        assert style == f"change-{wanted[area_id in now, area_id in before]}"


def test_criteria_views_agree_with_the_published_statuses(views, listed):
    for row in listed.criteria[listed.criteria["criteria_set"].eq("main")].to_dict("records"):
        style = views[f"criterion-{row['criterion']}"].steps[0].styles[row["area_id"]]
        is_over = style in {"criterion-over", "criterion-far-over", "criterion-over-hidden"}
        assert is_over == (row["status"] == "met")


def test_legal_limits_are_in_the_words_of_the_legend(views):
    labour = dict(views["criterion-labour_outside"].steps[0].legend)
    assert labour["criterion-over"] == "Over 40 pct.: opfylder kriteriet"
    assert labour["criterion-between"].startswith("Over 30 pct.")
    assert labour["criterion-far-under"] == "Under 15 pct."
    assert labour["criterion-under"] == "15–30 pct."
    assert labour["criterion-far-over"] == "Mindst 60 pct."
    # Both sets ask for the same share here, so there is nothing between.
    assert "criterion-between" not in dict(views["criterion-primary_education_only"].steps[0].legend)
    assert dict(views["criterion-income"].steps[0].legend)["criterion-over"].startswith("Under 55 pct.")
    assert dict(views["criterion-convicted"].steps[0].legend)["criterion-over"].startswith("Mindst 2,15 pct.")


@pytest.mark.parametrize(
    ("shown", "has_hidden", "style"),
    [
        ([1, 80], False, "margin-1"),
        ([10], False, "margin-1"),
        ([11], False, "margin-2"),
        ([25], True, "margin-hidden"),
        ([10], True, "margin-1"),
        ([26, 300], False, "margin-3"),
        ([51], False, "margin-4"),
        ([], True, "margin-hidden"),
        ([], False, "margin-none"),
    ],
)
def test_margins_are_ranked_and_a_hidden_one_hides_what_it_could_undercut(shown, has_hidden, style):
    assert area_views._rank_margin(shown, has_hidden=has_hidden) == style


def test_margins_agree_with_the_smallest_published_one(views, listed):
    styles = views["margin"].steps[0].styles
    people = listed.criteria[listed.criteria["criterion"].ne("income")]
    for area_id, style in styles.items():
        found = people.loc[people["area_id"].eq(area_id), "margin_n"].dropna().tolist()
        found += listed.areas.loc[listed.areas["area_id"].eq(area_id), "residents_margin_n"].dropna().tolist()
        if style in {"margin-hidden", "margin-none"}:
            continue
        smallest = min(found)
        rank = 1 + (smallest > 10) + (smallest > 25) + (smallest > 50)
        assert style == f"margin-{rank}"


def test_cards_say_diskretioneret_and_never_a_hidden_number(listed, texts):
    criteria = listed.criteria.copy()
    at = criteria["area_id"].eq("LS02") & criteria["criterion"].eq("convicted")
    criteria.loc[at, ["value", "margin_n"]] = None
    criteria.loc[at, "hidden"] = "value,numerator,margin_n"
    described = area_views.describe_criteria(replace(listed, criteria=criteria), texts)
    rows = [row for row in described["LS02"] if row[1] == "convicted"]
    assert [row[2] for row in rows] == ["diskretioneret", "diskretioneret"]
    assert [row[5] for row in rows] == ["hidden", "hidden"]
    (income,) = [row for row in described["LS01"] if row[:2] == ["main", "income"]]
    assert income == ["main", "income", "50,9", "55", "met", 17000]
    (labour,) = [row for row in described["LS01"] if row[:2] == ["main", "labour_outside"]]
    assert labour == ["main", "labour_outside", "45,8", "40", "met", -168]


def test_the_page_carries_the_styles_of_its_views_alone(listed, texts):
    keys = listed.areas["area_id"].tolist()
    listing = describe_listing(
        listed, keys, [("base", "Boligområde", 9), ("extension-in_force", "U", 1)], texts
    )
    parts = equip_page(PageParts({"x": 1}, ("page.js", "areas.js")), listing)
    assert parts.scripts == ("page.js", "views.js", "areas.js")
    assert ".shape.category-omdannelsesomraade{" in parts.rules
    assert "criterion-hidden" not in parts.rules
    assert 'id="pattern-change-new"' in parts.patterns
    assert listing["extensions"] == [["extension-in_force", "U", "n = 1"]]
    for view in listing["views"]:
        for step in view["steps"]:
            assert sum(int(line[2].removeprefix("n = ")) for line in step["legend"]) == len(keys)
    assert category_notes(listed, texts)["LS01"] == "Omdannelsesområde"


def test_a_page_of_100_areas_with_their_list_is_under_400_kb(listed, demo_pages, texts):
    shown = demo_pages.shown
    repeated = {f"{area_id}-{n}": area_id for n in range(12) for area_id in shown.areas["area_id"]}
    ids = list(repeated)[:100]

    def spread(frame):
        groups = dict(list(frame.groupby("area_id", sort=False)))
        parts = [groups[repeated[name]].assign(area_id=name) for name in ids if repeated[name] in groups]
        return pd.concat(parts, ignore_index=True)

    areas = spread(shown.areas)
    assert len(areas) == 100
    many = replace(shown, areas=areas, pieces=spread(shown.pieces), extensions=shown.extensions.iloc[:0])
    published = replace(listed, areas=spread(listed.areas), criteria=spread(listed.criteria))
    page = render_area_map(many, texts, listed=published)
    assert len(page.encode()) < 400_000
    assert page.count('"anchor"') == 100
