"""The front page of a folder: every command's files, whichever ran last, and none that is not there."""

import itertools
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from data.texts import LANGUAGES, load_texts
from geo.errors import WriteError
from geo.locks import hold_lock
from maps.chapters import COMMANDS, RECORD, Chapter, ChapterFigure, place_chapter, read_chapters
from maps.index_page import INDEX, refresh_index, refuse_foreign_index, render_index, write_index

FILES = {
    "run": ("rapport.html", "kort/omraader.html", "lister/liste.csv", "figurer/omraader.png"),
    "screen": ("screening/kort/kvadratnet.html", "screening/zoner.csv"),
    "movers": (
        "flytninger.html",
        "flytninger/bidrag.csv",
        "figurer/tilflyttere.png",
        "figurer/tilflyttere.svg",
    ),
}


def write_files(front, command):
    """Write the files of a command, as large as their names are long, and return its chapter."""
    for name in FILES[command]:
        (front / name).parent.mkdir(parents=True, exist_ok=True)
        (front / name).write_text(name, encoding="utf-8")
    folder = front / "screening" if command == "screen" else front
    chapter = Chapter(
        command=command,
        language="da",
        heading=f"Overskrift {command}",
        kicker=f"Over {command}",
        lead=f"Her står {command}.",
        credits="Kilder",
        figures=(ChapterFigure(value="7", label=f"tal {command}"),),
    )
    return place_chapter(chapter, front, folder, [front / name for name in FILES[command]])


def list_links(front):
    document = (front / INDEX).read_text(encoding="utf-8")
    return [link for link in re.findall(r'href="([^"]*)"', document) if not link.startswith(("#", "data:"))]


def make_page(front, commands):
    front.mkdir()
    for command in commands:
        assert write_index(front, write_files(front, command)) == front / INDEX
    return (front / INDEX).read_bytes()


def test_the_page_is_the_same_whichever_command_ran_last(tmp_path):
    orders = list(itertools.permutations(COMMANDS))
    pages = {make_page(tmp_path / str(at), order) for at, order in enumerate(orders)}
    records = {(tmp_path / str(at) / RECORD).read_bytes() for at in range(len(orders))}
    assert len(pages) == len(records) == 1
    document = pages.pop().decode()
    places = [document.index(f'id="{command}"') for command in COMMANDS]
    assert places == sorted(places)
    assert sorted(list_links(tmp_path / "0")) == sorted(name for names in FILES.values() for name in names)
    # The first heads the page; the others say under their own headings what they found.
    assert document.count("<h1>Overskrift run</h1>") == 1
    assert document.index("Her står run.") < document.index("<main")
    assert document.index('id="movers"') < document.index("Her står movers.")
    assert document.count("tal screen") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_alone_has_a_page_of_its_own(command, tmp_path):
    document = make_page(tmp_path / "front", [command]).decode()
    assert f"<h1>Overskrift {command}</h1>" in document
    assert "<nav" not in document
    assert "<h3" not in document
    assert sorted(list_links(tmp_path / "front")) == sorted(FILES[command])


def test_a_later_run_leads_to_what_it_wrote_and_keeps_the_others(tmp_path):
    front = tmp_path / "front"
    make_page(front, COMMANDS)
    again = write_files(front, "run")
    write_index(front, replace(again, heading="Ny", files=("rapport.html",)))
    assert set(list_links(front)) == {"rapport.html", *FILES["screen"], *FILES["movers"]}
    assert "<h1>Ny</h1>" in (front / INDEX).read_text(encoding="utf-8")


def test_a_file_that_was_taken_away_is_not_listed_and_a_chapter_without_files_is_none(tmp_path):
    front = tmp_path / "front"
    make_page(front, COMMANDS)
    shutil.rmtree(front / "screening")
    (front / "flytninger" / "bidrag.csv").unlink()
    write_index(front, write_files(front, "run"))
    assert set(list_links(front)) == {*FILES["run"], *FILES["movers"]} - {"flytninger/bidrag.csv"}
    assert all((front / link).is_file() for link in list_links(front))
    assert [one.command for one in read_chapters(front)] == ["run", "movers"]


def test_findings_are_named_as_soon_as_they_are_there(tmp_path):
    front = tmp_path / "front"
    before = make_page(front, ["movers"])
    refresh_index(front)
    assert (front / INDEX).read_bytes() == before
    (front / "fund.csv").write_text("x", encoding="utf-8")
    refresh_index(front)
    assert set(list_links(front)) - set(FILES["movers"]) == {"fund.csv"}
    refresh_index(tmp_path)
    assert not (tmp_path / INDEX).exists()


