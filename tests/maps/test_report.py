"""The report and the index page: what they say, in which order, and that they are the same each time."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from boundaries.designation.made_list import NoList
from boundaries.disclosure.suppression import Published
from boundaries.model import FINDING_COLUMNS
from data.texts import load_texts
from maps.chapters import RECORD
from maps.document import make_css_string
from maps.index_page import show_size
from maps.list_text import summarise_list
from maps.report import render_report
from maps.report_tables import tabulate_findings, tabulate_reasons


class Outline(HTMLParser):
    """Headings, anchors, captions and cells of a page."""

    def __init__(self):
        super().__init__()
        self.headings, self.links, self.ids, self.texts, self.stack = [], [], [], [], []
        self.rows = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if tag == "a" else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "tr":
            self.rows.append(0)
        if tag in {"td", "th"}:
            self.rows[-1] += 1

    def handle_data(self, text):
        self.texts.append(text)


def outline(document):
    found = Outline()
    found.feed(document)
    return found


@pytest.fixture(scope="module")
def published(demo_pages):
    return Published(assessment=demo_pages.shown, profile=pd.DataFrame())


@pytest.fixture(scope="module")
def report(published, demo_pages, texts):
    return render_report(published, demo_pages.listed, texts)


def test_it_opens_with_the_sentences_of_the_list(report, demo_pages, texts):
    summary = summarise_list(demo_pages.listed, texts)
    assert summary in report
    assert report.index(summary) < report.index("<table")


def test_headings_are_in_order_and_the_contents_lead_to_each_section(report):
    found = outline(report)
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(two - one <= 1 for one, two in zip(found.headings, found.headings[1:], strict=False))
    anchors = [link[1:] for link in found.links if link.startswith("#")]
    assert set(anchors) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert len(anchors) == 13


def test_it_shows_every_area_and_every_file(report, demo_pages):
    text = "".join(outline(report).texts)
    for name in demo_pages.shown.areas["name"]:
        assert text.count(name) >= 4
    for digest in demo_pages.shown.files["sha256"]:
        assert digest in text


def test_links_are_of_the_law_alone(report):
    outside = {link for link in outline(report).links if not link.startswith("#")}
    assert outside
    assert all(link.startswith("https://") for link in outside)
    assert "src=" not in report
    assert "@import" not in report


def test_the_same_input_gives_the_same_bytes(report, published, demo_pages, texts):
    assert render_report(published, demo_pages.listed, texts) == report


def test_without_a_list_it_says_why_and_has_the_rest(published, texts):
    document = render_report(published, NoList("lists.no_residents", {}), texts)
    found = outline(document)
    assert texts.get("error.lists.no_residents") in "".join(found.texts)
    assert "listen" not in found.ids
    assert {"omraader", "metode", "kilder", "kvalitet", "diskretionering"} <= set(found.ids)


def test_it_speaks_english_too(published, demo_pages):
    document = render_report(published, demo_pages.listed, load_texts("en"))
    assert '<html lang="en">' in document
    assert "Sammenfatning" not in document


def test_reasons_add_up_to_the_dwellings_of_the_areas(demo_pages, texts):
    shown = demo_pages.shown
    rows = tabulate_reasons(shown, texts).rows
    total = sum(int(row[-1].text.replace(".", "")) for row in rows)
    assert total == int(shown.areas["dwellings_n"].sum())


def make_finding(register, rule, value):
    known = {"severity": "warning", "register": register, "rule": rule, "file": "f.csv", "value": value}
    return {name: known.get(name, pd.NA) for name in FINDING_COLUMNS} | {"measure": float("nan")}


def test_findings_about_persons_are_counted_only(demo_pages, texts):
    rows = [make_finding("residents", "duplicate_person", "010203-1234")] * 3
    rows += [make_finding("dwellings", "unknown_code", "143")] * 2
    findings = pd.DataFrame(rows).astype({"line": "Int64"})
    (table,) = tabulate_findings(replace(demo_pages.shown, findings=findings), texts)
    cells = {row[1].text: [cell.text for cell in row] for row in table.rows}
    assert cells["duplicate_person"][2] == texts.get("label.suppressed")
    assert cells["duplicate_person"][3] == texts.get("report.quality.personal")
    assert cells["unknown_code"][2] == "2"
    assert "143" in cells["unknown_code"][3]
    assert "010203" not in str(cells)
    assert tabulate_findings(replace(demo_pages.shown, findings=findings.iloc[:0]), texts) == ()


def test_every_row_has_the_cells_of_its_head(report):
    for table in report.split("<table>")[1:]:
        rows = outline(table.split("</table>")[0]).rows
        assert len(set(rows)) == 1


def test_the_index_leads_to_every_file_that_was_written(demo, texts):
    folder = demo[0] / "resultat"
    document = (folder / "index.html").read_text(encoding="utf-8")
    links = outline(document).links
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert set(links) <= there
    # The findings too: the command writes them before the results.
    assert there - set(links) == {"index.html", RECORD}


@pytest.mark.parametrize(
    ("bytes_n", "shown"), [(0, "1 kB"), (999_999, "1.000 kB"), (1_000_000, "1,0 MB"), (3_456_789, "3,5 MB")]
)
def test_sizes_are_in_words(bytes_n, shown, texts):
    assert show_size(bytes_n, texts) == shown


def test_a_css_string_cannot_be_ended():
    assert make_css_string('a"}</style>\\\n') == '"a\\22 \\7d \\3c \\2f style\\3e \\5c \\a "'


@pytest.mark.browser
def test_on_paper_three_maps_of_criteria_go_on_a_sheet_and_no_heading_stands_alone(report, browser, tmp_path):
    path = tmp_path / "rapport.html"
    path.write_text(report, encoding="utf-8")
    # The width between the margins of A4, at 96 dots an inch; 261 mm of 297 are between the others.
    page = browser.new_page(viewport={"width": round(180 / 25.4 * 96), "height": 900}, offline=True)
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    tops = page.evaluate(
        "[...document.querySelectorAll('#kort ~ h3, #kort ~ figure')].map(e => e.getBoundingClientRect().toJSON())"
    )
    heads, figures = tops[::2], tops[1::2]
    assert len(heads) == len(figures) == 5
    for head, figure in zip(heads, figures, strict=True):
        assert (figure["bottom"] - head["top"]) * 25.4 / 96 < 261 / 3
    for selector in ("section > h2", "section > h3", "caption"):
        assert page.evaluate(f"getComputedStyle(document.querySelector({selector!r})).breakAfter") == "avoid"
    assert page.evaluate("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
    assert page.evaluate("getComputedStyle(document.querySelector('section')).breakInside") == "auto"
    # A sentence over a figure goes with it, and the head of a table with its first row.
    assert page.evaluate("getComputedStyle(document.querySelector('#kort ~ p')).breakAfter") == "auto"
    assert page.evaluate("getComputedStyle(document.querySelector('p:has(+ figure)')).breakAfter") == "avoid"
    page.context.close()
