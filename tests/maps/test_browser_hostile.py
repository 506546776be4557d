"""Hostile names in headless Chromium: shown as they are, and nothing of them runs."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import shapely

from maps.area_map import render_area_map
from maps.dwelling_map import render_dwelling_map

pytestmark = pytest.mark.browser

HOSTILE = [
    "<img src=x onerror=window.ran=1>",
    "</script><script>window.ran=1</script>",
    "${window.ran=1}",
    "`${window.ran=1}`",
    "{{ 7*7 }}",
    "{%raw%}",
    "\"'\"'",
    "a\x00b",
    "😀👩‍👩‍👧",
    "\u202eשלום",
    "X" * 500,
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "\u2028line",
    "Å\u030a",
    "javascript:window.ran=1",
    "<svg/onload=window.ran=1>",
    "'-window.ran=1-'",
    "\\u003cimg>",
    "{0} {name}",
    "%s%n",
    "=1+1",
    "\ufeffbom",
    "tab\tand\nline",
    "<b>fed</b>",
    "<style>*{display:none}</style>",
    "__proto__",
    "constructor",
    "null",
]


def repeat_areas(whole, names):
    """An assessment of one area a name, side by side, without extensions."""
    areas = pd.concat([whole.areas.iloc[[0]]] * len(names), ignore_index=True)
    areas["area_id"] = [f"A{at:02}" for at in range(len(names))]
    areas["name"] = pd.Series(names, dtype=object)
    areas["geometry"] = [
        shapely.affinity.translate(g, 500 * (at % 6), 400 * (at // 6)) for at, g in enumerate(areas.geometry)
    ]
    return replace(whole, areas=areas, pieces=whole.pieces.iloc[:0], extensions=whole.extensions.iloc[:0])


def test_hostile_names_are_shown_as_they_are_and_run_nothing(assessment, texts, open_page):
    page = open_page(render_area_map(repeat_areas(assessment, HOSTILE), texts, title=HOSTILE[1]))
    shown = page.evaluate("[...document.querySelectorAll('#areas tbody th bdi')].map(e => e.textContent)")
    assert shown == HOSTILE
    assert page.evaluate("[...document.querySelectorAll('.label bdi')].map(e => e.textContent)") == HOSTILE
    for at, name in enumerate(HOSTILE):
        page.locator(f"path[data-key=a{at}]").press("Enter")
        assert page.evaluate("document.querySelector('.card h2').textContent") == name
    assert page.evaluate("document.querySelector('h1').textContent") == HOSTILE[1]
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400


def test_hostile_addresses_and_ids(make, texts, open_page):
    dwellings = make["dwellings"](60, HOSTILE)
    dwellings["parcel_key"] = [HOSTILE[i % len(HOSTILE)] for i in range(60)]
    pieces = make["pieces"]()
    pieces["parcel_key"] = HOSTILE[: len(pieces)]
    page = open_page(
        render_dwelling_map(dwellings, pieces, texts, title=HOSTILE[1], status_date=date(2025, 1, 1))
    )
    shown = page.evaluate("[...document.querySelectorAll('#dwellings tbody th bdi')].map(e => e.textContent)")
    assert sorted(shown) == sorted(HOSTILE * 2)
    for at in range(0, 60, 7):
        page.locator("#dwellings tbody button").nth(at).click()
        assert page.evaluate("document.querySelector('.card h2').textContent") == shown[at]