def test_a_picture_has_one_line_whatever_its_formats_and_every_file_is_in_words(tmp_path):
    front = tmp_path / "front"
    document = make_page(front, COMMANDS).decode()
    assert document.count('<span class="what">Tilflyttere til forebyggelsesområder</span>') == 1
    titles = re.findall(r'class="what">([^<]*)</span><span class="name">([^<]*)<', document)
    assert len(titles) == sum(map(len, FILES.values())) - 1
    assert all(title != name for title, name in titles)


def test_two_screenings_of_a_project_are_told_apart(tmp_path):
    front = tmp_path / "front"
    make_page(front, ["screen"])
    shutil.copytree(front / "screening", front / "anden")
    write_index(front, replace(read_chapters(front)[0], folder="anden"))
    document = (front / INDEX).read_text(encoding="utf-8")
    assert "Udsatte byområder (anden)" in document
    assert "Udsatte byområder (screening)" in document
    assert len(list_links(front)) == 2 * len(FILES["screen"])


def test_a_chapter_in_another_language_keeps_it_and_says_so(tmp_path):
    front = tmp_path / "front"
    make_page(front, ["run"])
    write_index(front, replace(write_files(front, "movers"), language="en"))
    document = (front / INDEX).read_text(encoding="utf-8")
    assert '<html lang="da">' in document
    assert '<div class="chapter" lang="en">' in document
    assert "Arrivals in prevention areas" in document
    assert "Kort over områderne" in document


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"format": 2, "chapters": []}',
        '{"format": 1, "chapters": [{}]}',
        '{"format": 1, "chapters": 3}',
    ],
)
def test_a_record_that_cannot_be_understood_is_begun_anew(text, tmp_path):
    front = tmp_path / "front"
    make_page(front, ["movers"])
    (front / RECORD).write_text(text, encoding="utf-8")
    assert read_chapters(front) == ()
    write_index(front, write_files(front, "run"))
    assert [one.command for one in read_chapters(front)] == ["run"]


def test_a_record_leads_nowhere_but_into_its_folder(tmp_path):
    front = tmp_path / "front"
    make_page(front, ["run"])
    (tmp_path / "hemmelig.txt").write_text("x", encoding="utf-8")
    record = json.loads((front / RECORD).read_text(encoding="utf-8"))
    outside = [str(tmp_path / "hemmelig.txt"), "../hemmelig.txt", "kort/../../hemmelig.txt"]
    record["chapters"][0]["files"] += outside
    (front / RECORD).write_text(json.dumps(record), encoding="utf-8")
    assert set(read_chapters(front)[0].files) == set(FILES["run"])


def test_a_page_of_somebody_else_is_replaced_only_when_asked(tmp_path):
    (tmp_path / INDEX).write_text("min side", encoding="utf-8")
    chapter = write_files(tmp_path, "movers")
    with pytest.raises(WriteError):
        refuse_foreign_index(tmp_path, overwrite=False)
    with pytest.raises(WriteError):
        write_index(tmp_path, chapter)
    assert (tmp_path / INDEX).read_text(encoding="utf-8") == "min side"
    write_index(tmp_path, chapter, overwrite=True)
    refuse_foreign_index(tmp_path, overwrite=False)
    write_index(tmp_path, chapter)


def test_two_commands_do_not_write_the_page_at_once(tmp_path):
    chapter = write_files(tmp_path, "run")
    with hold_lock(tmp_path / "indhold"), pytest.raises(WriteError):
        write_index(tmp_path, chapter)
    assert not (tmp_path / RECORD).exists()


def test_sizes_are_of_the_files(tmp_path):
    chapter = write_files(tmp_path, "run")
    (tmp_path / "rapport.html").write_bytes(b"x" * 12_300)
    assert '<span class="size">12 kB</span>' in render_index(tmp_path, [chapter])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_movers_is_in_words(language):
    texts = load_texts(language)
    assert all(texts.has(f"index.file.moves_{key}.text") for key in texts.section("moves.file"))


def test_the_commands_fill_one_page(demo, run, tmp_path):
    """The result of the main job is there; a screening joins it, and the main job again changes nothing."""
    folder = tmp_path / "kommune"
    shutil.copytree(demo[0], folder)
    front = folder / "resultat"
    alone = set(list_links(front))
    screened = run("screen", folder)
    assert screened.exit_code == 0, screened.stderr
    assert str(Path("resultat") / INDEX) in screened.stdout
    together = (front / INDEX).read_bytes()
    there = {path.relative_to(front).as_posix() for path in front.rglob("*") if path.is_file()}
    assert set(list_links(front)) == there - {INDEX, RECORD}
    assert alone < set(list_links(front))
    assert run("run", folder, "--overwrite").exit_code == 0
    assert (front / INDEX).read_bytes() == together
